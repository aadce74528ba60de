//! What "+30 %" means: an annual growth has several readings, and each implies another path.

use super::{GoalError, GrowthReading};
use crate::decompose::close;
use crate::figure::{Cause, Figure};
use crate::quantity::display::Shown;
use crate::quantity::{Ratio, Rounding, add, multiply, round};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// An annual growth, such as +30 %, to be read in one of several ways.
///
/// # Examples
/// ```
/// use marketloop::goal::Growth;
/// use rust_decimal::dec;
///
/// let growth = Growth::percent(dec!(30))?;
/// let stock = growth.stock_compounding(dec!(10000), 4)?;
/// assert_eq!(stock.rounded(0)?, [dec!(10678), dec!(11402), dec!(12175), dec!(13000)]);
/// assert!(stock.to_string().starts_with("+30% as stock, compounding: +6.78% a period, from 10000"));
///
/// // The same +30 % of a flow's total, with a steady rate from last quarter on, ends the year 50.6 % up.
/// let flow = growth.flow_steady_from_last(&[dec!(100), dec!(100), dec!(100), dec!(100)])?;
/// assert_eq!(flow.rounded(2)?.iter().sum::<rust_decimal::Decimal>(), dec!(520));
/// assert!((flow.exit_growth().get()? - 0.5058).abs() < 1e-4);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::goal::Growth;
/// let json = r#""1""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Growth>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Given")]
#[doc(alias("YoY", "QoQ", "MoM", "同比", "环比"))]
pub struct Growth(#[serde(with = "crate::quantity::wire::own")] Decimal);

/// A growth as it is read, not checked yet.
#[derive(Deserialize)]
struct Given(#[serde(with = "crate::quantity::wire::own")] Decimal);

impl TryFrom<Given> for Growth {
    type Error = GoalError;

    fn try_from(Given(share): Given) -> Result<Self, Self::Error> {
        Self::new(share)
    }
}

/// The path of one reading of a growth: the level of each period, and the goal in which they end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GrowthPath {
    growth: Growth,
    reading: GrowthReading,
    /// The level before the first period: the stock at the start, or last year's last flow.
    #[serde(with = "crate::quantity::wire::own")]
    start: f64,
    /// The stock at each period's end, or the flow of each period.
    #[serde(with = "crate::quantity::wire::own")]
    levels: Vec<f64>,
    /// The stock at the year's end, or the flow of the whole year; exact.
    #[serde(with = "crate::quantity::wire::own")]
    goal: Decimal,
    /// The one rate or the one amount per period that makes the path.
    #[serde(with = "crate::quantity::wire::own")]
    step: f64,
}

impl Growth {
    /// The growth of this share: 0.3 is +30 %.
    ///
    /// # Errors
    /// [`GoalError::GrowthOutOfRange`] at -1 (nothing is left) or below, or above 1000.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// assert_eq!(Growth::new(dec!(0.3))?, Growth::percent(dec!(30))?);
    /// assert!(Growth::new(dec!(-1)).is_err()); // nothing would be left
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn new(share: Decimal) -> Result<Self, GoalError> {
        if share <= Decimal::NEGATIVE_ONE || share > Decimal::ONE_THOUSAND {
            return Err(GoalError::GrowthOutOfRange { value: share });
        }
        Ok(Self(share.normalize()))
    }

    /// The growth of this percentage: 30 is +30 %.
    ///
    /// # Errors
    /// [`GoalError::GrowthOutOfRange`]; [`GoalError::Quantity`] beyond 26 decimals.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// assert_eq!(Growth::percent(dec!(30))?.share(), dec!(0.3));
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn percent(percent: Decimal) -> Result<Self, GoalError> {
        Self::new(multiply(percent, Decimal::from_parts(1, 0, 0, false, 2))?)
    }

    /// The growth as a share.
    #[must_use]
    pub const fn share(self) -> Decimal {
        self.0
    }

    /// A stock from `base` on that grows by one rate.
    ///
    /// # Formula
    /// `level_k = base * (1 + g)^(k / n)` for k from 1 to n periods
    ///
    /// # Errors
    /// [`GoalError::NoParts`] for no periods; [`GoalError::TooMany`] above 10,000;
    /// [`GoalError::LevelNotPositive`] for a base of 0 or less; [`GoalError::Quantity`] where the goal needs more
    /// than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// // 44 % in two halves are 20 % each.
    /// let users = Growth::percent(dec!(44))?.stock_compounding(dec!(100), 2)?;
    /// assert_eq!(users.rounded(0)?, [dec!(120), dec!(144)]);
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn stock_compounding(self, base: Decimal, periods: u32) -> Result<GrowthPath, GoalError> {
        let start = positive(base)?;
        let factor = 1.0 + float(self.0);
        let count = f64::from(some_periods(periods)?);
        // Each level by its own power: a running product would carry its rounding to the last one.
        let levels = (1..=periods).map(|k| start * libm::pow(factor, f64::from(k) / count)).collect();
        let step = libm::pow(factor, 1.0 / count) - 1.0;
        self.path(GrowthReading::StockCompounding, start, levels, self.grown(base)?, step)
    }

    /// A stock from `base` on that grows by one amount.
    ///
    /// # Formula
    /// `level_k = base * (1 + g * k / n)` for k from 1 to n periods
    ///
    /// # Errors
    /// [`GoalError::NoParts`] for no periods; [`GoalError::TooMany`] above 10,000;
    /// [`GoalError::LevelNotPositive`] for a base of 0 or less; [`GoalError::Quantity`] where the goal needs more
    /// than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// let users = Growth::percent(dec!(44))?.stock_linear(dec!(100), 2)?;
    /// assert_eq!(users.rounded(0)?, [dec!(122), dec!(144)]); // 22 in each half
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn stock_linear(self, base: Decimal, periods: u32) -> Result<GrowthPath, GoalError> {
        let start = positive(base)?;
        let count = f64::from(some_periods(periods)?);
        let step = start * float(self.0) / count;
        let levels = (1..=periods).map(|k| start + step * f64::from(k)).collect();
        self.path(GrowthReading::StockLinear, start, levels, self.grown(base)?, step)
    }

    /// A stock from `base` on that grows in the proportion of last year's flows.
    ///
    /// # Formula
    /// `level_k = base * (1 + g * (f_1 + … + f_k) / (f_1 + … + f_n))`, f last year's flows
    ///
    /// # Errors
    /// [`GoalError::NoParts`]; [`GoalError::NegativeFlow`]; [`GoalError::LevelNotPositive`] for a base of 0 or less or
    /// flows that are all 0; [`GoalError::Quantity`] where the goal needs more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// // Three of four new users came in the second half.
    /// let users = Growth::percent(dec!(40))?.stock_seasonal(dec!(100), &[dec!(5), dec!(15)])?;
    /// assert_eq!(users.rounded(0)?, [dec!(110), dec!(140)]);
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn stock_seasonal(self, base: Decimal, last_year: &[Decimal]) -> Result<GrowthPath, GoalError> {
        let start = positive(base)?;
        let (flows, _) = flows(last_year)?;
        let total: f64 = flows.iter().sum();
        let increase = start * float(self.0);
        let mut sum = 0.0;
        let levels = flows.iter().map(|flow| {
            sum += flow;
            // The share first: the last one is 1 exactly, and the path ends with the whole increase.
            start + increase * (sum / total)
        });
        let levels = levels.collect();
        self.path(GrowthReading::StockSeasonal, start, levels, self.grown(base)?, increase)
    }

    /// A stock from `base` on that loses the share `churn` in each period and gains one amount, the gross
    /// additions, which is the path's [`step`](GrowthPath::step).
    ///
    /// # Formula
    /// `level_k = level_(k-1) * (1 - c) + a`, with a such that `level_n = base * (1 + g)`
    ///
    /// # Errors
    /// [`GoalError::NoParts`]; [`GoalError::TooMany`]; [`GoalError::LevelNotPositive`];
    /// [`GoalError::ChurnOutOfRange`] outside 0..=1; [`GoalError::Quantity`]; [`GoalError::NegativeAdditions`] when
    /// the stock after churn is above the goal.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// // A tenth leaves in each period: to keep 100, ten have to come.
    /// let users = Growth::percent(dec!(0))?.stock_with_churn(dec!(100), 2, dec!(0.1))?;
    /// assert!((users.step() - 10.0).abs() < 1e-9);
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn stock_with_churn(
        self,
        base: Decimal,
        periods: u32,
        churn: Decimal,
    ) -> Result<GrowthPath, GoalError> {
        let start = positive(base)?;
        let count = f64::from(some_periods(periods)?);
        if churn < Decimal::ZERO || churn > Decimal::ONE {
            return Err(GoalError::ChurnOutOfRange { value: churn });
        }
        let goal = self.grown(base)?;
        let lost = float(churn);
        // Through logarithms, so that a churn far below one loses no digits.
        let kept_log = count * libm::log1p(-lost);
        let kept = libm::exp(kept_log);
        // The sum of (1 - c)^j for j below n: what one unit added in each period amounts to at the end.
        let accumulated = if churn.is_zero() { count } else { -libm::expm1(kept_log) / lost };
        let step = (float(goal) - start * kept) / accumulated;
        // Fewer than none would have to be added: churn alone leaves more than the goal.
        if step < 0.0 {
            return Err(GoalError::NegativeAdditions { additions: step });
        }
        let mut level = start;
        let levels = (0..periods).map(|_| {
            level = level * (1.0 - lost) + step;
            level
        });
        let levels = levels.collect();
        self.path(GrowthReading::StockWithChurn, start, levels, goal, step)
    }

    /// A flow whose every period grows over the same period of last year by the same rate.
    ///
    /// # Formula
    /// `flow_k = last_year_k * (1 + g)`
    ///
    /// # Errors
    /// [`GoalError::NoParts`]; [`GoalError::NegativeFlow`]; [`GoalError::LevelNotPositive`] for flows that are all 0;
    /// [`GoalError::Quantity`] where the goal needs more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// let orders = Growth::percent(dec!(50))?.flow_same_rate(&[dec!(10), dec!(30)])?;
    /// assert_eq!(orders.rounded(0)?, [dec!(15), dec!(45)]);
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn flow_same_rate(self, last_year: &[Decimal]) -> Result<GrowthPath, GoalError> {
        let (flows, last) = flows(last_year)?;
        let factor = 1.0 + float(self.0);
        let levels = flows.iter().map(|flow| flow * factor).collect();
        self.path(
            GrowthReading::FlowSameRate,
            float(last),
            levels,
            self.grown_total(last_year)?,
            float(self.0),
        )
    }

    /// A flow that grows from last year's last period on by one rate, so that the year's total grows as asked.
    ///
    /// # Formula
    /// `flow_k = last * (1 + r)^k`, with r such that the flows add up to (1 + g) times last year's total
    ///
    /// # Errors
    /// [`GoalError::NoParts`]; [`GoalError::NegativeFlow`]; [`GoalError::LevelNotPositive`] for a last flow of 0;
    /// [`GoalError::Quantity`] where the goal needs more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// let orders = Growth::percent(dec!(50))?.flow_steady_from_last(&[dec!(20), dec!(20)])?;
    /// assert_eq!(orders.goal(), dec!(60)); // the year grows by half, month by month at one rate
    /// assert!(orders.step() > 0.3);
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn flow_steady_from_last(self, last_year: &[Decimal]) -> Result<GrowthPath, GoalError> {
        let (flows, last) = flows(last_year)?;
        let start = positive(last)?;
        let goal = self.grown_total(last_year)?;
        let factor = trend(&alloc::vec![start; flows.len()], float(goal));
        let levels = powers(factor).take(flows.len()).map(|power| start * power).collect();
        self.path(GrowthReading::FlowSteadyFromLast, start, levels, goal, factor - 1.0)
    }

    /// A flow with last year's season and a trend of one rate, so that the year's total grows as asked.
    ///
    /// # Formula
    /// `flow_k = last_year_k * (1 + r)^k`, with r such that the flows add up to (1 + g) times last year's total
    ///
    /// # Errors
    /// [`GoalError::NoParts`]; [`GoalError::NegativeFlow`]; [`GoalError::LevelNotPositive`] for flows that are all 0;
    /// [`GoalError::Quantity`] where the goal needs more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// let orders = Growth::percent(dec!(50))?.flow_seasonal_trend(&[dec!(10), dec!(30)])?;
    /// assert_eq!(orders.goal(), dec!(60));
    /// assert!(orders.levels()[1] > 3.0 * orders.levels()[0]); // last year's season, and the trend
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn flow_seasonal_trend(self, last_year: &[Decimal]) -> Result<GrowthPath, GoalError> {
        let (flows, last) = flows(last_year)?;
        let goal = self.grown_total(last_year)?;
        let factor = trend(&flows, float(goal));
        let levels = powers(factor).zip(&flows).map(|(power, flow)| flow * power).collect();
        self.path(GrowthReading::FlowSeasonalTrend, float(last), levels, goal, factor - 1.0)
    }

    fn grown(self, base: Decimal) -> Result<Decimal, GoalError> {
        Ok(multiply(base, add(Decimal::ONE, self.0)?)?.normalize())
    }

    fn grown_total(self, flows: &[Decimal]) -> Result<Decimal, GoalError> {
        let total = flows.iter().try_fold(Decimal::ZERO, |sum, flow| add(sum, *flow))?;
        self.grown(total)
    }

    fn path(
        self,
        reading: GrowthReading,
        start: f64,
        levels: Vec<f64>,
        goal: Decimal,
        step: f64,
    ) -> Result<GrowthPath, GoalError> {
        // Powers of a large growth leave the range of a float before the growth leaves its own: refused here, once for all.
        if levels.iter().chain([&step]).all(|value| value.is_finite()) {
            Ok(GrowthPath { growth: self, reading, start, levels, goal, step })
        } else {
            Err(GoalError::GrowthOutOfRange { value: self.0 })
        }
    }
}

impl fmt::Display for Growth {
    /// `+30%`; a precision is a number of decimals of the percentage, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::decimal(f, self.0, 2).with_plus().between("", "%").write(f)
    }
}

