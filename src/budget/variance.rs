//! Why spending differs from the plan: price, volume and mix, and flexible budgets.

use super::BudgetError;
use super::names::indexed;
use crate::error::{Path, Problems};
use crate::figure::{Cause, Figure, TOTAL, Table, Undefined, beside};
use crate::quantity::Ratio;
use crate::quantity::wire::{serialize_fields, wire_fields};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A price per unit and a number of units, both 0 or more: clicks and their cost, posts and their fee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct UnitSpend {
    price: Decimal,
    quantity: Decimal,
}

wire_fields!(UnitSpend { price: own, quantity: own });

impl UnitSpend {
    const fn of((price, quantity): (Decimal, Decimal)) -> Self {
        Self { price, quantity }
    }
}

/// The planned and the actual spending of a line: each a price per unit and a number of units.
///
/// # Examples
/// ```
/// use marketloop::budget::{LineSpend, SpendVariance};
///
/// let line: LineSpend = serde_json::from_str(
///     r#"{"name":"feed","planned":{"price":"0.4","quantity":8000},"actual":{"price":"0.5","quantity":8000}}"#,
/// )?;
/// assert_eq!(SpendVariance::of([line])?.price().to_string(), "800");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSpend {
    name: String,
    planned: UnitSpend,
    actual: UnitSpend,
}

wire_fields!(LineSpend { name, planned, actual });

impl LineSpend {
    /// A line with its planned price and quantity, and the actual ones. Its name is unique among the lines.
    ///
    /// # Examples
    /// See [`SpendVariance`].
    #[must_use]
    pub fn new(name: impl Into<String>, planned: (Decimal, Decimal), actual: (Decimal, Decimal)) -> Self {
        Self { name: name.into(), planned: UnitSpend::of(planned), actual: UnitSpend::of(actual) }
    }
}

/// The variance of spending of one line, or of several lines that share a unit (clicks, impressions), divided into
/// price, volume and mix. The parts are exact fractions and no [`Contributions`](crate::decompose::Contributions):
/// those are decimals that add up to the last digit, and a volume variance such as -400000/13 has no last digit.
///
/// # Formula
/// With planned price `p0` and quantity `q0`, actual `p1` and `q1`, and `Q0`, `Q1` the quantities over all lines:
/// `price = (p1 - p0) q1`, `volume = (Q1 - Q0) p0 q0 / Q0`, `mix = (q1 - Q1 q0 / Q0) p0`; the three add up to
/// `p1 q1 - p0 q0` for every line.
///
/// # Examples
/// ```
/// use marketloop::budget::{LineSpend, SpendVariance};
/// use rust_decimal::dec;
///
/// // In the promotion season a click on search costs 30 % more.
/// let why = SpendVariance::of([
///     LineSpend::new("search", (dec!(40), dec!(5000)), (dec!(52), dec!(5000))),
///     LineSpend::new("feed", (dec!(25), dec!(8000)), (dec!(25), dec!(7000))),
/// ])?;
/// assert_eq!(
///     why.to_string(),
///     "line    planned  actual  variance  price         volume           mix\n\
///      search   200000  260000     60000  60000  -15384.615385  15384.615385\n\
///      feed     200000  175000    -25000      0  -15384.615385  -9615.384615\n\
///      total    400000  435000     35000  60000  -30769.230769   5769.230769\n"
/// );
/// assert_eq!(why.volume().get()?.to_string(), "-400000/13");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendVariance {
    name: String,
    planned: Ratio,
    flexed: Ratio,
    actual: Ratio,
    price: Ratio,
    /// Volume and mix need a planned mix of quantities.
    volume_and_mix: Option<(Ratio, Ratio)>,
    total: Ratio,
    lines: Vec<Self>,
}

impl Serialize for SpendVariance {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { name, planned, flexed, actual, price, total, lines, .. } = self;
        let (volume, mix) = (self.volume(), self.mix());
        Out { name, planned, flexed, actual, price, volume, mix, total, lines }.serialize(serializer)
    }
}

struct Out<'a> {
    name: &'a str,
    planned: &'a Ratio,
    flexed: &'a Ratio,
    actual: &'a Ratio,
    price: &'a Ratio,
    volume: Figure<Ratio>,
    mix: Figure<Ratio>,
    total: &'a Ratio,
    lines: &'a [SpendVariance],
}

serialize_fields!(Out<'a> {
    name: optional,
    planned,
    flexed,
    actual,
    price,
    volume,
    mix,
    total,
    lines: optional,
});

