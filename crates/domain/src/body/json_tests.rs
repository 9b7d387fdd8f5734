use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::body::testing::bodies;

fn fault(value: Value) -> (String, BodyProblem) {
    let error = Body::parse_json(&value).expect_err("faulty");
    (error.path().to_owned(), error.problem().clone())
}

fn block_fault(block: Value) -> (String, BodyProblem) {
    fault(json!({"version": 1, "blocks": [block]}))
}

fn text(words: &str) -> Value {
    json!([{"kind": "text", "text": words}])
}

#[test]
fn the_documented_example_reads_and_writes_back() {
    let page = include_str!("../../../../docs/body-format.md");
    let examples: Vec<&str> = page
        .split("```json\n")
        .skip(1)
        .filter_map(|part| part.split_once("\n```").map(|(example, _)| example))
        .collect();
    assert!(examples.len() >= 12, "an example of every kind");
    let mut kinds = std::collections::BTreeSet::new();
    for example in examples {
        let value: Value = serde_json::from_str(example).expect("JSON");
        let value = match value.get("version") {
            Some(_) => value,
            None => json!({"version": 1, "blocks": [value]}),
        };
        let body = Body::parse_json(&value).expect(example);
        assert_eq!(body.to_json(), value, "the example is in canonical form");
        kinds.extend(body.blocks().iter().map(|block| block.kind().name()));
    }
    assert_eq!(kinds.len(), 11, "an example of every kind");
}

#[test]
fn keys_and_anchors_may_be_left_out() {
    let body = Body::parse_json(&json!({"version": 1, "blocks": [
        {"kind": "heading", "level": 2, "text": text("Où ?")},
        {"kind": "rule"},
    ]}))
    .expect("plain");
    assert_eq!(
        body.to_json(),
        json!({"version": 1, "blocks": [
            {"key": "b1", "kind": "heading", "level": 2, "text": text("Où ?"), "anchor": "ou"},
            {"key": "b2", "kind": "rule"},
        ]})
    );
}

#[test]
fn an_error_says_where() {
    let unknown = |name: &str| BodyProblem::UnknownKey { name: name.into() };
    let expected = |expected| BodyProblem::WrongType { expected };
    for (value, path, problem) in [
        (json!([]), "", expected("an object")),
        (json!({"blocks": []}), "", BodyProblem::Missing { name: "version" }),
        (json!({"version": 2, "blocks": []}), "/version", BodyProblem::UnsupportedVersion { found: "2".into() }),
        (json!({"version": 1, "blocks": {}}), "/blocks", expected("an array")),
        (json!({"version": 1, "blocks": [], "a/b~": 1}), "/a~1b~0", unknown("a/b~")),
    ] {
        assert_eq!(fault(value), (path.to_owned(), problem));
    }
    for (block, path, problem) in [
        (json!(1), "/blocks/0", expected("an object")),
        (json!({"text": []}), "/blocks/0", BodyProblem::Missing { name: "kind" }),
        (json!({"kind": "poll"}), "/blocks/0/kind", BodyProblem::UnknownKind { kind: "poll".into() }),
        (json!({"kind": "paragraph", "text": "x"}), "/blocks/0/text", expected("an array")),
        (json!({"kind": "paragraph", "txt": []}), "/blocks/0/txt", unknown("txt")),
        (
            json!({"kind": "list", "ordered": false, "items": [{"text": [{"kind": "text", "text": 5}]}]}),
            "/blocks/0/items/0/text/0/text",
            expected("a string"),
        ),
        (
            json!({"kind": "paragraph", "text": [{"kind": "text", "text": "a", "marks": [{"kind": "blink"}]}]}),
            "/blocks/0/text/0/marks/0/kind",
            BodyProblem::UnknownKind { kind: "blink".into() },
        ),
        (
            json!({"kind": "paragraph", "text": [{"kind": "text", "text": "a", "marks": [{"kind": "strong", "x": 1}]}]}),
            "/blocks/0/text/0/marks/0/x",
            unknown("x"),
        ),
        (json!({"kind": "image", "alt": ""}), "/blocks/0", BodyProblem::ImageWithoutSource),
    ] {
        assert_eq!(block_fault(block), (path.to_owned(), problem));
    }
}

#[test]
fn an_error_is_a_violation_of_the_fields_it_names() {
    let error = Body::parse_json(&json!({"version": 1, "blocks": [{"kind": "image"}]})).expect_err("faulty");
    let violation = crate::violation::Violation::from(error);
    assert_eq!(violation.path, ["blocks", "0"]);
    assert_eq!(violation.to_string(), "blocks.0: an image needs `media` or `url`");
}

