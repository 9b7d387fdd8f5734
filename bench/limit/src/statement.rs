//! L1 and L2: one statement a request, whose JSON the database writes. L1 asks PostgreSQL, L2 SQLite, on the thread that answers.
use std::cell::RefCell;

use axum::response::Response;

use crate::{App, js, missing};

pub const Q1_PG: &str = r#"select json_build_object('data', json_build_object('articles', coalesce(json_agg(x), '[]')))::text from (
 select a.id, a.slug, a.title, a.excerpt, a.published_at as "publishedAt",
  (select coalesce(json_agg(json_build_object('name', u.name) order by aa.position), '[]') from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = a.id) as authors,
  (select coalesce(json_agg(json_build_object('slug', c.slug, 'name', c.name) order by ac.position), '[]') from article_categories ac join categories c on c.id = ac.category_id where ac.article_id = a.id) as categories,
  (select json_build_object('url', m.url) from article_media m where m.article_id = a.id order by position limit 1) as cover
 from articles a where a.status = 'published' order by a.published_at desc, a.id desc limit 20) x"#;
pub const Q2_PG: &str = r#"select json_build_object('data', json_build_object('article', row_to_json(x)))::text from (
 select a.id, a.slug, a.title, a.subtitle, a.excerpt, a.body, a.language, a.published_at as "publishedAt",
  (select coalesce(json_agg(json_build_object('name', u.name, 'slug', u.slug) order by aa.position), '[]') from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = a.id) as authors,
  (select coalesce(json_agg(json_build_object('slug', c.slug, 'name', c.name) order by ac.position), '[]') from article_categories ac join categories c on c.id = ac.category_id where ac.article_id = a.id) as categories,
  (select coalesce(json_agg(json_build_object('position', r.position, 'author', r.author, 'title', r.title, 'publisher', r.publisher, 'url', r.url, 'publishedOn', r.published_on) order by r.position), '[]') from article_references r where r.article_id = a.id) as references,
  (select coalesce(json_agg(json_build_object('name', p.name, 'role', p.role, 'email', p.email)), '[]') from article_contacts p where p.article_id = a.id) as contacts,
  (select coalesce(json_agg(json_build_object('url', m.url, 'alt', m.alt, 'caption', m.caption, 'credit', m.credit, 'width', m.width, 'height', m.height) order by m.position), '[]') from article_media m where m.article_id = a.id) as media
 from articles a where a.slug = $1 and a.status = 'published') x"#;
pub const Q3_PG: &str = r#"select json_build_object('data', json_build_object('category', json_build_object('name', k.name, 'slug', k.slug, 'articles', (select coalesce(json_agg(x), '[]') from (
 select a.title, a.slug, a.published_at as "publishedAt",
  (select coalesce(json_agg(json_build_object('name', u.name) order by aa.position), '[]') from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = a.id) as authors
 from article_categories ac join articles a on a.id = ac.article_id where ac.category_id = k.id and a.status = 'published' order by ac.published_at desc, ac.article_id desc limit 20) x))))::text from categories k where k.slug = $1"#;
pub const Q4_PG: &str = r#"select json_build_object('data', json_build_object('articles', coalesce(json_agg(x), '[]')))::text from (
 select a.id, a.slug, a.title, a.published_at as "publishedAt" from articles a where a.status = 'published' order by a.published_at desc, a.id desc limit 20 offset $1) x"#;
pub const Q5_PG: &str = r#"select json_build_object('data', json_build_object('articles', coalesce(json_agg(x), '[]')))::text from (
 select a.title, a.slug, a.excerpt from articles a, plainto_tsquery('simple', $1) q where a.search @@ q and a.status = 'published' order by ts_rank(a.search, q) desc limit 10) x"#;
pub const W1_PG: &str = "update articles set title = $2, updated_at = now() where id = $1 returning json_build_object('data', json_build_object('id', id, 'title', title))::text";

pub const W1_LITE: &str = "update articles set title = ?2, updated_at = datetime('now') where id = ?1 returning json_object('data', json_object('id', id, 'title', title))";

pub const Q1_LITE: &str = r#"select json_object('data', json_object('articles', json_group_array(json(x)))) from (
 select json_object('id', a.id, 'slug', a.slug, 'title', a.title, 'excerpt', a.excerpt, 'publishedAt', a.published_at,
  'authors', (select json_group_array(json_object('name', u.name)) from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = a.id),
  'categories', (select json_group_array(json_object('slug', c.slug, 'name', c.name)) from article_categories ac join categories c on c.id = ac.category_id where ac.article_id = a.id),
  'cover', (select json_object('url', m.url) from article_media m where m.article_id = a.id order by position limit 1)) as x
 from articles a where a.status = 'published' order by a.published_at desc, a.id desc limit 20)"#;
