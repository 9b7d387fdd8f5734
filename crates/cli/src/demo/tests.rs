use std::path::Path;

use masthead_testkit::{Kit, both_engines};
use serde_json::json;

use super::*;

fn names_below(folder: &Path, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            names.extend(names_below(&path, &format!("{prefix}{name}/")));
        } else if name != "README.md" {
            names.push(format!("{prefix}{name}"));
        }
    }
    names.sort();
    names
}

#[test]
fn the_binary_holds_every_file_of_the_demo() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../seed");
    let held: Vec<&str> = files::FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(held, names_below(&folder, ""));
}

#[test]
fn the_site_speaks_its_languages() {
    let site = site().unwrap();
    assert_eq!((site.name.as_str(), site.absolute("/fr")), ("Le Fanal", "https://lefanal.example/fr".to_owned()));
    assert_eq!(site.languages.iter().map(LanguageTag::as_str).collect::<Vec<_>>(), ["fr", "ht", "en"]);
}

/// The news page that started the project, in one request.
const PAGE: &str = "{
  article(by: { path: \"/fr/la-navette-de-la-baie-reprend-la-mer\" }) {
    headline secondaryHeadline kicker byline status publishedAt path canonicalUrl
    authors { position role creditedAs author { name path } }
    primaryCategory { slug ancestors { slug } }
    categories { name ancestors { name } }
    gallery { position total caption credit alt media { url } }
    body { html headings { level text anchor } wordCount }
    references { number locator quote note anchor source { title outlet publishedOn authors { literal given family } } }
    contacts { name title role channels { kind value uri } }
    links { kind label url language }
    stats { views shares comments }
    translations { language headline path }
    comments(first: 10) { nodes { authorName body createdAt } }
  }
}";

