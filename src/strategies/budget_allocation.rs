//! Rules that turn a total into the lines of a budget.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::strategy;
use super::wire_faults::{amount, emptied, foreign};
use crate::budget::{
    Allocation, AllocationDraft, Amount, Cap, Divide, Floor, Limit, Quota, Reserve, Rule, Scope,
};
use crate::error::{ErrorKind, Path};
use crate::quantity::{Currency, Money};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::{Index, select};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Drafts of allocations whose rules can all hold: amounts that are taken first, a division of the rest, floors and
/// caps of lines and of groups, a line that is divided further, a reserve.
///
/// The division has the id `main` and the lines `line 1`, `line 2` and so on, an elastic reserve the id `elastic`.
///
/// Mean size 6.1 rules; 62 % are edges: a total of 0, a line of no weight, two of equal weight, one line.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::allocations;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in allocations())| {
///     let allocation = draft.check().unwrap();
///     laws::allocation_adds_up(&allocation, |line| line.amount())?;
///     laws::allocation_keeps_its_bounds(&allocation, |line| line.amount())?;
/// });
/// ```
pub fn allocations() -> Allocations {
    Allocations { lines: (1..=8).into(), total: 0..=100_000, plain: false, infeasible: false }
}

/// How allocations are made; see [`allocations`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Allocations {
    lines: SizeRange,
    total: RangeInclusive<u32>,
    plain: bool,
    infeasible: bool,
}

/// An amount as it is drawn: in minor units, or as tenths of a percent of the total.
#[derive(Debug, Clone, Copy)]
enum Size {
    Minor(u32),
    PerMille(u32),
    /// The same as a percentage, that the rules keep as one.
    Percent(u32),
}

impl Size {
    fn stated(self, total: u32) -> Money {
        yuan(match self {
            Self::Minor(minor) => minor.into(),
            Self::PerMille(parts) | Self::Percent(parts) => {
                // Below the product of two numbers of 32 bits.
                u64::from(total).saturating_mul(parts.into()).checked_div(1_000).unwrap_or(0).into()
            }
        })
    }

    fn limit(self, total: u32, plain: bool) -> Limit {
        match self {
            Self::Percent(parts) if !plain => Limit::PercentOfTotal(Decimal::new(parts.into(), 1)),
            size => Limit::Stated(size.stated(total)),
        }
    }
}

fn yuan(minor: i128) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap_or(Money::zero(Currency::CNY))
}

fn sizes(per_mille: u32) -> impl Strategy<Value = Size> + Clone {
    // No percentage is above 100.
    let percent = per_mille.min(1_000);
    prop_oneof![
        1 => (0_u32..9).prop_map(Size::Minor),
        2 => (0..per_mille).prop_map(Size::PerMille),
        2 => (0..percent).prop_map(Size::Percent),
    ]
}

/// A floor or a cap of the lines from the first to the second place, among all.
#[derive(Debug, Clone)]
struct Bound {
    from: Index,
    to: Index,
    size: Size,
    is_floor: bool,
}

fn bounds() -> impl Strategy<Value = Vec<Bound>> + Clone {
    let bound = (any::<Index>(), any::<Index>(), sizes(1_200), any::<bool>());
    vec(bound.prop_map(|(from, to, size, is_floor)| Bound { from, to, size, is_floor }), 0..5)
}

/// What of an allocation only some have.
#[derive(Debug, Clone)]
struct Extras {
    parts: Option<(Index, Vec<u32>, u32)>,
    uplift: Option<(Index, u32)>,
    remains: Option<u32>,
    keeps: bool,
    by_roi: bool,
}

fn extras() -> impl Strategy<Value = Extras> + Clone {
    let parts = proptest::option::of((any::<Index>(), vec(1_u32..9, 1..4), 0_u32..2_000));
    let uplift = proptest::option::of((any::<Index>(), 0_u32..60));
    let remains = proptest::option::weighted(0.1, 0_u32..60);
    (parts, uplift, remains, any::<bool>(), any::<bool>())
        .prop_map(|(parts, uplift, remains, keeps, by_roi)| Extras { parts, uplift, remains, keeps, by_roi })
}

impl Allocations {
    /// Divisions into so many lines; none counts as one.
    pub fn with_lines(self, lines: impl Into<SizeRange>) -> Self {
        Self { lines: lines.into(), ..self }
    }

    /// Totals of so many fen (0.01 CNY).
    pub fn with_total(self, fen: RangeInclusive<u32>) -> Self {
        Self { total: fen, ..self }
    }

