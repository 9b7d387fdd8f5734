use std::{collections::BTreeSet, ffi::OsString, fmt::Write as _};

use secrecy::ExposeSecret as _;

use super::*;

/// The settings of a run with these variables.
fn with(environment: &[(&str, &str)]) -> Sources {
    let environment = environment.iter().map(|(name, text)| (OsString::from(name), OsString::from(text))).collect();
    Sources { environment, ..Sources::default() }
}

fn file(content: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".env");
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn problems(sources: Sources) -> String {
    Config::load(sources).unwrap_err().to_string()
}

#[test]
fn without_settings_everything_has_the_default_of_its_home() {
    let config = Config::load(Sources::default()).unwrap();
    assert_eq!(format!("{:?}", config.http), format!("{:?}", HttpConfig::default()));
    assert_eq!(format!("{:?}", config.database), format!("{:?}", DatabaseConfig::new("sqlite://data/masthead.db")));
    assert_eq!((config.site.name.as_str(), config.site.languages[0].as_str()), ("Masthead", "en"));
    assert!(config.is_site_unset && config.keys.secret.is_none());
    assert_eq!(config.worker, WorkerConfig::default());
    assert_eq!(config.log, LogConfig { level: "info".into(), format: LogFormat::Auto });
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_the_file() {
    let (_folder, path) =
        file("MASTHEAD_LISTEN=127.0.0.1:1\nMASTHEAD_SITE_NAME='From the file'\nMASTHEAD_LOG_LEVEL=warn\nOTHER=thing\n");
    let mut sources = with(&[("MASTHEAD_LISTEN", "127.0.0.1:2"), ("MASTHEAD_LOG_LEVEL", "debug"), ("PATH", "/bin")]);
    sources.file = Some(path);
    sources.flags = vec![Flag { setting: "MASTHEAD_LISTEN", flag: "--listen", text: "127.0.0.1:3".to_owned() }];
    let config = Config::load(sources).unwrap();
    assert_eq!(config.http.listen.port(), 3);
    assert_eq!(config.log.level, "debug");
    assert_eq!(config.site.name, "From the file");
    assert!(!config.is_site_unset);
}

#[test]
fn what_is_deleted_is_kept_for_days_or_for_ever() {
    let trash_time = |days: &str| Config::load(with(&[("MASTHEAD_TRASH_DAYS", days)])).unwrap().worker.trash_time;
    assert_eq!(trash_time("1"), Some(Duration::from_secs(86_400)));
    assert_eq!(trash_time("0"), None);
    let told = problems(with(&[("MASTHEAD_TRASH_DAYS", "36501")]));
    assert!(told.contains("MASTHEAD_TRASH_DAYS: `36501` is not a whole number of days from 0 to 36500"), "{told}");
}

#[test]
fn an_empty_value_is_no_value() {
    let (_folder, path) = file("MASTHEAD_SITE_NAME=Kept\n");
    let mut sources = with(&[("MASTHEAD_SITE_NAME", ""), ("MASTHEAD_JWT_SECRET", " ")]);
    sources.file = Some(path);
    let config = Config::load(sources).unwrap();
    assert_eq!(config.site.name, "Kept");
    assert!(config.keys.secret.is_none());
}

#[test]
fn a_secret_of_digits_stays_a_text_and_is_never_shown() {
    let digits = "12345678901234567890123456789012";
    let config = Config::load(with(&[("MASTHEAD_JWT_SECRET", digits)])).unwrap();
    assert_eq!(config.keys.secret.as_ref().unwrap().expose_secret(), digits);
    assert!(!format!("{config:?}").contains("123456"));
    let told = problems(with(&[
        ("MASTHEAD_JWT_SECRET", "hunter2"),
        ("MASTHEAD_DATABASE_URL", "mysql://me:hunter2@db.example/news"),
    ]));
    assert!(told.contains("MASTHEAD_JWT_SECRET must have at least 32 bytes (in the environment)"), "{told}");
    assert!(told.contains("MASTHEAD_DATABASE_URL does not begin with sqlite:// or postgres://"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_setting_that_does_not_exist_is_refused_with_the_one_that_was_meant() {
    let told = problems(with(&[("MASTHEAD_DATABSE_URL", "x"), ("MASTHEAD_LISTN", "y")]));
    assert!(told.contains("there is no setting MASTHEAD_DATABSE_URL; did you mean MASTHEAD_DATABASE_URL?"), "{told}");
    assert!(told.contains("MASTHEAD_LISTN; did you mean MASTHEAD_LISTEN?"), "{told}");
    let (_folder, path) = file("MASTHEAD_SITE_NAMES=x\n");
    let told = problems(Sources { file: Some(path.clone()), ..Sources::default() });
    assert!(told.contains("did you mean MASTHEAD_SITE_NAME?"), "{told}");
    assert!(told.contains(&path.display().to_string()), "{told}");
}

#[test]
fn names_of_others_in_the_environment_are_told_and_do_nothing() {
    // What Kubernetes puts there for a service named `masthead`.
    let names = ["MASTHEAD_SERVICE_HOST", "MASTHEAD_PORT", "MASTHEAD_PORT_4000_TCP_ADDR"];
    let config = Config::load(with(&names.map(|name| (name, "10.0.0.7")))).unwrap();
    assert_eq!(config.foreign, names);
    let (_folder, path) = file("MASTHEAD_SERVICE_HOST=10.0.0.7\n");
    let told = problems(Sources { file: Some(path), ..Sources::default() });
    assert!(told.contains("there is no setting MASTHEAD_SERVICE_HOST (in "), "{told}");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_where_it_was_found() {
    let told = problems(with(&[
        ("MASTHEAD_LISTEN", "4000"),
        ("MASTHEAD_BODY_BYTES_MAX", "1 MiB"),
        ("MASTHEAD_HEADERS_MAX", "9999"),
        ("MASTHEAD_DRAIN_MS", "-1"),
        ("MASTHEAD_EXPLORER", "yes"),
        ("MASTHEAD_INTROSPECTION", "sometimes"),
        ("MASTHEAD_CORS_ORIGINS", "https://a.example,https://b.example/path"),
        ("MASTHEAD_SITE_URL", "not an address"),
        ("MASTHEAD_SITE_LANGUAGES", "fr,not a tag"),
        ("MASTHEAD_LOG_FORMAT", "xml"),
        ("MASTHEAD_TRASH_DAYS", "never"),
        ("MASTHEAD_DATABASE_LOCK_TIMEOUT_MS", "0"),
        ("MASTHEAD_CACHE_LAG_MS", "60001"),
    ]));
    for expected in [
        "MASTHEAD_LISTEN: `4000` is not an address with a port",
        "MASTHEAD_BODY_BYTES_MAX: `1 MiB` is not a whole number from 1 to",
        "MASTHEAD_HEADERS_MAX: `9999` is not a whole number from 8 to 256",
        "MASTHEAD_DRAIN_MS: `-1`",
        "MASTHEAD_EXPLORER: `yes` is not true or false",
        "MASTHEAD_INTROSPECTION: `sometimes` is not open, signed-in or closed",
        "https://b.example/path",
        "MASTHEAD_SITE_URL: `not an address`",
        "MASTHEAD_SITE_LANGUAGES: `fr,not a tag`",
        "MASTHEAD_LOG_FORMAT: `xml` is not auto, text or json",
        "MASTHEAD_DATABASE_LOCK_TIMEOUT_MS: `0` is not a whole number of milliseconds",
        "MASTHEAD_TRASH_DAYS: `never` is not a whole number of days from 0 to 36500",
        "MASTHEAD_CACHE_LAG_MS: `60001` is not a whole number from 0 to 60000",
    ] {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    assert_eq!(told.matches("(in the environment)").count(), 13, "{told}");
}

#[test]
fn two_ways_to_sign_contradict_each_other() {
    let told = problems(with(&[
        ("MASTHEAD_JWT_SECRET", "12345678901234567890123456789012"),
        ("MASTHEAD_JWT_PRIVATE_KEY_FILE", "key.pem"),
    ]));
    assert!(told.contains("tokens are signed with one of them"), "{told}");
}

#[test]
fn a_file_that_cannot_be_read_is_named_without_its_content() {
    let (_folder, path) = file("MASTHEAD_JWT_SECRET=\"unclosed hunter2\n");
    let told = problems(Sources { file: Some(path), ..Sources::default() });
    assert!(told.contains(".env") && !told.contains("hunter2"), "{told}");
    let (_folder, path) = file("MASTHEAD_LOG_LEVEL=warn\nMASTHEAD_SITE_NAME=Le Fanal\n");
    let told = problems(Sources { file: Some(path), ..Sources::default() });
    assert!(told.contains("line 2 is not NAME=value (a value with spaces stands in quotes)"), "{told}");
    let missing = PathBuf::from("no-such-folder/.env");
    let told = problems(Sources { file: Some(missing), ..Sources::default() });
    assert!(told.contains("no-such-folder/.env") && told.contains("cannot be read"), "{told}");
}

#[test]
fn every_setting_is_read() {
    let layers = Layers::gather(Sources::default()).unwrap();
    let mut read = Reader::new(&layers);
    let _ = (database(&mut read), site(&mut read), keys(&mut read));
    let _ = (door::read(&mut read), worker(&mut read), log(&mut read));
    let read: BTreeSet<&str> = read.names.iter().copied().collect();
    let known: BTreeSet<&str> = setting::all().map(|setting| setting.name).collect();
    assert_eq!(read, known);
}

#[test]
fn the_example_file_shows_every_setting_with_its_why_and_default() {
    let mut expected = String::from(
        "# Every setting of Masthead, with why one would set it and its default. Copy what you need to a file `.env`\n\
         # beside the program, or set it in the environment, which goes before the file; flags go before both.\n",
    );
    for (group, settings) in setting::SETTINGS {
        write!(expected, "\n# ── {group} ──\n").unwrap();
        for setting in *settings {
            write!(expected, "\n# {}\n# {}={}\n", setting.why, setting.name, setting.default).unwrap();
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.env.example");
    let shown = std::fs::read_to_string(path).unwrap_or_default();
    if shown != expected {
        let new = std::env::temp_dir().join("masthead.env.example");
        std::fs::write(&new, expected).unwrap();
        panic!("{path} is not what the settings say; what it should be stands in {}", new.display());
    }
}
