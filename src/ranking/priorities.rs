//! What pairwise judgements come to: the weights of the items, and how consistent the judgements are.

use super::analytic_hierarchy::PairwiseComparisons;
use super::completion::{complete, place};
use super::perron::perron;
use super::{CriteriaWeights, RandomIndex, RankingError};
use crate::error::within;
use crate::figure::{Cause, Cell, Figure, Table, to_wire};
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// The maximum number of judgements that may be missing.
const MAX_MISSING: u64 = 500;

impl PairwiseComparisons {
    /// The weights of the items and how consistent the judgements are.
    ///
    /// # Formula
    /// The principal eigenvector of the matrix of judgements (T. L. Saaty, 1977). Missing judgements are those
    /// that make its eigenvalue least (S. Bozoki, J. Fulop and L. Ronyai, 2010).
    ///
    /// # Errors
    /// [`RankingError::Disconnected`]; [`RankingError::TooLarge`] for more than 500 missing judgements.
    #[expect(clippy::indexing_slicing, reason = "`cells` holds a cell for each two items")]
    pub fn priorities(&self) -> Result<Priorities<'_>, RankingError> {
        let count = self.items.len();
        let missing: Vec<(usize, usize)> = (0..count)
            .flat_map(|row| (0..count).skip(row).skip(1).map(move |column| (row, column)))
            .filter(|(row, column)| self.cells[place(count, *row, *column)].is_none())
            .collect();
        // Groups that no judgement joins scale against one another at will: no completion would be the one.
        if !missing.is_empty() {
            self.check_connected()?;
        }
        within("missing judgements", u64::try_from(missing.len()).ok(), MAX_MISSING)?;
        // What stands in a missing cell is filled before it is read.
        let mut matrix: Vec<f64> = self.cells.iter().map(|cell| cell.unwrap_or(1.0)).collect();
        complete(&mut matrix, count, &missing);
        let means = geometric_means(&matrix, count);
        // The geometric means are positive, as the iteration needs and near its end.
        let found = perron(&matrix, means.clone());
        let weights = CriteriaWeights::given(found.vector)?;
        Ok(Priorities { comparisons: self, matrix, weights, means, root: found.root })
    }
}

/// The weights of compared items with their consistency.
#[derive(Debug, Clone, Serialize)]
pub struct Priorities<'a> {
    comparisons: &'a PairwiseComparisons,
    /// Row by row, missing judgements completed.
    #[serde(rename = "judgements", with = "crate::quantity::wire::own")]
    matrix: Vec<f64>,
    weights: CriteriaWeights,
    /// The geometric means of the rows.
    #[serde(rename = "geometric_means", with = "crate::quantity::wire::own")]
    means: Vec<f64>,
    #[serde(rename = "principal_eigenvalue", with = "crate::quantity::wire::own")]
    root: f64,
}

impl<'a> Priorities<'a> {
    /// The weights in the order of the items.
    #[must_use]
    pub const fn weights(&self) -> &CriteriaWeights {
        &self.weights
    }

    /// The weights by the geometric means of the rows (G. Crawford and C. Williams, 1985), for comparison.
    ///
    /// # Errors
    /// None of matrices that were checked; the type is that of all weights.
    pub fn geometric_mean_weights(&self) -> Result<CriteriaWeights, RankingError> {
        CriteriaWeights::given(self.means.iter().copied())
    }

    /// The judgement of one item over another as it was made or completed.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::PairwiseComparisons;
    ///
    /// let judged = PairwiseComparisons::new(["return", "cost"])?.judge("return", "cost", 4.0)?;
    /// assert_eq!(judged.priorities()?.judgement(1, 0), Some(0.25));
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    #[must_use]
    pub fn judgement(&self, item: usize, over: usize) -> Option<f64> {
        let count = self.comparisons.items.len();
        if item >= count || over >= count {
            return None;
        }
        self.matrix.get(place(count, item, over)).copied()
    }

