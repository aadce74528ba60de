//! Two rates (scipy, statsmodels): tests, intervals of the difference and of the relative lift.

use super::files;
use marketloop::stats::{
    Alternative, DifferenceMethod, RateLiftMethod, RateTest, StatsError, TwoProportions, chi_squared_survival,
};
use serde_json::Value;

const METHODS: [(&str, DifferenceMethod); 4] = [
    ("ci_diff_miettinen_nurminen_own", DifferenceMethod::MiettinenNurminen),
    ("ci_diff_newcomb", DifferenceMethod::Newcombe),
    ("ci_diff_agresti-caffo", DifferenceMethod::AgrestiCaffo),
    ("ci_diff_wald", DifferenceMethod::Wald),
];
const LIFTS: [(&str, RateLiftMethod); 2] =
    [("ci_ratio_log", RateLiftMethod::Log), ("ci_ratio_log-adjusted", RateLiftMethod::AdjustedLog)];

pub(super) fn counts(value: &Value) -> (u64, u64) {
    (value[0].as_u64().unwrap(), value[1].as_u64().unwrap())
}

/// The error against `expected`, of which the peer has the digits of a difference of numbers up to 1.
fn check(found: f64, expected: f64, tolerance: f64, worst: &mut f64, what: &str) {
    let error = (found - expected).abs() / expected.abs().max(1e-3);
    assert!(error <= tolerance, "{what}: {found} instead of {expected} ({error:e})");
    *worst = worst.max(error);
}

/// The p-values and statistics of one case; the number checked.
fn tests_of(case: &Value, rates: &TwoProportions, worst: &mut f64) -> usize {
    let p = |test, side| rates.p_value_by(test, side).unwrap();
    let square = |z: f64| z * z;
    let pooled = |side| p(RateTest::Pooled, side);
    let yates = p(RateTest::Yates, Alternative::TwoSided);
    // Yates' statistic by its definition: the test itself gives the p-value alone.
    let chi_squared = |p: &str| chi_squared_survival(case[p][0].as_f64().unwrap(), 1.0).unwrap();
    let found = [
        (case["pooled"]["z"].as_f64(), rates.z()),
        (case["pooled"]["p_two_sided"].as_f64(), rates.p_value()),
        (case["pooled"]["p_two_sided"].as_f64(), pooled(Alternative::TwoSided)),
        (case["pooled"]["p_larger"].as_f64(), pooled(Alternative::Larger)),
        (case["pooled"]["p_larger"].as_f64(), 1.0 - pooled(Alternative::Smaller)),
        (case["unpooled"]["z"].as_f64(), rates.z_unpooled().unwrap()),
        (case["unpooled"]["p_two_sided"].as_f64(), p(RateTest::Unpooled, Alternative::TwoSided)),
        (case["chi2_no_correction"][0].as_f64(), square(rates.z())),
        (case["chi2_no_correction"][1].as_f64(), pooled(Alternative::TwoSided)),
        (Some(chi_squared("chi2_yates")), yates),
        (case["chi2_yates"][1].as_f64(), yates),
    ];
    for (expected, found) in found {
        // The peer's chi-squared statistics are sums of squares of differences, and have fewer digits.
        check(found, expected.unwrap(), 1e-9, worst, &case.to_string());
    }
    let Some(expected) = case.get("fisher_two_sided_p") else { return found.len() };
    check(
        p(RateTest::Fisher, Alternative::TwoSided),
        expected.as_f64().unwrap(),
        1e-9,
        worst,
        &case.to_string(),
    );
    found.len() + 1
}

#[test]
fn funnel_ab_tests() {
    for golden in files("funnel_ab_tests") {
        let (mut cases, mut worst) = (0, [0.0; 8]);
        for case in golden.list("two_proportions") {
            let level = case["level"].as_f64().unwrap();
            let rates = TwoProportions::new(counts(&case["control"]), counts(&case["treatment"])).unwrap();
            check(rates.difference(), case["diff"].as_f64().unwrap(), 1e-12, &mut worst[4], "difference");
            match case["relative_lift"].as_f64() {
                Some(lift) => check(rates.lift().unwrap(), lift, 1e-12, &mut worst[5], "lift"),
                None => assert_eq!(rates.lift(), Err(StatsError::NoBaseline), "{case}"),
            }
            cases += 2 + tests_of(case, &rates, &mut worst[6]);
            for ((name, method), worst) in METHODS.into_iter().zip(&mut worst) {
                let expected = case[name].as_array().unwrap();
                let found = rates.interval(level, method).unwrap();
                for (found, expected) in [found.low(), found.high()].into_iter().zip(expected) {
                    check(found, expected.as_f64().unwrap(), 1e-12, worst, &format!("{name} of {case}"));
                }
                cases += 1;
            }
            for (name, method) in LIFTS {
                let found = rates.lift_interval(level, method);
                match case[name].as_array() {
                    Some(expected) => {
                        let found = found.unwrap();
                        for (found, expected) in [found.low(), found.high()].into_iter().zip(expected) {
                            let what = format!("{name} of {case}");
                            check(1.0 + found, expected.as_f64().unwrap(), 1e-12, &mut worst[7], &what);
                        }
                    }
                    None => assert_eq!(found, Err(StatsError::NoBaseline), "{name} of {case}"),
                }
                cases += 1;
            }
        }
        golden.checked(cases);
        println!("{}: worst errors {worst:?}", golden.file);
    }
}
