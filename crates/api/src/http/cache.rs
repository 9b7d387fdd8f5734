//! Answers that are kept, and how they are never old.
//!
//! What everybody may see is kept as finished bytes, with the topics it was read from, how much of the change log was known
//! before, and the instant at which time alone may make it another answer. It is served while nothing that was learned
//! later touched one of its topics and that instant has not come: nobody has to remember to throw anything away. Before
//! each answer is served the log is looked at, so what an act changed is gone from all answers before the act itself is
//! answered, whichever node or process did it. With a lag that holds for the acts of this node, and for others after the lag.
//!
//! A request is known by its very bytes, so that one that came before is answered without being parsed; requests that
//! are written otherwise and ask the same share the answer.

mod answer;
mod tags;

use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, header::CACHE_CONTROL};
use masthead_domain::topic::Topic;
use masthead_store::Look;
use quick_cache::{Weighter, sync::Cache};
use tokio::sync::Semaphore;

pub(super) use self::answer::{Found, Kept, conditional};
pub use self::tags::TagField;
use super::{accept::Media, coding::Coding, config::CacheConfig, fields, params::Params};
use crate::{
    graphql::Reads,
    operations::Standing,
    validity::{Basis, Validity},
};

/// What answers take beside their bytes, about.
const OVERHEAD: usize = 512;

/// How many requests are known by their bytes for each answer that is kept.
const SPELLINGS: usize = 4;

/// The bytes of a request that ask for an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Spelling {
    media: Media,
    is_get: bool,
    text: Bytes,
}

impl Spelling {
    pub(super) fn new(media: Media, is_get: bool, text: Bytes) -> Self {
        Self { media, is_get, text }
    }

    /// The bytes themselves.
    pub(super) fn into_text(self) -> Bytes {
        self.text
    }

    /// The same in memory of its own: a request's body is part of what its connection read.
    fn owned(&self) -> Self {
        Self { text: Bytes::copy_from_slice(&self.text), ..*self }
    }
}

/// Nobody outside can tell which questions fall together.
static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// What a request asks for, however it is spelled, and in which coding it is to be answered.
#[derive(Debug, Clone)]
pub(super) struct Question {
    text: Arc<[u8]>,
    /// Of the text, told once: a hit that was spelled as before need not read the text again.
    hash: u64,
    coding: Option<Coding>,
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        let is_same_text = || Arc::ptr_eq(&self.text, &other.text) || self.text == other.text;
        self.hash == other.hash && self.coding == other.coding && is_same_text()
    }
}

impl Eq for Question {}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.hash, self.coding).hash(state);
    }
}

impl Question {
    /// What anybody without credentials asks for.
    pub(super) fn of(media: Media, params: &Params) -> Self {
        let Params { query, operation_name, variables, hash: _ } = params;
        let name = operation_name.as_ref().map_or("", |name| name.as_str());
        let mut text = Vec::with_capacity(query.len() + name.len() + 64);
        text.push(match media {
            Media::Json => b'j',
            Media::GraphqlResponse => b'g',
        });
        for part in [name, query] {
            text.extend_from_slice(part.as_bytes());
            text.push(0);
        }
        // Strings of a document hold no U+0000, and a map of variables is written in the order of its keys.
        if serde_json::to_writer(&mut text, variables).is_err() {
            text.push(0);
        }
        Self { hash: SEED.hash_one(&text), text: text.into(), coding: None }
    }

    fn in_coding(&self, coding: Coding) -> Self {
        Self { text: Arc::clone(&self.text), coding: Some(coding), ..*self }
    }
}

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Question, Arc<Kept>> for ByBytes {
    fn weight(&self, question: &Question, answer: &Arc<Kept>) -> u64 {
        u64::try_from(question.text.len() + answer.weight() + OVERHEAD).unwrap_or(u64::MAX)
    }
}

impl Weighter<Spelling, Question> for ByBytes {
    fn weight(&self, spelling: &Spelling, _question: &Question) -> u64 {
        u64::try_from(spelling.text.len() + OVERHEAD / SPELLINGS).unwrap_or(u64::MAX)
    }
}

