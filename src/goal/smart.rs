//! Whether a goal is specific, measurable, achievable, relevant and time-bound (Doran, 1981): all gaps at once.

use super::GoalError;
use crate::error::{Path, Problems};
use crate::figure::{Figure, Table, distinct};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Quantity, Ratio, Unit};
use crate::target::{ActualValue, Goal as Aim, Target};
use crate::time::Period;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A goal as stated, or a key result of a [`Cascade`](super::Cascade). Only the metric is required.
///
/// ```
/// # use marketloop::goal::GoalStatement;
/// let json = r#"{"metric":"repurchase rate","target":"at least 15 %","period":"2026-08"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<GoalStatement>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[doc(alias("SMART", "OKR", "KR", "关键结果"))]
pub struct GoalStatement {
    /// The metric's name.
    pub metric: String,
    /// Where the metric stands now.
    pub baseline: Option<Quantity>,
    /// What is to be reached.
    pub target: Option<Target>,
    /// When it is to be reached.
    pub period: Option<Period>,
    /// Who answers for it.
    pub owner: Option<String>,
}

wire_fields!(GoalStatement {
    metric,
    baseline: optional,
    target: optional,
    period: optional,
    owner: optional
});

/// The past values of a metric and the benchmark of its field: the evidence for what is achievable.
///
/// ```
/// # use marketloop::goal::MetricRecord;
/// let json = r#"{"name":"repurchase rate","unit":"%","history":[{"value":"12","unit":"%"}]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<MetricRecord>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricRecord {
    /// The metric's name, by which a goal names it.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// Its values in past periods of the goal's length, oldest first, in its unit.
    pub history: Vec<Quantity>,
    /// The benchmark: the value that the best of the field reach, in its unit.
    pub benchmark: Option<Quantity>,
}

wire_fields!(MetricRecord { name, unit, history: default, benchmark: optional });

