//! The consistency index that random judgements have.

use super::RankingError;

/// A table of random consistency indices by the number of items, from 3 on in rising order; between two entries
/// it is interpolated.
///
/// # Examples
/// ```
/// use marketloop::ranking::RandomIndex;
///
/// assert_eq!(RandomIndex::SAATY.of(4)?, 0.89);
/// assert_eq!(RandomIndex::DONEGAN_DODD.of(4)?, 0.8286);
/// assert!(RandomIndex::SAATY.of(16).is_err());
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomIndex<'a>(&'a [(usize, f64)]);

impl RandomIndex<'static> {
    /// The table of T. L. Saaty (2005), for 3 to 15 items.
    pub const SAATY: Self = Self(&[
        (3, 0.52),
        (4, 0.89),
        (5, 1.11),
        (6, 1.25),
        (7, 1.35),
        (8, 1.40),
        (9, 1.45),
        (10, 1.49),
        (11, 1.52),
        (12, 1.54),
        (13, 1.56),
        (14, 1.58),
        (15, 1.59),
    ]);

    /// The table of H. A. Donegan and F. J. Dodd (1991), for 3 to 20 items.
    pub const DONEGAN_DODD: Self = Self(&[
        (3, 0.4914),
        (4, 0.8286),
        (5, 1.0591),
        (6, 1.1797),
        (7, 1.2519),
        (8, 1.3171),
        (9, 1.3733),
        (10, 1.4055),
        (11, 1.4213),
        (12, 1.4497),
        (13, 1.4643),
        (14, 1.4822),
        (15, 1.4969),
        (16, 1.5078),
        (17, 1.5153),
        (18, 1.5262),
        (19, 1.5313),
        (20, 1.5371),
    ]);
}

impl<'a> RandomIndex<'a> {
    /// The table of these numbers of items and their indices.
    ///
    /// # Errors
    /// [`RankingError::EmptySample`] for none; [`RankingError::PointsNotRising`] where a number of items is not
    /// above the one before it; [`RankingError::EstimateOutOfRange`] for an index that is not above 0.
    pub fn new(entries: &'a [(usize, f64)]) -> Result<Self, RankingError> {
        if entries.is_empty() {
            return Err(RankingError::EmptySample { what: "random-index table" });
        }
        if let Some(at) = entries.windows(2).position(|pair| matches!(pair, [(a, _), (b, _)] if b <= a)) {
            return Err(RankingError::PointsNotRising { index: at.saturating_add(1) });
        }
        match entries.iter().find(|(_, index)| !(*index > 0.0 && index.is_finite())) {
            Some((_, value)) => Err(RankingError::EstimateOutOfRange {
                name: "random index",
                value: *value,
                range: "above 0",
            }),
            None => Ok(Self(entries)),
        }
    }

    /// The index for so many items.
    ///
    /// # Errors
    /// [`RankingError::NoRandomIndex`] outside the table.
    pub fn of(&self, items: usize) -> Result<f64, RankingError> {
        let next = self.0.partition_point(|(count, _)| *count < items);
        match (next.checked_sub(1).and_then(|before| self.0.get(before)), self.0.get(next)) {
            (_, Some((count, index))) if *count == items => Ok(*index),
            (Some((n0, i0)), Some((n1, i1))) => {
                let part = steps(items.saturating_sub(*n0)) / steps(n1.saturating_sub(*n0));
                Ok(i0 + (i1 - i0) * part)
            }
            _ => Err(RankingError::NoRandomIndex { items }),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a number of items is far below 2^53")]
fn steps(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_entries_it_is_interpolated() {
        let entries = [(3, 0.5), (5, 1.0)];
        let table = RandomIndex::new(&entries).unwrap();
        assert!((table.of(4).unwrap() - 0.75).abs() < 1e-15);
        assert_eq!(table.of(6), Err(RankingError::NoRandomIndex { items: 6 }));
        assert_eq!(table.of(2), Err(RankingError::NoRandomIndex { items: 2 }));
        assert!(RandomIndex::new(&[]).is_err());
        assert!(RandomIndex::new(&[(3, 0.5), (3, 0.6)]).is_err());
        assert!(RandomIndex::new(&[(3, f64::NAN)]).is_err());
    }
}
