//! N7: whatever floats come in, what comes out of shared mathematics, rankings and overlaps is finite or an error.

use marketloop::channel::CoOccurrence;
use marketloop::decompose::{
    Element, RankOptions, Segment, adtributor, adtributor_derived, close, log_mean, log_mean_contributions,
    rank_dimensions, sequential_contributions, shapley_contributions,
};
use marketloop::figure::Interval;
use marketloop::health::Score;
use marketloop::ranking::{
    Combination, CriteriaWeights, DecisionMatrix, Normalisation, PairwiseComparisons, RandomIndex, Ranking,
    Topsis, best_holds_between, critic_weights, deviation_weights, entropy_weights, gini_weights,
    rank_reversals, removal_weights, vikor, weighted_product, weighted_sum, weighted_sum_product,
};
use marketloop::stats::{
    AlphaSpending, Alternative, AlwaysValid, BestArm, BestArmVerdict, BetaArms, ConfidenceSequence,
    Correction, CutTies, DifferenceMethod, EffectEstimate, GroupSequential, IntervalMethod, LiftMethod,
    MantelHaenszel, MatchingBounds, MeanTest, Moments, NormalArms, PairedMoments, PooledEffects,
    QuantileMethod, RateFormula, RateLiftMethod, RateTest, SampleMean, SampleRatio, SampleSize,
    ShrunkenItems, SpendingSides, SpreadMethod, StatsError, TestDesign, TwoMeans, TwoProportions, beta_cdf,
    beta_quantile, beta_survival, chi_squared_cdf, chi_squared_survival, design_effect, gamma_cdf,
    gamma_survival, interval, ln_beta, ln_gamma, ln_mixture_ratio, mean, noncentral_t_cdf,
    noncentral_t_survival, normal_cdf, normal_density, normal_quantile, sample_quantile, sorted_quantile,
    student_cdf, student_quantile, variance, whole_visits,
};
use marketloop::target::Better;
use rust_decimal::Decimal;
use std::fmt::Debug;
use std::path::Path;

/// Zeros of both signs, the least and the greatest, neighbours of 1, and what is no number.
const HOSTILE: [f64; 29] = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-308,
    f64::MIN_POSITIVE,
    1e-300,
    1e-160,
    1e-17,
    1e-9,
    -1e-9,
    0.025,
    0.5,
    1.0 - f64::EPSILON / 2.0,
    1.0,
    1.0 + f64::EPSILON,
    -1.0,
    2.5,
    37.0,
    -1e3,
    1e9,
    9_007_199_254_740_993.0,
    1e154,
    -1e160,
    1e308,
    -1e308,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
];

/// How many figures and errors came out.
#[derive(Default)]
struct Count {
    figures: u64,
    errors: u64,
}

impl Count {
    fn check(&mut self, name: &str, given: impl Debug, values: &[f64]) {
        let (low, high) = match name {
            _ if name.ends_with("correlation") => (-1.0, 1.0),
            _ if name.ends_with("covariance") => (f64::MIN, f64::MAX),
            "topsis" => (0.0, 1.0),
            _ if name.ends_with("cdf") || name.ends_with("survival") => (0.0, 1.0),
            _ if name.ends_with("variance") || name.ends_with("density") => (0.0, f64::MAX),
            _ => (f64::MIN, f64::MAX),
        };
        assert!(values.iter().all(|value| (low..=high).contains(value)), "{name}{given:?} = {values:?}");
        self.figures += 1;
    }

    /// What lies among the values of a sample, up to rounding.
    fn among<E>(&mut self, name: &str, sample: &[f64], value: Result<f64, E>) {
        if let Ok(value) = value {
            let (least, greatest) =
                sample.iter().fold((f64::MAX, f64::MIN), |(l, g), x| (l.min(*x), g.max(*x)));
            let slack = 1e-12 * least.abs().max(greatest.abs());
            assert!((least - slack..=greatest + slack).contains(&value), "{name}{sample:?} = {value}");
        }
        self.one(name, sample, value);
    }

    fn one<E>(&mut self, name: &str, given: impl Debug, value: Result<f64, E>) {
        self.all(name, given, value.map(|value| vec![value]));
    }

    fn all<E>(&mut self, name: &str, given: impl Debug, values: Result<Vec<f64>, E>) {
        match values {
            Ok(values) => self.check(name, given, &values),
            Err(_) => self.errors += 1,
        }
    }

    /// Neither answer alone: a law that saw errors only has seen nothing.
    fn done(&self, figures: u64, errors: u64) {
        assert!(
            self.figures >= figures && self.errors >= errors,
            "{} figures, {} errors",
            self.figures,
            self.errors
        );
    }
}

type One = fn(f64) -> Option<f64>;
type Two = fn(f64, f64) -> Option<f64>;
type Three = fn(f64, f64, f64) -> Option<f64>;

