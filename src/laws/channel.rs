//! Channels: metrics are quotients of figures, totals lie between their parts, values are sums over periods.

use super::{Broken, hold};
use crate::channel::{ChannelFigure, Metric, Scorecard};
use crate::quantity::{Currency, Quantity, Ratio, Rounding};
use alloc::format;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A metric of the figures of a card, in ones: numerator / denominator, less 1 for a net return.
fn of_figures(card: &Scorecard, metric: Metric) -> Option<Ratio> {
    let figure = |figure| Some(Ratio::from(card.figure(figure).known()?.value()));
    let quotient = figure(metric.numerator())?.divided_by(figure(metric.denominator())?).ok()?;
    if metric == Metric::NetReturn { quotient.minus(Ratio::ONE).ok() } else { Some(quotient) }
}

/// 10 to the power of a unit.
fn power_of_ten(power: i8) -> Option<Ratio> {
    let size = 10_i128.checked_pow(power.unsigned_abs().into())?;
    let size = Ratio::whole(size);
    if power < 0 { Ratio::ONE.divided_by(size).ok() } else { Some(size) }
}

/// Each metric that is shown is the quotient of the figures that the card knows, in the unit of the metric and rounded
/// to `decimals`: a cost per 1,000 impressions, a rate in per cent. One whose figures the card knows is shown, unless it
/// has more digits than a decimal.
///
/// A metric that the card knows without its figures is not looked at.
///
/// # Errors
/// [`Broken`], with the metric, what is shown and what it has to be; also where nothing is shown.
///
/// # Examples
/// ```
/// use marketloop::laws::metrics_fit_their_figures;
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::scorecards;
/// use proptest::prelude::*;
///
/// proptest!(|(card in scorecards())| {
///     metrics_fit_their_figures(&card, 4, |metric| card.show(metric, (4, Rounding::HalfEven)).ok())?;
/// });
/// ```
pub fn metrics_fit_their_figures(
    card: &Scorecard,
    decimals: u32,
    shown: impl Fn(Metric) -> Option<Quantity>,
) -> Result<(), Broken> {
    const LAW: &str = "metrics_fit_their_figures";
    for metric in Metric::ALL {
        let Some(due) = of_figures(card, metric) else { continue };
        let currency = card.spend().known().or(card.revenue().known()).map(|money| money.currency());
        // Without an amount of money all metrics that are known are numbers, and their unit is the same in each currency.
        let unit = metric.unit(currency.unwrap_or(Currency::CNY));
        let Some(shown) = shown(metric) else {
            let size = unit.ok().and_then(|unit| power_of_ten(unit.power_of_ten()));
            let is_decimal = size
                .and_then(|size| due.divided_by(size).ok())
                .is_some_and(|due| due.round((decimals, Rounding::HalfEven)).is_ok());
            hold(LAW, !is_decimal, || format!("{metric} is not shown, and the figures say {due} per one"))?;
            continue;
        };
        if let Ok(unit) = unit {
            hold(LAW, *shown.unit() == unit, || format!("{metric} is {shown}, and is told in {unit}"))?;
        }
        let told = || format!("{metric} is {shown}, and the figures say {due} per one");
        let power = power_of_ten(shown.unit().power_of_ten());
        let power =
            power.ok_or_else(|| Broken::new(LAW, format_args!("{}: its unit is no ratio", told())))?;
        // Half a unit of the last decimal.
        let scale = decimals.saturating_add(1).min(Decimal::MAX_SCALE);
        let half = Ratio::from(Decimal::try_from_i128_with_scale(5, scale).unwrap_or_default());
        let value = Ratio::from(shown.value());
        let near = if let Ok(apart) = due.divided_by(power).and_then(|due| value.minus(due)) {
            (if apart.is_negative() { apart.negated() } else { apart }) <= half
        } else {
            // The difference needs more than 128 bits: as floats, whose digits are fewer.
            let due = due.to_f64() / power.to_f64();
            (value.to_f64() - due).abs() <= half.to_f64() + 1e-12 * due.abs()
        };
        hold(LAW, near, told)?;
    }
    Ok(())
}

/// What a card that was told only a part knows of its figures is true.
///
/// A figure that the card does not know is no untruth: a card that was told metrics only may know none.
///
/// # Errors
/// [`Broken`], with the figure, its value and the true one; also of a figure that has none.
///
/// # Examples
/// ```
/// use marketloop::laws::told_figures_are_true;
/// use marketloop::strategies::scorecard_drafts;
/// use proptest::prelude::*;
///
/// proptest!(|((truth, draft) in scorecard_drafts().with_rounded_metrics(0..=2))| {
///     let card = draft.check().unwrap();
///     told_figures_are_true(&truth, |figure| card.figure(figure).known())?;
/// });
/// ```
pub fn told_figures_are_true(
    truth: &Scorecard,
    known: impl Fn(ChannelFigure) -> Option<Quantity>,
) -> Result<(), Broken> {
    const LAW: &str = "told_figures_are_true";
    for figure in ChannelFigure::ALL {
        let Some(told) = known(figure) else { continue };
        let Some(due) = truth.figure(figure).known() else {
            return Err(Broken::new(LAW, format_args!("{figure} is told as {told}, and is of no value")));
        };
        hold(LAW, told.value() == due.value(), || format!("{figure} is told as {told}, and is {due}"))?;
    }
    Ok(())
}

