//! Doing one act in both newsrooms, and comparing what they say of it.

use masthead_domain::policy::{self, Action, Actor, Resource, Role};
use masthead_testkit::Kit;
use serde_json::{Value, json};

use super::{
    Asker, Twins, ask, difference, marks,
    mutation::{Act, Aims, NEW, OWN},
    newsroom::LIBRARY_MARK,
};

/// A difference that cannot be hidden.
struct Unavoidable {
    /// How the names of the acts begin.
    acts: &'static str,
    /// What they are given, [`WAITING`] for the id of an article beside which changes wait.
    given: &'static str,
    /// What the newsroom with the hidden things says.
    says: &'static str,
    /// Where the twins must be made alike again: the address of what only one of them has by now.
    left: &'static [&'static str],
}

const WAITING: &str = "WAITING";

/// Two articles of one language cannot have one address, and a story cannot have two editions in one language: whoever
/// may give either away is told that it is taken, without a word by what. And whoever may change an article must not write
/// over what waits beside it, though they may not read it: they are told that it has another version, and not why.
const UNAVOIDABLE: [Unavoidable; 5] = [
    Unavoidable {
        acts: "article",
        given: "slug: \"zqx-draft\"",
        says: "\"code\":\"SLUG_TAKEN\",\"heldBy\":null,\"message\":\"the slug `zqx-draft` is taken\"",
        left: &["/fr/zqx-draft"],
    },
    Unavoidable {
        acts: "article",
        given: "slug: \"zqx-theirdraft\"",
        says: "\"code\":\"SLUG_TAKEN\",\"heldBy\":null,\"message\":\"the slug `zqx-theirdraft` is taken\"",
        left: &["/fr/zqx-theirdraft"],
    },
    Unavoidable {
        acts: "articleCreate",
        given: "headline: \"zqx draft\"",
        says: "\"slug\":\"zqx-draft-2\"",
        left: &["/fr/zqx-draft", "/fr/zqx-draft-2"],
    },
    Unavoidable {
        acts: "articleCreate",
        given: "language: \"ht\"",
        says: "\"message\":\"this story takes no new edition in ht\"",
        left: &["/ht/NEW"],
    },
    Unavoidable {
        acts: "article",
        given: WAITING,
        says: "\"changedFields\":[],\"code\":\"VERSION_CONFLICT\"",
        left: &[],
    },
];

