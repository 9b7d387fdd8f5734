//! S: async-graphql 7 + sea-orm + dataloaders, written the ordinary way. DATABASE_URL picks PostgreSQL or SQLite.
use async_graphql::{
    ComplexObject, Context, EmptySubscription, ID, Object, Result, Schema, SimpleObject,
    dataloader::{DataLoader, Loader},
};
use sea_orm::{Condition, ConnectOptions, Database, QueryOrder, QuerySelect, entity::prelude::*};
use std::{collections::HashMap, sync::Arc, time::Duration};

mod entity;

use entity::{article, article_author, article_category, author, category, contact, media, reference};

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone, SimpleObject)]
struct Author {
    id: ID,
    slug: String,
    name: String,
}
impl From<author::Model> for Author {
    fn from(m: author::Model) -> Self {
        Author { id: m.id.into(), slug: m.slug, name: m.name }
    }
}
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
struct Category {
    id: ID,
    slug: String,
    name: String,
    #[graphql(skip)]
    key: i64,
}
impl From<category::Model> for Category {
    fn from(m: category::Model) -> Self {
        Category { id: m.id.into(), key: m.id, slug: m.slug, name: m.name }
    }
}
#[derive(Clone, SimpleObject)]
struct Reference {
    position: i32,
    author: Option<String>,
    title: String,
    publisher: Option<String>,
    url: Option<String>,
    published_on: Option<Date>,
}
#[derive(Clone, SimpleObject)]
struct Contact {
    name: String,
    role: Option<String>,
    email: Option<String>,
}
#[derive(Clone, SimpleObject)]
struct Media {
    url: String,
    alt: Option<String>,
    caption: Option<String>,
    credit: Option<String>,
    width: Option<i32>,
    height: Option<i32>,
}
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
struct Article {
    id: ID,
    slug: String,
    title: String,
    subtitle: Option<String>,
    excerpt: Option<String>,
    body: String,
    language: String,
    published_at: Option<DateTimeUtc>,
    #[graphql(skip)]
    key: i64,
}
impl From<article::Model> for Article {
    fn from(m: article::Model) -> Self {
        Article {
            id: m.id.into(),
            key: m.id,
            slug: m.slug,
            title: m.title,
            subtitle: m.subtitle,
            excerpt: m.excerpt,
            body: m.body,
            language: m.language,
            published_at: m.published_at,
        }
    }
}

