//! The direction of crates, and which crate may know which part of the outside world.

use super::graph::{Graph, Member};
use crate::{finding::Finding, tree::Tree};

/// Each crate of ours and what it may use of ours. A new crate gets its place here first.
const HOUSE: &[(&str, &[&str])] = &[
    ("masthead-domain", &[]),
    ("masthead-formats", &["masthead-domain"]),
    ("masthead-migrations", &[]),
    ("masthead-store", &["masthead-domain"]),
    ("masthead-app", &["masthead-domain", "masthead-store"]),
    ("masthead-engine", &[]),
    ("masthead-api", &["masthead-app", "masthead-domain", "masthead-engine", "masthead-formats", "masthead-store"]),
    ("masthead-worker", &["masthead-app", "masthead-domain", "masthead-formats", "masthead-store"]),
    (
        "masthead",
        &[
            "masthead-api",
            "masthead-app",
            "masthead-domain",
            "masthead-formats",
            "masthead-migrations",
            "masthead-store",
            "masthead-worker",
        ],
    ),
    (
        "masthead-testkit",
        &[
            "masthead-api",
            "masthead-app",
            "masthead-domain",
            "masthead-engine",
            "masthead-formats",
            "masthead-migrations",
            "masthead-store",
        ],
    ),
    (
        "masthead-tests",
        &[
            "masthead",
            "masthead-api",
            "masthead-app",
            "masthead-domain",
            "masthead-formats",
            "masthead-migrations",
            "masthead-store",
            "masthead-testkit",
            "masthead-worker",
        ],
    ),
    (
        "masthead-bench",
        // The API only for its benches; what loads and measures knows the server by its port.
        &[
            "masthead-api",
            "masthead-app",
            "masthead-domain",
            "masthead-formats",
            "masthead-migrations",
            "masthead-store",
        ],
    ),
    ("xtask", &[]),
];

/// Crates whose tests may use the test kit. The pure ones need none.
const MAY_TEST_WITH_KIT: &[&str] =
    &["masthead", "masthead-api", "masthead-app", "masthead-migrations", "masthead-store", "masthead-worker"];

/// Foreign crates that only some of ours may name, whatever the kind of dependency.
const HOMES: &[(&[&str], &[&str])] = &[
    (
        &["sea-orm", "sea-orm-migration", "sqlx", "sqlx-core", "sqlx-postgres", "sqlx-sqlite", "rusqlite"],
        &["masthead-store", "masthead-migrations", "masthead-testkit"],
    ),
    // The engine stands before the library, so that its macros find our function.
    (&["async-graphql"], &["masthead-engine"]),
    (
        &["async-graphql-axum", "async-graphql-parser", "async-graphql-value", "axum", "hyper", "hyper-util"],
        &["masthead-api", "masthead-testkit"],
    ),
    (&["anyhow"], &["masthead", "masthead-bench", "masthead-testkit", "masthead-tests", "xtask"]),
    (&["dotenvy", "figment"], &["masthead"]),
    (&["getrandom", "rand"], &["masthead", "masthead-api", "masthead-app", "masthead-testkit", "masthead-tests"]),
];

/// Crates that must reach none of the names below, by any path of normal and build dependencies.
const PURE: &[&str] = &["masthead-domain", "masthead-formats"];

/// Databases, HTTP, GraphQL and executors.
const IMPURE: &[&str] = &[
    "async-graphql",
    "async-std",
    "axum",
    "futures",
    "futures-executor",
    "http",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "postgres",
    "reqwest",
    "rusqlite",
    "sea-orm",
    "smol",
    "sqlx",
    "sqlx-core",
    "tokio",
    "tower",
    "ureq",
];

/// Edges that go the wrong way.
pub(crate) fn wrong(tree: &Tree, graph: &Graph) -> Vec<Finding> {
    graph.members().flat_map(|member| of_member(tree, graph, member)).collect()
}

