//! From declarations to a tree: names, cycles, units and leaves that nothing uses, all problems at once.

use super::cancel::cancelled;
use super::formula::{Formula, Token};
use super::graph::Graph;
use super::groups::{Group, Groups};
use super::lowering::{Known, LEAF, Lowered, Resolved, lower};
use super::name::{checked, checked_owner};
use super::node::{Node, usual_kind};
use super::node_draft::NodeDraft;
use super::{KpiError, KpiTree};
use crate::error::{Path, Problems, within};
use crate::quantity::Unit;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The tree of these nodes, or all problems after those found already.
pub(super) fn compile(
    mut drafts: Vec<NodeDraft>,
    mut problems: Problems<KpiError>,
) -> Result<KpiTree, Problems<KpiError>> {
    // A declaration that could not be read may have used any node, or any group.
    let complete = problems.is_empty();
    let mut groups = Groups::taken_from(&mut drafts, &mut problems);
    if drafts.is_empty() || drafts.len() >= LEAF as usize {
        let fault =
            if drafts.is_empty() { KpiError::NoNodes } else { KpiError::TooManyNodes { limit: LEAF } };
        problems.push(Path::root(), fault);
        return Err(problems);
    }
    let formulas: Vec<Option<Formula>> = drafts.iter_mut().map(|draft| draft.formula.take()).collect();
    let mut names = Names::new(&drafts, &mut problems);
    names.add_listed_leaves(&mut drafts, &formulas, &groups);
    let mut families = Families::default();
    let mut texts: Vec<Option<Box<str>>> = Vec::with_capacity(drafts.len());
    let mut tokens: Vec<Option<Vec<Resolved>>> = Vec::with_capacity(drafts.len());
    // The leaves that a list declares stand behind the others, and have no formula.
    for (draft, formula) in drafts.iter().zip(formulas.iter().map(Some).chain(core::iter::repeat(None))) {
        let path = || Path::root().field(&draft.id);
        let Some(Some(formula)) = formula else {
            texts.push(None);
            tokens.push(None);
            continue;
        };
        texts.push(problems.take(&path(), formula.text()).map(String::into_boxed_str));
        tokens.push(Some(names.resolved(formula, &path, (&mut families, &mut groups), &mut problems)));
    }
    let (order, roots) = ordered(&drafts, &tokens, &names, complete, &mut problems);
    let root_id =
        roots.first().and_then(|root| drafts.get(*root as usize)).map_or("", |draft| draft.id.as_str());
    let groups = groups.finish(root_id, complete, &mut problems);
    let mut building = Building {
        operands: alloc::vec![None; drafts.len()],
        units: alloc::vec![None; drafts.len()],
        nodes: alloc::vec![None; drafts.len()],
        graph: Graph::default(),
        step_nodes: Vec::new(),
    };
    for node in order {
        building.add(node, &mut drafts, &mut texts, &mut tokens, &mut problems);
    }
    problems.into_result(()).map(|()| building.finish(&roots, names.sorted, groups))
}

/// The maximum number of operands that all `sum(parent.*)` of a tree stand for together. Each is a few characters of
/// text for any number of children: what they write out to is counted before it is written.
const FAMILY_OPERANDS: u64 = 1_000_000;

/// The children of the parents that were asked for, and how many operands they stood for.
#[derive(Default)]
struct Families {
    of: BTreeMap<Box<str>, Vec<u32>>,
    operands: u64,
}

/// Every name's node, by binary search.
struct Names {
    sorted: Vec<u32>,
    listed: BTreeMap<String, u32>,
    texts: Vec<Box<str>>,
}

