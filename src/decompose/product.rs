//! The exact explanation of a product of decimals.

use super::closing::close;
use super::contributions::{ContributionMethod, Contributions};
use super::fraction::{Fraction, apportion, checked_scale};
use super::log_mean::log_mean_contributions;
use super::sequential::exact_sequential;
use super::shapley::{MOST_EXACT_FACTORS, MOST_FACTORS, exact_shapley};
use super::{DecomposeError, checked_lengths};
use crate::error::within;
use crate::quantity::words::words;
use crate::quantity::{Precision, Ratio, Rounding, Unit};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// How the change of a product is divided among its factors.
///
/// ```
/// # use marketloop::decompose::DecompositionMethod;
/// assert_eq!(serde_json::from_str::<DecompositionMethod>(r#""log_mean""#)?, DecompositionMethod::LogMean);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DecompositionMethod {
    /// By the logarithmic mean ([`log_mean_contributions`](super::log_mean_contributions)): independent of
    /// the order and of how factors are grouped. Undefined where a factor changes its sign.
    LogMean,
    /// By the Shapley value ([`shapley_contributions`](super::shapley_contributions)): the mean over all
    /// orders of replacement. Defined for every sign.
    Shapley,
    /// One factor after the other in the given order
    /// ([`sequential_contributions`](super::sequential_contributions)): the earlier a factor stands, the
    /// less of the joint effects it gets.
    Sequential,
}

words!(DecompositionMethod, "method of decomposition", DecomposeError:
    LogMean = "log_mean" / "log-mean",
    Shapley = "shapley" / "Shapley",
    Sequential = "sequential",
);

impl From<DecompositionMethod> for ContributionMethod {
    fn from(method: DecompositionMethod) -> Self {
        match method {
            DecompositionMethod::LogMean => Self::LogMean,
            DecompositionMethod::Shapley => Self::Shapley,
            DecompositionMethod::Sequential => Self::Sequential,
        }
    }
}

/// What each factor contributed to the change of their product, as decimals that add up to the change,
/// itself rounded once to `precision`.
///
/// # Formula
/// By the [`DecompositionMethod`]. Shapley and sequential contributions are exact fractions, which are rounded down and
/// filled up by largest remainder; log-mean contributions are floats, [closed](super::close()) on the exact
/// change.
///
/// # Errors
/// [`DecomposeError::LengthMismatch`]; [`DecomposeError::Empty`]; [`DecomposeError::TooLarge`] for more than 256 factors
/// by Shapley, or 4,096 by another method; [`DecomposeError::ScaleTooLarge`];
/// [`DecomposeError::Overflow`] where a part needs more than 28 digits; [`DecomposeError::OppositeSigns`] by
/// the log-mean method for a factor that changes its sign.
///
/// # Examples
/// ```
/// use marketloop::decompose::{DecompositionMethod, explain_product};
/// use marketloop::quantity::Rounding;
/// use rust_decimal::dec;
///
/// let (before, after) = ([dec!(100), dec!(2)], [dec!(110), dec!(3)]);
/// let why = explain_product(&before, &after, DecompositionMethod::Sequential, (0, Rounding::HalfEven))?;
/// assert_eq!((why.get(&0), why.get(&1), why.total()), (Some(dec!(20)), Some(dec!(110)), dec!(130)));
/// let why = explain_product(&before, &after, DecompositionMethod::Shapley, (0, Rounding::HalfEven))?;
/// let largest = why.by_size().next().map(|part| (part.key, part.value));
/// assert_eq!(largest, Some((1, dec!(105))));
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn explain_product(
    before: &[Decimal],
    after: &[Decimal],
    method: DecompositionMethod,
    precision: impl Into<Precision>,
) -> Result<Contributions<usize>, DecomposeError> {
    let Precision { scale, rounding } = precision.into();
    explain(&fractions(before), &fractions(after), method, scale, rounding)
}

