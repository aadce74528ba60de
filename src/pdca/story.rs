//! The story of a finding: the decision on it, its countermeasure, and its target before and afterwards.

use super::stage::days_after;
use super::{CycleId, FindingDecision, FindingId, PdcaError, TargetOutcome};
use crate::figure::{Cause, Figure};
use crate::quantity::wire::serialize_fields;
use crate::quantity::words::words;
use crate::review::Finding;
use crate::target::Achievement;
use crate::time::{NaiveDate, Period};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;

/// A finding with the decision on it, and its target before and afterwards.
///
/// That one value followed another does not prove that it came from it: nothing here says that a countermeasure worked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FindingStory<'a> {
    /// The id of the finding.
    pub id: FindingId,
    /// The finding.
    pub finding: &'a Finding,
    /// The decision; `None` if it is undecided.
    pub decision: Option<&'a FindingDecision>,
    /// The day on which the countermeasure was done. Missing while the finding is undecided, or the countermeasure is
    /// open and the last cycle carries it on; undefined if the finding was rejected, or if the countermeasure was
    /// dropped, as the last cycle was cancelled.
    pub done_on: Figure<NaiveDate>,
    /// The cycle in which the countermeasure was done.
    pub done_in: Option<&'a CycleId>,
    /// The period of the finding's own cycle.
    pub period: Period,
    /// The target of the finding's metric in its own cycle and in each later one, by period, as last amended.
    pub targets: BTreeMap<Period, TargetOutcome>,
    /// What the values before and after the finding say. Missing without a value afterwards; undefined if both missed
    /// different targets without an attainment.
    pub verdict: Figure<TargetVerdict>,
}

serialize_fields!(FindingStory<'a> {
    id,
    finding,
    decision: optional,
    done_on,
    done_in: optional,
    period,
    targets,
    verdict
});

impl FindingStory<'_> {
    /// The target in the finding's own cycle; `None` if that cycle has no such target or no value of it.
    #[must_use]
    pub fn before(&self) -> Option<&TargetOutcome> {
        self.targets.get(&self.period).filter(|outcome| outcome.achievement().is_known())
    }

    /// The target in the first later cycle with a value of it, and that cycle's period.
    #[must_use]
    pub fn after(&self) -> Option<(&Period, &TargetOutcome)> {
        let mut later = self.targets.iter().filter(|(period, _)| **period > self.period);
        later.find(|(_, outcome)| outcome.achievement().is_known())
    }

    /// How far the target was reached when the finding was made, as last amended.
    #[must_use]
    pub fn found(&self) -> Figure<Achievement> {
        match self.before() {
            Some(before) => before.achievement(),
            // A metric that is no target of the plan has no outcome there; the finding has its own.
            None => outcome_of(self.finding).achievement(),
        }
    }

    /// The days of the later period that came after the countermeasure: all of them if it was done before that period,
    /// 0 if it was done on its last day or later. `None` if it is not done, or no later period has a value.
    #[must_use]
    pub fn days_after(&self) -> Option<u32> {
        let (Some(on), Some((period, _))) = (self.done_on.as_ref().known(), self.after()) else {
            return None;
        };
        Some(days_in(period, *on))
    }

    /// When the countermeasure was done beside the later period: `done 2026-06-09, 21 d before the period's end`.
    pub(super) fn timing(&self) -> String {
        match (&self.done_on, self.after().map(|(period, _)| *period)) {
            (Figure::Known(on), Some(period)) if *on < period.start() => {
                format!("done {on}, before the period")
            }
            (Figure::Known(on), Some(period)) if *on > period.end() => format!("done {on}, after the period"),
            (Figure::Known(on), Some(period)) => {
                format!("done {on}, {} d before the period's end", days_in(&period, *on))
            }
            (Figure::Known(on), None) => format!("done {on}"),
            (Figure::Missing(_), _) if self.decision.is_some() => "open".into(),
            (Figure::Undefined(_), _) if matches!(self.decision, Some(FindingDecision::Accepted { .. })) => {
                "dropped".into()
            }
            _ => "none".into(),
        }
    }
}

impl fmt::Display for FindingStory<'_> {
    /// `target met afterwards: 4.2 % against at least 4 % (105%) on 2026-12-31; countermeasure: open`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.verdict)?;
        if let Some((period, after)) = self.after() {
            write!(f, ": {after} on {}", period.end())?;
        }
        write!(f, "; countermeasure: {}", self.timing())
    }
}

/// What the values before and after a finding say of its target. It is a comparison, not a cause.
///
/// ```
/// # use marketloop::pdca::TargetVerdict;
/// assert_eq!(serde_json::from_str::<TargetVerdict>(r#""still_met""#)?, TargetVerdict::StillMet);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetVerdict {
    /// The target was missed before and is met afterwards.
    MetAfterwards,
    /// It was met before and is met afterwards.
    StillMet,
    /// It was missed both times, and came nearer.
    Better,
    /// It was missed both times, by as much.
    Unchanged,
    /// It was met before and is missed afterwards, or was missed both times and is farther away.
    Worse,
}

words!(TargetVerdict, "verdict on a target", PdcaError:
    MetAfterwards = "met_afterwards" / "target met afterwards",
    StillMet = "still_met" / "still met",
    Better = "better" / "better, still missed",
    Unchanged = "unchanged" / "unchanged, still missed",
    Worse = "worse",
);

crate::figure::from_wire!(TargetVerdict);

impl TargetVerdict {
    /// What two outcomes say.
    pub(super) fn of(then: &TargetOutcome, now: &TargetOutcome) -> Figure<Self> {
        then.achievement().zip(now.achievement()).and_then(|(before, after)| {
            match (before.is_met(), after.is_met()) {
                (false, true) => return Figure::Known(Self::MetAfterwards),
                (true, true) => return Figure::Known(Self::StillMet),
                (true, false) => return Figure::Known(Self::Worse),
                (false, false) => {}
            }
            let order = match (before.attainment(), after.attainment()) {
                (Some(before), Some(after)) => Some(after.ratio().cmp(&before.ratio())),
                // Without attainments the distances from one and the same target still compare.
                _ if then.target == now.target => {
                    let distance = |outcome: &TargetOutcome| {
                        let actual =
                            outcome.actual.as_ref()?.as_ref().known()?.value_in(now.target.unit()).ok()?;
                        let distance = now.target.variance(actual).ok()?.absolute();
                        // How far off, on either side: a range is missed below and above.
                        Some(if distance.is_negative() { distance.negated() } else { distance })
                    };
                    distance(then).zip(distance(now)).map(|(then, now)| then.cmp(&now))
                }
                _ => None,
            };
            match order {
                Some(Ordering::Greater) => Figure::Known(Self::Better),
                Some(Ordering::Equal) => Figure::Known(Self::Unchanged),
                Some(Ordering::Less) => Figure::Known(Self::Worse),
                None => Figure::undefined(
                    "verdict",
                    Cause::Inconsistent("the targets before and afterwards".into()),
                ),
            }
        })
    }
}

/// The days of a period that come after a day.
fn days_in(period: &Period, on: NaiveDate) -> u32 {
    // At most all of them: the day may lie before the period.
    days_after(on, period.end()).min(period.days())
}

/// What a finding itself says of its target.
pub(super) fn outcome_of(finding: &Finding) -> TargetOutcome {
    let actual = finding.actual().map(Clone::clone);
    TargetOutcome { target: finding.target().clone(), actual: Some(actual) }
}
