//! What a body points to, and how to change it: references, media, addresses, raw markup.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use super::{
    Block, BlockKey, BlockKind, Body, BodyError, Embed, Heading, Href, Image, Inline, Link, List, Mark, Quote, RawHtml,
    ResourceUrl, SanitizedHtml, Span, Table,
};
use crate::MediaId;

impl BlockKind {
    /// Every running text of the block, in reading order.
    pub fn texts(&self) -> Vec<&Inline> {
        let mut texts = Vec::new();
        match self {
            Self::Paragraph { text } | Self::Heading(Heading { text, .. }) => texts.push(text),
            Self::List(list) => list_texts(list, &mut texts),
            Self::Quote(quote) => texts.extend(&quote.content),
            Self::Image(image) => texts.push(&image.caption),
            Self::Gallery { items } => texts.extend(items.iter().map(|item| &item.caption)),
            Self::Table(Table { rows, caption, .. }) => {
                texts.push(caption);
                texts.extend(rows.iter().flatten());
            }
            Self::Embed(_) | Self::Code { .. } | Self::Rule | Self::Raw { .. } => {}
        }
        texts
    }

    /// The numbers of the block's reference marks, in reading order, repeated as they are.
    pub fn references(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.texts().into_iter().flat_map(Inline::references).collect();
        if let Self::Quote(Quote { reference, .. }) = self {
            numbers.extend(reference);
        }
        numbers
    }

    /// The pictures of the block.
    pub fn images(&self) -> &[Image] {
        match self {
            Self::Image(image) => std::slice::from_ref(image),
            Self::Gallery { items } => items,
            Self::Paragraph { .. }
            | Self::Heading(_)
            | Self::List(_)
            | Self::Quote(_)
            | Self::Embed(_)
            | Self::Table(_)
            | Self::Code { .. }
            | Self::Rule
            | Self::Raw { .. } => &[],
        }
    }

    fn images_mut(&mut self) -> &mut [Image] {
        match self {
            Self::Image(image) => std::slice::from_mut(image),
            Self::Gallery { items } => items,
            Self::Paragraph { .. }
            | Self::Heading(_)
            | Self::List(_)
            | Self::Quote(_)
            | Self::Embed(_)
            | Self::Table(_)
            | Self::Code { .. }
            | Self::Rule
            | Self::Raw { .. } => &mut [],
        }
    }

    fn texts_mut(&mut self) -> Vec<&mut Inline> {
        let mut texts = Vec::new();
        match self {
            Self::Paragraph { text } | Self::Heading(Heading { text, .. }) => texts.push(text),
            Self::List(list) => list_texts_mut(list, &mut texts),
            Self::Quote(quote) => texts.extend(&mut quote.content),
            Self::Image(image) => texts.push(&mut image.caption),
            Self::Gallery { items } => texts.extend(items.iter_mut().map(|item| &mut item.caption)),
            Self::Table(Table { rows, caption, .. }) => {
                texts.push(caption);
                texts.extend(rows.iter_mut().flatten());
            }
            Self::Embed(_) | Self::Code { .. } | Self::Rule | Self::Raw { .. } => {}
        }
        texts
    }
}

fn list_texts<'a>(list: &'a List, texts: &mut Vec<&'a Inline>) {
    for item in &list.items {
        texts.push(&item.text);
        for below in &item.lists {
            list_texts(below, texts);
        }
    }
}

fn list_texts_mut<'a>(list: &'a mut List, texts: &mut Vec<&'a mut Inline>) {
    for item in &mut list.items {
        texts.push(&mut item.text);
        for below in &mut item.lists {
            list_texts_mut(below, texts);
        }
    }
}

impl Body {
    /// The numbers of the references the body marks, in the order of their first mark, each with the
    /// blocks it stands in.
    pub fn reference_numbers(&self) -> Vec<(u32, Vec<BlockKey>)> {
        let mut found: Vec<(u32, Vec<BlockKey>)> = Vec::new();
        let mut places: HashMap<u32, usize> = HashMap::new();
        for block in &self.blocks {
            for number in block.kind.references() {
                let at = *places.entry(number).or_insert_with(|| {
                    found.push((number, Vec::new()));
                    found.len() - 1
                });
                if let Some((_, keys)) = found.get_mut(at)
                    && keys.last() != Some(&block.key)
                {
                    keys.push(block.key.clone());
                }
            }
        }
        found
    }

