//! The moves of a review, each with its reason.

use super::BudgetError;
use super::reallocation_draft::{Place, ReallocationDraft};
use super::release_table::ReleaseTable;
use crate::figure::{Cell, TOTAL, Table, beside, label};
use crate::quantity::wire::{WireDecimal, serialize_fields, wire_fields};
use crate::quantity::{Money, Rounding};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

/// An amount of money moved from one place to another.
///
/// ```
/// # use marketloop::budget::Move;
/// let json = r#"{
///   "from": {"line": "kol"},
///   "to": {"line": "video"},
///   "amount": {"amount": "50.00", "currency": "CNY"},
///   "is_return": false,
///   "why": "ROI under 1:2; by weight 4.8, up to its cap"
/// }"#;
/// let read: Move = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Move>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Move {
    /// Where it comes from.
    pub from: Place,
    /// Where it goes.
    pub to: Place,
    /// How much, above zero.
    pub amount: Money,
    /// Whether it is returned because no recipient can take it.
    pub is_return: bool,
    /// The reason for the release, and for the amount that the recipient takes.
    pub why: String,
}

wire_fields!(Move { from, to, amount, is_return, why });

impl fmt::Display for Move {
    /// `forum -> social 5,000.00 CNY: activity under the baseline; by weight 4.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} {}: {}", self.from, self.to, self.amount, self.why)
    }
}

/// The answer of the release table for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) percent: Decimal,
    pub(super) requested: Money,
    pub(super) rule: usize,
    pub(super) reason: String,
    pub(super) decided_by: String,
}

/// A line before and after a review, and the rule that told it to release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReallocatedLine {
    pub(super) name: String,
    pub(super) old: Money,
    pub(super) released: Money,
    pub(super) received: Money,
    pub(super) new: Money,
    pub(super) told: Option<Told>,
}

impl Serialize for ReallocatedLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let told = self.told.as_ref();
        LineOut {
            name: &self.name,
            old: self.old,
            released: self.released,
            received: self.received,
            new: self.new,
            percent: told.map(|told| WireDecimal(told.percent)),
            requested: told.map(|told| told.requested),
            rule: told.map(|told| told.rule),
            reason: told.map(|told| told.reason.as_str()),
            decided_by: told.map(|told| told.decided_by.as_str()),
        }
        .serialize(serializer)
    }
}

/// A line on the wire; what a rule told it stands beside its amounts.
struct LineOut<'a> {
    name: &'a str,
    old: Money,
    released: Money,
    received: Money,
    new: Money,
    percent: Option<WireDecimal>,
    requested: Option<Money>,
    rule: Option<usize>,
    reason: Option<&'a str>,
    decided_by: Option<&'a str>,
}

serialize_fields!(LineOut<'a> {
    name,
    old,
    released,
    received,
    new,
    percent: optional,
    requested: optional,
    rule: optional,
    reason: optional,
    decided_by: optional,
});

impl ReallocatedLine {
    /// The line's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The amount of the line before the review; zero for a new line.
    #[must_use]
    pub const fn old(&self) -> Money {
        self.old
    }

    /// The amount that it released: what was requested, but at most what is not locked.
    #[must_use]
    pub const fn released(&self) -> Money {
        self.released
    }

    /// The amount that it received, including a return to it.
    #[must_use]
    pub const fn received(&self) -> Money {
        self.received
    }

    /// The amount of the line after the review: old less released plus received.
    #[must_use]
    pub const fn new_amount(&self) -> Money {
        self.new
    }

    /// The index of the rule in the release table that told the line to release; `None` where none did.
    #[must_use]
    pub fn rule(&self) -> Option<usize> {
        self.told.as_ref().map(|told| told.rule)
    }

    /// The percentage of its amount that the rule asks it to release.
    #[must_use]
    pub fn percent(&self) -> Option<Decimal> {
        self.told.as_ref().map(|told| told.percent)
    }

    /// The money that the rule asks this line to release: [`percent`](Self::percent) of its amount.
    #[must_use]
    pub fn requested(&self) -> Option<Money> {
        self.told.as_ref().map(|told| told.requested)
    }

    /// Whether a locked amount made the line release less than was requested.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.requested().is_some_and(|requested| self.released < requested)
    }

    /// The reason that the release table gives.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.told.as_ref().map(|told| told.reason.as_str())
    }

    /// The deciding rule with its facts: `rule 0 matches: roi 1.5 is < 2`.
    #[must_use]
    pub fn decided_by(&self) -> Option<&str> {
        self.told.as_ref().map(|told| told.decided_by.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) lines: Vec<ReallocatedLine>,
    pub(super) moves: Vec<Move>,
    pub(super) released: Money,
    pub(super) added: Money,
    pub(super) not_let_in: Money,
    pub(super) reassigned: Money,
    pub(super) returned: Money,
}