/// The answers.
pub(super) struct AnswerCache {
    validity: Arc<Validity>,
    answers: Cache<Question, Arc<Kept>, ByBytes>,
    spellings: Cache<Spelling, Question, ByBytes>,
    /// What is being made, each with a door that is closed when it is done.
    making: Mutex<HashMap<Question, Arc<Semaphore>>>,
    /// The longest answer that is kept, in bytes.
    longest: usize,
    config: CacheConfig,
}

impl fmt::Debug for AnswerCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerCache").field("answers", &self.answers.len()).finish_non_exhaustive()
    }
}

/// How a request goes on whose answer was not there.
pub(super) enum Begun {
    /// Somebody else made it meanwhile.
    Answered(Found),
    /// It has to be made. Whoever gets this should make it and keep it.
    Making(Making),
    /// It has to be made, and cannot be kept.
    Alone,
}

impl AnswerCache {
    /// A cache with these settings.
    pub(super) fn new(validity: Arc<Validity>, config: CacheConfig) -> Self {
        // A fifth is for the requests themselves.
        let for_spellings = config.bytes_max / 5;
        let for_answers = config.bytes_max - for_spellings;
        let count = |bytes: u64| usize::try_from(bytes / 4_096).unwrap_or(usize::MAX).max(16);
        Self {
            validity,
            answers: Cache::with_weighter(count(for_answers), for_answers, ByBytes),
            spellings: Cache::with_weighter(SPELLINGS * count(for_spellings), for_spellings, ByBytes),
            making: Mutex::default(),
            longest: usize::try_from(for_answers / 8).unwrap_or(usize::MAX),
            config,
        }
    }

    /// The answer to a request that came before in these very bytes, if it is still true. It is in the coding, unless
    /// it is not worth it or somebody is just about to have it so.
    pub(super) async fn spelled(self: &Arc<Self>, spelling: &Spelling, coding: Option<Coding>) -> Option<Found> {
        let question = self.spellings.get(spelling)?;
        self.true_answer(&question, coding).await
    }

    /// Says on an answer what it is, and what caches may do with it.
    pub(super) fn describe(&self, kept: &Kept, headers: &mut HeaderMap, is_get: bool) {
        kept.describe(headers);
        if let Some((field, tags)) = self.config.tags.zip(kept.tags()) {
            headers.insert(field.name(), tags.clone());
        }
        if let Some(policy) =
            fields::shared_policy(&self.config, || self.validity.now(), kept.until()).filter(|_| is_get)
        {
            headers.insert(CACHE_CONTROL, policy);
        }
    }

    async fn true_answer(self: &Arc<Self>, question: &Question, coding: Option<Coding>) -> Option<Found> {
        let coded = coding.and_then(|coding| self.answers.get(&question.in_coding(coding)));
        let plain = || self.answers.get(question);
        let (kept, is_coded) = match coded {
            Some(coded) => (coded, true),
            None => (plain()?, false),
        };
        let Look { head, age } = self.validity.recent().await?;
        let is_true = |kept: &Arc<Kept>| kept.is_true(head, &self.validity);
        if is_true(&kept) {
            let kept = if is_coded { kept } else { self.coded(question, kept, coding).await };
            return Some(Found { kept, age });
        }
        // It may have been made anew since it was coded.
        let kept = is_coded.then(plain).flatten().filter(is_true)?;
        Some(Found { kept: self.coded(question, kept, coding).await, age })
    }

    /// The answer in a coding. While one who came before is having it coded, others are not made to wait for it.
    async fn coded(self: &Arc<Self>, question: &Question, plain: Arc<Kept>, coding: Option<Coding>) -> Arc<Kept> {
        let Some(coding) = coding.filter(|_| plain.begin_coding()) else { return plain };
        let (cache, question, work) = (Arc::clone(self), question.in_coding(coding), Arc::clone(&plain));
        let work = move || {
            let coded = Arc::new(work.coded(coding));
            cache.answers.insert(question, Arc::clone(&coded));
            work.end_coding();
            coded
        };
        tokio::task::spawn_blocking(work).await.unwrap_or(plain)
    }

    /// The turn to make an answer, or the door behind which it is being made.
    fn turn(self: &Arc<Self>, question: &Question) -> Result<Turn, Arc<Semaphore>> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(door) = making.get(question) {
            return Err(Arc::clone(door));
        }
        making.insert(question.clone(), Arc::new(Semaphore::new(0)));
        Ok(Turn { cache: Arc::clone(self), question: question.clone() })
    }
}

