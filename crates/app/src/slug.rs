//! Finding a slug that is free.

use std::collections::HashSet;

use masthead_domain::Slug;

/// The slug itself, or the first numbered one beside it that is not taken.
pub(crate) fn free(wanted: &Slug, taken: impl IntoIterator<Item = String>) -> Slug {
    let taken: HashSet<String> = taken.into_iter().collect();
    if !taken.contains(wanted.as_str()) {
        return wanted.clone();
    }
    // One of `taken.len() + 1` different numbers is free.
    (2..)
        .map(|number| wanted.numbered(number))
        .find(|slug| !taken.contains(slug.as_str()))
        .unwrap_or_else(|| wanted.clone())
}
