//! The values of a tree's leaves over periods and members.

use super::frame::{Entry, Frame, Tuple, bits};
use super::name::checked_dimension;
use super::panel_row::{PERIOD, PanelRow};
use super::tree::LeafNames;
use super::{KpiError, KpiTree};
use crate::error::{Path, Problems, excerpt};
use crate::quantity::Quantity;
use crate::time::Period;
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// The values of a tree's leaves by period and member.
///
/// Its periods are all from the first to the last of its rows, each following the one before; its members those that the rows
/// name. A leaf's values are by the dimensions that its rows have: sales by channel and month, a budget by month alone. What
/// no row gives is missing; a member without a row in a period is not there, and [`sum[channel](…)`](super::Formula) adds up
/// without it. The order of the rows changes nothing.
///
/// # Examples
/// ```
/// use marketloop::kpi::{KpiTree, Panel, PanelRow};
///
/// let tree = KpiTree::parse("
///     growth [%] = growth(sales, 1)
///     sales [CNY] = sum[channel](visits * cvr * aov)
///     visits [visit], cvr [order/visit], aov [CNY/order]")?;
/// // Live streaming starts in August.
/// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
///     {"period": "2026-07", "channel": "SEM", "visits": 1000, "cvr": 0.02, "aov": 150},
///     {"period": "2026-08", "channel": "SEM", "visits": 1100, "cvr": 0.02, "aov": 150},
///     {"period": "2026-08", "channel": "live", "visits": 500, "cvr": 0.01, "aov": 60}
/// ]"#)?;
/// let panel = Panel::new(&tree, ["channel"], rows)?;
/// let values = tree.evaluate_panel(&panel)?;
/// let sales: Vec<String> = values.series("sales", [])?.map(|(period, value)| format!("{period}: {value}")).collect();
/// assert_eq!(sales, ["2026-07: 3000", "2026-08: 3600"]);
/// assert_eq!(values.value("growth", "2026-08".parse()?, [])?.to_string(), "20");
/// assert_eq!(values.value("growth", "2026-07".parse()?, [])?.to_string(), "missing: sales before 2026-07");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub(super) periods: Vec<Period>,
    /// The names of the dimensions, each a bit of the masks.
    pub(super) dimensions: Vec<String>,
    /// The members of each dimension, in the order of their names.
    pub(super) members: Vec<Vec<String>>,
    pub(super) entries: Vec<Entry>,
    pub(super) frames: BTreeMap<u32, Frame>,
    pub(super) leaves: Vec<LeafValues>,
    pub(super) names: LeafNames,
}

/// The values of one leaf by the cells of its frame, `cell * periods + period`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LeafValues {
    pub(super) mask: u32,
    pub(super) values: Vec<Option<Decimal>>,
}

/// A row whose fields are told apart.
struct Read {
    row: usize,
    period: Period,
    mask: u32,
    members: Vec<String>,
    values: Vec<(usize, Decimal)>,
}

impl Panel {
    /// The most periods of a panel: the days of 109 years.
    pub const MAX_PERIODS: usize = 40_000;

