//! Curves fitted to observations by least squares, with measures of how well they fit.

use super::levenberg_marquardt::{
    Minimum, Points, at_bound, minimum, normal, reduced, squares, with_best_height,
};
use super::observations::Observations;
use super::parameters::{Natural, bounds, count, curve, grid, natural};
use super::positive_definite::{Factor, Matrix, Vector, dot};
use super::{Curve, Family, ResponseCurve, ResponseError};
use crate::figure::{Cause, Figure};
use crate::quantity::wire::serialize_fields;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// From how many points of the grid of starts the search is made: the best of them.
const STARTS: usize = 8;

/// How a search for the least squares ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Convergence {
    /// At a minimum.
    Converged,
    /// At a minimum within the bounds of the search, of which at least one holds: a scale of spend far beyond
    /// the data, an elasticity of 1. The points do not tell the parameter.
    AtBound,
    /// Before a minimum was reached: the parameters may be far off.
    NotConverged,
}

/// Why there are no standard errors, as the cause of a figure that is undefined.
const NO_DEGREES: Cause = Cause::None(Cow::Borrowed("degree of freedom"));
const SINGULAR: Cause =
    Cause::None(Cow::Borrowed("difference by which the points tell the parameters apart"));
const AT_BOUND: Cause = Cause::NotReached(Cow::Borrowed("a minimum within the bounds of the search"));
const NOT_CONVERGED: Cause = Cause::NotReached(Cow::Borrowed("a minimum"));

fn unreliable<T>(cause: Cause) -> Figure<T> {
    Figure::undefined("standard error", cause)
}

/// A parameter of a fitted curve.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name in the formula of the curve.
    pub name: &'static str,
    /// Its estimate.
    pub value: f64,
    /// The standard error of the estimate. Undefined where there are as many parameters as points, where the points
    /// do not tell the parameters apart, at a bound of the search, and where the search found no minimum.
    pub standard_error: Figure<f64>,
}

serialize_fields!(Parameter { name, value: own, standard_error });

/// A curve fitted to observations, and how well it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    family: Family,
    curve: Curve,
    parameters: Vec<Parameter>,
    points: usize,
    weight: f64,
    residual_squares: f64,
    total_squares: f64,
    squares_about_zero: f64,
    iterations: u32,
    starts: usize,
    convergence: Convergence,
}

