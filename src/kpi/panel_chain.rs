//! Why the root of a panel moved over several periods: step by step, and beside it the two ends compared directly.

use super::fault::NumberFault;
use super::number::Number;
use super::{ExplainOptions, KpiError, KpiTree, NodeId, Panel, PanelEvaluation, PanelExplanation};
use crate::decompose::Contributions;
use crate::figure::{Cell, TOTAL, Table, beside};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Rounding, subtract};
use crate::time::Period;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A change of a panel's root over several periods: what each period brought, what each leaf of each member contributed
/// over all of them, and the direct comparison of the two ends. Each of the three adds up to the same total.
///
/// The two divide the change otherwise. The direct comparison knows the two ends only: what leaves moved together is divided
/// at those levels, and a leaf that went up and came back has no part. The chain divides each step at the levels of its own
/// time, and the way leaves its trace: visits that rose while the basket was large and fell when it was small have a part
/// above 0. Of a sum without products the two are the same, and of two neighbouring periods.
///
/// Read the direct comparison for "this December against last": two levels, whatever lay between. Read the chain for "what
/// moved the year, and since when": members that came and went in between, the month in which a lever turned.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Panel, PanelRow};
/// use rust_decimal::dec;
///
/// let tree = KpiTree::parse("sales [CNY] = sum[channel](orders * aov)\n orders [order], aov [CNY/order]")?;
/// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
///     {"period": "2026-07", "channel": "SEM", "orders": 20, "aov": 100},
///     {"period": "2026-08", "channel": "SEM", "orders": 20, "aov": 200},
///     {"period": "2026-08", "channel": "live", "orders": 5, "aov": 60},
///     {"period": "2026-09", "channel": "SEM", "orders": 20, "aov": 100},
///     {"period": "2026-09", "channel": "live", "orders": 10, "aov": 60}
/// ]"#)?;
/// let panel = Panel::new(&tree, ["channel"], rows)?;
/// let chain = tree.explain_panel_chain(&panel, "2026-07".parse()?, "2026-09".parse()?)?;
/// assert_eq!(chain.total(), dec!(600));
/// // Directly the channel is new with all that it has now; in the chain it began with 300 and grew.
/// let parts = |of: &marketloop::kpi::PanelExplanation| of.parts().by_size().map(ToString::to_string).collect::<Vec<_>>();
/// assert_eq!(parts(chain.direct())[0], "new: sales [live]  600 CNY  (weights)");
/// assert_eq!(parts(chain.chained())[..2], ["new: sales [live]  300 CNY  (weights)", "orders [live]  300 CNY  (log-mean)"]);
/// let months: Vec<String> = chain.by_period().iter().map(ToString::to_string).collect();
/// assert_eq!(months, ["2026-08  2,300 CNY  (log-mean)", "2026-09  -1,700 CNY  (log-mean)"]);
/// let by_leaf = chain.leaves_over_time()?;
/// assert_eq!(by_leaf.get("aov", "2026-09").and_then(|cell| cell.value.clone()), Some("-2000.00".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelChain {
    direct: PanelExplanation,
    chained: PanelExplanation,
    steps: Vec<(Period, PanelExplanation)>,
    by_period: Contributions<Period>,
}

impl KpiTree {
    /// Why the root of a panel moved from one period to another, period by period, with options by default.
    ///
    /// # Errors
    /// As [`explain_panel_chain_with`](Self::explain_panel_chain_with).
    pub fn explain_panel_chain(
        &self,
        panel: &Panel,
        before: Period,
        after: Period,
    ) -> Result<PanelChain, KpiError> {
        self.explain_panel_chain_with(panel, before, after, &ExplainOptions::default())
    }

