//! A whole in named parts.

use super::display::within;
use super::exact::{decimal_quotient, magnitude};
use super::natural::Natural;
use super::wire::{NUMBER_TOKEN, WireDecimal, unwanted_number};
use super::{QuantityError, Rounding, Share, from_parts, subtract};
use crate::error::{Lookup, repeated};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;
use core::marker::PhantomData;
use rust_decimal::Decimal;
use serde::de::value::StrDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Shares by key that add up to exactly 1, in the order in which they were given.
///
/// On the wire a list of pairs, `[["SEM","0.4"],["social","0.6"]]`, so that the order survives; a map is
/// read too.
///
/// # Examples
/// ```
/// use marketloop::quantity::Mix;
///
/// let mix = Mix::from_percents([("SEM", 40), ("social", 30), ("content", 20), ("short video", 10)])?;
/// assert_eq!(mix.share("social").map(|share| share.to_string()), Some("30%".into()));
///
/// let over = Mix::from_percents([("content", 40), ("tools", 40), ("speakers", 20), ("reserve", 10)]);
/// assert_eq!(over.unwrap_err().to_string(), "shares add up to 110%, 10 percentage points over");
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Mix;
/// let json = r#"[["SEM","0.4"],["social","0.6"]]"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Mix<String>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[doc(alias = "占比")]
pub struct Mix<K> {
    entries: Box<[(K, Share)]>,
    /// The shares over their common denominator, a power of ten; empty where 64 bits do not hold them.
    numerators: Box<[u64]>,
    denominator: u64,
}

impl<K: Ord + fmt::Display> Mix<K> {
    /// The mix of these shares.
    ///
    /// # Errors
    /// [`QuantityError::EmptyMix`]; [`QuantityError::DuplicateKey`]; [`QuantityError::MixSum`] when the shares
    /// do not add up to exactly 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Mix, Share};
    ///
    /// let reach = Mix::new([("own", Share::percent(60)?), ("partner", Share::percent(40)?)])?;
    /// assert_eq!(reach.to_string(), "own 60%, partner 40%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(entries: impl IntoIterator<Item = (K, Share)>) -> Result<Self, QuantityError> {
        let entries: Box<[_]> = entries.into_iter().collect();
        if entries.is_empty() {
            return Err(QuantityError::EmptyMix);
        }
        if let Some((first, second)) = repeated(entries.iter().map(|(key, _)| key)) {
            #[expect(clippy::indexing_slicing, reason = "the place of an entry that was compared")]
            let key = entries[second].0.to_string();
            return Err(QuantityError::DuplicateKey { key, first, second });
        }
        check_sum(entries.iter().map(|(_, share)| *share))?;
        let scale = entries.iter().map(|(_, share)| share.value().scale()).fold(0, u32::max);
        // Once, where the mix is made: a mix divides many amounts, and each would scale the shares again.
        let numerator = |share: Decimal| {
            let missing = u64::power_of_ten(scale.checked_sub(share.scale())?)?;
            u64::try_from(share.mantissa()).ok()?.checked_mul(missing)
        };
        let numerators = entries.iter().map(|(_, share)| numerator(share.value())).collect::<Option<_>>();
        // A scale beyond 64 bits leaves no numerators either, and then nobody asks for the denominator.
        let denominator = u64::power_of_ten(scale).unwrap_or_default();
        Ok(Self { entries, numerators: numerators.unwrap_or_default(), denominator })
    }

    /// The mix of these percentages.
    ///
    /// # Errors
    /// [`QuantityError::EntryOutOfRange`] with the index of a percentage outside 0..=100, or those of [`Mix::new`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Mix;
    ///
    /// let content = Mix::from_percents([("substance", 70), ("benefits", 20), ("advertising", 10)])?;
    /// assert_eq!(content.largest().map(|(key, _)| *key), Some("substance"));
    /// assert!(Mix::from_percents([("a", 50), ("a", 50)]).is_err()); // a key stands once
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn from_percents<P: Into<Decimal>>(
        entries: impl IntoIterator<Item = (K, P)>,
    ) -> Result<Self, QuantityError> {
        Self::new_indexed(entries.into_iter().map(|(key, percent)| (key, Share::percent(percent))))
    }

    fn of_decimals(entries: Vec<(K, WireDecimal)>) -> Result<Self, QuantityError> {
        Self::new_indexed(entries.into_iter().map(|(key, WireDecimal(value))| (key, Share::new(value))))
    }

    fn new_indexed(
        entries: impl Iterator<Item = (K, Result<Share, QuantityError>)>,
    ) -> Result<Self, QuantityError> {
        let entries: Result<Vec<_>, _> = entries
            .enumerate()
            .map(|(index, (key, share))| match share {
                Ok(share) => Ok((key, share)),
                Err(QuantityError::ShareOutOfRange { value }) => {
                    Err(QuantityError::EntryOutOfRange { index, value })
                }
                Err(error) => Err(error),
            })
            .collect();
        Self::new(entries?)
    }
}