    /// The media records the body shows, each once, in order.
    pub fn media_ids(&self) -> Vec<MediaId> {
        let mut seen = BTreeSet::new();
        self.images().filter_map(|image| image.media).filter(|id| seen.insert(*id)).collect()
    }

    /// All pictures, in order.
    pub fn images(&self) -> impl Iterator<Item = &Image> + '_ {
        self.blocks.iter().flat_map(|block| block.kind.images())
    }

    /// Where the body's links lead, each once, in order: those in text and those on pictures.
    pub fn links(&self) -> Vec<Href> {
        let mut seen = HashSet::new();
        let mut links = Vec::new();
        for block in &self.blocks {
            let in_text = block.kind.texts().into_iter().flat_map(Inline::marks);
            let in_text = in_text.filter_map(|mark| if let Mark::Link(link) = mark { Some(&link.href) } else { None });
            let on_images = block.kind.images().iter().filter_map(|i| i.link.as_ref());
            for href in in_text.chain(on_images) {
                if seen.insert(href) {
                    links.push(href.clone());
                }
            }
        }
        links
    }

    /// Gives the references other numbers. A mark whose number `number` does not know goes away, as when
    /// its reference was deleted.
    pub fn renumber(&mut self, mut number: impl FnMut(u32) -> Option<u32>) {
        for block in &mut self.blocks {
            for text in block.kind.texts_mut() {
                if text.references().next().is_none() {
                    continue;
                }
                let spans = std::mem::take(text).into_spans();
                *text = Inline::new(spans.into_iter().filter_map(|span| match span {
                    Span::Reference { number: old } => number(old).map(|number| Span::Reference { number }),
                    other => Some(other),
                }));
            }
            if let BlockKind::Quote(Quote { reference, .. }) = &mut block.kind {
                *reference = reference.and_then(&mut number).filter(|&new| new > 0);
            }
        }
        // A paragraph that was nothing but its mark is empty now.
        self.drop_empty();
    }

    /// Rewrites addresses: of links, pictures and embeds. `rewrite` answers with the new address, or nothing
    /// to keep the old one; an answer that is not safe there keeps the old one too.
    ///
    /// # Errors
    /// When the new addresses make the body larger than it may be; the body is left as it was.
    pub fn map_urls(&mut self, mut rewrite: impl FnMut(&str) -> Option<String>) -> Result<(), BodyError> {
        let mut changed = self.clone();
        for block in &mut changed.blocks {
            map_block_urls(&mut block.kind, &mut rewrite);
        }
        *self = Self::from_keyed_blocks(changed.into_keyed_blocks())?;
        Ok(())
    }

    /// Turns picture addresses into media ids, where `find` knows the address. Such a picture keeps no
    /// address of its own: the media record has it.
    pub fn resolve_media(&mut self, mut find: impl FnMut(&ResourceUrl) -> Option<MediaId>) {
        for block in &mut self.blocks {
            for image in block.kind.images_mut() {
                if image.media.is_none()
                    && let Some(id) = image.url.as_ref().and_then(&mut find)
                {
                    image.media = Some(id);
                    image.url = None;
                }
            }
        }
    }

    /// Sends the markup of every raw block through the sanitiser. Whatever makes a body of JSON from outside
    /// calls this before it shows or stores it. Blocks of which nothing is left go away.
    ///
    /// # Errors
    /// When the sanitiser, which writes out what the markup left unsaid, makes the body larger than it may be.
    pub fn map_raw(self, mut sanitize: impl FnMut(&str) -> SanitizedHtml) -> Result<Self, BodyError> {
        Self::from_keyed_blocks(self.into_keyed_blocks().map(|(key, mut kind)| {
            if let BlockKind::Raw { html, .. } = &mut kind {
                *html = RawHtml::from(sanitize(html.as_str()));
            }
            (key, kind)
        }))
    }

    /// Gives blocks that also stand in `old`, word for word, the keys they have there. For bodies that came
    /// back as HTML or Markdown, which carry no keys.
    pub fn adopt_keys(&mut self, old: &Self) {
        let mut known: HashMap<String, VecDeque<&BlockKey>> = HashMap::new();
        for block in &old.blocks {
            known.entry(fingerprint(block)).or_default().push_back(&block.key);
        }
        let highest = old.blocks.iter().filter_map(|block| block.key.number()).max();
        let adopted: Vec<Option<BlockKey>> =
            self.blocks.iter().map(|block| known.get_mut(&fingerprint(block))?.pop_front().cloned()).collect();
        let taken: HashSet<BlockKey> = adopted.iter().flatten().cloned().collect();
        let mut next = highest.unwrap_or_default();
        for (block, key) in self.blocks.iter_mut().zip(adopted) {
            block.key = key.unwrap_or_else(|| {
                loop {
                    next = next.wrapping_add(1);
                    let key = BlockKey::numbered(next);
                    if !taken.contains(&key) {
                        break key;
                    }
                }
            });
        }
    }

    fn drop_empty(&mut self) {
        self.blocks.retain_mut(|block| match &mut block.kind {
            BlockKind::Paragraph { text } | BlockKind::Heading(Heading { text, .. }) => !text.is_empty(),
            BlockKind::List(list) => drop_empty_items(list),
            BlockKind::Quote(quote) => {
                quote.content.retain(|text| !text.is_empty());
                !quote.content.is_empty()
            }
            BlockKind::Table(Table { rows, caption, .. }) => {
                !caption.is_empty() || rows.iter().flatten().any(|cell| !cell.is_empty())
            }
            BlockKind::Raw { html, .. } => !html.as_str().trim().is_empty(),
            BlockKind::Image(_)
            | BlockKind::Gallery { .. }
            | BlockKind::Embed(_)
            | BlockKind::Code { .. }
            | BlockKind::Rule => true,
        });
    }
}

