//! The stream of an export: site, authors, terms, items, one at a time, and what had to be repaired.

use std::io::BufRead;

use super::{
    Note, NoteKind, WxrAuthor, WxrCategory, WxrError, WxrItem, WxrTag, WxrTerm,
    element::{self, Element},
    namespace::Space,
    source::Source,
    xml::{Token, Xml},
};

/// The site an export was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The name of the site.
    pub title: String,
    /// Its address.
    pub link: String,
    /// Its motto.
    pub description: String,
    /// Its language, as WordPress writes it: `fr-FR`.
    pub language: String,
    /// When the export was made, as written.
    pub exported: String,
    /// `wp:wxr_version` as written; `None` when there is none.
    pub version: Option<String>,
    /// The address of the network or site.
    pub base_site_url: String,
    /// The address of the blog: internal links begin with it.
    pub base_blog_url: String,
    /// The program that wrote the export.
    pub generator: String,
}

impl Site {
    fn learn(&mut self, element: &Element) {
        let field = match (element.space, element.local.as_str()) {
            (Space::Rss, "title") => &mut self.title,
            (Space::Rss, "link") => &mut self.link,
            (Space::Rss, "description") => &mut self.description,
            (Space::Rss, "language") => &mut self.language,
            (Space::Rss, "pubDate") => &mut self.exported,
            (Space::Rss, "generator") => &mut self.generator,
            (Space::Wp, "base_site_url") => &mut self.base_site_url,
            (Space::Wp, "base_blog_url") => &mut self.base_blog_url,
            (Space::Wp, "wxr_version") => {
                self.version.get_or_insert_with(|| element.text.clone());
                return;
            }
            _ => return,
        };
        if field.is_empty() {
            element.text.trim().clone_into(field);
        }
    }

    /// Whether the version is one this reader knows.
    #[must_use]
    pub fn has_known_version(&self) -> bool {
        let version = self.version.as_deref().map(str::trim);
        matches!(version, Some("1.0" | "1.1" | "1.2"))
    }
}

/// One thing of an export, in the order of the file.
#[derive(Debug)]
pub enum Event {
    /// What the head of the file says about the site; comes once, before everything else.
    Site(Box<Site>),
    /// A declared author.
    Author(WxrAuthor),
    /// A declared category.
    Category(WxrCategory),
    /// A declared tag.
    Tag(WxrTag),
    /// A declared term of another taxonomy.
    Term(WxrTerm),
    /// An item.
    Item(Box<WxrItem>),
    /// The last event: what was repaired in the file as a whole.
    Repairs(Vec<Note>),
}

enum State {
    /// Inside the channel.
    Channel,
    /// Behind the channel, before the end of the file.
    Tail,
    Finished,
}

/// Reads an export as a stream; memory stays within one item.
///
/// The iterator ends after the first error or after [`Event::Repairs`].
pub struct Reader<R: BufRead> {
    xml: Xml<R>,
    state: State,
    site: Site,
    site_told: bool,
    /// An event that waits until the site has been told.
    waiting: Option<Event>,
    items: u64,
    vocabulary_seen: bool,
}

impl<R: BufRead> Reader<R> {
    /// Opens an export and reads up to its channel.
    ///
    /// # Errors
    /// The file is empty, not XML, not RSS, or broken before the channel begins.
    pub fn new(input: R) -> Result<Self, WxrError> {
        let mut xml = Xml::new(Source::new(input)?);
        match xml.next()? {
            Token::Open { space: Space::Rss, local, .. } if local == "rss" => {}
            Token::Open { local, .. } => return Err(WxrError::NotRss { root: local }),
            Token::End | Token::Text(_) | Token::Close => return Err(WxrError::Empty),
        }
        let mut reader = Self {
            xml,
            state: State::Tail,
            site: Site::default(),
            site_told: false,
            waiting: None,
            items: 0,
            vocabulary_seen: false,
        };
        if !reader.enter_channel()? {
            return Err(WxrError::NotRss { root: "rss".to_owned() });
        }
        Ok(reader)
    }

