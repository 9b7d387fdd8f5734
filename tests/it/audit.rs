//! The audit log: who did what, when, by which act, from where and in which request.

use std::time::Duration;

use masthead_app::{Caller, Door};
use masthead_domain::policy::{Actor, Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

const LOG: &str = "query($first: Int, $after: String, $last: Int, $before: String, $where: AuditFilter) {
    auditLog(first: $first, after: $after, last: $last, before: $before, where: $where) {
        totalCount
        pageInfo { endCursor startCursor hasNextPage hasPreviousPage }
        nodes { at actor actorName act kind entity entityKind version fields reason origin requestId }
    }
}";

async fn log(kit: &Kit, variables: Value) -> Value {
    kit.data(&kit.as_role(Role::Admin), LOG, variables).await["auditLog"].take()
}

/// The acts of a page of the log.
fn acts(page: &Value) -> Vec<&str> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["act"].as_str().unwrap_or("none")).collect()
}

/// Three changes by an editor: an author comes, is renamed, and goes. Gives who did it and the author's id.
async fn three_changes(kit: &Kit) -> (String, String) {
    let editor = kit.as_user(Role::Editor).await;
    let made = kit.done(&editor, "authorCreate", "author { id }", json!({ "name": "Jean" })).await;
    let id = made["author"]["id"].as_str().unwrap().to_owned();
    kit.clock.advance(Duration::from_secs(60));
    let input = json!({ "id": id, "expectedVersion": 1, "changes": { "name": "Jeanne" } });
    kit.done(&editor, "authorUpdate", "author { id }", input).await;
    kit.clock.advance(Duration::from_secs(60));
    kit.done(&editor, "authorDelete", "deletedId", json!({ "id": id, "expectedVersion": 2 })).await;
    (editor.name(), id)
}

