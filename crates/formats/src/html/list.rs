//! Lists.

use masthead_domain::body::{BlockKind, Inline, List, ListItem, Span, limits};

use super::{
    convert::{Converter, Place},
    marks,
    note::NoteKind,
    tree::{Element, Node},
};

/// The blocks of a list: itself, and after it what its items cannot hold.
pub(super) fn blocks(converter: &mut Converter<'_>, element: &Element, place: &Place) -> Vec<BlockKind> {
    let mut others = Vec::new();
    let mut list = read(converter, element, place, &mut others);
    if flatten(&mut list, 1) {
        converter.notes.add(NoteKind::Simplified, "lists nested too deep");
    }
    converter.moved_out(&others, "list");
    let mut kinds = Vec::new();
    if !list.items.is_empty() {
        kinds.push(BlockKind::List(list));
    }
    kinds.extend(others);
    kinds
}

fn read(converter: &mut Converter<'_>, element: &Element, place: &Place, others: &mut Vec<BlockKind>) -> List {
    let ordered = &*element.name == "ol";
    let start = element.filled("start").and_then(|start| start.parse().ok());
    let mut list = List { ordered, start, items: Vec::new() };
    for node in &element.children {
        match node {
            Node::Element(child) if matches!(&*child.name, "ul" | "ol" | "menu" | "dir") => {
                // A list right inside a list belongs to the item before it.
                let below = read(converter, child, place, others);
                match list.items.last_mut() {
                    Some(last) => last.lists.push(below),
                    None => list.items.push(ListItem { text: Inline::default(), lists: vec![below] }),
                }
            }
            Node::Element(child) if &*child.name == "li" => {
                let inside = place.inside(marks::language(child));
                list.items.push(item(converter, &child.children, &inside, others));
            }
            node if node.is_blank() => {}
            node => list.items.push(item(converter, std::slice::from_ref(node), &place.inside(None), others)),
        }
    }
    list.items.retain(|item| !item.text.is_empty() || !item.lists.is_empty());
    list
}

fn item(converter: &mut Converter<'_>, nodes: &[Node], place: &Place, others: &mut Vec<BlockKind>) -> ListItem {
    let mut texts = Vec::new();
    let mut lists = Vec::new();
    for kind in converter.blocks(nodes, place) {
        match kind {
            BlockKind::List(list) => lists.push(list),
            other => {
                let (more, rest) = super::convert::split_texts(vec![other]);
                texts.extend(more);
                others.extend(rest);
            }
        }
    }
    ListItem { text: Inline::lines(texts), lists }
}

// Items too deep follow the item they were below. Whether there were any.
fn flatten(list: &mut List, depth: usize) -> bool {
    let mut changed = false;
    let mut items = Vec::with_capacity(list.items.len());
    for mut item in std::mem::take(&mut list.items) {
        let below = if depth >= limits::NESTING_MAX { std::mem::take(&mut item.lists) } else { Vec::new() };
        changed = item.lists.iter_mut().fold(changed, |changed, list| flatten(list, depth + 1) || changed);
        items.push(item);
        for mut list in below {
            changed = true;
            flatten(&mut list, depth);
            items.extend(list.items);
        }
    }
    list.items = items;
    changed
}

/// A list as lines of text, for places that cannot hold one.
pub(super) fn lines(list: &List, texts: &mut Vec<Inline>) {
    let mut number = list.start.unwrap_or(1);
    for item in &list.items {
        let sign = if list.ordered { format!("{number}. ") } else { "• ".to_owned() };
        let mut spans = vec![Span::plain(sign)];
        spans.extend(item.text.clone().into_spans());
        texts.push(Inline::new(spans));
        for below in &item.lists {
            lines(below, texts);
        }
        number = number.saturating_add(1);
    }
}
