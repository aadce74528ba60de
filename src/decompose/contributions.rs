//! Parts that add up to a total, exactly: what explains a KPI, a score, a funnel, a variance.

use super::DecomposeError;
use crate::figure::{Cell, TOTAL, Table, beside};
use crate::quantity::wire::{WireDecimal, deserialize_fields, wire_fields};
use crate::quantity::words::words;
use crate::quantity::{Quantity, QuantityError, Ratio, Unit, add, multiply};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use core::ops::{Add as _, Mul as _};
use num_bigint::BigInt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The method by which a part of a total was computed.
///
/// If several methods play a role, the one listed last here is reported.
///
/// ```
/// # use marketloop::decompose::ContributionMethod;
/// assert_eq!(serde_json::from_str::<ContributionMethod>(r#""euler""#)?, ContributionMethod::Euler);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ContributionMethod {
    /// It is not divided: a leaf, a row.
    Given,
    /// By the weights of a sum, exactly.
    Weights,
    /// By Euler's theorem: the value times its partial derivative (D. Tasche, 1999), which adds up for every mean.
    Euler,
    /// By the logarithmic mean.
    LogMean,
    /// By the Shapley value: the mean over all orders.
    Shapley,
    /// One factor after the other.
    Sequential,
    /// By what another branch of a condition, another least or greatest value brings: no operand's, but the switch's.
    Switch,
}

words!(ContributionMethod, "method of contributions", DecomposeError:
    Given = "given",
    Weights = "weights",
    Euler = "euler" / "Euler",
    LogMean = "log_mean" / "log-mean",
    Shapley = "shapley" / "Shapley",
    Sequential = "sequential",
    Switch = "switch",
);

impl ContributionMethod {
    /// The stable name, as on the wire.
    const fn name(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Weights => "weights",
            Self::Euler => "Euler",
            Self::LogMean => "log-mean",
            Self::Shapley => "Shapley",
            Self::Sequential => "sequential",
            Self::Switch => "switch",
        }
    }
}

/// The kind of effect that a segment or a product had on a total.
///
/// ```
/// # use marketloop::decompose::Effect;
/// assert_eq!(serde_json::from_str::<Effect>(r#""lost""#)?, Effect::Lost);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Effect {
    /// More or fewer units, at the average price before.
    Volume,
    /// The change of the price of a continuing product, on the units after.
    Price,
    /// The change of a segment's rate.
    Rate,
    /// The shift between segments, or between dear and cheap continuing products.
    Mix,
    /// The price of a new product against the average before.
    New,
    /// The price of a product that is gone against the average before.
    Lost,
}

words!(Effect, "effect", DecomposeError:
    Volume = "volume",
    Price = "price",
    Rate = "rate",
    Mix = "mix",
    New = "new",
    Lost = "lost",
);

/// A segment or product and one of its effects: the key of a part.
///
/// ```
/// # use marketloop::decompose::SegmentEffect;
/// let json = r#"{"segment":"mobile","effect":"rate"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<SegmentEffect<String>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SegmentEffect<K> {
    /// The name of the segment or product.
    pub segment: K,
    /// The effect.
    pub effect: Effect,
}

wire_fields!(SegmentEffect<K> { segment, effect });

impl<K: fmt::Display> fmt::Display for SegmentEffect<K> {
    /// `mobile rate`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.segment, self.effect)
    }
}

/// One part of a total.
///
/// ```
/// # use marketloop::decompose::Contribution;
/// # use marketloop::decompose::SegmentEffect;
/// let json = r#"{
///   "key": {"segment": "mobile", "effect": "rate"},
///   "value": "-0.002",
///   "unit": "1",
///   "method": "weights"
/// }"#;
/// let read: Contribution<SegmentEffect<String>> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Contribution<SegmentEffect<String>>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Contribution<K> {
    /// What contributed.
    pub key: K,
    /// How much, in `unit`.
    pub value: Decimal,
    /// The unit of the total.
    pub unit: Unit,
    /// How the part came to be.
    pub method: ContributionMethod,
}

wire_fields!(Contribution<K> { key, value: own, unit, method });

