//! The readings of an annual growth.

use super::GoalError;
use crate::quantity::words::words;

/// The reading of an annual growth: of which figure, from which level on. There is no default, because the readings
/// disagree.
///
/// ```
/// # use marketloop::goal::GrowthReading;
/// assert_eq!(serde_json::from_str::<GrowthReading>(r#""flow_steady_from_last""#)?, GrowthReading::FlowSteadyFromLast);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

words!(GrowthReading, "reading of a growth", GoalError:
    StockCompounding = "stock_compounding" / "stock, compounding",
    StockLinear = "stock_linear" / "stock, linear",
    StockSeasonal = "stock_seasonal" / "stock, seasonal increments",
    StockWithChurn = "stock_with_churn" / "stock, constant gross additions against churn",
    FlowSameRate = "flow_same_rate" / "flow, same rate over last year",
    FlowSteadyFromLast = "flow_steady_from_last" / "flow, steady rate from last year's last period",
    FlowSeasonalTrend = "flow_seasonal_trend" / "flow, last year's season with a trend",
);
