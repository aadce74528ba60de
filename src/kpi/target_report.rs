//! Targets beside what was reached: how far, at which level, in which light.

use super::number::Number;
use super::targets::{Held, KpiTargets, place_name};
use super::{Evaluation, Exact, KpiError, Node, NodeKind, PanelEvaluation};
use crate::figure::{Cause, Cell, Figure, Table, to_wire};
use crate::quantity::wire::serialize_fields;
use crate::quantity::words::words;
use crate::quantity::{Ratio, Unit};
use crate::target::{Bands, Better, Light};
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;

/// The best level of a target that a value reaches.
///
/// ```
/// # use marketloop::kpi::TargetLevel;
/// assert_eq!(serde_json::from_str::<TargetLevel>(r#""stretch""#)?, TargetLevel::Stretch);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TargetLevel {
    /// None of those that were set.
    Below,
    /// The threshold, and not the target.
    Threshold,
    /// The target, and no stretch.
    Target,
    /// The stretch.
    Stretch,
}

words!(TargetLevel, "level of a target", KpiError:
    Below = "below",
    Threshold = "threshold",
    Target = "target",
    Stretch = "stretch",
);

to_wire!(TargetLevel);

/// A target beside the value of its node.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TargetStanding {
    /// The node.
    pub node: String,
    /// The members, by their dimensions.
    pub members: BTreeMap<String, String>,
    /// The period; `None` where neither the target nor the values have one.
    pub period: Option<Period>,
    /// The unit of the node.
    pub unit: Unit,
    /// The target.
    pub target: Decimal,
    /// The value, or why there is none.
    pub actual: Figure<Exact>,
    /// How far the target is attained: 1 is all of it.
    pub attainment: Figure<Ratio>,
    /// The best level that is reached.
    pub level: Figure<TargetLevel>,
    /// The light of the attainment.
    pub light: Figure<Light>,
}

serialize_fields!(TargetStanding {
    node,
    members: optional,
    period: optional,
    unit,
    target: own,
    actual,
    attainment,
    level,
    light,
});

/// All targets beside the values of their nodes. See [`KpiTargets`] for an example.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetReport {
    standings: Vec<TargetStanding>,
}

serialize_fields!(TargetReport { standings });

