//! Small steps of answering, each by itself: `cargo bench -p masthead-bench`.

use std::{fmt::Write as _, hash::RandomState};

use bytes::Bytes;
use divan::{Bencher, black_box};
use masthead_api::http::{Limits, steps};
use masthead_domain::body::{Body, HtmlOptions};
use masthead_formats::html::{ParseOptions, parse};
use masthead_store::page::{Cursor, SortKind, SortValue, fingerprint};
use uuid::Uuid;

fn main() {
    divan::main();
}

/// Q2 of the load, with its variable.
fn request() -> Bytes {
    let peer: serde_json::Value = serde_json::from_str(include_str!("../peers/masthead.json")).unwrap_or_default();
    let body = peer.pointer("/Q2/json").map(ToString::to_string).unwrap_or_default();
    Bytes::from(body.replace("$SLUG", "le-port-rouvre-apres-la-tempete-4711"))
}

#[divan::bench]
fn key_by_spelling(bencher: Bencher<'_, '_>) {
    let (hasher, body) = (RandomState::new(), request());
    bencher.bench(|| steps::spelling(&hasher, black_box(&body)));
}

#[divan::bench]
fn key_by_question(bencher: Bencher<'_, '_>) {
    let (hasher, body, limits) = (RandomState::new(), request(), Limits::default());
    bencher.bench(|| steps::question(&hasher, black_box(&body), &limits));
}

fn cursor() -> Cursor {
    let id = Uuid::from_u128(0x0191_2e3f_4a5b_7c6d_8e9f_a0b1_c2d3_e4f5);
    Cursor { values: vec![SortValue::Micros(1_795_176_000_000_000)], id }
}

#[divan::bench]
fn cursor_encode(bencher: Bencher<'_, '_>) {
    let (cursor, list) = (cursor(), fingerprint("articles"));
    bencher.bench(|| black_box(&cursor).encode(list));
}

#[divan::bench]
fn cursor_decode(bencher: Bencher<'_, '_>) {
    let list = fingerprint("articles");
    let text = cursor().encode(list);
    bencher.bench(|| Cursor::decode(black_box(&text), list, &[SortKind::Time]));
}

/// A body of about four thousand characters, as those of the load are.
fn body() -> Body {
    let mut html = String::new();
    for part in 0..13 {
        let words = "Le port rouvre après la tempête, dit la capitainerie. ".repeat(6);
        // Writing into a text does not fail.
        let _ = write!(html, "<h2>Partie {part}</h2><p>{words}</p>");
    }
    parse(&html, &ParseOptions::default()).body
}

#[divan::bench]
fn body_as_html(bencher: Bencher<'_, '_>) {
    let body = body();
    bencher.bench(|| black_box(&body).html(&HtmlOptions::default()));
}
