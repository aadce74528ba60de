//! The kinds of what can be wrong.

use super::PdcaError;
use crate::error::ErrorKind;

impl PdcaError {
    /// The kind of the fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::SignsTwice { .. } => ErrorKind::Duplicate,
            Self::StageRows { .. }
            | Self::DueBefore { .. }
            | Self::Version { .. }
            | Self::IdUsed { .. }
            | Self::NotOfSchema { .. }
            | Self::OutOfSequence { .. }
            | Self::RepeatedCommand { .. }
            | Self::PeriodNotAfter { .. }
            | Self::Phase { .. }
            | Self::Inherits { .. }
            | Self::OwnParent
            | Self::NothingProvisional
            | Self::ParentNotConfirmed { .. }
            | Self::NotSigned { .. }
            | Self::NotASignatory { .. }
            | Self::SignedAlready { .. }
            | Self::AllSigned
            | Self::NoActual { .. }
            | Self::MissedWithoutFinding { .. }
            | Self::NoSuchTarget { .. }
            | Self::NoSuchLine { .. }
            | Self::NothingLeft
            | Self::MoneyLeft { .. }
            | Self::NoTasks
            | Self::NoSuchTask { .. }
            | Self::Progress { .. }
            | Self::Undecided { .. }
            | Self::NothingUndecided
            | Self::DecidedAlready { .. }
            | Self::NoOpenCountermeasure
            | Self::NoSuchCountermeasure { .. }
            | Self::RunsBack { .. }
            | Self::NotYet { .. } => ErrorKind::Conflict,
            Self::NoText { .. }
            | Self::NoSignatory
            | Self::NoTarget
            | Self::MissingField { .. }
            | Self::NoRecords
            | Self::NoCycles => ErrorKind::Empty,
            Self::NegativeLine { .. }
            | Self::UnknownSchema { .. }
            | Self::NotPositive { .. }
            | Self::AboveLeft { .. }
            | Self::BelowSpent { .. } => ErrorKind::OutOfRange,
            Self::UnknownWord(_) => ErrorKind::Syntax,
            Self::LinesDiffer { .. }
            | Self::OtherCycle { .. }
            | Self::NotContinued { .. }
            | Self::ParentOpen { .. }
            | Self::OtherSeed { .. }
            | Self::Unbalanced { .. }
            | Self::OtherParent { .. }
            | Self::OtherPeriod { .. }
            | Self::FindingDiffers { .. }
            | Self::Forged { .. } => ErrorKind::Mismatch,
            Self::NoPlan | Self::CycleWithoutPlan { .. } => ErrorKind::Undefined,
            Self::NoSuchFinding { .. } => ErrorKind::NotFound,
            Self::Time(error) => error.kind(),
            Self::Target { error, .. } => error.kind(),
            Self::Quantity(error) => error.kind(),
            Self::Plan(error) => error.kind(),
            // A list has one kind to tell: that of the first guard, where the wrong phase would stand.
            Self::Unmet { guards, .. } | Self::Inadmissible { guards, .. } => {
                guards.first().map_or(ErrorKind::Conflict, Self::kind)
            }
        }
    }
}
