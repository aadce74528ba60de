//! How events become a funnel: steps, windows, exclusions, and which rows may make a chain.

use super::rule_parts::{Exclusion, Parts, Step, Stretch};
use super::{FunnelError, Matching, Voids};
use crate::error::{Path, Problems};
use crate::time::Duration;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Checked rules by which events become a funnel: steps, window, exclusions, matching.
///
/// # Examples
/// ```
/// use marketloop::funnel::{Events, FunnelRules, Matching, Voids};
/// use marketloop::time::Duration;
///
/// let rules = FunnelRules::draft(["visit", "coupon", "order"])
///     .with_step_events("visit", ["page view", "app start"])
///     .with_optional_step("coupon")
///     .with_step_within("order", Duration::from_days(1))
///     .with_window(Duration::from_days(7))
///     .with_matching(Matching::UseOnce)
///     .exclusion(["refund"], "visit", "order", Voids::LaterSteps)
///     .check()?;
/// let masks = ["app start", "coupon", "other", "order"].map(|event| rules.mask(event));
/// assert_eq!(masks, [0b0001, 0b0010, 0, 0b0100]);
/// let events = Events::new(&[1, 1, 2, 2], &[0, 60, 60, 90], &masks)?;
/// assert_eq!(rules.count(&events)?.levels(), [1, 0, 1, 0]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// As JSON; a step without `events` is matched by the event of its own name:
/// ```
/// use marketloop::funnel::FunnelRules;
///
/// let json = r#"{"steps":[{"name":"visit","events":["page view","app start"]},{"name":"order","within":"1 day"}],
///     "exclusions":[{"events":["refund"],"after":"visit","before":"order"}],"window":"7 days"}"#;
/// let rules: FunnelRules = serde_json::from_str(json)?;
/// assert_eq!(rules.to_string(), "visit > order");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct FunnelRules {
    parts: Parts,
    /// The exclusions, in their order.
    stretches: Vec<Stretch>,
}

/// The steps and options of [`FunnelRules`], not checked yet.
///
/// # Examples
/// ```
/// use marketloop::funnel::FunnelRules;
/// use marketloop::time::Duration;
///
/// // All faults at once, each with its place.
/// let faults = FunnelRules::draft(["visit", "visit", "order"])
///     .with_optional_step("visit")
///     .with_step_within("payment", Duration::from_days(1))
///     .check()
///     .unwrap_err();
/// assert_eq!(
///     faults.to_string(),
///     "3 problems\n  steps: there is no step `payment`\n  steps[1].name: the step `visit` stands twice\n  \
///      steps[0].optional: the step `visit` must not be optional"
/// );
/// ```
///
/// ```
/// # use marketloop::funnel::FunnelRulesDraft;
/// let json = r#"{
///   "steps": [
///     {"name": "visit", "events": ["page view"]},
///     {"name": "coupon", "optional": true, "within": "5 seconds"},
///     {"name": "order"}
///   ],
///   "exclusions": [{"events": ["refund"], "after": "visit", "before": "order"}],
///   "window": null,
///   "matching": "use_once",
///   "held_constant": "session"
/// }"#;
/// let read: FunnelRulesDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<FunnelRulesDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Parts", into = "Parts")]
pub struct FunnelRulesDraft {
    parts: Parts,
}

impl From<Parts> for FunnelRulesDraft {
    fn from(parts: Parts) -> Self {
        Self { parts }
    }
}

impl From<FunnelRulesDraft> for Parts {
    fn from(draft: FunnelRulesDraft) -> Self {
        draft.parts
    }
}

impl FunnelRulesDraft {
    fn change(mut self, step: &str, change: impl FnOnce(&mut Step)) -> Self {
        // Of two steps of one name the first: the check refuses the second, and nothing depends on the choice.
        match self.parts.steps.iter_mut().find(|own| own.name == step) {
            Some(own) => change(own),
            None => self.parts.unknown_steps.push(step.into()),
        }
        self
    }

