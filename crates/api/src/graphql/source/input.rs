//! The inputs of source mutations, parsed into the domain.

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::source::{Side, SourceChanges};
use masthead_domain::{
    SourceId, Violation, Violations, WebUrl,
    source::{self as domain, Doi, Isbn, SourceContent},
    text::{Label, Title},
};

use super::ReferenceKind;
use crate::graphql::{
    input,
    scalar::{Language, PartialDateScalar, Url},
};

/// An author of a source. Give `family`, with or without `given`, for a person; else `literal`.
#[derive(InputObject, Clone)]
pub(crate) struct SourceAuthorInput {
    /// Given names, at most 160 characters.
    given: Option<String>,
    /// Family name, at most 160 characters.
    family: Option<String>,
    /// A name as written, for agencies and bodies, at most 300 characters.
    literal: Option<String>,
}

/// What is known of a source.
#[derive(InputObject)]
pub(crate) struct SourceInput {
    /// What sort of thing it is.
    kind: ReferenceKind,
    /// Its title, at most 300 characters.
    title: String,
    /// Who made it, at most 100.
    authors: Option<Vec<SourceAuthorInput>>,
    /// The paper, site or house it appeared in, at most 300 characters.
    outlet: Option<String>,
    /// When it appeared.
    published_on: Option<PartialDateScalar>,
    /// When it was last read.
    accessed_on: Option<PartialDateScalar>,
    /// Where it is.
    url: Option<Url>,
    /// Where an archived copy is.
    archive_url: Option<Url>,
    /// Its digital object identifier, with or without a resolver in front.
    doi: Option<String>,
    /// Its book number, 10 or 13 digits, with or without hyphens.
    isbn: Option<String>,
    /// Its language.
    language: Option<Language>,
}

/// A new source.
#[derive(InputObject)]
pub(crate) struct SourceCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// What is known of it.
    #[graphql(flatten)]
    pub(super) source: SourceInput,
}

/// Changes to a source. An absent key leaves the field as it is; null clears it. Lists are replaced as a whole.
#[derive(InputObject)]
pub(crate) struct SourceChangesInput {
    /// What sort of thing it is.
    kind: MaybeUndefined<ReferenceKind>,
    /// Its title.
    title: MaybeUndefined<String>,
    /// Who made it, at most 100.
    authors: MaybeUndefined<Vec<SourceAuthorInput>>,
    /// The paper, site or house it appeared in.
    outlet: MaybeUndefined<String>,
    /// When it appeared.
    published_on: MaybeUndefined<PartialDateScalar>,
    /// When it was last read.
    accessed_on: MaybeUndefined<PartialDateScalar>,
    /// Where it is. What was found at the old address is forgotten.
    url: MaybeUndefined<Url>,
    /// Where an archived copy is.
    archive_url: MaybeUndefined<Url>,
    /// Its digital object identifier, with or without a resolver in front.
    doi: MaybeUndefined<String>,
    /// Its book number, 10 or 13 digits, with or without hyphens.
    isbn: MaybeUndefined<String>,
    /// Its language.
    language: MaybeUndefined<Language>,
}

/// Which source to change, at which version, and how.
#[derive(InputObject)]
pub(crate) struct SourceUpdateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The source's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What to change.
    pub(super) changes: SourceChangesInput,
}

/// Which source to join into which.
#[derive(InputObject)]
pub(crate) struct SourceMergeInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The global id of the source that goes.
    pub(super) from_id: ID,
    /// The version of the source that goes; another version is a conflict.
    expected_version: i32,
    /// The global id of the source that stays.
    into_id: ID,
    /// The version of the source that stays; another version is a conflict.
    into_expected_version: i32,
}

fn author(input: SourceAuthorInput) -> Result<domain::SourceAuthor, Violations> {
    let SourceAuthorInput { given, family, literal } = input;
    let mut wrong = Violations::new();
    let given = wrong.take("given", Label::parse_optional(given.as_deref())).flatten();
    let family = wrong.take("family", Label::parse_optional(family.as_deref())).flatten();
    let literal = wrong.take("literal", Title::parse_optional(literal.as_deref())).flatten();
    let author = match (given, family, literal) {
        (given, Some(family), None) => Some(domain::SourceAuthor::Person { given, family }),
        (None, None, Some(name)) => Some(domain::SourceAuthor::Literal(name)),
        _ if wrong.is_empty() => {
            wrong.push(Violation::invalid("give `family`, with or without `given`, or `literal` alone"));
            None
        }
        _ => None,
    };
    wrong.into_result(author)
}

