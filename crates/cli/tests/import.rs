//! `masthead import wxr` as a process.
#![expect(clippy::unwrap_used, reason = "a test that meets the impossible should stop there")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const EXPORT: &str = r#"<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Le Rivage</title><link>https://rivage.example</link><wp:wxr_version>1.2</wp:wxr_version>
<item><title>Le port rouvre</title><guid>https://rivage.example/?p=1</guid><wp:post_id>1</wp:post_id>
<wp:post_name>le-port</wp:post_name><wp:post_type>post</wp:post_type><wp:status>publish</wp:status>
<wp:post_date_gmt>2020-05-04 10:00:00</wp:post_date_gmt><content:encoded>Le port rouvre.</content:encoded></item>
<item><title>Voix</title><guid>https://rivage.example/?p=2</guid><wp:post_id>2</wp:post_id>
<wp:post_name>voix</wp:post_name><wp:post_type>podcast</wp:post_type><wp:status>publish</wp:status></item>
</channel></rss>"#;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let command = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .env_clear()
        .current_dir(folder)
        .args(["--database-url", "sqlite://news.db"])
        .args(arguments)
        .output();
    command.unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_export_is_imported_once_and_the_summary_goes_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("rivage.xml"), EXPORT).unwrap();
    let import = ["import", "wxr", "rivage.xml", "--type", "podcast=NEWS", "--report", "report.json"];
    let dry = run(folder.path(), &["import", "wxr", "rivage.xml", "--dry-run"]);
    assert!(text(&dry.stdout).contains("nothing was written") && dry.status.success(), "{dry:?}");
    assert!(text(&dry.stdout).contains("type-skipped"), "{dry:?}");
    let first = run(folder.path(), &import);
    assert!(first.status.success(), "{first:?}");
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    let count = |report: &serde_json::Value, what: &str| report.pointer(&format!("/counts/articles/{what}")).cloned();
    assert_eq!(count(&report, "imported"), Some(2.into()));
    assert!(run(folder.path(), &import).status.success());
    let again = serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!((count(&again, "imported"), count(&again, "unchanged")), (Some(0.into()), Some(2.into())));
}

#[test]
fn what_cannot_be_imported_ends_with_words_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("broken.xml"), EXPORT.replace("</channel>", "")).unwrap();
    for (file, words) in [("broken.xml", "line "), ("absent.xml", "absent.xml cannot be read"), (".", "is no file")] {
        let refused = run(folder.path(), &["import", "wxr", file]);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let said = text(&refused.stderr);
        assert!(said.contains(words) && said.contains("nothing was imported"), "{said}");
        assert!(refused.stdout.is_empty(), "{refused:?}");
    }
    let mapped = run(folder.path(), &["import", "wxr", "broken.xml", "--type", "podcast=SONG"]);
    assert!(!mapped.status.success() && text(&mapped.stderr).contains("PRESS_RELEASE"), "{mapped:?}");
}
