//! The rules resolved: the lines and what sets each, the groups and bounds, the amounts taken in order.

use super::amount::{Amount, Limit};
use super::divide::{Divide, WeightBasis};
use super::reserve::{ReleaseCondition, Reserve, ReserveSize};
use super::rule::{NamedRule, Rule};
use super::{AllocationDraft, BudgetError};
use crate::error::{Path, Problems};
use crate::quantity::{Mix, Ratio, Share};
use crate::split::SplitError;
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// The maximum length in bytes of a line's full name, which bounds the memory of nested names.
const MAX_BYTES: usize = 1_000;

/// What divides an amount on one scale: the total, a rule with an amount of its own, or a line with parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holder {
    Total,
    Rule(usize),
    Line(usize),
}

/// The source of a line's amount.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// An exact amount in minor units.
    Taken(Ratio),
    /// A weight; the flag is false for a return that is not above 0.
    Weight { weight: Decimal, has_return: bool },
    /// The reserve on top of a group of lines.
    OnTop,
    /// The rest that no other rule places.
    Kept,
    /// Not known: its rule has a problem, or is not resolved yet.
    Open,
}

pub(super) struct OutlineLine {
    /// The full name: that of the line around it, a `/`, and its own. The line around it is stored in `within` and
    /// never read from the text, as a name may have a `/` of its own.
    pub(super) name: String,
    /// The full name of the line around it.
    pub(super) within: Option<String>,
    pub(super) rule: usize,
    pub(super) holder: Holder,
    pub(super) source: Source,
}

/// Lines of one parent, and the bounds of their sum.
pub(super) struct Group {
    pub(super) rule: usize,
    pub(super) holder: Holder,
    pub(super) members: Vec<usize>,
    pub(super) bounds: Bounds,
    /// The ratio of a reserve on top of the members, and its line, which is the last member.
    pub(super) reserve: Option<(Ratio, usize)>,
}

/// A floor and a cap in exact minor units.
#[derive(Clone, Copy, Default)]
pub(super) struct Bounds {
    pub(super) floor: Option<Ratio>,
    pub(super) cap: Option<Ratio>,
}

/// The rules of a draft, resolved.
pub(super) struct Outline<'a> {
    pub(super) draft: &'a AllocationDraft,
    pub(super) total: Ratio,
    pub(super) lines: Vec<OutlineLine>,
    pub(super) groups: Vec<Group>,
    /// Bounds of single lines: the line, the rule, the bounds.
    pub(super) bounds: Vec<(usize, usize, Bounds)>,
    /// The amount to divide of each rule that divides a part of the total.
    pub(super) offered: Vec<Option<Ratio>>,
    /// The rule that takes all that is left.
    pub(super) last: Option<usize>,
    /// The part of the total that no rule takes; below zero where they take more.
    pub(super) rest: Ratio,
    index: BTreeMap<String, usize>,
    pub(super) ids: BTreeMap<&'a str, usize>,
    /// The elastic reserves that each dividing rule feeds.
    pub(super) reserves: BTreeMap<usize, Vec<usize>>,
    /// The dividing rule that feeds each rule of an elastic reserve.
    fed: BTreeMap<usize, usize>,
    /// The lines of each rule are contiguous: the first, and one beyond the last.
    ranges: Vec<(usize, usize)>,
}

pub(super) type Found<'a> = Problems<BudgetError>;

impl<'a> Outline<'a> {
    /// The lines of a draft with what sets them; nothing bounds them yet.
    pub(super) fn unbound(draft: &'a AllocationDraft, problems: &mut Found<'_>) -> Self {
        let total = Ratio::whole(draft.total.minor());
        if draft.total.is_negative() {
            problems.push(Path::root().field("total"), BudgetError::NegativeTotal { total: draft.total });
        }
        if draft.rules.is_empty() {
            problems.push(Path::root().field("rules"), BudgetError::NoRules);
        }
        let rules = draft.rules.len();
        let mut outline = Self {
            draft,
            total,
            lines: Vec::new(),
            groups: Vec::new(),
            bounds: Vec::new(),
            offered: alloc::vec![None; rules],
            last: None,
            rest: total,
            index: BTreeMap::new(),
            ids: BTreeMap::new(),
            reserves: BTreeMap::new(),
            fed: BTreeMap::new(),
            ranges: Vec::with_capacity(rules),
        };
        outline.name(problems);
        outline.place(problems);
        outline.take(problems);
        outline
    }

