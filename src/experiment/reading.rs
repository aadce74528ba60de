//! What a look at a test shows, and under which error it may be read.

use super::as_float::{float, wide};
use super::guardrail::{Guardrail, toward};
use super::monitoring::{Monitoring, Watch};
use super::{ExperimentError, ExperimentMetric, ExperimentSums, ExperimentTest, MetricKind};
use crate::figure::{Cause, Cell, Figure, Interval, Table, label, to_wire};
use crate::quantity::Ratio;
use crate::quantity::wire::serialize_fields;
use crate::quantity::words::words;
use crate::stats::{
    Alternative, AlwaysValid, BestArm, BetaArms, MeanTest, NormalArms, SampleMean, SpendingSides, StatsError,
    TwoMeans,
};
use crate::target::Better;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use chrono::NaiveDate;
use core::fmt;

/// Below so many expected successes or failures of an arm, the interval of a proportion is not read.
pub(super) const LEAST_OUTCOMES: f64 = 10.0;
pub(super) const FEW_OUTCOMES: &str = "10 expected outcomes of each kind";

/// Where the interval of a comparison lies beside its limit: 0 for the goal, the margin for a guardrail.
///
/// ```
/// # use marketloop::experiment::LimitState;
/// assert_eq!(serde_json::from_str::<LimitState>(r#""passed""#)?, LimitState::Passed);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LimitState {
    /// The whole interval is on the better side.
    Passed,
    /// The whole interval is on the worse side.
    Failed,
    /// The limit lies within the interval.
    Open,
    /// There is no interval that may be read yet.
    NotRead,
}

words!(LimitState, "state beside a limit", ExperimentError:
    Passed = "passed",
    Failed = "failed",
    Open = "open",
    NotRead = "not_read",
);

/// A metric in one new arm beside the control, at one look.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ComparisonReading {
    /// The new arm.
    pub arm: String,
    /// The metric.
    pub metric: String,
    /// Whether it is the goal; else it is a guardrail.
    pub is_goal: bool,
    /// The metric in the control.
    pub control: Figure<f64>,
    /// The metric in the new arm.
    pub own: Figure<f64>,
    /// The new arm less the control.
    pub difference: Figure<f64>,
    /// The interval of the difference, under the error that the reading states.
    pub interval: Figure<Interval<f64>>,
    /// The interval of how much better than its limit the metric is: passed where all of it is above 0.
    pub room: Figure<Interval<f64>>,
    /// The difference relative to the control.
    pub lift: Figure<f64>,
    /// The p-value of the goal under the error that the reading states, times the number of comparisons; of a group sequential
    /// test once it stops.
    pub p_value: Option<f64>,
    /// The p-value as if this were the only look: what peeking would say. No decision is made of it.
    pub one_look_p_value: Option<f64>,
    /// The estimate of a group sequential test that stops here, as often too high as too low: the plain difference is too
    /// large on average, because large ones stop.
    pub median_unbiased: Option<f64>,
    /// The probability to be the best of all arms, of a Bayesian test.
    pub probability_best: Option<f64>,
    /// The difference to the best arm that is expected to be lost by choosing this one, of a Bayesian test.
    pub expected_loss: Option<f64>,
    /// The test says that the planned effect will hardly be found any more.
    pub is_futile: bool,
    /// Where the interval lies beside the limit.
    pub state: LimitState,
}

serialize_fields!(ComparisonReading {
    arm,
    metric,
    is_goal,
    control,
    own,
    difference,
    interval,
    room,
    lift,
    p_value: optional(own),
    one_look_p_value: optional(own),
    median_unbiased: optional(own),
    probability_best: optional(own),
    expected_loss: optional(own),
    is_futile,
    state,
});

impl ComparisonReading {
    /// Pushes the goal of an arm into the row of a look, under the arm's name where there are several.
    pub(super) fn push(&self, table: &mut Table, row: &str, is_named: bool) {
        let of = |what: &str| if is_named { alloc::format!("{} {what}", self.arm) } else { what.to_string() };
        table.push(row, of("difference"), shown(&self.difference));
        table.push(row, of("low"), shown(&self.interval.clone().map(|ends| ends.low())));
        table.push(row, of("high"), shown(&self.interval.clone().map(|ends| ends.high())));
        table.push(row, of("p of one look"), self.one_look_p_value.map(four));
    }
}

