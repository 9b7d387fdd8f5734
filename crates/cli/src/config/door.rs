//! The settings of the HTTP door.

use std::net::SocketAddr;

use masthead_api::{
    graphql::guard::{self, Introspection},
    http::{AllowedOrigins, CacheConfig, CorsConfig, HttpConfig, Limits, ServerConfig, TagField, Timeouts},
};
use masthead_domain::operation::Operations;
use url::Url;

use super::read::{Reader, list};

/// A minute: who can do with older answers than that has a CDN for them.
const MINUTE_MS: u64 = 60_000;
/// A day: nothing here is meant to take longer, and a forgotten zero is found.
const DAY_MS: u64 = 86_400_000;
/// A year: longer is not meant, and caches take it for ever.
const YEAR_S: u64 = 31_536_000;
/// A gibibyte: what a request may be must fit into memory many times over.
const GIB: usize = 1 << 30;

/// Reads the door's settings over its own defaults.
pub(super) fn read(read: &mut Reader<'_>) -> HttpConfig {
    let mut config = HttpConfig::default();
    let address = |text: &str| {
        text.parse::<SocketAddr>().map_err(|_| "is not an address with a port, such as 127.0.0.1:4000".to_owned())
    };
    read.value("MASTHEAD_LISTEN", address, &mut config.listen);
    read.value("MASTHEAD_PUBLIC_URL", |text| public_url(text).map(Some), &mut config.public_url);
    read.value("MASTHEAD_INTROSPECTION", introspection, &mut config.introspection);
    let operations = |text: &str| Operations::parse(text).ok_or_else(|| "is not any or registered".to_owned());
    read.value("MASTHEAD_OPERATIONS", operations, &mut config.operations);
    let switch = |text: &str| text.parse().map_err(|_| "is not true or false".to_owned());
    read.value("MASTHEAD_EXPLORER", switch, &mut config.explorer);
    cors(read, &mut config.cors);
    query(read, &mut config.query);
    limits(read, &mut config.limits);
    timeouts(read, &mut config.timeouts);
    server(read, &mut config.server);
    cache(read, &mut config.cache);
    read.number("MASTHEAD_PERSISTED_BYTES_MAX", 0..=1 << 30, &mut config.persisted_bytes_max);
    config
}

fn cache(read: &mut Reader<'_>, config: &mut CacheConfig) {
    let CacheConfig { bytes_max, lag_ms, s_maxage_s, stale_while_revalidate_s, tags } = config;
    read.number("MASTHEAD_CACHE_BYTES_MAX", 0..=1 << 40, bytes_max);
    read.number("MASTHEAD_CACHE_LAG_MS", 0..=MINUTE_MS, lag_ms);
    read.number("MASTHEAD_CACHE_S_MAXAGE_S", 0..=YEAR_S, s_maxage_s);
    read.number("MASTHEAD_CACHE_STALE_WHILE_REVALIDATE_S", 0..=YEAR_S, stale_while_revalidate_s);
    let field = |text: &str| match text {
        "off" => Ok(None),
        "Surrogate-Key" => Ok(Some(TagField::SurrogateKey)),
        "Cache-Tag" => Ok(Some(TagField::CacheTag)),
        _ => Err("is not off, Surrogate-Key or Cache-Tag".to_owned()),
    };
    read.value("MASTHEAD_CACHE_TAGS", field, tags);
}

fn public_url(text: &str) -> Result<Url, String> {
    let wrong = || "is not an address that begins with http:// or https://".to_owned();
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)
}

fn introspection(text: &str) -> Result<Introspection, String> {
    match text {
        "open" => Ok(Introspection::Open),
        "signed-in" => Ok(Introspection::SignedIn),
        "closed" => Ok(Introspection::Closed),
        _ => Err("is not open, signed-in or closed".to_owned()),
    }
}

fn cors(read: &mut Reader<'_>, config: &mut CorsConfig) {
    let CorsConfig { origins, max_age_s } = config;
    let parse = |text: &str| AllowedOrigins::parse(list(text)).map_err(|wrong| format!("is wrong: {wrong}"));
    read.value("MASTHEAD_CORS_ORIGINS", parse, origins);
    read.number("MASTHEAD_CORS_MAX_AGE_S", 0..=86_400, max_age_s);
}