impl SpendVariance {
    /// The variance of the spending on these lines.
    ///
    /// # Errors
    /// All at once: [`BudgetError::NoLines`], [`BudgetError::DuplicateLine`], [`BudgetError::NegativeNumber`];
    /// then [`BudgetError::Quantity`] where a fraction needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{LineSpend, SpendVariance};
    /// use rust_decimal::dec;
    ///
    /// let doubled = LineSpend::new("a", (dec!(2), dec!(100)), (dec!(2), dec!(200)));
    /// let why = SpendVariance::of([doubled])?;
    /// assert_eq!(why.volume().get()?, why.total());
    /// assert_eq!(SpendVariance::of([]).unwrap_err().to_string(), "lines: a budget needs at least one line");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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
        let zero = Ratio::ZERO;
        let mut all = Self {
            name: String::new(),
            planned: zero,
            flexed: zero,
            actual: zero,
            price: zero,
            // Without a planned quantity there is no planned mix to lay the actual quantity out by.
            volume_and_mix: (!planned.is_zero()).then_some((zero, zero)),
            total: zero,
            lines: Vec::with_capacity(lines.len()),
        };
        for line in lines {
            let line = Self::of_line(line, planned, actual)?;
            all.planned = all.planned.plus(line.planned)?;
            all.flexed = all.flexed.plus(line.flexed)?;
            all.actual = all.actual.plus(line.actual)?;
            all.price = all.price.plus(line.price)?;
            if let (Some((volumes, mixes)), Some((volume, mix))) =
                (&mut all.volume_and_mix, line.volume_and_mix)
            {
                *volumes = volumes.plus(volume)?;
                *mixes = mixes.plus(mix)?;
            }
            all.lines.push(line);
        }
        // From the sums, not from the parts: that the parts add up to it is a law that tests hold.
        all.total = all.actual.minus(all.planned)?;
        Ok(all)
    }

    /// One line where `planned` and `actual` are the quantities over all lines.
    fn of_line(line: LineSpend, planned: Ratio, actual: Ratio) -> Result<Self, BudgetError> {
        let (p0, q0) = (Ratio::from(line.planned.price), Ratio::from(line.planned.quantity));
        let (p1, q1) = (Ratio::from(line.actual.price), Ratio::from(line.actual.quantity));
        let (before, after) = (p0.times(q0)?, p1.times(q1)?);
        let volume_and_mix = if planned.is_zero() {
            None
        } else {
            // The planned share first: a fraction of quantities stays shorter than the product of three.
            let share = q0.divided_by(planned)?;
            let volume = actual.minus(planned)?.times(share)?.times(p0)?;
            Some((volume, q1.minus(actual.times(share)?)?.times(p0)?))
        };
        Ok(Self {
            name: line.name,
            planned: before,
            flexed: p0.times(q1)?,
            actual: after,
            // At the actual quantity, as volume and mix are at the planned price: no joint part is left over.
            price: p1.minus(p0)?.times(q1)?,
            volume_and_mix,
            total: after.minus(before)?,
            lines: Vec::new(),
        })
    }

    /// The name of the line; empty for several lines together and for a flexible budget.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The planned spending: the static budget.
    #[must_use]
    pub const fn planned(&self) -> Ratio {
        self.planned
    }

    /// The cost of the actual units at the planned prices: the flexed budget.
    #[must_use]
    pub const fn flexed(&self) -> Ratio {
        self.flexed
    }

    /// The actual spending.
    #[must_use]
    pub const fn actual(&self) -> Ratio {
        self.actual
    }

    /// The price variance, or spending variance: actual spending less the [`flexed`](Self::flexed) budget.
    #[must_use]
    #[doc(alias = "spending variance")]
    pub const fn price(&self) -> Ratio {
        self.price
    }

    /// The volume variance: the effect of the number of units over all lines, at the planned mix. Undefined where no
    /// quantity was planned in any line.
    #[must_use]
    pub fn volume(&self) -> Figure<Ratio> {
        self.volume_and_mix
            .map_or_else(|| Figure::Undefined(unplanned()), |(volume, _)| Figure::Known(volume))
    }

    /// The mix variance: for each line the effect of its share of all units, at its planned price. Undefined where no
    /// quantity was planned in any line.
    #[must_use]
    pub fn mix(&self) -> Figure<Ratio> {
        self.volume_and_mix.map_or_else(|| Figure::Undefined(unplanned()), |(_, mix)| Figure::Known(mix))
    }

    /// Actual less planned spending: price, volume and mix add up to it.
    #[must_use]
    pub const fn total(&self) -> Ratio {
        self.total
    }

    /// The lines in their order; empty for a single line.
    #[must_use]
    pub fn lines(&self) -> &[Self] {
        &self.lines
    }

    /// A row for each line and one for all: planned and actual spending, the variance and its parts.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("line");
        let lines = self.lines.iter().map(|line| (beside(line.name(), &[TOTAL]), line));
        for (name, row) in lines.chain([(TOTAL.into(), self)]) {
            table.push(&name, "planned", row.planned);
            table.push(&name, "actual", row.actual);
            table.push(&name, "variance", row.total);
            table.push(&name, "price", row.price);
            table.push(&name, "volume", row.volume());
            table.push(&name, "mix", row.mix());
        }
        table
    }
}

