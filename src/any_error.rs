//! The error over all errors of the crate.

use crate::agile::AgileError;
use crate::attribution::AttributionError;
use crate::budget::BudgetError;
use crate::channel::ChannelError;
use crate::decision::DecisionError;
use crate::decompose::DecomposeError;
use crate::error::{ErrorKind, Problems};
use crate::funnel::FunnelError;
use crate::health::HealthError;
use crate::kpi::KpiError;
use crate::optimise::OptimiseError;
use crate::pdca::{LineageError, PdcaError, Rejection, ReplayError};
use crate::plan::PlanError;
use crate::progress::ProgressError;
use crate::quantity::QuantityError;
use crate::response::ResponseError;
use crate::review::ReviewError;
use crate::split::SplitError;
use crate::stats::StatsError;
use crate::target::TargetError;
use crate::time::TimeError;
use alloc::boxed::Box;
use core::fmt;

/// Any error of the crate, for callers that use several modules behind one `?`.
///
/// # Examples
/// ```
/// use marketloop::error::ErrorKind;
/// use marketloop::quantity::{Mix, Money};
///
/// fn plan(total: &str) -> Result<Money, marketloop::Error> {
///     let mix = Mix::from_percents([("own", 60), ("partner", 40)])?;
///     Ok(Money::parse(total)?.split(&mix)?["own"])
/// }
/// assert_eq!(plan("0.01 CNY")?, Money::parse("0.01 CNY")?);
/// assert_eq!(plan("1.005 CNY").unwrap_err().kind(), ErrorKind::OutOfRange);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// From [`crate::agile`].
    #[error(transparent)]
    Agile(#[from] AgileError),
    /// From [`crate::attribution`].
    #[error(transparent)]
    Attribution(#[from] AttributionError),
    /// From [`crate::budget`].
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// From [`crate::channel`].
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// From [`crate::decompose`].
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// From [`crate::funnel`].
    #[error(transparent)]
    Funnel(#[from] FunnelError),
    /// From [`crate::health`].
    #[error(transparent)]
    Health(#[from] HealthError),
    /// From [`crate::kpi`].
    #[error(transparent)]
    Kpi(#[from] KpiError),
    /// From [`crate::optimise`].
    #[error(transparent)]
    Optimise(#[from] OptimiseError),
    /// From [`crate::pdca`].
    #[error(transparent)]
    Pdca(#[from] PdcaError),
    /// From [`crate::plan`].
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// From [`crate::progress`].
    #[error(transparent)]
    Progress(#[from] ProgressError),
    /// From [`crate::quantity`].
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// From [`crate::response`].
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// From [`crate::review`].
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// From [`crate::decision`].
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// From [`crate::split`].
    #[error(transparent)]
    Split(#[from] SplitError),
    /// From [`crate::stats`].
    #[error(transparent)]
    Stats(#[from] StatsError),
    /// From [`crate::target`].
    #[error(transparent)]
    Target(#[from] TargetError),
    /// From [`crate::time`].
    #[error(transparent)]
    Time(#[from] TimeError),
    /// Several problems of one plan, each with its path.
    #[error(transparent)]
    Problems(ErrorList),
}

/// Several errors of one plan, each with its path; none of them is a list of its own.
///
/// It is made from [`Problems`], where lists in the list are joined to it with the path of their place in front of
/// theirs. So no error is deeper than the crate made it, however often a caller wraps one: nothing that walks an error
/// recurses.
///
/// # Examples
/// ```
/// use marketloop::error::{Path, Problems};
/// use marketloop::quantity::Money;
///
/// let mut line: Problems<marketloop::Error> = Problems::new();
/// line.take(&Path::root().field("cap"), Money::parse("10"));
/// let mut plan: Problems<marketloop::Error> = Problems::new();
/// plan.push(Path::root().field("lines").index(2), line);
/// let marketloop::Error::Problems(list) = plan.into() else { unreachable!("a list") };
/// assert_eq!(list.problems().iter().next().unwrap().path.as_str(), "lines[2].cap");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorList(Box<Problems<Error>>);

impl ErrorList {
    /// The problems in the order in which they were found.
    #[must_use]
    pub const fn problems(&self) -> &Problems<Error> {
        &self.0
    }
}

impl fmt::Display for ErrorList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl core::error::Error for ErrorList {}

impl Error {
    /// The sort of the fault; of several problems that of the first.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Agile(error) => error.kind(),
            Self::Attribution(error) => error.kind(),
            Self::Budget(error) => error.kind(),
            Self::Channel(error) => error.kind(),
            Self::Decompose(error) => error.kind(),
            Self::Funnel(error) => error.kind(),
            Self::Health(error) => error.kind(),
            Self::Kpi(error) => error.kind(),
            Self::Optimise(error) => error.kind(),
            Self::Pdca(error) => error.kind(),
            Self::Plan(error) => error.kind(),
            Self::Progress(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Response(error) => error.kind(),
            Self::Review(error) => error.kind(),
            Self::Decision(error) => error.kind(),
            Self::Split(error) => error.kind(),
            Self::Stats(error) => error.kind(),
            Self::Target(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Problems(list) => list.0.iter().next().map_or(ErrorKind::Empty, |first| first.error.kind()),
        }
    }
}

impl<E: Into<Error>> From<Problems<E>> for Error {
    fn from(problems: Problems<E>) -> Self {
        let mut all = Problems::new();
        for problem in problems {
            match problem.error.into() {
                // A list holds no lists: one level is all there is to join.
                Self::Problems(ErrorList(list)) => {
                    for inner in *list {
                        all.push(inner.path.within(&problem.path), inner.error);
                    }
                }
                error => all.push(problem.path, error),
            }
        }
        Self::Problems(ErrorList(Box::new(all)))
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Pdca(rejection.into())
    }
}

impl From<ReplayError> for Error {
    fn from(error: ReplayError) -> Self {
        Self::Pdca(error.into())
    }
}

impl From<LineageError> for Error {
    fn from(error: LineageError) -> Self {
        Self::Pdca(error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Path;
    use crate::quantity::Money;
    use alloc::string::ToString;

    /// L5: what a caller nests is flat, and nothing that walks it recurses.
    #[test]
    fn lists_in_lists_are_joined_however_often() {
        let walk = || {
            let mut error: Error = Money::parse("x").unwrap_err().into();
            let kind = error.kind();
            for nesting in 0..100_000 {
                let mut problems: Problems<Error> = Problems::new();
                let path = if nesting < 2 { Path::root().index(nesting) } else { Path::root() };
                problems.push(path, error);
                error = problems.into();
            }
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().starts_with("[1][0]: "), "{error}");
            assert_eq!(error.clone(), error);
            drop(error);
        };
        let thread = std::thread::Builder::new().stack_size(2 << 20);
        thread.spawn(walk).unwrap().join().unwrap();
    }
}
