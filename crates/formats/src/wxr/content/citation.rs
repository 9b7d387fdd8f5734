//! What a note cites, as far as its words show it: author, outlet, date, title, address.
//!
//! People write `Author. Outlet. Date. Title` and many other things. This reads what is plain and leaves the
//! rest to an editor; the words themselves are always kept.

use super::{
    PartialDate,
    lexer::{Kind, Lexer},
    markup::web_address,
};
use crate::wxr::plain_text;

/// A note as a citation, best effort.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Citation {
    /// Who wrote it.
    pub author: Option<String>,
    /// Where it appeared.
    pub outlet: Option<String>,
    /// When.
    pub date: Option<PartialDate>,
    /// What it is called.
    pub title: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// All words of the note.
    pub raw: String,
}

impl Citation {
    /// Reads the HTML of a note.
    #[must_use]
    pub fn parse(html: &str) -> Self {
        let raw = plain_text(html);
        let url = linked_address(html).or_else(|| raw.split_whitespace().find_map(written_address));
        let mut words = raw.clone();
        for word in raw.split_whitespace().filter(|word| written_address(word).is_some()) {
            words = words.replace(word, "");
        }
        let mut citation = Self { url, raw, ..Self::default() };
        let quoted = quoted_title(&words).or_else(|| emphasised_title(html, &words));
        if let Some(title) = &quoted {
            words = words.replacen(title.as_str(), "", 1);
            citation.title = Some(clean(title)).filter(|title| !title.is_empty());
        }
        citation.read_parts(&parts(&words));
        citation
    }

    fn read_parts(&mut self, parts: &[String]) {
        let dated = parts.iter().enumerate().find_map(|(index, part)| Some((index, PartialDate::parse(part)?)));
        let Some((at, date)) = dated else {
            return self.read_undated(parts);
        };
        self.date = Some(date);
        let before = parts.get(..at).unwrap_or_default();
        let after = parts.get(at + 1..).unwrap_or_default();
        match before {
            [] => {}
            [one] if looks_like_person(one) => self.author = Some(one.clone()),
            [one] => self.outlet = Some(one.clone()),
            [author @ .., outlet] => {
                self.author = Some(author.join(". "));
                self.outlet = Some(outlet.clone());
            }
        }
        let mut after = after.iter();
        if self.title.is_none() {
            self.title = after.next().cloned();
        }
        if self.outlet.is_none() {
            self.outlet = after.next().cloned();
        }
    }

    fn read_undated(&mut self, parts: &[String]) {
        match (parts, self.title.is_some()) {
            ([one], true) if looks_like_person(one) => self.author = Some(one.clone()),
            ([one], true) => self.outlet = Some(one.clone()),
            ([author, outlet, ..], true) => {
                self.author = Some(author.clone());
                self.outlet = Some(outlet.clone());
            }
            ([title], false) => self.title = Some(title.clone()),
            ([first, title], false) if looks_like_person(first) => {
                self.author = Some(first.clone());
                self.title = Some(title.clone());
            }
            ([outlet, title], false) => {
                self.outlet = Some(outlet.clone());
                self.title = Some(title.clone());
            }
            ([author, outlet, title, ..], false) => {
                self.author = Some(author.clone());
                self.outlet = Some(outlet.clone());
                self.title = Some(title.clone());
            }
            ([], _) => {}
        }
    }
}

fn linked_address(html: &str) -> Option<String> {
    Lexer::new(html).find_map(|piece| match piece.kind {
        Kind::Tag(tag) if tag.opens("a") => tag.attribute("href").and_then(web_address),
        Kind::Tag(_) | Kind::Text(_) | Kind::Comment(_) => None,
    })
}

fn written_address(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| matches!(c, '(' | ')' | '<' | '>' | ',' | ';' | '"' | '[' | ']'));
    let word = word.trim_end_matches('.');
    let address = if word.starts_with("www.") { format!("https://{word}") } else { word.to_owned() };
    web_address(&address)
}

/// The words in quotation marks, when there is one such stretch of some length.
fn quoted_title(words: &str) -> Option<String> {
    [('«', '»'), ('“', '”'), ('"', '"'), ('„', '“')].iter().find_map(|(open, close)| {
        let (_, inside) = words.split_once(*open)?;
        let (title, _) = inside.split_once(*close)?;
        (title.trim().chars().count() >= 8).then(|| title.trim().to_owned())
    })
}

/// The words of a link, when they are words and not the address itself.
fn emphasised_title(html: &str, words: &str) -> Option<String> {
    let mut start = None;
    for piece in Lexer::new(html) {
        let Kind::Tag(tag) = piece.kind else {
            continue;
        };
        if tag.opens("a") {
            start = Some(piece.end);
        } else if let (true, Some(start)) = (tag.closes("a"), start) {
            let title = plain_text(html.get(start..piece.start).unwrap_or_default());
            let is_part = title.split_whitespace().count() >= 3 && title.len() < words.len() && words.contains(&title);
            return is_part.then_some(title);
        }
    }
    None
}

/// A part without the punctuation around it. A quotation mark whose other one stands inside is no edge.
fn clean(text: &str) -> String {
    let is_quote = |c: char| matches!(c, '«' | '»' | '“' | '”' | '"');
    let is_edge = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '—' | '–' | '-');
    let bare = text.trim_matches(|c| is_edge(c) || is_quote(c));
    let count = |quote: char| bare.matches(quote).count();
    let is_whole = count('"') % 2 == 0 && count('«') == count('»') && count('“') == count('”');
    if is_whole { bare } else { text.trim_matches(is_edge) }.to_owned()
}