    /// The panel of these rows. `dimensions` are the fields that name members; every other one is a leaf of the tree.
    ///
    /// # Errors
    /// All problems at once, each at its row and field: [`KpiError::UnknownName`], [`KpiError::NotALeaf`],
    /// [`KpiError::GivenTwice`] for a leaf with two values in one period and member, [`KpiError::Quantity`] for what is no
    /// number or in a unit of another kind, [`KpiError::OtherPeriod`] where periods do not follow each other as one kind,
    /// [`KpiError::OtherDimensions`] for a leaf by one dimension here and by another there, [`KpiError::NotAName`] for a
    /// dimension or a leaf called `period` and for a blank member, [`KpiError::DuplicateNode`] for dimensions, [`KpiError::NoParts`] without rows, [`KpiError::TooMany`] for more than
    /// 32 dimensions or [`MAX_PERIODS`](Self::MAX_PERIODS), [`KpiError::TooLarge`] for more than 2^25 cells times periods.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend [CNY], orders")?;
    /// let july = PanelRow::new("2026-07".parse()?);
    /// let rows = [july.clone().with_value("spend", dec!(90)), july.with_value("spend", dec!(80)).with_value("order", dec!(3))];
    /// let refused = Panel::new(&tree, [], rows).unwrap_err();
    /// assert_eq!(refused.to_string(), "2 problems\n  [1].order: `order` is not declared\n  [1].spend: `spend` is given twice");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<'d>(
        tree: &KpiTree,
        dimensions: impl IntoIterator<Item = &'d str>,
        rows: impl IntoIterator<Item = PanelRow>,
    ) -> Result<Self, Problems<KpiError>> {
        let mut problems = Problems::new();
        let dimensions: Vec<String> = dimensions.into_iter().map(ToOwned::to_owned).collect();
        let limit = u32::BITS as usize;
        if dimensions.len() > limit {
            let fault = KpiError::TooMany { what: "dimensions", limit, actual: dimensions.len() };
            problems.push(Path::root(), fault);
            return Err(problems);
        }
        for (place, dimension) in dimensions.iter().enumerate() {
            problems
                .take(&Path::root(), checked_dimension(dimension).and_then(|()| checked_field(dimension)));
            if dimensions.iter().take(place).any(|other| other == dimension) {
                problems.push(Path::root(), KpiError::DuplicateNode { id: dimension.clone() });
            }
        }
        let mut read = Vec::new();
        for (row, given) in rows.into_iter().enumerate() {
            read.push(told_apart(tree, &dimensions, row, &given, &mut problems));
        }
        let periods = problems.take(&Path::root(), periods_of(&read));
        let Some(periods) = periods else { return Err(problems) };
        Self::filled(tree, dimensions, &periods, &read, problems)
    }

    fn filled(
        tree: &KpiTree,
        dimensions: Vec<String>,
        periods: &[Period],
        rows: &[Read],
        mut problems: Problems<KpiError>,
    ) -> Result<Self, Problems<KpiError>> {
        let mut members: Vec<BTreeSet<&str>> = alloc::vec![BTreeSet::new(); dimensions.len()];
        for row in rows {
            for (place, member) in places(row.mask).zip(&row.members) {
                if let Some(members) = members.get_mut(place) {
                    members.insert(member);
                }
            }
        }
        let members: Vec<Vec<String>> =
            members.into_iter().map(|members| members.into_iter().map(ToOwned::to_owned).collect()).collect();
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let found = periods.binary_search_by(|period| period.start().cmp(&row.period.start()));
            let Some(period) = found.ok().filter(|place| periods.get(*place) == Some(&row.period)) else {
                let first = periods.first().copied().unwrap_or(row.period);
                problems.push(
                    Path::root().index(row.row).field("period"),
                    KpiError::OtherPeriod { period: row.period, first },
                );
                continue;
            };
            let member = |(place, member): (usize, &String)| {
                let of: Option<&Vec<String>> = members.get(place);
                let place = of.and_then(|members| members.binary_search(member).ok()).unwrap_or_default();
                u32::try_from(place).unwrap_or(u32::MAX)
            };
            let tuple: Tuple = places(row.mask).zip(&row.members).map(member).collect();
            let period = u32::try_from(period).unwrap_or(u32::MAX);
            entries.push((Entry { mask: row.mask, tuple, period }, row));
        }
        let mut all: Vec<Entry> = entries.iter().map(|(entry, _)| entry.clone()).collect();
        all.sort_unstable();
        all.dedup();
        let masks: BTreeSet<u32> = all.iter().map(|entry| entry.mask).chain([0]).collect();
        let frames = masks.into_iter().map(|mask| Ok((mask, Frame::new(mask, &all, periods.len())?)));
        let frames = problems.take(&Path::root(), frames.collect::<Result<BTreeMap<u32, Frame>, KpiError>>());
        let Some(frames) = frames else { return Err(problems) };
        let mut leaves: Vec<Option<LeafValues>> = alloc::vec![None; tree.graph().inputs];
        for (entry, row) in &entries {
            let Some(frame) = frames.get(&entry.mask) else { continue };
            let Ok(cell) = frame.cells.binary_search(&entry.tuple) else { continue };
            let place = cell.saturating_mul(periods.len()).saturating_add(entry.period as usize);
            for (slot, value) in &row.values {
                let path = || Path::root().index(row.row).field(&tree.id_of(tree.node_of(*slot)));
                let Some(leaf) = leaves.get_mut(*slot) else { continue };
                let leaf = leaf.get_or_insert_with(|| LeafValues {
                    mask: entry.mask,
                    values: alloc::vec![None; frame.len()],
                });
                let id = || tree.id_of(tree.node_of(*slot));
                if leaf.mask != entry.mask {
                    let by = |mask: u32| {
                        let names: Vec<&str> =
                            places(mask).filter_map(|place| Some(dimensions.get(place)?.as_str())).collect();
                        names.join(", ")
                    };
                    let (expected, found) = (by(leaf.mask), by(entry.mask));
                    problems.push(path(), KpiError::OtherDimensions { id: id(), expected, found });
                } else if let Some(known) = leaf.values.get_mut(place)
                    && known.replace(*value).is_some()
                {
                    problems.push(path(), KpiError::GivenTwice { id: id() });
                }
            }
        }
        let one = frames.get(&0).map_or(0, Frame::len);
        let none = || LeafValues { mask: 0, values: alloc::vec![None; one] };
        let leaves = leaves.into_iter().map(|leaf| leaf.unwrap_or_else(none)).collect();
        let names = Arc::clone(tree.leaf_names());
        let panel =
            Self { periods: periods.to_vec(), dimensions, members, entries: all, frames, leaves, names };
        problems.into_result(panel)
    }

    /// The panel of the leaves that another tree has: those of a [subtree](KpiTree::subtree) among those of the whole. Which
    /// periods and members there are stays as it is.
    ///
    /// # Errors
    /// [`KpiError::NotALeaf`] where the tree computes a node of which this panel has values.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("profit = sales - spend\n sales = orders * value\n spend, orders, value")?;
    /// let july = PanelRow::new("2026-07".parse()?).with_value("orders", dec!(20)).with_value("value", dec!(150));
    /// let panel = Panel::new(&tree, [], [july])?;
    /// let sales = tree.subtree("sales")?;
    /// let part = panel.restricted_to(&sales)?;
    /// assert_eq!(sales.evaluate_panel(&part)?.value("sales", "2026-07".parse()?, [])?.to_string(), "3000");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn restricted_to(&self, tree: &KpiTree) -> Result<Self, KpiError> {
        let one = self.frames.get(&0).map_or(0, Frame::len);
        let missing = LeafValues { mask: 0, values: alloc::vec![None; one] };
        let mut leaves = alloc::vec![missing; tree.graph().inputs];
        for (name, values) in self.names.iter().zip(&self.leaves) {
            let Some(node) = tree.find(name) else { continue };
            // A leaf without values is none of the panel's: it may be a formula there.
            if values.values.iter().any(Option::is_some)
                && let Some(leaf) = leaves.get_mut(tree.input(node)?)
            {
                leaf.clone_from(values);
            }
        }
        let names = Arc::clone(tree.leaf_names());
        Ok(Self { leaves, names, ..self.clone() })
    }

    /// The periods, each following the one before.
    #[must_use]
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// The members of a dimension, in the order of their names; `None` for a dimension that it has not.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visits")?;
    /// let row = |channel: &str| Ok::<_, marketloop::Error>(PanelRow::new("2026-W27".parse()?).with_member("渠道", channel).with_value("visits", dec!(7)));
    /// let panel = Panel::new(&tree, ["渠道"], [row("抖音")?, row("SEM")?])?;
    /// assert_eq!(panel.members("渠道"), Some(&["SEM".to_string(), "抖音".to_string()][..]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn members(&self, dimension: &str) -> Option<&[String]> {
        let place = self.dimensions.iter().position(|own| own == dimension)?;
        self.members.get(place).map(Vec::as_slice)
    }

    /// The rows of the panel, by the dimensions that they have, their members and their period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("cpa = spend / orders\n spend, orders")?;
    /// let july = PanelRow::new("2026-07".parse()?);
    /// let panel = Panel::new(&tree, [], [july.clone().with_value("orders", dec!(3)), july.with_value("spend", dec!(90))])?;
    /// assert_eq!(Panel::new(&tree, [], panel.rows())?, panel);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = PanelRow> {
        self.entries.iter().filter_map(move |entry| {
            let mut row = PanelRow::new(*self.periods.get(entry.period as usize)?);
            for (place, member) in places(entry.mask).zip(&entry.tuple) {
                row = row.with_member(
                    self.dimensions.get(place)?,
                    self.members.get(place)?.get(*member as usize)?,
                );
            }
            let cell = self.frames.get(&entry.mask)?.cells.binary_search(&entry.tuple).ok()?;
            let place = cell.checked_mul(self.periods.len())?.checked_add(entry.period as usize)?;
            for (leaf, name) in
                self.leaves.iter().zip(self.names.iter()).filter(|(leaf, _)| leaf.mask == entry.mask)
            {
                if let Some(value) = leaf.values.get(place).copied().flatten() {
                    row = row.with_value(&**name, value);
                }
            }
            Some(row)
        })
    }

    /// Whether its leaves are those of the tree.
    pub(super) fn made_for(&self, tree: &KpiTree) -> Result<(), KpiError> {
        let same = Arc::ptr_eq(&self.names, tree.leaf_names()) || self.names == *tree.leaf_names();
        if same { Ok(()) } else { Err(KpiError::OtherTree) }
    }

    /// The place of a period.
    pub(super) fn period_place(&self, period: Period) -> Option<usize> {
        let place = self.periods.binary_search_by(|own| own.start().cmp(&period.start())).ok()?;
        (self.periods.get(place) == Some(&period)).then_some(place)
    }

    /// A cell as words: `SEM, east`.
    pub(super) fn cell_name(&self, mask: u32, cell: &[u32]) -> String {
        let name =
            |(place, member): (usize, &u32)| Some(self.members.get(place)?.get(*member as usize)?.as_str());
        let names: Vec<&str> = places(mask).zip(cell).filter_map(name).collect();
        names.join(", ")
    }
}

