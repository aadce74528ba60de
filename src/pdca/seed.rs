//! What a cycle hands on to the next: measures that are still open, targets and what became of them, released
//! money, findings.

use super::{CycleId, FindingId};
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::review::Finding;
use crate::target::{ActualValue, Target};
use crate::time::{NaiveDate, Period};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// What was reached, or that nobody knows and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actual {
    /// The value, unrounded: as a KPI tree implies it ([`Evaluation::actual`](crate::kpi::Evaluation::actual)), or as
    /// it was typed.
    Measured(ActualValue),
    /// Why there is none.
    Unmeasured(String),
}

impl Actual {
    /// The value, where there is one.
    #[must_use]
    pub const fn measured(&self) -> Option<&ActualValue> {
        match self {
            Self::Measured(value) => Some(value),
            Self::Unmeasured(_) => None,
        }
    }
}

impl fmt::Display for Actual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Measured(value) => write!(f, "{value}"),
            Self::Unmeasured(reason) => write!(f, "unmeasured: {reason}"),
        }
    }
}

/// What is done about a finding: the measure, who answers for it, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countermeasure {
    /// What is done.
    pub measure: String,
    /// Who answers for it.
    pub owner: String,
    /// Until when.
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    pub due: NaiveDate,
}

/// What was decided about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingDecision {
    /// Something is done about it.
    Accepted(Countermeasure),
    /// Nothing is, for this reason.
    Rejected(String),
}

/// A finding and what was decided about it, where it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedFinding {
    /// The finding.
    pub finding: Finding,
    /// What was decided.
    #[serde(default)]
    pub decision: Option<FindingDecision>,
}

serialize_fields!(DecidedFinding { finding, decision: optional });

/// A measure that is not done yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenCountermeasure {
    /// The finding it answers.
    pub finding: FindingId,
    /// The finding's metric.
    pub metric: String,
    /// The measure.
    pub measure: Countermeasure,
}

/// A target, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarriedTarget {
    /// What was to be reached.
    pub target: Target,
    /// What was reached; `None` where nobody said yet.
    #[serde(default)]
    pub actual: Option<Actual>,
}

serialize_fields!(CarriedTarget { target, actual: optional });

/// What a cycle hands on to the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The cycle that it comes from.
    pub cycle: CycleId,
    /// That cycle's period.
    pub period: Period,
    /// The measures that are not done yet, also those that the cycle inherited.
    pub open_measures: Vec<OpenCountermeasure>,
    /// The targets by name.
    #[serde(deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub targets: BTreeMap<String, CarriedTarget>,
    /// The money that was released for the next cycle, by the line that it is meant for.
    #[serde(deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub released: BTreeMap<String, Money>,
    /// The findings in order.
    pub findings: Vec<DecidedFinding>,
}

/// One way in which a seed differs from a provisional one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SeedChange {
    /// A target that differs, came in or went.
    Target {
        /// Its name.
        name: String,
        /// As it was.
        before: Option<Box<CarriedTarget>>,
        /// As it is.
        after: Option<Box<CarriedTarget>>,
    },
    /// Money released for a line.
    Released {
        /// The line.
        line: String,
        /// As it was.
        before: Option<Money>,
        /// As it is.
        after: Option<Money>,
    },
    /// A finding that differs, came in or went.
    Finding {
        /// Its number in the cycle, from 1.
        number: u32,
        /// As it was.
        before: Option<Box<DecidedFinding>>,
        /// As it is.
        after: Option<Box<DecidedFinding>>,
    },
}

impl Seed {
    /// All ways in which `later` differs from this one. Open measures follow from findings and are not told apart.
    #[must_use]
    pub fn changes(&self, later: &Self) -> Vec<SeedChange> {
        let mut changes: Vec<SeedChange> = differences(&self.targets, &later.targets)
            .map(|(name, before, after)| SeedChange::Target {
                name,
                before: before.map(Box::new),
                after: after.map(Box::new),
            })
            .collect();
        let released = differences(&self.released, &later.released);
        changes.extend(released.map(|(line, before, after)| SeedChange::Released { line, before, after }));
        for (number, index) in (1_u32..).zip(0..self.findings.len().max(later.findings.len())) {
            let (before, after) = (self.findings.get(index), later.findings.get(index));
            if before != after {
                let boxed = |finding: Option<&DecidedFinding>| finding.cloned().map(Box::new);
                let (before, after) = (boxed(before), boxed(after));
                changes.push(SeedChange::Finding { number, before, after });
            }
        }
        changes
    }
}

