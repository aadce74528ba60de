//! Ratings of risks by probability and impact, in a table that cannot rank them the wrong way round.

use super::RiskError;
use crate::error::{Path, Problems};
use crate::figure::Table;
use crate::quantity::wire::{deserialize_fields, wire_fields};
use crate::quantity::words::words;
use crate::quantity::{Share, multiply};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The rating of a risk: acceptable, unacceptable or, between them, tolerable if it is as low as reasonably practicable
/// (ALARP; Health and Safety Executive, 1992).
///
/// ```
/// # use marketloop::risk::Rating;
/// assert_eq!(serde_json::from_str::<Rating>(r#""tolerable""#)?, Rating::Tolerable);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rating {
    /// Nothing has to be done: green.
    Acceptable,
    /// To be reduced unless the cost is out of proportion: yellow.
    Tolerable,
    /// To be reduced whatever it costs: red.
    Unacceptable,
}

words!(Rating, "rating", RiskError:
    Acceptable = "acceptable",
    Tolerable = "tolerable",
    Unacceptable = "unacceptable",
);

/// A level of probability or impact: from the end of the level before it, or 0, up to its own end, which
/// belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Level {
    name: String,
    up_to: Decimal,
}

wire_fields!(Level { name, up_to: own });

/// A matrix as it is read, not checked yet.
struct Wire {
    probability: Vec<Level>,
    impact: Vec<Level>,
    ratings: Vec<Vec<Rating>>,
}

deserialize_fields!("RiskMatrix", Wire { probability, impact, ratings });

impl TryFrom<Wire> for RiskMatrix {
    type Error = Problems<RiskError>;

    fn try_from(Wire { probability, impact, ratings }: Wire) -> Result<Self, Self::Error> {
        Self { probability, impact, ratings }.check()
    }
}

/// A probability x impact matrix that is monotone and weakly consistent.
///
/// A matrix that is not may rate the smaller risk higher (Cox, 2008). Checked are: ratings never fall as
/// probability or impact rise; every risk in an unacceptable cell is at least as large, as probability times
/// impact, as every risk in an acceptable one; no unacceptable cell touches an acceptable one at an edge.
///
/// # Examples
/// ```
/// use marketloop::risk::{Rating, RiskMatrix};
/// use marketloop::quantity::Share;
/// use rust_decimal::dec;
///
/// let matrix = RiskMatrix::five_by_five(dec!(100000))?;
/// assert_eq!(matrix.rate(Share::percent(70)?, dec!(90000))?, Rating::Unacceptable);
/// assert_eq!(matrix.rating("rare", "severe"), Some(Rating::Acceptable)); // at most 20 % of 100,000
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::risk::RiskMatrix;
/// let json = r#"{
///   "probability": [{"name": "rare", "up_to": "0.5"}, {"name": "likely", "up_to": "1"}],
///   "impact": [{"name": "small", "up_to": "100"}, {"name": "large", "up_to": "200"}],
///   "ratings": [["acceptable", "tolerable"], ["tolerable", "unacceptable"]]
/// }"#;
/// let read: RiskMatrix = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<RiskMatrix>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
pub struct RiskMatrix {
    probability: Vec<Level>,
    impact: Vec<Level>,
    /// For each level of probability the ratings along the levels of impact.
    ratings: Vec<Vec<Rating>>,
}

impl RiskMatrix {
    /// The matrix of these levels, each with its name and its upper end, and for each level of probability the
    /// ratings along the levels of impact. Levels of probability rise to 1; impacts are in any unit.
    ///
    /// # Errors
    /// All problems at once: [`RiskError::Levels`] for levels that do not rise from above 0 or share a name,
    /// and for probabilities that do not end at 1; [`RiskError::MatrixShape`]; where these hold,
    /// [`RiskError::FallingRating`] at each cell rated below its neighbour of smaller risk,
    /// [`RiskError::Inconsistent`] with the largest acceptable and the least unacceptable risk,
    /// [`RiskError::Touching`] at each unacceptable cell beside an acceptable one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::risk::{Rating, RiskMatrix};
    /// use rust_decimal::dec;
    ///
    /// let (probability, impact) = ([("rare", dec!(0.5)), ("likely", dec!(1))], [("small", dec!(9)), ("large", dec!(99))]);
    /// let ratings = [[Rating::Acceptable, Rating::Unacceptable], [Rating::Tolerable, Rating::Unacceptable]];
    /// let refused = RiskMatrix::new(probability, impact, ratings).unwrap_err();
    /// // 0.1 x 10 in the red cell is less than 0.5 x 9 in the green one.
    /// assert!(refused.to_string().contains("risks up to 4.5 are acceptable in cell 0, 0, but from 0 on unacceptable"));
    /// ```
    pub fn new<N: Into<String>>(
        probability: impl IntoIterator<Item = (N, Decimal)>,
        impact: impl IntoIterator<Item = (N, Decimal)>,
        ratings: impl IntoIterator<Item = impl IntoIterator<Item = Rating>>,
    ) -> Result<Self, Problems<RiskError>> {
        let (probability, impact) = (levels(probability), levels(impact));
        let ratings = ratings.into_iter().map(|row| row.into_iter().collect()).collect();
        Self { probability, impact, ratings }.check()
    }

