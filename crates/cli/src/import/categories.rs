//! Categories: those the export declares, with their tree, and those that only stand on items.

use std::collections::{HashMap, HashSet};

use masthead_app::{AppError, category};
use masthead_domain::{
    AnyId, CategoryId, EntityKind, LanguageTag, Localizations, Slug,
    category::DEPTH_MAX,
    path,
    text::{LongText, Title},
};
use masthead_formats::wxr::{ItemTerm, TermKind, WpId, WxrSlug, pick_language, plain_text};

use super::{
    error::ImportError,
    fingerprint,
    known::{self, Known, Seen},
    note::ImportNote,
    progress::Phase,
    report::Subject,
    run::Run,
    slug,
};

/// Where the categories of items are found.
#[derive(Debug, Default)]
pub(super) struct Categories {
    by_key: HashMap<String, Option<CategoryId>>,
    by_slug: HashMap<Slug, String>,
    by_name: HashMap<String, String>,
    by_term: HashMap<WpId, String>,
}

impl Categories {
    /// The category that an item names; `None` for one that was deleted here.
    pub(super) fn of_term(&self, term: &ItemTerm) -> Option<CategoryId> {
        let key = match &term.slug {
            Some(written) => self.key_of(written),
            None => self.key_of_bare(&term.name),
        };
        self.by_key.get(&key).copied().flatten()
    }

    /// The category with this WordPress id.
    pub(super) fn of_id(&self, id: &WpId) -> Option<CategoryId> {
        self.by_key.get(self.by_term.get(id)?).copied().flatten()
    }

    /// Exports made by hand declare `Company News` and use `company-news`; in an address both are one.
    fn key_of(&self, written: &WxrSlug) -> String {
        let key = slug::key(written);
        if self.by_key.contains_key(&key) {
            return key;
        }
        // Here letters count as themselves: which language a slug is in nobody knows.
        slug::plain(written).and_then(|slug| self.by_slug.get(&slug)).cloned().unwrap_or(key)
    }

    fn learn(&mut self, key: &str, written: &WxrSlug, name: &str) {
        self.by_key.insert(key.to_owned(), None);
        self.by_name.entry(name.to_lowercase()).or_insert_with(|| key.to_owned());
        if let Some(slug) = slug::plain(written) {
            self.by_slug.entry(slug).or_insert_with(|| key.to_owned());
        }
    }

    /// Old exports name a category by its name alone.
    fn key_of_bare(&self, name: &str) -> String {
        let key = self.key_of(&WxrSlug::new(name));
        if self.by_key.contains_key(&key) {
            return key;
        }
        self.by_name.get(&plain_text(name).to_lowercase()).cloned().unwrap_or(key)
    }
}

/// A category to import.
#[derive(Debug, Clone)]
struct Node {
    key: String,
    slug: WxrSlug,
    name: String,
    description: String,
    parent: Option<String>,
    language: LanguageTag,
    is_declared: bool,
    /// The slugs above it as WordPress has them, root first, for its old address.
    old_path: String,
}

/// Imports the categories, parents first.
pub(super) async fn import(run: &mut Run<'_>) -> Result<Categories, ImportError> {
    let mut found = Categories::default();
    let nodes = declared(run, &mut found);
    let mut nodes = with_undeclared(run, nodes, &mut found);
    for parent in nodes.iter_mut().filter_map(|node| node.parent.as_mut()) {
        *parent = found.key_of_bare(parent);
    }
    let nodes = placed(run, nodes);
    let known = Known::load(run, EntityKind::Category).await?;
    let total = nodes.len();
    // Slugs from the root down, for the addresses of those below.
    let mut paths: HashMap<String, Vec<String>> = HashMap::new();
    for (done, node) in nodes.into_iter().enumerate() {
        run.progress(Phase::Terms, done, total);
        let parent = node.parent.as_deref().unwrap_or_default();
        let print = fingerprint::of([node.slug.raw.as_str(), &node.name, &node.description, parent]);
        let id = match known.get(&node.key) {
            Seen::Here(AnyId::Category(id)) => {
                known.count(&node.key, &print, &mut run.report.counts.categories);
                Some(id)
            }
            Seen::Gone | Seen::Here(_) => {
                run.report.counts.categories.skipped += 1;
                run.report.tell(ImportNote::DeletedHere, Some(node.subject()), "");
                None
            }
            Seen::New => {
                if !node.is_declared {
                    run.report.tell(ImportNote::CategoryUndeclared, Some(node.subject()), "");
                }
                let parent = node.parent.as_ref().and_then(|parent| found.by_key.get(parent).copied().flatten());
                let above = node.parent.as_ref().and_then(|parent| paths.get(parent)).cloned().unwrap_or_default();
                let (id, path) = create(run, &node, parent, above, &print).await?;
                paths.insert(node.key.clone(), path);
                Some(id)
            }
        };
        found.by_key.insert(node.key, id);
    }
    run.flush("the categories").await?;
    Ok(found)
}

