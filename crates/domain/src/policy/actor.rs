//! Who asks: people by their role, programs by their scopes.

use crate::{ApiKeyId, UserId, operation::Operations, text_enum::text_enum};

text_enum! {
    /// What a signed-in user is to the newsroom. Each may do all that those before may.
    Role {
        /// Reads, and comments.
        Reader = "reader",
        /// Writes own drafts.
        Contributor = "contributor",
        /// Edits everything, and keeps categories, sources, contacts and media.
        Editor = "editor",
        /// Publishes and takes down.
        Publisher = "publisher",
        /// Runs the site.
        Admin = "admin",
    }
}

text_enum! {
    /// What an API key may do. A key has scopes and no role.
    Scope {
        /// Read what is not public yet, and private contact channels.
        DraftsRead = "drafts:read",
        /// Create and change articles.
        ArticlesWrite = "articles:write",
        /// Publish, unpublish and delete articles.
        ArticlesPublish = "articles:publish",
        /// Keep categories, tags and redirects.
        TaxonomyWrite = "taxonomy:write",
        /// Keep authors and contacts.
        PeopleWrite = "people:write",
        /// Keep sources.
        SourcesWrite = "sources:write",
        /// Keep media records.
        MediaWrite = "media:write",
        /// Write comments for readers.
        CommentsWrite = "comments:write",
        /// Hide comments.
        CommentsModerate = "comments:moderate",
        /// Read who did what, when and from where.
        AuditRead = "audit:read",
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular.
    Anonymous,
    /// A signed-in user, or the bearer of a token issued for a role.
    User {
        /// Which user; none for a token issued on the command line.
        id: Option<UserId>,
        /// What they are to the newsroom.
        role: Role,
    },
    /// A program with a key.
    Key {
        /// Which key.
        id: ApiKeyId,
        /// What it may do.
        scopes: Vec<Scope>,
        /// Which operations it may ask for.
        operations: Operations,
    },
    /// The server itself: import, demo data, maintenance on the command line.
    System,
}
