//! Importing texts: bodies, ledes, references, pictures, links and comments.

use masthead_domain::SourceId;
use masthead_store::{article, media, reference};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use crate::import::{codes, content, imported, kept, post};

async fn body(kit: &Kit, slug: &str) -> Value {
    let id = kept(kit, "fr", slug).await.unwrap().id;
    article::bodies(&kit.app.database, &[id]).await.unwrap().remove(&id).unwrap().to_json()
}

fn attachment(id: u32, file: &str, more: &str) -> String {
    post(
        id,
        &file.replace('.', "-"),
        &format!(
            "<wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status>\
         <wp:attachment_url>https://rivage.example/up/{file}</wp:attachment_url>{more}"
        ),
    )
}

fn meta(key: &str, value: &str) -> String {
    format!(
        "<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )
}

fn comment(id: u32, parent: u32, approved: &str, kind: &str, text: &str) -> String {
    format!(
        "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Lecteur {id}</wp:comment_author>\
         <wp:comment_author_email>l{id}@mail.example</wp:comment_author_email>\
         <wp:comment_author_IP>192.0.2.{id}</wp:comment_author_IP>\
         <wp:comment_date_gmt>2020-05-05 10:00:0{}</wp:comment_date_gmt>\
         <wp:comment_content><![CDATA[{text}]]></wp:comment_content><wp:comment_approved>{approved}</wp:comment_approved>\
         <wp:comment_type>{kind}</wp:comment_type><wp:comment_parent>{parent}</wp:comment_parent></wp:comment>",
        id % 10
    )
}

both_engines! {
    async fn attachments_become_media_and_pictures_find_them(kit: Kit) {
        let metadata = "a:3:{s:5:\"width\";i:1200;s:6:\"height\";i:800;s:8:\"filesize\";i:54321;}";
        let harbour = attachment(10, "port.jpg", &(meta("_wp_attachment_image_alt", "Le quai") + &meta("_wp_attachment_metadata", metadata)
            + "<excerpt:encoded>Le port au matin</excerpt:encoded>" + &content("Le port au matin")));
        let items = [
            post(1, "un", &(meta("_thumbnail_id", "11") + &content(
                "Avant.\n\n<img src=\"http://www.rivage.example/up/port-300x200.jpg\" alt=\"Quai\">\n\nApr\u{e8}s.\n\n[gallery ids=\"10,11,99\"]",
            ))),
            post(2, "deux", &meta("_thumbnail_id", "404")),
            harbour,
            attachment(11, "une.png", ""),
            attachment(12, "prive.png", "<wp:status>private</wp:status>").replacen("<wp:status>inherit</wp:status>", "", 1),
        ];
        let report = imported(&kit, "", &items).await;
        assert_eq!((report.counts.media.imported, report.counts.media.skipped), (2, 1));
        assert!(codes(&report.skipped).contains(&"thumbnail-missing"));
        let id = kept(&kit, "fr", "un").await.unwrap().id;
        let galleries = media::of_articles(&kit.app.database, &[id]).await.unwrap();
        let shown: Vec<&str> = galleries[&id].iter().map(|usage| usage.media.url.as_str()).collect();
        assert_eq!(shown, ["https://rivage.example/up/une.png", "https://rivage.example/up/port.jpg"]);
        let port = &galleries[&id][1].media;
        assert_eq!((port.alt.as_deref(), port.caption.as_deref()), (Some("Le quai"), Some("Le port au matin")));
        assert_eq!((port.width, port.height, port.byte_size), (Some(1200), Some(800), Some(54321)));
        let body = body(&kit, "un").await;
        let image = body["blocks"].as_array().unwrap().iter().find(|block| block["kind"] == "image");
        let image = image.unwrap_or_else(|| panic!("{body:#}"));
        assert_eq!((&image["media"], image.get("url")), (&json!(port.id.to_string()), None));
    }

    async fn footnotes_become_numbered_references(kit: Kit) {
        let notes = r#"[{"id":"n-b","content":"Anne Roy. Le Devoir. 2020. L’eau manque."},{"id":"n-a","content":"Chiffres arrondis."}]"#;
        let mark = |key: &str, number: u32| format!("<sup data-fn=\"{key}\" class=\"fn\"><a href=\"#{key}\" id=\"{key}-link\">{number}</a></sup>");
        let block = format!(
            "<!-- wp:paragraph --><p>Un{}, deux{}, H<sub>2</sub>O x<sup>2</sup>.</p><!-- /wp:paragraph --><!-- wp:footnotes /-->",
            mark("n-a", 1), mark("n-b", 2),
        );
        let by_hand = "Le port [1] rouvre.\n\nRéférences\n[1] Jean Dupont. Le Rivage. 12 janvier 2021. Le port rouvre.";
        let report = imported(&kit, "", &[
            post(1, "bloc", &(content(&block) + &meta("footnotes", notes))),
            post(2, "liste", &content(by_hand)),
        ]).await;
        assert_eq!(report.counts.references.imported, 3);
        let id = kept(&kit, "fr", "bloc").await.unwrap().id;
        let references = reference::of_articles(&kit.app.database, &[id]).await.unwrap();
        let titles: Vec<&str> = references[&id].iter().map(|reference| reference.source.title.as_str()).collect();
        assert_eq!(titles, ["Chiffres arrondis", "L’eau manque"]);
        assert_eq!(references[&id][1].source.outlet.as_deref(), Some("Le Devoir"));
        let text = body(&kit, "bloc").await.to_string();
        assert!(text.contains("superscript") && text.contains("\"reference\""), "{text}");
        let id = kept(&kit, "fr", "liste").await.unwrap().id;
        let references = reference::of_articles(&kit.app.database, &[id]).await.unwrap();
        assert_eq!(references[&id][0].source.published_on.as_deref(), Some("2021-01-12"));
        let _: SourceId = references[&id][0].source.id;
    }

    async fn links_to_published_articles_of_the_export_are_rewritten_and_others_are_not(kit: Kit) {
        let links = "<a href=\"https://www.rivage.example/2020/05/deux/?x=1#fin\">a</a> <a href=\"/2020/05/deux/\">b</a> \
            <a href=\"https://rivage.example/?p=2\">c</a> <a href=\"https://rivage.example/?p=3\">d</a> \
            <a href=\"https://rivage.example/2020/05/trois/\">e</a> <a href=\"https://ailleurs.example/2020/05/deux/\">f</a>";
        imported(&kit, "", &[
            post(1, "un", &content(links)),
            post(2, "deux", ""),
            post(3, "trois", "<wp:status>draft</wp:status>"),
        ]).await;
        let text = body(&kit, "un").await.to_string();
        assert_eq!(text.matches("\"/fr/deux\"").count(), 2, "{text}");
        assert!(text.contains("\"/fr/deux#fin\""), "{text}");
        for kept in ["https://rivage.example/?p=3", "https://rivage.example/2020/05/trois/", "https://ailleurs.example/2020/05/deux/"] {
            assert!(text.contains(&format!("\"{kept}\"")), "{kept}: {text}");
        }
        assert!(!text.contains("/fr/trois"), "{text}");
    }

    async fn a_link_that_asks_for_a_number_leads_where_the_number_says(kit: Kit) {
        let links = "<a href=\"?p=2\">a</a> <a href=\"/2020/05/un/?p=2#fin\">b</a> <a href=\"?p=3\">c</a> <a href=\"?p=404\">d</a>";
        imported(&kit, "", &[
            post(1, "un", &content(links)),
            post(2, "deux", ""),
            post(3, "trois", "<wp:status>draft</wp:status>"),
        ]).await;
        let text = body(&kit, "un").await.to_string();
        for found in ["\"/fr/deux\"", "\"/fr/deux#fin\"", "/2020/05/un/?p=3\"", "/2020/05/un/?p=404\""] {
            assert!(text.contains(found), "{found}: {text}");
        }
        assert!(!text.contains("/fr/un") && !text.contains("/fr/trois"), "{text}");
    }

    async fn every_note_keeps_its_words_though_notes_share_a_source(kit: Kit) {
        let by_hand = "Un [1], deux [2].\n\n[1] Jean Dupont. Le Rivage. 2021. Le port. https://source.example/a\n\
            [2] Une tout autre remarque, page 7. https://source.example/a";
        imported(&kit, "", &[
            post(1, "un", &content(by_hand)),
            post(2, "deux", &content("Trois [1].\n\n[1] Anne Roy. Le Devoir. 2020. L’eau. https://source.example/a")),
        ]).await;
        assert_eq!(kit.row_count("sources").await, 1);
        let words = kit.sql("select note from article_references order by note").await;
        let words = serde_json::to_string(&words).unwrap();
        assert!(words.contains("Une tout autre remarque, page 7.") && words.contains("Anne Roy. Le Devoir."), "{words}");
        assert!(!words.contains("Jean Dupont"), "{words}");
    }

    async fn a_lede_is_set_apart_and_never_said_twice(kit: Kit) {
        let excerpt = |text: &str| format!("<excerpt:encoded>{text}</excerpt:encoded>");
        imported(&kit, "", &[
            post(1, "extrait", &(content("Le texte.") + &excerpt("En bref &amp; clair"))),
            post(2, "suite", &content("Le chapeau.\n\n<!--more-->\n\nLe texte.")),
            post(3, "riche", &content("Le <em>chapeau</em>.\n\n<!--more-->\n\nLe texte.")),
            post(4, "meme", &(content("Les mots.\n\nLe texte.") + &excerpt("Les mots."))),
            post(5, "seul", &content("Le tout.\n\n<!--more-->")),
        ]).await;
        for (slug, lede, blocks) in [("extrait", Some("En bref & clair"), 1), ("suite", Some("Le chapeau."), 1), ("riche", None, 2), ("meme", Some("Les mots."), 1), ("seul", None, 1)] {
            let article = kept(&kit, "fr", slug).await.unwrap();
            assert_eq!(article.lede.as_deref(), lede, "{slug}");
            assert_eq!(body(&kit, slug).await["blocks"].as_array().unwrap().len(), blocks, "{slug}");
        }
    }

    async fn hostile_texts_lose_what_could_do_harm(kit: Kit) {
        let text = "Bon<script>alert(1)</script> <a href=\"javascript:alert(1)\" onmouseover=\"eval(atob('x'))\">lien</a>\
            \n\n<iframe src=\"https://inconnu.example/cadre\"></iframe>";
        let report = imported(&kit, "", &[post(1, "un", &content(text)), post(2, "", &(content("Sans titre ici.") + "<title></title><wp:status>draft</wp:status>"))]).await;
        let stored = body(&kit, "un").await.to_string();
        for bad in ["script", "onmouseover", "eval("] {
            assert!(!stored.contains(bad), "{bad}: {stored}");
        }
        assert!(stored.contains("https://inconnu.example/cadre"), "{stored}");
        assert!(codes(&report.skipped).contains(&"dropped-element"), "{:?}", codes(&report.skipped));
        assert!(codes(&report.repaired).contains(&"headline-made"));
        assert_eq!(kit.sql("select headline from articles where state = 'DRAFT'").await[0]["headline"], "Sans titre ici.");
    }

    async fn comments_keep_their_threads_and_lose_what_is_private(kit: Kit) {
        let comments = [
            comment(2, 1, "1", "", "Réponse avant la question"),
            comment(1, 0, "1", "comment", "Bonjour\n\n<b onmouseover=\"eval(atob('x'))\">gras</b> <script>alert(1)</script>"),
            comment(3, 2, "0", "", "En attente"),
            comment(4, 0, "spam", "", "Achetez"),
            comment(5, 0, "trash", "", "Jeté"),
            comment(6, 0, "1", "pingback", "Un lien"),
            comment(7, 6, "1", "", "Réponse au lien"),
            comment(8, 0, "1", "", "<script>rien d’autre</script>"),
            comment(7, 6, "1", "", "Réponse au lien"),
        ].concat();
        let report = imported(&kit, "", &[post(1, "un", &comments)]).await;
        assert_eq!((report.counts.comments.imported, report.counts.comments.skipped), (5, 4));
        assert!(codes(&report.repaired).contains(&"comment-parent-missing"));
        assert!(codes(&report.skipped).contains(&"comment-empty"));
        let rows = kit.sql("select c.author_name as author, c.status as status, p.author_name as parent, c.body as body \
            from comments c left join comments p on p.id = c.parent_id order by c.author_name").await;
        let found: Vec<(&str, &str, &str)> = rows.iter()
            .map(|row| (row["author"].as_str().unwrap(), row["status"].as_str().unwrap(), row["parent"].as_str().unwrap_or("")))
            .collect();
        assert_eq!(found, [
            ("Lecteur 1", "VISIBLE", ""), ("Lecteur 2", "VISIBLE", "Lecteur 1"), ("Lecteur 3", "PENDING", "Lecteur 2"),
            ("Lecteur 4", "SPAM", ""), ("Lecteur 7", "VISIBLE", ""),
        ]);
        let body = rows[0]["body"].as_str().unwrap();
        assert!(body.starts_with("<p>Bonjour</p>") && !body.contains("onmouseover") && !body.contains("script"), "{body}");
        assert_eq!(kept(&kit, "fr", "un").await.unwrap().comment_count, 3);
        let all = json!(kit.sql("select author_name, body from comments").await).to_string();
        assert!(!all.contains("mail.example") && !all.contains("192.0.2"), "{all}");
    }
}
