//! Properties of the whole house: values made at random, and for each a database asked whether the property holds.

use std::hash::{BuildHasher, RandomState};

use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngSeed, TestCaseResult, TestRunner},
};
use tokio::runtime::Handle;

/// How to make values, and the seed they are made from: another one each time, unless `PROPTEST_RNG_SEED` says which.
pub(crate) fn seeded() -> (u64, Config) {
    let given = Config::default();
    let seed = match given.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => RandomState::new().hash_one("seed"),
    };
    (seed, Config { rng_seed: RngSeed::Fixed(seed), failure_persistence: None, ..given })
}

/// Asks so many values whether a property holds. A failure tells the smallest value that shows it, and the seed that makes
/// the same values again when it is given as `PROPTEST_RNG_SEED`.
pub(crate) async fn every<S: Strategy + Send + 'static>(
    cases: u32,
    values: S,
    holds: impl AsyncFn(S::Value) -> TestCaseResult + Send + 'static,
) {
    let handle = Handle::current();
    let ended = tokio::task::spawn_blocking(move || {
        let (seed, given) = seeded();
        let config = Config { cases, max_shrink_iters: 200, ..given };
        let ended = TestRunner::new(config).run(&values, |value| handle.block_on(holds(value)));
        ended.map_err(|failure| format!("{failure}\nthe same again: PROPTEST_RNG_SEED={seed}"))
    });
    if let Err(failure) = ended.await.unwrap() {
        panic!("{failure}");
    }
}
