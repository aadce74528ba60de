//! A review moves money: lines release by a decision table, others receive by weights.

use super::names::indexed;
use super::reallocation::{Move, MoveKind, Moved, ReallocatedLine, Reallocation, Release};
use super::release_table::{ReleaseTable, Verdict};
use super::tracking::cap;
use super::{BudgetError, Line, checked};
use crate::error::{Path, Problems};
use crate::quantity::wire::{WireDecimal, serialize_fields};
use crate::quantity::{Currency, Mix, Money, Rounding, multiply};
use crate::rules::Value;
use crate::split::Bounded;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A line at a review: what it holds, what of it has to stay, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The line's name, unique in its list.
    pub line: String,
    /// What the line holds.
    pub amount: Money,
    /// What cannot be released: spent, committed, under contract. Nothing where it is not stated.
    #[serde(default)]
    pub locked: Option<Money>,
    /// What the release table asks for, by the names of its inputs.
    #[serde(default, deserialize_with = "crate::quantity::wire::map::deserialize")]
    pub facts: BTreeMap<String, Value>,
}

serialize_fields!(Position { line, amount, locked: optional, facts: optional });

impl Position {
    /// A line with this amount, nothing of it locked, nothing known.
    #[must_use]
    pub fn new(line: impl Into<String>, amount: Money) -> Self {
        Self { line: line.into(), amount, locked: None, facts: BTreeMap::new() }
    }

    /// The line of a budget, nothing of it locked, nothing known.
    #[must_use]
    pub fn of(line: &Line) -> Self {
        Self::new(line.name(), line.amount())
    }

    /// The same with an amount that cannot be released.
    #[must_use]
    pub fn with_locked(self, locked: Money) -> Self {
        Self { locked: Some(locked), ..self }
    }

    /// The same with a fact, in place of an earlier one of this name.
    #[must_use]
    pub fn with_fact(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.facts.insert(name.into(), value.into());
        self
    }
}

/// A line that may receive money. A line that a rule tells to release receives none, whatever its weight and even
/// where all of it is locked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// The name of a position, or of a new line.
    pub line: String,
    /// The weight, 0 or more: a return on investment, a score, a share of a mix.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub weight: Decimal,
    /// The most that the line may hold afterwards.
    #[serde(default)]
    pub cap: Option<Money>,
}

serialize_fields!(Recipient { line, weight => WireDecimal(*weight), cap: optional });

impl Recipient {
    /// A line of this weight without a cap.
    #[must_use]
    pub fn new(line: impl Into<String>, weight: impl Into<Decimal>) -> Self {
        Self { line: line.into(), weight: weight.into(), cap: None }
    }

    /// The same with the most that the line may hold afterwards.
    #[must_use]
    pub fn with_cap(self, cap: Money) -> Self {
        Self { cap: Some(cap), ..self }
    }

    /// A recipient per part of a mix, weighted by its share.
    #[must_use]
    pub fn of_mix<K: fmt::Display>(mix: &Mix<K>) -> Vec<Self> {
        mix.iter().map(|(key, share)| Self::new(key.to_string(), share.value())).collect()
    }
}

/// Where money is: in a line, or with somebody outside of the lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A line of the review.
    Line(String),
    /// An owner outside: the department's budget, the marketing committee.
    Owner(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Line(name) | Self::Owner(name)) = self;
        f.pad(name)
    }
}

/// What the limit on overspending holds for when money is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Guard {
    /// The new total of the lines against the old one.
    #[default]
    Total,
    /// Every recipient against what it held; a line that held nothing receives nothing. What is returned to a line
    /// is no part of this.
    EachLine,
}

/// Money that comes in from outside, within a limit on overspending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Added {
    /// Who gives it; what the limit does not let in stays there.
    pub from: String,
    /// The amount, 0 or more.
    pub amount: Money,
    /// The overspending that is allowed, in percent of what was held before.
    #[serde(with = "crate::quantity::wire::decimal")]
    pub overspending_percent: Decimal,
    /// What the limit holds for.
    #[serde(default)]
    pub guard: Guard,
}

