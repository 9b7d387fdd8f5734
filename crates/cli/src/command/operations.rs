//! `masthead operations`.

mod document;

use std::{collections::HashSet, path::PathBuf};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use masthead_api::http::{Examiner, HttpConfig};
use masthead_app::{
    App, Caller,
    operation::{self, OperationDraft, Registered},
};
use masthead_domain::{OperationId, operation::TextHash};
use masthead_store::operation::Operation;

use super::answer::{Answer, table};

use document::Document;

/// What to do with registered operations.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum OperationsCommand {
    /// Register the documents of files, all or none, and print their hashes. Each must be one that the server would run.
    Register {
        /// A file of GraphQL, which is one document to the byte, or a manifest in JSON: Apollo's, or texts by their SHA-256.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// List the registered documents: their hashes, and the names of the operations in them.
    List,
    /// Take documents out of the register.
    Remove {
        /// The hash of a document, or the name of an operation that only one document has.
        #[arg(required = true, value_name = "HASH|NAME")]
        which: Vec<String>,
    },
}

/// Does it.
pub(crate) async fn run(app: &App, config: &HttpConfig, command: OperationsCommand) -> anyhow::Result<Answer> {
    match command {
        OperationsCommand::Register { files } => register(app, config, &files).await,
        OperationsCommand::List => list(app).await,
        OperationsCommand::Remove { which } => remove(app, &which).await,
    }
}

async fn register(app: &App, config: &HttpConfig, files: &[PathBuf]) -> anyhow::Result<Answer> {
    let examiner = Examiner::new(config).context("the schema cannot be read")?;
    let (mut drafts, mut wrong) = (Vec::new(), Vec::new());
    for file in files {
        let documents = document::of_file(file).unwrap_or_else(|told| {
            wrong.extend(told);
            Vec::new()
        });
        for Document { place, text } in documents {
            match examiner.examine(&text).await {
                Ok(names) => drafts.push(OperationDraft { names, text }),
                Err(mistakes) => wrong.extend(mistakes.iter().map(|mistake| format!("{place}:{mistake}"))),
            }
        }
    }
    if !wrong.is_empty() {
        bail!("nothing was registered\n  {}", wrong.join("\n  "));
    }
    let registered = operation::register(app, &Caller::system(), &drafts).await?;
    let new = registered.iter().filter(|document| document.is_new).count();
    let lines = registered.iter().zip(&drafts);
    let lines = lines.map(|(Registered { hash, .. }, draft)| format!("{hash}  {}\n", shown(&draft.names)));
    let note = format!("{new} registered, {} registered before\n", registered.len() - new);
    Ok(Answer { result: lines.collect(), note })
}

async fn list(app: &App) -> anyhow::Result<Answer> {
    let rows = operation::all(app).await?.into_iter().map(|Operation { id: _, hash, names, created_at }| {
        [hash.to_string(), shown(&names), created_at.format("%Y-%m-%d %H:%M").to_string()]
    });
    Ok(Answer::result(table(["HASH", "OPERATIONS", "REGISTERED"], rows.collect())))
}

async fn remove(app: &App, which: &[String]) -> anyhow::Result<Answer> {
    let all = operation::all(app).await?;
    let meant = which.iter().map(|which| meant(&all, which)).collect::<anyhow::Result<HashSet<_>>>()?;
    let ids: Vec<OperationId> = meant.into_iter().collect();
    operation::remove(app, &Caller::system(), &ids).await?;
    Ok(Answer::note(format!("{} removed\n", ids.len())))
}

/// The document that is meant by its hash, or by the name of an operation in it.
fn meant(all: &[Operation], which: &str) -> anyhow::Result<OperationId> {
    let hash = TextHash::parse(which);
    let is_meant = |document: &&Operation| match hash {
        Some(hash) => document.hash == hash,
        None => document.names.iter().any(|name| name == which),
    };
    let found: Vec<&Operation> = all.iter().filter(is_meant).collect();
    match found.as_slice() {
        [one] => Ok(one.id),
        [] => bail!("no registered document is or has `{which}`: `masthead operations list` shows all"),
        several => {
            let hashes: Vec<String> = several.iter().map(|document| document.hash.to_string()).collect();
            bail!("several documents have an operation `{which}`: name one by its hash\n  {}", hashes.join("\n  "))
        }
    }
}

