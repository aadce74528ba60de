//! Laws of response curves, adstock and fits.

use marketloop::error::ErrorKind;
use marketloop::laws;
use marketloop::response::{
    Adbudg, Adstock, Curve, Exponential, Family, Hill, HyperbolicTangent, Kernel, Logarithmic, Logistic,
    MichaelisMenten, Observations, PiecewiseLinear, Power, ResponseCurve, ResponseError, fit, responses,
};
use marketloop::strategies::{adstocks, curves, kernels, spend_series};
use proptest::prelude::*;

/// A spend of the order at which the curve bends.
fn reference_spend(curve: &Curve) -> f64 {
    match curve {
        Curve::Logarithmic(curve) => curve.scale(),
        Curve::MichaelisMenten(curve) => curve.half_saturation(),
        Curve::Exponential(curve) => curve.scale(),
        Curve::HyperbolicTangent(curve) => curve.scale(),
        Curve::Hill(curve) => curve.half_saturation(),
        Curve::Logistic(curve) => curve.midpoint(),
        Curve::Adbudg(curve) => curve.scale().powf(1.0 / curve.shape()),
        Curve::PiecewiseLinear(curve) => curve.points().last().unwrap().0 * 0.5,
        _ => 100.0,
    }
}

/// Only the three methods that a curve must have: the searches are the provided ones.
struct Bare<'a>(&'a Curve);

impl ResponseCurve for Bare<'_> {
    fn value(&self, spend: f64) -> f64 {
        self.0.value(spend)
    }

    fn marginal(&self, spend: f64) -> f64 {
        self.0.marginal(spend)
    }

    fn inflection(&self) -> f64 {
        self.0.inflection()
    }
}

/// The elasticity of the marginal response, by which a rounding error of the slope moves the spend less.
fn sharpness(curve: &Curve, spend: f64) -> f64 {
    let step = 1e-5;
    ((curve.marginal(spend * (1.0 + step)) / curve.marginal(spend * (1.0 - step))).ln() / (2.0 * step)).abs()
}

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(f64::MIN_POSITIVE)
}

