//! Weights from pairwise judgements: the analytic hierarchy process.

use super::completion::{complete, place};
use super::perron::perron;
use super::{CriteriaWeights, RandomIndex, RankingError};
use crate::error::{Path, Problems, within};
use crate::figure::{Cause, Figure, Table, to_wire};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The maximum number of items that are compared.
const MAX_ITEMS: u64 = 100;
/// The maximum number of judgements that may be missing.
const MAX_MISSING: u64 = 500;
/// How far two judgements of one pair may be from reciprocal, relatively.
const RECIPROCAL: f64 = 1e-9;

/// Weights by the analytic hierarchy process (AHP), from judgements of how much more one item matters than another: 3
/// for moderately, 9 for extremely more, 1 for the same. Pairs may be left out as long as the others connect all items.
///
/// # Examples
/// ```
/// use marketloop::ranking::{PairwiseComparisons, RandomIndex};
///
/// let dimensions = PairwiseComparisons::new(["traffic", "stickiness", "conversion"])?
///     .judge("stickiness", "traffic", 3.0)?
///     .judge("stickiness", "conversion", 1.0)?
///     .judge("conversion", "traffic", 2.0)?;
/// let priorities = dimensions.priorities()?;
/// assert!(priorities.consistency_ratio(&RandomIndex::SAATY)? < 0.1);
/// assert!(priorities.weights().values()[1] > 0.4);
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
///
/// On the wire:
/// ```
/// # use marketloop::ranking::PairwiseComparisons;
/// let json = r#"{"items":["traffic","conversion"],"judgements":[{"item":"conversion","over":"traffic","value":"2"}]}"#;
/// assert!(serde_json::from_str::<PairwiseComparisons>(json)?.is_complete());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias = "AHP")]
#[doc(alias = "层次分析法")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct PairwiseComparisons {
    items: Vec<String>,
    /// Row by row; `None` where nothing was judged.
    cells: Vec<Option<f64>>,
    /// In the order in which they were made.
    judgements: Vec<(usize, usize)>,
}

/// Comparisons as they are on the wire, not checked yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The items in order.
    items: Vec<String>,
    /// The judgements in any order, each pair at most once.
    judgements: Vec<WrittenJudgement>,
}

/// One judgement on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenJudgement {
    /// The item that is judged.
    item: String,
    /// The item that it is compared with.
    over: String,
    /// How many times it matters as much.
    #[serde(with = "crate::quantity::wire::float")]
    value: f64,
}

impl PairwiseComparisons {
    /// These items, with nothing judged yet.
    ///
    /// # Errors
    /// [`RankingError::EmptySample`] for none; [`RankingError::TooLarge`] above 100; [`RankingError::DuplicateName`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::PairwiseComparisons;
    ///
    /// let open = PairwiseComparisons::new(["traffic", "conversion"])?;
    /// assert!(!open.is_complete());
    /// assert!(PairwiseComparisons::new(["traffic", "traffic"]).is_err());
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn new<S: Into<String>>(items: impl IntoIterator<Item = S>) -> Result<Self, RankingError> {
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        if items.is_empty() {
            return Err(RankingError::EmptySample { what: "pairwise comparison" });
        }
        within("items", u64::try_from(items.len()).ok(), MAX_ITEMS)?;
        // Every pair of at most 100 names: cheaper than a set that is built for one look.
        for (index, name) in items.iter().enumerate() {
            if items.iter().take(index).any(|other| other == name) {
                return Err(RankingError::DuplicateName { name: name.clone() });
            }
        }
        let mut cells = alloc::vec![None; items.len().saturating_mul(items.len())];
        for index in 0..items.len() {
            if let Some(cell) = cells.get_mut(place(items.len(), index, index)) {
                *cell = Some(1.0);
            }
        }
        Ok(Self { items, cells, judgements: Vec::new() })
    }

