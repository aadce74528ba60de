//! The targets of children against those of their parents, and of months against their quarter.

use super::number::Number;
use super::target_tree::TargetTree;
use super::targets::{Held, KpiTargets, place_name};
use super::{Exact, KpiError, Node, NodeId, NodeKind, Panel, PanelRow};
use crate::error::Problems;
use crate::figure::{Cell, Figure, Table, Undefined};
use crate::quantity::Unit;
use crate::quantity::wire::serialize_fields;
use crate::time::Period;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use rust_decimal::Decimal;

/// A target beside what the targets below it come to: those of its formula's nodes, or those of the node's own shorter periods.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TargetGap {
    /// The node.
    pub node: String,
    /// The members, by their dimensions.
    pub members: BTreeMap<String, String>,
    /// The period.
    pub period: Option<Period>,
    /// The unit of the node.
    pub unit: Unit,
    /// The target.
    pub target: Decimal,
    /// The formula that was computed from targets; `None` where shorter periods were added up.
    pub formula: Option<String>,
    /// The shorter periods that were added up.
    pub parts: Vec<Period>,
    /// What the targets below come to; missing where one of them is lacking, with its name.
    pub implied: Figure<Exact>,
    /// What the targets below come to, less the target.
    pub gap: Figure<Exact>,
}

serialize_fields!(TargetGap {
    node,
    members: optional,
    period: optional,
    unit,
    target: own,
    formula: optional,
    parts: optional,
    implied,
    gap,
});

/// All targets that can be held against others.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetGaps {
    gaps: Vec<TargetGap>,
}

serialize_fields!(TargetGaps { gaps });