impl GrowthPath {
    /// The reading of the growth.
    #[must_use]
    pub const fn reading(&self) -> GrowthReading {
        self.reading
    }

    /// The stock at each period's end, or the flow of each period, as estimates.
    #[must_use]
    pub fn levels(&self) -> &[f64] {
        &self.levels
    }

    /// The stock at the year's end, or the flow of the whole year, exactly.
    #[must_use]
    pub const fn goal(&self) -> Decimal {
        self.goal
    }

    /// The one rate per period that makes the path (0.0678 is +6.78 %); for a linear stock or one with churn
    /// the one amount per period; for a seasonal stock the amount of the year.
    #[must_use]
    pub const fn step(&self) -> f64 {
        self.step
    }

    /// The growth of each period over the one before it, the first over the start; undefined after a flow of 0.
    #[must_use]
    pub fn rates(&self) -> Vec<Figure<f64>> {
        let before = core::iter::once(&self.start).chain(&self.levels);
        before
            .zip(&self.levels)
            .map(|(before, level)| rate(*before, *level, "growth", "the period before"))
            .collect()
    }

    /// The growth of the last period over the same period of last year; undefined where that was 0.
    #[must_use]
    pub fn exit_growth(&self) -> Figure<f64> {
        rate(self.start, self.split_last().0, "exit growth", "last year's last period")
    }

