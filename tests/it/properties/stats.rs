//! Laws of the special functions, the intervals and the moments.

#![expect(clippy::cast_precision_loss, reason = "the cases are small, or rounding is what they test")]

use marketloop::laws;
use marketloop::stats::{
    Alternative, Correction, DifferenceMethod, EffectEstimate, IntervalMethod, MatchingBounds, Moments,
    PairedMoments, QuantileMethod, StatsError, beta_cdf, beta_quantile, beta_survival, chi_squared_cdf,
    chi_squared_survival, gamma_cdf, gamma_survival, interval, ln_beta, ln_gamma, mean, normal_cdf,
    normal_density, normal_quantile, sample_quantile, student_cdf, student_quantile, variance,
};
use marketloop::strategies::{floats, samples, success_counts, two_proportions};
use proptest::prelude::*;

fn shape() -> impl Strategy<Value = f64> {
    (-2.0..6.0_f64).prop_map(|power| 10_f64.powf(power))
}

fn method() -> impl Strategy<Value = IntervalMethod> {
    prop::sample::select(IntervalMethod::ALL.to_vec())
}

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(f64::MIN_POSITIVE)
}

fn effects() -> impl Strategy<Value = Vec<EffectEstimate>> {
    let effect =
        (-5.0..5.0_f64, 0.5..2.0_f64, prop::option::of(1.0..50.0_f64)).prop_map(|(value, error, degrees)| {
            let effect = EffectEstimate::new(value, error).unwrap();
            degrees.map_or(effect.clone(), |degrees| effect.with_degrees(degrees).unwrap())
        });
    prop::collection::vec(effect, 0..12)
}

proptest! {
    /// A bound leaves 0 out where the adjusted p-value is at most one less the level; at a tie either is 0.
    #[test]
    fn matching_bounds_agree_with_the_adjusted_p_values(effects in effects(), level in 0.5..0.999_f64) {
        for correction in Correction::ALL {
            let Some(kind) = correction.bounds() else { continue };
            for (side, sign) in [(Alternative::Larger, 1.0), (Alternative::Smaller, -1.0)] {
                let p: Vec<f64> = effects.iter().map(|effect| effect.p_value(side).known().unwrap()).collect();
                let adjusted = correction.adjusted(&p).unwrap();
                let bounds = match side {
                    Alternative::Larger => kind.lower_bounds(&effects, level),
                    _ => kind.upper_bounds(&effects, level),
                };
                for (adjusted, bound) in adjusted.iter().zip(bounds.unwrap()) {
                    let beyond = bound.is_some_and(|bound| sign * bound >= 0.0);
                    let tie = (adjusted - (1.0 - level)).abs() < 1e-12;
                    prop_assert!(tie || beyond == (*adjusted < 1.0 - level), "{kind} {side}: {adjusted} {bound:?}");
                }
            }
            if kind != MatchingBounds::Holm {
                let both = |effect: &EffectEstimate| effect.p_value(Alternative::TwoSided).known().unwrap();
                let adjusted = correction.adjusted(&effects.iter().map(both).collect::<Vec<_>>()).unwrap();
                for (adjusted, range) in adjusted.iter().zip(kind.intervals(&effects, level).unwrap()) {
                    let beyond = range.is_some_and(|range| range.low() >= 0.0 || range.high() <= 0.0);
                    let tie = (adjusted - (1.0 - level)).abs() < 1e-12;
                    prop_assert!(tie || beyond == (*adjusted < 1.0 - level), "{kind}: {adjusted} {range:?}");
                }
            }
        }
    }

    #[test]
    fn corrections_keep_the_order_and_follow_each_other(p in prop::collection::vec(0.0..=1.0_f64, 0..40)) {
        let of = |correction: Correction| correction.adjusted(&p).unwrap();
        for correction in Correction::ALL {
            let adjusted = of(correction);
            for (i, j) in (0..p.len()).flat_map(|i| (0..p.len()).map(move |j| (i, j))) {
                prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j], "{correction}");
            }
            prop_assert!(adjusted.iter().zip(&p).all(|(adjusted, p)| adjusted >= p || near(*adjusted, *p, 1e-14)));
        }
        for (more, less) in [
            (Correction::Holm, Correction::Bonferroni),
            (Correction::HolmSidak, Correction::Holm),
            (Correction::Hochberg, Correction::Holm),
            (Correction::Hommel, Correction::Hochberg),
            (Correction::BenjaminiHochberg, Correction::Hommel),
            (Correction::BenjaminiHochberg, Correction::BenjaminiYekutieli),
        ] {
            let all = of(more).into_iter().zip(of(less)).all(|(more, less)| more <= less * (1.0 + 1e-12));
            prop_assert!(all, "{more} {less}");
        }
    }
}