impl KpiTargets<'_> {
    /// Whether targets agree: each one of a computed node beside what its formula gives from the targets below it, of the same
    /// period and members, through nodes without one down to those that have one; a sum over members adds the targets of the
    /// members that its period names, or, where it names none, of all. And each target of a flow beside the sum of those of
    /// its own shorter periods.
    ///
    /// A target without any below it is not listed. Where some of those below are lacking, what they come to is missing with
    /// the name of one that lacks, never a guess.
    ///
    /// # Errors
    /// [`KpiError::NoPartOf`] where a formula adds up since the start of a span that the periods are no parts of, and limits
    /// of size.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTarget, KpiTargets, KpiTree};
    ///
    /// let tree = KpiTree::parse("
    ///     sales [CNY] = sum[channel](of_channel)
    ///     of_channel [CNY] = visits * cvr * aov
    ///     visits [visit], cvr [order/visit], aov [CNY/order]")?;
    /// let rows: Vec<KpiTarget> = serde_json::from_str(r#"[
    ///     {"node": "sales", "period": "2026-07", "target": 1000},
    ///     {"node": "of_channel", "period": "2026-07", "channel": "SEM", "target": 600},
    ///     {"node": "of_channel", "period": "2026-07", "channel": "social", "target": 350},
    ///     {"node": "visits", "period": "2026-07", "channel": "SEM", "target": 200},
    ///     {"node": "cvr", "period": "2026-07", "channel": "SEM", "target": 0.02},
    ///     {"node": "aov", "period": "2026-07", "channel": "SEM", "target": 150}
    /// ]"#)?;
    /// let told: Vec<String> = KpiTargets::new(&tree, rows)?.gaps()?.iter().map(ToString::to_string).collect();
    /// assert_eq!(told, [
    ///     "sales, 2026-07: the targets below come to 950 CNY, 50 CNY below the target of 1000 CNY",
    ///     "of_channel [SEM], 2026-07: the targets below come to 600 CNY, which is the target",
    ///     "of_channel [social], 2026-07: what the targets below come to is missing: visits of social in 2026-07",
    /// ]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn gaps(&self) -> Result<TargetGaps, KpiError> {
        let targeted: BTreeSet<NodeId> = self.held.iter().map(|held| held.node).collect();
        let target_tree = TargetTree::new(self.tree, &targeted)?;
        let mut of_formulas = BTreeMap::new();
        for group in self.groups() {
            self.of_group(&target_tree, &group, &mut of_formulas)?;
        }
        let mut gaps = Vec::new();
        for (place, held) in self.held.iter().enumerate() {
            gaps.extend(of_formulas.remove(&place));
            gaps.extend(self.of_parts(held));
        }
        Ok(TargetGaps { gaps })
    }

    /// The targets of one kind of period, each by its place among all: a panel has periods that follow each other.
    fn groups(&self) -> Vec<Vec<(usize, &Held)>> {
        let mut groups: Vec<Vec<(usize, &Held)>> = Vec::new();
        for (place, held) in self.held.iter().enumerate() {
            let fits = |group: &&mut Vec<(usize, &Held)>| {
                group.first().is_some_and(|(_, first)| match (first.period, held.period) {
                    (Some(first), Some(period)) => same_kind(&first, &period),
                    (first, period) => first == period,
                })
            };
            match groups.iter_mut().find(fits) {
                Some(group) => group.push((place, held)),
                None => groups.push(alloc::vec![(place, held)]),
            }
        }
        groups
    }

    /// What the formulas of a group's targets give.
    fn of_group(
        &self,
        target_tree: &TargetTree,
        group: &[(usize, &Held)],
        found: &mut BTreeMap<usize, TargetGap>,
    ) -> Result<(), KpiError> {
        let related = self.related(group);
        if related.is_empty() {
            return Ok(());
        }
        let periods: BTreeSet<Option<PeriodPlace>> =
            group.iter().map(|(_, held)| order(held.period)).collect();
        let panel = match self.panel(target_tree, group) {
            Ok(panel) => panel,
            // Periods of one length that do not follow each other: each for itself.
            Err(_) if periods.len() > 1 => {
                for period in periods {
                    let own = group.iter().filter(|(_, held)| order(held.period) == period);
                    self.of_group(target_tree, &own.copied().collect::<Vec<_>>(), found)?;
                }
                return Ok(());
            }
            Err(problems) => return Err(super::subtree::first_of(&problems)),
        };
        let values = target_tree.tree.evaluate_panel(&panel)?;
        for (place, held, node) in related {
            let Some(period) = held.period.or_else(|| panel.periods().first().copied()) else { continue };
            let implied = values.of_members(&target_tree.implied(node), period, &held.members, false);
            let implied = renamed(implied, target_tree, held, node, period, &self.tree.name(held.node));
            found.insert(place, self.gap(held, node, node.formula(), Vec::new(), implied));
        }
        Ok(())
    }

    /// The targets of computed nodes that have others of their period below them.
    fn related<'h>(&'h self, group: &[(usize, &'h Held)]) -> Vec<(usize, &'h Held, &'h Node)> {
        let mut below: BTreeMap<NodeId, Vec<bool>> = BTreeMap::new();
        let mut of_period: BTreeMap<Option<PeriodPlace>, BTreeSet<NodeId>> = BTreeMap::new();
        for (_, held) in group {
            of_period.entry(order(held.period)).or_default().insert(held.node);
        }
        let mut related = Vec::new();
        for (place, held) in group {
            let Some(node) = self.tree.node(held.node).filter(|node| !node.is_leaf()) else { continue };
            let below = below.entry(held.node).or_insert_with(|| self.tree.below(held.node));
            let is_below =
                |other: &NodeId| *other != held.node && below.get(other.index()).copied().unwrap_or(false);
            if of_period.get(&order(held.period)).is_some_and(|nodes| nodes.iter().any(is_below)) {
                related.push((*place, *held, node));
            }
        }
        related
    }

    /// The panel of a group's targets.
    fn panel(&self, target_tree: &TargetTree, group: &[(usize, &Held)]) -> Result<Panel, Problems<KpiError>> {
        let dimensions: BTreeSet<&str> =
            group.iter().flat_map(|(_, held)| held.members.keys().map(String::as_str)).collect();
        let mut rows: Vec<PanelRow> = Vec::new();
        let row = |period: Option<Period>, members: &BTreeMap<String, String>| {
            let period = period.or_else(|| Period::month(STANDING.0, STANDING.1).ok());
            let row = period.map(PanelRow::new);
            row.map(|row| {
                members.iter().fold(row, |row, (dimension, member)| row.with_member(dimension, member))
            })
        };
        // By the dimensions: the members, and the periods that name some.
        let mut cells: BTreeMap<Vec<&String>, Named<'_>> = BTreeMap::new();
        let mut periods: BTreeMap<Option<PeriodPlace>, Option<Period>> = BTreeMap::new();
        for (_, held) in group {
            let Some(node) = self.tree.node(held.node) else { continue };
            let own = row(held.period, &held.members);
            rows.extend(own.map(|row| row.with_value(target_tree.leaf(node), held.target)));
            periods.insert(order(held.period), held.period);
            let of = cells.entry(held.members.keys().collect()).or_default();
            of.0.insert(&held.members);
            of.1.insert(order(held.period));
        }
        // A period that names no member lacks the targets of all: a sum over nobody would be 0.
        for (members, named) in cells.values() {
            for (_, period) in periods.iter().filter(|(place, _)| !named.contains(*place)) {
                rows.extend(members.iter().filter_map(|members| row(*period, members)));
            }
        }
        Panel::new(&target_tree.tree, dimensions, rows)
    }

    /// The target of a flow beside the sum of those of its shorter periods, by each kind of them that is complete; where none
    /// is, by the one of which there are most.
    fn of_parts(&self, held: &Held) -> Vec<TargetGap> {
        let node = self.tree.node(held.node).filter(|node| node.kind() == NodeKind::Flow);
        let (Some(whole), Some(node)) = (held.period, node) else { return Vec::new() };
        let mut kinds: Vec<Vec<(Period, Decimal)>> = Vec::new();
        for other in self.held.iter().filter(|other| other.node == held.node && other.members == held.members)
        {
            let Some(part) = other.period.filter(|part| *part != whole && whole.covers(part)) else {
                continue;
            };
            let fits = |kind: &&mut Vec<(Period, Decimal)>| {
                kind.first().is_some_and(|(first, _)| same_kind(first, &part))
            };
            match kinds.iter_mut().find(fits) {
                Some(kind) => kind.push((part, other.target)),
                None => kinds.push(alloc::vec![(part, other.target)]),
            }
        }
        let name = self.tree.name(held.node);
        let gap = |kind: &Vec<(Period, Decimal)>| {
            let parts: Vec<Period> = kind.iter().map(|(part, _)| *part).collect();
            let all = filling(&whole, *parts.first()?);
            let is_given = |part: &Period| parts.binary_search_by_key(&part.start(), Period::start).is_ok();
            let implied = if let Some(lacking) = all.iter().find(|part| !is_given(part)) {
                Figure::missing(place_name(&name, &held.members, Some(*lacking)))
            } else {
                let zero = Figure::Known(Exact::new(Number::ZERO, name.clone()));
                kind.iter().fold(zero, |sum, (_, target)| {
                    sum.and_then(|sum| sum.plus(&Exact::new(Number::Decimal(*target), name.clone())))
                })
            };
            if all.is_empty() {
                return None;
            }
            Some(self.gap(held, node, None, parts, implied))
        };
        let all: Vec<TargetGap> = kinds.iter().filter_map(gap).collect();
        if all.iter().any(|gap| !gap.implied.is_missing()) {
            return all.into_iter().filter(|gap| !gap.implied.is_missing()).collect();
        }
        // Of as many of two kinds the first.
        all.into_iter().rev().max_by_key(|gap| gap.parts.len()).into_iter().collect()
    }

    fn gap(
        &self,
        held: &Held,
        node: &Node,
        formula: Option<&str>,
        parts: Vec<Period>,
        implied: Figure<Exact>,
    ) -> TargetGap {
        let target = Exact::new(Number::Decimal(held.target), self.tree.name(held.node));
        TargetGap {
            node: node.id().into(),
            members: held.members.clone(),
            period: held.period,
            unit: node.unit().clone(),
            target: held.target,
            formula: formula.map(String::from),
            parts,
            gap: implied.as_ref().and_then(|implied| implied.minus(&target)),
            implied,
        }
    }
}

