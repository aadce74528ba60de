//! Errors on the wire: a code and words for people and programs, and the fault as data.

use super::super::house::{code_of, sources};
use super::{pinned, written};
use marketloop::decision::DecisionError;
use marketloop::decompose::{DecomposeError, shapley_contributions};
use marketloop::error::{ErrorKind, Path, Problems};
use marketloop::progress::ProgressError;
use marketloop::quantity::{Mix, Money, QuantityError, Share};
use marketloop::ranking::RankingError;
use marketloop::response::{Family, ResponseError};
use marketloop::split::SplitError;
use marketloop::stats::StatsError;
use marketloop::target::TargetError;
use marketloop::time::TimeError;
use marketloop::{Error, dec};
use std::fs;
use std::path::Path as FilePath;

#[test]
fn a_kind_is_its_code() {
    let codes = ErrorKind::ALL.map(ErrorKind::code);
    assert_eq!(serde_json::to_value(ErrorKind::ALL).unwrap(), serde_json::json!(codes));
    written(
        &ErrorKind::ALL,
        r#"["out_of_range","mismatch","overflow","empty","conflict","undefined","not_found","duplicate","syntax","limit"]"#,
    );
}

#[test]
fn a_path_is_its_text() {
    pinned(&Path::root(), r#""""#);
    pinned(&Path::root().field("lines").index(2).field("cap"), r#""lines[2].cap""#);
    pinned(&Path::root().field("lines").key("a.b"), r#""lines[\"a.b\"]""#);
}

#[test]
fn problems_are_a_list_and_one_looks_like_many() {
    let mut problems = Problems::<QuantityError>::new();
    problems.take(&Path::root().field("share"), Share::percent(130));
    problems.take(&Path::root().field("cap"), Money::parse("ten"));
    let share = r#"{"path":"share","code":"out_of_range","text":"share 1.3 is outside 0..=1","error":{"share_out_of_range":{"value":"1.3"}}}"#;
    let cap = r#"{"path":"cap","code":"syntax","text":"`ten` is not an ISO 4217 currency code","error":{"unknown_currency":{"code":"ten"}}}"#;
    written(&problems, &format!("[{share},{cap}]"));
    for problem in &problems {
        written(problem, if problem.path.as_str() == "share" { share } else { cap });
    }

    // The same through the error over all errors, whose data names the module.
    let of = |json: &str| json.replace(r#""error":{"#, r#""error":{"quantity":{"#).replace("}}}", "}}}}");
    let many = Error::from(problems);
    written(&many.problems(), &format!("[{},{}]", of(share), of(cap)));
    written(&many, &format!(r#"{{"problems":[{},{}]}}"#, of(share), of(cap)));
    let one = Error::from(Share::percent(130).unwrap_err());
    written(&one, r#"{"quantity":{"share_out_of_range":{"value":"1.3"}}}"#);
    written(&one.problems(), &format!("[{}]", of(share).replace(r#""path":"share""#, r#""path":"""#)));
}

/// What is refused may be no number at all, and its error has to be told all the same.
#[test]
fn an_error_tells_a_float_that_is_no_number() {
    for (value, text) in [(f64::NAN, "NaN"), (f64::NEG_INFINITY, "-inf"), (0.5, "0.5")] {
        let error = StatsError::NotFinite { name: "mean", value };
        written(&error, &format!(r#"{{"not_finite":{{"name":"mean","value":"{text}"}}}}"#));
    }
    let many = vec![1.0; 100_000];
    let error = shapley_contributions(&many, &many).unwrap_err();
    written(&error, r#"{"too_large":{"what":"factors by the Shapley value","count":100000,"limit":4096}}"#);
}

#[test]
fn the_errors_of_the_shared_floors_are_data() {
    written(&QuantityError::EmptyMix, r#""empty_mix""#);
    written(
        &Mix::from_percents([("a", 130)]).unwrap_err(),
        r#"{"entry_out_of_range":{"index":0,"value":"1.3"}}"#,
    );
    written(&TimeError::StartMonth { month: 13 }, r#"{"start_month":{"month":13}}"#);
    written(&TimeError::EndMonth { month: 13 }, r#"{"end_month":{"month":13}}"#);
    written(&TimeError::MonthWeeks { weeks: [4, 4, 4] }, r#"{"month_weeks":{"weeks":[4,4,4]}}"#);
    written(
        &SplitError::SumMismatch { difference: -(1 << 100) },
        r#"{"sum_mismatch":{"difference":"-1267650600228229401496703205376"}}"#,
    );
    written(
        &DecomposeError::OppositeSigns { index: 1, before: -0.1, after: 2.0 },
        r#"{"opposite_signs":{"index":1,"before":"-0.1","after":"2"}}"#,
    );
    written(
        &TargetError::RangeReversed { low: dec!(2), high: dec!(1.50) },
        r#"{"range_reversed":{"low":"2","high":"1.5"}}"#,
    );
    written(
        &ProgressError::Negative { what: "cost", value: dec!(-1) },
        r#"{"negative":{"what":"cost","value":"-1"}}"#,
    );
    written(&ResponseError::NoFit { family: Family::Hill }, r#"{"no_fit":{"family":"hill"}}"#);
    pinned(&Family::HyperbolicTangent, r#""tanh""#);
    written(
        &RankingError::NotReciprocal { row: 0, column: 1, product: 1.5 },
        r#"{"not_reciprocal":{"row":0,"column":1,"product":"1.5"}}"#,
    );
    written(&DecisionError::SeveralMatches { rules: vec![0, 2] }, r#"{"several_matches":{"rules":[0,2]}}"#);
}

#[cfg(all(
    feature = "agile",
    feature = "alert",
    feature = "attribution",
    feature = "budget",
    feature = "channel",
    feature = "experiment",
    feature = "funnel",
    feature = "goal",
    feature = "health",
    feature = "kpi",
    feature = "optimise",
    feature = "pdca",
    feature = "risk"
))]
mod domains {
    use super::super::written;
    use marketloop::agile::AgileError;
    use marketloop::alert::AlertError;
    use marketloop::attribution::AttributionError;
    use marketloop::budget::BudgetError;
    use marketloop::channel::{ChannelError, ChannelFigure, Given, Metric, Scorecard};
    use marketloop::dec;
    use marketloop::experiment::ExperimentError;
    use marketloop::funnel::FunnelError;
    use marketloop::goal::GoalError;
    use marketloop::health::{HealthError, Score};
    use marketloop::kpi::KpiError;
    use marketloop::optimise::{Budgeted, OptimiseError};
    use marketloop::pdca::{CommandKind, CycleId, PdcaError, Phase};
    use marketloop::plan::{Network, Relation};
    use marketloop::progress::ProgressError;
    use marketloop::quantity::{Money, Quantity};
    use marketloop::response::ResponseError;
    use marketloop::review::ReviewError;
    use marketloop::risk::RiskError;

    fn money(text: &str) -> Money {
        Money::parse(text).unwrap()
    }

    #[test]
    fn the_errors_of_the_domains_are_data() {
        written(
            &AgileError::ZeroWipLimit { column: "doing".into() },
            r#"{"zero_wip_limit":{"column":"doing"}}"#,
        );
        written(&AgileError::NoSuchCard { card: "A1".into() }, r#"{"no_such_card":{"card":"A1"}}"#);
        written(
            &AttributionError::Span { user: u64::MAX, span: 7 },
            r#"{"span":{"user":"18446744073709551615","span":7}}"#,
        );
        written(
            &BudgetError::NegativeTotal { total: money("-1 CNY") },
            r#"{"negative_total":{"total":{"amount":"-1.00","currency":"CNY"}}}"#,
        );
        written(&FunnelError::EmptyBracket { from: 3, to: 2 }, r#"{"empty_bracket":{"from":3,"to":2}}"#);
        written(
            &HealthError::Unreachable {
                needed: Box::new(Score::from(dec!(0.92))),
                highest: Box::new(Score::estimate(0.5).get().unwrap()),
            },
            r#"{"unreachable":{"needed":{"exact":"23/25"},"highest":{"estimate":"0.5"}}}"#,
        );
        written(&Score::ONE, r#"{"exact":"1"}"#);
        written(
            &"up".parse::<marketloop::target::Better>().unwrap_err(),
            r#"{"unknown_word":{"what":"direction","text":"up","known":["higher","lower"]}}"#,
        );
        written(&KpiError::UnknownName { name: "CTR".into() }, r#"{"unknown_name":{"name":"CTR"}}"#);
        written(
            &OptimiseError::CapsBelow {
                of: Budgeted::Group("paid".into()),
                caps: money("1 CNY"),
                short: money("2 CNY"),
            },
            r#"{"caps_below":{"of":{"group":"paid"},"caps":{"amount":"1.00","currency":"CNY"},"short":{"amount":"2.00","currency":"CNY"}}}"#,
        );
        written(
            &ExperimentError::NotZeroOrOne { column: "bought".into(), row: 2, value: 7 },
            r#"{"not_zero_or_one":{"column":"bought","row":2,"value":7}}"#,
        );
        written(&GoalError::NoParts, r#""no_parts""#);
        written(&ReviewError::NoCause, r#""no_cause""#);
        written(&AlertError::NoSteps, r#""no_steps""#);
        written(&RiskError::Levels, r#""levels""#);
        written(
            &ProgressError::Negative { what: "time", value: dec!(-1) },
            r#"{"negative":{"what":"time","value":"-1"}}"#,
        );
        let circle = [(0, 1, Relation::FinishToStart(0)), (1, 0, Relation::FinishToStart(0))];
        written(
            &Network::new(&[1, 1], &circle).unwrap_err(),
            r#"{"cycle":{"path":[0,1,0],"groups":[[0,1]]}}"#,
        );
    }

    #[test]
    fn the_errors_of_a_budget_are_data() {
        written(
            &BudgetError::Infeasible { rules: vec!["a".into()], off: money("1 CNY") },
            r#"{"infeasible":{"rules":["a"],"off":{"amount":"1.00","currency":"CNY"}}}"#,
        );
    }

    #[test]
    fn the_errors_of_channels_are_data() {
        let quantity = |text: &str| text.parse::<Quantity>().unwrap();
        let contradiction = ChannelError::Contradiction {
            metric: Metric::CostPerClick,
            given: Box::new(quantity("2 CNY/click")),
            implied: Box::new(quantity("1.5 CNY/click")),
            difference: Box::new(quantity("0.5 CNY/click")),
            by: vec![Given::Figure(ChannelFigure::Spend), Given::Figure(ChannelFigure::Clicks)],
        };
        written(
            &contradiction,
            r#"{"contradiction":{"metric":"cost_per_click","given":{"value":"2","unit":"CNY/click"},"implied":{"value":"1.5","unit":"CNY/click"},"difference":{"value":"0.5","unit":"CNY/click"},"by":[{"figure":"spend"},{"figure":"clicks"}]}}"#,
        );
        let draft = Scorecard::draft().with_impressions(1_000_000).with_metrics_rounded_to(2);
        let refuted = draft.with_click_through_rate(quantity("0.00 %")).with_clicks(51).check().unwrap_err();
        written(
            &refuted,
            r#"[{"path":"click_through_rate","code":"conflict","text":"impressions is at least 1020000 by clicks and click-through rate, but at most 1000000 by impressions","error":{"refuted":{"of":{"figure":"impressions"},"lowest":{"value":"1020000","unit":"1"},"lowest_by":[{"figure":"clicks"},{"metric":"click_through_rate"}],"highest":{"value":"1000000","unit":"1"},"highest_by":[{"figure":"impressions"}]}}}]"#,
        );
    }

    #[test]
    fn the_errors_of_a_cycle_are_data() {
        let cycle = CycleId::new("2026-Q3").unwrap();
        written(&PdcaError::CycleWithoutPlan { cycle }, r#"{"cycle_without_plan":{"cycle":"2026-Q3"}}"#);
        let guard = PdcaError::Phase { command: CommandKind::SignOff, phase: Phase::Doing };
        let rejection = PdcaError::Unmet { command: CommandKind::SignOff, guards: vec![guard] };
        written(
            &rejection,
            r#"{"unmet":{"command":"sign_off","guards":[{"phase":{"command":"sign_off","phase":"doing"}}]}}"#,
        );
        written(
            &PdcaError::OutOfSequence { sequence: 2, expected: 1 },
            r#"{"out_of_sequence":{"sequence":2,"expected":1}}"#,
        );
    }

    #[test]
    fn what_is_wrong_with_a_curve_is_data() {
        written(
            &ResponseError::CurveFalls { from: f64::INFINITY, to: 2.0 },
            r#"{"curve_falls":{"from":"inf","to":"2"}}"#,
        );
    }
}

/// Every error that a program can meet derives both its words and its data, so that none is left out of an answer.
#[test]
fn every_error_is_data() {
    let mut files = Vec::new();
    sources(&FilePath::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let (mut errors, mut bare) = (0, Vec::new());
    for file in files {
        let code = code_of(&fs::read_to_string(&file).unwrap());
        for derive in code
            .split("#[derive(")
            .skip(1)
            .filter(|rest| rest.split(")]").next().is_some_and(|list| list.contains("thiserror::Error")))
        {
            errors += 1;
            if !derive.split(")]").next().unwrap_or_default().contains("Serialize") {
                bare.push(format!("{}: {}", file.display(), derive.lines().take(4).collect::<String>()));
            }
        }
        for (at, _) in code.match_indices("core::error::Error for ") {
            let name: String = code[at + "core::error::Error for ".len()..]
                .chars()
                .take_while(|c| c.is_alphanumeric())
                .collect();
            let derived = code.contains(&format!("Serialize for {name}"))
                || code.split("#[derive(").any(|rest| {
                    let head: String = rest.lines().take(5).collect();
                    head.contains("Serialize") && head.contains(&format!("pub enum {name} "))
                        || head.contains("Serialize") && head.contains(&format!("pub struct {name} "))
                });
            if !derived && name != "Problems" {
                bare.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(errors > 20, "only {errors} errors found");
    assert!(bare.is_empty(), "{bare:#?}");
}
