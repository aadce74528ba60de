//! An additive goal over a period, in parts that add up to it exactly.

use super::{GoalError, GoalStatement};
use crate::error::{Path, Problems, within};
use crate::figure::{Figure, TOTAL, Table};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Quantity, Ratio, Rounding, round};
use crate::split::{Apportionment, Weights};
use crate::target::Target;
use crate::time::{Grain, Period, add_days};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A cascade under construction; [`check`](Self::check) makes it a [`Cascade`].
///
/// ```
/// # use marketloop::goal::CascadeDraft;
/// let json = r#"{
///   "metric": "sales",
///   "period": "2026-Q3",
///   "total": {"value": "2", "unit": "CNY"},
///   "parts": [
///     ["2026-07", {"value": "0.5", "unit": "CNY"}],
///     ["2026-08", {"value": "0.7", "unit": "CNY"}],
///     ["2026-09", {"value": "0.8", "unit": "CNY"}]
///   ],
///   "key_results": []
/// }"#;
/// let read: CascadeDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<CascadeDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CascadeDraft {
    metric: String,
    period: Period,
    total: Quantity,
    parts: Vec<(Period, Quantity)>,
    key_results: Vec<GoalStatement>,
}

wire_fields!(CascadeDraft { metric, period, total, parts, key_results: default });

/// A goal for an additive metric (sales, new users) divided over the parts of its period: they cover it without gap or
/// overlap and add up to the goal exactly.
///
/// ```
/// # use marketloop::goal::Cascade;
/// let json = r#"{
///   "metric": "sales",
///   "period": "2026-Q3",
///   "total": {"value": "2", "unit": "CNY"},
///   "parts": [
///     ["2026-07", {"value": "0.5", "unit": "CNY"}],
///     ["2026-08", {"value": "0.7", "unit": "CNY"}],
///     ["2026-09", {"value": "0.8", "unit": "CNY"}]
///   ],
///   "key_results": []
/// }"#;
/// let read: Cascade = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Cascade>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CascadeDraft", into = "CascadeDraft")]
#[doc(alias("目标拆解", "OKR"))]
pub struct Cascade {
    draft: CascadeDraft,
}

