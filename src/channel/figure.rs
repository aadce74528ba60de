//! The figures of a channel, from what was shown to what was earned.

use super::ChannelError;
use crate::quantity::words::words;

/// A figure of a channel.
///
/// As text `new customers`; on the wire `new_customers`. Both are read.
///
/// # Examples
/// ```
/// use marketloop::channel::ChannelFigure;
///
/// assert_eq!("New_customers".parse(), Ok(ChannelFigure::NewCustomers));
/// assert_eq!("UV".parse::<ChannelFigure>()?.to_string(), "visitors");
/// # Ok::<(), marketloop::channel::ChannelError>(())
/// ```
///
/// ```
/// # use marketloop::channel::ChannelFigure;
/// assert_eq!(serde_json::from_str::<ChannelFigure>(r#""new_customers""#)?, ChannelFigure::NewCustomers);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ChannelFigure {
    /// How often the channel was shown (page views, PV).
    #[doc(alias = "PV")]
    #[doc(alias = "曝光")]
    #[doc(alias = "浏览量")]
    Impressions,
    /// Likes, comments and shares.
    Engagements,
    /// Clicks.
    Clicks,
    /// Unique visitors of the site or shop (UV).
    #[doc(alias = "UV")]
    #[doc(alias = "访客数")]
    Visitors,
    /// Orders.
    Conversions,
    /// Orders that were a customer's first.
    NewCustomers,
    /// The amount paid for the channel.
    Spend,
    /// The amount of the orders (gross merchandise value, GMV).
    #[doc(alias = "GMV")]
    #[doc(alias = "成交总额")]
    Revenue,
}

words!(ChannelFigure, "figure of a channel", ChannelError:
    Impressions = "impressions" / "impressions" / "PV",
    Engagements = "engagements",
    Clicks = "clicks",
    Visitors = "visitors" / "visitors" / "UV",
    Conversions = "conversions",
    NewCustomers = "new_customers" / "new customers",
    Spend = "spend",
    Revenue = "revenue" / "revenue" / "GMV",
);

impl ChannelFigure {
    /// All figures, in the order of the path.
    pub const ALL: [Self; 8] = [
        Self::Impressions,
        Self::Engagements,
        Self::Clicks,
        Self::Visitors,
        Self::Conversions,
        Self::NewCustomers,
        Self::Spend,
        Self::Revenue,
    ];

    /// One of what it counts, as the unit of a cell; of an amount nothing.
    pub(super) const fn one(self) -> &'static str {
        match self {
            Self::Impressions => "impression",
            Self::Engagements => "engagement",
            Self::Clicks => "click",
            Self::Visitors => "visitor",
            Self::Conversions => "conversion",
            Self::NewCustomers => "customer",
            Self::Spend | Self::Revenue => "",
        }
    }

    /// Whether it is an amount of money; the others are counts.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Spend | Self::Revenue)
    }
}
