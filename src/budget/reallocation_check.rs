//! The check of a review, which computes its moves.

use super::names::indexed;
use super::reallocation::{Moved, Told};
use super::release_table::Verdict;
use super::tracked_line::cap;
use super::{
    BudgetError, Move, OverspendLimit, Place, ReallocatedLine, Reallocation, ReallocationDraft, checked,
};
use crate::error::{Path, Problems};
use crate::quantity::{Currency, Money, multiply};
use crate::split::Bounded;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

impl ReallocationDraft {
    /// The checked review with its moves.
    ///
    /// A line releases its percentage of its amount, but at most what is not locked. First the released money, then the
    /// added money goes to the recipients in proportion to their weights, as far as caps allow; the rest of the
    /// released money is returned.
    ///
    /// # Errors
    /// All problems at once, each with its path: no positions, a name that stands twice, another currency than
    /// the first position's, a negative amount, more locked than there is, facts that the table refuses, a
    /// return to an unknown line.
    pub fn check(self) -> Result<Reallocation, Problems<BudgetError>> {
        let root = Path::root();
        let mut problems = Problems::new();
        let Some(currency) = self.positions.first().map(|position| position.amount.currency()) else {
            problems.push(root.field("positions"), BudgetError::NoLines);
            return problems.finish(None);
        };
        self.check_positions(currency, &mut problems);
        self.check_recipients(currency, &mut problems);
        let mut verdicts = Vec::with_capacity(self.positions.len());
        for (index, position) in self.positions.iter().enumerate() {
            // The line that takes what is left over is not asked: it would release and receive the same money.
            let kept = matches!(&self.return_to, Place::Line(name) if *name == position.line);
            let verdict = if kept { Ok(None) } else { self.release.judge(&position.facts) };
            let path = root.field("positions").index(index).field("facts");
            verdicts.push(problems.take(&path, verdict).flatten());
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let moved = problems.take(&root, self.moved(verdicts, currency));
        problems.finish(moved.map(|moved| Reallocation { draft: self, moved }))
    }

    fn check_positions(&self, currency: Currency, problems: &mut Problems<BudgetError>) {
        let at = Path::root().field("positions");
        let names =
            indexed(self.positions.iter().map(|position| position.line.as_str()), &at, "line", problems);
        for (index, position) in self.positions.iter().enumerate() {
            let path = at.index(index);
            problems.take(&path.field("amount"), checked("amount", position.amount, currency));
            let Some(locked) = position.locked else { continue };
            problems.take(&path.field("locked"), checked("locked amount", locked, currency));
            if locked > position.amount {
                let error = BudgetError::FloorAboveAmount { floor: locked, amount: position.amount };
                problems.push(path.field("locked"), error);
            }
        }
        if let Place::Line(name) = &self.return_to
            && !names.contains_key(name.as_str())
        {
            let error = BudgetError::UnknownLine { name: name.clone() };
            problems.push(Path::root().field("return_to"), error);
        }
    }

    fn check_recipients(&self, currency: Currency, problems: &mut Problems<BudgetError>) {
        let at = Path::root().field("recipients");
        indexed(self.recipients.iter().map(|recipient| recipient.line.as_str()), &at, "line", problems);
        for (index, recipient) in self.recipients.iter().enumerate() {
            let path = at.index(index);
            if recipient.weight < Decimal::ZERO {
                let error = BudgetError::NegativeNumber { what: "weight", value: recipient.weight };
                problems.push(path.field("weight"), error);
            }
            if let Some(cap) = recipient.cap {
                problems.take(&path.field("cap"), checked("cap", cap, currency));
            }
        }
        let Some(added) = &self.added else { return };
        let at = Path::root().field("added");
        problems.take(&at.field("amount"), checked("added amount", added.amount, currency));
        // Asked of no money, only to see whether the percent can be read: the caps come later.
        let nothing = cap(Money::zero(currency), added.overspending_percent);
        problems.take(&at.field("overspending_percent"), nothing);
    }

    fn moved(&self, verdicts: Vec<Option<Verdict>>, currency: Currency) -> Result<Moved, BudgetError> {
        let zero = Money::zero(currency);
        let mut lines = self.lines(verdicts, zero)?;
        let freed = Money::sum(lines.iter().map(|line| line.released), currency)?;
        // What is released goes first: money from outside comes in only for what it does not fill.
        let given = self.given(&lines, freed)?;
        let reassigned = Money::sum(given.iter().map(|part| part.amount), currency)?;
        let from_outside = if reassigned > freed { reassigned.minus(freed)? } else { zero };
        let returned = freed.plus(from_outside)?.minus(reassigned)?;

        let mut sources: Vec<(Place, Money, &str)> = Vec::new();
        for line in &lines {
            let reason = line.told.as_ref().map(|told| told.reason.as_str());
            sources.extend(reason.map(|reason| (Place::Line(line.name.clone()), line.released, reason)));
        }
        if let Some(added) = &self.added {
            sources.push((Place::Owner(added.from.clone()), from_outside, "added"));
        }
        let mut targets: Vec<Target> = given
            .into_iter()
            .map(|part| Target {
                to: Place::Line(part.line),
                wanted: part.amount,
                is_return: false,
                why: part.why,
            })
            .collect();
        let (to, why) = (self.return_to.clone(), "nobody can take it".into());
        // The return is last, so that the last sources are those that nobody could take.
        targets.push(Target { to, wanted: returned, is_return: true, why });
        let moves = pairs(sources, targets)?;

        let mut at = BTreeMap::new();
        for (index, line) in lines.iter().enumerate() {
            at.insert(line.name.clone(), index);
        }
        for step in &moves {
            if let Place::Line(name) = &step.to
                && let Some(line) = at.get(name).and_then(|index| lines.get_mut(*index))
            {
                line.received = line.received.plus(step.amount)?;
                line.new = line.new.plus(step.amount)?;
            }
        }
        let offered = self.added.as_ref().map_or(zero, |added| added.amount);
        let not_let_in = offered.minus(from_outside)?;
        Ok(Moved { lines, moves, released: freed, added: from_outside, not_let_in, reassigned, returned })
    }

    /// All lines after the release, before anything is given: the positions, then the new lines.
    fn lines(
        &self,
        verdicts: Vec<Option<Verdict>>,
        zero: Money,
    ) -> Result<Vec<ReallocatedLine>, BudgetError> {
        let mut lines = Vec::with_capacity(self.positions.len());
        for (position, verdict) in self.positions.iter().zip(verdicts) {
            let (name, old) = (position.line.clone(), position.amount);
            let mut line =
                ReallocatedLine { name, old, released: zero, received: zero, new: old, told: None };
            if let Some(Verdict { rule, percent, reason, decided_by }) = verdict {
                let requested = old.times(multiply(percent, Decimal::new(1, 2))?, self.rounding)?;
                let free = old.minus(position.locked.unwrap_or(zero))?;
                // What is locked stays, whatever the rule asks for; the line says that it was held back.
                line.released = lesser(requested, free);
                line.new = old.minus(line.released)?;
                line.told = Some(Told { percent, requested, rule, reason, decided_by });
            }
            lines.push(line);
        }
        let known: BTreeSet<&str> = self.positions.iter().map(|position| position.line.as_str()).collect();
        let new = self.recipients.iter().filter(|recipient| !known.contains(recipient.line.as_str()));
        lines.extend(new.map(|recipient| {
            let name = recipient.line.clone();
            ReallocatedLine { name, old: zero, released: zero, received: zero, new: zero, told: None }
        }));
        Ok(lines)
    }

    /// The amounts of released and added money that the recipients take.
    fn given(&self, lines: &[ReallocatedLine], freed: Money) -> Result<Vec<Given>, BudgetError> {
        let zero = Money::zero(freed.currency());
        // A line that has to give is no place for money, even where all of it is locked; one that is told to give
        // nothing is.
        let told = |line: &ReallocatedLine| line.told.as_ref().is_some_and(|told| !told.percent.is_zero());
        let by_name: BTreeMap<&str, &ReallocatedLine> =
            lines.iter().map(|line| (line.name.as_str(), line)).collect();
        let mut most = freed;
        let mut each_line = None;
        if let Some(added) = &self.added {
            most = most.plus(added.amount)?;
            match added.guard {
                OverspendLimit::EachLine => each_line = Some(added.overspending_percent),
                OverspendLimit::Total => {
                    let old = Money::sum(lines.iter().map(|line| line.old), zero.currency())?;
                    // What was freed may be spent again, on top of what the total may be exceeded by.
                    let room = cap(old, added.overspending_percent)?.minus(old)?.plus(freed)?;
                    most = lesser(most, room);
                }
            }
        }
        let mut bounded = Vec::new();
        let mut room = Some(0_i128);
        for recipient in &self.recipients {
            let name = recipient.line.as_str();
            let Some(line) = by_name.get(name).filter(|line| !told(line)) else { continue };
            // A split refuses weights of nothing but zeros; here they only mean that nobody takes anything.
            if recipient.weight.is_zero() {
                continue;
            }
            // Against what the line held, not what it holds after its release: overspending is against the plan.
            let guard = each_line.map(|percent| cap(line.old, percent)).transpose()?;
            let ceiling = match (recipient.cap, guard) {
                (Some(cap), Some(guard)) => Some(lesser(cap, guard)),
                (cap, guard) => cap.or(guard),
            };
            let mut part = Bounded::new(recipient.weight);
            if let Some(ceiling) = ceiling {
                let free = if ceiling > line.new { ceiling.minus(line.new)? } else { zero };
                part = part.with_cap(free);
                // At the end of what an integer holds it is more than any money: no bound at all.
                room = room.map(|room| room.saturating_add(free.minor()));
            } else {
                room = None;
            }
            bounded.push((recipient, part));
        }
        if bounded.is_empty() {
            return Ok(Vec::new());
        }
        // More than all can take together the split would refuse; here the rest goes back.
        let most = match room {
            Some(room) if room < most.minor() => Money::from_minor(room, zero.currency())?,
            _ => most,
        };
        let parts = bounded.iter().enumerate().map(|(index, (_, part))| (index, *part));
        let split = most.split_bounded(parts)?;
        let given = bounded.iter().zip(split.parts()).map(|((recipient, bound), part)| {
            let capped = if bound.cap == Some(part.amount) { ", up to its cap" } else { "" };
            let why = format!("by weight {}{capped}", recipient.weight.normalize());
            Given { line: recipient.line.clone(), amount: part.amount, why }
        });
        Ok(given.collect())
    }
}

/// The amount that a recipient takes, with its reason.
struct Given {
    line: String,
    amount: Money,
    why: String,
}

fn lesser(left: Money, right: Money) -> Money {
    if right < left { right } else { left }
}

/// A place that takes money: how much it wants, and why.
struct Target {
    to: Place,
    wanted: Money,
    is_return: bool,
    why: String,
}

/// The moves that empty the sources into the targets, both in their order; their sums agree.
fn pairs(sources: Vec<(Place, Money, &str)>, targets: Vec<Target>) -> Result<Vec<Move>, BudgetError> {
    let mut moves = Vec::new();
    let mut targets = targets.into_iter().filter(|target| !target.wanted.is_zero()).peekable();
    // Both lists in order: each move ends a source or a target, so that there are fewer than both together.
    for (from, mut left, reason) in sources {
        while !left.is_zero() {
            let Some(target) = targets.peek_mut() else { return Ok(moves) };
            let amount = lesser(left, target.wanted);
            left = left.minus(amount)?;
            target.wanted = target.wanted.minus(amount)?;
            let why = format!("{reason}; {}", target.why);
            let is_full = target.wanted.is_zero();
            let (from, to) = (from.clone(), target.to.clone());
            moves.push(Move { from, to, amount, is_return: target.is_return, why });
            if is_full {
                targets.next();
            }
        }
    }
    Ok(moves)
}

impl TryFrom<ReallocationDraft> for Reallocation {
    type Error = Problems<BudgetError>;

