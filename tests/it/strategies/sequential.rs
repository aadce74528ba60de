//! The strategies of sample ratios and of tests that are looked at again and again.

use super::{Sample, each_form_is_refused};
use marketloop::laws;
use marketloop::stats::{AlwaysValid, GroupSequential, SampleRatio};
use marketloop::strategies;

#[test]
fn sample_ratios() {
    let ratios = Sample { name: "sample_ratios", strategy: strategies::sample_ratios(), of: "arms" };
    ratios.is_valid_and_often_an_edge(
        |ratio| ratio.arms().len(),
        |ratio| {
            ratio.arms().len() == 1 || ratio.arms().iter().any(|(seen, weight)| *seen == 0 || *weight <= 0.0)
        },
        laws::reads_back_what_it_writes,
    );
    ratios.shrinks_to(
        |ratio| ratio.chi_squared().is_ok_and(|statistic| statistic > 10.0),
        "SampleRatio { arms: [(0, 1.0), (41, 1.0)] }",
    );
    each_form_is_refused::<SampleRatio>(strategies::almost_valid(strategies::sample_ratios()));
}

#[test]
fn always_valid_tests() {
    let tests =
        Sample { name: "always_valid_tests", strategy: strategies::always_valid_tests(), of: "looks" };
    tests.is_valid_and_often_an_edge(
        |test| usize::try_from(test.looks()).unwrap(),
        |test| test.p_value() >= 1.0,
        laws::reads_back_what_it_writes,
    );
    tests.shrinks_to(|test| test.looks() > 3, "AlwaysValid { looks: 4, ln_evidence: 0.0 }");
    each_form_is_refused::<AlwaysValid>(strategies::almost_valid(strategies::always_valid_tests()));
}

#[test]
fn group_sequential_tests() {
    let tests = Sample {
        name: "group_sequential_tests",
        strategy: strategies::group_sequential_tests(),
        of: "looks",
    };
    tests.is_valid_and_often_an_edge(
        |test| test.looks().len(),
        |test| test.looks().len() == 1,
        laws::reads_back_what_it_writes,
    );
    each_form_is_refused::<GroupSequential>(strategies::almost_valid(strategies::group_sequential_tests()));
}
