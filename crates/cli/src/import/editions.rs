//! Which articles the items become, in which languages, and under which addresses. All addresses are settled before
//! the first article is written, so that links between articles can be rewritten as they are read.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use masthead_domain::{LanguageTag, Slug, article::ArticleKind};
use masthead_formats::wxr::{NoteKind, Survey, TermKind, WxrItem, language_of, split_qtranslate};
use masthead_store::article;

use super::{
    error::ImportError,
    fate::Standing,
    known::{Known, Seen},
    media::subject,
    note::{ImportNote, Why},
    people,
    report::Subject,
    run::Run,
    slug,
};

/// One article that an item becomes.
#[derive(Debug, Clone)]
pub(super) struct Edition {
    /// Its name for ever among the articles of the site.
    pub(super) name: String,
    pub(super) kind: ArticleKind,
    pub(super) language: LanguageTag,
    pub(super) slug: Slug,
    /// What is known of it from earlier imports.
    pub(super) seen: Seen,
    /// Whether readers see it.
    pub(super) is_public: bool,
    /// The story whose editions it is one of.
    pub(super) story: Option<String>,
    had: Option<Renamed>,
}

/// What an edition was called before its slug was brought into our form.
#[derive(Debug, Clone)]
struct Renamed {
    from: String,
    is_rewritten: bool,
    about: Subject,
}

/// What the second reading found out for the third.
#[derive(Debug)]
pub(super) struct Plan {
    /// The logins on items that become articles.
    pub(super) creators: BTreeSet<String>,
    /// The names of guest authors by their logins.
    pub(super) guests: BTreeMap<String, String>,
    pub(super) known: Known,
    by_item: HashMap<u64, Vec<Edition>>,
    order: Vec<u64>,
}

/// The articles of the import, by the places of their items in the file.
#[derive(Debug)]
pub(super) struct Editions {
    pub(super) known: Known,
    by_item: HashMap<u64, Vec<Edition>>,
}

impl Editions {
    /// The articles that an item becomes; more than one when it holds several languages.
    pub(super) fn of(&self, ordinal: u64) -> &[Edition] {
        self.by_item.get(&ordinal).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether something was never imported before.
    pub(super) fn has_new(&self) -> bool {
        self.by_item.values().flatten().any(|edition| edition.seen == Seen::New)
    }
}

impl Plan {
    pub(super) fn new(known: Known) -> Self {
        Self { creators: BTreeSet::new(), guests: BTreeMap::new(), known, by_item: HashMap::new(), order: Vec::new() }
    }

    /// Plans the articles that an item becomes.
    pub(super) fn add(&mut self, run: &mut Run<'_>, item: &WxrItem, kind: ArticleKind) {
        let Some(summary) = run.survey.summary(item) else { return };
        if !item.creator.is_empty() {
            self.creators.insert(item.creator.clone());
        }
        self.creators.extend(people::co_authors(item).filter_map(|person| person.undeclared(run.survey)));
        let now = run.app.clock.now();
        let is_public = Standing::of(item, &run.origin, now).is_public(now);
        let split = split_qtranslate(item);
        let is_split = !split.is_empty();
        let parts: Vec<(&str, &WxrItem)> = match is_split {
            true => split.iter().map(|(code, part)| (code.as_str(), part)).collect(),
            false => vec![(self::language(run.survey, item).unwrap_or_default(), item)],
        };
        let story = match group(run.survey, item) {
            Some(group) => Some(format!("polylang:{group}")),
            None => is_split.then(|| format!("qtranslate:{}", summary.identity)),
        };
        let mut editions = Vec::with_capacity(parts.len());
        for (code, part) in parts {
            let language = run.language(code);
            if language.is_none() && !code.is_empty() {
                run.report.tell(ImportNote::LanguageUnknown, Some(subject(item)), code);
            }
            let language = language.unwrap_or_else(|| run.origin.language.clone());
            let Some(made) = slug::of(&item.slug, &[&part.title_text(), "article"], &language) else { continue };
            let name = if is_split { format!("{}@{code}", summary.identity) } else { summary.identity.clone() };
            editions.push(Edition {
                seen: self.known.get(&name),
                name,
                kind,
                language,
                slug: made.slug,
                is_public,
                story: story.clone(),
                had: Some(Renamed {
                    from: item.slug.decoded.clone(),
                    is_rewritten: made.is_rewritten,
                    about: subject(item),
                }),
            });
        }
        self.order.push(item.ordinal);
        self.by_item.insert(item.ordinal, editions);
    }

