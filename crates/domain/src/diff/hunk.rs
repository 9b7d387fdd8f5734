//! Two texts side by side: by their words, or by their lines.

use std::{hash::Hash, iter, ops::Range};

use similar::{Algorithm, DiffTag, capture_diff_slices};
use unicode_segmentation::UnicodeSegmentation;

use crate::text_enum::text_enum;

/// How many pairs of tokens one diff compares at most, all its texts together. A text that would go beyond is given as
/// replaced whole, so the work has a bound that depends on nothing but the texts, and the same texts always give the
/// same hunks.
///
/// Two paragraphs of 2,500 words, of which no word is the same, are 25 million pairs.
pub const PAIRS_MAX: usize = 32_000_000;

text_enum! {
    /// What became of a stretch of text.
    DiffOp {
        /// It stands in both.
        Equal = "EQUAL",
        /// It came.
        Insert = "INSERT",
        /// It went.
        Delete = "DELETE",
    }
}

/// A stretch of text and what became of it.
///
/// Those of a text in their order, without the inserted ones, are the text before; without the deleted ones, the text
/// after. None is empty, and no two of the same sort follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// What became of it.
    pub op: DiffOp,
    /// The stretch.
    pub text: String,
}

/// What may still be compared.
#[derive(Debug)]
pub(super) struct Allowance {
    pairs: usize,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { pairs: PAIRS_MAX }
    }
}

impl Allowance {
    fn spend(&mut self, old: usize, new: usize) -> bool {
        let left = old.checked_mul(new).and_then(|pairs| self.pairs.checked_sub(pairs));
        self.pairs = left.unwrap_or(self.pairs);
        left.is_some()
    }
}

/// A stretch of two lists of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) op: DiffOp,
    /// Its place in the old list; empty for what came.
    pub(super) old: Range<usize>,
    /// Its place in the new list; empty for what went.
    pub(super) new: Range<usize>,
}

/// Where two lists agree and where not. Between two stretches that agree stands at most one that went, then at most one
/// that came.
pub(super) fn stretches<T: Eq + Hash + Ord>(old: &[T], new: &[T], allowance: &mut Allowance) -> Vec<Stretch> {
    let start = iter::zip(old, new).take_while(|(old, new)| old == new).count();
    let (old_rest, new_rest) = (old.get(start..).unwrap_or_default(), new.get(start..).unwrap_or_default());
    let end = iter::zip(old_rest.iter().rev(), new_rest.iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old_rest.len() - end, new_rest.len() - end);
    let (old_rest, new_rest) =
        (old_rest.get(..old_end).unwrap_or_default(), new_rest.get(..new_end).unwrap_or_default());

    let mut found = Vec::new();
    let mut push = |op, old: Range<usize>, new: Range<usize>| {
        if !old.is_empty() || !new.is_empty() {
            found.push(Stretch { op, old, new });
        }
    };
    push(DiffOp::Equal, 0..start, 0..start);
    if allowance.spend(old_end, new_end) {
        for part in capture_diff_slices(Algorithm::Myers, old_rest, new_rest) {
            let (tag, old, new) = part.as_tag_tuple();
            let (old, new) = (old.start + start..old.end + start, new.start + start..new.end + start);
            match tag {
                DiffTag::Equal => push(DiffOp::Equal, old, new),
                DiffTag::Delete | DiffTag::Insert | DiffTag::Replace => {
                    push(DiffOp::Delete, old.clone(), new.start..new.start);
                    push(DiffOp::Insert, old.end..old.end, new);
                }
            }
        }
    } else {
        push(DiffOp::Delete, start..start + old_end, start..start);
        push(DiffOp::Insert, start + old_end..start + old_end, start..start + new_end);
    }
    push(DiffOp::Equal, start + old_end..old.len(), start + new_end..new.len());
    found
}

/// Two texts by their words (UAX 29) and what stands between them.
pub(super) fn by_words(old: &str, new: &str, allowance: &mut Allowance) -> Vec<Hunk> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_word_bounds().collect(), new.split_word_bounds().collect());
    let stretches = stretches(&old, &new, allowance);
    let mut hunks = Hunks::default();
    let mut rest = stretches.as_slice();
    while let Some((stretch, after)) = rest.split_first() {
        let text = match stretch.op {
            DiffOp::Equal | DiffOp::Delete => old.get(stretch.old.clone()).unwrap_or_default().concat(),
            DiffOp::Insert => new.get(stretch.new.clone()).unwrap_or_default().concat(),
        };
        // Words that were exchanged in a row are read as one exchange, not word by word with the spaces between them.
        if stretch.op == DiffOp::Equal && !text.contains(char::is_alphanumeric) && hunks.exchanges() && exchanges(after)
        {
            hunks.push(DiffOp::Delete, &text);
            hunks.push(DiffOp::Insert, &text);
        } else {
            hunks.push(stretch.op, &text);
        }
        rest = after;
    }
    hunks.finish()
}

