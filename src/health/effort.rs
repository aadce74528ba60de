//! What would turn a light green: the value that one indicator needs, and the least effort for the whole score.

use super::indicator_name::IndicatorName;
use super::light_ends::taking;
use super::{Aggregation, Assessment, HealthError, Reading, Score};
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::Ratio;
use crate::target::{Light, Threshold};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use serde::Serialize;

impl Reading<'_> {
    /// The worst value at which the indicator takes `light`, in its target's unit; where the value itself does not take
    /// it, as [`light_at`](Self::light_at) says, anything better does. Of a range target, which has a worst value at
    /// either side, it is the one nearer to the value it has, at a tie or without a value the lower one. Undefined where
    /// no value takes the light, or every value, as with lights that the bands do not have and with the lowest.
    ///
    /// # Formula
    /// With the threshold a of the light's band and the target t: a t where more is better; t / a (inverse) or
    /// (2 - a) t (linear) where less is; t itself where the attainment is undefined, so that only met or missed
    /// counts.
    ///
    /// # Errors
    /// [`HealthError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Indicator, Matrix};
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use marketloop::time::Grain;
    /// use rust_decimal::dec;
    ///
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let share = Indicator::new("advertising", "between 40 and 60 %, linear".parse()?, Grain::Month);
    /// let mix = Dimension::new("mix", [share.with_actual("59 %".parse()?)?]);
    /// let matrix = Matrix::new(bands, [mix])?;
    /// let reading = matrix.readings().next().ok_or("there is one")?;
    /// // It is green up to 60 %, which is nearer than 40 %, and yellow up to 72 %; whatever is worse is red.
    /// assert_eq!(reading.needed_for(Light::Green)?.to_string(), "60");
    /// assert_eq!(reading.needed_for(Light::Yellow)?.to_string(), "72");
    /// assert!(reading.needed_for(Light::Red)?.is_undefined());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn needed_for(&self, light: Light) -> Result<Figure<Ratio>, HealthError> {
        let none = || {
            let cause = Cause::None(format!("value at which {} turns {light}", self.name()).into());
            Figure::undefined("needed value", cause)
        };
        let Some(threshold) = threshold(self.light_edges(), light) else { return Ok(none()) };
        let ends = taking(self.indicator().target.goal(), threshold)?;
        let end = match ends.unwrap_or((None, None)) {
            // Of two ends the nearer asks for less; without a value neither is nearer.
            (Some(low), Some(high)) => match self.indicator().value() {
                Some(actual) if distance(actual, high.0)? < distance(actual, low.0)? => Some(high),
                _ => Some(low),
            },
            (one, other) => one.or(other),
        };
        Ok(end.map_or_else(none, |(at, _)| Figure::Known(at)))
    }
}

fn distance(from: Ratio, to: Ratio) -> Result<Ratio, HealthError> {
    Ok(if from < to { to.minus(from)? } else { from.minus(to)? })
}

/// The threshold from which a light begins.
fn threshold(edges: &[(Threshold, Light)], light: Light) -> Option<Threshold> {
    edges.iter().find(|(_, class)| *class == light).map(|(threshold, _)| *threshold)
}

/// One indicator that is raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
struct Step<'a> {
    dimension: &'a str,
    indicator: &'a str,
    /// Its score now.
    from: Ratio,
    /// The score that it is raised to, 1 at most.
    to: Ratio,
    /// What that takes: the rise times the effort of a whole point.
    effort: Ratio,
}

/// The least effort that brings the score to a light.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Effort<'a> {
    steps: Vec<Step<'a>>,
    total: Ratio,
    included: bool,
}

