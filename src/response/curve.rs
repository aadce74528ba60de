//! The trait of all response curves, and the searches that it provides.

use super::GREATEST_SPEND;
use alloc::boxed::Box;

/// The most steps of a search: three times the 56 halvings that narrow a bracket whose ends are 16 apart down
/// to one float, with room.
const MOST_STEPS: u32 = 200;

/// A response that does not fall as spend rises.
///
/// Three methods make a curve; the others are searches that follow from them, which a curve with closed
/// forms overrides. They take the curve to be convex up to its [inflection](Self::inflection) and concave from
/// there on. Spends and responses are estimates; a spend is in major units of its currency.
///
/// # What a curve owes
/// A solver proves its result from the curves' own answers, so a wrong curve makes a wrong proof.
/// [`check_curve`](super::check_curve) holds a curve against these promises at spends of your choice.
///
/// 1. [`value`](Self::value) is finite and does not fall, over all spends that are asked: those within a line's bounds, and
///    of a line without a cap up to the budget.
/// 2. [`marginal`](Self::marginal) is its slope, at least 0 and never NaN; infinity only at a spend of 0.
/// 3. [`rise`](Self::rise) is the difference of two values. The provided one is for slopes that change little over a thousandth
///    of the spend; a step overrides it.
/// 4. A curve of any shape but convex up to [`inflection`](Self::inflection) and concave from there on says so by
///    [`has_one_inflection`](Self::has_one_inflection) *and* overrides [`best_spend`](Self::best_spend) by the *global* best
///    of the range. The mean of several S-curves is such a curve.
/// 5. [`inverse_marginal`](Self::inverse_marginal) is the greatest spend with that slope, and the answers from a guess are the
///    answers without one.
///
/// # Examples
/// ```
/// use marketloop::response::ResponseCurve;
///
/// /// `sqrt(x)`, with the provided searches.
/// struct Root;
/// impl ResponseCurve for Root {
///     fn value(&self, spend: f64) -> f64 { spend.sqrt() }
///     fn marginal(&self, spend: f64) -> f64 { 0.5 / spend.sqrt() }
///     fn inflection(&self) -> f64 { 0.0 }
/// }
/// // 0.5 / sqrt(x) = 0.01 at x = 2,500.
/// assert!((Root.inverse_marginal(0.01) - 2_500.0).abs() < 1e-9);
/// ```
#[doc(alias("MMM", "marketing mix model", "saturation curve", "响应曲线"))]
pub trait ResponseCurve {
    /// The response at `spend`.
    fn value(&self, spend: f64) -> f64;

    /// The response that the next unit of spend brings at `spend`, `df/dx`; infinity where the slope is.
    fn marginal(&self, spend: f64) -> f64;

    /// The response that `width` more spend brings at `from`, with the digits that a difference of two nearly
    /// equal values would lose.
    ///
    /// Provided for smooth curves: over less than a thousandth of the spend the slope is integrated by Gauss's
    /// two points, exact up to the fourth order of that part; a curve with corners overrides it.
    fn rise(&self, from: f64, width: f64) -> f64 {
        // Not where the slope may be infinite, nor for a width that is no number.
        if !(width <= 1e-3 * from && from + width <= GREATEST_SPEND && width >= 0.0)
            || from < f64::MIN_POSITIVE
        {
            let width = if width.is_nan() { 0.0 } else { width };
            return self.value(from + width) - self.value(from);
        }
        // The points lie at 1 / sqrt(3) of the half width to either side of the middle.
        let (middle, away) = (from + 0.5 * width, 0.5 * width * 0.577_350_269_189_625_8);
        // Each by the width first: the sum of two great slopes may be infinite.
        0.5 * width * self.marginal(middle - away) + 0.5 * width * self.marginal(middle + away)
    }

    /// The spend below which the curve is convex and from which on it is concave; 0 for a concave curve.
    fn inflection(&self) -> f64;

