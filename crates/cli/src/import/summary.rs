//! The report as a page of text for whoever ran the import.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use super::report::{Count, Report};

/// How many renamed things are shown; the JSON report has all.
const RENAMED_SHOWN: usize = 10;
/// How much of a name is shown.
const NAME_CHARS_SHOWN: usize = 60;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let site = if self.site.title.is_empty() { &self.site.system } else { &self.site.title };
        if self.dry_run {
            writeln!(f, "Dry run: nothing was written. An import of {site} would do this:")?;
        } else {
            writeln!(f, "Imported {site}.")?;
        }
        self.counts(f)?;
        tally(f, "New articles by status", &self.statuses)?;
        tally(f, "New articles by language", &self.languages)?;
        tally(f, "Not content", &self.not_content)?;
        if self.old_addresses > 0 {
            writeln!(f, "Old addresses kept: {}", self.old_addresses)?;
        }
        self.renamings(f)?;
        for (title, list) in [("Repaired", &self.repaired), ("Skipped", &self.skipped), ("Notes", &self.notes)] {
            let mut by_code: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
            for entry in list {
                by_code.entry(entry.code).or_insert((0, entry.words)).0 += entry.count;
            }
            if !by_code.is_empty() {
                writeln!(f, "\n{title}")?;
            }
            for (code, (count, words)) in by_code {
                writeln!(f, "  {count:>6}  {code}: {words}")?;
            }
        }
        Ok(())
    }
}

impl Report {
    fn counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<12} {:>9} {:>10} {:>14} {:>8}", "", "imported", "unchanged", "changed since", "skipped")?;
        let counts = &self.counts;
        for (noun, count) in [
            ("authors", counts.authors),
            ("categories", counts.categories),
            ("tags", counts.tags),
            ("media", counts.media),
            ("articles", counts.articles),
            ("pages", counts.pages),
            ("comments", counts.comments),
            ("references", counts.references),
        ] {
            let Count { imported, unchanged, changed_since, skipped } = count;
            writeln!(f, "{noun:<12} {imported:>9} {unchanged:>10} {changed_since:>14} {skipped:>8}")?;
        }
        writeln!(f)
    }

    fn renamings(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.renamed.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nRenamed")?;
        for renaming in self.renamed.iter().take(RENAMED_SHOWN) {
            writeln!(f, "  {} {} -> {}", renaming.item.noun, shown(&renaming.from), shown(&renaming.to))?;
        }
        match self.renamed.len().checked_sub(RENAMED_SHOWN) {
            None | Some(0) => Ok(()),
            Some(more) => writeln!(f, "  … and {more} more; write a report with --report to see all"),
        }
    }
}

/// A name of which one line has room for two.
fn shown(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(NAME_CHARS_SHOWN) {
        None => Cow::Borrowed(name),
        Some((end, _)) => Cow::Owned(format!("{}…", name.get(..end).unwrap_or(name))),
    }
}

fn tally(f: &mut fmt::Formatter<'_>, title: &str, counts: &BTreeMap<String, u64>) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    let parts: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
    writeln!(f, "{title}: {}", parts.join(", "))
}
