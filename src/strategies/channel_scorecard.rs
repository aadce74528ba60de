//! Scorecards: full ones, and what an export tells of them.

use super::almost_valid::{AlmostValid, Spoil, spoilt};
use super::strategy;
use super::wire_faults::{foreign, object};
use crate::channel::{ChannelFigure, Metric, Scorecard, ScorecardDraft};
use crate::error::{ErrorKind, Path};
use crate::quantity::{Currency, Money, Quantity, Rounding};
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use proptest::array::{uniform8, uniform11};
use proptest::bool::weighted;
use proptest::prelude::Strategy;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Full scorecards whose metrics are all finite decimals: each figure is the next one of the path times 1, 2, 4, 5, 8
/// or 10, so that every figure can be told by a metric instead.
///
/// Mean size 8.0 figures; 50 % are edges: a step of the path that loses nobody, a single new customer.
///
/// # Examples
/// ```
/// use marketloop::channel::{ChannelFigure, Metric};
/// use marketloop::strategies::scorecards;
/// use proptest::prelude::*;
///
/// proptest!(|(card in scorecards())| {
///     prop_assert!(ChannelFigure::ALL.iter().all(|figure| card.figure(*figure).get().is_ok()));
///     prop_assert!(Metric::ALL.iter().all(|metric| card.metric(*metric).is_ok()));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn scorecards() -> impl Strategy<Value = Scorecard> + Clone {
    let factor = || select(&[1_u64, 2, 4, 5, 8, 10][..]);
    let factors = (factor(), factor(), factor(), factor(), factor(), factor(), factor());
    (1_u64..1_000, factors).prop_filter_map("a scorecard", |(new, (a, b, c, d, e, cents, revenue))| {
        let conversions = new.checked_mul(a)?;
        let visitors = conversions.checked_mul(b)?;
        let clicks = visitors.checked_mul(c)?;
        let impressions = clicks.checked_mul(d)?;
        // A multiple of every count in cents: costs are whole cents.
        let spend = impressions.checked_mul(cents)?;
        let money = |minor: u64| Money::from_minor(minor.into(), Currency::CNY).ok();
        Scorecard::draft()
            .with_impressions(impressions)
            .with_engagements(clicks.checked_mul(e)?)
            .with_clicks(clicks)
            .with_visitors(visitors)
            .with_conversions(conversions)
            .with_new_customers(new)
            .with_spend(money(spend)?)
            .with_revenue(money(spend.checked_mul(revenue)?)?)
            .check()
            .ok()
    })
}

/// Full scorecards, each with a draft that tells a part of it: some figures, and some metrics, which agree.
///
/// By default metrics are told exactly. What the draft leaves out is implied, or unknown.
///
/// Mean size 9.5 figures and metrics; 16 % are edges: at most two figures or two metrics told, every figure told.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::scorecard_drafts;
/// use proptest::prelude::*;
///
/// proptest!(|((truth, draft) in scorecard_drafts())| {
///     let card = draft.check().unwrap();
///     laws::told_figures_are_true(&truth, |figure| card.figure(figure).known())?;
/// });
/// ```
pub fn scorecard_drafts() -> ScorecardDrafts {
    ScorecardDrafts { told: Told::Exactly, most: 1_000_000_000_000 }
}

/// How drafts of scorecards are made; see [`scorecard_drafts`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct ScorecardDrafts {
    told: Told,
    most: u64,
}

#[derive(Debug, Clone)]
enum Told {
    Exactly,
    Rounded(RangeInclusive<u32>),
    Falsely,
}

impl ScorecardDrafts {
    /// Any figures, zeros among them, with metrics as exports show them: rounded to so many decimals of their unit, a
    /// half up or to the even one, and 0 where the denominator is.
    pub fn with_rounded_metrics(self, decimals: RangeInclusive<u32>) -> Self {
        Self { told: Told::Rounded(decimals), ..self }
    }

    /// The most that a figure of a scorecard with rounded metrics is, of an amount in minor units.
    pub fn with_figures_up_to(self, most: u64) -> Self {
        Self { most, ..self }
    }

    /// Drafts whose spend is not that of their metrics: all refused, with
    /// [`ChannelError::Contradiction`](crate::channel::ChannelError::Contradiction).
    pub fn with_contradiction(self) -> Self {
        Self { told: Told::Falsely, ..self }
    }

