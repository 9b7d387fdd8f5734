//! What the HTML standard says of elements, by their names.

/// Elements without content.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "command"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// The standard's "formatting" elements, which may overlap with others.
pub(super) fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u"
    )
}

/// Elements that stand for themselves in the flow of a page: a paragraph ends where one begins.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "legend"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "plaintext"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "ul"
            | "xmp"
    )
}

/// Elements of a table's inside.
pub(super) fn is_table_part(name: &str) -> bool {
    matches!(name, "caption" | "colgroup" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr")
}

/// Elements no end tag of an inner element reaches out of: the standard's "scope".
pub(super) fn is_scope(name: &str) -> bool {
    matches!(name, "applet" | "caption" | "marquee" | "object" | "svg" | "math" | "table" | "td" | "template" | "th")
}

/// Elements that are not HTML's own, with rules of their own inside.
pub(super) fn is_foreign(name: &str) -> bool {
    matches!(name, "svg" | "math")
}

/// Elements that end foreign ones, as nobody means them to stand inside.
pub(super) fn ends_foreign(name: &str) -> bool {
    is_block(name)
        || is_formatting(name) && name != "a"
        || matches!(name, "body" | "br" | "embed" | "head" | "img" | "meta" | "ruby" | "span" | "sub" | "sup" | "var")
}

/// Elements whose inside is dropped with them: it is no text of the page.
pub(super) fn is_dropped(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "button"
            | "canvas"
            | "datalist"
            | "frame"
            | "head"
            | "input"
            | "keygen"
            | "link"
            | "map"
            | "meta"
            | "meter"
            | "noembed"
            | "noframes"
            | "param"
            | "progress"
            | "rp"
            | "script"
            | "select"
            | "source"
            | "style"
            | "svg"
            | "template"
            | "textarea"
            | "title"
            | "track"
    )
}

/// A name only a script gives a meaning to.
pub(super) fn is_custom(name: &str) -> bool {
    name.contains('-')
}

pub(super) fn heading_level(name: &str) -> Option<u8> {
    match name {
        "h1" => Some(1),
        "h2" => Some(2),
        "h3" => Some(3),
        "h4" => Some(4),
        "h5" => Some(5),
        "h6" => Some(6),
        _ => None,
    }
}
