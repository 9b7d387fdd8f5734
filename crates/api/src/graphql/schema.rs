//! The schema as a whole.

use std::sync::Arc;

use async_graphql::{
    CacheControl, Data, EmptySubscription, Executor, MergedObject, Request, Response, Root, SDLExportOptions,
    ServerError, ValidationResult,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextValidation},
    unpacked,
};
use async_trait::async_trait;
use futures_util::stream::BoxStream;
use masthead_app::{App, identity::Identity};

use super::{
    article::{
        ArticleBulkMutation, ArticleMutation, ArticleQuery, ArticleStandingMutation, ArticleTranslationMutation,
    },
    audit::AuditQuery,
    author::{AuthorMutation, AuthorQuery},
    category::{CategoryMutation, CategoryQuery},
    comment::CommentMutation,
    contact::{ContactMutation, ContactQuery},
    correction::CorrectionQuery,
    identity::{IdentityMutation, IdentityQuery},
    media::{MediaMutation, MediaQuery},
    node::{Addressable, NodeQuery, Versioned},
    preview::PreviewMutation,
    redirect::{RedirectMutation, RedirectQuery},
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
    CorrectionQuery,
    RedirectQuery,
    IdentityQuery,
    AuditQuery,
);

/// Everything that can be done. Each mutation is one act: it happens as a whole or not at all. Mistakes a user can mend
/// come back in the payload's `userErrors`; what the calling code did wrong comes back in `errors`.
#[derive(MergedObject, Default)]
#[rustfmt::skip] // one a line: nouns are added side by side
pub struct Mutation(
    ArticleMutation,
    ArticleStandingMutation,
    ArticleBulkMutation,
    ArticleTranslationMutation,
    AuthorMutation,
    CategoryMutation,
    TagMutation,
    MediaMutation,
    SourceMutation,
    ContactMutation,
    CommentMutation,
    RedirectMutation,
    IdentityMutation,
    PreviewMutation,
);

type Engine = async_graphql::Schema<Root<Query>, Root<Mutation>, EmptySubscription>;

/// The executable schema.
#[derive(Clone)]
pub struct Schema(Engine);

/// In the data of a request whose document was found valid before, with variables for which it still is.
pub(crate) struct FoundValid;

impl Schema {
    /// The engine that knows the types.
    pub(crate) fn engine(&self) -> &Engine {
        &self.0
    }

    /// Runs a request for somebody in this process, who gets plain values.
    pub async fn ask(&self, request: impl Into<Request>) -> Response {
        let mut response = self.execute(request.into()).await;
        response.data = unpacked(response.data);
        response
    }
}

impl Executor for Schema {
    /// Runs a request whose answer will be written: what objects give is packed.
    async fn execute(&self, request: Request) -> Response {
        self.0.execute(request).await
    }

    fn execute_stream(&self, request: Request, session: Option<Arc<Data>>) -> BoxStream<'static, Response> {
        self.0.execute_stream_with_session_data(request, session.unwrap_or_default())
    }
}

/// Builds the schema over an application and those who sign in to it.
#[must_use]
pub fn schema(app: App, identity: Identity) -> Schema {
    Schema(builder().extension(Trusting).data(app).data(identity).finish())
}

/// Validates no document that was found valid before.
struct Trusting;

impl ExtensionFactory for Trusting {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Trusting {
    async fn validation(
        &self,
        ctx: &ExtensionContext<'_>,
        next: NextValidation<'_>,
    ) -> Result<ValidationResult, Vec<ServerError>> {
        if ctx.data_opt::<FoundValid>().is_none() {
            return next.run(ctx).await;
        }
        Ok(ValidationResult { cache_control: CacheControl::default(), complexity: 0, depth: 0 })
    }
}

/// The engine for documents that are validated and not run. It stands on no application.
pub(crate) struct Validator(Engine);

impl Validator {
    pub(crate) fn new() -> Self {
        Self(builder().extension(Unrun).finish())
    }

    /// The engine that knows the types.
    pub(crate) fn engine(&self) -> &Engine {
        &self.0
    }

    /// What is wrong with the document of a request; an answer without data and errors when nothing is.
    pub(crate) async fn execute(&self, request: Request) -> Response {
        self.0.execute(request).await
    }
}

/// Stops a request where its document is about to be run.
struct Unrun;

impl ExtensionFactory for Unrun {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait]
impl Extension for Unrun {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}

/// The schema in the schema definition language: sorted, described, as committed in `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    builder().finish().sdl_with_options(options)
}

fn builder() -> async_graphql::SchemaBuilder<Root<Query>, Root<Mutation>, EmptySubscription> {
    async_graphql::Schema::build(Root::<Query>::default(), Root::<Mutation>::default(), EmptySubscription)
        .register_output_type::<Addressable>()
        .register_output_type::<Versioned>()
}
