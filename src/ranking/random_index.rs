//! The consistency index that random judgements have.

use super::RankingError;
use crate::error::UnknownWord;
use crate::quantity::wire::{wire_fields, wire_variants};
use crate::stats::StatsError;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// A table of random consistency indices by the number of items, from 3 on in rising order; between two entries
/// it is interpolated.
///
/// # Examples
/// ```
/// use marketloop::ranking::RandomIndex;
///
/// assert_eq!(RandomIndex::SAATY.of(4)?, 0.89);
/// assert_eq!("donegan_dodd".parse::<RandomIndex>()?.of(4)?, 0.8286);
/// assert!(RandomIndex::SAATY.of(16).is_err());
/// # Ok::<(), marketloop::ranking::RankingError>(())
/// ```
///
/// On the wire:
/// ```
/// # use marketloop::ranking::RandomIndex;
/// assert_eq!(serde_json::from_str::<RandomIndex>(r#""saaty""#)?, RandomIndex::SAATY);
/// let own: RandomIndex = serde_json::from_str(r#"{"given":[{"items":3,"index":"0.5"},{"items":5,"index":"1"}]}"#)?;
/// assert_eq!(own.of(4)?, 0.75);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "RI")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct RandomIndex(Kind);

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Saaty,
    DoneganDodd,
    Given(Vec<(usize, f64)>),
}

/// A table on the wire, not checked yet.
enum Written {
    Saaty,
    DoneganDodd,
    Given(Vec<Entry>),
}

wire_variants!(Written {
    "saaty" => Saaty,
    "donegan_dodd" => DoneganDodd,
    "given" => Given(_),
});

/// One entry on the wire.
struct Entry {
    items: usize,
    index: f64,
}

wire_fields!(Entry { items, index: own });

impl TryFrom<Written> for RandomIndex {
    type Error = RankingError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Saaty => Ok(Self::SAATY),
            Written::DoneganDodd => Ok(Self::DONEGAN_DODD),
            Written::Given(entries) => Self::new(entries.into_iter().map(|entry| (entry.items, entry.index))),
        }
    }
}

impl From<RandomIndex> for Written {
    fn from(RandomIndex(kind): RandomIndex) -> Self {
        match kind {
            Kind::Saaty => Self::Saaty,
            Kind::DoneganDodd => Self::DoneganDodd,
            Kind::Given(entries) => {
                Self::Given(entries.into_iter().map(|(items, index)| Entry { items, index }).collect())
            }
        }
    }
}

impl fmt::Display for RandomIndex {
    /// `saaty`, `donegan_dodd`, or the entries, `3: 0.5, 5: 1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Saaty => f.pad("saaty"),
            Kind::DoneganDodd => f.pad("donegan_dodd"),
            Kind::Given(entries) => entries.iter().enumerate().try_for_each(|(place, (items, index))| {
                let comma = if place == 0 { "" } else { ", " };
                write!(f, "{comma}{items}: {index}")
            }),
        }
    }
}

impl FromStr for RandomIndex {
    type Err = RankingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "saaty" => Ok(Self::SAATY),
            "donegan_dodd" => Ok(Self::DONEGAN_DODD),
            entries => {
                let refuse = || {
                    RankingError::from(UnknownWord::new(
                        "random-index table",
                        text,
                        &["saaty", "donegan_dodd", "items: index, ..."],
                    ))
                };
                let entry = |entry: &str| {
                    let (items, index) = entry.split_once(':')?;
                    Some((items.trim().parse().ok()?, index.trim().parse().ok()?))
                };
                let entries = entries.split(',').map(entry).collect::<Option<Vec<(usize, f64)>>>();
                Self::new(entries.ok_or_else(refuse)?)
            }
        }
    }
}

const SAATY: [(usize, f64); 13] = [
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
];

const DONEGAN_DODD: [(usize, f64); 18] = [
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
];

impl RandomIndex {
    /// The table of T. L. Saaty (2005), for 3 to 15 items.
    pub const SAATY: Self = Self(Kind::Saaty);

    /// The table of H. A. Donegan and F. J. Dodd (1991), for 3 to 20 items.
    pub const DONEGAN_DODD: Self = Self(Kind::DoneganDodd);

    /// The table of these numbers of items and their indices.
    ///
    /// # Errors
    /// [`RankingError::EmptySample`] for none; [`RankingError::PointsNotRising`] where a number of items is not
    /// above the one before it; [`RankingError::Stats`] for an index that is not above 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::RandomIndex;
    ///
    /// let simulated = RandomIndex::new([(3, 0.5247), (4, 0.8816), (5, 1.1086)])?;
    /// assert_eq!(simulated.of(4)?, 0.8816);
    /// assert!(RandomIndex::new([(4, 0.9), (3, 0.5)]).is_err());
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn new(entries: impl IntoIterator<Item = (usize, f64)>) -> Result<Self, RankingError> {
        let entries: Vec<(usize, f64)> = entries.into_iter().collect();
        if entries.is_empty() {
            return Err(RankingError::EmptySample { what: "random-index table" });
        }
        let mut pairs = (1_usize..).zip(entries.windows(2));
        if let Some((index, _)) = pairs.find(|(_, pair)| matches!(pair, [(a, _), (b, _)] if b <= a)) {
            return Err(RankingError::PointsNotRising { index });
        }
        match entries.iter().find(|(_, index)| !(*index > 0.0 && index.is_finite())) {
            Some((_, value)) => {
                Err(StatsError::OutOfRange { name: "random index", value: *value, range: "above 0" }.into())
            }
            None => Ok(Self(Kind::Given(entries))),
        }
    }

    /// The index for this number of items.
    ///
    /// # Errors
    /// [`RankingError::NoRandomIndex`] outside the table.
    ///
    /// # Examples
    /// ```
    /// use marketloop::ranking::RandomIndex;
    ///
    /// assert_eq!(RandomIndex::DONEGAN_DODD.of(20)?, 1.5371);
    /// assert!(RandomIndex::DONEGAN_DODD.of(2).is_err());
    /// # Ok::<(), marketloop::ranking::RankingError>(())
    /// ```
    pub fn of(&self, items: usize) -> Result<f64, RankingError> {
        let entries: &[(usize, f64)] = match &self.0 {
            Kind::Saaty => &SAATY,
            Kind::DoneganDodd => &DONEGAN_DODD,
            Kind::Given(entries) => entries.as_slice(),
        };
        let next = entries.partition_point(|(count, _)| *count < items);
        match (next.checked_sub(1).and_then(|before| entries.get(before)), entries.get(next)) {
            (_, Some((count, index))) if *count == items => Ok(*index),
            (Some((n0, i0)), Some((n1, i1))) => {
                // The index grows ever more slowly: the line lies a little below it, and the ratio errs on the strict side.
                let part = steps(items.abs_diff(*n0)) / steps(n1.abs_diff(*n0));
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
    use alloc::string::ToString;

    #[test]
    fn between_entries_it_is_interpolated() {
        let entries = [(3, 0.5), (5, 1.0)];
        let table = RandomIndex::new(entries).unwrap();
        assert!((table.of(4).unwrap() - 0.75).abs() < 1e-15);
        assert_eq!(table.to_string().parse(), Ok(table.clone()));
        assert_eq!(table.of(6), Err(RankingError::NoRandomIndex { items: 6 }));
        assert_eq!(table.of(2), Err(RankingError::NoRandomIndex { items: 2 }));
        assert!(RandomIndex::new([]).is_err());
        assert!(RandomIndex::new([(3, 0.5), (3, 0.6)]).is_err());
        assert!(RandomIndex::new([(3, f64::NAN)]).is_err());
    }
}
