//! Quotes and who is quoted.

use masthead_domain::body::{BlockKind, Inline, Quote};

use super::{
    convert::{Converter, Place, split_texts},
    marks,
    tree::{Element, Node},
};

/// The blocks of a `<blockquote>`: itself, and after it what a quote cannot hold.
pub(super) fn blocks(converter: &mut Converter<'_>, element: &Element, place: &Place) -> Vec<BlockKind> {
    let inside = place.inside(marks::language(element));
    let mut quote = Quote::default();
    let mut others = Vec::new();
    let mut rest: &[Node] = &element.children;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|node| !is_source(node)).count();
        let (before, from) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        let (texts, more) = split_texts(converter.blocks(before, &inside));
        quote.content.extend(texts);
        others.extend(more);
        let Some((source, after)) = from.split_first() else {
            break;
        };
        let (text, more) = converter.inline(std::slice::from_ref(source), &inside);
        others.extend(more);
        name_source(&mut quote, text);
        rest = after;
    }
    take_last_mark(&mut quote);
    converter.moved_out(&others, "quote");
    let mut kinds = Vec::new();
    if quote.content.is_empty() {
        kinds.extend(lines(quote).into_iter().map(BlockKind::paragraph));
    } else {
        kinds.push(BlockKind::Quote(quote));
    }
    kinds.extend(others);
    kinds
}

/// A quote as lines of text, for places that cannot hold one.
pub(super) fn lines(quote: Quote) -> Vec<Inline> {
    let Quote { content, cite, reference } = quote;
    let mut lines = content;
    let mark = reference.map(|number| masthead_domain::body::Span::Reference { number });
    let words = cite.map(|cite| masthead_domain::body::Span::plain(format!("— {cite}")));
    let source = Inline::new(words.into_iter().chain(mark));
    if !source.is_empty() {
        lines.push(source);
    }
    lines
}

// `<footer>`, `<cite>`, or a paragraph of nothing but a `<cite>`, its dash and its reference mark.
fn is_source(node: &Node) -> bool {
    let Node::Element(element) = node else {
        return false;
    };
    match &*element.name {
        "footer" | "figcaption" | "cite" => true,
        "p" => {
            let mut cites = 0;
            let only = element.children.iter().all(|child| match child {
                Node::Text { text, .. } => text.trim_matches(is_dash).is_empty(),
                Node::Element(child) => match &*child.name {
                    "cite" => {
                        cites += 1;
                        true
                    }
                    "sup" | "br" => true,
                    _ => false,
                },
            });
            only && cites == 1
        }
        _ => false,
    }
}

fn is_dash(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '–' | '—' | '―' | '~')
}

fn name_source(quote: &mut Quote, text: Inline) {
    if quote.cite.is_some() {
        // A second source is words of the quote, rather than lost.
        if !text.is_empty() {
            quote.content.push(text);
        }
        return;
    }
    let words = text.text();
    let name = words.trim_start_matches(is_dash).trim();
    if !name.is_empty() {
        quote.cite = Some(name.to_owned());
    }
    let mut numbers = text.references();
    quote.reference = quote.reference.or_else(|| numbers.next());
}

// A last paragraph of nothing but a mark says where the quote is from.
fn take_last_mark(quote: &mut Quote) {
    let only_mark = quote.content.last().is_some_and(|last| last.text().is_empty() && last.spans().len() == 1);
    if quote.reference.is_none() && quote.content.len() > 1 && only_mark {
        let last = quote.content.pop();
        quote.reference = last.and_then(|last| last.references().next());
    }
}
