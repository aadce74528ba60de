//! The figures of a channel, from what was shown to what was earned.

use super::ChannelError;
use super::names::chosen;
use core::fmt;
use core::str::FromStr;

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChannelFigure {
    /// How often it was shown (PV).
    #[doc(alias = "PV")]
    Impressions,
    /// How often it was liked, commented on or shared.
    Engagements,
    /// How often it was clicked.
    Clicks,
    /// How many people it brought to the site or shop (UV).
    #[doc(alias = "UV")]
    Visitors,
    /// How many orders came of it.
    Conversions,
    /// How many of the orders were a customer's first.
    NewCustomers,
    /// What was paid for it.
    Spend,
    /// What it brought in (GMV).
    #[doc(alias = "GMV")]
    Revenue,
}

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

    /// Whether it is an amount of money; the others are counts.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Spend | Self::Revenue)
    }

    /// The name of its field in a draft.
    pub(super) const fn field(self) -> &'static str {
        match self {
            // A field is one word, a name in a text has its space.
            Self::NewCustomers => "new_customers",
            other => other.name(),
        }
    }

    /// The name in a text.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Impressions => "impressions",
            Self::Engagements => "engagements",
            Self::Clicks => "clicks",
            Self::Visitors => "visitors",
            Self::Conversions => "conversions",
            Self::NewCustomers => "new customers",
            Self::Spend => "spend",
            Self::Revenue => "revenue",
        }
    }
}

impl fmt::Display for ChannelFigure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for ChannelFigure {
    type Err = ChannelError;

    /// Reads the name in a text, the one on the wire, or `UV` for visitors.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let names =
            |figure: Self| [figure.name(), if figure == Self::Visitors { "UV" } else { figure.name() }];
        chosen(text, "figure", Self::ALL.map(|figure| (figure, names(figure))))
    }
}
