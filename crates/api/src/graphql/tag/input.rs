//! The inputs of tag mutations, parsed into the domain.

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::tag::TagRename;
use masthead_domain::{Slug, TagId, Violations, text::Line};

use crate::graphql::{
    input,
    localization::{self, TagLocalizationInput},
};

/// Which tag to rename, at which version, and how.
#[derive(InputObject)]
pub(crate) struct TagRenameInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The tag's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// The spelling readers shall see, at most 100 characters.
    name: String,
    /// What the tag shall be found by; absent leaves it as it is.
    slug: MaybeUndefined<String>,
    /// The spellings readers of other languages shall see, at most 50. The list replaces the whole list; absent leaves it as
    /// it is, null clears it.
    localizations: MaybeUndefined<Vec<TagLocalizationInput>>,
}

/// Which tag to join into which.
#[derive(InputObject)]
pub(crate) struct TagMergeInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The global id of the tag that goes.
    pub(super) from_id: ID,
    /// The version of the tag that goes; another version is a conflict.
    pub(super) expected_version: i32,
    /// The global id of the tag that stays.
    into_id: ID,
}

impl TagRenameInput {
    /// The new spelling, parsed.
    pub(super) fn parse(self) -> Result<TagRename, Violations> {
        let Self { client_mutation_id: _, id: _, expected_version: _, name, slug, localizations } = self;
        let mut wrong = Violations::new();
        let name = wrong.take("name", Line::parse(&name));
        let slug = input::kept(&mut wrong, "slug", slug, |slug| Ok(Slug::parse(&slug)?));
        let localizations = localization::changed(&mut wrong, localizations);
        wrong.into_result(name.map(|name| TagRename { name, slug, localizations }))
    }
}

impl TagMergeInput {
    /// The tag that goes and the tag that stays.
    pub(super) fn parse(self) -> Result<(TagId, TagId), Violations> {
        let Self { client_mutation_id: _, from_id, expected_version: _, into_id } = self;
        let mut wrong = Violations::new();
        let from = input::id(&mut wrong, "fromId", &from_id);
        let into = input::id(&mut wrong, "intoId", &into_id);
        wrong.into_result(from.zip(into))
    }
}
