//! A node as it is declared.

use super::formula::Formula;
use super::node::{Direction, NodeKind};
use crate::quantity::Unit;
use alloc::string::String;

/// A node as it is declared, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeDraft {
    pub(super) id: String,
    pub(super) unit: Option<Unit>,
    pub(super) kind: Option<NodeKind>,
    pub(super) direction: Direction,
    pub(super) owner: Option<String>,
    pub(super) formula: Option<Formula>,
}

impl NodeDraft {
    /// A node whose value is given.
    #[must_use]
    pub fn leaf(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            unit: None,
            kind: None,
            direction: Direction::Higher,
            owner: None,
            formula: None,
        }
    }

    /// A node whose value follows from others.
    #[must_use]
    pub fn computed(id: impl Into<String>, formula: impl Into<Formula>) -> Self {
        Self { formula: Some(formula.into()), ..Self::leaf(id) }
    }

    /// The same in `unit`. Without one a leaf has no dimension, and a computed node gets the unit that its
    /// formula gives.
    #[must_use]
    pub fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = Some(unit);
        self
    }

    /// The same with this kind.
    #[must_use]
    pub fn with_kind(mut self, kind: NodeKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// The same with this direction.
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// The same with this owner.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        self.owner = Some(owner.into());
        self
    }
}
