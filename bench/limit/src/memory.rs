//! L4: everything in memory as structs, JSON by hand for each request, no database. L0g: GraphQL by POST, answered with finished
//! bytes from a map whose keys are bodies; what is not in it yet is parsed and made as in L4.
use std::{collections::HashMap, io::Write};

use axum::response::Response;
use bytes::Bytes;

use crate::{App, js, json::esc, missing};

pub struct Mem {
    arts: Vec<MArt>,
    by_slug: HashMap<String, u32>,
    latest: Vec<u32>,
    authors: Vec<(String, String)>,
    cats: Vec<(String, String)>,
}
struct MArt {
    id: i64,
    f: [String; 6],
    at: String,
    au: Vec<u32>,
    ca: Vec<u32>,
    re: Vec<(i64, [String; 5])>,
    co: Vec<[String; 3]>,
    me: Vec<([String; 4], i64, i64)>,
}
pub fn load(c: &rusqlite::Connection) -> Mem {
    let n = |o: Option<String>| o.unwrap_or_default();
    let mut m = Mem { arts: vec![], by_slug: HashMap::new(), latest: vec![], authors: vec![], cats: vec![] };
    let two = |sql: &str| -> Vec<(String, String)> {
        c.prepare(sql).unwrap().query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap().map(|x| x.unwrap()).collect()
    };
    m.authors = two("select name, slug from authors order by id");
    m.cats = two("select name, slug from categories order by id");
    let mut pos = HashMap::new();
    let mut st = c.prepare("select id, slug, title, subtitle, excerpt, body, language, published_at from articles where status = 'published' order by published_at desc, id desc").unwrap();
    let mut rows = st.query([]).unwrap();
    while let Some(r) = rows.next().unwrap() {
        let i = m.arts.len() as u32;
        let id: i64 = r.get(0).unwrap();
        let g = |k: usize| n(r.get::<_, Option<String>>(k).unwrap());
        pos.insert(id, i as usize);
        m.by_slug.insert(g(1), i);
        m.latest.push(i);
        m.arts.push(MArt {
            id,
            f: [g(1), g(2), g(3), g(4), g(5), g(6)],
            at: g(7),
            au: vec![],
            ca: vec![],
            re: vec![],
            co: vec![],
            me: vec![],
        });
    }
    let each = |sql: &str, f: &mut dyn FnMut(usize, &rusqlite::Row)| {
        let mut st = c.prepare(sql).unwrap();
        let mut rows = st.query([]).unwrap();
        while let Some(r) = rows.next().unwrap() {
            if let Some(&i) = pos.get(&r.get::<_, i64>(0).unwrap()) {
                f(i, r)
            }
        }
    };
    let s = |r: &rusqlite::Row, k: usize| r.get::<_, Option<String>>(k).unwrap().unwrap_or_default();
    let a = &mut m.arts;
    each("select article_id, author_id from article_authors order by article_id, position", &mut |i, r| {
        a[i].au.push(r.get::<_, i64>(1).unwrap() as u32 - 1)
    });
    each("select article_id, category_id from article_categories order by article_id, position", &mut |i, r| {
        a[i].ca.push(r.get::<_, i64>(1).unwrap() as u32 - 1)
    });
    each(
        "select article_id, position, author, title, publisher, url, published_on from article_references order by article_id, position",
        &mut |i, r| a[i].re.push((r.get(1).unwrap(), [s(r, 2), s(r, 3), s(r, 4), s(r, 5), s(r, 6)])),
    );
    each("select article_id, name, role, email from article_contacts", &mut |i, r| {
        a[i].co.push([s(r, 1), s(r, 2), s(r, 3)])
    });
    each(
        "select article_id, url, alt, caption, credit, width, height from article_media order by article_id, position",
        &mut |i, r| a[i].me.push(([s(r, 1), s(r, 2), s(r, 3), s(r, 4)], r.get(5).unwrap(), r.get(6).unwrap())),
    );
    m
}
fn kv(o: &mut Vec<u8>, first: bool, k: &str, v: &str) {
    o.extend_from_slice(if first { b"{\"" } else { b",\"" });
    o.extend_from_slice(k.as_bytes());
    o.extend_from_slice(b"\":");
    esc(o, v)
}
fn arr<T>(o: &mut Vec<u8>, k: &str, it: &[T], mut f: impl FnMut(&mut Vec<u8>, &T)) {
    o.extend_from_slice(b",\"");
    o.extend_from_slice(k.as_bytes());
    o.extend_from_slice(b"\":[");
    for (i, x) in it.iter().enumerate() {
        if i > 0 {
            o.push(b',')
        }
        f(o, x);
        o.push(b'}')
    }
    o.push(b']')
}
pub fn q1(m: &Mem) -> Vec<u8> {
    let mut o = Vec::with_capacity(12500);
    o.extend_from_slice(b"{\"data\":{\"articles\":[");
    for (n, &i) in m.latest[..20].iter().enumerate() {
        if n > 0 {
            o.push(b',')
        }
        let a = &m.arts[i as usize];
        write!(o, "{{\"id\":{}", a.id).unwrap();
        kv(&mut o, false, "slug", &a.f[0]);
        kv(&mut o, false, "title", &a.f[1]);
        kv(&mut o, false, "excerpt", &a.f[3]);
        kv(&mut o, false, "publishedAt", &a.at);
        arr(&mut o, "authors", &a.au, |o, x| kv(o, true, "name", &m.authors[*x as usize].0));
        arr(&mut o, "categories", &a.ca, |o, x| {
            kv(o, true, "slug", &m.cats[*x as usize].1);
            kv(o, false, "name", &m.cats[*x as usize].0)
        });
        arr(&mut o, "cover", &a.me[..1], |o, x| kv(o, true, "url", &x.0[0]));
        o.push(b'}');
    }
    o.extend_from_slice(b"]}}");
    o
}
pub fn q2(m: &Mem, slug: &str) -> Option<Vec<u8>> {
    let a = &m.arts[*m.by_slug.get(slug)? as usize];
    let mut o = Vec::with_capacity(8000);
    write!(o, "{{\"data\":{{\"article\":{{\"id\":{}", a.id).unwrap();
    for (k, n) in ["slug", "title", "subtitle", "excerpt", "body", "language"].iter().enumerate() {
        kv(&mut o, false, n, &a.f[k])
    }
    kv(&mut o, false, "publishedAt", &a.at);
    arr(&mut o, "authors", &a.au, |o, x| {
        kv(o, true, "name", &m.authors[*x as usize].0);
        kv(o, false, "slug", &m.authors[*x as usize].1)
    });
    arr(&mut o, "categories", &a.ca, |o, x| {
        kv(o, true, "slug", &m.cats[*x as usize].1);
        kv(o, false, "name", &m.cats[*x as usize].0)
    });
    arr(&mut o, "references", &a.re, |o, x| {
        write!(o, "{{\"position\":{}", x.0).unwrap();
        for (k, n) in ["author", "title", "publisher", "url", "publishedOn"].iter().enumerate() {
            kv(o, false, n, &x.1[k])
        }
    });
    arr(&mut o, "contacts", &a.co, |o, x| {
        kv(o, true, "name", &x[0]);
        kv(o, false, "role", &x[1]);
        kv(o, false, "email", &x[2])
    });
    arr(&mut o, "media", &a.me, |o, x| {
        kv(o, true, "url", &x.0[0]);
        kv(o, false, "alt", &x.0[1]);
        kv(o, false, "caption", &x.0[2]);
        kv(o, false, "credit", &x.0[3]);
        write!(o, ",\"width\":{},\"height\":{}", x.1, x.2).unwrap()
    });
    o.extend_from_slice(b"}}}");
    Some(o)
}
// GraphQL POST answered from a cache keyed by the raw request body (hit) or parsed with serde_json and answered from memory (miss)
pub fn gql(app: &App, body: Bytes) -> Response {
    if let Some(b) = app.cache.read().unwrap().get(&body) {
        return js(b.clone());
    }
    let v: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let m = app.mem.as_ref().unwrap();
    let b = Bytes::from(match v["variables"]["slug"].as_str() {
        Some(s) => match q2(m, s) {
            Some(b) => b,
            None => return missing(),
        },
        None => q1(m),
    });
    app.cache.write().unwrap().insert(body, b.clone());
    js(b)
}
