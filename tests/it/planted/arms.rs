//! Wrong probabilities, shares, corrections and sizes.

use super::caught;
use marketloop::figure::Interval;
use marketloop::laws::{
    corrected_p_values_keep_their_order, intervals_agree_with_p_values, one_arm_is_the_best,
    power_grows_to_what_was_planned, shares_keep_their_floor, visits_follow_their_shares,
};
use marketloop::stats::{
    Alternative, BetaArms, Correction, EffectEstimate, MatchingBounds, MeanTest, TestDesign, whole_visits,
};
use marketloop::strategies::{beta_arms, effect_estimates, p_values, test_designs};
use proptest::prelude::*;
use rust_decimal::dec;
use rust_decimal::prelude::ToPrimitive;

#[test]
fn losses_against_the_best_mean() {
    caught(
        "losses against the best mean, not the best arm",
        beta_arms(),
        |arms| {
            let best = arms.best().unwrap();
            let (probabilities, losses) = (best.probabilities(), best.expected_losses());
            one_arm_is_the_best(&arms.means(), probabilities, best.expected_maximum(), losses)
        },
        |arms| {
            let (best, means) = (arms.best().unwrap(), arms.means());
            let highest = means.iter().fold(0.0_f64, |highest, mean| highest.max(*mean));
            let losses: Vec<f64> = means.iter().map(|mean| highest - mean).collect();
            one_arm_is_the_best(&means, best.probabilities(), best.expected_maximum(), &losses)
        },
    );
}

#[test]
fn probabilities_to_beat_the_first_arm() {
    let of = |arms: &BetaArms, probabilities: &[f64]| {
        let best = arms.best().unwrap();
        one_arm_is_the_best(&arms.means(), probabilities, best.expected_maximum(), best.expected_losses())
    };
    caught(
        "probabilities to beat the first arm",
        beta_arms(),
        |arms| of(arms, arms.best().unwrap().probabilities()),
        |arms| {
            let beats = |arm| {
                let pair = BetaArms::new(arms.prior(), [arms.arms()[0], arm]).unwrap();
                pair.best().unwrap().probabilities()[1]
            };
            of(arms, &arms.arms().iter().map(|arm| beats(*arm)).collect::<Vec<f64>>())
        },
    );
}

#[test]
fn a_floor_that_is_scaled_down_again() {
    caught(
        "shares lifted to the floor, and then scaled to 1",
        beta_arms(),
        |arms| {
            let shares = arms.best().unwrap().thompson_shares(dec!(0.1)).unwrap();
            shares_keep_their_floor(dec!(0.1), arms.arms().len(), &shares)
        },
        |arms| {
            let best = arms.best().unwrap();
            let lifted: Vec<f64> = best.probabilities().iter().map(|p| p.max(0.1)).collect();
            let sum: f64 = lifted.iter().sum();
            let shares: Vec<f64> = lifted.iter().map(|share| share / sum).collect();
            shares_keep_their_floor(dec!(0.1), arms.arms().len(), &shares)
        },
    );
}

#[test]
fn visits_rounded_one_by_one() {
    caught(
        "visits that are rounded one by one",
        (0..1_000_u64, prop::collection::vec(0.01..1.0_f64, 1..9)),
        |(visits, shares)| {
            visits_follow_their_shares(*visits, shares, &whole_visits(*visits, shares).unwrap())
        },
        |(visits, shares)| {
            let all: f64 = shares.iter().sum();
            let rounded = |share: &f64| (visits.to_f64().unwrap() * share / all).round().to_u64().unwrap();
            visits_follow_their_shares(*visits, shares, &shares.iter().map(rounded).collect::<Vec<u64>>())
        },
    );
}

#[test]
fn holms_steps_without_looking_back() {
    caught(
        "Holm's steps, each by itself",
        p_values(),
        |p| {
            let all = Correction::ALL.into_iter();
            all.map(|correction| correction.adjusted(p).unwrap())
                .try_for_each(|adjusted| corrected_p_values_keep_their_order(p, &adjusted))
        },
        |p| {
            let rank = |one: &f64| p.iter().filter(|other| *other < one).count();
            let left = |one: &f64| (p.len() - rank(one)).to_f64().unwrap();
            let adjusted: Vec<f64> = p.iter().map(|one| (one * left(one)).min(1.0)).collect();
            corrected_p_values_keep_their_order(p, &adjusted)
        },
    );
}

fn bonferroni(
    effects: &[EffectEstimate],
    ranges: &[Option<Interval<f64>>],
) -> Result<(), marketloop::laws::Broken> {
    let p = effects.iter().map(|effect| effect.p_value(Alternative::TwoSided).get().unwrap());
    let adjusted = Correction::Bonferroni.adjusted(&p.collect::<Vec<f64>>()).unwrap();
    intervals_agree_with_p_values(0.95, &adjusted, ranges)
}

#[test]
fn intervals_of_one_test_beside_p_values_of_many() {
    caught(
        "each interval at the level of one test",
        effect_estimates(),
        |effects| bonferroni(effects, &MatchingBounds::Bonferroni.intervals(effects, 0.95).unwrap()),
        |effects| {
            let alone = |effect: &EffectEstimate| effect.interval(0.95).unwrap().known();
            bonferroni(effects, &effects.iter().map(alone).collect::<Vec<_>>())
        },
    );
}

/// Powers at half of the size, at the size and at twice the size of an effect.
fn powers(design: &TestDesign, planned: &TestDesign) -> Result<(), marketloop::laws::Broken> {
    let (variances, test) = ((1.0, 2.0), MeanTest::Normal);
    let size = planned.size_for_means(0.1, variances, test).unwrap();
    let found = [0.5, 1.0, 2.0]
        .map(|times| design.power_for_means(0.1, variances, size.times(times).unwrap(), test).unwrap());
    power_grows_to_what_was_planned(design.power(), 1, &found)
}

#[test]
fn a_size_for_one_comparison_where_there_are_several() {
    caught(
        "a size for one comparison",
        test_designs(),
        |design| powers(design, design),
        |design| powers(design, &design.with_comparisons(1).unwrap()),
    );
}
