//! Parts of texts in filters. What a caller typed is text, never a pattern: `%` looks for a per cent sign.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{BinOper, Expr, ExprTrait, LikeExpr, SimpleExpr},
};

/// The column begins with a text. A range and not a pattern, so that an index on the column (which is in byte order)
/// carries it on both engines.
pub(crate) fn begins_with(column: impl ColumnTrait, text: &str) -> Condition {
    let last = format!("{text}{}", char::MAX);
    Condition::all().add(column.gte(text)).add(column.lt(last))
}

/// A column of texts in a condition that stands beside another which leads to few rows: no index on it is taken instead.
/// Without statistics SQLite takes one value for as rare as another.
pub(crate) fn beside(column: impl ColumnTrait) -> SimpleExpr {
    column.into_expr().binary(BinOper::Custom("||"), Expr::cust("''"))
}

/// The column holds a text somewhere. No index carries this.
pub(crate) fn holds(column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    // Not the backslash, which one engine also reads in string literals.
    column.like(LikeExpr::new(pattern).escape('!'))
}
