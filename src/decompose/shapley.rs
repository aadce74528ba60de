//! Contributions of a product's factors by the Shapley value, without enumerating orders or subsets.
//!
//! # Why an integral gives the Shapley value
//! Replace factor `i` when a set `S` of the others is already at its new value: the product moves by
//! `(b_i - a_i)` times the product of `b_j` over `S` and of `a_j` over the rest. The Shapley value (L. S.
//! Shapley, 1953) weights that with `|S|! (n-1-|S|)! / n!`, which is the integral over `t` in 0..1 of
//! `t^|S| (1-t)^(n-1-|S|)` (Euler's beta integral). Summed over all `S`:
//!
//! `C_i = (b_i - a_i) * integral over t in 0..1 of the product over j != i of ((1-t) a_j + t b_j)`
//!
//! which is G. Owen's diagonal formula (1972) for the multilinear extension of the game. A product is
//! multilinear in its factors, so its extension is the product itself along the straight line from `a` to
//! `b`, and the value is at the same time the one of Aumann and Shapley (1974). For a ratio or a nested
//! formula the two differ.

use super::fraction::Fraction;
use super::{DecomposeError, checked_factors, within_range};
use crate::error::within;
use alloc::vec::Vec;
use core::cmp::Ordering;
use num_bigint::{BigInt, Sign};

/// The most factors of which something is done for each pair.
pub(super) const MOST_FACTORS: u64 = 1 << 12;

/// The most factors of which long integers that grow with their number are multiplied for each pair.
pub(super) const MOST_EXACT_FACTORS: u64 = 1 << 8;

/// What each factor contributed to the change of their product, by the Shapley value: the mean over all
/// orders of replacement.
///
/// # Formula
/// `C_i = (b_i - a_i) * integral over t in 0..1 of the product over j != i of ((1-t) a_j + t b_j)` (L. S.
/// Shapley, 1953; G. Owen, 1972). The integrand is a polynomial of degree `n - 1`, which the Gauss-Legendre
/// rule of `n/2` points integrates exactly: `O(n^2)`.
///
/// # Errors
/// [`DecomposeError::LengthMismatch`]; [`DecomposeError::Empty`]; [`DecomposeError::NotFinite`];
/// [`DecomposeError::TooLarge`] for more than 4,096 factors; [`DecomposeError::Overflow`] where a contribution exceeds
/// the largest float.
///
/// # Examples
/// ```
/// use marketloop::decompose::shapley_contributions;
///
/// let parts = shapley_contributions(&[100.0, 2.0], &[110.0, 3.0])?;
/// assert!((parts[0] - 25.0).abs() < 1e-12 && (parts[1] - 105.0).abs() < 1e-12);
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn shapley_contributions(before: &[f64], after: &[f64]) -> Result<Vec<f64>, DecomposeError> {
    checked_factors(before, after)?;
    within("factors by the Shapley value", u64::try_from(before.len()).ok(), MOST_FACTORS)?;
    let integrals = shapley_integrals(before, after);
    within_range(before.iter().zip(after).zip(integrals).map(|((a, b), i)| (b - a) * i).collect())
}

/// `integral over t in 0..1 of the product over j != i of ((1-t) a_j + t b_j)` for each factor `i`: what its
/// change is multiplied with. Both lists have the same number of factors, at least one.
///
/// The two times can be swapped: the integrals are the same bits.
pub(crate) fn shapley_integrals(before: &[f64], after: &[f64]) -> Vec<f64> {
    // The points are symmetric in `t`, their floats are not: always from the lower side. Otherwise a change that is
    // explained one way could be refused the other way, because only one of the two roundings cancels.
    let descends = before.iter().zip(after).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    let (before, after) = if descends == Some(Ordering::Greater) { (after, before) } else { (before, after) };
    let mut integrals = alloc::vec![0.0; before.len()];
    for (t, weight) in legendre_rule(before.len().div_ceil(2)) {
        let at: Vec<f64> = before.iter().zip(after).map(|(a, b)| (1.0 - t) * a + t * b).collect();
        // The product of the factors before each one, then times that of the factors after it.
        let mut leading = weight;
        let mut others: Vec<f64> = Vec::with_capacity(at.len());
        for factor in &at {
            others.push(leading);
            leading *= factor;
        }
        let mut trailing = 1.0;
        for ((integral, other), factor) in integrals.iter_mut().zip(&others).zip(&at).rev() {
            *integral += other * trailing;
            trailing *= factor;
        }
    }
    integrals
}

/// The nodes in 0..1 and weights of the Gauss-Legendre rule of `points` points, by Newton's iteration on the
/// Legendre polynomial.
pub(crate) fn legendre_rule(points: usize) -> impl Iterator<Item = (f64, f64)> {
    #[expect(clippy::cast_precision_loss, reason = "no slice has 2^53 elements of eight bytes")]
    let n = points as f64;
    let mut k = 0.0;
    (0..points).map(move |_| {
        k += 1.0;
        let mut x = libm::cos(core::f64::consts::PI * (k - 0.25) / (n + 0.5));
        let mut slope = 1.0;
        // The start is within the basin: six steps reach the last digit, for every number of points.
        for _ in 0..6 {
            let (mut previous, mut value, mut degree) = (1.0, x, 1.0);
            while degree < n {
                let next = ((2.0 * degree + 1.0) * x * value - degree * previous) / (degree + 1.0);
                (previous, value) = (value, next);
                degree += 1.0;
            }
            slope = n * (x * value - previous) / (x * x - 1.0);
            x -= value / slope;
        }
        (f64::midpoint(1.0, x), 1.0 / ((1.0 - x * x) * slope * slope))
    })
}

