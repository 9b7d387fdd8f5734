//! What an article says, and its ordered relations.

use crate::{
    AuthorId, CategoryId, ContactId, LanguageTag, MediaId, Slug,
    article::{ArticleKind, Seo},
    body::Body,
    link::ArticleLink,
    reference::Citation,
    tag::TagName,
    text::{Label, Line, Paragraph, Title},
    text_enum::text_enum,
    violation::{Violation, ViolationCode, Violations},
};

/// The most authors, categories, references, contacts, links or gallery items of one article. Such lists are plain
/// lists in the API because they are bounded.
pub const RELATED_MAX: usize = 200;
/// The most tags of one article.
pub const TAGS_MAX: usize = 100;
/// The longest printed byline, in characters.
pub const PRINTED_BYLINE_CHARS_MAX: usize = 300;

text_enum! {
    /// What somebody did for an article.
    CreditRole {
        /// Wrote it.
        Author = "AUTHOR",
        /// Wrote it with others.
        CoAuthor = "CO_AUTHOR",
        /// Translated it.
        Translator = "TRANSLATOR",
        /// Took its pictures.
        Photographer = "PHOTOGRAPHER",
        /// Edited it.
        Editor = "EDITOR",
        /// Helped.
        Contributor = "CONTRIBUTOR",
        /// The agency it came from.
        Agency = "AGENCY",
    }
}

/// One name in an article's credits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Who.
    pub author: AuthorId,
    /// For what.
    pub role: CreditRole,
    /// The name as printed here, when it differs.
    pub credited_as: Option<Label>,
}

/// A picture or file in an article's gallery, with words that hold only here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaUsage {
    /// Which.
    pub media: MediaId,
    /// The caption here; the record's own when absent.
    pub caption: Option<Paragraph>,
    /// The alternative text here; the record's own when absent.
    pub alt: Option<Paragraph>,
    /// The credit here; the record's own when absent.
    pub credit: Option<Label>,
}

/// Everything an editor writes in an article. Lists keep their order.
#[derive(Debug, Clone, PartialEq)]
pub struct ArticleContent {
    /// What sort of piece.
    pub kind: ArticleKind,
    /// Its language.
    pub language: LanguageTag,
    /// Its address within the language.
    pub slug: Slug,
    /// The headline.
    pub headline: Title,
    /// The second headline.
    pub secondary_headline: Option<Title>,
    /// The words above the headline.
    pub kicker: Option<Label>,
    /// The opening paragraph set apart from the body.
    pub lede: Option<Paragraph>,
    /// The byline as printed: "Par Jean Pierre, avec AFP".
    pub byline: Option<Line<PRINTED_BYLINE_CHARS_MAX>>,
    /// The text.
    pub body: Body,
    /// Credits in printed order.
    pub credits: Vec<Credit>,
    /// Categories, the primary one first.
    pub categories: Vec<CategoryId>,
    /// Tags by name.
    pub tags: Vec<TagName>,
    /// Gallery in order.
    pub gallery: Vec<MediaUsage>,
    /// References in order; number 1 is the first.
    pub references: Vec<Citation>,
    /// Contact blocks in order.
    pub contacts: Vec<ContactId>,
    /// Links in order.
    pub links: Vec<ArticleLink>,
    /// What search engines are told.
    pub seo: Seo,
}

impl ArticleContent {
    /// Checks the rules that span fields: list lengths, no repeats, and that body marks and references agree.
    ///
    /// # Errors
    /// Everything that is wrong, with its path.
    pub fn check(&self) -> Result<(), Violations> {
        let mut wrong = Violations::new();
        check_list_length(&mut wrong, "authors", self.credits.len(), RELATED_MAX);
        check_list_length(&mut wrong, "categoryIds", self.categories.len(), RELATED_MAX);
        check_list_length(&mut wrong, "tags", self.tags.len(), TAGS_MAX);
        check_list_length(&mut wrong, "gallery", self.gallery.len(), RELATED_MAX);
        check_list_length(&mut wrong, "references", self.references.len(), RELATED_MAX);
        check_list_length(&mut wrong, "contactIds", self.contacts.len(), RELATED_MAX);
        check_list_length(&mut wrong, "links", self.links.len(), RELATED_MAX);
        check_unique(&mut wrong, "authors", self.credits.iter().map(|credit| (credit.author, credit.role)));
        check_unique(&mut wrong, "categoryIds", self.categories.iter());
        check_unique(&mut wrong, "contactIds", self.contacts.iter());
        self.check_reference_marks(&mut wrong);
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }

    /// Every mark in the body must have its reference. A reference without a mark is allowed: pages list sources that
    /// the text does not number.
    fn check_reference_marks(&self, wrong: &mut Violations) {
        for (number, _) in self.body.reference_numbers() {
            let known = usize::try_from(number).is_ok_and(|number| (1..=self.references.len()).contains(&number));
            if !known {
                wrong.push(
                    Violation::new(
                        ViolationCode::ReferenceMarkerMismatch,
                        format!(
                            "the body marks reference {number}, but there are {} references",
                            self.references.len()
                        ),
                    )
                    .at("body"),
                );
            }
        }
    }
}

/// Notes a list that is longer than allowed.
pub fn check_list_length(wrong: &mut Violations, field: &str, length: usize, max: usize) {
    if length > max {
        wrong.push(
            Violation::new(ViolationCode::TooLong, format!("must have at most {max} items, has {length}")).at(field),
        );
    }
}

fn check_unique<T: std::hash::Hash + Eq>(wrong: &mut Violations, field: &str, items: impl Iterator<Item = T>) {
    let mut seen = std::collections::HashSet::new();
    for (place, item) in items.enumerate() {
        if !seen.insert(item) {
            wrong.push(Violation::invalid("stands twice in this list").at(place).at(field));
        }
    }
}
