//! What tests that are looked at again and again promise, by simulation, and laws of sample ratios.
//!
//! 2,000 runs each; 20,000 with `MARKETLOOP_FULL=1`. The seeds are fixed: a run gives the same figures on any machine.

use marketloop::laws;
use marketloop::stats::{AlwaysValid, ConfidenceSequence, SampleRatio, TwoProportions};
use marketloop::strategies::sample_ratios;
use proptest::prelude::*;

const LOOKS: u64 = 20;

/// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, 2014).
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
