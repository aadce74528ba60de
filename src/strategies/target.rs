//! Targets with what was measured, and bands.

use super::{decimals, odd_units, ratios, small_decimals, strategy, units};
use crate::quantity::{Ratio, Unit};
use crate::target::{Achievement, ActualValue, Attainment, Bands, LowerRule, Target, Threshold};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;

/// Targets of every direction, in any unit and of any sign.
///
/// Mean size 46.3 characters; 18 % are edges: a bar of 0, both bars the same.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::targets;
/// use proptest::prelude::*;
///
/// proptest!(|(target in targets())| laws::reads_its_own_text(&target)?);
///
/// // Targets above 0, with values that often lie right at their ends.
/// proptest!(|((target, actual) in targets().with_digits(1..=999_999).with_actuals())| {
///     if let Ok(attainment) = target.attainment(actual) {
///         laws::met_exactly_at_one(&target, actual, attainment.ratio())?;
///     }
/// });
/// ```
pub fn targets() -> Targets {
    Targets { digits: None, unit: None, odd_units: false }
}

/// How targets are made; see [`targets`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Targets {
    digits: Option<RangeInclusive<i64>>,
    unit: Option<Unit>,
    odd_units: bool,
}

impl Targets {
    /// Targets of which the digits lie in this range, with up to five of them behind the point.
    pub fn with_digits(mut self, digits: RangeInclusive<i64>) -> Self {
        self.digits = Some(digits);
        self
    }

    /// Targets in this unit.
    pub fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = Some(unit);
        self
    }

    /// Targets in [units](odd_units) whose names look like something else.
    pub fn with_odd_units(mut self) -> Self {
        self.odd_units = true;
        self
    }

    /// The targets, each with an actual value in its unit: at one of its ends, just beside it, 0, or any ratio.
    #[must_use = "a strategy does nothing by itself"]
    pub fn with_actuals(self) -> impl Strategy<Value = (Target, Ratio)> + Clone {
        let beside = select(&[0_i64, 1, -1][..]);
        let actual = prop_oneof![
            3 => beside.prop_map(Ok),
            1 => Just(Err(Ratio::ZERO)),
            2 => decimals().prop_map(|value| Err(value.into())),
            2 => ratios().prop_map(Err),
        ];
        (self, actual, any::<bool>()).prop_map(|(target, actual, upper)| {
            let end = if upper { target.max().or(target.min()) } else { target.min().or(target.max()) };
            let end = Ratio::from(end.unwrap_or_default());
            // The smallest step of a decimal, where the ratio can take it.
            let beside = |step: i64| end.plus(Decimal::new(step, 28).into()).unwrap_or(end);
            (target, actual.map_or_else(|any| any, beside))
        })
    }

    fn cases(&self) -> impl Strategy<Value = Target> + use<> {
        let bar = match self.digits.clone() {
            Some(digits) => small_decimals(digits).boxed(),
            None => prop_oneof![1 => Just(Decimal::ZERO), 7 => decimals()].boxed(),
        };
        let any_unit = || if self.odd_units { odd_units().boxed() } else { units().boxed() };
        let unit = self.unit.clone().map_or_else(any_unit, |unit| Just(unit).boxed());
        let rule = select(&[LowerRule::Inverse, LowerRule::Linear][..]);
        let other = prop_oneof![1 => Just(None), 7 => bar.clone().prop_map(Some)];
        (bar, other, rule, unit, 0_u8..3).prop_filter_map("a target", |(a, b, rule, unit, direction)| {
            let b = b.unwrap_or(a);
            match direction {
                0 => Some(Target::at_least(a, unit)),
                1 => Some(Target::at_most(a, rule, unit)),
                _ => Target::between(a.min(b), a.max(b), rule, unit).ok(),
            }
        })
    }
}

strategy!(Targets => Target);

/// Bands of the classes 0, 1, 2 and so on with one to five edges in hundredths, each edge on either side of its value, with
/// the widest margin or a part of it.
///
/// Mean size 3.0 edges; 34 % are edges: one edge, no margin.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{bands, ratios};
/// use proptest::prelude::*;
///
/// proptest!(|(bands in bands(), one in ratios(), other in ratios())| {
///     laws::classes_rise(|value| *bands.classify(value), one, other)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn bands() -> impl Strategy<Value = Bands<usize>> + Clone {
    let gap = prop_oneof![4 => 1_i64..80, 1 => Just(1)];
    (-200_i64..100, vec((gap, any::<bool>()), 1..6), 0_i64..=4).prop_filter_map(
        "bands",
        |(lowest, gaps, part)| {
            let mut at = lowest;
            let mut narrowest: Option<i64> = None;
            let mut edges = Vec::new();
            for ((gap, included), class) in gaps.into_iter().zip(1_usize..) {
                // Below the first edge there is nothing that its margin could meet.
                narrowest =
                    if class == 1 { None } else { Some(narrowest.map_or(gap, |least| least.min(gap))) };
                at = if class == 1 { at } else { at.checked_add(gap)? };
                let value = Decimal::new(at, 2);
                let threshold =
                    if included { Threshold::at_or_above(value) } else { Threshold::above(value) };
                edges.push((threshold, class));
            }
            // Eighths of a hundredth are exact: four of them are half the distance, the widest margin.
            let margin = narrowest.unwrap_or(40).checked_mul(part)?.checked_mul(125)?;
            Bands::new(0, edges).ok()?.with_hysteresis(Decimal::new(margin, 5)).ok()
        },
    )
}

/// Values as they were measured: any ratio in any unit.
///
/// Mean size 31.4 characters; 88 % are edges: 0, no unit, a quotient that no decimal holds.
///
/// # Examples
/// ```
/// use marketloop::strategies::actual_values;
/// use proptest::prelude::*;
///
/// proptest!(|(actual in actual_values())| prop_assert_eq!(actual.value_in(actual.unit()), Ok(actual.value())));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn actual_values() -> impl Strategy<Value = ActualValue> + Clone {
    (ratios(), units()).prop_map(|(value, unit)| ActualValue::new(value, unit))
}

/// Attained parts of targets: any ratio, also below 0 and far above 1.
///
/// Mean size 17.5 characters; 21 % are edges: 0, 1, just below 1.
///
/// # Examples
/// ```
/// use marketloop::quantity::Ratio;
/// use marketloop::strategies::attainments;
/// use proptest::prelude::*;
///
/// proptest!(|(attainment in attainments())| {
///     prop_assert_eq!(attainment.is_met(), attainment.ratio() >= Ratio::ONE);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn attainments() -> impl Strategy<Value = Attainment> + Clone {
    let one = Target::at_least(Decimal::ONE, Unit::ONE);
    let below = Decimal::new(9_999_999, 7).into();
    let ends = select(Vec::from([Ratio::ZERO, Ratio::ONE, below]));
    prop_oneof![1 => ends, 4 => ratios()]
        .prop_filter_map("an attainment", move |ratio| one.attainment(ratio).ok())
}

/// What is attained of any [`targets`] by values that often lie right at their ends, and why something has no attainment.
///
/// Mean size 5.3 characters; 71 % are edges: no attainment, just met.
///
/// # Examples
/// ```
/// use marketloop::strategies::achievements;
/// use proptest::prelude::*;
///
/// proptest!(|(achievement in achievements())| {
///     if let Some(attainment) = achievement.attainment() {
///         prop_assert_eq!(attainment.is_met(), achievement.is_met());
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn achievements() -> impl Strategy<Value = Achievement> + Clone {
    targets().with_actuals().prop_map(|(target, actual)| target.achievement(actual))
}
