//! What to do after a look, by the rule that was written down before, and why.

use super::as_float::float;
use super::guardrail::Guardrail;
use super::monitoring::Monitoring;
use super::reading::{
    ComparisonReading, ExperimentReading, FEW_OUTCOMES, LEAST_OUTCOMES, LimitState, digits,
};
use super::{ExperimentError, ExperimentSums, ExperimentTest};
use crate::figure::{Cause, Figure, Interval, Table, label, to_wire};
use crate::quantity::wire::{serialize_fields, serialize_variants, wire_variants};
use crate::stats::BestArmVerdict;
use crate::target::Better;
use alloc::string::String;
use alloc::vec::Vec;
use chrono::{Days, NaiveDate};
use core::fmt;

/// What to do.
///
/// ```
/// # use marketloop::experiment::ExperimentAction;
/// for json in [r#""go_on""#, r#"{"ship":{"arm":"new"}}"#] {
///     assert_eq!(serde_json::to_string(&serde_json::from_str::<ExperimentAction>(json)?)?, json);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ExperimentAction {
    /// Take this arm: it is better, and no guardrail is touched.
    Ship {
        /// The arm.
        arm: String,
    },
    /// Keep the control, or mend the test: no new arm can win, one does harm, or the assignment is broken.
    Stop,
    /// Let the test run.
    GoOn,
    /// The test is over, and does not say whether an arm is better.
    Inconclusive,
}

wire_variants!(ExperimentAction {
    "ship" => Ship { arm },
    "stop" => Stop,
    "go_on" => GoOn,
    "inconclusive" => Inconclusive,
});

impl fmt::Display for ExperimentAction {
    /// `ship new`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ship { arm } => write!(f, "ship {}", label(arm, false)),
            Self::Stop => f.write_str("stop"),
            Self::GoOn => f.write_str("go on"),
            Self::Inconclusive => f.write_str("inconclusive"),
        }
    }
}

/// One ground of a decision, with its figures.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DecisionGround {
    /// The arms are not of their shares: whoever is missing may be the ones that count.
    SampleRatio {
        /// The always valid p-value.
        p_value: f64,
        /// The test's limit for it.
        alpha: f64,
    },
    /// The interval of the goal lies on one side of 0, or not.
    Goal {
        /// The arm.
        arm: String,
        /// The metric.
        metric: String,
        /// Where the interval lies.
        state: LimitState,
        /// The end of the interval that is nearer to the limit, as a difference from the control; none where none may be read.
        bound: Option<f64>,
    },
    /// A guardrail holds, is broken or is not known to hold.
    Guardrail {
        /// The arm.
        arm: String,
        /// The metric.
        metric: String,
        /// Where the interval lies.
        state: LimitState,
        /// How much better than its limit the metric is at the worst, below 0 where worse; none where nothing may be read.
        room: Option<f64>,
    },
    /// The whole interval lies below the smallest effect that would be worth it.
    TooSmall {
        /// The arm.
        arm: String,
        /// The largest effect that agrees with what was seen, in the better direction.
        most: f64,
        /// The smallest effect that would be worth it.
        smallest_effect: f64,
    },
    /// The planned effect will hardly be found any more.
    Futile {
        /// The arm.
        arm: String,
    },
    /// The probability that the arm is the best, and what choosing it is expected to lose.
    Posterior {
        /// The arm, which may be the control.
        arm: String,
        /// The probability to be the best.
        probability: f64,
        /// The expected loss.
        loss: f64,
    },
    /// An arm has too few units.
    FewUnits {
        /// The arm.
        arm: String,
        /// Its units.
        units: u64,
        /// The least units.
        needed: u64,
    },
    /// A proportion has too few successes or failures for its interval.
    FewOutcomes {
        /// The arm.
        arm: String,
        /// The metric.
        metric: String,
    },
    /// The test has not run for its least days.
    FewDays {
        /// How many it ran.
        days: u32,
        /// The least days.
        needed: u32,
        /// The day after which it may end.
        earliest: NaiveDate,
    },
    /// How far it is to the next planned look, and to the end.
    Ahead {
        /// Units until the next planned look, of the test as a whole; none where any look may end it.
        next_look: Option<u64>,
        /// Units until the planned ones are there.
        end: u64,
        /// The day on which the next planned look comes, or tomorrow, at the mean pace so far; none without units.
        earliest: Option<NaiveDate>,
    },
    /// The planned units are there, or the last day is over.
    Ended,
}

