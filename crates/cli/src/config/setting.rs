//! Every setting: its name, its default, and why one would set it. `.env.example` shows the same, and a test compares.

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// Its name in the environment.
    pub(crate) name: &'static str,
    /// Its default as text; empty when it is not set.
    pub(crate) default: &'static str,
    /// Why one would set it, and how it is written.
    #[cfg_attr(not(test), expect(dead_code, reason = "shown in `.env.example`, which a test compares"))]
    pub(crate) why: &'static str,
}

const fn setting(name: &'static str, default: &'static str, why: &'static str) -> Setting {
    Setting { name, default, why }
}

/// All settings in groups, in the order of `.env.example`.
#[rustfmt::skip]
pub(crate) const SETTINGS: &[(&str, &[Setting])] = &[
    ("Where things are", &[
        setting("MASTHEAD_LISTEN", "127.0.0.1:4000",
            "Where the server listens: an address and a port. 0.0.0.0:4000 listens on every interface."),
        setting("MASTHEAD_PUBLIC_URL", "",
            "How the world reaches this server, when a proxy stands before it; for the links it prints."),
        setting("MASTHEAD_DATABASE_URL", "sqlite://data/masthead.db",
            "The database: sqlite://FILE, made when it is missing, or postgres://USER:PASSWORD@HOST/NAME."),
    ]),
    ("The site", &[
        setting("MASTHEAD_SITE_NAME", "Masthead",
            "What the site is called."),
        setting("MASTHEAD_SITE_URL", "http://localhost:4000",
            "Where readers find the site (the frontend, not this server); canonical addresses begin with it."),
        setting("MASTHEAD_SITE_LANGUAGES", "en",
            "The languages the site speaks, the default one first, as BCP 47 tags with commas: fr,ht,en."),
    ]),
    ("Signing in", &[
        setting("MASTHEAD_JWT_SECRET", "",
            "Signs access tokens (HS256), at least 32 bytes: `openssl rand -base64 48`. Without a secret or key, `serve` makes and keeps one beside an SQLite file, and refuses to start on PostgreSQL."),
        setting("MASTHEAD_JWT_PRIVATE_KEY_FILE", "",
            "Signs access tokens with a private key in PEM instead: Ed25519 (`openssl genpkey -algorithm ed25519`) or RSA."),
        setting("MASTHEAD_JWT_VERIFY_KEY_FILES", "",
            "Public keys in PEM whose tokens are believed as well, with commas: the keys of before, while their tokens live."),
    ]),
    ("Who may look from where", &[
        setting("MASTHEAD_CORS_ORIGINS", "*",
            "The web pages that may call from a browser: * for all, or origins with commas: https://www.example.org."),
        setting("MASTHEAD_CORS_MAX_AGE_S", "7200",
            "How many seconds a browser may remember that it may call."),
        setting("MASTHEAD_INTROSPECTION", "open",
            "Who may read the schema through the API: open (everybody), signed-in or closed (nobody)."),
        setting("MASTHEAD_EXPLORER", "true",
            "Whether the page to explore the API is served at /graphiql: true or false."),
    ]),
    ("What a GraphQL document may ask for", &[
        setting("MASTHEAD_OPERATIONS", "any",
            "Which operations callers may ask for who have not signed in: any, or registered (those that `masthead operations register` was given). What a key may ask for is said when it is made."),
        setting("MASTHEAD_QUERY_BYTES_MAX", "32768",
            "The longest document, in bytes."),
        setting("MASTHEAD_QUERY_TOKENS_MAX", "2000",
            "The most words and signs of a document."),
        setting("MASTHEAD_QUERY_DEPTH_MAX", "12",
            "The most fields inside each other."),
        setting("MASTHEAD_QUERY_SELECTIONS_MAX", "2000",
            "The most selections once all fragments are put in place."),
        setting("MASTHEAD_QUERY_ALIASES_MAX", "30",
            "The most aliases of a document."),
        setting("MASTHEAD_QUERY_ROOT_ALIASES_MAX", "15",
            "The most aliases of fields at the root of an operation."),
        setting("MASTHEAD_QUERY_DIRECTIVES_MAX", "50",
            "The most directives of a document."),
        setting("MASTHEAD_QUERY_COST_MAX_ANONYMOUS", "2000",
            "The highest cost, about the number of objects answered, for callers who have not signed in."),
        setting("MASTHEAD_QUERY_COST_MAX_SIGNED_IN", "10000",
            "The highest cost for callers who have."),
        setting("MASTHEAD_QUERY_OBJECTS_PER_COST", "10",
            "How many objects an answer may really hold for each point of that cost, which is a guess."),
        setting("MASTHEAD_ANSWER_BYTES_MAX", "16777216",
            "The longest answer, in bytes."),
    ]),
    ("What a request may be", &[
        setting("MASTHEAD_BODY_BYTES_MAX", "1048576",
            "The largest body, in bytes."),
        setting("MASTHEAD_URI_BYTES_MAX", "8192",
            "The longest path and query string, in bytes."),
        setting("MASTHEAD_HEADER_BYTES_MAX", "32768",
            "The largest header, in bytes; at most 65536."),
        setting("MASTHEAD_HEADERS_MAX", "100",
            "The most header fields; at most 256."),
        setting("MASTHEAD_VARIABLES_DEPTH_MAX", "32",
            "The most lists and objects inside each other in variables; at most 120."),
        setting("MASTHEAD_VARIABLES_VALUES_MAX", "1000",
            "The most values in variables, at all depths."),
    ]),
    ("Answers that are kept", &[
        setting("MASTHEAD_CACHE_BYTES_MAX", "67108864",
            "Memory for answers that anybody may have, in bytes; 0 keeps none. What is kept is never older than what is read."),
        setting("MASTHEAD_CACHE_LAG_MS", "0",
            "How many milliseconds a kept answer may be behind what other nodes did on PostgreSQL, at most 60000, so that the database is asked less often; 0: not at all. What this node did counts at once. Without effect on SQLite."),
        setting("MASTHEAD_CACHE_S_MAXAGE_S", "0",
            "How many seconds a CDN may send a kept answer to a GET without asking; 0 lets it ask each time, which is cheap and never old."),
        setting("MASTHEAD_CACHE_STALE_WHILE_REVALIDATE_S", "0",
            "How many seconds longer it may send it while it asks."),
        setting("MASTHEAD_CACHE_TAGS", "off",
            "The header field in which kept answers tell what they were read from, so that a CDN can be told what to throw away: off, Surrogate-Key or Cache-Tag."),
        setting("MASTHEAD_PERSISTED_BYTES_MAX", "1048576",
            "Memory for documents that clients send by their hash (automatic persisted queries), in bytes; 0 takes no hashes."),
    ]),
    ("How much at a time", &[
        setting("MASTHEAD_CONNECTIONS_MAX", "",
            "The most open connections; by default 10000, or what the limit of open files allows."),
        setting("MASTHEAD_IN_FLIGHT_MAX", "256",
            "The most operations running at once."),
        setting("MASTHEAD_QUEUE_MAX", "256",
            "The most operations waiting for one of those to finish; the next is told to try again."),
        setting("MASTHEAD_DATABASE_CONNECTIONS_MAX", "",
            "The most database connections of this node; by default twice the cores and one, at least 5 on SQLite and 10 on PostgreSQL. Up to half are kept for reading on PostgreSQL; on SQLite each thread reads over one more."),
    ]),
    ("How long", &[
        setting("MASTHEAD_BODY_TIMEOUT_MS", "20000",
            "For the body of a request to arrive, in milliseconds, like all that follow."),
        setting("MASTHEAD_QUERY_TIMEOUT_MS", "10000",
            "For a query; then it is given up."),
        setting("MASTHEAD_MUTATION_TIMEOUT_MS", "30000",
            "For a mutation; then the client is told, and the mutation goes on to its end."),
        setting("MASTHEAD_QUEUE_TIMEOUT_MS", "2000",
            "For an operation to get its turn."),
        setting("MASTHEAD_READY_TIMEOUT_MS", "2000",
            "For the database to show a sign of life when /readyz asks."),
        setting("MASTHEAD_FIRST_BYTE_TIMEOUT_MS", "10000",
            "From opening a connection to the first byte on it."),
        setting("MASTHEAD_HEADER_TIMEOUT_MS", "10000",
            "From the first byte of a request to the end of its header."),
        setting("MASTHEAD_IDLE_TIMEOUT_MS", "60000",
            "Between two requests on one connection."),
        setting("MASTHEAD_WRITE_STALL_TIMEOUT_MS", "30000",
            "Without the client taking a byte of its answer."),
        setting("MASTHEAD_ANSWER_TIMEOUT_MS", "60000",
            "For the client to take a whole answer, from the first time the server has to wait for it."),
        setting("MASTHEAD_FAREWELL_MS", "500",
            "How long connections are still accepted after the call to stop, while /readyz already says no."),
        setting("MASTHEAD_DRAIN_MS", "15000",
            "From the call to stop to the end, whatever still runs."),
        setting("MASTHEAD_DATABASE_ACQUIRE_TIMEOUT_MS", "2000",
            "For a free database connection."),
        setting("MASTHEAD_DATABASE_STATEMENT_TIMEOUT_MS", "8000",
            "For one statement (PostgreSQL)."),
        setting("MASTHEAD_DATABASE_LOCK_TIMEOUT_MS", "",
            "For a lock in the database; by default 2000 on PostgreSQL and 5000 on SQLite."),
    ]),
    ("What a node does that nobody asked for", &[
        setting("MASTHEAD_SCHEDULE_POLL_MS", "1000",
            "How long it sleeps at most, in milliseconds, before it looks what became due; readers see it at its instant anyway."),
        setting("MASTHEAD_TRASH_DAYS", "30",
            "How many days deleted articles are kept before what they said is erased for good; 0 keeps them."),
    ]),
    ("Logs, on standard error", &[
        setting("MASTHEAD_LOG_LEVEL", "info",
            "What is logged: error, warn, info, debug, trace, or directives such as info,masthead_store=debug."),
        setting("MASTHEAD_LOG_FORMAT", "auto",
            "How it is logged: text for people, json for programs, auto for text on a terminal and json elsewhere."),
    ]),
];

/// Every setting, without its group.
pub(crate) fn all() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().flat_map(|(_, settings)| settings.iter())
}

/// How many letters a name may be wrong in and still be taken for a setting.
const SLIPS_MAX: usize = 3;

/// The setting that was meant by a name: its own, or one that differs from it by a few letters.
pub(crate) fn meant(name: &str) -> Option<&'static str> {
    all()
        .map(|setting| (strsim::damerau_levenshtein(setting.name, name), setting.name))
        .min()
        .filter(|(slips, _)| *slips <= SLIPS_MAX)
        .map(|(_, name)| name)
}
