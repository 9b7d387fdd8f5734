//! An article as an act finds it.

use masthead_domain::{
    ArticleId, EntityKind, LanguageTag, Slug, SourceId, TagId, Violation, WebUrl,
    article::{ArticleContent, ArticleState, Credit, MediaUsage, Window},
    body::Body,
    event::ChangeScope,
    link::ArticleLink,
    path,
    policy::Resource,
    reference::{Citation, Cited},
    tag::TagName,
    text::{Label, Line, Paragraph, Title},
};
use masthead_store::{
    StoreError,
    article::{self as rows, Article, ContentRows, GalleryRow, Link, ReferenceRow},
};

use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// An article with its whole content, and the ids its change log rows need.
pub(super) struct Loaded {
    pub(super) article: Article,
    pub(super) content: ArticleContent,
    pub(super) tags: Vec<TagId>,
    pub(super) sources: Vec<SourceId>,
}

impl Loaded {
    /// The article with an id, when the caller may see it at all.
    pub(super) async fn by_id(work: &Work<'_>, id: ArticleId) -> AppResult<Self> {
        let article = rows::by_id(&work.tx, &work.widest_scope(), id)
            .await?
            .ok_or_else(|| AppError::missing(EntityKind::Article, &["id"]))?;
        let rows = rows::content(&work.tx, &article).await?;
        let tags = rows.tags.iter().map(|(id, ..)| *id).collect();
        let sources = rows.references.iter().map(|row| row.source).collect();
        let content = content(&article, rows).map_err(|wrong| StoreError::Corrupt {
            table: "articles",
            id: article.id.to_string(),
            what: wrong.to_string(),
        })?;
        Ok(Self { article, content, tags, sources })
    }

    /// What the policy must know of it. It is its writer's alone until somebody publishes it, be it for a later instant:
    /// what was looked through then must be what readers get.
    pub(super) fn resource(&self) -> Resource {
        let is_published = self.article.state.published_at().is_some();
        Resource {
            owner: self.article.created_by,
            was_published: is_published || self.article.first_published_at.is_some(),
        }
    }

    /// Reads its tags again, once its row is written and so locked: one may have been joined into another since it was
    /// loaded. They stay as they are until the transaction ends.
    pub(super) async fn hold_tags(&mut self, work: &Work<'_>) -> AppResult<()> {
        self.tags = rows::hold_tags(&work.tx, self.article.id).await?;
        Ok(())
    }

    /// Where it is found.
    pub(super) fn scope(&self) -> ChangeScope {
        scope(&self.content, &self.article.state, self.article.window, &self.tags, &self.sources)
    }
}

/// Where an article with this content and state is found.
pub(super) fn scope(
    content: &ArticleContent,
    state: &ArticleState,
    window: Window,
    tags: &[TagId],
    sources: &[SourceId],
) -> ChangeScope {
    let visible_from = state.published_at().map(|at| window.embargo_until.map_or(at, |until| until.max(at)));
    ChangeScope {
        path: Some(path::article(content.language.as_str(), content.slug.as_str())),
        language: Some(content.language.clone()),
        categories: content.categories.clone(),
        authors: content.credits.iter().map(|credit| credit.author).collect(),
        tags: tags.to_vec(),
        sources: sources.to_vec(),
        article: None,
        visible_from,
        visible_until: window.expires_at.filter(|_| visible_from.is_some()),
    }
}

/// Rows back into the domain. What no rule of ours would let in is a corrupt row.
fn content(article: &Article, rows: ContentRows) -> Result<ArticleContent, Violation> {
    let ContentRows { body, credits, categories, tags, gallery, references, contacts } = rows;
    let language: LanguageTag = article.language.parse().map_err(Violation::invalid)?;
    Ok(ArticleContent {
        kind: article.kind,
        slug: Slug::parse(&article.slug)?,
        headline: Title::parse(&article.headline)?,
        secondary_headline: Line::parse_optional(article.secondary_headline.as_deref())?,
        kicker: Label::parse_optional(article.kicker.as_deref())?,
        lede: Paragraph::parse_optional(article.lede.as_deref())?,
        byline: Line::parse_optional(article.byline.as_deref())?,
        body: Body::parse_stored(&body).map_err(Violation::invalid)?,
        credits: credits
            .into_iter()
            .map(|(author, role, printed)| {
                Ok(Credit { author, role, credited_as: Label::parse_optional(printed.as_deref())? })
            })
            .collect::<Result<_, Violation>>()?,
        categories,
        tags: tags
            .into_iter()
            .map(|(_, name, slug)| Ok(TagName::with_slug(Line::parse(&name)?, Slug::parse(&slug)?)))
            .collect::<Result<_, Violation>>()?,
        gallery: gallery.into_iter().map(usage).collect::<Result<_, _>>()?,
        references: references.into_iter().map(citation).collect::<Result<_, _>>()?,
        contacts,
        links: article.links.iter().map(link).collect::<Result<_, _>>()?,
        seo: article.seo.clone(),
        language,
    })
}

fn usage(row: GalleryRow) -> Result<MediaUsage, Violation> {
    let GalleryRow { media, caption, alt, credit } = row;
    Ok(MediaUsage {
        media,
        caption: Paragraph::parse_optional(caption.as_deref())?,
        alt: Paragraph::parse_optional(alt.as_deref())?,
        credit: Label::parse_optional(credit.as_deref())?,
    })
}

fn citation(row: ReferenceRow) -> Result<Citation, Violation> {
    let ReferenceRow { id, source, locator, quote, note } = row;
    Ok(Citation {
        id: Some(id),
        cited: Cited::Known(source),
        locator: Label::parse_optional(locator.as_deref())?,
        quote: Paragraph::parse_optional(quote.as_deref())?,
        note: Paragraph::parse_optional(note.as_deref())?,
    })
}

fn link(link: &Link) -> Result<ArticleLink, Violation> {
    Ok(ArticleLink {
        kind: link.kind(),
        label: Label::parse_optional(link.label.as_deref())?,
        url: WebUrl::parse(&link.url)?,
        language: link.language.as_deref().map(str::parse).transpose().map_err(Violation::invalid)?,
    })
}
