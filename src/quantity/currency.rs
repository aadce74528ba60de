//! Currencies by their ISO 4217 codes, with the decimals of their minor unit.

use super::QuantityError;
use super::grammar::plain;
use super::wire::text_on_the_wire;
use crate::error::excerpt;
use core::fmt;
use core::str::FromStr;

/// A currency of ISO 4217 that has a minor unit: its code and the decimals of that unit.
///
/// Metals, test codes and units of account without a minor unit (`XAU`, `XXX`) are not currencies of a
/// budget and are refused.
///
/// # Examples
/// ```
/// use marketloop::quantity::Currency;
///
/// let yen: Currency = "JPY".parse()?;
/// assert_eq!((Currency::CNY.digits(), yen.digits()), (2, 0));
/// assert!("RMB".parse::<Currency>().is_err());
/// # Ok::<(), marketloop::quantity::QuantityError>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Currency;
/// let json = r#""CNY""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Currency>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

/// The codes whose minor unit has two decimals, in alphabetical order.
#[rustfmt::skip]
const TWO_DECIMALS: &[&[u8; 3]] = &[
    b"AED", b"AFN", b"ALL", b"AMD", b"ANG", b"AOA", b"ARS", b"AUD", b"AWG", b"AZN", b"BAM", b"BBD", b"BDT",
    b"BGN", b"BMD", b"BND", b"BOB", b"BOV", b"BRL", b"BSD", b"BTN", b"BWP", b"BYN", b"BZD", b"CAD", b"CDF",
    b"CHE", b"CHF", b"CHW", b"CNY", b"COP", b"COU", b"CRC", b"CUC", b"CUP", b"CVE", b"CZK", b"DKK", b"DOP",
    b"DZD", b"EGP", b"ERN", b"ETB", b"EUR", b"FJD", b"FKP", b"GBP", b"GEL", b"GHS", b"GIP", b"GMD", b"GTQ",
    b"GYD", b"HKD", b"HNL", b"HRK", b"HTG", b"HUF", b"IDR", b"ILS", b"INR", b"IRR", b"JMD", b"KES", b"KGS",
    b"KHR", b"KPW", b"KYD", b"KZT", b"LAK", b"LBP", b"LKR", b"LRD", b"LSL", b"MAD", b"MDL", b"MGA", b"MKD",
    b"MMK", b"MNT", b"MOP", b"MRU", b"MUR", b"MVR", b"MWK", b"MXN", b"MXV", b"MYR", b"MZN", b"NAD", b"NGN",
    b"NIO", b"NOK", b"NPR", b"NZD", b"PAB", b"PEN", b"PGK", b"PHP", b"PKR", b"PLN", b"QAR", b"RON", b"RSD",
    b"RUB", b"SAR", b"SBD", b"SCR", b"SDG", b"SEK", b"SGD", b"SHP", b"SLE", b"SLL", b"SOS", b"SRD", b"SSP",
    b"STN", b"SVC", b"SYP", b"SZL", b"THB", b"TJS", b"TMT", b"TOP", b"TRY", b"TTD", b"TWD", b"TZS", b"UAH",
    b"USD", b"USN", b"UYU", b"UZS", b"VED", b"VES", b"WST", b"XAD", b"XCD", b"XCG", b"YER", b"ZAR", b"ZMW",
    b"ZWG", b"ZWL",
];

/// The codes without a minor unit of their own.
#[rustfmt::skip]
const NO_DECIMALS: &[&[u8; 3]] = &[
    b"BIF", b"CLP", b"DJF", b"GNF", b"ISK", b"JPY", b"KMF", b"KRW", b"PYG", b"RWF", b"UGX", b"UYI", b"VND",
    b"VUV", b"XAF", b"XOF", b"XPF",
];

/// The codes whose minor unit has three decimals.
const THREE_DECIMALS: &[&[u8; 3]] = &[b"BHD", b"IQD", b"JOD", b"KWD", b"LYD", b"OMR", b"TND"];

/// The codes whose minor unit has four decimals.
const FOUR_DECIMALS: &[&[u8; 3]] = &[b"CLF", b"UYW"];

impl Currency {
    /// Renminbi yuan.
    pub const CNY: Self = Self { code: *b"CNY", digits: 2 };
    /// Euro.
    pub const EUR: Self = Self { code: *b"EUR", digits: 2 };
    /// Pound sterling.
    pub const GBP: Self = Self { code: *b"GBP", digits: 2 };
    /// Hong Kong dollar.
    pub const HKD: Self = Self { code: *b"HKD", digits: 2 };
    /// Yen.
    pub const JPY: Self = Self { code: *b"JPY", digits: 0 };
    /// US dollar.
    pub const USD: Self = Self { code: *b"USD", digits: 2 };

    /// The currency with this code (three upper-case letters).
    ///
    /// # Errors
    /// [`QuantityError::UnknownCurrency`] for a code that ISO 4217 does not list with a minor unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Currency;
    ///
    /// assert_eq!(Currency::new("KWD")?.digits(), 3);
    /// assert!(Currency::new("RMB").is_err()); // its code is CNY
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(code: &str) -> Result<Self, QuantityError> {
        let unknown = || QuantityError::UnknownCurrency { code: excerpt(code) };
        let code: [u8; 3] = code.as_bytes().try_into().map_err(|_| unknown())?;
        // The codes of two decimals first: nearly every amount has one of them.
        [(2, TWO_DECIMALS), (0, NO_DECIMALS), (3, THREE_DECIMALS), (4, FOUR_DECIMALS)]
            .into_iter()
            .find(|(_, codes)| codes.binary_search(&&code).is_ok())
            .map(|(digits, _)| Self { code, digits })
            .ok_or_else(unknown)
    }

    /// The three letters.
    #[must_use]
    pub fn code(&self) -> &str {
        // The tables hold ASCII letters only; three bytes and not a `&'static str`, so that money stays small.
        debug_assert!(self.code.is_ascii(), "a code with another byte than a letter");
        core::str::from_utf8(&self.code).unwrap_or_default()
    }

    /// The decimals of the minor unit: 2 for CNY (the fen), 0 for JPY, 3 for KWD, 4 for CLF.
    #[must_use]
    pub const fn digits(&self) -> u32 {
        self.digits as u32
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Currency {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(&plain(text))
    }
}

text_on_the_wire!(Currency, "an ISO 4217 currency code");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_tables_is_found() {
        for (digits, codes) in [(2, TWO_DECIMALS), (0, NO_DECIMALS), (3, THREE_DECIMALS), (4, FOUR_DECIMALS)]
        {
            for code in codes {
                let currency = Currency::new(core::str::from_utf8(*code).unwrap()).unwrap();
                assert_eq!(currency.digits(), digits, "{currency}");
            }
        }
    }

    #[test]
    fn the_table_agrees_with_another_crates() {
        for theirs in
            [rusty_money::iso::CNY, rusty_money::iso::JPY, rusty_money::iso::KWD, rusty_money::iso::CLF]
        {
            use rusty_money::FormattableCurrency;
            assert_eq!(Currency::new(theirs.code()).unwrap().digits(), theirs.exponent());
        }
    }

    #[test]
    fn what_is_no_currency_is_refused() {
        for code in ["", "cny", "CN", "CNYY", "XXX", "XAU", "元", "C\u{1F600}"] {
            assert!(Currency::new(code).is_err(), "{code}");
        }
    }
}