proptest! {
    #[test]
    fn the_interval_of_a_difference_holds_it_and_grows_with_the_level(
        rates in two_proportions(),
        level in 0.01..0.98_f64,
    ) {
        for method in DifferenceMethod::ALL {
            let range = rates.interval(level, method).unwrap();
            let wider = rates.interval(level + 0.01, method).unwrap();
            prop_assert!(wider.low() <= range.low() && range.high() <= wider.high(), "{method}");
            let d = rates.difference();
            // That of Agresti and Caffo is drawn to 0.
            let holds = range.low() - 1e-15 <= d && d <= range.high() + 1e-15;
            prop_assert!(holds || method == DifferenceMethod::AgrestiCaffo, "{method}: {range:?} of {d}");
        }
    }

    /// The score's interval leaves 0 out where the test with `N - 1` in place of `N` tells the rates apart.
    #[test]
    fn the_scores_interval_agrees_with_its_test(rates in two_proportions()) {
        let range = rates.interval(0.95, DifferenceMethod::MiettinenNurminen).unwrap();
        let all = (rates.first().1 + rates.second().1) as f64;
        let z = rates.z() * ((all - 1.0) / all).sqrt();
        let end = -normal_quantile(0.025).unwrap();
        if (z.abs() - end).abs() > 1e-9 {
            prop_assert_eq!(range.low() > 0.0 || range.high() < 0.0, z.abs() > end, "{:?} {}", range, z);
        }
    }
}

