//! Laws of the agile tools: sprints, experiments, boards.

use marketloop::agile::{
    AgileError, Board, Commitment, Conclusion, Experiment, ExperimentEntry, ExperimentLog, ExperimentVerdict,
    Flow, SprintPlan, Sprints,
};
use marketloop::quantity::{Currency, Money};
use marketloop::time::{NaiveDate, Period, WeekMask, Weekday, WorkCalendar, date};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn day(offset: u32) -> NaiveDate {
    date(2026, 1, 1).unwrap() + chrono::Days::new(offset.into())
}

fn sprints() -> impl Strategy<Value = Sprints> {
    let weekday =
        prop::sample::select((0_u8..7).map(|day| Weekday::try_from(day).unwrap()).collect::<Vec<_>>());
    (0_u32..400, 0_u32..200, 1_u32..6, weekday).prop_map(|(start, length, weeks, begins_on)| {
        let period = Period::custom(day(start), day(start + length)).unwrap();
        Sprints::of_weeks(weeks, period).unwrap().beginning_on(begins_on)
    })
}

/// A plan with tasks of which most are done, and its calendar.
fn plan() -> impl Strategy<Value = (SprintPlan, WorkCalendar)> {
    let tasks =
        prop::collection::vec((0_u32..100, 0_u32..20, prop::option::weighted(0.7, 0_u32..200)), 0..20);
    (sprints(), 0_u32..5, tasks).prop_map(|(sprints, people, tasks)| {
        let mut commitments = Vec::new();
        for (index, (sprint, workdays, finished)) in tasks.into_iter().enumerate() {
            let sprint = 1 + sprint % sprints.count();
            let first = sprints.sprint(sprint).unwrap().start();
            let task = Commitment::new(index.to_string(), sprint, workdays);
            let finished = finished.map(|days| first + chrono::Days::new(days.into()));
            commitments.push(match finished {
                Some(finished) => task.finished_on(finished.min(sprints.period().end())),
                None => task,
            });
        }
        let calendar =
            WorkCalendar::new(day(0), day(700), WeekMask::MONDAY_TO_FRIDAY, [day(40)], []).unwrap();
        (SprintPlan::new(sprints, people, commitments).unwrap(), calendar)
    })
}

fn money(minor: i64, currency: Currency) -> Money {
    Money::from_minor(minor.into(), currency).unwrap()
}

fn currency(index: u8) -> Currency {
    Currency::new(["CNY", "USD", "JPY"][usize::from(index) % 3]).unwrap()
}

/// Entries of which some are refused.
fn entry() -> impl Strategy<Value = ExperimentEntry> {
    let id = (0_u8..3).prop_map(|id| id.to_string());
    (id, 0_u8..8, -5_i64..60, 0_u32..30, 0_u8..6).prop_map(|(id, sort, number, on, other)| {
        let own = currency(id.as_bytes()[0]);
        let conclusion = || Conclusion {
            experiment: id.clone(),
            on: day(on),
            verdict: [
                ExperimentVerdict::Supported,
                ExperimentVerdict::Refuted,
                ExperimentVerdict::Inconclusive,
            ][usize::from(other) % 3],
            measured_change: format!("{number} %").parse().unwrap(),
            learnt: if other == 0 { String::new() } else { "much".into() },
        };
        match sort {
            0 | 1 => ExperimentEntry::Start(Experiment {
                id,
                because: "few stay".into(),
                we_believe: "a video".into(),
                metric: "conversion".into(),
                expected_change: "1 %".parse().unwrap(),
                cost_cap: money(number * 3, own),
                begins: day(on),
                ends: day(on + 14),
            }),
            2 => ExperimentEntry::Result(conclusion()),
            3 => ExperimentEntry::Correction(conclusion()),
            _ => {
                let currency = if other == 0 { currency(id.as_bytes()[0] + 1) } else { own };
                ExperimentEntry::Spend { experiment: id, on: day(on), amount: money(number, currency) }
            }
        }
    })
}

fn entries() -> impl Strategy<Value = Vec<ExperimentEntry>> {
    prop::collection::vec(entry(), 0..60)
}

