//! Units stay in their arms, are in one test of a layer, and meet the shares; durations are the first that suffice, and the
//! best test is not beaten.

use super::{Broken, hold};
use crate::experiment::{Layer, TestValue};
use crate::quantity::Share;
use crate::stats::chi_squared_survival;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;
use core::fmt::Debug;

/// Every unit that is in an arm before a change is in that arm after it.
///
/// # Errors
/// [`Broken`], with the unit that moved.
///
/// # Examples
/// ```
/// use marketloop::laws::assigned_units_stay;
/// use marketloop::strategies::assignments;
/// use proptest::prelude::*;
///
/// proptest!(|(test in assignments(), hashes in prop::collection::vec(any::<u64>(), 0..50))| {
///     let arm = &test.arms()[0];
///     let all = test.share(arm).unwrap().value() + test.free().value();
///     let grown = test.growing(arm, marketloop::quantity::Share::new(all).unwrap()).unwrap();
///     assigned_units_stay(|unit| test.arm_of_hash(unit), |unit| grown.arm_of_hash(unit), &hashes)?;
/// });
/// ```
pub fn assigned_units_stay<K: PartialEq + Debug>(
    before: impl Fn(u64) -> Option<K>,
    after: impl Fn(u64) -> Option<K>,
    hashes: &[u64],
) -> Result<(), Broken> {
    const LAW: &str = "assigned_units_stay";
    for hash in hashes {
        if let Some(arm) = before(*hash) {
            let now = after(*hash);
            hold(LAW, now.as_ref() == Some(&arm), || {
                format!("unit {hash} was in {arm:?} and is in {now:?}")
            })?;
        }
    }
    Ok(())
}

/// No unit is in two tests of a layer, and where nothing of it is free, each is in one.
///
/// # Errors
/// [`Broken`], with the unit and its tests.
///
/// # Examples
/// ```
/// use marketloop::laws::tests_exclude_each_other;
/// use marketloop::strategies::layers;
/// use proptest::prelude::*;
///
/// proptest!(|(layer in layers(), hashes in prop::collection::vec(any::<u64>(), 0..50))| {
///     let is_in = |test: &str, unit| layer.test_of_hash(unit) == Some(test);
///     tests_exclude_each_other(&layer, is_in, &hashes)?;
/// });
/// ```
pub fn tests_exclude_each_other(
    layer: &Layer,
    is_in: impl Fn(&str, u64) -> bool,
    hashes: &[u64],
) -> Result<(), Broken> {
    const LAW: &str = "tests_exclude_each_other";
    let full = layer.free() == Share::ZERO;
    for hash in hashes {
        let of: Vec<_> = layer.tests().iter().filter(|test| is_in(test, *hash)).collect();
        let right = of.len() == 1 || (of.is_empty() && !full);
        hold(LAW, right, || format!("unit {hash} is in the tests {of:?} of {:?}", layer.tests()))?;
    }
    Ok(())
}

/// Of so many `units` each arm has about its share: within 4.5 standard errors, and a few units for rare arms (S. Bernstein's
/// bound).
///
/// Units of even hashes break it once in 10,000 arms at most.
///
/// # Errors
/// [`Broken`], with the arm that is off.
///
/// # Examples
/// ```
/// use marketloop::laws::shares_are_met;
///
/// assert!(shares_are_met(&[0.5, 0.25], &[5_060, 2_440], 10_000).is_ok());
/// assert!(shares_are_met(&[0.5, 0.25], &[5_300, 2_440], 10_000).is_err());
/// ```
pub fn shares_are_met(shares: &[f64], counts: &[u64], units: u64) -> Result<(), Broken> {
    const LAW: &str = "shares_are_met";
    hold(LAW, shares.len() == counts.len(), || {
        format!("{} shares have {} counts", shares.len(), counts.len())
    })?;
    let all = float(units);
    for (arm, (share, count)) in shares.iter().zip(counts).enumerate() {
        let (expected, error) = (all * share, libm::sqrt(all * share * (1.0 - share)));
        let rare = if error > 0.0 { 6.75 } else { 0.0 };
        hold(LAW, (float(*count) - expected).abs() <= 4.5 * error + rare, || {
            format!("arm {arm} has {count} of {units} units, and a share of {share}")
        })?;
    }
    Ok(())
}

/// The arms of the same units in two tests know nothing of each other: the chi-squared of their cross table (K. Pearson,
/// 1900) is one that independent arms exceed less than once in a million.
///
/// Columns of thousands of units, with at least some in each pair of arms.
///
/// # Errors
/// [`Broken`], with the p-value.
///
/// # Examples
/// ```
/// use marketloop::laws::arms_are_independent;
///
/// let first: Vec<u32> = (0..4000).map(|unit| unit % 2).collect();
/// let second: Vec<u32> = (0..4000).map(|unit| unit / 2 % 2).collect();
/// assert!(arms_are_independent(&first, &second).is_ok());
/// assert!(arms_are_independent(&first, &first).is_err());
/// ```
pub fn arms_are_independent(first: &[u32], second: &[u32]) -> Result<(), Broken> {
    const LAW: &str = "arms_are_independent";
    hold(LAW, first.len() == second.len() && !first.is_empty(), || {
        format!("columns of {} and {} units", first.len(), second.len())
    })?;
    let (mut rows, mut columns, mut cells) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (one, other) in first.iter().zip(second) {
        *rows.entry(*one).or_insert(0.0) += 1.0;
        *columns.entry(*other).or_insert(0.0) += 1.0;
        *cells.entry((*one, *other)).or_insert(0.0) += 1.0;
    }
    let all: f64 = rows.values().sum();
    let mut squares = 0.0;
    for (one, row) in &rows {
        for (other, column) in &columns {
            let (expected, seen) = (row * column / all, cells.get(&(*one, *other)).copied().unwrap_or(0.0));
            squares += (seen - expected) * (seen - expected) / expected;
        }
    }
    let degrees = float(rows.len().saturating_sub(1).saturating_mul(columns.len().saturating_sub(1)) as u64);
    // One arm alone goes with everything.
    let p = if degrees > 0.0 { chi_squared_survival(squares, degrees).unwrap_or(0.0) } else { 1.0 };
    hold(LAW, p >= 1e-6, || format!("chi-squared {squares} on {degrees} degrees: p = {p}"))
}

