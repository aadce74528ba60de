//! The question in a form that is quick to work on: lines in the order of their groups, bounds in minor units.

use super::minor_units::{main, units};
use super::problem::{Aim, Optimisation, StatedGroup};
use super::sum::Sum;
use super::{Budgeted, OptimiseError};
use crate::error::{Path, Problems};
use crate::quantity::Money;
use crate::response::ResponseCurve;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

/// The deepest nesting of groups.
const DEEPEST: usize = 64;

/// The most minor units that money holds.
pub(super) const MOST: i128 = (1 << 96) - 1;

/// A group, or the whole as the last one: groups come before what contains them.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The lines that are members themselves.
    pub(super) lines: Range<usize>,
    /// The groups that are members.
    pub(super) groups: Vec<usize>,
    /// The node that contains this one; the whole contains itself.
    pub(super) parent: usize,
    /// The stated bounds or what the members' bounds imply, whichever is narrower, in minor units.
    pub(super) floor: i128,
    pub(super) cap: i128,
    /// The same in main units.
    pub(super) least: f64,
    pub(super) most: f64,
    /// The index of the stated group.
    pub(super) stated: Option<usize>,
}

/// What is asked, in main units.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    /// All of this is spent.
    Spend(f64),
    /// At least this response.
    Response(f64),
    /// The value of a unit of money in units of response.
    Price(f64),
}

pub(super) struct Model<'a, C> {
    pub(super) curves: Vec<&'a C>,
    /// The lines' bounds in minor units.
    pub(super) floors: Vec<i128>,
    pub(super) caps: Vec<i128>,
    /// Whether a line's cap is what the budget leaves, and it was stated with a greater one or none.
    pub(super) is_open: Vec<bool>,
    /// The index of each line as it was stated.
    pub(super) stated: Vec<usize>,
    /// The node that each line is a member of.
    pub(super) node_of: Vec<usize>,
    /// The first line that is the same as this one: same curve, bounds and group.
    pub(super) twin: Vec<usize>,
    pub(super) nodes: Vec<Node>,
    /// Minor units in a main unit.
    pub(super) units: f64,
    /// Whether a line's curve is not concave over its bounds.
    pub(super) is_kinked: bool,
    pub(super) target: Target,
}