    /// Sets the events that match a step, in place of the one of its name.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::FunnelRules;
    ///
    /// let draft = FunnelRules::draft(["visit", "order"]);
    /// let rules = draft.with_step_events("visit", ["page view", "app start"]).check()?;
    /// assert_eq!((rules.mask("app start"), rules.mask("visit")), (0b01, 0));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_step_events<E: Into<String>>(self, step: &str, events: impl IntoIterator<Item = E>) -> Self {
        self.change(step, |own| own.events = events.into_iter().map(Into::into).collect())
    }

    /// Makes a step optional: a chain may skip it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    ///
    /// let rules = FunnelRules::draft(["visit", "coupon", "order"]).with_optional_step("coupon").check()?;
    /// let events = Events::new(&[1, 1], &[0, 60], vec![rules.mask("visit"), rules.mask("order")])?;
    /// assert_eq!(rules.levels(&events)?, [(1, 3)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_optional_step(self, step: &str) -> Self {
        self.change(step, |own| own.optional = true)
    }

    /// Sets the maximum time from the previous step of the chain to this one; equal is allowed.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let draft = FunnelRules::draft(["visit", "cart", "order"]);
    /// let rules = draft.with_step_within("order", Duration::from_minutes(15)).check()?;
    /// let (cart, order) = (3_600, 3_600 + 901);
    /// let events = Events::new(&[1, 1, 1], vec![0, cart, order], &[0b001, 0b010, 0b100])?;
    /// assert_eq!(rules.levels(&events)?, [(1, 2)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_step_within(self, step: &str, time: Duration) -> Self {
        self.change(step, |own| own.within = Some(time))
    }

    /// Excludes events between two steps: they break a chain where they are later than its step `after` and earlier
    /// than its step `before`. At the time of either step they break nothing.
    ///
    /// # Contract
    /// A chain that would reach `before` is broken at the event. For a chain that never reaches `before`, `voids`
    /// decides: under [`Voids::LaterSteps`] it keeps only the steps up to the event, under [`Voids::Conversions`] all
    /// its steps, as if there were no exclusion. The user's other chains count in any case: a second `after` behind
    /// the event starts a new one. The level of a user under [`Voids::Conversions`] is never below the one under
    /// [`Voids::LaterSteps`].
    ///
    /// # Examples
    /// A refund between visit and order, of users who come as far as the cart:
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules, Voids};
    ///
    /// let level = |voids: Voids, events: &[&str]| {
    ///     let rules = FunnelRules::draft(["visit", "cart", "order"]);
    ///     let rules = rules.exclusion(["refund"], "visit", "order", voids).check()?;
    ///     let masks: Vec<u32> = events.iter().map(|event| rules.mask(event)).collect();
    ///     let times: Vec<i64> = (0..).take(masks.len()).collect();
    ///     let levels = rules.levels(&Events::new(vec![1; masks.len()], times, masks)?)?;
    ///     Ok::<u32, marketloop::Error>(levels[0].1)
    /// };
    /// let (cart, order) = (["visit", "refund", "cart"], ["visit", "refund", "cart", "order"]);
    /// assert_eq!((level(Voids::LaterSteps, &cart)?, level(Voids::LaterSteps, &order)?), (1, 1));
    /// assert_eq!((level(Voids::Conversions, &cart)?, level(Voids::Conversions, &order)?), (2, 2));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn exclusion<E: Into<String>>(
        mut self,
        events: impl IntoIterator<Item = E>,
        after: &str,
        before: &str,
        voids: Voids,
    ) -> Self {
        let events = events.into_iter().map(Into::into).collect();
        self.parts.exclusions.push(Exclusion { events, after: after.into(), before: before.into(), voids });
        self
    }

    /// Sets the maximum time from the first step to the last (the conversion window); equal is allowed.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::draft(["visit", "order"]).with_window(Duration::from_days(7)).check()?;
    /// let week = 7 * 86_400;
    /// let events = Events::new(&[1, 1, 2, 2], vec![0, week, 0, week + 1], &[0b01, 0b10, 0b01, 0b10])?;
    /// assert_eq!(rules.levels(&events)?, [(1, 2), (2, 1)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_window(mut self, window: Duration) -> Self {
        self.parts.window = Some(window);
        self
    }

    /// Sets the matching: which rows may make a chain.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules, Matching};
    ///
    /// // One row matches both steps.
    /// let events = Events::new(&[1], &[0], &[0b11])?;
    /// let level = |matching| {
    ///     let rules = FunnelRules::draft(["visit", "order"]).with_matching(matching).check()?;
    ///     Ok::<u32, marketloop::Error>(rules.levels(&events)?[0].1)
    /// };
    /// assert_eq!((level(Matching::Longest)?, level(Matching::UseOnce)?), (2, 1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_matching(mut self, matching: Matching) -> Self {
        self.parts.matching = matching;
        self
    }

    /// Requires that all rows of a chain, and the exclusions that break it, have the same value of this property.
    /// Columns that have no such property are refused with [`FunnelError::UnknownProperty`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules, Property};
    ///
    /// let rules = FunnelRules::draft(["view", "order"]).with_held_constant("product").check()?;
    /// let product = Property::new("product", ["shoe", "shirt"])?;
    /// // Two users view a shoe; one orders it, the other orders a shirt.
    /// let events = Events::new(&[1, 1, 2, 2], &[0, 9, 0, 9], &[0b01, 0b10, 0b01, 0b10])?;
    /// let events = events.with_property(&product, &[0, 0, 0, 1])?;
    /// assert_eq!(rules.levels(&events)?, [(1, 2), (2, 1)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_held_constant(mut self, property: impl Into<String>) -> Self {
        self.parts.held_constant = Some(property.into());
        self
    }

    /// The checked rules.
    ///
    /// # Errors
    /// All problems at once, each with its path: [`FunnelError::TooFewSteps`], [`FunnelError::EmptyName`],
    /// [`FunnelError::DuplicateStep`], [`FunnelError::TooManyConditions`], [`FunnelError::OptionalStep`] for an
    /// optional first step or bound of an exclusion, [`FunnelError::FirstStep`] for a maximum time of the first step,
    /// [`FunnelError::UnknownStep`], [`FunnelError::EmptyStretch`], [`FunnelError::NoEvents`],
    /// [`FunnelError::EmptyProperty`], [`FunnelError::ExactOnly`] for what the modes of `windowFunnel` do not have.
    pub fn check(self) -> Result<FunnelRules, Problems<FunnelError>> {
        let mut problems = Problems::new();
        for step in &self.parts.unknown_steps {
            problems.push(Path::root().field("steps"), FunnelError::UnknownStep { step: step.clone() });
        }
        self.parts.check_steps(&mut problems);
        let stretches = self.parts.check_exclusions(&mut problems);
        if self.parts.held_constant.as_deref() == Some("") {
            problems.push(Path::root().field("held_constant"), FunnelError::EmptyProperty);
        }
        if let Matching::WindowFunnel(modes) = self.parts.matching {
            self.parts.check_modes(modes, &mut problems);
        }
        problems.into_result(FunnelRules { parts: self.parts, stretches })
    }
}

