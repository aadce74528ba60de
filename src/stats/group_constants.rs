//! Bounds of equal looks by one constant: Pocock's, and O'Brien and Fleming's.

use super::StatsError;
use super::alpha_spending::{AlphaSpending, SpendingSides, error_rate};
use super::group_sequential::{FARTHEST, GroupSequential};
use super::normal::normal_quantile;
use super::root::falling_root;
use super::sequential_look::{SequentialLook, rising};
use alloc::vec::Vec;

impl GroupSequential {
    /// Bounds of the same height at each of so many equal looks.
    ///
    /// # Formula
    /// `bound_k = c` with a probability of alpha to be beyond any (S. J. Pocock, 1977).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::pocock(0.05, SpendingSides::InTotal, 5)?;
    /// assert!((test.looks()[0].bound.unwrap_or(0.0) - 2.413).abs() < 1e-3);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn pocock(alpha: f64, sides: SpendingSides, looks: u32) -> Result<Self, StatsError> {
        Self::of_shape(alpha, sides, looks, |_| 1.0)
    }

    /// Bounds that fall with the information of so many equal looks.
    ///
    /// # Formula
    /// `bound_k = c sqrt(K / k)` with a probability of alpha to be beyond any (P. C. O'Brien and T. R. Fleming, 1979).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{GroupSequential, SpendingSides};
    ///
    /// let test = GroupSequential::obrien_fleming(0.05, SpendingSides::InTotal, 5)?;
    /// assert!((test.looks()[4].bound.unwrap_or(0.0) - 2.040).abs() < 1e-3);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    pub fn obrien_fleming(alpha: f64, sides: SpendingSides, looks: u32) -> Result<Self, StatsError> {
        Self::of_shape(alpha, sides, looks, |information| 1.0 / libm::sqrt(information))
    }

    /// Bounds of a shape times the constant that spends alpha.
    fn of_shape(
        alpha: f64,
        sides: SpendingSides,
        looks: u32,
        shape: impl Fn(f64) -> f64,
    ) -> Result<Self, StatsError> {
        let alpha = error_rate("alpha", alpha)?;
        let times: Vec<f64> = (1..=looks.min(1_001)).map(|look| f64::from(look) / f64::from(looks)).collect();
        rising(0.0, times.iter().copied())?;
        let with = |constant: f64| {
            let bound = |information: f64| (constant * shape(information)).clamp(-FARTHEST, FARTHEST);
            let look = |information: &f64| SequentialLook {
                information: *information,
                bound: Some(bound(*information)),
                futility: None,
            };
            let looks = times.iter().map(look).collect();
            Self { alpha, sides, spending: AlphaSpending::Linear, looks, futility: None }
        };
        let each = if sides == SpendingSides::Upper { alpha } else { alpha / 2.0 };
        let once = -normal_quantile(each)?;
        let split = -normal_quantile(each / f64::from(looks))?;
        let constant = falling_root("the constant of the bounds", once, split, |constant| {
            let test = with(constant);
            let walks = test.walks(times.len(), 0.0, false);
            let spent: f64 =
                walks.iter().zip(&test.looks).map(|(walk, look)| test.effect(walk, look, 0.0)).sum();
            Ok(spent - alpha)
        })?;
        let mut test = with(constant);
        let mut until = 0.0;
        let walks = test.walks(times.len(), 0.0, false);
        let shares = walks.iter().zip(&test.looks).map(|(walk, look)| {
            until += test.effect(walk, look, 0.0) / alpha;
            (look.information, until.min(1.0))
        });
        test.spending = AlphaSpending::Given(shares.collect());
        Ok(test)
    }
}
