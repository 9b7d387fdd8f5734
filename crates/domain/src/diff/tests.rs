use std::collections::HashSet;

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;
use crate::{
    article::CreditRole,
    body::{
        BlockKey, BlockKind, Heading, Inline, Link, Mark, Span,
        testing::{bodies, kinds, words},
    },
    link::LinkKind,
    reference::Cited,
    source::{SourceAuthor, SourceContent, SourceKind},
    web_url::WebUrl,
};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(prefix: &str, last: usize) -> T {
    format!("{prefix}_01h455vb4pex5vsknk084sn02{}", ["a", "b", "c"][last % 3]).parse().unwrap()
}

fn ids<T: std::str::FromStr<Err: std::fmt::Debug> + std::fmt::Debug>(prefix: &'static str) -> BoxedStrategy<T> {
    (0..3_usize).prop_map(move |last| id(prefix, last)).boxed()
}

fn label() -> impl Strategy<Value = Option<Label>> {
    option::of(words().prop_map(|text| Label::cut(&text))).prop_map(Option::flatten)
}

fn paragraph() -> impl Strategy<Value = Option<Paragraph>> {
    option::of(words().prop_map(|text| Paragraph::cut(&text))).prop_map(Option::flatten)
}

fn title() -> impl Strategy<Value = Option<Title>> {
    option::of(words().prop_map(|text| Title::cut(&text))).prop_map(Option::flatten)
}

fn some_title() -> impl Strategy<Value = Title> {
    title().prop_map(|title| title.unwrap_or_else(|| Title::parse("Titre").unwrap()))
}

fn language() -> impl Strategy<Value = LanguageTag> {
    select(vec!["fr", "ht", "zh-Hant"]).prop_map(|tag| tag.parse().unwrap())
}

fn url() -> impl Strategy<Value = WebUrl> {
    select(vec!["https://example.org/a b", "https://example.org/?a=\"b\""]).prop_map(|url| WebUrl::parse(url).unwrap())
}

fn source() -> impl Strategy<Value = SourceContent> {
    let authors = prop_oneof![
        some_title().prop_map(SourceAuthor::Literal),
        (label(), label()).prop_map(|(given, family)| SourceAuthor::Person {
            given,
            family: family.unwrap_or_else(|| Label::parse("Roumain").unwrap()),
        }),
    ];
    (some_title(), vec(authors, 0..3), title(), option::of(url()), option::of(url()), option::of(language())).prop_map(
        |(title, authors, outlet, url, archive_url, language)| SourceContent {
            kind: SourceKind::Book,
            title,
            authors,
            outlet,
            published_on: Some("1944".parse().unwrap()),
            accessed_on: None,
            url,
            archive_url,
            doi: None,
            isbn: None,
            language,
        },
    )
}

fn references() -> impl Strategy<Value = Vec<Citation>> {
    let cited = prop_oneof![
        3 => ids("src").prop_map(Cited::Known),
        1 => source().prop_map(|source| Cited::Described(Box::new(source))),
    ];
    let citation = (option::of(ids("ref")), cited, label(), paragraph(), paragraph())
        .prop_map(|(id, cited, locator, quote, note)| Citation { id, cited, locator, quote, note });
    vec(citation, 0..3)
}

fn credits() -> impl Strategy<Value = Vec<Credit>> {
    let role = select(CreditRole::ALL);
    let credit = (ids("aut"), role, label());
    vec(credit.prop_map(|(author, role, credited_as)| Credit { author, role, credited_as }), 0..3)
}

fn gallery() -> impl Strategy<Value = Vec<MediaUsage>> {
    let usage = (ids("med"), paragraph(), paragraph(), label());
    vec(usage.prop_map(|(media, caption, alt, credit)| MediaUsage { media, caption, alt, credit }), 0..3)
}

fn links() -> impl Strategy<Value = Vec<ArticleLink>> {
    let link = (select(LinkKind::ALL), label(), url(), option::of(language()));
    vec(link.prop_map(|(kind, label, url, language)| ArticleLink { kind, label, url, language }), 0..3)
}

fn seos() -> impl Strategy<Value = Seo> {
    let description = option::of(Just(crate::text::Prose::parse("De la mer.").unwrap()));
    (title(), description, option::of(url()), any::<bool>())
        .prop_map(|(title, description, canonical_url, noindex)| Seo { title, description, canonical_url, noindex })
}

fn tags() -> impl Strategy<Value = Vec<TagName>> {
    let tag = (select(vec!["Économie", "economie", "A (b)"]), select(vec!["economie", "b"]));
    let tag = tag.prop_map(|(name, slug)| TagName::with_slug(Line::parse(name).unwrap(), Slug::parse(slug).unwrap()));
    vec(tag, 0..3)
}

