//! The parts of the programme: which systems are asked what, side by side.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use super::{
    child::say,
    measure::{self, Load, Protocol, Sample},
    peer,
    postgres::Pinned,
    stock::{Form, Stock},
    system::{House, Serving, System, rival},
    wrk::Wrk,
};

/// The core servers run on; the database and the client have the other.
pub(crate) const SERVER_CORE: usize = 0;
/// The core of the database and the client.
pub(crate) const CLIENT_CORE: usize = 1;

/// How large a newsroom is measured.
const ARTICLES: u32 = 10_000;
/// And how large a grown one.
const GROWN: u32 = 100_000;
/// Over how many articles the reads cycle.
const CYCLED: usize = 1_000;
/// Over how many those that are kept.
const KEPT: usize = 500;

/// A part of the programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Section {
    /// Answers that are kept, beside finished bytes from a map (L0g).
    Hot,
    /// Answers that are made anew, beside the limit programs and S.
    Cold,
    /// A new headline, beside the plain statement (L1).
    W1,
    /// 49 % Q1, 50 % Q2 and 1 % W1.
    Mix,
    /// Answers made anew from ten times as many articles.
    Growth,
}

impl Section {
    /// As results call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Cold => "cold",
            Self::W1 => "w1",
            Self::Mix => "mix",
            Self::Growth => "growth",
        }
    }
}

/// A rival to ask beside us.
#[derive(Debug, Clone)]
pub(crate) struct Rival {
    /// As tables and results call it.
    pub(crate) name: String,
    /// `http://HOST:PORT`.
    pub(crate) base: String,
    /// Its queries.
    pub(crate) peer: peer::Peer,
}

/// Everything a part needs.
#[derive(Debug)]
pub(crate) struct Bench {
    /// Newsrooms and databases.
    pub(crate) stock: Stock,
    /// The load generator.
    pub(crate) wrk: Wrk,
    /// How long and how often.
    pub(crate) protocol: Protocol,
    /// Whether SQLite is measured.
    pub(crate) sqlite: bool,
    /// Whether only what the ratios need is measured.
    pub(crate) is_quick: bool,
    /// Rivals that may be up.
    pub(crate) rivals: Vec<Rival>,
    /// When each system answered first, and its memory then.
    pub(crate) starts: Vec<(String, f64, f64)>,
    /// What came out so far.
    pub(crate) samples: Vec<Sample>,
}

/// Systems with what each is asked.
type Lineup = Vec<(System, Vec<Load>)>;

impl Bench {
    /// Measures one part.
    ///
    /// # Errors
    /// When something does not start, or answers wrongly.
    pub(crate) async fn measure(&mut self, section: Section) -> Result<()> {
        let folder = self.stock.folder.clone();
        let mut house = House::new(&folder, SERVER_CORE, &self.stock.programs);
        let lineup = match section {
            Section::Hot => self.hot(&mut house).await?,
            Section::Cold => self.cold(&mut house).await?,
            Section::W1 => self.writes(&mut house, false).await?,
            Section::Mix => self.writes(&mut house, true).await?,
            Section::Growth => self.growth(&mut house).await?,
        };
        let pinned = match &self.stock.postgres {
            Some(postgres) => Some(Pinned::to(postgres.postmaster, CLIENT_CORE).await?),
            None => None,
        };
        self.rounds(section, lineup).await?;
        drop((pinned, house));
        self.forget_copies(section).await
    }

    async fn rounds(&mut self, section: Section, mut lineup: Lineup) -> Result<()> {
        for (system, _) in &lineup {
            if let Some((seconds, mib)) = system.start {
                self.starts.push((system.name.clone(), seconds, mib));
            }
        }
        for round in 0..self.protocol.rounds {
            if round > 0 && self.protocol.is_over() {
                say(&format!("{}: the time is up after {round} rounds", section.name()));
                break;
            }
            for (system, loads) in &mut lineup {
                for load in loads {
                    let sample = measure::run(&self.protocol, &self.wrk, section.name(), system, load).await?;
                    self.samples.push(sample);
                }
            }
        }
        Ok(())
    }

