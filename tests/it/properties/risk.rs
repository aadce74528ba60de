//! Laws of risk matrices.

use marketloop::laws;
use marketloop::quantity::{Rounding, Share};
use marketloop::risk::{Rating, RiskMatrix};
use marketloop::strategies::{risk_matrices, risk_registers, shares, three_points};
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};

proptest! {
    #[test]
    fn a_matrix_takes_in_the_ends_of_its_levels(matrix in risk_matrices()) {
        laws::levels_take_in_their_ends(&matrix, |share, impact| matrix.rate(share, impact).unwrap())?;
    }

    #[test]
    fn a_larger_risk_is_not_rated_better(
        matrix in risk_matrices(), one in (shares(), 0_u32..=100), other in (shares(), 0_u32..=100),
    ) {
        let rate = |share, impact| matrix.rate(share, impact).unwrap();
        laws::ratings_do_not_turn_round(rate, (one.0, one.1.into()), (other.0, other.1.into()))?;
    }

    #[test]
    fn a_register_expects_what_its_risks_expect(register in risk_registers(), estimate in three_points()) {
        laws::mean_of_three_points_moves_with_them(&estimate, |estimate| estimate.exact_mean().unwrap())?;
        let loss = register.expected_loss(Rounding::HalfEven).unwrap();
        laws::expected_loss_is_the_sum_of_its_risks(&register, loss.known())?;
        let ranked = register.ranked(dec!(1), Rounding::HalfEven).unwrap();
        for pair in ranked.windows(2) {
            prop_assert!(pair[0].rating >= pair[1].rating);
            if pair[0].rating == pair[1].rating {
                prop_assert!(pair[0].expected_loss.as_ref().known() >= pair[1].expected_loss.as_ref().known());
            }
        }
        for one in &ranked {
            prop_assert!(one.rating != Rating::Acceptable || one.response.is_none());
            // What is tolerable is answered only where that is worth it.
            if one.rating == Rating::Tolerable && let Some(net) = one.net_benefit.as_ref().known() {
                prop_assert!(net.amount() >= Decimal::ZERO, "{}", net);
            }
        }
    }
}

fn matrix(ratings: &[u8]) -> Result<RiskMatrix, ()> {
    let ends = [dec!(0.2), dec!(0.6), dec!(1)];
    let levels = || ends.iter().map(|end| (end.to_string(), *end));
    let rating =
        |rating: &u8| [Rating::Acceptable, Rating::Tolerable, Rating::Unacceptable][usize::from(*rating)];
    let rows = ratings.chunks(3).map(|row| row.iter().map(rating).collect::<Vec<_>>());
    RiskMatrix::new(levels(), levels(), rows).map_err(|_| ())
}

/// Cox's law for all 19,683 ratings of three by three levels: random ones are hardly ever accepted, so that a law on
/// them would mostly check nothing.
#[test]
fn an_accepted_matrix_never_rates_the_larger_risk_acceptable_and_the_smaller_unacceptable() {
    let ends = [1_u32, 10, 20, 21, 40, 60, 61, 80, 100];
    let draws: Vec<(u32, u32)> = ends.iter().flat_map(|p| ends.map(|i| (*p, i))).collect();
    let mut accepted = 0;
    for number in 0..3_u32.pow(9) {
        let ratings: Vec<u8> =
            (0..9).map(|cell| u8::try_from(number / 3_u32.pow(cell) % 3).unwrap()).collect();
        let Ok(matrix) = matrix(&ratings) else { continue };
        accepted += 1;
        let rate = |&(p, i): &(u32, u32)| {
            let share = Share::percent(p).unwrap();
            (p * i, matrix.rate(share, Decimal::new(i.into(), 2)).unwrap(), p, i)
        };
        let rated: Vec<_> = draws.iter().map(rate).collect();
        for left in &rated {
            for right in &rated {
                // Monotone.
                assert!(left.2 > right.2 || left.3 > right.3 || left.1 <= right.1, "{ratings:?}");
                // Weakly consistent.
                let reversed = left.1 == Rating::Acceptable && right.1 == Rating::Unacceptable;
                assert!(!reversed || left.0 <= right.0, "{ratings:?}");
            }
        }
    }
    assert!((2..500).contains(&accepted), "{accepted} of 19,683 are accepted");
}
