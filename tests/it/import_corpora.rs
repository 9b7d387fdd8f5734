//! Every real export of the corpora, imported on both engines and compared with the answer of an independent oracle.
//!
//! The corpora lie beside the repository (`shared/corpora`) or where `TEST_CORPORA` says. Without them the tests
//! say that they skip; with `TEST_REQUIRE_CORPORA=1` they fail instead.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
};

use masthead::import::Report;
use masthead_domain::{
    AnyId, ArticleId, EntityKind, LanguageTag, Slug,
    article::{ArticleKind, ArticleState},
};
use masthead_formats::wxr::{self, Approval, CommentType, Survey, decode_slug, plain_text};
use masthead_store::{ReadScope, article, external};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::import::{import_text, options, written};

#[expect(clippy::disallowed_methods, clippy::print_stderr, reason = "the environment says where the corpora lie")]
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

struct Sample {
    name: String,
    text: Vec<u8>,
    survey: Survey,
    expected: Value,
}

/// The sound exports whose names begin so, with what the oracle says of each.
fn samples(wanted: impl Fn(&str) -> bool) -> Vec<Sample> {
    let Some(corpora) = corpora() else { return Vec::new() };
    let mut samples = Vec::new();
    for entry in fs::read_dir(corpora.join("given/wxr")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let oracle = corpora.join(format!("given/expect/{name}.json"));
        if !oracle.is_file() || !wanted(&name) {
            continue;
        }
        let text = fs::read(&path).unwrap();
        let expected = serde_json::from_slice(&fs::read(oracle).unwrap()).unwrap();
        samples.push(Sample { survey: wxr::survey(text.as_slice()).unwrap(), name, text, expected });
    }
    samples.sort_by(|one, other| one.name.cmp(&other.name));
    samples
}

fn ours(slug: &str, language: &LanguageTag) -> Option<String> {
    let decoded = decode_slug(slug);
    Slug::parse(&decoded).ok().or_else(|| Slug::from_title(&decoded, language)).map(|slug| slug.to_string())
}

/// The articles by the places of their items.
async fn articles(kit: &Kit, sample: &Sample, report: &Report) -> HashMap<usize, article::Article> {
    let database = &kit.app.database;
    let bound = external::all(database, &report.site.system, EntityKind::Article).await.unwrap();
    let ids: Vec<ArticleId> = bound
        .values()
        .filter_map(|bound| match bound.entity {
            AnyId::Article(id) => Some(id),
            _ => None,
        })
        .collect();
    let all = article::by_ids(database, &ReadScope::all(kit.app.clock.now()), &ids).await.unwrap();
    let id_of = |name: &str| match bound.get(name)?.entity {
        AnyId::Article(id) => all.get(&id).cloned(),
        _ => None,
    };
    let items = sample.survey.items.iter().enumerate();
    items.filter_map(|(place, item)| Some((place, id_of(&item.identity)?))).collect()
}

/// Pairs of an article's slug and another column, from a relation.
async fn relation(kit: &Kit, table: &str, other: &str, key: &str) -> BTreeMap<String, BTreeSet<String>> {
    let query = format!(
        "select a.slug as article, o.slug as other from {table} r join articles a on a.id = r.article_id \
         join {other} o on o.id = r.{key}"
    );
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in kit.sql(&query).await {
        let text = |name: &str| row[name].as_str().unwrap().to_owned();
        found.entry(text("article")).or_default().insert(text("other"));
    }
    found
}

