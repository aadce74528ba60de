//! Splits of money: parts with their keys that add up to the amount.

use super::quota::FEW;
use super::weights::{few_parts, signed};
use super::{Apportionment, SplitError, Weights};
use crate::error::{repeated, within};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Mix, Money};
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;
use core::ops::Index;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The most parts that are made of a number alone.
const MOST_PARTS: u64 = 1 << 22;

/// Amounts by key that add up to their total.
///
/// `split["SEM"]` is the amount of that key; it panics for a key that is not in the split, as the maps of the
/// standard library do, and [`get`](Self::get) does not.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Mix, Money};
///
/// let event = Money::parse("50000 CNY")?;
/// let mix = Mix::from_percents([("content", 40), ("tools", 30), ("speakers", 20), ("contingency", 10)])?;
/// let budget = event.split(&mix)?;
/// assert_eq!(budget["contingency"].to_string(), "5,000.00 CNY");
/// assert_eq!(budget.get("travel"), None);
/// assert_eq!(budget.total(), event);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::split::Split;
/// let json = r#"{
///   "total": {"amount": "0.02", "currency": "CNY"},
///   "parts": [
///     ["own", {"amount": "0.01", "currency": "CNY"}],
///     ["partner", {"amount": "0.01", "currency": "CNY"}]
///   ]
/// }"#;
/// let read: Split<String> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Split<String>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "Draft<K>",
    into = "Draft<K>",
    bound(serialize = "K: Serialize + Clone", deserialize = "K: Deserialize<'de> + Ord")
)]
pub struct Split<K> {
    parts: Vec<(K, Money)>,
    total: Money,
}

struct Draft<K> {
    total: Money,
    parts: Vec<(K, Money)>,
}

wire_fields!(Draft<K> { total, parts });

impl<K: Ord> TryFrom<Draft<K>> for Split<K> {
    type Error = SplitError;

    fn try_from(draft: Draft<K>) -> Result<Self, Self::Error> {
        let sum = Money::sum(draft.parts.iter().map(|(_, part)| *part), draft.total.currency())?;
        if sum != draft.total {
            return Err(SplitError::SumMismatch { difference: sum.minus(draft.total)?.minor() });
        }
        unique(draft.parts.iter().map(|(key, _)| key))?;
        let total = draft.total;
        // A part against the sign of its total would make another part larger than the total.
        let odd = |(_, part): &(K, Money)| !part.is_zero() && part.minor().signum() != total.minor().signum();
        match draft.parts.iter().position(odd).and_then(|index| Some((index, draft.parts.get(index)?.1))) {
            Some((index, part)) => Err(SplitError::SignMismatch { index, part, total }),
            None => Ok(Self { parts: draft.parts, total }),
        }
    }
}

pub(super) fn unique<'a, K: Ord + 'a>(keys: impl Iterator<Item = &'a K>) -> Result<(), SplitError> {
    match repeated(keys) {
        Some((first, second)) => Err(SplitError::DuplicateKey { first, second }),
        None => Ok(()),
    }
}

impl<K> From<Split<K>> for Draft<K> {
    fn from(split: Split<K>) -> Self {
        Self { total: split.total, parts: split.parts }
    }
}

impl<K> Split<K> {
    /// The split of these parts, whose keys differ and which add up to `total`.
    pub(super) const fn of_parts(parts: Vec<(K, Money)>, total: Money) -> Self {
        Self { parts, total }
    }

    /// The amount of `key`, or `None` when the split has no such key.
    #[must_use]
    pub fn get<Q: ?Sized + PartialEq>(&self, key: &Q) -> Option<Money>
    where
        K: Borrow<Q>,
    {
        self.find(key).copied()
    }

    fn find<Q: ?Sized + PartialEq>(&self, key: &Q) -> Option<&Money>
    where
        K: Borrow<Q>,
    {
        self.parts.iter().find(|(own, _)| own.borrow() == key).map(|(_, part)| part)
    }

    /// What was split, and what the parts add up to.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }

