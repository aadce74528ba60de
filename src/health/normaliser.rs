//! From a value to a score.

use super::percentile::{Ties, percentile_rank, percentile_rank_from_above};
use super::score::nearest_decimal;
use super::{HealthError, Score};
use crate::quantity::wire::{WireDecimal, wire_variants};
use crate::quantity::{QuantityError, Ratio};
use crate::target::{Better, Target};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How a value becomes a score.
///
/// All but the standard score and the unchanged value give scores in 0..=1. All but the logistic are exact fractions.
///
/// # Formula
/// With value x and clip to 0..=1 written [·]:
///
/// | normaliser | score |
/// | --- | --- |
/// | target ratio | [attainment of the indicator's target] |
/// | unchanged | x; not clipped |
/// | goalposts | [(x - worst) / (best - worst)], as in the human development index |
/// | min-max | [(x - least) / (greatest - least)], or 1 less that where less is better |
/// | standard score | (x - mean) / deviation, or its negative where less is better; not clipped |
/// | percentile | the percentile rank in a sample, by the named [`Ties`] |
/// | logistic | 1 / (1 + e^(-steepness (x - midpoint))) |
/// | piecewise linear | linear between given points, flat outside |
///
/// # Examples
/// ```
/// use marketloop::health::Normaliser;
/// use rust_decimal::dec;
///
/// let bounce_rate = Normaliser::goalposts(dec!(70), dec!(30))?;
/// assert_eq!(bounce_rate.score(dec!(40).into())?.to_string(), "75%");
/// assert_eq!(bounce_rate.score(dec!(90).into())?.to_string(), "0%");
/// assert_eq!("goalposts(70, 30)".parse::<Normaliser>()?, bounce_rate);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::health::Normaliser;
/// let json = r#"{"percentile":{"better":"higher","ties":"mean","sample":["1","2"]}}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Normaliser>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Draft", into = "Draft")]
pub struct Normaliser(pub(super) Kind);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    TargetRatio,
    Unchanged,
    Goalposts { worst: Decimal, best: Decimal },
    MinMax { better: Better, least: Decimal, greatest: Decimal },
    StandardScore { better: Better, mean: Decimal, deviation: Decimal },
    Percentile { better: Better, ties: Ties, sample: Vec<Decimal> },
    Logistic { midpoint: Decimal, steepness: Decimal },
    PiecewiseLinear { points: Vec<(Decimal, Decimal)> },
}

impl Normaliser {
    /// The attainment of the indicator's target, clipped to 0..=1: the default of an indicator.
    pub const TARGET_RATIO: Self = Self(Kind::TargetRatio);
    /// The value itself: the default of a dimension, whose value is a mean of scores.
    pub const UNCHANGED: Self = Self(Kind::Unchanged);

    /// 0 at `worst` and beyond, 1 at `best` and beyond, linear between; `worst` may be the greater.
    ///
    /// # Errors
    /// [`HealthError::NoRange`] where both are equal.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Normaliser;
    /// use rust_decimal::dec;
    ///
    /// let bounces = Normaliser::goalposts(dec!(70), dec!(30))?; // less is better
    /// assert_eq!(bounces.score(dec!(60).into())?.to_string(), "25%");
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn goalposts(worst: Decimal, best: Decimal) -> Result<Self, HealthError> {
        apart("goalposts", worst, best)?;
        Ok(Self(Kind::Goalposts { worst: worst.normalize(), best: best.normalize() }))
    }

    /// 0 at the worse end of the range, 1 at the better one, linear between.
    ///
    /// # Errors
    /// [`HealthError::NoRange`] where `least` is not below `greatest`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Normaliser;
    /// use marketloop::target::Better;
    /// use rust_decimal::dec;
    ///
    /// let cost = Normaliser::min_max(Better::Lower, dec!(20), dec!(60))?;
    /// assert_eq!(cost.score(dec!(30).into())?.to_string(), "75%");
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn min_max(better: Better, least: Decimal, greatest: Decimal) -> Result<Self, HealthError> {
        if least >= greatest {
            return Err(HealthError::NoRange { what: "min-max", from: least, to: greatest });
        }
        let (least, greatest) = (least.normalize(), greatest.normalize());
        Ok(Self(Kind::MinMax { better, least, greatest }))
    }