    /// Why the root of a panel moved from one period to another, period by period; backwards where `after` is the earlier
    /// one.
    ///
    /// Each step is the comparison of two neighbouring periods, as [`explain_panel_with`](Self::explain_panel_with) has it.
    /// Where the root is no decimal of the scale, all have one scale, the smallest that one of them has; a step is then
    /// rounded up or down so that the steps add up to the whole change, rounded once.
    ///
    /// # Errors
    /// As [`explain_panel_with`](Self::explain_panel_with), [`KpiError::NoValue`] also for a period between the two.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{ExplainOptions, KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("third = x / 3\n x")?;
    /// let month = |text: &str, x| Ok::<_, marketloop::Error>(PanelRow::new(text.parse()?).with_value("x", x));
    /// let rows = [month("2026-07", dec!(0))?, month("2026-08", dec!(1))?, month("2026-09", dec!(2))?];
    /// let panel = Panel::new(&tree, [], rows)?;
    /// let cents = ExplainOptions::default().with_scale(2);
    /// let chain = tree.explain_panel_chain_with(&panel, "2026-07".parse()?, "2026-09".parse()?, &cents)?;
    /// let steps: Vec<_> = chain.steps().iter().map(|(_, step)| step.total()).collect();
    /// assert_eq!((chain.total(), steps), (dec!(0.67), vec![dec!(0.33), dec!(0.34)]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn explain_panel_chain_with(
        &self,
        panel: &Panel,
        before: Period,
        after: Period,
        options: &ExplainOptions,
    ) -> Result<PanelChain, KpiError> {
        let values = self.evaluate_panel(panel)?;
        let asked = values.root()?;
        let (first, last) = values.compared(before, after)?;
        let places: Vec<usize> =
            if first <= last { (first..=last).collect() } else { (last..=first).rev().collect() };
        let pairs = places.iter().copied().zip(places.iter().copied().skip(1));
        // The ends first, then step by step.
        let pairs: Vec<(usize, usize)> = core::iter::once((first, last)).chain(pairs).collect();
        let mut found = Vec::with_capacity(pairs.len());
        for pair in &pairs {
            found.push(values.explain(asked, *pair, options, None)?);
        }
        let fault = |why| self.root_fault(why);
        let rounded = Rounded { values: &values, asked };
        if !rounded.all_exact(&pairs, &found).map_err(fault)? {
            let scale = found.iter().filter_map(PanelExplanation::scale).min().unwrap_or_default();
            let totals = rounded.totals(&places, scale, options.rounding()).map_err(fault)?;
            let options = options.clone().with_scale(scale);
            for ((pair, why), total) in pairs.iter().zip(&mut found).zip(totals) {
                if why.total() != total || why.scale() != Some(scale) {
                    *why = values.explain(asked, *pair, &options, Some(total))?;
                }
            }
        }
        let mut found = found.into_iter();
        let Some(direct) = found.next() else { return Err(KpiError::NoParts) };
        let periods = places.iter().skip(1).filter_map(|place| panel.periods.get(*place).copied());
        let steps: Vec<(Period, PanelExplanation)> = periods.zip(found).collect();
        let (total, unit) = (direct.total(), direct.parts().unit());
        let chained = PanelExplanation::summed(total, unit, steps.iter().map(|(_, step)| step))?;
        let of_period = steps.iter().map(|(period, step)| (*period, step.total(), step.parts().method()));
        let by_period = Contributions::by_method(total, unit, of_period)?;
        Ok(PanelChain { direct, chained, steps, by_period })
    }
}

/// The changes of one cell of a panel, and how they are rounded to add up.
struct Rounded<'r> {
    values: &'r PanelEvaluation<'r>,
    asked: (NodeId, usize),
}

