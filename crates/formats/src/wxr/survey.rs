//! The first of two passes over an export: is the whole file sound, and what is in it?
//!
//! An importer surveys the file, and only when that succeeds reads it again to import. So a file that breaks
//! off at its last line imports nothing, and facts that stand late in the file (the usual offset from UTC,
//! the files of a gallery, the group of a translation) are known before the first item is imported.

use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry as MapEntry},
    hash::{DefaultHasher, Hash, Hasher},
    io::BufRead,
};

use super::{
    Attachments, Event, Note, NoteKind, PostStatus, PostType, Reader, Site, TermKind, Translations, UtcOffset, WpId,
    WxrAuthor, WxrCategory, WxrError, WxrItem, WxrSlug, WxrTag, WxrTerm, date::Offsets, language::Collector,
};

/// The most items of one file. WordPress splits larger exports itself.
pub const ITEMS_MAX: u64 = 1_000_000;
/// The most text of reusable blocks that is kept between the passes.
const REUSABLE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most text of one reusable block.
const REUSABLE_BLOCK_BYTES_MAX: usize = 64 * 1024;

/// What is remembered of one item between the passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSummary {
    /// The name of the item for ever, unique in the file: its guid, with the id behind it when the guid repeats.
    pub identity: String,
    /// `wp:post_id`.
    pub post_id: Option<WpId>,
    /// What it is.
    pub post_type: PostType,
    /// Its state.
    pub status: PostStatus,
    /// Whether it was public on the old site by itself.
    pub is_public: bool,
    /// Its slug.
    pub slug: WxrSlug,
    /// Its address on the old site, as written.
    pub link: String,
    /// The position of the earlier item of which this one is a copy, word for word, from 1.
    pub copy_of: Option<u64>,
}

/// A term that items use, declared or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedTerm {
    /// The name as the first item writes it.
    pub name: String,
    /// How many items use it.
    pub items: u64,
}

/// How many comments there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CommentCounts {
    /// All.
    pub total: u64,
    /// Approved comments by readers: those that may be public.
    pub public: u64,
    /// Answers to other comments.
    pub replies: u64,
}

/// Everything an importer needs to know before the first item.
#[derive(Debug, Default)]
pub struct Survey {
    /// The site.
    pub site: Site,
    /// How many lines the file has.
    pub lines: u64,
    /// One summary per item, in the order of the file.
    pub items: Vec<ItemSummary>,
    /// How many items there are of each type and state.
    pub by_type_status: BTreeMap<(PostType, PostStatus), u64>,
    /// The offset from UTC that most items have.
    pub usual_offset: UtcOffset,
    /// How often each offset occurs.
    pub offsets: BTreeMap<UtcOffset, u64>,
    /// The declared authors, each login once.
    pub authors: Vec<WxrAuthor>,
    /// Logins that items name, declared or not, and how many items.
    pub creators: BTreeMap<String, u64>,
    /// The declared categories, in the order of the file.
    pub categories: Vec<WxrCategory>,
    /// The declared tags.
    pub tags: Vec<WxrTag>,
    /// The declared terms of other taxonomies.
    pub terms: Vec<WxrTerm>,
    /// The terms items use, by kind and key.
    pub used_terms: BTreeMap<(TermKind, String), UsedTerm>,
    /// The uploaded files.
    pub attachments: Attachments,
    /// The contents of reusable blocks, by id.
    pub reusable_blocks: HashMap<WpId, String>,
    /// Who translates whom.
    pub translations: Translations,
    /// How many comments there are.
    pub comments: CommentCounts,
    /// Ids that several items have.
    pub repeated_ids: Vec<WpId>,
    /// Slugs that several items of one type have: type, slug, and how many.
    pub repeated_slugs: Vec<(PostType, String, u64)>,
    /// What was repaired or is doubtful in the file as a whole, and which items repeat others.
    pub notes: Vec<Note>,
}

impl Survey {
    /// The summary of an item of the second pass.
    #[must_use]
    pub fn summary(&self, item: &WxrItem) -> Option<&ItemSummary> {
        let index = usize::try_from(item.ordinal).ok()?.checked_sub(1)?;
        self.items.get(index)
    }

