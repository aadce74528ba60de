//! Pairwise judgements, decision matrices and the weights of their criteria.

use super::strategy;
use crate::ranking::{CriteriaWeights, DecisionMatrix, PairwiseComparisons};
use crate::target::Better;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;

/// Pairwise judgements of 1 to 8 items, each beside the importances that they stem from.
///
/// All pairs are judged, and all judgements agree: each is the quotient of two importances.
///
/// Mean size 4.4 items; 32 % are edges: one item, two, all equally important.
///
/// # Examples
/// ```
/// use marketloop::strategies::judgements;
/// use proptest::prelude::*;
///
/// proptest!(|((judged, importances) in judgements().with_items(2..6))| {
///     let weights = judged.priorities().unwrap().weights().values().to_vec();
///     let sum: f64 = importances.iter().sum();
///     prop_assert!((weights[0] - importances[0] / sum).abs() < 1e-9);
/// });
/// ```
pub fn judgements() -> Judgements {
    Judgements { items: (1..=8).into(), contradictions: false, gaps: false }
}

/// How pairwise judgements are made; see [`judgements`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Judgements {
    items: SizeRange,
    contradictions: bool,
    gaps: bool,
}

impl Judgements {
    /// Judgements of so many items; none counts as one.
    pub fn with_items(mut self, items: impl Into<SizeRange>) -> Self {
        self.items = items.into();
        self
    }

    /// Half of the judgements are too high or too low, by a factor of up to 9.
    pub fn with_contradictions(mut self) -> Self {
        self.contradictions = true;
        self
    }

    /// Some pairs are not judged; those that are still join all items.
    pub fn with_gaps(mut self) -> Self {
        self.gaps = true;
        self
    }

    fn cases(&self) -> impl Strategy<Value = (PairwiseComparisons, Vec<f64>)> + use<> {
        let importance = prop_oneof![
            2 => Just(1.0),
            4 => (1_u8..=9).prop_map(f64::from),
            2 => 0.2..8.0_f64,
        ];
        let factor = prop_oneof![
            Just(1.0),
            (2_u8..=9).prop_map(f64::from),
            (2_u8..=9).prop_map(|by| 1.0 / f64::from(by))
        ];
        let equal = proptest::bool::weighted(0.1);
        let noise = vec((factor, proptest::bool::weighted(0.3)), 1..=28);
        let (contradictions, gaps) = (self.contradictions, self.gaps);
        (vec(importance, self.items.clone()), equal, noise).prop_filter_map(
            "judgements",
            move |(mut importances, equal, noise)| {
                if equal || importances.is_empty() {
                    importances = importances
                        .iter()
                        .map(|_| 1.0)
                        .chain(importances.is_empty().then_some(1.0))
                        .collect();
                }
                let name = |item: usize| format!("item {}", item.saturating_add(1));
                let names: Vec<String> = (0..importances.len()).map(name).collect();
                let mut judged = PairwiseComparisons::new(names).ok()?;
                let mut noise = noise.into_iter().cycle();
                for (row, one) in importances.iter().enumerate() {
                    for (column, other) in importances.iter().enumerate().skip(row).skip(1) {
                        let (factor, gap) = noise.next()?;
                        // Each item stays joined with the one behind it.
                        if gaps && gap && column.abs_diff(row) > 1 {
                            continue;
                        }
                        let value = if contradictions { factor * one / other } else { one / other };
                        judged = judged.judge(&name(row), &name(column), value).ok()?;
                    }
                }
                Some((judged, importances))
            },
        )
    }
}

strategy!(Judgements => (PairwiseComparisons, Vec<f64>));

/// Decision matrices of 2 to 6 alternatives by 1 to 5 criteria with the weights of these: values of 1 to 100 in tenths,
/// directions of both kinds.
///
/// Mean size 11.8 cells; 54 % are edges: one criterion, a criterion in which all are equal, two equal alternatives, a
/// criterion without weight.
///
/// # Examples
/// ```
/// use marketloop::ranking::Topsis;
/// use marketloop::strategies::decision_matrices;
/// use proptest::prelude::*;
///
/// proptest!(|((matrix, weights) in decision_matrices())| {
///     if let Ok(ranking) = Topsis::MinMax.scores(&matrix, &weights) {
///         prop_assert!(ranking.scores().iter().all(|score| (0.0..=1.0).contains(score)));
///     }
/// });
/// ```
pub fn decision_matrices() -> DecisionMatrices {
    DecisionMatrices { alternatives: (2..=6).into(), criteria: (1..=5).into(), contrasts: false }
}

/// How decision matrices are made; see [`decision_matrices`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct DecisionMatrices {
    alternatives: SizeRange,
    criteria: SizeRange,
    contrasts: bool,
}

impl DecisionMatrices {
    /// Matrices of so many alternatives, at most 100 of them with [contrasts](Self::with_contrasts); none counts as one.
    pub fn with_alternatives(mut self, alternatives: impl Into<SizeRange>) -> Self {
        self.alternatives = alternatives.into();
        self
    }

    /// Matrices of so many criteria, at most 16; none counts as one.
    pub fn with_criteria(mut self, criteria: impl Into<SizeRange>) -> Self {
        self.criteria = criteria.into();
        self
    }

    /// No two alternatives are equal in any criterion, and every criterion has a weight: each method has an answer.
    pub fn with_contrasts(mut self) -> Self {
        self.contrasts = true;
        self
    }

    fn cases(&self) -> impl Strategy<Value = (DecisionMatrix, CriteriaWeights)> + use<> {
        let criterion = (
            prop_oneof![1 => Just(0_u16), 9 => 1_u16..50],
            select(&[Better::Higher, Better::Lower][..]),
            // All alternatives are equal here.
            proptest::bool::weighted(0.05),
        );
        let rows = vec((vec(10_u16..=1_000, 16), proptest::bool::weighted(0.05)), self.alternatives.clone());
        let contrasts = self.contrasts;
        (vec(criterion, self.criteria.clone()), rows, any::<bool>()).prop_filter_map(
            "a decision matrix",
            move |(mut criteria, mut rows, same)| {
                criteria.truncate(16);
                if criteria.is_empty() {
                    criteria.push((1, Better::Higher, false));
                }
                if rows.is_empty() {
                    rows.push((alloc::vec![10; criteria.len()], false));
                }
                let first = rows.first()?.0.clone();
                let rows = rows.iter().zip(0_u32..).map(|((own, as_first), place)| {
                    let cells = own.iter().zip(&first).zip(&criteria).map(|((own, first), criterion)| {
                        // In thousandths: those of the place alone tell any two alternatives apart.
                        let place = if contrasts { place.min(99) } else { 0 };
                        let value = if (criterion.2 && same) || *as_first { first } else { own };
                        let value = u32::from(if contrasts { *own } else { *value });
                        f64::from(value.saturating_mul(100).saturating_add(place)) / 1_000.0
                    });
                    cells.collect::<Vec<f64>>()
                });
                let matrix = DecisionMatrix::new(criteria.iter().map(|(_, better, _)| *better), rows).ok()?;
                let none = criteria.iter().all(|(weight, ..)| *weight == 0);
                let least = u16::from(contrasts || none);
                let weights = criteria.iter().map(|(weight, ..)| f64::from((*weight).max(least)) / 10.0);
                Some((matrix, CriteriaWeights::given(weights).ok()?))
            },
        )
    }
}

strategy!(DecisionMatrices => (DecisionMatrix, CriteriaWeights));