fn written_down(entries: &[ExperimentEntry]) -> ExperimentLog {
    let mut log = ExperimentLog::new();
    for entry in entries {
        let before = log.clone();
        if log.append(entry.clone()).is_err() {
            assert_eq!(log, before);
        }
    }
    log
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A board, and moves of which some are refused: a card or a new one, and where to.
fn board() -> impl Strategy<Value = (Board, Vec<(u8, u8)>)> {
    let limits = prop::collection::vec(prop::option::of(1_u32..4), 2..6);
    (limits, prop::collection::vec((0_u8..8, 0_u8..9), 0..80)).prop_map(|(limits, moves)| {
        let names = limits.iter().zip(NAMES).map(|(_, name)| name);
        let mut board = Board::new(names).unwrap();
        for (limit, name) in limits.iter().zip(NAMES) {
            if let Some(limit) = limit {
                board = board.with_limit(name, *limit).unwrap();
            }
        }
        (board, moves)
    })
}

/// Where a move goes: to a column by name, one that may not exist, or onto the board.
fn step(board: &mut Board, card: u8, to: u8) -> bool {
    match NAMES.get(usize::from(to)) {
        Some(to) => board.pull(&card.to_string(), to).is_ok(),
        None => board.add(card.to_string()).is_ok(),
    }
}

fn card() -> impl Strategy<Value = Period> {
    (0_u32..80, 0_u32..20)
        .prop_map(|(started, work)| Period::custom(day(started), day(started + work)).unwrap())
}

proptest! {
    #[test]
    fn sprints_tile_the_period_without_gaps(sprints in sprints()) {
        let all: Vec<_> = sprints.iter().collect();
        prop_assert_eq!(all.len(), usize::try_from(sprints.count()).unwrap());
        prop_assert_eq!(all[0].1.start(), sprints.period().start());
        prop_assert_eq!(all[all.len() - 1].1.end(), sprints.period().end());
        let begins_on = sprints.begins_on();
        for pair in all.windows(2) {
            prop_assert_eq!(pair[0].1.end().succ_opt(), Some(pair[1].1.start()));
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
    fn workdays_of_the_sprints_are_those_of_the_period((plan, calendar) in plan()) {
        let sprints = plan.sprints();
        let sum: u32 = sprints.iter().map(|(number, _)| sprints.workdays(number, &calendar).unwrap()).sum();
        let period = sprints.period();
        let whole = calendar.count_workdays(period.start(), period.next_start().unwrap()).unwrap();
        prop_assert_eq!(i64::from(sum), whole);
    }

    #[test]
    fn what_is_not_done_is_carried_over((plan, calendar) in plan()) {
        let loads: Vec<_> =
            plan.sprints().iter().map(|(number, _)| plan.load(number, &calendar).unwrap()).collect();
        prop_assert_eq!(loads[0].carried_in, 0);
        for pair in loads.windows(2) {
            prop_assert!(pair[0].done <= pair[0].total());
            prop_assert_eq!(pair[0].carried_out(), pair[1].carried_in);
        }
        for load in &loads {
            prop_assert_eq!(load.capacity + load.over(), load.total() + load.free());
        }
        let committed: u64 = plan.commitments().iter().map(|task| u64::from(task.workdays)).sum();
        let done: u64 = loads.iter().map(|load| load.done).sum();
        prop_assert_eq!(done + loads[loads.len() - 1].carried_out(), committed);
    }

    #[test]
    fn velocity_times_finished_sprints_is_what_was_done((plan, calendar) in plan(), today in 0_u32..700) {
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
    fn a_sprint_plan_reads_back_as_the_same((plan, _) in plan()) {
        let json = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(&serde_json::from_str::<SprintPlan>(&json).unwrap(), &plan);
        let tasks = plan.commitments().to_vec();
        prop_assert_eq!(SprintPlan::new(*plan.sprints(), plan.people(), tasks), Ok(plan));
    }

    #[test]
    fn spend_never_exceeds_the_cap(entries in entries()) {
        let log = written_down(&entries);
        for trial in log.trials() {
            let cap = trial.experiment().cost_cap;
            prop_assert!(trial.spent() <= cap && !trial.spent().is_negative());
            prop_assert_eq!(trial.spent().plus(trial.left()), Ok(cap));
        }
    }

    #[test]
    fn sums_of_spends_are_conserved_per_currency(entries in entries()) {
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
    fn nothing_is_spent_after_a_result(entries in entries()) {
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
    fn replay_of_a_log_gives_the_same_state(entries in entries(), cut in any::<prop::sample::Index>()) {
        let log = written_down(&entries);
        prop_assert_eq!(&ExperimentLog::replay(log.entries().to_vec()).unwrap(), &log);
        let json = serde_json::to_string(&log).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ExperimentLog>(&json).unwrap(), &log);
        let prefix = &log.entries()[..cut.index(log.entries().len() + 1)];
        let replayed = ExperimentLog::replay(prefix.to_vec()).unwrap();
        prop_assert_eq!(replayed.entries(), prefix);
    }

    #[test]
    fn json_is_refused_with_the_error_of_the_call(entries in entries(), last in entry()) {
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
    fn a_column_never_holds_more_than_its_limit((mut board, moves) in board()) {
        for (card, to) in moves {
            step(&mut board, card, to);
            for column in board.columns() {
                let cards = board.cards_in(column).count();
                prop_assert!(board.limit(column).is_none_or(|limit| cards <= limit as usize));
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
    fn allowed_agrees_with_pull((mut board, moves) in board()) {
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
            step(&mut board, card, to);
        }
    }

    #[test]
    fn a_refused_move_changes_nothing((mut board, moves) in board()) {
        for (card, to) in moves {
            let before = board.clone();
            if !step(&mut board, card, to) {
                prop_assert_eq!(&board, &before);
            }
        }
    }

    #[test]
    fn a_move_keeps_every_other_card((mut board, moves) in board()) {
        for (card, to) in moves {
            let before = board.clone();
            let Some(name) = NAMES.get(usize::from(to)) else {
                step(&mut board, card, to);
                continue;
            };
            let card = card.to_string();
            if board.pull(&card, name).is_ok() {
                prop_assert_eq!(board.column_of(&card), Some(*name));
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
    fn littles_law_holds_where_no_card_crosses_an_edge(cards in prop::collection::vec(card(), 1..30)) {
        let flow = Flow::over(&Period::custom(day(0), day(100)).unwrap(), &cards);
        prop_assert_eq!(flow.finished(), cards.len() as u64);
        prop_assert!(flow.littles_gap().unwrap().is_zero());
    }

    #[test]
    fn flow_of_adjoining_periods_adds_up(cards in prop::collection::vec(card(), 0..30), cut in 1_u32..100) {
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
