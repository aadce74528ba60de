//! What is decided with channels: content, actions, influencers, values of customers.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::wire_faults::{any as any_entry, emptied, entry, object, repeated};
use super::{currencies, strategy, targets};
use crate::channel::{
    ActionTable, CoOccurrence, Concentration, ContentMatrix, ContentMatrixDraft, InfluencerPyramid,
    LifetimeValue, Quadrants,
};
use crate::decision::{CellTest, DecisionTable, HitPolicy, TableColumn};
use crate::error::{ErrorKind, Path};
use crate::quantity::{Currency, Mix, Money, Ratio, Share};
use crate::time::Grain;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde_json::json;

fn money(minor: i128, currency: Currency) -> Money {
    Money::from_minor(minor, currency).unwrap_or(Money::zero(currency))
}

fn names(what: &str, count: usize) -> Vec<String> {
    (1..).take(count).map(|number: u32| format!("{what} {number}")).collect()
}

/// Drafts of content matrices: 1 to 4 platforms with any target, 1 to 5 kinds of content, and perhaps the planned mix of
/// the kinds, in its own order.
///
/// Mean size 7.4 cells; 44 % are edges: one platform, one kind, a kind without pieces.
///
/// # Examples
/// ```
/// use marketloop::strategies::content_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|(draft in content_matrices())| {
///     let matrix = draft.check().unwrap();
///     prop_assert!(matrix.kinds().all(|kind| matrix.pieces_of_content(kind).is_some()));
/// });
/// ```
pub fn content_matrices() -> ContentMatrices {
    ContentMatrices { platforms: (1..=4).into(), kinds: (1..=5).into() }
}

/// How content matrices are made; see [`content_matrices`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct ContentMatrices {
    platforms: SizeRange,
    kinds: SizeRange,
}

/// As many pieces as a row can need.
const MOST_PIECES: usize = 16;

impl ContentMatrices {
    /// Matrices of so many platforms; none counts as one, and more than 16 as 16.
    pub fn with_platforms(self, platforms: impl Into<SizeRange>) -> Self {
        Self { platforms: platforms.into(), ..self }
    }

    /// Matrices of so many kinds of content; none counts as one.
    pub fn with_kinds(self, kinds: impl Into<SizeRange>) -> Self {
        Self { kinds: kinds.into(), ..self }
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &MATRIX_SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = ContentMatrixDraft> + use<> {
        let pieces = prop_oneof![2 => Just(0_u64), 8 => 0_u64..100];
        let row = (vec(pieces, MOST_PIECES), 0_u32..=100);
        let platforms = vec(targets(), self.platforms.clone());
        (platforms, vec(row, self.kinds.clone()), any::<bool>()).prop_filter_map(
            "a content matrix",
            |(mut platforms, mut rows, is_planned)| {
                platforms.truncate(MOST_PIECES);
                if platforms.is_empty() {
                    platforms.push("at least 1 %".parse().ok()?);
                }
                if rows.is_empty() {
                    rows.push((alloc::vec![0; MOST_PIECES], 100));
                }
                let count = platforms.len();
                let mut draft = ContentMatrix::draft();
                for (target, name) in platforms.into_iter().zip(names("platform", count)) {
                    draft = draft.platform(name, "core KPI", target);
                }
                let kinds = names("kind", rows.len());
                for ((pieces, _), name) in rows.iter().zip(&kinds) {
                    draft = draft.content(name, pieces.iter().copied().take(count));
                }
                if !is_planned {
                    return Some(draft);
                }
                // The distances between sorted cuts of 0..=100 add up to 100.
                let mut cuts: Vec<u32> = rows.iter().map(|(_, cut)| *cut).collect();
                cuts.pop();
                cuts.sort_unstable();
                cuts.push(100);
                let before = core::iter::once(0).chain(cuts.iter().copied());
                let shares = cuts.iter().zip(before).map(|(cut, before)| cut.saturating_sub(before));
                Some(draft.with_mix(Mix::from_percents(kinds.into_iter().rev().zip(shares)).ok()?))
            },
        )
    }
}

strategy!(ContentMatrices => ContentMatrixDraft);

const MATRIX_SPOILS: [Spoil; 7] = [
    Spoil {
        fault: "two platforms of one name",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let platforms = json.get_mut("platforms")?.as_array_mut()?;
            let later = place.index(platforms.len().checked_sub(1)?.max(1)).checked_add(1)?;
            let first = platforms.first()?.get("name")?.clone();
            platforms.get_mut(later)?.as_object_mut()?.insert("name".into(), first);
            Some(Path::root().field("platforms").index(later).field("name"))
        },
    },
    Spoil {
        fault: "two kinds of one name",
        kind: ErrorKind::Duplicate,
        at: |json, place| repeated(json, "contents", "name", place),
    },
    Spoil {
        fault: "a row that is longer than the others",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (path, row) = entry(json, "contents", place, any_entry)?;
            row.get_mut("pieces")?.as_array_mut()?.push(json!(0));
            Some(path.field("pieces"))
        },
    },
    Spoil {
        fault: "a kind that is not in the mix",
        kind: ErrorKind::NotFound,
        at: |json, _| {
            json.get("mix")?.as_array()?;
            let rows = json.get_mut("contents")?.as_array_mut()?;
            let pieces = rows.first()?.get("pieces")?.clone();
            let path = Path::root().field("contents").index(rows.len()).field("name");
            rows.push(json!({"name": "unplanned", "pieces": pieces}));
            Some(path)
        },
    },
    Spoil {
        fault: "a kind of the mix without a row",
        kind: ErrorKind::NotFound,
        at: |json, place| {
            let kinds = json.get("mix")?.as_array()?.len();
            let rows = json.get_mut("contents")?.as_array_mut()?;
            if rows.len() < 2 {
                return None;
            }
            let gone = place.index(rows.len());
            rows.remove(gone);
            // The mix has the kinds in the other order.
            Some(Path::root().field("mix").index(kinds.checked_sub(gone)?.checked_sub(1)?))
        },
    },
    Spoil {
        fault: "more pieces than can be counted",
        kind: ErrorKind::Overflow,
        at: |json, place| {
            let (_, row) = entry(json, "contents", place, any_entry)?;
            let pieces = row.get_mut("pieces")?.as_array_mut()?;
            if pieces.len() < 2 {
                return None;
            }
            for piece in pieces {
                *piece = json!(u64::MAX);
            }
            Some(Path::root().field("contents"))
        },
    },
    Spoil {
        fault: "no kinds",
        kind: ErrorKind::Empty,
        at: |json, _| {
            object(json)?.remove("mix");
            emptied(json, "contents")
        },
    },
];

