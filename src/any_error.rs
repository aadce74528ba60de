//! The error over all errors of the crate.

#[cfg(feature = "agile")]
use crate::agile::AgileError;
#[cfg(feature = "alert")]
use crate::alert::AlertError;
#[cfg(feature = "attribution")]
use crate::attribution::AttributionError;
#[cfg(feature = "budget")]
use crate::budget::BudgetError;
#[cfg(feature = "channel")]
use crate::channel::ChannelError;
use crate::decision::DecisionError;
use crate::decompose::DecomposeError;
use crate::error::{ErrorKind, Fault, Path, Problems};
use crate::figure::FigureError;
#[cfg(feature = "funnel")]
use crate::funnel::FunnelError;
#[cfg(feature = "goal")]
use crate::goal::GoalError;
#[cfg(feature = "health")]
use crate::health::HealthError;
#[cfg(feature = "kpi")]
use crate::kpi::KpiError;
#[cfg(feature = "optimise")]
use crate::optimise::OptimiseError;
#[cfg(feature = "pdca")]
use crate::pdca::PdcaError;
#[cfg(feature = "plan")]
use crate::plan::PlanError;
use crate::progress::ProgressError;
use crate::quantity::QuantityError;
use crate::ranking::RankingError;
use crate::response::ResponseError;
#[cfg(feature = "review")]
use crate::review::ReviewError;
#[cfg(feature = "risk")]
use crate::risk::RiskError;
use crate::split::SplitError;
use crate::stats::StatsError;
use crate::target::TargetError;
use crate::time::TimeError;

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
///
/// On the wire it is the data of the fault under the name of its module; [`problems`](Error::problems) is the list in
/// which one fault and many look alike.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Error {
    /// From [`crate::agile`].
    #[cfg(feature = "agile")]
    #[error(transparent)]
    Agile(#[from] AgileError),
    /// From [`crate::alert`].
    #[cfg(feature = "alert")]
    #[error(transparent)]
    Alert(#[from] AlertError),
    /// From [`crate::attribution`].
    #[cfg(feature = "attribution")]
    #[error(transparent)]
    Attribution(#[from] AttributionError),
    /// From [`crate::budget`].
    #[cfg(feature = "budget")]
    #[error(transparent)]
    Budget(#[from] BudgetError),
    /// From [`crate::channel`].
    #[cfg(feature = "channel")]
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// From [`crate::decompose`].
    #[error(transparent)]
    Decompose(#[from] DecomposeError),
    /// From [`crate::figure`].
    #[error(transparent)]
    Figure(#[from] FigureError),
    /// From [`crate::funnel`].
    #[cfg(feature = "funnel")]
    #[error(transparent)]
    Funnel(#[from] FunnelError),
    /// From [`crate::goal`].
    #[cfg(feature = "goal")]
    #[error(transparent)]
    Goal(#[from] GoalError),
    /// From [`crate::health`].
    #[cfg(feature = "health")]
    #[error(transparent)]
    Health(#[from] HealthError),
    /// From [`crate::kpi`].
    #[cfg(feature = "kpi")]
    #[error(transparent)]
    Kpi(#[from] KpiError),
    /// From [`crate::optimise`].
    #[cfg(feature = "optimise")]
    #[error(transparent)]
    Optimise(#[from] OptimiseError),
    /// From [`crate::pdca`].
    #[cfg(feature = "pdca")]
    #[error(transparent)]
    Pdca(#[from] PdcaError),
    /// From [`crate::plan`].
    #[cfg(feature = "plan")]
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// From [`crate::progress`].
    #[error(transparent)]
    Progress(#[from] ProgressError),
    /// From [`crate::quantity`].
    #[error(transparent)]
    Quantity(#[from] QuantityError),
    /// From [`crate::ranking`].
    #[error(transparent)]
    Ranking(#[from] RankingError),
    /// From [`crate::response`].
    #[error(transparent)]
    Response(#[from] ResponseError),
    /// From [`crate::review`].
    #[cfg(feature = "review")]
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// From [`crate::risk`].
    #[cfg(feature = "risk")]
    #[error(transparent)]
    Risk(#[from] RiskError),
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
    /// Several problems of one plan, each with its path. None of them is a list of its own: [`Problems`] joins them.
    #[error(transparent)]
    Problems(Problems<Self>),
}

impl Error {
    /// The kind of the fault; of several problems that of the first.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            #[cfg(feature = "agile")]
            Self::Agile(error) => error.kind(),
            #[cfg(feature = "alert")]
            Self::Alert(error) => error.kind(),
            #[cfg(feature = "attribution")]
            Self::Attribution(error) => error.kind(),
            #[cfg(feature = "budget")]
            Self::Budget(error) => error.kind(),
            #[cfg(feature = "channel")]
            Self::Channel(error) => error.kind(),
            Self::Figure(error) => error.kind(),
            Self::Decompose(error) => error.kind(),
            #[cfg(feature = "funnel")]
            Self::Funnel(error) => error.kind(),
            #[cfg(feature = "goal")]
            Self::Goal(error) => error.kind(),
            #[cfg(feature = "health")]
            Self::Health(error) => error.kind(),
            #[cfg(feature = "kpi")]
            Self::Kpi(error) => error.kind(),
            #[cfg(feature = "optimise")]
            Self::Optimise(error) => error.kind(),
            #[cfg(feature = "pdca")]
            Self::Pdca(error) => error.kind(),
            #[cfg(feature = "plan")]
            Self::Plan(error) => error.kind(),
            Self::Progress(error) => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Ranking(error) => error.kind(),
            Self::Response(error) => error.kind(),
            #[cfg(feature = "review")]
            Self::Review(error) => error.kind(),
            #[cfg(feature = "risk")]
            Self::Risk(error) => error.kind(),
            Self::Decision(error) => error.kind(),
            Self::Split(error) => error.kind(),
            Self::Stats(error) => error.kind(),
            Self::Target(error) => error.kind(),
            Self::Time(error) => error.kind(),
            Self::Problems(list) => list.iter().next().map_or(ErrorKind::Empty, |first| first.error.kind()),
        }
    }
}

impl Error {
    /// The stable name of its [`kind`](Self::kind) for programs: `not_found`, `syntax`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// All problems, each with its place: one at the root for a single error, those of a list otherwise.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    /// use marketloop::time::Period;
    ///
    /// fn read(total: &str, period: &str) -> Result<(Money, Period), marketloop::Error> {
    ///     Ok((Money::parse(total)?, period.parse()?))
    /// }
    /// let refused = read("100 CNY", "summer").unwrap_err();
    /// for problem in refused.problems() {
    ///     assert_eq!((problem.path.as_str(), problem.code()), ("", "syntax"));
    /// }
    /// // The body of an answer, the same for one problem and for many.
    /// assert!(serde_json::to_string(&refused.problems())?.starts_with(r#"[{"path":"","code":"syntax","text":"#));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn problems(&self) -> Problems<&Self> {
        match self {
            Self::Problems(list) => {
                list.iter().map(|problem| (problem.path.clone(), &problem.error)).collect()
            }
            single => core::iter::once((Path::root(), single)).collect(),
        }
    }
}

impl Fault for Error {
    fn kind(&self) -> ErrorKind {
        Self::kind(self)
    }

    fn single(self) -> Result<Self, Problems<Self>> {
        match self {
            Self::Problems(list) => Err(list),
            error => Ok(error),
        }
    }
}

impl<E: Into<Error>> From<Problems<E>> for Error {
    fn from(problems: Problems<E>) -> Self {
        let pairs = problems.into_iter().map(|problem| (problem.path, problem.error.into()));
        Self::Problems(pairs.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