    /// [`min_max`](Self::min_max) over the range of a sample.
    ///
    /// # Errors
    /// [`HealthError::EmptySample`]; [`HealthError::NoRange`] for a sample of one value.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Normaliser;
    /// use marketloop::target::Better;
    /// use rust_decimal::dec;
    ///
    /// let stores = [dec!(12), dec!(20), dec!(16)];
    /// let among = Normaliser::min_max_of(Better::Higher, &stores)?;
    /// assert_eq!(among.score(dec!(16).into())?.to_string(), "50%");
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn min_max_of(better: Better, sample: &[Decimal]) -> Result<Self, HealthError> {
        match (sample.iter().min(), sample.iter().max()) {
            (Some(least), Some(greatest)) => Self::min_max(better, *least, *greatest),
            _ => Err(HealthError::EmptySample { what: "min-max" }),
        }
    }

    /// How many deviations the value is better than the mean; not clipped, and below 0 where it is worse.
    ///
    /// # Errors
    /// [`HealthError::OutOfRange`] for a deviation that is not above 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Normaliser;
    /// use marketloop::target::Better;
    /// use rust_decimal::dec;
    ///
    /// let cost = Normaliser::standard_score(Better::Lower, dec!(50), dec!(10))?;
    /// assert_eq!(cost.score(dec!(65).into())?.to_string(), "-150%"); // one and a half deviations worse
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn standard_score(better: Better, mean: Decimal, deviation: Decimal) -> Result<Self, HealthError> {
        if deviation <= Decimal::ZERO {
            return Err(HealthError::OutOfRange { name: "deviation", value: deviation, range: "above 0" });
        }
        let (mean, deviation) = (mean.normalize(), deviation.normalize());
        Ok(Self(Kind::StandardScore { better, mean, deviation }))
    }

    /// The percentile rank among `sample`, which equal values enter by `ties`.
    ///
    /// # Errors
    /// [`HealthError::EmptySample`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Normaliser, Ties};
    /// use marketloop::target::Better;
    /// use rust_decimal::dec;
    ///
    /// let stores = [dec!(12), dec!(20), dec!(16), dec!(16)];
    /// let among = Normaliser::percentile(Better::Higher, Ties::Weak, stores)?;
    /// assert_eq!(among.score(dec!(16).into())?.to_string(), "75%"); // three of four are no better
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn percentile(
        better: Better,
        ties: Ties,
        sample: impl IntoIterator<Item = Decimal>,
    ) -> Result<Self, HealthError> {
        let mut sample: Vec<Decimal> = sample.into_iter().map(|value| value.normalize()).collect();
        if sample.is_empty() {
            return Err(HealthError::EmptySample { what: "percentile" });
        }
        // In order, as a binary search needs it, and so that samples of the same values are one normaliser.
        sample.sort_unstable();
        Ok(Self(Kind::Percentile { better, ties, sample }))
    }

    /// One half at `midpoint`; a negative `steepness` falls.
    ///
    /// # Errors
    /// [`HealthError::OutOfRange`] for a steepness of 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Normaliser;
    /// use rust_decimal::dec;
    ///
    /// let calm = Normaliser::logistic(dec!(50), dec!(0.1))?;
    /// assert_eq!(calm.score(dec!(50).into())?.to_string(), "50%");
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn logistic(midpoint: Decimal, steepness: Decimal) -> Result<Self, HealthError> {
        if steepness.is_zero() {
            return Err(HealthError::OutOfRange {
                name: "steepness",
                value: steepness,
                range: "all numbers but 0",
            });
        }
        Ok(Self(Kind::Logistic { midpoint: midpoint.normalize(), steepness: steepness.normalize() }))
    }

