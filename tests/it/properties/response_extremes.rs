//! Every float of every curve is finite, or the limit that its documentation names, at extreme parameters and spends.

use marketloop::response::{
    Adbudg, Curve, Exponential, Hill, HyperbolicTangent, Logarithmic, Logistic, MichaelisMenten,
    PiecewiseLinear, Power, ResponseCurve,
};

const NUMBERS: [f64; 17] = [
    0.0,
    5e-324,
    1e-308,
    1e-200,
    1e-100,
    1e-50,
    1e-3,
    0.5,
    1.0,
    1.000_000_1,
    7.0,
    1e3,
    1e50,
    1e100,
    1e150,
    1e308,
    f64::MAX,
];

/// Every curve that the constructors take of these numbers.
fn curves() -> Vec<Curve> {
    let mut curves: Vec<Curve> = Vec::new();
    let mut keep = |curve: Result<Curve, _>| curves.extend(curve.ok());
    for a in NUMBERS {
        for k in NUMBERS {
            keep(Logarithmic::new(a, k).map(Into::into));
            keep(Power::new(a, k).map(Into::into));
            keep(MichaelisMenten::new(a, k).map(Into::into));
            keep(Exponential::new(a, k).map(Into::into));
            keep(HyperbolicTangent::new(a, k).map(Into::into));
            keep(PiecewiseLinear::new([(0.0, 0.0), (k, a)]).map(Into::into));
            keep(PiecewiseLinear::new([(0.0, 0.0), (k, 0.0), (2.0 * k, a), (3.0 * k, a)]).map(Into::into));
            for s in NUMBERS {
                keep(Hill::new(a, k, s).map(Into::into));
                keep(Logistic::new(a, k, s).map(Into::into));
                keep(Adbudg::new(a, 0.0, s, k).map(Into::into));
                keep(Adbudg::new(a, a * 0.25, s, k).map(Into::into));
            }
        }
    }
    curves
}

/// N7: a value, a rise, a best spend, an inflection and a tangent are finite; a marginal response and its inverse are numbers of
/// at least 0, infinite where they say so.
#[test]
fn every_float_of_every_curve_is_finite_or_its_stated_limit() {
    let step = if std::env::var_os("MARKETLOOP_FULL").is_some() { 1 } else { 10 };
    let spends = || NUMBERS.into_iter().chain([-1.0, f64::NAN, f64::INFINITY]);
    let (mut checked, mut wrong) = (0_u64, Vec::new());
    for curve in curves().into_iter().step_by(step) {
        let mut hold = |is: bool, what: &str, at: [f64; 3], found: f64| {
            checked += 1;
            if !is && wrong.len() < 20 {
                wrong.push(format!("{what} {at:?} is {found} of {curve:?}"));
            }
        };
        let bend = curve.inflection();
        hold(bend.is_finite() && bend >= 0.0, "inflection", [0.0; 3], bend);
        for spend in spends() {
            let (value, slope) = (curve.value(spend), curve.marginal(spend));
            hold(value.is_finite() && value >= 0.0, "value", [spend, 0.0, 0.0], value);
            let is_limit = spend.is_nan() || spend <= 0.0;
            hold(slope >= 0.0 && (slope.is_finite() || is_limit), "marginal", [spend, 0.0, 0.0], slope);
            let inverse = curve.inverse_marginal(spend);
            hold(inverse >= 0.0, "inverse_marginal", [spend, 0.0, 0.0], inverse);
            if let Some((touch, slope)) = curve.tangent_from(spend) {
                let is_finite = touch.is_finite() && slope.is_finite();
                hold(is_finite, "tangent_from", [spend, touch, 0.0], slope);
            }
            for width in spends() {
                let rise = curve.rise(spend, width);
                hold(rise.is_finite(), "rise", [spend, width, 0.0], rise);
                for price in [0.0, 5e-324, 1e-100, 1e-3, 1.0, 1e100, 1e308, f64::NAN] {
                    if spend.is_finite() && width.is_finite() {
                        let best = curve.best_spend(price, spend, width);
                        hold(best.is_finite(), "best_spend", [price, spend, width], best);
                        let near = curve.best_spend_near(price, spend, width, 7.0);
                        hold(near.is_finite(), "best_spend_near", [price, spend, width], near);
                    }
                }
            }
        }
        hold(curve.rise(0.0, 0.0).abs() <= 0.0, "rise", [0.0; 3], curve.rise(0.0, 0.0));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{checked} figures of curves checked");
}

/// Found by a drawn curve: where the share of the steepest slope underflows, the spend was 2 % off.
#[test]
fn the_inverse_of_a_slope_near_the_least_float_is_its_spend() {
    let tangent: Curve = HyperbolicTangent::new(58_400.0, 0.004_13).unwrap().into();
    let exponential: Curve = Exponential::new(58_400.0, 0.002).unwrap().into();
    for (curve, spend) in [(tangent, 1.5), (exponential, 1.46)] {
        let slope = curve.marginal(spend);
        assert!(slope > 0.0 && slope < f64::MIN_POSITIVE, "{slope:e}");
        let found = curve.inverse_marginal(slope);
        assert!((found / spend - 1.0).abs() < 1e-4, "{curve:?}: {found} for {spend}");
    }
}
