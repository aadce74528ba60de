//! Alternatives by criteria: what a ranking is made from.

use super::RankingError;
use crate::figure::{Cell, Table};
use crate::quantity::wire::wire_fields;
use crate::target::Better;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The greatest magnitude of a cell: squares and their sums stay finite.
const GREATEST: f64 = 1e100;

/// Alternatives (channels, campaigns) as rows, criteria as columns, each with its direction.
///
/// # Examples
/// ```
/// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, Topsis};
/// use marketloop::target::Better;
///
/// // Acquisition cost, conversion rate and return of three channels.
/// let channels = DecisionMatrix::new(
///     [Better::Lower, Better::Higher, Better::Higher],
///     [[50.0, 4.0, 3.2], [40.0, 3.75, 4.1], [35.0, 3.75, 4.8]],
/// )?;
/// let scores = Topsis::MinMax.scores(&channels, &CriteriaWeights::equal(3)?)?;
/// assert_eq!(scores.order(), [2, 1, 0]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// On the wire:
/// ```
/// # use marketloop::ranking::DecisionMatrix;
/// let json = r#"{"directions":["lower","higher"],"rows":[["50","3.2"],["40","4.1"]]}"#;
/// assert_eq!(serde_json::from_str::<DecisionMatrix>(json)?.alternatives(), 2);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct DecisionMatrix {
    directions: Vec<Better>,
    // Not by rows, as they are given: every method goes through one criterion at a time.
    columns: Vec<Vec<f64>>,
    rows: usize,
}

/// A decision matrix on the wire, not checked yet.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    /// The direction of each criterion.
    directions: Vec<Better>,
    /// The alternatives, each with a value for each criterion.
    rows: Vec<Vec<f64>>,
}

wire_fields!(Written { directions, rows: own });

impl DecisionMatrix {
    /// The matrix of these alternatives.
    ///
    /// # Errors
    /// [`RankingError::EmptySample`] without criteria or alternatives; [`RankingError::RowLength`] for a row
    /// that is too short or too long; [`RankingError::Cell`] for NaN or a magnitude above 1e100.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::DecisionMatrix;
    /// use marketloop::target::Better;
    ///
    /// // Acquisition cost and return of two channels.
    /// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1]])?;
    /// assert_eq!(channels.alternatives(), 2);
    /// assert!(DecisionMatrix::new([Better::Lower], [[1.0, 2.0]]).is_err()); // a value too many
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn new<R: AsRef<[f64]>>(
        directions: impl IntoIterator<Item = Better>,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<Self, RankingError> {
        let directions: Vec<Better> = directions.into_iter().collect();
        let mut columns: Vec<Vec<f64>> = directions.iter().map(|_| Vec::new()).collect();
        for (place, row) in rows.into_iter().enumerate() {
            let row = row.as_ref();
            if row.len() != directions.len() {
                let (expected, found) = (directions.len(), row.len());
                return Err(RankingError::RowLength { row: place, expected, found });
            }
            for (column, (values, value)) in columns.iter_mut().zip(row).enumerate() {
                if value.is_nan() || value.abs() > GREATEST {
                    let needed = "within -1e100..=1e100";
                    return Err(RankingError::Cell { row: place, column, value: *value, needed });
                }
                values.push(*value);
            }
        }
        // Without criteria there are no columns, however many rows there were.
        let count = columns.first().map_or(0, Vec::len);
        if count == 0 {
            return Err(RankingError::EmptySample { what: "decision matrix" });
        }
        Ok(Self { directions, columns, rows: count })
    }

    /// The number of alternatives, at least 1.
    #[must_use]
    pub const fn alternatives(&self) -> usize {
        self.rows
    }

    /// The direction of each criterion, at least one.
    #[must_use]
    pub fn directions(&self) -> &[Better] {
        &self.directions
    }

    /// The values of all alternatives by one criterion.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::DecisionMatrix;
    /// use marketloop::target::Better;
    ///
    /// let channels = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1]])?;
    /// assert_eq!(channels.column(1), Some(&[3.2, 4.1][..]));
    /// assert_eq!(channels.column(2), None);
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    #[must_use]
    pub fn column(&self, criterion: usize) -> Option<&[f64]> {
        self.columns.get(criterion).map(Vec::as_slice)
    }

    /// The matrix without one alternative; `None` where it is the last or does not exist.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::DecisionMatrix;
    /// use marketloop::target::Better;
    ///
    /// let channels = DecisionMatrix::new([Better::Higher], [[3.0], [1.0]])?;
    /// let rest = channels.without(0).ok_or("one is left")?;
    /// assert_eq!(rest.column(0), Some(&[1.0][..]));
    /// assert!(rest.without(0).is_none()); // a ranking needs an alternative
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn without(&self, alternative: usize) -> Option<Self> {
        let rows = self.rows.checked_sub(1).filter(|left| *left > 0 && alternative < self.rows)?;
        let columns = self
            .columns
            .iter()
            .map(|column| {
                let others = column.iter().enumerate().filter(|(row, _)| *row != alternative);
                others.map(|(_, value)| *value).collect()
            })
            .collect();
        Some(Self { directions: self.directions.clone(), columns, rows })
    }

    pub(super) fn columns(&self) -> impl ExactSizeIterator<Item = (Better, &[f64])> {
        self.directions.iter().copied().zip(self.columns.iter().map(Vec::as_slice))
    }

    /// The matrix with every criterion in this direction. Its [`critic_weights`](super::critic_weights) ignore that costs
    /// and benefits have opposite directions.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::DecisionMatrix;
    /// use marketloop::target::Better;
    ///
    /// let matrix = DecisionMatrix::new([Better::Lower, Better::Higher], [[50.0, 3.2], [40.0, 4.1]])?;
    /// assert_eq!(matrix.with_direction(Better::Higher).directions(), [Better::Higher; 2]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_direction(&self, direction: Better) -> Self {
        self.directed(|_| direction)
    }