impl Serialize for Panel {
    /// A list of rows as [`PanelRow`] has them: each entry with its members and the values that it has.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A list first: binary formats ask for its length.
        serializer.collect_seq(self.rows().collect::<Vec<_>>())
    }
}

/// The places of a mask's bits.
pub(super) fn places(mask: u32) -> impl Iterator<Item = usize> {
    bits(mask).map(|bit| bit.trailing_zeros() as usize)
}

/// Which fields of a row name members, and the values of the others.
fn told_apart(
    tree: &KpiTree,
    dimensions: &[String],
    row: usize,
    given: &PanelRow,
    problems: &mut Problems<KpiError>,
) -> Read {
    let mut read = Read { row, period: given.period, mask: 0, members: Vec::new(), values: Vec::new() };
    // In the order of the dimensions, as masks have them.
    for (place, dimension) in (0_u32..).zip(dimensions) {
        if let Some(member) = given.fields.get(dimension)
            && let Some(bit) = 1_u32.checked_shl(place)
        {
            read.mask |= bit;
            read.members.push(member.clone());
            // A blank cell is read as none: it would come back as a row of other dimensions.
            if member.trim().is_empty() {
                let path = Path::root().index(row).field(dimension);
                problems.push(path, KpiError::NotAName { text: excerpt(member) });
            }
        }
    }
    for (name, text) in given.fields.iter().filter(|(name, _)| !dimensions.contains(name)) {
        let path = Path::root().index(row).field(name);
        let value = checked_field(name).and_then(|()| tree.named(name));
        let value = value.and_then(|node| Ok((tree.input(node)?, in_unit(tree, node, text)?)));
        read.values.extend(problems.take(&path, value));
    }
    read
}

