//! Brings blocks into canonical form and holds them to the limits.
//!
//! What was kept once is not held to them again: a limit that is lowered, or a size that is counted differently, must not
//! make an article unreadable.

use std::collections::HashSet;

use super::{
    Block, BlockKey, BlockKind, Body, BodyError, BodyProblem, Embed, Heading, Image, Inline, List, ListItem, Player,
    Quote, RawHtml, Table, anchor, clean, limits, place::Place,
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
    let blocks: Vec<_> = blocks.into_iter().collect();
    let root = Place::root();
    let place = root.key("blocks");
    gathering.taken = taken(&blocks, &place)?;
    for (at, (key, kind)) in blocks.into_iter().enumerate() {
        gathering.add(&place.index(at), key, kind)?;
    }
    Ok(gathering.finish())
}

// The keys that blocks without one must not be given. Only they have to know them.
fn taken(blocks: &[(Option<BlockKey>, BlockKind)], place: &Place<'_>) -> Result<HashSet<BlockKey>, BodyError> {
    let mut keys = HashSet::with_capacity(blocks.len());
    for (at, (key, _)) in blocks.iter().enumerate() {
        if let Some(key) = key
            && !keys.insert(key)
        {
            let key = key.to_string();
            return Err(place.index(at).key("key").fault(BodyProblem::DuplicateKey { key }));
        }
    }
    let all_have_one = blocks.iter().all(|(key, _)| key.is_some());
    Ok(if all_have_one { HashSet::new() } else { keys.into_iter().cloned().collect() })
}

/// As [`body`], but leaves out the blocks that break a rule or a limit; answers with the first such fault.
pub(super) fn fitting(kinds: impl IntoIterator<Item = BlockKind>) -> (Body, Option<BodyError>) {
    let mut gathering = Gathering::default();
    let mut first = None;
    let root = Place::root();
    let place = root.key("blocks");
    for (at, kind) in kinds.into_iter().enumerate() {
        if let Err(fault) = gathering.add(&place.index(at), None, kind) {
            first.get_or_insert(fault);
        }
    }
    (gathering.finish(), first)
}

#[derive(Default)]
struct Gathering {
    budget: Budget,
    keyed: Vec<(Option<BlockKey>, BlockKind)>,
    taken: HashSet<BlockKey>,
}

impl Gathering {
    fn add(&mut self, place: &Place<'_>, key: Option<BlockKey>, kind: BlockKind) -> Result<(), BodyError> {
        let Some(kind) = self.budget.kind(kind, place)? else {
            return Ok(());
        };
        if self.keyed.len() >= limits::BLOCKS_MAX && self.budget.sizes == Sizes::Limited {
            let max = limits::BLOCKS_MAX;
            return Err(Place::root().key("blocks").fault(BodyProblem::TooManyBlocks { max }));
        }
        self.keyed.push((key, kind));
        Ok(())
    }

