//! That the loss of an index is noticed: without it something that lists offer is read too dearly.

use masthead_testkit::Engine;

use super::judge::{Judge, Seen};

const BOTH: &[Engine] = &[Engine::Sqlite, Engine::Postgres];

/// The indexes that no list would miss: on which engines, and what they are for.
const BESIDE: &[(&str, &[Engine], &str)] = &[
    ("article_body_media_media_idx", &[Engine::Postgres], "a media record that stands in a body is not deleted"),
    ("article_categories_category_idx", &[Engine::Sqlite], "a category in which articles stand is not deleted"),
    ("article_credits_author_idx", &[Engine::Sqlite], "an author who has credits is not deleted"),
    ("article_contacts_contact_idx", BOTH, "a contact that stands in articles is not deleted"),
    ("article_transitions_at_idx", BOTH, "the worker looks for what comes next"),
    ("article_versions_at_idx", BOTH, "`article(asOf:)`"),
    ("articles_address_idx", BOTH, "addresses of what was deleted answer as gone"),
    ("articles_translated_from_idx", BOTH, "what is taken out of a story is no original any more"),
    ("articles_unpublished_idx", BOTH, "one state among those that are not published, of which a newsroom has few"),
    ("categories_name_idx", BOTH, "there are few categories"),
    ("categories_parent_idx", BOTH, "there are few categories"),
    ("categories_position_idx", BOTH, "there are few categories"),
    ("change_log_xact_idx", &[Engine::Postgres], "followers of the log"),
    ("comments_parent_idx", BOTH, "foreign key: answers to a comment"),
    ("external_ids_entity_idx", BOTH, "ids of other systems are shown with what they name"),
    ("idempotency_keys_expires_idx", BOTH, "the worker forgets keys"),
    ("legacy_paths_entity_idx", BOTH, "former addresses follow what they led to"),
    ("preview_tokens_article_idx", BOTH, "the preview tokens of an article, which are few"),
    ("preview_tokens_expires_idx", BOTH, "the worker forgets tokens"),
    ("redirects_target_path_idx", BOTH, "how many redirects stand behind one another"),
    ("sessions_family_idx", BOTH, "a family of sessions ends together"),
    ("sessions_user_idx", BOTH, "all sessions of a user end together"),
    ("source_keys_source_idx", BOTH, "a source that is joined into another takes its keys along"),
];

/// So many uses are looked at of an index that is not expected to be missed. Of the others all, until one is wrong.
const USES: usize = 50;

impl Judge<'_> {
    /// Takes one index after the other away, and asks again for what was read by it.
    pub(super) async fn miss_indexes(&mut self) {
        let engine = self.kit.engine();
        for index in self.planner.indexes().await {
            let beside = BESIDE.iter().find(|(known, engines, _)| *known == index && engines.contains(&engine));
            match (beside, self.is_index_missed(&index, if beside.is_some() { USES } else { usize::MAX }).await) {
                (None, false) => self.wrong.push(format!("{index}: no list would miss it\n")),
                (Some((.., purpose)), true) => self.wrong.push(format!("{index} is missed, not only for: {purpose}\n")),
                (None, true) | (Some(_), false) => {}
            }
        }
    }

    async fn is_index_missed(&self, index: &str, uses_max: usize) -> bool {
        let users: Vec<&Seen> = self.seen.iter().filter(|seen| seen.uses(index)).take(uses_max).collect();
        self.planner.take_away(index).await;
        let mut is_missed = false;
        for seen in &users {
            is_missed = self.is_wrong_now(seen).await;
            if is_missed {
                break;
            }
        }
        self.planner.put_back().await;
        is_missed
    }
}
