//! Marks: what is said about a stretch of text.

use super::{Href, clean};
use crate::LanguageTag;

/// One property of a stretch of text. A stretch carries each kind at most once, in this order, the
/// first outermost: a link is never cut by an emphasis inside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Leads somewhere.
    Link(Link),
    /// Is in another language than the article.
    Language {
        /// Which.
        tag: LanguageTag,
    },
    /// Is short for something.
    Abbreviation {
        /// The words in full.
        title: String,
    },
    /// Strong importance, usually bold.
    Strong,
    /// Stress, usually italic.
    Emphasis,
    /// Underlined.
    Underline,
    /// No longer holds.
    Strike,
    /// Marked for the reader's eye.
    Highlight,
    /// Small print.
    Small,
    /// Lowered, as in formulas.
    Subscript,
    /// Raised, as in formulas and ordinals; a reference mark is its own span instead.
    Superscript,
    /// Computer code; its spaces are kept.
    Code,
}

/// Where a stretch of text leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Link {
    /// The address.
    pub href: Href,
    /// Words shown on pointing at it.
    pub title: Option<String>,
    /// What the link is to this page: known `rel` words only, in the order given, parted by one space.
    pub rel: Option<String>,
    /// The language it leads to.
    pub hreflang: Option<LanguageTag>,
}

impl Link {
    /// A link with nothing but its address.
    pub fn to(href: Href) -> Self {
        Self { href, title: None, rel: None, hreflang: None }
    }
}

// `opener` is missing on purpose.
const REL_WORDS: [&str; 11] = [
    "alternate",
    "author",
    "bookmark",
    "external",
    "license",
    "me",
    "nofollow",
    "noopener",
    "noreferrer",
    "sponsored",
    "ugc",
];

impl Mark {
    /// The name in the JSON format.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Link(_) => "link",
            Self::Language { .. } => "language",
            Self::Abbreviation { .. } => "abbreviation",
            Self::Strong => "strong",
            Self::Emphasis => "emphasis",
            Self::Underline => "underline",
            Self::Strike => "strike",
            Self::Highlight => "highlight",
            Self::Small => "small",
            Self::Subscript => "subscript",
            Self::Superscript => "superscript",
            Self::Code => "code",
        }
    }

    // Its place in the canonical order.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Link(_) => 0,
            Self::Language { .. } => 1,
            Self::Abbreviation { .. } => 2,
            Self::Strong => 3,
            Self::Emphasis => 4,
            Self::Underline => 5,
            Self::Strike => 6,
            Self::Highlight => 7,
            Self::Small => 8,
            Self::Subscript => 9,
            Self::Superscript => 10,
            Self::Code => 11,
        }
    }

    /// Bytes of the mark's own texts, which count towards the size of a body.
    pub fn bytes(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Self::Link(link) => {
                link.href.as_str().len()
                    + optional(&link.title)
                    + optional(&link.rel)
                    + link.hreflang.as_ref().map_or(0, |tag| tag.as_str().len())
            }
            Self::Language { tag } => tag.as_str().len(),
            Self::Abbreviation { title } => title.len(),
            Self::Strong
            | Self::Emphasis
            | Self::Underline
            | Self::Strike
            | Self::Highlight
            | Self::Small
            | Self::Subscript
            | Self::Superscript
            | Self::Code => 0,
        }
    }

    // The mark with its texts in canonical form, or nothing when it says nothing.
    fn cleaned(self) -> Option<Self> {
        match self {
            Self::Link(link) => Some(Self::Link(Link {
                href: link.href,
                title: clean::optional_line(link.title.as_deref()),
                rel: link.rel.as_deref().and_then(known_rel),
                hreflang: link.hreflang,
            })),
            Self::Abbreviation { title } => {
                clean::optional_line(Some(&title)).map(|title| Self::Abbreviation { title })
            }
            plain => Some(plain),
        }
    }
}

/// Marks in canonical form: each kind once (the last one given wins, it is the innermost), in order.
pub(super) fn canonical(marks: Vec<Mark>) -> Vec<Mark> {
    let mut kept: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks.into_iter().filter_map(Mark::cleaned) {
        match kept.binary_search_by_key(&mark.rank(), Mark::rank) {
            Ok(at) => {
                if let Some(place) = kept.get_mut(at) {
                    *place = mark;
                }
            }
            Err(at) => kept.insert(at, mark),
        }
    }
    kept
}

fn known_rel(rel: &str) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for word in rel.split_ascii_whitespace() {
        let known = REL_WORDS.into_iter().find(|known| known.eq_ignore_ascii_case(word));
        if let Some(known) = known.filter(|known| !words.contains(known)) {
            words.push(known);
        }
    }
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_once_each_in_one_order() {
        let link = |to: &str| Mark::Link(Link::to(Href::parse(to).expect("safe")));
        let marks = canonical(vec![Mark::Code, link("/a"), Mark::Strong, Mark::Strong, link("/b")]);
        assert_eq!(marks, [link("/b"), Mark::Strong, Mark::Code]);
    }

    #[test]
    fn a_mark_that_says_nothing_is_dropped() {
        let marks = canonical(vec![
            Mark::Abbreviation { title: " ".into() },
            Mark::Language { tag: "ZH-hant".parse().unwrap() },
        ]);
        assert_eq!(marks, [Mark::Language { tag: "zh-Hant".parse().unwrap() }]);
    }

    #[test]
    fn only_known_rel_words_stay() {
        assert_eq!(known_rel("NoFollow opener nofollow stylesheet ugc").as_deref(), Some("nofollow ugc"));
        assert_eq!(known_rel("stylesheet"), None);
    }
}
