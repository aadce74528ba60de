//! The fewest parts of a total that carry a share of it, and what stands against them.

use super::DecomposeError;
use super::contributions::{Contribution, Contributions};
use super::fraction::Fraction;
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Quantity, Ratio, Share, Unit, add, subtract};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;

/// The fewest parts that carry a share of a total: the answer of [`Contributions::drivers`].
///
/// `total = sum + rest + against_sum`. With parts against the total the drivers may carry more than all of it.
///
/// # Examples
/// ```
/// use marketloop::decompose::{ContributionMethod, Contributions};
/// use marketloop::quantity::Share;
///
/// let parts = [("visits", 40), ("aov", -10), ("cvr", 15), ("refunds", 5)].map(|(key, value)| (key, value.into()));
/// let why = Contributions::new(50.into(), &"CNY".parse()?, parts, ContributionMethod::Given)?;
/// let drivers = why.drivers(Share::percent(90)?)?;
/// assert_eq!(drivers.to_string(), "visits 40 CNY, cvr 15 CNY: 110% of 50 CNY; against it aov -10 CNY");
/// assert_eq!(
///     serde_json::to_value(&drivers)?["against"],
///     serde_json::json!([{"key": "aov", "value": "-10", "unit": "CNY", "method": "given"}])
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Drivers<K> {
    /// The total, the sum of all parts.
    pub total: Decimal,
    /// The unit of the total and of every part.
    pub unit: Unit,
    /// The parts that carry the share, of the sign of the total, the largest first.
    pub drivers: Vec<Contribution<K>>,
    /// The sum of the drivers.
    pub sum: Decimal,
    /// The share of the total that they carry: at least the one asked for.
    pub share: Ratio,
    /// The sum of the parts of the same sign that are not needed.
    pub rest: Decimal,
    /// The parts of the other sign, the largest first.
    pub against: Vec<Contribution<K>>,
    /// The sum of the parts of the other sign.
    pub against_sum: Decimal,
}

serialize_fields!(Drivers<K> {
    total: own,
    unit,
    drivers,
    sum: own,
    share,
    rest: own,
    against,
    against_sum: own,
});

impl<K: Clone> Contributions<K> {
    /// The fewest parts that carry at least this share of the total, the largest first, and what stands against them.
    ///
    /// Only parts of the sign of the total carry it. They always can: all of them add up to the total and what stands
    /// against it. Of parts of one size the one that was given first is taken.
    ///
    /// # Errors
    /// [`DecomposeError::NoWhole`] where the total is 0; [`DecomposeError::Quantity`] where a sum or the share reached needs
    /// more digits than its type has.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::{ContributionMethod, Contributions};
    /// use marketloop::quantity::Share;
    /// use rust_decimal::dec;
    ///
    /// let parts = [("SEM", -60), ("feed", 15), ("live", -30), ("mail", -25)].map(|(key, value)| (key, value.into()));
    /// let why = Contributions::new(dec!(-100), &"order".parse()?, parts, ContributionMethod::Given)?;
    /// let drivers = why.drivers(Share::percent(80)?)?;
    /// let keys: Vec<_> = drivers.drivers.iter().map(|part| part.key).collect();
    /// assert_eq!((keys, drivers.sum, drivers.rest, drivers.against_sum), (vec!["SEM", "live"], dec!(-90), dec!(-25), dec!(15)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn drivers(&self, share: Share) -> Result<Drivers<K>, DecomposeError> {
        let total = self.total();
        if total.is_zero() {
            return Err(DecomposeError::NoWhole { what: "total" });
        }
        let parts = self.by_size().filter(|part| !part.value.is_zero());
        let (toward, against): (Vec<_>, Vec<_>) =
            parts.partition(|part| part.value.is_sign_negative() == total.is_sign_negative());
        // No set of as many parts carries more than the largest of the total's sign do: to put another part in the place of one
        // of them takes something away. So where the largest `n` fall short every set of `n` does, and the first
        // `n` that suffices is the least.
        let needed = Fraction::from(total).times(&share.value().into()).magnitude();
        let (mut carried, mut count) = (Fraction::zero(), 0_usize);
        for part in &toward {
            if !needed.is_above(&carried) {
                break;
            }
            carried = carried.plus(&Fraction::from(part.value).magnitude());
            count = count.saturating_add(1);
        }
        let sum_of = |parts: &[&Contribution<K>]| {
            parts.iter().try_fold(Decimal::ZERO, |sum, part| add(sum, part.value))
        };
        let (drivers, rest) = toward.split_at_checked(count).unwrap_or((&toward, &[]));
        let (sum, rest, against_sum) = (sum_of(drivers)?, sum_of(rest)?, sum_of(&against)?);
        debug_assert!(
            subtract(total, sum).is_err() || add(rest, against_sum) == subtract(total, sum),
            "all is told"
        );
        let owned = |parts: &[&Contribution<K>]| parts.iter().map(|part| (*part).clone()).collect();
        Ok(Drivers {
            total,
            unit: self.unit().clone(),
            drivers: owned(drivers),
            sum,
            share: Ratio::new(sum, total)?,
            rest,
            against: owned(&against),
            against_sum,
        })
    }
}

impl<K: fmt::Display> fmt::Display for Drivers<K> {
    /// `visits 40 CNY, cvr 15 CNY: 110% of 50 CNY; against it aov -10 CNY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, parts: &[Contribution<K>]| {
            parts.iter().enumerate().try_for_each(|(place, part)| {
                let comma = if place == 0 { "" } else { ", " };
                write!(f, "{comma}{} {:#}", part.key, part.quantity())
            })
        };
        if self.drivers.is_empty() {
            f.write_str("nothing")?;
        }
        list(f, &self.drivers)?;
        write!(f, ": {} of {:#}", self.share.to_percent(), Quantity::difference(self.total, &self.unit))?;
        if !self.against.is_empty() {
            f.write_str("; against it ")?;
            list(f, &self.against)?;
        }
        Ok(())
    }
}
