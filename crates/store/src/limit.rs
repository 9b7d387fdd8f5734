//! The number of rows a select is limited to, said where PostgreSQL's planner sees it.
//!
//! Statements are planned once, without a look at what is bound to them. Of a limit that is bound the planner knows
//! nothing, takes it for a tenth of everything, and would rather read a table and sort it than walk an index for a page.
//! What stands in the text it knows. Pages have few sizes, so the statements stay few.

use sea_orm::{DbBackend, Statement, Value};

const LIMIT: &str = "LIMIT $";

/// The statement with its limits in the text. The values stay where they are, so that the others keep their numbers.
pub(crate) fn told(mut statement: Statement) -> Statement {
    if statement.db_backend == DbBackend::Postgres
        && let Some(values) = &statement.values
        && statement.sql.contains(LIMIT)
    {
        statement.sql = with_limits(&statement.sql, &values.0);
    }
    statement
}

fn with_limits(sql: &str, values: &[Value]) -> String {
    let mut parts = sql.split(LIMIT);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let length = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let (place, rest) = part.split_at(length);
        let value = place.parse().ok().and_then(|place: usize| values.get(place.checked_sub(1)?));
        match value {
            Some(Value::BigUnsigned(Some(rows))) => text.push_str(&format!("LIMIT {rows}{rest}")),
            _ => text.extend([LIMIT, part]),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_stand_in_the_text_and_other_values_stay_bound() {
        let values = ["a".into(), 21_u64.into(), 7_i64.into(), 3_u64.into()];
        let sql = "SELECT * FROM (SELECT 1 WHERE x = $1 LIMIT $2) AS b WHERE y < $3 LIMIT $4";
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values.clone());
        let told = told(statement);
        assert_eq!(told.sql, "SELECT * FROM (SELECT 1 WHERE x = $1 LIMIT 21) AS b WHERE y < $3 LIMIT 3");
        assert_eq!(told.values.map(|values| values.0.len()), Some(4));
    }

    #[test]
    fn what_is_no_number_of_rows_stays_bound() {
        for (backend, sql) in [(DbBackend::Postgres, "SELECT 1 LIMIT $1"), (DbBackend::Sqlite, "SELECT 1 LIMIT $2")] {
            let statement = Statement::from_sql_and_values(backend, sql, ["a".into(), 21_u64.into()]);
            assert_eq!(told(statement).sql, sql);
        }
    }
}
