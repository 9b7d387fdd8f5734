//! Loads a synthetic newsroom (as `masthead-bench generate` writes it) into the neutral tables that the limit programs, `S` and rivals
//! read.
//!
//! `load sqlite DATA FILE` or `load postgres DATA URL`; the database must be there (SQLite's is made) and empty.
use std::{
    error::Error,
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    pin::pin,
};

use bytes::Bytes;
use futures_util::SinkExt;
use serde_json::Value;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A table: its columns, the file its rows come from, and the rows that one record of it makes.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    file: &'static str,
    rows: fn(&Value) -> Vec<Vec<Value>>,
}

const TABLES: [Table; 8] = [
    Table {
        name: "authors",
        columns: &["id", "slug", "name", "bio"],
        file: "authors",
        rows: |author| vec![fields(author, &["id", "slug", "name", "bio"])],
    },
    Table {
        name: "categories",
        columns: &["id", "slug", "name", "parent_id"],
        file: "categories",
        rows: |category| vec![fields(category, &["id", "slug", "name", "parent_id"])],
    },
    Table {
        name: "articles",
        columns: &[
            "id",
            "slug",
            "title",
            "subtitle",
            "excerpt",
            "body",
            "language",
            "status",
            "published_at",
            "updated_at",
        ],
        file: "articles",
        rows: |article| {
            vec![fields(
                article,
                &[
                    "id",
                    "slug",
                    "title",
                    "subtitle",
                    "excerpt",
                    "body",
                    "language",
                    "status",
                    "published_at",
                    "published_at",
                ],
            )]
        },
    },
    Table {
        name: "article_authors",
        columns: &["article_id", "author_id", "position"],
        file: "articles",
        rows: |article| joined(article, "authors", &[]),
    },
    Table {
        name: "article_categories",
        columns: &["article_id", "category_id", "position", "published_at", "status"],
        file: "articles",
        rows: |article| joined(article, "categories", &["published_at", "status"]),
    },
    Table {
        name: "article_references",
        columns: &["id", "article_id", "position", "author", "title", "publisher", "url", "published_on"],
        file: "articles",
        rows: |article| {
            parts(article, "references", &["position", "author", "title", "publisher", "url", "published_on"])
        },
    },
    Table {
        name: "article_contacts",
        columns: &["id", "article_id", "name", "role", "email"],
        file: "articles",
        rows: |article| parts(article, "contacts", &["name", "role", "email"]),
    },
    Table {
        name: "article_media",
        columns: &["id", "article_id", "position", "url", "alt", "caption", "credit", "width", "height"],
        file: "articles",
        rows: |article| parts(article, "media", &["position", "url", "alt", "caption", "credit", "width", "height"]),
    },
];

fn fields(record: &Value, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| record[*name].clone()).collect()
}

fn items<'a>(article: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    article[key].as_array().into_iter().flatten()
}

fn joined(article: &Value, key: &str, more: &[&str]) -> Vec<Vec<Value>> {
    let row = |(item, position): (&Value, u32)| {
        let mut row = vec![article["id"].clone(), item.clone(), position.into()];
        row.extend(fields(article, more));
        row
    };
    items(article, key).zip(1..).map(row).collect()
}

fn parts(article: &Value, key: &str, names: &[&str]) -> Vec<Vec<Value>> {
    let row = |item: &Value| {
        let mut row = vec![item["id"].clone(), article["id"].clone()];
        row.extend(fields(item, names));
        row
    };
    items(article, key).map(row).collect()
}

fn rows(data: &Path, table: &Table) -> Result<impl Iterator<Item = Result<Vec<Vec<Value>>>>> {
    let file = File::open(data.join(table.file).with_extension("jsonl"))?;
    let rows = table.rows;
    Ok(BufReader::new(file).lines().map(move |line| Ok(rows(&serde_json::from_str(&line?)?))))
}

fn sqlite(data: &Path, file: &str) -> Result<()> {
    let mut db = rusqlite::Connection::open(file)?;
    db.execute_batch("pragma journal_mode = wal; pragma synchronous = off")?;
    db.execute_batch(include_str!("../schema/sqlite.sql"))?;
    let transaction = db.transaction()?;
    for table in &TABLES {
        let marks = vec!["?"; table.columns.len()].join(",");
        let sql = format!("insert into {} ({}) values ({marks})", table.name, table.columns.join(","));
        let mut insert = transaction.prepare(&sql)?;
        for rows in rows(data, table)? {
            for row in rows? {
                insert.execute(rusqlite::params_from_iter(row.iter().map(of_sqlite)))?;
            }
        }
    }
    transaction.commit()?;
    db.execute_batch(include_str!("../schema/sqlite_indexes.sql"))?;
    db.execute_batch("pragma wal_checkpoint(truncate)")?;
    Ok(())
}

fn of_sqlite(value: &Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Number(number) => number.as_i64().map_or(rusqlite::types::Value::Null, Into::into),
        Value::String(text) => text.clone().into(),
        other => other.to_string().into(),
    }
}

async fn postgres(data: &Path, url: &str) -> Result<()> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute(include_str!("../schema/postgres.sql")).await?;
    for table in &TABLES {
        let copy = format!("copy {} ({}) from stdin", table.name, table.columns.join(","));
        let mut sink = pin!(client.copy_in::<_, Bytes>(&copy).await?);
        for rows in rows(data, table)? {
            let text: String = rows?.iter().map(|row| of_postgres(row)).collect();
            sink.send(Bytes::from(text)).await?;
        }
        sink.as_mut().finish().await?;
    }
    client.batch_execute(include_str!("../schema/postgres_indexes.sql")).await?;
    client.batch_execute("vacuum analyze").await?;
    Ok(())
}

/// A row in the text format of COPY.
fn of_postgres(row: &[Value]) -> String {
    let field = |value: &Value| match value {
        Value::Null => "\\N".to_owned(),
        Value::String(text) => {
            text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
        }
        other => other.to_string(),
    };
    format!("{}\n", row.iter().map(field).collect::<Vec<_>>().join("\t"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["sqlite", data, file] => sqlite(Path::new(data), file),
        ["postgres", data, url] => postgres(Path::new(data), url).await,
        _ => Err("usage: load sqlite DATA FILE | load postgres DATA URL".into()),
    }
}
