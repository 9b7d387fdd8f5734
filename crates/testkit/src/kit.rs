//! The kit of one test.

use std::sync::Arc;

use masthead_api::graphql::{Schema, schema};
use masthead_app::{
    App, IdSource, Site,
    identity::{Identity, IdentityConfig, PasswordConfig, SigningKey},
};
use masthead_domain::WebUrl;
use masthead_store::{Database, DatabaseConfig, Engine};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, Statement};
use serde_json::Value;

use crate::{
    clock::{TestClock, TestIds},
    home::Home,
    statements::Recorder,
};

/// Everything a test needs. It has a database that nobody else sees; the clock stands at 2026-11-23T12:00:00Z and the
/// site is `https://news.example` in French, Haitian Creole and English.
pub struct Kit {
    /// The application.
    pub app: App,
    /// The application's clock.
    pub clock: Arc<TestClock>,
    /// Who signs in to the application, with a fixed key and with passwords that are cheap to hash.
    pub identity: Identity,
    /// The schema over the application.
    pub schema: Schema,
    recorder: Recorder,
    home: Arc<Home>,
}

impl Kit {
    pub(crate) async fn open(home: Arc<Home>) -> Self {
        Self::node(home, Arc::new(TestClock::default()), Arc::new(TestIds::default())).await
    }

    /// Another node of the same site: its own connections to the same database, under the same clock.
    pub async fn second_node(&self) -> Self {
        Self::node(Arc::clone(&self.home), Arc::clone(&self.clock), Arc::clone(&self.app.ids)).await
    }

    async fn node(home: Arc<Home>, clock: Arc<TestClock>, ids: Arc<dyn IdSource>) -> Self {
        let recorder = Recorder::default();
        let mut database = Database::open(&DatabaseConfig::new(&home.url)).await.unwrap();
        let noting = recorder.clone();
        database.on_statement(move |statement| noting.note(statement));
        let site = Site {
            name: "The Example".to_owned(),
            url: WebUrl::parse("https://news.example").unwrap(),
            languages: ["fr", "ht", "en"].map(|tag| tag.parse().unwrap()).to_vec(),
        };
        let app = App { database, clock: Arc::clone(&clock) as _, ids, site: site.into() };
        let identity = Identity::new(app.clone(), &identity_config()).unwrap();
        Self { schema: schema(app.clone(), identity.clone()), app, identity, clock, recorder, home }
    }

    /// The engine the test runs on.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.app.database.engine()
    }

    /// The address of the test's database, for a second way in.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.home.url
    }

    /// What a future gives, and the statements the database ran meanwhile.
    pub async fn statements<T>(&self, what: impl Future<Output = T>) -> (T, Vec<String>) {
        let (value, statements) = self.noted(what).await;
        (value, statements.into_iter().map(|statement| statement.sql).collect())
    }

    /// The same, with the values that the statements bound.
    pub(crate) async fn noted<T>(&self, what: impl Future<Output = T>) -> (T, Vec<Statement>) {
        self.recorder.begin();
        let value = what.await;
        (value, self.recorder.end())
    }

    /// The rows a query gives, as objects by column name. Written for both engines: cast what they name differently
    /// (ids are bytes on SQLite and `uuid` on PostgreSQL; take them from the API instead).
    pub async fn sql(&self, query: &str) -> Vec<Value> {
        let database = &self.app.database;
        let statement = Statement::from_string(database.get_database_backend(), query);
        let rows = database.query_all_raw(statement).await.unwrap_or_else(|error| panic!("{query}: {error}"));
        match self.engine() {
            Engine::Postgres => rows.iter().map(|row| Value::from_query_result(row, "").unwrap()).collect(),
            Engine::Sqlite => rows.iter().map(sqlite_row).collect(),
        }
    }

    /// How many rows a table has.
    pub async fn row_count(&self, table: &str) -> i64 {
        self.sql(&format!("select count(*) as n from {table}")).await[0]["n"].as_i64().unwrap()
    }
}

/// The settings of [`Kit::identity`], for a test that wants to change one or to be a second node.
#[must_use]
pub fn identity_config() -> IdentityConfig {
    let secret = SigningKey::Secret("a secret of tests and of nothing else".to_owned().into());
    let passwords = PasswordConfig { memory_kib: 8, passes: 1, ..PasswordConfig::default() };
    IdentityConfig { passwords, ..IdentityConfig::new("https://news.example", secret) }
}

/// A row of SQLite by the types its values have; sea-orm goes by the column's type, which a count has not.
fn sqlite_row(row: &QueryResult) -> Value {
    let value = |column: &str| {
        row.try_get::<Option<i64>>("", column)
            .map(Value::from)
            .or_else(|_| row.try_get::<Option<f64>>("", column).map(Value::from))
            .or_else(|_| row.try_get::<Option<String>>("", column).map(Value::from))
            .or_else(|_| row.try_get::<Vec<u8>>("", column).map(Value::from))
            .unwrap_or_else(|error| panic!("{column}: {error}"))
    };
    Value::Object(row.column_names().into_iter().map(|column| (column.clone(), value(&column))).collect())
}
