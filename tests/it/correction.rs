//! Corrections: kept, seen with their articles from their instant on, listed newest first.

use chrono::Duration;
use masthead_app::article::{self, ArticleChanges};
use masthead_domain::{
    ArticleId, CorrectionId, Timestamp, UserId,
    correction::{CorrectionContent, CorrectionKind},
    policy::Visibility,
    text::Paragraph,
};
use masthead_store::{
    Constraint, InArticles, Perspective, ReadScope, StoreError,
    article::TimeTest,
    correction::{self as rows, Correction, CorrectionWhere, NewCorrection},
    page::{Cursor, Direction, Page, PageRequest},
};
use masthead_testkit::{Kit, both_engines};

use crate::newsroom::{draft, published};

fn new(article: ArticleId, kind: CorrectionKind, text: &str, corrected_at: Timestamp) -> NewCorrection {
    let content = CorrectionContent { kind, text: Paragraph::parse(text).unwrap(), language: "fr".parse().unwrap() };
    NewCorrection { article, content, corrected_at, from_version: 2, to_version: 3 }
}

async fn insert(kit: &Kit, new: &NewCorrection) -> Result<CorrectionId, StoreError> {
    let id = CorrectionId::from_uuid(kit.app.ids.uuid());
    let tx = kit.app.database.begin_write("usr_x", kit.app.clock.now()).await?;
    rows::insert(&tx, id, new).await?;
    tx.commit().await?;
    Ok(id)
}

/// A correction with this text, made so many hours ago.
async fn corrects(kit: &Kit, article: ArticleId, text: &str, hours_ago: i64) -> CorrectionId {
    let at = kit.app.clock.now() - Duration::hours(hours_ago);
    insert(kit, &new(article, CorrectionKind::Correction, text, at)).await.unwrap()
}

fn public(kit: &Kit) -> ReadScope {
    ReadScope::public(kit.app.clock.now())
}

fn desk(kit: &Kit) -> ReadScope {
    ReadScope::all(kit.app.clock.now())
}

fn texts(page: &Page<Correction>) -> Vec<&str> {
    page.items.iter().map(|(_, correction)| correction.text.as_str()).collect()
}

/// The texts of a list, which is counted as it is read.
async fn listed(kit: &Kit, scope: &ReadScope, filter: &CorrectionWhere) -> Vec<String> {
    let page = rows::page(&kit.app.database, scope, filter, &PageRequest::first(50)).await.unwrap();
    let count = rows::count(&kit.app.database, scope, filter).await.unwrap();
    assert_eq!(count, page.items.len() as u64);
    texts(&page).into_iter().map(str::to_owned).collect()
}

async fn all(kit: &Kit, scope: &ReadScope) -> Vec<String> {
    listed(kit, scope, &CorrectionWhere::default()).await
}

