//! Cuts of a budget that shrinks: their order and their reasons.

use super::cut_line::{CutLine, ReservePolicy, Shrink};
use super::names::indexed;
use super::{Budget, BudgetError, checked};
use crate::error::{Path, Problems};
use crate::figure::{Cell, TOTAL, Table, beside};
use crate::quantity::Money;
use crate::quantity::display::{within, write_whole};
use crate::quantity::wire::{WireDecimal, serialize_fields, wire_fields};
use crate::quantity::words::words;
use crate::split::Bounded;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the lines of one priority are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum WithinPriority {
    /// One after the other: the lowest marginal return first, lines that state none after those that do; then
    /// the line of which more can be cut; then the order of the list.
    #[default]
    LowestReturnFirst,
    /// All by the same percentage of their amounts, as far as their floors allow, in the order of the list.
    Proportional,
}

words!(WithinPriority, "order within a priority":
    LowestReturnFirst = "lowest_return_first",
    Proportional = "proportional",
);

/// The lines and the cut to make, not checked yet: [`Cuts::draft`].
///
/// ```
/// # use marketloop::budget::CutsDraft;
/// let json = r#"{
///   "lines": [
///     {
///       "name": "tools",
///       "amount": {"amount": "15.00", "currency": "CNY"},
///       "priority": 1,
///       "floor": {"amount": "5.00", "currency": "CNY"},
///       "marginal_return": "0.8"
///     },
///     {
///       "name": "contingency",
///       "amount": {"amount": "5.00", "currency": "CNY"},
///       "priority": 2,
///       "reserve": true
///     }
///   ],
///   "shrink": {"by_share": {"share": "0.5", "rounding": "half_even"}},
///   "reserves": "kept",
///   "within_priority": "lowest_return_first"
/// }"#;
/// let read: CutsDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<CutsDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutsDraft {
    lines: Vec<CutLine>,
    shrink: Shrink,
    reserves: ReservePolicy,
    within_priority: WithinPriority,
}

wire_fields!(CutsDraft { lines, shrink, reserves: default, within_priority: default });

