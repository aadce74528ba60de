//! The largest members of a node and the rest of them as one.

use super::absence::Absence;
use super::choice::Choice;
use super::evaluation::{evaluated, is_zero, missing_first};
use super::exact::Exact;
use super::fault::NumberFault;
use super::frame::bits;
use super::function::{Aggregate, OverTime};
use super::node::NodeKind;
use super::number::Number;
use super::operands::Values;
use super::panel_axis::Axis;
use super::panel_evaluation::PanelEvaluation;
use super::panel_work::{State, growth, sum};
use super::{KpiError, NodeId};
use crate::error::excerpt;
use crate::figure::{Cause, Cell, Figure, Table};
use crate::quantity::Unit;
use crate::quantity::wire::serialize_fields;
use crate::time::Period;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use rust_decimal::Decimal;

/// The largest members of a node in a period and the rest of them together, from
/// [`PanelEvaluation::top`](super::PanelEvaluation::top).
///
/// On the wire `node`, `dimension`, `period`, `unit` and `lines`, each `{"member", "value", "share"}`; the rest is the line
/// without a member, with the number of its `members`. A share is there where the values add up.
#[derive(Debug, Clone, PartialEq)]
pub struct TopMembers {
    node: String,
    dimension: String,
    period: Period,
    unit: Unit,
    lines: Vec<Line>,
}

serialize_fields!(TopMembers { node, dimension, period, unit, lines });

/// A member, or the rest.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    member: Option<String>,
    /// Of how many members the rest is.
    members: Option<usize>,
    value: Figure<Exact>,
    share: Option<Figure<Exact>>,
}

serialize_fields!(Line { member: optional, members: optional, value, share: optional });

impl TopMembers {
    /// The largest members with their values, the largest first.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Figure<Exact>)> {
        self.lines.iter().filter_map(|line| Some((line.member.as_deref()?, &line.value)))
    }

    /// The value of all other members together, and how many they are; `None` where there are no others.
    #[must_use]
    pub fn rest(&self) -> Option<(usize, &Figure<Exact>)> {
        self.lines.iter().find_map(|line| Some((line.members?, &line.value)))
    }

    /// The part that a member has of the whole, from 0 to 1; `None` for one that is not among the largest, and where the
    /// values do not add up.
    #[must_use]
    pub fn share_of(&self, member: &str) -> Option<&Figure<Exact>> {
        self.lines.iter().find(|line| line.member.as_deref() == Some(member))?.share.as_ref()
    }

    /// A row for each member with its value and its share, and one for the rest.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(self.dimension.clone());
        for line in &self.lines {
            let count = line.members.unwrap_or_default();
            let name = line.member.clone().unwrap_or_else(|| format!("rest ({count})"));
            let value = Cell::from(line.value.clone()).with_unit(self.unit.to_string());
            table.push(&name, self.node.clone(), value);
            if let Some(share) = &line.share {
                table.push(&name, "share", Cell::from(share.clone()).with_unit("1"));
            }
        }
        table
    }
}