/// What differs between two maps, by key.
fn differences<'a, V: Clone + PartialEq>(
    before: &'a BTreeMap<String, V>,
    after: &'a BTreeMap<String, V>,
) -> impl Iterator<Item = (String, Option<V>, Option<V>)> + 'a {
    let came = after.keys().filter(|key| !before.contains_key(*key));
    before.keys().chain(came).filter_map(|key| {
        let (old, new) = (before.get(key), after.get(key));
        (old != new).then(|| (key.clone(), old.cloned(), new.cloned()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::string::ToString;

    fn finding(actual: &str) -> DecidedFinding {
        let finding = Finding::new("conversion", "at least 2 %".parse().unwrap(), actual.parse().unwrap());
        DecidedFinding { finding: finding.unwrap(), decision: None }
    }

    fn carried(target: &str, actual: Option<&str>) -> CarriedTarget {
        let actual = actual.map(|actual| Actual::Measured(actual.parse().unwrap()));
        CarriedTarget { target: target.parse().unwrap(), actual }
    }

    fn seed() -> Seed {
        Seed {
            cycle: CycleId::new("2026-Q2").unwrap(),
            period: "2026-Q2".parse().unwrap(),
            open_measures: Vec::new(),
            targets: [("conversion".into(), carried("at least 2 %", None))].into(),
            released: [("search".into(), Money::parse("5 CNY").unwrap())].into(),
            findings: alloc::vec![finding("1 %")],
        }
    }

    #[test]
    fn a_seed_differs_in_nothing_from_itself() {
        assert_eq!(seed().changes(&seed()), []);
    }

    #[test]
    fn what_changed_came_or_went_is_told_with_both_sides() {
        let (before, mut after) = (seed(), seed());
        after.targets.insert("conversion".into(), carried("at least 2 %", Some("1 %")));
        after.targets.insert("cost".into(), carried("at most 80 CNY, linear", None));
        after.released = [("social".into(), Money::parse("4 CNY").unwrap())].into();
        let measure = Countermeasure {
            measure: "narrow the audience".into(),
            owner: "Lin".into(),
            due: date(2026, 8, 1).unwrap(),
        };
        after.findings = alloc::vec![finding("1 %"), finding("1.5 %")];
        after.findings[0].decision = Some(FindingDecision::Accepted(measure));
        let target = |name: &str| [&before, &after].map(|seed| seed.targets.get(name).cloned().map(Box::new));
        let released = |line: &str| (before.released.get(line).copied(), after.released.get(line).copied());
        let found = |index| {
            let of = |seed: &Seed| seed.findings.get(index).cloned().map(Box::new);
            (of(&before), of(&after))
        };
        let mut expected = Vec::new();
        for name in ["conversion", "cost"] {
            let [before, after] = target(name);
            expected.push(SeedChange::Target { name: name.into(), before, after });
        }
        for line in ["search", "social"] {
            let (before, after) = released(line);
            expected.push(SeedChange::Released { line: line.into(), before, after });
        }
        for (number, index) in [(1, 0), (2, 1)] {
            let (before, after) = found(index);
            expected.push(SeedChange::Finding { number, before, after });
        }
        assert_eq!(before.changes(&after), expected);
        assert!(matches!(expected[1], SeedChange::Target { before: None, after: Some(_), .. }));
        assert!(matches!(expected[2], SeedChange::Released { before: Some(_), after: None, .. }));
        assert!(matches!(expected[5], SeedChange::Finding { before: None, after: Some(_), .. }));
        assert_eq!(after.changes(&before).len(), 6);
    }

    #[test]
    fn an_actual_is_its_value_or_why_there_is_none() {
        let measured = Actual::Measured("1.5 %".parse().unwrap());
        let unmeasured = Actual::Unmeasured("the tracking was down".into());
        assert_eq!(
            [measured.to_string(), unmeasured.to_string()],
            ["1.5 %", "unmeasured: the tracking was down"]
        );
        assert_eq!((measured.measured().is_some(), unmeasured.measured()), (true, None));
    }
}