impl Twins {
    /// What acts are aimed at.
    pub(super) async fn aims(&self) -> Aims {
        let (full, hidden, public) = (&self.full, &self.hidden, &self.public);
        let document = "query($id: ID!) { article(by: { id: $id }, perspective: LATEST) { references { id } }
            tag(by: { slug: \"zqxlib-draft\" }) { id } }";
        let found = full.data(&full.system(), document, json!({ "id": hidden.articles[0] })).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (media, source, comment) = (hidden.media[0].clone(), hidden.sources[0].clone(), hidden.comment.clone());
        let (tag, reference) = (text(&found["tag"]["id"]), text(&found["article"]["references"][0]["id"]));
        let mut things = hidden.few();
        things.extend([&media, &source, &tag, &comment].map(String::clone));
        things.extend(public.changing().map(String::clone));
        let mut articles = hidden.few();
        articles.push(public.story.clone());
        // The first is the one that other fields are tried with.
        articles.insert(0, public.changing()[0].clone());
        let [author, category, contact] = public.shared().map(String::clone);
        let story = public.story.clone();
        Aims { things, articles, media, source, tag, comment, reference, author, category, contact, story }
    }

    /// Lets both newsrooms give the same ids again.
    fn bring_in_step(&self) {
        let (one, other) = (self.full.app.ids.uuid(), self.bare.app.ids.uuid());
        let behind = if one < other { &self.full } else { &self.bare };
        let last = one.max(other);
        while one != other && behind.app.ids.uuid() < last {}
    }

    /// Who tries an act: contributors and whoever may do it to something try all of them, the others share them.
    pub(super) fn tries(asker: &Asker, act: &Act, is_their_turn: bool) -> bool {
        let is_contributor = matches!(asker.caller.actor, Actor::User { role: Role::Contributor, .. });
        let action = Action::parse(&act.name);
        let may = action.is_some_and(|action| policy::check(&asker.caller.actor, action, Resource::default()).is_ok());
        let is_own = act.input.contains(OWN);
        is_contributor || (!is_own && (act.is_least || may || is_their_turn))
    }

    /// A new draft of the contributor's in both newsrooms, which an act is then aimed at.
    async fn own_draft(&self, act: &Act) -> String {
        let mut ids = Vec::new();
        let headline = format!("essai{}", self.bare.app.ids.uuid().simple());
        self.bring_in_step();
        for kit in [&self.full, &self.bare] {
            let input = json!({ "language": "fr", "headline": headline });
            let made = kit.done(&self.public.contributor, "articleCreate", "article { id }", input).await;
            let id = made["article"]["id"].as_str().unwrap().to_owned();
            if act.name == "articleRestore" {
                let input = json!({ "id": id, "expectedVersion": 1 });
                kit.done(&self.public.contributor, "articleDelete", "deletedId", input).await;
            }
            ids.push(id);
        }
        assert_eq!(ids[0], ids[1], "the twins give the same ids");
        ids.swap_remove(0)
    }

    /// What is wrong with what an act is answered.
    pub(super) async fn fault_of_act(&self, asker: &Asker, act: &Act, aims: &Aims) -> Option<String> {
        self.bring_in_step();
        let own = if act.input.contains(OWN) { self.own_draft(act).await } else { String::new() };
        let new = format!("neuf{}", self.full.app.ids.uuid().simple());
        let text = act.text(&own, &new);
        self.bring_in_step();
        let text =
            if act.name == "articleRestore" { text.replace("expectedVersion: 1", "expectedVersion: 2") } else { text };
        let (full, bare) = (ask(&self.full, asker, &text).await, ask(&self.bare, asker, &text).await);
        let moderates = policy::check(&asker.caller.actor, Action::CommentHide, Resource::default()).is_ok();
        let sees_libraries = asker.sees_libraries();
        let said = text.replace(' ', "-");
        let is_own_word = |mark: &String| {
            let word = mark.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == '-');
            said.contains(word)
        };
        let told = marks(&full).into_iter().filter(|mark| !is_own_word(mark));
        let told: Vec<String> = told.filter(|mark| !(sees_libraries && mark.starts_with(LIBRARY_MARK))).collect();
        if !told.is_empty() {
            return Some(format!("{} reads {told:?} by {} {}", asker.name, act.name, act.input));
        }
        let is_theirs_to_know =
            (sees_libraries && aims.names_a_record(&act.input)) || (moderates && act.input.contains(&aims.comment));
        if full == bare || is_theirs_to_know {
            return None;
        }
        let is_given = |given: &str| match given {
            WAITING => self.public.changing().iter().any(|id| act.input.contains(id.as_str())),
            given => act.input.contains(given),
        };
        let mut known = UNAVOIDABLE.iter();
        let known = known.find(|one| act.name.starts_with(one.acts) && is_given(one.given) && full.contains(one.says));
        if let Some(Unavoidable { left, .. }) = known {
            for path in *left {
                let path = path.replace(NEW, &new);
                free(&self.bare, &path).await;
                if !self.hidden.has(&path) {
                    free(&self.full, &path).await;
                }
            }
            return None;
        }
        Some(format!("{} notices {} by {} {}", asker.name, difference(&full, &bare), act.name, act.input))
    }
}

/// Takes the article at an address away, so that the address is free as it was.
async fn free(kit: &Kit, path: &str) {
    let document = "query($path: String!) { article(by: { path: $path }, perspective: LATEST) { id version } }";
    let found = kit.data(&kit.system(), document, json!({ "path": path })).await;
    if let Some(id) = found["article"]["id"].as_str() {
        let input = json!({ "id": id, "expectedVersion": found["article"]["version"] });
        kit.done(&kit.system(), "articleDelete", "deletedId", input).await;
    }
}
