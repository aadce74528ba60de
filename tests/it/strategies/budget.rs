//! The strategies of budgets.

use super::{Sample, accepted, each_fault_is_refused, read};
use marketloop::budget::{
    Allocation, AllocationDraft, Budget, BudgetDraft, Cuts, CutsDraft, FlexibleBudget, LineSpend,
    Reallocation, ReallocationDraft, ReleaseTable, Shrink, SpendVariance, Tracking, TrackingDraft,
    TrueReturn, TrueReturnDraft,
};
use marketloop::laws;
use marketloop::quantity::Revenue;
use marketloop::strategies::{self, almost_valid};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The draft as its JSON has it.
fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// How many entries the list of a draft has.
fn count(draft: &impl Serialize, list: &str) -> usize {
    json(draft)[list].as_array().map_or(0, Vec::len)
}

fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn has_ties(mut numbers: Vec<Decimal>) -> bool {
    numbers.sort_unstable();
    numbers.windows(2).any(|pair| pair[0] == pair[1])
}

fn weights(draft: &AllocationDraft) -> Vec<Decimal> {
    let main = draft.rules().find(|(id, _)| *id == "main").unwrap().1;
    let marketloop::budget::Rule::Divide(main) = main else { panic!("{main:?}") };
    main.parts().map(|(_, weight)| weight).collect()
}

#[test]
fn allocations() {
    let sample = Sample { name: "allocations", strategy: strategies::allocations(), of: "rules" };
    sample.is_valid_and_often_an_edge(
        |draft| draft.rules().count(),
        |draft| {
            let weights = weights(draft);
            draft.total().is_zero()
                || weights.len() == 1
                || weights.contains(&Decimal::ZERO)
                || has_ties(weights)
        },
        |draft| accepted(draft.clone().check()),
    );
    sample.shrinks_to_text(
        |draft| {
            draft.clone().check().unwrap().lines().iter().any(|line| line.explain().contains("capped to"))
        },
        text,
        r#"{"total":{"amount":"0.01","currency":"CNY"},"rules":[{"id":"main","rule":{"divide":{"by":"score","parts":[{"line":"line 1","weight":"1"},{"line":"line 2","weight":"1"}]}}},{"id":"bound 1","rule":{"cap":{"lines":{"each":["line 1"]},"amount":{"stated":{"amount":"0.00","currency":"CNY"}}}}}]}"#,
    );
}