    /// Linear between points of a value and its score in 0..=1, flat outside.
    ///
    /// # Errors
    /// [`HealthError::EmptySample`] below two points; [`HealthError::PointsNotRising`] where a value is not
    /// above the one before it; [`HealthError::OutOfRange`] for a score outside 0..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Normaliser;
    /// use rust_decimal::dec;
    ///
    /// // Half of the score for the first tenth, the rest up to the full attainment.
    /// let bent = Normaliser::piecewise_linear([(dec!(0), dec!(0)), (dec!(10), dec!(0.5)), (dec!(100), dec!(1))])?;
    /// assert_eq!(bent.score(dec!(55).into())?.to_string(), "75%");
    /// # Ok::<(), marketloop::health::HealthError>(())
    /// ```
    pub fn piecewise_linear(
        points: impl IntoIterator<Item = (Decimal, Decimal)>,
    ) -> Result<Self, HealthError> {
        let points: Vec<(Decimal, Decimal)> =
            points.into_iter().map(|(x, y)| (x.normalize(), y.normalize())).collect();
        if points.len() < 2 {
            return Err(HealthError::EmptySample { what: "piecewise linear" });
        }
        for (index, pair) in (1_usize..).zip(points.windows(2)) {
            if let [(before, _), (at, _)] = pair
                && at <= before
            {
                return Err(HealthError::PointsNotRising { index });
            }
        }
        match points.iter().find(|(_, y)| *y < Decimal::ZERO || *y > Decimal::ONE) {
            Some((_, y)) => Err(HealthError::OutOfRange { name: "score", value: *y, range: "0..=1" }),
            None => Ok(Self(Kind::PiecewiseLinear { points })),
        }
    }

    /// Whether the score depends on the indicator's target.
    #[must_use]
    pub const fn needs_target(&self) -> bool {
        matches!(self.0, Kind::TargetRatio)
    }

    /// Whether it can give scores below 0.
    #[must_use]
    pub const fn can_be_negative(&self) -> bool {
        matches!(self.0, Kind::StandardScore { .. } | Kind::Unchanged)
    }

