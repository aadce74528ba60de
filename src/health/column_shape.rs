//! From a normaliser to the score of a whole number of a column, as a formula that floats compute at once.

use super::Normaliser;
use super::column_edges::{Interval, interval};
use super::normaliser::{Kind, float};
use crate::quantity::{QuantityError, Ratio};
use crate::target::{Better, Goal, LowerRule, Target};
use rust_decimal::Decimal;

/// The shape of a score over the whole numbers of a column.
pub(super) enum Shape {
    /// `[(x - from) / span]`.
    Line { from: f64, span: f64 },
    /// `(x - from) / span`.
    Unclipped { from: f64, span: f64 },
    /// `[most / x]`, 1 where x is 0 or less, of a `most` above 0.
    Inverse { most: f64 },
    /// 1 between, `[x / part_of]` below, one of both above.
    Range { low: f64, part_of: f64, high: f64, above: LowerRule },
    /// 1 within, else 0: where the attainment is undefined, so that only met or missed counts.
    Met(Interval),
    /// Whatever the normaliser says.
    Other,
}

impl Shape {
    pub(super) fn new(normaliser: &Normaliser, target: &Target, scale: u32) -> Result<Self, QuantityError> {
        let place = Ratio::from(Decimal::from_i128_with_scale(1, scale));
        let unit = place.to_f64();
        // Such an end parts 1 from 0: a float that is off by its last bit would score the wrong one. As whole numbers of
        // the column the ends are exact; along a line that bit is far below what a score is rounded to.
        let met = |least: Option<Decimal>, most: Option<Decimal>| {
            let end = |at: Option<Decimal>| at.map(|at| (at.into(), true));
            interval(end(least), end(most), place)
        };
        // Divided exactly: a whole number of the column stays one. Beyond 128 bits an end is out of every value's reach.
        let number = |value: Decimal| {
            let exact = Ratio::from(value).divided_by(place);
            exact.map_or_else(|_| float(value) / unit, |exact| exact.to_f64())
        };
        // The rounding of a start between two numbers counts by the steepness. Where it could be seen, each value is scored
        // exactly: that costs, but for ends that no plan has.
        let is_blurred = |from: Decimal, span: f64| {
            from.normalize().scale() > scale && number(from).abs() * f64::EPSILON > 1e-13 * span.abs()
        };
        let line = |from: Decimal, to: Decimal| {
            let exact = Ratio::from(to).minus(from.into()).and_then(|span| span.divided_by(place));
            let span = exact.map_or_else(|_| number(to) - number(from), |span| span.to_f64());
            if is_blurred(from, span) { Self::Other } else { Self::Line { from: number(from), span } }
        };
        Ok(match &normaliser.0 {
            Kind::TargetRatio => match target.goal() {
                Goal::AtLeast(least) if least > Decimal::ZERO => line(Decimal::ZERO, least),
                Goal::AtLeast(least) => Self::Met(met(Some(least), None)?),
                Goal::AtMost(most, _) if most <= Decimal::ZERO => Self::Met(met(None, Some(most))?),
                Goal::AtMost(most, LowerRule::Inverse) => Self::Inverse { most: number(most) },
                Goal::AtMost(most, LowerRule::Linear) => {
                    let most = number(most);
                    Self::Line { from: 2.0 * most, span: -most }
                }
                Goal::Between { low, high, .. } if high <= Decimal::ZERO => {
                    Self::Met(met(Some(low), Some(high))?)
                }
                Goal::Between { low, high, above } => {
                    let high = number(high);
                    if low > Decimal::ZERO {
                        let low = number(low);
                        Self::Range { low, part_of: low, high, above }
                    } else {
                        // Below such a low end lie only numbers below 0: any part of them is clipped to 0.
                        Self::Range { low: met(Some(low), None)?.0, part_of: 1.0, high, above }
                    }
                }
            },
            Kind::Unchanged => Self::Unclipped { from: 0.0, span: 1.0 / unit },
            Kind::Goalposts { worst, best } => line(*worst, *best),
            Kind::MinMax { better: Better::Higher, least, greatest } => line(*least, *greatest),
            Kind::MinMax { better: Better::Lower, least, greatest } => line(*greatest, *least),
            Kind::StandardScore { better, mean, deviation } => {
                let deviation = number(*deviation);
                let span = if *better == Better::Higher { deviation } else { -deviation };
                if is_blurred(*mean, span) {
                    Self::Other
                } else {
                    Self::Unclipped { from: number(*mean), span }
                }
            }
            Kind::Percentile { .. } | Kind::Logistic { .. } | Kind::PiecewiseLinear { .. } => Self::Other,
        })
    }
}

/// Within 0 and 1; what is not a number becomes 0.
pub(super) const fn clip(ratio: f64) -> f64 {
    let ratio = if ratio > 0.0 { ratio } else { 0.0 };
    if ratio < 1.0 { ratio } else { 1.0 }
}

/// What one of a span is of it: its reciprocal, or the next float from which the whole span is no less than 1.
///
/// A product takes a fraction of a quotient's time, and both ends of a line stay exact.
pub(super) fn part_of(span: f64) -> f64 {
    let part = span.recip();
    if part * span < 1.0 { libm::nextafter(part, 2.0 * part) } else { part }
}

/// The score of a value that is to lie between two bounds: a share of the lower one below it, `above` above.
pub(super) fn range(x: f64, (low, part_of): (f64, f64), high: f64, above: f64) -> f64 {
    let within = if x <= high { 1.0 } else { above };
    clip(if x < low { x / part_of } else { within })
}
