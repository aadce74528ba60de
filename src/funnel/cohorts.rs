//! Cohorts: how many of the users who began in one period came back in each later one.

use super::counts::percent;
use super::{Events, FunnelError, Retained, Retention};
use crate::error::{Path, Problems};
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Count;
use crate::quantity::wire::{deserialize_fields, serialize_fields, wire_fields};
use crate::time::{Duration, TimeUnit};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// How events become cohorts: the length of a period, the last observed period, and brackets of periods.
///
/// With a [period](Self::with_period) times are divided into periods of that length, counted from
/// 1970-01-01T00:00:00Z. Without one the times are the numbers of days, weeks or months themselves.
///
/// # Examples
/// ```
/// use marketloop::figure::Figure;
/// use marketloop::funnel::{CohortRules, Events, Retention};
///
/// // Bit 0 begins, bit 1 returns. Days 0 to 8 were observed.
/// let rules = CohortRules::new(8).with_bracket(1, 7)?;
/// let (users, days) = ([1, 1, 1, 2, 3, 3], [0, 1, 5, 0, 3, 5]);
/// let events = Events::new(&users, &days, &[0b01, 0b10, 0b10, 0b01, 0b01, 0b10])?;
/// let cohorts = rules.cohorts(&events)?;
/// assert_eq!(cohorts.cell(0, Retention::On(1))?.get()?.rate()?.to_string(), "1/2");
/// assert_eq!(cohorts.cell(0, Retention::OnOrAfter(2))?.get()?.rate()?.to_string(), "1/2");
/// // The cohort of day 3 cannot have seen its 7th day.
/// assert_eq!(cohorts.cell(3, Retention::Bracket(0))?, Figure::missing("period 10"));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// As JSON:
/// ```
/// use marketloop::funnel::CohortRules;
/// use marketloop::time::Duration;
///
/// let json = r#"{"last":20635,"period":"1 day","brackets":[[1,7]]}"#;
/// let rules = CohortRules::new(20_635).with_period(Duration::from_days(1))?.with_bracket(1, 7)?;
/// assert_eq!(serde_json::from_str::<CohortRules>(json)?, rules);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "CohortRulesDraft")]
#[doc(alias = "同期群")]
pub struct CohortRules {
    last: i64,
    period: Option<Duration>,
    brackets: Vec<(u64, u64)>,
}

serialize_fields!(CohortRules { last, period: optional, brackets: own });

struct CohortRulesDraft {
    last: i64,
    period: Option<Duration>,
    brackets: Vec<(u64, u64)>,
}

deserialize_fields!("CohortRules", CohortRulesDraft { last, period: default, brackets: default(own) });

impl TryFrom<CohortRulesDraft> for CohortRules {
    type Error = FunnelError;

    fn try_from(draft: CohortRulesDraft) -> Result<Self, Self::Error> {
        let rules = Self::new(draft.last);
        let rules = draft.period.map_or(Ok(rules.clone()), |period| rules.with_period(period))?;
        draft.brackets.into_iter().try_fold(rules, |rules, (from, to)| rules.with_bracket(from, to))
    }
}