/// What one look at a test shows: what was looked at, when, and under which error.
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentMetric, ExperimentTest, Monitoring, Units};
/// use marketloop::time::date;
///
/// let test = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 10_000)
///     .with_monitoring(Monitoring::equal_looks(5))
///     .check()?;
/// let mut record = test.begin(date(2026, 8, 3)?);
/// let arms: Vec<u32> = (0..2_000).map(|unit| unit % 2).collect();
/// let bought: Vec<i64> = (0..2_000).map(|unit| i64::from(unit % 20 < 2)).collect();
/// let sums = record.test().sums(&Units::new(&arms).with_column("bought", &bought)?)?;
///
/// let reading = record.look(date(2026, 8, 4)?, sums)?.reading().clone();
/// assert_eq!(
///     reading.promise(),
///     "look 1 on 2026-08-04, day 2, 2000 of 10000 units: looks at 5 parts of the units, O'Brien-Fleming spending in total, \
///      alpha 0.05; bound 4.38 standard errors"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ExperimentReading {
    /// Which look it is, from 1.
    pub look: usize,
    /// The last day that is counted.
    pub date: NaiveDate,
    /// Which day of the test that is, from 1.
    pub day: u32,
    /// The arms with their units, the control first.
    pub units: Vec<(String, u64)>,
    /// The planned units of all arms together.
    pub planned: u64,
    /// The alpha of all comparisons of the goal together.
    pub alpha: f64,
    /// How many new arms share it.
    pub comparisons: u64,
    /// When the test may be read.
    pub monitoring: Monitoring,
    /// The bound of this look in standard errors, of a group sequential test.
    pub bound: Option<f64>,
    /// The planned units are there, or the last day is over.
    pub is_last: bool,
    /// The always valid p-value of the arms' shares: below the test's limit, the assignment is broken.
    pub sample_ratio_p_value: Option<f64>,
    /// Each new arm: its goal, then its guardrails.
    pub readings: Vec<ComparisonReading>,
}

serialize_fields!(ExperimentReading {
    look,
    date: own,
    day,
    units: own,
    planned: own,
    alpha: own,
    comparisons: own,
    monitoring,
    bound: optional(own),
    is_last,
    sample_ratio_p_value: optional(own),
    readings,
});
to_wire!(ExperimentReading, ComparisonReading);

impl ExperimentReading {
    /// The units of all arms together.
    #[must_use]
    pub fn total_units(&self) -> u64 {
        self.units.iter().fold(0, |sum, (_, units)| sum.saturating_add(*units))
    }

    /// What was looked at, when, and under which error.
    #[must_use]
    pub fn promise(&self) -> String {
        let (look, date, day, alpha) = (self.look, self.date, self.day, self.alpha);
        let (units, planned) = (self.total_units(), self.planned);
        let error = match self.monitoring {
            Monitoring::Bayesian { .. } => "; no bound on false positives".to_string(),
            Monitoring::FixedHorizon | Monitoring::GroupSequential { .. } | Monitoring::AlwaysValid => {
                alloc::format!(", alpha {alpha}")
            }
        };
        let shared = match self.comparisons {
            0 | 1 => String::new(),
            several => alloc::format!(" for {several} comparisons"),
        };
        let bound =
            self.bound.map_or_else(String::new, |bound| alloc::format!("; bound {bound:.2} standard errors"));
        let monitoring = &self.monitoring;
        alloc::format!(
            "look {look} on {date}, day {day}, {units} of {planned} units: {monitoring}{error}{shared}{bound}"
        )
    }

    /// A row for each new arm and metric.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("arm and metric");
        for own in &self.readings {
            let row = alloc::format!("{}: {}", label(&own.arm, false), label(&own.metric, false));
            table.push(row.clone(), "control", shown(&own.control));
            table.push(row.clone(), "arm", shown(&own.own));
            table.push(row.clone(), "difference", shown(&own.difference));
            table.push(row.clone(), "low", shown(&own.interval.clone().map(|ends| ends.low())));
            table.push(row.clone(), "high", shown(&own.interval.clone().map(|ends| ends.high())));
            table.push(row.clone(), "p", own.p_value.map(four));
            table.push(row.clone(), "p of one look", own.one_look_p_value.map(four));
            table.push(row, "state", own.state.to_string().as_str());
        }
        table
    }
}

impl fmt::Display for ExperimentReading {
    /// The promise, then the table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.promise(), self.table())
    }
}

/// What all looks so far leave for the next one.
#[derive(Debug, Clone)]
pub(super) struct Course {
    watch: Watch,
    /// Of each new arm.
    evidence: Vec<AlwaysValid>,
    sample_ratio: AlwaysValid,
    looks: usize,
}

