//! Pacing: is a total being spent as planned over its periods, and what is left for the rest?

use super::{Profile, ProgressError, checked, no, not_negative, ratio_or};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Cell, Figure, Table, to_wire};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{AnyAmount, Ratio, add, multiply};
use crate::split::{Apportionment, integers};
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// A total in an amount for each period: [`Money`](crate::quantity::Money), a [`Count`](crate::quantity::Count) or a
/// [`Quantity`](crate::quantity::Quantity).
///
/// The plan is the largest-remainder split of the total by the profile's weights, ties to the earlier period: of money
/// in minor units, of a count in whole things, of a quantity in steps of its last decimal.
///
/// On the wire `{"total": "400000 CNY", "profile": {"custom": [50, 70, 80]}, "periods": 3}`.
///
/// # Examples
/// ```
/// use marketloop::progress::{Pacing, Profile};
/// use marketloop::quantity::Money;
/// use rust_decimal::dec;
///
/// let profile = Profile::custom([dec!(50), dec!(70), dec!(80)])?;
/// let quarter = Pacing::new(Money::parse("400000 CNY")?, &profile, 3)?;
/// assert_eq!(quarter.plan()[2], Money::parse("160000 CNY")?);
///
/// let april = quarter.after(1, Money::parse("110000 CNY")?, Money::parse("0 CNY")?)?;
/// assert_eq!(april.pacing_index().get()?.to_percent(), "110%");
/// assert_eq!(april.projected_total().to_string(), "440000");
/// let rest = april.repaced().get()?;
/// assert_eq!(rest, [Money::parse("135333.33 CNY")?, Money::parse("154666.67 CNY")?]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::progress::Pacing;
/// # use marketloop::quantity::Money;
/// let json = r#"{
///   "total": {"amount": "1000.00", "currency": "CNY"},
///   "profile": {"front_loaded": "3"},
///   "periods": 5
/// }"#;
/// let read: Pacing<Money> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Pacing<Money>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Wire<A>", bound(deserialize = "A: AnyAmount + Deserialize<'de>"))]
#[doc(alias = "预算节奏")]
pub struct Pacing<A> {
    total: A,
    profile: Profile,
    weights: Vec<Decimal>,
    plan: Vec<A>,
    /// Whether the plan was stated, and is not the split by the weights.
    stated: bool,
}