    /// The principal eigenvalue, not below the number of items; equal to it where all judgements agree.
    #[must_use]
    pub fn principal_eigenvalue(&self) -> f64 {
        let count = self.items();
        // What rounding leaves of full agreement is full agreement.
        if self.root <= count * (1.0 + 64.0 * f64::EPSILON) { count } else { self.root }
    }

    /// The consistency index `(lambda - n) / (n - 1)` with the principal eigenvalue lambda; 0 for one item.
    #[doc(alias = "CI")]
    #[must_use]
    pub fn consistency_index(&self) -> f64 {
        let count = self.items();
        // The eigenvalue of one item, or of two, is their number.
        (self.principal_eigenvalue() - count) / (count - 1.0).max(1.0)
    }

    /// The consistency index over that of random judgements; up to 0.1 is held to be tolerable (T. L. Saaty,
    /// 1977). 0 for one or two items, which cannot contradict each other.
    ///
    /// The tables hold for complete judgements; with missing ones the ratio is too mild.
    ///
    /// # Errors
    /// [`RankingError::NoRandomIndex`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::{PairwiseComparisons, RandomIndex};
    ///
    /// // Twice, twice and three times: not quite four times, and tolerable.
    /// let judged = PairwiseComparisons::new(["a", "b", "c"])?.judge("a", "b", 2.0)?.judge("b", "c", 2.0)?.judge("a", "c", 3.0)?;
    /// assert!(judged.priorities()?.consistency_ratio(&RandomIndex::SAATY)? < 0.1);
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    #[doc(alias("CR", "一致性比率"))]
    pub fn consistency_ratio(&self, random: &RandomIndex) -> Result<f64, RankingError> {
        let items = self.comparisons.items.len();
        if items < 3 { Ok(0.0) } else { Ok(self.consistency_index() / random.of(items)?) }
    }

    /// The geometric consistency index; undefined for fewer than three items, missing where judgements are.
    ///
    /// # Formula
    /// `2 / ((n - 1) (n - 2)) sum_(i<j) ln^2 (a_ij w_j / w_i)` with geometric-mean weights w (J. Aguaron and J. M.
    /// Moreno-Jimenez, 2003).
    #[doc(alias = "GCI")]
    #[must_use]
    pub fn geometric_consistency_index(&self) -> Figure<f64> {
        let count = self.items();
        if count < 3.0 {
            let cause = Cause::None("third item, which could contradict the judgement of two".into());
            return Figure::undefined("geometric consistency index", cause);
        }
        if !self.comparisons.is_complete() {
            return Figure::missing("a judgement of each pair");
        }
        let errors = self.comparisons.judgements.iter().map(|(i, j)| self.log_error(&self.means, *i, *j));
        Figure::Known(2.0 / ((count - 1.0) * (count - 2.0)) * errors.map(|error| error * error).sum::<f64>())
    }

    /// The judgement that is furthest from what the weights say, by the quotient of both, at ties the one that
    /// was made first; missing where nothing was judged.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "a judgement is of the places of two items, and each has a weight"
    )]
    pub fn most_inconsistent(&self) -> Figure<Judgement<'a>> {
        let PairwiseComparisons { items, judgements, .. } = self.comparisons;
        let weights = self.weights.values();
        let mut worst: Option<(f64, usize, usize)> = None;
        for (i, j) in judgements {
            // The logarithm of the quotient, either way: three times too much is as far as three times too little.
            let error = self.log_error(weights, *i, *j).abs();
            if worst.is_none_or(|(worst, ..)| error > worst) {
                worst = Some((error, *i, *j));
            }
        }
        let Some((error, i, j)) = worst else { return Figure::missing("any judgement") };
        Figure::Known(Judgement {
            item: &items[i],
            over: &items[j],
            value: self.matrix[place(items.len(), i, j)],
            consistent: weights[i] / weights[j],
            factor: libm::exp(error),
        })
    }

    /// The items as rows with their weights, and beside these the weights by geometric means.
    #[must_use]
    pub fn table(&self) -> Table {
        let sum: f64 = self.means.iter().sum();
        let mut table = Table::new("item");
        let weights = self.weights.values().iter().zip(&self.means);
        for (item, (weight, mean)) in self.comparisons.items.iter().zip(weights) {
            table.push(item, "weight", Cell::new(weight, "1"));
            table.push(item, "by geometric means", Cell::new(mean / sum, "1"));
        }
        table
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a judgement is of the places of two items, and each has a weight"
    )]
    fn log_error(&self, weights: &[f64], i: usize, j: usize) -> f64 {
        libm::log(self.matrix[place(self.comparisons.items.len(), i, j)] * weights[j] / weights[i])
    }

    #[expect(clippy::cast_precision_loss, reason = "at most 100 items")]
    fn items(&self) -> f64 {
        self.comparisons.items.len() as f64
    }
}