both_engines! {
    async fn the_whole_news_page_comes_back_in_one_request(kit: Kit) {
        load(&kit.app).await.unwrap();
        let anonymous = kit.anonymous();
        let (data, statements) = kit.statements(kit.data(&anonymous, PAGE, json!({}))).await;
        assert!(statements.len() <= 9, "{} {statements:#?}", statements.len());
        let page = &data["article"];
        assert_eq!(page["headline"], "La navette de la baie reprend la mer");
        assert_eq!(page["byline"], "Par Maëlle Desruisseaux, avec Wilbert Sainvilmé");
        assert_eq!((&page["status"], &page["publishedAt"]), (&json!("PUBLISHED"), &json!("2026-11-21T09:30:00Z")));
        assert_eq!(page["primaryCategory"], json!({
            "slug": "transports", "ancestors": [{ "slug": "actualites" }, { "slug": "ville" }],
        }));
        assert_eq!(page["authors"][2]["creditedAs"], "Photos\u{a0}: Inès Calvaire");
        let places: Vec<_> = page["gallery"].as_array().unwrap().iter().map(|one| (&one["position"], &one["total"])).collect();
        assert_eq!(places, [(&json!(1), &json!(3)), (&json!(2), &json!(3)), (&json!(3), &json!(3))]);
        let html = page["body"]["html"].as_str().unwrap();
        assert!(html.contains("<h2") && html.contains("class=\"reference\"") && html.contains("#ref-2"), "{html}");
        assert_eq!(page["body"]["headings"].as_array().unwrap().len(), 3);
        let numbers: Vec<_> = page["references"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
        assert_eq!(numbers, [&json!(1), &json!(2)]);
        assert_eq!(page["references"][1]["source"]["outlet"], "L’Écho des Mornes");
        assert_eq!(page["contacts"][0]["channels"][0]["uri"], "mailto:medias@lefanal.example");
        let kinds: Vec<_> = page["links"].as_array().unwrap().iter().map(|one| &one["kind"]).collect();
        assert_eq!(kinds, [&json!("VISIT"), &json!("READ_ONLINE"), &json!("DOWNLOAD"), &json!("RELATED")]);
        assert_eq!((&page["stats"]["views"], &page["stats"]["comments"]), (&json!(4812), &json!(3)));
        let languages: Vec<_> = page["translations"].as_array().unwrap().iter().map(|one| &one["language"]).collect();
        assert_eq!(languages.len(), 2, "{languages:?}");
        assert_eq!(page["comments"]["nodes"].as_array().unwrap().len(), 3);
        let all = data.to_string();
        assert!(!all.contains("202-555-0143") && !all.contains("2025550143"), "a private number is public");
    }

    async fn the_readme_shows_the_answer_that_is_given(kit: Kit) {
        load(&kit.app).await.unwrap();
        let readme = include_str!("../../../../README.md");
        let block = |language: &str| {
            let (_, rest) = readme.split_once(&format!("```{language}\n")).unwrap();
            rest.split_once("```").unwrap().0
        };
        let shown: serde_json::Value = serde_json::from_str(block("json")).unwrap();
        assert_eq!(kit.data(&kit.anonymous(), block("graphql"), json!({})).await, shown["data"]);
        let second = readme.split("```graphql\n").nth(2).unwrap().split_once("```").unwrap().0;
        let data = kit.data(&kit.anonymous(), second, json!({})).await;
        assert!(!data["articles"]["nodes"].as_array().unwrap().is_empty());
    }

    async fn comments_stand_in_threads_and_articles_have_tags_and_portraits(kit: Kit) {
        load(&kit.app).await.unwrap();
        let query = "{ article(by: { path: \"/fr/la-navette-de-la-baie-reprend-la-mer\" }) {
            tags { name } authors { author { portrait { alt } } }
            comments { nodes { authorName inReplyTo { authorName } } } } }";
        let data = kit.data(&kit.anonymous(), query, json!({})).await;
        let page = &data["article"];
        assert_eq!(page["tags"].as_array().unwrap().len(), 4);
        assert!(page["authors"][0]["author"]["portrait"]["alt"].is_string(), "{page:#}");
        let nodes = page["comments"]["nodes"].as_array().unwrap();
        let answered: Vec<_> = nodes.iter().map(|one| &one["inReplyTo"]["authorName"]).collect();
        assert!(answered.contains(&&json!("Nadège, d’Anse-Claire")), "{answered:?}");
    }

    async fn readers_see_nothing_that_is_not_published(kit: Kit) {
        load(&kit.app).await.unwrap();
        let list = "{ articles(first: 100) { nodes { slug kind } totalCount } }";
        let data = kit.data(&kit.anonymous(), list, json!({})).await;
        let text = data.to_string();
        assert_eq!(data["articles"]["totalCount"], 14, "{data:#}");
        for hidden in ["carnaval-le-programme", "halle-du-marche", "coupure-d-eau", "\"PAGE\""] {
            assert!(!text.contains(hidden), "{hidden} {text}");
        }
        let gone = "{ route(path: \"/fr/coupure-d-eau-dans-trois-quartiers\") { __typename ... on Gone { notice } } }";
        let data = kit.data(&kit.anonymous(), gone, json!({})).await;
        assert_eq!(data["route"]["__typename"], "Gone");
        assert!(data["route"]["notice"].as_str().unwrap().contains("dates de l’an dernier"), "{data}");
        for hidden in ["carnaval-le-programme-bande-par-bande", "halle-du-marche-la-charpente-attendra"] {
            let route = format!("{{ route(path: \"/fr/{hidden}\") {{ __typename }} }}");
            assert_eq!(kit.data(&kit.anonymous(), &route, json!({})).await["route"], json!(null), "{hidden}");
        }
    }

    async fn the_demo_fills_an_empty_database_once_and_touches_no_other(kit: Kit) {
        let loaded = load(&kit.app).await.unwrap();
        assert_eq!(loaded, Loaded::Whole { articles: 22 });
        let mut counts = Vec::new();
        for table in ["articles", "authors", "categories", "sources", "contacts", "media", "comments"] {
            counts.push(kit.row_count(table).await);
        }
        assert_eq!(counts, [22, 7, 20, 9, 3, 16, 11]);
        assert_eq!(load(&kit.app).await.unwrap(), Loaded::NotEmpty);
        assert_eq!(kit.row_count("articles").await, 22);
    }

    async fn a_database_with_anything_in_it_is_left_as_it_is(kit: Kit) {
        kit.author("Somebody").await;
        assert_eq!(load(&kit.app).await.unwrap(), Loaded::NotEmpty);
        assert_eq!((kit.row_count("authors").await, kit.row_count("articles").await), (1, 0));
    }

    async fn every_state_and_every_kind_of_block_is_in_the_demo(kit: Kit) {
        load(&kit.app).await.unwrap();
        let states = kit.sql("select state, count(*) as n from articles group by state order by state").await;
        assert_eq!(states, [
            json!({ "state": "DRAFT", "n": 1 }),
            json!({ "state": "IN_REVIEW", "n": 1 }),
            json!({ "state": "KILLED", "n": 1 }),
            json!({ "state": "PUBLISHED", "n": 17 }),
            json!({ "state": "UNPUBLISHED", "n": 1 }),
            json!({ "state": "WITHDRAWN", "n": 1 }),
        ]);
        let bodies = kit.sql("select body from article_bodies").await;
        let bodies: String = bodies.iter().map(|row| row["body"].as_str().unwrap()).collect();
        for kind in [
            "paragraph", "heading", "list", "quote", "image", "gallery", "embed", "table", "code", "rule", "raw",
        ] {
            assert!(bodies.contains(&format!("\"kind\":\"{kind}\"")), "{kind}");
        }
        assert!(!bodies.contains("media:") && !bodies.contains("[^"), "a sign of ours is left over");
        let threads = kit.sql("select count(*) as n from comments where parent_id is not null").await;
        assert!(threads[0]["n"].as_i64().unwrap() > 0);
    }

    async fn the_desk_of_the_demo_shows_each_of_its_things_once(kit: Kit) {
        load(&kit.app).await.unwrap();
        let query = "query($p: Perspective!) { article(by: { path: \"/fr/la-bibliotheque-ambulante-reprend-la-route-des-mornes\" }, perspective: $p) {
                headline editorial { draftStatus } }
            corrections { nodes { kind changes { path } article { slug } } }
            route(path: \"/horaires\") { ... on Redirect { to } }
            category(by: { slug: \"actualites\" }, locale: \"ht\", fallback: [\"fr\"]) { name localeMatch { served } } }";
        let readers = kit.data(&kit.anonymous(), query, json!({ "p": "PUBLISHED" })).await;
        assert!(readers["article"]["headline"].as_str().unwrap().contains("reprend la route"), "{readers:#}");
        let corrections: Vec<_> =
            readers["corrections"]["nodes"].as_array().unwrap().iter().map(|one| (&one["kind"], &one["changes"])).collect();
        assert!(corrections.contains(&(&json!("CORRECTION"), &json!([{ "path": "lede" }]))), "{readers:#}");
        assert!(corrections.contains(&(&json!("UPDATE"), &json!([]))), "{readers:#}");
        assert_eq!(readers["route"]["to"], "/fr/la-navette-de-la-baie-reprend-la-mer");
        assert_eq!(readers["category"], json!({ "name": "Aktyalite", "localeMatch": { "served": "ht" } }));
        let desk = kit.data(&kit.system(), query, json!({ "p": "LATEST" })).await;
        assert_eq!(desk["article"]["editorial"]["draftStatus"], "IN_REVIEW");
        assert!(desk["article"]["headline"].as_str().unwrap().contains("deux villages"), "{desk:#}");
    }

    async fn nothing_of_the_demo_happened_in_the_future(kit: Kit) {
        load(&kit.app).await.unwrap();
        let ahead = kit.sql(
            "select count(*) as n from articles where created_at > '2026-11-23T12:00:00Z'
                or updated_at > '2026-11-23T12:00:00Z' or created_at > updated_at",
        );
        assert_eq!(ahead.await[0]["n"], 0);
        let early = kit.sql(
            "select count(*) as n from comments join articles on articles.id = comments.article_id
                where comments.created_at < articles.first_published_at
                or comments.created_at > '2026-11-23T12:00:00Z'",
        );
        assert_eq!(early.await[0]["n"], 0);
    }
}
