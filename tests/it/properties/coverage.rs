//! How often intervals of two samples hold the truth, by simulation: within a point of their level.
//!
//! 2,000 runs each; 20,000 with `MARKETLOOP_FULL=1`. The seeds are fixed: a run gives the same figures on any machine.

use marketloop::stats::{
    DifferenceMethod, EffectEstimate, LiftMethod, MatchingBounds, MeanTest, RateLiftMethod, SampleMean,
    TwoMeans, TwoProportions, mean, variance,
};

const LEVEL: f64 = 0.95;

/// `SplitMix64` (G. L. Steele, D. Lea and C. H. Flood, 2014).
struct Draws(u64);

impl Draws {
    /// Above 0, below 1.
    #[expect(clippy::cast_precision_loss, reason = "52 bits")]
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((bits ^ (bits >> 31)) >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    fn rate(&mut self, trials: u64, rate: f64) -> (u64, u64) {
        ((0..trials).map(|_| u64::from(self.uniform() < rate)).sum(), trials)
    }

    fn arm(&mut self, units: u32, centre: f64, deviation: f64) -> SampleMean {
        let sample: Vec<f64> = (0..units).map(|_| centre + deviation * self.normal()).collect();
        SampleMean::new(units.into(), mean(&sample).unwrap(), variance(&sample).unwrap()).unwrap()
    }
}

fn runs() -> u32 {
    if std::env::var_os("MARKETLOOP_FULL").is_some() { 20_000 } else { 2_000 }
}

/// Each of the named intervals holds the truth in a share of runs within a point of the level, and three standard errors
/// of the simulation; `holds` says so of one run, in the order of the names.
fn cover(names: &[String], seed: u64, at_most: bool, mut holds: impl FnMut(&mut Draws) -> Vec<bool>) {
    let (mut draws, mut held) = (Draws(seed), vec![0_u32; names.len()]);
    for _ in 0..runs() {
        for (held, holds) in held.iter_mut().zip(holds(&mut draws)) {
            *held += u32::from(holds);
        }
    }
    let slack = 0.01 + 3.0 * (LEVEL * (1.0 - LEVEL) / f64::from(runs())).sqrt();
    for (name, held) in names.iter().zip(held) {
        let share = f64::from(held) / f64::from(runs());
        println!("{name}: holds in {share} of {} runs (seed {seed})", runs());
        assert!(share >= LEVEL - slack, "{name}: {share}");
        assert!(!at_most || share <= LEVEL + slack, "{name}: {share}");
    }
}

#[test]
fn differences_of_rates() {
    use DifferenceMethod as Method;
    let methods = [Method::MiettinenNurminen, Method::Newcombe, Method::AgrestiCaffo];
    let names = methods.map(|method| method.to_string());
    for (seed, trials, p1, p2) in [(1, (300, 400), 0.05, 0.08), (2, (60, 40), 0.3, 0.5)] {
        cover(&names, seed, true, |draws| {
            let rates = TwoProportions::new(draws.rate(trials.0, p1), draws.rate(trials.1, p2)).unwrap();
            methods.map(|method| rates.interval(LEVEL, method).unwrap().contains(&(p2 - p1))).to_vec()
        });
    }
}

#[test]
fn lifts_of_rates() {
    let names = RateLiftMethod::ALL.map(|method| method.to_string());
    let (p1, p2) = (0.06, 0.075);
    cover(&names, 3, true, |draws| {
        let rates = TwoProportions::new(draws.rate(2_000, p1), draws.rate(1_500, p2)).unwrap();
        let truth = p2 / p1 - 1.0;
        RateLiftMethod::ALL
            .map(|method| rates.lift_interval(LEVEL, method).unwrap().contains(&truth))
            .to_vec()
    });
}

#[test]
fn differences_and_lifts_of_means() {
    // (seed, test, the units of both arms, their deviations): Welch with few units that vary unequally.
    let cases = [
        (4, MeanTest::Welch, (12, 20), (1.0, 3.0)),
        (5, MeanTest::Pooled, (8, 15), (2.0, 2.0)),
        (6, MeanTest::Normal, (150, 200), (1.0, 3.0)),
    ];
    for (seed, test, units, deviations) in cases {
        let mut names = vec![format!("{test}"), format!("{test}, lower"), format!("{test}, upper")];
        names.extend(LiftMethod::ALL.map(|method| format!("{test}, lift by {method}")));
        cover(&names, seed, true, |draws| {
            let (first, second) =
                (draws.arm(units.0, 20.0, deviations.0), draws.arm(units.1, 21.0, deviations.1));
            let means = TwoMeans::new(first, second);
            let mut held = vec![
                means.interval(LEVEL, test).unwrap().contains(&1.0),
                means.lower_bound(LEVEL, test).unwrap() <= 1.0,
                means.upper_bound(LEVEL, test).unwrap() >= 1.0,
            ];
            held.extend(
                LiftMethod::ALL
                    .map(|method| means.lift_interval(LEVEL, test, method).unwrap().contains(&0.05)),
            );
            held
        });
    }
}

/// Bonferroni's and Holm's bounds hold together; of the selected the false coverage rate is at most one less the level.
#[test]
fn matching_bounds_hold_together() {
    let truth = [0.0, 0.0, -0.5, 1.0, 3.0, 5.0];
    let draw = |draws: &mut Draws| -> Vec<EffectEstimate> {
        truth.iter().map(|effect| EffectEstimate::new(effect + draws.normal(), 1.0).unwrap()).collect()
    };
    let names = ["bonferroni", "holm", "holm, both sides"].map(String::from);
    // Holm's two sides together hold more often than asked for: each has half the errors.
    cover(&names, 7, false, |draws| {
        let effects = draw(draws);
        let below = |kind: MatchingBounds| {
            let bounds = kind.lower_bounds(&effects, LEVEL).unwrap();
            bounds.iter().zip(truth).all(|(bound, truth)| bound.unwrap() <= truth)
        };
        let both = MatchingBounds::Holm.intervals(&effects, LEVEL).unwrap();
        let within = both.iter().zip(truth).all(|(range, truth)| range.unwrap().contains(&truth));
        vec![below(MatchingBounds::Bonferroni), below(MatchingBounds::Holm), within]
    });
    let (mut draws, mut missed) = (Draws(8), 0.0);
    for _ in 0..runs() {
        let ranges = MatchingBounds::FalseCoverage.intervals(&draw(&mut draws), LEVEL).unwrap();
        let (mut selected, mut wrong) = (0_u32, 0_u32);
        for (range, truth) in ranges.iter().zip(truth) {
            if let Some(range) = range {
                selected += 1;
                wrong += u32::from(!range.contains(&truth));
            }
        }
        missed += f64::from(wrong) / f64::from(selected.max(1));
    }
    let rate = missed / f64::from(runs());
    println!("false coverage: {rate} of {} runs (seed 8)", runs());
    assert!(rate <= 1.0 - LEVEL + 0.015, "{rate}");
}

/// Quantiles of skewed times, by exact counts and by a sketch within 2 %: the interval of an arm holds the truth at least
/// as often as it says, that of the difference of two arms within a point.
#[cfg(feature = "experiment")]
#[test]
fn quantiles_and_their_differences() {
    use marketloop::experiment::{ExperimentMetric, ExperimentSums, Units};
    let names = ["exact counts", "sketch"];
    // (seed, share, the units of both arms, the means of both)
    for (seed, p, units, means) in [
        (31, 0.5, (60, 90), (1e6, 1.3e6)),
        (32, 0.9, (300, 400), (1e6, 1.5e6)),
        (33, 0.25, (1_000, 500), (1e6, 1e6)),
    ] {
        let share = p.to_string().parse().unwrap();
        let metrics = [
            ExperimentMetric::quantile("ms", share).named(names[0]),
            ExperimentMetric::quantile_within("ms", share, "2%".parse().unwrap()).named(names[1]),
        ];
        let truth = [means.0, means.1].map(|mean| -mean * f64::ln(1.0 - p));
        let arms: Vec<u32> = (0..units.0 + units.1).map(|row| u32::from(row >= units.0)).collect();
        let sums = |draws: &mut Draws| {
            let mean = |arm: &u32| if *arm == 0 { means.0 } else { means.1 };
            #[expect(clippy::cast_possible_truncation, reason = "times below 2^53")]
            let times: Vec<i64> =
                arms.iter().map(|arm| (-mean(arm) * draws.uniform().ln()).round() as i64).collect();
            let units = Units::new(&arms).with_column("ms", times).unwrap();
            ExperimentSums::of(["old", "new"], metrics.clone(), &units).unwrap()
        };
        let own = names.map(|name| format!("{p} quantile of {units:?}, {name}"));
        cover(&own, seed, false, |draws| {
            let sums = sums(draws);
            names.map(|name| sums.quantile_interval(name, "new", LEVEL).unwrap().contains(&truth[1])).to_vec()
        });
        let differences = own.map(|name| format!("{name}, difference"));
        cover(&differences[..1], seed, true, |draws| {
            let two = sums(draws).beside_control(names[0], "new").unwrap();
            vec![two.interval(LEVEL, MeanTest::Welch).unwrap().contains(&(truth[1] - truth[0]))]
        });
        cover(&differences[1..], seed, false, |draws| {
            let two = sums(draws).beside_control(names[1], "new").unwrap();
            vec![two.interval(LEVEL, MeanTest::Welch).unwrap().contains(&(truth[1] - truth[0]))]
        });
    }
}