impl CutsDraft {
    /// Sets what happens to reserves. By default they are kept.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Budget, CutLine, Cuts, ReservePolicy, Shrink};
    /// use rust_decimal::dec;
    ///
    /// let event = Budget::draft("event", "100 CNY".parse()?)
    ///     .percent("tools", dec!(90))
    ///     .reserve("contingency", dec!(10), "technical failure")
    ///     .check()?;
    /// let lines = event.lines().iter().map(|line| CutLine::of(line, 1));
    /// let cuts = Cuts::draft(lines, Shrink::By("40 CNY".parse()?)).with_reserves(ReservePolicy::First).check()?;
    /// assert_eq!(cuts.cuts()[0].line(), "contingency");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_reserves(self, reserves: ReservePolicy) -> Self {
        Self { reserves, ..self }
    }

    /// Cuts the lines of one priority by the same percentage of their amounts, as far as their floors allow. By default
    /// they are cut one after the other: the lowest marginal return first, lines that state none after those that do,
    /// then the line of which more can be cut, then the order of the list.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CutLine, Cuts, Shrink};
    ///
    /// let lines = [CutLine::new("a", "100 CNY".parse()?, 1), CutLine::new("b", "50 CNY".parse()?, 1)];
    /// let cuts = Cuts::draft(lines, Shrink::By("30 CNY".parse()?)).in_proportion().check()?;
    /// assert_eq!(cuts.cuts()[1].to_string(), "b 50.00 CNY -> 40.00 CNY: priority 1, in proportion");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn in_proportion(self) -> Self {
        Self { within_priority: WithinPriority::Proportional, ..self }
    }

    /// The checked cuts in the order in which they are made. They add up to the amount that the budget shrinks by.
    ///
    /// # Errors
    /// All problems at once, each with its path: no lines, a name that stands twice, a negative amount, another
    /// currency than the first line's, a floor above its line. Then [`BudgetError::CutAboveTotal`] and
    /// [`BudgetError::FloorsStopCut`] with the amount that cannot be cut.
    pub fn check(self) -> Result<Cuts, Problems<BudgetError>> {
        let root = Path::root();
        let at_lines = root.field("lines");
        let mut problems = Problems::new();
        let Some(currency) = self.lines.first().map(|line| line.amount.currency()) else {
            problems.push(at_lines, BudgetError::NoLines);
            return problems.finish(None);
        };
        indexed(self.lines.iter().map(|line| line.name.as_str()), &at_lines, "name", &mut problems);
        for (index, line) in self.lines.iter().enumerate() {
            let path = at_lines.index(index);
            let bounds = [("amount", Some(line.amount)), ("floor", line.floor)];
            for (what, amount) in bounds {
                let Some(amount) = amount else { continue };
                problems.take(&path.field(what), checked(what, amount, currency));
            }
            if let Some(floor) = line.floor.filter(|floor| *floor > line.amount) {
                let error = BudgetError::FloorAboveAmount { floor, amount: line.amount };
                problems.push(path.field("floor"), error);
            }
        }
        // The sums below would tell the same mistake a second time.
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let total = Money::sum(self.lines.iter().map(|line| line.amount), currency);
        let at_shrink = root.field("shrink");
        let amount = problems.take(&at_lines, total).and_then(|total| {
            let amount = problems.take(&at_shrink, self.shrink.amount(total))?;
            Some((total, amount, problems.take(&at_shrink, total.minus(amount))?))
        });
        let Some((total, amount, left)) = amount else { return problems.finish(None) };
        let list = problems.take(&at_shrink, self.cut(amount));
        problems.finish(list.map(|list| Cuts { draft: self, list, total, amount, left }))
    }

    fn cut(&self, cut: Money) -> Result<Vec<Cut>, BudgetError> {
        let mut cuttable = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            cuttable.push((line, line.amount.minus(line.kept(self.reserves))?));
        }
        cuttable.sort_by_key(|(line, most)| {
            // A line of unknown return goes after the known ones: what is measured to be poor goes before what nobody measured.
            let unknown = line.marginal_return.is_none();
            // Of equal returns the line that can give most goes first, so that fewer lines are touched.
            let turn = (unknown, line.marginal_return, Reverse(most.minor()));
            let one_by_one = self.within_priority == WithinPriority::LowestReturnFirst;
            (self.class(line), one_by_one.then_some(turn))
        });
        let mut left = cut;
        let mut cuts = Vec::new();
        // A class gives all it can before the next one gives anything.
        for class in cuttable.chunk_by(|(a, _), (b, _)| self.class(a) == self.class(b)) {
            let taken = match self.within_priority {
                WithinPriority::LowestReturnFirst => one_by_one(class, left)?,
                WithinPriority::Proportional => in_proportion(class, left)?,
            };
            for ((line, most), amount) in class.iter().zip(taken) {
                if amount.is_zero() {
                    continue;
                }
                left = left.minus(amount)?;
                let to = line.amount.minus(amount)?;
                let extent = match self.within_priority {
                    // Asked first: a line that gives all it can is no longer a matter of its turn or its part.
                    _ if amount == *most => CutExtent::AllThatCanGo,
                    WithinPriority::LowestReturnFirst => CutExtent::ClosesTheGap,
                    WithinPriority::Proportional => CutExtent::InProportion,
                };
                let CutLine { priority, marginal_return, .. } = **line;
                let (name, from) = (line.name.clone(), line.amount);
                cuts.push(Cut { line: name, from, to, amount, priority, marginal_return, extent });
            }
        }
        if left.is_zero() {
            return Ok(cuts);
        }
        // All with something to keep are named: which of them gives way is the caller's to decide.
        let stopping = self.lines.iter().filter(|line| !line.kept(self.reserves).is_zero());
        let lines = stopping.map(|line| line.name.clone()).collect();
        Err(BudgetError::FloorsStopCut { short_by: left, lines })
    }

    /// Lines of one class are cut together; the lowest class goes first.
    fn class(&self, line: &CutLine) -> (u8, u32) {
        let turn = match self.reserves {
            ReservePolicy::First if line.reserve => 0,
            ReservePolicy::Last if line.reserve => 2,
            _ => 1,
        };
        (turn, line.priority)
    }
}

/// A line and the maximum that can be cut of it.
type Cuttable<'a> = (&'a CutLine, Money);