impl CohortRules {
    /// Rules without brackets whose last observed period is `last`; times are the numbers of periods.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events, Retention};
    ///
    /// // Months by their numbers; the user of month 3 came back in month 4.
    /// let events = Events::new(&[1, 1], &[3, 4], &[0b01, 0b10])?;
    /// let cohorts = CohortRules::new(6).cohorts(&events)?;
    /// assert_eq!(cohorts.cell(3, Retention::On(1))?.get()?.retained().value(), 1);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn new(last: i64) -> Self {
        Self { last, period: None, brackets: Vec::new() }
    }

    /// Divides times into periods of this length, counted from 1970-01-01T00:00:00Z. Periods of a day are days of UTC.
    ///
    /// # Errors
    /// [`FunnelError::EmptyPeriod`] for a length of 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events, Retention};
    /// use marketloop::time::Duration;
    ///
    /// let rules = CohortRules::new(7).with_period(Duration::from_days(1))?;
    /// // Signed up late on day 2, back early on day 3.
    /// let events = Events::new(&[1, 1], &[3 * 86_400 - 1, 3 * 86_400], &[0b01, 0b10])?;
    /// assert_eq!(rules.cohorts(&events)?.cell(2, Retention::On(1))?.get()?.rate()?.to_percent(), "100%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_period(self, period: Duration) -> Result<Self, FunnelError> {
        if period == Duration::ZERO {
            return Err(FunnelError::EmptyPeriod);
        }
        Ok(Self { period: Some(period), ..self })
    }

    /// Adds a bracket: the periods from `from` to `to` after the cohort's own, both included.
    ///
    /// # Errors
    /// [`FunnelError::EmptyBracket`] where `from` is above `to`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events, Retention};
    ///
    /// let rules = CohortRules::new(30).with_bracket(1, 7)?.with_bracket(8, 14)?;
    /// let events = Events::new(&[1, 1], &[0, 9], &[0b01, 0b10])?;
    /// let cohorts = rules.cohorts(&events)?;
    /// let retained = |number| Ok::<_, marketloop::Error>(cohorts.cell(0, Retention::Bracket(number))?.get()?.retained());
    /// assert_eq!((retained(0)?.value(), retained(1)?.value()), (0, 1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_bracket(mut self, from: u64, to: u64) -> Result<Self, FunnelError> {
        if from > to {
            return Err(FunnelError::EmptyBracket { from, to });
        }
        // Brackets may overlap and repeat: each is counted on its own.
        self.brackets.push((from, to));
        Ok(self)
    }

    /// The last period that was observed.
    #[must_use]
    pub const fn last(&self) -> i64 {
        self.last
    }

    /// The length of a period; `None` where times are the numbers of periods.
    #[must_use]
    pub const fn period(&self) -> Option<Duration> {
        self.period
    }

    /// The brackets.
    #[must_use]
    pub fn brackets(&self) -> &[(u64, u64)] {
        &self.brackets
    }

    /// The cohorts of these rows. A user starts at the first row with bit 0, and the period of that row is the user's
    /// cohort; users without such a row are in none. A user is active in each period that has a row with bit 1 at
    /// the start or later. Times are compared, not periods: a purchase an hour before the sign-up does not count,
    /// even on the same day. Rows of one time have no order, so that a return at the time of the start counts.
    ///
    /// # Errors
    /// [`FunnelError::NotSorted`]; [`FunnelError::AfterLast`] for a row with one of the bits after the last period.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events};
    ///
    /// let events = Events::new(&[1, 1, 2], &[0, 1, 1], &[0b01, 0b10, 0b01])?;
    /// let cohorts = CohortRules::new(1).cohorts(&events)?;
    /// assert_eq!(cohorts.cohorts().map(|(day, size)| (day, size.value())).collect::<Vec<_>>(), [(0, 1), (1, 1)]);
    /// // There are rows of day 1, so that day 0 cannot be the last one observed.
    /// assert!(CohortRules::new(0).cohorts(&events).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "a row of the columns")]
    pub fn cohorts(&self, events: &Events<'_>) -> Result<CohortMatrix, FunnelError> {
        let length = self.period.map(|period| period_length(period, events.unit()));
        let period_of = |time: i64| length.map_or(time, |length| period_of(time, length));
        let mut matrix = CohortMatrix { rules: self.clone(), cohorts: BTreeMap::new() };
        let mut active: BTreeSet<u64> = BTreeSet::new();
        // The first late row alone is reported: a column with one late row mostly has millions.
        let mut late = None;
        events.each_user(|user| {
            let periods = || user.times.iter().map(|time| period_of(*time)).zip(user.masks);
            // What neither starts nor returns may come later: no cohort counts it.
            let after = periods().position(|(period, mask)| period > self.last && mask & 0b11 != 0);
            if let Some(place) = after {
                late = late.or(Some(user.rows.start + place));
            }
            let mut rows = user.times.iter().zip(user.masks);
            let Some((start, _)) = rows.find(|(_, mask)| **mask & 0b01 != 0) else { return };
            let cohort = period_of(*start);
            // A set: a user is active in a period once, whatever the number of rows.
            active.clear();
            // Rows of the time of the start may stand before it.
            let from = user.times.partition_point(|time| time < start);
            let returns = periods().skip(from).filter(|(_, mask)| *mask & 0b10 != 0);
            active.extend(returns.map(|(period, _)| period.abs_diff(cohort)));
            matrix.add(cohort, &active);
        })?;
        match late {
            Some(row) => Err(FunnelError::AfterLast { row, last: self.last }),
            None => Ok(matrix),
        }
    }
}