impl<A: AnyAmount> Pacing<A> {
    /// The pacing of `total` over this number of periods in the shape of `profile`.
    ///
    /// # Errors
    /// All at once: a total below 0, and what [`Profile::weights`] says.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{Pacing, Profile};
    /// use marketloop::quantity::Count;
    ///
    /// let posts = Pacing::new(Count::new(10), &Profile::even(), 4)?;
    /// assert_eq!(posts.plan(), [3, 3, 2, 2].map(Count::new));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(total: A, profile: &Profile, periods: usize) -> Result<Self, Problems<ProgressError>> {
        // Total and profile are judged apart, and only then divided: both faults are told at once.
        let root = Path::root();
        let mut problems = Problems::new();
        problems.take(&root.field("total"), not_negative("total", &total, &total));
        let weights = problems.take(&root.field("periods"), profile.weights(periods));
        let (Some(weights), true) = (weights, problems.is_empty()) else { return problems.finish(None) };
        let plan = problems.take(&root, split(&total, &weights));
        let profile = profile.clone();
        problems.finish(plan.map(|plan| Self { total, profile, weights, plan, stated: false }))
    }

    /// States the plan itself: an amount for each period, which add up to the total.
    ///
    /// # Errors
    /// All at once: another number of periods, an amount below 0 or of another unit, another sum.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{Pacing, Profile};
    /// use marketloop::quantity::Count;
    ///
    /// let posts = Pacing::new(Count::new(12), &Profile::even(), 3)?;
    /// let later = posts.with_plan([Count::new(2), Count::new(4), Count::new(6)])?;
    /// assert_eq!(later.after(1, Count::new(3), Count::new(0))?.expected_to_date(), &Count::new(2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_plan(self, plan: impl Into<Vec<A>>) -> Result<Self, Problems<ProgressError>> {
        let plan = plan.into();
        let at = Path::root().field("plan");
        let mut problems = Problems::new();
        if plan.len() != self.weights.len() {
            let error = ProgressError::PeriodCount { periods: plan.len(), weights: self.weights.len() };
            problems.push(at.clone(), error);
        }
        let mut sum = Some(Ratio::ZERO);
        for (index, amount) in plan.iter().enumerate() {
            let exact = problems.take(&at.index(index), not_negative("amount", amount, &self.total));
            sum = sum.zip(exact).and_then(|(sum, exact)| sum.plus(exact).ok());
        }
        // Another sum is told only where the amounts are sound: a negative one would be told twice.
        if problems.is_empty() && sum != self.total.exact_in(&self.total).ok() {
            problems.push(at, ProgressError::OtherTotal { total: self.total.to_string() });
        }
        problems.into_result(Self { plan, stated: true, ..self })
    }

    /// The amount of each period; they add up to the total.
    #[must_use]
    pub fn plan(&self) -> &[A] {
        &self.plan
    }

    /// The weight of each period.
    #[must_use]
    pub fn weights(&self) -> &[Decimal] {
        &self.weights
    }

    /// What is paced.
    #[must_use]
    pub const fn total(&self) -> &A {
        &self.total
    }

    /// The shape of the plan.
    #[must_use]
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The planned amount from the start to the end of each period.
    ///
    /// # Errors
    /// [`ProgressError::Quantity`] where a quantity of many decimals does not fit beside the others.
    pub fn cumulative(&self) -> Result<Vec<A>, ProgressError> {
        let mut sum = Ratio::ZERO;
        let add_up = |amount: &A| {
            sum = sum.plus(amount.exact_in(&self.total)?)?;
            Ok(self.total.exactly(sum)?)
        };
        self.plan.iter().map(add_up).collect()
    }

    /// How the plan stands after `elapsed` whole periods, with `spent` paid and `committed` ordered besides.
    ///
    /// # Errors
    /// [`ProgressError::ElapsedCount`]; [`ProgressError::Negative`] for committed below zero (`spent` may be,
    /// by refunds); [`ProgressError::Quantity`] for another currency or unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{Pacing, Profile};
    /// use marketloop::quantity::Money;
    ///
    /// let yuan = |amount: &str| Money::parse(&format!("{amount} CNY"));
    /// let quarter = Pacing::new(yuan("300000")?, &Profile::even(), 3)?;
    /// let july = quarter.after(1, yuan("80000")?, yuan("15000")?)?;
    /// assert_eq!(july.remaining().get()?, yuan("205000")?); // neither paid nor ordered
    /// assert_eq!(july.pacing_index().get()?.to_percent(), "80%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn after(&self, elapsed: usize, spent: A, committed: A) -> Result<Standing<A>, ProgressError> {
        let over = ProgressError::ElapsedCount { periods: self.plan.len(), elapsed };
        let (Some(planned), Some((passed, left))) =
            (self.plan.get(..elapsed), self.weights.split_at_checked(elapsed))
        else {
            return Err(over);
        };
        let sum = |values: &[Decimal]| values.iter().copied().try_fold(Decimal::ZERO, add);
        let like = &self.total;
        // The amounts as planned are added up, and no share of the total is taken: each period was rounded already.
        let expected = planned.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.exact_in(like)?))?;
        let (total, paid) = (like.exact_in(like)?, spent.exact_in(like)?);
        let ordered = not_negative("committed amount", &committed, like)?;
        Ok(Standing {
            elapsed,
            exact: Exact { total, spent: paid, expected, left: total.minus(paid)?.minus(ordered)? },
            expected: like.exactly(expected)?,
            total: like.clone(),
            spent,
            committed,
            elapsed_weight: sum(passed)?,
            all_weight: sum(&self.weights)?,
            weights_left: left.to_vec(),
        })
    }

    /// A row for each period: its weight and its amount.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("period");
        for (index, (amount, weight)) in self.plan.iter().zip(&self.weights).enumerate() {
            let name = index.saturating_add(1);
            table.push(name, "weight", Cell::new(weight.normalize(), ""));
            table.push(name, "plan", amount.cell());
        }
        table.push("total", "plan", self.total.cell());
        table
    }
}