impl fmt::Display for Priorities<'_> {
    /// The [`table`](Priorities::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A judgement beside the one that would agree with the weights.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Judgement<'a> {
    /// The item that was judged.
    pub item: &'a str,
    /// The item that it was compared with.
    pub over: &'a str,
    /// The judgement as made.
    #[serde(with = "crate::quantity::wire::own")]
    pub value: f64,
    /// The quotient of the weights.
    #[serde(with = "crate::quantity::wire::own")]
    pub consistent: f64,
    /// The quotient of both, at least 1.
    #[serde(with = "crate::quantity::wire::own")]
    pub factor: f64,
}

to_wire!(Judgement<'_>);

impl fmt::Display for Judgement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { item, over, value, consistent, .. } = self;
        write!(f, "`{item}` over `{over}` is judged {value:.3}, the weights say {consistent:.3}")
    }
}

fn geometric_means(matrix: &[f64], count: usize) -> Vec<f64> {
    let rows = matrix.chunks_exact(count.max(1));
    rows.map(|row| {
        libm::exp(row.iter().map(|cell| libm::log(*cell)).sum::<f64>() / super::normalisation::count(row))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn missing_judgements_are_those_of_the_least_eigenvalue() {
        // By mpmath with 40 digits both missing judgements are 2 root 3.
        let incomplete = PairwiseComparisons::new(["a", "b", "c", "d"]).unwrap();
        let incomplete = [("a", "b", 2.0), ("a", "d", 4.0), ("b", "c", 3.0), ("c", "d", 2.0)]
            .into_iter()
            .fold(incomplete, |all, (item, over, value)| all.judge(item, over, value).unwrap());
        let found = incomplete.priorities().unwrap();
        let expected = [
            0.468_017_757_884_296_8,
            0.307_973_004_375_907_3,
            0.135_105_089_250_011_9,
            0.088_904_148_489_784,
        ];
        assert_eq!(found.weights().values().len(), expected.len());
        for (weight, expected) in found.weights().values().iter().zip(expected) {
            assert!((weight - expected).abs() < 1e-13, "{weight} {expected}");
        }
        assert!((found.principal_eigenvalue() - 4.075_909_698_604_085).abs() < 1e-13);
        assert!((found.judgement(0, 2).unwrap() - 12.0_f64.sqrt()).abs() < 1e-12);
        assert!(found.geometric_consistency_index().is_missing() && found.judgement(4, 0).is_none());
    }

    #[test]
    fn the_most_inconsistent_judgement_is_named() {
        let judged = PairwiseComparisons::new(["a", "b", "c", "d"]).unwrap();
        let judged = [
            ("a", "b", 2.0),
            ("a", "c", 4.0),
            ("a", "d", 8.0),
            ("b", "c", 2.0),
            ("d", "b", 3.0),
            ("c", "d", 2.0),
        ]
        .into_iter()
        .fold(judged, |all, (item, over, value)| all.judge(item, over, value).unwrap());
        let found = judged.priorities().unwrap();
        let worst = found.most_inconsistent().get().unwrap();
        assert_eq!((worst.item, worst.over), ("d", "b"));
        // The power iteration of another program, 500 steps.
        assert!((worst.consistent - 1.006_372_686_263_777).abs() < 1e-12);
        assert!((worst.factor - 2.981_003_003_109_804_3).abs() < 1e-12);
        assert_eq!(worst.to_string(), "`d` over `b` is judged 3.000, the weights say 1.006");
    }
}