struct L(DatabaseConnection);
#[derive(Clone, PartialEq, Eq, Hash)]
struct AuthorsOf(i64);
#[derive(Clone, PartialEq, Eq, Hash)]
struct CategoriesOf(i64);
#[derive(Clone, PartialEq, Eq, Hash)]
struct ReferencesOf(i64);
#[derive(Clone, PartialEq, Eq, Hash)]
struct ContactsOf(i64);
#[derive(Clone, PartialEq, Eq, Hash)]
struct MediaOf(i64);
type LE = Arc<DbErr>;
impl Loader<AuthorsOf> for L {
    type Value = Vec<Author>;
    type Error = LE;
    async fn load(&self, keys: &[AuthorsOf]) -> Result<HashMap<AuthorsOf, Self::Value>, LE> {
        let mut out: HashMap<AuthorsOf, Vec<Author>> = HashMap::new();
        for (j, a) in article_author::Entity::find()
            .find_also_related(author::Entity)
            .filter(article_author::Column::ArticleId.is_in(keys.iter().map(|k| k.0)))
            .order_by_asc(article_author::Column::Position)
            .all(&self.0)
            .await
            .map_err(Arc::new)?
        {
            if let Some(a) = a {
                out.entry(AuthorsOf(j.article_id)).or_default().push(a.into())
            }
        }
        Ok(out)
    }
}
impl Loader<CategoriesOf> for L {
    type Value = Vec<Category>;
    type Error = LE;
    async fn load(&self, keys: &[CategoriesOf]) -> Result<HashMap<CategoriesOf, Self::Value>, LE> {
        let mut out: HashMap<CategoriesOf, Vec<Category>> = HashMap::new();
        for (j, a) in article_category::Entity::find()
            .find_also_related(category::Entity)
            .filter(article_category::Column::ArticleId.is_in(keys.iter().map(|k| k.0)))
            .order_by_asc(article_category::Column::Position)
            .all(&self.0)
            .await
            .map_err(Arc::new)?
        {
            if let Some(a) = a {
                out.entry(CategoriesOf(j.article_id)).or_default().push(a.into())
            }
        }
        Ok(out)
    }
}
impl Loader<ReferencesOf> for L {
    type Value = Vec<Reference>;
    type Error = LE;
    async fn load(&self, keys: &[ReferencesOf]) -> Result<HashMap<ReferencesOf, Self::Value>, LE> {
        let mut out: HashMap<ReferencesOf, Vec<Reference>> = HashMap::new();
        for r in reference::Entity::find()
            .filter(reference::Column::ArticleId.is_in(keys.iter().map(|k| k.0)))
            .order_by_asc(reference::Column::Position)
            .all(&self.0)
            .await
            .map_err(Arc::new)?
        {
            out.entry(ReferencesOf(r.article_id)).or_default().push(Reference {
                position: r.position,
                author: r.author,
                title: r.title,
                publisher: r.publisher,
                url: r.url,
                published_on: r.published_on,
            });
        }
        Ok(out)
    }
}
impl Loader<ContactsOf> for L {
    type Value = Vec<Contact>;
    type Error = LE;
    async fn load(&self, keys: &[ContactsOf]) -> Result<HashMap<ContactsOf, Self::Value>, LE> {
        let mut out: HashMap<ContactsOf, Vec<Contact>> = HashMap::new();
        for r in contact::Entity::find()
            .filter(contact::Column::ArticleId.is_in(keys.iter().map(|k| k.0)))
            .all(&self.0)
            .await
            .map_err(Arc::new)?
        {
            out.entry(ContactsOf(r.article_id)).or_default().push(Contact {
                name: r.name,
                role: r.role,
                email: r.email,
            });
        }
        Ok(out)
    }
}
impl Loader<MediaOf> for L {
    type Value = Vec<Media>;
    type Error = LE;
    async fn load(&self, keys: &[MediaOf]) -> Result<HashMap<MediaOf, Self::Value>, LE> {
        let mut out: HashMap<MediaOf, Vec<Media>> = HashMap::new();
        for r in media::Entity::find()
            .filter(media::Column::ArticleId.is_in(keys.iter().map(|k| k.0)))
            .order_by_asc(media::Column::Position)
            .all(&self.0)
            .await
            .map_err(Arc::new)?
        {
            out.entry(MediaOf(r.article_id)).or_default().push(Media {
                url: r.url,
                alt: r.alt,
                caption: r.caption,
                credit: r.credit,
                width: r.width,
                height: r.height,
            });
        }
        Ok(out)
    }
}
fn dl<'a>(c: &'a Context<'_>) -> &'a DataLoader<L> {
    c.data_unchecked::<DataLoader<L>>()
}
fn db<'a>(c: &'a Context<'_>) -> &'a DatabaseConnection {
    c.data_unchecked::<DatabaseConnection>()
}

