//! Which rows made a chain, and how long its steps took.

use super::events::UserRows;
use super::levels::Finder;
use super::{EventColumns, FunnelError, FunnelRules};
use crate::stats::{QuantileMethod, mean, sorted_quantile, variance};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The chain of one user: the rows that reached the user's level.
///
/// Of the chains that reach the level, one that ends earliest, and of those one that starts latest; between the
/// values of a property that is held constant then by the steps with their times, in their order, and last by the
/// numbers of the rows. So neither the order of rows of one time nor the numbering of a property changes a time
/// to convert.
///
/// A [`WindowFunnel`](super::Matching::WindowFunnel) shows the chain that the database's function finds for each
/// value, and chooses between values in the same order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Witness {
    #[serde(serialize_with = "crate::quantity::wire::whole::serialize")]
    user: u64,
    level: u32,
    rows: Vec<(u32, usize)>,
}

impl Witness {
    /// The user.
    #[must_use]
    pub const fn user(&self) -> u64 {
        self.user
    }

    /// The level: the number of the deepest step, from 1; 0 without a chain.
    #[must_use]
    pub const fn level(&self) -> u32 {
        self.level
    }

    /// The steps of the chain, from 0, each with its row of the columns. Optional steps may be missing; one row
    /// may stand at several steps where the matching lets it.
    #[must_use]
    pub fn rows(&self) -> &[(u32, usize)] {
        &self.rows
    }
}

impl FunnelRules {
    /// The chain of each user of these rows, in their order.
    ///
    /// # Errors
    /// As of [`count`](Self::count).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{EventColumns, FunnelRules};
    ///
    /// let rules = FunnelRules::new(["visit", "order"], 100)?;
    /// let (users, times) = ([7, 7, 7, 7], [0, 150, 160, 200]);
    /// let events = EventColumns::new(&users, &times, &[0b01, 0b01, 0b00, 0b10])?;
    /// // The first visit is too long ago; the order came 50 after the second.
    /// assert_eq!(rules.witnesses(&events)?[0].rows(), [(0, 1), (1, 3)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn witnesses(&self, events: &EventColumns<'_>) -> Result<Vec<Witness>, FunnelError> {
        let mut witnesses = Vec::new();
        self.each_chain(events, |user, level, path| {
            let in_columns = |(step, row): (u32, usize)| (step, user.rows.start.saturating_add(row));
            let rows = path.into_iter().map(in_columns).collect();
            witnesses.push(Witness { user: user.user, level, rows });
        })?;
        Ok(witnesses)
    }

    /// How long each step took, of those who reached it: from the row of the chain's step before it to its own.
    ///
    /// # Errors
    /// As of [`count`](Self::count).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{EventColumns, FunnelRules};
    /// use marketloop::stats::QuantileMethod;
    ///
    /// let rules = FunnelRules::new(["visit", "cart", "order"], 100)?;
    /// let (users, times) = ([1, 1, 1, 2, 2], [0, 40, 100, 0, 30]);
    /// let events = EventColumns::new(&users, &times, &[0b001, 0b010, 0b100, 0b001, 0b010])?;
    /// let took = rules.conversion_times(&events)?;
    /// assert_eq!(took.step("cart")?.quantile(0.5, QuantileMethod::Linear)?, 35.0);
    /// assert_eq!(took.whole().values(), [100]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn conversion_times(&self, events: &EventColumns<'_>) -> Result<ConversionTimes, FunnelError> {
        let mut times = ConversionTimes {
            steps: self.names().into_iter().skip(1).map(|step| (step, Durations::default())).collect(),
            whole: Durations::default(),
        };
        let last = u32::try_from(self.steps().len()).unwrap_or(u32::MAX);
        self.each_chain(events, |user, level, path| {
            let time = |row: &usize| user.times.get(*row).copied().unwrap_or_default();
            for ((_, before), (step, row)) in path.iter().zip(path.iter().skip(1)) {
                let own = (*step as usize).checked_sub(1).and_then(|step| times.steps.get_mut(step));
                if let Some((_, durations)) = own {
                    durations.values.push(time(row).abs_diff(time(before)));
                }
            }
            if let (Some((_, first)), Some((_, end)), true) = (path.first(), path.last(), level == last) {
                times.whole.values.push(time(end).abs_diff(time(first)));
            }
        })?;
        let durations = times.steps.iter_mut().map(|(_, durations)| durations).chain([&mut times.whole]);
        durations.for_each(|durations| durations.values.sort_unstable());
        Ok(times)
    }

    fn each_chain(
        &self,
        events: &EventColumns<'_>,
        mut act: impl FnMut(&UserRows<'_>, u32, Vec<(u32, usize)>),
    ) -> Result<(), FunnelError> {
        let mut finder: Finder<'_, Vec<(u32, usize)>> = Finder::new(self, events)?;
        events.each_user(|user| {
            let (level, path) = finder.find(&user);
            act(&user, level, path);
        })
    }
}

