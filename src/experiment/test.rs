//! A test as it is written down before it starts: what is compared, when it is read, and by which rule it ends.

use super::as_float::float;
use super::guardrail::Guardrail;
use super::monitoring::{Monitoring, Watch};
use super::{ExperimentError, ExperimentMetric, ExperimentSums, Units, check_names};
use crate::error::{Path, Problems};
use crate::quantity::Share;
use crate::quantity::wire::wire_fields;
use crate::stats::StatsError;
use crate::target::Better;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A test as it is written down before its first unit: arms, goal, guardrails, units, error, when it is read, and so by
/// which rule it ends.
///
/// [`begin`](ExperimentTest::begin) makes the record to which looks are added; each look is answered by a
/// [decision](super::ExperimentDecision). The first arm is the control. Of several new arms each is compared with the control
/// at alpha divided by their number (Bonferroni).
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentAction, ExperimentMetric, ExperimentSums, ExperimentTest, Monitoring, Units};
/// use marketloop::time::date;
///
/// let test = ExperimentTest::draft("landing page", ["old", "new"], ExperimentMetric::proportion("bought"), 4_000)
///     .with_monitoring(Monitoring::AlwaysValid)
///     .with_least_days(7)
///     .check()?;
/// let mut record = test.begin(date(2026, 8, 3)?);
///
/// // After a week: 1,500 visitors of each page, 75 and 150 of whom bought.
/// let arms: Vec<u32> = (0..3_000).map(|unit| unit % 2).collect();
/// let bought: Vec<i64> = (0..3_000).map(|unit| i64::from(unit / 2 % 20 < 1 + unit % 2)).collect();
/// let sums = record.test().sums(&Units::new(&arms).with_column("bought", &bought)?)?;
/// let decision = record.look(date(2026, 8, 9)?, sums)?;
/// assert_eq!(decision.action(), &ExperimentAction::Ship { arm: "new".into() });
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::ExperimentTest;
/// let json = r#"{
///   "name": "landing page",
///   "arms": ["old", "new"],
///   "goal": {"name": "bought", "kind": {"proportion": {"of": "bought"}}},
///   "units": 20000,
///   "alpha": "0.05",
///   "monitoring": "always_valid",
///   "least_days": 14
/// }"#;
/// let read: ExperimentTest = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ExperimentTest>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ExperimentTestDraft", into = "ExperimentTestDraft")]
pub struct ExperimentTest {
    // Checked: two arms at least with names, shares above 0 if any, an alpha within 0..1, units above 0.
    parts: ExperimentTestDraft,
}

/// A test that is being written down; [`check`](Self::check) makes it an [`ExperimentTest`].
///
/// ```
/// # use marketloop::experiment::ExperimentTestDraft;
/// let json = r#"{"name":"page","arms":["old","new"],"goal":{"name":"bought","kind":{"proportion":{"of":"bought"}}},"units":20000,"alpha":"0.05","monitoring":"always_valid"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ExperimentTestDraft>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentTestDraft {
    name: String,
    arms: Vec<String>,
    shares: Vec<Share>,
    goal: ExperimentMetric,
    better: Better,
    smallest_effect: Option<f64>,
    guardrails: Vec<Guardrail>,
    units: u64,
    alpha: f64,
    monitoring: Monitoring,
    least_days: u32,
    most_days: Option<u32>,
    least_units: u64,
    sample_ratio_alpha: f64,
}

wire_fields!(
    "ExperimentTest",
    ExperimentTestDraft {
        name,
        arms,
        shares: optional(own),
        goal,
        better: unless(is_higher, higher),
        smallest_effect: optional(own),
        guardrails: optional,
        units: own,
        alpha: own,
        monitoring,
        least_days: unless(is_one, one, own),
        most_days: optional(own),
        least_units: unless(is_hundred, hundred, own),
        sample_ratio_alpha: unless(is_thousandth, thousandth, own),
    }
);

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the wire hands over a field")]
fn is_higher(better: &Better) -> bool {
    *better == Better::Higher
}

