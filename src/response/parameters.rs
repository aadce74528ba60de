//! The parameters of each family as the search for a fit moves them.
//!
//! The search works on spends and responses divided by their greatest, so that all numbers are of the order
//! of 1. What must be above 0 is moved as its logarithm: the height, the scale of spend, the shape. The
//! inflection of a logistic curve and the base of an ADBUDG curve may be 0 and are moved as they are.

use super::positive_definite::Vector;
use super::{
    Adbudg, Curve, Exponential, Family, Hill, HyperbolicTangent, Logarithmic, Logistic, MichaelisMenten,
    Power, ResponseCurve, ResponseError,
};
use alloc::vec::Vec;

/// A curve in the scale of the search: the base curve of its family, and what comes without spend.
pub(super) struct Scaled {
    pub(super) curve: Curve,
    pub(super) base: f64,
}

/// A parameter of the fitted curve: its name, its value, and how it changes with each number of the search.
pub(super) struct Natural {
    pub(super) name: &'static str,
    pub(super) value: f64,
    pub(super) gradient: Vector,
}

/// How many parameters a curve of the family has.
pub(super) const fn count(family: Family) -> usize {
    match family {
        Family::Hill | Family::Logistic => 3,
        Family::Adbudg => 4,
        _ => 2,
    }
}

/// The range of each number of the search; 0..=0 for one that the family does not have.
pub(super) fn bounds(family: Family) -> [(f64, f64); 4] {
    // As logarithms: what has to be above 0 is so by itself, and a step is a factor at every size.
    let logarithms = |least: f64, most: f64| (libm::log(least), libm::log(most));
    let (height, spend) = (logarithms(1e-9, 1e9), logarithms(1e-7, 1e6));
    let (shape, unused) = (logarithms(0.05, 50.0), (0.0, 0.0));
    match family {
        Family::Power => [height, logarithms(1e-3, 1.0), unused, unused],
        Family::Hill => [height, spend, shape, unused],
        Family::Logistic => [height, (0.0, 10.0), logarithms(1e-6, 1e6), unused],
        Family::Adbudg => [height, spend, shape, (0.0, 10.0)],
        _ => [height, spend, unused, unused],
    }
}

/// The numbers from which a search may start, but for the height and the base, which follow from them.
pub(super) fn grid(family: Family) -> Vec<(f64, f64)> {
    let half_decades = || (-8..=4).map(|power| f64::from(power) * 0.5 * core::f64::consts::LN_10);
    let logarithms = |list: &'static [f64]| list.iter().map(|value| libm::log(*value));
    match family {
        Family::Power => logarithms(&[0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.97]).map(|p| (p, 0.0)).collect(),
        Family::Hill | Family::Adbudg => {
            let shapes = || logarithms(&[0.4, 0.8, 1.3, 2.0, 3.5, 6.0, 12.0]);
            half_decades().flat_map(|k| shapes().map(move |s| (k, s))).collect()
        }
        Family::Logistic => {
            let rates = || logarithms(&[0.5, 2.0, 5.0, 10.0, 30.0, 100.0, 300.0]);
            let middles = [0.0, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1.3];
            middles.into_iter().flat_map(|m| rates().map(move |r| (m, r))).collect()
        }
        _ => half_decades().map(|k| (k, 0.0)).collect(),
    }
}

/// The curve of the numbers `at`, in the scale of the search.
pub(super) fn scaled(family: Family, at: &Vector) -> Result<Scaled, ResponseError> {
    let [height, second, third, base] = *at;
    let (a, value, shape) = (libm::exp(height), libm::exp(second), libm::exp(third));
    let curve: Curve = match family {
        Family::Logarithmic => Logarithmic::new(a, value)?.into(),
        Family::Power => Power::new(a, value.min(1.0))?.into(),
        Family::MichaelisMenten => MichaelisMenten::new(a, value)?.into(),
        Family::Hill | Family::Adbudg => Hill::new(a, value, shape)?.into(),
        Family::Exponential => Exponential::new(a, value)?.into(),
        Family::HyperbolicTangent => HyperbolicTangent::new(a, value)?.into(),
        Family::Logistic => Logistic::new(a, second, shape)?.into(),
    };
    Ok(Scaled { curve, base })
}

