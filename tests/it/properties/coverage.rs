//! How often intervals hold the truth, by simulation: within a point of their level.
//!
//! 2,000 runs each; 20,000 with `MARKETLOOP_FULL=1`. The seeds are fixed: a run gives the same figures on any machine.

use marketloop::stats::{
    DifferenceMethod, EffectEstimate, IntervalMethod, LiftMethod, MatchingBounds, MeanTest, RateLiftMethod,
    SampleMean, TwoMeans, TwoProportions, interval, mean, variance,
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
fn cover(names: &[String], seed: u64, at_most: bool, holds: impl FnMut(&mut Draws) -> Vec<bool>) {
    cover_in(runs(), names, seed, at_most, holds);
}

/// [`cover`], in so many runs.
fn cover_in(
    runs: u32,
    names: &[String],
    seed: u64,
    at_most: bool,
    mut holds: impl FnMut(&mut Draws) -> Vec<bool>,
) {
    let (mut draws, mut held) = (Draws(seed), vec![0_u32; names.len()]);
    for _ in 0..runs {
        for (held, holds) in held.iter_mut().zip(holds(&mut draws)) {
            *held += u32::from(holds);
        }
    }
    let slack = 0.01 + 3.0 * (LEVEL * (1.0 - LEVEL) / f64::from(runs)).sqrt();
    for (name, held) in names.iter().zip(held) {
        let share = f64::from(held) / f64::from(runs);
        println!("{name}: holds in {share} of {runs} runs (seed {seed})");
        assert!(share >= LEVEL - slack, "{name}: {share}");
        assert!(!at_most || share <= LEVEL + slack, "{name}: {share}");
    }
}

/// The trials of an arm, and its true rate.
type Arm = (u64, f64);

/// So many successes and failures are expected in the smaller class of each arm: at the edge of each region that the docs
/// name, equal rates and unequal ones, arms of one size and of two.
const COUNTED: [(u64, Arm, Arm); 8] = [
    (5, (20, 0.3), (20, 0.3)),
    (5, (400, 0.0125), (300, 0.0175)),
    (10, (400, 0.025), (400, 0.025)),
    (10, (30, 0.35), (24, 0.5)),
    (15, (400, 0.0375), (400, 0.0375)),
    (20, (400, 0.05), (300, 0.07)),
    (20, (60, 0.35), (40, 0.5)),
    (40, (500, 0.08), (400, 0.1)),
];

#[test]
fn rates() {
    use IntervalMethod as Method;
    for (seed, from, trials, rate) in [
        (41, 60, 600, 0.1),
        (42, 60, 150, 0.42),
        (43, 60, 1_000, 0.063),
        (44, 100, 400, 0.28),
        (45, 100, 1_000, 0.108),
    ] {
        let methods: Vec<Method> = Method::ALL
            .into_iter()
            .filter(|method| *method != Method::ClopperPearson && (from >= 100 || *method != Method::Wald))
            .collect();
        let names: Vec<String> = methods.iter().map(|method| format!("{method}, {from} expected")).collect();
        let of = |draws: &mut Draws, method| {
            let (successes, trials) = draws.rate(trials, rate);
            interval(successes, trials, LEVEL, method).unwrap().contains(&rate)
        };
        cover(&names, seed, true, |draws| methods.iter().map(|method| of(draws, *method)).collect());
        cover(&[format!("clopper_pearson, {from} expected")], seed, false, |draws| {
            vec![of(draws, Method::ClopperPearson)]
        });
    }
}

#[test]
fn differences_of_rates() {
    use DifferenceMethod as Method;
    for (seed, (expected, first, second)) in (51..).zip(COUNTED) {
        let from = |method: &Method| match method {
            Method::MiettinenNurminen => 5,
            Method::Newcombe => 15,
            _ => 20,
        };
        let methods: Vec<Method> = Method::ALL.into_iter().filter(|one| from(one) <= expected).collect();
        let names: Vec<String> =
            methods.iter().map(|method| format!("difference by {method}, {expected} expected")).collect();
        cover(&names, seed, true, |draws| {
            let rates =
                TwoProportions::new(draws.rate(first.0, first.1), draws.rate(second.0, second.1)).unwrap();
            let truth = second.1 - first.1;
            methods.iter().map(|method| rates.interval(LEVEL, *method).unwrap().contains(&truth)).collect()
        });
    }
}

#[test]
fn lifts_of_rates() {
    use RateLiftMethod as Method;
    for (seed, (expected, first, second)) in (61..).zip(COUNTED) {
        let from = |method: &Method| match method {
            Method::MiettinenNurminen | Method::Koopman => 5,
            Method::Delta => 40,
            _ => 20,
        };
        let methods: Vec<Method> = Method::ALL.into_iter().filter(|one| from(one) <= expected).collect();
        let names: Vec<String> =
            methods.iter().map(|method| format!("lift by {method}, {expected} expected")).collect();
        cover(&names, seed, true, |draws| {
            let rates =
                TwoProportions::new(draws.rate(first.0, first.1), draws.rate(second.0, second.1)).unwrap();
            let truth = second.1 / first.1 - 1.0;
            // Without an interval nothing is held.
            let holds = |method: &Method| {
                rates.lift_interval(LEVEL, *method).is_ok_and(|range| range.contains(&truth))
            };
            methods.iter().map(holds).collect()
        });
    }
}

/// Means that are known to 5 % and to 10 %: the edges of the regions of the delta method and of the logarithm.
#[test]
fn lifts_of_means_that_are_hardly_known() {
    for (seed, methods, deviation) in
        [(71, &LiftMethod::ALL[..], 12.2), (72, &[LiftMethod::Fieller, LiftMethod::Log][..], 24.5)]
    {
        let names: Vec<String> =
            methods.iter().map(|method| format!("lift by {method}, deviation {deviation}")).collect();
        cover(&names, seed, true, |draws| {
            let (first, second) = (draws.arm(150, 20.0, deviation), draws.arm(200, 21.0, deviation));
            let means = TwoMeans::new(first, second);
            let holds = |method: &LiftMethod| {
                let range = means.lift_interval(LEVEL, MeanTest::Welch, *method);
                range.is_ok_and(|range| range.contains(&0.05))
            };
            methods.iter().map(holds).collect()
        });
    }
}

/// Revenue: one visitor of ten buys, and what a buyer pays is exponential.
#[test]
fn differences_of_skewed_means() {
    let names = MeanTest::ALL.map(|test| format!("revenue by {test}"));
    cover(&names, 73, true, |draws| {
        let mut arm = |units: u32, scale: f64| {
            let pays = |draws: &mut Draws| {
                if draws.uniform() < 0.1 { -scale * draws.uniform().ln() } else { 0.0 }
            };
            let sample: Vec<f64> = (0..units).map(|_| pays(draws)).collect();
            SampleMean::new(units.into(), mean(&sample).unwrap(), variance(&sample).unwrap()).unwrap()
        };
        let means = TwoMeans::new(arm(1_000, 50.0), arm(1_000, 55.0));
        MeanTest::ALL.map(|test| means.interval(LEVEL, test).unwrap().contains(&0.5)).to_vec()
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

/// Effects without randomisation, where what their docs ask for is so.
#[cfg(feature = "experiment")]
mod causal {
    use super::{Draws, LEVEL, cover, cover_in, runs};
    use marketloop::experiment::{DifferenceInDifferences, SyntheticControl, TimeBasedRegression};
    use marketloop::stats::EffectEstimate;

    fn holds(effect: &EffectEstimate, truth: f64) -> bool {
        effect.interval(LEVEL).unwrap().known().unwrap().contains(&truth)
    }

    const SEASON: [f64; 12] = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0, 8.0];

    /// Units of their own level, with noise and a season that all share; from period `pre` on four with the effect.
    fn units(draws: &mut Draws, count: usize, pre: usize, noise: f64, effect: f64) -> Vec<Vec<f64>> {
        let mut unit = || {
            let level = 50.0 + 3.0 * draws.normal();
            let added = |at: usize| if at < pre { 0.0 } else { effect };
            let periods = SEASON.iter().cycle().enumerate().take(pre + 4);
            periods.map(|(at, season)| level + season + noise * draws.normal() + added(at)).collect()
        };
        (0..count).map(|_| unit()).collect()
    }

    #[test]
    fn differences_in_differences() {
        let names = ["welch", "pooled", "increment", "slope before", "placebo in time"];
        let names = names.map(|name| format!("difference in differences: {name}"));
        cover(&names, 81, true, |draws| {
            let (treated, control) = (units(draws, 6, 8, 2.0, 5.0), units(draws, 9, 8, 2.0, 0.0));
            let lift = DifferenceInDifferences::of(&treated, &control, 8).unwrap();
            let placebo = DifferenceInDifferences::placebo_in_time(&treated, &control, 8, 5).unwrap();
            vec![
                holds(lift.welch(), 5.0),
                holds(lift.pooled(), 5.0),
                holds(&lift.increment().unwrap(), 5.0 * 6.0 * 4.0),
                holds(&lift.slope_difference().clone().known().unwrap(), 0.0),
                holds(placebo.welch(), 0.0),
            ]
        });
        // Units that vary unequally are Welch's.
        cover(&["difference in differences: welch, unequal".to_owned()], 82, true, |draws| {
            let (treated, control) = (units(draws, 6, 8, 4.0, 5.0), units(draws, 9, 8, 1.0, 0.0));
            vec![holds(DifferenceInDifferences::of(&treated, &control, 8).unwrap().welch(), 5.0)]
        });
    }

    #[test]
    fn time_based_regressions() {
        let names = ["cumulative", "first period", "per cost", "placebo in time"];
        let names = names.map(|name| format!("time-based regression: {name}"));
        cover(&names, 83, true, |draws| {
            let control: Vec<f64> = (0..14).map(|_| 100.0 + 10.0 * draws.normal()).collect();
            let treated: Vec<f64> = (0_u32..)
                .zip(&control)
                .map(|(at, x)| 20.0 + 0.7 * x + 3.0 * draws.normal() + if at < 10 { 0.0 } else { 6.0 })
                .collect();
            let lift = TimeBasedRegression::of(&control, &treated, 10).unwrap();
            let placebo = TimeBasedRegression::placebo_in_time(&control, &treated, 10, 7).unwrap();
            vec![
                holds(lift.cumulative(), 24.0),
                holds(&lift.path()[0], 6.0),
                holds(&lift.cumulative().per(12.0).unwrap().known().unwrap(), 2.0),
                holds(placebo.cumulative(), 0.0),
            ]
        });
    }

    /// The treated unit is one of a kind with the donors: the interval, and the p of the placebos, which is 0.05 in a twentieth
    /// of the runs in which nothing happened.
    #[test]
    fn synthetic_controls() {
        let names = ["increment".to_owned(), "p of the placebos above 0.05".to_owned()];
        let names = names.map(|name| format!("synthetic control: {name}"));
        // Twenty controls each: a fifth of the runs by default.
        let runs = if runs() > 2_000 { runs() } else { runs() / 5 };
        cover_in(runs, &names, 84, true, |draws| {
            let mut all = units(draws, 20, 24, 2.0, 0.0);
            let treated = all.pop().unwrap();
            let control = SyntheticControl::of(&treated, &all, 24).unwrap();
            let placebos = SyntheticControl::placebos(&all, 24).unwrap();
            let p = control.p_placebo(&placebos).known().unwrap();
            vec![holds(&control.increment_estimate(&placebos).unwrap(), 0.0), p > 0.0501]
        });
    }
}
