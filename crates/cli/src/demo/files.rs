//! The files of `seed/`, as they are written.

use anyhow::Context as _;
use serde::{Deserialize, de::DeserializeOwned};

/// Files of the binary, with their names below `seed/`.
macro_rules! seed {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../seed/", $name)))),+]
    };
}

/// All files. A test compares the list with the folder.
pub(super) const FILES: &[(&str, &str)] = seed![
    "articles/01-navette-de-la-baie.md",
    "articles/02-navet-la-pran-lanme-anko.md",
    "articles/03-bay-shuttle-back.md",
    "articles/04-recif-de-la-passe.md",
    "articles/05-depuis-ma-galerie.md",
    "articles/06-mizisyen-tanbou.md",
    "articles/07-communique-cooperative.md",
    "articles/08-a-propos.md",
    "articles/09-about.md",
    "articles/10-school-radio.md",
    "articles/11-kyos-dlo.md",
    "articles/12-programme-du-carnaval.md",
    "articles/13-halle-du-marche.md",
    "articles/14-coupure-d-eau.md",
    "articles/15-bibliotheque-ambulante.md",
    "articles/16-prix-de-la-glace.md",
    "articles/17-what-ice-changes.md",
    "articles/18-regate-en-direct.md",
    "articles/19-yon-lang-se-yon-waf.md",
    "articles/20-concours-de-nouvelles.md",
    "articles/21-sondage-du-marche.md",
    "articles/22-temoignage-du-fort.md",
    "authors.toml",
    "categories.toml",
    "contacts.toml",
    "desk.toml",
    "media.toml",
    "site.toml",
    "sources.toml",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Site {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) languages: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub(super) key: String,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) language: String,
    pub(super) parent: Option<String>,
    pub(super) description: Option<String>,
    #[serde(default)]
    pub(super) localizations: Vec<CategoryWords>,
}

/// What a category is called in another language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryWords {
    pub(super) language: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
}

/// What the desk has done with the articles.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Desk {
    pub(super) correction: Vec<Correction>,
    pub(super) pending: Vec<Pending>,
    pub(super) redirect: Vec<Redirect>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Correction {
    pub(super) article: String,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) lede: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pending {
    pub(super) article: String,
    pub(super) headline: String,
    pub(super) summary: Option<String>,
    #[serde(default)]
    pub(super) submitted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redirect {
    pub(super) path: String,
    pub(super) target: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Author {
    pub(super) key: String,
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) bio: Option<String>,
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) same_as: Vec<String>,
    pub(super) portrait: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) title: String,
    #[serde(default)]
    pub(super) authors: Vec<SourceAuthor>,
    pub(super) outlet: Option<String>,
    pub(super) published_on: Option<String>,
    pub(super) accessed_on: Option<String>,
    pub(super) url: Option<String>,
    pub(super) archive_url: Option<String>,
    pub(super) doi: Option<String>,
    pub(super) isbn: Option<String>,
    pub(super) language: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(super) enum SourceAuthor {
    Institution { literal: String },
    Person { given: Option<String>, family: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) role: String,
    pub(super) title: Option<String>,
    pub(super) organization: Option<String>,
    #[serde(default)]
    pub(super) languages: Vec<String>,
    #[serde(default)]
    pub(super) channels: Vec<Channel>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Channel {
    pub(super) kind: String,
    pub(super) value: String,
    pub(super) label: Option<String>,
    pub(super) public: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Media {
    pub(super) key: String,
    pub(super) url: String,
    #[serde(rename = "type")]
    pub(super) media_type: String,
    pub(super) title: Option<String>,
    pub(super) alt: Option<String>,
    pub(super) caption: Option<String>,
    pub(super) credit: Option<String>,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
    pub(super) bytes: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Article {
    pub(super) language: String,
    pub(super) kind: String,
    pub(super) slug: String,
    pub(super) headline: String,
    pub(super) secondary_headline: Option<String>,
    pub(super) kicker: Option<String>,
    pub(super) lede: Option<String>,
    pub(super) byline: Option<String>,
    #[serde(default)]
    pub(super) authors: Vec<Credit>,
    #[serde(default)]
    pub(super) categories: Vec<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) references: Vec<Reference>,
    #[serde(default)]
    pub(super) contacts: Vec<String>,
    #[serde(default)]
    pub(super) links: Vec<Link>,
    #[serde(default)]
    pub(super) gallery: Vec<Picture>,
    pub(super) translation_of: Option<String>,
    #[serde(default)]
    pub(super) views: i64,
    #[serde(default)]
    pub(super) shares: i64,
    #[serde(default)]
    pub(super) comments: Vec<Comment>,
    pub(super) state: State,
    pub(super) notice: Option<String>,
    pub(super) published_days_ago: Option<i64>,
    pub(super) publish_in_days: Option<i64>,
    pub(super) published_time: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Published,
    Scheduled,
    Draft,
    InReview,
    Unpublished,
    Withdrawn,
    Killed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credit {
    pub(super) author: String,
    pub(super) role: String,
    pub(super) credited_as: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reference {
    pub(super) source: String,
    pub(super) locator: Option<String>,
    pub(super) quote: Option<String>,
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) kind: String,
    pub(super) label: Option<String>,
    pub(super) url: String,
    pub(super) language: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Picture {
    pub(super) media: String,
    pub(super) caption: Option<String>,
    pub(super) alt: Option<String>,
    pub(super) credit: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Comment {
    pub(super) author: String,
    pub(super) days_ago: i64,
    pub(super) body: String,
    #[serde(default)]
    pub(super) replies: Vec<Comment>,
}

/// The site.
pub(super) fn site() -> anyhow::Result<Site> {
    parsed("site.toml")
}

/// What the desk has done.
pub(super) fn desk() -> anyhow::Result<Desk> {
    parsed("desk.toml")
}

/// The entries of a file that is a list of tables of one name: `[[author]]` in `authors.toml`.
pub(super) fn entries<T: DeserializeOwned>(file: &str, table: &str) -> anyhow::Result<Vec<T>> {
    let mut lists: std::collections::BTreeMap<String, Vec<T>> = parsed(file)?;
    let list = lists.remove(table).with_context(|| format!("{file} has no [[{table}]]"))?;
    anyhow::ensure!(lists.is_empty(), "{file} has more than [[{table}]]");
    Ok(list)
}

/// The articles in the order of their names: the file's name, the part in TOML and the body.
pub(super) fn articles() -> impl Iterator<Item = anyhow::Result<(&'static str, Article, &'static str)>> {
    FILES.iter().filter(|(name, _)| name.starts_with("articles/")).map(|(name, text)| {
        let parts = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++\n"));
        let (head, body) = parts.with_context(|| format!("{name} does not begin with TOML between lines of +++"))?;
        let article = toml::from_str(head).with_context(|| format!("{name} is not as it should be"))?;
        Ok((*name, article, body))
    })
}

fn parsed<T: DeserializeOwned>(file: &str) -> anyhow::Result<T> {
    let (_, text) = FILES.iter().find(|(name, _)| *name == file).with_context(|| format!("there is no {file}"))?;
    toml::from_str(text).with_context(|| format!("{file} is not as it should be"))
}