impl GoalStatement {
    /// A row for each goal with its target, its period, its baseline and its owner, of which any may be missing.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::GoalStatement;
    ///
    /// let cost = GoalStatement {
    ///     metric: "acquisition cost".into(),
    ///     target: Some("at most 80 CNY/customer, inverse".parse()?),
    ///     period: Some("2026-07".parse()?),
    ///     baseline: Some("95 CNY/customer".parse()?),
    ///     ..GoalStatement::default()
    /// };
    /// let table = GoalStatement::table(&[cost]);
    /// assert_eq!(table.get("acquisition cost", "due in").and_then(|cell| cell.value.as_deref()), Some("2026-07"));
    /// assert_eq!(table.get("acquisition cost", "owner").map(|cell| cell.why.as_str()), Some("missing: owner"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(goals: &[Self]) -> Table {
        let mut table = Table::new("metric");
        let names = distinct(goals.iter().map(|goal| goal.metric.as_str()));
        for (name, goal) in names.iter().zip(goals) {
            let or = |value: Option<String>, what: &'static str| {
                value.map_or_else(|| Figure::missing(what), Figure::Known)
            };
            table.push(
                name,
                "target",
                or(goal.target.as_ref().map(|target| format!("{target:#}")), "target"),
            );
            table.push(name, "due in", or(goal.period.map(|period| period.to_string()), "period"));
            match &goal.baseline {
                Some(baseline) => table.push(name, "baseline", baseline),
                None => table.push(name, "baseline", Figure::<&str>::missing("baseline")),
            }
            table.push(name, "owner", or(goal.owner.clone(), "owner"));
        }
        table
    }

    /// Checks that the goal is SMART: every gap at once, each with its place, such as `target` or `owner`.
    ///
    /// `known` are the metrics that the goal is measured by. What is wrong with one of them stands at `known[0]`.
    ///
    /// # Errors
    /// Not specific: [`GoalError::UnknownMetric`]. Not measurable: [`GoalError::NoTarget`],
    /// [`GoalError::NoBaseline`], [`GoalError::WrongUnit`]. Not shown to be achievable: [`GoalError::NoEvidence`],
    /// [`GoalError::BeyondHistory`], [`GoalError::BeyondLargestStep`], [`GoalError::BeyondBenchmark`]. Not relevant:
    /// [`GoalError::ReachedAlready`]. Not time-bound: [`GoalError::NoPeriod`]. And [`GoalError::NoOwner`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::{GoalStatement, MetricRecord};
    ///
    /// let known = [MetricRecord {
    ///     name: "repurchase rate".into(),
    ///     unit: "%".parse()?,
    ///     history: vec!["12 %".parse()?, "13 %".parse()?],
    ///     benchmark: Some("25 %".parse()?),
    /// }];
    /// let goal = GoalStatement {
    ///     metric: "repurchase rate".into(),
    ///     baseline: Some("13 %".parse()?),
    ///     target: Some("at least 30 %".parse()?),
    ///     ..GoalStatement::default()
    /// };
    /// assert_eq!(
    ///     goal.check(&known).unwrap_err().to_string(),
    ///     "4 problems\n  \
    ///      target: achievable: asks for a relative change of 130.77%, the largest so far was 8.33%\n  \
    ///      target: achievable: beyond the benchmark of 25 %\n  \
    ///      period: time-bound: no period\n  \
    ///      owner: no owner"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn check(&self, known: &[MetricRecord]) -> Result<(), Problems<GoalError>> {
        let mut problems = Problems::new();
        let at = |name| Path::root().field(name);
        let record = known.iter().enumerate().find(|(_, record)| record.name == self.metric);
        if record.is_none() {
            problems.push(at("metric"), GoalError::UnknownMetric { metric: self.metric.clone() });
        }
        if self.target.is_none() {
            problems.push(at("target"), GoalError::NoTarget);
        }
        if self.baseline.is_none() {
            problems.push(at("baseline"), GoalError::NoBaseline);
        }
        if let (Some((index, record)), Some(target)) = (record, &self.target) {
            self.weigh(&Path::root().field("known").index(index), record, target, &mut problems);
        }
        if self.period.is_none() {
            problems.push(at("period"), GoalError::NoPeriod);
        }
        if self.owner.as_ref().is_none_or(|owner| owner.trim().is_empty()) {
            problems.push(at("owner"), GoalError::NoOwner);
        }
        problems.into_result(())
    }

    /// The units, and whether the target can be reached from the baseline.
    fn weigh(
        &self,
        known: &Path,
        record: &MetricRecord,
        target: &Target,
        problems: &mut Problems<GoalError>,
    ) {
        let before = problems.len();
        let mut in_unit = |path: Path, value: &'static str, quantity: &Quantity| {
            let converted = quantity.to(&record.unit).ok().map(|converted| converted.value());
            if converted.is_none() {
                let (unit, expected) = (quantity.unit().clone(), record.unit.clone());
                problems.push(path, GoalError::WrongUnit { value, unit, expected });
            }
            converted
        };
        let at = |name| Path::root().field(name);
        let baseline =
            self.baseline.as_ref().and_then(|baseline| in_unit(at("baseline"), "baseline", baseline));
        let history = record.history.iter().enumerate();
        let history: Vec<Decimal> = history
            .filter_map(|(index, value)| in_unit(known.field("history").index(index), "history", value))
            .collect();
        let benchmark = record.benchmark.as_ref();
        let benchmark =
            benchmark.and_then(|benchmark| in_unit(known.field("benchmark"), "benchmark", benchmark));
        // Of a range that end counts which is next to the baseline: both have to be in the range's unit.
        let start = self.baseline.as_ref().and_then(|baseline| baseline.to(target.unit()).ok());
        let goal = aim(target, start.map(|start| start.value()));
        let goal = in_unit(at("target"), "target", &Quantity::new(goal, target.unit().clone()));
        let (Some(goal), Some(baseline)) = (goal, baseline) else { return };
        // Numbers in different units say nothing of one another.
        if problems.len() > before {
            return;
        }
        // Asked in the target's own unit, in which its ends are exact.
        let reached = Quantity::new(baseline, record.unit.clone()).to(target.unit());
        if reached.is_ok_and(|baseline| target.is_met(baseline.value())) {
            problems.push(at("target"), GoalError::ReachedAlready);
            return;
        }
        // From the numbers, not from the metric's better direction: a range is aimed at from either side.
        let up = goal > baseline;
        let steps = history.iter().copied().zip(history.iter().skip(1).copied());
        // Only steps the same way show that what is asked for can be done.
        let steps: Vec<Step> = steps.filter(|(from, to)| if up { to > from } else { to < from }).collect();
        // One fault of the two: a history that shows less than is asked for is evidence, though against it.
        match beyond(&steps, (baseline, goal), &record.unit) {
            Some(error) => problems.push(at("target"), error),
            None if steps.is_empty() && benchmark.is_none() => {
                problems.push(at("target"), GoalError::NoEvidence);
            }
            None => {}
        }
        if let Some(limit) = benchmark
            && ((up && goal > limit) || (!up && goal < limit))
        {
            let benchmark = Quantity::new(limit, record.unit.clone());
            problems.push(at("target"), GoalError::BeyondBenchmark { benchmark });
        }
    }
}