impl<'a> Assessment<'a> {
    /// The least effort that turns the light of the score to `light`, of arithmetic means: `effort` says what it
    /// takes to raise an indicator's score by a whole point (from 0 to 1), which is spread evenly. Indicators
    /// without a value are left out.
    ///
    /// # Formula
    /// Raise the indicator with the most effective weight per effort to 1, then the next, until the score is
    /// reached: the optimum of the linear problem (Dantzig, 1957).
    ///
    /// # Errors
    /// [`HealthError::Undefined`] without a score, for other means than arithmetic ones, for a light that the
    /// bands do not have and for an effort that is not above 0; [`HealthError::Unreachable`] where even scores
    /// of 1 do not suffice; [`HealthError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::quantity::Ratio;
    /// use marketloop::target::Light;
    /// use marketloop::time::date;
    ///
    /// let end = date(2026, 9, 30)?;
    /// let matrix = Matrix::marketing()?
    ///     .measured("traffic", "organic share", "30 %".parse()?, end)?
    ///     .measured("conversion", "lead conversion", "8 %".parse()?, end)?;
    /// // Of 80 % as it is, all that lacks to green is the organic share.
    /// let effort = matrix.assess()?.least_effort(Light::Green, |_, _| Ratio::ONE)?;
    /// assert_eq!(effort.raised("traffic", "organic share"), Some(Ratio::ONE));
    /// assert_eq!(effort.total().to_string(), "2/5");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn least_effort(
        &self,
        light: Light,
        effort: impl Fn(&str, &str) -> Ratio,
    ) -> Result<Effort<'a>, HealthError> {
        let undefined = |what| HealthError::Undefined { what };
        if !self.is_plain(&Aggregation::Arithmetic) {
            return Err(undefined("the least effort of means that are not arithmetic"));
        }
        let score = self.found().and_then(|score| score.ratio()).ok_or(undefined("the exact score"))?;
        let edge = threshold(self.matrix().score_bands().edges(), light);
        let edge = edge.ok_or(undefined("the edge of that light"))?;
        let (at, included) = (edge.at(), edge.is_included());
        let weights = self.effective_weights().ok_or(undefined("the effective weights"))?;
        let mut open = Vec::new();
        for (reading, weight) in self.readings().zip(weights) {
            let Some(from) = reading.scored.and_then(|score| score.ratio()) else { continue };
            // What has no weight moves nothing; a plan raises scores up to 1 and lowers none.
            if weight.is_zero() || from >= Ratio::ONE {
                continue;
            }
            let (dimension, name) = (reading.dimension(), reading.indicator().name.as_str());
            let price = effort(dimension, name);
            // At a price of 0 the worth is no number, and below 0 the plan would earn by rising.
            if price <= Ratio::ZERO {
                return Err(undefined("an effort that is not above 0"));
            }
            // A whole point of the cheapest effort per weight first: the problem is linear, so that this order is the optimum.
            open.push((
                weight.divided_by(price)?,
                weight,
                price,
                Step { dimension, indicator: name, from, to: from, effort: Ratio::ZERO },
            ));
        }
        // Stable: at ties the order of the matrix.
        open.sort_by_key(|(worth, ..)| Reverse(*worth));
        // By how much the score rises when every open indicator reaches 1.
        let mut room = Ratio::ZERO;
        for (_, weight, _, step) in &open {
            room = room.plus(Ratio::ONE.minus(step.from)?.times(*weight)?)?;
        }
        let (mut reached, mut plan) = (score, Effort { steps: Vec::new(), total: Ratio::ZERO, included });
        for (_, weight, price, step) in open {
            if reached >= at {
                break;
            }
            let left = Ratio::ONE.minus(step.from)?;
            let needed = at.minus(reached)?.divided_by(weight)?;
            // Only the last step stops short of 1: all before it brought more for their effort.
            let rise = left.min(needed);
            reached = reached.plus(rise.times(weight)?)?;
            let taken = rise.times(price)?;
            plan.total = plan.total.plus(taken)?;
            plan.steps.push(Step { to: step.from.plus(rise)?, effort: taken, ..step });
        }
        // Where the score lies above an edge that is left out, it has the light already.
        plan.included = included || reached > at;
        // Nothing is left to raise where the plan took all there was: on an edge that is left out that is too little.
        let highest = score.plus(room)?;
        if reached < at || (!plan.included && highest <= at) {
            let highest = Box::new(Score::from(highest));
            return Err(HealthError::Unreachable { needed: Box::new(Score::from(at)), highest });
        }
        Ok(plan)
    }
}