    /// The rules, each with its path: `rules[3].rule.cap`, as on the wire.
    pub(super) fn each(&self) -> impl Iterator<Item = (usize, &'a NamedRule, Path)> + use<'a> {
        let says = |(index, draft): (usize, &'a NamedRule)| {
            (index, draft, place_of(index).field("rule").field(draft.rule.key()))
        };
        self.draft.rules.iter().enumerate().map(says)
    }

    /// The lines of a rule in their order.
    pub(super) fn lines_of(&self, rule: usize) -> core::ops::Range<usize> {
        self.ranges.get(rule).map_or(0..0, |(first, end)| *first..*end)
    }

    fn line(&self, name: &str, path: &Path, problems: &mut Found<'_>) -> Option<usize> {
        let found = self.index.get(name).copied();
        if found.is_none() {
            problems.push(path.clone(), BudgetError::UnsetLine { line: name.to_owned() });
        }
        found
    }

    /// The line around each part of a line, for elastic reserves that need it.
    fn around_parts(&self) -> BTreeMap<String, &'a str> {
        // The names of all parts are made only where a rule asks for them: most plans have no elastic reserve.
        let is_elastic = |draft: &NamedRule| {
            matches!(&draft.rule, Rule::Reserve(Reserve { size: ReserveSize::Uplift { .. }, .. }))
        };
        if !self.draft.rules.iter().any(is_elastic) {
            return BTreeMap::new();
        }
        let divides = self.draft.rules.iter().filter_map(|draft| match &draft.rule {
            Rule::Divide(Divide { within: Some(within), parts, .. }) if within.len() <= MAX_BYTES => {
                Some((within.as_str(), parts))
            }
            _ => None,
        });
        let named = divides.flat_map(|(within, parts)| {
            parts.iter().map(move |part| (format!("{within}/{}", part.line), within))
        });
        named.collect()
    }

    /// The number of lines around each line.
    ///
    /// Each line is visited once, so that a chain of lines does not take the square of its length.
    #[expect(clippy::indexing_slicing, reason = "the index of names holds places in the list of lines")]
    #[expect(clippy::arithmetic_side_effects, reason = "a depth is at most the number of lines")]
    pub(super) fn depths(&self) -> Vec<usize> {
        let mut depths: Vec<Option<usize>> = alloc::vec![None; self.lines.len()];
        let mut inside = Vec::new();
        for start in 0..self.lines.len() {
            let mut at = Some(start);
            // Inward names are longer than what is around them: the way out ends.
            while let Some(line) = at.filter(|line| depths[*line].is_none()) {
                inside.push(line);
                let around = self.lines[line].within.as_deref();
                at = around.and_then(|around| self.index.get(around).copied());
            }
            // The way ended at a line that is known, or outside of all lines. A depth never exceeds their number.
            let outermost = at.and_then(|line| depths[line]).map_or(0, |depth| depth + 1);
            for (depth, line) in (outermost..).zip(inside.drain(..).rev()) {
                depths[line] = Some(depth);
            }
        }
        debug_assert!(depths.iter().all(Option::is_some), "each line was the start of a way");
        depths.into_iter().flatten().collect()
    }

    /// The ids of the rules and the names of the lines.
    fn name(&mut self, problems: &mut Found<'_>) {
        let around = self.around_parts();
        for (rule, NamedRule { id, rule: says }, path) in self.each() {
            let first = *self.ids.entry(id.as_str()).or_insert(rule);
            if first != rule {
                problems.push(place_of(rule).field("id"), BudgetError::DuplicateId { id: id.clone(), first });
            }
            if id.is_empty() {
                problems.push(place_of(rule).field("id"), BudgetError::Name { name: id.clone() });
            }
            let start = self.lines.len();
            let open = Source::Open;
            match says {
                Rule::Take { line, .. } => self.add(None, line, rule, open, &path.field("line"), problems),
                Rule::Reserve(reserve) => {
                    let line = reserve.line.as_ref().unwrap_or(id);
                    if let Some(ReleaseCondition::Uplift { percent, .. }) = &reserve.release
                        && percent.is_sign_negative()
                        && !percent.is_zero()
                    {
                        let path = path.field("release").field("uplift").field("percent");
                        problems.push(path, BudgetError::Negative { value: *percent });
                    }
                    // An elastic reserve stands beside the lines that it protects.
                    let beside = match &reserve.size {
                        ReserveSize::Uplift { protects, .. } => protects.first(),
                        ReserveSize::Amount(_) => None,
                    };
                    let within = beside.and_then(|beside| around.get(beside.as_str()).copied());
                    self.add(within, line, rule, open, &path.field("line"), problems);
                }
                Rule::Divide(divide) => self.parts(divide, rule, &path, problems),
                Rule::Keep { line } => {
                    self.add(None, line, rule, Source::Kept, &path.field("line"), problems);
                }
                _ => {}
            }
            // In step with the rules: one that makes no line has an empty range.
            self.ranges.push((start, self.lines.len()));
        }
    }