    /// Whether the curve is convex up to its inflection and concave from there on, as the provided searches take
    /// it to be. A curve of another shape overrides this and [`best_spend`](Self::best_spend).
    fn has_one_inflection(&self) -> bool {
        true
    }

    /// The greatest spend at which the marginal response is still at least `marginal`: 0 where there is none
    /// or `marginal` is NaN, infinity where it never falls below.
    fn inverse_marginal(&self, marginal: f64) -> f64 {
        inverse_by_search(self, marginal)
    }

    /// [`inverse_marginal`](Self::inverse_marginal), from a guess at the answer: for solvers that ask again
    /// with nearly the same marginal response.
    fn inverse_marginal_near(&self, marginal: f64, guess: f64) -> f64 {
        let _ = guess;
        self.inverse_marginal(marginal)
    }

    /// The spend within `from..=to` at which `value(x) - price * x` is greatest, the smaller one on ties.
    ///
    /// The answer is `from` where `to` is not above it.
    fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
        best_of_branches(self, price, from, to, |price| self.inverse_marginal(price))
    }

    /// [`best_spend`](Self::best_spend), from a guess at the answer: for solvers that ask again with nearly the
    /// same price.
    fn best_spend_near(&self, price: f64, from: f64, to: f64, guess: f64) -> f64 {
        let _ = guess;
        self.best_spend(price, from, to)
    }

    /// The line from the curve at `spend` with the greatest slope that reaches the curve again: the later spend at
    /// which it touches the curve, and its slope, the response per unit of spend along it. It is the first part of the
    /// least concave curve above this one; `None` where the curve is concave from `spend` on, or never flattens.
    ///
    /// # Formula
    /// `p = max over c > l of (f(c) - f(l)) / (c - l)`, by `p <- (f(c(p)) - f(l)) / (c(p) - l)`, where `c(p)`
    /// is the inverse of the marginal response (Dinkelbach, 1967).
    fn tangent_from(&self, spend: f64) -> Option<(f64, f64)> {
        let bend = self.inflection();
        let from = spend.max(0.0);
        if from >= bend {
            return None;
        }
        let base = self.value(from);
        let slope_to = |to: f64| (self.value(to) - base) / (to - from);
        let (mut touch, mut slope) = (bend, slope_to(bend));
        if slope <= 0.0 || !slope.is_finite() {
            // No rise that a float can tell before the inflection: a chord to a later spend has one.
            touch = bend * 2.0;
            slope = slope_to(touch);
        }
        // Each chord is at least as steep as the one before: the slope rises to the tangent's and ends there.
        for _ in 0..MOST_STEPS {
            if slope <= 0.0 || !slope.is_finite() {
                return None;
            }
            touch = self.inverse_marginal_near(slope, touch).max(bend);
            if !touch.is_finite() {
                return None;
            }
            let steeper = slope_to(touch);
            if steeper <= slope {
                break;
            }
            slope = steeper;
        }
        Some((touch, slope))
    }
}

macro_rules! delegated {
    ($($pointer:ty),*) => {$(
        impl<C: ResponseCurve + ?Sized> ResponseCurve for $pointer {
            fn value(&self, spend: f64) -> f64 {
                (**self).value(spend)
            }

            fn marginal(&self, spend: f64) -> f64 {
                (**self).marginal(spend)
            }

            fn rise(&self, from: f64, width: f64) -> f64 {
                (**self).rise(from, width)
            }

            fn inflection(&self) -> f64 {
                (**self).inflection()
            }

            fn has_one_inflection(&self) -> bool {
                (**self).has_one_inflection()
            }

            fn inverse_marginal(&self, marginal: f64) -> f64 {
                (**self).inverse_marginal(marginal)
            }

            fn inverse_marginal_near(&self, marginal: f64, guess: f64) -> f64 {
                (**self).inverse_marginal_near(marginal, guess)
            }

            fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
                (**self).best_spend(price, from, to)
            }

            fn best_spend_near(&self, price: f64, from: f64, to: f64, guess: f64) -> f64 {
                (**self).best_spend_near(price, from, to, guess)
            }

            fn tangent_from(&self, spend: f64) -> Option<(f64, f64)> {
                (**self).tangent_from(spend)
            }
        }
    )*};
}