/// The value that a target asks for: of a range the end next to the baseline.
fn aim(target: &Target, baseline: Option<Decimal>) -> Decimal {
    match target.goal() {
        Aim::AtLeast(value) | Aim::AtMost(value, _) => value,
        Aim::Between { high, .. } if baseline.is_some_and(|baseline| baseline > high) => high,
        Aim::Between { low, .. } => low,
    }
}

/// A value and the one that came after it.
type Step = (Decimal, Decimal);

fn difference((from, to): Step) -> Option<Ratio> {
    Ratio::from(to).minus(from.into()).ok()
}

/// The relative change; `None` from 0.
fn relative(step: Step) -> Option<Ratio> {
    difference(step)?.divided_by(step.0.abs().into()).ok()
}

fn size(change: &Ratio) -> Ratio {
    if change.is_negative() { change.negated() } else { *change }
}

/// The error of a change that no past step of the same direction was as large as.
///
/// Steps are compared as shares of what they start from, and where one starts from 0 as differences: what was
/// measured is evidence, though nothing is a share of 0.
fn beyond(steps: &[Step], asked: Step, unit: &Unit) -> Option<GoalError> {
    let shows = |step: &Step| {
        // A step from 0 has no relative size: only then are the differences compared.
        let pair = relative(*step).zip(relative(asked)).or_else(|| difference(*step).zip(difference(asked)));
        pair.is_some_and(|(own, asked)| size(&own) >= size(&asked))
    };
    if steps.iter().any(shows) {
        return None;
    }
    let largest = |of: fn(Step) -> Option<Ratio>| steps.iter().filter_map(|step| of(*step)).max_by_key(size);
    if let (Some(asked), Some(best)) = (relative(asked), largest(relative)) {
        return Some(GoalError::BeyondHistory { asked, best });
    }
    let absolute = |change| Box::new(ActualValue::difference(change, unit));
    let (asked, best) = (absolute(difference(asked)?), absolute(largest(difference)?));
    Some(GoalError::BeyondLargestStep { asked, best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn record(history: &[&str], benchmark: Option<&str>) -> MetricRecord {
        MetricRecord {
            name: "cost".into(),
            unit: "CNY/customer".parse().unwrap(),
            history: history.iter().map(|value| value.parse().unwrap()).collect(),
            benchmark: benchmark.map(|value| value.parse().unwrap()),
        }
    }

    fn goal(baseline: &str, target: &str) -> GoalStatement {
        GoalStatement {
            metric: "cost".into(),
            baseline: Some(baseline.parse().unwrap()),
            target: Some(target.parse().unwrap()),
            period: Some("2026-Q3".parse().unwrap()),
            owner: Some("growth".into()),
        }
    }

    fn gaps(goal: &GoalStatement, record: MetricRecord) -> Vec<String> {
        let problems = goal.check(&[record]).err().unwrap_or_default();
        problems.iter().map(|problem| problem.error.to_string()).collect()
    }

    #[test]
    fn a_smart_goal_has_no_gaps() {
        let asked = goal("100 CNY/customer", "at most 80 CNY/customer, inverse");
        assert!(gaps(&asked, record(&["150 CNY/customer", "100 CNY/customer"], None)).is_empty());
        assert!(gaps(&asked, record(&[], Some("70 CNY/customer"))).is_empty());
    }

    #[test]
    fn falling_goals_are_measured_downward() {
        let asked = goal("100 CNY/customer", "at most 80 CNY/customer, inverse");
        let slow = record(&["110 CNY/customer", "100 CNY/customer"], Some("85 CNY/customer"));
        assert_eq!(
            gaps(&asked, slow),
            [
                "achievable: asks for a relative change of -20%, the largest so far was -9.09%",
                "achievable: beyond the benchmark of 85 CNY/customer"
            ]
        );
        let reached = goal("70 CNY/customer", "at most 80 CNY/customer, inverse");
        assert_eq!(gaps(&reached, record(&[], None)), ["relevant: the baseline reaches the target already"]);
    }

    /// N2: a measured 0 is a value: what rose from it, or is to rise from it, is compared by differences, and is
    /// never told as without evidence.
    #[test]
    fn a_measured_zero_is_evidence() {
        let of = |baseline: i64, goal: i64, history: &[i64]| {
            let value = |value: &i64| alloc::format!("{value} CNY/customer");
            let history: Vec<String> = history.iter().map(value).collect();
            let history: Vec<&str> = history.iter().map(String::as_str).collect();
            let asked = self::goal(&value(&baseline), &alloc::format!("at least {}", value(&goal)));
            gaps(&asked, record(&history, None))
        };
        let mut seen = [0; 3];
        for baseline in [-4, 0, 4] {
            for last in [-4, 0, 4] {
                for rise in 1..9 {
                    for asked in 1..9 {
                        let gaps = of(baseline, baseline + asked, &[last, last + rise]);
                        // Shares of what both start from, or differences where one starts from 0.
                        let beyond = if baseline == 0 || last == 0 {
                            asked > rise
                        } else {
                            asked * last.abs() > rise * baseline.abs()
                        };
                        assert_eq!(
                            gaps.len(),
                            usize::from(beyond),
                            "{baseline} {asked} {last} {rise}: {gaps:?}"
                        );
                        assert!(gaps.iter().all(|gap| gap.contains("the largest so far was")), "{gaps:?}");
                        seen[usize::from(beyond) + usize::from(beyond && baseline == 0)] += 1;
                    }
                }
            }
        }
        assert_eq!(seen.iter().sum::<usize>(), 9 * 64);
        assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
        // Of a rise from 0 and one of 10 % the former shows what the latter does not.
        assert!(of(55, 100, &[0, 50, 55]).is_empty());
        assert_eq!(of(55, 106, &[0, 50, 55]).len(), 1);
        assert_eq!(of(0, 90, &[]), ["achievable: neither a history nor a benchmark shows it"]);
    }

    /// A range whose unit is a power of ten of the metric's is aimed at from its own side.
    #[test]
    fn a_range_is_aimed_at_in_its_own_unit() {
        let asked = GoalStatement {
            baseline: Some("10 %".parse().unwrap()),
            target: Some("between 0.2 and 0.8, linear".parse().unwrap()),
            ..goal("1 CNY/customer", "at least 1 CNY/customer")
        };
        let record = MetricRecord {
            unit: "%".parse().unwrap(),
            history: ["10 %", "20 %"].map(|value| value.parse().unwrap()).to_vec(),
            ..record(&[], None)
        };
        assert!(gaps(&asked, record).is_empty());
    }

    #[test]
    fn everything_that_is_missing_is_told() {
        let nothing = GoalStatement { metric: "buzz".into(), ..GoalStatement::default() };
        let all = [
            "specific: no metric `buzz` is known",
            "measurable: no target",
            "measurable: no baseline",
            "time-bound: no period",
            "no owner",
        ];
        assert_eq!(gaps(&nothing, record(&[], None)), all);
        let wrong = goal("100 CNY", "at most 80 %, linear");
        assert_eq!(
            gaps(&wrong, record(&[], None)),
            [
                "measurable: the baseline is in CNY, the metric in CNY/customer",
                "measurable: the target is in %, the metric in CNY/customer"
            ]
        );
        let zero = goal("0 CNY/customer", "at least 90 CNY/customer");
        let risen = record(&["10 CNY/customer", "11 CNY/customer"], None);
        let unproven = ["achievable: neither a history nor a benchmark shows it"];
        let absolute =
            "achievable: asks for a change of 90 CNY/customer, the largest so far was 1 CNY/customer";
        assert_eq!(gaps(&zero, risen.clone()), [absolute]);
        assert_eq!(gaps(&goal("100 CNY/customer", "at most 80 CNY/customer, inverse"), risen), unproven);
        let bare = goal("100 CNY/customer", "between 60 and 80 CNY/customer, linear");
        assert_eq!(
            gaps(&bare, record(&["1 CNY/customer"], None)),
            ["achievable: neither a history nor a benchmark shows it"]
        );
    }
}
