//! The program as a process: started, asked, stopped, and started wrongly.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the impossible should stop there"
)]

mod crash;
mod server;

use std::{io::Write as _, net::TcpListener, path::Path, process::Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use server::{SECRET, Server, masthead, ran, text};

#[tokio::test]
async fn it_serves_until_it_is_told_to_stop_and_again_on_the_same_database() {
    let folder = TempDir::new().unwrap();
    for _ in 0..2 {
        let server = Server::start(folder.path(), &[]);
        let answer = server.ask("{ authors { nodes { name } totalCount } }").await;
        assert_eq!(answer, json!({ "data": { "authors": { "nodes": [], "totalCount": 0 } } }));
        for path in ["/healthz", "/readyz", "/graphiql"] {
            assert_eq!(server.status(path).await, 200, "{path}");
        }
        for line in server.stop("-TERM") {
            let entry: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
            assert!(entry["level"].is_string() && entry["message"].is_string(), "{line}");
        }
        assert!(folder.path().join("data/masthead.db").exists());
        assert!(!folder.path().join("data/masthead.db-wal").exists(), "closing folds the log into the file");
    }
}

masthead_testkit::both_engines! {
    async fn two_nodes_serve_one_database_and_see_each_others_writes(kit: masthead_testkit::Kit) {
        let folder = TempDir::new().unwrap();
        let settings = format!("MASTHEAD_DATABASE_URL={}\nMASTHEAD_JWT_SECRET='{SECRET}'\n", kit.database_url());
        std::fs::write(folder.path().join(".env"), settings).unwrap();
        let nodes = [Server::start(folder.path(), &[]), Server::start(folder.path(), &[])];
        let token = text(&ran(folder.path(), &["token", "issue", "--role", "editor"]).stdout);
        for (node, name) in nodes.iter().zip(["One", "Two"]) {
            let create = format!("mutation {{ authorCreate(input: {{name: \"{name}\"}}) {{ author {{ slug }} }} }}");
            let answer = node.ask_with(&create, Some(token.trim())).await;
            assert_eq!(answer["data"]["authorCreate"]["author"]["slug"], name.to_lowercase(), "{answer}");
        }
        for node in &nodes {
            let answer = node.ask("{ authors { nodes { name } } }").await;
            assert_eq!(answer["data"]["authors"]["nodes"], json!([{ "name": "One" }, { "name": "Two" }]));
        }
        assert_eq!(kit.change_log().await.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2]);
        for node in nodes {
            node.stop("-TERM");
        }
    }
}

