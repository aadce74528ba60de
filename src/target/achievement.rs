//! What a measured value says of its target, also where the attainment does not exist.

use super::{ActualValue, Attainment, Bands, Goal, LowerRule, Target, TargetError};
use crate::quantity::{Ratio, Rounding};
use core::fmt;
use rust_decimal::Decimal;

/// What a measured value says of its target: how far it attains it or, where that quotient does not exist,
/// whether it meets it.
///
/// *Undefined* is not *missing*: 9 complaints against at most 0 have no attainment, and the target is missed.
///
/// # Formula
/// Where the attainment is undefined, its one-sided limit stands for it: +infinity where the target is met,
/// -infinity where it is missed. So the class is the best or the lowest one, and the share 1 or 0.
///
/// # Examples
/// ```
/// use marketloop::quantity::Ratio;
/// use marketloop::target::{Bands, Light, Target, Threshold};
/// use rust_decimal::dec;
///
/// let lights = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
/// let complaints: Target = "at most 0, linear".parse()?;
/// let missed = complaints.achievement(dec!(9));
/// assert!(missed.attainment().is_none() && !missed.is_met());
/// assert_eq!((missed.class(&lights), missed.share()), (&Light::Red, Ratio::ZERO));
/// assert_eq!(complaints.achievement(dec!(0)).class(&lights), &Light::Green);
/// # Ok::<(), marketloop::target::TargetError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Achievement {
    /// The attained part of the target.
    Attained(Attainment),
    /// The value has no attainment.
    Undefined {
        /// Whether it meets the target.
        met: bool,
        /// Why there is no attainment.
        why: TargetError,
    },
}

impl Achievement {
    /// Whether the target is met: always known.
    #[must_use]
    pub fn is_met(&self) -> bool {
        match self {
            Self::Attained(attainment) => attainment.is_met(),
            Self::Undefined { met, .. } => *met,
        }
    }

    /// The attainment; `None` where it is undefined.
    #[must_use]
    pub const fn attainment(&self) -> Option<Attainment> {
        match self {
            Self::Attained(attainment) => Some(*attainment),
            Self::Undefined { .. } => None,
        }
    }

    /// The class of the attainment, whatever it was before; of an undefined one the best class where the
    /// target is met, and the lowest where it is missed.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{Bands, Light, Target, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let lights = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let orders: Target = "at least 500 order".parse()?;
    /// assert_eq!(orders.achievement(dec!(480)).class(&lights), &Light::Yellow);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn class<'a, C>(&self, bands: &'a Bands<C>) -> &'a C {
        match self {
            Self::Attained(attainment) => bands.classify(attainment.ratio()),
            Self::Undefined { met: true, .. } => bands.highest(),
            Self::Undefined { met: false, .. } => bands.lowest(),
        }
    }

    /// The class after the class `previous`, as in [`Bands::classify_after`]. A limit lies beyond every
    /// margin.
    #[must_use]
    pub fn class_after<'a, C: PartialEq>(&self, bands: &'a Bands<C>, previous: &C) -> &'a C {
        match self {
            Self::Attained(attainment) => bands.classify_after(previous, attainment.ratio()),
            // A limit lies beyond every margin: the class before has no say.
            Self::Undefined { .. } => self.class(bands),
        }
    }

    /// The attainment within 0 and 1; of an undefined one 1 where the target is met, and 0 where it is missed.
    #[must_use]
    pub fn share(&self) -> Ratio {
        match self {
            // A share is a part of one: beyond the target there is no more to attain, and below nothing no less.
            Self::Attained(attainment) => attainment.ratio().clamp(Ratio::ZERO, Ratio::ONE),
            Self::Undefined { met: true, .. } => Ratio::ONE,
            Self::Undefined { met: false, .. } => Ratio::ZERO,
        }
    }
}

impl fmt::Display for Achievement {
    /// The attainment, `75%`, or `met` or `missed` where there is none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attained(attainment) => attainment.fmt(f),
            Self::Undefined { met: true, .. } => f.pad("met"),
            Self::Undefined { met: false, .. } => f.pad("missed"),
        }
    }
}

impl Target {
    /// What `actual`, in the target's unit, says of the target.
    ///
    /// An attainment whose lowest terms need more than 128 bits is rounded to 28 decimals, on the side of 1 on
    /// which it lies; [`attainment`](Self::attainment) refuses it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::Target;
    /// use rust_decimal::dec;
    ///
    /// let complaints: Target = "at most 0, linear".parse()?;
    /// assert!(complaints.attainment(dec!(9)).is_err()); // nothing is a share of 0
    /// assert!(!complaints.achievement(dec!(9)).is_met()); // and the answer is known all the same
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn achievement(&self, actual: impl Into<Ratio>) -> Achievement {
        let actual = actual.into();
        match self.attainment(actual) {
            Ok(attainment) => Achievement::Attained(attainment),
            Err(why) => {
                let met = self.is_met(actual);
                // A value that is too long is no undefined figure: it has a quotient, and 28 digits of it are told.
                match why {
                    TargetError::Quantity(_) => self.rounded(actual, met),
                    _ => None,
                }
                .map_or(Achievement::Undefined { met, why }, Achievement::Attained)
            }
        }
    }