    /// The comparisons of a whole matrix, row by row, `None` where nothing was judged.
    ///
    /// # Errors
    /// As [`new`](Self::new) and [`judge`](Self::judge); [`RankingError::LengthMismatch`] where the matrix is not
    /// square; [`RankingError::NotReciprocal`] where two cells across the diagonal, or one on it, do not multiply
    /// to 1 within 1e-9.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::PairwiseComparisons;
    ///
    /// let rows = [[Some(1.0), Some(3.0)], [None, Some(1.0)]];
    /// let judged = PairwiseComparisons::from_matrix(["return", "cost"], &rows)?;
    /// assert_eq!(judged.priorities()?.weights().values(), [0.75, 0.25]);
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn from_matrix<S: Into<String>, R: AsRef<[Option<f64>]>>(
        items: impl IntoIterator<Item = S>,
        rows: &[R],
    ) -> Result<Self, RankingError> {
        let mut comparisons = Self::new(items)?;
        let expected = comparisons.items.len();
        let lengths = core::iter::once(rows.len()).chain(rows.iter().map(|row| row.as_ref().len()));
        for found in lengths {
            if found != expected {
                return Err(RankingError::LengthMismatch { what: "rows or cells", expected, found });
            }
        }
        let cell = |row: usize, column: usize| rows.get(row)?.as_ref().get(column).copied().flatten();
        for row in 0..expected {
            for column in row..expected {
                let (up, down) = (cell(row, column), cell(column, row));
                for (row, column, value) in [(row, column, up), (column, row, down)] {
                    value.map_or(Ok(1.0), |value| in_range(row, column, value))?;
                }
                if let (Some(up), Some(down)) = (up, down)
                    && is_beyond((up * down - 1.0).abs(), RECIPROCAL)
                {
                    return Err(RankingError::NotReciprocal { row, column, product: up * down });
                }
                match (up, down) {
                    // The greater of the two has more of its digits.
                    (Some(up), down) if row != column && down.is_none_or(|down| up >= down) => {
                        comparisons.put(row, column, up)?;
                    }
                    (_, Some(down)) if row != column => comparisons.put(column, row, down)?,
                    _ => {}
                }
            }
        }
        Ok(comparisons)
    }

    /// The comparisons with this judgement: `item` matters `value` times as much as `over`.
    ///
    /// # Errors
    /// [`RankingError::UnknownItem`]; [`RankingError::Judgement`] for a value outside 1e-9..=1e9;
    /// [`RankingError::JudgementPlace`] for an item over itself or a pair that was judged before.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::PairwiseComparisons;
    ///
    /// let judged = PairwiseComparisons::new(["return", "cost"])?.judge("return", "cost", 3.0)?;
    /// assert!(judged.is_complete());
    /// assert!(judged.judge("cost", "return", 2.0).is_err()); // this pair was judged
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn judge(mut self, item: &str, over: &str, value: f64) -> Result<Self, RankingError> {
        self.take(item, over, value)?;
        Ok(self)
    }

    /// Takes a judgement in; one that is refused changes nothing.
    fn take(&mut self, item: &str, over: &str, value: f64) -> Result<(), RankingError> {
        let place = |name: &str| {
            let found = self.items.iter().position(|other| other == name);
            found.ok_or_else(|| RankingError::UnknownItem { name: name.into() })
        };
        let (row, column) = (place(item)?, place(over)?);
        self.put(row, column, value)
    }

    fn put(&mut self, row: usize, column: usize, value: f64) -> Result<(), RankingError> {
        let count = self.items.len();
        in_range(row, column, value)?;
        if row == column || self.cells.get(place(count, row, column)) != Some(&None) {
            return Err(RankingError::JudgementPlace { row, column });
        }
        // Both cells at once: what reads the matrix relies on its being reciprocal.
        for (row, column, value) in [(row, column, value), (column, row, 1.0 / value)] {
            if let Some(cell) = self.cells.get_mut(place(count, row, column)) {
                *cell = Some(value);
            }
        }
        self.judgements.push((row, column));
        Ok(())
    }

    /// The items in order.
    #[must_use]
    pub fn items(&self) -> &[String] {
        &self.items
    }