    /// Drafts with one fault, and what their refusal has to say.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone().prop_map(|(_, draft)| draft), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = (Scorecard, ScorecardDraft)> + use<> {
        match &self.told {
            Told::Exactly => (scorecards(), masks(0.5))
                .prop_filter_map("a part of a scorecard", |(card, mask)| {
                    let draft = told(&card, mask, (20, Rounding::HalfEven))?;
                    Some((card, draft))
                })
                .boxed(),
            Told::Falsely => {
                (scorecards(), masks(0.5), 1_i128..1_000)
                    .prop_filter_map("a contradiction", |(card, (_, metrics), more)| {
                        // All figures, and the cost per click beside them.
                        let mask = ([true; 8], metrics);
                        let draft = told(&card, mask, (20, Rounding::HalfEven))?;
                        let cost = card.show(Metric::CostPerClick, (20, Rounding::HalfEven)).ok()?;
                        let draft = draft.with_cost_per_click(cost);
                        let more = Money::from_minor(more, Currency::CNY).ok()?;
                        let spend = card.spend().known()?.plus(more).ok()?;
                        Some((card, draft.with_spend(spend)))
                    })
                    .boxed()
            }
            Told::Rounded(decimals) => rounded(decimals.clone(), self.most).boxed(),
        }
    }
}

strategy!(ScorecardDrafts => (Scorecard, ScorecardDraft));

/// Which figures are told, and which metrics.
type Mask = ([bool; 8], [bool; 11]);

/// Each figure by the chance, and each metric by a half; what is left out shrinks first.
fn masks(figures: f64) -> impl Strategy<Value = Mask> + Clone {
    (uniform8(weighted(figures)), uniform11(weighted(0.5)))
}

/// A draft that tells a part of the card.
fn told(card: &Scorecard, (figures, metrics): Mask, precision: (u32, Rounding)) -> Option<ScorecardDraft> {
    let mut draft = Scorecard::draft();
    for (figure, _) in ChannelFigure::ALL.into_iter().zip(figures).filter(|(_, told)| *told) {
        draft = draft.with_figure(figure, &card.figure(figure).known()?).ok()?;
    }
    for (metric, _) in Metric::ALL.into_iter().zip(metrics).filter(|(_, told)| *told) {
        let Some(shown) = shown(card, metric, precision) else { continue };
        draft = draft.with_metric(metric, shown).ok()?;
    }
    Some(draft)
}

/// A metric as an export shows it; of nothing out of nothing 0.
fn shown(card: &Scorecard, metric: Metric, precision: (u32, Rounding)) -> Option<Quantity> {
    if let Ok(shown) = card.show(metric, precision) {
        return Some(shown);
    }
    let nothing = card.figure(metric.numerator()).known()?.value().is_zero() && metric != Metric::NetReturn;
    let currency = card.spend().known()?.currency();
    let zero = Decimal::try_from_i128_with_scale(0, precision.0).ok()?;
    nothing.then(|| Some(Quantity::new(zero, metric.unit(currency).ok()?)))?
}

/// One whole, in the parts that are drawn of it.
const WHOLE: u32 = 1 << 24;

/// A part of a number: all of it where `parts` is the [`WHOLE`].
fn part(of: u64, parts: u32) -> u64 {
    // Below the product of 64 and 32 bits.
    let product = u128::from(of).saturating_mul(parts.into());
    product.checked_div(WHOLE.into()).and_then(|part| u64::try_from(part).ok()).unwrap_or(of)
}

/// The end of the numbers that figures are made of.
const DRAWN: u32 = 1 << 24;

/// A number up to `most` of every order of magnitude, which grows with what is drawn; the lowest sixteenth is 0.
fn magnitude(drawn: u32, most: u64) -> u64 {
    let bits = u64::BITS.saturating_sub(most.leading_zeros());
    let orders = bits.clamp(1, 6);
    let drawn = drawn.saturating_sub(DRAWN >> 4);
    // The order, and how far within it.
    let places = u64::from(drawn).saturating_mul(orders.into());
    let width = u64::from(DRAWN).saturating_sub(u64::from(DRAWN >> 4));
    let order = places.checked_div(width).and_then(|order| u32::try_from(order).ok()).unwrap_or(0);
    let within = places.checked_rem(width).unwrap_or(0);
    let end = |order: u32| {
        let shift = bits.saturating_mul(orders.saturating_sub(order).saturating_sub(1)).checked_div(orders);
        most.checked_shr(shift.unwrap_or(0)).unwrap_or(0)
    };
    let low = order.checked_sub(1).map_or(0, end);
    let more =
        u128::from(end(order).saturating_sub(low)).saturating_mul(u128::from(within).saturating_add(1));
    let more = more.checked_div(width.into()).and_then(|more| u64::try_from(more).ok()).unwrap_or(0);
    if drawn == 0 { 0 } else { low.saturating_add(more) }
}

