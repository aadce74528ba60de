//! Many evaluations at once in floats: scenarios, segments or periods as columns over one compiled tree.

use super::graph::float;
use super::node::NodeId;
use super::value::{NumberFault, Value};
use super::{Inputs, KpiError, KpiTree};
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// The estimates of all nodes in one or more columns, each a set of inputs of its own.
///
/// After leaves were set, [`update`](Self::update) computes again what depends on them, with the same bits
/// as [`evaluate`](Self::evaluate), which computes everything.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Value};
///
/// let tree = KpiTree::parse("sales = visitors * rate\n visitors, rate")?;
/// let (visitors, rate) = (tree.find("visitors").unwrap(), tree.find("rate").unwrap());
/// let mut months = tree.columns(2)?;
/// months.set_row(visitors, &[1000.0, 1500.0])?;
/// months.set_row(rate, &[0.02, 0.03])?;
/// months.evaluate();
/// assert_eq!(months.root(1), Value::Known(45.0));
/// months.set(visitors, 1, 2000.0)?;
/// months.update();
/// assert_eq!(months.root(1), Value::Known(60.0));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Columns<'t> {
    tree: &'t KpiTree,
    width: usize,
    /// The rows of the slots, each of `width` columns.
    values: Vec<f64>,
    /// The slots to compute again, lowest first.
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
    pub fn columns(&self, width: usize) -> Result<Columns<'_>, KpiError> {
        let slots = self.graph().len();
        let limit = usize::MAX.checked_div(slots.saturating_mul(16)).unwrap_or(0);
        if width > limit {
            return Err(KpiError::TooMany { what: "columns", limit, actual: width });
        }
        let mut values = Vec::new();
        let length = slots.saturating_mul(width);
        if values.try_reserve_exact(length).is_err() {
            return Err(KpiError::TooMany { what: "columns", limit, actual: width });
        }
        values.resize(length, f64::NAN);
        Ok(Columns {
            tree: self,
            width,
            values,
            queue: BinaryHeap::new(),
            queued: alloc::vec![false; slots],
            old: alloc::vec![f64::NAN; width],
        })
    }
}

impl<'t> Columns<'t> {
    /// How many columns there are.
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

