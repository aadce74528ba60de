//! Credits brought in line with what experiments measured.

use super::{AttributionError, Credits};
use crate::error::Counted;
use crate::quantity::{QuantityError, add, subtract};
use crate::split::{Apportionment, Weights};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

impl Credits {
    /// The conversions of each channel, corrected by lift tests. Tested channels get their measured conversions; the
    /// others share the rest in proportion to their credits, rounded to `decimals`. The sum is exactly the total.
    ///
    /// # Errors
    /// [`AttributionError::UnknownChannel`], [`AttributionError::DuplicateChannel`],
    /// [`AttributionError::Lift`] for a lift below 0 or with more decimals,
    /// [`AttributionError::LiftExceedsTotal`], [`AttributionError::NobodyElse`] where something is left and no
    /// other channel has credit; as of [`Credits::conversions_exact`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    /// use rust_decimal::dec;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email > KOL", ">", Outcome { conversions: 30, nulls: 70, value: 0 })?;
    /// let calibrated = AttributionModel::Linear.credit(&builder.build())?.calibrated([("SEM", dec!(5))], 1)?;
    /// let conversions: Vec<_> = calibrated.into_iter().map(|(_, conversions)| conversions).collect();
    /// assert_eq!(conversions, [dec!(5), dec!(12.5), dec!(12.5)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "incrementality")]
    #[doc(alias = "增量测试")]
    pub fn calibrated<N: Into<String>>(
        &self,
        lifts: impl IntoIterator<Item = (N, Decimal)>,
        decimals: u32,
    ) -> Result<Vec<(String, Decimal)>, AttributionError> {
        self.require_parts("conversions", self.conversions())?;
        // A count of 63 bits with 19 decimals fits 128 bits.
        let decimals = decimals.min(19);
        let mut measured = BTreeMap::new();
        let mut left = Decimal::from(self.totals().conversions);
        let mut all = Decimal::ZERO;
        for (name, lift) in lifts {
            let name = name.into();
            if self.channels().id(&name).is_none() {
                return Err(AttributionError::UnknownChannel { name });
            }
            // A finer lift would have to be rounded, and the parts would not add up any more.
            if (lift.is_sign_negative() && !lift.is_zero()) || lift.normalize().scale() > decimals {
                return Err(AttributionError::Lift { name, lift, decimals });
            }
            if measured.contains_key(&name) {
                return Err(AttributionError::DuplicateChannel { name });
            }
            all = add(all, lift)?;
            left = subtract(left, lift)?;
            measured.insert(name, lift);
        }
        if left.is_sign_negative() && !left.is_zero() {
            return Err(AttributionError::LiftExceedsTotal { lift: all, total: self.totals().conversions });
        }
        let others = |credit: f64, name: &str| if measured.contains_key(name) { 0.0 } else { credit };
        let credits: Vec<f64> =
            self.channels().names().zip(self.conversions()).map(|(n, c)| others(*c, n)).collect();
        if credits.iter().all(|credit| *credit <= 0.0) && !left.is_zero() {
            return Err(AttributionError::NobodyElse { left });
        }
        let units = super::credit::scaled(left, decimals)?;
        let rest = self.divided(&credits, units)?;
        let named = self.channels().names().zip(rest).map(|(name, units)| {
            let share = Decimal::try_from_i128_with_scale(units, decimals);
            let share = measured.get(name).copied().map_or(share, Ok);
            let operation =
                || alloc::format!("{} of {}", Counted(units, "unit"), Counted(decimals, "decimal"));
            let share = share.map_err(|_| QuantityError::Inexact { operation: operation() })?;
            Ok((String::from(name), share.normalize()))
        });
        named.collect()
    }

    /// Whole parts of `total` in proportion to the credits (largest remainder, ties to the smaller name).
    pub(super) fn divided(&self, credits: &[f64], total: i128) -> Result<Vec<i128>, AttributionError> {
        let largest = credits.iter().copied().fold(0.0_f64, f64::max);
        if total == 0 || largest <= 0.0 {
            return Ok(alloc::vec![0; credits.len()]);
        }
        let names: Vec<&str> = self.channels().names().collect();
        let weights =
            Weights::new(credits.iter().map(|credit| super::credit::fixed_point(*credit / largest)))?;
        // Ties go by name, so that the order of the dictionary decides nothing.
        Ok(weights.split_with_ties(total, Apportionment::LargestRemainder, &names)?)
    }
}
