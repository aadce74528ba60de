//! A health matrix to begin with.

use super::{Dimension, HealthError, Indicator, Matrix};
use crate::error::Problems;
use crate::quantity::Unit;
use crate::target::{Bands, Light, Target, Threshold};
use crate::time::Grain;
use rust_decimal::Decimal;

/// Each dimension with its source, its review cycle, and the targets in per cent of its two indicators.
type Row = (&'static str, &'static str, Grain, [(&'static str, u8); 2]);

const ROWS: [Row; 4] = [
    (
        "traffic",
        "logs and finance",
        Grain::Quarter,
        [("organic share", 50), ("acquisition-cost decrease", 15)],
    ),
    (
        "stickiness",
        "CRM and membership",
        Grain::Month,
        [("repurchase rate", 25), ("active-user retention", 60)],
    ),
    (
        "tool adoption",
        "tool logs",
        Grain::HalfYear,
        [("usage of trained tools", 80), ("automated-task coverage", 50)],
    ),
    (
        "conversion",
        "sales and orders",
        Grain::Quarter,
        [("lead conversion", 8), ("customer value uplift", 20)],
    ),
];

impl Matrix {
    /// A matrix of four dimensions with two indicators each, all in per cent and all to be reached or exceeded,
    /// not measured yet: traffic, stickiness, tool adoption and conversion, green from the target on and
    /// **yellow from 80 % of the target on**.
    ///
    /// The plans that the targets come from say nothing of yellow: the 80 % are this preset's assumption.
    /// [`marketing_with`](Self::marketing_with) takes another one. A decrease or an uplift may be negative.
    ///
    /// # Errors
    /// None with these figures; the type is that of every matrix.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    ///
    /// let matrix = Matrix::marketing()?;
    /// let targets: Vec<String> = matrix.readings().map(|r| r.indicator().target.to_string()).collect();
    /// assert_eq!(targets[..3], ["at least 50 %", "at least 15 %", "at least 25 %"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn marketing() -> Result<Self, Problems<HealthError>> {
        let yellow = Threshold::at_or_above(Decimal::from_parts(8, 0, 0, false, 1));
        let bands = Bands::lights(yellow, Threshold::at_or_above(Decimal::ONE));
        // They rise. Told as a problem all the same: the library has no panic for what cannot be.
        match bands {
            Ok(bands) => Self::marketing_with(bands),
            Err(error) => {
                let mut problems = Problems::new();
                problems.push(crate::error::Path::root().field("bands"), error);
                Err(problems)
            }
        }
    }

    /// The matrix of [`marketing`](Self::marketing) with the caller's bands.
    ///
    /// # Errors
    /// Lights that do not rise (`bands`).
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::Matrix;
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use marketloop::time::date;
    /// use rust_decimal::dec;
    ///
    /// // A plan that calls 90 % yellow.
    /// let bands = Bands::lights(Threshold::at_or_above(dec!(0.9)), Threshold::at_or_above(dec!(1)))?;
    /// let matrix = Matrix::marketing_with(bands)?;
    /// let matrix = matrix.measured("traffic", "organic share", "44 %".parse()?, date(2026, 9, 30)?)?;
    /// assert_eq!(matrix.assess()?.light().get()?, Light::Red);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn marketing_with(bands: Bands<Light>) -> Result<Self, Problems<HealthError>> {
        let percent = Unit::PERCENT;
        let dimensions = ROWS.map(|(name, source, review, indicators)| {
            let indicators = indicators.map(|(indicator, target)| {
                let target = Target::at_least(target.into(), percent.clone());
                Indicator::new(indicator, target, review).with_source(source)
            });
            Dimension::new(name, indicators)
        });
        Self::new(bands, dimensions)
    }
}
