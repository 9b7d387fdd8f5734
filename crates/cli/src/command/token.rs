//! `masthead token`.

use std::time::Duration;

use clap::Subcommand;
use masthead_app::{
    App,
    identity::{KeyRing, Moment},
};
use masthead_domain::policy::Role;
use secrecy::ExposeSecret as _;

use super::{answer::Answer, life, user};

/// What to do with tokens.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum TokenCommand {
    /// Print an access token for a role, for a script or a first look. It speaks for no user, and nothing but another
    /// signing key takes it back before it expires; what comes for longer should have an API key.
    Issue {
        /// What the token may do: reader, contributor, editor, publisher or admin.
        #[arg(long, value_parser = user::role)]
        role: Role,
        /// How long it is good, at most 30d: 30s, 15m, 1h, 7d.
        #[arg(long, default_value = "1h", value_parser = life::parse)]
        ttl: Duration,
    },
}

/// Does it.
pub(crate) fn run(app: &App, keys: &KeyRing, command: &TokenCommand) -> anyhow::Result<Answer> {
    match command {
        TokenCommand::Issue { role, ttl } => {
            let moment = Moment { now: app.clock.now(), id: app.ids.uuid() };
            let issued = keys.issue_for_role(*role, *ttl, moment)?;
            Ok(Answer {
                result: format!("{}\n", issued.token.expose_secret()),
                note: format!("good until {}; send it as `Authorization: Bearer …`\n", issued.expires_at.to_rfc3339()),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use masthead_app::identity::Subject;
    use masthead_testkit::Kit;

    use super::*;

    #[tokio::test]
    async fn a_token_is_printed_alone_and_is_good() {
        masthead_testkit::sqlite(|kit: Kit| async move {
            let command = TokenCommand::Issue { role: Role::Editor, ttl: Duration::from_secs(3_600) };
            let answer = run(&kit.app, kit.identity.keys(), &command).unwrap();
            let subject = kit.identity.keys().verify(answer.result.trim_end(), kit.app.clock.now());
            assert_eq!(subject, Ok(Subject::Role(Role::Editor)));
            assert!(answer.note.starts_with("good until 2026-11-23T13:00:00"), "{}", answer.note);
            let command = TokenCommand::Issue { role: Role::Editor, ttl: Duration::from_secs(3_000_000) };
            let error = run(&kit.app, kit.identity.keys(), &command).unwrap_err();
            assert!(error.to_string().contains("30 days"), "{error}");
        })
        .await;
    }
}