/// The parts between full stops. A full stop after an initial, a number or an abbreviation ends nothing.
fn parts(words: &str) -> Vec<String> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in words.match_indices(". ") {
        let part = words.get(start..at).unwrap_or_default();
        if ends_sentence(part, words.get(at + 2..).unwrap_or_default()) {
            parts.push(clean(part));
            start = at + 2;
        }
    }
    parts.push(clean(words.get(start..).unwrap_or_default()));
    parts.retain(|part| !part.is_empty());
    // Some write commas instead of full stops; a date among them shows it.
    if let [only] = parts.as_slice() {
        let by_comma: Vec<String> = only.split(", ").map(clean).filter(|part| !part.is_empty()).collect();
        if by_comma.len() >= 3 && by_comma.iter().any(|part| PartialDate::parse(part).is_some()) {
            return by_comma;
        }
    }
    parts
}

fn ends_sentence(before: &str, after: &str) -> bool {
    const SHORT: [&str; 34] = [
        "m", "mm", "mme", "mlle", "dr", "pr", "st", "ste", "mr", "mrs", "ms", "prof", "vol", "no", "nº", "n°", "p",
        "pp", "éd", "ed", "eds", "janv", "févr", "avr", "juil", "sept", "oct", "nov", "déc", "jan", "feb", "aug",
        "dec", "al",
    ];
    let Some(last) = before.split(|c: char| c.is_whitespace() || matches!(c, '(' | '.' | '-')).next_back() else {
        return true;
    };
    let is_initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    let is_short = SHORT.contains(&last.to_lowercase().as_str());
    // An initial at the end of a name is followed by a part, one inside it by another name: `Dupont, J. Le Monde`
    // against `J. Dupont`. After a comma the name has been said already.
    let ends_name = is_initial
        && before.contains(", ")
        && after.chars().next().is_some_and(char::is_uppercase)
        && !starts_with_initial(after);
    ends_name || !(is_initial || is_short)
}

fn starts_with_initial(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(char::is_uppercase) && characters.next() == Some('.')
}

/// `Dupont, J.`, `J. Dupont`, `Marie-Claire Dupont`: two to four capitalised words, none a word of outlets.
fn looks_like_person(text: &str) -> bool {
    const OUTLET_WORDS: [&str; 28] = [
        "le",
        "la",
        "les",
        "l’",
        "the",
        "el",
        "journal",
        "radio",
        "télé",
        "tv",
        "news",
        "times",
        "post",
        "monde",
        "presse",
        "press",
        "agence",
        "agency",
        "revue",
        "review",
        "magazine",
        "hebdo",
        "nouvelliste",
        "university",
        "université",
        "ministère",
        "institut",
        "gazette",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_name = |word: &str| {
        word.chars().next().is_some_and(char::is_uppercase)
            || matches!(word, "de" | "du" | "van" | "von" | "et" | "and" | "&")
    };
    let has_outlet_word = words.iter().any(|word| OUTLET_WORDS.contains(&word.to_lowercase().as_str()));
    (2..=6).contains(&words.len()) && words.iter().all(|word| is_name(word)) && !has_outlet_word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(html: &str) -> (String, String, String, String) {
        let citation = Citation::parse(html);
        let show = |field: Option<String>| field.unwrap_or_else(|| "-".to_owned());
        (
            show(citation.author),
            show(citation.outlet),
            show(citation.date.map(|date| date.to_string())),
            show(citation.title),
        )
    }

    fn four(a: &str, b: &str, c: &str, d: &str) -> (String, String, String, String) {
        (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned())
    }

    #[test]
    fn author_outlet_date_and_title_are_told_apart() {
        assert_eq!(
            read("Jean Dupont. Le Nouvelliste. 12 janv. 2021. Le port rouvre ses portes."),
            four("Jean Dupont", "Le Nouvelliste", "2021-01-12", "Le port rouvre ses portes")
        );
        assert_eq!(
            read("Dupont, J. Le Monde. 2019. Une ville sans eau"),
            four("Dupont, J", "Le Monde", "2019", "Une ville sans eau")
        );
        assert_eq!(
            read("J. K. Martin. The Post. May 3, 2018. Water for all"),
            four("J. K. Martin", "The Post", "2018-05-03", "Water for all")
        );
    }

    #[test]
    fn a_missing_author_or_outlet_is_left_open() {
        assert_eq!(read("Le Monde. 3 mai 2019. Titre"), four("-", "Le Monde", "2019-05-03", "Titre"));
        assert_eq!(read("Marie Claire Dupont. 2019. Titre"), four("Marie Claire Dupont", "-", "2019", "Titre"));
        assert_eq!(read("Voir X. « Y »."), four("-", "-", "-", "Voir X. « Y »"));
        assert_eq!(read("Une remarque de la rédaction"), four("-", "-", "-", "Une remarque de la rédaction"));
    }

    #[test]
    fn quotation_marks_show_the_title_and_links_the_address() {
        let citation = Citation::parse(
            "Anne Roy, <a href=\"https://example.org/a?b=1&amp;c=2\">« La route du sel »</a>, Le Devoir, 4 mars 2020.",
        );
        assert_eq!(citation.url.as_deref(), Some("https://example.org/a?b=1&c=2"));
        assert_eq!(citation.title.as_deref(), Some("La route du sel"));
        assert_eq!(citation.date.map(|date| date.to_string()).as_deref(), Some("2020-03-04"));
        assert_eq!(citation.raw, "Anne Roy, « La route du sel », Le Devoir, 4 mars 2020.");
    }

    #[test]
    fn a_written_address_is_found_and_is_no_part() {
        let citation = Citation::parse("Paul Vert. Alternance. 2018. Le riz. https://example.org/riz.");
        assert_eq!(citation.url.as_deref(), Some("https://example.org/riz"));
        assert_eq!(citation.title.as_deref(), Some("Le riz"));
        assert_eq!(Citation::parse("").raw, "");
    }
}