/// The response at `spend` and how it changes with each number of the search.
///
/// Each change follows from the marginal response: of `a g(x / k)` by `ln k` it is `-x f'(x)`.
pub(super) fn derivatives(family: Family, at: &Vector, scaled: &Scaled, spend: f64) -> (f64, Vector) {
    let value = scaled.curve.value(spend);
    if spend <= 0.0 {
        // The slope may be infinite at 0, and the product with a spend of 0 no number.
        let by_base = if family == Family::Adbudg { 1.0 } else { 0.0 };
        return (value + scaled.base, [value, 0.0, 0.0, by_base]);
    }
    let slope = scaled.curve.marginal(spend);
    // A curve of x / k changes with ln k by minus spend times slope: no family needs a formula of its own.
    let rise = spend * slope;
    let gradient = match family {
        Family::Power => [value, rise * libm::log(spend), 0.0, 0.0],
        Family::Hill | Family::Adbudg => {
            let by_base = if family == Family::Adbudg { 1.0 } else { 0.0 };
            [value, -rise, rise * (libm::log(spend) - at[1]), by_base]
        }
        Family::Logistic => {
            let by_middle = scaled.curve.marginal(0.0) - slope;
            [value, by_middle, rise + at[1] * by_middle, 0.0]
        }
        _ => [value, -rise, 0.0, 0.0],
    };
    (value + scaled.base, gradient)
}

/// The parameters of the numbers `at` for spends up to `spend` and responses up to `response`.
pub(super) fn natural(family: Family, at: &Vector, spend: f64, response: f64) -> Vec<Natural> {
    let [height, second, third, base] = *at;
    let plain = |name, value: f64, gradient| Natural { name, value, gradient };
    let a = response * libm::exp(height);
    let k = spend * libm::exp(second);
    let of_a = || plain("a", a, [a, 0.0, 0.0, 0.0]);
    let of_k = || plain("k", k, [0.0, k, 0.0, 0.0]);
    let shape = libm::exp(third);
    match family {
        Family::Power => {
            let p = libm::exp(second).min(1.0);
            let a = a * libm::pow(spend, -p);
            let by_p = -a * p * libm::log(spend);
            Vec::from([plain("a", a, [a, by_p, 0.0, 0.0]), plain("p", p, [0.0, p, 0.0, 0.0])])
        }
        Family::Hill => Vec::from([of_a(), of_k(), plain("s", shape, [0.0, 0.0, shape, 0.0])]),
        Family::Logistic => {
            let r = shape / spend;
            let m = plain("m", second * spend, [0.0, spend, 0.0, 0.0]);
            Vec::from([of_a(), m, plain("r", r, [0.0, 0.0, r, 0.0])])
        }
        Family::Adbudg => {
            let (b, d) = (base * response, libm::pow(k, shape));
            Vec::from([
                plain("a", a + b, [a, 0.0, 0.0, response]),
                plain("b", b, [0.0, 0.0, 0.0, response]),
                plain("c", shape, [0.0, 0.0, shape, 0.0]),
                plain("d", d, [0.0, d * shape, d * shape * libm::log(k), 0.0]),
            ])
        }
        _ => Vec::from([of_a(), of_k()]),
    }
}

/// The curve of the family with these parameters.
pub(super) fn curve(family: Family, parameters: &[Natural]) -> Result<Curve, ResponseError> {
    let value = |name: &str| {
        let found = parameters.iter().find(|found| found.name == name);
        debug_assert!(found.is_some(), "a {family} curve without {name}");
        // Not 0, which is a value that some parameters may have: no curve takes it.
        found.map_or(f64::NAN, |found| found.value)
    };
    Ok(match family {
        Family::Logarithmic => Logarithmic::new(value("a"), value("k"))?.into(),
        Family::Power => Power::new(value("a"), value("p"))?.into(),
        Family::MichaelisMenten => MichaelisMenten::new(value("a"), value("k"))?.into(),
        Family::Hill => Hill::new(value("a"), value("k"), value("s"))?.into(),
        Family::Exponential => Exponential::new(value("a"), value("k"))?.into(),
        Family::HyperbolicTangent => HyperbolicTangent::new(value("a"), value("k"))?.into(),
        Family::Logistic => Logistic::new(value("a"), value("m"), value("r"))?.into(),
        Family::Adbudg => Adbudg::new(value("a"), value("b"), value("c"), value("d"))?.into(),
    })
}
