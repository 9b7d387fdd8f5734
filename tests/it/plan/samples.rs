//! What filters are asked with, and what no index can carry.
//!
//! Of most filters there is a value that many rows have and one that few have: what is right for the one is often wrong
//! for the other.

use serde_json::{Value, json};

use super::{ARTICLES, PRESENT, SECONDS, offers::Offer};

/// What may read more than a page is worth.
pub(super) struct Exception {
    /// Which list.
    pub(super) list: &'static str,
    /// The beginning of the name of what is asked of it; `*` stands for anything. Of two filters either is the first.
    pub(super) offer: &'static str,
    /// Why that is so, and what it costs.
    pub(super) reason: &'static str,
}

/// All exceptions. None of them without a reason.
pub(super) const EXCEPTIONS: &[Exception] = &[
    // A part of a text is found by looking at all of them: no index of this kind helps, and full-text search is no filter.
    except("Query.articles", "where headline.contains", ANYWHERE),
    except("Query.redirects", "where path.contains", ANYWHERE),
    except("Query.redirects", "where target.contains", ANYWHERE),
    except("Query.sources", "where title.contains", ANYWHERE),
    except("Query.sources", "where outlet.contains", ANYWHERE),
    except("Query.authors", "where name.contains", ANYWHERE),
    except("Query.tags", "where name.contains", ANYWHERE),
    except("Query.articles", "where headline.startsWith", SPAN),
    except("Query.articles", "where updatedAt", SPAN),
    except("Query.redirects", "where path.startsWith", SPAN),
    except("Query.redirects", "where target.startsWith", SPAN),
    except("Query.sources", "where title.startsWith", SPAN),
    except("Query.sources", "where outlet.startsWith", SPAN),
    except("Query.corrections", "where kind.in", SEVERAL),
    except("Author.articles", "orderBy UPDATED_AT", SHELF),
    except("Author.articles", "orderBy HEADLINE", SHELF),
    except("Author.articles", "orderBy PUBLISHED_AT DESC, ", SHELF),
    except("Author.articles", "orderBy PUBLISHED_AT ASC, ", SHELF),
    except("Category.articles", "orderBy UPDATED_AT", SHELF),
    except("Category.articles", "orderBy HEADLINE", SHELF),
    except("Category.articles", "orderBy PUBLISHED_AT DESC, ", SHELF),
    except("Category.articles", "orderBy PUBLISHED_AT ASC, ", SHELF),
    except("Query.articles", "where author*, orderBy UPDATED_AT", SHELF),
    except("Query.articles", "where author*, orderBy HEADLINE", SHELF),
    except("Query.articles", "where category*, orderBy UPDATED_AT", SHELF),
    except("Query.articles", "where category*, orderBy HEADLINE", SHELF),
    except("Query.articles", "where tag*, orderBy UPDATED_AT", SHELF),
    except("Query.articles", "where tag*, orderBy HEADLINE", SHELF),
    except("Query.articles", "where kind*, orderBy UPDATED_AT", OTHER),
    except("Query.articles", "where kind*, orderBy HEADLINE", OTHER),
    except("Query.articles", "where language*, orderBy UPDATED_AT", OTHER),
    except("Query.articles", "where language*, orderBy HEADLINE", OTHER),
    except("Query.articles", "where publishedAt*, orderBy UPDATED_AT", SPAN),
    except("Query.articles", "where publishedAt*, orderBy HEADLINE", SPAN),
    except("Query.sources", "where kind*, orderBy TITLE", OTHER),
    except("Query.sources", "where health*, orderBy TITLE", OTHER),
    except("Query.sources", "where outlet*, orderBy TITLE", OTHER),
    // Below authors and categories spans of one thing are joined with a shelf that is ordered by another.
    except("Author.articles", "where updatedAt", SPAN),
    except("Author.articles", "where * + updatedAt", SPAN),
    except("Author.articles", "where headline.startsWith", SPAN),
    except("Author.articles", "where headline.contains", ANYWHERE),
    except("Category.articles", "where updatedAt", SPAN),
    except("Category.articles", "where * + updatedAt", SPAN),
    except("Category.articles", "where headline.startsWith", SPAN),
    except("Category.articles", "where headline.contains", ANYWHERE),
    except("Query.articles", "where * + updatedAt", SPAN),
    except("Query.articles", "where * + headline.startsWith", SPAN),
    except("Query.articles", "where * + headline.contains", ANYWHERE),
    except("Query.redirects", "where * + path.startsWith", SPAN),
    except("Query.redirects", "where * + target.startsWith", SPAN),
    except("Query.redirects", "where * + path.contains", ANYWHERE),
    except("Query.redirects", "where * + target.contains", ANYWHERE),
    except("Query.sources", "where * + title.startsWith", SPAN),
    except("Query.sources", "where * + outlet.startsWith", SPAN),
    except("Query.sources", "where * + title.contains", ANYWHERE),
    except("Query.sources", "where * + outlet.contains", ANYWHERE),
    except("Query.auditLog", "where actor* + at", LOG),
    except("Query.auditLog", "where act * + at", LOG),
    except("Query.auditLog", "where actor* + act ", LOG),
    except("Query.sources", "where kind* + outlet", TWO),
    except("Query.sources", "where health* + outlet", TWO),
    except("Query.articles", "where not status", NOT),
    except("Query.articles", "where not updatedAt", NOT),
    except("Query.articles", "where not publishedAt", NOT),
    except("Query.articles", "where not id.notIn", NOT),
    except("Query.articles", "where not source.notIn", NOT),
    except("Query.articles", "where not headline", NOT),
    except("Query.articles", "where updatedAt* or ", ONE_OF),
    except("Query.articles", "where headline* or ", ONE_OF),
    except("Query.articles", "where id* or ", ONE_OF),
    except("Query.articles", "where source* or ", ONE_OF),
    except("Query.articles", "where status* or ", ONE_OF),
    except("Author.articles", "where or 0 + ", ONE_OF),
    except("Category.articles", "where or 0 + ", ONE_OF),
    except("Author.articles", "where author.notIn", NOTHING),
    except("Category.articles", "where category.id.notIn", NOTHING),
    except("Category.articles", "where category.slug.notIn", NOTHING),
    except("Query.articles", "where hasMedia 0 and ", NOTHING),
    except("Query.articles", "where hasReferences 0 and ", NOTHING),
    except("Query.articles", "where not 0 + language", NOTHING),
    except("Author.articles", "where not 0 + language", NOTHING),
    except("Category.articles", "where not 0 + language", NOTHING),
];