    fn add(
        &mut self,
        within: Option<&str>,
        line: &str,
        rule: usize,
        source: Source,
        path: &Path,
        problems: &mut Found<'_>,
    ) {
        if line.is_empty() || line.contains(char::is_control) {
            problems.push(path.clone(), BudgetError::Name { name: line.to_owned() });
        }
        // A length at the end of `usize` is too long as well.
        let length = line.len().saturating_add(within.map_or(0, |within| within.len().saturating_add(1)));
        if length > MAX_BYTES {
            problems.push(path.clone(), BudgetError::LongName { length, limit: MAX_BYTES });
            // Not added: the name would be held once more for every line inside it.
            return;
        }
        let name = within.map_or_else(|| line.to_owned(), |within| format!("{within}/{line}"));
        let own = self.lines.len();
        let first = *self.index.entry(name.clone()).or_insert(own);
        // A new name has the place of the line that is pushed below, where there is none yet.
        if let Some(first) = self.lines.get(first) {
            let rule = self.id(first.rule);
            problems.push(path.clone(), BudgetError::LineSetTwice { line: name.clone(), rule });
        }
        let within = within.map(ToOwned::to_owned);
        self.lines.push(OutlineLine { name, within, rule, holder: Holder::Total, source });
    }

    /// The id of a rule.
    #[expect(clippy::indexing_slicing, reason = "rules are known by their places in the draft")]
    pub(super) fn id(&self, rule: usize) -> String {
        self.draft.rules[rule].id.clone()
    }

    /// The lines of a dividing rule and their weights.
    fn parts(&mut self, divide: &Divide, rule: usize, path: &Path, problems: &mut Found<'_>) {
        let path = path.field("parts");
        let mut positive = false;
        for (index, part) in divide.parts.iter().enumerate() {
            let path = path.index(index);
            let below = part.weight.is_sign_negative() && !part.weight.is_zero();
            let has_return = !below && !part.weight.is_zero();
            if below && divide.by == WeightBasis::Score {
                problems.push(path.field("weight"), BudgetError::Negative { value: part.weight });
            }
            positive |= has_return;
            let by_return = divide.by == WeightBasis::ReturnOnInvestment;
            // What brings nothing back gets nothing by its weight; floors may still give it money.
            let weight = if has_return { part.weight } else { Decimal::ZERO };
            let source = Source::Weight { weight, has_return: has_return || !by_return };
            self.add(divide.within.as_deref(), &part.line, rule, source, &path.field("line"), problems);
        }
        if divide.parts.is_empty() {
            problems.push(path, BudgetError::EmptyList);
        } else if divide.by == WeightBasis::Percent {
            let percents = divide.parts.iter().enumerate().map(|(index, part)| (index, part.weight));
            problems.take(&path, Mix::from_percents(percents));
        } else if !positive {
            problems.push(path, SplitError::AllZero { count: divide.parts.len() });
        }
    }