impl fmt::Display for SpendVariance {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// Volume and mix need a planned mix of quantities.
fn unplanned() -> Undefined {
    Undefined::new("volume and mix", Cause::None("planned quantity".into()))
}

/// A budget of a fixed part and a rate per unit, which follows the actual number of units.
///
/// # Examples
/// ```
/// use marketloop::budget::FlexibleBudget;
/// use rust_decimal::dec;
///
/// // 20,000 of fixed cost and 0.80 a click for 100,000 clicks; 120,000 clicks came for 121,000.
/// let clicks = FlexibleBudget::new(dec!(20000), "4/5".parse()?, dec!(100000))?;
/// let variance = clicks.against(dec!(120000), dec!(121000))?;
/// assert_eq!(variance.planned().to_string(), "100000");
/// assert_eq!(variance.flexed().to_string(), "116000");
/// assert_eq!(variance.volume().get()?.to_string(), "16000");
/// assert_eq!(variance.price().to_string(), "5000");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::FlexibleBudget;
/// let json = r#"{"fixed":"20000","rate":"4/5","planned_units":"100000"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<FlexibleBudget>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FlexibleWire", into = "FlexibleWire")]
pub struct FlexibleBudget {
    fixed: Decimal,
    rate: Ratio,
    planned_units: Decimal,
}

struct FlexibleWire {
    fixed: Decimal,
    rate: Ratio,
    planned_units: Decimal,
}

wire_fields!(FlexibleWire { fixed: own, rate, planned_units: own });

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
    /// A budget of a `fixed` part and of `rate` for each of `planned_units`.
    ///
    /// # Errors
    /// All at once: [`BudgetError::NegativeNumber`] for the fixed part or the units,
    /// [`BudgetError::NegativeRate`] for the rate.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::FlexibleBudget;
    /// use rust_decimal::dec;
    ///
    /// let clicks = FlexibleBudget::new(dec!(20000), "4/5".parse()?, dec!(100000))?;
    /// assert!(FlexibleBudget::new(dec!(-1), "4/5".parse()?, dec!(100000)).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::FlexibleBudget;
    /// use rust_decimal::dec;
    ///
    /// let clicks = FlexibleBudget::new(dec!(20000), "4/5".parse()?, dec!(100000))?;
    /// assert_eq!(clicks.flexed(dec!(120000))?.to_string(), "116000");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn flexed(&self, units: Decimal) -> Result<Ratio, BudgetError> {
        let units = not_negative("units", units)?;
        Ok(self.rate.times(units.into())?.plus(self.fixed.into())?)
    }

    /// The variance of a spending of `actual` for `actual_units`: [`volume`](SpendVariance::volume) is the effect of
    /// the number of units, [`price`](SpendVariance::price) the actual spending less the flexed budget. The mix is 0,
    /// as there is one kind of unit.
    ///
    /// # Errors
    /// Those of [`flexed`](Self::flexed); [`BudgetError::NegativeNumber`] for the actual amount.
    ///
    /// # Examples
    /// See [`FlexibleBudget`].
    pub fn against(&self, actual_units: Decimal, actual: Decimal) -> Result<SpendVariance, BudgetError> {
        let actual = Ratio::from(not_negative("actual amount", actual)?);
        let (planned, flexed) = (self.flexed(self.planned_units)?, self.flexed(actual_units)?);
        Ok(SpendVariance {
            name: String::new(),
            planned,
            flexed,
            actual,
            price: actual.minus(flexed)?,
            // Units of one kind have no mix.
            volume_and_mix: Some((flexed.minus(planned)?, Ratio::ZERO)),
            total: actual.minus(planned)?,
            lines: Vec::new(),
        })
    }
}

fn not_negative(what: &'static str, value: Decimal) -> Result<Decimal, BudgetError> {
    if value < Decimal::ZERO { Err(BudgetError::NegativeNumber { what, value }) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec;
    use rust_decimal::dec;

    fn line(name: &str, planned: (i64, i64), actual: (i64, i64)) -> LineSpend {
        let unit = |(price, quantity): (i64, i64)| (price.into(), quantity.into());
        LineSpend::new(name, unit(planned), unit(actual))
    }

    #[test]
    fn a_new_line_is_all_mix() {
        let why = SpendVariance::of([line("a", (2, 100), (2, 100)), line("b", (3, 0), (3, 50))]).unwrap();
        let known =
            |parts: &[u32]| parts.iter().map(|part| Decimal::from(*part).into()).collect::<Vec<Ratio>>();
        let parts = |of: &SpendVariance| {
            vec![of.total(), of.price(), of.volume().get().unwrap(), of.mix().get().unwrap()]
        };
        assert_eq!(parts(&why), known(&[150, 0, 100, 50]));
        assert_eq!(parts(&why.lines()[1]), known(&[150, 0, 0, 150]));
    }

    #[test]
    fn without_a_planned_quantity_there_is_no_mix() {
        let new = SpendVariance::of([line("a", (2, 0), (3, 100))]).unwrap();
        assert_eq!((new.total().to_string(), new.price().to_string()), ("300".into(), "100".into()));
        assert!(new.to_string().contains("undefined: there is no planned quantity"), "{new}");
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
        let far = LineSpend::new("a", (fine, Decimal::MAX), (fine, fine));
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
