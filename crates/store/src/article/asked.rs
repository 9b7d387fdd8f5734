//! Articles as their pages are asked for: by address, with their bodies, for several requests by one statement.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};
use masthead_domain::Timestamp;
use sea_orm::{
    Iterable,
    sea_query::{Expr, ExprTrait, IntoColumnRef, JoinType, Query, SimpleExpr},
};
use tracing::instrument;

use super::Article;
use crate::{
    direct::Connection,
    error::StoreResult,
    placed::{self, Single},
    row::{
        article::{self, Column, Entity},
        article_body,
    },
    visible,
};

/// What a page is asked for by, and when: each request sees what was before readers at its own instant.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The slug.
    pub slug: String,
    /// The language; without one, the edition published first among all languages has the slug.
    pub language: Option<String>,
    /// The instant.
    pub now: Timestamp,
}

/// An article with its body.
#[derive(Debug, Clone)]
pub struct Found {
    /// The article.
    pub article: Arc<Article>,
    /// The body, JSON in the published body format.
    pub body: Option<Arc<str>>,
}

/// The table of what is asked for.
const ASKED: &str = "asked";

fn asked(column: &'static str) -> SimpleExpr {
    Expr::col((ASKED, column).into_column_ref())
}

/// The articles that readers find at these addresses. One statement.
#[instrument(skip_all, fields(count = addresses.len()))]
pub async fn by_addresses(connection: &impl Connection, addresses: &[Address]) -> StoreResult<HashMap<Address, Found>> {
    if addresses.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = (0_i32..).zip(addresses).map(|(place, Address { slug, language, now })| {
        // Both engines name the columns of such a table column1, column2…
        (place, slug.as_str(), language.as_deref(), *now)
    });
    let language = asked("column3");
    let at_address = Expr::col((Entity, Column::Slug))
        .eq(asked("column2"))
        .and(language.clone().is_null().or(Expr::col((Entity, Column::Language)).eq(language)));
    let is_body = Expr::col((article_body::Entity, article_body::Column::ArticleId)).equals((Entity, Column::Id));
    let select = Query::select()
        .from_values(rows, ASKED)
        .join(JoinType::InnerJoin, Entity, at_address)
        .join(JoinType::LeftJoin, article_body::Entity, is_body)
        .columns(Column::iter().map(|column| (Entity, column)))
        .column((article_body::Entity, article_body::Column::Body))
        .expr(asked("column1"))
        .cond_where(visible::published_at(&asked("column4")))
        .take();
    type Asked = (article::Model, (Single<Option<String>>, Single<i32>));
    let mut found: HashMap<Address, Found> = HashMap::new();
    for (row, (Single(body), Single(place))) in placed::all::<Asked>(connection, &select).await? {
        let Some(address) = usize::try_from(place).ok().and_then(|place| addresses.get(place)) else { continue };
        let article = Arc::new(Article::of_row(row)?);
        let other = found.get(address).map(|found| before(&found.article));
        if other.is_none_or(|other| before(&article) < other) {
            found.insert(address.clone(), Found { article, body: body.map(Arc::from) });
        }
    }
    Ok(found)
}

/// What orders the editions that share a slug: the one published first is first.
fn before(article: &Article) -> impl Ord + use<> {
    (article.first_published_at.is_none(), article.first_published_at, article.id)
}