fn query(read: &mut Reader<'_>, config: &mut guard::Limits) {
    read.number("MASTHEAD_QUERY_BYTES_MAX", 1..=GIB, &mut config.query_bytes_max);
    read.number("MASTHEAD_QUERY_TOKENS_MAX", 1..=1_000_000, &mut config.tokens_max);
    read.number("MASTHEAD_QUERY_DEPTH_MAX", 1..=100, &mut config.depth_max);
    read.number("MASTHEAD_QUERY_SELECTIONS_MAX", 1..=1_000_000, &mut config.selections_max);
    read.number("MASTHEAD_QUERY_ALIASES_MAX", 0..=100_000, &mut config.aliases_max);
    read.number("MASTHEAD_QUERY_ROOT_ALIASES_MAX", 0..=100_000, &mut config.root_aliases_max);
    read.number("MASTHEAD_QUERY_DIRECTIVES_MAX", 0..=100_000, &mut config.directives_max);
    read.number("MASTHEAD_QUERY_COST_MAX_ANONYMOUS", 1..=1_000_000_000, &mut config.cost_max_anonymous);
    read.number("MASTHEAD_QUERY_COST_MAX_SIGNED_IN", 1..=1_000_000_000, &mut config.cost_max_signed_in);
    read.number("MASTHEAD_QUERY_OBJECTS_PER_COST", 1..=1_000_000, &mut config.objects_per_cost);
    read.number("MASTHEAD_ANSWER_BYTES_MAX", 1_024..=GIB, &mut config.answer_bytes_max);
}

fn limits(read: &mut Reader<'_>, config: &mut Limits) {
    let Limits {
        body_bytes_max,
        uri_bytes_max,
        header_bytes_max,
        headers_max,
        variables_depth_max,
        variables_values_max,
        in_flight_max,
        queue_max,
    } = config;
    read.number("MASTHEAD_BODY_BYTES_MAX", 1..=GIB, body_bytes_max);
    read.number("MASTHEAD_URI_BYTES_MAX", 64..=65_536, uri_bytes_max);
    read.number("MASTHEAD_HEADER_BYTES_MAX", 256..=65_536, header_bytes_max);
    read.number("MASTHEAD_HEADERS_MAX", 8..=256, headers_max);
    // The JSON reader itself stops at 128.
    read.number("MASTHEAD_VARIABLES_DEPTH_MAX", 1..=120, variables_depth_max);
    read.number("MASTHEAD_VARIABLES_VALUES_MAX", 1..=10_000_000, variables_values_max);
    read.number("MASTHEAD_IN_FLIGHT_MAX", 1..=100_000, in_flight_max);
    read.number("MASTHEAD_QUEUE_MAX", 0..=100_000, queue_max);
}

fn timeouts(read: &mut Reader<'_>, config: &mut Timeouts) {
    let Timeouts { body_ms, query_ms, mutation_ms, queue_ms, ready_ms } = config;
    read.number("MASTHEAD_BODY_TIMEOUT_MS", 1..=DAY_MS, body_ms);
    read.number("MASTHEAD_QUERY_TIMEOUT_MS", 1..=DAY_MS, query_ms);
    read.number("MASTHEAD_MUTATION_TIMEOUT_MS", 1..=DAY_MS, mutation_ms);
    read.number("MASTHEAD_QUEUE_TIMEOUT_MS", 0..=DAY_MS, queue_ms);
    read.number("MASTHEAD_READY_TIMEOUT_MS", 1..=DAY_MS, ready_ms);
}

fn server(read: &mut Reader<'_>, config: &mut ServerConfig) {
    let ServerConfig {
        connections_max,
        first_byte_ms,
        header_ms,
        idle_ms,
        write_stall_ms,
        answer_ms,
        farewell_ms,
        drain_ms,
    } = config;
    let mut connections = 0;
    read.number("MASTHEAD_CONNECTIONS_MAX", 1..=1_000_000, &mut connections);
    *connections_max = Some(connections).filter(|connections| *connections > 0);
    read.number("MASTHEAD_FIRST_BYTE_TIMEOUT_MS", 1..=DAY_MS, first_byte_ms);
    read.number("MASTHEAD_HEADER_TIMEOUT_MS", 1..=DAY_MS, header_ms);
    read.number("MASTHEAD_IDLE_TIMEOUT_MS", 1..=DAY_MS, idle_ms);
    read.number("MASTHEAD_WRITE_STALL_TIMEOUT_MS", 1..=DAY_MS, write_stall_ms);
    read.number("MASTHEAD_ANSWER_TIMEOUT_MS", 1..=DAY_MS, answer_ms);
    read.number("MASTHEAD_FAREWELL_MS", 0..=DAY_MS, farewell_ms);
    read.number("MASTHEAD_DRAIN_MS", 1..=DAY_MS, drain_ms);
}