masthead_testkit::both_engines! {
    async fn of_two_nodes_that_serve_one_announces_what_time_does(kit: masthead_testkit::Kit) {
        use masthead_app::{Clock as _, SystemClock};

        let folder = TempDir::new().unwrap();
        let settings = format!("MASTHEAD_DATABASE_URL={}\nMASTHEAD_JWT_SECRET='{SECRET}'\n", kit.database_url());
        std::fs::write(folder.path().join(".env"), settings).unwrap();
        let nodes = [Server::start(folder.path(), &[]), Server::start(folder.path(), &[])];
        let id = kit.article(json!({})).await;
        let acts = kit.change_log().await.len() + 1;
        let at = SystemClock.now() + std::time::Duration::from_millis(1_500);
        kit.publish(&id, json!({ "at": at })).await;
        let announced = async {
            while kit.change_log().await.len() <= acts {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(60), announced).await.unwrap();
        for node in nodes {
            node.stop("-TERM");
        }
        let log = kit.change_log().await.split_off(acts);
        assert_eq!(log.len(), 1, "{log:#?}");
        assert_eq!((log[0].at, log[0].entity.as_str(), log[0].kind.as_str()), (at, id.as_str(), "PUBLISHED"));
        assert_eq!(kit.row_count("article_transitions").await, 0);
    }
}

#[tokio::test]
async fn the_demo_is_served_and_its_ready_made_curl_is_answered() {
    let folder = TempDir::new().unwrap();
    for start in 0..2 {
        let server = Server::start(folder.path(), &["serve", "--demo"]);
        let answer = server.ask("{ site { name languages } articles(first: 1) { totalCount } }").await;
        assert_eq!(answer["data"]["site"], json!({ "name": "Le Fanal", "languages": ["fr", "ht", "en"] }), "{answer}");
        assert_eq!(answer["data"]["articles"]["totalCount"], 14);
        let root = server.root.clone();
        let client = reqwest::Client::new();
        let said_so_far = server.said.join("\n");
        let loaded = if start == 0 { "filled the empty database" } else { "leaves it as it is" };
        assert!(said_so_far.contains(loaded), "{said_so_far}");

        let page = client.get(format!("{root}/graphiql")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("<html"), "{page}");
        let said = server.stop("-TERM").join("\n");
        let body = said.split("-d '").nth(1).and_then(|rest| rest.split('\'').next()).unwrap();
        let again = Server::start(folder.path(), &[]);
        let request = client.post(format!("{}/graphql", again.root)).header("content-type", "application/json");
        let answer: Value =
            serde_json::from_str(&request.body(body.to_owned()).send().await.unwrap().text().await.unwrap()).unwrap();
        assert_eq!(answer["data"]["articles"]["nodes"].as_array().unwrap().len(), 3, "{answer}");
        again.stop("-TERM");
    }
}

#[tokio::test]
async fn users_tokens_and_keys_made_on_the_command_line_open_the_running_server() {
    let folder = TempDir::new().unwrap();
    let place = folder.path();
    let mut create = masthead(
        place,
        &["user", "create", "--email", "ed@news.example", "--name", "Ed", "--role", "editor", "--password-stdin"],
    );
    let mut child = create.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a long enough password\n").unwrap();
    let created = child.wait_with_output().unwrap();
    assert!(text(&created.stdout).starts_with("usr_") && created.status.success(), "{created:?}");
    let mode = std::os::unix::fs::PermissionsExt::mode;
    let server = Server::start(place, &[]);
    assert_eq!(mode(&std::fs::metadata(place.join("data/masthead.secret")).unwrap().permissions()) & 0o777, 0o600);

    let login = "mutation { login(input: {email: \"ed@news.example\", password: \"a long enough password\"}) {
        accessToken } }";
    let access = server.ask(login).await["data"]["login"]["accessToken"].as_str().unwrap().to_owned();
    let issued = text(&ran(place, &["token", "issue", "--role", "editor"]).stdout);
    let key = text(&ran(place, &["key", "create", "--name", "App", "--scope", "people:write"]).stdout);
    for token in [access.as_str(), issued.trim(), key.trim()] {
        let create = "mutation { authorCreate(input: {name: \"N\"}) { author { name } userErrors { message } } }";
        let answer = server.ask_with(create, Some(token)).await;
        assert_eq!(answer["data"]["authorCreate"]["author"]["name"], "N", "{answer}");
    }
    let refused = server.ask_with("{ viewer { kind } }", Some("nonsense")).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{refused}");
    let said = server.stop("-TERM").join("\n");
    for secret in [access.as_str(), issued.trim(), key.trim(), "ed@news.example"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[tokio::test]
async fn operations_registered_on_the_command_line_are_all_that_a_strict_server_answers() {
    let folder = TempDir::new().unwrap();
    let place = folder.path();
    std::fs::write(place.join(".env"), "MASTHEAD_OPERATIONS=registered\n").unwrap();
    std::fs::write(place.join("site.graphql"), "query Site { site { name } }").unwrap();
    std::fs::write(place.join("bad.graphql"), "{\n  sight\n}\n").unwrap();
    let server = Server::start(place, &[]);
    let refused = server.ask("query Site { site { name } }").await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "OPERATION_NOT_REGISTERED", "{refused}");

    let bad = ran(place, &["operations", "register", "site.graphql", "bad.graphql"]);
    let told = "error: nothing was registered\n  bad.graphql:2:3: Unknown field \"sight\" on type \"Query\".";
    assert!(!bad.status.success() && text(&bad.stderr).contains(told), "{bad:?}");
    let made = ran(place, &["operations", "register", "site.graphql"]);
    // As `sha256sum site.graphql` prints it.
    let hash = "fa89ab20caea09a70adcbbf73a3563e18dc506289a9ef9a392ac1ce2f9ec681e";
    assert_eq!(
        (text(&made.stdout), text(&made.stderr)),
        (format!("{hash}  Site\n"), "1 registered, 0 registered before\n".to_owned())
    );

    let site = json!({ "data": { "site": { "name": "Masthead" } } });
    assert_eq!(server.ask("query Site { site { name } }").await, site);
    let extensions = format!("{{\"persistedQuery\":{{\"version\":1,\"sha256Hash\":\"{hash}\"}}}}");
    let mut address = reqwest::Url::parse(&format!("{}/graphql", server.root)).unwrap();
    address.query_pairs_mut().append_pair("extensions", &extensions);
    let answer = reqwest::get(address).await.unwrap().text().await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&answer).unwrap(), site);
    let create = ["key", "create", "--name", "App", "--operations"];
    for (operations, code) in [("any", json!(null)), ("registered", json!("OPERATION_NOT_REGISTERED"))] {
        let key = text(&ran(place, &[&create[..], &[operations]].concat()).stdout);
        let answer = server.ask_with("{ site { name } }", Some(key.trim())).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer}");
    }
    assert!(ran(place, &["operations", "remove", "Site"]).status.success());
    let removed = server.ask("query Site { site { name } }").await;
    assert_eq!(removed["errors"][0]["extensions"]["code"], "OPERATION_NOT_REGISTERED", "{removed}");
    server.stop("-TERM");
}

