//! Names that identify: a cycle, a command, a finding.

use super::PdcaError;
use crate::quantity::wire::wire_fields;
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Makes an id of a text, which is kept as it is.
            ///
            /// # Errors
            /// [`PdcaError::NoText`] for an empty one.
            pub fn new(id: impl Into<String>) -> Result<Self, PdcaError> {
                let id = id.into();
                // Not trimmed: a log and its senders have to agree on an id byte by byte.
                if id.trim().is_empty() { Err(PdcaError::NoText { what: $what }) } else { Ok(Self(id)) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = PdcaError;

            fn try_from(id: String) -> Result<Self, Self::Error> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

id! {
    /// The id of a cycle, in its log and for its successors.
    CycleId, "a cycle's id"
}

id! {
    /// The id of a command, chosen by its sender. It belongs to one command, which may be sent again under it.
    CommandId, "a command's id"
}

/// The id of a finding: its cycle and its number there, counted from 1.
///
/// ```
/// # use marketloop::pdca::FindingId;
/// let json = r#"{"cycle":"2026-Q2","number":1}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<FindingId>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FindingId {
    /// The cycle in which it was found.
    pub cycle: CycleId,
    // Its place in the cycle's list: no finding is ever taken away, so that it never shifts.
    /// Which of the cycle's findings it is, from 1.
    pub number: u32,
}

wire_fields!(FindingId { cycle, number });

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.cycle, self.number)
    }
}
