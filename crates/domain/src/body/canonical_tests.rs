use proptest::prelude::*;

use super::*;
use crate::body::{
    ResourceUrl, Span,
    testing::{bodies, kind_names},
};

fn paragraph(text: &str) -> BlockKind {
    BlockKind::paragraph(Inline::plain(text))
}

fn keys(body: &Body) -> Vec<&str> {
    body.blocks().iter().map(|block| block.key().as_str()).collect()
}

fn problem(kinds: impl IntoIterator<Item = BlockKind>) -> BodyProblem {
    let error = Body::from_blocks(kinds).expect_err("too large");
    error.problem().clone()
}

fn nested(depth: usize) -> List {
    let lists = if depth > 1 { vec![nested(depth - 1)] } else { Vec::new() };
    List { items: vec![ListItem { text: Inline::plain("x"), lists }], ..List::default() }
}

fn long_headings() -> impl Iterator<Item = BlockKind> {
    // Together below the limit; with their anchors, which are as long again, above it.
    (0..4_000).map(|number| {
        let text =
            Inline::plain(&format!("{number:04} {}", "une rubrique assez longue pour remplir son ancre ".repeat(4)));
        BlockKind::Heading(Heading { level: 2, text, anchor: String::new() })
    })
}

#[test]
fn anchors_that_are_still_to_be_made_count() {
    assert_eq!(problem(long_headings()), BodyProblem::TooMuchText { max: limits::TEXT_BYTES_MAX });
    let (body, fault) = Body::fitting(long_headings());
    assert!(fault.is_some() && body.blocks().len() > 3_000);
    assert!(Body::parse_json(&body.to_json()).is_ok(), "what was taken once is taken again");
}

#[test]
fn what_was_kept_is_read_however_large_it_is() {
    let paragraphs = (0..3).map(|_| BlockKind::paragraph(Inline::plain(&"a".repeat(limits::TEXT_BYTES_MAX / 3))));
    let mut json = Body::from_blocks(paragraphs).expect("just small enough").to_json();
    let all = json["blocks"].as_array().cloned().expect("blocks");
    for (number, mut block) in all.into_iter().enumerate() {
        block["key"] = format!("c{number}").into();
        json["blocks"].as_array_mut().expect("blocks").push(block);
    }
    assert!(Body::parse_json(&json).is_err());
    assert_eq!(Body::parse_stored(&json).expect("kept").blocks().len(), 6);
}

#[test]
fn new_blocks_are_given_keys_in_order() {
    let body = Body::from_blocks([paragraph("a"), BlockKind::Rule]).expect("small");
    assert_eq!(keys(&body), ["b1", "b2"]);
}

#[test]
fn a_new_block_never_takes_the_key_of_another() {
    let key = |key: &str| BlockKey::parse(key);
    let body = Body::from_keyed_blocks([
        (None, paragraph("a")),
        (key("b7"), paragraph("b")),
        (key("intro"), paragraph("c")),
        (None, paragraph("d")),
    ])
    .expect("small");
    assert_eq!(keys(&body), ["b8", "b7", "intro", "b9"]);
}

#[test]
fn a_huge_key_number_does_not_overflow_the_next() {
    let huge = BlockKey::parse(&format!("b{}", u64::MAX));
    let body = Body::from_keyed_blocks([(huge, paragraph("a")), (None, paragraph("b"))]);
    assert_eq!(keys(&body.expect("small")).last(), Some(&"b1"));
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let key = BlockKey::parse("a");
    let error = Body::from_keyed_blocks([(key.clone(), BlockKind::Rule), (key, BlockKind::Rule)]).expect_err("double");
    assert_eq!(error.path(), "/blocks/1/key");
    assert_eq!(error.to_string(), "body at /blocks/1/key: block key `a` stands twice");
}

#[test]
fn blocks_that_say_nothing_are_dropped() {
    let empty_list = List { items: vec![ListItem::default()], ..List::default() };
    let body = Body::from_blocks([
        paragraph(" \n "),
        BlockKind::heading(2, Inline::default()),
        BlockKind::List(empty_list),
        BlockKind::Quote(Quote::default()),
        BlockKind::Gallery { items: Vec::new() },
        BlockKind::Table(Table { rows: vec![vec![Inline::default()]], ..Table::default() }),
        BlockKind::Code { code: "\n".into(), language: None },
        BlockKind::Raw { type_name: "x".into(), html: RawHtml::unchecked(" ") },
    ])
    .expect("small");
    assert!(body.is_empty());
}

#[test]
fn sister_lists_of_one_sort_below_an_item_are_one() {
    let item =
        ListItem { text: Inline::plain("a"), lists: vec![nested(1), nested(1), List { ordered: true, ..nested(1) }] };
    let list = List { items: vec![item], ..List::default() };
    let body = Body::from_blocks([BlockKind::List(list)]).expect("small");
    assert_eq!(body.text(), "- a\n  - x\n  - x\n  1. x");
}

