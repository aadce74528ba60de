//! Why a rate over the members of a panel moved: their own rates, or the mix of them.

use super::choice::Choice;
use super::fault::NumberFault;
use super::frame::bits;
use super::function::Aggregate;
use super::graph::Operation;
use super::number::Number;
use super::{KpiError, KpiTree, Panel, PanelEvaluation};
use crate::decompose::{Contributions, Fraction, SegmentEffect, rate_and_mix};
use crate::error::excerpt;
use crate::figure::{Cause, Undefined};
use crate::quantity::{Precision, Unit};
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Ordering;

/// A node as a constant factor times the quotient of two slots, each a sum over members.
struct Rate {
    factor: Number,
    sums: [u32; 2],
}

impl KpiTree {
    /// Why a ratio over members moved from one period to another, by member: its own ratio moved (rate), or its share of the
    /// denominator did (mix). The change is rounded once to `precision`, and the effects add up to it.
    ///
    /// The node is a quotient of two sums over the members of `by`, such as `sum[channel](orders) / sum[channel](visits)`, each in
    /// the formula or a node of its own, with constant factors or without; of several dimensions the sums are taken by this one.
    ///
    /// # Formula
    /// That of [`mix_rate`](crate::decompose::mix_rate), with the share of a member in the denominator `s`, its ratio `r`, and
    /// the node `R`: `rate = (s0 + s1)/2 (r1 - r0)`, `mix = (s1 - s0) ((r0 + r1)/2 - (R0 + R1)/2)`. A member that came, went
    /// or has no denominator at one time is all mix.
    ///
    /// # Errors
    /// As [`evaluate_panel`](Self::evaluate_panel); [`KpiError::UnknownName`] for a node, dimension or period;
    /// [`KpiError::NoRateOver`] for a node of another form, and where the sums leave members out; [`KpiError::Length`] where the
    /// node itself varies by a dimension; [`KpiError::NoValue`] where it has no value at one of the times, or a member a
    /// denominator below 0, or of 0 under a numerator; [`KpiError::Decompose`] where 28 digits do not hold a part.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::Effect;
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("
    ///     转化率 [%] = sum[渠道](订单) / sum[渠道](访客)
    ///     订单 [order], 访客 [order]")?;
    /// // Both channels convert better, and yet the rate fell: live streaming converts less, and many more came by it.
    /// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
    ///     {"period": "2026-07", "渠道": "搜索", "订单": 90, "访客": 1500},
    ///     {"period": "2026-07", "渠道": "直播", "订单": 20, "访客": 1000},
    ///     {"period": "2026-08", "渠道": "搜索", "订单": 70, "访客": 1100},
    ///     {"period": "2026-08", "渠道": "直播", "订单": 99, "访客": 4500}
    /// ]"#)?;
    /// let panel = Panel::new(&tree, ["渠道"], rows)?;
    /// let (july, august) = ("2026-07".parse()?, "2026-08".parse()?);
    /// let why = tree.explain_panel_mix(&panel, "转化率", "渠道", july, august, (4, Rounding::HalfEven))?;
    /// assert_eq!((why.of_effect(Effect::Rate)?, why.of_effect(Effect::Mix)?), (dec!(0.2652), dec!(-1.6473)));
    /// assert_eq!(why.of_segment(&"搜索".into())?, dec!(-0.8532));
    /// assert_eq!(why.parts()[0].to_string(), "搜索 rate  0.1448 percentage points  (weights)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain_panel_mix(
        &self,
        panel: &Panel,
        node: &str,
        by: &str,
        before: Period,
        after: Period,
        precision: impl Into<Precision>,
    ) -> Result<Contributions<SegmentEffect<String>>, KpiError> {
        let values = self.evaluate_panel(panel)?;
        let node = self.named(node)?;
        let of_dimension = panel.dimensions.iter().position(|own| own == by);
        let of_dimension = of_dimension.ok_or_else(|| KpiError::UnknownName { name: excerpt(by) })?;
        let (first, last) = values.compared(before, after)?;
        let slot = self.slot(node);
        let no_rate = || KpiError::NoRateOver { node: self.id_of(node), dimension: by.into() };
        let rate = self.rate(slot).ok_or_else(no_rate)?;
        let dimensions = values.mask(slot).count_ones() as usize;
        if dimensions > 0 {
            return Err(KpiError::Length { what: "dimensions of the node", expected: 0, actual: dimensions });
        }
        for place in [first, last] {
            self.needed(node, values.figure(node, 0, place))?;
        }
        let fault = |cause: Cause| {
            let id = self.id_of(node);
            KpiError::NoValue { why: Undefined::new(id.clone(), cause).into(), node: id }
        };
        let fault_of = |why: NumberFault| fault(why.cause(None));
        let [above, below] = rate.sums;
        let sums = |sum: u32, place: usize| {
            let by_member = by_member(&values, sum, of_dimension, place);
            by_member.map_err(fault_of)?.ok_or_else(no_rate)
        };
        let sides = [[sums(above, first)?, sums(below, first)?], [sums(above, last)?, sums(below, last)?]];
        let mut members: Vec<u32> = sides.iter().flatten().flat_map(BTreeMap::keys).copied().collect();
        members.sort_unstable();
        members.dedup();
        let name = |member: u32| {
            let of = panel.members.get(of_dimension).and_then(|members| members.get(member as usize));
            of.cloned().unwrap_or_default()
        };
        let fraction = |number: &Number| {
            let exact = number.fraction().ok_or_else(|| fault_of(NumberFault::Imprecise))?;
            Ok::<_, KpiError>(Fraction::new(exact.numerator, exact.denominator.magnitude().clone()))
        };
        let mut rows = Vec::with_capacity(members.len());
        for member in members {
            let mut row = Vec::with_capacity(2);
            for ([above, by_below], period) in sides.iter().zip([before, after]) {
                let of = |side: &BTreeMap<u32, Number>| side.get(&member).cloned().unwrap_or(Number::ZERO);
                let (above, below_it) = (of(above), of(by_below));
                let denominator = || {
                    let term = self
                        .graph()
                        .step(below as usize)
                        .and_then(|step| self.graph().operands(step).first());
                    let term = term.map_or_else(String::new, |slot| self.id_of(self.node_of(*slot as usize)));
                    format!("{term} of {} in {period}", name(member))
                };
                match (below_it.sign(), above.sign()) {
                    (Some(Ordering::Less), _) => return Err(fault(Cause::NotPositive(denominator().into()))),
                    (Some(Ordering::Equal), Some(sign)) if sign.is_ne() => {
                        return Err(fault(Cause::Zero(denominator().into())));
                    }
                    _ => {}
                }
                let above = above.times(&rate.factor).map_err(fault_of)?;
                row.push([fraction(&above)?, fraction(&below_it)?]);
            }
            let Ok(row) = <[[Fraction; 2]; 2]>::try_from(row) else { continue };
            rows.push((name(member), row));
        }
        let unit = self.node(node).map_or(Unit::ONE, |node| node.unit().clone());
        Ok(rate_and_mix(&rows, &unit, precision.into())?)
    }

