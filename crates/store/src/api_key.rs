//! API keys: how programs come in. Only hashes of keys are kept.

use masthead_domain::{ApiKeyId, Timestamp, operation::Operations, policy::Scope, text::Title};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use tracing::instrument;

use crate::{
    direct::Connection,
    error::StoreResult,
    map::{json, word},
    placed::Rows,
    row::api_key::{ActiveModel, Column, Entity, Model},
    tx::Tx,
};

/// A key as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// The id.
    pub id: ApiKeyId,
    /// What its owner calls it.
    pub name: String,
    /// The part of the key that may be shown, to tell keys apart.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Which operations it may ask for.
    pub operations: Operations,
    /// Until when it is good; for ever when absent.
    pub expires_at: Option<Timestamp>,
    /// Since when it is no longer good.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to the minute or so.
    pub last_used_at: Option<Timestamp>,
    /// When it came to be.
    pub created_at: Timestamp,
}

/// A key to keep.
#[derive(Debug, Clone)]
pub struct NewApiKey<'a> {
    /// The id.
    pub id: ApiKeyId,
    /// What its owner calls it.
    pub name: &'a Title,
    /// The part of the key that may be shown.
    pub prefix: &'a str,
    /// The hash of the whole key.
    pub key_hash: &'a str,
    /// What it may do.
    pub scopes: &'a [Scope],
    /// Which operations it may ask for.
    pub operations: Operations,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

/// The key with this id.
#[instrument(skip_all, fields(api_key.id = %id))]
pub async fn by_id(connection: &impl Connection, id: ApiKeyId) -> StoreResult<Option<ApiKey>> {
    Entity::find_by_id(id.uuid()).row(connection).await?.map(api_key).transpose()
}

/// The key with this hash. The hash is looked up in an index: how long that takes says nothing about the key, because
/// nobody can choose what a key hashes to.
#[instrument(skip_all)]
pub async fn by_hash(connection: &impl Connection, key_hash: &str) -> StoreResult<Option<ApiKey>> {
    Entity::find().filter(Column::KeyHash.eq(key_hash)).row(connection).await?.map(api_key).transpose()
}

/// All keys, the oldest first. There are as many as programs.
#[instrument(skip_all)]
pub async fn all(connection: &impl Connection) -> StoreResult<Vec<ApiKey>> {
    let rows = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).rows(connection).await?;
    rows.into_iter().map(api_key).collect()
}

/// Keeps a new key.
#[instrument(skip_all, fields(api_key.id = %new.id))]
pub async fn insert(tx: &Tx, new: NewApiKey<'_>) -> StoreResult<()> {
    let NewApiKey { id, name, prefix, key_hash, scopes, operations, expires_at } = new;
    let row = ActiveModel {
        id: Set(id.uuid()),
        name: Set(name.to_string()),
        prefix: Set(prefix.to_owned()),
        key_hash: Set(key_hash.to_owned()),
        scopes: Set(scopes.iter().map(|scope| scope.as_str()).collect()),
        expires_at: Set(expires_at),
        revoked_at: Set(None),
        last_used_at: Set(None),
        created_at: Set(tx.now()),
        operations: Set(operations.as_str().to_owned()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Makes a key worthless; false when it was already.
#[instrument(skip_all, fields(api_key.id = %id))]
pub async fn revoke(tx: &Tx, id: ApiKeyId) -> StoreResult<bool> {
    let done = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::val(tx.now()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::RevokedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that a key was used now, unless another node has noted it since an instant.
#[instrument(skip_all, fields(api_key.id = %id))]
pub async fn note_use(tx: &Tx, id: ApiKeyId, unless_since: Timestamp) -> StoreResult<()> {
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::val(tx.now()))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Condition::any().add(Column::LastUsedAt.is_null()).add(Column::LastUsedAt.lt(unless_since)))
        .exec(tx)
        .await?;
    Ok(())
}

fn api_key(row: Model) -> StoreResult<ApiKey> {
    let Model { id, name, prefix, key_hash: _, scopes, expires_at, revoked_at, last_used_at, created_at, operations } =
        row;
    let id = ApiKeyId::from_uuid(id);
    let words: Vec<String> = json("api_keys", id, "scopes", scopes)?;
    let scopes =
        words.iter().map(|scope| word("api_keys", id, "scopes", Scope::parse, scope)).collect::<StoreResult<_>>()?;
    let operations = word("api_keys", id, "operations", Operations::parse, &operations)?;
    Ok(ApiKey { id, name, prefix, scopes, operations, expires_at, revoked_at, last_used_at, created_at })
}
