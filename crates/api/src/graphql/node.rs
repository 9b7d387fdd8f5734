//! `node` and `nodes`: anything by its id.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface, List, Object, Result};
use foldhash::HashMap;
use masthead_domain::{
    AnyId, ArticleId, AuthorId, CategoryId, CommentId, ContactId, CorrectionId, MediaId, RedirectId, ReferenceId,
    SourceId, TagId,
};

use super::{
    article::{ArticleNode, Perspective},
    author::AuthorNode,
    category::CategoryNode,
    comment::CommentNode,
    contact::ContactNode,
    correction::CorrectionNode,
    error,
    frame::Frame,
    guard::hand_all,
    input,
    media::{AudioVideoNode, DocumentNode, ImageNode, MediaNode},
    redirect::RedirectNode,
    reference::ReferenceNode,
    scalar::{DateTime, Language, Url},
    source::SourceNode,
    tag::TagNode,
};
use crate::error_code::ErrorCode;

/// The most ids `nodes` takes at once.
const NODES_MAX: usize = 100;

/// Anything with a global id. Ids are opaque, prefixed by type (`art_…`, `cat_…`) and the same in every format.
#[derive(Interface, Clone)]
#[graphql(field(name = "id", ty = "ID", desc = "The global id."))]
pub(crate) enum Node {
    Article(ArticleNode),
    Author(AuthorNode),
    Category(CategoryNode),
    Tag(TagNode),
    Image(ImageNode),
    AudioVideo(AudioVideoNode),
    Document(DocumentNode),
    Contact(ContactNode),
    Comment(CommentNode),
    Source(SourceNode),
    Reference(ReferenceNode),
    Correction(CorrectionNode),
    RedirectRule(RedirectNode),
}

/// Has a public address.
#[derive(Interface, Clone)]
#[graphql(
    field(name = "path", ty = "String", desc = "The address on the site, from its root, beginning with `/`."),
    field(name = "canonical_url", ty = "Url", desc = "The absolute address.")
)]
pub(crate) enum Addressable {
    Article(ArticleNode),
    Author(AuthorNode),
    Category(CategoryNode),
}

/// Is changed by mutations that take an `expectedVersion`.
#[derive(Interface, Clone)]
#[expect(clippy::duplicated_attributes, reason = "fields of an interface may share a type")]
#[graphql(
    field(name = "version", ty = "i32", desc = "How often this was written; hand it to `expectedVersion`."),
    field(name = "created_at", ty = "DateTime", desc = "When it came to be."),
    field(name = "updated_at", ty = "DateTime", desc = "When it was last saved.")
)]
pub(crate) enum Versioned {
    Article(ArticleNode),
    Author(AuthorNode),
    Category(CategoryNode),
    Tag(TagNode),
    Image(ImageNode),
    AudioVideo(AudioVideoNode),
    Document(DocumentNode),
    Contact(ContactNode),
    Comment(CommentNode),
    Source(SourceNode),
    RedirectRule(RedirectNode),
}

/// The object with an id, when it exists and the caller may see it.
async fn load(frame: &Arc<Frame>, id: AnyId) -> Result<Option<Node>> {
    Ok(match id {
        AnyId::Article(id) => ArticleNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Author(id) => AuthorNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Category(id) => CategoryNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Tag(id) => TagNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Media(id) => MediaNode::by_id(frame, id).await?.map(MediaNode::into_node),
        AnyId::Comment(id) => CommentNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Contact(id) => ContactNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Source(id) => SourceNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Reference(id) => ReferenceNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Correction(id) => CorrectionNode::by_id(frame, id).await?.map(Node::from),
        AnyId::Redirect(id) => RedirectNode::by_id(frame, id).await?.map(Node::from),
        _ => None,
    })
}

/// Ids sorted by what they name.
#[derive(Default)]
struct Wanted {
    articles: Vec<ArticleId>,
    authors: Vec<AuthorId>,
    categories: Vec<CategoryId>,
    tags: Vec<TagId>,
    media: Vec<MediaId>,
    comments: Vec<CommentId>,
    contacts: Vec<ContactId>,
    sources: Vec<SourceId>,
    references: Vec<ReferenceId>,
    corrections: Vec<CorrectionId>,
    redirects: Vec<RedirectId>,
}

