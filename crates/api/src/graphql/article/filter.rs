//! Which articles a list holds, as a client says it, and as the store reads it.

mod categories;

use std::sync::Arc;

use async_graphql::{ID, InputObject, Result};
use masthead_domain::{IdError, policy};
use masthead_store::article::{ArticleFilter, TextTest};

use self::categories::Categories;
use super::words::{ArticleKind, ArticleStatus};
use crate::{
    error_code::ErrorCode,
    graphql::{
        error,
        filter::{DateTimeFilter, IdFilter, SlugFilter, TextFilter},
        frame::Frame,
        input::lookup_id,
        scalar::Language,
    },
};

/// How deep filters may stand in filters.
const DEPTH_MAX: usize = 8;
/// How many conditions a filter may have in all.
const CONDITIONS_MAX: usize = 100;

/// Which articles. All keys of one object are joined with AND; an empty object passes everything. At most 8 levels
/// deep, at most 100 conditions in all.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
#[graphql(name = "ArticleFilter")]
pub(crate) struct ArticleFilterInput {
    /// All of these hold.
    and: Option<Vec<ArticleFilterInput>>,
    /// At least one of these holds; none does in an empty list.
    or: Option<Vec<ArticleFilterInput>>,
    /// This does not hold.
    not: Option<Box<ArticleFilterInput>>,
    /// By global id.
    id: Option<IdFilter>,
    /// By language, exactly: `fr` does not pass `fr-CA`.
    language: Option<LanguageFilter>,
    /// By kind. Without any condition on the kind, lists leave out articles of kind `PAGE`.
    kind: Option<ArticleKindFilter>,
    /// By publication.
    published_at: Option<DateTimeFilter>,
    /// By last change.
    updated_at: Option<DateTimeFilter>,
    /// By headline, without regard to case and accents.
    headline: Option<TextFilter>,
    /// By category, with its descendants unless told otherwise.
    category: Option<CategoryScopeFilter>,
    /// By author, whatever the credit is for.
    author: Option<IdFilter>,
    /// By the slug of a tag.
    tag: Option<SlugFilter>,
    /// By a source that the references cite.
    source: Option<IdFilter>,
    /// Whether there is any reference.
    has_references: Option<bool>,
    /// Whether there is anything in the gallery.
    has_media: Option<bool>,
    /// By status. Only for callers who may read drafts; for others the whole query is refused (`FORBIDDEN`).
    status: Option<ArticleStatusFilter>,
}

/// Articles by language.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct LanguageFilter {
    /// Exactly this one.
    eq: Option<Language>,
    /// One of these, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<Language>>,
}

/// Articles by kind.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct ArticleKindFilter {
    /// Exactly this one.
    eq: Option<ArticleKind>,
    /// One of these, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<ArticleKind>>,
    /// None of these, at most 100.
    #[graphql(validator(max_items = 100))]
    not_in: Option<Vec<ArticleKind>>,
}

/// Articles by status at the instant of the answer.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct ArticleStatusFilter {
    /// Exactly this one.
    eq: Option<ArticleStatus>,
    /// One of these, at most 100.
    #[graphql(validator(max_items = 100))]
    r#in: Option<Vec<ArticleStatus>>,
}

/// Articles by category.
#[derive(InputObject, Debug, Clone, Default, PartialEq)]
pub(crate) struct CategoryScopeFilter {
    /// By the category's global id.
    pub(super) id: Option<IdFilter>,
    /// By the category's slug.
    pub(super) slug: Option<SlugFilter>,
    /// Whether the categories below count as well.
    #[graphql(default = true)]
    pub(super) include_descendants: bool,
}

impl ArticleFilterInput {
    /// A filter that was given, if it says anything.
    pub(super) fn said(given: Option<Box<Self>>) -> Option<Box<Self>> {
        given.filter(|given| **given != Self::default())
    }

    /// Checks the filter and turns it into what the store reads. Categories, if any are named, take one statement.
    pub(crate) async fn resolve(&self, frame: &Arc<Frame>) -> Result<ArticleFilter> {
        let conditions = self.measure(1)?;
        if conditions > CONDITIONS_MAX {
            let message = format!("a filter has at most {CONDITIONS_MAX} conditions, this one has {conditions}");
            return Err(error::coded(ErrorCode::BadUserInput, &message));
        }
        if self.mentions(&|part| part.status.is_some()) {
            let visibility = policy::widest_visibility(&frame.caller.actor);
            if visibility == policy::Visibility::Public {
                let message = "only those who may read drafts may ask for `status`";
                return Err(error::coded(ErrorCode::Forbidden, message));
            }
        }
        let mut named = Vec::new();
        self.visit(&mut |part| named.extend(part.category.clone()));
        let categories = Categories::load(frame, &named).await?;
        let filter = self.to_filter(&categories);
        Ok(if self.mentions(&|part| part.kind.is_some()) {
            filter
        } else {
            ArticleFilter::All(vec![ArticleFilter::NewsFlow, filter])
        })
    }

    /// How many conditions there are; an error when they stand too deep.
    fn measure(&self, depth: usize) -> Result<usize> {
        if depth > DEPTH_MAX {
            let message = format!("filters stand at most {DEPTH_MAX} levels deep");
            return Err(error::coded(ErrorCode::BadUserInput, &message));
        }
        let Self {
            and,
            or,
            not,
            id,
            language,
            kind,
            published_at,
            updated_at,
            headline,
            category,
            author,
            tag,
            source,
            has_references,
            has_media,
            status,
        } = self;
        let own = [
            id.is_some(),
            language.is_some(),
            kind.is_some(),
            published_at.is_some(),
            updated_at.is_some(),
            headline.is_some(),
            category.is_some(),
            author.is_some(),
            tag.is_some(),
            source.is_some(),
            has_references.is_some(),
            has_media.is_some(),
            status.is_some(),
        ];
        let mut conditions = own.into_iter().filter(|is_there| *is_there).count();
        for part in and.iter().flatten().chain(or.iter().flatten()).chain(not.as_deref()) {
            // A part counts even when it is empty: it costs a pair of brackets in the statement.
            conditions += part.measure(depth + 1)?.max(1);
        }
        Ok(conditions)
    }