/// Refuses the one name that no field of a row beside its period can have.
fn checked_field(name: &str) -> Result<(), KpiError> {
    if name == PERIOD { Err(KpiError::NotAName { text: excerpt(name) }) } else { Ok(()) }
}

/// The number of a field in the unit of its leaf: a plain one is in it, one with a unit is converted.
pub(super) fn in_unit(tree: &KpiTree, leaf: super::NodeId, text: &str) -> Result<Decimal, KpiError> {
    let quantity: Quantity = text.parse()?;
    let own = tree.node(leaf).map(super::Node::unit);
    match own {
        Some(own) if *quantity.unit() != crate::quantity::Unit::ONE => Ok(quantity.to(own)?.value()),
        _ => Ok(quantity.value()),
    }
}

/// All periods from the first to the last.
fn periods_of(rows: &[Read]) -> Result<Vec<Period>, KpiError> {
    let first = rows.iter().map(|row| row.period).min_by_key(Period::start).ok_or(KpiError::NoParts)?;
    let last = rows.iter().map(|row| row.period.start()).max().unwrap_or_else(|| first.start());
    let mut periods = alloc::vec![first];
    let mut period = first;
    while period.start() < last {
        let Ok(next) = period.next() else { break };
        if periods.len() >= Panel::MAX_PERIODS {
            let limit = Panel::MAX_PERIODS;
            return Err(KpiError::TooMany { what: "periods", limit, actual: limit.saturating_add(1) });
        }
        periods.push(next);
        period = next;
    }
    Ok(periods)
}

