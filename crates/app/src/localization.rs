//! What things say in other languages than their own: the part that all acts on such things share.

use masthead_domain::{AnyId, LanguageTag, Localizations, Violation};
use masthead_store::localization as rows;

use crate::{
    error::{AppError, AppResult},
    work::Work,
};

/// The name in the API of the field that holds them.
pub(crate) const FIELD: &str = "localizations";

/// Writes what a new thing says in other languages.
pub(crate) async fn begin(work: &Work<'_>, id: impl Into<AnyId>, said: &Localizations) -> AppResult<()> {
    if said.is_empty() {
        return Ok(());
    }
    Ok(rows::replace(&work.tx, id, said).await?)
}

/// What is to be written so that a thing says all of this in other languages, and [`FIELD`] among the fields that
/// differ; nothing when that is what it says.
pub(crate) async fn changed(
    work: &Work<'_>,
    id: impl Into<AnyId>,
    given: Option<Localizations>,
    fields: &mut Vec<&'static str>,
) -> AppResult<Option<Localizations>> {
    let Some(given) = given else { return Ok(None) };
    if rows::of_one(&work.tx, id).await? == given {
        return Ok(None);
    }
    fields.push(FIELD);
    Ok(Some(given))
}

/// Writes what [`changed`] gave. Comes after the thing itself was written, which found its version as expected.
pub(crate) async fn write(work: &Work<'_>, id: impl Into<AnyId>, said: Option<Localizations>) -> AppResult<()> {
    match said {
        Some(said) => Ok(rows::replace(&work.tx, id, &said).await?),
        None => Ok(()),
    }
}

/// Refuses words in the language in which the thing's own words are.
pub(crate) fn check_own(said: &Localizations, own: &LanguageTag) -> AppResult<()> {
    said.check_own(own).map_err(|wrong| AppError::from(wrong.at(FIELD)))
}

/// Refuses a new language for a thing's own words in which it has other words already.
pub(crate) async fn check_new_own(work: &Work<'_>, id: impl Into<AnyId>, own: &LanguageTag) -> AppResult<()> {
    match rows::of_one(&work.tx, id).await?.words(own) {
        None => Ok(()),
        Some(_) => {
            let message = format!("there are words in `{own}` already; give `{FIELD}` without that language");
            Err(Violation::invalid(message).at("language").into())
        }
    }
}