fn of_member(tree: &Tree, graph: &Graph, member: &Member) -> Vec<Finding> {
    let Some((_, allowed)) = HOUSE.iter().find(|(name, _)| *name == member.name) else {
        let what = format!("{} has no place in the house: give it one in xtask/src/tidy/edges.rs", member.name);
        return vec![Finding::new(&member.manifest, 1, what)];
    };
    let mut complaints = Vec::new();
    for used in graph.used_by(&member.name).filter(|used| graph.is_ours(used) && !allowed.contains(used)) {
        complaints.push((used, format!("{} must not use {used}: crates point the other way", member.name)));
    }
    for used in graph.tested_with_by(&member.name).filter(|used| graph.is_ours(used)) {
        let kit = used == "masthead-testkit" && MAY_TEST_WITH_KIT.contains(&member.name.as_str());
        if !kit && used != member.name && !allowed.contains(&used) {
            complaints.push((used, format!("{} must not be tested with {used}", member.name)));
        }
    }
    for used in graph.used_by(&member.name).chain(graph.tested_with_by(&member.name)) {
        let home = HOMES.iter().find(|(foreign, _)| foreign.contains(&used));
        if let Some((_, owners)) = home.filter(|(_, owners)| !owners.contains(&member.name.as_str())) {
            complaints.push((used, format!("only {} may use {used}", owners.join(", "))));
        }
    }
    let path = if PURE.contains(&member.name.as_str()) { graph.path_to(&member.name, IMPURE) } else { None };
    if let Some([_, first, ..]) = path.as_deref() {
        let way = path.as_deref().unwrap_or_default().join(" → ");
        complaints.push((first, format!("{} must stay pure, but {way}", member.name)));
    }
    complaints
        .into_iter()
        .map(|(used, what)| Finding::new(&member.manifest, line_naming(tree, &member.manifest, used), what))
        .collect()
}

/// The line of the manifest that names the dependency; the first when none does.
fn line_naming(tree: &Tree, manifest: &str, dependency: &str) -> usize {
    let text = tree.text(manifest).unwrap_or_default();
    let names_it = |line: &str| line.strip_prefix(dependency).is_some_and(|after| after.starts_with(['.', ' ', '=']));
    text.lines().zip(1..).find(|(line, _)| names_it(line)).map_or(1, |(_, line)| line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::graph::tests::graph;

    fn found(edges: &[(&str, &[&str])]) -> Vec<String> {
        wrong(&Tree::default(), &graph(edges, None)).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn the_house_as_it_is_meant_passes() {
        let edges: Vec<_> = HOUSE.iter().map(|(name, allowed)| (*name, *allowed)).collect();
        assert_eq!(found(&edges), [""; 0]);
    }

    #[test]
    fn an_edge_against_the_direction_is_found() {
        assert_eq!(
            found(&[("masthead-domain", &[]), ("masthead-store", &["masthead-app"]), ("masthead-app", &[])]),
            ["masthead-store must not use masthead-app: crates point the other way"]
        );
    }

    #[test]
    fn the_domain_reaches_no_database_by_any_path() {
        assert_eq!(
            found(&[("masthead-domain", &["a"]), ("a", &["b"]), ("b", &["tokio"])]),
            ["masthead-domain must stay pure, but masthead-domain → a → b → tokio"]
        );
    }

    #[test]
    fn only_the_api_knows_http_and_only_the_store_knows_the_database() {
        assert_eq!(
            found(&[("masthead-app", &["axum", "sea-orm"])]),
            [
                "only masthead-api, masthead-testkit may use axum",
                "only masthead-store, masthead-migrations, masthead-testkit may use sea-orm",
            ]
        );
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        assert_eq!(
            found(&[("masthead-extra", &[])]),
            ["masthead-extra has no place in the house: give it one in xtask/src/tidy/edges.rs"]
        );
    }

    #[test]
    fn the_pure_crates_are_tested_without_the_kit() {
        let mut graph = graph(&[("masthead-domain", &[]), ("masthead-store", &[]), ("masthead-testkit", &[])], None);
        for name in ["masthead-domain", "masthead-store"] {
            graph.add_test_use(name, "masthead-testkit");
        }
        let found = wrong(&Tree::default(), &graph);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].what, "masthead-domain must not be tested with masthead-testkit");
    }

    #[test]
    fn a_finding_points_at_the_line_of_the_manifest() {
        let tree =
            Tree::of(&[("masthead-app/Cargo.toml", "[dependencies]\naxum-extra = \"1\"\naxum.workspace = true\n")]);
        let found = wrong(&tree, &graph(&[("masthead-app", &["axum"])], None));
        assert_eq!((found[0].path.as_str(), found[0].line), ("masthead-app/Cargo.toml", 3));
    }
}
