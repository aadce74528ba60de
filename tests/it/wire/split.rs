//! The wire form of splits, byte for byte.

use super::{pinned, refused, written};
use marketloop::quantity::{Mix, Money, Ratio};
use marketloop::split::{Apportionment, Bounded, Split, SplitError, Weights, bounded};

#[test]
fn every_form_is_pinned() {
    let mix = Mix::from_percents([("own".to_owned(), 60), ("partner".to_owned(), 40)]).unwrap();
    let split = Money::parse("0.02 CNY").unwrap().split(&mix).unwrap();
    pinned(
        &split,
        r#"{"total":{"amount":"0.02","currency":"CNY"},"parts":[["own",{"amount":"0.01","currency":"CNY"}],["partner",{"amount":"0.01","currency":"CNY"}]]}"#,
    );
    pinned(
        &[
            Apportionment::LargestRemainder,
            Apportionment::SainteLague,
            Apportionment::FirstInOrder,
            Apportionment::LastInOrder,
            Apportionment::LargestWeight,
            Apportionment::Cumulative,
        ],
        r#"["largest_remainder","sainte_lague","first_in_order","last_in_order","largest_weight","cumulative"]"#,
    );
}

#[test]
fn weights_are_a_list_of_decimals() {
    let few =
        Weights::new([rust_decimal::dec!(1.50), rust_decimal::dec!(20), rust_decimal::dec!(0)]).unwrap();
    pinned(&few, r#"["1.5","20","0"]"#);
    // In every width, and equal whatever scale the numbers were written on.
    let wide = [rust_decimal::Decimal::MAX, rust_decimal::dec!(0.0000000000000000000000000001)];
    pinned(
        &Weights::new(wide).unwrap(),
        r#"["79228162514264337593543950335","0.0000000000000000000000000001"]"#,
    );
    pinned(&Weights::new([u64::MAX, 1]).unwrap(), r#"["18446744073709551615","1"]"#);
    pinned(&Weights::new([7; 20]).unwrap(), &format!("[{}]", [r#""7""#; 20].join(",")));
    refused::<Weights>("[]", &SplitError::NoWeights);
    refused::<Weights>(r#"["1","-2"]"#, "weight -2 at 1 is below 0");
}

#[test]
fn bounded_splits_have_their_form() {
    pinned(
        &Bounded::new(rust_decimal::dec!(0.5)).with_floor(i128::MAX),
        r#"{"weight":"0.5","floor":"170141183460469231731687303715884105727"}"#,
    );
    pinned(
        &Bounded::group()
            .with_cap("7/2".parse::<Ratio>().unwrap())
            .with_reserve("1/10".parse().unwrap())
            .below(0),
        r#"{"parent":0,"reserve":"1/10","cap":"7/2"}"#,
    );
    pinned(
        &Bounded::new(1).with_cap(Money::parse("2 CNY").unwrap()),
        r#"{"weight":"1","cap":{"amount":"2.00","currency":"CNY"}}"#,
    );
    refused::<Bounded>(r#"{"weight":1,"least":"2"}"#, "unknown field `least`");
    let flat = bounded(10, &[Bounded::new(1), Bounded::new(2).with_cap(5)]).unwrap();
    written(
        &flat,
        r#"{"total":"10","scale":"5","parts":[{"key":0,"amount":"5","set_by":"weight","exact":"5"},{"key":1,"amount":"5","set_by":"cap","exact":"5"}]}"#,
    );
    assert_eq!(
        flat.to_string(),
        "part  amount  exact  set by\n0          5      5  weight\n1          5      5  cap\n"
    );
    let group: Bounded<Money> = Bounded::group().with_reserve("1/2".parse().unwrap());
    let lines = [("all", group), ("one", Bounded::new(1).below(0))];
    let split = Money::parse("0.03 CNY").unwrap().split_bounded(lines).unwrap();
    written(
        &split,
        r#"{"total":{"amount":"0.03","currency":"CNY"},"scale":"1/50","parts":[{"key":"all","amount":{"amount":"0.03","currency":"CNY"},"set_by":"weight","exact":"3/100","scale":"1/50","reserve":{"amount":"0.01","currency":"CNY"}},{"key":"one","amount":{"amount":"0.02","currency":"CNY"},"set_by":"weight","exact":"1/50","scale":"1/50"}]}"#,
    );
    assert_eq!(
        split.to_string(),
        "part  amount CNY  exact CNY  set by\nall         0.03       0.03  weight\none         0.02       0.02  weight\n"
    );
    // What a group has is there once.
    assert_eq!(split.into_split().into_iter().map(|(key, _)| key).collect::<Vec<_>>(), ["all"]);
    refused::<Bounded<Money>>(r#"{"weight":"1","floor":"1"}"#, "");
    assert_eq!(
        bounded(1, &[Bounded::group(), Bounded { reserve: group.reserve, ..Bounded::new(1) }]).unwrap_err(),
        SplitError::ReserveOfLine { index: 1 }
    );
}

#[test]
fn bad_values_fail_with_the_constructors_error() {
    refused::<Split<u8>>(
        r#"{"total":"0.04 CNY","parts":[[1,"0.01 CNY"]]}"#,
        &SplitError::SumMismatch { difference: -3 },
    );
    refused::<Split<u8>>(
        r#"{"total":"2 CNY","parts":[[1,"1 CNY"],[1,"1 CNY"]]}"#,
        &SplitError::DuplicateKey { first: 0, second: 1 },
    );
    refused::<Split<u8>>(
        r#"{"total":"-1 CNY","parts":[[1,"1 CNY"],[2,"-2 CNY"]]}"#,
        "part 0 of 1.00 CNY has not the sign of its total -1.00 CNY",
    );
    let mixed = Money::parse("0 CNY").unwrap().plus(Money::parse("1 JPY").unwrap()).unwrap_err();
    refused::<Split<u8>>(r#"{"total":"1 CNY","parts":[[1,"1 JPY"]]}"#, &mixed);
    refused::<Split<u8>>(r#"{"total":"1 CNY","part":[]}"#, &"unknown field `part`");
    refused::<Apportionment>(r#""hamilton""#, &"unknown variant `hamilton`");
}