#[ComplexObject]
impl Article {
    async fn authors(&self, c: &Context<'_>) -> Result<Vec<Author>> {
        Ok(dl(c).load_one(AuthorsOf(self.key)).await?.unwrap_or_default())
    }
    async fn categories(&self, c: &Context<'_>) -> Result<Vec<Category>> {
        Ok(dl(c).load_one(CategoriesOf(self.key)).await?.unwrap_or_default())
    }
    async fn references(&self, c: &Context<'_>) -> Result<Vec<Reference>> {
        Ok(dl(c).load_one(ReferencesOf(self.key)).await?.unwrap_or_default())
    }
    async fn contacts(&self, c: &Context<'_>) -> Result<Vec<Contact>> {
        Ok(dl(c).load_one(ContactsOf(self.key)).await?.unwrap_or_default())
    }
    async fn media(&self, c: &Context<'_>) -> Result<Vec<Media>> {
        Ok(dl(c).load_one(MediaOf(self.key)).await?.unwrap_or_default())
    }
    async fn cover(&self, c: &Context<'_>) -> Result<Option<Media>> {
        Ok(dl(c).load_one(MediaOf(self.key)).await?.and_then(|v| v.into_iter().next()))
    }
}
#[ComplexObject]
impl Category {
    async fn articles(&self, c: &Context<'_>, #[graphql(default = 20)] first: u64) -> Result<Vec<Article>> {
        let rows = article_category::Entity::find()
            .find_also_related(article::Entity)
            .filter(
                Condition::all()
                    .add(article_category::Column::CategoryId.eq(self.key))
                    .add(article::Column::Status.eq("published")),
            )
            .order_by_desc(article_category::Column::PublishedAt)
            .order_by_desc(article_category::Column::ArticleId)
            .limit(first)
            .all(db(c))
            .await?;
        Ok(rows.into_iter().filter_map(|(_, a)| a.map(Into::into)).collect())
    }
}
#[derive(SimpleObject)]
struct Articles {
    nodes: Vec<Article>,
}
struct Query;
#[Object]
impl Query {
    async fn articles(
        &self,
        c: &Context<'_>,
        #[graphql(default = 20)] first: u64,
        #[graphql(default = 0)] offset: u64,
    ) -> Result<Articles> {
        let rows = article::Entity::find()
            .filter(article::Column::Status.eq("published"))
            .order_by_desc(article::Column::PublishedAt)
            .order_by_desc(article::Column::Id)
            .offset(offset)
            .limit(first)
            .all(db(c))
            .await?;
        Ok(Articles { nodes: rows.into_iter().map(Into::into).collect() })
    }
    async fn article(&self, c: &Context<'_>, slug: String) -> Result<Option<Article>> {
        Ok(article::Entity::find()
            .filter(article::Column::Slug.eq(slug))
            .filter(article::Column::Status.eq("published"))
            .one(db(c))
            .await?
            .map(Into::into))
    }
    async fn category(&self, c: &Context<'_>, slug: String) -> Result<Option<Category>> {
        Ok(category::Entity::find().filter(category::Column::Slug.eq(slug)).one(db(c)).await?.map(Into::into))
    }
}
struct Mutation;
#[Object]
impl Mutation {
    async fn update_article(&self, c: &Context<'_>, id: ID, title: String) -> Result<Article> {
        let key: i64 = id.parse()?;
        let m = article::ActiveModel {
            id: sea_orm::ActiveValue::Unchanged(key),
            title: sea_orm::ActiveValue::Set(title),
            ..Default::default()
        };
        Ok(m.update(db(c)).await?.into())
    }
}

async fn serve() {
    let env = |k: &str, d: &str| std::env::var(k).unwrap_or(d.into());
    let url = env("DATABASE_URL", "postgres://bench@127.0.0.1:5544/news10k");
    let mut o = ConnectOptions::new(&url);
    o.max_connections(env("POOL", "10").parse().unwrap()).sqlx_logging(false);
    if url.starts_with("sqlite") {
        o.map_sqlx_sqlite_opts(|o| {
            o.pragma("journal_mode", "wal").pragma("synchronous", "normal").pragma("mmap_size", "2000000000")
        });
    }
    let conn = Database::connect(o).await.unwrap();
    let mut loader = DataLoader::new(L(conn.clone()), tokio::spawn);
    if let Ok(d) = std::env::var("DELAY_US") {
        loader = loader.delay(Duration::from_micros(d.parse().unwrap()));
    }
    let schema = Schema::build(Query, Mutation, EmptySubscription).data(conn).data(loader).finish();
    let r =
        axum::Router::new().route("/graphql", axum::routing::post_service(async_graphql_axum::GraphQL::new(schema)));
    let l = tokio::net::TcpListener::bind(("127.0.0.1", env("PORT", "7001").parse::<u16>().unwrap())).await.unwrap();
    use axum::serve::ListenerExt;
    axum::serve(
        l.tap_io(|s| {
            let _ = s.set_nodelay(true);
        }),
        r,
    )
    .await
    .unwrap();
}
fn main() {
    let n: usize = std::env::var("THREADS").ok().and_then(|x| x.parse().ok()).unwrap_or(1);
    tokio::runtime::Builder::new_multi_thread().worker_threads(n).enable_all().build().unwrap().block_on(serve());
}
