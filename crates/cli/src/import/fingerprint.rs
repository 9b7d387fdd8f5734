//! A hash of what a thing was in WordPress, to tell at the next import whether it has changed there.

use masthead_formats::wxr::{WxrComment, WxrItem};
use sha2::{Digest, Sha256};

/// The hash of some texts in their order.
pub(super) fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // The length first, so that no two lists of texts run together into one.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of an item. Its comments have their own, and its place in the file does not count.
pub(super) fn of_item(item: &WxrItem) -> String {
    let dates = format!("{:?} {:?}", item.dates, item.modified);
    let flags = format!("{} {}", item.has_password, item.menu_order);
    let mut parts = vec![
        item.post_type.as_str(),
        item.status.as_str(),
        &item.slug.raw,
        &item.title,
        &item.link,
        &item.creator,
        &item.content,
        &item.excerpt,
        &dates,
        &flags,
        item.attachment_url.as_deref().unwrap_or_default(),
        item.alt().unwrap_or_default(),
        item.meta("_thumbnail_id").unwrap_or_default(),
        item.meta("footnotes").unwrap_or_default(),
    ];
    for term in &item.terms {
        parts.push(term.slug.as_ref().map_or("", |slug| slug.raw.as_str()));
        parts.push(&term.name);
    }
    of(parts)
}

/// The hash of a comment.
pub(super) fn of_comment(comment: &WxrComment) -> String {
    let rest = format!("{:?} {:?} {:?}", comment.dates, comment.approval, comment.kind);
    of([comment.author.as_str(), &comment.content, &rest])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_do_not_run_together() {
        assert_ne!(of(["ab", "c"]), of(["a", "bc"]));
        assert_eq!(of(["ab", "c"]).len(), 32);
    }
}
