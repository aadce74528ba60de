//! A cascade against what came: what is attained, what is missing, and how fast the rest has to come.

use super::{Cascade, GoalError};
use crate::figure::{Cause, Cell, Figure, TOTAL, Table};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Money, Quantity, Ratio};
use crate::time::Period;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;

/// One part of a cascade: its target and what came, of the part alone and from the first part to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartProgress {
    /// The part's period.
    pub period: Period,
    /// What the part has to bring.
    pub target: Quantity,
    /// What it brought; missing if it is not over, or if nobody measured it.
    pub actual: Figure<Quantity>,
    /// Actual over target; undefined for a target of 0.
    pub attainment: Figure<Ratio>,
    /// What has to be there by the end of the part.
    pub target_to_date: Quantity,
    /// What is there by the end of the part; missing if that of a part up to it is.
    pub actual_to_date: Figure<Quantity>,
    /// What the part has to bring now, so that the whole is reached: its target times the needed pace. Only of a part
    /// that is to come.
    pub needed: Option<Figure<Ratio>>,
}

serialize_fields!(PartProgress {
    period,
    target,
    actual: own,
    attainment: own,
    target_to_date,
    actual_to_date: own,
    needed: optional,
});

/// A goal against what its parts brought so far: attained, missing to go, and the pace that the rest needs.
///
/// Parts behind the last one with an actual are *to come*. A part before it without an actual is a gap: what is
/// attained is then missing, not the sum of the rest.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::goal::Cascade;
///
/// let sales = Cascade::draft("sales", "2026-Q3".parse()?, "2000000 CNY".parse()?)
///     .part("2026-07".parse()?, "500000 CNY".parse()?)
///     .part("2026-08".parse()?, "700000 CNY".parse()?)
///     .part("2026-09".parse()?, "800000 CNY".parse()?)
///     .check()?;
/// let july = ("2026-07".parse()?, Figure::Known("450000 CNY".parse()?));
/// let progress = sales.against([july])?;
/// assert_eq!(progress.to_go().to_string(), "1550000 CNY");
/// // Of 1,500,000 that were planned for August and September, 1,550,000 have to come: 31/30 of the plan.
/// assert_eq!(progress.needed_pace().to_string(), "31/30");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias("达成率", "run rate", "attainment"))]
pub struct CascadeProgress {
    metric: String,
    total: Quantity,
    attained: Figure<Quantity>,
    to_go: Figure<Quantity>,
    attainment: Figure<Ratio>,
    needed_pace: Figure<Ratio>,
    parts: Vec<PartProgress>,
}

serialize_fields!(CascadeProgress {
    metric,
    total,
    attained: own,
    to_go: own,
    attainment: own,
    needed_pace: own,
    parts,
});

