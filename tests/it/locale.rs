//! Articles by language: one edition of each story along a chain, in lists and alone.

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::policy::Role;
use masthead_store::external;
use masthead_testkit::{Engine, Kit, both_engines};
use serde_json::{Value, json};

const LIST: &str = "query L($first: Int, $after: String, $last: Int, $before: String, $where: ArticleFilter,
    $orderBy: [ArticleOrder!], $perspective: Perspective! = PUBLISHED, $locale: LanguageTag, $fallback: [LanguageTag!]) {
  articles(first: $first, after: $after, last: $last, before: $before, where: $where, orderBy: $orderBy,
      perspective: $perspective, locale: $locale, fallback: $fallback) {
    nodes { headline translationGroupId localeMatch { requested served isFallback } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}";

const ONE: &str = "query O($by: ArticleBy!, $perspective: Perspective! = PUBLISHED, $locale: LanguageTag,
    $fallback: [LanguageTag!]) {
  article(by: $by, perspective: $perspective, locale: $locale, fallback: $fallback) {
    headline localeMatch { requested served isFallback }
  }
}";

/// Variables that ask for languages, the first of them as `locale`, and for more.
fn along(chain: &[&str], more: Value) -> Value {
    let mut variables = more;
    variables["locale"] = json!(chain.first());
    variables["fallback"] = json!(chain.get(1..));
    variables
}

async fn list(kit: &Kit, caller: &Caller, chain: &[&str], more: Value) -> Value {
    kit.data(caller, LIST, along(chain, more)).await["articles"].take()
}

fn headlines(page: &Value) -> Vec<String> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["headline"].as_str().unwrap().to_owned()).collect()
}

/// The headlines of a whole list and its count, which must agree.
async fn whole(kit: &Kit, caller: &Caller, chain: &[&str], more: Value) -> Vec<String> {
    let page = list(kit, caller, chain, more).await;
    let found = headlines(&page);
    assert_eq!(page["totalCount"], found.len(), "{page:#}");
    found
}

async fn one(kit: &Kit, by: Value, chain: &[&str]) -> Value {
    kit.data(&kit.anonymous(), ONE, along(chain, json!({ "by": by }))).await["article"].take()
}

fn served(headline: &str, requested: &str, served: &str) -> Value {
    let locale_match = json!({ "requested": requested, "served": served, "isFallback": requested != served });
    json!({ "headline": headline, "localeMatch": locale_match })
}

/// A draft of a story's edition, or of a new story.
async fn draft(kit: &Kit, language: &str, headline: &str, of: Option<&str>) -> String {
    kit.article(json!({ "language": language, "headline": headline, "translationOf": of })).await
}

/// An edition that readers see, a minute after the one before.
async fn edition(kit: &Kit, language: &str, headline: &str, of: Option<&str>) -> String {
    kit.clock.advance(Duration::from_secs(60));
    let id = draft(kit, language, headline, of).await;
    kit.publish(&id, json!({})).await;
    id
}

/// Does something to an article that was written so many times.
async fn act(kit: &Kit, mutation: &str, id: &str, version: i64, more: Value) {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    kit.done(&kit.system(), mutation, "", input).await;
}

/// Three stories: one in French, Creole and English, one in French and English, one in English.
async fn stories(kit: &Kit) -> Vec<String> {
    let port = edition(kit, "fr", "Port fr", None).await;
    edition(kit, "ht", "Port ht", Some(&port)).await;
    edition(kit, "en", "Port en", Some(&port)).await;
    let bridge = edition(kit, "fr", "Pont fr", None).await;
    edition(kit, "en", "Pont en", Some(&bridge)).await;
    vec![port, bridge, edition(kit, "en", "Plage en", None).await]
}

/// A dozen stories in one to three languages, of which later editions may be the better ones.
async fn many(kit: &Kit) {
    for number in 0..12 {
        let languages = [&["fr", "ht"][..], &["ht", "en", "fr"], &["en"], &["fr"]][number % 4];
        let mut first: Option<String> = None;
        for language in languages {
            let id = edition(kit, language, &format!("{} {language}", 20 - number), first.as_deref()).await;
            first.get_or_insert(id);
        }
    }
}

