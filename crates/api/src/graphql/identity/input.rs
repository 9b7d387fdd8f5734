//! The inputs of signing in and out.

use async_graphql::InputObject;
use masthead_domain::{Violation, ViolationCode, Violations};
use secrecy::SecretString;

/// Who signs in.
#[derive(InputObject)]
pub(crate) struct LoginInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The e-mail address of the user, in any case.
    email: String,
    /// Their password.
    password: String,
}

/// Which session to renew.
#[derive(InputObject)]
pub(crate) struct TokenRefreshInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The last refresh token of the session. It works once.
    refresh_token: String,
}

/// Which session to end.
#[derive(InputObject)]
pub(crate) struct LogoutInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// A refresh token of the session.
    refresh_token: String,
}

fn given(wrong: &mut Violations, field: &str, text: &str) {
    if text.trim().is_empty() {
        wrong.push(Violation::new(ViolationCode::Required, "must not be empty").at(field));
    }
}

impl LoginInput {
    /// The address as typed and the password. Whether they belong to anybody is not for a form to say.
    pub(super) fn parse(self) -> Result<(String, SecretString), Violations> {
        let Self { client_mutation_id: _, email, password } = self;
        let mut wrong = Violations::new();
        given(&mut wrong, "email", &email);
        given(&mut wrong, "password", &password);
        wrong.into_result(Some((email, password.into())))
    }
}

impl TokenRefreshInput {
    pub(super) fn into_token(self) -> SecretString {
        self.refresh_token.into()
    }
}

impl LogoutInput {
    pub(super) fn into_token(self) -> SecretString {
        self.refresh_token.into()
    }
}