impl Fit {
    /// The family of the curve.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.family
    }

    /// The curve with the smallest sum of squared residuals that the search found.
    #[must_use]
    pub const fn curve(&self) -> &Curve {
        &self.curve
    }

    /// The parameters of the curve, each with its standard error.
    ///
    /// # Formula
    /// The standard errors are the roots of the diagonal of `S / (n - p) (J^T W J)^-1`, with the residual
    /// squares `S` of `n` points, `p` parameters and the Jacobian `J` of the curve at the points.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// The number of points.
    #[must_use]
    pub const fn points(&self) -> usize {
        self.points
    }

    /// The sum of the squared residuals, each times the weight of its point.
    #[must_use]
    pub const fn residual_squares(&self) -> f64 {
        self.residual_squares
    }

    /// The share of the squares about the mean that the curve explains; below 0 where the mean fits better.
    ///
    /// # Formula
    /// `1 - sum w (y - f(x))^2 / sum w (y - mean)^2`, with the weighted mean.
    #[must_use]
    pub fn r_squared(&self) -> f64 {
        1.0 - self.residual_squares / self.total_squares
    }

    /// The root of the mean squared residual, in the unit of the response.
    ///
    /// # Formula
    /// `sqrt(sum w (y - f(x))^2 / sum w)`.
    #[must_use]
    pub fn root_mean_square(&self) -> f64 {
        libm::sqrt(self.residual_squares / self.weight)
    }

    /// The corrected information criterion, to compare families on the same points: less is better.
    ///
    /// Residuals smaller than the rounding of the responses count as that rounding, so that an exact fit has a
    /// criterion too.
    ///
    /// # Formula
    /// `n ln(S / n) + 2 K + 2 K (K + 1) / (n - K - 1)` with the residual squares `S` and `K` one more than the
    /// number of parameters (Hurvich and Tsai, 1989).
    ///
    /// # Errors
    /// [`ResponseError::TooFewPoints`] for fewer than two points more than `K`.
    pub fn aicc(&self) -> Result<f64, ResponseError> {
        // The divisor n - estimated - 1 of the correction is then at least 1.
        #[expect(clippy::arithmetic_side_effects, reason = "a curve has at most 4 parameters")]
        let needed = self.parameters.len() + 3;
        if self.points < needed {
            return Err(ResponseError::TooFewPoints { found: self.points, needed });
        }
        // The spread about the curve is estimated, too.
        let (n, estimated) = (float(self.points), float(self.parameters.len()) + 1.0);
        // A perfect fit has no residual, and 0 no logarithm: the rounding of the responses stands for it.
        let rounding = f64::EPSILON * f64::EPSILON * self.squares_about_zero;
        let spread = libm::log(self.residual_squares.max(rounding) / n);
        Ok(n * spread + 2.0 * estimated + 2.0 * estimated * (estimated + 1.0) / (n - estimated - 1.0))
    }

    /// The steps of the search that found the curve.
    #[must_use]
    pub const fn iterations(&self) -> u32 {
        self.iterations
    }

    /// The number of starts from which the search was made.
    #[must_use]
    pub const fn starts(&self) -> usize {
        self.starts
    }

    /// The sum of the squared residuals, if the search ended at a minimum. Undefined where the search ended at one of
    /// its bounds (a scale of spend far beyond the data, an elasticity of 1: the points do not tell the parameter),
    /// and where it ended before a minimum (the parameters may be far off).
    #[must_use]
    pub fn minimum(&self) -> Figure<f64> {
        let cause = match self.convergence {
            Convergence::Converged => return Figure::Known(self.residual_squares),
            Convergence::AtBound => AT_BOUND,
            Convergence::NotConverged => NOT_CONVERGED,
        };
        Figure::undefined("least squares", cause)
    }
}

/// A count, at most a million, as a float.
#[expect(clippy::cast_precision_loss, reason = "a count of points, at most a million, is exact")]
const fn float(count: usize) -> f64 {
    count as f64
}

