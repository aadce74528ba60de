//! The same inputs and the same bytes, whatever features `rust_decimal` and `serde_json` are built with.
//!
//! One table for all combinations: each line is a JSON text and what is written after it was read, or how the
//! error starts. Every value that was read also goes through `serde_json::Value` and through a binary format.

use marketloop::funnel::Events;
use marketloop::goal::GoalStatement;
use marketloop::kpi::Overlay;
use marketloop::optimise::Limits;
use marketloop::pdca::EventRecord;
use marketloop::plan::PlannedDates;
use marketloop::quantity::{Count, Currency, Mix, Money, Quantity, Ratio, Return, Revenue, Share, Unit};
use marketloop::response::{Adstock, CarryOver, Curve};
use marketloop::split::Split;
use marketloop::target::{Attainment, Bands, Light, Target};
use marketloop::time::{Deadline, FiscalCalendar, Period, RetailCalendar, WeekMask, WorkCalendar, YearEnd};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Debug;

type Line<'a> = (&'a str, Result<&'a str, &'a str>);

trait Wire: Serialize + DeserializeOwned + PartialEq + Debug {}
impl<T: Serialize + DeserializeOwned + PartialEq + Debug> Wire for T {}

fn check<T: Wire>(lines: &[Line<'_>]) {
    for (json, expected) in lines {
        compare(json, "text", serde_json::from_str::<T>(json), *expected);
        compare(json, "reader", serde_json::from_reader::<_, T>(json.as_bytes()), *expected);
        let value = serde_json::from_str::<Value>(json);
        compare(json, "value", value.and_then(serde_json::from_value::<T>), *expected);
        let borrowed = serde_json::from_str::<Value>(json);
        compare(json, "borrowed value", borrowed.and_then(|value| T::deserialize(&value)), *expected);
    }
}

/// For texts that a `Value` cannot carry: it keeps the last of two equal fields.
fn check_text<T: Wire>(lines: &[Line<'_>]) {
    for (json, expected) in lines {
        compare(json, "text", serde_json::from_str::<T>(json), *expected);
    }
}

fn compare<T: Wire>(json: &str, way: &str, read: serde_json::Result<T>, expected: Result<&str, &str>) {
    match (read, expected) {
        (Ok(value), Ok(bytes)) => {
            assert_eq!(serde_json::to_string(&value).unwrap(), bytes, "{json} by {way}");
            let tree = serde_json::to_value(&value).unwrap();
            assert_eq!(serde_json::from_str::<Value>(bytes).unwrap(), tree, "{json} by {way}");
            assert_eq!(serde_json::from_value::<T>(tree).unwrap(), value, "{json} by {way}");
            let binary = postcard::to_allocvec(&value).unwrap();
            assert_eq!(postcard::from_bytes::<T>(&binary).unwrap(), value, "{json} by {way}");
        }
        (Err(error), Err(start)) => {
            let error = error.to_string();
            assert!(error.starts_with(start), "{json} by {way}:\n  {error}\n  {start}");
        }
        (read, expected) => panic!("{json} by {way}: {read:?} instead of {expected:?}"),
    }
}

/// Numbers as they may stand in JSON, with the decimal that they are.
const NUMBERS: &[Line<'_>] = &[
    ("5", Ok("5")),
    (r#""5""#, Ok("5")),
    (r#""+5""#, Ok("5")),
    ("-5", Ok("-5")),
    ("0", Ok("0")),
    ("-0", Ok("0")),
    ("-0.0", Ok("0")),
    (r#""-0.00""#, Ok("0")),
    ("4216138.98", Ok("4216138.98")),
    (r#""4216138.98""#, Ok("4216138.98")),
    ("0.1", Ok("0.1")),
    ("0.3", Ok("0.3")),
    ("-1234.5", Ok("-1234.5")),
    ("1e2", Ok("100")),
    ("1E+2", Ok("100")),
    ("1e-7", Ok("0.0000001")),
    ("1.10", Ok("1.1")),
    (r#""1.10""#, Ok("1.1")),
    ("100", Ok("100")),
    (
        "0.30000000000000004",
        Err("number 0.30000000000000004 has more digits than a float carries exactly: write it as a string"),
    ),
    (
        "1e28",
        Err(
            "number 10000000000000000000000000000 has more digits than a float carries exactly: write it as a string",
        ),
    ),
    ("1e-400", Ok("0")),
    ("9223372036854775808", Ok("9223372036854775808")),
    ("-9223372036854775808", Ok("-9223372036854775808")),
    (
        "-9223372036854775809",
        Err("number -9223372036854776000 has more digits than a float carries exactly: write it as a string"),
    ),
    ("18446744073709551615", Ok("18446744073709551615")),
    // Beyond 64 bits a number is a float to JSON readers, which loses digits; a string keeps every digit.
    (
        "18446744073709551616",
        Err("number 18446744073709552000 has more digits than a float carries exactly: write it as a string"),
    ),
    (
        "83306201060651.05",
        Err("number 83306201060651.05 has more digits than a float carries exactly: write it as a string"),
    ),
    (r#""83306201060651.05""#, Ok("83306201060651.05")),
    (
        "1e15",
        Err("number 1000000000000000 has more digits than a float carries exactly: write it as a string"),
    ),
    ("1000000000000000", Ok("1000000000000000")),
    (
        "1e-16",
        Err("number 0.0000000000000001 has more digits than a float carries exactly: write it as a string"),
    ),
    ("1e-15", Ok("0.000000000000001")),
    (r#""18446744073709551616""#, Ok("18446744073709551616")),
    (r#""0.1234567890123456789012345678""#, Ok("0.1234567890123456789012345678")),
    (
        "123456789012345678901234567890",
        Err(
            "number 123456789012345680000000000000 has more digits than a float carries exactly: write it as a string",
        ),
    ),
    (
        "-123456789012345678901234567890",
        Err(
            "number -123456789012345680000000000000 has more digits than a float carries exactly: write it as a string",
        ),
    ),
    (
        r#""123456789012345678901234567890""#,
        Err("123456789012345678901234567890 is not exact within 28 digits"),
    ),
    (
        "1e29",
        Err(
            "number 100000000000000000000000000000 has more digits than a float carries exactly: write it as a string",
        ),
    ),
    ("1e400", Err("number out of range")),
    ("-1e400", Err("number out of range")),
    (r#""NaN""#, Err("`NaN` is not a decimal number")),
    (r#""Infinity""#, Err("`Infinity` is not a decimal number")),
    (r#""1e3""#, Err("`1e3` is not a decimal number")),
    (r#""1,000""#, Ok("1000")),
    (r#""1,00""#, Err("`1,00` is ambiguous: write `100` or `1.00`")),
    (r#""""#, Err("`` is not a decimal number")),
    (r#"" 1""#, Ok("1")),
    ("null", Err("invalid type: null, expected a decimal number, as a string or a number")),
    ("true", Err("invalid type: boolean `true`, expected a decimal number, as a string or a number")),
    ("[]", Err("invalid type: sequence, expected a decimal number, as a string or a number")),
    ("[1]", Err("invalid type: sequence, expected a decimal number, as a string or a number")),
    ("{}", Err("invalid type: map, expected a decimal number, as a string or a number")),
    (r#"{"a":1}"#, Err("invalid type: map, expected a decimal number, as a string or a number")),
];

#[test]
fn numbers() {
    for (number, expected) in NUMBERS {
        let json = format!(r#"{{"value":{number},"unit":"1"}}"#);
        let bytes = expected.map(|value| format!(r#"{{"value":"{value}","unit":"1"}}"#));
        check::<Quantity>(&[(&json, bytes.as_deref().map_err(|error| *error))]);
    }
}

/// Floats of up to 15 digits mean the same to every reader: their text comes back.
#[test]
fn fifteen_digits_survive_as_a_float() {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..20_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mantissa = (state >> 8) % 1_000_000_000_000_000;
        let scale = u32::try_from(state >> 60).unwrap();
        let text =
            rust_decimal::Decimal::from_i128_with_scale(mantissa.into(), scale).normalize().to_string();
        let json = format!(r#"{{"value":{text},"unit":"1"}}"#);
        let read: Quantity = serde_json::from_str(&json).unwrap();
        assert_eq!(read.value().to_string(), text);
        let value: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::from_value::<Quantity>(value).unwrap(), read);
    }
}

#[test]
fn money() {
    check::<Money>(&[
        (r#"{"amount":"12.5","currency":"CNY"}"#, Ok(r#"{"amount":"12.50","currency":"CNY"}"#)),
        (r#"{"currency":"CNY","amount":"12.5"}"#, Ok(r#"{"amount":"12.50","currency":"CNY"}"#)),
        (r#"{"amount":4216138.98,"currency":"CNY"}"#, Ok(r#"{"amount":"4216138.98","currency":"CNY"}"#)),
        (r#"{"amount":1e2,"currency":"JPY"}"#, Ok(r#"{"amount":"100","currency":"JPY"}"#)),
        (r#"{"amount":-0.0,"currency":"KWD"}"#, Ok(r#"{"amount":"0.000","currency":"KWD"}"#)),
        (r#""12.50 CNY""#, Ok(r#"{"amount":"12.50","currency":"CNY"}"#)),
        (r#""-1,234,567 JPY""#, Ok(r#"{"amount":"-1234567","currency":"JPY"}"#)),
        (
            r#"{"amount":0.005,"currency":"CNY"}"#,
            Err("0.005 is finer than the minor unit of CNY (2 decimals)"),
        ),
        (
            r#"{"amount":0.30000000000000004,"currency":"CNY"}"#,
            Err(
                "number 0.30000000000000004 has more digits than a float carries exactly: write it as a string",
            ),
        ),
        (
            r#"{"amount":"79228162514264337593543950335","currency":"CNY"}"#,
            Err("7922816251426433759354395033500 minor units of CNY exceed 79228162514264337593543950335"),
        ),
        (r#"{"amount":1,"currency":"RMB"}"#, Err("`RMB` is not an ISO 4217 currency code")),
        (r#"{"amount":1,"currency":5}"#, Err("invalid type: ")),
        (r#"{"amount":"NaN","currency":"CNY"}"#, Err("`NaN` is not a decimal number")),
        (r#"{"amount":1}"#, Err("missing field `currency`")),
        (r#"{"currency":"CNY"}"#, Err("missing field `amount`")),
        ("{}", Err("missing field `amount`")),
        (
            r#"{"amount":1,"cents":2,"currency":"CNY"}"#,
            Err("unknown field `cents`, expected `amount` or `currency`"),
        ),
        (r#""12 apples""#, Err("`apples` is not an ISO 4217 currency code")),
        (r#""12""#, Err("`12` is not an amount and a currency")),
        (r#""1,00 CNY""#, Err("`1,00` is ambiguous: write `100` or `1.00`")),
        ("5", Err("invalid type: integer `5`, expected money as ")),
        ("-5", Err("invalid type: integer `-5`, expected money as ")),
        ("5.5", Err("invalid type: floating point `5.5`, expected money as ")),
        ("null", Err("invalid type: null, expected money as ")),
        ("true", Err("invalid type: boolean `true`, expected money as ")),
        ("[]", Err("invalid length 0, expected money as ")),
    ]);
    check_text::<Money>(&[(r#"{"amount":1,"amount":2,"currency":"CNY"}"#, Err("duplicate field `amount`"))]);
}

#[test]
fn share() {
    check::<Share>(&[
        (r#""0.4""#, Ok(r#""0.4""#)),
        ("0.4", Ok(r#""0.4""#)),
        ("0.40", Ok(r#""0.4""#)),
        ("1", Ok(r#""1""#)),
        ("1.0", Ok(r#""1""#)),
        ("0", Ok(r#""0""#)),
        ("-0.0", Ok(r#""0""#)),
        ("1e-7", Ok(r#""0.0000001""#)),
        ("1.2", Err("share 1.2 is outside 0..=1")),
        (r#""1.20""#, Err("share 1.2 is outside 0..=1")),
        ("-0.1", Err("share -0.1 is outside 0..=1")),
        ("2", Err("share 2 is outside 0..=1")),
        (r#""40%""#, Err("`40%` is not a decimal number")),
        ("null", Err("invalid type: null, expected a decimal number, as a string or a number")),
    ]);
}

#[test]
fn mix() {
    let expected = "expected a list of [key, share] pairs or a map of shares";
    let integer = format!("invalid type: integer `1`, {expected}");
    let float = format!("invalid type: floating point `1.0`, {expected}");
    let null = format!("invalid type: null, {expected}");
    let text = format!(r#"invalid type: string "a", {expected}"#);
    check::<Mix<String>>(&[
        (r#"[["b","0.4"],["a","0.6"]]"#, Ok(r#"[["b","0.4"],["a","0.6"]]"#)),
        (r#"[["a",0.40],["b",0.6]]"#, Ok(r#"[["a","0.4"],["b","0.6"]]"#)),
        (r#"{"a":"0.4","b":0.6}"#, Ok(r#"[["a","0.4"],["b","0.6"]]"#)),
        (r#"{"all":1}"#, Ok(r#"[["all","1"]]"#)),
        (
            r#"[["a",0.4],["b",0.4],["c",0.2],["d",0.1]]"#,
            Err("shares add up to 110%, 10 percentage points over"),
        ),
        (r#"{"a":0.5,"b":0.4999}"#, Err("shares add up to 99.99%, 0.01 percentage points under")),
        (r#"[["a",0.5],["a",0.5]]"#, Err("entry 1 repeats the key `a` of entry 0")),
        (r#"[["a",1.2],["b",-0.2]]"#, Err("entry 0: share 1.2 is outside 0..=1")),
        ("[]", Err("a mix needs at least one entry")),
        ("{}", Err("a mix needs at least one entry")),
        ("1", Err(&integer)),
        ("1.0", Err(&float)),
        ("null", Err(&null)),
        (r#""a""#, Err(&text)),
    ]);
    check_text::<Mix<String>>(&[(r#"{"a":0.5,"a":0.5}"#, Err("entry 1 repeats the key `a` of entry 0"))]);
    check::<Mix<u32>>(&[
        (r#"[[1,"0.4"],[2,0.6]]"#, Ok(r#"[[1,"0.4"],[2,"0.6"]]"#)),
        (r#"{"1":"0.4","2":0.6}"#, Ok(r#"[[1,"0.4"],[2,"0.6"]]"#)),
        ("1", Err("invalid ")),
    ]);
}

#[test]
fn counts_ratios_and_quantities() {
    let beyond = "is not a whole number from 0 to 18446744073709551615";
    let (half, minus) = (format!("count 2.5 {beyond}"), format!("count -1 {beyond}"));
    let text = format!("count 18446744073709551616 {beyond}");
    check::<Count>(&[
        ("5", Ok("5")),
        (r#""5""#, Ok("5")),
        ("5.0", Ok("5")),
        ("1e2", Ok("100")),
        ("-0", Ok("0")),
        ("9223372036854775807", Ok("9223372036854775807")),
        // No TOML integer is above `i64::MAX`.
        ("18446744073709551615", Ok(r#""18446744073709551615""#)),
        ("2.5", Err(&half)),
        ("-1", Err(&minus)),
        (
            "18446744073709551616",
            Err(
                "number 18446744073709552000 has more digits than a float carries exactly: write it as a string",
            ),
        ),
        (r#""18446744073709551616""#, Err(&text)),
        (r#""five""#, Err("`five` is not a decimal number")),
        ("null", Err("invalid type: null, expected a decimal number, as a string or a number")),
    ]);
    check::<Ratio>(&[
        (r#""24/25""#, Ok(r#""24/25""#)),
        (r#""-48/50""#, Ok(r#""-24/25""#)),
        (r#""0.96""#, Ok(r#""24/25""#)),
        (r#""340282366920938463463374607431768211455""#, Ok(r#""340282366920938463463374607431768211455""#)),
        (r#""1/0""#, Err("1 divided by zero is undefined")),
        (r#""a/b""#, Err("`a/b` is not a decimal number")),
        ("0.96", Ok(r#""24/25""#)),
        ("-3", Ok(r#""-3""#)),
        ("1e2", Ok(r#""100""#)),
        (
            "0.30000000000000004",
            Err(
                "number 0.30000000000000004 has more digits than a float carries exactly: write it as a string",
            ),
        ),
        ("true", Err("invalid type: boolean `true`, expected a fraction such as ")),
        ("{}", Err("invalid type: map, expected a fraction such as ")),
    ]);
    check::<Return<Revenue>>(&[
        ("3.2", Ok(r#""1:3.2""#)),
        ("4", Ok(r#""1:4""#)),
        (r#""1:4.10""#, Ok(r#""1:4.1""#)),
        ("-1", Ok(r#""1:-1""#)),
        (r#""2:1""#, Err("`2:1` is not a return")),
    ]);
    check::<Quantity>(&[
        (
            r#"{"value":131.25,"unit":"CNY/1000 impression"}"#,
            Ok(r#"{"value":"131.25","unit":"CNY/1000 impression"}"#),
        ),
        (r#"{"unit":"%","value":"4"}"#, Ok(r#"{"value":"4","unit":"%"}"#)),
        (r#""5 CNY""#, Ok(r#"{"value":"5","unit":"CNY"}"#)),
        ("5", Err("invalid type: integer `5`, expected a quantity as ")),
        ("5.5", Err("invalid type: floating point `5.5`, expected a quantity as ")),
        (r#"{"value":1}"#, Err("missing field `unit`")),
        (r#"{"value":1,"unit":"%","scale":2}"#, Err("unknown field `scale`, expected `value` or `unit`")),
    ]);
    check_text::<Quantity>(&[(r#"{"value":1,"value":2,"unit":"%"}"#, Err("duplicate field `value`"))]);
}

#[test]
fn units_and_currencies() {
    check::<Unit>(&[
        (r#""order / visitor""#, Ok(r#""order/visitor""#)),
        (r#""1/100""#, Ok(r#""%""#)),
        (r#""1000 m^2*n""#, Ok(r#""1000 m^2*n""#)),
        (r#""元/单""#, Ok(r#""元/单""#)),
        (r#""CNY order""#, Err("`CNY order` is not a unit: a name holds a blank or an operator")),
        (r#""200 CNY""#, Err("`200 CNY` is not a unit: a number is not a power of ten")),
        (
            r#""a^0""#,
            Err("`a^0` is not a unit: an exponent is not a whole number from -127 to 127 other than 0"),
        ),
        (r#""m^100*m^100""#, Err("the exponent of `m` is outside -127..=127")),
        (r#""""#, Err("`` is not a unit: ")),
        ("1", Err("invalid type: ")),
        ("null", Err("invalid type: null, expected a unit such as `CNY/order`")),
    ]);
    check::<Currency>(&[
        (r#""CNY""#, Ok(r#""CNY""#)),
        (r#""cny""#, Err("`cny` is not an ISO 4217 currency code")),
        (r#""XAU""#, Err("`XAU` is not an ISO 4217 currency code")),
        ("156", Err("invalid type: ")),
        ("[]", Err("invalid type: sequence, expected an ISO 4217 currency code")),
    ]);
}

#[test]
fn time() {
    check::<Period>(&[
        (r#""2026-Q3""#, Ok(r#""2026-Q3""#)),
        (r#""2026-W27""#, Ok(r#""2026-W27""#)),
        (r#""2026-07-15/2026-08-15""#, Ok(r#""2026-07-15/2026-08-15""#)),
        (r#""FY2026-Q1 from 04 by start""#, Ok(r#""FY2026-Q1 from 04 by start""#)),
        (r#""FY2026-H2 from 01 by end""#, Ok(r#""2026-H2""#)),
        (
            r#""FY2023-W53 4-5-4 to Saturday nearest 01 by start""#,
            Ok(r#""FY2023-W53 4-5-4 to Saturday nearest 01 by start""#),
        ),
        (r#""FY2026-W53 4-5-4 to Saturday nearest 01 by start""#, Err("2026 has no week 53")),
        (r#""2026-Q5""#, Err("2026 has no quarter 5")),
        (r#""2026-02-30""#, Err("there is no day 2026-2-30 in the years 1 to 9999")),
        (r#""2026-07-15/2026-07-14""#, Err("2026-07-14 is before 2026-07-15")),
        (r#""FY2026""#, Err("`FY2026` is not a period: a fiscal year needs `from` and its start month")),
        (r#""FY2026 from 13 by start""#, Err("start month 13 is outside 1..=12")),
        (
            r#""FY2026 from 04 by luck""#,
            Err("`FY2026 from 04 by luck` is not a period: a fiscal year is named `by start` or `by end`"),
        ),
        (r#""soon""#, Err("`soon` is not a period: it has no known form")),
        ("2026", Err("invalid type: ")),
        ("{}", Err("invalid type: map, expected a period such as `2026-Q3`")),
    ]);
    check::<Deadline>(&[
        (
            r#""within 10 days after period start, rolled forward""#,
            Ok(r#""10 days after period start, rolled forward""#),
        ),
        (r#""every Friday""#, Ok(r#""every Friday""#)),
        (
            r#""10 days after tomorrow""#,
            Err(
                "`10 days after tomorrow` is not a deadline: an anchor is not period start, period end or next period start",
            ),
        ),
        (r#""10000 days after period start""#, Err("10000 is outside 0..=9999, the counts of this deadline")),
        (
            r#""on period end, rolled""#,
            Err("`on period end, rolled` is not a deadline: an addition is unknown"),
        ),
        ("10", Err("invalid type: ")),
        ("null", Err("invalid type: null, expected a deadline such as `10 days after period start`")),
    ]);
    check::<FiscalCalendar>(&[
        (r#"{"start_month":4,"label":"by_end"}"#, Ok(r#"{"start_month":4,"label":"by_end"}"#)),
        (r#"{"start_month":1,"label":"by_end"}"#, Ok(r#"{"start_month":1,"label":"by_start"}"#)),
        (r#"{"start_month":13,"label":"by_end"}"#, Err("start month 13 is outside 1..=12")),
        (r#"{"start_month":4}"#, Err("missing field `label`")),
        (r#"{"start_month":4,"label":"by_luck"}"#, Err("unknown variant `by_luck`")),
        (r#"{"start_month":4,"label":"by_end","day":1}"#, Err("unknown field `day`")),
    ]);
    check::<RetailCalendar>(&[
        (r#""4-5-4 to Saturday nearest 01 by start""#, Ok(r#""4-5-4 to Saturday nearest 01 by start""#)),
        (r#""4-4-5 to last Sunday of 12 by end""#, Ok(r#""4-4-5 to last Sunday of 12 by start""#)),
        (
            r#""4-4-4 to last Sunday of 12 by end""#,
            Err(
                "`4-4-4 to last Sunday of 12 by end` is not a retail calendar: months have 4-4-5, 4-5-4 or 5-4-4 weeks",
            ),
        ),
        ("445", Err("invalid type: ")),
    ]);
    check::<YearEnd>(&[
        (r#""nearest""#, Ok(r#""nearest""#)),
        (r#""first""#, Err("unknown variant `first`, expected `last` or `nearest`")),
    ]);
    check::<WeekMask>(&[
        (r#""1111100""#, Ok(r#""1111100""#)),
        (r#""11111""#, Err("`11111` is not a week mask of seven 0 or 1, Monday first")),
        ("1111100", Err("invalid type: ")),
    ]);
    check::<WorkCalendar>(&[
        (
            r#"{"first":"2026-05-01","last":"2026-05-31","holidays":["2026-05-04","2026-05-01"],"makeup_workdays":["2026-05-09"]}"#,
            Ok(
                r#"{"first":"2026-05-01","last":"2026-05-31","week":"1111100","holidays":["2026-05-01","2026-05-04"],"makeup_workdays":["2026-05-09"]}"#,
            ),
        ),
        (
            r#"{"first":"2026-05-01","last":"2026-05-31","holidays":["2026-06-01"]}"#,
            Err("holidays[0]: 2026-06-01 is outside the calendar's horizon 2026-05-01 to 2026-05-31"),
        ),
        (
            r#"{"first":"2026-05-01","last":"2026-04-30","holidays":[]}"#,
            Err("last: 2026-04-30 is before 2026-05-01"),
        ),
        (r#"{"first":"2026-5-1","last":"2026-05-31"}"#, Err("`2026-5-1` is not a date such as 2026-07-15")),
        (r#"{"first":"2026-05-01"}"#, Err("missing field `last`")),
        (r#"{"first":"2026-05-01","last":"2026-05-31","holiday":[]}"#, Err("unknown field `holiday`")),
    ]);
}

#[test]
fn targets_and_splits() {
    check::<Target>(&[
        (r#""at least 25 %""#, Ok(r#""at least 25 %""#)),
        (r#""at most 80.0 CNY/customer, inverse""#, Ok(r#""at most 80 CNY/customer, inverse""#)),
        (r#""between 40 and 60 %, linear""#, Ok(r#""between 40 and 60 %, linear""#)),
        (r#""between 6 and 4, linear""#, Err("the low end 6 is above the high end 4")),
        (
            r#""at most 5""#,
            Err("`at most 5` is not a target: where less is better it names `inverse` or `linear`"),
        ),
        (r#""at least x""#, Err("`x` is not a decimal number")),
        ("25", Err("invalid type: ")),
        ("null", Err("invalid type: null, expected a target such as `at least 25 %`")),
    ]);
    check::<Attainment>(&[
        (r#""24/25""#, Ok(r#""24/25""#)),
        (r#""1/0""#, Err("1 divided by zero is undefined")),
    ]);
    let edges = |hysteresis: &str, green: &str| {
        format!(
            r#"{{"lowest":"red","edges":[{{"threshold":{{"at":"4/5","side":"above"}},"class":"yellow"}},{{"threshold":{{"at":"{green}","side":"below"}},"class":"green"}}]{hysteresis}}}"#
        )
    };
    let whole = edges(r#","hysteresis":"1/20""#, "1");
    let plain = edges(r#","hysteresis":"0""#, "1");
    check::<Bands<Light>>(&[
        (&whole, Ok(&whole)),
        (&edges("", "1.00"), Ok(&plain)),
        (&edges("", "0.8"), Err("edge 1 at 4/5 is not above the edge before it at 4/5")),
        (
            &edges(r#","hysteresis":"0.2""#, "1"),
            Err("hysteresis margin 1/5 is outside 0 to 1/10, half the distance of the nearest edges"),
        ),
        (r#"{"lowest":"red","edges":[]}"#, Err("bands need at least one edge")),
        (r#"{"lowest":"pink","edges":[]}"#, Err("unknown variant `pink`")),
        (r#"{"lowest":"red","edges":[],"margin":1}"#, Err("unknown field `margin`")),
    ]);
    check::<Split<String>>(&[
        (
            r#"{"total":"0.03 CNY","parts":[["a","0.01 CNY"],["b",{"amount":0.02,"currency":"CNY"}]]}"#,
            Ok(
                r#"{"total":{"amount":"0.03","currency":"CNY"},"parts":[["a",{"amount":"0.01","currency":"CNY"}],["b",{"amount":"0.02","currency":"CNY"}]]}"#,
            ),
        ),
        (
            r#"{"total":"0.04 CNY","parts":[["a","0.01 CNY"]]}"#,
            Err("the parts differ from their total by -3 minor units"),
        ),
        (r#"{"total":"0.01 CNY","parts":[["a","1 JPY"]]}"#, Err("CNY and JPY are different currencies")),
    ]);
}

/// Floats as they may stand in JSON, with the text of the float that they are. A string is read alike by all
/// readers; a number of more than 15 digits is whatever float `serde_json` makes of it.
const FLOATS: &[Line<'_>] = &[
    ("5", Ok("5")),
    ("0", Ok("0")),
    ("0.1", Ok("0.1")),
    (r#""0.1""#, Ok("0.1")),
    (r#""0.30000000000000004""#, Ok("0.30000000000000004")),
    (r#""83306201060651.05""#, Ok("83306201060651.05")),
    ("1e-9", Ok("1e-9")),
    (r#""1e-9""#, Ok("1e-9")),
    (r#""0.000000001""#, Ok("1e-9")),
    ("1E+20", Ok("1e20")),
    ("1e-400", Ok("0")),
    ("18446744073709551615", Ok("1.8446744073709552e19")),
    (r#""1.7976931348623157e308""#, Ok("1.7976931348623157e308")),
    ("1e400", Err("number out of range")),
    (r#""1e400""#, Err("`1e400` is not a finite number")),
    (r#""NaN""#, Err("`NaN` is not a finite number")),
    (r#""inf""#, Err("`inf` is not a finite number")),
    (r#""""#, Err("`` is not a finite number")),
    (r#"" 1""#, Err("` 1` is not a finite number")),
    ("-1", Err("the gap -1 is no finite number from 0 up")),
    ("null", Err("invalid type: null, expected a finite number, as a string or a number")),
    ("true", Err("invalid type: boolean `true`, expected a finite number, as a string or a number")),
    ("[]", Err("invalid type: sequence, expected a finite number, as a string or a number")),
    ("{}", Err("invalid type: map, expected a finite number, as a string or a number")),
    (r#"{"a":1}"#, Err("invalid type: map, expected a finite number, as a string or a number")),
];

#[test]
fn floats() {
    for (number, expected) in FLOATS {
        let json = format!(r#"{{"nodes":7,"gap":{number}}}"#);
        let bytes = expected.map(|value| format!(r#"{{"nodes":7,"gap":"{value}"}}"#));
        check::<Limits>(&[(&json, bytes.as_deref().map_err(|error| *error))]);
    }
}

#[test]
fn estimates_are_floats() {
    check::<Curve>(&[
        (
            r#"{"kind":"hill","a":1000,"k":250.5,"s":"2"}"#,
            Ok(r#"{"kind":"hill","a":"1000","k":"250.5","s":"2"}"#),
        ),
        (
            r#"{"kind":"piecewise_linear","points":[[0,1],[2.5,3]]}"#,
            Ok(r#"{"kind":"piecewise_linear","points":[["0","1"],["2.5","3"]]}"#),
        ),
        (r#"{"kind":"hill","a":"1,000","k":250.5,"s":2}"#, Err("`1,000` is not a finite number")),
        (r#"{"kind":"hill","a":1000,"k":250.5}"#, Err("hill lacks the parameter `s`")),
    ]);
    check::<Adstock>(&[(
        r#"{"kind":"delayed","alpha":0.5,"theta":1,"lags":3}"#,
        Ok(r#"{"kind":"delayed","alpha":"0.5","theta":"1","lags":3,"normalisation":"raw"}"#),
    )]);
    check::<CarryOver>(&[(
        r#"{"adstock":{"kind":"custom","weights":[1,0.5],"lags":2},"latest":[10]}"#,
        Ok(concat!(
            r#"{"adstock":{"kind":"custom","weights":["1","0.5"],"lags":2,"normalisation":"raw"},"#,
            r#""latest":["10"]}"#
        )),
    )]);
}

/// Fields that say nothing are left out of JSON and stand in a binary format, which [`compare`] reads back.
#[test]
fn optional_fields() {
    let full = r#"{"metric":"rate","target":"at least 15 %","period":"2026-08"}"#;
    check::<GoalStatement>(&[
        (full, Ok(full)),
        (r#"{"metric":"rate"}"#, Ok(r#"{"metric":"rate"}"#)),
        (r#"{"period":null,"metric":"rate","target":null}"#, Ok(r#"{"metric":"rate"}"#)),
        (r#"{"period":"2026-08","metric":"rate"}"#, Ok(r#"{"metric":"rate","period":"2026-08"}"#)),
        (r#"{"metric":"rate","targets":1}"#, Err("unknown field `targets`")),
    ]);
    check::<Events<'static>>(&[
        (r#"{"users":[60],"times":[1],"masks":[1]}"#, Ok(r#"{"users":[60],"times":[1],"masks":[1]}"#)),
        (r#"{"users":["60"],"times":[1],"masks":[1]}"#, Ok(r#"{"users":[60],"times":[1],"masks":[1]}"#)),
        (
            r#"{"users":[18446744073709551615],"times":[1],"masks":[1]}"#,
            Ok(r#"{"users":["18446744073709551615"],"times":[1],"masks":[1]}"#),
        ),
        (
            r#"{"users":[],"times":[],"masks":[],"sequence":null,"properties":[]}"#,
            Ok(r#"{"users":[],"times":[],"masks":[]}"#),
        ),
    ]);
}

/// N10: of two equal keys neither is lost in silence.
#[test]
fn doubled_keys() {
    let plan = |tasks: &str| format!(r#"{{"taken_on":"2026-07-01","tasks":{{{tasks}}}}}"#);
    let sound = plan(r#""a":{"start":"2026-07-01","finish":"2026-07-02"},"b":{"finish":"2026-07-02"}"#);
    check::<PlannedDates>(&[(&sound, Ok(&sound))]);
    let doubled = plan(r#""a":{"finish":"2026-07-02"},"a":{"finish":"2026-07-03"}"#);
    check_text::<PlannedDates>(&[(&doubled, Err("duplicate key `a`"))]);
    check_text::<Overlay>(&[(
        r#"{"names":["more"],"set":{"cvr":0.02,"cvr":"0.02"}}"#,
        Err("duplicate key `cvr`"),
    )]);
}

#[test]
fn records_of_a_cycle() {
    let record = |schema: u32, event: &str| {
        let head = r#""cycle":"2026-Q3","sequence":1,"command":"1","by":"Lin","on":"2026-07-02""#;
        format!(r#"{{"schema":{schema},{head},"event":{event}}}"#)
    };
    let spent = record(
        2,
        r#"{"spent":{"line":"SEM","amount":{"amount":"12.50","currency":"CNY"},"on":"2026-07-02"}}"#,
    );
    let amount = r#"{"spent":{"line":"SEM","amount":{"amount":12.5,"currency":"CNY"}}}"#;
    let measured =
        record(2, r#"{"measured":{"target":"rate","actual":{"measured":{"value":"2.5","unit":"%"}}}}"#);
    check::<EventRecord>(&[
        (&spent, Ok(&spent)),
        // The older schema has no day of its own.
        (&record(1, amount), Ok(&spent)),
        (&record(2, amount), Err("`spent.on` is missing, schema 2 has it")),
        (&record(3, amount), Err("schema 3 is not known, the newest is 2")),
        (
            &record(2, r#"{"measured":{"target":"rate","actual":{"measured":{"value":2.5,"unit":"%"}}}}"#),
            Ok(&measured),
        ),
    ]);
}