fn one_by_one(class: &[Cuttable<'_>], cut: Money) -> Result<Vec<Money>, BudgetError> {
    let mut left = cut;
    let take = |(_, most): &Cuttable<'_>| {
        let taken = if *most < left { *most } else { left };
        left = left.minus(taken)?;
        Ok(taken)
    };
    class.iter().map(take).collect()
}

fn in_proportion(class: &[Cuttable<'_>], cut: Money) -> Result<Vec<Money>, BudgetError> {
    let most = Money::sum(class.iter().map(|(_, most)| *most), cut.currency())?;
    // A split refuses more than its caps can hold; what this class cannot give the next one is asked for.
    let cut = if most < cut { most } else { cut };
    let lines = class.iter().enumerate();
    // By what a line has, not by what it can give: a floor ends its part and does not make it smaller.
    let lines =
        lines.map(|(index, (line, most))| (index, Bounded::new(line.amount.amount()).with_cap(*most)));
    Ok(cut.split_bounded(lines)?.parts().iter().map(|part| part.amount).collect())
}

/// How far a line was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum CutExtent {
    /// All that its floor allows.
    AllThatCanGo,
    /// The rest of the amount to cut: the cuts end here.
    ClosesTheGap,
    /// Its share of the cut of its priority.
    InProportion,
}

words!(CutExtent, "extent of a cut":
    AllThatCanGo = "all_that_can_go",
    ClosesTheGap = "closes_the_gap",
    InProportion = "in_proportion",
);

/// A cut of one line, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cut {
    line: String,
    from: Money,
    to: Money,
    amount: Money,
    priority: u32,
    marginal_return: Option<Decimal>,
    extent: CutExtent,
}

serialize_fields!(Cut {
    line,
    from,
    to,
    amount,
    priority,
    marginal_return: optional => marginal_return.map(WireDecimal),
    extent,
});

impl Cut {
    /// The name of the line.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The amount of the line before the cut.
    #[must_use]
    pub const fn from(&self) -> Money {
        self.from
    }

    /// The amount of the line after the cut.
    #[must_use]
    pub const fn to(&self) -> Money {
        self.to
    }

    /// The amount cut, above zero.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// The declared priority of the line.
    #[must_use]
    pub const fn priority(&self) -> u32 {
        self.priority
    }

    /// The marginal return of the line, where it states one.
    #[must_use]
    pub const fn marginal_return(&self) -> Option<Decimal> {
        self.marginal_return
    }

    /// Whether the cut takes all that the floor of the line allows.
    #[must_use]
    pub fn takes_all(&self) -> bool {
        self.extent == CutExtent::AllThatCanGo
    }

    /// The reason in words: `priority 1, marginal return 0.4, all that can go`.
    #[must_use]
    pub fn explain(&self) -> String {
        let mut text = format!("priority {}", self.priority);
        if let Some(marginal_return) = self.marginal_return {
            text.push_str(", marginal return ");
            text.push_str(&marginal_return.normalize().to_string());
        }
        text.push_str(match self.extent {
            CutExtent::AllThatCanGo => ", all that can go",
            CutExtent::ClosesTheGap => ", closes the gap",
            CutExtent::InProportion => ", in proportion",
        });
        text
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (within(f, &self.from), within(f, &self.to));
        write_whole(f, &format!("{} {from} -> {to}: {}", self.line, self.explain()))
    }
}

