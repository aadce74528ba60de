//! A cycle of many targets, signatures and findings, at the size at which a scan per name would be ten billion steps
//! (L3). Nothing is timed: with a scan this takes minutes.

use marketloop::figure::Figure;
use marketloop::pdca::{
    Command, CommandId, Context, CycleId, CyclePlan, FindingDecision, FindingId, Journal, Lineage, StageTable,
};
use marketloop::quantity::{Currency, Money};
use marketloop::review::Finding;
use marketloop::target::{ActualValue, Target};
use marketloop::time::date;

const MANY: u32 = 100_000;

fn names() -> impl Iterator<Item = String> {
    (0..MANY).map(|number| format!("line {number}"))
}

/// L3: those who sign, targets with what was reached, findings, decisions, measures, corrections and what became of
/// them afterwards, through a whole cycle and its log.
#[test]
fn a_cycle_of_many_targets_and_signatures_asks_each_once() {
    let mut journal = Journal::new(CycleId::new("2026-Q3").unwrap());
    let on = date(2026, 11, 13).unwrap();
    let tell = |journal: &mut Journal, command: Command| {
        let expected = journal.cycle().version();
        let command_id = CommandId::new(format!("{expected}")).unwrap();
        let context = Context { command: command_id, expected, by: "Lin".into(), on };
        journal.handle(&command, &context).unwrap();
    };
    let target: Target = "at least 4 %".parse().unwrap();
    let actual: ActualValue = "53/14 %".parse().unwrap();
    let (period, money) = ("2026-Q3".parse().unwrap(), Money::zero(Currency::CNY));
    let plan = CyclePlan::draft(period, money, StageTable::quarterly().unwrap());
    let plan = names().fold(plan, |plan, name| plan.signed_by(name.clone()).target(name, target.clone()));
    tell(&mut journal, Command::Plan(Box::new(plan.check().unwrap())));
    names().for_each(|role| tell(&mut journal, Command::SignOff { role }));
    tell(&mut journal, Command::Start);
    for target in names() {
        tell(&mut journal, Command::RecordActual { target, actual: Figure::Known(actual.clone()) });
    }
    tell(&mut journal, Command::BeginCheck);
    for name in names() {
        let finding = Finding::new(name, target.clone(), actual.clone()).unwrap();
        tell(&mut journal, Command::RecordFinding(Box::new(finding)));
    }
    tell(&mut journal, Command::BeginAct);
    let accepted = || FindingDecision::Accepted { measure: "narrow it".into(), owner: "Lin".into(), due: on };
    for finding in 1..=MANY {
        tell(&mut journal, Command::DecideFinding { finding, decision: accepted() });
    }
    let id = |number| FindingId { cycle: CycleId::new("2026-Q3").unwrap(), number };
    (1..MANY).for_each(|number| tell(&mut journal, Command::CompleteCountermeasure { finding: id(number) }));
    tell(&mut journal, Command::Close);
    for target in names() {
        let amended = Figure::Known("4 %".parse().unwrap());
        let reason = "late orders".into();
        tell(&mut journal, Command::Amend { target, actual: amended, reason });
    }
    assert_eq!(Journal::of(journal.records().to_vec()).unwrap().cycle(), journal.cycle());
    let lineage = Lineage::new([journal.cycle()]).unwrap();
    for number in 1..=MANY {
        let story = lineage.finding(&id(number)).unwrap();
        assert!(story.found().known().unwrap().is_met());
        assert_eq!(story.done_on.is_missing(), number == MANY);
    }
}