impl FunnelRules {
    /// Starts rules of these steps, first to last; each is matched by the event of its name, unless
    /// [`with_step_events`](FunnelRulesDraft::with_step_events) says otherwise.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::FunnelRules;
    ///
    /// let rules = FunnelRules::draft(["visit", "coupon", "order"]).with_optional_step("coupon").check()?;
    /// assert_eq!(rules.to_string(), "visit > coupon? > order");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn draft<N: Into<String>>(steps: impl IntoIterator<Item = N>) -> FunnelRulesDraft {
        let steps = steps.into_iter().map(|name| Step::new(name.into())).collect();
        Parts { steps, ..Parts::default() }.into()
    }

    /// Rules with a step for each of these events, and `window` as the maximum time from first to last.
    ///
    /// # Errors
    /// As of [`FunnelRulesDraft::check`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::FunnelRules;
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "cart", "order"], Duration::from_days(7))?;
    /// assert_eq!(rules.mask("cart"), 0b010);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<N: Into<String>>(
        steps: impl IntoIterator<Item = N>,
        window: Duration,
    ) -> Result<Self, Problems<FunnelError>> {
        Self::draft(steps).with_window(window).check()
    }

    /// The mask of a row of this event: bit `i` for step `i`, then a bit for each exclusion.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{FunnelRules, Voids};
    ///
    /// let draft = FunnelRules::draft(["visit", "order"]).with_step_events("visit", ["page view", "order"]);
    /// let rules = draft.exclusion(["refund"], "visit", "order", Voids::LaterSteps).check()?;
    /// assert_eq!(["order", "refund", "help"].map(|event| rules.mask(event)), [0b011, 0b100, 0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn mask(&self, event: &str) -> u32 {
        let steps = self.parts.steps.iter().map(|step| step.is_matched_by(event));
        let exclusions = self.parts.exclusions.iter().map(|own| own.events.iter().any(|name| name == event));
        // At most 32 conditions: checked with the rules.
        (0_u32..).zip(steps.chain(exclusions)).filter(|(_, is)| *is).fold(0, |mask, (bit, _)| mask | 1 << bit)
    }

    /// The names of the steps, first to last.
    #[must_use]
    pub fn steps(&self) -> impl ExactSizeIterator<Item = &str> + DoubleEndedIterator + Clone + '_ {
        self.parts.steps.iter().map(|step| step.name.as_str())
    }

    /// The events that match a step: those that were set, or the one of its name.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`].
    pub fn step_events(&self, step: &str) -> Result<&[String], FunnelError> {
        let own = self.step(step)?;
        Ok(if own.events.is_empty() { core::slice::from_ref(&own.name) } else { &own.events })
    }

    /// Whether a chain may skip a step.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`].
    pub fn is_optional(&self, step: &str) -> Result<bool, FunnelError> {
        Ok(self.step(step)?.optional)
    }

    /// The maximum time from the step before in the chain to this one; `None` without a limit.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`].
    pub fn step_within(&self, step: &str) -> Result<Option<Duration>, FunnelError> {
        Ok(self.step(step)?.within)
    }

    fn step(&self, name: &str) -> Result<&Step, FunnelError> {
        let found = self.parts.steps.iter().find(|own| own.name == name);
        found.ok_or_else(|| FunnelError::UnknownStep { step: name.into() })
    }

    /// The exclusions: their events, the steps after and before which they count, and which chains they void.
    #[must_use]
    pub fn exclusions(&self) -> impl ExactSizeIterator<Item = (&[String], &str, &str, Voids)> + '_ {
        self.parts
            .exclusions
            .iter()
            .map(|own| (own.events.as_slice(), own.after.as_str(), own.before.as_str(), own.voids))
    }

    /// The maximum time from first to last; `None` without a limit.
    #[must_use]
    pub const fn window(&self) -> Option<Duration> {
        self.parts.window
    }

    /// Which rows may make a chain.
    #[must_use]
    pub const fn matching(&self) -> Matching {
        self.parts.matching
    }

    /// The name of the property that a chain holds constant.
    #[must_use]
    pub fn held_constant(&self) -> Option<&str> {
        self.parts.held_constant.as_deref()
    }

    /// The names of the steps.
    pub(super) fn names(&self) -> Vec<String> {
        self.steps().map(String::from).collect()
    }

    /// How many steps there are: 2 to 32, checked.
    #[expect(clippy::cast_possible_truncation, reason = "at most MAX_CONDITIONS")]
    pub(super) const fn count_of_steps(&self) -> u32 {
        self.parts.steps.len() as u32
    }

    /// The steps with what they say.
    pub(super) fn parts_of_steps(&self) -> &[Step] {
        &self.parts.steps
    }

    /// The exclusions by the numbers of their steps, in the order of their bits.
    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// Whether the rules have nothing but required steps and a window.
    pub(super) fn is_plain(&self) -> bool {
        self.stretches.is_empty()
            && self.parts.steps.iter().all(|step| !step.optional && step.within.is_none())
    }
}

