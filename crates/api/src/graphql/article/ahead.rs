//! What the query shows of articles: looked at once, where they are listed or looked up, so that all of it is read at the
//! same time and the fields below find it ready.

use std::future::ready;

use async_graphql::{Context, Lookahead, Result};
use futures_util::future::BoxFuture;
use masthead_store::article::Width;
use tokio::join;

use super::ArticleNode;

/// The fields of an article that are more than its front.
const BEYOND_FRONT: [&str; 8] =
    ["secondaryHeadline", "kicker", "byline", "links", "translatedFrom", "comments", "stats", "editorial"];

/// The fields of a category that tell of those above it.
const ABOVE: [&str; 4] = ["ancestors", "parent", "path", "canonicalUrl"];

/// What a selection shows of articles. Where it says too little, the rest is read when it is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ahead {
    is_wide: bool,
    credits: bool,
    categories: bool,
    tags: bool,
    gallery: bool,
    references: bool,
    contacts: bool,
    /// Whether the categories are shown with those above them.
    looks_up: bool,
    /// Whether bodies are shown with their pictures, which then come by one statement with the galleries.
    pub(super) pictures: bool,
    /// Whether bodies are shown.
    pub(super) bodies: bool,
}

impl Ahead {
    /// What the field that is being answered, an article, shows.
    pub(crate) fn of_article(ctx: &Context<'_>) -> Self {
        let mut shown = Self::default();
        shown.add(&ctx.look_ahead());
        shown
    }

    /// What the field that is being answered, a page of articles, shows of each.
    pub(crate) fn of_page(ctx: &Context<'_>) -> Self {
        let (page, mut shown) = (ctx.look_ahead(), Self::default());
        shown.add(&page.field("nodes"));
        shown.add(&page.field("edges").field("node"));
        shown
    }

    fn add(&mut self, article: &Lookahead<'_>) {
        let shows = |field: &str| article.field(field).exists();
        self.is_wide |= BEYOND_FRONT.iter().any(|field| shows(field));
        self.credits |= shows("authors");
        self.categories |= shows("categories") || shows("primaryCategory");
        self.looks_up |= ["categories", "primaryCategory"].iter().any(|field| looks_up(&article.field(field)));
        self.tags |= shows("tags");
        self.gallery |= shows("gallery") || shows("leadImage");
        self.references |= shows("references");
        self.contacts |= shows("contacts");
        self.bodies |= shows("body");
        self.pictures |= ["html", "blocks"].iter().any(|field| article.field("body").field(field).exists());
    }

    /// Whether the field that is being answered, categories of an article, is shown with those above them.
    pub(super) fn looks_up(self, ctx: &Context<'_>) -> bool {
        if self.categories { self.looks_up } else { looks_up(&ctx.look_ahead()) }
    }

    /// How much of each article is read.
    pub(crate) fn width(self) -> Width {
        if self.is_wide { Width::Whole } else { Width::Fronts }
    }
}

fn looks_up(categories: &Lookahead<'_>) -> bool {
    ABOVE.iter().any(|field| categories.field(field).exists())
}

impl ArticleNode {
    /// Reads what is shown of articles that were loaded together, side by side. What cannot be read is not: it is tried
    /// again where it is shown, and told there.
    pub(super) fn read_ahead(nodes: &[Self]) -> BoxFuture<'_, ()> {
        let Some(one) = nodes.first() else { return Box::pin(ready(())) };
        let Ahead { credits, categories, looks_up, tags, gallery, references, contacts, .. } = one.cohort.ahead;
        Box::pin(async move {
            join!(
                when(credits, one.load_credits()),
                when(categories, one.load_categories(looks_up)),
                when(tags, one.load_tags()),
                when(gallery, one.load_gallery()),
                when(references, one.load_references()),
                when(contacts, one.load_contacts()),
            );
        })
    }
}

async fn when<T>(is_shown: bool, relation: impl Future<Output = Result<T>>) {
    if is_shown {
        drop(relation.await);
    }
}
