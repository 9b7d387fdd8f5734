//! Languages: Polylang's terms and maps, and qTranslate's items that hold several languages at once.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use super::{
    NoteKind, TermKind, WpId, WxrItem, WxrTerm,
    note::Note,
    php::{self, Value},
};

/// A language that the site declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteLanguage {
    /// The code items use: `fr`.
    pub code: String,
    /// The locale, when the site says it: `fr_FR`.
    pub locale: Option<String>,
    /// The name of the language.
    pub name: String,
}

/// Items (or terms) that are translations of one another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TranslationGroup {
    /// The name of the group in the export.
    pub key: String,
    /// Language code and id, by language.
    pub members: BTreeMap<String, WpId>,
}

/// Who translates whom, as far as the export says it.
#[derive(Debug, Clone, Default)]
pub struct Translations {
    /// The languages of the site.
    pub languages: Vec<SiteLanguage>,
    /// Groups of items; only groups of two and more.
    pub items: Vec<TranslationGroup>,
    /// Groups of categories and tags, by term id; only groups of two and more.
    pub terms: Vec<TranslationGroup>,
    /// The language of an item, by its id.
    pub language_of: HashMap<WpId, String>,
}

/// Collects what items and terms say about languages.
#[derive(Debug, Default)]
pub(super) struct Collector {
    languages: Vec<SiteLanguage>,
    maps: BTreeMap<String, BTreeMap<String, WpId>>,
    terms: Vec<TranslationGroup>,
    members: BTreeMap<String, Vec<WpId>>,
    language_of: HashMap<WpId, String>,
}

impl Collector {
    pub(super) fn add_term(&mut self, term: &WxrTerm) {
        match term.taxonomy.as_str() {
            "language" => {
                let locale = php::unserialize(&term.description).ok();
                let locale = locale.as_ref().and_then(|map| map.get("locale")).and_then(Value::as_text);
                self.languages.push(SiteLanguage {
                    code: term.slug.decoded.clone(),
                    locale: locale.map(str::to_owned),
                    name: term.name.trim().to_owned(),
                });
            }
            "post_translations" => {
                self.maps.insert(term.slug.raw.clone(), read_map(&term.description));
            }
            "term_translations" => {
                let members = read_map(&term.description);
                if members.len() > 1 {
                    self.terms.push(TranslationGroup { key: term.slug.raw.clone(), members });
                }
            }
            _ => {}
        }
    }

    pub(super) fn add_item(&mut self, item: &WxrItem) {
        let Some(id) = &item.post_id else {
            return;
        };
        if let Some(language) = language_of(item) {
            self.language_of.entry(id.clone()).or_insert_with(|| language.to_owned());
        }
        for group in item.terms_of(&TermKind::Translations) {
            self.members.entry(group.key().to_owned()).or_default().push(id.clone());
        }
    }

    pub(super) fn finish(mut self) -> Translations {
        let mut items = Vec::new();
        for (key, ids) in &self.members {
            let map = self.maps.get(key);
            let mut members = BTreeMap::new();
            for id in ids {
                let mapped = map.and_then(|map| map.iter().find(|(_, member)| *member == id)).map(|(code, _)| code);
                // What the item says of itself counts more than the map, which WordPress rewrites less often.
                if let Some(language) = self.language_of.get(id).or(mapped).cloned() {
                    self.language_of.entry(id.clone()).or_insert_with(|| language.clone());
                    members.entry(language).or_insert_with(|| id.clone());
                }
            }
            if members.len() > 1 {
                items.push(TranslationGroup { key: key.clone(), members });
            }
        }
        Translations { languages: self.languages, items, terms: self.terms, language_of: self.language_of }
    }
}

fn read_map(text: &str) -> BTreeMap<String, WpId> {
    let Ok(Value::Array(entries)) = php::unserialize(text) else {
        return BTreeMap::new();
    };
    let id = |value: &Value| value.as_int().and_then(|number| WpId::parse(&number.to_string()));
    entries.into_iter().take(100).filter_map(|(code, value)| Some((code, id(&value)?))).collect()
}

/// The language an item names: by its term, else by the postmeta of other plugins.
#[must_use]
pub fn language_of(item: &WxrItem) -> Option<&str> {
    if let Some(language) = &item.split_language {
        return Some(language);
    }
    let term = item.terms.iter().find(|term| term.kind == TermKind::Language).map(|term| term.key().trim());
    let meta = || ["_wpml_language", "_icl_lang", "_locale", "language"].iter().find_map(|key| item.meta(key));
    term.or_else(|| meta().map(str::trim)).filter(|code| !code.is_empty() && code.len() <= 35)
}

