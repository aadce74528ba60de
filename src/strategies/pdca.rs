//! Plans of cycles, stage tables and seeds.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::{deadlines, networks, strategy, work_plans};
use crate::error::{ErrorKind, Path};
use crate::figure::Figure;
use crate::pdca::{
    Countermeasure, CycleId, CyclePlan, CyclePlanDraft, DecidedFinding, FindingId, Seed, Stage, StageTable,
    TargetOutcome,
};
use crate::quantity::{Currency, Money, Unit};
use crate::review::Finding;
use crate::target::{ActualValue, LowerRule, Target};
use crate::time::{NaiveDate, add_days, date};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Stage tables: the quarterly one and that of the documents, with up to two other deadlines.
///
/// Mean size 1.0 other deadlines; 29 % are edges: a preset as it is.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_back_what_it_writes;
/// use marketloop::strategies::stage_tables;
/// use proptest::prelude::*;
///
/// proptest!(|(table in stage_tables())| reads_back_what_it_writes(&table)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn stage_tables() -> impl Strategy<Value = StageTable> + Clone {
    let others = vec((select(Stage::ALL.to_vec()), deadlines()), 0..3);
    (proptest::bool::ANY, others).prop_filter_map("a stage table", |(of_documents, others)| {
        let preset = if of_documents { StageTable::documents() } else { StageTable::quarterly() };
        Some(others.into_iter().fold(preset.ok()?, |table, (stage, due)| table.with_due(stage, due)))
    })
}

/// Plans of a quarter of 2026, with 1 to 5 targets, up to 5 lines whose amounts add up to the total, and 1 to 3 who sign.
///
/// Mean size 5.5 targets and lines; 60 % are edges: one target, no line, a line of 0, a total of 0.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::cycle_plans;
/// use proptest::prelude::*;
///
/// proptest!(|(plan in cycle_plans().with_lines(1..9))| {
///     laws::splits_add_up(&plan.total(), plan.lines().values())?;
/// });
/// ```
pub fn cycle_plans() -> CyclePlans {
    CyclePlans { targets: (1..6).into(), lines: (0..6).into(), work: false }
}

/// How plans of cycles are made; see [`cycle_plans`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct CyclePlans {
    targets: SizeRange,
    lines: SizeRange,
    work: bool,
}

impl CyclePlans {
    /// Plans of so many targets; none counts as one.
    pub fn with_targets(mut self, targets: impl Into<SizeRange>) -> Self {
        self.targets = targets.into();
        self
    }

    /// Plans of so many lines.
    pub fn with_lines(mut self, lines: impl Into<SizeRange>) -> Self {
        self.lines = lines.into();
        self
    }

    /// Half of the plans have tasks, of small [`work_plans`].
    pub const fn with_work(mut self) -> Self {
        self.work = true;
        self
    }

    /// The JSON of a plan's draft with one fault.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.cases().prop_map(CyclePlanDraft::from), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = CyclePlan> + use<> {
        let targets = vec((0_u8..3, 0_u8..100), self.targets.clone());
        let amount = prop_oneof![1 => Just(0_i128), 5 => 0_i128..10_000_000];
        let lines = vec(amount, self.lines.clone());
        let work = work_plans().with_network(networks().with_tasks(1..4)).with_dates().with_progress();
        let work = if self.work { weighted(0.5, work).boxed() } else { Just(None).boxed() };
        (1_u8..=4, 1_usize..=3, targets, lines, stage_tables(), work).prop_filter_map(
            "a plan",
            |(quarter, signatories, targets, lines, stages, work)| {
                let total = Money::from_minor(lines.iter().sum(), Currency::CNY).ok()?;
                let mut draft = CyclePlan::draft(format!("2026-Q{quarter}").parse().ok()?, total, stages);
                for role in ["director", "finance", "audit"].into_iter().take(signatories) {
                    draft = draft.signed_by(role);
                }
                let one = [(0, 0)];
                let targets = if targets.is_empty() { &one[..] } else { &targets };
                for (index, (kind, number)) in targets.iter().enumerate() {
                    draft = draft.target(named(&TARGETS, "target", index), everyday_target(*kind, *number)?);
                }
                for (index, minor) in lines.into_iter().enumerate() {
                    let amount = Money::from_minor(minor, Currency::CNY).ok()?;
                    draft = draft.line(named(&LINES, "line", index), amount);
                }
                if let Some((plan, _)) = work {
                    draft = draft.with_work(plan.into());
                }
                draft.check().ok()
            },
        )
    }
}

strategy!(CyclePlans => CyclePlan);

pub(super) const TARGETS: [&str; 3] = ["conversion", "cost", "orders"];
pub(super) const LINES: [&str; 3] = ["content", "search", "social"];

/// The name at this index, or one with a number.
fn named(names: &[&str], what: &str, index: usize) -> String {
    names.get(index).map_or_else(|| format!("{what} {index}"), ToString::to_string)
}

/// A target as people set it: at least so many percent, at most so much money, so many orders.
pub(super) fn everyday_target(kind: u8, number: u8) -> Option<Target> {
    let number = Decimal::from(number);
    match kind {
        0 => Some(Target::at_least(number, Unit::PERCENT)),
        1 => Some(Target::at_most(number, LowerRule::Inverse, "CNY".parse().ok()?)),
        _ => {
            let high = number.checked_add(Decimal::TEN)?;
            Target::between(number, high, LowerRule::Linear, "order".parse().ok()?).ok()
        }
    }
}

