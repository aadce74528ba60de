//! Many evaluations at once in floats: scenarios, segments or periods as columns over one compiled tree.

use super::absence::Absence;
use super::fault::NumberFault;
use super::graph::{Step, float};
use super::multiplier::sweep;
use super::node::NodeId;
use super::{Inputs, KpiError, KpiTree};
use crate::decompose::{ContributionMethod, DecompositionMethod};
use crate::figure::Figure;
use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::vec::Vec;
use core::cmp::Reverse;

/// The estimates of all nodes in one or more columns, each a set of inputs of its own.
///
/// After leaves were set, [`update`](Self::update) computes only the nodes that depend on them, with the same bits as
/// [`evaluate`](Self::evaluate), which computes all.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::kpi::KpiTree;
///
/// let tree = KpiTree::parse("sales = visitors * rate\n visitors, rate")?;
/// let (visitors, rate) = (tree.find("visitors").unwrap(), tree.find("rate").unwrap());
/// let mut months = tree.columns(2)?;
/// months.set_row(visitors, &[1000.0, 1500.0])?;
/// months.set_row(rate, &[0.02, 0.03])?;
/// months.evaluate();
/// assert_eq!(months.root(1), Figure::Known(45.0));
/// months.set(visitors, 1, 2000.0)?;
/// months.update();
/// assert_eq!(months.root(1), Figure::Known(60.0));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Columns<'t> {
    tree: &'t KpiTree,
    width: usize,
    /// The rows of the slots, each of `width` columns.
    values: Vec<f64>,
    /// Which of the values are missing, as far as a step asks for it, else empty.
    missing: Vec<bool>,
    // The slots to compute again, lowest first: a heap, because few leaves change in a tree of many nodes, and a sweep
    // over marks would cost the whole tree each time.
    queue: BinaryHeap<Reverse<u32>>,
    queued: Vec<bool>,
    /// A row's values before it was computed again.
    old: Vec<f64>,
}

impl KpiTree {
    /// Columns without values: every input is missing.
    ///
    /// # Errors
    /// [`KpiError::TooMany`] where the values exceed the memory.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("sales = visitors * rate\n visitors, rate")?;
    /// let months = tree.columns(12)?;
    /// assert_eq!(months.root(0).to_string(), "missing: visitors");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn columns(&self, width: usize) -> Result<Columns<'_>, KpiError> {
        let slots = self.graph().len();
        // A bound before the allocation is tried, far beyond any memory: past it the length would not fit its type.
        let limit = usize::MAX.checked_div(slots.saturating_mul(16)).unwrap_or(0);
        if width > limit {
            return Err(KpiError::TooMany { what: "columns", limit, actual: width });
        }
        let mut values = Vec::new();
        let length = slots.saturating_mul(width);
        if values.try_reserve_exact(length).is_err() {
            return Err(KpiError::TooMany { what: "columns", limit, actual: width });
        }
        // NaN is the missing value: it passes through every step without a test.
        values.resize(length, f64::NAN);
        let states = if self.graph().asks_for_states { length } else { 0 };
        let mut missing = Vec::new();
        if missing.try_reserve_exact(states).is_err() {
            return Err(KpiError::TooMany { what: "columns", limit, actual: width });
        }
        missing.resize(states, true);
        Ok(Columns {
            tree: self,
            width,
            values,
            missing,
            queue: BinaryHeap::new(),
            queued: alloc::vec![false; slots],
            old: alloc::vec![f64::NAN; width],
        })
    }
}

impl<'t> Columns<'t> {
    /// The number of columns.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Gives a leaf a value in one column.
    ///
    /// # Errors
    /// [`KpiError::NotInRange`] for NaN and infinity; [`KpiError::NotALeaf`]; [`KpiError::Length`] for a
    /// column that does not exist.
    pub fn set(&mut self, leaf: NodeId, column: usize, value: f64) -> Result<(), KpiError> {
        finite(value)?;
        self.put(leaf, column, value)
    }

