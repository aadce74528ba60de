//! Why spending differs from the plan: price, volume and mix, and flexible budgets.

use super::BudgetError;
use super::names::indexed;
use crate::error::{Path, Problems};
use crate::figure::{Cause, Figure, Undefined};
use crate::quantity::{Ratio, Rounding};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A price per unit and a number of units: clicks and their cost, posts and their fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSpend {
    /// The price of one unit, 0 or more.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub price: Decimal,
    /// The number of units, 0 or more.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub quantity: Decimal,
}

impl UnitSpend {
    /// A price per unit and a number of units.
    #[must_use]
    pub const fn new(price: Decimal, quantity: Decimal) -> Self {
        Self { price, quantity }
    }
}

/// What was planned for a line and what came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineSpend {
    /// The line's name, unique in its list.
    pub name: String,
    /// The plan.
    pub planned: UnitSpend,
    /// What came.
    pub actual: UnitSpend,
}

impl LineSpend {
    /// A line with its plan and what came.
    #[must_use]
    pub fn new(name: impl Into<String>, planned: UnitSpend, actual: UnitSpend) -> Self {
        Self { name: name.into(), planned, actual }
    }
}

/// The parts of a line's variance, in the unit of its spending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineVariance {
    name: String,
    price: Ratio,
    volume_and_mix: Option<(Ratio, Ratio)>,
    total: Ratio,
}

impl LineVariance {
    /// The line's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the price per unit did.
    #[must_use]
    pub const fn price(&self) -> Ratio {
        self.price
    }

    /// What the number of units over all lines did, at the planned mix.
    /// Undefined where no quantity was planned in any line.
    #[must_use]
    pub fn volume(&self) -> Figure<Ratio> {
        volume(self.volume_and_mix)
    }

    /// What the line's part of all units did, at its planned price.
    /// Undefined where no quantity was planned in any line.
    #[must_use]
    pub fn mix(&self) -> Figure<Ratio> {
        mix(self.volume_and_mix)
    }

    /// Actual less planned spending: price, volume and mix add up to it.
    #[must_use]
    pub const fn total(&self) -> Ratio {
        self.total
    }
}

/// The variance of spending over lines that share a unit (clicks, impressions), explained exactly.
///
/// # Formula
/// With planned price `p0` and quantity `q0`, actual `p1` and `q1`, and `Q0`, `Q1` the quantities over all lines:
/// `price = (p1 - p0) q1`, `volume = (Q1 - Q0) p0 q0 / Q0`, `mix = (q1 - Q1 q0 / Q0) p0`; the three add up to
/// `p1 q1 - p0 q0` for every line.
///
/// # Examples
/// ```
/// use marketloop::budget::{LineSpend, SpendVariance, UnitSpend};
/// use rust_decimal::dec;
///
/// // In the promotion season a click on search costs 30 % more.
/// let why = SpendVariance::of([
///     LineSpend::new("search", UnitSpend::new(dec!(40), dec!(5000)), UnitSpend::new(dec!(52), dec!(5000))),
///     LineSpend::new("feed", UnitSpend::new(dec!(25), dec!(8000)), UnitSpend::new(dec!(25), dec!(7000))),
/// ])?;
/// assert_eq!(why.to_string(), "35000: price 60000, volume ~-30769.2308, mix ~5769.2308");
/// assert_eq!(why.lines()[0].price().to_string(), "60000");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendVariance {
    planned: Ratio,
    actual: Ratio,
    price: Ratio,
    volume_and_mix: Option<(Ratio, Ratio)>,
    total: Ratio,
    lines: Vec<LineVariance>,
}

