//! Corrections: what readers are told about changes to what they may have read.

mod query;

use std::sync::Arc;

use async_graphql::{ComplexObject, Context, Enum, ID, List, Object, Result, SimpleObject};
use foldhash::{HashMap, HashMapExt};
use masthead_domain::{ArticleId, CorrectionId, correction as domain, diff, topic::Topic};
use masthead_store::{
    article::version,
    correction::{self, Correction, SORT_KINDS},
    page::{Page, fingerprint},
};

pub(crate) use self::query::CorrectionQuery;
use super::{
    article::ArticleNode,
    cohort::Cohort,
    connection::{Connection, PageArguments},
    error,
    frame::Frame,
    guard::{hand, hand_all},
    reads::CORRECTIONS,
    scalar::{DateTime, Language, LongText},
};

/// What sort of notice a correction is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "domain::CorrectionKind")]
pub(crate) enum CorrectionKind {
    /// Something was wrong and is right now.
    Correction,
    /// Something could be misread and is clearer now.
    Clarification,
    /// Something new became known.
    Update,
    /// The article, or a claim of it, is taken back.
    Retraction,
    /// A remark of the newsroom.
    EditorNote,
}

/// What happens to a piece of text between two versions.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[graphql(remote = "diff::DiffOp")]
pub(crate) enum DiffOp {
    /// It stays.
    Equal,
    /// It comes.
    Insert,
    /// It goes.
    Delete,
}

/// A piece of text that stays, comes or goes. Those that stay and go together are the text before, those that stay and
/// come the text after.
#[derive(SimpleObject)]
pub(crate) struct DiffHunk {
    /// What happens to it.
    op: DiffOp,
    /// Its words.
    text: LongText<String>,
}

/// A field that differs between two versions.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct FieldDiff {
    /// Its name in this API; blocks of the body are `body.` and their key, and `body` alone is the order of the blocks.
    path: String,
    /// The field before; null when there was nothing. Lists have one line for each item.
    before: Option<LongText<String>>,
    /// The field after; null when there is nothing.
    after: Option<LongText<String>>,
    #[graphql(skip)]
    hunks: Vec<diff::Hunk>,
}

#[ComplexObject]
impl FieldDiff {
    /// Both as one text, in pieces: texts by their words, lists by their lines.
    async fn hunks(&self, ctx: &Context<'_>) -> Result<List<DiffHunk>> {
        let hunk = |hunk: &diff::Hunk| DiffHunk { op: hunk.op.into(), text: LongText(hunk.text.clone()) };
        hand_all(ctx, self.hunks.iter().map(hunk)).await
    }
}

impl From<diff::FieldDiff> for FieldDiff {
    fn from(field: diff::FieldDiff) -> Self {
        let diff::FieldDiff { path, before, after, hunks } = field;
        Self { path, before: before.map(LongText), after: after.map(LongText), hunks }
    }
}

/// A correction with the frame and cohort it was loaded in.
#[derive(Clone)]
pub(crate) struct CorrectionNode {
    correction: Arc<Correction>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<CorrectionId>>,
    known: Arc<HashMap<CorrectionId, Arc<Correction>>>,
}

