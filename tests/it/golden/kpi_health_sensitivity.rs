//! Gradients, elasticities and goal seek (mpmath, 60 digits).

use super::files;
use super::kpi_tree::{Case, Worst};
use marketloop::kpi::KpiError;

#[test]
fn kpi_health_sensitivity() {
    for golden in files("kpi_health_sensitivity") {
        let mut worst: [Worst; 4] = Default::default();
        let cases = golden.list("cases");
        for json in cases {
            let case = Case::new(json);
            let inputs = case.inputs("v0");
            let moves = case.tree.sensitivities(&inputs).unwrap();
            let root = case.tree.evaluate(&inputs).unwrap().root().known().unwrap();
            worst[0].check(root.to_f64(), &json["value"], 1.0, case.name());
            for (id, expected) in json["gradient"].as_object().into_iter().flatten() {
                let node = case.tree.find(id).unwrap();
                worst[1].check(moves.gradient(node), expected, 1.0, case.name());
            }
            for (id, expected) in json["elasticity"].as_object().into_iter().flatten() {
                let node = case.tree.find(id).unwrap();
                worst[2].check(moves.elasticity(node).known().unwrap(), expected, 1.0, case.name());
            }
            let exact: f64 = json["value"].as_str().unwrap().parse().unwrap();
            for (id, expected) in json["goal_seek_root_plus_10pct"].as_object().into_iter().flatten() {
                let found = case.tree.goal_seek(&inputs, id, 0.0.., 1.1 * exact);
                match (found, expected.get("root"), expected.as_str()) {
                    (Ok(at), None, Some(_)) => worst[3].check(at, expected, 1.0, id),
                    (Err(KpiError::TargetOutOfRange { at, .. }), Some(root), _) => {
                        worst[3].check(at, root, 1.0, id);
                    }
                    (Err(KpiError::TargetUnreachable { .. }), None, None) => assert!(expected.is_null()),
                    (found, ..) => panic!("{} {id}: {found:?} instead of {expected}", case.name()),
                }
            }
        }
        for (name, worst) in ["value", "gradient", "elasticity", "goal_seek"].iter().zip(&worst) {
            println!("{}: {name}, {:e} relative", golden.file, worst.0);
        }
        golden.checked(cases.len());
    }
}
