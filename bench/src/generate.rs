//! The synthetic newsroom: the same number of articles always gives the same bytes.
//!
//! Three hundred authors, forty categories in two levels, and articles over five years with references, contacts and
//! pictures. The words follow a law like Zipf's; `security` and `mission` stand in about a quarter of the articles each.

mod random;

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result};
use chrono::{DateTime, Days, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Serializer, ser::Formatter};

use self::random::Random;
use crate::newsroom::{Article, Author, Category, Contact, Media, Reference};

/// Changes whenever other bytes are written.
pub(crate) const VERSION: u32 = 1;

const SEED: u32 = 20_261_123;
const AUTHORS: u32 = 300;
const CATEGORIES: u32 = 40;
const SYLLABLES: &str = "ba be bi bo bu da de di do du fa fe fi fo ka ke ki ko la le li lo ma me mi mo na ne ni no pa \
    pe pi po ra re ri ro sa se si so ta te ti to va ve vi vo za zo jan mon kan pou tan van lor mar ter gou sen";
const COMMON: &str = "the of and to in for on with by from at as is was are this that police government security \
    mission minister court port city school hospital election council fuel price budget road storm market health \
    sport final team match coach festival music president senate report source official week year people family \
    border army force gang peace aid water power bank trade farm rice export diaspora";
const SECTIONS: [&str; 8] = ["news", "sports", "health", "opinions", "in-english", "culture", "economy", "diaspora"];
/// The two words of the search query.
const SEARCHED: [&str; 2] = ["security", "mission"];
/// How many words are not common.
const RARE: usize = 6_000;
/// How many words are drawn before they come again in another order.
const POOL: usize = 400_000;
/// From the first article to the last.
const SPAN_S: u32 = 5 * 365 * 86_400;
/// The last article is about as old as this.
const END: i64 = 1_795_176_000;

/// Writes `authors.jsonl`, `categories.jsonl` and `articles.jsonl`, one object a line with its relations inside, and
/// `slugs.txt` (number and slug of each published article) and `catslugs.txt`.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn newsroom(articles: u32, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut writer = Writer::new();
    let authors = writer.authors();
    let categories = writer.categories();
    lines(folder, "authors.jsonl", &authors)?;
    lines(folder, "categories.jsonl", &categories)?;
    let mut file = create(folder, "articles.jsonl")?;
    let mut slugs = create(folder, "slugs.txt")?;
    for number in 1..=articles {
        let article = writer.article(number, articles, &authors);
        line(&mut file, &article)?;
        if article.is_published() {
            writeln!(slugs, "{number}\t{}", article.slug)?;
        }
    }
    let mut sections = create(folder, "catslugs.txt")?;
    for category in &categories {
        writeln!(sections, "{}", category.slug)?;
    }
    for mut file in [file, slugs, sections] {
        file.flush()?;
    }
    Ok(())
}

fn create(folder: &Path, name: &str) -> Result<BufWriter<File>> {
    let path = folder.join(name);
    Ok(BufWriter::new(File::create(&path).with_context(|| format!("cannot write {}", path.display()))?))
}

fn lines(folder: &Path, name: &str, records: &[impl Serialize]) -> Result<()> {
    let mut file = create(folder, name)?;
    records.iter().try_for_each(|record| line(&mut file, record))?;
    file.flush()?;
    Ok(())
}

fn line(file: &mut impl Write, record: &impl Serialize) -> Result<()> {
    record.serialize(&mut Serializer::with_formatter(&mut *file, Spaced))?;
    file.write_all(b"\n")?;
    Ok(())
}

/// JSON with a blank after each comma and colon.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

/// Draws words, and records of words. The order of drawing is part of the format.
struct Writer {
    random: Random,
    syllables: Vec<&'static str>,
    words: Vec<String>,
    pool: Vec<usize>,
    at: usize,
    references: u32,
    contacts: u32,
    media: u32,
}

