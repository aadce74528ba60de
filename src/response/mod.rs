//! How an outcome responds to spend: response curves, adstock (the spend that still works later), and the
//! fit of curves to observations.
//!
//! Spends and responses are estimates, `f64`; a spend is in major units of its currency. Every float
//! function comes from `libm`, so that the same input gives the same bits on every machine.
//!
//! ```
//! use marketloop::response::{Hill, ResponseCurve};
//!
//! // At most 1,000 orders; half of them at a spend of 20,000.
//! let orders = Hill::new(1_000.0, 20_000.0, 2.0)?;
//! assert_eq!(orders.value(20_000.0), 500.0);
//! // Spend as long as the next unit of money still brings 0.01 orders.
//! let spend = orders.inverse_marginal(0.01);
//! assert!((orders.marginal(spend) - 0.01).abs() < 1e-15);
//! # Ok::<(), marketloop::response::ResponseError>(())
//! ```
//!
//! | case | answer |
//! | --- | --- |
//! | a parameter that is NaN, infinite or out of range | [`ResponseError::OutOfRange`], with its name |
//! | a spend below 0 or NaN | counts as 0 |
//! | a spend above 1e150 | counts as 1e150 |
//! | the marginal response at 0 of a power curve, or of a Hill curve below shape 1 | infinity |
//! | a marginal response that no spend has | an inverse of 0 |
//! | a marginal response of 0 or less, which every spend has | an inverse of infinity |
//! | weights of an adstock that are all 0 | [`ResponseError::NoWeight`] |
//! | spend before the first period of a series | 0 |
//! | a fit to fewer different spends than parameters | [`ResponseError::TooFewPoints`] |
//! | a fit to points of one spend or of one response | [`ResponseError::NoVariation`] |
//! | a fit to points that fall | [`ResponseError::NoFit`], or a fit with an R squared of 0 or less |
//! | standard errors without degrees of freedom | [undefined](crate::figure::Figure::Undefined), with the reason |
//! | a response or marginal response below the least positive float | 0 |

mod adbudg;
mod adstock;
mod carry_over;
mod concave;
mod contract;
mod curve;
mod family;
mod fit;
mod fit_comparison;
mod fit_report;
mod given;
mod hill;
mod kernel;
mod levenberg_marquardt;
mod logistic;
mod michaelis_menten;
mod observations;
mod parameters;
mod piecewise_linear;
mod positive_definite;

pub use adbudg::Adbudg;
pub use adstock::{Adstock, responses};
pub use carry_over::CarryOver;
pub use concave::{Exponential, HyperbolicTangent, Logarithmic, Power};
pub use contract::check_curve;
pub use curve::ResponseCurve;
pub use family::{Curve, Family};
pub use fit::{Fit, Parameter, fit};
pub use fit_comparison::{FitComparison, best_of};
pub use hill::Hill;
pub use kernel::Kernel;
pub use logistic::Logistic;
pub use michaelis_menten::MichaelisMenten;
pub use observations::Observations;
pub use piecewise_linear::PiecewiseLinear;

use crate::error::{Counted, ErrorKind};
use alloc::string::String;

/// The maximum spend: a greater one counts as this.
const GREATEST_SPEND: f64 = 1e150;

