//! The inputs of acts on many articles.

use std::collections::HashSet;

use async_graphql::{ID, InputObject};
use masthead_app::article::{BULK_ARTICLES_MAX, Bulk, BulkAct, BulkTarget, Filing};
use masthead_domain::{
    ArticleId, CategoryId, LanguageTag, Violation, ViolationCode, Violations,
    article::{RELATED_MAX, TAGS_MAX, check_list_length},
    tag::{TAG_CHARS_MAX, TagName},
    text::Line,
};

use super::summary;
use crate::graphql::input;

/// One of the articles of an act on many.
#[derive(InputObject)]
pub(crate) struct ArticleBulkTargetInput {
    /// The article's global id.
    id: ID,
    /// The version the act is made for; another version is a conflict.
    expected_version: i32,
}

/// Which articles to publish, at which versions.
#[derive(InputObject)]
pub(crate) struct ArticleBulkPublishInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The articles, 1 to 100, each once.
    articles: Vec<ArticleBulkTargetInput>,
    /// Whether those who know the articles have a reason to read them again: then `revisedAt` moves.
    #[graphql(default)]
    is_revision: bool,
    /// A word for the history of each, at most 300 characters.
    summary: Option<String>,
}

/// Which articles to file under which categories.
#[derive(InputObject)]
pub(crate) struct ArticleBulkCategorizeInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The articles, 1 to 100, each once.
    articles: Vec<ArticleBulkTargetInput>,
    /// The global ids of the categories they come to, after those they are in, at most 200.
    #[graphql(default)]
    add: Vec<ID>,
    /// The global ids of the categories they leave, where they are in them, at most 200.
    #[graphql(default)]
    remove: Vec<ID>,
    /// Whether readers see it at once in articles that are published; else it waits beside them until `articlePublish`.
    /// Needs leave to publish too. An article beside which other changes wait is a mistake then: they would be published
    /// along.
    #[graphql(default)]
    publish: bool,
    /// A word for the history of each, at most 300 characters.
    summary: Option<String>,
}

/// Which articles to give which tags.
#[derive(InputObject)]
pub(crate) struct ArticleBulkTagInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The articles, 1 to 100, each once.
    articles: Vec<ArticleBulkTargetInput>,
    /// The tags they get by name, after those they have, at most 100. A tag that does not exist comes into being.
    #[graphql(default)]
    add: Vec<String>,
    /// The tags they lose by name, where they have them, at most 100.
    #[graphql(default)]
    remove: Vec<String>,
    /// Whether readers see it at once in articles that are published; else it waits beside them until `articlePublish`.
    /// Needs leave to publish too. An article beside which other changes wait is a mistake then: they would be published
    /// along.
    #[graphql(default)]
    publish: bool,
    /// A word for the history of each, at most 300 characters.
    summary: Option<String>,
}

/// Which articles to move from which category to which.
#[derive(InputObject)]
pub(crate) struct ArticleBulkMoveInput {
    /// Comes back in the payload unchanged.
    pub(in super::super) client_mutation_id: Option<String>,
    /// The articles, 1 to 100, each once.
    articles: Vec<ArticleBulkTargetInput>,
    /// The global id of the category they leave. An article that is not in it is a mistake.
    from_category_id: ID,
    /// The global id of the category that takes its place, at its position. An article that is in both keeps this one at
    /// the earlier position.
    to_category_id: ID,
    /// Whether readers see it at once in articles that are published; else it waits beside them until `articlePublish`.
    /// Needs leave to publish too. An article beside which other changes wait is a mistake then: they would be published
    /// along.
    #[graphql(default)]
    publish: bool,
    /// A word for the history of each, at most 300 characters.
    summary: Option<String>,
}

impl ArticleBulkPublishInput {
    /// The act.
    pub(in super::super) fn parse(self) -> Result<Bulk, Violations> {
        let Self { client_mutation_id: _, articles, is_revision, summary } = self;
        let wrong = Violations::new();
        bulk(wrong, articles, Some(BulkAct::Publish { is_revision }), summary.as_deref())
    }
}

impl ArticleBulkCategorizeInput {
    /// The act.
    pub(in super::super) fn parse(self) -> Result<Bulk, Violations> {
        let Self { client_mutation_id: _, articles, add, remove, publish, summary } = self;
        let mut wrong = Violations::new();
        check_list_length(&mut wrong, "add", add.len(), RELATED_MAX);
        check_list_length(&mut wrong, "remove", remove.len(), RELATED_MAX);
        let category = |id: &ID| id.parse::<CategoryId>().map_err(Violation::invalid);
        let add = each(&mut wrong, "add", &add, category);
        let remove = each(&mut wrong, "remove", &remove, category);
        check_change(&mut wrong, &add, &remove);
        let filing = Filing::Categorize { add, remove };
        bulk(wrong, articles, Some(BulkAct::File { filing, is_at_once: publish }), summary.as_deref())
    }
}

