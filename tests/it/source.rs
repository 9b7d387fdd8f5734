//! Sources: recognised, changed, joined, listed; and the references that point at them.

use std::time::Duration;

use masthead_app::{article, article::ArticleChanges, source};
use masthead_domain::{
    ArticleId, EntityKind, ReferenceId, SourceId,
    policy::{Role, Scope},
    reference::{Citation, Cited},
    source::{SourceAuthor, SourceContent, SourceKind},
    text::{Label, Paragraph, Title},
};
use masthead_store::{article::ReferenceRow, external, reference};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{
    mistake::mistakes,
    newsroom::{both_ways, draft, published, update},
};

const FIELDS: &str = "source {
    id version kind title authors { given family literal } outlet publishedOn accessedOn url archiveUrl doi isbn language
    health lastCheckedAt
}";

async fn titled(kit: &Kit, title: &str, more: Value) -> String {
    let mut input = json!({ "kind": "WEB_PAGE", "title": title });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    kit.make("source", input).await
}

fn cites(ids: &[&String]) -> ArticleChanges {
    let citation = |id: &&String| Citation {
        id: None,
        cited: Cited::Known(id.parse().unwrap()),
        locator: Label::parse_optional(Some("p. 3")).unwrap(),
        quote: None,
        note: Paragraph::parse_optional(Some(&format!("about {id}"))).unwrap(),
    };
    ArticleChanges { references: Some(ids.iter().map(citation).collect()), ..ArticleChanges::default() }
}

fn described(title: &str, author: &str, url: Option<&str>) -> SourceContent {
    SourceContent {
        kind: SourceKind::Book,
        title: Title::parse(title).unwrap(),
        authors: vec![SourceAuthor::Literal(Title::parse(author).unwrap())],
        outlet: None,
        published_on: Some("1944".parse().unwrap()),
        accessed_on: None,
        url: url.map(|url| masthead_domain::WebUrl::parse(url).unwrap()),
        archive_url: None,
        doi: None,
        isbn: None,
        language: None,
    }
}

async fn ensure(kit: &Kit, content: &SourceContent) -> SourceId {
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    let id = source::ensure(&work, content).await.unwrap();
    work.commit().await.unwrap();
    id
}

/// Number, id and source of each reference of an article.
async fn references(kit: &Kit, article: ArticleId) -> Vec<(i32, ReferenceId, String)> {
    let mut found = reference::of_articles(&kit.app.database, &[article]).await.unwrap();
    let list = found.remove(&article).unwrap_or_default();
    list.into_iter().map(|one| (one.number, one.id, one.source.id.to_string())).collect()
}

