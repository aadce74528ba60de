//! Risk matrices, three-point estimates and registers of risks.

use super::{response_plans, strategy};
use crate::alert::{Alert, AlertRule};
use crate::quantity::{Currency, Money, Share};
use crate::risk::{Rating, Risk, RiskMatrix, RiskRegister, RiskResponse, ThreePoint};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::bool;
use proptest::collection::{SizeRange, btree_set, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::Index;
use rust_decimal::Decimal;

/// Risk matrices of 1 to 5 levels on each side, with impacts up to 100 of whatever unit.
///
/// What each cell is rated follows from the risks in it, so that no matrix rates a smaller risk worse than a larger one.
///
/// Mean size 9.3 cells; 54 % are edges: one level on a side, one rating throughout.
///
/// # Examples
/// ```
/// use marketloop::quantity::Share;
/// use marketloop::strategies::{risk_matrices, shares};
/// use proptest::prelude::*;
/// use rust_decimal::dec;
///
/// proptest!(|(matrix in risk_matrices(), share in shares())| {
///     let certain = matrix.rate(Share::percent(100).unwrap(), dec!(1)).unwrap();
///     prop_assert!(matrix.rate(share, dec!(1)).unwrap() <= certain);
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn risk_matrices() -> impl Strategy<Value = RiskMatrix> + Clone {
    let ends = || btree_set(1_u32..100, 0..=4);
    let limit = || prop_oneof![4 => 0_u32..=10_000, 1 => Just(10_000), 1 => Just(0)];
    (ends(), ends(), limit(), limit()).prop_filter_map(
        "a risk matrix",
        |(probability, impact, first, second)| {
            // Two limits part the risks; a cell on both sides of one is tolerable.
            let (low, high) = (first.min(second), first.max(second));
            let levels = |ends: &BTreeSet<u32>| ends.iter().copied().chain([100]).collect::<Vec<u32>>();
            let (probability, impact) = (levels(&probability), levels(&impact));
            let mut ratings: Vec<Vec<Rating>> = Vec::new();
            let mut from = 0_u32;
            for to in &probability {
                let mut start = 0_u32;
                let mut row: Vec<Rating> = Vec::new();
                for end in &impact {
                    let (least, most) = (from.saturating_mul(start), to.saturating_mul(*end));
                    // A neighbour of what is acceptable is at most tolerable.
                    let below = ratings.last().and_then(|before| before.get(row.len())).copied();
                    let touches = [below, row.last().copied()].contains(&Some(Rating::Acceptable));
                    row.push(match (most <= low, least >= high) {
                        (true, _) => Rating::Acceptable,
                        (false, true) if !touches => Rating::Unacceptable,
                        _ => Rating::Tolerable,
                    });
                    start = *end;
                }
                ratings.push(row);
                from = *to;
            }
            let named = |ends: Vec<u32>, scale: u32| {
                let level = move |end: u32| (format!("up to {end}"), Decimal::new(end.into(), scale));
                ends.into_iter().map(level).collect::<Vec<_>>()
            };
            RiskMatrix::new(named(probability, 2), named(impact, 0), ratings).ok()
        },
    )
}

/// Three-point estimates of amounts of money, of either mean.
///
/// Mean size 2.5 points; 56 % are edges: three equal points, a likely one at an end, a low of 0.
///
/// # Examples
/// ```
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::three_points;
/// use proptest::prelude::*;
///
/// proptest!(|(estimate in three_points())| {
///     let mean = estimate.mean(Rounding::HalfEven).unwrap();
///     prop_assert!(*estimate.low() <= mean && mean <= *estimate.high());
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn three_points() -> impl Strategy<Value = ThreePoint> + Clone {
    let minor = || prop_oneof![1 => Just(0_i64), 6 => 0_i64..10_000_000];
    (minor(), minor(), minor(), 0_u8..10, any::<bool>()).prop_filter_map(
        "three points",
        |(first, second, third, ties, triangular)| {
            let mut points = [first, second, third];
            points.sort_unstable();
            let [low, likely, high] = points;
            let [low, likely, high] = match ties {
                0 => [low, low, low],
                1 => [low, low, high],
                2 => [low, high, high],
                _ => [low, likely, high],
            };
            let money = |minor: i64| Money::from_minor(minor.into(), Currency::CNY).ok();
            let (low, likely, high) = (money(low)?, money(likely)?, money(high)?);
            if triangular {
                ThreePoint::triangular(low, likely, high)
            } else {
                ThreePoint::pert(low, likely, high)
            }
            .ok()
        },
    )
}

/// Registers of up to 6 risks over a matrix of their own, with up to 2 alerts that announce them and up to 3 responses to
/// each; one in five is not estimated.
///
/// Mean size 3.0 risks; 30 % are edges: no risk, one, none that is estimated, none with a response.
///
/// # Examples
/// ```
/// use marketloop::quantity::Rounding;
/// use marketloop::strategies::risk_registers;
/// use proptest::prelude::*;
/// use rust_decimal::dec;
///
/// proptest!(|(register in risk_registers().with_risks(1..4))| {
///     let ranked = register.ranked(dec!(1), Rounding::HalfEven).unwrap();
///     prop_assert!(ranked.windows(2).all(|pair| pair[0].rating >= pair[1].rating));
/// });
/// ```
pub fn risk_registers() -> RiskRegisters {
    RiskRegisters { risks: (0..=6).into(), missing: true }
}

/// How registers of risks are made; see [`risk_registers`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct RiskRegisters {
    risks: SizeRange,
    missing: bool,
}

