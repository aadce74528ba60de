//! Risks: means within their points, expected losses, ratings that do not turn round.

use super::{Broken, hold};
use crate::quantity::{Money, Ratio, Rounding, Share};
use crate::risk::{Rating, RiskMatrix, RiskRegister, ThreePoint};
use alloc::format;
use rust_decimal::Decimal;

/// The mean of three points lies between the low and the high one, and does not change where all are moved by the same.
///
/// `mean` is the formula: the three points give their mean. Points that cannot be moved within the range of money are not.
///
/// # Errors
/// [`Broken`], with the points and the means.
///
/// # Examples
/// ```
/// use marketloop::laws::mean_of_three_points_moves_with_them;
/// use marketloop::strategies::three_points;
/// use proptest::prelude::*;
///
/// proptest!(|(estimate in three_points())| {
///     mean_of_three_points_moves_with_them(&estimate, |estimate| estimate.exact_mean().unwrap())?;
/// });
/// ```
pub fn mean_of_three_points_moves_with_them(
    estimate: &ThreePoint,
    mean: impl Fn(&ThreePoint) -> Ratio,
) -> Result<(), Broken> {
    const LAW: &str = "mean_of_three_points_moves_with_them";
    let own = mean(estimate);
    let (low, high) = (Ratio::from(estimate.low().amount()), Ratio::from(estimate.high().amount()));
    hold(LAW, low <= own && own <= high, || format!("the mean of {estimate} is {own}"))?;
    let by = Decimal::ONE_HUNDRED;
    let further = |amount: &Money| Money::new(amount.amount().checked_add(by)?, amount.currency()).ok();
    let (Some(low), Some(likely), Some(high)) =
        (further(estimate.low()), further(estimate.likely()), further(estimate.high()))
    else {
        return Ok(());
    };
    let moved = if estimate.weight_of_likely() == 4 {
        ThreePoint::pert(low, likely, high)
    } else {
        ThreePoint::triangular(low, likely, high)
    };
    let moved =
        moved.map_err(|error| Broken::new(LAW, format_args!("{estimate}, moved by {by}: {error}")))?;
    let found = mean(&moved);
    hold(LAW, own.plus(by.into()) == Ok(found), || {
        format!("the mean of {estimate} is {own}, and {found} with each moved by {by}")
    })
}

/// The expected loss of a register is the sum of probability times mean over the risks that are estimated, rounded once;
/// none where no risk is. Of a sum that needs more than 128 bits the law says nothing.
///
/// # Errors
/// [`Broken`], with the loss that was told and the one that the risks give.
///
/// # Examples
/// ```
/// use marketloop::laws::expected_loss_is_the_sum_of_its_risks;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::risk_registers;
/// use proptest::prelude::*;
///
/// proptest!(|(register in risk_registers())| {
///     let loss = register.expected_loss(Rounding::HalfEven).unwrap();
///     expected_loss_is_the_sum_of_its_risks(&register, loss.known())?;
/// });
/// ```
pub fn expected_loss_is_the_sum_of_its_risks(
    register: &RiskRegister,
    loss: Option<Money>,
) -> Result<(), Broken> {
    const LAW: &str = "expected_loss_is_the_sum_of_its_risks";
    let mut sum: Option<(Money, Ratio)> = None;
    for risk in register.risks() {
        let (Some(probability), Some(impact)) = (risk.probability, &risk.impact) else { continue };
        let (like, before) = sum.unwrap_or((*impact.low(), Ratio::ZERO));
        let product = impact.exact_mean().ok().and_then(|mean| mean.times(probability.value().into()).ok());
        let Some(after) = product.and_then(|product| before.plus(product).ok()) else { return Ok(()) };
        sum = Some((like, after));
    }
    let expected = sum.and_then(|(like, sum)| {
        let scale = like.currency().digits();
        Money::new(sum.round((scale, Rounding::HalfEven)).ok()?, like.currency()).ok()
    });
    hold(LAW, loss == expected, || {
        let told = |loss: Option<Money>| loss.map_or_else(|| "none".into(), |loss| format!("{loss}"));
        format!("the risks give {}, and told was {}", told(expected), told(loss))
    })
}

/// Of two risks, neither in its probability nor in its impact below the other, none is rated better; and an unacceptable
/// one is not smaller than an acceptable one.
///
/// `rate` is what rates: a [`RiskMatrix`], or your own rule. One rating for all risks keeps the law: where the levels end
/// is for [`levels_take_in_their_ends`].
///
/// # Errors
/// [`Broken`], with both risks and their ratings.
///
/// # Examples
/// ```
/// use marketloop::laws::ratings_do_not_turn_round;
/// use marketloop::strategies::{risk_matrices, shares};
/// use proptest::prelude::*;
/// use rust_decimal::dec;
///
/// proptest!(|(matrix in risk_matrices(), one in shares(), other in shares())| {
///     let rate = |share, impact| matrix.rate(share, impact).unwrap();
///     ratings_do_not_turn_round(rate, (one, dec!(20)), (other, dec!(40)))?;
/// });
/// ```
pub fn ratings_do_not_turn_round(
    rate: impl Fn(Share, Decimal) -> Rating,
    one: (Share, Decimal),
    other: (Share, Decimal),
) -> Result<(), Broken> {
    let risk = |(share, impact): (Share, Decimal)| share.value().checked_mul(impact);
    for (small, large) in [(one, other), (other, one)] {
        let (low, high) = (rate(small.0, small.1), rate(large.0, large.1));
        let beyond = small.0 <= large.0 && small.1 <= large.1;
        let turned = low == Rating::Unacceptable && high == Rating::Acceptable && risk(small) < risk(large);
        hold("ratings_do_not_turn_round", (!beyond || low <= high) && !turned, || {
            format!("{} of {} is {low}, and {} of {} is {high}", small.0, small.1, large.0, large.1)
        })?;
    }
    Ok(())
}

/// A level takes in its end: each two levels give their rating at both ends, and halfway to the ends below.
///
/// `rate` is what rates by the levels of the matrix.
///
/// # Errors
/// [`Broken`], with the probability and the impact, their levels and the rating.
///
/// # Examples
/// ```
/// use marketloop::laws::levels_take_in_their_ends;
/// use marketloop::strategies::risk_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|(matrix in risk_matrices())| {
///     levels_take_in_their_ends(&matrix, |share, impact| matrix.rate(share, impact).unwrap())?;
/// });
/// ```
pub fn levels_take_in_their_ends(
    matrix: &RiskMatrix,
    rate: impl Fn(Share, Decimal) -> Rating,
) -> Result<(), Broken> {
    const LAW: &str = "levels_take_in_their_ends";
    let mut below = Decimal::ZERO;
    for (row, end) in matrix.probability_levels() {
        let mut beside = Decimal::ZERO;
        for (column, most) in matrix.impact_levels() {
            let points = [(Some(end), Some(most)), (halfway(below, end), halfway(beside, most))];
            for (share, impact) in points {
                // Halfway may need one digit more than a decimal has.
                let (Some(share), Some(impact)) = (share, impact) else { continue };
                let share = Share::new(share).map_err(|error| Broken::new(LAW, error))?;
                let rating = rate(share, impact);
                hold(LAW, matrix.rating(row, column) == Some(rating), || {
                    format!("{share} of {impact} lies in `{row}` and `{column}`, and is {rating}")
                })?;
            }
            beside = most;
        }
        below = end;
    }
    Ok(())
}

fn halfway(from: Decimal, to: Decimal) -> Option<Decimal> {
    from.checked_add(to)?.checked_div(Decimal::TWO)
}
