//! Sample ratio checks (scipy, exact sums).

use super::files;
use marketloop::stats::{SampleRatio, StatsError};
use serde_json::Value;

/// What does not exist is an error, what is written a number.
fn check(found: Result<f64, StatsError>, expected: &Value, what: &str, tolerance: f64, worst: &mut f64) {
    match (found, expected.as_f64()) {
        (Err(_), None) => assert!(expected.is_null(), "{what}"),
        (Ok(found), Some(expected)) => {
            let error = (found - expected).abs() / if expected == 0.0 { 1.0 } else { expected.abs() };
            assert!(error <= tolerance, "{what}: {found} instead of {expected} ({error:e})");
            *worst = worst.max(error);
        }
        (found, expected) => panic!("{what}: {found:?} instead of {expected:?}"),
    }
}

#[test]
fn experiment_srm() {
    for golden in files("experiment_srm") {
        let (mut cases, mut worst) = (0, [0.0; 6]);
        for case in golden.list("cases") {
            let arms = case["observed"].as_array().unwrap().iter().zip(case["weights"].as_array().unwrap());
            let arms = arms.map(|(seen, weight)| (seen.as_u64().unwrap(), weight.as_f64().unwrap()));
            let ratio = SampleRatio::new(arms).unwrap();
            assert_eq!(u64::try_from(ratio.degrees()).unwrap(), case["df"].as_u64().unwrap(), "{case}");
            let figures = [
                ("chi2", ratio.chi_squared()),
                ("p", ratio.p_value()),
                ("g", ratio.g()),
                ("p_g", ratio.g_p_value()),
                ("p_exact_binomial", ratio.exact_p_value()),
                ("smallest_expected", Ok(ratio.smallest_expected())),
            ];
            for ((name, found), worst) in figures.into_iter().zip(&mut worst) {
                check(found, &case[name], &format!("{name} of {case}"), 1e-9, worst);
            }
            for (found, expected) in ratio.expected().into_iter().zip(case["expected"].as_array().unwrap()) {
                check(Ok(found), expected, &format!("expected of {case}"), 1e-9, &mut worst[5]);
            }
            let residuals = case["residuals"].as_array().unwrap();
            assert_eq!(residuals.len(), ratio.residuals().len());
            for (found, expected) in ratio.residuals().into_iter().zip(residuals) {
                let found = found.ok_or(StatsError::NoTrials);
                check(found, expected, &format!("residual of {case}"), 1e-9, &mut worst[5]);
            }
            let name = "log_bayes_factor_dirichlet";
            match (ratio.ln_evidence(), case[name].as_f64()) {
                (Ok(found), Some(expected)) => {
                    assert!((found - expected).abs() <= 1e-6, "{name} of {case}: {found}");
                }
                (found, expected) => {
                    assert!(found.is_err() && expected.is_none(), "{name} of {case}: {found:?}");
                }
            }
            cases += 1;
        }
        golden.checked(cases);
        println!("{}: worst errors {worst:?}", golden.file);
    }
}
