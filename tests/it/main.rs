//! The integration tests: through the public door, against a real database of their own, on both engines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::as_conversions,
    reason = "a test that meets the impossible should stop there"
)]

mod access;
mod act_budget;
mod address_walk;
mod answer_budget;
mod article_act;
mod article_below;
mod article_body;
mod article_budget;
mod article_docs;
mod article_filter;
mod article_list;
mod article_newsroom;
mod article_page;
mod article_route;
mod article_sight;
mod audit;
mod author;
mod author_list;
mod bulk;
mod category;
mod category_articles;
mod category_list;
mod category_tree;
mod clock;
mod comment;
mod contact;
mod correction;
mod crowd;
mod direct;
mod door;
mod editors;
mod filed;
mod hostile;
mod idempotency;
mod identity;
mod identity_door;
mod import;
mod import_corpora;
mod import_file;
mod import_text;
mod kept;
mod lag;
mod leak;
mod library;
mod locale;
mod localization;
mod log;
mod media;
mod migrations;
mod mistake;
mod newsroom;
mod operation;
mod plan;
mod preview;
mod purge;
mod race;
mod redirect;
mod revision_walk;
mod schedule;
mod seo;
mod shelf;
mod slug;
mod source;
mod stale;
mod surface;
mod tag;
mod translation;
mod trash;
mod visibility;
mod walk;
mod worker;
mod workflow;
