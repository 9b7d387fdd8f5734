//! The inputs of article mutations, parsed into the domain.

mod body;
mod bulk;
mod parts;
mod seo;
mod standing;

use async_graphql::{ID, InputObject, MaybeUndefined};
use masthead_app::article::{ArticleChanges, ArticleDraft, Correcting, Edit, Summary};
use masthead_domain::{
    LanguageTag, Slug, Violation, Violations,
    article::Seo,
    correction::CorrectionContent,
    reference::Citation,
    tag::TagName,
    text::{Label, Line, Paragraph, Title},
};

pub(crate) use self::{
    body::BodyInput,
    bulk::{ArticleBulkCategorizeInput, ArticleBulkMoveInput, ArticleBulkPublishInput, ArticleBulkTagInput},
    parts::{ArticleAuthorInput, ArticleLinkInput, MediaUsageInput, ReferenceInput},
    seo::SeoInput,
    standing::{
        ArticleDeleteInput, ArticleKillInput, ArticlePublishInput, ArticleRestoreInput, ArticleReturnInput,
        ArticleScheduleInput, ArticleSubmitInput, ArticleUnpublishInput, ArticleWithdrawInput,
    },
};
use super::words::ArticleKind;
use crate::graphql::{correction::CorrectionKind, input, scalar::Language};

/// A new article. It begins as a draft of the caller's.
#[derive(InputObject)]
pub(crate) struct ArticleCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// Its language, for good: another language is another edition (`translationOf`).
    language: Language,
    /// The global id of an article that this is another language edition of.
    translation_of: Option<ID>,
    /// The last part of the address; made from the headline when absent.
    slug: Option<String>,
    /// What sort of piece it is.
    #[graphql(default_with = "ArticleKind::News")]
    kind: ArticleKind,
    /// The headline, at most 300 characters.
    headline: String,
    /// The second headline, at most 300 characters.
    secondary_headline: Option<String>,
    /// The words above the headline, at most 160 characters.
    kicker: Option<String>,
    /// The opening paragraph set apart from the body, plain text of at most 2,000 characters.
    lede: Option<String>,
    /// The text; empty when absent.
    body: Option<BodyInput>,
    /// The byline as printed, at most 300 characters.
    byline: Option<String>,
    /// Credits in printed order, at most 200.
    authors: Option<Vec<ArticleAuthorInput>>,
    /// The global ids of its categories, the primary one first, at most 200.
    category_ids: Option<Vec<ID>>,
    /// Tags by name, at most 100. A tag that does not exist comes into being.
    tags: Option<Vec<String>>,
    /// References in order, at most 200; number 1 is the first.
    references: Option<Vec<ReferenceInput>>,
    /// The global ids of its contacts, in order, at most 200.
    contact_ids: Option<Vec<ID>>,
    /// Links in order, at most 200.
    links: Option<Vec<ArticleLinkInput>>,
    /// Pictures and files in order, at most 200.
    gallery: Option<Vec<MediaUsageInput>>,
    /// What search engines are told, where it differs from what follows from the article.
    seo: Option<SeoInput>,
}

/// Changes to an article. An absent key leaves the field as it is; null clears it. Lists are replaced as a whole.
#[derive(InputObject)]
pub(crate) struct ArticleChangesInput {
    /// The last part of the address. The old address redirects to the new one once readers have seen it.
    slug: MaybeUndefined<String>,
    /// What sort of piece it is.
    kind: MaybeUndefined<ArticleKind>,
    /// The headline, at most 300 characters.
    headline: MaybeUndefined<String>,
    /// The second headline, at most 300 characters.
    secondary_headline: MaybeUndefined<String>,
    /// The words above the headline, at most 160 characters.
    kicker: MaybeUndefined<String>,
    /// The opening paragraph set apart from the body, plain text of at most 2,000 characters.
    lede: MaybeUndefined<String>,
    /// The text.
    body: MaybeUndefined<BodyInput>,
    /// The byline as printed, at most 300 characters.
    byline: MaybeUndefined<String>,
    /// Credits in printed order, at most 200.
    authors: MaybeUndefined<Vec<ArticleAuthorInput>>,
    /// The global ids of its categories, the primary one first, at most 200.
    category_ids: MaybeUndefined<Vec<ID>>,
    /// Tags by name, at most 100. A tag that does not exist comes into being.
    pub(super) tags: MaybeUndefined<Vec<String>>,
    /// References in order, at most 200; number 1 is the first.
    references: MaybeUndefined<Vec<ReferenceInput>>,
    /// The global ids of its contacts, in order, at most 200.
    contact_ids: MaybeUndefined<Vec<ID>>,
    /// Links in order, at most 200.
    links: MaybeUndefined<Vec<ArticleLinkInput>>,
    /// Pictures and files in order, at most 200.
    gallery: MaybeUndefined<Vec<MediaUsageInput>>,
    /// What search engines are told, as a whole; null leaves it to the article.
    seo: MaybeUndefined<SeoInput>,
}