/// The length of a period in the unit of the times; a length of 64 bits or more has two periods, before time 0 and
/// after it.
#[expect(clippy::arithmetic_side_effects, reason = "64 bits times 30: far from 128")]
const fn period_length(period: Duration, unit: TimeUnit) -> i128 {
    period.seconds() as i128 * unit.per_second() as i128
}

/// The number of the period of this time; below 0 before time 0.
#[expect(clippy::cast_possible_truncation, reason = "a quotient by 1 or more is no larger than the time")]
fn period_of(time: i64, length: i128) -> i64 {
    debug_assert!(length > 0, "checked with the rules");
    // Rounded down, so that the period before the epoch is as long as the one after it.
    i128::from(time).div_euclid(length) as i64
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
struct Cohort {
    size: u64,
    /// How many were active in each period after the cohort's own.
    active: BTreeMap<u64, u64>,
    /// How many were active for the last time in each.
    last_active: BTreeMap<u64, u64>,
    brackets: Vec<u64>,
}

/// How many users of each cohort came back in which period. Matrices of different users merge in any order.
///
/// ```
/// # use marketloop::funnel::CohortMatrix;
/// let json = r#"{
///   "rules": {"last": 8, "brackets": [[1, 7]]},
///   "cohorts": [{"cohort": 0, "size": 2, "active": [[1, 1], [5, 1]], "last_active": [[5, 1]], "brackets": [1]}]
/// }"#;
/// let read: CohortMatrix = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<CohortMatrix>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "MatrixWire", into = "MatrixWire")]
pub struct CohortMatrix {
    rules: CohortRules,
    cohorts: BTreeMap<i64, Cohort>,
}

/// The matrix on the wire, not checked yet.
struct MatrixWire {
    rules: CohortRules,
    cohorts: Vec<CohortWire>,
}

wire_fields!("CohortMatrix", MatrixWire { rules, cohorts });

/// One cohort on the wire, not checked yet. Periods count from the cohort's own.
struct CohortWire {
    /// The period in which it began.
    cohort: i64,
    size: u64,
    /// How many were active in a period.
    active: Vec<(u64, u64)>,
    /// How many were active in a period for the last time.
    last_active: Vec<(u64, u64)>,
    /// How many were active in a period of each bracket.
    brackets: Vec<u64>,
}

wire_fields!("Cohort", CohortWire { cohort, size: own, active: own, last_active: own, brackets: own });

impl MatrixWire {
    /// The checked matrix, or all problems at once, each with its path.
    fn check(self) -> Result<CohortMatrix, Problems<FunnelError>> {
        let mut problems = Problems::new();
        let mut cohorts = BTreeMap::new();
        for (index, draft) in self.cohorts.into_iter().enumerate() {
            let path = Path::root().field("cohorts").index(index);
            let CohortWire { cohort, size, active, last_active, brackets } = draft;
            let mut wrong = |field: &str, what| {
                problems.push(path.field(field), FunnelError::CohortCount { cohort, what });
            };
            let periods = |list: &[(u64, u64)]| {
                let rises = list.iter().zip(list.iter().skip(1)).all(|((left, _), (right, _))| left < right);
                let seen = list.iter().all(|(period, users)| {
                    let at = cohort.checked_add_unsigned(*period);
                    at.is_some_and(|at| at <= self.rules.last) && (1..=size).contains(users)
                });
                rises && seen
            };
            if size == 0 || cohort > self.rules.last {
                wrong("size", "the size");
            }
            if !periods(&active) {
                wrong("active", "an active period");
            }
            let all = last_active.iter().try_fold(0_u64, |sum, (_, users)| sum.checked_add(*users));
            let fits = periods(&last_active) && all.is_some_and(|all| all <= size);
            // Lists that are themselves wrong are not compared: one fault is told once.
            if !fits || (periods(&active) && !lasts_agree(&active, &last_active)) {
                wrong("last_active", "a last active period");
            }
            let active: BTreeMap<u64, u64> = active.into_iter().collect();
            // Whether there was anybody, and not how many at least and at most: that would take a pass over the
            // periods of each bracket, and a stored matrix may have many of both.
            let anybody = |(from, to): (u64, u64)| active.range(from..=to).next().is_some();
            let possible =
                |(bracket, users): (&(u64, u64), &u64)| *users <= size && (*users > 0) == anybody(*bracket);
            let own = self.rules.brackets.iter().zip(&brackets);
            if brackets.len() != self.rules.brackets.len() || !own.into_iter().all(possible) {
                wrong("brackets", "a bracket");
            }
            let last_active = last_active.into_iter().collect();
            if cohorts.insert(cohort, Cohort { size, active, last_active, brackets }).is_some() {
                problems.push(path, FunnelError::DuplicateCohort { cohort });
            }
        }
        problems.into_result(CohortMatrix { rules: self.rules, cohorts })
    }
}

/// Whether the users of each active period have a last one, in that period or later, and no period has more last users
/// than active ones. Both lists ascend, and the sum of the last users fits.
#[expect(clippy::arithmetic_side_effects, reason = "a part of a sum that was checked")]
fn lasts_agree(active: &[(u64, u64)], last_active: &[(u64, u64)]) -> bool {
    let mut lasts = last_active.iter().rev().peekable();
    let mut behind = 0_u64;
    // From the last period back, so that one pass has the users whose last period is this one or a later one.
    let agrees = active.iter().rev().all(|(period, users)| {
        let own = lasts.next_if(|(last, _)| last == period).map_or(0, |(_, users)| *users);
        behind += own;
        (own..=behind).contains(users)
    });
    agrees && lasts.next().is_none()
}

impl CohortMatrix {
    /// The rules.
    #[must_use]
    pub const fn rules(&self) -> &CohortRules {
        &self.rules
    }

    /// The cohorts by the period in which they began, each with its number of users.
    #[must_use]
    pub fn cohorts(&self) -> impl ExactSizeIterator<Item = (i64, Count)> + '_ {
        self.cohorts.iter().map(|(cohort, own)| (*cohort, Count::new(own.size)))
    }

    /// Adds a user. There are no more users than rows in memory, whose number fits.
    #[expect(clippy::arithmetic_side_effects, reason = "no more users than rows in memory")]
    fn add(&mut self, cohort: i64, active: &BTreeSet<u64>) {
        let own = self.cohorts.entry(cohort).or_default();
        own.size += 1;
        for period in active {
            *own.active.entry(*period).or_default() += 1;
        }
        // Unbounded retention asks who was active in a period or later: counted by the last period alone, it is
        // a sum over a tail, and a user counts once.
        if let Some(last) = active.last() {
            *own.last_active.entry(*last).or_default() += 1;
        }
        own.brackets.resize(self.rules.brackets.len(), 0);
        for ((from, to), users) in self.rules.brackets.iter().zip(&mut own.brackets) {
            *users += u64::from(active.range(*from..=*to).next().is_some());
        }
    }

    /// How many users of the cohort of this period were retained; missing as long as a period that the figure needs
    /// was not observed.
    ///
    /// # Errors
    /// [`FunnelError::UnknownCohort`]; [`FunnelError::UnknownBracket`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events, Retention};
    ///
    /// let events = Events::new(&[1, 1, 2], &[0, 1, 0], &[0b01, 0b10, 0b01])?;
    /// let cohorts = CohortRules::new(5).cohorts(&events)?;
    /// assert_eq!(cohorts.cell(0, Retention::On(1))?.get()?.rate()?.to_percent(), "50%");
    /// assert_eq!(cohorts.cell(0, Retention::On(6))?.to_string(), "missing: period 6");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "two numbers of 64 bits")]
    pub fn cell(&self, cohort: i64, retention: Retention) -> Result<Figure<Retained>, FunnelError> {
        let own = self.cohorts.get(&cohort).ok_or(FunnelError::UnknownCohort { cohort })?;
        // A period that nobody was active in has no entry: 0 is the count, not a fall-back.
        let (needs, retained) = match retention {
            Retention::On(period) => (period, own.active.get(&period).copied().unwrap_or(0)),
            // Each user has one last period: the sum is no more than the cohort has.
            Retention::OnOrAfter(period) => {
                (period, own.last_active.range(period..).map(|(_, users)| users).sum())
            }
            Retention::Bracket(number) => {
                let count = self.rules.brackets.len();
                let brackets = self.rules.brackets.get(number).zip(own.brackets.get(number));
                let ((_, to), users) = brackets.ok_or(FunnelError::UnknownBracket { number, count })?;
                (*to, *users)
            }
        };
        // In 128 bits: a period behind the last that 64 bits number is not observed either.
        let matures = i128::from(cohort) + i128::from(needs);
        if matures > self.rules.last.into() {
            return Ok(Figure::missing(alloc::format!("period {matures}")));
        }
        Retained::new(own.size, retained).map(Figure::Known)
    }

    /// The retention over all cohorts that are old enough for it: retained users per users, not a mean of rates.
    ///
    /// # Errors
    /// [`FunnelError::UnknownBracket`]; [`FunnelError::TooManyUsers`]; [`FunnelError::EmptyGroup`] where no cohort
    /// is old enough.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events, Retention};
    ///
    /// // One of two of day 0 comes back the next day, the one of day 1 too; day 2 is too young.
    /// let (users, days) = ([1, 1, 2, 3, 3, 4], [0, 1, 0, 1, 2, 2]);
    /// let events = Events::new(&users, &days, &[0b01, 0b10, 0b01, 0b01, 0b10, 0b01])?;
    /// let overall = CohortRules::new(2).cohorts(&events)?.overall(Retention::On(1))?;
    /// assert_eq!(overall.rate()?.to_string(), "2/3");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn overall(&self, retention: Retention) -> Result<Retained, FunnelError> {
        let mut sum: Option<Retained> = None;
        for cohort in self.cohorts.keys() {
            // Cohorts that were not observed for long enough would count as lost: they are in neither sum.
            if let Figure::Known(own) = self.cell(*cohort, retention)? {
                sum = Some(sum.map_or(Ok(own), |sum| sum.merge(&own))?);
            }
        }
        sum.ok_or(FunnelError::EmptyGroup)
    }

    /// A row for each cohort: its users, and its retention in each period in which anybody came back.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events};
    ///
    /// let events = Events::new(&[1, 1, 2, 3], &[0, 1, 0, 1], &[0b01, 0b10, 0b01, 0b01])?;
    /// assert_eq!(
    ///     CohortRules::new(1).cohorts(&events)?.to_string(),
    ///     "cohort  users  on 1 %  why\n\
    ///      0           2      50\n\
    ///      1           1          periods after 1 are not over yet\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let periods: BTreeSet<u64> =
            self.cohorts.values().flat_map(|cohort| cohort.active.keys().copied()).collect();
        let unfinished = alloc::format!("periods after {} are not over yet", self.rules.last);
        let mut table = Table::new("cohort");
        for (cohort, users) in self.cohorts() {
            table.push(cohort, "users", Cell::new(users, "user"));
            for retention in periods.iter().map(|period| Retention::On(*period)) {
                let cell = match self.cell(cohort, retention) {
                    Ok(Figure::Known(cell)) => percent(cell.rate()),
                    // One reason for all cells of a row: it is read once.
                    Ok(Figure::Missing(_)) => Cell::default().because(&unfinished),
                    Ok(other) => Cell::from(other.map(|_| "")),
                    Err(error) => Cell::default().because(error),
                };
                table.push(cohort, retention.to_string(), cell);
            }
        }
        table
    }

    /// The matrix of the users of both. No user may be in both.
    ///
    /// # Errors
    /// [`FunnelError::OtherRules`]; [`FunnelError::TooManyUsers`] above 2^64 - 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::{CohortRules, Events, Retention};
    ///
    /// let rules = CohortRules::new(1);
    /// let shard = |user| rules.cohorts(&Events::new(vec![user, user], vec![0, 1], vec![0b01, 0b10])?);
    /// let both = shard(1)?.merge(&shard(2)?)?;
    /// assert_eq!(both.cell(0, Retention::On(1))?.get()?.retained().value(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no figure of a cohort exceeds its size, and the sizes were added before"
    )]
    pub fn merge(&self, other: &Self) -> Result<Self, FunnelError> {
        if self.rules != other.rules {
            return Err(FunnelError::OtherRules);
        }
        let mut merged = self.clone();
        for (cohort, own) in &other.cohorts {
            let sum = merged.cohorts.entry(*cohort).or_default();
            sum.size = sum.size.checked_add(own.size).ok_or(FunnelError::TooManyUsers)?;
            // Nothing of a cohort exceeds its size: where the sizes add up, all else does.
            for (period, users) in &own.active {
                *sum.active.entry(*period).or_default() += users;
            }
            for (period, users) in &own.last_active {
                *sum.last_active.entry(*period).or_default() += users;
            }
            sum.brackets.resize(own.brackets.len(), 0);
            for (all, users) in sum.brackets.iter_mut().zip(&own.brackets) {
                *all += users;
            }
        }
        Ok(merged)
    }
}