/// The members of a target, by their dimensions.
type Members = BTreeMap<String, String>;

/// The members that targets name of some dimensions, and the periods in which they do.
type Named<'h> = (BTreeSet<&'h Members>, BTreeSet<Option<PeriodPlace>>);

/// The year and month in whose place targets without a period stand while they are computed.
const STANDING: (i32, u32) = (2000, 1);

type PeriodPlace = (crate::time::NaiveDate, crate::time::NaiveDate, String);

fn order(period: Option<Period>) -> Option<PeriodPlace> {
    period.map(|period| (period.start(), period.end(), period.to_string()))
}

/// Whether two periods are of one kind: two months, two weeks, two quarters of one calendar.
fn same_kind(one: &Period, other: &Period) -> bool {
    one == other || one.is_like(other)
}

/// All periods of the kind of one that fill a whole, in ascending order; none where they never do, as weeks of a month.
fn filling(whole: &Period, one: Period) -> Vec<Period> {
    let within = |part: &Period| whole.covers(part);
    let mut part = one;
    while let Some(before) = part.previous().ok().filter(within) {
        part = before;
    }
    let parts = core::iter::successors(Some(part), |part| part.next().ok().filter(within));
    let parts: Vec<Period> = parts.collect();
    let fills = part.start() == whole.start() && parts.last().is_some_and(|last| last.end() == whole.end());
    if fills { parts } else { Vec::new() }
}

