//! A PostgreSQL server for tests: the one that is named, the one that runs here, or one of our own.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use masthead_store::{Database, DatabaseConfig};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, Statement};
use tokio::sync::OnceCell;
use url::Url;

use crate::cluster;

/// Databases of tests that were killed are dropped when they are older than this.
const LEFT_BEHIND_SECONDS: u64 = 3_600;
/// The advisory lock under which the template is made.
const TEMPLATE_LOCK: i64 = 7_462_011;

static SERVER: OnceCell<Option<Server>> = OnceCell::const_new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A server on which we may create databases.
pub(crate) struct Server {
    admin: Url,
    template: String,
}

/// The server of this process, found and prepared once.
///
/// # Panics
/// When none is found and `TEST_REQUIRE_POSTGRES=1` wants one.
pub(crate) async fn server() -> Option<&'static Server> {
    SERVER
        .get_or_init(|| async {
            match find().await {
                Ok(admin) => Some(Server::prepare(admin).await),
                Err(why) if std::env::var("TEST_REQUIRE_POSTGRES").is_ok_and(|value| value == "1") => {
                    panic!("TEST_REQUIRE_POSTGRES is set, but {why}")
                }
                Err(why) => {
                    eprintln!("PostgreSQL tests skipped: {why}");
                    None
                }
            }
        })
        .await
        .as_ref()
}

/// The administrator's address of a server: the named one, else a running one, else one of our own.
async fn find() -> Result<Url, String> {
    if let Ok(named) = std::env::var("TEST_POSTGRES_URL") {
        let url = Url::parse(&named).map_err(|error| format!("TEST_POSTGRES_URL is no address: {error}"))?;
        return match connect(&url).await {
            Ok(connection) => close(connection, url).await,
            // A server that somebody named and that does not answer is a mistake, not a reason to skip.
            Err(error) => panic!("nothing answers at TEST_POSTGRES_URL: {error}"),
        };
    }
    let user = std::env::var("USER").unwrap_or_default();
    for user in ["postgres", user.as_str()].into_iter().filter(|user| !user.is_empty()) {
        for address in [
            format!("postgres://{user}@127.0.0.1:5432/postgres"),
            format!("postgres://{user}@localhost/postgres?host=/var/run/postgresql"),
        ] {
            let url = Url::parse(&address).unwrap();
            if let Ok(connection) = connect(&url).await {
                return close(connection, url).await;
            }
        }
    }
    let url = cluster::start().map_err(|why| format!("no server answers at 127.0.0.1:5432 and {why}"))?;
    for _ in 0..100 {
        if let Ok(connection) = connect(&url).await {
            return close(connection, url).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the server started for the tests does not answer".to_owned())
}

async fn close(connection: DatabaseConnection, url: Url) -> Result<Url, String> {
    connection.close().await.unwrap();
    Ok(url)
}

async fn connect(url: &Url) -> Result<DatabaseConnection, sea_orm::DbErr> {
    let mut options = ConnectOptions::new(url.as_str());
    options
        .max_connections(1)
        .connect_timeout(Duration::from_secs(5))
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false);
    sea_orm::Database::connect(options).await
}

impl Server {
    /// Makes the template database, unless a run before has left one for the same migrations.
    async fn prepare(admin: Url) -> Self {
        let server = Self { admin, template: format!("masthead_test_template_{:016x}", migrations_hash()) };
        let connection = connect(&server.admin).await.unwrap();
        execute(&connection, &format!("select pg_advisory_lock({TEMPLATE_LOCK})")).await;
        server.sweep(&connection).await;
        if !names(&connection, &server.template).await.contains(&server.template) {
            // Renamed when it is whole, so that a run that is killed here leaves no half of a template.
            let draft = server.create(&connection, "").await;
            let database = Database::open(&DatabaseConfig::new(server.url_of(&draft))).await.unwrap();
            masthead_migrations::migrate(database.for_migrations()).await.unwrap();
            database.close().await.unwrap();
            execute(&connection, &format!("alter database {draft} rename to {}", server.template)).await;
        }
        execute(&connection, &format!("select pg_advisory_unlock({TEMPLATE_LOCK})")).await;
        connection.close().await.unwrap();
        server
    }

    /// Drops what killed runs have left.
    async fn sweep(&self, connection: &DatabaseConnection) {
        for name in names(connection, "masthead_test_run_%").await {
            let made = name.split('_').nth(3).and_then(|seconds| seconds.parse::<u64>().ok()).unwrap_or(0);
            if made + LEFT_BEHIND_SECONDS < seconds() {
                execute(connection, &format!("drop database if exists {name} with (force)")).await;
            }
        }
    }

    async fn create(&self, connection: &DatabaseConnection, from: &str) -> String {
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let name = format!("masthead_test_run_{}_{}_{number}", seconds(), std::process::id());
        execute(connection, &format!("create database {name} {from}")).await;
        name
    }

    /// The address of one of the server's databases.
    pub(crate) fn url_of(&self, name: &str) -> String {
        let mut url = self.admin.clone();
        url.set_path(name);
        url.into()
    }

    /// A fresh migrated database.
    pub(crate) async fn create_database(&self) -> String {
        let connection = connect(&self.admin).await.unwrap();
        let name = self.create(&connection, &format!("template {}", self.template)).await;
        connection.close().await.unwrap();
        name
    }

    /// Takes a database away, with whoever is still connected to it.
    pub(crate) async fn drop_database(&self, name: &str) {
        let connection = connect(&self.admin).await.unwrap();
        execute(&connection, &format!("drop database if exists {name} with (force)")).await;
        connection.close().await.unwrap();
    }
}

async fn execute(connection: &DatabaseConnection, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn names(connection: &DatabaseConnection, like: &str) -> Vec<String> {
    let sql = format!("select datname::text as name from pg_database where datname like '{like}'");
    let rows = connection.query_all_raw(Statement::from_string(sea_orm::DbBackend::Postgres, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A number that changes with any migration.
fn migrations_hash() -> u64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut files: Vec<_> = ["sql", "src"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).unwrap().hash(&mut hasher);
    }
    hasher.finish()
}