impl Course {
    pub(super) fn of(test: &ExperimentTest) -> Result<Self, ExperimentError> {
        let evidence = test.arms().iter().skip(1).map(|_| AlwaysValid::default()).collect();
        Ok(Self { watch: test.watch()?, evidence, sample_ratio: AlwaysValid::default(), looks: 0 })
    }

    /// The part of the planned units at which the next planned look comes.
    pub(super) fn next_fraction(&self) -> Option<f64> {
        self.watch.next_fraction()
    }

    /// Reads a look.
    pub(super) fn look(
        &mut self,
        test: &ExperimentTest,
        date: NaiveDate,
        day: u32,
        sums: &ExperimentSums,
    ) -> Result<ExperimentReading, ExperimentError> {
        self.looks = self.looks.saturating_add(1);
        let units: Vec<(String, u64)> = test
            .arms()
            .iter()
            .map(|arm| Ok((arm.clone(), sums.units(arm)?)))
            .collect::<Result<_, ExperimentError>>()?;
        let total = units.iter().fold(0_u64, |sum, (_, units)| sum.saturating_add(*units));
        let is_early = day < test.least_days();
        let is_last =
            (total >= test.units() && !is_early) || test.most_days().is_some_and(|most| day >= most);
        let is_due = match self.watch {
            // The last day of a test with one look is its look, however many units came.
            Watch::Fixed { .. } => is_last,
            // The last look waits for the least days: alpha that is spent before could not ship an arm.
            Watch::Sequential { .. } if total >= test.units() && is_early => false,
            Watch::Sequential { .. } | Watch::Always(_) | Watch::Posterior { .. } => {
                self.watch.look(total, test.units())?
            }
        };
        let shares = test.shares().iter().map(|share| Ratio::from(share.value()).to_f64());
        let alike = core::iter::repeat_n(1.0, if test.shares().is_empty() { units.len() } else { 0 });
        let ratio = sums.sample_ratio(shares.chain(alike))?;
        // Without units, and so without evidence, the p-value carries over.
        let ratio = if total == 0 { 0.0 } else { ratio.ln_evidence()? };
        let sample_ratio_p_value = Some(self.sample_ratio.look(ratio)?);
        let mut readings = Vec::new();
        for (index, arm) in test.arms().iter().enumerate().skip(1) {
            let is_enough = [test.arms().first(), Some(arm)]
                .into_iter()
                .flatten()
                .all(|arm| sums.units(arm).is_ok_and(|units| units >= test.least_units()));
            let pair = Pair { test, sums, arm, is_due, is_enough };
            let evidence = index.checked_sub(1).and_then(|index| self.evidence.get_mut(index));
            readings.push(pair.goal(&self.watch, evidence)?);
            for guardrail in test.guardrails() {
                readings.push(pair.guardrail(&self.watch, guardrail)?);
            }
        }
        if let (Watch::Posterior { .. }, Ok(best)) = (&self.watch, posterior(test, sums)) {
            for (index, arm) in test.arms().iter().enumerate() {
                let own = readings.iter_mut().find(|own| own.is_goal && own.arm == *arm);
                if let Some(own) = own {
                    own.probability_best = best.probabilities().get(index).copied();
                    own.expected_loss = best.expected_losses().get(index).copied();
                }
            }
        }
        Ok(ExperimentReading {
            look: self.looks,
            date,
            day,
            units,
            planned: test.units(),
            alpha: test.alpha(),
            comparisons: test.comparisons(),
            monitoring: test.monitoring().clone(),
            bound: self.watch.bounds().0,
            is_last,
            sample_ratio_p_value,
            readings,
        })
    }
}

/// A new arm beside the control.
struct Pair<'a> {
    test: &'a ExperimentTest,
    sums: &'a ExperimentSums,
    arm: &'a str,
    is_due: bool,
    is_enough: bool,
}

