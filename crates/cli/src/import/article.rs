//! The third reading of the file: items become articles, with their comments.

use std::collections::{HashMap, HashSet};

use masthead_app::{
    AppError,
    article::{ArticleChanges, ArticleDraft, History},
};
use masthead_domain::{
    AnyId, ArticleId, AuthorId, CategoryId, EntityKind, LanguageTag,
    article::{ArticleKind, Credit, CreditRole, RELATED_MAX, TAGS_MAX, Window},
    path,
    tag::TagName,
    text::Title,
};
use masthead_formats::wxr::{TermKind, WpId, WxrItem, split_qtranslate};

use super::{
    categories::Categories,
    comments, content,
    editions::{Edition, Editions},
    error::ImportError,
    fate::Standing,
    fingerprint,
    known::{self, Known, Seen},
    links::{self, Links},
    media::{Media, subject},
    note::ImportNote,
    people::{self, People},
    progress::Phase,
    report::Count,
    run::Run,
    tags::Tags,
};

/// What articles are put together from.
pub(super) struct Newsroom {
    pub(super) media: Media,
    pub(super) people: People,
    pub(super) categories: Categories,
    pub(super) tags: Tags,
    pub(super) editions: Editions,
    pub(super) links: Links,
}

/// A story and the languages it has so far.
struct Story {
    first: ArticleId,
    languages: HashSet<LanguageTag>,
}

/// Imports the articles.
pub(super) async fn import(run: &mut Run<'_>, newsroom: &Newsroom) -> Result<(), ImportError> {
    let known_comments = Known::load(run, EntityKind::Comment).await?;
    run.flush("the comments").await?;
    let mut stories: HashMap<String, Story> = HashMap::new();
    for item in run.items()? {
        let item = item?;
        run.item_read(Phase::Articles, item.ordinal).await?;
        let editions = newsroom.editions.of(item.ordinal);
        let split = if editions.is_empty() { Vec::new() } else { split_qtranslate(&item) };
        let parts: Vec<&WxrItem> =
            if split.is_empty() { vec![&*item] } else { split.iter().map(|(_, part)| part).collect() };
        let mut first = None;
        for (edition, part) in editions.iter().zip(parts) {
            let id = one(run, newsroom, &mut stories, edition, part, first.is_none()).await?;
            first = first.or(id);
        }
        // Comments stand below the first edition of an item that holds several languages.
        if let (Some(article), Some(edition)) = (first, editions.first()) {
            comments::import(run, &known_comments, &item, edition, article).await?;
        } else if !item.comments.is_empty() {
            run.report.counts.comments.skipped += u64::try_from(item.comments.len()).unwrap_or(u64::MAX);
        }
        run.thing_done("the articles").await?;
    }
    run.flush("the articles").await
}

/// Imports one edition unless it is here; gives the article when there is one.
async fn one(
    run: &mut Run<'_>,
    newsroom: &Newsroom,
    stories: &mut HashMap<String, Story>,
    edition: &Edition,
    item: &WxrItem,
    is_first: bool,
) -> Result<Option<ArticleId>, ImportError> {
    let print = fingerprint::of_item(item);
    let id = match edition.seen {
        Seen::Here(AnyId::Article(id)) => {
            if newsroom.editions.known.count(&edition.name, &print, count(run, edition.kind)) {
                run.report.tell(ImportNote::ChangedSince, Some(subject(item)), "");
            }
            Some(id)
        }
        Seen::Gone | Seen::Here(_) => {
            count(run, edition.kind).skipped += 1;
            run.report.tell(ImportNote::DeletedHere, Some(subject(item)), "");
            None
        }
        Seen::New => create(run, newsroom, stories, edition, item, &print).await?,
    };
    let Some(id) = id else { return Ok(None) };
    if let Some(name) = &edition.story {
        let story = stories.entry(name.clone()).or_insert_with(|| Story { first: id, languages: HashSet::new() });
        story.languages.insert(edition.language.clone());
    }
    if is_first && edition.seen == Seen::New {
        keep_old_paths(run, edition, item, id).await?;
    }
    Ok(Some(id))
}

fn count<'r>(run: &'r mut Run<'_>, kind: ArticleKind) -> &'r mut Count {
    match kind {
        ArticleKind::Page => &mut run.report.counts.pages,
        ArticleKind::News
        | ArticleKind::Opinion
        | ArticleKind::Analysis
        | ArticleKind::Interview
        | ArticleKind::PressRelease
        | ArticleKind::Live
        | ArticleKind::Sponsored => &mut run.report.counts.articles,
    }
}

