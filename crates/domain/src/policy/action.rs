//! What can be asked for.

use crate::text_enum::text_enum;

text_enum! {
    /// Every act the table knows. One for each mutation, and the reads that need leave.
    Action {
        /// Read articles in every state.
        ReadUnpublished = "readUnpublished",
        /// Read private contact channels and other notes of the desk.
        ReadPrivate = "readPrivate",
        /// Create an article.
        ArticleCreate = "articleCreate",
        /// Change an article.
        ArticleUpdate = "articleUpdate",
        /// Set an article's references.
        ArticleSetReferences = "articleSetReferences",
        /// Hand an article, or changes to it, to an editor.
        ArticleSubmit = "articleSubmit",
        /// Hand them back to their writer.
        ArticleReturn = "articleReturn",
        /// Set when readers see an article.
        ArticleSchedule = "articleSchedule",
        /// Make an article an edition of another's story.
        ArticleLinkTranslation = "articleLinkTranslation",
        /// Take an article out of the story it is an edition of.
        ArticleUnlinkTranslation = "articleUnlinkTranslation",
        /// Publish an article, now or later, or what waits beside it.
        ArticlePublish = "articlePublish",
        /// Correct what readers see, and say so.
        ArticleCorrect = "articleCorrect",
        /// Take an article off the site.
        ArticleUnpublish = "articleUnpublish",
        /// Take an article back.
        ArticleWithdraw = "articleWithdraw",
        /// Take an article down everywhere.
        ArticleKill = "articleKill",
        /// Delete an article.
        ArticleDelete = "articleDelete",
        /// Bring a deleted article back.
        ArticleRestore = "articleRestore",
        /// Bring back what an article said at an earlier version.
        ArticleRestoreRevision = "articleRestoreRevision",
        /// Publish many articles, or what waits beside them.
        ArticleBulkPublish = "articleBulkPublish",
        /// File many articles under categories.
        ArticleBulkCategorize = "articleBulkCategorize",
        /// Tag many articles.
        ArticleBulkTag = "articleBulkTag",
        /// Move many articles from one category to another.
        ArticleBulkMove = "articleBulkMove",
        /// Create a category.
        CategoryCreate = "categoryCreate",
        /// Change a category.
        CategoryUpdate = "categoryUpdate",
        /// Move a category.
        CategoryMove = "categoryMove",
        /// Delete a category.
        CategoryDelete = "categoryDelete",
        /// Rename a tag.
        TagRename = "tagRename",
        /// Join two tags.
        TagMerge = "tagMerge",
        /// Create an author.
        AuthorCreate = "authorCreate",
        /// Change an author.
        AuthorUpdate = "authorUpdate",
        /// Delete an author.
        AuthorDelete = "authorDelete",
        /// Create a source.
        SourceCreate = "sourceCreate",
        /// Change a source.
        SourceUpdate = "sourceUpdate",
        /// Join two sources.
        SourceMerge = "sourceMerge",
        /// Create a contact.
        ContactCreate = "contactCreate",
        /// Change a contact.
        ContactUpdate = "contactUpdate",
        /// Delete a contact.
        ContactDelete = "contactDelete",
        /// Create a media record.
        MediaCreate = "mediaCreate",
        /// Change a media record.
        MediaUpdate = "mediaUpdate",
        /// Delete a media record.
        MediaDelete = "mediaDelete",
        /// Write a comment.
        CommentCreate = "commentCreate",
        /// Hide a comment, or show it again.
        CommentHide = "commentHide",
        /// Read who did what, when and from where.
        AuditRead = "auditRead",
        /// Make a token that shows an article before readers see it.
        PreviewTokenCreate = "previewTokenCreate",
        /// Take such a token back.
        PreviewTokenRevoke = "previewTokenRevoke",
        /// Create a redirect.
        RedirectCreate = "redirectCreate",
        /// Change a redirect.
        RedirectUpdate = "redirectUpdate",
        /// Delete a redirect.
        RedirectDelete = "redirectDelete",
    }
}
