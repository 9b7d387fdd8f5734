//! Words in several languages: what shared things say to readers who ask for a language, and to those who do not.

use masthead_domain::policy::Role;
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::{
    article_newsroom::{Page, archive, page},
    mistake::mistakes,
};

/// An input that replaces what a thing says in other languages.
fn saying(id: &str, version: i64, localizations: Value) -> Value {
    json!({ "id": id, "expectedVersion": version, "changes": { "localizations": localizations } })
}

/// What `category` gives of a category for a chain of languages.
async fn category(kit: &Kit, id: &str, chain: &[&str]) -> Value {
    let document = "query($id: ID!, $locale: LanguageTag, $fallback: [LanguageTag!]) {
        category(by: { id: $id }, locale: $locale, fallback: $fallback) {
            name description language localeMatch { requested served isFallback } } }";
    let variables = json!({ "id": id, "locale": chain.first(), "fallback": chain.get(1..) });
    kit.data(&kit.anonymous(), document, variables).await["category"].take()
}

/// A French section with a Creole name, and an English name and description.
async fn economy(kit: &Kit) -> String {
    let localizations = json!([
        { "language": "ht", "name": " Ekonomi " },
        { "language": "en", "name": "Economy", "description": "Money and work." },
    ]);
    let input = json!({
        "name": "Économie", "language": "fr", "description": "Argent et travail.", "localizations": localizations,
    });
    kit.make("category", input).await
}

/// The fields of the last row of the change log.
async fn last_fields(kit: &Kit) -> Vec<String> {
    kit.change_log().await.pop().unwrap().fields
}

/// Thing by thing: the noun, what it is made of, its words in Creole and English, and the fields that show them.
fn kinds() -> [(&'static str, Value, Value, &'static str); 4] {
    [
        (
            "category",
            json!({ "name": "Port", "language": "fr", "description": "Le port." }),
            json!([{ "language": "en", "name": "Harbour", "description": "The harbour." }, { "language": "ht", "name": "Pò" }]),
            "name description",
        ),
        (
            "author",
            json!({ "name": "Jean Pierre", "bio": "<p>Journaliste.</p>" }),
            json!([{ "language": "en", "name": "John P.", "bio": "<p>A journalist.</p>" }, { "language": "ht", "name": "Jan Pyè" }]),
            "name bio",
        ),
        (
            "contact",
            json!({ "name": "Marie", "role": "EDITOR", "title": "Rédactrice", "organization": "Le Fanal" }),
            json!([{ "language": "en", "title": "Editor", "organization": "The Lantern" }, { "language": "ht", "title": "Editè" }]),
            "title organization",
        ),
        (
            "media",
            json!({ "url": "https://media.example/quai.jpg", "title": "Quai", "alt": "Le quai", "caption": "À l’aube" }),
            json!([
                { "language": "en", "title": "Quay", "alt": "The quay", "caption": "At dawn" },
                { "language": "ht", "title": "Waf", "alt": "Waf la" },
            ]),
            "title alt caption",
        ),
    ]
}

