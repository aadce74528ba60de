//! The error over all errors of the crate.

use crate::error::{ErrorKind, Fault, Path, Problems};

/// The error over the errors of all modules, each under the feature that its module needs.
macro_rules! any_error {
    ($($(#[cfg($feature:meta)])? $variant:ident($module:ident::$error:ident),)*) => {
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
            $(
                #[doc = concat!("From [`crate::", stringify!($module), "`].")]
                $(#[cfg($feature)])?
                #[error(transparent)]
                $variant(#[from] crate::$module::$error),
            )*
            /// Several problems of one plan, each with its path. None of them is a list of its own: [`Problems`] joins
            /// them.
            #[error(transparent)]
            Problems(Problems<Self>),
        }

        impl Error {
            /// The kind of the fault; of several problems that of the first.
            #[must_use]
            pub fn kind(&self) -> ErrorKind {
                match self {
                    $($(#[cfg($feature)])? Self::$variant(error) => error.kind(),)*
                    Self::Problems(list) => {
                        list.iter().next().map_or(ErrorKind::Empty, |first| first.error.kind())
                    }
                }
            }
        }
    };
}

any_error! {
    #[cfg(feature = "agile")]
    Agile(agile::AgileError),
    #[cfg(feature = "alert")]
    Alert(alert::AlertError),
    #[cfg(feature = "attribution")]
    Attribution(attribution::AttributionError),
    #[cfg(feature = "budget")]
    Budget(budget::BudgetError),
    #[cfg(feature = "channel")]
    Channel(channel::ChannelError),
    Decision(decision::DecisionError),
    Decompose(decompose::DecomposeError),
    #[cfg(feature = "experiment")]
    Experiment(experiment::ExperimentError),
    Figure(figure::FigureError),
    #[cfg(feature = "funnel")]
    Funnel(funnel::FunnelError),
    #[cfg(feature = "goal")]
    Goal(goal::GoalError),
    #[cfg(feature = "health")]
    Health(health::HealthError),
    #[cfg(feature = "kpi")]
    Kpi(kpi::KpiError),
    #[cfg(feature = "optimise")]
    Optimise(optimise::OptimiseError),
    #[cfg(feature = "pdca")]
    Pdca(pdca::PdcaError),
    #[cfg(feature = "plan")]
    Plan(plan::PlanError),
    Progress(progress::ProgressError),
    Quantity(quantity::QuantityError),
    Ranking(ranking::RankingError),
    Response(response::ResponseError),
    #[cfg(feature = "review")]
    Review(review::ReviewError),
    #[cfg(feature = "risk")]
    Risk(risk::RiskError),
    Split(split::SplitError),
    Stats(stats::StatsError),
    Target(target::TargetError),
    Time(time::TimeError),
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
