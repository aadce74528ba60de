//! The wire form of budgets under way, byte for byte.

use super::{pinned, refused, written};
use marketloop::budget::{
    Allocation, BudgetError, Cap, CostKind, CutLine, Cuts, Divide, FlexibleBudget, ForecastBasis, LineSpend,
    LineSpending, OverspendLimit, Place, Position, Reallocation, ReleaseTable, Reserve, ReservePolicy,
    Shrink, SpendVariance, Tracking, TrueReturn, WeightBasis,
};
use marketloop::decision::{CellValue, DecisionTable, HitPolicy, TableColumn};
use marketloop::quantity::{Money, Revenue, Rounding, Share};
use rust_decimal::dec;

fn yuan(text: &str) -> Money {
    Money::parse(&format!("{text} CNY")).unwrap()
}

const TRACKING: &str = concat!(
    r#"{"lines":[{"name":"SEM","plan":{"amount":"100.00","currency":"CNY"}},"#,
    r#"{"name":"social","plan":{"amount":"50.00","currency":"CNY"}}],"#,
    r#""spending":[{"line":"social","actual":{"amount":"20.00","currency":"CNY"},"#,
    r#""forecast":{"amount":"60.00","currency":"CNY"}}],"unstated_forecast":"at_least_plan"}"#
);

