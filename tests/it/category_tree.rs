//! The tree of categories: moves, what they may not do, moves at the same time, and any sequence of acts.

use std::collections::HashMap;

use masthead_app::{
    AppError, Work,
    category::{self as acts, CategoryDraft, CategoryMove},
};
use masthead_domain::{
    CategoryId, Localizations,
    category::{DEPTH_MAX, TreeError},
    text::Title,
};
use masthead_store::category as rows;
use masthead_testkit::{Kit, both_engines};
use proptest::{prelude::*, test_runner::TestCaseResult};
use serde_json::{Value, json};

use crate::{category::category, filed, mistake::mistakes, walk};

const PLACE: &str = "category { path position version parent { id } }";

fn put(id: &str, version: i64, to: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    input
}

/// The paths of all categories in the order of the tree, and that their positions have no gaps.
async fn tree(kit: &Kit) -> Vec<String> {
    let document =
        "{ categories(first: 100, orderBy: [{field: POSITION}]) { nodes { id path position parent { id } } } }";
    let data = kit.data(&kit.anonymous(), document, json!({})).await;
    let mut branches: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for node in data["categories"]["nodes"].as_array().unwrap() {
        let branch = branches.entry(node["parent"]["id"].to_string()).or_default();
        assert_eq!(node["position"], json!(branch.len()), "{data:#}");
        let text = |field: &str| node[field].as_str().unwrap().to_owned();
        branch.push((json!(text("id")).to_string(), text("path")));
    }
    let mut paths = Vec::new();
    let mut waiting: Vec<_> = branches.remove("null").unwrap_or_default().into_iter().rev().collect();
    while let Some((id, path)) = waiting.pop() {
        paths.push(path.trim_start_matches("/category").to_owned());
        waiting.extend(branches.remove(&id).unwrap_or_default().into_iter().rev());
    }
    assert!(branches.is_empty(), "cut off from the root: {branches:#?}");
    paths
}

