//! The strategies of arms, of many tests, and of designs.

use super::{Sample, each_form_is_refused};
use marketloop::laws;
use marketloop::stats::{BetaArms, Correction, TestDesign};
use marketloop::strategies;

fn has_equal<T: PartialEq>(list: &[T]) -> bool {
    list.iter().enumerate().any(|(at, one)| list[..at].contains(one))
}

#[test]
fn beta_arms() {
    let arms = Sample { name: "beta_arms", strategy: strategies::beta_arms(), of: "arms" };
    arms.is_valid_and_often_an_edge(
        |arms| arms.arms().len(),
        |arms| {
            let certain = |(successes, trials): &(u64, u64)| *successes == 0 || successes == trials;
            arms.arms().len() == 1 || arms.arms().iter().any(certain) || has_equal(arms.arms())
        },
        laws::reads_back_what_it_writes,
    );
    each_form_is_refused::<BetaArms>(strategies::almost_valid(strategies::beta_arms()));
}

#[test]
fn p_values() {
    let p = Sample { name: "p_values", strategy: strategies::p_values(), of: "p-values" };
    p.is_valid_and_often_an_edge(
        Vec::len,
        |p| p.is_empty() || has_equal(p) || p.iter().any(|p| *p <= 0.0 || *p >= 1.0),
        |p| laws::corrected_p_values_keep_their_order(p, &Correction::Bonferroni.adjusted(p).unwrap()),
    );
}

#[test]
fn effect_estimates() {
    let effects =
        Sample { name: "effect_estimates", strategy: strategies::effect_estimates(), of: "effects" };
    effects.is_valid_and_often_an_edge(
        Vec::len,
        |effects| {
            let of_one = effects.iter().any(|effect| effect.degrees().is_some_and(|degrees| degrees <= 1.0));
            effects.is_empty() || of_one || has_equal(effects)
        },
        |effects| effects.iter().try_for_each(laws::reads_back_what_it_writes),
    );
}

#[test]
fn test_designs() {
    let designs = Sample { name: "test_designs", strategy: strategies::test_designs(), of: "comparisons" };
    designs.is_valid_and_often_an_edge(
        |design| usize::try_from(design.comparisons()).unwrap(),
        |design| (design.ratio() - 1.0).abs() < 1e-15,
        laws::reads_back_what_it_writes,
    );
    each_form_is_refused::<TestDesign>(strategies::almost_valid(strategies::test_designs()));
}