#[test]
fn distributions_are_finite_or_refuse() {
    let mut count = Count::default();
    let of_one: [(&str, One); 4] = [
        ("ln_gamma", |x| ln_gamma(x).ok()),
        ("normal_density", |x| normal_density(x).ok()),
        ("normal_cdf", |x| normal_cdf(x).ok()),
        ("normal_quantile", |x| normal_quantile(x).ok()),
    ];
    let of_two: [(&str, Two); 7] = [
        ("ln_beta", |a, b| ln_beta(a, b).ok()),
        ("chi_squared_cdf", |x, n| chi_squared_cdf(x, n).ok()),
        ("chi_squared_survival", |x, n| chi_squared_survival(x, n).ok()),
        ("gamma_cdf", |a, x| gamma_cdf(a, x).ok()),
        ("gamma_survival", |a, x| gamma_survival(a, x).ok()),
        ("student_cdf", |t, n| student_cdf(t, n).ok()),
        ("student_quantile", |p, n| student_quantile(p, n).ok()),
    ];
    let of_three: [(&str, Three); 3] = [
        ("beta_cdf", |a, b, x| beta_cdf(a, b, x).ok()),
        ("beta_survival", |a, b, x| beta_survival(a, b, x).ok()),
        ("beta_quantile", |a, b, p| beta_quantile(a, b, p).ok()),
    ];
    for a in HOSTILE {
        for (name, f) in of_one {
            count.one(name, a, f(a).ok_or(()));
        }
        for b in HOSTILE {
            for (name, f) in of_two {
                count.one(name, (a, b), f(a, b).ok_or(()));
            }
            for c in HOSTILE {
                for (name, f) in of_three {
                    count.one(name, (a, b, c), f(a, b, c).ok_or(()));
                }
            }
        }
    }
    count.done(9_000, 60_000);
}

#[test]
fn samples_and_intervals_are_finite_or_refuse() {
    let mut count = Count::default();
    for a in HOSTILE {
        for b in HOSTILE {
            count.all("Interval", (a, b), Interval::new(a, b).map(|i| vec![i.low(), i.high(), i.width()]));
            for c in HOSTILE {
                let sample = [a, b, c];
                count.among("mean", &sample, mean(&sample));
                count.one("variance", sample, variance(&sample));
                for method in QuantileMethod::ALL {
                    for p in [0.3, 1.0 - f64::EPSILON, f64::NAN] {
                        count.among("sample_quantile", &sample, sample_quantile(&sample, p, method));
                    }
                    count.among("sorted_quantile", &sample, sorted_quantile(&sample, 0.5, method));
                }
            }
        }
    }
    let methods = [
        IntervalMethod::Wilson,
        IntervalMethod::ClopperPearson,
        IntervalMethod::Jeffreys,
        IntervalMethod::AgrestiCoull,
        IntervalMethod::Wald,
    ];
    for level in HOSTILE {
        for trials in [0, 1, 2, 1000, u64::MAX] {
            for successes in [0, 1, trials / 2, trials] {
                for method in methods {
                    let found = interval(successes, trials, level, method);
                    count.all(
                        "interval",
                        (successes, trials, level),
                        found.map(|i| vec![i.low(), i.high(), i.width()]),
                    );
                }
            }
        }
    }
    let counts = [(0, 1), (1, 1), (1, 3), (0, u64::MAX), (u64::MAX / 2, u64::MAX), (u64::MAX, u64::MAX)];
    for (first, second) in counts.into_iter().flat_map(|first| counts.map(|second| (first, second))) {
        let rates = TwoProportions::new(first, second).unwrap();
        let figures = vec![rates.difference(), rates.z(), rates.p_value()];
        count.all("TwoProportions", (first, second), Ok::<_, StatsError>(figures));
        for level in HOSTILE {
            for method in DifferenceMethod::ALL {
                let found = rates.interval(level, method);
                count.all(
                    "interval of a difference",
                    (first, second, level),
                    found.map(|i| vec![i.low(), i.high(), i.width()]),
                );
            }
        }
    }
    for sample in [&[][..], &[0], &[i64::MAX, i64::MIN], &[i64::MIN, i64::MIN], &[i64::MAX, i64::MAX, 0, -1]]
    {
        let moments = Moments::of(sample.iter().copied()).unwrap();
        count.one("Moments::mean", sample, moments.mean());
        count.one("Moments::variance", sample, moments.variance());
        let pairs = sample.iter().copied().zip(sample.iter().rev().copied());
        // Two products of the least number exceed 128 bits with a sign, though their sum of squares does not those without.
        let Ok(pairs) = PairedMoments::of(pairs) else {
            count.errors += 1;
            continue;
        };
        for (name, found) in [
            ("covariance", pairs.covariance()),
            ("correlation", pairs.correlation()),
            ("slope", pairs.slope()),
            ("ratio", pairs.ratio()),
            ("ratio_variance", pairs.ratio_variance()),
            ("adjusted_mean", pairs.adjusted_mean(&pairs)),
            ("adjusted_variance", pairs.adjusted_variance(&pairs)),
        ] {
            count.one(&format!("PairedMoments::{name}"), sample, found);
        }
    }
    count.done(200_000, 200_000);
}