/// Any full scorecard with an export of it.
fn rounded(decimals: RangeInclusive<u32>, most: u64) -> impl Strategy<Value = (Scorecard, ScorecardDraft)> {
    // One range for each, without a choice of ranges: it is drawn faster, and shrinks to the least number that fails.
    let figure = move || (0..DRAWN).prop_map(move |drawn| magnitude(drawn, most));
    let step = || (0..=WHOLE.saturating_add(WHOLE >> 3)).prop_map(|parts| parts.min(WHOLE));
    let counts = (figure(), figure(), figure(), step(), step(), step());
    let currency = select(&[Currency::CNY, Currency::JPY][..]);
    let way = select(&[Rounding::HalfEven, Rounding::HalfAwayFromZero][..]);
    (counts, figure(), figure(), currency, decimals, way, masks(0.25)).prop_filter_map(
        "an export",
        |((impressions, engagements, visitors, a, b, c), spend, revenue, currency, decimals, way, mask)| {
            let clicks = part(impressions, a);
            let conversions = part(clicks, b);
            let money = |minor: u64| Money::from_minor(minor.into(), currency).ok();
            let card = Scorecard::draft()
                .with_impressions(impressions)
                .with_engagements(engagements)
                .with_clicks(clicks)
                .with_visitors(visitors)
                .with_conversions(conversions)
                .with_new_customers(part(conversions, c))
                .with_spend(money(spend)?)
                .with_revenue(money(revenue)?)
                .check()
                .ok()?;
            let draft = told(&card, mask, (decimals, way))?;
            Some((card, draft.with_metrics_rounded_to(decimals)))
        },
    )
}

/// Takes the metrics out of the JSON of a draft, and tells it as exact: they would contradict a changed figure.
fn without_metrics(json: &mut Value) -> Option<()> {
    let fields = object(json)?;
    let figures: Vec<_> =
        ChannelFigure::ALL.iter().filter_map(|figure| serde_json::to_value(figure).ok()).collect();
    fields.retain(|key, _| figures.iter().any(|figure| figure == key));
    Some(())
}

/// Sets a field; tells its place.
fn set(json: &mut Value, field: &str, value: Value) -> Option<Path> {
    object(json)?.insert(field.into(), value);
    Some(Path::root().field(field))
}

const SPOILS: [Spoil; 7] = [
    Spoil {
        fault: "more clicks than impressions",
        kind: ErrorKind::Conflict,
        at: |json, _| {
            without_metrics(json)?;
            object(json)?.retain(|key, _| key != "conversions" && key != "new_customers");
            set(json, "impressions", json!(7))?;
            set(json, "clicks", json!(8))
        },
    },
    Spoil {
        fault: "a rate above 100 %",
        kind: ErrorKind::OutOfRange,
        at: |json, _| set(json, "click_through_rate", json!("100.1 %")),
    },
    Spoil {
        fault: "a cost below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, _| set(json, "cost_per_click", json!("-1 CNY/click")),
    },
    Spoil {
        fault: "a rate in another unit",
        kind: ErrorKind::Mismatch,
        at: |json, _| set(json, "conversion_rate", json!("1 CNY")),
    },
    Spoil {
        fault: "a spend below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, _| {
            without_metrics(json)?;
            set(json, "spend", json!({"amount": "-1", "currency": "CNY"}))
        },
    },
    Spoil {
        fault: "a revenue in another currency",
        kind: ErrorKind::Mismatch,
        at: |json, _| {
            let other = foreign(json.get("spend")?)?;
            set(json, "revenue", other)
        },
    },
    Spoil {
        fault: "a cost per click that is not that of the spend",
        kind: ErrorKind::Conflict,
        at: |json, _| {
            json.get("spend")?.get("amount")?;
            json.get("clicks")?.as_u64().filter(|clicks| *clicks > 0)?;
            without_metrics(json)?;
            set(json, "cost_per_click", json!("1000000000000 CNY/click"))
        },
    },
];