#[test]
fn allocations_that_cannot_hold() {
    let any = strategies::allocations().with_infeasible();
    let sample = Sample { name: "allocations", strategy: any, of: "rules" };
    sample.shrinks_to_text(|draft| draft.clone().check().is_err(), text, r#"{"total":{"amount":"0.01","currency":"CNY"},"rules":[{"id":"main","rule":{"divide":{"by":"score","parts":[{"line":"line 1","weight":"1"}]}}},{"id":"bound 1","rule":{"cap":{"lines":{"each":["line 1"]},"amount":{"stated":{"amount":"0.00","currency":"CNY"}}}}}]}"#);
}

#[test]
fn wild_allocations() {
    let sample = Sample { name: "wild_allocations", strategy: strategies::wild_allocations(), of: "rules" };
    sample.is_valid_and_often_an_edge(
        |draft| draft.rules().count(),
        |draft| draft.rules().count() < 2,
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(|draft| draft.clone().check().is_err_and(|told| told.len() > 1), text, r#"{"total":{"amount":"0","currency":"JPY"},"rules":[{"id":"0","rule":{"reserve":{"size":{"uplift":{"percent":"0","protects":["a"]}}}}},{"id":"1","rule":{"reserve":{"size":{"uplift":{"percent":"0","protects":["a"]}}}}}]}"#);
}

#[test]
fn budgets() {
    let sample = Sample { name: "budgets", strategy: strategies::budgets(), of: "lines" };
    sample.is_valid_and_often_an_edge(
        |draft| count(draft, "lines"),
        |draft| {
            let budget = draft.clone().check().unwrap();
            budget.total().is_zero()
                || budget.lines().len() == 1
                || budget.lines().iter().any(|line| line.amount().is_zero())
        },
        |draft| accepted(draft.clone().check()),
    );
    sample.shrinks_to_text(
        |draft| draft.clone().check().unwrap().lines().iter().any(|line| line.why().steps().count() > 1),
        text,
        r#"{"name":"year","total":{"amount":"0.01","currency":"CNY"},"lines":[{"name":"line 1","percent":"0.01","purpose":"contingency","reserve":true},{"name":"line 2","percent":"99.99"}]}"#,
    );
}

#[test]
fn trackings() {
    let sample = Sample { name: "trackings", strategy: strategies::trackings(), of: "lines" };
    sample.is_valid_and_often_an_edge(
        |draft| count(draft, "lines"),
        |draft| {
            let tracking = draft.clone().check().unwrap();
            let lines = tracking.lines();
            lines.len() == 1
                || count(draft, "spending") == 0
                || lines.iter().any(|line| line.plan().is_zero())
        },
        |draft| accepted(draft.clone().check()),
    );
    sample.shrinks_to_text(
        |draft| draft.clone().check().unwrap().total().available().is_negative(),
        text,
        r#"{"lines":[{"name":"line 1","plan":{"amount":"0.00","currency":"CNY"}}],"spending":[{"line":"line 1","actual":{"amount":"0.00","currency":"CNY"},"committed":{"amount":"0.01","currency":"CNY"}}],"unstated_forecast":"at_least_plan"}"#,
    );
}

#[test]
fn true_returns() {
    let sample =
        Sample { name: "true_returns", strategy: strategies::true_returns(), of: "returns and costs" };
    sample.is_valid_and_often_an_edge(
        |draft| count(draft, "returns") + count(draft, "costs"),
        |draft| {
            let campaign = draft.clone().check().unwrap();
            let no_uplift =
                !json(draft)["returns"].as_array().unwrap().iter().any(|part| part["kind"] == "indirect");
            no_uplift || count(draft, "costs") == 1 || campaign.direct_returns().is_zero()
        },
        |draft| accepted(draft.clone().check()),
    );
    let lossy = strategies::true_returns().with_losses();
    let sample = Sample { name: "true_returns", strategy: lossy, of: "returns and costs" };
    sample.shrinks_to_text(|draft| draft.clone().check().unwrap().returns().is_negative(), text, r#"{"basis":"revenue","returns":[{"name":"orders 1","kind":"direct","amount":{"amount":"0.00","currency":"CNY"}},{"name":"uplift 1","kind":"indirect","percent":{"percent":"-1","of":{"amount":"0.51","currency":"CNY"},"rounding":"half_even"}}],"costs":[{"name":"media","kind":"media","amount":{"amount":"0.01","currency":"CNY"}}]}"#);
}

#[test]
fn line_spends() {
    let sample = Sample { name: "line_spends", strategy: strategies::line_spends(1..6), of: "lines" };
    sample.is_valid_and_often_an_edge(
        Vec::len,
        |lines| lines.len() == 1 || text(lines).contains(r#":"0""#),
        |lines| accepted(SpendVariance::of(lines.clone())),
    );
    sample.shrinks_to_text(
        |lines| SpendVariance::of(lines.clone()).unwrap().mix().get().is_ok_and(|mix| mix.is_negative()),
        text,
        r#"[{"name":"line 1","planned":{"price":"0","quantity":"0"},"actual":{"price":"0","quantity":"1"}},{"name":"line 2","planned":{"price":"1","quantity":"1"},"actual":{"price":"0","quantity":"0"}}]"#,
    );
}

#[test]
fn flexible_budgets() {
    let sample = Sample { name: "flexible_budgets", strategy: strategies::flexible_budgets(), of: "budgets" };
    sample.is_valid_and_often_an_edge(
        |_| 1,
        |budget| json(budget).as_object().unwrap().values().any(|value| value == "0"),
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(
        |budget| budget.flexed(3.into()).unwrap() > "9".parse().unwrap(),
        text,
        r#"{"fixed":"0","rate":"10/3","planned_units":"0"}"#,
    );
}

#[test]
fn release_tables() {
    let sample = Sample { name: "release_tables", strategy: strategies::release_tables(), of: "rules" };
    sample.is_valid_and_often_an_edge(
        |table| table.table().rules().len(),
        |table| table.table().rules().len() < 2 || text(table).contains(r#"["0","#),
        laws::reads_back_what_it_writes,
    );
    sample.shrinks_to_text(
        |table| table.table().rules().len() > 1,
        |table| json(table)["rules"].to_string(),
        r#"[{"then":["100","\"ROI under 1\""],"when":["< 1"]},{"then":["100","\"ROI under 3\""],"when":["< 3"]}]"#,
    );
}

#[test]
fn reallocations() {
    let sample = Sample {
        name: "reallocations",
        strategy: strategies::reallocations(),
        of: "positions and recipients",
    };
    sample.is_valid_and_often_an_edge(
        |draft| count(draft, "positions") + count(draft, "recipients"),
        |draft| {
            let all_locked = |position: &Value| position.get("locked") == Some(&position["amount"]);
            let positions = json(draft)["positions"].as_array().unwrap().clone();
            positions.len() == 1 || count(draft, "recipients") == 0 || positions.iter().any(all_locked)
        },
        |draft| accepted(draft.clone().check()),
    );
    sample.shrinks_to_text(|draft| !draft.clone().check().unwrap().reassigned().is_zero(), text, r#"{"positions":[{"line":"line 1","amount":{"amount":"0.05","currency":"CNY"},"facts":{"roi":"0"}}],"release":{"hit_policy":"first","inputs":[{"name":"roi","kind":"number"}],"outputs":[{"name":"release_percent","kind":"number"},{"name":"reason","kind":"text"}],"rules":[{"when":["< 1"],"then":["100","\"ROI under 1\""]}]},"rounding":"floor","recipients":[{"line":"line 1","weight":"1"}],"return_to":{"line":"line 1"},"added":{"from":"board","amount":{"amount":"0.01","currency":"CNY"},"overspending_percent":"20","guard":"total"}}"#);
}

#[test]
fn cut_lines() {
    let sample = Sample { name: "cut_lines", strategy: strategies::cut_lines(1..8), of: "lines" };
    sample.is_valid_and_often_an_edge(
        Vec::len,
        |lines| {
            let is_edge =
                |line: &marketloop::budget::CutLine| line.amount.is_zero() || line.floor == Some(line.amount);
            lines.len() == 1 || lines.iter().any(is_edge)
        },
        |lines| accepted(Cuts::draft(lines.clone(), Shrink::By("0 CNY".parse().unwrap())).check()),
    );
    sample.shrinks_to_text(|lines| lines.iter().any(|line| line.floor.is_some()), text, r#"[{"name":"line 1","amount":{"amount":"1.00","currency":"CNY"},"priority":0,"floor":{"amount":"0.01","currency":"CNY"}}]"#);
}

#[test]
fn budget_cuts() {
    let sample = Sample { name: "budget_cuts", strategy: strategies::budget_cuts(), of: "lines" };
    sample.is_valid_and_often_an_edge(
        |draft| count(draft, "lines"),
        |draft| {
            let cuts = draft.clone().check().unwrap();
            count(draft, "lines") == 1
                || cuts.cuts().is_empty()
                || cuts.cuts().iter().all(marketloop::budget::Cut::takes_all)
        },
        |draft| accepted(draft.clone().check()),
    );
    sample.shrinks_to_text(|draft| draft.clone().check().unwrap().cuts().len() > 1, text, r#"{"lines":[{"name":"line 1","amount":{"amount":"0.01","currency":"CNY"},"priority":0},{"name":"line 2","amount":{"amount":"0.01","currency":"CNY"},"priority":0}],"shrink":{"by":{"amount":"0.02","currency":"CNY"}},"reserves":"kept","within_priority":"lowest_return_first"}"#);
}

#[test]
fn cuts_that_floors_stop() {
    let sample =
        Sample { name: "budget_cuts", strategy: strategies::budget_cuts().with_infeasible(), of: "lines" };
    sample.shrinks_to_text(|draft| draft.clone().check().is_err(), text, r#"{"lines":[{"name":"line 1","amount":{"amount":"0.07","currency":"CNY"},"priority":0,"floor":{"amount":"0.02","currency":"CNY"}}],"shrink":{"by":{"amount":"0.07","currency":"CNY"}},"reserves":"kept","within_priority":"lowest_return_first"}"#);
}

/// Each fault of a draft is told by its check, and nothing else.
fn refused<D: DeserializeOwned, T: std::fmt::Debug, E: Into<marketloop::Error>>(
    cases: impl Strategy<Value = strategies::AlmostValid>,
    faults: usize,
    check: fn(D) -> Result<T, E>,
) {
    each_fault_is_refused(cases, faults, |case| {
        let draft =
            serde_json::from_str(case.json()).unwrap_or_else(|error| panic!("{error}: {}", case.json()));
        laws::refuses(case, check(draft))
    });
}

#[test]
fn drafts_with_one_fault_are_refused_with_just_that() {
    refused(strategies::allocations().almost_valid(), 8, AllocationDraft::check);
    refused(strategies::budgets().almost_valid(), 7, BudgetDraft::check);
    refused(strategies::trackings().almost_valid(), 7, TrackingDraft::check);
    refused(strategies::reallocations().almost_valid(), 8, ReallocationDraft::check);
    refused(strategies::budget_cuts().almost_valid(), 7, CutsDraft::check);
    refused(strategies::true_returns().almost_valid(), 6, TrueReturnDraft::<Revenue>::check);
}

#[test]
fn other_forms_of_budgets_are_refused() {
    fn checked<T: std::fmt::Debug, E: std::fmt::Debug>(answer: Result<T, E>) -> T {
        answer.unwrap()
    }
    let budgets = strategies::budgets().prop_map(|draft| checked(draft.check()));
    let trackings = strategies::trackings().prop_map(|draft| checked(draft.check()));
    let allocations = strategies::allocations().prop_map(|draft| checked(draft.check()));
    let cuts = strategies::budget_cuts().prop_map(|draft| checked(draft.check()));
    let campaigns = strategies::true_returns().prop_map(|draft| checked(draft.check()));
    let spends = strategies::line_spends(1..4);
    proptest!(ProptestConfig::with_cases(256), |(
        budget in almost_valid(budgets),
        tracking in almost_valid(trackings),
        allocation in almost_valid(allocations),
        cuts in almost_valid(cuts),
        campaign in almost_valid(campaigns),
        spends in almost_valid(spends),
        flexible in almost_valid(strategies::flexible_budgets()),
        table in almost_valid(strategies::release_tables()),
        review in almost_valid(strategies::reallocations()),
    )| {
        laws::refuses_form(&budget, read::<Budget>(budget.json()))?;
        laws::refuses_form(&tracking, read::<Tracking>(tracking.json()))?;
        laws::refuses_form(&allocation, read::<Allocation>(allocation.json()))?;
        laws::refuses_form(&cuts, read::<Cuts>(cuts.json()))?;
        laws::refuses_form(&campaign, read::<TrueReturn<Revenue>>(campaign.json()))?;
        laws::refuses_form(&spends, read::<Vec<LineSpend>>(spends.json()))?;
        laws::refuses_form(&flexible, read::<FlexibleBudget>(flexible.json()))?;
        laws::refuses_form(&table, read::<ReleaseTable>(table.json()))?;
        laws::refuses_form(&review, read::<Reallocation>(review.json()))?;
    });
}
