//! Budgets in lines, what is spent of them, and why it differs.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::facts::currencies;
use super::strategy;
use super::wire_faults::{amount, any, changed, emptied, entry, foreign, object, repeated};
use crate::budget::{
    Budget, BudgetDraft, CostKind, FlexibleBudget, LineSpend, LineSpending, Tracking, TrackingDraft,
    TrueReturn, TrueReturnDraft,
};
use crate::error::{ErrorKind, Path};
use crate::quantity::{Currency, Money, Ratio, Revenue, Rounding};
use alloc::format;
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any as any_of};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde_json::{Value, json};

fn money(minor: i128, currency: Currency) -> Money {
    Money::from_minor(minor, currency).unwrap_or(Money::zero(currency))
}

/// Drafts of budgets of 1 to 9 lines by percentage or by amount, which add up to the total; some lines are reserves.
///
/// Mean size 5.0 lines; 18 % are edges: one line, a total of 0, a line of nothing.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::budgets;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in budgets())| {
///     let budget = draft.check().unwrap();
///     let amounts: Vec<_> = budget.lines().iter().map(|line| line.amount()).collect();
///     laws::splits_add_up(&budget.total(), &amounts)?;
/// });
/// ```
pub fn budgets() -> Budgets {
    Budgets { lines: (1..=9).into() }
}

/// How budgets are made; see [`budgets`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Budgets {
    lines: SizeRange,
}

impl Budgets {
    /// Budgets of so many lines; none counts as one.
    pub fn with_lines(mut self, lines: impl Into<SizeRange>) -> Self {
        self.lines = lines.into();
        self
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &BUDGET_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = BudgetDraft> + use<> {
        let total = prop_oneof![1 => Just((0_u32, 0_u32)), 9 => (0_u32..100_000, 0_u32..10_000)];
        // Where the line ends in the whole, in hundredths of a percent; how it is stated; what it is for.
        let line = (0_u32..=10_000, any_of::<bool>(), select(&["", "", "", "for failures"][..]), 0_u8..8);
        (total, vec(line, self.lines.clone()), currencies()).prop_map(|(total, mut lines, currency)| {
            lines.pop();
            lines.sort_unstable();
            lines.push((10_000, false, "", 1));
            // Of amounts each hundredth of a percent has to be whole; of nothing there are shares only.
            let (hundredths, rest) = total;
            let by_amount = hundredths > 0 && lines.iter().any(|(_, by_amount, ..)| *by_amount);
            let minor = u64::from(hundredths).saturating_mul(10_000);
            let minor = if by_amount { minor } else { minor.saturating_add(rest.into()) };
            let mut before = 0;
            let draft = Budget::draft("year", money(minor.into(), currency));
            lines.into_iter().zip(1..).fold(draft, |draft, ((end, states, purpose, reserve), number)| {
                let points = end.saturating_sub(before);
                before = end;
                let name = format!("line {number}");
                let percent = Decimal::new(points.into(), 2);
                let kept_for = if purpose.is_empty() { "contingency" } else { purpose };
                let amount = money(i128::from(points).saturating_mul(hundredths.into()), currency);
                match (states && by_amount, reserve == 0, purpose) {
                    (true, true, _) => draft.reserve_amount(name, amount, kept_for),
                    (true, false, "") => draft.amount(name, amount),
                    (true, false, purpose) => draft.amount_for(name, amount, purpose),
                    (false, true, _) => draft.reserve(name, percent, kept_for),
                    (false, false, "") => draft.percent(name, percent),
                    (false, false, purpose) => draft.percent_for(name, percent, purpose),
                }
            })
        })
    }
}

strategy!(Budgets => BudgetDraft);

/// Whether an entry states the field.
fn has(field: &'static str) -> impl Fn(&serde_json::Map<alloc::string::String, Value>) -> bool {
    move |entry| entry.get(field).is_some_and(|value| !value.is_null())
}

const BUDGET_SPOILS: [Spoil; 7] = [
    Spoil {
        fault: "a line named twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "lines", "name", place),
    },
    Spoil {
        fault: "a percentage above 100",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            Some(changed(entry(json, "lines", place, has("percent"))?, "percent", json!("100.01")))
        },
    },
    Spoil {
        fault: "percentages that make no whole",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let some = |entry: &serde_json::Map<_, Value>| {
                has("percent")(entry) && entry.get("percent") != Some(&json!("0"))
            };
            changed(entry(json, "lines", place, some)?, "percent", json!("0"));
            Some(Path::root().field("lines"))
        },
    },
    Spoil {
        fault: "an amount of another currency",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (path, line) = entry(json, "lines", place, has("amount"))?;
            let other = foreign(line.get("amount")?)?;
            Some(changed((path, line), "amount", other))
        },
    },
    Spoil {
        fault: "a line with an amount and a percentage",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (path, line) = entry(json, "lines", place, has("amount"))?;
            changed((path.clone(), line), "percent", json!("1"));
            Some(path)
        },
    },
    Spoil {
        fault: "a total below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, _| {
            let total = amount(-1, json.get("total")?)?;
            object(json)?.insert("total".into(), total);
            Some(Path::root().field("total"))
        },
    },
    Spoil { fault: "no lines", kind: ErrorKind::Empty, at: |json, _| emptied(json, "lines") },
];

