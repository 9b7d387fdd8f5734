//! A strict, bounded XML token reader that knows where it is.
//!
//! quick-xml finds the tokens. What it leaves to its callers is done here: names, attributes, the rules of
//! the prolog, `]]>` in text, namespaces, limits, and lines and columns for people. It never reads a DTD and
//! never expands an entity.

use std::io::BufRead;

use quick_xml::{
    Reader,
    errors::{Error as XmlError, SyntaxError},
    events::Event,
};

use super::{
    WxrError,
    attribute::Attributes,
    chars::{attribute_value, is_qualified_name, resolve},
    namespace::{Scopes, Space},
    note::Tally,
    source::Source,
};

/// The largest single token: a text, a CDATA section, a tag, a comment.
pub(super) const TOKEN_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Exports nest five deep; more than this is not an export.
const DEPTH_MAX: usize = 64;
/// The root element of an export has about six attributes.
const ATTRIBUTES_MAX: usize = 64;
const NAME_BYTES_MAX: usize = 256;

/// One piece of the document, namespaces resolved.
#[derive(Debug)]
pub(super) enum Token {
    /// A start tag.
    Open { space: Space, local: String, attributes: Vec<(String, String)>, line: u64 },
    /// The end of the innermost open element.
    Close,
    /// Text or CDATA inside an element.
    Text(String),
    /// The end of a well-formed document.
    End,
}

struct OpenTag {
    name: String,
    line: u64,
}

/// Where a token begins, from 1.
#[derive(Debug, Clone, Copy)]
struct Place {
    line: u64,
    column: u64,
}

impl Place {
    fn is_start(self) -> bool {
        self.line == 1 && self.column == 1
    }

    /// The place after this text.
    fn after(self, text: &[u8]) -> Self {
        let newlines = text.iter().filter(|byte| **byte == b'\n').count();
        let last_line = text.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        // Continuation bytes are not characters of their own.
        let characters = last_line.iter().filter(|byte| (**byte & 0xc0) != 0x80).count();
        if newlines == 0 {
            Self { line: self.line, column: self.column + to_u64(characters) }
        } else {
            Self { line: self.line + to_u64(newlines), column: 1 + to_u64(characters) }
        }
    }

    fn fault(self, what: impl Into<String>) -> WxrError {
        WxrError::NotWellFormed { line: self.line, column: self.column, what: what.into() }
    }
}