/// One stretch of a text: in one language, or in all.
struct Stretch<'a> {
    language: Option<&'a str>,
    text: &'a str,
}

/// Splits an item that holds several languages (`[:fr]…[:en]…[:]`, `<!--:fr-->…<!--:-->`, `{:fr}…{:}`)
/// into one item per language, in the order in which they appear. Empty when the item holds no such marks.
///
/// Text outside all marks belongs to every language. A title that one language lacks is taken from the first.
#[must_use]
pub fn split_qtranslate(item: &WxrItem) -> Vec<(String, WxrItem)> {
    let mut languages: Vec<&str> = Vec::new();
    let fields = [stretches(&item.title), stretches(&item.content), stretches(&item.excerpt)];
    for language in fields.iter().flatten().filter_map(|stretch| stretch.language) {
        if !languages.contains(&language) && languages.len() < 50 {
            languages.push(language);
        }
    }
    let [titles, contents, excerpts] = &fields;
    let mut items = Vec::new();
    for language in &languages {
        let mut title = join(titles, language);
        if title.trim().is_empty() {
            title =
                languages.iter().map(|other| join(titles, other)).find(|t| !t.trim().is_empty()).unwrap_or_default();
        }
        let split = WxrItem {
            title,
            content: join(contents, language),
            excerpt: join(excerpts, language),
            split_language: Some((*language).to_owned()),
            notes: split_notes(item, &languages),
            ..item.clone()
        };
        items.push(((*language).to_owned(), split));
    }
    items
}

/// The part of a text that is in one language; the whole text when it holds no marks.
///
/// qTranslate marks names of categories and tags as well as articles.
#[must_use]
pub fn pick_language<'a>(text: &'a str, language: &str) -> Cow<'a, str> {
    let stretches = stretches(text);
    if stretches.iter().all(|stretch| stretch.language.is_none()) {
        return Cow::Borrowed(text);
    }
    let picked = join(&stretches, language);
    if !picked.trim().is_empty() {
        return Cow::Owned(picked);
    }
    let first = stretches.iter().find(|stretch| stretch.language.is_some() && !stretch.text.trim().is_empty());
    Cow::Borrowed(first.map_or("", |stretch| stretch.text))
}

fn split_notes(item: &WxrItem, languages: &[&str]) -> Vec<Note> {
    let mut notes = item.notes.clone();
    notes.push(Note::new(NoteKind::LanguagesSplit, languages.join(", ")).about(item.reference()));
    notes
}

fn join(stretches: &[Stretch<'_>], language: &str) -> String {
    let wanted = stretches.iter().filter(|stretch| stretch.language.is_none_or(|code| code == language));
    wanted.map(|stretch| stretch.text).collect()
}

fn stretches(text: &str) -> Vec<Stretch<'_>> {
    let mut found = Vec::new();
    let mut language = None;
    let mut start = 0;
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['[', '{', '<'])) {
        let mark_at = at + next;
        at = mark_at + 1;
        let Some((code, length)) = text.get(mark_at..).and_then(mark) else {
            continue;
        };
        found.push(Stretch { language, text: text.get(start..mark_at).unwrap_or_default() });
        language = (!code.is_empty()).then_some(code);
        start = mark_at + length;
        at = start;
    }
    found.push(Stretch { language, text: text.get(start..).unwrap_or_default() });
    found
}

/// The language of the mark that begins the text (empty for an end mark), and its length.
fn mark(text: &str) -> Option<(&str, usize)> {
    for (open, close) in [("[:", "]"), ("{:", "}"), ("<!--:", "-->")] {
        let Some(rest) = text.strip_prefix(open) else {
            continue;
        };
        let end = rest.char_indices().take(12).find(|(at, _)| rest.get(*at..).is_some_and(|r| r.starts_with(close)))?.0;
        let code = rest.get(..end)?;
        return is_code(code).then_some((code, open.len() + end + close.len()));
    }
    None
}

/// Two small letters, and perhaps a region: `fr`, `pt-br`; or nothing, which ends a language.
fn is_code(code: &str) -> bool {
    let (language, region) = code.split_once(['-', '_']).unwrap_or((code, "xx"));
    code.is_empty()
        || (language.len() == 2
            && language.bytes().all(|b| b.is_ascii_lowercase())
            && (2..=4).contains(&region.len())
            && region.bytes().all(|b| b.is_ascii_alphabetic()))
}
