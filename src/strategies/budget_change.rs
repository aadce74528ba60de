//! Budgets that change: reviews that move money, and cuts.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::strategy;
use super::wire_faults::{amount, any, changed, emptied, entry, foreign, object, repeated};
use crate::budget::{
    CutLine, Cuts, CutsDraft, OverspendLimit, Place, Position, Reallocation, ReallocationDraft, ReleaseTable,
    ReservePolicy, Shrink,
};
use crate::decision::{CellTest, CellValue, DecisionTable, HitPolicy, TableColumn};
use crate::error::{ErrorKind, Path};
use crate::quantity::{Currency, Money, Rounding, Share};
use alloc::format;
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any as any_of};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde_json::json;

fn yuan(minor: i128) -> Money {
    Money::from_minor(minor, Currency::CNY).unwrap_or(Money::zero(Currency::CNY))
}

/// The highest ROI that a rule of a release table asks for.
const MOST_ROI: u8 = 6;

/// Release tables of one to three rules on the column `roi`: below a limit, all of a line, a half, a third or nothing of
/// it is released. The first rule that matches counts; at high returns none does.
///
/// Mean size 1.8 rules; 71 % are edges: one rule, a rule that releases nothing.
///
/// # Examples
/// ```
/// use marketloop::budget::ReleaseTable;
/// use marketloop::strategies::release_tables;
/// use proptest::prelude::*;
///
/// proptest!(|(table in release_tables())| {
///     prop_assert_eq!(table.table().outputs()[0].name(), ReleaseTable::PERCENT);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn release_tables() -> impl Strategy<Value = ReleaseTable> + Clone {
    let percent = select(&["100", "50", "33.3", "0"][..]);
    vec((1_u8..=MOST_ROI, percent), 1..4).prop_filter_map("a release table", |mut rules| {
        rules.sort_unstable();
        rules.dedup_by_key(|(below, _)| *below);
        let mut table = DecisionTable::draft(HitPolicy::First)
            .input(TableColumn::number("roi"))
            .output(TableColumn::number(ReleaseTable::PERCENT))
            .output(TableColumn::text(ReleaseTable::REASON));
        for (below, percent) in rules {
            let released =
                [CellValue::Number(percent.parse().ok()?), CellValue::from(format!("ROI under {below}"))];
            table = table.rule([CellTest::below(u32::from(below))], released);
        }
        ReleaseTable::new(table.check().ok()?).ok()
    })
}

/// Drafts of reviews: 1 to 5 lines with amounts, locked parts and a return, recipients among them and new ones, and
/// perhaps money from outside.
///
/// Mean size 6.4 positions and recipients; 50 % are edges: one position, no recipient, a line all of which is locked.
///
/// # Examples
/// ```
/// use marketloop::strategies::reallocations;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in reallocations())| {
///     let review = draft.check().unwrap();
///     let moved = review.reassigned().plus(review.returned()).unwrap();
///     prop_assert_eq!(moved, review.released().plus(review.added()).unwrap());
/// });
/// ```
pub fn reallocations() -> Reallocations {
    Reallocations { positions: (1..=5).into(), recipients: (0..=7).into() }
}

/// How reviews are made; see [`reallocations`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Reallocations {
    positions: SizeRange,
    recipients: SizeRange,
}

impl Reallocations {
    /// Reviews of so many lines; none counts as one.
    pub fn with_positions(self, positions: impl Into<SizeRange>) -> Self {
        Self { positions: positions.into(), ..self }
    }

