//! A line of cycles, each continuing the one before: what became of a finding, and whether its measure worked.

use super::{Actual, Amendment, Cycle, CycleId, Decision, FindingId, Phase};
use crate::quantity::Ratio;
use crate::review::Finding;
use crate::target::{Attainment, Target};
use crate::time::Period;
use alloc::vec::Vec;

/// Why cycles make no line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineageError {
    /// There is no cycle.
    #[error("a lineage has at least one cycle")]
    Empty,
    /// A cycle without a plan has no period.
    #[error("{cycle} has no plan")]
    NoPlan {
        /// The cycle.
        cycle: CycleId,
    },
    /// A cycle that does not continue the one before it.
    #[error("{cycle} does not continue {before}")]
    NotContinued {
        /// The cycle.
        cycle: CycleId,
        /// The cycle before it.
        before: CycleId,
    },
    /// A cycle that continues something else than what the one before hands on.
    #[error("{cycle} continues another seed than the one that {before} hands on")]
    OtherSeed {
        /// The cycle.
        cycle: CycleId,
        /// The cycle before it.
        before: CycleId,
    },
    /// Periods that do not increase.
    #[error("{period} of {cycle} does not come after {before}")]
    PeriodNotAfter {
        /// The cycle.
        cycle: CycleId,
        /// Its period.
        period: Period,
        /// The period before it.
        before: Period,
    },
    /// There is no such finding in the line.
    #[error("there is no finding {finding}")]
    NoSuchFinding {
        /// The finding.
        finding: FindingId,
    },
}

impl LineageError {
    /// The sort of the fault.
    #[must_use]
    pub const fn kind(&self) -> crate::error::ErrorKind {
        use crate::error::ErrorKind;
        match self {
            Self::Empty => ErrorKind::Empty,
            Self::NoPlan { .. } | Self::NoSuchFinding { .. } => ErrorKind::Undefined,
            Self::NotContinued { .. } | Self::OtherSeed { .. } => ErrorKind::Mismatch,
            Self::PeriodNotAfter { .. } => ErrorKind::Conflict,
        }
    }
}

/// Cycles of which each continues the one before, with periods that increase.
///
/// The last may still be provisional: planned from findings of a cycle that was not closed yet.
#[derive(Debug, Clone)]
pub struct Lineage<'a> {
    cycles: Vec<&'a Cycle>,
}

/// What became of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingStory<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// What was decided; `None` where nothing was yet.
    pub decision: Option<&'a Decision>,
    /// The measure's fate.
    pub measure: MeasureFate,
    /// The target of the finding's metric in its own cycle and in each that came after, in order.
    pub targets: Vec<TargetInCycle<'a>>,
}

/// What became of a measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MeasureFate {
    /// There is none: the finding was rejected, or nothing is decided.
    None,
    /// It is open, and the last cycle carries it on.
    Open,
    /// It was done in this cycle.
    DoneIn(CycleId),
    /// It is open, and no cycle carries it on: the last one was cancelled.
    Dropped,
}

/// A target in one cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetInCycle<'a> {
    /// The cycle.
    pub cycle: &'a CycleId,
    /// What was to be reached.
    pub target: &'a Target,
    /// What was reached, as last amended; `None` where nobody said yet.
    pub actual: Option<&'a Actual>,
}

impl TargetInCycle<'_> {
    /// The attainment, where there is a value and it has one.
    #[must_use]
    pub fn attainment(&self) -> Option<Attainment> {
        self.target.attainment_of(self.actual?.measured()?).ok()
    }
}

/// Whether a measure worked, by the attainment of the finding's target before and after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The attainment in the cycle of the finding.
    pub before: Option<Ratio>,
    /// The attainment in the first later cycle where the target has one.
    pub after: Option<Ratio>,
    /// What the two say.
    pub verdict: Verdict,
}

/// What the attainments before and after a measure say. That the one followed the other does not prove that it came
/// from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The target was missed before and is met after.
    Met,
    /// The attainment rose, the target is still missed.
    Better,
    /// The attainment is the same.
    Unchanged,
    /// The attainment fell.
    Worse,
    /// One of them is not known.
    Unknown,
}

