//! What search engines are told, in the column `seo`. It is null while nothing is set.

use masthead_domain::{
    ArticleId, WebUrl,
    article::Seo,
    text::{Prose, Title},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error::StoreResult,
    map::{checked, json},
};

const TABLE: &str = "articles";

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SeoJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    canonical_url: Option<String>,
    #[serde(default)]
    noindex: bool,
}

/// The value of the column.
pub(super) fn seo_json(seo: &Seo) -> Option<Value> {
    if seo.is_empty() {
        return None;
    }
    let Seo { title, description, canonical_url, noindex } = seo;
    let kept = SeoJson {
        title: title.as_ref().map(ToString::to_string),
        description: description.as_ref().map(ToString::to_string),
        canonical_url: canonical_url.as_ref().map(ToString::to_string),
        noindex: *noindex,
    };
    serde_json::to_value(kept).ok()
}

/// What the column says.
pub(super) fn seo(id: ArticleId, kept: Option<Value>) -> StoreResult<Seo> {
    let Some(kept) = kept else { return Ok(Seo::default()) };
    let SeoJson { title, description, canonical_url, noindex } = json(TABLE, id, "seo", kept)?;
    let canonical_url = canonical_url.as_deref().map(WebUrl::parse).transpose();
    Ok(Seo {
        title: checked(TABLE, id, "seo", Title::parse_optional(title.as_deref()))?,
        description: checked(TABLE, id, "seo", Prose::parse_optional(description.as_deref()))?,
        canonical_url: checked(TABLE, id, "seo", canonical_url)?,
        noindex,
    })
}
