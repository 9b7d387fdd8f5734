//! Articles by the languages that a root field was asked for.

use std::{sync::Arc, time::Duration};

use async_graphql::{Context, Result};
use masthead_domain::{Locales, Timestamp};
use masthead_store::{
    article::{ArticleFilter, ArticleKey, ArticleOrder, Editions, Walk},
    page::{Page, PageRequest, SortKind, SortValue},
};

use super::ArticleNode;
use crate::graphql::frame::Frame;

/// How long a walk through a list is remembered.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

impl ArticleNode {
    /// The edition that a root field shows of the story it looks up: the article found itself when it was asked for no
    /// languages or when the story has no edition in any of them.
    pub(super) async fn find_edition(
        ctx: &Context<'_>,
        frame: &Arc<Frame>,
        key: ArticleKey<'_>,
    ) -> Result<Option<Self>> {
        Self::look_up(ctx, frame, key, &frame.locales).await
    }
}

/// What a list is in the languages of its frame: one edition of each story.
pub(super) struct Chain<'a> {
    locales: &'a Locales,
    now: Timestamp,
}

impl<'a> Chain<'a> {
    pub(super) fn of(frame: &'a Frame) -> Self {
        Self { locales: &frame.locales, now: frame.scope.now }
    }

    /// Whether a story could be met in several languages. Then cursors tell when the walk through the list began.
    fn has_choice(&self) -> bool {
        self.locales.chain().len() > 1
    }

    /// What makes a list in these languages another one; nothing without any.
    pub(super) fn name(&self) -> String {
        self.locales.chain().iter().map(|tag| format!(" {tag}")).collect()
    }

    /// The values a cursor holds beside the id.
    pub(super) fn keys(&self, order: &[ArticleOrder]) -> Vec<SortKind> {
        let since = self.has_choice().then_some(SortKind::Time);
        order.iter().map(|order| order.by.kind()).chain(since).collect()
    }

    /// When the walk to this page began; the request is left with what its order needs.
    pub(super) fn begun(&self, request: &mut PageRequest) -> Timestamp {
        let cursor = request.cursor.as_mut().filter(|_| self.has_choice());
        let since = cursor.and_then(|cursor| cursor.values.pop()).and_then(|value| value.instant());
        // Anybody can write a cursor, and keep it: what came and went since then is looked through for each page.
        since.map_or(self.now, |since| since.clamp(self.now - REMEMBERED, self.now))
    }

    /// Writes into the cursors when the walk began.
    pub(super) fn mark<T>(&self, page: &mut Page<T>, since: Timestamp) {
        if self.has_choice() {
            page.items.iter_mut().for_each(|(cursor, _)| cursor.values.push(SortValue::time(since)));
        }
    }

    /// A filter as these languages narrow it.
    pub(super) fn narrowed(&self, filter: ArticleFilter, walk: Option<Walk>) -> ArticleFilter {
        if self.locales.chain().is_empty() {
            return filter;
        }
        let walk = walk.filter(|walk| walk.request.cursor.is_some());
        ArticleFilter::All(vec![ArticleFilter::Editions(Editions { locales: self.locales.clone(), walk }), filter])
    }
}
