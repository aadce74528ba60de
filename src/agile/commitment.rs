//! A task in a sprint.

use crate::quantity::wire::wire_fields;
use crate::time::NaiveDate;
use alloc::string::String;

/// A task that is committed to a sprint.
///
/// ```
/// # use marketloop::agile::Commitment;
/// let json = r#"{"id":"tests","sprint":2,"workdays":4}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Commitment>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The id of the task.
    pub id: String,
    /// The number of the sprint to which it was first committed.
    pub sprint: u32,
    /// How many workdays of one person it takes.
    pub workdays: u32,
    /// The day on which it was done.
    pub finished: Option<NaiveDate>,
}

wire_fields!(Commitment { id, sprint, workdays, finished: optional(own) });

impl Commitment {
    /// A task that is not done yet.
    #[must_use]
    pub fn new(id: impl Into<String>, sprint: u32, workdays: u32) -> Self {
        Self { id: id.into(), sprint, workdays, finished: None }
    }

    /// Marks the task as done on this day.
    #[must_use]
    pub const fn finished_on(mut self, date: NaiveDate) -> Self {
        self.finished = Some(date);
        self
    }
}
