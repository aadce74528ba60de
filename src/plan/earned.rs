//! Earned value over a plan.

use super::{DatedPlan, EarningRule, PlanError, Progress, Task};
use crate::error::Problems;
use crate::progress::{EarnedSchedule, EarnedValue, PlannedValueCurve, ProgressError};
use crate::quantity::{Money, Ratio, Rounding};
use crate::time::NaiveDate;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// What a plan says of its costs on a day.
struct Swept {
    curve: PlannedValueCurve<Money>,
    planned: Money,
    earned: Money,
    /// The workdays from the start of the plan.
    at: i64,
}

impl DatedPlan<'_> {
    /// How much of a task is done on the evening of a day.
    pub(super) fn done(&self, task: &Task, date: NaiveDate) -> Result<Ratio, PlanError> {
        let Progress { started, finished, done } = task.progress;
        let Some(started) = started.filter(|started| *started <= date) else { return Ok(Ratio::ZERO) };
        Ok(match finished {
            None => Ratio::from(done.value()),
            Some(finished) if finished <= date => Ratio::ONE,
            Some(finished) => match self.earning_rule() {
                EarningRule::ZeroHundred => Ratio::ZERO,
                EarningRule::FiftyFifty => Ratio::ONE.divided_by(whole(2))?,
                EarningRule::Linear => {
                    let worked = self.calendar().count_workdays_through(started, date)?;
                    let ahead = self.calendar().count_workdays(started, finished)?;
                    // The day of the finish is worked, also where it is a day off: the share stays below 1 before it.
                    #[expect(clippy::arithmetic_side_effects, reason = "workdays of a calendar")]
                    let all = ahead + 1;
                    Ratio::new(worked.into(), all.into())?
                }
            },
        })
    }

    /// The earned value on the evening of `date`, of the tasks that have a cost. Planned value
    /// grows evenly over the workdays of a task at its early dates, and is rounded half-even to the cost's
    /// minor unit once a day; earned value is the cost times the share done, rounded the same way. On a day before
    /// a task's finish that share follows from the plan's [`EarningRule`].
    ///
    /// # Errors
    /// [`PlanError::NoCosts`]; [`PlanError::Time`], [`PlanError::Progressed`], [`PlanError::Quantity`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Progress, Raci, Task, WorkPlan};
    /// use marketloop::quantity::{Money, Share};
    /// use marketloop::time::{WorkCalendar, date};
    ///
    /// let half = Progress::started(date(2026, 7, 1)?, Share::percent(50)?);
    /// let film = Task::new("film", "film", 8, Raci::new("a", "b")).with_cost(Money::parse("800 CNY")?);
    /// let plan = WorkPlan::draft("p", date(2026, 7, 1)?).task(film.with_progress(half)).check()?;
    /// let calendar = WorkCalendar::monday_to_friday(date(2026, 7, 1)?, date(2026, 7, 31)?)?;
    /// let dated = plan.dated(&calendar)?;
    /// // After three of eight workdays half of it is done.
    /// let value = dated.earned_value(date(2026, 7, 3)?, Money::parse("500 CNY")?)?;
    /// assert_eq!((value.planned_value().to_string(), value.earned_value().to_string()), ("300.00 CNY".into(), "400.00 CNY".into()));
    /// assert_eq!(dated.earned_schedule(date(2026, 7, 3)?)?.earned().to_string(), "4");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "EVM")]
    #[doc(alias = "CPI")]
    #[doc(alias = "SPI")]
    #[doc(alias = "挣值")]
    pub fn earned_value(&self, date: NaiveDate, actual_cost: Money) -> Result<EarnedValue<Money>, PlanError> {
        let Swept { curve, planned, earned, .. } = self.swept(date)?;
        earned.same_currency(actual_cost)?;
        let total = *curve.budget_at_completion();
        EarnedValue::new(total, planned, earned, actual_cost).map_err(first_of)
    }

    /// The earned schedule on the evening of `date`: the earned value in time, in workdays from the start of the plan.
    ///
    /// # Errors
    /// Those of [`earned_value`](Self::earned_value).
    pub fn earned_schedule(&self, date: NaiveDate) -> Result<EarnedSchedule, PlanError> {
        let Swept { curve, earned, at, .. } = self.swept(date)?;
        Ok(curve.earned_schedule(&earned, at.into())?)
    }

    /// Planned and earned value on the evening of `date`, in one pass over the tasks.
    fn swept(&self, date: NaiveDate) -> Result<Swept, PlanError> {
        let mut costs: Vec<(i64, i64, Decimal)> = Vec::new();
        let (mut first, mut earned) = (None, Ratio::ZERO);
        for (index, dated) in self.tasks().iter().enumerate() {
            let Some(cost) = dated.task().cost else { continue };
            let (start, finish) = self.schedule().early(index);
            // Any of them tells the currency: the plan has checked that there is one.
            first.get_or_insert(cost);
            costs.push((start, finish, cost.amount()));
            let done = self.done(dated.task(), date)?;
            earned = earned.plus(Ratio::from(cost.amount()).times(done)?)?;
        }
        let Some(first) = first else { return Err(PlanError::NoCosts) };
        let currency = first.currency();
        // Of exact sums: amounts rounded task by task would drift from the total.
        let rounded = |value: Ratio| -> Result<Money, PlanError> {
            Ok(Money::new(value.round((currency.digits(), Rounding::HalfEven))?, currency)?)
        };
        let planned = planned(&costs)?;
        let points = planned.iter().map(|point| Ok((Decimal::from(point.day), rounded(point.value)?)));
        let points = points.collect::<Result<Vec<_>, PlanError>>()?;
        let curve = PlannedValueCurve::new(points).map_err(first_of)?;
        // Before the start nothing is counted: the calendar need not reach back so far.
        let at = if date < self.plan().start() {
            0
        } else {
            self.calendar().count_workdays_through(self.plan().start(), date)?
        };
        // The first point is that of day 0, and no day asked for lies before it.
        #[expect(
            clippy::indexing_slicing,
            clippy::arithmetic_side_effects,
            reason = "there is a point at or before it"
        )]
        let point = &planned[planned.partition_point(|point| point.day <= at) - 1];
        Ok(Swept { curve, planned: rounded(point.value_on(at)?)?, earned: rounded(earned)?, at })
    }
}