/// Why a curve does not exist or could not be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResponseError {
    /// A parameter or a figure outside its range, NaN included.
    #[error("{name} {value} is outside {range}")]
    OutOfRange {
        /// The name of the parameter or figure.
        name: &'static str,
        /// The value as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        value: f64,
        /// The allowed range.
        range: &'static str,
    },
    /// A maximum response that is not above the minimum.
    #[error("greatest response {most} is not above the least, {least}")]
    NoRise {
        /// The response without spend.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        least: f64,
        /// The maximum response.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        most: f64,
    },
    /// Too few points.
    #[error("{} of at least {needed} needed", Counted(.found, "point"))]
    TooFewPoints {
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// Too many points.
    #[error("{found} points are more than {limit}")]
    TooManyPoints {
        /// How many there are.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A piecewise linear curve whose first spend is not 0.
    #[error("first spend {spend} is not 0")]
    FirstSpend {
        /// The first spend as given.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        spend: f64,
    },
    /// A spend that is not above the one before it.
    #[error("spend {index} is not above the one before it")]
    SpendNotAscending {
        /// The index of the first point out of order.
        index: usize,
    },
    /// A response that is below the one before it.
    #[error("response {index} is below the one before it")]
    ResponseFalls {
        /// The index of the first response that falls.
        index: usize,
    },
    /// Fewer or more lags than an adstock takes.
    #[error("{lags} lags are outside 1..={limit}")]
    Lags {
        /// The lags as given.
        lags: usize,
        /// The limit.
        limit: usize,
    },
    /// An adstock whose weights are all 0; of a Weibull density also weights that are all the same.
    #[error("an adstock without weight in {}", Counted(.lags, "lag"))]
    NoWeight {
        /// The number of its lags.
        lags: usize,
    },
    /// A carry-over that remembers more spends than its adstock has lags before the present one.
    #[error("{}, of which at most {limit} can still work", Counted(.found, "earlier spend"))]
    TooMuchHistory {
        /// How many there are.
        found: usize,
        /// How many still work.
        limit: usize,
    },
    /// Spends or responses that are all the same: no curve can be fitted to them.
    #[error("{what} does not vary over {}", Counted(.count, "point"))]
    NoVariation {
        /// What does not vary.
        what: &'static str,
        /// The number of points.
        count: usize,
    },
    /// The number of weights is not the number of points.
    #[error("{} for {}", Counted(.weights, "weight"), Counted(.points, "point"))]
    WeightCount {
        /// The number of weights.
        weights: usize,
        /// The number of points.
        points: usize,
    },
    /// No curve of the family fits the points: they fall, or no start of the search led to a curve.
    #[error("no {family} curve fits the points")]
    NoFit {
        /// The family.
        family: Family,
    },
    /// A comparison without families.
    #[error("no family of curves to compare")]
    NoFamily,
    /// An unknown kind of curve or adstock.
    #[error("`{kind}` is not a known kind")]
    UnknownKind {
        /// The kind as given.
        kind: String,
    },
    /// A curve of the wrong kind.
    #[error("`{found}` where a curve of kind `{expected}` is to be read")]
    OtherKind {
        /// The kind that was found.
        found: &'static str,
        /// The kind that was expected.
        expected: &'static str,
    },
    /// A parameter that the kind needs and that is not given.
    #[error("{kind} lacks the parameter `{name}`")]
    MissingParameter {
        /// The kind of curve or of adstock.
        kind: &'static str,
        /// The parameter.
        name: &'static str,
    },
    /// The response is no finite number.
    #[error("the response to a spend of {spend} is no finite number")]
    NotFinite {
        /// The spend.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        spend: f64,
    },
    /// The marginal response is below 0 or no number.
    #[error("the marginal response at a spend of {spend} is below 0 or no number")]
    NegativeMarginal {
        /// The spend.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        spend: f64,
    },
    /// The response falls.
    #[error("the response falls between spends of {from} and {to}")]
    CurveFalls {
        /// The lesser spend, which has the greater response.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        from: f64,
        /// The greater one.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        to: f64,
    },
    /// `rise` is not the difference of the responses.
    #[error("the rise of {rise} over {width} from {from} is not the difference {difference}")]
    RiseDiffers {
        /// The spend at which the rise starts.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        from: f64,
        /// The width.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        width: f64,
        /// What `rise` gives.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        rise: f64,
        /// The difference.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        difference: f64,
    },
    /// The curve states one inflection but bends the other way here.
    #[error("between spends of {from} and {to} the curve bends the other way than its inflection says")]
    OtherBend {
        /// The start of the two pieces whose slopes show it.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        from: f64,
        /// Their end.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        to: f64,
    },
    /// `inverse_marginal` gives less than a spend with that marginal response.
    #[error("a spend of {spend} has the marginal response {marginal}, for which the curve gives {claimed}")]
    InverseMarginal {
        /// The marginal response.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        marginal: f64,
        /// A spend that has it, on the concave branch.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        spend: f64,
        /// What the curve gave.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        claimed: f64,
    },
    /// `best_spend` leaves the range.
    #[error("the best spend of {from}..={to} at a price of {price} is given as {claimed}")]
    BestOutside {
        /// The price.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        price: f64,
        /// The range.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        from: f64,
        /// The end of the range.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        to: f64,
        /// What the curve gave.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        claimed: f64,
    },
    /// `best_spend` is not the best of the range.
    #[error(
        "at a price of {price} a spend of {better} is better than {claimed}, given as the best of {from}..={to}"
    )]
    NotBest {
        /// The price.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        price: f64,
        /// The range.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        from: f64,
        /// The end of the range.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        to: f64,
        /// What the curve gave.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        claimed: f64,
        /// A better spend.
        #[serde(serialize_with = "crate::quantity::wire::float::given")]
        better: f64,
    },
    /// A parameter that the kind does not have.
    #[error("{kind} has no parameter `{name}`")]
    SuperfluousParameter {
        /// The kind of curve or of adstock.
        kind: &'static str,
        /// The parameter.
        name: &'static str,
    },
}

crate::error::fault!(ResponseError);

impl ResponseError {
    /// The kind of the fault.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        match self {
            Self::TooManyPoints { .. } => ErrorKind::Limit,
            Self::UnknownKind { .. } => ErrorKind::Syntax,
            Self::OutOfRange { .. } | Self::Lags { .. } | Self::FirstSpend { .. } => ErrorKind::OutOfRange,
            Self::NoRise { .. }
            | Self::SpendNotAscending { .. }
            | Self::ResponseFalls { .. }
            | Self::SuperfluousParameter { .. }
            | Self::OtherKind { .. }
            | Self::TooMuchHistory { .. }
            | Self::WeightCount { .. }
            | Self::NotFinite { .. }
            | Self::NegativeMarginal { .. }
            | Self::CurveFalls { .. }
            | Self::RiseDiffers { .. }
            | Self::OtherBend { .. }
            | Self::InverseMarginal { .. }
            | Self::BestOutside { .. }
            | Self::NotBest { .. } => ErrorKind::Mismatch,
            Self::NoWeight { .. } | Self::NoVariation { .. } | Self::NoFit { .. } => ErrorKind::Undefined,
            Self::TooFewPoints { .. } | Self::MissingParameter { .. } | Self::NoFamily => ErrorKind::Empty,
        }
    }
}

/// The spend as a curve sees it: within 0..=1e150, NaN as 0.
const fn seen(spend: f64) -> f64 {
    spend.max(0.0).min(GREATEST_SPEND)
}

/// `value`, if it can be a scale: within 1e-100..=1e100, so that products of two stay finite.
fn as_scale(name: &'static str, value: f64) -> Result<f64, ResponseError> {
    within(name, value, 1e-100, 1e100, "1e-100..=1e100")
}

/// `value`, if it can be an exponent.
fn exponent(name: &'static str, value: f64) -> Result<f64, ResponseError> {
    within(name, value, 1e-3, 1e3, "0.001..=1000")
}

fn within(
    name: &'static str,
    value: f64,
    least: f64,
    most: f64,
    range: &'static str,
) -> Result<f64, ResponseError> {
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(ResponseError::OutOfRange { name, value, range })
    }
}