impl fmt::Display for TopMembers {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl PanelEvaluation<'_> {
    /// The `count` largest members of a node that varies by `dimension` alone, and the rest as one line.
    ///
    /// Members without a value come last, equal ones by name; one that is not there in the period is in no line. The rest of
    /// a flow or a stock is the sum of the others. A ratio with a formula is computed again from the rest of its operands,
    /// `spend / orders` from their sums. Of a ratio without a formula, a unique count or a mean there is no rest: the figure
    /// says which node does not add up.
    ///
    /// # Errors
    /// [`KpiError::UnknownName`] for a node or a period; [`KpiError::OtherDimensions`] where the node varies by other
    /// dimensions than this one; [`KpiError::NoPartOf`] as [`evaluate_panel`](super::KpiTree::evaluate_panel).
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    ///
    /// let tree = KpiTree::parse("
    ///     cpa [CNY/order] {lower} = spend / orders
    ///     spend [CNY], orders [order]")?;
    /// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
    ///     {"period": "2026-07", "channel": "SEM", "spend": 900, "orders": 30},
    ///     {"period": "2026-07", "channel": "live", "spend": 60, "orders": 1},
    ///     {"period": "2026-07", "channel": "email", "spend": 40, "orders": 4}
    /// ]"#)?;
    /// let panel = Panel::new(&tree, ["channel"], rows)?;
    /// let values = tree.evaluate_panel(&panel)?;
    /// let spend = values.top("spend", panel.periods()[0], "channel", 1)?;
    /// assert_eq!(spend.share_of("SEM").unwrap().to_string(), "0.9");
    /// let cpa = values.top("cpa", panel.periods()[0], "channel", 1)?;
    /// assert_eq!(cpa.members().next().unwrap().0, "live");
    /// let (count, rest) = cpa.rest().unwrap();
    /// assert_eq!((count, rest.clone().get()?.to_f64().round()), (2, 28.0)); // 940 / 34, not the mean of 30 and 10
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn top(
        &self,
        id: &str,
        period: Period,
        dimension: &str,
        count: usize,
    ) -> Result<TopMembers, KpiError> {
        let (tree, panel) = (self.places.tree, self.places.panel);
        let node = tree.named(id)?;
        let place = self.places.period(period)?;
        let slot = tree.slot(node);
        let mask = self.mask(slot);
        let of = |mask: u32| {
            let name = |bit: u32| Some(panel.dimensions.get(bit.trailing_zeros() as usize)?.as_str());
            bits(mask).filter_map(name).collect::<Vec<_>>().join(", ")
        };
        let own = of(mask);
        if own != dimension || mask.count_ones() != 1 {
            return Err(KpiError::OtherDimensions {
                id: tree.id_of(node),
                expected: own,
                found: excerpt(dimension),
            });
        }
        let frame = self.frame_of(mask).ok_or(KpiError::OtherTree)?;
        let mut cells: Vec<usize> =
            (0..frame.cells.len()).filter(|cell| frame.is_there(*cell, place)).collect();
        // By float, and where that does not decide by decimal: an order of all numbers, so that nothing contradicts itself.
        // Cells stand in the order of their names, and equal ones keep it.
        cells.sort_by_cached_key(|cell| {
            let number = self.state(slot, *cell, place).and_then(|state| state.as_ref().ok());
            Reverse(number.map(|number| (Order(number.to_f64()), number.to_decimal())))
        });
        let adds_up = tree.node(node).is_some_and(|node| adds_up(node.kind()));
        let whole = adds_up.then(|| self.sum_of(slot, &cells, place));
        let share = |value: &State| match (value, whole.as_ref()?) {
            (Ok(value), Ok(whole)) => Some(value.over(whole).map_err(|why| Absence::Undefined { why, slot })),
            (_, Err(absence)) | (Err(absence), _) => Some(Err(*absence)),
        };
        let of_whole = |share: State, cell: usize| match share {
            Ok(share) => Figure::Known(Exact::new(share, tree.name(node))),
            Err(Absence::Undefined { why: NumberFault::DivisionByZero, .. }) => {
                Figure::undefined(tree.id_of(node), Cause::Zero("the whole".into()))
            }
            Err(absence) => self.absent(absence, (node, cell, place)),
        };
        let rest = cells.split_off(count.min(cells.len()));
        let mut lines = Vec::with_capacity(cells.len());
        for cell in cells {
            let state = self.state(slot, cell, place).cloned().unwrap_or(Err(Absence::NoMember));
            lines.push(Line {
                member: frame.cells.get(cell).map(|tuple| panel.cell_name(mask, tuple)),
                members: None,
                value: self.figure(node, cell, place),
                share: share(&state).map(|share| of_whole(share, cell)),
            });
        }
        if let Some(first) = rest.first().copied() {
            let state = adds_up.then(|| self.sum_of(slot, &rest, place));
            let value = match &state {
                Some(Ok(number)) => Figure::Known(Exact::new(number.clone(), tree.name(node))),
                Some(Err(absence)) => self.absent(*absence, (node, first, place)),
                None => self.rest_of(node, mask, &rest, place)?,
            };
            lines.push(Line {
                member: None,
                members: Some(rest.len()),
                value,
                share: state.and_then(|state| share(&state)).map(|share| of_whole(share, first)),
            });
        }
        let unit = tree.node(node).map_or(Unit::ONE, |node| node.unit().clone());
        Ok(TopMembers { node: tree.id_of(node), dimension: dimension.to_string(), period, unit, lines })
    }

    /// The sum over those of these cells that are there.
    fn sum_of(&self, slot: u32, cells: &[usize], period: usize) -> State {
        let states = cells.iter().filter_map(|cell| self.state(slot, *cell, period));
        let there = states.filter(|state| !matches!(state, Err(Absence::NoMember)));
        sum(there, &mut Vec::new())
    }

