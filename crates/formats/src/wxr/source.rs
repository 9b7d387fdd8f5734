//! The bytes of an export as clean UTF-8: decoded, line ends made `\n`, damage repaired and counted.
//!
//! Two kinds of damage are common in real exports and harmless to repair: control characters that XML
//! forbids (dropped) and bytes that are not UTF-8 (each faulty sequence becomes U+FFFD). Nothing else is
//! changed here. The reader above asks for one token at a time and sets a budget for it, so a file whose
//! single token never ends cannot fill the memory.

use std::io::{self, BufRead};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{WxrError, note::Tally};

/// How many bytes are looked at to find the encoding and to see whether this is XML at all.
const HEAD_BYTES: usize = 1024;

/// What the source had to repair, and how the file was encoded.
#[derive(Debug, Default, Clone)]
pub(super) struct SourceRepairs {
    /// Characters that XML forbids, dropped.
    pub(super) controls: Tally,
    /// Byte sequences that are not UTF-8, each replaced by U+FFFD.
    pub(super) invalid_utf8: Tally,
    /// The encoding the file was converted from, when it is not UTF-8.
    pub(super) converted_from: Option<&'static str>,
    /// An encoding name that nobody knows; the file was read as UTF-8.
    pub(super) unknown_encoding: Option<String>,
}

/// A `BufRead` of clean UTF-8 over any `BufRead`.
pub(super) struct Source<R> {
    raw: R,
    /// The first bytes of the file, until they have been cleaned.
    head: Option<Vec<u8>>,
    decoder: Option<Decoder>,
    /// Cleaned bytes, handed out from `position`.
    out: Vec<u8>,
    position: usize,
    /// The first bytes of a UTF-8 sequence that the last chunk cut in two.
    tail: Vec<u8>,
    finished: bool,
    after_cr: bool,
    line: u64,
    budget: usize,
    pub(super) repairs: SourceRepairs,
}

impl<R: BufRead> Source<R> {
    /// Reads the first bytes, finds the encoding and refuses what is not XML.
    pub(super) fn new(mut raw: R) -> Result<Self, WxrError> {
        let mut head = read_head(&mut raw)?;
        refuse_archives(&head)?;
        let mut repairs = SourceRepairs::default();
        let decoder = choose_encoding(&mut head, &mut repairs);
        let mut source = Self {
            raw,
            head: Some(head),
            decoder,
            out: Vec::new(),
            position: 0,
            tail: Vec::new(),
            finished: false,
            after_cr: false,
            line: 1,
            budget: usize::MAX,
            repairs,
        };
        source.fill().map_err(WxrError::Io)?;
        source.refuse_other_text()?;
        Ok(source)
    }

    /// Allows the next token `bytes` bytes; asking for more than that fails.
    pub(super) fn set_budget(&mut self, bytes: usize) {
        self.budget = bytes;
    }

    /// Whether the last read failed because the budget was used up.
    pub(super) fn is_over_budget(&self) -> bool {
        self.budget == 0
    }

