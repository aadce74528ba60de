//! The laws that what is built on `marketloop` has to keep, tried on drawn cases.

use marketloop::attribution::{AttributionModel, Model, Outcome, PathTable};
use marketloop::optimise::{Aim, Optimisation};
use marketloop::quantity::{Currency, Money};
use marketloop::response::check_curve;
use marketloop::strategies;
use marketloop_library::{MostTouches, Reach};
use proptest::prelude::*;

const CHANNELS: [&str; 4] = ["SEM", "social", "KOL", "email"];

fn paths() -> impl Strategy<Value = PathTable> {
    let row = (prop::collection::vec(0..CHANNELS.len(), 1..8), 0..50_u32, 0..50_u32);
    prop::collection::vec(row, 1..20).prop_map(|rows| {
        let mut builder = PathTable::builder(Currency::CNY);
        for (path, conversions, nulls) in rows {
            let value = 100 * i64::from(conversions);
            let outcome = Outcome { conversions: u64::from(conversions) + 1, nulls: nulls.into(), value };
            builder.push_names(path.iter().map(|channel| CHANNELS[*channel]), outcome).unwrap();
        }
        builder.build()
    })
}

proptest! {
    #[test]
    fn credits_add_up_to_the_conversions(paths in paths()) {
        let own = MostTouches.credit(&paths).unwrap().conversions_exact(2).unwrap();
        let linear = AttributionModel::Linear.credit(&paths).unwrap().conversions_exact(2).unwrap();
        let sum = |credits: Vec<_>| credits.into_iter().sum::<marketloop::prelude::Decimal>();
        prop_assert_eq!(sum(own), sum(linear));
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
