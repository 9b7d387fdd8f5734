//! Authors: those the export declares and those that only stand on items.
//!
//! WordPress e-mail addresses are private and are not read. Where an address serves as the name, only the part before
//! the @ is shown.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use masthead_app::{AppError, author};
use masthead_domain::{AnyId, AuthorId, EntityKind, Localizations, Slug, path, text::Title};
use masthead_formats::wxr::{ItemTerm, Survey, TermKind, WxrItem, WxrSlug, plain_text};

use super::{
    editions::Plan,
    error::ImportError,
    fingerprint,
    known::{self, Known, Seen},
    note::ImportNote,
    progress::Phase,
    report::Subject,
    run::Run,
    slug,
};

/// Authors by login; `None` for one that was deleted here.
pub(super) type People = HashMap<String, Option<AuthorId>>;

/// One of several authors of an item, as the plugin "Co-Authors Plus" writes them: a term of the taxonomy `author`, whose
/// name is the login and whose slug is that login in the form of an address, mostly behind `cap-`.
pub(super) struct CoAuthor<'a> {
    login: &'a str,
    slug: &'a str,
}

impl CoAuthor<'_> {
    /// The login, when the export neither declares it nor names it as a creator.
    pub(super) fn undeclared(&self, survey: &Survey) -> Option<String> {
        let is_named = |login: &str| {
            survey.creators.contains_key(login) || survey.authors.iter().any(|author| author.login == login)
        };
        (!is_named(self.login) && !is_named(self.slug)).then(|| self.login.to_owned())
    }

    /// The author here.
    pub(super) fn of(&self, people: &People) -> Option<AuthorId> {
        people.get(self.login).or_else(|| people.get(self.slug)).copied().flatten()
    }
}

/// The authors of an item, where it names several.
pub(super) fn co_authors(item: &WxrItem) -> impl Iterator<Item = CoAuthor<'_>> {
    let terms = item.terms.iter().filter(|term| term.kind == TermKind::Other("author".to_owned()));
    terms.map(co_author).filter(|person| !person.login.is_empty())
}

fn co_author(term: &ItemTerm) -> CoAuthor<'_> {
    let slug = term.slug.as_ref().map_or("", |slug| slug.decoded.as_str());
    let slug = slug.strip_prefix("cap-").unwrap_or(slug);
    let login = term.name.trim();
    CoAuthor { login: if login.is_empty() { slug } else { login }, slug }
}

/// Login and name of a guest author, which "Co-Authors Plus" keeps as an item.
pub(super) fn guest(item: &WxrItem) -> Option<(String, String)> {
    let filled = |key| item.meta(key).map(str::trim).filter(|value| !value.is_empty());
    let login = filled("cap-user_login").filter(|_| item.post_type.as_str() == "guest-author")?;
    let name = filled("cap-display_name").unwrap_or_else(|| item.title.trim());
    Some((login.to_owned(), if name.is_empty() { login } else { name }.to_owned()))
}

/// Imports the authors that the export declares or that its items name.
pub(super) async fn import(run: &mut Run<'_>, plan: &Plan) -> Result<People, ImportError> {
    let known = Known::load(run, EntityKind::Author).await?;
    let declared = run.survey.authors.iter().map(|author| (author.login.as_str(), author.display_name.as_str()));
    let mut names: BTreeMap<&str, &str> = declared.collect();
    let mut logins: Vec<&str> = run.survey.authors.iter().map(|author| author.login.as_str()).collect();
    let on_items = run.survey.creators.keys().chain(&plan.creators);
    let mut undeclared = BTreeSet::new();
    for login in on_items {
        if !names.contains_key(login.as_str()) {
            logins.push(login);
            match plan.guests.get(login) {
                Some(name) => names.insert(login, name),
                None => {
                    undeclared.insert(login.as_str());
                    names.insert(login, login)
                }
            };
        }
    }
    let mut people = People::new();
    let total = logins.len();
    for (done, login) in logins.into_iter().enumerate() {
        run.progress(Phase::Authors, done, total);
        let name = names.get(login).copied().unwrap_or(login);
        let print = fingerprint::of([login, name]);
        let id = match known.get(login) {
            Seen::Here(AnyId::Author(id)) => {
                known.count(login, &print, &mut run.report.counts.authors);
                Some(id)
            }
            Seen::Gone | Seen::Here(_) => {
                run.report.counts.authors.skipped += 1;
                run.report.tell(ImportNote::DeletedHere, Some(subject(login)), "");
                None
            }
            Seen::New => {
                if undeclared.contains(login) {
                    run.report.tell(ImportNote::AuthorUndeclared, Some(subject(login)), "");
                }
                create(run, login, name, &print).await?
            }
        };
        people.insert(login.to_owned(), id);
    }
    run.flush("the authors").await?;
    Ok(people)
}

