//! Categories: the sections of the newsroom, as a tree with ordered branches.

use std::collections::{HashMap, HashSet};

use crate::{
    CategoryId, LanguageTag, Slug,
    text::{LongText, Title},
};

/// The deepest a category may stand; a root has depth 1.
pub const DEPTH_MAX: usize = 8;

/// What an editor writes in a category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryContent {
    /// Its address, unique among all categories.
    pub slug: Slug,
    /// Its name.
    pub name: Title,
    /// What belongs in it.
    pub description: Option<LongText>,
    /// The language of name and description.
    pub language: LanguageTag,
}

/// Why a category cannot stand where it was asked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The parent is the category itself or below it.
    #[error("a category cannot stand below itself")]
    Cycle,
    /// Some category would stand deeper than [`DEPTH_MAX`].
    #[error("categories are at most {DEPTH_MAX} levels deep")]
    TooDeep,
    /// The parent is not there.
    #[error("there is no such parent category")]
    NoParent,
}

/// Parents by child; enough of the tree to check a move.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    parents: HashMap<CategoryId, Option<CategoryId>>,
}

impl Tree {
    /// The tree of these categories and their parents.
    pub fn new(categories: impl IntoIterator<Item = (CategoryId, Option<CategoryId>)>) -> Self {
        Self { parents: categories.into_iter().collect() }
    }

    /// The categories above one, from the root down, without itself.
    #[must_use]
    pub fn ancestors(&self, id: CategoryId) -> Vec<CategoryId> {
        let mut above = Vec::new();
        let mut seen = HashSet::from([id]);
        let mut at = id;
        while let Some(Some(parent)) = self.parents.get(&at) {
            // A cycle cannot be stored; should a hand-edited row hold one, the walk still ends.
            if !seen.insert(*parent) {
                break;
            }
            above.push(*parent);
            at = *parent;
        }
        above.reverse();
        above
    }

    /// Checks that a category (or a new one, `None`) may stand below a parent (or at the root, `None`).
    ///
    /// # Errors
    /// [`TreeError`] says which rule it would break.
    pub fn check_placement(&self, id: Option<CategoryId>, parent: Option<CategoryId>) -> Result<(), TreeError> {
        let Some(parent) = parent else { return Ok(()) };
        if !self.parents.contains_key(&parent) {
            return Err(TreeError::NoParent);
        }
        let above = self.ancestors(parent);
        if id.is_some_and(|id| id == parent || above.contains(&id)) {
            return Err(TreeError::Cycle);
        }
        let height = id.map_or(1, |id| self.height(id));
        if above.len() + 1 + height > DEPTH_MAX { Err(TreeError::TooDeep) } else { Ok(()) }
    }

    /// Levels from a category down to its deepest descendant, itself included.
    fn height(&self, id: CategoryId) -> usize {
        let own_depth = self.ancestors(id).len() + 1;
        self.parents
            .keys()
            .filter_map(|other| {
                let above = self.ancestors(*other);
                (*other == id || above.contains(&id)).then(|| above.len() + 1)
            })
            .max()
            .map_or(1, |deepest| deepest + 1 - own_depth)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(number: usize) -> CategoryId {
        CategoryId::from_uuid(Uuid::from_u128(u128::try_from(number).unwrap()))
    }

    fn chain(length: usize) -> Tree {
        Tree::new((0..length).map(|n| (id(n), n.checked_sub(1).map(id))))
    }

    #[test]
    fn a_category_never_stands_below_itself() {
        let tree = chain(3);
        assert_eq!(tree.check_placement(Some(id(0)), Some(id(2))), Err(TreeError::Cycle));
        assert_eq!(tree.check_placement(Some(id(1)), Some(id(1))), Err(TreeError::Cycle));
        assert_eq!(tree.check_placement(Some(id(2)), Some(id(0))), Ok(()));
        assert_eq!(tree.check_placement(None, Some(id(9))), Err(TreeError::NoParent));
    }

    #[test]
    fn depth_counts_the_branch_that_moves() {
        let tree = chain(DEPTH_MAX);
        assert_eq!(tree.check_placement(None, Some(id(DEPTH_MAX - 1))), Err(TreeError::TooDeep));
        assert_eq!(tree.check_placement(None, Some(id(DEPTH_MAX - 2))), Ok(()));
        let two = Tree::new(
            (0..5)
                .map(|n| (id(n), n.checked_sub(1).map(id)))
                .chain((10..14).map(|n| (id(n), (n > 10).then(|| id(n - 1))))),
        );
        assert_eq!(two.check_placement(Some(id(10)), Some(id(3))), Ok(()));
        assert_eq!(two.check_placement(Some(id(10)), Some(id(4))), Err(TreeError::TooDeep));
    }

    proptest! {
        #[test]
        fn allowed_moves_keep_a_tree(moves in prop::collection::vec((0_usize..12, prop::option::of(0_usize..12)), 0..60)) {
            let mut parents: HashMap<CategoryId, Option<CategoryId>> = (0..12).map(|n| (id(n), None)).collect();
            for (child, parent) in moves {
                let tree = Tree::new(parents.clone());
                if tree.check_placement(Some(id(child)), parent.map(id)).is_ok() {
                    parents.insert(id(child), parent.map(id));
                }
                let tree = Tree::new(parents.clone());
                for n in 0..12 {
                    let above = tree.ancestors(id(n));
                    prop_assert!(above.len() < DEPTH_MAX);
                    prop_assert!(!above.contains(&id(n)));
                    prop_assert!(above.first().is_none_or(|root| parents[root].is_none()));
                }
            }
        }
    }
}