/// The planned value on the evening of a day where a task begins or ends, and by how much it grows each workday
/// from there on.
struct Planned {
    day: i64,
    value: Ratio,
    growth: Ratio,
}

impl Planned {
    /// The value on a later day, before the next of these.
    fn value_on(&self, day: i64) -> Result<Ratio, PlanError> {
        #[expect(clippy::arithmetic_side_effects, reason = "offsets of 0 or more")]
        let days = whole(day - self.day);
        Ok(self.value.plus(self.growth.times(days)?)?)
    }
}

/// The planned value of tasks with their start, finish and cost, from day 0 on: one sweep over starts and finishes.
fn planned(costs: &[(i64, i64, Decimal)]) -> Result<Vec<Planned>, PlanError> {
    // On a day: what is added at once by milestones, and by how much the growth changes.
    // With day 0, so that the curve also answers before the first task with a cost begins.
    let mut changes: BTreeMap<i64, (Ratio, Ratio)> = BTreeMap::from([(0, (Ratio::ZERO, Ratio::ZERO))]);
    for &(start, finish, cost) in costs {
        let cost = Ratio::from(cost);
        #[expect(clippy::arithmetic_side_effects, reason = "offsets of 0 or more")]
        let days = finish - start;
        let daily = match days {
            0 => Ratio::ZERO,
            _ => cost.divided_by(whole(days))?,
        };
        let begin = changes.entry(start).or_insert((Ratio::ZERO, Ratio::ZERO));
        begin.1 = begin.1.plus(daily)?;
        let end = changes.entry(finish).or_insert((Ratio::ZERO, Ratio::ZERO));
        // The very fraction that was added: when all tasks have ended, the growth is 0 without a rest.
        end.1 = end.1.minus(daily)?;
        if days == 0 {
            end.0 = end.0.plus(cost)?;
        }
    }
    let mut points: Vec<Planned> = Vec::with_capacity(changes.len());
    for (day, (at_once, growth)) in changes {
        let before = points.last();
        let value = before.map_or(Ok(Ratio::ZERO), |before| before.value_on(day))?;
        let growth = before.map_or(Ratio::ZERO, |before| before.growth).plus(growth)?;
        points.push(Planned { day, value: value.plus(at_once)?, growth });
    }
    Ok(points)
}

fn whole(count: i64) -> Ratio {
    Ratio::from(Decimal::from(count))
}

/// The first of what is wrong with figures that the plan itself made, but for the actual cost.
fn first_of(problems: Problems<ProgressError>) -> PlanError {
    problems.into_iter().next().map_or(PlanError::NoCosts, |first| PlanError::Progressed(first.error))
}

#[cfg(test)]
mod tests {
    use super::super::{Raci, TaskState, TaskStatus, WorkPlan};
    use super::*;
    use crate::quantity::Share;
    use crate::time::{WorkCalendar, date};
    use alloc::format;
    use alloc::string::{String, ToString};

    fn july(day: u32) -> NaiveDate {
        date(2026, 7, day).unwrap()
    }

    fn yuan(amount: &str) -> Money {
        Money::parse(&format!("{amount} CNY")).unwrap()
    }

