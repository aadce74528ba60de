//! The wire form of splits, byte for byte.

use super::{pinned, refused};
use marketloop::quantity::{Mix, Money};
use marketloop::split::{Apportionment, SetBy, Split, SplitError};

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
    pinned(&[SetBy::Weight, SetBy::Floor, SetBy::Cap], r#"["weight","floor","cap"]"#);
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