    /// Whether every pair was judged.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.cells.iter().all(Option::is_some)
    }

    /// The weights of the items and how consistent the judgements are.
    ///
    /// # Formula
    /// The principal eigenvector of the matrix of judgements (T. L. Saaty, 1977). Missing judgements are those
    /// that make its eigenvalue least (S. Bozoki, J. Fulop and L. Ronyai, 2010).
    ///
    /// # Errors
    /// [`RankingError::Disconnected`]; [`RankingError::TooLarge`] for more than 500 missing judgements.
    pub fn priorities(&self) -> Result<Priorities<'_>, RankingError> {
        let count = self.items.len();
        let missing: Vec<(usize, usize)> = (0..count)
            .flat_map(|row| (row.saturating_add(1)..count).map(move |column| (row, column)))
            .filter(|(row, column)| self.cells.get(place(count, *row, *column)) == Some(&None))
            .collect();
        // Groups that no judgement joins scale against one another at will: no completion would be the one.
        if !missing.is_empty() {
            self.check_connected()?;
        }
        within("missing judgements", u64::try_from(missing.len()).ok(), MAX_MISSING)?;
        let mut matrix: Vec<f64> = self.cells.iter().map(|cell| cell.unwrap_or(1.0)).collect();
        complete(&mut matrix, count, &missing);
        let means = geometric_means(&matrix, count);
        // The geometric means are positive, as the iteration needs and near its end.
        let found = perron(&matrix, means.clone());
        let weights = CriteriaWeights::given(found.vector)?;
        Ok(Priorities { comparisons: self, matrix, weights, means, root: found.root })
    }

    fn check_connected(&self) -> Result<(), RankingError> {
        let count = self.items.len();
        let mut reached = alloc::vec![false; count];
        let mut open = alloc::vec![0];
        while let Some(row) = open.pop() {
            if let Some(seen) = reached.get_mut(row)
                && !core::mem::replace(seen, true)
            {
                let judged =
                    |column: &usize| matches!(self.cells.get(place(count, row, *column)), Some(Some(_)));
                open.extend((0..count).filter(judged));
            }
        }
        match reached.iter().position(|reached| !reached) {
            Some(item) => Err(RankingError::Disconnected { item }),
            None => Ok(()),
        }
    }
}

/// The weights of compared items with their consistency.
#[derive(Debug, Clone, Serialize)]
pub struct Priorities<'a> {
    comparisons: &'a PairwiseComparisons,
    /// Row by row, missing judgements completed.
    #[serde(rename = "judgements", with = "crate::quantity::wire::float")]
    matrix: Vec<f64>,
    weights: CriteriaWeights,
    /// The geometric means of the rows.
    #[serde(rename = "geometric_means", with = "crate::quantity::wire::float")]
    means: Vec<f64>,
    #[serde(rename = "principal_eigenvalue", with = "crate::quantity::wire::float")]
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

    /// `(lambda - n) / (n - 1)`; 0 for one item.
    #[must_use]
    pub fn consistency_index(&self) -> f64 {
        let count = self.items();
        if count < 2.0 { 0.0 } else { (self.principal_eigenvalue() - count) / (count - 1.0) }
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
    pub fn consistency_ratio(&self, random: &RandomIndex) -> Result<f64, RankingError> {
        let items = self.comparisons.items.len();
        if items < 3 { Ok(0.0) } else { Ok(self.consistency_index() / random.of(items)?) }
    }

    /// The geometric consistency index; undefined for fewer than three items, missing where judgements are.
    ///
    /// # Formula
    /// `2 / ((n - 1) (n - 2)) sum_(i<j) ln^2 (a_ij w_j / w_i)` with geometric-mean weights w (J. Aguaron and J. M.
    /// Moreno-Jimenez, 2003).
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
        let errors =
            self.comparisons.judgements.iter().filter_map(|(i, j)| self.log_error(&self.means, *i, *j));
        Figure::Known(2.0 / ((count - 1.0) * (count - 2.0)) * errors.map(|error| error * error).sum::<f64>())
    }

    /// The judgement that is furthest from what the weights say, by the quotient of both, at ties the one that
    /// was made first; missing where nothing was judged.
    #[must_use]
    pub fn most_inconsistent(&self) -> Figure<Judgement<'a>> {
        self.furthest().map_or_else(|| Figure::missing("any judgement"), Figure::Known)
    }

    fn furthest(&self) -> Option<Judgement<'a>> {
        let mut worst: Option<(f64, usize, usize)> = None;
        for (i, j) in &self.comparisons.judgements {
            let error = self.log_error(self.weights.values(), *i, *j)?.abs();
            if worst.is_none_or(|(worst, ..)| error > worst) {
                worst = Some((error, *i, *j));
            }
        }
        let (error, i, j) = worst?;
        let weight = |item: usize| self.weights.values().get(item).copied();
        Some(Judgement {
            item: self.comparisons.items.get(i)?,
            over: self.comparisons.items.get(j)?,
            value: self.judgement(i, j)?,
            consistent: weight(i)? / weight(j)?,
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
            table.push(item, "weight", *weight);
            table.push(item, "by geometric means", mean / sum);
        }
        table
    }

    fn log_error(&self, weights: &[f64], i: usize, j: usize) -> Option<f64> {
        Some(libm::log(self.judgement(i, j)? * weights.get(j)? / weights.get(i)?))
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

/// Whether a number exceeds the limit or is none.
fn is_beyond(value: f64, limit: f64) -> bool {
    value.is_nan() || value > limit
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
    #[serde(with = "crate::quantity::wire::float")]
    pub value: f64,
    /// The quotient of the weights.
    #[serde(with = "crate::quantity::wire::float")]
    pub consistent: f64,
    /// The quotient of both, at least 1.
    #[serde(with = "crate::quantity::wire::float")]
    pub factor: f64,
}

to_wire!(Judgement<'_>);

impl fmt::Display for Judgement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { item, over, value, consistent, .. } = self;
        write!(f, "`{item}` over `{over}` is judged {value:.3}, the weights say {consistent:.3}")
    }
}

