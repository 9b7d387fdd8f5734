//! Exports as newsrooms send them, one trap per test.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const NEWSROOM: &[u8] = include_bytes!("../../fixtures/wxr/newsroom.xml");
const DAMAGED: &[u8] = include_bytes!("../../fixtures/wxr/damaged.xml");
const OLD_PREFIXES: &[u8] = include_bytes!("../../fixtures/wxr/old-prefixes.xml");
const QTRANSLATE: &[u8] = include_bytes!("../../fixtures/wxr/qtranslate.xml");

const WP: &str = "xmlns:wp=\"http://wordpress.org/export/1.2/\"";

fn items(xml: &[u8]) -> Vec<WxrItem> {
    let events = Reader::new(xml).unwrap();
    let found = events.filter_map(|event| match event.unwrap() {
        Event::Item(item) => Some(*item),
        _ => None,
    });
    found.collect()
}

fn codes(notes: &[Note]) -> Vec<&'static str> {
    notes.iter().map(|note| note.kind.code()).collect()
}

fn refused(xml: &str) -> WxrError {
    match survey(xml.as_bytes()) {
        Ok(_) => panic!("accepted: {xml}"),
        Err(error) => error,
    }
}

fn export(inner: &str) -> String {
    channel(&format!("<item><guid>g</guid>{inner}</item>"))
}

fn channel(inner: &str) -> String {
    format!("<rss {WP}><channel><wp:wxr_version>1.2</wp:wxr_version>{inner}</channel></rss>")
}

#[test]
fn the_survey_knows_the_whole_newsroom() {
    let survey = survey(NEWSROOM).unwrap();
    assert_eq!(survey.site.title, "Le Rivage");
    assert_eq!(survey.items.len(), 7);
    assert_eq!(survey.count_of(&PostType::Post), 5);
    assert_eq!(survey.by_type_status.get(&(PostType::Other("podcast".to_owned()), PostStatus::Publish)), Some(&1));
    assert_eq!(survey.usual_offset, UtcOffset::from_minutes(-240));
    assert_eq!(survey.offsets.len(), 2);
    assert_eq!(survey.authors[1].login, "paul");
    assert_eq!(survey.authors[1].display_name, "paul");
    assert_eq!(survey.creators_not_declared(), ["guest"]);
    assert_eq!(survey.categories[0].parent.as_ref().map(|parent| parent.raw.as_str()), Some("economie"));
    assert_eq!(survey.tags[0].slug.decoded, "été");
    assert!(survey.used_terms.contains_key(&(TermKind::Category, "monde".to_owned())));
    assert_eq!(survey.comments, CommentCounts { total: 4, public: 2, replies: 1 });
    assert_eq!(survey.repeated_slugs, [(PostType::Post, "le-port-rouvre".to_owned(), 2)]);
    let file = survey.attachments.by_id(&WpId::parse("20").unwrap()).unwrap();
    assert_eq!((file.alt.as_str(), file.caption.as_str()), ("Un quai", "Le port au matin"));
}

#[test]
fn two_items_with_one_guid_are_two_and_a_copy_is_known_as_a_copy() {
    let survey = survey(NEWSROOM).unwrap();
    assert_eq!(survey.items[0].identity, "https://rivage.example/?p=10");
    assert_eq!(survey.items[1].identity, "https://rivage.example/?p=10#11");
    assert_eq!(survey.items[1].copy_of, None);
    assert_eq!(survey.items[6].copy_of, Some(4));
    let codes = codes(&survey.notes);
    assert!(codes.contains(&"guid-repeated") && codes.contains(&"item-repeated") && codes.contains(&"id-repeated"));
}

#[test]
fn an_item_has_everything_the_export_says() {
    let items = items(NEWSROOM);
    let item = &items[0];
    assert_eq!(item.title_text(), "Le port rouvre & respire");
    assert_eq!(item.content, "Le texte finit par ]]> et par ]");
    assert_eq!(item.excerpt_text(), "Un extrait");
    assert_eq!(
        item.modified_utc(UtcOffset::default()).map(|at| at.to_rfc3339()),
        Some("2023-07-02T12:00:00+00:00".to_owned())
    );
    assert!(item.is_sticky && item.is_public());
    assert_eq!(item.comments_open, Some(true));
    assert_eq!(item.thumbnail_id(), WpId::parse("20"));
    assert_eq!(language_of(item), Some("fr"));
    assert_eq!(items[4].dimensions(), Some((1200, 800)));
    assert_eq!(items[4].parent, WpId::parse("10"));
}

