//! Reading of an amount with its currency, as code or symbol, before or after the number.

use super::grammar::{Number, number, plain, strip_mark, trim_start};
use super::{Currency, QuantityError};
use crate::error::excerpt;
use alloc::format;
use alloc::string::String;
use rust_decimal::Decimal;

/// Symbols with the codes that they stand for; no symbol begins with one that stands before it.
#[rustfmt::skip]
const SYMBOLS: [(&str, &[&str]); 22] = [
    ("CN¥", &["CNY"]), ("JP¥", &["JPY"]), ("US$", &["USD"]), ("HK$", &["HKD"]), ("NT$", &["TWD"]),
    ("¥", &["CNY", "JPY"]), ("元", &["CNY", "HKD", "TWD", "MOP"]), ("円", &["JPY"]),
    ("$", &["USD", "HKD", "AUD", "CAD", "SGD", "NZD", "TWD", "MXN", "CLP", "COP", "ARS", "BND", "FJD", "XCD"]),
    ("€", &["EUR"]), ("£", &["GBP", "EGP", "LBP", "GIP", "FKP", "SHP", "SSP", "SYP", "SDG"]),
    ("₩", &["KRW", "KPW"]), ("₹", &["INR"]), ("₽", &["RUB"]), ("₫", &["VND"]), ("₺", &["TRY"]), ("₴", &["UAH"]),
    ("₱", &["PHP"]), ("฿", &["THB"]), ("₦", &["NGN"]), ("₪", &["ILS"]), ("₸", &["KZT"]),
];

/// What stands beside the number.
#[derive(Default)]
struct Beside {
    code: Option<Currency>,
    symbol: Option<&'static (&'static str, &'static [&'static str])>,
}

impl Beside {
    /// Takes a code or a symbol from the start of `text`, where one stands that was not there before.
    fn take<'a>(&mut self, text: &'a str) -> Result<Option<&'a str>, QuantityError> {
        if self.symbol.is_none()
            && let Some((symbol, rest)) =
                SYMBOLS.iter().find_map(|symbol| text.strip_prefix(symbol.0).map(|rest| (symbol, rest)))
        {
            self.symbol = Some(symbol);
            return Ok(Some(rest));
        }
        let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        if self.code.is_some() || word.is_empty() {
            return Ok(None);
        }
        self.code = Some(Currency::new(word)?);
        Ok(Some(rest))
    }

    /// The currency that code and symbol name together.
    fn currency(&self, text: &str) -> Result<Currency, QuantityError> {
        match (self.code, self.symbol) {
            (Some(code), None) => Ok(code),
            (Some(code), Some((_, codes))) if codes.contains(&code.code()) => Ok(code),
            (None, Some((_, [only]))) => Currency::new(only),
            // No symbol of the table is without a code.
            (None, None | Some((_, []))) => Err(QuantityError::NotMoney { text: excerpt(text) }),
            (None, Some((symbol, codes @ [first, ..]))) => {
                let hint =
                    format!("`{symbol}` may be {}: write `{} {first}`", alternatives(codes), excerpt(text));
                Err(QuantityError::Ambiguous { text: excerpt(text), hint })
            }
            (Some(code), Some((symbol, codes))) => {
                let hint = format!("`{symbol}` is {}, not {code}", alternatives(codes));
                Err(QuantityError::Ambiguous { text: excerpt(text), hint })
            }
        }
    }
}

/// `CNY or JPY`.
fn alternatives(codes: &[&str]) -> String {
    let (last, others) = codes.split_last().map_or(("", codes), |(last, others)| (*last, others));
    if others.is_empty() { last.into() } else { format!("{} or {last}", others.join(", ")) }
}

/// Number and currency of `100 CNY`, `CNY 100`, `-¥1,234.50 CNY`, `3.5亿 CNY`.
pub(super) fn amount(text: &str) -> Result<(Decimal, Currency), QuantityError> {
    let plain = plain(text);
    let mut beside = Beside::default();
    let not_money = || QuantityError::NotMoney { text: excerpt(text) };
    // A sign may stand before the symbol: `-¥5 CNY`.
    let signed = ['-', '+'].into_iter().find_map(|sign| Some((sign, strip_mark(&plain, sign)?)));
    let signed = signed.filter(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()));
    let (sign, mut rest) = signed.map_or((None, &*plain), |(sign, rest)| (Some(sign), rest));
    while let Some(after) = beside.take(rest)? {
        rest = trim_start(after);
    }
    if rest.is_empty() || (sign.is_some() && rest.starts_with(['-', '+'])) {
        return Err(not_money());
    }
    let (number, mut rest): (Number, &str) = number(rest).map_err(|fault| fault.of(text))?;
    let number = if sign == Some('-') { number.negated() } else { number };
    while let Some(after) = beside.take(trim_start(rest))? {
        rest = after;
    }
    if !trim_start(rest).is_empty() {
        return Err(not_money());
    }
    let currency = beside.currency(&plain)?;
    Ok((number.value(0)?, currency))
}