/// What is looked at again and again, and the check of its arms.
#[test]
fn sequential_figures_are_finite_or_refuse() {
    let mut count = Count::default();
    let rates = TwoProportions::new((1, 3), (u64::MAX / 2, u64::MAX)).unwrap();
    for a in HOSTILE {
        count.one("TwoProportions::ln_mixture_ratio", a, rates.ln_mixture_ratio(a));
        let mut test = AlwaysValid::default();
        count.one("look", a, test.look(a));
        let state = vec![test.p_value(), test.ln_evidence()];
        count.all("AlwaysValid", a, Ok::<_, StatsError>(state));
        for b in HOSTILE {
            for c in HOSTILE {
                count.one("ln_mixture_ratio", (a, b, c), ln_mixture_ratio(a, b, c));
            }
            for sequence in [ConfidenceSequence::new(a, b), ConfidenceSequence::tuned(a, u64::MAX)] {
                let Ok(sequence) = sequence else { continue };
                let settings = vec![sequence.alpha(), sequence.rho()];
                count.all("ConfidenceSequence", (a, b), Ok::<_, StatsError>(settings));
                for (n, c) in [0, 1, u64::MAX].into_iter().flat_map(|n| HOSTILE.map(|c| (n, c))) {
                    let found = sequence.interval(n, b, c);
                    count.all("confidence sequence", (a, b, c), found.map(|i| vec![i.low(), i.high()]));
                    count.one("ln_evidence", (a, b, c), sequence.ln_evidence(n, b, c));
                }
            }
            for (one, other) in [(0, 0), (1, 0), (0, 7), (u64::MAX, 1), (u64::MAX, u64::MAX)] {
                let Ok(ratio) = SampleRatio::new([(one, a), (other, b)]) else { continue };
                count.all("expected", (one, other, a, b), Ok::<_, StatsError>(ratio.expected()));
                let residuals = ratio.residuals().into_iter().flatten().collect();
                count.all("residuals", (one, other, a, b), Ok::<_, StatsError>(residuals));
                let weights = ratio.arms().iter().map(|(_, weight)| *weight).collect();
                count.all("weights", (one, other, a, b), Ok::<_, StatsError>(weights));
                let least = ratio.smallest_expected();
                count.one("smallest_expected", (one, other, a, b), Ok::<_, StatsError>(least));
                for (name, found) in [
                    ("chi_squared", ratio.chi_squared()),
                    ("g", ratio.g()),
                    ("p_value", ratio.p_value()),
                    ("g_p_value", ratio.g_p_value()),
                    ("exact_p_value", ratio.exact_p_value()),
                    ("ln_evidence", ratio.ln_evidence()),
                ] {
                    count.one(name, (one, other, a, b), found);
                }
            }
        }
    }
    for a in HOSTILE {
        for sides in [SpendingSides::Upper, SpendingSides::PerSide] {
            for b in HOSTILE {
                for spending in [AlphaSpending::Power(b), AlphaSpending::HwangShihDeCani(b)] {
                    count.one("spent", (a, b), spending.spent(a, sides, 0.5));
                }
                count.one("spent", (a, b), AlphaSpending::Given(vec![(a, b)]).spent(0.05, sides, a));
                count.one("spent", (a, b), AlphaSpending::OBrienFleming.spent(a, sides, b));
            }
            let Ok(test) = GroupSequential::new(a, sides, AlphaSpending::OBrienFleming, &[0.5, 1.0]) else {
                continue;
            };
            for b in HOSTILE {
                let found = test.crossings(b).map(|found| {
                    let sums = [found.total(), found.expected_information, test.alpha()];
                    sums.into_iter().chain(found.bound).collect()
                });
                count.all("crossings", (a, b), found);
                count.one("drift_for", (a, b), test.drift_for(b));
                count.one("inflation", (a, b), test.inflation(b));
                for look in [0, 1, 2] {
                    count.one("stop_p_value", (a, b), test.stop_p_value(look, b));
                    count.one("median_unbiased", (a, b), test.median_unbiased(look, b));
                    let found = test.repeated_interval(look, b);
                    count.all("repeated_interval", (a, b), found.map(|i| vec![i.low(), i.high()]));
                    let found = test.stop_interval(look, b, 0.9);
                    count.all("stop_interval", (a, b), found.map(|i| vec![i.low(), i.high()]));
                }
            }
        }
    }
    count.done(50_000, 50_000);
}

