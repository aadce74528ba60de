//! From the values of several periods to the value of the whole, as the kind of the metric has it.

use super::{Kind, KpiError, RatioHistory};
use crate::quantity::{Ratio, add, multiply, subtract};
use rust_decimal::Decimal;

/// The value of the whole from the values of its periods, oldest first: a flow is the sum, a stock the last
/// value, growth compounds.
///
/// # Formula
/// flow: `x_1 + … + x_n`; stock: `x_n`; growth: `(1 + x_1) * … * (1 + x_n) - 1`.
///
/// # Errors
/// [`KpiError::NoParts`]; [`KpiError::NotAdditive`] for unique counts, of which one person may be in several,
/// and for ratios, which need numerators and denominators ([`roll_up_ratio`]); [`KpiError::Quantity`] where the
/// result needs more than 28 digits.
///
/// # Examples
/// ```
/// use marketloop::kpi::{Kind, roll_up};
/// use rust_decimal::dec;
///
/// let months = [dec!(500000), dec!(700000), dec!(800000)];
/// assert_eq!(roll_up(Kind::Flow, &months)?, dec!(2000000));
/// assert_eq!(roll_up(Kind::Stock, &months)?, dec!(800000));
/// assert_eq!(roll_up(Kind::Growth, &[dec!(0.1), dec!(0.1)])?, dec!(0.21));
/// assert!(roll_up(Kind::Unique, &months).is_err());
/// # Ok::<(), marketloop::kpi::KpiError>(())
/// ```
pub fn roll_up(kind: Kind, periods: &[Decimal]) -> Result<Decimal, KpiError> {
    let last = periods.last().ok_or(KpiError::NoParts)?;
    match kind {
        Kind::Flow => Ok(periods.iter().try_fold(Decimal::ZERO, |sum, value| add(sum, *value))?),
        Kind::Stock => Ok(*last),
        Kind::Growth => {
            let grown = periods.iter().try_fold(Decimal::ONE, |whole, value| {
                multiply(whole, add(Decimal::ONE, *value)?).map(|whole| whole.normalize())
            });
            Ok(subtract(grown?, Decimal::ONE)?.normalize())
        }
        Kind::Ratio | Kind::Unique => Err(KpiError::NotAdditive { kind }),
    }
}

/// The ratio of the whole: the sum of numerators over the sum of denominators, never the mean of the ratios.
///
/// # Errors
/// [`KpiError::NoParts`]; [`KpiError::Quantity`] where the denominators add up to 0 or a sum is not exact.
///
/// # Examples
/// ```
/// use marketloop::kpi::{RatioHistory, roll_up_ratio};
/// use rust_decimal::dec;
///
/// let periods = [
///     RatioHistory { numerator: dec!(200), denominator: dec!(5000) },
///     RatioHistory { numerator: dec!(300), denominator: dec!(8000) },
/// ];
/// assert_eq!(roll_up_ratio(&periods)?.to_string(), "1/26"); // 500 of 13,000
/// # Ok::<(), marketloop::kpi::KpiError>(())
/// ```
pub fn roll_up_ratio(periods: &[RatioHistory]) -> Result<Ratio, KpiError> {
    if periods.is_empty() {
        return Err(KpiError::NoParts);
    }
    let sum = |part: fn(&RatioHistory) -> Decimal| {
        periods.iter().try_fold(Decimal::ZERO, |sum, row| add(sum, part(row)))
    };
    Ok(Ratio::new(sum(|row| row.numerator)?, sum(|row| row.denominator)?)?)
}