    /// A consistent matrix of five even levels each, with impacts up to `largest`: a cell is acceptable where
    /// no risk in it exceeds 24 % of the largest impact, and unacceptable where none is below that.
    ///
    /// # Errors
    /// [`RiskError::Levels`] for a largest impact that is not above 0; [`RiskError::Quantity`] beyond 28
    /// digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::risk::{Rating, RiskMatrix};
    /// use rust_decimal::dec;
    ///
    /// let matrix = RiskMatrix::five_by_five(dec!(100000))?;
    /// assert_eq!(matrix.rating("almost certain", "severe"), Some(Rating::Unacceptable));
    /// assert!(RiskMatrix::five_by_five(dec!(0)).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn five_by_five(largest: Decimal) -> Result<Self, Problems<RiskError>> {
        let mut problems = Problems::new();
        #[expect(clippy::arithmetic_side_effects, reason = "five at most")]
        let share = |fifths: u32| Decimal::from_parts(fifths * 2, 0, 0, false, 1);
        let mut levels = |names: [&str; 5], top: Decimal| -> Vec<Level> {
            let level = |(name, fifths): (&str, u32)| {
                let up_to = multiply(top, share(fifths));
                let up_to = problems.take(&Path::root(), up_to.map_err(RiskError::from))?;
                Some(Level { name: name.into(), up_to: up_to.normalize() })
            };
            names.into_iter().zip(1..).filter_map(level).collect()
        };
        let probability = levels(["rare", "unlikely", "possible", "likely", "almost certain"], Decimal::ONE);
        let impact = levels(["negligible", "minor", "moderate", "major", "severe"], largest);
        problems.into_result(())?;
        #[expect(clippy::arithmetic_side_effects, reason = "rows and columns from 1 to 5")]
        let rating = |row: u32, column: u32| {
            // In units of 1/25 of the largest impact, of which 24 % are 6.
            let (least, most) = ((row - 1) * (column - 1), row * column);
            match (least >= 6, most <= 6) {
                (true, _) => Rating::Unacceptable,
                (_, true) => Rating::Acceptable,
                _ => Rating::Tolerable,
            }
        };
        let ratings = (1..=5).map(|row| (1..=5).map(|column| rating(row, column)).collect()).collect();
        Self { probability, impact, ratings }.check()
    }

    /// The name and the upper end of each level of probability, rising.
    #[must_use]
    pub fn probability_levels(&self) -> impl ExactSizeIterator<Item = (&str, Decimal)> {
        self.probability.iter().map(|level| (level.name.as_str(), level.up_to))
    }

    /// The name and the upper end of each level of impact, rising.
    #[must_use]
    pub fn impact_levels(&self) -> impl ExactSizeIterator<Item = (&str, Decimal)> {
        self.impact.iter().map(|level| (level.name.as_str(), level.up_to))
    }

    /// The rating where two levels meet, `None` of a level that the matrix does not have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::risk::{Rating, RiskMatrix};
    /// use rust_decimal::dec;
    ///
    /// let matrix = RiskMatrix::five_by_five(dec!(100000))?;
    /// assert_eq!(matrix.rating("rare", "severe"), Some(Rating::Acceptable));
    /// assert_eq!(matrix.rating("rare", "ruinous"), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn rating(&self, probability: &str, impact: &str) -> Option<Rating> {
        let find = |levels: &[Level], name| levels.iter().position(|level| level.name == name);
        Some(self.cell(find(&self.probability, probability)?, find(&self.impact, impact)?))
    }

    /// The rating of a cell by the indexes of its levels.
    #[expect(clippy::indexing_slicing, reason = "one rating for each pair of levels was checked")]
    pub(super) fn cell(&self, probability: usize, impact: usize) -> Rating {
        self.ratings[probability][impact]
    }

    /// The rating of a probability and an impact in the unit of the levels.
    ///
    /// # Errors
    /// [`RiskError::BeyondScale`] for an impact below 0 or above the highest level.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Share;
    /// use marketloop::risk::{Rating, RiskMatrix};
    /// use rust_decimal::dec;
    ///
    /// let matrix = RiskMatrix::five_by_five(dec!(100000))?;
    /// // An end belongs to the level below it: 20 % is rare still.
    /// assert_eq!(matrix.rate(Share::percent(20)?, dec!(100000))?, Rating::Acceptable);
    /// assert_eq!(matrix.rate(Share::percent(21)?, dec!(100000))?, Rating::Tolerable);
    /// assert!(matrix.rate(Share::percent(21)?, dec!(100001)).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn rate(&self, probability: Share, impact: Decimal) -> Result<Rating, RiskError> {
        let column = place(&self.impact, impact);
        if impact < Decimal::ZERO || column == self.impact.len() {
            return Err(RiskError::BeyondScale { value: impact });
        }
        // The levels of probability end at 1, which no share is above.
        Ok(self.cell(place(&self.probability, probability.value()), column))
    }

    /// The name of the level of a probability.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Share;
    /// use marketloop::risk::RiskMatrix;
    /// use rust_decimal::dec;
    ///
    /// let matrix = RiskMatrix::five_by_five(dec!(100000))?;
    /// assert_eq!(matrix.level_of(Share::percent(30)?), "unlikely");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "the levels of probability end at 1, which no share is above"
    )]
    pub fn level_of(&self, probability: Share) -> &str {
        &self.probability[place(&self.probability, probability.value())].name
    }

    /// The ratings as a table: a row for each level of probability, a column for each level of impact.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("probability");
        for (level, ratings) in self.probability.iter().zip(&self.ratings) {
            for (impact, rating) in self.impact.iter().zip(ratings) {
                table.push(&level.name, impact.name.clone(), rating.to_string());
            }
        }
        table
    }
}

