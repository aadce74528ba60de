//! Wrong optima.

use super::caught;
use marketloop::laws::{Broken, amounts_keep_the_bounds, bound_is_not_beaten, optimum_keeps_its_bounds};
use marketloop::optimise::{Aim, Optimisation, OptimumLine};
use marketloop::quantity::Money;
use marketloop::strategies::{curves, optimisations};

/// The amounts of the optimum of a question, by line.
fn amounts(question: &Optimisation) -> Vec<Money> {
    question.solve().unwrap().lines().iter().map(OptimumLine::amount).collect()
}

fn keep(question: &Optimisation, amounts: &[Money]) -> Result<(), Broken> {
    let names: Vec<&str> = question.curves().map(|(name, _)| name).collect();
    amounts_keep_the_bounds(question, names.into_iter().zip(amounts.iter().copied()))
}

#[test]
fn each_amount_rounded_down_for_itself() {
    caught(
        "amounts cut to whole yuan",
        optimisations().with_curves(curves().concave()),
        |question| optimum_keeps_its_bounds(question, &question.solve().unwrap()),
        |question| {
            let cut =
                |amount: Money| Money::from_minor(amount.minor() / 100 * 100, amount.currency()).unwrap();
            keep(question, &amounts(question).into_iter().map(cut).collect::<Vec<_>>())
        },
    );
}

#[test]
fn a_cap_that_is_forgotten() {
    caught(
        "the optimum without caps",
        optimisations().with_curves(curves().concave()),
        |question| keep(question, &amounts(question)),
        |question| {
            let Aim::Response { budget } = question.aim() else { unreachable!() };
            let bounds: Vec<Option<Money>> = question.bounds().map(|(_, floor, _)| floor).collect();
            let open = question.curves().zip(bounds).fold(
                Optimisation::maximise_response(budget),
                |open, ((name, curve), floor)| match floor {
                    Some(floor) => open.line(name, curve.clone(), floor..),
                    None => open.line(name, curve.clone(), ..),
                },
            );
            keep(question, &amounts(&open))
        },
    );
}

/// The optimum of other curves within the same bounds.
#[test]
fn the_optimum_of_another_question() {
    caught(
        "the first line with the curve of the last",
        optimisations().with_lines(2..5).with_curves(curves().concave()),
        |question| bound_is_not_beaten(question, &question.solve().unwrap(), amounts(question)),
        |question| {
            // The optimum of another question: the first line has the curve of the last.
            let Aim::Response { budget } = question.aim() else { unreachable!() };
            let bounds: Vec<(Option<Money>, Option<Money>)> =
                question.bounds().map(|(_, floor, cap)| (floor, cap)).collect();
            let curves: Vec<_> = question.curves().map(|(_, curve)| curve.clone()).collect();
            let mut other = Optimisation::maximise_response(budget);
            for (index, (floor, cap)) in bounds.into_iter().enumerate() {
                let curve = if index == 0 { curves.last().unwrap() } else { &curves[index] };
                let floor = floor.unwrap_or(Money::zero(budget.currency()));
                other = other.line(format!("l{index}"), curve.clone(), floor..=cap.unwrap_or(budget));
            }
            bound_is_not_beaten(question, &other.solve().unwrap(), amounts(question))
        },
    );
}
