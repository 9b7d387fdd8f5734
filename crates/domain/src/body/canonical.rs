//! Brings blocks into canonical form and holds them to the limits.
//!
//! What was kept once is not held to them again: a limit that is lowered, or a size that is counted differently, must not
//! make an article unreadable.

use std::collections::HashSet;

use super::{
    Block, BlockKey, BlockKind, Body, BodyError, BodyProblem, Embed, Heading, Image, Inline, List, ListItem, Player,
    Quote, RawHtml, Table, anchor, clean, limits,
};

pub(super) fn body(blocks: impl IntoIterator<Item = (Option<BlockKey>, BlockKind)>) -> Result<Body, BodyError> {
    gathered(Gathering::default(), blocks)
}

/// As [`body`], of blocks that were kept and may be larger than new ones may be.
pub(super) fn kept(blocks: impl IntoIterator<Item = (Option<BlockKey>, BlockKind)>) -> Result<Body, BodyError> {
    let budget = Budget { sizes: Sizes::AsKept, ..Budget::default() };
    gathered(Gathering { budget, ..Gathering::default() }, blocks)
}

fn gathered(
    mut gathering: Gathering,
    blocks: impl IntoIterator<Item = (Option<BlockKey>, BlockKind)>,
) -> Result<Body, BodyError> {
    for (at, (key, kind)) in blocks.into_iter().enumerate() {
        gathering.add(at, key, kind)?;
    }
    Ok(gathering.finish())
}

/// As [`body`], but leaves out the blocks that break a rule or a limit; answers with the first such fault.
pub(super) fn fitting(kinds: impl IntoIterator<Item = BlockKind>) -> (Body, Option<BodyError>) {
    let mut gathering = Gathering::default();
    let mut first = None;
    for (at, kind) in kinds.into_iter().enumerate() {
        if let Err(fault) = gathering.add(at, None, kind) {
            first.get_or_insert(fault);
        }
    }
    (gathering.finish(), first)
}

#[derive(Default)]
struct Gathering {
    budget: Budget,
    keyed: Vec<(Option<BlockKey>, BlockKind)>,
    keys: HashSet<BlockKey>,
}

impl Gathering {
    fn add(&mut self, at: usize, key: Option<BlockKey>, kind: BlockKind) -> Result<(), BodyError> {
        let path = format!("/blocks/{at}");
        if let Some(key) = &key
            && !self.keys.insert(key.clone())
        {
            let key = key.to_string();
            return Err(BodyError::new(path + "/key", BodyProblem::DuplicateKey { key }));
        }
        let Some(kind) = self.budget.kind(kind, &path)? else {
            return Ok(());
        };
        if self.keyed.len() >= limits::BLOCKS_MAX && self.budget.sizes == Sizes::Limited {
            let max = limits::BLOCKS_MAX;
            return Err(BodyError::new("/blocks", BodyProblem::TooManyBlocks { max }));
        }
        self.keyed.push((key, kind));
        Ok(())
    }

    fn finish(self) -> Body {
        let mut blocks = give_keys(self.keyed, &self.keys);
        anchor::settle(&mut blocks);
        Body { blocks }
    }
}

// New keys count on from the highest number in use, so that a new block does not take the key of one
// that was deleted below it.
fn give_keys(keyed: Vec<(Option<BlockKey>, BlockKind)>, taken: &HashSet<BlockKey>) -> Vec<Block> {
    let highest = taken.iter().filter_map(BlockKey::number).max();
    let mut next = highest.filter(|&number| number < u64::from(u32::MAX)).unwrap_or_default();
    let mut new_key = || loop {
        next += 1;
        let key = BlockKey::numbered(next);
        if !taken.contains(&key) {
            return key;
        }
    };
    keyed.into_iter().map(|(key, kind)| Block { key: key.unwrap_or_else(&mut new_key), kind }).collect()
}

/// Whether sizes are held to the limits.
#[derive(Default, PartialEq, Eq)]
enum Sizes {
    #[default]
    Limited,
    AsKept,
}

#[derive(Default)]
struct Budget {
    bytes: usize,
    parts: usize,
    sizes: Sizes,
}