    /// This server on the engines that are measured.
    async fn masthead(&self, house: &mut House, articles: u32, keeps_answers: bool) -> Result<Vec<System>> {
        let data = self.stock.newsroom(articles)?;
        let mut systems = Vec::new();
        let suffix = if articles == ARTICLES { "" } else { "-100k" };
        if self.sqlite {
            let file = self.stock.sqlite(Form::Masthead, articles).await?;
            let (name, url) = (format!("masthead-sqlite{suffix}"), sqlite(&file));
            let serving = Serving { name: &name, url, database: None, keeps_answers, data: &data };
            systems.push(house.masthead(serving).await?);
        }
        if let Some(postgres) = &self.stock.postgres {
            let database = self.stock.postgres(Form::Masthead, articles).await?;
            let (name, url) = (format!("masthead-postgres{suffix}"), postgres.address(&database));
            let serving = Serving { name: &name, url, database: Some(postgres.postmaster), keeps_answers, data: &data };
            systems.push(house.masthead(serving).await?);
        }
        Ok(systems)
    }

    async fn limits(&self, house: &mut House) -> Result<Vec<System>> {
        let (file, data) = (self.stock.sqlite(Form::Neutral, ARTICLES).await?, self.stock.newsroom(ARTICLES)?);
        let postgres = match &self.stock.postgres {
            Some(server) => {
                let database = self.stock.postgres(Form::Neutral, ARTICLES).await?;
                Some((server.address(&database), server.postmaster))
            }
            None => None,
        };
        house.limits(&file, postgres, &data).await
    }

    /// The rivals that are up; says which are not.
    fn rivals(&self) -> Result<Vec<System>> {
        let Some(postgres) = &self.stock.postgres else { return Ok(Vec::new()) };
        let data = self.stock.newsroom(ARTICLES)?;
        let mut up = Vec::new();
        for Rival { name, base, peer } in &self.rivals {
            match rival(name, base, peer.clone(), postgres, &data) {
                Ok(system) => up.push(system),
                Err(error) => say(&format!("{name} is left out, at {base}: {error:#}")),
            }
        }
        Ok(up)
    }

    async fn hot(&self, house: &mut House) -> Result<Lineup> {
        let loads = || vec![Load::Query("Q1", 1), Load::Query("Q2", KEPT)];
        let limits = self.limits(house).await?;
        let mut systems = self.masthead(house, ARTICLES, true).await?;
        systems.extend(limits.into_iter().filter(|system| system.name == "l0g"));
        Ok(systems.into_iter().map(|system| (system, loads())).collect())
    }

    async fn cold(&self, house: &mut House) -> Result<Lineup> {
        let reads = || vec![Load::Query("Q1", 1), Load::Query("Q2", CYCLED), Load::Query("Q3", CYCLED)];
        let deep = || Load::Query("Q4", 1);
        let mut lineup = Vec::new();
        for system in self.masthead(house, ARTICLES, false).await? {
            let mut loads = reads();
            loads.extend([deep(), Load::Query("Q4 first", 1)]);
            lineup.push((system, loads));
        }
        for system in self.limits(house).await? {
            let is_wanted = match system.name.as_str() {
                "l1r" => true,
                "l1" => !self.is_quick,
                "l2" => !self.is_quick && self.sqlite,
                _ => false,
            };
            if is_wanted {
                lineup.push((system, reads()));
            }
        }
        for system in self.plain(house).await? {
            lineup.push((system, reads()));
        }
        if !self.is_quick {
            lineup.extend(self.rivals()?.into_iter().map(|system| {
                let mut loads = reads();
                loads.push(deep());
                (system, loads)
            }));
        }
        Ok(lineup)
    }

    /// `S` on the engines that are measured; in a quick run on SQLite only.
    async fn plain(&self, house: &mut House) -> Result<Vec<System>> {
        let data = self.stock.newsroom(ARTICLES)?;
        let mut systems = Vec::new();
        if self.sqlite {
            let file = self.stock.sqlite(Form::Neutral, ARTICLES).await?;
            systems.push(house.plain("s-sqlite", &sqlite(&file), None, &data).await?);
        }
        if let Some(postgres) = self.stock.postgres.as_ref().filter(|_| !self.is_quick) {
            let database = self.stock.postgres(Form::Neutral, ARTICLES).await?;
            let pid = Some(postgres.postmaster);
            systems.push(house.plain("s-postgres", &postgres.address(&database), pid, &data).await?);
        }
        Ok(systems)
    }

