//! The access matrix by state: what each act on an article answers to each caller, in every state the act can find the
//! article in.
//!
//! Three things decide, each a table of its own: who sees the article ([`Stand::is_public`] and the caller), who may do
//! the act ([`super::MATRIX`]), and whether the state lets it happen ([`TABLE`]).

use std::time::Duration;

use masthead_app::Caller;
use masthead_domain::policy::{Role, Scope};
use masthead_testkit::{Kit, both_engines};
use serde_json::{Value, json};

use super::{MATRIX, Row, aimed, preview, tried};

/// Where an act finds an article. The order is that of the columns of [`TABLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Draft,
    InReview,
    Scheduled,
    Embargoed,
    Published,
    /// Published, and changes wait beside it.
    Waiting,
    /// Published, and the changes beside it are in review.
    HandedIn,
    Expired,
    Unpublished,
    Withdrawn,
    Killed,
    /// A draft, deleted.
    Binned,
    /// Readers knew it when it was deleted.
    Deleted,
}

impl Stand {
    const ALL: [Self; 13] = [
        Self::Draft,
        Self::InReview,
        Self::Scheduled,
        Self::Embargoed,
        Self::Published,
        Self::Waiting,
        Self::HandedIn,
        Self::Expired,
        Self::Unpublished,
        Self::Withdrawn,
        Self::Killed,
        Self::Binned,
        Self::Deleted,
    ];

    const fn is_public(self) -> bool {
        matches!(self, Self::Published | Self::Waiting | Self::HandedIn)
    }

    /// Whether it is its writer's no longer.
    const fn was_published(self) -> bool {
        !matches!(self, Self::Draft | Self::InReview | Self::Binned)
    }

    /// The acts of the server that bring a draft here.
    fn way(self) -> Vec<(&'static str, Value)> {
        let plain = |mutation| (mutation, json!({}));
        let saved = || ("articleUpdate", json!({ "changes": { "kicker": "Ville" } }));
        let next_year = "2027-01-01T00:00:00Z";
        match self {
            Self::Draft => Vec::new(),
            Self::InReview => vec![plain("articleSubmit")],
            Self::Scheduled => vec![("articleSchedule", json!({ "at": next_year }))],
            Self::Embargoed => vec![("articlePublish", json!({ "embargoUntil": next_year }))],
            Self::Published => vec![plain("articlePublish")],
            Self::Waiting => vec![plain("articlePublish"), saved()],
            Self::HandedIn => vec![plain("articlePublish"), saved(), plain("articleSubmit")],
            // The server publishes it, and then its time runs out: see `stand`.
            Self::Expired => Vec::new(),
            Self::Unpublished => vec![plain("articlePublish"), plain("articleUnpublish")],
            Self::Withdrawn => vec![plain("articlePublish"), plain("articleWithdraw")],
            Self::Killed => vec![plain("articlePublish"), plain("articleKill")],
            Self::Binned => vec![plain("articleDelete")],
            Self::Deleted => vec![plain("articlePublish"), plain("articleDelete")],
        }
    }
}

/// What becomes of an act by somebody who sees the article and may do it, one letter a state in the order of [`Stand`]:
/// `+` it is done, `x` the state forbids it, `-` it finds no such article.
const TABLE: &[(&str, &str)] = &[
    //                         drft revw schd emba publ wait hand expd unpb wthd kill bind del
    ("articleUpdate", "+ + + + + + + + + + + - -"),
    ("articleSetReferences", "+ + + + + + + + + + + - -"),
    ("articleRestoreRevision", "+ + + + + + + + + + + - -"),
    ("articleBulkCategorize", "+ + + + + + + + + + + - -"),
    ("articleBulkTag", "+ + + + + + + + + + + - -"),
    ("articleBulkMove", "+ + + + + + + + + + + - -"),
    ("articleLinkTranslation", "+ + + + + + + + + + + - -"),
    ("articleUnlinkTranslation", "+ + + + + + + + + + + - -"),
    ("articleSubmit", "+ x x x x + x x x x x - -"),
    ("articleReturn", "x + x x x x + x x x x - -"),
    ("articleSchedule", "+ + + + + + + + + + x - -"),
    ("articlePublish", "+ + + x x + + x + + x - -"),
    ("articleBulkPublish", "+ + + x x + + x + + x - -"),
    ("articleCorrect", "x x x + + + + + x x x - -"),
    ("articleUnpublish", "x x + + + + + + x x x - -"),
    ("articleWithdraw", "x x + + + + + + + x x - -"),
    ("articleKill", "+ + + + + + + + + + x - -"),
    ("articleDelete", "+ + + + + + + + + + + - -"),
    ("articleRestore", "- - - - - - - - - - - + +"),
    ("previewTokenCreate", "+ + + + + + + + + + + - -"),
    ("previewTokenRevoke", "+ + + + + + + + + + + - -"),
    ("commentCreate", "- - - - + + + - - - - - -"),
];

