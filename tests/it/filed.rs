//! Articles that stand in categories and bear tags, for tests of categories and tags. They are kept by the store, without
//! the acts of articles.

use masthead_app::Work;
use masthead_domain::{
    ArticleId, CategoryId, LanguageTag, TagId, TranslationGroupId,
    article::{ArticleContent, ArticleKind, ArticleState, Seo, Window},
    body::Body,
    tag::TagName,
    text::Title,
};
use masthead_store::{
    Engine,
    article::{NewArticle, StateRow, insert},
    tag,
};
use masthead_testkit::Kit;

/// Keeps a draft in these categories and with these tags.
pub(crate) async fn article(kit: &Kit, slug: &str, categories: &[&str], tags: &[&str]) -> ArticleId {
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    let categories = categories.iter().map(|id| id.parse().unwrap()).collect();
    let id = article_in(&work, slug, categories, tags).await;
    work.commit().await.unwrap();
    id
}

/// Keeps a draft within a work that goes on.
pub(crate) async fn article_in(work: &Work<'_>, slug: &str, categories: Vec<CategoryId>, tags: &[&str]) -> ArticleId {
    let french: LanguageTag = "fr".parse().unwrap();
    let names: Vec<TagName> = tags.iter().map(|name| TagName::parse(name, &french).unwrap()).collect();
    let tags = tag::ensure(&work.tx, || work.new_id(TagId::from_uuid), &names).await.unwrap();
    let id = work.new_id(ArticleId::from_uuid);
    let new = NewArticle {
        id,
        translation_group: work.new_id(TranslationGroupId::from_uuid),
        translated_from: None,
        created_by: None,
        created_at: work.now(),
        updated_at: work.now(),
    };
    let state =
        StateRow { state: ArticleState::Draft, window: Window::default(), first_published_at: None, revised_at: None };
    let content = ArticleContent {
        kind: ArticleKind::News,
        language: french,
        slug: slug.parse().unwrap(),
        headline: Title::parse(slug).unwrap(),
        secondary_headline: None,
        kicker: None,
        lede: None,
        byline: None,
        body: Body::default(),
        credits: Vec::new(),
        categories,
        tags: names,
        gallery: Vec::new(),
        references: Vec::new(),
        contacts: Vec::new(),
        links: Vec::new(),
        seo: Seo::default(),
    };
    let tags: Vec<TagId> = tags.iter().map(|tag| tag.id).collect();
    insert(&work.tx, &new, &state, &content, &tags).await.unwrap();
    id
}

/// Waits until another transaction waits for a lock of this test's. On SQLite one that wants to write waits before it
/// begins, inside the engine, where nobody can see it; there it only gets its turn.
pub(crate) async fn until_one_waits(kit: &Kit) {
    if kit.engine() == Engine::Sqlite {
        return tokio::task::yield_now().await;
    }
    let waiting = "select count(*) as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    for _ in 0..5_000 {
        if kit.sql(waiting).await[0]["n"] == 1 {
            return;
        }
    }
    panic!("nobody waits");
}
