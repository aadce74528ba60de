//! What a cycle hands on to the next: open countermeasures, targets with their actual values, released money,
//! findings.

use super::wire::Actuals;
use super::{CycleId, FindingId};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::Money;
use crate::quantity::wire::{wire_fields, wire_variants};
use crate::review::Finding;
use crate::target::{Achievement, ActualValue, Target};
use crate::time::{NaiveDate, Period};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The decision on a finding: a countermeasure, or the reason for none.
///
/// # Examples
/// ```
/// use marketloop::pdca::FindingDecision;
///
/// let text = r#"{"accepted":{"measure":"narrow the audience","owner":"Lin","due":"2026-10-31"}}"#;
/// let decision: FindingDecision = serde_json::from_str(text)?;
/// assert_eq!(decision.to_string(), "narrow the audience, Lin, until 2026-10-31");
/// assert_eq!(FindingDecision::Rejected("too dear".into()).to_string(), "rejected: too dear");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FindingDecision {
    /// A countermeasure is taken.
    Accepted {
        /// What is done.
        measure: String,
        /// Who answers for it.
        owner: String,
        /// Until when.
        due: NaiveDate,
    },
    /// Nothing is done, for this reason.
    Rejected(String),
}

wire_variants!(FindingDecision {
    "accepted" => Accepted { measure, owner, due: own },
    "rejected" => Rejected(_),
});

impl fmt::Display for FindingDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { measure, owner, due } => write!(f, "{measure}, {owner}, until {due}"),
            Self::Rejected(reason) => write!(f, "rejected: {reason}"),
        }
    }
}

/// A finding with the decision on it.
///
/// ```
/// # use marketloop::pdca::DecidedFinding;
/// let json = r#"{
///   "finding": {"metric": "conversion", "target": "at least 2 %", "actual": {"value": "1.5", "unit": "%"}},
///   "decision": {"accepted": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}}
/// }"#;
/// let read: DecidedFinding = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<DecidedFinding>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DecidedFinding {
    /// The finding.
    pub finding: Finding,
    /// The decision; `None` if it is undecided.
    pub decision: Option<FindingDecision>,
}

wire_fields!(DecidedFinding { finding, decision: optional });

impl fmt::Display for DecidedFinding {
    /// `conversion: 1.5 % against at least 2 %; undecided`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { finding, decision } = self;
        let (metric, target) = (finding.metric(), finding.target());
        match finding.actual() {
            Figure::Known(actual) => write!(f, "{metric}: {actual:#} against {target:#}; ")?,
            unknown => write!(f, "{metric}: {} against {target:#}; ", unknown.map(|_| ""))?,
        }
        match decision {
            Some(decision) => decision.fmt(f),
            None => f.write_str("undecided"),
        }
    }
}

impl DecidedFinding {
    /// The findings as rows: target, actual value and decision.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::DecidedFinding;
    /// use marketloop::review::Finding;
    ///
    /// let finding = Finding::new("conversion", "at least 2 %".parse()?, "1.5 %".parse()?)?;
    /// let table = DecidedFinding::table(&[DecidedFinding { finding, decision: None }]);
    /// assert_eq!(table.get("1", "metric").and_then(|cell| cell.value.as_deref()), Some("conversion"));
    /// assert_eq!(table.get("1", "decision").map(|cell| cell.why.as_str()), Some("undecided"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(findings: &[Self]) -> Table {
        let mut table = Table::new("finding");
        for (number, Self { finding, decision }) in (1_u32..).zip(findings) {
            table.push(number, "metric", finding.metric());
            table.push(number, "target", Cell::new(format_args!("{:#}", finding.target()), ""));
            table.push(
                number,
                "actual",
                match finding.actual() {
                    Figure::Known(actual) => Cell::new(format_args!("{actual:#}"), ""),
                    unknown => Cell::from(unknown),
                },
            );
            table.push(
                number,
                "decision",
                match decision {
                    Some(decision) => Cell::new(decision, ""),
                    // An empty cell with a reason: the bare word would read like a decision.
                    None => Cell::default().because("undecided"),
                },
            );
        }
        table
    }
}

/// A countermeasure that is not done yet, with the finding that it answers.
///
/// ```
/// # use marketloop::pdca::Countermeasure;
/// let json = r#"{
///   "finding": {"cycle": "2026-Q2", "number": 1},
///   "metric": "conversion",
///   "measure": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}
/// }"#;
/// let read: Countermeasure = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Countermeasure>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "OnWire", into = "OnWire")]
pub struct Countermeasure {
    /// The finding it answers.
    pub finding: FindingId,
    /// The finding's metric.
    pub metric: String,
    /// What is done.
    pub measure: String,
    /// Who answers for it.
    pub owner: String,
    /// Until when.
    pub due: NaiveDate,
}

