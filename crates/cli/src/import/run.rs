//! The order of an import, and what its steps share.

use std::{
    collections::BTreeMap,
    io::{self, BufRead},
    path::PathBuf,
};

use masthead_app::{App, Caller};
use masthead_domain::{AnyId, LanguageTag, article::ArticleKind};
use masthead_formats::wxr::{self, Event, Reader, Survey, WxrError, WxrItem};
use masthead_store::{Tx, external};

use super::{
    article,
    batch::Batches,
    categories, editions,
    error::ImportError,
    links::Links,
    media,
    note::ImportNote,
    origin::Origin,
    people,
    progress::{Phase, Progress},
    report::{Report, SiteLine, Subject},
    tags,
};

/// Opens the export from its beginning; called once for each of the three readings.
pub type Open<'a> = dyn Fn() -> io::Result<Box<dyn BufRead + Send>> + Sync + 'a;

/// How to import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The file, for messages and the report.
    pub file: PathBuf,
    /// Whether to write nothing and only tell what would be written.
    pub dry_run: bool,
    /// The kinds of articles that items of custom types become.
    pub types: BTreeMap<String, ArticleKind>,
    /// The language of articles when neither they nor their site names one.
    pub default_language: LanguageTag,
}

/// Imports a WordPress export.
///
/// A file that is broken anywhere imports nothing. After that every transaction is whole, and an import that is stopped
/// goes on where it was when it is started again.
///
/// # Errors
/// [`ImportError`] says what to mend and whether something was imported.
pub async fn wxr(
    app: &App,
    open: &Open<'_>,
    options: &ImportOptions,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, ImportError> {
    progress(Progress { phase: Phase::Survey, done: 0, total: 0 });
    let broken = |error: WxrError| match error {
        WxrError::Io(source) => ImportError::Unreadable { path: options.file.clone(), source },
        other => ImportError::Broken(other),
    };
    let input = open().map_err(|source| ImportError::Unreadable { path: options.file.clone(), source })?;
    let survey = wxr::survey(input).map_err(broken)?;
    let origin = Origin::of(&survey, &options.default_language, &app.site.languages);
    let caller = Caller::system();
    let report = Report {
        file: options.file.display().to_string(),
        site: site_line(&survey, &origin),
        dry_run: options.dry_run,
        ..Report::default()
    };
    let batches = Batches::new(app, &caller, options.dry_run);
    let mut run = Run { app, open, survey: &survey, options, origin, batches, report, told: progress };
    run.tell_of_file();
    let (media, plan) = media::import(&mut run).await?;
    let people = people::import(&mut run, &plan).await?;
    let categories = categories::import(&mut run).await?;
    let tags = tags::import(&mut run).await?;
    let editions = editions::settle(&mut run, plan).await?;
    let links = Links::of(&mut run, &editions).await?;
    article::import(&mut run, &article::Newsroom { media, people, categories, tags, editions, links }).await?;
    Ok(run.report)
}

/// What the steps of an import share.
pub(super) struct Run<'a> {
    pub(super) app: &'a App,
    open: &'a Open<'a>,
    pub(super) survey: &'a Survey,
    pub(super) options: &'a ImportOptions,
    pub(super) origin: Origin,
    pub(super) batches: Batches<'a>,
    pub(super) report: Report,
    told: &'a mut (dyn FnMut(Progress) + Send),
}

impl Run<'_> {
    pub(super) fn progress(&mut self, phase: Phase, done: usize, total: usize) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        (self.told)(Progress { phase, done: count(done), total: count(total) });
    }

    /// Reads the items of the file once more.
    pub(super) fn items(&self) -> Result<Items, ImportError> {
        let path = || self.options.file.clone();
        let input = (self.open)().map_err(|source| ImportError::Unreadable { path: path(), source })?;
        Ok(Items { reader: Reader::new(input).map_err(ImportError::Changed)? })
    }

    /// A language of the export as this newsroom writes it. Where the site says which locale it means by a code of its
    /// own (`kreyol`, `us`), that counts.
    pub(super) fn language(&self, code: &str) -> Option<LanguageTag> {
        let locale = self.survey.translations.locale_of(code).and_then(|locale| self.origin.language(locale));
        let written = self.origin.language(code);
        match (written, locale) {
            (Some(written), Some(locale)) if written.primary() == locale.primary() => Some(written),
            (written, locale) => locale.or(written),
        }
    }

    /// What the newsroom is read through: the open transaction, which sees what this run has written so far.
    pub(super) async fn read(&mut self) -> Result<&Tx, ImportError> {
        let work = self.batches.work().await;
        Ok(&work.map_err(|error| ImportError::stopped("reading what is here already", error))?.tx)
    }

    /// One item of the file was read.
    pub(super) async fn item_read(&mut self, phase: Phase, ordinal: u64) -> Result<(), ImportError> {
        let total = u64::try_from(self.survey.items.len()).unwrap_or(u64::MAX);
        (self.told)(Progress { phase, done: ordinal, total });
        self.batches.item_read().await.map_err(|error| ImportError::stopped("keeping what was imported", error))
    }

    /// One thing is whole: its transaction may end.
    pub(super) async fn thing_done(&mut self, what: &str) -> Result<(), ImportError> {
        self.batches.thing_done().await.map_err(|error| ImportError::stopped(what, error))
    }

    /// A step is over: its last transaction ends.
    pub(super) async fn flush(&mut self, what: &str) -> Result<(), ImportError> {
        self.batches.flush().await.map_err(|error| ImportError::stopped(what, error))
    }

    /// Keeps the address a thing had, unless it is the one it has or leads to the front page.
    pub(super) async fn keep_old_path(
        &mut self,
        old: &str,
        now: &str,
        id: AnyId,
        about: Subject,
    ) -> Result<(), ImportError> {
        if old == now || old == "/" {
            return Ok(());
        }
        let stopped = |error| ImportError::stopped(format!("the old address {old}"), error);
        let work = self.batches.work().await.map_err(stopped)?;
        let is_kept = external::keep_legacy_path(&work.tx, old, id).await.map_err(|error| stopped(error.into()))?;
        if is_kept {
            self.report.old_addresses += 1;
        } else {
            self.report.tell(ImportNote::OldAddressTaken, Some(about), old);
        }
        Ok(())
    }

    fn tell_of_file(&mut self) {
        if !self.origin.is_named() {
            self.report.tell(ImportNote::SiteUnknown, None, "");
        }
        for note in &self.survey.notes {
            let place = note.item.as_ref().and_then(|item| usize::try_from(item.ordinal).ok()?.checked_sub(1));
            let noun = place.and_then(|place| self.survey.items.get(place)).map(|item| item.post_type.as_str());
            self.report.tell_of_file(note, noun.unwrap_or("item"));
        }
    }
}

/// The items of the file, in order.
pub(super) struct Items {
    reader: Reader<Box<dyn BufRead + Send>>,
}

impl Iterator for Items {
    type Item = Result<Box<WxrItem>, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.reader.next()? {
                Ok(Event::Item(item)) => return Some(Ok(item)),
                Ok(_) => {}
                Err(error) => return Some(Err(ImportError::Changed(error))),
            }
        }
    }
}

fn site_line(survey: &Survey, origin: &Origin) -> SiteLine {
    let site = &survey.site;
    SiteLine {
        title: site.title.clone(),
        address: origin.base.as_ref().map(ToString::to_string).unwrap_or_default(),
        language: origin.language.to_string(),
        exported: site.exported.clone(),
        wxr_version: site.version.clone(),
        system: origin.system.clone(),
    }
}