async fn check_articles(kit: &Kit, sample: &Sample, report: &Report) {
    let name = &sample.name;
    let now = kit.app.clock.now();
    let language: LanguageTag = report.site.language.parse().unwrap();
    let found = articles(kit, sample, report).await;
    let categories = relation(kit, "article_categories", "categories", "category_id").await;
    let tags = relation(kit, "article_tags", "tags", "tag_id").await;
    let renamed: HashMap<(String, String), String> = report
        .renamed
        .iter()
        .map(|renaming| ((renaming.item.noun.clone(), renaming.from.clone()), renaming.to.clone()))
        .collect();
    let (mut published, mut others) = (0, BTreeMap::<String, u64>::new());
    for (place, row) in sample.expected["item_list"].as_array().unwrap().iter().enumerate() {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let (kind, status) = (text("type"), text("status"));
        if !matches!(kind.as_str(), "post" | "page") {
            assert!(!found.contains_key(&place), "{name}: {row}");
            continue;
        }
        let article = found.get(&place).unwrap_or_else(|| panic!("{name}: not imported: {row}"));
        let has_password = row["oddities"].as_array().unwrap().iter().any(|oddity| oddity == "password");
        let had = decode_slug(&text("slug"));
        if !had.is_empty() {
            let plain = ours(&had, &language).unwrap();
            let expected = renamed.get(&(kind.clone(), had)).unwrap_or(&plain);
            assert_eq!(&article.slug, expected, "{name}: {row}");
        }
        let date = row["date_utc"].as_str().map(|date| masthead_domain::time::parse(date).unwrap());
        match (status.as_str(), has_password) {
            ("publish", false) => {
                let at = article.state.published_at().unwrap();
                // Without any date it bears that of the export.
                assert!(date.map_or(at <= now, |date| at == date), "{name}: {at}: {row}");
                published += u64::from(kind == "post");
            }
            ("future", false) if date.is_some_and(|date| date > now) => {
                assert_eq!(article.state.published_at(), date, "{name}: {row}");
            }
            ("pending", false) => assert!(matches!(article.state, ArticleState::InReview { .. }), "{name}: {row}"),
            _ => assert_eq!(article.state, ArticleState::Draft, "{name}: {row}"),
        }
        *others.entry(status).or_default() += 1;
        let terms = |key: &str| -> BTreeSet<String> {
            row[key].as_array().unwrap().iter().filter_map(|term| ours(term.as_str().unwrap(), &language)).collect()
        };
        for (what, expected, found) in [("cats", terms("cats"), &categories), ("tags", terms("tags"), &tags)] {
            let of_article = found.get(&article.slug).cloned().unwrap_or_default();
            let expected: BTreeSet<String> = expected.into_iter().collect();
            assert_eq!(of_article, expected, "{name}: {what} of {}", article.slug);
        }
    }
    assert_eq!(published, sample.expected["expect"]["published_posts"].as_u64().unwrap(), "{name}");
    let public = "select count(*) as n from articles where kind <> 'PAGE' and state = 'PUBLISHED'";
    let scheduled = found.values().filter(|article| article.state.published_at().is_some_and(|at| at > now));
    let count = kit.sql(public).await[0]["n"].as_u64().unwrap();
    assert_eq!(count, published + u64::try_from(scheduled.count()).unwrap(), "{name}");
}

async fn check_terms(kit: &Kit, sample: &Sample, report: &Report) {
    let name = &sample.name;
    let language: LanguageTag = report.site.language.parse().unwrap();
    let slug = |value: &Value| value.as_str().map(|text| ours(text, &language).unwrap());
    let mut expected: BTreeSet<(String, Option<String>)> = sample.expected["categories"]["tree"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (slug(&row[0]).unwrap(), slug(&row[1])))
        .collect();
    for used in sample.expected["category_use_not_declared"].as_array().unwrap() {
        expected.insert((slug(used).unwrap(), None));
    }
    let rows = kit
        .sql("select c.slug as slug, p.slug as parent from categories c left join categories p on p.id = c.parent_id")
        .await;
    let found: BTreeSet<(String, Option<String>)> = rows
        .iter()
        .map(|row| (row["slug"].as_str().unwrap().to_owned(), row["parent"].as_str().map(str::to_owned)))
        .collect();
    assert_eq!(found, expected, "{name}");

    let declared = sample.expected["tags"]["slugs"].as_array().unwrap().iter().map(|tag| slug(tag).unwrap());
    let used = sample.expected["item_list"].as_array().unwrap().iter();
    let used = used.flat_map(|row| row["tags"].as_array().unwrap()).map(|tag| slug(tag).unwrap());
    let expected: BTreeSet<String> = declared.chain(used).collect();
    let rows = kit.sql("select slug from tags").await;
    let found: BTreeSet<String> = rows.iter().map(|row| row["slug"].as_str().unwrap().to_owned()).collect();
    assert_eq!(found, expected, "{name}");

    let declared = sample.expected["authors"].as_array().unwrap();
    let declared = declared.iter().map(|author| author["login"].as_str().unwrap().to_owned());
    let on_items = sample.expected["creators"].as_object().unwrap().keys().filter(|login| !login.is_empty()).cloned();
    let expected: BTreeSet<String> = declared.chain(on_items).collect();
    let bound = external::all(&kit.app.database, &report.site.system, EntityKind::Author).await.unwrap();
    let found: BTreeSet<String> = bound.into_keys().collect();
    assert_eq!(found, expected, "{name}");
    assert_eq!(kit.row_count("authors").await, i64::try_from(expected.len()).unwrap(), "{name}");
}

