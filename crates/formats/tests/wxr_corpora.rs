//! Reads every real export of the corpora and compares it with the answer of an independent oracle.
//!
//! The corpora lie beside the repository (`shared/corpora`) or where `TEST_CORPORA` says. Without them
//! the test says that it skips; with `TEST_REQUIRE_CORPORA=1` it fails instead.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test stops at the first surprise, says so, and is told by the environment where the corpora lie"
)]

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
};

use masthead_formats::wxr::{
    self, Approval, CommentType, DateSource, Event, PostStatus, PostType, Survey, TermKind, WpId, WxrItem,
    content::{ContentContext, prepare},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn corpora() -> Option<PathBuf> {
    let named = std::env::var_os("TEST_CORPORA").map(PathBuf::from);
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("shared/corpora"));
    let found = named.into_iter().chain(above).find(|folder| folder.join("given/wxr").is_dir());
    if found.is_none() {
        let must = std::env::var("TEST_REQUIRE_CORPORA").is_ok_and(|value| value == "1");
        assert!(!must, "the corpora are required but were not found; set TEST_CORPORA");
        eprintln!("SKIPPED: no corpora found; set TEST_CORPORA to the folder that holds given/wxr");
    }
    found
}

fn open(path: &Path) -> BufReader<File> {
    BufReader::new(File::open(path).unwrap())
}

fn items(path: &Path) -> Vec<WxrItem> {
    let events = wxr::Reader::new(open(path)).unwrap();
    let mut items = Vec::new();
    for event in events {
        if let Event::Item(item) = event.unwrap() {
            items.push(*item);
        }
    }
    items
}

#[test]
fn every_export_of_the_corpora_reads_as_the_oracle_says() {
    let Some(corpora) = corpora() else {
        return;
    };
    let mut read = 0;
    let mut names: Vec<PathBuf> = fs::read_dir(corpora.join("given/wxr")).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    for path in names {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected = corpora.join("given/expect").join(format!("{name}.json"));
        if !expected.exists() {
            let error = wxr::survey(open(&path)).expect_err(&name);
            assert!(error.position().is_some(), "{name}: {error} has no line");
            continue;
        }
        let expected: Value = serde_json::from_slice(&fs::read(expected).unwrap()).unwrap();
        let survey = wxr::survey(open(&path)).unwrap_or_else(|error| panic!("{name}: {error}"));
        compare_survey(&name, &survey, &expected);
        let items = items(&path);
        compare_items(&name, &items, &survey, &expected);
        prepare_all(&name, &items, &survey);
        read += 1;
    }
    assert!(read > 25, "only {read} exports were read");
}

#[test]
fn broken_exports_of_the_corpora_are_refused_where_they_break() {
    let Some(corpora) = corpora() else {
        return;
    };
    for (name, line) in [("wpimp-malformed.xml", 90), ("wpimp-malformed-simple.xml", 14)] {
        let error = wxr::survey(open(&corpora.join("given/wxr").join(name))).unwrap_err();
        assert_eq!(error.position().unwrap().0, line, "{name}: {error}");
    }
}

fn compare_survey(name: &str, survey: &Survey, expected: &Value) {
    let number = |value: &Value| value.as_u64().unwrap();
    assert_eq!(u64::try_from(survey.items.len()).unwrap(), number(&expected["items"]), "{name}: items");
    let by_type: BTreeMap<String, u64> = survey
        .by_type_status
        .iter()
        .map(|((kind, status), count)| (format!("{}/{}", kind.as_str(), status.as_str()), *count))
        .collect();
    let wanted: BTreeMap<String, u64> = serde_json::from_value(expected["by_type_status"].clone()).unwrap();
    assert_eq!(by_type, wanted, "{name}: types and states");
    assert_eq!(i64::from(survey.usual_offset.minutes()), expected["modal_offset_minutes"].as_i64().unwrap(), "{name}");
    assert_eq!(survey.site.version.as_deref(), expected["wxr_version"].as_str(), "{name}: version");
    assert_eq!(survey.site.title, expected["site"]["title"].as_str().unwrap_or_default().trim(), "{name}: site");

    let authors: Vec<(&str, &str)> =
        survey.authors.iter().map(|a| (a.login.as_str(), a.display_name.as_str())).collect();
    for author in expected["authors"].as_array().unwrap() {
        let (login, display) = (author["login"].as_str().unwrap(), author["display_name"].as_str().unwrap());
        let display = if display.is_empty() { login } else { display };
        assert!(authors.contains(&(login, display)), "{name}: author {login}");
    }
    let mut missing: Vec<&str> = survey.creators_not_declared();
    missing.sort_unstable();
    let mut wanted: Vec<&str> =
        expected["creators_not_declared"].as_array().unwrap().iter().map(|login| login.as_str().unwrap()).collect();
    wanted.retain(|login| expected["creators"].get(*login).is_some());
    wanted.sort_unstable();
    assert_eq!(missing, wanted, "{name}: undeclared authors");

    let tree: Vec<Value> = survey
        .categories
        .iter()
        .map(|c| serde_json::json!([c.slug.raw, c.parent.as_ref().map(|parent| parent.raw.as_str()), c.name]))
        .collect();
    assert_eq!(Value::from(tree), expected["categories"]["tree"], "{name}: categories");
    let tags: Vec<Value> = survey.tags.iter().map(|tag| Value::from(tag.slug.raw.as_str())).collect();
    assert_eq!(Value::from(tags), expected["tags"]["slugs"], "{name}: tags");
    assert_eq!(survey.comments.total, number(&expected["expect"]["comments_total"]), "{name}: comments");
    assert_eq!(survey.comments.replies, number(&expected["expect"]["comment_replies"]), "{name}: replies");
    let identities: std::collections::BTreeSet<&str> = survey.items.iter().map(|item| item.identity.as_str()).collect();
    assert_eq!(identities.len(), survey.items.len(), "{name}: identities repeat");
    let copies = survey.items.iter().filter(|item| item.copy_of.is_some() && item.post_type == PostType::Post).count();
    assert_eq!(copies, 0, "{name}: a post of its own counts as a copy");
}