/// Fits the curve of `family` with the smallest sum of squared residuals to the observations.
///
/// The search starts from several points that follow from the scale of the data, so that the same data give the same
/// fit. It depends neither on the unit of the spends nor on that of the responses.
///
/// # Formula
/// The minimum of `sum w (y - f(x))^2` (Levenberg, 1944; Marquardt, 1963).
///
/// # Errors
/// [`ResponseError::TooFewPoints`] for fewer different spends than parameters (a spend of 0 counts only for an ADBUDG
/// curve); [`ResponseError::NoFit`] where the best curve would fall, or has parameters out of range.
///
/// # Examples
/// ```
/// use marketloop::response::{Family, Observations, fit};
///
/// let weeks = [(50.0, 41.0), (100.0, 68.0), (200.0, 99.0), (400.0, 136.0), (800.0, 159.0)];
/// let fit = fit(Family::MichaelisMenten, &Observations::new(weeks)?)?;
/// let [a, k] = fit.parameters() else { unreachable!("two parameters") };
/// assert_eq!(format!("{:.1} at most, half of it at {:.1}", a.value, k.value), "198.6 at most, half of it at 193.6");
/// assert!(fit.r_squared() > 0.99);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
#[doc(alias("MMM", "least squares"))]
pub fn fit(family: Family, observations: &Observations) -> Result<Fit, ResponseError> {
    let needed = count(family);
    let at_zero = usize::from(family == Family::Adbudg && observations.begins_at_zero());
    #[expect(clippy::arithmetic_side_effects, reason = "at most a million points")]
    let found = observations.different_spends() + at_zero;
    if found < needed {
        return Err(ResponseError::TooFewPoints { found, needed });
    }
    let (spend_scale, response_scale) = observations.scales();
    // Weights count against each other only: by the heaviest their squares neither overflow nor vanish.
    let heaviest = observations.weights().iter().copied().fold(0.0, f64::max);
    // In units of the data, in which bounds and starts hold for a spend of cents and of billions alike.
    let points: Vec<_> = observations
        .iter()
        .map(|(spend, response, weight)| (spend / spend_scale, response / response_scale, weight / heaviest))
        .collect();
    let starts = starts(family, &points);
    let minima = starts.iter().filter_map(|start| minimum(family, start, &points));
    let with_curve = |minimum: Minimum| -> Option<(Minimum, Vec<Natural>, Curve)> {
        let parameters = natural(family, &minimum.at, spend_scale, response_scale);
        curve(family, &parameters).ok().map(|curve| (minimum, parameters, curve))
    };
    // A later start replaces an earlier one only by a real improvement.
    let mut best: Option<(Minimum, Vec<Natural>, Curve)> = None;
    for minimum in minima {
        if best.as_ref().is_none_or(|(best, ..)| minimum.squares < best.squares * (1.0 - 1e-12)) {
            best = with_curve(minimum).or(best);
        }
    }
    let best = best.ok_or(ResponseError::NoFit { family })?;
    let (minimum, parameters, curve) = at_bound(family, best.0, &points).and_then(with_curve).unwrap_or(best);
    let convergence = convergence(family, &minimum);
    let covariance = covariance(family, &minimum, &points, convergence);
    let standard_error = |gradient: &Vector| {
        let error = covariance.as_ref().map(|covariance| error_along(covariance, gradient));
        error.and_then(|error| if error.is_finite() { Figure::Known(error) } else { unreliable(SINGULAR) })
    };
    let parameters = parameters.iter().map(|parameter| Parameter {
        name: parameter.name,
        value: parameter.value,
        standard_error: standard_error(&parameter.gradient),
    });
    let weight: f64 = observations.weights().iter().sum();
    let mean = observations.iter().map(|(_, response, weight)| weight * response).sum::<f64>() / weight;
    let about = |center: &dyn Fn(f64) -> f64| -> f64 {
        let square = |(spend, response, weight)| {
            let residual: f64 = response - center(spend);
            weight * residual * residual
        };
        observations.iter().map(square).sum()
    };
    Ok(Fit {
        family,
        parameters: parameters.collect(),
        points: points.len(),
        weight,
        // Of the curve in the caller's units, which is the one handed out.
        residual_squares: about(&|spend| curve.value(spend)),
        total_squares: about(&|_| mean),
        squares_about_zero: about(&|_| 0.0),
        iterations: minimum.steps,
        starts: starts.len(),
        convergence,
        curve,
    })
}

/// The best points of the family's grid, each with its best height.
fn starts(family: Family, points: &Points) -> Vec<Vector> {
    let grid = grid(family).into_iter();
    // Shapes only: for each the best height is found in closed form, which saves a dimension of the grid.
    let full =
        grid.filter_map(|(second, third)| with_best_height(family, &[0.0, second, third, 0.0], points));
    let mut rated: Vec<(f64, Vector)> = full.map(|at| (squares(family, &at, points), at)).collect();
    rated.sort_by(|left, right| left.0.total_cmp(&right.0));
    rated.into_iter().map(|(_, at)| at).take(STARTS).collect()
}

fn convergence(family: Family, minimum: &Minimum) -> Convergence {
    let mut sides = minimum.at.iter().zip(bounds(family));
    if !minimum.settled {
        Convergence::NotConverged
    } else if sides.any(|(at, (least, most))| least < most && is_at(*at, least, most)) {
        Convergence::AtBound
    } else {
        Convergence::Converged
    }
}

/// Whether a number of the search stands at a bound. The search comes near to one in ever smaller steps and may stop a hair
/// before it: what is within a millionth of it is held by it.
fn is_at(at: f64, least: f64, most: f64) -> bool {
    let near = |bound: f64| (at - bound).abs() <= 1e-6 * bound.abs().max(1.0);
    near(least) || near(most)
}