fn drop_empty_items(list: &mut List) -> bool {
    list.items.retain_mut(|item| {
        item.lists.retain_mut(drop_empty_items);
        !item.text.is_empty() || !item.lists.is_empty()
    });
    !list.items.is_empty()
}

fn fingerprint(block: &Block) -> String {
    block.kind.to_json().to_string()
}

fn map_block_urls(kind: &mut BlockKind, rewrite: &mut impl FnMut(&str) -> Option<String>) {
    for text in kind.texts_mut() {
        if !text.marks().any(|mark| matches!(mark, Mark::Link(_))) {
            continue;
        }
        let mut spans = std::mem::take(text).into_spans();
        for span in &mut spans {
            let Span::Text { marks, .. } = span else {
                continue;
            };
            for mark in marks {
                if let Mark::Link(Link { href, .. }) = mark
                    && let Some(new) = rewrite(href.as_str()).and_then(|new| Href::parse(&new))
                {
                    *href = new;
                }
            }
        }
        *text = Inline::new(spans);
    }
    for image in kind.images_mut() {
        let new_url = image.url.as_ref().and_then(|url| rewrite(url.as_str()));
        if let Some(new) = new_url.and_then(|new| ResourceUrl::parse(&new)) {
            image.url = Some(new);
        }
        let new_link = image.link.as_ref().and_then(|link| rewrite(link.as_str()));
        if let Some(new) = new_link.and_then(|new| Href::parse(&new)) {
            image.link = Some(new);
        }
    }
    if let BlockKind::Embed(Embed { url, provider }) = kind
        && let Some(new) = rewrite(url.as_str()).and_then(|new| ResourceUrl::parse_absolute(&new))
        && new != *url
    {
        *url = new;
        *provider = None;
    }
}

#[cfg(test)]
#[path = "visit_tests.rs"]
mod tests;