/// Every ordinary comment of the file by its article, with the name of whom it answers.
fn comments_of_file(
    sample: &Sample,
    found: &HashMap<usize, article::Article>,
) -> Vec<(String, String, String, String)> {
    let mut all = Vec::new();
    let reader = wxr::Reader::new(sample.text.as_slice()).unwrap();
    let items = reader.filter_map(|event| match event.unwrap() {
        wxr::Event::Item(item) => Some(item),
        _ => None,
    });
    for (place, item) in items.enumerate() {
        let Some(article) = found.get(&place) else { continue };
        let name = |author: &str| match plain_text(author) {
            name if name.is_empty() => "Anonymous".to_owned(),
            name => name,
        };
        let kept = |comment: &&wxr::WxrComment| {
            comment.kind == CommentType::Comment
                && comment.approval != Approval::Trash
                && !plain_text(&comment.content).is_empty()
        };
        let parents: HashMap<_, _> =
            item.comments.iter().filter(kept).filter_map(|comment| Some((comment.id.clone()?, comment))).collect();
        for comment in item.comments.iter().filter(kept) {
            let status = if comment.approval == Approval::Approved { "VISIBLE" } else { "PENDING" };
            let status = if comment.approval == Approval::Spam { "SPAM" } else { status };
            let parent = comment.parent.as_ref().and_then(|parent| parents.get(parent));
            let parent = parent.map(|parent| name(&parent.author)).unwrap_or_default();
            all.push((article.slug.clone(), status.to_owned(), name(&comment.author), parent));
        }
    }
    all.sort();
    all
}

async fn check_comments(kit: &Kit, sample: &Sample, report: &Report) {
    let rows = kit
        .sql(
            "select a.slug as article, c.status as status, c.author_name as author, p.author_name as parent \
             from comments c join articles a on a.id = c.article_id left join comments p on p.id = c.parent_id",
        )
        .await;
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = rows
        .iter()
        .map(|row| (text(row, "article"), text(row, "status"), text(row, "author"), text(row, "parent")))
        .collect();
    found.sort();
    let articles = articles(kit, sample, report).await;
    assert_eq!(found, comments_of_file(sample, &articles), "{}", sample.name);
    let now = kit.app.clock.now();
    let is_public_post = |slug: &str| {
        articles.values().any(|article| {
            article.slug == slug
                && article.kind != ArticleKind::Page
                && article.state.published_at().is_some_and(|at| at <= now)
        })
    };
    let shown = found.iter().filter(|(article, status, ..)| status == "VISIBLE" && is_public_post(article)).count();
    let expected = sample.expected["expect"]["approved_plain_comments_on_visible_posts"].as_u64().unwrap();
    assert_eq!(u64::try_from(shown).unwrap(), expected, "{}", sample.name);
    let counted = kit.sql("select sum(comment_count) as n from articles").await;
    let visible = found.iter().filter(|(_, status, ..)| status == "VISIBLE").count();
    let sum = counted[0]["n"].as_i64().or_else(|| counted[0]["n"].as_str()?.parse().ok()).unwrap_or(0);
    assert_eq!(sum, i64::try_from(visible).unwrap(), "{}", sample.name);
}

