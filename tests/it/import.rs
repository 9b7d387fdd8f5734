//! Importing WordPress exports: states, people, terms, addresses, editions, and importing again. Texts are in
//! `import_text`, real exports in `import_corpora`, the command in `import_file`. All samples here are our own words.

use std::collections::BTreeMap;

use masthead::import::{self, ImportError, ImportOptions, Report};
use masthead_domain::{LanguageTag, Slug, article::ArticleKind};
use masthead_store::{ReadScope, article, external};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

/// How tests import: on a site whose first language is French, without custom types.
pub(crate) fn options(dry_run: bool) -> ImportOptions {
    ImportOptions {
        file: "sample.xml".into(),
        dry_run,
        types: BTreeMap::new(),
        default_language: "fr".parse().unwrap(),
    }
}

pub(crate) async fn import_text(kit: &Kit, text: &[u8], options: &ImportOptions) -> Result<Report, ImportError> {
    let bytes = text.to_vec();
    let open = move || -> std::io::Result<Box<dyn std::io::BufRead + Send>> {
        Ok(Box::new(std::io::Cursor::new(bytes.clone())))
    };
    import::wxr(&kit.app, &open, options, &mut |_| {}).await
}

/// Imports an export of these parts, which must go well.
pub(crate) async fn imported(kit: &Kit, head: &str, items: &[String]) -> Report {
    import_text(kit, export(head, items).as_bytes(), &options(false)).await.unwrap()
}

/// What is in the database: how many rows each table has.
pub(crate) async fn written(kit: &Kit) -> BTreeMap<&'static str, i64> {
    let mut counts = BTreeMap::new();
    for table in [
        "media",
        "authors",
        "categories",
        "tags",
        "sources",
        "articles",
        "article_bodies",
        "article_credits",
        "article_categories",
        "article_tags",
        "article_media",
        "article_references",
        "comments",
        "external_ids",
        "legacy_paths",
        "change_log",
    ] {
        counts.insert(table, kit.row_count(table).await);
    }
    counts
}

/// An export of our own words.
pub(crate) fn export(head: &str, items: &[String]) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
<title>Le Rivage</title><link>https://rivage.example</link><pubDate>Mon, 02 Nov 2026 08:00:00 +0000</pubDate>
<language>fr-FR</language><wp:wxr_version>1.2</wp:wxr_version>
<wp:base_site_url>https://rivage.example</wp:base_site_url><wp:base_blog_url>https://rivage.example</wp:base_blog_url>
{head}
{}
</channel></rss>"#,
        items.concat()
    )
}

/// A post, to which a test adds what matters to it. Later elements do not replace earlier ones, so those that a test
/// sets are left out here.
pub(crate) fn post(id: u32, slug: &str, more: &str) -> String {
    let unless = |element: &str, text: String| if more.contains(element) { String::new() } else { text };
    let mut item = format!("<item>\n<guid isPermaLink=\"false\">https://rivage.example/?p={id}</guid>");
    item += &format!("<wp:post_id>{id}</wp:post_id><wp:post_name>{slug}</wp:post_name>");
    item += &unless("<title>", format!("<title>Titre {id}</title>"));
    item += &unless("<link>", format!("<link>https://rivage.example/2020/05/{slug}/</link>"));
    item += &unless("<dc:creator>", "<dc:creator>jeanne</dc:creator>".to_owned());
    item += &unless("<wp:post_date_gmt>", "<wp:post_date_gmt>2020-05-04 10:00:00</wp:post_date_gmt>".to_owned());
    item += &unless("<wp:status>", "<wp:status>publish</wp:status>".to_owned());
    item += &unless("<wp:post_type>", "<wp:post_type>post</wp:post_type>".to_owned());
    item += &unless("<content:encoded>", format!("<content:encoded><![CDATA[Texte {id}.]]></content:encoded>"));
    item + more + "</item>\n"
}

pub(crate) fn content(html: &str) -> String {
    format!("<content:encoded><![CDATA[{html}]]></content:encoded>")
}