/// How long the steps of a funnel took: for each step but the first the times since the step before it in the
/// chain, and for the whole funnel those from first to last.
///
/// Shards of whole users are taken on their own and merged in any order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionTimes {
    steps: Vec<(String, Durations)>,
    whole: Durations,
}

impl ConversionTimes {
    /// The steps but the first, each with its times.
    #[must_use]
    pub fn steps(&self) -> &[(String, Durations)] {
        &self.steps
    }

    /// The times of the step of this name.
    ///
    /// # Errors
    /// [`FunnelError::UnknownStep`]; the first step has no times.
    pub fn step(&self, name: &str) -> Result<&Durations, FunnelError> {
        let found = self.steps.iter().find(|(own, _)| own == name);
        found.map(|(_, durations)| durations).ok_or_else(|| FunnelError::UnknownStep { step: name.into() })
    }

    /// The times from the first step to the last, of those who came through.
    #[must_use]
    pub const fn whole(&self) -> &Durations {
        &self.whole
    }

    /// The times of both, of different users.
    ///
    /// # Errors
    /// [`FunnelError::OtherSteps`].
    pub fn merge(&self, other: &Self) -> Result<Self, FunnelError> {
        let names = |own: &Self| own.steps.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        if names(self) != names(other) {
            return Err(FunnelError::OtherSteps { left: names(self), right: names(other) });
        }
        let steps = self.steps.iter().zip(&other.steps);
        let steps = steps.map(|((name, left), (_, right))| (name.clone(), left.merge(right))).collect();
        Ok(Self { steps, whole: self.whole.merge(&other.whole) })
    }
}

/// Times that something took, in the unit of the events' times, shortest first.
///
/// # Examples
/// ```
/// use marketloop::funnel::Durations;
/// use marketloop::stats::QuantileMethod;
///
/// let took = Durations::new([308, 146]);
/// assert_eq!(took.mean()?, 227.0);
/// assert_eq!(took.quantile(0.5, QuantileMethod::InvertedEmpirical)?, 146.0);
/// assert!(Durations::new([]).mean().is_err());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<u64>", into = "Vec<u64>")]
pub struct Durations {
    values: Vec<u64>,
}

impl Durations {
    /// Takes times in any order.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = u64>) -> Self {
        let mut values: Vec<u64> = values.into_iter().collect();
        values.sort_unstable();
        Self { values }
    }

    /// The times, shortest first.
    #[must_use]
    pub fn values(&self) -> &[u64] {
        &self.values
    }

    /// The `p` quantile by the named definition.
    ///
    /// # Errors
    /// As of [`sorted_quantile`], as [`FunnelError::Stats`]: none without a time.
    pub fn quantile(&self, p: f64, method: QuantileMethod) -> Result<f64, FunnelError> {
        Ok(sorted_quantile(&self.floats(), p, method)?)
    }

    /// The arithmetic mean.
    ///
    /// # Errors
    /// As of [`mean`], as [`FunnelError::Stats`]: none without a time.
    pub fn mean(&self) -> Result<f64, FunnelError> {
        Ok(mean(&self.floats())?)
    }

    /// The standard deviation of the sample, the square root of its unbiased variance.
    ///
    /// # Errors
    /// As of [`variance`], as [`FunnelError::Stats`]: none without two times.
    pub fn standard_deviation(&self) -> Result<f64, FunnelError> {
        Ok(libm::sqrt(variance(&self.floats())?))
    }

    /// The times of both.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        Self::new(self.values.iter().chain(&other.values).copied())
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a time are enough")]
    fn floats(&self) -> Vec<f64> {
        self.values.iter().map(|value| *value as f64).collect()
    }
}

impl From<Vec<u64>> for Durations {
    fn from(values: Vec<u64>) -> Self {
        Self::new(values)
    }
}

impl From<Durations> for Vec<u64> {
    fn from(durations: Durations) -> Self {
        durations.values
    }
}
