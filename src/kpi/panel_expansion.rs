//! A panel between two periods as one plain tree: a leaf for each member, period looked back to, and member that came or went.

use super::absence::Absence;
use super::choice::Choice;
use super::formula::Formula;
use super::frame::{Frame, NOWHERE};
use super::function::{Aggregate, Function, OverTime, Shift};
use super::graph::{Operation, Step};
use super::groups::Gathering;
use super::panel_axis::Axis;
use super::panel_filter::{own_bits, taken_cells};
use super::panel_work::State;
use super::{KpiError, KpiTree, NodeDraft, Panel, PanelEvaluation};
use crate::error::within;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The most nodes of such a tree.
const NODES: u64 = 1_000_000;

/// A slot for one member, in the two periods that are compared or those that they look back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    slot: u32,
    cell: usize,
    /// `None` before the first period.
    before: Option<usize>,
    after: Option<usize>,
}

/// What a leaf of the plain tree is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    /// The leaf, or the node that is new or lost.
    pub(super) node: String,
    /// The members, as in `SEM, east`; empty without one.
    pub(super) members: String,
    pub(super) change: Change,
}

/// Whether a member is there in both periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Stays,
    New,
    Lost,
}

impl Origin {
    /// `visits [SEM]`, `new: sales [live]`: whatever the periods that are compared.
    pub(super) fn name(&self) -> String {
        let name = named(self.node.clone(), &self.members);
        match self.change {
            Change::Stays => name,
            Change::New => format!("new: {name}"),
            Change::Lost => format!("lost: {name}"),
        }
    }
}

/// A node of its members: `visits [SEM]`.
fn named(node: String, members: &str) -> String {
    if members.is_empty() { node } else { format!("{node} [{members}]") }
}

/// The plain tree, its values in the two periods, and where its leaves come from, by name.
pub(super) struct Expansion {
    pub(super) nodes: Vec<NodeDraft>,
    pub(super) before: Vec<(String, Decimal)>,
    pub(super) after: Vec<(String, Decimal)>,
    pub(super) origins: BTreeMap<String, Origin>,
}

/// What takes part in the making.
pub(super) struct Expanding<'e> {
    tree: &'e KpiTree,
    panel: &'e Panel,
    values: &'e PanelEvaluation<'e>,
    axis: Axis<'e>,
    /// The places of the two periods.
    compared: (usize, usize),
    /// The bits of the tree's dimensions among those of the panel.
    own_bits: Vec<u32>,
    /// Which slots are missing wherever the leaves below them are.
    strict: Vec<bool>,
    maps: BTreeMap<(u32, u32), Arc<[u32]>>,
    names: BTreeMap<Key, String>,
    open: Vec<Key>,
    made: Expansion,
    /// Names that are taken, with how often.
    taken: BTreeMap<String, u32>,
}

impl<'e> Expanding<'e> {
    /// Between the periods at these two places.
    pub(super) fn new(
        tree: &'e KpiTree,
        panel: &'e Panel,
        values: &'e PanelEvaluation<'e>,
        compared: (usize, usize),
    ) -> Self {
        let made =
            Expansion { nodes: Vec::new(), before: Vec::new(), after: Vec::new(), origins: BTreeMap::new() };
        let (maps, names, taken) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self {
            tree,
            panel,
            values,
            axis: Axis::new(panel),
            compared,
            own_bits: own_bits(tree, panel),
            strict: strict(tree),
            maps,
            names,
            open: Vec::new(),
            made,
            taken,
        }
    }

    /// The plain tree of a slot for one member.
    pub(super) fn of(mut self, slot: u32, cell: usize) -> Result<Expansion, KpiError> {
        let (before, after) = self.compared;
        self.name(Key { slot, cell, before: Some(before), after: Some(after) });
        // Each is made once, however many formulas use it; the stack is our own, because chains of nodes may be long.
        while let Some(key) = self.open.pop() {
            within("nodes of an explanation", Some(self.names.len() as u64), NODES)?;
            self.make(key)?;
        }
        Ok(self.made)
    }

    fn mask(&self, slot: u32) -> u32 {
        self.values.mask(slot)
    }

