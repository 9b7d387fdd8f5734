//! `masthead serve`.

mod banner;
mod signals;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use masthead_api::{
    RegisteredOperations, Validity,
    auth::Authenticator,
    graphql::schema,
    http::{self, Door, HttpState, Lifecycle},
};
use masthead_app::{App, identity::Identity};
use masthead_worker::Worker;
use tokio::{net::TcpListener, sync::oneshot};

use super::{app_over, database, identity};
use crate::{
    config::Config,
    demo::{self, Loaded},
    failure::StartError,
    telemetry::Log,
};

use banner::Banner;

/// Serves until somebody asks the program to stop, then finishes what has begun.
pub(crate) async fn run(mut config: Config, demo: bool, log: &Log) -> anyhow::Result<()> {
    let signals = signals::Signals::listen().context("cannot listen for signals")?;
    // First what fails soonest: a taken port must not cost a migration.
    let listener = listen(config.http.listen).await?;
    let address = listener.local_addr()?;
    identity::require_key(&config)?;
    let database = database::open(&config.database).await?;
    let identity = identity::config(&config)?;
    database::migrate(&config.database, &database).await?;
    if demo && config.is_site_unset {
        config.site = demo::site()?;
    }
    let app = app_over(database.clone(), &config);
    if demo {
        load_demo(&app).await?;
    }
    let identity = Identity::new(app.clone(), &identity).map_err(StartError::Keys)?;
    let lifecycle = Lifecycle::new();
    let lag = Duration::from_millis(config.http.cache.lag_ms);
    let validity = Arc::new(Validity::new(app.clone(), lag));
    let state = HttpState {
        config: Arc::new(config.http.clone()),
        authenticate: Authenticator::new(app.clone(), identity.clone()).hook(),
        is_ready: {
            let database = database.clone();
            Arc::new(move || {
                let database = database.clone();
                Box::pin(async move { database.ping().await.is_ok() })
            })
        },
        new_request_id: {
            let ids = Arc::clone(&app.ids);
            Arc::new(move || ids.uuid())
        },
        lifecycle: lifecycle.clone(),
        operations: Some(Arc::new(RegisteredOperations::new(app.clone(), Arc::clone(&validity)))),
        validity: Some(validity),
    };
    let (stop, stopped) = oneshot::channel::<()>();
    let told_to_stop = async {
        // Whether it is told or nobody is left to tell it.
        let _ = stopped.await;
    };
    let worker = tokio::spawn(Worker::run(app.clone(), config.worker.clone(), told_to_stop));
    let door = Door::new(schema(app, identity), state).context("the door cannot be built")?;
    Banner { config: &config, address, is_demo: demo }.show();
    log.gather();
    let drained = http::serve(door, listener, config.http.server.clone(), lifecycle, signals.asked_to_stop()).await;
    if drained.is_complete() {
        tracing::info!("stopped: everything that had begun is finished");
    } else {
        tracing::warn!(
            connections = drained.connections_cut,
            operations = drained.operations_cut,
            "stopped: time was up for what still ran"
        );
    }
    let _ = stop.send(());
    worker.await.context("the work that nobody asked for ended before the server did")?;
    database.close().await?;
    Ok(())
}

async fn load_demo(app: &App) -> anyhow::Result<()> {
    match demo::load(app).await? {
        Loaded::Whole { articles } => tracing::info!(articles, "filled the empty database with the demo newsroom"),
        Loaded::NotEmpty => tracing::info!("the database is not empty: the demo newsroom leaves it as it is"),
    }
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|cause| StartError::listen(address, cause))
}
