//! Settings of the HTTP door. Plain values with defaults; reading them from files or the environment is the
//! binary's business. Times are milliseconds, sizes are bytes.

use std::net::{Ipv4Addr, SocketAddr};

use masthead_domain::operation::Operations;
use url::Url;

use super::cache::TagField;
use crate::graphql::guard;

/// Everything about the HTTP door that can be set.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Where to listen.
    pub listen: SocketAddr,
    /// How the world reaches this server, if it knows; for links it prints.
    pub public_url: Option<Url>,
    /// Sizes and counts of a request.
    pub limits: Limits,
    /// What a GraphQL document may ask for.
    pub query: guard::Limits,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Connections and shutting down.
    pub server: ServerConfig,
    /// Answers that are kept.
    pub cache: CacheConfig,
    /// Which operations those may ask for who have not signed in.
    pub operations: Operations,
    /// Memory for the texts of documents that clients send by their hash; 0: they cannot.
    pub persisted_bytes_max: u64,
    /// Which web pages of other origins may call.
    pub cors: CorsConfig,
    /// Who may read the schema through the API.
    pub introspection: guard::Introspection,
    /// Whether `/graphiql` is served.
    pub explorer: bool,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 4000)),
            public_url: None,
            limits: Limits::default(),
            query: guard::Limits::default(),
            timeouts: Timeouts::default(),
            server: ServerConfig::default(),
            cache: CacheConfig::default(),
            operations: Operations::Any,
            persisted_bytes_max: 1024 * 1024,
            cors: CorsConfig::default(),
            introspection: guard::Introspection::default(),
            explorer: true,
        }
    }
}

/// Sizes and counts of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Body of a GraphQL request.
    pub body_bytes_max: usize,
    /// Path and query string of the address.
    pub uri_bytes_max: usize,
    /// Names and values of all header fields together.
    pub header_bytes_max: usize,
    /// Number of header fields.
    pub headers_max: usize,
    /// Lists and objects inside each other in the variables.
    pub variables_depth_max: usize,
    /// Values in the variables, at all depths.
    pub variables_values_max: usize,
    /// Operations running at once.
    pub in_flight_max: usize,
    /// Operations waiting for one of those to finish.
    pub queue_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes_max: 1024 * 1024,
            uri_bytes_max: 8 * 1024,
            header_bytes_max: 32 * 1024,
            headers_max: 100,
            variables_depth_max: 32,
            variables_values_max: 1_000,
            in_flight_max: 256,
            queue_max: 256,
        }
    }
}

/// How long one request may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// For the body to arrive.
    pub body_ms: u64,
    /// For a query; it is dropped then.
    pub query_ms: u64,
    /// For a mutation; the client is told, the mutation goes on to its end.
    pub mutation_ms: u64,
    /// For a place among the running operations.
    pub queue_ms: u64,
    /// For the readiness probe.
    pub ready_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { body_ms: 20_000, query_ms: 10_000, mutation_ms: 30_000, queue_ms: 2_000, ready_ms: 2_000 }
    }
}

/// Connections and shutting down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Connections open at once; `None` takes 10,000 or what the process's file descriptors allow.
    pub connections_max: Option<usize>,
    /// From accepting a connection to its first byte.
    pub first_byte_ms: u64,
    /// From the first byte of a request to the end of its header.
    pub header_ms: u64,
    /// Between two requests on one connection.
    pub idle_ms: u64,
    /// Without the client taking a single byte of its answer.
    pub write_stall_ms: u64,
    /// For an answer to be taken as a whole, from the first time it has to wait for the client: whoever reads slower
    /// than the longest answer needs is cut off, so that slow readers cannot fill the places of running operations.
    pub answer_ms: u64,
    /// After the call to stop, how long connections are still accepted, so that a load balancer can read
    /// from `/readyz` that it should look elsewhere.
    pub farewell_ms: u64,
    /// From the call to stop to the end, whatever still runs.
    pub drain_ms: u64,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            connections_max: None,
            first_byte_ms: 10_000,
            header_ms: 10_000,
            idle_ms: 60_000,
            write_stall_ms: 30_000,
            answer_ms: 60_000,
            farewell_ms: 500,
            drain_ms: 15_000,
        }
    }
}

/// Answers that are kept. What is kept is never older than what would be read, unless a lag is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheConfig {
    /// Memory for answers and for what tells them apart; 0 keeps none.
    pub bytes_max: u64,
    /// How far a kept answer may be behind what other nodes did on PostgreSQL; 0: not at all.
    pub lag_ms: u64,
    /// How long caches between the server and its readers may send a kept answer without asking, in seconds; 0: they ask
    /// each time.
    pub s_maxage_s: u64,
    /// How much longer they may send it while they ask, in seconds.
    pub stale_while_revalidate_s: u64,
    /// The field in which kept answers tell what they were read from, for caches that are told what to throw away.
    pub tags: Option<TagField>,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { bytes_max: 64 * 1024 * 1024, lag_ms: 0, s_maxage_s: 0, stale_while_revalidate_s: 0, tags: None }
    }
}

/// Which web pages of other origins may call. Cookies are never allowed: callers sign in with a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorsConfig {
    /// The origins.
    pub origins: AllowedOrigins,
    /// How long a browser may remember a preflight answer, in seconds.
    pub max_age_s: u64,
}

impl Default for CorsConfig {
    fn default() -> Self {
        Self { origins: AllowedOrigins::Any, max_age_s: 7_200 }
    }
}

/// The origins whose pages may read answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// All of them, as `*`: the content is public and no credentials travel by themselves.
    Any,
    /// These alone, compared exactly; empty allows none.
    Only(Vec<String>),
}

/// An origin in the settings that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{origin:?} is not an origin: write scheme, host and port only, such as https://www.example.org")]
pub struct InvalidOrigin {
    /// As it was written.
    pub origin: String,
}

impl AllowedOrigins {
    /// Reads a list as written in the settings: `*`, or origins with scheme, host and optional port.
    ///
    /// # Errors
    /// [`InvalidOrigin`] for anything with a path or a user, without a host, or `null`, which stands for
    /// every sandboxed page.
    pub fn parse<'a>(origins: impl IntoIterator<Item = &'a str>) -> Result<Self, InvalidOrigin> {
        let mut only = Vec::new();
        for origin in origins {
            if origin == "*" {
                return Ok(Self::Any);
            }
            let is_origin = Url::parse(origin).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == origin
            });
            if !is_origin {
                return Err(InvalidOrigin { origin: origin.to_owned() });
            }
            only.push(origin.to_owned());
        }
        Ok(Self::Only(only))
    }
}

#[cfg(test)]
mod tests {
    use super::AllowedOrigins;

    #[test]
    fn origins_are_read_exactly_and_null_is_none() {
        assert_eq!(AllowedOrigins::parse(["*"]), Ok(AllowedOrigins::Any));
        let two = ["https://www.example.org", "http://localhost:3000"];
        assert_eq!(AllowedOrigins::parse(two), Ok(AllowedOrigins::Only(two.map(str::to_owned).to_vec())));
        for wrong in [
            "null",
            "https://a.example/",
            "https://a.example/x",
            "a.example",
            "https://u@a.example",
            "https://A.example",
            "ftp://a.example",
            "",
        ] {
            assert_eq!(AllowedOrigins::parse([wrong]).unwrap_err().origin, wrong);
        }
    }
}