#[test]
fn logs_for_people_and_the_interrupt_of_a_terminal() {
    let folder = TempDir::new().unwrap();
    let server = Server::start(folder.path(), &["--log-format", "text", "--database-url", "sqlite://other.db"]);
    assert!(server.said.concat().contains("GraphiQL"), "{:#?}", server.said);
    let said = server.stop("-INT").join("\n");
    assert!(said.contains("curl -s http://127.0.0.1:") && said.contains("sqlite://other.db"), "{said}");
    assert!(!said.contains('\u{1b}'), "no colours for a pipe: {said}");
    assert!(folder.path().join("other.db").exists());
}

#[test]
fn settings_come_from_the_file_beside_the_program() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join(".env"), "MASTHEAD_DATABASE_URL=sqlite://named/here.db\n").unwrap();
    assert!(ran(folder.path(), &["migrate"]).status.success());
    assert!(folder.path().join("named/here.db").exists());
    let other = folder.path().join("other.env");
    std::fs::write(&other, "MASTHEAD_DATABASE_URL=sqlite://named/there.db\n").unwrap();
    assert!(ran(folder.path(), &["migrate", "--env-file", "other.env"]).status.success());
    assert!(folder.path().join("named/there.db").exists());
}

#[test]
fn migrations_are_listed_without_making_anything_and_applied_once() {
    let folder = TempDir::new().unwrap();
    let status = text(&ran(folder.path(), &["migrate", "status"]).stdout);
    assert!(status.contains("there is no data/masthead.db yet"), "{status}");
    assert!(!folder.path().join("data").exists());

    let up = text(&ran(folder.path(), &["migrate", "up"]).stdout);
    assert!(up.lines().count() >= 2 && up.lines().all(|line| line.starts_with("applied  m2026")), "{up}");
    let again = text(&ran(folder.path(), &["migrate"]).stdout);
    assert_eq!(again, "sqlite://data/masthead.db is up to date\n");
    assert_eq!(text(&ran(folder.path(), &["migrate", "status"]).stdout), up);
}

