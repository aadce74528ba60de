//! Shares of visitors as whole visits.

use super::{StatsError, probability};
use crate::split::{Apportionment, Weights};
use alloc::vec::Vec;

/// So many visits divided by shares: whole numbers that add up to them.
///
/// # Formula
/// Largest remainders (A. Hamilton, 1792) over the shares in units of `2^-53`; equal remainders in the order of the arms.
///
/// # Errors
/// [`StatsError::NotFinite`]; [`StatsError::OutOfRange`] for a share outside 0..=1; [`StatsError::ZeroSum`] where none is above
/// 0.
///
/// # Examples
/// ```
/// use marketloop::stats::whole_visits;
///
/// assert_eq!(whole_visits(1_000, &[0.4746856, 0.1273830, 0.3979314])?, [475, 127, 398]);
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
pub fn whole_visits(visits: u64, shares: &[f64]) -> Result<Vec<u64>, StatsError> {
    const UNITS: f64 = 9_007_199_254_740_992.0;
    let units = shares.iter().map(|share| {
        let units = probability("share", *share)? * UNITS;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^53")]
        let units = units as u64;
        Ok(units)
    });
    let units = units.collect::<Result<Vec<u64>, StatsError>>()?;
    let weights = Weights::new(units).map_err(|_| StatsError::ZeroSum { name: "the shares" })?;
    let parts = weights.split(visits.into(), Apportionment::LargestRemainder).into_iter();
    // No part of 64 bits of visits is more than they.
    parts
        .map(|part| {
            u64::try_from(part).map_err(|_| StatsError::Overflow { function: "the visits of an arm" })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_add_up_and_bad_shares_are_refused() {
        for (visits, shares) in [(0, [0.5, 0.5, 0.0]), (7, [1.0 / 3.0; 3]), (u64::MAX, [1e-300, 0.3, 0.7])] {
            let parts = whole_visits(visits, &shares).unwrap();
            assert_eq!(parts.iter().map(|part| u128::from(*part)).sum::<u128>(), u128::from(visits));
        }
        assert_eq!(whole_visits(7, &[1.0 / 3.0; 3]).unwrap(), [3, 2, 2]);
        for shares in [&[][..], &[0.0], &[-0.1, 1.0], &[f64::NAN], &[1.5]] {
            assert!(whole_visits(7, shares).is_err());
        }
    }
}