impl Cascade {
    /// The goal against what its parts brought, each a period of this cascade and its actual; parts that are left out
    /// are not measured or still to come.
    ///
    /// # Errors
    /// [`GoalError::OutsidePeriod`] for a period that is no part of this cascade; [`GoalError::GivenTwice`];
    /// [`GoalError::Quantity`] for another unit, or sums of more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::goal::Cascade;
    /// use marketloop::time::Grain;
    ///
    /// let users = Cascade::even("new users", "2026-Q3".parse()?, "300 user".parse()?, Grain::Month, 0)?;
    /// let august = ("2026-08".parse()?, Figure::Known("130 user".parse()?));
    /// // July was never measured: nobody knows what is attained.
    /// let progress = users.against([august])?;
    /// assert_eq!(progress.attained().to_string(), "missing: new users of 2026-07");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn against(
        &self,
        actuals: impl IntoIterator<Item = (Period, Figure<Quantity>)>,
    ) -> Result<CascadeProgress, GoalError> {
        let mut given: Vec<Option<Figure<Quantity>>> = alloc::vec![None; self.parts().len()];
        for (period, actual) in actuals {
            // Parts follow one another: the one that starts on this day is found by its start.
            let place = self.parts().binary_search_by_key(&period.start(), |(part, _)| part.start());
            let place =
                place.ok().filter(|place| self.parts().get(*place).is_some_and(|own| own.0 == period));
            let Some(slot) = place.and_then(|place| given.get_mut(place)) else {
                return Err(GoalError::OutsidePeriod { period, whole: *self.period() });
            };
            if slot.replace(actual).is_some() {
                return Err(GoalError::GivenTwice { period });
            }
        }
        // A part whose figure is known or said to be missing is over; so is every part before it.
        let over = given.iter().rposition(Option::is_some).map_or(0, |last| last.saturating_add(1));
        let unit = self.total().unit();
        let zero = Quantity::new(Decimal::ZERO, unit.clone());
        let missing = |period: &Period| Figure::missing(alloc::format!("{} of {period}", self.metric()));
        let mut parts: Vec<PartProgress> = Vec::with_capacity(given.len());
        let (mut attained, mut planned_to_go) = (Figure::Known(zero.clone()), zero);
        let cumulative = self.cumulative()?;
        for (place, (((period, target), actual), target_to_date)) in
            self.parts().iter().zip(given).zip(cumulative).enumerate()
        {
            let actual = match actual {
                Some(Figure::Known(actual)) => Figure::Known(actual.to(unit)?),
                Some(other) => other,
                None => missing(period),
            };
            let is_over = place < over;
            if is_over {
                attained = attained.zip(actual.clone()).try_map(|(sum, actual)| sum.plus(&actual))?;
            } else {
                planned_to_go = planned_to_go.plus(target)?;
            }
            parts.push(PartProgress {
                period: *period,
                target: target.clone(),
                attainment: share(&actual, target, "the target"),
                actual,
                target_to_date,
                actual_to_date: if is_over { attained.clone() } else { missing(period) },
                needed: None,
            });
        }
        let to_go = attained.clone().try_map(|attained| self.total().minus(&attained))?;
        let needed_pace = match over {
            over if over == parts.len() => {
                Figure::undefined("needed pace", Cause::None("part to come".into()))
            }
            _ => share(&to_go, &planned_to_go, "the plan of the parts to come"),
        };
        for part in parts.iter_mut().skip(over) {
            let times = |pace: Ratio| pace.times(Ratio::from(part.target.value()));
            part.needed = Some(needed_pace.clone().try_map(times)?);
        }
        Ok(CascadeProgress {
            metric: self.metric().to_string(),
            total: self.total().clone(),
            attainment: share(&attained, self.total(), "the goal"),
            attained,
            to_go,
            needed_pace,
            parts,
        })
    }
}

/// A figure over an amount of the same unit.
fn share(part: &Figure<Quantity>, whole: &Quantity, what: &'static str) -> Figure<Ratio> {
    part.clone().and_then(|part| match Ratio::new(part.value(), whole.value()) {
        Ok(share) => Figure::Known(share),
        // Two decimals always have a quotient, but for a divisor of 0.
        Err(_) => Figure::undefined("attainment", Cause::Zero(what.into())),
    })
}

impl CascadeProgress {
    /// The name of the metric.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// The goal for the whole period.
    #[must_use]
    pub const fn total(&self) -> &Quantity {
        &self.total
    }

    /// The parts in order.
    #[must_use]
    pub fn parts(&self) -> &[PartProgress] {
        &self.parts
    }

    /// What is there by now: the sum of the parts that are over.
    #[must_use]
    pub const fn attained(&self) -> &Figure<Quantity> {
        &self.attained
    }

    /// What is missing to the goal; below 0 if it is passed.
    #[must_use]
    pub const fn to_go(&self) -> &Figure<Quantity> {
        &self.to_go
    }

    /// The attained share of the goal.
    #[must_use]
    pub const fn attainment(&self) -> &Figure<Ratio> {
        &self.attainment
    }

    /// By which factor of their targets the parts to come have to come in, so that the goal is reached: above 1 is faster
    /// than planned. Undefined if no part is to come.
    #[must_use]
    pub const fn needed_pace(&self) -> &Figure<Ratio> {
        &self.needed_pace
    }