    /// Keys and amounts in the order of the mix.
    pub fn iter(&self) -> core::slice::Iter<'_, (K, Money)> {
        self.parts.iter()
    }

    /// The number of parts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are no parts, which only a total of zero can have.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl<'a, K> IntoIterator for &'a Split<K> {
    type Item = &'a (K, Money);
    type IntoIter = core::slice::Iter<'a, (K, Money)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K> IntoIterator for Split<K> {
    type Item = (K, Money);
    type IntoIter = alloc::vec::IntoIter<(K, Money)>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter()
    }
}

impl<K: Borrow<Q>, Q: ?Sized + PartialEq + fmt::Debug> Index<&Q> for Split<K> {
    type Output = Money;

    /// The amount of `key`.
    ///
    /// # Panics
    /// When the split has no such key, as the maps of the standard library; [`Split::get`] does not panic.
    #[expect(clippy::panic, reason = "the contract of Index, as for the maps of the standard library")]
    fn index(&self, key: &Q) -> &Money {
        self.find(key).unwrap_or_else(|| panic!("the split has no key {key:?}"))
    }
}

impl<K: fmt::Display> fmt::Display for Split<K> {
    /// One line per part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, part)) in self.parts.iter().enumerate() {
            write!(f, "{}{key} {part}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl Money {
    /// The parts of this amount by the shares of `mix`, by largest remainder; they add up to the amount.
    ///
    /// # Errors
    /// None for a valid mix; the type leaves room for other methods.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Mix, Money};
    ///
    /// // Whole fen, and together the whole amount.
    /// let mix = Mix::new([("a", "0.3".parse()?), ("b", "0.3".parse()?), ("c", "0.4".parse()?)])?;
    /// let parts = Money::parse("0.11 CNY")?.split(&mix)?;
    /// assert_eq!(Money::sum(parts.iter().map(|(_, part)| *part), parts.total().currency())?, parts.total());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn split<K: Clone>(&self, mix: &Mix<K>) -> Result<Split<K>, SplitError> {
        self.split_with(mix, Apportionment::LargestRemainder)
    }

    /// The parts of this amount by the shares of `mix` and the named method; they add up to the amount.
    ///
    /// # Errors
    /// None for a valid mix.
    pub fn split_with<K: Clone>(&self, mix: &Mix<K>, method: Apportionment) -> Result<Split<K>, SplitError> {
        let keys = mix.iter().map(|(key, _)| key.clone());
        let mut few = [0; FEW];
        let few = mix.fraction().and_then(|fraction| few_parts(self.minor(), method, fraction, &mut few));
        let parts = if let Some(parts) = few {
            keys.zip(parts)
                .map(|(key, part)| (key, self.part(signed(self.minor(), (*part).into()))))
                .collect()
        } else {
            let weights = Weights::from_decimals(mix.iter().map(|(_, share)| share.value()))?;
            keys.zip(weights.map_parts(self.minor(), method, |part| self.part(part))).collect()
        };
        Ok(Split { parts, total: *self })
    }

