//! A review moves money: lines release by a decision table, others receive by weights.

use super::release_table::ReleaseTable;
use super::{BudgetError, Line};
use crate::decision::CellValue;
use crate::quantity::wire::{wire_fields, wire_variants};
use crate::quantity::words::words;
use crate::quantity::{Mix, Money, Rounding};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;

/// A line at a review: its amount, the locked part of it, and facts about it.
///
/// ```
/// # use marketloop::budget::Position;
/// let json = r#"{
///   "line": "kol",
///   "amount": {"amount": "100.00", "currency": "CNY"},
///   "locked": {"amount": "10.00", "currency": "CNY"},
///   "facts": {"roi": "1.5"}
/// }"#;
/// let read: Position = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Position>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The line's name, unique in its list.
    pub line: String,
    /// The amount of the line.
    pub amount: Money,
    /// The amount that cannot be released (spent, committed, under contract); zero if not stated.
    pub locked: Option<Money>,
    /// The facts for the release table, by the names of its inputs.
    pub facts: BTreeMap<String, CellValue>,
}

wire_fields!(Position { line, amount, locked: optional, facts: optional(map) });

impl Position {
    /// A line with this amount. Nothing is locked, and no facts are known.
    ///
    /// # Examples
    /// See [`Reallocation`](super::Reallocation).
    #[must_use]
    pub fn new(line: impl Into<String>, amount: Money) -> Self {
        Self { line: line.into(), amount, locked: None, facts: BTreeMap::new() }
    }

    /// The line of a budget or an allocation. Nothing is locked, and no facts are known.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Budget, Position};
    ///
    /// let year = Budget::draft("year", "50 CNY".parse()?).amount("SEM", "50 CNY".parse()?).check()?;
    /// let position = Position::of(&year.lines()["SEM"]).with_locked("20 CNY".parse()?);
    /// assert_eq!((position.line.as_str(), position.amount), ("SEM", "50 CNY".parse()?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn of(line: &Line) -> Self {
        Self::new(line.name(), line.amount())
    }

    /// States the amount that cannot be released: spent, committed, under contract.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Place, Position, Reallocation, ReleaseTable};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let kol = Position::new("KOL", "100 CNY".parse()?).with_locked("70 CNY".parse()?).with_fact("kind", "kol");
    /// let owner = Place::Owner("committee".into());
    /// let review = Reallocation::draft(ReleaseTable::kol_and_activity()?, Rounding::Floor, owner)
    ///     .position(kol.with_fact("roi", dec!(1.5)).with_fact("activity", dec!(1)))
    ///     .check()?;
    /// assert_eq!(review.released().to_string(), "30.00 CNY");
    /// assert!(review.lines()[0].is_held_back());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_locked(self, locked: Money) -> Self {
        Self { locked: Some(locked), ..self }
    }

    /// States a fact for an input of the release table, in place of an earlier one of this name.
    ///
    /// # Examples
    /// See [`Reallocation`](super::Reallocation).
    #[must_use]
    pub fn with_fact(mut self, name: impl Into<String>, value: impl Into<CellValue>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }
}

/// A line that may receive money, the name of a position or of a new line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recipient {
    pub(super) line: String,
    pub(super) weight: Decimal,
    /// The maximum of the line after the review.
    pub(super) cap: Option<Money>,
}

wire_fields!(Recipient { line, weight: own, cap: optional });

/// A place of money: a line, or an owner outside the lines.
///
/// ```
/// # use marketloop::budget::Place;
/// let json = r#"{"owner":"committee"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Place>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A line of the review.
    Line(String),
    /// An owner outside: the department's budget, the marketing committee.
    Owner(String),
}

wire_variants!(Place {
    "line" => Line(_),
    "owner" => Owner(_),
});

impl Place {
    /// The name of the line or the owner.
    #[must_use]
    pub fn name(&self) -> &str {
        let (Self::Line(name) | Self::Owner(name)) = self;
        name
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What the limit on overspending applies to when money is added.
///
/// ```
/// # use marketloop::budget::OverspendLimit;
/// assert_eq!(serde_json::from_str::<OverspendLimit>(r#""total""#)?, OverspendLimit::Total);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OverspendLimit {
    /// The new total of the lines against the old one.
    #[default]
    Total,
    /// The new amount of each recipient against its old one; a line that held nothing receives nothing. Money returned
    /// to a line does not count.
    EachLine,
}

words!(OverspendLimit, "limit of overspending", BudgetError: Total = "total", EachLine = "each_line");

/// Money that comes in from outside, within a limit on overspending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TopUp {
    pub(super) from: String,
    pub(super) amount: Money,
    pub(super) overspending_percent: Decimal,
    pub(super) guard: OverspendLimit,
}

wire_fields!(TopUp { from, amount, overspending_percent: own, guard: default });

/// A review, not checked yet: [`Reallocation::draft`](super::Reallocation::draft).
///
/// ```
/// # use marketloop::budget::ReallocationDraft;
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
/// let read: ReallocationDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ReallocationDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReallocationDraft {
    pub(super) positions: Vec<Position>,
    pub(super) release: ReleaseTable,
    pub(super) rounding: Rounding,
    pub(super) recipients: Vec<Recipient>,
    pub(super) return_to: Place,
    pub(super) added: Option<TopUp>,
}

