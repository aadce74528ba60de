//! Weights that were checked once and can divide any number of totals.

use super::quota::{FEW, Request, few, parts};
use super::{Apportionment, SplitError};
use crate::quantity::Ratio;
use crate::quantity::natural::Natural;
use crate::quantity::wire::WireDecimal;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use num_bigint::BigUint;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// Non-negative decimal weights, at least one of them above zero.
///
/// # Examples
/// ```
/// use marketloop::split::{Apportionment, Weights};
///
/// // 1 star : 20 vertical accounts : 100 ordinary people
/// let pyramid = Weights::new([1, 20, 100])?;
/// assert_eq!(pyramid.split(5_000_001, Apportionment::LargestRemainder), [41_322, 826_447, 4_132_232]);
/// assert_eq!(pyramid.quota(5_000_001, 0).map(|quota| quota.to_string()), Some("5000001/121".into()));
///
/// let read: Weights = serde_json::from_str(r#"["1", 20, 100.0]"#)?;
/// assert_eq!(read, pyramid);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Vec<WireDecimal>")]
pub struct Weights {
    scaled: Scaled,
    /// The scaled weights are the decimal ones times 10^scale.
    scale: u32,
}

impl PartialEq for Weights {
    fn eq(&self, other: &Self) -> bool {
        // The same numbers may stand on another scale: 1.50 and 1.5 were given. That is rare, and costs a text each.
        (self.scale == other.scale && self.scaled == other.scaled) || self.texts().eq(other.texts())
    }
}

impl Eq for Weights {}

impl TryFrom<Vec<WireDecimal>> for Weights {
    type Error = SplitError;

    fn try_from(weights: Vec<WireDecimal>) -> Result<Self, Self::Error> {
        Self::new(weights.into_iter().map(|weight| weight.0))
    }
}

impl Serialize for Weights {
    /// The list of the weights, as decimals.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.texts())
    }
}

/// A whole number times 10^-scale, without zeros at its end.
#[expect(clippy::arithmetic_side_effects, reason = "a scale is at most 28, and the text is longer")]
fn decimal_text(units: impl fmt::Display, scale: u32) -> String {
    // Padded to one digit more than the scale, so that the cut below is within the text.
    let digits = format!("{units:0>width$}", width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    match fraction.trim_end_matches('0') {
        "" => whole.into(),
        fraction => format!("{whole}.{fraction}"),
    }
}

/// The weights as whole numbers on a common scale with their sum, in the narrowest width that holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scaled {
    /// At most [`FEW`] weights, in place.
    Few(Few, u64),
    Small(Vec<u64>, u64),
    Large(Vec<u128>, u128),
    Wide(Vec<BigUint>, BigUint),
}

/// A short list without an allocation; what is behind its end is zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Few {
    weights: [u64; FEW],
    len: usize,
}

impl Few {
    #[expect(clippy::indexing_slicing, reason = "`len` counts the slots that were written, at most `FEW`")]
    pub(super) fn as_slice(&self) -> &[u64] {
        &self.weights[..self.len]
    }
}

/// The parts of `total` by few weights, written to `parts`; `None` where [`few`] does not apply.
pub(super) fn few_parts<'a>(
    total: i128,
    method: Apportionment,
    (weights, sum): (&[u64], u64),
    parts: &'a mut [u64; FEW],
) -> Option<&'a [u64]> {
    if method != Apportionment::LargestRemainder {
        return None;
    }
    few(u64::try_from(total.unsigned_abs()).ok()?, weights, sum, parts)?;
    parts.get(..weights.len())
}

impl Weights {
    /// The weights of these numbers.
    ///
    /// # Errors
    /// [`SplitError::NoWeights`], [`SplitError::AllZero`], [`SplitError::NegativeWeight`].
    pub fn new<W: Into<Decimal>>(weights: impl IntoIterator<Item = W>) -> Result<Self, SplitError> {
        // One pass without an allocation, for the few whole weights of nearly every budget; the first weight that does
        // not fit ends it, and all go the general way.
        let mut few = Few { weights: [0; FEW], len: 0 };
        let mut sum = 0_u64;
        let mut weights = weights.into_iter();
        let mut other = None;
        for slot in &mut few.weights {
            let Some(weight) = weights.next() else { break };
            let weight = weight.into();
            let whole = u64::try_from(weight.mantissa()).ok().filter(|_| weight.scale() == 0);
            let Some((whole, total)) = whole.and_then(|whole| Some((whole, sum.checked_add(whole)?))) else {
                other = Some(weight);
                break;
            };
            (*slot, sum) = (whole, total);
            few.len = few.len.wrapping_add(1);
        }
        match other.or_else(|| weights.next().map(Into::into)) {
            None if few.len == 0 => Err(SplitError::NoWeights),
            None if sum == 0 => Err(SplitError::AllZero { count: few.len }),
            None => Ok(Self { scaled: Scaled::Few(few, sum), scale: 0 }),
            Some(other) => {
                let whole = few.as_slice().iter().map(|weight| Decimal::from(*weight));
                let all: Vec<Decimal> = whole.chain([other]).chain(weights.map(Into::into)).collect();
                Self::from_decimals(all.iter().copied())
            }
        }
    }

