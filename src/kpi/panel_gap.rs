//! What a panel lacks: values where there are rows, and rows between those of a member.

use super::frame::Frame;
use super::panel::places;
use super::{KpiTree, Panel};
use crate::quantity::wire::serialize_fields;
use crate::time::Period;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

/// A value that a row of a panel lacks, or a row that a member lacks between its first and its last one: of
/// [`Panel::gaps`].
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Panel, PanelRow};
///
/// let tree = KpiTree::parse("orders = sum[channel](visits * cvr)\n visits [visit], cvr [order/visit]")?;
/// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
///     {"period": "2026-07", "channel": "SEM", "visits": 1000, "cvr": 0.02},
///     {"period": "2026-08", "channel": "live", "visits": 500, "cvr": 0.01},
///     {"period": "2026-09", "channel": "SEM", "visits": 1100, "cvr": ""}
/// ]"#)?;
/// let panel = Panel::new(&tree, ["channel"], rows)?;
/// let gaps: Vec<_> = panel.gaps().collect();
/// let told: Vec<String> = gaps.iter().map(ToString::to_string).collect();
/// assert_eq!(told, ["SEM has no row in 2026-08", "cvr of SEM has no value in 2026-09"]);
/// assert_eq!(
///     serde_json::to_string(&gaps[1])?,
///     r#"{"period":"2026-09","members":{"channel":"SEM"},"leaf":"cvr"}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct PanelGap {
    /// The period.
    pub period: Period,
    /// The member of each dimension; none where all of the period lacks it.
    pub members: BTreeMap<String, String>,
    /// The leaf without a value; `None` where there is no row at all.
    pub leaf: Option<String>,
}

serialize_fields!(PanelGap { period, members: unless(BTreeMap::is_empty), leaf: optional });

impl fmt::Display for PanelGap {
    /// `cvr of SEM has no value in 2026-09`, `SEM has no row in 2026-08`, `no row in 2026-08`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<&str> = self.members.values().map(String::as_str).collect();
        let members = members.join(", ");
        match (&self.leaf, members.is_empty()) {
            (Some(leaf), true) => write!(f, "{leaf} has no value in {}", self.period),
            (Some(leaf), false) => write!(f, "{leaf} of {members} has no value in {}", self.period),
            (None, true) => write!(f, "no row in {}", self.period),
            (None, false) => write!(f, "{members} has no row in {}", self.period),
        }
    }
}

/// The first and the last period in which a cell is there.
type Span = Option<(usize, usize)>;