/// Whether the shares add up to exactly 1, in units of the smallest share, 10^-28: a sum needs no more.
fn check_sum(shares: impl Iterator<Item = Share>) -> Result<(), QuantityError> {
    const WHOLE: u128 = 10_u128.pow(Decimal::MAX_SCALE);
    // At most 10^28 each: as many shares as memory holds fit 128 bits.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a share has at most 28 decimals and is at most 1, or 10^28"
    )]
    let units =
        |share: Share| magnitude(share.value()) * 10_u128.pow(Decimal::MAX_SCALE - share.value().scale());
    let sum = shares.map(units).fold(0, u128::saturating_add);
    if sum == WHOLE {
        return Ok(());
    }
    if let Some(sum) = from_parts(false, sum, Decimal::MAX_SCALE) {
        return Err(QuantityError::MixSum { sum: sum.normalize(), rounded: false });
    }
    // Above 7 a sum of 28 decimals may have more digits than a decimal: the decimals that fit.
    let rounded = (0..Decimal::MAX_SCALE).rev().find_map(|scale| {
        let (sum, whole) = (([sum, 1], scale), (1, Decimal::MAX_SCALE));
        decimal_quotient(false, sum, whole, scale, Rounding::HalfEven)
    });
    Err(QuantityError::MixSum { sum: rounded.unwrap_or(Decimal::MAX).normalize(), rounded: true })
}

impl<K> Mix<K> {
    /// The share of `key`, or `None` when the mix has no such key.
    #[must_use]
    pub fn share<Q: ?Sized + PartialEq>(&self, key: &Q) -> Option<Share>
    where
        K: Borrow<Q>,
    {
        self.entries.iter().find(|(own, _)| own.borrow() == key).map(|(_, share)| *share)
    }

    /// Keys and shares in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, Share)> + Clone {
        self.entries.iter().map(|(key, share)| (key, *share))
    }

    /// The number of entries, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a mix is never empty")]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The shares over their common denominator, where 64 bits hold them: a split then needs no more scaling.
    pub(crate) fn fraction(&self) -> Option<(&[u64], u64)> {
        (!self.numerators.is_empty()).then_some((&self.numerators, self.denominator))
    }

    /// The key with the largest share, the first of several.
    #[must_use]
    pub fn largest(&self) -> Option<(&K, Share)> {
        // Not `max_by`, which takes the last of equal ones.
        self.iter().reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    /// The share that remains without `key`, 1 less its own; `None` when the mix has no such key.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Mix, Share};
    ///
    /// // When the largest channel fails, at least 60 % shall remain.
    /// let mix = Mix::from_percents([("search", 35), ("social", 30), ("video", 25), ("mail", 10)])?;
    /// assert!(mix.without("search") >= Some(Share::percent(60)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn without<Q: ?Sized + PartialEq>(&self, key: &Q) -> Option<Share>
    where
        K: Borrow<Q>,
    {
        self.share(key).map(Share::complement)
    }

    /// The share of each key in `actual` less its share in this mix, for the keys that both have: a
    /// difference of shares from -1 to 1, where 0.05 is 5 percentage points.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Mix;
    /// use rust_decimal::dec;
    ///
    /// let plan = Mix::from_percents([("SEM", 40), ("social", 60)])?;
    /// let actual = Mix::from_percents([("SEM", 45), ("social", 55)])?;
    /// let drift: Vec<_> = plan.drift(&actual).map(|(key, points)| (*key, points)).collect();
    /// assert_eq!(drift, [("SEM", dec!(0.05)), ("social", dec!(-0.05))]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn drift<'a>(&'a self, actual: &'a Self) -> impl Iterator<Item = (&'a K, Decimal)>
    where
        K: Ord,
    {
        // Sorted once: a look through the other mix for each key would be quadratic.
        let places = Lookup::of(actual.iter().map(|(key, _)| key));
        self.iter().filter_map(move |(key, planned)| {
            let actual = actual.entries.get(places.position(key)?)?.1;
            // Both are in 0..=1 with at most 28 decimals, and so is their difference: no key is lost here.
            subtract(actual.value(), planned.value()).ok().map(|share_difference| (key, share_difference))
        })
    }
}

impl<K> IntoIterator for Mix<K> {
    type Item = (K, Share);
    type IntoIter = alloc::vec::IntoIter<(K, Share)>;