/// What is counted by reading a whole table, though little of it may be counted.
pub(super) const COUNTS: &[Exception] = &[
    except("Query.authors", "where name.contains", ANYWHERE),
    except("Query.tags", "where name.contains", ANYWHERE),
    except("Query.redirects", "where path.contains", ANYWHERE),
    except("Query.redirects", "where target.contains", ANYWHERE),
    except("Query.sources", "where title.contains", ANYWHERE),
    except("Query.sources", "where outlet.contains", ANYWHERE),
    except("Query.articles", "perspective DRAFT", NOT),
    except("Query.sources", "where health", USED),
    except("Query.sources", "where kind", USED),
    except("Query.tags", "everything", USED),
    except("Query.tags", "where slug.notIn", USED),
    except("Query.tags", "locale", USED),
];

const ANYWHERE: &str =
    "a part of a text may stand anywhere in it: rows are looked at along the order until the page is full";
const SPAN: &str = "a span of one thing, ordered by another: an index carries either, and what the span holds is sorted or the order \
    walked. Ordered by the same thing it is carried";
const SEVERAL: &str =
    "each kind has its order, all together have none; SQLite reads those of the kinds and sorts them. There are few";
const SHELF: &str =
    "a shelf is kept in the order of publication; by another order all that stands on it is read and sorted";
const OTHER: &str = "what has one word is kept in the order that such lists have when nobody says; by another order all of it is read and \
    sorted, or the order walked, which is little where the word is common";
const TWO: &str = "two words, each with an index, and nothing that tells which of them is the rarer: the few rows of a rare one may \
    be looked for among the many of the other";
const LOG: &str = "every act writes to the log, so it has few indexes: what is rare is looked for within the span, or within what \
    somebody did";
const NOT: &str = "what does not pass has no place in an index: the order is walked until the page is full";
const ONE_OF: &str = "one of two things of which one is no shelf: the order is walked until the page is full. Of shelves each has \
    its order, and they are merged";
