//! Footnotes become numbered references to sources.

use std::collections::{HashMap, HashSet};

use masthead_domain::{
    WebUrl,
    article::RELATED_MAX,
    partial_date::PartialDate,
    reference::{Citation, Cited},
    source::{SourceAuthor, SourceContent, SourceKey, SourceKind},
    text::{Paragraph, Title},
};
use masthead_formats::wxr::content::{self, Footnote};
use masthead_store::{LibraryScope, source};

use super::{error::ImportError, run::Run};

/// The references of an article, in the order of their numbers. Those beyond the limit of an article are left out.
pub(super) async fn of(run: &mut Run<'_>, footnotes: &[Footnote]) -> Result<Vec<Citation>, ImportError> {
    let mut references = Vec::new();
    let mut titles: HashMap<SourceKey, String> = HashMap::new();
    for footnote in footnotes.iter().take(RELATED_MAX) {
        let Some(mut reference) = citation(footnote) else { continue };
        if let Cited::Described(source) = &reference.cited {
            for key in source.keys() {
                let title = match titles.get(&key) {
                    Some(title) => Some(title.clone()),
                    None => known_title(run, &key).await?,
                };
                // A source is kept once; what another note of it says otherwise would be lost.
                if reference.note.is_none() && title.as_deref().is_some_and(|title| title != source.title.as_str()) {
                    reference.note = Paragraph::cut(&footnote.text);
                }
                titles.insert(key, title.unwrap_or_else(|| source.title.to_string()));
            }
        }
        references.push(reference);
    }
    Ok(references)
}

/// The title of the source that is here already under this key.
async fn known_title(run: &mut Run<'_>, key: &SourceKey) -> Result<Option<String>, ImportError> {
    let known = source::by_key(run.read().await?, LibraryScope::Whole, key).await.map_err(ImportError::store)?;
    Ok(known.map(|source| source.title))
}

/// A note as a reference. Where reading it as a citation lost words, all of its words are kept beside the source.
fn citation(footnote: &Footnote) -> Option<Citation> {
    let content::Citation { author, outlet, date, title, url, raw } = &footnote.citation;
    let url = url.as_deref().and_then(|url| WebUrl::parse(url).ok());
    let words = if footnote.text.is_empty() { raw } else { &footnote.text };
    let address = url.as_ref().map(WebUrl::as_str);
    let title_text = title.as_deref().filter(|title| !title.trim().is_empty());
    // A note must keep its number even when it is empty.
    let shown = title_text.or(Some(words.as_str()).filter(|words| !words.trim().is_empty())).or(address).unwrap_or("—");
    let kind = match (&url, outlet) {
        (_, Some(_)) => SourceKind::NewsArticle,
        (Some(_), None) => SourceKind::WebPage,
        (None, None) => SourceKind::Other,
    };
    let source = SourceContent {
        kind,
        title: Title::cut(shown)?,
        authors: author.as_deref().and_then(Title::cut).map(SourceAuthor::Literal).into_iter().collect(),
        outlet: outlet.as_deref().and_then(Title::cut),
        published_on: date.and_then(|date| date.to_string().parse::<PartialDate>().ok()),
        accessed_on: None,
        url,
        archive_url: None,
        doi: None,
        isbn: None,
        language: None,
    };
    let says_all = says_all(&source, words);
    Some(Citation {
        id: None,
        cited: Cited::Described(Box::new(source)),
        locator: None,
        quote: None,
        note: if says_all { None } else { Paragraph::cut(words) },
    })
}

/// Whether the parts of a source hold every word of the note they were read from, but for its date, which is written
/// differently.
fn says_all(source: &SourceContent, words: &str) -> bool {
    let mut known: HashSet<String> = HashSet::new();
    let mut learn = |text: &str| known.extend(bare_words(text));
    learn(source.title.as_str());
    source.outlet.iter().for_each(|outlet| learn(outlet.as_str()));
    for author in &source.authors {
        match author {
            SourceAuthor::Literal(name) => learn(name.as_str()),
            SourceAuthor::Person { given, family } => {
                given.iter().for_each(|given| learn(given.as_str()));
                learn(family.as_str());
            }
        }
    }
    source.url.iter().for_each(|url| learn(url.as_str()));
    let has_date = source.published_on.is_some();
    let lost = bare_words(words).filter(|word| !known.contains(word)).count();
    // A date is at most a day, a month and a year.
    lost <= if has_date { 3 } else { 0 }
}

fn bare_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(author: &str, outlet: &str, title: &str, text: &str) -> Footnote {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Footnote {
            number: 1,
            key: "k".to_owned(),
            html: text.to_owned(),
            text: text.to_owned(),
            citation: content::Citation {
                author: some(author),
                outlet: some(outlet),
                date: None,
                title: some(title),
                url: None,
                raw: text.to_owned(),
            },
            is_marked: true,
        }
    }

    fn read(footnotes: &[Footnote]) -> Vec<Citation> {
        footnotes.iter().filter_map(citation).collect()
    }

    #[test]
    fn a_citation_that_says_all_needs_no_note_and_others_keep_their_words() {
        let whole =
            read(&[note("Jean Dupont", "Le Rivage", "Le port rouvre", "Jean Dupont. Le Rivage. Le port rouvre")]);
        assert_eq!(whole[0].note, None);
        let text = "Voir aussi Jean Dupont. Le Rivage. Le port rouvre, page 4";
        let part = read(&[note("Jean Dupont", "Le Rivage", "Le port rouvre", text)]);
        assert_eq!(part[0].note.as_ref().map(Paragraph::as_str), Some(text));
    }

    #[test]
    fn a_remark_is_a_source_of_its_own_words() {
        let remark = read(&[note("", "", "", "Chiffres arrondis.")]);
        let Cited::Described(source) = &remark[0].cited else { panic!("described") };
        assert_eq!((source.kind, source.title.as_str()), (SourceKind::Other, "Chiffres arrondis."));
        assert_eq!(remark[0].note, None);
    }

    #[test]
    fn an_empty_note_keeps_its_number() {
        assert_eq!(read(&[note("", "", "", ""), note("", "", "", "Deux.")]).len(), 2);
    }
}
