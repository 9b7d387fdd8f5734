//! What an answer was read from, in terms that a change can be held against.
//!
//! Whoever answers notes the topics of what was read. A change touches topics, too; an answer none of whose topics was
//! touched since would be the same again. Touching too much costs a reading more, touching too little shows something
//! old: so when in doubt, a reading notes the wider topic and a change touches more. Time is no topic: see
//! [`crate::article::Transition`].

mod name;

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::{
    AnyId, ArticleId, AuthorId, CategoryId, EntityKind, SourceId, TagId,
    event::{ChangeKind, ChangeScope},
};

/// Something that answers are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic<'a> {
    /// Everything there is.
    Everything,
    /// All things of a kind: which there are, and what is said of them.
    Kind(EntityKind),
    /// One thing, be it there or not.
    Thing(AnyId),
    /// What stands at an address of the site, or stood there.
    Path(&'a str),
    /// Which articles have a slug, in whatever language.
    Slug(&'a str),
    /// Which articles readers find on a shelf, and when they were published.
    Shelf(Shelf),
    /// What the articles say that readers find.
    Words,
    /// What stands below an article: comments and corrections.
    Below(ArticleId),
}

/// A list of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shelf {
    /// All articles.
    Site,
    /// Those of a category, not of those below it.
    Category(CategoryId),
    /// Those an author is credited for.
    Author(AuthorId),
    /// Those with a tag.
    Tag(TagId),
    /// Those that cite a source.
    Source(SourceId),
}

/// A topic as a number. Two topics may share one, which is as if they were touched together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicKey(u64);

impl Topic<'_> {
    /// Its number: the same in every process of one build.
    #[must_use]
    pub fn key(self) -> TopicKey {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        TopicKey(hasher.finish())
    }
}

/// Fields of articles that say nothing about where articles are found and in what order.
const WORDS: &[&str] = &[
    "headline",
    "secondaryHeadline",
    "kicker",
    "lede",
    "byline",
    "body",
    "gallery",
    "contacts",
    "links",
    "seo",
    "internalNote",
    "editorial",
    "corrections",
    "revisedAt",
];

/// A change as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedChange {
    /// What changed.
    pub entity: AnyId,
    /// What happened.
    pub kind: ChangeKind,
    /// The fields that changed, by their names in the API; empty for new and deleted things.
    pub fields: Vec<String>,
    /// Where it was found before.
    pub before: Option<ChangeScope>,
    /// Where it is found now.
    pub after: Option<ChangeScope>,
}

