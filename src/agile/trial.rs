//! One experiment with its money and its results.

use super::AgileError;
use super::hypothesis::{Conclusion, Experiment};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Figure};
use crate::quantity::Money;
use crate::time::{NaiveDate, in_range};
use alloc::vec::Vec;
use serde::Serialize;

/// An experiment with its spending and its results.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trial {
    experiment: Experiment,
    spent: Money,
    left: Money,
    /// The date of the last spend or conclusion, whichever is the later one; else the first day.
    latest: NaiveDate,
    conclusions: Vec<Conclusion>,
}

impl Trial {
    pub(super) fn new(experiment: Experiment) -> Self {
        let (left, latest) = (experiment.cost_cap, experiment.begins);
        Self { experiment, spent: Money::zero(left.currency()), left, latest, conclusions: Vec::new() }
    }

    /// The experiment as it was started.
    #[must_use]
    pub const fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// What was spent so far, from 0 to the cap.
    #[must_use]
    pub const fn spent(&self) -> Money {
        self.spent
    }

    /// The rest of the cost cap. Once there is a result, it is no longer spent.
    #[must_use]
    pub const fn left(&self) -> Money {
        self.left
    }

    /// The result as it stands now, after all corrections.
    #[must_use]
    pub fn conclusion(&self) -> Option<&Conclusion> {
        self.conclusions.last()
    }

    /// The first result and its corrections in order.
    #[must_use]
    pub fn conclusions(&self) -> &[Conclusion] {
        &self.conclusions
    }

    /// Whether the metric moved at least as far as expected, and in that direction; missing without a result.
    #[must_use]
    pub fn moved_as_expected(&self) -> Figure<bool> {
        let Some(conclusion) = self.conclusion() else { return Figure::missing("result of the experiment") };
        let expected = &self.experiment.expected_change;
        let Ok(measured) = conclusion.measured_change.to(expected.unit()) else {
            debug_assert!(false, "the log takes measures that convert to the expected unit only");
            return Figure::undefined("measured change", Cause::OutOfRange);
        };
        let (measured, expected) = (measured.value(), expected.value());
        Figure::Known(if expected.is_sign_negative() { measured <= expected } else { measured >= expected })
    }

    pub(super) fn still_open(&self) -> Result<(), AgileError> {
        match self.conclusions.first() {
            Some(first) => {
                Err(AgileError::Concluded { experiment: self.experiment.id.clone(), on: first.on })
            }
            None => Ok(()),
        }
    }

    fn not_before(&self, on: NaiveDate, earliest: NaiveDate) -> Result<(), AgileError> {
        if on < earliest {
            return Err(AgileError::TooEarly { experiment: self.experiment.id.clone(), on, earliest });
        }
        Ok(())
    }

    pub(super) fn spend(&mut self, on: NaiveDate, amount: Money) -> Result<(), (&'static str, AgileError)> {
        self.still_open().map_err(|error| ("experiment", error))?;
        in_range(on).map_err(|error| ("on", error.into()))?;
        // Against the first day, not the last entry: spends may be noted out of order.
        self.not_before(on, self.experiment.begins).map_err(|error| ("on", error))?;
        // Both or neither: a refused spend leaves the trial as it was.
        let (spent, left) = self.after(amount).map_err(|error| ("amount", error))?;
        (self.spent, self.left, self.latest) = (spent, left, self.latest.max(on));
        Ok(())
    }

    /// What will be spent and left after `amount`.
    fn after(&self, amount: Money) -> Result<(Money, Money), AgileError> {
        if amount.is_negative() {
            return Err(AgileError::NegativeAmount { amount });
        }
        let left = self.left.minus(amount)?;
        if left.is_negative() {
            return Err(AgileError::AboveCostCap {
                experiment: self.experiment.id.clone(),
                left: self.left,
                excess: left.negated(),
            });
        }
        Ok((self.spent.plus(amount)?, left))
    }

    /// Adds a result, the first or a correction, or says all that is wrong with it.
    pub(super) fn conclude(&mut self, conclusion: &Conclusion, problems: &mut Problems<AgileError>) {
        let root = Path::root();
        problems.take(&root.field("on"), in_range(conclusion.on));
        // A result from before the last spend would not speak of all that was spent.
        problems.take(&root.field("on"), self.not_before(conclusion.on, self.latest));
        let measured = conclusion.measured_change.to(self.experiment.expected_change.unit());
        problems.take(&root.field("measured_change"), measured);
        if conclusion.learnt.trim().is_empty() {
            problems.push(root.field("learnt"), AgileError::NoName);
        }
        // `problems` came in empty: the caller has looked for the trial alone.
        if problems.is_empty() {
            self.latest = conclusion.on;
            self.conclusions.push(conclusion.clone());
        }
    }
}
