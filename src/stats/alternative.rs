//! Which differences count as evidence.

use super::StatsError;
use crate::quantity::words::words;

/// The differences that a test looks for: either way, or one way only.
///
/// Choose before the data are seen; a side that is chosen by them doubles the false alarms.
///
/// ```
/// # use marketloop::stats::Alternative;
/// assert_eq!(serde_json::from_str::<Alternative>(r#""two_sided""#)?, Alternative::TwoSided);
/// assert_eq!("larger".parse(), Ok(Alternative::Larger));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Alternative {
    /// The second differs from the first, either way.
    TwoSided,
    /// The second is larger than the first.
    Larger,
    /// The second is smaller than the first.
    Smaller,
}

words!(Alternative, "alternative of a test", StatsError:
    TwoSided = "two_sided",
    Larger = "larger",
    Smaller = "smaller",
);

impl Alternative {
    /// Every alternative.
    pub const ALL: [Self; 3] = [Self::TwoSided, Self::Larger, Self::Smaller];

    /// The p of a statistic that is symmetric around 0 if nothing differs; `below` is its distribution.
    pub(super) fn p_value<E>(
        self,
        statistic: f64,
        below: impl FnOnce(f64) -> Result<f64, E>,
    ) -> Result<f64, E> {
        // Each from the tail that is asked for: one minus the other would lose its digits.
        match self {
            Self::TwoSided => below(-statistic.abs()).map(|tail| (2.0 * tail).min(1.0)),
            Self::Larger => below(-statistic),
            Self::Smaller => below(statistic),
        }
    }
}