/// The figure under the name of the node itself, and told without the period that stands for none.
fn renamed(
    figure: Figure<Exact>,
    target_tree: &TargetTree,
    held: &Held,
    node: &Node,
    period: Period,
    name: &alloc::sync::Arc<str>,
) -> Figure<Exact> {
    match figure {
        Figure::Known(exact) => Figure::Known(Exact::new(exact.number().clone(), name.clone())),
        Figure::Missing(what) => {
            let what = target_tree.plain(&what);
            if held.period.is_some() {
                return Figure::missing(what);
            }
            // What stands for no period is told of none.
            let what = what.replace(&format!(" before {period}"), " of an earlier period");
            let of = [format!(" in {period}"), format!(", {period}")];
            Figure::missing(of.iter().fold(what, |what, of| what.replace(of, "")))
        }
        Figure::Undefined(Undefined { figure, cause, .. }) => {
            let figure = target_tree.plain(&figure);
            Figure::undefined(if figure.is_empty() { node.id().into() } else { figure }, cause)
        }
    }
}

impl TargetGap {
    /// The name of its row: the node, the members and the period.
    #[must_use]
    pub fn name(&self) -> String {
        place_name(&self.node, &self.members, self.period)
    }

    /// Whether what the targets below come to is the target; `None` where that is not known.
    #[must_use]
    pub fn agrees(&self) -> Option<bool> {
        let sign = self.gap.clone().known()?.number().sign()?;
        Some(sign == Ordering::Equal)
    }
}

impl fmt::Display for TargetGap {
    /// `sales, 2026-07: the targets below come to 950 CNY, 50 CNY below the target of 1000 CNY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = |value: &dyn fmt::Display, unit: &Unit| {
            if *unit == Unit::ONE { value.to_string() } else { format!("{value} {unit}") }
        };
        let below = match (self.parts.first(), self.parts.last()) {
            (Some(first), Some(last)) if first != last => {
                format!("the targets for {first} to {last} come to")
            }
            (Some(only), _) => format!("the target for {only} comes to"),
            (None, _) => "the targets below come to".into(),
        };
        write!(f, "{}: ", self.name())?;
        let (implied, gap) = match (&self.implied, &self.gap) {
            (Figure::Known(implied), Figure::Known(gap)) => (implied, gap),
            (Figure::Known(_), other) | (other, _) => return write!(f, "what {below} is {other}"),
        };
        write!(f, "{below} {}, ", with(implied, &self.unit))?;
        let size = |number: Number| {
            let unit = if self.unit == Unit::PERCENT { &Unit::PERCENTAGE_POINTS } else { &self.unit };
            with(&Exact::new(number, self.node.as_str().into()), unit)
        };
        let target = with(&self.target, &self.unit);
        match gap.number().sign() {
            Some(Ordering::Equal) => f.write_str("which is the target"),
            Some(Ordering::Less) => {
                write!(f, "{} below the target of {target}", size(gap.number().negated()))
            }
            _ => write!(f, "{} above the target of {target}", size(gap.number().clone())),
        }
    }
}

impl TargetGaps {
    /// All comparisons, by node in the order of declaration, period and members.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &TargetGap> {
        self.gaps.iter()
    }

    /// The comparisons whose targets do not agree.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTarget, KpiTargets, KpiTree};
    ///
    /// let tree = KpiTree::parse("sales [CNY]")?;
    /// let target = |period: &str, target: i64| Ok::<_, marketloop::Error>(KpiTarget::new("sales", target).with_period(period.parse()?));
    /// let months = [target("2026-07", 900)?, target("2026-08", 900)?, target("2026-09", 1100)?];
    /// let rows = months.into_iter().chain([target("2026-Q3", 3000)?]);
    /// let gaps = KpiTargets::new(&tree, rows)?.gaps()?;
    /// let told: Vec<String> = gaps.differing().map(ToString::to_string).collect();
    /// assert_eq!(told, ["sales, 2026-Q3: the targets for 2026-07 to 2026-09 come to 2900 CNY, 100 CNY below the target of 3000 CNY"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn differing(&self) -> impl Iterator<Item = &TargetGap> {
        self.gaps.iter().filter(|gap| gap.agrees() == Some(false))
    }

    /// A row for each comparison: the target, what those below come to, the gap between, and of what it was computed.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("target");
        for own in &self.gaps {
            let (name, unit) = (own.name(), own.unit.to_string());
            let of = own.formula.clone().unwrap_or_else(|| {
                let parts: Vec<String> = own.parts.iter().map(Period::to_string).collect();
                parts.join(" + ")
            });
            // Two comparisons of one target have a row each.
            let name =
                if own.formula.is_some() { name } else { format!("{name} by {} periods", own.parts.len()) };
            table.push(&name, "target", Cell::new(own.target, unit.clone()));
            table.push(&name, "implied", Cell::from(own.implied.clone()).with_unit(unit.clone()));
            table.push(&name, "gap", Cell::from(own.gap.clone()).with_unit(unit));
            table.push(&name, "computed of", of);
        }
        table
    }
}

impl fmt::Display for TargetGaps {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}
