//! Which rows made a chain, and how long its steps took.

use super::counts::check_each_name;
use super::events::UserRows;
use super::levels::Finder;
use super::{Events, FunnelError, FunnelRules};
use crate::error::Problems;
use crate::figure::{Cell, Table, beside};
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use crate::stats::{QuantileMethod, mean, sorted_quantile, variance};
use crate::time::Duration;
use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The rows of a chain, each with the step that it is.
type Rows = Vec<(u32, usize)>;

impl FunnelRules {
    /// Each user with the chain that reached the user's level: pairs of a step, from 0, and its row of the columns.
    /// The last step is the level less 1; at level 0 the chain is empty. Optional steps may be missing, and one row
    /// may be several steps where the matching allows it.
    ///
    /// Of several chains that reach the level, the one that ends earliest is shown, and of those the one that starts
    /// latest. Where a property is held constant, chains of different values that tie in this are told apart by the
    /// times of their steps, then by the numbers of their rows. So neither the order of rows of one time nor the
    /// numbering of a property changes a conversion time. Under a [`WindowFunnel`](super::Matching::WindowFunnel) the
    /// chain of each value is the one that the database's function finds.
    ///
    /// # Errors
    /// As of [`count`](Self::count).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_seconds(100))?;
    /// let (users, times) = ([7, 7, 7, 7], [0, 150, 160, 200]);
    /// let events = Events::new(&users, &times, &[0b01, 0b01, 0b00, 0b10])?;
    /// // The first visit is too long ago; the order came 50 seconds after the second.
    /// assert_eq!(rules.chains(&events)?, [(7, vec![(0, 1), (1, 3)])]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "witness")]
    #[expect(clippy::arithmetic_side_effects, reason = "a row of the columns")]
    pub fn chains(&self, events: &Events<'_>) -> Result<Vec<(u64, Rows)>, FunnelError> {
        let mut chains = Vec::new();
        self.each_chain(events, |user, _, mut rows| {
            // From rows of the user to rows of the columns.
            for (_, row) in &mut rows {
                *row += user.rows.start;
            }
            chains.push((user.user, rows));
        })?;
        Ok(chains)
    }

    /// How long each step took the users who reached it: the time since the previous step of their chain.
    ///
    /// # Errors
    /// As of [`count`](Self::count).
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::stats::QuantileMethod;
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "cart", "order"], Duration::from_seconds(100))?;
    /// let (users, times) = ([1, 1, 1, 2, 2], [0, 40, 100, 0, 30]);
    /// let events = Events::new(&users, &times, &[0b001, 0b010, 0b100, 0b001, 0b010])?;
    /// let took = rules.conversion_times(&events)?;
    /// assert_eq!(took.step("cart")?.quantile(0.5, QuantileMethod::Linear)?, 35.0);
    /// assert_eq!(took.whole().iter().collect::<Vec<_>>(), [Duration::from_seconds(100)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "time_to_convert")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a second has a unit at least; times are of steps behind the first"
    )]
    pub fn conversion_times(&self, events: &Events<'_>) -> Result<ConversionTimes, FunnelError> {
        let per_second = events.unit().per_second();
        let mut times = ConversionTimes {
            steps: self.names().into_iter().skip(1).map(|step| (step, Durations::default())).collect(),
            whole: Durations::default(),
        };
        let last = self.count_of_steps();
        #[expect(
            clippy::indexing_slicing,
            reason = "rows of a chain are rows of the user; every step of a chain but the first has times"
        )]
        self.each_chain(events, |user, level, rows| {
            let between = |from: usize, to: usize| user.times[to].abs_diff(user.times[from]) / per_second;
            // By the steps of the chain, not of the funnel: a skipped optional step took no time of its own.
            for pair in rows.windows(2) {
                let [(_, before), (step, row)] = [pair[0], pair[1]];
                times.steps[step as usize - 1].1.seconds.push(between(before, row));
            }
            if let (Some((_, first)), Some((_, end)), true) = (rows.first(), rows.last(), level == last) {
                times.whole.seconds.push(between(*first, *end));
            }
        })?;
        // Once at the end: to keep each list in order while it grows would move half of it for each user.
        let durations = times.steps.iter_mut().map(|(_, durations)| durations).chain([&mut times.whole]);
        durations.for_each(|durations| durations.seconds.sort_unstable());
        Ok(times)
    }

    fn each_chain(
        &self,
        events: &Events<'_>,
        mut act: impl FnMut(&UserRows<'_>, u32, Rows),
    ) -> Result<(), FunnelError> {
        let mut finder: Finder<'_, Rows> = Finder::new(self, events)?;
        events.each_user(|user| {
            let (level, rows) = finder.find(&user);
            act(&user, level, rows);
        })
    }
}

