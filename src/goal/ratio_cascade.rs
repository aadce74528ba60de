//! A target for a ratio, spread over the periods of a year.

use super::growth::{decimal, float};
use super::{GoalError, RatioSpread};
use crate::quantity::words::words;
use crate::quantity::{Ratio, Rounding, add, multiply};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::Serialize;

/// A numerator and its denominator in one period: orders and visitors.
#[derive(Clone, Copy)]
struct Row {
    numerator: Decimal,
    denominator: Decimal,
}

fn rows<N: Into<Decimal>, D: Into<Decimal>>(pairs: impl IntoIterator<Item = (N, D)>) -> Vec<Row> {
    let row = |(numerator, denominator): (N, D)| Row {
        numerator: numerator.into(),
        denominator: denominator.into(),
    };
    pairs.into_iter().map(row).collect()
}

/// A target for a ratio (conversion rate, cost per order) by period.
///
/// The ratio of the whole is the sum of numerators over the sum of denominators, never the mean of the ratios.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[doc(alias("CVR", "CTR", "CAC", "AOV", "LTV"))]
#[doc(alias("转化率", "点击率", "获客成本", "客单价", "复购率", "客户终身价值"))]
pub struct RatioCascade {
    spread: RatioSpread,
    #[serde(with = "crate::quantity::wire::own")]
    target: Decimal,
    last: Ratio,
    #[serde(with = "crate::quantity::wire::own")]
    ratios: Vec<f64>,
    #[serde(with = "crate::quantity::wire::own")]
    shift: f64,
}

impl RatioCascade {
    /// The ratio that each period has to reach so that the whole reaches `target`.
    ///
    /// `history` has last year's numerator and denominator of each period, such as orders and visitors.
    ///
    /// # Formula
    /// With last year's ratios `r_k`, denominators `d_k` and overall ratio R, and the target T: proportional
    /// `r_k * T / R`; additive `r_k + T - R`; logit shift `sigmoid(logit(r_k) + δ)` with the one δ at which
    /// `sum(d_k * ratio_k) / sum(d_k) = T`.
    ///
    /// # Errors
    /// [`GoalError::NoParts`]; [`GoalError::RatioPart`] with the period for a denominator of 0 or less or a
    /// negative numerator; [`GoalError::RatioTarget`] for a target below 0, of the logit shift not within 0..1;
    /// [`GoalError::RatioDomain`] with the period for a ratio that the spread would carry below 0, of the logit
    /// shift one that is not within 0..1; [`GoalError::ZeroRatio`] for a proportional spread of a ratio of 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::{RatioCascade, RatioSpread};
    /// use rust_decimal::dec;
    ///
    /// let orders_of_visitors = [(180, 9000), (240, 10000), (200, 9500), (330, 12000)];
    /// let cascade = RatioCascade::spread(orders_of_visitors, dec!(0.03), RatioSpread::Additive)?;
    /// assert_eq!(cascade.rounded(4)?, [dec!(0.0265), dec!(0.0305), dec!(0.0276), dec!(0.0340)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn spread<N: Into<Decimal>, D: Into<Decimal>>(
        history: impl IntoIterator<Item = (N, D)>,
        target: Decimal,
        spread: RatioSpread,
    ) -> Result<Self, GoalError> {
        let history = rows(history);
        if history.is_empty() {
            return Err(GoalError::NoParts);
        }
        for (period, Row { numerator, denominator }) in history.iter().enumerate() {
            for (value, least) in [(*denominator, true), (*numerator, false)] {
                if value < Decimal::ZERO || (least && value.is_zero()) {
                    return Err(GoalError::RatioPart { period, value });
                }
            }
        }
        // A ratio of amounts (cost per order) may exceed 1; log-odds exist only strictly between 0 and 1.
        let most = if spread == RatioSpread::LogitShift { Decimal::ONE } else { Decimal::MAX };
        let open = spread == RatioSpread::LogitShift && (target.is_zero() || target == Decimal::ONE);
        if target < Decimal::ZERO || target > most || open {
            return Err(GoalError::RatioTarget { value: target, spread });
        }
        // Sums first, one division: the whole's ratio is no mean of ratios.
        let sum = |part: fn(&Row) -> Decimal| {
            history.iter().try_fold(Decimal::ZERO, |sum, row| crate::quantity::add(sum, part(row)))
        };
        let last = Ratio::new(sum(|row| row.numerator)?, sum(|row| row.denominator)?)?;
        let (ratios, shift) = match spread {
            RatioSpread::Proportional => proportional(&history, target, last)?,
            RatioSpread::Additive => additive(&history, target, last)?,
            RatioSpread::LogitShift => logit_shift(&history, target)?,
        };
        Ok(Self { spread, target, last, ratios, shift })
    }

    /// The rule by which the target was spread.
    #[must_use]
    pub const fn method(&self) -> RatioSpread {
        self.spread
    }

    /// The target for the whole.
    #[must_use]
    pub const fn target(&self) -> Decimal {
        self.target
    }

    /// Last year's ratio of the whole: the sum of numerators over the sum of denominators.
    #[must_use]
    pub const fn last(&self) -> Ratio {
        self.last
    }

    /// The ratio of each period, as estimates.
    #[must_use]
    pub fn ratios(&self) -> &[f64] {
        &self.ratios
    }

    /// The one factor, number of points, or shift of the log-odds that makes the ratios.
    #[must_use]
    pub const fn shift(&self) -> f64 {
        self.shift
    }

    /// The ratio of each period, rounded half to even to `decimals` decimals.
    ///
    /// # Errors
    /// [`GoalError::Quantity`] for a ratio beyond 28 digits.
    pub fn rounded(&self, decimals: u32) -> Result<Vec<Decimal>, GoalError> {
        let round = |ratio: &f64| {
            let exact = decimal(*ratio)?;
            Ok(crate::quantity::round(exact, (decimals, Rounding::HalfEven)).normalize())
        };
        self.ratios.iter().map(round).collect()
    }

    /// The ratio of the whole for these ratios and denominators: the target again where the denominators
    /// are last year's.
    ///
    /// # Errors
    /// [`GoalError::Length`] when there is not one denominator for each ratio;
    /// [`GoalError::Quantity`] where the sum is not exact or the denominators add up to 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::RatioCascade;
    /// use rust_decimal::dec;
    ///
    /// // A target by quarter meets the visitors that came: 11 of 400, not the mean of 2 % and 3 %.
    /// let whole = RatioCascade::whole(&[dec!(0.02), dec!(0.03)], &[dec!(100), dec!(300)])?;
    /// assert_eq!(whole.to_string(), "11/400");
    /// # Ok::<(), marketloop::goal::GoalError>(())
    /// ```
    pub fn whole(ratios: &[Decimal], denominators: &[Decimal]) -> Result<Ratio, GoalError> {
        if ratios.len() != denominators.len() {
            return Err(GoalError::Length {
                what: "denominators",
                expected: ratios.len(),
                actual: denominators.len(),
            });
        }
        let (mut numerator, mut denominator) = (Decimal::ZERO, Decimal::ZERO);
        for (ratio, weight) in ratios.iter().zip(denominators) {
            numerator = crate::quantity::add(numerator, multiply(*ratio, *weight)?)?;
            denominator = crate::quantity::add(denominator, *weight)?;
        }
        Ok(Ratio::new(numerator, denominator)?)
    }
}