impl<'a, C: ResponseCurve> Model<'a, C> {
    /// The checked question.
    pub(super) fn of(question: &'a Optimisation<C>) -> Result<Self, Problems<OptimiseError>> {
        let mut problems = Problems::new();
        let root = Path::root();
        if question.lines.is_empty() {
            problems.push(root.field("lines"), OptimiseError::NoLines);
        }
        let mut check = |path: &Path, floor: Option<Money>, cap: Option<Money>| {
            let mut minor = [0, MOST];
            for (bound, (name, money)) in minor.iter_mut().zip([("floor", floor), ("cap", cap)]) {
                let Some(money) = money else { continue };
                if money.currency() == question.currency {
                    *bound = money.minor();
                } else {
                    let (expected, found) = (question.currency, money.currency());
                    problems.push(path.field(name), OptimiseError::Currency { expected, found });
                }
                if money.is_negative() {
                    problems.push(path.field(name), OptimiseError::NegativeBound { bound: money });
                }
            }
            let [low, high] = minor;
            if let (true, Some(floor), Some(cap)) = (low > high, floor, cap) {
                problems.push(path.clone(), OptimiseError::FloorAboveCap { floor, cap });
            }
            (low, high)
        };
        let lines: Vec<(i128, i128)> = question
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| {
                // A path costs an allocation: it is made only where there is something to say.
                let fine = |bound: Option<Money>| {
                    bound.is_none_or(|bound| bound.currency() == question.currency && !bound.is_negative())
                };
                match (line.floor, line.cap) {
                    (floor, cap) if fine(floor) && fine(cap) => {
                        let low = floor.map_or(0, |floor| floor.minor());
                        let high = cap.map_or(MOST, |cap| cap.minor());
                        if low <= high {
                            return (low, high);
                        }
                        check(&root.field("lines").index(index), floor, cap)
                    }
                    (floor, cap) => check(&root.field("lines").index(index), floor, cap),
                }
            })
            .collect();
        let groups: Vec<(i128, i128)> = question
            .groups
            .iter()
            .enumerate()
            .map(|(index, group)| check(&root.field("groups").index(index), group.floor, group.cap))
            .collect();
        let target = check_aim(question, &mut problems);
        let tree = Tree::of(question, &mut problems);
        let (Some(target), true) = (target, problems.is_empty()) else { return problems.finish(None) };
        let mut model = Self::laid_out(question, &lines, &groups, &tree, target);
        model.check_bounds(question, &mut problems);
        if problems.is_empty() {
            // Only of a question that can be answered: the caps in an error are those that were stated.
            model.cap_by_budget();
        }
        model.check_curves(&mut problems);
        problems.into_result(model)
    }

    /// The lines and groups in the order of the tree.
    #[expect(clippy::indexing_slicing, reason = "the tree was made of the question's lines and groups")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and 2^31 of them fit; groups are entries of a vector"
    )]
    fn laid_out(
        question: &'a Optimisation<C>,
        lines: &[(i128, i128)],
        groups: &[(i128, i128)],
        tree: &Tree,
        target: Target,
    ) -> Self {
        let units = units(question.currency);
        let count = lines.len();
        let mut model = Self {
            curves: Vec::with_capacity(count),
            floors: Vec::with_capacity(count),
            caps: Vec::with_capacity(count),
            is_open: vec![false; count],
            stated: Vec::with_capacity(count),
            node_of: Vec::with_capacity(count),
            twin: Vec::with_capacity(count),
            nodes: Vec::with_capacity(groups.len() + 1),
            units,
            is_kinked: false,
            target,
        };
        for (place, member) in tree.nodes.iter().enumerate() {
            let first = model.stated.len();
            for &stated in &member.lines {
                let (floor, cap) = lines[stated];
                model.curves.push(&question.lines[stated].curve);
                model.floors.push(floor);
                model.caps.push(cap);
                model.stated.push(stated);
                model.node_of.push(place);
            }
            let bounds = member.stated.map(|group| groups[group]);
            let (floor, cap) = match (bounds, question.aim) {
                (Some(bounds), _) => bounds,
                (None, Aim::Response { budget }) => (budget.minor(), budget.minor()),
                // No budget: what all lines together could take at most is still below.
                (None, _) => (0, i128::MAX),
            };
            model.nodes.push(Node {
                lines: first..model.stated.len(),
                groups: member.groups.clone(),
                parent: member.parent,
                floor,
                cap,
                least: 0.0,
                most: 0.0,
                stated: member.stated,
            });
        }
        model.find_twins(question);
        model
    }

    /// Lines of one group with the same curve and the same bounds can change places: an order among them keeps
    /// branch and bound from trying each of their permutations.
    fn find_twins(&mut self, question: &Optimisation<C>) {
        self.twin = (0..self.curves.len()).collect();
        self.is_kinked =
            self.curves.iter().zip(&self.floors).any(|(curve, floor)| curve.inflection() > self.main(*floor));
        if !self.is_kinked {
            return;
        }
        // By bounds and group first, so that only candidates are compared.
        let mut alike: BTreeMap<(usize, i128, i128), Vec<usize>> = BTreeMap::new();
        for (line, ((node, floor), cap)) in self.node_of.iter().zip(&self.floors).zip(&self.caps).enumerate()
        {
            let found = alike.entry((*node, *floor, *cap)).or_default();
            // More sorts of curves than this are not worth the search for symmetry.
            let first = found.iter().take(64).copied().find(|first| {
                matches!((self.curves.get(*first), self.curves.get(line)), (Some(a), Some(b)) if (question.same)(a, b))
            });
            match (first, self.twin.get_mut(line)) {
                (Some(first), Some(twin)) => *twin = first,
                _ => found.push(line),
            }
        }
    }

    /// Narrows the groups' bounds by those of their members; says where no amounts are left.
    #[expect(
        clippy::indexing_slicing,
        reason = "lines are those of the nodes; groups come before what contains them"
    )]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and 2^31 of them fit; groups are entries of a vector"
    )]
    fn check_bounds(&mut self, question: &Optimisation<C>, problems: &mut Problems<OptimiseError>) {
        for place in 0..self.nodes.len() {
            let node = &self.nodes[place];
            // Each is at most 2^96, an amount of money: 2^31 of them fit, more than a question can hold.
            let mut floors: i128 = self.floors[node.lines.clone()].iter().sum();
            let mut caps: i128 = self.caps[node.lines.clone()].iter().sum();
            for &group in &node.groups {
                floors += self.nodes[group].floor;
                caps += self.nodes[group].cap;
            }
            let money = |minor: i128| {
                let whole = Money::from_minor(minor.min(MOST), question.currency);
                debug_assert!(whole.is_ok(), "no more than money holds");
                whole.unwrap_or_else(|_| Money::zero(question.currency))
            };
            let of = match node.stated.and_then(|group| question.groups.get(group)) {
                Some(StatedGroup { name, .. }) => Budgeted::Group(name.clone()),
                None => Budgeted::Whole,
            };
            let path = match node.stated {
                Some(group) => Path::root().field("groups").index(group),
                None => Path::root().field("lines"),
            };
            if floors > node.cap {
                let error =
                    OptimiseError::FloorsAbove { of, floors: money(floors), over: money(floors - node.cap) };
                problems.push(path, error);
            } else if caps < node.floor {
                let error =
                    OptimiseError::CapsBelow { of, caps: money(caps), short: money(node.floor - caps) };
                problems.push(path, error);
            }
            let (units, floor, cap) = (self.units, floors.max(node.floor), caps.min(node.cap));
            let node = &mut self.nodes[place];
            // What cannot be had was told: the groups above are judged by the stated bounds.
            node.floor = floor.min(cap);
            node.cap = cap;
            (node.least, node.most) = (main(node.floor, units), main(cap, units));
        }
    }

    /// No line and no group takes more than the budget: no curve is asked about more.
    fn cap_by_budget(&mut self) {
        let (Target::Spend(_), Some(budget)) = (self.target, self.nodes.last().map(|node| node.cap)) else {
            return;
        };
        for (cap, is_open) in self.caps.iter_mut().zip(&mut self.is_open) {
            (*cap, *is_open) = ((*cap).min(budget), *cap > budget);
        }
        let most = self.main(budget);
        for node in &mut self.nodes {
            node.cap = node.cap.min(budget);
            node.most = node.most.min(most);
        }
    }

    /// The same lines and groups where exactly this budget, in minor units, is spent.
    pub(super) fn with_budget(&self, budget: i128) -> Self {
        let mut model = Self {
            curves: self.curves.clone(),
            floors: self.floors.clone(),
            caps: self.caps.clone(),
            is_open: self.is_open.clone(),
            stated: self.stated.clone(),
            node_of: self.node_of.clone(),
            twin: self.twin.clone(),
            nodes: self.nodes.clone(),
            target: Target::Spend(self.main(budget)),
            // The rest does not depend on the budget.
            ..*self
        };
        let most = self.main(budget);
        if let Some(whole) = model.nodes.last_mut() {
            (whole.floor, whole.cap, whole.least, whole.most) = (budget, budget, most, most);
        }
        model.cap_by_budget();
        model
    }

    /// A curve of the caller's may give anything: its figures at the bounds are looked at.
    fn check_curves(&self, problems: &mut Problems<OptimiseError>) {
        for (((curve, floor), cap), stated) in
            self.curves.iter().zip(&self.floors).zip(&self.caps).zip(&self.stated)
        {
            let inflection = curve.inflection();
            for spend in [self.main(*floor), self.main(*cap)] {
                let response = curve.value(spend);
                if !response.is_finite() || inflection.is_nan() || curve.marginal(spend).is_nan() {
                    let path = Path::root().field("lines").index(*stated).field("curve");
                    problems.push(path, OptimiseError::NotACurve { spend, response });
                    break;
                }
            }
        }
    }

    /// The lines' own bounds.
    pub(super) fn bounds(&self) -> Vec<(i128, i128)> {
        self.floors.iter().copied().zip(self.caps.iter().copied()).collect()
    }

    /// What each node holds, of the amounts of the lines.
    #[expect(
        clippy::indexing_slicing,
        reason = "lines are those of the nodes; groups come before what contains them"
    )]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and 2^31 of them fit; groups are entries of a vector"
    )]
    pub(super) fn sums(&self, amounts: &[i128]) -> Vec<i128> {
        debug_assert_eq!(amounts.len(), self.curves.len());
        let mut sums: Vec<i128> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let own: i128 = amounts[node.lines.clone()].iter().sum();
            let inside: i128 = node.groups.iter().map(|group| sums[*group]).sum();
            sums.push(own + inside);
        }
        sums
    }

    /// An amount in main units.
    pub(super) fn main(&self, minor: i128) -> f64 {
        main(minor, self.units)
    }

    /// The node that is the whole.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and 2^31 of them fit; groups are entries of a vector"
    )]
    pub(super) const fn whole(&self) -> usize {
        // The tree always has the whole, as its last node.
        self.nodes.len() - 1
    }
}