fn compare_items(name: &str, items: &[WxrItem], survey: &Survey, expected: &Value) {
    let wanted = expected["item_list"].as_array().unwrap();
    assert_eq!(items.len(), wanted.len());
    for (item, want) in items.iter().zip(wanted) {
        let at = format!("{name}: item {} ({})", item.ordinal, item.slug.raw);
        assert_eq!(item.post_type.as_str(), want["type"].as_str().unwrap(), "{at}");
        assert_eq!(item.status.as_str(), want["status"].as_str().unwrap(), "{at}");
        assert_eq!(item.slug.raw, want["slug"].as_str().unwrap(), "{at}");
        assert_eq!(item.title, want["title"].as_str().unwrap(), "{at}");
        assert_eq!(item.creator, want["creator"].as_str().unwrap(), "{at}");
        assert_eq!(item.link, want["link"].as_str().unwrap_or_default().trim(), "{at}");
        assert_eq!(item.post_id.as_ref().map_or("", WpId::as_str), want["id"].as_str().unwrap(), "{at}");
        assert_eq!(item.parent.as_ref().map_or("0", WpId::as_str), want["parent"].as_str().unwrap(), "{at}");
        assert_eq!(item.comments.len(), usize::try_from(want["comments"].as_u64().unwrap()).unwrap(), "{at}");
        assert_eq!(item.attachment_url.as_deref(), want["attachment_url"].as_str().map(str::trim), "{at}");
        assert_eq!(item.thumbnail_id().as_ref().map(WpId::as_str), want["thumbnail_id"].as_str(), "{at}");
        compare_dates(&at, item, survey, want);
        let hash: String = Sha256::digest(item.content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, want["content_sha256"].as_str().unwrap(), "{at}: content");
        let keys = |kind: TermKind| -> Vec<Value> {
            item.terms.iter().filter(|term| term.kind == kind).map(|term| Value::from(term.key())).collect()
        };
        assert_eq!(Value::from(keys(TermKind::Category)), want["cats"], "{at}: categories");
        assert_eq!(Value::from(keys(TermKind::Tag)), want["tags"], "{at}: tags");
        let has_password = want["oddities"].as_array().unwrap().contains(&Value::from("password"));
        assert_eq!(item.has_password, has_password, "{at}");
    }
    let visible: Vec<&WxrItem> = items
        .iter()
        .filter(|item| item.post_type == PostType::Post && item.status == PostStatus::Publish && item.is_public())
        .collect();
    let published = expected["expect"]["published_posts"].as_u64().unwrap();
    assert_eq!(u64::try_from(visible.len()).unwrap(), published, "{name}: public posts");
    let public = visible.iter().flat_map(|item| &item.comments).filter(|comment| comment.is_public());
    let wanted = expected["expect"]["approved_plain_comments_on_visible_posts"].as_u64().unwrap();
    assert_eq!(u64::try_from(public.count()).unwrap(), wanted, "{name}: public comments");
    let held = items.iter().flat_map(|item| &item.comments);
    assert!(held.filter(|c| c.is_public()).all(|c| c.approval == Approval::Approved && c.kind == CommentType::Comment));
}

fn compare_dates(at: &str, item: &WxrItem, survey: &Survey, want: &Value) {
    let found = item.date_utc(survey.usual_offset);
    let utc = found.map(|(date, _)| date.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    assert_eq!(utc.as_deref(), want["date_utc"].as_str(), "{at}: date");
    assert_eq!(found.map(|(_, source)| DateSource::as_str(source)), want["date_from"].as_str(), "{at}: date source");
}

/// No text may be lost on the way from WordPress's content to plain HTML, and no delimiter may remain.
fn prepare_all(name: &str, items: &[WxrItem], survey: &Survey) {
    let context = ContentContext::of(survey);
    for item in items.iter().filter(|item| matches!(item.post_type, PostType::Post | PostType::Page)) {
        let at = format!("{name}: item {} ({})", item.ordinal, item.slug.raw);
        let prepared = prepare(item, &context);
        assert!(!prepared.html.contains("<!-- wp:"), "{at}: a block delimiter remains");
        assert!(!prepared.html.contains("<!--more"), "{at}: a more mark remains");
        assert!(!prepared.html.contains("[caption"), "{at}: a caption remains");
    }
}