#[test]
fn comments_keep_their_thread_and_only_approved_words_are_public() {
    let comments = &items(NEWSROOM)[0].comments;
    assert_eq!(comments[1].parent, comments[0].id);
    assert_eq!(comments.iter().map(WxrComment::is_public).collect::<Vec<_>>(), [true, true, false, false]);
    let late = comments[1].date_utc(UtcOffset::from_minutes(-240)).map(|at| at.to_rfc3339());
    assert_eq!(late.as_deref(), Some("2023-07-01T14:00:00+00:00"));
    assert!(!format!("{comments:?}").contains("192.0.2.1"), "addresses of readers are not read");
}

#[test]
fn what_is_not_published_is_not_public() {
    let public: Vec<_> = items(NEWSROOM).iter().map(WxrItem::is_public).collect();
    assert_eq!(public, [true, true, false, false, false, true, false]);
    let secret = &items(NEWSROOM)[2];
    assert!(secret.has_password && !format!("{secret:?}").contains("sesame"), "the password is not kept");
    assert_eq!(secret.slug.decoded, "ميناء");
    assert_eq!(codes(&secret.notes), ["slug-cleaned", "password-protected"]);
    assert_eq!(codes(&items(NEWSROOM)[3].notes), ["slug-missing", "date-from-local"]);
}

#[test]
fn polylang_translations_are_joined() {
    let translations = survey(NEWSROOM).unwrap().translations;
    assert_eq!(translations.languages[0].locale.as_deref(), Some("fr_FR"));
    let members: Vec<_> = translations.items[0].members.iter().map(|(code, id)| (code.as_str(), id.as_str())).collect();
    assert_eq!(members, [("en", "11"), ("fr", "10")]);
    assert_eq!(translations.terms[0].members.len(), 2);
    assert_eq!(translations.language_of.get(&WpId::parse("11").unwrap()).map(String::as_str), Some("en"));
}

#[test]
fn an_item_in_two_languages_is_split() {
    let item = items(QTRANSLATE).remove(0);
    let split = split_qtranslate(&item);
    let shown: Vec<_> = split
        .iter()
        .map(|(code, item)| (code.as_str(), item.title.as_str(), item.content.as_str(), item.excerpt.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("fr", "Le port", "<p>Commun</p><p>Texte [Nak09]</p>", "Court"),
            ("en", "The port", "<p>Commun</p><p>Text</p>", ""),
        ]
    );
    assert_eq!(language_of(&split[1].1), Some("en"));
    assert!(codes(&split[0].1.notes).contains(&"languages-split"));
    let name = &survey(QTRANSLATE).unwrap().categories[0].name;
    assert_eq!(pick_language(name, "en"), "Politics");
    assert_eq!(pick_language(name, "ht"), "Politique");
    assert_eq!(pick_language("[:] plain [mod n]", "fr"), "[:] plain [mod n]");
    assert!(split_qtranslate(&items(NEWSROOM)[0]).is_empty());
}

#[test]
fn a_group_s_own_map_joins_items_that_say_nothing_and_tells_their_languages() {
    let post = |id: u32, more: &str| {
        format!("<item><guid>g{id}</guid><wp:post_id>{id}</wp:post_id><wp:post_type>post</wp:post_type>{more}</item>")
    };
    let map = "a:2:{s:2:\"fr\";i:1;s:2:\"en\";i:2;}";
    let term = |slug: &str, map: &str| {
        format!(
            "<wp:term><wp:term_taxonomy>post_translations</wp:term_taxonomy><wp:term_slug>{slug}</wp:term_slug>\
             <wp:term_description>{map}</wp:term_description></wp:term>"
        )
    };
    let group = "<category domain=\"post_translations\" nicename=\"pll_2\">pll_2</category>";
    let broken = "a:2:{s:2:\"fr\";i:3;s:2:\"en\";i:4";
    let xml = channel(&[term("pll_1", map), term("pll_2", broken), post(1, ""), post(2, ""), post(3, group)].concat());
    let translations = survey(xml.as_bytes()).unwrap().translations;
    let id = |id: &str| WpId::parse(id).unwrap();
    assert_eq!(translations.group_of.get(&id("2")).map(String::as_str), Some("pll_1"));
    assert_eq!(translations.language_of.get(&id("1")).map(String::as_str), Some("fr"));
    assert_eq!((translations.items.len(), translations.items[0].members.len()), (1, 2));
    assert!(!translations.group_of.contains_key(&id("3")));
    // Of two items with one id nobody knows which the map means.
    let xml = channel(&[term("pll_1", map), post(1, ""), post(2, ""), post(2, "x")].concat());
    assert!(!survey(xml.as_bytes()).unwrap().translations.group_of.contains_key(&id("2")));
}

