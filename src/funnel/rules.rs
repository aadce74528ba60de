//! How events become a funnel: steps, windows, exclusions, and which rows may make a chain.

use super::counts::check_names;
use super::names::chosen;
use super::{FunnelError, Matching};
use crate::error::{Path, Problems};
use crate::quantity::wire::{Absent, serialize_fields, whole};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Serialize};

/// The maximum of steps and exclusions together: each has a bit of a row's mask.
pub const MAX_CONDITIONS: usize = 32;

/// How events become a funnel, checked.
///
/// # Examples
/// ```
/// use marketloop::funnel::{EventColumns, EventStep, Exclusion, FunnelRules, Matching};
///
/// let rules = FunnelRules::draft()
///     .step(EventStep::new("visit").events(["page view", "app start"]))
///     .step(EventStep::new("coupon").optional())
///     .step(EventStep::new("order").within(86_400))
///     .exclusion(Exclusion::of(["refund"]).between("visit", "order"))
///     .with_window(7 * 86_400)
///     .with_matching(Matching::UseOnce)
///     .check()?;
/// let masks: Vec<u32> = ["app start", "coupon", "other", "order"].map(|event| rules.mask(event)).to_vec();
/// assert_eq!(masks, [0b0001, 0b0010, 0, 0b0100]);
/// let events = EventColumns::new(&[1, 1, 2, 2], &[0, 60, 60, 90], &masks)?;
/// assert_eq!(rules.count(&events)?.levels(), [1, 0, 1, 0]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "FunnelRulesDraft", into = "FunnelRulesDraft")]
pub struct FunnelRules {
    draft: FunnelRulesDraft,
    /// The exclusions, in their order.
    stretches: Vec<Stretch>,
}

/// An exclusion by the numbers of the steps after and before which it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stretch {
    pub(super) after: u32,
    pub(super) before: u32,
    pub(super) voids: Voids,
}

/// One step of a funnel of events.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventStep {
    /// The name of the step.
    pub name: String,
    /// The events that match it; none given, the event of the step's name.
    #[serde(default)]
    pub events: Vec<String>,
    /// Whether a chain may leave it out.
    #[serde(default)]
    pub optional: bool,
    /// The maximum time since the step before it in the chain, in the unit of the events' times.
    #[serde(default, with = "whole")]
    pub within: Option<u64>,
}

serialize_fields!(EventStep { name, events: optional, optional: optional, within: optional => whole::written(within) });

impl EventStep {
    /// A required step of this name.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), events: Vec::new(), optional: false, within: None }
    }

    /// Sets the events that match the step, in place of the one of its name.
    #[must_use]
    pub fn events<E: Into<String>>(mut self, events: impl IntoIterator<Item = E>) -> Self {
        self.events = events.into_iter().map(Into::into).collect();
        self
    }

    /// Lets a chain leave the step out.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Sets the maximum time after the step before it in the chain.
    #[must_use]
    pub fn within(mut self, time: u64) -> Self {
        self.within = Some(time);
        self
    }

    fn is_matched_by(&self, event: &str) -> bool {
        if self.events.is_empty() { self.name == event } else { self.events.iter().any(|own| own == event) }
    }
}

/// Which chains an exclusion voids: `later_steps` or `conversions`. They differ in the users who never reach the
/// step before which the exclusion counts.
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
/// Products differ here. `Mixpanel` lets users into its funnel up to the exclusion step, which is the first
/// reading. `PostHog` takes a user whose furthest attempt is excluded out of the funnel, the first step included;
/// here who entered has entered, and a filter of users before the funnel does that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Voids {
    /// Every step later than the event, up to the one before which the exclusion counts: a chain stops where the
    /// event stands, whether or not it would have reached that step.
    #[default]
    LaterSteps,
    /// Only chains that reach the step before which the exclusion counts: who never gets there is counted as if
    /// there were no exclusion.
    Conversions,
}