/// A name as it stands in an error.
pub(super) fn unknown_member(dimension: &str, member: &str) -> KpiError {
    KpiError::UnknownName { name: alloc::format!("{} of {}", excerpt(member), excerpt(dimension)) }
}

#[cfg(test)]
mod tests {
    use super::super::{Formula, NodeDraft, NodeKind};
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn row(period: &str) -> PanelRow {
        PanelRow::new(period.parse().unwrap())
    }

    fn series(text: &str, rows: impl IntoIterator<Item = PanelRow>) -> Vec<String> {
        let tree = KpiTree::parse(text).unwrap();
        let panel = Panel::new(&tree, ["channel"], rows).unwrap();
        let values = tree.evaluate_panel(&panel).unwrap();
        let root = tree.node(tree.root()).unwrap().id();
        values.series(root, []).unwrap().map(|(_, value)| value.to_string()).collect()
    }

    #[test]
    fn faults_are_told_with_their_rows() {
        let tree = KpiTree::parse("cpa = spend / orders\n spend [CNY], orders [order]").unwrap();
        let refused = |rows: Vec<PanelRow>| Panel::new(&tree, ["channel"], rows).unwrap_err().to_string();
        let rows = alloc::vec![
            row("2026-07").with_value("spend", dec!(1)).with_member("chanel", "SEM"),
            row("2026-07").with_value("cpa", dec!(1)),
            row("2026-07").with_quantity("spend", &"3 order".parse().unwrap()),
            row("2026-07").with_member("orders", "many"),
            row("2026-08").with_value("spend", dec!(1)).with_member("channel", "SEM"),
            row("2026-Q3").with_value("spend", dec!(1)),
            row("2026-07").with_value("spend", dec!(2)),
        ];
        let told = refused(rows);
        for expected in [
            "[0].chanel: `chanel` is not declared",
            "[1].cpa: `cpa` has a formula",
            "[2].spend: units differ: order and CNY",
            "[3].orders: ",
            "[4].spend: `spend` has values by no dimension, here by channel",
            "[5].period: 2026-Q3 is not one of the periods that follow 2026-07",
            "[6].spend: `spend` is given twice",
        ] {
            assert!(told.contains(expected), "{expected} in\n{told}");
        }
        assert_eq!(refused(Vec::new()), ".: at least one period is needed");
        let doubled = Panel::new(&tree, ["a", "a"], [row("2026-07")]).unwrap_err().to_string();
        assert_eq!(doubled, ".: `a` is declared twice");
        // From the year 1 to the year 9999 in days.
        let ends = [row("0001-01-01"), row("9999-12-31")].map(|row| row.with_value("spend", dec!(1)));
        assert!(
            refused(ends.to_vec()).contains("40001 periods exceed the limit of 40000"),
            "{}",
            refused(ends.to_vec())
        );
        let other = KpiTree::parse("calls").unwrap();
        let panel = Panel::new(&tree, [], [row("2026-07")]).unwrap();
        assert_eq!(other.evaluate_panel(&panel).unwrap_err(), KpiError::OtherTree);
    }

