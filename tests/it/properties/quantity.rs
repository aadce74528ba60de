//! Laws of quantities: exactness against big integers, order, text forms.

use core::cmp::Ordering;
use core::fmt::{Debug, Display};
use core::str::FromStr;
use marketloop::quantity::{
    Count, Currency, Mix, Money, Quantity, QuantityError, Ratio, Rounding, Share, Unit, add, divide,
    multiply, round, subtract,
};
use marketloop::strategies::{counts, decimals, mixes, money, quantities, ratios, shares, units};
use num_bigint::{BigInt, BigUint, Sign};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

const ROUNDINGS: [Rounding; 7] = [
    Rounding::HalfEven,
    Rounding::HalfAwayFromZero,
    Rounding::HalfTowardZero,
    Rounding::AwayFromZero,
    Rounding::TowardZero,
    Rounding::Ceiling,
    Rounding::Floor,
];

fn ten(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

/// `value * 10^scale`.
fn scaled(value: Decimal, scale: u32) -> BigInt {
    BigInt::from(value.mantissa()) * ten(scale - value.scale())
}

/// Whether a decimal holds `mantissa / 10^scale` exactly.
fn fits(mut mantissa: BigInt, mut scale: u32) -> bool {
    while scale > 0 && (&mantissa % 10_u8) == BigInt::ZERO {
        mantissa /= 10_u8;
        scale -= 1;
    }
    scale <= 28 && mantissa.magnitude() < &BigUint::from(1_u128 << 96)
}

/// `numerator / denominator`, made whole as `rounding` says: by definition, not by remainders.
fn rounded(numerator: &BigInt, denominator: &BigInt, rounding: Rounding) -> BigInt {
    let (n, d) = if denominator.sign() == Sign::Minus {
        (-numerator, -denominator)
    } else {
        (numerator.clone(), denominator.clone())
    };
    let below = floor(&n, &d);
    if &below * &d == n {
        return below;
    }
    let above: BigInt = &below + 1;
    let twice: BigInt = &n * 2;
    let half = twice.cmp(&((&below + &above) * &d));
    let negative = n.sign() == Sign::Minus;
    let (toward, away) =
        if negative { (above.clone(), below.clone()) } else { (below.clone(), above.clone()) };
    let tie = match rounding {
        Rounding::Floor => return below,
        Rounding::Ceiling => return above,
        Rounding::TowardZero => return toward,
        Rounding::AwayFromZero => return away,
        Rounding::HalfTowardZero => toward,
        Rounding::HalfAwayFromZero => away,
        _ if (&below % 2_u8) == BigInt::ZERO => below.clone(),
        _ => above.clone(),
    };
    match half {
        Ordering::Less => below,
        Ordering::Equal => tie,
        Ordering::Greater => above,
    }
}

fn floor(n: &BigInt, d: &BigInt) -> BigInt {
    let whole = n / d;
    if &whole * d > *n { whole - 1 } else { whole }
}

fn big(ratio: Ratio) -> (BigInt, BigInt) {
    let numerator = BigInt::from(ratio.numerator());
    (if ratio.is_negative() { -numerator } else { numerator }, ratio.denominator().into())
}

fn text_reads_back<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(
    value: &T,
) -> Result<(), TestCaseError> {
    let text = value.to_string();
    prop_assert_eq!(
        &text.parse::<T>().unwrap_or_else(|error| panic!("{text}: {error:?}")),
        value,
        "{}",
        text
    );
    Ok(())
}

fn wire_reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(
    value: &T,
) -> Result<(), TestCaseError> {
    let json = serde_json::to_string(value).unwrap();
    prop_assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value, "{}", json);
    Ok(())
}