impl Node {
    fn subject(&self) -> Subject {
        Subject { noun: "category".to_owned(), name: self.slug.decoded.clone(), ..Subject::default() }
    }
}

/// The declared categories, each slug once. Exports of other programs declare them as terms.
fn declared(run: &mut Run<'_>, found: &mut Categories) -> Vec<Node> {
    let languages: HashMap<&WpId, &str> = run
        .survey
        .translations
        .terms
        .iter()
        .flat_map(|group| group.members.iter().map(|(code, id)| (id, code.as_str())))
        .collect();
    let of_categories = run.survey.categories.iter().map(|category| {
        (&category.id, &category.slug, category.parent.as_ref(), &category.name, &category.description)
    });
    let of_terms = run.survey.terms.iter().filter(|term| term.taxonomy == "category");
    let of_terms = of_terms.map(|term| (&term.id, &term.slug, term.parent.as_ref(), &term.name, &term.description));
    let mut nodes: Vec<Node> = Vec::new();
    let mut repeated = Vec::new();
    for (id, written, parent, name, description) in of_categories.chain(of_terms) {
        let language = id.as_ref().and_then(|id| languages.get(id)).and_then(|code| run.language(code));
        let language = language.unwrap_or_else(|| run.origin.language.clone());
        let name = plain_text(&pick_language(name, language.primary()));
        let written = if written.decoded.is_empty() { WxrSlug::new(&name) } else { written.clone() };
        let key = slug::key(&written);
        if key.is_empty() {
            continue;
        }
        if let Some(id) = id {
            found.by_term.entry(id.clone()).or_insert_with(|| key.clone());
        }
        let node = Node {
            description: plain_text(&pick_language(description, language.primary())),
            // The parent may be declared later; that it may be written otherwise is seen when all are known.
            parent: parent.map(slug::key).filter(|parent| !parent.is_empty()),
            old_path: written.decoded.clone(),
            is_declared: true,
            slug: written,
            key,
            name,
            language,
        };
        if found.by_key.contains_key(&node.key) {
            repeated.push(node);
        } else {
            found.learn(&node.key, &node.slug, &node.name);
            nodes.push(node);
        }
    }
    for node in repeated {
        let same = nodes.iter().any(|first| first.key == node.key && first.name == node.name);
        if !same {
            run.report.tell(ImportNote::CategoryRepeated, Some(node.subject()), &node.name);
        }
    }
    nodes
}

/// The declared categories and those that only stand on items.
fn with_undeclared(run: &Run<'_>, mut nodes: Vec<Node>, found: &mut Categories) -> Vec<Node> {
    let mut used: Vec<(&str, &str)> = run
        .survey
        .used_terms
        .iter()
        .filter(|((kind, _), _)| *kind == TermKind::Category)
        .map(|((_, key), term)| (key.as_str(), term.name.as_str()))
        .collect();
    // Those with a slug first: a bare name may then be found to be one of them.
    used.sort_by_key(|(key, name)| key == name);
    for (written, name) in used {
        let shown = plain_text(&pick_language(name, run.origin.language.primary()));
        let is_bare = written == name;
        let slug = WxrSlug::new(written);
        let key = if is_bare { found.key_of_bare(written) } else { found.key_of(&slug) };
        if key.is_empty() || found.by_key.contains_key(&key) {
            continue;
        }
        found.learn(&key, &slug, &shown);
        nodes.push(Node {
            key,
            old_path: slug.decoded.clone(),
            slug,
            name: shown,
            description: String::new(),
            parent: None,
            language: run.origin.language.clone(),
            is_declared: false,
        });
    }
    nodes
}