async fn create(
    run: &mut Run<'_>,
    newsroom: &Newsroom,
    stories: &HashMap<String, Story>,
    edition: &Edition,
    item: &WxrItem,
    print: &str,
) -> Result<Option<ArticleId>, ImportError> {
    for note in &item.notes {
        run.report.tell_of_file(note, item.post_type.as_str());
    }
    let now = run.app.clock.now();
    let standing = Standing::of(item, &run.origin, now);
    for note in &standing.notes {
        run.report.tell(*note, Some(subject(item)), item.status.as_str());
    }
    let told = edition.story.as_ref().and_then(|name| stories.get(name));
    let earlier = edition.story.as_deref().map(|name| newsroom.editions.known.get(&story_name(name)));
    let translation_of = match told {
        Some(story) if story.languages.contains(&edition.language) => {
            run.report.tell(ImportNote::LanguageClash, Some(subject(item)), edition.language.as_str());
            None
        }
        Some(story) => Some(story.first),
        None => match earlier {
            Some(Seen::Here(AnyId::Article(id))) => Some(id),
            Some(Seen::New | Seen::Gone | Seen::Here(_)) | None => None,
        },
    };
    // An edition has a slug, and a slug is always a headline.
    let Some(draft) = draft(run, newsroom, edition, item, translation_of).await? else { return Ok(None) };
    let references = draft.content.references.as_ref().map_or(0, Vec::len);
    let word = standing.word(now);
    let history = History {
        first_published_at: standing.state.published_at(),
        state: standing.state,
        window: Window::default(),
        created_at: standing.created_at,
        updated_at: standing.updated_at,
        views: 0,
        shares: 0,
    };
    let Some(id) = keep(run, draft, history, item).await? else {
        count(run, edition.kind).skipped += 1;
        return Ok(None);
    };
    let stopped = |error: AppError| ImportError::stopped(format!("the article {}", item.slug.decoded), error);
    let work = run.batches.work().await.map_err(stopped)?;
    known::bind(&work.tx, &run.origin.system, &edition.name, id.into(), print)
        .await
        .map_err(|error| stopped(error.into()))?;
    // The other editions may come with another file of the same site.
    if let (Some(name), None, Some(Seen::New)) = (&edition.story, told, earlier) {
        let work = run.batches.work().await.map_err(stopped)?;
        known::bind(&work.tx, &run.origin.system, &story_name(name), id.into(), "")
            .await
            .map_err(|error| stopped(error.into()))?;
    }
    count(run, edition.kind).imported += 1;
    run.report.counts.references.imported += u64::try_from(references).unwrap_or(u64::MAX);
    *run.report.statuses.entry(word.to_owned()).or_default() += 1;
    *run.report.languages.entry(edition.language.to_string()).or_default() += 1;
    Ok(Some(id))
}

/// The name under which the first edition of a story is remembered.
fn story_name(name: &str) -> String {
    format!("story:{name}")
}

/// Keeps an article; one that a rule refuses is told and left out, and does not stop the others.
async fn keep(
    run: &mut Run<'_>,
    draft: ArticleDraft,
    history: History,
    item: &WxrItem,
) -> Result<Option<ArticleId>, ImportError> {
    let stopped = |error: AppError| ImportError::stopped(format!("the article {}", item.slug.decoded), error);
    let mut draft = draft;
    // A slug or an edition may have been taken by somebody since the addresses were settled.
    for _ in 0..3 {
        let work = run.batches.work().await.map_err(stopped)?;
        match masthead_app::article::import(work, draft.clone(), history.clone()).await {
            Ok(id) => return Ok(Some(id)),
            Err(AppError::SlugTaken { slug, suggestion: Some(free), .. }) => {
                let language = draft.language.to_string();
                let (from, to) = (slug.to_string(), free.to_string());
                run.report.tell_renamed(ImportNote::SlugTaken.why(), subject(item), &from, &to, Some(&language));
                draft.content.slug = Some(free);
            }
            Err(AppError::Invalid(_) | AppError::NotFound { .. }) if draft.translation_of.is_some() => {
                run.report.tell(ImportNote::TranslationMissing, Some(subject(item)), "");
                draft.translation_of = None;
            }
            Err(
                error @ (AppError::Invalid(_)
                | AppError::NotFound { .. }
                | AppError::SlugTaken { .. }
                | AppError::AlreadyExists { .. }),
            ) => {
                run.report.tell(ImportNote::Refused, Some(subject(item)), &error.to_string());
                return Ok(None);
            }
            Err(error) => return Err(stopped(error)),
        }
    }
    run.report.tell(ImportNote::Refused, Some(subject(item)), "");
    Ok(None)
}

