//! Redirects: what they are made of, and that no sequence of them leads in a circle.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn site() -> WebUrl {
    WebUrl::parse("https://news.example").unwrap()
}

fn target(text: &str) -> Target {
    Target::parse(text, &site()).unwrap()
}

fn redirect(path: &str, to: &str, status: RedirectStatus) -> RedirectContent {
    RedirectContent { path: SitePath::parse(path).unwrap(), target: target(to), status }
}

#[test]
fn a_path_has_one_form() {
    for (given, expected) in [
        ("/old/page", "/old/page"),
        (" /old/page/ ", "/old/page"),
        ("/old//page", "/old/page"),
        ("/caf%C3%A9", "/café"),
        ("/café", "/café"),
        ("/a/../b/./c", "/b/c"),
        ("/", "/"),
    ] {
        assert_eq!(SitePath::parse(given).unwrap().as_str(), expected, "{given}");
    }
    for bad in ["", "old", "https://news.example/old", "//old.example/x", "/\\old.example/x", "/\t/x", "/a?b=1", "/a#b"]
    {
        assert_eq!(SitePath::parse(bad).unwrap_err().code, ViolationCode::Invalid, "{bad}");
    }
    for long in ["/".to_owned() + &"a".repeat(PATH_BYTES_MAX), "/a%00b".to_owned()] {
        assert_eq!(SitePath::parse(&long).unwrap_err().code, ViolationCode::TooLong);
    }
}

#[test]
fn a_target_is_of_the_site_or_elsewhere() {
    for (given, written, path) in [
        ("/fr/le-port/", "/fr/le-port", Some("/fr/le-port")),
        ("/café au lait", "/caf%C3%A9%20au%20lait", Some("/café au lait")),
        ("/search?q=port#top", "/search?q=port#top", Some("/search")),
        ("https://news.example/fr/le-port?x=1", "/fr/le-port?x=1", Some("/fr/le-port")),
        ("http://NEWS.example", "/", Some("/")),
        ("https://news.example//evil.example/x", "/evil.example/x", Some("/evil.example/x")),
        ("https://elsewhere.example/a", "https://elsewhere.example/a", None),
        ("https://news.example:8443/a", "https://news.example:8443/a", None),
        ("https://news.example.evil.example/a", "https://news.example.evil.example/a", None),
    ] {
        let found = target(given);
        assert_eq!((found.as_str(), found.path().map(SitePath::as_str)), (written, path), "{given}");
        assert_eq!(Target::kept(found.as_str().to_owned(), path.map(ToOwned::to_owned)), found);
    }
    for bad in ["", "fr/le-port", "//evil.example", "/\\evil.example", "javascript:alert(1)", "mailto:a@b.c", "#top"] {
        let wrong = Target::parse(bad, &site()).unwrap_err();
        assert!(wrong.message.contains("begins with `/`"), "{bad}: {wrong}");
    }
    for long in [format!("/{}", "|".repeat(1_000)), format!("/a?{}", "b".repeat(URL_BYTES_MAX))] {
        assert_eq!(Target::parse(&long, &site()).unwrap_err().code, ViolationCode::TooLong);
    }
}

#[test]
fn a_site_below_a_path_knows_its_own_addresses() {
    let site = WebUrl::parse("https://example.org/news/").unwrap();
    let path = |text| Target::parse(text, &site).unwrap().path().map(ToString::to_string);
    assert_eq!(path("https://example.org/news/fr/a").as_deref(), Some("/fr/a"));
    assert_eq!(path("https://example.org/newsroom"), None);
    assert_eq!(path("https://example.org/shop"), None);
}

#[test]
fn the_fragment_comes_along_and_the_query_does_not() {
    for (first, second, expected) in [
        ("/b?x=1#here", "/c", "/c#here"),
        ("/b#here", "/c?y=2#there", "/c?y=2#there"),
        ("/b?x=1", "https://elsewhere.example/", "https://elsewhere.example/"),
    ] {
        assert_eq!(target(first).then(&target(second)).as_str(), expected);
    }
}