/// How long the steps of a funnel took: for each step but the first the times since the previous step of the chain,
/// and for the whole funnel the times from the first step to the last.
///
/// Shards, each with all rows of its users, are counted on their own and merged in any order.
///
/// ```
/// # use marketloop::funnel::ConversionTimes;
/// let json = r#"{"steps":[["order",[60]]],"whole":[60]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ConversionTimes>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Wire")]
pub struct ConversionTimes {
    steps: Vec<(String, Durations)>,
    whole: Durations,
}

/// The times on the wire, not checked yet.
struct Wire {
    steps: Vec<(String, Durations)>,
    whole: Durations,
}

impl TryFrom<Wire> for ConversionTimes {
    type Error = Problems<FunnelError>;

    fn try_from(Wire { steps, whole }: Wire) -> Result<Self, Self::Error> {
        let mut problems = Problems::new();
        let names = steps.iter().map(|(name, _)| name.as_str());
        check_each_name(names, |step| step.index(0), &mut problems);
        problems.into_result(Self { steps, whole })
    }
}

serialize_fields!(ConversionTimes { steps, whole });
deserialize_fields!("ConversionTimes", Wire { steps, whole });

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
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_days(1))?;
    /// let took = rules.conversion_times(&Events::new(&[1, 1], &[0, 5_400], &[0b01, 0b10])?)?;
    /// assert_eq!(took.step("order")?.iter().next(), Some(Duration::from_minutes(90)));
    /// assert!(took.step("visit").is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn step(&self, name: &str) -> Result<&Durations, FunnelError> {
        let found = self.steps.iter().find(|(own, _)| own == name);
        found.map(|(_, durations)| durations).ok_or_else(|| FunnelError::UnknownStep { step: name.into() })
    }

    /// The times from the first step to the last, of those who came through.
    #[must_use]
    pub const fn whole(&self) -> &Durations {
        &self.whole
    }

    /// A row for each step but the first, and one for the whole funnel: the users, the median time and the time within
    /// which 90 % came (type 8 of R. J. Hyndman and Y. Fan), in the largest unit in which every median is at least 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_days(1))?;
    /// let events = Events::new(&[1, 1, 2, 2], &[0, 5_400, 0, 9_000], &[0b01, 0b10, 0b01, 0b10])?;
    /// assert_eq!(
    ///     rules.conversion_times(&events)?.to_string(),
    ///     "step             users  median hour  90 % within hour\n\
    ///      order                2          2.0               2.5\n\
    ///      from end to end      2          2.0               2.5\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        const WHOLE: &str = "from end to end";
        let steps = self.steps.iter().map(|(name, durations)| (beside(name, &[WHOLE]), durations));
        let all: Vec<(Cow<'_, str>, &Durations)> = steps.chain([(WHOLE.into(), &self.whole)]).collect();
        let method = QuantileMethod::MedianUnbiased;
        let medians = all.iter().filter_map(|(_, durations)| durations.quantile(0.5, method).ok());
        // By the shortest median, so that no step reads as 0.0 of a unit that is too large for it.
        let shortest = medians.reduce(f64::min).unwrap_or(0.0);
        // One unit for the table: cells of different units could not be compared at a glance.
        let units = [("day", 86_400.0), ("hour", 3_600.0), ("minute", 60.0)];
        let (unit, size) = units.into_iter().find(|(_, size)| shortest >= *size).unwrap_or(("second", 1.0));
        let mut table = Table::new("step");
        for (name, durations) in all {
            table.push(&name, "users", Cell::new(durations.len(), "user"));
            for (column, p) in [("median", 0.5), ("90 % within", 0.9)] {
                let cell = match durations.quantile(p, method) {
                    Ok(seconds) => Cell::new(format_args!("{:.1}", seconds / size), unit),
                    Err(error) => Cell::default().because(error),
                };
                table.push(&name, column, cell);
            }
        }
        table
    }

    /// The times of the users of both. No user may be in both.
    ///
    /// # Errors
    /// [`FunnelError::OtherSteps`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{Events, FunnelRules};
    /// use marketloop::time::Duration;
    ///
    /// let rules = FunnelRules::new(["visit", "order"], Duration::from_days(1))?;
    /// let shard = |user| rules.conversion_times(&Events::new(vec![user, user], &[0, 60], &[0b01, 0b10])?);
    /// assert_eq!(shard(1)?.merge(&shard(2)?)?.step("order")?.len(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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