    pub(super) fn from_decimals(weights: impl Iterator<Item = Decimal> + Clone) -> Result<Self, SplitError> {
        let positive = Self::non_negative(weights)?;
        let zero = match &positive.scaled {
            Scaled::Few(_, sum) | Scaled::Small(_, sum) => *sum == 0,
            Scaled::Large(_, sum) => *sum == 0,
            Scaled::Wide(_, sum) => Natural::is_zero(sum),
        };
        if zero { Err(SplitError::AllZero { count: positive.len() }) } else { Ok(positive) }
    }

    /// Weights that may all be zero.
    pub(super) fn non_negative(weights: impl Iterator<Item = Decimal> + Clone) -> Result<Self, SplitError> {
        let mut scale = 0;
        // Counted and not collected: the iterator is run again for each width, and no list is made for the check.
        let mut len = 0_usize;
        for value in weights.clone() {
            if value.is_sign_negative() && !value.is_zero() {
                return Err(SplitError::NegativeWeight { index: len, value });
            }
            scale = scale.max(value.scale());
            len = len.wrapping_add(1);
        }
        if len == 0 {
            return Err(SplitError::NoWeights);
        }
        // The narrowest width that holds the weights: each wider one costs a multiple of the time.
        let scaled = few_scaled_to(weights.clone(), len, scale)
            .or_else(|| scaled_to(weights.clone(), scale).map(|(weights, sum)| Scaled::Small(weights, sum)))
            .or_else(|| scaled_to(weights.clone(), scale).map(|(weights, sum)| Scaled::Large(weights, sum)))
            .or_else(|| scaled_to(weights, scale).map(|(weights, sum)| Scaled::Wide(weights, sum)));
        // The widest form always holds.
        scaled.map(|scaled| Self { scaled, scale }).ok_or(SplitError::NoWeights)
    }

    /// The number of weights, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always a weight")]
    pub fn len(&self) -> usize {
        match &self.scaled {
            Scaled::Few(few, _) => few.len,
            Scaled::Small(weights, _) => weights.len(),
            Scaled::Large(weights, _) => weights.len(),
            Scaled::Wide(weights, _) => weights.len(),
        }
    }

    fn texts(&self) -> impl ExactSizeIterator<Item = String> {
        let texts: Vec<String> = match &self.scaled {
            Scaled::Few(few, _) => few.as_slice().iter().map(|unit| decimal_text(unit, self.scale)).collect(),
            Scaled::Small(units, _) => units.iter().map(|unit| decimal_text(unit, self.scale)).collect(),
            Scaled::Large(units, _) => units.iter().map(|unit| decimal_text(unit, self.scale)).collect(),
            Scaled::Wide(units, _) => units.iter().map(|unit| decimal_text(unit, self.scale)).collect(),
        };
        texts.into_iter()
    }

    pub(super) const fn scaled(&self) -> &Scaled {
        &self.scaled
    }

    pub(super) const fn scale(&self) -> u32 {
        self.scale
    }