/// A review as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReallocationDraft {
    /// The lines as they stand.
    pub positions: Vec<Position>,
    /// How much a line releases.
    pub release: ReleaseTable,
    /// How a released percentage becomes whole minor units.
    pub rounding: Rounding,
    /// Who receives.
    #[serde(default)]
    pub recipients: Vec<Recipient>,
    /// Where released money goes that nobody can take. A line here is not asked to release.
    pub return_to: Place,
    /// Money from outside.
    #[serde(default)]
    pub added: Option<Added>,
}

serialize_fields!(ReallocationDraft { positions, release, rounding, recipients, return_to, added: optional });

impl ReallocationDraft {
    /// The draft with a line as it stands.
    #[must_use]
    pub fn position(mut self, position: Position) -> Self {
        self.positions.push(position);
        self
    }

    /// The draft with somebody who receives.
    #[must_use]
    pub fn recipient(mut self, recipient: Recipient) -> Self {
        self.recipients.push(recipient);
        self
    }

    /// The draft with money from outside.
    #[must_use]
    pub fn with_added(self, added: Added) -> Self {
        Self { added: Some(added), ..self }
    }

    /// What the review moves.
    ///
    /// A line releases its percentage of what it holds, at most what is not locked. What is released, and then
    /// what is added, goes to the recipients in proportion to their weights as far as caps allow; the rest of
    /// what is released is returned.
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
        let nothing = cap(Money::zero(currency), added.overspending_percent);
        problems.take(&at.field("overspending_percent"), nothing);
    }

    fn moved(&self, verdicts: Vec<Option<Verdict>>, currency: Currency) -> Result<Moved, BudgetError> {
        let zero = Money::zero(currency);
        let told = self.releases(verdicts)?;
        let freed = Money::sum(told.iter().map(|release| release.amount), currency)?;
        let mut lines = self.lines(&told, zero)?;
        let given = self.given(&lines, &told, freed)?;
        let reassigned = Money::sum(given.iter().map(|part| part.amount), currency)?;
        let from_outside = if reassigned > freed { reassigned.minus(freed)? } else { zero };
        let returned = freed.plus(from_outside)?.minus(reassigned)?;

        let mut sources: Vec<(Place, Money, &str)> = told
            .iter()
            .map(|release| (Place::Line(release.line.clone()), release.amount, release.reason.as_str()))
            .collect();
        if let Some(added) = &self.added {
            sources.push((Place::Owner(added.from.clone()), from_outside, "added"));
        }
        let mut targets: Vec<(Place, Money, MoveKind, String)> = given
            .into_iter()
            .map(|part| (Place::Line(part.line), part.amount, MoveKind::Reassigned, part.why))
            .collect();
        targets.push((self.return_to.clone(), returned, MoveKind::Returned, "nobody can take it".into()));
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
        Ok(Moved {
            lines,
            releases: told,
            moves,
            released: freed,
            added: from_outside,
            not_let_in,
            reassigned,
            returned,
        })
    }

    /// What each position releases, where a rule says so.
    fn releases(&self, verdicts: Vec<Option<Verdict>>) -> Result<Vec<Release>, BudgetError> {
        let mut releases = Vec::new();
        for (position, verdict) in self.positions.iter().zip(verdicts) {
            let Some(verdict) = verdict else { continue };
            let share = multiply(verdict.percent, Decimal::new(1, 2))?;
            let asked = position.amount.times(share, self.rounding)?;
            let free = position.amount.minus(position.locked.unwrap_or(Money::zero(asked.currency())))?;
            let amount = if asked > free { free } else { asked };
            releases.push(Release {
                line: position.line.clone(),
                percent: verdict.percent,
                asked,
                amount,
                rule: verdict.rule,
                reason: verdict.reason,
                decided_by: verdict.decided_by,
            });
        }
        Ok(releases)
    }

    /// All lines after the release, before anything is given: the positions, then the new lines.
    fn lines(&self, told: &[Release], zero: Money) -> Result<Vec<ReallocatedLine>, BudgetError> {
        let freed: BTreeMap<&str, Money> =
            told.iter().map(|release| (release.line.as_str(), release.amount)).collect();
        let held = self.positions.iter().map(|position| (&position.line, position.amount));
        let known: BTreeSet<&str> = self.positions.iter().map(|position| position.line.as_str()).collect();
        let new = self.recipients.iter().filter(|recipient| !known.contains(recipient.line.as_str()));
        let lines = held.chain(new.map(|recipient| (&recipient.line, zero)));
        let lines = lines.map(|(name, old)| {
            let released = freed.get(name.as_str()).copied().unwrap_or(zero);
            let new = old.minus(released)?;
            Ok(ReallocatedLine { name: name.clone(), old, released, received: zero, new })
        });
        lines.collect()
    }

    /// What the recipients take of what is released and added.
    fn given(
        &self,
        lines: &[ReallocatedLine],
        told: &[Release],
        freed: Money,
    ) -> Result<Vec<Given>, BudgetError> {
        let zero = Money::zero(freed.currency());
        let told = told.iter().filter(|release| !release.percent.is_zero());
        let told: BTreeSet<&str> = told.map(|release| release.line.as_str()).collect();
        let by_name: BTreeMap<&str, &ReallocatedLine> =
            lines.iter().map(|line| (line.name.as_str(), line)).collect();
        let mut most = freed;
        let mut each_line = None;
        if let Some(added) = &self.added {
            most = most.plus(added.amount)?;
            match added.guard {
                Guard::EachLine => each_line = Some(added.overspending_percent),
                Guard::Total => {
                    let old = Money::sum(lines.iter().map(|line| line.old), zero.currency())?;
                    let room = cap(old, added.overspending_percent)?.minus(old)?.plus(freed)?;
                    most = lesser(most, room);
                }
            }
        }
        let mut bounded = Vec::new();
        let mut room = Some(0_i128);
        for recipient in &self.recipients {
            let name = recipient.line.as_str();
            let Some(line) = by_name.get(name).filter(|_| !told.contains(name)) else { continue };
            if recipient.weight.is_zero() {
                continue;
            }
            let guard = each_line.map(|percent| cap(line.old, percent)).transpose()?;
            let ceiling = match (recipient.cap, guard) {
                (Some(cap), Some(guard)) => Some(lesser(cap, guard)),
                (cap, guard) => cap.or(guard),
            };
            let mut part = Bounded::new(recipient.weight);
            if let Some(ceiling) = ceiling {
                let free = if ceiling > line.new { ceiling.minus(line.new)? } else { zero };
                part = part.with_cap(free);
                room = room.map(|room| room.saturating_add(free.minor()));
            } else {
                room = None;
            }
            bounded.push((recipient, part));
        }
        if bounded.is_empty() {
            return Ok(Vec::new());
        }
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

/// What a recipient takes, and why so much.
struct Given {
    line: String,
    amount: Money,
    why: String,
}

fn lesser(left: Money, right: Money) -> Money {
    if right < left { right } else { left }
}

/// The moves that empty the sources into the targets, both in their order; their sums agree.
fn pairs(
    sources: Vec<(Place, Money, &str)>,
    targets: Vec<(Place, Money, MoveKind, String)>,
) -> Result<Vec<Move>, BudgetError> {
    let mut moves = Vec::new();
    let mut targets = targets.into_iter().filter(|(_, amount, ..)| !amount.is_zero()).peekable();
    for (from, mut left, reason) in sources {
        while !left.is_zero() {
            let Some((to, wanted, kind, why)) = targets.peek_mut() else { return Ok(moves) };
            let amount = lesser(left, *wanted);
            left = left.minus(amount)?;
            *wanted = wanted.minus(amount)?;
            let (from, to, kind) = (from.clone(), to.clone(), *kind);
            let why = format!("{reason}; {why}");
            let is_full = wanted.is_zero();
            moves.push(Move { from, to, amount, kind, why });
            if is_full {
                targets.next();
            }
        }
    }
    Ok(moves)
}