    /// A row for each part and one for the whole.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("period");
        let unit = self.total.unit().to_string();
        let percent = |share: &Figure<Ratio>| match share {
            Figure::Known(share) => percent(*share),
            other => Cell::from(other.clone()),
        };
        let known = |figure: &Figure<Quantity>| Cell::from(figure.as_ref());
        for part in &self.parts {
            let period = part.period.to_string();
            let is_over = part.needed.is_none();
            table.push(&period, "target", &part.target);
            table.push(&period, "actual", if is_over { known(&part.actual) } else { to_come() });
            table.push(&period, "attainment", if is_over { percent(&part.attainment) } else { to_come() });
            table.push(&period, "target to date", &part.target_to_date);
            table.push(
                &period,
                "actual to date",
                if is_over { known(&part.actual_to_date) } else { to_come() },
            );
            if let Some(needed) = &part.needed {
                let cell = Cell { unit: unit.clone().into(), ..Cell::from(needed.clone()) };
                table.push(&period, "needed", cell);
            }
        }
        table.push(TOTAL, "target", &self.total);
        table.push(TOTAL, "actual", known(&self.attained));
        table.push(TOTAL, "attainment", percent(&self.attainment));
        table.push(TOTAL, "missing to go", known(&self.to_go));
        if self.parts.iter().any(|part| part.needed.is_some()) {
            table.push(TOTAL, "needed pace", percent(&self.needed_pace));
        }
        table
    }
}

/// An amount of money with its cents, any other with the digits that it has.
fn shown(quantity: &Quantity) -> String {
    Money::try_from(quantity).map_or_else(|_| alloc::format!("{quantity:#}"), |money| money.to_string())
}

/// A cell of a period that is not over.
fn to_come() -> Cell {
    Cell { value: None, ..Cell::default() }.because("to come")
}

/// A ratio as a percentage of two decimals, half to even.
fn percent(share: Ratio) -> Cell {
    let text = share.to_percent();
    match (text.strip_suffix('%'), share.times(Ratio::from(Decimal::ONE_HUNDRED))) {
        (Some(exact), _) if !exact.contains(['/', '~']) => Cell::new(exact, "%"),
        (_, Ok(percent)) => Cell::new(alloc::format!("{percent:.2}"), "%"),
        (_, Err(_)) => Cell::from(share),
    }
}

