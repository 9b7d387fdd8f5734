//! Looking at how the database carries statements out.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use masthead_store::{Database, Engine};
use sea_orm::{
    ConnectionTrait, DbBackend, Statement, Value as Bound,
    sea_query::{PostgresQueryBuilder, QueryBuilder},
};
use serde_json::Value;

use crate::kit::Kit;

/// A table with more rows than this is never read from end to end for a page.
const LARGE_ROWS: u64 = 2_000;

/// How many steps of SQLite's machine are counted as one.
const STEPS: i32 = 100;

/// How a statement was carried out.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The statement.
    pub statement: Statement,
    /// The plan in the words of the engine.
    pub text: String,
    /// The large tables that are read from end to end, by no index.
    pub whole: Vec<String>,
    /// What it took: on PostgreSQL the rows of tables and indexes that were looked at, on SQLite the steps of its machine.
    pub effort: u64,
}

impl Plan {
    /// Whether the plan names an index.
    #[must_use]
    pub fn uses(&self, index: &str) -> bool {
        self.text.split_whitespace().any(|word| word == index)
    }
}

/// Carries statements out again, by a connection of its own, to see how it is done.
pub struct Planner {
    database: Database,
    large: HashMap<String, u64>,
    steps: Arc<AtomicU64>,
}

impl Kit {
    /// A planner over the tables as they are now.
    pub async fn planner(&self) -> Planner {
        let tables = match self.engine() {
            Engine::Sqlite => "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'",
            Engine::Postgres => "select tablename::text as name from pg_tables where schemaname = 'public'",
        };
        let mut large = HashMap::new();
        for row in self.sql(tables).await {
            let table = row["name"].as_str().unwrap();
            let rows = u64::try_from(self.row_count(table).await).unwrap();
            if rows > LARGE_ROWS {
                large.insert(table.to_owned(), rows);
            }
        }
        let planner = Planner { database: self.alone().await, large, steps: Arc::default() };
        planner.count_steps().await;
        planner
    }
}

impl Planner {
    /// What a future gives, and how each select that the kit's database ran meanwhile is carried out.
    pub async fn watch<T>(&self, kit: &Kit, what: impl Future<Output = T>) -> (T, Vec<Plan>) {
        let (value, statements) = kit.noted(what).await;
        (value, self.carry_out(statements).await)
    }

    /// How statements are carried out now.
    pub async fn again(&self, plans: &[Plan]) -> Vec<Plan> {
        self.carry_out(plans.iter().map(|plan| plan.statement.clone()).collect()).await
    }

    async fn carry_out(&self, statements: Vec<Statement>) -> Vec<Plan> {
        let mut plans = Vec::with_capacity(statements.len());
        for statement in statements {
            plans.push(match self.database.engine() {
                Engine::Sqlite => self.on_sqlite(statement).await,
                Engine::Postgres => self.on_postgres(statement).await,
            });
        }
        plans
    }

    /// How many rows a large table has.
    #[must_use]
    pub fn rows(&self, table: &str) -> u64 {
        self.large.get(table).copied().unwrap_or_default()
    }

    /// The names of the indexes that no constraint has made.
    pub async fn indexes(&self) -> Vec<String> {
        let named = match self.database.engine() {
            Engine::Sqlite => {
                "select name from sqlite_schema where type = 'index' and sql like 'create index %' order by name"
            }
            Engine::Postgres => {
                "select indexname::text as name from pg_indexes
                where schemaname = 'public' and indexdef like 'CREATE INDEX %' order by indexname"
            }
        };
        let rows =
            self.database.query_all_raw(Statement::from_string(self.database.get_database_backend(), named)).await;
        rows.unwrap().iter().map(|row| row.try_get("", "name").unwrap()).collect()
    }

    /// Goes on without an index, in a transaction of its own. Everybody else waits until it is put back.
    pub async fn take_away(&self, index: &str) {
        self.run("begin").await;
        self.run(&format!("drop index {index}")).await;
    }

    /// Puts back what was taken away.
    pub async fn put_back(&self) {
        self.run("rollback").await;
    }

