//! `masthead key`.

use std::time::Duration;

use clap::Subcommand;
use masthead_app::{
    App, Caller,
    identity::api_key::{self, ApiKeyDraft},
};
use masthead_domain::{ApiKeyId, Timestamp, operation::Operations, policy::Scope, text::Title};
use secrecy::ExposeSecret as _;

use super::{
    answer::{Answer, table},
    life,
};

/// What to do with API keys.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key and print it. It is shown this once and kept only as a hash.
    Create {
        /// What to call it, so that you know it again.
        #[arg(long)]
        name: String,
        /// What it may do, such as drafts:read or articles:write; give it once for each. Without any, it reads what
        /// everybody reads.
        #[arg(long = "scope", value_name = "SCOPE", value_delimiter = ',', value_parser = scope)]
        scopes: Vec<Scope>,
        /// Which operations it may ask for: any (within the limits), or only those that are registered, whatever
        /// MASTHEAD_OPERATIONS says.
        #[arg(long, value_name = "WHICH", default_value_t, value_parser = operations)]
        operations: Operations,
        /// How long it is good, such as 90d; for ever when absent.
        #[arg(long, value_name = "TIME", value_parser = life::parse)]
        expires: Option<Duration>,
    },
    /// List all keys: what they may do, when they were last used, whether they are good.
    List,
    /// Make a key worthless. Running servers refuse it within a minute.
    Revoke {
        /// Its id, as `key list` shows it: key_…
        id: ApiKeyId,
    },
}

/// Does it.
pub(crate) async fn run(app: &App, command: KeyCommand) -> anyhow::Result<Answer> {
    match command {
        KeyCommand::Create { name, scopes, operations, expires } => {
            let name = Title::parse(&name).map_err(|wrong| wrong.at("name"))?;
            create(app, ApiKeyDraft { name, scopes, operations, expires_in: expires }).await
        }
        KeyCommand::List => list(app).await,
        KeyCommand::Revoke { id } => {
            let was_good = api_key::revoke(app, &Caller::system(), id).await?;
            let note =
                if was_good { "is revoked; running servers refuse it within a minute" } else { "was revoked before" };
            Ok(Answer::note(format!("{id} {note}\n")))
        }
    }
}

async fn create(app: &App, draft: ApiKeyDraft) -> anyhow::Result<Answer> {
    let issued = api_key::create(app, &Caller::system(), draft).await?;
    let until = issued.expires_at.map_or_else(|| "until it is revoked".to_owned(), |end| format!("until {}", day(end)));
    Ok(Answer {
        result: format!("{}\n", issued.key.expose_secret()),
        note: format!(
            "{} is good {until}. Keep the key now: it is not shown again. Send it as `Authorization: Bearer mh_…`\n",
            issued.id
        ),
    })
}

async fn list(app: &App) -> anyhow::Result<Answer> {
    let now = app.clock.now();
    let rows = api_key::all(app).await?.into_iter().map(|key| {
        let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let state = match (key.revoked_at, key.expires_at) {
            (Some(at), _) => format!("revoked {}", day(at)),
            (None, Some(end)) if end <= now => format!("expired {}", day(end)),
            (None, Some(end)) => format!("until {}", day(end)),
            (None, None) => "good".to_owned(),
        };
        let used = key.last_used_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
        let scopes = if scopes.is_empty() { "-".to_owned() } else { scopes.join(",") };
        let operations = key.operations.to_string();
        [key.id.to_string(), format!("{}{}_…", api_key::START, key.prefix), key.name, scopes, operations, state, used]
    });
    Ok(Answer::result(table(["ID", "KEY", "NAME", "SCOPES", "OPERATIONS", "STATE", "LAST USED"], rows.collect())))
}

fn day(at: Timestamp) -> String {
    at.format("%Y-%m-%d").to_string()
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| {
        let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("`{word}` is no scope; there are {}", known.join(", "))
    })
}

fn operations(word: &str) -> Result<Operations, String> {
    Operations::parse(word).ok_or_else(|| format!("`{word}` is neither any nor registered"))
}

#[cfg(test)]
mod tests {
    use masthead_testkit::Kit;

    use super::*;

    #[tokio::test]
    async fn a_key_is_made_listed_and_revoked() {
        masthead_testkit::sqlite(|kit: Kit| async move {
            let command = KeyCommand::Create {
                name: "The app".to_owned(),
                scopes: vec![Scope::DraftsRead, Scope::ArticlesWrite],
                operations: Operations::Registered,
                expires: Some(Duration::from_secs(90 * 24 * 60 * 60)),
            };
            let answer = run(&kit.app, command).await.unwrap();
            let key = answer.result.trim_end();
            assert_eq!(key.len(), 55);
            assert!(answer.note.contains("until 2027-02-21"), "{}", answer.note);
            kit.identity.authenticate(key).await.unwrap();

            let listed = run(&kit.app, KeyCommand::List).await.unwrap().result;
            assert!(!listed.contains(&key[12..]), "{listed}");
            let row = listed.lines().nth(1).unwrap();
            assert!(
                row.contains(&format!(
                    "{}_…  The app  drafts:read,articles:write  registered  until 2027-02-21",
                    &key[..11]
                )),
                "{row}"
            );
            let id: ApiKeyId = row.split(' ').next().unwrap().parse().unwrap();
            let revoke = async || run(&kit.app, KeyCommand::Revoke { id }).await.unwrap().note;
            assert!(revoke().await.contains("is revoked"));
            assert!(revoke().await.contains("was revoked before"));
            kit.identity.forget_key(id);
            kit.identity.authenticate(key).await.unwrap_err();
        })
        .await;
    }

    #[test]
    fn an_unknown_scope_is_answered_with_the_known_ones() {
        assert_eq!(scope("drafts:read"), Ok(Scope::DraftsRead));
        assert!(scope("drafts").unwrap_err().contains("drafts:read, articles:write"));
    }
}