    /// What writes, writes into copies. SQLite is left out of a quick run: no ratio is made of it.
    async fn writes(&self, house: &mut House, is_mixed: bool) -> Result<Lineup> {
        let data = self.stock.newsroom(ARTICLES)?;
        let load = || vec![if is_mixed { Load::Mix } else { Load::Query("W1", usize::MAX) }];
        let mut systems = Vec::new();
        let neutral = self.stock.sqlite(Form::Neutral, ARTICLES).await?;
        if self.sqlite && !(self.is_quick && self.stock.postgres.is_some()) {
            let copy = self.stock.copy_of_file(&self.stock.sqlite(Form::Masthead, ARTICLES).await?)?;
            let serving = Serving {
                name: "masthead-sqlite",
                url: sqlite(&copy),
                database: None,
                keeps_answers: true,
                data: &data,
            };
            systems.push(house.masthead(serving).await?);
        }
        if let Some(postgres) = &self.stock.postgres {
            let pid = postgres.postmaster;
            let ours = self.stock.copy_of_database(&self.stock.postgres(Form::Masthead, ARTICLES).await?).await?;
            let serving = Serving {
                name: "masthead-postgres",
                url: postgres.address(&ours),
                database: Some(pid),
                keeps_answers: true,
                data: &data,
            };
            systems.push(house.masthead(serving).await?);
            let theirs = self.stock.copy_of_database(&self.stock.postgres(Form::Neutral, ARTICLES).await?).await?;
            let limits = house.limits(&neutral, Some((postgres.address(&theirs), pid)), &data).await?;
            systems.extend(limits.into_iter().filter(|system| system.name == "l1"));
            if !self.is_quick {
                systems.push(house.plain("s-postgres", &postgres.address(&theirs), Some(pid), &data).await?);
                systems.extend(self.rivals()?);
            }
        }
        Ok(systems.into_iter().map(|system| (system, load())).collect())
    }

    async fn growth(&self, house: &mut House) -> Result<Lineup> {
        let loads =
            || vec![Load::Query("Q1", 1), Load::Query("Q2", CYCLED), Load::Query("Q3", CYCLED), Load::Query("Q4", 1)];
        let mut systems = self.masthead(house, ARTICLES, false).await?;
        systems.extend(self.masthead(house, GROWN, false).await?);
        Ok(systems.into_iter().map(|system| (system, loads())).collect())
    }

    /// Loads what these parts need, before the time of any of them runs.
    ///
    /// # Errors
    /// When something cannot be loaded.
    pub(crate) async fn load(&self, sections: &[Section]) -> Result<()> {
        let stock = &self.stock;
        if sections.iter().any(|section| *section != Section::Growth) {
            stock.sqlite(Form::Neutral, ARTICLES).await?;
            if stock.postgres.is_some() {
                stock.postgres(Form::Neutral, ARTICLES).await?;
            }
        }
        let grown = sections.contains(&Section::Growth).then_some(GROWN);
        for articles in [Some(ARTICLES), grown].into_iter().flatten() {
            stock.newsroom(articles)?;
            // Both engines at the same time: each leaves the other a core.
            let of_sqlite =
                async { if self.sqlite { stock.sqlite(Form::Masthead, articles).await.map(Some) } else { Ok(None) } };
            let of_postgres = async {
                let is_there = stock.postgres.is_some();
                if is_there { stock.postgres(Form::Masthead, articles).await.map(Some) } else { Ok(None) }
            };
            tokio::try_join!(of_sqlite, of_postgres)?;
        }
        Ok(())
    }

    async fn forget_copies(&self, section: Section) -> Result<()> {
        let writes = [Section::W1, Section::Mix].contains(&section);
        if let Some(postgres) = self.stock.postgres.as_ref().filter(|_| writes) {
            for form in [Form::Masthead, Form::Neutral] {
                postgres.drop(&format!("{}_writes", self.stock.postgres(form, ARTICLES).await?)).await?;
            }
        }
        Ok(())
    }
}

fn sqlite(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}