    async fn run(&self, sql: &str) {
        self.database.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Lets go of the connection.
    pub async fn close(self) {
        self.database.close().await.unwrap();
    }

    async fn count_steps(&self) {
        if self.database.engine() == Engine::Sqlite {
            let steps = Arc::clone(&self.steps);
            let mut connection = self.database.for_migrations().get_sqlite_connection_pool().acquire().await.unwrap();
            connection.lock_handle().await.unwrap().set_progress_handler(STEPS, move || {
                steps.fetch_add(u64::try_from(STEPS).unwrap(), Ordering::Relaxed);
                true
            });
        }
    }

    async fn on_sqlite(&self, statement: Statement) -> Plan {
        let explain = Statement { sql: format!("explain query plan {}", statement.sql), ..statement.clone() };
        let rows = self.database.query_all_raw(explain).await.unwrap();
        let details: Vec<String> = rows.iter().map(|row| row.try_get("", "detail").unwrap()).collect();
        self.steps.store(0, Ordering::Relaxed);
        self.database.query_all_raw(statement.clone()).await.unwrap();
        let effort = self.steps.load(Ordering::Relaxed);
        // `SCAN articles`, without `USING INDEX …` behind it. Along its own order a table may be read in part.
        let scanned = details.iter().filter_map(|detail| detail.strip_prefix("SCAN "));
        let is_whole = |name: &&str| self.large.get(*name).is_some_and(|rows| effort >= *rows);
        let whole = scanned.filter(is_whole).map(str::to_owned).collect();
        Plan { statement, text: details.join("\n"), whole, effort }
    }

    /// A statement that was prepared, as the pool does it: the plan is made without a look at the values.
    async fn on_postgres(&self, statement: Statement) -> Plan {
        let values = statement.values.iter().flat_map(|values| &values.0);
        let (types, literals): (Vec<&str>, Vec<String>) =
            values.map(|value| (type_of(value), PostgresQueryBuilder.value_to_string(value))).unzip();
        let braced = |list: String| if list.is_empty() { list } else { format!("({list})") };
        let (types, literals) = (braced(types.join(", ")), braced(literals.join(", ")));
        self.run(&format!("prepare looked_at {types} as {}", statement.sql)).await;
        let explain = format!("explain (analyze, timing off, format json) execute looked_at {literals}");
        let rows = self.database.query_all_raw(Statement::from_string(DbBackend::Postgres, explain)).await.unwrap();
        let plan: Value = rows[0].try_get_by_index(0).unwrap();
        self.run("deallocate looked_at").await;
        let mut read = Plan { statement, text: String::new(), whole: Vec::new(), effort: 0 };
        self.read(&plan[0]["Plan"], 0, &mut read);
        read
    }

    /// Adds a node of a plan of PostgreSQL, and all below it.
    fn read(&self, node: &Value, depth: usize, plan: &mut Plan) {
        let number = |name: &str| node[name].as_f64().unwrap_or(0.0);
        let text = |name: &str| node[name].as_str().unwrap_or_default();
        let each = number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
        let rows = each * number("Actual Loops");
        let (kind, table) = (text("Node Type"), text("Relation Name"));
        if !table.is_empty() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
            let rows = rows as u64;
            plan.effort += rows;
        }
        if kind == "Seq Scan" && self.large.contains_key(table) && rows > 0.0 {
            plan.whole.push(table.to_owned());
        }
        let words = [kind, table, text("Index Name"), text("Index Cond"), text("Filter")].join(" ");
        plan.text.push_str(&format!("{}{words} [{rows} rows]\n", "  ".repeat(depth)));
        for below in node["Plans"].as_array().into_iter().flatten() {
            self.read(below, depth + 1, plan);
        }
    }
}

/// The type that a value is bound as.
fn type_of(value: &Bound) -> &'static str {
    match value {
        Bound::Bool(_) => "boolean",
        Bound::SmallUnsigned(_) | Bound::Int(_) => "integer",
        Bound::BigInt(_) | Bound::BigUnsigned(_) => "bigint",
        Bound::String(_) => "text",
        Bound::Uuid(_) => "uuid",
        Bound::Json(_) => "jsonb",
        Bound::ChronoDateTimeUtc(_) => "timestamptz",
        other => panic!("{other:?} has no type here"),
    }
}
