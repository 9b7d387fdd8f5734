//! Every list the schema offers, by every filter and in every order, in a newsroom of a hundred thousand articles: no page
//! may read more than a page is worth, and no count more than it counts.
//!
//! What is offered is read from the schema itself, so a filter or an order without a plan of its own fails here. That it would is
//! shown as well: without any one of the indexes something is found to be wrong.

mod judge;
mod loss;
mod offers;
mod samples;
mod together;

use masthead_testkit::{Engine, Kit, both_engines};

use self::{
    judge::Judge,
    offers::{List, Schema},
    samples::{COUNTS, EXCEPTIONS, Exception},
};

/// So many articles, and of all else in proportion.
const ARTICLES: i64 = 100_000;
/// The test's present, in seconds since 1970.
const PRESENT: i64 = 1_795_435_200;
/// Five years of articles, one in so many seconds.
const SECONDS: i64 = 157_680_000 / ARTICLES;

async fn newsroom(kit: &Kit) {
    let words = [("articles", ARTICLES), ("end", PRESENT), ("step", SECONDS)];
    kit.fill(include_str!("plan/newsroom.sql"), &words).await;
    if kit.engine() == Engine::Postgres {
        // As autovacuum does within a minute. On SQLite nobody does.
        kit.sql("analyze").await;
    }
}

both_engines! {
    async fn an_index_carries_every_filter_and_every_order(kit: Kit) {
        newsroom(&kit).await;
        let schema = Schema::read(&kit).await;
        let offers = schema.offers();
        for exception @ Exception { list, offer, reason } in EXCEPTIONS.iter().chain(COUNTS) {
            assert!(exception.is_among(&offers[*list]), "{list} no longer offers {offer} ({reason})");
        }
        let mut judge = Judge::new(&kit, &schema).await;
        judge.pages_of_all(List::offers).await;
        judge.counts_of_all().await;
        judge.pages_of_all(List::together).await;
        judge.miss_indexes().await;
        if kit.engine() == Engine::Sqlite {
            // Should somebody gather statistics by hand, they must do no harm.
            kit.sql("analyze").await;
            judge.pages_of_all(List::offers).await;
        }
        judge.close().await;
    }
}