proptest! {
    #[test]
    fn beta_quantile_inverts_beta_cdf(a in shape(), b in shape(), p in 1e-9..1.0_f64) {
        let x = beta_quantile(a, b, p).unwrap();
        // Where the distribution lies within the last floats before 0 or 1 no float has this probability.
        if x > 1e-300 && x < 1.0 - 1e-6 {
            let back = beta_cdf(a, b, x).unwrap();
            prop_assert!(near(back, p, 1e-9), "{a} {b} {p}: {x} {back}");
        }
    }

    #[test]
    fn beta_tails_add_up_to_one(a in shape(), b in shape(), x in 0.0..=1.0_f64) {
        let sum = beta_cdf(a, b, x).unwrap() + beta_survival(a, b, x).unwrap();
        prop_assert!(near(sum, 1.0, 1e-15));
    }

    #[test]
    fn beta_is_symmetric(a in shape(), b in shape(), thousandths in 0_u32..=1024) {
        // x and 1 - x are both exact.
        let x = f64::from(thousandths) / 1024.0;
        let (left, right) = (beta_cdf(a, b, x).unwrap(), beta_survival(b, a, 1.0 - x).unwrap());
        prop_assert!((left - right).abs() <= 1e-12, "{left} {right}");
    }

    #[test]
    fn beta_cdf_does_not_fall(a in shape(), b in shape(), x in 0.0..1.0_f64, y in 0.0..1.0_f64) {
        let (low, high) = (x.min(y), x.max(y));
        prop_assert!(beta_cdf(a, b, low).unwrap() <= beta_cdf(a, b, high).unwrap() + 1e-13);
    }

    #[test]
    fn beta_obeys_its_recurrence(a in 0.1..5e3_f64, b in 0.1..5e3_f64, x in 0.01..0.99_f64) {
        // I_x(a, b) - I_x(a + 1, b) = x^a (1-x)^b / (a B(a, b)), across the change of method at 3000.
        let step = beta_cdf(a, b, x).unwrap() - beta_cdf(a + 1.0, b, x).unwrap();
        let ln_step = a * x.ln() + b * (-x).ln_1p() - a.ln() - ln_beta(a, b).unwrap();
        prop_assert!((step - ln_step.exp()).abs() <= 1e-11, "{a} {b} {x}: {step} {}", ln_step.exp());
    }

    #[test]
    fn gamma_obeys_its_recurrence(a in 0.1..5e3_f64, factor in 0.5..2.0_f64) {
        // P(a, x) - P(a + 1, x) = x^a e^-x / gamma(a + 1).
        let x = a * factor;
        let step = gamma_cdf(a, x).unwrap() - gamma_cdf(a + 1.0, x).unwrap();
        let expected = (a * x.ln() - x - ln_gamma(a + 1.0).unwrap()).exp();
        prop_assert!((step - expected).abs() <= 1e-11, "{a} {x}: {step} {expected}");
    }

    #[test]
    fn normal_quantile_inverts_normal_cdf(z in -37.0..8.0_f64) {
        let p = normal_cdf(z).unwrap();
        if p < 1.0 {
            // One unit of the last place of p moves z by that over the density.
            let slack = 4e-16 * p / normal_density(z).unwrap() + 4e-16 * z.abs();
            prop_assert!((normal_quantile(p).unwrap() - z).abs() <= slack);
        }
    }

    #[test]
    fn student_quantile_inverts_student_cdf(p in 1e-6..1.0_f64, degrees in 0.5..1e4_f64) {
        let t = student_quantile(p, degrees).unwrap();
        prop_assert!(near(student_cdf(t, degrees).unwrap(), p, 1e-11));
    }

    #[test]
    fn interval_contains_the_estimate(
        (successes, trials) in success_counts(), level in 0.001..0.9999_f64, method in method()
    ) {
        let found = interval(successes, trials, level, method).unwrap();
        let rate = successes as f64 / trials as f64;
        let inner = successes > 0 && successes < trials;
        // The median of the posterior is not the rate: at low levels Jeffreys' interval passes it by.
        if method != IntervalMethod::Jeffreys || (inner && level > 0.5) {
            prop_assert!(found.low() <= rate * (1.0 + 1e-15) && rate <= found.high() * (1.0 + 1e-15));
            laws::interval_contains_its_rate(&found, successes, trials)?;
        }
        prop_assert!(0.0 <= found.low() && found.low() <= found.high() && found.high() <= 1.0);
    }

    #[test]
    fn interval_grows_with_its_level(
        (successes, trials) in success_counts(), level in 0.01..0.9_f64, method in method()
    ) {
        let narrow = interval(successes, trials, level, method).unwrap();
        let wide = interval(successes, trials, level + 0.05, method).unwrap();
        prop_assert!(wide.low() <= narrow.low() + 1e-15 && narrow.high() <= wide.high() + 1e-15);
        laws::interval_grows_with_its_level(&narrow, &wide)?;
    }

    #[test]
    fn interval_of_the_failures_is_the_mirror_image(
        (successes, trials) in success_counts(), method in method()
    ) {
        let of_successes = interval(successes, trials, 0.95, method).unwrap();
        let of_failures = interval(trials - successes, trials, 0.95, method).unwrap();
        laws::interval_of_the_failures_is_the_mirror_image(&of_successes, &of_failures)?;
    }

    #[test]
    fn every_float_gives_a_number_or_an_error(x in floats(), y in floats(), z in floats()) {
        let answers: [Result<f64, StatsError>; 15] = [
            ln_gamma(x),
            ln_beta(x, y),
            beta_cdf(x, y, z),
            beta_survival(x, y, z),
            beta_quantile(x, y, z),
            gamma_cdf(x, y),
            gamma_survival(x, y),
            normal_cdf(x),
            normal_density(x),
            normal_quantile(x),
            student_cdf(x, y),
            student_quantile(x, y),
            chi_squared_cdf(x, y),
            chi_squared_survival(x, y),
            mean(&[x, y, z]).and(variance(&[x, y, z])),
        ];
        for (index, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(value) => prop_assert!(value.is_finite(), "{index}: {x:e} {y:e} {z:e} gave {value}"),
                Err(error) => {
                    prop_assert!(!matches!(error, StatsError::NoConvergence { .. }), "{x:e} {y:e} {z:e}");
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn quantiles_lie_within_the_sample_and_rise(
        sample in prop::collection::vec(-1e300..1e300_f64, 1..40), p in 0.0..=1.0_f64, q in 0.0..=1.0_f64
    ) {
        let (low, high) = sample.iter().fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(*x), h.max(*x)));
        for method in QuantileMethod::ALL {
            let left = sample_quantile(&sample, p.min(q), method).unwrap();
            let right = sample_quantile(&sample, p.max(q), method).unwrap();
            prop_assert!(low <= left && left <= right * (1.0 + 1e-15 * right.signum()) && right <= high);
        }
    }

    #[test]
    fn merge_is_associative_and_commutative(
        values in samples(), cut in any::<[usize; 2]>()
    ) {
        let [first, second] = cut.map(|cut| cut % (values.len() + 1));
        let (first, second) = (first.min(second), first.max(second));
        let part = |range: std::ops::Range<usize>| Moments::of(values[range].iter().copied()).unwrap();
        let (a, b, c) = (part(0..first), part(first..second), part(second..values.len()));
        let left = a.merge(b).unwrap().merge(c).unwrap();
        let merge = |one: Moments, other: Moments| one.merge(other).unwrap();
        laws::merge_is_associative(merge, &a, &b, &c)?;
        laws::merge_is_commutative(merge, &a, &b)?;
        prop_assert_eq!(left, c.merge(b).unwrap().merge(a).unwrap());
        prop_assert_eq!(left, part(0..values.len()));
        laws::reads_back_what_it_writes(&left)?;
    }

    /// By the residuals themselves, in floats: nothing of the whole numbers' formulas is used.
    #[test]
    fn paired_moments_agree_with_the_residuals(
        pairs in prop::collection::vec((-1_000_i64..1_000, -1_000_i64..1_000), 2..60)
    ) {
        let sums = PairedMoments::of(pairs.iter().copied()).unwrap();
        let x: Vec<f64> = pairs.iter().map(|pair| pair.0 as f64).collect();
        let y: Vec<f64> = pairs.iter().map(|pair| pair.1 as f64).collect();
        let (mean_x, mean_y) = (mean(&x).unwrap(), mean(&y).unwrap());
        let shared: f64 = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        prop_assert!((sums.covariance().unwrap() - shared / (x.len() as f64 - 1.0)).abs() <= 1e-6);
        if let Ok(theta) = sums.slope() {
            let rest: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - theta * x).collect();
            prop_assert!((sums.adjusted_mean(&sums).unwrap() - mean(&rest).unwrap()).abs() <= 1e-6 * (1.0 + theta.abs()));
            let spread = variance(&rest).unwrap();
            prop_assert!((sums.adjusted_variance(&sums).unwrap() - spread).abs() <= 1e-6 * (1.0 + spread));
            prop_assert!(sums.adjusted_variance(&sums).unwrap() <= variance(&y).unwrap() * (1.0 + 1e-9) + 1e-9);
        }
        if let Ok(ratio) = sums.ratio() {
            let rest: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - ratio * x).collect();
            let spread = variance(&rest).unwrap() / (mean_x * mean_x);
            prop_assert!(near(sums.ratio_variance().unwrap(), spread, 1e-6), "{} {spread}", sums.ratio_variance().unwrap());
        }
    }

    #[test]
    fn paired_moments_do_not_depend_on_order_or_shards(
        pairs in prop::collection::vec((any::<i32>(), any::<i32>()), 0..60), cut in any::<usize>()
    ) {
        let pairs: Vec<(i64, i64)> = pairs.into_iter().map(|(x, y)| (x.into(), y.into())).collect();
        let (left, right) = pairs.split_at(cut % (pairs.len() + 1));
        let all = PairedMoments::of(pairs.iter().copied()).unwrap();
        let part = |pairs: &[(i64, i64)]| PairedMoments::of(pairs.iter().copied()).unwrap();
        prop_assert_eq!(part(right).merge(part(left)).unwrap(), all);
        prop_assert_eq!(PairedMoments::of(pairs.iter().rev().copied()).unwrap(), all);
        prop_assert_eq!(all.x(), Moments::of(pairs.iter().map(|pair| pair.0)).unwrap());
        laws::reads_back_what_it_writes(&all)?;
    }

    #[test]
    fn moments_are_those_of_their_sample(sample in samples()) {
        let moments = Moments::of(sample.iter().copied()).unwrap();
        laws::moments_are_those_of_the_sample(&sample, &moments, moments.mean().ok(), moments.variance().ok())?;
    }

    #[test]
    fn moments_agree_with_the_slice(values in prop::collection::vec(-1_000_000..1_000_000_i64, 2..60)) {
        let floats: Vec<f64> = values.iter().map(|value| *value as f64).collect();
        let moments = Moments::of(values).unwrap();
        prop_assert!((moments.mean().unwrap() - mean(&floats).unwrap()).abs() <= 1e-9);
        prop_assert!(near(variance(&floats).unwrap(), moments.variance().unwrap(), 1e-12));
    }
}