impl KpiTargets<'_> {
    /// The targets of a period beside the values of that period; without one those that stand for none. What is of members is
    /// left out: an evaluation has no members.
    ///
    /// # Formula
    /// The attainment is actual / target, where lower is better target / actual, undefined where the divisor is not above 0;
    /// from a baseline (actual - baseline) / (target - baseline) in either direction, undefined where the two are equal.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]. A value that does not exist is no error but a [`Figure`] that says why.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTarget, KpiTargets, KpiTree};
    /// use marketloop::target::{Bands, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("churn [%] {lower} = lost / users\n lost, users")?;
    /// let targets = KpiTargets::new(&tree, [KpiTarget::new("churn", dec!(3)).with_baseline(dec!(6))])?;
    /// let now = tree.inputs([("lost", dec!(50)), ("users", dec!(1000))])?;
    /// let lights = Bands::lights(Threshold::at_or_above(dec!(0.5)), Threshold::at_or_above(dec!(1)))?;
    /// let report = targets.against(&tree.evaluate(&now)?, None, &lights)?;
    /// // From 6 % to 5 % is a third of the way to 3 %.
    /// assert_eq!(report.iter().next().unwrap().attainment.to_string(), "1/3");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias("OKR", "达成率"))]
    pub fn against(
        &self,
        values: &Evaluation<'_>,
        period: Option<Period>,
        lights: &Bands<Light>,
    ) -> Result<TargetReport, KpiError> {
        self.checked(values.tree())?;
        let of_period = self.held.iter().filter(|held| held.period == period && held.members.is_empty());
        let standings = of_period.map(|held| self.standing(held, period, values.value(held.node), lights));
        Ok(TargetReport { standings: standings.collect() })
    }

    /// The targets beside the values of their periods and members; one that stands for no period beside every period.
    ///
    /// Where the panel does not have a target's period but all parts of it, a flow is their sum and a stock the last, the first
    /// or the mean of them:
    /// the target of a quarter beside its months. The value of a rate is no such sum, and missing.
    ///
    /// # Errors
    /// [`KpiError::OtherTree`]. A value that does not exist is no error but a [`Figure`] that says why.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTarget, KpiTargets, KpiTree, Panel, PanelRow};
    /// use marketloop::target::{Bands, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits [visit] = sum[channel](seen)\n seen [visit]")?;
    /// let row = |month: &str, seen| Ok::<_, marketloop::Error>(PanelRow::new(month.parse()?).with_member("channel", "SEM").with_value("seen", seen));
    /// let panel = Panel::new(&tree, ["channel"], [row("2026-07", dec!(30))?, row("2026-08", dec!(40))?, row("2026-09", dec!(50))?])?;
    /// let targets = KpiTargets::new(&tree, [
    ///     KpiTarget::new("visits", dec!(150)).with_period("2026-Q3".parse()?),
    ///     KpiTarget::new("seen", dec!(40)).with_period("2026-08".parse()?).with_member("channel", "SEM"),
    /// ])?;
    /// let lights = Bands::lights(Threshold::at_or_above(dec!(0.7)), Threshold::at_or_above(dec!(1)))?;
    /// let report = targets.against_panel(&tree.evaluate_panel(&panel)?, &lights)?;
    /// let told: Vec<String> = report.iter().map(|own| format!("{}: {}", own.name(), own.attainment)).collect();
    /// assert_eq!(told, ["visits, 2026-Q3: 4/5", "seen [SEM], 2026-08: 1"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn against_panel(
        &self,
        values: &PanelEvaluation<'_>,
        lights: &Bands<Light>,
    ) -> Result<TargetReport, KpiError> {
        self.checked(values.tree())?;
        let mut standings = Vec::new();
        for held in &self.held {
            let periods = held.period.as_ref().map_or_else(|| values.periods(), core::slice::from_ref);
            for period in periods {
                let actual = self.actual(values, held, *period);
                standings.push(self.standing(held, Some(*period), actual, lights));
            }
        }
        Ok(TargetReport { standings })
    }

    /// The value of a target's node and members in a period.
    fn actual(&self, values: &PanelEvaluation<'_>, held: &Held, period: Period) -> Figure<Exact> {
        let id = self.tree.id_of(held.node);
        if values.periods().contains(&period) {
            return values.of_members(&id, period, &held.members, true);
        }
        let name = || Figure::missing(place_name(&id, &held.members, Some(period)));
        let parts: Vec<Period> =
            values.periods().iter().filter(|part| period.covers(part)).copied().collect();
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return name() };
        // The periods of a panel follow each other: what begins and ends with the whole leaves nothing out.
        if first.start() != period.start() || last.end() != period.end() {
            return name();
        }
        let at = |part: &Period| values.of_members(&id, *part, &held.members, true);
        let sum = || {
            let further = parts.iter().skip(1).map(at);
            further.fold(at(first), |sum, part| sum.zip(part).and_then(|(sum, part)| sum.plus(&part)))
        };
        match self.tree.node(held.node).map(Node::kind) {
            Some(NodeKind::Flow) => sum(),
            Some(NodeKind::Stock) => at(last),
            Some(NodeKind::OpeningStock) => at(first),
            Some(NodeKind::AverageStock) => {
                sum().and_then(|sum| sum.over_count(u32::try_from(parts.len()).unwrap_or(u32::MAX)))
            }
            _ => name(),
        }
    }

    fn standing(
        &self,
        held: &Held,
        period: Option<Period>,
        actual: Figure<Exact>,
        lights: &Bands<Light>,
    ) -> TargetStanding {
        let node = self.tree.node(held.node);
        let better = node.and_then(Node::better);
        let attainment = actual.as_ref().and_then(|actual| attainment(held, better, actual));
        TargetStanding {
            node: self.tree.id_of(held.node),
            members: held.members.clone(),
            period,
            unit: node.map_or(Unit::ONE, |node| node.unit().clone()),
            target: held.target,
            level: actual.as_ref().and_then(|actual| level(held, better, actual)),
            light: attainment.as_ref().map(|part| *lights.classify(*part)),
            attainment,
            actual,
        }
    }
}