    /// The last level and the levels before it.
    #[expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        reason = "every reading has a period"
    )]
    fn split_last(&self) -> (f64, &[f64]) {
        // No path is read from outside: only the readings make one, and they refuse to have no periods.
        debug_assert!(!self.levels.is_empty(), "a path without periods");
        let last = self.levels.len() - 1;
        (self.levels[last], &self.levels[..last])
    }

    /// The levels as decimals of at most `decimals` places: a stock ends at the goal exactly, a flow adds up to it
    /// exactly.
    ///
    /// # Errors
    /// [`GoalError::TooFineGoal`] when the goal has more decimals; [`GoalError::Decompose`] and
    /// [`GoalError::Quantity`] for levels beyond 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Growth;
    /// use rust_decimal::dec;
    ///
    /// let orders = Growth::percent(dec!(50))?.flow_same_rate(&[dec!(11), dec!(11), dec!(12)])?;
    /// let months = orders.rounded(0)?;
    /// assert_eq!(months.iter().sum::<rust_decimal::Decimal>(), orders.goal()); // 51 exactly
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn rounded(&self, decimals: u32) -> Result<Vec<Decimal>, GoalError> {
        if round(self.goal, (decimals, Rounding::TowardZero)) != self.goal {
            return Err(GoalError::TooFineGoal { goal: self.goal, decimals });
        }
        // Flows share what their rounding misses; of a stock there is no sum, and every level is rounded for itself.
        if self.is_flow() {
            return Ok(close(&self.levels, self.goal, decimals)?);
        }
        // The last level is the goal itself: an estimate of it may round beside it.
        let levels = self.split_last().1.iter();
        let levels =
            levels.map(|level| Ok(round(decimal(*level)?, (decimals, Rounding::HalfEven)).normalize()));
        levels.chain([Ok(self.goal)]).collect()
    }

    const fn is_flow(&self) -> bool {
        matches!(
            self.reading,
            GrowthReading::FlowSameRate
                | GrowthReading::FlowSteadyFromLast
                | GrowthReading::FlowSeasonalTrend
        )
    }
}

