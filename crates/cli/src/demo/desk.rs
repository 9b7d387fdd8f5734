//! What the desk of the demo has done with its articles: corrections, changes that wait, redirects.

use std::collections::HashMap;

use anyhow::Context as _;
use masthead_app::{
    Work,
    article::{self, ArticleChanges, Correcting, Edit, Summary},
    redirect,
};
use masthead_domain::{
    ArticleId, LanguageTag,
    correction::{CorrectionContent, CorrectionKind},
    redirect::{RedirectContent, RedirectStatus, SitePath, Target},
    text::{Paragraph, Title},
};

use super::{
    files,
    library::{named, optional, word},
};

/// Does what `desk.toml` says with the articles, which are at their first version.
pub(super) async fn act(work: &Work<'_>, articles: &HashMap<String, ArticleId>) -> anyhow::Result<()> {
    let files::Desk { correction, pending, redirect } = files::desk()?;
    for entry in correction {
        let id = *named(articles, &entry.article)?;
        correct(work, id, &entry).await.with_context(|| entry.article)?;
    }
    for entry in pending {
        let id = *named(articles, &entry.article)?;
        change(work, id, &entry).await.with_context(|| entry.article)?;
    }
    for files::Redirect { path, target } in redirect {
        let content = RedirectContent {
            path: SitePath::parse(&path)?,
            target: Target::parse(&target, &work.app.site.url)?,
            status: RedirectStatus::MovedPermanently,
        };
        redirect::create(work, content).await.with_context(|| path)?;
    }
    Ok(())
}

async fn correct(work: &Work<'_>, id: ArticleId, entry: &files::Correction) -> anyhow::Result<()> {
    let files::Correction { article: _, kind, text, lede } = entry;
    let language: LanguageTag = "fr".parse()?;
    let content =
        CorrectionContent { kind: word(CorrectionKind::parse, kind)?, text: Paragraph::parse(text)?, language };
    let lede = optional(Paragraph::parse, lede.as_deref())?;
    let changes = lede.map(|lede| ArticleChanges { lede: Some(Some(lede)), ..ArticleChanges::default() });
    article::correct(work, id, 1, Correcting { content, changes, summary: None }).await?;
    Ok(())
}

async fn change(work: &Work<'_>, id: ArticleId, entry: &files::Pending) -> anyhow::Result<()> {
    let files::Pending { article: _, headline, summary, submitted } = entry;
    let changes = ArticleChanges { headline: Some(Title::parse(headline)?), ..ArticleChanges::default() };
    let summary = optional(Summary::parse, summary.as_deref())?;
    article::update(work, id, 1, Edit { changes, summary, ..Edit::default() }).await?;
    if *submitted {
        article::submit(work, id, 2, None).await?;
    }
    Ok(())
}