impl<'a> Effort<'a> {
    /// The indicators to raise, the most worthwhile first, by dimension and name; none where the score has the light
    /// already.
    #[must_use]
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + Clone + use<'a, '_> {
        self.steps.iter().map(|step| (step.dimension, step.indicator))
    }

    /// The score that an indicator is raised to, 1 at most; `None` where it stays as it is.
    #[must_use]
    pub fn raised(&self, dimension: &str, indicator: &str) -> Option<Ratio> {
        self.step(dimension, indicator).map(|step| step.to)
    }

    /// What it takes to raise one indicator: the rise times the effort of a whole point; 0 where it stays as it is.
    #[must_use]
    pub fn of(&self, dimension: &str, indicator: &str) -> Ratio {
        self.step(dimension, indicator).map_or(Ratio::ZERO, |step| step.effort)
    }

    /// The sum of all efforts.
    #[must_use]
    pub const fn total(&self) -> Ratio {
        self.total
    }

    /// Whether the score takes the light after these steps; if not, it stands on an edge that the light leaves out, and
    /// any rise takes it.
    #[must_use]
    pub const fn is_included(&self) -> bool {
        self.included
    }

    fn step(&self, dimension: &str, indicator: &str) -> Option<&Step<'a>> {
        self.steps.iter().find(|step| step.dimension == dimension && step.indicator == indicator)
    }
}

impl Effort<'_> {
    /// Each raised indicator as a row, with its scores and its effort, then the total effort.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("indicator");
        for step in &self.steps {
            let name = IndicatorName::new(step.dimension, step.indicator);
            table.push(&name, "from", Score::from(step.from));
            table.push(&name, "to", Score::from(step.to));
            table.push(&name, "effort", Cell::new(step.effort, "1"));
        }
        let total = Cell { unit: "1".into(), ..Cell::from(self.total) };
        let total = if self.included { total } else { total.because("anything more takes the light") };
        table.push("(total)", "effort", total);
        table
    }
}