impl Pair<'_> {
    fn goal(
        &self,
        watch: &Watch,
        evidence: Option<&mut AlwaysValid>,
    ) -> Result<ComparisonReading, ExperimentError> {
        let metric = self.test.goal();
        let better = self.test.better();
        let mut reading =
            self.reading(watch, metric, |control, own| Ok((toward(better, control, own), 0.0)))?;
        reading.is_goal = true;
        let Some(means) = self.means(metric).ok().filter(|_| reading.state != LimitState::NotRead) else {
            return Ok(reading);
        };
        let comparisons = float(self.test.comparisons());
        let error = means.standard_error(MeanTest::Normal).ok();
        let z = error.filter(|error| *error > 0.0).map(|error| means.difference() / error);
        match watch {
            Watch::Fixed { .. } => {
                let p = means.p_value(MeanTest::Welch, Alternative::TwoSided).ok();
                reading.p_value = p.map(|p| (p * comparisons).min(1.0));
            }
            Watch::Always(sequence) => {
                let units = means.first().count().saturating_add(means.second().count());
                let known =
                    error.and_then(|error| sequence.ln_evidence(units, means.difference(), error).ok());
                if let (Some(evidence), Some(ln_evidence)) = (evidence, known) {
                    reading.p_value = Some((evidence.look(ln_evidence)? * comparisons).min(1.0));
                }
            }
            Watch::Sequential { plan, taken } => {
                let toward_better = if better == Better::Higher { z } else { z.map(|z| -z) };
                let (bound, futility) = watch.bounds();
                let is_upper = plan.sides() == SpendingSides::Upper;
                let beyond = |z: f64| if is_upper { z } else { z.abs() };
                reading.is_futile =
                    toward_better.zip(futility).is_some_and(|(z, futility)| beyond(z) <= futility);
                let look = taken.saturating_sub(1);
                if let (Some(z), Some(bound)) = (toward_better.filter(|z| z.abs() <= 30.0), bound)
                    && beyond(z) >= bound
                {
                    reading.p_value = plan.stop_p_value(look, z).ok().map(|p| (p * comparisons).min(1.0));
                    let root = plan.looks().get(look).map(|look| libm::sqrt(look.information));
                    let sign = if better == Better::Higher { 1.0 } else { -1.0 };
                    reading.median_unbiased = plan
                        .median_unbiased(look, z)
                        .ok()
                        .zip(error)
                        .zip(root)
                        .map(|((drift, error), root)| sign * drift * error * root);
                }
            }
            Watch::Posterior { .. } => {}
        }
        Ok(reading)
    }

    fn guardrail(&self, watch: &Watch, guardrail: &Guardrail) -> Result<ComparisonReading, ExperimentError> {
        self.reading(watch, guardrail.metric(), |control, own| guardrail.room(control, own))
    }

    fn means(&self, metric: &ExperimentMetric) -> Result<TwoMeans, ExperimentError> {
        self.sums.beside_control(metric.name(), self.arm)
    }

    fn reading(
        &self,
        watch: &Watch,
        metric: &ExperimentMetric,
        room: impl FnOnce(SampleMean, SampleMean) -> Result<(TwoMeans, f64), StatsError>,
    ) -> Result<ComparisonReading, ExperimentError> {
        let control = self.sums.control()?;
        let sample = |arm: &str| told("figure", self.sums.sample(metric.name(), arm));
        let (control, own) = (sample(control)?, sample(self.arm)?);
        let both = control.clone().zip(own.clone());
        let plain = both.clone().map(|(control, own)| TwoMeans::new(control, own));
        let interval = |means: &Figure<TwoMeans>, shift: f64| {
            means.clone().and_then(|means| match self.refusal(metric, watch) {
                Some(cause) => Figure::undefined("interval", cause),
                None => match watch.interval(&means) {
                    Ok(Some(ends)) => told_of(
                        "interval",
                        Interval::new(ends.low() + shift, ends.high() + shift).map_err(StatsError::from),
                    ),
                    Ok(None) => Figure::undefined("interval", Cause::NotReached("bound of this look".into())),
                    Err(error) => told_of("interval", Err(error)),
                },
            })
        };
        let limited = both.clone().and_then(|(control, own)| told_of("room", room(control, own)));
        let shift = limited.as_ref().map(|(_, shift)| *shift).known().unwrap_or(0.0);
        let room = interval(&limited.map(|(means, _)| means), shift);
        let state = match &room {
            Figure::Known(room) if room.low() > 0.0 => LimitState::Passed,
            Figure::Known(room) if room.high() < 0.0 => LimitState::Failed,
            Figure::Known(_) => LimitState::Open,
            Figure::Missing(_) | Figure::Undefined(_) => LimitState::NotRead,
        };
        let one_look = plain
            .as_ref()
            .known()
            .and_then(|means| means.p_value(MeanTest::Welch, Alternative::TwoSided).ok());
        Ok(ComparisonReading {
            arm: self.arm.to_string(),
            metric: metric.name().to_string(),
            is_goal: false,
            control: control.map(|sample| sample.mean()),
            own: own.map(|sample| sample.mean()),
            difference: plain.as_ref().map(TwoMeans::difference),
            interval: interval(&plain, 0.0),
            room,
            lift: plain.and_then(|means| told_of("lift", means.lift())),
            p_value: None,
            one_look_p_value: one_look,
            median_unbiased: None,
            probability_best: None,
            expected_loss: None,
            is_futile: false,
            state,
        })
    }

    /// Why the interval of a metric may not be read.
    fn refusal(&self, metric: &ExperimentMetric, watch: &Watch) -> Option<Cause> {
        if !self.is_due {
            let due = if matches!(watch, Watch::Fixed { .. }) { "planned units" } else { "next look" };
            return Some(Cause::NotReached(due.into()));
        }
        if !self.is_enough {
            return Some(Cause::NotReached("least units of an arm".into()));
        }
        let is_share = matches!(metric.kind(), MetricKind::Proportion { .. });
        let outcomes = self.sums.rates_beside_control(metric.name(), self.arm).ok().map(|rates| {
            let ((a, n), (b, m)) = (rates.first(), rates.second());
            let (yes, all) = (u128::from(a).saturating_add(b.into()), u128::from(n).saturating_add(m.into()));
            (yes, all, n.min(m))
        });
        match outcomes {
            Some((yes, all, least)) if is_share => {
                let rarer = wide(yes.min(all.saturating_sub(yes)));
                let expected = rarer * float(least) / wide(all.max(1));
                (expected < LEAST_OUTCOMES).then(|| Cause::NotReached(FEW_OUTCOMES.into()))
            }
            _ => None,
        }
    }
}