impl<A: AnyAmount> fmt::Display for Pacing<A> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// Whole steps of `total`, ties to the earlier one.
fn split<A: AnyAmount>(total: &A, weights: &[Decimal]) -> Result<Vec<A>, ProgressError> {
    // In whole steps of the amount, so that money, counts and quantities are one case.
    let parts = integers(total.steps(), weights.iter().copied(), Apportionment::LargestRemainder)?;
    Ok(parts.into_iter().map(|part| total.of_steps(part)).collect::<Result<_, _>>()?)
}

/// The amounts of a standing as exact numbers in the unit of the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Exact {
    total: Ratio,
    spent: Ratio,
    expected: Ratio,
    left: Ratio,
}

/// How a plan stands after some of its periods.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Standing<A> {
    elapsed: usize,
    total: A,
    spent: A,
    committed: A,
    expected: A,
    exact: Exact,
    elapsed_weight: Decimal,
    all_weight: Decimal,
    weights_left: Vec<Decimal>,
}

impl<A: AnyAmount> Standing<A> {
    /// How many periods are over.
    #[must_use]
    pub const fn elapsed(&self) -> usize {
        self.elapsed
    }

    /// What was spent so far.
    #[must_use]
    pub const fn spent(&self) -> &A {
        &self.spent
    }

    /// What is ordered besides.
    #[must_use]
    pub const fn committed(&self) -> &A {
        &self.committed
    }

    /// The planned amount of the elapsed periods.
    #[must_use]
    pub const fn expected_to_date(&self) -> &A {
        &self.expected
    }

    /// Spent over expected to date: above 1 the money goes faster than planned. Undefined where nothing was expected.
    ///
    /// # Formula
    /// `spent / expected`, both from the start to the end of the last elapsed period.
    #[must_use]
    pub fn pacing_index(&self) -> Figure<Ratio> {
        let figure = "pacing index";
        if self.exact.expected.is_zero() {
            return no(figure, Cause::Zero("amount expected to date".into()));
        }
        ratio_or(figure, self.exact.spent.divided_by(self.exact.expected))
    }

    /// Whether more (`Greater`) or less was spent than expected to date: known also where the
    /// [`pacing_index`](Self::pacing_index) is undefined.
    #[must_use]
    pub fn pace(&self) -> Ordering {
        self.exact.spent.cmp(&self.exact.expected)
    }

    /// The total at the end if the money goes on as so far, in proportion to the weights, exactly, in the unit of the
    /// total; [`AnyAmount::rounded`] makes an amount of it. Undefined where the elapsed periods weigh nothing.
    ///
    /// # Formula
    /// `spent * W / W_elapsed`, where `W` is the sum of all weights and `W_elapsed` that of the elapsed
    /// periods (the weights themselves, so that the rounding of the plan plays no part).
    #[must_use]
    pub fn projected_total(&self) -> Figure<Ratio> {
        let figure = "projected total";
        if self.elapsed_weight.is_zero() {
            return no(figure, Cause::Zero("weight of the elapsed periods".into()));
        }
        // By the weights and not by the plan: its amounts are rounded, and a stated plan may follow no weights at all.
        let share = Ratio::new(self.all_weight, self.elapsed_weight);
        ratio_or(figure, share.and_then(|share| self.exact.spent.times(share)))
    }

