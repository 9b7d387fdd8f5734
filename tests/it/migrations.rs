//! The database schema itself: built, taken down and built again, and the rules it keeps by name.

use masthead_app::identity::api_key::{self, ApiKeyDraft};
use masthead_domain::{operation::Operations, text::Title};
use masthead_migrations::{Migrator, MigratorTrait, Step, migrate, status};
use masthead_store::{ConnectionTrait, Constraint, Database, DatabaseConfig, Engine, StoreError};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

/// Everything the database has, as it would print it.
async fn shape(kit: &Kit) -> Vec<Value> {
    kit.sql(match kit.engine() {
        Engine::Sqlite => "select name, sql from sqlite_master where name not like 'sqlite_%' order by name",
        Engine::Postgres => {
            "select conname::text as name, pg_get_constraintdef(oid) as sql from pg_constraint
                where connamespace = 'public'::regnamespace
             union all select indexname::text, indexdef from pg_indexes where schemaname = 'public'
             union all select table_name || '.' || column_name, data_type || is_nullable
                from information_schema.columns where table_schema = 'public'
             order by 1, 2"
        }
    })
    .await
}

/// A UUID as SQL writes it.
fn uuid(kit: &Kit, number: u32) -> String {
    match kit.engine() {
        Engine::Sqlite => format!("x'{number:032x}'"),
        Engine::Postgres => format!("'{number:032x}'::uuid"),
    }
}

const AT: &str = "'2026-11-23T12:00:00+00:00'";

/// An article as the least a row needs.
fn article(id: &str, group: &str, slug: &str) -> String {
    format!(
        "insert into articles (id, translation_group_id, language, slug, kind, headline, headline_key, opening,
            word_count, links, state, view_count, share_count, comment_count, version, created_at, updated_at)
         values ({id}, {group}, 'fr', '{slug}', 'NEWS', 'h', 'h', '', 0, '[]', 'DRAFT', 0, 0, 0, 1, {AT}, {AT})"
    )
}

/// Two statements of which the second breaks the constraint.
fn breaking(kit: &Kit, constraint: Constraint) -> [String; 2] {
    let [one, two, three] = [1, 2, 3].map(|number| uuid(kit, number));
    let named = |table: &str, id: &str| {
        let (more, values) = match table {
            "categories" => (", name_key, language, position", ", 'n', 'fr', 0"),
            "authors" => (", name_key, same_as", ", 'n', '[]'"),
            "tags" => (", name_key", ", 'n'"),
            _ => ("", ""),
        };
        format!(
            "insert into {table} (id, slug, name, version, created_at, updated_at{more})
             values ({id}, 's', 'n', 1, {AT}, {AT}{values})"
        )
    };
    let twice = |statement: String| [statement.clone(), statement];
    let is_active = if kit.engine() == Engine::Sqlite { "1" } else { "true" };
    match constraint {
        Constraint::ArticleSlug => [article(&one, &one, "s"), article(&two, &two, "s")],
        Constraint::ArticleEdition => [article(&one, &three, "s"), article(&two, &three, "t")],
        Constraint::CategorySlug => [named("categories", &one), named("categories", &two)],
        Constraint::AuthorSlug => [named("authors", &one), named("authors", &two)],
        Constraint::TagSlug => [named("tags", &one), named("tags", &two)],
        Constraint::SourceKey => {
            let source = format!(
                "insert into sources (id, kind, title, title_key, published_key, authors, health, version, created_at, updated_at)
                 values ({one}, 'BOOK', 't', 't', '', '[]', 'UNCHECKED', 1, {AT}, {AT})"
            );
            let key = format!("insert into source_keys (source_key, source_id) values ('doi:1', {one})");
            [format!("{source}; {key}"), key]
        }
        Constraint::UserEmail => [&one, &two].map(|id| {
            format!(
                "insert into users (id, email, name, role, password_hash, is_active, version, created_at, updated_at)
                 values ({id}, 'a@b.example', 'n', 'reader', 'h', {is_active}, 1, {AT}, {AT})"
            )
        }),
        Constraint::ExternalId => twice(format!(
            "insert into external_ids (system, external_id, entity_kind, entity_id, fingerprint)
             values ('wordpress', '1', 'article', {one}, 'f')"
        )),
        Constraint::LegacyPath => {
            twice(format!("insert into legacy_paths (path, entity_kind, entity_id) values ('/p', 'article', {one})"))
        }
        Constraint::RedirectPath => [&one, &two].map(|id| {
            format!(
                "insert into redirects (id, path, target, status, version, created_at, updated_at)
                 values ({id}, '/p', '/q', 301, 1, {AT}, {AT})"
            )
        }),
        Constraint::ForeignKey => {
            ["select 1".to_owned(), format!("insert into article_bodies (article_id, body) values ({three}, '[]')")]
        }
    }
}

