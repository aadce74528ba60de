//! The probability to be the best by a second way, and how many visits it takes to find the best of five arms.
//!
//! 40 runs of each rule; 2,000, and Thompson's rule beside the others, with `MARKETLOOP_FULL=1`. The seed is fixed: a run gives
//! the same figures on any machine.

use super::draws::Draws;
use marketloop::stats::{BestArm, BetaArms, StatsError, beta_cdf, ln_beta, whole_visits};
use rust_decimal::dec;

/// The probabilities to be the best by the trapezoidal rule over the logit, which converges faster than any power of
/// its step for densities that vanish at both ends: an eighth of the least deviation, each distribution function on its own.
fn by_trapezoids(arms: &BetaArms) -> Vec<f64> {
    let shapes: Vec<(f64, f64)> = arms.shapes().collect();
    let deviation = |(a, b): (f64, f64)| (1.0 / a + 1.0 / b).sqrt();
    let step = shapes.iter().map(|one| deviation(*one)).fold(f64::MAX, f64::min) / 8.0;
    let end = |sign: f64| {
        // A gamma variable of shape 1 has an exponential tail: 40 deviations of those, 12 of nearly normal ones.
        let reach = |(a, b): (f64, f64)| deviation((a, b)) * if a.min(b) < 50.0 { 40.0 } else { 12.0 };
        shapes.iter().map(|one| sign * (one.0 / one.1).ln() + reach(*one)).fold(f64::MIN, f64::max)
    };
    let (low, high) = (-end(-1.0), end(1.0));
    let mut probabilities = vec![0.0; shapes.len()];
    let scales: Vec<f64> = shapes.iter().map(|(a, b)| ln_beta(*a, *b).unwrap()).collect();
    let mut t = low;
    while t < high {
        // x and 1 - x by their logarithms.
        let (ln_x, ln_y) = (-(-t).exp().ln_1p(), -t.exp().ln_1p());
        let below: Vec<f64> = shapes.iter().map(|(a, b)| beta_cdf(*a, *b, ln_x.exp()).unwrap()).collect();
        for (at, ((a, b), scale)) in shapes.iter().zip(&scales).enumerate() {
            let density = (a * ln_x + b * ln_y - scale).exp();
            if density > 1e-30 {
                let others = below.iter().enumerate().filter(|(other, _)| *other != at);
                probabilities[at] += step * density * others.map(|(_, below)| below).product::<f64>();
            }
        }
        t += step;
    }
    probabilities
}

#[test]
fn ten_arms_agree_with_a_second_way_to_eight_digits() {
    let kinds: [(&str, Vec<(u64, u64)>); 6] = [
        ("a weekly test", (0..10).map(|at| (50 + 3 * at, 1_000 + 10 * at)).collect()),
        ("a million each", (0..10).map(|at| (50_000 + 100 * at, 1_000_000)).collect()),
        ("all equal", vec![(500, 10_000); 10]),
        (
            "one hopeless",
            (0..10).map(|at| if at == 0 { (1, 10_000) } else { (480 + 5 * at, 10_000) }).collect(),
        ),
        ("few visits", (0..10).map(|at| (at % 4, 8 + at)).collect()),
        ("two of each size", (0..10).map(|at| (5 << (at / 2 * 2), 100 << (at / 2 * 2))).collect()),
    ];
    for (kind, counts) in kinds {
        let arms = BetaArms::new((1.0, 1.0), counts).unwrap();
        let (best, second) = (arms.best().unwrap(), by_trapezoids(&arms));
        for (found, expected) in best.probabilities().iter().zip(&second) {
            assert!((found - expected).abs() < 1e-8, "{kind}: {found} and {expected}");
        }
    }
}

const ARMS: usize = 5;
/// The last arm is the best.
const RATES: [f64; ARMS] = [0.05, 0.05, 0.05, 0.05, 0.06];
const BATCH: u64 = 2_000;
const SEED: u64 = 5;

/// How the next batch is divided.
type Shares = dyn Fn(&BestArm) -> Result<Vec<f64>, StatsError>;

/// How many visits it takes until the last arm is the best with a probability of 0.95. The visitors of an arm do in
/// each run what they do under any other rule.
fn visits_needed(run: u64, shares: &Shares) -> u64 {
    let mut draws: [Draws; ARMS] = std::array::from_fn(|arm| Draws(SEED + (run << 8) + (arm as u64)));
    let mut counts = [(0, 0); ARMS];
    let mut next = vec![1.0 / 5.0; ARMS];
    for batch in 1..=500 {
        let visits = whole_visits(BATCH, &next).unwrap();
        for (((arm, rate), visits), draws) in counts.iter_mut().zip(RATES).zip(visits).zip(&mut draws) {
            *arm = (arm.0 + draws.successes(visits, rate), arm.1 + visits);
        }
        let best = BetaArms::new((1.0, 1.0), counts).unwrap().best().unwrap();
        if best.probabilities()[ARMS - 1] >= 0.95 {
            return batch * BATCH;
        }
        next = shares(&best).unwrap();
    }
    500 * BATCH
}

fn median(runs: u64, rule: &str, shares: &Shares) -> u64 {
    let mut visits: Vec<u64> = (0..runs).map(|run| visits_needed(run, shares)).collect();
    visits.sort_unstable();
    let (median, mean) = (visits[visits.len() / 2], visits.iter().sum::<u64>() / runs);
    let last = visits[visits.len() * 9 / 10];
    println!("{rule}: median {median} visits, mean {mean}, nine in ten by {last} ({runs} runs, seed {SEED})");
    median
}

/// Thompson's rule is not for this: it soon shows little else than the leader, and learns little of the others.
#[test]
fn top_two_shares_find_the_best_of_five_arms_with_fewer_visits_than_equal_shares() {
    let full = std::env::var_os("MARKETLOOP_FULL").is_some();
    let runs = if full { 2_000 } else { 40 };
    let equal = median(runs, "equal shares", &|_| Ok(vec![1.0 / 5.0; ARMS]));
    let top_two = median(runs, "top two, floor 0.02", &|best| best.top_two_shares(dec!(0.02)));
    assert!(top_two < equal, "{top_two} against {equal}");
    if full {
        median(runs, "Thompson, floor 0.02", &|best| best.thompson_shares(dec!(0.02)));
    }
}