pub(super) fn first_day() -> Option<NaiveDate> {
    date(2026, 7, 1).ok()
}

pub(super) fn day(number: u8) -> Option<NaiveDate> {
    add_days(first_day()?, number.into()).ok()
}

pub(super) fn yuan(minor: i128) -> Option<Money> {
    Money::from_minor(minor, Currency::CNY).ok()
}

/// What a cycle of this period hands on: up to two open measures, a released line, and a finding without a decision.
pub(super) fn seed(cycle: &str, period: &str, [due, open, released]: [u8; 3]) -> Option<Seed> {
    let cycle = CycleId::new(cycle).ok()?;
    let target = everyday_target(0, 2)?;
    let measure = |number| {
        Some(Countermeasure {
            finding: FindingId { cycle: cycle.clone(), number },
            metric: "conversion".into(),
            measure: "narrow the audience".into(),
            owner: "Lin".into(),
            due: day(due)?,
        })
    };
    let open_measures = (1..=u32::from(open % 3)).map(measure).collect::<Option<Vec<_>>>()?;
    let actual = ActualValue::new(Decimal::ONE, Unit::PERCENT);
    let finding = Finding::new("conversion", target.clone(), actual.clone()).ok()?;
    let outcome = TargetOutcome { target, actual: Some(Figure::Known(actual)) };
    Some(Seed {
        period: period.parse().ok()?,
        open_measures,
        targets: [("conversion".to_string(), outcome)].into(),
        released: [("search".to_string(), yuan(released.into())?)].into(),
        findings: alloc::vec![DecidedFinding { finding, decision: None }],
        cycle,
    })
}

/// Seeds that the cycle `2026-Q2` hands on: up to two open countermeasures, what it reached, what it released.
///
/// Mean size 1.0 open measures; 40 % are edges: no open measure, or nothing released.
///
/// # Examples
/// ```
/// use marketloop::figure::Table;
/// use marketloop::strategies::seeds;
/// use proptest::prelude::*;
///
/// proptest!(|(seed in seeds())| prop_assert_eq!(seed.changes(&seed), Table::new("changed")));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn seeds() -> impl Strategy<Value = Seed> + Clone {
    let numbers = (0_u8..=100, 0_u8..3, prop_oneof![1 => Just(0_u8), 8 => 0_u8..=255]);
    numbers
        .prop_filter_map("a seed", |(due, open, released)| seed("2026-Q2", "2026-Q2", [due, open, released]))
}

/// Adds an entry to a map of names.
fn insert(json: &mut Value, map: &str, name: &str, value: Value) -> Option<Path> {
    json.get_mut(map)?.as_object_mut()?.insert(name.into(), value);
    Some(Path::root().field(map))
}

fn amount(amount: &str, currency: &str) -> Value {
    json!({ "amount": amount, "currency": currency })
}

const SPOILS: [Spoil; 9] = [
    Spoil {
        fault: "nobody signs",
        kind: ErrorKind::Empty,
        at: |json, _| {
            *json.get_mut("signatories")? = json!([]);
            Some(Path::root().field("signatories"))
        },
    },
    Spoil {
        fault: "a role that signs twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let roles = json.get_mut("signatories")?.as_array_mut()?;
            let again = roles.get(place.index(roles.len()))?.clone();
            roles.push(again);
            Some(Path::root().field("signatories").index(roles.len().checked_sub(1)?))
        },
    },
    Spoil {
        fault: "a blank role",
        kind: ErrorKind::Empty,
        at: |json, place| {
            let roles = json.get_mut("signatories")?.as_array_mut()?;
            let at = place.index(roles.len());
            *roles.get_mut(at)? = json!(" ");
            Some(Path::root().field("signatories").index(at))
        },
    },
    Spoil {
        fault: "a plan without a target",
        kind: ErrorKind::Empty,
        at: |json, _| {
            *json.get_mut("targets")? = json!({});
            Some(Path::root().field("targets"))
        },
    },
    Spoil {
        fault: "a target with a blank name",
        kind: ErrorKind::Empty,
        at: |json, _| insert(json, "targets", " ", json!("at least 1")),
    },
    Spoil {
        fault: "a line below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, _| {
            // Two lines that add up to nothing: the sum stays that of the total.
            insert(json, "lines", "cover", amount("1.00", "CNY"))?;
            Some(insert(json, "lines", "refund", amount("-1.00", "CNY"))?.key("refund"))
        },
    },
    Spoil {
        fault: "lines that do not add up to the total",
        kind: ErrorKind::Mismatch,
        at: |json, _| insert(json, "lines", "more", amount("0.01", "CNY")),
    },
    Spoil {
        fault: "a line of another currency",
        kind: ErrorKind::Mismatch,
        at: |json, _| insert(json, "lines", "abroad", amount("0.00", "USD")),
    },
    Spoil {
        fault: "work without a task",
        kind: ErrorKind::Empty,
        at: |json, _| {
            let work = json!({ "title": "work", "start": "2026-07-01", "tasks": [] });
            json.as_object_mut()?.insert("work".into(), work);
            Some(Path::root().field("work").field("tasks"))
        },
    },
];