proptest! {
    #[test]
    fn more_spend_never_gives_less_response(curve in curves(), x in 0.0..8.0_f64, y in 0.0..8.0_f64) {
        let spend = reference_spend(&curve);
        let (less, more) = (curve.value(spend * x.min(y)), curve.value(spend * x.max(y)));
        prop_assert!(less <= more * (1.0 + 1e-15), "{less} {more}");
        prop_assert!(curve.value(0.0) >= 0.0 && curve.marginal(spend * x) >= 0.0);
    }

    #[test]
    fn marginal_is_the_derivative(curve in curves().smooth(), x in 0.01..5.0_f64) {
        laws::marginal_is_the_slope(&curve, reference_spend(&curve) * x)?;
    }

    #[test]
    fn curves_are_convex_and_then_concave(curve in curves().smooth(), x in 0.0..1.0_f64, y in 1.0..6.0_f64) {
        let bend = curve.inflection();
        let scale = if bend > 0.0 { bend } else { reference_spend(&curve) };
        let slope = |x: f64| curve.marginal(scale * x);
        if bend > 0.0 {
            prop_assert!(slope(x * x) <= slope(x) * (1.0 + 1e-12));
            prop_assert!(slope(x) <= slope(1.0) * (1.0 + 1e-12));
            prop_assert!(slope(y) <= slope(1.0) * (1.0 + 1e-12));
        }
        prop_assert!(slope(y * y) <= slope(y) * (1.0 + 1e-12));
    }

    #[test]
    fn inverse_marginal_inverts_marginal(curve in curves().smooth(), x in 0.001..6.0_f64, guess in -2.0..2.0_f64) {
        let bend = curve.inflection();
        let spend = bend + reference_spend(&curve) * x;
        let slope = curve.marginal(spend);
        prop_assume!(slope > 1e-250);
        let slack = 1e-13 + 1e-14 / sharpness(&curve, spend);
        let found = curve.inverse_marginal(slope);
        prop_assert!(near(found, spend, slack), "{curve:?} at {spend}: {found}, slack {slack:e}");
        let guessed = curve.inverse_marginal_near(slope, spend * 10_f64.powf(guess));
        prop_assert!(near(guessed, spend, slack), "{curve:?} at {spend}: {guessed}, slack {slack:e}");
        let nearer = curve.inverse_marginal_near(slope, spend * (1.0 + guess * 1e-4));
        prop_assert!(near(nearer, spend, slack), "{curve:?} at {spend}: {nearer}, slack {slack:e}");
        for guess in [bend, bend * (1.0 + 1e-15), bend * (1.0 + 1e-9), bend * 1.01, bend * 0.99, 1e140, 1e-140] {
            let guessed = curve.inverse_marginal_near(slope, guess);
            prop_assert!(near(guessed, spend, slack), "{curve:?} at {spend}: {guessed} from {guess}");
        }
        let searched = Bare(&curve).inverse_marginal(slope);
        prop_assert!(near(searched, spend, slack * 10.0), "{curve:?} at {spend}: searched {searched}");
    }

    #[test]
    fn a_slope_that_is_nowhere_has_no_spend(curve in curves().smooth(), factor in 1.001..100.0_f64) {
        let greatest = curve.marginal(curve.inflection());
        for slope in [greatest * factor, f64::INFINITY, f64::NAN] {
            if slope.is_nan() || greatest.is_finite() {
                prop_assert!(curve.inverse_marginal(slope).to_bits() == 0, "{slope}");
                prop_assert!(curve.inverse_marginal_near(slope, 10.0).to_bits() == 0, "{slope}");
            }
            prop_assert!(Bare(&curve).inverse_marginal(slope).to_bits() == 0, "{slope}");
        }
        for slope in [0.0, -1.0, f64::NEG_INFINITY] {
            prop_assert!(curve.inverse_marginal(slope) == f64::INFINITY);
            prop_assert!(curve.inverse_marginal_near(slope, 10.0) == f64::INFINITY);
            prop_assert!(Bare(&curve).inverse_marginal(slope) == f64::INFINITY);
        }
    }

    #[test]
    fn best_spend_is_as_good_as_any_of_a_grid(
        curve in curves(), share in 0.01..3.0_f64, from in 0.0..2.0_f64, width in 0.0..6.0_f64
    ) {
        let scale = reference_spend(&curve);
        let (from, to) = (from * scale, (from + width) * scale);
        // Around the average return over the range, so that no end is always the answer.
        let price = share * (curve.value(to) - curve.value(0.0)) / to.max(1e-9);
        for best in [curve.best_spend(price, from, to), (&curve as &dyn ResponseCurve).best_spend(price, from, to)] {
            prop_assert!(from <= best && best <= to);
            let gain = |spend: f64| curve.value(spend) - price * spend;
            let slack = 1e-13 * (curve.value(to) + price * to);
            for step in 0..=400 {
                let other = from + (to - from) * f64::from(step) / 400.0;
                prop_assert!(gain(other) <= gain(best) + slack, "{other} better than {best}");
            }
        }
    }

    #[test]
    fn a_tangent_lies_above_its_curve_and_touches_it(curve in curves(), share in 0.0..1.0_f64) {
        let bend = curve.inflection();
        let from = bend * share;
        match curve.tangent_from(from) {
            None => prop_assert!(from >= bend || curve.value(bend * 8.0) <= curve.value(from)),
            Some((touch, slope)) => {
                prop_assert!(touch > from && slope > 0.0);
                let line = |spend: f64| curve.value(from) + slope * (spend - from);
                let slack = 1e-12 * curve.value(touch);
                prop_assert!((line(touch) - curve.value(touch)).abs() <= slack);
                for step in 0..=200 {
                    let spend = from + (touch * 3.0 - from) * f64::from(step) / 200.0;
                    prop_assert!(curve.value(spend) <= line(spend) + slack + 1e-12 * line(spend));
                }
            }
        }
    }

    #[test]
    fn the_hill_curve_s_best_average_is_where_its_formula_says(a in 0.001..1e6_f64, k in 0.001..1e6_f64, s in 1.05..20.0_f64) {
        let (touch, slope) = Hill::new(a, k, s).unwrap().tangent_from(0.0).unwrap();
        let expected = k * (s - 1.0).powf(1.0 / s);
        prop_assert!(near(touch, expected, 1e-12), "{touch} {expected}");
        prop_assert!(near(slope, a * (s - 1.0) / s / expected, 1e-13));
    }

    #[test]
    fn no_float_gives_a_nan(curve in curves(), x in any::<f64>(), y in any::<u64>().prop_map(f64::from_bits)) {
        prop_assert!(curve.value(x).is_finite() && curve.value(y).is_finite());
        for curve in [&curve as &dyn ResponseCurve, &Bare(&curve)] {
            for (x, y) in [(x, y), (y, x)] {
                prop_assert!(!curve.marginal(x).is_nan());
                prop_assert!(!curve.inverse_marginal(x).is_nan(), "{x}");
                prop_assert!(!curve.inverse_marginal_near(x, y).is_nan(), "{x} {y}");
                prop_assert!(!curve.best_spend(x, 0.0, 1e6).is_nan(), "{x}");
                prop_assert!(curve.tangent_from(x).is_none_or(|(_, slope)| slope.is_finite()));
            }
        }
    }

    #[test]
    fn a_curve_reads_back_as_it_was_written(curve in curves()) {
        let back: Curve = serde_json::from_str(&serde_json::to_string(&curve).unwrap()).unwrap();
        for x in [0.0, 0.5, 1.0, 3.0] {
            let spend = reference_spend(&curve) * x;
            prop_assert!(near(back.value(spend), curve.value(spend), 1e-12));
        }
    }

    #[test]
    fn normalised_weights_sum_to_one(kernel in kernels(), lags in 2..200_usize) {
        let adstock = Adstock::new(kernel, lags).map(Adstock::normalised);
        prop_assume!(adstock.is_ok());
        let adstock = adstock.unwrap();
        prop_assert_eq!(adstock.lags(), lags);
        prop_assert!(adstock.weights().iter().all(|weight| (0.0..=1.0).contains(weight)));
        prop_assert!(near(adstock.long_run_multiplier(), 1.0, 1e-13));
        let mean = adstock.mean_lag();
        prop_assert!(mean >= 0.0 && adstock.weights().iter().skip(1).any(|weight| *weight > 0.0) == (mean > 0.0));
    }

    #[test]
    fn adstock_is_linear(adstock in adstocks(), x in spend_series(), y in spend_series(), factor in 0.0..10.0_f64) {
        laws::carry_over_is_linear(|spends| adstock.apply(spends).unwrap(), &x, &y, factor)?;
    }

    #[test]
    fn adstock_is_time_invariant(adstock in adstocks(), spends in spend_series(), delay in 0..30_usize) {
        laws::carry_over_is_time_invariant(|spends| adstock.apply(spends).unwrap(), &spends, delay)?;
    }

    #[test]
    fn all_that_is_spent_works_as_often_as_the_multiplier_says(adstock in adstocks(), spends in spend_series()) {
        let mut state = adstock.carry_over();
        let now: Vec<f64> = spends.iter().map(|spend| state.advance(*spend).unwrap()).collect();
        laws::carry_over_conserves_spend(&spends, &now, &state.outstanding(), adstock.long_run_multiplier())?;
    }

    #[test]
    fn period_by_period_is_the_whole_series(adstock in adstocks(), spends in spend_series(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(spends.len() + 1);
        let mut state = adstock.carry_over();
        let mut found = Vec::new();
        for spend in &spends[..cut] {
            found.push(state.advance(*spend).unwrap());
        }
        // What still works is what the whole series gives when nothing follows.
        let silent = [spends[..cut].to_vec(), vec![0.0; adstock.lags() - 1]].concat();
        let after = &adstock.apply(&silent).unwrap()[cut..];
        for (outstanding, after) in state.outstanding().into_iter().zip(after) {
            prop_assert!(near(outstanding, *after, 1e-13) || (outstanding - after).abs() < 1e-300);
        }
        for spend in &spends[cut..] {
            found.push(state.advance(*spend).unwrap());
        }
        let whole = adstock.apply(&spends).unwrap();
        let bits = |series: &[f64]| series.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&found), bits(&whole));
    }

    #[test]
    fn responses_are_the_curve_of_what_works(curve in curves().smooth(), adstock in adstocks(), spends in spend_series()) {
        let found = responses(&curve, &adstock, &spends).unwrap();
        let working = adstock.apply(&spends).unwrap();
        prop_assert_eq!(found, working.into_iter().map(|spend| curve.value(spend)).collect::<Vec<_>>());
    }

    #[test]
    fn a_refused_spend_leaves_the_carry_over_as_it_was(
        adstock in adstocks(), spends in spend_series(), bad in prop::sample::select(vec![-1.0, f64::NAN, f64::INFINITY])
    ) {
        let mut state = adstock.carry_over();
        for spend in &spends {
            state.advance(*spend).unwrap();
        }
        let before = state.clone();
        prop_assert!(state.advance(bad).is_err());
        prop_assert_eq!(state, before);
        prop_assert!(adstock.apply(&[&spends[..], &[bad]].concat()).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_fit_is_no_worse_than_the_curve_behind_the_points(
        family in prop::sample::select(Family::ALL.to_vec()),
        noise in prop::collection::vec(-0.05..0.05_f64, 15),
    ) {
        let curve: Curve = match family {
            Family::Logarithmic => Logarithmic::new(80.0, 150.0).unwrap().into(),
            Family::Power => Power::new(6.0, 0.45).unwrap().into(),
            Family::MichaelisMenten => MichaelisMenten::new(240.0, 420.0).unwrap().into(),
            Family::Hill => Hill::new(230.0, 520.0, 2.2).unwrap().into(),
            Family::Exponential => Exponential::new(210.0, 480.0).unwrap().into(),
            Family::HyperbolicTangent => HyperbolicTangent::new(200.0, 700.0).unwrap().into(),
            Family::Logistic => Logistic::new(220.0, 640.0, 0.006).unwrap().into(),
            _ => Adbudg::new(250.0, 30.0, 1.8, 1.5e5).unwrap().into(),
        };
        let spends = (0..15).map(|week| f64::from(week * week) * 10.0 + 5.0);
        let points: Vec<_> =
            spends.zip(&noise).map(|(spend, noise)| (spend, curve.value(spend) * (1.0 + noise))).collect();
        let squares = |curve: &Curve| -> f64 {
            points.iter().map(|(spend, response)| (response - curve.value(*spend)).powi(2)).sum()
        };
        let found = fit(family, &Observations::new(points.clone()).unwrap()).unwrap();
        prop_assert!(found.residual_squares() <= squares(&curve) * (1.0 + 1e-9));
        prop_assert!(near(found.residual_squares(), squares(found.curve()), 1e-12));
        prop_assert!(!found.minimum().to_string().ends_with("a minimum is not reached"), "{:?}", found);
        // The order of the points and their units do not matter.
        let moved = points.iter().rev().map(|(spend, response)| (spend * 1e6, response * 1e-6));
        let moved = fit(family, &Observations::new(moved).unwrap()).unwrap();
        prop_assert!(near(moved.residual_squares(), found.residual_squares() * 1e-12, 1e-8));
        for (spend, _) in &points {
            prop_assert!(near(moved.curve().value(spend * 1e6), found.curve().value(*spend) * 1e-6, 1e-5));
        }
    }

    #[test]
    fn any_points_give_figures_or_an_error(
        points in prop::collection::vec((0..6_u8, -3..10_i8), 2..9),
        spend_power in -80.0..80.0_f64,
        response_power in -80.0..80.0_f64,
        family in prop::sample::select(Family::ALL.to_vec()),
    ) {
        let (spend_unit, response_unit) = (10_f64.powf(spend_power), 10_f64.powf(response_power));
        let points = points.into_iter().map(|(spend, response)| {
            (f64::from(spend) * spend_unit, f64::from(response) * response_unit)
        });
        if let Ok(found) = Observations::new(points).and_then(|observations| fit(family, &observations)) {
            let figures = [found.residual_squares(), found.r_squared(), found.root_mean_square()];
            prop_assert!(figures.iter().all(|figure| figure.is_finite()), "{found:?}");
            prop_assert!(found.aicc().is_ok_and(f64::is_finite) == (found.points() > found.parameters().len() + 2));
            for parameter in found.parameters() {
                prop_assert!(parameter.value.is_finite());
                prop_assert!(parameter.standard_error.clone().known().is_none_or(f64::is_finite));
            }
            prop_assert!(found.r_squared() <= 1.0);
        }
    }
}

/// Every parameter of every kind, one at a time replaced by what it must not be.
#[test]
fn bad_parameters_are_refused() {
    type Make = fn(&[f64]) -> Result<Curve, ResponseError>;
    let curves: [(&[f64], Make); 8] = [
        (&[80.0, 150.0], |p| Logarithmic::new(p[0], p[1]).map(Into::into)),
        (&[6.0, 0.45], |p| Power::new(p[0], p[1]).map(Into::into)),
        (&[240.0, 420.0], |p| MichaelisMenten::new(p[0], p[1]).map(Into::into)),
        (&[230.0, 520.0, 2.2], |p| Hill::new(p[0], p[1], p[2]).map(Into::into)),
        (&[210.0, 480.0], |p| Exponential::new(p[0], p[1]).map(Into::into)),
        (&[200.0, 700.0], |p| HyperbolicTangent::new(p[0], p[1]).map(Into::into)),
        (&[220.0, 640.0, 0.006], |p| Logistic::new(p[0], p[1], p[2]).map(Into::into)),
        (&[250.0, 30.0, 1.8, 1.5e5], |p| Adbudg::new(p[0], p[1], p[2], p[3]).map(Into::into)),
    ];
    let mut refused = 0;
    for (parameters, make) in curves {
        assert!(make(parameters).is_ok());
        for slot in 0..parameters.len() {
            for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 1e101] {
                let mut parameters = parameters.to_vec();
                parameters[slot] = bad;
                let error = make(&parameters).unwrap_err();
                assert!(
                    matches!(error, ResponseError::OutOfRange { value, .. } if value.to_bits() == bad.to_bits())
                );
                assert_eq!(error.kind(), ErrorKind::OutOfRange);
                refused += 1;
            }
        }
    }
    assert_eq!(refused, 5 * 20);
    for bad in [f64::NAN, f64::INFINITY, -0.1, 1e101] {
        assert!(Kernel::geometric(bad).is_err() && Kernel::binomial(bad).is_err());
        assert!(Kernel::delayed(bad, 1.0).is_err() && Kernel::delayed(0.5, bad).is_err());
        assert!(Kernel::weibull_cdf(bad, 1.0).is_err() && Kernel::weibull_cdf(1.0, bad).is_err());
        assert!(Kernel::weibull_pdf(bad, 1.0).is_err() && Kernel::weibull_pdf(1.0, bad).is_err());
        assert!(Kernel::custom([1.0, bad]).is_err());
        assert!(PiecewiseLinear::new([(0.0, 0.0), (bad, 1.0)]).is_err());
        assert!(PiecewiseLinear::new([(0.0, 0.0), (1.0, bad)]).is_err());
    }
    assert!(Kernel::custom([]).is_err());
    assert_eq!(PiecewiseLinear::new([]), Err(ResponseError::TooFewPoints { found: 0, needed: 2 }));
    // A half-way spend of 1e50^(1/0.001) is beyond every float.
    assert!(matches!(Adbudg::new(2.0, 1.0, 1e-3, 1e50), Err(ResponseError::OutOfRange { .. })));
}