impl fmt::Display for RiskMatrix {
    /// Its [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// The index of the first level that ends at `value` or above; levels rise.
fn place(levels: &[Level], value: Decimal) -> usize {
    levels.partition_point(|level| level.up_to < value)
}

fn levels<N: Into<String>>(levels: impl IntoIterator<Item = (N, Decimal)>) -> Vec<Level> {
    levels.into_iter().map(|(name, up_to)| Level { name: name.into(), up_to }).collect()
}

/// A cell with the least and the largest risk in it.
struct Cell {
    row: usize,
    column: usize,
    rating: Rating,
    least: Decimal,
    most: Decimal,
}

impl RiskMatrix {
    fn check(self) -> Result<Self, Problems<RiskError>> {
        let mut problems = Problems::new();
        rising(&self.probability, &Path::root().field("probability"), &mut problems);
        rising(&self.impact, &Path::root().field("impact"), &mut problems);
        // Without a level up to 1 a certain event would have no row.
        if self.probability.last().is_some_and(|level| level.up_to != Decimal::ONE) {
            problems.push(Path::root().field("probability"), RiskError::Levels);
        }
        let shape = (self.probability.len(), self.impact.len());
        if self.ratings.len() != shape.0 || self.ratings.iter().any(|row| row.len() != shape.1) {
            let error = RiskError::MatrixShape { rows: shape.0, columns: shape.1 };
            problems.push(Path::root().field("ratings"), error);
        }
        // Cells need rising levels and the right shape: without them what follows would tell nonsense.
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let Some(cells) = problems.take(&Path::root(), self.cells()) else { return problems.finish(None) };
        neighbours(&cells, &mut problems);
        let of = |rating: Rating| cells.iter().filter(move |cell| cell.rating == rating);
        // The two extremes stand for all pairs: where they are in order, every pair is.
        let acceptable = of(Rating::Acceptable).max_by_key(|cell| cell.most);
        let unacceptable = of(Rating::Unacceptable).min_by_key(|cell| cell.least);
        // Equal is fine: that one risk lies on the edge of both cells.
        if let Some((low, high)) = acceptable.zip(unacceptable).filter(|(low, high)| low.most > high.least) {
            problems.push(
                Path::root().field("ratings"),
                RiskError::Inconsistent {
                    acceptable: (low.row, low.column),
                    up_to: low.most,
                    unacceptable: (high.row, high.column),
                    from: high.least,
                },
            );
        }
        problems.into_result(self)
    }

