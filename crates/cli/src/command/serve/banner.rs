//! What the person who started the server sees first.

use std::{
    io::{self, IsTerminal as _},
    net::{IpAddr, SocketAddr},
};

use crate::{command::database, config::Config, output, telemetry};

/// The query of the ready-made `curl`.
const QUERY: &str = r#"{"query":"{ articles(first: 3) { nodes { headline publishedAt path } } }"}"#;

/// Where things are.
pub(super) struct Banner<'a> {
    pub(super) config: &'a Config,
    pub(super) address: SocketAddr,
    pub(super) is_demo: bool,
}

impl Banner<'_> {
    /// Says where the server is: a picture for people, a log line for programs.
    pub(super) fn show(&self) {
        let root = self.root();
        let database = database::place(&self.config.database);
        if telemetry::is_for_people(self.config.log.format) || self.is_demo {
            output::tell(&self.text(&root, &database, io::stderr().is_terminal()));
        } else {
            tracing::info!(
                graphql = format!("{root}/graphql"),
                graphiql = self.config.http.explorer.then(|| format!("{root}/graphiql")),
                database,
                "serving"
            );
        }
    }

    fn text(&self, root: &str, database: &str, is_terminal: bool) -> String {
        let bold = |text: &str| if is_terminal { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() };
        let explorer = match self.config.http.explorer {
            true => format!("{root}/graphiql"),
            false => "switched off by MASTHEAD_EXPLORER".to_owned(),
        };
        format!(
            "\n  {name} is served by Masthead {version}\n\n  \
             GraphiQL   {explorer}\n  \
             GraphQL    {graphql}\n  \
             Database   {database}\n\n  \
             Try it:\n\n    \
             curl -s {root}/graphql -H 'content-type: application/json' \\\n      \
             -d '{QUERY}'\n\n  \
             Ctrl-C stops it.\n\n",
            name = bold(&self.config.site.name),
            version = env!("CARGO_PKG_VERSION"),
            explorer = bold(&explorer),
            graphql = bold(&format!("{root}/graphql")),
        )
    }

    /// The address to type: the public one, or this machine's when the server listens everywhere.
    fn root(&self) -> String {
        if let Some(url) = &self.config.http.public_url {
            return url.as_str().trim_end_matches('/').to_owned();
        }
        let address = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => format!("localhost:{}", self.address.port()),
            IpAddr::V6(ip) if ip.is_unspecified() => format!("localhost:{}", self.address.port()),
            IpAddr::V4(_) | IpAddr::V6(_) => self.address.to_string(),
        };
        format!("http://{address}")
    }
}
