//! What a field of an article is in a change, and how it is shown: texts as they are, lists with one line an item.
//!
//! What is shown tells all of the value: fields that differ never show the same. Texts inside a line stand in quotes as
//! JSON writes them, so that nobody can write a line that reads like another.

use std::fmt;

use serde_json::Value;

use super::{
    FieldDiff,
    hunk::{Allowance, by_lines, by_words},
};
use crate::{
    CategoryId, ContactId, LanguageTag, Slug,
    article::{ArticleKind, Credit, MediaUsage, Seo},
    link::ArticleLink,
    reference::{Citation, Cited},
    source::{SourceAuthor, SourceContent},
    tag::TagName,
    text::{Line, Prose},
};

/// A part of an article's content that changes for itself.
pub(super) trait Part: Clone + PartialEq {
    /// All that a change of it is: enough to make it again, to know what it began from, and to show it.
    type Change: Clone + PartialEq + fmt::Debug;

    /// The change from this to another that differs.
    fn change_to(&self, new: &Self) -> Self::Change;

    /// The part after the change, unless it is not what the change was made from.
    fn changed(&self, change: &Self::Change) -> Option<Self>;

    /// Adds the change to what is shown.
    fn show(change: &Self::Change, path: &str, shown: &mut Shown);
}

/// What is shown of a change, in the making.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) diffs: Vec<FieldDiff>,
    allowance: Allowance,
}

impl Shown {
    pub(super) fn add(&mut self, path: String, before: Option<String>, after: Option<String>, unit: Unit) {
        let (old, new) = (before.as_deref().unwrap_or_default(), after.as_deref().unwrap_or_default());
        let hunks = match unit {
            Unit::Words => by_words(old, new, &mut self.allowance),
            Unit::Lines => by_lines(old, new, &mut self.allowance),
        };
        self.diffs.push(FieldDiff { path, before, after, hunks });
    }
}

/// What a text is compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Its words.
    Words,
    /// Its lines.
    Lines,
}

/// A field that is replaced as a whole.
pub(super) trait Field: Clone + PartialEq + fmt::Debug {
    const UNIT: Unit;

    /// The field as shown; nothing where there is nothing.
    fn shown(&self) -> Option<String>;
}

/// One value for another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Replaced<T> {
    before: T,
    after: T,
}

impl<T: Field> Part for T {
    type Change = Replaced<T>;

    fn change_to(&self, new: &Self) -> Replaced<T> {
        Replaced { before: self.clone(), after: new.clone() }
    }

    fn changed(&self, change: &Replaced<T>) -> Option<Self> {
        (*self == change.before).then(|| change.after.clone())
    }

    fn show(change: &Replaced<T>, path: &str, shown: &mut Shown) {
        shown.add(path.to_owned(), change.before.shown(), change.after.shown(), T::UNIT);
    }
}

macro_rules! texts {
    ($($text:ty $({ const $n:ident })?;)+) => {
        $(impl$(<const $n: usize>)? Field for $text {
            const UNIT: Unit = Unit::Words;

            fn shown(&self) -> Option<String> {
                Some(self.to_string())
            }
        })+
    };
}

texts! {
    ArticleKind;
    LanguageTag;
    Line<N> { const N };
    Prose<N> { const N };
    Slug;
}

impl<T: Field> Field for Option<T> {
    const UNIT: Unit = T::UNIT;

    fn shown(&self) -> Option<String> {
        self.as_ref().and_then(Field::shown)
    }
}

/// One line for each thing that is set.
impl Field for Seo {
    const UNIT: Unit = Unit::Lines;

    fn shown(&self) -> Option<String> {
        let Self { title, description, canonical_url, noindex } = self;
        let lines = [
            quoted("title", title.as_ref()),
            quoted("description", description.as_ref()),
            named("canonical", canonical_url.as_ref().map(crate::WebUrl::as_str)),
            named("noindex", noindex.then_some("true")),
        ];
        let set: Vec<&str> = lines.iter().map(|line| line.trim_start()).filter(|line| !line.is_empty()).collect();
        (!set.is_empty()).then(|| set.join("\n"))
    }
}

/// An item of a list.
pub(super) trait Item: Clone + PartialEq + fmt::Debug {
    /// The item on one line; `number` is its place from 1.
    fn line(&self, number: usize) -> String;
}

impl<T: Item> Field for Vec<T> {
    const UNIT: Unit = Unit::Lines;

