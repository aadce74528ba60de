//! Laws of the agile tools: sprints, experiments, boards.

use marketloop::agile::{AgileError, Board, ExperimentEntry, ExperimentLog, Flow, SprintPlan};
use marketloop::laws;
use marketloop::quantity::Currency;
use marketloop::strategies::{boards, experiment_entries, sprint_plans, sprints};
use marketloop::time::{NaiveDate, Period, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn day(offset: u32) -> NaiveDate {
    date(2026, 1, 1).unwrap() + chrono::Days::new(offset.into())
}

fn written_down(entries: &[ExperimentEntry]) -> ExperimentLog {
    let mut log = ExperimentLog::new();
    for entry in entries {
        laws::a_refusal_changes_nothing(&mut log, |log| log.append(entry.clone())).unwrap();
    }
    log
}

/// Where a move goes: to a column by name, one that may not exist, or onto the board.
fn step(board: &mut Board, card: &str, to: Option<&str>) -> bool {
    match to {
        Some(to) => board.pull(card, to).is_ok(),
        None => board.add(card).is_ok(),
    }
}

fn card((started, work): (u32, u32)) -> Period {
    Period::custom(day(started), day(started + work)).unwrap()
}

proptest! {
    #[test]
    fn sprints_tile_the_period_without_gaps(sprints in sprints()) {
        let all: Vec<_> = sprints.iter().collect();
        prop_assert_eq!(all.len(), usize::try_from(sprints.count()).unwrap());
        laws::sprints_leave_no_day_out(sprints.period(), &all.iter().map(|(_, days)| *days).collect::<Vec<_>>())?;
        let begins_on = sprints.begins_on();
        for pair in all.windows(2) {
            prop_assert_eq!(chrono::Datelike::weekday(&pair[1].1.start()), begins_on);
            prop_assert_eq!(pair[0].0 + 1, pair[1].0);
        }
        for (number, sprint) in &all {
            let (days, whole) = (sprint.days(), sprints.weeks() * 7);
            prop_assert!(days <= whole && sprints.is_whole(*number) == (days == whole));
            prop_assert_eq!(sprints.sprint(*number), Some(*sprint));
        }
        prop_assert!(all.iter().skip(1).rev().skip(1).all(|(number, _)| sprints.is_whole(*number)));
    }

    #[test]
    fn each_day_of_the_period_is_in_one_sprint(sprints in sprints(), offset in -20_i64..250) {
        let date = sprints.period().start() + chrono::TimeDelta::days(offset);
        let containing: Vec<_> = sprints.iter().filter(|(_, days)| days.contains(date)).collect();
        prop_assert_eq!(containing.len(), usize::from(sprints.period().contains(date)));
        prop_assert_eq!(sprints.sprint_of(date), containing.first().copied());
    }

    #[test]
    fn workdays_of_the_sprints_are_those_of_the_period((plan, calendar) in sprint_plans()) {
        let sprints = plan.sprints();
        let sum: u32 = sprints.iter().map(|(number, _)| sprints.workdays(number, &calendar).unwrap()).sum();
        let period = sprints.period();
        let whole = calendar.count_workdays(period.start(), period.next_start().unwrap()).unwrap();
        prop_assert_eq!(i64::from(sum), whole);
    }

    #[test]
    fn what_is_not_done_is_carried_over((plan, calendar) in sprint_plans()) {
        let loads: Vec<_> =
            plan.sprints().iter().map(|(number, _)| plan.load(number, &calendar).unwrap()).collect();
        laws::open_work_is_carried_over(&loads)?;
        let committed: u64 = plan.commitments().iter().map(|task| u64::from(task.workdays)).sum();
        let done: u64 = loads.iter().map(|load| load.done).sum();
        prop_assert_eq!(done + loads[loads.len() - 1].carried_out(), committed);
    }

    #[test]
    fn velocity_times_finished_sprints_is_what_was_done((plan, calendar) in sprint_plans(), today in 0_u32..700) {
        let ended: Vec<_> = plan.sprints().iter().filter(|(_, days)| days.end() < day(today)).collect();
        let done: u64 =
            ended.iter().map(|(number, _)| plan.load(*number, &calendar).unwrap().done).sum();
        match plan.velocity(day(today)) {
            Ok(velocity) => {
                let sprints = rust_decimal::Decimal::from(ended.len());
                prop_assert_eq!(velocity.times(sprints.into()).unwrap(), rust_decimal::Decimal::from(done).into());
            }
            Err(error) => {
                prop_assert_eq!(error, AgileError::NothingFinished { figure: "velocity" });
                prop_assert!(ended.is_empty());
            }
        }
    }

    #[test]
    fn a_sprint_plan_reads_back_as_the_same((plan, _) in sprint_plans()) {
        let json = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(&serde_json::from_str::<SprintPlan>(&json).unwrap(), &plan);
        let tasks = plan.commitments().to_vec();
        prop_assert_eq!(SprintPlan::new(*plan.sprints(), plan.people(), tasks), Ok(plan));
    }

    #[test]
    fn spend_never_exceeds_the_cap(entries in experiment_entries()) {
        let log = written_down(&entries);
        for trial in log.trials() {
            laws::spend_stays_within_its_cap(&trial.experiment().cost_cap, &trial.spent(), &trial.left())?;
        }
    }

    #[test]
    fn sums_of_spends_are_conserved_per_currency(entries in experiment_entries()) {
        let log = written_down(&entries);
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        for entry in log.entries() {
            match entry {
                ExperimentEntry::Start(test) => *sums.entry(test.cost_cap.currency()).or_default() += 0,
                ExperimentEntry::Spend { amount, .. } => {
                    *sums.entry(amount.currency()).or_default() += amount.minor();
                }
                _ => {}
            }
        }
        let spent: BTreeMap<_, _> = log.spent().unwrap().iter().map(|(key, sum)| (*key, sum.minor())).collect();
        prop_assert_eq!(spent, sums);
        let mut caps: BTreeMap<Currency, i128> = BTreeMap::new();
        for cap in log.trials().map(|trial| trial.experiment().cost_cap) {
            *caps.entry(cap.currency()).or_default() += cap.minor();
        }
        let left = log.left().unwrap();
        for (currency, spent) in log.spent().unwrap() {
            prop_assert_eq!(spent.plus(left[&currency]).unwrap().minor(), caps[&currency]);
        }
    }

    #[test]
    fn nothing_is_spent_after_a_result(entries in experiment_entries()) {
        let log = written_down(&entries);
        let mut concluded: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in log.entries() {
            match entry {
                ExperimentEntry::Start(_) => {}
                ExperimentEntry::Spend { experiment, .. } => {
                    prop_assert!(!concluded.contains_key(experiment.as_str()));
                }
                ExperimentEntry::Result(result) => prop_assert_eq!(concluded.insert(&result.experiment, 1), None),
                ExperimentEntry::Correction(result) => match concluded.get_mut(result.experiment.as_str()) {
                    Some(count) => *count += 1,
                    None => prop_assert!(false, "a correction without a result"),
                },
            }
        }
        // Every result stays visible.
        for trial in log.trials() {
            let count = concluded.get(trial.experiment().id.as_str()).copied().unwrap_or(0);
            prop_assert_eq!(trial.conclusions().len(), count);
        }
    }

    #[test]
    fn replay_of_a_log_gives_the_same_state(entries in experiment_entries(), cut in any::<prop::sample::Index>()) {
        let log = written_down(&entries);
        prop_assert_eq!(&ExperimentLog::replay(log.entries().to_vec()).unwrap(), &log);
        let json = serde_json::to_string(&log).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ExperimentLog>(&json).unwrap(), &log);
        let prefix = &log.entries()[..cut.index(log.entries().len() + 1)];
        let replayed = ExperimentLog::replay(prefix.to_vec()).unwrap();
        prop_assert_eq!(replayed.entries(), prefix);
    }

    #[test]
    fn json_is_refused_with_the_error_of_the_call(mut entries in experiment_entries()) {
        let Some(last) = entries.pop() else { return Ok(()) };
        let mut log = written_down(&entries);
        let mut all = log.entries().to_vec();
        all.push(last.clone());
        let read = serde_json::from_str::<ExperimentLog>(&serde_json::to_string(&all).unwrap());
        match log.append(last) {
            Ok(()) => prop_assert_eq!(read.unwrap(), log),
            Err(problems) => {
                let refused = read.unwrap_err().to_string();
                for problem in &problems {
                    prop_assert!(refused.contains(&problem.error.to_string()), "{} {}", refused, problem);
                }
            }
        }
    }

    #[test]
    fn a_column_never_holds_more_than_its_limit((mut board, moves) in boards()) {
        for (card, to) in moves {
            step(&mut board, &card, to.as_deref());
            let held = |column| board.cards_in(column).count();
            laws::no_column_is_above_its_limit(board.columns().map(|column| (column, board.limit(column), held(column))))?;
            for column in board.columns() {
                let cards = held(column);
                prop_assert_eq!(board.room(column), board.limit(column).map(|limit| limit as usize - cards));
            }
            let json = serde_json::to_string(&board).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Board>(&json).unwrap(), &board);
        }
    }

    #[test]
    fn json_above_a_limit_is_refused(limit in 1_u32..5, cards in 0_usize..8) {
        let cards: Vec<String> = (0..cards).map(|card| format!("\"{card}\"")).collect();
        let json = format!(r#"[{{"name":"a","limit":{limit},"cards":[{}]}},{{"name":"b"}}]"#, cards.join(","));
        prop_assert_eq!(serde_json::from_str::<Board>(&json).is_ok(), cards.len() <= limit as usize);
    }

    #[test]
    fn allowed_agrees_with_pull((mut board, moves) in boards()) {
        for (card, to) in moves {
            for card in 0..8_u8 {
                let card = card.to_string();
                let all = board.allowed(&card);
                prop_assert_eq!(all.len(), board.columns().len());
                for column in all {
                    let mut other = board.clone();
                    match other.pull(&card, column.0) {
                        Ok(()) => prop_assert!(column.1.is_empty()),
                        Err(unmet) => prop_assert_eq!(&unmet, &column.1),
                    }
                }
            }
            step(&mut board, &card, to.as_deref());
        }
    }

    #[test]
    fn a_refused_move_changes_nothing((mut board, moves) in boards()) {
        for (card, to) in moves {
            let act = |board: &mut Board| step(board, &card, to.as_deref()).then_some(()).ok_or("refused");
            laws::a_refusal_changes_nothing(&mut board, act)?;
        }
    }

    #[test]
    fn a_move_keeps_every_other_card((mut board, moves) in boards()) {
        for (card, to) in moves {
            let before = board.clone();
            let Some(name) = to else {
                step(&mut board, &card, None);
                continue;
            };
            if board.pull(&card, &name).is_ok() {
                prop_assert_eq!(board.column_of(&card), Some(name.as_str()));
                prop_assert_eq!(board.cards(), before.cards());
                prop_assert_eq!(before.columns().len(), board.columns().len());
                for column in board.columns() {
                    let others = |of: &Board| {
                        let cards = of.cards_in(column).filter(|other| *other != card);
                        cards.map(String::from).collect::<Vec<_>>()
                    };
                    prop_assert_eq!(others(&before), others(&board));
                }
            }
        }
    }

    #[test]
    fn littles_law_holds_where_no_card_crosses_an_edge(cards in prop::collection::vec((0_u32..80, 0_u32..20), 1..30)) {
        let cards: Vec<Period> = cards.into_iter().map(card).collect();
        let flow = Flow::over(&Period::custom(day(0), day(100)).unwrap(), &cards);
        laws::littles_law_holds(
            flow.work_in_progress().unwrap(),
            flow.throughput().unwrap(),
            flow.cycle_time().unwrap(),
        )?;
        prop_assert_eq!(flow.finished(), cards.len() as u64);
        prop_assert!(flow.littles_gap().unwrap().is_zero());
    }

    #[test]
    fn flow_of_adjoining_periods_adds_up(cards in prop::collection::vec((0_u32..80, 0_u32..20), 0..30), cut in 1_u32..100) {
        let cards: Vec<Period> = cards.into_iter().map(card).collect();
        let part = |first, last| Flow::over(&Period::custom(day(first), day(last)).unwrap(), &cards);
        let days = |flow: &Flow| {
            let days = rust_decimal::Decimal::from(flow.period().days());
            flow.work_in_progress().unwrap().times(days.into()).unwrap()
        };
        let (head, tail, whole) = (part(0, cut - 1), part(cut, 100), part(0, 100));
        prop_assert_eq!(head.finished() + tail.finished(), whole.finished());
        prop_assert_eq!(days(&head).plus(days(&tail)).unwrap(), days(&whole));
    }
}