/// Action tables of one to five rules on the facts of a channel; the first that matches counts, and a last one without
/// a test keeps the channel.
///
/// Mean size 3.0 rules; 69 % are edges: only the last rule, two rules of one action.
///
/// # Examples
/// ```
/// use marketloop::channel::{Scorecard, channel_facts};
/// use marketloop::strategies::{action_tables, scorecards};
/// use proptest::prelude::*;
///
/// proptest!(|(actions in action_tables(), card in scorecards())| {
///     let facts = actions.table().facts(channel_facts("channel", &card, &card, None)).unwrap();
///     prop_assert!(actions.decide(&facts).is_ok());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn action_tables() -> impl Strategy<Value = ActionTable> + Clone {
    const COLUMNS: [&str; 5] =
        ["kind", "return_on_ad_spend", "activity_change", "return_index", "cost_index"];
    // Of the columns those of numbers that a scorecard always has.
    let column = select(&[1_usize, 3, 4][..]);
    let word = select(&["replace", "drop", "boost", "cut", "keep"][..]);
    let rule = (column, any::<bool>(), 0_u32..40, word);
    vec(rule, 0..5).prop_filter_map("an action table", |rules| {
        let mut table = DecisionTable::draft(HitPolicy::First).output(TableColumn::text("action"));
        for name in COLUMNS {
            table =
                table.input(if name == "kind" { TableColumn::text(name) } else { TableColumn::number(name) });
        }
        for (column, is_below, tenths, word) in rules {
            let limit = Decimal::new(tenths.into(), 1);
            let test = if is_below { CellTest::below(limit) } else { CellTest::at_least(limit) };
            let cells =
                (0..COLUMNS.len()).map(|at| if at == column { test.clone() } else { CellTest::any() });
            table = table.rule(cells.collect::<Vec<_>>(), [word]);
        }
        table = table.rule(alloc::vec![CellTest::any(); COLUMNS.len()], ["keep"]);
        ActionTable::new(table.check().ok()?).ok()
    })
}

/// Pyramids of influencers: 1 to 5 tiers, none narrower than the one before.
///
/// Mean size 2.9 tiers; 39 % are edges: one tier, two tiers of the same size.
///
/// # Examples
/// ```
/// use marketloop::strategies::influencer_pyramids;
/// use proptest::prelude::*;
///
/// proptest!(|(pyramid in influencer_pyramids(), people in 0_u64..1_000)| {
///     prop_assert_eq!(pyramid.people(people).unwrap().iter().sum::<u64>(), people);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn influencer_pyramids() -> impl Strategy<Value = InfluencerPyramid<String>> + Clone {
    let more = prop_oneof![1 => Just(0_u64), 9 => 0_u64..100];
    vec(more, 1..6).prop_filter_map("a pyramid", |steps| {
        let tiers = names("tier", steps.len());
        let mut people = 1_u64;
        let wider = steps.into_iter().map(|more| {
            people = people.saturating_add(more);
            people
        });
        InfluencerPyramid::new(tiers.into_iter().zip(wider.collect::<Vec<_>>())).ok()
    })
}