async fn draft(
    run: &mut Run<'_>,
    newsroom: &Newsroom,
    edition: &Edition,
    item: &WxrItem,
    translation_of: Option<ArticleId>,
) -> Result<Option<ArticleDraft>, ImportError> {
    let text = content::read(run, item, &newsroom.media, &newsroom.links).await?;
    let Some(headline) = headline(run, item, &text.body.excerpt(80), edition) else { return Ok(None) };
    let content = ArticleChanges {
        slug: Some(edition.slug.clone()),
        kind: Some(edition.kind),
        lede: Some(text.lede),
        body: Some(text.body),
        credits: Some(credits(newsroom, item)),
        categories: Some(cut(run, item, "categories", categories(newsroom, item), RELATED_MAX)),
        tags: Some(cut(run, item, "tags", tags(newsroom, item), TAGS_MAX)),
        gallery: Some(text.gallery),
        references: Some(text.references),
        ..ArticleChanges::default()
    };
    Ok(Some(ArticleDraft { language: edition.language.clone(), translation_of, headline, content }))
}

/// The title; else the first words; else the slug.
fn headline(run: &mut Run<'_>, item: &WxrItem, opening: &str, edition: &Edition) -> Option<Title> {
    let title = item.title_text();
    if title.chars().count() > 300 {
        run.report.tell(ImportNote::TextCut, Some(subject(item)), "headline");
    }
    if let Some(title) = Title::cut(&title) {
        return Some(title);
    }
    let made = Title::cut(opening).or_else(|| Title::cut(&edition.slug.as_str().replace('-', " ")));
    run.report.tell(ImportNote::HeadlineMade, Some(subject(item)), made.as_ref().map_or("", Title::as_str));
    made
}

/// The author of the item, or those that the plugin "Co-Authors Plus" names, in order.
fn credits(newsroom: &Newsroom, item: &WxrItem) -> Vec<Credit> {
    let mut authors: Vec<AuthorId> = Vec::new();
    for id in people::co_authors(item).filter_map(|person| person.of(&newsroom.people)) {
        if !authors.contains(&id) {
            authors.push(id);
        }
    }
    if authors.is_empty() {
        authors.extend(newsroom.people.get(&item.creator).copied().flatten());
    }
    let credit = |author| Credit { author, role: CreditRole::Author, credited_as: None };
    authors.into_iter().take(RELATED_MAX).map(credit).collect()
}

/// The categories in the order of the item, the primary one (as the plugin Yoast names it) first.
fn categories(newsroom: &Newsroom, item: &WxrItem) -> Vec<CategoryId> {
    let primary = item.meta("_yoast_wpseo_primary_category").and_then(WpId::parse);
    let primary = primary.and_then(|id| newsroom.categories.of_id(&id));
    let mut ids: Vec<CategoryId> = Vec::new();
    for term in item.terms_of(&TermKind::Category) {
        if let Some(id) = newsroom.categories.of_term(term)
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids.sort_by_key(|id| Some(*id) != primary);
    ids
}

fn tags(newsroom: &Newsroom, item: &WxrItem) -> Vec<TagName> {
    let mut names: Vec<TagName> = Vec::new();
    for term in item.terms_of(&TermKind::Tag) {
        if let Some(name) = newsroom.tags.of_term(term)
            && !names.iter().any(|known| known.slug() == name.slug())
        {
            names.push(name.clone());
        }
    }
    names
}

fn cut<T>(run: &mut Run<'_>, item: &WxrItem, field: &str, mut list: Vec<T>, max: usize) -> Vec<T> {
    if list.len() > max {
        run.report.tell(ImportNote::ListCut, Some(subject(item)), field);
        list.truncate(max);
    }
    list
}

/// Keeps the address of an item, and those it had before its slug was changed in WordPress.
async fn keep_old_paths(
    run: &mut Run<'_>,
    edition: &Edition,
    item: &WxrItem,
    id: ArticleId,
) -> Result<(), ImportError> {
    let Some(old) = links::old_path(&run.origin, &item.link) else { return Ok(()) };
    let now = path::article(edition.language.as_str(), edition.slug.as_str());
    run.keep_old_path(&old, &now, id.into(), subject(item)).await?;
    let Some(folder) = old.strip_suffix(item.slug.decoded.as_str()).filter(|folder| folder.ends_with('/')) else {
        return Ok(());
    };
    let before: Vec<String> = item
        .meta
        .iter()
        .filter(|meta| meta.key == "_wp_old_slug" && !meta.value.trim().is_empty())
        .take(20)
        .filter_map(|meta| path::normalized(&format!("{folder}{}", meta.value.trim())))
        .collect();
    for old in before {
        run.keep_old_path(&old, &now, id.into(), subject(item)).await?;
    }
    Ok(())
}