fn shown(names: &[String]) -> String {
    if names.is_empty() { "-".to_owned() } else { names.join(",") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use masthead_testkit::Kit;

    use super::*;

    async fn ran(kit: &Kit, command: OperationsCommand) -> Result<Answer, String> {
        run(&kit.app, &HttpConfig::default(), command).await.map_err(|error| format!("{error:#}"))
    }

    fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn remove(which: &str) -> OperationsCommand {
        OperationsCommand::Remove { which: vec![which.to_owned()] }
    }

    masthead_testkit::both_engines! {
        async fn documents_are_registered_listed_and_removed(kit: Kit) {
            let folder = tempfile::tempdir().unwrap();
            let one = file(folder.path(), "site.graphql", "query Site { site { name } }\n");
            let two = file(folder.path(), "two.gql", "query Site { site { languages } }\nquery Other { site { name } }\n");
            let plain = file(folder.path(), "plain.graphql", "{ site { name } }");
            let register = async || ran(&kit, OperationsCommand::Register { files: vec![one.clone(), two.clone(), plain.clone()] }).await.unwrap();
            let Answer { result, note } = register().await;
            assert_eq!(note, "3 registered, 0 registered before\n");
            let hashes: Vec<String> = result.lines().map(|line| line[..64].to_owned()).collect();
            assert_eq!(hashes[0], TextHash::of("query Site { site { name } }\n").to_string());
            let names: Vec<&str> = result.lines().map(|line| &line[66..]).collect();
            assert_eq!(names, ["Site", "Site,Other", "-"]);
            assert_eq!(register().await, Answer { result, note: "0 registered, 3 registered before\n".to_owned() });

            let listed = ran(&kit, OperationsCommand::List).await.unwrap().result;
            let rows: Vec<&str> = listed.lines().collect();
            assert_eq!(rows.len(), 4, "{listed}");
            assert!(rows[2].ends_with("Site,Other  2026-11-23 12:00") && rows[3].contains("  -  "), "{listed}");

            let several = ran(&kit, remove("Site")).await.unwrap_err();
            assert_eq!(several, format!("several documents have an operation `Site`: name one by its hash\n  {}\n  {}", hashes[0], hashes[1]));
            let none = "no registered document is or has `Sight`: `masthead operations list` shows all";
            assert_eq!(ran(&kit, remove("Sight")).await.unwrap_err(), none);
            for which in ["Other", &hashes[0].to_uppercase()] {
                assert_eq!(ran(&kit, remove(which)).await.unwrap().note, "1 removed\n");
            }
            assert_eq!(ran(&kit, OperationsCommand::List).await.unwrap().result.lines().count(), 2);
            let acts: Vec<_> = kit.change_log().await.into_iter().map(|row| (row.kind, row.act.unwrap(), row.origin.unwrap())).collect();
            let act = |kind: &str, act: &str| (kind.to_owned(), act.to_owned(), "cli".to_owned());
            let (made, gone) = (act("CREATED", "operationRegister"), act("DELETED", "operationRemove"));
            assert_eq!(acts, [made.clone(), made.clone(), made, gone.clone(), gone]);
        }

        async fn a_document_that_would_not_be_run_keeps_all_from_being_registered(kit: Kit) {
            let folder = tempfile::tempdir().unwrap();
            let good = file(folder.path(), "good.graphql", "{ site { name } }");
            let bad = file(folder.path(), "bad.graphql", "query Bad {\n  site { nme }\n  sight\n}\n");
            let manifest = file(folder.path(), "m.json", "{\"0\": \"{ site { name } }\"}");
            let missing = folder.path().join("missing.graphql");
            let files = vec![good, bad, manifest, missing];
            let told = ran(&kit, OperationsCommand::Register { files }).await.unwrap_err();
            let told = told.replace(&format!("{}/", folder.path().display()), "");
            assert_eq!(
                told,
                "nothing was registered\n  \
                 bad.graphql:2:10: Unknown field \"nme\" on type \"Site\". Did you mean \"name\"?\n  \
                 bad.graphql:3:3: Unknown field \"sight\" on type \"Query\".\n  \
                 m.json (0): 0 is not the SHA-256 of the text, by which clients would ask for it\n  \
                 missing.graphql: cannot be read: No such file or directory (os error 2)"
            );
            assert_eq!(kit.row_count("operations").await, 0);
            assert_eq!(kit.change_log().await.len(), 0);
        }
    }
}