    fn try_from(draft: ReallocationDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Position, ReleaseTable};
    use crate::decision::{CellValue, DecisionError, DecisionTable, HitPolicy, TableColumn};
    use crate::quantity::{Mix, Rounding};
    use alloc::format;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&format!("{text} CNY")).unwrap()
    }

    /// ROI under 2 releases all, activity over 20 % under the baseline a half.
    fn table() -> ReleaseTable {
        let outputs =
            |percent: i64, reason: &str| [CellValue::from(Decimal::from(percent)), CellValue::from(reason)];
        let table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::number("roi"))
            .input(TableColumn::number("activity"))
            .output(TableColumn::number("release_percent"))
            .output(TableColumn::text("reason"))
            .rule(["< 2", "-"], outputs(100, "ROI under 1:2"))
            .rule(["-", "< 0.8"], outputs(50, "activity over 20 % under the baseline"));
        ReleaseTable::new(table.check().unwrap()).unwrap()
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
        let done =
            review().recipient("video", 3).recipient("social", 1).recipient("kol", 100).check().unwrap();
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
        assert_eq!(done.lines()[1].decided_by(), Some("rule 1 matches: activity 0.7 is < 0.8"));
        assert_eq!((done.lines()[1].rule(), done.lines()[1].percent()), (Some(1), Some(dec!(50))));
    }

    #[test]
    fn what_is_locked_stays_and_what_nobody_takes_returns() {
        let mut draft = review().recipient_up_to("video", 1, yuan("210"));
        draft.positions[0] = draft.positions[0].clone().with_locked(yuan("70"));
        let done = draft.clone().check().unwrap();
        assert_eq!(done.lines()[0].requested().unwrap(), yuan("100"));
        assert_eq!(done.lines()[0].released(), yuan("30"));
        assert!(done.lines()[0].is_held_back() && !done.lines()[1].is_held_back());
        assert_eq!((done.reassigned(), done.returned()), (yuan("10"), yuan("20.02")));
        assert_eq!(done.moves().last().unwrap().to, owner());
        assert!(done.moves().last().unwrap().is_return);

        // A reserve takes the rest, and is not asked to release whatever its figures.
        draft.return_to = Place::Line("reserve".into());
        draft.positions.push(line("reserve", "5", dec!(0), dec!(0)));
        let done = draft.clone().check().unwrap();
        assert_eq!(new_amounts(&done)[4], "reserve 25.02");
        draft.recipients.clear();
        assert_eq!(draft.check().unwrap().returned(), yuan("30.02"));

        // What a rule wants to leave gets no more, also where all of it is locked.
        let mut locked = review().recipient("kol", 1);
        locked.positions[0] = locked.positions[0].clone().with_locked(yuan("100"));
        let locked = locked.check().unwrap();
        assert!(locked.lines()[0].released().is_zero() && locked.lines()[0].received().is_zero());
        assert_eq!(locked.returned(), yuan("0.02"));
    }

    #[test]
    fn a_mix_gives_to_lines_that_are_new() {
        let mix = Mix::from_percents([("podcast", 60), ("social", 40)]).unwrap();
        let done = review().recipients(&mix).check().unwrap();
        assert_eq!(new_amounts(&done)[2..], ["social 240.01", "video 200.00", "podcast 60.01"]);
        assert!(done.lines()[4].old().is_zero());
    }

    #[test]
    fn added_money_keeps_the_limit_on_overspending() {
        let draft = review().recipient("social", 1).recipient("video", 1);
        let total =
            draft.clone().with_added("board", yuan("100"), dec!(5), OverspendLimit::Total).check().unwrap();
        // 500.05 held, 5 % over are 525.0525, of which 525.05 can be held.
        assert_eq!(total.added(), yuan("25"));
        assert_eq!(total.not_let_in(), yuan("75"));
        assert_eq!((total.released(), total.reassigned()), (yuan("100.02"), yuan("125.02")));
        assert!(total.to_string().contains("board                      25.00"), "{total}");
        assert_eq!(total.moves().last().unwrap().from, Place::Owner("board".into()));
        let each = draft
            .clone()
            .with_added("board", yuan("100"), dec!(5), OverspendLimit::EachLine)
            .check()
            .unwrap();
        assert_eq!(new_amounts(&each)[2..], ["social 210.00", "video 210.00"]);
        assert_eq!((each.returned(), each.added()), (yuan("80.02"), yuan("0")));
        let all =
            draft.clone().with_added("board", yuan("100"), dec!(100), OverspendLimit::Total).check().unwrap();
        assert_eq!((all.added(), all.not_let_in()), (yuan("100"), yuan("0")));
        let nobody = ReallocationDraft { recipients: Vec::new(), ..draft };
        let nobody =
            nobody.with_added("board", yuan("100"), dec!(100), OverspendLimit::Total).check().unwrap();
        assert_eq!((nobody.added(), nobody.returned()), (yuan("0"), yuan("100.02")));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut draft = review()
            .position(line("kol", "-1", dec!(1), dec!(1)))
            .position(Position::new("bare", yuan("1")).with_locked(yuan("2")))
            .recipient_up_to("social", dec!(-1), "1 JPY".parse().unwrap())
            .recipient("social", 1)
            .with_added("board", yuan("-1"), dec!(-1), OverspendLimit::Total);
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
        let expected = DecisionError::UnknownInput { name: "score".into() };
        assert_eq!(unknown.iter().next().unwrap().error, BudgetError::Decision(expected));
        assert!(Reallocation::draft(table(), Rounding::Floor, owner()).check().is_err());
    }
}