both_engines! {
    async fn a_category_moves_with_everything_below_it(kit: Kit) {
        let (a, b) = (category(&kit, "A", None).await, category(&kit, "B", None).await);
        category(&kit, "C", None).await;
        category(&kit, "B1", Some(&b)).await;
        let a1 = category(&kit, "A1", Some(&a)).await;
        category(&kit, "A2", Some(&a)).await;
        category(&kit, "Deep", Some(&a1)).await;
        let input = put(&a1, 1, json!({ "parentId": b, "position": 0, "clientMutationId": "m" }));
        let payload = kit.done(&kit.system(), "categoryMove", PLACE, input).await;
        assert_eq!(payload, json!({
            "category": { "path": "/category/b/a1", "position": 0, "version": 2, "parent": { "id": b } },
            "userErrors": [], "clientMutationId": "m",
        }));
        assert_eq!(tree(&kit).await, ["/a", "/a/a2", "/b", "/b/a1", "/b/a1/deep", "/b/b1", "/c"]);
        let log = kit.change_log().await;
        let row = log.last().unwrap();
        assert_eq!((log.len(), row.kind.as_str(), row.entity.as_str(), row.version), (8, "MOVED", a1.as_str(), Some(2)));
        assert_eq!(row.fields, ["parent"]);
        let scope = |path: &str, above: &str| Some(json!({ "path": path, "language": "fr", "categories": [above, a1] }));
        assert_eq!((&row.before, &row.after), (&scope("/category/a/a1", &a), &scope("/category/b/a1", &b)));

        let payload = kit.done(&kit.system(), "categoryMove", PLACE, put(&a1, 2, json!({ "parentId": null }))).await;
        assert_eq!((&payload["category"]["position"], &payload["category"]["parent"]), (&json!(3), &Value::Null));
        assert_eq!(tree(&kit).await, ["/a", "/a/a2", "/b", "/b/b1", "/c", "/a1", "/a1/deep"]);
        assert_eq!(kit.change_log().await.last().unwrap().fields, ["parent", "position"]);
        let versions = kit.sql("select count(*) as n from categories where version > 1").await;
        assert_eq!(versions, [json!({ "n": 1 })]);
    }

    async fn siblings_are_put_in_order(kit: Kit) {
        let mut ids = Vec::new();
        for name in ["A", "B", "C", "D"] {
            ids.push(category(&kit, name, None).await);
        }
        let mut version = 1;
        for (to, expected) in [
            (json!({ "position": 0 }), ["/b", "/a", "/c", "/d"]),
            (json!({ "position": 2 }), ["/a", "/c", "/b", "/d"]),
            (json!({ "position": 3 }), ["/a", "/c", "/d", "/b"]),
            (json!({ "parentId": null, "position": 1 }), ["/a", "/b", "/c", "/d"]),
            (json!({ "position": 2_147_483_647 }), ["/a", "/c", "/d", "/b"]),
        ] {
            kit.done(&kit.system(), "categoryMove", PLACE, put(&ids[1], version, to)).await;
            version += 1;
            assert_eq!(tree(&kit).await, expected);
            assert_eq!(kit.change_log().await.last().unwrap().fields, ["position"]);
        }
        for nowhere in [json!({}), json!({ "parentId": null }), json!({ "position": 3 }), json!({ "position": 9 }), json!({ "position": null })] {
            let payload = kit.done(&kit.system(), "categoryMove", PLACE, put(&ids[1], version, nowhere)).await;
            assert_eq!(payload["category"]["version"], version);
        }
        assert_eq!(kit.row_count("change_log").await, 4 + 5);
    }

    async fn a_move_that_cannot_be_is_refused_and_changes_nothing(kit: Kit) {
        let mut chain: Vec<String> = Vec::new();
        for level in 0..DEPTH_MAX {
            chain.push(category(&kit, &format!("L{level}"), chain.last().map(String::as_str)).await);
        }
        let two = category(&kit, "Two", None).await;
        category(&kit, "Below", Some(&two)).await;
        let before = tree(&kit).await;
        let parent = |id: &str| json!({ "parentId": id });
        for (id, to, expected) in [
            (&chain[0], parent(&chain[0]), "ValidationError INVALID parentId"),
            (&chain[0], parent(&chain[7]), "ValidationError INVALID parentId"),
            (&two, parent(&chain[6]), "ValidationError INVALID parentId"),
            (&two, parent("cat_01h455vb4pex5vsknk084sn02q"), "NotFoundError NOT_FOUND parentId"),
            (&two, parent("aut_01h455vb4pex5vsknk084sn02q"), "ValidationError INVALID parentId"),
            (&two, json!({ "position": -1 }), "ValidationError INVALID position"),
        ] {
            let payload = kit.act(&kit.system(), "categoryMove", PLACE, put(id, 1, to.clone())).await;
            assert_eq!((mistakes(&payload), &payload["category"]), (vec![expected.to_owned()], &Value::Null), "{to}");
        }
        let too_deep = json!({ "name": "L8", "parentId": chain[7] });
        let payload = kit.act(&kit.system(), "categoryCreate", PLACE, too_deep).await;
        assert_eq!(mistakes(&payload), ["ValidationError INVALID parentId"]);
        assert_eq!(payload["userErrors"][0]["message"], "categories are at most 8 levels deep");
        assert_eq!((tree(&kit).await, kit.row_count("change_log").await), (before, 10));
        kit.done(&kit.system(), "categoryMove", PLACE, put(&two, 1, parent(&chain[5]))).await;
    }

    async fn two_moves_at_once_never_make_a_cycle(kit: Kit) {
        for round in 0..10 {
            let (a, b) = (category(&kit, &format!("A{round}"), None).await, category(&kit, &format!("B{round}"), None).await);
            let system = kit.system();
            let (one, other) = tokio::join!(
                kit.act(&system, "categoryMove", PLACE, put(&a, 1, json!({ "parentId": b }))),
                kit.act(&system, "categoryMove", PLACE, put(&b, 1, json!({ "parentId": a }))),
            );
            let told = [mistakes(&one), mistakes(&other)].concat();
            assert_eq!(told, ["ValidationError INVALID parentId"], "{one:#} {other:#}");
            assert_eq!(tree(&kit).await.len(), 2 * (round + 1));
        }
    }

    async fn acts_at_once_keep_the_order_whole_and_wait_for_each_other(kit: Kit) {
        let (left, right) = (category(&kit, "Left", None).await, category(&kit, "Right", None).await);
        let mut ids = Vec::new();
        for number in 0..6 {
            ids.push(category(&kit, &format!("C{number}"), Some(&left)).await);
        }
        let system = kit.system();
        let to = |place: usize| json!({ "parentId": if place.is_multiple_of(2) { &left } else { &right }, "position": 0 });
        let act = |place: usize| kit.act(&system, "categoryMove", PLACE, put(&ids[place], 1, to(place)));
        let more = json!({ "name": "More", "parentId": right, "position": 0 });
        let answers = tokio::join!(act(0), act(1), act(2), act(3), act(4), act(5), kit.act(&system, "categoryCreate", PLACE, more));
        for answer in [answers.0, answers.1, answers.2, answers.3, answers.4, answers.5, answers.6] {
            assert_eq!(mistakes(&answer), Vec::<String>::new());
        }
        let paths = tree(&kit).await;
        assert_eq!(paths.iter().filter(|path| path.starts_with("/right/")).count(), 4, "{paths:?}");
        assert_eq!(paths.iter().filter(|path| path.starts_with("/left/")).count(), 3, "{paths:?}");
    }

    async fn a_category_deleted_while_something_comes_into_it_either_stays_or_refuses_it(kit: Kit) {
        for round in 0..5 {
            let (parent, child) = (category(&kit, &format!("P{round}"), None).await, category(&kit, &format!("C{round}"), None).await);
            let system = kit.system();
            let (gone, moved) = tokio::join!(
                kit.act(&system, "categoryDelete", "deletedId", json!({ "id": parent, "expectedVersion": 1 })),
                kit.act(&system, "categoryMove", PLACE, put(&child, 1, json!({ "parentId": parent }))),
            );
            match mistakes(&gone).as_slice() {
                [] => assert_eq!(mistakes(&moved), ["NotFoundError NOT_FOUND parentId"]),
                told => {
                    assert_eq!(told, ["ValidationError IN_USE id"]);
                    assert_eq!(moved["category"]["parent"]["id"], parent);
                }
            }
            tree(&kit).await;
        }
    }

    async fn a_category_is_not_deleted_from_under_an_article_that_is_being_written(kit: Kit) {
        let id = category(&kit, "News", None).await;
        let system = kit.system();
        let work = kit.app.begin(&system).await.unwrap();
        filed::article_in(&work, "un", vec![id.parse().unwrap()], &[]).await;
        let deleting = kit.act(&system, "categoryDelete", "deletedId", json!({ "id": id, "expectedVersion": 1 }));
        let (gone, ()) = tokio::join!(deleting, async {
            filed::until_one_waits(&kit).await;
            work.commit().await.unwrap();
        });
        assert_eq!(mistakes(&gone), ["ValidationError IN_USE id"]);
        assert_eq!(kit.row_count("article_categories").await, 1);
    }

    async fn any_sequence_of_acts_keeps_a_tree_with_ordered_branches(kit: Kit) {
        let sequences = prop::collection::vec(act(), 1..50);
        walk::every(48, sequences, async move |sequence| played(&kit, sequence).await).await;
    }
}