/// Drafts of trackings: 1 to 6 planned lines, with what is spent, committed and forecast of some.
///
/// Mean size 3.4 lines; 49 % are edges: one line, nothing spent of any line, a plan of 0.
///
/// # Examples
/// ```
/// use marketloop::strategies::trackings;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in trackings())| {
///     let total = draft.check().unwrap().total().clone();
///     prop_assert!(total.forecast() >= total.actual());
/// });
/// ```
pub fn trackings() -> Trackings {
    Trackings { lines: (1..=6).into() }
}

/// How trackings are made; see [`trackings`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Trackings {
    lines: SizeRange,
}

impl Trackings {
    /// Trackings of so many lines; none counts as one.
    pub fn with_lines(mut self, lines: impl Into<SizeRange>) -> Self {
        self.lines = lines.into();
        self
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &TRACKING_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = TrackingDraft> + use<> {
        let some = || prop_oneof![1 => Just(0_i128), 9 => 0_i128..10_000];
        let spending = proptest::option::of((some(), some(), proptest::option::of(0_i128..9_000)));
        let lines = vec((some(), spending), self.lines.clone());
        (lines, any_of::<bool>(), currencies()).prop_map(|(mut lines, nothing_more, currency)| {
            if lines.is_empty() {
                lines.push((0, None));
            }
            let money = |minor| money(minor, currency);
            let draft =
                if nothing_more { Tracking::draft().nothing_more_is_ordered() } else { Tracking::draft() };
            let names = || (1..).map(|number| format!("line {number}"));
            let draft = lines
                .iter()
                .zip(names())
                .fold(draft, |draft, ((plan, _), name)| draft.line(name, money(*plan)));
            // In no order of the lines: a spending names its line.
            let spent: Vec<_> = lines
                .iter()
                .zip(names())
                .filter_map(|((_, spending), name)| Some((name, (*spending)?)))
                .collect();
            spent.into_iter().rev().fold(draft, |draft, (name, (actual, committed, beyond))| {
                let forecast = beyond.map(|beyond| money(beyond.saturating_add(actual)));
                let spending =
                    LineSpending::new(name).with_actual(money(actual)).with_committed(money(committed));
                draft.spending(LineSpending { forecast, ..spending })
            })
        })
    }
}

strategy!(Trackings => TrackingDraft);

const TRACKING_SPOILS: [Spoil; 7] = [
    Spoil {
        fault: "a line named twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "lines", "name", place),
    },
    Spoil {
        fault: "a line spent of twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "spending", "line", place),
    },
    Spoil {
        fault: "spending on an unknown line",
        kind: ErrorKind::NotFound,
        at: |json, place| Some(changed(entry(json, "spending", place, any)?, "line", json!("nowhere"))),
    },
    Spoil {
        fault: "spending in another currency",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (path, line) = entry(json, "spending", place, has("actual"))?;
            let other = foreign(line.get("actual")?)?;
            Some(changed((path, line), "actual", other))
        },
    },
    Spoil {
        fault: "a plan below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            let (path, line) = entry(json, "lines", place, any)?;
            let below = amount(-1, line.get("plan")?)?;
            Some(changed((path, line), "plan", below))
        },
    },
    Spoil {
        fault: "a forecast below what is spent",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (path, line) = entry(json, "spending", place, has("actual"))?;
            let (less, more) = (amount(0, line.get("actual")?)?, amount(1, line.get("actual")?)?);
            line.insert("actual".into(), more);
            Some(changed((path, line), "forecast", less))
        },
    },
    Spoil { fault: "no lines", kind: ErrorKind::Empty, at: |json, _| emptied(json, "lines") },
];

/// Drafts of true returns on the basis of revenue: media costs above 0 and others, direct returns and uplifts.
///
/// Mean size 6.2 returns and costs; 41 % are edges: no uplift, no other cost, a return of 0.
///
/// # Examples
/// ```
/// use marketloop::strategies::true_returns;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in true_returns())| {
///     let campaign = draft.check().unwrap();
///     let returns = campaign.direct_returns().plus(campaign.indirect_returns()).unwrap();
///     prop_assert_eq!(returns, campaign.returns());
/// });
/// ```
pub fn true_returns() -> TrueReturns {
    TrueReturns { losses: false }
}

/// How true returns are made; see [`true_returns`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct TrueReturns {
    losses: bool,
}

