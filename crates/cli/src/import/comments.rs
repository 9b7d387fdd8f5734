//! Readers' comments with their threads. Only the name and the words of a reader are imported.

use std::collections::{HashMap, HashSet};

use masthead_app::{
    AppError,
    comment::{self, ImportedComment},
};
use masthead_domain::{
    AnyId, ArticleId, CommentId, Timestamp,
    comment::{COMMENT_BYTES_MAX, CommentContent, CommentStatus},
    text::Label,
    time,
};
use masthead_formats::{
    html,
    wxr::{Approval, CommentType, WpId, WxrComment, WxrItem, content, plain_text},
};

use super::{
    editions::Edition,
    error::ImportError,
    fingerprint,
    known::{self, Known, Seen},
    media::subject,
    note::ImportNote,
    people::before_at,
    report::Subject,
    run::Run,
};

/// Imports the comments of an item that are not here yet, each after the one it answers.
pub(super) async fn import(
    run: &mut Run<'_>,
    known: &Known,
    item: &WxrItem,
    edition: &Edition,
    article: ArticleId,
) -> Result<(), ImportError> {
    let mut here: HashMap<&WpId, CommentId> = HashMap::new();
    let mut names: HashSet<String> = HashSet::new();
    for place in in_order(&item.comments) {
        let Some(comment) = item.comments.get(place) else { continue };
        let print = fingerprint::of_comment(comment);
        let number = comment.id.as_ref().map_or("", WpId::as_str);
        let mut name = format!("{}#comment-{number}", edition.name);
        // Without a number of its own a comment is told by its words; the same words twice are one comment.
        let by_words = format!("{name}:{print}");
        if !names.insert(by_words.clone()) {
            run.report.counts.comments.skipped += 1;
            continue;
        }
        if number.is_empty() || !names.insert(name.clone()) {
            name = by_words;
        }
        let id = match known.get(&name) {
            Seen::Here(AnyId::Comment(id)) => {
                known.count(&name, &print, &mut run.report.counts.comments);
                Some(id)
            }
            Seen::Gone | Seen::Here(_) => {
                run.report.counts.comments.skipped += 1;
                None
            }
            Seen::New => {
                let answered = comment.parent.as_ref().map(|parent| here.get(parent).copied());
                keep(run, item, article, comment, answered, &name, &print).await?
            }
        };
        if let (Some(number), Some(id)) = (&comment.id, id) {
            here.entry(number).or_insert(id);
        }
    }
    Ok(())
}

/// Keeps a comment when it is one: neither a pingback nor in the bin. `answered` is the comment it answers, which is
/// `Some(None)` when that one is not here.
async fn keep(
    run: &mut Run<'_>,
    item: &WxrItem,
    article: ArticleId,
    comment: &WxrComment,
    answered: Option<Option<CommentId>>,
    name: &str,
    print: &str,
) -> Result<Option<CommentId>, ImportError> {
    let status = match (&comment.kind, &comment.approval) {
        (CommentType::Ping | CommentType::Other(_), _) | (_, Approval::Trash) => {
            run.report.counts.comments.skipped += 1;
            return Ok(None);
        }
        (CommentType::Comment, Approval::Approved) => CommentStatus::Visible,
        (CommentType::Comment, Approval::Held | Approval::Other(_)) => CommentStatus::Pending,
        (CommentType::Comment, Approval::Spam) => CommentStatus::Spam,
    };
    let about = Subject {
        noun: "comment".to_owned(),
        id: comment.id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
        ..subject(item)
    };
    let Some(content) = words(run, comment, &about) else {
        run.report.counts.comments.skipped += 1;
        run.report.tell(ImportNote::CommentEmpty, Some(about), "");
        return Ok(None);
    };
    if answered == Some(None) {
        let parent = comment.parent.as_ref().map_or("", WpId::as_str);
        run.report.tell(ImportNote::CommentParentMissing, Some(about), parent);
    }
    let now = run.app.clock.now();
    let written = comment.date_utc(run.origin.offset).or_else(|| item.date_utc(run.origin.offset).map(|(at, _)| at));
    let created_at: Timestamp = written.map_or(now, time::cut).min(now);
    let imported = ImportedComment { article, content, in_reply_to: answered.flatten(), status, created_at };
    let stopped = |error: AppError| ImportError::stopped(format!("the comments of {}", item.slug.decoded), error);
    let work = run.batches.work().await.map_err(stopped)?;
    let id = comment::import(work, imported).await.map_err(stopped)?;
    known::bind(&work.tx, &run.origin.system, name, id.into(), print).await.map_err(|error| stopped(error.into()))?;
    run.report.counts.comments.imported += 1;
    Ok(Some(id))
}

/// What a comment says, made safe; nothing when nothing is left.
fn words(run: &mut Run<'_>, comment: &WxrComment, about: &Subject) -> Option<CommentContent> {
    let mut body = html::sanitize_comment(&content::comment(&comment.content)).into_string();
    let plain = plain_text(&body);
    if plain.is_empty() {
        return None;
    }
    if body.len() > COMMENT_BYTES_MAX {
        run.report.tell(ImportNote::TextCut, Some(about.clone()), "comment");
        // Words alone are never longer than four bytes a character, and escaping makes five of one at most.
        let short: String = plain.chars().take(COMMENT_BYTES_MAX / 6).collect();
        body = format!("<p>{}</p>", masthead_domain::body::escape_html(&short));
    }
    let name = plain_text(&comment.author);
    let name = before_at(&name).unwrap_or(&name);
    let author_name = Label::cut(name).or_else(|| Label::cut("Anonymous"))?;
    Some(CommentContent { author_name, body })
}

/// The places of comments in an order in which each comes after the one it answers; otherwise as in the file. Those
/// that answer each other in a circle come last.
fn in_order(comments: &[WxrComment]) -> Vec<usize> {
    let mut by_number: HashMap<&WpId, usize> = HashMap::new();
    for (place, comment) in comments.iter().enumerate() {
        if let Some(number) = &comment.id {
            by_number.entry(number).or_insert(place);
        }
    }
    let mut done = vec![false; comments.len()];
    let mut order = Vec::with_capacity(comments.len());
    for start in 0..comments.len() {
        let mut way = Vec::new();
        let mut on_way = HashSet::new();
        let mut at = Some(start);
        while let Some(place) = at.filter(|place| done.get(*place) == Some(&false)) {
            if !on_way.insert(place) {
                break;
            }
            way.push(place);
            at = comments
                .get(place)
                .and_then(|comment| comment.parent.as_ref())
                .and_then(|id| by_number.get(id))
                .copied();
        }
        for place in way.into_iter().rev() {
            if let Some(flag) = done.get_mut(place) {
                *flag = true;
            }
            order.push(place);
        }
    }
    order
}