impl fmt::Display for Effort<'_> {
    /// The [`table`](Effort::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Dimension, Indicator, Matrix, MissingPolicy, Scoring};
    use crate::target::{Bands, Target};
    use crate::time::Grain;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn bands(green: Threshold) -> Bands<Light> {
        Bands::lights(Threshold::at_or_above(dec!(0.8)), green).unwrap()
    }

    fn one(target: &str, actual: &str, green: Threshold) -> Matrix {
        let target: Target = target.parse().unwrap();
        let indicator = Indicator::new("i", target, Grain::Month).with_actual(actual.parse().unwrap());
        Matrix::new(bands(green), [Dimension::new("d", [indicator.unwrap()])]).unwrap()
    }

    #[test]
    fn the_needed_value_is_the_edge_of_its_light() {
        let needed = |target, actual, light| {
            let matrix = one(target, actual, Threshold::at_or_above(dec!(1)));
            let reading = matrix.readings().next().unwrap();
            reading.needed_for(light).unwrap().known().map(|needed| needed.to_string())
        };
        assert_eq!(needed("at least 50 %", "40 %", Light::Green).as_deref(), Some("50"));
        assert_eq!(needed("at most 80, inverse", "200", Light::Yellow).as_deref(), Some("100"));
        assert_eq!(needed("at most 80, linear", "200", Light::Yellow).as_deref(), Some("96"));
        assert_eq!(needed("between 40 and 60, linear", "30", Light::Yellow).as_deref(), Some("32"));
        assert_eq!(needed("between 40 and 60, linear", "90", Light::Yellow).as_deref(), Some("72"));
        for (actual, green, yellow) in [
            ("30", "40", "32"),
            ("41", "40", "32"),
            ("50", "40", "32"),
            ("59", "60", "72"),
            ("61", "60", "72"),
        ] {
            let needed = |light| needed("between 40 and 60, linear", actual, light);
            assert_eq!(
                (needed(Light::Green).as_deref(), needed(Light::Yellow).as_deref()),
                (Some(green), Some(yellow))
            );
        }
        for undefined in ["at least 0", "at most 0, linear", "at most 0, inverse"] {
            assert_eq!(needed(undefined, "1", Light::Green).as_deref(), Some("0"), "{undefined}");
        }
        assert_eq!(needed("at least 50 %", "40 %", Light::Red), None);
        let beyond = one("at least 50 %", "40 %", Threshold::above(dec!(1)));
        let found = beyond.readings().next().unwrap().needed_for(Light::Green).unwrap();
        assert_eq!(found, Figure::Known(Ratio::from(dec!(50))));
        assert_eq!(beyond.readings().next().unwrap().light_at(found.known().unwrap()), Light::Yellow);
    }

    #[test]
    fn above_an_edge_that_is_left_out_the_light_is_there() {
        let matrix = one("at least 50 %", "45 %", Threshold::above(dec!(0.85)));
        let assessment = matrix.assess().unwrap();
        let plan = assessment.least_effort(Light::Green, |_, _| Ratio::ONE).unwrap();
        assert!(plan.is_included() && plan.steps().len() == 0);
        // On the edge itself it is not, and anything more takes it.
        let matrix = one("at least 50 %", "45 %", Threshold::above(dec!(0.9)));
        let assessment = matrix.assess().unwrap();
        let plan = assessment.least_effort(Light::Green, |_, _| Ratio::ONE).unwrap();
        assert!(!plan.is_included() && plan.steps().len() == 0);
    }

    #[test]
    fn a_highest_score_on_an_edge_that_is_left_out_is_not_enough() {
        let target = |name: &str| Indicator::new(name, "at least 50 %".parse().unwrap(), Grain::Month);
        let measured = target("i").with_actual("40 %".parse().unwrap()).unwrap();
        let bands = |green| Bands::lights(Threshold::at_or_above(dec!(0.2)), green).unwrap();
        let plan = |green| {
            let scoring = Scoring { missing: MissingPolicy::Zero, ..Scoring::default() };
            let dimension = Dimension::new("d", [measured.clone(), target("j")]);
            let matrix = Matrix::new(bands(green), [dimension]).unwrap().with_scoring(scoring).unwrap();
            let assessment = matrix.assess().unwrap();
            assessment.least_effort(Light::Green, |_, _| Ratio::ONE).map(|plan| plan.is_included())
        };
        // One of two is missing and counts 0: a half is all there is.
        assert_eq!(plan(Threshold::at_or_above(dec!(0.5))), Ok(true));
        assert!(matches!(plan(Threshold::above(dec!(0.5))), Err(HealthError::Unreachable { .. })));
    }

    #[test]
    fn what_cannot_be_reached_says_so() {
        let matrix = one("at least 50 %", "40 %", Threshold::above(dec!(1)));
        let refused = matrix.assess().unwrap().least_effort(Light::Green, |_, _| Ratio::ONE);
        assert!(matches!(refused, Err(HealthError::Unreachable { .. })));
        let matrix = one("at least 50 %", "40 %", Threshold::at_or_above(dec!(1)));
        let assessment = matrix.assess().unwrap();
        let free = assessment.least_effort(Light::Green, |_, _| Ratio::ZERO);
        assert!(matches!(free, Err(HealthError::Undefined { .. })));
        let done = assessment.least_effort(Light::Yellow, |_, _| Ratio::ONE).unwrap();
        assert_eq!((done.steps.len(), done.total), (0, Ratio::ZERO));
        let step = assessment.least_effort(Light::Green, |_, _| Ratio::from(dec!(3))).unwrap();
        assert_eq!(step.steps().collect::<Vec<_>>(), [("d", "i")]);
        assert_eq!((step.raised("d", "i"), step.of("d", "i")), (Some(Ratio::ONE), Ratio::from(dec!(0.6))));
        assert_eq!((step.raised("d", "j"), step.of("d", "j")), (None, Ratio::ZERO));
        assert_eq!(step.total(), Ratio::from(dec!(0.6)));
    }
}