impl fmt::Display for Countermeasure {
    /// `2026-Q2#1 conversion: narrow the audience, Lin, until 2026-10-31`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { finding, metric, measure, owner, due } = self;
        write!(f, "{finding} {metric}: {measure}, {owner}, until {due}")
    }
}

/// A countermeasure as stored logs have it: its own fields one level down.
struct OnWire {
    finding: FindingId,
    metric: String,
    measure: Taken,
}

wire_fields!("Countermeasure", OnWire { finding, metric, measure });

struct Taken {
    measure: String,
    owner: String,
    due: NaiveDate,
}

wire_fields!(Taken { measure, owner, due: own });

impl From<OnWire> for Countermeasure {
    fn from(OnWire { finding, metric, measure: Taken { measure, owner, due } }: OnWire) -> Self {
        Self { finding, metric, measure, owner, due }
    }
}

impl From<Countermeasure> for OnWire {
    fn from(Countermeasure { finding, metric, measure, owner, due }: Countermeasure) -> Self {
        Self { finding, metric, measure: Taken { measure, owner, due } }
    }
}

/// A target with its actual value in one cycle.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::pdca::TargetOutcome;
///
/// let actual = Some(Figure::Known("3 %".parse()?));
/// let outcome = TargetOutcome { target: "at least 4 %".parse()?, actual };
/// assert_eq!(outcome.to_string(), "3 % against at least 4 % (75%)");
/// let unknown = TargetOutcome { actual: None, ..outcome };
/// assert!(unknown.achievement().is_missing());
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::pdca::TargetOutcome;
/// let json = r#"{"target":"at least 2 %","actual":{"measured":{"value":"1.5","unit":"%"}}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<TargetOutcome>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TargetOutcome {
    /// The target.
    pub target: Target,
    /// The actual value, unrounded: as a KPI tree implies it ([`Evaluation::actual`](crate::kpi::Evaluation::actual)), or
    /// as it was typed; missing with the reason for having none. `None` if nothing is recorded yet.
    pub actual: Option<Figure<ActualValue>>,
}

wire_fields!(TargetOutcome { target, actual: optional(with(Actuals)) });

impl TargetOutcome {
    /// The attainment or, if that is undefined, whether the target is met. Missing without a measured value, with the
    /// reason that was given.
    #[must_use]
    pub fn achievement(&self) -> Figure<Achievement> {
        let actual = self.actual.as_ref().map_or(Figure::missing("actual value"), Figure::as_ref);
        actual.and_then(|value| match self.target.achievement_of(value) {
            Ok(achievement) => Figure::Known(achievement),
            // A guard keeps a value of another unit out of a log.
            Err(_) => {
                Figure::undefined("achievement", Cause::Inconsistent("the units of target and value".into()))
            }
        })
    }
}

impl fmt::Display for TargetOutcome {
    /// `3 % against at least 4 % (75%)`, or `at least 4 % (missing: actual value)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(value) = self.actual.as_ref().and_then(|actual| actual.as_ref().known()) {
            write!(f, "{value:#} against ")?;
        }
        write!(f, "{:#} ({})", self.target, self.achievement())
    }
}

/// What a cycle hands on to the next: open countermeasures, targets with their actual values, released money, findings.
///
/// ```
/// # use marketloop::pdca::Seed;
/// let json = r#"{
///   "cycle": "2026-Q2",
///   "period": "2026-Q2",
///   "open_measures": [
///     {
///       "finding": {"cycle": "2026-Q2", "number": 1},
///       "metric": "conversion",
///       "measure": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}
///     }
///   ],
///   "targets": {
///     "conversion": {"target": "at least 2 %", "actual": {"measured": {"value": "1.5", "unit": "%"}}},
///     "cost": {"target": "at most 80 CNY/order, inverse"},
///     "orders": {"target": "at least 500 order", "actual": {"unmeasured": "no tracking"}}
///   },
///   "released": {"search": {"amount": "5.00", "currency": "CNY"}},
///   "findings": [
///     {
///       "finding": {
///         "metric": "conversion",
///         "target": "at least 2 %",
///         "actual": {"value": "1.5", "unit": "%"}
///       },
///       "decision": {"accepted": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}}
///     },
///     {
///       "finding": {
///         "metric": "conversion",
///         "target": "at least 2 %",
///         "actual": {"value": "1.5", "unit": "%"}
///       },
///       "decision": {"rejected": "too dear"}
///     },
///     {
///       "finding": {
///         "metric": "conversion",
///         "target": "at least 2 %",
///         "actual": {"value": "1.5", "unit": "%"}
///       }
///     }
///   ]
/// }"#;
/// let read: Seed = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Seed>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Seed {
    /// The cycle that it comes from.
    pub cycle: CycleId,
    /// That cycle's period.
    pub period: Period,
    /// The countermeasures that are not done yet, also those that the cycle inherited.
    pub open_measures: Vec<Countermeasure>,
    /// The targets by name.
    pub targets: BTreeMap<String, TargetOutcome>,
    /// The money that was released for the next cycle, by the line that it is meant for.
    pub released: BTreeMap<String, Money>,
    /// The findings in order.
    pub findings: Vec<DecidedFinding>,
}

