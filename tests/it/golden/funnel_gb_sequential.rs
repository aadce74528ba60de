//! The sequential block of the peer's engine on proportions (gbstats): the two-arm form of a confidence sequence.

use super::experiment_sequential::{counts, near, numbers};
use super::files;
use marketloop::stats::{AlwaysValid, ConfidenceSequence};

#[test]
fn funnel_gb_sequential() {
    for golden in files("funnel_gbstats") {
        let mut cases = 0;
        for case in golden.list("cases") {
            let (control, treatment) = (counts(&case["control"]), counts(&case["treatment"]));
            for (name, found) in case.as_object().unwrap() {
                let Some(form) = name.strip_prefix("sequential_") else { continue };
                let (kind, n_star) = form.split_once("_N*").unwrap();
                assert!(["absolute", "relative"].contains(&kind), "{name}");
                let sequence = ConfidenceSequence::tuned(0.05, n_star.parse().unwrap()).unwrap();
                // The estimate and its standard error are the peer's own: what is asked for is the sequence.
                let parts = numbers(&found["uplift_mean_sd"]);
                let (estimate, error) = (parts[0], parts[1]);
                near(estimate, found["expected"].as_f64().unwrap(), name);
                let all = control.1 + treatment.1;
                let range = sequence.interval(all, estimate, error).unwrap();
                for (found, expected) in [range.low(), range.high()].into_iter().zip(numbers(&found["ci"])) {
                    near(found, expected, &format!("{name} of {case}"));
                }
                let evidence = sequence.ln_evidence(all, estimate, error).unwrap();
                let p = AlwaysValid::default().look(evidence).unwrap();
                near(p, found["p_value"].as_f64().unwrap(), &format!("p of {name} of {case}"));
                cases += 1;
            }
        }
        golden.checked(cases);
    }
}
