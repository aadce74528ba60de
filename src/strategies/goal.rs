//! Goals over time: cascades, statements with their evidence, growths, histories of a ratio.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::{strategy, targets};
use crate::error::{ErrorKind, Path};
use crate::figure::Figure;
use crate::goal::{Cascade, CascadeProgress, GoalStatement, Growth, MetricRecord};
use crate::quantity::{Quantity, Unit};
use crate::target::{Better, LowerRule, Target};
use crate::time::{FiscalCalendar, Grain, Period};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::{Index, select};
use rust_decimal::Decimal;
use serde_json::Value;

/// Cascades of a goal over the parts of a month, a quarter, half a year or a year, in any proportion: a part may be 0.
///
/// Mean size 8.5 parts; 52 % are edges: one part, a part of 0, a goal of 0.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::cascades;
/// use proptest::prelude::*;
///
/// proptest!(|(year in cascades().with_key_results())| {
///     laws::cascade_adds_up(year.total(), year.parts().iter().map(|(_, part)| part))?;
///     laws::reads_back_what_it_writes(&year)?;
/// });
/// ```
pub fn cascades() -> Cascades {
    Cascades { key_results: false }
}

/// How cascades are made; see [`cascades`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Cascades {
    key_results: bool,
}

impl Cascades {
    /// Cascades with one to three key results, each due by the end of a part or of the whole.
    pub fn with_key_results(mut self) -> Self {
        self.key_results = true;
        self
    }

    /// The JSON of a cascade with one fault, as [`CascadeDraft::check`](crate::goal::CascadeDraft::check) tells it: no
    /// parts, a part that starts late or ends early, another unit, a wrong sum, a key result without target or period, or
    /// outside the goal's.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::CascadeDraft;
    /// use marketloop::laws;
    /// use marketloop::strategies::cascades;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in cascades().almost_valid())| {
    ///     laws::refuses(&case, serde_json::from_str::<CascadeDraft>(case.json()).unwrap().check())?;
    /// });
    /// ```
    #[must_use = "a strategy does nothing by itself"]
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone().with_key_results(), &CASCADE_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = Cascade> + use<> {
        let period = (2000_i32..2060, 1_u32..=12, 0_u8..8);
        let total = (prop_oneof![9 => 0_i64..10_000_000, 1 => Just(0)], 0_u32..3);
        let unit = select(&["user", "CNY", "m2"][..]);
        let weights = vec(prop_oneof![4 => 0_u32..100, 1 => Just(0)], 1..6);
        let result = (targets(), any::<Index>(), option::of(Just("CRM")));
        let results = if self.key_results { vec(result, 1..4).boxed() } else { Just(Vec::new()).boxed() };
        (period, total, unit, weights, results).prop_filter_map(
            "a cascade",
            |((year, month, kind), (digits, decimals), unit, weights, results)| {
                let (period, grain) = period_and_grain(year, month, kind)?;
                let total = Quantity::new(Decimal::new(digits, decimals), Unit::base(unit).ok()?);
                let parts = match grain {
                    Some(grain) => {
                        let count = period.divide(grain).ok()?.len();
                        // One of them weighs something.
                        let weights = weights.iter().copied().cycle().zip(0_u32..).take(count);
                        let weights =
                            weights.map(|(weight, place)| if place == 0 { weight.max(1) } else { weight });
                        let divided =
                            Cascade::weighted("sales", period, total.clone(), grain, weights, decimals);
                        divided.ok()?.parts().to_vec()
                    }
                    None => Vec::from([(period, total.clone())]),
                };
                let due: Vec<Period> = parts.iter().map(|(part, _)| *part).chain([period]).collect();
                let draft = Cascade::draft("sales", period, total);
                let mut draft =
                    parts.into_iter().fold(draft, |draft, (part, amount)| draft.part(part, amount));
                for ((target, place, owner), number) in results.into_iter().zip(1_u32..) {
                    draft = draft.stated_result(GoalStatement {
                        metric: alloc::format!("result {number}"),
                        baseline: None,
                        target: Some(target),
                        period: due.get(place.index(due.len())).copied(),
                        owner: owner.map(String::from),
                    });
                }
                draft.check().ok()
            },
        )
    }
}

