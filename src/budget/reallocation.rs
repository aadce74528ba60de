//! What a review moves, with the reason of every move.

use super::BudgetError;
use super::reallocation_draft::{Place, ReallocationDraft};
use super::release_table::ReleaseTable;
use crate::quantity::words::words;
use crate::quantity::{Money, Rounding};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a line releases, and the rule that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineRelease {
    pub(super) line: String,
    #[serde(serialize_with = "crate::quantity::wire::decimal::serialize")]
    pub(super) percent: Decimal,
    pub(super) requested: Money,
    pub(super) amount: Money,
    pub(super) rule: usize,
    pub(super) reason: String,
    pub(super) decided_by: String,
}

impl LineRelease {
    /// The name of the line.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The percentage of its amount that the rule asks for.
    #[must_use]
    pub const fn percent(&self) -> Decimal {
        self.percent
    }

    /// The money that the rule asks this line to release: `percent` of its amount.
    #[must_use]
    pub const fn requested(&self) -> Money {
        self.requested
    }

    /// What the line releases: what is requested, at most what is not locked.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Whether a locked amount keeps a part of what is requested.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.amount < self.requested
    }

    /// The index of the deciding rule in the table.
    #[must_use]
    pub const fn rule(&self) -> usize {
        self.rule
    }

    /// The reason that the table gives.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The deciding rule with its facts: `rule 0 matches: roi 1.5 is < 2`.
    #[must_use]
    pub fn decided_by(&self) -> &str {
        &self.decided_by
    }
}

/// What a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MoveKind {
    /// A recipient takes it.
    Reassigned,
    /// It goes back, nobody can take it.
    Returned,
}

words!(MoveKind, BudgetError: Reassigned = "reassigned", Returned = "returned");

/// An amount that goes from one place to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Where it comes from.
    pub from: Place,
    /// Where it goes.
    pub to: Place,
    /// How much, above zero.
    pub amount: Money,
    /// What the move is.
    pub kind: MoveKind,
    /// The reason of the release, and why the recipient takes so much.
    pub why: String,
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {} {}: {}", self.from, self.to, self.amount, self.why)
    }
}

/// A line before and after a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReallocatedLine {
    pub(super) name: String,
    pub(super) old: Money,
    pub(super) released: Money,
    pub(super) received: Money,
    pub(super) new: Money,
}

impl ReallocatedLine {
    /// The line's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the line held; zero for a new line.
    #[must_use]
    pub const fn old(&self) -> Money {
        self.old
    }

    /// What it released.
    #[must_use]
    pub const fn released(&self) -> Money {
        self.released
    }

    /// What it received, a return to it among that.
    #[must_use]
    pub const fn received(&self) -> Money {
        self.received
    }

    /// What it holds now: old less released plus received.
    #[must_use]
    pub const fn new_amount(&self) -> Money {
        self.new
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) lines: Vec<ReallocatedLine>,
    pub(super) releases: Vec<LineRelease>,
    pub(super) moves: Vec<Move>,
    pub(super) released: Money,
    pub(super) added: Money,
    pub(super) not_let_in: Money,
    pub(super) reassigned: Money,
    pub(super) returned: Money,
}

/// What a review moves: released and added money is reassigned or returned, to the last minor unit.
///
/// # Examples
/// ```
/// use marketloop::budget::{Place, Position, Reallocation, Recipient, ReleaseTable};
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
///     .recipient(Recipient::new("social", dec!(4.1)).with_cap(yuan("90000 CNY")?))
///     .recipient(Recipient::new("short video", dec!(4.8)).with_cap(yuan("85000 CNY")?))
///     .check()?;
/// assert_eq!(
///     review.to_string(),
///     "40,000.00 CNY released, 35,000.00 CNY reassigned, 5,000.00 CNY returned\n  \
///      star KOL -> social 10,000.00 CNY: KOL ROI under 1:2, replaced; by weight 4.1, up to its cap\n  \
///      star KOL -> short video 20,000.00 CNY: KOL ROI under 1:2, replaced; by weight 4.8, up to its cap\n  \
///      forum -> short video 5,000.00 CNY: activity over 20 % under the baseline, dropped; by weight 4.8, \
///      up to its cap\n  \
///      forum -> marketing committee 5,000.00 CNY: activity over 20 % under the baseline, dropped; nobody can \
///      take it"
/// );
/// assert_eq!(review.releases()[0].decided_by(), "rule 0 matches: kind \"kol\" is \"kol\"; roi 1.6 is < 2");
/// assert!(review.releases()[0].is_held_back());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ReallocationDraft", into = "ReallocationDraft")]
pub struct Reallocation {
    pub(super) draft: ReallocationDraft,
    pub(super) moved: Moved,
}

impl Reallocation {
    /// A draft without positions and recipients.
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

    /// The lines before and after: the positions in their order, then the new lines in theirs.
    #[must_use]
    pub fn lines(&self) -> &[ReallocatedLine] {
        &self.moved.lines
    }

    /// What lines were told to release, in the order of the positions; a locked line may have released nothing.
    #[must_use]
    pub fn releases(&self) -> &[LineRelease] {
        &self.moved.releases
    }

    /// The moves: sources in the order of the positions, targets in that of the recipients, the return last.
    #[must_use]
    pub fn moves(&self) -> &[Move] {
        &self.moved.moves
    }

    /// What the lines released.
    #[must_use]
    pub const fn released(&self) -> Money {
        self.moved.released
    }

    /// What came in from outside: released and added are reassigned and returned together.
    #[must_use]
    pub const fn added(&self) -> Money {
        self.moved.added
    }

    /// What was offered from outside and not let in by the limit on overspending or the caps.
    #[must_use]
    pub const fn not_let_in(&self) -> Money {
        self.moved.not_let_in
    }

    /// What the recipients took.
    #[must_use]
    pub const fn reassigned(&self) -> Money {
        self.moved.reassigned
    }

    /// What was released and nobody could take.
    #[must_use]
    pub const fn returned(&self) -> Money {
        self.moved.returned
    }

    /// The amounts that the old ones and the moves alone lead to, in the order of [`lines`](Self::lines): the
    /// new amounts.
    ///
    /// # Errors
    /// None in practice.
    pub fn replayed(&self) -> Result<Vec<Money>, BudgetError> {
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
    /// The sums, and one line per move.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moved { released, added, reassigned, returned, .. } = &self.moved;
        write!(f, "{released} released, ")?;
        if !added.is_zero() {
            write!(f, "{added} added, ")?;
        }
        write!(f, "{reassigned} reassigned, {returned} returned")?;
        self.moved.moves.iter().try_for_each(|step| write!(f, "\n  {step}"))
    }
}

impl From<Reallocation> for ReallocationDraft {
    fn from(reallocation: Reallocation) -> Self {
        reallocation.draft
    }
}
