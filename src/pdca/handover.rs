//! What a cycle hands on: the countermeasures that are open, and the seed for the next cycle.

use super::cycle::accepted;
use super::{Countermeasure, Cycle, FindingId, Seed, TargetOutcome};
use crate::target::Target;
use crate::time::NaiveDate;
use alloc::string::String;
use alloc::vec::Vec;

impl Cycle {
    /// Whether the countermeasure for a finding was done in this cycle.
    #[must_use]
    pub fn has_done(&self, finding: &FindingId) -> bool {
        self.measure_done_on(finding).is_some()
    }

    /// The day on which the countermeasure for a finding was done in this cycle.
    #[must_use]
    pub fn measure_done_on(&self, finding: &FindingId) -> Option<NaiveDate> {
        self.done_measures.get(finding).copied()
    }

    /// The countermeasures that are not done yet: its own, then those that it inherited.
    #[must_use]
    pub fn open_measures(&self) -> Vec<Countermeasure> {
        // No record is dated after the last one: on that evening all of them are known.
        self.last_recorded_on().map_or_else(Vec::new, |last| self.open_measures_on(last))
    }

    /// The countermeasures that were known and not done yet on the evening of `date`.
    pub(super) fn open_measures_on(&self, date: NaiveDate) -> Vec<Countermeasure> {
        let own = (1_u32..).zip(self.findings()).filter_map(|(number, decided)| {
            let (measure, owner, due) = accepted(decided)?;
            let is_known = self.accepted_on.get(&number).is_some_and(|on| *on <= date);
            let finding = FindingId { cycle: self.id().clone(), number };
            let metric = decided.finding.metric().into();
            let (measure, owner) = (measure.into(), owner.into());
            is_known.then_some(Countermeasure { finding, metric, measure, owner, due })
        });
        // The confirmed seed replaces the provisional one from the day on which it came in.
        let seed = self.handed.iter().rfind(|(on, _)| *on <= date);
        let inherited = seed.into_iter().flat_map(|(_, seed)| &seed.open_measures).cloned();
        let is_open =
            |one: &Countermeasure| self.measure_done_on(&one.finding).is_none_or(|done| done > date);
        own.chain(inherited).filter(is_open).collect()
    }

    /// The seed for the next cycle as things stand: provisional until this one is closed. `None` without a plan.
    #[must_use]
    pub fn seed(&self) -> Option<Seed> {
        // What was handed on stays: an amendment changes no seed that a successor may have taken.
        if let Some(seed) = &self.handed_on {
            return Some(Seed::clone(seed));
        }
        let plan = self.plan()?;
        let carried = |(name, target): (&String, &Target)| {
            let actual = self.actuals().get(name).cloned();
            (name.clone(), TargetOutcome { target: target.clone(), actual })
        };
        Some(Seed {
            cycle: self.id().clone(),
            period: *plan.period(),
            open_measures: self.open_measures(),
            targets: plan.targets().iter().map(carried).collect(),
            released: self.reassigned().clone(),
            findings: self.findings().to_vec(),
        })
    }
}