impl Cascade {
    /// A draft of a goal of `total` for the whole `period`, to which parts and key results are added.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Cascade;
    ///
    /// let sales = Cascade::draft("sales", "2026-H2".parse()?, "500 CNY".parse()?)
    ///     .part("2026-Q3".parse()?, "200 CNY".parse()?)
    ///     .part("2026-Q4".parse()?, "300 CNY".parse()?)
    ///     .key_result("repurchase rate", "at least 15 %".parse()?, "2026-Q4".parse()?)
    ///     .check()?;
    /// assert_eq!(sales.key_results()[0].metric, "repurchase rate");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn draft(metric: impl Into<String>, period: Period, total: Quantity) -> CascadeDraft {
        CascadeDraft { metric: metric.into(), period, total, parts: Vec::new(), key_results: Vec::new() }
    }

    /// The cascade with these parts, each a period and its amount, in order.
    ///
    /// # Errors
    /// All problems at once; see [`CascadeDraft::check`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Cascade;
    ///
    /// let parts = [("2026-07".parse()?, "1 CNY".parse()?), ("2026-08".parse()?, "2 CNY".parse()?)];
    /// let refused = Cascade::explicit("sales", "2026-Q3".parse()?, "3 CNY".parse()?, parts);
    /// assert!(refused.is_err()); // nothing for September
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn explicit(
        metric: impl Into<String>,
        period: Period,
        total: Quantity,
        parts: impl IntoIterator<Item = (Period, Quantity)>,
    ) -> Result<Self, Problems<GoalError>> {
        CascadeDraft { parts: parts.into_iter().collect(), ..Self::draft(metric, period, total) }.check()
    }

    /// The cascade over the weeks, months or other parts of one `grain`, in proportion to `weights`, each part with at
    /// most `decimals` decimals (0 for counts, 2 for yuan).
    ///
    /// Rounded by largest remainder, at ties the earlier part.
    ///
    /// # Errors
    /// [`GoalError::Split`] for weights that cannot weigh or are not as many as the parts;
    /// [`GoalError::TooFine`]; [`GoalError::Time`] where the period has no parts of this grain or more than
    /// [`Period::MAX_PARTS`]; [`GoalError::Quantity`] where the parts, or their running sums, need more than 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Cascade;
    /// use marketloop::time::Grain;
    ///
    /// let users = Cascade::weighted(
    ///     "new users", "2026-Q3".parse()?, "50000 user".parse()?, Grain::Month, [3, 2, 2], 0,
    /// )?;
    /// let parts: Vec<String> = users.parts().iter().map(|(month, part)| format!("{month} {part}")).collect();
    /// assert_eq!(parts, ["2026-07 21428 user", "2026-08 14286 user", "2026-09 14286 user"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn weighted<W: Into<Decimal>>(
        metric: impl Into<String>,
        period: Period,
        total: Quantity,
        grain: Grain,
        weights: impl IntoIterator<Item = W>,
        decimals: u32,
    ) -> Result<Self, GoalError> {
        let weights = Weights::new(weights)?;
        let periods = period.divide(grain)?;
        if periods.len() != weights.len() {
            let (expected, actual) = (periods.len(), weights.len());
            return Err(crate::split::SplitError::Length { expected, actual }.into());
        }
        // Whole units are divided: what the total has below them would be lost.
        if round(total.value(), (decimals, Rounding::TowardZero)) != total.value() {
            return Err(GoalError::TooFine { total, decimals });
        }
        // A quantity has no trailing zeros: what is not finer than the parts has no more decimals either.
        let missing = decimals.checked_sub(total.value().scale());
        debug_assert!(missing.is_some(), "{total} has more than {decimals} decimals");
        let inexact = || crate::quantity::QuantityError::Inexact {
            operation: alloc::format!("{total} in units of 10^-{decimals}"),
        };
        let units = missing
            .and_then(|missing| 10_i128.checked_pow(missing))
            .and_then(|power| total.value().mantissa().checked_mul(power));
        let units = units.ok_or_else(inexact)?;
        let parts = weights.split(units, Apportionment::LargestRemainder).into_iter().map(|part| {
            let value = Decimal::try_from_i128_with_scale(part, decimals).map_err(|_| inexact())?;
            Ok(Quantity::new(value, total.unit().clone()))
        });
        let parts: Vec<Quantity> = parts.collect::<Result<_, GoalError>>()?;
        let parts = periods.into_iter().zip(parts).collect();
        let draft = CascadeDraft { parts, ..Self::draft(metric, period, total) };
        // The draft checks what was just divided once more: one door for what is written down and what is computed.
        // Parts of very many decimals may be exact, and their sums need a digit more than there are: that is the one
        // fault left, and a caller who wrote no parts has no use for their paths.
        draft.check().map_err(|problems| match problems.into_iter().next() {
            Some(problem) => problem.error,
            None => GoalError::NoParts,
        })
    }

    /// The cascade over the parts of one `grain`, all equal to within one unit of the last of `decimals` decimals;
    /// the larger parts come first.
    ///
    /// # Errors
    /// Those of [`weighted`](Self::weighted).
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Cascade;
    /// use marketloop::time::Grain;
    ///
    /// let users = Cascade::even("new users", "2026-Q3".parse()?, "50000 user".parse()?, Grain::Month, 0)?;
    /// let parts: Vec<String> = users.parts().iter().map(|(_, part)| part.to_string()).collect();
    /// assert_eq!(parts, ["16667 user", "16667 user", "16666 user"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn even(
        metric: impl Into<String>,
        period: Period,
        total: Quantity,
        grain: Grain,
        decimals: u32,
    ) -> Result<Self, GoalError> {
        let weights = period.divide(grain)?.into_iter().map(|_| 1);
        Self::weighted(metric, period, total, grain, weights, decimals)
    }

    /// The cascade over the parts of one `grain` in proportion to `history`, the amounts of the same parts in an earlier
    /// period: last year's months.
    ///
    /// # Errors
    /// [`GoalError::Quantity`] when a past value is in another unit, or those of
    /// [`weighted`](Self::weighted).
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Cascade;
    /// use marketloop::time::Grain;
    ///
    /// let last_year = ["210 CNY".parse()?, "260 CNY".parse()?, "240 CNY".parse()?, "340 CNY".parse()?];
    /// let year = Cascade::from_history("sales", "2026".parse()?, "13000 CNY".parse()?, Grain::Quarter, &last_year, 0)?;
    /// let q4 = year.descend(&"2026-Q4".parse()?, Grain::Month, [1, 1, 2], 0)?;
    /// assert_eq!(q4.total().to_string(), "4210 CNY");
    /// assert_eq!(q4.parts()[2].1.to_string(), "2105 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn from_history(
        metric: impl Into<String>,
        period: Period,
        total: Quantity,
        grain: Grain,
        history: &[Quantity],
        decimals: u32,
    ) -> Result<Self, GoalError> {
        // One unit for all of them: 12 % and 0.09 are no proportion as they stand.
        let weights: Result<Vec<Decimal>, _> =
            history.iter().map(|past| past.to(total.unit()).map(|past| past.value())).collect();
        Self::weighted(metric, period, total, grain, weights?, decimals)
    }

    /// The cascade of one part of this one, by weights: a quarter of the year by month, a month by week.
    ///
    /// # Errors
    /// [`GoalError::OutsidePeriod`] when `part` is not one of the parts, or those of
    /// [`weighted`](Self::weighted).
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Cascade;
    /// use marketloop::time::Grain;
    ///
    /// let year = Cascade::even("sales", "2026".parse()?, "1200 CNY".parse()?, Grain::Quarter, 0)?;
    /// let last = year.descend(&"2026-Q4".parse()?, Grain::Month, [1, 1, 2], 0)?;
    /// assert_eq!(last.parts()[2].1.to_string(), "150 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn descend<W: Into<Decimal>>(
        &self,
        part: &Period,
        grain: Grain,
        weights: impl IntoIterator<Item = W>,
        decimals: u32,
    ) -> Result<Self, GoalError> {
        let (_, total) = self
            .parts()
            .iter()
            .find(|(period, _)| period == part)
            .ok_or(GoalError::OutsidePeriod { period: *part, whole: *self.period() })?;
        Self::weighted(self.metric(), *part, total.clone(), grain, weights, decimals)
    }

    /// The name of the metric.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.draft.metric
    }

    /// The goal's period.
    #[must_use]
    pub const fn period(&self) -> &Period {
        &self.draft.period
    }

    /// The goal for the whole period.
    #[must_use]
    pub const fn total(&self) -> &Quantity {
        &self.draft.total
    }

    /// The parts in order.
    #[must_use]
    pub fn parts(&self) -> &[(Period, Quantity)] {
        &self.draft.parts
    }

    /// The key results: the figures that show whether the goal is reached.
    #[must_use]
    #[doc(alias("KR", "关键结果"))]
    pub fn key_results(&self) -> &[GoalStatement] {
        &self.draft.key_results
    }

    /// The amount to be reached by the end of each part: the sum of the parts up to it.
    ///
    /// # Errors
    /// None for a checked cascade, whose sums were taken once already.
    pub fn cumulative(&self) -> Result<Vec<Quantity>, GoalError> {
        let mut sums: Vec<Quantity> = Vec::with_capacity(self.parts().len());
        for (_, part) in self.parts() {
            let next = sums.last().map_or_else(|| Ok(part.clone()), |sum| sum.plus(part))?;
            sums.push(next);
        }
        Ok(sums)
    }

    /// A row for each part with its amount, its share of the goal and what is to be reached by its end, and a row for the
    /// whole.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::Cascade;
    ///
    /// let sales = Cascade::draft("sales", "2026-H2".parse()?, "500 CNY".parse()?)
    ///     .part("2026-Q3".parse()?, "200 CNY".parse()?)
    ///     .part("2026-Q4".parse()?, "300 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(
    ///     sales.table().to_string(),
    ///     "period   target CNY  share %  cumulative CNY\n\
    ///      2026-Q3      200.00       40          200.00\n\
    ///      2026-Q4      300.00       60          500.00\n\
    ///      total        500.00      100\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("period");
        // The sums of a checked cascade were taken once already.
        let sums = self.cumulative().unwrap_or_default();
        let whole = [(TOTAL.to_string(), self.total())];
        let parts = self.parts().iter().map(|(period, part)| (period.to_string(), part));
        let mut sums = sums.iter();
        for (name, amount) in parts.chain(whole) {
            let share = Ratio::new(amount.value(), self.total().value());
            table.push(&name, "target", amount);
            match share {
                Ok(share) => table.push(&name, "share", share.percent_cell()),
                // Parts of a goal of 0 have no share of it.
                Err(_) => table.push(&name, "share", Figure::<&str>::missing("a goal above 0")),
            }
            if let Some(sum) = sums.next() {
                table.push(&name, "cumulative", sum);
            }
        }
        table
    }
}

