//! The small inputs below an article.

use async_graphql::{ID, InputObject, OneofObject};
use masthead_domain::{
    Violation, Violations, WebUrl,
    article::{Credit, MediaUsage},
    link::ArticleLink,
    reference::{Citation, Cited},
    source::{Doi, SourceContent, SourceKind},
    text::{Label, Paragraph, Title},
};

use super::super::words::{AuthorRole, LinkKind};
use crate::graphql::{
    input,
    scalar::{Language, Url},
    source::SourceInput,
};

/// One name in an article's credits.
#[derive(InputObject)]
pub(crate) struct ArticleAuthorInput {
    /// The author's global id.
    author_id: ID,
    /// For what.
    #[graphql(default_with = "AuthorRole::Author")]
    role: AuthorRole,
    /// The name as printed here, when it differs; at most 160 characters.
    credited_as: Option<String>,
}

impl ArticleAuthorInput {
    pub(super) fn parse(self) -> Result<Credit, Violations> {
        let Self { author_id, role, credited_as } = self;
        let mut wrong = Violations::new();
        let author = input::id(&mut wrong, "authorId", &author_id);
        let credited_as = wrong.take("creditedAs", Label::parse_optional(credited_as.as_deref())).flatten();
        wrong.into_result(author.map(|author| Credit { author, role: role.into(), credited_as }))
    }
}

/// A link below an article.
#[derive(InputObject)]
pub(crate) struct ArticleLinkInput {
    /// What following it does.
    kind: LinkKind,
    /// The words shown, at most 160 characters.
    label: Option<String>,
    /// Where it leads.
    url: Url,
    /// The language of what is there.
    language: Option<Language>,
}

impl ArticleLinkInput {
    pub(super) fn parse(self) -> Result<ArticleLink, Violations> {
        let Self { kind, label, url, language } = self;
        let mut wrong = Violations::new();
        let label = wrong.take("label", Label::parse_optional(label.as_deref())).flatten();
        let url = wrong.take("url", WebUrl::parse(&url.0));
        let language = language.map(|language| language.0);
        wrong.into_result(url.map(|url| ArticleLink { kind: kind.into(), label, url, language }))
    }
}

/// A media record in an article's gallery. Words that are left out are the record's own.
#[derive(InputObject)]
pub(crate) struct MediaUsageInput {
    /// The media record's global id.
    media_id: ID,
    /// The caption here, at most 2,000 characters.
    caption: Option<String>,
    /// What it shows, for those who cannot see it, at most 2,000 characters.
    alt: Option<String>,
    /// Whom to credit here, at most 160 characters.
    credit: Option<String>,
}

impl MediaUsageInput {
    pub(super) fn parse(self) -> Result<MediaUsage, Violations> {
        let Self { media_id, caption, alt, credit } = self;
        let mut wrong = Violations::new();
        let media = input::id(&mut wrong, "mediaId", &media_id);
        let caption = wrong.take("caption", Paragraph::parse_optional(caption.as_deref())).flatten();
        let alt = wrong.take("alt", Paragraph::parse_optional(alt.as_deref())).flatten();
        let credit = wrong.take("credit", Label::parse_optional(credit.as_deref())).flatten();
        wrong.into_result(media.map(|media| MediaUsage { media, caption, alt, credit }))
    }
}

/// A numbered reference; its number is its place in the list, from 1.
#[derive(InputObject)]
pub(crate) struct ReferenceInput {
    /// The global id of the reference this was before, when it moved to another number and is to keep its id. A
    /// reference to the same source at the same number keeps its id by itself.
    id: Option<ID>,
    /// What it points at.
    source: SourceRefInput,
    /// Where in the source: a page, a paragraph, a minute; at most 160 characters.
    locator: Option<String>,
    /// The words quoted, at most 2,000 characters.
    quote: Option<String>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
}

/// What a reference points at. Exactly one key.
#[derive(OneofObject)]
pub(crate) enum SourceRefInput {
    /// A source that is kept, by its global id.
    Id(ID),
    /// The source with this address. When none is kept yet, one of kind `WEB_PAGE` comes into being with the address as
    /// its title.
    Url(Url),
    /// The source with this DOI. When none is kept yet, one of kind `JOURNAL_ARTICLE` comes into being with the DOI as
    /// its title.
    Doi(String),
    /// A source by its description: the kept one with its DOI, ISBN or address, else a new one. What is kept is never
    /// overwritten.
    Create(SourceInput),
}

impl ReferenceInput {
    pub(super) fn parse(self) -> Result<Citation, Violations> {
        let Self { id, source, locator, quote, note } = self;
        let mut wrong = Violations::new();
        let id = id.and_then(|id| input::id(&mut wrong, "id", &id));
        let cited = match source.parse() {
            Ok(cited) => Some(cited),
            Err(inner) => {
                wrong.nest("source", inner);
                None
            }
        };
        let locator = wrong.take("locator", Label::parse_optional(locator.as_deref())).flatten();
        let quote = wrong.take("quote", Paragraph::parse_optional(quote.as_deref())).flatten();
        let note = wrong.take("note", Paragraph::parse_optional(note.as_deref())).flatten();
        wrong.into_result(cited.map(|cited| Citation { id, cited, locator, quote, note }))
    }
}

impl SourceRefInput {
    fn parse(self) -> Result<Cited, Violations> {
        let mut wrong = Violations::new();
        let cited = match self {
            Self::Id(id) => input::id(&mut wrong, "id", &id).map(Cited::Known),
            Self::Url(url) => {
                let url = wrong.take("url", WebUrl::parse(&url.0));
                url.and_then(|url| {
                    let bare = named(&mut wrong, "url", SourceKind::WebPage, url.as_str());
                    bare.map(|bare| described(SourceContent { url: Some(url), ..bare }))
                })
            }
            Self::Doi(doi) => {
                let doi = wrong.take("doi", Doi::parse(&doi));
                doi.and_then(|doi| {
                    let bare = named(&mut wrong, "doi", SourceKind::JournalArticle, doi.as_str());
                    bare.map(|bare| described(SourceContent { doi: Some(doi), ..bare }))
                })
            }
            Self::Create(description) => match description.parse() {
                Ok(content) => Some(described(content)),
                Err(inner) => {
                    wrong.nest("create", inner);
                    None
                }
            },
        };
        wrong.into_result(cited)
    }
}

fn described(content: SourceContent) -> Cited {
    Cited::Described(Box::new(content))
}

/// A source of which nothing is known but how it is named.
fn named(wrong: &mut Violations, field: &str, kind: SourceKind, name: &str) -> Option<SourceContent> {
    let title = wrong.take(field, Title::cut(name).ok_or_else(|| Violation::invalid("has nothing to name it by")))?;
    Some(SourceContent {
        kind,
        title,
        authors: Vec::new(),
        outlet: None,
        published_on: None,
        accessed_on: None,
        url: None,
        archive_url: None,
        doi: None,
        isbn: None,
        language: None,
    })
}