strategy!(Cascades => Cascade);

/// What the parts of a cascade brought so far: some parts are to come, some were not measured, some brought just their
/// target.
///
/// Mean size 7.8 parts; 79 % are edges: no part over, all over, a part that was not measured, a part right at its target.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::strategies::cascade_progress;
/// use proptest::prelude::*;
///
/// proptest!(|(progress in cascade_progress())| {
///     if let (Figure::Known(attained), Figure::Known(to_go)) = (progress.attained(), progress.to_go()) {
///         prop_assert_eq!(&attained.plus(to_go).unwrap(), progress.total());
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn cascade_progress() -> impl Strategy<Value = CascadeProgress> + Clone {
    // In percent of the part's target; none where nobody measured it, or where nothing is said of it.
    let percent = prop_oneof![1 => Just(0_i64), 2 => Just(100), 6 => 0_i64..250];
    let actual = option::weighted(0.9, option::weighted(0.9, percent));
    (cascades(), vec(actual, 1..6), any::<Index>()).prop_filter_map("progress", |(cascade, actuals, over)| {
        let parts = cascade.parts();
        let over = over.index(parts.len().saturating_add(1));
        let mut given = Vec::new();
        for ((period, target), actual) in parts.iter().zip(actuals.iter().cycle()).take(over) {
            let brought = |percent: i64| {
                let value = target.value().checked_mul(Decimal::new(percent, 2))?;
                Some(Quantity::new(value, target.unit().clone()))
            };
            match actual {
                Some(Some(percent)) => given.push((*period, Figure::Known(brought(*percent)?))),
                Some(None) => given.push((*period, Figure::missing("the report"))),
                None => {}
            }
        }
        cascade.against(given).ok()
    })
}

/// A period of one kind, and the grain of its parts; none for one part.
fn period_and_grain(year: i32, month: u32, kind: u8) -> Option<(Period, Option<Grain>)> {
    let calendar = FiscalCalendar::CALENDAR_YEAR;
    let half = month.div_ceil(6);
    Some(match kind {
        0 => (Period::month(year, month).ok()?, None),
        1 => (calendar.half_year(year, half).ok()?, Some(Grain::Quarter)),
        2 => (calendar.quarter(year, month.div_ceil(3)).ok()?, Some(Grain::Month)),
        3 => (calendar.half_year(year, half).ok()?, Some(Grain::Month)),
        4 => (calendar.year(year).ok()?, Some(Grain::Quarter)),
        5 => (calendar.year(year).ok()?, Some(Grain::Month)),
        6 => (Period::month(year, month).ok()?, Some(Grain::Week)),
        _ => (Period::month(year, month).ok()?, Some(Grain::Day)),
    })
}

const CASCADE_SPOILS: [Spoil; 8] = [
    Spoil { fault: "no parts", kind: ErrorKind::Empty, at: no_parts },
    Spoil { fault: "a first part that starts late", kind: ErrorKind::Mismatch, at: starts_late },
    Spoil { fault: "a last part that ends early", kind: ErrorKind::Mismatch, at: ends_early },
    Spoil { fault: "a part in another unit", kind: ErrorKind::Mismatch, at: part_in_another_unit },
    Spoil { fault: "parts that are not the total", kind: ErrorKind::Mismatch, at: wrong_sum },
    Spoil { fault: "a key result without a target", kind: ErrorKind::Empty, at: no_result_target },
    Spoil { fault: "a key result without a period", kind: ErrorKind::Empty, at: no_result_period },
    Spoil { fault: "a key result of another year", kind: ErrorKind::Mismatch, at: result_outside },
];

