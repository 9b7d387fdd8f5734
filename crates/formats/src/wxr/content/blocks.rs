//! WordPress blocks: `<!-- wp:name {json} -->…<!-- /wp:name -->` around plain HTML, nested.
//!
//! The delimiters are taken away and the HTML between them kept; only blocks whose HTML is not enough by itself
//! are rewritten. Grammar: <https://developer.wordpress.org/block-editor/reference-guides/packages/packages-block-serialization-spec-parser/>.

use serde_json::Value;

use super::{
    Work, classic,
    gallery::gallery_block,
    lexer::{Kind, Lexer},
    markup::{embed, escape, image, web_address},
    shortcode,
};
use crate::wxr::{NoteKind, WpId};

/// Deeper delimiters are taken away without being understood.
const DEPTH_MAX: usize = 128;
/// How far up a closing delimiter looks for its opening one.
const CLOSE_REACH: usize = 16;
/// Reusable blocks may hold reusable blocks, but not for ever.
const REUSE_DEPTH_MAX: u32 = 3;
/// How many reusable blocks one item may show.
const REUSES_MAX: u32 = 50;

/// A block delimiter.
struct Delimiter<'a> {
    /// Without the `core/` of WordPress's own blocks.
    name: &'a str,
    attributes: &'a str,
    is_close: bool,
    is_void: bool,
}

struct Open<'a> {
    name: &'a str,
    attributes: Value,
    out: String,
}

/// Whether content is made of blocks.
pub(super) fn has_blocks(content: &str) -> bool {
    content.contains("<!-- wp:")
}

/// The HTML of content that is made of blocks. Text between blocks is classic content.
pub(super) fn render(content: &str, work: &mut Work<'_>) -> String {
    let mut blocks =
        Blocks { out: String::with_capacity(content.len()), loose: String::new(), open: Vec::new(), ignored: 0 };
    let mut rest = content;
    while let Some(at) = rest.find("<!--") {
        let (before, comment) = rest.split_at(at);
        blocks.html(before);
        let Some(length) = comment.find("-->").map(|end| end + 3) else {
            rest = comment;
            break;
        };
        let (comment, after) = comment.split_at(length);
        match delimiter(comment) {
            Some(delimiter) => blocks.delimiter(delimiter, work),
            None => blocks.html(comment),
        }
        rest = after;
    }
    blocks.html(rest);
    while !blocks.open.is_empty() {
        work.notes.add(NoteKind::BlockUnbalanced, "");
        blocks.close_innermost(work);
    }
    blocks.flush_loose(work);
    blocks.out
}

struct Blocks<'a> {
    out: String,
    /// HTML that stands between blocks.
    loose: String,
    open: Vec<Open<'a>>,
    /// How many opened blocks were too deep to be kept.
    ignored: usize,
}

impl<'a> Blocks<'a> {
    fn html(&mut self, html: &str) {
        match self.open.last_mut() {
            Some(open) => open.out.push_str(html),
            None => self.loose.push_str(html),
        }
    }

    fn flush_loose(&mut self, work: &mut Work<'_>) {
        let loose = std::mem::take(&mut self.loose);
        if !loose.trim().is_empty() {
            self.out.push_str(&classic(&loose, work));
        }
    }

    fn delimiter(&mut self, delimiter: Delimiter<'a>, work: &mut Work<'_>) {
        let Delimiter { name, attributes, is_close, is_void } = delimiter;
        if is_close {
            return self.close(name, work);
        }
        if self.open.is_empty() {
            self.flush_loose(work);
        }
        if self.open.len() >= DEPTH_MAX {
            self.ignored += usize::from(!is_void);
            return;
        }
        let attributes = match attributes {
            "" => Value::Null,
            json => serde_json::from_str(json).unwrap_or_else(|_| {
                work.notes.add(NoteKind::BlockAttributesUnreadable, name);
                Value::Null
            }),
        };
        self.open.push(Open { name, attributes, out: String::new() });
        if is_void {
            self.close_innermost(work);
        }
    }

    fn close(&mut self, name: &str, work: &mut Work<'_>) {
        if self.ignored > 0 {
            self.ignored -= 1;
            return;
        }
        match self.open.iter().rev().take(CLOSE_REACH).position(|open| open.name == name) {
            None => work.notes.add(NoteKind::BlockUnbalanced, name),
            Some(above) => {
                for _ in 0..above {
                    work.notes.add(NoteKind::BlockUnbalanced, name);
                    self.close_innermost(work);
                }
                self.close_innermost(work);
            }
        }
    }

    fn close_innermost(&mut self, work: &mut Work<'_>) {
        let Some(Open { name, attributes, out }) = self.open.pop() else {
            return;
        };
        let html = rewrite(name, &attributes, out, work);
        match self.open.last_mut() {
            Some(parent) => parent.out.push_str(&html),
            None => {
                self.out.push_str(&shortcode::expand(&html, work));
                self.out.push('\n');
            }
        }
    }
}

fn delimiter(comment: &str) -> Option<Delimiter<'_>> {
    let inner = comment.strip_prefix("<!--")?.strip_suffix("-->")?;
    if !inner.starts_with(|c: char| c.is_ascii_whitespace()) {
        return None;
    }
    let inner = inner.trim();
    let (is_close, rest) = match inner.strip_prefix('/') {
        Some(rest) => (true, rest),
        None => (false, inner),
    };
    let rest = rest.strip_prefix("wp:")?;
    let (is_void, rest) = match rest.strip_suffix('/') {
        Some(rest) if !is_close => (true, rest),
        _ => (false, rest),
    };
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '-' | '_');
    let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
    let (name, attributes) = rest.split_at(end);
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let name = name.strip_prefix("core/").unwrap_or(name);
    Some(Delimiter { name, attributes: attributes.trim(), is_close, is_void })
}

