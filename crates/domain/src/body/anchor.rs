//! Anchors of headings: given ones are kept, missing ones are made from the words, all are unique.

use std::collections::HashSet;

use deunicode::deunicode;

use super::{Block, BlockKind, Inline, clean::is_forbidden_char, limits::ANCHOR_BYTES_MAX};

// Longer anchors help nobody who reads the address.
const SLUG_BYTES_MAX: usize = 80;

// A hyphen and the number of one of at most five thousand headings.
const NUMBER_BYTES_MAX: usize = 5;

/// How long the anchor of a heading may be once it is settled. The same for an anchor that was made from these words as
/// for none, so that a body which was taken is taken again.
pub(super) fn bytes_at_most(text: &Inline, given: &str) -> usize {
    given.len().max(slug(&text.text()).len() + NUMBER_BYTES_MAX)
}

/// Gives every heading its anchor. Usable given anchors come first, so that a heading inserted above
/// cannot take the anchor of one that readers have linked to.
pub(super) fn settle(blocks: &mut [Block]) {
    let mut taken: HashSet<String> = HashSet::new();
    let mut missing = Vec::new();
    for block in blocks {
        let BlockKind::Heading(heading) = &mut block.kind else {
            continue;
        };
        if is_usable(&heading.anchor) && taken.insert(heading.anchor.clone()) {
            continue;
        }
        missing.push(heading);
    }
    for heading in missing {
        let slug = slug(&heading.text.text());
        let mut anchor = slug.clone();
        let mut number = 1_u32;
        while !taken.insert(anchor.clone()) {
            number += 1;
            anchor = format!("{slug}-{number}");
        }
        heading.anchor = anchor;
    }
}

// The ids of reference marks and of the reference list are ours.
fn is_usable(anchor: &str) -> bool {
    !anchor.is_empty()
        && anchor.len() <= ANCHOR_BYTES_MAX
        && !anchor.starts_with("ref-")
        && !anchor.starts_with("refmark-")
        && !anchor
            .chars()
            .any(|c| c.is_whitespace() || is_forbidden_char(c) || matches!(c, '"' | '\'' | '<' | '>' | '&'))
}

fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in deunicode(text).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() && c != '\'' {
            slug.push('-');
        }
        if slug.len() >= SLUG_BYTES_MAX {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        return "section".to_owned();
    }
    if is_usable(slug) && is_usable(&format!("{slug}-")) { slug.to_owned() } else { format!("section-{slug}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, Heading, Inline};

    fn anchors(headings: &[(&str, &str)]) -> Vec<String> {
        let kinds = headings.iter().map(|(text, anchor)| {
            BlockKind::Heading(Heading { level: 2, text: Inline::plain(text), anchor: (*anchor).to_owned() })
        });
        let body = Body::from_blocks(kinds).expect("small");
        body.headings().into_iter().map(|h| h.anchor).collect()
    }

    #[test]
    fn an_anchor_is_the_words_in_ascii() {
        assert_eq!(
            anchors(&[("L’été à Jérémie : « où ? »", ""), ("Kreyòl ayisyen", ""), ("北京", ""), ("!!!", "")]),
            ["lete-a-jeremie-ou", "kreyol-ayisyen", "bei-jing", "section"]
        );
    }

    #[test]
    fn equal_headings_get_distinct_anchors() {
        assert_eq!(anchors(&[("A", ""), ("A", ""), ("A 2", ""), ("A", "")]), ["a", "a-2", "a-2-2", "a-3"]);
    }

    #[test]
    fn a_given_anchor_stays_with_its_heading() {
        assert_eq!(anchors(&[("New", ""), ("Old", "new"), ("Other", "new")]), ["new-2", "new", "other"]);
        assert_eq!(anchors(&[("Titre", "présentation")]), ["présentation"]);
    }

    #[test]
    fn an_anchor_never_takes_an_id_of_the_references() {
        assert_eq!(
            anchors(&[("Ref 1", ""), ("b", "refmark-1"), ("c", "a b"), ("d", "\"x"), ("Ref", ""), ("Ref", "")]),
            ["section-ref-1", "b", "c", "d", "section-ref", "section-ref-2"]
        );
    }
}
