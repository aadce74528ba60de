//! The weights of a dimension by which the light of the score stays what it is.

use super::{Aggregation, Assessment, HealthError};
use crate::figure::{Cause, Figure, Interval};
use crate::quantity::Ratio;
use crate::target::Light;
use rust_decimal::Decimal;

impl Assessment<'_> {
    /// The shares of all weight that a dimension may have while the light of the score stays as it is and the other
    /// dimensions keep their proportions; undefined without a score of its own or of others beside it.
    ///
    /// An end at which the score stands on an edge belongs to the interval where the edge belongs to the light. It
    /// is for arithmetic means.
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
    /// let holds = matrix.assess()?.weight_interval("traffic")?.get()?;
    /// // At 80 % the score is just yellow: with more weight on the traffic it is red, with none of it green.
    /// assert_eq!(holds.high().to_percent(), "50%");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn weight_interval(&self, dimension: &str) -> Result<Figure<Interval<Ratio>>, HealthError> {
        let undefined = |what| HealthError::Undefined { what };
        if !self.is_plain(&Aggregation::Arithmetic) {
            return Err(undefined("the weight interval of means that are not arithmetic"));
        }
        let light = self.light().known().ok_or(undefined("the light of the score"))?;
        let (mut own, mut others) = (None, (Decimal::ZERO, Ratio::ZERO));
        for part in self.dimensions().iter().filter(|part| !part.weight().is_zero()) {
            let Some(score) = part.found().and_then(|score| score.ratio()) else { continue };
            if part.name() == dimension {
                own = Some(score);
            } else {
                let weight = crate::quantity::add(others.0, part.weight())?;
                others = (weight, others.1.plus(score.times(part.weight().into())?)?);
            }
        }
        let none = |what: &'static str| Figure::undefined("weight interval", Cause::None(what.into()));
        let Some(score) = own else { return Ok(none("score of the dimension")) };
        // Alone it has the whole weight whatever its own is: no weight can be the end of a light.
        if others.0.is_zero() {
            return Ok(none("score of another dimension"));
        }
        // The others keep their proportions: at any share of this one their mean is the same number.
        let rest = others.1.divided_by(others.0.into())?;
        let (mut low, mut high) = (Ratio::ZERO, Ratio::ONE);
        let slope = score.minus(rest)?;
        // Where both scores are one, no weight moves the score.
        if let Some((floor, ceiling)) = self.ends(light).filter(|_| !slope.is_zero()) {
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
        // The share that it has lies between: the light is that of the score.
        Ok(Figure::Known(Interval::new(low, high).map_err(|_| undefined("the weight interval"))?))
    }

    /// The edges of a light's band: from where, and up to where.
    fn ends(&self, light: Light) -> Option<(Option<Ratio>, Option<Ratio>)> {
        let bands = self.matrix().score_bands();
        let place = bands.edges().iter().position(|(_, class)| *class == light);
        let at = |index: usize| bands.edges().get(index).map(|(threshold, _)| threshold.at());
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
        self.found().is_some_and(|score| {
            edges.iter().any(|(threshold, _)| threshold.is_included() && threshold.at() == score.at_edge())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Matrix;
    use crate::time::date;
    use alloc::string::ToString;

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
        let holds = assessment.weight_interval("traffic").unwrap().known().unwrap();
        // 0.6 w + 0.95 (1 - w) = 0.8 at w = 3/7; never green.
        assert_eq!(holds, Interval::new(Ratio::ZERO, "3/7".parse().unwrap()).unwrap());
        let unmeasured = assessment.weight_interval("tool adoption").unwrap();
        assert_eq!(unmeasured.to_string(), "undefined: there is no score of the dimension");
        assert!(!assessment.stands_on_edge());
    }
}
