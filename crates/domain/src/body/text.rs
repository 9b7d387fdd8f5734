//! Bodies as plain text, and what is counted in it.

use unicode_segmentation::UnicodeSegmentation;

use super::{BlockKind, Body, Embed, Heading, Image, Inline, List, Quote, Table};

/// Words an adult reads in a minute, silently, in a language well known: 238 in English, 214 in French (Brysbaert
/// 2019; Trauzettel-Klosinski & Dietz 2012), rounded between the two. A Chinese or Japanese
/// character counts as a word, which comes close to the 260 characters a minute measured there.
pub const WORDS_PER_MINUTE: u32 = 225;

/// A heading, for a table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadingEntry {
    /// 1 to 6.
    pub level: u8,
    /// Its words, on one line.
    pub text: String,
    /// The `id` it has in the HTML, unique in the body.
    pub anchor: String,
}

impl Body {
    /// The headings, in order.
    pub fn headings(&self) -> Vec<HeadingEntry> {
        let headings = self
            .blocks
            .iter()
            .filter_map(|block| if let BlockKind::Heading(heading) = &block.kind { Some(heading) } else { None });
        headings
            .map(|heading| HeadingEntry {
                level: heading.level,
                text: heading.text.text().replace('\n', " "),
                anchor: heading.anchor.clone(),
            })
            .collect()
    }

    /// The body as plain text: an empty line between blocks, list items with their sign, table cells parted by
    /// tabs, pictures by their captions. Reference marks are left out.
    pub fn text(&self) -> String {
        let texts: Vec<String> =
            self.blocks.iter().map(|block| block.kind.text()).filter(|text| !text.is_empty()).collect();
        texts.join("\n\n")
    }

    /// How many words there are to read: in paragraphs, headings, lists, quotes, tables and captions. Code and raw
    /// markup do not count.
    ///
    /// Words are those of Unicode's UAX 29, so an elision (`l’été`, `m’ap`) is one word and a Chinese or
    /// Japanese character is one; words joined by a hyphen (`peut-être`) are one.
    pub fn word_count(&self) -> u32 {
        let count: usize = self
            .blocks
            .iter()
            .map(|block| {
                let of_texts: usize = block.kind.texts().into_iter().map(|text| words(&text.text())).sum();
                if let BlockKind::Quote(Quote { cite: Some(cite), .. }) = &block.kind {
                    of_texts + words(cite)
                } else {
                    of_texts
                }
            })
            .sum();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// Minutes it takes to read, at [`WORDS_PER_MINUTE`], rounded up; 0 only without any word.
    pub fn reading_time_minutes(&self) -> u32 {
        self.word_count().div_ceil(WORDS_PER_MINUTE)
    }

    /// The first words, on one line, in at most `max_chars` characters. Text that was cut ends in `…`, after
    /// a whole word where there is one.
    ///
    /// It is taken from the paragraphs; where there are none, from whatever text there is.
    pub fn excerpt(&self, max_chars: usize) -> String {
        let is_paragraph = |kind: &BlockKind| matches!(kind, BlockKind::Paragraph { .. } | BlockKind::Quote(_));
        let only_paragraphs = self.blocks.iter().any(|block| is_paragraph(&block.kind));
        let mut line = String::new();
        let texts = self
            .blocks
            .iter()
            .filter(|block| !only_paragraphs || is_paragraph(&block.kind))
            .flat_map(|block| block.kind.texts());
        for text in texts.filter(|text| !text.is_empty()) {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&text.text().replace('\n', " "));
            // Four bytes is the longest character.
            if line.len() > max_chars.saturating_mul(4) {
                break;
            }
        }
        shortened(&line, max_chars)
    }
}

impl BlockKind {
    /// The block as plain text; empty when it has none.
    pub fn text(&self) -> String {
        match self {
            Self::Paragraph { text } | Self::Heading(Heading { text, .. }) => text.text(),
            Self::List(list) => {
                let mut lines = Vec::new();
                list_lines(list, 0, &mut lines);
                lines.join("\n")
            }
            Self::Quote(Quote { content, cite, .. }) => {
                let mut lines: Vec<String> = content.iter().map(Inline::text).collect();
                lines.extend(cite.iter().map(|cite| format!("— {cite}")));
                lines.join("\n")
            }
            Self::Image(image) => image_text(image),
            Self::Gallery { items } => {
                let lines = items.iter().map(image_text);
                let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
                lines.join("\n")
            }
            Self::Embed(Embed { url, .. }) => url.to_string(),
            Self::Table(Table { rows, caption, .. }) => {
                let mut lines = Vec::new();
                if !caption.is_empty() {
                    lines.push(caption.text());
                }
                lines.extend(rows.iter().map(|row| {
                    let cells = row.iter().map(|cell| cell.text().replace('\n', " "));
                    cells.collect::<Vec<_>>().join("\t")
                }));
                lines.join("\n")
            }
            Self::Code { code, .. } => code.clone(),
            Self::Rule => String::new(),
            Self::Raw { html, .. } => without_tags(html.as_str()),
        }
    }
}

fn list_lines(list: &List, depth: usize, lines: &mut Vec<String>) {
    let mut number = list.start.unwrap_or(1);
    for item in &list.items {
        let sign = if list.ordered { format!("{number}. ") } else { "- ".to_owned() };
        let indent = "  ".repeat(depth);
        let text = item.text.text().replace('\n', &format!("\n{indent}  "));
        lines.push(format!("{indent}{sign}{text}").trim_end().to_owned());
        for below in &item.lists {
            list_lines(below, depth + 1, lines);
        }
        number = number.saturating_add(1);
    }
}