    /// Only amounts that are taken, a division by equal scores, floors and caps, all of them stated in whole fen: what
    /// a search through every allocation of a small total can follow.
    pub fn with_plain_rules(self) -> Self {
        Self { plain: true, ..self }
    }

    /// Also rules that cannot all hold: [`BudgetError::Infeasible`](crate::budget::BudgetError::Infeasible).
    pub fn with_infeasible(self) -> Self {
        Self { infeasible: true, ..self }
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = AllocationDraft> + use<> {
        let (first, last) = (*self.total.start(), *self.total.end());
        let total = prop_oneof![
            1 => Just(first),
            1 => first..=first.saturating_add(10).min(last),
            8 => first..=last,
        ];
        let weights = vec(prop_oneof![1 => Just(0_u32), 6 => 1_u32..50], self.lines.clone());
        let takes = vec((sizes(250), 0_u8..4), 0..3);
        let Self { plain, infeasible, .. } = *self;
        (total, weights, takes, bounds(), bounds(), extras()).prop_map(
            move |(total, weights, takes, singles, groups, extras)| {
                let rules = Rules { draft: Allocation::draft(yuan(total.into())), total, plain, infeasible };
                rules.made(weights, takes, &singles, &groups, extras)
            },
        )
    }
}

strategy!(Allocations => AllocationDraft);

/// The rules that are made of what was drawn.
struct Rules {
    draft: AllocationDraft,
    total: u32,
    plain: bool,
    infeasible: bool,
}

impl Rules {
    fn made(
        mut self,
        mut weights: Vec<u32>,
        takes: Vec<(Size, u8)>,
        singles: &[Bound],
        groups: &[Bound],
        extras: Extras,
    ) -> AllocationDraft {
        if weights.is_empty() {
            weights.push(1);
        }
        let mut fixed = Vec::new();
        for ((size, kind), number) in takes.into_iter().zip(1..) {
            let line = format!("fixed {number}");
            let take = self.take(&line, size, kind);
            self.draft = self.draft.rule(format!("take {number}"), take);
            fixed.push(line);
        }
        let lines: Vec<String> =
            weights.iter().zip(1..).map(|(_, number)| format!("line {number}")).collect();
        // One weight at least is above 0.
        let weight = |(place, weight): (usize, &u32)| match (self.plain, place) {
            (true, _) => 1,
            (_, 0) => (*weight).max(1),
            _ => *weight,
        };
        let weights = weights.iter().enumerate().map(weight);
        let scores = lines.iter().map(String::as_str).zip(weights);
        let by_roi = extras.by_roi && !self.plain;
        let main = if by_roi { Divide::by_roi(scores) } else { Divide::by_scores(scores) };
        self.draft = self.draft.rule("main", main);
        let kept = self.groups(&lines, groups);
        if !self.plain {
            self.extras(&lines, &kept, extras);
        }
        fixed.extend(lines);
        for (bound, number) in singles.iter().zip(1..) {
            let line = fixed.get(bound.from.index(fixed.len())).into_iter();
            self.bound(format!("bound {number}"), line, bound);
        }
        self.draft
    }

    fn take(&self, line: &str, size: Size, kind: u8) -> Rule {
        match size {
            Size::Percent(parts) if !self.plain => {
                let percent = Decimal::new(parts.into(), 1);
                match kind {
                    0 => Reserve::percent(percent).with_line(line).into(),
                    1 | 2 => Rule::take(line, Amount::percent_of_rest(percent)),
                    _ => Rule::take(line, Amount::percent(percent)),
                }
            }
            size => {
                let amount = size.stated(self.total);
                // Of three amounts that take a quarter at most, something is left.
                let most = yuan(self.total.checked_div(4).unwrap_or(0).into());
                Rule::take(line, if self.infeasible || amount < most { amount } else { most })
            }
        }
    }

    /// Floors and caps of neighbours, which hold each other or share nothing; tells which lines they bind.
    fn groups(&mut self, lines: &[String], groups: &[Bound]) -> Vec<(usize, usize)> {
        let mut kept: Vec<(usize, usize)> = Vec::new();
        for (bound, number) in groups.iter().zip(1..) {
            let (a, b) = (bound.from.index(lines.len()), bound.to.index(lines.len()));
            let (from, to) = (a.min(b), a.max(b));
            let fits = |(f, t): &(usize, usize)| {
                to < *f || *t < from || (*f <= from && to <= *t) || (from <= *f && *t <= to)
            };
            if from < to && kept.iter().all(fits) {
                kept.push((from, to));
                let members = lines.iter().take(to.saturating_add(1)).skip(from);
                self.bound(format!("group bound {number}"), members, bound);
            }
        }
        kept
    }