/// What each factor contributed to the change of their product, of factors that are ratios: rates of which
/// many have no decimal.
///
/// # Formula
/// As of [`explain_product`].
///
/// # Errors
/// As of [`explain_product`].
///
/// # Examples
/// ```
/// use marketloop::decompose::{DecompositionMethod, explain_ratios};
/// use marketloop::quantity::{Ratio, Rounding};
/// use rust_decimal::dec;
///
/// let rate = |part: i64, whole: i64| Ratio::new(part.into(), whole.into());
/// let (before, after) = ([rate(1, 3)?, rate(1, 2)?], [rate(2, 3)?, rate(1, 2)?]);
/// let why = explain_ratios(&before, &after, DecompositionMethod::Shapley, (4, Rounding::HalfEven))?;
/// assert_eq!((why.get(&0), why.total()), (Some(dec!(0.1667)), dec!(0.1667)));
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn explain_ratios(
    before: &[Ratio],
    after: &[Ratio],
    method: DecompositionMethod,
    precision: impl Into<Precision>,
) -> Result<Contributions<usize>, DecomposeError> {
    let Precision { scale, rounding } = precision.into();
    explain(&fractions(before), &fractions(after), method, scale, rounding)
}

fn fractions<T: Copy + Into<Fraction>>(factors: &[T]) -> Vec<Fraction> {
    factors.iter().map(|factor| (*factor).into()).collect()
}

fn explain(
    before: &[Fraction],
    after: &[Fraction],
    method: DecompositionMethod,
    scale: u32,
    rounding: Rounding,
) -> Result<Contributions<usize>, DecomposeError> {
    checked_lengths(before.len(), after.len())?;
    // Exact Shapley is quadratic in factors and in their digits: its limit is lower.
    let most = if method == DecompositionMethod::Shapley { MOST_EXACT_FACTORS } else { MOST_FACTORS };
    within("factors to explain exactly", u64::try_from(before.len()).ok(), most)?;
    // The total is rounded once, and the parts are closed on it: rounding each part would lose the sum.
    let total = product(after).minus(&product(before)).round(checked_scale(scale)?, rounding)?;
    let parts = match method {
        DecompositionMethod::LogMean => {
            close(&log_mean_contributions(&floats(before), &floats(after))?, total, scale)?
        }
        DecompositionMethod::Shapley => apportion(&exact_shapley(before, after), total, scale)?,
        DecompositionMethod::Sequential => apportion(&exact_sequential(before, after), total, scale)?,
    };
    Contributions::new(total, &Unit::ONE, parts.into_iter().enumerate(), method.into())
}

fn product(factors: &[Fraction]) -> Fraction {
    factors.iter().fold(Fraction::from(Decimal::ONE), |product, factor| product.times(factor))
}

fn floats(factors: &[Fraction]) -> Vec<f64> {
    factors.iter().map(Fraction::to_f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use rust_decimal::dec;

    fn values(why: &Contributions<usize>) -> Vec<Decimal> {
        why.parts().iter().map(|part| part.value).collect()
    }

    const METHODS: [DecompositionMethod; 3] =
        [DecompositionMethod::LogMean, DecompositionMethod::Shapley, DecompositionMethod::Sequential];

    #[test]
    fn edges_are_errors_or_exact() {
        for method in METHODS {
            let explain = |a: &[Decimal], b: &[Decimal], scale| {
                explain_product(a, b, method, (scale, Rounding::HalfEven))
            };
            assert!(explain(&[], &[], 2).is_err());
            assert!(explain(&[dec!(1)], &[], 2).is_err());
            assert!(explain(&[dec!(1)], &[dec!(2)], 29).is_err());
            assert!(explain(&[Decimal::MAX, dec!(1)], &[Decimal::MAX, dec!(2)], 2).is_err());
            let zeros = explain(&[dec!(0), dec!(3)], &[dec!(0), dec!(4)], 2).unwrap();
            assert_eq!(values(&zeros), [dec!(0), dec!(0)]);
            let one = explain(&[dec!(0)], &[dec!(0.005)], 2).unwrap();
            assert_eq!((values(&one), one.total()), (vec![dec!(0.00)], dec!(0.00)));
        }
    }

    #[test]
    fn a_sign_may_change_but_for_the_log_mean() {
        let explain = |method| {
            explain_product(&[dec!(-1), dec!(2)], &[dec!(1), dec!(3)], method, (2, Rounding::HalfEven))
        };
        assert!(explain(DecompositionMethod::LogMean).is_err());
        assert_eq!(values(&explain(DecompositionMethod::Shapley).unwrap()), [dec!(5), dec!(0)]);
        assert_eq!(values(&explain(DecompositionMethod::Sequential).unwrap()), [dec!(4), dec!(1)]);
    }
}
