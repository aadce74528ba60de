//! What a unit of spend brings back: gross, in the `1:3.2` notation, and net of the spend.

use super::ChannelError;
use crate::error::excerpt;
use crate::quantity::display::Shown;
use crate::quantity::grammar::{parse_share, plain, strip_mark, trim_start};
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::{QuantityError, Ratio, add, parse_decimal, subtract};
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// Revenue per unit of spend, 0 or more. As text, and on the wire, `1:3.2`; a plain `3.2` is read too, on the
/// wire also as a number.
///
/// The basis is gross revenue against media spend; [`NetReturn`] subtracts the spend first.
///
/// # Examples
/// ```
/// use marketloop::channel::ReturnOnAdSpend;
/// use rust_decimal::dec;
///
/// let search: ReturnOnAdSpend = "1:3.2".parse()?;
/// assert_eq!(search.value(), dec!(3.2));
/// assert_eq!(search.to_string(), "1:3.2");
/// assert_eq!(search.net()?.to_string(), "220%");
/// # Ok::<(), marketloop::channel::ChannelError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReturnOnAdSpend(Decimal);

impl ReturnOnAdSpend {
    /// The return of `value` units of revenue per unit of spend.
    ///
    /// # Errors
    /// [`ChannelError::NotAReturn`] below zero.
    pub fn new(value: Decimal) -> Result<Self, ChannelError> {
        if value < Decimal::ZERO {
            return Err(ChannelError::NotAReturn { text: alloc::format!("{value}") });
        }
        Ok(Self(value.normalize()))
    }

    /// Revenue per unit of spend.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The same return after the spend: ROAS - 1.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] where it needs more than 28 digits.
    pub fn net(self) -> Result<NetReturn, ChannelError> {
        NetReturn::new(subtract(self.0, Decimal::ONE)?)
    }

    pub(super) fn ratio(self) -> Result<Ratio, QuantityError> {
        Ratio::new(self.0, Decimal::ONE)
    }
}

impl fmt::Display for ReturnOnAdSpend {
    /// `1:3.2`; a precision is a number of decimals, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::decimal(f, self.0, 0).between("1:", "").write(f)
    }
}

impl FromStr for ReturnOnAdSpend {
    type Err = ChannelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |error| match error {
            QuantityError::Ambiguous { .. } => error.into(),
            _ => ChannelError::NotAReturn { text: excerpt(text) },
        };
        let plain = plain(text);
        let notation = plain.strip_prefix('1').and_then(|rest| strip_mark(trim_start(rest), ':'));
        let value = match notation {
            Some(value) => parse_decimal(value),
            None => parse_share(&plain),
        };
        Self::new(value.map_err(refuse)?)
    }
}

text_on_the_wire!(ReturnOnAdSpend, "a return such as `1:3.2`, as a string or a number", Self::new);

/// Revenue less spend, per unit of spend, -1 or more: the net return on investment. As text, and on the wire,
/// `220%`; a plain `2.2` is read too, on the wire also as a number.
///
/// # Examples
/// ```
/// use marketloop::channel::NetReturn;
/// use rust_decimal::dec;
///
/// let net: NetReturn = "220%".parse()?;
/// assert_eq!(net.value(), dec!(2.2));
/// assert_eq!(net.gross()?.to_string(), "1:3.2");
/// assert!("-101 %".parse::<NetReturn>().is_err()); // more than the spend cannot be lost
/// # Ok::<(), marketloop::channel::ChannelError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NetReturn(Decimal);

impl NetReturn {
    /// The return of `value` units of revenue above the spend, per unit of spend.
    ///
    /// # Errors
    /// [`ChannelError::NotANetReturn`] below -1.
    pub fn new(value: Decimal) -> Result<Self, ChannelError> {
        if value < Decimal::NEGATIVE_ONE {
            return Err(ChannelError::NotANetReturn { text: alloc::format!("{value}") });
        }
        Ok(Self(value.normalize()))
    }

    /// Revenue above the spend, per unit of spend.
    #[must_use]
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The same return before the spend is taken off: net + 1.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] where it needs more than 28 digits.
    pub fn gross(self) -> Result<ReturnOnAdSpend, ChannelError> {
        ReturnOnAdSpend::new(add(self.0, Decimal::ONE)?)
    }
}

impl fmt::Display for NetReturn {
    /// `220%`; a precision is a number of decimals of the percentage, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Shown::decimal(f, self.0, 2).between("", "%").write(f)
    }
}

impl FromStr for NetReturn {
    type Err = ChannelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |error| match error {
            QuantityError::Ambiguous { .. } => error.into(),
            _ => ChannelError::NotANetReturn { text: excerpt(text) },
        };
        Self::new(parse_share(text).map_err(refuse)?)
    }
}

text_on_the_wire!(NetReturn, "a net return such as `220%`, as a string or a number", Self::new);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn the_notation_reads_both_ways() {
        for (text, canonical) in [("1:3.2", "1:3.2"), ("1: 4.10", "1:4.1"), ("2", "1:2"), ("1:0", "1:0")] {
            assert_eq!(text.parse::<ReturnOnAdSpend>().unwrap().to_string(), canonical);
        }
        for bad in ["", "1:", "2:1", "1:-3", "1:x", "3.2:1"] {
            assert!(bad.parse::<ReturnOnAdSpend>().is_err(), "{bad}");
        }
    }

    #[test]
    fn gross_and_net_differ_by_the_spend() {
        for (gross, net) in [("1:3.2", "220%"), ("1:0", "-100%"), ("1:1", "0%"), ("1:0.995", "-0.5%")] {
            let roas: ReturnOnAdSpend = gross.parse().unwrap();
            assert_eq!(roas.net().unwrap().to_string(), net);
            assert_eq!(net.parse::<NetReturn>().unwrap().gross().unwrap(), roas);
        }
        assert_eq!("2.2".parse::<NetReturn>().unwrap(), NetReturn::new(dec!(2.2)).unwrap());
        for bad in ["", "%", "x%", "-1.01", "-100.1 %", "1:3"] {
            assert!(bad.parse::<NetReturn>().is_err(), "{bad}");
        }
        let most = NetReturn::new(Decimal::MAX).unwrap();
        assert_eq!(most.to_string().parse::<NetReturn>().unwrap(), most);
        assert!(most.gross().is_err());
    }
}
