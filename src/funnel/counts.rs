//! A funnel of counts: how many reached each step, the rates between them, and where they were lost.

use super::FunnelError;
use crate::error::{Path, Problems};
use crate::figure::{Cell, Interval, Table};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Count, Ratio, Rounding};
use crate::stats::{IntervalMethod, TwoProportions, interval};
use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Named steps and how many reached each: no step has more than the one before it.
///
/// # Examples
/// ```
/// use marketloop::funnel::Funnel;
///
/// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
/// assert_eq!(funnel.rate("payment")?.to_percent(), "4%");
/// assert_eq!(funnel.end_to_end_rate()?.to_string(), "1/250");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// As JSON:
/// ```
/// use marketloop::funnel::Funnel;
///
/// let json = r#"{"steps":[{"name":"click","count":5000},{"name":"payment","count":200}]}"#;
/// assert_eq!(serde_json::from_str::<Funnel>(json)?, Funnel::new([("click", 5_000), ("payment", 200)])?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[doc(alias = "漏斗")]
pub struct Funnel {
    steps: Vec<Step>,
}

/// A step of a funnel: its name and how many reached it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) count: Count,
}

wire_fields!("FunnelStep", Step { name, count });

/// The steps on the wire, not checked yet.
struct Wire {
    steps: Vec<Step>,
}

wire_fields!("Funnel", Wire { steps });

/// Adds the problems of the names of steps; `at` makes the path of a name from that of its step.
pub(super) fn check_names<'a>(
    names: &(impl Iterator<Item = &'a str> + Clone),
    at: impl Fn(&Path) -> Path,
    problems: &mut Problems<FunnelError>,
) {
    // An iterator, because each caller holds the names in another form: none makes a list for this check.
    let steps = names.clone().count();
    if steps < 2 {
        problems.push(Path::root().field("steps"), FunnelError::TooFewSteps { steps });
    }
    check_each_name(names.clone(), at, problems);
}

/// Adds the problems of the names themselves: an empty one, and one that is there twice.
pub(super) fn check_each_name<'a>(
    names: impl Iterator<Item = &'a str>,
    at: impl Fn(&Path) -> Path,
    problems: &mut Problems<FunnelError>,
) {
    let mut seen = BTreeSet::new();
    for (index, name) in names.enumerate() {
        let path = at(&Path::root().field("steps").index(index));
        if name.is_empty() {
            problems.push(path, FunnelError::EmptyName { index });
        } else if !seen.insert(name) {
            problems.push(path, FunnelError::DuplicateStep { step: name.into() });
        }
    }
}

impl Funnel {
    /// The funnel of these steps, first to last, with how many reached each.
    ///
    /// # Errors
    /// All problems at once: [`FunnelError::TooFewSteps`], [`FunnelError::EmptyName`],
    /// [`FunnelError::DuplicateStep`], [`FunnelError::Rises`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let rising = Funnel::new([("click", 200), ("payment", 5_000)]).unwrap_err();
    /// assert_eq!(rising.to_string(), "steps[1].count: `payment` has 5000, more than the 200 before it");
    /// ```
    pub fn new<N: Into<String>>(
        steps: impl IntoIterator<Item = (N, u64)>,
    ) -> Result<Self, Problems<FunnelError>> {
        let step = |(name, count): (N, u64)| Step { name: name.into(), count: count.into() };
        Self::check(steps.into_iter().map(step).collect())
    }

    fn check(steps: Vec<Step>) -> Result<Self, Problems<FunnelError>> {
        let mut problems = Problems::new();
        check_names(&steps.iter().map(|step| step.name.as_str()), |step| step.field("name"), &mut problems);
        for (index, (before, step)) in (1..).zip(steps.iter().zip(steps.iter().skip(1))) {
            if step.count > before.count {
                let path = Path::root().field("steps").index(index).field("count");
                let (step, count, before) = (step.name.clone(), step.count, before.count);
                problems.push(path, FunnelError::Rises { step, count, before });
            }
        }
        problems.into_result(Self { steps })
    }