#[test]
fn two_samples_are_finite_or_refuse() {
    let mut count = Count::default();
    let counts = [(0, 1), (1, 1), (1, 3), (0, u64::MAX), (u64::MAX / 2, u64::MAX), (u64::MAX, u64::MAX)];
    for (first, second) in counts.into_iter().flat_map(|first| counts.map(|second| (first, second))) {
        let rates = TwoProportions::new(first, second).unwrap();
        count.one("z_unpooled", rates, rates.z_unpooled());
        count.one("rates lift", rates, rates.lift());
        for (test, side) in
            RateTest::ALL.into_iter().flat_map(|test| Alternative::ALL.map(|side| (test, side)))
        {
            count.one("p_value_by cdf", rates, rates.p_value_by(test, side));
        }
        for (level, method) in
            HOSTILE.into_iter().flat_map(|level| RateLiftMethod::ALL.map(|method| (level, method)))
        {
            let found = rates.lift_interval(level, method);
            count.all("lift_interval", (rates, level), found.map(|i| vec![i.low(), i.high(), i.width()]));
        }
    }
    let mut arms = Vec::new();
    for (units, mean, variance) in
        [1, 2, u64::MAX].iter().flat_map(|n| HOSTILE.iter().flat_map(move |m| HOSTILE.map(|v| (*n, *m, v))))
    {
        match SampleMean::new(units, mean, variance) {
            Ok(arm) => arms.push(arm),
            Err(_) => count.errors += 1,
        }
    }
    // Some of the pairs: all of them would take minutes.
    for (first, second) in
        arms.iter().step_by(17).flat_map(|one| arms.iter().step_by(23).map(move |other| (*one, *other)))
    {
        let means = TwoMeans::new(first, second);
        count.all("SampleMean", first, Ok::<_, StatsError>(vec![first.mean()]));
        count.all("SampleMean variance", first, first.variance().map(|v| vec![v]).ok_or(()));
        count.all("TwoMeans", means, Ok::<_, StatsError>(vec![means.difference()]));
        for test in MeanTest::ALL {
            count.one("standard_error", means, means.standard_error(test));
            count.all("degrees", means, means.degrees(test).map(|degrees| degrees.into_iter().collect()));
            count.one("t", means, means.t(test));
            count.one("p_value cdf", means, means.p_value(test, Alternative::TwoSided));
            count.one("p_value_of cdf", means, means.p_value_of(1e-9, test, Alternative::Smaller));
            count.one("non_inferiority_p_value cdf", means, means.non_inferiority_p_value(1e308, test));
            count.one("lift_standard_error", means, means.lift_standard_error(test));
            count.one("lift_p_value cdf", means, means.lift_p_value(test, Alternative::Larger));
            count.one("lower_bound", means, means.lower_bound(0.95, test));
            count.one("upper_bound", means, means.upper_bound(0.95, test));
            for method in LiftMethod::ALL {
                let found = means.lift_interval(0.95, test, method);
                count.all("lift_interval", means, found.map(|i| vec![i.low(), i.high(), i.width()]));
            }
        }
    }
    let means = TwoMeans::new(arms[0], SampleMean::new(9, 2.0, 3.0).unwrap());
    for (level, test) in HOSTILE.into_iter().flat_map(|level| MeanTest::ALL.map(|test| (level, test))) {
        count.one("lower_bound", level, means.lower_bound(level, test));
        count.one("p_value_of cdf", level, means.p_value_of(level, test, Alternative::Larger));
        count.one("non_inferiority_p_value cdf", level, means.non_inferiority_p_value(level, test));
    }
    count.done(5_000, 2_000);
}

#[test]
fn corrections_are_finite_or_refuse() {
    let mut count = Count::default();
    let mut effects = Vec::new();
    for (a, b) in HOSTILE.into_iter().flat_map(|a| HOSTILE.map(|b| (a, b))) {
        for correction in Correction::ALL {
            count.all("adjusted cdf", (a, b), correction.adjusted(&[a, b, 0.5]));
        }
        let Ok(effect) = EffectEstimate::new(a, b) else {
            count.errors += 1;
            continue;
        };
        for degrees in HOSTILE {
            effects.extend(effect.clone().with_degrees(degrees));
        }
        count.all(
            "EffectEstimate",
            (a, b),
            effect.standard_error().clone().get().map(|error| vec![effect.value(), error]),
        );
        for (mean, deviation) in [(a, b), (b, a), (1.0, 1e-300), (-1e300, 1e300)] {
            let known = |posterior: EffectEstimate| {
                vec![posterior.value(), posterior.standard_error().clone().get().unwrap()]
            };
            count.all("with_prior", (a, b, mean), effect.with_prior(mean, deviation).map(known));
        }
        effects.push(effect);
    }
    for pair in effects.windows(2).step_by(3) {
        let losses = pair[0].expected_losses().map(|(first, second)| vec![first, second]);
        assert!(losses.iter().flatten().all(|loss| *loss >= 0.0), "{pair:?}: {losses:?}");
        count.all("expected_losses", pair, losses);
        count.one("p_value cdf", pair, pair[0].p_value(Alternative::TwoSided).get());
        for (kind, level) in
            MatchingBounds::ALL.into_iter().flat_map(|kind| [1e-9, 0.95].map(|level| (kind, level)))
        {
            let some = |bounds: Vec<Option<f64>>| bounds.into_iter().flatten().collect();
            count.all("lower_bounds", (pair, level), kind.lower_bounds(pair, level).map(some));
            count.all("upper_bounds", (pair, level), kind.upper_bounds(pair, level).map(some));
            let ranges = kind.intervals(pair, level);
            let ends =
                ranges.map(|ranges| ranges.into_iter().flatten().flat_map(|i| [i.low(), i.high()]).collect());
            count.all("intervals", (pair, level), ends);
        }
    }
    count.done(1_000, 1_000);
}

