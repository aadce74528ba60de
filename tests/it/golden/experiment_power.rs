//! Power and sample sizes (statsmodels, scipy), also of the older file's blocks.

use super::files;
use marketloop::stats::{
    Alternative, MeanTest, RateFormula, SampleSize, StatsError, TestDesign, design_effect,
};
use serde_json::Value;

const FORMULAS: [(RateFormula, &str, &str); 3] = [
    (RateFormula::Unpooled, "unpooled", "n1_unpooled"),
    (RateFormula::Pooled, "pooled_null", "n1_pooled_null_fleiss"),
    (RateFormula::CohenH, "cohen_h", "n1_cohen_h_statsmodels"),
];

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("no number under {key} in {case}"))
}

/// The design of a case, two-sided.
fn design(case: &Value, alpha: &str) -> TestDesign {
    let design = TestDesign::new(number(case, alpha), number(case, "power")).unwrap();
    match case.get("ratio_n2_over_n1").and_then(Value::as_f64) {
        Some(ratio) => design.with_ratio(ratio).unwrap(),
        None => design,
    }
}

fn agrees(found: &Result<f64, StatsError>, expected: &Value, tolerance: f64, what: &str) {
    match (found, expected.as_f64()) {
        (Ok(found), Some(expected)) => {
            let error = (found - expected).abs() / expected.abs().max(1e-300);
            assert!(error <= tolerance, "{what}: {found} instead of {expected} ({error:e})");
        }
        (found, expected) => assert!(found.is_err() && expected.is_none(), "{what}: {found:?} {expected:?}"),
    }
}

fn rates(case: &Value) {
    let (p1, p2) = (number(case, "p1"), number(case, "p2"));
    let design = design(case, "alpha");
    for (formula, name, _) in FORMULAS {
        let size = design.size_for_rates(p1, p2, formula);
        let first = size.clone().map(|size| size.first());
        agrees(&first, &case["n1"][name], 1e-9, &format!("{name} of {case}"));
        if let Ok(size) = size {
            assert!((size.second() / size.first() - design.ratio()).abs() < 1e-12);
        } else {
            assert_eq!(size, Err(StatsError::Undetectable));
        }
        let at = design.size(number(case, "at_n1")).unwrap();
        let power = design.power_for_rates(p1, p2, at, formula);
        agrees(&power, &case["power_at"][name], 1e-9, &format!("power by {name} of {case}"));
    }
}

fn means(case: &Value) {
    let (effect, variances) = (number(case, "effect_d"), (1.0, 1.0));
    let design = design(case, "alpha");
    let at = SampleSize::new(case["at"][0].as_f64().unwrap(), case["at"][1].as_f64().unwrap()).unwrap();
    for (test, name, tolerance) in [(MeanTest::Pooled, "t", 1e-6), (MeanTest::Normal, "z", 1e-9)] {
        let size = design.size_for_means(effect, variances, test).map(|size| size.first());
        agrees(&size, &case[format!("n1_{name}")], tolerance, &format!("n1_{name} of {case}"));
        let power = design.power_for_means(effect, variances, at, test);
        let tolerance = if test == MeanTest::Pooled { 1e-8 } else { 1e-9 };
        agrees(&power, &case[format!("power_{name}")], tolerance, &format!("power_{name} of {case}"));
    }
    // With equal variances and sizes Welch's planned degrees are the pooled ones.
    if at.first().to_bits() == at.second().to_bits() && at.first() > 1.0 {
        let power = design.power_for_means(effect, variances, at, MeanTest::Welch);
        agrees(&power, &case["power_t"], 1e-8, &format!("Welch's power of {case}"));
    }
}

fn detectable(case: &Value) {
    let (p1, n1) = (number(case, "p1"), number(case, "n1"));
    let design = design(case, "alpha");
    agrees(&design.detectable_rate_above(p1, n1), &case["p2_up"], 1e-9, &format!("up of {case}"));
    agrees(&design.detectable_rate_below(p1, n1), &case["p2_down"], 1e-9, &format!("down of {case}"));
}

fn non_inferior(case: &Value) {
    let p = number(case, "p");
    let design = design(case, "alpha_one_sided").with_alternative(Alternative::Larger);
    let size = design.size_for_non_inferior_rates(p, p, number(case, "margin")).map(|size| size.first());
    agrees(&size, &case["n1"], 1e-9, &format!("n1 of {case}"));
}

fn clusters(case: &Value) {
    let effect = design_effect(number(case, "cluster_size"), number(case, "icc")).unwrap();
    agrees(&Ok(effect), &case["design_effect"], 1e-12, &format!("{case}"));
    let size =
        case["n1_unclustered"].as_f64().map(|n1| SampleSize::new(n1, n1).unwrap().times(effect).unwrap());
    assert_eq!(size.is_none(), case["n1_clustered"].is_null(), "{case}");
    if let Some(size) = size {
        agrees(&Ok(size.first()), &case["n1_clustered"], 1e-12, &format!("{case}"));
    }
}

/// A block of the file, and what checks a case of it.
type Block = (&'static str, fn(&Value));

#[test]
fn experiment_power() {
    let blocks: [Block; 5] = [
        ("proportions", rates),
        ("means", means),
        ("mde_proportions", detectable),
        ("non_inferiority", non_inferior),
        ("cluster", clusters),
    ];
    for golden in files("experiment_power") {
        let mut cases = 0;
        for (block, check) in blocks {
            golden.list(block).iter().for_each(check);
            cases += golden.list(block).len();
        }
        golden.checked(cases);
    }
}

#[test]
fn funnel_ab_tests_sizes() {
    for golden in files("funnel_ab_tests") {
        for case in golden.list("sample_size") {
            let (p1, p2) = (number(case, "p1"), number(case, "p2"));
            for (formula, _, name) in FORMULAS {
                let design = design(case, "alpha");
                let size = design.size_for_rates(p1, p2, formula).unwrap();
                if formula == RateFormula::CohenH {
                    // This file's peer solves for the power of both tails: that of its size is the one that was asked for,
                    // and the formula, which leaves the far tail out, asks for some millionths more.
                    let at = design.size(number(case, name)).unwrap();
                    let power = design.power_for_rates(p1, p2, at, formula);
                    agrees(&power, &case["power"], 1e-9, &format!("{name} of {case}"));
                    assert!(
                        size.first() >= at.first() && size.first() <= at.first() * (1.0 + 1e-5),
                        "{case}"
                    );
                } else {
                    agrees(&Ok(size.first()), &case[name], 1e-9, &format!("{name} of {case}"));
                }
            }
        }
        for case in golden.list("mde") {
            let p1 = number(case, "p1");
            let found = design(case, "alpha").detectable_rate_above(p1, number(case, "n_per_arm"));
            let effect = found.map(|rate| rate - p1);
            agrees(&effect, &case["mde_abs_up_unpooled"], 1e-9, &format!("{case}"));
        }
        golden.checked(golden.list("sample_size").len() * 3 + golden.list("mde").len());
    }
}