    /// Reviews with so many recipients: the positions in their order, then new lines.
    pub fn with_recipients(self, recipients: impl Into<SizeRange>) -> Self {
        Self { recipients: recipients.into(), ..self }
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &REVIEW_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = ReallocationDraft> + use<> {
        let some = || prop_oneof![1 => Just(0_i128), 9 => 0_i128..100_000];
        // Of a third nothing is locked.
        let locked = prop_oneof![3 => Just(0_i128), 6 => 0_i128..=100, 1 => Just(100)];
        let position = (some(), locked, 0_u8..8);
        let recipient = (0_u32..5, proptest::option::of(0_i128..150_000));
        let guard = select(&[OverspendLimit::Total, OverspendLimit::EachLine][..]);
        let added = proptest::option::of((some(), 0_u32..60, guard));
        let rounding = select(&[Rounding::Floor, Rounding::Ceiling, Rounding::HalfEven][..]);
        let lines = (vec(position, self.positions.clone()), vec(recipient, self.recipients.clone()));
        (release_tables(), lines, added, any_of::<bool>(), rounding).prop_map(
            |(table, (mut positions, recipients), added, to_line, rounding)| {
                if positions.is_empty() {
                    positions.push((0, 0, 0));
                }
                let to =
                    if to_line { Place::Line("line 1".into()) } else { Place::Owner("committee".into()) };
                let mut draft = Reallocation::draft(table, rounding, to);
                for ((minor, percent, roi), number) in positions.into_iter().zip(1..) {
                    let position = Position::new(format!("line {number}"), yuan(minor));
                    let position = position.with_fact("roi", Decimal::from(roi));
                    let locked = minor.saturating_mul(percent).checked_div(100).unwrap_or(0);
                    draft = draft.position(if locked == 0 {
                        position
                    } else {
                        position.with_locked(yuan(locked))
                    });
                }
                for ((weight, cap), number) in recipients.into_iter().zip(1..) {
                    let line = format!("line {number}");
                    draft = match cap {
                        Some(cap) => draft.recipient_up_to(line, weight, yuan(cap)),
                        None => draft.recipient(line, weight),
                    };
                }
                match added {
                    Some((minor, percent, limit)) => draft.with_added("board", yuan(minor), percent, limit),
                    None => draft,
                }
            },
        )
    }
}

strategy!(Reallocations => ReallocationDraft);

const REVIEW_SPOILS: [Spoil; 8] = [
    Spoil {
        fault: "a position named twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "positions", "line", place),
    },
    Spoil {
        fault: "a recipient named twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "recipients", "line", place),
    },
    Spoil {
        fault: "more locked than there is",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (path, position) = entry(json, "positions", place, any)?;
            let more = amount(1_000_000, position.get("amount")?)?;
            Some(changed((path, position), "locked", more))
        },
    },
    Spoil {
        fault: "an amount below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            let (path, position) = entry(json, "positions", place, any)?;
            let below = amount(-1, position.get("amount")?)?;
            // More would be locked than there is: a second fault.
            position.remove("locked");
            Some(changed((path, position), "amount", below))
        },
    },
    Spoil {
        fault: "a fact that no column asks for",
        kind: ErrorKind::NotFound,
        at: |json, place| {
            // The line that money returns to is not asked.
            let taken = json.get("return_to")?.get("line").cloned();
            let (path, position) =
                entry(json, "positions", place, |position| position.get("line") != taken.as_ref())?;
            Some(changed((path, position), "facts", json!({"roi": "1", "rio": "1"})))
        },
    },
    Spoil {
        fault: "a weight below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, place| Some(changed(entry(json, "recipients", place, any)?, "weight", json!("-0.1"))),
    },
    Spoil {
        fault: "a return to an unknown line",
        kind: ErrorKind::NotFound,
        at: |json, _| {
            object(json)?.insert("return_to".into(), json!({"line": "nowhere"}));
            Some(Path::root().field("return_to"))
        },
    },
    Spoil { fault: "no positions", kind: ErrorKind::Empty, at: |json, _| emptied(json, "positions") },
];

/// Lines that can be cut, as many as `count` says: half of them with a floor, some of them reserves, of few priorities
/// and few returns, so that there are ties.
///
/// Mean size 4.0 lines; 57 % are edges: one line, a line of 0, a line that is its floor.
///
/// # Examples
/// ```
/// use marketloop::budget::{Cuts, Shrink};
/// use marketloop::strategies::cut_lines;
/// use proptest::prelude::*;
///
/// proptest!(|(lines in cut_lines(1..8))| {
///     let nothing = Shrink::By("0 CNY".parse().unwrap());
///     prop_assert!(Cuts::draft(lines, nothing).check().unwrap().cuts().is_empty());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn cut_lines(count: impl Into<SizeRange>) -> impl Strategy<Value = Vec<CutLine>> + Clone {
    let some = prop_oneof![1 => Just(0_i128), 9 => 0_i128..10_000];
    let floor = prop_oneof![10 => Just(0_i128), 9 => 0_i128..=100, 1 => Just(100)];
    let marginal = proptest::option::of(-2_i64..3);
    let line = (some, 0_u32..3, floor, marginal, proptest::bool::weighted(0.2));
    vec(line, count.into()).prop_map(|lines| {
        let line = |((minor, priority, floor, marginal, reserve), number): (
            (i128, u32, i128, Option<i64>, bool),
            u32,
        )| {
            let floor = minor.saturating_mul(floor).checked_div(100).filter(|floor| *floor > 0);
            CutLine {
                floor: floor.map(yuan),
                marginal_return: marginal.map(Decimal::from),
                reserve,
                ..CutLine::new(format!("line {number}"), yuan(minor), priority)
            }
        };
        lines.into_iter().zip(1..).map(line).collect()
    })
}

/// Drafts of cuts that can be made: by an amount, to an amount or by a share, under every policy for reserves, one by
/// one or in proportion.
///
/// Mean size 4.0 lines; 31 % are edges: one line, nothing to cut, all that can be cut.
///
/// # Examples
/// ```
/// use marketloop::strategies::budget_cuts;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in budget_cuts())| {
///     let cuts = draft.check().unwrap();
///     prop_assert!(cuts.cuts().iter().all(|cut| !cut.amount().is_zero()));
/// });
/// ```
pub fn budget_cuts() -> BudgetCuts {
    BudgetCuts { lines: (1..=7).into(), infeasible: false }
}

