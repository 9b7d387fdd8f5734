//! `node` and `nodes`: anything by its id.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Interface, Object, Result};
use masthead_domain::AnyId;

use super::{
    article::{ArticleNode, Perspective},
    author::AuthorNode,
    category::CategoryNode,
    comment::CommentNode,
    contact::ContactNode,
    error,
    frame::Frame,
    guard::hand,
    input,
    media::{AudioVideoNode, DocumentNode, ImageNode, MediaNode},
    reference::ReferenceNode,
    scalar::{DateTime, Url},
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
        _ => None,
    })
}

/// The objects with these ids that exist and that the caller may see. The kinds that clients keep by the hundred are
/// read by one statement each, and form cohorts.
async fn load_all(frame: &Arc<Frame>, ids: &[AnyId]) -> Result<HashMap<AnyId, Node>> {
    let mut found: HashMap<AnyId, Node> = HashMap::new();
    let (mut articles, mut authors, mut categories) = (Vec::new(), Vec::new(), Vec::new());
    let (mut media, mut sources) = (Vec::new(), Vec::new());
    for id in ids {
        match *id {
            AnyId::Article(id) => articles.push(id),
            AnyId::Author(id) => authors.push(id),
            AnyId::Category(id) => categories.push(id),
            AnyId::Media(id) => media.push(id),
            AnyId::Source(id) => sources.push(id),
            other => found.extend(load(frame, other).await?.map(|node| (other, node))),
        }
    }
    if !articles.is_empty() {
        let nodes = ArticleNode::by_ids(frame, &articles).await?;
        found.extend(nodes.into_iter().map(|(id, node)| (id.into(), node.into())));
    }
    if !authors.is_empty() {
        let nodes = AuthorNode::by_ids(frame, &authors).await?;
        found.extend(nodes.into_iter().map(|(id, node)| (id.into(), node.into())));
    }
    if !categories.is_empty() {
        let nodes = CategoryNode::by_ids(frame, &categories).await?;
        found.extend(nodes.into_iter().map(|(id, node)| (id.into(), node.into())));
    }
    if !media.is_empty() {
        let nodes = MediaNode::by_ids(frame, &media).await?;
        found.extend(nodes.into_iter().map(|(id, node)| (id.into(), node.into_node())));
    }
    if !sources.is_empty() {
        let nodes = SourceNode::by_ids(frame, &sources).await?;
        found.extend(nodes.into_iter().map(|(id, node)| (id.into(), node.into())));
    }
    Ok(found)
}

#[derive(Default)]
pub(crate) struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by global id as readers see it; null when it is absent or readers may not see it (never an error that
    /// tells the two apart). What is not published is read by `nodes` or `article`, which take a `perspective`.
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
    ) -> Result<Vec<Option<Node>>> {
        if ids.len() > NODES_MAX {
            return Err(error::coded(ErrorCode::BadUserInput, "give at most 100 ids"));
        }
        let frame = Frame::asked(ctx, perspective.into())?;
        let wanted: Vec<Option<AnyId>> = ids.iter().map(input::any_id).collect();
        let known: Vec<AnyId> = wanted.iter().flatten().copied().collect();
        let found = load_all(&frame, &known).await?;
        hand(ctx, wanted.into_iter().map(|id| id.and_then(|id| found.get(&id).cloned())).collect()).await
    }
}