impl LoggedChange {
    /// Hands on every topic that the change touches, some of them twice.
    pub fn touch(&self, mut touched: impl FnMut(Topic<'_>)) {
        touched(Topic::Everything);
        if self.is_unseen() {
            return;
        }
        touched(Topic::Kind(self.entity.kind()));
        touched(Topic::Thing(self.entity));
        let is_article = self.entity.kind() == EntityKind::Article;
        let moves = !is_article || self.is_before_readers() && !self.is_about_words();
        if is_article && self.is_before_readers() {
            touched(Topic::Words);
        }
        for scope in self.scopes() {
            if let Some(path) = &scope.path {
                touched(Topic::Path(path));
                if let Some(slug) = path.rsplit('/').next().filter(|_| is_article) {
                    touched(Topic::Slug(slug));
                }
            }
            if let Some(article) = scope.article {
                touched(Topic::Below(article));
                touched(Topic::Thing(article.into()));
            }
            if moves {
                shelves(scope).for_each(|shelf| touched(Topic::Shelf(shelf)));
            }
        }
        if is_article && moves {
            touched(Topic::Shelf(Shelf::Site));
        }
    }

    fn scopes(&self) -> impl Iterator<Item = &ChangeScope> {
        self.before.iter().chain(&self.after)
    }

    /// Whether it is the desk's alone: what readers are answered stays as it is.
    fn is_unseen(&self) -> bool {
        self.after.is_some() && self.scopes().all(|scope| scope.is_unseen)
    }

    /// Whether readers find the article, or did, or will at an instant that is set.
    fn is_before_readers(&self) -> bool {
        self.scopes().any(|scope| scope.visible_from.is_some())
    }

    /// Whether the article stays where it is found, and only says something else.
    fn is_about_words(&self) -> bool {
        let is_word = |field: &String| WORDS.contains(&field.as_str());
        let stays = matches!(self.kind, ChangeKind::Updated | ChangeKind::Published);
        stays
            && !self.fields.is_empty()
            && self.fields.iter().all(is_word)
            && self.before.is_some()
            && self.before == self.after
    }
}

fn shelves(scope: &ChangeScope) -> impl Iterator<Item = Shelf> {
    let categories = scope.categories.iter().copied().map(Shelf::Category);
    let authors = scope.authors.iter().copied().map(Shelf::Author);
    let tags = scope.tags.iter().copied().map(Shelf::Tag);
    let sources = scope.sources.iter().copied().map(Shelf::Source);
    categories.chain(authors).chain(tags).chain(sources)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::{TimeZone, Utc};
    use uuid::Uuid;

    use super::*;
    use crate::CommentId;

    fn article() -> ArticleId {
        ArticleId::from_uuid(Uuid::from_u128(1))
    }

    fn category(number: u128) -> CategoryId {
        CategoryId::from_uuid(Uuid::from_u128(number))
    }

    fn scope(number: u128) -> ChangeScope {
        let visible_from = Some(Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap());
        let path = Some(format!("/fr/{number}"));
        ChangeScope { path, categories: vec![category(number)], visible_from, ..ChangeScope::default() }
    }

    fn touched(change: &LoggedChange) -> HashSet<TopicKey> {
        let mut all = HashSet::new();
        change.touch(|topic| {
            all.insert(topic.key());
        });
        all
    }

    fn updated(fields: &[&str], before: ChangeScope, after: ChangeScope) -> LoggedChange {
        LoggedChange {
            entity: article().into(),
            kind: ChangeKind::Updated,
            fields: fields.iter().map(|&field| field.to_owned()).collect(),
            before: Some(before),
            after: Some(after),
        }
    }

    const SITE: Topic<'static> = Topic::Shelf(Shelf::Site);

    #[test]
    fn another_headline_leaves_lists_as_they_are() {
        let found = touched(&updated(&["headline", "body"], scope(1), scope(1)));
        for topic in [Topic::Thing(article().into()), Topic::Words, Topic::Path("/fr/1"), Topic::Everything] {
            assert!(found.contains(&topic.key()), "{topic:?}");
        }
        for topic in [SITE, Topic::Shelf(Shelf::Category(category(1))), Topic::Path("/fr/2")] {
            assert!(!found.contains(&topic.key()), "{topic:?}");
        }
    }

    #[test]
    fn whoever_moves_is_told_on_both_shelves() {
        let found = touched(&updated(&["categories"], scope(1), scope(2)));
        for number in [1, 2] {
            assert!(found.contains(&Topic::Shelf(Shelf::Category(category(number))).key()));
            assert!(found.contains(&Topic::Path(&format!("/fr/{number}")).key()));
        }
        assert!(found.contains(&SITE.key()));
        let renamed = touched(&updated(&["headline"], scope(1), scope(2)));
        assert!(renamed.contains(&SITE.key()), "what is found elsewhere moved, whatever the fields say");
    }

    #[test]
    fn a_change_that_readers_do_not_see_leaves_their_answers_as_they_are() {
        let found = touched(&updated(&["categories"], scope(1).unseen(), scope(1).unseen()));
        assert_eq!(found, HashSet::from([Topic::Everything.key()]));
        let out_of_sight = touched(&updated(&["categories"], scope(1), scope(1).unseen()));
        assert!(out_of_sight.contains(&Topic::Thing(article().into()).key()));
    }

    #[test]
    fn a_change_to_a_draft_leaves_lists_as_they_are() {
        let draft = || ChangeScope { visible_from: None, ..scope(1) };
        let found = touched(&updated(&["categories"], draft(), draft()));
        assert!(found.contains(&Topic::Thing(article().into()).key()));
        assert!(!found.contains(&SITE.key()) && !found.contains(&Topic::Words.key()));
    }

    #[test]
    fn a_comment_touches_what_stands_below_its_article() {
        let below = ChangeScope { article: Some(article()), ..ChangeScope::default() };
        let (entity, kind) = (AnyId::Comment(CommentId::from_uuid(Uuid::from_u128(7))), ChangeKind::Created);
        let found = touched(&LoggedChange { entity, kind, fields: Vec::new(), before: None, after: Some(below) });
        assert!(found.contains(&Topic::Below(article()).key()));
        assert!(found.contains(&Topic::Kind(EntityKind::Comment).key()));
        assert!(!found.contains(&SITE.key()));
    }
}