impl SpendVariance {
    /// The variance of these lines.
    ///
    /// # Errors
    /// All at once: [`BudgetError::NoLines`], [`BudgetError::DuplicateLine`], [`BudgetError::NegativeNumber`];
    /// then [`BudgetError::Quantity`] where a fraction needs more than 128 bits.
    pub fn of(lines: impl IntoIterator<Item = LineSpend>) -> Result<Self, Problems<BudgetError>> {
        let lines: Vec<LineSpend> = lines.into_iter().collect();
        let at = Path::root().field("lines");
        let mut problems = Problems::new();
        if lines.is_empty() {
            problems.push(at.clone(), BudgetError::NoLines);
        }
        indexed(lines.iter().map(|line| line.name.as_str()), &at, "name", &mut problems);
        for (index, line) in lines.iter().enumerate() {
            for (field, spend) in [("planned", line.planned), ("actual", line.actual)] {
                let path = at.index(index).field(field);
                for (what, value) in [("price", spend.price), ("quantity", spend.quantity)] {
                    problems.take(&path.field(what), not_negative(what, value));
                }
            }
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let variance = problems.take(&at, Self::explain(lines));
        problems.finish(variance)
    }

    fn explain(lines: Vec<LineSpend>) -> Result<Self, BudgetError> {
        let sum = |quantity: fn(&LineSpend) -> Decimal| {
            lines.iter().try_fold(Ratio::ZERO, |sum, line| sum.plus(quantity(line).into()))
        };
        let (planned, actual) = (sum(|line| line.planned.quantity)?, sum(|line| line.actual.quantity)?);
        let growth = actual.minus(planned)?;
        let zero = Ratio::ZERO;
        let mut all = Self {
            planned: zero,
            actual: zero,
            price: zero,
            volume_and_mix: (!planned.is_zero()).then_some((zero, zero)),
            total: zero,
            lines: Vec::with_capacity(lines.len()),
        };
        for line in lines {
            let (p0, q0) = (Ratio::from(line.planned.price), Ratio::from(line.planned.quantity));
            let (p1, q1) = (Ratio::from(line.actual.price), Ratio::from(line.actual.quantity));
            let (before, after) = (p0.times(q0)?, p1.times(q1)?);
            let price = p1.minus(p0)?.times(q1)?;
            let mut volume_and_mix = None;
            if let Some((volumes, mixes)) = &mut all.volume_and_mix {
                let share = q0.divided_by(planned)?;
                let volume = growth.times(share)?.times(p0)?;
                let mix = q1.minus(actual.times(share)?)?.times(p0)?;
                *volumes = volumes.plus(volume)?;
                *mixes = mixes.plus(mix)?;
                volume_and_mix = Some((volume, mix));
            }
            all.planned = all.planned.plus(before)?;
            all.actual = all.actual.plus(after)?;
            all.price = all.price.plus(price)?;
            let total = after.minus(before)?;
            all.lines.push(LineVariance { name: line.name, price, volume_and_mix, total });
        }
        all.total = all.actual.minus(all.planned)?;
        Ok(all)
    }

    /// The planned spending.
    #[must_use]
    pub const fn planned(&self) -> Ratio {
        self.planned
    }

    /// The actual spending.
    #[must_use]
    pub const fn actual(&self) -> Ratio {
        self.actual
    }

    /// What the prices did.
    #[must_use]
    pub const fn price(&self) -> Ratio {
        self.price
    }

    /// What the number of units did.
    /// Undefined where no quantity was planned.
    #[must_use]
    pub fn volume(&self) -> Figure<Ratio> {
        volume(self.volume_and_mix)
    }

    /// What the mix of the lines did.
    /// Undefined where no quantity was planned.
    #[must_use]
    pub fn mix(&self) -> Figure<Ratio> {
        mix(self.volume_and_mix)
    }

    /// Actual less planned spending: price, volume and mix add up to it.
    #[must_use]
    pub const fn total(&self) -> Ratio {
        self.total
    }

    /// The lines in their order.
    #[must_use]
    pub fn lines(&self) -> &[LineVariance] {
        &self.lines
    }
}

impl fmt::Display for SpendVariance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        parts(f, self.total, self.price, self.volume_and_mix)
    }
}

impl fmt::Display for LineVariance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.name)?;
        parts(f, self.total, self.price, self.volume_and_mix)
    }
}

/// Volume and mix need a planned mix of quantities.
fn unplanned() -> Undefined {
    Undefined::new("volume and mix", Cause::None("planned quantity".into()))
}

fn volume(volume_and_mix: Option<(Ratio, Ratio)>) -> Figure<Ratio> {
    volume_and_mix.map_or_else(|| Figure::Undefined(unplanned()), |(volume, _)| Figure::Known(volume))
}

