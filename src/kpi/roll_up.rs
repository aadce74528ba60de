//! From the values of several periods to the value of the whole, as the kind of the metric has it.

use super::{Inputs, Kind, KpiError, KpiTree, RatioHistory};
use crate::error::{Path, Problems};
use crate::quantity::{Ratio, add, multiply, subtract};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The value of the whole from the values of its periods, oldest first: a flow is the sum, a stock the last
/// value, growth compounds.
///
/// # Formula
/// flow: `x_1 + … + x_n`; stock: `x_n`; growth: `(1 + x_1) * … * (1 + x_n) - 1`.
///
/// # Errors
/// [`KpiError::NoParts`]; [`KpiError::NotAdditive`] for unique counts, of which one person may be in several,
/// and for ratios, which need numerators and denominators ([`roll_up_ratio`]); [`KpiError::Quantity`] where the
/// result needs more than 28 digits.
///
/// # Examples
/// ```
/// use marketloop::kpi::{Kind, roll_up};
/// use rust_decimal::dec;
///
/// let months = [dec!(500000), dec!(700000), dec!(800000)];
/// assert_eq!(roll_up(Kind::Flow, &months)?, dec!(2000000));
/// assert_eq!(roll_up(Kind::Stock, &months)?, dec!(800000));
/// assert_eq!(roll_up(Kind::Growth, &[dec!(0.1), dec!(0.1)])?, dec!(0.21));
/// assert!(roll_up(Kind::Unique, &months).is_err());
/// # Ok::<(), marketloop::kpi::KpiError>(())
/// ```
pub fn roll_up(kind: Kind, periods: &[Decimal]) -> Result<Decimal, KpiError> {
    let last = periods.last().ok_or(KpiError::NoParts)?;
    match kind {
        Kind::Flow => Ok(periods.iter().try_fold(Decimal::ZERO, |sum, value| add(sum, *value))?),
        Kind::Stock => Ok(*last),
        Kind::Growth => {
            let grown = periods.iter().try_fold(Decimal::ONE, |whole, value| {
                multiply(whole, add(Decimal::ONE, *value)?).map(|whole| whole.normalize())
            });
            Ok(subtract(grown?, Decimal::ONE)?.normalize())
        }
        Kind::Ratio | Kind::Unique => Err(KpiError::NotAdditive { kind }),
    }
}

/// The ratio of the whole: the sum of numerators over the sum of denominators, never the mean of the ratios.
///
/// # Errors
/// [`KpiError::NoParts`]; [`KpiError::Quantity`] where the denominators add up to 0 or a sum is not exact.
///
/// # Examples
/// ```
/// use marketloop::kpi::{RatioHistory, roll_up_ratio};
/// use rust_decimal::dec;
///
/// let periods = [
///     RatioHistory { numerator: dec!(200), denominator: dec!(5000) },
///     RatioHistory { numerator: dec!(300), denominator: dec!(8000) },
/// ];
/// assert_eq!(roll_up_ratio(&periods)?.to_string(), "1/26"); // 500 of 13,000
/// # Ok::<(), marketloop::kpi::KpiError>(())
/// ```
pub fn roll_up_ratio(periods: &[RatioHistory]) -> Result<Ratio, KpiError> {
    if periods.is_empty() {
        return Err(KpiError::NoParts);
    }
    let sum = |part: fn(&RatioHistory) -> Decimal| {
        periods.iter().try_fold(Decimal::ZERO, |sum, row| add(sum, part(row)))
    };
    Ok(Ratio::new(sum(|row| row.numerator)?, sum(|row| row.denominator)?)?)
}

impl KpiTree {
    /// The inputs of the whole from the inputs of its periods, oldest first: each leaf by its kind, so that a
    /// ratio that follows by a formula (`cvr = orders / visits`) is computed again from the rolled-up leaves.
    ///
    /// A leaf that is missing in one period is missing in the whole.
    ///
    /// # Errors
    /// All problems at once, each at its leaf: [`KpiError::NotAdditive`] for a leaf that is a unique count or a
    /// ratio without formula; [`KpiError::NoParts`]; [`KpiError::OtherTree`]; [`KpiError::Quantity`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Value};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cvr [%] = orders / visits\n orders [order], visits [order]")?;
    /// let july = tree.inputs([("orders", dec!(200)), ("visits", dec!(5000))])?; // 4 %
    /// let august = tree.inputs([("orders", dec!(300)), ("visits", dec!(15000))])?; // 2 %
    /// let both = tree.roll_up(&[july, august])?;
    /// assert_eq!(tree.evaluate(&both)?.root(), Value::Known(dec!(2.5))); // not 3 %
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn roll_up(&self, periods: &[Inputs]) -> Result<Inputs, Problems<KpiError>> {
        let mut problems = Problems::new();
        if periods.is_empty() {
            problems.push(Path::root(), KpiError::NoParts);
        }
        let mut whole = self.no_inputs();
        for (index, inputs) in periods.iter().enumerate() {
            problems.take(&Path::root().index(index), self.checked(inputs).map(|_| ()));
        }
        for (leaf, node) in self.leaves() {
            let values: Option<Vec<Decimal>> =
                periods.iter().map(|inputs| inputs.value(self, leaf)).collect();
            let path = Path::root().field(node.id());
            let Some(values) = values.filter(|values| !values.is_empty()) else { continue };
            if let Some(value) = problems.take(&path, roll_up(node.kind(), &values)) {
                problems.take(&path, whole.set_node(self, leaf, value));
            }
        }
        problems.into_result(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn what_cannot_be_added_is_told_at_its_leaf() {
        let tree = KpiTree::parse(
            "sales [CNY] = visits * cvr * aov + reach * each\n visits [visit], cvr [order/visit], aov [CNY/order]\n \
             reach [user] {unique}, each [CNY/user]",
        )
        .unwrap();
        let names = ["visits", "cvr", "aov", "reach", "each"];
        let inputs = tree.inputs(names.map(|name| (name, dec!(1)))).unwrap();
        let refused = tree.roll_up(&[inputs.clone(), inputs.clone()]).unwrap_err();
        assert_eq!(refused.len(), 4);
        assert!(
            refused.to_string().contains("reach: values of kind unique cannot be added up over time"),
            "{refused}"
        );
        assert!(tree.roll_up(&[]).is_err());
        let other = KpiTree::parse("a = b + c\n b, c").unwrap();
        assert!(other.roll_up(&[inputs]).is_err());
    }

    #[test]
    fn what_is_missing_once_is_missing_in_the_whole() {
        let tree = KpiTree::parse("a = b + c\n b, c {stock}").unwrap();
        let first = tree.inputs([("b", dec!(1)), ("c", dec!(5))]).unwrap();
        let second = tree.inputs([("c", dec!(7))]).unwrap();
        let whole = tree.roll_up(&[first, second]).unwrap();
        let value = |id| whole.value(&tree, tree.find(id).unwrap());
        assert_eq!((value("b"), value("c")), (None, Some(dec!(7))));
    }
}
