//! The steps, exclusions and options of rules as they are stored, and what is wrong with them.

use super::counts::check_names;
use super::{FunnelError, Matching, WindowFunnelModes};
use crate::error::{Path, Problems};
use crate::quantity::wire::{Absent, wire_fields};
use crate::quantity::words::words;
use crate::time::Duration;
use alloc::string::String;
use alloc::vec::Vec;

/// The maximum of steps and exclusions together: each has a bit of a row's mask.
pub const MAX_CONDITIONS: usize = 32;

/// An exclusion by the numbers of the steps after and before which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stretch {
    pub(super) after: u32,
    pub(super) before: u32,
    pub(super) voids: Voids,
}

/// What the rules say, checked or not: their form on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Parts {
    /// The steps, first to last.
    pub(super) steps: Vec<Step>,
    pub(super) exclusions: Vec<Exclusion>,
    /// The maximum time from the first row of a chain to the last, that time itself included; none, no limit.
    pub(super) window: Option<Duration>,
    pub(super) matching: Matching,
    pub(super) held_constant: Option<String>,
    /// Names that an option was given for and no step has. The check reports them with all other faults.
    // Stored with a draft: without them one that has this fault would be read back without it.
    pub(super) unknown_steps: Vec<String>,
}

wire_fields!(
    "FunnelRules",
    Parts {
        steps,
        exclusions: optional,
        window: default,
        matching: default,
        held_constant: optional,
        unknown_steps: optional
    }
);

/// One step of a funnel of events.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Step {
    pub(super) name: String,
    /// The events that match it; none given, the event of the step's name.
    pub(super) events: Vec<String>,
    pub(super) optional: bool,
    /// The maximum time since the step before it in the chain.
    pub(super) within: Option<Duration>,
}

wire_fields!(Step { name, events: optional, optional: optional, within: optional });

impl Step {
    pub(super) fn new(name: String) -> Self {
        Self { name, events: Vec::new(), optional: false, within: None }
    }

    pub(super) fn is_matched_by(&self, event: &str) -> bool {
        if self.events.is_empty() { self.name == event } else { self.events.iter().any(|own| own == event) }
    }
}

/// Events that a chain must not have between two of its steps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Exclusion {
    pub(super) events: Vec<String>,
    pub(super) after: String,
    pub(super) before: String,
    pub(super) voids: Voids,
}

wire_fields!(Exclusion { events, after, before, voids: optional });

/// Which chains an exclusion voids: `later_steps` or `conversions`. The two differ only for users who never reach the
/// step `before` of the exclusion.
///
/// Of an exclusion of `x` between `a` and `c` in the funnel `a > b > c`:
///
/// | events | [`LaterSteps`](Self::LaterSteps) | [`Conversions`](Self::Conversions) |
/// | --- | --- | --- |
/// | a x | level 1 | level 1 |
/// | a x b | level 1 | level 2 |
/// | a x b c, a b x c | level 1, level 2 | level 2, level 2 |
/// | a x a b c | level 3, by the second a | level 3, by the second a |
///
/// Products differ here. `Mixpanel` counts users up to the exclusion, which is the first reading. `PostHog` takes a
/// user whose furthest attempt is excluded out of the whole funnel, the first step included; here the user still
/// counts at the first step, and a caller who wants the other filters the users before.
///
/// ```
/// # use marketloop::funnel::Voids;
/// assert_eq!(serde_json::from_str::<Voids>(r#""later_steps""#)?, Voids::LaterSteps);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[non_exhaustive]
pub enum Voids {
    /// Voids every step between the event and the step `before`: a chain stops at the event, whether or not it would
    /// have reached that step.
    #[default]
    LaterSteps,
    /// Voids only chains that reach the step `before`: users who never reach it are counted as if there were no
    /// exclusion.
    Conversions,
}

words!(Voids, "reading of an exclusion", FunnelError:
    LaterSteps = "later_steps",
    Conversions = "conversions",
);

impl Absent for Voids {
    fn is_absent(&self) -> bool {
        *self == Self::default()
    }
}

impl Parts {
    #[expect(clippy::arithmetic_side_effects, reason = "lengths of two lists in memory")]
    pub(super) fn check_steps(&self, problems: &mut Problems<FunnelError>) {
        let root = Path::root();
        let names = self.steps.iter().map(|step| step.name.as_str());
        check_names(&names, |step| step.field("name"), problems);
        // Both are lists in memory: their lengths add up.
        let conditions = self.steps.len() + self.exclusions.len();
        if conditions > MAX_CONDITIONS {
            problems.push(root.clone(), FunnelError::TooManyConditions { conditions, most: MAX_CONDITIONS });
        }
        if let Some(first) = self.steps.first() {
            let path = root.field("steps").index(0);
            // Nothing comes before the first step that a chain could begin with in its place.
            if first.optional {
                problems.push(path.field("optional"), FunnelError::OptionalStep { step: first.name.clone() });
            }
            if first.within.is_some() {
                problems.push(path.field("within"), FunnelError::FirstStep { step: first.name.clone() });
            }
        }
    }

    pub(super) fn check_exclusions(&self, problems: &mut Problems<FunnelError>) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        for (index, exclusion) in self.exclusions.iter().enumerate() {
            let path = Path::root().field("exclusions").index(index);
            if exclusion.events.is_empty() {
                problems.push(path.field("events"), FunnelError::NoEvents { index });
            }
            let after = problems.take(&path.field("after"), self.bound(&exclusion.after));
            let before = problems.take(&path.field("before"), self.bound(&exclusion.before));
            if let (Some(after), Some(before)) = (after, before) {
                if after >= before {
                    let (after, before) = (exclusion.after.clone(), exclusion.before.clone());
                    problems.push(path, FunnelError::EmptyStretch { after, before });
                }
                stretches.push(Stretch { after, before, voids: exclusion.voids });
            }
        }
        stretches
    }

    /// The modes follow the database's function, which has nothing but steps and a window.
    pub(super) fn check_modes(&self, modes: WindowFunnelModes, problems: &mut Problems<FunnelError>) {
        let root = Path::root();
        for (index, step) in self.steps.iter().enumerate() {
            let path = root.field("steps").index(index);
            if step.optional {
                problems.push(path.field("optional"), FunnelError::ExactOnly { rule: "optional", modes });
            }
            if step.within.is_some() {
                problems.push(path.field("within"), FunnelError::ExactOnly { rule: "within", modes });
            }
        }
        if !self.exclusions.is_empty() {
            problems.push(root.field("exclusions"), FunnelError::ExactOnly { rule: "exclusions", modes });
        }
    }

    /// The number of a required step: an exclusion ends at steps that every chain has.
    fn bound(&self, name: &str) -> Result<u32, FunnelError> {
        let found = (0..).zip(&self.steps).find(|(_, step)| step.name == name);
        match found {
            Some((_, step)) if step.optional => Err(FunnelError::OptionalStep { step: name.into() }),
            Some((index, _)) => Ok(index),
            None => Err(FunnelError::UnknownStep { step: name.into() }),
        }
    }
}