impl fmt::Display for GrowthPath {
    /// What the reading implies, in a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { growth, reading, start, goal, step, .. } = self;
        let percent: String = alloc::format!("{:+.2}%", step * 100.0);
        write!(f, "{growth} as {reading}: ")?;
        match reading {
            GrowthReading::StockCompounding => write!(f, "{percent} a period, from {start} to {goal}"),
            GrowthReading::StockLinear => write!(f, "{step:+.2} a period, from {start} to {goal}"),
            GrowthReading::StockSeasonal => write!(f, "{step:+.2} over the year, from {start} to {goal}"),
            GrowthReading::StockWithChurn => write!(f, "{step:.2} gained a period, from {start} to {goal}"),
            _ => {
                write!(f, "{percent} a period, {goal} in all")?;
                if let Figure::Known(exit) = self.exit_growth() {
                    return write!(f, ", the last period {:+.2}% over last year's", exit * 100.0);
                }
                // Nothing is a share of 0, which was measured all the same.
                let (last, _) = self.split_last();
                write!(f, ", the last period {last} over last year's of 0")
            }
        }
    }
}

fn rate(before: f64, after: f64, name: &'static str, divisor: &'static str) -> Figure<f64> {
    if before > 0.0 {
        Figure::Known(after / before - 1.0)
    } else {
        Figure::undefined(name, Cause::Zero(divisor.into()))
    }
}

