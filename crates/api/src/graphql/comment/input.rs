//! The inputs of comment mutations, parsed into the domain.

use async_graphql::{ID, InputObject, OneofObject};
use masthead_app::comment::CommentDraft;
use masthead_domain::{
    Violation, ViolationCode, Violations,
    comment::{COMMENT_BYTES_MAX, CommentContent},
    text::{Label, prose},
};
use masthead_formats::html;

use crate::graphql::input;

/// What a comment says. Exactly one form.
#[derive(OneofObject)]
pub(crate) enum CommentBodyInput {
    /// Plain text; an empty line begins a paragraph.
    Text(String),
    /// HTML; what is not safe, and everything but simple text with links, is removed.
    Html(String),
}

/// A new comment.
#[derive(InputObject)]
pub(crate) struct CommentCreateInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The global id of the article it stands below, which readers must see.
    article_id: ID,
    /// The name shown, at most 160 characters.
    author_name: String,
    /// What it says, at most 20,000 bytes of HTML.
    body: CommentBodyInput,
    /// The global id of the comment it answers, below the same article.
    in_reply_to: Option<ID>,
}

/// Which comment to hide or show, at which version.
#[derive(InputObject)]
pub(crate) struct CommentHideInput {
    /// Comes back in the payload unchanged.
    pub(super) client_mutation_id: Option<String>,
    /// The comment's global id.
    pub(super) id: ID,
    /// The version the act is meant for; another version is a conflict.
    pub(super) expected_version: i32,
    /// True to hide it from readers, false to show it.
    #[graphql(default = true)]
    pub(super) is_hidden: bool,
}

fn body(given: CommentBodyInput) -> Result<String, Violation> {
    let (field, html) = match given {
        CommentBodyInput::Text(text) => ("text", paragraphs(&text)),
        CommentBodyInput::Html(html) => ("html", html),
    };
    let safe = html::sanitize_comment(&html).into_string();
    let says_nothing = safe
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text))
        .all(|text| text.replace("&nbsp;", " ").trim().is_empty());
    if says_nothing {
        return Err(Violation::new(ViolationCode::Required, "must not be empty").at(field));
    }
    if safe.len() > COMMENT_BYTES_MAX {
        let message = format!("must have at most {COMMENT_BYTES_MAX} bytes");
        return Err(Violation::new(ViolationCode::TooLong, message).at(field));
    }
    Ok(safe)
}

/// Plain text as HTML.
fn paragraphs(text: &str) -> String {
    let clean = prose(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut html = String::with_capacity(clean.len() + 16);
    for paragraph in clean.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        html.push_str("<p>");
        html.push_str(&paragraph.lines().collect::<Vec<_>>().join("<br>"));
        html.push_str("</p>");
    }
    html
}

impl CommentCreateInput {
    pub(super) fn parse(self) -> Result<CommentDraft, Violations> {
        let Self { client_mutation_id: _, article_id, author_name, body: given, in_reply_to } = self;
        let mut wrong = Violations::new();
        let article = input::id(&mut wrong, "articleId", &article_id);
        let author_name = wrong.take("authorName", Label::parse(&author_name));
        let body = wrong.take("body", body(given));
        let in_reply_to = in_reply_to.and_then(|id| input::id(&mut wrong, "inReplyTo", &id));
        wrong.into_result(article.zip(author_name).zip(body).map(|((article, author_name), body)| CommentDraft {
            article,
            content: CommentContent { author_name, body },
            in_reply_to,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_keeps_its_paragraphs_and_lines_and_never_becomes_markup() {
        assert_eq!(
            paragraphs("  Un\r\ndeux\n\n\n<b>trois</b> & R&amp;D "),
            "<p>Un<br>deux</p><p>&lt;b&gt;trois&lt;/b&gt; &amp; R&amp;amp;D</p>"
        );
        assert_eq!(paragraphs(" \n \n"), "");
    }

    #[test]
    fn a_comment_must_say_something() {
        for empty in [CommentBodyInput::Text(" \n".into()), CommentBodyInput::Html(" ".into())] {
            assert_eq!(body(empty).unwrap_err().code, ViolationCode::Required);
        }
        let long = "é".repeat(COMMENT_BYTES_MAX / 2 + 1);
        assert_eq!(body(CommentBodyInput::Text(long)).unwrap_err().code, ViolationCode::TooLong);
    }
}