both_engines! {
    async fn a_list_holds_the_best_edition_of_each_story(kit: Kit) {
        stories(&kit).await;
        let reader = kit.anonymous();
        for (chain, expected) in [
            (&["ht", "fr", "en"][..], &["Plage en", "Pont fr", "Port ht"][..]),
            (&["ht", "fr"], &["Pont fr", "Port ht"]),
            (&["en", "fr"], &["Plage en", "Pont en", "Port en"]),
            (&["es", "ht"], &["Port ht"]),
            (&["fr"], &["Pont fr", "Port fr"]),
            (&["es"], &[]),
            (&["fr-CA"], &[]),
            (&["fr-CA", "fr"], &["Pont fr", "Port fr"]),
            (&["HT", "fr", "ht"], &["Pont fr", "Port ht"]),
        ] {
            assert_eq!(whole(&kit, &reader, chain, json!({})).await, expected, "{chain:?}");
        }
        assert_eq!(whole(&kit, &reader, &[], json!({})).await.len(), 6);
    }

    async fn the_answer_tells_what_came_of_the_languages(kit: Kit) {
        stories(&kit).await;
        let page = list(&kit, &kit.anonymous(), &["ht", "fr"], json!({})).await;
        let matches: Vec<Value> = page["nodes"].as_array().unwrap().iter().map(|node| node["localeMatch"].clone()).collect();
        assert_eq!(matches, [served("", "ht", "fr")["localeMatch"].clone(), served("", "ht", "ht")["localeMatch"].clone()]);
        let page = list(&kit, &kit.anonymous(), &[], json!({})).await;
        assert!(page["nodes"].as_array().unwrap().iter().all(|node| node["localeMatch"].is_null()));
    }

    async fn languages_that_make_no_chain_are_refused(kit: Kit) {
        let reader = kit.anonymous();
        let many = vec!["fr"; 10];
        for variables in [json!({ "fallback": ["fr"] }), json!({ "locale": "ht", "fallback": many })] {
            assert_eq!(kit.error_code(&reader, LIST, variables.clone()).await, "BAD_USER_INPUT", "{variables}");
            let mut one = variables;
            one["by"] = json!({ "slug": { "slug": "x" } });
            assert_eq!(kit.error_code(&reader, ONE, one).await, "BAD_USER_INPUT");
        }
        let wrong = kit.graphql(&reader, LIST, json!({ "locale": "français" })).await;
        assert!(wrong["errors"][0]["message"].as_str().unwrap().contains("BCP 47"), "{wrong:#}");
        assert_eq!(whole(&kit, &reader, &[], json!({ "locale": null, "fallback": [] })).await, Vec::<String>::new());
    }

    async fn an_edition_that_readers_do_not_see_hides_no_other(kit: Kit) {
        let reader = kit.anonymous();
        let hour = Duration::from_secs(3600);
        for state in ["draft", "scheduled", "embargoed", "expired", "unpublished", "deleted"] {
            let story = edition(&kit, "fr", &format!("{state} fr"), None).await;
            let better = draft(&kit, "ht", &format!("{state} ht"), Some(&story)).await;
            let now = kit.app.clock.now();
            match state {
                "scheduled" => kit.publish(&better, json!({ "at": now + hour })).await,
                "embargoed" => kit.publish(&better, json!({ "embargoUntil": now + hour })).await,
                "expired" => kit.publish(&better, json!({ "at": now - 2 * hour, "expiresAt": now - hour })).await,
                "unpublished" | "deleted" => {
                    kit.publish(&better, json!({})).await;
                    let (mutation, more) = match state {
                        "deleted" => ("articleDelete", json!({})),
                        _ => ("articleUnpublish", json!({ "reason": "UNPUBLISHED" })),
                    };
                    act(&kit, mutation, &better, 2, more).await;
                }
                _ => {}
            }
            let found = whole(&kit, &reader, &["ht", "fr"], json!({ "first": 1 , "where": { "headline": { "startsWith": state } } })).await;
            assert_eq!(found, [format!("{state} fr")]);
            assert_eq!(whole(&kit, &reader, &["ht"], json!({})).await, Vec::<String>::new(), "{state}");
            let expected = served(&format!("{state} fr"), "ht", "fr");
            assert_eq!(one(&kit, json!({ "id": story }), &["ht", "fr"]).await, expected);
            assert_eq!(one(&kit, json!({ "id": better }), &["ht", "fr"]).await, Value::Null);
            let latest = whole(&kit, &kit.system(), &["ht", "fr"], json!({ "perspective": "LATEST", "where": { "headline": { "startsWith": state } } })).await;
            assert_eq!(latest, [format!("{state} {}", if state == "deleted" { "fr" } else { "ht" })]);
        }
    }

    async fn a_contributor_meets_own_drafts_and_no_others(kit: Kit) {
        let writer = kit.as_user(Role::Contributor).await;
        let (one, two) = (edition(&kit, "fr", "Un fr", None).await, edition(&kit, "fr", "Deux fr", None).await);
        draft(&kit, "ht", "Un ht", Some(&one)).await;
        kit.done(&writer, "articleCreate", "", json!({ "language": "ht", "headline": "Deux ht", "translationOf": two })).await;
        let order = json!([{ "field": "HEADLINE" }]);
        let latest = json!({ "perspective": "LATEST", "orderBy": order });
        assert_eq!(whole(&kit, &writer, &["ht", "fr"], latest).await, ["Un fr", "Deux ht"]);
        let drafts = json!({ "perspective": "DRAFT", "orderBy": order });
        assert_eq!(whole(&kit, &writer, &["ht", "fr"], drafts.clone()).await, ["Deux ht"]);
        assert_eq!(whole(&kit, &kit.as_role(Role::Editor), &["ht", "fr"], drafts).await, ["Un ht", "Deux ht"]);
    }

    async fn filters_and_orders_are_about_the_edition_chosen(kit: Kit) {
        stories(&kit).await;
        let reader = kit.anonymous();
        let chain = &["ht", "fr", "en"][..];
        for (filter, expected) in [
            (json!({ "language": { "eq": "fr" } }), &["Pont fr"][..]),
            (json!({ "headline": { "startsWith": "port" } }), &["Port ht"]),
            (json!({ "headline": { "eq": "port fr" } }), &[]),
            (json!({ "not": { "language": { "eq": "ht" } } }), &["Plage en", "Pont fr"]),
            (json!({ "or": [{ "headline": { "contains": "ht" } }, { "language": { "eq": "en" } }] }), &["Plage en", "Port ht"]),
        ] {
            assert_eq!(whole(&kit, &reader, chain, json!({ "where": filter })).await, expected, "{filter}");
        }
        let order = json!({ "orderBy": [{ "field": "HEADLINE", "direction": "DESC" }] });
        assert_eq!(whole(&kit, &reader, chain, order).await, ["Port ht", "Pont fr", "Plage en"]);
    }

    async fn pages_along_a_chain_meet_without_gaps_both_ways(kit: Kit) {
        many(&kit).await;
        let reader = kit.anonymous();
        let chain = &["ht", "en", "fr"][..];
        for order in [json!(null), json!([{ "field": "HEADLINE", "direction": "ASC" }]), json!([{ "field": "UPDATED_AT" }])] {
            let expected = whole(&kit, &reader, chain, json!({ "first": 100, "orderBy": order })).await;
            assert_eq!(expected.len(), 12);
            for (size, from, edge, more) in
                [("first", "after", "endCursor", "hasNextPage"), ("last", "before", "startCursor", "hasPreviousPage")]
            {
                let (mut pages, mut cursor) = (Vec::new(), Value::Null);
                loop {
                    let page = list(&kit, &reader, chain, json!({ "orderBy": order, size: 5, from: cursor })).await;
                    assert_eq!(page["totalCount"], 12);
                    pages.push(headlines(&page));
                    cursor = page["pageInfo"][edge].clone();
                    if page["pageInfo"][more] == false {
                        break;
                    }
                }
                assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5, 2]);
                if size == "last" {
                    pages.reverse();
                }
                assert_eq!(pages.concat(), expected, "{order} {size}");
            }
        }
    }

    async fn a_story_is_met_once_however_its_editions_come_and_go(kit: Kit) {
        let reader = kit.anonymous();
        let chain = &["ht", "fr"][..];
        let mut stories = Vec::new();
        for number in 0..6 {
            stories.push(edition(&kit, "fr", &format!("{number} fr"), None).await);
        }
        // On the first page stand the Creole editions of the two oldest stories.
        let zero = edition(&kit, "ht", "0 ht", Some(&stories[0])).await;
        let one = edition(&kit, "ht", "1 ht", Some(&stories[1])).await;
        let two = edition(&kit, "ht", "2 ht", Some(&stories[2])).await;
        kit.clock.advance(Duration::from_secs(60));
        let first = list(&kit, &reader, chain, json!({ "first": 3 })).await;
        assert_eq!(headlines(&first), ["2 ht", "1 ht", "0 ht"]);
        kit.clock.advance(Duration::from_secs(60));
        // Two of them go, each in its own way; one goes and comes back; and an edition comes of a story not met yet.
        act(&kit, "articleUnpublish", &zero, 2, json!({ "reason": "UNPUBLISHED" })).await;
        act(&kit, "articleDelete", &one, 2, json!({})).await;
        act(&kit, "articleUnpublish", &two, 2, json!({ "reason": "UNPUBLISHED" })).await;
        act(&kit, "articlePublish", &two, 3, json!({})).await;
        edition(&kit, "ht", "4 ht", Some(&stories[4])).await;
        edition(&kit, "ht", "6 ht", None).await;
        for size in [1, 2, 10] {
            let (mut met, mut cursor) = (Vec::new(), first["pageInfo"]["endCursor"].clone());
            loop {
                let page = list(&kit, &reader, chain, json!({ "first": size, "after": cursor })).await;
                met.extend(headlines(&page));
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
                cursor = page["pageInfo"]["endCursor"].clone();
            }
            assert_eq!(met, ["5 fr", "4 fr", "3 fr"], "{size}");
        }
        assert_eq!(whole(&kit, &reader, chain, json!({})).await, ["6 ht", "4 ht", "2 ht", "5 fr", "3 fr", "1 fr", "0 fr"]);
        kit.clock.advance(Duration::from_secs(2 * 24 * 60 * 60));
        let late = list(&kit, &reader, chain, json!({ "after": first["pageInfo"]["endCursor"] })).await;
        assert_eq!(headlines(&late), ["5 fr", "3 fr", "1 fr", "0 fr"], "the next day the list is as it is");
    }

    async fn a_cursor_belongs_to_its_chain(kit: Kit) {
        many(&kit).await;
        let reader = kit.anonymous();
        let chains: [&[&str]; 5] = [&[], &["fr"], &["fr", "ht"], &["ht", "fr"], &["fr", "ht", "en"]];
        for own in chains {
            let cursor = list(&kit, &reader, own, json!({ "first": 1 })).await["pageInfo"]["endCursor"].clone();
            for other in chains {
                let variables = along(other, json!({ "after": cursor }));
                if own == other {
                    kit.data(&reader, LIST, variables).await;
                } else {
                    assert_eq!(kit.error_code(&reader, LIST, variables).await, "INVALID_CURSOR", "{own:?} {other:?}");
                }
            }
        }
    }

    async fn an_article_is_found_by_any_key_and_served_in_the_best_language(kit: Kit) {
        let stories = stories(&kit).await;
        let caller = kit.system();
        let work = kit.app.begin(&caller).await.unwrap();
        external::bind(&work.tx, "wordpress", "7", stories[0].parse().unwrap(), "x").await.unwrap();
        work.commit().await.unwrap();
        for by in [
            json!({ "id": stories[0] }),
            json!({ "path": "/fr/port-fr" }),
            json!({ "path": "/en/port-en" }),
            json!({ "slug": { "slug": "port-fr", "language": "fr" } }),
            json!({ "slug": { "slug": "port-en" } }),
            json!({ "externalId": { "system": "wordpress", "id": "7" } }),
        ] {
            assert_eq!(one(&kit, by.clone(), &["ht", "fr"]).await, served("Port ht", "ht", "ht"), "{by}");
            assert_eq!(one(&kit, by.clone(), &["es", "en", "ht"]).await, served("Port en", "es", "en"), "{by}");
        }
        assert_eq!(one(&kit, json!({ "path": "/fr/port-fr" }), &["es", "de"]).await, served("Port fr", "es", "fr"));
        assert_eq!(one(&kit, json!({ "path": "/en/port-en" }), &[]).await, json!({ "headline": "Port en", "localeMatch": null }));
        assert_eq!(one(&kit, json!({ "path": "/fr/nothing" }), &["fr"]).await, Value::Null);
        assert_eq!(one(&kit, json!({ "path": "/ht/port-fr" }), &["fr"]).await, Value::Null, "an address names its language");
    }

    async fn a_slug_without_a_language_is_looked_up_along_the_chain(kit: Kit) {
        for language in ["fr", "ht", "en"] {
            kit.published(json!({ "language": language, "headline": format!("Jazz {language}"), "slug": "jazz" })).await;
            kit.clock.advance(Duration::from_secs(60));
        }
        let by = || json!({ "slug": { "slug": "jazz" } });
        for (chain, expected) in [
            (&["ht", "en"][..], served("Jazz ht", "ht", "ht")),
            (&["es", "en", "ht"], served("Jazz en", "es", "en")),
            (&["es"], served("Jazz fr", "es", "fr")),
            (&[], json!({ "headline": "Jazz fr", "localeMatch": null })),
        ] {
            assert_eq!(one(&kit, by(), chain).await, expected, "{chain:?}");
        }
    }

    async fn lists_below_follow_the_languages_of_their_root(kit: Kit) {
        let root = kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
        let category = kit.make("category", json!({ "name": "Caraïbe", "language": "fr", "parentId": root })).await;
        let author = kit.author("Ana Morel").await;
        let mut first = None;
        for number in 0..4 {
            let mut story: Option<String> = None;
            for language in ["fr", "ht"].into_iter().take(1 + number % 2) {
                kit.clock.advance(Duration::from_secs(60));
                let id = kit.published(json!({
                    "language": language, "headline": format!("{number} {language}"), "translationOf": story,
                    "categoryIds": [if number < 2 { &root } else { &category }], "authors": [{ "authorId": author }],
                })).await;
                story.get_or_insert(id);
            }
            first = first.or(story);
        }
        let query = "query Q($id: ID!, $locale: LanguageTag, $fallback: [LanguageTag!], $after: String) {
            article(by: { id: $id }, locale: $locale, fallback: $fallback) {
                categories {
                    articleCount articles(first: 2, after: $after) { totalCount nodes { headline localeMatch { served } } pageInfo { endCursor } }
                    own: articles(includeDescendants: false) { nodes { headline } }
                }
                authors { author { articles(first: 2) { totalCount nodes { headline } } } }
            }
        }";
        let reader = kit.anonymous();
        let (data, localized) = kit.statements(kit.data(&reader, query, along(&["ht", "fr"], json!({ "id": first })))).await;
        let category = &data["article"]["categories"][0];
        assert_eq!((&category["articleCount"], &category["articles"]["totalCount"]), (&json!(4), &json!(4)));
        assert_eq!(headlines(&category["articles"]), ["3 ht", "2 fr"]);
        assert_eq!(headlines(&category["own"]), ["1 ht", "0 fr"]);
        let by_author = &data["article"]["authors"][0]["author"]["articles"];
        assert_eq!((headlines(by_author), &by_author["totalCount"]), (vec!["3 ht".to_owned(), "2 fr".to_owned()], &json!(4)));
        let next = along(&["ht", "fr"], json!({ "id": first, "after": category["articles"]["pageInfo"]["endCursor"] }));
        let data = kit.data(&reader, query, next).await;
        assert_eq!(headlines(&data["article"]["categories"][0]["articles"]), ["1 ht", "0 fr"]);
        let (data, plain) = kit.statements(kit.data(&reader, query, json!({ "id": first }))).await;
        assert_eq!(data["article"]["categories"][0]["articleCount"], 6);
        assert_eq!(localized.len(), plain.len(), "{localized:#?}");
    }

    async fn languages_take_no_statement_more(kit: Kit) {
        many(&kit).await;
        let reader = kit.anonymous();
        let front = "query F($locale: LanguageTag, $fallback: [LanguageTag!], $after: String) {
            articles(locale: $locale, fallback: $fallback, first: 2, after: $after) {
                totalCount nodes { headline kicker authors { author { name } } localeMatch { served } } pageInfo { endCursor }
            }
        }";
        let page = "query P($locale: LanguageTag, $fallback: [LanguageTag!]) {
            article(by: { path: \"/fr/20-fr\" }, locale: $locale, fallback: $fallback) { headline body { html } translations { path } }
        }";
        for (query, statements) in [(front, 3), (page, 2)] {
            for chain in [&[][..], &["fr"], &["ht", "fr", "en"]] {
                let (data, ran) = kit.statements(kit.data(&reader, query, along(chain, json!({})))).await;
                assert_eq!(ran.len(), statements, "{chain:?} {ran:#?}");
                let cursor = &data["articles"]["pageInfo"]["endCursor"];
                if !cursor.is_null() {
                    let next = along(chain, json!({ "after": cursor }));
                    let (_, ran) = kit.statements(kit.data(&reader, query, next)).await;
                    assert_eq!(ran.len(), statements, "{chain:?} {ran:#?}");
                }
            }
        }
    }

    async fn other_editions_are_found_by_an_index(kit: Kit) {
        if kit.engine() == Engine::Postgres {
            // It goes by the number of rows, and here are few.
            return;
        }
        many(&kit).await;
        kit.make("category", json!({ "name": "Monde", "language": "fr" })).await;
        let reader = kit.anonymous();
        for filter in [json!({}), json!({ "category": { "slug": { "eq": "monde" } } })] {
            let cursor = list(&kit, &reader, &["ht", "fr"], json!({ "first": 2 })).await["pageInfo"]["endCursor"].clone();
            let cursor = if filter == json!({}) { cursor } else { Value::Null };
            for after in [Value::Null, cursor] {
                let variables = json!({ "first": 2, "after": after, "where": filter });
                let (_, ran) = kit.statements(list(&kit, &reader, &["ht", "fr"], variables)).await;
                for statement in ran.iter().filter(|statement| statement.contains("better")) {
                    let plan = kit.sql(&format!("explain query plan {statement}")).await;
                    let steps: Vec<&str> = plan.iter().map(|step| step["detail"].as_str().unwrap()).collect();
                    let is_fast = |step: &&str| {
                        ["articles_edition_key (translation_group_id=?)", "articles_deleted_idx (deleted_at>?)"]
                            .iter()
                            .any(|index| step.ends_with(index))
                    };
                    assert!(steps.iter().filter(|step| step.contains(" better ")).all(is_fast), "{steps:#?}");
                    assert!(!steps.iter().any(|step| step.starts_with("SCAN articles") || step.contains("TEMP B-TREE")), "{steps:#?}");
                }
            }
        }
    }
}