/// Which article to change, at which version, and how.
#[derive(InputObject)]
pub(crate) struct ArticleUpdateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What to change.
    pub(super) changes: ArticleChangesInput,
    /// A note of the desk to itself, plain text of at most 2,000 characters; null clears it. Readers never see it, and it
    /// waits for no publication.
    pub(super) internal_note: MaybeUndefined<String>,
    /// A word for the history, at most 300 characters.
    pub(super) summary: Option<String>,
}

/// Which version of an article to bring back.
#[derive(InputObject)]
pub(crate) struct ArticleRestoreRevisionInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// The version whose content comes back, as a new version.
    pub(super) to_version: i32,
    /// A word for the history, at most 300 characters.
    pub(super) summary: Option<String>,
}

/// Which article's references to set, at which version.
#[derive(InputObject)]
pub(crate) struct ArticleSetReferencesInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(super) id: ID,
    /// The version the change is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// All its references in order, at most 200; number 1 is the first.
    references: Vec<ReferenceInput>,
}

/// Parses each item of a list; what is wrong is noted at its place.
fn each<T, U>(
    wrong: &mut Violations,
    field: &str,
    given: Vec<T>,
    parse: impl Fn(T) -> Result<U, Violations>,
) -> Vec<U> {
    let parsed = given.into_iter().enumerate().filter_map(|(place, item)| match parse(item) {
        Ok(value) => Some(value),
        Err(inner) => {
            wrong.nest(field, inner.within(place));
            None
        }
    });
    parsed.collect()
}

/// A list that may be left out; null empties it.
fn list<T, U>(
    wrong: &mut Violations,
    field: &str,
    given: MaybeUndefined<Vec<T>>,
    parse: impl Fn(T) -> Result<U, Violations>,
) -> Option<Vec<U>> {
    match given {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(Vec::new()),
        MaybeUndefined::Value(items) => Some(each(wrong, field, items, parse)),
    }
}

/// What is left out of a new article is what is left as it is in an old one.
fn given<T>(value: Option<T>) -> MaybeUndefined<T> {
    value.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value)
}

fn id_of<T: std::str::FromStr<Err = masthead_domain::IdError>>(id: ID) -> Result<T, Violations> {
    id.parse().map_err(|error| Violation::invalid(error).into())
}

fn tag(name: &str, language: &LanguageTag) -> Result<TagName, Violations> {
    TagName::parse(name, language).map_err(Violations::from)
}

impl ArticleCreateInput {
    pub(super) fn parse(self) -> Result<ArticleDraft, Violations> {
        let Self {
            client_mutation_id: _,
            language,
            translation_of,
            slug,
            kind,
            headline,
            secondary_headline,
            kicker,
            lede,
            body,
            byline,
            authors,
            category_ids,
            tags,
            references,
            contact_ids,
            links,
            gallery,
            seo,
        } = self;
        let mut wrong = Violations::new();
        let translation_of = translation_of.and_then(|id| input::id(&mut wrong, "translationOf", &id));
        let changes = ArticleChangesInput {
            slug: given(slug),
            kind: MaybeUndefined::Value(kind),
            headline: MaybeUndefined::Value(headline),
            secondary_headline: given(secondary_headline),
            kicker: given(kicker),
            lede: given(lede),
            body: given(body),
            byline: given(byline),
            authors: given(authors),
            category_ids: given(category_ids),
            tags: given(tags),
            references: given(references),
            contact_ids: given(contact_ids),
            links: given(links),
            gallery: given(gallery),
            seo: given(seo),
        };
        match changes.parse(&language.0) {
            Ok(mut content) => {
                let headline = content.headline.take();
                wrong.into_result(headline.map(|headline| ArticleDraft {
                    language: language.0,
                    translation_of,
                    headline,
                    content,
                }))
            }
            Err(more) => {
                more.into_iter().for_each(|violation| wrong.push(violation));
                Err(wrong)
            }
        }
    }
}

