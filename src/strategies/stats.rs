//! Counts for intervals, rates to compare, samples, and floats of every kind.

use crate::stats::{Moments, PairedMoments, SampleMean, TwoMeans, TwoProportions};
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;

/// Successes and trials as counted: at least one trial, of every size up to the largest, and no more successes.
///
/// Mean size 7.1 digits of the trials; 30 % are edges: one trial, no successes, no failures.
///
/// # Examples
/// ```
/// use marketloop::stats::{IntervalMethod, interval};
/// use marketloop::strategies::success_counts;
/// use proptest::prelude::*;
///
/// proptest!(|((successes, trials) in success_counts())| {
///     let range = interval(successes, trials, 0.95, IntervalMethod::Wilson).unwrap();
///     prop_assert!(0.0 <= range.low() && range.high() <= 1.0);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn success_counts() -> impl Strategy<Value = (u64, u64)> + Clone {
    let trials = prop_oneof![1 => Just(1_u64), 4 => 1_u64..200, 4 => 1_u64..2_000_000, 2 => 1..=u64::MAX];
    (trials, any::<u64>(), 0_u8..10).prop_map(|(trials, draw, edge)| match edge {
        0 => (0, trials),
        1 => (trials, trials),
        // Any remainder by the trials, and the trials themselves for the largest draw.
        _ => (draw.checked_rem(trials.saturating_add(1)).unwrap_or(draw), trials),
    })
}

/// Two rates as counted, up to 2,000,000 trials each, now and then the same twice.
///
/// Mean size 9.0 digits of the trials; 33 % are edges: two equal rates, a rate of 0 or 1.
///
/// # Examples
/// ```
/// use marketloop::strategies::two_proportions;
/// use proptest::prelude::*;
///
/// proptest!(|(rates in two_proportions())| {
///     prop_assert!((0.0..=1.0).contains(&rates.p_value()));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn two_proportions() -> impl Strategy<Value = TwoProportions> + Clone {
    let counted = || {
        let trials = prop_oneof![1_u64..200, 1_u64..2_000_000];
        (trials, any::<u64>())
            .prop_map(|(trials, draw)| (draw.checked_rem(trials.saturating_add(1)).unwrap_or(draw), trials))
    };
    (counted(), counted(), 0_u8..10).prop_filter_map("two rates", |(first, second, edge)| {
        let (first, second) = match edge {
            0 => (first, first),
            1 => ((0, first.1), second),
            2 => (first, (second.1, second.1)),
            _ => (first, second),
        };
        TwoProportions::new(first, second).ok()
    })
}

/// Two arms with their means, one unit or without variance now and then, means at both sides of 0.
///
/// Mean size 7.4 digits of the units; 45 % are edges: one unit, an arm without variance, a mean of 0.
///
/// # Examples
/// ```
/// use marketloop::stats::{Alternative, MeanTest};
/// use marketloop::strategies::two_means;
/// use proptest::prelude::*;
///
/// proptest!(|(means in two_means())| {
///     if let Ok(p) = means.p_value(MeanTest::Welch, Alternative::TwoSided) {
///         prop_assert!((0.0..=1.0).contains(&p));
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn two_means() -> impl Strategy<Value = TwoMeans> + Clone {
    let arm = || {
        let count = prop_oneof![1 => Just(1_u64), 5 => 2_u64..100, 5 => 2_u64..1_000_000];
        let mean = prop_oneof![1 => Just(0.0), 9 => -100.0..1_000.0_f64];
        let variance = prop_oneof![1 => Just(0.0), 9 => 0.0..100_000.0_f64];
        (count, mean, variance).prop_filter_map("an arm", |(count, mean, variance)| {
            SampleMean::new(count, mean, if count == 1 { 0.0 } else { variance }).ok()
        })
    };
    (arm(), arm()).prop_map(|(first, second)| TwoMeans::new(first, second))
}