fn field(name: &str) -> Path {
    Path::root().field(name)
}

fn no_parts(cascade: &mut Value, _: Index) -> Option<Path> {
    cascade.get_mut("parts")?.as_array_mut()?.clear();
    Some(field("parts"))
}

/// Shortens the period of a part to its first or its last day.
fn shortened(part: &mut Value, to_last: bool) -> Option<()> {
    let period: Period = part.get(0)?.as_str()?.parse().ok()?;
    if period.days() < 2 {
        return None;
    }
    let day = if to_last { period.end() } else { period.start() };
    *part.get_mut(0)? = day.to_string().into();
    Some(())
}

fn starts_late(cascade: &mut Value, _: Index) -> Option<Path> {
    shortened(cascade.get_mut("parts")?.get_mut(0)?, true)?;
    Some(field("parts").index(0))
}

fn ends_early(cascade: &mut Value, _: Index) -> Option<Path> {
    let parts = cascade.get_mut("parts")?.as_array_mut()?;
    let last = parts.len().checked_sub(1)?;
    shortened(parts.get_mut(last)?, false)?;
    Some(field("parts").index(last))
}

fn part_in_another_unit(cascade: &mut Value, place: Index) -> Option<Path> {
    let parts = cascade.get_mut("parts")?.as_array_mut()?;
    let place = place.index(parts.len());
    *parts.get_mut(place)?.get_mut(1)?.get_mut("unit")? = "furlong".into();
    Some(field("parts").index(place))
}

fn wrong_sum(cascade: &mut Value, _: Index) -> Option<Path> {
    let total = cascade.get_mut("total")?.get_mut("value")?;
    let value: Decimal = total.as_str()?.parse().ok()?;
    *total = value.checked_add(Decimal::ONE)?.to_string().into();
    Some(field("parts"))
}

/// A key result, and its path.
fn result(cascade: &mut Value, place: Index) -> Option<(&mut Value, Path)> {
    let results = cascade.get_mut("key_results")?.as_array_mut()?;
    let place = place.index(results.len());
    Some((results.get_mut(place)?, field("key_results").index(place)))
}

fn no_result_target(cascade: &mut Value, place: Index) -> Option<Path> {
    let (result, path) = result(cascade, place)?;
    result.as_object_mut()?.remove("target")?;
    Some(path.field("target"))
}

fn no_result_period(cascade: &mut Value, place: Index) -> Option<Path> {
    let (result, path) = result(cascade, place)?;
    result.as_object_mut()?.remove("period")?;
    Some(path.field("period"))
}

fn result_outside(cascade: &mut Value, place: Index) -> Option<Path> {
    let (result, path) = result(cascade, place)?;
    *result.get_mut("period")? = "1999".into();
    Some(path.field("period"))
}

/// Goals that are SMART, each with the record of its metric: higher and lower is better, shown by the history, by a benchmark
/// or by both.
///
/// Mean size 1.5 past values; 62 % are edges: no history, a step just as large as one in the past, a goal right at the
/// benchmark.
///
/// # Examples
/// ```
/// use marketloop::strategies::goal_statements;
/// use proptest::prelude::*;
///
/// proptest!(|((goal, record) in goal_statements())| prop_assert!(goal.check(&[record]).is_ok()));
/// ```
pub fn goal_statements() -> GoalStatements {
    GoalStatements { better: None }
}

/// How goals are stated; see [`goal_statements`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct GoalStatements {
    better: Option<Better>,
}

impl GoalStatements {
    /// Goals of metrics of which such values are better.
    pub fn with_better(mut self, better: Better) -> Self {
        self.better = Some(better);
        self
    }