    /// Sets the holder of each line: the total, a rule's own amount, or a line.
    fn place(&mut self, problems: &mut Found<'_>) {
        let mut divided = BTreeMap::new();
        for (rule, draft, path) in self.each() {
            let amount = match &draft.rule {
                Rule::Take { amount, .. }
                | Rule::Reserve(Reserve { size: ReserveSize::Amount(amount), .. }) => Some(*amount),
                Rule::Divide(Divide { within: Some(within), amount, .. }) => {
                    let path = path.field("within");
                    if amount.is_some() {
                        problems.push(path.clone(), BudgetError::AmountWithin);
                    }
                    if let Some(line) = self.line(within, &path, problems) {
                        let first = *divided.entry(line).or_insert(rule);
                        if first != rule {
                            let rule = self.id(first);
                            problems.push(path, BudgetError::DividedTwice { line: within.clone(), rule });
                        }
                        self.hold(rule, Holder::Line(line));
                    }
                    continue;
                }
                Rule::Divide(divide) => {
                    // A division without an amount is the last that may take: it leaves nothing.
                    Some(divide.amount.unwrap_or(Amount::PercentOfRest(Decimal::ONE_HUNDRED)))
                }
                _ => None,
            };
            let takes_rest = matches!(
                amount,
                Some(Amount::PercentOfRest(percent)) if percent == Decimal::ONE_HUNDRED
            );
            match (amount, self.last) {
                (Some(_), Some(last)) => {
                    let field = if matches!(draft.rule, Rule::Reserve(_)) { "size" } else { "amount" };
                    problems.push(path.field(field), BudgetError::NothingLeft { by: self.id(last) });
                }
                (Some(_), None) if takes_rest => self.last = Some(rule),
                (Some(_), None) if matches!(draft.rule, Rule::Divide(_)) => {
                    self.hold(rule, Holder::Rule(rule));
                }
                _ => {}
            }
        }
    }

    #[expect(clippy::indexing_slicing, reason = "the range of a rule is of lines that were added")]
    fn hold(&mut self, rule: usize, holder: Holder) {
        let range = self.lines_of(rule);
        for line in &mut self.lines[range] {
            line.holder = holder;
        }
    }

    /// Takes the amounts off the rest, in the order of the rules.
    fn take(&mut self, problems: &mut Found<'_>) {
        let mut kept: Option<usize> = None;
        for (rule, draft, path) in self.each() {
            let own = self.lines_of(rule).start;
            let taken = match &draft.rule {
                Rule::Take { amount, .. } => self.amount(*amount, &path.field("amount"), problems),
                Rule::Reserve(Reserve { size: ReserveSize::Amount(amount), .. }) => {
                    self.amount(*amount, &path.field("size").field("amount"), problems)
                }
                Rule::Reserve(Reserve { size: ReserveSize::Uplift { percent, protects }, .. }) => {
                    let path = path.field("size").field("uplift");
                    self.uplift((rule, own), *percent, protects, &path, problems)
                }
                Rule::Divide(Divide { within: None, amount, .. }) => {
                    let amount = amount.unwrap_or(Amount::PercentOfRest(Decimal::ONE_HUNDRED));
                    let amount = self.amount(amount, &path.field("amount"), problems);
                    if let Some(offered) = self.offered.get_mut(rule) {
                        *offered = amount;
                    }
                    if let Some(amount) = amount {
                        // Its parts hold the money, not the rule: only the rest is less by it.
                        self.less(amount, &path, problems);
                    }
                    None
                }
                Rule::Keep { .. } => {
                    if let Some(first) = kept {
                        problems.push(path.clone(), BudgetError::KeptTwice { rule: self.id(first) });
                    }
                    kept = kept.or(Some(rule));
                    None
                }
                _ => None,
            };
            let Some(taken) = taken else { continue };
            self.less(taken, &path, problems);
            let takes_rest = self.last == Some(rule);
            if let Some(offered) = self.offered.get_mut(rule).filter(|_| takes_rest) {
                *offered = Some(taken);
            }
            if let Some(line) = self.lines.get_mut(own) {
                // A line that takes all that is left shares one scale with those beside it, so that bounds of others can move it: an
                // amount would be fixed.
                line.source = if takes_rest {
                    Source::Weight { weight: Decimal::ONE, has_return: true }
                } else {
                    Source::Taken(taken)
                };
            }
        }
    }

    fn less(&mut self, amount: Ratio, path: &Path, problems: &mut Found<'_>) {
        // The rest may fall below 0: which rules are too many is found with all bounds in sight, not at the first that
        // finds nothing left.
        if let Some(rest) = problems.take(path, self.rest.minus(amount)) {
            self.rest = rest;
        }
    }

    fn amount(&self, amount: Amount, path: &Path, problems: &mut Found<'_>) -> Option<Ratio> {
        match amount {
            Amount::Stated(amount) => self.limit(Limit::Stated(amount), path, problems),
            Amount::PercentOfTotal(percent) => self.limit(Limit::PercentOfTotal(percent), path, problems),
            Amount::PercentOfRest(percent) => {
                let share = problems.take(path, Share::percent(percent))?;
                // A rest below 0 is a conflict that is told elsewhere; a percentage of it would hide how much is missing.
                problems.take(path, self.rest.max(Ratio::ZERO).times(share.value().into()))
            }
        }
    }