    fn cells(&self) -> Result<Vec<Cell>, RiskError> {
        let mut cells = Vec::new();
        let mut low_probability = Decimal::ZERO;
        for (row, (level, ratings)) in self.probability.iter().zip(&self.ratings).enumerate() {
            let mut low_impact = Decimal::ZERO;
            for (column, (impact, rating)) in self.impact.iter().zip(ratings).enumerate() {
                let risk = |probability, impact| multiply(probability, impact).map_err(RiskError::from);
                // A level begins where the one before it ends: two corners bound the risks of a cell.
                let least = risk(low_probability, low_impact)?;
                let most = risk(level.up_to, impact.up_to)?;
                cells.push(Cell { row, column, rating: *rating, least, most });
                low_impact = impact.up_to;
            }
            low_probability = level.up_to;
        }
        Ok(cells)
    }
}

fn rising(levels: &[Level], path: &Path, problems: &mut Problems<RiskError>) {
    if levels.is_empty() {
        problems.push(path.clone(), RiskError::Levels);
    }
    let mut before = Decimal::ZERO;
    let mut names = BTreeSet::new();
    for (index, level) in levels.iter().enumerate() {
        // Taken in where the level is wrong too: the next of its name is still told.
        let is_new = names.insert(&level.name);
        if level.up_to <= before || !is_new {
            problems.push(path.index(index), RiskError::Levels);
        }
        before = level.up_to;
    }
}

fn neighbours(cells: &[Cell], problems: &mut Problems<RiskError>) {
    let places: BTreeMap<(usize, usize), &Cell> =
        cells.iter().map(|cell| ((cell.row, cell.column), cell)).collect();
    for cell in cells {
        // Towards the smaller risks alone: each pair of neighbours is looked at once.
        let below = cell.row.checked_sub(1).map(|row| (row, cell.column));
        let beside = cell.column.checked_sub(1).map(|column| (cell.row, column));
        for smaller in [below, beside].into_iter().flatten().filter_map(|place| places.get(&place)) {
            let path = Path::root().field("ratings").index(cell.row).index(cell.column);
            if cell.rating < smaller.rating {
                problems
                    .push(path.clone(), RiskError::FallingRating { from: smaller.rating, to: cell.rating });
            }
            if (smaller.rating, cell.rating) == (Rating::Acceptable, Rating::Unacceptable) {
                problems.push(path, RiskError::Touching { row: smaller.row, column: smaller.column });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    const A: Rating = Rating::Acceptable;
    const T: Rating = Rating::Tolerable;
    const U: Rating = Rating::Unacceptable;

    fn levels(ends: &[Decimal]) -> Vec<(String, Decimal)> {
        ends.iter().map(|end| (end.to_string(), *end)).collect()
    }

    fn three(ratings: [[Rating; 3]; 3]) -> Result<RiskMatrix, String> {
        let ends = levels(&[dec!(0.25), dec!(0.5), dec!(1)]);
        RiskMatrix::new(ends.clone(), ends, ratings).map_err(|error| error.to_string())
    }

    #[test]
    fn an_edge_belongs_to_the_lower_level() {
        let matrix = three([[A, A, T], [A, T, T], [T, T, U]]).unwrap();
        let rate = |probability, impact| matrix.rate(Share::new(probability).unwrap(), impact);
        assert_eq!(rate(dec!(0.25), dec!(0.5)), Ok(A));
        assert_eq!(rate(dec!(0.26), dec!(0.5)), Ok(T));
        assert_eq!(rate(dec!(1), dec!(1)), Ok(U));
        assert_eq!(rate(dec!(1), dec!(1.1)), Err(RiskError::BeyondScale { value: dec!(1.1) }));
        assert!(rate(dec!(1), dec!(-0.1)).is_err());
        assert_eq!(matrix.rating("0.5", "9"), None);
        assert_eq!(matrix.level_of(Share::ONE), "1");
    }

    #[test]
    fn a_matrix_that_ranks_wrongly_is_refused() {
        let falling = three([[A, T, A], [T, T, T], [T, T, U]]).unwrap_err();
        assert_eq!(falling, "ratings[0][2]: acceptable follows tolerable, though the risk is larger");
        let touching = three([[A, A, T], [A, T, T], [A, U, U]]).unwrap_err();
        assert!(
            touching.contains("ratings[2][1]: an unacceptable cell touches the acceptable cell 2, 0"),
            "{touching}"
        );
        assert!(
            touching.contains("ratings: risks up to 0.25 are acceptable in cell 2, 0, but from 0.125 on unacceptable in cell 2, 1"),
            "{touching}"
        );
        // In the lowest row a risk can be nothing: nothing in it is unacceptable.
        let lowest = three([[T, T, U], [T, T, U], [T, T, U]]);
        assert!(lowest.is_ok());
        assert!(three([[A, T, U], [T, T, U], [T, T, U]]).unwrap_err().contains("ratings: risks up to"));
    }

    #[test]
    fn levels_rise_and_rows_have_one_length() {
        let refused = |probability: &[Decimal], impact: &[Decimal], ratings: Vec<Vec<Rating>>| {
            RiskMatrix::new(levels(probability), levels(impact), ratings).unwrap_err().len()
        };
        assert_eq!(refused(&[dec!(0.5), dec!(0.9)], &[dec!(1)], [[T], [T]].map(Vec::from).into()), 1);
        assert_eq!(refused(&[dec!(1)], &[dec!(2), dec!(2)], [[T, T]].map(Vec::from).into()), 1);
        assert_eq!(refused(&[dec!(1)], &[], Vec::new()), 2);
        assert!(RiskMatrix::five_by_five(dec!(0)).is_err());
        assert!(RiskMatrix::five_by_five(Decimal::MAX).is_err());
    }
}
