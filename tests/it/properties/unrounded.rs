//! What a tree implies reaches its target unrounded, by every way there is (D10).

use marketloop::figure::Figure;
use marketloop::health::Indicator;
use marketloop::kpi::KpiTree;
use marketloop::pdca::{
    Command, CommandId, Context, CycleId, CyclePlan, FindingId, Journal, Lineage, StageTable,
};
use marketloop::quantity::{Money, Quantity, Ratio, Rounding, Unit};
use marketloop::review::Finding;
use marketloop::target::{ActualValue, Target};
use marketloop::time::Grain;
use marketloop::time::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// What `orders` of `visits` are, in percent, as a tree implies it.
fn conversion(orders: u32, visits: u32) -> ActualValue {
    let tree = KpiTree::parse("cvr [%] = orders / visits\n orders, visits").unwrap();
    let inputs = tree.inputs([("orders", orders.into()), ("visits", visits.into())]).unwrap();
    tree.evaluate(&inputs).unwrap().actual("cvr").unwrap()
}

fn tell(journal: &mut Journal, command: &Command) -> Result<(), String> {
    let expected = journal.cycle().version();
    let command_id = CommandId::new(format!("{expected}")).unwrap();
    let on = date(2026, 10, 9).unwrap();
    let context = Context { command: command_id, expected, by: "Lin".into(), on };
    journal.handle(command, &context).map(drop).map_err(|error| error.to_string())
}

/// A quarter that checks what became of its one target.
fn checking(target: &Target, actual: &ActualValue) -> Journal {
    let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
    let period = "2026-Q3".parse().unwrap();
    let plan = CyclePlan::draft(period, Money::parse("0 CNY").unwrap(), StageTable::quarterly().unwrap());
    let plan = plan.signed_by("director").target("conversion", target.clone()).check().unwrap();
    for command in [
        Command::Plan(Box::new(plan)),
        Command::SignOff { role: "director".into() },
        Command::Start,
        Command::RecordActual { target: "conversion".into(), actual: Figure::Known(actual.clone()) },
        Command::BeginCheck,
    ] {
        tell(&mut journal, &command).unwrap();
    }
    journal
}

proptest! {
    /// D10: the attainment is the exact quotient of the tree's fraction and the target, in a finding, in a cycle, in
    /// the cycle that its log brings back, and of an indicator; a value that was rounded on the way is refused.
    #[test]
    fn an_attainment_is_the_exact_quotient_of_a_nodes_value(
        orders in 0_u32..5_000, visits in 1_u32..200_000, tenths in 1_i64..400,
    ) {
        let actual = conversion(orders, visits);
        let goal = Decimal::new(tenths, 1);
        let target = Target::at_least(goal, Unit::PERCENT);
        let percent = Ratio::new(Decimal::from(orders) * Decimal::ONE_HUNDRED, visits.into()).unwrap();
        let exact = percent.divided_by(goal.into()).unwrap();
        prop_assert_eq!(actual.value(), percent);

        let finding = Finding::new("conversion", target.clone(), actual.clone()).unwrap();
        let read: Finding = serde_json::from_str(&serde_json::to_string(&finding).unwrap()).unwrap();
        prop_assert_eq!(read.attainment().get().unwrap().ratio(), exact);
        prop_assert_eq!(read.gap().unwrap().value(), percent.minus(goal.into()).unwrap());

        let mut journal = checking(&target, &actual);
        let rounded = percent.round((2, Rounding::HalfEven)).unwrap();
        if percent != rounded.into() {
            let typed = Quantity::new(rounded, Unit::PERCENT).into();
            let typed = Finding::new("conversion", target.clone(), typed).unwrap();
            prop_assert!(tell(&mut journal, &Command::RecordFinding(Box::new(typed))).is_err());
        }
        tell(&mut journal, &Command::RecordFinding(Box::new(finding))).unwrap();
        let replayed: Journal = serde_json::from_str(&serde_json::to_string(&journal).unwrap()).unwrap();
        prop_assert_eq!(&replayed, &journal);
        for journal in [&journal, &replayed] {
            let cycle = journal.cycle();
            let measured = cycle.actuals()["conversion"].as_ref().known().unwrap();
            prop_assert_eq!(target.attainment_of(measured).unwrap().ratio(), exact);
            let id = FindingId { cycle: cycle.id().clone(), number: 1 };
            let lineage = Lineage::new([cycle]).unwrap();
            let story = lineage.finding(&id).unwrap();
            prop_assert_eq!(story.found().known().unwrap().attainment().unwrap().ratio(), exact);
            prop_assert_eq!(story.before().unwrap().achievement(), story.found());
        }

        let on = date(2026, 9, 30).unwrap();
        let indicator = Indicator::new("conversion", target, Grain::Month);
        let indicator = indicator.measured(actual.clone(), on).unwrap().with_baseline(actual, on).unwrap();
        let read: Indicator = serde_json::from_str(&serde_json::to_string(&indicator).unwrap()).unwrap();
        prop_assert_eq!(read.attainment().unwrap().get().unwrap().ratio(), exact);
        prop_assert_eq!(read.baseline.unwrap().value.value(), percent);
    }

    /// D8, D10: an explanation of decimals leaves of an exact gap at most what it was rounded by.
    #[test]
    fn an_explanation_leaves_no_more_than_it_was_rounded_by(
        orders in 1_u32..5_000, visits in 1_u32..200_000, scale in 0_u32..9,
    ) {
        let tree = KpiTree::parse("cvr [%] = orders / visits\n orders, visits").unwrap();
        let inputs = |orders: u32, visits: u32| {
            tree.inputs([("orders", orders.into()), ("visits", visits.into())]).unwrap()
        };
        let options = marketloop::kpi::ExplainOptions::default().with_scale(scale);
        let why = tree.explain_with(&inputs(40, 1_000), &inputs(orders, visits), &options).unwrap();
        let actual = conversion(orders, visits);
        let finding = Finding::new("conversion", "at least 4 %".parse().unwrap(), actual).unwrap();
        let finding = finding.with_explanation(&why).unwrap();
        prop_assume!(!finding.gap().unwrap().value().is_zero() && !finding.explained_by().is_empty());
        let amount = finding.unexplained().unwrap().get().expect("it is quantified");
        let half = Ratio::from(Decimal::new(5, scale + 1));
        prop_assert!(amount.value() <= half && amount.value() >= half.negated(), "{}", amount);
    }
}

/// D10: the quarter of the example: 11,812 orders of 312,000 clicks are not 3.79 %.
#[test]
fn a_rate_is_not_what_is_shown_of_it() {
    let target: Target = "at least 4 %".parse().unwrap();
    let exact = conversion(11_812, 312_000);
    assert_eq!((exact.to_string(), format!("{exact:#}")), ("2953/780 %".into(), "~3.7859 %".into()));
    let attainment = |actual: &ActualValue| target.attainment_of(actual).unwrap();
    assert_eq!(attainment(&exact).ratio(), "2953/3120".parse().unwrap());
    assert_eq!(attainment(&exact).to_string(), "94.65%");
    assert_eq!(attainment(&"3.79 %".parse().unwrap()).to_string(), "94.75%");
}
