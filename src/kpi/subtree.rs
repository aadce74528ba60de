//! A node of a tree with all below it, as a tree of its own.

use super::{Formula, KpiError, KpiTree, Node, NodeDraft, NodeId};
use crate::error::Problems;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

impl KpiTree {
    /// The tree of the node with this name: the node is its root, all below it come with it, with their units, kinds,
    /// directions and owners, in the order of declaration. Every node has the value that it has in the whole tree; whatever
    /// speaks of the root speaks of this node. [`Inputs::restricted_to`](super::Inputs::restricted_to) and
    /// [`Panel::restricted_to`](super::Panel::restricted_to) bring the values along.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("
    ///     profit [CNY] = sales - spend
    ///     cost [CNY/order] {lower} = spend / orders
    ///     sales [CNY] = orders * value
    ///     orders [order], value [CNY/order], spend [CNY]")?;
    /// let of = |orders| tree.inputs([("orders", orders), ("value", dec!(150)), ("spend", dec!(900))]);
    /// // Why the cost of an order moved: the tree itself answers for its first root, the profit.
    /// let cost = tree.subtree("cost")?;
    /// let (before, after) = (of(dec!(10))?.restricted_to(&cost)?, of(dec!(12))?.restricted_to(&cost)?);
    /// assert_eq!(cost.to_string(), "cost [CNY/order] {lower} = spend / orders\norders [order]\nspend [CNY]");
    /// assert_eq!(cost.explain(&before, &after)?.total(), dec!(-15));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn subtree(&self, id: &str) -> Result<Self, KpiError> {
        let below = self.below(self.named(id)?);
        let drafts = self.nodes().zip(below).filter(|(_, is_below)| *is_below);
        let mut drafts =
            drafts.map(|((_, node), _)| node.draft()).collect::<Result<Vec<NodeDraft>, KpiError>>()?;
        // The groups by which these nodes filter come along.
        let used: BTreeSet<&str> =
            drafts.iter().filter_map(|draft| draft.formula.as_ref()).flat_map(Formula::groups).collect();
        let groups = self.groups().filter(|(name, _)| used.contains(name));
        let groups: Vec<NodeDraft> = groups
            .map(|(name, members)| NodeDraft::group(name, members.iter().map(|member| &**member)))
            .collect();
        drafts.extend(groups);
        // A part of what was accepted: nothing is left to refuse.
        Self::new(drafts).map_err(|problems| first_of(&problems))
    }

    /// Whether each node is this one or below it, by the order of declaration.
    #[expect(clippy::indexing_slicing, reason = "there is a mark for every node of the tree")]
    pub(super) fn below(&self, root: NodeId) -> Vec<bool> {
        let mut below = alloc::vec![false; self.nodes().len()];
        let mut open = alloc::vec![root];
        while let Some(node) = open.pop() {
            if !core::mem::replace(&mut below[node.index()], true) {
                open.extend(self.children(node));
            }
        }
        below
    }
}

impl Node {
    /// The node as it was declared.
    pub(super) fn draft(&self) -> Result<NodeDraft, KpiError> {
        Ok(NodeDraft {
            id: self.id().to_owned(),
            unit: Some(self.unit().clone()),
            kind: Some(self.kind()).filter(|_| self.kind_declared),
            better: self.better(),
            owner: self.owner().map(ToOwned::to_owned),
            formula: self.formula().map(Formula::parse).transpose()?,
            members: None,
        })
    }
}