#[test]
fn what_cannot_have_been_counted_is_not_read() {
    for text in [
        r#"{"count":0,"sum":"1","squares":"1"}"#,
        r#"{"count":2,"sum":"4","squares":"7"}"#,
        r#"{"count":0,"sum":"0","squares":"7"}"#,
    ] {
        assert!(serde_json::from_str::<Moments>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Moments>(r#"{"count":2,"sum":"4","squares":"8"}"#).is_ok());
    let interval = r#"{"low":0.3,"high":0.2}"#;
    assert!(serde_json::from_str::<marketloop::figure::Interval<f64>>(interval).is_err());
}

#[test]
fn the_wire_is_pinned() {
    let moments = Moments::of([200, -300]).unwrap();
    assert_eq!(serde_json::to_string(&moments).unwrap(), r#"{"count":2,"sum":"-100","squares":"130000"}"#);
    let interval = marketloop::figure::Interval::new(0.25, 0.5).unwrap();
    assert_eq!(serde_json::to_string(&interval).unwrap(), r#"{"low":"0.25","high":"0.5"}"#);
    let methods = serde_json::to_string(&IntervalMethod::ALL).unwrap();
    assert_eq!(methods, r#"["wilson","clopper_pearson","jeffreys","agresti_coull","wald"]"#);
    let methods = serde_json::to_string(&QuantileMethod::ALL[..3]).unwrap();
    assert_eq!(methods, r#"["inverted_empirical","inverted_empirical_averaged","nearest_even"]"#);
}
