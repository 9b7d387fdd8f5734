//! The limits of our conventions, one by one.

use std::time::{Duration, Instant};

use async_graphql_parser::parse_query;
use async_graphql_value::Variables;

use super::{Analysis, Caller, Limits, Refusal, check_document, check_text};
use crate::{ErrorCode, graphql::ordered::TypeTable};

const SCHEMA: &str = r#"
interface Node { id: ID! }
type Article implements Node { id: ID! headline: String! authors: [ArticleAuthor!]! body: ArticleBody! translations: [Article!]! citedBy(first: Int, after: String): ArticleConnection! related(first: Int = 5): [Article!]! }
type ArticleAuthor { author: Author! }
type ArticleBody { html: String! text: String! blocks: [Block!]! wordCount: Int! }
type Block { outerHtml: String! }
type Author implements Node { id: ID! name: String! }
type ArticleConnection { edges: [ArticleEdge!]! nodes: [Article!]! pageInfo: PageInfo! totalCount: Int! }
type ArticleEdge { cursor: String! node: Article! }
type PageInfo { hasNextPage: Boolean! }
type Query { node(id: ID!): Node nodes(ids: [ID!]!): [Node]! article: Article articles(first: Int, after: String, last: Int): ArticleConnection! }
type Payload { ok: Boolean! }
type Mutation { login(name: String!): Payload! articleCreate: Payload! }
schema { query: Query mutation: Mutation }
"#;

const ANONYMOUS: Caller = Caller { is_signed_in: false, may_introspect: true };

fn ask(
    query: &str,
    operation: Option<&str>,
    variables: serde_json::Value,
    caller: Caller,
) -> Result<Analysis, Refusal> {
    let types = TypeTable::parse(SCHEMA).unwrap();
    let limits = Limits::default();
    check_text(query, &limits)?;
    let document = parse_query(query).unwrap();
    let variables = Variables::from_json(variables);
    check_document(&document, operation, &variables, &types, &limits, caller)
}

fn measured(query: &str) -> Analysis {
    ask(query, None, serde_json::Value::Null, ANONYMOUS).unwrap()
}

fn refused(query: &str) -> ErrorCode {
    ask(query, None, serde_json::Value::Null, ANONYMOUS).unwrap_err().code
}

fn doubling(n: usize) -> String {
    let mut query = "{...f0}".to_owned();
    for at in 0..n {
        query += &format!(" fragment f{at} on Query{{...f{0} ...f{0}}}", at + 1);
    }
    query + &format!(" fragment f{n} on Query{{__typename}}")
}

#[test]
fn fragments_that_double_thirty_times_are_refused_at_once() {
    let query = doubling(30);
    let started = Instant::now();
    assert_eq!(refused(&query), ErrorCode::QueryTooComplex);
    assert!(started.elapsed() < Duration::from_millis(50), "a debug build, with parsing: {:?}", started.elapsed());
}

#[test]
fn the_analysis_of_a_doubling_document_takes_less_than_ten_milliseconds() {
    let types = TypeTable::parse(SCHEMA).unwrap();
    let limits = Limits::default();
    let document = parse_query(doubling(30)).unwrap();
    let started = Instant::now();
    let refusal = check_document(&document, None, &Variables::default(), &types, &limits, ANONYMOUS).unwrap_err();
    assert!(started.elapsed() < Duration::from_millis(10), "{:?}", started.elapsed());
    assert_eq!(refusal.code, ErrorCode::QueryTooComplex);
}

#[test]
fn depth_twelve_passes_and_thirteen_does_not() {
    let nest = |levels: usize| {
        format!("{{article{{{}id{}}}}}", "translations{".repeat(levels - 3) + "translations{", "}".repeat(levels - 2))
    };
    // The cost limit stands in the way of a real tree this deep, so depth is asked of single objects.
    let deep = |levels: usize| format!("{{{}x{}}}", "a{".repeat(levels - 1), "}".repeat(levels - 1));
    assert_eq!(measured(&deep(12)).depth, 12);
    assert_eq!(refused(&deep(13)), ErrorCode::QueryTooDeep);
    assert_eq!(refused(&nest(12)), ErrorCode::QueryTooComplex, "a recursive list multiplies");
}

#[test]
fn depth_counts_through_fragments() {
    let query = "{a{a{a{a{a{a{...F}}}}}}} fragment F on Article{a{a{a{a{a{a{b}}}}}}}";
    assert_eq!(refused(query), ErrorCode::QueryTooDeep);
}

