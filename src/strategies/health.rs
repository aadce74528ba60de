//! Normalisers, aggregations and health matrices with readings.

use super::almost_valid::{Spoil, one_of, spoilt};
use super::{AlmostValid, decimals, shares, strategy};
use crate::error::{ErrorKind, Path};
use crate::health::{Aggregation, Dimension, Indicator, Matrix, MissingPolicy, Normaliser, Scoring, Ties};
use crate::quantity::{Quantity, Unit};
use crate::target::{Bands, Better, Light, LowerRule, Target, Threshold};
use crate::time::Grain;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use rust_decimal::Decimal;
use serde_json::json;

/// Aggregations of every kind; one of weights by rank has up to 4 of them, none for more parts.
///
/// Mean size 0.5 weights by rank; 19 % are edges: a Hurwicz index of 0 or 1, a power or
/// quantifier of 1, one weight by rank.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_its_own_text;
/// use marketloop::strategies::aggregations;
/// use proptest::prelude::*;
///
/// proptest!(|(aggregation in aggregations())| reads_its_own_text(&aggregation)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn aggregations() -> impl Strategy<Value = Aggregation> + Clone {
    let plain = [
        Aggregation::Arithmetic,
        Aggregation::Geometric,
        Aggregation::Harmonic,
        Aggregation::WeakestLink,
        Aggregation::RisingRanks,
        Aggregation::FallingRanks,
    ];
    let weight = decimals().prop_map(|weight| weight.abs().normalize());
    prop_oneof![
        select(plain.to_vec()),
        prop_oneof![3 => decimals().prop_map(not_zero), 1 => Just(Decimal::ONE)]
            .prop_map(|power| Aggregation::Power(power.normalize())),
        shares().prop_map(Aggregation::Hurwicz),
        prop_oneof![3 => 1..=u8::MAX, 1 => Just(1)].prop_map(Aggregation::Quantifier),
        vec(weight, 1..5).prop_map(|mut weights| {
            // Where one part is left, the first weight alone counts.
            if let Some(first) = weights.first_mut() {
                *first = not_zero(*first);
            }
            Aggregation::Ranks(weights)
        }),
    ]
}

/// Normalisers of every kind, with ends and samples of any size.
///
/// Mean size 0.4 values of a sample; 26 % are edges: a target ratio, an unchanged value, a sample of equal values.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_its_own_text;
/// use marketloop::strategies::normalisers;
/// use proptest::prelude::*;
///
/// proptest!(|(normaliser in normalisers())| reads_its_own_text(&normaliser)?);
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn normalisers() -> impl Strategy<Value = Normaliser> + Clone {
    let better = select(&[Better::Higher, Better::Lower][..]);
    let ties = select(&[Ties::Rank, Ties::Weak, Ties::Strict, Ties::Mean][..]);
    let numbers = prop_oneof![
        3 => vec(decimals(), 2..6),
        1 => (decimals(), 2_usize..6).prop_map(|(value, times)| vec![value; times]),
    ];
    (numbers, better, ties, 0..8_u8).prop_filter_map("a normaliser", |(numbers, better, ties, kind)| {
        let first = *numbers.first()?;
        let other = *numbers.iter().find(|other| **other != first).unwrap_or(&other_than(first));
        match kind {
            0 => Some(Normaliser::TARGET_RATIO),
            1 => Some(Normaliser::UNCHANGED),
            2 => Normaliser::goalposts(first, other).ok(),
            3 => Normaliser::min_max_of(better, &[first, other]).ok(),
            4 => Normaliser::standard_score(better, first, not_zero(other.abs())).ok(),
            5 => Normaliser::percentile(better, ties, numbers).ok(),
            6 => Normaliser::logistic(first, not_zero(other)).ok(),
            _ => {
                let at: BTreeSet<Decimal> = numbers.into_iter().chain([other]).collect();
                let score =
                    (0_i64..).map(|quarters| Decimal::new(25_i64.saturating_mul(quarters).min(100), 2));
                Normaliser::piecewise_linear(at.into_iter().zip(score)).ok()
            }
        }
    })
}

fn not_zero(value: Decimal) -> Decimal {
    if value.is_zero() { Decimal::ONE } else { value }
}

fn other_than(value: Decimal) -> Decimal {
    if value == Decimal::ONE { Decimal::ZERO } else { Decimal::ONE }
}