    /// Takes the value of a leaf away in one column.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`]; [`KpiError::Length`] for a column that does not exist.
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
        let start = slot.saturating_mul(self.width);
        if let Some(values) = self.values.get_mut(start..start.saturating_add(self.width)) {
            values.copy_from_slice(row);
        }
        self.mark(slot);
        Ok(())
    }

    /// Gives all leaves their values in one column, each as the nearest float.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]; [`KpiError::Length`] for a column that does not exist.
    pub fn set_inputs(&mut self, column: usize, inputs: &Inputs) -> Result<(), KpiError> {
        for (slot, value) in self.tree.checked(inputs)?.iter().enumerate() {
            self.put_slot(slot, column, value.map_or(f64::NAN, float))?;
        }
        Ok(())
    }

    /// Computes every node.
    pub fn evaluate(&mut self) {
        let graph = self.tree.graph();
        if self.width == 1 {
            for (index, step) in graph.steps.iter().enumerate() {
                let slot = graph.inputs.saturating_add(index);
                let value = graph.evaluate(step, &self.values);
                if let Some(entry) = self.values.get_mut(slot) {
                    *entry = value;
                }
            }
        } else {
            for (index, step) in graph.steps.iter().enumerate() {
                let slot = graph.inputs.saturating_add(index);
                if let Some((below, from)) = self.values.split_at_mut_checked(slot.saturating_mul(self.width))
                    && let Some(row) = from.get_mut(..self.width)
                {
                    graph.evaluate_row(step, below, row);
                }
            }
        }
        self.queue.clear();
        self.queued.fill(false);
    }

    /// Computes the nodes that depend on what was set since the last evaluation, each once, operands before
    /// what uses them; a node that comes out the same leaves those above it alone.
    pub fn update(&mut self) {
        let graph = self.tree.graph();
        while let Some(Reverse(slot)) = self.queue.pop() {
            let slot = slot as usize;
            if let Some(queued) = self.queued.get_mut(slot) {
                *queued = false;
            }
            let Some(step) = graph.step(slot) else { continue };
            let start = slot.saturating_mul(self.width);
            let changed = if self.width == 1 {
                let value = graph.evaluate(step, &self.values);
                let Some(entry) = self.values.get_mut(slot) else { continue };
                let old = core::mem::replace(entry, value);
                old.to_bits() != value.to_bits()
            } else {
                let Some((below, from)) = self.values.split_at_mut_checked(start) else { continue };
                let Some(row) = from.get_mut(..self.width) else { continue };
                self.old.copy_from_slice(row);
                graph.evaluate_row(step, below, row);
                self.old.iter().zip(row.iter()).any(|(old, new)| old.to_bits() != new.to_bits())
            };
            if changed {
                self.mark(slot);
            }
        }
    }

    /// The estimate of the root in one column, in its unit.
    #[must_use]
    pub fn root(&self, column: usize) -> Value<f64> {
        self.value(self.tree.root(), column)
    }

    /// The estimate of a node in one column, in its unit, as of the last evaluation or update.
    #[must_use]
    pub fn value(&self, node: NodeId, column: usize) -> Value<f64> {
        let slot = self.tree.slot(node) as usize;
        let value = self.at(slot, column);
        if value.is_finite() { Value::Known(value) } else { self.cause(slot, column) }
    }

    /// The estimates of a node in all columns, where all are known.
    #[must_use]
    pub fn row(&self, node: NodeId) -> Option<&[f64]> {
        let start = (self.tree.slot(node) as usize).checked_mul(self.width)?;
        let row = self.values.get(start..start.checked_add(self.width)?)?;
        row.iter().all(|value| value.is_finite()).then_some(row)
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
        let index = slot.saturating_mul(self.width).saturating_add(column);
        self.values.get(index).copied().unwrap_or(f64::NAN)
    }

    /// Why a slot has no value: down along the first operand that has none.
    #[cold]
    fn cause(&self, slot: usize, column: usize) -> Value<f64> {
        let graph = self.tree.graph();
        let mut slot = slot;
        loop {
            let node = self.tree.node_of(slot);
            let Some(step) = graph.step(slot) else {
                return Value::Missing { leaf: node };
            };
            let unknown = |operand: &&u32| !self.at(**operand as usize, column).is_finite();
            if let Some(operand) = graph.operands(step).iter().find(unknown) {
                slot = *operand as usize;
                continue;
            }
            let zero = |operand: &u32| self.at(*operand as usize, column).abs() <= 0.0;
            let divides_by_zero = step.scale.is_nan() || graph.fraction(step).1.iter().any(zero);
            let why = if divides_by_zero { NumberFault::DivisionByZero } else { NumberFault::OutOfRange };
            return Value::Undefined { why, node };
        }
    }

    fn put(&mut self, leaf: NodeId, column: usize, value: f64) -> Result<(), KpiError> {
        self.put_slot(self.tree.input(leaf)?, column, value)
    }

    fn put_slot(&mut self, slot: usize, column: usize, value: f64) -> Result<(), KpiError> {
        if column >= self.width {
            let expected = column.saturating_add(1);
            return Err(KpiError::Length { what: "columns", expected, actual: self.width });
        }
        let index = slot.saturating_mul(self.width).saturating_add(column);
        if let Some(entry) = self.values.get_mut(index) {
            *entry = value;
        }
        self.mark(slot);
        Ok(())
    }

    /// Puts what uses a slot in the queue.
    fn mark(&mut self, slot: usize) {
        for parent in self.tree.graph().parents(slot) {
            if let Some(queued) = self.queued.get_mut(*parent as usize)
                && !*queued
            {
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

fn finite(value: f64) -> Result<(), KpiError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(KpiError::NotInRange { what: "value", required: "a finite number" })
    }
}
