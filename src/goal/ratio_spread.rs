//! How a ratio target is spread.

/// The rule that spreads a ratio target over periods whose ratios differed last year.
///
/// ```
/// # use marketloop::goal::RatioSpread;
/// assert_eq!(serde_json::from_str::<RatioSpread>(r#""logit_shift""#)?, RatioSpread::LogitShift);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RatioSpread {
    /// Every period's ratio grows by the same factor.
    Proportional,
    /// Every period's ratio grows by the same number of points.
    Additive,
    /// Every period's log-odds grow by the same amount; the ratios stay within 0..1.
    LogitShift,
}
