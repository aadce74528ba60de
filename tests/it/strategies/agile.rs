//! The strategies of sprints, experiments and boards.

use super::{Sample, refuse_other_forms};
use marketloop::agile::{Board, ExperimentEntry, ExperimentLog, SprintPlan, Sprints};
use marketloop::laws::{self, Broken};
use marketloop::strategies;
use proptest::prelude::*;

/// Entries in a line.
fn text(entries: &[ExperimentEntry]) -> String {
    let kind = |entry: &ExperimentEntry| match entry {
        ExperimentEntry::Start(start) => format!("start {} with {}", start.id, start.cost_cap),
        ExperimentEntry::Spend { experiment, on, amount } => {
            format!("spend {amount} for {experiment} on {on}")
        }
        ExperimentEntry::Result(result) => format!("result of {} on {}", result.experiment, result.on),
        ExperimentEntry::Correction(result) => format!("correction of {}", result.experiment),
    };
    entries.iter().map(kind).collect::<Vec<_>>().join("; ")
}

#[test]
fn sprints() {
    let sprints = Sample { name: "sprints", strategy: strategies::sprints(), of: "sprints" };
    sprints.is_valid_and_often_an_edge(
        |sprints| sprints.count() as usize,
        |sprints| {
            let all = || sprints.iter().map(|(number, _)| number);
            sprints.count() == 1 || all().all(|number| sprints.is_whole(number))
        },
        laws::reads_back_what_it_writes,
    );
    let text = |sprints: &Sprints| {
        format!("{} of {} weeks from {}", sprints.period(), sprints.weeks(), sprints.begins_on())
    };
    sprints.shrinks_to_text(|sprints| sprints.count() > 2, text, "2026-01-01/2026-01-09 of 1 weeks from Fri");
}

#[test]
fn sprint_plans() {
    let plans = Sample { name: "sprint_plans", strategy: strategies::sprint_plans(), of: "tasks" };
    plans.is_valid_and_often_an_edge(
        |(plan, _)| plan.commitments().len(),
        |(plan, _)| plan.commitments().is_empty() || plan.people() == 0 || plan.sprints().count() == 1,
        |(plan, calendar)| {
            let load = |(number, _)| plan.load(number, calendar).map(drop);
            plan.sprints().iter().try_for_each(load).map_err(|error| Broken::new("loads", error))?;
            laws::reads_back_what_it_writes(plan)
        },
    );
    let text = |(plan, _): &(SprintPlan, _)| {
        let open = |task: &marketloop::agile::Commitment| match task.finished {
            Some(on) => format!(" {} workdays in {}, done {on}", task.workdays, task.sprint),
            None => format!(" {} workdays in {}, open", task.workdays, task.sprint),
        };
        let tasks: String = plan.commitments().iter().map(open).collect();
        format!("{}, {} people:{tasks}", plan.sprints().period(), plan.people())
    };
    let carries = |(plan, calendar): &(SprintPlan, _)| {
        plan.sprints().iter().any(|(number, _)| plan.load(number, calendar).unwrap().carried_in > 0)
    };
    plans.shrinks_to_text(carries, text, "2026-01-01/2026-01-11, 0 people: 1 workdays in 1, open");
}

#[test]
fn experiment_entries() {
    let entries =
        Sample { name: "experiment_entries", strategy: strategies::experiment_entries(), of: "entries" };
    entries.is_valid_and_often_an_edge(
        Vec::len,
        |entries| {
            entries.len() <= 5 || !entries.iter().any(|entry| matches!(entry, ExperimentEntry::Start(_)))
        },
        |entries| entries.iter().try_for_each(laws::reads_back_what_it_writes),
    );
    let refused = |entries: &Vec<ExperimentEntry>| {
        let mut log = ExperimentLog::new();
        let wrong = entries.iter().filter(|entry| log.append((*entry).clone()).is_err()).count();
        wrong > 0 && log.entries().len() > 1
    };
    entries.shrinks_to_text(
        refused,
        |entries| text(entries),
        "start 0 with 0.00 CNY; start 1 with 0.00 USD; start 0 with 0.00 CNY",
    );
}

#[test]
fn experiment_logs() {
    let logs = Sample { name: "experiment_logs", strategy: strategies::experiment_logs(), of: "entries" };
    logs.is_valid_and_often_an_edge(
        |log| log.entries().len(),
        |log| {
            let result = |entry: &ExperimentEntry| matches!(entry, ExperimentEntry::Result(_));
            log.entries().is_empty() || !log.entries().iter().any(result)
        },
        laws::reads_back_what_it_writes,
    );
    logs.shrinks_to_text(
        |log| log.trials().any(|trial| !trial.conclusions().is_empty()),
        |log| text(log.entries()),
        "start 0 with 0.00 CNY; result of 0 on 2026-01-01",
    );
}

#[test]
fn boards() {
    let boards = Sample { name: "boards", strategy: strategies::boards(), of: "moves" };
    let limits = |board: &Board| board.columns().map(|column| board.limit(column)).collect::<Vec<_>>();
    boards.is_valid_and_often_an_edge(
        |(_, moves)| moves.len(),
        |(board, moves)| {
            let limits = limits(board);
            limits.iter().all(Option::is_none) || limits.len() == 2 || moves.len() < 5
        },
        |(board, _)| laws::reads_back_what_it_writes(board),
    );
    let full = |(board, moves): &(Board, Vec<(String, Option<String>)>)| {
        let mut board = board.clone();
        for (card, to) in moves {
            let _ = match to {
                Some(column) => board.pull(card, column).is_ok(),
                None => board.add(card.clone()).is_ok(),
            };
        }
        board.columns().skip(1).any(|column| board.room(column) == Some(0))
    };
    let text = |(board, moves): &(Board, Vec<(String, Option<String>)>)| {
        let step = |(card, to): &(String, Option<String>)| match to {
            Some(to) => format!(" {card} to {to}"),
            None => format!(" {card} is new"),
        };
        format!("{:?}{}", limits(board), moves.iter().map(step).collect::<String>())
    };
    boards.shrinks_to_text(full, text, "[None, Some(1)] 7 is new 7 to b");
}

refuse_other_forms! {
    sprints_of_another_form: Sprints = strategies::sprints();
    a_sprint_plan_of_another_form: SprintPlan = strategies::sprint_plans().prop_map(|(plan, _)| plan);
    a_log_of_another_form: ExperimentLog = strategies::experiment_logs();
    a_board_of_another_form: Board = strategies::boards().prop_map(|(board, moves)| {
        moves.iter().fold(board, |mut board, (card, _)| {
            let _ = board.add(card.clone());
            board
        })
    });
}