    /// The score of an indicator's `value`, in the unit of its `target`. Where the attainment is undefined, the target
    /// ratio scores 1 if the target is met and 0 if it is missed.
    ///
    /// # Errors
    /// [`HealthError::Undefined`] where an estimate leaves the range of floats.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Normaliser;
    /// use rust_decimal::dec;
    ///
    /// let target = "at most 80, inverse".parse()?;
    /// assert_eq!(Normaliser::TARGET_RATIO.score_against(&target, dec!(100))?.to_string(), "80%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn score_against(&self, target: &Target, value: impl Into<Ratio>) -> Result<Score, HealthError> {
        let value = value.into();
        if self.needs_target() {
            return Ok(target.achievement(value).share().into());
        }
        self.score(value.into())
    }

    /// The score of `value`, which is estimated where the exact fraction needs more than 128 bits.
    ///
    /// # Errors
    /// [`HealthError::NeedsTarget`] for the target ratio.
    pub fn score(&self, value: Score) -> Result<Score, HealthError> {
        if self.needs_target() {
            return Err(HealthError::NeedsTarget);
        }
        let exact = value.ratio().and_then(|value| self.exact(value).ok().flatten());
        let estimate = || Score::finite(self.estimate(value.to_f64()));
        exact.map(Score::from).or_else(estimate).ok_or(HealthError::Undefined { what: "the score" })
    }

    /// The exact score, `None` where there is none.
    fn exact(&self, x: Ratio) -> Result<Option<Ratio>, QuantityError> {
        let part = |from: Decimal, to: Decimal| {
            let (from, to) = (Ratio::from(from), Ratio::from(to));
            x.minus(from)?.divided_by(to.minus(from)?)
        };
        Ok(Some(match &self.0 {
            Kind::TargetRatio | Kind::Logistic { .. } => return Ok(None),
            Kind::Unchanged => x,
            Kind::Goalposts { worst, best } => clipped(part(*worst, *best)?),
            Kind::MinMax { better: Better::Higher, least, greatest } => clipped(part(*least, *greatest)?),
            Kind::MinMax { better: Better::Lower, least, greatest } => clipped(part(*greatest, *least)?),
            Kind::StandardScore { better, mean, deviation } => {
                let score = x.minus((*mean).into())?.divided_by((*deviation).into())?;
                match better {
                    Better::Higher => score,
                    Better::Lower => score.negated(),
                }
            }
            Kind::Percentile { better, ties, sample } => {
                let (rank, all) = rank(*better, sample, x, *ties);
                return Ok(Ratio::of_integers(false, rank, all));
            }
            Kind::PiecewiseLinear { points } => {
                let next = points.partition_point(|(at, _)| Ratio::from(*at) <= x);
                match piece(points, next) {
                    [(x0, y0), (x1, _)] if x0 == x1 => y0.into(),
                    [(x0, y0), (x1, y1)] => {
                        let rise = Ratio::from(y1).minus(y0.into())?;
                        Ratio::from(y0).plus(rise.times(part(x0, x1)?)?)?
                    }
                }
            }
        }))
    }

    /// The score as a float, NaN only where `x` is.
    pub(super) fn estimate(&self, x: f64) -> f64 {
        let part = |from: Decimal, to: Decimal| (x - float(from)) / (float(to) - float(from));
        match &self.0 {
            Kind::TargetRatio => x.clamp(0.0, 1.0),
            Kind::Unchanged => x,
            Kind::Goalposts { worst, best } => part(*worst, *best).clamp(0.0, 1.0),
            Kind::MinMax { better: Better::Higher, least, greatest } => {
                part(*least, *greatest).clamp(0.0, 1.0)
            }
            Kind::MinMax { better: Better::Lower, least, greatest } => {
                part(*greatest, *least).clamp(0.0, 1.0)
            }
            Kind::StandardScore { better, mean, deviation } => {
                let score = (x - float(*mean)) / float(*deviation);
                if *better == Better::Higher { score } else { -score }
            }
            Kind::Percentile { better, ties, sample } => {
                // Counted at the nearest decimal: a value that rounding moved off an equal one would lose its tie.
                let (rank, all) = rank(*better, sample, nearest_decimal(x), *ties);
                quotient(rank, all)
            }
            Kind::Logistic { midpoint, steepness } => {
                1.0 / (1.0 + libm::exp(-float(*steepness) * (x - float(*midpoint))))
            }
            Kind::PiecewiseLinear { points } => {
                let next = points.partition_point(|(at, _)| float(*at) <= x);
                match piece(points, next) {
                    [(x0, y0), (x1, _)] if x0 == x1 => float(y0),
                    [(x0, y0), (x1, y1)] => float(y0) + (float(y1) - float(y0)) * part(x0, x1),
                }
            }
        }
    }
}

/// The ends of the line that a value lies on, where `next` is the first point above it; outside the points one twice.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "there are at least two points, and `next` is at most their number"
)]
fn piece(points: &[(Decimal, Decimal)], next: usize) -> [(Decimal, Decimal); 2] {
    debug_assert!(points.len() > 1 && next <= points.len(), "checked when the normaliser was made");
    [points[next.max(1) - 1], points[next.min(points.len() - 1)]]
}

/// The percentile rank on the side that is better, as numerator and denominator.
fn rank(better: Better, sample: &[Decimal], x: Ratio, ties: Ties) -> (u128, u128) {
    match better {
        Better::Higher => percentile_rank(sample, x, ties),
        Better::Lower => percentile_rank_from_above(sample, x, ties),
    }
}