/// Health matrices with readings: 1 to 4 dimensions of 1 to 4 indicators with weights of 1 to 5, in which the values lie
/// from below 0 to beyond the target and some are missing.
///
/// Each indicator has the target of at least 100 %, with yellow from 80 % on, unless there are to be
/// [any targets](HealthMatrices::with_any_targets).
///
/// Mean size 6.1 indicators; 48 % are edges: one indicator, nothing measured, a value on its
/// target.
///
/// # Examples
/// ```
/// use marketloop::strategies::health_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|(matrix in health_matrices().with_dimensions(2).without_missing())| {
///     prop_assert!(matrix.assess().unwrap().score().is_known());
/// });
/// ```
pub fn health_matrices() -> HealthMatrices {
    HealthMatrices {
        dimensions: (1..=4).into(),
        indicators: (1..=4).into(),
        scoring: None,
        any_targets: false,
        missing: true,
    }
}

/// How health matrices are made; see [`health_matrices`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct HealthMatrices {
    dimensions: SizeRange,
    indicators: SizeRange,
    scoring: Option<Scoring>,
    any_targets: bool,
    missing: bool,
}

impl HealthMatrices {
    /// Matrices of so many dimensions; none counts as one.
    pub fn with_dimensions(mut self, dimensions: impl Into<SizeRange>) -> Self {
        self.dimensions = dimensions.into();
        self
    }

    /// Dimensions of so many indicators; none counts as one.
    pub fn with_indicators(mut self, indicators: impl Into<SizeRange>) -> Self {
        self.indicators = indicators.into();
        self
    }

    /// Matrices that are scored so; else by any of four means on both levels and any policy of what is missing.
    pub fn with_scoring(mut self, scoring: Scoring) -> Self {
        self.scoring = Some(scoring);
        self
    }

    /// Targets of every direction near 0, those that no value can attain among them, with values from -8 to 16 %, and
    /// bands at any two edges.
    pub fn with_any_targets(mut self) -> Self {
        self.any_targets = true;
        self
    }

    /// Matrices in which every indicator was measured.
    pub fn without_missing(mut self) -> Self {
        self.missing = false;
        self
    }

    /// JSON of matrices with one fault that [`MatrixDraft::check`](crate::health::MatrixDraft::check) has to tell.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::MatrixDraft;
    /// use marketloop::laws::refuses;
    /// use marketloop::strategies::health_matrices;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in health_matrices().almost_valid())| {
    ///     refuses(&case, serde_json::from_str::<MatrixDraft>(case.json()).unwrap().check())?;
    /// });
    /// ```
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.cases(), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = Matrix> + use<> {
        // What was not measured shrinks to what was.
        let measured = if self.missing { 0.85 } else { 1.0 };
        let values = if self.any_targets { -8_i64..=16 } else { -20..=140 };
        let value = prop_oneof![9 => values, 1 => Just(if self.any_targets { 0 } else { 100 })];
        let indicator = (1_u8..6, value, proptest::bool::weighted(1.0 - measured), near_targets());
        let dimension = (1_u8..6, vec(indicator, self.indicators.clone()));
        let means = [
            Aggregation::Arithmetic,
            Aggregation::Geometric,
            Aggregation::Harmonic,
            Aggregation::WeakestLink,
        ];
        let policies = [MissingPolicy::Skip, MissingPolicy::Zero, MissingPolicy::Propagate];
        let (given, any_targets) = (self.scoring.clone(), self.any_targets);
        let parts = (vec(dimension, self.dimensions.clone()), any_bands());
        (parts, select(means.to_vec()), select(policies.to_vec())).prop_filter_map(
            "a health matrix",
            move |((mut dimensions, bands), mean, missing)| {
                let bare = || (1, 100, false, Target::at_least(Decimal::ONE_HUNDRED, Unit::PERCENT));
                if dimensions.is_empty() {
                    dimensions.push((1, Vec::new()));
                }
                let dimensions = (1_u32..).zip(dimensions).map(|(number, (weight, mut own))| {
                    if own.is_empty() {
                        own.push(bare());
                    }
                    let indicators =
                        (1_u32..).zip(own).filter_map(|(number, (weight, value, missing, near))| {
                            let target = if any_targets { near } else { bare().3 };
                            let indicator = Indicator::new(format!("i{number}"), target, Grain::Month)
                                .with_weight(weight);
                            let actual = Quantity::new(value.into(), Unit::PERCENT);
                            if missing { Some(indicator) } else { indicator.with_actual(actual.into()).ok() }
                        });
                    Dimension::new(format!("d{number}"), indicators.collect::<Vec<_>>()).with_weight(weight)
                });
                let bands = if any_targets { bands } else { usual_bands()? };
                let scoring = given.clone().unwrap_or_else(|| Scoring::of(mean).with_missing(missing));
                let draft = dimensions.fold(Matrix::draft(bands), crate::health::MatrixDraft::dimension);
                draft.with_scoring(scoring).check().ok()
            },
        )
    }
}

strategy!(HealthMatrices => Matrix);