const NOTHING: &str = "the two contradict each other, so nothing passes, and that is known when all is looked at";
const USED: &str =
    "readers see what stands in articles: PostgreSQL reads all uses at once, as it is right for the many";

const fn except(list: &'static str, offer: &'static str, reason: &'static str) -> Exception {
    Exception { list, offer, reason }
}

impl Exception {
    /// Whether there is one for what is asked of a list.
    pub(super) fn holds(of: &str, asked: &str) -> bool {
        EXCEPTIONS.iter().any(|exception| exception.list == of && exception.is_of(asked))
    }

    /// Whether there is one for counting what is asked of a list.
    pub(super) fn holds_for_counts(of: &str, asked: &str) -> bool {
        COUNTS.iter().any(|exception| exception.list == of && exception.is_of(asked))
    }

    /// Whether it is about something that a list offers.
    pub(super) fn is_among(&self, offers: &[Offer]) -> bool {
        offers.iter().any(|(name, _)| self.is_of(name))
    }

    fn is_of(&self, asked: &str) -> bool {
        let turned = [" + ", " or "].into_iter().find_map(|joint| {
            let (one, other) = asked.strip_prefix("where ")?.split_once(joint)?;
            Some(format!("where {other}{joint}{one}"))
        });
        begins(asked, self.offer) || turned.is_some_and(|turned| begins(&turned, self.offer))
    }
}

/// Whether a text begins with a pattern in which `*` stands for anything.
fn begins(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap();
    let Some(rest) = text.strip_prefix(first) else { return false };
    parts.try_fold(rest, |rest, part| rest.split_once(part).map(|(_, behind)| behind)).is_some()
}

/// The id with a number, as [`Kit::fill`] gives them out.
fn id(prefix: &str, number: i64) -> String {
    let digits = "0123456789abcdefghjkmnpqrstvwxyz".as_bytes();
    let digit = |place: u32| char::from(digits[usize::try_from((number >> (5 * place)) & 31).unwrap()]);
    let text: String = (0..26).rev().map(|place| if place > 11 { '0' } else { digit(place) }).collect();
    format!("{prefix}_{text}")
}

fn ids(prefix: &str, numbers: [i64; 2]) -> Vec<Value> {
    numbers.map(|number| json!(id(prefix, number))).to_vec()
}

/// The instant so many articles ago.
fn ago(articles: i64) -> Value {
    let at = chrono::DateTime::from_timestamp(PRESENT - articles * SECONDS, 0).unwrap();
    json!(at.to_rfc3339())
}

