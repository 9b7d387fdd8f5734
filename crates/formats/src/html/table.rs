//! Tables.

use masthead_domain::body::{BlockKind, Inline, Table, limits};

use super::{
    convert::{Converter, Place},
    marks, names,
    note::NoteKind,
    tree::{Element, Node},
};

/// The blocks of a `<table>`: itself (several when it is too long), what stands in it and is no cell before it, and
/// what its cells cannot hold after it. A table that only lays out a page is unwrapped.
pub(super) fn blocks(converter: &mut Converter<'_>, element: &Element, place: &Place) -> Vec<BlockKind> {
    let mut parts = Parts::default();
    parts.gather(element);
    let mut kinds = Vec::new();
    for node in &parts.stray {
        kinds.extend(converter.blocks(std::slice::from_ref(*node), place));
    }
    if parts.is_layout() {
        converter.notes.add(NoteKind::Simplified, "table for layout");
        for part in parts.captions.iter().chain(parts.rows.iter().flat_map(|row| &row.cells)) {
            kinds.extend(converter.blocks(&part.children, place));
        }
        return kinds;
    }
    let mut others = Vec::new();
    let mut caption = Vec::new();
    for part in &parts.captions {
        let (text, more) = converter.inline(&part.children, place);
        caption.push(text);
        others.extend(more);
    }
    let has_header = parts.rows.first().is_some_and(Row::is_header);
    let rows = read(converter, &parts.rows, place, &mut others);
    converter.moved_out(&others, "table");
    let table = Table { has_header, rows, caption: Inline::lines(caption) };
    kinds.extend(split(converter, table));
    kinds.extend(others);
    kinds
}

#[derive(Default)]
struct Parts<'a> {
    captions: Vec<&'a Element>,
    rows: Vec<Row<'a>>,
    stray: Vec<&'a Node>,
}

struct Row<'a> {
    cells: Vec<&'a Element>,
    in_head: bool,
}

impl Row<'_> {
    fn is_header(&self) -> bool {
        self.in_head || !self.cells.is_empty() && self.cells.iter().all(|cell| &*cell.name == "th")
    }
}

impl<'a> Parts<'a> {
    fn gather(&mut self, element: &'a Element) {
        let in_head = &*element.name == "thead";
        for node in &element.children {
            let Node::Element(child) = node else {
                if !node.is_blank() {
                    self.stray.push(node);
                }
                continue;
            };
            match &*child.name {
                "caption" => self.captions.push(child),
                "tr" => self.row(child, in_head),
                "thead" | "tbody" | "tfoot" => self.gather(child),
                "colgroup" | "col" => {}
                _ => self.stray.push(node),
            }
        }
    }

    fn row(&mut self, row: &'a Element, in_head: bool) {
        let mut cells = Vec::new();
        for node in &row.children {
            match node {
                Node::Element(child) if matches!(&*child.name, "td" | "th") => cells.push(child),
                node if node.is_blank() => {}
                node => self.stray.push(node),
            }
        }
        if !cells.is_empty() {
            self.rows.push(Row { cells, in_head });
        }
    }

    fn is_layout(&self) -> bool {
        let cells = || self.rows.iter().flat_map(|row| &row.cells);
        let lone = cells().count() == 1;
        let no_data = |inner: &Element| {
            names::heading_level(&inner.name).is_some()
                || matches!(
                    &*inner.name,
                    "table" | "figure" | "iframe" | "video" | "audio" | "object" | "embed" | "article" | "section"
                )
        };
        lone || cells().any(|cell| cell.find(&no_data).is_some())
    }
}

fn read(
    converter: &mut Converter<'_>,
    rows: &[Row<'_>],
    place: &Place,
    others: &mut Vec<BlockKind>,
) -> Vec<Vec<Inline>> {
    let mut table = Vec::with_capacity(rows.len());
    // For each column, how many rows below are taken by a cell of this or an earlier row.
    let mut taken = [0_usize; limits::TABLE_COLUMNS_MAX];
    for row in rows {
        let mut line: Vec<Inline> = Vec::new();
        let skip_taken = |line: &mut Vec<Inline>, taken: &mut [usize]| {
            while let Some(left) = taken.get_mut(line.len()).filter(|left| **left > 0) {
                *left -= 1;
                line.push(Inline::default());
            }
        };
        for cell in &row.cells {
            skip_taken(&mut line, &mut taken);
            let inside = place.inside(marks::language(cell));
            let (text, more) = converter.inline(&cell.children, &inside);
            others.extend(more);
            if line.len() >= limits::TABLE_COLUMNS_MAX {
                converter.notes.add(NoteKind::Simplified, "table too wide: its last cells are one");
                let last = line.pop().unwrap_or_default();
                line.push(Inline::lines([last, text]));
                continue;
            }
            let (columns, rows) = (span(cell, "colspan"), span(cell, "rowspan"));
            let start = line.len();
            line.push(text);
            let end = (start + columns).min(limits::TABLE_COLUMNS_MAX);
            line.resize(end.max(start + 1), Inline::default());
            for column in taken.iter_mut().take(end).skip(start) {
                *column = rows - 1;
            }
        }
        skip_taken(&mut line, &mut taken);
        table.push(line);
    }
    table
}

fn span(cell: &Element, name: &str) -> usize {
    let given = cell.filled(name).and_then(|value| value.parse().ok());
    given.unwrap_or(1).clamp(1, limits::TABLE_ROWS_MAX)
}

// A table longer than a body holds becomes several, each with the header.
fn split(converter: &mut Converter<'_>, table: Table) -> Vec<BlockKind> {
    let Table { has_header, mut rows, caption } = table;
    if rows.len() <= limits::TABLE_ROWS_MAX {
        let nothing = rows.iter().flatten().all(Inline::is_empty);
        return match (nothing, caption.is_empty()) {
            (true, true) => Vec::new(),
            (true, false) => vec![BlockKind::paragraph(caption)],
            (false, _) => vec![BlockKind::Table(Table { has_header, rows, caption })],
        };
    }
    converter.notes.add(NoteKind::Simplified, "table too long: it became several");
    let header = (has_header && !rows.is_empty()).then(|| rows.remove(0));
    let room = limits::TABLE_ROWS_MAX - usize::from(has_header);
    let mut kinds = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let part: Vec<Vec<Inline>> = header.iter().cloned().chain(rows.by_ref().take(room)).collect();
        let caption = if kinds.is_empty() { caption.clone() } else { Inline::default() };
        kinds.push(BlockKind::Table(Table { has_header, rows: part, caption }));
    }
    kinds
}
