//! Laws of many arms, of corrections with their intervals, and of the size of a test.

use marketloop::laws;
use marketloop::stats::{
    Alternative, BetaArms, Correction, MatchingBounds, MeanTest, NormalArms, RateFormula, normal_cdf,
    whole_visits,
};
use marketloop::strategies::{beta_arms, effect_estimates, p_values, test_designs};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn near(found: f64, expected: f64, tolerance: f64) -> bool {
    (found - expected).abs() <= tolerance * expected.abs().max(1e-300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_arm_is_the_best_and_shares_follow(
        arms in beta_arms(), tenths in 0..=100_i64, visits in 0..100_000_u64
    ) {
        let best = arms.best().unwrap();
        let (probabilities, losses) = (best.probabilities(), best.expected_losses());
        laws::one_arm_is_the_best(&arms.means(), probabilities, best.expected_maximum(), losses)?;
        let count = arms.arms().len();
        let floor = Decimal::new(tenths, 2) / Decimal::from(count);
        for shares in [best.thompson_shares(floor), best.top_two_shares(floor)].into_iter().flatten() {
            laws::shares_keep_their_floor(floor, count, &shares)?;
            laws::visits_follow_their_shares(visits, &shares, &whole_visits(visits, &shares).unwrap())?;
        }
    }

    #[test]
    fn the_order_of_the_arms_changes_no_figure(arms in beta_arms()) {
        let turned = BetaArms::new(arms.prior(), arms.arms().iter().rev().copied()).unwrap().best().unwrap();
        let best = arms.best().unwrap();
        prop_assert!((best.expected_maximum() - turned.expected_maximum()).abs() < 1e-12);
        for (one, other) in best.probabilities().iter().zip(turned.probabilities().iter().rev()) {
            prop_assert!((one - other).abs() < 1e-11, "{one} {other}");
        }
        for (one, other) in best.expected_losses().iter().zip(turned.expected_losses().iter().rev()) {
            prop_assert!((one - other).abs() < 1e-11, "{one} {other}");
        }
    }

    #[test]
    fn two_normal_arms_follow_the_closed_form(
        means in (-5.0..5.0_f64, -5.0..5.0_f64), variances in (0.01..9.0_f64, 0.01..9.0_f64)
    ) {
        let best = NormalArms::new([(means.0, variances.0), (means.1, variances.1)]).unwrap().best().unwrap();
        let z = (means.1 - means.0) / (variances.0 + variances.1).sqrt();
        prop_assert!((best.probabilities()[1] - normal_cdf(z).unwrap()).abs() < 1e-10);
    }

    #[test]
    fn corrections_and_their_intervals_agree(p in p_values(), effects in effect_estimates(), level in 0.5..0.999_f64) {
        for correction in Correction::ALL {
            laws::corrected_p_values_keep_their_order(&p, &correction.adjusted(&p).unwrap())?;
        }
        let raw = effects.iter().map(|effect| effect.p_value(Alternative::TwoSided).get().unwrap());
        let raw: Vec<f64> = raw.collect();
        for (correction, bounds) in [
            (Correction::Bonferroni, MatchingBounds::Bonferroni),
            (Correction::BenjaminiHochberg, MatchingBounds::FalseCoverage),
        ] {
            let adjusted = correction.adjusted(&raw).unwrap();
            laws::intervals_agree_with_p_values(level, &adjusted, &bounds.intervals(&effects, level).unwrap())?;
        }
    }

    #[test]
    fn a_size_finds_its_effect_and_the_effect_has_its_size(
        design in test_designs(), first in 0.02..0.6_f64, lift in 0.05..0.5_f64
    ) {
        let second = first * (1.0 + lift);
        let size = design.size_for_rates(first, second, RateFormula::Unpooled).unwrap();
        let power = |times| {
            design.power_for_rates(first, second, size.times(times).unwrap(), RateFormula::Unpooled).unwrap()
        };
        let found = [power(0.5), power(1.0), power(2.0)];
        laws::power_grows_to_what_was_planned(design.power(), 1, &found)?;
        let back = design.detectable_rate_above(first, size.first()).unwrap();
        prop_assert!(near(back, second, 1e-9), "{back} {second}");
        let (variances, difference) = ((1.0, 2.0), lift);
        let size = design.size_for_means(difference, variances, MeanTest::Normal).unwrap();
        let back = design.detectable_difference(variances, size, MeanTest::Normal).unwrap();
        prop_assert!(near(back, difference, 1e-6), "{back} {difference}");
    }

    #[test]
    fn samples_of_one_size_may_be_swapped(design in test_designs(), first in 0.02..0.5_f64, second in 0.5..0.9_f64) {
        let design = design.with_ratio(1.0).unwrap();
        for formula in [RateFormula::Unpooled, RateFormula::Pooled, RateFormula::CohenH] {
            let size = |one, other| design.size_for_rates(one, other, formula).unwrap().first();
            prop_assert!(near(size(first, second), size(second, first), 1e-12));
        }
    }
}