impl fmt::Display for FunnelRules {
    /// `visit > coupon? > order`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.parts.steps.iter().enumerate() {
            let joint = if index > 0 { " > " } else { "" };
            write!(f, "{joint}{}{}", step.name, if step.optional { "?" } else { "" })?;
        }
        Ok(())
    }
}

impl TryFrom<Parts> for FunnelRules {
    type Error = Problems<FunnelError>;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        FunnelRulesDraft::from(parts).check()
    }
}

impl From<FunnelRules> for Parts {
    fn from(rules: FunnelRules) -> Self {
        rules.parts
    }
}

impl From<FunnelRules> for FunnelRulesDraft {
    fn from(rules: FunnelRules) -> Self {
        rules.parts.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn all_faults_come_at_once() {
        let faults = FunnelRules::draft(["a", "a", ""])
            .with_optional_step("a")
            .with_step_within("a", Duration::from_seconds(5))
            .with_optional_step("")
            .with_optional_step("c")
            .exclusion(["x"], "b", "", Voids::LaterSteps)
            .exclusion(Vec::<String>::new(), "", "", Voids::LaterSteps)
            .with_held_constant("")
            .with_matching(Matching::WindowFunnel("strict_order".parse().unwrap()))
            .check()
            .unwrap_err();
        let shown: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let modes = "and `strict_order` of windowFunnel do not go together";
        assert_eq!(
            shown,
            [
                "steps: there is no step `c`",
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
        let window = Duration::from_seconds(1);
        let names = |count: usize| (0..count).map(|index| index.to_string());
        let all = FunnelRules::new(names(32), window).unwrap();
        assert_eq!((all.mask("0"), all.mask("31"), all.mask("32")), (1, 1 << 31, 0));
        let faults = FunnelRules::new(names(33), window).unwrap_err().to_string();
        assert_eq!(faults, ".: 33 steps and exclusions, at most 32");
        let rules = FunnelRules::draft(["a", "b"]);
        let backwards = rules.exclusion(["x"], "b", "a", Voids::LaterSteps).check().unwrap_err();
        assert_eq!(backwards.to_string(), "exclusions[0]: nothing lies after `b` and before `a`");
    }

    #[test]
    fn what_was_said_of_a_step_can_be_read() {
        let day = Duration::from_days(1);
        let draft = FunnelRules::draft(["visit", "coupon", "order"]).with_step_events("visit", ["view"]);
        let draft = draft.with_optional_step("coupon").with_step_within("order", day);
        let rules = draft.exclusion(["refund"], "visit", "order", Voids::Conversions).check().unwrap();
        assert_eq!(rules.steps().collect::<Vec<_>>(), ["visit", "coupon", "order"]);
        assert_eq!(
            (rules.step_events("visit").unwrap(), rules.step_events("order").unwrap()),
            (&["view".into()][..], &["order".into()][..])
        );
        assert_eq!((rules.is_optional("visit"), rules.is_optional("coupon")), (Ok(false), Ok(true)));
        assert_eq!((rules.step_within("visit"), rules.step_within("order")), (Ok(None), Ok(Some(day))));
        let exclusions: Vec<_> = rules.exclusions().collect();
        assert_eq!(exclusions, [(&["refund".into()][..], "visit", "order", Voids::Conversions)]);
        let unknown = Err(FunnelError::UnknownStep { step: "cart".into() });
        assert_eq!((rules.is_optional("cart"), rules.step_within("cart").is_err()), (unknown, true));
    }
}