    /// Whole parts of `total`, in the order of the weights; they add up to `total`. Ties go to the lower index.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Apportionment, Weights};
    ///
    /// let seats = Weights::new([53, 24, 23])?;
    /// assert_eq!(seats.split(7, Apportionment::LargestRemainder), [4, 2, 1]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn split(&self, total: i128, method: Apportionment) -> Vec<i128> {
        self.map_parts(total, method, |part| part)
    }

    /// Whole parts of `total`, where ties of [`Apportionment::LargestRemainder`], [`Apportionment::SainteLague`] and
    /// [`Apportionment::LargestWeight`] go to the smaller key, and only then to the lower index.
    ///
    /// # Errors
    /// [`SplitError::Length`] when there is not one key for each weight.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::{Apportionment, Weights};
    ///
    /// let weights = Weights::new([1, 1])?;
    /// let by_name = weights.split_with_ties(1, Apportionment::LargestRemainder, &["social", "SEM"])?;
    /// assert_eq!(by_name, [0, 1]);
    /// # Ok::<(), marketloop::split::SplitError>(())
    /// ```
    #[expect(clippy::indexing_slicing, reason = "`order` holds the places of `keys`, and `ranks` is as long")]
    pub fn split_with_ties<T: Ord>(
        &self,
        total: i128,
        method: Apportionment,
        keys: &[T],
    ) -> Result<Vec<i128>, SplitError> {
        if keys.len() != self.len() {
            return Err(SplitError::Length { expected: self.len(), actual: keys.len() });
        }
        // Ranks, not keys: the kernels compare a number per part, whatever the keys are.
        let mut order: Vec<(&T, usize)> = keys.iter().zip(0..).collect();
        order.sort();
        let mut ranks = alloc::vec![0; keys.len()];
        for (rank, (_, index)) in order.into_iter().enumerate() {
            ranks[index] = rank;
        }
        Ok(self.parts(total, method, Some(&ranks)))
    }

    /// The exact quota of the part at `index`: `total * w_i / W`. `None` beyond the last weight, or where the
    /// lowest terms need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::split::Weights;
    ///
    /// let thirds = Weights::new([1, 1, 1])?;
    /// assert_eq!(thirds.quota(100, 0).map(|quota| quota.to_string()), Some("100/3".into()));
    /// assert_eq!(thirds.quota(100, 3), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn quota(&self, total: i128, index: usize) -> Option<Ratio> {
        let magnitude = Ratio::of_integers(total.is_negative(), total.unsigned_abs(), 1)?;
        let share = match &self.scaled {
            Scaled::Few(few, sum) => {
                Ratio::of_integers(false, (*few.as_slice().get(index)?).into(), (*sum).into())?
            }
            Scaled::Small(weights, sum) => {
                Ratio::of_integers(false, (*weights.get(index)?).into(), (*sum).into())?
            }
            Scaled::Large(weights, sum) => Ratio::of_integers(false, *weights.get(index)?, *sum)?,
            Scaled::Wide(weights, sum) => {
                let weight = weights.get(index)?;
                let divisor = crate::quantity::natural::greatest_common_divisor(weight.clone(), sum.clone());
                // Reduced before it is narrowed: a quota may fit 128 bits though its weights do not.
                let lowest = |value: &BigUint| value.div_rem(&divisor)?.0.to_u128();
                Ratio::of_integers(false, lowest(weight)?, lowest(sum)?)?
            }
        };
        magnitude.times(share).ok()
    }

    /// The parts of `total` as `part_of` makes them of the signed numbers.
    pub(super) fn map_parts<T>(
        &self,
        total: i128,
        method: Apportionment,
        part_of: impl Fn(i128) -> T,
    ) -> Vec<T> {
        let mut few = [0; FEW];
        match self.few_parts(total, method, &mut few) {
            Some(parts) => parts.iter().map(|part| part_of(signed(total, (*part).into()))).collect(),
            None => self.parts(total, method, None).into_iter().map(part_of).collect(),
        }
    }

    fn few_parts<'a>(
        &self,
        total: i128,
        method: Apportionment,
        parts: &'a mut [u64; FEW],
    ) -> Option<&'a [u64]> {
        match &self.scaled {
            Scaled::Few(few, sum) => few_parts(total, method, (few.as_slice(), *sum), parts),
            _ => None,
        }
    }

    fn parts(&self, total: i128, method: Apportionment, ranks: Option<&[usize]>) -> Vec<i128> {
        let request = Request { total: total.unsigned_abs(), method, ranks };
        let small = |weights: &[u64], sum: u64| {
            parts::<u64>(&request, weights, &sum)
                .or_else(|| parts::<u128>(&request, &widened(weights), &sum.into()))
                .or_else(|| parts::<BigUint>(&request, &widened(weights), &sum.into()))
        };
        let magnitudes = match &self.scaled {
            Scaled::Few(few, sum) => small(few.as_slice(), *sum),
            Scaled::Small(weights, sum) => small(weights, *sum),
            Scaled::Large(weights, sum) => parts::<u128>(&request, weights, sum)
                .or_else(|| parts::<BigUint>(&request, &widened(weights), &(*sum).into())),
            Scaled::Wide(weights, sum) => parts::<BigUint>(&request, weights, sum),
        };
        // The widest width always answers: big integers hold every product.
        debug_assert!(
            magnitudes.as_ref().is_some_and(|parts| parts.len() == self.len()),
            "no width answered"
        );
        magnitudes.unwrap_or_default().into_iter().map(|part| signed(total, part)).collect()
    }
}

