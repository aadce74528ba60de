//! The error over all errors of the crate.

use crate::error::{ErrorKind, Problems};
use crate::progress::ProgressError;
use crate::quantity::QuantityError;
use crate::rules::RulesError;
use crate::split::SplitError;
use crate::target::TargetError;
use crate::time::TimeError;
use alloc::boxed::Box;

/// Any error of the crate, for callers that use several modules behind one `?`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// From [`crate::quantity`].
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// From [`crate::time`].
    #[error(transparent)]
    Time(#[from] TimeError),
    /// From [`crate::split`].
    #[error(transparent)]
    Split(#[from] SplitError),
    /// From [`crate::rules`].
    #[error(transparent)]
    Rules(#[from] RulesError),
    /// From [`crate::progress`].
    #[error(transparent)]
    Progress(#[from] ProgressError),
    /// From [`crate::target`].
    #[error(transparent)]
    Target(#[from] TargetError),
    /// Several problems of one plan, each with its path.
    #[error(transparent)]
    Problems(Box<Problems<Error>>),
}

impl Error {
    /// The sort of the fault; of several problems that of the first.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Quantity(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Split(error) => error.kind(),
            Self::Rules(error) => error.kind(),
            Self::Progress(error) => error.kind(),
            Self::Target(error) => error.kind(),
            Self::Problems(problems) => {
                problems.iter().next().map_or(ErrorKind::Empty, |first| first.error.kind())
            }
        }
    }
}

impl<E: Into<Error>> From<Problems<E>> for Error {
    fn from(problems: Problems<E>) -> Self {
        let mut all = Problems::new();
        for problem in problems {
            all.push(problem.path, problem.error);
        }
        Self::Problems(Box::new(all))
    }
}