impl<K> Contribution<K> {
    /// The part that `key` has of a total, as it is written down: its method is [`ContributionMethod::Given`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::Contribution;
    ///
    /// let refunds = Contribution::new("refunds", &"-120 CNY".parse()?);
    /// assert_eq!(refunds.to_string(), "refunds  -120 CNY  (given)");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn new(key: K, amount: &Quantity) -> Self {
        // A refund is a part below 0: the sign of an amount is no fault here, only the sum is checked.
        Self { key, value: amount.value(), unit: amount.unit().clone(), method: ContributionMethod::Given }
    }

    /// The part in a table.
    pub(crate) fn cell(&self) -> Cell {
        cell(&self.quantity())
    }

    /// The part as a quantity; of a change of percentages, in percentage points.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        Quantity::difference(self.value, &self.unit)
    }
}

/// A quantity with its unit, also where that is 1.
fn cell(quantity: &Quantity) -> Cell {
    Cell { unit: quantity.unit().to_string().into(), ..Cell::from(quantity) }
}

impl<K: fmt::Display> fmt::Display for Contribution<K> {
    /// `social  -31,200 CNY  (log-mean)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {:#}  ({})", self.key, self.quantity(), self.method)
    }
}

/// Parts that add up to a total, to the last digit, in the order in which they were given.
///
/// On the wire the total, its unit and the list of parts; what is read is added up again.
///
/// # Examples
/// ```
/// use marketloop::decompose::{ContributionMethod, Contributions};
/// use rust_decimal::dec;
///
/// let why = Contributions::new(
///     dec!(30),
///     &"CNY".parse()?,
///     [("price", dec!(-5)), ("visitors", dec!(35))],
///     ContributionMethod::LogMean,
/// )?;
/// assert_eq!(why.get(&"price"), Some(dec!(-5)));
/// let lines: Vec<String> = why.by_size().map(ToString::to_string).collect();
/// assert_eq!(lines, ["visitors  35 CNY  (log-mean)", "price  -5 CNY  (log-mean)"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::decompose::Contributions;
/// let json = r#"{
///   "total": "30",
///   "unit": "CNY",
///   "parts": [
///     {"key": "visitors", "value": "35", "unit": "CNY", "method": "log_mean"},
///     {"key": "price", "value": "-5", "unit": "CNY", "method": "log_mean"}
///   ]
/// }"#;
/// let read: Contributions<String> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Contributions<String>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire<K>", bound(deserialize = "K: Deserialize<'de>"))]
#[doc(alias("waterfall", "归因分解"))]
pub struct Contributions<K> {
    #[serde(with = "crate::quantity::wire::own")]
    total: Decimal,
    unit: Unit,
    parts: Vec<Contribution<K>>,
}

impl<K> Contributions<K> {
    /// The parts of `total`, all of one method.
    ///
    /// # Errors
    /// [`DecomposeError::NotTheTotal`] where the parts do not add up to it.
    pub fn new(
        total: Decimal,
        unit: &Unit,
        parts: impl IntoIterator<Item = (K, Decimal)>,
        method: ContributionMethod,
    ) -> Result<Self, DecomposeError> {
        Self::by_method(total, unit, parts.into_iter().map(|(key, value)| (key, value, method)))
    }

    /// The parts of `total`, each with its own method.
    ///
    /// # Errors
    /// [`DecomposeError::NotTheTotal`] where the parts do not add up to it.
    pub fn by_method(
        total: Decimal,
        unit: &Unit,
        parts: impl IntoIterator<Item = (K, Decimal, ContributionMethod)>,
    ) -> Result<Self, DecomposeError> {
        let part = |(key, value, method)| Contribution { key, value, unit: unit.clone(), method };
        Self::checked(total, unit.clone(), parts.into_iter().map(part).collect())
    }

    /// One door for what is computed here and what is read: nobody holds parts that do not add up.
    fn checked(total: Decimal, unit: Unit, parts: Vec<Contribution<K>>) -> Result<Self, DecomposeError> {
        let values = parts.iter().map(|part| part.value);
        if !adds_up(values.clone(), total) {
            // Where 28 digits do not hold the sum the error does without it: that it differs is certain.
            let sum = values.clone().try_fold(Decimal::ZERO, add).ok();
            return Err(DecomposeError::NotTheTotal { total, sum: sum.map(Ratio::from) });
        }
        Ok(Self { total, unit, parts })
    }

