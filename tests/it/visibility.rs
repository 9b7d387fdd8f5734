//! Who sees which article, as data: each state, each kind of caller, each perspective, by every way to an article.

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

/// An article in a state, and whether readers see it, the desk (LATEST), and the desk among drafts (DRAFT).
struct Case {
    state: &'static str,
    published: bool,
    latest: bool,
    draft: bool,
}

const fn case(state: &'static str, published: bool, latest: bool, draft: bool) -> Case {
    Case { state, published, latest, draft }
}

const CASES: &[Case] = &[
    case("draft", false, true, true),
    case("scheduled", false, true, true),
    case("published", true, true, false),
    case("embargoed", false, true, true),
    case("expired", false, true, true),
    case("unpublished", false, true, true),
    case("deleted", false, false, false),
];

async fn in_state(kit: &Kit, by: &Caller, state: &str) -> Value {
    let input = json!({
        "language": "fr", "slug": format!("un-{state}"), "headline": format!("Un {state}"), "body": { "html": "<p>…</p>" },
    });
    let fields = "article { id version path }";
    let made = kit.done(by, "articleCreate", fields, input).await["article"].take();
    let now = kit.app.clock.now();
    let hour = Duration::from_secs(3600);
    let publish = |extra: Value| {
        let mut input = json!({ "id": made["id"], "expectedVersion": made["version"] });
        for (key, value) in extra.as_object().unwrap() {
            input[key] = value.clone();
        }
        input
    };
    let system = kit.system();
    match state {
        "scheduled" => {
            kit.done(&system, "articlePublish", fields, publish(json!({ "at": now + hour }))).await;
        }
        "embargoed" => {
            kit.done(&system, "articlePublish", fields, publish(json!({ "embargoUntil": now + hour }))).await;
        }
        "expired" => {
            let end = json!({ "at": now - 2 * hour, "expiresAt": now - hour });
            kit.done(&system, "articlePublish", fields, publish(end)).await;
        }
        "published" | "unpublished" | "deleted" => {
            let mut seen = kit.done(&system, "articlePublish", fields, publish(json!({}))).await["article"].take();
            let aimed = json!({ "id": seen["id"], "expectedVersion": seen["version"].take() });
            match state {
                "unpublished" => drop(kit.done(&system, "articleUnpublish", "article { id }", aimed).await),
                "deleted" => drop(kit.done(&system, "articleDelete", "", aimed).await),
                _ => {}
            }
        }
        _ => assert_eq!(state, "draft"),
    }
    made
}

/// Whether a caller finds an article, by every way there is; all ways must agree.
async fn finds(kit: &Kit, caller: &Caller, article: &Value, perspective: &str) -> bool {
    let query = "query($id: ID!, $path: String!, $slug: String!, $see: Perspective!) {
        byId: article(by: { id: $id }, perspective: $see) { id }
        bySlug: article(by: { slug: { slug: $slug, language: \"fr\" } }, perspective: $see) { id }
        byPath: article(by: { path: $path }, perspective: $see) { id }
        route(path: $path, perspective: $see) { __typename }
        articles(where: { id: { eq: $id } }, perspective: $see) { totalCount nodes { id } edges { node { id } } }
    }";
    let path = article["path"].as_str().unwrap();
    let slug = path.rsplit('/').next().unwrap();
    let variables = json!({ "id": article["id"], "path": path, "slug": slug, "see": perspective });
    let data = kit.data(caller, query, variables).await;
    let ways = [
        !data["byId"].is_null(),
        !data["bySlug"].is_null(),
        !data["byPath"].is_null(),
        data["route"]["__typename"] == "Article",
        data["articles"]["totalCount"] == 1,
        data["articles"]["nodes"].as_array().unwrap().len() == 1,
        data["articles"]["edges"].as_array().unwrap().len() == 1,
    ];
    assert!(ways.iter().all(|way| *way == ways[0]), "{perspective} {article}: {data:#}");
    ways[0]
}

async fn node_finds(kit: &Kit, caller: &Caller, article: &Value) -> bool {
    let query = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }";
    let data = kit.data(caller, query, json!({ "id": article["id"] })).await;
    assert_eq!(data["node"].is_null(), data["nodes"][0].is_null());
    !data["node"].is_null()
}

both_engines! {
    async fn everybody_sees_what_the_table_says(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let callers = [
            ("anonymous", kit.anonymous()),
            ("reader", kit.as_user(Role::Reader).await),
            ("another contributor", kit.as_user(Role::Contributor).await),
            ("a key without drafts", kit.as_key(&[Scope::ArticlesWrite])),
            ("the writer", writer.clone()),
            ("an editor", kit.as_user(Role::Editor).await),
            ("a key with drafts", kit.as_key(&[Scope::DraftsRead])),
        ];
        for Case { state, published, latest, draft } in CASES {
            let article = in_state(&kit, &writer, state).await;
            for (name, caller) in &callers {
                let told = format!("{state} to {name}");
                assert_eq!(finds(&kit, caller, &article, "PUBLISHED").await, *published, "{told}");
                assert_eq!(node_finds(&kit, caller, &article).await, *published, "{told} by node");
                let may = ["the writer", "an editor", "a key with drafts"].contains(name);
                if may {
                    assert_eq!(finds(&kit, caller, &article, "LATEST").await, *latest, "{told} LATEST");
                    assert_eq!(finds(&kit, caller, &article, "DRAFT").await, *draft, "{told} DRAFT");
                } else if *name == "another contributor" {
                    assert_eq!(finds(&kit, caller, &article, "LATEST").await, *published, "{told} LATEST");
                    assert!(!finds(&kit, caller, &article, "DRAFT").await, "{told} DRAFT");
                } else {
                    let query = "{ articles(perspective: LATEST) { totalCount } }";
                    let code = kit.error_code(caller, query, json!({})).await;
                    assert!(["UNAUTHENTICATED", "FORBIDDEN"].contains(&code.as_str()), "{told}: {code}");
                }
            }
        }
    }

    async fn a_schedule_opens_and_an_expiry_closes_exactly_at_its_instant(kit: Kit) {
        let reader = kit.anonymous();
        let microsecond = Duration::from_micros(1);
        let scheduled = in_state(&kit, &kit.system(), "scheduled").await;
        kit.clock.advance(Duration::from_secs(3600) - microsecond);
        assert!(!finds(&kit, &reader, &scheduled, "PUBLISHED").await);
        kit.clock.advance(microsecond);
        assert!(finds(&kit, &reader, &scheduled, "PUBLISHED").await);
        let status = kit.data(
            &reader,
            "query($id: ID!) { article(by: { id: $id }) { status } }",
            json!({ "id": scheduled["id"] }),
        );
        assert_eq!(status.await["article"]["status"], "PUBLISHED");

        let input = json!({
            "language": "fr", "slug": "bref", "headline": "Bref", "body": { "html": "<p>…</p>" },
        });
        let made = kit.done(&kit.system(), "articleCreate", "article { id version path }", input).await["article"].take();
        let end = kit.app.clock.now() + Duration::from_secs(60);
        let input = json!({ "id": made["id"], "expectedVersion": made["version"], "expiresAt": end });
        kit.done(&kit.system(), "articlePublish", "article { id }", input).await;
        kit.clock.advance(Duration::from_secs(60) - microsecond);
        assert!(finds(&kit, &reader, &made, "PUBLISHED").await);
        kit.clock.advance(microsecond);
        assert!(!finds(&kit, &reader, &made, "PUBLISHED").await);
    }
}