/// The covariance of the numbers of the search.
fn covariance(
    family: Family,
    minimum: &Minimum,
    points: &Points,
    convergence: Convergence,
) -> Figure<Matrix> {
    let parameters = count(family);
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no fewer points than parameters: asked before the fit"
    )]
    let degrees = points.len() - parameters;
    match convergence {
        Convergence::NotConverged => return unreliable(NOT_CONVERGED),
        Convergence::AtBound => return unreliable(AT_BOUND),
        Convergence::Converged if degrees == 0 => return unreliable(NO_DEGREES),
        Convergence::Converged => {}
    }
    let bounds = bounds(family);
    let used = bounds.map(|(least, most)| least < most);
    let normal = normal(family, &minimum.at, points);
    let Some(factor) = normal.and_then(|normal| Factor::new(&reduced(&normal.matrix, used))) else {
        return unreliable(SINGULAR);
    };
    // By the degrees of freedom, as each parameter bends the curve to one more point.
    let variance = minimum.squares / float(degrees);
    let mut covariance = [[0.0; 4]; 4];
    for (i, row) in covariance.iter_mut().enumerate() {
        let mut unit = [0.0; 4];
        if let (Some(cell), Some(true)) = (unit.get_mut(i), used.get(i)) {
            *cell = variance;
        }
        *row = factor.solve(&unit);
    }
    Figure::Known(covariance)
}