impl ArticleBulkTagInput {
    /// The act. Two spellings of one tag in the language of the site are told from the beginning.
    pub(in super::super) fn parse(self, language: &LanguageTag) -> Result<Bulk, Violations> {
        let Self { client_mutation_id: _, articles, add, remove, publish, summary } = self;
        let mut wrong = Violations::new();
        check_list_length(&mut wrong, "add", add.len(), TAGS_MAX);
        check_list_length(&mut wrong, "remove", remove.len(), TAGS_MAX);
        let tag = |name: &String| TagName::parse(name, language);
        let more = each(&mut wrong, "add", &add, tag);
        let fewer = each(&mut wrong, "remove", &remove, tag);
        let slugs = |tags: &[TagName]| tags.iter().map(|tag| tag.slug().clone()).collect::<Vec<_>>();
        check_change(&mut wrong, &slugs(&more), &slugs(&fewer));
        // What a name is to an article depends on the language of that, so the act makes tags of them.
        let lines = |names: &[String]| names.iter().filter_map(|name| Line::parse(name).ok()).collect();
        let (add, remove): (Vec<Line<TAG_CHARS_MAX>>, _) = (lines(&add), lines(&remove));
        let filing = Filing::Tag { add, remove };
        bulk(wrong, articles, Some(BulkAct::File { filing, is_at_once: publish }), summary.as_deref())
    }
}

impl ArticleBulkMoveInput {
    /// The act.
    pub(in super::super) fn parse(self) -> Result<Bulk, Violations> {
        let Self { client_mutation_id: _, articles, from_category_id, to_category_id, publish, summary } = self;
        let mut wrong = Violations::new();
        let from = input::id::<CategoryId>(&mut wrong, "fromCategoryId", &from_category_id);
        let to = input::id::<CategoryId>(&mut wrong, "toCategoryId", &to_category_id);
        if from.is_some() && from == to {
            wrong.push(Violation::invalid("must be another category than the one they leave").at("toCategoryId"));
        }
        let filing = from.zip(to).map(|(from, to)| Filing::Move { from, to });
        let act = filing.map(|filing| BulkAct::File { filing, is_at_once: publish });
        bulk(wrong, articles, act, summary.as_deref())
    }
}

fn bulk(
    mut wrong: Violations,
    articles: Vec<ArticleBulkTargetInput>,
    act: Option<BulkAct>,
    word: Option<&str>,
) -> Result<Bulk, Violations> {
    if articles.is_empty() {
        wrong.push(Violation::new(ViolationCode::Required, "name the articles").at("articles"));
    }
    check_list_length(&mut wrong, "articles", articles.len(), BULK_ARTICLES_MAX);
    let mut seen = HashSet::new();
    let mut targets = Vec::with_capacity(articles.len());
    for (place, ArticleBulkTargetInput { id, expected_version }) in articles.iter().enumerate() {
        let mut inner = Violations::new();
        if let Some(id) = input::id::<ArticleId>(&mut inner, "id", id) {
            if !seen.insert(id) {
                inner.push(Violation::invalid("stands twice in this list").at("id"));
            }
            targets.push(BulkTarget { id, expected_version: i64::from(*expected_version) });
        }
        wrong.nest("articles", inner.within(place));
    }
    let summary = summary(&mut wrong, word);
    wrong.into_result(act.map(|act| Bulk { targets, act, summary }))
}

/// The items of a list, or notes of what is wrong with them.
fn each<T, U>(wrong: &mut Violations, field: &str, items: &[T], parse: impl Fn(&T) -> Result<U, Violation>) -> Vec<U> {
    let mut parsed = Vec::with_capacity(items.len());
    for (place, item) in items.iter().enumerate() {
        match parse(item) {
            Ok(item) => parsed.push(item),
            Err(violation) => wrong.push(violation.at(place).at(field)),
        }
    }
    parsed
}

/// Checks that there is something to change, and that nothing comes twice or comes and goes.
fn check_change<T: std::hash::Hash + Eq>(wrong: &mut Violations, add: &[T], remove: &[T]) {
    if wrong.is_empty() && add.is_empty() && remove.is_empty() {
        wrong.push(Violation::new(ViolationCode::Required, "say what to add or what to remove").at("add"));
    }
    let mut seen = HashSet::new();
    for (field, items) in [("add", add), ("remove", remove)] {
        for (place, item) in items.iter().enumerate() {
            if !seen.insert(item) {
                wrong.push(Violation::invalid("stands twice in what to add and remove").at(place).at(field));
            }
        }
    }
}
