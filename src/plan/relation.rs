//! How one task waits for another.

use super::PlanError;
use crate::error::excerpt;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// What of the predecessor the successor waits for, with S and F for start and finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum RelationKind {
    /// It starts after the predecessor finishes: S >= F + lag.
    #[default]
    #[serde(rename = "FS")]
    FinishToStart,
    /// It starts after the predecessor starts: S >= S + lag.
    #[serde(rename = "SS")]
    StartToStart,
    /// It finishes after the predecessor finishes: F >= F + lag.
    #[serde(rename = "FF")]
    FinishToFinish,
    /// It finishes after the predecessor starts: F >= S + lag.
    #[serde(rename = "SF")]
    StartToFinish,
}

impl fmt::Display for RelationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::FinishToStart => "FS",
            Self::StartToStart => "SS",
            Self::FinishToFinish => "FF",
            Self::StartToFinish => "SF",
        })
    }
}

impl FromStr for RelationKind {
    type Err = PlanError;

    /// `FS`, `SS`, `FF` or `SF`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "FS" => Ok(Self::FinishToStart),
            "SS" => Ok(Self::StartToStart),
            "FF" => Ok(Self::FinishToFinish),
            "SF" => Ok(Self::StartToFinish),
            other => Err(PlanError::UnknownWord { what: "relation", text: excerpt(other) }),
        }
    }
}

/// A relation between two tasks by their indexes; the lag is in the unit of the durations and may be negative,
/// a lead.
///
/// # Examples
/// ```
/// use marketloop::plan::{Relation, RelationKind};
///
/// let text = r#"{"predecessor":0,"successor":1,"kind":"FS","lag":-1}"#;
/// let relation: Relation = serde_json::from_str(text)?;
/// assert_eq!(relation, Relation::new(0, 1, RelationKind::FinishToStart).with_lag(-1));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// The index of the task that is waited for.
    pub predecessor: u32,
    /// The index of the task that waits.
    pub successor: u32,
    /// What it waits for.
    pub kind: RelationKind,
    /// How much longer.
    #[serde(default)]
    pub lag: i32,
}

impl Relation {
    /// The relation of two tasks without a lag.
    #[must_use]
    pub const fn new(predecessor: u32, successor: u32, kind: RelationKind) -> Self {
        Self { predecessor, successor, kind, lag: 0 }
    }

    /// The same relation with a lag.
    #[must_use]
    pub const fn with_lag(self, lag: i32) -> Self {
        Self { lag, ..self }
    }

    /// The weight w of the normal form, successor's start >= predecessor's start + w.
    pub(super) fn weight(&self, predecessor_duration: u32, successor_duration: u32) -> i64 {
        let (before, after) = (i64::from(predecessor_duration), i64::from(successor_duration));
        // Three numbers of 32 bits: their sum has at most 34.
        let from = match self.kind {
            RelationKind::FinishToStart | RelationKind::FinishToFinish => before,
            RelationKind::StartToStart | RelationKind::StartToFinish => 0,
        };
        let to = match self.kind {
            RelationKind::FinishToFinish | RelationKind::StartToFinish => after,
            RelationKind::FinishToStart | RelationKind::StartToStart => 0,
        };
        from.saturating_add(self.lag.into()).saturating_sub(to)
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
