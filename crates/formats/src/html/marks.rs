//! Elements and formatting into marks.

use masthead_domain::body::{Link, Mark};

use super::{
    convert::Converter,
    tree::{Element, Format, Formatting},
};

/// Adds the marks of the formatting elements at a place.
pub(super) fn of_format(converter: &mut Converter<'_>, format: &Format, marks: &mut Vec<Mark>) {
    for one in format.iter() {
        let mark = match &*one.name {
            "a" => of_link(converter, one),
            "b" | "strong" => (!says(one.attr("style"), "font-weight", &["normal", "400"])).then_some(Mark::Strong),
            "i" | "em" => (!says(one.attr("style"), "font-style", &["normal"])).then_some(Mark::Emphasis),
            "u" => Some(Mark::Underline),
            "s" | "strike" => Some(Mark::Strike),
            "small" => Some(Mark::Small),
            "code" | "tt" => Some(Mark::Code),
            _ => None,
        };
        marks.extend(mark);
        marks.extend(language_of(one.attr("lang")));
    }
}

fn of_link(converter: &mut Converter<'_>, link: &Formatting) -> Option<Mark> {
    let href = converter.href(link.attr("href")?)?;
    Some(Mark::Link(Link {
        href,
        title: link.attr("title").map(str::to_owned),
        rel: link.attr("rel").map(str::to_owned),
        hreflang: link.attr("hreflang").and_then(|tag| tag.parse().ok()),
    }))
}

/// Adds the marks of an inline element.
pub(super) fn of_element(element: &Element, marks: &mut Vec<Mark>) {
    let mark = match &*element.name {
        "ins" => Some(Mark::Underline),
        "del" => Some(Mark::Strike),
        "kbd" | "samp" => Some(Mark::Code),
        "cite" | "dfn" | "var" => Some(Mark::Emphasis),
        "sub" => Some(Mark::Subscript),
        "sup" => Some(Mark::Superscript),
        "mark" => Some(Mark::Highlight),
        "abbr" | "acronym" => element.filled("title").map(|title| Mark::Abbreviation { title: title.to_owned() }),
        "span" => {
            of_style(element.attr("style"), marks);
            None
        }
        _ => None,
    };
    marks.extend(mark);
    marks.extend(language(element));
}

// Word processors write their formatting as styles.
fn of_style(style: Option<&str>, marks: &mut Vec<Mark>) {
    let rules: [(&str, &[&str], Mark); 6] = [
        ("font-weight", &["bold", "bolder", "600", "700", "800", "900"], Mark::Strong),
        ("font-style", &["italic", "oblique"], Mark::Emphasis),
        ("text-decoration", &["underline"], Mark::Underline),
        ("text-decoration", &["line-through"], Mark::Strike),
        ("vertical-align", &["super"], Mark::Superscript),
        ("vertical-align", &["sub"], Mark::Subscript),
    ];
    for (property, values, mark) in rules {
        if says(style, property, values) {
            marks.push(mark);
        }
    }
}

// Whether a style gives a property one of the values.
fn says(style: Option<&str>, property: &str, values: &[&str]) -> bool {
    let mut declarations = style.unwrap_or_default().split(';').filter_map(|one| one.split_once(':'));
    declarations.any(|(name, value)| {
        name.trim().eq_ignore_ascii_case(property)
            && value.split_ascii_whitespace().any(|word| values.iter().any(|one| word.eq_ignore_ascii_case(one)))
    })
}

/// The language an element says it is in.
pub(super) fn language(element: &Element) -> Option<Mark> {
    language_of(element.attr("lang").or_else(|| element.attr("xml:lang")))
}

fn language_of(tag: Option<&str>) -> Option<Mark> {
    Some(Mark::Language { tag: tag?.parse().ok()? })
}

/// The language of preformatted code, in the spellings of the common highlighters.
pub(super) fn code_language(element: &Element) -> Option<&str> {
    let code = element.formatting("code");
    let of_class = |classes: &'_ str| -> Option<(usize, usize)> {
        let start = ["language-", "lang-", "brush: ", "brush:"].iter().find_map(|prefix| {
            let at = classes.find(prefix)?;
            Some(at + prefix.len())
        })?;
        let name = classes.get(start..)?;
        let end = name.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(name.len());
        (end > 0).then_some((start, start + end))
    };
    let classes = [code.and_then(|code| code.attr("class")), element.attr("class")];
    let named = classes.into_iter().flatten().find_map(|classes| {
        let (start, end) = of_class(classes)?;
        classes.get(start..end)
    });
    named.or_else(|| element.filled("data-lang")).or_else(|| {
        // `lang` is a human language, except where a highlighter of WordPress put its own there.
        code.and_then(|code| code.attr("lang")).filter(|lang| !lang.is_empty())
    })
}