impl CorrectionNode {
    /// Corrections that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, corrections: Vec<Correction>) -> Vec<Self> {
        let corrections: Vec<Arc<Correction>> = corrections.into_iter().map(Arc::new).collect();
        frame.note(corrections.iter().map(|correction| Topic::Thing(correction.article.into())));
        let cohort = frame.cohort(corrections.iter().map(|correction| correction.id));
        let known: HashMap<_, _> = corrections.iter().map(|one| (one.id, Arc::clone(one))).collect();
        let known = Arc::new(known);
        let node = |correction| {
            let (frame, cohort, known) = (Arc::clone(frame), Arc::clone(&cohort), Arc::clone(&known));
            Self { correction, frame, cohort, known }
        };
        corrections.into_iter().map(node).collect()
    }

    /// The corrections with these ids whose articles the caller sees.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[CorrectionId]) -> Result<HashMap<CorrectionId, Self>> {
        let found = correction::by_ids(frame.read(CORRECTIONS), &frame.scope, ids).await.map_err(error::store)?;
        Ok(Self::together(frame, found).into_iter().map(|node| (node.correction.id, node)).collect())
    }

    /// The correction with an id, when the caller sees its article.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: CorrectionId) -> Result<Option<Self>> {
        Ok(Self::by_ids(frame, &[id]).await?.remove(&id))
    }

    /// The corrections of an article of a cohort, the newest first. Their first page is loaded for all articles of the
    /// cohort at once.
    pub(crate) async fn below(
        frame: &Arc<Frame>,
        articles: &Arc<Cohort<ArticleId>>,
        article: ArticleId,
        arguments: PageArguments,
    ) -> Result<Connection<Self>> {
        let print = fingerprint(&format!("corrections {article} {:?}", frame.scope.perspective));
        let request = arguments.request(print, SORT_KINDS)?;
        let (database, scope) = (frame.read_below(), &frame.scope);
        let pages = if request.cursor.is_none() {
            let request = &request;
            let load = |ids: Vec<ArticleId>| async move {
                correction::of_articles(database, scope, &ids, request).await.map_err(error::store)
            };
            articles.relation("corrections", fingerprint(&format!("{request:?}")), load).await?
        } else {
            Arc::new(correction::of_articles(database, scope, &[article], &request).await.map_err(error::store)?)
        };
        let empty = || Page { items: Vec::new(), has_next: false, has_previous: false };
        let page = Self::page(frame, pages.get(&article).cloned().unwrap_or_else(empty));
        let (frame, articles) = (Arc::clone(frame), Arc::clone(articles));
        Ok(Connection::new(page, print, move || {
            let (frame, articles) = (Arc::clone(&frame), Arc::clone(&articles));
            async move {
                let load = |ids: Vec<ArticleId>| async move {
                    correction::counts(frame.read_below(), &frame.scope, &ids).await.map_err(error::store)
                };
                let counts = articles.relation("corrections counted", 0, load).await?;
                Ok(counts.get(&article).copied().unwrap_or(0))
            }
        }))
    }

    /// The nodes of a page.
    fn page(frame: &Arc<Frame>, page: Page<Correction>) -> Page<Self> {
        page.together(|corrections| Self::together(frame, corrections))
    }

    /// What the corrections of the cohort changed, by one statement.
    async fn load_changes(&self) -> Result<Vec<diff::FieldDiff>> {
        let load = |_| async move {
            let ends = |one: &Arc<Correction>| [(one.article, one.from_version), (one.article, one.to_version)];
            let keys: Vec<_> = self.known.values().flat_map(ends).collect();
            let kept = version::contents(self.frame.read_below(), &keys).await.map_err(error::store)?;
            let mut changes = HashMap::with_capacity(self.known.len());
            for one in self.known.values() {
                let [from, to] = ends(one).map(|end| kept.get(&end).cloned());
                let fields = match from.zip(to) {
                    Some((from, to)) => masthead_app::article::difference(one.article, from, to),
                    // A correction that only says something has no content of its own.
                    None => Ok(Vec::new()),
                };
                changes.insert(one.id, fields.map_err(error::app)?);
            }
            Ok(changes)
        };
        let changes = self.cohort.relation("changes", 0, load).await?;
        Ok(changes.get(&self.correction.id).cloned().unwrap_or_default())
    }
}

/// What readers are told about a change to an article: that something was wrong, unclear, new or taken back.
#[Object(name = "Correction")]
impl CorrectionNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.correction.id.to_string())
    }

    /// The article it is about.
    async fn article(&self, ctx: &Context<'_>) -> Result<Option<ArticleNode>> {
        let load = |_| async move {
            let ids: Vec<ArticleId> = self.known.values().map(|one| one.article).collect();
            let found = ArticleNode::by_ids(&self.frame, &ids).await?;
            let own = |one: &Arc<Correction>| Some((one.id, found.get(&one.article)?.clone()));
            Ok(self.known.values().filter_map(own).collect())
        };
        let articles = self.cohort.relation("article", 0, load).await?;
        hand(ctx, articles.get(&self.correction.id).cloned()).await
    }

    /// What sort of notice it is.
    async fn kind(&self) -> CorrectionKind {
        self.correction.kind.into()
    }

    /// The words, plain text.
    async fn text(&self) -> LongText<&str> {
        LongText(&self.correction.text)
    }

    /// The language of the words.
    async fn language(&self) -> Language {
        Language(self.correction.language.clone())
    }

    /// When it was made.
    async fn corrected_at(&self) -> DateTime {
        DateTime(self.correction.corrected_at)
    }

    /// The version of the article whose content readers saw before.
    async fn from_version(&self) -> i32 {
        i32::try_from(self.correction.from_version).unwrap_or(i32::MAX)
    }

    /// The version of the article that the correction made.
    async fn to_version(&self) -> i32 {
        i32::try_from(self.correction.to_version).unwrap_or(i32::MAX)
    }

    /// What became different by it; empty when it only says something.
    async fn changes(&self, ctx: &Context<'_>) -> Result<List<FieldDiff>> {
        let changes = self.load_changes().await?;
        hand_all(ctx, changes.into_iter().map(FieldDiff::from)).await
    }
}