both_engines! {
    async fn the_schema_goes_down_to_nothing_and_comes_up_the_same(kit: Kit) {
        let connection = kit.app.database.for_migrations();
        let before = shape(&kit).await;
        assert!(before.len() > 20, "{before:#?}");
        Migrator::down(connection, None).await.unwrap();
        let nothing = shape(&kit).await;
        let ours: Vec<&Value> =
            nothing.iter().filter(|row| !row["name"].as_str().unwrap().starts_with("seaql_migrations")).collect();
        assert_eq!(ours, Vec::<&Value>::new());
        assert!(status(connection).await.unwrap().iter().all(|step| !step.is_applied));

        let names = migrate(connection).await.unwrap();
        assert_eq!(shape(&kit).await, before);
        let known = status(connection).await.unwrap();
        assert_eq!(known, names.into_iter().map(|name| Step { name, is_applied: true }).collect::<Vec<_>>());
        assert_eq!(migrate(connection).await.unwrap(), Vec::<String>::new(), "there is nothing left to do");
    }

    async fn the_log_is_numbered_on_from_where_it_was(kit: Kit) {
        for name in ["Jean", "Marie"] {
            kit.author(name).await;
        }
        let before = kit.change_log().await;
        let connection = kit.app.database.for_migrations();
        let steps = status(connection).await.unwrap();
        let writes = steps.iter().position(|step| step.name.ends_with("_writes")).unwrap();
        Migrator::down(connection, Some((steps.len() - writes).try_into().unwrap())).await.unwrap();
        assert_eq!(kit.sql("select seq from change_head").await, [json!({ "seq": 2 })]);
        migrate(connection).await.unwrap();
        kit.author("Anne").await;
        let mut after = kit.change_log().await;
        assert_eq!(after.pop().map(|row| row.seq), Some(3));
        assert_eq!(after, before);
    }

    async fn keys_of_before_may_ask_for_anything(kit: Kit) {
        let (name, operations) = (Title::parse("The app").unwrap(), Operations::Registered);
        let draft = ApiKeyDraft { name, scopes: vec![], operations, expires_in: None };
        api_key::create(&kit.app, &kit.system(), draft).await.unwrap();
        let connection = kit.app.database.for_migrations();
        let steps = status(connection).await.unwrap();
        let before = steps.iter().position(|step| step.name.ends_with("_operations")).unwrap();
        Migrator::down(connection, Some((steps.len() - before).try_into().unwrap())).await.unwrap();
        migrate(connection).await.unwrap();
        let keys = api_key::all(&kit.app).await.unwrap();
        assert_eq!((keys.len(), keys[0].operations), (1, Operations::Any));
    }

    async fn what_was_scheduled_before_transitions_were_planned_is_planned_as_acts_would(kit: Kit) {
        let far = |hour: u32| format!("2999-01-01T{hour:02}:00:00.25Z");
        for (name, how) in [
            ("soon", json!({ "at": far(1) })),
            ("an embargo later than the publication", json!({ "at": far(1), "embargoUntil": far(2), "expiresAt": far(3) })),
            ("an embargo before the publication", json!({ "at": far(5), "embargoUntil": far(4) })),
            ("visible for a while", json!({ "expiresAt": far(6) })),
            ("visible for good", json!({})),
            ("over", json!({ "at": "2001-01-01T00:00:00Z", "expiresAt": "2002-01-01T00:00:00Z" })),
            ("an embargo that is over", json!({ "at": "2001-01-01T00:00:00Z", "embargoUntil": "2002-01-01T00:00:00Z" })),
        ] {
            let id = kit.article(json!({ "headline": name })).await;
            kit.publish(&id, how).await;
        }
        kit.article(json!({ "headline": "a draft" })).await;
        let taken_back = kit.article(json!({ "headline": "taken back" })).await;
        kit.publish(&taken_back, json!({ "at": far(7) })).await;
        let aimed = json!({ "id": taken_back, "expectedVersion": 2 });
        kit.done(&kit.system(), "articleUnpublish", "article { id }", aimed).await;
        let planned = "select headline, t.kind, cast(at as text) as at from article_transitions t
            join articles on articles.id = t.article_id order by at, headline";
        let before = kit.sql(planned).await;
        assert_eq!(before.len(), 5, "{before:#?}");

        let connection = kit.app.database.for_migrations();
        let steps = status(connection).await.unwrap();
        let desk = steps.iter().position(|step| step.name.ends_with("_desk")).unwrap();
        Migrator::down(connection, Some((steps.len() - desk).try_into().unwrap())).await.unwrap();
        migrate(connection).await.unwrap();
        assert_eq!(kit.sql(planned).await, before);
    }

    async fn of_two_nodes_that_start_at_once_one_migrates(kit: Kit) {
        Migrator::down(kit.app.database.for_migrations(), None).await.unwrap();
        let other = Database::open(&DatabaseConfig::new(kit.database_url())).await.unwrap();
        let (one, two) = tokio::join!(migrate(kit.app.database.for_migrations()), migrate(other.for_migrations()));
        let mut done = [one.unwrap().len(), two.unwrap().len()];
        done.sort_unstable();
        assert_eq!(done, [0, Migrator::migrations().len()]);
        other.close().await.unwrap();
    }

    async fn a_database_that_a_newer_program_has_migrated_is_left_alone(kit: Kit) {
        let database = &kit.app.database;
        let newer = "insert into seaql_migrations (version, applied_at) values ('m20990101_000001_future', 0)";
        database.execute_unprepared(newer).await.unwrap();
        let error = migrate(database.for_migrations()).await.unwrap_err().to_string();
        assert!(error.contains("m20990101_000001_future"), "{error}");
    }

    async fn every_constraint_is_known_by_both_of_its_names(kit: Kit) {
        for constraint in [
            Constraint::ArticleSlug,
            Constraint::ArticleEdition,
            Constraint::CategorySlug,
            Constraint::AuthorSlug,
            Constraint::TagSlug,
            Constraint::SourceKey,
            Constraint::UserEmail,
            Constraint::ExternalId,
            Constraint::LegacyPath,
            Constraint::RedirectPath,
            Constraint::ForeignKey,
        ] {
            let [first, second] = breaking(&kit, constraint);
            kit.app.database.execute_unprepared("delete from articles").await.unwrap();
            kit.app.database.execute_unprepared(&first).await.unwrap();
            let error = StoreError::from(kit.app.database.execute_unprepared(&second).await.unwrap_err());
            assert!(matches!(error, StoreError::Constraint(found) if found == constraint), "{constraint:?}: {error:?}");
        }
    }

    async fn a_lock_that_is_not_had_in_time_is_the_database_not_being_available(kit: Kit) {
        let mut config = DatabaseConfig::new(kit.database_url());
        config.lock_timeout = std::time::Duration::from_millis(50);
        let hasty = Database::open(&config).await.unwrap();
        let now = kit.app.clock.now();
        let holder = kit.app.database.begin_write("one", now).await.unwrap();
        holder.execute_unprepared("update seaql_migrations set applied_at = applied_at").await.unwrap();
        let refused = async {
            let tx = hasty.begin_write("two", now).await?;
            tx.execute_unprepared("update seaql_migrations set applied_at = applied_at").await?;
            Ok::<_, StoreError>(())
        };
        let error = refused.await.unwrap_err();
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
        drop(holder);
        hasty.close().await.unwrap();
    }
}
