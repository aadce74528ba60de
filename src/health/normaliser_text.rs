//! A normaliser as the text that a person writes.

use super::choice::named;
use super::normaliser::Kind;
use super::{HealthError, Normaliser};
use crate::error::UnknownWord;
use crate::quantity::parse_decimal;
use crate::target::Better;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

impl fmt::Display for Normaliser {
    /// `target ratio`, `goalposts(70, 30)`, `percentile(higher, mean, 1, 2, 5)`, `piecewise linear(0: 0, 10: 1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::TargetRatio => f.pad("target ratio"),
            Kind::Unchanged => f.pad("unchanged"),
            Kind::Goalposts { worst, best } => write!(f, "goalposts({worst}, {best})"),
            Kind::MinMax { better, least, greatest } => write!(f, "min-max({better}, {least}, {greatest})"),
            Kind::StandardScore { better, mean, deviation } => {
                write!(f, "standard score({better}, {mean}, {deviation})")
            }
            Kind::Percentile { better, ties, sample } => {
                write!(f, "percentile({better}, {ties}")?;
                sample.iter().try_for_each(|value| write!(f, ", {value}"))?;
                f.write_str(")")
            }
            Kind::Logistic { midpoint, steepness } => write!(f, "logistic({midpoint}, {steepness})"),
            Kind::PiecewiseLinear { points } => {
                f.write_str("piecewise linear(")?;
                for (index, (at, score)) in points.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{at}: {score}")?;
                }
                f.write_str(")")
            }
        }
    }
}

/// The forms of a normaliser in a text.
const KNOWN: [&str; 8] = [
    "target_ratio",
    "unchanged",
    "goalposts(worst, best)",
    "min_max(better, least, greatest)",
    "standard_score(better, mean, deviation)",
    "percentile(better, ties, values ...)",
    "logistic(midpoint, steepness)",
    "piecewise_linear(value: score, ...)",
];

impl FromStr for Normaliser {
    type Err = HealthError;

    /// Reads the text that is shown; a name may be that of the wire, `min_max`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || HealthError::from(UnknownWord::new("normaliser", text, &KNOWN));
        let (name, given) = named(text).ok_or_else(refuse)?;
        let better = |text: &str| match text {
            "higher" => Ok(Better::Higher),
            "lower" => Ok(Better::Lower),
            _ => Err(refuse()),
        };
        match (name.as_str(), given.as_slice()) {
            ("target ratio", []) => Ok(Self::TARGET_RATIO),
            ("unchanged", []) => Ok(Self::UNCHANGED),
            ("goalposts", [worst, best]) => Self::goalposts(parse_decimal(worst)?, parse_decimal(best)?),
            ("min max", [side, least, greatest]) => {
                Self::min_max(better(side)?, parse_decimal(least)?, parse_decimal(greatest)?)
            }
            ("standard score", [side, mean, deviation]) => {
                Self::standard_score(better(side)?, parse_decimal(mean)?, parse_decimal(deviation)?)
            }
            ("percentile", [side, ties, sample @ ..]) => {
                let sample = sample.iter().map(|value| parse_decimal(value));
                Self::percentile(better(side)?, ties.parse()?, sample.collect::<Result<Vec<_>, _>>()?)
            }
            ("logistic", [midpoint, steepness]) => {
                Self::logistic(parse_decimal(midpoint)?, parse_decimal(steepness)?)
            }
            ("piecewise linear", points) => {
                let point = |point: &&str| {
                    let (at, score) = point.split_once(':').ok_or_else(refuse)?;
                    Ok((parse_decimal(at.trim())?, parse_decimal(score.trim())?))
                };
                Self::piecewise_linear(points.iter().map(point).collect::<Result<Vec<_>, Self::Err>>()?)
            }
            _ => Err(refuse()),
        }
    }
}