/// The moves of a budget review: released and added money is reassigned or returned, to the last minor unit.
///
/// # Examples
/// ```
/// use marketloop::budget::{Place, Position, Reallocation, ReleaseTable};
/// use marketloop::quantity::{Money, Rounding};
/// use rust_decimal::dec;
///
/// let yuan = |text: &str| Money::parse(text);
/// let line = |name: &str, amount: &str, kind: &str, roi, activity| {
///     let position = Position::new(name, yuan(amount)?);
///     let position = position.with_fact("kind", kind).with_fact("roi", roi);
///     Ok::<_, marketloop::Error>(position.with_fact("activity", activity))
/// };
/// let table = ReleaseTable::kol_and_activity()?;
/// let owner = Place::Owner("marketing committee".into());
/// let review = Reallocation::draft(table, Rounding::Floor, owner)
///     .position(line("star KOL", "50000 CNY", "kol", dec!(1.6), dec!(1))?.with_locked(yuan("20000 CNY")?))
///     .position(line("forum", "10000 CNY", "channel", dec!(2.5), dec!(0.7))?)
///     .position(line("social", "80000 CNY", "channel", dec!(4.1), dec!(1.1))?)
///     .position(line("short video", "60000 CNY", "channel", dec!(4.8), dec!(1.2))?)
///     .recipient_up_to("social", dec!(4.1), yuan("90000 CNY")?)
///     .recipient_up_to("short video", dec!(4.8), yuan("85000 CNY")?)
///     .check()?;
/// assert_eq!(
///     review.moves()[0].to_string(),
///     "star KOL -> social 10,000.00 CNY: KOL ROI under 1:2, replaced; by weight 4.1, up to its cap"
/// );
/// let kol = &review.lines()[0];
/// assert_eq!(kol.decided_by(), Some("rule 0 matches: kind \"kol\" is \"kol\"; roi 1.6 is < 2"));
/// assert!(kol.is_held_back()); // 20,000 of it are under contract
/// assert_eq!(review.returned().to_string(), "5,000.00 CNY");
/// let video = &review.lines()[3];
/// assert_eq!(video.received().to_string(), "25,000.00 CNY");
/// assert!(review.to_string().contains("from star KOL, forum")); // the table says where it came from
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::budget::Reallocation;
/// let json = r#"{
///   "positions": [
///     {
///       "line": "kol",
///       "amount": {"amount": "100.00", "currency": "CNY"},
///       "locked": {"amount": "10.00", "currency": "CNY"},
///       "facts": {"roi": "1.5"}
///     }
///   ],
///   "release": {
///     "hit_policy": "first",
///     "inputs": [{"name": "roi", "kind": "number"}],
///     "outputs": [{"name": "release_percent", "kind": "number"}, {"name": "reason", "kind": "text"}],
///     "rules": [{"when": ["< 2"], "then": ["100", "\"ROI under 1:2\""]}]
///   },
///   "rounding": "floor",
///   "recipients": [{"line": "video", "weight": "4.8", "cap": {"amount": "50.00", "currency": "CNY"}}],
///   "return_to": {"owner": "committee"},
///   "added": {
///     "from": "board",
///     "amount": {"amount": "5.00", "currency": "CNY"},
///     "overspending_percent": "5",
///     "guard": "total"
///   }
/// }"#;
/// let read: Reallocation = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Reallocation>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ReallocationDraft", into = "ReallocationDraft")]
pub struct Reallocation {
    pub(super) draft: ReallocationDraft,
    pub(super) moved: Moved,
}

impl Reallocation {
    /// A draft of a review that releases money by this table. Money that no recipient can take goes to `return_to`; if
    /// that is a line, it is not asked to release.
    ///
    /// # Examples
    /// See [`Reallocation`].
    #[must_use]
    pub const fn draft(release: ReleaseTable, rounding: Rounding, return_to: Place) -> ReallocationDraft {
        ReallocationDraft {
            positions: Vec::new(),
            release,
            rounding,
            recipients: Vec::new(),
            return_to,
            added: None,
        }
    }

    /// The lines before and after the review: the positions in their order, then the new lines.
    #[must_use]
    pub fn lines(&self) -> &[ReallocatedLine] {
        &self.moved.lines
    }

    /// The lines that a rule told to release, in the order of the positions; a locked line may have released nothing.
    pub fn releases(&self) -> impl Iterator<Item = &ReallocatedLine> {
        self.moved.lines.iter().filter(|line| line.told.is_some())
    }

