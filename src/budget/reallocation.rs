//! What a review moves, with the reason of every move.

use super::BudgetError;
use super::reallocation_draft::{Place, ReallocationDraft};
use super::release_table::ReleaseTable;
use crate::error::Problems;
use crate::quantity::{Money, Rounding};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a line releases, and the rule that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub(super) line: String,
    pub(super) percent: Decimal,
    pub(super) asked: Money,
    pub(super) amount: Money,
    pub(super) rule: usize,
    pub(super) reason: String,
    pub(super) decided_by: String,
}

impl Release {
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

    /// What that is.
    #[must_use]
    pub const fn asked(&self) -> Money {
        self.asked
    }

    /// What the line releases: what is asked, at most what is not locked.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Whether a locked amount keeps a part of what is asked.
    #[must_use]
    pub fn is_held_back(&self) -> bool {
        self.amount < self.asked
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub(super) releases: Vec<Release>,
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
    pub fn releases(&self) -> &[Release] {
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

impl TryFrom<ReallocationDraft> for Reallocation {
    type Error = Problems<BudgetError>;

    fn try_from(draft: ReallocationDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Reallocation> for ReallocationDraft {
    fn from(reallocation: Reallocation) -> Self {
        reallocation.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Added, BudgetError, Guard, Position, Recipient};
    use crate::quantity::Mix;
    use crate::rules::{HitPolicy, Input, Output, RulesError, Table, Value};
    use alloc::format;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&format!("{text} CNY")).unwrap()
    }

    /// ROI under 2 releases all, activity over 20 % under the baseline a half.
    fn table() -> ReleaseTable {
        let outputs = |percent: i64, reason: &str| [Value::from(Decimal::from(percent)), Value::from(reason)];
        let table = Table::draft(HitPolicy::First)
            .input(Input::number("roi"))
            .input(Input::number("activity"))
            .output(Output::number("release_percent"))
            .output(Output::text("reason"))
            .rule(["< 2", "-"], outputs(100, "ROI under 1:2"))
            .rule(["-", "< 0.8"], outputs(50, "activity over 20 % under the baseline"));
        ReleaseTable::new(table.build().unwrap()).unwrap()
    }

    fn line(name: &str, amount: &str, roi: Decimal, activity: Decimal) -> Position {
        Position::new(name, yuan(amount)).with_fact("roi", roi).with_fact("activity", activity)
    }

    fn owner() -> Place {
        Place::Owner("committee".into())
    }

    fn review() -> ReallocationDraft {
        Reallocation::draft(table(), Rounding::Floor, owner())
            .position(line("kol", "100", dec!(1.5), dec!(1)))
            .position(line("forum", "0.05", dec!(3), dec!(0.7)))
            .position(line("social", "200", dec!(4), dec!(1)))
            .position(line("video", "200", dec!(5), dec!(1)))
    }

    fn new_amounts(reallocation: &Reallocation) -> Vec<String> {
        let lines = reallocation.lines().iter();
        lines.map(|line| format!("{} {}", line.name(), line.new_amount().amount())).collect()
    }

    #[test]
    fn money_goes_by_weight_and_replays() {
        let done = review()
            .recipient(Recipient::new("video", 3))
            .recipient(Recipient::new("social", 1))
            .recipient(Recipient::new("kol", 100))
            .check()
            .unwrap();
        // 100.00 and half of 0.05, rounded down; the line that releases receives nothing.
        assert_eq!(done.released(), yuan("100.02"));
        assert_eq!(done.reassigned(), yuan("100.02"));
        assert!(done.returned().is_zero() && done.added().is_zero() && done.not_let_in().is_zero());
        assert_eq!(new_amounts(&done), ["kol 0.00", "forum 0.03", "social 225.00", "video 275.02"]);
        let new: Vec<Money> = done.lines().iter().map(ReallocatedLine::new_amount).collect();
        assert_eq!(done.replayed().unwrap(), new);
        let moves: Vec<String> = done.moves().iter().map(ToString::to_string).collect();
        assert_eq!(
            moves,
            [
                "kol -> video 75.02 CNY: ROI under 1:2; by weight 3",
                "kol -> social 24.98 CNY: ROI under 1:2; by weight 1",
                "forum -> social 0.02 CNY: activity over 20 % under the baseline; by weight 1",
            ]
        );
        assert_eq!(done.releases()[1].decided_by(), "rule 1 matches: activity 0.7 is < 0.8");
        assert_eq!((done.releases()[1].rule(), done.releases()[1].percent()), (1, dec!(50)));
    }

    #[test]
    fn what_is_locked_stays_and_what_nobody_takes_returns() {
        let mut draft = review().recipient(Recipient::new("video", 1).with_cap(yuan("210")));
        draft.positions[0] = draft.positions[0].clone().with_locked(yuan("70"));
        let done = draft.clone().check().unwrap();
        assert_eq!(done.releases()[0].asked(), yuan("100"));
        assert_eq!(done.releases()[0].amount(), yuan("30"));
        assert!(done.releases()[0].is_held_back() && !done.releases()[1].is_held_back());
        assert_eq!((done.reassigned(), done.returned()), (yuan("10"), yuan("20.02")));
        assert_eq!(done.moves().last().unwrap().to, owner());
        assert_eq!(done.moves().last().unwrap().kind, MoveKind::Returned);

        // A reserve takes the rest, and is not asked to release whatever its figures.
        draft.return_to = Place::Line("reserve".into());
        draft.positions.push(line("reserve", "5", dec!(0), dec!(0)));
        let done = draft.clone().check().unwrap();
        assert_eq!(new_amounts(&done)[4], "reserve 25.02");
        draft.recipients.clear();
        assert_eq!(draft.check().unwrap().returned(), yuan("30.02"));

        // What a rule wants to leave gets no more, also where all of it is locked.
        let mut locked = review().recipient(Recipient::new("kol", 1));
        locked.positions[0] = locked.positions[0].clone().with_locked(yuan("100"));
        let locked = locked.check().unwrap();
        assert!(locked.releases()[0].amount().is_zero() && locked.lines()[0].received().is_zero());
        assert_eq!(locked.returned(), yuan("0.02"));
    }

    #[test]
    fn a_mix_gives_to_lines_that_are_new() {
        let mix = Mix::from_percents([("podcast", 60), ("social", 40)]).unwrap();
        let draft = ReallocationDraft { recipients: Recipient::of_mix(&mix), ..review() };
        let done = draft.check().unwrap();
        assert_eq!(new_amounts(&done)[2..], ["social 240.01", "video 200.00", "podcast 60.01"]);
        assert!(done.lines()[4].old().is_zero());
    }

    fn offer(amount: &str, percent: Decimal, guard: Guard) -> Added {
        Added { from: "board".into(), amount: yuan(amount), overspending_percent: percent, guard }
    }

    #[test]
    fn added_money_keeps_the_limit_on_overspending() {
        let draft = review().recipient(Recipient::new("social", 1)).recipient(Recipient::new("video", 1));
        let total = draft.clone().with_added(offer("100", dec!(5), Guard::Total)).check().unwrap();
        // 500.05 held, 5 % over are 525.0525, of which 525.05 can be held.
        assert_eq!(total.added(), yuan("25"));
        assert_eq!(total.not_let_in(), yuan("75"));
        assert_eq!((total.released(), total.reassigned()), (yuan("100.02"), yuan("125.02")));
        assert!(
            total.to_string().starts_with(
                "100.02 CNY released, 25.00 CNY added, 125.02 CNY reassigned, 0.00 CNY returned"
            )
        );
        assert_eq!(total.moves().last().unwrap().from, Place::Owner("board".into()));
        let each = draft.clone().with_added(offer("100", dec!(5), Guard::EachLine)).check().unwrap();
        assert_eq!(new_amounts(&each)[2..], ["social 210.00", "video 210.00"]);
        assert_eq!((each.returned(), each.added()), (yuan("80.02"), yuan("0")));
        let all = draft.clone().with_added(offer("100", dec!(100), Guard::Total)).check().unwrap();
        assert_eq!((all.added(), all.not_let_in()), (yuan("100"), yuan("0")));
        let nobody = ReallocationDraft { recipients: Vec::new(), ..draft };
        let nobody = nobody.with_added(offer("100", dec!(100), Guard::Total)).check().unwrap();
        assert_eq!((nobody.added(), nobody.returned()), (yuan("0"), yuan("100.02")));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut draft = review()
            .position(line("kol", "-1", dec!(1), dec!(1)))
            .position(Position::new("bare", yuan("1")).with_locked(yuan("2")))
            .recipient(Recipient::new("social", dec!(-1)).with_cap("1 JPY".parse().unwrap()))
            .recipient(Recipient::new("social", 1))
            .with_added(offer("-1", dec!(-1), Guard::Total));
        draft.return_to = Place::Line("reserve".into());
        let problems = draft.check().unwrap_err();
        assert_eq!(
            problems.to_string(),
            "10 problems\n  positions[4].line: `kol` is the name of line 0 already\n  \
             positions[4].amount: amount -1.00 CNY is below 0\n  \
             positions[5].locked: 2.00 CNY has to stay in a line of 1.00 CNY\n  \
             return_to: there is no line `reserve`\n  \
             recipients[1].line: `social` is the name of line 0 already\n  \
             recipients[0].weight: weight -1 is below 0\n  \
             recipients[0].cap: JPY and CNY are different currencies\n  \
             added.amount: added amount -1.00 CNY is below 0\n  \
             added.overspending_percent: percent of overspending -1 is negative\n  \
             positions[5].facts: the input `roi` is missing"
        );
        let unknown = review().position(line("x", "1", dec!(9), dec!(1)).with_fact("score", dec!(1)));
        let unknown = unknown.check().unwrap_err();
        let expected = RulesError::UnknownInput { name: "score".into() };
        assert_eq!(unknown.iter().next().unwrap().error, BudgetError::Rules(expected));
        assert!(Reallocation::draft(table(), Rounding::Floor, owner()).check().is_err());
    }
}
