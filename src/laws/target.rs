//! Attainments agree with their targets, classes with their edges.

use super::{Broken, hold};
use crate::quantity::Ratio;
use crate::target::{Bands, Target};
use alloc::format;
use alloc::vec::Vec;
use core::fmt::Debug;

/// An attainment reaches 1 exactly where the target is met.
///
/// # Errors
/// [`Broken`], with the target, the actual value and its attainment.
///
/// # Examples
/// ```
/// use marketloop::laws::met_exactly_at_one;
/// use marketloop::strategies::targets;
/// use proptest::prelude::*;
///
/// proptest!(|((target, actual) in targets().with_actuals())| {
///     if let Ok(attainment) = target.attainment(actual) {
///         met_exactly_at_one(&target, actual, attainment.ratio())?;
///     }
/// });
/// ```
pub fn met_exactly_at_one(target: &Target, actual: Ratio, attainment: Ratio) -> Result<(), Broken> {
    let (met, reached) = (target.is_met(actual), attainment >= Ratio::ONE);
    hold("met_exactly_at_one", met == reached, || {
        let met = if met { "meets" } else { "misses" };
        format!("{actual} {met} the target of {target}, with an attainment of {attainment}")
    })
}

/// Of two actual values the better one attains at least as much; in a range those that come nearer to it.
///
/// A value may lack an attainment only where [`Target::attainment`] has none: of nothing, or beyond 128 bits.
///
/// # Errors
/// [`Broken`], with the target, the two values and their attainments; also where one is lacking.
///
/// # Examples
/// ```
/// use marketloop::laws::better_attains_more;
/// use marketloop::strategies::{small_decimals, targets};
/// use proptest::prelude::*;
///
/// proptest!(|(target in targets().with_digits(1..=99_999), a in small_decimals(1..=99_999), b in small_decimals(1..=99_999))| {
///     let attainment = |actual| target.attainment(actual).ok().map(|attainment| attainment.ratio());
///     better_attains_more(&target, attainment, a.into(), b.into())?;
/// });
/// ```
pub fn better_attains_more(
    target: &Target,
    attainment: impl Fn(Ratio) -> Option<Ratio>,
    one: Ratio,
    other: Ratio,
) -> Result<(), Broken> {
    const LAW: &str = "better_attains_more";
    let (less, more) = (one.min(other), one.max(other));
    let of = |actual: Ratio| {
        let found = attainment(actual);
        hold(LAW, found.is_some() || target.attainment(actual).is_err(), || {
            format!("{actual} has no attainment of the target of {target}")
        })?;
        Ok(found)
    };
    let (Some(of_less), Some(of_more)) = (of(less)?, of(more)?) else { return Ok(()) };
    let rises = target.min().is_some() && target.max().is_none_or(|high| more <= high.into());
    let falls = target.max().is_some() && target.min().is_none_or(|low| less >= low.into());
    // Of two values within a range both are asked for; of values on two sides of it neither says anything.
    let holds = (!rises || of_less <= of_more) && (!falls || of_less >= of_more);
    hold(LAW, holds, || {
        format!("of the target of {target} {less} attains {of_less}, and {more} attains {of_more}")
    })
}

/// A larger value never falls into a lower class. One class for all values keeps the law: where the edges are is for
/// [`edge_belongs_to_its_side`].
///
/// # Errors
/// [`Broken`], with the two values and their classes.
///
/// # Examples
/// ```
/// use marketloop::laws::classes_rise;
/// use marketloop::strategies::{bands, ratios};
/// use proptest::prelude::*;
///
/// proptest!(|(bands in bands(), one in ratios(), other in ratios(), before in 0_usize..6)| {
///     classes_rise(|value| *bands.classify_after(&before, value), one, other)?;
/// });
/// ```
pub fn classes_rise<C: Ord + Debug>(
    classify: impl Fn(Ratio) -> C,
    one: Ratio,
    other: Ratio,
) -> Result<(), Broken> {
    let (less, more) = (one.min(other), one.max(other));
    let (low, high) = (classify(less), classify(more));
    hold("classes_rise", low <= high, || format!("{less} is of class {low:?}, and {more} of {high:?}"))
}