    fn shown(&self) -> Option<String> {
        let lines: Vec<String> = self.iter().zip(1..).map(|(item, number)| item.line(number)).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

impl Item for CategoryId {
    fn line(&self, _: usize) -> String {
        self.to_string()
    }
}

impl Item for ContactId {
    fn line(&self, _: usize) -> String {
        self.to_string()
    }
}

impl Item for TagName {
    fn line(&self, _: usize) -> String {
        format!("{} ({})", self.name(), self.slug())
    }
}

impl Item for Credit {
    fn line(&self, _: usize) -> String {
        let Self { author, role, credited_as } = self;
        format!("{author} {role}{}", quoted("as", credited_as.as_ref()))
    }
}

impl Item for MediaUsage {
    fn line(&self, _: usize) -> String {
        let Self { media, caption, alt, credit } = self;
        let (caption, alt) = (quoted("caption", caption.as_ref()), quoted("alt", alt.as_ref()));
        format!("{media}{caption}{alt}{}", quoted("credit", credit.as_ref()))
    }
}

impl Item for Citation {
    fn line(&self, number: usize) -> String {
        let Self { id, cited, locator, quote, note } = self;
        let cited = match cited {
            Cited::Known(source) => source.to_string(),
            Cited::Described(source) => described(source),
        };
        let (locator, quote) = (quoted("locator", locator.as_ref()), quoted("quote", quote.as_ref()));
        let (note, id) = (quoted("note", note.as_ref()), named("id", id.as_ref()));
        format!("{number}. {cited}{locator}{quote}{note}{id}")
    }
}

impl Item for ArticleLink {
    fn line(&self, _: usize) -> String {
        let Self { kind, label, url, language } = self;
        format!("{kind} {}{}{}", url.as_str(), quoted("label", label.as_ref()), named("language", language.as_ref()))
    }
}

/// A source that no record is known of yet, in brackets.
fn described(source: &SourceContent) -> String {
    let SourceContent {
        kind,
        title,
        authors,
        outlet,
        published_on,
        accessed_on,
        url,
        archive_url,
        doi,
        isbn,
        language,
    } = source;
    let authors: String = authors
        .iter()
        .map(|author| match author {
            SourceAuthor::Person { given, family } => {
                format!("{}{}", quoted("family", Some(family)), quoted("given", given.as_ref()))
            }
            SourceAuthor::Literal(name) => quoted("author", Some(name)),
        })
        .collect();
    let parts = [
        quoted("title", Some(title)),
        authors,
        quoted("outlet", outlet.as_ref()),
        named("published", published_on.as_ref()),
        named("accessed", accessed_on.as_ref()),
        named("url", url.as_ref().map(crate::WebUrl::as_str)),
        named("archive", archive_url.as_ref().map(crate::WebUrl::as_str)),
        named("doi", doi.as_ref().map(crate::source::Doi::as_str)),
        named("isbn", isbn.as_ref().map(crate::source::Isbn::as_str)),
        named("language", language.as_ref()),
    ];
    format!("[{kind}{}]", parts.concat())
}

fn quoted(name: &str, text: Option<impl fmt::Display>) -> String {
    named(name, text.map(|text| Value::String(text.to_string())))
}

fn named(name: &str, value: Option<impl fmt::Display>) -> String {
    value.map(|value| format!(" {name} {value}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        AuthorId, MediaId, ReferenceId, SourceId,
        article::CreditRole,
        source::SourceKind,
        text::{Label, Paragraph, Title},
    };

    fn label(text: &str) -> Label {
        Label::parse(text).unwrap()
    }

    fn paragraph(text: &str) -> Paragraph {
        Paragraph::parse(text).unwrap()
    }

    fn id<T: std::str::FromStr<Err: fmt::Debug>>(prefix: &str) -> T {
        format!("{prefix}_01h455vb4pex5vsknk084sn02q").parse().unwrap()
    }

    #[test]
    fn an_item_is_one_line_that_tells_all_of_it() {
        let credit = Credit {
            author: id::<AuthorId>("aut"),
            role: CreditRole::Translator,
            credited_as: Some(label("J. \"Ti\" Pierre")),
        };
        assert_eq!(credit.line(1), r#"aut_01h455vb4pex5vsknk084sn02q TRANSLATOR as "J. \"Ti\" Pierre""#);
        let usage = MediaUsage {
            media: id::<MediaId>("med"),
            caption: Some(paragraph("Le port,\nhier")),
            alt: None,
            credit: Some(label("AFP")),
        };
        assert_eq!(usage.line(1), r#"med_01h455vb4pex5vsknk084sn02q caption "Le port,\nhier" credit "AFP""#);
        let citation = Citation {
            id: Some(id::<ReferenceId>("ref")),
            cited: Cited::Known(id::<SourceId>("src")),
            locator: Some(label("p. 12")),
            quote: None,
            note: Some(paragraph("À voir")),
        };
        assert_eq!(
            citation.line(3),
            "3. src_01h455vb4pex5vsknk084sn02q locator \"p. 12\" note \"À voir\" id ref_01h455vb4pex5vsknk084sn02q"
        );
        let french = "fr".parse().unwrap();
        assert_eq!(TagName::parse("Économie", &french).unwrap().line(1), "Économie (economie)");
        let link = ArticleLink {
            kind: crate::link::LinkKind::Visit,
            label: Some(label("Le musée")),
            url: crate::WebUrl::parse("https://example.org/a b").unwrap(),
            language: Some(french),
        };
        assert_eq!(link.line(1), r#"VISIT https://example.org/a%20b label "Le musée" language fr"#);
    }

    #[test]
    fn a_source_that_is_only_described_is_told_in_brackets() {
        let source = SourceContent {
            kind: SourceKind::Book,
            title: Title::parse("Gouverneurs de la rosée").unwrap(),
            authors: vec![SourceAuthor::Person { given: Some(label("Jacques")), family: label("Roumain") }],
            outlet: None,
            published_on: Some("1944".parse().unwrap()),
            accessed_on: None,
            url: None,
            archive_url: None,
            doi: None,
            isbn: None,
            language: None,
        };
        let citation =
            Citation { id: None, cited: Cited::Described(Box::new(source)), locator: None, quote: None, note: None };
        assert_eq!(
            citation.line(1),
            r#"1. [BOOK title "Gouverneurs de la rosée" family "Roumain" given "Jacques" published 1944]"#
        );
    }

    #[test]
    fn a_list_has_a_line_for_each_item_and_an_empty_one_is_nothing() {
        let ids: Vec<CategoryId> = vec![id("cat"), "cat_01h455vb4pex5vsknk084sn02r".parse().unwrap()];
        assert_eq!(ids.shown().as_deref(), Some("cat_01h455vb4pex5vsknk084sn02q\ncat_01h455vb4pex5vsknk084sn02r"));
        assert_eq!(Vec::<CategoryId>::new().shown(), None);
    }
}
