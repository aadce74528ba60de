//! The readings of an annual growth.

use super::GoalError;
use crate::error::{chosen, excerpt};
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// How an annual growth is read. There is no default: the readings disagree.
///
/// ```
/// # use marketloop::goal::GrowthReading;
/// assert_eq!(serde_json::from_str::<GrowthReading>(r#""flow_steady_from_last""#)?, GrowthReading::FlowSteadyFromLast);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GrowthReading {
    /// A stock grows by the same rate in each period and ends the year at (1 + g) times its start.
    StockCompounding,
    /// A stock grows by the same amount in each period.
    StockLinear,
    /// A stock grows by amounts in the proportion of last year's flows.
    StockSeasonal,
    /// A stock loses a share of itself in each period and gains the same amount.
    StockWithChurn,
    /// A flow's total grows; each period grows over the same period of last year by the same rate.
    FlowSameRate,
    /// A flow's total grows; each period grows over the period before by the same rate, from last year's last.
    FlowSteadyFromLast,
    /// A flow's total grows; last year's season times a trend of one rate.
    FlowSeasonalTrend,
}

impl fmt::Display for GrowthReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::StockCompounding => "stock, compounding",
            Self::StockLinear => "stock, linear",
            Self::StockSeasonal => "stock, seasonal increments",
            Self::StockWithChurn => "stock, constant gross additions against churn",
            Self::FlowSameRate => "flow, same rate over last year",
            Self::FlowSteadyFromLast => "flow, steady rate from last year's last period",
            Self::FlowSeasonalTrend => "flow, last year's season with a trend",
        })
    }
}

impl FromStr for GrowthReading {
    type Err = GoalError;

    /// Reads the name on the wire or the one that is shown: `stock_linear`, `stock, linear`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let choices = [
            (Self::StockCompounding, "stock_compounding"),
            (Self::StockLinear, "stock_linear"),
            (Self::StockSeasonal, "stock_seasonal"),
            (Self::StockWithChurn, "stock_with_churn"),
            (Self::FlowSameRate, "flow_same_rate"),
            (Self::FlowSteadyFromLast, "flow_steady_from_last"),
            (Self::FlowSeasonalTrend, "flow_seasonal_trend"),
        ];
        let refuse = || GoalError::NotAChoice { what: "reading of a growth", text: excerpt(text) };
        chosen(text, &choices).ok_or_else(refuse)
    }
}