prop_compose! {
    fn contents()(
        (kind, language, slug) in (select(ArticleKind::ALL), language(), select(vec!["a", "a-b", "b-a"])),
        (headline, secondary_headline, kicker, lede) in (some_title(), title(), label(), paragraph()),
        byline in option::of(Just(Line::parse("Par Jean Pierre, avec AFP").unwrap())),
        body in bodies(),
        (credits, gallery, references, links) in (credits(), gallery(), references(), links()),
        seo in seos(),
        (categories, contacts, tags) in (vec(ids("cat"), 0..3), vec(ids("con"), 0..3), tags()),
    ) -> ArticleContent {
        let slug = Slug::parse(slug).unwrap();
        ArticleContent {
            kind, language, slug, headline, secondary_headline, kicker, lede, byline, body, credits, categories, tags,
            gallery, references, contacts, links, seo,
        }
    }
}

/// What an editor does with one block: where to put it, and what to make of it.
fn edits() -> impl Strategy<Value = Vec<(u8, Option<BlockKind>, bool)>> {
    vec((any::<u8>(), option::weighted(0.3, kinds()), proptest::bool::weighted(0.2)), 8)
}

/// A body after blocks were moved, changed and taken out, and others put in.
fn edited(body: &Body, edits: Vec<(u8, Option<BlockKind>, bool)>, keep_order: bool, more: Vec<BlockKind>) -> Body {
    let mut blocks: Vec<_> = body.clone().into_keyed_blocks().zip(edits).collect();
    if !keep_order {
        blocks.sort_by_key(|(_, (place, ..))| *place);
    }
    let kept = blocks.into_iter().filter(|(_, (.., is_gone))| !is_gone);
    let mut kept: Vec<_> = kept.map(|((key, kind), (_, other, _))| (key, other.unwrap_or(kind))).collect();
    for (place, kind) in more.into_iter().enumerate() {
        kept.insert(kept.len().min(place * 3), (None, kind));
    }
    Body::from_keyed_blocks(kept).unwrap_or_default()
}

prop_compose! {
    /// A content that another one could have become. Each field that `fields` names by its bit is of a third.
    fn later(old: ArticleContent, fields: u16)(
        other in contents(),
        (edits, body, keep_order, more) in (edits(), 0..4_u8, any::<bool>(), vec(kinds(), 0..3)),
    ) -> ArticleContent {
        let mut new = old.clone();
        macro_rules! take {
            ($($bit:literal $field:ident)+) => {
                $(if fields & (1 << $bit) != 0 { new.$field = other.$field.clone(); })+
            };
        }
        take! {
            0 kind 1 language 2 slug 3 headline 4 secondary_headline 5 kicker 6 lede 7 byline 8 credits 9 categories
            10 tags 11 gallery 12 references 13 contacts 14 links
        }
        // What search engines are told changes with the links.
        take!(14 seo);
        if fields & (1 << 15) != 0 {
            new.body = if body == 0 { other.body } else { edited(&old.body, edits, keep_order, more) };
        }
        new
    }
}

/// Two contents, of which some fields are the same and the bodies are often versions of one.
fn versions() -> impl Strategy<Value = (ArticleContent, ArticleContent)> {
    (contents(), any::<u16>()).prop_flat_map(|(old, fields)| (Just(old.clone()), later(old, fields)))
}

/// A content and two that it could have become, often by changes to different fields.
fn rivals() -> impl Strategy<Value = (ArticleContent, ArticleContent, ArticleContent)> {
    (contents(), any::<u16>(), any::<u16>(), any::<u16>()).prop_flat_map(|(old, fields, others, fewer)| {
        (Just(old.clone()), later(old.clone(), fields), later(old, others & fewer))
    })
}

fn paths(diffs: &[FieldDiff]) -> Vec<&str> {
    diffs.iter().map(|diff| diff.path.as_str()).collect()
}

fn told(hunks: &[Hunk], left_out: DiffOp) -> String {
    hunks.iter().filter(|hunk| hunk.op != left_out).map(|hunk| hunk.text.as_str()).collect()
}

/// The paths that must be shown, found the long way.
fn expected(old: &ArticleContent, new: &ArticleContent) -> HashSet<String> {
    let fields = changed_fields(old, new).into_iter().filter(|field| *field != "body").map(str::to_owned);
    let keys = |body: &Body| body.blocks().iter().map(|block| block.key().clone()).collect::<Vec<BlockKey>>();
    let (before, after) = (keys(&old.body), keys(&new.body));
    let order = (before != after).then(|| "body".to_owned());
    let all: HashSet<BlockKey> = before.into_iter().chain(after).collect();
    let blocks = all.into_iter().filter(|key| old.body.block(key) != new.body.block(key));
    fields.chain(order).chain(blocks.map(|key| format!("body.{key}"))).collect()
}

