//! The inputs of author mutations, parsed into the domain.

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::author::{AuthorChanges, AuthorDraft};
use masthead_domain::{
    Slug, Violation, Violations, WebUrl,
    author::{BIO_BYTES_MAX, Email},
    text::Title,
};
use masthead_formats::html;

use crate::graphql::{
    input,
    localization::{self, AuthorLocalizationInput},
    scalar::Url,
};

/// A new author.
#[derive(InputObject)]
pub(crate) struct AuthorCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The last part of the address; made from the name when absent.
    slug: Option<String>,
    /// The name as readers see it, at most 300 characters.
    name: String,
    /// A biography in HTML; what is not safe is removed.
    bio: Option<String>,
    /// A public e-mail address.
    email: Option<String>,
    /// Profiles elsewhere, at most 20.
    same_as: Option<Vec<Url>>,
    /// The picture: a media record's id.
    portrait_id: Option<ID>,
    /// Name and biography in other languages, at most 50.
    localizations: Option<Vec<AuthorLocalizationInput>>,
}

/// Changes to an author. An absent key leaves the field as it is; null clears it. Lists are replaced as a whole.
#[derive(InputObject)]
pub(crate) struct AuthorChangesInput {
    /// The last part of the address.
    slug: MaybeUndefined<String>,
    /// The name as readers see it.
    name: MaybeUndefined<String>,
    /// A biography in HTML; what is not safe is removed.
    bio: MaybeUndefined<String>,
    /// A public e-mail address.
    email: MaybeUndefined<String>,
    /// Profiles elsewhere, at most 20.
    same_as: MaybeUndefined<Vec<Url>>,
    /// The picture: a media record's id.
    portrait_id: MaybeUndefined<ID>,
    /// Name and biography in other languages, at most 50.
    localizations: MaybeUndefined<Vec<AuthorLocalizationInput>>,
}

/// Which author to change, at which version, and how.
#[derive(InputObject)]
pub(crate) struct AuthorUpdateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The author's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What to change.
    pub(super) changes: AuthorChangesInput,
}

/// Which author to delete, at which version.
#[derive(InputObject)]
pub(crate) struct AuthorDeleteInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The author's global id.
    pub(super) id: ID,
    /// The version the deletion is made for; another version is a conflict.
    pub(super) expected_version: i32,
}

/// A biography as it may be kept; none when nothing visible is left.
pub(crate) fn bio(text: &str) -> Result<Option<String>, Violation> {
    let safe = html::sanitize(text).into_string();
    if safe.len() > BIO_BYTES_MAX {
        return Err(Violation::new(
            masthead_domain::ViolationCode::TooLong,
            format!("must have at most {BIO_BYTES_MAX} bytes"),
        ));
    }
    Ok(Some(safe).filter(|safe| !safe.trim().is_empty()))
}

fn profiles(given: Vec<Url>) -> Result<Vec<WebUrl>, Violation> {
    given.iter().enumerate().map(|(place, url)| WebUrl::parse(&url.0).map_err(|wrong| wrong.at(place))).collect()
}

impl AuthorCreateInput {
    pub(super) fn parse(self) -> Result<AuthorDraft, Violations> {
        let Self { client_mutation_id: _, slug, name, bio: bio_html, email, same_as, portrait_id, localizations } =
            self;
        let mut wrong = Violations::new();
        let slug = slug.and_then(|slug| wrong.take("slug", Slug::parse(&slug)));
        let name = wrong.take("name", Title::parse(&name));
        let bio = bio_html.and_then(|text| wrong.take("bio", bio(&text))).flatten();
        let email = email.and_then(|email| wrong.take("email", Email::parse(&email)));
        let same_as = wrong.take("sameAs", profiles(same_as.unwrap_or_default())).unwrap_or_default();
        let portrait = portrait_id.and_then(|id| input::id(&mut wrong, "portraitId", &id));
        let localizations = localization::given(&mut wrong, localizations);
        let draft = |name| AuthorDraft { slug, name, bio, email, same_as, portrait, localizations };
        wrong.into_result(name.map(draft))
    }
}

impl AuthorChangesInput {
    pub(super) fn parse(self) -> Result<AuthorChanges, Violations> {
        let Self { slug, name, bio: bio_html, email, same_as, portrait_id, localizations } = self;
        let mut wrong = Violations::new();
        let changes = AuthorChanges {
            slug: input::kept(&mut wrong, "slug", slug, |slug| Ok(Slug::parse(&slug)?)),
            name: input::kept(&mut wrong, "name", name, |name| Title::parse(&name)),
            bio: input::clearable(&mut wrong, "bio", bio_html, |text| bio(&text)),
            email: input::clearable(&mut wrong, "email", email, |email| Email::parse(&email).map(Some)),
            same_as: input::clearable(&mut wrong, "sameAs", same_as, |urls| profiles(urls).map(Some))
                .map(Option::unwrap_or_default),
            portrait: input::clearable(&mut wrong, "portraitId", portrait_id, |id| {
                id.parse().map(Some).map_err(Violation::invalid)
            }),
            localizations: localization::changed(&mut wrong, localizations),
        };
        let mut outer = Violations::new();
        outer.nest("changes", wrong);
        outer.into_result(Some(changes))
    }
}