/// Events that a chain must not have between two of its steps, strictly after the one and before the other.
///
/// # Examples
/// A refund between visit and order, of users who come as far as the cart:
/// ```
/// use marketloop::funnel::{EventColumns, EventStep, Exclusion, FunnelRules, Voids};
///
/// let level = |voids: Voids, events: &[&str]| {
///     let draft = ["visit", "cart", "order"].map(EventStep::new).into_iter().fold(FunnelRules::draft(), |draft, step| draft.step(step));
///     let rules = draft.exclusion(Exclusion::of(["refund"]).between("visit", "order").voids(voids)).check()?;
///     let masks: Vec<u32> = events.iter().map(|event| rules.mask(event)).collect();
///     let times: Vec<i64> = (0..).take(masks.len()).collect();
///     let levels = rules.levels(&EventColumns::new(&vec![1; masks.len()], &times, &masks)?)?;
///     Ok::<u32, marketloop::Error>(levels[0].1)
/// };
/// let (cart, order) = (["visit", "refund", "cart"], ["visit", "refund", "cart", "order"]);
/// assert_eq!((level(Voids::LaterSteps, &cart)?, level(Voids::LaterSteps, &order)?), (1, 1));
/// assert_eq!((level(Voids::Conversions, &cart)?, level(Voids::Conversions, &order)?), (2, 2));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// The events.
    pub events: Vec<String>,
    /// The name of the step after which they count.
    pub after: String,
    /// The name of the step before which they count.
    pub before: String,
    /// Which chains they void.
    #[serde(default)]
    pub voids: Voids,
}

serialize_fields!(Exclusion { events, after, before, voids: optional });

impl fmt::Display for Voids {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::LaterSteps => "later_steps",
            Self::Conversions => "conversions",
        })
    }
}

impl FromStr for Voids {
    type Err = FunnelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        chosen(
            text,
            "reading of an exclusion",
            &[(Self::LaterSteps, "later_steps"), (Self::Conversions, "conversions")],
        )
    }
}

impl Absent for Voids {
    fn is_absent(&self) -> bool {
        *self == Self::default()
    }
}

impl Exclusion {
    /// An exclusion of these events, whose stretch is still to be said.
    #[must_use]
    pub fn of<E: Into<String>>(events: impl IntoIterator<Item = E>) -> Self {
        let events = events.into_iter().map(Into::into).collect();
        Self { events, after: String::new(), before: String::new(), voids: Voids::default() }
    }

    /// Sets the steps between which the events break a chain.
    #[must_use]
    pub fn between(mut self, after: impl Into<String>, before: impl Into<String>) -> Self {
        (self.after, self.before) = (after.into(), before.into());
        self
    }

    /// Sets which chains the events void.
    #[must_use]
    pub const fn voids(mut self, voids: Voids) -> Self {
        self.voids = voids;
        self
    }
}

/// The steps and options of [`FunnelRules`], not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunnelRulesDraft {
    /// The steps, first to last.
    pub steps: Vec<EventStep>,
    /// What a chain must not have.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// The maximum time from the first row of a chain to the last, that time itself included; none, no limit.
    #[serde(default, with = "whole")]
    pub window: Option<u64>,
    /// Which rows may make a chain.
    #[serde(default)]
    pub matching: Matching,
    /// The name of the property of which all rows of a chain, and the exclusions that break it, must have one
    /// value. Columns that have no such property are refused with [`FunnelError::UnknownProperty`].
    #[serde(default)]
    pub held_constant: Option<String>,
}

serialize_fields!(FunnelRulesDraft {
    steps,
    exclusions: optional,
    window => whole::written(window),
    matching,
    held_constant: optional,
});

impl FunnelRulesDraft {
    /// Adds a step.
    #[must_use]
    pub fn step(mut self, step: EventStep) -> Self {
        self.steps.push(step);
        self
    }

    /// Adds an exclusion.
    #[must_use]
    pub fn exclusion(mut self, exclusion: Exclusion) -> Self {
        self.exclusions.push(exclusion);
        self
    }

    /// Sets the maximum time from the first step to the last, in the unit of the events' times.
    #[must_use]
    pub const fn with_window(mut self, window: u64) -> Self {
        self.window = Some(window);
        self
    }

