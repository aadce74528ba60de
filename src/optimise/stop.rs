//! Why a search ended.

use super::OptimiseError;
use crate::quantity::words::words;

/// Why a search ended. On the wire `proven`, `nodes`, `no_progress` or `indivisible`.
///
/// # Examples
/// ```
/// use marketloop::optimise::{Limits, Optimisation, Stop};
/// use marketloop::quantity::Money;
/// use marketloop::response::Logistic;
///
/// let question = Optimisation::maximise_response(Money::parse("90 CNY")?)
///     .line("a", Logistic::new(80.0, 40.0, 0.2)?, ..)
///     .line("b", Logistic::new(70.0, 30.0, 0.2)?, ..)
///     .line("c", Logistic::new(60.0, 35.0, 0.2)?, ..);
/// assert_eq!(question.solve()?.stop(), Stop::Proven);
/// let hasty = question.with_limits(Limits::default().with_nodes(1)).solve()?;
/// assert_eq!(hasty.stop(), Stop::Nodes);
/// assert!(hasty.to_string().ends_with("stopped at the limit of nodes"));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::optimise::Stop;
/// assert_eq!(serde_json::from_str::<Stop>(r#""no_progress""#)?, Stop::NoProgress);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stop {
    /// The gap is as small as was asked for; for the least budget of concave curves, within a minor unit and
    /// a half.
    Proven,
    /// The limit of nodes was reached.
    Nodes,
    /// The last thousand nodes did not narrow the gap by a tenth.
    NoProgress,
    /// The remaining gap cannot be divided: it is single minor units, or the rounding of the bound itself.
    Indivisible,
}

words!(Stop, "end of a search", OptimiseError:
    Proven = "proven",
    Nodes = "nodes" / "stopped at the limit of nodes",
    NoProgress = "no_progress" / "stopped, for the gap did not narrow any more",
    Indivisible = "indivisible" / "stopped, for nothing was left to divide",
);