/// The response of these spends.
pub(super) fn response<C: ResponseCurve>(model: &Model<'_, C>, spends: &[f64]) -> f64 {
    let mut sum = Sum::default();
    for (curve, spend) in model.curves.iter().zip(spends) {
        sum.add(curve.value(*spend));
    }
    sum.total()
}

fn check_aim<C>(question: &Optimisation<C>, problems: &mut Problems<OptimiseError>) -> Option<Target> {
    let refused = |problems: &mut Problems<OptimiseError>, error| {
        problems.push(Path::root().field("aim"), error);
        None
    };
    match question.aim {
        Aim::Response { budget } if budget.is_negative() => {
            refused(problems, OptimiseError::NegativeBound { bound: budget })
        }
        Aim::Response { budget } if budget.currency() != question.currency => {
            let (expected, found) = (question.currency, budget.currency());
            refused(problems, OptimiseError::Currency { expected, found })
        }
        Aim::Response { budget } => Some(Target::Spend(main(budget.minor(), units(question.currency)))),
        Aim::Budget { target, .. } if target.is_finite() => Some(Target::Response(target)),
        Aim::Budget { target, .. } => refused(problems, OptimiseError::Target { target }),
        Aim::MarginalReturn { at_least, .. } if at_least.is_finite() && at_least > 0.0 => {
            Some(Target::Price(at_least))
        }
        Aim::MarginalReturn { at_least: multiplier, .. } => {
            refused(problems, OptimiseError::Multiplier { multiplier })
        }
    }
}

