//! How one task waits for another.

use super::PlanError;
use crate::error::UnknownWord;
use crate::quantity::wire::text_on_the_wire;
use core::fmt;
use core::str::FromStr;

/// How a task depends on its predecessor: which end of the one bounds which end of the other, and the lag in workdays (a
/// negative lag is a lead).
///
/// Its text, which is also its form on the wire, is the one of the field, with S and F for start and finish: `FS`,
/// `FS+2`, `SS-1`.
///
/// # Examples
/// ```
/// use marketloop::plan::Relation;
///
/// // The editing may begin a day before the shooting is finished.
/// let relation: Relation = "FS-1".parse()?;
/// assert_eq!(relation, Relation::FinishToStart(-1));
/// assert_eq!(Relation::StartToStart(0).with_lag(2).to_string(), "SS+2");
/// assert_eq!(serde_json::from_str::<Relation>(r#""FS-1""#)?, relation);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias = "lag")]
pub enum Relation {
    /// It starts after the predecessor finishes: S >= F + lag.
    FinishToStart(i32),
    /// It starts after the predecessor starts: S >= S + lag.
    StartToStart(i32),
    /// It finishes after the predecessor finishes: F >= F + lag.
    FinishToFinish(i32),
    /// It finishes after the predecessor starts: F >= S + lag.
    StartToFinish(i32),
}

impl Default for Relation {
    /// Finish to start without a lag.
    fn default() -> Self {
        Self::FinishToStart(0)
    }
}

impl fmt::Display for Relation {
    /// `FS+2`; without a lag `FS`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FinishToStart(_) => "FS",
            Self::StartToStart(_) => "SS",
            Self::FinishToFinish(_) => "FF",
            Self::StartToFinish(_) => "SF",
        })?;
        match self.lag() {
            0 => Ok(()),
            lag => write!(f, "{lag:+}"),
        }
    }
}

impl FromStr for Relation {
    type Err = PlanError;

    /// `FS`, `SS`, `FF` or `SF`, with a signed lag behind it or none.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || PlanError::from(UnknownWord::new("relation", text, &["FS", "SS", "FF", "SF"]));
        let (kind, lag) = text.trim().split_at_checked(2).ok_or_else(refused)?;
        let relation = match kind {
            "FS" => Self::FinishToStart(0),
            "SS" => Self::StartToStart(0),
            "FF" => Self::FinishToFinish(0),
            "SF" => Self::StartToFinish(0),
            _ => return Err(refused()),
        };
        // A lag without a sign, `FS2`, would read as a kind of its own.
        match lag {
            "" => Ok(relation),
            lag if lag.starts_with(['+', '-']) => Ok(relation.with_lag(lag.parse().map_err(|_| refused())?)),
            _ => Err(refused()),
        }
    }
}

text_on_the_wire!(Relation, "a relation such as `FS` or `SS+2`");

impl Relation {
    /// The lag in workdays; a negative lag is a lead.
    #[must_use]
    pub const fn lag(self) -> i32 {
        match self {
            Self::FinishToStart(lag)
            | Self::StartToStart(lag)
            | Self::FinishToFinish(lag)
            | Self::StartToFinish(lag) => lag,
        }
    }

    /// The same relation with another lag.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::Relation;
    ///
    /// assert_eq!(Relation::FinishToFinish(0).with_lag(3), Relation::FinishToFinish(3));
    /// ```
    #[must_use]
    pub const fn with_lag(self, lag: i32) -> Self {
        match self {
            Self::FinishToStart(_) => Self::FinishToStart(lag),
            Self::StartToStart(_) => Self::StartToStart(lag),
            Self::FinishToFinish(_) => Self::FinishToFinish(lag),
            Self::StartToFinish(_) => Self::StartToFinish(lag),
        }
    }

    /// The weight w of the normal form, successor's start >= predecessor's start + w.
    #[expect(clippy::arithmetic_side_effects, reason = "three numbers of 32 bits: their sum has at most 34")]
    pub(super) fn weight(self, predecessor_duration: u32, successor_duration: u32) -> i64 {
        let (before, after) = (i64::from(predecessor_duration), i64::from(successor_duration));
        let from = match self {
            Self::FinishToStart(_) | Self::FinishToFinish(_) => before,
            Self::StartToStart(_) | Self::StartToFinish(_) => 0,
        };
        let to = match self {
            Self::FinishToFinish(_) | Self::StartToFinish(_) => after,
            Self::FinishToStart(_) | Self::StartToStart(_) => 0,
        };
        // From start to start: a finish is a start with its duration, so that one pass does for all kinds.
        from + i64::from(self.lag()) - to
    }
}

/// One outgoing relation in the normal form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    pub(super) successor: u32,
    /// The index of the relation as given.
    pub(super) relation: u32,
    pub(super) weight: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_relation_is_read_as_it_is_written() {
        for text in ["FS", "SS+2", "FF-1", "SF+2147483647", "FS-2147483648"] {
            assert_eq!(text.parse::<Relation>().unwrap().to_string(), text);
        }
        assert_eq!(" FS+0 ".parse::<Relation>().unwrap(), Relation::default());
        for text in ["", "F", "fs", "FS2", "FS+", "FS 2", "FS+2147483648", "XY", "完成"] {
            let refused = text.parse::<Relation>().unwrap_err();
            assert!(matches!(refused, PlanError::UnknownWord(ref word) if word.what == "relation"), "{text}");
        }
    }
}
