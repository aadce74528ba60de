//! The wire form of quantities, byte for byte.

use super::{pinned, refused};
use marketloop::quantity::{
    Count, Currency, Mix, Money, Precision, Quantity, Ratio, Return, Revenue, Rounding, Share, Unit,
};
use rust_decimal::dec;

#[test]
fn every_form_is_pinned() {
    let money = Money::parse("1000000 CNY").unwrap();
    pinned(&money, r#"{"amount":"1000000.00","currency":"CNY"}"#);
    pinned(&Money::parse("-5 JPY").unwrap(), r#"{"amount":"-5","currency":"JPY"}"#);
    pinned(&Currency::CNY, r#""CNY""#);
    pinned(&Share::percent(40).unwrap(), r#""0.4""#);
    pinned(&Share::ONE, r#""1""#);
    let mix = Mix::from_percents([("SEM".to_owned(), 40), ("social".to_owned(), 60)]).unwrap();
    pinned(&mix, r#"[["SEM","0.4"],["social","0.6"]]"#);
    pinned(&Count::new(u64::MAX), "\"18446744073709551615\"");
    pinned(&Ratio::new(dec!(-480), dec!(500)).unwrap(), r#""-24/25""#);
    pinned(&"1:3.2".parse::<Return<Revenue>>().unwrap(), r#""1:3.2""#);
    pinned(&"1:16/3".parse::<Return<Revenue>>().unwrap(), r#""1:16/3""#);
    pinned(&"CNY/1000 impression".parse::<Unit>().unwrap(), r#""CNY/1000 impression""#);
    pinned(&"131.250 CNY/order".parse::<Quantity>().unwrap(), r#"{"value":"131.25","unit":"CNY/order"}"#);
    pinned(
        &[
            Rounding::HalfEven,
            Rounding::HalfAwayFromZero,
            Rounding::HalfTowardZero,
            Rounding::AwayFromZero,
            Rounding::TowardZero,
            Rounding::Ceiling,
            Rounding::Floor,
        ],
        r#"["half_even","half_away_from_zero","half_toward_zero","away_from_zero","toward_zero","ceiling","floor"]"#,
    );
    pinned(&Precision::new(2, Rounding::HalfEven), r#"{"scale":2,"rounding":"half_even"}"#);
}

#[test]
fn numbers_and_texts_are_read_too() {
    let money = Money::parse("4216138.98 CNY").unwrap();
    for json in [
        r#"{"amount":4216138.98,"currency":"CNY"}"#,
        r#"{"currency":"CNY","amount":"4216138.980"}"#,
        r#""4,216,138.98 CNY""#,
    ] {
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), money, "{json}");
    }
    assert_eq!(serde_json::from_str::<Share>("0.4").unwrap(), Share::percent(40).unwrap());
    assert_eq!(serde_json::from_str::<Count>("\"5\"").unwrap(), Count::new(5));
    for (json, ratio) in [("0.96", "24/25"), ("3", "3"), ("-2", "-2"), (r#""0.96""#, "24/25")] {
        assert_eq!(serde_json::from_str::<Ratio>(json).unwrap(), ratio.parse::<Ratio>().unwrap(), "{json}");
    }
    for (json, value) in [("3.2", "1:3.2"), ("4", "1:4"), (r#""3.2""#, "1:3.2")] {
        assert_eq!(serde_json::from_str::<Return<Revenue>>(json).unwrap().to_string(), value, "{json}");
    }
    for (json, quantity) in [(r#""5 CNY""#, "5 CNY"), (r#""4%""#, "4 %"), (r#""-0.5""#, "-0.5")] {
        assert_eq!(serde_json::from_str::<Quantity>(json).unwrap(), quantity.parse().unwrap(), "{json}");
    }
    let mix: Mix<String> = serde_json::from_str(r#"{"SEM":0.4,"social":"0.6"}"#).unwrap();
    assert_eq!(mix.largest().unwrap().0, "social");
}

#[test]
fn bad_values_fail_with_the_constructors_error() {
    refused::<Money>(
        r#"{"amount":0.005,"currency":"CNY"}"#,
        &Money::new(dec!(0.005), Currency::CNY).unwrap_err(),
    );
    refused::<Money>(r#""12 RMB""#, &Money::parse("12 RMB").unwrap_err());
    refused::<Currency>(r#""RMB""#, &Currency::new("RMB").unwrap_err());
    let long = "number 83306201060651.05 has more digits than a float carries exactly: write it as a string";
    refused::<Money>(r#"{"amount":83306201060651.05,"currency":"CNY"}"#, long);
    refused::<Share>("1.2", &Share::new(dec!(1.2)).unwrap_err());
    refused::<Mix<u8>>("[[1,0.7],[2,0.4]]", &Mix::from_percents([(1_u8, 70), (2, 40)]).unwrap_err());
    refused::<Mix<u8>>("[[1,0.5],[1,0.5]]", &Mix::from_percents([(1_u8, 50), (1, 50)]).unwrap_err());
    refused::<Mix<u8>>("[]", &Mix::<u8>::new([]).unwrap_err());
    refused::<Count>("2.5", &Count::try_from(dec!(2.5)).unwrap_err());
    refused::<Ratio>(r#""1/0""#, &"1/0".parse::<Ratio>().unwrap_err());
    refused::<Unit>(r#""200 CNY""#, &"200 CNY".parse::<Unit>().unwrap_err());
    refused::<Quantity>(r#"{"value":"x","unit":"%"}"#, &"`x` is not a decimal number");
    let long =
        "number 0.30000000000000004 has more digits than a float carries exactly: write it as a string";
    refused::<Ratio>("0.30000000000000004", long);
    refused::<Return<Revenue>>("0.30000000000000004", long);
    refused::<Return<Revenue>>(r#""2:1""#, &"2:1".parse::<Return<Revenue>>().unwrap_err());
    refused::<Ratio>("null", "invalid type: null, expected a fraction such as `24/25`");
    refused::<Quantity>("5", "invalid type: integer `5`, expected a quantity as ");
    refused::<Quantity>(r#""5CNY""#, "`5CNY` is not a decimal number");
    refused::<Quantity>(r#"{"value":1,"unit":"%","scale":2}"#, "unknown field `scale`");
    refused::<Rounding>(r#""half""#, &"unknown variant `half`");
}