fn exchanges(stretches: &[Stretch]) -> bool {
    matches!(stretches, [Stretch { op: DiffOp::Delete, .. }, Stretch { op: DiffOp::Insert, .. }, ..])
}

/// Two texts by their lines, which are equal or not as a whole.
pub(super) fn by_lines(old: &str, new: &str, allowance: &mut Allowance) -> Vec<Hunk> {
    let (old, new) = (lines(old), lines(new));
    let mut hunks = Hunks::default();
    for stretch in stretches(&old, &new, allowance) {
        let Stretch { op, old: in_old, new: in_new } = stretch;
        match op {
            DiffOp::Delete => {
                for place in in_old {
                    hunks.line(op, &old, place);
                }
            }
            DiffOp::Insert => {
                for place in in_new {
                    hunks.line(op, &new, place);
                }
            }
            DiffOp::Equal => {
                for (old_place, new_place) in iter::zip(in_old, in_new) {
                    hunks.push(op, old.get(old_place).copied().unwrap_or_default());
                    // The last line of a text has no end, so a line may have one before and none after.
                    match (old_place + 1 < old.len(), new_place + 1 < new.len()) {
                        (true, true) => hunks.push(DiffOp::Equal, "\n"),
                        (true, false) => hunks.push(DiffOp::Delete, "\n"),
                        (false, true) => hunks.push(DiffOp::Insert, "\n"),
                        (false, false) => {}
                    }
                }
            }
        }
    }
    hunks.finish()
}

// A text that is not there has no line; `split` would see an empty one.
fn lines(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split('\n').collect() }
}

/// Hunks in the making. Within one change, what went stands before what came.
#[derive(Debug, Default)]
struct Hunks {
    done: Vec<Hunk>,
    deleted: String,
    inserted: String,
}

impl Hunks {
    fn push(&mut self, op: DiffOp, text: &str) {
        match op {
            DiffOp::Delete => self.deleted.push_str(text),
            DiffOp::Insert => self.inserted.push_str(text),
            DiffOp::Equal if text.is_empty() => {}
            DiffOp::Equal => {
                self.close();
                match self.done.last_mut() {
                    Some(Hunk { op: DiffOp::Equal, text: last }) => last.push_str(text),
                    _ => self.done.push(Hunk { op, text: text.to_owned() }),
                }
            }
        }
    }

    fn line(&mut self, op: DiffOp, lines: &[&str], place: usize) {
        self.push(op, lines.get(place).copied().unwrap_or_default());
        if place + 1 < lines.len() {
            self.push(op, "\n");
        }
    }

    /// Whether the change in the making takes some text for some other.
    fn exchanges(&self) -> bool {
        !self.deleted.is_empty() && !self.inserted.is_empty()
    }

    fn close(&mut self) {
        for (op, text) in [(DiffOp::Delete, &mut self.deleted), (DiffOp::Insert, &mut self.inserted)] {
            if !text.is_empty() {
                self.done.push(Hunk { op, text: std::mem::take(text) });
            }
        }
    }