/// Quadrants with edges of 0 or more, in any currency.
///
/// Mean size 2.0 edges; 18 % are edges: a cost or a value of 0.
///
/// # Examples
/// ```
/// use marketloop::channel::Quadrant;
/// use marketloop::quantity::{Money, Ratio};
/// use marketloop::strategies::quadrants;
/// use proptest::prelude::*;
///
/// // What costs nothing is never of a high cost.
/// proptest!(|(quadrants in quadrants())| {
///     let place = quadrants.place(Ratio::ZERO, Money::zero(quadrants.currency())).unwrap();
///     prop_assert!(matches!(place, Quadrant::HighValueLowCost | Quadrant::LowValueLowCost));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn quadrants() -> impl Strategy<Value = Quadrants> + Clone {
    let edge = || prop_oneof![1 => Just(0_i128), 9 => 0_i128..10_000_000];
    (edge(), edge(), currencies()).prop_filter_map("quadrants", |(cost, value, currency)| {
        Quadrants::new(money(cost, currency), money(value, currency)).ok()
    })
}

/// Lifetime values of customers: shares in whole percents, up to 12 periods where there is a horizon.
///
/// Mean size 1.0 values; 34 % are edges: nobody or everybody stays, no margin, no orders, a horizon of 0.
///
/// # Examples
/// ```
/// use marketloop::strategies::lifetime_values;
/// use proptest::prelude::*;
///
/// proptest!(|(customer in lifetime_values())| {
///     // More periods are worth no less.
///     let value = |periods| customer.with_horizon(periods).value().get().unwrap();
///     prop_assert!(value(2) <= value(3));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn lifetime_values() -> impl Strategy<Value = LifetimeValue> + Clone {
    let percents = || prop_oneof![1 => select(&[0_u32, 100][..]), 9 => 0_u32..=100];
    let orders = prop_oneof![1 => Just((0_u128, 1_u128)), 9 => (0_u128..50, 1_u128..5)];
    let period = select(&[Grain::Week, Grain::Month, Grain::Quarter][..]);
    let horizon = proptest::option::of(0_u32..=12);
    let discount = prop_oneof![1 => Just(0_u32), 1 => 1_u32..20];
    (0_i128..1_000_000, percents(), orders, percents(), period, horizon, discount).prop_filter_map(
        "a lifetime value",
        |(order, margin, (orders, per), retention, period, horizon, discount)| {
            let share = |percent: u32| Share::percent(percent).ok();
            let orders = Ratio::of_integers(false, orders, per)?;
            let (order, margin, retention) = (money(order, Currency::CNY), share(margin)?, share(retention)?);
            let value = LifetimeValue::new(order, margin, orders, retention, period).ok()?;
            let value = value.with_discount(share(discount)?);
            Some(horizon.map_or(value, |periods| value.with_horizon(periods)))
        },
    )
}

/// Users that 1 to 5 channels reach together, counted from rows.
///
/// Mean size 3.0 channels; 30 % are edges: one channel, a channel that reaches nobody.
///
/// # Examples
/// ```
/// use marketloop::strategies::co_occurrences;
/// use proptest::prelude::*;
///
/// proptest!(|(reach in co_occurrences())| {
///     for channel in reach.channels() {
///         prop_assert!(reach.count_of(channel).unwrap() <= reach.all());
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn co_occurrences() -> impl Strategy<Value = CoOccurrence<String>> + Clone {
    (1_usize..6, vec((0_u64..30, any::<u8>()), 0..60)).prop_filter_map("reach", |(channels, rows)| {
        let rows = rows
            .into_iter()
            .map(|(user, channel)| (user, usize::from(channel).checked_rem(channels).unwrap_or(0)));
        CoOccurrence::from_rows(names("channel", channels), rows).ok()
    })
}

/// Concentrations on 1 to 11 channels; some depend on the one before them.
///
/// Mean size 6.1 channels; 57 % are edges: one channel, a channel that contributes nothing, two of the same.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::concentrations;
/// use proptest::prelude::*;
///
/// proptest!(|(shares in concentrations())| {
///     laws::concentration_is_between_even_and_single(shares.index(), shares.entries().len())?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn concentrations() -> impl Strategy<Value = Concentration<String>> + Clone {
    let part = prop_oneof![1 => Just(0_u32), 1 => Just(100), 8 => 0_u32..10_000];
    let depends = proptest::option::weighted(0.2, 0_u32..=100);
    vec((part, depends), 1..12).prop_filter_map("a concentration", |parts| {
        let channels = names("channel", parts.len());
        let one = u32::from(parts.iter().all(|(part, _)| *part == 0));
        let entries = channels.iter().cloned().zip(parts.iter().map(|(part, _)| part.max(&one)).copied());
        let mut shares = Concentration::new(entries).ok()?;
        let pairs = channels.iter().zip(channels.iter().zip(&parts).skip(1));
        for (before, (own, (_, depends))) in pairs {
            if let Some(percent) = depends {
                shares = shares.with_dependence(own, before, Share::percent(*percent).ok()?).ok()?;
            }
        }
        Some(shares)
    })
}