/// The probability of each arm to be the best, from flat priors.
pub(super) fn posterior(test: &ExperimentTest, sums: &ExperimentSums) -> Result<BestArm, ExperimentError> {
    let (goal, better) = (test.goal(), test.better());
    if matches!(goal.kind(), MetricKind::Proportion { .. }) {
        let counts = |arm: &String| {
            let (yes, units) = sums.successes(goal.name(), arm)?;
            Ok((if better == Better::Higher { yes } else { units.saturating_sub(yes) }, units))
        };
        let counts = test.arms().iter().map(counts).collect::<Result<Vec<_>, ExperimentError>>()?;
        return Ok(BetaArms::new((1.0, 1.0), counts)?.best()?);
    }
    let arm = |arm: &String| {
        let sample = sums.sample(goal.name(), arm)?;
        let variance = sample.variance().ok_or(StatsError::TooFewObservations { found: 1, needed: 2 })?;
        let mean = if better == Better::Higher { sample.mean() } else { -sample.mean() };
        Ok((mean, variance / float(sample.count())))
    };
    let arms = test.arms().iter().map(arm).collect::<Result<Vec<_>, ExperimentError>>()?;
    Ok(NormalArms::new(arms)?.best()?)
}

/// The figure, or why it is none; other faults than those of statistics are passed on.
fn told<T>(name: &'static str, result: Result<T, ExperimentError>) -> Result<Figure<T>, ExperimentError> {
    match result {
        Ok(value) => Ok(Figure::Known(value)),
        Err(ExperimentError::Stats(error)) => Ok(told_of(name, Err(error))),
        Err(error) => Err(error),
    }
}

fn told_of<T>(name: &'static str, result: Result<T, StatsError>) -> Figure<T> {
    let cause = match result {
        Ok(value) => return Figure::Known(value),
        Err(StatsError::NoVariance { .. }) => Cause::Zero("variance".into()),
        Err(StatsError::NoTrials) => Cause::None("unit".into()),
        Err(StatsError::TooFewObservations { .. }) => Cause::None("second unit".into()),
        Err(StatsError::NoBaseline | StatsError::ZeroSum { .. }) => Cause::Zero("control's figure".into()),
        Err(_) => Cause::OutOfRange,
    };
    Figure::undefined(name, cause)
}

fn shown(figure: &Figure<f64>) -> Cell {
    figure.clone().map(four).into()
}

/// Four significant digits, as tables show them.
fn four(value: f64) -> Cell {
    Cell::new(digits(value), "1")
}

/// A figure in four significant digits.
pub(super) fn digits(value: f64) -> String {
    let size = if value == 0.0 { 0.0 } else { libm::floor(libm::log10(value.abs())) };
    let decimals = (3.0 - size).clamp(0.0, 12.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=12")]
    let decimals = decimals as usize;
    alloc::format!("{value:.decimals$}")
}
