//! Which periods a cohort's user has to come back in.

use super::FunnelError;
use crate::error::UnknownWord;
use crate::quantity::grammar::plain;
use crate::quantity::wire::text_on_the_wire;
use core::fmt;
use core::str::FromStr;

/// When a user counts as retained, in periods after the cohort's own.
///
/// As text, and on the wire, `on 7`, `on or after 7` or `bracket 0`.
///
/// # Examples
/// ```
/// use marketloop::funnel::Retention;
///
/// assert_eq!("on or after 7".parse(), Ok(Retention::OnOrAfter(7)));
/// assert_eq!(Retention::Bracket(0).to_string(), "bracket 0");
/// ```
///
/// ```
/// # use marketloop::funnel::Retention;
/// let json = r#""on 7""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Retention>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Retention {
    /// Active in exactly this period: n-day retention.
    On(u64),
    /// Active in this period or a later one: unbounded retention.
    OnOrAfter(u64),
    /// Active in a period of the bracket of this number.
    Bracket(usize),
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(period) => write!(f, "on {period}"),
            Self::OnOrAfter(period) => write!(f, "on or after {period}"),
            Self::Bracket(number) => write!(f, "bracket {number}"),
        }
    }
}

impl FromStr for Retention {
    type Err = FunnelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || {
            FunnelError::from(UnknownWord::new("retention", text, &["on N", "on or after N", "bracket N"]))
        };
        let plain = plain(text);
        let (words, number) = plain.rsplit_once(' ').ok_or_else(refuse)?;
        // Digits alone: `+7` would be a second text of one value.
        let number = Some(number).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number.ok_or_else(refuse)?;
        match words {
            "on" => number.parse().map(Self::On).map_err(|_| refuse()),
            "on or after" => number.parse().map(Self::OnOrAfter).map_err(|_| refuse()),
            "bracket" => number.parse().map(Self::Bracket).map_err(|_| refuse()),
            _ => Err(refuse()),
        }
    }
}

text_on_the_wire!(Retention, "a retention such as `on or after 7`");