both_engines! {
    async fn each_field_is_shown_in_the_first_language_that_has_it(kit: Kit) {
        let id = economy(&kit).await;
        let shown = |name: &str, description: &str, found: Value| json!({
            "name": name, "description": description, "language": "fr", "localeMatch": found,
        });
        let found = |requested: &str, served: &str, fell: bool| json!({ "requested": requested, "served": served, "isFallback": fell });
        let (french, english) = ("Argent et travail.", "Money and work.");
        for (chain, expected) in [
            (&[][..], shown("Économie", french, Value::Null)),
            (&["ht"], shown("Ekonomi", french, found("ht", "ht", false))),
            (&["HT", "en"], shown("Ekonomi", english, found("ht", "ht", false))),
            (&["ht", "fr", "en"], shown("Ekonomi", french, found("ht", "ht", false))),
            (&["es", "en"], shown("Economy", english, found("es", "en", true))),
            (&["fr", "ht"], shown("Économie", french, found("fr", "fr", false))),
            (&["es"], shown("Économie", french, found("es", "fr", true))),
            (&["fr-CA", "en"], shown("Economy", english, found("fr-CA", "en", true))),
        ] {
            assert_eq!(category(&kit, &id, chain).await, expected, "{chain:?}");
        }
        let document = "query($id: ID!) { category(by: { id: $id }, fallback: [\"ht\"]) { name } }";
        assert_eq!(kit.error_code(&kit.anonymous(), document, json!({ "id": id })).await, "BAD_USER_INPUT");
    }

    async fn every_kind_says_its_words_in_the_language_asked_for(kit: Kit) {
        for (noun, mut input, words, fields) in kinds() {
            input["localizations"] = words.clone();
            let id = kit.make(noun, input.clone()).await;
            let types = match noun { "media" => "Image", "category" => "Category", "author" => "Author", _ => "Contact" };
            let document = format!("query($ids: [ID!]!, $locale: LanguageTag, $fallback: [LanguageTag!]) {{
                nodes(ids: $ids, locale: $locale, fallback: $fallback) {{ ... on {types} {{ {fields} }} }} }}");
            let system = kit.system();
            let shown = async |chain: &[&str]| {
                let variables = json!({ "ids": [id], "locale": chain.first(), "fallback": chain.get(1..) });
                kit.data(&system, &document, variables).await["nodes"][0].take()
            };
            let (plain, english, creole) = (shown(&[]).await, shown(&["en"]).await, shown(&["ht", "en"]).await);
            for field in fields.split(' ') {
                assert_eq!(plain[field], input[field], "{noun} {field}");
                assert_eq!(english[field], words[0][field], "{noun} {field}");
                let best = if words[1][field].is_null() { &words[0][field] } else { &words[1][field] };
                assert_eq!(&creole[field], best, "{noun} {field}");
            }
            // All of them, by language, also for callers who ask for no language.
            let document = format!("query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {types} {{ localizations {{ language {fields} }} }} }} }}");
            let said = kit.data(&system, &document, json!({ "ids": [id] })).await["nodes"][0]["localizations"].take();
            assert_eq!((&said[0]["language"], &said[1]["language"]), (&json!("en"), &json!("ht")));
            for field in fields.split(' ') {
                assert_eq!((&said[0][field], &said[1][field]), (&words[0][field], &words[1][field]), "{noun} {field}");
            }
        }
    }

    async fn a_list_replaces_the_list_and_saying_the_same_changes_nothing(kit: Kit) {
        for (noun, input, words, _) in kinds() {
            let id = kit.make(noun, input).await;
            let update = format!("{noun}Update");
            let fields = format!("{noun} {{ version localizations {{ language }} }}");
            let editor = kit.as_role(Role::Editor);
            let thing = async |input| kit.done(&editor, &update, &fields, input).await[noun].take();
            let languages = |thing: &Value| -> Vec<String> {
                thing["localizations"].as_array().unwrap().iter().map(|said| said["language"].as_str().unwrap().to_owned()).collect()
            };
            let after = thing(saying(&id, 1, words.clone())).await;
            assert_eq!((languages(&after), &after["version"]), (vec!["en".to_owned(), "ht".to_owned()], &json!(2)));
            assert_eq!(last_fields(&kit).await, ["localizations"]);
            // The same in another order, and an update that does not name them.
            let turned = json!([words[1], words[0]]);
            let after = thing(saying(&id, 2, turned)).await;
            assert_eq!(after["version"], 2);
            let other = if noun == "media" { json!({ "credit": "Le Fanal" }) } else { json!({ "name": "Autre" }) };
            let after = thing(json!({ "id": id, "expectedVersion": 2, "changes": other })).await;
            assert_eq!((languages(&after).len(), &after["version"]), (2, &json!(3)));
            let after = thing(saying(&id, 3, json!([words[1]]))).await;
            assert_eq!((languages(&after), &after["version"]), (vec!["ht".to_owned()], &json!(4)));
            // Made for another version, nothing is written.
            let payload = kit.act(&editor, &update, &fields, saying(&id, 3, json!(null))).await;
            assert_eq!(mistakes(&payload), ["VersionConflictError VERSION_CONFLICT expectedVersion"]);
            assert_eq!(payload["userErrors"][0]["changedFields"], json!(["localizations"]));
            assert_eq!(kit.row_count("localizations").await, 1);
            let after = thing(saying(&id, 4, json!(null))).await;
            assert_eq!((languages(&after).len(), &after["version"]), (0, &json!(5)));
            assert_eq!(kit.row_count("localizations").await, 0);
        }
    }

    async fn words_that_cannot_be_are_refused_at_their_place(kit: Kit) {
        let id = economy(&kit).await;
        let many: Vec<Value> = (0..51).map(|n| json!({ "language": format!("q{}{}", char::from(b'a' + n / 26), char::from(b'a' + n % 26)), "name": "N" })).collect();
        for (said, expected) in [
            (json!([{ "language": "ht", "name": "A" }, { "language": "fr", "name": "B" }]), "INVALID localizations.1.language"),
            (json!([{ "language": "ht", "name": "A" }, { "language": "HT", "description": "B" }]), "INVALID localizations.1.language"),
            (json!([{ "language": "ht", "name": "A" }, { "language": "en", "name": " " }]), "REQUIRED localizations.1"),
            (json!([{ "language": "ht", "name": "n".repeat(301) }]), "TOO_LONG localizations.0.name"),
            (json!([{ "language": "ht", "description": "n".repeat(20_001) }]), "TOO_LONG localizations.0.description"),
            (json!(many), "TOO_LONG localizations"),
        ] {
            let payload = kit.act(&kit.system(), "categoryUpdate", "", saying(&id, 1, said.clone())).await;
            let (code, path) = expected.split_once(' ').unwrap();
            assert_eq!(mistakes(&payload), [format!("ValidationError {code} changes.{path}")]);
            let input = json!({ "name": "Autre", "language": "fr", "localizations": said });
            let payload = kit.act(&kit.system(), "categoryCreate", "", input).await;
            assert_eq!(mistakes(&payload), [format!("ValidationError {expected}")]);
        }
        // Its own words cannot come to be in a language in which it has others, unless those go.
        let mut input = json!({ "id": id, "expectedVersion": 1, "changes": { "language": "en" } });
        let payload = kit.act(&kit.system(), "categoryUpdate", "", input.clone()).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID changes.language"]);
        input["changes"]["localizations"] = json!([{ "language": "fr", "name": "Économie" }]);
        kit.done(&kit.system(), "categoryUpdate", "", input).await;
        assert_eq!(last_fields(&kit).await, ["language", "localizations"]);
        assert_eq!(category(&kit, &id, &["fr"]).await["name"], "Économie");
    }

    async fn a_biography_in_another_language_is_made_safe(kit: Kit) {
        let said = json!([{ "language": "ht", "bio": "<p onclick=\"x()\">Jounalis<script>alert(1)</script></p>" }]);
        let id = kit.make("author", json!({ "name": "Jean", "localizations": said })).await;
        let document = "query($id: ID!) { author(by: { id: $id }, locale: \"ht\") { name bio } }";
        let data = kit.data(&kit.anonymous(), document, json!({ "id": id })).await;
        assert_eq!(data["author"], json!({ "name": "Jean", "bio": "<p>Jounalis</p>" }));
        let nothing = json!([{ "language": "ht", "bio": "<script>alert(1)</script>" }]);
        let payload = kit.act(&kit.system(), "authorUpdate", "", saying(&id, 1, nothing)).await;
        assert_eq!(mistakes(&payload), ["ValidationError REQUIRED changes.localizations.0"]);
    }

    async fn a_tag_is_spelled_in_several_languages_and_found_by_one_slug(kit: Kit) {
        kit.published(json!({ "headline": "Une", "tags": ["Pêche", "Mer"] })).await;
        let document = "query($slug: String!, $locale: LanguageTag) { tag(by: { slug: $slug }, locale: $locale) { id slug name version localizations { language name } } }";
        let tag = async |slug: &str, locale: Option<&str>| {
            kit.data(&kit.anonymous(), document, json!({ "slug": slug, "locale": locale })).await["tag"].take()
        };
        let id = tag("peche", None).await["id"].as_str().unwrap().to_owned();
        let rename = |version: i64, name: &str| json!({ "id": id, "expectedVersion": version, "name": name });
        let mut input = rename(1, "Pêche");
        input["localizations"] = json!([{ "language": "ht", "name": "Lapèch" }, { "language": "en", "name": "Fishing" }]);
        kit.done(&kit.system(), "tagRename", "", input).await;
        assert_eq!(last_fields(&kit).await, ["localizations"]);
        // A new spelling of its own leaves the others as they are.
        kit.done(&kit.system(), "tagRename", "", rename(2, "La pêche")).await;
        let found = tag("peche", Some("ht")).await;
        assert_eq!((&found["name"], &found["slug"], &found["version"]), (&json!("Lapèch"), &json!("peche"), &json!(3)));
        assert_eq!(found["localizations"], json!([{ "language": "en", "name": "Fishing" }, { "language": "ht", "name": "Lapèch" }]));
        assert_eq!((&tag("peche", Some("es")).await["name"], tag("lapech", None).await), (&json!("La pêche"), Value::Null));
        let list = "{ tags(locale: \"en\", fallback: [\"ht\"], where: { name: { contains: \"pêche\" } }) { nodes { name } } }";
        assert_eq!(kit.data(&kit.anonymous(), list, json!({})).await["tags"]["nodes"], json!([{ "name": "Fishing" }]));
        let mut input = rename(3, "La pêche");
        input["localizations"] = json!([{ "language": "ht", "name": " " }, { "language": "en", "name": "n".repeat(101) }]);
        let payload = kit.act(&kit.system(), "tagRename", "", input).await;
        assert_eq!(mistakes(&payload), ["ValidationError REQUIRED localizations.0.name", "ValidationError TOO_LONG localizations.1.name"]);
    }

    async fn a_tag_that_stays_takes_over_the_languages_it_lacks(kit: Kit) {
        kit.published(json!({ "headline": "Une", "tags": ["Pêche", "Pêcheries", "Mer"] })).await;
        let data = kit.data(&kit.system(), "{ tags { nodes { id slug } } }", json!({})).await;
        let id = |slug: &str| data["tags"]["nodes"].as_array().unwrap().iter().find(|tag| tag["slug"] == slug).unwrap()["id"].clone();
        let (stays, goes, plain) = (id("peche"), id("pecheries"), id("mer"));
        let said = |id: &Value, name: &str, said: Value| json!({ "id": id, "expectedVersion": 1, "name": name, "localizations": said });
        let own = json!([{ "language": "en", "name": "Fishing" }]);
        kit.done(&kit.system(), "tagRename", "", said(&stays, "Pêche", own)).await;
        let other = json!([{ "language": "en", "name": "Fisheries" }, { "language": "ht", "name": "Lapèch" }]);
        kit.done(&kit.system(), "tagRename", "", said(&goes, "Pêcheries", other)).await;
        let before = kit.row_count("change_log").await;
        let merge = json!({ "fromId": goes, "expectedVersion": 2, "intoId": stays });
        let tag = kit.done(&kit.system(), "tagMerge", "tag { version name localizations { language name } }", merge).await["tag"].take();
        assert_eq!(tag, json!({ "version": 3, "name": "Pêche", "localizations": [
            { "language": "en", "name": "Fishing" }, { "language": "ht", "name": "Lapèch" },
        ] }));
        assert_eq!((kit.row_count("localizations").await, kit.row_count("change_log").await - before), (2, 2));
        let log = kit.change_log().await;
        let [updated, merged] = &log[log.len() - 2..] else { panic!("two rows") };
        assert_eq!((updated.kind.as_str(), &updated.fields, updated.version), ("UPDATED", &vec!["localizations".to_owned()], Some(3)));
        assert_eq!(merged.kind, "MERGED");
        // With nothing to take over, the tag that stays is as it was.
        let merge = json!({ "fromId": plain, "expectedVersion": 1, "intoId": stays });
        let tag = kit.done(&kit.system(), "tagMerge", "tag { version }", merge).await["tag"].take();
        assert_eq!((&tag["version"], kit.row_count("change_log").await - before), (&json!(3), 3));
    }

    async fn what_is_deleted_says_nothing_any_more(kit: Kit) {
        for (noun, mut input, words, _) in kinds() {
            input["localizations"] = words;
            let id = kit.make(noun, input).await;
            assert_eq!(kit.row_count("localizations").await, 2, "{noun}");
            kit.done(&kit.system(), &format!("{noun}Delete"), "", json!({ "id": id, "expectedVersion": 1 })).await;
            assert_eq!(kit.row_count("localizations").await, 0, "{noun}");
        }
    }

    async fn everything_below_a_root_field_is_in_its_language(kit: Kit) {
        let Page { path, authors, categories, media, contact, .. } = page(&kit).await;
        let said = |fields: Value| { let mut said = fields; said["language"] = json!("ht"); json!([said]) };
        let system = kit.system();
        kit.done(&system, "categoryUpdate", "", saying(&categories[0], 1, said(json!({ "name": "Pò" })))).await;
        kit.done(&system, "categoryUpdate", "", saying(&categories[1], 1, said(json!({ "name": "Nouvèl" })))).await;
        kit.done(&system, "authorUpdate", "", saying(&authors[0], 1, said(json!({ "name": "Jan Pyè" })))).await;
        kit.done(&system, "contactUpdate", "", saying(&contact, 1, said(json!({ "title": "Editè an chèf" })))).await;
        for (place, words) in ["Waf la", "Gri a", "Kat la"].into_iter().enumerate() {
            let words = json!({ "alt": words, "caption": format!("Anba {words}") });
            kit.done(&system, "mediaUpdate", "", saying(&media[place], 1, said(words))).await;
        }
        let document = "query($path: String!, $locale: LanguageTag) { route(path: $path, locale: $locale) { ... on Article {
            headline
            categories { name path ancestors { name } } authors { author { name } creditedAs } contacts { name title }
            leadImage { alt } gallery { alt caption media { alt } }
            body { html blocks { ... on ImageBlock { image { alt media { alt } } } ... on GalleryBlock { items { alt } } } }
        } } }";
        let article = async |locale: Option<&str>| {
            kit.data(&kit.anonymous(), document, json!({ "path": path, "locale": locale })).await["route"].take()
        };
        let creole = article(Some("ht")).await;
        assert_eq!(creole["headline"], "Le port rouvre");
        assert_eq!(creole["categories"][0], json!({ "name": "Pò", "path": "/category/actualites/port", "ancestors": [{ "name": "Nouvèl" }] }));
        assert_eq!(creole["categories"][1]["name"], "Économie");
        assert_eq!(creole["authors"][0]["author"]["name"], "Jan Pyè");
        assert_eq!(creole["contacts"], json!([{ "name": "Marie Louis", "title": "Editè an chèf" }]));
        assert_eq!(creole["leadImage"]["alt"], "Waf la");
        // What an editor wrote for the place stands, whatever was asked for.
        assert_eq!(creole["gallery"][0], json!({ "alt": "Waf la", "caption": "À l’aube", "media": { "alt": "Waf la" } }));
        assert_eq!(creole["gallery"][1], json!({ "alt": "Gri a", "caption": "Anba Gri a", "media": { "alt": "Gri a" } }));
        let blocks = creole["body"]["blocks"].as_array().unwrap();
        assert_eq!(blocks[4]["image"], json!({ "alt": "Kat la", "media": { "alt": "Kat la" } }));
        assert_eq!(blocks[5]["items"][1]["alt"], "Le quai vide");
        assert!(creole["body"]["html"].as_str().unwrap().contains("alt=\"Kat la\""));
        let french = article(None).await;
        assert_eq!((&french["categories"][0]["name"], &french["leadImage"]["alt"]), (&json!("Port"), &json!("Le quai au matin")));
        assert!(french["body"]["html"].as_str().unwrap().contains("alt=\"La carte du port\""));
        // Two languages in one request do not mix.
        let both = "query($path: String!) { ht: route(path: $path, locale: \"ht\") { ... on Article { categories { name } } } fr: route(path: $path) { ... on Article { categories { name } } } }";
        let both = kit.data(&kit.anonymous(), both, json!({ "path": path })).await;
        assert_eq!((&both["ht"]["categories"][0]["name"], &both["fr"]["categories"][0]["name"]), (&json!("Pò"), &json!("Port")));
    }

    async fn lists_take_one_statement_more_for_each_kind_at_most(kit: Kit) {
        let Page { authors, categories, media, .. } = page(&kit).await;
        archive(&kit, 25, &categories[0], &authors, &media[0]).await;
        let said = |name: &str| json!([{ "language": "ht", "name": name }]);
        kit.done(&kit.system(), "categoryUpdate", "", saying(&categories[0], 1, said("Pò"))).await;
        kit.done(&kit.system(), "authorUpdate", "", saying(&authors[0], 1, said("Jan Pyè"))).await;
        let reader = kit.anonymous();
        let query = async |arguments: &str| {
            let document = format!("query($id: ID!) {{ nodes(ids: [$id] {arguments}) {{ ... on Category {{
                name localeMatch {{ served }}
                articles(first: 20) {{ nodes {{
                    headline categories {{ name }} tags {{ name }} authors {{ author {{ name }} }} leadImage {{ alt }}
                }} }} }} }} }}");
            let (data, statements) = kit.statements(kit.data(&reader, &document, json!({ "id": categories[0] }))).await;
            (data["nodes"][0].clone(), statements)
        };
        let (plain, without) = query("").await;
        let (creole, with) = query(", locale: \"ht\", fallback: [\"en\"]").await;
        assert_eq!((plain["name"].as_str(), creole["name"].as_str()), (Some("Port"), Some("Pò")));
        let nodes = creole["articles"]["nodes"].as_array().unwrap();
        assert_eq!((nodes.len(), &nodes[19]["categories"][0]["name"]), (20, &json!("Pò")));
        assert_eq!(nodes[19]["authors"][0]["author"]["name"], "Jan Pyè");
        assert!(without.iter().all(|sql| !sql.contains("localizations")), "{without:#?}");
        // The category itself; categories, tags, authors and pictures below its articles.
        let more = with.iter().filter(|sql| sql.contains("localizations")).count();
        assert!(more <= 5 && with.len() <= without.len() + 5, "{with:#?}");
        // Who asks for the language of its own words asks for no others.
        let (_, own) = query(", locale: \"fr\"").await;
        let own = own.iter().filter(|sql| sql.contains("localizations")).count();
        assert!(own <= 3, "tags, authors and pictures only");
    }

    async fn lists_are_ordered_by_the_own_name_and_inherit_to_children(kit: Kit) {
        let root = kit.make("category", json!({ "name": "A", "language": "fr", "localizations": [{ "language": "ht", "name": "Z" }] })).await;
        kit.make("category", json!({ "name": "B", "language": "fr", "parentId": root, "localizations": [{ "language": "ht", "name": "Y" }] })).await;
        let document = "{ categories(orderBy: { field: NAME }, locale: \"ht\") { nodes { name slug parent { name } children { name localeMatch { served } } } } }";
        let data = kit.data(&kit.anonymous(), document, json!({})).await;
        assert_eq!(data["categories"]["nodes"], json!([
            { "name": "Z", "slug": "a", "parent": null, "children": [{ "name": "Y", "localeMatch": { "served": "ht" } }] },
            { "name": "Y", "slug": "b", "parent": { "name": "Z" }, "children": [] },
        ]));
        for list in ["authors", "contacts", "media"] {
            let document = format!("{{ {list}(locale: \"ht\", fallback: [\"fr\"]) {{ totalCount }} }}");
            assert_eq!(kit.data(&kit.anonymous(), &document, json!({})).await[list]["totalCount"], 0);
        }
    }

    async fn words_of_what_readers_do_not_see_are_not_seen_either(kit: Kit) {
        let picture = json!({ "url": "https://media.example/a.jpg", "localizations": [{ "language": "ht", "alt": "Sekrè" }] });
        let media = kit.make("media", picture).await;
        let draft = kit.article(json!({ "tags": ["Secret"], "gallery": [{ "mediaId": media }] })).await;
        let document = "query($id: ID!) { nodes(ids: [$id], perspective: LATEST) { ... on Article { tags { id } } } }";
        let tag = kit.data(&kit.system(), document, json!({ "id": draft })).await["nodes"][0]["tags"][0]["id"].clone();
        let input = json!({ "id": tag, "expectedVersion": 1, "name": "Secret", "localizations": [{ "language": "ht", "name": "Sekrè" }] });
        kit.done(&kit.system(), "tagRename", "", input).await;
        let document = "query($ids: [ID!]!) { nodes(ids: $ids, locale: \"ht\") {
            ... on Tag { name localizations { name } } ... on Image { alt localizations { alt } } } }";
        let seen = async |caller| kit.data(&caller, document, json!({ "ids": [tag, media] })).await["nodes"].take();
        assert_eq!(seen(kit.anonymous()).await, json!([null, null]));
        assert_eq!(seen(kit.as_role(Role::Editor)).await, json!([
            { "name": "Sekrè", "localizations": [{ "name": "Sekrè" }] }, { "alt": "Sekrè", "localizations": [{ "alt": "Sekrè" }] },
        ]));
    }
}