    fn finish(self) -> Body {
        let mut blocks = give_keys(self.keyed, &self.taken);
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
    fn spend(&mut self, bytes: usize, parts: usize, place: &Place<'_>) -> Result<(), BodyError> {
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
        Err(place.fault(problem))
    }

    fn inline(&mut self, inline: &Inline, place: &Place<'_>) -> Result<(), BodyError> {
        self.spend(inline.bytes(), inline.spans().len(), place)
    }

    fn texts<const N: usize>(&mut self, texts: [Option<&str>; N], place: &Place<'_>) -> Result<(), BodyError> {
        self.spend(texts.into_iter().flatten().map(str::len).sum(), 0, place)
    }

    // The block in canonical form, or nothing when it says nothing.
    fn kind(&mut self, kind: BlockKind, place: &Place<'_>) -> Result<Option<BlockKind>, BodyError> {
        Ok(match kind {
            BlockKind::Paragraph { text } => {
                self.inline(&text, place)?;
                (!text.is_empty()).then_some(BlockKind::Paragraph { text })
            }
            BlockKind::Heading(heading) => self.heading(heading, place)?.map(BlockKind::Heading),
            BlockKind::List(list) => self.list(list, place, 1)?.map(BlockKind::List),
            BlockKind::Quote(quote) => self.quote(quote, place)?.map(BlockKind::Quote),
            BlockKind::Image(image) => Some(BlockKind::Image(self.image(image, place)?)),
            BlockKind::Gallery { items } => {
                let mut kept = Vec::with_capacity(items.len().min(limits::PARTS_MAX));
                let place = place.key("items");
                for (at, item) in items.into_iter().enumerate() {
                    kept.push(self.image(item, &place.index(at))?);
                }
                (!kept.is_empty()).then_some(BlockKind::Gallery { items: kept })
            }
            BlockKind::Embed(embed) => Some(BlockKind::Embed(self.embed(embed, place)?)),
            BlockKind::Table(table) => self.table(table, place)?.map(BlockKind::Table),
            BlockKind::Code { code, language } => {
                let code = clean::code_text(&code);
                self.texts([Some(&code)], place)?;
                let language = language.as_deref().and_then(|name| clean::short_name(name, limits::NAME_BYTES_MAX));
                (!code.trim().is_empty()).then_some(BlockKind::Code { code, language })
            }
            BlockKind::Rule => Some(BlockKind::Rule),
            BlockKind::Raw { type_name, html } => self.raw(&type_name, html, place)?,
        })
    }

    fn heading(&mut self, heading: Heading, place: &Place<'_>) -> Result<Option<Heading>, BodyError> {
        let Heading { level, text, anchor } = heading;
        self.inline(&text, place)?;
        if self.sizes == Sizes::Limited {
            self.spend(anchor::bytes_at_most(&text, &anchor), 0, place)?;
        }
        Ok((!text.is_empty()).then(|| Heading { level: level.clamp(1, 6), text, anchor }))
    }

    fn list(&mut self, list: List, place: &Place<'_>, depth: usize) -> Result<Option<List>, BodyError> {
        if depth > limits::NESTING_MAX {
            let max = limits::NESTING_MAX;
            return Err(place.fault(BodyProblem::TooDeep { max }));
        }
        let List { ordered, start, items } = list;
        let mut kept: Vec<ListItem> = Vec::new();
        let place = place.key("items");
        for (at, item) in items.into_iter().enumerate() {
            let place = place.index(at);
            let ListItem { text, lists } = item;
            self.spend(0, 1, &place)?;
            self.inline(&text, &place)?;
            let lists = self.lists(lists, &place, depth + 1)?;
            if !text.is_empty() || !lists.is_empty() {
                kept.push(ListItem { text, lists });
            }
        }
        // CommonMark reads at most nine digits.
        let start = start.filter(|&number| ordered && number != 1 && number < 1_000_000_000);
        Ok((!kept.is_empty()).then_some(List { ordered, start, items: kept }))
    }

    // Two lists of one sort in a row look, and in Markdown are, one list.
    fn lists(&mut self, lists: Vec<List>, place: &Place<'_>, depth: usize) -> Result<Vec<List>, BodyError> {
        let mut kept: Vec<List> = Vec::new();
        let place = place.key("lists");
        for (at, list) in lists.into_iter().enumerate() {
            let Some(list) = self.list(list, &place.index(at), depth)? else {
                continue;
            };
            match kept.last_mut() {
                Some(last) if last.ordered == list.ordered => last.items.extend(list.items),
                _ => kept.push(list),
            }
        }
        Ok(kept)
    }

    fn quote(&mut self, quote: Quote, place: &Place<'_>) -> Result<Option<Quote>, BodyError> {
        let Quote { content, cite, reference } = quote;
        let mut paragraphs = Vec::with_capacity(content.len());
        let place_of_content = place.key("content");
        for (at, text) in content.into_iter().enumerate() {
            self.inline(&text, &place_of_content.index(at))?;
            if !text.is_empty() {
                paragraphs.push(text);
            }
        }
        let cite = clean::optional_line(cite.as_deref());
        self.texts([cite.as_deref()], place)?;
        Ok((!paragraphs.is_empty()).then_some(Quote {
            content: paragraphs,
            cite,
            reference: reference.filter(|&number| number > 0),
        }))
    }

    fn image(&mut self, image: Image, place: &Place<'_>) -> Result<Image, BodyError> {
        let Image { media, url, alt, caption, credit, link } = image;
        if media.is_none() && url.is_none() {
            return Err(place.fault(BodyProblem::ImageWithoutSource));
        }
        let alt = clean::plain_line(&alt);
        let credit = clean::optional_line(credit.as_deref());
        let url_text = url.as_ref().map(super::ResourceUrl::as_str);
        let link_text = link.as_ref().map(super::Href::as_str);
        self.spend(0, 1, place)?;
        self.texts([Some(&alt), credit.as_deref(), url_text, link_text], place)?;
        self.inline(&caption, place)?;
        Ok(Image { media, url, alt, caption, credit, link })
    }

    fn embed(&mut self, embed: Embed, place: &Place<'_>) -> Result<Embed, BodyError> {
        let Embed { url, provider } = embed;
        self.texts([Some(url.as_str())], place)?;
        let known = Player::of(url.as_str()).map(|player| player.provider().to_owned());
        let given = || clean::short_name(provider.as_deref()?, limits::NAME_BYTES_MAX);
        Ok(Embed { provider: known.or_else(given), url })
    }

    fn table(&mut self, table: Table, place: &Place<'_>) -> Result<Option<Table>, BodyError> {
        let Table { has_header, mut rows, caption } = table;
        rows.retain(|row| !row.is_empty());
        let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
        let is_too_large = rows.len() > limits::TABLE_ROWS_MAX || columns > limits::TABLE_COLUMNS_MAX;
        if is_too_large && self.sizes == Sizes::Limited {
            let (rows_max, columns_max) = (limits::TABLE_ROWS_MAX, limits::TABLE_COLUMNS_MAX);
            return Err(place.fault(BodyProblem::TableTooLarge { rows_max, columns_max }));
        }
        self.spend(0, rows.len() * columns, place)?;
        self.inline(&caption, place)?;
        let place_of_rows = place.key("rows");
        for (at, row) in rows.iter_mut().enumerate() {
            for cell in row.iter() {
                self.inline(cell, &place_of_rows.index(at))?;
            }
            row.resize(columns, Inline::default());
        }
        let says_something = !caption.is_empty() || rows.iter().flatten().any(|cell| !cell.is_empty());
        Ok((says_something && !rows.is_empty()).then_some(Table { has_header, rows, caption }))
    }

    fn raw(&mut self, type_name: &str, html: RawHtml, place: &Place<'_>) -> Result<Option<BlockKind>, BodyError> {
        let Some(type_name) = clean::short_name(type_name, limits::NAME_BYTES_MAX) else {
            return Err(place.invalid("a raw block's type is 1 to 64 ASCII letters, digits or +-._#/"));
        };
        self.texts([Some(html.as_str())], place)?;
        Ok((!html.as_str().trim().is_empty()).then_some(BlockKind::Raw { type_name, html }))
    }
}

#[cfg(test)]
#[path = "canonical_tests.rs"]
mod tests;