#[test]
fn short_rows_are_filled_up() {
    let cell = || Inline::plain("x");
    let table = Table { rows: vec![vec![cell(), cell()], Vec::new(), vec![cell()]], ..Table::default() };
    let body = Body::from_blocks([BlockKind::Table(table)]).expect("small");
    let Some(BlockKind::Table(table)) = body.blocks().first().map(Block::kind) else {
        panic!("a table");
    };
    assert_eq!(table.rows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn an_image_without_a_source_is_refused() {
    assert_eq!(problem([BlockKind::Image(Image::default())]), BodyProblem::ImageWithoutSource);
}

#[test]
fn every_limit_is_held() {
    let many = std::iter::repeat_n(BlockKind::Rule, limits::BLOCKS_MAX + 1);
    assert_eq!(problem(many), BodyProblem::TooManyBlocks { max: 5_000 });

    let deep = nested(limits::NESTING_MAX + 1);
    assert_eq!(problem([BlockKind::List(deep)]), BodyProblem::TooDeep { max: 8 });
    assert!(Body::from_blocks([BlockKind::List(nested(8))]).is_ok());

    let long = "x".repeat(limits::TEXT_BYTES_MAX / 2 + 1);
    let long = [paragraph(&long), paragraph(&long)];
    assert_eq!(problem(long), BodyProblem::TooMuchText { max: 1024 * 1024 });

    let wide = Table { rows: vec![vec![Inline::plain("x"); 51]], ..Table::default() };
    assert!(matches!(problem([BlockKind::Table(wide)]), BodyProblem::TableTooLarge { .. }));
    let tall = Table { rows: vec![vec![Inline::plain("x")]; 201], ..Table::default() };
    assert!(matches!(problem([BlockKind::Table(tall)]), BodyProblem::TableTooLarge { .. }));

    let mut rows = vec![vec![Inline::plain("x")]; 200];
    rows[0] = vec![Inline::plain("x"); 50];
    let table = BlockKind::Table(Table { rows, ..Table::default() });
    let tables = std::iter::repeat_n(table, 11);
    assert_eq!(problem(tables), BodyProblem::TooManyParts { max: 100_000 });
}

#[test]
fn a_body_that_must_fit_leaves_out_what_does_not() {
    let many = std::iter::repeat_n(BlockKind::Rule, limits::BLOCKS_MAX + 1);
    let (body, fault) = Body::fitting([BlockKind::Image(Image::default()), paragraph("a")].into_iter().chain(many));
    assert_eq!(body.blocks().len(), limits::BLOCKS_MAX);
    assert_eq!(body.blocks()[0].kind(), &paragraph("a"));
    assert_eq!(fault.expect("an image without a source").problem(), &BodyProblem::ImageWithoutSource);
}

#[test]
fn addresses_count_as_text() {
    let long = format!("https://example.com/{}", "x".repeat(4_000));
    let image = || BlockKind::Image(Image { url: ResourceUrl::parse(&long), ..Image::default() });
    let kinds = std::iter::repeat_with(image).take(300);
    assert!(matches!(problem(kinds), BodyProblem::TooMuchText { .. }));
}

proptest! {
    #[test]
    fn a_canonical_body_stays_as_it_is(body in bodies()) {
        let again = Body::from_keyed_blocks(body.clone().into_keyed_blocks()).expect("canonical");
        prop_assert_eq!(kind_names(&body), kind_names(&again));
        prop_assert_eq!(body, again);
    }

    #[test]
    fn nothing_written_holds_a_forbidden_character(body in bodies()) {
        let blocks = body.blocks().iter().map(Block::kind);
        let blocks = blocks.filter(|kind| !matches!(kind, BlockKind::Raw { .. }));
        let body = Body::from_blocks(blocks.cloned()).expect("canonical");
        for written in [body.html(&Default::default()), body.text(), body.markdown(), body.excerpt(80)] {
            prop_assert!(!written.chars().any(super::super::is_forbidden_char), "{}", written);
        }
    }

    #[test]
    fn anchors_and_keys_are_unique(body in bodies()) {
        let mut anchors: Vec<_> = body.headings().into_iter().map(|h| h.anchor).collect();
        let mut block_keys = keys(&body);
        let counts = (anchors.len(), block_keys.len());
        anchors.sort();
        anchors.dedup();
        block_keys.sort_unstable();
        block_keys.dedup();
        prop_assert_eq!(counts, (anchors.len(), block_keys.len()));
    }
}

#[test]
fn a_span_of_code_keeps_its_words_apart() {
    let text = Inline::new([Span::plain("a "), Span::marked(" b", [crate::body::Mark::Code])]);
    assert_eq!(text.text(), "a  b");
}