both_engines! {
    async fn every_change_says_who_did_it_by_which_act_and_newest_comes_first(kit: Kit) {
        let (actor, id) = three_changes(&kit).await;
        let page = log(&kit, json!({})).await;
        assert_eq!(acts(&page), ["authorDelete", "authorUpdate", "authorCreate"]);
        assert_eq!(page["totalCount"], 3);
        assert_eq!(page["nodes"][1], json!({
            "at": "2026-11-23T12:01:00Z", "actor": actor, "actorName": "A editor", "act": "authorUpdate",
            "kind": "UPDATED", "entity": id, "entityKind": "author", "version": 2, "fields": ["name"],
            "reason": null, "origin": null, "requestId": null,
        }));
        assert_eq!((&page["nodes"][0]["kind"], &page["nodes"][0]["reason"]), (&json!("DELETED"), &json!("DELETED")));
    }

    async fn the_log_is_read_in_pages_both_ways(kit: Kit) {
        three_changes(&kit).await;
        let first = log(&kit, json!({ "first": 2 })).await;
        assert_eq!(acts(&first), ["authorDelete", "authorUpdate"]);
        assert_eq!(first["pageInfo"]["hasNextPage"], true);
        let next = log(&kit, json!({ "first": 2, "after": first["pageInfo"]["endCursor"] })).await;
        assert_eq!((acts(&next), &next["pageInfo"]["hasNextPage"]), (vec!["authorCreate"], &json!(false)));
        let back = log(&kit, json!({ "last": 1, "before": next["pageInfo"]["startCursor"] })).await;
        assert_eq!((acts(&back), &back["pageInfo"]["hasPreviousPage"]), (vec!["authorUpdate"], &json!(true)));
        // What comes meanwhile shifts nothing.
        kit.author("Marie").await;
        let next = log(&kit, json!({ "first": 2, "after": first["pageInfo"]["endCursor"] })).await;
        assert_eq!(acts(&next), ["authorCreate"]);
    }

    async fn the_log_is_searched_by_who_what_and_when(kit: Kit) {
        let (actor, id) = three_changes(&kit).await;
        kit.author("Marie").await;
        for (filter, expected) in [
            (json!({ "actor": actor }), vec!["authorDelete", "authorUpdate", "authorCreate"]),
            (json!({ "actor": "system" }), vec!["authorCreate"]),
            (json!({ "actor": "nobody" }), vec![]),
            (json!({ "entity": id }), vec!["authorDelete", "authorUpdate", "authorCreate"]),
            (json!({ "entity": "art_00000000000000000000000000" }), vec![]),
            (json!({ "entity": "nonsense" }), vec![]),
            (json!({ "act": "authorUpdate" }), vec!["authorUpdate"]),
            (json!({ "at": { "gte": "2026-11-23T12:01:00Z", "lt": "2026-11-23T12:02:00Z" } }), vec!["authorUpdate"]),
            (json!({ "actor": actor, "at": { "lt": "2026-11-23T12:01:00Z" } }), vec!["authorCreate"]),
        ] {
            let page = log(&kit, json!({ "where": filter })).await;
            assert_eq!(acts(&page), expected, "{filter}");
            assert_eq!(page["totalCount"], expected.len(), "{filter}");
        }
        let page = log(&kit, json!({ "first": 1 })).await;
        let variables = json!({ "after": page["pageInfo"]["endCursor"], "where": { "act": "authorUpdate" } });
        assert_eq!(kit.error_code(&kit.as_role(Role::Admin), LOG, variables).await, "INVALID_CURSOR");
    }

    async fn only_who_runs_the_site_reads_the_log(kit: Kit) {
        three_changes(&kit).await;
        let all_but: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| *scope != Scope::AuditRead).collect();
        let others = [Role::Reader, Role::Contributor, Role::Editor, Role::Publisher].map(|role| kit.as_role(role));
        for caller in others.into_iter().chain([kit.as_key(&all_but)]) {
            assert_eq!(kit.error_code(&caller, LOG, json!({})).await, "FORBIDDEN", "{caller:?}");
        }
        assert_eq!(kit.error_code(&kit.anonymous(), LOG, json!({})).await, "UNAUTHENTICATED");
        let page = kit.data(&kit.as_key(&[Scope::AuditRead]), LOG, json!({})).await;
        assert_eq!(page["auditLog"]["totalCount"], 3);
    }

    async fn over_http_the_log_says_from_where_and_in_which_request(kit: Kit) {
        let http = kit.http().await;
        let key = {
            let draft = masthead_app::identity::api_key::ApiKeyDraft {
                name: masthead_domain::text::Title::parse("The app").unwrap(),
                scopes: vec![Scope::PeopleWrite],
                operations: masthead_domain::operation::Operations::Any,
                expires_in: None,
            };
            masthead_app::identity::api_key::create(&kit.app, &Caller::system(), draft).await.unwrap()
        };
        let body = json!({ "query": "mutation { authorCreate(input: { name: \"Jean\" }) { author { slug } } }" });
        let request = http.client.post(http.url("/graphql")).json(&body).header("x-request-id", "request-of-the-app");
        let bearer = secrecy::ExposeSecret::expose_secret(&key.key);
        // What a client says of itself is not believed.
        let request = request.bearer_auth(bearer).header("x-forwarded-for", "192.0.2.7");
        assert_eq!(http.send(request).await.status, 200);
        let page = log(&kit, json!({})).await;
        let told = |place: usize| {
            let node = &page["nodes"][place];
            ["actor", "actorName", "act", "origin", "requestId"].map(|field| node[field].as_str().unwrap_or("none"))
        };
        assert_eq!(told(0), [&key.id.to_string(), "The app", "authorCreate", "127.0.0.1", "request-of-the-app"]);
        assert_eq!(told(1), ["system", "none", "apiKeyCreate", "cli", "none"]);
    }

    async fn an_act_through_another_door_names_that_door(kit: Kit) {
        let system = kit.system();
        for door in [Door::command_line("import"), Door::server("sweep"), Door::default()] {
            let work = kit.app.begin_through(&door, &system).await.unwrap();
            let name = masthead_domain::tag::TagName::parse("Port", &"fr".parse().unwrap()).unwrap();
            masthead_app::tag::ensure(&work, &[name]).await.unwrap();
            work.commit().await.unwrap();
            let row = kit.change_log().await.pop().unwrap();
            assert_eq!((row.act.as_deref(), row.origin.as_deref()), (door.act, door.origin.as_deref()));
            kit.sql("delete from tags").await;
        }
        assert_eq!(system.actor, Actor::System);
    }

    async fn a_page_of_the_log_takes_three_statements_however_many_acted(kit: Kit) {
        for _ in 0..3 {
            let editor = kit.as_user(Role::Editor).await;
            kit.done(&editor, "authorCreate", "author { id }", json!({ "name": "Jean" })).await;
            let key = kit.as_key(&[Scope::PeopleWrite]);
            kit.done(&key, "authorCreate", "author { id }", json!({ "name": "Jean" })).await;
        }
        let query = "{ auditLog { nodes { actor actorName } } }";
        let (data, statements) = kit.statements(kit.data(&kit.as_role(Role::Admin), query, json!({}))).await;
        assert_eq!(data["auditLog"]["nodes"].as_array().unwrap().len(), 6);
        assert_eq!(statements.len(), 3, "{statements:#?}");
    }
}
