//! How the rows of a panel follow from plain numbers: members that start and stop, gaps, values by any of the dimensions.

use super::kpi_growing::{DIMENSIONS, Names};
use crate::kpi::{KpiTree, PanelRow};
use crate::time::Period;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The numbers that say which rows a panel has. Smaller ones make fewer rows, of fewer dimensions, without gaps.
#[derive(Debug, Clone)]
pub(super) struct Filling {
    /// Months, quarters or weeks.
    pub(super) kind: usize,
    pub(super) periods: usize,
    /// The dimensions of the leaves in turn, as bits.
    pub(super) layouts: Vec<usize>,
    /// When the members come, how long before the end they go, and where they have a gap.
    pub(super) spans: Vec<(usize, usize, usize)>,
    /// A period behind the first without any row; 0 is none.
    pub(super) silent: usize,
    /// The values in turn, each with whether it is given.
    pub(super) values: Vec<(Decimal, bool)>,
}

impl Filling {
    pub(super) const KINDS: usize = 3;
    pub(super) const LAYOUTS: usize = 4;

    /// The first period.
    fn first(&self, tree: &KpiTree) -> Option<Period> {
        // A week is no part of a quarter.
        let by_quarter =
            tree.nodes().filter_map(|(_, node)| node.formula()).any(|text| text.contains("quarter"));
        let first = match self.kind {
            1 => "2026-Q3",
            2 if !by_quarter => "2026-W52",
            _ => "2026-11",
        };
        first.parse().ok()
    }

    /// Whether a member has rows in a period.
    fn is_there(&self, member: usize, period: usize) -> bool {
        let (from, back, gap) = self.spans.iter().cycle().nth(member).copied().unwrap_or_default();
        from <= period && period.saturating_add(back) < self.periods && (gap == 0 || gap != period)
    }

    /// The rows. Each period has one without members but the silent one; there each leaf has its values in the cells of its
    /// own dimensions.
    pub(super) fn rows(&self, tree: &KpiTree, names: &Names) -> Option<Vec<PanelRow>> {
        let mut layouts: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for ((_, leaf), layout) in tree.leaves().zip(self.layouts.iter().cycle()) {
            layouts.entry(*layout).or_default().push(leaf.id());
        }
        layouts.entry(0).or_default();
        let mut values = self.values.iter().cycle();
        let first = self.first(tree)?;
        let mut rows = Vec::new();
        let periods = core::iter::successors(Some(first), |period| period.next().ok());
        for (place, period) in periods.take(self.periods).enumerate() {
            if place > 0 && place == self.silent {
                continue;
            }
            for (layout, leaves) in &layouts {
                for cell in self.cells(*layout, place, names) {
                    let row = PanelRow::new(period);
                    let row =
                        cell.iter().fold(row, |row, (dimension, member)| row.with_member(dimension, member));
                    rows.push(leaves.iter().try_fold(row, |row, leaf| {
                        let (value, is_given) = values.next()?;
                        Some(if *is_given { row.with_value(*leaf, *value) } else { row })
                    })?);
                }
            }
        }
        Some(rows)
    }

    /// The cells of these dimensions that are there in a period, each with its members by dimension.
    fn cells(&self, layout: usize, period: usize, names: &Names) -> Vec<Vec<(String, String)>> {
        let mut cells = alloc::vec![Vec::new()];
        let mut before: usize = 0;
        for dimension in 0..DIMENSIONS {
            let members = names.members(dimension);
            let is_of = layout >> dimension & 1 == 1;
            if is_of {
                let there = members.iter().enumerate();
                let there = there.filter(|(place, _)| self.is_there(before.saturating_add(*place), period));
                let there: Vec<&String> = there.map(|(_, member)| member).collect();
                cells = cells
                    .iter()
                    .flat_map(|cell: &Vec<(String, String)>| {
                        there.iter().map(|member| {
                            let mut cell = cell.clone();
                            cell.push((names.dimension(dimension), String::from(*member)));
                            cell
                        })
                    })
                    .collect();
            }
            before = before.saturating_add(members.len());
        }
        cells
    }
}