impl Budget {
    fn spend(&mut self, bytes: usize, parts: usize, path: &str) -> Result<(), BodyError> {
        if self.sizes == Sizes::AsKept {
            return Ok(());
        }
        self.bytes = self.bytes.saturating_add(bytes);
        self.parts = self.parts.saturating_add(parts);
        let problem = if self.bytes > limits::TEXT_BYTES_MAX {
            let max = limits::TEXT_BYTES_MAX;
            BodyProblem::TooMuchText { max }
        } else if self.parts > limits::PARTS_MAX {
            let max = limits::PARTS_MAX;
            BodyProblem::TooManyParts { max }
        } else {
            return Ok(());
        };
        Err(BodyError::new(path, problem))
    }

    fn inline(&mut self, inline: &Inline, path: &str) -> Result<(), BodyError> {
        self.spend(inline.bytes(), inline.spans().len(), path)
    }

    fn texts<const N: usize>(&mut self, texts: [Option<&str>; N], path: &str) -> Result<(), BodyError> {
        self.spend(texts.into_iter().flatten().map(str::len).sum(), 0, path)
    }

    // The block in canonical form, or nothing when it says nothing.
    fn kind(&mut self, kind: BlockKind, path: &str) -> Result<Option<BlockKind>, BodyError> {
        Ok(match kind {
            BlockKind::Paragraph { text } => {
                self.inline(&text, path)?;
                (!text.is_empty()).then_some(BlockKind::Paragraph { text })
            }
            BlockKind::Heading(heading) => self.heading(heading, path)?.map(BlockKind::Heading),
            BlockKind::List(list) => self.list(list, path, 1)?.map(BlockKind::List),
            BlockKind::Quote(quote) => self.quote(quote, path)?.map(BlockKind::Quote),
            BlockKind::Image(image) => Some(BlockKind::Image(self.image(image, path)?)),
            BlockKind::Gallery { items } => {
                let mut kept = Vec::with_capacity(items.len().min(limits::PARTS_MAX));
                for (at, item) in items.into_iter().enumerate() {
                    kept.push(self.image(item, &format!("{path}/items/{at}"))?);
                }
                (!kept.is_empty()).then_some(BlockKind::Gallery { items: kept })
            }
            BlockKind::Embed(embed) => Some(BlockKind::Embed(self.embed(embed, path)?)),
            BlockKind::Table(table) => self.table(table, path)?.map(BlockKind::Table),
            BlockKind::Code { code, language } => {
                let code = clean::code_text(&code);
                self.texts([Some(&code)], path)?;
                let language = language.as_deref().and_then(|name| clean::short_name(name, limits::NAME_BYTES_MAX));
                (!code.trim().is_empty()).then_some(BlockKind::Code { code, language })
            }
            BlockKind::Rule => Some(BlockKind::Rule),
            BlockKind::Raw { type_name, html } => self.raw(&type_name, html, path)?,
        })
    }

    fn heading(&mut self, heading: Heading, path: &str) -> Result<Option<Heading>, BodyError> {
        let Heading { level, text, anchor } = heading;
        self.inline(&text, path)?;
        if self.sizes == Sizes::Limited {
            self.spend(anchor::bytes_at_most(&text, &anchor), 0, path)?;
        }
        Ok((!text.is_empty()).then(|| Heading { level: level.clamp(1, 6), text, anchor }))
    }

    fn list(&mut self, list: List, path: &str, depth: usize) -> Result<Option<List>, BodyError> {
        if depth > limits::NESTING_MAX {
            let max = limits::NESTING_MAX;
            return Err(BodyError::new(path, BodyProblem::TooDeep { max }));
        }
        let List { ordered, start, items } = list;
        let mut kept: Vec<ListItem> = Vec::new();
        for (at, item) in items.into_iter().enumerate() {
            let path = format!("{path}/items/{at}");
            let ListItem { text, lists } = item;
            self.spend(0, 1, &path)?;
            self.inline(&text, &path)?;
            let lists = self.lists(lists, &path, depth + 1)?;
            if !text.is_empty() || !lists.is_empty() {
                kept.push(ListItem { text, lists });
            }
        }
        // CommonMark reads at most nine digits.
        let start = start.filter(|&number| ordered && number != 1 && number < 1_000_000_000);
        Ok((!kept.is_empty()).then_some(List { ordered, start, items: kept }))
    }