    /// Removes the value of a leaf in one column.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`]; [`KpiError::Length`] for a column that does not exist.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("sales = visitors * 2\n visitors")?;
    /// let visitors = tree.find("visitors").unwrap();
    /// let mut now = tree.columns(1)?;
    /// now.set(visitors, 0, 10.0)?;
    /// now.update();
    /// assert_eq!(now.root(0).known(), Some(20.0));
    /// now.clear(visitors, 0)?;
    /// now.update();
    /// assert!(now.root(0).is_missing());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn clear(&mut self, leaf: NodeId, column: usize) -> Result<(), KpiError> {
        self.put(leaf, column, f64::NAN)
    }

    /// Gives a leaf its values in all columns.
    ///
    /// # Errors
    /// [`KpiError::NotInRange`], [`KpiError::NotALeaf`], [`KpiError::Length`].
    pub fn set_row(&mut self, leaf: NodeId, row: &[f64]) -> Result<(), KpiError> {
        let slot = self.tree.input(leaf)?;
        self.checked_width(row.len())?;
        row.iter().try_for_each(|value| finite(*value))?;
        self.row_mut(slot).copy_from_slice(row);
        let first = slot.saturating_mul(self.width);
        self.missing.iter_mut().skip(first).take(self.width).for_each(|missing| *missing = false);
        self.mark(slot);
        Ok(())
    }

    /// Gives all leaves their values in one column, each as the nearest float.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]; [`KpiError::Length`] for a column that does not exist.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("total = a + b\n a, b")?;
    /// let mut months = tree.columns(2)?;
    /// months.set_inputs(0, &tree.inputs([("a", dec!(1)), ("b", dec!(3))])?)?;
    /// months.evaluate();
    /// assert_eq!(months.root(0).known(), Some(4.0));
    /// assert!(months.root(1).is_missing());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn set_inputs(&mut self, column: usize, inputs: &Inputs) -> Result<(), KpiError> {
        for (slot, value) in self.tree.checked(inputs)?.iter().enumerate() {
            self.put_slot(slot, column, value.map_or(f64::NAN, float))?;
        }
        Ok(())
    }

    /// Computes every node.
    #[expect(clippy::indexing_slicing, reason = "there are `width` values for every slot of the tree")]
    #[expect(clippy::arithmetic_side_effects, reason = "the values are in memory: their number fits")]
    pub fn evaluate(&mut self) {
        let graph = self.tree.graph();
        let steps = (graph.inputs..graph.len()).zip(&graph.steps);
        // Nothing to note for nearly all trees: no step asks.
        let asks = graph.asks_for_states;
        // One column needs no rows: the loop over operands is the inner one, and nothing is written twice.
        if self.width == 1 && !graph.chooses {
            for (slot, step) in steps {
                self.values[slot] = graph.computed(step, &self.values);
            }
        } else if self.width == 1 && !asks {
            for (slot, step) in steps {
                self.values[slot] = graph.evaluate(step, &self.values, &[]);
            }
        } else {
            for (slot, step) in steps {
                // Operands have lower slots: their rows are complete and lie before this one.
                let (below, from) = self.values.split_at_mut(slot * self.width);
                graph.evaluate_row(step, below, &self.missing, &mut from[..self.width]);
                if asks {
                    self.note_missing(slot, step);
                }
            }
        }
        self.queue.clear();
        self.queued.fill(false);
    }

    /// Computes again the nodes that depend on leaves set since the last evaluation, each once. Where a node keeps
    /// its value, the nodes above it are not computed again.
    #[expect(clippy::indexing_slicing, reason = "only slots of steps are queued, each with `width` values")]
    #[expect(clippy::arithmetic_side_effects, reason = "the values are in memory: their number fits")]
    pub fn update(&mut self) {
        let graph = self.tree.graph();
        let asks = graph.asks_for_states;
        // One column of a tree without a choice, which is what many small changes ask for, has a loop without questions.
        if self.width == 1 && !graph.chooses {
            while let Some(Reverse(slot)) = self.queue.pop() {
                let slot = slot as usize;
                self.queued[slot] = false;
                let value = graph.computed(&graph.steps[slot - graph.inputs], &self.values);
                let old = core::mem::replace(&mut self.values[slot], value);
                if old.to_bits() != value.to_bits() {
                    self.mark(slot);
                }
            }
            return;
        }
        // The lowest slot first: all its operands are settled, so that no slot comes twice.
        while let Some(Reverse(slot)) = self.queue.pop() {
            let slot = slot as usize;
            self.queued[slot] = false;
            let step = &graph.steps[slot - graph.inputs];
            // Bits are compared, not values: NaN is a value here, and -0 divides to another infinity than 0.
            let changed = if self.width == 1 {
                let value = graph.evaluate(step, &self.values, &self.missing);
                let old = core::mem::replace(&mut self.values[slot], value);
                old.to_bits() != value.to_bits()
            } else {
                let (below, from) = self.values.split_at_mut(slot * self.width);
                let row = &mut from[..self.width];
                self.old.copy_from_slice(row);
                graph.evaluate_row(step, below, &self.missing, row);
                self.old.iter().zip(row.iter()).any(|(old, new)| old.to_bits() != new.to_bits())
            };
            // A value can become missing and stay no number: the states are values of their own.
            if asks && self.note_missing(slot, step) || changed {
                self.mark(slot);
            }
        }
    }

    /// Whether a value is missing, as far as a step asks for it.
    pub(super) fn is_missing(&self, slot: u32, column: usize) -> bool {
        let place = (slot as usize).saturating_mul(self.width).saturating_add(column);
        self.missing.get(place).copied().unwrap_or(false)
    }

    /// Notes which values of a slot are missing; whether one of them has become so, or is no longer.
    #[expect(
        clippy::indexing_slicing,
        reason = "there are `width` values and states for every slot of the tree"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "the values are in memory: their number fits")]
    #[inline(never)]
    fn note_missing(&mut self, slot: usize, step: &Step) -> bool {
        let mut changed = false;
        for column in 0..self.width {
            let at = |slot: u32| {
                let place = slot as usize * self.width + column;
                (self.values[place], self.missing[place])
            };
            let is_missing = self.tree.graph().is_missing(step, &at);
            let old = core::mem::replace(&mut self.missing[slot * self.width + column], is_missing);
            changed |= old != is_missing;
        }
        changed
    }

    /// The estimate of the root in one column, in its unit.
    #[must_use]
    pub fn root(&self, column: usize) -> Figure<f64> {
        self.value(self.tree.root(), column)
    }

    /// The estimate of a node in one column, in its unit, as of the last evaluation or update.
    #[must_use]
    pub fn value(&self, node: NodeId, column: usize) -> Figure<f64> {
        let slot = self.tree.slot(node) as usize;
        // The node of another, larger tree has no slot here.
        if slot >= self.tree.graph().len() {
            return Figure::missing("node");
        }
        let value = self.at(slot, column);
        if value.is_finite() { Figure::Known(value) } else { self.absent(slot, column) }
    }

    /// The estimates of a node in all columns, where all are known.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("sales = visitors * 2\n visitors")?;
    /// let mut months = tree.columns(3)?;
    /// months.set_row(tree.find("visitors").unwrap(), &[1.0, 2.0, 3.0])?;
    /// months.evaluate();
    /// assert_eq!(months.row(tree.root()), Some(&[2.0, 4.0, 6.0][..]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn row(&self, node: NodeId) -> Option<&[f64]> {
        let start = (self.tree.slot(node) as usize).checked_mul(self.width)?;
        let row = self.values.get(start..start.checked_add(self.width)?)?;
        row.iter().all(|value| value.is_finite()).then_some(row)
    }

    /// What each node contributed to the change of the root from column `before` to column `after`, as of
    /// the last evaluation or update, as floats in the unit of the root, and how the node's own change was divided
    /// among its operands. A node's place is its [`NodeId::index`]; the leaves together give the change of the root, up to
    /// rounding.
    ///
    /// # Formula
    /// As [`KpiTree::explain`], without the division of what rounding leaves.
    ///
    /// What the switch of a branch brings is in its node and in those above it, and in no leaf.
    ///
    /// # Errors
    /// [`KpiError::NoValue`] where the root has none in one of the columns; [`KpiError::Range`] where a
    /// contribution leaves the range of a float.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::{ContributionMethod, DecompositionMethod};
    /// use marketloop::kpi::KpiTree;
    ///
    /// let tree = KpiTree::parse("sales = visitors * aov\n visitors, aov")?;
    /// let (visitors, aov) = (tree.find("visitors").unwrap(), tree.find("aov").unwrap());
    /// let mut times = tree.columns(2)?;
    /// times.set_row(visitors, &[100.0, 110.0])?;
    /// times.set_row(aov, &[2.0, 3.0])?;
    /// times.evaluate();
    /// let why = times.contributions(0, 1, DecompositionMethod::Shapley)?;
    /// assert!((why[visitors.index()].0 - 25.0).abs() < 1e-12 && (why[aov.index()].0 - 105.0).abs() < 1e-12);
    /// assert_eq!(why[tree.root().index()].1, ContributionMethod::Shapley);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(
        clippy::indexing_slicing,
        reason = "every node of the tree has a slot, and every slot a contribution"
    )]
    pub fn contributions(
        &self,
        before: usize,
        after: usize,
        method: DecompositionMethod,
    ) -> Result<Vec<(f64, ContributionMethod)>, KpiError> {
        let tree = self.tree;
        for column in [before, after] {
            tree.needed(tree.root(), self.root(column))?;
        }
        let at = |slot: u32| (self.at(slot as usize, before), self.at(slot as usize, after));
        let missing = |slot: u32| (self.is_missing(slot, before), self.is_missing(slot, after));
        let swept = sweep(tree.graph(), &at, &missing, method);
        let mut of_slots = swept.adjoints;
        let mut finite = true;
        let mut weigh = |slot: usize, entry: &mut f64| {
            *entry *= self.at(slot, after) - self.at(slot, before);
            finite &= entry.is_finite();
        };
        // Two loops: that of trees of one root without a choice stays without a branch.
        if tree.graph().chooses || tree.graph().root_steps < tree.graph().steps.len() {
            for (slot, entry) in of_slots.iter_mut().enumerate() {
                // A branch that is not taken has no part, and may have no value; nor has what only other roots use.
                if entry.abs() > 0.0 || entry.is_nan() {
                    weigh(slot, entry);
                }
            }
        } else {
            of_slots.iter_mut().enumerate().for_each(|(slot, entry)| weigh(slot, entry));
        }
        // Sought only once it is known to be there: the loop above stays without a branch.
        if !finite {
            let slot = of_slots.iter().position(|contribution| !contribution.is_finite());
            debug_assert!(slot.is_some(), "a slot is not finite");
            let node = slot.map_or_else(|| tree.root(), |slot| tree.node_of(slot));
            return Err(KpiError::Range { what: "contribution", node: tree.id_of(node) });
        }
        let inputs = tree.graph().inputs;
        let of_node = |slot: &u32| {
            let slot = *slot as usize;
            let step = slot.checked_sub(inputs);
            (of_slots[slot], step.map_or(ContributionMethod::Given, |step| swept.methods[step]))
        };
        Ok(tree.slots().iter().map(of_node).collect())
    }

    pub(super) const fn tree(&self) -> &'t KpiTree {
        self.tree
    }

    /// The float of a slot; NaN or infinite where it has no value.
    #[inline]
    pub(super) fn at(&self, slot: usize, column: usize) -> f64 {
        if column >= self.width {
            return f64::NAN;
        }
        // The node of another, larger tree has a slot beyond all rows: it has no value here.
        let index = slot.saturating_mul(self.width).saturating_add(column);
        self.values.get(index).copied().unwrap_or(f64::NAN)
    }

    /// The float of the root; NaN or infinite where it has no value.
    #[inline]
    pub(super) fn root_at(&self, column: usize) -> f64 {
        self.at(self.tree.graph().root as usize, column)
    }

    /// The figure that a slot does not have: down along the first operand that decides it.
    #[cold]
    fn absent(&self, slot: usize, column: usize) -> Figure<f64> {
        let graph = self.tree.graph();
        let unknown = |slot: u32| !self.at(slot as usize, column).is_finite();
        let is_zero = |slot: u32| self.at(slot as usize, column).abs() <= 0.0;
        // What lies below the slot, and no more: asking every node of a tree must not cost its square.
        let mut below = BTreeMap::from([(slot, false)]);
        let mut open = alloc::vec![slot];
        while let Some(step) = open.pop().and_then(|slot| graph.step(slot)) {
            for operand in graph.operands(step) {
                let operand = *operand as usize;
                if below.insert(operand, false).is_none() && graph.step(operand).is_some() {
                    open.push(operand);
                }
            }
        }
        // Operands have lower slots: in ascending order each finds theirs.
        let slots: Vec<usize> = below.keys().copied().collect();
        for slot in slots {
            let state = |slot: u32| {
                (self.at(slot as usize, column), below.get(&(slot as usize)).copied().unwrap_or(false))
            };
            let is_missing = match graph.step(slot) {
                Some(step) => graph.is_missing(step, &state),
                None => self.at(slot, column).is_nan(),
            };
            below.insert(slot, is_missing);
        }
        let missing = |slot: usize| below.get(&slot).copied().unwrap_or(false);
        let mut slot = slot;
        while let Some(step) = graph.step(slot) {
            let counts =
                graph.counting(step, &|slot| (self.at(slot as usize, column), missing(slot as usize)));
            // Missing wins over undefined.
            let wins = missing(slot);
            let decides = |operand: &u32| if wins { missing(*operand as usize) } else { unknown(*operand) };
            let next = counts.iter().copied().find(decides);
            if let Some(operand) = next {
                slot = operand as usize;
                continue;
            }
            // A value of another period than the only one.
            if wins {
                break;
            }
            // A factor that is no number comes from a constant divisor of zero.
            let by_zero = step.scale.is_nan() || graph.fraction(step).1.iter().any(|slot| is_zero(*slot));
            let why = if by_zero { NumberFault::DivisionByZero } else { NumberFault::OutOfRange };
            return self.tree.absent(Absence::Undefined { why, slot: slot_number(slot) }, is_zero);
        }
        self.tree.absent(Absence::Missing(slot_number(slot)), is_zero)
    }

    fn put(&mut self, leaf: NodeId, column: usize, value: f64) -> Result<(), KpiError> {
        self.put_slot(self.tree.input(leaf)?, column, value)
    }

    fn put_slot(&mut self, slot: usize, column: usize, value: f64) -> Result<(), KpiError> {
        if column >= self.width {
            let expected = column.saturating_add(1);
            return Err(KpiError::Length { what: "columns", expected, actual: self.width });
        }
        #[expect(clippy::indexing_slicing, reason = "the column is below the width")]
        {
            self.row_mut(slot)[column] = value;
        }
        let place = slot.saturating_mul(self.width).saturating_add(column);
        if let Some(missing) = self.missing.get_mut(place) {
            *missing = value.is_nan();
        }
        self.mark(slot);
        Ok(())
    }

    #[expect(clippy::indexing_slicing, reason = "there are `width` values for every slot of the tree")]
    #[expect(clippy::arithmetic_side_effects, reason = "the values are in memory: their number fits")]
    fn row_mut(&mut self, slot: usize) -> &mut [f64] {
        &mut self.values[slot * self.width..][..self.width]
    }

    /// Puts what uses a slot in the queue.
    #[expect(clippy::indexing_slicing, reason = "there is a mark for every slot of the tree")]
    fn mark(&mut self, slot: usize) {
        for parent in self.tree.graph().parents(slot) {
            // A node that uses many changed leaves is queued once: the heap stays as short as what is to be done.
            let queued = &mut self.queued[*parent as usize];
            if !*queued {
                *queued = true;
                self.queue.push(Reverse(*parent));
            }
        }
    }

    fn checked_width(&self, actual: usize) -> Result<(), KpiError> {
        if actual == self.width {
            Ok(())
        } else {
            Err(KpiError::Length { what: "columns", expected: self.width, actual })
        }
    }
}

/// Slots are numbered in 32 bits when a tree is compiled; the node of another tree has the last number.
fn slot_number(slot: usize) -> u32 {
    u32::try_from(slot).unwrap_or(u32::MAX)
}

fn finite(value: f64) -> Result<(), KpiError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(KpiError::NotInRange { what: "value", required: "a finite number" })
    }
}
