//! The strategy of questions to the optimiser.

use super::{Sample, each_fault_is_refused};
use marketloop::laws;
use marketloop::optimise::Optimisation;
use marketloop::strategies;
use proptest::prelude::*;

#[test]
fn optimisations() {
    let questions = Sample { name: "optimisations", strategy: strategies::optimisations(), of: "lines" };
    questions.is_valid_and_often_an_edge(
        |question| question.bounds().len(),
        |question| {
            let mut bounds = question.bounds();
            bounds.len() == 1
                || question.bounds().all(|(_, floor, cap)| floor.is_none() && cap.is_none())
                || bounds.any(|(_, floor, cap)| floor.is_some() && floor == cap)
        },
        |question| {
            laws::reads_back_what_it_writes(question)?;
            question.clone().check().map(|_| ()).map_err(|problems| laws::Broken::new("a question", problems))
        },
    );
    questions.shrinks_to_text(
        |question| question.bounds().len() > 1 && question.bounds().any(|(_, _, cap)| cap.is_some()),
        |question| serde_json::to_string(question).unwrap(),
        r#"{"aim":{"response":{"budget":{"amount":"1000.00","currency":"CNY"}}},"lines":[{"name":"l0","curve":{"kind":"hill","a":"12.5","k":"250","s":"1"}},{"name":"l1","curve":{"kind":"hill","a":"12.5","k":"250","s":"1"},"cap":{"amount":"350.00","currency":"CNY"}}],"limits":{"nodes":20000,"gap":"1e-9"}}"#,
    );
}

#[test]
fn an_infeasible_question_has_no_answer() {
    let mut runner = super::runner(500);
    runner
        .run(&strategies::optimisations().infeasible(), |question| {
            prop_assert!(question.solve().is_err());
            Ok(())
        })
        .unwrap();
}

/// One fault, one problem, at its path: what is read checks itself, so its words begin with the path.
#[test]
fn almost_valid_questions_are_refused_at_the_fault() {
    let questions = strategies::optimisations();
    for (cases, faults) in [(questions.clone(), 6), (questions.with_lines(3..6).with_groups(), 4)] {
        each_fault_is_refused(cases.almost_valid(), faults, |case| {
            let refusal =
                serde_json::from_str::<Optimisation>(case.json()).expect_err(case.json()).to_string();
            if refusal.starts_with(&format!("{}: ", case.path())) {
                Ok(())
            } else {
                Err(laws::Broken::new(case.fault(), format_args!("{refusal}: {}", case.json())))
            }
        });
    }
}