wire_fields!(ReallocationDraft {
    positions,
    release,
    rounding,
    recipients: default,
    return_to,
    added: optional
});

impl ReallocationDraft {
    /// Adds a line with its amount and facts.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Place, Position, Reallocation, ReleaseTable};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let table = ReleaseTable::kol_and_activity()?;
    /// let forum = Position::new("forum", "100 CNY".parse()?)
    ///     .with_fact("kind", "channel")
    ///     .with_fact("roi", dec!(2.5))
    ///     .with_fact("activity", dec!(0.7));
    /// let review = Reallocation::draft(table, Rounding::Floor, Place::Owner("committee".into()));
    /// let review = review.position(forum).check()?;
    /// assert_eq!(review.lines()[0].reason(), Some("activity over 20 % under the baseline, dropped"));
    /// assert_eq!(review.returned().to_string(), "100.00 CNY"); // nobody receives
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn position(mut self, position: Position) -> Self {
        self.positions.push(position);
        self
    }

    /// Adds a line that may receive money in proportion to its `weight`: a return on investment, a score, a share of a
    /// mix. It may be a new one. A line that a rule tells to release receives none, whatever its weight and even where
    /// all of it is locked.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Place, Position, Reallocation, ReleaseTable};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let kol = Position::new("KOL", "100 CNY".parse()?).with_fact("kind", "kol").with_fact("roi", dec!(1.5));
    /// let owner = Place::Owner("committee".into());
    /// let review = Reallocation::draft(ReleaseTable::kol_and_activity()?, Rounding::Floor, owner)
    ///     .position(kol.with_fact("activity", dec!(1)))
    ///     .recipient("search", 3)
    ///     .recipient("podcast", 1)
    ///     .check()?;
    /// assert_eq!(review.lines()[1].new_amount().to_string(), "75.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn recipient(mut self, line: impl Into<String>, weight: impl Into<Decimal>) -> Self {
        self.recipients.push(Recipient { line: line.into(), weight: weight.into(), cap: None });
        self
    }

    /// Adds a line that may receive money in proportion to its `weight`, up to an amount of `cap` after the review.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Place, Position, Reallocation, ReleaseTable};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let kol = Position::new("KOL", "100 CNY".parse()?).with_fact("kind", "kol").with_fact("roi", dec!(1.5));
    /// let owner = Place::Owner("committee".into());
    /// let review = Reallocation::draft(ReleaseTable::kol_and_activity()?, Rounding::Floor, owner)
    ///     .position(kol.with_fact("activity", dec!(1)))
    ///     .recipient_up_to("search", 3, "60 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(review.reassigned().to_string(), "60.00 CNY");
    /// assert_eq!(review.returned().to_string(), "40.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn recipient_up_to(
        mut self,
        line: impl Into<String>,
        weight: impl Into<Decimal>,
        cap: Money,
    ) -> Self {
        self.recipients.push(Recipient { line: line.into(), weight: weight.into(), cap: Some(cap) });
        self
    }

    /// Adds a recipient for each part of a mix, weighted by its share.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{Place, Position, Reallocation, ReleaseTable};
    /// use marketloop::quantity::{Mix, Rounding};
    /// use rust_decimal::dec;
    ///
    /// let kol = Position::new("KOL", "100 CNY".parse()?).with_fact("kind", "kol").with_fact("roi", dec!(1.5));
    /// let owner = Place::Owner("committee".into());
    /// let review = Reallocation::draft(ReleaseTable::kol_and_activity()?, Rounding::Floor, owner)
    ///     .position(kol.with_fact("activity", dec!(1)))
    ///     .recipients(&Mix::from_percents([("search", 60), ("social", 40)])?)
    ///     .check()?;
    /// assert_eq!(review.lines()[2].received().to_string(), "40.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn recipients<K: fmt::Display>(self, mix: &Mix<K>) -> Self {
        mix.iter().fold(self, |draft, (key, share)| draft.recipient(key.to_string(), share.value()))
    }

    /// Adds money `from` outside. It comes in as far as the limit on overspending allows: `percent` over the amounts
    /// before the review. The rest stays outside.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::{OverspendLimit, Place, Position, Reallocation, ReleaseTable};
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let search = Position::new("search", "100 CNY".parse()?).with_fact("kind", "channel");
    /// let owner = Place::Owner("committee".into());
    /// let review = Reallocation::draft(ReleaseTable::kol_and_activity()?, Rounding::Floor, owner)
    ///     .position(search.with_fact("roi", dec!(4)).with_fact("activity", dec!(1)))
    ///     .recipient("search", 1)
    ///     .with_added("board", "20 CNY".parse()?, 5, OverspendLimit::Total)
    ///     .check()?;
    /// assert_eq!(review.added().to_string(), "5.00 CNY");
    /// assert_eq!(review.not_let_in().to_string(), "15.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_added(
        self,
        from: impl Into<String>,
        amount: Money,
        percent: impl Into<Decimal>,
        limit: OverspendLimit,
    ) -> Self {
        let overspending_percent = percent.into();
        let added = TopUp { from: from.into(), amount, overspending_percent, guard: limit };
        Self { added: Some(added), ..self }
    }
}