#[test]
fn brackets_of_programmers_are_no_languages() {
    let split = |title: &str, content: &str| {
        let xml = format!("<title><![CDATA[{title}]]></title><content:encoded><![CDATA[{content}]]></content:encoded>");
        let split = split_qtranslate(&items(export(&xml).as_bytes())[0]);
        split.into_iter().map(|(code, item)| (code, item.title, item.content)).collect::<Vec<_>>()
    };
    for content in ["Use <code>params[:id]</code> and session[:to].", "h = {:fr} or {:en}", "a[:] and b[:]"] {
        assert_eq!(split("Rails", content), [], "{content}");
    }
    let two = |fr: (&str, &str), en: (&str, &str)| {
        [("fr", fr), ("en", en)].map(|(code, (title, text))| (code.to_owned(), title.to_owned(), text.to_owned()))
    };
    assert_eq!(split("[:fr]Un[:en]One", "[:fr]a[:en]b"), two(("Un", "a"), ("One", "b")));
    assert_eq!(split("{:fr}Un{:}{:en}One{:}", "x {:fr}a{:}{:en}b{:}"), two(("Un", "x a"), ("One", "x b")));
    assert_eq!(split("[:fr][:en]One[:]", "[:fr] [:en]b[:]"), [("en".to_owned(), "One".to_owned(), "b".to_owned())]);
}

#[test]
fn damage_is_repaired_and_reported_with_its_lines() {
    let survey = survey(DAMAGED).unwrap();
    assert_eq!(survey.site.title, "R & D");
    assert_eq!(survey.site.link, "https://repair.example/?a=1&b=2");
    let item = items(DAMAGED).remove(0);
    assert_eq!(item.title, "Un caf\u{fffd} &nbsp; noir");
    assert_eq!(item.content, "in CDATA & stays &amp; so");
    assert_eq!(item.terms[0].key(), "a&b");
    assert_eq!(item.terms[0].name, "A&B");
    let lines = |code: &str| -> (u64, Vec<u64>) {
        let note = survey.notes.iter().find(|note| note.kind.code() == code).unwrap();
        (note.count, note.lines.clone())
    };
    assert_eq!(lines("bare-ampersand"), (6, vec![4, 5, 7, 9, 14]));
    assert_eq!(lines("control-characters"), (2, vec![7, 10]));
    assert_eq!(lines("invalid-utf8"), (1, vec![7]));
    let prefixes: Vec<_> =
        survey.notes.iter().filter(|n| n.kind == NoteKind::PrefixNotDeclared).map(|n| n.detail.as_str()).collect();
    assert_eq!(prefixes, ["dc", "wp"]);
    assert!(codes(&survey.notes).contains(&"version-missing"));
}

#[test]
fn prefixes_mean_nothing_and_addresses_everything() {
    let survey = survey(OLD_PREFIXES).unwrap();
    assert_eq!(codes(&survey.notes), ["encoding-converted", "foreign-namespace", "doctype-ignored", "version-odd"]);
    let item = items(OLD_PREFIXES).remove(0);
    assert_eq!(item.status, PostStatus::Publish);
    assert_eq!((item.title.as_str(), item.creator.as_str()), ("Préface", "rédaction"));
    assert_eq!(item.content, "Tout <b>va</b> bien\n\nIci");
    assert_eq!(item.terms.len(), 4);
    assert_eq!(item.terms_of(&TermKind::Category).len(), 1);
    assert_eq!(item.terms_of(&TermKind::Tag)[0].slug.as_ref().map(|slug| slug.raw.as_str()), Some("mer"));
    assert_eq!(
        item.date_utc(UtcOffset::default()).map(|(at, _)| at.to_rfc3339()).as_deref(),
        Some("2006-07-01T10:00:00+00:00")
    );
    assert_eq!(survey.items[0].identity, "https://old.example/preface");
}