impl Writer {
    fn new() -> Self {
        let mut random = Random::seeded(SEED);
        let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
        let mut words: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
        let mut seen: HashSet<String> = words.iter().cloned().collect();
        let all = words.len() + RARE;
        while words.len() < all {
            let count = random.between(2, 4);
            let word: String = (0..count).map(|_| random.choice(&syllables)).collect();
            if seen.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut weights: Vec<f64> = (12_u32..).map(|rank| 1.0 / f64::from(rank)).take(words.len()).collect();
        let total: f64 = weights.iter().sum();
        for (weight, _) in weights.iter_mut().zip(&words).filter(|(_, word)| SEARCHED.contains(&word.as_str())) {
            *weight = total * 0.0004;
        }
        let pool = random.weighted(&weights, POOL);
        Self { random, syllables, words, pool, at: 0, references: 0, contacts: 0, media: 0 }
    }

    fn take(&mut self, count: u32) -> String {
        let count = usize::try_from(count).unwrap_or_default();
        if self.at + count > self.pool.len() {
            self.at = 0;
            self.random.shuffle(&mut self.pool);
        }
        let drawn = self.pool.iter().skip(self.at).take(count).filter_map(|word| self.words.get(*word));
        let drawn: Vec<&str> = drawn.map(String::as_str).collect();
        self.at += count;
        drawn.join(" ")
    }

    fn title(&mut self, words: u32) -> String {
        capitalized(&self.take(words))
    }

    fn sentence(&mut self) -> String {
        let words = self.random.between(8, 18);
        format!("{}.", self.title(words))
    }

    fn text(&mut self, length: usize) -> String {
        let mut text = Vec::new();
        let mut written = 0;
        while written < length {
            let sentence = self.sentence();
            written += sentence.len() + 1;
            text.push(sentence);
        }
        text.join(" ")
    }

    fn name(&mut self, syllables: usize) -> String {
        let name: String = (0..syllables).map(|_| self.random.choice(&self.syllables)).collect();
        capitalized(&name)
    }

    fn authors(&mut self) -> Vec<Author> {
        let author = |id| {
            let name = format!("{} {}", self.name(2), self.name(3));
            Author { id, slug: format!("author-{id}"), name, bio: self.text(160) }
        };
        (1..=AUTHORS).map(author).collect()
    }

    fn categories(&mut self) -> Vec<Category> {
        let section = |(id, slug): (u32, &str)| {
            let words: Vec<String> = slug.split('-').map(capitalized).collect();
            Category { id, slug: slug.to_owned(), name: words.join(" "), parent_id: None }
        };
        let sections: Vec<Category> = (1..).zip(SECTIONS).map(section).collect();
        let first = u32::try_from(sections.len()).unwrap_or_default() + 1;
        let below = (first..=CATEGORIES).zip(sections.iter().cycle()).map(|(id, parent)| Category {
            id,
            slug: format!("{}-{id}", parent.slug),
            name: format!("{} {}", parent.name, self.title(1)),
            parent_id: Some(parent.id),
        });
        let below: Vec<Category> = below.collect();
        sections.into_iter().chain(below).collect()
    }

    fn article(&mut self, number: u32, of: u32, authors: &[Author]) -> Article {
        let words = self.random.between(6, 11);
        let title = self.title(words);
        let first_words: Vec<String> = title.to_lowercase().split(' ').take(6).map(str::to_owned).collect();
        let slug = format!("{}-{number}", first_words.join("-"));
        // The oldest first, no two alike.
        let before_end = u64::from(SPAN_S) * u64::from(of - number) / u64::from(of);
        let jitter = u64::from(self.random.between(0, (SPAN_S / of).saturating_sub(1).max(1)));
        let at = DateTime::from_timestamp(END, 0).unwrap_or_default()
            - TimeDelta::seconds(i64::try_from(before_end + jitter).unwrap_or_default());
        let body = self.body();
        let references = self.references(at, authors);
        let contacts = self.contacts(authors);
        let media = self.media(authors);
        let status = if self.random.fraction() < 0.05 { "draft" } else { "published" };
        let subtitle = self.title(9);
        let mut excerpt = self.text(180);
        excerpt.truncate(200);
        let language = self.random.choice(&["fr", "fr", "fr", "en", "ht"]).to_owned();
        let credited = self.random.between(1, 2);
        let authors = self.random.sample(AUTHORS, credited);
        let filed = self.random.between(1, 2);
        let categories = self.random.sample(CATEGORIES, filed);
        Article {
            id: number,
            slug,
            title,
            subtitle,
            excerpt,
            body,
            language,
            status: status.to_owned(),
            published_at: at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            authors,
            categories,
            references,
            contacts,
            media,
        }
    }

    fn body(&mut self) -> String {
        let mut body = String::new();
        for part in 0_u32.. {
            if body.len() >= 4_000 {
                break;
            }
            if part % 4 == 0 {
                body.push_str(&format!("<h2>{}</h2>", self.title(4)));
            } else {
                let length = usize::try_from(self.random.between(250, 450)).unwrap_or_default();
                body.push_str(&format!("<p>{}</p>", self.text(length)));
            }
        }
        body
    }

    fn somebody(&mut self, authors: &[Author]) -> String {
        self.random.one_of(authors).map(|author| author.name.clone()).unwrap_or_default()
    }

    fn references(&mut self, at: DateTime<Utc>, authors: &[Author]) -> Vec<Reference> {
        let count = self.random.between(0, 5);
        let reference = |position| {
            self.references += 1;
            let id = self.references;
            let (author, title, publisher) = (self.somebody(authors), self.title(7), self.title(2));
            let on = at - Days::new(u64::from(self.random.between(1, 900)));
            Reference {
                id,
                position,
                author,
                title,
                publisher,
                url: format!("https://source.example/{id}"),
                published_on: on.format("%Y-%m-%d").to_string(),
            }
        };
        (1..=count).map(reference).collect()
    }

    fn contacts(&mut self, authors: &[Author]) -> Vec<Contact> {
        let count = self.random.between(0, 1);
        let contact = |_| {
            self.contacts += 1;
            let id = self.contacts;
            let name = self.somebody(authors);
            let role = self.random.choice(&["Editor", "Press officer", "Reporter"]).to_owned();
            Contact { id, name, role, email: format!("press{id}@newsroom.example") }
        };
        (0..count).map(contact).collect()
    }

    fn media(&mut self, authors: &[Author]) -> Vec<Media> {
        let count = self.random.between(1, 3);
        let medium = |position| {
            self.media += 1;
            let id = self.media;
            let (alt, caption, credit) = (self.title(5), self.sentence(), self.somebody(authors));
            Media {
                id,
                position,
                url: format!("https://media.example/{}/{id}.jpg", id / 1_000),
                alt,
                caption,
                credit,
                width: self.random.choice(&[800, 1_200, 1_600, 2_400]),
                height: self.random.choice(&[600, 800, 900, 1_350]),
            }
        };
        (1..=count).map(medium).collect()
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_newsroom_is_the_one_on_which_rivals_were_measured() {
        let folder = tempfile::tempdir().unwrap();
        newsroom(50, folder.path()).unwrap();
        let files = ["authors.jsonl", "categories.jsonl", "articles.jsonl", "slugs.txt", "catslugs.txt"];
        let bytes = files.map(|name| fs::read(folder.path().join(name)).unwrap()).concat();
        let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, "88b1773793f1febb0395ea1e96bad0406fdb9412fd0ebb2e294a2b4775a8b16b");
    }
}