both_engines! {
    async fn a_correction_is_kept_as_it_was_made(kit: Kit) {
        let article = published(&kit, "Un", ArticleChanges::default()).await;
        let at = kit.app.clock.now() - Duration::microseconds(1);
        let made = new(article, CorrectionKind::EditorNote, "Une date était fausse :\nmardi.", at);
        let id = insert(&kit, &made).await.unwrap();
        assert!(id.to_string().starts_with("cor_"));
        let kept = rows::by_id(&kit.app.database, &public(&kit), id).await.unwrap().unwrap();
        let expected = Correction {
            id,
            article,
            kind: CorrectionKind::EditorNote,
            text: "Une date était fausse :\nmardi.".to_owned(),
            language: "fr".parse().unwrap(),
            corrected_at: at,
            from_version: 2,
            to_version: 3,
            actor: "usr_x".to_owned(),
        };
        assert_eq!(kept, expected);
        for kind in CorrectionKind::ALL {
            let id = insert(&kit, &new(article, *kind, "x", at)).await.unwrap();
            let kept = rows::by_ids(&kit.app.database, &public(&kit), &[id]).await.unwrap();
            assert_eq!(kept.iter().map(|kept| kept.kind).collect::<Vec<_>>(), [*kind]);
        }
        let unknown = CorrectionId::from_uuid(kit.app.ids.uuid());
        assert_eq!(rows::by_id(&kit.app.database, &desk(&kit), unknown).await.unwrap(), None);
        assert!(rows::by_ids(&kit.app.database, &desk(&kit), &[]).await.unwrap().is_empty());
    }

    async fn a_correction_needs_its_article_and_a_later_version(kit: Kit) {
        let article = published(&kit, "Un", ArticleChanges::default()).await;
        let nowhere = ArticleId::from_uuid(kit.app.ids.uuid());
        let error = insert(&kit, &new(nowhere, CorrectionKind::Update, "x", kit.app.clock.now())).await.unwrap_err();
        assert!(matches!(error, StoreError::Constraint(Constraint::ForeignKey, ..)), "{error:?}");
        let same = NewCorrection { to_version: 2, ..new(article, CorrectionKind::Update, "x", kit.app.clock.now()) };
        assert!(insert(&kit, &same).await.is_err());
        assert!(all(&kit, &desk(&kit)).await.is_empty());
    }

    async fn a_correction_is_seen_with_its_article_only(kit: Kit) {
        let (shown, hidden) = (
            published(&kit, "Un", ArticleChanges::default()).await,
            draft(&kit, "Deux", ArticleChanges::default()).await,
        );
        corrects(&kit, shown, "vu", 2).await;
        let secret = corrects(&kit, hidden, "caché", 1).await;
        assert_eq!(all(&kit, &public(&kit)).await, ["vu"]);
        assert_eq!(all(&kit, &desk(&kit)).await, ["caché", "vu"]);
        assert_eq!(all(&kit, &ReadScope { perspective: Perspective::Draft, ..desk(&kit) }).await, ["caché"]);
        assert_eq!(rows::by_id(&kit.app.database, &public(&kit), secret).await.unwrap(), None);
        // By its article it is not found either, nor counted.
        let below = CorrectionWhere {
            articles: InArticles { any_of: Some(vec![hidden]), none_of: None },
            ..CorrectionWhere::default()
        };
        assert!(listed(&kit, &public(&kit), &below).await.is_empty());
        assert_eq!(listed(&kit, &desk(&kit), &below).await, ["caché"]);
        let articles = [shown, hidden];
        let counts = rows::counts(&kit.app.database, &public(&kit), &articles).await.unwrap();
        assert_eq!((counts.get(&shown), counts.get(&hidden)), (Some(&1), None));
        let request = PageRequest::first(5);
        let pages = rows::of_articles(&kit.app.database, &public(&kit), &articles, &request).await.unwrap();
        assert_eq!((texts(&pages[&shown]), texts(&pages[&hidden])), (vec!["vu"], vec![]));

        let caller = kit.system();
        let work = kit.app.begin(&caller).await.unwrap();
        article::delete(&work, shown, 2).await.unwrap();
        work.commit().await.unwrap();
        assert!(all(&kit, &public(&kit)).await.is_empty());
        assert_eq!(all(&kit, &desk(&kit)).await, ["caché"]);
    }

    async fn a_correction_to_come_is_seen_by_the_desk_until_its_instant(kit: Kit) {
        let article = published(&kit, "Un", ArticleChanges::default()).await;
        corrects(&kit, article, "fait", 1).await;
        let id = corrects(&kit, article, "à venir", -1).await;
        let other = Visibility::Own(UserId::from_uuid(kit.app.ids.uuid()));
        let readers = |kit: &Kit| {
            let latest = ReadScope { visibility: Visibility::Public, ..desk(kit) };
            [public(kit), latest, ReadScope { perspective: Perspective::Published, ..desk(kit) },
             ReadScope { visibility: other, ..desk(kit) }]
        };
        for scope in readers(&kit) {
            assert_eq!(all(&kit, &scope).await, ["fait"], "{scope:?}");
            assert_eq!(rows::by_id(&kit.app.database, &scope, id).await.unwrap(), None);
            let counts = rows::counts(&kit.app.database, &scope, &[article]).await.unwrap();
            assert_eq!(counts.get(&article), Some(&1));
        }
        assert_eq!(all(&kit, &desk(&kit)).await, ["à venir", "fait"]);
        kit.clock.advance(std::time::Duration::from_secs(3_600) - std::time::Duration::from_micros(1));
        assert_eq!(all(&kit, &public(&kit)).await, ["fait"]);
        kit.clock.advance(std::time::Duration::from_micros(1));
        for scope in readers(&kit) {
            assert_eq!(all(&kit, &scope).await, ["à venir", "fait"], "{scope:?}");
        }
    }

    async fn corrections_are_listed_newest_first_in_both_directions(kit: Kit) {
        let article = published(&kit, "Un", ArticleChanges::default()).await;
        for (text, hours_ago) in [("c", 3), ("d", 3), ("a", 9), ("e", 1), ("b", 3)] {
            corrects(&kit, article, text, hours_ago).await;
        }
        let (scope, filter) = (public(&kit), CorrectionWhere::default());
        let expected = ["e", "b", "d", "c", "a"];
        for direction in [Direction::Forward, Direction::Backward] {
            let mut read: Vec<String> = Vec::new();
            let mut cursor: Option<Cursor> = None;
            loop {
                let request = PageRequest { size: 2, direction, cursor: cursor.clone() };
                let page = rows::page(&kit.app.database, &scope, &filter, &request).await.unwrap();
                let found = rows::of_articles(&kit.app.database, &scope, &[article], &request).await.unwrap();
                assert_eq!(texts(&found[&article]), texts(&page), "an article's list is read from the same places");
                let of_page = texts(&page).into_iter().map(str::to_owned);
                let (place, more) = match direction {
                    Direction::Forward => (page.items.last(), page.has_next),
                    Direction::Backward => (page.items.first(), page.has_previous),
                };
                cursor = place.map(|(cursor, _)| cursor.clone());
                match direction {
                    Direction::Forward => read.extend(of_page),
                    Direction::Backward => read = of_page.chain(read.clone()).collect(),
                }
                if !more {
                    break;
                }
                assert!(read.len() < 50, "the list does not end");
            }
            assert_eq!(read, expected, "{direction:?}");
        }
        let text = cursor_text(&kit).await;
        assert!(Cursor::decode(&text, 7, rows::SORT_KINDS).is_ok());
        assert!(Cursor::decode(&text, 8, rows::SORT_KINDS).is_err());
    }

    async fn corrections_below_many_articles_are_one_statement(kit: Kit) {
        let mut articles = Vec::new();
        for (headline, texts) in [("Un", vec!["a", "b", "c"]), ("Deux", vec!["d"]), ("Trois", vec![])] {
            let article = published(&kit, headline, ArticleChanges::default()).await;
            for (text, hours_ago) in texts.into_iter().zip(1..) {
                corrects(&kit, article, text, hours_ago).await;
            }
            articles.push(article);
        }
        // An article that is asked for twice has one list.
        let asked = [articles.clone(), vec![articles[0]]].concat();
        let (scope, request) = (public(&kit), PageRequest::first(2));
        let read = rows::of_articles(&kit.app.database, &scope, &asked, &request);
        let (pages, statements) = kit.statements(read).await;
        let pages = pages.unwrap();
        assert_eq!(statements.len(), 1, "{statements:#?}");
        assert_eq!(articles.iter().map(|id| texts(&pages[id])).collect::<Vec<_>>(), [vec!["a", "b"], vec!["d"], vec![]]);
        assert_eq!(articles.iter().map(|id| pages[id].has_next).collect::<Vec<_>>(), [true, false, false]);
        let (counts, statements) = kit.statements(rows::counts(&kit.app.database, &scope, &asked)).await;
        let counts = counts.unwrap();
        assert_eq!(statements.len(), 1, "{statements:#?}");
        assert_eq!(articles.iter().map(|id| counts.get(id).copied()).collect::<Vec<_>>(), [Some(3), Some(1), None]);
        assert!(rows::of_articles(&kit.app.database, &scope, &[], &request).await.unwrap().is_empty());
        assert!(rows::counts(&kit.app.database, &scope, &[]).await.unwrap().is_empty());
    }

    async fn corrections_are_filtered_by_kind_time_and_article(kit: Kit) {
        let (one, two) = (
            published(&kit, "Un", ArticleChanges::default()).await,
            published(&kit, "Deux", ArticleChanges::default()).await,
        );
        let now = kit.app.clock.now();
        for (article, kind, text, hours_ago) in [
            (one, CorrectionKind::Correction, "a", 1),
            (two, CorrectionKind::Update, "b", 2),
            (one, CorrectionKind::Retraction, "c", 3),
            (two, CorrectionKind::Correction, "d", 4),
        ] {
            insert(&kit, &new(article, kind, text, now - Duration::hours(hours_ago))).await.unwrap();
        }
        let filter = CorrectionWhere::default;
        let at = |hours_ago: i64| Some(now - Duration::hours(hours_ago));
        let articles = |any_of, none_of| InArticles { any_of, none_of };
        for (filter, expected) in [
            (filter(), vec!["a", "b", "c", "d"]),
            (CorrectionWhere { kinds: Some(vec![CorrectionKind::Correction]), ..filter() }, vec!["a", "d"]),
            (
                CorrectionWhere {
                    kinds: Some(vec![CorrectionKind::Update, CorrectionKind::Retraction]),
                    ..filter()
                },
                vec!["b", "c"],
            ),
            (CorrectionWhere { kinds: Some(Vec::new()), ..filter() }, vec![]),
            (
                CorrectionWhere {
                    corrected_at: TimeTest { gt: at(4), lte: at(2), ..TimeTest::default() },
                    ..filter()
                },
                vec!["b", "c"],
            ),
            (
                CorrectionWhere {
                    corrected_at: TimeTest { gte: at(4), lt: at(2), is_null: Some(false), ..TimeTest::default() },
                    ..filter()
                },
                vec!["c", "d"],
            ),
            (
                CorrectionWhere {
                    corrected_at: TimeTest { is_null: Some(true), ..TimeTest::default() },
                    ..filter()
                },
                vec![],
            ),
            (CorrectionWhere { articles: articles(Some(vec![one]), None), ..filter() }, vec!["a", "c"]),
            (CorrectionWhere { articles: articles(Some(Vec::new()), None), ..filter() }, vec![]),
            (CorrectionWhere { articles: articles(None, Some(vec![one])), ..filter() }, vec!["b", "d"]),
            (
                CorrectionWhere {
                    kinds: Some(vec![CorrectionKind::Correction]),
                    corrected_at: TimeTest { lt: at(1), ..TimeTest::default() },
                    articles: articles(Some(vec![one, two]), None),
                },
                vec!["d"],
            ),
        ] {
            assert_eq!(listed(&kit, &public(&kit), &filter).await, expected, "{filter:?}");
        }
    }
}

/// The cursor of the newest correction, as a client gets it from a list with the fingerprint 7.
async fn cursor_text(kit: &Kit) -> String {
    let request = PageRequest::first(1);
    let page = rows::page(&kit.app.database, &public(kit), &CorrectionWhere::default(), &request).await.unwrap();
    page.items[0].0.encode(7)
}