    #[test]
    fn kinds_say_over_what_values_add_up() {
        let refused = |text: &str| KpiTree::parse(text).unwrap_err().to_string();
        let users = refused("all = sum[channel](users)\n users [user] {unique}");
        assert_eq!(users, "all: `users` is of kind unique: its values do not add up over members");
        let fans = refused("sum3 = rolling_sum(fans, 3)\n fans {stock}");
        assert_eq!(fans, "sum3: `fans` is of kind stock: its values do not add up over periods");
        assert!(refused("ytd = to_date(cvr, year)\n cvr = a / b\n a, b").contains("kind ratio"));
        // Built, a sum or product of one term is that term, as its text says.
        for alone in [Formula::node("users"), Formula::sum(["users"]), Formula::product(["users"])] {
            assert_eq!(alone.text().unwrap(), "users");
            let total = NodeDraft::computed("all", alone.clone().sum_over(["channel"]));
            let leaf = NodeDraft::leaf("users").with_kind(NodeKind::Unique);
            assert_eq!(KpiTree::new([total, leaf.clone()]).unwrap_err().to_string(), users, "{alone:?}");
            let sum = NodeDraft::computed("all", alone.rolling_sum(3));
            let told = KpiTree::new([sum, leaf]).unwrap_err().to_string();
            assert_eq!(told, "all: `users` is of kind unique: its values do not add up over periods");
        }
        let rate = NodeDraft::computed("cvr", Formula::node("a") / Formula::node("b"));
        let leaves = ["a", "b"].map(NodeDraft::leaf);
        for alone in [Formula::node("cvr"), Formula::sum(["cvr"])] {
            let total = NodeDraft::computed("all", alone.sum_over(["channel"]));
            let drafts = [total, rate.clone()].into_iter().chain(leaves.clone());
            let told = KpiTree::new(drafts).unwrap_err().to_string();
            assert_eq!(told, "all: `cvr` is of kind ratio: its values do not add up over members");
        }
        for kind in ["stock", "opening stock", "average stock"] {
            for sum in ["rolling_sum(fans, 3)", "to_date(fans, quarter)"] {
                let told = refused(&format!("s = {sum}\n fans {{{kind}}}"));
                let expected = "s: `fans` is of kind";
                assert!(told.starts_with(expected) && told.ends_with("add up over periods"), "{told}");
            }
            let mean = format!("mean = rolling_mean(fans, 2)\n fans {{{kind}}}");
            let rows =
                [row("2026-07").with_value("fans", dec!(3)), row("2026-08").with_value("fans", dec!(4))];
            assert_eq!(series(&mean, rows), ["missing: fans before 2026-07", "3.5"]);
            let members = format!("all = sum[channel](fans)\n fans {{{kind}}}");
            let rows = ["a", "b"]
                .map(|name| row("2026-07").with_member("channel", name).with_value("fans", dec!(3)));
            assert_eq!(series(&members, rows), ["6"]);
        }
        // What is there at the end of a month is there in all channels together, and has a mean over months.
        let all = "mean = rolling_mean(all, 2)\n all {stock} = sum[channel](fans)\n fans {stock}";
        let month = |month: &str, channel: &str, fans| {
            row(month).with_member("channel", channel).with_value("fans", fans)
        };
        let rows =
            [month("2026-07", "a", dec!(3)), month("2026-07", "b", dec!(4)), month("2026-08", "a", dec!(5))];
        assert_eq!(series(all, rows), ["missing: all before 2026-07", "6"]);
    }

    #[test]
    fn members_that_start_or_stop_are_no_division_by_zero() {
        let month = |month: &str, channel: &str, visits, orders| {
            row(month)
                .with_member("channel", channel)
                .with_value("visits", visits)
                .with_value("orders", orders)
        };
        let rows = [
            month("2026-07", "a", dec!(10), dec!(1)),
            month("2026-08", "a", dec!(20), dec!(3)),
            month("2026-08", "b", dec!(40), dec!(8)),
            month("2026-09", "b", dec!(50), dec!(5)),
        ];
        let rates = "all = sum[channel](orders / visits)\n orders, visits";
        assert_eq!(series(rates, rows.clone()), ["0.1", "0.35", "0.1"]);
        // What a member brings more than a month before: a new one brings all that it has, one that stops is not there.
        let gain = "gain = sum[channel](visits - missing_as(lag(visits, 1), 0 * orders))\n visits, orders";
        assert_eq!(series(gain, rows.clone()), ["10", "50", "10"]);
        // A member that is there without a value is missing, and so is a month without rows.
        let mut gap = rows.to_vec();
        gap.push(row("2026-09").with_member("channel", "a").with_value("orders", dec!(1)));
        gap.push(row("2026-11"));
        let total = series("all = sum[channel](visits + 0 * orders)\n visits, orders", gap);
        assert_eq!(total, ["10", "60", "missing: visits of a in 2026-09", "missing: a row in 2026-10", "0"]);
    }

