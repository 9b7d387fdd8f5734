//! The same questions through the door: status, header and body of an answer tell no more than its data.

use masthead_api::{graphql::guard, http::HttpConfig};
use masthead_app::identity::user;
use masthead_testkit::{Http, HttpAnswer, Kit};
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::{Asker, Twins, told};
use crate::surface::{Question, difference, questions, short};

const PASSWORD: &str = "a long enough password";
/// The longest address that is sent; longer questions are only posted.
const URI_BYTES_MAX: usize = 60_000;

/// The doors of the twins, and with what the contributor comes to them.
pub(super) struct Doors {
    full: Http,
    bare: Http,
    /// The contributor's tokens, one for each door.
    tokens: [String; 2],
}

/// How a question is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Way {
    method: &'static str,
    /// More header fields.
    headers: &'static [(&'static str, &'static str)],
}

/// Every way that can make a difference.
pub(super) const WAYS: [Way; 4] = [
    Way { method: "POST", headers: &[] },
    Way { method: "GET", headers: &[] },
    Way { method: "GET", headers: &[("accept", "application/graphql-response+json"), ("if-none-match", "*")] },
    Way { method: "HEAD", headers: &[] },
];

/// A door that refuses no question for its length.
fn config() -> HttpConfig {
    let mut config = HttpConfig::default();
    config.limits.uri_bytes_max = URI_BYTES_MAX;
    config.query = guard::Limits {
        query_bytes_max: 1_000_000,
        tokens_max: 1_000_000,
        depth_max: 100,
        selections_max: 1_000_000,
        cost_max_anonymous: u64::MAX / 1_000,
        cost_max_signed_in: u64::MAX / 1_000,
        objects_per_cost: 1,
        ..config.query
    };
    config
}

impl Twins {
    pub(super) async fn doors(&self) -> Doors {
        let mut tokens = Vec::new();
        for kit in [&self.full, &self.bare] {
            tokens.push(self.token(kit).await);
        }
        let (full, bare) = (self.full.http_with(config()).await, self.bare.http_with(config()).await);
        Doors { full, bare, tokens: tokens.try_into().unwrap() }
    }

    async fn token(&self, kit: &Kit) -> String {
        let id = self.public.contributor.user().unwrap();
        let passwords = kit.identity.passwords();
        user::set_password(&kit.app, passwords, &kit.system(), id, PASSWORD.to_owned().into()).await.unwrap();
        let email = format!("{id}@news.example");
        let signed_in = kit.identity.login(&email, &PASSWORD.to_owned().into()).await.unwrap();
        signed_in.access.token.expose_secret().to_owned()
    }

    /// What is sent through the door: a question about everything for each root field, some of each that take an id or an
    /// address, and what is refused.
    pub(super) fn sent(&self) -> Vec<Question> {
        let named = [&self.public.story, &self.hidden.articles[0], &self.hidden.articles[9], &self.public.own];
        let mut all: Vec<Question> = Vec::new();
        for question in questions(&self.types, &self.values).into_iter().filter(|question| question.is_whole) {
            let is_first = all.iter().all(|known| known.root != question.root);
            let is_route = question.root == "route" && !question.text.contains("perspective: D");
            let start: String = question.text.chars().take(120).collect();
            let is_named = ["article", "node"].contains(&question.root.as_str())
                && !start.contains('[')
                && named.iter().any(|id| start.contains(id.as_str()));
            if is_first || is_route || is_named {
                all.push(question);
            }
        }
        let hidden = &self.hidden.articles[0];
        let cursor = &self.values.cursors[0];
        let refused = [
            "{ nothing }".to_owned(),
            "{ article".to_owned(),
            "{ articles(first: 1000) { totalCount } }".to_owned(),
            format!("{{ articles(after: {cursor:?}) {{ totalCount nodes {{ id }} }} }}"),
            format!("{{ article(by: {{ id: \"{hidden}\" }}, perspective: LATEST) {{ headline }} }}"),
            format!(
                "{{ article(by: {{ id: \"{hidden}\" }}) {{ diff(from: 1) {{ __typename }} }} node(id: \"x\") {{ id }} }}"
            ),
            format!(
                "mutation {{ articleDelete(input: {{ id: \"{hidden}\", expectedVersion: 1 }}) {{ userErrors {{ code message path }} }} }}"
            ),
            format!(
                "mutation {{ articleCreate(input: {{ language: \"fr\", headline: \"Un\", translationOf: \"{hidden}\" }}) {{ userErrors {{ code message path }} }} }}"
            ),
        ];
        all.extend(refused.map(|text| Question { is_whole: false, root: String::new(), text }));
        all
    }

    /// What is wrong with the answers to a question sent in a way.
    pub(super) async fn fault_at_door(
        &self,
        doors: &Doors,
        asker: &Asker,
        question: &Question,
        way: Way,
    ) -> Option<String> {
        let Question { root, text, .. } = question;
        if way.method != "POST" && text.len() > URI_BYTES_MAX / 2 {
            return None;
        }
        let is_signed_in = asker.caller.user().is_some();
        let [for_full, for_bare] = doors.tokens.each_ref().map(|token| is_signed_in.then_some(token.as_str()));
        let full = written(&send(&doors.full, for_full, way, text).await);
        let told = told(asker, text, &full);
        if !told.is_empty() {
            return Some(format!("{} reads {told:?} by {way:?} {}", asker.name, short(text)));
        }
        if self.may_differ(asker, root, text) {
            return None;
        }
        let bare = written(&send(&doors.bare, for_bare, way, text).await);
        (full != bare)
            .then(|| format!("{} notices {} by {way:?} {}", asker.name, difference(&full, &bare), short(text)))
    }
}

async fn send(http: &Http, bearer: Option<&str>, way: Way, text: &str) -> HttpAnswer {
    let request = match way.method {
        "POST" => http.client.post(http.url("/graphql")).json(&json!({ "query": text })),
        method => {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let query = percent_encoded(text);
            http.client.request(method, http.url(&format!("/graphql?query={query}")))
        }
    };
    let request = way.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    http.send(bearer.iter().fold(request, |request, bearer| request.bearer_auth(bearer))).await
}

fn percent_encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(letter).collect()
}

/// All that an answer says, but when it was written and in which request.
fn written(answer: &HttpAnswer) -> String {
    let HttpAnswer { status, headers, body } = answer;
    let of_request = ["date", "x-request-id"];
    let header: String = headers
        .iter()
        .filter(|(name, _)| !of_request.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let id = answer.header("x-request-id").unwrap();
    format!("{status}\n{header}\n{}", body.replace(id, "this request"))
}
