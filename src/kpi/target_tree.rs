//! A tree in which targets stand for values: a node with a target is worth it, any other what its formula gives.

use super::subtree::first_of;
use super::{Formula, KpiError, KpiTree, Node, NodeDraft, NodeId};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The tree of targets. Each computed node `x` that has one somewhere is three: `target of x`, a leaf; `implied x`, its formula;
/// and `x`, the first where it is given, else the second. So one evaluation cuts the tree at the targets of each period and
/// member, however these differ, and says what each formula gives from what lies below.
pub(super) struct TargetTree {
    pub(super) tree: KpiTree,
    /// What stands before the names of the added nodes. No node of the tree begins with it.
    target: String,
    implied: String,
}

impl TargetTree {
    pub(super) fn new(tree: &KpiTree, targeted: &BTreeSet<NodeId>) -> Result<Self, KpiError> {
        let [target, implied] = ["target of ", "implied "].map(|prefix| {
            let mut prefix = prefix.to_owned();
            let is_taken = |prefix: &str| {
                let mut names =
                    tree.nodes().map(|(_, node)| node.id()).chain(tree.groups().map(|(name, _)| name));
                names.any(|name| name.starts_with(prefix))
            };
            while is_taken(&prefix) {
                prefix.insert_str(0, "the ");
            }
            prefix
        });
        let mut drafts: Vec<NodeDraft> = Vec::new();
        for (id, node) in tree.nodes() {
            // The usual kind is that of a formula, and formulas change here.
            let own = node.draft()?.with_kind(node.kind());
            if !targeted.contains(&id) || node.is_leaf() {
                drafts.push(own);
                continue;
            }
            let named = |prefix: &str| format!("{prefix}{}", node.id());
            let value = Formula::node(&named(&target)).missing_as(Formula::node(&named(&implied)));
            let leaf = NodeDraft::leaf(named(&target)).with_unit(node.unit().clone()).with_kind(node.kind());
            drafts.push(NodeDraft { formula: Some(value), ..own.clone() });
            drafts.push(leaf);
            drafts.push(NodeDraft { id: named(&implied), ..own });
        }
        // All formulas are there, and with them all groups by which they filter.
        let groups = tree.groups().map(|(name, members)| {
            NodeDraft::group(name, members.iter().map(|member| String::from(&**member)))
        });
        drafts.extend(groups);
        let tree = KpiTree::new(drafts).map_err(|problems| first_of(&problems))?;
        Ok(Self { tree, target, implied })
    }

    /// The leaf that takes the target of a node.
    pub(super) fn leaf(&self, node: &Node) -> String {
        if node.is_leaf() { node.id().to_owned() } else { format!("{}{}", self.target, node.id()) }
    }

    /// The node of what the formula of a node gives.
    pub(super) fn implied(&self, node: &Node) -> String {
        format!("{}{}", self.implied, node.id())
    }

    /// A text without the names that only this tree has.
    pub(super) fn plain(&self, text: &str) -> String {
        text.replace(&self.implied, "").replace(&self.target, "")
    }
}