/// Reads tokens from an export.
pub(super) struct Xml<R: BufRead> {
    reader: Reader<Source<R>>,
    buffer: Vec<u8>,
    place: Place,
    open: Vec<OpenTag>,
    /// An empty-element tag is an `Open` and then this `Close`.
    pending_close: bool,
    root_seen: bool,
    finished: bool,
    pub(super) scopes: Scopes,
    pub(super) bare_ampersands: Tally,
    pub(super) doctype_line: Option<u64>,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        let mut reader = Reader::from_reader(source);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        config.check_comments = true;
        Self {
            reader,
            buffer: Vec::new(),
            place: Place { line: 1, column: 1 },
            open: Vec::new(),
            pending_close: false,
            root_seen: false,
            finished: false,
            scopes: Scopes::default(),
            bare_ampersands: Tally::default(),
            doctype_line: None,
        }
    }

    /// The line the reader has reached.
    pub(super) fn line(&self) -> u64 {
        self.place.line
    }

    pub(super) fn source(&self) -> &Source<R> {
        self.reader.get_ref()
    }

    /// The next token. After an error or [`Token::End`] there is nothing more to read.
    pub(super) fn next(&mut self) -> Result<Token, WxrError> {
        loop {
            if self.finished {
                return Ok(Token::End);
            }
            if self.pending_close {
                self.pending_close = false;
                self.close_innermost();
                return Ok(Token::Close);
            }
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            self.reader.get_mut().set_budget(TOKEN_BYTES_MAX);
            let token = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => self.token(event),
                Err(error) => Err(self.broken(error, &buffer)),
            };
            self.place = self.place.after(&buffer);
            if buffer.capacity() > 1024 * 1024 {
                buffer = Vec::new();
            }
            self.buffer = buffer;
            match token {
                Ok(Some(token)) => return Ok(token),
                Ok(None) => {}
                Err(error) => {
                    self.finished = true;
                    return Err(error);
                }
            }
        }
    }

    fn token(&mut self, event: Event<'_>) -> Result<Option<Token>, WxrError> {
        match event {
            Event::Text(text) => self.text(&text),
            Event::CData(text) if self.open.is_empty() => {
                Err(self.place.fault(format!("text stands outside the root element: {}", shown(&text))))
            }
            Event::CData(text) => Ok(Some(Token::Text(text.into_inner().into_owned()))),
            Event::GeneralRef(name) => self.reference(&name),
            Event::Start(tag) => self.start(&tag, false),
            Event::Empty(tag) => self.start(&tag, true),
            Event::End(tag) => self.end(tag.name().as_ref()),
            Event::Decl(_) if !self.place.is_start() => Err(self.place.fault(
                "the XML declaration must be the very first thing in the file; \
                 remove the blank lines or text before it",
            )),
            Event::Decl(declaration) => match check_declaration(&declaration) {
                Ok(()) => Ok(None),
                Err(what) => Err(self.place.fault(what)),
            },
            Event::PI(pi) if !is_qualified_name(pi.target()) || pi.target().eq_ignore_ascii_case("xml") => {
                Err(self.place.fault(format!("`<?{}` is no processing instruction", shown(pi.target()))))
            }
            Event::Comment(_) | Event::PI(_) => Ok(None),
            Event::DocType(text) => self.doctype(&text),
            Event::Eof => self.end_of_file(),
        }
    }

    fn text(&mut self, text: &str) -> Result<Option<Token>, WxrError> {
        if self.open.is_empty() {
            let Some(at) = text.find(|c: char| !c.is_ascii_whitespace()) else {
                return Ok(None);
            };
            let (before, rest) = text.split_at(at);
            let place = self.place.after(before.as_bytes());
            return Err(place.fault(format!("text stands outside the root element: {}", shown(rest))));
        }
        if let Some((before, _)) = text.split_once("]]>") {
            return Err(self.place.after(before.as_bytes()).fault(
                "`]]>` stands outside CDATA, so a CDATA section was put inside another or closed twice; \
                 write the inner `]]>` as `]]]]><![CDATA[>`",
            ));
        }
        if text.starts_with('&') {
            self.bare_ampersands.add(self.place.line);
        }
        Ok(Some(Token::Text(text.to_owned())))
    }

    fn reference(&mut self, name: &str) -> Result<Option<Token>, WxrError> {
        match resolve(name) {
            Ok(Some(c)) if !self.open.is_empty() => Ok(Some(Token::Text(c.to_string()))),
            Ok(Some(_)) => Err(self.place.fault("text stands outside the root element")),
            Err(error) => Err(self.place.fault(error.0)),
            Ok(None) => {
                let literal = format!("&{name};");
                self.text(&literal)
            }
        }
    }

    fn start(&mut self, tag: &quick_xml::events::BytesStart<'_>, is_empty: bool) -> Result<Option<Token>, WxrError> {
        let name = tag.name();
        let name: &str = name.as_ref();
        if !is_qualified_name(name) {
            return Err(self
                .place
                .fault(format!("`<` begins no tag here: {}; write a `<` in text as `&lt;`", shown(tag))));
        }
        if self.open.is_empty() && self.root_seen {
            return Err(self.place.fault(format!("`<{}>` stands after the end of the root element", shown(name))));
        }
        self.check_limits(name)?;
        self.root_seen = true;
        self.open.push(OpenTag { name: name.to_owned(), line: self.place.line });
        let attributes = self.attributes(tag.attributes_raw(), name.len() + 1)?;
        let (space, local) = match self.scopes.space(name) {
            Ok((space, local)) => (space, local.to_owned()),
            Err(prefix) => return Err(self.place.fault(undeclared(prefix))),
        };
        self.pending_close = is_empty;
        Ok(Some(Token::Open { space, local, attributes, line: self.place.line }))
    }

    fn check_limits(&self, name: &str) -> Result<(), WxrError> {
        let too_large = |what, limit: usize| {
            let limit = u64::try_from(limit).unwrap_or(u64::MAX);
            Err(WxrError::TooLarge { line: self.place.line, what, limit })
        };
        if self.open.len() >= DEPTH_MAX {
            return too_large("elements are nested too deeply", DEPTH_MAX);
        }
        if name.len() > NAME_BYTES_MAX {
            return too_large("the name of an element is too long, in bytes", NAME_BYTES_MAX);
        }
        Ok(())
    }

    /// Reads the attributes of a tag; namespace declarations are taken into force and left out.
    fn attributes(&mut self, raw: &str, offset: usize) -> Result<Vec<(String, String)>, WxrError> {
        let tag_place = Place { column: self.place.column + to_u64(offset), ..self.place };
        let depth = self.open.len();
        let mut attributes = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for attribute in Attributes::of(raw) {
            let (at, name, value) = attribute.map_err(|(at, what)| place_in(tag_place, raw, at).fault(what))?;
            let fault = |what: String| place_in(tag_place, raw, at).fault(what);
            if seen.contains(&name) {
                return Err(fault(format!("the attribute `{}` stands twice in one tag", shown(name))));
            }
            if seen.len() >= ATTRIBUTES_MAX {
                let limit = to_u64(ATTRIBUTES_MAX);
                return Err(WxrError::TooLarge {
                    line: self.place.line,
                    what: "too many attributes in one tag",
                    limit,
                });
            }
            seen.push(name);
            let value =
                attribute_value(value, self.place.line, &mut self.bare_ampersands).map_err(|error| fault(error.0))?;
            let declared = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            match declared {
                Some(prefix) => self.scopes.bind(depth, prefix, &value).map_err(fault)?,
                None => attributes.push((name.to_owned(), value)),
            }
        }
        for (name, _) in &attributes {
            if let Some((prefix, _)) = name.split_once(':') {
                self.scopes.space(name).map_err(|_| tag_place.fault(undeclared(prefix)))?;
            }
        }
        Ok(attributes)
    }

    fn end(&mut self, found: &str) -> Result<Option<Token>, WxrError> {
        let what = match self.open.last() {
            Some(tag) if tag.name == found => {
                self.close_innermost();
                return Ok(Some(Token::Close));
            }
            Some(OpenTag { name, line }) => format!(
                "`</{}>` does not match `<{name}>`, which was opened on line {line}; \
                 close it with `</{name}>` first, or export the site again",
                shown(found)
            ),
            None => format!("`</{}>` closes nothing", shown(found)),
        };
        Err(self.place.fault(what))
    }

    fn close_innermost(&mut self) {
        self.scopes.leave(self.open.len());
        self.open.pop();
    }

    fn doctype(&mut self, text: &str) -> Result<Option<Token>, WxrError> {
        if self.root_seen || self.doctype_line.is_some() {
            return Err(self.place.fault("a DOCTYPE may stand only once, before the root element; remove it"));
        }
        if text.to_ascii_uppercase().contains("<!ENTITY") {
            return Err(WxrError::EntityDeclared { line: self.place.line, column: self.place.column });
        }
        self.doctype_line = Some(self.place.line);
        Ok(None)
    }

    fn end_of_file(&mut self) -> Result<Option<Token>, WxrError> {
        match self.open.last() {
            Some(OpenTag { name, line }) => Err(self.place.fault(format!(
                "the file ends while `<{name}>`, opened on line {line}, is still open: \
                 it was cut short; export or download it again"
            ))),
            None if !self.root_seen => Err(WxrError::Empty),
            None => {
                self.finished = true;
                Ok(Some(Token::End))
            }
        }
    }

    /// Says in our words what quick-xml found; its positions point at the start of the token, as ours do.
    fn broken(&self, error: XmlError, read: &[u8]) -> WxrError {
        if self.reader.get_ref().is_over_budget() {
            let line = self.place.after(read).line;
            return WxrError::TooLarge {
                line,
                what: "one text, CDATA section, comment or tag is too large, in bytes",
                limit: to_u64(TOKEN_BYTES_MAX),
            };
        }
        let what = match error {
            XmlError::Io(error) => return WxrError::Io(std::io::Error::new(error.kind(), error)),
            XmlError::Syntax(SyntaxError::UnclosedCData) => {
                "the CDATA section that begins here never ends: `]]>` is missing, or the file was cut short".to_owned()
            }
            XmlError::Syntax(SyntaxError::UnclosedComment) => {
                "the comment that begins here never ends: `-->` is missing, or the file was cut short".to_owned()
            }
            XmlError::Syntax(SyntaxError::UnclosedTag) => {
                "the tag that begins here never ends: `>` is missing, or the file was cut short".to_owned()
            }
            XmlError::Syntax(
                SyntaxError::UnclosedDoubleQuotedAttributeValue | SyntaxError::UnclosedSingleQuotedAttributeValue,
            ) => "a quote in the tag that begins here is never closed".to_owned(),
            other => other.to_string(),
        };
        self.place.fault(what)
    }
}

