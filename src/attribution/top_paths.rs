//! The paths that brought most.

use super::canonical::Canonical;
use super::{AttributionError, ChannelId, Outcome, PathTable};
use crate::figure::{Cell, Table, joint_label};
use crate::quantity::words::words;
use crate::quantity::{Money, Ratio};
use alloc::vec::Vec;
use core::cmp::Reverse;
use rust_decimal::Decimal;
use serde::Serialize;

/// Whether paths are ranked by conversions or by value; as text, and on the wire, `conversions` or `value`.
///
/// ```
/// # use marketloop::attribution::RankBy;
/// assert_eq!(serde_json::from_str::<RankBy>(r#""conversions""#)?, RankBy::Conversions);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RankBy {
    /// By conversions; where these tie by value.
    Conversions,
    /// By value; where these tie by conversions.
    Value,
}

/// One path with what came of all journeys that took it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TopPath {
    /// The channels touched, first to last.
    pub path: Vec<ChannelId>,
    /// What came of it, all rows of this path together.
    pub outcome: Outcome,
    /// The part of its journeys that converted.
    pub conversion_rate: Ratio,
}

words!(RankBy, "ranking of paths", AttributionError: Conversions = "conversions", Value = "value");

impl TopPath {
    /// A row for each of these paths, which are of this table.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable, RankBy, TopPath};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 2, nulls: 3, value: 90_00 })?;
    /// let paths = builder.build();
    /// let top = paths.top_paths(RankBy::Value, 10)?;
    /// assert_eq!(
    ///     TopPath::table(&top, &paths).to_string(),
    ///     "path         journeys  conversions  conversion rate %  value CNY\n\
    ///      SEM > Email         5            2                 40      90.00\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(top: &[Self], paths: &PathTable) -> Table {
        let mut table = Table::new("path");
        for Self { path, outcome, conversion_rate } in top {
            let name = joint_label(path.iter().filter_map(|id| paths.channels().name(*id)), " > ");
            let journeys = u128::from(outcome.conversions).saturating_add(outcome.nulls.into());
            table.push(&name, "journeys", Cell::new(journeys, "journey"));
            table.push(&name, "conversions", Cell::new(outcome.conversions, "conversion"));
            let percent = conversion_rate.to_percent();
            table.push(&name, "conversion rate", Cell::new(percent.trim_end_matches('%'), "%"));
            let value = Money::from_minor(outcome.value.into(), paths.currency());
            table.push(&name, "value", value.map_or_else(|error| Cell::default().because(error), Cell::from));
        }
        table
    }
}

impl PathTable {
    /// The `count` best paths by conversions or value, best first. Rows of the same path count as one, whatever their
    /// times.
    ///
    /// Paths that tie in conversions and value stand in the order of their channels' names, the shorter first
    /// of two that begin alike. Paths without a conversion come last; the journeys that took them tell how much
    /// they cost.
    ///
    /// # Errors
    /// [`AttributionError::Quantity`] never in practice: a conversion rate divides two counts.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable, RankBy};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 2, nulls: 3, value: 90_00 })?;
    /// builder.push_text("KOL", ">", Outcome { conversions: 3, nulls: 7, value: 60_00 })?;
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 2, nulls: 1, value: 10_00 })?;
    /// let paths = builder.build();
    /// let top = paths.top_paths(RankBy::Conversions, 10)?;
    /// assert_eq!(top[0].outcome, Outcome { conversions: 4, nulls: 4, value: 100_00 });
    /// assert_eq!(paths.channels().path_text(&top[0].path, " > "), "SEM > Email");
    /// assert_eq!(top[0].conversion_rate.to_percent(), "50%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "parts of the totals, whose sum fits")]
    pub fn top_paths(&self, by: RankBy, count: usize) -> Result<Vec<TopPath>, AttributionError> {
        let canonical = Canonical::new(self, false);
        let rank = |outcome: Outcome| {
            let conversions = i128::from(outcome.conversions);
            match by {
                RankBy::Conversions => (conversions, i128::from(outcome.value)),
                RankBy::Value => (i128::from(outcome.value), conversions),
            }
        };
        let mut runs: Vec<(Outcome, usize)> = canonical.runs().map(|run| (run.outcome, run.start)).collect();
        // Where a run starts tells its place by name.
        let key = |(outcome, start): &(Outcome, usize)| (Reverse(rank(*outcome)), *start);
        runs.sort_unstable_by_key(key);
        let top = runs.into_iter().take(count).map(|(outcome, start)| {
            // A part of the totals, whose sum fits.
            let journeys = outcome.conversions + outcome.nulls;
            let conversion_rate = Ratio::new(Decimal::from(outcome.conversions), Decimal::from(journeys))?;
            Ok(TopPath { path: canonical.path(start).to_vec(), outcome, conversion_rate })
        });
        top.collect()
    }
}