    fn refuse_other_text(&self) -> Result<(), WxrError> {
        self.refuse_messages()?;
        let hint = "a WordPress export is made in Tools, Export, All content";
        match self.out.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None if self.out.len() < HEAD_BYTES => Err(WxrError::Empty),
            None | Some(b'<') => Ok(()),
            Some(b'{' | b'[') => Err(WxrError::NotXml { what: format!("it looks like JSON; {hint}") }),
            Some(_) => Err(WxrError::NotXml { what: format!("it does not begin with `<`; {hint}") }),
        }
    }

    /// A server that shows its warnings writes them into the export, before everything else.
    fn refuse_messages(&self) -> Result<(), WxrError> {
        let head = String::from_utf8_lossy(&self.out);
        let Some((lead, _)) = head.split_once("<?xml") else { return Ok(()) };
        let message = lead.trim_start();
        if message.is_empty() || lead.contains("<rss") || message.starts_with("<!") || message.starts_with("<?") {
            return Ok(());
        }
        let space = lead.strip_suffix(message).unwrap_or_default();
        let column = space.rsplit('\n').next().unwrap_or_default().chars().count();
        Err(WxrError::NotWellFormed {
            line: 1 + count_newlines(space.as_bytes()),
            column: 1 + u64::try_from(column).unwrap_or_default(),
            what: "text stands before `<?xml`, mostly a warning of the server; delete everything before `<?xml`"
                .to_owned(),
        })
    }

    /// Cleans the next chunk into `out`. Leaves `out` empty only at the end of the file.
    fn fill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.position = 0;
        while self.out.is_empty() && !self.finished {
            let bytes = match self.head.take() {
                Some(head) => head,
                None => match self.raw.fill_buf() {
                    Ok(chunk) => {
                        self.finished = chunk.is_empty();
                        let bytes = chunk.to_vec();
                        self.raw.consume(bytes.len());
                        bytes
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => return Err(error),
                },
            };
            self.clean(bytes);
        }
        Ok(())
    }

    fn clean(&mut self, bytes: Vec<u8>) {
        match &mut self.decoder {
            None => self.clean_utf8(bytes),
            Some(decoder) => {
                let text = decode(decoder, &bytes, self.finished);
                self.push(&text);
            }
        }
    }

    fn clean_utf8(&mut self, bytes: Vec<u8>) {
        let joined = if self.tail.is_empty() {
            bytes
        } else {
            let mut joined = std::mem::take(&mut self.tail);
            joined.extend_from_slice(&bytes);
            joined
        };
        let mut rest = joined.as_slice();
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.push(text),
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    if let Ok(text) = std::str::from_utf8(good) {
                        self.push(text);
                    }
                    let skip = match error.error_len() {
                        Some(length) => length,
                        None if self.finished => bad.len(),
                        None => {
                            self.tail = bad.to_vec();
                            return;
                        }
                    };
                    self.repairs.invalid_utf8.add(self.line);
                    self.out.extend_from_slice("\u{fffd}".as_bytes());
                    self.after_cr = false;
                    rest = bad.get(skip..).unwrap_or_default();
                }
            }
        }
    }

    /// Appends text, without the characters XML forbids and with `\n` for every line end.
    fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let clean = !self.after_cr && !bytes.iter().any(|byte| is_suspect(*byte));
        if clean {
            self.out.extend_from_slice(bytes);
            self.line += count_newlines(bytes);
            return;
        }
        for part in text.split_inclusive(|c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
            self.push_part(part);
        }
    }

    /// Appends text in which only the last character can be one to repair.
    fn push_part(&mut self, part: &str) {
        let Some(last) = part.chars().next_back() else {
            return;
        };
        let before = part.strip_suffix(last).unwrap_or_default();
        if !before.is_empty() {
            self.after_cr = false;
            self.out.extend_from_slice(before.as_bytes());
        }
        match last {
            '\n' if self.after_cr => self.after_cr = false,
            '\n' | '\r' => {
                self.after_cr = last == '\r';
                self.out.push(b'\n');
                self.line += 1;
            }
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                self.repairs.controls.add(self.line);
            }
            other => {
                self.after_cr = false;
                self.out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

impl<R: BufRead> io::Read for Source<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(target.len());
        if let (Some(to), Some(from)) = (target.get_mut(..count), available.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Source<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.out.len() {
            self.fill()?;
        }
        let available = self.out.get(self.position..).unwrap_or_default();
        if self.budget == 0 && !available.is_empty() {
            return Err(io::Error::other("the token is larger than the limit"));
        }
        let count = available.len().min(self.budget);
        Ok(available.get(..count).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.position += count;
        self.budget = self.budget.saturating_sub(count);
    }
}

fn read_head<R: BufRead>(raw: &mut R) -> Result<Vec<u8>, WxrError> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    while head.len() < HEAD_BYTES {
        let chunk = match raw.fill_buf() {
            Ok([]) => break,
            Ok(chunk) => chunk,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(WxrError::Io(error)),
        };
        head.extend_from_slice(chunk);
        let used = chunk.len();
        raw.consume(used);
    }
    Ok(head)
}

fn refuse_archives(head: &[u8]) -> Result<(), WxrError> {
    let known: [(&[u8], &str); 6] = [
        (b"\x1f\x8b", "it is a gzip archive; unpack it and import the .xml inside"),
        (b"PK\x03\x04", "it is a zip archive; unpack it and import the .xml inside"),
        (b"BZh", "it is a bzip2 archive; unpack it and import the .xml inside"),
        (b"\xfd7zXZ", "it is an xz archive; unpack it and import the .xml inside"),
        (b"%PDF", "it is a PDF"),
        (b"SQLite format 3", "it is a SQLite database"),
    ];
    match known.iter().find(|(magic, _)| head.starts_with(magic)) {
        Some((_, what)) => Err(WxrError::NotXml { what: (*what).to_owned() }),
        None => Ok(()),
    }
}

/// Takes a byte order mark off the head and says how to decode the file, `None` being UTF-8.
fn choose_encoding(head: &mut Vec<u8>, repairs: &mut SourceRepairs) -> Option<Decoder> {
    let encoding = if let Some((encoding, mark_bytes)) = Encoding::for_bom(head) {
        head.drain(..mark_bytes);
        encoding
    } else if matches!(head.as_slice(), [b'<', 0, _, 0, ..]) {
        UTF_16LE
    } else if matches!(head.as_slice(), [0, b'<', 0, _, ..]) {
        UTF_16BE
    } else {
        let label = declared_encoding(head)?;
        match Encoding::for_label(label.as_bytes()) {
            // The declaration could be read one byte at a time, so the file cannot be UTF-16.
            Some(encoding) if encoding.is_ascii_compatible() => encoding,
            _ => {
                repairs.unknown_encoding = Some(label);
                UTF_8
            }
        }
    };
    if encoding == UTF_8 {
        return None;
    }
    repairs.converted_from = Some(encoding.name());
    Some(encoding.new_decoder_without_bom_handling())
}

/// The `encoding` of an XML declaration at the very start of the file.
fn declared_encoding(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let declaration = text.strip_prefix("<?xml")?.split_once("?>")?.0;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = value.strip_prefix(quote)?.split_once(quote)?;
    Some(label.to_owned())
}

fn decode(decoder: &mut Decoder, bytes: &[u8], last: bool) -> String {
    let mut text = String::new();
    let mut rest = bytes;
    loop {
        text.reserve(rest.len().saturating_mul(3).saturating_add(16));
        let (result, read, _) = decoder.decode_to_string(rest, &mut text, last);
        rest = rest.get(read..).unwrap_or_default();
        if result == CoderResult::InputEmpty {
            return text;
        }
    }
}

/// Whether a byte can belong to a character that must be looked at: controls, and U+FFFE or U+FFFF.
fn is_suspect(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\n' && byte != b'\t') || byte == 0xef
}

fn count_newlines(bytes: &[u8]) -> u64 {
    let count = bytes.iter().filter(|byte| **byte == b'\n').count();
    u64::try_from(count).unwrap_or(u64::MAX)
}