/// The first problem, where one error is answered.
pub(super) fn first_of(problems: &Problems<KpiError>) -> KpiError {
    problems.iter().next().map_or(KpiError::OtherTree, |problem| problem.error.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::{ExplainOptions, Panel, PanelRow};
    use alloc::string::ToString;
    use rust_decimal::{Decimal, dec};

    const TWO: &str = "
        profit [CNY] = sales - spend
        cost [CNY/order] {lower, owner Li Na} = spend / orders
        sales [CNY] = orders * value
        reach [1000 user] {unique} = seen * 100 [%]
        orders [order], value [CNY/order], spend [CNY], seen [user] {unique}";

    fn names(tree: &KpiTree, nodes: impl Iterator<Item = NodeId>) -> Vec<alloc::string::String> {
        nodes.map(|node| tree.id_of(node)).collect()
    }

    #[test]
    fn every_computed_node_that_no_other_uses_is_a_root() {
        let tree = KpiTree::parse(TWO).unwrap();
        assert_eq!(names(&tree, tree.roots()), ["profit", "cost", "reach"]);
        assert_eq!(tree.id_of(tree.root()), "profit");
        assert_eq!(KpiTree::parse(&tree.to_string()).unwrap(), tree);
        // The order of declaration decides, not the alphabet or who uses more.
        let turned = KpiTree::parse("b = x\n a = x + y\n x, y").unwrap();
        assert_eq!(names(&turned, turned.roots()), ["b", "a"]);
        let leaf = KpiTree::parse("only").unwrap();
        assert_eq!(names(&leaf, leaf.roots()), ["only"]);
        // A leaf that nothing uses is a slip, wherever it stands.
        for text in ["spare\n a = b\n b", "a = b\n b, spare", "a = b\n c = b\n b, spare"] {
            let refused = KpiTree::parse(text).unwrap_err().to_string();
            assert_eq!(refused, "spare: `a` does not depend on `spare`", "{text}");
        }
        // Nor does a root excuse a cycle.
        let refused = KpiTree::parse("a = b\n b\n x = y\n y = x").unwrap_err().to_string();
        assert!(refused.contains("a cycle: x -> y -> x"), "{refused}");
    }

    #[test]
    fn what_only_another_root_uses_is_nothing_to_the_first() {
        let tree = KpiTree::parse("a = b * c\n z = c / w\n b, c, w").unwrap();
        let before = tree.inputs([("b", dec!(2)), ("c", dec!(3))]).unwrap();
        let after = tree.inputs([("b", dec!(2)), ("c", dec!(4)), ("w", dec!(0))]).unwrap();
        assert_eq!(tree.evaluate(&before).unwrap().root().to_string(), "6");
        assert_eq!(
            tree.evaluate(&before).unwrap().known("z").unwrap_err().to_string(),
            "`z` has no value: w is missing"
        );
        let why = tree.explain(&before, &after).unwrap();
        let leaves: Vec<_> = why.leaves().iter().map(|part| (part.key.as_str(), part.value)).collect();
        assert_eq!(leaves, [("b", dec!(0)), ("c", dec!(2))]);
        assert!(why.node("z").is_none() && why.node("w").is_none());
        let moves = tree.sensitivities(&before).unwrap();
        let (w, z) = (tree.find("w").unwrap(), tree.find("z").unwrap());
        assert_eq!((moves.gradient(w), moves.elasticity(z).known()), (0.0, Some(0.0)));
        assert_eq!(moves.table().to_string().lines().count(), 4);
        assert_eq!(moves.by_elasticity().len(), 2);
        assert_eq!(tree.shapley_of_leaves(&before, &after).unwrap().len(), 2);
        assert_eq!(tree.straight_line(&before, &after, 4).unwrap().len(), 2);
        assert_eq!(tree.goal_seek_each(&before, 12.0).unwrap().len(), 2);
        assert!((tree.goal_seek(&before, "b", 0.0.., 12.0).unwrap() - 4.0).abs() < 1e-12);
        assert!(tree.goal_seek(&before, "w", 0.0.., 12.0).is_err());
        let mut columns = tree.columns(2).unwrap();
        columns.set_inputs(0, &before).unwrap();
        columns.set_inputs(1, &after).unwrap();
        columns.evaluate();
        let parts = columns.contributions(0, 1, crate::decompose::DecompositionMethod::LogMean).unwrap();
        assert!((parts[tree.find("c").unwrap().index()].0 - 2.0).abs() < 1e-12);
        assert!(parts[w.index()].0.abs() <= 0.0 && parts[z.index()].0.abs() <= 0.0);
        let drawn = [1.0, 2.0];
        let spread = tree.uncertainty(&before, &[(w, &drawn), (tree.find("c").unwrap(), &drawn)]).unwrap();
        assert_eq!(spread.shares()[0].1.clone().known(), Some(0.0));
    }

    /// The slots of the first root come first, whatever the roots share.
    #[test]
    fn the_tree_of_the_first_root_is_the_beginning_of_the_whole() {
        let tree = KpiTree::parse(
            "a = p + q\n z = q * r + s\n y = z0 / (p + 1)\n z0 = q + w\n p = l + m\n q = m * n\n r = l - k\n s = k * w\n l, m, n, k, w",
        )
        .unwrap();
        let graph = tree.graph();
        let own: Vec<_> =
            tree.nodes().filter(|(node, _)| tree.is_of_root(*node)).map(|(_, node)| node.id()).collect();
        assert_eq!(own, ["a", "p", "q", "l", "m", "n"]);
        assert_eq!((graph.root_inputs, graph.root_steps), (3, 3));
        for (slot, step) in graph.steps_of_root() {
            assert!(
                graph
                    .operands(step)
                    .iter()
                    .all(|operand| graph.is_of_root(*operand as usize) && (*operand as usize) < slot)
            );
        }
        assert_eq!(graph.root as usize, graph.inputs + graph.root_steps - 1);
    }

    #[test]
    fn a_subtree_answers_as_the_whole_does() {
        let tree = KpiTree::parse(TWO).unwrap();
        let at = |orders, spend| {
            let given = [("orders", orders), ("value", dec!(150)), ("spend", spend), ("seen", dec!(7000))];
            tree.inputs(given).unwrap()
        };
        let (before, after) = (at(dec!(30), dec!(1000)), at(dec!(33), dec!(1300)));
        let whole = tree.evaluate(&before).unwrap();
        for (id, node) in tree.nodes() {
            let part = tree.subtree(node.id()).unwrap();
            assert_eq!(part.id_of(part.root()), node.id());
            assert_eq!(part.roots().count(), 1);
            let values = part.restricted(&before);
            let values = part.evaluate(&values).unwrap();
            for (place, own) in part.nodes() {
                assert_eq!(Some(own), tree.find(own.id()).and_then(|place| tree.node(place)));
                assert_eq!(values.value(place), whole.value(tree.find(own.id()).unwrap()));
            }
            if id == tree.root() {
                let options = ExplainOptions::default();
                let (before, after) = (part.restricted(&before), part.restricted(&after));
                assert_eq!(
                    part.explain_with(&before, &after, &options).unwrap(),
                    tree.explain_with(&at(dec!(30), dec!(1000)), &at(dec!(33), dec!(1300)), &options)
                        .unwrap()
                );
            }
        }
        assert!(matches!(tree.subtree("nowhere"), Err(KpiError::UnknownName { .. })));
        assert_eq!(tree.subtree("seen").unwrap().to_string(), "seen [user] {unique}");
    }

    impl KpiTree {
        fn restricted(&self, inputs: &super::super::Inputs) -> super::super::Inputs {
            inputs.restricted_to(self).unwrap()
        }
    }

    #[test]
    fn a_panel_comes_along() {
        let tree = KpiTree::parse("sales = sum[channel](visits * aov)\n cost = spend / all\n all = sum[channel](visits)\n visits, aov, spend").unwrap();
        let row = |channel: &str, visits: Decimal| {
            PanelRow::new("2026-07".parse().unwrap())
                .with_member("channel", channel)
                .with_value("visits", visits)
                .with_value("aov", dec!(2))
        };
        let spend = PanelRow::new("2026-07".parse().unwrap()).with_value("spend", dec!(90));
        let panel =
            Panel::new(&tree, ["channel"], [row("SEM", dec!(20)), row("live", dec!(10)), spend]).unwrap();
        let cost = tree.subtree("cost").unwrap();
        let part = panel.restricted_to(&cost).unwrap();
        let (of_part, of_whole) = (cost.evaluate_panel(&part).unwrap(), tree.evaluate_panel(&panel).unwrap());
        let july = "2026-07".parse().unwrap();
        assert_eq!(of_part.value("cost", july, []).unwrap(), of_whole.value("cost", july, []).unwrap());
        assert_eq!(of_part.value("cost", july, []).unwrap().to_string(), "3");
        // A leaf there that is a formula here has no place for its values.
        let other = KpiTree::parse("spend = visits * 2\n visits").unwrap();
        assert_eq!(panel.restricted_to(&other).unwrap_err(), KpiError::NotALeaf { id: "spend".into() });
        let inputs = tree.inputs([("visits", dec!(1)), ("spend", dec!(2))]).unwrap();
        assert_eq!(inputs.restricted_to(&other).unwrap_err(), KpiError::NotALeaf { id: "spend".into() });
    }
}