    /// The sum of the parts: the change, score or variance that they explain.
    #[must_use]
    pub const fn total(&self) -> Decimal {
        self.total
    }

    /// The unit of the total and of every part.
    #[must_use]
    pub const fn unit(&self) -> &Unit {
        &self.unit
    }

    /// The method that divided the total; of several, the one listed last in [`ContributionMethod`].
    #[must_use]
    pub fn method(&self) -> ContributionMethod {
        self.parts.iter().map(|part| part.method).max().unwrap_or(ContributionMethod::Given)
    }

    /// The parts in the order given.
    #[must_use]
    pub fn parts(&self) -> &[Contribution<K>] {
        &self.parts
    }

    /// The parts in the order given, one by one.
    pub fn iter(&self) -> core::slice::Iter<'_, Contribution<K>> {
        self.parts.iter()
    }

    /// The parts, the largest magnitude first, at ties in the order given.
    #[must_use]
    pub fn by_size(&self) -> impl ExactSizeIterator<Item = &Contribution<K>> + use<'_, K> {
        // References are sorted, stably: the parts keep the order in which they were given.
        let mut parts: Vec<&Contribution<K>> = self.parts.iter().collect();
        parts.sort_by_key(|part| Reverse(part.value.abs()));
        parts.into_iter()
    }

    /// What `key` contributed; of several parts with that key, the first.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<Decimal>
    where
        K: PartialEq,
    {
        self.parts.iter().find(|part| part.key == *key).map(|part| part.value)
    }

    /// Renames the keys of the parts: names in place of indexes.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::{DecompositionMethod, explain_product};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let (before, after) = ([dec!(100), dec!(2)], [dec!(110), dec!(3)]);
    /// let why = explain_product(&before, &after, DecompositionMethod::Shapley, (0, Rounding::HalfEven))?;
    /// let why = why.map_keys(|index| ["visitors", "basket"][index]);
    /// assert_eq!(why.get(&"basket"), Some(dec!(105)));
    /// # Ok::<(), marketloop::decompose::DecomposeError>(())
    /// ```
    #[must_use]
    pub fn map_keys<L>(self, mut name: impl FnMut(K) -> L) -> Contributions<L> {
        let Self { total, unit, parts } = self;
        let parts = parts.into_iter().map(|Contribution { key, value, unit, method }| Contribution {
            key: name(key),
            value,
            unit,
            method,
        });
        Contributions { total, unit, parts: parts.collect() }
    }

    /// The parts of a change of a rate as parts of a change of per cent: a hundred times each, told in percentage points.
    ///
    /// # Errors
    /// [`DecomposeError::Quantity`] of a unit other than 1, and beyond 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::{DecompositionMethod, explain_ratios};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let (before, after) = (["0.5".parse()?], ["0.45".parse()?]);
    /// let why = explain_ratios(&before, &after, DecompositionMethod::Shapley, (4, Rounding::HalfEven))?;
    /// assert_eq!(why.in_percent()?.total(), dec!(-5));
    /// assert_eq!(why.in_percent()?.parts()[0].to_string(), "0  -5 percentage points  (Shapley)");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn in_percent(&self) -> Result<Self, DecomposeError>
    where
        K: Clone,
    {
        if self.unit != Unit::ONE {
            return Err(QuantityError::UnitMismatch { left: self.unit.clone(), right: Unit::ONE }.into());
        }
        let times = |value| multiply(value, Decimal::ONE_HUNDRED);
        let part = |part: &Contribution<K>| Ok((part.key.clone(), times(part.value)?, part.method));
        let parts = self.parts.iter().map(part).collect::<Result<Vec<_>, DecomposeError>>()?;
        Self::by_method(times(self.total)?, &Unit::PERCENT, parts)
    }

    /// The sum of the parts whose key `select` says yes to.
    fn sum_of(&self, select: impl Fn(&K) -> bool) -> Result<Decimal, DecomposeError> {
        let mut parts = self.parts.iter().filter(|part| select(&part.key));
        Ok(parts.try_fold(Decimal::ZERO, |sum, part| add(sum, part.value))?)
    }

    /// The total in a table.
    pub(crate) fn total_cell(&self) -> Cell {
        cell(&Quantity::difference(self.total, &self.unit))
    }

    /// A row for each part and one for the total: the contribution in its unit, and the method by which it was divided.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::{ContributionMethod, Contributions};
    /// use rust_decimal::dec;
    ///
    /// let parts = [("traffic", dec!(-1.5)), ("stickiness", dec!(2))];
    /// let why = Contributions::new(dec!(0.5), &"%".parse()?, parts, ContributionMethod::Weights)?;
    /// assert_eq!(
    ///     why.to_string(),
    ///     "part        contribution percentage points  method\n\
    ///      traffic                               -1.5  weights\n\
    ///      stickiness                               2  weights\n\
    ///      total                                  0.5\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table
    where
        K: fmt::Display,
    {
        let mut table = Table::new("part");
        for part in &self.parts {
            let key = part.key.to_string();
            let name = beside(&key, &[TOTAL]);
            table.push(&name, "contribution", part.cell());
            table.push(&name, "method", part.method.name());
        }
        table.push(TOTAL, "contribution", self.total_cell());
        table
    }
}