/// Blocks that show what WordPress makes at reading time, and parts of themes.
fn is_made_by_wordpress(name: &str) -> bool {
    const NAMES: [&str; 24] = [
        "archives",
        "avatar",
        "calendar",
        "categories",
        "comments",
        "home-link",
        "latest-comments",
        "latest-posts",
        "legacy-widget",
        "loginout",
        "navigation",
        "page-list",
        "pattern",
        "query",
        "query-loop",
        "read-more",
        "rss",
        "search",
        "social-links",
        "tag-cloud",
        "template-part",
        "term-description",
        "widget-group",
        "social-link",
    ];
    const FAMILIES: [&str; 5] = ["query-", "comment-", "comments-", "site-", "navigation-"];
    const OF_POSTS: [&str; 14] = [
        "post-author",
        "post-author-biography",
        "post-author-name",
        "post-comments",
        "post-comments-form",
        "post-content",
        "post-date",
        "post-excerpt",
        "post-featured-image",
        "post-navigation-link",
        "post-template",
        "post-terms",
        "post-title",
        "page-list-item",
    ];
    NAMES.contains(&name) || OF_POSTS.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family))
}

/// The HTML of one block, its inner blocks already rewritten.
fn rewrite(name: &str, attributes: &Value, inner: String, work: &mut Work<'_>) -> String {
    match name {
        // What these say stands elsewhere, or is only layout.
        "more" | "nextpage" | "spacer" | "footnotes" => String::new(),
        "freeform" => classic(&inner, work),
        "gallery" => gallery_block(attributes, &inner, work),
        "embed" => embed_block(attributes, &inner),
        _ if name.starts_with("core-embed/") => embed_block(attributes, &inner),
        "file" => file_block(&inner),
        "cover" => cover_block(attributes, inner),
        "block" => reusable_block(attributes, work),
        _ if is_made_by_wordpress(name) => {
            work.notes.add(NoteKind::BlockDropped, name);
            String::new()
        }
        _ if inner.trim().is_empty() => {
            work.notes.add(NoteKind::BlockDropped, name);
            String::new()
        }
        _ => inner,
    }
}

fn caption_of(html: &str) -> &str {
    let mut start = None;
    for piece in Lexer::new(html) {
        if let Kind::Tag(tag) = piece.kind {
            if tag.opens("figcaption") {
                start = Some(piece.end);
            } else if let (true, Some(start)) = (tag.closes("figcaption"), start) {
                return html.get(start..piece.start).unwrap_or_default();
            }
        }
    }
    ""
}

fn embed_block(attributes: &Value, inner: &str) -> String {
    let named = attributes.get("url").and_then(Value::as_str).and_then(web_address);
    let written = || {
        Lexer::new(inner).find_map(|piece| match piece.kind {
            Kind::Text(text) => web_address(text),
            Kind::Tag(tag) => tag.attribute("src").and_then(web_address),
            Kind::Comment(_) => None,
        })
    };
    match named.or_else(written) {
        Some(address) => embed(&address, caption_of(inner)),
        None => inner.to_owned(),
    }
}

/// A file block has two links to the same file; the one with the name is enough.
fn file_block(inner: &str) -> String {
    let mut start = None;
    for piece in Lexer::new(inner) {
        if let Kind::Tag(tag) = piece.kind {
            if tag.opens("a") && start.is_none() {
                start = Some(piece.start);
            } else if let (true, Some(start)) = (tag.closes("a"), start) {
                return format!("<p>{}</p>", inner.get(start..piece.end).unwrap_or_default());
            }
        }
    }
    inner.to_owned()
}

/// Old cover blocks keep their picture only in the style of an element.
fn cover_block(attributes: &Value, inner: String) -> String {
    let has_picture =
        Lexer::new(&inner).any(|piece| matches!(piece.kind, Kind::Tag(tag) if tag.opens("img") || tag.opens("video")));
    let picture = attributes.get("url").and_then(Value::as_str).and_then(web_address);
    match picture {
        Some(address) if !has_picture => {
            let alt = attributes.get("alt").and_then(Value::as_str).unwrap_or_default();
            format!("{}{inner}", image(&address, alt, &escape("")))
        }
        _ => inner,
    }
}

fn reusable_block(attributes: &Value, work: &mut Work<'_>) -> String {
    let id = attributes.get("ref").and_then(|id| id.as_u64().map(|id| id.to_string()));
    let Some(id) = id.as_deref().and_then(WpId::parse) else {
        return String::new();
    };
    let Some(content) = work.context.reusable_blocks.get(&id) else {
        work.notes.add(NoteKind::ReusableBlockMissing, id.as_str());
        return String::new();
    };
    if work.reuse_depth >= REUSE_DEPTH_MAX || work.reuses >= REUSES_MAX {
        work.notes.add(NoteKind::ReusableBlockMissing, id.as_str());
        return String::new();
    }
    work.reuse_depth += 1;
    work.reuses += 1;
    let html = if has_blocks(content) { render(content, work) } else { classic(content, work) };
    work.reuse_depth -= 1;
    work.notes.add(NoteKind::ReusableBlockInserted, id.as_str());
    html
}