#[test]
fn a_long_chain_of_fragments_does_not_reach_the_end_of_the_stack() {
    let mut query = "{...f0}".to_owned();
    for at in 0..190 {
        query += &format!(" fragment f{at} on Query{{...f{}}}", at + 1);
    }
    query += " fragment f190 on Query{__typename}";
    assert_eq!(refused(&query), ErrorCode::QueryTooDeep);
}

#[test]
fn fragments_in_a_cycle_are_a_validation_error() {
    assert_eq!(
        refused("{...A} fragment A on Query{...B} fragment B on Query{...A}"),
        ErrorCode::GraphqlValidationFailed
    );
    assert_eq!(
        refused("{article{...A}} fragment A on Article{translations{...A}}"),
        ErrorCode::GraphqlValidationFailed
    );
}

#[test]
fn selections_are_counted_after_expansion_and_over_all_operations() {
    let fields: String = (0..90).map(|at| format!("f{at} ")).collect();
    let spreads = "article{...F} ".repeat(23);
    let query = format!("{{{spreads}}} fragment F on Article{{{fields}}}");
    assert_eq!(refused(&query), ErrorCode::QueryTooComplex);
    let two = format!("query A {{{0}}} query B {{{0}}} fragment F on Article{{{fields}}}", "article{...F} ".repeat(12));
    assert_eq!(ask(&two, Some("A"), serde_json::Value::Null, ANONYMOUS).unwrap_err().code, ErrorCode::QueryTooComplex);
}

#[test]
fn aliases_are_limited_at_the_root_and_in_all() {
    let root = |n: usize| (0..n).map(|at| format!("a{at}:article{{id}} ")).collect::<String>();
    assert!(ask(&format!("{{{}}}", root(15)), None, serde_json::Value::Null, ANONYMOUS).is_ok());
    assert_eq!(refused(&format!("{{{}}}", root(16))), ErrorCode::TooManyAliases);
    assert_eq!(
        refused(&format!("{{...F ...G}} fragment F on Query{{{}}} fragment G on Query{{b:article{{id}}}}", root(15))),
        ErrorCode::TooManyAliases
    );
    let inner: String = (0..31).map(|at| format!("a{at}:id ")).collect();
    assert_eq!(refused(&format!("{{article{{{inner}}}}}")), ErrorCode::TooManyAliases);
}

#[test]
fn directives_are_limited_at_a_place_and_in_all() {
    assert_eq!(refused("{article @a @a @a @a @a {id}}"), ErrorCode::TooManyDirectives);
    assert!(ask("{article @a @a @a @a {id}}", None, serde_json::Value::Null, ANONYMOUS).is_ok());
    let many = "article @a @a @a @a {id} ".repeat(13);
    assert_eq!(refused(&format!("{{{many}}}")), ErrorCode::TooManyDirectives);
}

#[test]
fn a_document_may_sign_in_once() {
    assert!(ask("mutation{login(name:\"a\"){ok} articleCreate{ok}}", None, serde_json::Value::Null, ANONYMOUS).is_ok());
    assert_eq!(
        refused("mutation{a:login(name:\"a\"){ok} ...F} fragment F on Mutation{login(name:\"b\"){ok}}"),
        ErrorCode::TooManyOperations
    );
}

#[test]
fn cost_is_about_the_number_of_objects() {
    assert_eq!(measured("{article{id headline}}").cost, 1);
    // One connection, twenty articles, each with three assumed author lines of one author.
    assert_eq!(measured("{articles{nodes{id authors{author{name}}}}}").cost, 1 + 20 * (1 + 3 * 2));
    assert_eq!(measured("{articles(first:5){edges{node{id}} totalCount pageInfo{hasNextPage}}}").cost, 1 + 5 + 1);
    assert_eq!(measured("{article{related{id} translations{id}}}").cost, 1 + 5 + 3);
    assert_eq!(measured("{nodes(ids:[\"a\",\"b\"]){id}}").cost, 2);
    assert_eq!(measured("{articles(first:50){...C}} fragment C on ArticleConnection{nodes{id}}").cost, 51);
    assert_eq!(measured("{articles(first:100000){nodes{id}}}").cost, 101, "longer pages are the list's own business");
    assert_eq!(measured("mutation{articleCreate{ok}}").cost, 11);
}