fn image_text(image: &Image) -> String {
    let caption = image.caption.text();
    match &image.credit {
        Some(credit) if caption.is_empty() => credit.clone(),
        Some(credit) => format!("{caption} ({credit})"),
        None => caption,
    }
}

// The sanitiser's elements that do not part words.
const INLINE_ELEMENTS: [&str; 24] = [
    "a", "abbr", "b", "bdi", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small",
    "span", "strong", "sub", "sup", "time", "u", "var",
];

// Good for the sanitiser's output, where a `<` that is no tag is always an entity. What comes out is only ever
// used as text.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or_default();
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !INLINE_ELEMENTS.contains(&name) {
            text.push(' ');
        }
        rest = after;
    }
    text.push_str(rest);
    let entities =
        [("&nbsp;", "\u{a0}"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    for (entity, character) in entities {
        text = text.replace(entity, character);
    }
    super::clean::plain_line(&text)
}

fn words(text: &str) -> usize {
    let mut count = 0;
    let mut after_word = false;
    let mut after_hyphen = false;
    for part in text.split_word_bounds() {
        if part.chars().any(char::is_alphanumeric) {
            if !after_hyphen {
                count += 1;
            }
            after_word = true;
            after_hyphen = false;
        } else {
            after_hyphen = after_word && matches!(part, "-" | "\u{2010}" | "\u{2011}");
            after_word = false;
        }
    }
    count
}

/// A line in at most `max_chars` characters. A line that was cut ends in `…`, after a whole word where there is one.
pub fn shortened(line: &str, max_chars: usize) -> String {
    if line.chars().count() <= max_chars {
        return line.to_owned();
    }
    let Some(room) = max_chars.checked_sub(1) else {
        return String::new();
    };
    let limit = line.char_indices().nth(room).map_or(line.len(), |(at, _)| at);
    let last = |ends: &mut dyn Iterator<Item = usize>| ends.take_while(|&end| end <= limit).last();
    let words = last(&mut line.split_word_bound_indices().map(|(at, part)| at + part.len()));
    let whole = words.and_then(|end| line.get(..end)).map(trim_cut);
    let text = match whole {
        Some(text) if !text.is_empty() => text,
        // One word longer than all the room: cut inside it, but not inside a letter and its accent.
        _ => {
            let letters = last(&mut line.grapheme_indices(true).map(|(at, part)| at + part.len()));
            letters.and_then(|end| line.get(..end)).unwrap_or_default()
        }
    };
    format!("{text}…")
}

fn trim_cut(text: &str) -> &str {
    text.trim_end_matches(|c: char| {
        c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '—' | '(' | '[' | '«' | '“' | '‘' | '’' | '\'')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraphs(texts: &[&str]) -> Body {
        let kinds = texts.iter().map(|text| BlockKind::paragraph(Inline::plain(text)));
        Body::from_blocks(kinds).expect("small")
    }

    #[test]
    fn words_are_counted_as_a_french_or_creole_reader_would() {
        for (text, count) in [
            ("L’été dernier, c’était peut-être mieux !", 5),
            ("« Où est-il ? » demande-t-elle.", 3),
            ("M’ap pale kreyòl ; nou pa t’ konnen.", 7),
            ("1 250 000 gourdes, soit 12,5 %", 6),
            ("arc-en-ciel - gris", 2),
            ("北京欢迎你", 5),
            ("…", 0),
            ("", 0),
        ] {
            assert_eq!(words(text), count, "{text}");
        }
    }

    #[test]
    fn a_body_takes_at_least_a_minute_unless_it_is_empty() {
        assert_eq!(Body::empty().reading_time_minutes(), 0);
        assert_eq!(paragraphs(&["Un mot"]).reading_time_minutes(), 1);
        let words = vec!["mo"; 226].join(" ");
        assert_eq!(paragraphs(&[&words]).reading_time_minutes(), 2);
    }

    #[test]
    fn an_excerpt_ends_after_a_whole_word() {
        let body = paragraphs(&["Le Premier ministre, hier, a dit", "qu’il partait."]);
        assert_eq!(body.excerpt(100), "Le Premier ministre, hier, a dit qu’il partait.");
        assert_eq!(body.excerpt(21), "Le Premier ministre…");
        assert_eq!(body.excerpt(20), "Le Premier ministre…");
        assert_eq!(body.excerpt(19), "Le Premier…");
        assert_eq!(body.excerpt(2), "L…");
        assert_eq!(body.excerpt(0), "");
    }

    #[test]
    fn an_excerpt_never_exceeds_its_length_nor_cuts_an_accent() {
        let body = paragraphs(&["ae\u{301}e\u{301}e\u{301}e\u{301}"]);
        for max in 0..12 {
            let excerpt = body.excerpt(max);
            assert!(excerpt.chars().count() <= max, "{excerpt}");
            assert!(!excerpt.ends_with("e…"), "{excerpt}");
        }
    }

    #[test]
    fn an_excerpt_leaves_headings_out_while_there_are_paragraphs() {
        let heading = || BlockKind::heading(2, Inline::plain("Titre"));
        let text = BlockKind::paragraph(Inline::plain("Texte."));
        let body = Body::from_blocks([heading(), text]).expect("small");
        assert_eq!(body.excerpt(50), "Texte.");
        let body = Body::from_blocks([heading()]).expect("small");
        assert_eq!(body.excerpt(50), "Titre");
    }

    #[test]
    fn raw_markup_is_text_without_its_tags() {
        assert_eq!(without_tags("<p>a &lt;b&gt; <b title=\"x\">&amp;lt;</b></p><p>c"), "a <b> &lt; c");
    }
}