/// Where a category shall stand; numbers count through the categories there are, in the order they came.
#[derive(Debug, Clone)]
enum Above {
    Root,
    Number(usize),
    Newest,
}

#[derive(Debug, Clone)]
enum Act {
    Create(Above, Option<u32>),
    Move(usize, Option<Above>, Option<u32>),
    Delete(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let above =
        || prop_oneof![1 => Just(Above::Root), 2 => any::<usize>().prop_map(Above::Number), 2 => Just(Above::Newest)];
    let position = || prop::option::of(0_u32..6);
    prop_oneof![
        4 => (above(), position()).prop_map(|(above, position)| Act::Create(above, position)),
        4 => (any::<usize>(), prop::option::of(above()), position())
            .prop_map(|(which, above, position)| Act::Move(which, above, position)),
        1 => any::<usize>().prop_map(Act::Delete),
    ]
}

type Parent = Option<CategoryId>;

/// What the tree should be: branches in order, and the version of each category.
#[derive(Default)]
struct Model {
    ids: Vec<CategoryId>,
    branches: HashMap<Parent, Vec<CategoryId>>,
    versions: HashMap<CategoryId, i64>,
}

impl Model {
    fn nth(&self, number: usize) -> Parent {
        self.ids.get(number.checked_rem(self.ids.len())?).copied()
    }

    fn above(&self, above: &Above) -> Parent {
        match above {
            Above::Root => None,
            Above::Number(number) => self.nth(*number),
            Above::Newest => self.ids.last().copied(),
        }
    }

    fn parent(&self, id: CategoryId) -> Parent {
        let branch = self.branches.iter().find(|(_, branch)| branch.contains(&id));
        *branch.unwrap().0
    }

    fn depth(&self, id: Parent) -> usize {
        id.map_or(0, |id| 1 + self.depth(self.parent(id)))
    }

    fn height(&self, id: CategoryId) -> usize {
        let below = self.branches.get(&Some(id)).into_iter().flatten();
        1 + below.map(|child| self.height(*child)).max().unwrap_or(0)
    }

    fn is_below(&self, id: Parent, above: CategoryId) -> bool {
        id.is_some_and(|id| id == above || self.is_below(self.parent(id), above))
    }

    fn put(&mut self, id: CategoryId, parent: Parent, position: Option<u32>) {
        let branch = self.branches.entry(parent).or_default();
        let place = position.map_or(branch.len(), |position| branch.len().min(position.try_into().unwrap()));
        branch.insert(place, id);
    }

