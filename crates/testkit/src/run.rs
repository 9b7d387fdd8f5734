//! Running one test on one engine.

use std::sync::Arc;

use masthead_store::Engine;

use crate::{home::Home, kit::Kit};

/// Writes tests that run on both engines: each function becomes a module with the tests `sqlite` and `postgres`.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($kit:ident: $of:ty) $body:block)+) => {
        $(
            $(#[$meta])*
            async fn $name($kit: $of) $body

            mod $name {
                #[tokio::test]
                async fn sqlite() {
                    $crate::sqlite(super::$name).await;
                }

                #[tokio::test]
                async fn postgres() {
                    $crate::postgres(super::$name).await;
                }
            }
        )+
    };
}

/// Runs a test on SQLite.
pub async fn sqlite<F, T>(test: F)
where
    F: FnOnce(Kit) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    run(Engine::Sqlite, test).await;
}

/// Runs a test on PostgreSQL, when there is one.
pub async fn postgres<F, T>(test: F)
where
    F: FnOnce(Kit) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    run(Engine::Postgres, test).await;
}

async fn run<F, T>(engine: Engine, test: F)
where
    F: FnOnce(Kit) -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let Some(home) = Home::new(engine).await else { return };
    let home = Arc::new(home);
    let kit = Kit::open(Arc::clone(&home)).await;
    let database = kit.app.database.clone();
    // As a task of its own, so that a test that fails still leaves no database behind.
    let ended = tokio::spawn(test(kit)).await;
    database.close().await.unwrap();
    if let Some(home) = Arc::into_inner(home) {
        home.leave().await;
    }
    if let Err(failure) = ended {
        std::panic::resume_unwind(failure.into_panic());
    }
}
