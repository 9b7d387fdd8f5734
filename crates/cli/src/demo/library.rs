//! What articles stand on: media, authors, categories, sources and contacts.

use std::{collections::HashMap, fmt::Display};

use anyhow::{Context as _, anyhow};
use masthead_app::{Work, author, category, contact, media, source};
use masthead_domain::{
    AuthorId, CategoryId, ContactId, Localizations, MediaId, Slug, SourceId, WebUrl,
    author::Email,
    contact::{Channel, ChannelKind, ContactContent, ContactRole},
    media::{MediaContent, MediaType},
    source::{Doi, Isbn, SourceAuthor, SourceContent, SourceKind},
    text::{Label, LongText, Paragraph, Title},
};
use masthead_formats::{html, markdown};

use super::files;

/// The ids of the library, by the keys `seed/` uses.
#[derive(Debug, Default)]
pub(super) struct Library {
    pub(super) media: HashMap<String, Picture>,
    pub(super) authors: HashMap<String, AuthorId>,
    pub(super) categories: HashMap<String, CategoryId>,
    pub(super) sources: HashMap<String, SourceId>,
    pub(super) contacts: HashMap<String, ContactId>,
}

/// A media record, as bodies need it.
#[derive(Debug, Clone)]
pub(super) struct Picture {
    pub(super) id: MediaId,
    pub(super) url: WebUrl,
    pub(super) alt: Option<String>,
}

/// What a key stands for.
pub(super) fn named<'a, T>(of: &'a HashMap<String, T>, key: &str) -> anyhow::Result<&'a T> {
    of.get(key).ok_or_else(|| anyhow!("nothing has the key {key:?}"))
}

/// A word of a closed list.
pub(super) fn word<T>(parse: fn(&str) -> Option<T>, text: &str) -> anyhow::Result<T> {
    parse(text).ok_or_else(|| anyhow!("{text:?} is no known word"))
}

/// A value that may be left out.
pub(super) fn optional<T, E>(parse: impl FnOnce(&str) -> Result<T, E>, text: Option<&str>) -> anyhow::Result<Option<T>>
where
    anyhow::Error: From<E>,
{
    Ok(text.map(parse).transpose()?)
}

/// Brings the library in.
pub(super) async fn load(work: &Work<'_>) -> anyhow::Result<Library> {
    let mut library = Library::default();
    for entry in files::entries::<files::Media>("media.toml", "media")? {
        let key = entry.key.clone();
        let picture = keep_media(work, entry).await.with_context(|| of("media", &key))?;
        library.media.insert(key, picture);
    }
    for entry in files::entries::<files::Author>("authors.toml", "author")? {
        let key = entry.key.clone();
        let id = keep_author(work, &library, entry).await.with_context(|| of("author", &key))?;
        library.authors.insert(key, id);
    }
    for entry in files::entries::<files::Category>("categories.toml", "category")? {
        let key = entry.key.clone();
        let id = keep_category(work, &library, entry).await.with_context(|| of("category", &key))?;
        library.categories.insert(key, id);
    }
    for entry in files::entries::<files::Source>("sources.toml", "source")? {
        let key = entry.key.clone();
        let id = keep_source(work, entry).await.with_context(|| of("source", &key))?;
        library.sources.insert(key, id);
    }
    for entry in files::entries::<files::Contact>("contacts.toml", "contact")? {
        let key = entry.key.clone();
        let id = keep_contact(work, entry).await.with_context(|| of("contact", &key))?;
        library.contacts.insert(key, id);
    }
    Ok(library)
}

fn of(kind: &str, key: impl Display) -> String {
    format!("the {kind} {key}")
}

async fn keep_media(work: &Work<'_>, entry: files::Media) -> anyhow::Result<Picture> {
    let files::Media { key: _, url, media_type, title, alt, caption, credit, width, height, bytes } = entry;
    let content = MediaContent {
        url: WebUrl::parse(&url)?,
        media_type: MediaType::parse(&media_type)?,
        title: optional(Title::parse, title.as_deref())?,
        alt: optional(Paragraph::parse, alt.as_deref())?,
        caption: optional(Paragraph::parse, caption.as_deref())?,
        credit: optional(Label::parse, credit.as_deref())?,
        width,
        height,
        byte_size: bytes,
    };
    let url = content.url.clone();
    Ok(Picture { id: media::create(work, content, Localizations::default()).await?, url, alt })
}