    /// A node that does not add up, computed again for these cells together.
    #[expect(
        clippy::indexing_slicing,
        reason = "rows are made from the lowest slot up, each before it is used"
    )]
    fn rest_of(
        &self,
        node: NodeId,
        mask: u32,
        cells: &[usize],
        period: usize,
    ) -> Result<Figure<Exact>, KpiError> {
        let tree = self.places.tree;
        let graph = tree.graph();
        let axis = Axis::new(self.places.panel);
        let root = tree.slot(node);
        // What is needed, from the node down to what adds up, or does not vary.
        let mut needed: BTreeSet<u32> = BTreeSet::new();
        let mut open = alloc::vec![root];
        while let Some(slot) = open.pop() {
            if !needed.insert(slot) {
                continue;
            }
            match self.way(slot, mask) {
                Way::Again => {
                    open.extend(graph.step(slot as usize).map_or(&[][..], |step| graph.operands(step)));
                }
                Way::None => {
                    let what = tree.id_of(tree.node_of(slot as usize));
                    return Ok(Figure::undefined(
                        tree.id_of(node),
                        Cause::None(format!("sum of {what} over members").into()),
                    ));
                }
                Way::Sum | Way::Own => {}
            }
        }
        let mut rows: BTreeMap<u32, Vec<State>> = BTreeMap::new();
        let mut near: Vec<State> = alloc::vec![Err(Absence::NoMember); graph.len()];
        let mut groups = Vec::new();
        for slot in needed {
            let row = match (self.way(slot, mask), graph.step(slot as usize)) {
                (Way::Again, Some(step)) => {
                    let mut row: Vec<State> = Vec::with_capacity(period.saturating_add(1));
                    for period in 0..=period {
                        let state = if let Some(Choice::Over(over)) = graph.choice(step) {
                            let below = &rows[&graph.operands(step)[0]];
                            let state = over_time((&axis, slot), over, below, period, &mut groups);
                            let node = || tree.id_of(tree.node_of(slot as usize));
                            state.map_err(|(span, period)| KpiError::NoPartOf {
                                node: node(),
                                span,
                                period,
                            })?
                        } else {
                            for operand in graph.operands(step) {
                                near[*operand as usize].clone_from(&rows[operand][period]);
                            }
                            let values = Values { leaves: &[], steps: &near };
                            // Without the factors that cancel: of sums they are others than of each member.
                            let state = evaluated(graph, slot, step, None, values, &mut groups);
                            state.map_err(|none| missing_first(graph, step, values, none.at(slot)))
                        };
                        row.push(state);
                    }
                    row
                }
                (Way::Own, _) => {
                    let own = |period| self.state(slot, 0, period).cloned().unwrap_or(Err(Absence::NoMember));
                    (0..=period).map(own).collect()
                }
                _ => (0..=period).map(|period| self.sum_of(slot, cells, period)).collect(),
            };
            rows.insert(slot, row);
        }
        let state = |slot: u32| rows.get(&slot).and_then(|row| row.get(period));
        Ok(match state(root) {
            Some(Ok(number)) => Figure::Known(Exact::new(number.clone(), tree.name(node))),
            Some(Err(absence)) => {
                let first = cells.first().copied().unwrap_or_default();
                let is_zero = |slot: u32, _| is_zero(state(slot).and_then(|state| state.as_ref().ok()));
                self.places.absent(*absence, (node, first, period), is_zero)
            }
            None => Figure::missing("node"),
        })
    }

    /// How the values of several members of a slot become one.
    fn way(&self, slot: u32, mask: u32) -> Way {
        let tree = self.places.tree;
        if self.mask(slot) & mask == 0 {
            return if self.mask(slot) == 0 { Way::Own } else { Way::None };
        }
        let id = tree.node_of(slot as usize);
        let Some(node) = tree.node(id) else { return Way::None };
        let is_node = tree.slot(id) == slot;
        let step = tree.graph().step(slot as usize);
        match step.map(|step| tree.graph().choice(step)) {
            _ if is_node && adds_up(node.kind()) => Way::Sum,
            _ if is_node && node.kind() == NodeKind::Unique => Way::None,
            None => Way::None,
            Some(Some(Choice::Members(gathering))) => match gathering.aggregate {
                Aggregate::Sum | Aggregate::Count => Way::Sum,
                _ => Way::None,
            },
            Some(_) => Way::Again,
        }
    }
}

/// How the values of several members become one.
enum Way {
    Sum,
    /// By the formula, from those of its operands.
    Again,
    /// It has one value, which is that of each of them.
    Own,
    /// It does not add up.
    None,
}

const fn adds_up(kind: NodeKind) -> bool {
    match kind {
        NodeKind::Flow | NodeKind::Stock | NodeKind::OpeningStock | NodeKind::AverageStock => true,
        NodeKind::Ratio | NodeKind::Growth | NodeKind::Unique => false,
    }
}

/// A float by its place among all floats.
#[derive(Debug, Clone, Copy)]
struct Order(f64);

impl PartialEq for Order {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Order {}

impl PartialOrd for Order {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Order {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The value of other periods of one row; the span and the period that is no part of one.
#[expect(clippy::indexing_slicing, reason = "the row has a place for each period up to the last")]
fn over_time(
    (axis, slot): (&Axis<'_>, u32),
    over: OverTime,
    row: &[State],
    period: usize,
    groups: &mut Vec<(i128, u128)>,
) -> Result<State, (&'static str, Period)> {
    let before = || Err(Absence::Before(slot));
    let at = |place: Option<usize>| place.map_or_else(before, |place| row[place].clone());
    let mut total =
        |first: Option<usize>| first.map_or_else(before, |first| sum(row[first..=period].iter(), groups));
    Ok(match over {
        OverTime::Lag(shift) => at(axis.back(period, shift)),
        OverTime::Growth(shift) => growth(row[period].clone(), at(axis.back(period, shift)), slot),
        OverTime::RollingSum(count) => total(period.checked_sub((count as usize).saturating_sub(1))),
        OverTime::RollingMean(count) => total(period.checked_sub((count as usize).saturating_sub(1)))
            .and_then(|sum| {
                let count = Number::Decimal(Decimal::from(count));
                sum.over(&count).map_err(|why| Absence::Undefined { why, slot })
            }),
        OverTime::ToDate(span) => total(axis.since(period, span).map_err(|period| (span.name(), period))?),
    })
}
