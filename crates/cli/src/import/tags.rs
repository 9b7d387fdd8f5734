//! Tags: those the export declares and those that only stand on items.

use std::collections::{BTreeMap, HashMap};

use masthead_app::tag;
use masthead_domain::{
    AnyId, EntityKind, Slug, TagId,
    tag::{TAG_CHARS_MAX, TagName},
    text::Line,
};
use masthead_formats::wxr::{ItemTerm, TermKind, WxrSlug, pick_language, plain_text};
use masthead_store::{LibraryScope, tag as rows};

use super::{
    error::ImportError,
    fingerprint,
    known::{self, Known, Seen},
    note::ImportNote,
    report::Subject,
    run::Run,
    slug,
};

/// Where the tags of items are found, as an article takes them.
#[derive(Debug, Default)]
pub(super) struct Tags {
    by_key: HashMap<String, TagName>,
    by_name: HashMap<String, String>,
}

impl Tags {
    /// The tag that an item names, unless it could not be imported.
    pub(super) fn of_term(&self, term: &ItemTerm) -> Option<&TagName> {
        let key = match &term.slug {
            Some(written) => slug::key(written),
            None => self.key_of_bare(&term.name),
        };
        self.by_key.get(&key)
    }

    fn key_of_bare(&self, name: &str) -> String {
        let key = slug::key(&WxrSlug::new(name));
        if self.by_key.contains_key(&key) {
            return key;
        }
        self.by_name.get(&plain_text(name).to_lowercase()).cloned().unwrap_or(key)
    }
}

/// A tag to import.
struct Wanted {
    key: String,
    name: TagName,
    print: String,
}

/// Imports the tags.
pub(super) async fn import(run: &mut Run<'_>) -> Result<Tags, ImportError> {
    let mut tags = Tags::default();
    let known = Known::load(run, EntityKind::Tag).await?;
    let mut new: Vec<Wanted> = Vec::new();
    let mut here: Vec<(String, TagId)> = Vec::new();
    for (written, name) in named(run) {
        let shown = plain_text(&pick_language(&name, run.origin.language.primary()));
        let is_bare = written.raw == name;
        let key = if is_bare { tags.key_of_bare(&name) } else { slug::key(&written) };
        if key.is_empty() || tags.by_key.contains_key(&key) {
            continue;
        }
        let about = || Subject { noun: "tag".to_owned(), name: written.decoded.clone(), ..Subject::default() };
        let line = Line::<TAG_CHARS_MAX>::cut(&shown).or_else(|| Line::cut(&written.decoded));
        let made = slug::of(&written, &[&shown], &run.origin.language);
        let (Some(line), Some(made)) = (line, made) else {
            run.report.counts.tags.skipped += 1;
            run.report.tell(ImportNote::TagUnwritable, Some(about()), &shown);
            continue;
        };
        tags.by_name.entry(shown.to_lowercase()).or_insert_with(|| key.clone());
        let print = fingerprint::of([written.raw.as_str(), &shown]);
        let tag = TagName::with_slug(line, made.slug.clone());
        tags.by_key.insert(key.clone(), tag.clone());
        match known.get(&key) {
            Seen::Here(AnyId::Tag(id)) => {
                known.count(&key, &print, &mut run.report.counts.tags);
                here.push((key, id));
            }
            Seen::Gone | Seen::Here(_) => {
                run.report.counts.tags.skipped += 1;
                run.report.tell(ImportNote::DeletedHere, Some(about()), "");
                tags.by_key.remove(&key);
            }
            Seen::New => {
                if made.is_rewritten {
                    let to = made.slug.as_str();
                    run.report.tell_renamed(ImportNote::SlugRewritten.why(), about(), &written.decoded, to, None);
                }
                new.push(Wanted { key, name: tag, print });
            }
        }
    }
    rename_here(run, &mut tags, &here).await?;
    create(run, new).await?;
    Ok(tags)
}

/// Declared and used tags with their names, those with a slug first: a bare name may then be found to be one of them.
fn named(run: &Run<'_>) -> Vec<(WxrSlug, String)> {
    let declared = run.survey.tags.iter().map(|tag| (tag.slug.clone(), tag.name.clone()));
    let terms = run.survey.terms.iter().filter(|term| term.taxonomy == "post_tag" || term.taxonomy == "tag");
    let terms = terms.map(|term| (term.slug.clone(), term.name.clone()));
    let declared = declared
        .chain(terms)
        .map(|(slug, name)| if slug.raw.is_empty() { (WxrSlug::new(&name), name) } else { (slug, name) });
    let used = run.survey.used_terms.iter().filter(|((kind, _), _)| *kind == TermKind::Tag);
    let mut used: Vec<_> = used.map(|((_, key), term)| (WxrSlug::new(key), term.name.clone())).collect();
    used.sort_by_key(|(written, name)| written.raw == *name);
    declared.chain(used).collect()
}

/// Tags that are here may have been renamed or joined since; articles take them as they are now.
async fn rename_here(run: &mut Run<'_>, tags: &mut Tags, here: &[(String, TagId)]) -> Result<(), ImportError> {
    let mut now: HashMap<TagId, TagName> = HashMap::new();
    for some in here.chunks(500) {
        let ids: Vec<TagId> = some.iter().map(|(_, id)| *id).collect();
        for tag in rows::by_ids(run.read().await?, LibraryScope::Whole, &ids).await.map_err(ImportError::store)? {
            if let (Some(name), Ok(slug)) = (Line::cut(&tag.name), Slug::parse(&tag.slug)) {
                now.insert(tag.id, TagName::with_slug(name, slug));
            }
        }
    }
    for (key, id) in here {
        if let Some(name) = now.get(id) {
            tags.by_key.insert(key.clone(), name.clone());
        }
    }
    Ok(())
}

async fn create(run: &mut Run<'_>, new: Vec<Wanted>) -> Result<(), ImportError> {
    for some in new.chunks(100) {
        let stopped = |error| ImportError::stopped("the tags", error);
        let names: Vec<TagName> = some.iter().map(|wanted| wanted.name.clone()).collect();
        let work = run.batches.work().await.map_err(stopped)?;
        let ids = tag::ensure(work, &names).await.map_err(stopped)?;
        // Two names with one slug are one tag: ids come once for each slug, in the order they are first named.
        let mut by_slug: BTreeMap<&Slug, TagId> = BTreeMap::new();
        let mut ids = ids.into_iter();
        for name in &names {
            if !by_slug.contains_key(name.slug())
                && let Some(id) = ids.next()
            {
                by_slug.insert(name.slug(), id);
            }
        }
        for Wanted { key, name, print } in some {
            let Some(id) = by_slug.get(name.slug()) else { continue };
            known::bind(&work.tx, &run.origin.system, key, (*id).into(), print)
                .await
                .map_err(|error| stopped(error.into()))?;
            run.report.counts.tags.imported += 1;
        }
        run.flush("the tags").await?;
    }
    Ok(())
}