    /// The same values in other directions.
    pub(super) fn directed(&self, direction: impl Fn(Better) -> Better) -> Self {
        let directions = self.directions.iter().map(|given| direction(*given)).collect();
        Self { directions, columns: self.columns.clone(), rows: self.rows }
    }

    /// The first cell that `admits` refuses, as an error.
    pub(super) fn require(
        &self,
        needed: &'static str,
        admits: impl Fn(f64) -> bool,
    ) -> Result<(), RankingError> {
        self.check(needed, |value, _| admits(value))
    }

    /// The first cell that `admits` refuses, as an error; columns of equal values, which say nothing, are left out.
    pub(super) fn require_where_different(
        &self,
        needed: &'static str,
        admits: impl Fn(f64) -> bool,
    ) -> Result<(), RankingError> {
        self.check(needed, |value, values| admits(value) || is_constant(values))
    }

    fn check(&self, needed: &'static str, admits: impl Fn(f64, &[f64]) -> bool) -> Result<(), RankingError> {
        for (column, values) in self.columns.iter().enumerate() {
            let refused = values.iter().enumerate().find(|(_, value)| !admits(**value, values));
            if let Some((row, value)) = refused {
                return Err(RankingError::Cell { row, column, value: *value, needed });
            }
        }
        Ok(())
    }
}

/// Whether all values are equal: such a column tells no alternatives apart.
pub(super) fn is_constant(values: &[f64]) -> bool {
    values.iter().zip(values.iter().skip(1)).all(|(one, other)| one <= other && other <= one)
}

impl TryFrom<Written> for DecisionMatrix {
    type Error = RankingError;

    fn try_from(draft: Written) -> Result<Self, Self::Error> {
        Self::new(draft.directions, draft.rows)
    }
}

impl From<DecisionMatrix> for Written {
    #[expect(clippy::indexing_slicing, reason = "every column has a value for each of the rows")]
    fn from(matrix: DecisionMatrix) -> Self {
        let row = |row: usize| matrix.columns.iter().map(|column| column[row]).collect();
        Self { rows: (0..matrix.rows).map(row).collect(), directions: matrix.directions }
    }
}

/// A figure for each alternative; the greater, the better.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking(#[serde(with = "crate::quantity::wire::own")] Vec<f64>);

impl Ranking {
    /// The figures of the alternatives, all finite.
    pub(super) fn new(scores: Vec<f64>) -> Result<Self, RankingError> {
        match scores.iter().position(|score| !score.is_finite()) {
            None => Ok(Self(scores)),
            Some(row) => Err(RankingError::NoScore { row }),
        }
    }

    /// The figure of each alternative.
    #[must_use]
    pub fn scores(&self) -> &[f64] {
        &self.0
    }

    /// The alternatives by their index as rows in order, the best first, with score and rank.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::{CriteriaWeights, DecisionMatrix, Topsis};
    /// use marketloop::target::Better;
    ///
    /// let channels = DecisionMatrix::new([Better::Lower], [[50.0], [40.0]])?;
    /// let ranking = Topsis::MinMax.scores(&channels, &CriteriaWeights::equal(1)?)?;
    /// assert_eq!(ranking.to_string(), "alternative  score  rank\n1                1     1\n0                0     2\n");
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the order is of the scores' own places")]
    pub fn table(&self) -> Table {
        let mut table = Table::new("alternative");
        for (rank, alternative) in (1_usize..).zip(self.order()) {
            table.push(alternative, "score", Cell::new(self.0[alternative], "1"));
            table.push(alternative, "rank", Cell::new(rank, "1"));
        }
        table
    }

    /// The indices of the alternatives, the best first, at ties the lower index.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the order is of the scores' own places")]
    pub fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.0.len()).collect();
        order.sort_by(|left, right| self.0[*right].total_cmp(&self.0[*left]));
        order
    }
}

impl fmt::Display for Ranking {
    /// The [`table`](Ranking::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}
