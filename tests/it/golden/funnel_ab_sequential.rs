//! The blocks of A/B tests that are looked at again and again, and the sample ratio (scipy, own integration).

use super::experiment_sequential::{counts, near};
use super::{Golden, files};
use marketloop::stats::{AlwaysValid, SampleRatio, TwoProportions};

fn sample_ratios(golden: &Golden) -> usize {
    let cases = golden.list("srm");
    for case in cases {
        let arms = case["observed"].as_array().unwrap().iter().zip(case["weights"].as_array().unwrap());
        let arms = arms.map(|(seen, weight)| (seen.as_u64().unwrap(), weight.as_f64().unwrap()));
        let ratio = SampleRatio::new(arms).unwrap();
        near(ratio.chi_squared().unwrap(), case["chi2"].as_f64().unwrap(), &format!("chi2 of {case}"));
        near(ratio.p_value().unwrap(), case["p"].as_f64().unwrap(), &format!("p of {case}"));
    }
    cases.len()
}

fn mixtures(golden: &Golden) -> usize {
    let mut cases = 0;
    for looks in golden.list("msprt") {
        let mut test = AlwaysValid::default();
        for look in looks.as_array().unwrap() {
            let of = |name: &str| look[name].as_f64().unwrap();
            let rates = TwoProportions::new(counts(&look["control"]), counts(&look["treatment"])).unwrap();
            let ln_evidence = rates.ln_mixture_ratio(of("tau2")).unwrap();
            near(ln_evidence.exp(), of("lambda"), &format!("lambda of {look}"));
            near(
                AlwaysValid::default().look(ln_evidence).unwrap(),
                of("p_always_valid_one_look"),
                "p of one look",
            );
            near(test.look(ln_evidence).unwrap(), of("p_running_min"), &format!("p of {look}"));
            cases += 1;
        }
    }
    cases
}

#[test]
fn funnel_ab_sequential() {
    for golden in files("funnel_ab_tests") {
        golden.checked(sample_ratios(&golden));
        golden.checked(mixtures(&golden));
    }
}
