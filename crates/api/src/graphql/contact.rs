//! Contacts in GraphQL. The one place that decides which channels a caller sees.

mod input;
mod mutation;
mod query;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, List, Object, Result, SimpleObject};
use foldhash::HashMap;
use masthead_domain::{ContactId, contact as domain, localization::WordField, policy};
use masthead_store::contact::{self, Contact};

pub(crate) use mutation::ContactMutation;
pub(crate) use query::ContactQuery;

use super::{
    cohort::Cohort,
    error,
    frame::Frame,
    guard::hand_all,
    localization::{ContactLocalization, Speaker},
    scalar::{DateTime, Language},
};

/// Whom one reaches.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ContactRole")]
pub(crate) enum ContactRole {
    /// An editor.
    Editor,
    /// The newsdesk.
    Newsdesk,
    /// A press office.
    Press,
    /// An author.
    Author,
    /// The advertising desk.
    Advertising,
    /// Somebody else.
    Other,
}

/// How one reaches them.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::ChannelKind")]
pub(crate) enum ContactChannelKind {
    /// An e-mail address.
    Email,
    /// A telephone.
    Phone,
    /// A mobile telephone.
    Mobile,
    /// A WhatsApp number.
    Whatsapp,
    /// A fax.
    Fax,
    /// A web page.
    Web,
    /// A page of a social network.
    Social,
    /// A postal address.
    Address,
}

/// One way to reach a contact.
#[derive(SimpleObject, Clone)]
pub(crate) struct ContactChannel {
    /// How.
    kind: ContactChannelKind,
    /// The address or number, as readers read it.
    value: String,
    /// Words beside it: "night desk".
    label: Option<String>,
    /// What to open when a reader chooses it: `mailto:`, `tel:` or `https:`. Null where there is nothing to open, as for a
    /// postal address.
    uri: Option<String>,
    /// Whether readers see it. Always true for callers who see public channels only.
    is_public: bool,
}

/// A contact with the frame and cohort it was loaded in, and what its caller may see of it.
#[derive(Clone)]
pub(crate) struct ContactNode {
    contact: Arc<Contact>,
    frame: Arc<Frame>,
    cohort: Arc<Cohort<ContactId>>,
    sees_private: bool,
}

impl ContactNode {
    /// Contacts that were loaded together.
    pub(crate) fn together(frame: &Arc<Frame>, contacts: Vec<impl Into<Arc<Contact>>>) -> Vec<Self> {
        let sees_private = policy::reads_private(&frame.caller.actor);
        let contacts: Vec<Arc<Contact>> = contacts.into_iter().map(Into::into).collect();
        let cohort = frame.cohort(contacts.iter().map(|contact| contact.id));
        let node = |contact| Self { contact, frame: Arc::clone(frame), cohort: Arc::clone(&cohort), sees_private };
        contacts.into_iter().map(node).collect()
    }

    fn speaker(&self) -> Speaker<'_, ContactId> {
        let Self { contact, frame, cohort, sees_private: _ } = self;
        Speaker { frame, cohort, id: contact.id, language: None }
    }

    /// The contact with an id.
    pub(crate) async fn by_id(frame: &Arc<Frame>, id: ContactId) -> Result<Option<Self>> {
        let contact = contact::by_id(frame.read_things(&[id]), id).await.map_err(error::store)?;
        Ok(Self::together(frame, contact.into_iter().collect()).pop())
    }

    /// Contacts by id.
    pub(crate) async fn by_ids(frame: &Arc<Frame>, ids: &[ContactId]) -> Result<HashMap<ContactId, Self>> {
        let contacts = contact::by_ids(frame.read_things(ids), ids).await.map_err(error::store)?;
        Ok(Self::together(frame, contacts).into_iter().map(|node| (node.contact.id, node)).collect())
    }
}

/// A press or editor contact block, kept once and shown under many articles.
#[Object(name = "Contact")]
impl ContactNode {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.contact.id.to_string())
    }

    /// How often this was written; hand it to `expectedVersion`.
    pub(crate) async fn version(&self) -> i32 {
        i32::try_from(self.contact.version).unwrap_or(i32::MAX)
    }

    /// When it came to be.
    pub(crate) async fn created_at(&self) -> DateTime {
        DateTime(self.contact.created_at)
    }

    /// When it last changed.
    pub(crate) async fn updated_at(&self) -> DateTime {
        DateTime(self.contact.updated_at)
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.contact.name
    }

    /// Whom one reaches.
    async fn role(&self) -> ContactRole {
        self.contact.role.into()
    }

    /// The job title as printed, in the first of the languages asked for that it is told in.
    async fn title(&self) -> Result<Option<String>> {
        self.speaker().text(WordField::Title, self.contact.title.as_deref()).await
    }

    /// The house, in the first of the languages asked for that it is told in.
    async fn organization(&self) -> Result<Option<String>> {
        self.speaker().text(WordField::Organization, self.contact.organization.as_deref()).await
    }

    /// Title and organization in other languages, by language.
    async fn localizations(&self, ctx: &Context<'_>) -> Result<List<ContactLocalization>> {
        self.speaker().all(ctx).await
    }

    /// The languages spoken.
    async fn languages(&self) -> Vec<Language> {
        self.contact.languages.iter().cloned().map(Language).collect()
    }

    /// Ways to reach them, in order. Private ones are shown to editors and to keys with the scope drafts:read only.
    async fn channels(&self, ctx: &Context<'_>) -> Result<List<ContactChannel>> {
        let seen = self.contact.channels.iter().filter(|channel| channel.is_public || self.sees_private);
        let channels = seen.map(|channel| ContactChannel {
            kind: channel.kind.into(),
            value: channel.value.to_string(),
            label: channel.label.as_ref().map(ToString::to_string),
            uri: channel.uri(),
            is_public: channel.is_public,
        });
        hand_all(ctx, channels).await
    }
}