delegated!(&C, Box<C>);

/// [`ResponseCurve::best_spend`] of a curve that is convex and then concave, with the inverse of its slope.
pub(super) fn best_of_branches<C: ResponseCurve + ?Sized>(
    curve: &C,
    price: f64,
    from: f64,
    to: f64,
    inverse: impl Fn(f64) -> f64,
) -> f64 {
    if to <= from || from.is_nan() || to.is_nan() {
        return from;
    }
    let bend = curve.inflection();
    if from >= bend {
        return inverse(price).max(from).min(to);
    }
    // Below the inflection the curve is convex: there the ends are the best.
    let late = if to <= bend { to } else { inverse(price).max(bend).min(to) };
    // Strictly: of two spends that are worth the same the smaller one stays.
    if curve.value(late) - curve.value(from) > price * (late - from) { late } else { from }
}

/// The answer of a smooth curve where `marginal` is no slope to look for: `None` where it is one.
pub(super) fn without_search(marginal: f64) -> Option<f64> {
    if marginal > 0.0 {
        None
    } else if marginal.is_nan() {
        Some(0.0)
    } else {
        Some(f64::INFINITY)
    }
}

/// [`ResponseCurve::inverse_marginal`] by bracketing and a safeguarded secant search on the logarithms.
fn inverse_by_search<C: ResponseCurve + ?Sized>(curve: &C, marginal: f64) -> f64 {
    if let Some(answer) = without_search(marginal) {
        return answer;
    }
    let bend = curve.inflection();
    // Not a number where the curve gives none: then no spend is known to reach the slope.
    // Of logarithms: slopes fall over orders of magnitude, where a straight line cuts far from the root.
    let excess = |spend: f64| libm::log(curve.marginal(spend)) - libm::log(marginal);
    let holds = |excess: f64| excess >= 0.0;
    if !holds(excess(bend)) {
        return 0.0;
    }
    let (mut low, mut high) = (bend, if bend > 0.0 { bend * 2.0 } else { 1.0 });
    let (mut at_low, mut at_high) = (excess(low), excess(high));
    while holds(at_high) {
        (low, at_low) = (high, at_high);
        high *= 16.0;
        if high > GREATEST_SPEND {
            return f64::INFINITY;
        }
        at_high = excess(high);
    }
    while low <= 0.0 {
        let lower = high / 16.0;
        if lower < f64::MIN_POSITIVE {
            return 0.0;
        }
        let at_lower = excess(lower);
        if holds(at_lower) {
            (low, at_low) = (lower, at_lower);
        } else {
            (high, at_high) = (lower, at_lower);
        }
    }
    // The root lies within low..high, both positive. Every third step halves the bracket, so that no shape
    // of the curve holds the search up; the others cut it where a straight line does (Illinois).
    let mut was_low = None;
    for step in 0..MOST_STEPS {
        if high - low <= f64::EPSILON * high {
            break;
        }
        let middle = 0.5 * (low + high);
        let share = at_low / (at_low - at_high);
        let cut = low + (high - low) * share;
        let by_line = step % 3 != 2 && share.is_finite() && low < cut && cut < high;
        let spend = if by_line { cut } else { middle };
        let at_spend = excess(spend);
        let is_low = holds(at_spend);
        let again = by_line && was_low == Some(is_low);
        if is_low {
            (low, at_low) = (spend, at_spend);
            at_high *= if again { 0.5 } else { 1.0 };
        } else {
            (high, at_high) = (spend, at_spend);
            at_low *= if again { 0.5 } else { 1.0 };
        }
        was_low = Some(is_low);
    }
    low
}
