//! What many runs say together.

use serde::Serialize;

use super::measure::{Figures, Sample};

/// The medians over the rounds of one system, query and part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Median {
    /// Which part of the programme it belongs to.
    pub(crate) section: &'static str,
    /// The system.
    pub(crate) system: String,
    /// The query.
    pub(crate) query: &'static str,
    /// The median of each figure; the length of answers is that of the first round.
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// Failures, all rounds together.
    pub(crate) failures: u64,
    /// How many rounds it is made of.
    pub(crate) rounds: usize,
    /// How many rounds were dropped, because something else ran beside them.
    pub(crate) dropped: usize,
    /// Whether all rounds were so, and none was dropped.
    pub(crate) is_disturbed: bool,
}

/// The medians of all samples, in the order in which they first came.
pub(crate) fn medians(samples: &[Sample]) -> Vec<Median> {
    let key = |sample: &Sample| (sample.section, sample.system.clone(), sample.query);
    let mut keys: Vec<_> = Vec::new();
    for sample in samples {
        if !keys.contains(&key(sample)) {
            keys.push(key(sample));
        }
    }
    keys.iter()
        .filter_map(|wanted| of_rounds(samples.iter().filter(|sample| key(sample) == *wanted).collect()))
        .collect()
}

fn of_rounds(all: Vec<&Sample>) -> Option<Median> {
    let first = *all.first()?;
    let undisturbed: Vec<&Sample> = all.iter().copied().filter(|sample| !sample.is_disturbed()).collect();
    let is_disturbed = undisturbed.is_empty();
    let used = if is_disturbed { &all } else { &undisturbed };
    let of = |value: fn(&Figures) -> f64| median(used.iter().map(|sample| value(&sample.figures)).collect());
    Some(Median {
        section: first.section,
        system: first.system.clone(),
        query: first.query,
        figures: Figures {
            per_s: of(|figures| figures.per_s),
            p50_ms: of(|figures| figures.p50_ms),
            p99_ms: of(|figures| figures.p99_ms),
            server_us: of(|figures| figures.server_us),
            database_us: of(|figures| figures.database_us),
            client_us: of(|figures| figures.client_us),
            rss_mib: of(|figures| figures.rss_mib),
            pss_mib: of(|figures| figures.pss_mib),
            body_bytes: first.figures.body_bytes,
        },
        failures: used.iter().map(|sample| sample.failures).sum(),
        rounds: used.len(),
        dropped: all.len() - used.len(),
        is_disturbed,
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle).copied().unwrap_or_default();
    if values.len() % 2 == 1 {
        return upper;
    }
    let lower = middle.checked_sub(1).and_then(|place| values.get(place)).copied().unwrap_or_default();
    f64::midpoint(lower, upper)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A run of a system with so many answers a second, beside so many cores of something else.
    pub(crate) fn sample(system: &str, query: &'static str, per_s: f64, others_cores: f64) -> Sample {
        Sample {
            section: "hot",
            system: system.to_owned(),
            query,
            figures: Figures {
                per_s,
                p50_ms: 1.0,
                p99_ms: 2.0,
                server_us: 1e6 / per_s,
                database_us: 0.0,
                client_us: 1.0,
                rss_mib: 20.0,
                pss_mib: 19.0,
                body_bytes: 100,
            },
            others_cores,
            failures: 1,
        }
    }

    #[test]
    fn disturbed_rounds_are_dropped_and_told() {
        let samples = [
            sample("a", "Q1", 100.0, 0.0),
            sample("a", "Q1", 10.0, 1.0),
            sample("a", "Q1", 300.0, 0.1),
            sample("b", "Q1", 7.0, 0.5),
        ];
        let [a, b] = medians(&samples).try_into().unwrap();
        assert_eq!((a.figures.per_s, a.rounds, a.dropped, a.failures, a.is_disturbed), (200.0, 2, 1, 2, false));
        assert_eq!((b.figures.per_s, b.rounds, b.dropped, b.is_disturbed), (7.0, 1, 0, true));
    }

    #[test]
    fn the_median_of_three_is_the_middle_one() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
