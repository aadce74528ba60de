//! What tests that are looked at again and again promise, by simulation, and laws of sample ratios.
//!
//! 2,000 runs each; 20,000 with `MARKETLOOP_FULL=1`. The seeds are fixed: a run gives the same figures on any machine.

use marketloop::laws;
use marketloop::stats::{
    AlphaSpending, AlwaysValid, ConfidenceSequence, GroupSequential, SampleRatio, SpendingSides,
    TwoProportions, ln_mixture_ratio,
};
use marketloop::strategies::{group_sequential_tests, sample_ratios};
use proptest::prelude::*;

const LOOKS: u64 = 20;

/// `SplitMix64` (G. L. Steele, D. Lea and C. H. Flood, 2014).
struct Draws(u64);

impl Draws {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Above 0, below 1.
    #[expect(clippy::cast_precision_loss, reason = "52 bits")]
    fn uniform(&mut self) -> f64 {
        ((self.bits() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// How many of so many have an event of this rate.
    fn successes(&mut self, trials: u64, rate: f64) -> u64 {
        (0..trials).map(|_| u64::from(self.uniform() < rate)).sum()
    }
}

fn runs() -> u32 {
    if std::env::var_os("MARKETLOOP_FULL").is_some() { 20_000 } else { 2_000 }
}

/// The share of runs that err, and three standard errors of it at the rate `alpha`.
fn rate(name: &str, seed: u64, alpha: f64, mut errs: impl FnMut(&mut Draws) -> bool) -> (f64, f64) {
    let mut draws = Draws(seed);
    let runs = runs();
    let erring: u32 = (0..runs).map(|_| u32::from(errs(&mut draws))).sum();
    let share = f64::from(erring) / f64::from(runs);
    let slack = 3.0 * (alpha * (1.0 - alpha) / f64::from(runs)).sqrt();
    println!("{name}: {share} of {runs} runs err at {alpha} (seed {seed})");
    (share, slack)
}

#[test]
fn two_equal_rates_looked_at_daily_are_told_apart_in_at_most_alpha_of_all_tests() {
    for alpha in [0.05, 0.2] {
        let mut fixed = 0;
        let (share, slack) = rate("mixture ratio of rates", 11, alpha, |draws| {
            let (mut first, mut second) = (0, 0);
            let mut test = AlwaysValid::default();
            let mut peeked = false;
            for look in 1..=LOOKS {
                first += draws.successes(100, 0.1);
                second += draws.successes(100, 0.1);
                let rates = TwoProportions::new((first, 100 * look), (second, 100 * look)).unwrap();
                peeked |= rates.p_value() <= alpha;
                if let Ok(ln_evidence) = rates.ln_mixture_ratio(0.0009) {
                    test.look(ln_evidence).unwrap();
                }
            }
            fixed += u32::from(peeked);
            test.p_value() <= alpha
        });
        assert!(share <= alpha + slack, "{share}");
        // What the test is there for: the p-value of one look, looked at daily, errs far more often.
        let peeked = f64::from(fixed) / f64::from(runs());
        assert!(peeked > 2.0 * alpha, "{peeked}");
    }
}

/// Means with the variance that was seen, so that the evidence is right for many observations only.
#[test]
fn two_equal_means_looked_at_daily_are_told_apart_in_at_most_alpha_of_all_tests() {
    for alpha in [0.05, 0.2] {
        let (share, slack) = rate("mixture ratio of means", 16, alpha, |draws| {
            let mut arms = [(0.0, 0.0); 2];
            let mut test = AlwaysValid::default();
            let mut n = 0.0;
            for _ in 0..LOOKS {
                n += 50.0;
                for (sum, squares) in &mut arms {
                    for _ in 0..50 {
                        let value = -20.0 * draws.uniform().ln();
                        *sum += value;
                        *squares += value * value;
                    }
                }
                let [first, second] =
                    arms.map(|(sum, squares)| (sum / n, squares / n - (sum / n) * (sum / n)));
                let variance = (first.1 + second.1) / n;
                test.look(ln_mixture_ratio(second.0 - first.0, variance, 4.0).unwrap()).unwrap();
            }
            test.p_value() <= alpha
        });
        assert!(share <= alpha + slack, "{share}");
        assert!(share > alpha / 20.0, "{share}: the promise is kept by never saying anything");
    }
}

#[test]
fn a_confidence_sequence_holds_a_difference_of_rates_at_all_looks_at_once() {
    let (first, second) = (0.1, 0.12);
    for alpha in [0.05, 0.2] {
        let sequence = ConfidenceSequence::tuned(alpha, 2_000).unwrap();
        let (share, slack) = rate("confidence sequence of rates", 17, alpha, |draws| {
            let (mut x1, mut x2) = (0, 0);
            (1..=LOOKS).fold(false, |errs, look| {
                x1 += draws.successes(100, first);
                x2 += draws.successes(100, second);
                let n = 100.0 * f64::from(u32::try_from(look).unwrap());
                let of = |x: u64| f64::from(u32::try_from(x).unwrap()) / n;
                let (p1, p2) = (of(x1), of(x2));
                let error = ((p1 * (1.0 - p1) + p2 * (1.0 - p2)) / n).sqrt();
                let range = sequence.interval(200 * look, p2 - p1, error).unwrap();
                errs || !range.contains(&(second - first))
            })
        });
        assert!(share <= alpha + slack, "{share}");
    }
}

#[test]
fn a_confidence_sequence_holds_the_mean_at_all_looks_at_once() {
    for alpha in [0.05, 0.2] {
        let sequence = ConfidenceSequence::tuned(alpha, 500).unwrap();
        let (share, slack) = rate("confidence sequence", 12, alpha, |draws| {
            let (mut sum, mut count) = (0.0, 0_u32);
            (0..LOOKS).fold(false, |errs, _| {
                sum += 50_f64.sqrt() * draws.normal();
                count += 50;
                let n = f64::from(count);
                let range = sequence.interval(count.into(), sum / n, 1.0 / n.sqrt()).unwrap();
                errs || range.low() > 0.0 || range.high() < 0.0
            })
        });
        assert!(share <= alpha + slack, "{share}");
        assert!(share > alpha / 20.0, "{share}: the promise is kept by never saying anything");
    }
}

#[test]
fn sample_ratios_alarm_at_the_stated_rate() {
    let weights = [2.0, 1.0, 1.0];
    let drawn = |draws: &mut Draws, seen: &mut [u64; 3], visitors: u64| {
        for _ in 0..visitors {
            let draw = draws.uniform();
            seen[if draw < 0.5 { 0 } else { 1 + usize::from(draw < 0.75) }] += 1;
        }
    };
    for alpha in [0.01, 0.1] {
        let (share, slack) = rate("chi-squared", 13, alpha, |draws| {
            let mut seen = [0; 3];
            drawn(draws, &mut seen, 800);
            SampleRatio::new(seen.into_iter().zip(weights)).unwrap().p_value().unwrap() <= alpha
        });
        assert!((share - alpha).abs() <= slack, "chi-squared: {share} at {alpha}");
        let (share, slack) = rate("exact", 14, alpha, |draws| {
            let seen = draws.successes(400, 0.3);
            let ratio = SampleRatio::new([(seen, 3.0), (400 - seen, 7.0)]).unwrap();
            ratio.exact_p_value().unwrap() <= alpha
        });
        assert!(share <= alpha + slack && share > alpha / 2.0, "exact: {share} at {alpha}");
        let (share, slack) = rate("always valid", 15, alpha, |draws| {
            let mut seen = [0; 3];
            let mut alarm = AlwaysValid::default();
            for _ in 0..LOOKS {
                drawn(draws, &mut seen, 100);
                let ratio = SampleRatio::new(seen.into_iter().zip(weights)).unwrap();
                alarm.look(ratio.ln_evidence().unwrap()).unwrap();
            }
            alarm.p_value() <= alpha
        });
        assert!(share <= alpha + slack, "always valid: {share} at {alpha}");
    }
}

proptest! {
    #[test]
    fn the_order_of_the_arms_changes_nothing(ratio in sample_ratios()) {
        let turned = SampleRatio::new(ratio.arms().iter().rev().copied()).unwrap();
        let same = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1e-12),
            (one, other) => one.is_none() && other.is_none(),
        };
        let figures = |ratio: &SampleRatio| {
            [ratio.chi_squared().ok(), ratio.g().ok(), ratio.exact_p_value().ok(), ratio.ln_evidence().ok()]
        };
        for (one, other) in figures(&ratio).into_iter().zip(figures(&turned)) {
            prop_assert!(same(one, other), "{one:?} {other:?}");
        }
        for (one, other) in ratio.residuals().into_iter().zip(turned.residuals().into_iter().rev()) {
            prop_assert!(same(one, other), "{one:?} {other:?}");
        }
        laws::expected_counts_follow_the_plan(ratio.arms(), &ratio.expected())?;
    }

    /// The weights of a plan may be shares, percentages or whole numbers.
    #[test]
    fn only_the_ratios_of_the_weights_matter(ratio in sample_ratios(), power in -900_i32..900) {
        let scaled = ratio.arms().iter().map(|(seen, weight)| (*seen, weight * 2_f64.powi(power)));
        let scaled = SampleRatio::new(scaled).unwrap();
        prop_assert_eq!(scaled.chi_squared(), ratio.chi_squared());
        prop_assert_eq!(scaled.exact_p_value(), ratio.exact_p_value());
        prop_assert_eq!(scaled.residuals(), ratio.residuals());
    }
}

/// The looks of a test by simulation: whether it stops for an effect under a drift.
fn stops(draws: &mut Draws, test: &GroupSequential, drift: f64, heed: bool) -> bool {
    let (mut s, mut before) = (0.0, 0.0);
    for look in test.looks() {
        let step = look.information - before;
        s += drift * step + step.sqrt() * draws.normal();
        before = look.information;
        let z = s / before.sqrt();
        let size = if test.sides() == SpendingSides::Upper { z } else { z.abs() };
        if look.bound.is_some_and(|bound| size >= bound) {
            return true;
        }
        if heed && look.futility.is_some_and(|futility| size <= futility) {
            return false;
        }
    }
    false
}

#[test]
fn group_sequential_tests_err_and_find_as_they_say() {
    let daily: Vec<f64> = (1..=LOOKS).map(|look| f64::from(u32::try_from(look).unwrap()) / 20.0).collect();
    let of = |sides, spending| GroupSequential::new(0.05, sides, spending, &daily).unwrap();
    let upper = of(SpendingSides::Upper, AlphaSpending::Pocock);
    let mut seed = 20;
    for test in [
        of(SpendingSides::PerSide, AlphaSpending::OBrienFleming),
        of(SpendingSides::InTotal, AlphaSpending::OBrienFleming),
        of(SpendingSides::InTotal, AlphaSpending::Linear),
        of(SpendingSides::InTotal, AlphaSpending::HwangShihDeCani(1.0)),
        of(SpendingSides::PerSide, AlphaSpending::Pocock),
        of(SpendingSides::Upper, AlphaSpending::Power(2.0)),
        of(SpendingSides::InTotal, AlphaSpending::Given(vec![(0.5, 0.2), (1.0, 1.0)])),
        GroupSequential::pocock(0.05, SpendingSides::InTotal, 20).unwrap(),
        GroupSequential::obrien_fleming(0.05, SpendingSides::Upper, 20).unwrap(),
        upper.with_binding_futility(0.2, AlphaSpending::OBrienFleming).unwrap(),
        upper.with_advisory_futility(0.2, AlphaSpending::Pocock).unwrap(),
        upper.clone(),
    ] {
        let binding = test.futility().is_some_and(|futility| futility.is_binding);
        seed += 1;
        let (share, slack) = rate("group sequential", seed, 0.05, |draws| stops(draws, &test, 0.0, binding));
        assert!((share - 0.05).abs() <= slack, "{test:?}: {share}");
        let drift = test.drift_for(0.8).unwrap();
        let (missed, slack) = rate("its power", seed, 0.2, |draws| !stops(draws, &test, drift, true));
        assert!((missed - 0.2).abs() <= slack, "{test:?}: {missed}");
    }
}

/// What is said after a stop: the interval holds the drift as often as it says, and the estimate is above it in half of
/// the runs. The repeated intervals hold it at all looks at once, stopped or not.
#[test]
fn estimates_after_a_stop_are_unbiased_in_the_median() {
    let times = [0.3, 0.6, 1.0];
    let of = |sides, spending| GroupSequential::new(0.1, sides, spending, &times).unwrap();
    for (seed, drift, test) in [
        (31, 1.7, of(SpendingSides::InTotal, AlphaSpending::Pocock)),
        (32, 0.0, of(SpendingSides::PerSide, AlphaSpending::OBrienFleming)),
        (33, 2.5, of(SpendingSides::Upper, AlphaSpending::Linear)),
    ] {
        let mut draws = Draws(seed);
        let (mut above, mut outside, mut repeated) = (0, 0, 0);
        // Each interval is a search of its own: a quarter of the runs by default.
        let runs = if runs() > 2_000 { runs() } else { runs() / 4 };
        for _ in 0..runs {
            let (mut s, mut before) = (0.0, 0.0);
            let (mut left_out, mut stopped) = (false, false);
            for (at, look) in test.looks().iter().enumerate() {
                let step = look.information - before;
                s += drift * step + f64::sqrt(step) * draws.normal();
                before = look.information;
                let z = s / before.sqrt();
                let range = test.repeated_interval(at, z).unwrap();
                // One-sided bounds say where the drift is not below, and no more.
                left_out |=
                    drift < range.low() || (test.sides() != SpendingSides::Upper && drift > range.high());
                let size = if test.sides() == SpendingSides::Upper { z } else { z.abs() };
                if !stopped && (size >= look.bound.unwrap() || at == 2) {
                    stopped = true;
                    above += u32::from(test.median_unbiased(at, z).unwrap() > drift);
                    let range = test.stop_interval(at, z, 0.9).unwrap();
                    outside += u32::from(!range.contains(&drift));
                }
            }
            repeated += u32::from(left_out);
        }
        let slack = |rate: f64| 3.0 * (rate * (1.0 - rate) / f64::from(runs)).sqrt();
        let share = |count: u32| f64::from(count) / f64::from(runs);
        println!(
            "after a stop: {} above, {} outside at 0.1, {} repeated outside at 0.1, of {runs} (seed {seed})",
            share(above),
            share(outside),
            share(repeated)
        );
        assert!((share(above) - 0.5).abs() <= slack(0.5), "{above} of {runs}");
        assert!((share(outside) - 0.1).abs() <= slack(0.1), "{outside} of {runs}");
        assert!(share(repeated) <= 0.1 + slack(0.1), "{repeated} of {runs}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Bounds depend on the looks up to theirs alone: those that are there stay when later ones move.
    #[test]
    fn looks_to_come_change_no_bound(test in group_sequential_tests(), taken in 0_usize..8) {
        let times: Vec<f64> = test.looks().iter().map(|look| look.information).collect();
        let taken = taken.min(times.len().saturating_sub(1));
        let again = test.replan(taken, &times[taken..]).unwrap();
        prop_assert_eq!(&again.looks()[..taken], &test.looks()[..taken]);
        for (one, other) in again.looks().iter().zip(test.looks()) {
            match (one.bound, other.bound) {
                (Some(one), Some(other)) => prop_assert!((one - other).abs() < 1e-6, "{one} {other}"),
                // What is left is rounding, or nothing.
                (one, other) => prop_assert!(one.or(other).is_none_or(|bound| bound > 5.0)),
            }
        }
    }

    #[test]
    fn the_power_grows_with_the_drift(test in group_sequential_tests(), drift in 0.0..5.0_f64) {
        let total = |drift: f64| test.crossings(drift).unwrap().total();
        prop_assert!(total(drift) <= total(drift + 0.1) + 1e-9);
        let two_sided = test.sides() != SpendingSides::Upper;
        prop_assert!(!two_sided || (total(drift) - total(-drift)).abs() < 1e-9);
        laws::looks_spend_what_they_may(&test, &test.crossings(0.0).unwrap().bound)?;
    }
}
