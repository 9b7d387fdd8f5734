//! The inputs of category mutations, parsed into the domain.

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::category::{CategoryChanges, CategoryDraft, CategoryMove};
use masthead_domain::{
    Slug, Violation, Violations,
    text::{LongText, Title},
};

use crate::graphql::{
    input,
    localization::{self, CategoryLocalizationInput},
    scalar::Language,
};

/// A new category.
#[derive(InputObject)]
pub(crate) struct CategoryCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The last part of the address, unique among all categories; made from the name when absent.
    slug: Option<String>,
    /// The name as readers see it, at most 300 characters.
    name: String,
    /// What belongs in it, at most 20,000 characters.
    description: Option<String>,
    /// The language of name and description; that of the parent when absent, and of the site for a root.
    language: Option<Language>,
    /// The category it stands in; a root when absent.
    parent_id: Option<ID>,
    /// The place among its siblings, from 0; the last one when absent or past the end.
    position: Option<i32>,
    /// Name and description in other languages, at most 50.
    localizations: Option<Vec<CategoryLocalizationInput>>,
}

/// Changes to a category. An absent key leaves the field as it is; null clears it. To put it elsewhere in the tree use
/// `categoryMove`.
#[derive(InputObject)]
pub(crate) struct CategoryChangesInput {
    /// The last part of the address. The addresses of all categories below change with it.
    slug: MaybeUndefined<String>,
    /// The name as readers see it.
    name: MaybeUndefined<String>,
    /// What belongs in it.
    description: MaybeUndefined<String>,
    /// The language of name and description.
    language: MaybeUndefined<Language>,
    /// Name and description in other languages, at most 50. The list replaces the whole list.
    localizations: MaybeUndefined<Vec<CategoryLocalizationInput>>,
}

/// Which category to change, at which version, and how.
#[derive(InputObject)]
pub(crate) struct CategoryUpdateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The category's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What to change.
    pub(super) changes: CategoryChangesInput,
}

/// Which category to move, at which version, and where to.
#[derive(InputObject)]
pub(crate) struct CategoryMoveInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The category's global id.
    pub(super) id: ID,
    /// The version the move is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// The category it shall stand in: absent leaves it where it is, null makes it a root.
    parent_id: MaybeUndefined<ID>,
    /// The place among its new siblings, itself not counted, from 0; past the end is the last one. When absent, it comes
    /// last in a new parent and stays where it is in the old one.
    position: Option<i32>,
}

/// Which category to delete, at which version.
#[derive(InputObject)]
pub(crate) struct CategoryDeleteInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The category's global id.
    pub(super) id: ID,
    /// The version the deletion is made for; another version is a conflict.
    pub(super) expected_version: i32,
}

fn place(position: i32) -> Result<u32, Violation> {
    u32::try_from(position).map_err(|_| Violation::invalid("must be 0 or more"))
}

impl CategoryCreateInput {
    pub(super) fn parse(self) -> Result<CategoryDraft, Violations> {
        let Self { client_mutation_id: _, slug, name, description, language, parent_id, position, localizations } =
            self;
        let mut wrong = Violations::new();
        let slug = slug.and_then(|slug| wrong.take("slug", Slug::parse(&slug)));
        let name = wrong.take("name", Title::parse(&name));
        let description = wrong.take("description", LongText::parse_optional(description.as_deref())).flatten();
        let parent = parent_id.and_then(|id| input::id(&mut wrong, "parentId", &id));
        let position = position.and_then(|position| wrong.take("position", place(position)));
        let language = language.map(|Language(tag)| tag);
        let localizations = localization::given(&mut wrong, localizations);
        let draft = |name| CategoryDraft { slug, name, description, language, parent, position, localizations };
        wrong.into_result(name.map(draft))
    }
}

impl CategoryChangesInput {
    pub(super) fn parse(self) -> Result<CategoryChanges, Violations> {
        let Self { slug, name, description, language, localizations } = self;
        let mut wrong = Violations::new();
        let changes = CategoryChanges {
            slug: input::kept(&mut wrong, "slug", slug, |slug| Ok(Slug::parse(&slug)?)),
            name: input::kept(&mut wrong, "name", name, |name| Title::parse(&name)),
            description: input::clearable(&mut wrong, "description", description, |text| {
                LongText::parse_optional(Some(&text))
            }),
            language: input::kept(&mut wrong, "language", language, |Language(tag)| Ok(tag)),
            localizations: localization::changed(&mut wrong, localizations),
        };
        let mut outer = Violations::new();
        outer.nest("changes", wrong);
        outer.into_result(Some(changes))
    }
}

impl CategoryMoveInput {
    /// The id given, the version expected, and where the category shall go.
    pub(super) fn parse(self) -> (ID, i32, Result<CategoryMove, Violations>) {
        let Self { client_mutation_id: _, id, expected_version, parent_id, position } = self;
        let mut wrong = Violations::new();
        let parent =
            input::clearable(&mut wrong, "parentId", parent_id, |id| id.parse().map(Some).map_err(Violation::invalid));
        let position = position.and_then(|position| wrong.take("position", place(position)));
        (id, expected_version, wrong.into_result(Some(CategoryMove { parent, position })))
    }
}