/// An article as kept, by slug.
pub(crate) async fn kept(kit: &Kit, language: &str, slug: &str) -> Option<article::Article> {
    let scope = ReadScope::all(kit.app.clock.now());
    let language: LanguageTag = language.parse().unwrap();
    article::by_slug(&kit.app.database, &scope, &Slug::parse(slug).unwrap(), Some(&language)).await.unwrap()
}

pub(crate) fn codes(entries: &[import::Entry]) -> Vec<&str> {
    let mut codes: Vec<&str> = entries.iter().map(|entry| entry.code).collect();
    codes.sort_unstable();
    codes
}

async fn column(kit: &Kit, query: &str) -> Vec<String> {
    let text = |row: Value| {
        let row = row.as_object().unwrap().clone();
        row.values().next().unwrap().as_str().unwrap_or("-").to_owned()
    };
    kit.sql(query).await.into_iter().map(text).collect()
}

both_engines! {
    async fn each_state_of_wordpress_has_its_own_here_and_only_the_published_is_public(kit: Kit) {
        let state = |id, slug: &str, status: &str, more: &str| {
            post(id, slug, &format!("<wp:status>{status}</wp:status>{more}"))
        };
        let future = "<wp:post_date_gmt>2027-01-01 00:00:00</wp:post_date_gmt>";
        let report = imported(&kit, "", &[
            state(1, "publie", "publish", "<wp:is_sticky>1</wp:is_sticky>"),
            state(2, "prevu", "future", future),
            state(3, "manque", "future", ""),
            state(4, "brouillon", "draft", ""),
            state(5, "relu", "pending", ""),
            state(6, "prive", "private", ""),
            state(7, "corbeille", "trash", ""),
            state(8, "auto", "auto-draft", ""),
            state(9, "mot-de-passe", "publish", "<wp:post_password>secret</wp:post_password>"),
            state(10, "autre", "archived", ""),
            state(11, "a-propos", "publish", "<wp:post_type>page</wp:post_type>"),
            state(12, "menu", "publish", "<wp:post_type>nav_menu_item</wp:post_type>"),
            state(13, "episode", "publish", "<wp:post_type>podcast</wp:post_type>"),
        ]).await;
        assert_eq!(json!(report.statuses), json!({ "PUBLISHED": 2, "SCHEDULED": 1, "DRAFT": 5, "IN_REVIEW": 1 }));
        assert_eq!((report.counts.articles.imported, report.counts.articles.skipped), (8, 3));
        assert_eq!((report.counts.pages.imported, json!(report.not_content)), (1, json!({ "nav_menu_item": 1 })));
        assert_eq!(codes(&report.skipped), ["status-skipped", "status-skipped", "type-skipped"]);
        let notes = codes(&report.notes);
        for code in ["password-draft", "private-draft", "schedule-passed", "status-unknown", "sticky"] {
            assert_eq!(notes.iter().filter(|note| **note == code).count(), 1, "{code}: {notes:?}");
        }
        let public = ReadScope::public(kit.app.clock.now());
        for (slug, is_public) in [("publie", true), ("prevu", false), ("prive", false), ("mot-de-passe", false)] {
            let path = format!("/2020/05/{slug}");
            let id = external::by_legacy_path(&kit.app.database, &path).await.unwrap().unwrap();
            let masthead_domain::AnyId::Article(id) = id else { panic!("{id:?}") };
            let seen = article::by_id(&kit.app.database, &public, id).await.unwrap();
            assert_eq!(seen.is_some(), is_public, "{slug}");
        }
        let kinds = column(&kit, "select kind from articles where slug = 'a-propos'").await;
        assert_eq!(kinds, ["PAGE"]);
    }

    async fn dates_follow_the_best_there_is(kit: Kit) {
        let date = |id, slug: &str, dates: &str| post(id, slug, &format!("<wp:post_date_gmt>{dates}"));
        let report = imported(&kit, "", &[
            date(1, "gmt", "2020-05-04 10:00:00</wp:post_date_gmt><wp:post_date>2020-05-04 06:00:00</wp:post_date>"),
            date(2, "flux", "0000-00-00 00:00:00</wp:post_date_gmt><pubDate>Mon, 04 May 2020 11:00:00 +0000</pubDate>"),
            date(3, "local", "0000-00-00 00:00:00</wp:post_date_gmt><wp:post_date>2020-05-04 08:00:00</wp:post_date>"),
            date(4, "rien", "0000-00-00 00:00:00</wp:post_date_gmt><pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate>"),
        ]).await;
        for (slug, at) in [
            ("gmt", "2020-05-04T10:00:00+00:00"),
            ("flux", "2020-05-04T11:00:00+00:00"),
            ("local", "2020-05-04T12:00:00+00:00"),
            ("rien", "2026-11-02T08:00:00+00:00"),
        ] {
            let article = kept(&kit, "fr", slug).await.unwrap();
            assert_eq!(article.state.published_at().unwrap().to_rfc3339(), at, "{slug}");
            assert_eq!(article.first_published_at, article.state.published_at());
        }
        assert_eq!(codes(&report.repaired)[..4], ["author-undeclared", "date-from-export", "date-from-local", "date-from-pub-date"]);
    }

    async fn authors_are_made_from_declarations_and_from_items_without_their_addresses(kit: Kit) {
        let head = "<wp:author><wp:author_login>jeanne</wp:author_login>
            <wp:author_email>jeanne@rivage.example</wp:author_email>
            <wp:author_display_name>Jeanne Noël</wp:author_display_name></wp:author>";
        let by = |id, login: &str| post(id, &format!("de-{id}"), &format!("<dc:creator>{login}</dc:creator>"));
        let items = [by(1, "jeanne"), by(2, "marc@rivage.example"), by(3, "Jeanne Noël"), by(4, "")];
        let report = imported(&kit, head, &items).await;
        assert_eq!(report.counts.authors.imported, 3);
        assert_eq!(column(&kit, "select slug from authors order by slug").await, ["jeanne-noel", "jeanne-noel-2", "marc"]);
        assert_eq!(column(&kit, "select email from authors").await, ["-", "-", "-"]);
        let text = serde_json::to_string(&report).unwrap() + &report.to_string();
        assert!(!text.contains("marc@") && !text.contains("jeanne@"), "{text}");
        let old = external::by_legacy_path(&kit.app.database, "/author/jeanne").await.unwrap();
        assert_eq!(old.map(|id| id.kind()), Some(masthead_domain::EntityKind::Author));
        assert_eq!(kit.row_count("article_credits").await, 3);
        assert_eq!(report.renamed[0].to, "jeanne-noel-2");
    }

    async fn all_authors_of_an_article_are_credited_declared_or_not(kit: Kit) {
        let head = "<wp:author><wp:author_login>jean.noel</wp:author_login>
            <wp:author_display_name>Jean Noël</wp:author_display_name></wp:author>";
        let co = |login: &str, slug: &str| format!("<category domain=\"author\" nicename=\"cap-{slug}\"><![CDATA[{login}]]></category>");
        let meta = |key: &str, value: &str| {
            format!("<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>")
        };
        let guest = "<wp:post_type>guest-author</wp:post_type>".to_owned()
            + &meta("cap-user_login", "lea") + &meta("cap-display_name", "Léa Marchand") + &meta("cap-user_email", "lea@mail.example");
        let authors = co("jean.noel", "jean-noel") + &co("lea", "lea") + &co("paul", "paul");
        let report = imported(&kit, head, &[post(1, "un", &authors), post(2, "cap-lea", &guest)]).await;
        let credited = "select a.name from article_credits c join authors a on a.id = c.author_id order by c.position";
        assert_eq!(column(&kit, credited).await, ["Jean Noël", "Léa Marchand", "paul"]);
        assert_eq!(report.not_content.get("guest-author"), Some(&1));
        let undeclared = report.repaired.iter().filter(|entry| entry.code == "author-undeclared");
        assert_eq!(undeclared.map(|entry| entry.item.as_ref().unwrap().name.as_str()).collect::<Vec<_>>(), ["jeanne", "paul"]);
        assert!(!serde_json::to_string(&report).unwrap().contains("mail.example"));
    }

    async fn categories_keep_their_tree_and_broken_ones_are_mended(kit: Kit) {
        let category = |slug: &str, parent: &str, name: &str| {
            format!(
                "<wp:category><wp:category_nicename>{slug}</wp:category_nicename>\
                 <wp:category_parent>{parent}</wp:category_parent><wp:cat_name><![CDATA[{name}]]></wp:cat_name>\
                 </wp:category>"
            )
        };
        let mut head = category("ville", "pays", "Ville &amp; port") + &category("pays", "", "Pays");
        head += &(category("orpheline", "absente", "Orpheline") + &category("a", "b", "A") + &category("b", "a", "B"));
        head += &category("%c3%a9conomie", "", "Économie");
        for depth in 1..=10 {
            let parent = if depth == 1 { String::new() } else { format!("n{}", depth - 1) };
            head += &category(&format!("n{depth}"), &parent, &format!("N{depth}"));
        }
        let item = post(1, "un", "<category domain=\"category\" nicename=\"ville\">Ville</category>\
            <category domain=\"category\" nicename=\"nulle-part\">Nulle part</category><category>Pays</category>");
        let report = imported(&kit, &head, &[item]).await;
        let rows = kit.sql("select c.slug as slug, p.slug as parent from categories c left join categories p \
            on p.id = c.parent_id order by c.slug").await;
        let parents: BTreeMap<String, Value> =
            rows.iter().map(|row| (row["slug"].as_str().unwrap().to_owned(), row["parent"].clone())).collect();
        for (slug, parent) in [
            ("ville", json!("pays")), ("pays", json!(null)), ("orpheline", json!(null)), ("economie", json!(null)),
            ("a", json!(null)), ("b", json!("a")), ("n8", json!("n7")), ("n9", json!("n7")), ("n10", json!("n7")),
            ("nulle-part", json!(null)),
        ] {
            assert_eq!(parents.get(slug), Some(&parent), "{slug}");
        }
        let repaired = codes(&report.repaired);
        for (code, count) in [
            ("category-parent-missing", 1), ("category-cycle", 1), ("category-too-deep", 2), ("category-undeclared", 1),
        ] {
            assert_eq!(repaired.iter().filter(|known| **known == code).count(), count, "{code}");
        }
        assert_eq!(column(&kit, "select name from categories where slug = 'ville'").await, ["Ville & port"]);
        let filed = "select c.slug from article_categories a join categories c on c.id = a.category_id \
            order by a.position";
        assert_eq!(column(&kit, filed).await, ["ville", "nulle-part", "pays"]);
        let old = external::by_legacy_path(&kit.app.database, "/category/économie").await.unwrap();
        assert!(old.is_some());
    }

    async fn two_tags_with_one_slug_are_one_and_used_ones_are_made(kit: Kit) {
        let head = "<wp:tag><wp:tag_slug>eau</wp:tag_slug><wp:tag_name>Eau</wp:tag_name></wp:tag>
            <wp:tag><wp:tag_slug>caf%c3%a9</wp:tag_slug><wp:tag_name>Café</wp:tag_name></wp:tag>
            <wp:tag><wp:tag_slug>cafe</wp:tag_slug><wp:tag_name>Cafe</wp:tag_name></wp:tag>";
        let item = post(1, "un", "<category domain=\"post_tag\" nicename=\"port\">Port</category>\
            <category domain=\"post_tag\" nicename=\"caf%c3%a9\">Café</category>\
            <category domain=\"post_tag\" nicename=\"cafe\">Cafe</category>");
        imported(&kit, head, &[item]).await;
        assert_eq!(column(&kit, "select slug from tags order by slug").await, ["cafe", "eau", "port"]);
        let borne = "select t.slug from article_tags a join tags t on t.id = a.tag_id order by a.position";
        assert_eq!(column(&kit, borne).await, ["port", "cafe"]);
    }

    async fn a_repeated_slug_gets_a_number_and_the_published_article_keeps_it(kit: Kit) {
        imported(&kit, "", &[post(1, "pris", "")]).await;
        let elsewhere = |text: String| text.replace("rivage.example", "autre.example");
        let text = elsewhere(export("", &[
            post(1, "le-port", "<wp:status>draft</wp:status>"),
            post(2, "le-port", ""),
            post(3, "le-port-2", ""),
            post(4, "le-port", "<wp:post_type>page</wp:post_type>"),
            post(5, "pris", ""),
            post(6, "%e2%80%8fL%27%c3%89t%c3%a9", ""),
        ]));
        let report = import_text(&kit, text.as_bytes(), &options(false)).await.unwrap();
        let slugs = "select slug from articles order by slug";
        assert_eq!(column(&kit, slugs).await, ["l-ete", "le-port", "le-port-2", "le-port-3", "le-port-4", "pris", "pris-2"]);
        assert_eq!(kept(&kit, "fr", "le-port").await.unwrap().headline, "Titre 2");
        let mut renamed: Vec<_> = report.renamed.iter().filter(|one| one.item.noun != "author").map(|one| (one.item.id.as_str(), one.code, one.to.as_str())).collect();
        renamed.sort_unstable();
        assert_eq!(renamed, [
            ("1", "slug-repeated", "le-port-4"),
            ("4", "slug-repeated", "le-port-3"),
            ("5", "slug-taken", "pris-2"),
            ("6", "slug-rewritten", "l-ete"),
        ]);
    }

    async fn two_items_of_one_guid_both_survive_and_a_copy_does_not(kit: Kit) {
        let same = |text: String| text.replace("?p=2<", "?p=1<").replace("?p=3<", "?p=1<");
        let twin = post(1, "un", "").replace("<item>", "<item><!-- the same again -->");
        let report = imported(&kit, "", &[post(1, "un", ""), same(post(2, "deux", "")), twin]).await;
        assert_eq!((report.counts.articles.imported, report.counts.articles.skipped), (2, 1));
        assert!(codes(&report.skipped).contains(&"item-repeated"));
        let before = written(&kit).await;
        let twin = post(1, "un", "").replace("<item>", "<item><!-- the same again -->");
        imported(&kit, "", &[post(1, "un", ""), same(post(2, "deux", "")), twin]).await;
        assert_eq!(written(&kit).await, before);
    }

    async fn translations_are_editions_of_one_story(kit: Kit) {
        let in_language = |id, slug: &str, code: &str, group: &str| {
            post(id, slug, &format!("<category domain=\"language\" nicename=\"{code}\">{code}</category>\
                <category domain=\"post_translations\" nicename=\"{group}\">{group}</category>"))
        };
        let split = post(5, "deux-langues", &(content("[:fr]Bonjour[:en]Hello[:]") + "<title>[:fr]Salut[:en]Hi[:]</title>"
            + "<wp:comment><wp:comment_id>9</wp:comment_id><wp:comment_author>Ana</wp:comment_author>
            <wp:comment_content>Merci</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>"));
        let report = imported(&kit, "", &[
            in_language(1, "le-port", "fr", "pll_1"),
            in_language(2, "the-harbour", "en", "pll_1"),
            in_language(3, "encore-le-port", "fr", "pll_1"),
            in_language(4, "seul", "ht", "pll_2"),
            split,
        ]).await;
        let story = |article: article::Article| article.translation_group;
        let [fr, en, clash] = [("fr", "le-port"), ("en", "the-harbour"), ("fr", "encore-le-port")];
        let fr = kept(&kit, fr.0, fr.1).await.unwrap();
        let en = kept(&kit, en.0, en.1).await.unwrap();
        let clash = kept(&kit, clash.0, clash.1).await.unwrap();
        assert_eq!((en.translated_from, en.translation_group), (Some(fr.id), fr.translation_group));
        assert_ne!(clash.translation_group, fr.translation_group);
        assert!(codes(&report.notes).contains(&"language-clash"));
        assert!(kept(&kit, "ht", "seul").await.is_some());
        let (salut, hi) = (kept(&kit, "fr", "deux-langues").await.unwrap(), kept(&kit, "en", "deux-langues").await.unwrap());
        assert_eq!((salut.headline.as_str(), hi.headline.as_str()), ("Salut", "Hi"));
        assert_eq!((salut.comment_count, hi.comment_count), (1, 0));
        assert_eq!(story(salut), story(hi));
        assert_eq!(json!(report.languages), json!({ "fr": 3, "en": 2, "ht": 1 }));
    }

    async fn a_map_of_translations_and_a_declared_locale_count_where_items_say_nothing(kit: Kit) {
        let term = |taxonomy: &str, slug: &str, text: &str| {
            format!("<wp:term><wp:term_taxonomy>{taxonomy}</wp:term_taxonomy><wp:term_slug>{slug}</wp:term_slug>\
                <wp:term_description><![CDATA[{text}]]></wp:term_description></wp:term>")
        };
        let head = term("language", "us", "a:1:{s:6:\"locale\";s:5:\"en_US\";}")
            + &term("post_translations", "pll_1", "a:2:{s:2:\"fr\";i:1;s:2:\"us\";i:2;}");
        let language = "<category domain=\"language\" nicename=\"us\">English</category>";
        imported(&kit, &head, &[post(1, "un", ""), post(2, "one", ""), post(3, "autre", language)]).await;
        let (un, one) = (kept(&kit, "fr", "un").await.unwrap(), kept(&kit, "en", "one").await.unwrap());
        assert_eq!(un.translation_group, one.translation_group);
        assert!(kept(&kit, "en", "autre").await.is_some());
    }

    async fn editions_of_one_story_find_each_other_across_the_files_of_a_site(kit: Kit) {
        let edition = |id, slug: &str, language: &str| post(id, slug, &format!(
            "<category domain=\"language\" nicename=\"{language}\">x</category>\
             <category domain=\"post_translations\" nicename=\"pll_1\">pll_1</category>"
        ));
        let (un, one) = (edition(1, "un", "fr"), edition(2, "one", "en"));
        imported(&kit, "", std::slice::from_ref(&un)).await;
        let report = imported(&kit, "", &[one.clone(), edition(3, "autre", "fr")]).await;
        assert!(codes(&report.notes).contains(&"translation-missing"), "{:?}", codes(&report.notes));
        let group = async |language, slug| kept(&kit, language, slug).await.unwrap().translation_group;
        assert_eq!(group("fr", "un").await, group("en", "one").await);
        assert_ne!(group("fr", "un").await, group("fr", "autre").await);
        let before = written(&kit).await;
        imported(&kit, "", &[one, un]).await;
        assert_eq!(written(&kit).await, before);
    }

    async fn a_guid_of_any_length_names_its_item_for_ever(kit: Kit) {
        // Without repetitions, as an index compresses those away.
        let noise: String = (0..1_500_u64).map(|n| format!("{:x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        let guid = format!("<guid>https://rivage.example/?{noise}</guid>");
        let item = post(1, "un", "").replacen("<guid isPermaLink=\"false\">https://rivage.example/?p=1</guid>", &guid, 1);
        let counts = |report: Report| (report.counts.articles.imported, report.counts.articles.unchanged);
        assert_eq!(counts(imported(&kit, "", std::slice::from_ref(&item)).await), (1, 0));
        assert_eq!(counts(imported(&kit, "", &[item]).await), (0, 1));
    }

    async fn importing_again_adds_what_is_new_and_touches_nothing_else(kit: Kit) {
        let comment = |id: u32| format!("<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author>Ana</wp:comment_author>
            <wp:comment_date_gmt>2020-05-05 10:00:00</wp:comment_date_gmt><wp:comment_content>Mot {id}</wp:comment_content>
            <wp:comment_approved>1</wp:comment_approved></wp:comment>");
        let first = [post(1, "un", &comment(7)), post(2, "deux", ""), post(3, "trois", "")];
        imported(&kit, "", &first).await;
        let before = written(&kit).await;
        imported(&kit, "", &first).await;
        assert_eq!(written(&kit).await, before);

        let gone = kept(&kit, "fr", "trois").await.unwrap();
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        masthead_app::article::delete(&work, gone.id, gone.version).await.unwrap();
        work.commit().await.unwrap();
        let later = [
            post(1, "un", &(comment(7) + &comment(8) + "<title>Autre titre</title>")),
            post(2, "deux", ""),
            post(3, "trois", &comment(9)),
            post(4, "quatre", &content("<a href=\"https://rivage.example/2020/05/un/\">un</a>")),
        ];
        let report = imported(&kit, "", &later).await;
        let count = report.counts.articles;
        assert_eq!((count.imported, count.unchanged, count.changed_since, count.skipped), (1, 1, 1, 1));
        assert_eq!((report.counts.comments.imported, report.counts.comments.unchanged), (1, 1));
        let notes = codes(&report.notes);
        assert!(notes.contains(&"changed-since") && notes.contains(&"deleted-here"), "{notes:?}");
        let one = kept(&kit, "fr", "un").await.unwrap();
        assert_eq!((one.headline.as_str(), one.comment_count, one.version), ("Titre 1", 2, 1));
        assert!(kept(&kit, "fr", "trois").await.is_none());
        let bodies = column(&kit, "select body from article_bodies b join articles a on a.id = b.article_id where a.slug = 'quatre'").await;
        assert!(bodies[0].contains("\"/fr/un\""), "{bodies:?}");
    }

    async fn custom_types_come_when_they_are_mapped(kit: Kit) {
        let items = [post(1, "episode", "<wp:post_type>podcast</wp:post_type><dc:creator>studio</dc:creator>")];
        let mut mapped = options(false);
        mapped.types.insert("podcast".to_owned(), ArticleKind::Interview);
        let report = import_text(&kit, export("", &items).as_bytes(), &mapped).await.unwrap();
        assert_eq!(report.counts.articles.imported, 1);
        assert_eq!(column(&kit, "select kind from articles").await, ["INTERVIEW"]);
        assert_eq!(column(&kit, "select name from authors").await, ["studio"]);
    }

    async fn a_dry_run_tells_the_same_and_writes_nothing(kit: Kit) {
        imported(&kit, "", &[post(1, "pris", "")]).await;
        let before = written(&kit).await;
        let text = export("", &[post(1, "pris", ""), post(2, "pris", ""), post(3, "trois", "<dc:creator>ana</dc:creator>")]);
        let announced = import_text(&kit, text.as_bytes(), &options(true)).await.unwrap();
        assert_eq!(written(&kit).await, before);
        let done = import_text(&kit, text.as_bytes(), &options(false)).await.unwrap();
        assert!(announced.to_string().starts_with("Dry run"));
        assert_eq!(Report { dry_run: false, ..announced }, done);
        assert_eq!(done.renamed[0].to, "pris-2");
    }

    async fn a_file_broken_at_its_end_imports_nothing(kit: Kit) {
        let whole = export("", &[post(1, "un", ""), post(2, "deux", "")]);
        let cut = whole.replace("</channel></rss>", "");
        let crossed = whole.replace("</channel></rss>", "<wp:tag></channel></rss>");
        let before = written(&kit).await;
        for (text, what) in [(cut.as_str(), "line"), (&crossed, "line"), ("", "empty"), ("{}", "not XML"), ("<html></html>", "html")] {
            let error = import_text(&kit, text.as_bytes(), &options(false)).await.unwrap_err();
            assert!(error.to_string().contains(what) && error.to_string().contains("nothing was imported"), "{error}");
            assert_eq!(error.position().is_some(), what == "line", "{error}");
        }
        assert_eq!(written(&kit).await, before);
    }
}