    /// Sets which rows may make a chain.
    #[must_use]
    pub const fn with_matching(mut self, matching: Matching) -> Self {
        self.matching = matching;
        self
    }

    /// Requires one value of this property in all rows of a chain.
    #[must_use]
    pub fn with_held_constant(mut self, property: impl Into<String>) -> Self {
        self.held_constant = Some(property.into());
        self
    }

    /// The checked rules.
    ///
    /// # Errors
    /// All problems at once, each with its path: [`FunnelError::TooFewSteps`], [`FunnelError::EmptyName`],
    /// [`FunnelError::DuplicateStep`], [`FunnelError::TooManyConditions`], [`FunnelError::OptionalStep`] for an
    /// optional first step or bound of an exclusion, [`FunnelError::FirstStep`] for a time before the first step,
    /// [`FunnelError::UnknownStep`], [`FunnelError::EmptyStretch`], [`FunnelError::NoEvents`],
    /// [`FunnelError::EmptyProperty`], [`FunnelError::ExactOnly`] for what the modes of `windowFunnel` do not have.
    pub fn check(self) -> Result<FunnelRules, Problems<FunnelError>> {
        let mut problems = Problems::new();
        let root = Path::root();
        check_names(
            &self.steps.iter().map(|step| step.name.as_str()),
            |step| step.field("name"),
            &mut problems,
        );
        let conditions = self.steps.len().saturating_add(self.exclusions.len());
        if conditions > MAX_CONDITIONS {
            problems.push(root.clone(), FunnelError::TooManyConditions { conditions, most: MAX_CONDITIONS });
        }
        if let Some(first) = self.steps.first() {
            let path = root.field("steps").index(0);
            if first.optional {
                problems.push(path.field("optional"), FunnelError::OptionalStep { step: first.name.clone() });
            }
            if first.within.is_some() {
                problems.push(path.field("within"), FunnelError::FirstStep { step: first.name.clone() });
            }
        }
        let mut stretches = Vec::new();
        for (index, exclusion) in self.exclusions.iter().enumerate() {
            let path = root.field("exclusions").index(index);
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
        if self.held_constant.as_deref() == Some("") {
            problems.push(root.field("held_constant"), FunnelError::EmptyProperty);
        }
        if let Matching::WindowFunnel(modes) = self.matching {
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
        problems.into_result(FunnelRules { draft: self, stretches })
    }

    /// The number of a required step.
    fn bound(&self, name: &str) -> Result<u32, FunnelError> {
        let found = (0..).zip(&self.steps).find(|(_, step)| step.name == name);
        match found {
            Some((_, step)) if step.optional => Err(FunnelError::OptionalStep { step: name.into() }),
            Some((index, _)) => Ok(index),
            None => Err(FunnelError::UnknownStep { step: name.into() }),
        }
    }
}

impl FunnelRules {
    /// Starts rules: add at least two steps, then [check](FunnelRulesDraft::check).
    #[must_use]
    pub fn draft() -> FunnelRulesDraft {
        FunnelRulesDraft::default()
    }

    /// The funnel of these events, each a step of its own, within `window` from first to last.
    ///
    /// # Errors
    /// As of [`FunnelRulesDraft::check`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::FunnelRules;
    ///
    /// let rules = FunnelRules::new(["visit", "cart", "order"], 7 * 86_400)?;
    /// assert_eq!(rules.mask("cart"), 0b010);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<N: Into<String>>(
        steps: impl IntoIterator<Item = N>,
        window: u64,
    ) -> Result<Self, Problems<FunnelError>> {
        let draft = FunnelRulesDraft {
            steps: steps.into_iter().map(EventStep::new).collect(),
            window: Some(window),
            ..FunnelRulesDraft::default()
        };
        draft.check()
    }

    /// The mask of a row of this event: bit `i` for step `i`, then a bit for each exclusion.
    #[must_use]
    pub fn mask(&self, event: &str) -> u32 {
        let steps = self.draft.steps.iter().map(|step| step.is_matched_by(event));
        let exclusions = self.draft.exclusions.iter().map(|own| own.events.iter().any(|name| name == event));
        let bits = (0..).map_while(|bit| 1_u32.checked_shl(bit));
        bits.zip(steps.chain(exclusions)).filter(|(_, is)| *is).fold(0, |mask, (bit, _)| mask | bit)
    }

    /// The steps, first to last.
    #[must_use]
    pub fn steps(&self) -> &[EventStep] {
        &self.draft.steps
    }

    /// What a chain must not have.
    #[must_use]
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.draft.exclusions
    }