#[test]
fn powers_and_sizes_are_finite_or_refuse() {
    let mut count = Count::default();
    let mut designs = Vec::new();
    for (a, b) in HOSTILE.into_iter().flat_map(|a| HOSTILE.map(|b| (a, b))) {
        count.one("design_effect", (a, b), design_effect(a, b));
        count.all("SampleSize", (a, b), SampleSize::new(a, b).map(|size| vec![size.first(), size.second()]));
        if let Ok(size) = SampleSize::new(a, b) {
            count.all("times", (a, b), size.times(b).map(|size| vec![size.first(), size.second()]));
            assert!(size.units().is_ok() || a.max(b) >= 1e19, "{size:?}");
        }
        for c in HOSTILE.into_iter().step_by(3) {
            count.one("noncentral_t_cdf", (a, b, c), noncentral_t_cdf(a, b, c));
            count.one("noncentral_t_survival", (a, b, c), noncentral_t_survival(a, b, c));
            designs.extend(TestDesign::new(a, b).and_then(|design| design.with_ratio(c)));
        }
    }
    let sizes = [1e-300, 0.5, 1.0, 2.5, 1e9, 1e300].map(|units| SampleSize::new(units, 3.0).unwrap());
    for design in designs.iter().step_by(5).chain([&TestDesign::new(0.05, 0.8).unwrap()]) {
        let settings = vec![design.alpha(), design.power(), design.ratio()];
        count.all("TestDesign", design, Ok::<_, StatsError>(settings));
        for (a, b) in HOSTILE.into_iter().flat_map(|a| HOSTILE.into_iter().step_by(4).map(move |b| (a, b))) {
            for formula in RateFormula::ALL {
                let size = design.size_for_rates(a, b, formula);
                count.all("size_for_rates", (a, b), size.map(|size| vec![size.first(), size.second()]));
                count.one("power_for_rates cdf", (a, b), design.power_for_rates(a, b, sizes[3], formula));
            }
            let size = design.size_for_non_inferior_rates(a, 0.5, b);
            count.all("size_for_non_inferior_rates", (a, b), size.map(|size| vec![size.first()]));
            count.one("detectable_rate_above cdf", (a, b), design.detectable_rate_above(a, b));
            count.one("detectable_rate_below cdf", (a, b), design.detectable_rate_below(a, b));
            let size = design.size_for_means(a, (b, 1.0), MeanTest::Normal);
            count.all("size_for_means", (a, b), size.map(|size| vec![size.first(), size.second()]));
            for (size, test) in
                sizes.into_iter().flat_map(|size| MeanTest::ALL.map(|test| (size, test))).step_by(5)
            {
                count.one("power_for_means cdf", (a, b), design.power_for_means(a, (b, 1.0), size, test));
            }
        }
    }
    let design = TestDesign::new(0.05, 0.8).unwrap();
    for (a, b) in HOSTILE.into_iter().flat_map(|a| HOSTILE.map(|b| (a, b))) {
        for test in MeanTest::ALL {
            let found = design.detectable_difference((a, b), sizes[4], test);
            count.one("detectable_difference", (a, b, test), found);
        }
    }
    for a in HOSTILE {
        for test in MeanTest::ALL {
            let size = design.size_for_means(a, (1.0, 2.5), test);
            count.all("size_for_means", (a, test), size.map(|size| vec![size.first(), size.second()]));
        }
    }
    count.done(5_000, 5_000);
}

#[test]
fn decompositions_are_finite_or_refuse() {
    let mut count = Count::default();
    for a in HOSTILE {
        for b in HOSTILE {
            count.one("log_mean", (a, b), log_mean(a, b));
            count.all("close", (a, b), close(&[a, b], Decimal::ONE, 2).map(|_| vec![]));
            let options =
                RankOptions::default().with_min_element_power(a).and_then(|o| o.with_min_set_power(b));
            count.all("RankOptions", (a, b), options.map(|_| vec![]));
            for c in HOSTILE {
                for d in HOSTILE {
                    let (before, after) = ([a, b], [c, d]);
                    count.all(
                        "log_mean_contributions",
                        (before, after),
                        log_mean_contributions(&before, &after),
                    );
                    count.all(
                        "shapley_contributions",
                        (before, after),
                        shapley_contributions(&before, &after),
                    );
                    count.all(
                        "sequential_contributions",
                        (before, after),
                        sequential_contributions(&before, &after),
                    );
                }
            }
        }
    }
    // Decimals at the ends of their range, whose quotients are huge or next to nothing.
    let decimals = [
        Decimal::ZERO,
        Decimal::new(1, 28),
        Decimal::ONE,
        Decimal::MAX,
        Decimal::MAX - Decimal::ONE,
        Decimal::new(-1, 28),
        Decimal::MIN,
    ];
    for forecast in decimals {
        for actual in decimals {
            for other in decimals {
                for last in decimals {
                    let elements = [
                        Element { key: 0, forecast, actual },
                        Element { key: 1, forecast: other, actual: last },
                    ];
                    let ratio = |key, a: Decimal, b: Decimal| Segment::new(key, (a, b), (b, a));
                    let derived = [ratio(0, forecast, actual), ratio(1, other, last)];
                    for (name, found) in [
                        ("adtributor", adtributor(&elements)),
                        ("adtributor_derived", adtributor_derived(&derived)),
                    ] {
                        let figures = |found: &marketloop::decompose::Attribution<i32>| {
                            let of = |e: &marketloop::decompose::ElementAttribution<i32>| {
                                [e.effect, e.explanatory_power, e.surprise]
                            };
                            let mut all: Vec<f64> = found.elements().iter().flat_map(of).collect();
                            all.push(found.surprise());
                            let options = RankOptions::default().with_min_set_power(0.0).unwrap();
                            for ((), ranked) in rank_dimensions([((), found.clone())], options) {
                                all.extend([ranked.explanatory_power(), ranked.surprise()]);
                            }
                            all
                        };
                        count.all(name, (forecast, actual, other, last), found.map(|found| figures(&found)));
                    }
                }
            }
        }
    }
    count.done(100_000, 100_000);
}