#[test]
fn values_that_break_a_rule_are_refused() {
    for (block, path) in [
        (json!({"kind": "heading", "level": 7, "text": text("a")}), "/blocks/0/level"),
        (json!({"kind": "heading", "level": 258, "text": text("a")}), "/blocks/0/level"),
        (json!({"kind": "rule", "key": "a b"}), "/blocks/0/key"),
        (json!({"kind": "image", "media": "art_1"}), "/blocks/0/media"),
        (json!({"kind": "image", "url": "javascript:alert(1)"}), "/blocks/0/url"),
        (json!({"kind": "embed", "url": "/a"}), "/blocks/0/url"),
        (json!({"kind": "quote", "content": [text("a")], "reference": 0}), "/blocks/0/reference"),
        (json!({"kind": "paragraph", "text": [{"kind": "reference", "number": 0}]}), "/blocks/0/text/0/number"),
        (
            json!({"kind": "paragraph", "text": [{"kind": "text", "text": "a", "marks": [{"kind": "language", "tag": "?"}]}]}),
            "/blocks/0/text/0/marks/0/tag",
        ),
        (json!({"kind": "raw", "type": "a b", "html": "x"}), "/blocks/0"),
    ] {
        let (at, problem) = block_fault(block);
        assert_eq!(at, path);
        assert!(matches!(problem, BodyProblem::InvalidValue { .. }), "{problem:?}");
    }
}

#[test]
fn a_number_too_large_or_not_whole_is_refused() {
    for number in [json!(-1), json!(1.5), json!(4_294_967_296_u64), json!("1")] {
        let (path, problem) =
            block_fault(json!({"kind": "paragraph", "text": [{"kind": "reference", "number": number}]}));
        assert_eq!(path, "/blocks/0/text/0/number");
        assert!(matches!(problem, BodyProblem::WrongType { .. }), "{problem:?}");
    }
}

#[test]
fn an_unknown_block_with_markup_becomes_raw_and_is_shown_as_text_until_checked() {
    let body = Body::parse_json(&json!({"version": 1, "blocks": [
        {"kind": "poll", "html": "<b onclick=x>Oui</b>"},
    ]}))
    .expect("raw");
    assert_eq!(
        body.html(&Default::default()),
        "<div class=\"raw\" data-type=\"poll\">&lt;b onclick=x&gt;Oui&lt;/b&gt;</div>"
    );
    let stored = Body::parse_stored(&body.to_json()).expect("raw");
    assert_eq!(stored.html(&Default::default()), "<div class=\"raw\" data-type=\"poll\"><b onclick=x>Oui</b></div>");
}

#[test]
fn an_unknown_block_with_more_than_markup_is_refused() {
    let (path, problem) = block_fault(json!({"kind": "poll", "html": "x", "votes": 3}));
    assert_eq!(path, "/blocks/0/votes");
    assert_eq!(problem, BodyProblem::UnknownKey { name: "votes".into() });
}

#[test]
fn a_link_to_a_script_loses_its_link_and_keeps_its_words() {
    let body = Body::parse_json(&json!({"version": 1, "blocks": [
        {"kind": "paragraph", "text": [
            {"kind": "text", "text": "ici", "marks": [{"kind": "link", "href": "java\nscript:alert(1)"}]},
        ]},
    ]}))
    .expect("plain");
    assert_eq!(body.html(&Default::default()), "<p>ici</p>");
}

#[test]
fn a_list_as_deep_as_json_goes_is_refused_where_the_limit_is_passed() {
    let mut list = json!({"ordered": false, "items": []});
    for _ in 0..60 {
        list = json!({"ordered": false, "items": [{"text": [], "lists": [list]}]});
    }
    list["kind"] = json!("list");
    let (path, problem) = block_fault(list);
    assert_eq!(problem, BodyProblem::TooDeep { max: 8 });
    assert_eq!(path, format!("/blocks/0{}", "/items/0/lists/0".repeat(8)));
}

#[test]
fn a_text_that_is_not_json_is_no_body() {
    for text in ["", "{", "{\"version\":1,\"blocks\":[]} x"] {
        let error = Body::parse_stored_text(text).expect_err(text);
        assert_eq!(error.problem(), &BodyProblem::WrongType { expected: "JSON" });
    }
}

#[test]
fn too_many_blocks_are_refused_before_they_are_read() {
    let blocks = vec![json!("not a block"); 5_001];
    let (path, problem) = fault(json!({"version": 1, "blocks": blocks}));
    assert_eq!((path.as_str(), problem), ("/blocks", BodyProblem::TooManyBlocks { max: 5_000 }));
}

proptest! {
    #[test]
    fn the_json_form_reads_back_as_the_same_body(body in bodies()) {
        let json = body.to_json();
        let read = Body::parse_json(&json).expect("own JSON");
        prop_assert_eq!(&read, &body);
        prop_assert_eq!(read.to_json(), json.clone());
        let text = json.to_string();
        let reparsed: Value = serde_json::from_str(&text).expect("own text");
        prop_assert_eq!(reparsed, json);
        prop_assert_eq!(Body::parse_stored_text(&text).expect("own text"), body);
    }

    #[test]
    fn any_small_json_is_read_or_refused(value in json_values()) {
        let _ = Body::parse_json(&json!({"version": 1, "blocks": [value]}));
    }
}

fn json_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z]{0,6}".prop_map(Value::from),
        proptest::sample::select(vec!["paragraph", "list", "text", "image", "table"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let key = proptest::sample::select(vec!["kind", "text", "items", "rows", "url", "marks", "lists", "key"]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..4).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}