    /// How many items there are of one type, in any state.
    #[must_use]
    pub fn count_of(&self, post_type: &PostType) -> u64 {
        self.by_type_status.iter().filter(|((kind, _), _)| kind == post_type).map(|(_, count)| count).sum()
    }

    /// Authors that items name and the head of the file does not declare.
    #[must_use]
    pub fn creators_not_declared(&self) -> Vec<&str> {
        let is_declared = |login: &str| self.authors.iter().any(|author| author.login == login);
        self.creators.keys().map(String::as_str).filter(|login| !is_declared(login)).collect()
    }
}

/// Reads a whole export once and says what is in it. Memory does not grow with the length of the texts.
///
/// # Errors
/// Any fault anywhere in the file, and a file that is no export or holds nothing.
pub fn survey<R: BufRead>(input: R) -> Result<Survey, WxrError> {
    let mut reader = Reader::new(input)?;
    let mut surveyor = Surveyor::default();
    for event in &mut reader {
        surveyor.add(event?)?;
    }
    let is_export = reader.is_export();
    let mut survey = surveyor.finish();
    survey.lines = reader.line();
    survey.site = reader.site().clone();
    if !is_export && survey.site.version.is_none() {
        return Err(WxrError::NotWxr);
    }
    let is_bare = survey.items.is_empty()
        && survey.authors.is_empty()
        && survey.categories.is_empty()
        && survey.tags.is_empty()
        && survey.terms.is_empty();
    if is_bare { Err(WxrError::NothingInside) } else { Ok(survey) }
}

#[derive(Default)]
struct Surveyor {
    survey: Survey,
    offsets: Offsets,
    languages: Collector,
    /// The items of each guid: position and fingerprint.
    guids: HashMap<String, Vec<(u64, u64)>>,
    identities: HashMap<String, u64>,
    ids: BTreeMap<WpId, u64>,
    slugs: BTreeMap<(PostType, String), u64>,
    reusable_bytes: usize,
}

impl Surveyor {
    fn add(&mut self, event: Event) -> Result<(), WxrError> {
        match event {
            Event::Site(_) => {}
            Event::Author(author) => {
                let is_known = self.survey.authors.iter().any(|known| known.login == author.login);
                if !author.login.is_empty() && !is_known {
                    self.survey.authors.push(author);
                }
            }
            Event::Category(category) => self.survey.categories.push(category),
            Event::Tag(tag) => self.survey.tags.push(tag),
            Event::Term(term) => {
                self.languages.add_term(&term);
                self.survey.terms.push(term);
            }
            Event::Item(item) => self.add_item(&item)?,
            Event::Repairs(notes) => self.survey.notes.extend(notes),
        }
        Ok(())
    }

    fn add_item(&mut self, item: &WxrItem) -> Result<(), WxrError> {
        if item.ordinal > ITEMS_MAX {
            return Err(WxrError::TooLarge { line: item.line, what: "too many items in one file", limit: ITEMS_MAX });
        }
        *self.survey.by_type_status.entry((item.post_type.clone(), item.status.clone())).or_default() += 1;
        if let Some(offset) = item.dates.offset() {
            self.offsets.add(offset);
        }
        if !item.creator.is_empty() && matches!(item.post_type, PostType::Post | PostType::Page) {
            *self.survey.creators.entry(item.creator.clone()).or_default() += 1;
        }
        for term in &item.terms {
            match self.survey.used_terms.entry((term.kind.clone(), term.key().to_owned())) {
                MapEntry::Occupied(mut used) => used.get_mut().items += 1,
                MapEntry::Vacant(slot) => {
                    slot.insert(UsedTerm { name: term.name.clone(), items: 1 });
                }
            }
        }
        self.count_comments(item);
        self.languages.add_item(item);
        self.survey.attachments.add(item);
        self.keep_reusable_block(item);
        if let Some(id) = &item.post_id {
            *self.ids.entry(id.clone()).or_default() += 1;
        }
        if !item.slug.raw.is_empty() && item.post_type != PostType::Attachment {
            *self.slugs.entry((item.post_type.clone(), item.slug.decoded.to_lowercase())).or_default() += 1;
        }
        let (identity, copy_of) = self.identify(item);
        self.survey.items.push(ItemSummary {
            identity,
            post_id: item.post_id.clone(),
            post_type: item.post_type.clone(),
            status: item.status.clone(),
            is_public: item.is_public(),
            slug: item.slug.clone(),
            link: item.link.clone(),
            copy_of,
        });
        Ok(())
    }