fn authors(wrong: &mut Violations, given: Vec<SourceAuthorInput>) -> Vec<domain::SourceAuthor> {
    given
        .into_iter()
        .enumerate()
        .filter_map(|(place, input)| author(input).map_err(|inner| wrong.nest("authors", inner.within(place))).ok())
        .collect()
}

impl SourceInput {
    /// The description, parsed; paths begin at its own fields.
    pub(crate) fn parse(self) -> Result<SourceContent, Violations> {
        let Self {
            kind,
            title,
            authors: names,
            outlet,
            published_on,
            accessed_on,
            url,
            archive_url,
            doi,
            isbn,
            language,
        } = self;
        let mut wrong = Violations::new();
        let title = wrong.take("title", Title::parse(&title));
        let authors = authors(&mut wrong, names.unwrap_or_default());
        let outlet = wrong.take("outlet", Title::parse_optional(outlet.as_deref())).flatten();
        let url = url.and_then(|url| wrong.take("url", WebUrl::parse(&url.0)));
        let archive_url = archive_url.and_then(|url| wrong.take("archiveUrl", WebUrl::parse(&url.0)));
        let doi = doi.and_then(|doi| wrong.take("doi", Doi::parse(&doi)));
        let isbn = isbn.and_then(|isbn| wrong.take("isbn", Isbn::parse(&isbn)));
        wrong.into_result(title.map(|title| SourceContent {
            kind: kind.into(),
            title,
            authors,
            outlet,
            published_on: published_on.map(|date| date.0),
            accessed_on: accessed_on.map(|date| date.0),
            url,
            archive_url,
            doi,
            isbn,
            language: language.map(|language| language.0),
        }))
    }
}

impl SourceChangesInput {
    pub(super) fn parse(self) -> Result<SourceChanges, Violations> {
        let Self {
            kind,
            title,
            authors: names,
            outlet,
            published_on,
            accessed_on,
            url,
            archive_url,
            doi,
            isbn,
            language,
        } = self;
        let mut wrong = Violations::new();
        let address = |url: Url| WebUrl::parse(&url.0).map(Some);
        let changes = SourceChanges {
            kind: input::kept(&mut wrong, "kind", kind, |kind| Ok(kind.into())),
            title: input::kept(&mut wrong, "title", title, |title| Title::parse(&title)),
            authors: match names {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(Vec::new()),
                MaybeUndefined::Value(names) => Some(authors(&mut wrong, names)),
            },
            outlet: input::clearable(&mut wrong, "outlet", outlet, |text| Title::parse_optional(Some(&text))),
            published_on: input::clearable(&mut wrong, "publishedOn", published_on, |date| Ok(Some(date.0))),
            accessed_on: input::clearable(&mut wrong, "accessedOn", accessed_on, |date| Ok(Some(date.0))),
            url: input::clearable(&mut wrong, "url", url, address),
            archive_url: input::clearable(&mut wrong, "archiveUrl", archive_url, address),
            doi: input::clearable(&mut wrong, "doi", doi, |doi| Doi::parse(&doi).map(Some)),
            isbn: input::clearable(&mut wrong, "isbn", isbn, |isbn| Isbn::parse(&isbn).map(Some)),
            language: input::clearable(&mut wrong, "language", language, |language| Ok(Some(language.0))),
        };
        wrong.within("changes").into_result(Some(changes))
    }
}

impl SourceMergeInput {
    /// The source that goes and the source that stays.
    pub(super) fn parse(self) -> Result<(Side, Side), Violations> {
        let Self { client_mutation_id: _, from_id, expected_version, into_id, into_expected_version } = self;
        let mut wrong = Violations::new();
        let from = input::id::<SourceId>(&mut wrong, "fromId", &from_id);
        let into = input::id::<SourceId>(&mut wrong, "intoId", &into_id);
        let side = |id, version: i32| Side { id, expected_version: version.into() };
        wrong.into_result(
            from.zip(into).map(|(from, into)| (side(from, expected_version), side(into, into_expected_version))),
        )
    }
}
