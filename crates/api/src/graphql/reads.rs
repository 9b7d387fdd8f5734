//! What an answer was read from.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use foldhash::HashSet;
use masthead_domain::{
    EntityKind, SourceId, TagId,
    topic::{Shelf, Topic, TopicKey},
};

type Topics = &'static [Topic<'static>];

/// Categories. There are few of them, they change rarely, and the address of each is told by those above it: whatever
/// shows one depends on all.
pub(super) const CATEGORIES: Topics = &[Topic::Kind(EntityKind::Category)];
/// Which authors there are.
pub(super) const AUTHORS: Topics = &[Topic::Kind(EntityKind::Author)];
/// Which contacts there are, and under which articles they stand.
pub(super) const CONTACTS: Topics = &[Topic::Kind(EntityKind::Contact), Topic::Words, SITE];
/// Which tags there are for readers: those of articles that they find.
pub(super) const TAGS: Topics = &[Topic::Kind(EntityKind::Tag), SITE];
/// Which sources there are for readers: those that articles cite.
pub(super) const SOURCES: Topics = &[Topic::Kind(EntityKind::Source), SITE];
/// Which media records there are for readers: what articles show in galleries and texts, and portraits of authors.
pub(super) const MEDIA: Topics = &[Topic::Kind(EntityKind::Media), Topic::Kind(EntityKind::Author), Topic::Words, SITE];
/// Which comments there are below articles that readers find.
pub(super) const COMMENTS: Topics = &[Topic::Kind(EntityKind::Comment), SITE];
/// Which corrections articles have that readers find.
pub(super) const CORRECTIONS: Topics = &[Topic::Words, SITE];
/// Which references articles have that readers find.
pub(super) const REFERENCES: Topics = &[Topic::Words, SITE];
/// Whatever a redirect leads to depends on all that may stand on the way.
pub(super) const REDIRECTS: Topics = &[Topic::Kind(EntityKind::Redirect)];
/// Which editions a story has.
pub(super) const EDITIONS: Topics = &[SITE];
/// Which things had an address, which is written by acts on those things.
pub(super) const FORMER: Topics =
    &[Topic::Kind(EntityKind::Article), Topic::Kind(EntityKind::Category), Topic::Kind(EntityKind::Author)];
/// Which thing another system knows by an id.
pub(super) const EXTERNAL: Topics = &[Topic::Kind(EntityKind::Article)];

const SITE: Topic<'static> = Topic::Shelf(Shelf::Site);

/// These tags: each is there for readers while an article with it is.
pub(super) fn tags(ids: &[TagId]) -> Vec<Topic<'static>> {
    ids.iter().flat_map(|id| [Topic::Thing((*id).into()), Topic::Shelf(Shelf::Tag(*id))]).collect()
}

/// These sources: each is there for readers while an article cites it.
pub(super) fn sources(ids: &[SourceId]) -> Vec<Topic<'static>> {
    ids.iter().flat_map(|id| [Topic::Thing((*id).into()), Topic::Shelf(Shelf::Source(*id))]).collect()
}

/// Names of topics, with the kind of those that are one thing.
pub(crate) type Names = BTreeSet<(Option<EntityKind>, String)>;

/// The topics of one answer, gathered while it is made. See [`masthead_domain::topic`].
#[derive(Debug, Default)]
pub(crate) struct Reads {
    topics: Mutex<HashSet<TopicKey>>,
    /// Their names by their kinds, for those whose names are wanted.
    names: Option<Mutex<Names>>,
    is_momentary: AtomicBool,
}

impl Reads {
    /// Those whose topics are told by name as well.
    pub(crate) fn named() -> Self {
        Self { names: Some(Mutex::default()), ..Self::default() }
    }

    pub(crate) fn note<'t>(&self, topics: impl IntoIterator<Item = Topic<'t>>) {
        let keys = topics.into_iter().inspect(|topic| self.note_name(*topic)).map(Topic::key);
        self.topics.lock().unwrap_or_else(PoisonError::into_inner).extend(keys);
    }

    fn note_name(&self, topic: Topic<'_>) {
        let Some(names) = &self.names else { return };
        let kind = match topic {
            Topic::Thing(id) => Some(id.kind()),
            _ => None,
        };
        names.lock().unwrap_or_else(PoisonError::into_inner).insert((kind, topic.to_string()));
    }

    /// The names of all topics, with the kind of those that are one thing. Empty where names are not wanted.
    pub(crate) fn names(&self) -> Names {
        let names = self.names.as_ref().map(|names| names.lock().unwrap_or_else(PoisonError::into_inner).clone());
        names.unwrap_or_default()
    }

    /// Notes that the answer tells the instant it is true for, and so is another one a moment later.
    pub(super) fn note_now(&self) {
        // Whoever asks does so after the answer was made: no order is needed.
        self.is_momentary.store(true, Ordering::Relaxed);
    }

    /// All of them, in no order; none for an answer that is another one a moment later.
    pub(crate) fn topics(&self) -> Option<Arc<[TopicKey]>> {
        let topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        (!self.is_momentary.load(Ordering::Relaxed)).then(|| topics.iter().copied().collect())
    }
}