    /// What an actual value with a unit says of the target; the units may differ by a power of ten.
    ///
    /// # Errors
    /// [`TargetError::Quantity`] when the units differ, or the value in the target's unit needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::Target;
    ///
    /// let share: Target = "at least 25 %".parse()?;
    /// assert!(share.achievement_of(&"0.27".parse()?)?.is_met());
    /// assert!(share.achievement_of(&"27 CNY".parse()?).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn achievement_of(&self, actual: &ActualValue) -> Result<Achievement, TargetError> {
        Ok(self.achievement(actual.value_in(self.unit())?))
    }

    /// The attainment to 28 decimals, on the stated side of 1; `None` where it is beyond 28 digits, so that
    /// the limit is as near.
    fn rounded(&self, exact: Ratio, met: bool) -> Option<Attainment> {
        // The largest decimal below 1.
        const BELOW_ONE: Decimal = Decimal::from_parts(0x0FFF_FFFF, 0x3E25_0261, 0x204F_CE5E, false, 28);
        // As many decimals as fit beside the digits before the point.
        let nearest =
            || (0..=Decimal::MAX_SCALE).rev().find_map(|scale| exact.round((scale, Rounding::HalfEven)).ok());
        let actual = exact.to_decimal().or_else(nearest)?;
        let below = |target: Decimal| actual.checked_div(target);
        let above = |target: Decimal, rule| match rule {
            LowerRule::Linear => Decimal::TWO.checked_sub(actual.checked_div(target)?),
            LowerRule::Inverse => target.checked_div(actual),
        };
        let rounded = match self.goal() {
            Goal::AtLeast(target) => below(target),
            Goal::AtMost(target, rule) => above(target, rule),
            Goal::Between { low, .. } if exact < low.into() => below(low),
            Goal::Between { high, above: rule, .. } => above(high, rule),
        }?;
        // Rounding must not turn a miss into a target that is just met, nor the other way round.
        let sided = if met { rounded.max(Decimal::ONE) } else { rounded.min(BELOW_ONE) };
        Some(Attainment::new(sided.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Unit;
    use crate::target::{Light, Threshold};
    use rust_decimal::dec;

    fn lights() -> Bands<Light> {
        Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap()
    }

    /// N2: a measured value says whether its target is met, whatever the target's kind, rule and sign.
    #[test]
    fn a_measured_value_is_never_without_an_answer() {
        let values = [dec!(-10), dec!(-3), dec!(-1), dec!(0), dec!(1), dec!(3), dec!(9)];
        let (mut undefined, mut all) = (0, 0);
        let mut check = |target: Target| {
            for actual in values {
                let found = target.achievement(actual);
                let met = target.is_met(actual);
                all += 1;
                assert_eq!(found.is_met(), met, "{target}, {actual}");
                match target.attainment(actual) {
                    Ok(attainment) => assert_eq!(found, Achievement::Attained(attainment)),
                    Err(why) => {
                        undefined += 1;
                        let (light, share) =
                            if met { (Light::Green, Ratio::ONE) } else { (Light::Red, Ratio::ZERO) };
                        assert_eq!((*found.class(&lights()), found.share()), (light, share));
                        let from = [Light::Red, Light::Yellow, Light::Green];
                        let after = from.map(|previous| *found.class_after(&lights(), &previous));
                        assert_eq!(after, [light; 3], "no margin holds a limit");
                        assert_eq!(found, Achievement::Undefined { met, why });
                    }
                }
            }
        };
        for value in values {
            check(Target::at_least(value, Unit::ONE));
            for rule in [LowerRule::Inverse, LowerRule::Linear] {
                check(Target::at_most(value, rule, Unit::ONE));
                for high in values.into_iter().filter(|high| *high >= value) {
                    check(Target::between(value, high, rule, Unit::ONE).unwrap());
                }
            }
        }
        assert_eq!((undefined, all), (217, 539));
    }

    /// N2: more digits than a fraction holds are rounded, not hidden.
    #[test]
    fn an_attainment_of_too_many_digits_keeps_its_side() {
        let third = dec!(0.3333333333333333333333333333);
        let far: Target = "at least 900000000001".parse().unwrap();
        assert!(matches!(far.attainment(third), Err(TargetError::Quantity(_))));
        let found = far.achievement(third);
        assert_eq!(found.attainment().unwrap().ratio(), dec!(0.0000000000003703703703699588).into());
        // A third below and above 1 by less than a 28th decimal.
        let least: Target = "at least 3.3333333333333333333333333333".parse().unwrap();
        let most: Target = "at most 3.3333333333333333333333333333, linear".parse().unwrap();
        let one_more = dec!(3.3333333333333333333333333334);
        assert!(least.achievement(one_more).is_met() && !most.achievement(one_more).is_met());
        let huge: Target = "at most 0.0000000000000000000000000001, linear".parse().unwrap();
        assert!(matches!(huge.achievement(Decimal::MAX), Achievement::Undefined { met: false, .. }));
    }
}