/// How cuts are made; see [`budget_cuts`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct BudgetCuts {
    lines: SizeRange,
    infeasible: bool,
}

impl BudgetCuts {
    /// Cuts of so many lines; none counts as one.
    pub fn with_lines(self, lines: impl Into<SizeRange>) -> Self {
        Self { lines: lines.into(), ..self }
    }

    /// Also cuts that floors and kept reserves stop.
    pub fn with_infeasible(self) -> Self {
        Self { infeasible: true, ..self }
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &CUT_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = CutsDraft> + use<> {
        let policies = select(
            &[ReservePolicy::Kept, ReservePolicy::First, ReservePolicy::Last, ReservePolicy::ByPriority][..],
        );
        let part = prop_oneof![1 => Just(0_i128), 1 => Just(1_000), 8 => 0_i128..1_000];
        let infeasible = self.infeasible;
        (cut_lines(self.lines.clone()), part, policies, any_of::<bool>(), 0_u8..3).prop_map(
            move |(mut lines, part, policy, in_proportion, way)| {
                if lines.is_empty() {
                    lines.push(CutLine::new("line 1", yuan(0), 0));
                }
                let is_kept = |line: &CutLine| line.reserve && policy == ReservePolicy::Kept;
                let stays = |line: &CutLine| match line.floor {
                    _ if is_kept(line) => line.amount.minor(),
                    floor => floor.map_or(0, |floor| floor.minor()),
                };
                let sum = |amounts: &dyn Fn(&CutLine) -> i128| {
                    lines.iter().map(amounts).fold(0, i128::saturating_add)
                };
                let total = sum(&|line| line.amount.minor());
                let most = if infeasible { total } else { total.saturating_sub(sum(&stays)) };
                let cut = most.saturating_mul(part).checked_div(1_000).unwrap_or(0);
                let shrink = shrink(way, cut, total);
                let draft = Cuts::draft(lines, shrink).with_reserves(policy);
                if in_proportion { draft.in_proportion() } else { draft }
            },
        )
    }
}

strategy!(BudgetCuts => CutsDraft);

/// A cut of this much at most, in one of three ways to say it.
fn shrink(way: u8, cut: i128, total: i128) -> Shrink {
    let percent = cut.saturating_mul(100).checked_div(total).unwrap_or(0);
    let share = Share::new(Decimal::try_from_i128_with_scale(percent, 2).unwrap_or_default());
    match (way, share) {
        (0, _) | (_, Err(_)) => Shrink::By(yuan(cut)),
        (1, _) => Shrink::To(yuan(total.saturating_sub(cut))),
        (_, Ok(share)) => Shrink::ByShare { share, rounding: Rounding::Floor },
    }
}

const CUT_SPOILS: [Spoil; 7] = [
    Spoil {
        fault: "a line named twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "lines", "name", place),
    },
    Spoil {
        fault: "a floor above its line",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (path, line) = entry(json, "lines", place, any)?;
            let more = amount(1_000_000, line.get("amount")?)?;
            Some(changed((path, line), "floor", more))
        },
    },
    Spoil {
        fault: "a floor in another currency",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let rich = |line: &serde_json::Map<_, _>| line.get("floor").is_some_and(|floor| !floor.is_null());
            let (path, line) = entry(json, "lines", place, rich)?;
            let other = foreign(line.get("amount")?)?;
            // Amounts are compared by their size, too.
            line.insert("amount".into(), amount(1_000_000, line.get("amount")?)?);
            Some(changed((path, line), "floor", other))
        },
    },
    Spoil {
        fault: "an amount below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            let (path, line) = entry(json, "lines", place, any)?;
            let below = amount(-1, line.get("amount")?)?;
            line.remove("floor");
            Some(changed((path, line), "amount", below))
        },
    },
    Spoil {
        fault: "a cut of more than the total",
        kind: ErrorKind::Conflict,
        at: |json, _| {
            let total = json.get("lines")?.get(0)?.get("amount")?.clone();
            object(json)?.insert("shrink".into(), json!({"by": amount(1_000_000, &total)?}));
            Some(Path::root().field("shrink"))
        },
    },
    Spoil {
        fault: "a cut that floors stop",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let some = |line: &serde_json::Map<_, serde_json::Value>| {
                line.get("amount").and_then(|amount| amount.get("amount")) != Some(&json!("0.00"))
            };
            let (_, line) = entry(json, "lines", place, some)?;
            let all = line.get("amount")?.clone();
            line.insert("floor".into(), all.clone());
            object(json)?.insert("shrink".into(), json!({"to": amount(0, &all)?}));
            Some(Path::root().field("shrink"))
        },
    },
    Spoil { fault: "no lines", kind: ErrorKind::Empty, at: |json, _| emptied(json, "lines") },
];