    // Two lists of one sort in a row look, and in Markdown are, one list.
    fn lists(&mut self, lists: Vec<List>, path: &str, depth: usize) -> Result<Vec<List>, BodyError> {
        let mut kept: Vec<List> = Vec::new();
        for (at, list) in lists.into_iter().enumerate() {
            let Some(list) = self.list(list, &format!("{path}/lists/{at}"), depth)? else {
                continue;
            };
            match kept.last_mut() {
                Some(last) if last.ordered == list.ordered => last.items.extend(list.items),
                _ => kept.push(list),
            }
        }
        Ok(kept)
    }

    fn quote(&mut self, quote: Quote, path: &str) -> Result<Option<Quote>, BodyError> {
        let Quote { content, cite, reference } = quote;
        let mut paragraphs = Vec::with_capacity(content.len());
        for (at, text) in content.into_iter().enumerate() {
            self.inline(&text, &format!("{path}/content/{at}"))?;
            if !text.is_empty() {
                paragraphs.push(text);
            }
        }
        let cite = clean::optional_line(cite.as_deref());
        self.texts([cite.as_deref()], path)?;
        Ok((!paragraphs.is_empty()).then_some(Quote {
            content: paragraphs,
            cite,
            reference: reference.filter(|&number| number > 0),
        }))
    }

    fn image(&mut self, image: Image, path: &str) -> Result<Image, BodyError> {
        let Image { media, url, alt, caption, credit, link } = image;
        if media.is_none() && url.is_none() {
            return Err(BodyError::new(path, BodyProblem::ImageWithoutSource));
        }
        let alt = clean::plain_line(&alt);
        let credit = clean::optional_line(credit.as_deref());
        let url_text = url.as_ref().map(super::ResourceUrl::as_str);
        let link_text = link.as_ref().map(super::Href::as_str);
        self.spend(0, 1, path)?;
        self.texts([Some(&alt), credit.as_deref(), url_text, link_text], path)?;
        self.inline(&caption, path)?;
        Ok(Image { media, url, alt, caption, credit, link })
    }

    fn embed(&mut self, embed: Embed, path: &str) -> Result<Embed, BodyError> {
        let Embed { url, provider } = embed;
        self.texts([Some(url.as_str())], path)?;
        let known = Player::of(url.as_str()).map(|player| player.provider().to_owned());
        let given = || clean::short_name(provider.as_deref()?, limits::NAME_BYTES_MAX);
        Ok(Embed { provider: known.or_else(given), url })
    }

    fn table(&mut self, table: Table, path: &str) -> Result<Option<Table>, BodyError> {
        let Table { has_header, mut rows, caption } = table;
        rows.retain(|row| !row.is_empty());
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let is_too_large = rows.len() > limits::TABLE_ROWS_MAX || columns > limits::TABLE_COLUMNS_MAX;
        if is_too_large && self.sizes == Sizes::Limited {
            return Err(BodyError::new(
                path,
                BodyProblem::TableTooLarge { rows_max: limits::TABLE_ROWS_MAX, columns_max: limits::TABLE_COLUMNS_MAX },
            ));
        }
        self.spend(0, rows.len() * columns, path)?;
        self.inline(&caption, path)?;
        for (at, row) in rows.iter_mut().enumerate() {
            for cell in row.iter() {
                self.inline(cell, &format!("{path}/rows/{at}"))?;
            }
            row.resize(columns, Inline::default());
        }
        let says_something = !caption.is_empty() || rows.iter().flatten().any(|cell| !cell.is_empty());
        Ok((says_something && !rows.is_empty()).then_some(Table { has_header, rows, caption }))
    }

    fn raw(&mut self, type_name: &str, html: RawHtml, path: &str) -> Result<Option<BlockKind>, BodyError> {
        let Some(type_name) = clean::short_name(type_name, limits::NAME_BYTES_MAX) else {
            return Err(BodyError::new(
                path,
                BodyProblem::InvalidValue { reason: "a raw block's type is 1 to 64 ASCII letters, digits or +-._#/" },
            ));
        };
        self.texts([Some(html.as_str())], path)?;
        Ok((!html.as_str().trim().is_empty()).then_some(BlockKind::Raw { type_name, html }))
    }
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