serialize_variants!(DecisionGround {
    "sample_ratio" => SampleRatio { p_value: own, alpha: own },
    "goal" => Goal { arm, metric, state, bound: optional(own) },
    "guardrail" => Guardrail { arm, metric, state, room: optional(own) },
    "too_small" => TooSmall { arm, most: own, smallest_effect: own },
    "futile" => Futile { arm },
    "posterior" => Posterior { arm, probability: own, loss: own },
    "few_units" => FewUnits { arm, units: own, needed: own },
    "few_outcomes" => FewOutcomes { arm, metric },
    "few_days" => FewDays { days, needed, earliest: own },
    "ahead" => Ahead { next_look: optional(own), end: own, earliest: optional(own) },
    "ended" => Ended,
});

impl fmt::Display for DecisionGround {
    /// `bought of new is better by 0.012 at least`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Which side it is stands in the words.
        let at = |value: &Option<f64>| value.map_or_else(String::new, |value| digits(value.abs()));
        match self {
            Self::SampleRatio { p_value, alpha } => {
                write!(f, "the arms are not of their shares: p {} below {alpha}", digits(*p_value))
            }
            Self::Goal { arm, metric, state, bound } => {
                write!(f, "{} of {} ", label(metric, false), label(arm, false))?;
                match state {
                    LimitState::Passed => write!(f, "is better, by {} at least", at(bound)),
                    LimitState::Failed => write!(f, "is worse, by {} at least", at(bound)),
                    LimitState::Open => {
                        write!(f, "is not told apart from the control, and may be better by {}", at(bound))
                    }
                    LimitState::NotRead => f.write_str("may not be read yet"),
                }
            }
            Self::Guardrail { arm, metric, state, room } => {
                write!(f, "guardrail {} of {} ", label(metric, false), label(arm, false))?;
                match state {
                    LimitState::Passed => write!(f, "holds, with {} to spare at least", at(room)),
                    LimitState::Failed => f.write_str("is broken"),
                    LimitState::Open => {
                        write!(f, "is not known to hold, {} beyond its margin may be", at(room))
                    }
                    LimitState::NotRead => f.write_str("may not be read yet"),
                }
            }
            Self::TooSmall { arm, most, smallest_effect } => {
                let (arm, most) = (label(arm, false), digits(*most));
                write!(f, "{arm} is better by {most} at most, worth it from {smallest_effect}")
            }
            Self::Futile { arm } => {
                write!(f, "{} will hardly show the planned effect any more", label(arm, false))
            }
            Self::Posterior { arm, probability, loss } => {
                let (arm, probability, loss) = (label(arm, false), digits(*probability), digits(*loss));
                write!(
                    f,
                    "{arm} is the best with probability {probability}, choosing it loses {loss} on average"
                )
            }
            Self::FewUnits { arm, units, needed } => {
                write!(f, "{} has {units} units of {needed} at least", label(arm, false))
            }
            Self::FewOutcomes { arm, metric } => {
                let (arm, metric) = (label(arm, false), label(metric, false));
                write!(f, "{metric} of {arm} has fewer than {LEAST_OUTCOMES} expected successes or failures")
            }
            Self::FewDays { days, needed, earliest } => {
                write!(f, "day {days} of {needed} at least, to {earliest}")
            }
            Self::Ahead { next_look, end, earliest } => {
                if let Some(units) = next_look {
                    write!(f, "{units} units to the next planned look, ")?;
                }
                write!(f, "{end} to the end")?;
                earliest.map_or(Ok(()), |date| write!(f, ", at the earliest on {date}"))
            }
            Self::Ended => f.write_str("the test is over"),
        }
    }
}