impl fmt::Display for CascadeProgress {
    /// `sales: 450,000.00 CNY of 2,000,000.00 CNY (22.5%), 1,550,000.00 CNY to go`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = &self.total;
        match (&self.attained, &self.to_go, &self.attainment) {
            (Figure::Known(attained), Figure::Known(to_go), Figure::Known(share)) => {
                let share = share.to_percent();
                let [attained, total, to_go] = [attained, total, to_go].map(shown);
                // Nothing comes any more: what is missing is no way to go.
                let told = match &self.needed_pace {
                    Figure::Undefined(_) if self.parts.iter().all(|part| part.needed.is_none()) => "short",
                    _ => "to go",
                };
                write!(f, "{}: {attained} of {total} ({share}), {to_go} {told}", self.metric)
            }
            (attained, ..) => {
                write!(f, "{}: {} of {}", self.metric, attained.as_ref().map(|_| ""), shown(total))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn quarter() -> Cascade {
        let part = |month: &str, amount: &str| (month.parse().unwrap(), amount.parse().unwrap());
        Cascade::explicit(
            "sales",
            "2026-Q3".parse().unwrap(),
            "2000000 CNY".parse().unwrap(),
            [part("2026-07", "500000 CNY"), part("2026-08", "700000 CNY"), part("2026-09", "800000 CNY")],
        )
        .unwrap()
    }

    fn actual(month: &str, amount: &str) -> (Period, Figure<Quantity>) {
        (month.parse().unwrap(), Figure::Known(amount.parse().unwrap()))
    }

    #[test]
    fn the_needed_pace_closes_the_goal() {
        let progress = quarter().against([actual("2026-07", "450000 CNY")]).unwrap();
        assert_eq!(
            progress.to_string(),
            "sales: 450,000.00 CNY of 2,000,000.00 CNY (22.5%), 1,550,000.00 CNY to go"
        );
        // 700,000 × 31/30 and 800,000 × 31/30: with what is there they are the goal.
        let needed: Vec<Ratio> =
            progress.parts()[1..].iter().map(|part| part.needed.clone().unwrap().get().unwrap()).collect();
        let sum =
            needed.iter().fold(Ratio::from(Decimal::from(450_000)), |sum, part| sum.plus(*part).unwrap());
        assert_eq!(sum, Ratio::from(Decimal::from(2_000_000)));
        assert_eq!(
            progress.table().get("2026-08", "needed").unwrap().value.as_deref(),
            Some("723333.333333")
        );
        assert_eq!(progress.table().get("2026-09", "actual").unwrap().why, "to come");
    }

    #[test]
    fn a_quarter_that_is_over_needs_no_pace() {
        let all = vec![
            actual("2026-09", "700000 CNY"),
            actual("2026-07", "500000 CNY"),
            actual("2026-08", "900000 CNY"),
        ];
        let progress = quarter().against(all).unwrap();
        assert_eq!(progress.to_go().to_string(), "-100000 CNY");
        assert_eq!(progress.needed_pace().to_string(), "undefined: there is no part to come");
        assert_eq!(progress.attainment().to_string(), "21/20");
        assert_eq!(progress.parts()[1].actual_to_date.to_string(), "1400000 CNY");
        assert_eq!(quarter().against([]).unwrap().needed_pace().to_string(), "1");
    }

    #[test]
    fn a_gap_is_no_zero() {
        let progress = quarter().against([actual("2026-08", "700000 CNY")]).unwrap();
        for figure in [progress.attained(), progress.to_go(), &progress.parts()[1].actual_to_date] {
            assert_eq!(figure.to_string(), "missing: sales of 2026-07");
        }
        assert_eq!(progress.parts()[1].attainment.to_string(), "1");
        assert_eq!(progress.needed_pace().to_string(), "missing: sales of 2026-07");
        assert_eq!(progress.to_string(), "sales: missing: sales of 2026-07 of 2,000,000.00 CNY");
        // A month whose figure is said to be missing is over.
        let said = ("2026-07".parse().unwrap(), Figure::missing("the shop's export"));
        let progress = quarter().against([said]).unwrap();
        assert_eq!(progress.attained().to_string(), "missing: the shop's export");
        assert_eq!(progress.parts()[0].needed, None);
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for (period, amount, refusal) in [
            ("2026-10", "1 CNY", "2026-10 is not within 2026-Q3"),
            ("2026-Q3", "1 CNY", "2026-Q3 is not within 2026-Q3"),
            ("2026-07", "1 USD", "units differ: USD and CNY"),
        ] {
            assert_eq!(quarter().against([actual(period, amount)]).unwrap_err().to_string(), refusal);
        }
        let twice = [actual("2026-07", "1 CNY"), actual("2026-07", "1 CNY")];
        assert_eq!(quarter().against(twice).unwrap_err().to_string(), "2026-07 is given twice");
    }

    #[test]
    fn a_target_of_zero_has_no_attainment() {
        let part = |month: &str, amount: &str| (month.parse().unwrap(), amount.parse().unwrap());
        let parts = [part("2026-07", "0 CNY"), part("2026-08", "5 CNY"), part("2026-09", "0 CNY")];
        let cascade =
            Cascade::explicit("sales", "2026-Q3".parse().unwrap(), "5 CNY".parse().unwrap(), parts).unwrap();
        let both = [actual("2026-07", "2 CNY"), actual("2026-08", "1 CNY")];
        let progress = cascade.against(both).unwrap();
        assert_eq!(progress.parts()[0].attainment.to_string(), "undefined: the target is zero");
        assert_eq!(progress.needed_pace().to_string(), "undefined: the plan of the parts to come is zero");
    }
}