    fn visit<'a>(&'a self, look: &mut dyn FnMut(&'a Self)) {
        look(self);
        for part in self.and.iter().flatten().chain(self.or.iter().flatten()).chain(self.not.as_deref()) {
            part.visit(look);
        }
    }

    fn mentions(&self, what: &dyn Fn(&Self) -> bool) -> bool {
        let mut found = false;
        self.visit(&mut |part| found |= what(part));
        found
    }

    fn to_filter(&self, categories: &Categories) -> ArticleFilter {
        let Self {
            and,
            or,
            not,
            id,
            language,
            kind,
            published_at,
            updated_at,
            headline,
            category,
            author,
            tag,
            source,
            has_references,
            has_media,
            status,
        } = self;
        let mut all: Vec<ArticleFilter> = and.iter().flatten().map(|part| part.to_filter(categories)).collect();
        all.extend(
            or.as_ref().map(|parts| ArticleFilter::Any(parts.iter().map(|part| part.to_filter(categories)).collect())),
        );
        all.extend(not.as_ref().map(|part| ArticleFilter::Not(Box::new(part.to_filter(categories)))));
        all.extend(id.iter().flat_map(|filter| by_id(filter, ArticleFilter::Ids)));
        all.extend(language.iter().flat_map(languages));
        all.extend(kind.iter().flat_map(kinds));
        all.extend(published_at.as_ref().map(|span| ArticleFilter::PublishedAt(span.test())));
        all.extend(updated_at.as_ref().map(|span| ArticleFilter::UpdatedAt(span.test())));
        all.extend(headline.iter().flat_map(headlines));
        all.extend(category.iter().flat_map(|scope| categories.filters(scope)));
        all.extend(author.iter().flat_map(|filter| by_id(filter, ArticleFilter::ByAuthors)));
        all.extend(tag.iter().flat_map(tags));
        all.extend(source.iter().flat_map(|filter| by_id(filter, ArticleFilter::Citing)));
        all.extend(has_references.map(|there| holds(ArticleFilter::HasReferences, there)));
        all.extend(has_media.map(|there| holds(ArticleFilter::HasMedia, there)));
        all.extend(status.iter().flat_map(statuses));
        ArticleFilter::All(all)
    }
}

fn holds(filter: ArticleFilter, should: bool) -> ArticleFilter {
    if should { filter } else { not(filter) }
}

fn not(filter: ArticleFilter) -> ArticleFilter {
    ArticleFilter::Not(Box::new(filter))
}

/// Ids of another kind name nothing, so they pass nothing.
pub(super) fn known<T: std::str::FromStr<Err = IdError>>(ids: &[ID]) -> Vec<T> {
    ids.iter().filter_map(lookup_id).collect()
}

fn by_id<T: std::str::FromStr<Err = IdError>>(
    filter: &IdFilter,
    of: fn(Vec<T>) -> ArticleFilter,
) -> Vec<ArticleFilter> {
    let wanted = filter.wanted().map(|ids| of(known(&ids)));
    let unwanted = filter.not_in.as_ref().map(|ids| not(of(known(ids))));
    wanted.into_iter().chain(unwanted).collect()
}

fn tags(filter: &SlugFilter) -> Vec<ArticleFilter> {
    let wanted = filter.wanted().map(ArticleFilter::Tagged);
    let unwanted = filter.not_in.clone().map(|slugs| not(ArticleFilter::Tagged(slugs)));
    wanted.into_iter().chain(unwanted).collect()
}

fn languages(LanguageFilter { eq, r#in }: &LanguageFilter) -> Vec<ArticleFilter> {
    let one_of = |tags: &[Language]| ArticleFilter::Languages(tags.iter().map(|tag| tag.0.to_string()).collect());
    let exactly = eq.as_ref().map(|tag| one_of(std::slice::from_ref(tag)));
    exactly.into_iter().chain(r#in.as_deref().map(one_of)).collect()
}

fn kinds(ArticleKindFilter { eq, r#in, not_in }: &ArticleKindFilter) -> Vec<ArticleFilter> {
    let one_of = |kinds: &[ArticleKind]| ArticleFilter::Kinds(kinds.iter().map(|kind| (*kind).into()).collect());
    let exactly = eq.as_ref().map(|kind| one_of(std::slice::from_ref(kind)));
    let unwanted = not_in.as_deref().map(|kinds| not(one_of(kinds)));
    exactly.into_iter().chain(r#in.as_deref().map(one_of)).chain(unwanted).collect()
}

fn statuses(ArticleStatusFilter { eq, r#in }: &ArticleStatusFilter) -> Vec<ArticleFilter> {
    let one_of = |all: &[ArticleStatus]| ArticleFilter::Statuses(all.iter().map(|status| (*status).into()).collect());
    let exactly = eq.as_ref().map(|status| one_of(std::slice::from_ref(status)));
    exactly.into_iter().chain(r#in.as_deref().map(one_of)).collect()
}

fn headlines(TextFilter { eq, starts_with, contains }: &TextFilter) -> Vec<ArticleFilter> {
    [
        eq.clone().map(TextTest::Is),
        starts_with.clone().map(TextTest::StartsWith),
        contains.clone().map(TextTest::Contains),
    ]
    .into_iter()
    .flatten()
    .map(ArticleFilter::Headline)
    .collect()
}