/// The cuts when a budget shrinks, in order and with reasons. They add up to the amount that it shrinks by.
///
/// # Examples
/// ```
/// use marketloop::budget::{Budget, CutLine, Cuts, Shrink};
/// use marketloop::quantity::{Money, Rounding, Share};
/// use rust_decimal::dec;
///
/// let event = Budget::draft("event", Money::parse("50000 CNY")?)
///     .percent("content production", dec!(40))
///     .percent("tool testing", dec!(30))
///     .percent("invited speakers", dec!(20))
///     .reserve("contingency", dec!(10), "only for unforeseeable costs")
///     .check()?;
/// // The event can do without tools first, then without speakers; two months of tools are paid for.
/// let priorities = [3, 1, 2, 4];
/// let mut lines: Vec<CutLine> =
///     event.lines().iter().zip(priorities).map(|(line, priority)| CutLine::of(line, priority)).collect();
/// lines[1] = lines[1].clone().with_floor(Money::parse("10000 CNY")?);
///
/// let half = Shrink::ByShare { share: Share::percent(50)?, rounding: Rounding::HalfEven };
/// let cuts = Cuts::draft(lines, half).check()?;
/// assert_eq!(
///     cuts.to_string(),
///     "line                before CNY   cut CNY  after CNY  why\n\
///      tool testing          15000.00   5000.00   10000.00  priority 1, all that can go\n\
///      invited speakers      10000.00  10000.00       0.00  priority 2, all that can go\n\
///      content production    20000.00  10000.00   10000.00  priority 3, closes the gap\n\
///      contingency            5000.00      0.00    5000.00  kept\n\
///      total                 50000.00  25000.00   25000.00\n"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::Cuts;
/// let json = r#"{
///   "lines": [
///     {
///       "name": "tools",
///       "amount": {"amount": "15.00", "currency": "CNY"},
///       "priority": 1,
///       "floor": {"amount": "5.00", "currency": "CNY"},
///       "marginal_return": "0.8"
///     },
///     {
///       "name": "contingency",
///       "amount": {"amount": "5.00", "currency": "CNY"},
///       "priority": 2,
///       "reserve": true
///     }
///   ],
///   "shrink": {"by_share": {"share": "0.5", "rounding": "half_even"}},
///   "reserves": "kept",
///   "within_priority": "proportional"
/// }"#;
/// let read: Cuts = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Cuts>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CutsDraft", into = "CutsDraft")]
pub struct Cuts {
    draft: CutsDraft,
    list: Vec<Cut>,
    total: Money,
    amount: Money,
    left: Money,
}

impl Cuts {
    /// A draft that keeps reserves and cuts the lowest marginal return of a priority first.
    ///
    /// # Examples
    /// See [`Cuts`] and [`CutLine::new`].
    #[must_use]
    pub fn draft(lines: impl IntoIterator<Item = CutLine>, shrink: Shrink) -> CutsDraft {
        CutsDraft {
            lines: lines.into_iter().collect(),
            shrink,
            reserves: ReservePolicy::default(),
            within_priority: WithinPriority::default(),
        }
    }

    /// The cuts, in the order in which they are made.
    #[must_use]
    pub fn cuts(&self) -> &[Cut] {
        &self.list
    }

    /// The total of the lines before the cuts.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }

    /// The amount that the budget shrinks by: the sum of the cuts.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// The total of the lines after the cuts.
    #[must_use]
    pub const fn left(&self) -> Money {
        self.left
    }

    /// The lines after the cuts as a budget of stated amounts, in the order of the list.
    ///
    /// # Errors
    /// Those of [`BudgetDraft::check`](super::BudgetDraft::check); cuts have none of them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{CutLine, Cuts, Shrink};
    ///
    /// let lines = [CutLine::new("a", "30 CNY".parse()?, 2), CutLine::new("b", "20 CNY".parse()?, 1)];
    /// let left = Cuts::draft(lines, Shrink::To("25 CNY".parse()?)).check()?.to_budget("what is left")?;
    /// assert_eq!(left.total().to_string(), "25.00 CNY");
    /// assert_eq!(left.lines()["a"].amount().to_string(), "25.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn to_budget(&self, name: impl Into<String>) -> Result<Budget, Problems<BudgetError>> {
        let cut = self.by_line();
        let draft = self.draft.lines.iter().fold(Budget::draft(name, self.left), |draft, line| {
            let left = cut.get(line.name.as_str()).map_or(line.amount, |cut| cut.to);
            draft.amount(&line.name, left).last_is_reserve(line.reserve)
        });
        draft.check()
    }

    /// A row for each line: the cuts in their order, then the lines that are not cut, then the total.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("line");
        let mut row = |name: &str, amounts: [Money; 3], why: String| {
            let [before, cut, after] = amounts;
            table.push(name, "before", before);
            table.push(name, "cut", Cell::from(cut).because(why));
            table.push(name, "after", after);
        };
        for cut in &self.list {
            row(&beside(&cut.line, &[TOTAL]), [cut.from, cut.amount, cut.to], cut.explain());
        }
        let cut = self.by_line();
        let nothing = Money::zero(self.total.currency());
        let (cut_lines, others): (Vec<_>, Vec<_>) =
            self.draft.lines.iter().partition(|line| cut.contains_key(line.name.as_str()));
        let last = cut_lines.into_iter().map(|line| self.draft.class(line)).max();
        for line in others {
            let why = match self.draft.within_priority {
                _ if line.kept(self.draft.reserves) == line.amount => "kept",
                // Cut together with the last ones: a part of less than half a minor unit is none.
                WithinPriority::Proportional if Some(self.draft.class(line)) == last => {
                    "its part rounds to nothing"
                }
                _ => "its turn does not come",
            };
            row(&beside(&line.name, &[TOTAL]), [line.amount, nothing, line.amount], why.into());
        }
        row(TOTAL, [self.total, self.amount, self.left], String::new());
        table
    }

    fn by_line(&self) -> BTreeMap<&str, &Cut> {
        self.list.iter().map(|cut| (cut.line.as_str(), cut)).collect()
    }
}