/// Whether the values add up to `total`, exactly: a sum that leaves 28 digits on the way is told all the same.
fn adds_up(values: impl Iterator<Item = Decimal> + Clone, total: Decimal) -> bool {
    let scale = values.clone().map(|value| value.scale()).fold(total.scale(), u32::max);
    let narrow = |value: Decimal| {
        let power = 10_i128.checked_pow(scale.checked_sub(value.scale())?)?;
        value.mantissa().checked_mul(power)
    };
    // Parts of one total have one scale: their units fit, and those that do not are added at any width.
    let sum = values.clone().try_fold(0_i128, |sum, value| sum.checked_add(narrow(value)?));
    if let Some((sum, total)) = sum.zip(narrow(total)) {
        return sum == total;
    }
    #[expect(clippy::arithmetic_side_effects, reason = "the scale is the largest of all")]
    let wide = |value: Decimal| {
        let power = BigInt::from(10).pow(scale - value.scale());
        BigInt::from(value.mantissa()).mul(power)
    };
    values.map(wide).fold(BigInt::ZERO, BigInt::add) == wide(total)
}

impl<K> Contributions<SegmentEffect<K>> {
    /// The sum of one effect over all segments.
    ///
    /// # Errors
    /// [`DecomposeError::Quantity`] where the sum needs more than 28 digits.
    pub fn of_effect(&self, effect: Effect) -> Result<Decimal, DecomposeError> {
        self.sum_of(|key| key.effect == effect)
    }

    /// The sum of all effects of one segment.
    ///
    /// # Errors
    /// [`DecomposeError::Quantity`] where the sum needs more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::{Segment, mix_rate};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let rows = [Segment::new("mobile", (20, 1000), (99, 4500)), Segment::new("desktop", (90, 1500), (70, 1100))];
    /// let why = mix_rate(&rows, (4, Rounding::HalfEven))?;
    /// assert_eq!(why.of_segment(&"mobile")? + why.of_segment(&"desktop")?, why.total());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of_segment(&self, segment: &K) -> Result<Decimal, DecomposeError>
    where
        K: PartialEq,
    {
        self.sum_of(|key| key.segment == *segment)
    }
}

impl<K> IntoIterator for Contributions<K> {
    type Item = Contribution<K>;
    type IntoIter = alloc::vec::IntoIter<Contribution<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter()
    }
}

impl<'a, K> IntoIterator for &'a Contributions<K> {
    type Item = &'a Contribution<K>;
    type IntoIter = core::slice::Iter<'a, Contribution<K>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.iter()
    }
}

impl<K: fmt::Display> fmt::Display for Contributions<K> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

struct Wire<K> {
    total: WireDecimal,
    unit: Unit,
    parts: Vec<Contribution<K>>,
}

deserialize_fields!("Contributions", Wire<K> { total, unit, parts });

impl<K> TryFrom<Wire<K>> for Contributions<K> {
    type Error = DecomposeError;

    fn try_from(wire: Wire<K>) -> Result<Self, Self::Error> {
        // A unit that differs would be told as a wrong sum, or not at all.
        if let Some(index) = wire.parts.iter().position(|part| part.unit != wire.unit) {
            return Err(DecomposeError::OtherUnit { index, unit: wire.unit });
        }
        Self::checked(wire.total.0, wire.unit, wire.parts)
    }
}