/// How far a value attains a target.
fn attainment(held: &Held, better: Option<Better>, actual: &Exact) -> Figure<Ratio> {
    const ATTAINMENT: &str = "attainment";
    let (own, target) = (actual.number(), Number::Decimal(held.target));
    let from = |value: &Number, baseline: Decimal| value.minus(&Number::Decimal(baseline));
    let quotient = match held.baseline {
        Some(baseline) => from(own, baseline).and_then(|way| Ok((way, from(&target, baseline)?))),
        None if better == Some(Better::Lower) => Ok((target, own.clone())),
        None => Ok((own.clone(), target)),
    };
    let (above, below) = match quotient {
        Ok(quotient) => quotient,
        Err(why) => return Figure::undefined(ATTAINMENT, why.cause(None)),
    };
    let cause = match (below.sign(), held.baseline) {
        (None, _) => Some(Cause::Imprecise),
        (Some(Ordering::Equal), Some(_)) => Some(Cause::Zero("target less baseline".into())),
        (Some(Ordering::Greater), None) | (Some(_), Some(_)) => None,
        (Some(_), None) => {
            let what = if better == Some(Better::Lower) { "actual value" } else { "target" };
            Some(Cause::NotPositive(what.into()))
        }
    };
    if let Some(cause) = cause {
        return Figure::undefined(ATTAINMENT, cause);
    }
    match above.over(&below).and_then(|part| part.ratio()) {
        Ok(part) => Figure::Known(part),
        Err(why) => Figure::undefined(ATTAINMENT, why.cause(None)),
    }
}

/// The best level that a value reaches.
fn level(held: &Held, better: Option<Better>, actual: &Exact) -> Figure<TargetLevel> {
    let missed = match better {
        Some(Better::Higher) => Ordering::Less,
        Some(Better::Lower) => Ordering::Greater,
        None => return Figure::undefined("level", Cause::None("direction that is better".into())),
    };
    let levels = [
        (TargetLevel::Stretch, held.stretch),
        (TargetLevel::Target, Some(held.target)),
        (TargetLevel::Threshold, held.threshold),
    ];
    for (level, bound) in levels {
        let Some(bound) = bound else { continue };
        let order = actual.number().minus(&Number::Decimal(bound)).map(|rest| rest.sign());
        match order {
            Ok(Some(order)) if order != missed => return Figure::Known(level),
            Ok(Some(_)) => {}
            Ok(None) => return Figure::undefined("level", Cause::Imprecise),
            Err(why) => return Figure::undefined("level", why.cause(None)),
        }
    }
    Figure::Known(TargetLevel::Below)
}

impl TargetStanding {
    /// The name of its row: the node, the members and the period.
    #[must_use]
    pub fn name(&self) -> String {
        place_name(&self.node, &self.members, self.period)
    }
}

impl TargetReport {
    /// The targets beside their values, by node in the order of declaration, period and members.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &TargetStanding> {
        self.standings.iter()
    }

    /// A row for each target: the target, the actual value, the attainment in per cent, the level and the light, or why there
    /// is none.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("target");
        for own in &self.standings {
            let (name, unit) = (own.name(), own.unit.to_string());
            table.push(&name, "target", Cell::new(own.target, unit.clone()));
            table.push(&name, "actual", Cell::from(own.actual.clone()).with_unit(unit));
            let percent = |part: &Ratio| Cell::new(part.to_percent().trim_end_matches('%'), "%");
            table.push(&name, "attainment", own.attainment.as_ref().map(percent));
            table.push(&name, "level", own.level.as_ref().map(ToString::to_string));
            table.push(&name, "light", own.light.clone());
        }
        table
    }
}

impl fmt::Display for TargetReport {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl PanelEvaluation<'_> {
    /// The value of a node of these members in a period; missing where it has no such place. Unless `exactly`, members of
    /// dimensions by which the node does not vary say nothing.
    pub(super) fn of_members(
        &self,
        id: &str,
        period: Period,
        members: &BTreeMap<String, String>,
        exactly: bool,
    ) -> Figure<Exact> {
        let Ok(dimensions) = self.dimensions(id) else { return Figure::missing(String::from(id)) };
        if let Some(lacking) = dimensions.iter().find(|own| !members.contains_key(**own)) {
            return Figure::missing(format!("one value of {id}, which varies by {lacking}"));
        }
        let is_own = |dimension: &str| dimensions.contains(&dimension);
        if let Some(other) = members.keys().find(|other| exactly && !is_own(other)) {
            return Figure::missing(format!("values of {id} by {other}"));
        }
        let own = members.iter().filter(|(dimension, _)| is_own(dimension));
        let value =
            self.value(id, period, own.map(|(dimension, member)| (dimension.as_str(), member.as_str())));
        value.unwrap_or_else(|_| Figure::missing(place_name(id, members, Some(period))))
    }
}