    /// What is known about the site so far; complete once the stream has ended.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The line the reader has reached, for a progress display.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.xml.line()
    }

    /// Whether anything of the export vocabulary has been seen so far; a plain feed has none.
    #[must_use]
    pub fn is_export(&self) -> bool {
        self.vocabulary_seen
    }

    /// Goes on to the next channel inside the root; `false` at the end of the file.
    fn enter_channel(&mut self) -> Result<bool, WxrError> {
        loop {
            match self.xml.next()? {
                Token::Open { space: Space::Rss, local, .. } if local == "channel" => {
                    self.state = State::Channel;
                    return Ok(true);
                }
                Token::Open { space, local, attributes, line } => {
                    self.read_element(space, local, attributes, line)?;
                }
                Token::End => return Ok(false),
                Token::Close | Token::Text(_) => {}
            }
        }
    }

    fn read_element(
        &mut self,
        space: Space,
        local: String,
        attributes: Vec<(String, String)>,
        line: u64,
    ) -> Result<Element, WxrError> {
        let root = Element { space, local, attributes, text: String::new(), children: Vec::new(), line };
        element::read(&mut self.xml, root)
    }

    fn advance(&mut self) -> Result<Option<Event>, WxrError> {
        loop {
            match self.state {
                State::Finished => return Ok(None),
                State::Tail => {
                    if !self.enter_channel()? {
                        self.state = State::Finished;
                        return Ok(Some(self.told(Event::Repairs(self.repairs()))));
                    }
                }
                State::Channel => match self.xml.next()? {
                    Token::Open { space, local, attributes, line } => {
                        let element = self.read_element(space, local, attributes, line)?;
                        if let Some(event) = self.event(element) {
                            return Ok(Some(self.told(event)));
                        }
                    }
                    Token::Close => self.state = State::Tail,
                    Token::Text(_) | Token::End => {}
                },
            }
        }
    }

    /// The event itself, or the site first when it has not been told yet.
    fn told(&mut self, event: Event) -> Event {
        if self.site_told {
            return event;
        }
        self.site_told = true;
        self.waiting = Some(event);
        Event::Site(Box::new(self.site.clone()))
    }

    fn event(&mut self, element: Element) -> Option<Event> {
        let is_export = |element: &Element| matches!(element.space, Space::Wp | Space::Excerpt);
        self.vocabulary_seen |= is_export(&element) || element.children.iter().any(is_export);
        match (element.space, element.local.as_str()) {
            (Space::Rss, "item") => {
                self.items += 1;
                Some(Event::Item(Box::new(WxrItem::read(element, self.items))))
            }
            (Space::Wp, "author") => Some(Event::Author(WxrAuthor::read(&element))),
            (Space::Wp, "category") => Some(Event::Category(WxrCategory::read(&element))),
            (Space::Wp, "tag") => Some(Event::Tag(WxrTag::read(&element))),
            (Space::Wp, "term") => Some(Event::Term(WxrTerm::read(&element))),
            _ => {
                self.site.learn(&element);
                None
            }
        }
    }

    /// What was repaired in the file as a whole, up to where it has been read.
    fn repairs(&self) -> Vec<Note> {
        let source = &self.xml.source().repairs;
        let mut notes: Vec<Note> = [
            source.controls.note(NoteKind::ControlCharacters, ""),
            source.invalid_utf8.note(NoteKind::InvalidUtf8, ""),
            self.xml.bare_ampersands.note(NoteKind::BareAmpersand, ""),
            source.converted_from.map(|name| Note::new(NoteKind::EncodingConverted, name)),
            source.unknown_encoding.as_ref().map(|name| Note::new(NoteKind::EncodingUnknown, name.as_str())),
        ]
        .into_iter()
        .flatten()
        .collect();
        let scopes = &self.xml.scopes;
        notes.extend(scopes.not_declared.iter().map(|prefix| Note::new(NoteKind::PrefixNotDeclared, prefix.as_str())));
        notes.extend(scopes.foreign.iter().map(|binding| Note::new(NoteKind::ForeignNamespace, binding.as_str())));
        if let Some(line) = self.xml.doctype_line {
            notes.push(Note { lines: vec![line], ..Note::new(NoteKind::DoctypeIgnored, "") });
        }
        match &self.site.version {
            None => notes.push(Note::new(NoteKind::VersionMissing, "")),
            Some(version) if !self.site.has_known_version() => {
                let shown: String = version.trim().chars().take(40).collect();
                notes.push(Note::new(NoteKind::VersionOdd, shown));
            }
            Some(_) => {}
        }
        notes
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, WxrError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(event) = self.waiting.take() {
            return Some(Ok(event));
        }
        let result = self.advance().transpose();
        if matches!(result, Some(Err(_))) {
            self.state = State::Finished;
        }
        result
    }
}
