//! The root of a function that falls.

use super::StatsError;

const ITERATIONS: u32 = 200;

/// Where `of`, which falls, is 0: between `low` and `high`, or beyond `high`, in twice as long steps.
///
/// By false position, halved at the end that stays (M. Dowell and P. Jarratt, 1971), and by the middle where that does not
/// help.
pub(super) fn falling_root(
    function: &'static str,
    low: f64,
    high: f64,
    of: impl Fn(f64) -> Result<f64, StatsError>,
) -> Result<f64, StatsError> {
    let (mut low, mut high) = (low, high.max(low));
    let (mut at_low, mut at_high) = (of(low)?, of(high)?);
    if at_low <= 0.0 {
        return Ok(low);
    }
    let mut step = (high - low).max(1.0);
    let none = StatsError::NoConvergence { function, iterations: ITERATIONS };
    while at_high > 0.0 {
        (low, at_low) = (high, at_high);
        high += step;
        step *= 2.0;
        if high > 1e3 {
            return Err(none);
        }
        at_high = of(high)?;
    }
    let mut width = high - low;
    let mut rose = None;
    for round in 0..ITERATIONS {
        let guess = low + (high - low) * (at_low / (at_low - at_high));
        // Every eighth guess is the middle: nothing stays for long at one end.
        let at =
            if round % 8 == 7 || !(low..=high).contains(&guess) { f64::midpoint(low, high) } else { guess };
        let value = of(at)?;
        if value > 0.0 {
            (low, at_low) = (at, value);
            if rose == Some(true) {
                at_high /= 2.0;
            }
        } else {
            (high, at_high) = (at, value);
            if rose == Some(false) {
                at_low /= 2.0;
            }
        }
        rose = Some(value > 0.0);
        width = high - low;
        if value.abs() <= 1e-16 || width <= 1e-13 * high.abs().max(1.0) {
            return Ok(at);
        }
    }
    if width <= 1e-9 { Ok(high) } else { Err(none) }
}
