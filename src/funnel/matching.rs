//! Which rows may make a chain of steps.

use super::FunnelError;
use crate::error::{UnknownWord, excerpt};
use crate::quantity::grammar::plain;
use crate::quantity::wire::text_on_the_wire;
use core::fmt;
use core::str::FromStr;

/// Which rows may make a chain of steps. A user's level is the step that the furthest chain reaches.
///
/// The first three find the longest chain that exists. [`WindowFunnel`](Self::WindowFunnel) follows a database
/// function step for step, for reports that have to agree with it: with some of its modes it misses chains that
/// exist, because it remembers one row per step and lets a later one take its place.
///
/// As text, and on the wire, `longest`, `strictly_increasing`, `use_once`, or `window_funnel(strict_order)` with its modes.
///
/// # Examples
/// ```
/// use marketloop::funnel::Matching;
///
/// let strict: Matching = "window_funnel(strict_order+allow_reentry)".parse()?;
/// assert!(matches!(strict, Matching::WindowFunnel(modes) if modes.allow_reentry()));
/// assert_eq!(Matching::UseOnce.to_string(), "use_once");
/// # Ok::<(), marketloop::funnel::FunnelError>(())
/// ```
///
/// ```
/// # use marketloop::funnel::Matching;
/// let json = r#""window_funnel(strict_order+allow_reentry)""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Matching>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Matching {
    /// Any rows in the order of time. Rows of one time are taken in the order by which the chain comes furthest, and a
    /// row that matches several steps may be all of them.
    #[default]
    Longest,
    /// Rows of strictly increasing time.
    StrictlyIncreasing,
    /// Each row is at most one step. Rows of one time are taken in the order by which the chain comes furthest.
    UseOnce,
    /// The chain that `ClickHouse`'s `windowFunnel` finds in these modes.
    WindowFunnel(WindowFunnelModes),
}

impl fmt::Display for Matching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Longest => f.pad("longest"),
            Self::StrictlyIncreasing => f.pad("strictly_increasing"),
            Self::UseOnce => f.pad("use_once"),
            Self::WindowFunnel(modes) => write!(f, "window_funnel({modes})"),
        }
    }
}

impl FromStr for Matching {
    type Err = FunnelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = plain(text);
        if let Some(modes) = plain.strip_prefix("window_funnel(").and_then(|rest| rest.strip_suffix(')')) {
            return modes.parse().map(Self::WindowFunnel);
        }
        match plain.replace([' ', '-'], "_").to_ascii_lowercase().as_str() {
            "longest" => Ok(Self::Longest),
            "strictly_increasing" => Ok(Self::StrictlyIncreasing),
            "use_once" => Ok(Self::UseOnce),
            _ => Err(FunnelError::from(UnknownWord::new(
                "matching",
                text,
                &["longest", "strictly_increasing", "use_once", "window_funnel(modes)"],
            ))),
        }
    }
}

text_on_the_wire!(Matching, "a matching such as `longest` or `window_funnel(strict_order)`");

/// The modes of `ClickHouse`'s `windowFunnel`, as their names joined by `+`; none of them is `default`.
///
/// | mode | what it does |
/// | --- | --- |
/// | `strict_deduplication` | a step, other than the first, that comes a second time ends the user's chain |
/// | `strict_order` | after a first step, a row of no step or of one whose step before is missing ends the chain |
/// | `allow_reentry` | under `strict_order` a row of a step whose step before is missing is skipped |
/// | `strict_increase` | a step must be later than the latest row of the step before it; the exact matching of this kind is [`Matching::StrictlyIncreasing`] |
/// | `strict_once` | each row is at most one step; alone it is [`Matching::UseOnce`] |
///
/// Rows of one time are taken in the order of their steps, rows of no step first. The order of rows of one step and
/// time in the columns matters only under `strict_once` with `strict_deduplication` and without `strict_increase`.
///
/// # Examples
/// ```
/// use marketloop::funnel::WindowFunnelModes;
///
/// let modes: WindowFunnelModes = "strict_order+allow_reentry".parse()?;
/// assert!(modes.strict_order() && !modes.strict_once());
/// assert!("allow_reentry".parse::<WindowFunnelModes>().is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::funnel::WindowFunnelModes;
/// let json = r#""strict_order+allow_reentry""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<WindowFunnelModes>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
// A set of bits and not five fields: the table of names serves reading and printing, and tests try every set in a loop.
pub struct WindowFunnelModes(u8);

const NAMES: [(&str, u8); 5] = [
    ("strict_order", 1),
    ("allow_reentry", 2),
    ("strict_deduplication", 4),
    ("strict_once", 8),
    ("strict_increase", 16),
];

impl WindowFunnelModes {
    /// Whether a row out of order ends the chain.
    #[must_use]
    pub const fn strict_order(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether, under strict order, a row of a step whose step before is missing is skipped.
    #[must_use]
    pub const fn allow_reentry(self) -> bool {
        self.0 & 2 != 0
    }

    /// Whether a step that comes a second time ends the chain.
    #[must_use]
    pub const fn strict_deduplication(self) -> bool {
        self.0 & 4 != 0
    }

    /// Whether each row is at most one step.
    #[must_use]
    pub const fn strict_once(self) -> bool {
        self.0 & 8 != 0
    }

    /// Whether the times of a chain must strictly increase.
    #[must_use]
    pub const fn strict_increase(self) -> bool {
        self.0 & 16 != 0
    }

    /// The exact matching that gives the same levels, where there is one.
    pub(super) const fn exact(self) -> Option<Matching> {
        match (self.strict_order() || self.strict_deduplication(), self.strict_once(), self.strict_increase())
        {
            (false, false, false) => Some(Matching::Longest),
            (false, true, false) => Some(Matching::UseOnce),
            (false, true, true) => Some(Matching::StrictlyIncreasing),
            _ => None,
        }
    }
}

impl fmt::Display for WindowFunnelModes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = NAMES.iter().filter(|(_, bit)| self.0 & bit != 0).map(|(name, _)| name);
        f.write_str(names.next().map_or("default", |name| name))?;
        names.try_for_each(|name| write!(f, "+{name}"))
    }
}

impl FromStr for WindowFunnelModes {
    type Err = FunnelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = &*plain(text);
        if text == "default" {
            return Ok(Self::default());
        }
        let mut modes = Self::default();
        for name in text.split('+') {
            let bit = NAMES.iter().find(|(known, _)| *known == name.trim()).map(|(_, bit)| *bit);
            modes.0 |= bit.ok_or_else(|| FunnelError::UnknownMode { mode: excerpt(name) })?;
        }
        if modes.allow_reentry() && !modes.strict_order() {
            return Err(FunnelError::ReentryWithoutOrder);
        }
        Ok(modes)
    }
}

text_on_the_wire!(WindowFunnelModes, "modes of windowFunnel such as `strict_order+allow_reentry`");

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_set_of_modes_has_a_text() {
        let mut texts = 0;
        for bits in 0..32 {
            let modes = WindowFunnelModes(bits);
            let read = modes.to_string().parse();
            if modes.allow_reentry() && !modes.strict_order() {
                assert_eq!(read, Err(FunnelError::ReentryWithoutOrder));
            } else {
                assert_eq!(read, Ok(modes));
                texts += 1;
            }
        }
        assert_eq!(texts, 24);
        assert!(matches!("strict".parse::<WindowFunnelModes>(), Err(FunnelError::UnknownMode { .. })));
        assert!(matches!("".parse::<WindowFunnelModes>(), Err(FunnelError::UnknownMode { .. })));
    }
}
