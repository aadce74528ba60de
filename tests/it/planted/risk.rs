//! Wrong estimates, losses and ratings.

use super::caught;
use marketloop::laws::{
    expected_loss_is_the_sum_of_its_risks, levels_take_in_their_ends, mean_of_three_points_moves_with_them,
    ratings_do_not_turn_round,
};
use marketloop::quantity::{Money, Ratio, Rounding, Share};
use marketloop::risk::{Rating, RiskMatrix, ThreePoint};
use marketloop::strategies::{risk_matrices, risk_registers, shares, three_points};
use rust_decimal::Decimal;

#[test]
fn a_pert_mean_by_five() {
    let mean = |estimate: &ThreePoint| {
        let weight = Decimal::from(estimate.weight_of_likely());
        let points = estimate.low().amount() + weight * estimate.likely().amount() + estimate.high().amount();
        Ratio::new(points, weight + Decimal::ONE).unwrap()
    };
    caught(
        "the mean of three points by five in place of six",
        three_points(),
        |estimate| mean_of_three_points_moves_with_them(estimate, |estimate| estimate.exact_mean().unwrap()),
        |estimate| mean_of_three_points_moves_with_them(estimate, mean),
    );
}

#[test]
fn losses_rounded_one_by_one() {
    caught(
        "losses rounded one by one",
        risk_registers(),
        |register| {
            let loss = register.expected_loss(Rounding::HalfEven).unwrap();
            expected_loss_is_the_sum_of_its_risks(register, loss.known())
        },
        |register| {
            let losses = register
                .iter()
                .filter_map(|risk| risk.expected_monetary_value(Rounding::HalfEven).unwrap().known());
            let loss = losses.reduce(|sum: Money, loss| sum.plus(loss).unwrap());
            expected_loss_is_the_sum_of_its_risks(register, loss)
        },
    );
}

/// The rating of the first levels that end above, not at, a probability and an impact.
fn beyond_their_ends(matrix: &RiskMatrix, share: Share, impact: Decimal) -> Rating {
    let row = matrix.probability_levels().find(|(_, end)| share.value() < *end);
    let row = row.or_else(|| matrix.probability_levels().last()).unwrap();
    let column = matrix.impact_levels().find(|(_, end)| impact < *end);
    let column = column.or_else(|| matrix.impact_levels().last()).unwrap();
    matrix.rating(row.0, column.0).unwrap()
}

#[test]
fn levels_that_leave_out_their_ends() {
    caught(
        "levels that leave out their ends",
        risk_matrices(),
        |matrix| levels_take_in_their_ends(matrix, |share, impact| matrix.rate(share, impact).unwrap()),
        |matrix| levels_take_in_their_ends(matrix, |share, impact| beyond_their_ends(matrix, share, impact)),
    );
}

#[test]
fn a_matrix_whose_impacts_are_turned() {
    let law = |(matrix, one, other): &(RiskMatrix, Share, Share), turned: bool| {
        let impact = |share: Share| Decimal::ONE_HUNDRED * share.value();
        let rate = |share: Share, impact: Decimal| {
            matrix.rate(share, if turned { Decimal::ONE_HUNDRED - impact } else { impact }).unwrap()
        };
        ratings_do_not_turn_round(rate, (*one, impact(*other)), (*other, impact(*one)))?;
        ratings_do_not_turn_round(rate, (*one, impact(*one)), (*other, impact(*other)))
    };
    caught(
        "a matrix whose impacts are turned",
        (risk_matrices(), shares(), shares()),
        |case| law(case, false),
        |case| law(case, true),
    );
}