fn mix(volume_and_mix: Option<(Ratio, Ratio)>) -> Figure<Ratio> {
    volume_and_mix.map_or_else(|| Figure::Undefined(unplanned()), |(_, mix)| Figure::Known(mix))
}

fn parts(
    f: &mut fmt::Formatter<'_>,
    total: Ratio,
    price: Ratio,
    volume_and_mix: Option<(Ratio, Ratio)>,
) -> fmt::Result {
    write!(f, "{}: price {}, ", near(&total), near(&price))?;
    match volume_and_mix {
        Some((volume, mix)) => write!(f, "volume {}, mix {}", near(&volume), near(&mix)),
        None => write!(f, "{}", unplanned()),
    }
}

/// A fraction as a decimal with all its digits, or with four and a `~` where they do not end.
pub(super) fn near(value: &Ratio) -> String {
    match value.to_decimal() {
        Some(exact) => exact.to_string(),
        None => value
            .round(4, Rounding::HalfEven)
            .map_or_else(|_| value.to_string(), |rounded| alloc::format!("~{rounded}")),
    }
}

/// A budget of a fixed part and a rate per unit, which follows the units that came.
///
/// # Examples
/// ```
/// use marketloop::budget::FlexibleBudget;
/// use rust_decimal::dec;
///
/// // 20,000 of fixed cost and 0.80 a click for 100,000 clicks; 120,000 clicks came for 121,000.
/// let clicks = FlexibleBudget::new(dec!(20000), "4/5".parse()?, dec!(100000))?;
/// let variance = clicks.against(dec!(120000), dec!(121000))?;
/// assert_eq!(variance.static_budget().to_string(), "100000");
/// assert_eq!(variance.flexed().to_string(), "116000");
/// assert_eq!(variance.volume_variance().to_string(), "16000");
/// assert_eq!(variance.spending_variance().to_string(), "5000");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlexibleWire", into = "FlexibleWire")]
pub struct FlexibleBudget {
    fixed: Decimal,
    rate: Ratio,
    planned_units: Decimal,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlexibleWire {
    #[serde(with = "crate::quantity::wire::decimal")]
    fixed: Decimal,
    rate: Ratio,
    #[serde(with = "crate::quantity::wire::decimal")]
    planned_units: Decimal,
}

impl TryFrom<FlexibleWire> for FlexibleBudget {
    type Error = Problems<BudgetError>;

    fn try_from(wire: FlexibleWire) -> Result<Self, Self::Error> {
        Self::new(wire.fixed, wire.rate, wire.planned_units)
    }
}

impl From<FlexibleBudget> for FlexibleWire {
    fn from(budget: FlexibleBudget) -> Self {
        Self { fixed: budget.fixed, rate: budget.rate, planned_units: budget.planned_units }
    }
}

impl FlexibleBudget {
    /// A budget of `fixed` and of `rate` for each of `planned_units`.
    ///
    /// # Errors
    /// All at once: [`BudgetError::NegativeNumber`] for the fixed part or the units,
    /// [`BudgetError::NegativeRate`] for the rate.
    pub fn new(fixed: Decimal, rate: Ratio, planned_units: Decimal) -> Result<Self, Problems<BudgetError>> {
        let root = Path::root();
        let mut problems = Problems::new();
        problems.take(&root.field("fixed"), not_negative("fixed part", fixed));
        if rate.is_negative() {
            problems.push(root.field("rate"), BudgetError::NegativeRate { rate });
        }
        problems.take(&root.field("planned_units"), not_negative("planned units", planned_units));
        problems.into_result(Self { fixed, rate, planned_units })
    }

    /// The budget for `units`.
    ///
    /// # Formula
    /// `fixed + rate * units`.
    ///
    /// # Errors
    /// [`BudgetError::NegativeNumber`]; [`BudgetError::Quantity`] where the fraction needs more than 128 bits.
    pub fn flexed(&self, units: Decimal) -> Result<Ratio, BudgetError> {
        let units = not_negative("units", units)?;
        Ok(self.rate.times(units.into())?.plus(self.fixed.into())?)
    }