/// The exact ratios of last year, each changed by `change`, as the nearest floats.
fn changed(
    history: &[Row],
    change: impl Fn(Ratio) -> Result<Ratio, GoalError>,
) -> Result<Vec<f64>, GoalError> {
    let ratio = |(period, row): (usize, &Row)| {
        // Exact up to the last step: where a subtraction nearly cancels, floats would keep no digit.
        let ratio = change(Ratio::new(row.numerator, row.denominator)?)?;
        if ratio.is_negative() {
            return Err(GoalError::RatioDomain { period, value: ratio.round((6, Rounding::HalfEven))? });
        }
        Ok(ratio.to_f64())
    };
    history.iter().enumerate().map(ratio).collect()
}

fn proportional(history: &[Row], target: Decimal, last: Ratio) -> Result<(Vec<f64>, f64), GoalError> {
    if last.is_zero() {
        return Err(GoalError::ZeroRatio);
    }
    let factor = Ratio::from(target).divided_by(last)?;
    Ok((changed(history, |ratio| Ok(ratio.times(factor)?))?, factor.to_f64()))
}

fn additive(history: &[Row], target: Decimal, last: Ratio) -> Result<(Vec<f64>, f64), GoalError> {
    let points = Ratio::from(target).minus(last)?;
    Ok((changed(history, |ratio| Ok(ratio.plus(points)?))?, points.to_f64()))
}