pub const Q2_LITE: &str = r#"select json_object('data', json_object('article', json_object('id', a.id, 'slug', a.slug, 'title', a.title, 'subtitle', a.subtitle, 'excerpt', a.excerpt, 'body', a.body, 'language', a.language, 'publishedAt', a.published_at,
  'authors', (select json_group_array(json_object('name', u.name, 'slug', u.slug)) from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = a.id),
  'categories', (select json_group_array(json_object('slug', c.slug, 'name', c.name)) from article_categories ac join categories c on c.id = ac.category_id where ac.article_id = a.id),
  'references', (select json_group_array(json_object('position', position, 'author', author, 'title', title, 'publisher', publisher, 'url', url, 'publishedOn', published_on)) from (select * from article_references r where r.article_id = a.id order by r.position)),
  'contacts', (select json_group_array(json_object('name', name, 'role', role, 'email', email)) from article_contacts p where p.article_id = a.id),
  'media', (select json_group_array(json_object('url', url, 'alt', alt, 'caption', caption, 'credit', credit, 'width', width, 'height', height)) from (select * from article_media m where m.article_id = a.id order by m.position)))))
 from articles a where a.slug = ?1 and a.status = 'published'"#;
pub const Q3_LITE: &str = r#"select json_object('data', json_object('category', json_object('name', k.name, 'slug', k.slug, 'articles', (select json_group_array(json(x)) from (
 select json_object('title', a.title, 'slug', a.slug, 'publishedAt', a.published_at,
  'authors', (select json_group_array(json_object('name', u.name)) from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = a.id)) as x
 from article_categories ac join articles a on a.id = ac.article_id where ac.category_id = k.id and a.status = 'published' order by ac.published_at desc, ac.article_id desc limit 20))))) from categories k where k.slug = ?1"#;
pub const Q4_LITE: &str = r#"select json_object('data', json_object('articles', json_group_array(json(x)))) from (
 select json_object('id', a.id, 'slug', a.slug, 'title', a.title, 'publishedAt', a.published_at) as x from articles a where a.status = 'published' order by a.published_at desc, a.id desc limit 20 offset ?1)"#;
pub const Q5_LITE: &str = r#"select json_object('data', json_object('articles', json_group_array(json(x)))) from (
 select json_object('title', a.title, 'slug', a.slug, 'excerpt', a.excerpt) as x from (select rowid as rid, rank as rk from articles_fts where articles_fts match ?1 order by rank limit 10) f join articles a on a.id = f.rid order by f.rk)"#;

pub async fn pg(app: &App, sql: &'static str, p: &[&(dyn tokio_postgres::types::ToSql + Sync)]) -> Response {
    let c = app.pg.get().await.unwrap();
    let st = c.prepare_cached(sql).await.unwrap();
    match c.query_opt(&st, p).await.unwrap() {
        Some(r) => js(r.get::<_, &str>(0).to_owned()),
        None => missing(),
    }
}

thread_local! { static LITE: RefCell<Option<rusqlite::Connection>> = const { RefCell::new(None) }; }
pub fn open(path: &str) -> rusqlite::Connection {
    let c = rusqlite::Connection::open(path).unwrap();
    c.execute_batch("pragma journal_mode=wal; pragma synchronous=normal; pragma mmap_size=2000000000; pragma cache_size=-32000; pragma temp_store=memory").unwrap();
    c.set_prepared_statement_cache_capacity(64);
    c
}
pub fn with<R>(app: &App, f: impl FnOnce(&rusqlite::Connection) -> R) -> R {
    LITE.with(|l| {
        let mut l = l.borrow_mut();
        f(l.get_or_insert_with(|| open(&app.path)))
    })
}
pub fn lite(app: &App, sql: &str, p: impl rusqlite::Params) -> Response {
    with(app, |c| {
        let mut st = c.prepare_cached(sql).unwrap();
        let mut rows = st.query(p).unwrap();
        match rows.next().unwrap() {
            Some(r) => js(r.get_ref(0).unwrap().as_str().unwrap().to_owned()),
            None => missing(),
        }
    })
}