    /// The two sums of a node that is a quotient of them.
    fn rate(&self, slot: u32) -> Option<Rate> {
        let graph = self.graph();
        let mut factor = Number::ONE;
        let quotient = self.within_factors(slot, &mut factor)?;
        let step = graph.step(quotient as usize)?;
        if step.operation != Operation::Product {
            return None;
        }
        let ([above], [below]) = graph.fraction(step) else { return None };
        self.factor_of(quotient, &mut factor)?;
        let above = self.within_factors(*above, &mut factor)?;
        // What multiplies the denominator divides the quotient.
        let mut divisor = Number::ONE;
        let below = self.within_factors(*below, &mut divisor)?;
        let factor = factor.over(&divisor).ok()?;
        let is_sum = |slot: u32| {
            let step = graph.step(slot as usize)?;
            let adds =
                matches!(graph.choice(step), Some(Choice::Members(of)) if of.aggregate == Aggregate::Sum);
            adds.then_some(slot)
        };
        Some(Rate { factor, sums: [is_sum(above)?, is_sum(below)?] })
    }

    /// The slot of which this one is a multiple, with the factor multiplied in.
    fn within_factors(&self, slot: u32, factor: &mut Number) -> Option<u32> {
        let graph = self.graph();
        let mut slot = slot;
        while let Some(step) = graph.step(slot as usize) {
            let only = match (step.operation, graph.operands(step)) {
                (Operation::Sum | Operation::Product, [only]) if step.denominators == 0 => *only,
                _ => break,
            };
            self.factor_of(slot, factor)?;
            slot = only;
        }
        Some(slot)
    }

    /// Multiplies the constant factor of a step in.
    fn factor_of(&self, slot: u32, factor: &mut Number) -> Option<()> {
        let own = self.graph().factor(slot as usize);
        let own = Number::Decimal(own.factor).over(&Number::Decimal(own.divisor)).ok()?;
        *factor = factor.times(&own).ok()?;
        Some(())
    }
}