async fn create(run: &mut Run<'_>, login: &str, name: &str, print: &str) -> Result<Option<AuthorId>, ImportError> {
    let stopped = |error: AppError| ImportError::stopped(format!("the author {login}"), error);
    let mut shown = plain_text(name);
    if let Some(before) = before_at(&shown) {
        shown = before.to_owned();
        run.report.tell(ImportNote::EmailHidden, Some(Subject { name: shown.clone(), ..subject("") }), "");
    }
    let name = Title::cut(&shown).or_else(|| Title::cut("Anonymous"));
    let login_shown = before_at(login).unwrap_or(login);
    let made = slug::of(&WxrSlug::default(), &[&shown, login_shown, "anonymous"], &run.origin.language);
    let (Some(name), Some(made)) = (name, made) else {
        return Err(stopped(AppError::Internal("an author has a name and a slug")));
    };
    let draft = |slug: Slug| author::AuthorDraft {
        slug: Some(slug),
        name: name.clone(),
        bio: None,
        email: None,
        same_as: Vec::new(),
        portrait: None,
        localizations: Localizations::default(),
    };
    let work = run.batches.work().await.map_err(stopped)?;
    let (id, slug) = match author::create(work, draft(made.slug.clone())).await {
        Err(AppError::SlugTaken { suggestion: Some(free), .. }) => {
            (author::create(work, draft(free.clone())).await.map_err(stopped)?, free)
        }
        done => (done.map_err(stopped)?, made.slug.clone()),
    };
    known::bind(&work.tx, &run.origin.system, login, id.into(), print).await.map_err(|error| stopped(error.into()))?;
    if slug != made.slug {
        let about = subject(login_shown);
        run.report.tell_renamed(ImportNote::SlugTaken.why(), about, made.slug.as_str(), slug.as_str(), None);
    }
    // WordPress makes the address of an author of the login in small letters.
    let old = format!("author/{}", login.to_lowercase().replace(' ', "-"));
    if let Some(old) = run.origin.path_below(&old).filter(|_| before_at(login).is_none()) {
        run.keep_old_path(&old, &path::author(slug.as_str()), id.into(), subject(login)).await?;
    }
    run.report.counts.authors.imported += 1;
    run.thing_done("the authors").await?;
    Ok(Some(id))
}

/// The part before the @ of what is an e-mail address.
pub(super) fn before_at(name: &str) -> Option<&str> {
    let (local, domain) = name.trim().split_once('@')?;
    let is_address = !local.is_empty() && domain.contains('.') && !name.trim().contains(char::is_whitespace);
    is_address.then_some(local)
}

fn subject(login: &str) -> Subject {
    Subject { noun: "author".to_owned(), name: before_at(login).unwrap_or(login).to_owned(), ..Subject::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_told_from_a_name() {
        assert_eq!(before_at("jean@news.example"), Some("jean"));
        for name in ["Jean @ Port", "@jean", "jean@home", "Jean Pierre"] {
            assert_eq!(before_at(name), None, "{name}");
        }
    }
}
