//! HTML cut into tags, comments and text, without a tree: what the steps of this module look at.
//!
//! It never fails and takes linear time: what is no tag is text. The text of `<script>` and the like comes as
//! one piece of text.

/// One piece of HTML. Pieces follow one another without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind<'a>,
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    Text(&'a str),
    Comment(&'a str),
    Tag(Tag<'a>),
}

/// A start or end tag as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) raw: &'a str,
    name: &'a str,
    pub(super) is_close: bool,
}

impl<'a> Tag<'a> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub(super) fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    pub(super) fn opens(&self, name: &str) -> bool {
        !self.is_close && self.is(name)
    }

    pub(super) fn closes(&self, name: &str) -> bool {
        self.is_close && self.is(name)
    }

    /// The name in small letters.
    pub(super) fn name(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    /// The raw value of an attribute: entities are not decoded.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&'a str> {
        let mut rest = self.raw.get(1 + self.name.len()..)?.trim_end_matches('>');
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            let end = rest.find(|c: char| c == '=' || c == '/' || c.is_ascii_whitespace()).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name.is_empty() && after.is_empty() {
                return None;
            }
            let after_space = after.trim_start();
            let (value, tail) = match after_space.strip_prefix('=') {
                Some(value) => attribute_value(value.trim_start()),
                None => ("", after),
            };
            if name.eq_ignore_ascii_case(wanted) && !name.is_empty() {
                return Some(value);
            }
            rest = tail;
        }
    }
}

fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inside) = text.strip_prefix(quote) {
            return inside.split_once(quote).unwrap_or((inside, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// Walks over the pieces of HTML.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    /// The raw-text element that has just been opened.
    raw_text: Option<&'static str>,
    /// Ends that are known to be nowhere ahead, so nobody looks for them again.
    no_comment_end: bool,
    no_raw_end: bool,
    no_tag_end: bool,
}

const RAW_TEXT: [&str; 4] = ["script", "style", "textarea", "xmp"];

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, raw_text: None, no_comment_end: false, no_raw_end: false, no_tag_end: false }
    }

    /// Goes on from here instead.
    pub(super) fn jump(&mut self, at: usize) {
        self.at = at;
        self.raw_text = None;
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn piece(&mut self, length: usize, kind: Kind<'a>) -> Option<Piece<'a>> {
        let start = self.at;
        self.at += length;
        Some(Piece { start, end: self.at, kind })
    }

    fn raw_text_piece(&mut self, name: &str) -> Option<Piece<'a>> {
        let rest = self.rest();
        let close =
            |at: usize| rest.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        let Some((end, _)) = rest.match_indices("</").find(|(at, _)| close(*at)) else {
            self.no_raw_end = true;
            return None;
        };
        let text = rest.get(..end).filter(|text| !text.is_empty())?;
        self.piece(text.len(), Kind::Text(text))
    }

    fn comment(&mut self) -> Option<Piece<'a>> {
        let rest = self.rest();
        if rest.starts_with("<!--") {
            let found = if self.no_comment_end { None } else { rest.get(4..)?.find("-->") };
            self.no_comment_end |= found.is_none();
            let length = found? + 7;
            return self.piece(length, Kind::Comment(rest.get(..length)?));
        }
        let is_other = rest.starts_with("<!") || rest.starts_with("<?");
        if !is_other || self.no_tag_end {
            return None;
        }
        let found = rest.find('>');
        self.no_tag_end |= found.is_none();
        let length = found? + 1;
        self.piece(length, Kind::Comment(rest.get(..length)?))
    }

    fn tag(&mut self) -> Option<Piece<'a>> {
        let rest = self.rest();
        let is_close = rest.starts_with("</");
        let after = rest.get(if is_close { 2 } else { 1 }..)?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_');
        if self.no_tag_end || !after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let name = after.get(..after.find(|c| !is_name(c)).unwrap_or(after.len()))?;
        let length = tag_length(rest);
        self.no_tag_end |= length.is_none();
        let raw = rest.get(..length?)?;
        let tag = Tag { raw, name, is_close };
        if !is_close && !raw.ends_with("/>") && !self.no_raw_end {
            self.raw_text = RAW_TEXT.iter().find(|raw| tag.is(raw)).copied();
        }
        self.piece(raw.len(), Kind::Tag(tag))
    }
}

/// The length of the tag that begins the text: up to the first `>` that is not in quotes.
fn tag_length(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            // A quote elsewhere than after `=` is a slip of the writer, not the start of a value.
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
        after_equals = byte == b'=' || (after_equals && byte.is_ascii_whitespace());
    }
    // A value that is never closed ends with the first `>` after all.
    text.find('>').map(|at| at + 1)
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(name) = self.raw_text.take()
            && let Some(piece) = self.raw_text_piece(name)
        {
            return Some(piece);
        }
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        if rest.starts_with('<') {
            if let Some(piece) = self.comment() {
                return Some(piece);
            }
            if let Some(piece) = self.tag() {
                return Some(piece);
            }
        }
        let skip = usize::from(rest.starts_with('<'));
        let length = rest.get(skip..)?.find('<').map_or(rest.len(), |at| at + skip);
        self.piece(length, Kind::Text(rest.get(..length)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raws(html: &str) -> Vec<&str> {
        Lexer::new(html).map(|piece| &html[piece.start..piece.end]).collect()
    }

    #[test]
    fn html_is_cut_without_gaps() {
        assert_eq!(raws("a<b c='>'>d</b>e"), ["a", "<b c='>'>", "d", "</b>", "e"]);
        assert_eq!(raws("1 < 2 <!-- x > y --> <3"), ["1 ", "< 2 ", "<!-- x > y -->", " ", "<3"]);
        assert_eq!(raws("<script>a<b</SCRIPT>c"), ["<script>", "a<b", "</SCRIPT>", "c"]);
        assert_eq!(raws("<a href=\"x>y"), ["<a href=\"x>", "y"]);
        assert_eq!(raws("<!-- open <b>"), ["<!-- open ", "<b>"]);
        assert_eq!(raws("<a"), ["<a"]);
        assert_eq!(raws("<"), ["<"]);
    }

    #[test]
    fn attributes_are_found_whatever_their_quotes() {
        let html = "<img alt='a \"b\"' SRC=x.jpg data-id=\"7\" hidden / >";
        let Some(Piece { kind: Kind::Tag(tag), .. }) = Lexer::new(html).next() else { panic!("no tag") };
        assert_eq!(tag.attribute("alt"), Some("a \"b\""));
        assert_eq!(tag.attribute("src"), Some("x.jpg"));
        assert_eq!(tag.attribute("data-id"), Some("7"));
        assert_eq!(tag.attribute("hidden"), Some(""));
        assert_eq!(tag.attribute("id"), None);
    }

    #[test]
    fn hostile_html_takes_linear_time() {
        for unit in ["<!--", "<a ", "<a '", "<a b='", "<script>", "</", "<a b=\">'", "<a b='>", "<![CDATA[", "<?"] {
            let html = unit.repeat(100_000);
            assert!(Lexer::new(&html).count() >= 1, "{unit}");
        }
    }
}
