//! L1r: PostgreSQL asked with plain prepared statements, side by side on one connection; JSON by hand.
use std::io::Write;

use axum::response::Response;
use tokio_postgres::Row;

use crate::{App, js, json::esc, missing};

fn pstr(o: &mut Vec<u8>, r: &Row, i: usize) {
    match r.get::<_, Option<&str>>(i) {
        Some(s) => esc(o, s),
        None => o.extend_from_slice(b"null"),
    }
}
fn pint(o: &mut Vec<u8>, r: &Row, i: usize) {
    match r.get::<_, Option<i32>>(i) {
        Some(s) => write!(o, "{s}").unwrap(),
        None => o.extend_from_slice(b"null"),
    }
}
fn pts(o: &mut Vec<u8>, r: &Row, i: usize) {
    // timestamptz as epoch micros (selected as bigint), written by the civil-date algorithm
    let us: i64 = r.get(i);
    let (mut d, s) = (us.div_euclid(86_400_000_000), us.rem_euclid(86_400_000_000) / 1_000_000);
    d += 719468;
    let era = d.div_euclid(146097);
    let doe = d.rem_euclid(146097);
    let yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    let y = yoe + era * 400 + (m <= 2) as i64;
    write!(o, "\"{y:04}-{m:02}-{day:02}T{:02}:{:02}:{:02}Z\"", s / 3600, s / 60 % 60, s % 60).unwrap();
}
fn plist(o: &mut Vec<u8>, key: &str, rows: &[Row], id: Option<i64>, names: &[(&str, u8)], max: usize) {
    // column 0 of rows is article_id when id is given
    o.extend_from_slice(b",\"");
    o.extend_from_slice(key.as_bytes());
    o.extend_from_slice(b"\":[");
    let off = id.is_some() as usize;
    let mut n = 0;
    for r in rows {
        if let Some(id) = id {
            if r.get::<_, i64>(0) != id {
                continue;
            }
        }
        if n == max {
            break;
        }
        for (k, (name, ty)) in names.iter().enumerate() {
            if k == 0 {
                o.extend_from_slice(if n == 0 { b"{\"" } else { b",{\"" })
            } else {
                o.extend_from_slice(b",\"")
            }
            o.extend_from_slice(name.as_bytes());
            o.extend_from_slice(b"\":");
            if *ty == 0 { pstr(o, r, off + k) } else { pint(o, r, off + k) }
        }
        o.push(b'}');
        n += 1;
    }
    o.push(b']');
}
pub async fn q1(app: &App) -> Response {
    let c = app.pg.get().await.unwrap();
    let s0 = c.prepare_cached("select a.id, a.slug, a.title, a.excerpt, (extract(epoch from a.published_at) * 1000000)::bigint from articles a where a.status = 'published' order by a.published_at desc, a.id desc limit 20").await.unwrap();
    let s1 = c.prepare_cached("select aa.article_id, u.name from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = any($1) order by aa.article_id, aa.position").await.unwrap();
    let s2 = c.prepare_cached("select aa.article_id, u.slug, u.name from article_categories aa join categories u on u.id = aa.category_id where aa.article_id = any($1) order by aa.article_id, aa.position").await.unwrap();
    let s3 = c
        .prepare_cached("select article_id, url from article_media where article_id = any($1) and position = 1")
        .await
        .unwrap();
    let arts = c.query(&s0, &[]).await.unwrap();
    let ids: Vec<i64> = arts.iter().map(|r| r.get(0)).collect();
    let p: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&ids];
    let (au, ca, me) = tokio::try_join!(c.query(&s1, &p), c.query(&s2, &p), c.query(&s3, &p)).unwrap();
    drop(c);
    let mut o = Vec::with_capacity(12500);
    o.extend_from_slice(b"{\"data\":{\"articles\":[");
    for (n, r) in arts.iter().enumerate() {
        if n > 0 {
            o.push(b',')
        }
        let id: i64 = r.get(0);
        write!(o, "{{\"id\":{id},\"slug\":").unwrap();
        pstr(&mut o, r, 1);
        o.extend_from_slice(b",\"title\":");
        pstr(&mut o, r, 2);
        o.extend_from_slice(b",\"excerpt\":");
        pstr(&mut o, r, 3);
        o.extend_from_slice(b",\"publishedAt\":");
        pts(&mut o, r, 4);
        plist(&mut o, "authors", &au, Some(id), &[("name", 0)], 99);
        plist(&mut o, "categories", &ca, Some(id), &[("slug", 0), ("name", 0)], 99);
        plist(&mut o, "cover", &me, Some(id), &[("url", 0)], 1);
        o.push(b'}');
    }
    o.extend_from_slice(b"]}}");
    js(o)
}
pub async fn q2(app: &App, slug: String) -> Response {
    let c = app.pg.get().await.unwrap();
    let s0 = c.prepare_cached("select a.id, a.slug, a.title, a.subtitle, a.excerpt, a.body, a.language, (extract(epoch from a.published_at) * 1000000)::bigint from articles a where a.slug = $1 and a.status = 'published'").await.unwrap();
    let s1 = c.prepare_cached("select u.name, u.slug from articles a join article_authors aa on aa.article_id = a.id join authors u on u.id = aa.author_id where a.slug = $1 order by aa.position").await.unwrap();
    let s2 = c.prepare_cached("select u.slug, u.name from articles a join article_categories aa on aa.article_id = a.id join categories u on u.id = aa.category_id where a.slug = $1 order by aa.position").await.unwrap();
    let s3 = c.prepare_cached("select r.position, r.author, r.title, r.publisher, r.url, r.published_on::text from articles a join article_references r on r.article_id = a.id where a.slug = $1 order by r.position").await.unwrap();
    let s4 = c.prepare_cached("select r.name, r.role, r.email from articles a join article_contacts r on r.article_id = a.id where a.slug = $1").await.unwrap();
    let s5 = c.prepare_cached("select r.url, r.alt, r.caption, r.credit, r.width, r.height from articles a join article_media r on r.article_id = a.id where a.slug = $1 order by r.position").await.unwrap();
    let p: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&slug];
    let (a, au, ca, re, co, me) = tokio::try_join!(
        c.query_opt(&s0, &p),
        c.query(&s1, &p),
        c.query(&s2, &p),
        c.query(&s3, &p),
        c.query(&s4, &p),
        c.query(&s5, &p)
    )
    .unwrap();
    drop(c);
    let Some(r) = a else { return missing() };
    let mut o = Vec::with_capacity(8000);
    write!(o, "{{\"data\":{{\"article\":{{\"id\":{}", r.get::<_, i64>(0)).unwrap();
    for (k, n) in ["slug", "title", "subtitle", "excerpt", "body", "language"].iter().enumerate() {
        o.extend_from_slice(b",\"");
        o.extend_from_slice(n.as_bytes());
        o.extend_from_slice(b"\":");
        pstr(&mut o, &r, k + 1);
    }
    o.extend_from_slice(b",\"publishedAt\":");
    pts(&mut o, &r, 7);
    plist(&mut o, "authors", &au, None, &[("name", 0), ("slug", 0)], 99);
    plist(&mut o, "categories", &ca, None, &[("slug", 0), ("name", 0)], 99);
    plist(
        &mut o,
        "references",
        &re,
        None,
        &[("position", 1), ("author", 0), ("title", 0), ("publisher", 0), ("url", 0), ("publishedOn", 0)],
        99,
    );
    plist(&mut o, "contacts", &co, None, &[("name", 0), ("role", 0), ("email", 0)], 99);
    plist(
        &mut o,
        "media",
        &me,
        None,
        &[("url", 0), ("alt", 0), ("caption", 0), ("credit", 0), ("width", 1), ("height", 1)],
        99,
    );
    o.extend_from_slice(b"}}}");
    js(o)
}
pub async fn q3(app: &App, slug: String) -> Response {
    let c = app.pg.get().await.unwrap();
    let s0 = c.prepare_cached("select name, slug from categories where slug = $1").await.unwrap();
    let s1 = c.prepare_cached("select a.id, a.title, a.slug, (extract(epoch from a.published_at) * 1000000)::bigint from article_categories ac join articles a on a.id = ac.article_id where ac.category_id = (select id from categories where slug = $1) and a.status = 'published' order by ac.published_at desc, ac.article_id desc limit 20").await.unwrap();
    let s2 = c.prepare_cached("select aa.article_id, u.name from article_authors aa join authors u on u.id = aa.author_id where aa.article_id = any($1) order by aa.article_id, aa.position").await.unwrap();
    let p: [&(dyn tokio_postgres::types::ToSql + Sync); 1] = [&slug];
    let (k, arts) = tokio::try_join!(c.query_opt(&s0, &p), c.query(&s1, &p)).unwrap();
    let Some(k) = k else { return missing() };
    let ids: Vec<i64> = arts.iter().map(|r| r.get(0)).collect();
    let au = c.query(&s2, &[&ids]).await.unwrap();
    drop(c);
    let mut o = Vec::with_capacity(6000);
    o.extend_from_slice(b"{\"data\":{\"category\":{\"name\":");
    pstr(&mut o, &k, 0);
    o.extend_from_slice(b",\"slug\":");
    pstr(&mut o, &k, 1);
    o.extend_from_slice(b",\"articles\":[");
    for (n, r) in arts.iter().enumerate() {
        o.extend_from_slice(if n > 0 { b",{\"title\":" } else { b"{\"title\":" });
        pstr(&mut o, r, 1);
        o.extend_from_slice(b",\"slug\":");
        pstr(&mut o, r, 2);
        o.extend_from_slice(b",\"publishedAt\":");
        pts(&mut o, r, 3);
        plist(&mut o, "authors", &au, Some(r.get(0)), &[("name", 0)], 99);
        o.push(b'}');
    }
    o.extend_from_slice(b"]}}}");
    js(o)
}
