//! What a unit of spend brings back, with what it is counted in as part of the type.

use super::grammar::{plain, strip_mark, trim_start};
use super::{Money, QuantityError, Ratio};
use crate::error::excerpt;
use crate::figure::{Cause, Cell, Figure, FromWire, ToWire};
use alloc::string::{String, ToString};
use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

// A third basis would have no name on the wire, and returns on it nothing to be compared with.
mod sealed {
    pub trait Sealed {}
}

/// The basis of a return: [`Revenue`] or [`Profit`].
///
/// # Examples
/// ```
/// use marketloop::quantity::{Basis, Money, Return};
///
/// /// Works for revenue and for profit, and never mixes the two.
/// fn report<B: Basis>(returns: Money, spend: Money) -> String {
///     format!("{}: {}", B::NAME, Return::<B>::of(returns, spend))
/// }
/// # use marketloop::quantity::{Profit, Revenue};
/// let (spend, profit) = (Money::parse("50000 CNY")?, Money::parse("48000 CNY")?);
/// assert_eq!(report::<Profit>(profit, spend), "profit: 1:0.96");
/// # Ok::<(), marketloop::Error>(())
/// ```
pub trait Basis: sealed::Sealed + Copy + Ord + core::hash::Hash + fmt::Debug {
    /// The word for the basis, also on the wire: `revenue` or `profit`.
    const NAME: &'static str;
}

/// Returns are sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Revenue {}

/// Returns are sales less the cost of the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profit {}

impl sealed::Sealed for Revenue {}
impl sealed::Sealed for Profit {}

impl Basis for Revenue {
    const NAME: &'static str = "revenue";
}

impl Basis for Profit {
    const NAME: &'static str = "profit";
}

/// Revenue or profit per unit of spend, exactly: ROAS on the basis of [`Revenue`]. Below zero where a campaign takes
/// more sales away elsewhere than it brings.
///
/// As text, and on the wire, `1:3.2`, or `1:16/3` where no decimal holds it; a plain `3.2` is read too, on the wire
/// also as a number. The basis stands in the type, not in the text. Two of different bases do not compare:
///
/// ```compile_fail,E0308
/// use marketloop::quantity::{Profit, Return, Revenue};
///
/// fn better(campaign: Return<Revenue>, other: Return<Profit>) -> bool {
///     campaign > other
/// }
/// ```
///
/// # Examples
/// ```
/// use marketloop::quantity::{Money, Return, Revenue};
///
/// let (sales, spend) = (Money::parse("160000 CNY")?, Money::parse("50000 CNY")?);
/// let search = Return::<Revenue>::of(sales, spend).get()?;
/// assert_eq!(search.to_string(), "1:3.2");
/// assert_eq!(search.net()?.to_percent(), "220%");
/// assert_eq!(search, "3.2".parse()?);
///
/// let free = Return::<Revenue>::of(sales, Money::parse("0 CNY")?);
/// assert_eq!(free.to_string(), "undefined: cost is zero");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::quantity::Return;
/// # use marketloop::quantity::Revenue;
/// let json = r#""1:16/3""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Return<Revenue>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias = "ROAS")]
#[doc(alias = "ROI")]
#[doc(alias = "投产比")]
#[doc(alias = "投入产出比")]
pub struct Return<B> {
    ratio: Ratio,
    basis: PhantomData<B>,
}

impl<B: Basis> Return<B> {
    /// The return of `ratio` units per unit of spend.
    #[must_use]
    pub const fn new(ratio: Ratio) -> Self {
        Self { ratio, basis: PhantomData }
    }

    /// Returns over costs. It is undefined where the costs are not above zero or the currencies differ.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Money, Profit, Return};
    ///
    /// let (profit, spend) = (Money::parse("48000 CNY")?, Money::parse("50000 CNY")?);
    /// assert_eq!(Return::<Profit>::of(profit, spend).get()?.to_string(), "1:0.96");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn of(returns: Money, costs: Money) -> Figure<Self> {
        let none = |cause| Figure::undefined("return", cause);
        // The currencies first: whether a cost of the wrong currency is zero says nothing.
        if returns.currency() != costs.currency() {
            return none(Cause::Inconsistent("the currencies of returns and costs".into()));
        }
        if costs.is_zero() {
            return none(Cause::Zero("cost".into()));
        }
        if costs.is_negative() {
            return none(Cause::Negative("cost".into()));
        }
        Ratio::new(returns.amount(), costs.amount())
            .map_or_else(|_| none(Cause::OutOfRange), |ratio| Figure::Known(Self::new(ratio)))
    }

    /// The return whose net return on investment is `net`: `net + 1`.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] where the lowest terms need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Return, Revenue};
    ///
    /// assert_eq!(Return::<Revenue>::from_net("220%".parse()?)?.to_string(), "1:3.2");
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    pub fn from_net(net: Ratio) -> Result<Self, QuantityError> {
        Ok(Self::new(net.plus(Ratio::ONE)?))
    }

    /// Returns per unit of spend.
    #[must_use]
    pub const fn ratio(&self) -> Ratio {
        self.ratio
    }

    /// Returns less spend, per unit of spend: the net return on investment, by [`Ratio::to_percent`] as text.
    ///
    /// # Errors
    /// [`QuantityError::Inexact`] where the lowest terms need more than 128 bits.
    #[doc(alias = "ROI")]
    pub fn net(&self) -> Result<Ratio, QuantityError> {
        self.ratio.minus(Ratio::ONE)
    }
}

