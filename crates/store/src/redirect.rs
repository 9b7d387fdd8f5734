//! Redirects that the desk made by hand.

use foldhash::{HashMap, HashMapExt};
use masthead_domain::{
    RedirectId, Timestamp,
    redirect::{LINKS_MAX, RedirectContent, RedirectStatus, SitePath, Target},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Select,
    sea_query::{CommonTableExpression, Expr, ExprTrait, Func, Query, SimpleExpr, UnionType, WithClause},
};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    map::checked,
    matching::begins_with,
    page::{Cursor, Page, PageRequest, Sort, SortKey, SortValue, page_of},
    row::redirect::{ActiveModel, Column, Entity, Model},
    tx::Tx,
    versioned,
};

/// The key of the lock on all redirects: the letters `redi`, which no other lock of ours uses.
const LOCK: i64 = 0x7265_6469;

/// A redirect as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The id.
    pub id: RedirectId,
    /// What the desk wrote.
    pub content: RedirectContent,
    /// How often it was written.
    pub version: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What an address must be like. Everything that is set must hold; case and accents count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressWhere {
    /// Exactly this.
    pub is: Option<String>,
    /// It begins with this.
    pub starts_with: Option<String>,
    /// It holds this.
    pub contains: Option<String>,
}

/// Which redirects a list holds. Everything that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedirectWhere {
    /// From where they lead.
    pub path: AddressWhere,
    /// Where they lead to, as it is written.
    pub target: AddressWhere,
    /// One of these statuses.
    pub statuses: Option<Vec<RedirectStatus>>,
}

/// Keeps other transactions from changing redirects until this one ends. Every act on redirects takes it before it looks
/// at them, so two at once cannot close a circle of which each sees only its half.
///
/// On SQLite the transaction is the only writer as it is.
///
/// # Errors
/// [`crate::StoreError`] when the lock is not given in time.
#[instrument(skip_all)]
pub async fn lock(tx: &Tx) -> StoreResult<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    Ok(())
}

/// The redirect with this id.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all, fields(redirect.id = %id))]
pub async fn by_id(connection: &impl Connection, id: RedirectId) -> StoreResult<Option<Redirect>> {
    Entity::find_by_id(id.uuid()).one(connection).await?.map(redirect).transpose()
}

/// Redirects with these ids; unknown ids are left out.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all, fields(count = ids.len()))]
pub async fn by_ids(connection: &impl Connection, ids: &[RedirectId]) -> StoreResult<HashMap<RedirectId, Redirect>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.uuid()))).all(connection).await?;
    rows.into_iter().map(|row| redirect(row).map(|found| (found.id, found))).collect()
}

/// The redirect that begins at a path.
///
/// # Errors
/// [`crate::StoreError`] when it cannot be read.
#[instrument(skip_all)]
pub async fn by_path(connection: &impl Connection, path: &SitePath) -> StoreResult<Option<Redirect>> {
    Entity::find().filter(Column::Path.eq(path.as_str())).one(connection).await?.map(redirect).transpose()
}

/// How many redirects stand behind one another before a path, at most; one of them may be left out of the count. No more
/// than one beyond [`LINKS_MAX`] are looked at.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all)]
pub async fn links_before(
    connection: &impl Connection,
    path: &SitePath,
    except: Option<RedirectId>,
) -> StoreResult<usize> {
    const WALK: &str = "walk";
    const LINKS: &str = "links";

    let counts = || match except {
        Some(id) => Expr::col((Entity, Column::Id)).ne(id.uuid()),
        None => Expr::cust("1 = 1"),
    };
    let last = Query::select()
        .column((Entity, Column::Path))
        .expr(Expr::cust("1"))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::TargetPath)).eq(path.as_str()))
        .and_where(counts())
        .take();
    let before = Query::select()
        .column((Entity, Column::Path))
        .expr(Expr::col((WALK, LINKS)).add(Expr::cust("1")))
        .from(Entity)
        .inner_join(WALK, Expr::col((Entity, Column::TargetPath)).equals((WALK, Column::Path)))
        .and_where(Expr::col((WALK, LINKS)).lte(Expr::cust(LINKS_MAX.to_string())))
        .and_where(counts())
        .take();
    // Not a set: each round is one link longer, and the bound ends it even where a circle came in by other ways.
    let steps = last.clone().union(UnionType::All, before).take();
    let table =
        CommonTableExpression::new().query(steps).column(Column::Path).column(LINKS).table_name(WALK).to_owned();
    let select = Query::select()
        .expr(Expr::col(LINKS).max())
        .from(WALK)
        .with_cte(WithClause::new().recursive(true).cte(table).to_owned())
        .take();
    let row = connection.query_one(&select).await?;
    let links: Option<i32> = row.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    checked("redirects", path, "target_path", usize::try_from(links.unwrap_or(0)))
}