    /// The JSON of a goal and its record with one fault, as [`GoalStatement::check`] tells it: an unknown metric, no
    /// target, baseline, period or owner, a target that is reached already or lies beyond the benchmark, another unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::{GoalStatement, MetricRecord};
    /// use marketloop::laws;
    /// use marketloop::strategies::goal_statements;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in goal_statements().almost_valid())| {
    ///     let (goal, record): (GoalStatement, MetricRecord) = serde_json::from_str(case.json()).unwrap();
    ///     laws::refuses(&case, goal.check(&[record]))?;
    /// });
    /// ```
    #[must_use = "a strategy does nothing by itself"]
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &GOAL_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = (GoalStatement, MetricRecord)> + use<> {
        let unit = select(&["user", "%", "CNY/customer"][..]);
        let size = 1_i64..10_000;
        // How much of the step that the past shows is asked for: often all of it.
        let asked = prop_oneof![3 => 1_i64..=100, 1 => Just(100)];
        let room = prop_oneof![1 => Just(None), 1 => Just(Some(0_i64)), 2 => (0_i64..1_000).prop_map(Some)];
        let better =
            self.better.map_or(Vec::from([Better::Higher, Better::Lower]), |better| Vec::from([better]));
        let up = select(better).prop_map(|better| better == Better::Higher);
        let parts = (vec(1_i64..10_000, 0..3), up, any::<bool>(), any::<bool>());
        (unit, size, asked, room, parts).prop_filter_map(
            "a goal",
            |(unit, size, asked, room, (earlier, up, range, shown))| {
                let unit: Unit = unit.parse().ok()?;
                let in_unit = |hundredths: i64| Quantity::new(Decimal::new(hundredths, 2), unit.clone());
                // Upwards the last step doubled, downwards it halved: as much is asked for at most.
                let (old, now) = if up {
                    (size.checked_mul(100)?, size.checked_mul(200)?)
                } else {
                    (size.checked_mul(400)?, size.checked_mul(200)?)
                };
                let step = size.checked_mul(if up { 2 } else { 1 })?.checked_mul(asked)?;
                let goal = if up { now.checked_add(step)? } else { now.checked_sub(step)? };
                let beyond = |room: i64| if up { goal.checked_add(room) } else { goal.checked_sub(room) };
                // Without a history the benchmark is the evidence.
                let room = if shown { room } else { Some(room.unwrap_or(0)) };
                let benchmark = room.and_then(beyond).map(in_unit);
                let history =
                    earlier.into_iter().map(|value| value.checked_mul(100)).chain([Some(old), Some(now)]);
                let history: Option<Vec<i64>> = if shown { history.collect() } else { Some(Vec::new()) };
                let value = Decimal::new(goal, 2);
                let other = Decimal::new(beyond(size)?, 2);
                let target = match (up, range) {
                    (true, false) => Target::at_least(value, unit.clone()),
                    (true, true) => Target::between(value, other, LowerRule::Linear, unit.clone()).ok()?,
                    (false, false) => Target::at_most(value, LowerRule::Inverse, unit.clone()),
                    (false, true) => Target::between(other, value, LowerRule::Linear, unit.clone()).ok()?,
                };
                let record = MetricRecord {
                    name: "metric".into(),
                    unit: unit.clone(),
                    history: history?.into_iter().map(in_unit).collect(),
                    benchmark,
                };
                let statement = GoalStatement {
                    metric: "metric".into(),
                    baseline: Some(in_unit(now)),
                    target: Some(target),
                    period: Some(FiscalCalendar::CALENDAR_YEAR.quarter(2026, 3).ok()?),
                    owner: Some("growth".into()),
                };
                Some((statement, record))
            },
        )
    }
}

strategy!(GoalStatements => (GoalStatement, MetricRecord));