/// The decimal of a float's shortest text: 0.1 is told as 0.1, not as the 55 digits of its binary value.
pub(super) fn decimal(value: f64) -> Result<Decimal, GoalError> {
    Ok(crate::quantity::parse_decimal(&alloc::format!("{value}"))?)
}

/// The nearest float, up to its last place.
pub(super) fn float(value: Decimal) -> f64 {
    Ratio::from(value).to_f64()
}

fn positive(value: Decimal) -> Result<f64, GoalError> {
    if value > Decimal::ZERO { Ok(float(value)) } else { Err(GoalError::LevelNotPositive { value }) }
}

/// The most periods of a path: a century of weeks and some more.
const MOST_PERIODS: u32 = 10_000;

fn some_periods(periods: u32) -> Result<u32, GoalError> {
    match periods {
        0 => Err(GoalError::NoParts),
        1..=MOST_PERIODS => Ok(periods),
        // Each period is a number in memory: a count from outside must not choose how many.
        _ => Err(GoalError::TooMany {
            what: "periods",
            limit: MOST_PERIODS as usize,
            actual: periods as usize,
        }),
    }
}

/// Flows of 0 or more, not all of them 0, and the last of them.
fn flows(flows: &[Decimal]) -> Result<(Vec<f64>, Decimal), GoalError> {
    let last = *flows.last().ok_or(GoalError::NoParts)?;
    if let Some((period, value)) = flows.iter().enumerate().find(|(_, flow)| **flow < Decimal::ZERO) {
        return Err(GoalError::NegativeFlow { period, value: *value });
    }
    if flows.iter().all(Decimal::is_zero) {
        return Err(GoalError::LevelNotPositive { value: Decimal::ZERO });
    }
    Ok((flows.iter().map(|flow| float(*flow)).collect(), last))
}

fn powers(factor: f64) -> impl Iterator<Item = f64> {
    (1_i32..).map(move |k| libm::pow(factor, f64::from(k)))
}