impl fmt::Display for ConversionTimes {
    /// The [table](ConversionTimes::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// Durations in whole seconds (finer times rounded down), shortest first. On the wire a list of seconds.
///
/// # Examples
/// ```
/// use marketloop::funnel::Durations;
/// use marketloop::stats::QuantileMethod;
/// use marketloop::time::Duration;
///
/// let took = Durations::new([308, 146].map(Duration::from_seconds));
/// assert_eq!(took.iter().next(), Some(Duration::from_seconds(146)));
/// assert_eq!(took.quantile(0.5, QuantileMethod::InvertedEmpirical)?, 146.0);
/// assert_eq!(serde_json::to_string(&took)?, "[146,308]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Seconds", into = "Seconds")]
pub struct Durations {
    // Every time and no sketch of them: quantiles are exact, and merging in any order gives the same bits. It costs
    // eight bytes for each conversion.
    seconds: Vec<u64>,
}

/// The seconds on the wire.
#[derive(Serialize, Deserialize)]
struct Seconds(#[serde(with = "crate::quantity::wire::own")] Vec<u64>);

impl From<Seconds> for Durations {
    fn from(wire: Seconds) -> Self {
        wire.0.into()
    }
}

impl From<Durations> for Seconds {
    fn from(durations: Durations) -> Self {
        Self(durations.seconds)
    }
}

impl Durations {
    /// These durations, given in any order.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Durations;
    /// use marketloop::time::Duration;
    ///
    /// let took = Durations::new([Duration::from_hours(2), Duration::from_minutes(5)]);
    /// assert_eq!(took.iter().map(|time| time.to_string()).collect::<Vec<_>>(), ["5 minutes", "2 hours"]);
    /// ```
    #[must_use]
    pub fn new(durations: impl IntoIterator<Item = Duration>) -> Self {
        durations.into_iter().map(Duration::seconds).collect::<Vec<u64>>().into()
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.seconds.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.seconds.is_empty()
    }

    /// The times, shortest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Duration> + DoubleEndedIterator + '_ {
        self.seconds.iter().copied().map(Duration::from_seconds)
    }

    /// The `p` quantile by `method`, in seconds.
    ///
    /// # Errors
    /// Those of [`sorted_quantile`] as [`FunnelError::Stats`], such as for no times.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Durations;
    /// use marketloop::stats::QuantileMethod;
    /// use marketloop::time::Duration;
    ///
    /// let took = Durations::new([1, 2, 10].map(Duration::from_minutes));
    /// assert_eq!(took.quantile(0.5, QuantileMethod::Linear)?, 120.0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quantile(&self, p: f64, method: QuantileMethod) -> Result<f64, FunnelError> {
        Ok(sorted_quantile(&self.floats(), p, method)?)
    }

    /// The arithmetic mean, in seconds.
    ///
    /// # Errors
    /// Those of [`mean`] as [`FunnelError::Stats`], such as for no times.
    pub fn mean(&self) -> Result<f64, FunnelError> {
        Ok(mean(&self.floats())?)
    }

    /// The standard deviation of the sample in seconds, the square root of its unbiased variance.
    ///
    /// # Errors
    /// Those of [`variance`] as [`FunnelError::Stats`], such as for fewer than two times.
    pub fn standard_deviation(&self) -> Result<f64, FunnelError> {
        Ok(libm::sqrt(variance(&self.floats())?))
    }

    /// The times of both.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Durations;
    /// use marketloop::time::Duration;
    ///
    /// let (slow, quick) = (Durations::new([Duration::from_hours(3)]), Durations::new([Duration::from_hours(1)]));
    /// assert_eq!(slow.merge(&quick).mean()?, 7_200.0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let seconds: Vec<u64> = self.seconds.iter().chain(&other.seconds).copied().collect();
        seconds.into()
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate: 53 bits of a time are enough")]
    fn floats(&self) -> Vec<f64> {
        self.seconds.iter().map(|seconds| *seconds as f64).collect()
    }
}

impl FromIterator<Duration> for Durations {
    fn from_iter<I: IntoIterator<Item = Duration>>(durations: I) -> Self {
        Self::new(durations)
    }
}

impl From<Vec<u64>> for Durations {
    /// Seconds in any order.
    fn from(mut seconds: Vec<u64>) -> Self {
        seconds.sort_unstable();
        Self { seconds }
    }
}

impl From<Durations> for Vec<u64> {
    /// The seconds, shortest first.
    fn from(durations: Durations) -> Self {
        durations.seconds
    }
}
