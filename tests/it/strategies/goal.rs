//! The strategies of goals.

use super::{Sample, each_fault_is_refused};
use marketloop::goal::{Cascade, CascadeDraft, GoalStatement, MetricRecord};
use marketloop::laws::{self, Broken};
use marketloop::strategies;
use rust_decimal::Decimal;

#[test]
fn cascades() {
    let cascades = Sample { name: "cascades", strategy: strategies::cascades(), of: "parts" };
    cascades.is_valid_and_often_an_edge(
        |cascade| cascade.parts().len(),
        |cascade| {
            cascade.parts().len() == 1 || cascade.parts().iter().any(|(_, part)| part.value().is_zero())
        },
        laws::reads_back_what_it_writes,
    );
    let json = |cascade: &Cascade| serde_json::to_string(cascade).unwrap();
    cascades.shrinks_to_text(|cascade| cascade.total().value() > Decimal::ONE, json, r#"{"metric":"sales","period":"2000-01","total":{"value":"11","unit":"user"},"parts":[["2000-01",{"value":"11","unit":"user"}]],"key_results":[]}"#);
    let strategy = strategies::cascades().with_key_results();
    let stated = Sample { name: "cascades", strategy, of: "parts" };
    stated.all_hold(laws::reads_back_what_it_writes);
    stated.shrinks_to_text(|cascade| cascade.key_results().len() > 1, json, r#"{"metric":"sales","period":"2000-01","total":{"value":"0","unit":"user"},"parts":[["2000-01",{"value":"0","unit":"user"}]],"key_results":[{"metric":"result 1","target":"at least 0","period":"2000-01"},{"metric":"result 2","target":"at least 0","period":"2000-01"}]}"#);
}

#[test]
fn cascades_with_one_fault() {
    each_fault_is_refused(strategies::cascades().almost_valid(), 8, |case| {
        laws::refuses(case, serde_json::from_str::<CascadeDraft>(case.json()).unwrap().check())
    });
}

#[test]
fn goal_statements() {
    let strategy = strategies::goal_statements();
    let goals = Sample { name: "goal_statements", strategy: strategy.clone(), of: "past values" };
    goals.is_valid_and_often_an_edge(
        |(_, record)| record.history.len(),
        |(goal, record)| {
            let target = goal.target.as_ref().unwrap();
            let ends = [target.min(), target.max()];
            let benchmark = record.benchmark.as_ref().map(marketloop::quantity::Quantity::value);
            record.history.is_empty() || (benchmark.is_some() && ends.contains(&benchmark))
        },
        |(goal, record)| {
            let known = std::slice::from_ref(record);
            goal.check(known)
                .map_err(|problems| Broken::new("is SMART", format!("{problems}: {goal:?}, {record:?}")))
        },
    );
    let json = |case: &(GoalStatement, MetricRecord)| serde_json::to_string(case).unwrap();
    goals.shrinks_to_text(|(_, record)| record.history.len() > 2, json, r#"[{"metric":"metric","baseline":{"value":"2","unit":"user"},"target":"at least 2.02 user","period":"2026-Q3","owner":"growth"},{"name":"metric","unit":"user","history":[{"value":"1","unit":"user"},{"value":"1","unit":"user"},{"value":"2","unit":"user"}]}]"#);
    each_fault_is_refused(strategy.almost_valid(), 8, |case| {
        let (goal, record): (GoalStatement, MetricRecord) = serde_json::from_str(case.json()).unwrap();
        laws::refuses(case, goal.check(&[record]))
    });
}

#[test]
fn growths() {
    let growths = Sample { name: "growths", strategy: strategies::growths(), of: "characters" };
    growths.is_valid_and_often_an_edge(
        |growth| growth.share().to_string().len(),
        |growth| ["-0.99", "0", "10"].contains(&&*growth.share().to_string()),
        laws::reads_back_what_it_writes,
    );
    growths.shrinks_to(|growth| growth.share() > Decimal::ZERO, "Growth(0.01)");
}

#[test]
fn ratio_histories() {
    let strategy = strategies::ratio_histories();
    let histories = Sample { name: "ratio_histories", strategy, of: "periods" };
    histories.is_valid_and_often_an_edge(
        Vec::len,
        |history| history.len() == 1 || history.iter().any(|(orders, _)| *orders == 0),
        |history| {
            let within = history.iter().all(|(orders, visitors)| orders < visitors);
            if within { Ok(()) } else { Err(Broken::new("is a ratio", format!("{history:?}"))) }
        },
    );
    histories.shrinks_to(|history| history.len() > 1, "[(1, 1000), (1, 1000)]");
}
