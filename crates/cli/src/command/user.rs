//! `masthead user`.

use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use masthead_app::{
    App, Caller,
    identity::{
        Passwords,
        user::{self, UserChanges, UserDraft},
    },
};
use masthead_domain::{
    Violation,
    policy::Role,
    text::Title,
    user::{UserEmail, new_password},
};
use secrecy::{ExposeSecret as _, SecretString};

use super::answer::{Answer, table};

/// What to do with users.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum UserCommand {
    /// Keep a new user, who may sign in at once, and print their id. Asks for the password.
    Create {
        /// The address they sign in with.
        #[arg(long, value_parser = email)]
        email: UserEmail,
        /// Their name.
        #[arg(long)]
        name: String,
        /// What they may do: reader, contributor, editor, publisher or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// List all users.
    List,
    /// Give a user another password, which ends all their sessions. Asks for it.
    Password {
        /// The address they sign in with.
        #[arg(long, value_parser = email)]
        email: UserEmail,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// Give a user another role. It is felt within a minute, also where they are signed in.
    Role {
        /// The address they sign in with.
        #[arg(long, value_parser = email)]
        email: UserEmail,
        /// What they may do: reader, contributor, editor, publisher or admin.
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Keep a user out: ends all their sessions within a minute. What they wrote stays.
    Suspend {
        /// The address they sign in with.
        #[arg(long, value_parser = email)]
        email: UserEmail,
    },
    /// Let a suspended user in again.
    Restore {
        /// The address they sign in with.
        #[arg(long, value_parser = email)]
        email: UserEmail,
    },
}

/// Where a password comes from. Never from the command line, which every process of the machine can read.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct PasswordSource {
    /// Read the password from the first line of standard input instead of asking for it.
    #[arg(long)]
    password_stdin: bool,
}

/// Does it.
pub(crate) async fn run(app: &App, passwords: &Passwords, command: UserCommand) -> anyhow::Result<Answer> {
    match command {
        UserCommand::Create { email, name, role, password } => {
            let name = Title::parse(&name).map_err(|wrong| wrong.at("name"))?;
            let password = password.read()?;
            create(app, passwords, UserDraft { email, name, role, password }).await
        }
        UserCommand::List => list(app).await,
        UserCommand::Password { email, password } => {
            let id = user::by_email(app, &email).await.with_context(|| format!("{email} is no user"))?.id;
            user::set_password(app, passwords, &Caller::system(), id, password.read()?).await?;
            Ok(Answer::note(format!("{email} has another password and is signed out everywhere\n")))
        }
        UserCommand::Role { email, role } => {
            let changes = UserChanges { role: Some(role), ..UserChanges::default() };
            change(app, &email, changes, &format!("has the role {role}")).await
        }
        UserCommand::Suspend { email } => {
            let changes = UserChanges { is_active: Some(false), ..UserChanges::default() };
            change(app, &email, changes, "is suspended").await
        }
        UserCommand::Restore { email } => {
            let changes = UserChanges { is_active: Some(true), ..UserChanges::default() };
            change(app, &email, changes, "may sign in again").await
        }
    }
}

async fn create(app: &App, passwords: &Passwords, draft: UserDraft) -> anyhow::Result<Answer> {
    let (email, role) = (draft.email.clone(), draft.role);
    let id = user::create(app, passwords, &Caller::system(), draft).await?;
    Ok(Answer { result: format!("{id}\n"), note: format!("{email} may sign in as {role}\n") })
}

async fn list(app: &App) -> anyhow::Result<Answer> {
    let rows = user::all(app).await?.into_iter().map(|user| {
        let state = if user.is_active { "active" } else { "suspended" };
        [user.id.to_string(), user.email, user.name, user.role.to_string(), state.to_owned()]
    });
    Ok(Answer::result(table(["ID", "E-MAIL", "NAME", "ROLE", "STATE"], rows.collect())))
}

async fn change(app: &App, email: &UserEmail, changes: UserChanges, outcome: &str) -> anyhow::Result<Answer> {
    let id = user::by_email(app, email).await.with_context(|| format!("{email} is no user"))?.id;
    user::update(app, &Caller::system(), id, changes).await?;
    Ok(Answer::note(format!("{email} {outcome}; running servers know within a minute\n")))
}

impl PasswordSource {
    /// Reads the password, checked as far as it can be without the database, so that who types it twice does so once.
    fn read(self) -> anyhow::Result<SecretString> {
        let password = if self.password_stdin { first_line(io::stdin().lock())? } else { asked()? };
        new_password(password.expose_secret()).map_err(|wrong| wrong.at("password"))?;
        Ok(password)
    }
}

fn first_line(input: impl io::BufRead) -> anyhow::Result<SecretString> {
    let mut line = String::new();
    input.take(4_096).read_line(&mut line).context("the password cannot be read from standard input")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn asked() -> anyhow::Result<SecretString> {
    if !io::stdin().is_terminal() {
        bail!("there is nobody to ask for the password: give --password-stdin and write it to standard input");
    }
    let ask =
        |prompt| rpassword::prompt_password(prompt).map(SecretString::from).context("the password cannot be read");
    let (password, again) = (ask("Password: ")?, ask("The same again: ")?);
    if password.expose_secret() != again.expose_secret() {
        bail!("the two passwords are not the same");
    }
    Ok(password)
}

fn email(text: &str) -> Result<UserEmail, Violation> {
    UserEmail::parse(text)
}

/// Reads a role.
///
/// # Errors
/// The roles there are.
pub(crate) fn role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| {
        let known: Vec<_> = Role::ALL.iter().map(|role| role.as_str()).collect();
        format!("`{word}` is no role; there are {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use masthead_testkit::Kit;

    use super::*;

    #[tokio::test]
    async fn a_user_is_created_changed_and_listed() {
        masthead_testkit::sqlite(|kit: Kit| async move {
            let email = UserEmail::parse("marie@news.example").unwrap();
            let password = SecretString::from("a long enough password".to_owned());
            let draft = UserDraft {
                email: email.clone(),
                name: Title::parse("Marie Joseph").unwrap(),
                role: Role::Editor,
                password: password.clone(),
            };
            let passwords = kit.identity.passwords();
            let answer = create(&kit.app, passwords, draft.clone()).await.unwrap();
            assert!(answer.result.starts_with("usr_"), "{answer:?}");
            let error = create(&kit.app, passwords, draft).await.unwrap_err();
            assert!(error.to_string().contains("email: belongs to another user"), "{error}");

            let run = async |command| run(&kit.app, passwords, command).await.unwrap();
            run(UserCommand::Role { email: email.clone(), role: Role::Publisher }).await;
            run(UserCommand::Suspend { email: email.clone() }).await;
            let listed = run(UserCommand::List).await.result;
            assert!(listed.ends_with("marie@news.example  Marie Joseph  publisher  suspended\n"), "{listed}");
            kit.identity.login(email.as_str(), &password).await.unwrap_err();
            run(UserCommand::Restore { email: email.clone() }).await;
            kit.identity.login(email.as_str(), &password).await.unwrap();

            let nobody = UserCommand::Suspend { email: UserEmail::parse("nobody@news.example").unwrap() };
            let error = super::run(&kit.app, passwords, nobody).await.unwrap_err();
            assert_eq!(error.to_string(), "nobody@news.example is no user");
        })
        .await;
    }

    #[test]
    fn a_password_on_standard_input_is_its_first_line_as_it_is() {
        for (input, password) in
            [("secret\nmore\n", "secret"), (" se cret \r\n", " se cret "), ("secret", "secret"), ("", "")]
        {
            assert_eq!(first_line(input.as_bytes()).unwrap().expose_secret(), password, "{input:?}");
        }
    }

    #[test]
    fn an_unknown_role_is_answered_with_the_known_ones() {
        assert_eq!(role("editor"), Ok(Role::Editor));
        assert_eq!(
            role("owner").unwrap_err(),
            "`owner` is no role; there are reader, contributor, editor, publisher, admin"
        );
    }
}
