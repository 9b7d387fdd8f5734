//! `masthead schema`.

use crate::output;

/// Prints the GraphQL schema as `schema.graphql` holds it.
pub(crate) fn run() -> anyhow::Result<()> {
    output::print(&masthead_api::graphql::sdl())?;
    Ok(())
}
