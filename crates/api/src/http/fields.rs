//! What answers of `/graphql` say of themselves to browsers and caches, one way for those that are made and those that
//! were kept.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{AGE, CACHE_CONTROL, CONTENT_TYPE, VARY},
};

use super::{accept::Media, config::CacheConfig};

/// RFC 9211.
pub(super) const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const HIT: HeaderValue = HeaderValue::from_static("masthead; hit");

/// The seconds since an answer was made or found to be true (RFC 9111 §5.1), here for one that was found to be true after it was
/// asked for: were its real age told, a cache before us would hold it for too old to keep.
const PROVED_NOW: HeaderValue = HeaderValue::from_static("0");

/// What an answer says that was kept.
pub(super) fn of_hit(headers: &mut HeaderMap, media: Media) {
    headers.insert(CONTENT_TYPE, media.content_type());
    headers.insert(CACHE_STATUS, HIT);
    headers.insert(AGE, PROVED_NOW);
}

/// Says of an answer that was kept how long ago it was found to be true. Seconds are rounded up: so nothing but 0 says that it
/// was just now, and what a cache before us sends without asking is never older than it was allowed, the lag included.
pub(super) fn tell_age(headers: &mut HeaderMap, age: Duration) {
    if !age.is_zero() {
        let seconds = age.as_secs() + u64::from(age.subsec_nanos() > 0);
        headers.insert(AGE, seconds.into());
    }
}

/// What every answer says, once it is known which it is.
pub(super) fn finish(headers: &mut HeaderMap, status: StatusCode, is_get: bool, is_private: bool) {
    if let Some(policy) = policy(status, is_get, is_private) {
        headers.insert(CACHE_CONTROL, policy);
    }
    vary(headers);
}

/// Answers that carry somebody's rights stay with them; public ones may be kept and asked about again.
fn policy(status: StatusCode, is_get: bool, is_private: bool) -> Option<HeaderValue> {
    if is_private {
        return Some(HeaderValue::from_static("private, no-store"));
    }
    (is_get && [StatusCode::OK, StatusCode::NOT_MODIFIED].contains(&status))
        .then(|| HeaderValue::from_static("public, max-age=0, must-revalidate"))
}

/// What caches between us and a reader may do with an answer that is kept and that time alone makes another at an instant.
/// None when they are to ask each time, as for all others.
pub(super) fn shared_policy(
    config: &CacheConfig,
    now: impl FnOnce() -> DateTime<Utc>,
    until: Option<DateTime<Utc>>,
) -> Option<HeaderValue> {
    let CacheConfig { s_maxage_s, stale_while_revalidate_s, .. } = *config;
    if s_maxage_s == 0 {
        return None;
    }
    let left = until.map_or(u64::MAX, |until| u64::try_from((until - now()).num_seconds()).unwrap_or_default());
    let fresh = s_maxage_s.min(left);
    let stale = stale_while_revalidate_s.min(left - fresh);
    let value = match (fresh, stale) {
        (0, _) => return None,
        (_, 0) => format!("public, max-age=0, s-maxage={fresh}, must-revalidate"),
        // What must be asked about when it is stale could not be sent meanwhile.
        _ => format!("public, max-age=0, s-maxage={fresh}, stale-while-revalidate={stale}"),
    };
    HeaderValue::try_from(value).ok()
}

/// What an answer depends on beside the request's method, address and body.
pub(super) fn vary(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("Authorization, Accept, Accept-Encoding, Masthead-Preview"));
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn an_age_is_rounded_up() {
        for (nanoseconds, said) in
            [(0, "0"), (1, "1"), (1_000_000_000, "1"), (1_000_000_001, "2"), (60_000_000_000, "60")]
        {
            let mut headers = HeaderMap::new();
            of_hit(&mut headers, Media::Json);
            tell_age(&mut headers, Duration::from_nanos(nanoseconds));
            assert_eq!(headers.get_all(AGE).iter().collect::<Vec<_>>(), [said], "{nanoseconds}");
        }
    }

    #[test]
    fn caches_keep_nothing_beyond_the_instant_that_makes_it_another() {
        let now = DateTime::UNIX_EPOCH;
        let policy = |s_maxage_s, stale_while_revalidate_s, left_ms: Option<i64>| {
            let config = CacheConfig { s_maxage_s, stale_while_revalidate_s, ..CacheConfig::default() };
            let until = left_ms.map(|left| now + TimeDelta::milliseconds(left));
            shared_policy(&config, || now, until).map(|policy| policy.to_str().unwrap().to_owned())
        };
        for (fresh, stale, left_ms, said) in [
            (0, 0, None, None),
            (0, 60, None, None),
            (60, 0, None, Some("public, max-age=0, s-maxage=60, must-revalidate")),
            (60, 30, None, Some("public, max-age=0, s-maxage=60, stale-while-revalidate=30")),
            (60, 30, Some(3_600_000), Some("public, max-age=0, s-maxage=60, stale-while-revalidate=30")),
            (60, 30, Some(70_999), Some("public, max-age=0, s-maxage=60, stale-while-revalidate=10")),
            (60, 30, Some(60_999), Some("public, max-age=0, s-maxage=60, must-revalidate")),
            (60, 30, Some(5_001), Some("public, max-age=0, s-maxage=5, must-revalidate")),
            (60, 30, Some(999), None),
            (60, 30, Some(-1), None),
        ] {
            assert_eq!(policy(fresh, stale, left_ms).as_deref(), said, "{fresh} {stale} {left_ms:?}");
        }
    }
}