/// The ways to what has a list: what stands before it in a document, and behind it.
pub(super) fn doors(parent: &str) -> Vec<(&'static str, &'static str)> {
    match parent {
        "Query" => vec![("", "")],
        // The one with thousands of comments and versions.
        "Article" => vec![(r#"article(by: {path: "/en/s5"}) {"#, "}")],
        "Author" => vec![(r#"author(by: {slug: "a1"}) {"#, "}"), (r#"author(by: {slug: "a3000"}) {"#, "}")],
        "Category" => vec![(r#"category(by: {slug: "c1"}) {"#, "}"), (r#"category(by: {slug: "c39"}) {"#, "}")],
        other => panic!("{other} has a list, and there is no way to it in tests/it/plan/samples.rs"),
    }
}

/// Values of a filter that is tested by operators.
pub(super) fn of(filter: &str) -> Option<Vec<Value>> {
    let instants = || vec![ago(ARTICLES - 50), ago(100)];
    Some(match filter {
        "ArticleFilter.author" => ids("aut", [1, 3_000]),
        "ArticleFilter.headline" => vec![json!("w1 the port reopens 1"), json!("w7919 the port reopens 1")],
        "ArticleFilter.id" => ids("art", [1, 50_001]),
        "ArticleFilter.kind" => vec![json!("NEWS"), json!("ANALYSIS")],
        "ArticleFilter.language" => vec![json!("fr"), json!("ht")],
        "ArticleFilter.publishedAt" | "ArticleFilter.updatedAt" | "AuditFilter.at" | "CorrectionFilter.correctedAt" => {
            instants()
        }
        "ArticleFilter.source" => ids("src", [1, 20_000]),
        "ArticleFilter.status" => vec![json!("PUBLISHED"), json!("KILLED")],
        "ArticleFilter.tag" => vec![json!("t1"), json!("t4000")],
        "AuthorFilter.name" => vec![json!("Author 1 the 1"), json!("Author 31 the 1001")],
        "AuthorFilter.slug" => vec![json!("a1"), json!("a4000")],
        "CategoryFilter.parent" | "CategoryScopeFilter.id" => ids("cat", [1, 39]),
        "CategoryFilter.slug" | "CategoryScopeFilter.slug" => vec![json!("c1"), json!("c39")],
        "ContactFilter.article" | "CorrectionFilter.article" | "MediaFilter.article" | "SourceFilter.citedBy" => {
            ids("art", [5, 50_002])
        }
        "ContactFilter.role" => vec![json!("EDITOR"), json!("ADVERTISING")],
        "CorrectionFilter.kind" => vec![json!("CORRECTION"), json!("RETRACTION")],
        "MediaFilter.kind" => vec![json!("IMAGE"), json!("DOCUMENT")],
        "RedirectFilter.path" => vec![json!("/old/1/1"), json!("/old/36/15023")],
        "RedirectFilter.status" => vec![json!("MOVED_PERMANENTLY"), json!("TEMPORARY_REDIRECT")],
        "RedirectFilter.target" => vec![json!("/fr/s1"), json!("/fr/s15023")],
        "SourceFilter.health" => vec![json!("UNCHECKED"), json!("GONE")],
        "SourceFilter.kind" => vec![json!("NEWS_ARTICLE"), json!("LEGISLATION")],
        "SourceFilter.outlet" => vec![json!("Outlet 0"), json!("Outlet 11")],
        "SourceFilter.title" => vec![json!("Report 1 on 1"), json!("Report 990 on 49549")],
        "TagFilter.name" => vec![json!("Tag 1 of 1"), json!("Tag 88 of 4983")],
        "TagFilter.slug" => vec![json!("t1"), json!("t4000")],
        _ => return None,
    })
}

/// Whole values of a filter that is tested by no operators.
pub(super) fn whole(filter: &str) -> Option<Vec<Value>> {
    let language = |tag: &str| json!({ "language": { "eq": tag } });
    Some(match filter {
        "ArticleFilter.and" => vec![json!([language("fr"), { "kind": { "eq": "OPINION" } }])],
        "ArticleFilter.or" => vec![json!([language("ht"), { "kind": { "eq": "OPINION" } }])],
        "ArticleFilter.not" => vec![language("fr")],
        "ArticleFilter.hasMedia" | "ArticleFilter.hasReferences" | "CategoryFilter.isRoot" => {
            vec![json!(true), json!(false)]
        }
        "AuditFilter.act" => vec![json!("articleUpdate"), json!("articleKill")],
        "AuditFilter.actor" => vec![json!("system"), json!("import")],
        "AuditFilter.entity" => vec![json!(id("art", 5)), json!(id("cat", 1))],
        "CategoryScopeFilter.includeDescendants" => {
            // Says nothing without a category.
            vec![json!(true)]
        }
        _ => return None,
    })
}

/// A span with two ends, where the operators make one: a hundred articles of half a year ago.
pub(super) fn span(operators: &[String]) -> Option<Value> {
    let has = |wanted: &str| operators.iter().any(|operator| operator == wanted);
    (has("gte") && has("lt")).then(|| json!({ "gte": ago(10_000), "lt": ago(9_900) }))
}

/// The tests of an operator with some values.
pub(super) fn tests(operator: &str, values: &[Value]) -> Vec<Value> {
    let part = |take: fn(&str) -> &str| values.iter().map(|value| json!(take(value.as_str().unwrap()))).collect();
    match operator {
        "eq" | "gt" | "gte" | "lt" | "lte" => values.to_vec(),
        "in" => vec![json!(values)],
        "notIn" => vec![json!([values[0]])],
        "isNull" => vec![json!(true), json!(false)],
        "startsWith" => part(|text| &text[..text.len() * 2 / 3]),
        "contains" => part(|text| &text[text.len() / 2..]),
        other => panic!("the operator {other} is offered and not known here"),
    }
}