/// The maximum number of parts of a cascade on the wire: each day of two and a half centuries.
const PARTS: u64 = 100_000;

impl CascadeDraft {
    /// Adds the next part.
    #[must_use]
    pub fn part(mut self, period: Period, amount: Quantity) -> Self {
        self.parts.push((period, amount));
        self
    }

    /// Adds a key result: the target of its metric, and the period by whose end it is to be reached.
    #[must_use]
    pub fn key_result(self, metric: impl Into<String>, target: Target, period: Period) -> Self {
        let (target, period) = (Some(target), Some(period));
        self.stated_result(GoalStatement {
            metric: metric.into(),
            target,
            period,
            ..GoalStatement::default()
        })
    }

    /// Adds a key result with its baseline and owner.
    ///
    /// # Examples
    /// ```
    /// use marketloop::goal::{Cascade, GoalStatement};
    ///
    /// let repurchase = GoalStatement {
    ///     metric: "repurchase rate".into(),
    ///     baseline: Some("12 %".parse()?),
    ///     target: Some("at least 15 %".parse()?),
    ///     period: Some("2026-08".parse()?),
    ///     owner: Some("CRM".into()),
    /// };
    /// let sales = Cascade::draft("sales", "2026-08".parse()?, "500 CNY".parse()?)
    ///     .part("2026-08".parse()?, "500 CNY".parse()?)
    ///     .stated_result(repurchase)
    ///     .check()?;
    /// assert_eq!(sales.key_results()[0].owner.as_deref(), Some("CRM"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn stated_result(mut self, result: GoalStatement) -> Self {
        self.key_results.push(result);
        self
    }

    /// The checked cascade.
    ///
    /// # Errors
    /// All problems at once, each with its path: no parts, parts out of sequence (`parts[1]`), another unit,
    /// a sum that is not the total (`parts`), key results outside the period (`key_results[0].period`).
    pub fn check(self) -> Result<Cascade, Problems<GoalError>> {
        let mut problems = Problems::new();
        let parts = Path::root().field("parts");
        let count = u64::try_from(self.parts.len()).ok();
        if let Err(error) = within("parts of a cascade", count, PARTS) {
            problems.push(parts, error);
            return Err(problems);
        }
        if self.parts.is_empty() {
            problems.push(parts.clone(), GoalError::NoParts);
        }
        // After the first part that cannot be added there is no sum, but the periods are still compared: all faults at
        // once.
        let mut sum = Some(Quantity::new(Decimal::ZERO, self.total.unit().clone()));
        let mut expected = Some(self.period.start());
        for (index, (period, part)) in self.parts.iter().enumerate() {
            let path = parts.index(index);
            // Behind the last day of the year 9999 nothing can follow.
            if expected != Some(period.start()) {
                let expected = expected.unwrap_or_else(|| self.period.end());
                problems.push(path.clone(), GoalError::NotInSequence { part: *period, expected });
            }
            expected = add_days(period.end(), 1).ok();
            let next = sum.as_ref().map(|sum| sum.plus(part));
            sum = next.and_then(|next| problems.take(&path, next));
        }
        // A gap between two parts was told above; only the last one meets the period's end.
        if let Some((index, (last, _))) = self.parts.iter().enumerate().next_back()
            && last.end() != self.period.end()
        {
            let path = parts.index(index);
            problems.push(path, GoalError::NotInSequence { part: *last, expected: self.period.end() });
        }
        if let Some(sum) = sum
            && !self.parts.is_empty()
            && let Some(difference) = problems.take(&parts, sum.minus(&self.total))
            && !difference.value().is_zero()
        {
            let [sum, difference, total] = [&sum, &difference, &self.total].map(Quantity::value);
            problems
                .push(parts, GoalError::PartsSum { sum, difference, total, unit: self.total.unit().clone() });
        }
        for (index, result) in self.key_results.iter().enumerate() {
            let path = Path::root().field("key_results").index(index);
            if result.target.is_none() {
                problems.push(path.field("target"), GoalError::NoTarget);
            }
            match result.period {
                None => problems.push(path.field("period"), GoalError::NoPeriod),
                Some(period) if !self.period.covers(&period) => {
                    problems
                        .push(path.field("period"), GoalError::OutsidePeriod { period, whole: self.period });
                }
                Some(_) => {}
            }
        }
        problems.into_result(Cascade { draft: self })
    }
}

