//! Wrong logs and wrong money of cycles.

#![expect(clippy::result_large_err, reason = "the error is the crate's own")]

use super::caught;
use marketloop::laws::{
    Broken, a_refusal_changes_nothing, a_repeat_changes_nothing, log_replays_to_its_cycle,
    money_is_conserved, records_never_run_back,
};
use marketloop::pdca::{
    CommandId, Cycle, CycleId, Event, EventRecord, Journal, PdcaError, Phase, evolve, replay,
};
use marketloop::quantity::{Currency, Money};
use marketloop::strategies::journals;

/// The cycle of the records, where `read` says as how many, and as which, each is read.
fn replay_as(
    records: &[EventRecord],
    read: impl Fn(&EventRecord) -> Vec<EventRecord>,
) -> Result<Cycle, PdcaError> {
    let mut cycle = Cycle::new(CycleId::new("2026-Q3").unwrap());
    for mut record in records.iter().flat_map(read) {
        record.sequence = cycle.version() + 1;
        cycle = evolve(cycle, &record)?;
    }
    Ok(cycle)
}

#[test]
fn a_spend_recorded_twice_on_replay() {
    caught(
        "a spend recorded twice on replay",
        journals(),
        |(journal, _)| log_replays_to_its_cycle(journal, |records| replay(records)),
        |(journal, _)| {
            let twice = |record: &EventRecord| match &record.event {
                Event::Spent { .. } => {
                    let command = CommandId::new(format!("{} again", record.command)).unwrap();
                    vec![record.clone(), EventRecord { command, ..record.clone() }]
                }
                _ => vec![record.clone()],
            };
            log_replays_to_its_cycle(journal, |records| replay_as(records, twice))
        },
    );
}

#[test]
fn a_postponement_forgotten_on_replay() {
    caught(
        "a postponement forgotten on replay",
        journals(),
        |(journal, _)| log_replays_to_its_cycle(journal, |records| replay(records)),
        |(journal, _)| {
            let without = |record: &EventRecord| match record.event {
                Event::Postponed { .. } => vec![],
                _ => vec![record.clone()],
            };
            log_replays_to_its_cycle(journal, |records| replay_as(records, without))
        },
    );
}

fn zero() -> Money {
    Money::zero(Currency::CNY)
}

fn sum<'a>(amounts: impl IntoIterator<Item = &'a Money>) -> Money {
    Money::sum(amounts.into_iter().copied(), Currency::CNY).unwrap()
}

/// The money of a cycle by its parts, each as the cycle tells it.
fn money(cycle: &Cycle, left: impl Fn(&str, Money) -> Money, returned: Money) -> Result<(), Broken> {
    // A cancelled cycle has returned all that it did not spend.
    let Some(plan) = cycle.plan().filter(|_| cycle.phase() != Phase::Cancelled) else { return Ok(()) };
    let left: Vec<Money> = plan.lines().iter().map(|(line, amount)| left(line, *amount)).collect();
    let parts = [
        ("spent", sum(cycle.spent().values())),
        ("left", sum(&left)),
        ("reassigned", sum(cycle.reassigned().values())),
        ("returned", returned),
    ];
    money_is_conserved(&plan.total(), &parts)
}

#[test]
fn a_release_that_leaves_the_money_in_its_line() {
    caught(
        "a release that leaves the money in its line",
        journals(),
        |(journal, _)| {
            let cycle = journal.cycle();
            money(cycle, |line, _| cycle.left(line).unwrap(), cycle.returned().unwrap_or(zero()))
        },
        |(journal, _)| {
            let cycle = journal.cycle();
            let unspent = |line: &str, amount: Money| {
                amount.minus(cycle.spent().get(line).copied().unwrap_or(zero())).unwrap()
            };
            money(cycle, unspent, cycle.returned().unwrap_or(zero()))
        },
    );
}

#[test]
fn what_was_returned_is_counted_as_what_was_released() {
    caught(
        "what was returned is counted as all that was released",
        journals(),
        |(journal, _)| {
            let cycle = journal.cycle();
            money(cycle, |line, _| cycle.left(line).unwrap(), cycle.returned().unwrap_or(zero()))
        },
        |(journal, _)| {
            let cycle = journal.cycle();
            money(cycle, |line, _| cycle.left(line).unwrap(), sum(cycle.released().values()))
        },
    );
}

#[test]
fn records_dated_by_what_they_tell() {
    caught(
        "records dated by the day of which they tell, not by that of the record",
        journals(),
        |(journal, _)| records_never_run_back(journal.records()),
        |(journal, _)| {
            let mut records = journal.records().to_vec();
            for record in &mut records {
                if let Event::Spent { on, .. } = &record.event {
                    record.on = *on;
                }
            }
            records_never_run_back(&records)
        },
    );
}

#[test]
fn a_refused_command_counts_as_a_version() {
    let new = || Journal::new(CycleId::new("2026-Q3").unwrap());
    caught(
        "a refused command that leaves a trace",
        journals().with_refused(),
        |(_, sent)| {
            let mut journal = new();
            sent.iter().try_for_each(|(command, context)| {
                a_refusal_changes_nothing(&mut journal, |journal| journal.handle(command, context).map(drop))
            })
        },
        |(_, sent)| {
            let mut journal = (new(), 0);
            sent.iter().try_for_each(|(command, context)| {
                a_refusal_changes_nothing(&mut journal, |(journal, version)| {
                    // Counted before it is known whether the command is taken in.
                    *version += 1;
                    journal.handle(command, context).map(drop)
                })
            })
        },
    );
}

#[test]
fn a_command_that_is_sent_twice_spends_twice() {
    let new = || (Journal::new(CycleId::new("2026-Q3").unwrap()), zero());
    caught(
        "a command that is sent twice spends twice",
        journals(),
        |(_, sent)| {
            let mut journal = new().0;
            sent.iter().try_for_each(|(command, context)| {
                a_repeat_changes_nothing(&mut journal, |journal| {
                    let _ = journal.handle(command, context).is_ok();
                })
            })
        },
        |(_, sent)| {
            let mut state = new();
            sent.iter().try_for_each(|(command, context)| {
                a_repeat_changes_nothing(&mut state, |(journal, spent)| {
                    // A sum beside the journal that asks whether a command was carried out, and not whether it is new.
                    let carried_out = journal.handle(command, context).is_ok();
                    if let (true, marketloop::pdca::Command::RecordSpend { amount, .. }) =
                        (carried_out, command)
                    {
                        *spent = spent.plus(*amount).unwrap();
                    }
                })
            })
        },
    );
}