#[test]
fn rankings_are_finite_or_refuse() {
    let mut count = Count::default();
    let values: Vec<f64> = [
        0.0,
        -0.0,
        5e-324,
        1e-308,
        1e-160,
        0.5,
        1.0,
        -1.0,
        37.0,
        1e154,
        1e308,
        -1e308,
        f64::INFINITY,
        f64::NAN,
    ]
    .into();
    let weights = |a: f64, b: f64| CriteriaWeights::given([a, b]);
    for a in HOSTILE {
        for b in HOSTILE {
            count.all(
                "CriteriaWeights::given",
                (a, b),
                weights(a, b).map(|weights| weights.values().to_vec()),
            );
            let Ok(given) = weights(a, b) else { continue };
            for c in HOSTILE {
                for combination in [Combination::Linear(c), Combination::Product, Combination::GeometricMean]
                {
                    let other = weights(1.0, 1e-9).unwrap();
                    let found = given.combined(&other, combination);
                    count.all("combined", (a, b, c), found.map(|weights| weights.values().to_vec()));
                }
            }
        }
    }
    let given = [
        weights(1.0, 1.0).unwrap(),
        weights(1.0, 0.0).unwrap(),
        weights(1e100, 5e-324).unwrap(),
        weights(1e-17, 1.0).unwrap(),
    ];
    let normalisations = [
        Normalisation::MinMax,
        Normalisation::Max,
        Normalisation::Sum,
        Normalisation::Vector,
        Normalisation::Logarithmic,
        Normalisation::Linear,
        Normalisation::Nonlinear,
        Normalisation::EnhancedAccuracy,
        Normalisation::ZavadskasTurskis,
    ];
    for a in &values {
        for b in &values {
            for c in &values {
                for other in [[1.0, 2.0, 3.0], [1e308, 5e-324, 0.0], [-1e308, 1e308, 1.0]] {
                    let rows = [[*a, other[0]], [*b, other[1]], [*c, other[2]]];
                    for directions in [[Better::Higher, Better::Lower], [Better::Lower, Better::Higher]] {
                        let Ok(matrix) = DecisionMatrix::new(directions, rows) else {
                            count.errors += 1;
                            continue;
                        };
                        let columns: Vec<f64> =
                            (0..2).flat_map(|column| matrix.column(column).unwrap().to_vec()).collect();
                        count.check("column", rows, &columns);
                        rank(&mut count, &matrix, rows, &given, &normalisations);
                    }
                }
            }
        }
    }
    count.done(100_000, 10_000);
}

fn rank(
    count: &mut Count,
    matrix: &DecisionMatrix,
    rows: [[f64; 2]; 3],
    given: &[CriteriaWeights],
    normalisations: &[Normalisation],
) {
    let weights = [
        ("critic", critic_weights(matrix)),
        ("critic, ignored", critic_weights(&matrix.with_direction(Better::Higher))),
        ("entropy", entropy_weights(matrix)),
        ("deviation", deviation_weights(matrix)),
        ("gini", gini_weights(matrix)),
        ("removal", removal_weights(matrix)),
    ];
    for (name, found) in weights {
        count.all(name, rows, found.map(|weights| weights.values().to_vec()));
    }
    for weights in given {
        let scores = |found: Ranking| found.scores().to_vec();
        let told = (rows, weights.values());
        for topsis in [Topsis::MinMax, Topsis::VectorInverted, Topsis::VectorSwappedIdeals] {
            count.all("topsis", (told, topsis), topsis.scores(matrix, weights).map(scores));
        }
        for part in [0.0, 5e-324, 0.5, 1.0, 1e308, f64::NAN] {
            count.all(
                "weighted_sum_product",
                (told, part),
                weighted_sum_product(matrix, weights, part).map(scores),
            );
            count.all("vikor", (told, part), vikor(matrix, weights, part));
        }
        for normalisation in normalisations {
            let told = (told, *normalisation);
            count.all("weighted_sum", told, weighted_sum(matrix, weights, *normalisation).map(scores));
            count.all(
                "weighted_product",
                told,
                weighted_product(matrix, weights, *normalisation).map(scores),
            );
            let held = best_holds_between(matrix, weights, *normalisation, 0)
                .map(|held| vec![held.low(), held.high()]);
            count.all("best_holds_between", told, held);
            let ranked = rank_reversals(matrix, |matrix| weighted_sum(matrix, weights, *normalisation));
            count.all("rank_reversals", told, ranked.map(|_| vec![]));
        }
    }
    for normalisation in normalisations {
        count.all("normalisation", (rows, normalisation), normalisation.column(matrix, 0));
    }
}