/// Units are there from the first day on, never become fewer, and are not above the visits so far.
///
/// # Errors
/// [`Broken`], with the day.
///
/// # Examples
/// ```
/// use marketloop::laws::units_grow_below_visits;
/// use marketloop::strategies::test_traffics;
/// use proptest::prelude::*;
///
/// proptest!(|(traffic in test_traffics(), days in 0_u32..60)| {
///     let units = traffic.units_by_day("new", days).unwrap();
///     units_grow_below_visits(&traffic.visits_by_day(days), &units)?;
/// });
/// ```
pub fn units_grow_below_visits(visits: &[f64], units: &[f64]) -> Result<(), Broken> {
    const LAW: &str = "units_grow_below_visits";
    hold(LAW, visits.len() == units.len(), || {
        format!("{} days of visits, {} of units", visits.len(), units.len())
    })?;
    let mut before = 0.0;
    for (day, (visits, units)) in visits.iter().zip(units).enumerate() {
        let right = *units >= before && *units <= visits * (1.0 + 1e-12);
        hold(LAW, right, || format!("{units} units after day {day}, {before} before it, {visits} visits"))?;
        before = *units;
    }
    Ok(())
}

/// A duration is the first number of days, from 1 on, after which each arm has its units: `units` are those of each arm
/// after each day, `needed` those that it needs, and `None` says that no day is one.
///
/// # Errors
/// [`Broken`], with the first day that suffices.
///
/// # Examples
/// ```
/// use marketloop::laws::a_duration_is_the_first_that_suffices;
///
/// let units = [vec![10.0, 15.0, 18.0], vec![20.0, 30.0, 36.0]];
/// assert!(a_duration_is_the_first_that_suffices(&units, &[15.0, 16.0], Some(2)).is_ok());
/// assert!(a_duration_is_the_first_that_suffices(&units, &[15.0, 36.0], Some(2)).is_err());
/// ```
pub fn a_duration_is_the_first_that_suffices(
    units: &[Vec<f64>],
    needed: &[f64],
    days: Option<u32>,
) -> Result<(), Broken> {
    const LAW: &str = "a_duration_is_the_first_that_suffices";
    hold(LAW, units.len() == needed.len(), || format!("{} arms need {} sizes", units.len(), needed.len()))?;
    let longest = units.iter().map(Vec::len).min().unwrap_or(0);
    let suffices = |day: &usize| {
        let mut arms = units.iter().zip(needed);
        arms.all(|(units, needed)| units.get(*day).is_some_and(|units| units >= needed))
    };
    let first = (0..longest).find(suffices).map(|day| day.saturating_add(1) as u64);
    hold(LAW, first == days.map(u64::from), || {
        format!("{needed:?} are there after {first:?} days, not {days:?}")
    })
}

/// No size of a test has a higher net value than the best, which has the one that is told, and is not below 0.
///
/// # Errors
/// [`Broken`], with the size that is better.
///
/// # Examples
/// ```
/// use marketloop::laws::the_best_test_is_not_beaten;
/// use marketloop::strategies::test_values;
/// use proptest::prelude::*;
///
/// proptest!(|(value in test_values(), others in prop::collection::vec(0.0..1.0_f64, 20))| {
///     the_best_test_is_not_beaten(&value, value.best().unwrap(), &others)?;
/// });
/// ```
pub fn the_best_test_is_not_beaten(
    value: &TestValue,
    (units, net): (u64, f64),
    parts_of_the_population: &[f64],
) -> Result<(), Broken> {
    const LAW: &str = "the_best_test_is_not_beaten";
    let all = value.population();
    let own = value.net(float(units)).unwrap_or(f64::NAN);
    let near = 1e-9 * (net.abs() + value.perfect_information().unwrap_or(0.0));
    hold(LAW, net >= 0.0 && (own - net).abs() <= near, || {
        format!("a test of {units} units has the net value {own}, not {net}")
    })?;
    for part in parts_of_the_population {
        let other = libm::round(all * part.clamp(0.0, 1.0)).min(libm::floor(all));
        let others = value.net(other).unwrap_or(f64::NAN);
        hold(LAW, others <= net + near, || {
            format!("a test of {other} units has the net value {others}, that of {units} {net}")
        })?;
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "the laws allow for the rounding of a float")]
fn float(value: u64) -> f64 {
    value as f64
}
