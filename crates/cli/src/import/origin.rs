//! The site an export comes from: its name among foreign systems, its addresses, its language and its clock.

use masthead_domain::{LanguageTag, Timestamp, path, time};
use masthead_formats::wxr::{Survey, UtcOffset, parse_feed_date};
use url::Url;

/// What every step of an import needs to know of the old site.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    /// Under which its ids are kept: `wordpress:` with host and folder. The same for every export of the site.
    pub(super) system: String,
    /// Its address, when it says one.
    pub(super) base: Option<Url>,
    /// The language of what names none.
    pub(super) language: LanguageTag,
    /// The languages of this newsroom, which foreign tags are matched with.
    languages: Vec<LanguageTag>,
    /// The usual distance from UTC.
    pub(super) offset: UtcOffset,
    /// When the export was made.
    pub(super) exported_at: Option<Timestamp>,
}

impl Origin {
    pub(super) fn of(survey: &Survey, default_language: &LanguageTag, languages: &[LanguageTag]) -> Self {
        let site = &survey.site;
        let base = [&site.base_blog_url, &site.link, &site.base_site_url]
            .into_iter()
            .find_map(|address| Url::parse(address).ok().filter(|url| url.has_host()));
        let language = matched(&site.language, languages).unwrap_or_else(|| default_language.clone());
        let exported = parse_feed_date(&site.exported).map(|date| time::cut(date.and_utc()));
        // A file that does not name its site: its items may.
        let of_items = || {
            let names = survey.items.iter().flat_map(|item| [&item.link, &item.identity]);
            names.filter_map(|name| Url::parse(name).ok()).find_map(|url| url.host_str().map(plain_host))
        };
        let place = match &base {
            Some(url) => {
                let folder = url.path().trim_end_matches('/');
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                url.host_str().map(|host| format!("{}{port}{folder}", plain_host(host)))
            }
            None => of_items(),
        };
        Self {
            system: format!("wordpress:{}", place.unwrap_or_default()),
            base,
            language,
            languages: languages.to_vec(),
            offset: survey.usual_offset,
            exported_at: exported,
        }
    }

    /// Whether the file says which site it comes from.
    pub(super) fn is_named(&self) -> bool {
        self.system != "wordpress:"
    }

    /// A language as the export writes it, as this newsroom writes it.
    pub(super) fn language(&self, code: &str) -> Option<LanguageTag> {
        matched(code, &self.languages)
    }

    /// The path of an address, when it is one of the old site.
    pub(super) fn local_path(&self, address: &Url) -> Option<String> {
        let base = self.base.as_ref()?;
        let same = plain_host(address.host_str()?) == plain_host(base.host_str()?) && address.port() == base.port();
        if same { path::normalized(address.as_str()) } else { None }
    }

    /// The path below the address of the old site.
    pub(super) fn path_below(&self, rest: &str) -> Option<String> {
        let folder = self.base.as_ref().map(|base| base.path().trim_end_matches('/')).unwrap_or_default();
        path::normalized(&format!("{folder}/{rest}"))
    }
}

/// Sites move between `www.example.org` and `example.org`, and their exports with them.
fn plain_host(host: &str) -> String {
    let lower = host.to_lowercase();
    lower.strip_prefix("www.").map(str::to_owned).unwrap_or(lower)
}

/// A language tag as written, or the newsroom's own tag for the language: a site in `en-US` comes into the English of
/// a newsroom that has one English.
fn matched(code: &str, languages: &[LanguageTag]) -> Option<LanguageTag> {
    let tag: LanguageTag = code.parse().ok()?;
    if languages.contains(&tag) {
        return Some(tag);
    }
    let plain = languages.iter().find(|language| language.as_str() == tag.primary());
    Some(plain.cloned().unwrap_or(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(codes: &[&str]) -> Vec<LanguageTag> {
        codes.iter().map(|code| code.parse().unwrap()).collect()
    }

    fn origin(address: &str) -> Origin {
        let mut survey = Survey::default();
        survey.site.base_blog_url = address.to_owned();
        let languages = tags(&["fr", "en"]);
        Origin::of(&survey, &languages[0], &languages)
    }

    #[test]
    fn a_site_has_one_name_whatever_its_export_calls_it() {
        for address in ["https://www.Example.org/blog/", "http://example.org/blog"] {
            assert_eq!(origin(address).system, "wordpress:example.org/blog");
        }
        assert_eq!(origin("https://🚀.example").system, "wordpress:xn--158h.example");
        assert!(!origin("").is_named());
    }

    #[test]
    fn a_language_is_matched_with_those_of_the_newsroom() {
        let languages = tags(&["fr", "pt-BR"]);
        let found = |code| matched(code, &languages).map(|tag| tag.to_string());
        assert_eq!(found("fr_FR").as_deref(), Some("fr"));
        assert_eq!(found("pt_BR").as_deref(), Some("pt-BR"));
        assert_eq!(found("en-US").as_deref(), Some("en-US"));
        assert_eq!(found(""), None);
    }

    #[test]
    fn only_addresses_of_the_site_are_local() {
        let origin = origin("https://example.org/blog");
        let local = |address: &str| origin.local_path(&Url::parse(address).unwrap());
        assert_eq!(local("http://www.example.org/blog/2012/01/a/?x#y").as_deref(), Some("/blog/2012/01/a"));
        assert_eq!(local("https://other.example/blog/a"), None);
        assert_eq!(origin.path_below("author/jean").as_deref(), Some("/blog/author/jean"));
    }
}