impl Names {
    fn new(drafts: &[NodeDraft], problems: &mut Problems<KpiError>) -> Self {
        let texts: Vec<Box<str>> = drafts.iter().map(|draft| draft.id.as_str().into()).collect();
        for draft in drafts {
            problems.take(&Path::root().field(&draft.id), checked(&draft.id));
            if let Some(owner) = &draft.owner {
                problems.take(&Path::root().field(&draft.id), checked_owner(owner));
            }
        }
        let name = |index: &u32| texts.get(*index as usize);
        let mut sorted: Vec<u32> = (0..LEAF).take(drafts.len()).collect();
        sorted.sort_by(|left, right| name(left).cmp(&name(right)).then(left.cmp(right)));
        sorted.dedup_by(|later, kept| {
            let same = name(later) == name(kept);
            if same && let Some(id) = name(later) {
                problems.push(Path::root().field(id), KpiError::DuplicateNode { id: id.as_ref().to_owned() });
            }
            same
        });
        Self { sorted, listed: BTreeMap::new(), texts }
    }

    #[expect(clippy::indexing_slicing, reason = "the sorted numbers are those of the texts")]
    fn name(&self, index: u32) -> &str {
        &self.texts[index as usize]
    }

    fn find(&self, id: &str) -> Option<u32> {
        match self.sorted.binary_search_by(|index| self.name(*index).cmp(id)) {
            Ok(position) => self.sorted.get(position).copied(),
            // What lists have declared so far is not sorted in yet: sorting after each would cost the square.
            Err(_) => self.listed.get(id).copied(),
        }
    }

    /// A formula that only adds names lists them: those not declared elsewhere are leaves in its unit.
    fn add_listed_leaves(
        &mut self,
        drafts: &mut Vec<NodeDraft>,
        formulas: &[Option<Formula>],
        groups: &Groups,
    ) {
        let mut leaves = Vec::new();
        for (draft, formula) in drafts.iter().zip(formulas) {
            let (Some(unit), Some(formula)) = (&draft.unit, formula) else { continue };
            let adds = |token: &Token| matches!(token, Token::Node(_) | Token::Add | Token::Sum(_));
            if formula.tokens().len() < 2 || !formula.tokens().iter().all(adds) {
                continue;
            }
            for token in formula.tokens() {
                if let Token::Node(id) = token
                    && self.find(id).is_none()
                    && !groups.contains(id)
                    && checked(id).is_ok()
                    && let Ok(index) = u32::try_from(drafts.len().saturating_add(leaves.len()))
                {
                    self.listed.insert(id.as_ref().to_owned(), index);
                    leaves.push(NodeDraft::leaf(id.as_ref()).with_unit(unit.clone()));
                }
            }
        }
        self.texts.extend(leaves.iter().map(|leaf| leaf.id.as_str().into()));
        drafts.extend(leaves);
        let listed: Vec<u32> = core::mem::take(&mut self.listed).into_values().collect();
        if !listed.is_empty() {
            let mut sorted = core::mem::take(&mut self.sorted);
            sorted.extend(listed);
            sorted.sort_by(|left, right| self.name(*left).cmp(self.name(*right)));
            self.sorted = sorted;
        }
    }

    /// The nodes named `parent`, a dot and one more word, in the order of declaration.
    fn family(&self, parent: &str) -> Vec<u32> {
        let prefix = format!("{parent}.");
        let name = |index: &u32| self.name(*index);
        // All names that begin with the prefix stand together: two searches, not a look at every name.
        let start = self.sorted.partition_point(|index| name(index) < prefix.as_str());
        let mut family: Vec<u32> = self
            .sorted
            .iter()
            .skip(start)
            .take_while(|index| name(index).starts_with(prefix.as_str()))
            .filter(|index| name(index).strip_prefix(prefix.as_str()).is_some_and(|rest| !rest.contains('.')))
            .copied()
            .collect();
        // In the order of declaration, not of names.
        family.sort_unstable();
        family
    }