impl Wanted {
    fn of(ids: impl IntoIterator<Item = AnyId>) -> Self {
        let mut wanted = Self::default();
        for id in ids {
            match id {
                AnyId::Article(id) => wanted.articles.push(id),
                AnyId::Author(id) => wanted.authors.push(id),
                AnyId::Category(id) => wanted.categories.push(id),
                AnyId::Tag(id) => wanted.tags.push(id),
                AnyId::Media(id) => wanted.media.push(id),
                AnyId::Comment(id) => wanted.comments.push(id),
                AnyId::Contact(id) => wanted.contacts.push(id),
                AnyId::Source(id) => wanted.sources.push(id),
                AnyId::Reference(id) => wanted.references.push(id),
                AnyId::Correction(id) => wanted.corrections.push(id),
                AnyId::Redirect(id) => wanted.redirects.push(id),
                _ => {}
            }
        }
        wanted
    }
}

type Found = HashMap<AnyId, Node>;

/// Adds what a kind's own way of reading many gives for its ids, when there are any.
async fn add<'i, I, N, R>(
    found: &mut Found,
    ids: &'i [I],
    node: fn(N) -> Node,
    read: impl FnOnce(&'i [I]) -> R,
) -> Result<()>
where
    I: Into<AnyId>,
    R: Future<Output = Result<HashMap<I, N>>>,
{
    if !ids.is_empty() {
        found.extend(read(ids).await?.into_iter().map(|(id, one)| (id.into(), node(one))));
    }
    Ok(())
}

/// The objects with these ids that exist and that the caller may see. Each kind is read by one statement and forms a
/// cohort.
async fn load_all(frame: &Arc<Frame>, wanted: &Wanted) -> Result<Found> {
    let mut found = Found::default();
    let Wanted {
        articles,
        authors,
        categories,
        tags,
        media,
        comments,
        contacts,
        sources,
        references,
        corrections,
        redirects,
    } = wanted;
    add(&mut found, articles, Node::Article, |ids| ArticleNode::by_ids(frame, ids)).await?;
    add(&mut found, authors, Node::Author, |ids| AuthorNode::by_ids(frame, ids)).await?;
    add(&mut found, categories, Node::Category, |ids| CategoryNode::by_ids(frame, ids)).await?;
    add(&mut found, tags, Node::Tag, |ids| TagNode::by_ids(frame, ids)).await?;
    add(&mut found, media, MediaNode::into_node, |ids| MediaNode::by_ids(frame, ids)).await?;
    add(&mut found, comments, Node::Comment, |ids| CommentNode::by_ids(frame, ids)).await?;
    add(&mut found, contacts, Node::Contact, |ids| ContactNode::by_ids(frame, ids)).await?;
    add(&mut found, sources, Node::Source, |ids| SourceNode::by_ids(frame, ids)).await?;
    add(&mut found, references, Node::Reference, |ids| ReferenceNode::by_ids(frame, ids)).await?;
    add(&mut found, corrections, Node::Correction, |ids| CorrectionNode::by_ids(frame, ids)).await?;
    add(&mut found, redirects, Node::RedirectRule, |ids| RedirectNode::by_ids(frame, ids)).await?;
    Ok(found)
}

#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by global id as readers see it; null when it is absent or readers may not see it (never an error that
    /// tells the two apart). What is not published is read by `nodes` or `article`, which take a `perspective`; `nodes` also
    /// takes a `locale`. Tags, sources and media are seen as their lists show them.
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "The global id.")] id: ID) -> Result<Option<Node>> {
        // Relay refetches fragments only through a field whose one argument is the id.
        let frame = Frame::published(ctx)?;
        match input::any_id(&id) {
            Some(id) => load(&frame, id).await,
            None => Ok(None),
        }
    }

    /// Several objects by global id, at most 100, in the order asked for; null where there is none.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The global ids.")] ids: Vec<ID>,
        #[graphql(desc = "Which content to see.", default_with = "Perspective::Published")] perspective: Perspective,
        #[graphql(desc = "The language to show words in that are there in several.")] locale: Option<Language>,
        #[graphql(desc = "The languages to fall back on, the best first, at most 9.")] fallback: Option<Vec<Language>>,
    ) -> Result<List<Option<Node>>> {
        if ids.len() > NODES_MAX {
            return Err(error::coded(ErrorCode::BadUserInput, "give at most 100 ids"));
        }
        let frame = Frame::localized(ctx, perspective.into(), locale, fallback)?;
        let wanted: Vec<Option<AnyId>> = ids.iter().map(input::any_id).collect();
        // A box, so that the type of this future does not grow by that of every kind.
        let found = Box::pin(load_all(&frame, &Wanted::of(wanted.iter().flatten().copied()))).await?;
        hand_all(ctx, wanted.into_iter().map(|id| id.and_then(|id| found.get(&id).cloned()))).await
    }
}