impl TryFrom<CascadeDraft> for Cascade {
    type Error = Problems<GoalError>;

    fn try_from(draft: CascadeDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Cascade> for CascadeDraft {
    fn from(cascade: Cascade) -> Self {
        cascade.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(period: &str, quantity: &str) -> (Period, Quantity) {
        (period.parse().unwrap(), quantity.parse().unwrap())
    }

    #[test]
    fn all_faults_of_the_parts_are_told() {
        let parts = [part("2026-07", "500000 CNY"), part("2026-09", "7 user"), part("2026-10", "800000 CNY")];
        let refused =
            Cascade::explicit("sales", "2026-Q3".parse().unwrap(), "2000000 CNY".parse().unwrap(), parts);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "3 problems\n  parts[1]: 2026-09 does not continue at 2026-08-01\n  parts[1]: units differ: CNY and user\n  \
             parts[2]: 2026-10 does not continue at 2026-09-30"
        );
        let short =
            [part("2026-07", "500000 CNY"), part("2026-08", "700000 CNY"), part("2026-09", "799999.99 CNY")];
        let refused =
            Cascade::explicit("sales", "2026-Q3".parse().unwrap(), "2000000 CNY".parse().unwrap(), short);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "parts: the parts add up to 1999999.99 CNY, -0.01 CNY off the total of 2000000 CNY"
        );
        assert!(Cascade::explicit("x", "2026".parse().unwrap(), "1".parse().unwrap(), []).is_err());
        let twice = [part("9999-12", "5 CNY"), part("9999-12", "5 CNY")];
        assert!(
            Cascade::explicit("x", "9999-12".parse().unwrap(), "10 CNY".parse().unwrap(), twice).is_err()
        );
    }

    #[test]
    fn weights_divide_in_whole_units() {
        let of = |total: &str, weights: &[i32], decimals| {
            Cascade::weighted(
                "m",
                "2026-Q3".parse().unwrap(),
                total.parse().unwrap(),
                Grain::Month,
                weights.iter().copied(),
                decimals,
            )
        };
        let thirds = of("100 CNY", &[1, 1, 1], 2).unwrap();
        assert_eq!(thirds.parts()[0].1.to_string(), "33.34 CNY");
        assert!(matches!(of("100.5 user", &[1, 1, 1], 0), Err(GoalError::TooFine { .. })));
        assert!(matches!(of("100 user", &[1, 1], 0), Err(GoalError::Split(_))));
        assert!(of("100 user", &[1, 1, 1], 40).is_err());
    }

    /// N8: what a constructor makes, its own check takes.
    #[test]
    fn parts_that_cannot_be_added_exactly_are_refused() {
        let even = |total: &str, decimals| {
            Cascade::even("m", "2026".parse().unwrap(), total.parse().unwrap(), Grain::Month, decimals)
        };
        assert!(matches!(even("18.46 CNY", 28), Err(GoalError::Quantity(_))));
        for decimals in 2..29 {
            if let Ok(cascade) = even("18.46 CNY", decimals) {
                assert_eq!(CascadeDraft::from(cascade.clone()).check(), Ok(cascade.clone()));
                assert_eq!(cascade.cumulative().unwrap().len(), 12);
            }
        }
    }

    /// L1.
    #[test]
    fn the_parts_of_all_time_are_counted_and_not_made() {
        let [first, last] = ["0001-01-01", "9999-12-31"].map(|day| day.parse().unwrap());
        let all = Period::custom(first, last).unwrap();
        let refused = Cascade::even("m", all, "1 CNY".parse().unwrap(), Grain::Day, 2).unwrap_err();
        assert_eq!(refused.to_string(), "3652059 parts of a period, at most 40000");
        assert_eq!(refused.kind(), crate::error::ErrorKind::Limit);
        let days = Cascade::even("m", "2026".parse().unwrap(), "365 CNY".parse().unwrap(), Grain::Day, 0);
        assert_eq!(days.unwrap().parts().len(), 365);
    }

    #[test]
    fn a_year_goes_down_to_weeks_and_adds_up() {
        let year =
            Cascade::even("m", "2026".parse().unwrap(), "1001 user".parse().unwrap(), Grain::Quarter, 0)
                .unwrap();
        let first = year.descend(&"2026-Q1".parse().unwrap(), Grain::Month, [5, 2, 3], 0).unwrap();
        let month: Period = "2026-02".parse().unwrap();
        let weeks = first.descend(&month, Grain::Week, [1, 1, 1, 1, 0], 0).unwrap();
        assert_eq!(year.parts()[0].1.to_string(), "251 user");
        assert_eq!(weeks.cumulative().unwrap().last(), Some(&first.parts()[1].1));
        assert!(year.descend(&month, Grain::Week, [1], 0).is_err());
        let other = ["1 CNY".parse().unwrap()];
        assert!(
            Cascade::from_history(
                "m",
                "2026".parse().unwrap(),
                "9 user".parse().unwrap(),
                Grain::Quarter,
                &other,
                0
            )
            .is_err()
        );
    }
}
