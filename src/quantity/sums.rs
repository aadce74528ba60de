//! The sum, the largest and the smallest of many amounts, given as values or as references.

use super::{Count, Currency, Money, Quantity, QuantityError, Unit};
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use core::borrow::Borrow;
use rust_decimal::Decimal;

impl Money {
    /// The sum of `amounts`, which are all of `currency`; zero when there are none.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`], [`QuantityError::TooMuchMoney`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Currency, Money};
    ///
    /// let spends = [Money::parse("10 CNY")?, Money::parse("2.50 CNY")?];
    /// assert_eq!(Money::sum(&spends, Currency::CNY)?, Money::parse("12.50 CNY")?);
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    pub fn sum(
        amounts: impl IntoIterator<Item = impl Borrow<Self>>,
        currency: Currency,
    ) -> Result<Self, QuantityError> {
        amounts.into_iter().try_fold(Self::zero(currency), |sum, amount| sum.plus(*amount.borrow()))
    }

    /// The sum of the amounts of each key, such as the spend of each channel from rows of spends.
    ///
    /// All amounts of one key are of one currency; those of different keys need not be.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`], [`QuantityError::TooMuchMoney`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    ///
    /// let rows = [("SEM", "10 CNY"), ("social", "7 CNY"), ("SEM", "2.50 CNY")];
    /// let rows = rows.map(|(channel, spend)| (channel, Money::parse(spend).unwrap()));
    /// let spend = Money::sum_by(rows)?;
    /// assert_eq!(spend["SEM"], Money::parse("12.50 CNY")?);
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    pub fn sum_by<K: Ord>(
        amounts: impl IntoIterator<Item = (K, impl Borrow<Self>)>,
    ) -> Result<BTreeMap<K, Self>, QuantityError> {
        let mut sums = BTreeMap::new();
        for (key, amount) in amounts {
            match sums.entry(key) {
                Entry::Vacant(entry) => drop(entry.insert(*amount.borrow())),
                Entry::Occupied(mut entry) => *entry.get_mut() = entry.get().plus(*amount.borrow())?,
            }
        }
        Ok(sums)
    }

    /// The largest of `amounts`; `None` when there are none.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`]: amounts of two currencies have no order.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    ///
    /// let costs = [Money::parse("50 CNY")?, Money::parse("35 CNY")?, Money::parse("40 CNY")?];
    /// assert_eq!((Money::max_of(costs)?, Money::min_of(costs)?), (Some(costs[0]), Some(costs[1])));
    /// assert_eq!(Money::max_of([] as [Money; 0])?, None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn max_of(
        amounts: impl IntoIterator<Item = impl Borrow<Self>>,
    ) -> Result<Option<Self>, QuantityError> {
        Self::best_of(amounts, |next, best| next > best)
    }

    /// The smallest of `amounts`; `None` when there are none.
    ///
    /// # Errors
    /// [`QuantityError::CurrencyMismatch`]: amounts of two currencies have no order.
    pub fn min_of(
        amounts: impl IntoIterator<Item = impl Borrow<Self>>,
    ) -> Result<Option<Self>, QuantityError> {
        Self::best_of(amounts, |next, best| next < best)
    }

    fn best_of(
        amounts: impl IntoIterator<Item = impl Borrow<Self>>,
        better: fn(i128, i128) -> bool,
    ) -> Result<Option<Self>, QuantityError> {
        let mut best: Option<Self> = None;
        for amount in amounts {
            let amount = *amount.borrow();
            match best {
                Some(held) => {
                    held.same_currency(amount)?;
                    // Of one currency, so that minor units compare; of equal amounts the first stays.
                    if better(amount.minor(), held.minor()) {
                        best = Some(amount);
                    }
                }
                None => best = Some(amount),
            }
        }
        Ok(best)
    }
}

impl Count {
    /// The sum of `counts`; 0 when there are none.
    ///
    /// # Errors
    /// [`QuantityError::CountOutOfRange`] above 2^64 - 1.
    pub fn sum(counts: impl IntoIterator<Item = impl Borrow<Self>>) -> Result<Self, QuantityError> {
        counts.into_iter().try_fold(Self::new(0), |sum, count| sum.plus(*count.borrow()))
    }
}

impl Quantity {
    /// The sum of `quantities` in `unit`; zero when there are none.
    ///
    /// # Errors
    /// [`QuantityError::UnitMismatch`] naming both units; [`QuantityError::Inexact`].
    pub fn sum(
        quantities: impl IntoIterator<Item = impl Borrow<Self>>,
        unit: Unit,
    ) -> Result<Self, QuantityError> {
        // The unit comes from the caller: the sum of no quantities has one too.
        let zero = Self::new(Decimal::ZERO, unit);
        quantities.into_iter().try_fold(zero, |sum, quantity| sum.plus(quantity.borrow()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn sums_take_values_and_references_and_name_what_does_not_add_up() {
        let yuan = |minor| Money::from_minor(minor, Currency::CNY).unwrap();
        let (amounts, yen) = ([yuan(5), yuan(-7), yuan(9)], Money::from_minor(1, Currency::JPY).unwrap());
        assert_eq!(Money::sum(amounts.iter(), Currency::CNY), Money::sum(amounts, Currency::CNY));
        assert_eq!(Money::sum([] as [Money; 0], Currency::CNY), Ok(yuan(0)));
        assert_eq!(Money::max_of(amounts.iter()), Ok(Some(yuan(9))));
        assert_eq!(Money::min_of(amounts), Ok(Some(yuan(-7))));
        assert_eq!(Money::max_of([] as [Money; 0]), Ok(None));
        assert!(Money::max_of([yuan(1), yen]).is_err());
        assert!(Money::sum_by([("a", yuan(1)), ("a", yen)]).is_err());
        let sums = Money::sum_by([("a", yuan(1)), ("b", yen), ("a", yuan(2))]).unwrap();
        assert_eq!(sums.into_iter().collect::<alloc::vec::Vec<_>>(), [("a", yuan(3)), ("b", yen)]);
        assert_eq!(Count::sum([1, 2].map(Count::new)), Ok(Count::new(3)));
        assert!(Count::sum([u64::MAX, 1].map(Count::new)).is_err());
        let percent: [Quantity; 2] = ["1 %", "2.5 %"].map(|text| text.parse().unwrap());
        assert_eq!(Quantity::sum(&percent, percent[0].unit().clone()).unwrap().to_string(), "3.5 %");
    }
}
