//! The results in words: tables, and the part of `docs/performance.md` that they fill.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

use super::{
    measure::{Figures, Protocol},
    median::Median,
    wrk::CONNECTIONS,
};

const BEGIN: &str = "<!-- bench:begin -->";
const END: &str = "<!-- bench:end -->";

/// Everything that is told.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    /// The machine, the code and the database.
    pub(crate) machine: &'a str,
    /// How long and how often was measured.
    pub(crate) protocol: &'a Protocol,
    /// The medians.
    pub(crate) medians: &'a [Median],
    /// The ratios.
    pub(crate) ratios: &'a [(&'static str, Option<f64>)],
    /// System, seconds to three good answers, and memory then.
    pub(crate) starts: &'a [(String, f64, f64)],
}

impl Report<'_> {
    /// As Markdown.
    pub(crate) fn markdown(&self) -> String {
        let Protocol { secs, warm_secs, .. } = self.protocol;
        let mut text = format!(
            "Measured {}. {CONNECTIONS} connections; runs of {secs} s after {warm_secs} s of warming up; medians over \
             alternating rounds.\n",
            self.machine
        );
        text.push_str("\n| ratio | |\n|---|--:|\n");
        for (name, ratio) in self.ratios {
            let ratio = ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}"));
            text.push_str(&format!("| `{name}` | {ratio} |\n"));
        }
        let mut sections: Vec<&str> = self.medians.iter().map(|median| median.section).collect();
        sections.dedup();
        for section in sections {
            text.push_str(&format!("\n### {section}\n\n{HEAD}"));
            for median in self.medians.iter().filter(|median| median.section == section) {
                text.push_str(&row(median));
            }
        }
        if !self.starts.is_empty() {
            text.push_str("\n### Start\n\n| system | seconds to three good answers | RSS MiB then |\n|---|--:|--:|\n");
            let mut told: Vec<&str> = Vec::new();
            for (system, seconds, mib) in self.starts {
                if !told.contains(&system.as_str()) {
                    told.push(system);
                    text.push_str(&format!("| {system} | {seconds:.2} | {mib:.0} |\n"));
                }
            }
        }
        let dropped: usize = self.medians.iter().map(|median| median.dropped).sum();
        if dropped > 0 {
            text.push_str(&format!("\n{dropped} runs were dropped, because something else ran beside them.\n"));
        }
        if self.medians.iter().any(|median| median.is_disturbed) {
            text.push_str(
                "\nLines with a star are worth little: something else ran beside every one of their rounds.\n",
            );
        }
        text
    }

    /// Puts the results between the markers of a document; what stands around them stays.
    ///
    /// # Errors
    /// When the document cannot be read or written, or lacks the markers.
    pub(crate) fn write(&self, document: &Path) -> Result<()> {
        let text = fs::read_to_string(document).with_context(|| format!("cannot read {}", document.display()))?;
        let filled = filled(&text, &self.markdown());
        let filled = filled.with_context(|| format!("{} lacks the lines {BEGIN} and {END}", document.display()))?;
        fs::write(document, filled).with_context(|| format!("cannot write {}", document.display()))
    }
}

const HEAD: &str = "| system | query | requests/s | p50 ms | p99 ms | CPU µs server | CPU µs database | CPU µs client \
    | RSS MiB | PSS MiB | body bytes | failures | rounds |\n|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";

fn row(median: &Median) -> String {
    let Median { section: _, system, query, figures, failures, rounds, dropped: _, is_disturbed } = median;
    let Figures { per_s, p50_ms, p99_ms, server_us, database_us, client_us, rss_mib, pss_mib, body_bytes } = figures;
    let star = if *is_disturbed { " *" } else { "" };
    format!(
        "| {system} | {query}{star} | {} | {p50_ms:.2} | {p99_ms:.2} | {server_us:.0} | {database_us:.0} | \
         {client_us:.0} | {rss_mib:.0} | {pss_mib:.0} | {body_bytes} | {failures} | {rounds} |\n",
        thousands(*per_s)
    )
}

fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn filled(document: &str, results: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{results}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::run::median::{medians, tests::sample};

    #[test]
    fn what_stands_around_the_results_stays() {
        let document = format!("# Speed\n{BEGIN}\nold\n{END}\nWords.\n");
        assert_eq!(filled(&document, "new\n").unwrap(), format!("# Speed\n{BEGIN}\n\nnew\n\n{END}\nWords.\n"));
        assert_eq!(filled("# Speed\n", "new"), None);
    }

    #[test]
    fn a_table_tells_medians_and_ratios_and_what_was_disturbed() {
        let protocol = Protocol { rounds: 1, secs: 3, warm_secs: 1, patience: Duration::ZERO, tries: 0, end: None };
        let medians = medians(&[sample("masthead-sqlite", "Q1", 98_765.4, 0.0), sample("l0g", "Q1", 100.0, 2.0)]);
        let ratios = [("hot_q1_vs_l0g", Some(0.914)), ("growth_pg", None)];
        let report = Report { machine: "here", protocol: &protocol, medians: &medians, ratios: &ratios, starts: &[] };
        let text = report.markdown();
        assert!(text.contains("| `hot_q1_vs_l0g` | 0.91 |\n| `growth_pg` | – |"), "{text}");
        assert!(text.contains("| masthead-sqlite | Q1 | 98,765 | 1.00 | 2.00 | 10 | 0 |"), "{text}");
        assert!(text.contains("| l0g | Q1 * | 100 |"), "{text}");
        assert!(text.contains("worth little"), "{text}");
    }
}