    #[test]
    fn every_kind_of_period_looks_back() {
        let weeks = |first: &str, count: usize, formula: &str| {
            let periods =
                core::iter::successors(Some(first.parse::<Period>().unwrap()), |period| period.next().ok());
            let rows = periods.take(count).zip(1_u32..);
            let rows = rows.map(|(period, number)| PanelRow::new(period).with_value("x", number.into()));
            series(&format!("r = {formula}\n x"), rows)
        };
        let last = |values: Vec<String>| values.last().cloned().unwrap();
        // 2026 has 53 ISO weeks: the first week of 2027 is 53 weeks after that of 2026, and W53 has none before.
        assert_eq!(last(weeks("2026-W01", 54, "lag(x, year)")), "1");
        assert_eq!(last(weeks("2025-W01", 105, "lag(x, year)")), "missing: x before 2025-W01");
        assert_eq!(last(weeks("2026-W01", 3, "to_date(x, year)")), "6");
        assert_eq!(last(weeks("2026-Q1", 6, "lag(x, year) * 10 + to_date(x, half_year)")), "31");
        assert_eq!(last(weeks("2026-02-01", 29, "to_date(x, month)")), "29");
        assert_eq!(last(weeks("2026-02-01", 29, "to_date(x, week)")), "182");
        let fiscal = last(weeks("FY2026-Q1 from 04 by start", 6, "to_date(x, year)"));
        assert_eq!(fiscal, "11");
        // Retail years of 53 weeks (2023 of the US federation) and of 52.
        let us = |text: &str| format!("{text} 4-5-4 to Saturday nearest 01 by start");
        assert_eq!(last(weeks(&us("FY2023-W01"), 54, "lag(x, year)")), "1");
        assert_eq!(
            last(weeks(&us("FY2022-W01"), 105, "lag(x, year)")),
            format!("missing: x before {}", us("FY2022-W01"))
        );
        assert_eq!(last(weeks(&us("FY2022-M01"), 13, "lag(x, year)")), "1");
        assert_eq!(last(weeks(&us("FY2022-Q1"), 6, "lag(x, year) * 10 + to_date(x, half_year)")), "31");
        assert_eq!(last(weeks(&us("FY2023-W01"), 53, "to_date(x, year)")), "1431");
        assert_eq!(last(weeks(&us("FY2023-W01"), 53, "to_date(x, month)")), "255"); // weeks 49 to 53
        assert_eq!(last(weeks(&us("FY2023-W01"), 53, "to_date(x, week)")), "53");
        // Weeks are no parts of months.
        let tree = KpiTree::parse("r = to_date(x, month)\n x").unwrap();
        let panel = Panel::new(&tree, [], [row("2026-W31").with_value("x", dec!(1))]).unwrap();
        let refused = tree.evaluate_panel(&panel).unwrap_err().to_string();
        assert_eq!(refused, "`r` adds up since the start of the month, and 2026-W31 is no part of one");
        // Retail months are parts of no week, and weeks of two calendars do not follow each other.
        let tree = KpiTree::parse("r = to_date(x, week)\n x").unwrap();
        let month = row(&us("FY2026-M01")).with_value("x", dec!(1));
        let panel = Panel::new(&tree, [], [month]).unwrap();
        assert!(tree.evaluate_panel(&panel).unwrap_err().to_string().ends_with("is no part of one"));
        for other in ["FY2026-W02 4-4-5 to Saturday nearest 01 by start", "2026-W07", "2026-02-08/2026-02-14"]
        {
            let mixed = [row(&us("FY2026-W01")), row(other)].map(|row| row.with_value("x", dec!(1)));
            let refused = Panel::new(&tree, [], mixed).unwrap_err();
            let expected = (other.parse().unwrap(), us("FY2026-W01").parse().unwrap());
            let told = refused.into_iter().map(|problem| problem.error).collect::<Vec<_>>();
            assert_eq!(told, [KpiError::OtherPeriod { period: expected.0, first: expected.1 }], "{other}");
        }
        // A growth from nothing, or from less, says nothing.
        let growth = "growth(x - 2, 1)";
        assert_eq!(
            weeks("2026-07", 4, growth),
            [
                "missing: x before 2026-07",
                "undefined: the base is not above zero",
                "undefined: the base is not above zero",
                "1"
            ]
            .map(|text| text.replace("missing: x", "missing: r"))
        );
    }
}
