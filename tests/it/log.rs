//! The change log, followed: whoever looks knows of every act that was acknowledged, in whatever order acts end.

use masthead_domain::{
    ArticleId, AuthorId,
    event::{Change, ChangeScope},
    topic::{Topic, TopicKey},
};
use masthead_store::{ConnectionTrait, Engine, LogFollower};
use masthead_testkit::{Kit, both_engines};

fn author(id: &str) -> [TopicKey; 1] {
    let id: AuthorId = id.parse().unwrap();
    [Topic::Thing(id.into()).key()]
}

both_engines! {
    async fn a_look_tells_what_was_done_since_the_one_before(kit: Kit) {
        let log = LogFollower::new(kit.second_node().await.app.database.clone());
        let jean = kit.author("Jean").await;
        let first = log.head().await.unwrap();
        assert_eq!(log.head().await.unwrap(), first, "nothing was done");
        let marie = kit.author("Marie").await;
        let second = log.head().await.unwrap();
        assert!(second > first);
        assert!(log.is_untouched(first, &author(&jean)) && !log.is_untouched(first, &author(&marie)));
        assert!(log.is_untouched(second, &author(&marie)));
        assert!(!log.is_untouched(first - 1, &author(&jean)), "what was before the first look is not known");
    }

    async fn an_act_that_ends_after_one_with_a_higher_number_is_told(kit: Kit) {
        if kit.engine() == Engine::Sqlite {
            return; // One act at a time: its numbers are those of the commits.
        }
        let log = LogFollower::new(kit.app.database.clone());
        let jean = kit.author("Jean").await;
        let slow = kit.app.database.begin_write("slow", kit.app.clock.now()).await.unwrap();
        let again = "insert into change_log (at, actor, entity_kind, entity_id, kind, fields)
            select at, 'slow', entity_kind, entity_id, 'UPDATED', fields from change_log";
        slow.execute_unprepared(again).await.unwrap();
        log.head().await.unwrap();
        let marie = kit.author("Marie").await;
        let before = log.head().await.unwrap();
        assert_eq!(log.head().await.unwrap(), before, "an act that goes on is no news");
        slow.commit().await.unwrap();
        let after = log.head().await.unwrap();
        assert!(after > before);
        assert!(!log.is_untouched(before, &author(&jean)) && log.is_untouched(before, &author(&marie)));
        assert_eq!(log.head().await.unwrap(), after, "it is told once");
        let actors: Vec<String> = kit.change_log().await.into_iter().map(|row| row.actor).collect();
        assert_eq!(actors, ["system", "slow", "system"]);
    }

    async fn more_changes_than_are_told_one_by_one_touch_everything(kit: Kit) {
        let log = LogFollower::new(kit.app.database.clone());
        let known = log.head().await.unwrap();
        for count in [1_000, 1_001] {
            let tx = kit.app.database.begin_write("many", kit.app.clock.now()).await.unwrap();
            for _ in 0..count {
                tx.emit(Change::created(ArticleId::from_uuid(kit.app.ids.uuid()), ChangeScope::default()));
            }
            tx.commit().await.unwrap();
            let told = log.head().await.unwrap();
            let elsewhere = [Topic::Slug("elsewhere").key()];
            assert_eq!(log.is_untouched(known, &elsewhere), count == 1_000);
            assert!(log.is_untouched(told, &elsewhere));
            assert_eq!(log.head().await.unwrap(), told);
        }
    }

    async fn a_log_that_was_brought_from_another_server_is_no_news(kit: Kit) {
        if kit.engine() == Engine::Sqlite {
            return; // A file is the same wherever it is.
        }
        kit.author("Jean").await;
        kit.app.database.execute_unprepared("update change_log set xact = '9000000000000000'").await.unwrap();
        let log = LogFollower::new(kit.app.database.clone());
        let known = log.head().await.unwrap();
        assert_eq!(log.head().await.unwrap(), known);
        let marie = kit.author("Marie").await;
        log.head().await.unwrap();
        assert!(!log.is_untouched(known, &author(&marie)));
    }
}