#[test]
fn a_tracked_budget_is_its_draft() {
    let draft = Tracking::draft()
        .line("SEM", yuan("100"))
        .line("social", yuan("50"))
        .spending(LineSpending::new("social").with_actual(yuan("20")).with_forecast(yuan("60")));
    pinned(&draft, TRACKING);
    let tracking = draft.check().unwrap();
    pinned(&tracking, TRACKING);
    let line = serde_json::to_value(tracking.line("social").unwrap()).unwrap();
    assert_eq!(line["forecast_variance"], serde_json::json!({"amount": "10.00", "currency": "CNY"}));
    written(&ForecastBasis::Lines, r#""lines""#);
    refused::<Tracking>(
        &TRACKING.replace(r#""line":"social""#, r#""line":"sozial""#),
        "spending[0].line: there is no line `sozial`",
    );
    refused::<Tracking>(
        &TRACKING.replace("20.00", "-20"),
        "spending[0].actual: actual -20.00 CNY is below 0",
    );
    refused::<Tracking>(
        &TRACKING.replace("60.00", "19.99"),
        "spending[0].forecast: the final amount 19.99 CNY is below the 20.00 CNY that is spent already",
    );
    refused::<Tracking>(&TRACKING.replace("actual", "aktual"), "unknown field `aktual`");
    refused::<Tracking>(r#"{"lines":[]}"#, "lines: a budget needs at least one line");
    let terse = r#"{"lines":[{"name":"SEM","plan":"100 CNY"}]}"#;
    assert_eq!(serde_json::from_str::<Tracking>(terse).unwrap().total().available(), yuan("100"));
}

#[test]
fn variances_read_what_was_planned_and_what_came() {
    let line = LineSpend::new("feed", (dec!(0.4), dec!(8000)), (dec!(0.38), dec!(9000)));
    let json = concat!(
        r#"{"name":"feed","planned":{"price":"0.4","quantity":"8000"},"#,
        r#""actual":{"price":"0.38","quantity":"9000"}}"#
    );
    pinned(&line, json);
    assert_eq!(serde_json::from_str::<LineSpend>(&json.replace(r#""0.38""#, "0.38")).unwrap(), line);
    refused::<LineSpend>(&json.replace("price", "cost"), "unknown field `cost`");
    let budget = FlexibleBudget::new(dec!(20000), "4/5".parse().unwrap(), dec!(100000)).unwrap();
    let json = r#"{"fixed":"20000","rate":"4/5","planned_units":"100000"}"#;
    pinned(&budget, json);
    refused::<FlexibleBudget>(&json.replace("4/5", "-4/5"), "rate: the rate -4/5 is below 0");
    refused::<FlexibleBudget>(&json.replace("20000", "x"), "`x` is not a decimal number");
}

#[test]
fn a_true_return_states_its_basis() {
    let social = TrueReturn::<Revenue>::draft()
        .direct("orders", yuan("90"))
        .uplift("brand search", dec!(20), yuan("350"), Rounding::HalfEven)
        .cost(CostKind::Media, "feed ads", yuan("30"))
        .check()
        .unwrap();
    let json = concat!(
        r#"{"basis":"revenue","returns":[{"name":"orders","kind":"direct","#,
        r#""amount":{"amount":"90.00","currency":"CNY"}},{"name":"brand search","kind":"indirect","#,
        r#""percent":{"percent":"20","of":{"amount":"350.00","currency":"CNY"},"rounding":"half_even"}}],"#,
        r#""costs":[{"name":"feed ads","kind":"media","amount":{"amount":"30.00","currency":"CNY"}}]}"#
    );
    pinned(&social, json);
    refused::<TrueReturn<Revenue>>(
        &json.replace("revenue", "profit"),
        "basis: the returns are profit, revenue is needed",
    );
    refused::<TrueReturn<Revenue>>(
        &json.replace("revenue", "margin"),
        "basis: the returns are margin, revenue is needed",
    );
    refused::<TrueReturn<Revenue>>(
        &json.replace("30.00", "-30"),
        "costs[0].amount: cost -30.00 CNY is below 0",
    );
    pinned(
        &[CostKind::Media, CostKind::Labour, CostKind::Production, CostKind::Other],
        r#"["media","labour","production","other"]"#,
    );
}

const REVIEW: &str = concat!(
    r#"{"positions":[{"line":"kol","amount":{"amount":"100.00","currency":"CNY"},"#,
    r#""locked":{"amount":"10.00","currency":"CNY"},"facts":{"roi":"1.5"}}],"#,
    r#""release":{"hit_policy":"first","inputs":[{"name":"roi","kind":"number"}],"#,
    r#""outputs":[{"name":"release_percent","kind":"number"},{"name":"reason","kind":"text"}],"#,
    r#""rules":[{"when":["< 2"],"then":["100","\"ROI under 1:2\""]}]},"rounding":"floor","#,
    r#""recipients":[{"line":"video","weight":"4.8","cap":{"amount":"50.00","currency":"CNY"}}],"#,
    r#""return_to":{"owner":"committee"},"#,
    r#""added":{"from":"board","amount":{"amount":"5.00","currency":"CNY"},"overspending_percent":"5","guard":"total"}}"#
);

#[test]
fn a_reallocation_is_its_review() {
    let table = DecisionTable::draft(HitPolicy::First)
        .input(TableColumn::number("roi"))
        .output(TableColumn::number("release_percent"))
        .output(TableColumn::text("reason"))
        .rule(["< 2"], [CellValue::from(dec!(100)), CellValue::from("ROI under 1:2")])
        .check()
        .unwrap();
    let table = ReleaseTable::new(table).unwrap();
    let (_, release) = REVIEW.split_once(r#""release":"#).unwrap();
    let (release, _) = release.split_once(r#","rounding""#).unwrap();
    pinned(&table, release);
    let draft = Reallocation::draft(table, Rounding::Floor, Place::Owner("committee".into()))
        .position(Position::new("kol", yuan("100")).with_locked(yuan("10")).with_fact("roi", dec!(1.5)))
        .recipient_up_to("video", dec!(4.8), yuan("50"))
        .with_added("board", yuan("5"), dec!(5), OverspendLimit::Total);
    pinned(&draft, REVIEW);
    let done = draft.check().unwrap();
    pinned(&done, REVIEW);
    pinned(
        &done.moves()[0],
        concat!(
            r#"{"from":{"line":"kol"},"to":{"line":"video"},"amount":{"amount":"50.00","currency":"CNY"},"#,
            r#""is_return":false,"why":"ROI under 1:2; by weight 4.8, up to its cap"}"#
        ),
    );
    written(
        &done.lines()[0],
        concat!(
            r#"{"name":"kol","old":{"amount":"100.00","currency":"CNY"},"#,
            r#""released":{"amount":"90.00","currency":"CNY"},"received":{"amount":"0.00","currency":"CNY"},"#,
            r#""new":{"amount":"10.00","currency":"CNY"},"percent":"100","#,
            r#""requested":{"amount":"100.00","currency":"CNY"},"rule":0,"reason":"ROI under 1:2","#,
            r#""decided_by":"rule 0 matches: roi 1.5 is < 2"}"#
        ),
    );
    refused::<Reallocation>(
        &REVIEW.replace("release_percent", "percent"),
        "a release table needs an output of numbers `release_percent`",
    );
    refused::<Reallocation>(
        &REVIEW.replace(r#""roi":"1.5""#, r#""roi":"\"low\"""#),
        "positions[0].facts: the input `roi` is a text, the column holds a number",
    );
    refused::<Reallocation>(
        &REVIEW.replace(r#"{"owner":"committee"}"#, r#"{"line":"committee"}"#),
        "return_to: there is no line `committee`",
    );
    refused::<Reallocation>(
        &REVIEW.replace(r#""weight":"4.8""#, r#""weight":-1"#),
        "recipients[0].weight: weight -1 is below 0",
    );
    pinned(&[OverspendLimit::Total, OverspendLimit::EachLine], r#"["total","each_line"]"#);
}

#[test]
fn cuts_are_their_draft() {
    let lines = [
        CutLine::new("tools", yuan("15"), 1).with_floor(yuan("5")).with_marginal_return(dec!(0.8)),
        CutLine { reserve: true, ..CutLine::new("contingency", yuan("5"), 2) },
    ];
    let half = Shrink::ByShare { share: Share::percent(50).unwrap(), rounding: Rounding::HalfEven };
    let json = concat!(
        r#"{"lines":[{"name":"tools","amount":{"amount":"15.00","currency":"CNY"},"priority":1,"#,
        r#""floor":{"amount":"5.00","currency":"CNY"},"marginal_return":"0.8"},"#,
        r#"{"name":"contingency","amount":{"amount":"5.00","currency":"CNY"},"priority":2,"reserve":true}],"#,
        r#""shrink":{"by_share":{"share":"0.5","rounding":"half_even"}},"#,
        r#""reserves":"kept","within_priority":"lowest_return_first"}"#
    );
    pinned(&Cuts::draft(lines.clone(), half).check().unwrap(), json);
    refused::<Cuts>(
        &json.replace(r#""share":"0.5""#, r#""share":"0.6""#),
        r#"shrink: 2.00 CNY cannot be cut: the floors of ["tools", "contingency"] stop it"#,
    );
    refused::<Cuts>(&json.replace(r#""share":"0.5""#, r#""share":"1.5""#), "share 1.5 is outside 0..=1");
    refused::<Cuts>(
        &json.replace("5.00\",\"currency\":\"CNY\"},\"marginal", "16\",\"currency\":\"CNY\"},\"marginal"),
        "lines[0].floor: 16.00 CNY has to stay in a line of 15.00 CNY",
    );
    refused::<Cuts>(&json.replace("floor", "flor"), "unknown field `flor`");
    pinned(
        &[Shrink::By(yuan("1")), Shrink::To(yuan("2"))],
        r#"[{"by":{"amount":"1.00","currency":"CNY"}},{"to":{"amount":"2.00","currency":"CNY"}}]"#,
    );
    pinned(
        &[ReservePolicy::Kept, ReservePolicy::First, ReservePolicy::Last, ReservePolicy::ByPriority],
        r#"["kept","first","last","by_priority"]"#,
    );
    let even = json.replace("lowest_return_first", "proportional");
    pinned(&Cuts::draft(lines, half).in_proportion().check().unwrap(), &even);
}

#[test]
fn the_names_of_sides_and_forecasts_are_pinned() {
    let draft = Tracking::draft().line("SEM", yuan("1")).nothing_more_is_ordered();
    pinned(
        &draft,
        r#"{"lines":[{"name":"SEM","plan":{"amount":"1.00","currency":"CNY"}}],"unstated_forecast":"spent_and_committed"}"#,
    );
    pinned(
        &[ForecastBasis::Stated, ForecastBasis::Plan, ForecastBasis::SpentAndCommitted],
        r#"["stated","plan","spent_and_committed"]"#,
    );
}

#[test]
fn small_choices_read_as_on_the_wire() {
    fn reads<T: std::str::FromStr<Err = BudgetError> + std::fmt::Display + serde::Serialize>(words: &[&str]) {
        for word in words {
            let Ok(value) = word.parse::<T>() else { panic!("{word} does not read") };
            assert_eq!(value.to_string(), *word);
            assert_eq!(serde_json::to_value(&value).unwrap(), *word);
        }
        let Err(error) = "sometimes".parse::<T>() else { panic!("`sometimes` reads") };
        assert!(error.to_string().ends_with(&format!(": {}", words.join(", "))), "{error}");
    }
    reads::<ForecastBasis>(&["stated", "plan", "spent_and_committed", "lines"]);
    reads::<ReservePolicy>(&["kept", "first", "last", "by_priority"]);
    reads::<OverspendLimit>(&["total", "each_line"]);
    reads::<WeightBasis>(&["percent", "score", "return_on_investment"]);
    reads::<CostKind>(&["media", "labour", "production", "other"]);
}

#[test]
fn results_are_written() {
    let line = CutLine::new("b", yuan("20"), 1).with_marginal_return(dec!(0.4));
    let cuts = Cuts::draft([line], Shrink::By(yuan("5"))).check().unwrap();
    written(
        &cuts.cuts()[0],
        concat!(
            r#"{"line":"b","from":{"amount":"20.00","currency":"CNY"},"to":{"amount":"15.00","currency":"CNY"},"#,
            r#""amount":{"amount":"5.00","currency":"CNY"},"priority":1,"marginal_return":"0.4","#,
            r#""extent":"closes_the_gap"}"#
        ),
    );
    let tracking = Tracking::draft().line("SEM", yuan("100")).check().unwrap();
    let line = |name: &str, basis: &str| {
        let money = |amount: &str| format!(r#"{{"amount":"{amount}","currency":"CNY"}}"#);
        format!(
            r#"{{"name":"{name}","plan":{0},"committed":{1},"actual":{1},"forecast":{0},"forecast_basis":"{basis}","available":{0},"variance":{2},"forecast_variance":{1}}}"#,
            money("100.00"),
            money("0.00"),
            money("-100.00")
        )
    };
    written(&tracking.lines()[0], &line("SEM", "plan"));
    written(tracking.total(), &line("total", "lines"));
    let spent = [LineSpend::new("a", (dec!(2), dec!(100)), (dec!(3), dec!(100)))];
    let known = |value: &str| format!(r#"{{"known":"{value}"}}"#);
    let parts = format!(
        r#""planned":"200","flexed":"200","actual":"300","price":"100","volume":{0},"mix":{0},"total":"100""#,
        known("0")
    );
    written(&SpendVariance::of(spent).unwrap(), &format!(r#"{{{parts},"lines":[{{"name":"a",{parts}}}]}}"#));
    let third = FlexibleBudget::new(dec!(1), "1/3".parse().unwrap(), dec!(1)).unwrap();
    let variance = serde_json::to_value(third.against(dec!(2), dec!(2)).unwrap()).unwrap();
    assert_eq!((&variance["planned"], &variance["volume"]["known"]), (&"4/3".into(), &"1/3".into()));
}

#[test]
fn a_check_of_rules_is_its_bounds() {
    let plan = Allocation::draft(yuan("1000"))
        .rule("contingency", Reserve::percent(8))
        .rule("main", Divide::by_percents([("search", 100)]))
        .check()
        .unwrap();
    let now = [("contingency", yuan("79")), ("fair", yuan("1"))];
    let check = plan.check_rules(now, plan.total()).unwrap();
    let bound = concat!(
        r#"{"rule":"contingency","lines":["contingency"],"amount":{"amount":"79.00","currency":"CNY"},"#,
        r#""floor":{"amount":"80.00","currency":"CNY"},"cap":{"amount":"80.00","currency":"CNY"},"#,
        r#""base":{"amount":"1000.00","currency":"CNY"},"is_kept":false}"#
    );
    written(&check.bounds()[0], bound);
    // What divides the rest has no amount of its own.
    written(&check, &format!(r#"{{"bounds":[{bound}],"outside":["fair"]}}"#));
    let capped = Allocation::draft(yuan("10"))
        .rule("main", Divide::by_percents([("search", 100)]))
        .rule("most", Cap::line("search", yuan("10")))
        .check()
        .unwrap();
    written(
        &capped.check_rules([], yuan("10")).unwrap().bounds()[0],
        concat!(
            r#"{"rule":"most","lines":["search"],"amount":{"amount":"10.00","currency":"CNY"},"#,
            r#""cap":{"amount":"10.00","currency":"CNY"},"is_kept":true}"#
        ),
    );
}
