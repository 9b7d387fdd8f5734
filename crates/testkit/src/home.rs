//! Where a test's database lives, and how it goes again.

use masthead_store::{Database, DatabaseConfig, Engine};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::postgres::{self, Server};

/// A migrated SQLite file, made once for each process.
static SQLITE_TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();

/// A database of one test.
pub(crate) struct Home {
    pub(crate) url: String,
    place: Place,
}

enum Place {
    /// The folder goes when this is dropped.
    Folder { _folder: TempDir },
    /// The database is dropped by [`Home::leave`].
    Server { server: &'static Server, name: String },
}

impl Home {
    /// A fresh migrated database, or `None` when the engine is not there.
    pub(crate) async fn new(engine: Engine) -> Option<Self> {
        match engine {
            Engine::Sqlite => {
                let template = SQLITE_TEMPLATE.get_or_init(sqlite_template).await;
                let folder = TempDir::new().unwrap();
                let path = folder.path().join("masthead.db");
                std::fs::write(&path, template).unwrap();
                let url = format!("sqlite://{}", path.display());
                Some(Self { url, place: Place::Folder { _folder: folder } })
            }
            Engine::Postgres => {
                let server = postgres::server().await?;
                let name = server.create_database().await;
                Some(Self { url: server.url_of(&name), place: Place::Server { server, name } })
            }
        }
    }

    /// Takes the database away. Everybody must have left it.
    pub(crate) async fn leave(self) {
        match self.place {
            Place::Folder { .. } => {}
            Place::Server { server, name } => server.drop_database(&name).await,
        }
    }
}

async fn sqlite_template() -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("template.db");
    let database = Database::open(&DatabaseConfig::new(format!("sqlite://{}", path.display()))).await.unwrap();
    masthead_migrations::migrate(database.for_migrations()).await.unwrap();
    // Closing folds the write-ahead log into the file.
    database.close().await.unwrap();
    std::fs::read(&path).unwrap()
}