/// What to do after a look, by the rule that the test was written with; every ground, and the reading behind it.
///
/// # Formula
/// In this order:
/// 1. The arms are not of their shares: stop.
/// 2. Some arm is better, all of its guardrails hold, and the least days are over: ship the one with the largest difference.
/// 3. No arm is left, each being worse, futile, too little to be worth it, or with a broken guardrail: stop.
/// 4. The units are there or the last day is over: inconclusive.
/// 5. Else go on.
///
/// A Bayesian test ships the arm that is the best with enough probability and little enough loss, and stops where that is
/// the control.
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentAction, ExperimentMetric, ExperimentTest, Monitoring, Units};
/// use marketloop::time::date;
///
/// let test = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 10_000)
///     .with_monitoring(Monitoring::AlwaysValid)
///     .with_least_days(14)
///     .check()?;
/// let mut record = test.begin(date(2026, 8, 3)?);
/// let arms: Vec<u32> = (0..2_000).map(|unit| unit % 2).collect();
/// let bought: Vec<i64> = (0..2_000).map(|unit| i64::from(unit % 20 < 2)).collect();
/// let sums = record.test().sums(&Units::new(&arms).with_column("bought", &bought)?)?;
///
/// let decision = record.look(date(2026, 8, 4)?, sums)?;
/// assert_eq!(decision.action(), &ExperimentAction::GoOn);
/// assert_eq!(
///     decision.to_string(),
///     "go on: bought of new is not told apart from the control, and may be better by 0.04515; \
///      day 2 of 14 at least, to 2026-08-16; 8000 to the end, at the earliest on 2026-08-16"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentDecision {
    action: ExperimentAction,
    grounds: Vec<DecisionGround>,
    reading: ExperimentReading,
}

serialize_fields!(ExperimentDecision { action, grounds, reading });
to_wire!(ExperimentDecision, DecisionGround);

impl fmt::Display for ExperimentDecision {
    /// `ship new: bought of new is better, by 0.012 at least`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.action)?;
        for (index, ground) in self.grounds.iter().enumerate() {
            write!(f, "{}{ground}", if index == 0 { ": " } else { "; " })?;
        }
        Ok(())
    }
}

impl ExperimentDecision {
    /// What to do.
    #[must_use]
    pub const fn action(&self) -> &ExperimentAction {
        &self.action
    }

    /// What speaks for it, what decides first.
    #[must_use]
    pub fn grounds(&self) -> &[DecisionGround] {
        &self.grounds
    }

    /// What was seen.
    #[must_use]
    pub const fn reading(&self) -> &ExperimentReading {
        &self.reading
    }

    /// Whether the test is over.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.action != ExperimentAction::GoOn
    }

    /// A row for each ground.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("ground");
        for (number, ground) in (1_usize..).zip(&self.grounds) {
            table.push(number, "because", alloc::format!("{ground}").as_str());
        }
        table
    }

    /// Decides by the rule of the test.
    pub(super) fn of(
        test: &ExperimentTest,
        sums: &ExperimentSums,
        start: NaiveDate,
        next_fraction: Option<f64>,
        reading: ExperimentReading,
    ) -> Self {
        let mut rule = Rule { test, reading: &reading, start, next_fraction, grounds: Vec::new() };
        let action = rule.decide(sums);
        let grounds = rule.grounds;
        Self { action, grounds, reading }
    }
}

/// The rule of a test at one look.
struct Rule<'a> {
    test: &'a ExperimentTest,
    reading: &'a ExperimentReading,
    start: NaiveDate,
    next_fraction: Option<f64>,
    grounds: Vec<DecisionGround>,
}

/// What is to be said of a new arm.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chance {
    Wins,
    Open,
    Lost,
}

impl<'a> Rule<'a> {
    fn decide(&mut self, sums: &ExperimentSums) -> ExperimentAction {
        let alpha = self.test.sample_ratio_alpha();
        if let Some(p_value) = self.reading.sample_ratio_p_value.filter(|p| *p <= alpha) {
            self.grounds.push(DecisionGround::SampleRatio { p_value, alpha });
            return ExperimentAction::Stop;
        }
        let is_early = self.reading.day < self.test.least_days();
        let arms: Vec<&str> = self.test.arms().iter().skip(1).map(String::as_str).collect();
        let chances: Vec<Chance> = match self.test.monitoring() {
            Monitoring::Bayesian { least_probability, most_loss } => {
                self.posterior(sums, &arms, *least_probability, *most_loss)
            }
            Monitoring::FixedHorizon | Monitoring::GroupSequential { .. } | Monitoring::AlwaysValid => {
                arms.iter().map(|arm| self.chance(arm)).collect()
            }
        };
        let winner = self.largest(&arms, &chances);
        if let Some(arm) = winner
            && !is_early
        {
            return ExperimentAction::Ship { arm: arm.into() };
        }
        if chances.iter().all(|chance| *chance == Chance::Lost) {
            return ExperimentAction::Stop;
        }
        if self.reading.is_last {
            self.grounds.push(DecisionGround::Ended);
            return ExperimentAction::Inconclusive;
        }
        self.ahead(is_early);
        ExperimentAction::GoOn
    }