#[test]
fn pairwise_comparisons_are_finite_or_refuse() {
    let mut count = Count::default();
    for a in HOSTILE {
        count.all("Score", a, Score::estimate(a).get().map(|score| vec![score.to_f64()]));
        let table = [(3, a), (5, 1.0)];
        count.one("RandomIndex", a, RandomIndex::new(table).and_then(|table| table.of(4)));
        for b in HOSTILE {
            for c in HOSTILE.into_iter().map(Some).chain([None]) {
                let judged = PairwiseComparisons::new(["x", "y", "z"])
                    .and_then(|p| p.judge("x", "y", a)?.judge("y", "z", b));
                let judged = judged.and_then(|p| c.map_or(Ok(p.clone()), |c| p.judge("x", "z", c)));
                let Ok(judged) = judged else {
                    count.errors += 1;
                    continue;
                };
                let Ok(found) = judged.priorities() else {
                    count.errors += 1;
                    continue;
                };
                let mut figures = found.weights().values().to_vec();
                figures.extend([found.principal_eigenvalue(), found.consistency_index()]);
                figures.extend(found.geometric_consistency_index().known());
                figures.extend(
                    found
                        .most_inconsistent()
                        .known()
                        .into_iter()
                        .flat_map(|j| [j.value, j.consistent, j.factor]),
                );
                figures.extend(
                    (0..3)
                        .flat_map(|i| (0..3).map(move |j| (i, j)))
                        .filter_map(|(i, j)| found.judgement(i, j)),
                );
                count.check("priorities", (a, b, c), &figures);
                let ratio = RandomIndex::new(table).and_then(|table| found.consistency_ratio(&table));
                count.one("consistency_ratio", (a, b, c), ratio);
                count.all(
                    "geometric_mean_weights",
                    (a, b, c),
                    found.geometric_mean_weights().map(|w| w.values().to_vec()),
                );
            }
        }
    }
    count.done(1_000, 1_000);
}

#[test]
fn overlaps_are_finite_or_refuse() {
    let mut count = Count::default();
    let counts = [0, 1, 2, 1 << 40, 1 << 62];
    for both in counts {
        for left in counts {
            for right in counts {
                for none in counts {
                    let sets = [(vec![0, 1], both), (vec![0], left), (vec![1], right), (vec![], none)];
                    let Ok(found) = CoOccurrence::from_sets(["a", "b"], sets) else {
                        count.errors += 1;
                        continue;
                    };
                    let found = found.correlation(&"a", &"b");
                    count.one("correlation", (both, left, right, none), found);
                }
            }
        }
    }
    count.done(500, 50);
}

/// The functions that a caller gets floats of, by the module's sources.
fn float_functions(source: &str) -> Vec<String> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    for (at, _) in code.match_indices("pub ") {
        let rest = &code[at + 4..];
        let Some(rest) = rest.strip_prefix("const fn ").or_else(|| rest.strip_prefix("fn ")) else {
            continue;
        };
        let head = rest.split(['{', ';']).next().unwrap_or_default();
        let answer = head.rsplit_once("->").map_or("", |(_, answer)| answer);
        if answer.split(|c: char| !c.is_alphanumeric()).any(|word| word == "f64") {
            found.push(head.split(['(', '<']).next().unwrap_or_default().to_string());
        }
    }
    found
}

