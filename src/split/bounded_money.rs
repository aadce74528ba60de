//! Splits of money within floors and caps.

use super::money::unique;
use super::parts::{Below, Bounded, BoundedPart, BoundedSplit};
use super::{SplitError, bounded};
use crate::quantity::{Money, Ratio};
use alloc::boxed::Box;
use alloc::vec::Vec;

impl Money {
    /// The parts of this amount in proportion to the weights as far as floors and caps allow: [`bounded`] with
    /// keys and money.
    ///
    /// Bounds are magnitudes: for a negative amount they hold for the mirrored parts.
    ///
    /// # Errors
    /// [`SplitError::NoWeights`], [`SplitError::NegativeWeight`], [`SplitError::DuplicateKey`],
    /// [`SplitError::NegativeMoneyBound`], [`SplitError::MoneyFloorAboveCap`];
    /// [`SplitError::FloorsExceedMoney`] and [`SplitError::CapsBelowMoney`] with the amount that is missing and
    /// the lines in conflict; a [`SplitError::Quantity`] with the index of a line in another currency, or where
    /// the missing amount is more than money can be.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    /// use marketloop::split::Bounded;
    ///
    /// let year = Money::parse("1000000 CNY")?;
    /// let lines = [
    ///     ("SEM", Bounded::new(40).with_cap(Money::parse("350000 CNY")?)),
    ///     ("social", Bounded::new(30)),
    ///     ("content", Bounded::new(20)),
    ///     ("short video", Bounded::new(10)),
    /// ];
    /// let plan = year.split_bounded(lines)?;
    /// let social = plan.get("social").unwrap();
    /// assert_eq!(social.amount, Money::parse("325,000.00 CNY")?);
    /// assert!(!social.is_at_cap());
    /// assert_eq!(plan.scale().map(|scale| scale.to_string()), Some("32500/3".into()));
    /// assert_eq!(plan.into_split()["content"], Money::parse("216,666.67 CNY")?);
    ///
    /// let lines = [("SEM", Bounded::new(1).with_floor(Money::parse("1200000 CNY")?))];
    /// assert_eq!(
    ///     year.split_bounded(lines).unwrap_err().to_string(),
    ///     "the floors of lines [0] exceed the total 1,000,000.00 CNY by 200,000.00 CNY"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn split_bounded<K: Ord>(
        &self,
        lines: impl IntoIterator<Item = (K, Bounded<Self>)>,
    ) -> Result<BoundedSplit<K, Self>, SplitError> {
        let (keys, lines): (Vec<K>, Vec<Bounded<Self>>) = lines.into_iter().unzip();
        unique(keys.iter())?;
        let units = lines.iter().enumerate().map(|(index, line)| match (line.floor, line.cap) {
            (Some(floor), Some(cap)) if floor.currency() == cap.currency() && floor > cap => {
                Err(SplitError::MoneyFloorAboveCap { index, floor, cap })
            }
            _ => line.mapped(|bound| self.minor_bound(index, bound)),
        });
        let units = units.collect::<Result<Vec<_>, _>>()?;
        let split = bounded(self.minor(), &units).map_err(|error| self.in_money(error))?;
        // A currency has at most four decimals.
        let per_unit = Ratio::of_integers(false, 1, 10_u128.pow(self.currency().digits()));
        // A scale that needs more than 128 bits in main units is not told; the parts do not depend on it.
        let in_main_unit = |minor: Option<Ratio>| minor?.times(per_unit?).ok();
        let scale = in_main_unit(split.scale);
        let parts = keys.into_iter().zip(split.parts).map(|(key, part)| BoundedPart {
            key,
            amount: self.part(part.amount),
            set_by: part.set_by,
            exact: in_main_unit(part.exact),
            below: part.below.map(|below| {
                let reserve = below
                    .reserve
                    .and_then(|(units, exact)| Some((self.part(units), in_main_unit(Some(exact))?)));
                Box::new(Below { is_member: below.is_member, scale: in_main_unit(below.scale), reserve })
            }),
        });
        Ok(BoundedSplit { parts: parts.collect(), total: *self, scale })
    }

    fn minor_bound(&self, index: usize, bound: Self) -> Result<i128, SplitError> {
        let (expected, found) = (self.currency(), bound.currency());
        if expected != found {
            return Err(SplitError::BoundCurrency { index, expected, found });
        }
        if bound.is_negative() {
            return Err(SplitError::NegativeMoneyBound { index, bound });
        }
        Ok(bound.minor())
    }

    /// The error of the split in minor units, in terms of money.
    fn in_money(&self, error: SplitError) -> SplitError {
        // As many bounds as memory holds, of at most 96 bits each, fit 127 bits.
        let money =
            |minor: u128| Self::from_minor(i128::try_from(minor).unwrap_or(i128::MAX), self.currency());
        let total = *self;
        match error {
            SplitError::FloorsExceedTotal { short_by, lines } => match money(short_by) {
                Ok(short_by) => SplitError::FloorsExceedMoney { short_by, total, lines },
                Err(error) => error.into(),
            },
            SplitError::CapsBelowTotal { unplaced, lines } => match money(unplaced) {
                Ok(unplaced) => SplitError::CapsBelowMoney { unplaced, total, lines },
                Err(error) => error.into(),
            },
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{Currency, QuantityError};
    use alloc::string::ToString;
    use alloc::vec;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_the_split_of_its_minor_units() {
        let lines = [
            ("a", Bounded::new(40).with_cap(money("0.30 CNY"))),
            ("b", Bounded::new(30).with_floor(money("0.45 CNY"))),
            ("c", Bounded::new(20)),
        ];
        let units = [Bounded::new(40).with_cap(30), Bounded::new(30).with_floor(45), Bounded::new(20)];
        for minor in [101, -101] {
            let total = Money::from_minor(minor, Currency::CNY).unwrap();
            let split = total.split_bounded(lines).unwrap();
            let plain = bounded(minor, &units).unwrap();
            assert_eq!(split.parts().len(), plain.parts().len());
            for (part, unit) in split.parts().iter().zip(plain.parts()) {
                assert_eq!((part.amount.minor(), part.set_by), (unit.amount, unit.set_by));
                let hundred = Ratio::of_integers(false, 100, 1).unwrap();
                assert_eq!(part.exact.unwrap().times(hundred).unwrap(), unit.exact.unwrap());
            }
            assert_eq!(split.get("b").unwrap().amount, split.parts()[1].amount);
            assert_eq!(split.get("d"), None);
            assert_eq!(split.clone().into_split().total(), *split.total());
        }
    }

    #[test]
    fn what_cannot_hold_is_told_in_money() {
        let total = money("100 CNY");
        let floor = |text| Bounded::new(1).with_floor(money(text));
        assert_eq!(
            total.split_bounded([("a", floor("60 CNY")), ("b", Bounded::new(1)), ("c", floor("41 CNY"))]),
            Err(SplitError::FloorsExceedMoney { short_by: money("1 CNY"), total, lines: vec![0, 2] })
        );
        assert_eq!(
            total.split_bounded([("a", Bounded::new(1).with_cap(money("60 CNY")))]),
            Err(SplitError::CapsBelowMoney { unplaced: money("40 CNY"), total, lines: vec![0] })
        );
        let refused = |line| total.split_bounded([("a", Bounded::new(1)), ("b", line)]).unwrap_err();
        assert_eq!(refused(floor("1 JPY")).to_string(), "the bound at 1 is in JPY, the total in CNY");
        assert_eq!(refused(floor("-1 CNY")).to_string(), "bound -1.00 CNY at 1 is below 0");
        assert_eq!(
            refused(floor("2 CNY").with_cap(money("1 CNY"))).to_string(),
            "floor 2.00 CNY at 1 is above its cap 1.00 CNY"
        );
        assert_eq!(
            total.split_bounded([("a", Bounded::new(1)), ("a", Bounded::new(1))]),
            Err(SplitError::DuplicateKey { first: 0, second: 1 })
        );
        assert_eq!(total.split_bounded::<u8>([]), Err(SplitError::NoWeights));
        // The missing amount is itself more than money can be.
        let most = Money::from_minor((1 << 96) - 1, Currency::CNY).unwrap();
        let most = Bounded::new(1).with_floor(most);
        assert!(matches!(
            total.split_bounded([(1, most), (2, most)]),
            Err(SplitError::Quantity(QuantityError::TooMuchMoney { .. }))
        ));
    }
}