    /// A stated amount or a percentage of the total in exact minor units.
    pub(super) fn limit(&self, limit: Limit, path: &Path, problems: &mut Found<'_>) -> Option<Ratio> {
        match limit {
            Limit::Stated(amount) => {
                problems.take(path, amount.same_currency(self.draft.total))?;
                if amount.is_negative() {
                    problems.push(path.clone(), BudgetError::Negative { value: amount.amount() });
                    return None;
                }
                Some(Ratio::whole(amount.minor()))
            }
            Limit::PercentOfTotal(percent) => {
                let share = problems.take(path, Share::percent(percent))?;
                problems.take(path, self.total.times(share.value().into()))
            }
        }
    }

    /// An elastic reserve: its amount where the protected lines are set already, else a group with a reserve on top.
    fn uplift(
        &mut self,
        (rule, own): (usize, usize),
        percent: Decimal,
        protects: &[String],
        path: &Path,
        problems: &mut Found<'_>,
    ) -> Option<Ratio> {
        if percent.is_sign_negative() && !percent.is_zero() {
            problems.push(path.field("percent"), BudgetError::Negative { value: percent });
            return None;
        }
        let ratio = Ratio::new(percent, Decimal::ONE_HUNDRED);
        let ratio = problems.take(&path.field("percent"), ratio)?;
        let path = path.field("protects");
        // A base of set amounts is a sum that is known now; of weights it is known only after the division, where line and
        // reserve count together.
        let mut members = self.members(protects, &path, problems)?;
        let holder = members.first().and_then(|line| self.lines.get(*line)).map(|line| line.holder)?;
        let mut sum = Some(Ratio::ZERO);
        for (place, member) in members.iter().enumerate() {
            let line = self.lines.get(*member)?;
            sum = match (line.source, sum) {
                (Source::Taken(amount), Some(sum)) => Some(problems.take(&path, sum.plus(amount))?),
                (Source::Weight { .. } | Source::OnTop, _)
                    if line.holder == holder && (place == 0 || sum.is_none()) =>
                {
                    None
                }
                _ => {
                    let line = line.name.clone();
                    problems.push(path.index(place), BudgetError::Protected { line });
                    return None;
                }
            };
        }
        if let Some(sum) = sum {
            // Protected lines that are set are taken off the rest before: their reserve is, too, and has to find something.
            if let Some(last) = self.last.filter(|last| *last < rule) {
                problems.push(path, BudgetError::NothingLeft { by: self.id(last) });
                return None;
            }
            return problems.take(&path, sum.times(ratio));
        }
        let feeds = members.first().and_then(|line| self.lines.get(*line)).map(|line| line.rule);
        // A reserve on top of a reserve comes out of what that one comes out of.
        let feeds = feeds.map(|feeds| self.fed.get(&feeds).copied().unwrap_or(feeds));
        if let Some(feeds) = feeds {
            self.fed.insert(rule, feeds);
            self.reserves.entry(feeds).or_default().push(own);
        }
        members.push(own);
        if let Some(line) = self.lines.get_mut(own) {
            (line.source, line.holder) = (Source::OnTop, holder);
        }
        let reserve = Some((ratio, own));
        self.groups.push(Group { rule, holder, members, bounds: Bounds::default(), reserve });
        None
    }

    /// The lines of these names, each once.
    pub(super) fn members(
        &self,
        names: &[String],
        path: &Path,
        problems: &mut Found<'_>,
    ) -> Option<Vec<usize>> {
        if names.is_empty() {
            problems.push(path.clone(), BudgetError::EmptyList);
            return None;
        }
        let mut seen = BTreeSet::new();
        let lines = names.iter().enumerate().map(|(index, name)| {
            let path = path.index(index);
            let line = self.line(name, &path, problems)?;
            if !seen.insert(line) {
                problems.push(path, BudgetError::RepeatedLine { line: name.clone() });
                return None;
            }
            Some(line)
        });
        // All names are looked at, so that each problem is told.
        let lines: Vec<Option<usize>> = lines.collect();
        lines.into_iter().collect()
    }
}

/// The path of a rule.
pub(super) fn place_of(rule: usize) -> Path {
    Path::root().field("rules").index(rule)
}
