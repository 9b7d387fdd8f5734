//! The load harness: builds the data, starts what is measured, and measures it in turns.
//!
//! Each server is pinned to one core; PostgreSQL's processes and the client share another. wrk asks in a closed loop with
//! 32 connections and one thread. What the servers use is read from `/proc`.

mod check;
mod child;
mod client;
mod machine;
mod measure;
mod median;
mod peer;
mod postgres;
mod process;
mod ratio;
mod report;
mod request;
mod section;
mod stock;
mod system;
mod wrk;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::{Args, ValueEnum};
use serde_json::json;

use self::{
    child::say,
    measure::Protocol,
    postgres::Postgres,
    report::Report,
    section::{Bench, CLIENT_CORE, Rival, Section},
    stock::Stock,
    wrk::Wrk,
};

/// A quick run begins no round after this.
const QUICK_END: Duration = Duration::from_secs(11 * 60);

/// What to measure, and how long.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only what the ratios need, in at most a quarter of an hour.
    #[arg(long)]
    quick: bool,
    /// Only these parts, with commas.
    #[arg(long, value_delimiter = ',', value_name = "PART")]
    only: Vec<Section>,
    /// Only this engine.
    #[arg(long)]
    engine: Option<Engine>,
    /// How often each system is asked each query; 5, or 3 when quick.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: Option<u32>,
    /// How many seconds a run takes; 7, or 3 when quick.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    secs: Option<u32>,
    /// Where to write medians and ratios as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the results into docs/performance.md, as a run of everything does by itself.
    #[arg(long)]
    document: bool,
    /// A PostgreSQL server on this machine whose user may make databases; those of the load begin with masthead_bench_.
    #[arg(long, env = "TEST_POSTGRES_URL", default_value = "postgres://postgres@127.0.0.1:5432/postgres")]
    postgres: String,
    /// Where PostGraphile would be, over the database masthead_bench_neutral_10000 or a copy of it.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:5678")]
    postgraphile: String,
    /// Another rival over PostgreSQL: NAME=http://HOST:PORT=FILE, the file as those in bench/peers.
    #[arg(long, value_name = "RIVAL")]
    rival: Vec<String>,
    /// Forget what was loaded before, and load it anew.
    #[arg(long)]
    fresh: bool,
    #[command(flatten)]
    place: Place,
}

/// Where things are; `cargo xtask bench` says it.
#[derive(Debug, Args)]
struct Place {
    /// The folder of the built programs of this workspace.
    #[arg(long, value_name = "FOLDER", default_value = "target/release")]
    programs: PathBuf,
    /// The folder of the built limit programs.
    #[arg(long, value_name = "FOLDER", default_value = "target/limit/release")]
    limits: PathBuf,
    /// The folder for data, databases and logs.
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    folder: PathBuf,
    /// The document for the results.
    #[arg(long, value_name = "FILE", default_value = "docs/performance.md")]
    results: PathBuf,
    /// Which code is measured.
    #[arg(long, default_value = "unknown")]
    commit: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// The programs that are started.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    ours: PathBuf,
    limits: PathBuf,
}

impl Programs {
    /// The server, a limit program or `s`.
    fn path(&self, name: &str) -> PathBuf {
        if name == "masthead" { self.ours.join(name) } else { self.limits.join(name) }
    }

    /// What loads the neutral tables.
    fn neutral(&self) -> PathBuf {
        self.path("load")
    }
}

/// Measures, and tells what came out.
///
/// # Errors
/// What is missing or went wrong, and how to mend it.
pub(crate) async fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    machine::can_measure()?;
    let mut bench = prepare(options, start).await?;
    let chosen = chosen(options);
    bench.load(&chosen).await?;
    for section in chosen {
        bench.measure(section).await?;
    }
    let medians = median::medians(&bench.samples);
    let ratios = ratio::ratios(&medians);
    let mut machine = machine::words(&options.place.commit);
    if let Some(postgres) = &bench.stock.postgres {
        machine.push_str(&format!(", {}", postgres.words));
    }
    let (protocol, starts) = (&bench.protocol, bench.starts.as_slice());
    let report = Report { machine: &machine, protocol, medians: &medians, ratios: &ratios, starts };
    say(&format!("\n{}\n{:.0} s in all", report.markdown(), start.elapsed().as_secs_f64()));
    if let Some(path) = &options.json {
        let json = json!({
            "machine": machine,
            "secs": protocol.secs,
            "medians": medians,
            "ratios": ratio::object(&ratios),
            "seconds_in_all": start.elapsed().as_secs(),
        });
        fs::write(path, format!("{json:#}\n")).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let is_everything = !options.quick && options.only.is_empty() && options.engine.is_none();
    if options.document || is_everything {
        report.write(&options.place.results)?;
    }
    let failures: u64 = medians.iter().map(|median| median.failures).sum();
    ensure!(failures == 0, "{failures} requests failed under load: their rows say where");
    Ok(())
}

/// The parts that were asked for; all, or all that the ratios need, when none was.
fn chosen(options: &Options) -> Vec<Section> {
    let all = Section::value_variants().iter().copied();
    let is_chosen = |section: &Section| {
        if options.only.is_empty() {
            !(options.quick && *section == Section::Mix)
        } else {
            options.only.contains(section)
        }
    };
    all.filter(is_chosen).collect()
}

async fn prepare(options: &Options, start: Instant) -> Result<Bench> {
    let Place { programs, limits, folder, .. } = &options.place;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let folder = fs::canonicalize(folder)?;
    let postgres = match options.engine {
        Some(Engine::Sqlite) => None,
        Some(Engine::Postgres) | None => Some(Postgres::find(&options.postgres).await?),
    };
    let programs = Programs { ours: absolute(programs)?, limits: absolute(limits)? };
    let stock = Stock { folder: folder.clone(), postgres, programs };
    if options.fresh {
        stock.forget().await?;
    }
    let (rounds, secs, warm_secs) = if options.quick { (3, 3, 1) } else { (5, 7, 3) };
    let protocol = Protocol {
        rounds: options.rounds.unwrap_or(rounds),
        secs: options.secs.unwrap_or(secs),
        warm_secs,
        patience: Duration::from_secs(if options.quick { 2 } else { 60 }),
        tries: if options.quick { 1 } else { 2 },
        end: options.quick.then(|| start + QUICK_END),
    };
    Ok(Bench {
        wrk: Wrk::prepare(&folder, CLIENT_CORE).await?,
        stock,
        protocol,
        sqlite: options.engine != Some(Engine::Postgres),
        is_quick: options.quick,
        rivals: rivals(options)?,
        starts: Vec::new(),
        samples: Vec::new(),
    })
}

fn absolute(folder: &Path) -> Result<PathBuf> {
    fs::canonicalize(folder)
        .with_context(|| format!("{} is not there: run `cargo xtask bench`, which builds it", folder.display()))
}

fn rivals(options: &Options) -> Result<Vec<Rival>> {
    let base = options.postgraphile.clone();
    let mut rivals = vec![Rival { name: "postgraphile".to_owned(), base, peer: peer::postgraphile()? }];
    for rival in &options.rival {
        let mut parts = rival.splitn(3, '=');
        let (Some(name), Some(base), Some(file)) = (parts.next(), parts.next(), parts.next()) else {
            anyhow::bail!("--rival {rival} is not NAME=http://HOST:PORT=FILE");
        };
        rivals.push(Rival { name: name.to_owned(), base: base.to_owned(), peer: peer::of_file(Path::new(file))? });
    }
    Ok(rivals)
}