impl fmt::Display for CohortMatrix {
    /// The [table](CohortMatrix::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl TryFrom<MatrixWire> for CohortMatrix {
    type Error = Problems<FunnelError>;

    fn try_from(wire: MatrixWire) -> Result<Self, Self::Error> {
        wire.check()
    }
}

impl From<CohortMatrix> for MatrixWire {
    fn from(matrix: CohortMatrix) -> Self {
        let cohort = |(cohort, own): (i64, Cohort)| CohortWire {
            cohort,
            size: own.size,
            active: own.active.into_iter().collect(),
            last_active: own.last_active.into_iter().collect(),
            brackets: own.brackets,
        };
        Self { rules: matrix.rules, cohorts: matrix.cohorts.into_iter().map(cohort).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_overall_figure_is_a_sum_over_sums() {
        // Two of day 0, of whom one returns on day 1; one of day 2, who does, too; one of day 3, too young.
        let (users, days) = ([1, 1, 2, 3, 3, 4], [0, 1, 0, 2, 3, 3]);
        let events = Events::new(&users, &days, &[1, 2, 1, 1, 2, 1]).unwrap();
        let matrix = CohortRules::new(3).cohorts(&events).unwrap();
        let overall = matrix.overall(Retention::On(1)).unwrap();
        assert_eq!(overall, Retained::new(3, 2).unwrap());
        assert_eq!(overall.churn_rate().unwrap(), "1/3".parse().unwrap());
        assert_eq!(matrix.overall(Retention::On(9)), Err(FunnelError::EmptyGroup));
        let young = matrix.cell(3, Retention::OnOrAfter(1)).unwrap().map(|cell| cell.retained());
        assert_eq!(young.to_string(), "missing: period 4");
        assert_eq!(matrix.cell(1, Retention::On(0)), Err(FunnelError::UnknownCohort { cohort: 1 }));
        let none = matrix.cell(0, Retention::Bracket(0));
        assert_eq!(none, Err(FunnelError::UnknownBracket { number: 0, count: 0 }));
        let far = matrix.cell(3, Retention::On(u64::MAX)).unwrap();
        assert_eq!(far, Figure::missing("period 18446744073709551618"));
    }

    /// A saturated sum of cohort and age would lie in the last period, which was observed.
    #[test]
    fn a_period_beyond_64_bits_is_not_observed() {
        let events = Events::new(&[1], &[1], &[1]).unwrap();
        let matrix = CohortRules::new(i64::MAX).cohorts(&events).unwrap();
        let far = matrix.cell(1, Retention::On(u64::MAX)).unwrap();
        assert_eq!(far, Figure::missing("period 18446744073709551616"));
    }

    #[test]
    fn what_was_not_observed_is_refused() {
        let rules = CohortRules::new(3);
        let events = Events::new(&[1, 1], &[0, 4], &[1, 2]).unwrap();
        assert_eq!(rules.cohorts(&events), Err(FunnelError::AfterLast { row: 1, last: 3 }));
        // A row that neither begins nor returns is no matter.
        let events = Events::new(&[1, 1], &[0, 4], &[1, 4]).unwrap();
        assert!(rules.cohorts(&events).is_ok());
        let other = CohortRules::new(5).cohorts(&events).unwrap();
        assert_eq!(rules.cohorts(&events).unwrap().merge(&other), Err(FunnelError::OtherRules));
    }

    /// E6: moments, not periods.
    #[test]
    fn a_return_before_the_start_retains_nobody() {
        let day = Duration::from_days(1);
        let retained = |times: [i64; 2], masks: [u32; 2]| {
            let events = Events::new(&[1, 1], &times, &masks).unwrap();
            let matrix = CohortRules::new(1).with_period(day).unwrap().cohorts(&events).unwrap();
            matrix.cell(0, Retention::On(0)).unwrap().known().map(|cell| cell.retained())
        };
        assert_eq!(retained([100, 200], [0b10, 0b01]), Some(Count::ZERO));
        assert_eq!(retained([100, 200], [0b01, 0b10]), Some(Count::new(1)));
        // Rows of one time have no order.
        assert_eq!(retained([100, 100], [0b10, 0b01]), Some(Count::new(1)));
        assert_eq!(retained([100, 200], [0b11, 0]), Some(Count::new(1)));
    }

    #[test]
    fn a_period_is_of_some_time_and_may_be_of_all() {
        assert_eq!(CohortRules::new(1).with_period(Duration::ZERO), Err(FunnelError::EmptyPeriod));
        let all = CohortRules::new(0).with_period(Duration::from_seconds(u64::MAX)).unwrap();
        let events = Events::new(&[1, 1], &[i64::MIN, i64::MAX], &[1, 2]).unwrap();
        let events = events.with_unit(TimeUnit::Nanoseconds);
        let matrix = all.cohorts(&events).unwrap();
        assert_eq!(matrix.cell(-1, Retention::On(1)).unwrap().get().unwrap(), Retained::new(1, 1).unwrap());
    }

    #[test]
    fn days_before_time_0_are_days() {
        let day = Duration::from_days(1);
        let events = Events::new(&[1, 1], &[-1, 0], &[1, 2]).unwrap();
        let matrix = CohortRules::new(1).with_period(day).unwrap().cohorts(&events).unwrap();
        assert_eq!(
            matrix.cell(-1, Retention::On(1)).unwrap().get().unwrap().rate(),
            Ok(crate::quantity::Ratio::ONE)
        );
    }
}
