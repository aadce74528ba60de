//! Which finding comes first.

use super::{Finding, ReviewError};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Ratio;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use serde::Serialize;

/// The priority of a finding, with its factors. The most pressing sorts first; equal products are ordered by name.
///
/// # Formula
/// priority = severity * weight * contribution, where severity is 1 - attainment, at least 0 and at most 1;
/// of an undefined attainment 0 where the target is met and 1 where it is missed; contribution is the
/// magnitude of the share of the root's change, 1 where it is not known.
///
/// # Examples
/// ```
/// use marketloop::review::{Finding, by_priority};
///
/// let reach = Finding::new("impressions", "at least 5000000 impression".parse()?, "4800000 impression".parse()?)?;
/// let rate = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?;
/// let list = [reach, rate];
/// let first = &by_priority(&list)?[0];
/// assert_eq!(first.to_string(), "conversion rate: 1/4 = severity 1/4 x weight 1 x contribution 1");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Priority<'a> {
    finding: &'a Finding,
    severity: Ratio,
    weight: Ratio,
    contribution: Ratio,
    product: Ratio,
}

impl<'a> Priority<'a> {
    /// Computes the priority of `finding`.
    ///
    /// # Errors
    /// [`ReviewError::Target`] where a factor or the product needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, Priority};
    ///
    /// let reach = Finding::new("reach", "at least 100".parse()?, "96".parse()?)?;
    /// assert_eq!(Priority::of(&reach)?.severity().to_percent(), "4%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of(finding: &'a Finding) -> Result<Self, ReviewError> {
        let severity = match finding.actual() {
            Figure::Known(_) => Ratio::ONE.minus(finding.achievement()?.share()).map_err(exceeded)?,
            // Unknown counts as all of it: a target must not sink because nobody measured it.
            _ => Ratio::ONE,
        };
        let weight = Ratio::from(finding.weight());
        // Unknown counts as all of it: a finding must not sink because nobody explained the root.
        let contribution = finding.contribution().unwrap_or(Ratio::ONE);
        // The magnitude: a metric that pulled the root down by a share matters as one that pushed it up.
        let contribution = if contribution.is_negative() { contribution.negated() } else { contribution };
        let product = severity.times(weight).and_then(|product| product.times(contribution));
        Ok(Self { finding, severity, weight, contribution, product: product.map_err(exceeded)? })
    }

    /// The finding.
    #[must_use]
    pub const fn finding(&self) -> &'a Finding {
        self.finding
    }

    /// How far the target was missed, from 0 to 1.
    #[must_use]
    pub const fn severity(&self) -> Ratio {
        self.severity
    }

    /// How much the metric matters beside others.
    #[must_use]
    pub const fn weight(&self) -> Ratio {
        self.weight
    }

    /// The magnitude of the share of the root's change that runs through the metric; 1 where it is not known.
    #[must_use]
    pub const fn contribution(&self) -> Ratio {
        self.contribution
    }

    /// The findings as rows, each with its factors and their product.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, Priority, by_priority};
    ///
    /// let rate = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?;
    /// let table = Priority::table(&by_priority([&rate])?);
    /// assert_eq!(table.get("conversion rate", "severity").and_then(|cell| cell.value.as_deref()), Some("0.25"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(priorities: &[Self]) -> Table {
        let mut table = Table::new("metric");
        for one in priorities {
            let name = one.finding.metric();
            let pure = |ratio: Ratio| Cell { unit: "1".into(), ..Cell::from(ratio) };
            let contribution = pure(one.contribution);
            // What was not measured counts as all of it, and has to say so.
            let unknown = one.finding.contribution().is_none();
            let contribution =
                if unknown { contribution.because("contribution not known") } else { contribution };
            table.push(name, "priority", pure(one.product));
            table.push(name, "severity", pure(one.severity));
            table.push(name, "weight", pure(one.weight));
            table.push(name, "contribution", contribution);
        }
        table
    }

    /// The product of the factors.
    #[must_use]
    pub const fn product(&self) -> Ratio {
        self.product
    }
}

fn exceeded(error: crate::quantity::QuantityError) -> ReviewError {
    ReviewError::Target(error.into())
}

impl Ord for Priority<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        // By name where products are equal, so that the order does not depend on how findings came in.
        let by_product = other.product.cmp(&self.product);
        by_product.then_with(|| self.finding.metric().cmp(other.finding.metric()))
    }
}

/// Two are equal where neither comes first: the order and equality are one.
impl PartialEq for Priority<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Priority<'_> {}

impl PartialOrd for Priority<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Priority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} = severity {} x weight {} x contribution {}",
            self.finding.metric(),
            self.product,
            self.severity,
            self.weight,
            self.contribution
        )
    }
}

/// Sorts findings by priority, the most pressing first. Those of the same product and name keep their order.
///
/// # Errors
/// Those of [`Priority::of`].
///
/// # Examples
/// ```
/// use marketloop::review::{Finding, by_priority};
///
/// let reach = Finding::new("reach", "at least 100".parse()?, "96".parse()?)?;
/// let rate = Finding::new("rate", "at least 4 %".parse()?, "3 %".parse()?)?;
/// let order: Vec<&str> = by_priority([&reach, &rate])?.iter().map(|one| one.finding().metric()).collect();
/// assert_eq!(order, ["rate", "reach"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn by_priority<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
) -> Result<Vec<Priority<'a>>, ReviewError> {
    let mut priorities: Vec<Priority<'a>> =
        findings.into_iter().map(Priority::of).collect::<Result<_, _>>()?;
    priorities.sort();
    Ok(priorities)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn finding(name: &str, target: &str, actual: &str) -> Finding {
        Finding::new(name, target.parse().unwrap(), actual.parse().unwrap()).unwrap()
    }

    #[test]
    fn what_is_met_is_not_pressing_and_what_is_undefined_is() {
        let severity = |target, actual| Priority::of(&finding("x", target, actual)).unwrap().severity();
        assert_eq!(severity("at least 10", "12"), Ratio::ZERO);
        assert_eq!(severity("at least 0", "0"), Ratio::ZERO);
        assert_eq!(severity("at least 0", "-1"), Ratio::ONE);
        assert_eq!(severity("at least 10", "-90"), Ratio::ONE);
        assert_eq!(severity("at most 80, linear", "100"), "1/4".parse().unwrap());
    }

    #[test]
    fn weight_and_contribution_count_and_names_break_ties() {
        let list = [
            finding("b", "at least 10", "5"),
            finding("a", "at least 10", "5"),
            finding("c", "at least 10", "5").with_weight(dec!(2)).unwrap(),
            finding("d", "at least 10", "5").with_contribution("-5".parse().unwrap()),
        ];
        let order: Vec<&str> = by_priority(&list).unwrap().iter().map(|p| p.finding().metric()).collect();
        assert_eq!(order, ["d", "c", "a", "b"]);
    }
}
