//! Two arms by beta posteriors (scipy quadrature): which beats the other, and what either choice may cost.

use super::files;
use marketloop::stats::BetaArms;
use serde_json::Value;

fn counts(value: &Value) -> (u64, u64) {
    (value[0].as_u64().unwrap(), value[1].as_u64().unwrap())
}

#[test]
fn funnel_ab_bayes() {
    for golden in files("funnel_ab_tests") {
        let mut cases = 0;
        for case in golden.list("two_proportions") {
            let Some(expected) = case.get("bayes_beta11") else { continue };
            let arms =
                BetaArms::new((1.0, 1.0), [counts(&case["control"]), counts(&case["treatment"])]).unwrap();
            let (best, means) = (arms.best().unwrap(), arms.means());
            let found = [
                ("prob_treatment_beats_control", best.probabilities()[1]),
                ("expected_loss_choose_control", best.expected_losses()[0]),
                ("expected_loss_choose_treatment", best.expected_losses()[1]),
                ("posterior_mean_diff", means[1] - means[0]),
            ];
            assert_eq!(expected.as_object().unwrap().len(), found.len());
            for (name, found) in found {
                let expected = expected[name].as_f64().unwrap();
                assert!((found - expected).abs() <= 1e-8, "{name} of {case}: {found} instead of {expected}");
            }
            cases += 1;
        }
        golden.checked(cases);
    }
}