    fn count_comments(&mut self, item: &WxrItem) {
        let counts = &mut self.survey.comments;
        for comment in &item.comments {
            counts.total += 1;
            counts.public += u64::from(comment.is_public());
            counts.replies += u64::from(comment.parent.is_some());
        }
    }

    fn keep_reusable_block(&mut self, item: &WxrItem) {
        let is_block = item.post_type.as_str() == "wp_block" && item.is_public();
        let Some(id) = item.post_id.as_ref().filter(|_| is_block) else {
            return;
        };
        self.reusable_bytes += item.content.len();
        if item.content.len() <= REUSABLE_BLOCK_BYTES_MAX && self.reusable_bytes <= REUSABLE_BYTES_MAX {
            self.survey.reusable_blocks.insert(id.clone(), item.content.clone());
        }
    }

    /// Names an item. The first item of a guid is the guid; a later one that differs gets its id as well.
    fn identify(&mut self, item: &WxrItem) -> (String, Option<u64>) {
        let id = item.post_id.as_ref().map_or("", WpId::as_str);
        let base = match &item.guid {
            Some(guid) => guid.clone(),
            None if !item.link.is_empty() => item.link.clone(),
            None => format!("{}:{id}:{}", item.post_type.as_str(), item.slug.raw),
        };
        let print = fingerprint(item);
        let same = self.guids.entry(base.clone()).or_default();
        if let Some((ordinal, _)) = same.iter().find(|(_, other)| *other == print) {
            self.survey.notes.push(Note::new(NoteKind::ItemRepeated, base.clone()).about(item.reference()));
            let first = *ordinal;
            return (self.free_identity(&base, id, item.ordinal), Some(first));
        }
        let is_first = same.is_empty();
        // Sixteen different items under one guid are a broken file; copies are then no longer looked for.
        if same.len() < 16 {
            same.push((item.ordinal, print));
        }
        if !is_first {
            self.survey.notes.push(Note::new(NoteKind::GuidRepeated, base.clone()).about(item.reference()));
        }
        (self.free_identity(&base, id, item.ordinal), None)
    }

    fn free_identity(&mut self, base: &str, id: &str, ordinal: u64) -> String {
        let with_id = format!("{base}#{id}");
        let taken = |name: &str| self.identities.contains_key(name);
        let identity = if !taken(base) {
            base.to_owned()
        } else if !taken(&with_id) {
            with_id
        } else {
            // Counting the items of this name, not of the file, keeps the name when items are added elsewhere.
            let count = self.identities.get(&with_id).copied().unwrap_or(ordinal) + 1;
            self.identities.insert(with_id.clone(), count);
            format!("{with_id}#{count}")
        };
        self.identities.entry(identity.clone()).or_insert(1);
        identity
    }

    fn finish(self) -> Survey {
        let mut survey = self.survey;
        survey.usual_offset = self.offsets.usual();
        survey.offsets = self.offsets.into_counts();
        survey.translations = self.languages.finish();
        survey.repeated_ids = self.ids.into_iter().filter(|(_, count)| *count > 1).map(|(id, _)| id).collect();
        survey.repeated_slugs = self
            .slugs
            .into_iter()
            .filter(|(_, count)| *count > 1)
            .map(|((post_type, slug), count)| (post_type, slug, count))
            .collect();
        let repeated = survey.repeated_ids.iter().map(|id| Note::new(NoteKind::IdRepeated, id.as_str()));
        survey.notes.extend(repeated);
        survey
    }
}

/// What makes two items of one guid the same item written twice.
fn fingerprint(item: &WxrItem) -> u64 {
    let mut hasher = DefaultHasher::new();
    let id = item.post_id.as_ref().map(WpId::as_str);
    (id, item.post_type.as_str(), item.status.as_str(), &item.slug.raw).hash(&mut hasher);
    (&item.title, &item.content, &item.excerpt, &item.dates.local, &item.dates.gmt).hash(&mut hasher);
    hasher.finish()
}