fn logit_shift(history: &[Row], target: Decimal) -> Result<(Vec<f64>, f64), GoalError> {
    let mut rows = Vec::with_capacity(history.len());
    for (period, Row { numerator, denominator }) in history.iter().enumerate() {
        // At 0 or 1 the log-odds are infinite: no shift would move such a period.
        if numerator.is_zero() || numerator >= denominator {
            let value = Ratio::new(*numerator, *denominator)?.round((6, Rounding::HalfEven))?;
            return Err(GoalError::RatioDomain { period, value });
        }
        // Subtracted before it is a float: 1 less a ratio near 1 would lose the digits of the odds.
        let odds = float(*numerator) / float(crate::quantity::subtract(*denominator, *numerator)?);
        rows.push((libm::log(odds), float(*denominator)));
    }
    let total: f64 = rows.iter().map(|(_, weight)| weight).sum();
    let goal = float(target);
    let shifted = |shift: f64| rows.iter().map(move |(logit, weight)| (sigmoid(logit + shift), weight));
    let whole = |shift| shifted(shift).map(|(ratio, weight)| ratio * weight).sum::<f64>() / total;
    // Logits of decimals lie within ±140: a shift within ±300 takes each of them to any other.
    let (mut low, mut high) = (-300.0_f64, 300.0_f64);
    for _ in 0..200 {
        // Halved until no float lies between: the whole rises with the shift, so that no slope is needed.
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if whole(middle) < goal { low = middle } else { high = middle }
    }
    let shift = low + (high - low) / 2.0;
    Ok((shifted(shift).map(|(ratio, _)| ratio).collect(), shift))
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-logit))
}

// Here and not beside the type: the error names the spread, and two files may not need each other.
words!(RatioSpread, "spread of a ratio", GoalError:
    Proportional = "proportional",
    Additive = "additive",
    LogitShift = "logit_shift" / "logit shift",
);
/// The ratio of the whole: the sum of numerators over the sum of denominators, never the mean of the ratios.
///
/// # Errors
/// [`GoalError::NoParts`]; [`GoalError::Quantity`] where the denominators add up to 0 or a sum is not exact.
///
/// # Examples
/// ```
/// use marketloop::goal::roll_up_ratio;
///
/// let orders_of_visitors = [(200, 5000), (300, 8000)];
/// assert_eq!(roll_up_ratio(orders_of_visitors)?.to_string(), "1/26"); // 500 of 13,000
/// # Ok::<(), marketloop::goal::GoalError>(())
/// ```
pub fn roll_up_ratio<N: Into<Decimal>, D: Into<Decimal>>(
    periods: impl IntoIterator<Item = (N, D)>,
) -> Result<Ratio, GoalError> {
    let periods = rows(periods);
    if periods.is_empty() {
        return Err(GoalError::NoParts);
    }
    let sum =
        |part: fn(&Row) -> Decimal| periods.iter().try_fold(Decimal::ZERO, |sum, row| add(sum, part(row)));
    Ok(Ratio::new(sum(|row| row.numerator)?, sum(|row| row.denominator)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn row(numerator: Decimal, denominator: Decimal) -> (Decimal, Decimal) {
        (numerator, denominator)
    }

    #[test]
    fn ratios_leave_their_domain_as_an_error() {
        let history = [row(dec!(1), dec!(100)), row(dec!(50), dec!(100))];
        let spread = |history: &[(Decimal, Decimal)], target, spread| {
            RatioCascade::spread(history.iter().copied(), target, spread)
        };
        assert!(matches!(
            spread(&history, dec!(0.2), RatioSpread::Additive),
            Err(GoalError::RatioDomain { period: 0, .. })
        ));
        assert!(spread(&history, dec!(1), RatioSpread::LogitShift).is_err());
        assert!(spread(&[row(dec!(0), dec!(1))], dec!(0.2), RatioSpread::LogitShift).is_err());
        assert!(matches!(
            spread(&[row(dec!(0), dec!(1))], dec!(0.2), RatioSpread::Proportional),
            Err(GoalError::ZeroRatio)
        ));
        assert!(spread(&[row(dec!(1), dec!(0))], dec!(0.2), RatioSpread::Additive).is_err());
        assert!(spread(&[], dec!(0.2), RatioSpread::Additive).is_err());
    }

    #[test]
    fn the_whole_is_a_sum_over_sums() {
        let whole = RatioCascade::whole(&[dec!(0.02), dec!(0.04)], &[dec!(100), dec!(300)]).unwrap();
        assert_eq!(whole, "35/1000".parse().unwrap());
        assert!(RatioCascade::whole(&[dec!(1)], &[]).is_err());
        assert!(RatioCascade::whole(&[dec!(1)], &[dec!(0)]).is_err());
    }
}