#[test]
fn writing_a_body_out_is_not_free() {
    assert_eq!(measured("{article{body{wordCount}}}").cost, 2);
    assert_eq!(measured("{article{body{html text a:html}}}").cost, 2 + 3 * 5);
    assert_eq!(measured("{article{body{blocks{outerHtml}}}}").cost, 2 + 5 + 3 * (1 + 1));
    let aliases: String = (0..20).map(|at| format!("a{at}:html ")).collect();
    assert_eq!(refused(&format!("{{articles(first:100){{nodes{{body{{{aliases}}}}}}}}}")), ErrorCode::QueryTooComplex);
}

#[test]
fn cost_follows_the_variables() {
    let query = "query Q($n: Int) { articles(first: $n) { nodes { citedBy(first: $n) { nodes { id } } } } }";
    let with = |n: i32, caller| ask(query, Some("Q"), serde_json::json!({"n": n}), caller);
    assert_eq!(with(10, ANONYMOUS).unwrap().cost, 1 + 10 * (1 + 1 + 10));
    let refusal = with(60, ANONYMOUS).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::QueryTooComplex);
    assert_eq!(refusal.numbers, [("cost", 1 + 60 * 62), ("limit", 2_000)]);
    assert!(with(60, Caller { is_signed_in: true, ..ANONYMOUS }).is_ok());
}

#[test]
fn the_section_front_and_the_article_page_are_far_from_every_limit() {
    let front = "{ articles(first: 20) { nodes { id headline authors { author { name } } translations { id headline } } pageInfo { hasNextPage } totalCount } }";
    assert!(measured(front).cost < 500);
}

#[test]
fn the_introspection_query_of_the_tools_passes() {
    let query = include_str!("introspection_query.graphql");
    let analysis = ask(query, Some("IntrospectionQuery"), serde_json::Value::Null, ANONYMOUS).unwrap();
    assert!(analysis.selections < 300);
}

#[test]
fn introspection_that_circles_is_refused() {
    let circle = "{__schema{types{fields{type{fields{type{fields{name}}}}}}}}";
    assert_eq!(refused(circle), ErrorCode::QueryTooDeep);
    let through_fragments = "{__schema{types{...A}}} fragment A on __Type{fields{type{...B}}} fragment B on __Type{fields{type{...C}}} fragment C on __Type{interfaces{name}}";
    assert_eq!(refused(through_fragments), ErrorCode::QueryTooDeep);
    let roots: String = (0..12).map(|at| format!("a{at}:__schema{{types{{name}}}} ")).collect();
    assert_eq!(refused(&format!("{{{roots}}}")), ErrorCode::QueryTooComplex);
}

#[test]
fn closed_introspection_is_refused_wherever_it_hides() {
    let closed = Caller { may_introspect: false, ..ANONYMOUS };
    for query in [
        "{__schema{types{name}}}",
        "{...F} fragment F on Query{__type(name:\"A\"){name}}",
        "query A{article{id}} query B{__schema{types{name}}}",
    ] {
        let operation = query.contains("query A").then_some("A");
        let refusal = ask(query, operation, serde_json::Value::Null, closed).unwrap_err();
        assert_eq!(refusal.code, ErrorCode::IntrospectionDisabled, "{query}");
    }
    assert!(ask("{article{__typename}}", None, serde_json::Value::Null, closed).is_ok());
}

proptest::proptest! {
    #[test]
    fn no_soup_of_tokens_makes_the_guard_panic(tokens in proptest::collection::vec(
        proptest::sample::select(vec![
            "{", "}", "(", ")", "[", "]", "...", "on", "Article", "Query", "fragment", "F", "G", "query", "mutation", "$n",
            ":", "=", "!", "@skip", "if", "true", "1", "-1.5e3", "\"a\"", "\"\"\"b\"\"\"", "article", "articles", "nodes", "first", "id",
            "__schema", "#", "\n", "\"", "é",
        ]),
        0..60,
    )) {
        let text = tokens.join(" ");
        let limits = Limits::default();
        if check_text(&text, &limits).is_ok() && let Ok(document) = parse_query(&text) {
            let types = TypeTable::parse(SCHEMA).unwrap();
            let _ = check_document(&document, None, &Variables::default(), &types, &limits, ANONYMOUS);
        }
    }
}