/// Samples of up to 60 whole numbers for [`Moments`](crate::stats::Moments): of every size, those at the ends of their
/// range among them.
///
/// Mean size 26.2 numbers; 22 % are edges: no number, one, all equal, an end of the range.
///
/// # Examples
/// ```
/// use marketloop::stats::Moments;
/// use marketloop::strategies::samples;
/// use proptest::prelude::*;
///
/// proptest!(|(sample in samples())| {
///     let sum: i128 = sample.iter().map(|number| i128::from(*number)).sum();
///     prop_assert_eq!(Moments::of(sample).unwrap().sum(), sum);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn samples() -> impl Strategy<Value = Vec<i64>> + Clone {
    let everyday = -1_000_000_i64..1_000_000;
    let any_size = any::<i32>().prop_map(i64::from);
    let equal = (any::<i32>(), 0_usize..60).prop_map(|(number, times)| alloc::vec![i64::from(number); times]);
    let ends = select(&[i64::MIN, i64::MAX, 0, -1, 1][..]);
    prop_oneof![
        4 => vec(everyday, 0..60),
        4 => vec(any_size, 0..60),
        1 => equal,
        1 => vec(ends, 0..4),
    ]
}

/// Moments of samples of up to 60 whole numbers of 32 bits, so that any of them merge.
///
/// Mean size 23.2 numbers; 23 % are edges: no number, one, a variance of 0.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::stats::Moments;
/// use marketloop::strategies::moments;
/// use proptest::prelude::*;
///
/// proptest!(|(a in moments(), b in moments(), c in moments())| {
///     laws::merge_is_associative(|a: Moments, b: Moments| a.merge(b).unwrap(), &a, &b, &c)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn moments() -> impl Strategy<Value = Moments> + Clone {
    let equal = (any::<i32>(), 0_usize..4).prop_map(|(number, times)| alloc::vec![number; times]);
    prop_oneof![4 => vec(any::<i32>(), 0..60), 1 => equal]
        .prop_filter_map("moments", |numbers| Moments::of(numbers.into_iter().map(i64::from)).ok())
}

/// Moments of up to 40 pairs of whole numbers of 32 bits, so that any of them merge: some pairs on a line, some with
/// one side all equal or all 0.
///
/// Mean size 19.5 pairs; 39 % are edges: no pair, one, a side without variance, a line.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::stats::PairedMoments;
/// use marketloop::strategies::paired_moments;
/// use proptest::prelude::*;
///
/// proptest!(|(a in paired_moments(), b in paired_moments())| {
///     laws::merge_is_commutative(|a: PairedMoments, b: PairedMoments| a.merge(b).unwrap(), &a, &b)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn paired_moments() -> impl Strategy<Value = PairedMoments> + Clone {
    (vec(any::<(i32, i32)>(), 0..40), 0_u8..12).prop_filter_map("paired moments", |(pairs, kind)| {
        let first = pairs.first().copied().unwrap_or_default();
        let pairs = pairs.into_iter().map(|(x, y)| match kind {
            0 => (x.into(), i64::from(x).saturating_mul(3).saturating_add(1)),
            1 => (first.0.into(), y.into()),
            2 => (0, y.into()),
            3 => (x.into(), first.1.into()),
            _ => (x.into(), y.into()),
        });
        PairedMoments::of(pairs).ok()
    })
}

/// Floats of every kind, the odd ones often: both zeros, the ends of the range, the infinities, what is no number.
///
/// Mean size 0.9 finite floats; 44 % are edges: a zero, one, an end of the range, an infinity, no number.
///
/// # Examples
/// ```
/// use marketloop::stats::normal_cdf;
/// use marketloop::strategies::floats;
/// use proptest::prelude::*;
///
/// proptest!(|(z in floats())| {
///     // A number, or an error that says why not.
///     prop_assert!(normal_cdf(z).is_err() || (0.0..=1.0).contains(&normal_cdf(z).unwrap()));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn floats() -> impl Strategy<Value = f64> + Clone {
    let odd = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        f64::EPSILON,
        9_007_199_254_740_993.0,
    ];
    prop_oneof![
        2 => -2.0..2.0_f64,
        1 => any::<f64>(),
        1 => any::<u64>().prop_map(f64::from_bits),
        4 => select(odd.to_vec()),
    ]
}
