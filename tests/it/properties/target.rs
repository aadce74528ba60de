//! Laws of targets, attainment and bands.

use marketloop::quantity::{Count, Currency, Mix, Money, Quantity, Ratio, Share, Unit};
use marketloop::split::{Apportionment, Split};
use marketloop::strategies::{decimals, ratios, targets, units};
use marketloop::target::{Attainment, Bands, Favour, Light, LowerRule, Target, Threshold};
use marketloop::time::{Deadline, FiscalCalendar, Grain, Period, WeekMask, WorkCalendar};
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};

fn positive() -> impl Strategy<Value = Decimal> {
    (1_i64..1_000_000, 0_u32..5).prop_map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

fn hundredths(value: i64) -> Ratio {
    Decimal::new(value, 2).into()
}

/// Bands of the classes 0, 1, 2 and so on, with the widest margin or a part of it.
fn bands() -> impl Strategy<Value = Bands<usize>> {
    (prop::collection::btree_set(-200_i64..200, 1..6), any::<u8>(), 0_i64..=4).prop_map(
        |(edges, sides, part)| {
            let edges: Vec<i64> = edges.into_iter().collect();
            let gap = edges.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(40);
            let rising = edges.iter().enumerate().map(|(index, at)| {
                let at = hundredths(*at);
                let included = sides >> index & 1 == 1;
                (if included { Threshold::at_or_above(at) } else { Threshold::above(at) }, index + 1)
            });
            // A quarter of the gap, twice: half of it is the widest margin.
            Bands::new(0, rising)
                .unwrap()
                .with_hysteresis(Decimal::new(gap * part, 2) / Decimal::from(8))
                .unwrap()
        },
    )
}

fn json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,20}",
        prop::sample::select(vec![
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
        ])
        .prop_map(String::from),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|float| Number::from_f64(float).map_or(Value::Null, Value::Number)),
        text.prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
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
    ]);
    leaf.prop_recursive(3, 24, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key.clone(), inner), 0..5).prop_map(|entries| {
                let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value));
                Value::Object(entries.collect::<Map<_, _>>())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn parse_of_display_is_identity(target in targets()) {
        let text = target.to_string();
        prop_assert_eq!(&text.parse::<Target>().unwrap(), &target, "{}", text);
        let json = serde_json::to_string(&target).unwrap();
        prop_assert_eq!(serde_json::from_str::<Target>(&json).unwrap(), target);
    }

    #[test]
    fn attainment_of_at_least_is_the_exact_quotient(value in positive(), actual in decimals(), unit in units()) {
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
    fn a_target_is_met_exactly_when_its_attainment_is_one(target in targets(), actual in decimals()) {
        if let Ok(attainment) = target.attainment(actual) {
            // The inverse rule against a target of 0 is never at 1, its only attainable value undefined.
            prop_assert_eq!(attainment.is_met(), target.is_met(actual), "{} of {}", actual, target);
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
    fn better_values_attain_more(value in positive(), a in positive(), b in positive(), inverse in any::<bool>()) {
        let rule = if inverse { LowerRule::Inverse } else { LowerRule::Linear };
        let (less, more) = (a.min(b), a.max(b));
        let up = Target::at_least(value, Unit::ONE);
        prop_assert!(up.attainment(less).unwrap() <= up.attainment(more).unwrap());
        let down = Target::at_most(value, rule, Unit::ONE);
        prop_assert!(down.attainment(less).unwrap() >= down.attainment(more).unwrap());
        prop_assert_eq!(down.attainment(value).unwrap().ratio(), Ratio::ONE);
        let range = Target::between(less, more, rule, Unit::ONE).unwrap();
        prop_assert!(range.attainment(value).unwrap().ratio() <= Ratio::ONE);
    }

    #[test]
    fn classes_rise_with_the_value(bands in bands(), a in ratios(), b in -250_i64..250, c in -250_i64..250, previous in 0_usize..6) {
        for (a, b) in [(a, hundredths(b)), (hundredths(b), hundredths(c))] {
            let (less, more) = (a.min(b), a.max(b));
            prop_assert!(bands.classify(less) <= bands.classify(more));
            prop_assert!(bands.classify_after(&previous, less) <= bands.classify_after(&previous, more));
        }
    }

    #[test]
    fn hysteresis_never_adds_switches(bands in bands(), values in vec(-250_i64..250, 1..40)) {
        // A jump over two edges is two switches, so that bridging it in two steps adds none.
        let switches = |classes: &[usize]| classes.windows(2).map(|pair| pair[0].abs_diff(pair[1])).sum::<usize>();
        let plain: Vec<usize> = values.iter().map(|value| *bands.classify(hundredths(*value))).collect();
        let mut calm = vec![plain[0]];
        for value in &values[1..] {
            calm.push(*bands.classify_after(&calm[calm.len() - 1], hundredths(*value)));
        }
        prop_assert!(switches(&calm) <= switches(&plain), "{:?} {:?}", calm, plain);
    }

    #[test]
    fn a_class_is_its_own_successor(bands in bands(), value in -250_i64..250, previous in 0_usize..6) {
        let class = *bands.classify_after(&previous, hundredths(value));
        prop_assert_eq!(*bands.classify_after(&class, hundredths(value)), class);
        let calm = bands.clone().with_hysteresis(Decimal::ZERO).unwrap();
        prop_assert_eq!(calm.classify_after(&previous, hundredths(value)), bands.classify(hundredths(value)));
        let json = serde_json::to_string(&bands).unwrap();
        prop_assert_eq!(serde_json::from_str::<Bands<usize>>(&json).unwrap(), bands);
    }

    #[test]
    fn no_json_makes_a_type_panic(value in json()) {
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