/// `version` first, then perhaps `encoding`, then perhaps `standalone` (section 2.8).
fn check_declaration(declaration: &str) -> Result<(), String> {
    let mut allowed = ["version", "encoding", "standalone"].as_slice();
    let attributes = declaration.strip_prefix("xml").unwrap_or_default();
    let mut has_version = false;
    for attribute in Attributes::of(attributes) {
        let (_, name, value) = attribute.map_err(|(_, what)| format!("the XML declaration is broken: {what}"))?;
        let found = allowed.iter().position(|allowed| *allowed == name);
        allowed = match found {
            Some(at) => allowed.get(at + 1..).unwrap_or_default(),
            None => {
                return Err(format!("`{}` does not belong here in the XML declaration", shown(name)));
            }
        };
        has_version |= name == "version" && value.starts_with("1.");
    }
    if has_version { Ok(()) } else { Err("the XML declaration must begin `<?xml version=\"1.0\"`".to_owned()) }
}

fn undeclared(prefix: &str) -> String {
    format!("the prefix `{}` is not declared; declare it on `<rss>` as `xmlns:{}=\"…\"`", shown(prefix), shown(prefix))
}

fn place_in(start: Place, raw: &str, at: usize) -> Place {
    start.after(raw.get(..at).unwrap_or(raw).as_bytes())
}

fn to_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

/// The beginning of a text, for an error message.
fn shown(text: &str) -> String {
    let mut start: String = text.trim().chars().take(40).filter(|c| !c.is_control()).collect();
    if text.trim().chars().nth(40).is_some() {
        start.push('…');
    }
    start
}