impl Rounded<'_> {
    fn change(&self, before: usize, after: usize) -> Result<Number, NumberFault> {
        let slot = self.values.places.tree.slot(self.asked.0);
        let at = |place: usize| match self.values.state(slot, self.asked.1, place) {
            Some(Ok(number)) => Ok(number),
            // Explained before: there is a value.
            _ => Err(NumberFault::Imprecise),
        };
        at(after)?.minus(at(before)?)
    }

    /// Whether no change was rounded: what is exact adds up.
    fn all_exact(&self, pairs: &[(usize, usize)], found: &[PanelExplanation]) -> Result<bool, NumberFault> {
        for ((before, after), why) in pairs.iter().zip(found) {
            if self.change(*before, *after)? != Number::Decimal(why.total()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The whole change rounded once, and behind it those of the steps.
    ///
    /// Up to each period the change is rounded, and a step is what the next one has more. That is its own change to the unit
    /// below or above if the rounding `f` is the same at every level, `f(x + 1) = f(x) + 1`: half to even is not, nor
    /// is towards 0. So the first that is and that rounds the whole change as it was asked for takes its place;
    /// there is one, as every rounding takes the unit below or above.
    fn totals(&self, places: &[usize], scale: u32, rounding: Rounding) -> Result<Vec<Decimal>, NumberFault> {
        let first = places.first().copied().unwrap_or_default();
        let mut sums = Vec::with_capacity(places.len());
        for place in places {
            sums.push(self.change(first, *place)?);
        }
        let whole = sums.last().unwrap_or(&Number::ZERO);
        let total = whole.round(scale, rounding)?;
        let twice = 10_u128.checked_pow(scale).and_then(|power| power.checked_mul(2));
        let half = Number::of_parts(1, twice.ok_or(NumberFault::OutOfRange)?);
        let level = [
            (half.clone(), Rounding::Floor),
            (half.negated(), Rounding::Ceiling),
            (Number::ZERO, Rounding::Floor),
            (Number::ZERO, Rounding::Ceiling),
        ];
        let rounded =
            |number: &Number, (shift, way): &(Number, Rounding)| number.plus(shift)?.round(scale, *way);
        let way = level.iter().find(|way| rounded(whole, way) == Ok(total));
        let way = way.ok_or(NumberFault::Imprecise)?;
        let mut totals = alloc::vec![total];
        let mut reached = Decimal::ZERO;
        for sum in sums.iter().skip(1) {
            let next = rounded(sum, way)?;
            totals.push(subtract(next, reached).map_err(|_| NumberFault::OutOfRange)?);
            reached = next;
        }
        Ok(totals)
    }
}

impl PanelChain {
    /// The change of the root.
    #[must_use]
    pub const fn total(&self) -> Decimal {
        self.direct.total()
    }

    /// The comparison of each period with the one before it, under the later one; backwards under the earlier one.
    #[must_use]
    pub fn steps(&self) -> &[(Period, PanelExplanation)] {
        &self.steps
    }

    /// The sums over all steps, by leaf and member: what a formula looks back to is of its leaf, whenever it was.
    #[must_use]
    pub const fn chained(&self) -> &PanelExplanation {
        &self.chained
    }

    /// The comparison of the first period with the last, whatever lay between.
    #[must_use]
    pub const fn direct(&self) -> &PanelExplanation {
        &self.direct
    }

    /// What each period brought, all leaves and members together.
    #[must_use]
    pub const fn by_period(&self) -> &Contributions<Period> {
        &self.by_period
    }

    /// A row for each leaf, `new`, `lost` and each switch, with a column for each period, the chain and the direct comparison.
    ///
    /// # Errors
    /// [`KpiError::Quantity`] where a sum needs more than 28 digits.
    pub fn leaves_over_time(&self) -> Result<Table, KpiError> {
        self.over_time("leaf", PanelExplanation::by_leaf)
    }

    /// A row for each member, with a column for each period, the chain and the direct comparison.
    ///
    /// # Errors
    /// [`KpiError::Quantity`] where a sum needs more than 28 digits.
    pub fn members_over_time(&self) -> Result<Table, KpiError> {
        self.over_time("member", PanelExplanation::by_member)
    }

    /// A row for each leaf of each member, with a column for each period, the chain and the direct comparison.
    ///
    /// # Errors
    /// [`KpiError::Quantity`] where a sum needs more than 28 digits.
    pub fn parts_over_time(&self) -> Result<Table, KpiError> {
        // Of each step the parts under the names that they have in the sum.
        self.over_time("part", |why| Ok(why.over_periods()?.parts().clone()))
    }

    fn over_time(
        &self,
        heading: &'static str,
        pivot: impl Fn(&PanelExplanation) -> Result<Contributions<String>, KpiError>,
    ) -> Result<Table, KpiError> {
        let mut columns = Vec::with_capacity(self.steps.len().saturating_add(2));
        for (period, step) in &self.steps {
            columns.push((period.to_string(), pivot(step)?));
        }
        let (chained, direct) = (pivot(&self.chained)?, pivot(&self.direct)?);
        let ends = [chained, direct];
        let rows = keys(&ends);
        let [chained, direct] = ends;
        columns.push((CHAINED.into(), chained));
        columns.push((DIRECT.into(), direct));
        Ok(beside_each_other(heading, &rows, &columns))
    }

    /// A row for each contribution of the chain, and what only the direct comparison has, the two beside each other.
    #[must_use]
    pub fn table(&self) -> Table {
        let ends = [self.chained.parts().clone(), self.direct.parts().clone()];
        let rows = keys(&ends);
        let columns: Vec<_> = [CHAINED, DIRECT].map(String::from).into_iter().zip(ends).collect();
        beside_each_other("part", &rows, &columns)
    }
}

/// The column of the sums over all steps.
const CHAINED: &str = "chained";
/// The column of the ends compared.
const DIRECT: &str = "direct";

/// The keys of all, each once, in the order in which they come first.
fn keys(all: &[Contributions<String>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = all.iter().flatten().map(|part| &part.key);
    all.filter(|key| seen.insert(*key)).cloned().collect()
}

/// The contributions of a column each; who was not there, and what did not take part, has no cell.
fn beside_each_other(
    heading: &'static str,
    rows: &[String],
    columns: &[(String, Contributions<String>)],
) -> Table {
    let cells: Vec<BTreeMap<&str, Cell>> = columns
        .iter()
        .map(|(_, parts)| parts.iter().map(|part| (part.key.as_str(), part.cell())).collect())
        .collect();
    let mut table = Table::new(heading).with_columns(columns.iter().map(|(column, _)| column.clone()));
    for row in rows {
        for ((column, _), cells) in columns.iter().zip(&cells) {
            if let Some(cell) = cells.get(row.as_str()) {
                table.push(beside(row, &[TOTAL]), column.clone(), cell.clone());
            }
        }
    }
    for (column, parts) in columns {
        table.push(TOTAL, column.clone(), parts.total_cell());
    }
    table
}

impl fmt::Display for PanelChain {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A step as it stands in the wire form.
struct OneStep<'a> {
    period: Period,
    why: &'a PanelExplanation,
}

serialize_fields!("Step", OneStep<'a> { period, why });

/// The wire form.
struct Written<'a> {
    direct: &'a PanelExplanation,
    chained: &'a PanelExplanation,
    steps: Vec<OneStep<'a>>,
}

serialize_fields!("PanelChain", Written<'a> { direct, chained, steps });

impl Serialize for PanelChain {
    /// `direct`, `chained`, and `steps` as a list of `{"period", "why"}`, each explanation its contributions.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let steps = self.steps.iter().map(|(period, why)| OneStep { period: *period, why }).collect();
        Written { direct: &self.direct, chained: &self.chained, steps }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::PanelRow;
    use rust_decimal::dec;

    fn month(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn who_came_and_went_between_the_ends_is_in_the_chain_alone() {
        let tree = KpiTree::parse("all = sum[channel](visits)\n visits").unwrap();
        let row = |period: &str, channel: &str, visits| {
            PanelRow::new(month(period)).with_member("channel", channel).with_value("visits", visits)
        };
        let rows = [
            row("2026-07", "a", dec!(10)),
            row("2026-08", "a", dec!(10)),
            row("2026-09", "a", dec!(15)),
            row("2026-10", "a", dec!(10)),
            row("2026-08", "b", dec!(3)),
            row("2026-09", "b", dec!(7)),
        ];
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let chain = tree.explain_panel_chain(&panel, month("2026-07"), month("2026-10")).unwrap();
        let told = |why: &PanelExplanation| -> Vec<(String, Decimal)> {
            why.parts().iter().map(|part| (part.key.clone(), part.value.normalize())).collect()
        };
        assert_eq!(told(chain.direct()), [("visits [a]".into(), dec!(0))]);
        let expected =
            [("new: visits [b]", 3), ("visits [a]", 0), ("visits [b]", 4), ("lost: visits [b]", -7)];
        assert_eq!(told(chain.chained()), expected.map(|(key, value)| (key.into(), value.into())));
        assert_eq!(chain.chained().of("visits", "b").map(|part| part.value.normalize()), Some(dec!(4)));
        let members = chain.members_over_time().unwrap().to_string();
        let lines: Vec<Vec<&str>> = members.lines().map(|line| line.split_whitespace().collect()).collect();
        let expected = [
            "member 2026-08 2026-09 2026-10 chained direct",
            "b 3 4 -7 0",
            "a 0 5 -5 0 0",
            "total 3 9 -12 0 0",
        ];
        assert_eq!(lines, expected.map(|line| line.split(' ').collect::<Vec<_>>()), "{members}");
        let back = tree.explain_panel_chain(&panel, month("2026-10"), month("2026-07")).unwrap();
        let periods: Vec<String> = back.steps().iter().map(|(period, _)| period.to_string()).collect();
        assert_eq!(periods, ["2026-09", "2026-08", "2026-07"]);
        let none = tree.explain_panel_chain(&panel, month("2026-08"), month("2026-08")).unwrap();
        assert!(
            none.steps().is_empty() && none.chained().parts().parts().is_empty() && none.total().is_zero()
        );
    }

    #[test]
    fn a_period_between_without_value_breaks_the_chain() {
        let tree = KpiTree::parse("x").unwrap();
        let rows = ["2026-07", "2026-09"].map(|period| PanelRow::new(month(period)).with_value("x", dec!(1)));
        let panel = Panel::new(&tree, [], rows).unwrap();
        assert!(tree.explain_panel(&panel, month("2026-07"), month("2026-09")).is_ok());
        let refused = tree.explain_panel_chain(&panel, month("2026-07"), month("2026-09")).unwrap_err();
        assert_eq!(refused.to_string(), "`x` has no value: x in 2026-08 is missing");
    }

    /// Half to even and toward zero are not the same at every level: the steps of a half each would not add up.
    #[test]
    fn steps_are_rounded_so_that_they_add_up() {
        let tree = KpiTree::parse("x").unwrap();
        let values = [dec!(0.5), dec!(1), dec!(1.5), dec!(0.25), dec!(-1.5), dec!(3)];
        let periods = ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"].map(month);
        let rows = periods.iter().zip(values).map(|(period, x)| PanelRow::new(*period).with_value("x", x));
        let panel = Panel::new(&tree, [], rows).unwrap();
        for rounding in [
            Rounding::HalfEven,
            Rounding::HalfAwayFromZero,
            Rounding::HalfTowardZero,
            Rounding::AwayFromZero,
            Rounding::TowardZero,
            Rounding::Ceiling,
            Rounding::Floor,
        ] {
            let options = ExplainOptions::default().with_scale(0).with_rounding(rounding);
            for (before, after) in
                periods.iter().flat_map(|one| periods.iter().map(move |other| (*one, *other)))
            {
                let chain = tree.explain_panel_chain_with(&panel, before, after, &options).unwrap();
                let direct = tree.explain_panel_with(&panel, before, after, &options).unwrap();
                assert_eq!(chain.direct(), &direct, "{rounding:?}");
                assert_eq!(
                    chain.steps().iter().map(|(_, step)| step.total()).sum::<Decimal>(),
                    direct.total()
                );
            }
        }
    }
}