/// Somebody who tries, and what they are to the articles of this test.
struct Who {
    name: String,
    caller: Caller,
    /// What they are to the newsroom; none for keys and for nobody in particular.
    role: Option<Role>,
    scopes: Vec<Scope>,
    is_writer: bool,
}

impl Who {
    fn is_anonymous(&self) -> bool {
        self.role.is_none() && self.scopes.is_empty()
    }

    fn sees(&self, stand: Stand) -> bool {
        let sees_all = self.role >= Some(Role::Editor) || self.scopes.contains(&Scope::DraftsRead);
        sees_all || self.is_writer || stand.is_public()
    }

    fn may(&self, row: &Row, stand: Stand) -> bool {
        let is_own = row.own && self.is_writer && !stand.was_published();
        self.role >= Some(row.role) || is_own || self.scopes.contains(&row.scope)
    }
}

/// The things that the acts of this test need beside the article.
struct Desk {
    kit: Kit,
    writer: Caller,
    from: String,
    to: String,
    book: String,
}

impl Desk {
    async fn open(kit: Kit) -> Self {
        let writer = kit.as_user(Role::Contributor).await;
        let from = kit.make("category", json!({ "name": "Ville", "language": "fr" })).await;
        let to = kit.make("category", json!({ "name": "Port", "language": "fr" })).await;
        let book = kit.make("source", json!({ "kind": "BOOK", "title": "Les ports" })).await;
        // Cited where readers see it: else it would not be there for a key that does not read drafts.
        let cited = json!([{ "source": { "id": book } }]);
        kit.published(json!({ "language": "fr", "headline": "Les livres du port", "references": cited })).await;
        Self { kit, writer, from, to, book }
    }

    async fn callers(&self, row: &Row) -> Vec<Who> {
        let kit = &self.kit;
        let who = |name: &str, caller: Caller, role, scopes: &[Scope], is_writer| {
            let (name, scopes) = (name.to_owned(), scopes.to_vec());
            Who { name, caller, role, scopes, is_writer }
        };
        let mut all = vec![
            who("nobody in particular", kit.anonymous(), None, &[], false),
            who("the writer", self.writer.clone(), Some(Role::Contributor), &[], true),
        ];
        for role in Role::ALL {
            all.push(who(role.as_str(), kit.as_user(*role).await, Some(*role), &[], false));
        }
        let but: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| *scope != row.scope).collect();
        for scopes in [vec![row.scope], vec![row.scope, Scope::DraftsRead], but] {
            all.push(who(&format!("a key for {scopes:?}"), kit.as_key(&scopes), None, &scopes, false));
        }
        all
    }

    /// A new article of the writer in a state, as this act finds it.
    async fn stand(&self, mutation: &str, stand: Stand) -> Value {
        let mut input = json!({
            "language": "fr", "headline": "Le port rouvre", "body": { "html": "<p>Enfin.</p>" },
            "categoryIds": [self.from],
        });
        if mutation == "articleUnlinkTranslation" {
            input["translationOf"] = self.kit.published(json!({ "language": "ht", "headline": "Pò a" })).await.into();
        }
        let made = self.kit.done(&self.writer, "articleCreate", "article { id version }", input).await;
        let mut article = made["article"].clone();
        if mutation == "previewTokenRevoke" {
            article["token"] = preview(&self.kit, &article).await;
        }
        if mutation == "articleRestoreRevision" {
            self.step(&mut article, "articleUpdate", json!({ "changes": { "headline": "Autre titre" } })).await;
        }
        for (act, rest) in stand.way() {
            self.step(&mut article, act, rest).await;
        }
        if stand == Stand::Expired {
            let moment = Duration::from_millis(1);
            let end = self.kit.app.clock.now() + moment;
            self.step(&mut article, "articlePublish", json!({ "expiresAt": end })).await;
            self.kit.clock.advance(moment);
        }
        article
    }

    async fn step(&self, article: &mut Value, mutation: &str, rest: Value) {
        let fields = if mutation == "articleDelete" { "deletedId" } else { "article { version }" };
        let payload = self.kit.done(&self.kit.system(), mutation, fields, aimed(article, rest)).await;
        let next = article["version"].as_i64().unwrap() + 1;
        assert_eq!(payload["article"]["version"].as_i64().unwrap_or(next), next, "{mutation}");
        article["version"] = next.into();
    }

    /// An input that is right for an article that this act can be done to.
    async fn input(&self, mutation: &str, article: &Value, stand: Stand) -> Value {
        let many = json!([{ "id": article["id"], "expectedVersion": article["version"] }]);
        let has_date = [Stand::Embargoed, Stand::Published, Stand::Waiting, Stand::HandedIn, Stand::Expired];
        match mutation {
            "articleUpdate" => aimed(article, json!({ "changes": { "lede": "Le port a rouvert." } })),
            "articleSetReferences" => aimed(article, json!({ "references": [{ "source": { "id": self.book } }] })),
            "articleRestoreRevision" => aimed(article, json!({ "toVersion": 1 })),
            "articleBulkCategorize" => json!({ "articles": many, "add": [self.to] }),
            "articleBulkTag" => json!({ "articles": many, "add": ["mot"] }),
            "articleBulkMove" => json!({ "articles": many, "fromCategoryId": self.from, "toCategoryId": self.to }),
            "articleBulkPublish" => json!({ "articles": many }),
            "articleLinkTranslation" => {
                let to = self.kit.published(json!({ "language": "ht", "headline": "Pò a louvri" })).await;
                aimed(article, json!({ "toId": to }))
            }
            "articleSchedule" if has_date.contains(&stand) => {
                aimed(article, json!({ "expiresAt": "2028-01-01T00:00:00Z" }))
            }
            "articleSchedule" => aimed(article, json!({ "at": "2027-06-01T00:00:00Z" })),
            "articleCorrect" => aimed(article, json!({ "kind": "CORRECTION", "text": "Le port a rouvert lundi." })),
            "previewTokenCreate" => json!({ "articleId": article["id"] }),
            "previewTokenRevoke" => json!({ "id": article["token"] }),
            "commentCreate" => {
                json!({ "articleId": article["id"], "authorName": "Lectrice", "body": { "text": "Merci." } })
            }
            _ => aimed(article, json!({})),
        }
    }
}