/// Every text of a body with the key it stands under.
fn texts(value: &Value) -> Vec<(&str, &str)> {
    match value {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) => vec![(key.as_str(), text.as_str())],
                other => texts(other),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// What readers do not see shows nowhere: neither by id, nor by slug, nor by an old address.
async fn check_hidden(kit: &Kit, sample: &Sample, report: &Report) {
    let database = &kit.app.database;
    let now = kit.app.clock.now();
    let public = ReadScope::public(now);
    let found = articles(kit, sample, report).await;
    let shown = found.values().filter(|article| {
        article.kind != ArticleKind::Page && article.state.published_at().is_some_and(|at| at <= now)
    });
    let shown = shown.count();
    let data = kit.data(&kit.anonymous(), "{ articles(first: 1) { totalCount } }", json!({})).await;
    assert_eq!(data["articles"]["totalCount"], shown, "{}", sample.name);
    for (place, article) in found {
        let is_public = article.state.published_at().is_some_and(|at| at <= now);
        let by_id = article::by_id(database, &public, article.id).await.unwrap().is_some();
        let slug = Slug::parse(&article.slug).unwrap();
        let language: LanguageTag = article.language.parse().unwrap();
        let by_slug = article::by_slug(database, &public, &slug, Some(&language)).await.unwrap().is_some();
        assert_eq!((by_id, by_slug), (is_public, is_public), "{}: {}", sample.name, article.slug);
        let asked = "query($path: String!, $id: ID!) { route(path: $path) { __typename } node(id: $id) { id } }";
        for path in [article.path(), sample.survey.items[place].link.clone()] {
            let has_path = masthead_domain::path::normalized(&path).is_some_and(|path| path.len() > 1);
            let has_path = has_path && !path.contains("?p");
            let variables = json!({ "path": path, "id": article.id.to_string() });
            let answer = kit.data(&kit.anonymous(), asked, variables).await;
            assert_eq!(answer["node"].is_null(), !is_public, "{}: {}", sample.name, article.slug);
            assert_eq!(answer["route"].is_null(), !is_public || !has_path, "{}: {path}", sample.name);
        }
    }
    for row in kit.sql("select body from article_bodies").await {
        let body: Value = serde_json::from_str(row["body"].as_str().unwrap()).unwrap();
        for (key, text) in texts(&body) {
            let harms = match key {
                "href" | "url" | "link" => !text.starts_with("http") && !text.starts_with(['/', '#', 'm', 't']),
                "html" => text.contains("<script") || text.contains(" on"),
                _ => false,
            };
            assert!(!harms, "{}: {key}: {text}", sample.name);
        }
    }
    for row in kit.sql("select body from comments").await {
        let body = row["body"].as_str().unwrap().to_lowercase();
        assert!(!body.contains("onmouseover=") && !body.contains("<script"), "{}: {body}", sample.name);
    }
}

/// Announces, imports, checks everything, and imports again.
async fn import_and_check(kit: &Kit, sample: &Sample) {
    let before = written(kit).await;
    let mut dry = options(true);
    dry.file = sample.name.clone().into();
    let announced = import_text(kit, &sample.text, &dry).await.unwrap();
    assert_eq!(written(kit).await, before, "{}: a dry run writes nothing", sample.name);
    dry.dry_run = false;
    let report = import_text(kit, &sample.text, &dry).await.unwrap();
    assert_eq!(Report { dry_run: false, ..announced }, report, "{}: a dry run tells the same", sample.name);
    check_articles(kit, sample, &report).await;
    check_terms(kit, sample, &report).await;
    check_comments(kit, sample, &report).await;
    check_hidden(kit, sample, &report).await;
    let attachments = sample.expected["expect"]["attachments"].as_u64().unwrap();
    assert_eq!(report.counts.media.imported + report.counts.media.skipped, attachments, "{}", sample.name);

    let before = written(kit).await;
    let again = import_text(kit, &sample.text, &dry).await.unwrap();
    assert_eq!(written(kit).await, before, "{}: twice is once", sample.name);
    for (first, second) in [
        (report.counts.authors, again.counts.authors),
        (report.counts.categories, again.counts.categories),
        (report.counts.tags, again.counts.tags),
        (report.counts.media, again.counts.media),
        (report.counts.articles, again.counts.articles),
        (report.counts.pages, again.counts.pages),
        (report.counts.comments, again.counts.comments),
    ] {
        assert_eq!((second.imported, second.unchanged), (0, first.imported), "{}: {again:#?}", sample.name);
    }
}

async fn import_cclabs(kit: Kit) {
    for sample in samples(|name| name.starts_with("cclabs")) {
        import_and_check(&kit, &sample).await;
        let public = "select count(*) as n from articles where state = 'PUBLISHED' and kind <> 'PAGE'";
        assert_eq!(kit.sql(public).await[0]["n"], 219);
        assert_eq!((kit.row_count("categories").await, kit.row_count("authors").await), (98, 30));
    }
}

/// A file that is not sound leaves every table as empty as it was.
async fn refuse(kit: Kit, name: String, text: Vec<u8>) {
    let before = written(&kit).await;
    let error = import_text(&kit, &text, &options(false)).await.unwrap_err();
    assert!(error.position().is_some_and(|(line, column)| line > 0 && column > Some(0)), "{name}: {error}");
    assert!(error.to_string().contains("nothing was imported"), "{name}: {error}");
    assert_eq!(written(&kit).await, before, "{name}");
}

/// The files that the oracle has no answer for, because no reader may accept them.
fn unsound() -> Vec<(String, Vec<u8>)> {
    let Some(corpora) = corpora() else { return Vec::new() };
    let files = fs::read_dir(corpora.join("given/wxr")).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    files
        .map(|path| (name(&path), path))
        .filter(|(name, _)| !corpora.join(format!("given/expect/{name}.json")).is_file())
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

both_engines! {
    async fn the_blog_of_cclabs_comes_whole(kit: Kit) {
        import_cclabs(kit).await;
    }
}

#[tokio::test]
async fn every_other_export_comes_as_the_oracle_says_on_sqlite() {
    for sample in samples(|name| !name.starts_with("cclabs")) {
        masthead_testkit::sqlite(|kit| async move { import_and_check(&kit, &sample).await }).await;
    }
}

#[tokio::test]
async fn every_other_export_comes_as_the_oracle_says_on_postgres() {
    for sample in samples(|name| !name.starts_with("cclabs")) {
        masthead_testkit::postgres(|kit| async move { import_and_check(&kit, &sample).await }).await;
    }
}

#[tokio::test]
async fn an_unsound_export_imports_nothing() {
    for (name, text) in unsound() {
        let (same_name, same_text) = (name.clone(), text.clone());
        masthead_testkit::sqlite(|kit| refuse(kit, name, text)).await;
        masthead_testkit::postgres(|kit| refuse(kit, same_name, same_text)).await;
    }
}