impl fmt::Display for Cuts {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl TryFrom<CutsDraft> for Cuts {
    type Error = Problems<BudgetError>;

    fn try_from(draft: CutsDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Cuts> for CutsDraft {
    fn from(cuts: Cuts) -> Self {
        cuts.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Line;
    use crate::quantity::{Rounding, Share};
    use alloc::vec;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&format!("{text} CNY")).unwrap()
    }

    /// The event of 50,000 in 40/30/20/10, without its tools first, then without speakers.
    fn event() -> Vec<CutLine> {
        let event = Budget::draft("event", yuan("50000"))
            .percent("content production", dec!(40))
            .percent("tool testing", dec!(30))
            .percent("invited speakers", dec!(20))
            .reserve("contingency", dec!(10), "only for unforeseeable costs")
            .check()
            .unwrap();
        let lines = event.lines().iter().zip([3, 1, 2, 4]);
        lines.map(|(line, priority)| CutLine::of(line, priority)).collect()
    }

    fn half() -> Shrink {
        Shrink::ByShare { share: Share::percent(50).unwrap(), rounding: Rounding::HalfEven }
    }

    fn shown(cuts: &Cuts) -> Vec<String> {
        cuts.cuts().iter().map(|cut| format!("{} {}", cut.line(), cut.amount())).collect()
    }

    #[test]
    fn half_of_the_event_goes_by_priority() {
        let cuts = Cuts::draft(event(), half()).check().unwrap();
        assert_eq!(shown(&cuts), ["tool testing 15,000.00 CNY", "invited speakers 10,000.00 CNY"]);
        let left = cuts.to_budget("left").unwrap();
        let left: Vec<Money> = left.lines().iter().map(Line::amount).collect();
        assert_eq!(left, ["20000", "0", "0", "5000"].map(yuan));

        let first = Cuts::draft(event(), half()).with_reserves(ReservePolicy::First).check().unwrap();
        assert_eq!(
            shown(&first),
            ["contingency 5,000.00 CNY", "tool testing 15,000.00 CNY", "invited speakers 5,000.00 CNY"]
        );
        let nearly = Shrink::To(yuan("1"));
        let last = Cuts::draft(event(), nearly).with_reserves(ReservePolicy::Last).check().unwrap();
        assert_eq!(
            last.cuts().last().unwrap().to_string(),
            "contingency 5,000.00 CNY -> 1.00 CNY: priority 4, closes the gap"
        );
        let mut early = event();
        early[3].priority = 0;
        let early = Cuts::draft(early, half()).with_reserves(ReservePolicy::ByPriority).check().unwrap();
        assert_eq!(early.cuts()[0].line(), "contingency");
    }

    #[test]
    fn ties_go_by_return_then_size_then_order() {
        let line = |name, amount, marginal: Option<Decimal>| CutLine {
            marginal_return: marginal,
            ..CutLine::new(name, yuan(amount), 1)
        };
        let lines = vec![
            line("unknown", "10", None),
            line("small", "10", Some(dec!(0.5))),
            line("twin", "10", Some(dec!(0.50))),
            line("large", "11", Some(dec!(0.5))),
            line("low", "10", Some(dec!(-0.1))),
        ];
        let cuts = Cuts::draft(lines, Shrink::By(yuan("42"))).check().unwrap();
        let names: Vec<&str> = cuts.cuts().iter().map(Cut::line).collect();
        assert_eq!(names, ["low", "large", "small", "twin", "unknown"]);
        assert!(!cuts.cuts()[4].takes_all());
        assert_eq!(cuts.cuts()[0].explain(), "priority 1, marginal return -0.1, all that can go");
    }

    #[test]
    fn a_priority_can_be_cut_in_proportion() {
        let lines = vec![
            CutLine::new("a", yuan("100"), 1),
            CutLine::new("b", yuan("50"), 1).with_floor(yuan("45")),
            CutLine::new("c", yuan("50"), 1),
            CutLine::new("d", yuan("50"), 2),
        ];
        let cut = |by: &str| {
            let draft = Cuts::draft(lines.clone(), Shrink::By(yuan(by)));
            draft.in_proportion().check().unwrap()
        };
        assert_eq!(shown(&cut("20")), ["a 10.00 CNY", "b 5.00 CNY", "c 5.00 CNY"]);
        assert_eq!(shown(&cut("50")), ["a 30.00 CNY", "b 5.00 CNY", "c 15.00 CNY"]);
        assert!(cut("50").cuts()[1].takes_all());
        assert_eq!(shown(&cut("156")), ["a 100.00 CNY", "b 5.00 CNY", "c 50.00 CNY", "d 1.00 CNY"]);
    }

    #[test]
    fn a_part_that_rounds_to_nothing_had_its_turn() {
        let line = |name, priority| CutLine::new(name, yuan("1"), priority);
        let lines = [line("a", 1), line("b", 1), line("held", 1).with_floor(yuan("1")), line("late", 2)];
        let cuts = Cuts::draft(lines, Shrink::By(yuan("0.01"))).in_proportion().check().unwrap();
        let table = cuts.table();
        let why = |name| table.get(name, "cut").unwrap().why.as_str();
        assert_eq!(
            ["a", "b", "held", "late"].map(why),
            ["priority 1, in proportion", "its part rounds to nothing", "kept", "its turn does not come"]
        );
    }

    #[test]
    fn floors_and_kept_reserves_stop_a_cut() {
        let mut lines = event();
        lines[0] = lines[0].clone().with_floor(yuan("12000"));
        let stopped = Cuts::draft(lines.clone(), Shrink::To(yuan("16000"))).check().unwrap_err().to_string();
        assert_eq!(
            stopped,
            r#"shrink: 1,000.00 CNY cannot be cut: the floors of ["content production", "contingency"] stop it"#
        );
        assert!(Cuts::draft(lines, Shrink::To(yuan("17000"))).check().is_ok());
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let lines = vec![
            CutLine::new("a", yuan("-1"), 1),
            CutLine::new("a", yuan("1"), 1).with_floor(yuan("2")),
            CutLine::new("b", "1 JPY".parse().unwrap(), 1).with_floor("-1 JPY".parse().unwrap()),
        ];
        assert_eq!(
            Cuts::draft(lines, half()).check().unwrap_err().to_string(),
            "5 problems\n  lines[1].name: `a` is the name of line 0 already\n  \
             lines[0].amount: amount -1.00 CNY is below 0\n  \
             lines[1].floor: 2.00 CNY has to stay in a line of 1.00 CNY\n  \
             lines[2].amount: JPY and CNY are different currencies\n  \
             lines[2].floor: JPY and CNY are different currencies"
        );
        let one = || vec![CutLine::new("a", yuan("1"), 1)];
        let refused = |shrink| Cuts::draft(one(), shrink).check().unwrap_err().to_string();
        assert_eq!(
            refused(Shrink::By(yuan("2"))),
            "shrink: a cut of 2.00 CNY is more than the total 1.00 CNY"
        );
        assert_eq!(refused(Shrink::To(yuan("2"))), "shrink: cut -1.00 CNY is below 0");
        assert_eq!(
            refused(Shrink::By("1 JPY".parse().unwrap())),
            "shrink: CNY and JPY are different currencies"
        );
        assert!(Cuts::draft([], half()).check().is_err());
        assert!(Cuts::draft(one(), Shrink::By(yuan("0"))).check().unwrap().cuts().is_empty());
    }
}