fn filtered(filter: &RedirectWhere) -> Select<Entity> {
    let RedirectWhere { path, target, statuses } = filter;
    let mut select = Entity::find();
    for (column, AddressWhere { is, starts_with, contains }) in [(Column::Path, path), (Column::Target, target)] {
        if let Some(whole) = is {
            select = select.filter(column.eq(whole));
        }
        if let Some(start) = starts_with {
            select = select.filter(begins_with(column, start));
        }
        if let Some(part) = contains.as_deref().filter(|part| !part.is_empty()) {
            select = select.filter(holds_exactly(column, part));
        }
    }
    if let Some(statuses) = statuses {
        let is_few = path.is.is_some() || target.is.is_some();
        // As [`crate::matching::beside`] does for texts.
        let status = Column::Status.into_expr();
        let status = if is_few { status.add(Expr::cust("0")) } else { status };
        select = select.filter(status.is_in(statuses.iter().map(|status| status.number())));
    }
    select
}

/// The column holds a text somewhere, letter by letter: what is taken out of it was there. The engines do not agree on
/// whether case counts in a pattern.
fn holds_exactly(column: Column, part: &str) -> SimpleExpr {
    let without = Func::cust("replace").args([Expr::col(column), Expr::val(part), Expr::val("")]);
    SimpleExpr::from(without).ne(Expr::col(column))
}

/// A page of redirects, the newest first.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be read.
#[instrument(skip_all)]
pub async fn page(
    connection: &impl Connection,
    filter: &RedirectWhere,
    request: &PageRequest,
) -> StoreResult<Page<Redirect>> {
    let sort = Sort {
        keys: vec![SortKey { expr: Expr::col((Entity, Column::CreatedAt)), descending: true }],
        id: Expr::col((Entity, Column::Id)),
    };
    let rows = sort.apply(filtered(filter), request).all(connection).await?;
    let redirects = rows.into_iter().map(redirect).collect::<StoreResult<Vec<_>>>()?;
    Ok(page_of(redirects, request, |redirect| Cursor {
        values: vec![SortValue::time(redirect.created_at)],
        id: redirect.id.uuid(),
    }))
}

/// How many redirects a list holds.
///
/// # Errors
/// [`crate::StoreError`] when they cannot be counted.
#[instrument(skip_all)]
pub async fn count(connection: &impl Connection, filter: &RedirectWhere) -> StoreResult<u64> {
    Ok(filtered(filter).count(connection).await?)
}

/// Keeps a new redirect.
///
/// # Errors
/// [`crate::Constraint::RedirectPath`] when the path redirects already.
#[instrument(skip_all, fields(redirect.id = %id))]
pub async fn insert(tx: &Tx, id: RedirectId, content: &RedirectContent) -> StoreResult<()> {
    let mut row = written(content);
    row.id = Set(id.uuid());
    row.version = Set(1);
    row.created_at = Set(tx.now());
    row.updated_at = Set(tx.now());
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes a redirect that is still at the expected version, and gives the new version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version, [`crate::Constraint::RedirectPath`] when the path redirects already.
#[instrument(skip_all, fields(redirect.id = %id))]
pub async fn update(tx: &Tx, id: RedirectId, expected_version: i64, content: &RedirectContent) -> StoreResult<i64> {
    versioned::update::<Entity>(tx, id.uuid(), expected_version, written(content)).await
}

/// Forgets a redirect that is still at the expected version.
///
/// # Errors
/// [`crate::StoreError::Stale`] at another version.
#[instrument(skip_all, fields(redirect.id = %id))]
pub async fn delete(tx: &Tx, id: RedirectId, expected_version: i64) -> StoreResult<()> {
    versioned::delete::<Entity>(tx, id.uuid(), expected_version).await
}

/// The columns that hold content.
fn written(content: &RedirectContent) -> ActiveModel {
    let RedirectContent { path, target, status } = content;
    ActiveModel {
        path: Set(path.to_string()),
        target: Set(target.as_str().to_owned()),
        target_path: Set(target.path().map(ToString::to_string)),
        status: Set(status.number().into()),
        ..Default::default()
    }
}

fn redirect(row: Model) -> StoreResult<Redirect> {
    let Model { id, path, target, target_path, status, version, created_at, updated_at } = row;
    let id = RedirectId::from_uuid(id);
    let known = u16::try_from(status).ok().and_then(RedirectStatus::from_number);
    let status = checked("redirects", id, "status", known.ok_or_else(|| format!("{status} redirects nowhere")))?;
    let content =
        RedirectContent { path: SitePath::from_normalized(path), target: Target::kept(target, target_path), status };
    Ok(Redirect { id, content, version, created_at, updated_at })
}
