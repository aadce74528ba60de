//! How facts stand in the generic types of [`crate::figure`]: in a cell of a table, and on the wire.

use super::{Count, Currency, Money, Quantity, Ratio, Share, Unit};
use crate::figure::{Cell, from_wire};
use alloc::string::{String, ToString};
use rust_decimal::Decimal;

from_wire!(Money, Count, Quantity, Ratio, Share, Unit, Currency);

impl From<Decimal> for Cell {
    /// A pure number, of unit 1.
    fn from(value: Decimal) -> Self {
        Self::new(value, "1")
    }
}

impl From<Money> for Cell {
    /// The amount with the decimals of its currency, which is the unit.
    fn from(money: Money) -> Self {
        Self::new(money.amount(), money.currency().to_string())
    }
}

impl From<Count> for Cell {
    /// A pure number, of unit 1: whose count it is the caller knows.
    fn from(count: Count) -> Self {
        Self::new(count.value(), "1")
    }
}

impl From<&Quantity> for Cell {
    /// The value and its unit, which is `1` for a pure number; an amount of money with the decimals of its currency.
    fn from(quantity: &Quantity) -> Self {
        if let Ok(money) = Money::try_from(quantity) {
            return money.into();
        }
        Self::new(quantity.value(), quantity.unit().to_string())
    }
}

impl From<Share> for Cell {
    /// A percentage.
    fn from(share: Share) -> Self {
        let text = share.to_string();
        match text.strip_suffix('%') {
            Some(percent) => Self::new(percent, "%"),
            None => Self::new(text, ""),
        }
    }
}

impl From<Ratio> for Cell {
    /// All decimals where they are at most six, else six, half to even: a spreadsheet reads no fraction. A pure number, of
    /// unit 1.
    fn from(ratio: Ratio) -> Self {
        let text: String = match ratio.to_decimal() {
            Some(exact) if exact.scale() <= 6 => exact.to_string(),
            _ => alloc::format!("{ratio:.6}"),
        };
        Self::new(text, "1")
    }
}

impl Ratio {
    /// The cell of a part of a whole: its percentage, with at most six decimals, half to even.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Table;
    /// use marketloop::quantity::Ratio;
    ///
    /// let mut table = Table::new("line");
    /// table.push("SEM", "share", "2/5".parse::<Ratio>()?.percent_cell());
    /// assert_eq!(table.to_string(), "line  share %\nSEM        40\n");
    /// # Ok::<(), marketloop::quantity::QuantityError>(())
    /// ```
    #[must_use]
    pub fn percent_cell(&self) -> Cell {
        match self.times(Self::from(Decimal::ONE_HUNDRED)) {
            Ok(percent) => Cell { unit: "%".into(), ..percent.into() },
            // A hundredth of 128 bits below the line needs more: the part itself is shown.
            Err(_) => (*self).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pure_number_has_the_unit_one() {
        for (text, value, unit) in
            [("3.2", "3.2", "1"), ("40 %", "40", "%"), ("2 CNY/click", "2", "CNY/click")]
        {
            let cell = Cell::from(&text.parse::<Quantity>().unwrap());
            assert_eq!((cell.value.as_deref(), cell.unit.as_ref()), (Some(value), unit), "{text}");
        }
    }
}