const fn higher() -> Better {
    Better::Higher
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the wire hands over a field")]
const fn is_one(days: &u32) -> bool {
    *days == 1
}

const fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the wire hands over a field")]
const fn is_hundred(units: &u64) -> bool {
    *units == 100
}

const fn hundred() -> u64 {
    100
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the wire hands over a field")]
fn is_thousandth(alpha: &f64) -> bool {
    alpha.to_bits() == thousandth().to_bits()
}

const fn thousandth() -> f64 {
    0.001
}

impl TryFrom<ExperimentTestDraft> for ExperimentTest {
    type Error = Problems<ExperimentError>;

    fn try_from(draft: ExperimentTestDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<ExperimentTest> for ExperimentTestDraft {
    fn from(test: ExperimentTest) -> Self {
        test.parts
    }
}

impl ExperimentTestDraft {
    /// The units are assigned in these shares, one for each arm; without shares the arms are alike.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest};
    ///
    /// let pilot = ExperimentTest::draft("pilot", ["now", "new"], ExperimentMetric::proportion("bought"), 50_000)
    ///     .with_shares(["90%".parse()?, "10%".parse()?])
    ///     .check()?;
    /// assert_eq!(pilot.shares().len(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_shares(mut self, shares: impl IntoIterator<Item = Share>) -> Self {
        self.shares = shares.into_iter().collect();
        self
    }

    /// Which way the goal is better; without it, higher.
    #[must_use]
    pub const fn with_better(mut self, better: Better) -> Self {
        self.better = better;
        self
    }

    /// The smallest effect for which a new arm would be worth its trouble, in the goal's unit. An arm whose interval lies
    /// below it is dropped.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest};
    ///
    /// let half_a_point = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 9_000)
    ///     .with_smallest_effect(0.005)
    ///     .check()?;
    /// assert_eq!(half_a_point.smallest_effect(), Some(0.005));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_smallest_effect(mut self, effect: f64) -> Self {
        self.smallest_effect = Some(effect);
        self
    }

    /// A metric that may not get worse.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest, Guardrail};
    /// use marketloop::target::Better;
    ///
    /// let complaints = Guardrail::new(ExperimentMetric::proportion("complained"), Better::Lower, 0.005);
    /// let test = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 9_000)
    ///     .guardrail(complaints)
    ///     .check()?;
    /// assert_eq!(test.guardrail("complained")?.margin(), 0.005);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn guardrail(mut self, guardrail: Guardrail) -> Self {
        self.guardrails.push(guardrail);
        self
    }

    /// The probability to err at most; without it, 0.05.
    #[must_use]
    pub const fn with_alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// When the test is read; without it, once.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest, Monitoring};
    ///
    /// let daily = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 9_000)
    ///     .with_monitoring(Monitoring::equal_looks(14))
    ///     .check()?;
    /// assert_ne!(daily.monitoring(), &Monitoring::FixedHorizon);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_monitoring(mut self, monitoring: Monitoring) -> Self {
        self.monitoring = monitoring;
        self
    }

    /// No arm is shipped before so many days, and the test does not end for its planned units: whole weeks, so that no weekday
    /// decides. Harm may end it earlier.
    #[must_use]
    pub const fn with_least_days(mut self, days: u32) -> Self {
        self.least_days = days;
        self
    }

    /// The test ends after so many days, whether or not the units are there.
    #[must_use]
    pub const fn with_most_days(mut self, days: u32) -> Self {
        self.most_days = Some(days);
        self
    }

    /// Nothing is read of an arm with fewer units; without it, 100.
    #[must_use]
    pub const fn with_least_units(mut self, units: u64) -> Self {
        self.least_units = units;
        self
    }

    /// The probability that a sound test is stopped because its arms are not of their shares, over all looks; without it,
    /// 0.001.
    #[must_use]
    pub const fn with_sample_ratio_alpha(mut self, alpha: f64) -> Self {
        self.sample_ratio_alpha = alpha;
        self
    }

    /// The checked test.
    ///
    /// # Errors
    /// All problems at once, each with its path: [`ExperimentError::EmptyName`], [`ExperimentError::TooFewArms`],
    /// [`ExperimentError::Duplicate`], [`ExperimentError::SharesLength`], [`ExperimentError::NoUnits`],
    /// [`ExperimentError::Days`], [`ExperimentError::LastLook`], those of the metrics, and [`ExperimentError::Stats`] for an
    /// alpha, a share, a margin, a smallest effect or a monitoring out of range.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest};
    ///
    /// let draft = ExperimentTest::draft("page", ["old", "old"], ExperimentMetric::proportion("bought"), 0);
    /// assert_eq!(
    ///     draft.with_alpha(1.5).check().unwrap_err().to_string(),
    ///     "3 problems\n  arms: the arm `old` stands twice\n  units: a test without units\n  \
    ///      alpha: alpha 1.5 is outside 0..1, both ends excluded"
    /// );
    /// ```
    pub fn check(self) -> Result<ExperimentTest, Problems<ExperimentError>> {
        let (mut problems, root) = (Problems::new(), Path::root());
        if self.name.trim().is_empty() {
            problems.push(root.field("name"), ExperimentError::EmptyName { what: "test" });
        }
        let arms = root.field("arms");
        if self.arms.len() < 2 {
            problems.push(arms.clone(), ExperimentError::TooFewArms { arms: self.arms.len() });
        }
        problems.take(&arms, check_names("arm", &self.arms));
        if !self.shares.is_empty() {
            let shares = root.field("shares");
            if self.shares.len() != self.arms.len() {
                let (expected, actual) = (self.arms.len(), self.shares.len());
                problems.push(shares.clone(), ExperimentError::SharesLength { expected, actual });
            }
            for (index, share) in self.shares.iter().enumerate() {
                if share.value().is_zero() {
                    let range = "above 0, an arm without units shows nothing";
                    let error = StatsError::OutOfRange { name: "share", value: 0.0, range };
                    problems.push(shares.index(index), error);
                }
            }
        }
        self.check_metrics(&root, &mut problems);
        if self.units == 0 {
            problems.push(root.field("units"), ExperimentError::NoUnits);
        }
        let alphas = [("alpha", self.alpha), ("sample_ratio_alpha", self.sample_ratio_alpha)];
        let alpha_problems = problems.len();
        for (name, value) in alphas {
            problems.take(&root.field(name), open_unit("alpha", value));
        }
        if alpha_problems == problems.len() && self.units > 0 && self.arms.len() > 1 {
            let watch = self.monitoring.begin(self.alpha / float(self.comparisons()), self.units);
            problems.take(&root.field("monitoring"), watch);
        }
        let (least, most) = (self.least_days, self.most_days);
        if least == 0 {
            problems.push(root.field("least_days"), ExperimentError::Days { least, most });
        } else if most.is_some_and(|most| most < least) {
            problems.push(root.field("most_days"), ExperimentError::Days { least, most });
        }
        if let Some(value) = self.smallest_effect
            && !(0.0..=f64::MAX).contains(&value)
        {
            let error = StatsError::OutOfRange { name: "effect", value, range: "the numbers from 0" };
            problems.push(root.field("smallest_effect"), error);
        }
        problems.into_result(ExperimentTest { parts: self })
    }

    fn check_metrics(&self, root: &Path, problems: &mut Problems<ExperimentError>) {
        self.goal.check(&root.field("goal"), problems);
        for (index, guardrail) in self.guardrails.iter().enumerate() {
            let path = root.field("guardrails").index(index);
            let metric = guardrail.metric();
            metric.check(&path.field("metric"), problems);
            let before = self.guardrails.iter().take(index).map(Guardrail::metric);
            if before.chain([&self.goal]).any(|other| other.name() == metric.name()) {
                let name = metric.name().to_string();
                problems.push(path.field("metric"), ExperimentError::Duplicate { what: "metric", name });
            }
            problems.take(&path.field("margin"), guardrail.check());
        }
    }

    /// How many new arms are compared with the control.
    fn comparisons(&self) -> u64 {
        self.arms.len().saturating_sub(1) as u64
    }
}