proptest! {
    #[test]
    fn exact_add_matches_big_integers(a in decimals(), b in decimals()) {
        for (result, sum) in [
            (add(a, b), scaled(a, 28) + scaled(b, 28)),
            (subtract(a, b), scaled(a, 28) - scaled(b, 28)),
        ] {
            match result {
                Ok(value) => prop_assert_eq!(scaled(value, 28), sum),
                Err(error) => {
                    let inexact = matches!(error, QuantityError::Inexact { .. });
                    prop_assert!(inexact);
                    prop_assert!(!fits(sum, 28), "{}", error);
                }
            }
        }
    }

    #[test]
    fn exact_multiply_matches_big_integers(a in decimals(), b in decimals()) {
        let product = scaled(a, 28) * scaled(b, 28);
        match multiply(a, b) {
            Ok(value) => prop_assert_eq!(scaled(value, 56), product),
            Err(error) => prop_assert!(!fits(product, 56), "{}", error),
        }
    }

    #[test]
    fn division_rounds_once_by_the_named_law(a in decimals(), b in decimals(), scale in 0_u32..=28) {
        for rounding in ROUNDINGS {
            match divide(a, b, (scale, rounding)) {
                Err(QuantityError::DivisionByZero { .. }) => prop_assert!(b.is_zero()),
                result => {
                    let expected = rounded(&(scaled(a, 28) * ten(scale)), &scaled(b, 28), rounding);
                    match result {
                        Ok(value) => {
                            prop_assert!(value.scale() <= scale);
                            prop_assert_eq!(scaled(value, scale), expected, "{:?}", rounding);
                        }
                        Err(error) => prop_assert!(!fits(expected, scale), "{}", error),
                    }
                }
            }
        }
    }

    #[test]
    fn rounding_is_idempotent_and_off_by_less_than_one_unit(a in decimals(), scale in 0_u32..=28) {
        for rounding in ROUNDINGS {
            let once = round(a, (scale, rounding));
            prop_assert_eq!(round(once, (scale, rounding)), once);
            let off = scaled(once, 28) - scaled(a, 28);
            prop_assert!(off.magnitude() < ten(28 - scale).magnitude());
        }
    }

    #[test]
    fn money_times_is_the_rounded_product(amount in money(), factor in decimals()) {
        for rounding in ROUNDINGS {
            let expected = rounded(&(BigInt::from(amount.minor()) * scaled(factor, 28)), &ten(28), rounding);
            match amount.times(factor, rounding) {
                Ok(product) => prop_assert_eq!(BigInt::from(product.minor()), expected),
                Err(error) => prop_assert!(!fits(expected, 0), "{}", error),
            }
        }
    }

    #[test]
    fn money_sums_are_those_of_minor_units(a in money(), b in money()) {
        match (a.plus(b), a.minus(b)) {
            (Ok(sum), Ok(difference)) => {
                prop_assert_eq!(sum.minor() - b.minor(), a.minor());
                prop_assert_eq!(difference.plus(b), Ok(a));
            }
            (sum, _) if a.currency() != b.currency() => {
                prop_assert!(matches!(sum, Err(QuantityError::CurrencyMismatch { .. })), "{:?}", sum);
            }
            _ => prop_assert!(a.minor().abs() + b.minor().abs() > (1 << 96) - 1),
        }
        prop_assert_eq!(Money::new(a.amount(), a.currency()), Ok(a));
        prop_assert_eq!(Money::try_from(&Quantity::from(a)), Ok(a));
    }

    #[test]
    fn ratios_are_ordered_as_their_cross_products(a in ratios(), b in ratios(), c in ratios()) {
        let by_cross = |a: Ratio, b: Ratio| {
            let ((an, ad), (bn, bd)) = (big(a), big(b));
            (an * bd).cmp(&(bn * ad))
        };
        prop_assert_eq!(a.cmp(&b), by_cross(a, b));
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        prop_assert_eq!(a.cmp(&b) == Ordering::Equal, a == b);
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
    }

    #[test]
    fn ratio_arithmetic_matches_big_integers(a in ratios(), b in ratios()) {
        let ((an, ad), (bn, bd)) = (big(a), big(b));
        let mut results = vec![
            (a.plus(b), &an * &bd + &bn * &ad, &ad * &bd),
            (a.minus(b), &an * &bd - &bn * &ad, &ad * &bd),
            (a.times(b), &an * &bn, &ad * &bd),
        ];
        match a.divided_by(b) {
            Err(QuantityError::DivisionByZero { .. }) => prop_assert!(b.is_zero()),
            quotient => results.push((quotient, &an * &bd, &ad * &bn)),
        }
        for (result, numerator, denominator) in results {
            if let Ok(ratio) = result {
                let (n, d) = big(ratio);
                prop_assert_eq!(n * denominator, numerator * d);
            } else {
                // Only numbers of more than 64 bits have lowest terms of more than 128.
                prop_assert!([an.clone(), ad.clone(), bn.clone(), bd.clone()].iter().any(|n| n.bits() > 63));
            }
        }
    }

    #[test]
    fn ratios_round_as_decimals_divide(n in decimals(), d in decimals(), scale in 0_u32..=28) {
        prop_assume!(!d.is_zero());
        let Ok(ratio) = Ratio::new(n, d) else { return Ok(()) };
        for rounding in ROUNDINGS {
            prop_assert_eq!(ratio.round((scale, rounding)).ok(), divide(n, d, (scale, rounding)).ok());
        }
        prop_assert_eq!(Ratio::from(n).to_decimal(), Some(n));
    }

    #[test]
    fn counts_never_wrap(a in counts(), b in counts()) {
        prop_assert_eq!(a.plus(b).ok().map(Count::value), a.value().checked_add(b.value()));
        prop_assert_eq!(a.minus(b).ok().map(Count::value), a.value().checked_sub(b.value()));
        prop_assert_eq!(Count::try_from(a.to_decimal()), Ok(a));
    }

    #[test]
    fn shares_have_complements_and_mixes_are_whole(share in shares(), mix in mixes()) {
        prop_assert_eq!(add(share.value(), share.complement().value()), Ok(Decimal::ONE));
        let sum = mix.iter().try_fold(Decimal::ZERO, |sum, (_, share)| add(sum, share.value()));
        prop_assert_eq!(sum, Ok(Decimal::ONE));
        prop_assert_eq!(Mix::new(mix.iter().map(|(key, share)| (key.clone(), share))), Ok(mix));
    }

    #[test]
    fn units_multiply_like_exponents(a in units(), b in units()) {
        prop_assert_eq!(a.times(&b), b.times(&a));
        let product = a.times(&b).unwrap();
        prop_assert_eq!(&product.per(&b).unwrap(), &a);
        prop_assert_eq!(Unit::ONE.per(&Unit::ONE.per(&a).unwrap()).unwrap(), a);
    }

    #[test]
    fn quantities_add_only_in_one_unit(a in quantities(), b in quantities()) {
        match a.plus(&b) {
            Ok(sum) => prop_assert_eq!((sum.unit(), sum.value()), (a.unit(), add(a.value(), b.value()).unwrap().normalize())),
            Err(QuantityError::UnitMismatch { left, right }) => {
                prop_assert!(a.unit() != b.unit());
                prop_assert_eq!((&left, &right), (a.unit(), b.unit()));
            }
            Err(_) => prop_assert!(add(a.value(), b.value()).is_err()),
        }
        if let (Ok(ab), Ok(ba)) = (a.times(&b), b.times(&a)) {
            prop_assert_eq!(ab, ba);
        }
        let coherent = a.unit().coherent();
        if let Ok(there) = a.to(&coherent) {
            prop_assert_eq!(there.to(a.unit()), Ok(a));
        }
    }

    #[test]
    fn parse_of_display_is_identity(
        money in money(), share in shares(), unit in units(), quantity in quantities(), ratio in ratios(),
        count in counts(), mix in mixes(),
    ) {
        text_reads_back(&money)?;
        text_reads_back(&money.currency())?;
        text_reads_back(&share)?;
        text_reads_back(&unit)?;
        text_reads_back(&quantity)?;
        text_reads_back(&ratio)?;
        text_reads_back(&count)?;
        wire_reads_back(&money)?;
        wire_reads_back(&money.currency())?;
        wire_reads_back(&share)?;
        wire_reads_back(&unit)?;
        wire_reads_back(&quantity)?;
        wire_reads_back(&ratio)?;
        wire_reads_back(&count)?;
        wire_reads_back(&mix)?;
    }

    #[test]
    fn a_float_of_15_digits_is_the_decimal_that_was_written(
        mantissa in -999_999_999_999_999_i64..=999_999_999_999_999,
        scale in 0_u32..=15,
    ) {
        let text = Decimal::from_i128_with_scale(mantissa.into(), scale).to_string();
        let json = format!(r#"{{"value":{text},"unit":"1"}}"#);
        let from_text: Quantity = text.parse().unwrap();
        prop_assert_eq!(serde_json::from_str::<Quantity>(&json).unwrap(), from_text.clone());
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(serde_json::from_value::<Quantity>(value).unwrap(), from_text);
    }

    #[test]
    fn a_float_of_more_digits_is_refused(float in -1e9_f64..1e9) {
        let text = float.to_string();
        let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
        let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let read = serde_json::from_value::<Quantity>(serde_json::json!({ "value": float, "unit": "1" }));
        if digits <= 15 && decimals <= 15 {
            prop_assert_eq!(read.unwrap(), text.parse::<Quantity>().unwrap());
        } else {
            let refused = read.unwrap_err().to_string();
            prop_assert!(refused.starts_with(&format!("number {text} has more digits")), "{}", refused);
        }
    }

    #[test]
    fn no_text_makes_a_quantity_panic(text in prop_oneof!["\\PC{0,40}", "[-+0-9.,/% *^a-c‰1CNY]{0,40}", "[0-9]{0,60}"]) {
        macro_rules! reads_back {
            ($($type:ty)*) => {$(
                if let Ok(value) = text.parse::<$type>() {
                    text_reads_back(&value)?;
                    wire_reads_back(&value)?;
                }
            )*};
        }
        reads_back!(Money Currency Share Count Ratio Unit Quantity);
    }
}