both_engines! {
    async fn a_source_is_kept_whole_and_found_by_all_that_names_it(kit: Kit) {
        let input = json!({
            "kind": "JOURNAL_ARTICLE", "title": " Le  séisme ",
            "authors": [{ "given": "Marie", "family": "Toussaint" }, { "literal": "Agence Haïtienne de Presse" }],
            "outlet": "Revue", "publishedOn": "2010-02", "accessedOn": "2026-11-23",
            "url": "http://www.revue.example/seisme/?utm_source=x#top", "archiveUrl": "https://archive.example/1",
            "doi": "https://doi.org/10.1000/ABC", "isbn": "0-306-40615-2", "language": "FR",
        });
        let payload = kit.done(&kit.as_user(Role::Contributor).await, "sourceCreate", FIELDS, input).await;
        let id = payload["source"]["id"].as_str().unwrap();
        assert_eq!(payload["source"], json!({
            "id": id, "version": 1, "kind": "JOURNAL_ARTICLE", "title": "Le séisme",
            "authors": [
                { "given": "Marie", "family": "Toussaint", "literal": null },
                { "given": null, "family": null, "literal": "Agence Haïtienne de Presse" },
            ],
            "outlet": "Revue", "publishedOn": "2010-02", "accessedOn": "2026-11-23",
            "url": "http://www.revue.example/seisme/?utm_source=x#top", "archiveUrl": "https://archive.example/1",
            "doi": "10.1000/abc", "isbn": "0306406152", "language": "fr", "health": "UNCHECKED", "lastCheckedAt": null,
        }));
        let log = kit.change_log().await;
        assert_eq!((kit.changes().await, &log[0].after), (vec![format!("CREATED {id}")], &Some(json!({ "sources": [id] }))));
        let query = "query($by: SourceBy!) { source(by: $by) { id } }";
        for by in [
            json!({ "id": id }),
            json!({ "url": "https://revue.example/seisme" }),
            json!({ "doi": "doi:10.1000/abc" }),
            json!({ "url": "https://dx.doi.org/10.1000/ABC" }),
            json!({ "isbn": "978-0-306-40615-7" }),
        ] {
            let data = kit.data(&kit.as_role(Role::Editor), query, json!({ "by": by })).await;
            assert_eq!(data["source"]["id"], id, "{by}");
        }
        for by in [
            json!({ "id": "src_01h455vb4pex5vsknk084sn02q" }),
            json!({ "id": "nonsense" }),
            json!({ "url": "https://revue.example/other" }),
            json!({ "url": "nonsense" }),
            json!({ "doi": "nonsense" }),
            json!({ "isbn": "nonsense" }),
        ] {
            let data = kit.data(&kit.as_role(Role::Editor), query, json!({ "by": by })).await;
            assert_eq!(data["source"], Value::Null, "{by}");
        }
    }

    async fn a_source_that_is_kept_already_is_named(kit: Kit) {
        let keys = json!({ "url": "https://a.example/1", "doi": "10.1000/1", "isbn": "9780306406157" });
        let holder = titled(&kit, "One", keys).await;
        for (field, value) in [
            ("url", "http://www.a.example/1/?utm_medium=y"),
            ("doi", "https://doi.org/10.1000/1"),
            ("isbn", "0306406152"),
        ] {
            let input = json!({ "kind": "BOOK", "title": "Two", field: value });
            let payload = kit.act(&kit.system(), "sourceCreate", FIELDS, input).await;
            assert_eq!(mistakes(&payload), [format!("AlreadyExistsError ALREADY_EXISTS {field}")]);
            assert_eq!((&payload["userErrors"][0]["heldBy"], &payload["source"]), (&json!(holder), &Value::Null));
        }
        let other = titled(&kit, "Other", json!({})).await;
        let input = update(&other, 1, json!({ "title": "New", "doi": "10.1000/1" }));
        let payload = kit.act(&kit.system(), "sourceUpdate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), ["AlreadyExistsError ALREADY_EXISTS changes.doi"]);
        assert_eq!(payload["userErrors"][0]["heldBy"], json!(holder));
        assert_eq!(kit.row_count("change_log").await, 2);
    }

    async fn everything_wrong_with_a_source_is_told_at_once_and_nothing_is_kept(kit: Kit) {
        let input = json!({
            "kind": "BOOK", "title": "", "outlet": "o".repeat(301), "url": "ftp://a.example", "archiveUrl": "no",
            "doi": "11.1", "isbn": "9780306406158",
            "authors": [{ "given": "Alone" }, { "family": "F", "literal": "L" }, {}, { "literal": "l".repeat(301) }, { "family": "Good" }],
        });
        let payload = kit.act(&kit.system(), "sourceCreate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), [
            "ValidationError REQUIRED title",
            "ValidationError INVALID authors.0",
            "ValidationError INVALID authors.1",
            "ValidationError INVALID authors.2",
            "ValidationError TOO_LONG authors.3.literal",
            "ValidationError TOO_LONG outlet",
            "ValidationError INVALID url",
            "ValidationError INVALID archiveUrl",
            "ValidationError INVALID doi",
            "ValidationError INVALID isbn",
        ]);
        let input = json!({ "kind": "BOOK", "title": "T", "authors": vec![json!({ "literal": "A" }); 101] });
        let payload = kit.act(&kit.system(), "sourceCreate", FIELDS, input).await;
        assert_eq!(mistakes(&payload), ["ValidationError TOO_LONG authors"]);
        assert_eq!((kit.row_count("sources").await, kit.row_count("source_keys").await), (0, 0));
    }

    async fn an_absent_key_keeps_a_field_and_null_clears_it(kit: Kit) {
        let more = json!({ "outlet": "O", "publishedOn": "2020", "url": "https://a.example/1", "authors": [{ "literal": "A" }] });
        let id = titled(&kit, "One", more).await;
        kit.sql("update sources set health = 'OK', last_checked_at = created_at").await;
        kit.clock.advance(Duration::from_secs(60));
        let editor = kit.as_role(Role::Editor);
        let changes = json!({ "outlet": null, "authors": null, "kind": "REPORT" });
        let payload = kit.done(&editor, "sourceUpdate", FIELDS, update(&id, 1, changes.clone())).await;
        let source = &payload["source"];
        assert_eq!((&source["outlet"], &source["authors"], &source["kind"]), (&Value::Null, &json!([]), &json!("REPORT")));
        assert_eq!((&source["publishedOn"], &source["version"]), (&json!("2020"), &json!(2)));
        assert_eq!((&source["health"], &source["lastCheckedAt"]), (&json!("OK"), &json!("2026-11-23T12:00:00Z")));
        assert_eq!(kit.change_log().await[1].fields, ["kind", "authors", "outlet"]);
        let payload = kit.done(&editor, "sourceUpdate", FIELDS, update(&id, 2, changes)).await;
        assert_eq!((&payload["source"]["version"], kit.row_count("change_log").await), (&json!(2), 2));

        let changes = json!({ "url": "https://b.example/2" });
        let payload = kit.done(&editor, "sourceUpdate", FIELDS, update(&id, 2, changes)).await;
        let source = &payload["source"];
        assert_eq!((&source["health"], &source["lastCheckedAt"]), (&json!("UNCHECKED"), &Value::Null), "another address");
        let payload = kit.act(&editor, "sourceUpdate", "", update(&id, 3, json!({ "title": null, "kind": null }))).await;
        assert_eq!(mistakes(&payload), ["ValidationError REQUIRED changes.kind", "ValidationError REQUIRED changes.title"]);
        let payload = kit.act(&editor, "sourceUpdate", "", update(&id, 1, json!({ "title": "T" }))).await;
        assert_eq!(mistakes(&payload), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
        assert_eq!(payload["userErrors"][0]["changedFields"], json!(["authors", "kind", "outlet", "url"]));
    }

    async fn a_key_that_a_source_gives_up_is_free_for_another(kit: Kit) {
        let first = titled(&kit, "One", json!({ "url": "https://a.example/1" })).await;
        let changes = json!({ "url": "https://a.example/2" });
        kit.done(&kit.system(), "sourceUpdate", FIELDS, update(&first, 1, changes)).await;
        let second = titled(&kit, "Two", json!({ "url": "https://a.example/1" })).await;
        let query = "query($url: URL!) { source(by: {url: $url}) { id } }";
        for (url, id) in [("https://a.example/1", &second), ("https://a.example/2", &first)] {
            let data = kit.data(&kit.as_role(Role::Editor), query, json!({ "url": url })).await;
            assert_eq!(data["source"]["id"], json!(id));
        }
        kit.done(&kit.system(), "sourceUpdate", FIELDS, update(&first, 2, json!({ "url": null }))).await;
        assert_eq!(kit.row_count("source_keys").await, 1);
    }

    async fn citing_a_source_again_does_not_keep_it_again(kit: Kit) {
        let book = described("Gouverneurs de la rosée", "Jacques Roumain", None);
        let id = ensure(&kit, &book).await;
        assert_eq!(ensure(&kit, &book).await, id);
        assert_ne!(ensure(&kit, &described("Gouverneurs de la rosée", "Somebody", None)).await, id);
        assert_ne!(ensure(&kit, &described("Gouverneurs de la rosée", "Jacques Roumain", Some("https://a.example/1"))).await, id);
        let by_address = ensure(&kit, &described("Other words", "Nobody", Some("http://www.a.example/1#x"))).await;
        assert_eq!(kit.row_count("sources").await, 3);
        let rows = kit.sql("select title from sources where url is not null").await;
        assert_eq!(rows, [json!({ "title": "Gouverneurs de la rosée" })], "what is kept is not overwritten: {by_address}");
        assert_eq!(kit.row_count("change_log").await, 3);
    }

    async fn joining_two_sources_moves_references_keys_and_the_id(kit: Kit) {
        let lost = titled(&kit, "Lost", json!({ "url": "https://a.example/1", "doi": "10.1000/1" })).await;
        let kept = titled(&kit, "Kept", json!({ "url": "https://a.example/2" })).await;
        let other = titled(&kit, "Other", json!({})).await;
        let both = published(&kit, "Deux", cites(&[&lost, &other, &kept])).await;
        let one = published(&kit, "Un", cites(&[&lost])).await;
        let before = references(&kit, both).await;
        let tx = kit.app.database.begin_write("test", kit.app.clock.now()).await.unwrap();
        let id: SourceId = lost.parse().unwrap();
        external::bind(&tx, "wordpress", "7", id.into(), "f").await.unwrap();
        tx.commit().await.unwrap();
        let logged = kit.row_count("change_log").await;

        let input = json!({ "fromId": lost, "expectedVersion": 1, "intoId": kept, "intoExpectedVersion": 1 });
        let fields = "source { id title version url doi } mergedId";
        let payload = kit.done(&kit.as_role(Role::Editor), "sourceMerge", fields, input).await;
        assert_eq!(payload["mergedId"], json!(lost));
        assert_eq!(payload["source"], json!({
            "id": kept, "title": "Kept", "version": 2, "url": "https://a.example/2", "doi": null,
        }));
        let after = references(&kit, both).await;
        let ids = |list: &[(i32, ReferenceId, String)]| list.iter().map(|(number, id, _)| (*number, *id)).collect::<Vec<_>>();
        assert_eq!(ids(&after), ids(&before), "numbers and ids stay");
        assert_eq!(after.iter().map(|(.., source)| source).collect::<Vec<_>>(), [&kept, &other, &kept]);
        assert_eq!(references(&kit, one).await[0].2, kept);
        let imported = external::find(&kit.app.database, "wordpress", EntityKind::Source, "7").await.unwrap();
        assert_eq!(imported.unwrap().entity.to_string(), kept);

        let query = "query($by: SourceBy!) { source(by: $by) { id } }";
        for by in [json!({ "id": lost }), json!({ "url": "https://a.example/1" }), json!({ "doi": "10.1000/1" }), json!({ "id": kept })] {
            let data = kit.data(&kit.anonymous(), query, json!({ "by": by })).await;
            assert_eq!(data["source"]["id"], json!(kept), "{by}");
        }
        let log = kit.change_log().await.split_off(usize::try_from(logged).unwrap());
        let [merged, updated] = log.as_slice() else { panic!("{log:#?}") };
        assert_eq!((merged.kind.as_str(), &merged.entity, merged.reason.as_deref()), ("MERGED", &lost, Some("MERGED")));
        assert_eq!((&merged.before, &merged.after), (&Some(json!({ "sources": [lost] })), &Some(json!({ "sources": [kept] }))));
        assert_eq!((updated.kind.as_str(), &updated.entity, updated.version), ("UPDATED", &kept, Some(2)));

        // The id is followed through a second joining, and a key that came along can be written into the content.
        let changes = json!({ "url": "https://a.example/1" });
        kit.done(&kit.system(), "sourceUpdate", FIELDS, update(&kept, 2, changes)).await;
        let input = json!({ "fromId": kept, "expectedVersion": 3, "intoId": other, "intoExpectedVersion": 1 });
        kit.done(&kit.system(), "sourceMerge", "", input).await;
        let data = kit.data(&kit.anonymous(), query, json!({ "by": { "id": lost } })).await;
        assert_eq!(data["source"]["id"], json!(other));
        let late = draft(&kit, "Trois", cites(&[&lost])).await;
        assert_eq!(references(&kit, late).await[0].2, other, "a writer who still has the old id cites the survivor");
    }

    async fn a_joining_that_cannot_be_says_why(kit: Kit) {
        let (one, two) = (titled(&kit, "One", json!({})).await, titled(&kit, "Two", json!({})).await);
        kit.done(&kit.system(), "sourceUpdate", "", update(&two, 1, json!({ "title": "Two!" }))).await;
        let input = |from: &str, version: i64, into: &str, into_version: i64| {
            json!({ "fromId": from, "expectedVersion": version, "intoId": into, "intoExpectedVersion": into_version })
        };
        let nothing = SourceId::from_uuid(kit.app.ids.uuid()).to_string();
        for (input, expected) in [
            (input(&one, 1, &one, 1), "ValidationError INVALID intoId"),
            (input(&one, 2, &two, 2), "VersionConflictError VERSION_CONFLICT expectedVersion"),
            (input(&one, 1, &two, 1), "VersionConflictError VERSION_CONFLICT intoExpectedVersion"),
            (input(&nothing, 1, &two, 2), "NotFoundError NOT_FOUND fromId"),
            (input(&one, 1, &nothing, 2), "NotFoundError NOT_FOUND intoId"),
            (input("art_1", 1, &two, 2), "ValidationError INVALID fromId"),
        ] {
            let payload = kit.act(&kit.system(), "sourceMerge", "source { id } mergedId", input.clone()).await;
            assert_eq!(mistakes(&payload), [expected], "{input}");
            assert_eq!((&payload["source"], &payload["mergedId"]), (&Value::Null, &Value::Null));
        }
        assert_eq!(kit.row_count("sources").await, 2);
    }

    async fn roles_and_scopes_open_the_acts_on_sources(kit: Kit) {
        let (one, two) = (titled(&kit, "One", json!({})).await, titled(&kit, "Two", json!({})).await);
        let create = || json!({ "kind": "BOOK", "title": "T" });
        let change = || update(&one, 1, json!({ "title": "T" }));
        let merge = || json!({ "fromId": one, "expectedVersion": 1, "intoId": two, "intoExpectedVersion": 1 });
        assert_eq!(kit.refused(&kit.anonymous(), "sourceCreate", create()).await, "UNAUTHENTICATED");
        assert_eq!(kit.refused(&kit.as_role(Role::Reader), "sourceCreate", create()).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.as_role(Role::Contributor), "sourceUpdate", change()).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.as_role(Role::Contributor), "sourceMerge", merge()).await, "FORBIDDEN");
        assert_eq!(kit.refused(&kit.as_key(&[Scope::MediaWrite]), "sourceMerge", merge()).await, "FORBIDDEN");
        assert_eq!(kit.row_count("change_log").await, 2);
        kit.done(&kit.as_role(Role::Contributor), "sourceCreate", "", create()).await;
        kit.done(&kit.as_key(&[Scope::SourcesWrite]), "sourceMerge", "", merge()).await;
    }

    async fn lists_run_both_ways_over_equal_and_missing_dates(kit: Kit) {
        for (title, date) in [("b", "2026"), ("Á", "2026-11-23"), ("c", ""), ("d", "2026"), ("a", "2026-11"), ("e", "")] {
            let more = if date.is_empty() { json!({}) } else { json!({ "publishedOn": date }) };
            titled(&kit, title, more).await;
        }
        assert_eq!(both_ways(&kit, "sources", "", "title").await, ["Á", "a", "d", "b", "e", "c"]);
        let order = |field: &str, direction: &str| format!("orderBy: [{{field: {field}, direction: {direction}}}]");
        assert_eq!(both_ways(&kit, "sources", &order("PUBLISHED_ON", "ASC"), "title").await, ["c", "e", "b", "d", "a", "Á"]);
        assert_eq!(both_ways(&kit, "sources", &order("TITLE", "ASC"), "title").await, ["Á", "a", "b", "c", "d", "e"]);
        assert_eq!(both_ways(&kit, "sources", &order("TITLE", "DESC"), "title").await, ["e", "d", "c", "b", "a", "Á"]);
    }

    async fn filters_choose_sources(kit: Kit) {
        titled(&kit, "100% or", json!({ "outlet": "Le Nouvelliste" })).await;
        titled(&kit, "100 dollars", json!({ "outlet": "le nouveau monde", "kind": "REPORT" })).await;
        titled(&kit, "Élections", json!({ "url": "https://a.example" })).await;
        kit.sql("update sources set health = 'GONE' where url is not null").await;
        let query = "query($where: SourceFilter) { sources(where: $where, orderBy: [{field: TITLE, direction: ASC}]) {
            totalCount nodes { title } } }";
        for (filter, expected) in [
            (json!({ "outlet": { "startsWith": "LE NOUV" } }), vec!["100 dollars", "100% or"]),
            (json!({ "outlet": { "eq": "le nouvelliste" } }), vec!["100% or"]),
            (json!({ "outlet": { "contains": "monde" } }), vec!["100 dollars"]),
            (json!({ "title": { "startsWith": "elec" } }), vec!["Élections"]),
            (json!({ "title": { "contains": "0%" } }), vec!["100% or"]),
            (json!({ "title": { "startsWith": "_" } }), vec![]),
            (json!({ "kind": { "eq": "REPORT" } }), vec!["100 dollars"]),
            (json!({ "kind": { "in": ["REPORT", "WEB_PAGE"] } }), vec!["100 dollars", "100% or", "Élections"]),
            (json!({ "kind": { "in": ["REPORT"] }, "title": { "startsWith": "e" } }), vec![]),
            (json!({ "health": { "eq": "GONE" } }), vec!["Élections"]),
            (json!({ "health": { "in": [] } }), vec![]),
        ] {
            let (data, statements) =
                kit.statements(kit.data(&kit.as_role(Role::Editor), query, json!({ "where": filter }))).await;
            let titles: Vec<&Value> = data["sources"]["nodes"].as_array().unwrap().iter().map(|node| &node["title"]).collect();
            assert_eq!(titles, expected, "{filter}");
            assert_eq!(data["sources"]["totalCount"], expected.len());
            assert_eq!(statements.len(), 2, "{statements:#?}");
        }
    }

    async fn a_filter_by_article_does_not_tell_what_a_draft_cites(kit: Kit) {
        let (one, two) = (titled(&kit, "One", json!({})).await, titled(&kit, "Two", json!({})).await);
        let open = published(&kit, "Ouvert", cites(&[&one])).await;
        let secret = draft(&kit, "Secret", cites(&[&two, &one])).await;
        let query = "query($where: SourceFilter) { sources(where: $where) { nodes { title } } }";
        for (filter, expected) in [
            (json!({ "in": [open, secret] }), json!([{ "title": "One" }])),
            (json!({ "eq": secret }), json!([])),
            (json!({ "notIn": [open, secret] }), json!([{ "title": "Two" }])),
        ] {
            let variables = json!({ "where": { "citedBy": filter } });
            let data = kit.data(&kit.as_key(&[Scope::SourcesWrite]), query, variables.clone()).await;
            assert_eq!(data["sources"]["nodes"], expected, "{filter}");
            let data = kit.data(&kit.anonymous(), query, variables).await;
            let is_cited = expected == json!([{ "title": "One" }]);
            assert_eq!(data["sources"]["nodes"], if is_cited { expected } else { json!([]) }, "{filter} to a reader");
        }
    }

    async fn references_of_many_articles_cost_one_statement(kit: Kit) {
        let (one, two) = (titled(&kit, "One", json!({})).await, titled(&kit, "Two", json!({})).await);
        let first = draft(&kit, "Premier", cites(&[&two, &one, &two])).await;
        let second = draft(&kit, "Second", cites(&[&one])).await;
        let third = draft(&kit, "Troisième", ArticleChanges::default()).await;
        let (found, statements) =
            kit.statements(reference::of_articles(&kit.app.database, &[first, second, third])).await;
        let found = found.unwrap();
        assert_eq!((statements.len(), found.len()), (1, 2));
        let of_first: Vec<_> = found[&first].iter().map(|one| (one.number, one.source.title.as_str())).collect();
        assert_eq!(of_first, [(1, "Two"), (2, "One"), (3, "Two")]);
        assert_eq!(found[&second][0].locator.as_deref(), Some("p. 3"));
        assert_eq!(found[&second][0].note, Some(format!("about {one}")));
    }

    async fn references_keep_their_ids_in_another_order(kit: Kit) {
        let (one, two) = (titled(&kit, "One", json!({})).await, titled(&kit, "Two", json!({})).await);
        let article = draft(&kit, "Un", cites(&[&one, &two])).await;
        let before = references(&kit, article).await;
        let row = |id: ReferenceId, source: &String| ReferenceRow {
            id, source: source.parse().unwrap(), locator: None, quote: None, note: None,
        };
        let fresh = ReferenceId::from_uuid(kit.app.ids.uuid());
        let rows = [row(before[1].1, &two), row(fresh, &one), row(before[0].1, &one)];
        let tx = kit.app.database.begin_write("test", kit.app.clock.now()).await.unwrap();
        reference::replace(&tx, article, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let after = references(&kit, article).await;
        assert_eq!(after, [(1, before[1].1, two), (2, fresh, one.clone()), (3, before[0].1, one)]);
        let tx = kit.app.database.begin_write("test", kit.app.clock.now()).await.unwrap();
        reference::replace(&tx, article, &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(references(&kit, article).await.is_empty());
    }

    async fn a_reference_is_seen_with_its_article_only(kit: Kit) {
        let source = titled(&kit, "One", json!({})).await;
        let open = published(&kit, "Ouvert", cites(&[&source])).await;
        let secret = draft(&kit, "Secret", cites(&[&source])).await;
        let (seen, hidden) = (references(&kit, open).await[0].1, references(&kit, secret).await[0].1);
        let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Reference { id number anchor locator source { title } } } }";
        let data = kit.data(&kit.anonymous(), query, json!({ "ids": [seen, hidden] })).await;
        let expected = json!({ "id": seen, "number": 1, "anchor": "ref-1", "locator": "p. 3", "source": { "title": "One" } });
        assert_eq!(data["nodes"], json!([expected, null]));
        let caller = kit.system();
        let work = kit.app.begin(&caller).await.unwrap();
        article::delete(&work, open, 2).await.unwrap();
        work.commit().await.unwrap();
        let data = kit.data(&kit.anonymous(), query, json!({ "ids": [seen] })).await;
        assert_eq!(data["nodes"], json!([null]));
    }
}
