//! What a command has to say.

/// A result for programs and a note for people: the first belongs on standard output, the second on standard error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The result, with its line breaks.
    pub(crate) result: String,
    /// What to know about it, with its line breaks; may be empty.
    pub(crate) note: String,
}

impl Answer {
    /// A result that needs no note.
    pub(crate) fn result(result: String) -> Self {
        Self { result, note: String::new() }
    }

    /// A note without a result.
    pub(crate) fn note(note: String) -> Self {
        Self { result: String::new(), note }
    }
}

/// Rows under their headings, in columns.
pub(crate) fn table<const COLUMNS: usize>(headings: [&str; COLUMNS], rows: Vec<[String; COLUMNS]>) -> String {
    let rows: Vec<_> = std::iter::once(headings.map(str::to_owned)).chain(rows).collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; COLUMNS]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![["é".to_owned(), "long cell".to_owned()], ["three".to_owned(), String::new()]];
        assert_eq!(table(["A", "B"], rows), "A      B\né      long cell\nthree\n");
    }
}