/// The part with the sign of the total, which it does not exceed.
pub(super) fn signed(total: i128, part: u128) -> i128 {
    debug_assert!(part <= total.unsigned_abs(), "a part above its total");
    // The magnitude of `i128::MIN` comes with a negative sign only, so that nothing saturates.
    if total < 0 { 0_i128.saturating_sub_unsigned(part) } else { 0_i128.saturating_add_unsigned(part) }
}

fn few_scaled_to(weights: impl Iterator<Item = Decimal>, len: usize, scale: u32) -> Option<Scaled> {
    let mut few = Few { weights: [0; FEW], len };
    let mut sum = 0_u64;
    for (slot, weight) in few.weights.get_mut(..len)?.iter_mut().zip(weights) {
        *slot = u64::try_from(weight.mantissa()).ok()?;
        if weight.scale() < scale {
            *slot = slot.checked_mul(u64::power_of_ten(scale.checked_sub(weight.scale())?)?)?;
        }
        sum = sum.checked_add(*slot)?;
    }
    Some(Scaled::Few(few, sum))
}

pub(super) fn scaled_to<N: Natural>(
    weights: impl Iterator<Item = Decimal>,
    scale: u32,
) -> Option<(Vec<N>, N)> {
    let mut scaled = Vec::with_capacity(weights.size_hint().0);
    let mut sum = N::from_u128(0)?;
    for weight in weights {
        let mantissa = N::from_u128(weight.mantissa().unsigned_abs())?;
        let missing = scale.checked_sub(weight.scale())?;
        let weight = if missing == 0 { mantissa } else { mantissa.times(&N::power_of_ten(missing)?)? };
        sum = sum.plus(&weight)?;
        scaled.push(weight);
    }
    Some((scaled, sum))
}

pub(super) fn widened<A: Copy, B: From<A>>(weights: &[A]) -> Vec<B> {
    weights.iter().map(|weight| B::from(*weight)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn weights_of_every_width_divide() {
        let tiny = Decimal::from_i128_with_scale(1, 28);
        let weights = Weights::new([Decimal::MAX, tiny, Decimal::MAX]).unwrap();
        assert!(matches!(weights.scaled(), Scaled::Wide(..)));
        let parts = weights.split(i128::MAX, Apportionment::LargestRemainder);
        assert_eq!(parts.iter().sum::<i128>(), i128::MAX);
        assert_eq!(parts[1], 0);
        assert_eq!(parts[0], parts[2] + 1);
        assert_eq!(weights.quota(10, 1), None);
        assert_eq!(weights.quota(10, 3), None);
    }

    #[test]
    fn the_least_integer_is_split_too() {
        for method in [
            Apportionment::LargestRemainder,
            Apportionment::SainteLague,
            Apportionment::Cumulative,
            Apportionment::LastInOrder,
        ] {
            assert_eq!(Weights::new([7]).unwrap().split(i128::MIN, method), [i128::MIN]);
            let parts = Weights::new([1, 2]).unwrap().split(i128::MIN, method);
            assert_eq!(parts[0] + parts[1], i128::MIN);
        }
    }

    #[test]
    fn what_cannot_weigh_is_refused() {
        assert_eq!(Weights::new([0_u8; 0]), Err(SplitError::NoWeights));
        assert_eq!(Weights::new([0, 0]), Err(SplitError::AllZero { count: 2 }));
        let long_zero = Decimal::from_i128_with_scale(0, 28);
        assert_eq!(Weights::new([dec!(0), long_zero]), Err(SplitError::AllZero { count: 2 }));
        assert!(matches!(
            Weights::new([dec!(1), dec!(-0.5)]),
            Err(SplitError::NegativeWeight { index: 1, .. })
        ));
        assert!(Weights::new([1]).unwrap().split_with_ties(1, Apportionment::SainteLague, &[1, 2]).is_err());
    }
}