/// The categories in an order in which every parent comes before its children, with parents that may be.
fn placed(run: &mut Run<'_>, nodes: Vec<Node>) -> Vec<Node> {
    let mut parents: HashMap<String, Option<String>> =
        nodes.iter().map(|node| (node.key.clone(), node.parent.clone())).collect();
    let old_slugs: HashMap<String, String> =
        nodes.iter().map(|node| (node.key.clone(), node.slug.decoded.clone())).collect();
    for node in &nodes {
        let wrong = match &node.parent {
            Some(parent) if !parents.contains_key(parent) => Some(ImportNote::CategoryParentMissing),
            Some(_) if above(&parents, &node.key).last() == Some(&node.key) => Some(ImportNote::CategoryCycle),
            Some(_) | None => None,
        };
        if let Some(wrong) = wrong {
            let parent = node.parent.clone().unwrap_or_default();
            run.report.tell(wrong, Some(node.subject()), &parent);
            parents.insert(node.key.clone(), None);
        }
    }
    let mut placed: Vec<(usize, Node)> = Vec::with_capacity(nodes.len());
    for mut node in nodes {
        let mut above = above(&parents, &node.key);
        // From here the root comes first.
        above.reverse();
        let old = above.iter().filter_map(|key| old_slugs.get(key)).map(String::as_str);
        node.old_path = old.chain([node.slug.decoded.as_str()]).collect::<Vec<_>>().join("/");
        node.parent = above.last().cloned();
        if above.len() >= DEPTH_MAX {
            node.parent = above.get(DEPTH_MAX - 2).cloned();
            run.report.tell(ImportNote::CategoryTooDeep, Some(node.subject()), "");
        }
        placed.push((above.len().min(DEPTH_MAX - 1), node));
    }
    // A stable order: siblings stay as the file has them.
    placed.sort_by_key(|(depth, _)| *depth);
    placed.into_iter().map(|(_, node)| node).collect()
}

/// The categories above one, the nearest first. In a cycle it ends with the first that comes again.
fn above(parents: &HashMap<String, Option<String>>, key: &str) -> Vec<String> {
    let mut above = Vec::new();
    let mut seen = HashSet::new();
    let mut at = parents.get(key).and_then(Option::as_ref);
    while let Some(parent) = at {
        above.push(parent.clone());
        if !seen.insert(parent) || parent == key {
            break;
        }
        at = parents.get(parent).and_then(Option::as_ref);
    }
    above
}

async fn create(
    run: &mut Run<'_>,
    node: &Node,
    parent: Option<CategoryId>,
    mut above: Vec<String>,
    print: &str,
) -> Result<(CategoryId, Vec<String>), ImportError> {
    let stopped = |error: AppError| ImportError::stopped(format!("the category {}", node.slug.decoded), error);
    let name = Title::cut(&node.name).or_else(|| Title::cut(&node.slug.decoded));
    let made = slug::of(&node.slug, &[&node.name, "topic"], &node.language);
    let (Some(name), Some(made)) = (name, made) else {
        return Err(stopped(AppError::Internal("a category has a name and a slug")));
    };
    let draft = |slug: Slug| category::CategoryDraft {
        slug: Some(slug),
        name: name.clone(),
        description: LongText::cut(&node.description),
        language: Some(node.language.clone()),
        parent,
        position: None,
        localizations: Localizations::default(),
    };
    let work = run.batches.work().await.map_err(stopped)?;
    let (id, slug) = match category::create(work, draft(made.slug.clone())).await {
        Err(AppError::SlugTaken { suggestion: Some(free), .. }) => {
            (category::create(work, draft(free.clone())).await.map_err(stopped)?, free)
        }
        done => (done.map_err(stopped)?, made.slug.clone()),
    };
    known::bind(&work.tx, &run.origin.system, &node.key, id.into(), print)
        .await
        .map_err(|error| stopped(error.into()))?;
    let is_taken = slug != made.slug;
    if is_taken || made.is_rewritten {
        let note = if is_taken { ImportNote::SlugTaken } else { ImportNote::SlugRewritten };
        run.report.tell_renamed(note.why(), node.subject(), &node.slug.decoded, slug.as_str(), None);
    }
    above.push(slug.to_string());
    if let Some(old) = run.origin.path_below(&format!("category/{}", node.old_path)) {
        let now = path::category(above.iter().map(String::as_str));
        run.keep_old_path(&old, &now, id.into(), node.subject()).await?;
    }
    run.report.counts.categories.imported += 1;
    run.thing_done("the categories").await?;
    Ok((id, above))
}