/// At the value of an edge the class is the one above it where the edge is included, else the one below it.
///
/// # Errors
/// [`Broken`], with the edge and the class that was found there.
///
/// # Examples
/// ```
/// use marketloop::laws::edge_belongs_to_its_side;
/// use marketloop::strategies::bands;
/// use proptest::prelude::*;
///
/// proptest!(|(bands in bands())| edge_belongs_to_its_side(&bands, |value| *bands.classify(value))?);
/// ```
pub fn edge_belongs_to_its_side<C: PartialEq + Debug>(
    bands: &Bands<C>,
    classify: impl Fn(Ratio) -> C,
) -> Result<(), Broken> {
    let mut below = bands.lowest();
    for (threshold, above) in bands.edges() {
        let expected = if threshold.is_included() { above } else { below };
        let found = classify(threshold.at());
        hold("edge_belongs_to_its_side", found == *expected, || {
            format!("at the edge {threshold} the class is {found:?}, not {expected:?}")
        })?;
        below = above;
    }
    Ok(())
}

/// A value that is classified once more, after the class that it has, keeps that class; so does one class for all values.
///
/// # Errors
/// [`Broken`], with the value and the classes.
///
/// # Examples
/// ```
/// use marketloop::laws::a_class_is_its_own_successor;
/// use marketloop::strategies::{bands, ratios};
/// use proptest::prelude::*;
///
/// proptest!(|(bands in bands(), value in ratios(), before in 0_usize..6)| {
///     a_class_is_its_own_successor(|before, value| *bands.classify_after(before, value), &before, value)?;
/// });
/// ```
pub fn a_class_is_its_own_successor<C: PartialEq + Debug>(
    classify_after: impl Fn(&C, Ratio) -> C,
    before: &C,
    value: Ratio,
) -> Result<(), Broken> {
    let class = classify_after(before, value);
    let next = classify_after(&class, value);
    hold("a_class_is_its_own_successor", next == class, || {
        format!("after class {before:?} {value} is of {class:?}, and then of {next:?}")
    })
}

/// Along a series, classes that remember the one before switch at most as often as those without a memory; a jump over two
/// edges is two switches.
///
/// # Errors
/// [`Broken`], with the values and both series of classes; also where a class is none of the bands.
///
/// # Examples
/// ```
/// use marketloop::laws::hysteresis_never_adds_switches;
/// use marketloop::strategies::{bands, ratios};
/// use proptest::collection::vec;
/// use proptest::prelude::*;
///
/// proptest!(|(bands in bands(), values in vec(ratios(), 1..9))| {
///     hysteresis_never_adds_switches(&bands, |before, value| *bands.classify_after(before, value), &values)?;
/// });
/// ```
pub fn hysteresis_never_adds_switches<C: Clone + PartialEq + Debug>(
    bands: &Bands<C>,
    classify_after: impl Fn(&C, Ratio) -> C,
    values: &[Ratio],
) -> Result<(), Broken> {
    const LAW: &str = "hysteresis_never_adds_switches";
    // The lowest class has no edge, and all others the place of theirs.
    let place = |class: &C| bands.edges().iter().rposition(|(_, other)| other == class);
    let place = |class: &C| place(class).map_or(0, |place| place.saturating_add(1));
    let switches = |classes: &[C]| -> usize {
        let pairs = classes.iter().zip(classes.iter().skip(1));
        pairs.map(|(from, to)| place(from).abs_diff(place(to))).sum()
    };
    let plain: Vec<C> = values.iter().map(|value| bands.classify(*value).clone()).collect();
    let mut calm: Vec<C> = Vec::with_capacity(values.len());
    for (value, class) in values.iter().zip(&plain) {
        calm.push(calm.last().map_or_else(|| class.clone(), |before| classify_after(before, *value)));
    }
    // A class of no edge would count as the lowest one.
    let known = |class: &C| class == bands.lowest() || bands.edges().iter().any(|(_, other)| other == class);
    if let Some(class) = calm.iter().find(|class| !known(class)) {
        return Err(Broken::new(LAW, format_args!("{class:?} is none of the classes of the bands")));
    }
    hold(LAW, switches(&calm) <= switches(&plain), || {
        format!("{values:?} are of the classes {plain:?}, and with a memory of {calm:?}")
    })
}
