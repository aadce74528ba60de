//! Contributions of a product's factors by replacing one after the other.

use super::fraction::Fraction;
use super::{DecomposeError, checked_factors, within_range};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// What each factor contributed to the change of their product, when they are replaced in the given order.
///
/// # Formula
/// `C_i = b_1 … b_(i-1) (b_i - a_i) a_(i+1) … a_n`, chain substitution: the factors before `i` are already
/// at their new value, those after still at the old one.
///
/// # Errors
/// [`DecomposeError::LengthMismatch`]; [`DecomposeError::Empty`]; [`DecomposeError::NotFinite`];
/// [`DecomposeError::Overflow`] where a contribution exceeds the largest float.
///
/// # Examples
/// ```
/// use marketloop::decompose::sequential_contributions;
///
/// assert_eq!(sequential_contributions(&[100.0, 2.0], &[110.0, 3.0])?, [20.0, 110.0]);
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn sequential_contributions(before: &[f64], after: &[f64]) -> Result<Vec<f64>, DecomposeError> {
    checked_factors(before, after)?;
    let old = trailing_products(before, 1.0, |product, factor| product * factor);
    let mut new = 1.0;
    within_range(
        before
            .iter()
            .zip(after)
            .zip(old)
            .map(|((a, b), old)| {
                let contribution = new * (b - a) * old;
                new *= b;
                contribution
            })
            .collect(),
    )
}

/// The contributions of [`sequential_contributions`] as exact fractions.
pub(super) fn exact_sequential(before: &[Fraction], after: &[Fraction]) -> Vec<Fraction> {
    let old = trailing_products(before, Fraction::from(Decimal::ONE), Fraction::times);
    let mut new = Fraction::from(Decimal::ONE);
    before
        .iter()
        .zip(after)
        .zip(old)
        .map(|((a, b), old)| {
            let contribution = new.times(&b.minus(a)).times(&old);
            new = new.times(b);
            contribution
        })
        .collect()
}

/// For each factor the product of those after it.
fn trailing_products<F, P: Clone>(factors: &[F], one: P, times: impl Fn(&P, &F) -> P) -> Vec<P> {
    let mut product = one;
    let mut products: Vec<P> = factors
        .iter()
        .rev()
        .map(|factor| {
            let after = product.clone();
            product = times(&product, factor);
            after
        })
        .collect();
    products.reverse();
    products
}