/// A risk as plain numbers: its place in the matrix, its estimate, the alerts and the responses.
type Drawn = (Index, Index, Share, ThreePoint, bool, [bool; 2], Vec<(Index, Share, ThreePoint)>);

impl RiskRegisters {
    /// Registers of so many risks.
    pub fn with_risks(mut self, risks: impl Into<SizeRange>) -> Self {
        self.risks = risks.into();
        self
    }

    /// Registers in which every risk is estimated.
    pub fn without_missing(mut self) -> Self {
        self.missing = false;
        self
    }

    fn cases(&self) -> impl Strategy<Value = RiskRegister> + use<> {
        let response = (any::<Index>(), super::shares(), three_points());
        let absent = bool::weighted(if self.missing { 0.2 } else { 0.0 });
        let triggers = [any::<bool>(), any::<bool>()];
        let place = (any::<Index>(), any::<Index>(), super::shares());
        let risk = (place, three_points(), absent, triggers, vec(response, 0..=3)).prop_map(
            |((row, column, share), estimate, absent, triggers, responses)| -> Drawn {
                (row, column, share, estimate, absent, triggers, responses)
            },
        );
        let alerts = vec(response_plans(), 0..=2);
        (risk_matrices(), alerts, vec(risk, self.risks.clone())).prop_filter_map(
            "a register of risks",
            |(matrix, plans, risks)| {
                let rule = AlertRule::below(Decimal::new(80, 0), Decimal::new(90, 0)).ok()?;
                let alerts = (1_u32..).zip(plans).map(|(number, response)| Alert {
                    id: format!("alert {number}"),
                    metric: "orders".into(),
                    rule,
                    response,
                });
                let alerts: Vec<Alert> = alerts.collect();
                let risks = (1_u32..).zip(risks).map(|(number, drawn)| read(number, &matrix, &alerts, drawn));
                let risks: Vec<Risk> = risks.collect::<Option<_>>()?;
                RiskRegister::new(matrix, alerts, risks).ok()
            },
        )
    }
}

strategy!(RiskRegisters => RiskRegister);

fn read(number: u32, matrix: &RiskMatrix, alerts: &[Alert], drawn: Drawn) -> Option<Risk> {
    let (row, column, share, estimate, absent, triggers, responses) = drawn;
    let names = |levels: Vec<(&str, Decimal)>| levels.into_iter().map(|(name, _)| name.to_string()).collect();
    let (rows, columns): (Vec<String>, Vec<String>) =
        (names(matrix.probability_levels().collect()), names(matrix.impact_levels().collect()));
    // The level of an estimated risk is that of its probability.
    let level =
        if absent { rows.get(row.index(rows.len()))?.clone() } else { matrix.level_of(share).to_string() };
    let impact = columns.get(column.index(columns.len()))?.clone();
    let money = |place: Index| {
        // What a response costs is drawn beside the estimate of what it leaves.
        let minor = i128::try_from(place.index(2_000_000)).ok()?;
        Money::from_minor(minor, Currency::CNY).ok()
    };
    let responses = (1_u32..).zip(responses).map(|(number, (cost, probability, impact))| {
        Some(RiskResponse { action: format!("response {number}"), cost: money(cost)?, probability, impact })
    });
    let announced = alerts.iter().zip(triggers).filter(|(_, announces)| *announces);
    Some(Risk {
        id: format!("risk {number}"),
        event: "orders stay away".into(),
        probability_level: level,
        impact_level: impact,
        responsible: "owner".into(),
        probability: (!absent).then_some(share),
        impact: (!absent).then_some(estimate),
        triggers: announced.map(|(alert, _)| alert.id.clone()).collect(),
        responses: responses.collect::<Option<_>>()?,
    })
}