    /// What is neither spent nor committed; below zero when more than the total is gone, and undefined then where the
    /// amount is a count.
    #[must_use]
    pub fn remaining(&self) -> Figure<A> {
        super::amount_or("remaining amount", &self.total, self.exact.left)
    }

    /// What is left, split anew over the remaining periods by their weights; it adds up to
    /// [`remaining`](Self::remaining). Undefined where no period is left, the remaining ones weigh nothing, or more
    /// than the total is gone.
    ///
    /// # Formula
    /// `total - spent - committed`, by the weights of the periods that are not over.
    #[must_use]
    pub fn repaced(&self) -> Figure<Vec<A>> {
        let figure = "amount to re-pace";
        // The causes from the plainest on: without a period there is no question of money or weights.
        if self.weights_left.is_empty() {
            no(figure, Cause::None("period left".into()))
        } else if self.exact.left.is_negative() {
            no(figure, Cause::Negative("amount left".into()))
        } else if self.weights_left.iter().all(Decimal::is_zero) {
            no(figure, Cause::Zero("weight of the periods left".into()))
        } else {
            self.remaining().and_then(|left| match split(&left, &self.weights_left) {
                Ok(parts) => Figure::Known(parts),
                Err(_) => no(figure, Cause::OutOfRange),
            })
        }
    }

    /// The standing against a cap of `percent` over the total: now, and at the pace so far.
    ///
    /// # Errors
    /// [`ProgressError::Negative`]; [`ProgressError::Quantity`] where the cap needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::progress::{Pacing, Profile};
    /// use marketloop::quantity::Money;
    /// use rust_decimal::dec;
    ///
    /// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
    /// let half = Pacing::new(yuan("1000")?, &Profile::even(), 2)?.after(1, yuan("540")?, yuan("0")?)?;
    /// let check = half.against_cap(dec!(5))?;
    /// assert_eq!(check.cap().to_string(), "1050");
    /// assert!(!check.is_exceeded());
    /// assert!(check.will_be_exceeded().get()?); // 1,080 at this pace
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn against_cap(&self, percent: Decimal) -> Result<CapCheck, ProgressError> {
        let percent = checked("percent of overspending", percent)?;
        let factor =
            Ratio::from(add(Decimal::ONE_HUNDRED, percent)?).divided_by(Decimal::ONE_HUNDRED.into())?;
        let cap = self.exact.total.times(factor)?;
        Ok(CapCheck { cap, spent: self.exact.spent, projected: self.projected_total() })
    }

    /// A row for each figure, with the reason of one that does not exist.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        let amounts = [("expected", &self.expected), ("spent", &self.spent), ("committed", &self.committed)];
        for (name, amount) in amounts {
            table.push(name, "amount", amount.cell());
        }
        let remaining = match self.remaining() {
            Figure::Known(amount) => amount.cell(),
            none => Cell::from(none.map(|_| "")),
        };
        table.push("remaining", "amount", remaining);
        table.push("pacing index", "ratio", self.pacing_index());
        table.push("projected total", "ratio", self.projected_total());
        table
    }
}

impl<A: AnyAmount> fmt::Display for Standing<A> {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
#[serde(rename = "Standing", bound(serialize = "A: AnyAmount + Serialize"))]
struct Out<'a, A> {
    elapsed: usize,
    expected_to_date: &'a A,
    spent: &'a A,
    committed: &'a A,
    remaining: Figure<A>,
    pacing_index: Figure<Ratio>,
    projected_total: Figure<Ratio>,
}

impl<A: AnyAmount + Serialize> Serialize for Standing<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Out {
            elapsed: self.elapsed,
            expected_to_date: &self.expected,
            spent: &self.spent,
            committed: &self.committed,
            remaining: self.remaining(),
            pacing_index: self.pacing_index(),
            projected_total: self.projected_total(),
        }
        .serialize(serializer)
    }
}

/// A cap for overspending, and what is held against it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct CapCheck {
    cap: Ratio,
    spent: Ratio,
    projected: Figure<Ratio>,
}

