//! The laws that what is built on `marketloop` has to keep, tried on drawn cases.

use marketloop::laws;
use marketloop::optimise::{Aim, Optimisation};
use marketloop::quantity::Money;
use marketloop::response::check_curve;
use marketloop::strategies::{self, path_tables};
use marketloop_library::{MostTouches, Reach};
use proptest::prelude::*;

proptest! {
    #[test]
    fn the_model_keeps_the_laws_of_credits(paths in path_tables()) {
        laws::credits_conserve(&MostTouches, &paths)?;
        laws::credits_ignore_order(&MostTouches, &paths)?;
        laws::untouched_channels_get_nothing(&MostTouches, &paths)?;
        laws::null_channels_get_nothing(&MostTouches, &paths)?;
    }

    #[test]
    fn each_journey_is_divided_for_itself(july in path_tables(), august in path_tables()) {
        laws::credits_of_parts_add_up(&MostTouches, &july, &august)?;
    }

    #[test]
    fn the_curve_keeps_the_contract(people in 1e3..1e7_f64, cost in 0.01..10.0_f64) {
        let curve = Reach { people, cost_per_contact: cost };
        let spends = (0..=24).map(|step| f64::from(step) * people * cost / 8.0);
        prop_assert_eq!(check_curve(&curve, spends), []);
    }

    #[test]
    fn the_optimum_spends_the_budget(money in strategies::money()) {
        let budget = Money::new(money.amount().abs(), money.currency()).unwrap();
        let curve = |people| Reach { people, cost_per_contact: 1.0 };
        let question =
            Optimisation::<Reach>::draft(Aim::Response { budget }).line("a", curve(1e4), ..).line("b", curve(3e4), ..);
        // Amounts that a float does not tell apart are refused, and nothing else is.
        if let Ok(best) = question.solve() {
            prop_assert_eq!(best["a"].amount().plus(best["b"].amount()).unwrap(), budget);
        }
    }
}
