//! Laws of targets, attainment and bands.

use marketloop::laws::{
    self, better_attains_more, classes_rise, edge_belongs_to_its_side, met_exactly_at_one,
    reads_back_what_it_writes, reads_its_own_text,
};
use marketloop::quantity::{Count, Currency, Mix, Money, Quantity, Ratio, Share, Unit};
use marketloop::split::{Apportionment, Split};
use marketloop::strategies::{any_json, bands, decimals, ratios, small_decimals, targets, units};
use marketloop::target::{Attainment, Bands, Favour, Light, LowerRule, Target, Threshold};
use marketloop::time::{Deadline, FiscalCalendar, Grain, Period, WeekMask, WorkCalendar};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

fn hundredths(value: i64) -> Ratio {
    Decimal::new(value, 2).into()
}

/// The fields of the types below.
const KEYS: [&str; 21] = [
    "amount",
    "currency",
    "value",
    "unit",
    "first",
    "last",
    "week",
    "holidays",
    "makeup_workdays",
    "lowest",
    "edges",
    "threshold",
    "at",
    "side",
    "class",
    "hysteresis",
    "start_month",
    "label",
    "total",
    "parts",
    "$serde_json::private::Number",
];

/// Texts that one of them reads.
const TEXTS: [&str; 18] = [
    "0.4",
    "1.2",
    "CNY",
    "12.50 CNY",
    "order/visitor",
    "2026-Q3",
    "every Friday",
    "at least 25 %",
    "24/25",
    "red",
    "by_end",
    "2026-07-01",
    "1111100",
    "largest_remainder",
    "day",
    "1e9",
    "-0",
    "9999-12-31",
];

proptest! {
    #[test]
    fn parse_of_display_is_identity(target in targets()) {
        reads_its_own_text(&target)?;
        reads_back_what_it_writes(&target)?;
    }

    #[test]
    fn attainment_of_at_least_is_the_exact_quotient(value in small_decimals(1..=999_999), actual in decimals(), unit in units()) {
        let target = Target::at_least(value, unit);
        if let Ok(attainment) = target.attainment(actual) {
            if let Ok(product) = attainment.ratio().times(value.into()) {
                prop_assert_eq!(product, Ratio::from(actual));
            }
            prop_assert_eq!(attainment.is_met(), target.is_met(actual));
        }
        prop_assert_eq!(target.attainment(value).unwrap().ratio(), Ratio::ONE);
    }

    #[test]
    fn a_target_is_met_exactly_when_its_attainment_is_one(
        target in targets(), (measured, near) in targets().with_actuals(), actual in decimals()
    ) {
        for (target, actual) in [(&target, actual.into()), (&measured, near)] {
            // The inverse rule against a target of 0 is never at 1, its only attainable value undefined.
            if let Ok(attainment) = target.attainment(actual) {
                met_exactly_at_one(target, actual, attainment.ratio())?;
                prop_assert_eq!(attainment.is_met(), target.is_met(actual), "{} of {}", actual, target);
            }
        }
        if let Ok(variance) = target.variance(actual) {
            prop_assert_eq!(variance.favour() != Favour::Adverse, target.is_met(actual));
            let neutral = match (target.min(), target.max()) {
                (Some(value), None) | (None, Some(value)) => actual == value,
                (Some(low), Some(high)) => low <= actual && actual <= high,
                (None, None) => unreachable!(),
            };
            prop_assert_eq!(variance.favour() == Favour::Neutral, neutral);
        }
    }

    #[test]
    fn better_values_attain_more(value in small_decimals(1..=999_999), a in small_decimals(1..=999_999), b in small_decimals(1..=999_999), inverse in any::<bool>()) {
        let rule = if inverse { LowerRule::Inverse } else { LowerRule::Linear };
        let (less, more) = (a.min(b), a.max(b));
        let up = Target::at_least(value, Unit::ONE);
        let down = Target::at_most(value, rule, Unit::ONE);
        let range = Target::between(less, more, rule, Unit::ONE).unwrap();
        let attained = |target: &Target, actual| target.attainment(actual).map(|attainment| attainment.ratio());
        prop_assert!(attained(&up, less.into()).is_ok() && attained(&down, more.into()).is_ok());
        for target in [&up, &down, &range] {
            for (a, b) in [(less, more), (less, value), (value, more)] {
                better_attains_more(target, |actual| attained(target, actual).ok(), a.into(), b.into())?;
            }
        }
        prop_assert_eq!(down.attainment(value).unwrap().ratio(), Ratio::ONE);
        prop_assert!(range.attainment(value).unwrap().ratio() <= Ratio::ONE);
    }

    #[test]
    fn classes_rise_with_the_value(bands in bands(), a in ratios(), b in -250_i64..250, c in -250_i64..250, previous in 0_usize..6) {
        for (a, b) in [(a, hundredths(b)), (hundredths(b), hundredths(c))] {
            classes_rise(|value| *bands.classify(value), a, b)?;
            classes_rise(|value| *bands.classify_after(&previous, value), a, b)?;
        }
        edge_belongs_to_its_side(&bands, |value| *bands.classify(value))?;
    }

    #[test]
    fn hysteresis_never_adds_switches(bands in bands(), values in vec(-250_i64..250, 1..40)) {
        let values: Vec<Ratio> = values.into_iter().map(hundredths).collect();
        let after = |before: &usize, value| *bands.classify_after(before, value);
        laws::hysteresis_never_adds_switches(&bands, after, &values)?;
    }

    #[test]
    fn a_class_is_its_own_successor(bands in bands(), value in -250_i64..250, previous in 0_usize..6) {
        let value = hundredths(value);
        laws::a_class_is_its_own_successor(|before, value| *bands.classify_after(before, value), &previous, value)?;
        let calm = bands.clone().with_hysteresis(Decimal::ZERO).unwrap();
        prop_assert_eq!(calm.classify_after(&previous, value), bands.classify(value));
        reads_back_what_it_writes(&bands)?;
    }

    #[test]
    fn no_json_makes_a_type_panic(value in any_json(&KEYS, &TEXTS)) {
        let value: Value = serde_json::from_str(&value).unwrap();
        macro_rules! survive {
            ($($type:ty)*) => {$(
                if let Ok(read) = serde_json::from_value::<$type>(value.clone()) {
                    let written = serde_json::to_value(&read).unwrap();
                    prop_assert_eq!(serde_json::from_value::<$type>(written).unwrap(), read);
                }
            )*};
        }
        survive!(Money Currency Share Mix<String> Count Ratio Unit Quantity Period Deadline WeekMask);
        survive!(FiscalCalendar WorkCalendar Grain Target Attainment Bands<Light> Bands<u8> Threshold Split<String>);
        survive!(Apportionment Light LowerRule Favour);
    }

    #[test]
    fn no_text_makes_a_target_panic(text in prop_oneof!["\\PC{0,40}", "(at least|at most|between) [-0-9.]{1,5}( and [-0-9.]{1,5})?( [%a-z/1]{1,4})?(, (inverse|linear))?"]) {
        if let Ok(target) = text.parse::<Target>() {
            prop_assert_eq!(target.to_string().parse::<Target>().unwrap(), target);
        }
    }
}