to_wire!(CapCheck);

impl CapCheck {
    /// The cap, exactly, in the plan's unit.
    #[must_use]
    pub const fn cap(&self) -> Ratio {
        self.cap
    }

    /// Whether more than the cap is spent already.
    #[must_use]
    pub fn is_exceeded(&self) -> bool {
        self.spent > self.cap
    }

    /// Whether the projected total lies above the cap. What is exceeded already will be; else it is undefined where
    /// [`Standing::projected_total`] is.
    #[must_use]
    pub fn will_be_exceeded(&self) -> Figure<bool> {
        // Known even where nothing can be projected: money that is spent does not come back.
        if self.is_exceeded() {
            return Figure::Known(true);
        }
        self.projected.clone().map(|projected| projected > self.cap)
    }

    /// A row for each amount, in the plan's unit, with the reason of a projection that does not exist.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        table.push("spent", "amount", self.spent);
        table.push("cap", "amount", self.cap);
        table.push("projected", "amount", self.projected.clone());
        table
    }
}

impl fmt::Display for CapCheck {
    /// `540 of at most 1050, 1080 projected`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown =
            |value: &Ratio| value.to_decimal().map_or_else(|| format!("{value:.4}"), |v| v.to_string());
        let projected = self.projected.as_ref().map(shown);
        write!(f, "{} of at most {}, {projected} projected", shown(&self.spent), shown(&self.cap))
    }
}

/// The most that may be spent, in the unit of `total`, with an overspending of `percent` allowed.
///
/// # Formula
/// `total * (1 + percent / 100)`.
///
/// # Errors
/// [`ProgressError::Negative`] for either; [`ProgressError::Quantity`] where the cap needs more than 28
/// digits.
///
/// # Examples
/// ```
/// use marketloop::progress::overspending_cap;
/// use rust_decimal::dec;
///
/// assert_eq!(overspending_cap(dec!(1000000), dec!(5))?, dec!(1050000));
/// # Ok::<(), marketloop::progress::ProgressError>(())
/// ```
pub fn overspending_cap(total: Decimal, percent: Decimal) -> Result<Decimal, ProgressError> {
    let percent = checked("percent of overspending", percent)?;
    let hundredth = Decimal::new(1, 2);
    let factor = multiply(add(Decimal::ONE_HUNDRED, percent)?, hundredth)?;
    Ok(multiply(checked("total", total)?, factor)?)
}

#[derive(Deserialize)]
#[serde(rename = "Pacing", deny_unknown_fields)]
struct Wire<A> {
    total: A,
    profile: Profile,
    periods: usize,
    #[serde(default = "Vec::new")]
    plan: Vec<A>,
}

/// What is written: the plan only where it was stated.
struct Written<A> {
    total: A,
    profile: Profile,
    periods: usize,
    plan: Vec<A>,
}

serialize_fields!(Written<A> { total, profile, periods, plan: optional });

impl<A: AnyAmount + Serialize> Serialize for Pacing<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let plan = if self.stated { self.plan.clone() } else { Vec::new() };
        let (total, profile) = (self.total.clone(), self.profile.clone());
        Written { total, profile, periods: self.plan.len(), plan }.serialize(serializer)
    }
}

impl<A: AnyAmount> TryFrom<Wire<A>> for Pacing<A> {
    type Error = Problems<ProgressError>;

