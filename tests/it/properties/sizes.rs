//! Doors that take lists of names, at the size at which a scan per name would be ten billion steps (L3). Nothing is
//! timed: with a scan these take minutes.

use marketloop::budget::{
    Budget, BudgetDraft, Cap, CutLine, Cuts, Divide, Limit, LineDraft, LineSpending, PlannedLine, Shrink,
    TrackingDraft, UnstatedForecast,
};
use marketloop::channel::{ChannelError, CoOccurrence, Concentration, ContentMatrix};
use marketloop::error::ErrorKind;
use marketloop::quantity::{Currency, Mix, Money, Share};
use marketloop::rules::{Fact, HitPolicy, Input, Output, Table, Value};
use rust_decimal::Decimal;

const MANY: u32 = 100_000;

fn names() -> impl Iterator<Item = String> {
    (0..MANY).map(|number| format!("line {number}"))
}

fn yuan(amount: u32) -> Money {
    Money::new(amount.into(), Currency::CNY).unwrap()
}

/// L3: lines and rules of a budget.
#[test]
fn a_budget_of_many_lines_is_divided_and_checked() {
    let parts = names().map(|name| (name, 1));
    let plan = Budget::of(yuan(MANY))
        .rule("most", Cap::each(names(), Limit::percent(50)))
        .rule("main", Divide::by_scores(parts))
        .allocate()
        .unwrap();
    assert_eq!(plan.lines().len(), MANY as usize);
    let amounts: Vec<(&str, Money)> = plan.leaves().map(|line| (line.name(), line.amount())).collect();
    assert!(plan.check_rules(amounts, plan.total()).unwrap().is_kept());
    assert_eq!(plan.to_budget("year").unwrap().lines().len(), MANY as usize);
}

/// L3: lines of a stated budget, their spending, their cuts.
#[test]
fn many_lines_are_tracked_and_cut() {
    let line = |name: String| LineDraft {
        name,
        percent: None,
        amount: Some(yuan(2)),
        purpose: None,
        reserve: false,
    };
    let draft =
        BudgetDraft { name: "year".into(), total: yuan(2 * MANY), lines: names().map(line).collect() };
    assert!(draft.check().is_ok());
    let lines = names().map(|name| PlannedLine { name, plan: yuan(2) }).collect();
    let spending = names().map(|name| LineSpending::new(name).with_actual(yuan(1))).collect();
    let tracking = TrackingDraft { lines, spending, unstated_forecast: UnstatedForecast::default() };
    assert!(tracking.check().is_ok());
    let cuts = Cuts::draft(names().map(|name| CutLine::new(name, yuan(2), 1)), Shrink::To(yuan(MANY)));
    assert_eq!(cuts.check().unwrap().amount(), yuan(MANY));
}

/// L3: mixes, shares of channels, kinds of content.
#[test]
fn mixes_and_channels_of_many_names_are_compared() {
    let share = Share::new(Decimal::new(1, 5)).unwrap();
    let mix = Mix::new(names().map(|name| (name, share))).unwrap();
    assert_eq!(mix.drift(&mix).count(), MANY as usize);
    assert!(Concentration::new(names().map(|name| (name, 1))).is_ok());
    let mut draft = ContentMatrix::draft().mix(mix);
    let platform = marketloop::channel::Platform {
        name: "site".into(),
        core_kpi: "reads".into(),
        target: "at least 1 %".parse().unwrap(),
    };
    draft.platforms.push(platform);
    draft.contents =
        names().map(|name| marketloop::channel::ContentRow { name, pieces: vec![1_u64.into()] }).collect();
    assert!(draft.check().is_ok());
}

/// L3: columns of a decision table, and facts by their names.
#[test]
fn a_table_of_many_columns_finds_facts_by_name() {
    let columns = 10_000;
    let mut draft = Table::draft(HitPolicy::First).output(Output::number("y"));
    for name in names().take(columns) {
        draft = draft.input(Input::number(&name));
    }
    let table = draft.rule(vec!["-"; columns], [Value::from(Decimal::ONE)]).build().unwrap();
    let named: Vec<String> = names().take(columns).collect();
    let facts = named.iter().map(|name| (name.as_str(), Fact::Number(Decimal::ONE)));
    assert_eq!(table.facts(facts).unwrap().len(), columns);
}

/// L2: what would be the product of a caller's list with itself is counted before it is made.
#[test]
fn pairs_of_many_channels_are_refused_by_their_number() {
    let refused = CoOccurrence::new(0..MANY).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Limit);
    assert!(matches!(refused, ChannelError::TooLarge(_)));
    assert_eq!(refused.to_string(), "5000050000 counts of channels and their pairs, at most 8388608");
    assert!(CoOccurrence::new(0..4_095).is_ok() && CoOccurrence::new(0..4_096).is_err());
}
