//! The strategies of cycles: plans, stage tables, seeds and journals.

#![expect(clippy::result_large_err, reason = "the error is the crate's own")]

use super::{Sample, refuse_other_forms};
use marketloop::laws::{self, Broken, refuses};
use marketloop::pdca::{
    Command, CommandKind, Context, Cycle, CycleId, CyclePlan, CyclePlanDraft, Journal, Phase, Seed, Stage,
    StageTable, allowed, replay,
};
use marketloop::quantity::Money;
use marketloop::strategies;
use proptest::prelude::*;

/// How many stages have another deadline than in either preset.
fn others(table: &StageTable) -> usize {
    let presets = [StageTable::documents().unwrap(), StageTable::quarterly().unwrap()];
    let other = |stage: &Stage| presets.iter().all(|preset| preset.due(*stage) != table.due(*stage));
    Stage::ALL.iter().filter(|stage| other(stage)).count()
}

#[test]
fn stage_tables() {
    let tables = Sample { name: "stage_tables", strategy: strategies::stage_tables(), of: "other deadlines" };
    tables.is_valid_and_often_an_edge(others, |table| others(table) == 0, laws::reads_back_what_it_writes);
    tables.shrinks_to_text(
        |table| others(table) > 1,
        |table| Stage::ALL.map(|stage| table.due(stage).to_string()).join("; "),
        "on period start; on period start; 30 days after period end; 45 days after period end",
    );
}