/// A probability that is neither 0 nor 1.
fn open_unit(name: &'static str, value: f64) -> Result<f64, StatsError> {
    if !value.is_finite() {
        return Err(StatsError::NotFinite { name, value });
    }
    if value <= 0.0 || value >= 1.0 {
        return Err(StatsError::OutOfRange { name, value, range: "0..1, both ends excluded" });
    }
    Ok(value)
}

impl ExperimentTest {
    /// Begins to write down a test of these arms, the control first, by this goal, planned for so many units in all.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest, Guardrail, Monitoring};
    /// use marketloop::target::Better;
    ///
    /// let revenue = ExperimentMetric::mean("revenue").with_decimals(2);
    /// let test = ExperimentTest::draft("title", ["A", "B", "C"], ExperimentMetric::proportion("clicked"), 30_000)
    ///     .guardrail(Guardrail::relative(revenue, Better::Higher, 0.02))
    ///     .with_monitoring(Monitoring::equal_looks(6))
    ///     .check()?;
    /// assert_eq!(test.comparisons(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn draft<N: Into<String>>(
        name: impl Into<String>,
        arms: impl IntoIterator<Item = N>,
        goal: ExperimentMetric,
        units: u64,
    ) -> ExperimentTestDraft {
        ExperimentTestDraft {
            name: name.into(),
            arms: arms.into_iter().map(Into::into).collect(),
            shares: Vec::new(),
            goal,
            better: Better::Higher,
            smallest_effect: None,
            guardrails: Vec::new(),
            units,
            alpha: 0.05,
            monitoring: Monitoring::FixedHorizon,
            least_days: one(),
            most_days: None,
            least_units: hundred(),
            sample_ratio_alpha: thousandth(),
        }
    }

    /// The sums of the goal and of all guardrails of these units: what a look takes.
    ///
    /// # Errors
    /// Those of [`ExperimentSums::of`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentTest, Units};
    ///
    /// let test = ExperimentTest::draft("page", ["old", "new"], ExperimentMetric::proportion("bought"), 9_000).check()?;
    /// let monday = test.sums(&Units::new(&[0, 1]).with_column("bought", &[0, 1])?)?;
    /// let tuesday = test.sums(&Units::new(&[1, 1]).with_column("bought", &[1, 0])?)?;
    /// assert_eq!(monday.merge(&tuesday)?.units("new")?, 3);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn sums(&self, units: &Units<'_>) -> Result<ExperimentSums, Problems<ExperimentError>> {
        let metrics = core::iter::once(self.goal()).chain(self.guardrails().iter().map(Guardrail::metric));
        ExperimentSums::of(self.arms().iter().cloned(), metrics.cloned(), units)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// The names of the arms, the control first.
    #[must_use]
    pub fn arms(&self) -> &[String] {
        &self.parts.arms
    }

    /// The shares in which units are assigned; none where the arms are alike.
    #[must_use]
    pub fn shares(&self) -> &[Share] {
        &self.parts.shares
    }

    /// The metric that decides.
    #[must_use]
    pub const fn goal(&self) -> &ExperimentMetric {
        &self.parts.goal
    }

    /// Which way the goal is better.
    #[must_use]
    pub const fn better(&self) -> Better {
        self.parts.better
    }

    /// The smallest effect that would be worth it.
    #[must_use]
    pub const fn smallest_effect(&self) -> Option<f64> {
        self.parts.smallest_effect
    }

    /// The metrics that may not get worse.
    #[must_use]
    pub fn guardrails(&self) -> &[Guardrail] {
        &self.parts.guardrails
    }

    /// The planned units of all arms together.
    #[must_use]
    pub const fn units(&self) -> u64 {
        self.parts.units
    }

    /// The probability to err at most, of all comparisons with the control together.
    #[must_use]
    pub const fn alpha(&self) -> f64 {
        self.parts.alpha
    }

    /// When the test is read.
    #[must_use]
    pub const fn monitoring(&self) -> &Monitoring {
        &self.parts.monitoring
    }

    /// No arm is shipped before so many days.
    #[must_use]
    pub const fn least_days(&self) -> u32 {
        self.parts.least_days
    }

    /// The test ends after so many days.
    #[must_use]
    pub const fn most_days(&self) -> Option<u32> {
        self.parts.most_days
    }

    /// Nothing is read of an arm with fewer units.
    #[must_use]
    pub const fn least_units(&self) -> u64 {
        self.parts.least_units
    }

    /// The probability to stop a sound test for the shares of its arms.
    #[must_use]
    pub const fn sample_ratio_alpha(&self) -> f64 {
        self.parts.sample_ratio_alpha
    }

    /// How many new arms are compared with the control.
    #[must_use]
    pub fn comparisons(&self) -> u64 {
        self.parts.comparisons()
    }

    /// The alpha of one comparison.
    pub(super) fn alpha_of_one(&self) -> f64 {
        self.alpha() / float(self.comparisons())
    }

    pub(super) fn watch(&self) -> Result<Watch, ExperimentError> {
        self.monitoring().begin(self.alpha_of_one(), self.units())
    }
}