/// N7: a new function that answers with a float stands in a law above.
#[test]
fn many_arms_are_finite_or_refused() {
    let mut count = Count::default();
    let of = |count: &mut Count, given: (f64, f64, u64), best: &BestArm| {
        count.check("probabilities", given, best.probabilities());
        count.check("expected_losses", given, best.expected_losses());
        count.check("expected_maximum", given, &[best.expected_maximum()]);
        let total: f64 = best.probabilities().iter().sum();
        assert!((total - 1.0).abs() < 1e-8, "{given:?}: {total}");
        count.all("thompson_shares", given, best.thompson_shares(rust_decimal::dec!(0.1)));
        count.all("thompson_shares", given, best.thompson_shares(rust_decimal::dec!(0.6)));
        count.all("top_two_shares", given, best.top_two_shares(rust_decimal::dec!(0.1)));
        for hostile in HOSTILE {
            count.errors += u64::from(BestArmVerdict::of(best, hostile, hostile).is_err());
        }
    };
    for a in HOSTILE {
        for b in [1.0, 0.5, 1e-300, -1.0, f64::NAN, f64::MAX] {
            for trials in [0, 7, 1_000_000_000, u64::MAX / 4] {
                let Ok(arms) = BetaArms::new((a, b), [(0, trials), (trials, trials), (trials / 3, trials)])
                else {
                    count.errors += 1;
                    continue;
                };
                assert_eq!(arms.prior(), (a, b));
                count.check("means", (a, b, trials), &arms.means());
                let shapes: Vec<f64> = arms.shapes().flat_map(|(a, b)| [a, b]).collect();
                count.check("shapes", (a, b, trials), &shapes);
                count.check("variances", (a, b, trials), &arms.variances());
                let ranges = arms.credible_intervals(0.95).unwrap();
                let ends: Vec<f64> = ranges.iter().flat_map(|range| [range.low(), range.high()]).collect();
                count.check("credible_intervals", (a, b, trials), &ends);
                of(&mut count, (a, b, trials), &arms.best().unwrap());
            }
            match NormalArms::new([(a, b), (b, a), (0.0, 1.0)]) {
                Ok(arms) => of(&mut count, (a, b, 0), &arms.best().unwrap()),
                Err(_) => count.errors += 1,
            }
        }
        for (b, method) in
            HOSTILE.into_iter().zip([SpreadMethod::PauleMandel, SpreadMethod::DerSimonianLaird].repeat(99))
        {
            let effects = [(a, b), (b, a), (1.0, 0.5), (9.0, 0.5)]
                .map(|(mean, error)| EffectEstimate::new(mean, error));
            let items = ShrunkenItems::of_means(effects.into_iter().flatten(), method);
            let Ok(items) = items else {
                count.errors += 1;
                continue;
            };
            count.check("items", (a, b), &[items.centre(), items.spread()]);
            count.check("items", (a, b), &[items.raw(), items.values(), items.deviations()].concat());
            match items.best_share(rust_decimal::dec!(0.2), CutTies::Up) {
                Ok(best) => {
                    count.check("best_share", (a, b), &[best.raw(), best.expected(), best.overstatement()]);
                    count.check("best_share", (a, b), best.probabilities());
                }
                Err(_) => count.errors += 1,
            }
        }
        for shares in [vec![a, 1.0], vec![a, a, a], vec![a]] {
            let found = whole_visits(7, &shares);
            count.errors += u64::from(found.is_err());
            assert!(found.is_err() || found.iter().flatten().sum::<u64>() == 7, "{shares:?}: {found:?}");
        }
    }
    count.done(100, 400);
}

#[test]
fn pooled_effects_and_strata_are_finite_or_refused() {
    let mut count = Count::default();
    for a in HOSTILE {
        for b in HOSTILE {
            let effects = [(a, b), (b, a), (1.0, 0.5), (9.0, b)]
                .map(|(value, error)| EffectEstimate::new(value, error));
            let Ok(pooled) = PooledEffects::of(effects.into_iter().flatten()) else {
                count.errors += 1;
                continue;
            };
            count.check("pooled", (a, b), &[pooled.q(), pooled.inconsistency()]);
            count.all("p_value", (a, b), pooled.p_value().map(|p| vec![p]));
            let places: Vec<f64> = [a, b, 0.0, 1.0].into_iter().take(pooled.effects().len()).collect();
            for effect in [pooled.mean(), pooled.trend(&places), pooled.trend(&[0.0, 1.0, 2.0, 3.0])] {
                count.all("effect", (a, b), effect.map(|effect| vec![effect.value()]));
            }
        }
    }
    let counts =
        [(0, 1), (1, 1), (3, 9), (0, u64::MAX / 8), (u64::MAX / 8, u64::MAX / 8), (7, 1_000_000_007)];
    for first in counts {
        for second in counts {
            let strata = [(first, second), (second, first), ((1, 3), second)];
            let strata = strata.map(|(one, two)| TwoProportions::new(one, two).unwrap());
            let strata = MantelHaenszel::of(strata).unwrap();
            for effect in [strata.difference(), strata.ln_odds_ratio()] {
                count.all("strata", (first, second), effect.map(|effect| vec![effect.value()]));
            }
            count.all("strata", (first, second), strata.chi_squared().map(|value| vec![value]));
            count.all("strata", (first, second), strata.p_value().map(|value| vec![value]));
        }
    }
    count.done(100, 100);
}

#[test]
fn no_float_function_is_left_out() {
    /// Those of `ColumnScores`, which the laws of health hold against the exact scores; `Ranking::scores` is called here.
    const ELSEWHERE: [&str; 2] = ["score", "scores"];
    let laws = include_str!("hostile_floats.rs");
    let mut seen = 0;
    for module in ["stats", "decompose", "health", "ranking", "channel"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(module);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            for name in float_functions(&std::fs::read_to_string(&path).unwrap()) {
                let called = laws.contains(&format!("{name}(")) || ELSEWHERE.contains(&name.as_str());
                assert!(called, "{}: no law calls `{name}`", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "{seen}");
    assert_eq!(
        float_functions(
            "pub fn a(x: f64) -> u8 {}\npub fn b() -> Result<f64, E> {}\npub const fn c() -> f64 {}"
        ),
        ["b", "c"]
    );
    assert_eq!(
        float_functions("pub(super) fn a() -> f64 {}\n#[cfg(test)]\nmod tests {\npub fn b() -> f64 {}"),
        [""; 0]
    );
}
