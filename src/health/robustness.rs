//! How much a weight may differ before the light does.

use super::{Aggregation, Assessment, HealthError};
use crate::quantity::{Ratio, Share};
use crate::target::{EdgeSide, Light};
use rust_decimal::Decimal;

/// The weights of one dimension, as shares of all, between which the light of the score holds while the other
/// dimensions keep their proportions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeightInterval {
    /// The share that it has.
    pub share: Ratio,
    /// The least share at which the light holds.
    pub low: Ratio,
    /// The greatest share at which the light holds.
    pub high: Ratio,
}

impl Assessment<'_> {
    /// The weights of a dimension between which the light of the score stays as it is, of arithmetic means;
    /// `None` of a dimension without a score or without others beside it. An end at which the score stands on
    /// an edge belongs to the interval where the edge belongs to the light.
    ///
    /// # Formula
    /// With the score s of the dimension and r of the others, the score is w s + (1 - w) r: it meets an edge e
    /// at w = (e - r) / (s - r).
    ///
    /// # Errors
    /// [`HealthError::Undefined`] without a score and for other means than arithmetic ones;
    /// [`HealthError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::time::date;
    ///
    /// let end = date(2026, 9, 30)?;
    /// let matrix = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "30 %".parse()?, end)? // 60 % of its target
    ///     .measured("conversion", "lead conversion", "8 %".parse()?, end)?; // all of it
    /// let holds = matrix.assess()?.weight_interval("traffic")?.ok_or("both have scores")?;
    /// // At 80 % the score is just yellow: with more weight on the traffic it is red, with none of it green.
    /// assert_eq!((holds.share.to_percent(), holds.high.to_percent()), ("50%".into(), "50%".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn weight_interval(&self, dimension: &str) -> Result<Option<WeightInterval>, HealthError> {
        let undefined = |what| HealthError::Undefined { what };
        if !self.is_plain(&Aggregation::Arithmetic) {
            return Err(undefined("the weight interval of means that are not arithmetic"));
        }
        let light = self.light().ok_or(undefined("the light of the score"))?;
        let (mut own, mut others) = (None, (Decimal::ZERO, Ratio::ZERO));
        for part in self.dimensions().iter().filter(|part| !part.weight().is_zero()) {
            let Some(score) = part.score().and_then(|score| score.ratio()) else { continue };
            if part.name() == dimension {
                own = Some((Ratio::from(part.weight()), score));
            } else {
                let weight = crate::quantity::add(others.0, part.weight())?;
                others = (weight, others.1.plus(score.times(part.weight().into())?)?);
            }
        }
        let Some((weight, score)) = own.filter(|_| !others.0.is_zero()) else { return Ok(None) };
        let all = Ratio::from(others.0);
        let rest = others.1.divided_by(all)?;
        let share = weight.divided_by(weight.plus(all)?)?;
        let (mut low, mut high) = (Ratio::ZERO, Ratio::ONE);
        let slope = score.minus(rest)?;
        if slope.is_zero() {
            return Ok(Some(WeightInterval { share, low, high }));
        }
        if let Some((floor, ceiling)) = self.ends(light) {
            for edge in [floor, ceiling].into_iter().flatten() {
                let at = edge.minus(rest)?.divided_by(slope)?;
                // A light holds above its floor and below its ceiling: which side that is, the slope says.
                let is_floor = Some(edge) == floor;
                if is_floor == (slope > Ratio::ZERO) {
                    low = low.max(at);
                } else {
                    high = high.min(at);
                }
            }
        }
        Ok(Some(WeightInterval { share, low, high }))
    }

    /// The edges of a light's band: from where, and up to where.
    fn ends(&self, light: Light) -> Option<(Option<Ratio>, Option<Ratio>)> {
        let bands = self.matrix().score_bands();
        let place = bands.edges().iter().position(|edge| edge.class == light);
        let at = |index: usize| bands.edges().get(index).map(|edge| edge.threshold.at);
        match place {
            Some(index) => Some((at(index), at(index.checked_add(1)?))),
            None if *bands.lowest() == light => Some((None, at(0))),
            None => None,
        }
    }

    /// Whether the score stands on an edge of its own light's band, where any loss changes the light.
    #[must_use]
    pub fn stands_on_edge(&self) -> bool {
        let edges = self.matrix().score_bands().edges();
        self.score().is_some_and(|score| {
            edges
                .iter()
                .any(|edge| edge.threshold.side == EdgeSide::Above && edge.threshold.at == score.at_edge())
        })
    }
}

/// The share of a weight that may be lost or gained before the end of its interval.
impl WeightInterval {
    /// How far the share may move either way before the light changes.
    ///
    /// # Errors
    /// [`HealthError::Quantity`] beyond 128 bits.
    pub fn room(&self) -> Result<Ratio, HealthError> {
        Ok(self.share.minus(self.low)?.min(self.high.minus(self.share)?))
    }

    /// Whether the light holds whatever the weight.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.low <= Ratio::ZERO && self.high >= Ratio::from(Share::ONE.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Matrix;
    use crate::time::date;

    #[test]
    fn a_light_holds_within_its_interval_and_not_beyond() {
        let on = date(2026, 9, 30).unwrap();
        let matrix = Matrix::marketing().unwrap();
        let value = |matrix: Matrix, d: &str, i: &str, v: &str| {
            matrix.measured(d, i, v.parse().unwrap(), on).unwrap()
        };
        // 60 %, 100 % and 90 % of the targets: 83.3 %, yellow.
        let matrix = value(matrix, "traffic", "organic share", "30 %");
        let matrix = value(matrix, "conversion", "lead conversion", "8 %");
        let matrix = value(matrix, "stickiness", "repurchase rate", "22.5 %");
        let assessment = matrix.assess().unwrap();
        let holds = assessment.weight_interval("traffic").unwrap().unwrap();
        // 0.6 w + 0.95 (1 - w) = 0.8 at w = 3/7; never green.
        assert_eq!((holds.low, holds.high), (Ratio::ZERO, "3/7".parse().unwrap()));
        assert_eq!(holds.room().unwrap(), "2/21".parse().unwrap());
        assert!(!holds.is_whole());
        assert_eq!(assessment.weight_interval("tool adoption").unwrap(), None);
        assert!(!assessment.stands_on_edge());
    }
}
