//! The command `masthead import wxr`.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, IsTerminal, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use masthead_app::App;
use masthead_domain::article::ArticleKind;

use super::{
    ImportError, ImportOptions, Progress, Report,
    run::{Open, wxr},
};

/// What `masthead import wxr` is given.
#[derive(Debug, Clone, Args)]
pub struct WxrArgs {
    /// The .xml file that WordPress writes: Tools, Export, All content.
    pub file: PathBuf,
    /// Write nothing; say what would be imported, repaired, renamed and skipped.
    #[arg(long)]
    pub dry_run: bool,
    /// Write the whole report to this file, as JSON.
    #[arg(long, value_name = "FILE.json")]
    pub report: Option<PathBuf>,
    /// Import items of a custom type as articles of a kind, for example podcast=NEWS. May be given several times.
    #[arg(long = "type", value_name = "SLUG=KIND", value_parser = mapping)]
    pub types: Vec<(String, ArticleKind)>,
}

impl WxrArgs {
    /// Whether there is a file to read.
    ///
    /// # Errors
    /// [`ImportError::Unreadable`], [`ImportError::NotAFile`].
    pub fn check(&self) -> Result<(), ImportError> {
        let unreadable = |source| ImportError::Unreadable { path: self.file.clone(), source };
        match fs::metadata(&self.file).map_err(unreadable)?.is_file() {
            true => Ok(()),
            false => Err(ImportError::NotAFile(self.file.clone())),
        }
    }
}

fn mapping(text: &str) -> Result<(String, ArticleKind), String> {
    let kinds = || ArticleKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let (name, kind) = text.split_once('=').ok_or("write TYPE=KIND, for example podcast=NEWS")?;
    let parsed = ArticleKind::parse(&kind.trim().to_uppercase().replace('-', "_"));
    let kind = parsed.ok_or_else(|| format!("`{kind}` is no kind of article; the kinds are {}", kinds()))?;
    match name.trim() {
        "" => Err("write TYPE=KIND, for example podcast=NEWS".to_owned()),
        "post" | "page" | "attachment" => Err(format!("`{name}` is imported already; map custom types only")),
        name => Ok((name.to_owned(), kind)),
    }
}

/// Imports a file, shows how far it is on a terminal, and writes the report where it was asked for.
///
/// # Errors
/// [`ImportError`]; everything that can be found out beforehand is, and then nothing is imported.
pub async fn import_file(app: &App, args: &WxrArgs) -> Result<Report, ImportError> {
    let WxrArgs { file, dry_run, report, types } = args;
    args.check()?;
    let sheet = report.as_deref().map(|report| Sheet::open(report, file)).transpose()?;
    let open = || -> io::Result<Box<dyn BufRead + Send>> {
        Ok(Box::new(BufReader::with_capacity(1 << 16, File::open(file)?)))
    };
    let default_language = app.site.languages.first().cloned();
    let options = ImportOptions {
        file: file.clone(),
        dry_run: *dry_run,
        types: types.iter().cloned().collect(),
        default_language: default_language.ok_or_else(no_language)?,
    };
    let bar = Bar::new();
    let open: &Open<'_> = &open;
    let done = wxr(app, open, &options, &mut |progress| bar.show(progress)).await;
    bar.clear();
    let done = done?;
    if let Some(sheet) = sheet {
        sheet.write(&done)?;
    }
    Ok(done)
}

fn no_language() -> ImportError {
    ImportError::stopped("the languages of the site", masthead_app::AppError::Internal("a site has a language"))
}

/// The file of a report. It is opened before the import, so that nothing is imported whose report cannot be kept, and
/// takes its name only when it is whole.
struct Sheet {
    path: PathBuf,
    draft: PathBuf,
    file: Option<File>,
}

impl Sheet {
    fn open(path: &Path, export: &Path) -> Result<Self, ImportError> {
        let unwritable = |source| ImportError::ReportUnwritable { path: path.to_owned(), source };
        let is_export = fs::canonicalize(path).is_ok_and(|path| fs::canonicalize(export).is_ok_and(|one| one == path));
        if is_export {
            return Err(unwritable(io::Error::new(io::ErrorKind::AlreadyExists, "it is the export itself")));
        }
        if path.is_dir() {
            return Err(unwritable(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let draft = path.with_file_name(name);
        let file = File::create(&draft).map_err(unwritable)?;
        Ok(Self { path: path.to_owned(), draft, file: Some(file) })
    }

    fn write(mut self, report: &Report) -> Result<(), ImportError> {
        let lost = |source| ImportError::ReportLost { path: self.path.clone(), source };
        let Some(file) = self.file.take() else { return Ok(()) };
        let mut out = io::BufWriter::new(file);
        serde_json::to_writer_pretty(&mut out, report).map_err(|error| lost(error.into()))?;
        out.write_all(b"\n").and_then(|()| out.flush()).map_err(lost)?;
        fs::rename(&self.draft, &self.path).map_err(lost)
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // The import failed; a draft that cannot be removed harms nobody.
            let _ = fs::remove_file(&self.draft);
        }
    }
}

/// A progress bar, on a terminal only.
struct Bar(Option<ProgressBar>);

impl Bar {
    fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        let style = ProgressStyle::with_template("{spinner} {msg:<20} {wide_bar} {pos}/{len} {elapsed}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(Some(bar))
    }

    fn show(&self, progress: Progress) {
        let Some(bar) = &self.0 else { return };
        bar.set_message(progress.phase.words());
        bar.set_length(progress.total.max(1));
        bar.set_position(progress.done);
    }

    fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_type_is_mapped_to_a_kind() {
        assert_eq!(mapping("podcast=NEWS"), Ok(("podcast".to_owned(), ArticleKind::News)));
        assert_eq!(mapping("release=press-release"), Ok(("release".to_owned(), ArticleKind::PressRelease)));
        for bad in ["podcast", "=NEWS", "podcast=SONG", "post=NEWS"] {
            assert!(mapping(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_report_that_is_not_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        let export = folder.path().join("export.xml");
        drop(Sheet::open(&path, &export).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        Sheet::open(&path, &export).unwrap().write(&Report::default()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(Sheet::open(folder.path(), &export).is_err());
        assert!(Sheet::open(&folder.path().join("none").join("report.json"), &export).is_err());
        assert!(Sheet::open(&path, &path).is_err());
    }
}
