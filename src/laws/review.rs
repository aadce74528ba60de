//! Findings: gaps that are explained in full, priorities in order.

use super::{Broken, hold};
use crate::quantity::Ratio;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// The amounts that explain a gap and the rest that none explains add up to it. Where nothing explains it, the rest is
/// the gap.
///
/// # Errors
/// [`Broken`], with the gap, the amounts and the rest.
///
/// # Examples
/// ```
/// use marketloop::laws::explained_and_unexplained_make_the_gap;
/// use marketloop::quantity::Ratio;
/// use marketloop::review::Finding;
/// use marketloop::strategies::findings;
/// use proptest::prelude::*;
///
/// // Without the causes of a leaf that is explained already.
/// let amounts = |finding: &Finding| -> Vec<Ratio> {
///     let parts = finding.explained_by().iter().map(|part| part.value.into());
///     let own = |leaf: Option<&str>| leaf.is_none_or(|leaf| finding.explained_by().iter().all(|part| part.key != leaf));
///     let causes = finding.causes().iter().filter(|cause| own(cause.leaf()));
///     parts.chain(causes.filter_map(|cause| Some(cause.explains()?.value().into()))).collect()
/// };
/// proptest!(|(finding in findings())| {
///     if let Some(rest) = finding.unexplained().unwrap().known() {
///         let gap = finding.gap().unwrap().value();
///         explained_and_unexplained_make_the_gap(gap, amounts(&finding), rest.value())?;
///     }
/// });
/// ```
pub fn explained_and_unexplained_make_the_gap(
    gap: Ratio,
    explained: impl IntoIterator<Item = Ratio>,
    unexplained: Ratio,
) -> Result<(), Broken> {
    const LAW: &str = "explained_and_unexplained_make_the_gap";
    let explained: Vec<Ratio> = explained.into_iter().collect();
    let sum = explained.iter().try_fold(unexplained, |sum, amount| sum.plus(*amount));
    hold(LAW, sum == Ok(gap), || {
        let amounts = explained.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        format!("[{amounts}] and {unexplained} that none explains do not make {gap}")
    })
}

/// A priority is severity times weight times the magnitude of the contribution, and none is negative; priorities fall, and
/// those that are equal stand in the order of their names.
///
/// Each is its name, its product and the three factors. No priorities are in order.
///
/// # Errors
/// [`Broken`], with the priority that is wrong, or the two that are out of order.
///
/// # Examples
/// ```
/// use marketloop::laws::priorities_fall;
/// use marketloop::review::by_priority;
/// use marketloop::strategies::findings;
/// use proptest::collection::vec;
/// use proptest::prelude::*;
///
/// proptest!(|(findings in vec(findings(), 0..6))| {
///     let order = by_priority(&findings).unwrap();
///     priorities_fall(order.iter().map(|one| {
///         (one.finding().metric(), one.product(), [one.severity(), one.weight(), one.contribution()])
///     }))?;
/// });
/// ```
pub fn priorities_fall<'a>(
    priorities: impl IntoIterator<Item = (&'a str, Ratio, [Ratio; 3])>,
) -> Result<(), Broken> {
    const LAW: &str = "priorities_fall";
    let mut before: Option<(&str, Ratio)> = None;
    for (name, product, [severity, weight, contribution]) in priorities {
        let made = severity.times(weight).and_then(|product| product.times(contribution));
        let signs = [severity, weight, contribution].iter().all(|factor| !factor.is_negative());
        hold(LAW, signs && made == Ok(product), || {
            format!("{name} has {product} of {severity}, {weight} and {contribution}")
        })?;
        if let Some((other, more)) = before {
            hold(LAW, more > product || (more == product && other <= name), || {
                format!("{other} with {more} stands before {name} with {product}")
            })?;
        }
        before = Some((name, product));
    }
    Ok(())
}
