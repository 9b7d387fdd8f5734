//! The body in a change: block by block, by the keys that blocks keep through edits.

use std::collections::{HashMap, HashSet};

use super::{
    field::{Part, Shown, Unit},
    hunk::{Allowance, DiffOp, stretches},
};
use crate::body::{Block, BlockKey, BlockKind, Body};

/// One step in making the new body of the old one.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// The block of this key comes next, as it was, from wherever it stood.
    Keep(BlockKey),
    /// A new block comes next.
    Insert(Block),
    /// A block goes.
    Remove(Block),
    /// A block comes next that was another one of the same key.
    Replace { before: Block, after: Block },
}

/// The change of a body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BodyChange {
    before: Body,
    /// In reading order: what goes stands where it stood, as far as that place is left.
    steps: Vec<Step>,
}

impl Part for Body {
    type Change = BodyChange;

    fn change_to(&self, new: &Self) -> BodyChange {
        let old_blocks: HashMap<&BlockKey, &Block> = by_key(self);
        let new_keys: HashSet<&BlockKey> = new.blocks().iter().map(Block::key).collect();
        let mut steps = Vec::new();
        for stretch in stretches(&keys(self), &keys(new), &mut Allowance::default()) {
            if stretch.op == DiffOp::Delete {
                let old = self.blocks().get(stretch.old).unwrap_or_default();
                // What only went from here comes elsewhere.
                let gone = old.iter().filter(|block| !new_keys.contains(block.key()));
                steps.extend(gone.cloned().map(Step::Remove));
                continue;
            }
            let blocks = new.blocks().get(stretch.new).unwrap_or_default();
            steps.extend(blocks.iter().map(|block| match old_blocks.get(block.key()) {
                None => Step::Insert(block.clone()),
                Some(old) if *old == block => Step::Keep(block.key().clone()),
                Some(old) => Step::Replace { before: (*old).clone(), after: block.clone() },
            }));
        }
        BodyChange { before: self.clone(), steps }
    }

    fn changed(&self, change: &BodyChange) -> Option<Self> {
        let BodyChange { before, steps } = change;
        if self != before {
            return None;
        }
        let known = by_key(self);
        let mut blocks = Vec::with_capacity(steps.len());
        for step in steps {
            match step {
                Step::Keep(key) => blocks.push((*known.get(key)?).clone()),
                Step::Insert(block) | Step::Replace { after: block, .. } => blocks.push(block.clone()),
                Step::Remove(_) => {}
            }
        }
        Some(Self::of_canonical_blocks(blocks))
    }

    fn show(change: &BodyChange, path: &str, shown: &mut Shown) {
        let BodyChange { before, steps } = change;
        let (old, new) = (keys(before), keys_after(steps));
        if old != new {
            shown.add(path.to_owned(), order(&old), order(&new), Unit::Lines);
        }
        for step in steps {
            let (before, after) = match step {
                Step::Keep(_) => continue,
                Step::Insert(after) => (None, Some(after)),
                Step::Remove(before) => (Some(before), None),
                Step::Replace { before, after } => (Some(before), Some(after)),
            };
            let Some(key) = before.or(after).map(Block::key) else { continue };
            let (before, after) = texts(before.map(Block::kind), after.map(Block::kind));
            shown.add(format!("{path}.{key}"), before, after, Unit::Words);
        }
    }
}

fn by_key(body: &Body) -> HashMap<&BlockKey, &Block> {
    body.blocks().iter().map(|block| (block.key(), block)).collect()
}

fn keys(body: &Body) -> Vec<&BlockKey> {
    body.blocks().iter().map(Block::key).collect()
}

fn keys_after(steps: &[Step]) -> Vec<&BlockKey> {
    let keys = steps.iter().filter_map(|step| match step {
        Step::Keep(key) => Some(key),
        Step::Insert(block) | Step::Replace { after: block, .. } => Some(block.key()),
        Step::Remove(_) => None,
    });
    keys.collect()
}

/// The keys of blocks in their order, one a line.
fn order(keys: &[&BlockKey]) -> Option<String> {
    let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    (!keys.is_empty()).then(|| keys.join("\n"))
}

/// Blocks as Markdown. What Markdown has no sign for, as the anchor of a heading, it does not tell; two blocks that
/// differ in nothing else are told as JSON.
fn texts(before: Option<&BlockKind>, after: Option<&BlockKind>) -> (Option<String>, Option<String>) {
    let told = |tell: fn(&BlockKind) -> String| (before.map(tell), after.map(tell));
    let markdown = told(BlockKind::markdown);
    if markdown.0 == markdown.1 { told(|kind| format!("{:#}", kind.to_json())) } else { markdown }
}