#[expect(clippy::cast_precision_loss, reason = "twice the number of values in memory is far below 2^53")]
fn quotient(numerator: u128, denominator: u128) -> f64 {
    numerator as f64 / denominator as f64
}

/// The decimal's nearest float.
pub(super) fn float(value: Decimal) -> f64 {
    Ratio::from(value).to_f64()
}

pub(super) fn clipped(ratio: Ratio) -> Ratio {
    ratio.clamp(Ratio::ZERO, Ratio::ONE)
}

fn apart(what: &'static str, from: Decimal, to: Decimal) -> Result<(), HealthError> {
    if from == to { Err(HealthError::NoRange { what, from, to }) } else { Ok(()) }
}

/// The wire form: an object with one key, or the name alone where there is nothing to say.
enum Draft {
    TargetRatio,
    Unchanged,
    Goalposts { worst: WireDecimal, best: WireDecimal },
    MinMax { better: Better, least: WireDecimal, greatest: WireDecimal },
    StandardScore { better: Better, mean: WireDecimal, deviation: WireDecimal },
    Percentile { better: Better, ties: Ties, sample: Vec<WireDecimal> },
    Logistic { midpoint: WireDecimal, steepness: WireDecimal },
    PiecewiseLinear { points: Vec<(WireDecimal, WireDecimal)> },
}

wire_variants!(Draft {
    "target_ratio" => TargetRatio,
    "unchanged" => Unchanged,
    "goalposts" => Goalposts { worst, best },
    "min_max" => MinMax { better, least, greatest },
    "standard_score" => StandardScore { better, mean, deviation },
    "percentile" => Percentile { better, ties, sample },
    "logistic" => Logistic { midpoint, steepness },
    "piecewise_linear" => PiecewiseLinear { points },
});

impl TryFrom<Draft> for Normaliser {
    type Error = HealthError;

    fn try_from(draft: Draft) -> Result<Self, Self::Error> {
        match draft {
            Draft::TargetRatio => Ok(Self::TARGET_RATIO),
            Draft::Unchanged => Ok(Self::UNCHANGED),
            Draft::Goalposts { worst, best } => Self::goalposts(worst.0, best.0),
            Draft::MinMax { better, least, greatest } => Self::min_max(better, least.0, greatest.0),
            Draft::StandardScore { better, mean, deviation } => {
                Self::standard_score(better, mean.0, deviation.0)
            }
            Draft::Percentile { better, ties, sample } => {
                Self::percentile(better, ties, sample.into_iter().map(|value| value.0))
            }
            Draft::Logistic { midpoint, steepness } => Self::logistic(midpoint.0, steepness.0),
            Draft::PiecewiseLinear { points } => {
                Self::piecewise_linear(points.into_iter().map(|(x, y)| (x.0, y.0)))
            }
        }
    }
}