    fn resolved(
        &self,
        formula: &Formula,
        path: &impl Fn() -> Path,
        (families, groups): (&mut Families, &mut Groups),
        problems: &mut Problems<KpiError>,
    ) -> Vec<Resolved> {
        let mut resolved = Vec::with_capacity(formula.tokens().len());
        let mut unknown = BTreeSet::new();
        // A name is told once a formula, however often it stands there.
        for token in formula.tokens() {
            match token {
                Token::Node(id) => {
                    let node = self.find(id);
                    if node.is_none() && unknown.insert(id) {
                        let id = id.as_ref().to_owned();
                        let is_group = groups.contains(&id);
                        problems.push(
                            path(),
                            if is_group {
                                KpiError::NotANode { id }
                            } else {
                                KpiError::UnknownName { name: id }
                            },
                        );
                    }
                    // An unknown operand stands for itself, and so for no second problem.
                    resolved.push(Resolved::Node(node.unwrap_or(u32::MAX)));
                }
                Token::Children(parent) => {
                    // Looked up once a parent, however many formulas sum the same family.
                    let family = families.of.entry(parent.clone()).or_insert_with(|| self.family(parent));
                    let count = family.len();
                    let operands = families.operands.checked_add(count as u64);
                    if family.is_empty() {
                        problems.push(path(), KpiError::UnknownName { name: format!("{parent}.*") });
                        resolved.push(Resolved::Node(u32::MAX));
                    } else if let Err(error) = within("operands of `sum(….*)`", operands, FAMILY_OPERANDS) {
                        problems.push(path(), error);
                        resolved.push(Resolved::Node(u32::MAX));
                    } else {
                        families.operands = operands.unwrap_or(u64::MAX);
                        resolved.extend(family.iter().copied().map(Resolved::Node));
                        resolved.push(Resolved::Operation(Token::Sum(count)));
                    }
                }
                Token::Constant(quantity) => resolved.push(Resolved::Constant(quantity.clone())),
                Token::Members(aggregate, of) => resolved.push(match groups.chosen(of, path, problems) {
                    Some(chosen) => Resolved::Members(*aggregate, Box::new(chosen)),
                    None => Resolved::Node(u32::MAX),
                }),
                // The sum of one term is that term, as its text says: what holds of a node named alone holds of it.
                Token::Sum(1) | Token::Product(1) => {}
                operation => resolved.push(Resolved::Operation(operation.clone())),
            }
        }
        resolved
    }
}

/// The nodes, operands before what uses them, and the roots; cycles and what no root reaches are told.
fn ordered(
    drafts: &[NodeDraft],
    tokens: &[Option<Vec<Resolved>>],
    names: &Names,
    complete: bool,
    problems: &mut Problems<KpiError>,
) -> (Vec<u32>, Vec<u32>) {
    let operands = |node: u32| tokens.get(node as usize).and_then(Option::as_deref).unwrap_or(&[]);
    let mut used = alloc::vec![false; drafts.len()];
    for node in (0..LEAF).take(drafts.len()) {
        for token in operands(node) {
            if let Resolved::Node(operand) = token
                && let Some(used) = used.get_mut(*operand as usize)
            {
                *used = true;
            }
        }
    }
    let unused = || (0..LEAF).zip(&used).filter(|(_, used)| !**used).map(|(node, _)| node);
    let is_computed = |node: &u32| tokens.get(*node as usize).is_some_and(Option::is_some);
    // Every formula that no other uses is an answer of its own. A leaf that none uses is a slip, but for one alone.
    let mut roots: Vec<u32> = unused().filter(is_computed).collect();
    if roots.is_empty() {
        // Where each is used there is a cycle, which is told from wherever one starts.
        roots.push(unused().next().unwrap_or(0));
    }
    let id = |node: u32| drafts.get(node as usize).map_or("", |draft| draft.id.as_str());
    let mut walk = Walk { states: alloc::vec![State::New; drafts.len()], order: Vec::new(), cycles: 0 };
    for root in &roots {
        walk.from(*root, &operands, &id, problems);
    }
    // What comes into the order from here on is not reached from any root.
    let reached = walk.order.len();
    let root_id = roots.first().map_or("", |root| id(*root));
    for node in &names.sorted {
        if walk.states.get(*node as usize) == Some(&State::New) {
            walk.from(*node, &operands, &id, problems);
        }
    }
    for node in walk.order.iter().skip(reached).filter(|_| complete) {
        let fault = KpiError::Unreachable { id: id(*node).to_owned(), root: root_id.to_owned() };
        problems.push(Path::root().field(id(*node)), fault);
    }
    (walk.order, roots)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

struct Walk {
    states: Vec<State>,
    order: Vec<u32>,
    cycles: u32,
}

/// The maximum number of cycles that are reported: each costs a walk along its path.
const CYCLES: u32 = 1000;

impl Walk {
    /// Visits in postorder what `start` depends on, without recursion.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a position is below the number of tokens, cycles below their limit, and a long cycle has more than 24 nodes"
    )]
    fn from<'t, 'n>(
        &mut self,
        start: u32,
        operands: &impl Fn(u32) -> &'t [Resolved],
        id: &impl Fn(u32) -> &'n str,
        problems: &mut Problems<KpiError>,
    ) {
        // A stack of our own: a chain of nodes may be longer than the call stack is deep.
        let mut path: Vec<(u32, usize)> = alloc::vec![(start, 0)];
        self.set(start, State::Open);
        while let Some((node, position)) = path.last_mut() {
            let node = *node;
            let Some(token) = operands(node).get(*position) else {
                self.set(node, State::Done);
                self.order.push(node);
                path.pop();
                continue;
            };
            *position += 1;
            let Resolved::Node(operand) = token else { continue };
            // An unknown name has no state: it was told where it was looked up.
            match self.states.get(*operand as usize) {
                Some(State::New) => {
                    self.set(*operand, State::Open);
                    path.push((*operand, 0));
                }
                Some(State::Open) if self.cycles < CYCLES => {
                    self.cycles += 1;
                    let members = path.iter().map(|(node, _)| *node).skip_while(|node| node != operand);
                    let mut cycle: Vec<String> = members.map(|node| id(node).to_owned()).collect();
                    // Of a long cycle the ends say enough.
                    if cycle.len() > 24 {
                        let left_out = cycle.len() - 20;
                        cycle.splice(10..cycle.len() - 10, [format!("… {left_out} more …")]);
                    }
                    cycle.push(id(*operand).to_owned());
                    problems.push(Path::root().field(id(*operand)), KpiError::Cycle { path: cycle });
                }
                _ => {}
            }
        }
    }

    #[expect(clippy::indexing_slicing, reason = "only nodes of the tree are walked, and each has a state")]
    fn set(&mut self, node: u32, state: State) {
        self.states[node as usize] = state;
    }
}

