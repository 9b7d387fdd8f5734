//! The inputs of contact mutations, parsed into the domain.

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::contact::ContactChanges;
use masthead_domain::{
    LanguageTag, Localizations, Violations,
    contact::{Channel, ContactContent},
    text::{Label, Title},
};

use super::{ContactChannelKind, ContactRole};
use crate::graphql::{
    input,
    localization::{self, ContactLocalizationInput},
    scalar::Language,
};

/// One way to reach a contact.
#[derive(InputObject, Clone)]
pub(crate) struct ContactChannelInput {
    /// How.
    kind: ContactChannelKind,
    /// The address or number, at most 500 characters. It must fit `kind`; `SOCIAL` and `ADDRESS` take any line.
    value: String,
    /// Words beside it: "night desk".
    label: Option<String>,
    /// Whether readers may see it. Private when absent, so that nothing is shown by mistake.
    #[graphql(default = false)]
    is_public: bool,
}

/// A new contact.
#[derive(InputObject)]
pub(crate) struct ContactCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The name, at most 300 characters.
    name: String,
    /// Whom one reaches.
    role: ContactRole,
    /// The job title as printed, at most 160 characters.
    title: Option<String>,
    /// The house, at most 300 characters.
    organization: Option<String>,
    /// The languages spoken, at most 20.
    languages: Option<Vec<Language>>,
    /// Ways to reach them, in order, at most 20.
    channels: Option<Vec<ContactChannelInput>>,
    /// Title and organization in other languages, at most 50.
    localizations: Option<Vec<ContactLocalizationInput>>,
}

/// Changes to a contact. An absent key leaves the field as it is; null clears it. Lists are replaced as a whole.
#[derive(InputObject)]
pub(crate) struct ContactChangesInput {
    /// The name.
    name: MaybeUndefined<String>,
    /// Whom one reaches.
    role: MaybeUndefined<ContactRole>,
    /// The job title as printed.
    title: MaybeUndefined<String>,
    /// The house.
    organization: MaybeUndefined<String>,
    /// The languages spoken, at most 20.
    languages: MaybeUndefined<Vec<Language>>,
    /// Ways to reach them, in order, at most 20. A caller who is shown no private channels replaces the public ones; the
    /// private ones stay.
    channels: MaybeUndefined<Vec<ContactChannelInput>>,
    /// Title and organization in other languages, at most 50.
    localizations: MaybeUndefined<Vec<ContactLocalizationInput>>,
}

/// Which contact to change, at which version, and how.
#[derive(InputObject)]
pub(crate) struct ContactUpdateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The contact's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What to change.
    pub(super) changes: ContactChangesInput,
}

/// Which contact to delete, at which version.
#[derive(InputObject)]
pub(crate) struct ContactDeleteInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The contact's global id.
    pub(super) id: ID,
    /// The version the deletion is made for; another version is a conflict.
    pub(super) expected_version: i32,
}

fn channel(input: ContactChannelInput) -> Result<Channel, Violations> {
    let ContactChannelInput { kind, value, label, is_public } = input;
    let kind = kind.into();
    let mut wrong = Violations::new();
    let value = wrong.take("value", Channel::check_value(kind, &value));
    let label = wrong.take("label", Label::parse_optional(label.as_deref())).flatten();
    wrong.into_result(value.map(|value| Channel { kind, value, label, is_public }))
}

fn channels(wrong: &mut Violations, given: Vec<ContactChannelInput>) -> Vec<Channel> {
    given
        .into_iter()
        .enumerate()
        .filter_map(|(place, input)| channel(input).map_err(|inner| wrong.nest("channels", inner.within(place))).ok())
        .collect()
}

/// Languages, each one once.
fn languages(given: Vec<Language>) -> Vec<LanguageTag> {
    let mut tags = Vec::with_capacity(given.len());
    for Language(tag) in given {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

impl ContactCreateInput {
    /// The contact, and what it is in other languages.
    pub(super) fn parse(self) -> Result<(ContactContent, Localizations), Violations> {
        let Self {
            client_mutation_id: _,
            name,
            role,
            title,
            organization,
            languages: tags,
            channels: ways,
            localizations,
        } = self;
        let mut wrong = Violations::new();
        let name = wrong.take("name", Title::parse(&name));
        let title = wrong.take("title", Label::parse_optional(title.as_deref())).flatten();
        let organization = wrong.take("organization", Title::parse_optional(organization.as_deref())).flatten();
        let channels = channels(&mut wrong, ways.unwrap_or_default());
        let localizations = localization::given(&mut wrong, localizations);
        let content = name.map(|name| ContactContent {
            name,
            role: role.into(),
            title,
            organization,
            languages: languages(tags.unwrap_or_default()),
            channels,
        });
        wrong.into_result(content.map(|content| (content, localizations)))
    }
}

impl ContactChangesInput {
    pub(super) fn parse(self) -> Result<ContactChanges, Violations> {
        let Self { name, role, title, organization, languages: tags, channels: ways, localizations } = self;
        let mut wrong = Violations::new();
        let changes = ContactChanges {
            name: input::kept(&mut wrong, "name", name, |name| Title::parse(&name)),
            role: input::kept(&mut wrong, "role", role, |role| Ok(role.into())),
            title: input::clearable(&mut wrong, "title", title, |text| Label::parse_optional(Some(&text))),
            organization: input::clearable(&mut wrong, "organization", organization, |text| {
                Title::parse_optional(Some(&text))
            }),
            languages: input::clearable(&mut wrong, "languages", tags, |tags| Ok(Some(languages(tags))))
                .map(Option::unwrap_or_default),
            channels: match ways {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(Vec::new()),
                MaybeUndefined::Value(ways) => Some(channels(&mut wrong, ways)),
            },
            localizations: localization::changed(&mut wrong, localizations),
        };
        wrong.within("changes").into_result(Some(changes))
    }
}