#[test]
fn files_of_other_kinds_are_named_for_what_they_are() {
    assert!(matches!(refused(""), WxrError::Empty));
    assert!(matches!(refused(" \n\u{feff}"), WxrError::NotXml { .. } | WxrError::Empty));
    assert!(matches!(refused("{\"db\": []}"), WxrError::NotXml { what } if what.contains("JSON")));
    assert!(matches!(refused("INSERT INTO wp_posts"), WxrError::NotXml { .. }));
    assert!(matches!(survey(&b"\x1f\x8b\x08\x00"[..]), Err(WxrError::NotXml { what }) if what.contains("gzip")));
    assert!(
        matches!(refused("<!DOCTYPE html><html><body>Log in</body></html>"), WxrError::NotRss { root } if root == "html")
    );
    assert!(matches!(refused("<feed xmlns=\"http://www.w3.org/2005/Atom\"/>"), WxrError::NotRss { .. }));
    assert!(matches!(refused("<rss></rss>"), WxrError::NotRss { .. }));
    assert!(matches!(refused("<rss><channel><item><title>x</title></item></channel></rss>"), WxrError::NotWxr));
    let empty = format!("<rss {WP}><channel><wp:wxr_version>1.2</wp:wxr_version></channel></rss>");
    assert!(matches!(refused(&empty), WxrError::NothingInside));
}

#[test]
fn a_warning_of_the_server_before_the_export_is_told_with_its_place() {
    let sound = format!("<?xml version=\"1.0\"?>{}", export("<title>&lt;?xml</title>"));
    assert!(survey(sound.as_bytes()).is_ok());
    assert!(survey(export("<title><![CDATA[<?xml]]></title>").as_bytes()).is_ok());
    for (message, line, column) in [("\n  <br />\n<b>Warning</b>: x\n", 2, 3), ("Notice: x in y.php\n", 1, 1)] {
        let error = refused(&format!("{message}{sound}"));
        assert_eq!(error.position(), Some((line, Some(column))), "{error}");
        assert!(error.to_string().contains("before `<?xml`"), "{error}");
    }
}

#[test]
fn a_broken_file_is_refused_with_line_and_column_and_words() {
    for (inner, line, column, word) in [
        ("\n<title>a</titel>", 2, 9, "</titel>"),
        ("\n é<wp:status>a</item>", 2, 15, "opened on line 2"),
        ("\n<title><![CDATA[a", 2, 8, "]]>"),
        ("\n<title><![CDATA[a <![CDATA[b]]> c]]></title>", 2, 34, "CDATA"),
        ("\n<title>a < b</title>", 2, 10, "&lt;"),
        ("\n<title>&#8;</title>", 2, 8, "forbids"),
        ("\n<title a=1>x</title>", 2, 10, "quotes"),
        ("\n<title a='1' a='2'>x</title>", 2, 14, "twice"),
        ("\n<acme:x/>", 2, 1, "acme"),
        ("\n<!-- a -- b -->", 2, 1, "--"),
        ("\n<!-- a", 2, 1, "-->"),
        ("\n<title a='<'>x</title>", 2, 11, "&lt;"),
    ] {
        let error = refused(&export(inner));
        assert_eq!(error.position(), Some((line, Some(column))), "{inner}: {error}");
        assert!(error.to_string().contains(word), "{inner}: {error}");
    }
}

#[test]
fn text_around_the_document_is_refused() {
    let good = export("<wp:post_id>1</wp:post_id>");
    assert!(survey(good.as_bytes()).is_ok());
    assert!(survey(format!("\u{feff}<?xml version=\"1.0\"?>\n{good}\n<!-- end -->\n").as_bytes()).is_ok());
    for bad in [
        format!("\n<?xml version=\"1.0\"?>{good}"),
        format!("{good}x"),
        format!("{good}{good}"),
        format!("<!-- x -->&amp;{good}"),
    ] {
        assert!(matches!(refused(&bad), WxrError::NotWellFormed { .. }), "{bad}");
    }
    let blank_first = refused(&format!("\n\n<?xml version=\"1.0\"?>{good}"));
    assert_eq!(blank_first.position(), Some((3, Some(1))));
    assert!(blank_first.to_string().contains("very first thing"));
}

#[test]
fn entities_are_never_declared_and_never_expanded() {
    let bomb = format!("<!DOCTYPE rss [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>{}", export("<title>&b;</title>"));
    assert!(matches!(refused(&bomb), WxrError::EntityDeclared { line: 1, column: 1 }));
    let outside = format!("<!DOCTYPE rss SYSTEM \"file:///etc/passwd\">{}", export("<title>&x;</title>"));
    assert_eq!(items(outside.as_bytes())[0].title, "&x;");
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    for at in (1..NEWSROOM.len() - 8).step_by(97) {
        let cut = &NEWSROOM[..at];
        assert!(survey(cut).is_err(), "the first {at} bytes were accepted");
    }
}