/// The tree so far, while nodes are added in order.
struct Building {
    operands: Vec<Option<u32>>,
    units: Vec<Option<Unit>>,
    nodes: Vec<Option<Node>>,
    graph: Graph,
    /// The node of each step.
    step_nodes: Vec<u32>,
}

impl Building {
    #[expect(
        clippy::indexing_slicing,
        reason = "all lists are as long as that of the nodes, and so is the order"
    )]
    fn add(
        &mut self,
        node: u32,
        drafts: &mut [NodeDraft],
        texts: &mut [Option<Box<str>>],
        tokens: &mut [Option<Vec<Resolved>>],
        problems: &mut Problems<KpiError>,
    ) {
        let index = node as usize;
        debug_assert!(
            self.nodes.len() == drafts.len() && tokens.len() == drafts.len(),
            "a place for each node"
        );
        let draft = &mut drafts[index];
        let declared = draft.unit.take();
        let lowered = match tokens[index].take() {
            None => {
                let unit = declared.clone().unwrap_or(Unit::ONE);
                Some(Lowered { operand: node | LEAF, unit, divides: false })
            }
            // A formula that cannot be written was told of already.
            Some(_) if texts[index].is_none() => None,
            Some(tokens) => {
                let known = Known { operands: &self.operands, units: &self.units, nodes: &self.nodes };
                let lowered = lower(tokens, declared.as_ref(), &known, &mut self.graph);
                problems.take(&Path::root().field(&draft.id), lowered).flatten()
            }
        };
        // A formula of several steps: all of them are the node's, its own is the last.
        self.step_nodes.resize(self.graph.steps.len(), node);
        let Some(Lowered { operand, unit, divides }) = lowered else {
            // A declared unit holds, so that those who use it are checked too.
            if declared.is_some() {
                self.units[index] = declared;
                self.operands[index] = Some(node | LEAF);
            }
            return;
        };
        self.nodes[index] = Some(Node {
            id: core::mem::take(&mut draft.id).into(),
            kind: draft.kind.unwrap_or_else(|| usual_kind(&unit, divides)),
            kind_declared: draft.kind.is_some(),
            unit: unit.clone(),
            better: draft.better,
            owner: draft.owner.take().map(String::into_boxed_str),
            formula: texts[index].take(),
        });
        self.units[index] = Some(unit);
        self.operands[index] = Some(operand);
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "nodes and steps of a tree without problems: each has its place"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "leaves and steps are fewer than 2^31 each")]
    fn finish(mut self, roots: &[u32], sorted: Vec<u32>, groups: Vec<Group>) -> KpiTree {
        let root = roots.first().copied().unwrap_or(0);
        let step_of = |root: &u32| self.operands[*root as usize].filter(|step| step & LEAF == 0);
        let root_steps: Vec<u32> = roots.iter().filter_map(step_of).collect();
        if !root_steps.is_empty() {
            let places = self.graph.reorder(&root_steps, LEAF);
            for operand in self.operands.iter_mut().flatten().filter(|operand| **operand & LEAF == 0) {
                *operand = places[*operand as usize];
            }
            let mut step_nodes = alloc::vec![0; self.step_nodes.len()];
            for (step, node) in places.iter().zip(&self.step_nodes) {
                step_nodes[*step as usize] = *node;
            }
            self.step_nodes = step_nodes;
        }
        // Leaves get their slots in the order of first use, so that the operands of a step mostly stand side by side.
        let mut slots = alloc::vec![u32::MAX; self.nodes.len()];
        let mut inputs = 0_u32;
        let mut slot_nodes: Vec<u32> = Vec::new();
        let root_leaf = [root | LEAF];
        let leaves = if self.graph.steps.is_empty() { root_leaf.iter() } else { self.graph.operands.iter() };
        let of_root = if self.graph.steps.is_empty() { 1 } else { self.graph.root_edges() };
        let mut root_inputs = 0_u32;
        for (edge, operand) in leaves.enumerate().filter(|(_, operand)| *operand & LEAF != 0) {
            let node = operand & !LEAF;
            let slot = &mut slots[node as usize];
            if *slot == u32::MAX {
                *slot = inputs;
                slot_nodes.push(node);
                inputs += 1;
            }
            if edge < of_root {
                root_inputs = inputs;
            }
        }
        // The steps come behind the leaves, whose number is known only now.
        for operand in &mut self.graph.operands {
            *operand =
                if *operand & LEAF == 0 { *operand + inputs } else { slots[(*operand & !LEAF) as usize] };
        }
        for (slot, operand) in slots.iter_mut().zip(&self.operands) {
            if let Some(operand) = operand
                && operand & LEAF == 0
            {
                *slot = *operand + inputs;
            }
        }
        slot_nodes.append(&mut self.step_nodes);
        self.graph.inputs = inputs as usize;
        self.graph.root_inputs = root_inputs as usize;
        self.graph.root = slots[root as usize];
        self.graph.connect();
        self.graph.reduced = cancelled(&self.graph);
        let nodes: Vec<Node> = self.nodes.into_iter().flatten().collect();
        KpiTree::of_parts((nodes, groups), sorted, self.graph, slots, slot_nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use core::fmt::Write;

    fn refused(text: &str) -> String {
        KpiTree::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn all_problems_are_told_at_once() {
        assert_eq!(
            refused(
                "sales [CNY] = visitors * cvr + cost
                 visitors [visitor], cvr [order/visitor], cost [CNY]
                 price [CNY], price
                 a = b / a
                 x = y * y
                 y = x"
            ),
            "9 problems\n  \
             price: `price` is declared twice\n  \
             a: `b` is not declared\n  \
             a: a cycle: a -> a\n  \
             x: a cycle: x -> y -> x\n  \
             a: `sales` does not depend on `a`\n  \
             price: `sales` does not depend on `price`\n  \
             y: `sales` does not depend on `y`\n  \
             x: `sales` does not depend on `x`\n  \
             sales: units differ where added: order and CNY"
        );
    }

    #[test]
    fn what_cannot_be_read_or_written_is_told_once() {
        assert_eq!(
            refused("a = b + )\nb, c"),
            "a: line 1, column 9: expected a name, a number or `(`, found `)`"
        );
        let deep = (0..100).fold(Formula::node("b"), |formula, _| -(formula + Formula::node("b")));
        let drafts = [NodeDraft::computed("a", deep), NodeDraft::leaf("b"), NodeDraft::computed("c", "a")];
        let refused = compile(drafts.to_vec(), Problems::new()).unwrap_err();
        assert_eq!(refused.to_string(), "a: more than 64 parentheses stand in each other");
        let nothing = [NodeDraft::computed("a", Formula::sum::<Formula>([]))];
        let refused = compile(nothing.to_vec(), Problems::new()).unwrap_err();
        assert_eq!(refused.to_string(), "a: a sum or product has no operands");
    }

    #[test]
    fn a_declared_unit_has_to_be_the_formulas() {
        assert_eq!(
            refused("cost [CNY/order] = spend / visits\nspend [CNY], visits [visit]"),
            "cost: units differ where declared: CNY/order and CNY/visit"
        );
        assert_eq!(refused("rate = 1 + spend\nspend [CNY]"), "rate: units differ where added: 1 and CNY");
    }

    #[test]
    fn undeclared_names_are_leaves_only_in_a_list() {
        assert!(refused("total = a + b").contains("`a` is not declared"));
        assert!(refused("total [user] = a * b").contains("`b` is not declared"));
        let listed = KpiTree::parse("total [user] = sum(a, b) + c").unwrap();
        assert_eq!(listed.to_string(), "total [user] = a + b + c\na [user]\nb [user]\nc [user]");
    }

    #[test]
    fn children_are_summed_by_name() {
        let tree =
            KpiTree::parse("v = sum(v.*)\nv.search, v.social = v.social.paid + v.social.free").unwrap_err();
        assert!(tree.to_string().contains("expected"));
        let tree = KpiTree::parse(
            "v = sum(v.*)\nv.search\nv.social = v.social.a * v.social.b\nv.social.a, v.social.b",
        );
        let tree = tree.unwrap();
        let children: Vec<&str> =
            tree.children(tree.root()).into_iter().filter_map(|n| tree.node(n)).map(Node::id).collect();
        assert_eq!(children, ["v.search", "v.social"]);
        assert!(refused("v = sum(w.*)").contains("`w.*` is not declared"));
    }

    /// L1: 79 kB of text stood for 25 million operands.
    #[test]
    fn what_families_stand_for_is_counted_first() {
        let mut text = "root = ".to_owned();
        let sums: Vec<String> = (0..5000).map(|sum| format!("s{sum}")).collect();
        text.push_str(&sums.join(" + "));
        for sum in &sums {
            write!(text, "\n{sum} = sum(p.*)").unwrap();
        }
        for child in 0..5000 {
            write!(text, "\np.{child}").unwrap();
        }
        let refused = KpiTree::parse(&text).unwrap_err();
        let first = refused.iter().find(|problem| matches!(problem.error, KpiError::TooLarge(_))).unwrap();
        assert_eq!(first.to_string(), "s200: 1005000 operands of `sum(….*)`, at most 1000000");
    }

    #[test]
    fn one_leaf_is_a_tree_and_nothing_is_none() {
        assert_eq!(KpiTree::parse("only [CNY]").unwrap().leaves().count(), 1);
        assert_eq!(refused(" # nothing"), ".: a tree needs at least one node");
    }

    #[test]
    fn long_cycles_and_deep_chains_need_no_stack() {
        let chain = |last: &str| {
            let mut text = String::new();
            for index in 0_u32..50_000 {
                let next = index.saturating_add(1);
                writeln!(text, "n{index} = n{next} + n{next}").unwrap();
            }
            text.push_str(last);
            text
        };
        assert!(KpiTree::parse(&chain("n50000")).is_ok());
        assert!(refused(&chain("n50000 = n0")).contains("… 49981 more …"));
    }
}
