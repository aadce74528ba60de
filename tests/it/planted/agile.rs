//! Wrong boards, sprints and logs of experiments.

use super::caught;
use marketloop::agile::{ExperimentEntry, Flow};
use marketloop::laws::{
    Broken, littles_law_holds, no_column_is_above_its_limit, open_work_is_carried_over,
    spend_stays_within_its_cap, sprints_leave_no_day_out,
};
use marketloop::quantity::{Money, Ratio};
use marketloop::strategies::{boards, experiment_logs, sprint_plans, sprints};
use marketloop::time::{Period, date};
use proptest::prelude::*;

#[test]
fn a_full_column_takes_one_more_card() {
    caught(
        "a full column takes one more card: `>` for `>=`",
        boards(),
        |(board, moves)| {
            let mut board = board.clone();
            moves.iter().try_for_each(|(card, to)| {
                let _ = match to {
                    Some(column) => board.pull(card, column).is_ok(),
                    None => board.add(card.clone()).is_ok(),
                };
                let columns = board.columns();
                no_column_is_above_its_limit(
                    columns.map(|column| (column, board.limit(column), board.cards_in(column).count())),
                )
            })
        },
        |(board, moves)| {
            let columns: Vec<&str> = board.columns().collect();
            let mut cards: Vec<Vec<&str>> = vec![Vec::new(); columns.len()];
            moves.iter().try_for_each(|(card, to)| {
                let from = cards.iter().position(|cards| cards.contains(&card.as_str()));
                let to = to.as_ref().map_or(Some(0), |to| columns.iter().position(|column| column == to));
                let is_full = |to: usize| {
                    board.limit(columns[to]).is_some_and(|limit| cards[to].len() > limit as usize)
                };
                let step = to.filter(|to| from.is_none_or(|from| *to <= from + 1) && !is_full(*to));
                if let Some(to) = step.filter(|to| from.is_some() || *to == 0) {
                    for cards in &mut cards {
                        cards.retain(|other| other != card);
                    }
                    cards[to].push(card);
                }
                let columns = columns.iter().zip(&cards);
                no_column_is_above_its_limit(
                    columns.map(|(column, cards)| (*column, board.limit(column), cards.len())),
                )
            })
        },
    );
}

#[test]
fn a_sprint_begins_on_the_last_day_of_the_one_before() {
    caught(
        "a sprint begins on the last day of the one before",
        sprints(),
        |sprints| {
            let days: Vec<Period> = sprints.iter().map(|(_, days)| days).collect();
            sprints_leave_no_day_out(sprints.period(), &days)
        },
        |sprints| {
            let days: Vec<Period> = sprints
                .iter()
                .map(|(number, days)| {
                    let first = days.start() - chrono::Days::new(u64::from(number > 1));
                    Period::custom(first, days.end()).unwrap()
                })
                .collect();
            sprints_leave_no_day_out(sprints.period(), &days)
        },
    );
}

#[test]
fn a_task_done_on_the_first_day_of_a_sprint_is_not_carried_into_it() {
    caught(
        "a task done on the first day of a sprint is not carried into it: `>` for `>=`",
        sprint_plans(),
        |(plan, calendar)| {
            let loads = plan.sprints().iter().map(|(number, _)| plan.load(number, calendar).unwrap());
            open_work_is_carried_over(&loads.collect::<Vec<_>>())
        },
        |(plan, calendar)| {
            let load = |(number, days): (u32, Period)| {
                let mut load = plan.load(number, calendar).unwrap();
                let carried = plan.commitments().iter().filter(|task| {
                    task.sprint < number && task.finished.is_none_or(|finished| finished > days.start())
                });
                load.carried_in = carried.map(|task| u64::from(task.workdays)).sum();
                load
            };
            open_work_is_carried_over(&plan.sprints().iter().map(load).collect::<Vec<_>>())
        },
    );
}

#[test]
fn a_spend_recorded_twice() {
    caught(
        "a spend recorded twice",
        experiment_logs(),
        |log| {
            log.trials().try_for_each(|trial| {
                spend_stays_within_its_cap(&trial.experiment().cost_cap, &trial.spent(), &trial.left())
            })
        },
        |log| {
            log.trials().try_for_each(|trial| {
                let id = &trial.experiment().id;
                let spends = log.entries().iter().filter_map(|entry| match entry {
                    ExperimentEntry::Spend { experiment, amount, .. } if experiment == id => {
                        Some([*amount, *amount])
                    }
                    _ => None,
                });
                let spent = Money::sum(spends.flatten(), trial.left().currency()).unwrap();
                spend_stays_within_its_cap(&trial.experiment().cost_cap, &spent, &trial.left())
            })
        },
    );
}

#[test]
fn a_cycle_time_without_the_day_on_which_a_card_is_done() {
    let day = |offset: u64| date(2026, 1, 1).unwrap() + chrono::Days::new(offset);
    let flow = move |cards: &[(u64, u64)]| {
        let cards: Vec<Period> = cards
            .iter()
            .map(|(start, work)| Period::custom(day(*start), day(start + work)).unwrap())
            .collect();
        Flow::over(&Period::custom(day(0), day(100)).unwrap(), &cards)
    };
    let law = |flow: Flow, cycle_time: Ratio| -> Result<(), Broken> {
        littles_law_holds(flow.work_in_progress().unwrap(), flow.throughput().unwrap(), cycle_time)
    };
    caught(
        "a cycle time without the day on which a card is done",
        prop::collection::vec((0_u64..80, 0_u64..20), 1..30),
        |cards| law(flow(cards), flow(cards).cycle_time().unwrap()),
        |cards| law(flow(cards), flow(cards).cycle_time().unwrap().minus(Ratio::ONE).unwrap()),
    );
}