    fn bound<'a>(&mut self, id: String, lines: impl Iterator<Item = &'a String>, bound: &Bound) {
        let limit = bound.size.limit(self.total, self.plain);
        let lines: Vec<String> = lines.cloned().collect();
        let lines = if lines.len() > 1 { Scope::Group(lines) } else { Scope::Each(lines) };
        let rule: Rule = if bound.is_floor {
            Floor { lines, amount: limit }.into()
        } else {
            Cap { lines, amount: limit }.into()
        };
        self.add(id, rule);
    }

    /// Adds a rule that may contradict others. Unless contradictions are asked for, one that does is left out.
    fn add(&mut self, id: impl Into<String>, rule: impl Into<Rule>) {
        let with = self.draft.clone().rule(id, rule);
        if self.infeasible || with.clone().check().is_ok() {
            self.draft = with;
        }
    }

    fn extras(&mut self, lines: &[String], groups: &[(usize, usize)], extras: Extras) {
        let place = |index: Index| index.index(lines.len());
        if let Some((own, weights, floor)) = extras.parts
            && let Some(line) = lines.get(place(own))
        {
            let scores = weights.iter().zip(1..).map(|(weight, number)| (format!("part {number}"), *weight));
            self.draft = self.draft.clone().rule("parts", Divide::by_scores(scores).within(line.as_str()));
            let floor = Floor::line(format!("{line}/part 1"), yuan(floor.into()));
            self.add("part floor", floor);
        }
        if let Some((own, percent)) = extras.uplift
            && let Some(line) = lines.get(place(own))
            && !groups.iter().any(|(from, to)| (*from..=*to).contains(&place(own)))
        {
            self.add("elastic", Reserve::uplift(percent, [line.as_str()]));
        }
        if extras.keeps {
            self.draft = self.draft.clone().rule("keep", Rule::keep("kept"));
        }
        if let Some(remains) = extras.remains {
            self.add("one fails", Rule::remains("main", remains));
        }
    }
}

/// Adds a rule to the JSON of a draft; tells its place.
fn added(json: &mut Value, id: &str, rule: &Value) -> Option<Path> {
    let rules = json.get_mut("rules")?.as_array_mut()?;
    let path = Path::root().field("rules").index(rules.len());
    rules.push(json!({"id": id, "rule": rule}));
    Some(path)
}

/// An id that no rule has.
const NEW: &str = "one more";

/// Adds a floor of these lines.
fn floor(json: &mut Value, lines: &Value, amount: &Value) -> Option<Path> {
    let path = added(json, NEW, &json!({"floor": {"lines": lines, "amount": amount}}))?;
    Some(path.field("rule").field("floor"))
}

const SPOILS: [Spoil; 8] = [
    Spoil {
        fault: "two rules of one id",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let rules = json.get("rules")?.as_array()?;
            let id = rules.get(place.index(rules.len()))?.get("id")?.as_str().map(String::from)?;
            let nothing = json!({"percent_of_total": "0"});
            let floor = json!({"floor": {"lines": {"each": ["line 1"]}, "amount": nothing}});
            Some(added(json, &id, &floor)?.field("id"))
        },
    },
    Spoil {
        fault: "a floor of a line that no rule sets",
        kind: ErrorKind::NotFound,
        at: |json, _| {
            let path = floor(json, &json!({"each": ["nowhere"]}), &json!({"percent_of_total": "0"}))?;
            Some(path.field("lines").field("each").index(0))
        },
    },
    Spoil {
        fault: "a percentage above 100",
        kind: ErrorKind::OutOfRange,
        at: |json, _| {
            let path = floor(json, &json!({"each": ["line 1"]}), &json!({"percent_of_total": "100.1"}))?;
            Some(path.field("amount"))
        },
    },
    Spoil {
        fault: "an amount of another currency",
        kind: ErrorKind::Mismatch,
        at: |json, _| {
            let stated = json!({"stated": foreign(json.get("total")?)?});
            Some(floor(json, &json!({"each": ["line 1"]}), &stated)?.field("amount"))
        },
    },
    Spoil {
        fault: "an amount below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, _| {
            let stated = json!({"stated": amount(-1, json.get("total")?)?});
            Some(floor(json, &json!({"each": ["line 1"]}), &stated)?.field("amount"))
        },
    },
    Spoil {
        fault: "a group that names a line twice",
        kind: ErrorKind::Conflict,
        at: |json, _| {
            let path =
                floor(json, &json!({"group": ["line 1", "line 1"]}), &json!({"percent_of_total": "0"}))?;
            Some(path.field("lines").field("group").index(1))
        },
    },
    Spoil {
        fault: "a floor of more than the total",
        kind: ErrorKind::Conflict,
        at: |json, _| {
            let stated = json!({"stated": amount(1_000_000_000, json.get("total")?)?});
            floor(json, &json!({"each": ["line 1"]}), &stated)?;
            Some(Path::root().field("rules"))
        },
    },
    Spoil { fault: "no rules", kind: ErrorKind::Empty, at: |json, _| emptied(json, "rules") },
];