    /// New articles in the order in which they choose their slugs: those that readers see come first.
    fn choosing(&mut self) -> Vec<&mut Edition> {
        let places: HashMap<u64, usize> = self.order.iter().enumerate().map(|(place, item)| (*item, place)).collect();
        let mut items: Vec<(&u64, &mut Vec<Edition>)> = self.by_item.iter_mut().collect();
        items.sort_by_key(|(item, _)| places.get(item).copied());
        let mut editions: Vec<&mut Edition> =
            items.into_iter().flat_map(|(_, editions)| editions).filter(|edition| edition.seen == Seen::New).collect();
        editions.sort_by_key(|edition| !edition.is_public);
        editions
    }
}

/// The language an item names, or that the map of its translations gives it.
fn language<'a>(survey: &'a Survey, item: &'a WxrItem) -> Option<&'a str> {
    let mapped = || survey.translations.language_of.get(item.post_id.as_ref()?).map(String::as_str);
    language_of(item).or_else(mapped)
}

/// The group of translations that an item names, or that names the item.
fn group(survey: &Survey, item: &WxrItem) -> Option<String> {
    let named = item.terms_of(&TermKind::Translations).first().map(|group| group.key().to_owned());
    named.or_else(|| survey.translations.group_of.get(item.post_id.as_ref()?).cloned())
}

/// How many numbered slugs are looked up at once.
const NUMBERS_AT_ONCE: u32 = 20;

/// Gives every new article a slug of its own in its language.
pub(super) async fn settle(run: &mut Run<'_>, mut plan: Plan) -> Result<Editions, ImportError> {
    let mut wanted: HashMap<LanguageTag, Vec<Slug>> = HashMap::new();
    let mut choosing = plan.choosing();
    for edition in &choosing {
        wanted.entry(edition.language.clone()).or_default().push(edition.slug.clone());
    }
    let mut taken: HashSet<(LanguageTag, String)> = HashSet::new();
    let mut held_here: HashSet<(LanguageTag, String)> = HashSet::new();
    for (language, slugs) in wanted {
        let here = article::slugs_taken(run.read().await?, &slugs, &language).await.map_err(ImportError::store)?;
        held_here.extend(here.into_iter().map(|slug| (language.clone(), slug)));
    }
    taken.extend(held_here.iter().cloned());
    let place = |edition: &Edition| (edition.language.clone(), edition.slug.to_string());
    let mut waiting = Vec::new();
    for edition in choosing.drain(..) {
        if taken.insert(place(edition)) {
            tell_renamed(run, edition, ImportNote::SlugRewritten.why());
        } else {
            waiting.push(edition);
        }
    }
    let repeated = Why { code: NoteKind::SlugRepeated.code(), words: NoteKind::SlugRepeated.words() };
    let mut numbers: HashMap<(LanguageTag, String), u32> = HashMap::new();
    for edition in waiting {
        let base = place(edition);
        let why = if held_here.contains(&base) { ImportNote::SlugTaken.why() } else { repeated };
        let number = numbers.entry(base).or_insert(1);
        let wanted = edition.slug.clone();
        loop {
            if *number % NUMBERS_AT_ONCE == 1 {
                let next: Vec<Slug> =
                    (1..=NUMBERS_AT_ONCE).map(|step| wanted.numbered(number.saturating_add(step))).collect();
                let here = article::slugs_taken(run.read().await?, &next, &edition.language).await;
                taken
                    .extend(here.map_err(ImportError::store)?.into_iter().map(|slug| (edition.language.clone(), slug)));
            }
            *number = number.saturating_add(1);
            edition.slug = wanted.numbered(*number);
            if taken.insert(place(edition)) || *number == u32::MAX {
                break;
            }
        }
        if let Some(had) = &mut edition.had {
            had.is_rewritten = true;
        }
        tell_renamed(run, edition, why);
    }
    run.flush("the addresses").await?;
    let Plan { creators: _, guests: _, known, by_item, order: _ } = plan;
    Ok(Editions { known, by_item })
}

/// Tells of a slug that is another one than the item had; forgets what it had, which nobody asks for again.
fn tell_renamed(run: &mut Run<'_>, edition: &mut Edition, why: Why) {
    let Some(Renamed { from, is_rewritten, about }) = edition.had.take() else { return };
    if is_rewritten {
        let language = Some(edition.language.as_str());
        run.report.tell_renamed(why, about, &from, edition.slug.as_str(), language);
    }
}