#[test]
fn the_file_may_arrive_in_the_smallest_pieces() {
    for xml in [NEWSROOM, DAMAGED, OLD_PREFIXES] {
        let slow = std::io::BufReader::with_capacity(1, xml);
        let found: Vec<WxrItem> = Reader::new(slow)
            .unwrap()
            .filter_map(|event| match event.unwrap() {
                Event::Item(item) => Some(*item),
                _ => None,
            })
            .collect();
        assert_eq!(found, items(xml));
    }
}

#[test]
fn utf_16_is_read() {
    let text: String = String::from_utf8(QTRANSLATE.to_vec()).unwrap().replace(" encoding=\"UTF-8\"", "");
    let little: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(items(&bytes)[0].title, items(QTRANSLATE)[0].title);
    }
}

#[test]
fn what_is_too_large_is_refused_before_it_fills_the_memory() {
    struct Endless {
        head: Vec<u8>,
        given: usize,
    }
    impl std::io::Read for Endless {
        fn read(&mut self, target: &mut [u8]) -> std::io::Result<usize> {
            let count = target.len().min(64 * 1024);
            for byte in &mut target[..count] {
                *byte = self.head.get(self.given).copied().unwrap_or(b'a');
                self.given += 1;
            }
            Ok(count)
        }
    }
    for open in ["<title>", "<title><![CDATA[", "<!--", "<title a=\""] {
        let head = export(open).split("</item>").next().unwrap().as_bytes().to_vec();
        let error = survey(std::io::BufReader::with_capacity(64 * 1024, Endless { head, given: 0 })).unwrap_err();
        assert!(matches!(error, WxrError::TooLarge { .. }), "{open}: {error}");
    }
    let deep = export(&"<a>".repeat(100));
    assert!(matches!(refused(&deep), WxrError::TooLarge { what, .. } if what.contains("nested")));
    let wide: String = (0..100).map(|n| format!(" a{n}='1'")).collect();
    assert!(
        matches!(refused(&export(&format!("<a{wide}/>"))), WxrError::TooLarge { what, .. } if what.contains("attributes"))
    );
}

#[test]
fn postmeta_is_bounded_data() {
    let big = "x".repeat(META_VALUE_BYTES_MAX + 1);
    let meta = |key: &str, value: &str| {
        format!("<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value>{value}</wp:meta_value></wp:postmeta>")
    };
    let xml =
        export(&format!("{}{}", meta("_builder", &big), meta("_wp_attachment_metadata", "O:8:\"stdClass\":0:{}")));
    let item = items(xml.as_bytes()).remove(0);
    assert_eq!(item.meta.len(), 1);
    assert_eq!(item.meta_php("_wp_attachment_metadata"), None);
    assert!(codes(&item.notes).contains(&"meta-dropped") && codes(&item.notes).contains(&"meta-unreadable"));
}

#[test]
fn hostile_files_take_linear_time() {
    for inner in
        ["<a/>", "&", "&x;", "<category>a</category>", "<wp:postmeta/>", "<title>x</title>", "]]", "<![CDATA[]]>"]
    {
        let xml = export(&inner.repeat(300_000 / inner.len()));
        let started = Instant::now();
        let _ = survey(xml.as_bytes());
        assert!(started.elapsed() < Duration::from_secs(10), "{inner} took {:?}", started.elapsed());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = survey(bytes.as_slice());
        let inside = [b"<rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><item>".as_slice(), &bytes].concat();
        let _ = survey(inside.as_slice());
    }

    #[test]
    fn a_damaged_export_never_panics(at in 0..NEWSROOM.len(), junk in prop::collection::vec(any::<u8>(), 0..6), cut in 0..40_usize) {
        let mut bytes = NEWSROOM.to_vec();
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, junk);
        if let Err(error) = survey(bytes.as_slice()) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn php_data_never_panics(text in "([aisbdNOC]:?[0-9]{0,3}[:;{}\"]?|[a-zé\"]{0,3}){0,30}") {
        let _ = php::unserialize(&text);
    }

    #[test]
    fn feed_dates_never_panic(text in "\\PC{0,40}") {
        let _ = parse_feed_date(&text);
        let _ = parse_wordpress_date(&text);
        let _ = content::PartialDate::parse(&text);
        let _ = content::Citation::parse(&text);
    }
}
