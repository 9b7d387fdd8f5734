//! What many articles stand with at once, as far as their changes are logged under it.

use std::collections::HashMap;

use masthead_domain::{ArticleId, AuthorId, CategoryId, SourceId, TagId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use tracing::instrument;
use uuid::Uuid;

use crate::{
    error::StoreResult,
    row::{article_category, article_credit, article_reference, article_tag},
    tx::Tx,
};

/// What an article stands with, each in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ties {
    /// Categories.
    pub categories: Vec<CategoryId>,
    /// Authors, one for each credit.
    pub authors: Vec<AuthorId>,
    /// Tags.
    pub tags: Vec<TagId>,
    /// Sources, one for each reference.
    pub sources: Vec<SourceId>,
}

/// What articles whose rows are locked stand with, by a fixed number of statements. Their tags stay until the transaction
/// ends, as with [`super::hold_tags`]. Articles that stand with nothing are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = articles.len()))]
pub async fn hold_ties(tx: &Tx, articles: &[ArticleId]) -> StoreResult<HashMap<ArticleId, Ties>> {
    let ids = || articles.iter().map(|id| id.uuid());
    let mut ties: HashMap<ArticleId, Ties> = HashMap::new();
    let mut of = |article: Uuid, add: &dyn Fn(&mut Ties)| add(ties.entry(ArticleId::from_uuid(article)).or_default());
    {
        use article_category::{Column, Entity};
        let rows = Entity::find().filter(Column::ArticleId.is_in(ids())).order_by_asc(Column::Position);
        for row in rows.all(tx).await? {
            of(row.article_id, &|ties| ties.categories.push(CategoryId::from_uuid(row.category_id)));
        }
    }
    {
        use article_credit::{Column, Entity};
        let rows = Entity::find().filter(Column::ArticleId.is_in(ids())).order_by_asc(Column::Position);
        for row in rows.all(tx).await? {
            of(row.article_id, &|ties| ties.authors.push(AuthorId::from_uuid(row.author_id)));
        }
    }
    {
        use article_tag::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::ArticleId.is_in(ids()))
            .order_by_asc(Column::ArticleId)
            .order_by_asc(Column::Position)
            .lock(LockType::KeyShare);
        for row in rows.all(tx).await? {
            of(row.article_id, &|ties| ties.tags.push(TagId::from_uuid(row.tag_id)));
        }
    }
    {
        use article_reference::{Column, Entity};
        let rows = Entity::find().filter(Column::ArticleId.is_in(ids())).order_by_asc(Column::Position);
        for row in rows.all(tx).await? {
            of(row.article_id, &|ties| ties.sources.push(SourceId::from_uuid(row.source_id)));
        }
    }
    Ok(ties)
}