#[test]
fn a_loop_is_named() {
    use RedirectStatus::Found;
    let name = |astray: Astray| astray.to_string();
    let itself = Way::begin(redirect("/a", "https://news.example/a/?x", Found)).unwrap_err();
    assert_eq!(name(itself), "these redirects would go round in a circle: /a → /a");
    let way = Way::begin(redirect("/a", "/b", Found)).unwrap().onward(redirect("/b", "/c", Found)).unwrap();
    let back = way.onward(redirect("/c", "/b", Found)).unwrap_err();
    assert_eq!(name(back), "these redirects would go round in a circle: /b → /c → /b");
}

/// All redirects, as the desk makes them: each is let in by the rules alone.
#[derive(Default)]
struct Book(BTreeMap<SitePath, RedirectContent>);

impl Book {
    fn way(&self, first: RedirectContent) -> Result<Way, Astray> {
        let mut way = Way::begin(first)?;
        while let Some(next) = way.at().and_then(|at| self.0.get(at)).cloned() {
            way = way.onward(next)?;
        }
        Ok(way)
    }

    /// How many redirects stand before a path at most.
    fn before(&self, path: &SitePath) -> usize {
        let leading = self.0.values().filter(|redirect| redirect.target.path() == Some(path));
        leading.map(|redirect| 1 + self.before(&redirect.path)).max().unwrap_or(0)
    }

    fn is_permanent<'a>(&'a self, mut link: &'a RedirectContent) -> bool {
        let mut all = link.status.is_permanent();
        while let Some(next) = link.target.path().and_then(|at| self.0.get(at)) {
            (link, all) = (next, all && next.status.is_permanent());
        }
        all
    }

    fn add(&mut self, new: RedirectContent) -> Result<(), Astray> {
        let old = self.0.remove(&new.path);
        let done = self.way(new.clone()).and_then(|way| {
            if self.before(&new.path) + way.links() > LINKS_MAX { Err(Astray::TooLong) } else { Ok(()) }
        });
        if let Some(kept) = if done.is_ok() { Some(new) } else { old } {
            self.0.insert(kept.path.clone(), kept);
        }
        done
    }
}

fn any_status() -> impl Strategy<Value = RedirectStatus> {
    prop::sample::select(RedirectStatus::ALL)
}

proptest! {
    #[test]
    fn statuses_taken_at_once_are_the_weakest_of_them(a in any_status(), b in any_status(), c in any_status()) {
        prop_assert_eq!(a.with(a), a);
        prop_assert_eq!(a.with(b), b.with(a));
        prop_assert_eq!(a.with(b).with(c), a.with(b.with(c)));
        prop_assert_eq!(a.with(b).is_permanent(), a.is_permanent() && b.is_permanent());
        prop_assert_eq!(RedirectStatus::from_number(a.number()), Some(a));
    }

    #[test]
    fn no_sequence_of_redirects_leads_in_a_circle(
        links in prop::collection::vec((0_u8..14, 0_u8..16, any_status(), any::<bool>()), 1..60)
    ) {
        let mut book = Book::default();
        for (from, to, status, goes) in links {
            let path = format!("/{from}");
            if goes {
                let to = if to < 14 { format!("/{to}") } else { "https://elsewhere.example/".to_owned() };
                let before = book.0.clone();
                if let Err(Astray::Loop(paths)) = book.add(redirect(&path, &to, status)) {
                    prop_assert_eq!(&book.0, &before);
                    prop_assert_eq!(paths.first(), paths.last());
                }
            } else {
                book.0.remove(&SitePath::parse(&path).unwrap());
            }
            for first in book.0.values() {
                let way = book.way(first.clone()).unwrap();
                prop_assert!(way.links() <= LINKS_MAX);
                prop_assert!(way.at().is_none_or(|at| !book.0.contains_key(at)));
                prop_assert_eq!(way.status().is_permanent(), book.is_permanent(first));
            }
        }
    }

    #[test]
    fn a_path_is_read_as_it_was_written(text in "/[ -~é\u{1f3b8}]{0,40}") {
        if let Ok(path) = SitePath::parse(&text) {
            let written = path::written(path.as_str());
            prop_assert!(written.is_ascii() && !written.contains(['?', '#', '\\', ' ']), "{}", written);
            prop_assert_eq!(path::normalized(&written), Some(path.as_str().to_owned()));
            prop_assert_eq!(SitePath::parse(&written), Ok(path));
        }
    }
}
