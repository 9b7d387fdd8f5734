//! The articles of the demo with their comments.

use std::collections::HashMap;

use anyhow::Context as _;
use masthead_app::{
    Work,
    article::{self, ArticleChanges, ArticleDraft},
    comment::{self, ImportedComment},
};
use masthead_domain::{
    ArticleId, CommentId, LanguageTag, Slug, Timestamp, WebUrl,
    article::{ArticleKind, Credit, CreditRole, MediaUsage},
    body::escape_html,
    comment::{CommentContent, CommentStatus},
    link::{ArticleLink, LinkKind},
    reference::{Citation, Cited},
    tag::TagName,
    text::{Label, Line, Paragraph, Title},
};
use masthead_formats::html;

use super::{
    body, files,
    library::{Library, named, optional, word},
    when,
};

/// Brings all articles in and gives their number.
pub(super) async fn load(work: &Work<'_>, library: &Library) -> anyhow::Result<usize> {
    let mut by_slug = HashMap::new();
    for file in files::articles() {
        let (name, article, text) = file?;
        let slug = article.slug.clone();
        let id = keep(work, library, &by_slug, article, text).await.with_context(|| name)?;
        by_slug.insert(slug, id);
    }
    Ok(by_slug.len())
}

async fn keep(
    work: &Work<'_>,
    library: &Library,
    by_slug: &HashMap<String, ArticleId>,
    article: files::Article,
    text: &str,
) -> anyhow::Result<ArticleId> {
    let history = when::history(&article, work.now())?;
    let published = history.first_published_at.unwrap_or(history.created_at);
    let draft = ArticleDraft {
        language: article.language.parse()?,
        translation_of: optional(|slug| named(by_slug, slug).copied(), article.translation_of.as_deref())?,
        headline: Title::parse(&article.headline)?,
        content: content(&article, text, library)?,
    };
    let id = article::import(work, draft, history).await?;
    keep_comments(work, id, &article.comments, published).await?;
    Ok(id)
}

fn content(article: &files::Article, text: &str, library: &Library) -> anyhow::Result<ArticleChanges> {
    let language: LanguageTag = article.language.parse()?;
    let tags = article.tags.iter().map(|name| TagName::parse(name, &language));
    let categories = article.categories.iter().map(|key| named(&library.categories, key).copied());
    let contacts = article.contacts.iter().map(|key| named(&library.contacts, key).copied());
    Ok(ArticleChanges {
        slug: Some(Slug::parse(&article.slug)?),
        kind: Some(word(ArticleKind::parse, &article.kind)?),
        headline: None,
        secondary_headline: Some(optional(Title::parse, article.secondary_headline.as_deref())?),
        kicker: Some(optional(Label::parse, article.kicker.as_deref())?),
        lede: Some(optional(Paragraph::parse, article.lede.as_deref())?),
        byline: Some(optional(Line::parse, article.byline.as_deref())?),
        body: Some(body::read(text, article.references.len(), library)?),
        has_block_keys: false,
        credits: Some(article.authors.iter().map(|one| credit(one, library)).collect::<anyhow::Result<_>>()?),
        categories: Some(categories.collect::<anyhow::Result<_>>()?),
        tags: Some(tags.collect::<Result<_, _>>()?),
        gallery: Some(article.gallery.iter().map(|one| usage(one, library)).collect::<anyhow::Result<_>>()?),
        references: Some(article.references.iter().map(|one| citation(one, library)).collect::<anyhow::Result<_>>()?),
        contacts: Some(contacts.collect::<anyhow::Result<_>>()?),
        links: Some(article.links.iter().map(link).collect::<anyhow::Result<_>>()?),
        seo: None,
    })
}

fn credit(credit: &files::Credit, library: &Library) -> anyhow::Result<Credit> {
    Ok(Credit {
        author: *named(&library.authors, &credit.author)?,
        role: word(CreditRole::parse, &credit.role)?,
        credited_as: optional(Label::parse, credit.credited_as.as_deref())?,
    })
}

fn usage(picture: &files::Picture, library: &Library) -> anyhow::Result<MediaUsage> {
    Ok(MediaUsage {
        media: named(&library.media, &picture.media)?.id,
        caption: optional(Paragraph::parse, picture.caption.as_deref())?,
        alt: optional(Paragraph::parse, picture.alt.as_deref())?,
        credit: optional(Label::parse, picture.credit.as_deref())?,
    })
}

fn citation(reference: &files::Reference, library: &Library) -> anyhow::Result<Citation> {
    Ok(Citation {
        id: None,
        cited: Cited::Known(*named(&library.sources, &reference.source)?),
        locator: optional(Label::parse, reference.locator.as_deref())?,
        quote: optional(Paragraph::parse, reference.quote.as_deref())?,
        note: optional(Paragraph::parse, reference.note.as_deref())?,
    })
}

fn link(link: &files::Link) -> anyhow::Result<ArticleLink> {
    Ok(ArticleLink {
        kind: word(LinkKind::parse, &link.kind)?,
        label: optional(Label::parse, link.label.as_deref())?,
        url: WebUrl::parse(&link.url)?,
        language: optional(str::parse, link.language.as_deref())?,
    })
}

/// Brings the comments below an article in, each before those that answer it.
async fn keep_comments(
    work: &Work<'_>,
    article: ArticleId,
    comments: &[files::Comment],
    published: Timestamp,
) -> anyhow::Result<()> {
    let mut waiting: Vec<(&files::Comment, Option<CommentId>, Timestamp)> =
        comments.iter().rev().map(|comment| (comment, None, published)).collect();
    while let Some((comment, in_reply_to, answered)) = waiting.pop() {
        let files::Comment { author, days_ago, body, replies } = comment;
        let created_at = when::commented_at(*days_ago, answered, work.now());
        let safe = html::sanitize_comment(&format!("<p>{}</p>", escape_html(body))).into_string();
        let content = CommentContent { author_name: Label::parse(author)?, body: safe };
        let imported = ImportedComment { article, content, in_reply_to, status: CommentStatus::Visible, created_at };
        let id = comment::import(work, imported).await?;
        waiting.extend(replies.iter().rev().map(|reply| (reply, Some(id), created_at)));
    }
    Ok(())
}
