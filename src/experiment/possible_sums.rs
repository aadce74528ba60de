//! What units can have added up and counted: sums from elsewhere are checked by it.

use super::ExperimentError;
use super::metric::{ExperimentMetric, MetricKind};
use super::value_buckets::ValueBuckets;
use super::value_counts::{MOST_VALUES, Uncountable, ValueCounts};
use crate::stats::{PairedMoments, StatsError};
use alloc::string::ToString;
use alloc::vec::Vec;

/// Sums that such a metric can have.
pub(super) fn check_sums(metric: &ExperimentMetric, sums: &PairedMoments) -> Result<(), ExperimentError> {
    let name = || metric.name().to_string();
    let (x, y) = (sums.x(), sums.y());
    let has_x = matches!(metric.kind(), MetricKind::Ratio { .. } | MetricKind::Adjusted { .. });
    if !has_x && (x.sum() != 0 || sums.products() != 0 || x.squares() != 0) {
        return Err(ExperimentError::NoSecondColumn { metric: name() });
    }
    // 0 and 1 are their own squares; a sum of squares equal to the sum has no other whole numbers.
    let is_share = matches!(metric.kind(), MetricKind::Proportion { .. });
    if is_share && (y.sum() < 0 || y.sum().unsigned_abs() != y.squares()) {
        return Err(ExperimentError::NoShare { metric: name() });
    }
    Ok(())
}

/// Whether values of the metric are counted.
pub(super) fn is_quantile(metric: &ExperimentMetric) -> bool {
    matches!(metric.kind(), MetricKind::Quantile { .. })
}

/// Counts that units with such sums can have.
pub(super) fn check_counts(
    metric: &ExperimentMetric,
    sums: &PairedMoments,
    counts: Vec<(i64, u64)>,
) -> Result<ValueCounts, ExperimentError> {
    if counts.len() > MOST_VALUES {
        return Err(uncounted(metric, Uncountable::TooMany));
    }
    let MetricKind::Quantile { within, .. } = metric.kind() else { return Ok(ValueCounts::default()) };
    let counts = ValueCounts::checked(counts).filter(|counts| {
        let buckets = ValueBuckets::new(*within, counts.reach());
        agree(&buckets, counts, sums).unwrap_or_default()
    });
    counts.ok_or_else(|| ExperimentError::NoCounts { metric: metric.name().to_string() })
}

/// Whether the units of the counts are as many, and their sums possible; none where something exceeds its type.
fn agree(buckets: &ValueBuckets, counts: &ValueCounts, sums: &PairedMoments) -> Option<bool> {
    let (mut units, mut low, mut high) = (0_u64, 0_i128, 0_i128);
    let (mut least, mut most) = (0_u128, 0_u128);
    for (bucket, count) in counts.iter() {
        let (lowest, highest) = buckets.values(bucket)?;
        units = units.checked_add(count)?;
        low = low.checked_add(i128::from(lowest).checked_mul(count.into())?)?;
        high = high.checked_add(i128::from(highest).checked_mul(count.into())?)?;
        // A bucket lies on one side of 0.
        let ends = [lowest.unsigned_abs(), highest.unsigned_abs()].map(u128::from);
        let square = |end: u128| end.checked_mul(end)?.checked_mul(count.into());
        let [near, far] = [ends.into_iter().min()?, ends.into_iter().max()?];
        least = least.checked_add(square(near)?)?;
        // The largest squares may exceed the type although those that were counted do not.
        most = most.saturating_add(square(far).unwrap_or(u128::MAX));
    }
    let (y, squares) = (sums.y().sum(), sums.y().squares());
    Some(units == sums.count() && (low..=high).contains(&y) && (least..=most).contains(&squares))
}

/// Why values were not counted, of a metric.
pub(super) fn uncounted(metric: &ExperimentMetric, why: Uncountable) -> ExperimentError {
    match why {
        Uncountable::TooMany => {
            ExperimentError::TooManyValues { metric: metric.name().to_string(), limit: MOST_VALUES }
        }
        Uncountable::Overflow => StatsError::Overflow { function: "the count of values" }.into(),
    }
}
