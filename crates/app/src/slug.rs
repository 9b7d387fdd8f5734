//! Finding a slug that is free.

use std::collections::HashSet;

use masthead_domain::Slug;
use masthead_store::StoreResult;

use crate::error::AppResult;

/// How many numbers are tried at once before looking further.
const NEAR: u32 = 20;

/// The slug itself, or a numbered one beside it that is not taken: the first, when those that are taken have no gap
/// behind the first twenty.
///
/// Only slugs that could be given are looked up, some twenty at once and then ever farther apart, so what that costs
/// does not grow with the number of things called alike.
pub(crate) async fn free<T, F>(wanted: &Slug, taken: T) -> AppResult<Slug>
where
    T: Fn(Vec<Slug>) -> F,
    F: Future<Output = StoreResult<Vec<String>>>,
{
    let near: Vec<Slug> = std::iter::once(wanted.clone()).chain((2..=NEAR).map(|n| wanted.numbered(n))).collect();
    if let Some(slug) = first_free(near, &taken).await? {
        return Ok(slug);
    }
    let far: Vec<u32> =
        (0..u32::BITS).map_while(|step| NEAR.checked_shl(step).filter(|far| far >> step == NEAR)).collect();
    let known: HashSet<String> = taken(far.iter().map(|n| wanted.numbered(*n)).collect()).await?.into_iter().collect();
    let is_taken = |number: &&u32| known.contains(wanted.numbered(**number).as_str());
    let mut low = far.iter().take_while(is_taken).last().copied().unwrap_or(NEAR);
    let mut high = far.iter().find(|number| !is_taken(number)).copied().unwrap_or(u32::MAX);
    // `low` is taken and `high` is free, so one of those between is free behind one that is taken.
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match first_free(vec![wanted.numbered(middle)], &taken).await? {
            Some(_) => high = middle,
            None => low = middle,
        }
    }
    Ok(wanted.numbered(high))
}

async fn first_free<T, F>(slugs: Vec<Slug>, taken: &T) -> AppResult<Option<Slug>>
where
    T: Fn(Vec<Slug>) -> F,
    F: Future<Output = StoreResult<Vec<String>>>,
{
    let found: HashSet<String> = taken(slugs.clone()).await?.into_iter().collect();
    Ok(slugs.into_iter().find(|slug| !found.contains(slug.as_str())))
}