/// What the three tables say.
fn expected(row: &Row, who: &Who, stand: Stand, letter: char) -> &'static str {
    // What somebody may do to nothing at all is said first; comments are written about what readers see.
    let sees = if row.mutation == "commentCreate" { stand.is_public() } else { who.sees(stand) };
    if who.is_anonymous() {
        "UNAUTHENTICATED"
    } else if row.mutation == "commentCreate" && !who.may(row, stand) {
        "FORBIDDEN"
    } else if letter == '-' || !sees {
        "NOT_FOUND"
    } else if !who.may(row, stand) {
        "FORBIDDEN"
    } else if letter == 'x' {
        "FORBIDDEN_TRANSITION"
    } else {
        "OK"
    }
}

fn letters(mutation: &str) -> Vec<char> {
    let line = TABLE.iter().find(|(name, _)| *name == mutation);
    let (_, line) = line.unwrap_or_else(|| panic!("say in TABLE what becomes of {mutation} in each state"));
    line.split(' ').map(|letter| letter.chars().next().unwrap()).collect()
}

/// Whether an act is aimed at one article or several.
fn is_of_an_article(row: &Row) -> bool {
    let others = ["previewTokenCreate", "previewTokenRevoke", "commentCreate"];
    (row.mutation.starts_with("article") && row.mutation != "articleCreate") || others.contains(&row.mutation)
}

both_engines! {
    async fn every_act_in_every_state_answers_each_caller_by_the_tables(kit: Kit) {
        let desk = Desk::open(kit).await;
        let mut wrong = Vec::new();
        for row in MATRIX.iter().filter(|row| is_of_an_article(row)) {
            let callers = desk.callers(row).await;
            let letters = letters(row.mutation);
            assert_eq!(letters.len(), Stand::ALL.len(), "{}", row.mutation);
            for (stand, letter) in Stand::ALL.into_iter().zip(letters) {
                // Those who change nothing share one article, which they leave as it is.
                let shared = desk.stand(row.mutation, stand).await;
                let vain = desk.input(row.mutation, &shared, stand).await;
                for who in &callers {
                    let expected = expected(row, who, stand, letter);
                    let changes = desk.kit.row_count("change_log").await;
                    let told = if expected == "OK" {
                        let own = desk.stand(row.mutation, stand).await;
                        let input = desk.input(row.mutation, &own, stand).await;
                        tried(&desk.kit, &who.caller, row.mutation, input).await
                    } else {
                        let told = tried(&desk.kit, &who.caller, row.mutation, vain.clone()).await;
                        let after = desk.kit.row_count("change_log").await;
                        assert_eq!(after, changes, "{} of {stand:?} by {}", row.mutation, who.name);
                        told
                    };
                    if told != expected {
                        wrong.push(format!("{} of {stand:?} by {}: {told}, not {expected}", row.mutation, who.name));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