    /// The parts of this amount by weights with keys and the named method; they add up to the amount.
    ///
    /// # Errors
    /// [`SplitError::NoWeights`], [`SplitError::AllZero`], [`SplitError::NegativeWeight`];
    /// [`SplitError::DuplicateKey`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    /// use marketloop::split::Apportionment;
    ///
    /// let half = Money::parse("0.01 CNY")?.split_by([("own", 60), ("partner", 40)], Apportionment::FirstInOrder)?;
    /// assert_eq!(half["own"], Money::parse("0.01 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn split_by<K: Ord, W: Into<Decimal>>(
        &self,
        weights: impl IntoIterator<Item = (K, W)>,
        method: Apportionment,
    ) -> Result<Split<K>, SplitError> {
        let (keys, weights): (Vec<K>, Vec<W>) = weights.into_iter().unzip();
        unique(keys.iter())?;
        let weights = Weights::new(weights)?;
        let parts = weights.map_parts(self.minor(), method, |part| self.part(part));
        Ok(Split { parts: keys.into_iter().zip(parts).collect(), total: *self })
    }

    /// The parts of this amount by checked weights and the named method, in their order; they add up to the
    /// amount.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    /// use marketloop::split::{Apportionment, Weights};
    ///
    /// // The same weights divide many amounts.
    /// let weights = Weights::new([50, 70, 80])?;
    /// let quarter = Money::parse("400000 CNY")?.split_weighted(&weights, Apportionment::LargestRemainder);
    /// assert_eq!(quarter[1], Money::parse("140000 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn split_weighted(&self, weights: &Weights, method: Apportionment) -> Vec<Self> {
        weights.map_parts(self.minor(), method, |part| self.part(part))
    }

    /// `parts` parts of this amount that differ by at most one minor unit; the larger ones come first.
    ///
    /// # Errors
    /// [`SplitError::NoWeights`] for no parts; [`SplitError::TooLarge`] for more than 2^22.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    ///
    /// let months = Money::parse("100 CNY")?.split_evenly(3)?;
    /// let texts: Vec<String> = months.iter().map(ToString::to_string).collect();
    /// assert_eq!(texts, ["33.34 CNY", "33.33 CNY", "33.33 CNY"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the count is above 0, and no part exceeds the amount"
    )]
    pub fn split_evenly(&self, parts: usize) -> Result<Vec<Self>, SplitError> {
        // Nothing else bounds the list: a number of parts alone comes from outside.
        within("parts", u64::try_from(parts).ok(), MOST_PARTS)?;
        let count = i128::try_from(parts).ok().filter(|count| *count > 0).ok_or(SplitError::NoWeights)?;
        // What is left has the sign of the amount: a refund gives its larger parts first, as its charge does.
        let (each, left) = (self.minor() / count, self.minor() % count);
        let larger = |index: usize| (index as u128) < left.unsigned_abs();
        let part = |index| self.part(if larger(index) { each + left.signum() } else { each });
        Ok((0..parts).map(part).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Currency;

    #[test]
    fn even_parts_mirror_and_add_up() {
        let charge = Money::from_minor(1001, Currency::CNY).unwrap().split_evenly(3).unwrap();
        assert_eq!(charge.iter().map(Money::minor).collect::<Vec<_>>(), [334, 334, 333]);
        let refund = Money::from_minor(-1001, Currency::CNY).unwrap().split_evenly(3).unwrap();
        assert_eq!(refund.iter().map(Money::minor).collect::<Vec<_>>(), [-334, -334, -333]);
        assert!(Money::zero(Currency::CNY).split_evenly(0).is_err());
        assert!(Money::zero(Currency::CNY).split_evenly(usize::MAX).is_err());
    }

    #[test]
    fn a_split_from_the_wire_adds_up_or_fails() {
        let good =
            r#"{"total":"0.03 CNY","parts":[["a","0.01 CNY"],["b",{"amount":0.02,"currency":"CNY"}]]}"#;
        let split: Split<alloc::string::String> = serde_json::from_str(good).unwrap();
        assert_eq!(split["b"].minor(), 2);
        let bad = good.replace("0.03", "0.04");
        let refused = serde_json::from_str::<Split<alloc::string::String>>(&bad).unwrap_err();
        assert!(
            alloc::string::ToString::to_string(&refused)
                .starts_with("the parts differ from their total by -1 minor unit")
        );
    }

    #[test]
    fn every_part_can_be_reached_and_has_the_totals_sign() {
        let year = Money::from_minor(100, Currency::CNY).unwrap();
        let twice =
            year.split_by([("a", 1), ("b", 2), ("a", 1)], Apportionment::LargestRemainder).unwrap_err();
        assert_eq!(twice, SplitError::DuplicateKey { first: 0, second: 2 });
        assert_eq!(twice.kind(), crate::error::ErrorKind::Duplicate);
        let read = |json: &str| {
            let refused = serde_json::from_str::<Split<alloc::string::String>>(json).unwrap_err();
            alloc::string::ToString::to_string(&refused)
        };
        assert_eq!(
            read(r#"{"total":"3 CNY","parts":[["a","1 CNY"],["a","2 CNY"]]}"#),
            "part 1 repeats the key of part 0"
        );
        assert_eq!(
            read(r#"{"total":"3 CNY","parts":[["a","4 CNY"],["b","-1 CNY"]]}"#),
            "part 1 of -1.00 CNY has not the sign of its total 3.00 CNY"
        );
        assert_eq!(
            read(r#"{"total":"0 CNY","parts":[["a","1 CNY"],["b","-1 CNY"]]}"#),
            "part 0 of 1.00 CNY has not the sign of its total 0.00 CNY"
        );
    }
}