/// What each member of a dimension brings to a sum in a period; `None` where the dimension is not added up over, or the sum
/// is not that of all members.
fn by_member(
    values: &PanelEvaluation<'_>,
    sum: u32,
    dimension: usize,
    place: usize,
) -> Result<Option<BTreeMap<u32, Number>>, NumberFault> {
    let graph = values.places.tree.graph();
    let Some(term) = graph.step(sum as usize).and_then(|step| graph.operands(step).first()) else {
        return Ok(None);
    };
    let mask = values.mask(*term);
    let own = bits(mask).position(|bit| bit.trailing_zeros() as usize == dimension);
    let Some((own, frame)) = own.zip(values.frame_of(mask)) else { return Ok(None) };
    let mut sums: BTreeMap<u32, Number> = BTreeMap::new();
    let mut total = Number::ZERO;
    for (cell, tuple) in frame.cells.iter().enumerate() {
        let (Some(Ok(number)), Some(member)) = (values.state(*term, cell, place), tuple.get(own)) else {
            continue;
        };
        let so_far = sums.entry(*member).or_insert(Number::ZERO);
        *so_far = so_far.plus(number)?;
        total = total.plus(number)?;
    }
    // A sum of some members is another one: what is left out here would have no part, or one too many.
    let is_all = matches!(values.state(sum, 0, place), Some(Ok(number)) if *number == total);
    Ok(is_all.then_some(sums))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::PanelRow;
    use crate::quantity::Rounding;
    use alloc::string::ToString;
    use rust_decimal::{Decimal, dec};

    fn row(period: &str, channel: &str, orders: Decimal, visits: Decimal) -> PanelRow {
        let row = PanelRow::new(period.parse().unwrap()).with_member("channel", channel);
        row.with_value("orders", orders).with_value("visits", visits)
    }

    #[test]
    fn what_is_no_rate_over_members_is_refused() {
        let refused = |text: &str, node: &str, by: &str, after: &str, rows: &[PanelRow]| {
            let tree = KpiTree::parse(text).unwrap();
            let panel = Panel::new(&tree, ["channel"], rows.iter().cloned()).unwrap();
            let july = "2026-07".parse().unwrap();
            let why = tree.explain_panel_mix(
                &panel,
                node,
                by,
                july,
                after.parse().unwrap(),
                (4, Rounding::HalfEven),
            );
            why.unwrap_err().to_string()
        };
        let rows = [
            row("2026-07", "a", dec!(1), dec!(10)),
            row("2026-08", "a", dec!(3), dec!(10)),
            row("2026-08", "b", dec!(1), dec!(0)),
        ];
        let lawful = "r = sum[channel](orders) / sum[channel](visits)\n orders, visits";
        let no_rate = "`r` is no quotient of two sums over all members of channel: rate and mix need one";
        for text in [
            "r = sum[channel](orders) * sum[channel](visits)\n orders, visits",
            "r = sum[channel](orders / visits)\n orders, visits",
            "r = sum[channel](orders) / sum[region](visits + 0 * visits) + 0 * sum[region](visits)\n orders, visits",
            "r = mean[channel](orders) / sum[channel](visits)\n orders, visits",
            "r = sum[channel in {a}](orders) / sum[channel](visits)\n orders, visits",
            "r = (1 + sum[channel](orders)) / sum[channel](visits)\n orders, visits",
            "r = sum[channel](orders) / (sum[channel](visits) * sum[channel](orders))\n orders, visits",
        ] {
            assert_eq!(refused(text, "r", "channel", "2026-08", &rows), no_rate, "{text}");
        }
        assert_eq!(refused(lawful, "q", "channel", "2026-08", &rows), "`q` is not declared");
        assert_eq!(refused(lawful, "r", "region", "2026-08", &rows), "`region` is not declared");
        assert_eq!(refused(lawful, "r", "channel", "2026-09", &rows), "`2026-09` is not declared");
        assert_eq!(
            refused(lawful, "r", "channel", "2026-08", &rows),
            "`r` has no value: r is undefined: visits of b in 2026-08 is zero"
        );
        let mut rows = rows.to_vec();
        rows[2] = row("2026-08", "b", dec!(1), dec!(-1));
        assert_eq!(
            refused(lawful, "r", "channel", "2026-08", &rows),
            "`r` has no value: r is undefined: visits of b in 2026-08 is not above zero"
        );
        rows[2] = row("2026-08", "b", dec!(1), dec!(-10));
        assert!(refused(lawful, "r", "channel", "2026-08", &rows).contains("`r` has no value"));
        rows[2] = PanelRow::new("2026-08".parse().unwrap()).with_member("channel", "b");
        assert_eq!(
            refused(lawful, "r", "channel", "2026-08", &rows),
            "`r` has no value: orders of b in 2026-08 is missing"
        );
    }
}