    /// The readings of an arm.
    fn of(&self, arm: &str) -> impl Iterator<Item = &'a ComparisonReading> + use<'a> {
        let reading = self.reading;
        let arm = String::from(arm);
        reading.readings.iter().filter(move |own| own.arm == arm)
    }

    /// What the intervals say of an arm.
    fn chance(&mut self, arm: &str) -> Chance {
        let mut chance = self.goal(arm);
        let guards = self.guardrails(arm);
        if chance == Chance::Lost || guards == Chance::Lost {
            return Chance::Lost;
        }
        if guards == Chance::Open {
            chance = Chance::Open;
        }
        chance
    }

    fn goal(&mut self, arm: &str) -> Chance {
        let Some(goal) = self.of(arm).find(|own| own.is_goal) else { return Chance::Open };
        if goal.state == LimitState::NotRead {
            self.not_read(goal);
        }
        let ends = goal.interval.as_ref().known();
        let room = goal.room.as_ref().known();
        // The end that is nearer to the limit; of an open interval the best that may be.
        let is_low = (goal.state == LimitState::Passed) == (self.test.better() == Better::Higher);
        let bound = ends.map(|ends| if is_low { ends.low() } else { ends.high() });
        let (arm, metric) = (goal.arm.clone(), goal.metric.clone());
        self.grounds.push(DecisionGround::Goal { arm: arm.clone(), metric, state: goal.state, bound });
        if let (Some(smallest_effect), Some(room)) = (self.test.smallest_effect(), room)
            && room.high() < smallest_effect
            && goal.state != LimitState::Failed
        {
            self.grounds.push(DecisionGround::TooSmall { arm, most: room.high(), smallest_effect });
            return Chance::Lost;
        }
        match goal.state {
            LimitState::Passed => Chance::Wins,
            LimitState::Failed => Chance::Lost,
            LimitState::Open if goal.is_futile && !self.reading.is_last => {
                self.grounds.push(DecisionGround::Futile { arm });
                Chance::Lost
            }
            LimitState::Open | LimitState::NotRead => Chance::Open,
        }
    }

    fn guardrails(&mut self, arm: &str) -> Chance {
        let mut chance = Chance::Wins;
        for own in self.of(arm).filter(|own| !own.is_goal) {
            if own.state == LimitState::NotRead {
                self.not_read(own);
            }
            let room = own.room.as_ref().known().map(Interval::low);
            let (arm, metric, state) = (own.arm.clone(), own.metric.clone(), own.state);
            self.grounds.push(DecisionGround::Guardrail { arm, metric, state, room });
            chance = match (state, chance) {
                (LimitState::Failed, _) | (_, Chance::Lost) => Chance::Lost,
                (LimitState::Passed, chance) => chance,
                (LimitState::Open | LimitState::NotRead, _) => Chance::Open,
            };
        }
        chance
    }

    /// Why a comparison may not be read, once for each cause.
    fn not_read(&mut self, own: &ComparisonReading) {
        let needed = self.test.least_units();
        let few: Vec<DecisionGround> = self
            .reading
            .units
            .iter()
            .enumerate()
            .filter(|(index, (name, units))| (*index == 0 || *name == own.arm) && *units < needed)
            .map(|(_, (arm, units))| DecisionGround::FewUnits { arm: arm.clone(), units: *units, needed })
            .filter(|ground| !self.grounds.contains(ground))
            .collect();
        let is_few = self.reading.units.iter().any(|(name, units)| *name == own.arm && *units < needed);
        self.grounds.extend(few);
        let few_outcomes = Cause::NotReached(FEW_OUTCOMES.into());
        let is_outcome =
            matches!(&own.interval, Figure::Undefined(undefined) if undefined.cause == few_outcomes);
        if is_outcome && !is_few {
            self.grounds
                .push(DecisionGround::FewOutcomes { arm: own.arm.clone(), metric: own.metric.clone() });
        }
    }

