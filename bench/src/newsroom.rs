//! The records of the synthetic newsroom, and what they are here.

use std::collections::HashMap;

use anyhow::{Context, Result};
use masthead_app::{
    article::{ArticleChanges, ArticleDraft, History},
    author::AuthorDraft,
    category::CategoryDraft,
};
use masthead_domain::{
    AuthorId, CategoryId, ContactId, LanguageTag, Localizations, MediaId, Slug, WebUrl,
    article::{ArticleState, Credit, CreditRole, MediaUsage, Window},
    contact::{Channel, ChannelKind, ContactContent, ContactRole},
    media::{MediaContent, MediaType},
    reference::{Citation, Cited},
    source::{SourceAuthor, SourceContent, SourceKind},
    text::{Label, Line, Paragraph, Title},
    time,
};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
pub(crate) struct Author {
    pub(crate) id: u32,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) bio: String,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Category {
    pub(crate) id: u32,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) parent_id: Option<u32>,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Article {
    pub(crate) id: u32,
    pub(crate) slug: String,
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) excerpt: String,
    pub(crate) body: String,
    pub(crate) language: String,
    pub(crate) status: String,
    pub(crate) published_at: String,
    pub(crate) authors: Vec<u32>,
    pub(crate) categories: Vec<u32>,
    pub(crate) references: Vec<Reference>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) media: Vec<Media>,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Reference {
    pub(crate) id: u32,
    pub(crate) position: u32,
    pub(crate) author: String,
    pub(crate) title: String,
    pub(crate) publisher: String,
    pub(crate) url: String,
    pub(crate) published_on: String,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Contact {
    pub(crate) id: u32,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) email: String,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Media {
    pub(crate) id: u32,
    pub(crate) position: u32,
    pub(crate) url: String,
    pub(crate) alt: String,
    pub(crate) caption: String,
    pub(crate) credit: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Author {
    pub(crate) fn draft(self) -> Result<(u32, AuthorDraft)> {
        let draft = AuthorDraft {
            slug: Some(Slug::parse(&self.slug)?),
            name: Title::parse(&self.name)?,
            bio: Some(format!("<p>{}</p>", self.bio)),
            email: None,
            same_as: Vec::new(),
            portrait: None,
            localizations: Localizations::default(),
        };
        Ok((self.id, draft))
    }
}

impl Category {
    pub(crate) fn draft(self, known: &HashMap<u32, CategoryId>) -> Result<(u32, CategoryDraft)> {
        let parent = self.parent_id.map(|id| known.get(&id).copied().context("a parent stands before its children"));
        let draft = CategoryDraft {
            slug: Some(Slug::parse(&self.slug)?),
            name: Title::parse(&self.name)?,
            description: None,
            language: None,
            parent: parent.transpose()?,
            position: None,
            localizations: Localizations::default(),
        };
        Ok((self.id, draft))
    }
}

impl Article {
    pub(crate) fn is_published(&self) -> bool {
        self.status == "published"
    }

    pub(crate) fn media(&self) -> Result<Vec<MediaContent>> {
        let record = |media: &Media| {
            let url = WebUrl::parse(&media.url)?;
            Ok(MediaContent {
                media_type: MediaType::of_address(&url),
                url,
                title: None,
                alt: Some(Paragraph::parse(&media.alt)?),
                caption: Some(Paragraph::parse(&media.caption)?),
                credit: Some(Label::parse(&media.credit)?),
                width: Some(media.width),
                height: Some(media.height),
                byte_size: None,
            })
        };
        self.media.iter().map(record).collect()
    }

    pub(crate) fn contacts(&self) -> Result<Vec<ContactContent>> {
        let record = |contact: &Contact| {
            let role = if contact.role == "Editor" { ContactRole::Editor } else { ContactRole::Press };
            Ok(ContactContent {
                name: Title::parse(&contact.name)?,
                role,
                title: Some(Label::parse(&contact.role)?),
                organization: None,
                languages: Vec::new(),
                channels: vec![Channel {
                    kind: ChannelKind::Email,
                    value: Line::parse(&contact.email)?,
                    label: None,
                    is_public: true,
                }],
            })
        };
        self.contacts.iter().map(record).collect()
    }

    pub(crate) fn draft(
        &self,
        authors: &HashMap<u32, AuthorId>,
        categories: &HashMap<u32, CategoryId>,
        gallery: Vec<MediaId>,
        contacts: Vec<ContactId>,
    ) -> Result<(ArticleDraft, History)> {
        let language: LanguageTag = self.language.parse()?;
        let at = time::parse(&self.published_at)?;
        let credit = |id: &u32| {
            let author = authors.get(id).copied().context("an unknown author")?;
            Ok(Credit { author, role: CreditRole::Author, credited_as: None })
        };
        let usage = |media| MediaUsage { media, caption: None, alt: None, credit: None };
        let content = ArticleChanges {
            slug: Some(Slug::parse(&self.slug)?),
            secondary_headline: Some(Some(Title::parse(&self.subtitle)?)),
            lede: Some(Some(Paragraph::parse(&self.excerpt)?)),
            body: Some(
                masthead_formats::html::parse(&self.body, &masthead_formats::html::ParseOptions::default()).body,
            ),
            credits: Some(self.authors.iter().map(credit).collect::<Result<_>>()?),
            categories: Some(
                self.categories
                    .iter()
                    .map(|id| categories.get(id).copied().context("an unknown category"))
                    .collect::<Result<_>>()?,
            ),
            gallery: Some(gallery.into_iter().map(usage).collect()),
            references: Some(self.references.iter().map(citation).collect::<Result<_>>()?),
            contacts: Some(contacts),
            ..ArticleChanges::default()
        };
        let is_published = self.is_published();
        let history = History {
            state: if is_published { ArticleState::Published { at } } else { ArticleState::Draft },
            window: Window::default(),
            first_published_at: is_published.then_some(at),
            created_at: at,
            updated_at: at,
            views: 0,
            shares: 0,
        };
        Ok((ArticleDraft { language, translation_of: None, headline: Title::parse(&self.title)?, content }, history))
    }
}

fn citation(reference: &Reference) -> Result<Citation> {
    let source = SourceContent {
        kind: SourceKind::NewsArticle,
        title: Title::parse(&reference.title)?,
        authors: vec![SourceAuthor::Literal(Title::parse(&reference.author)?)],
        outlet: Some(Title::parse(&reference.publisher)?),
        published_on: Some(reference.published_on.parse()?),
        accessed_on: None,
        url: Some(WebUrl::parse(&reference.url)?),
        archive_url: None,
        doi: None,
        isbn: None,
        language: None,
    };
    Ok(Citation { id: None, cited: Cited::Described(Box::new(source)), locator: None, quote: None, note: None })
}