wire_fields!(Seed { cycle, period, open_measures, targets: map, released: map, findings });

impl Seed {
    /// A table of what differs in `later`: a row for each target, line of released money and finding that changed, came or went,
    /// with its text before and after. Open countermeasures follow from findings and have no rows.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::Seed;
    ///
    /// let seed: Seed = serde_json::from_str(
    ///     r#"{"cycle":"2026-Q2","period":"2026-Q2","open_measures":[],"findings":[],
    ///         "targets":{"orders":{"target":"at least 500"}},"released":{}}"#,
    /// )?;
    /// let mut later = seed.clone();
    /// later.released.insert("search".into(), "5 CNY".parse()?);
    /// assert_eq!(seed.changes(&later).names(), ["released search"]);
    /// assert!(seed.changes(&seed).names().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn changes(&self, later: &Self) -> Table {
        let mut table = Table::new("changed");
        differences(&mut table, "target", &self.targets, &later.targets);
        differences(&mut table, "released", &self.released, &later.released);
        // By place: a finding has no name of its own, and none is ever taken away.
        for (number, index) in (1_u32..).zip(0..self.findings.len().max(later.findings.len())) {
            let (before, after) = (self.findings.get(index), later.findings.get(index));
            if before != after {
                difference(&mut table, &format!("finding {number}"), before, after);
            }
        }
        table
    }
}

/// The rows of what differs between two maps, by key.
fn differences<V: fmt::Display + PartialEq>(
    table: &mut Table,
    what: &str,
    before: &BTreeMap<String, V>,
    after: &BTreeMap<String, V>,
) {
    // What stayed or went stands first, in its order; what came stands behind.
    let came = after.keys().filter(|key| !before.contains_key(*key));
    for key in before.keys().chain(came) {
        let (old, new) = (before.get(key), after.get(key));
        if old != new {
            difference(table, &format!("{what} {key}"), old, new);
        }
    }
}

fn difference<V: fmt::Display>(table: &mut Table, name: &str, before: Option<&V>, after: Option<&V>) {
    for (column, value) in [("before", before), ("after", after)] {
        table.push(name, column, value.map(|value| Cell::new(value, "")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;

    fn finding(actual: &str) -> DecidedFinding {
        let finding = Finding::new("conversion", "at least 2 %".parse().unwrap(), actual.parse().unwrap());
        DecidedFinding { finding: finding.unwrap(), decision: None }
    }

    fn carried(target: &str, actual: Option<&str>) -> TargetOutcome {
        let actual = actual.map(|actual| Figure::Known(actual.parse().unwrap()));
        TargetOutcome { target: target.parse().unwrap(), actual }
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
        assert_eq!(seed().changes(&seed()), Table::new("changed"));
    }

    #[test]
    fn what_changed_came_or_went_is_told_with_both_sides() {
        let (before, mut after) = (seed(), seed());
        after.targets.insert("conversion".into(), carried("at least 2 %", Some("1 %")));
        after.targets.insert("cost".into(), carried("at most 80 CNY, linear", None));
        after.released = [("social".into(), Money::parse("4 CNY").unwrap())].into();
        after.findings = alloc::vec![finding("1 %"), finding("1.5 %")];
        after.findings[0].decision = Some(FindingDecision::Accepted {
            measure: "narrow the audience".into(),
            owner: "Lin".into(),
            due: date(2026, 8, 1).unwrap(),
        });
        let table = before.changes(&after);
        let rows: Vec<[Option<&str>; 2]> = table
            .names()
            .iter()
            .map(|name| ["before", "after"].map(|column| table.get(name, column).unwrap().value.as_deref()))
            .collect();
        assert_eq!(
            table.names(),
            [
                "target conversion",
                "target cost",
                "released search",
                "released social",
                "finding 1",
                "finding 2"
            ]
        );
        assert_eq!(
            rows,
            [
                [Some("at least 2 % (missing: actual value)"), Some("1 % against at least 2 % (50%)")],
                [None, Some("at most 80 CNY, linear (missing: actual value)")],
                [Some("5.00 CNY"), None],
                [None, Some("4.00 CNY")],
                [
                    Some("conversion: 1 % against at least 2 %; undecided"),
                    Some("conversion: 1 % against at least 2 %; narrow the audience, Lin, until 2026-08-01"),
                ],
                [None, Some("conversion: 1.5 % against at least 2 %; undecided")],
            ]
        );
        assert_eq!(after.changes(&before).names().len(), 6);
    }
}