#[test]
fn intents_beside_a_new_cycle() {
    let intents = Sample {
        name: "intents",
        strategy: strategies::intents(),
        of: "characters of the command beside a new cycle",
    };
    let cycle = Cycle::new(CycleId::new("2026-Q3").unwrap());
    let written = |intent: &strategies::Intent| serde_json::to_string(&intent.command(&cycle)).unwrap();
    let refused = |intent: &strategies::Intent| {
        let kind = intent.command(&cycle).kind();
        allowed(&cycle).iter().any(|(other, unmet)| *other == kind && !unmet.is_empty())
    };
    intents.is_valid_and_often_an_edge(
        |intent| written(intent).len(),
        refused,
        |intent| laws::reads_back_what_it_writes(&intent.command(&cycle)),
    );
    intents.shrinks_to_text(refused, written, r#"{"sign_off":{"role":"director"}}"#);
}

#[test]
fn cycle_plans() {
    let plans = Sample { name: "cycle_plans", strategy: strategies::cycle_plans(), of: "targets and lines" };
    plans.is_valid_and_often_an_edge(
        |plan| plan.targets().len() + plan.lines().len(),
        |plan| {
            plan.targets().len() == 1 || plan.total().is_zero() || plan.lines().values().any(Money::is_zero)
        },
        laws::reads_back_what_it_writes,
    );
    let text = |plan: &CyclePlan| {
        let targets = plan.targets().iter().map(|(name, target)| format!("; {name} {target}"));
        let lines = plan.lines().iter().map(|(name, amount)| format!("; {name} {amount}"));
        let tasks = plan.work().map(|work| format!("; {} tasks", work.tasks().len()));
        let parts: Vec<String> = targets.chain(lines).chain(tasks).collect();
        format!("{} by {}{}", plan.period(), plan.signatories().join(", "), parts.concat())
    };
    plans.shrinks_to_text(
        |plan| plan.total().minor() > 100,
        text,
        "2026-Q1 by director; conversion at least 0 %; content 1.01 CNY",
    );
    let with_work = strategies::cycle_plans().with_work().with_lines(0..2).with_targets(2..4);
    let plans = Sample { name: "cycle_plans", strategy: with_work, of: "targets and lines" };
    plans.shrinks_to_text(
        |plan| plan.work().is_some() && plan.signatories().len() > 1,
        text,
        "2026-Q1 by director, finance; conversion at least 0 %; cost at least 0 %; 1 tasks",
    );
}

#[test]
fn seeds() {
    let seeds = Sample { name: "seeds", strategy: strategies::seeds(), of: "open measures" };
    seeds.is_valid_and_often_an_edge(
        |seed| seed.open_measures.len(),
        |seed| seed.open_measures.is_empty() || seed.released.values().all(Money::is_zero),
        laws::reads_back_what_it_writes,
    );
    let text = |seed: &Seed| {
        let open: Vec<String> = seed.open_measures.iter().map(ToString::to_string).collect();
        format!("{}; {}", seed.released["search"], open.join("; "))
    };
    seeds.shrinks_to_text(
        |seed| seed.open_measures.len() > 1,
        text,
        "0.00 CNY; 2026-Q2#1 conversion: narrow the audience, Lin, until 2026-07-01; \
         2026-Q2#2 conversion: narrow the audience, Lin, until 2026-07-01",
    );
}

/// The kinds of what was sent, in order.
fn kinds((_, sent): &(Journal, Vec<(Command, Context)>)) -> String {
    sent.iter().map(|(command, _)| command.kind().to_string()).collect::<Vec<_>>().join(", ")
}

#[test]
fn journals() {
    let journals = Sample { name: "journals", strategy: strategies::journals(), of: "records" };
    journals.is_valid_and_often_an_edge(
        |(journal, _)| journal.records().len(),
        |(journal, _)| {
            let cycle = journal.cycle();
            journal.records().is_empty() || cycle.phase() == Phase::Cancelled || cycle.inherited().is_some()
        },
        |(journal, sent)| {
            let complete = journal.records().len() == sent.len();
            complete.then_some(()).ok_or_else(|| {
                Broken::new("all were carried out", kinds(&(journal.clone(), sent.clone())))
            })?;
            laws::log_replays_to_its_cycle(journal, |records| replay(records))
        },
    );
    journals.shrinks_to_text(
        |(journal, _)| journal.cycle().phase() == Phase::Closed,
        kinds,
        "plan, sign_off, sign_off, start, record_actual, begin_check, begin_act, close, amend",
    );
    let spent = |(journal, _): &(Journal, _)| !journal.cycle().spent().is_empty();
    journals.shrinks_to_text(spent, kinds, "plan, replan, sign_off, sign_off, start, record_spend");
    let heirs = strategies::journals().with_inherited().with_commands(0..9);
    let heirs = Sample { name: "journals", strategy: heirs, of: "records" };
    heirs.shrinks_to_text(|(journal, _)| journal.cycle().plan().is_some(), kinds, "inherit, plan");
    let refused = strategies::journals().with_refused();
    let refused = Sample { name: "journals", strategy: refused, of: "records" };
    refused.shrinks_to_text(
        |(journal, sent)| sent.len() > journal.records().len() + 1,
        kinds,
        "plan, start, start",
    );
}

#[test]
fn intents() {
    let intents = Sample { name: "intents", strategy: strategies::intents(), of: "intents" };
    let cycle = Cycle::new(CycleId::new("2026-Q3").unwrap());
    let text = |intent: &strategies::Intent| intent.command(&cycle).kind().to_string();
    intents.shrinks_to_text(|_| true, text, "plan");
    // What may say anything is still of the kind that was asked for.
    intents.shrinks_to_text(
        |intent| {
            let is_kind = |kind: &CommandKind| intent.wild(&cycle, *kind).kind() == *kind;
            assert!(CommandKind::ALL.iter().all(is_kind), "{intent:?}");
            intent.command(&cycle).kind() != CommandKind::Plan
        },
        text,
        "inherit",
    );
}

#[test]
fn a_draft_with_one_fault_is_refused_with_just_that() {
    super::each_fault_is_refused(strategies::cycle_plans().with_work().almost_valid(), 9, |case| {
        refuses(case, serde_json::from_str::<CyclePlanDraft>(case.json()).unwrap().check())
    });
}

refuse_other_forms! {
    a_draft_of_another_form: CyclePlanDraft = strategies::cycle_plans().with_work().prop_map(CyclePlanDraft::from);
    a_stage_table_of_another_form: StageTable = strategies::stage_tables();
    a_seed_of_another_form: Seed = strategies::seeds();
    a_log_of_another_form: Journal = strategies::journals().with_commands(0..20).prop_map(|(journal, _)| journal);
    commands_of_another_form: Vec<Command> = strategies::journals().with_commands(0..20).with_refused()
        .prop_map(|(_, sent)| sent.into_iter().map(|(command, _)| command).collect::<Vec<_>>());
    contexts_of_another_form: Vec<Context> = strategies::journals().with_commands(0..20).with_refused()
        .prop_map(|(_, sent)| sent.into_iter().map(|(_, context)| context).collect::<Vec<_>>());
}