/// Yellow from 80 % on, green from 100 % on.
fn usual_bands() -> Option<Bands<Light>> {
    Bands::lights(Threshold::at_or_above(Decimal::new(8, 1)), Threshold::at_or_above(Decimal::ONE)).ok()
}

/// Targets around 0, in per cent, also those that no value can attain.
fn near_targets() -> impl Strategy<Value = Target> + Clone {
    let rule = || select(&[LowerRule::Linear, LowerRule::Inverse][..]);
    let value = || (-3_i64..=6).prop_map(Decimal::from);
    prop_oneof![
        value().prop_map(|least| Target::at_least(least, Unit::PERCENT)),
        (value(), rule()).prop_map(|(most, rule)| Target::at_most(most, rule, Unit::PERCENT)),
        (value(), 0_u32..4, rule()).prop_filter_map("a corridor", |(low, more, rule)| {
            let high = low.checked_add(more.into())?;
            Target::between(low, high, rule, Unit::PERCENT).ok()
        }),
    ]
}

/// Lights at any two edges, in quarters, above or beyond them.
fn any_bands() -> impl Strategy<Value = Bands<Light>> + Clone {
    (-4_i64..6, 1_i64..6, any::<bool>(), any::<bool>()).prop_filter_map(
        "bands",
        |(yellow, more, first, second)| {
            let threshold = |quarters: i64, within: bool| {
                let at = Decimal::new(quarters.saturating_mul(25), 2);
                if within { Threshold::at_or_above(at) } else { Threshold::above(at) }
            };
            Bands::lights(threshold(yellow, first), threshold(yellow.saturating_add(more), second)).ok()
        },
    )
}

const SPOILS: [Spoil; 8] = [
    Spoil {
        fault: "a dimension that is named as the first",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let dimensions = json.get_mut("dimensions")?.as_array_mut()?;
            let first = dimensions.first()?.get("name")?.clone();
            let (later, step) = one_of(dimensions.get_mut(1..)?, place)?;
            later["name"] = first;
            Some(dimension(step.checked_add(1)?).field("name"))
        },
    },
    Spoil {
        fault: "an indicator that is named as the first of its dimension",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let (own, at) = one_of(json.get_mut("dimensions")?.as_array_mut()?, place)?;
            let indicators = own.get_mut("indicators")?.as_array_mut()?;
            let first = indicators.first()?.get("name")?.clone();
            let (later, step) = one_of(indicators.get_mut(1..)?, place)?;
            later["name"] = first;
            Some(dimension(at).field("indicators").index(step.checked_add(1)?).field("name"))
        },
    },
    Spoil {
        fault: "no dimensions",
        kind: ErrorKind::Empty,
        at: |json, _| {
            *json.get_mut("dimensions")? = json!([]);
            Some(Path::root().field("dimensions"))
        },
    },
    Spoil {
        fault: "a dimension without indicators",
        kind: ErrorKind::Empty,
        at: |json, place| {
            let (own, at) = one_of(json.get_mut("dimensions")?.as_array_mut()?, place)?;
            *own.get_mut("indicators")? = json!([]);
            Some(dimension(at).field("indicators"))
        },
    },
    Spoil {
        fault: "a weight below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            let dimensions = json.get_mut("dimensions")?.as_array_mut()?;
            // Of a single one that would also be no weight above 0.
            let (own, step) = one_of(dimensions.get_mut(1..)?, place)?;
            own["weight"] = json!("-1");
            Some(dimension(step.checked_add(1)?).field("weight"))
        },
    },
    Spoil {
        fault: "no weight above 0",
        kind: ErrorKind::Empty,
        at: |json, place| {
            let (own, at) = one_of(json.get_mut("dimensions")?.as_array_mut()?, place)?;
            for indicator in own.get_mut("indicators")?.as_array_mut()? {
                indicator["weight"] = json!("0");
            }
            Some(dimension(at).field("indicators"))
        },
    },
    Spoil {
        fault: "a value in another unit than its target",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (own, at) = one_of(json.get_mut("dimensions")?.as_array_mut()?, place)?;
            let (indicator, index) = one_of(own.get_mut("indicators")?.as_array_mut()?, place)?;
            indicator["actual"] = json!({"value": "3", "unit": "order"});
            Some(dimension(at).field("indicators").index(index).field("actual"))
        },
    },
    Spoil {
        fault: "dimensions that are measured against a target",
        kind: ErrorKind::Mismatch,
        at: |json, _| {
            let scoring = json.get_mut("scoring")?.as_object_mut()?;
            scoring.insert("dimension_normaliser".into(), json!("target_ratio"));
            Some(Path::root().field("scoring").field("dimension_normaliser"))
        },
    },
];

fn dimension(index: usize) -> Path {
    Path::root().field("dimensions").index(index)
}