proptest! {
    // A content is large, and making one takes most of the time.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_patch_makes_the_new_content_of_the_old_one((old, new) in versions()) {
        let patch = Patch::between(&old, &new);
        prop_assert_eq!(patch.apply(&old), Ok(new.clone()));
        prop_assert_eq!(patch.fields(), changed_fields(&old, &new));
    }

    #[test]
    fn a_content_does_not_differ_from_itself(content in contents()) {
        prop_assert_eq!(diff(&content, &content), Vec::new());
        prop_assert_eq!(changed_fields(&content, &content), Vec::<&str>::new());
        prop_assert_eq!(Patch::between(&content, &content).apply(&content), Ok(content));
    }

    #[test]
    fn exactly_what_differs_is_shown_and_shows_it((old, new) in versions()) {
        let diffs = diff(&old, &new);
        let shown: HashSet<String> = diffs.iter().map(|diff| diff.path.clone()).collect();
        prop_assert_eq!(shown.len(), diffs.len(), "a path stands twice: {:?}", paths(&diffs));
        prop_assert_eq!(shown, expected(&old, &new));
        for FieldDiff { path, before, after, hunks } in &diffs {
            prop_assert_ne!(before, after, "{}", path);
            prop_assert_ne!(before.as_deref(), Some(""), "{}", path);
            prop_assert_ne!(after.as_deref(), Some(""), "{}", path);
            prop_assert_eq!(told(hunks, DiffOp::Insert), before.clone().unwrap_or_default(), "{}", path);
            prop_assert_eq!(told(hunks, DiffOp::Delete), after.clone().unwrap_or_default(), "{}", path);
        }
    }

    #[test]
    fn a_patch_is_refused_by_what_it_was_not_made_from((old, new, other) in rivals()) {
        let patch = Patch::between(&old, &new);
        let moved: Vec<&str> = changed_fields(&old, &other);
        let first = patch.fields().into_iter().find(|field| moved.contains(field));
        match (patch.apply(&other), first) {
            (Err(error), Some(path)) => prop_assert_eq!(error, PatchError { path }),
            // What the patch does not touch is left as it is there.
            (Ok(made), None) => {
                prop_assert_eq!(changed_fields(&other, &made), patch.fields());
                prop_assert_eq!(changed_fields(&new, &made), moved);
            }
            (result, first) => prop_assert!(false, "{result:?} {first:?}"),
        }
    }
}

fn article(blocks: &[(&str, BlockKind)]) -> ArticleContent {
    let blocks = blocks.iter().map(|(key, kind)| (BlockKey::parse(key), kind.clone()));
    ArticleContent {
        kind: ArticleKind::News,
        language: "fr".parse().unwrap(),
        slug: Slug::parse("le-port").unwrap(),
        headline: Title::parse("Le port rouvre").unwrap(),
        secondary_headline: None,
        kicker: None,
        lede: None,
        byline: None,
        body: Body::from_keyed_blocks(blocks).unwrap(),
        credits: Vec::new(),
        categories: Vec::new(),
        tags: Vec::new(),
        gallery: Vec::new(),
        references: Vec::new(),
        contacts: Vec::new(),
        links: Vec::new(),
        seo: Seo::default(),
    }
}

fn text(words: &str) -> BlockKind {
    BlockKind::paragraph(Inline::plain(words))
}

/// A diff on one line: `path =same -gone +new`.
fn lines(diffs: &[FieldDiff]) -> Vec<String> {
    let sign = |op| match op {
        DiffOp::Equal => '=',
        DiffOp::Insert => '+',
        DiffOp::Delete => '-',
    };
    let hunks =
        |hunks: &[Hunk]| hunks.iter().map(|hunk| format!(" {}[{}]", sign(hunk.op), hunk.text)).collect::<String>();
    diffs.iter().map(|diff| format!("{}{}", diff.path, hunks(&diff.hunks))).collect()
}

#[test]
fn fields_are_told_in_the_order_of_an_article() {
    let old = article(&[]);
    let mut new = old.clone();
    new.headline = Title::parse("Le port reste fermé").unwrap();
    new.lede = Some(Paragraph::parse("Hier soir.").unwrap());
    new.categories = vec![id("cat", 0), id("cat", 1)];
    let diffs = diff(&old, &new);
    assert_eq!(
        lines(&diffs),
        [
            "headline =[Le port ] -[rouvre] +[reste fermé]",
            "lede +[Hier soir.]",
            "categories +[cat_01h455vb4pex5vsknk084sn02a\ncat_01h455vb4pex5vsknk084sn02b]",
        ]
    );
    assert_eq!((diffs[1].before.as_deref(), diffs[1].after.as_deref()), (None, Some("Hier soir.")));
    let back = diff(&new, &old);
    assert_eq!((back[1].before.as_deref(), back[1].after.as_deref()), (Some("Hier soir."), None));
}

