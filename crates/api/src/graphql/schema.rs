//! The schema as a whole.

use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions};
use masthead_app::{App, identity::Identity};

use super::{
    article::{ArticleMutation, ArticleQuery},
    author::{AuthorMutation, AuthorQuery},
    category::{CategoryMutation, CategoryQuery},
    comment::CommentMutation,
    contact::{ContactMutation, ContactQuery},
    identity::{IdentityMutation, IdentityQuery},
    media::{MediaMutation, MediaQuery},
    node::{Addressable, NodeQuery, Versioned},
    route::RouteQuery,
    site::SiteQuery,
    source::{SourceMutation, SourceQuery},
    tag::{TagMutation, TagQuery},
};

/// Everything that can be read. All fields answer for one instant, that of the request.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one a line: nouns are added side by side
pub struct Query(
    NodeQuery,
    SiteQuery,
    RouteQuery,
    ArticleQuery,
    AuthorQuery,
    CategoryQuery,
    TagQuery,
    MediaQuery,
    SourceQuery,
    ContactQuery,
    IdentityQuery,
);

/// Everything that can be done. Each mutation is one act: it happens as a whole or not at all. Mistakes a user can mend
/// come back in the payload's `userErrors`; what the calling code did wrong comes back in `errors`.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one a line: nouns are added side by side
pub struct Mutation(
    ArticleMutation,
    AuthorMutation,
    CategoryMutation,
    TagMutation,
    MediaMutation,
    SourceMutation,
    ContactMutation,
    CommentMutation,
    IdentityMutation,
);

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Builds the schema over an application and those who sign in to it.
#[must_use]
pub fn schema(app: App, identity: Identity) -> Schema {
    builder().data(app).data(identity).finish()
}

/// The schema in the schema definition language: sorted, described, as committed in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, EmptySubscription> {
    async_graphql::Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .register_output_type::<Addressable>()
        .register_output_type::<Versioned>()
}
