//! The gap between actual value and target, and how much of it is explained.

use super::finding_draft::amount;
use super::{Finding, ReviewError};
use crate::error::Lookup;
use crate::figure::{Cause, Cell, Figure, Table, distinct};
use crate::quantity::{Quantity, Ratio};
use crate::target::{ActualValue, TargetError};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// There is no gap of which something could be a share.
fn no_gap(figure: &'static str) -> Figure<Ratio> {
    Figure::undefined(figure, Cause::Zero("gap".into()))
}

impl Finding {
    /// The exact difference of actual value and target, in the target's unit; in percentage points for percentages.
    /// Against a range it is the distance to the nearer end, and 0 within the range.
    ///
    /// # Errors
    /// [`ReviewError::Target`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let share = Finding::new("search", "between 40 and 60 %, linear".parse()?, "30 %".parse()?)?;
    /// assert_eq!(share.gap()?.to_string(), "-10 percentage points");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn gap(&self) -> Result<ActualValue, ReviewError> {
        // The distance, not its share of the target: causes and contributions are amounts.
        let gap = self.target().variance(self.actual_in_unit()?)?.absolute();
        Ok(ActualValue::difference(gap, self.target().unit()))
    }

    /// A row for each finding: target, actual value, attainment, gap, causes, measure, owner, and when it is looked at again.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let rate = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?.with_measure("interest tags");
    /// let table = Finding::table(&[rate]);
    /// let cell = |column| table.get("conversion rate", column).ok_or("no such cell");
    /// assert_eq!(cell("attainment")?.value.as_deref(), Some("75"));
    /// assert_eq!((cell("gap")?.value.as_deref(), cell("gap")?.unit.as_ref()), (Some("-0.5"), "percentage points"));
    /// assert_eq!(cell("owner")?.why, "missing: owner");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn table(findings: &[Self]) -> Table {
        let mut table = Table::new("metric");
        let or = |value: Option<String>, what: &'static str| {
            value.map_or_else(|| Figure::missing(what), Figure::Known)
        };
        let names = distinct(findings.iter().map(Self::metric));
        for (name, finding) in names.iter().zip(findings) {
            table.push(name, "target", format!("{:#}", finding.target()));
            table.push(name, "actual", finding.actual());
            table.push(name, "attainment", finding.attainment());
            match finding.gap() {
                Ok(gap) => table.push(name, "gap", &gap),
                Err(error) => table.push(name, "gap", Cell::default().because(error)),
            }
            let causes: Vec<String> = finding.causes().iter().map(ToString::to_string).collect();
            let causes = Some(causes.join("; ")).filter(|causes| !causes.is_empty());
            table.push(name, "cause", or(causes, "cause"));
            table.push(name, "measure", or(finding.measure().map(Into::into), "measure"));
            table.push(name, "owner", or(finding.owner().map(Into::into), "owner"));
            let again = finding.review_on().map(|date| date.to_string());
            table.push(name, "again on", or(again, "date of the next look"));
        }
        table
    }

    /// The unexplained rest of the gap, in the target's unit: the gap less the contributions and the causes' amounts.
    /// Its sign turns round if they explain more than the gap.
    ///
    /// A cause that names one of the contributions as its leaf says why that contribution arose: it is not
    /// counted again. Without any amount the rest is *missing*: a tree may explain the gap to the cent, but nobody
    /// linked it, which is not the same as a gap of which all is unexplained.
    ///
    /// # Formula
    /// rest = gap - sum of contributions - sum of the other causes' amounts
    ///
    /// # Errors
    /// [`ReviewError::Target`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, ProblemCause};
    ///
    /// let finding = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?;
    /// assert!(finding.unexplained()?.is_missing());
    /// let narrow = ProblemCause::new("audience too narrow")?.with_explains("-0.4 %".parse()?);
    /// let rest = finding.with_cause(narrow)?.unexplained()?.get()?;
    /// assert_eq!(rest.to_string(), "-0.1 percentage points");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unexplained(&self) -> Result<Figure<ActualValue>, ReviewError> {
        let gap = self.gap()?;
        let parts = self.explained_by();
        // A look-up: a scan of the parts for each cause would cost causes times parts.
        let linked = Lookup::of(parts.iter().map(|part| part.key.as_str()));
        let others = self
            .causes()
            .iter()
            .filter(|cause| cause.leaf().is_none_or(|leaf| linked.position(leaf).is_none()));
        let amounts = parts.iter().map(amount).chain(others.filter_map(|cause| cause.explains().cloned()));
        // Exact fractions from the gap down: rounded parts would leave a rest that nobody made.
        let (mut left, mut quantified) = (gap.value(), false);
        for amount in amounts {
            let part = ActualValue::from(amount).value_in(gap.unit())?;
            left = left.minus(part).map_err(TargetError::from)?;
            quantified = true;
        }
        if !quantified {
            return Ok(Figure::missing("explained amount"));
        }
        Ok(Figure::Known(ActualValue::new(left, gap.unit().clone())))
    }

    /// The share of the gap that is [unexplained](Self::unexplained): 0 where all is explained, below 0 where more is
    /// explained than there is; undefined where actual value and target are equal.
    ///
    /// # Formula
    /// share = rest / gap
    ///
    /// # Errors
    /// [`ReviewError::Target`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, ProblemCause};
    ///
    /// let narrow = ProblemCause::new("audience too narrow")?.with_explains("-0.4 %".parse()?);
    /// let finding = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?.with_cause(narrow)?;
    /// assert_eq!(finding.unexplained_share()?.get()?.to_percent(), "20%");
    /// let met = Finding::new("conversion rate", "at least 2 %".parse()?, "2 %".parse()?)?;
    /// assert_eq!(met.unexplained_share()?.to_string(), "undefined: gap is zero");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unexplained_share(&self) -> Result<Figure<Ratio>, ReviewError> {
        let gap = self.gap()?;
        if gap.value().is_zero() {
            return Ok(no_gap("unexplained share"));
        }
        self.unexplained()?
            .try_map(|rest| Ok(rest.value().divided_by(gap.value()).map_err(TargetError::from)?))
    }

    /// `amount` as a share of the gap; undefined where actual value and target are equal.
    ///
    /// # Errors
    /// [`ReviewError::Target`] in another unit or beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::Finding;
    ///
    /// let finding = Finding::new("sales", "at least 1000 CNY".parse()?, "920 CNY".parse()?)?;
    /// let orders = finding.share_of_gap(&"-100 CNY".parse()?)?;
    /// assert_eq!(orders.get()?.to_percent(), "125%"); // something else made up for a part of it
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn share_of_gap(&self, amount: &Quantity) -> Result<Figure<Ratio>, ReviewError> {
        let gap = self.gap()?;
        // The unit first: an amount in another one is a fault also where there is no gap.
        let amount = ActualValue::from(amount.clone()).value_in(gap.unit())?;
        if gap.value().is_zero() {
            return Ok(no_gap("share of the gap"));
        }
        Ok(Figure::Known(amount.divided_by(gap.value()).map_err(TargetError::from)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decompose::Contribution;
    use crate::review::ProblemCause;
    use alloc::string::ToString;

    fn finding(target: &str, actual: &str) -> Finding {
        Finding::new("metric", target.parse().unwrap(), actual.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_gap_is_measured_from_the_nearer_end() {
        for (target, actual, gap) in [
            ("at least 2 %", "0.015", "-0.5 percentage points"),
            ("at most 80 CNY, linear", "100 CNY", "20 CNY"),
            ("between 40 and 60 %, linear", "70 %", "10 percentage points"),
            ("between 40 and 60 %, linear", "30 %", "-10 percentage points"),
            ("between 40 and 60 %, linear", "50 %", "0 percentage points"),
        ] {
            assert_eq!(finding(target, actual).gap().unwrap().to_string(), gap);
        }
        let met = finding("at least 2 %", "2 %");
        assert!(met.unexplained_share().unwrap().is_undefined());
        assert!(met.share_of_gap(&"1 %".parse().unwrap()).unwrap().is_undefined());
        let none = finding("at least 2 %", "1 %");
        assert_eq!(none.unexplained().unwrap(), Figure::missing("explained amount"));
        assert!(none.unexplained_share().unwrap().is_missing());
        let cause = |explains: &str| ProblemCause::new("c").unwrap().with_explains(explains.parse().unwrap());
        let over = none.with_cause(cause("-0.9 %")).unwrap().with_cause(cause("-0.003")).unwrap();
        assert_eq!(over.unexplained_share().unwrap(), Figure::Known("-1/5".parse().unwrap()));
    }

    /// D8: what a tree explains to the cent leaves no rest, and a cause of one of its leaves is not counted twice.
    #[test]
    fn a_linked_explanation_leaves_its_exact_rest() {
        let part = |name: &str, amount: &str| Contribution::new(name.into(), &amount.parse().unwrap());
        let short = finding("at least 1000 CNY", "919.93 CNY");
        let full = [part("orders", "-100 CNY"), part("value", "19.93 CNY")];
        let linked = short.clone().with_explained_by(full.clone()).unwrap();
        assert_eq!(linked.unexplained_share().unwrap(), Figure::Known(Ratio::ZERO));
        let why = ProblemCause::new("fewer visits").unwrap().with_leaf("orders");
        let why = why.with_explains("-60 CNY".parse().unwrap());
        assert_eq!(linked.with_cause(why).unwrap().unexplained_share().unwrap(), Figure::Known(Ratio::ZERO));
        let less = short.clone().with_explained_by([part("orders", "-100 CNY")]).unwrap();
        let other = ProblemCause::new("refunds").unwrap().with_explains("20 CNY".parse().unwrap());
        let rest = less.with_cause(other).unwrap().unexplained().unwrap();
        assert_eq!(rest.to_string(), "-0.07 CNY");
        let twice = short.with_explained_by([full[0].clone(), full[0].clone(), part(" ", "1 %")]);
        let told = twice.unwrap_err().to_string();
        for line in [
            "explained_by[1].key: `orders` stands twice",
            "explained_by[2].key: a name or text is empty",
            "explained_by[2].value: units differ",
        ] {
            assert!(told.contains(line), "{told}");
        }
    }
}