    /// N13: on a day before its finish a task is never done, by no rule, also where only days off lie between.
    #[test]
    fn nothing_is_all_done_before_its_finish() {
        let calendar = WorkCalendar::monday_to_friday(july(1), july(31)).unwrap();
        let rules = [EarningRule::ZeroHundred, EarningRule::FiftyFifty, EarningRule::Linear];
        for (first, last) in [(1, 28), (1, 1), (3, 5), (4, 5), (1, 4), (4, 27)] {
            let progress = Progress::finished(july(first), july(last));
            let film = Task::new("a", "film", 20, Raci::new("team", "director")).with_cost(yuan("10000"));
            let plan = WorkPlan::draft("ev", july(1)).task(film.with_progress(progress)).check().unwrap();
            for rule in rules {
                let dated = plan.dated(&calendar).unwrap().with_earning_rule(rule);
                let mut before = Ratio::ZERO;
                for day in 1..=31 {
                    let status = dated.status(july(day), None).unwrap();
                    let rolled = TaskStatus::roll_up(status.iter().map(|(_, one)| one)).unwrap().unwrap();
                    let value = dated.earned_value(july(day), yuan("300")).unwrap();
                    let share = Ratio::from(value.earned_value().amount()).divided_by(whole(10_000)).unwrap();
                    assert!(rolled.done >= before);
                    assert_eq!(
                        share.round((6, Rounding::HalfEven)),
                        rolled.done.round((6, Rounding::HalfEven))
                    );
                    before = rolled.done;
                    assert_eq!(rolled.done == Ratio::ONE, day >= last, "{rule:?} {first} to {last} on {day}");
                    assert_eq!(rolled.state == TaskState::Done, day >= last);
                }
            }
        }
    }

    #[test]
    fn each_rule_earns_what_it_says() {
        let calendar = WorkCalendar::monday_to_friday(july(1), july(31)).unwrap();
        let task = |id: &str, progress| {
            Task::new(id, id, 4, Raci::new("team", "director")).with_cost(yuan("100")).with_progress(progress)
        };
        let plan = WorkPlan::draft("ev", july(1))
            .task(task("done later", Progress::finished(july(1), july(10))))
            .task(task("told", Progress::started(july(1), Share::percent(30).unwrap())))
            .task(task("begun later", Progress::finished(july(6), july(7))))
            .check()
            .unwrap();
        let earned = |rule| -> String {
            let dated = plan.dated(&calendar).unwrap().with_earning_rule(rule);
            dated.earned_value(july(3), yuan("1")).unwrap().earned_value().amount().to_string()
        };
        // Of 8 workdays 3 are over.
        assert_eq!(earned(EarningRule::ZeroHundred), "30.00");
        assert_eq!(earned(EarningRule::FiftyFifty), "80.00");
        assert_eq!(earned(EarningRule::Linear), "67.50");
    }

    /// L3: 100,000 tasks with costs are one sweep; the value of any day is that of the sum over all tasks.
    #[test]
    fn planned_value_is_one_sweep() {
        let costs: Vec<(i64, i64, Decimal)> = (0..100_000_i64)
            .map(|task| (task % 971, task % 971 + task % 13, Decimal::from(task % 7 + 1)))
            .collect();
        let points = planned(&costs).unwrap();
        let total: Decimal = costs.iter().map(|(.., cost)| cost).sum();
        let last = points.last().unwrap();
        assert_eq!((last.value, last.growth), (Ratio::from(total), Ratio::ZERO));
        for day in [0, 1, 500, 977] {
            let by_tasks = costs.iter().map(|(start, finish, cost)| match finish - start {
                0 => {
                    if day >= *finish {
                        Ratio::from(*cost)
                    } else {
                        Ratio::ZERO
                    }
                }
                days => {
                    let worked = whole(day.clamp(*start, *finish) - start);
                    worked.divided_by(whole(days)).unwrap().times(Ratio::from(*cost)).unwrap()
                }
            });
            let by_tasks = by_tasks.fold(Ratio::ZERO, |sum, value| sum.plus(value).unwrap());
            let behind = points.iter().rfind(|point| point.day <= day).unwrap();
            assert_eq!(behind.value_on(day).unwrap(), by_tasks, "day {day}");
        }
        let raci = || Raci::new("team", "director");
        let task = |n: u32| Task::new(format!("t{n}"), "t", n % 13, raci()).with_cost(yuan("1"));
        let plan = WorkPlan::draft("p", july(1)).with_tasks((0..100_000).map(task)).check().unwrap();
        let calendar = WorkCalendar::monday_to_friday(july(1), july(31)).unwrap();
        let value = plan.dated(&calendar).unwrap().earned_value(july(31), yuan("1")).unwrap();
        assert_eq!(value.planned_value().amount(), Decimal::from(100_000));
    }
}