    /// What the posterior says of all arms.
    fn posterior(&mut self, sums: &ExperimentSums, arms: &[&str], least: f64, most: f64) -> Vec<Chance> {
        let is_read = self
            .reading
            .readings
            .iter()
            .filter(|own| own.is_goal)
            .all(|own| own.state != LimitState::NotRead);
        let best = super::reading::posterior(self.test, sums).ok().filter(|_| is_read);
        let verdict = best.as_ref().and_then(|best| BestArmVerdict::of(best, least, most).ok());
        let (Some(best), Some(verdict)) = (best, verdict) else {
            return arms.iter().map(|arm| self.chance(arm)).map(|_| Chance::Open).collect();
        };
        let at = best.arm();
        if let (Some(arm), Some(probability), Some(loss)) =
            (self.test.arms().get(at), best.probabilities().get(at), best.expected_losses().get(at))
        {
            let (arm, probability, loss) = (arm.clone(), *probability, *loss);
            self.grounds.push(DecisionGround::Posterior { arm, probability, loss });
        }
        let is_known = verdict == BestArmVerdict::Stop;
        // The control is arm 0.
        (1..)
            .zip(arms)
            .map(|(index, arm)| {
                let is_best = index == at;
                match (self.guardrails(arm), is_known, is_best) {
                    (Chance::Lost, ..) | (_, true, false) => Chance::Lost,
                    (Chance::Wins, true, true) => Chance::Wins,
                    (Chance::Wins | Chance::Open, ..) => Chance::Open,
                }
            })
            .collect()
    }

    /// The winning arm with the largest difference in the better direction; of equal ones the first.
    fn largest(&self, arms: &[&'a str], chances: &[Chance]) -> Option<&'a str> {
        let mut found: Option<(&str, f64)> = None;
        for (arm, _) in arms.iter().zip(chances).filter(|(_, chance)| **chance == Chance::Wins) {
            let difference =
                self.of(arm).find(|own| own.is_goal).and_then(|own| own.difference.clone().known());
            let gain = difference.map(|by| if self.test.better() == Better::Higher { by } else { -by });
            if let Some(gain) = gain
                && found.is_none_or(|(_, most)| gain > most)
            {
                found = Some((arm, gain));
            }
        }
        found.map(|(arm, _)| arm)
    }

    /// How far it is, and when the test may end at the earliest.
    fn ahead(&mut self, is_early: bool) {
        let (day, needed) = (self.reading.day, self.test.least_days());
        let after = |days: u64| self.start.checked_add_days(Days::new(days.saturating_sub(1)));
        let least = after(u64::from(needed)).filter(|_| is_early);
        if let Some(earliest) = least {
            self.grounds.push(DecisionGround::FewDays { days: day, needed, earliest });
        }
        let (units, planned) = (self.reading.total_units(), self.test.units());
        let next = self.next_fraction.map(|fraction| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a part of planned units, above 0"
            )]
            let at = libm::ceil(fraction * float(planned)) as u64;
            at
        });
        // Units come at the mean pace so far; a day is over before it is counted.
        let date = match next {
            Some(next) if units > 0 => u128::from(next)
                .checked_mul(u128::from(day))
                .map(|all| all.div_ceil(u128::from(units)))
                .and_then(|days| u64::try_from(days).ok())
                .and_then(|days| after(days.max(u64::from(day).saturating_add(1)))),
            Some(_) => None,
            None => after(u64::from(day).saturating_add(1)),
        };
        let earliest = date.map(|date| least.map_or(date, |least| date.max(least)));
        let next_look = next.map(|next| next.saturating_sub(units));
        self.grounds.push(DecisionGround::Ahead { next_look, end: planned.saturating_sub(units), earliest });
    }
}

impl ExperimentTest {
    /// The guardrail of a metric.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`].
    pub fn guardrail(&self, metric: &str) -> Result<&Guardrail, ExperimentError> {
        self.guardrails().iter().find(|own| own.metric().name() == metric).ok_or_else(|| {
            ExperimentError::Unknown {
                what: "guardrail",
                name: metric.into(),
                known: self.guardrails().iter().map(|own| own.metric().name().into()).collect(),
            }
        })
    }
}