/// A quotient of sums lies between the least and the greatest of the quotients.
///
/// # Errors
/// [`Broken`], with the parts and the total.
///
/// # Examples
/// ```
/// use marketloop::channel::{Metric, Scorecard};
/// use marketloop::laws::total_lies_between_its_parts;
/// use marketloop::strategies::scorecards;
/// use proptest::prelude::*;
///
/// proptest!(|(one in scorecards(), other in scorecards())| {
///     let cost = |card: &Scorecard| card.metric(Metric::CostPerClick).unwrap();
///     total_lies_between_its_parts([cost(&one), cost(&other)], cost(&one.plus(&other).unwrap()))?;
/// });
/// ```
pub fn total_lies_between_its_parts(
    parts: impl IntoIterator<Item = Ratio>,
    total: Ratio,
) -> Result<(), Broken> {
    let parts: Vec<Ratio> = parts.into_iter().collect();
    let between = parts.iter().any(|part| *part <= total) && parts.iter().any(|part| *part >= total);
    hold("total_lies_between_its_parts", between, || format!("{total} is outside of {parts:?}"))
}

/// The metric of a total is that of the summed figures.
///
/// Where a channel lacks a figure, or a sum needs more than 128 bits, the law says nothing.
///
/// # Errors
/// [`Broken`], with the metric of the total and what it has to be; also of no channel, and of sums that have no quotient.
///
/// # Examples
/// ```
/// use marketloop::channel::{Metric, Scorecard};
/// use marketloop::laws::total_is_of_the_sums;
/// use marketloop::strategies::scorecards;
/// use proptest::prelude::*;
///
/// proptest!(|(one in scorecards(), other in scorecards())| {
///     let all = one.plus(&other).unwrap();
///     for metric in Metric::ALL {
///         total_is_of_the_sums(&[one.clone(), other.clone()], metric, all.metric(metric).unwrap())?;
///     }
/// });
/// ```
pub fn total_is_of_the_sums(channels: &[Scorecard], metric: Metric, total: Ratio) -> Result<(), Broken> {
    const LAW: &str = "total_is_of_the_sums";
    let sum = |figure| {
        let figures = channels.iter().map(|card| Some(Ratio::from(card.figure(figure).known()?.value())));
        figures.into_iter().try_fold(Ratio::ZERO, |sum, value| sum.plus(value?).ok())
    };
    hold(LAW, !channels.is_empty(), || format!("{metric} of no channel is {total}"))?;
    let quotient = sum(metric.numerator()).zip(sum(metric.denominator()));
    hold(LAW, quotient.is_none_or(|(_, below)| !below.is_zero()), || {
        format!("{metric} of {} channels is {total}, and their sums have no quotient", channels.len())
    })?;
    let quotient = quotient.and_then(|(above, below)| above.divided_by(below).ok());
    let net = metric == Metric::NetReturn;
    let due = quotient.and_then(|due| if net { due.minus(Ratio::ONE).ok() } else { Some(due) });
    let Some(due) = due else { return Ok(()) };
    hold(LAW, total == due, || {
        format!("{metric} of {} channels is {total}, of their sums {due}", channels.len())
    })
}

/// A concentration index is at least that of even shares, 1 / n, and at most 1, that of a single channel.
///
/// # Errors
/// [`Broken`], with the index and its bounds; also of no channel.
///
/// # Examples
/// ```
/// use marketloop::laws::concentration_is_between_even_and_single;
///
/// assert!(concentration_is_between_even_and_single("41/50".parse()?, 2).is_ok());
/// assert!(concentration_is_between_even_and_single("1/3".parse()?, 2).is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub fn concentration_is_between_even_and_single(index: Ratio, channels: usize) -> Result<(), Broken> {
    const LAW: &str = "concentration_is_between_even_and_single";
    hold(LAW, channels > 0, || format!("the index of no channel is {index}"))?;
    let channels = u128::try_from(channels).unwrap_or(u128::MAX);
    let even = Ratio::of_integers(false, 1, channels).unwrap_or(Ratio::ZERO);
    hold(LAW, even <= index && index <= Ratio::ONE, || {
        format!("the index of {channels} channels is {index}, and at least {even}")
    })
}

/// The value of a customer over some periods is the sum of the margins, each `factor` times the one before; the first
/// counts in full.
///
/// Of a sum that needs more than 128 bits the law says nothing.
///
/// # Errors
/// [`Broken`], with the value and the sum.
///
/// # Examples
/// ```
/// use marketloop::laws::lifetime_value_is_its_sum;
/// use marketloop::quantity::Ratio;
///
/// assert!(lifetime_value_is_its_sum(Ratio::ONE, "1/2".parse()?, 3, "7/4".parse()?).is_ok());
/// assert!(lifetime_value_is_its_sum(Ratio::ONE, "1/2".parse()?, 3, "7/8".parse()?).is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
pub fn lifetime_value_is_its_sum(
    margin: Ratio,
    factor: Ratio,
    periods: u32,
    value: Ratio,
) -> Result<(), Broken> {
    let mut sum = Some(Ratio::ZERO);
    let mut part = Some(margin);
    for _ in 0..periods {
        sum = sum.zip(part).and_then(|(sum, part)| sum.plus(part).ok());
        part = part.and_then(|part| part.times(factor).ok());
    }
    let Some(sum) = sum else { return Ok(()) };
    hold("lifetime_value_is_its_sum", value == sum, || {
        format!("{value}, and {periods} periods of {margin} at {factor} add up to {sum}")
    })
}