/// Who contains whom.
struct Tree {
    /// Members before what contains them; the whole last.
    nodes: Vec<Members>,
}

#[derive(Default)]
struct Members {
    lines: Vec<usize>,
    groups: Vec<usize>,
    parent: usize,
    stated: Option<usize>,
}

#[derive(Clone, Copy)]
enum Member {
    Line(usize),
    Group(usize),
}

impl Tree {
    #[expect(clippy::indexing_slicing, reason = "holders are indexes of groups, the whole one more")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and 2^31 of them fit; groups are entries of a vector"
    )]
    fn of<C>(question: &Optimisation<C>, problems: &mut Problems<OptimiseError>) -> Self {
        let root = Path::root();
        let lines = question.lines.iter().enumerate();
        let lines = lines.map(|(index, line)| (line.name.as_str(), "lines", Member::Line(index), index));
        let groups = question.groups.iter().enumerate();
        let groups =
            groups.map(|(index, group)| (group.name.as_str(), "groups", Member::Group(index), index));
        let mut names: BTreeMap<&str, Member> = BTreeMap::new();
        for (name, list, member, index) in lines.chain(groups) {
            match names.entry(name) {
                Entry::Vacant(entry) => {
                    entry.insert(member);
                }
                Entry::Occupied(_) => {
                    let path = root.field(list).index(index).field("name");
                    problems.push(path, OptimiseError::DuplicateName { name: name.into() });
                }
            }
        }
        let whole = question.groups.len();
        let mut line_in: Vec<Option<usize>> = vec![None; question.lines.len()];
        let mut group_in: Vec<Option<usize>> = vec![None; question.groups.len()];
        for (index, group) in question.groups.iter().enumerate() {
            let path = |place: usize| root.field("groups").index(index).field("members").index(place);
            for (place, member) in group.members.iter().enumerate() {
                let holder = names.get(member.as_str()).map(|member| match member {
                    Member::Line(line) => &mut line_in[*line],
                    Member::Group(group) => &mut group_in[*group],
                });
                match holder {
                    None => {
                        let name: String = member.clone();
                        problems.push(path(place), OptimiseError::UnknownMember { name });
                    }
                    Some(Some(first)) => {
                        let (first, name) = (question.groups[*first].name.clone(), member.clone());
                        problems.push(path(place), OptimiseError::TwoGroups { name, first });
                    }
                    Some(holder) => *holder = Some(index),
                }
            }
        }
        // A node for each group, at its index, and the whole after them.
        let mut children: Vec<Members> = Vec::new();
        children.resize_with(whole + 1, Members::default);
        for (line, holder) in line_in.iter().enumerate() {
            children[holder.unwrap_or(whole)].lines.push(line);
        }
        for (group, holder) in group_in.iter().enumerate() {
            children[holder.unwrap_or(whole)].groups.push(group);
        }
        Self::ordered(children, whole, question, problems)
    }

    /// The groups with members first, from the whole down by an explicit stack.
    #[expect(clippy::indexing_slicing, reason = "every index is one of a node: of a group, or of the whole")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and 2^31 of them fit; groups are entries of a vector"
    )]
    fn ordered<C>(
        mut children: Vec<Members>,
        whole: usize,
        question: &Optimisation<C>,
        problems: &mut Problems<OptimiseError>,
    ) -> Self {
        let mut order: Vec<usize> = Vec::with_capacity(children.len());
        let mut stack = vec![(whole, 0_usize)];
        let mut seen = vec![false; children.len()];
        while let Some((node, depth)) = stack.pop() {
            order.push(node);
            seen[node] = true;
            if depth > DEEPEST {
                let path = Path::root().field("groups").index(node);
                problems.push(path, OptimiseError::TooDeep { limit: DEEPEST });
                continue;
            }
            // Backwards onto the stack, and the order is turned round in the end: members come as they were stated.
            stack.extend(children[node].groups.iter().rev().map(|group| (*group, depth + 1)));
        }
        for (group, reached) in seen.iter().enumerate() {
            // Each group has one holder: what the whole does not reach contains itself.
            if let (false, Some(stated)) = (*reached, question.groups.get(group)) {
                if problems.iter().any(|problem| matches!(problem.error, OptimiseError::TooDeep { .. })) {
                    continue;
                }
                let path = Path::root().field("groups").index(group);
                problems.push(path, OptimiseError::InItself { name: stated.name.clone() });
            }
        }
        order.reverse();
        let mut place = vec![0; children.len()];
        for (at, node) in order.iter().enumerate() {
            place[*node] = at;
        }
        let taken = order.iter().map(|node| {
            let mut members = core::mem::take(&mut children[*node]);
            members.stated = (*node != whole).then_some(*node);
            members.groups.iter_mut().for_each(|group| *group = place[*group]);
            members
        });
        let mut nodes: Vec<Members> = taken.collect();
        let last = nodes.len() - 1;
        // The whole is its own parent: who climbs stops there.
        nodes[last].parent = last;
        for at in 0..nodes.len() {
            for group in nodes[at].groups.clone() {
                nodes[group].parent = at;
            }
        }
        Self { nodes }
    }
}