    /// What `actual_units` that cost `actual` differ by from the plan, and what the units and the spending did.
    ///
    /// # Errors
    /// Those of [`flexed`](Self::flexed); [`BudgetError::NegativeNumber`] for the actual amount.
    pub fn against(&self, actual_units: Decimal, actual: Decimal) -> Result<FlexVariance, BudgetError> {
        let actual = Ratio::from(not_negative("actual amount", actual)?);
        let (static_budget, flexed) = (self.flexed(self.planned_units)?, self.flexed(actual_units)?);
        Ok(FlexVariance {
            static_budget,
            flexed,
            volume: flexed.minus(static_budget)?,
            spending: actual.minus(flexed)?,
            total: actual.minus(static_budget)?,
        })
    }
}

/// What was spent against a flexible budget, in its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlexVariance {
    static_budget: Ratio,
    flexed: Ratio,
    volume: Ratio,
    spending: Ratio,
    total: Ratio,
}

impl FlexVariance {
    /// The budget for the planned units.
    #[must_use]
    pub const fn static_budget(&self) -> Ratio {
        self.static_budget
    }

    /// The budget for the units that came.
    #[must_use]
    pub const fn flexed(&self) -> Ratio {
        self.flexed
    }

    /// What the number of units did: flexed less static budget.
    #[must_use]
    pub const fn volume_variance(&self) -> Ratio {
        self.volume
    }

    /// What the spending did for the units that came: actual less flexed budget.
    #[must_use]
    pub const fn spending_variance(&self) -> Ratio {
        self.spending
    }

    /// Actual less static budget: volume and spending variance add up to it.
    #[must_use]
    pub const fn total(&self) -> Ratio {
        self.total
    }
}

fn not_negative(what: &'static str, value: Decimal) -> Result<Decimal, BudgetError> {
    if value < Decimal::ZERO { Err(BudgetError::NegativeNumber { what, value }) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn line(name: &str, planned: (i64, i64), actual: (i64, i64)) -> LineSpend {
        let unit = |(price, quantity): (i64, i64)| UnitSpend::new(price.into(), quantity.into());
        LineSpend::new(name, unit(planned), unit(actual))
    }

    #[test]
    fn a_new_line_is_all_mix() {
        let why = SpendVariance::of([line("a", (2, 100), (2, 100)), line("b", (3, 0), (3, 50))]).unwrap();
        assert_eq!(why.to_string(), "150: price 0, volume 100, mix 50");
        assert_eq!(why.lines()[1].to_string(), "b 150: price 0, volume 0, mix 150");
    }

    #[test]
    fn without_a_planned_quantity_there_is_no_mix() {
        let new = SpendVariance::of([line("a", (2, 0), (3, 100))]).unwrap();
        assert_eq!(
            new.to_string(),
            "300: price 100, volume and mix is undefined: there is no planned quantity"
        );
        assert_eq!(new.volume(), Figure::Undefined(unplanned()));
        assert_eq!(new.mix(), Figure::Undefined(unplanned()));
        assert_eq!(new.lines()[0].mix(), Figure::Undefined(unplanned()));
        let wrong = SpendVariance::of([line("a", (-2, 1), (2, -1)), line("a", (1, 1), (1, 1))]);
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "3 problems\n  lines[1].name: `a` is the name of line 0 already\n  \
             lines[0].planned.price: price -2 is below 0\n  lines[0].actual.quantity: quantity -1 is below 0"
        );
        assert_eq!(SpendVariance::of([]).unwrap_err().to_string(), "lines: a budget needs at least one line");
        let fine = Decimal::new(1, 28);
        let far = LineSpend::new("a", UnitSpend::new(fine, Decimal::MAX), UnitSpend::new(fine, fine));
        let further = LineSpend { name: "b".into(), ..far.clone() };
        assert!(SpendVariance::of([far, further]).is_err());
    }

    #[test]
    fn negative_parts_of_a_flexible_budget_are_told_at_once() {
        let wrong = FlexibleBudget::new(dec!(-1), "-1/3".parse().unwrap(), dec!(-2)).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "3 problems\n  fixed: fixed part -1 is below 0\n  rate: the rate -1/3 is below 0\n  \
             planned_units: planned units -2 is below 0"
        );
        let budget = FlexibleBudget::new(dec!(0), Ratio::ONE, dec!(0)).unwrap();
        assert!(budget.against(dec!(-1), dec!(0)).is_err() && budget.against(dec!(0), dec!(-1)).is_err());
    }
}
