//! Resolvers that finish in a shuffled order, against answers written by hand in the order graphql-js gives.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_graphql::{
    EmptySubscription, Enum, Error, Interface, List, Object, Request, Root, Schema, SelectsRootTwice, SimpleObject,
    Union,
};
use async_graphql_parser::{parse_query, types::ExecutableDocument};
use async_graphql_value::{Name, Variables};

use super::{Prepared, TypeTable, write_data};

/// Lets `turns` other resolvers go first.
async fn after(turns: usize) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

static RUNS: AtomicU32 = AtomicU32::new(0);
static KICKERS: AtomicU32 = AtomicU32::new(0);

struct Article {
    id: i32,
}

#[Object]
impl Article {
    async fn id(&self) -> i32 {
        after(7).await;
        self.id
    }
    /// The later ones are the faster ones.
    async fn number(&self) -> i32 {
        after(usize::try_from(4 - self.id).unwrap_or_default()).await;
        self.id
    }
    async fn fails_second(&self) -> Result<i32, Error> {
        if self.id == 2 { Err(Error::new("no")) } else { Ok(self.id) }
    }
    async fn headline(&self) -> String {
        after(5).await;
        format!("H{} \"é\u{1}\u{2028}\"", self.id)
    }
    async fn lede(&self) -> Option<String> {
        after(3).await;
        None
    }
    async fn authors(&self) -> List<Author> {
        after(4).await;
        let authors = [Author { name: "Ann".into(), desk: None }, Author { name: "Bo".into(), desk: Some("N".into()) }];
        authors.into_iter().collect()
    }
    async fn related(&self) -> List<Option<Article>> {
        after(1).await;
        let related = [Some(Article { id: self.id + 10 }), None];
        related.into_iter().filter(|_| self.id <= 10).collect()
    }
    async fn series(&self) -> List<Article> {
        (self.id..self.id + 3).map(|id| Article { id }).collect()
    }
    async fn kicker(&self) -> &str {
        KICKERS.fetch_add(1, Ordering::SeqCst);
        "K"
    }
    async fn fails(&self) -> Result<i32, Error> {
        after(2).await;
        Err(Error::new("no"))
    }
    async fn may_fail(&self) -> Result<Option<i32>, Error> {
        Err(Error::new("no"))
    }
    async fn grid(&self) -> Vec<Vec<i32>> {
        vec![vec![1, 2], vec![]]
    }
    async fn kind(&self) -> ArticleKind {
        ArticleKind::News
    }
    async fn me(&self) -> Article {
        after(2).await;
        Article { id: self.id }
    }
    async fn maybe_me(&self) -> Option<Article> {
        Some(Article { id: self.id })
    }
    async fn meta(&self) -> async_graphql::Json<serde_json::Value> {
        async_graphql::Json(serde_json::json!({"b": 1.5, "a": [true, null]}))
    }
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
enum ArticleKind {
    News,
}

#[derive(SimpleObject)]
struct Author {
    name: String,
    desk: Option<String>,
}

struct Category {
    id: i32,
}

#[Object]
impl Category {
    async fn id(&self) -> i32 {
        after(6).await;
        self.id
    }
    async fn name(&self) -> String {
        after(2).await;
        "News".into()
    }
    async fn lead(&self) -> Article {
        after(3).await;
        Article { id: 3 }
    }
}

#[derive(Interface)]
#[graphql(field(name = "id", ty = "i32"))]
enum Node {
    Article(Article),
    Category(Category),
}

#[derive(Union)]
enum Hit {
    Article(Article),
    Category(Category),
}

struct Query;

#[Object]
impl Query {
    async fn article(&self) -> Option<Article> {
        after(3).await;
        RUNS.fetch_add(1, Ordering::SeqCst);
        Some(Article { id: 1 })
    }
    async fn missing(&self) -> Option<Article> {
        None
    }
    async fn sure(&self) -> Article {
        after(1).await;
        Article { id: 2 }
    }
    async fn nodes(&self) -> List<Node> {
        after(2).await;
        [Node::Category(Category { id: 5 }), Node::Article(Article { id: 1 })].into_iter().collect()
    }
    async fn hits(&self) -> Option<Vec<Hit>> {
        Some(vec![Hit::Article(Article { id: 1 }), Hit::Category(Category { id: 5 })])
    }
    async fn count(&self, by: Option<i32>) -> i32 {
        after(9).await;
        by.unwrap_or(1)
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn bump(&self, by: i32) -> Article {
        RUNS.fetch_add(100, Ordering::SeqCst);
        Article { id: by }
    }
}

async fn answer_with(query: &str, operation: Option<&str>, variables: serde_json::Value) -> String {
    let schema = Schema::new(Root(Query), Root(Mutation), EmptySubscription);
    let types = TypeTable::of_schema(&schema).unwrap();
    let document = Arc::new(parse_query(query).unwrap());
    let prepared =
        Prepared::with_defaults(document, operation.map(Name::new), Variables::from_json(variables)).merged();
    let mut request = Request::new(query).variables(prepared.variables.clone());
    request.operation_name = operation.map(str::to_owned);
    request.set_parsed_query(ExecutableDocument::clone(&prepared.document));
    if prepared.selects_root_twice(&types) {
        request.data.insert(SelectsRootTwice);
    }
    let response = schema.execute(request).await;
    if response.errors.iter().any(|error| error.path.is_empty()) {
        return format!("{:?}", response.errors);
    }
    let mut out = Vec::new();
    write_data(&mut out, &response.data, (&prepared, &types), !response.errors.is_empty(), usize::MAX).unwrap();
    let text = String::from_utf8(out).unwrap();
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
    text
}

async fn answer(query: &str) -> String {
    answer_with(query, None, serde_json::Value::Null).await
}

#[tokio::test]
async fn fields_come_in_the_order_of_the_document() {
    assert_eq!(
        answer("{ count article { id headline lede kind grid meta } sure { related { id } id } }").await,
        r#"{"count":1,"article":{"id":1,"headline":"H1 \"é\u0001"#.to_owned()
            + "\u{2028}"
            + r#"\"","lede":null,"kind":"NEWS","grid":[[1,2],[]],"meta":{"a":[true,null],"b":1.5}},"sure":{"related":[{"id":12},null],"id":2}}"#
    );
}

#[tokio::test]
async fn aliases_and_type_names_stand_where_they_were_asked() {
    assert_eq!(
        answer("{ b: count(by: 2) __typename a: count sure { t: __typename x: id id } }").await,
        r#"{"b":2,"__typename":"Query","a":1,"sure":{"t":"Article","x":2,"id":2}}"#
    );
}

#[tokio::test]
async fn merged_selections_keep_the_place_of_the_first() {
    assert_eq!(
        answer("{ sure { id } count sure { lede me { lede } } ...F } fragment F on Query { sure { me { id } kind } }")
            .await,
        r#"{"sure":{"id":2,"lede":null,"me":{"lede":null,"id":2},"kind":"NEWS"},"count":1}"#
    );
}

#[tokio::test]
async fn merged_lists_are_merged_item_by_item() {
    assert_eq!(
        answer("{ sure { authors { desk } ...A } } fragment A on Article { authors { name desk } }").await,
        r#"{"sure":{"authors":[{"desk":null,"name":"Ann"},{"desk":"N","name":"Bo"}]}}"#
    );
}

#[tokio::test]
async fn items_stand_in_the_order_of_their_list_whichever_is_ready_first() {
    assert_eq!(
        answer("{ article { series { number kind } authors { name } } }").await,
        r#"{"article":{"series":[{"number":1,"kind":"NEWS"},{"number":2,"kind":"NEWS"},{"number":3,"kind":"NEWS"}],"authors":[{"name":"Ann"},{"name":"Bo"}]}}"#
    );
    assert_eq!(
        answer("{ sure { related { related { id } } } }").await,
        r#"{"sure":{"related":[{"related":[]},null]}}"#
    );
}

#[tokio::test]
async fn an_item_that_fails_takes_its_list_along_and_says_which_it_was() {
    let query = "{ article { kind maybeMe { id series { number failsSecond } } } }";
    assert_eq!(answer(query).await, r#"{"article":{"kind":"NEWS","maybeMe":null}}"#);
    let schema = Schema::new(Root(Query), Root(Mutation), EmptySubscription);
    let errors = schema.execute(query).await.errors;
    let [error] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(
        serde_json::to_value(&error.path).unwrap(),
        serde_json::json!(["article", "maybeMe", "series", 1, "failsSecond"])
    );
}

#[tokio::test]
async fn fragments_expand_in_place_and_once() {
    assert_eq!(
        answer(
            "{ sure { ...B id ...A ...B } } fragment A on Article { lede ...B } fragment B on Article { kind ... { headlineIs: kind } }"
        )
        .await,
        r#"{"sure":{"kind":"NEWS","headlineIs":"NEWS","id":2,"lede":null}}"#
    );
}

#[tokio::test]
async fn interfaces_are_ordered_by_the_type_that_stands_behind() {
    let query = "{ nodes { ... on Article { lede id } id ... on Category { name lead { lede id } } ... on Node { __typename } } }";
    assert_eq!(
        answer(query).await,
        r#"{"nodes":[{"id":5,"name":"News","lead":{"lede":null,"id":3},"__typename":"Category"},{"lede":null,"id":1,"__typename":"Article"}]}"#
    );
}

#[tokio::test]
async fn unions_are_ordered_and_an_object_without_keys_is_not_null() {
    assert_eq!(
        answer("{ hits { ...C } } fragment C on Category { name id }").await,
        r#"{"hits":[{},{"name":"News","id":5}]}"#
    );
    assert_eq!(
        answer("{ sure { ... on Node { id ... on Article { lede } } } hits { ... on Node { id } __typename } }").await,
        r#"{"sure":{"id":2,"lede":null},"hits":[{"id":1,"__typename":"Article"},{"id":5,"__typename":"Category"}]}"#
    );
}

#[tokio::test]
async fn skip_and_include_decide_by_variables_and_their_defaults() {
    let query = "query Q($yes: Boolean! = true, $no: Boolean = false) {
        sure { id @skip(if: $yes) lede @include(if: $yes) ... @include(if: $no) { kind } ...F @skip(if: $no) }
        count @include(if: $yes) @skip(if: $no)
        article { id @include(if: $no) } }
        fragment F on Article { headlineKind: kind @skip(if: false) }";
    assert_eq!(answer(query).await, r#"{"sure":{"lede":null,"headlineKind":"NEWS"},"count":1,"article":{}}"#);
    assert_eq!(
        answer_with(query, Some("Q"), serde_json::json!({"yes": false, "no": true})).await,
        r#"{"sure":{"id":2,"kind":"NEWS"},"article":{"id":1}}"#
    );
    assert_eq!(answer("{ count @skip(if: true) }").await, "{}");
}

#[tokio::test]
async fn a_failed_field_is_null_and_spreads_only_as_far_as_the_types_say() {
    assert_eq!(
        answer("{ sure { mayFail id maybeMe { fails id } } count }").await,
        r#"{"sure":{"mayFail":null,"id":2,"maybeMe":null},"count":1}"#
    );
    assert_eq!(answer("{ count sure { me { fails } } }").await, "null");
    assert_eq!(answer("{ sure { mayFail } count }").await, r#"{"sure":{"mayFail":null},"count":1}"#);
    assert_eq!(
        answer("{ article { related { id fails } id } missing { id } }").await,
        r#"{"article":{"related":[null,null],"id":1},"missing":null}"#
    );
}

#[tokio::test]
async fn a_field_selected_twice_side_by_side_runs_once() {
    let before = RUNS.load(Ordering::SeqCst);
    let text = answer("mutation { bump(by: 4) { id } bump(by: 4) { lede id } }").await;
    assert_eq!(text, r#"{"bump":{"id":4,"lede":null}}"#);
    assert_eq!((RUNS.load(Ordering::SeqCst) - before) / 100, 1);
}

#[tokio::test]
async fn a_fragment_spread_twice_below_a_union_runs_once() {
    let text = answer("{ hits { ...K ... on Article { ...K } } } fragment K on Article { kicker }").await;
    assert_eq!(text, r#"{"hits":[{"kicker":"K"},{}]}"#);
    assert_eq!(KICKERS.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn conflicting_fields_are_left_for_validation_to_refuse() {
    let text = answer("{ count(by: 1) count(by: 2) }").await;
    assert!(text.contains("conflict"), "{text}");
}

#[tokio::test]
async fn introspection_is_written_too() {
    assert_eq!(
        answer(r#"{ __type(name: "Author") { fields { type { ...T } name } } } fragment T on __Type { kind ofType { name kind } }"#)
            .await,
        r#"{"__type":{"fields":[{"type":{"kind":"NON_NULL","ofType":{"name":"String","kind":"SCALAR"}},"name":"name"},{"type":{"kind":"SCALAR","ofType":null},"name":"desk"}]}}"#
    );
}