/// A request whose answer anybody may have, as it came.
pub(super) struct Spelled {
    cache: Arc<AnswerCache>,
    spelling: Spelling,
    /// What the answer is wanted in.
    coding: Option<Coding>,
    /// When it came. The answer may be true for a later instant, and never for an earlier one.
    came_at: DateTime<Utc>,
}

impl Spelled {
    pub(super) fn new(cache: &Arc<AnswerCache>, spelling: Spelling, coding: Option<Coding>) -> Self {
        Self { cache: Arc::clone(cache), spelling, coding, came_at: cache.validity.now() }
    }

    /// The answer, if the request is known in these very bytes.
    pub(super) async fn known(&self) -> Option<Found> {
        self.cache.spelled(&self.spelling, self.coding).await
    }

    /// The same when it is known what it asks for, and how its document stands in the register, if that is why it is
    /// answered.
    pub(super) fn asks(self, params: &Params, standing: Option<Standing>) -> Asked {
        Asked { question: Question::of(self.spelling.media, params), standing, spelled: self }
    }
}

/// A request whose answer anybody may have and that is not known in its spelling.
pub(super) struct Asked {
    spelled: Spelled,
    question: Question,
    standing: Option<Standing>,
}

impl Asked {
    /// The answer, when somebody asked the same in other words or is about to have it; else leave to make it.
    pub(super) async fn begin(self) -> Begun {
        if let Some(found) = self.known().await {
            return Begun::Answered(found);
        }
        let Spelled { cache, came_at, .. } = &self.spelled;
        let turn = match cache.turn(&self.question) {
            Ok(turn) => Some(turn),
            Err(others) => {
                // The door is never opened, only closed.
                let _ = others.acquire().await;
                if let Some(found) = self.known().await {
                    return Begun::Answered(found);
                }
                // It could not be kept, and the next one will not be either: so everybody makes their own.
                None
            }
        };
        let Some(mut basis) = cache.validity.basis(*came_at).await else { return Begun::Alone };
        let reads = Arc::new(if cache.config.tags.is_some() { Reads::named() } else { Reads::default() });
        if let Some(Standing { id, since }) = self.standing {
            // The answer is there for this document as long as it stands in the register, and that was looked at before.
            reads.note([Topic::Thing(id.into())]);
            basis.since = basis.since.min(since);
        }
        Begun::Making(Making { asked: self, basis, reads, _turn: turn })
    }

    async fn known(&self) -> Option<Found> {
        let Self { spelled: Spelled { cache, spelling, coding, .. }, question, .. } = self;
        let found = cache.true_answer(question, *coding).await?;
        cache.spellings.insert(spelling.owned(), question.clone());
        Some(found)
    }
}

/// Holds others who want the same answer back until it is there, or will not be.
struct Turn {
    cache: Arc<AnswerCache>,
    question: Question,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let door = self.cache.making.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.question);
        if let Some(door) = door {
            door.close();
        }
    }
}

/// An answer that is being made.
pub(super) struct Making {
    asked: Asked,
    basis: Basis,
    reads: Arc<Reads>,
    _turn: Option<Turn>,
}

impl Making {
    /// Where resolvers note what they read.
    pub(super) fn reads(&self) -> &Arc<Reads> {
        &self.reads
    }

    /// Keeps the answer, which has no errors in it, unless it is too long or true for a moment only: the answer as it
    /// is to be sent.
    pub(super) async fn keep(self, bytes: &[u8]) -> Option<Arc<Kept>> {
        let Self { asked: Asked { spelled, question, .. }, basis, reads, _turn: turn } = self;
        let Spelled { cache, spelling, coding, .. } = spelled;
        let tags = cache.config.tags.map(|field| field.value(reads.names()));
        let kept = Kept::new(Bytes::copy_from_slice(bytes), spelling.media, reads.topics()?, basis);
        let kept = Arc::new(kept.with_tags(tags));
        if kept.weight() > cache.longest {
            return None;
        }
        cache.spellings.insert(spelling.owned(), question.clone());
        cache.answers.insert(question.clone(), Arc::clone(&kept));
        drop(turn);
        Some(cache.coded(&question, kept, coding).await)
    }
}