#[test]
fn blocks_are_told_one_by_one_in_reading_order() {
    let old = article(&[("b1", text("Un.")), ("b2", text("Deux.")), ("b3", text("Trois.")), ("b4", text("Quatre."))]);
    let new =
        article(&[("b1", text("Un seul.")), ("b5", text("Cinq.")), ("b3", text("Trois.")), ("b4", BlockKind::Rule)]);
    assert_eq!(
        lines(&diff(&old, &new)),
        [
            "body =[b1\n] -[b2\n] +[b5\n] =[b3\nb4]",
            "body.b1 =[Un] +[ seul] =[.]",
            "body.b2 -[Deux.]",
            "body.b5 +[Cinq.]",
            "body.b4 -[Quatre.] +[***]",
        ]
    );
}

#[test]
fn a_block_that_only_moved_is_told_by_the_order() {
    let (one, two, three) = (("b1", text("Un.")), ("b2", text("Deux.")), ("b3", text("Trois.")));
    let old = article(&[one.clone(), two.clone(), three.clone()]);
    let new = article(&[three, one, two]);
    assert_eq!(lines(&diff(&old, &new)), ["body +[b3\n] =[b1\nb2] -[\nb3]"]);
    assert_eq!(changed_fields(&old, &new), ["body"]);
}

#[test]
fn a_change_of_marks_alone_is_seen() {
    let spans = |mark: Option<Mark>| {
        let word = Span::marked("port", mark.into_iter().collect::<Vec<_>>());
        BlockKind::paragraph(Inline::new([Span::plain("Le "), word, Span::plain(" rouvre.")]))
    };
    let link = |href: &str| Some(Mark::Link(Link::to(crate::body::Href::parse(href).unwrap())));
    let of = |kind: BlockKind| article(&[("b1", kind)]);
    assert_eq!(
        lines(&diff(&of(spans(None)), &of(spans(Some(Mark::Strong))))),
        ["body.b1 =[Le ] +[**] =[port] +[**] =[ rouvre.]"]
    );
    assert_eq!(
        lines(&diff(&of(spans(link("/a"))), &of(spans(link("/b"))))),
        ["body.b1 =[Le [port](/] -[a] +[b] =[) rouvre.]"]
    );
}

#[test]
fn what_markdown_does_not_say_is_told_as_json() {
    let heading = |anchor: &str| {
        let text = Inline::plain("Titre");
        article(&[("b1", BlockKind::Heading(Heading { level: 2, text, anchor: anchor.to_owned() }))])
    };
    let diffs = diff(&heading("un"), &heading("deux"));
    let [FieldDiff { path, before: Some(before), hunks, .. }] = diffs.as_slice() else { panic!("{diffs:?}") };
    assert_eq!(path, "body.b1");
    assert!(before.contains("\"anchor\": \"un\""), "{before}");
    let changes: Vec<&str> =
        hunks.iter().filter(|hunk| hunk.op != DiffOp::Equal).map(|hunk| hunk.text.as_str()).collect();
    assert_eq!(changes, ["un", "deux"]);
}

#[test]
fn an_item_taken_from_a_list_is_a_line_less() {
    let mut old = article(&[]);
    old.contacts = vec![id("con", 0), id("con", 1), id("con", 2)];
    let mut new = old.clone();
    new.contacts.remove(1);
    let [a, b, c] = ["a", "b", "c"].map(|last| format!("con_01h455vb4pex5vsknk084sn02{last}"));
    assert_eq!(lines(&diff(&old, &new)), [format!("contacts =[{a}\n] -[{b}\n] =[{c}]")]);
}

#[test]
fn a_patch_says_which_field_it_does_not_fit() {
    let old = article(&[("b1", text("Un."))]);
    let mut new = old.clone();
    new.headline = Title::parse("Autre").unwrap();
    let patch = Patch::between(&old, &new);
    let mut elsewhere = article(&[("b1", text("Tout autre chose."))]);
    assert_eq!(patch.apply(&elsewhere).unwrap().headline.as_str(), "Autre");
    elsewhere.headline = Title::parse("Déjà changé").unwrap();
    let error = patch.apply(&elsewhere).unwrap_err();
    assert_eq!(error.to_string(), "`headline` is not what this change was made from");
}