    fn frame(&self, mask: u32) -> Option<&'e Frame> {
        self.values.frame_of(mask)
    }

    fn state(&self, key: Key, period: Option<usize>) -> Option<&'e State> {
        self.values.state(key.slot, key.cell, period?)
    }

    /// The cell of an operand in which a cell of a step lies.
    fn cell(&mut self, cell: usize, from: u32, to: u32) -> usize {
        if from == to {
            return cell;
        }
        let (Some(fine), Some(coarse)) = (self.frame(from), self.frame(to)) else { return NOWHERE as usize };
        let map = self.maps.entry((from, to)).or_insert_with(|| fine.within(coarse).into());
        map.get(cell).map_or(NOWHERE as usize, |cell| *cell as usize)
    }

    /// The name of a node of the plain tree; one that is new is put on the stack.
    fn name(&mut self, key: Key) -> String {
        if let Some(name) = self.names.get(&key) {
            return name.clone();
        }
        let name = self.free_name(&self.readable(key));
        self.names.insert(key, name.clone());
        self.open.push(key);
        name
    }

    /// `visits [SEM], 2026-06 to 2026-07`: what it is, of whom, and when it is of another period than asked.
    fn readable(&self, key: Key) -> String {
        let node = self.tree.id_of(self.tree.node_of(key.slot as usize));
        let mut name = named(node, &self.members(key));
        let period = |place: Option<usize>| {
            place
                .and_then(|place| self.panel.periods.get(place))
                .map_or_else(|| "before".into(), |period| format!("{period}"))
        };
        let (before, after) = self.compared;
        if (key.before, key.after) != (Some(before), Some(after)) {
            name = format!("{name}, {} to {}", period(key.before), period(key.after));
        }
        name
    }

    fn members(&self, key: Key) -> String {
        let mask = self.mask(key.slot);
        let cell = self.frame(mask).and_then(|frame| frame.cells.get(key.cell));
        cell.map_or_else(String::new, |cell| self.panel.cell_name(mask, cell))
    }

    /// The name, with a number behind it where it is taken: a part of a formula has none of its own.
    fn free_name(&mut self, name: &str) -> String {
        // A member may be called what no node can be.
        let name = name.replace(|c: char| c == '`' || c.is_control(), "\u{FFFD}");
        let count = self.taken.entry(name.clone()).or_default();
        *count = count.saturating_add(1);
        if *count == 1 { name } else { format!("{name} ({count})") }
    }

    /// Whether a slot has no value before the first period because of what it is made of: not so of constants, or of what says
    /// what stands for a missing value.
    fn is_missing_before_all(&self, slot: u32) -> bool {
        self.strict.get(slot as usize).copied().unwrap_or(true)
    }

    /// 0 where there is a period, missing where it would lie before the first: added to what would have a value there.
    fn recorded(&mut self, name: &str, key: Key) -> Formula {
        let name = self.free_name(&format!("period of {name}"));
        let node = self.tree.id_of(self.tree.node_of(key.slot as usize));
        let origin = Origin { node, members: self.members(key), change: Change::Stays };
        let zero = |period: Option<usize>| period.map(|_| Decimal::ZERO);
        self.given_leaf(name.clone(), origin, [zero(key.before), zero(key.after)]);
        Formula::node(&name)
    }

    /// Puts the node of a key into the plain tree.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn make(&mut self, key: Key) -> Result<(), KpiError> {
        let name = self.name(key);
        let Some(step) = self.tree.graph().step(key.slot as usize) else {
            self.leaf(name, key, Change::Stays, ZEROS);
            return Ok(());
        };
        let is_once = key.before.is_some() != key.after.is_some();
        if !is_once && key.before.is_none() {
            // Twice before the first period, where nothing has a value: what it is made of is not asked.
            self.made.nodes.push(NodeDraft::leaf(name));
            return Ok(());
        }
        let formula = match self.tree.graph().choice(step) {
            Some(Choice::Members(gathering)) => self.members_of(step, key, gathering)?,
            Some(Choice::Over(over)) => self.over(step, key, over),
            _ => Some(self.pointwise(step, key)),
        };
        let formula = match formula {
            Some(formula) if is_once && !self.is_missing_before_all(key.slot) => {
                Some(formula + self.recorded(&name, key))
            }
            formula => formula,
        };
        match formula {
            Some(formula) => self.made.nodes.push(NodeDraft::computed(name, formula)),
            // No period to look back to: a leaf without a value.
            None => self.made.nodes.push(NodeDraft::leaf(name)),
        }
        Ok(())
    }

    /// A leaf with the values that its node has in the two periods; of one that came or went what stands for it where it was
    /// not there.
    fn leaf(&mut self, name: String, key: Key, change: Change, elsewhere: [Option<Decimal>; 2]) {
        let node = self.tree.id_of(self.tree.node_of(key.slot as usize));
        let origin = Origin { node, members: self.members(key), change };
        let before = if change == Change::New { elsewhere[0] } else { self.decimal(key, key.before) };
        let after = if change == Change::Lost { elsewhere[1] } else { self.decimal(key, key.after) };
        self.given_leaf(name, origin, [before, after]);
    }

    /// What is there at one time only, as a leaf with its value. Where that is undefined it is divided by a leaf that is 0
    /// then: a leaf alone could only be missing.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn came_or_went(
        &mut self,
        name: String,
        key: Key,
        change: Change,
        elsewhere: [Option<Decimal>; 2],
    ) -> Formula {
        let value = Formula::node(&name);
        let period = if change == Change::Lost { key.before } else { key.after };
        let is_undefined = matches!(self.state(key, period), Some(Err(absence)) if !absence.is_missing());
        if !is_undefined {
            self.leaf(name, key, change, elsewhere);
            return value;
        }
        let origin = |own: &Self| Origin {
            node: own.tree.id_of(own.tree.node_of(key.slot as usize)),
            members: own.members(key),
            change,
        };
        let at = |there: Decimal, [before, after]: [Option<Decimal>; 2]| match change {
            Change::Lost => [Some(there), after],
            _ => [before, Some(there)],
        };
        let divisor = self.free_name(&format!("divisor of {name}"));
        self.given_leaf(name, origin(self), at(Decimal::ZERO, elsewhere));
        self.given_leaf(divisor.clone(), origin(self), at(Decimal::ZERO, [Some(Decimal::ONE); 2]));
        value / Formula::node(&divisor)
    }

    fn decimal(&self, key: Key, period: Option<usize>) -> Option<Decimal> {
        match self.state(key, period) {
            Some(Ok(number)) => number.nearest_decimal(),
            _ => None,
        }
    }

    /// A leaf with these values before and after.
    fn given_leaf(&mut self, name: String, origin: Origin, [before, after]: [Option<Decimal>; 2]) {
        self.made.before.extend(before.map(|value| (name.clone(), value)));
        self.made.after.extend(after.map(|value| (name.clone(), value)));
        self.made.nodes.push(NodeDraft::leaf(name.clone()));
        self.made.origins.insert(name, origin);
    }

    fn operand(&mut self, slot: u32, key: Key) -> Formula {
        let cell = self.cell(key.cell, self.mask(key.slot), self.mask(slot));
        Formula::node(&self.name(Key { slot, cell, ..key }))
    }

    /// A step of the same period and member.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn pointwise(&mut self, step: &Step, key: Key) -> Formula {
        let graph = self.tree.graph();
        let operands: Vec<Formula> =
            graph.operands(step).iter().map(|slot| self.operand(*slot, key)).collect();
        let factor = graph.factor(key.slot as usize);
        let body = match step.operation {
            Operation::Choice => {
                let choice = graph.choice(step).unwrap_or(Choice::Absolute);
                return Formula::call(function(choice, operands.len()), operands);
            }
            Operation::Product => {
                let above = operands.len().saturating_sub(step.denominators as usize);
                let mut operands = operands.into_iter();
                let product = operands.by_ref().take(above).reduce(|product, next| product * next);
                let product = product.unwrap_or_else(|| Formula::constant(1));
                operands.fold(product, |product, divisor| product / divisor)
            }
            Operation::Sum => Formula::sum(operands),
            Operation::WeightedSum => {
                let (constant, weights) = graph.exact_weights(step);
                let terms = operands.into_iter().zip(weights);
                let terms = terms.map(|(term, weight)| term * Formula::constant(*weight));
                terms.fold(Formula::constant(constant), |sum, term| sum + term)
            }
        };
        let body = if factor.factor == Decimal::ONE { body } else { body * Formula::constant(factor.factor) };
        if factor.divisor == Decimal::ONE { body } else { body / Formula::constant(factor.divisor) }
    }

    /// An aggregate of members: of one that is there at both times what it is made of, of one that came or went its value.
    ///
    /// A member that is not there stands as what changes nothing: 0 in a sum and a count, and in a least or greatest value the
    /// least or greatest of the others. Where nobody is there at all and the aggregate is missing, what comes or went is, too.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn members_of(
        &mut self,
        step: &Step,
        key: Key,
        gathering: Gathering,
    ) -> Result<Option<Formula>, KpiError> {
        let graph = self.tree.graph();
        let Some(slot) = graph.operands(step).first().copied() else { return Ok(None) };
        let (fine, coarse) = (self.mask(slot), self.mask(key.slot));
        let Some(frame) = self.frame(fine) else { return Ok(None) };
        let selected = graph.selection(gathering);
        let taken = taken_cells(selected, self.panel, graph, &self.own_bits, frame);
        // Of values that are of no named member none can be told to be in a set.
        let taken = taken.unwrap_or_else(|| alloc::vec![false; frame.cells.len()]);
        let counts = gathering.aggregate == Aggregate::Count;
        let is_extreme = matches!(gathering.aggregate, Aggregate::Minimum | Aggregate::Maximum);
        let own_values = [self.decimal(key, key.before), self.decimal(key, key.after)];
        let cells: Vec<usize> = (0..frame.cells.len())
            .zip(taken)
            .filter(|(cell, taken)| *taken && self.cell(*cell, fine, coarse) == key.cell)
            .map(|(cell, _)| cell)
            .collect();
        // Before they get their names: of too many there is no use in any.
        let count = self.names.len().checked_add(cells.len()).map(|count| count as u64);
        within("nodes of an explanation", count, NODES)?;
        // Where a part of it is not there, neither is the whole, though there be a row of the member.
        let is_there = |cell: usize, period: Option<usize>| {
            let state = period.and_then(|period| self.values.state(slot, cell, period));
            fine == 0 || state.is_some_and(|state| !matches!(state, Err(Absence::NoMember)))
        };
        let elsewhere = [(key.before, own_values[0]), (key.after, own_values[1])].map(|(period, own)| {
            let is_nobody = !cells.iter().any(|cell| is_there(*cell, period));
            let neutral = own.filter(|_| is_extreme).or(Some(Decimal::ZERO));
            neutral.filter(|_| own.is_some() || !is_nobody)
        });
        let (mut terms, mut came, mut staying) = (Vec::new(), Vec::new(), 0_u64);
        for cell in &cells {
            let own = Key { slot, cell: *cell, ..key };
            let change = match (is_there(*cell, key.before), is_there(*cell, key.after)) {
                (true, true) => {
                    staying = staying.saturating_add(1);
                    if !counts {
                        terms.push(Formula::node(&self.name(own)));
                    }
                    continue;
                }
                (false, false) => continue,
                (false, true) => Change::New,
                (true, false) => Change::Lost,
            };
            let word = if change == Change::New { "new" } else { "lost" };
            within("nodes of an explanation", Some(self.made.nodes.len() as u64), NODES)?;
            if counts || gathering.aggregate == Aggregate::Mean {
                let node = self.tree.id_of(self.tree.node_of(key.slot as usize));
                let members = self.members(own);
                let name = self.free_name(&format!("{word}: {node} counts [{members}]"));
                let one = |is_there: bool, elsewhere: Option<Decimal>| {
                    if is_there { Some(Decimal::ONE) } else { elsewhere.map(|_| Decimal::ZERO) }
                };
                let values =
                    [one(change == Change::Lost, elsewhere[0]), one(change == Change::New, elsewhere[1])];
                self.given_leaf(name.clone(), Origin { node, members, change }, values);
                came.push(Formula::node(&name));
            }
            if !counts {
                let name = self.free_name(&format!("{word}: {}", self.readable(own)));
                terms.push(self.came_or_went(name, own, change, elsewhere));
            }
        }
        let count = || came.iter().cloned().fold(Formula::constant(staying), |count, one| count + one);
        if staying == 0 && came.is_empty() && terms.is_empty() {
            // Nobody at either time: 0 or missing, each for itself.
            let name = self.free_name(&format!("nobody: {}", self.readable(key)));
            let origin = Origin {
                node: self.tree.id_of(self.tree.node_of(key.slot as usize)),
                members: self.members(key),
                change: Change::Stays,
            };
            self.given_leaf(name.clone(), origin, own_values);
            return Ok(Some(Formula::node(&name)));
        }
        Ok(Some(match gathering.aggregate {
            Aggregate::Count => count(),
            Aggregate::Mean => Formula::sum(terms) / count(),
            Aggregate::Minimum => Formula::min_of(terms),
            Aggregate::Maximum => Formula::max_of(terms),
            Aggregate::Sum | Aggregate::Share => Formula::sum(terms),
        }))
    }

    /// A value of other periods; `None` where one of them lies before the first.
    #[expect(clippy::arithmetic_side_effects, reason = "formulas are joined, nothing is computed")]
    fn over(&mut self, step: &Step, key: Key, over: OverTime) -> Option<Formula> {
        let slot = self.tree.graph().operands(step).first().copied()?;
        let at = |before: Option<usize>, after: Option<usize>| Key { slot, cell: key.cell, before, after };
        let back = |axis: &Axis<'_>, period: Option<usize>, shift: Shift| axis.back(period?, shift);
        match over {
            OverTime::Lag(shift) => {
                let shifted = at(back(&self.axis, key.before, shift), back(&self.axis, key.after, shift));
                Some(Formula::node(&self.name(shifted)))
            }
            OverTime::Growth(shift) => {
                let shifted = at(back(&self.axis, key.before, shift), back(&self.axis, key.after, shift));
                let base = Formula::node(&self.name(shifted));
                let now = Formula::node(&self.name(at(key.before, key.after)));
                let growth = now / base.clone() - Formula::constant(1);
                // From a base of 0 or below there is none, as there is no quotient by 0.
                let none = Formula::constant(1) / Formula::constant(0);
                Some(Formula::if_else(base.above(Formula::constant(0)), growth, none))
            }
            OverTime::RollingSum(count) | OverTime::RollingMean(count) => {
                let back = |places: u32| {
                    let back = |period: Option<usize>| period?.checked_sub(places as usize);
                    (back(key.before), back(key.after))
                };
                // Of very many periods neither reaches back to the first one: no node is named that none would use.
                if back(count.saturating_sub(1)) == (None, None) {
                    return None;
                }
                let mut term = |places: u32| {
                    let (before, after) = back(places);
                    Formula::node(&self.name(at(before, after)))
                };
                let sum = Formula::sum((0..count).map(&mut term).collect::<Vec<_>>());
                Some(match over {
                    OverTime::RollingMean(_) => sum / Formula::constant(count),
                    _ => sum,
                })
            }
            OverTime::ToDate(span) => {
                let first = |period: Option<usize>| self.axis.since(period?, span).ok().flatten();
                let ((before, first_before), (after, first_after)) =
                    match (key.before.zip(first(key.before)), key.after.zip(first(key.after))) {
                        (Some(before), Some(after)) => (before, after),
                        (None, None) => return None,
                        // A span that begins before the first period has no sum: no period stands beside those of the other.
                        (Some((last, first)), None) => {
                            let mut term = |period| Formula::node(&self.name(at(Some(period), None)));
                            return Some(Formula::sum((first..=last).map(&mut term).collect::<Vec<_>>()));
                        }
                        (None, Some((last, first))) => {
                            let mut term = |period| Formula::node(&self.name(at(None, Some(period))));
                            return Some(Formula::sum((first..=last).map(&mut term).collect::<Vec<_>>()));
                        }
                    };
                let longest = before.abs_diff(first_before).max(after.abs_diff(first_after));
                let mut terms = Vec::new();
                // Month by month of the two spans, from their first on: the first of one year beside the first of the other.
                for month in 0..=longest {
                    let place =
                        |first: usize, last: usize| first.checked_add(month).filter(|place| *place <= last);
                    let (before, after) = (place(first_before, before), place(first_after, after));
                    let change = match (before, after) {
                        (Some(_), Some(_)) => {
                            terms.push(Formula::node(&self.name(at(before, after))));
                            continue;
                        }
                        (None, Some(_)) => Change::New,
                        (Some(_), None) => Change::Lost,
                        (None, None) => continue,
                    };
                    let word = if change == Change::New { "new" } else { "lost" };
                    let own = at(before, after);
                    let name = self.free_name(&format!("{word}: {}", self.readable(own)));
                    terms.push(self.came_or_went(name, own, change, ZEROS));
                }
                Some(Formula::sum(terms))
            }
        }
    }
}