impl From<Normaliser> for Draft {
    fn from(normaliser: Normaliser) -> Self {
        let list = |values: Vec<Decimal>| values.into_iter().map(WireDecimal).collect();
        match normaliser.0 {
            Kind::TargetRatio => Self::TargetRatio,
            Kind::Unchanged => Self::Unchanged,
            Kind::Goalposts { worst, best } => {
                Self::Goalposts { worst: WireDecimal(worst), best: WireDecimal(best) }
            }
            Kind::MinMax { better, least, greatest } => {
                Self::MinMax { better, least: WireDecimal(least), greatest: WireDecimal(greatest) }
            }
            Kind::StandardScore { better, mean, deviation } => {
                Self::StandardScore { better, mean: WireDecimal(mean), deviation: WireDecimal(deviation) }
            }
            Kind::Percentile { better, ties, sample } => {
                Self::Percentile { better, ties, sample: list(sample) }
            }
            Kind::Logistic { midpoint, steepness } => {
                Self::Logistic { midpoint: WireDecimal(midpoint), steepness: WireDecimal(steepness) }
            }
            Kind::PiecewiseLinear { points } => Self::PiecewiseLinear {
                points: points.into_iter().map(|(x, y)| (WireDecimal(x), WireDecimal(y))).collect(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn score(normaliser: &Normaliser, value: Decimal) -> Decimal {
        normaliser.score(value.into()).unwrap().ratio().unwrap().to_decimal().unwrap()
    }

    #[test]
    fn each_kind_is_its_formula_and_its_estimate() {
        let sample = [dec!(1), dec!(2), dec!(2), dec!(4)];
        let less = Better::Lower;
        for (normaliser, value, expected) in [
            (Normaliser::UNCHANGED, dec!(1.5), dec!(1.5)),
            (Normaliser::goalposts(dec!(0), dec!(8)).unwrap(), dec!(2), dec!(0.25)),
            (Normaliser::min_max_of(less, &sample).unwrap(), dec!(1.75), dec!(0.75)),
            (Normaliser::min_max_of(Better::Higher, &sample).unwrap(), dec!(9), dec!(1)),
            (Normaliser::standard_score(less, dec!(3), dec!(2)).unwrap(), dec!(8), dec!(-2.5)),
            (Normaliser::percentile(less, Ties::Weak, sample).unwrap(), dec!(2), dec!(0.75)),
            (Normaliser::percentile(less, Ties::Strict, sample).unwrap(), dec!(2), dec!(0.25)),
            (Normaliser::percentile(Better::Higher, Ties::Rank, sample).unwrap(), dec!(2), dec!(0.625)),
            (Normaliser::percentile(Better::Higher, Ties::Rank, sample).unwrap(), dec!(3), dec!(0.75)),
            (Normaliser::percentile(Better::Higher, Ties::Mean, sample).unwrap(), dec!(2), dec!(0.5)),
        ] {
            assert_eq!(score(&normaliser, value), expected, "{normaliser}");
            assert!((normaliser.estimate(float(value)) - float(expected)).abs() < 1e-15, "{normaliser}");
        }
        let logistic = Normaliser::logistic(dec!(2), dec!(-3)).unwrap();
        assert!((logistic.score(dec!(2).into()).unwrap().to_f64() - 0.5).abs() < 1e-16);
        assert!(logistic.score(dec!(1e9).into()).unwrap().to_f64() < 1e-300);
    }

    #[test]
    fn what_makes_no_score_is_refused() {
        let refused = |result: Result<Normaliser, HealthError>| result.unwrap_err().to_string();
        assert_eq!(
            refused(Normaliser::goalposts(dec!(1), dec!(1.0))),
            "goalposts from 1 to 1.0 have no range"
        );
        assert!(Normaliser::min_max(Better::Higher, dec!(2), dec!(1)).is_err());
        assert!(Normaliser::min_max_of(Better::Higher, &[]).is_err());
        assert!(Normaliser::standard_score(Better::Higher, dec!(2), dec!(0)).is_err());
        assert!(Normaliser::percentile(Better::Higher, Ties::Weak, []).is_err());
        assert!(Normaliser::logistic(dec!(2), dec!(0)).is_err());
        let points = |points: &[(Decimal, Decimal)]| Normaliser::piecewise_linear(points.iter().copied());
        assert!(points(&[(dec!(1), dec!(1))]).is_err());
        assert_eq!(
            refused(points(&[(dec!(1), dec!(0)), (dec!(1), dec!(1))])),
            "point 1 is not above the one before it"
        );
        assert_eq!(refused(points(&[(dec!(1), dec!(0)), (dec!(2), dec!(2))])), "score 2 is outside 0..=1");
        assert_eq!(Normaliser::TARGET_RATIO.score(Score::ONE), Err(HealthError::NeedsTarget));
    }
}