/// `sqrt(g^T C g)`.
fn error_along(covariance: &Matrix, gradient: &Vector) -> f64 {
    let product = covariance.map(|row| dot(&row, gradient));
    // Rounding can leave a variance of nothing just below 0.
    libm::sqrt(dot(&product, gradient).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::{
        Adbudg, Exponential, Hill, HyperbolicTangent, Logarithmic, Logistic, MichaelisMenten, Power, best_of,
    };

    const SPENDS: [f64; 12] =
        [0.0, 50.0, 120.0, 200.0, 320.0, 450.0, 600.0, 800.0, 1000.0, 1300.0, 1700.0, 2200.0];

    fn near(found: f64, expected: f64, tolerance: f64) -> bool {
        (found - expected).abs() <= tolerance * expected.abs()
    }

    /// Curves of every family over spends up to 2,200.
    fn curves() -> [Curve; 12] {
        [
            Logarithmic::new(80.0, 150.0).unwrap().into(),
            Power::new(6.0, 0.45).unwrap().into(),
            Power::new(0.2, 0.9).unwrap().into(),
            MichaelisMenten::new(240.0, 420.0).unwrap().into(),
            MichaelisMenten::new(0.03, 9_000.0).unwrap().into(),
            Hill::new(230.0, 520.0, 2.2).unwrap().into(),
            Hill::new(1e6, 90.0, 0.7).unwrap().into(),
            Exponential::new(210.0, 480.0).unwrap().into(),
            HyperbolicTangent::new(200.0, 700.0).unwrap().into(),
            Logistic::new(220.0, 640.0, 0.006).unwrap().into(),
            Logistic::new(220.0, 100.0, 0.002).unwrap().into(),
            Adbudg::new(250.0, 30.0, 1.8, 1.5e5).unwrap().into(),
        ]
    }

    /// The numbers of the curve's wire form, in the order of the fit's parameters.
    fn parameters(curve: &Curve) -> Vec<f64> {
        // The wire names them by the letters of the formula; a map stands in their order.
        let json = serde_json::to_value(curve).unwrap();
        let fields = json.as_object().unwrap().iter().filter(|(name, _)| *name != "kind");
        fields.map(|(_, value)| value.as_str().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn exact_points_give_their_curve_back_in_any_unit() {
        for curve in curves() {
            let family = curve.family().unwrap();
            for (spend_unit, response_unit) in [(1.0, 1.0), (1e6, 1.0), (1.0, 1e-6), (1e-3, 1e5)] {
                let points = SPENDS.map(|x| (x * spend_unit, curve.value(x) * response_unit));
                let fit = fit(family, &Observations::new(points).unwrap()).unwrap();
                assert_eq!(fit.convergence, Convergence::Converged, "{family} {fit:?}");
                assert!(fit.r_squared() > 1.0 - 1e-13, "{family}: {}", fit.r_squared());
                for ((x, response), at) in points.into_iter().zip(SPENDS) {
                    let found = fit.curve().value(x);
                    assert!(
                        (found - response).abs() <= 1e-9 * points[11].1,
                        "{family} at {at}: {found} {response}"
                    );
                }
                if spend_unit.to_bits() == 1.0_f64.to_bits() && response_unit.to_bits() == 1.0_f64.to_bits() {
                    let expected = parameters(&curve);
                    assert_eq!(fit.parameters().len(), expected.len());
                    for (found, expected) in fit.parameters().iter().zip(expected) {
                        assert!(near(found.value, expected, 1e-6), "{family}: {found:?} {expected}");
                    }
                }
            }
        }
    }

    /// Found with `scipy.optimize.curve_fit` 1.17.1 (trust region, tolerances of 1e-15) from the true parameters.
    type Reference = (Family, &'static [f64], &'static [f64], &'static [f64], f64);
    const REFERENCES: [Reference; 8] = [
        (
            Family::Logarithmic,
            &[2.1, 19.7, 48.2, 71.7, 89.6, 106.7, 131.8, 148.3, 160.3, 183.9, 200.1, 221.6],
            &[80.708_53, 152.7295],
            &[2.377_455, 10.3844],
            77.517_21,
        ),
        (
            Family::Power,
            &[2.1, 31.6, 52.9, 69.0, 78.6, 89.6, 109.7, 122.1, 131.6, 153.6, 169.7, 193.0],
            &[5.839_105, 0.454_069_4],
            &[0.393_174_1, 0.009_593_945],
            76.387_72,
        ),
        (
            Family::MichaelisMenten,
            &[2.1, 22.2, 54.5, 81.3, 102.0, 119.9, 144.2, 158.0, 166.3, 183.8, 191.6, 203.0],
            &[241.0279, 424.5966],
            &[3.386_705, 17.486_57],
            77.924_21,
        ),
        (
            Family::Hill,
            &[2.1, -2.0, 10.0, 28.9, 57.0, 92.7, 136.0, 166.4, 183.2, 205.4, 213.3, 222.3],
            &[231.7516, 526.0628, 2.173_621],
            &[3.302_19, 11.137_11, 0.081_417_74],
            75.662_43,
        ),
        (
            Family::Exponential,
            &[2.1, 17.5, 47.7, 75.5, 100.4, 123.6, 152.8, 170.9, 181.2, 198.4, 203.0, 209.4],
            &[210.7009, 484.0774],
            &[1.985_782, 12.621_24],
            76.849_62,
        ),
        (
            Family::HyperbolicTangent,
            &[2.1, 11.0, 35.2, 59.5, 83.8, 109.2, 142.0, 163.7, 175.6, 192.9, 196.0, 200.8],
            &[200.7037, 705.6846],
            &[1.809_058, 15.578_99],
            76.577_14,
        ),
        (
            Family::Logistic,
            &[2.1, -1.7, 5.9, 13.9, 21.7, 44.5, 95.2, 155.1, 189.9, 213.7, 214.1, 216.9],
            &[220.3071, 641.3473, 0.006_021_524],
            &[2.124_073, 6.840_333, 0.000_234_039_6],
            77.270_39,
        ),
        (
            Family::Adbudg,
            &[32.1, 28.4, 39.0, 52.5, 67.2, 88.4, 121.1, 146.9, 165.0, 192.7, 208.0, 223.7],
            &[251.8689, 30.501_59, 1.799_499, 153_843.5],
            &[7.724_644, 2.073_166, 0.112_715_3, 106_076.4],
            75.713_87,
        ),
    ];

    #[test]
    fn noisy_points_give_the_fit_of_a_reference() {
        for (family, responses, values, errors, squares) in REFERENCES {
            for unit in [1.0, 1e-6, 1e6] {
                let points = SPENDS.into_iter().zip(responses.iter().map(|response| response * unit));
                let fit = fit(family, &Observations::new(points).unwrap()).unwrap();
                assert_eq!(fit.convergence, Convergence::Converged, "{family}");
                assert!(near(fit.residual_squares(), squares * unit * unit, 1e-6), "{family}");
                let expected = values.iter().zip(errors);
                assert_eq!(fit.parameters().len(), expected.len());
                for (parameter, (value, error)) in fit.parameters().iter().zip(expected) {
                    let unit = if matches!(parameter.name, "a" | "b") { unit } else { 1.0 };
                    assert!(near(parameter.value, value * unit, 1e-6), "{family}: {parameter:?} {value}");
                    let found = parameter.standard_error.clone().known().unwrap();
                    assert!(near(found, error * unit, 1e-5), "{family}: {parameter:?} {error}");
                }
                assert!((1..=300).contains(&fit.iterations()) && fit.starts() > 0);
            }
        }
    }

    #[test]
    fn weights_count_as_repeated_points() {
        let (_, responses, ..) = REFERENCES[3];
        let points: Vec<_> = SPENDS.into_iter().zip(responses.iter().copied()).collect();
        let weights = [1.0, 1.0, 2.0, 1.0, 4.0, 1.0, 1.0, 3.0, 1.0, 1.0, 2.0, 1.0];
        let weighted = Observations::new(points.clone()).unwrap().with_weights(weights).unwrap();
        let weighted = fit(Family::Hill, &weighted).unwrap();
        let expected =
            [(230.418_248_56, 2.866_554_9), (523.704_316_9, 9.511_270_89), (2.216_679_94, 0.064_384_2)];
        assert_eq!(weighted.parameters().len(), expected.len());
        for (parameter, (value, error)) in weighted.parameters().iter().zip(expected) {
            assert!(near(parameter.value, value, 1e-7), "{parameter:?}");
            assert!(near(parameter.standard_error.clone().known().unwrap(), error, 1e-5), "{parameter:?}");
        }
        let repeated = [0, 1, 2, 2, 3, 4, 4, 4, 4, 5, 6, 7, 7, 7, 8, 9, 10, 10, 11].map(|i| points[i]);
        let repeated = fit(Family::Hill, &Observations::new(repeated).unwrap()).unwrap();
        assert!(near(repeated.residual_squares(), weighted.residual_squares(), 1e-9));
        assert!(near(repeated.root_mean_square(), weighted.root_mean_square(), 1e-9));
        assert!(near(repeated.r_squared(), weighted.r_squared(), 1e-12));
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let observed = |points: &[(f64, f64)]| Observations::new(points.iter().copied());
        let too_few = ResponseError::TooFewPoints { found: 1, needed: 2 };
        assert_eq!(observed(&[(1.0, 1.0)]), Err(too_few));
        assert!(matches!(observed(&[(1.0, 1.0), (f64::NAN, 2.0)]), Err(ResponseError::OutOfRange { .. })));
        assert!(matches!(
            observed(&[(1.0, 1.0), (2.0, f64::INFINITY)]),
            Err(ResponseError::OutOfRange { .. })
        ));
        let negative = ResponseError::OutOfRange { name: "spend", value: -1.0, range: "0..=1e100" };
        assert_eq!(observed(&[(1.0, 1.0), (-1.0, 2.0)]), Err(negative));
        let same = |what| ResponseError::NoVariation { what, count: 2 };
        assert_eq!(observed(&[(1.0, 1.0), (1.0, 2.0)]), Err(same("spend")));
        assert_eq!(observed(&[(1.0, 1.0), (2.0, 1.0)]), Err(same("response")));
        // A spend of 0 tells nothing of a curve that begins at 0, of an ADBUDG curve its base.
        let three = observed(&[(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]).unwrap();
        let lacks = |found, needed| ResponseError::TooFewPoints { found, needed };
        assert_eq!(fit(Family::Hill, &three), Err(lacks(2, 3)));
        assert_eq!(fit(Family::Adbudg, &three), Err(lacks(3, 4)));
        let below = observed(&[(1.0, -1.0), (2.0, -2.0), (3.0, -3.5), (4.0, -5.0)]).unwrap();
        for family in Family::ALL {
            assert_eq!(fit(*family, &below), Err(ResponseError::NoFit { family: *family }), "{family}");
        }
        let four = observed(&[(1.0, 1.0), (2.0, 1.8), (3.0, 2.4), (4.0, 2.8)]).unwrap();
        assert!(matches!(four.clone().with_weights([1.0]), Err(ResponseError::WeightCount { .. })));
        assert!(four.clone().with_weights([1.0, 0.0, 1.0, 1.0]).is_err());
        assert_eq!(best_of([], &four), Err(ResponseError::NoFamily));
        assert_eq!(best_of([Family::Hill], &four), Err(lacks(4, 6)));
    }

    #[test]
    fn a_fit_without_degrees_of_freedom_or_on_a_bound_has_no_standard_errors() {
        let two = Observations::new([(1.0, 1.0), (3.0, 2.0)]).unwrap();
        let fit_of_two = fit(Family::MichaelisMenten, &two).unwrap();
        assert!(fit_of_two.residual_squares() < 1e-24);
        let errors =
            |fit: &Fit| fit.parameters().iter().map(|found| found.standard_error.clone()).collect::<Vec<_>>();
        assert_eq!(errors(&fit_of_two), [unreliable(NO_DEGREES), unreliable(NO_DEGREES)]);
        // A convex series: no power up to 1 does better than the straight line.
        let convex = Observations::new([(1.0, 1.0), (2.0, 4.0), (3.0, 9.0), (4.0, 16.0)]).unwrap();
        let line = fit(Family::Power, &convex).unwrap();
        assert_eq!(line.convergence, Convergence::AtBound);
        assert_eq!(errors(&line), [unreliable(AT_BOUND), unreliable(AT_BOUND)]);
        assert!(near(line.parameters()[1].value, 1.0, 1e-15));
    }

    /// N6: on a straight line every family runs to a bound of the search; none is called converged, and none is told from
    /// the others.
    #[test]
    fn a_straight_line_is_at_the_bound_and_a_tie() {
        let line = |points: core::ops::RangeInclusive<i32>, spend: f64, response: f64| {
            let point = |week| (f64::from(week) * spend, f64::from(week) * response);
            Observations::new(points.map(point)).unwrap()
        };
        let lines = [
            line(1..=52, 10.0, 37.0),
            line(0..=20, 1.0, 37.0),
            line(1..=6, 1e4, 1.0 / 3.0),
            line(1..=9, 1e-3, 0.1),
        ];
        for (line, family) in
            lines.iter().flat_map(|line| Family::ALL.iter().map(move |family| (line, *family)))
        {
            let found = fit(family, line).unwrap();
            assert_eq!(found.convergence, Convergence::AtBound, "{family} {:?}", found.parameters());
            let errors = found.parameters().iter().map(|found| found.standard_error.clone());
            assert!(errors.eq(found.parameters().iter().map(|_| unreliable(AT_BOUND))), "{family}");
            assert!(found.r_squared() > 1.0 - 1e-9, "{family}");
        }
        // Noise hides the bend of all of them alike.
        let noise = [3.0, -5.0, 1.0, 4.0, -2.0, -1.0, 2.0, -4.0, 5.0, -3.0];
        let points =
            (1..=10_i32).zip(noise).map(|(week, off)| (f64::from(week), 37.0 * f64::from(week) + off));
        let families = [
            Family::MichaelisMenten,
            Family::Logarithmic,
            Family::Exponential,
            Family::HyperbolicTangent,
            Family::Power,
        ];
        let comparison = best_of(families, &Observations::new(points).unwrap()).unwrap();
        let ties: Vec<Family> = comparison.ties().map(Fit::family).collect();
        assert!(ties.len() >= 4, "{ties:?}");
        assert_eq!(ties.first(), Some(&comparison.best().family()));
    }

    #[test]
    fn the_criterion_prefers_the_family_that_made_the_points() {
        for curve in curves() {
            let family = curve.family().unwrap();
            let points = SPENDS.map(|x| (x, curve.value(x)));
            let comparison =
                best_of(Family::ALL.iter().copied(), &Observations::new(points).unwrap()).unwrap();
            assert_eq!(comparison.best().family(), family);
            assert_eq!(comparison.fits().count() + comparison.refused().len(), Family::ALL.len());
            let criteria: Vec<_> = comparison.fits().map(|fit| fit.aicc().unwrap()).collect();
            assert!(criteria.is_sorted());
        }
    }
}