/// Which slots are missing wherever all leaves below them are: aggregates among them, as nobody is there then.
fn strict(tree: &KpiTree) -> Vec<bool> {
    let graph = tree.graph();
    let mut strict = alloc::vec![true; graph.inputs];
    for step in &graph.steps {
        let operands = graph.operands(step);
        let is = |operand: &u32| strict.get(*operand as usize).copied().unwrap_or(true);
        strict.push(match graph.choice(step) {
            Some(Choice::Members(_)) => true,
            Some(Choice::MissingAs) => operands.iter().all(is),
            // What is chosen depends on the condition alone, and on what is replaced.
            Some(Choice::If | Choice::UndefinedAs) => operands.first().is_some_and(is),
            _ => operands.iter().any(is),
        });
    }
    strict
}

/// What stands for a member that is not there, before and after: it adds nothing.
const ZEROS: [Option<Decimal>; 2] = [Some(Decimal::ZERO); 2];

/// The function of a formula that a choice was.
const fn function(choice: Choice, arity: usize) -> Function {
    match choice {
        Choice::Compare(comparison) => Function::Compare(comparison),
        Choice::If => Function::If,
        Choice::Minimum => Function::Minimum(arity),
        Choice::Maximum => Function::Maximum(arity),
        Choice::Absolute | Choice::Over(_) | Choice::Members(_) => Function::Absolute,
        Choice::MissingAs => Function::MissingAs,
        Choice::UndefinedAs => Function::UndefinedAs,
    }
}