    fn take(&mut self, id: CategoryId) -> (Parent, usize) {
        let parent = self.parent(id);
        let branch = self.branches.get_mut(&parent).unwrap();
        let place = branch.iter().position(|other| *other == id).unwrap();
        branch.remove(place);
        (parent, place)
    }
}

/// Plays a sequence in one work, which is then dropped, and compares the tree with the model after each act.
async fn played(kit: &Kit, sequence: Vec<Act>) -> TestCaseResult {
    let caller = kit.system();
    let work = kit.app.begin(&caller).await.unwrap();
    let mut model = Model::default();
    for act in sequence {
        match act {
            Act::Create(above, position) => created(&work, &mut model, &above, position).await?,
            Act::Move(which, above, position) => moved(&work, &mut model, which, above.as_ref(), position).await?,
            Act::Delete(which) => deleted(&work, &mut model, which).await?,
        }
        compare(&work, &model).await?;
    }
    Ok(())
}

async fn created(work: &Work<'_>, model: &mut Model, above: &Above, position: Option<u32>) -> TestCaseResult {
    let parent = model.above(above);
    let name = Title::parse("A category").unwrap();
    let draft = CategoryDraft {
        slug: None,
        name,
        description: None,
        language: None,
        parent,
        position,
        localizations: Localizations::default(),
    };
    let done = acts::create(work, draft).await;
    if model.depth(parent) + 1 > DEPTH_MAX {
        prop_assert!(matches!(done, Err(AppError::Tree(TreeError::TooDeep))), "{:?}", done);
        return Ok(());
    }
    let id = done.map_err(|error| TestCaseError::fail(error.to_string()))?;
    model.put(id, parent, position);
    model.ids.push(id);
    model.versions.insert(id, 1);
    Ok(())
}

async fn moved(
    work: &Work<'_>,
    model: &mut Model,
    which: usize,
    above: Option<&Above>,
    position: Option<u32>,
) -> TestCaseResult {
    let Some(id) = model.nth(which) else { return Ok(()) };
    let parent = above.map(|above| model.above(above));
    let version = model.versions[&id];
    let done = acts::relocate(work, id, version, CategoryMove { parent, position }).await;
    let old_parent = model.parent(id);
    let new_parent = parent.unwrap_or(old_parent);
    if model.is_below(new_parent, id) {
        prop_assert!(matches!(done, Err(AppError::Tree(TreeError::Cycle))), "{:?}", done);
        return Ok(());
    }
    if model.depth(new_parent) + model.height(id) > DEPTH_MAX {
        prop_assert!(matches!(done, Err(AppError::Tree(TreeError::TooDeep))), "{:?}", done);
        return Ok(());
    }
    done.map_err(|error| TestCaseError::fail(error.to_string()))?;
    let before = model.branches.clone();
    let (_, place) = model.take(id);
    let kept = (new_parent == old_parent).then(|| u32::try_from(place).unwrap());
    model.put(id, new_parent, position.or(kept));
    model.branches.retain(|_, branch| !branch.is_empty());
    let is_changed =
        before.iter().any(|(parent, branch)| model.branches.get(parent) != Some(branch) && !branch.is_empty());
    *model.versions.get_mut(&id).unwrap() += i64::from(is_changed);
    Ok(())
}

async fn deleted(work: &Work<'_>, model: &mut Model, which: usize) -> TestCaseResult {
    let Some(id) = model.nth(which) else { return Ok(()) };
    let done = acts::delete(work, id, model.versions[&id]).await;
    let children = model.branches.get(&Some(id)).map_or(0, Vec::len);
    if children > 0 {
        let is_told =
            matches!(&done, Err(AppError::InUse { uses: Some(uses), .. }) if usize::try_from(*uses) == Ok(children));
        prop_assert!(is_told, "{:?}", done);
        return Ok(());
    }
    done.map_err(|error| TestCaseError::fail(error.to_string()))?;
    model.take(id);
    model.ids.retain(|other| *other != id);
    Ok(())
}

async fn compare(work: &Work<'_>, model: &Model) -> TestCaseResult {
    let mut kept: HashMap<Parent, Vec<rows::Category>> = HashMap::new();
    for category in rows::by_ids(&work.tx, &model.ids).await.unwrap() {
        kept.entry(category.parent).or_default().push(category);
    }
    let count = rows::count(&work.tx, &rows::CategoryWhere::default()).await.unwrap();
    prop_assert_eq!(usize::try_from(count), Ok(model.ids.len()));
    for (parent, branch) in model.branches.iter().filter(|(_, branch)| !branch.is_empty()) {
        let mut found = kept.remove(parent).unwrap_or_default();
        found.sort_by_key(|category| category.position);
        let positions: Vec<u32> = found.iter().map(|category| category.position).collect();
        prop_assert_eq!(positions, (0..u32::try_from(branch.len()).unwrap()).collect::<Vec<_>>());
        let ids: Vec<CategoryId> = found.iter().map(|category| category.id).collect();
        prop_assert_eq!(&ids, branch);
        for category in found {
            prop_assert_eq!(category.version, model.versions[&category.id]);
        }
    }
    prop_assert!(kept.is_empty());
    Ok(())
}
