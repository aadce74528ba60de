//! How the spread of true values between items is estimated.

use super::StatsError;
use crate::quantity::words::words;

/// The estimator of how much the true values of items differ from each other, beyond what chance makes of equal ones.
///
/// ```
/// # use marketloop::stats::SpreadMethod;
/// assert_eq!(serde_json::from_str::<SpreadMethod>(r#""paule_mandel""#)?, SpreadMethod::PauleMandel);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum SpreadMethod {
    /// For rates: the beta distribution under which the counts are most likely.
    MaximumLikelihood,
    /// For rates: an analysis of variance of the counts (M. S. Ridout, C. G. B. Demétrio and D. Firth, 1999), where no beta
    /// distribution is the most likely.
    Moments,
    /// For means: the variance at which the weighted squares add up to one less than the items (R. C. Paule and J. Mandel,
    /// 1982). The one to take where nothing speaks for the other.
    PauleMandel,
    /// For means: in one step from the weights without a spread (R. `DerSimonian` and N. Laird, 1986).
    DerSimonianLaird,
}

words!(SpreadMethod, "estimator of the spread", StatsError:
    MaximumLikelihood = "maximum_likelihood",
    Moments = "moments",
    PauleMandel = "paule_mandel",
    DerSimonianLaird = "dersimonian_laird",
);