/// Drafts of up to five rules over a few names, most of them refused: with any fault that rules can have, and any
/// number of them.
///
/// Mean size 2.0 rules; 37 % are edges: no rule, one rule.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::wild_allocations;
/// use proptest::prelude::*;
///
/// // Whatever is accepted adds up.
/// proptest!(|(draft in wild_allocations())| {
///     if let Ok(allocation) = draft.check() {
///         laws::allocation_adds_up(&allocation, |line| line.amount())?;
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn wild_allocations() -> impl Strategy<Value = AllocationDraft> + Clone {
    let name = || select(&["a", "b", "c", "a/b", "a/c", "", "d"][..]).prop_map(String::from);
    let decimal = || {
        let wide = (any::<i64>(), any::<u32>(), 0_u32..28).prop_map(|(high, low, scale)| {
            let mantissa = i128::from(high).wrapping_shl(31).saturating_add(low.into());
            Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or_default()
        });
        prop_oneof![4 => (0_i64..1_000).prop_map(|value| Decimal::new(value, 1)), 1 => wide]
    };
    let percent = || (0_i64..80).prop_map(Decimal::from);
    let minor = || prop_oneof![30 => 0_i128..10_000, 1 => -(1_i128 << 95)..1 << 95];
    let money = move || {
        (minor(), any::<u8>()).prop_map(|(minor, odd)| {
            let currency = if odd == 0 { Currency::JPY } else { Currency::CNY };
            Money::from_minor(minor, currency).unwrap_or(Money::zero(currency))
        })
    };
    let amount = move || {
        prop_oneof![
            money().prop_map(Amount::Stated),
            percent().prop_map(Amount::PercentOfTotal),
            percent().prop_map(Amount::PercentOfRest),
        ]
    };
    let limit =
        move || prop_oneof![money().prop_map(Limit::Stated), percent().prop_map(Limit::PercentOfTotal)];
    let id = || (0_u8..4).prop_map(|id| format!("{id}"));
    let parts = move || vec((name(), decimal()), 1..3);
    let names = move || vec(name(), 1..3);
    let rule = prop_oneof![
        (name(), amount()).prop_map(|(line, amount)| Rule::take(line, amount)),
        (decimal(), names()).prop_map(|(percent, lines)| Reserve::uplift(percent, lines).into()),
        (parts(), proptest::option::of(name()), proptest::option::of(amount())).prop_map(
            |(parts, within, amount)| {
                let divide = Divide::by_scores(parts);
                let divide = within.into_iter().fold(divide, Divide::within);
                amount.into_iter().fold(divide, Divide::of).into()
            }
        ),
        parts().prop_map(|parts| Divide::by_roi(parts).into()),
        parts().prop_map(|parts| Divide::by_percents(parts).into()),
        name().prop_map(Rule::keep),
        (names(), limit()).prop_map(|(lines, limit)| Floor::group(lines, limit).into()),
        (names(), limit()).prop_map(|(lines, limit)| Cap::each(lines, limit).into()),
        (id(), percent()).prop_map(|(of, remains)| Rule::remains(of, remains)),
        (name(), names(), decimal())
            .prop_map(|(of, lines, percent)| Quota::of(of).group(percent, lines).into()),
    ];
    (money(), vec(rule, 0..4), any::<bool>()).prop_map(|(total, rules, is_whole)| {
        let main = Rule::from(Divide::by_scores([("a", 1), ("d", 2)]));
        let rules = rules.into_iter().chain(is_whole.then_some(main)).zip(0_u8..);
        rules.fold(Allocation::draft(total), |draft, (rule, id)| draft.rule(format!("{id}"), rule))
    })
}