async fn keep_author(work: &Work<'_>, library: &Library, entry: files::Author) -> anyhow::Result<AuthorId> {
    let files::Author { key: _, slug, name, bio, email, same_as, portrait } = entry;
    let bio = bio.map(|text| {
        let written = markdown::parse(&text, &html::ParseOptions::default()).body;
        html::sanitize(&written.html(&Default::default())).into_string()
    });
    let draft = author::AuthorDraft {
        slug: Some(Slug::parse(&slug)?),
        name: Title::parse(&name)?,
        bio,
        email: optional(Email::parse, email.as_deref())?,
        same_as: same_as.iter().map(|url| WebUrl::parse(url)).collect::<Result<_, _>>()?,
        portrait: optional(|key| named(&library.media, key).map(|picture| picture.id), portrait.as_deref())?,
        localizations: Localizations::default(),
    };
    Ok(author::create(work, draft).await?)
}

async fn keep_category(work: &Work<'_>, library: &Library, entry: files::Category) -> anyhow::Result<CategoryId> {
    let files::Category { key: _, slug, name, language, parent, description } = entry;
    let draft = category::CategoryDraft {
        slug: Some(Slug::parse(&slug)?),
        name: Title::parse(&name)?,
        description: optional(LongText::parse, description.as_deref())?,
        language: Some(language.parse()?),
        parent: optional(|key| named(&library.categories, key).copied(), parent.as_deref())?,
        position: None,
        localizations: Localizations::default(),
    };
    Ok(category::create(work, draft).await?)
}

async fn keep_source(work: &Work<'_>, entry: files::Source) -> anyhow::Result<SourceId> {
    let files::Source {
        key: _,
        kind,
        title,
        authors,
        outlet,
        published_on,
        accessed_on,
        url,
        archive_url,
        doi,
        isbn,
        language,
    } = entry;
    let content = SourceContent {
        kind: word(SourceKind::parse, &kind)?,
        title: Title::parse(&title)?,
        authors: authors.into_iter().map(source_author).collect::<anyhow::Result<_>>()?,
        outlet: optional(Title::parse, outlet.as_deref())?,
        published_on: optional(str::parse, published_on.as_deref())?,
        accessed_on: optional(str::parse, accessed_on.as_deref())?,
        url: optional(WebUrl::parse, url.as_deref())?,
        archive_url: optional(WebUrl::parse, archive_url.as_deref())?,
        doi: optional(Doi::parse, doi.as_deref())?,
        isbn: optional(Isbn::parse, isbn.as_deref())?,
        language: optional(str::parse, language.as_deref())?,
    };
    Ok(source::create(work, content).await?)
}

fn source_author(author: files::SourceAuthor) -> anyhow::Result<SourceAuthor> {
    Ok(match author {
        files::SourceAuthor::Institution { literal } => SourceAuthor::Literal(Title::parse(&literal)?),
        files::SourceAuthor::Person { given, family } => {
            SourceAuthor::Person { given: optional(Label::parse, given.as_deref())?, family: Label::parse(&family)? }
        }
    })
}

async fn keep_contact(work: &Work<'_>, entry: files::Contact) -> anyhow::Result<ContactId> {
    let files::Contact { key: _, name, role, title, organization, languages, channels } = entry;
    let content = ContactContent {
        name: Title::parse(&name)?,
        role: word(ContactRole::parse, &role)?,
        title: optional(Label::parse, title.as_deref())?,
        organization: optional(Title::parse, organization.as_deref())?,
        languages: languages.iter().map(|tag| tag.parse()).collect::<Result<_, _>>()?,
        channels: channels.into_iter().map(channel).collect::<anyhow::Result<_>>()?,
    };
    Ok(contact::create(work, content, Localizations::default()).await?)
}

fn channel(channel: files::Channel) -> anyhow::Result<Channel> {
    let files::Channel { kind, value, label, public } = channel;
    let kind = word(ChannelKind::parse, &kind)?;
    Ok(Channel {
        kind,
        value: Channel::check_value(kind, &value)?,
        label: optional(Label::parse, label.as_deref())?,
        is_public: public,
    })
}
