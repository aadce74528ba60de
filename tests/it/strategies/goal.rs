//! The strategies of goals.

use super::{Sample, each_fault_is_refused};
use marketloop::figure::Figure;
use marketloop::goal::{Cascade, CascadeDraft, GoalStatement, MetricRecord, PartProgress};
use marketloop::laws::{self, Broken};
use marketloop::quantity::Ratio;
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
fn cascade_progress() {
    let progress = Sample { name: "cascade_progress", strategy: strategies::cascade_progress(), of: "parts" };
    progress.is_valid_and_often_an_edge(
        |progress| progress.parts().len(),
        |progress| {
            let to_come = progress.parts().iter().filter(|part| part.needed.is_some()).count();
            let just = |part: &PartProgress| part.actual == Figure::Known(part.target.clone());
            to_come == 0
                || to_come == progress.parts().len()
                || !progress.attained().is_known()
                || progress.parts().iter().any(just)
        },
        |progress| {
            let (Figure::Known(attained), Figure::Known(to_go)) = (progress.attained(), progress.to_go())
            else {
                return Ok(());
            };
            let whole = attained.plus(to_go).unwrap();
            let (whole, total) = (whole.value(), progress.total().value());
            let told = || Broken::new("attained_and_to_go_are_the_goal", format!("{whole}, not {total}"));
            if whole == total { Ok(()) } else { Err(told()) }
        },
    );
    progress.shrinks_to_text(
        |progress| progress.needed_pace().clone().get().is_ok_and(|pace| pace > Ratio::ONE),
        |progress| serde_json::to_string(progress).unwrap(),
        r#"{"metric":"sales","total":{"value":"4","unit":"user"},"attained":{"known":{"value":"0","unit":"user"}},"to_go":{"known":{"value":"4","unit":"user"}},"attainment":{"known":"0"},"needed_pace":{"known":"2"},"parts":[{"period":"2000-01","target":{"value":"2","unit":"user"},"actual":{"known":{"value":"0","unit":"user"}},"attainment":{"known":"0"},"target_to_date":{"value":"2","unit":"user"},"actual_to_date":{"known":{"value":"0","unit":"user"}}},{"period":"2000-02","target":{"value":"1","unit":"user"},"actual":{"missing":"sales of 2000-02"},"attainment":{"missing":"sales of 2000-02"},"target_to_date":{"value":"3","unit":"user"},"actual_to_date":{"missing":"sales of 2000-02"},"needed":{"known":"2"}},{"period":"2000-03","target":{"value":"1","unit":"user"},"actual":{"missing":"sales of 2000-03"},"attainment":{"missing":"sales of 2000-03"},"target_to_date":{"value":"4","unit":"user"},"actual_to_date":{"missing":"sales of 2000-03"},"needed":{"known":"2"}}]}"#,
    );
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