    fn try_from(wire: Wire<A>) -> Result<Self, Self::Error> {
        let pacing = Self::new(wire.total, &wire.profile, wire.periods)?;
        if wire.plan.is_empty() { Ok(pacing) } else { pacing.with_plan(wire.plan) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Count, Money, Quantity, Unit};
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&format!("{text} CNY")).unwrap()
    }

    fn custom(weights: &[i64]) -> Profile {
        Profile::custom(weights.iter().copied().map(Decimal::from).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn what_is_undefined_says_why() {
        let pacing = Pacing::new(Count::new(5), &custom(&[0, 1, 0]), 3).unwrap();
        let after = |elapsed, spent, committed| {
            pacing.after(elapsed, Count::new(spent), Count::new(committed)).unwrap()
        };
        let start = after(0, 0, 0).pacing_index().to_string();
        assert_eq!(start, "undefined: amount expected to date is zero");
        let first = after(1, 1, 0).projected_total().to_string();
        assert_eq!(first, "undefined: weight of the elapsed periods is zero");
        let cause = |standing: Standing<Count>| match standing.repaced() {
            Figure::Undefined(why) => why.cause.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(cause(after(2, 4, 0)), "weight of the periods left is zero");
        assert_eq!(cause(after(1, 4, 2)), "amount left is below zero");
        assert_eq!(after(1, 4, 2).remaining().to_string(), "undefined: remaining amount is below zero");
        assert_eq!(cause(after(3, 5, 0)), "there is no period left");
        assert!(pacing.after(4, Count::new(5), Count::new(0)).is_err());
    }

    #[test]
    fn odd_cents_go_to_the_earlier_period() {
        let week = Pacing::new(yuan("1"), &Profile::even(), 7).unwrap();
        let minor: Vec<i128> = week.plan().iter().map(Money::minor).collect();
        assert_eq!(minor, [15, 15, 14, 14, 14, 14, 14]);
        assert_eq!(week.cumulative().unwrap().last(), Some(week.total()));
        let standing = week.after(2, yuan("0.31"), yuan("0")).unwrap();
        assert_eq!(*standing.expected_to_date(), yuan("0.30"));
        let rest = standing.repaced().known().unwrap();
        assert_eq!(rest.iter().map(Money::minor).collect::<Vec<_>>(), [14, 14, 14, 14, 13]);
        let check = standing.against_cap(dec!(5)).unwrap();
        assert!(!check.is_exceeded() && check.will_be_exceeded() == Figure::Known(true));
        assert_eq!(check.to_string(), "0.31 of at most 1.05, 1.085 projected");
    }

    #[test]
    fn a_quantity_is_paced_in_steps_of_its_last_decimal() {
        let hours = |value: Decimal| Quantity::new(value, "hour".parse::<Unit>().unwrap());
        let pacing = Pacing::new(hours(dec!(0.5)), &Profile::even(), 3).unwrap();
        assert_eq!(pacing.plan(), [hours(dec!(0.2)), hours(dec!(0.2)), hours(dec!(0.1))]);
        assert!(pacing.after(1, "1 order".parse().unwrap(), hours(dec!(0))).is_err());
        let table = pacing.after(1, hours(dec!(0.4)), hours(dec!(0))).unwrap().to_string();
        assert!(table.contains("pacing index"), "{table}");
    }

    #[test]
    fn all_problems_come_at_once() {
        let over = Pacing::new(yuan("-1"), &Profile::even(), 0).unwrap_err().to_string();
        assert_eq!(
            over,
            "2 problems\n  total: total -1 is negative\n  periods: at least one of weights is needed"
        );
        let half = Pacing::new(yuan("1"), &Profile::even(), 2).unwrap();
        assert!(half.after(1, "1 JPY".parse().unwrap(), yuan("0")).is_err());
        assert!(half.after(1, yuan("0"), "1 JPY".parse().unwrap()).is_err());
        let gone = half.after(1, yuan("0.90"), yuan("0.20")).unwrap();
        assert_eq!(gone.remaining(), Figure::Known(yuan("-0.10")));
        let problems = half.clone().with_plan([yuan("-1"), yuan("2"), "1 JPY".parse().unwrap()]).unwrap_err();
        assert_eq!(problems.len(), 3);
        let sum = half.with_plan([yuan("1"), yuan("2")]).unwrap_err().to_string();
        assert_eq!(sum, "plan: the amounts of the periods do not add up to 1.00 CNY");
        assert!(overspending_cap(dec!(1), dec!(-1)).is_err());
    }
}