    fn finish(mut self) -> Vec<Hunk> {
        self.close();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::body::testing::words;

    /// `=same -gone +new`, each stretch in brackets.
    fn shown(hunks: &[Hunk]) -> String {
        let sign = |op| match op {
            DiffOp::Equal => "=",
            DiffOp::Insert => "+",
            DiffOp::Delete => "-",
        };
        hunks.iter().map(|Hunk { op, text }| format!("{}[{text}]", sign(*op))).collect()
    }

    fn words_of(old: &str, new: &str) -> String {
        shown(&by_words(old, new, &mut Allowance::default()))
    }

    fn lines_of(old: &str, new: &str) -> String {
        shown(&by_lines(old, new, &mut Allowance::default()))
    }

    fn told(hunks: &[Hunk], left_out: DiffOp) -> String {
        hunks.iter().filter(|hunk| hunk.op != left_out).map(|hunk| hunk.text.as_str()).collect()
    }

    #[test]
    fn words_change_whole_with_their_elision_and_accents() {
        assert_eq!(words_of("L’été est là.", "L’hiver est là."), "-[L’été]+[L’hiver]=[ est là.]");
        assert_eq!(words_of("12,5 % des voix", "12,7 % des voix"), "-[12,5]+[12,7]=[ % des voix]");
        assert_eq!(words_of("à Jérémie", "à Jérémie, hier"), "=[à Jérémie]+[, hier]");
        assert_eq!(words_of("", "neuf"), "+[neuf]");
        assert_eq!(words_of("a", "a"), "=[a]");
        assert_eq!(words_of("", ""), "");
    }

    #[test]
    fn words_exchanged_in_a_row_are_one_exchange() {
        assert_eq!(
            words_of("le ministre de la Santé parle", "le chef de cabinet parle"),
            "=[le ]-[ministre]+[chef]=[ de ]-[la Santé]+[cabinet]=[ parle]"
        );
        assert_eq!(words_of("un deux trois", "one two three"), "-[un deux trois]+[one two three]");
        assert_eq!(words_of("a, b", "xa, by"), "-[a, b]+[xa, by]");
    }

    #[test]
    fn lines_are_equal_or_not_as_a_whole() {
        assert_eq!(lines_of("a\nb", "a\nb\nc"), "=[a\nb]+[\nc]");
        assert_eq!(lines_of("a\nb\nc", "b\nc"), "-[a\n]=[b\nc]");
        assert_eq!(lines_of("a\nb", "b\na"), "+[b\n]=[a]-[\nb]");
        assert_eq!(lines_of("a b\nc", "a d\nc"), "-[a b\n]+[a d\n]=[c]");
        assert_eq!(lines_of("", "a"), "+[a]");
    }

    #[test]
    fn a_text_beyond_the_allowance_is_replaced_but_for_what_its_ends_share() {
        let mut allowance = Allowance { pairs: 24 };
        let hunks = by_words("a b c d e", "a x c y e", &mut allowance);
        assert_eq!(shown(&hunks), "=[a ]-[b c d]+[x c y]=[ e]");
        assert_eq!(allowance.pairs, 24, "nothing was compared");
        assert_eq!(shown(&by_words("b c d", "x c y", &mut Allowance { pairs: 25 })), "-[b]+[x]=[ c ]-[d]+[y]");
    }

    #[test]
    fn texts_with_nothing_in_common_are_told_in_time() {
        let text = |word: &str| (0..1_000).map(|number| format!("{word}{number} ")).collect::<String>();
        let hunks = by_words(&text("a"), &text("b"), &mut Allowance::default());
        assert_eq!(told(&hunks, DiffOp::Insert), text("a"));
        let huge = |word: &str| (0..100_000).map(|number| format!("{word}{number} ")).collect::<String>();
        let hunks = by_words(&huge("a"), &huge("b"), &mut Allowance::default());
        assert_eq!(
            hunks.iter().map(|hunk| hunk.op).collect::<Vec<_>>(),
            [DiffOp::Delete, DiffOp::Insert, DiffOp::Equal]
        );
    }

    fn sound(hunks: &[Hunk], old: &str, new: &str) -> Result<(), TestCaseError> {
        prop_assert_eq!(told(hunks, DiffOp::Insert), old);
        prop_assert_eq!(told(hunks, DiffOp::Delete), new);
        prop_assert!(hunks.iter().all(|hunk| !hunk.text.is_empty()));
        prop_assert!(hunks.windows(2).all(|pair| pair[0].op != pair[1].op));
        Ok(())
    }

    proptest! {
        #[test]
        fn hunks_give_both_texts_back(old in words(), new in words(), pairs in 0..64_usize) {
            let allowance = || Allowance { pairs };
            sound(&by_words(&old, &new, &mut allowance()), &old, &new)?;
            sound(&by_lines(&old, &new, &mut allowance()), &old, &new)?;
        }

        #[test]
        fn lines_in_any_order_give_both_texts_back(old in "[ab\n]{0,12}", new in "[ab\n]{0,12}") {
            sound(&by_words(&old, &new, &mut Allowance::default()), &old, &new)?;
            sound(&by_lines(&old, &new, &mut Allowance::default()), &old, &new)?;
        }
    }
}
