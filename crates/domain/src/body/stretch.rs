//! Rare bytes in long texts. A stretch is looked at as a whole, which processors do at once, and byte by byte only where
//! it holds one.

const STRETCH: usize = 32;

/// Where the first of the bytes stands that are wanted.
pub(super) fn first(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let (stretches, _) = bytes.as_chunks::<STRETCH>();
    let has_none = |stretch: &&[u8; STRETCH]| !stretch.iter().fold(false, |found, byte| found | is_wanted(*byte));
    let passed = STRETCH * stretches.iter().take_while(has_none).count();
    let rest = bytes.get(passed..).unwrap_or_default();
    rest.iter().position(|byte| is_wanted(*byte)).map(|at| passed + at)
}

/// Where the second of two bytes stands that are the same as this one.
pub(super) fn first_repeated(bytes: &[u8], byte: u8) -> Option<usize> {
    let (_, after) = bytes.split_first()?;
    let ((before, _), (after_each, _)) = (bytes.as_chunks::<STRETCH>(), after.as_chunks::<STRETCH>());
    let has_none = |(before, after): &(&[u8; STRETCH], &[u8; STRETCH])| {
        !before.iter().zip(*after).fold(false, |found, (one, next)| found | ((*one == byte) & (*next == byte)))
    };
    let passed = STRETCH * before.iter().zip(after_each).take_while(has_none).count();
    let mut pairs = bytes.iter().zip(after).skip(passed);
    pairs.position(|(one, next)| *one == byte && *next == byte).map(|at| passed + at + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn they_are_found_where_they_stand(bytes in prop::collection::vec(prop::sample::select(&b"abc   "[..]), 0..200)) {
            let one_by_one = bytes.iter().position(|byte| *byte == b'c');
            prop_assert_eq!(first(&bytes, |byte| byte == b'c'), one_by_one);
            let pair_by_pair = bytes.windows(2).position(|pair| pair == b"aa").map(|at| at + 1);
            prop_assert_eq!(first_repeated(&bytes, b'a'), pair_by_pair);
        }

        #[test]
        fn rare_ones_are_found_far_behind(before in 0_usize..200, after in 0_usize..100) {
            let bytes = ["x".repeat(before), "  ".to_owned(), "x".repeat(after)].concat().into_bytes();
            prop_assert_eq!(first(&bytes, |byte| byte == b' '), Some(before));
            prop_assert_eq!(first_repeated(&bytes, b' '), Some(before + 1));
            prop_assert_eq!(first(&bytes, |byte| byte == b'y'), None);
        }
    }
}