#[test]
fn the_schema_is_printed_to_standard_output_alone() {
    let folder = TempDir::new().unwrap();
    let output = ran(folder.path(), &["schema"]);
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let sdl = text(&output.stdout);
    assert!(sdl.contains("type Query {") && sdl.contains("authorCreate("), "{sdl}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// Starts wrongly and gives what was said, on one line for each problem.
fn refused(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = masthead(folder, arguments).envs(environment.iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let said = text(&output.stderr);
    assert!(said.starts_with("error: "), "{said}");
    said
}

#[test]
fn a_start_that_fails_says_what_to_mend() {
    let folder = TempDir::new().unwrap();
    let place = folder.path();
    std::fs::write(place.join("notes.txt"), "this is a text of more than a hundred bytes, ".repeat(50)).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let free = ["serve", "--listen", "127.0.0.1:0"];
    for (environment, arguments, expected) in [
        (vec![("MASTHEAD_LISTEN", address.as_str())], &free[..1], "is taken: stop the program that listens there"),
        (vec![("MASTHEAD_LISTEN", "192.0.2.1:4000")], &free[..1], "give --listen an address of this machine"),
        (
            vec![("MASTHEAD_DATABASE_URL", "mysql://db.example/news")],
            &free,
            "does not begin with sqlite:// or postgres",
        ),
        (
            vec![("MASTHEAD_DATABASE_URL", "postgres://[::/news"), ("MASTHEAD_JWT_SECRET", SECRET)],
            &free,
            "is not the address of a database",
        ),
        (
            vec![("MASTHEAD_DATABASE_URL", "postgres://127.0.0.1:1/news")],
            &free,
            "give MASTHEAD_JWT_SECRET a random text",
        ),
        (vec![("MASTHEAD_JWT_PRIVATE_KEY_FILE", "missing.pem")], &free, "missing.pem of MASTHEAD_JWT_PRIVATE_KEY_FILE"),
        (vec![("MASTHEAD_JWT_PRIVATE_KEY_FILE", "notes.txt")], &free, "the private key is neither Ed25519"),
        (vec![("MASTHEAD_DATABASE_URL", "sqlite://notes.txt/news.db")], &free, "cannot be opened and written"),
        (vec![("MASTHEAD_DATABASE_URL", "sqlite:///proc/news.db")], &free, "this user may write in it"),
        (vec![("MASTHEAD_DATABASE_URL", "sqlite://notes.txt")], &free, "is not an SQLite database"),
        (
            vec![("MASTHEAD_DATABASE_URL", "postgres://me:hunter2@127.0.0.1:1/news"), ("MASTHEAD_JWT_SECRET", SECRET)],
            &free,
            "postgres://me:***@127.0.0.1:1/news does not answer: see that the server runs",
        ),
        (vec![("MASTHEAD_DATABSE_URL", "x")], &free, "did you mean MASTHEAD_DATABASE_URL?"),
        (vec![], &["serve", "--env-file", "missing.env"], "missing.env"),
    ] {
        let said = refused(place, &environment, arguments);
        assert!(said.contains(expected), "{expected}\n{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    let folder = TempDir::new().unwrap();
    assert!(ran(folder.path(), &["migrate"]).status.success());
    let path = folder.path().join("data/masthead.db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        use masthead_store::{ConnectionTrait as _, Database, DatabaseConfig};
        let database = Database::open(&DatabaseConfig::new(format!("sqlite://{}", path.display()))).await.unwrap();
        let newer = "insert into seaql_migrations (version, applied_at) values ('m20990101_000001_future', 0)";
        database.execute_unprepared(newer).await.unwrap();
        database.close().await.unwrap();
    });
    let said = refused(folder.path(), &[], &["serve", "--listen", "127.0.0.1:0"]);
    assert!(said.contains("run the newer version") && said.contains("m20990101_000001_future"), "{said}");
}