impl Panel {
    /// What is missing, by period, then by dimensions and member, a missing row before the leaves.
    ///
    /// A leaf lacks a value where its member has a row, or where the period has one if the leaf varies by nothing. A member
    /// lacks a row between its first and its last period: before it came and after it went it lacks nothing. A period
    /// without any row is told once. No gap is a fault: what depends on it is missing, and says so.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let month = |text: &str| Ok::<_, marketloop::Error>(PanelRow::new(text.parse()?).with_value("spend", dec!(90)));
    /// let panel = Panel::new(&tree, [], [month("2026-07")?.with_value("orders", dec!(3)), month("2026-09")?])?;
    /// let gaps: Vec<String> = panel.gaps().map(|gap| gap.to_string()).collect();
    /// assert_eq!(gaps, ["no row in 2026-08", "orders has no value in 2026-09"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn gaps(&self) -> impl Iterator<Item = PanelGap> {
        let spans: Vec<(&Frame, Vec<Span>)> =
            self.frames.values().map(|frame| (frame, self.spans(frame))).collect();
        (0..self.periods.len()).flat_map(move |place| self.gaps_in(place, &spans))
    }

    /// The members that filters of the tree name and no row has, each with its dimension, in the order of their names: a
    /// misspelt one counts nobody in silence. That one has not come yet is no fault either.
    ///
    /// Filters and groups of members that formulas use are asked, those with `not in` too; of a dimension that the panel has not,
    /// all members are told.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("spent = sum[channel in paid](spend)\n paid = {SEM, Socail}\n spend [CNY]")?;
    /// let row = |channel: &str| Ok::<_, marketloop::Error>(PanelRow::new("2026-07".parse()?).with_member("channel", channel).with_value("spend", dec!(90)));
    /// let panel = Panel::new(&tree, ["channel"], [row("SEM")?, row("Social")?])?;
    /// assert_eq!(panel.unknown_members(&tree).collect::<Vec<_>>(), [("channel", "Socail")]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn unknown_members<'t>(
        &self,
        tree: &'t KpiTree,
    ) -> impl Iterator<Item = (&'t str, &'t str)> + use<'t> {
        let mut unknown = BTreeSet::new();
        for chosen in tree.graph().selections.iter().flat_map(|selected| &selected.of.chosen) {
            let known = self.members(&chosen.dimension).unwrap_or(&[]);
            let named = chosen.only.iter().flat_map(|(_, members)| members.iter());
            let is_unknown =
                |member: &&'t str| known.binary_search_by(|own| own.as_str().cmp(member)).is_err();
            let lacking = named.map(AsRef::as_ref).filter(is_unknown);
            unknown.extend(lacking.map(|member| (chosen.dimension.as_ref(), member)));
        }
        unknown.into_iter()
    }

    /// The first and the last period in which each cell is there.
    fn spans(&self, frame: &Frame) -> Vec<Span> {
        let there = |cell: usize| (0..self.periods.len()).filter(move |place| frame.is_there(cell, *place));
        (0..frame.cells.len()).map(|cell| Some((there(cell).next()?, there(cell).next_back()?))).collect()
    }

    fn gaps_in(&self, place: usize, spans: &[(&Frame, Vec<Span>)]) -> Vec<PanelGap> {
        let mut gaps = Vec::new();
        let Some(period) = self.periods.get(place).copied() else { return gaps };
        for (frame, spans) in spans {
            for (cell, span) in spans.iter().enumerate() {
                let mut gap = |leaf: Option<String>| {
                    let members = self.members_of(frame, cell);
                    gaps.push(PanelGap { period, members, leaf });
                };
                if !frame.is_there(cell, place) {
                    if span.is_some_and(|(first, last)| first < place && place < last) {
                        gap(None);
                    }
                    continue;
                }
                let leaves = self.leaves.iter().zip(self.names.iter());
                for (leaf, name) in leaves.filter(|(leaf, _)| leaf.mask == frame.mask) {
                    if leaf.values.get(frame.place(cell, place)).is_none_or(Option::is_none) {
                        gap(Some(name.to_string()));
                    }
                }
            }
            // Of a period without any row no member has one: the frame of no dimension stands first, and says it.
            if frame.mask == 0 && !frame.is_there(0, place) {
                break;
            }
        }
        gaps
    }

    /// The members of a cell by their dimensions.
    fn members_of(&self, frame: &Frame, cell: usize) -> BTreeMap<String, String> {
        let tuple = frame.cells.get(cell).map_or(&[][..], Vec::as_slice);
        let member = |(place, member): (usize, &u32)| {
            let name = self.members.get(place)?.get(*member as usize)?;
            Some((self.dimensions.get(place)?.clone(), name.clone()))
        };
        places(frame.mask).zip(tuple).filter_map(member).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::kpi::{KpiTree, Panel, PanelRow};

    #[test]
    fn every_filter_is_asked_whom_it_names() {
        let text = "all = a + b + c + d + share\n \
                    a = sum[channel in paid, city in {Beijing, Bejing}](x)\n \
                    b = sum[channel not in {live, lvie}, city](x)\n \
                    c = count[shop in {north}](x)\n d = sum[channel in paid, city](x)\n \
                    share = sum[channel, city](share[channel](x))\n paid = {SEM, `Socail, paid`}\n x";
        let tree = KpiTree::parse(text).unwrap();
        let row = |channel: &str, city: &str| {
            let row = PanelRow::new("2026-07".parse().unwrap()).with_member("channel", channel);
            row.with_member("city", city)
        };
        let rows = [row("SEM", "Beijing"), row("live", "Beijing"), row("Social, paid", "Xi'an")];
        let panel = Panel::new(&tree, ["channel", "city"], rows).unwrap();
        let told: alloc::vec::Vec<_> = panel.unknown_members(&tree).collect();
        let expected =
            [("channel", "Socail, paid"), ("channel", "lvie"), ("city", "Bejing"), ("shop", "north")];
        assert_eq!(told, expected);
        // Without filters there is nobody to miss.
        let plain = KpiTree::parse("all = sum[channel, city](x)\n x").unwrap();
        assert_eq!(panel.unknown_members(&plain).count(), 0);
    }
}
