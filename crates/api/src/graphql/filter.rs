//! The operators filters are made of. Each is offered only on fields the caller may read and an index carries.

use async_graphql::{ID, InputObject};
use masthead_domain::ArticleId;
use masthead_store::{InArticles, article::TimeTest};

use super::scalar::DateTime;

/// Objects by id.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct IdFilter {
    /// Exactly this one.
    pub(crate) eq: Option<ID>,
    /// One of these, at most 100.
    #[graphql(validator(max_items = 100))]
    pub(crate) r#in: Option<Vec<ID>>,
    /// None of these, at most 100.
    #[graphql(validator(max_items = 100))]
    pub(crate) not_in: Option<Vec<ID>>,
}

/// Objects by slug.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct SlugFilter {
    /// Exactly this one.
    pub(crate) eq: Option<String>,
    /// One of these, at most 100.
    #[graphql(validator(max_items = 100))]
    pub(crate) r#in: Option<Vec<String>>,
    /// None of these, at most 100.
    #[graphql(validator(max_items = 100))]
    pub(crate) not_in: Option<Vec<String>>,
}

impl SlugFilter {
    /// The slugs that pass (`eq` and `in` joined by and), when the filter names any.
    pub(crate) fn wanted(&self) -> Option<Vec<String>> {
        both(self.eq.as_ref(), self.r#in.as_ref())
    }
}

impl IdFilter {
    /// The ids that pass (`eq` and `in` joined by and), when the filter names any.
    pub(crate) fn wanted(&self) -> Option<Vec<ID>> {
        both(self.eq.as_ref(), self.r#in.as_ref())
    }

    /// The filter over things by the articles they stand in. An id that names no article is one no thing stands in.
    pub(crate) fn in_articles(&self) -> InArticles {
        let articles = |ids: Vec<ID>| ids.iter().filter_map(|id| id.parse::<ArticleId>().ok()).collect();
        InArticles { any_of: self.wanted().map(articles), none_of: self.not_in.clone().map(articles) }
    }
}

/// What passes both `eq` and `in`, when either is given.
pub(crate) fn both<T: PartialEq + Clone>(eq: Option<&T>, any: Option<&Vec<T>>) -> Option<Vec<T>> {
    match (eq, any) {
        (None, None) => None,
        (Some(one), None) => Some(vec![one.clone()]),
        (None, Some(list)) => Some(list.clone()),
        (Some(one), Some(list)) => Some(list.iter().filter(|item| *item == one).cloned().collect()),
    }
}

/// Texts, compared without regard to case and accents.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct TextFilter {
    /// The whole text.
    pub(crate) eq: Option<String>,
    /// How the text begins.
    pub(crate) starts_with: Option<String>,
    /// A part of the text.
    pub(crate) contains: Option<String>,
}

/// A span of time; all keys are joined with AND.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct DateTimeFilter {
    /// Later than.
    gt: Option<DateTime>,
    /// At or later than.
    gte: Option<DateTime>,
    /// Earlier than.
    lt: Option<DateTime>,
    /// At or earlier than.
    lte: Option<DateTime>,
    /// Not there at all (true), or there (false).
    is_null: Option<bool>,
}

impl DateTimeFilter {
    /// What the store tests instants with.
    pub(crate) fn test(&self) -> TimeTest {
        let Self { gt, gte, lt, lte, is_null } = self;
        TimeTest {
            gt: gt.map(|at| at.0),
            gte: gte.map(|at| at.0),
            lt: lt.map(|at| at.0),
            lte: lte.map(|at| at.0),
            is_null: *is_null,
        }
    }
}
