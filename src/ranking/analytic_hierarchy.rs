//! Weights from pairwise judgements: the analytic hierarchy process.

use super::RankingError;
use super::completion::place;
use crate::error::{Path, Problems, within};
use crate::quantity::wire::wire_fields;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The maximum number of items that are compared.
const MAX_ITEMS: u64 = 100;
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
    pub(super) items: Vec<String>,
    /// Row by row; `None` where nothing was judged.
    pub(super) cells: Vec<Option<f64>>,
    /// In the order in which they were made.
    pub(super) judgements: Vec<(usize, usize)>,
}

/// Comparisons as they are on the wire, not checked yet.
#[derive(Debug, Clone, PartialEq)]
struct Written {
    /// The items in order.
    items: Vec<String>,
    /// The judgements in any order, each pair at most once.
    judgements: Vec<WrittenJudgement>,
}

wire_fields!(Written { items, judgements });

/// One judgement on the wire.
#[derive(Debug, Clone, PartialEq)]
struct WrittenJudgement {
    /// The item that is judged.
    item: String,
    /// The item that it is compared with.
    over: String,
    /// How many times it matters as much.
    value: f64,
}

wire_fields!(WrittenJudgement { item, over, value: own });

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
        // Each matters as much as itself: those cells stand on the diagonal.
        let pairs = (0..items.len()).flat_map(|row| (0..items.len()).map(move |column| (row, column)));
        let cells = pairs.map(|(row, column)| (row == column).then_some(1.0)).collect();
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

    #[expect(
        clippy::indexing_slicing,
        reason = "`row` and `column` are places of items, and each two have a cell"
    )]
    fn put(&mut self, row: usize, column: usize, value: f64) -> Result<(), RankingError> {
        let count = self.items.len();
        in_range(row, column, value)?;
        if row == column || self.cells[place(count, row, column)].is_some() {
            return Err(RankingError::JudgementPlace { row, column });
        }
        // Both cells at once: what reads the matrix relies on its being reciprocal.
        for (row, column, value) in [(row, column, value), (column, row, 1.0 / value)] {
            self.cells[place(count, row, column)] = Some(value);
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

    /// Whether the judgements join all items: what they do not join scales against the rest at will.
    #[expect(clippy::indexing_slicing, reason = "`open` holds rows, and `cells` a cell for each two items")]
    pub(super) fn check_connected(&self) -> Result<(), RankingError> {
        let count = self.items.len();
        let mut reached = alloc::vec![false; count];
        let mut open = alloc::vec![0];
        while let Some(row) = open.pop() {
            if !core::mem::replace(&mut reached[row], true) {
                let judged = |column: &usize| self.cells[place(count, row, *column)].is_some();
                open.extend((0..count).filter(judged));
            }
        }
        match reached.iter().position(|reached| !reached) {
            Some(item) => Err(RankingError::Disconnected { item }),
            None => Ok(()),
        }
    }
}

/// Whether a number exceeds the limit or is none.
fn is_beyond(value: f64, limit: f64) -> bool {
    value.is_nan() || value > limit
}

fn in_range(row: usize, column: usize, value: f64) -> Result<f64, RankingError> {
    if (1e-9..=1e9).contains(&value) {
        Ok(value)
    } else {
        Err(RankingError::Judgement { row, column, value })
    }
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
    #[expect(clippy::indexing_slicing, reason = "a judgement is of the places of two items")]
    fn from(comparisons: PairwiseComparisons) -> Self {
        let PairwiseComparisons { items, cells, judgements } = comparisons;
        let judgement = |(row, column): &(usize, usize)| {
            // A cell is empty until its pair is judged, and then it stays.
            let value = cells[place(items.len(), *row, *column)]?;
            Some(WrittenJudgement { item: items[*row].clone(), over: items[*column].clone(), value })
        };
        Self { judgements: judgements.iter().filter_map(judgement).collect(), items }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::RandomIndex;
    use alloc::string::ToString;

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
