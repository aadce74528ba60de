//! The rules that bound lines and groups of lines: floors, caps, concentration limits and quotas.

use super::divide::Divide;
use super::limits::{QuotaGroup, Scope};
use super::outline::{Bounds, Found, Group, Outline, OutlineLine, Source};
use super::rule::Rule;
use super::{AllocationDraft, BudgetError};
use crate::error::{Path, Problems};
use crate::quantity::{Mix, Ratio, Share};
use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

impl<'a> Outline<'a> {
    /// The outline of a draft, or all its problems.
    pub(super) fn new(draft: &'a AllocationDraft) -> Result<Self, Problems<BudgetError>> {
        let mut problems = Problems::new();
        let mut outline = Self::unbound(draft, &mut problems);
        outline.bind(&mut problems);
        problems.into_result(outline)
    }

    /// The floors, caps, concentration limits and quotas.
    fn bind(&mut self, problems: &mut Found<'_>) {
        let mut tightest: BTreeMap<usize, (Ratio, usize)> = BTreeMap::new();
        for (rule, draft, path) in self.each() {
            let (scope, amount, is_floor) = match &draft.rule {
                Rule::Floor(floor) => (&floor.lines, floor.amount, true),
                Rule::Cap(cap) => (&cap.lines, cap.amount, false),
                Rule::Concentration { of, remains } => {
                    let of = self.divided(of, &path.field("of"), problems);
                    let share = problems.take(&path.field("remains"), Share::percent(*remains));
                    let (Some((of, offered)), Some(share)) = (of, share) else { continue };
                    let cap = offered.times(share.complement().value().into());
                    let Some(cap) = problems.take(&path, cap) else { continue };
                    // Of several limits on one rule only the tightest can bind, and it is the one to name.
                    let known = tightest.entry(of).or_insert((cap, rule));
                    // Of equal caps the rule that stands first is named.
                    *known = (*known).min((cap, rule));
                    continue;
                }
                Rule::Quota(quota) => {
                    if let Some((of, offered)) = self.divided(&quota.of, &path.field("of"), problems) {
                        self.quota((rule, of), offered, &quota.groups, &path.field("groups"), problems);
                    }
                    continue;
                }
                _ => continue,
            };
            let amount = self.limit(amount, &path.field("amount"), problems);
            let (names, key) = match scope {
                Scope::Each(names) => (names, "each"),
                Scope::Group(names) => (names, "group"),
            };
            let path = path.field("lines").field(key);
            let members = self.members(names, &path, problems);
            let (Some(amount), Some(members)) = (amount, members) else { continue };
            let bounds = if is_floor {
                Bounds { floor: Some(amount), cap: None }
            } else {
                Bounds { floor: None, cap: Some(amount) }
            };
            // A group of one line is that line: it needs no node of the tree, and may stand in any other group.
            if matches!(scope, Scope::Each(_)) || members.len() == 1 {
                for line in members {
                    self.bind_line(line, rule, bounds, &path, problems);
                }
            } else {
                self.group(rule, members, bounds, &path, problems);
            }
        }
        for (of, (cap, rule)) in tightest {
            let bounds = Bounds { floor: None, cap: Some(cap) };
            self.bounds.extend(self.lines_of(of).map(|line| (line, rule, bounds)));
        }
    }

    fn bind_line(&mut self, line: usize, rule: usize, bounds: Bounds, path: &Path, problems: &mut Found<'_>) {
        match self.lines.get(line) {
            // A reserve on top has no node of its own in the tree, which could hold the bound.
            Some(OutlineLine { name, source: Source::OnTop, .. }) => {
                problems.push(path.clone(), BudgetError::BoundOnReserve { line: name.clone() });
            }
            _ => self.bounds.push((line, rule, bounds)),
        }
    }

    fn group(
        &mut self,
        rule: usize,
        members: Vec<usize>,
        bounds: Bounds,
        path: &Path,
        problems: &mut Found<'_>,
    ) {
        #[expect(clippy::indexing_slicing, reason = "members are places in the list of lines")]
        let mut lines = members.iter().map(|member| &self.lines[*member]);
        let Some(first) = lines.next() else { return };
        // A node has parts of one level: lines of two holders have no node in common to be bound by.
        if let Some(second) = lines.find(|line| line.holder != first.holder) {
            let (first, second) = (first.name.clone(), second.name.clone());
            problems.push(path.clone(), BudgetError::DifferentLevels { first, second });
            return;
        }
        let holder = first.holder;
        self.groups.push(Group { rule, holder, members, bounds, reserve: None });
    }

    /// The rule of this id that divides a part of the total, and the amount that it divides.
    fn divided(&self, id: &str, path: &Path, problems: &mut Found<'_>) -> Option<(usize, Ratio)> {
        let rule = self.ids.get(id).copied();
        let divides = |rule: &usize| {
            let draft = self.draft.rules.get(*rule).map(|draft| &draft.rule);
            matches!(draft, Some(Rule::Divide(Divide { within: None, .. })))
        };
        let Some(rule) = rule.filter(divides) else {
            problems.push(path.clone(), BudgetError::UnknownRule { id: id.to_owned() });
            return None;
        };
        // Without an amount the rule has a problem that is told already.
        Some((rule, (*self.offered.get(rule)?)?))
    }

    fn quota(
        &mut self,
        (rule, of): (usize, usize),
        offered: Ratio,
        groups: &[QuotaGroup],
        path: &Path,
        problems: &mut Found<'_>,
    ) {
        let percents = groups.iter().enumerate().map(|(index, group)| (index, group.percent));
        if problems.take(path, Mix::from_percents(percents)).is_none() {
            return;
        }
        // Every line once: a line outside of all groups would have nothing left, as their shares make the whole.
        let mut missing: BTreeSet<usize> = self.lines_of(of).collect();
        let mut reserves: BTreeSet<usize> = self.reserves.get(&of).into_iter().flatten().copied().collect();
        for (index, group) in groups.iter().enumerate() {
            let path = path.index(index);
            let Some(members) = self.members(&group.lines, &path.field("lines"), problems) else { return };
            for member in &members {
                if !missing.remove(member) && !reserves.remove(member) {
                    #[expect(clippy::indexing_slicing, reason = "members are places in the list of lines")]
                    let line = self.lines[*member].name.clone();
                    problems.push(path, BudgetError::QuotaLine { line });
                    return;
                }
            }
            let share = Share::percent(group.percent).map(|share| offered.times(share.value().into()));
            let Some(Some(amount)) = problems.take(&path, share).map(|amount| problems.take(&path, amount))
            else {
                return;
            };
            // A floor and a cap in one, as a quota leaves nothing open.
            let bounds = Bounds { floor: Some(amount), cap: Some(amount) };
            if let [line] = members.as_slice() {
                self.bind_line(*line, rule, bounds, &path, problems);
            } else {
                self.group(rule, members, bounds, &path, problems);
            }
        }
        if let Some(line) = missing.first().and_then(|line| self.lines.get(*line)) {
            problems.push(path.clone(), BudgetError::QuotaLine { line: line.name.clone() });
        }
    }
}
