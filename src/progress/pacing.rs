//! Pacing: is a total being spent as planned over its periods, and what is left for the rest?

use super::standing::{Exact, Standing, divided};
use super::{Profile, ProgressError, not_negative};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Table};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use crate::quantity::{AnyAmount, Ratio, add};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// A total with a planned amount for each period: [`Money`](crate::quantity::Money), a [`Count`](crate::quantity::Count) or a
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
#[doc(alias = "投放节奏")]
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
        let plan = problems.take(&root, divided(&total, &weights));
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

    /// The total that is paced.
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
            // Periods are counted from 1, as people do.
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

struct Wire<A> {
    total: A,
    profile: Profile,
    periods: usize,
    plan: Vec<A>,
}

deserialize_fields!("Pacing", Wire<A> { total, profile, periods, plan: or(Vec::new) });

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
        // A plan that follows from the profile is made again when it is read: written down it could contradict it.
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
    use super::super::overspending_cap;
    use super::*;
    use crate::figure::Figure;
    use crate::quantity::{Count, Money, Quantity, Unit};
    use alloc::format;
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
