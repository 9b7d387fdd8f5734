//! Languages: Polylang's terms and maps, and qTranslate's items that hold several languages at once.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, hash_map::Entry},
};

use super::{
    NoteKind, PostType, TermKind, WpId, WxrItem, WxrTerm,
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
    /// The group of an item that only the group's own map names, by its id.
    pub group_of: HashMap<WpId, String>,
}

impl Translations {
    /// The locale that the site declares for a language code: sites call their languages what they like.
    #[must_use]
    pub fn locale_of(&self, code: &str) -> Option<&str> {
        self.languages.iter().find(|language| language.code == code)?.locale.as_deref()
    }
}

/// Collects what items and terms say about languages.
#[derive(Debug, Default)]
pub(super) struct Collector {
    languages: Vec<SiteLanguage>,
    maps: BTreeMap<String, BTreeMap<String, WpId>>,
    terms: Vec<TranslationGroup>,
    members: BTreeMap<String, Vec<WpId>>,
    language_of: HashMap<WpId, String>,
    /// The items that name no group themselves; `false` where several have the id.
    alone: HashMap<WpId, bool>,
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
        let groups = item.terms_of(&TermKind::Translations);
        for group in &groups {
            self.members.entry(group.key().to_owned()).or_default().push(id.clone());
        }
        let is_post = !matches!(item.post_type, PostType::Attachment);
        if groups.is_empty() && is_post {
            self.alone.entry(id.clone()).and_modify(|is_one| *is_one = false).or_insert(true);
        }
    }

    /// Items that say nothing of their translations may still stand in the map of a group.
    fn join_the_mapped(&mut self) -> HashMap<WpId, String> {
        let mut group_of = HashMap::new();
        for (key, map) in &self.maps {
            for id in map.values().filter(|id| self.alone.get(*id) == Some(&true)) {
                if let Entry::Vacant(free) = group_of.entry(id.clone()) {
                    free.insert(key.clone());
                    self.members.entry(key.clone()).or_default().push(id.clone());
                }
            }
        }
        group_of
    }

    pub(super) fn finish(mut self) -> Translations {
        let group_of = self.join_the_mapped();
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
        let Self { languages, terms, language_of, .. } = self;
        Translations { languages, items, terms, language_of, group_of }
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
/// Text outside all marks belongs to every language. A title that one language lacks is taken from the first. A language
/// whose marks hold nothing is none of the item's.
#[must_use]
pub fn split_qtranslate(item: &WxrItem) -> Vec<(String, WxrItem)> {
    let mut languages: Vec<&str> = Vec::new();
    let fields = [stretches(&item.title), stretches(&item.content), stretches(&item.excerpt)];
    for language in fields.iter().flatten().filter_map(|stretch| stretch.language) {
        if !languages.contains(&language) && languages.len() < 50 {
            languages.push(language);
        }
    }
    let says = |language: &str| {
        fields.iter().flatten().any(|part| part.language == Some(language) && !part.text.trim().is_empty())
    };
    if languages.iter().any(|language| says(language)) {
        languages.retain(|language| says(language));
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
    let marks = marks_of(text);
    let mut found = Vec::new();
    let mut language = None;
    let mut start = 0;
    let mut at = 0;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find(['[', '{', '<'])) {
        let mark_at = at + next;
        at = mark_at + 1;
        let rest = text.get(mark_at..).unwrap_or_default();
        let Some((code, length)) = marks.iter().find_map(|mark| mark.read(rest)) else {
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

/// One of the three ways to mark a language.
struct Mark {
    open: &'static str,
    close: &'static str,
}

const COMMENT: Mark = Mark { open: "<!--:", close: "-->" };
const IN_TEXT: [Mark; 2] = [Mark { open: "[:", close: "]" }, Mark { open: "{:", close: "}" }];

/// The marks that count in a text. Programmers write `params[:id]` and `{:fr}` too, so brackets count only where the
/// text begins with the mark of a language or somewhere ends one, as qTranslate does.
fn marks_of(text: &str) -> Vec<Mark> {
    let is_meant = |mark: &Mark| {
        let begins = mark.read(text.trim_start()).is_some_and(|(code, _)| !code.is_empty());
        begins || text.contains(&format!("{}{}", mark.open, mark.close))
    };
    std::iter::once(COMMENT).chain(IN_TEXT.into_iter().filter(is_meant)).collect()
}

impl Mark {
    /// The language of the mark that begins the text (empty for an end mark), and its length.
    fn read<'a>(&self, text: &'a str) -> Option<(&'a str, usize)> {
        let rest = text.strip_prefix(self.open)?;
        let is_end = |at: usize| rest.get(at..).is_some_and(|rest| rest.starts_with(self.close));
        let end = rest.char_indices().take(12).find(|(at, _)| is_end(*at))?.0;
        let code = rest.get(..end)?;
        is_code(code).then_some((code, self.open.len() + end + self.close.len()))
    }
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
