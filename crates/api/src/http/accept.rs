//! Which of the two media types of GraphQL over HTTP an answer has.

use http::{HeaderMap, HeaderValue, header::ACCEPT};

/// The media type of a GraphQL answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Media {
    /// `application/graphql-response+json`: the status says whether the document could be run.
    GraphqlResponse,
    /// `application/json`: 200 for every well-formed request, whatever its document is.
    Json,
}

impl Media {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// Chooses by the `Accept` fields: the highest weight wins, then what is named exactly, then what is named
/// first. A wildcard or no field at all means JSON, which older clients expect. `None`: nothing fits.
pub(super) fn choose(headers: &HeaderMap) -> Option<Media> {
    let mut is_absent = true;
    let mut best: Option<(Media, u16, bool)> = None;
    let mut refused = Vec::new();
    for range in headers.get_all(ACCEPT).iter().flat_map(|value| value.as_bytes().split(|&byte| byte == b',')) {
        let Ok(range) = std::str::from_utf8(range) else {
            continue;
        };
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        if essence.is_empty() {
            continue;
        }
        is_absent = false;
        let (media, is_exact) = match essence.as_str() {
            "application/graphql-response+json" => (Media::GraphqlResponse, true),
            "application/json" => (Media::Json, true),
            "application/*" | "*/*" => (Media::Json, false),
            _ => continue,
        };
        let Some(weight) = weight(parts) else {
            continue;
        };
        if weight == 0 {
            if is_exact {
                refused.push(media);
            }
            continue;
        }
        if best.is_none_or(|(_, known, was_exact)| (weight, is_exact) > (known, was_exact)) {
            best = Some((media, weight, is_exact));
        }
    }
    if is_absent {
        return Some(Media::Json);
    }
    let (media, _, is_exact) = best?;
    if is_exact || !refused.contains(&media) {
        return Some(media);
    }
    // A wildcard with JSON struck out.
    (!refused.contains(&Media::GraphqlResponse)).then_some(Media::GraphqlResponse)
}

/// The weight in thousandths; `None` for parameters that cannot be met, such as another charset.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    let mut weight = 1_000;
    for parameter in parameters {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => weight = thousandths(value.trim())?,
            "charset" => {
                let charset = value.trim().trim_matches('"');
                if !charset.eq_ignore_ascii_case("utf-8") {
                    return None;
                }
            }
            _ => {}
        }
    }
    Some(weight)
}

/// RFC 9110 §12.4.2: up to three digits after the point.
pub(super) fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_valid = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    match (whole, is_valid) {
        ("1", true) => Some(1_000),
        ("0", true) => format!("{fraction:0<3}").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::ACCEPT};

    use super::{Media, choose};

    fn chosen(values: &[&'static str]) -> Option<Media> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        choose(&headers)
    }

    #[test]
    fn json_is_for_those_who_say_nothing_definite() {
        for values in [&[][..], &["*/*"], &["application/*"], &["text/html,application/xhtml+xml,*/*;q=0.8"], &[""]] {
            assert_eq!(chosen(values), Some(Media::Json), "{values:?}");
        }
    }

    #[test]
    fn weight_then_exactness_then_order_decide() {
        use Media::{GraphqlResponse, Json};
        let cases: &[(&[&str], Media)] = &[
            (&["application/graphql-response+json"], GraphqlResponse),
            (&["application/graphql-response+json, application/json;q=0.9"], GraphqlResponse),
            (&["application/json, application/graphql-response+json"], Json),
            (&["application/json;q=0.5", "application/graphql-response+json"], GraphqlResponse),
            (&["*/*, application/graphql-response+json"], GraphqlResponse),
            (&["*/*, application/json;q=0"], GraphqlResponse),
            (&["APPLICATION/JSON; charset=\"UTF-8\""], Json),
            (&["text/html, application/graphql-response+json; q=0.001"], GraphqlResponse),
        ];
        for (values, media) in cases {
            assert_eq!(chosen(values), Some(*media), "{values:?}");
        }
    }

    #[test]
    fn what_cannot_be_made_is_not_chosen() {
        for values in [
            "text/html",
            "application/json;q=0",
            "application/json; charset=utf-16",
            "application/graphql-response+json;q=0, application/json;q=0, */*",
        ] {
            assert_eq!(chosen(&[values]), None, "{values}");
        }
    }
}