impl<B> fmt::Display for Return<B> {
    /// `1:3.2`, or `1:16/3` where no decimal holds it; a precision is a number of decimals, half to even.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text: String =
            self.ratio.to_decimal().map_or_else(|| self.ratio.to_string(), |exact| exact.to_string());
        self.ratio.write_decimal(f, "1:", &text)
    }
}

impl<B: Basis> FromStr for Return<B> {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |error| match error {
            QuantityError::Ambiguous { .. } | QuantityError::Inexact { .. } => error,
            _ => QuantityError::NotAReturn { text: excerpt(text) },
        };
        let plain = plain(text);
        let notation = plain.strip_prefix('1').and_then(|rest| strip_mark(trim_start(rest), ':'));
        let ratio = match notation {
            // `1:320%` says it twice.
            Some(ratio) if ratio.contains(['%', '‰']) => {
                return Err(QuantityError::NotAReturn { text: excerpt(text) });
            }
            Some(ratio) => trim_start(ratio).parse(),
            None => plain.parse(),
        };
        ratio.map(Self::new).map_err(refuse)
    }
}

impl<B> Serialize for Return<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, B: Basis> Deserialize<'de> for Return<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::wire::from_text_or_number(
            deserializer,
            "a return such as `1:3.2`, as a string or a number",
            |value: Decimal| Ok::<_, core::convert::Infallible>(Self::new(value.into())),
        )
    }
}

impl<B> ToWire for Return<B> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
}

impl<B: Basis> FromWire for Return<B> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

impl<B: Basis> From<Return<B>> for Cell {
    /// Returns per unit of spend as a decimal.
    fn from(value: Return<B>) -> Self {
        value.ratio.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn read(text: &str) -> Result<Return<Revenue>, QuantityError> {
        text.parse()
    }

    #[test]
    fn the_notation_reads_both_ways() {
        for (text, canonical) in [
            ("1:3.2", "1:3.2"),
            ("1: 4.10", "1:4.1"),
            ("2", "1:2"),
            ("1:0", "1:0"),
            ("1:-3", "1:-3"),
            ("16/3", "1:16/3"),
            ("1:16/3", "1:16/3"),
            ("320%", "1:3.2"),
            ("１：３．２", "1:3.2"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), canonical, "{text}");
            assert_eq!(read(canonical).unwrap(), read(text).unwrap());
        }
        for bad in ["", "1:", "2:1", "1:x", "3.2:1", "1:1:3", "1:320%", "1:1/0"] {
            assert!(matches!(read(bad), Err(QuantityError::NotAReturn { .. })), "{bad}");
        }
        assert_eq!(format!("{:.2}|{:>8}|", read("16/3").unwrap(), read("3.2").unwrap()), "1:5.33|   1:3.2|");
    }

    #[test]
    fn gross_and_net_differ_by_the_spend() {
        for (gross, net) in [("1:3.2", "220%"), ("1:0", "-100%"), ("1:1", "0%"), ("1:0.995", "-0.5%")] {
            let gross = read(gross).unwrap();
            assert_eq!(gross.net().unwrap().to_percent(), net);
            assert_eq!(Return::from_net(net.parse().unwrap()).unwrap(), gross);
        }
        let largest = Return::<Profit>::new(Ratio::of_integers(false, u128::MAX, 1).unwrap());
        assert!(largest.net().is_ok() && Return::<Profit>::from_net(largest.ratio()).is_err());
        assert_eq!(largest.to_string().parse(), Ok(largest));
    }

    #[test]
    fn what_has_no_cost_has_no_return() {
        let of = |returns: &str, costs: &str| {
            Return::<Revenue>::of(returns.parse().unwrap(), costs.parse().unwrap()).to_string()
        };
        assert_eq!(of("16 CNY", "3 CNY"), "1:16/3");
        assert_eq!(of("-1 CNY", "4 CNY"), "1:-0.25");
        assert_eq!(of("1 CNY", "0 CNY"), "undefined: cost is zero");
        assert_eq!(of("1 CNY", "-1 CNY"), "undefined: cost is below zero");
        assert_eq!(of("1 CNY", "1 JPY"), "undefined: the currencies of returns and costs do not agree");
    }
}
