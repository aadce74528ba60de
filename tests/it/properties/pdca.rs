//! Laws of cycles: a log is its cycle, what is refused changes nothing, and money goes somewhere.

#![expect(clippy::result_large_err, reason = "the error is the crate's own")]

use marketloop::laws;
use marketloop::pdca::{
    Command, CommandId, CommandKind, Context, Cycle, CycleId, Event, EventRecord, Journal, PdcaError, Phase,
    Stage, allowed, decide, evolve, replay, status,
};
use marketloop::quantity::Money;
use marketloop::strategies::{Journals, intents};
use marketloop::time::{NaiveDate, WorkCalendar, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a journal was sent, in order.
type Sent = [(Command, Context)];

/// Journals with all that they were sent, also what they refused.
fn journals() -> Journals {
    marketloop::strategies::journals().with_refused()
}

fn first_day() -> NaiveDate {
    date(2026, 7, 1).unwrap()
}

fn id(text: &str) -> CycleId {
    CycleId::new(text).unwrap()
}

fn yuan(minor: i128) -> Money {
    Money::from_minor(minor, "CNY".parse().unwrap()).unwrap()
}

/// A context in which a command is new, in time and has a sender.
fn sound(cycle: &Cycle, name: &str) -> Context {
    Context {
        command: CommandId::new(name).unwrap(),
        expected: cycle.version(),
        by: "Lin".into(),
        on: cycle.last_recorded_on().unwrap_or(first_day()),
    }
}

/// Sends everything once more to a new journal, and tells what each step leads to.
fn sent_again(
    sent: &Sent,
    mut told: impl FnMut(&Journal, &Journal, &Command, &Context, Result<&[EventRecord], &PdcaError>),
) {
    let mut journal = Journal::new(id("2026-Q3"));
    for (command, context) in sent {
        let before = journal.clone();
        let led_to = journal.handle(command, context).map(<[EventRecord]>::to_vec);
        told(&before, &journal, command, context, led_to.as_deref());
    }
}

fn fold(records: &[EventRecord]) -> Cycle {
    records.iter().try_fold(Cycle::new(id("2026-Q3")), evolve).unwrap()
}

/// The records with their numbers as they stand, so that only what they say can be wrong.
fn renumbered(mut records: Vec<EventRecord>) -> Vec<EventRecord> {
    (1..).zip(&mut records).for_each(|(number, record)| record.sequence = number);
    records
}

proptest! {
    #[test]
    fn replay_is_the_fold_of_the_log((journal, _) in journals()) {
        if journal.records().is_empty() {
            prop_assert_eq!(replay([]).unwrap_err(), PdcaError::NoRecords);
        } else {
            laws::log_replays_to_its_cycle(&journal, |records| replay(records))?;
        }
        prop_assert_eq!(&fold(journal.records()), journal.cycle());
    }

    #[test]
    fn every_prefix_replays_to_the_cycle_of_its_time((journal, sent) in journals()) {
        let mut cycles = vec![Cycle::new(id("2026-Q3"))];
        sent_again(&sent, |_, after, _, _, led_to| {
            if led_to.is_ok_and(|records| !records.is_empty()) {
                cycles.push(after.cycle().clone());
            }
        });
        prop_assert_eq!(cycles.len(), journal.records().len() + 1);
        for (length, cycle) in cycles.iter().enumerate().skip(1) {
            let replayed = replay(&journal.records()[..length]).unwrap();
            prop_assert_eq!(replayed.version(), length as u64);
            prop_assert_eq!(&replayed, cycle);
        }
    }

    #[test]
    fn allowed_agrees_with_decide((_, sent) in journals(), intent in intents()) {
        let mut journals = vec![Journal::new(id("2026-Q3"))];
        sent_again(&sent, |_, after, _, _, _| journals.push(after.clone()));
        for journal in &journals {
            let cycle = journal.cycle();
            let all = allowed(cycle);
            prop_assert_eq!(all.keys().copied().collect::<Vec<_>>(), CommandKind::ALL);
            for (kind, unmet) in all {
                let context = sound(cycle, "asked");
                let fits = intent.fitting(cycle, kind);
                if unmet.is_empty() {
                    let Some(command) = fits else { panic!("{kind} is free in {cycle:?}, and nothing fits") };
                    let events = decide(cycle, &command, &context);
                    prop_assert!(events.as_ref().is_ok_and(|events| events.len() == 1), "{kind}: {events:?}");
                    prop_assert_eq!(events.unwrap()[0].kind(), kind);
                    continue;
                }
                for command in fits.into_iter().chain([intent.wild(cycle, kind)]) {
                    prop_assert_eq!(command.kind(), kind);
                    match decide(cycle, &command, &context) {
                        Err(PdcaError::Unmet { command, guards }) => {
                            prop_assert_eq!(command, kind);
                            prop_assert!(guards.starts_with(&unmet), "{guards:?} and {unmet:?}");
                        }
                        other => prop_assert!(false, "{kind} of {unmet:?}: {other:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn a_rejected_command_emits_nothing((_, sent) in journals()) {
        let mut faults = Vec::new();
        sent_again(&sent, |before, after, command, context, led_to| match led_to {
            Err(rejection) => {
                let named = match rejection {
                    PdcaError::Version { expected, found } => expected != found && *found == before.cycle().version(),
                    PdcaError::Unmet { command: kind, guards } => *kind == command.kind() && !guards.is_empty(),
                    PdcaError::IdUsed { command: id, sent, .. } => *id == context.command && before.cycle().has_handled(id) && *sent == command.kind(),
                    _ => false,
                };
                if after != before || !named || rejection.to_string().is_empty() {
                    faults.push(format!("{command:?}: {rejection}"));
                }
            }
            Ok(records) => {
                let expected: usize = usize::from(!before.cycle().has_handled(&context.command));
                let grown = after.records().len() - before.records().len();
                if records.len() != expected || grown != expected || decide(before.cycle(), command, context).is_err() {
                    faults.push(format!("{command:?}: {records:?}"));
                }
            }
        });
        prop_assert_eq!(faults, Vec::<String>::new());
    }

    /// The status of an evening is the same whatever was recorded later.
    #[test]
    fn an_evening_knows_no_later_record((journal, _) in journals(), later in 0_u64..100) {
        let mut records = journal.records().to_vec();
        // Up to the end of the period and beyond: operations alone stay within it.
        for record in &mut records {
            record.on = record.on.checked_add_days(chrono::Days::new(later)).unwrap();
        }
        prop_assume!(!records.is_empty());
        let all = replay(&records).unwrap();
        let calendar = WorkCalendar::monday_to_friday(first_day(), date(2027, 12, 31).unwrap()).unwrap();
        let told = |cycle: &Cycle, on| {
            let status = status(cycle, on, &calendar).unwrap();
            let stages = Stage::ALL.map(|of| (status.due(of).clone(), status.done_on(of).clone(), status.late(of)));
            (stages, status.overdue_measures)
        };
        let last = records.last().map_or(first_day(), |record| record.on);
        for on in first_day().iter_days().take_while(|on| *on <= last) {
            let known = records.iter().take_while(|record| record.on <= on);
            let Some(then) = replay(known).ok().filter(|cycle| cycle.plan().is_some()) else { continue };
            prop_assert_eq!(told(&all, on), told(&then, on), "{}", on);
        }
    }

    #[test]
    fn money_is_conserved((_, sent) in journals()) {
        let mut cycles = Vec::new();
        sent_again(&sent, |_, after, _, _, _| cycles.push(after.cycle().clone()));
        for cycle in cycles {
            let Some(money) = cycle.money().unwrap().known() else {
                prop_assert!(cycle.plan().is_none());
                continue;
            };
            let amount = |value| Money::new(value, "CNY".parse().unwrap()).unwrap();
            let names: Vec<&str> = money.parts().iter().map(|part| part.key).collect();
            prop_assert_eq!(names, ["spent", "left", "reassigned", "returned"]);
            let parts: Vec<_> = money.parts().iter().map(|part| (part.key, amount(part.value))).collect();
            laws::money_is_conserved(&cycle.plan().unwrap().total(), &parts)?;
            prop_assert_eq!(amount(money.total()), cycle.plan().unwrap().total());
            let rest = amount(money.get(&"left").unwrap());
            let lines = cycle.plan().unwrap().lines().keys();
            let left: Vec<Money> = lines.map(|line| cycle.left(line).unwrap()).collect();
            prop_assert!(left.iter().all(|left| !left.is_negative()));
            match cycle.phase() {
                Phase::Cancelled => prop_assert!(rest.is_zero()),
                phase => {
                    prop_assert_eq!(left.iter().map(Money::minor).sum::<i128>(), rest.minor());
                    prop_assert!(phase != Phase::Closed || rest.is_zero());
                }
            }
        }
    }

    #[test]
    fn of_two_commands_at_one_version_exactly_one_wins((mut journal, _) in journals(), wanted in [intents(), intents()], picks in any::<[prop::sample::Index; 2]>()) {
        let free: Vec<CommandKind> =
            allowed(journal.cycle()).into_iter().filter(|(_, unmet)| unmet.is_empty()).map(|(kind, _)| kind).collect();
        let [one, two] = [0, 1].map(|index| {
            let kind = (!free.is_empty()).then(|| *picks[index].get(&free))?;
            wanted[index].fitting(journal.cycle(), kind)
        });
        let (Some(one), Some(two)) = (one, two) else {
            prop_assert_eq!(journal.cycle().phase(), Phase::Cancelled);
            return Ok(());
        };
        let [first, second] = ["one", "two"].map(|name| sound(journal.cycle(), name));
        let seen = journal.cycle().version();
        prop_assert_eq!(journal.handle(&one, &first).unwrap().len(), 1);
        let after = journal.clone();
        let refused = journal.handle(&two, &second).unwrap_err();
        prop_assert_eq!(refused, PdcaError::Version { expected: seen, found: seen + 1 });
        prop_assert_eq!(journal, after);
    }

    #[test]
    /// R2, also after a replay: the same command under its id leads to nothing, another one is refused.
    #[test]
    fn an_id_belongs_to_one_command((journal, sent) in journals(), which in any::<prop::sample::Index>(), other in intents()) {
        let mut carried_out = BTreeMap::new();
        sent_again(&sent, |_, _, command, context, led_to| {
            if led_to.is_ok_and(|records| !records.is_empty()) {
                carried_out.insert(context.command.clone(), command.clone());
            }
        });
        prop_assume!(!journal.records().is_empty());
        prop_assert_eq!(carried_out.len(), journal.records().len());
        let record = which.get(journal.records());
        let same = &carried_out[&record.command];
        let another = other.command(journal.cycle());
        for mut journal in [Journal::of(journal.records().to_vec()).unwrap(), journal.clone()] {
            let before = journal.clone();
            // It may come from somebody else, on another day, and have seen any version.
            for expected in [record.sequence - 1, before.cycle().version(), u64::MAX] {
                let again = Context { command: record.command.clone(), expected, by: String::new(), on: first_day() };
                prop_assert_eq!(decide(before.cycle(), same, &again), Ok(Vec::new()));
                prop_assert_eq!(journal.handle(same, &again), Ok(&[][..]));
                prop_assert_eq!(&journal, &before);
                if another != *same {
                    let refused = PdcaError::IdUsed {
                        command: record.command.clone(),
                        sequence: record.sequence,
                        recorded: same.kind(),
                        sent: another.kind(),
                    };
                    prop_assert_eq!(journal.handle(&another, &again), Err(refused));
                    prop_assert_eq!(&journal, &before);
                }
            }
        }
    }

    /// R1, live and on replay.
    #[test]
    fn dates_of_records_never_run_back_and_facts_are_not_after_them((journal, _) in journals(), which in any::<prop::sample::Index>(), back in 1_u8..) {
        prop_assume!(!journal.records().is_empty());
        laws::records_never_run_back(journal.records())?;
        // The same log, one record dated back behind the one before it.
        let mut records = journal.records().to_vec();
        let at = which.index(records.len());
        let last = if at > 0 { records[at - 1].on } else { return Ok(()) };
        records[at].on = last - chrono::Days::new(u64::from(back));
        let refused = replay(&records).unwrap_err();
        let PdcaError::Inadmissible { sequence, guards } = refused else { panic!("{refused:?}") };
        prop_assert_eq!(sequence, at as u64 + 1);
        prop_assert!(guards.contains(&PdcaError::RunsBack { on: records[at].on, last }), "{guards:?}");
    }

    #[test]
    fn a_log_on_the_wire_reads_back_as_itself((journal, _) in journals()) {
        prop_assume!(!journal.records().is_empty());
        laws::reads_back_what_it_writes(&journal)?;
    }

    #[test]
    fn a_log_with_one_record_dropped_doubled_swapped_or_of_another_cycle_is_refused((journal, _) in journals(), which in any::<prop::sample::Index>()) {
        let records = journal.records();
        prop_assume!(records.len() > 1);
        // Without its last record a log is a log of before.
        let at = which.index(records.len() - 1);
        let sequence = at as u64 + 1;
        let refused = |records: &[EventRecord]| replay(records).unwrap_err();

        let mut dropped = records.to_vec();
        dropped.remove(at);
        let error = refused(&dropped);
        prop_assert_eq!(error, PdcaError::OutOfSequence { sequence: sequence + 1, expected: sequence });

        let mut doubled = records.to_vec();
        doubled.insert(at, records[at].clone());
        let error = refused(&doubled);
        prop_assert_eq!(error, PdcaError::OutOfSequence { sequence, expected: sequence + 1 });
        // With its number put right it is of a command that was carried out before.
        let error = refused(&renumbered(doubled));
        let command = records[at].command.clone();
        prop_assert_eq!(error, PdcaError::RepeatedCommand { sequence: sequence + 1, command });

        let mut swapped = records.to_vec();
        swapped.swap(at, at + 1);
        let error = refused(&swapped);
        prop_assert_eq!(error, PdcaError::OutOfSequence { sequence: sequence + 1, expected: sequence });

        let mut foreign = records.to_vec();
        foreign[at + 1].cycle = id("2026-Q4");
        let error = refused(&foreign);
        let (expected, found) = (id("2026-Q3"), id("2026-Q4"));
        prop_assert_eq!(error, PdcaError::OtherCycle { sequence: sequence + 1, expected, found });
    }

    #[test]
    fn what_follows_from_the_cycle_cannot_be_stated_otherwise((journal, _) in journals()) {
        for (at, record) in journal.records().iter().enumerate() {
            let mut forged = journal.records()[..=at].to_vec();
            match &mut forged[at].event {
                Event::Replanned { voids_sign_off: flag, .. } | Event::ParentConfirmed { amended: flag, .. } => *flag = !*flag,
                Event::Closed { seed } => drop(seed.released.insert("own pocket".into(), yuan(1))),
                Event::Cancelled { returned, .. } => *returned = returned.map_or(Some(yuan(1)), |money| money.plus(yuan(1)).ok()),
                _ => continue,
            }
            let error = replay(&forged).unwrap_err();
            let PdcaError::Inadmissible { sequence, guards } = error else { panic!("{error:?}") };
            prop_assert_eq!(sequence, record.sequence);
            prop_assert!(matches!(guards[..], [PdcaError::Forged { .. }]), "{guards:?}");
        }
    }

    #[test]
    fn a_log_that_replays_is_one_that_decide_would_have_led_to((journal, _) in journals(), which in any::<prop::sample::Index>(), other in intents(), by in 0..4) {
        let records = journal.records();
        if records.is_empty() {
            return Ok(());
        }
        let Ok(cycle) = replay(&records[..which.index(records.len())]) else { return Ok(()) };
        let command = other.command(&cycle);
        let mut context = sound(&cycle, "one more");
        if by == 0 {
            context.by = " ".into();
        }
        // The event that the command states, admitted or not.
        let Some(event) = stated(&cycle, command.clone()) else { return Ok(()) };
        let record = EventRecord {
            cycle: cycle.id().clone(),
            sequence: cycle.version() + 1,
            command: context.command.clone(),
            by: context.by.clone(),
            on: context.on,
            event: event.clone(),
        };
        match (decide(&cycle, &command, &context), evolve(cycle, &record)) {
            (Ok(events), Ok(_)) => prop_assert_eq!(events, vec![event]),
            (Err(PdcaError::Unmet { guards, .. }), Err(PdcaError::Inadmissible { guards: unmet, .. })) => prop_assert_eq!(unmet, guards),
            (decided, evolved) => prop_assert!(false, "{decided:?} and {evolved:?}"),
        }
    }
}

/// The event that a command states, for those that state all of it.
fn stated(cycle: &Cycle, command: Command) -> Option<Event> {
    Some(match command {
        Command::Inherit { seed, provisional } => Event::Inherited { seed, provisional },
        Command::Plan(plan) => Event::Planned(plan),
        Command::SignOff { role } => Event::SignedOff { role },
        Command::Start => Event::Started,
        Command::RecordSpend { line, amount, on } => Event::Spent { line, amount, on },
        Command::ReportProgress { task, progress } => Event::Progressed { task, progress },
        Command::RecordActual { target, actual } => Event::ActualRecorded { target, actual },
        Command::BeginCheck => Event::CheckBegun,
        Command::RecordFinding(finding) => Event::Found(finding),
        Command::BeginAct => Event::ActBegun,
        Command::DecideFinding { finding, decision } => Event::Decided { finding, decision },
        Command::CompleteCountermeasure { finding } => Event::CountermeasureDone { finding },
        Command::Release { from, reassigned, returned } => Event::Released { from, reassigned, returned },
        Command::Close => Event::Closed { seed: Box::new(cycle.seed()?) },
        Command::Amend { target, actual, reason } => Event::Amended { target, actual, reason },
        Command::Postpone { stage, until, reason } => Event::Postponed { stage, until, reason },
        _ => return None,
    })
}

/// The laws above would hold of logs in which nothing happens: this counts what does.
#[test]
fn the_operations_reach_every_state_and_every_event() {
    use proptest::strategy::ValueTree;
    let config = proptest::test_runner::Config::default();
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(config, rng);
    let mut ends: BTreeMap<Phase, usize> = BTreeMap::new();
    let mut events: BTreeMap<CommandKind, usize> = BTreeMap::new();
    let mut rejections = 0;
    for _ in 0..400 {
        let (journal, sent) = journals().new_tree(&mut runner).unwrap().current();
        sent_again(&sent, |_, _, _, _, led_to| rejections += usize::from(led_to.is_err()));
        *ends.entry(journal.cycle().phase()).or_default() += 1;
        for record in journal.records() {
            *events.entry(record.event.kind()).or_default() += 1;
        }
    }
    println!("{ends:?}\n{events:?}\n{rejections} rejections");
    assert!(ends[&Phase::Closed] >= 100, "{ends:?}");
    assert!(
        CommandKind::ALL.iter().all(|kind| events.get(kind).is_some_and(|count| *count >= 20)),
        "{events:?}"
    );
    assert!(rejections >= 1_000);
}