    /// Keys and shares in order.
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<'a, K> IntoIterator for &'a Mix<K> {
    type Item = &'a (K, Share);
    type IntoIter = core::slice::Iter<'a, (K, Share)>;

    /// Keys and shares in order.
    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl<K: fmt::Display> fmt::Display for Mix<K> {
    /// `SEM 40%, social 60%`; a precision is a number of decimals of each percentage.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (key, share)) in self.iter().enumerate() {
            write!(f, "{}{key} {}", if index == 0 { "" } else { ", " }, within(f, &share))?;
        }
        Ok(())
    }
}

impl<K: Serialize> Serialize for Mix<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.entries)
    }
}

impl<'de, K: Deserialize<'de> + Ord + fmt::Display> Deserialize<'de> for Mix<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A map is how people write a mix; only formats that tell maps from lists can read both.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(MixVisitor(PhantomData))
        } else {
            deserializer.deserialize_seq(MixVisitor(PhantomData))
        }
    }
}

struct MixVisitor<K>(PhantomData<K>);

impl<'de, K: Deserialize<'de> + Ord + fmt::Display> Visitor<'de> for MixVisitor<K> {
    type Value = Mix<K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of [key, share] pairs or a map of shares")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut entries: Vec<(K, WireDecimal)> = Vec::new();
        while let Some(entry) = seq.next_element()? {
            entries.push(entry);
        }
        Mix::of_decimals(entries).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key()? {
            // A number is no mix, although `serde_json/arbitrary_precision` passes it as a map of one entry.
            let token = StrDeserializer::<A::Error>::new(NUMBER_TOKEN);
            if entries.is_empty() && K::deserialize(token).is_ok_and(|token| token == key) {
                return Err(unwanted_number(&mut map, &self));
            }
            entries.push((key, map.next_value::<WireDecimal>()?));
        }
        Mix::of_decimals(entries).map_err(A::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn what_does_not_make_a_whole_is_refused() {
        let empty: [(&str, u8); 0] = [];
        assert_eq!(Mix::from_percents(empty).unwrap_err(), QuantityError::EmptyMix);
        let short = Mix::from_percents([("a", dec!(33.33)), ("b", dec!(66.66))]).unwrap_err();
        assert_eq!(short.to_string(), "shares add up to 99.99%, 0.01 percentage points under");
        let twice = Mix::from_percents([("a", 40), ("b", 20), ("a", 40)]).unwrap_err();
        assert_eq!(twice, QuantityError::DuplicateKey { key: "a".into(), first: 0, second: 2 });
        let negative = Mix::from_percents([("a", 120), ("b", -20)]).unwrap_err();
        assert_eq!(negative.to_string(), "entry 0: share 1.2 is outside 0..=1");
    }

    #[test]
    fn a_failing_channel_leaves_the_rest() {
        let matrix = Mix::from_percents([("a", 35), ("b", 25), ("c", 30), ("d", 10)]).unwrap();
        assert_eq!(matrix.largest().unwrap().0, &"a");
        assert_eq!(matrix.without("a").unwrap().to_string(), "65%");
        assert_eq!(matrix.without("e"), None);
    }

    #[test]
    fn a_sum_beyond_28_digits_is_a_sum_all_the_same() {
        let tiny = Share::new(Decimal::from_i128_with_scale(1, 28)).unwrap();
        let mut entries: Vec<(u8, Share)> = (0..8).map(|key| (key, Share::ONE)).collect();
        entries.push((8, tiny));
        assert_eq!(
            Mix::new(entries.clone()).unwrap_err(),
            QuantityError::MixSum { sum: dec!(8), rounded: true }
        );
        assert_eq!(
            Mix::new(entries).unwrap_err().to_string(),
            "shares add up to about 800%, 700 percentage points over"
        );
        let over = Mix::new([(0, Share::ONE), (1, tiny)]).unwrap_err();
        let sum = Decimal::from_i128_with_scale(10_i128.pow(28) + 1, 28);
        assert_eq!(over, QuantityError::MixSum { sum, rounded: false });
        assert!(Mix::new([(0, tiny.complement()), (1, tiny)]).is_ok());
    }

    #[test]
    fn drift_is_a_difference_of_shares() {
        let planned = Mix::from_percents([("a", 40), ("b", 60)]).unwrap();
        let actual = Mix::from_percents([("b", 55), ("c", 45)]).unwrap();
        assert_eq!(planned.drift(&actual).collect::<Vec<_>>(), [(&"b", dec!(-0.05))]);
    }

    #[test]
    fn an_entry_of_json_is_named_by_its_index() {
        let refused =
            |json: &str| serde_json::from_str::<Mix<alloc::string::String>>(json).unwrap_err().to_string();
        assert!(refused(r#"[["a",0.5],["b",1.2]]"#).starts_with("entry 1: share 1.2 is outside 0..=1"));
        assert!(refused(r#"{"a":-0.5,"b":0.5}"#).starts_with("entry 0: share -0.5 is outside 0..=1"));
    }
}
