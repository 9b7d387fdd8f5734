//! What is promised, as ratios of runs that took turns on one machine.

use serde_json::{Map, Value};

use super::median::Median;

/// One side of a ratio: part, system, query.
type Place = (&'static str, &'static str, &'static str);

/// Requests a second of the first over those of the second.
const OVER: &[(&str, Place, Place)] = &[
    ("hot_q1_vs_l0g", ("hot", "masthead-sqlite", "Q1"), ("hot", "l0g", "Q1")),
    ("hot_q2_vs_l0g", ("hot", "masthead-sqlite", "Q2"), ("hot", "l0g", "Q2")),
    ("cold_pg_q1_vs_l1r", ("cold", "masthead-postgres", "Q1"), ("cold", "l1r", "Q1")),
    ("cold_pg_q2_vs_l1r", ("cold", "masthead-postgres", "Q2"), ("cold", "l1r", "Q2")),
    ("cold_pg_q3_vs_l1r", ("cold", "masthead-postgres", "Q3"), ("cold", "l1r", "Q3")),
    ("cold_sqlite_q1_vs_s", ("cold", "masthead-sqlite", "Q1"), ("cold", "s-sqlite", "Q1")),
    ("cold_sqlite_q2_vs_s", ("cold", "masthead-sqlite", "Q2"), ("cold", "s-sqlite", "Q2")),
    ("cold_sqlite_q3_vs_s", ("cold", "masthead-sqlite", "Q3"), ("cold", "s-sqlite", "Q3")),
    ("w1_pg_vs_l1", ("w1", "masthead-postgres", "W1"), ("w1", "l1", "W1")),
];

/// The ratios by name, in the order in which they are told; `None` where a side was not measured.
pub(crate) fn ratios(medians: &[Median]) -> Vec<(&'static str, Option<f64>)> {
    let find = |(section, system, query): Place| {
        medians.iter().find(|found| (found.section, found.system.as_str(), found.query) == (section, system, query))
    };
    let per_s = |place| find(place).map(|found| found.figures.per_s);
    let cpu = |place| find(place).map(|found| found.figures.server_us + found.figures.database_us);
    let mut told: Vec<_> =
        OVER.iter().map(|(name, ours, theirs)| (*name, quotient(per_s(*ours), per_s(*theirs)))).collect();
    let writes = told.pop();
    // CPU of the page that begins after article 8,000 over that of the first; on the engine where it is worse.
    let deep = ["masthead-sqlite", "masthead-postgres"]
        .into_iter()
        .filter_map(|system| quotient(cpu(("cold", system, "Q4")), cpu(("cold", system, "Q4 first"))));
    told.push(("deep_page_vs_first", deep.reduce(f64::max)));
    // Requests a second of 100,000 articles over those of 10,000; of the query where it is worst.
    for (name, small, large) in [
        ("growth_sqlite", "masthead-sqlite", "masthead-sqlite-100k"),
        ("growth_pg", "masthead-postgres", "masthead-postgres-100k"),
    ] {
        let of = |query| quotient(per_s(("growth", large, query)), per_s(("growth", small, query)));
        let all: Option<Vec<f64>> = ["Q1", "Q2", "Q3", "Q4"].into_iter().map(of).collect();
        told.push((name, all.and_then(|all| all.into_iter().reduce(f64::min))));
    }
    told.extend(writes);
    told
}

/// The ratios as a JSON object; null where a side was not measured.
pub(crate) fn object(ratios: &[(&str, Option<f64>)]) -> Map<String, Value> {
    ratios.iter().map(|(name, ratio)| ((*name).to_owned(), ratio.map_or(Value::Null, Value::from))).collect()
}

fn quotient(upper: Option<f64>, lower: Option<f64>) -> Option<f64> {
    Some(upper? / lower.filter(|lower| *lower > 0.0)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::median::{medians, tests::sample};

    fn found(samples: &[(&'static str, &str, &'static str, f64)]) -> Vec<(&'static str, Option<f64>)> {
        let sample = |(section, system, query, per_s): &(&'static str, &str, &'static str, f64)| {
            let mut sample = sample(system, query, *per_s, 0.0);
            sample.section = section;
            sample
        };
        ratios(&medians(&samples.iter().map(sample).collect::<Vec<_>>()))
    }

    fn ratio(name: &str, samples: &[(&'static str, &str, &'static str, f64)]) -> Option<f64> {
        found(samples).into_iter().find(|(found, _)| *found == name).and_then(|(_, ratio)| ratio)
    }

    #[test]
    fn the_names_are_those_that_others_look_for() {
        let names: Vec<_> = found(&[]).into_iter().map(|(name, _)| name).collect();
        let wanted = "hot_q1_vs_l0g hot_q2_vs_l0g cold_pg_q1_vs_l1r cold_pg_q2_vs_l1r cold_pg_q3_vs_l1r \
            cold_sqlite_q1_vs_s cold_sqlite_q2_vs_s cold_sqlite_q3_vs_s deep_page_vs_first growth_sqlite growth_pg \
            w1_pg_vs_l1";
        assert_eq!(names, wanted.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn a_ratio_is_ours_over_theirs() {
        let samples = [("hot", "masthead-sqlite", "Q1", 90.0), ("hot", "l0g", "Q1", 100.0)];
        assert_eq!(ratio("hot_q1_vs_l0g", &samples), Some(0.9));
        assert_eq!(ratio("hot_q1_vs_l0g", &samples[..1]), None);
    }

    #[test]
    fn a_deep_page_is_compared_by_what_it_costs_where_it_costs_most() {
        let samples = [
            ("cold", "masthead-sqlite", "Q4", 100.0),
            ("cold", "masthead-sqlite", "Q4 first", 100.0),
            ("cold", "masthead-postgres", "Q4", 50.0),
            ("cold", "masthead-postgres", "Q4 first", 100.0),
        ];
        assert_eq!(ratio("deep_page_vs_first", &samples), Some(2.0));
    }

    #[test]
    fn growth_is_that_of_the_query_that_suffers_most() {
        let mut samples = Vec::new();
        for (query, large) in [("Q1", 100.0), ("Q2", 80.0), ("Q3", 90.0), ("Q4", 110.0)] {
            samples.push(("growth", "masthead-sqlite", query, 100.0));
            samples.push(("growth", "masthead-sqlite-100k", query, large));
        }
        assert_eq!(ratio("growth_sqlite", &samples), Some(0.8));
        assert_eq!(ratio("growth_sqlite", &samples[..6]), None);
    }
}