impl TrueReturns {
    /// Also indirect returns below 0: sales that a campaign takes away elsewhere.
    pub fn with_losses(mut self) -> Self {
        self.losses = true;
        self
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &RETURN_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = TrueReturnDraft<Revenue>> + use<> {
        let kinds = select(&[CostKind::Labour, CostKind::Production, CostKind::Other][..]);
        let amounts = || prop_oneof![1 => Just(0_i128), 9 => 0_i128..1_000_000];
        let least = if self.losses { -200 } else { 0 };
        let uplifts = vec((least..200_i64, amounts()), 0..4);
        (vec(amounts(), 1..4), uplifts, 1_i128..100_000, vec((kinds, 0_i128..100_000), 0..4), currencies())
            .prop_map(|(direct, uplifts, media, others, currency)| {
                let money = |minor| money(minor, currency);
                let mut draft = TrueReturn::draft().cost(CostKind::Media, "media", money(media));
                for (minor, number) in direct.into_iter().zip(1..) {
                    draft = draft.direct(format!("orders {number}"), money(minor));
                }
                for ((percent, of), number) in uplifts.into_iter().zip(1..) {
                    draft = draft.uplift(
                        format!("uplift {number}"),
                        percent.into(),
                        money(of),
                        Rounding::HalfEven,
                    );
                }
                for ((kind, minor), number) in others.into_iter().zip(1..) {
                    draft = draft.cost(kind, format!("cost {number}"), money(minor));
                }
                draft
            })
    }
}

strategy!(TrueReturns => TrueReturnDraft<Revenue>);

const RETURN_SPOILS: [Spoil; 6] = [
    Spoil {
        fault: "a return named twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "returns", "name", place),
    },
    Spoil {
        fault: "a cost named twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "costs", "name", place),
    },
    Spoil {
        fault: "a cost below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            let (path, cost) = entry(json, "costs", place, any)?;
            let below = amount(-1, cost.get("amount")?)?;
            Some(changed((path, cost), "amount", below))
        },
    },
    Spoil {
        fault: "a cost in another currency",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (path, cost) = entry(json, "costs", place, any)?;
            let other = foreign(cost.get("amount")?)?;
            Some(changed((path, cost), "amount", other))
        },
    },
    Spoil {
        fault: "returns on another basis",
        kind: ErrorKind::Mismatch,
        at: |json, _| {
            object(json)?.insert("basis".into(), json!("profit"));
            Some(Path::root().field("basis"))
        },
    },
    Spoil {
        fault: "a return of an amount and of a percentage",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (path, part) = entry(json, "returns", place, has("percent"))?;
            let of = part.get("percent")?.get("of")?.clone();
            changed((path.clone(), part), "amount", of);
            Some(path)
        },
    },
];

fn small() -> impl Strategy<Value = Decimal> + Clone {
    prop_oneof![
        1 => Just(Decimal::ZERO),
        9 => (0_u32..4, 0_i64..100_000).prop_map(|(scale, mantissa)| Decimal::new(mantissa, scale)),
    ]
}

/// Lines with planned and actual price and quantity, as many as `count` says: new lines, dropped ones and free ones
/// among them.
///
/// Mean size 3.0 lines; 77 % are edges: one line, a price or a quantity of 0.
///
/// # Examples
/// ```
/// use marketloop::budget::SpendVariance;
/// use marketloop::strategies::line_spends;
/// use proptest::prelude::*;
///
/// proptest!(|(lines in line_spends(1..6))| {
///     let variance = SpendVariance::of(lines).unwrap();
///     let due = variance.actual().minus(variance.planned()).unwrap();
///     prop_assert_eq!(variance.total(), due);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn line_spends(count: impl Into<SizeRange>) -> impl Strategy<Value = Vec<LineSpend>> + Clone {
    let spend = || (small(), small());
    vec((spend(), spend()), count.into()).prop_map(|lines| {
        let line = |((planned, actual), number)| LineSpend::new(format!("line {number}"), planned, actual);
        lines.into_iter().zip(1..).map(line).collect()
    })
}

/// Flexible budgets: a fixed part, a rate per unit in thirds, and the planned units.
///
/// Mean size 1.0 budgets; 26 % are edges: no fixed part, no rate, no units.
///
/// # Examples
/// ```
/// use marketloop::strategies::flexible_budgets;
/// use proptest::prelude::*;
/// use rust_decimal::Decimal;
///
/// proptest!(|(budget in flexible_budgets(), units in 0_u32..1_000)| {
///     let (less, more) = (budget.flexed(units.into()).unwrap(), budget.flexed((units + 1).into()).unwrap());
///     prop_assert!(less <= more);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn flexible_budgets() -> impl Strategy<Value = FlexibleBudget> + Clone {
    (small(), small(), small()).prop_filter_map("a flexible budget", |(fixed, rate, planned)| {
        FlexibleBudget::new(fixed, Ratio::new(rate, 3.into()).ok()?, planned).ok()
    })
}
