//! When things of the demo happened: told in days, so that the front page always looks fresh.

use anyhow::{Context as _, bail};
use chrono::{NaiveTime, TimeDelta};
use masthead_app::article::History;
use masthead_domain::{
    Timestamp,
    article::{ArticleState, Removal, RemovalReason, Window},
};

use super::files::{Article, State};

/// An article's state and dates, as of the moment of loading.
pub(super) fn history(article: &Article, now: Timestamp) -> anyhow::Result<History> {
    let published = published_at(article, now)?;
    let (state, written, changed) = match (article.state, published) {
        (State::Draft, None) => (ArticleState::Draft, now, now),
        (State::InReview, None) => (ArticleState::InReview { at: now }, now, now),
        (State::Published, Some(at)) if at <= now => (ArticleState::Published { at }, at - TimeDelta::hours(5), at),
        (State::Scheduled, Some(at)) if at > now => (ArticleState::Published { at }, now, now),
        (State::Unpublished | State::Withdrawn | State::Killed, Some(at)) if at <= now => {
            let removed = (at + TimeDelta::hours(26)).min(now);
            (taken_down(article, removed), at - TimeDelta::hours(5), removed)
        }
        (state, at) => bail!("the state {state:?} does not go with the publication {at:?}"),
    };
    Ok(History {
        state,
        window: Window::default(),
        first_published_at: published,
        created_at: written,
        updated_at: changed,
        views: article.views,
        shares: article.shares,
    })
}

fn taken_down(article: &Article, at: Timestamp) -> ArticleState {
    let removal = |reason| Removal { at, reason, notice: article.notice.clone() };
    match article.state {
        State::Withdrawn => ArticleState::Withdrawn(removal(RemovalReason::Withdrawn)),
        State::Killed => ArticleState::Killed(removal(RemovalReason::Killed)),
        State::Published | State::Scheduled | State::Draft | State::InReview | State::Unpublished => {
            ArticleState::Unpublished(removal(RemovalReason::Unpublished))
        }
    }
}

fn published_at(article: &Article, now: Timestamp) -> anyhow::Result<Option<Timestamp>> {
    let days = match (article.published_days_ago, article.publish_in_days) {
        (Some(ago), None) if ago >= 1 => -ago,
        (None, Some(ahead)) if ahead >= 1 => ahead,
        (None, None) => return Ok(None),
        (ago, ahead) => bail!("published_days_ago = {ago:?} and publish_in_days = {ahead:?} say no day"),
    };
    let time = article.published_time.as_deref().context("a publication has a published_time")?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").context("published_time is written as 09:30")?;
    let day = now.date_naive() + TimeDelta::days(days);
    Ok(Some(day.and_time(time).and_utc()))
}

/// When a comment was written: so many days ago, but not before what it answers, nor in the future.
pub(super) fn commented_at(days_ago: i64, answered: Timestamp, now: Timestamp) -> Timestamp {
    (now - TimeDelta::days(days_ago)).max(answered + TimeDelta::minutes(17)).min(now)
}
