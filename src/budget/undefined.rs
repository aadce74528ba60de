//! The figures of budgets that need not exist.

/// A figure that does not exist, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Undefined {
    /// Volume and mix need a planned mix of quantities.
    #[error("volume and mix are undefined: no quantity was planned")]
    VolumeAndMix,
    /// Spent over planned.
    #[error("the share spent is undefined: the plan is zero")]
    ShareSpent,
    /// Returns over all costs.
    #[error("the return ratio is undefined: the costs are zero")]
    ReturnRatio,
    /// Returns less costs over costs.
    #[error("the net return is undefined: the costs are zero")]
    NetReturn,
    /// Direct returns over media costs.
    #[error("the return on media is undefined: the media costs are zero")]
    MediaReturn,
}