    /// A funnel whose steps were checked before and whose counts do not rise.
    pub(super) const fn checked(steps: Vec<Step>) -> Self {
        Self { steps }
    }

    /// The steps, first to last, with how many reached each; at least two.
    #[must_use]
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (&str, Count)> + DoubleEndedIterator + Clone + '_ {
        self.steps.iter().map(|step| (step.name.as_str(), step.count))
    }

    /// The number of the step of this name, from 0.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
    /// assert_eq!(funnel.index_of("click")?, 1);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn index_of(&self, step: &str) -> Result<usize, FunnelError> {
        let found = self.steps.iter().position(|own| own.name == step);
        found.ok_or_else(|| FunnelError::UnknownStep { step: step.into() })
    }

    /// How many reached the step of this name.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("click", 5_000), ("payment", 200)])?;
    /// assert_eq!(funnel.count("payment")?.value(), 200);
    /// assert_eq!(funnel.count("refund").unwrap_err().to_string(), "there is no step `refund`");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn count(&self, step: &str) -> Result<Count, FunnelError> {
        let found = self.steps.iter().find(|own| own.name == step);
        found.map(|step| step.count).ok_or_else(|| FunnelError::UnknownStep { step: step.into() })
    }

    /// The first and the last step of a funnel, which has two or more.
    #[expect(clippy::indexing_slicing, reason = "a funnel has at least two steps: checked when it was made")]
    #[expect(clippy::arithmetic_side_effects, reason = "a funnel has at least two steps")]
    fn ends(&self) -> [&Step; 2] {
        debug_assert!(self.steps.len() > 1, "checked when it was made");
        [&self.steps[0], &self.steps[self.steps.len() - 1]]
    }

    /// How many entered: the count of the first step.
    #[must_use]
    pub fn entered(&self) -> Count {
        self.ends()[0].count
    }

    /// How many completed the funnel: the count of the last step.
    #[must_use]
    pub fn completed(&self) -> Count {
        self.ends()[1].count
    }

    /// The end-to-end conversion rate: those who completed the funnel per those who entered it.
    ///
    /// # Errors
    /// [`FunnelError::Undefined`] where nobody entered.
    pub fn end_to_end_rate(&self) -> Result<Ratio, FunnelError> {
        let [first, last] = self.ends();
        quotient(last.count, first.count, || FunnelError::Undefined {
            figure: "end-to-end rate",
            step: last.name.clone(),
        })
    }

    /// The conversion rate into a step: those who reached it per those at the step before.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`] of the first step; [`FunnelError::Undefined`] where
    /// nobody reached the step before.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
    /// assert_eq!((funnel.rate("click")?.to_percent(), funnel.rate("payment")?.to_percent()), ("10%".into(), "4%".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "CVR")]
    #[doc(alias = "转化率")]
    pub fn rate(&self, step: &str) -> Result<Ratio, FunnelError> {
        self.transition(step)?.rate()
    }

    /// The cumulative conversion rate of a step: those who reached it per those who entered the funnel.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`] of the first step; [`FunnelError::Undefined`] where
    /// nobody entered.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
    /// assert_eq!(funnel.cumulative_rate("payment")?.to_percent(), "0.4%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn cumulative_rate(&self, step: &str) -> Result<Ratio, FunnelError> {
        self.transition(step)?.cumulative_rate()
    }

    /// How many were lost between the step before and this one.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`] of the first step.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
    /// assert_eq!(funnel.drop_off("payment")?.value(), 4_800);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn drop_off(&self, step: &str) -> Result<Count, FunnelError> {
        Ok(self.transition(step)?.drop_off())
    }

    /// The drop-off rate into a step: those lost per those at the step before, which is 1 minus the [rate](Self::rate).
    ///
    /// # Errors
    /// As of [`rate`](Self::rate).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("click", 5_000), ("payment", 200)])?;
    /// assert_eq!(funnel.drop_rate("payment")?.to_percent(), "96%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn drop_rate(&self, step: &str) -> Result<Ratio, FunnelError> {
        self.transition(step)?.drop_rate()
    }

    /// The part of the funnel's whole loss that falls between the step before and this one. The shares of all steps
    /// but the first add up to 1.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`] of the first step; [`FunnelError::Undefined`] where
    /// nobody was lost.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("view", 1_000), ("cart", 400), ("payment", 200)])?;
    /// assert_eq!((funnel.share_of_loss("cart")?.to_percent(), funnel.share_of_loss("payment")?.to_percent()), ("75%".into(), "25%".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn share_of_loss(&self, step: &str) -> Result<Ratio, FunnelError> {
        self.transition(step)?.share_of_loss()
    }

    /// The confidence interval of the [rate](Self::rate) into a step, at the confidence `level` (such as 0.95).
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`] of the first step; as of [`interval`], as
    /// [`FunnelError::Stats`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    /// use marketloop::stats::IntervalMethod;
    ///
    /// let funnel = Funnel::new([("click", 5_000), ("payment", 200)])?;
    /// let rate = funnel.interval("payment", 0.95, IntervalMethod::Wilson)?;
    /// assert!((0.034..0.035).contains(&rate.low()) && (0.045..0.046).contains(&rate.high()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn interval(
        &self,
        step: &str,
        level: f64,
        method: IntervalMethod,
    ) -> Result<Interval<f64>, FunnelError> {
        let Transition { before, step, .. } = self.transition(step)?;
        Ok(interval(step.count.value(), before.value(), level, method)?)
    }

    /// The [rate](Self::rate) into a step beside that into a step of `other`, or of this funnel: whether they differ by
    /// more than chance, and by how much.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; [`FunnelError::FirstStep`] of a first step; [`FunnelError::Stats`] where nobody reached
    /// the step before.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{BottleneckRule, Funnel};
    ///
    /// let june = Funnel::new([("visit", 1_000), ("cart", 52), ("payment", 3)])?;
    /// // 5.2 % reach the cart and 5.8 % of those the payment: by so few nobody can tell which step is the bottleneck.
    /// assert_eq!(june.bottleneck(&BottleneckRule::LowestRate)?.step(), "cart");
    /// assert!(!june.rates_beside("cart", &june, "payment")?.is_distinguishable(0.95)?);
    ///
    /// let july = Funnel::new([("visit", 1_000), ("cart", 83), ("payment", 4)])?;
    /// assert!(june.rates_beside("cart", &july, "cart")?.is_distinguishable(0.95)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn rates_beside(
        &self,
        step: &str,
        other: &Self,
        other_step: &str,
    ) -> Result<TwoProportions, FunnelError> {
        let counted = |funnel: &Self, step: &str| -> Result<(u64, u64), FunnelError> {
            let Transition { before, step, .. } = funnel.transition(step)?;
            Ok((step.count.value(), before.value()))
        };
        Ok(TwoProportions::new(counted(self, step)?, counted(other, other_step)?)?)
    }

    /// The confidence interval of the [cumulative rate](Self::cumulative_rate) of a step, at the confidence `level`.
    ///
    /// # Errors
    /// As of [`interval`](Self::interval).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    /// use marketloop::stats::IntervalMethod;
    ///
    /// let funnel = Funnel::new([("impression", 50_000), ("click", 5_000), ("payment", 200)])?;
    /// let rate = funnel.cumulative_interval("payment", 0.95, IntervalMethod::Wilson)?;
    /// assert!(rate.low() < 0.004 && 0.004 < rate.high());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn cumulative_interval(
        &self,
        step: &str,
        level: f64,
        method: IntervalMethod,
    ) -> Result<Interval<f64>, FunnelError> {
        let count = self.transition(step)?.count();
        Ok(interval(count.value(), self.entered().value(), level, method)?)
    }

    /// The transition into each step but the first: by their place, so that a pass over all steps looks no name up.
    pub(super) fn transitions(&self) -> impl ExactSizeIterator<Item = Transition<'_>> + Clone + '_ {
        self.steps.iter().zip(self.steps.iter().skip(1)).map(|(before, step)| Transition {
            funnel: self,
            before: before.count,
            step,
        })
    }

    pub(super) fn same_steps(&self, other: &Self) -> Result<(), FunnelError> {
        let names = |funnel: &Self| funnel.steps().map(|(name, _)| String::from(name)).collect::<Vec<_>>();
        if names(self) == names(other) {
            return Ok(());
        }
        Err(FunnelError::OtherSteps { left: names(self), right: names(other) })
    }

    /// The transition into the step of this name.
    pub(super) fn transition(&self, step: &str) -> Result<Transition<'_>, FunnelError> {
        match self.index_of(step)?.checked_sub(1) {
            None => Err(FunnelError::FirstStep { step: step.into() }),
            Some(place) => {
                let found = self.transitions().nth(place);
                found.ok_or_else(|| FunnelError::UnknownStep { step: step.into() })
            }
        }
    }

    /// A row for each step: its count, and its rate and loss against the step before it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("click", 5_000), ("payment", 200)])?;
    /// assert_eq!(
    ///     funnel.to_string(),
    ///     "step     count  rate %  lost\n\
    ///      click     5000\n\
    ///      payment    200       4  4800\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        self.table_in("1")
    }

    /// The [table](Self::table) with its counts in what is counted: `user`, `visit`, `lead`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Funnel;
    ///
    /// let funnel = Funnel::new([("click", 5_000), ("payment", 200)])?;
    /// assert_eq!(
    ///     funnel.table_in("user").to_string(),
    ///     "step     count user  rate %  lost user\n\
    ///      click          5000\n\
    ///      payment         200       4       4800\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table_in(&self, unit: impl Into<Cow<'static, str>>) -> Table {
        let unit = unit.into();
        let counted = |count: Count| Cell::new(count.value(), unit.clone());
        let mut table = Table::new("step");
        let [first, _] = self.ends();
        table.push(&first.name, "count", counted(first.count));
        for transition in self.transitions() {
            table.push(transition.name(), "count", counted(transition.count()));
            table.push(transition.name(), "rate", percent(transition.rate()));
            table.push(transition.name(), "lost", counted(transition.drop_off()));
        }
        table
    }

    /// The rate of every transition, in the order of the steps.
    ///
    /// # Errors
    /// [`FunnelError::Undefined`] with the first step that has no rate, because nobody reached the step before it.
    pub fn rates(&self) -> Result<Vec<Ratio>, FunnelError> {
        self.transitions().map(|transition| transition.rate()).collect()
    }
}

impl TryFrom<Wire> for Funnel {
    type Error = Problems<FunnelError>;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        Self::check(wire.steps)
    }
}

impl From<Funnel> for Wire {
    fn from(funnel: Funnel) -> Self {
        Self { steps: funnel.steps }
    }
}

impl fmt::Display for Funnel {
    /// The [table](Funnel::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A rate in per cent to two decimals, or the reason why there is none.
pub(super) fn percent(rate: Result<Ratio, FunnelError>) -> Cell {
    let percent = |rate: Ratio| {
        let exact = rate.times(Ratio::from(Decimal::ONE_HUNDRED))?;
        let rounded = exact.round((2, Rounding::HalfEven))?;
        // Only what is exact loses its decimals: `55` for 54.998 would read as a whole number.
        Ok(if Ratio::from(rounded) == exact { rounded.normalize() } else { rounded })
    };
    // A table is to be read. Who calculates takes the exact ratio.
    match rate.and_then(percent) {
        Ok(percent) => Cell::new(percent, "%"),
        Err(error) => Cell::default().because(error),
    }
}

fn quotient(
    part: Count,
    whole: Count,
    undefined: impl FnOnce() -> FunnelError,
) -> Result<Ratio, FunnelError> {
    if whole == Count::ZERO {
        return Err(undefined());
    }
    Ok(Ratio::new(part.to_decimal(), whole.to_decimal())?)
}

/// The transition from one step to the next: how many came in, went on and were lost.
#[derive(Clone, Copy)]
pub(super) struct Transition<'a> {
    funnel: &'a Funnel,
    before: Count,
    step: &'a Step,
}

impl<'a> Transition<'a> {
    /// The name of the step that the transition leads into.
    pub(super) fn name(&self) -> &'a str {
        &self.step.name
    }

    /// How many reached the step before.
    pub(super) const fn before(&self) -> Count {
        self.before
    }

    /// How many reached the step.
    pub(super) const fn count(&self) -> Count {
        self.step.count
    }

    pub(super) fn rate(&self) -> Result<Ratio, FunnelError> {
        quotient(self.count(), self.before, || self.undefined("rate"))
    }

    fn cumulative_rate(&self) -> Result<Ratio, FunnelError> {
        quotient(self.count(), self.funnel.entered(), || self.undefined("cumulative rate"))
    }

    #[expect(clippy::arithmetic_side_effects, reason = "a funnel does not rise")]
    pub(super) fn drop_off(&self) -> Count {
        // A checked funnel does not rise.
        debug_assert!(self.count() <= self.before, "checked when it was made");
        Count::new(self.before.value() - self.count().value())
    }

    fn drop_rate(&self) -> Result<Ratio, FunnelError> {
        quotient(self.drop_off(), self.before, || self.undefined("drop rate"))
    }

    #[expect(clippy::arithmetic_side_effects, reason = "a funnel does not rise")]
    fn share_of_loss(&self) -> Result<Ratio, FunnelError> {
        // A checked funnel does not rise from its first step to its last.
        let lost = Count::new(self.funnel.entered().value() - self.funnel.completed().value());
        quotient(self.drop_off(), lost, || self.undefined("share of loss"))
    }

    #[cold]
    fn undefined(&self, figure: &'static str) -> FunnelError {
        FunnelError::Undefined { figure, step: self.step.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn all_faults_come_at_once() {
        let faults = Funnel::new([("a", 5), ("", 6), ("a", 7)]).unwrap_err();
        let shown = "4 problems\n  steps[1].name: the name at 1 is empty\n  steps[2].name: the step `a` stands \
                     twice\n  steps[1].count: `` has 6, more than the 5 before it\n  steps[2].count: `a` has 7, \
                     more than the 6 before it";
        assert_eq!(faults.to_string(), shown);
        assert_eq!(
            Funnel::new([("a", 5)]).unwrap_err().to_string(),
            "steps: 1 step, a funnel has at least 2"
        );
    }

    #[test]
    fn what_is_over_nothing_is_undefined() {
        let funnel = Funnel::new([("a", 100), ("b", 100), ("c", 0), ("d", 0)]).unwrap();
        let of = |step: &str| funnel.transition(step).unwrap();
        assert_eq!(of("b").rate().unwrap(), Ratio::ONE);
        assert_eq!(of("c").drop_rate().unwrap(), Ratio::ONE);
        let undefined = of("d").rate().unwrap_err();
        assert_eq!(undefined.to_string(), "the rate of `d` is undefined: its whole is 0");
        assert_eq!(undefined.kind(), crate::error::ErrorKind::Undefined);
        assert!(of("d").drop_rate().is_err() && funnel.rates().is_err());
        assert_eq!(of("d").cumulative_rate().unwrap(), Ratio::ZERO);
        assert!(funnel.interval("d", 0.95, IntervalMethod::Wilson).is_err());
        assert!(matches!(funnel.rate("a"), Err(FunnelError::FirstStep { .. })));
        assert!(matches!(funnel.rate("e"), Err(FunnelError::UnknownStep { .. })));
        let still = Funnel::new([("a", 3), ("b", 3)]).unwrap();
        assert!(still.transition("b").unwrap().share_of_loss().is_err());
        let empty = Funnel::new([("a", 0), ("b", 0)]).unwrap();
        assert!(empty.end_to_end_rate().is_err());
    }
}