impl<'a> Lineage<'a> {
    /// The line of these cycles, the oldest first.
    ///
    /// # Errors
    /// [`LineageError::Empty`], [`LineageError::NoPlan`], [`LineageError::NotContinued`],
    /// [`LineageError::OtherSeed`] where a confirmed seed is not the one that the closed cycle hands on,
    /// [`LineageError::PeriodNotAfter`].
    pub fn new(cycles: impl IntoIterator<Item = &'a Cycle>) -> Result<Self, LineageError> {
        let cycles: Vec<&Cycle> = cycles.into_iter().collect();
        if cycles.is_empty() {
            return Err(LineageError::Empty);
        }
        let period = |cycle: &Cycle| match cycle.plan() {
            Some(plan) => Ok(*plan.period()),
            None => Err(LineageError::NoPlan { cycle: cycle.id().clone() }),
        };
        for (before, cycle) in cycles.iter().zip(cycles.iter().skip(1)) {
            let ids = || (cycle.id().clone(), before.id().clone());
            let inherited = cycle.inherited().filter(|own| own.seed.cycle == *before.id());
            let Some(inherited) = inherited else {
                let (cycle, before) = ids();
                return Err(LineageError::NotContinued { cycle, before });
            };
            if !inherited.provisional && before.seed().as_ref() != Some(&inherited.seed) {
                let (cycle, before) = ids();
                return Err(LineageError::OtherSeed { cycle, before });
            }
            let (before, own) = (period(before)?, period(cycle)?);
            if own.start() <= before.end() {
                return Err(LineageError::PeriodNotAfter { cycle: cycle.id().clone(), period: own, before });
            }
        }
        if let Some(first) = cycles.first() {
            period(first)?;
        }
        Ok(Self { cycles })
    }

    /// The cycles, the oldest first.
    #[must_use]
    pub fn cycles(&self) -> &[&'a Cycle] {
        &self.cycles
    }

    /// What became of a finding.
    ///
    /// # Errors
    /// [`LineageError::NoSuchFinding`].
    pub fn finding(&self, id: &FindingId) -> Result<FindingStory<'a>, LineageError> {
        let missing = || LineageError::NoSuchFinding { finding: id.clone() };
        let from = self.cycles.iter().position(|cycle| *cycle.id() == id.cycle).ok_or_else(missing)?;
        let cycle = self.cycles.get(from).ok_or_else(missing)?;
        let index = super::cycle::index(id.number).ok_or_else(missing)?;
        let decided = cycle.findings().get(index).ok_or_else(missing)?;
        let later = self.cycles.iter().skip(from);
        let targets = later.filter_map(|cycle| {
            let metric = decided.finding.metric();
            let target = cycle.plan()?.targets().get(metric)?;
            let amended = cycle.amendments().iter().rfind(|one| one.target == metric);
            let actual =
                amended.map(|Amendment { actual, .. }| actual).or_else(|| cycle.actuals().get(metric));
            Some(TargetInCycle { cycle: cycle.id(), target, actual })
        });
        Ok(FindingStory {
            finding: &decided.finding,
            decision: decided.decision.as_ref(),
            measure: self.fate(from, id, super::cycle::accepted(decided).is_some()),
            targets: targets.collect(),
        })
    }

    fn fate(&self, from: usize, id: &FindingId, accepted: bool) -> MeasureFate {
        if !accepted {
            return MeasureFate::None;
        }
        for cycle in self.cycles.iter().skip(from) {
            if cycle.has_done(id) {
                return MeasureFate::DoneIn(cycle.id().clone());
            }
        }
        let last = self.cycles.last();
        let carried = last.is_some_and(|last| {
            last.phase() != Phase::Cancelled && last.open_measures().iter().any(|open| open.finding == *id)
        });
        if carried { MeasureFate::Open } else { MeasureFate::Dropped }
    }

    /// Whether the measure of a finding worked: the attainment of its target in its own cycle, and in the first
    /// later one that knows it.
    ///
    /// # Errors
    /// [`LineageError::NoSuchFinding`].
    pub fn effect(&self, id: &FindingId) -> Result<Effect, LineageError> {
        let story = self.finding(id)?;
        let mut attained = story.targets.iter().map(|target| (target.cycle, target.attainment()));
        let own = attained.next().filter(|(cycle, _)| **cycle == id.cycle).and_then(|(_, attained)| attained);
        let before = own.or_else(|| story.finding.attainment().ok());
        let after = attained.find_map(|(_, attained)| attained);
        let verdict = match (&before, &after) {
            (Some(before), Some(after)) if !before.is_met() && after.is_met() => Verdict::Met,
            (Some(before), Some(after)) => match after.ratio().cmp(&before.ratio()) {
                core::cmp::Ordering::Greater => Verdict::Better,
                core::cmp::Ordering::Equal => Verdict::Unchanged,
                core::cmp::Ordering::Less => Verdict::Worse,
            },
            _ => Verdict::Unknown,
        };
        let ratio = |attained: Option<Attainment>| attained.map(|attained| attained.ratio());
        Ok(Effect { before: ratio(before), after: ratio(after), verdict })
    }
}