fn in_range(row: usize, column: usize, value: f64) -> Result<f64, RankingError> {
    if (1e-9..=1e9).contains(&value) {
        Ok(value)
    } else {
        Err(RankingError::Judgement { row, column, value })
    }
}

fn geometric_means(matrix: &[f64], count: usize) -> Vec<f64> {
    let rows = matrix.chunks_exact(count.max(1));
    rows.map(|row| {
        libm::exp(row.iter().map(|cell| libm::log(*cell)).sum::<f64>() / super::normalisation::count(row))
    })
    .collect()
}

impl TryFrom<Written> for PairwiseComparisons {
    type Error = Problems<RankingError>;

    fn try_from(draft: Written) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        let Some(mut comparisons) = problems.take(&Path::root().field("items"), Self::new(draft.items))
        else {
            return Err(problems);
        };
        for (index, WrittenJudgement { item, over, value }) in draft.judgements.into_iter().enumerate() {
            let path = Path::root().field("judgements").index(index);
            problems.take(&path, comparisons.take(&item, &over, value));
        }
        problems.into_result(comparisons)
    }
}

impl From<PairwiseComparisons> for Written {
    fn from(comparisons: PairwiseComparisons) -> Self {
        let count = comparisons.items.len();
        let name = |item: usize| comparisons.items.get(item).cloned().unwrap_or_default();
        let value = |row, column| comparisons.cells.get(place(count, row, column)).copied().flatten();
        let judgement = |(row, column): &(usize, usize)| WrittenJudgement {
            item: name(*row),
            over: name(*column),
            value: value(*row, *column).unwrap_or(1.0),
        };
        Self {
            judgements: comparisons.judgements.iter().map(judgement).collect(),
            items: comparisons.items.clone(),
        }
    }
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

    #[test]
    fn what_is_no_comparison_is_refused() {
        let none: [&str; 0] = [];
        assert!(PairwiseComparisons::new(none).is_err());
        assert!(PairwiseComparisons::new(["a", "a"]).is_err());
        assert!(PairwiseComparisons::new((0..101).map(|item| item.to_string())).is_err());
        let two = || PairwiseComparisons::new(["a", "b", "c"]).unwrap();
        for value in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e10] {
            assert!(matches!(two().judge("a", "b", value), Err(RankingError::Judgement { .. })), "{value}");
        }
        assert!(matches!(two().judge("a", "a", 1.0), Err(RankingError::JudgementPlace { .. })));
        let twice = two().judge("a", "b", 2.0).and_then(|judged| judged.judge("b", "a", 2.0));
        assert_eq!(twice.unwrap_err(), RankingError::JudgementPlace { row: 1, column: 0 });
        assert!(matches!(two().judge("a", "x", 1.0), Err(RankingError::UnknownItem { .. })));
        let open = two().judge("a", "b", 2.0).unwrap();
        assert_eq!(open.priorities().unwrap_err(), RankingError::Disconnected { item: 2 });
        let matrix = |rows: &[[Option<f64>; 2]]| PairwiseComparisons::from_matrix(["a", "b"], rows);
        assert!(matrix(&[[Some(1.0), Some(2.0)], [Some(0.4), Some(1.0)]]).is_err());
        assert!(matrix(&[[Some(2.0), Some(2.0)], [None, None]]).is_err());
        assert!(matrix(&[[None, None]]).is_err());
        let half = matrix(&[[None, None], [Some(0.5), Some(1.0)]]).unwrap();
        let found = half.priorities().unwrap();
        assert!((found.weights().values()[0] - 2.0 / 3.0).abs() < 1e-15);
        assert!(found.consistency_ratio(&RandomIndex::SAATY).unwrap() < f64::MIN_POSITIVE);
        let one = PairwiseComparisons::new(["a"]).unwrap();
        let alone = one.priorities().unwrap();
        assert!(alone.weights().values() == [1.0] && alone.most_inconsistent().is_missing());
        assert!(alone.consistency_index() < f64::MIN_POSITIVE);
    }
}
