//! The blocks of A/B tests that are looked at again and again, and the sample ratio (scipy, own integration).

use super::experiment_sequential::{bounds, counts, integrated, near, numbers};
use super::{Golden, files};
use marketloop::stats::{
    AlphaSpending, AlwaysValid, GroupSequential, SampleRatio, SpendingSides, TwoProportions,
};

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

fn spendings(golden: &Golden) -> usize {
    let cases = golden.list("spending");
    for case in cases {
        let alpha = case["alpha"].as_f64().unwrap();
        for (name, spending) in [
            ("obrien_fleming_spent", AlphaSpending::OBrienFleming),
            ("pocock_spent", AlphaSpending::Pocock),
            ("hwang_shih_decani_gamma_-4", AlphaSpending::HwangShihDeCani(-4.0)),
        ] {
            for (time, expected) in numbers(&case["t"]).into_iter().zip(numbers(&case[name])) {
                let found = spending.spent(alpha, SpendingSides::InTotal, time).unwrap();
                near(found, expected, &format!("{name} at {time}"));
            }
        }
    }
    cases.len()
}

fn group_sequentials(golden: &Golden) -> usize {
    let (cases, mut worst) = (golden.list("group_sequential"), 0.0);
    for case in cases {
        let (alpha, times) = (case["alpha"].as_f64().unwrap(), numbers(&case["t"]));
        let of = |sides| {
            let spending = match case["spending"].as_str().unwrap() {
                "obf" => AlphaSpending::OBrienFleming,
                "pocock" => AlphaSpending::Pocock,
                word => panic!("{word}"),
            };
            GroupSequential::new(alpha, sides, spending, &times).unwrap()
        };
        integrated(
            &bounds(&of(SpendingSides::InTotal)),
            &numbers(&case["z_bounds"]),
            &mut worst,
            &format!("{case}"),
        );
        if let Some(expected) = case.get("z_bounds_per_side_convention") {
            let test = of(SpendingSides::PerSide);
            integrated(&bounds(&test), &numbers(expected), &mut worst, &format!("{case}"));
            for (time, expected) in times.iter().zip(numbers(&case["per_side_spent_each"])) {
                let both = test.spending().spent(alpha, SpendingSides::PerSide, *time).unwrap();
                near(both / 2.0, expected, &format!("spent per side at {time}"));
            }
        }
    }
    println!("{}: worst error {worst:e}", golden.file);
    cases.len()
}

#[test]
fn funnel_ab_group_sequential() {
    for golden in files("funnel_ab_tests") {
        golden.checked(spendings(&golden));
        golden.checked(group_sequentials(&golden));
    }
}