const GOAL_SPOILS: [Spoil; 8] = [
    Spoil { fault: "a metric without a record", kind: ErrorKind::NotFound, at: unknown_metric },
    Spoil { fault: "no target", kind: ErrorKind::Empty, at: no_target },
    Spoil { fault: "no baseline", kind: ErrorKind::Empty, at: no_baseline },
    Spoil { fault: "no period", kind: ErrorKind::Empty, at: no_period },
    Spoil { fault: "a blank owner", kind: ErrorKind::Empty, at: blank_owner },
    Spoil { fault: "a baseline in another unit", kind: ErrorKind::Mismatch, at: baseline_in_another_unit },
    Spoil { fault: "a past value in another unit", kind: ErrorKind::Mismatch, at: past_in_another_unit },
    Spoil { fault: "a target beyond the benchmark", kind: ErrorKind::OutOfRange, at: beyond_benchmark },
];

fn unknown_metric(case: &mut Value, _: Index) -> Option<Path> {
    *case.get_mut(0)?.get_mut("metric")? = "another".into();
    Some(field("metric"))
}

/// Takes a field of the goal away.
fn without(case: &mut Value, name: &str) -> Option<Path> {
    case.get_mut(0)?.as_object_mut()?.remove(name)?;
    Some(field(name))
}

fn no_target(case: &mut Value, _: Index) -> Option<Path> {
    without(case, "target")
}

fn no_baseline(case: &mut Value, _: Index) -> Option<Path> {
    without(case, "baseline")
}

fn no_period(case: &mut Value, _: Index) -> Option<Path> {
    without(case, "period")
}

fn blank_owner(case: &mut Value, _: Index) -> Option<Path> {
    *case.get_mut(0)?.get_mut("owner")? = " ".into();
    Some(field("owner"))
}

fn baseline_in_another_unit(case: &mut Value, _: Index) -> Option<Path> {
    *case.get_mut(0)?.get_mut("baseline")?.get_mut("unit")? = "furlong".into();
    Some(field("baseline"))
}

fn past_in_another_unit(case: &mut Value, place: Index) -> Option<Path> {
    let history =
        case.get_mut(1)?.get_mut("history")?.as_array_mut().filter(|history| !history.is_empty())?;
    let place = place.index(history.len());
    *history.get_mut(place)?.get_mut("unit")? = "furlong".into();
    Some(field("known").index(0).field("history").index(place))
}

fn beyond_benchmark(case: &mut Value, _: Index) -> Option<Path> {
    let baseline = case.get(0)?.get("baseline")?.clone();
    case.get_mut(1)?.as_object_mut()?.insert("benchmark".into(), baseline);
    Some(field("target"))
}

/// Growths from -99 % to 1,000 %.
///
/// Mean size 3.8 characters; 16 % are edges: -99 %, none, 1,000 %.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::growths;
/// use proptest::prelude::*;
/// use rust_decimal::dec;
///
/// proptest!(|(growth in growths())| {
///     let path = growth.stock_linear(dec!(500), 12).unwrap();
///     laws::path_reaches_its_goal(path.reading(), path.levels(), path.goal())?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn growths() -> impl Strategy<Value = Growth> + Clone {
    let percent = prop_oneof![6 => -90_i64..400, 1 => select(&[-99_i64, 0, 1_000][..])];
    percent.prop_filter_map("a growth", |percent| Growth::percent(percent.into()).ok())
}

/// Numerators and denominators of a ratio in 1 to 12 periods, such as orders and visitors: some have no order, none is
/// without a visitor.
///
/// Mean size 6.4 periods; 46 % are edges: one period, a numerator of 0.
///
/// # Examples
/// ```
/// use marketloop::goal::roll_up_ratio;
/// use marketloop::quantity::Ratio;
/// use marketloop::strategies::ratio_histories;
/// use proptest::prelude::*;
///
/// proptest!(|(year in ratio_histories())| prop_assert!(roll_up_ratio(year).unwrap() <= Ratio::ONE));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn ratio_histories() -> impl Strategy<Value = Vec<(u32, u32)>> + Clone {
    let orders = prop_oneof![12 => 1_u32..500, 1 => Just(0)];
    vec((orders, 1_000_u32..100_000), 1..13)
}