    /// The longest time from first to last.
    #[must_use]
    pub const fn window(&self) -> Option<u64> {
        self.draft.window
    }

    /// Which rows may make a chain.
    #[must_use]
    pub const fn matching(&self) -> Matching {
        self.draft.matching
    }

    /// The name of the property that a chain holds constant.
    #[must_use]
    pub fn held_constant(&self) -> Option<&str> {
        self.draft.held_constant.as_deref()
    }

    /// The names of the steps.
    pub(super) fn names(&self) -> Vec<String> {
        self.draft.steps.iter().map(|step| step.name.clone()).collect()
    }

    /// The exclusions by the numbers of their steps, in the order of their bits.
    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Whether there is nothing but steps and a window.
    pub(super) fn is_plain(&self) -> bool {
        self.stretches.is_empty()
            && self.draft.steps.iter().all(|step| !step.optional && step.within.is_none())
    }
}

impl fmt::Display for FunnelRules {
    /// `visit > coupon? > order`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.draft.steps.iter().enumerate() {
            let joint = if index > 0 { " > " } else { "" };
            write!(f, "{joint}{}{}", step.name, if step.optional { "?" } else { "" })?;
        }
        Ok(())
    }
}

impl TryFrom<FunnelRulesDraft> for FunnelRules {
    type Error = Problems<FunnelError>;

    fn try_from(draft: FunnelRulesDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<FunnelRules> for FunnelRulesDraft {
    fn from(rules: FunnelRules) -> Self {
        rules.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn all_faults_come_at_once() {
        let faults = FunnelRules::draft()
            .step(EventStep::new("a").optional().within(5))
            .step(EventStep::new("a"))
            .step(EventStep::new("").optional())
            .exclusion(Exclusion::of(["x"]).between("b", ""))
            .exclusion(Exclusion::of(Vec::<String>::new()))
            .with_held_constant("")
            .with_matching(Matching::WindowFunnel("strict_order".parse().unwrap()))
            .check()
            .unwrap_err();
        let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let modes = "and `strict_order` of windowFunnel do not go together";
        assert_eq!(
            shown,
            [
                "steps[1].name: the step `a` stands twice",
                "steps[2].name: the name at 2 is empty",
                "steps[0].optional: the step `a` must not be optional",
                "steps[0].within: `a` is the first step",
                "exclusions[0].after: there is no step `b`",
                "exclusions[0].before: the step `` must not be optional",
                "exclusions[1].events: exclusion 1 has no events",
                "exclusions[1].after: the step `` must not be optional",
                "exclusions[1].before: the step `` must not be optional",
                "held_constant: a property has no name",
                &alloc::format!("steps[0].optional: optional {modes}"),
                &alloc::format!("steps[0].within: within {modes}"),
                &alloc::format!("steps[2].optional: optional {modes}"),
                &alloc::format!("exclusions: exclusions {modes}"),
            ]
        );
    }

    #[test]
    fn more_conditions_than_bits_are_refused() {
        let names = |count: usize| (0..count).map(|index| index.to_string());
        assert!(FunnelRules::new(names(32), 1).is_ok());
        let faults = FunnelRules::new(names(33), 1).unwrap_err().to_string();
        assert_eq!(faults, ".: 33 steps and exclusions, at most 32");
        let rules = FunnelRules::draft().step(EventStep::new("a")).step(EventStep::new("b"));
        let backwards = rules.exclusion(Exclusion::of(["x"]).between("b", "a")).check().unwrap_err();
        assert_eq!(backwards.to_string(), "exclusions[0]: nothing lies after `b` and before `a`");
    }
}