impl ArticleChangesInput {
    /// The changes to an article of a language; paths begin at their own fields.
    pub(super) fn parse(self, language: &LanguageTag) -> Result<ArticleChanges, Violations> {
        let Self {
            slug,
            kind,
            headline,
            secondary_headline,
            kicker,
            lede,
            body,
            byline,
            authors,
            category_ids,
            tags,
            references,
            contact_ids,
            links,
            gallery,
            seo,
        } = self;
        let mut wrong = Violations::new();
        let body = body::changed(&mut wrong, body);
        let changes = ArticleChanges {
            slug: input::kept(&mut wrong, "slug", slug, |slug| Ok(Slug::parse(&slug)?)),
            kind: input::kept(&mut wrong, "kind", kind, |kind| Ok(kind.into())),
            headline: input::kept(&mut wrong, "headline", headline, |text| Title::parse(&text)),
            secondary_headline: input::clearable(&mut wrong, "secondaryHeadline", secondary_headline, |text| {
                Title::parse_optional(Some(&text))
            }),
            kicker: input::clearable(&mut wrong, "kicker", kicker, |text| Label::parse_optional(Some(&text))),
            lede: input::clearable(&mut wrong, "lede", lede, |text| Paragraph::parse_optional(Some(&text))),
            byline: input::clearable(&mut wrong, "byline", byline, |text| Line::parse_optional(Some(&text))),
            has_block_keys: body.as_ref().is_some_and(|body| body.has_keys),
            body: body.map(|body| body.body),
            credits: list(&mut wrong, "authors", authors, ArticleAuthorInput::parse),
            categories: list(&mut wrong, "categoryIds", category_ids, id_of),
            tags: list(&mut wrong, "tags", tags, |name| tag(&name, language)),
            gallery: list(&mut wrong, "gallery", gallery, MediaUsageInput::parse),
            references: list(&mut wrong, "references", references, ReferenceInput::parse),
            contacts: list(&mut wrong, "contactIds", contact_ids, id_of),
            links: list(&mut wrong, "links", links, ArticleLinkInput::parse),
            seo: match seo {
                MaybeUndefined::Undefined => None,
                MaybeUndefined::Null => Some(Seo::default()),
                MaybeUndefined::Value(seo) => seo.parse().map_err(|inner| wrong.nest("seo", inner)).ok(),
            },
        };
        wrong.into_result(Some(changes))
    }
}

/// What to correct, and what readers are told.
#[derive(InputObject)]
pub(crate) struct ArticleCorrectInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The article's global id.
    pub(super) id: ID,
    /// The version the act is made for; another version is a conflict.
    pub(super) expected_version: i32,
    /// What sort of notice it is.
    kind: CorrectionKind,
    /// What readers are told, plain text of at most 2,000 characters.
    text: String,
    /// The language of the words; that of the article when absent.
    language: Option<Language>,
    /// What becomes different at once; without it, the changes that wait, if any.
    pub(super) changes: Option<ArticleChangesInput>,
    /// A word for the history, at most 300 characters.
    summary: Option<String>,
}

/// A word for the history.
pub(super) fn summary(wrong: &mut Violations, given: Option<&str>) -> Option<Summary> {
    wrong.take("summary", Summary::parse_optional(given)).flatten()
}

/// What an update says: paths begin at the input's own fields.
pub(super) fn edit(
    language: &LanguageTag,
    changes: ArticleChangesInput,
    internal_note: MaybeUndefined<String>,
    word: Option<&str>,
) -> Result<Edit, Violations> {
    let mut wrong = Violations::new();
    let changes = match changes.parse(language) {
        Ok(changes) => Some(changes),
        Err(inner) => {
            wrong.nest("changes", inner);
            None
        }
    };
    let note =
        input::clearable(&mut wrong, "internalNote", internal_note, |text| Paragraph::parse_optional(Some(&text)));
    let internal_note = note.map(|note| note.map(|note| note.to_string()));
    let summary = summary(&mut wrong, word);
    wrong.into_result(changes.map(|changes| Edit { changes, internal_note, summary }))
}

impl ArticleCorrectInput {
    /// What to correct in an article of a language; paths begin at the input's own fields.
    pub(super) fn parse(self, of: &LanguageTag) -> Result<Correcting, Violations> {
        let Self { client_mutation_id: _, id: _, expected_version: _, kind, text, language, changes, summary: word } =
            self;
        let mut wrong = Violations::new();
        let changes = match changes.map(|changes| changes.parse(of)) {
            Some(Err(inner)) => {
                wrong.nest("changes", inner);
                None
            }
            Some(Ok(changes)) => Some(changes),
            None => None,
        };
        let text = wrong.take("text", Paragraph::parse(&text));
        let summary = summary(&mut wrong, word.as_deref());
        let language = language.map_or_else(|| of.clone(), |language| language.0);
        let content = text.map(|text| CorrectionContent { kind: kind.into(), text, language });
        wrong.into_result(content.map(|content| Correcting { content, changes, summary }))
    }
}

impl ArticleRestoreRevisionInput {
    /// The word for the history.
    pub(super) fn parse(&self) -> Result<Option<Summary>, Violations> {
        let mut wrong = Violations::new();
        let summary = summary(&mut wrong, self.summary.as_deref());
        wrong.into_result(Some(summary))
    }
}

impl ArticleSetReferencesInput {
    /// The references; paths begin at the input's own fields.
    pub(super) fn parse(references: Vec<ReferenceInput>) -> Result<Vec<Citation>, Violations> {
        let mut wrong = Violations::new();
        let citations = each(&mut wrong, "references", references, ReferenceInput::parse);
        wrong.into_result(Some(citations))
    }

    /// The input taken apart.
    pub(super) fn into_parts(self) -> (Option<String>, ID, i32, Vec<ReferenceInput>) {
        let Self { client_mutation_id, id, expected_version, references } = self;
        (client_mutation_id, id, expected_version, references)
    }
}
