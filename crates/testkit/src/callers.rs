//! Who a test speaks as.

use masthead_app::Caller;
use masthead_domain::{
    ApiKeyId, UserId,
    operation::Operations,
    policy::{Actor, Role, Scope},
};
use masthead_store::Engine;
use sea_orm::{ConnectionTrait, Statement, Value};

use crate::kit::Kit;

impl Kit {
    /// Nobody in particular.
    #[must_use]
    pub fn anonymous(&self) -> Caller {
        Caller::anonymous()
    }

    /// The server itself, which may do everything.
    #[must_use]
    pub fn system(&self) -> Caller {
        Caller::system()
    }

    /// The bearer of a token issued for a role, who is no user and owns nothing.
    #[must_use]
    pub fn as_role(&self, role: Role) -> Caller {
        Caller { actor: Actor::User { id: None, role } }
    }

    /// A new user with a role, kept in the database, with an e-mail address of their own and a password that nobody
    /// knows.
    pub async fn as_user(&self, role: Role) -> Caller {
        let id = UserId::from_uuid(self.app.ids.uuid());
        let now = self.app.clock.now();
        let database = &self.app.database;
        let sql = match database.engine() {
            Engine::Sqlite => "insert into users values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            Engine::Postgres => "insert into users values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        };
        let values: [Value; 9] = [
            id.uuid().into(),
            format!("{id}@news.example").into(),
            format!("A {role}").into(),
            role.as_str().into(),
            "no password has this hash".into(),
            true.into(),
            1_i64.into(),
            now.into(),
            now.into(),
        ];
        let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, values);
        database.execute_raw(statement).await.unwrap();
        Caller { actor: Actor::User { id: Some(id), role } }
    }

    /// A program whose key has these scopes.
    #[must_use]
    pub fn as_key(&self, scopes: &[Scope]) -> Caller {
        let id = ApiKeyId::from_uuid(self.app.ids.uuid());
        Caller { actor: Actor::Key { id, scopes: scopes.to_vec(), operations: Operations::Any } }
    }
}