/// The contributions of [`shapley_contributions`] as exact fractions, in `O(n^2)` operations on long integers.
///
/// The coefficients of `product of (a_j x + b_j y)` are the sums over sets of equal size; dividing out one
/// factor, which leaves no rest, gives those without it.
#[expect(clippy::arithmetic_side_effects, reason = "long integers grow; divisions have no rest")]
pub(super) fn exact_shapley(before: &[Fraction], after: &[Fraction]) -> Vec<Fraction> {
    let wholes: Vec<[BigInt; 3]> = before.iter().zip(after).map(|(a, b)| a.over_one_denominator(b)).collect();
    let mut denominator = wholes.iter().fold(BigInt::from(1), |product, [_, _, d]| product * d);
    let pairs: Vec<(BigInt, BigInt)> = wholes.into_iter().map(|[a, b, _]| (a, b)).collect();
    let mut coefficients = alloc::vec![BigInt::from(1)];
    for (a, b) in &pairs {
        coefficients.push(BigInt::ZERO);
        let mut carried = BigInt::ZERO;
        for coefficient in &mut coefficients {
            let own = core::mem::take(coefficient);
            *coefficient = &own * a + carried * b;
            carried = own;
        }
    }
    // k! (n-1-k)! for k = 0..n-1, over n!.
    let mut factorials = alloc::vec![BigInt::from(1)];
    let mut factorial = BigInt::from(1);
    for k in 1..=pairs.len() {
        factorial *= k;
        factorials.push(factorial.clone());
    }
    factorials.pop();
    denominator *= factorial;
    let weights: Vec<BigInt> = factorials.iter().zip(factorials.iter().rev()).map(|(l, r)| l * r).collect();
    pairs
        .iter()
        .map(|(a, b)| {
            let change = b - a;
            // Here `divided` has a divisor that is not zero: of two values that differ at most one is.
            if change.sign() == Sign::NoSign {
                return Fraction::zero();
            }
            let without = divided(&coefficients, a, b);
            let value = without.iter().zip(&weights).fold(BigInt::ZERO, |sum, (c, weight)| sum + c * weight);
            Fraction::new(change * value, denominator.magnitude().clone())
        })
        .collect()
}

/// The coefficients of the polynomial divided by `a x + b y`, which divides it; `a` or `b` is not zero.
#[expect(clippy::arithmetic_side_effects, reason = "the divisor is not zero: guarded")]
fn divided(coefficients: &[BigInt], a: &BigInt, b: &BigInt) -> Vec<BigInt> {
    if a.sign() == Sign::NoSign {
        return coefficients.iter().skip(1).map(|coefficient| coefficient / b).collect();
    }
    let mut previous = BigInt::ZERO;
    let mut quotient: Vec<BigInt> = coefficients
        .iter()
        .map(|coefficient| {
            previous = (coefficient - b * &previous) / a;
            previous.clone()
        })
        .collect();
    quotient.pop();
    quotient
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::{Decimal, dec};

    /// The mean over all orders of replacement, as the definition says.
    #[expect(clippy::cast_precision_loss, clippy::arithmetic_side_effects, reason = "seven factors")]
    fn by_enumeration(before: &[f64], after: &[f64]) -> Vec<f64> {
        let n = before.len();
        let factorial = |k: usize| (1..=k).map(|k| k as f64).product::<f64>();
        (0..n)
            .map(|i| {
                (0_usize..1 << n)
                    .filter(|set| set & (1 << i) == 0)
                    .map(|set| {
                        let others = (0..n).filter(|j| *j != i);
                        let product: f64 =
                            others.map(|j| if set & (1 << j) == 0 { before[j] } else { after[j] }).product();
                        let size = set.count_ones() as usize;
                        product * factorial(size) * factorial(n - 1 - size) / factorial(n)
                    })
                    .sum::<f64>()
                    * (after[i] - before[i])
            })
            .collect()
    }

    #[test]
    fn it_is_the_mean_over_all_orders() {
        let before = [2.0, -0.5, 0.0, 1.25, 3.0, 7.5, 0.25];
        let after = [2.5, 0.75, 1.5, 1.25, 0.0, 8.0, -1.0];
        let exact = |values: &[f64]| -> Vec<Fraction> {
            values.iter().map(|v| Decimal::try_from(*v).unwrap().into()).collect()
        };
        for n in 1..=before.len() {
            let expected = by_enumeration(&before[..n], &after[..n]);
            let found = shapley_contributions(&before[..n], &after[..n]).unwrap();
            let fractions = exact_shapley(&exact(&before[..n]), &exact(&after[..n]));
            assert_eq!((found.len(), fractions.len(), expected.len()), (n, n, n));
            for ((found, fraction), expected) in found.iter().zip(fractions).zip(expected) {
                assert!((found - expected).abs() < 1e-13, "{n}: {found} {expected}");
                assert!((fraction.to_f64() - expected).abs() < 1e-13, "{n}: {fraction:?} {expected}");
            }
        }
    }

    #[test]
    fn many_factors_still_add_up() {
        let (before, after) = (alloc::vec![1.0; 301], alloc::vec![1.01; 301]);
        let sum: f64 = shapley_contributions(&before, &after).unwrap().iter().sum();
        let change = libm::pow(1.01, 301.0) - 1.0;
        assert!((sum / change - 1.0).abs() < 1e-12, "{sum} {change}");
        assert!(shapley_contributions(&[f64::MAX, f64::MAX], &[1.0, 2.0]).is_err());
        assert!(exact_shapley(&[dec!(0).into()], &[dec!(0).into()]).iter().all(Fraction::is_zero));
    }
}