    /// The moves: sources in the order of the positions, targets in that of the recipients, the return last.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moved.moves
    }

    /// The sum that the lines released.
    #[must_use]
    pub const fn released(&self) -> Money {
        self.moved.released
    }

    /// The sum that came in from outside; it is reassigned together with the released money.
    #[must_use]
    pub const fn added(&self) -> Money {
        self.moved.added
    }

    /// The sum offered from outside that the limit on overspending or the caps kept out.
    #[must_use]
    pub const fn not_let_in(&self) -> Money {
        self.moved.not_let_in
    }

    /// The sum that the recipients received.
    #[must_use]
    pub const fn reassigned(&self) -> Money {
        self.moved.reassigned
    }

    /// The sum that was released and that no recipient could take.
    #[must_use]
    pub const fn returned(&self) -> Money {
        self.moved.returned
    }

    /// A row for each line and for each owner outside that gives or takes money: the amounts before, released, received
    /// and after, with the reason for a release and the sources of what was received. An owner of the name of a line
    /// stands in quotes.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("line");
        let sources = |to: &Place| {
            let mut names: Vec<&str> = Vec::new();
            for step in self.moved.moves.iter().filter(|step| step.to == *to) {
                names.push(step.from.name());
            }
            if names.is_empty() { String::new() } else { format!("from {}", names.join(", ")) }
        };
        // The table is one of lines: of an owner and a line of one name the owner stands in quotes.
        let owner = |name: &str| {
            label(name, name == TOTAL || self.moved.lines.iter().any(|line| line.name == name)).into_owned()
        };
        for line in &self.moved.lines {
            let mut released = Cell::from(line.released);
            if let Some(reason) = line.reason() {
                let kept = if line.is_held_back() { ", as far as not locked" } else { "" };
                released = released.because(format!("{reason}{kept}"));
            }
            let received = Cell::from(line.received).because(sources(&Place::Line(line.name.clone())));
            let name = beside(&line.name, &[TOTAL]);
            table.push(&name, "before", line.old);
            table.push(&name, "released", released);
            table.push(&name, "received", received);
            table.push(&name, "after", line.new);
        }
        if let Some(added) = self.draft.added.as_ref().filter(|_| !self.moved.added.is_zero()) {
            table.push(owner(&added.from), "released", Cell::from(self.moved.added).because("added"));
        }
        if let Place::Owner(name) = &self.draft.return_to
            && !self.moved.returned.is_zero()
        {
            let from = sources(&self.draft.return_to);
            table.push(owner(name), "received", Cell::from(self.moved.returned).because(from));
        }
        table.push_sums(TOTAL, &["before", "released", "received", "after"]);
        table
    }

    /// A row for each move of money, counted from 1: from where, to where, how much and why, and their sum.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Place, Position, Reallocation, ReleaseTable};
    /// use marketloop::quantity::{Money, Rounding};
    /// use rust_decimal::dec;
    ///
    /// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
    /// let kol = Position::new("KOL", yuan("100")?).with_fact("kind", "kol").with_fact("roi", dec!(1.5));
    /// let owner = Place::Owner("board".into());
    /// let review = Reallocation::draft(ReleaseTable::kol_and_activity()?, Rounding::Floor, owner)
    ///     .position(kol.with_fact("activity", dec!(1)))
    ///     .recipient_up_to("search", dec!(1), yuan("60")?)
    ///     .check()?;
    /// let table = review.moves_table();
    /// assert_eq!(table.get("move 2", "to").unwrap().value.as_deref(), Some("board"));
    /// assert_eq!(table.get("total", "amount").unwrap().value.as_deref(), Some("100.00"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn moves_table(&self) -> Table {
        let mut table = Table::new("move");
        for (step, number) in self.moved.moves.iter().zip(1_u64..) {
            let name = format!("move {number}");
            table.push(&name, "from", step.from.name());
            table.push(&name, "to", step.to.name());
            table.push(&name, "amount", Cell::from(step.amount).because(&step.why));
        }
        table.push_sums(TOTAL, &["amount"]);
        table
    }

    /// The new amounts of the lines, computed from the old ones and the moves alone, in the order of
    /// [`lines`](Self::lines).
    ///
    /// # Errors
    /// None in practice.
    pub fn replayed(&self) -> Result<Vec<Money>, BudgetError> {
        // From the moves alone, without a look at the results: the two ways check each other.
        let lines = self.moved.lines.iter().enumerate();
        let at: BTreeMap<&str, usize> = lines.map(|(index, line)| (line.name.as_str(), index)).collect();
        let mut amounts: Vec<Money> = self.moved.lines.iter().map(|line| line.old).collect();
        for step in &self.moved.moves {
            for (place, change) in [(&step.from, step.amount.negated()), (&step.to, step.amount)] {
                let Place::Line(name) = place else { continue };
                let unknown = || BudgetError::UnknownLine { name: name.clone() };
                let amount = at.get(name.as_str()).and_then(|index| amounts.get_mut(*index));
                let amount = amount.ok_or_else(unknown)?;
                *amount = amount.plus(change)?;
            }
        }
        Ok(amounts)
    }
}

impl fmt::Display for Reallocation {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl From<Reallocation> for ReallocationDraft {
    fn from(reallocation: Reallocation) -> Self {
        reallocation.draft
    }
}