/// The factor x > 0 with sum of weight k * x^k = total, for weights that are not all 0: the sum rises with x
/// from 0 on, so that there is just one.
fn trend(weights: &[f64], total: f64) -> f64 {
    let sum = |x: f64| weights.iter().rev().fold(0.0, |sum, weight| (sum + weight) * x);
    let (mut low, mut high) = (0.0, 1.0);
    // Without a limit: from a last flow of next to nothing a year may have to grow by any factor. It ends, because one
    // weight is above 0 and the total is finite.
    while sum(high) < total {
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..200 {
        let middle = low + (high - low) / 2.0;
        // Between neighbouring floats there is no middle: most searches end here, after some sixty halvings.
        if !(low < middle && middle < high) {
            break;
        }
        if sum(middle) < total { low = middle } else { high = middle }
    }
    low + (high - low) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn growth(percent: i64) -> Growth {
        Growth::percent(percent.into()).unwrap()
    }

    #[test]
    fn a_flow_adds_up_and_a_stock_ends_at_the_goal() {
        let last_year = [dec!(210), dec!(260), dec!(240), dec!(340)];
        for path in [
            growth(30).flow_same_rate(&last_year).unwrap(),
            growth(30).flow_steady_from_last(&last_year).unwrap(),
            growth(30).flow_seasonal_trend(&last_year).unwrap(),
        ] {
            assert_eq!(path.rounded(0).unwrap().iter().sum::<Decimal>(), dec!(1365), "{path}");
        }
        let seasonal = growth(30).stock_seasonal(dec!(52000), &last_year).unwrap();
        assert_eq!(*seasonal.rounded(0).unwrap().last().unwrap(), dec!(67600));
        assert!(matches!(
            growth(1).stock_linear(dec!(0.5), 4).unwrap().rounded(1),
            Err(GoalError::TooFineGoal { .. })
        ));
    }

    /// From next to nothing a flow has to grow by more than the search once allowed: the path missed its goal silently.
    #[test]
    fn a_path_from_a_tiny_last_flow_reaches_its_goal() {
        let last_year = [dec!(1000000000000000000), dec!(0.00000001)];
        let path = growth(30).flow_steady_from_last(&last_year).unwrap();
        let sum: f64 = path.levels().iter().sum();
        assert!((sum / 1.3e18 - 1.0).abs() < 1e-12, "{sum}");
    }

    #[test]
    fn a_tiny_churn_and_a_fine_level_lose_no_digits() {
        for churn in [dec!(0.0000000000000001), dec!(0.00000000000000000000001)] {
            let path = growth(30).stock_with_churn(dec!(1000), 4, churn).unwrap();
            assert!((path.levels()[3] - 1300.0).abs() < 1e-9, "{churn}");
        }
        let flat = growth(0).stock_compounding(dec!(4216138.98), 2).unwrap();
        assert_eq!(flat.rounded(9).unwrap(), [dec!(4216138.98); 2]);
    }

    #[test]
    fn shrinking_is_growth_below_zero() {
        let path = growth(-50).stock_compounding(dec!(100), 2).unwrap();
        assert!((path.levels()[0] - 70.710_678).abs() < 1e-6);
        let path = growth(-99).flow_seasonal_trend(&[dec!(1), dec!(0), dec!(5)]).unwrap();
        assert_eq!(path.rounded(2).unwrap().iter().sum::<Decimal>(), dec!(0.06));
        assert!(path.rates()[2].is_undefined());
        let silent = growth(30).flow_same_rate(&[dec!(5), dec!(0)]).unwrap();
        assert!(silent.exit_growth().is_undefined());
        assert_eq!(
            alloc::format!("{silent}"),
            "+30% as flow, same rate over last year: +30.00% a period, 6.5 in all, the last period 0 over last year's of 0"
        );
    }

    #[test]
    fn what_cannot_grow_is_refused() {
        assert!(Growth::new(dec!(-1)).is_err() && Growth::new(dec!(1001)).is_err());
        assert!(growth(30).stock_compounding(dec!(0), 4).is_err());
        assert!(growth(30).stock_compounding(dec!(1), 0).is_err());
        assert!(growth(30).flow_same_rate(&[]).is_err());
        assert!(growth(30).flow_same_rate(&[dec!(0), dec!(0)]).is_err());
        assert!(growth(30).flow_same_rate(&[dec!(-1), dec!(5)]).is_err());
        assert!(growth(30).flow_steady_from_last(&[dec!(1), dec!(0)]).is_err());
        assert!(growth(30).stock_with_churn(dec!(100), 12, dec!(1.1)).is_err());
        assert!(matches!(
            growth(-90).stock_with_churn(dec!(100), 2, dec!(0.1)),
            Err(GoalError::NegativeAdditions { .. })
        ));
        assert!(growth(0).stock_with_churn(dec!(100), 12, dec!(1)).is_ok());
        assert!(growth(30).stock_linear(Decimal::MAX, 3).is_err());
        assert!(matches!(
            growth(30).stock_linear(dec!(1), u32::MAX),
            Err(GoalError::TooMany { limit: 10_000, .. })
        ));
        assert!(matches!(
            growth(1).flow_same_rate(&[dec!(3), dec!(-1)]),
            Err(GoalError::NegativeFlow { period: 1, .. })
        ));
    }
}
