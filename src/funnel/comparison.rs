//! Why the end-to-end rate differs between two funnels: periods, segments, A and B.

use super::{Funnel, FunnelError};
use crate::decompose::{
    Contributions, DecompositionMethod, Segment, SegmentEffect, explain_ratios, mix_rate,
};
use crate::quantity::Precision;
use alloc::string::String;
use alloc::vec::Vec;

impl Funnel {
    /// The contribution of each step's rate to the change of the end-to-end rate from this funnel to `after`. The
    /// change is rounded once to `precision`.
    ///
    /// # Formula
    /// The end-to-end rate is the product of the steps' rates; [`explain_ratios`] divides its change by the
    /// [`DecompositionMethod`]: log-mean (LMDI), Shapley, or sequential from the first step to the last.
    ///
    /// # Errors
    /// [`FunnelError::OtherSteps`] unless both have the same steps; [`FunnelError::Undefined`] where a step has no
    /// rate; [`FunnelError::Decompose`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::DecompositionMethod;
    /// use marketloop::funnel::Funnel;
    /// use marketloop::quantity::Rounding;
    /// use rust_decimal::dec;
    ///
    /// let steps = ["view", "cart", "checkout", "payment"];
    /// let june = Funnel::new(steps.into_iter().zip([1_000, 800, 480, 96]))?;
    /// let july = Funnel::new(steps.into_iter().zip([1_200, 900, 600, 150]))?;
    /// let why = june.compare(&july, DecompositionMethod::LogMean, (4, Rounding::HalfEven))?;
    /// assert_eq!(why.total(), dec!(0.0290));
    /// assert_eq!(why.by_size().next().unwrap().to_string(), "payment  0.0245  (log-mean)");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn compare(
        &self,
        after: &Self,
        method: DecompositionMethod,
        precision: impl Into<Precision>,
    ) -> Result<Contributions<String>, FunnelError> {
        self.same_steps(after)?;
        let explained = explain_ratios(&self.rates()?, &after.rates()?, method, precision)?;
        // Parts come back by the place of their rate: a rate is called by the step that it leads into.
        let names: Vec<&str> = self.transitions().map(|transition| transition.name()).collect();
        debug_assert_eq!(names.len(), explained.parts().len(), "a rate leads into each step but the first");
        #[expect(
            clippy::indexing_slicing,
            reason = "the keys are the numbers of the rates, and each has a name"
        )]
        Ok(explained.map_keys(|rate| String::from(names[rate])))
    }
}

/// The contributions of each segment to the change of the end-to-end rate of all segments together: by its own rate,
/// and by its share of those who entered (the mix). Each row is a segment with its funnel before and after.
///
/// # Formula
/// As of [`mix_rate`], with those who completed the funnel over those who entered it.
///
/// # Errors
/// [`FunnelError::OtherSteps`] unless all funnels have the same steps; [`FunnelError::Decompose`].
///
/// # Examples
/// ```
/// use marketloop::decompose::Effect;
/// use marketloop::funnel::{Funnel, explain_segments};
/// use marketloop::quantity::Rounding;
/// use rust_decimal::dec;
///
/// let funnel = |visits, orders| Funnel::new([("visit", visits), ("order", orders)]);
/// // Both rates rose, yet the overall rate fell: mobile, where fewer buy, grew most (Simpson's paradox).
/// let why = explain_segments(
///     &[
///         ("mobile", funnel(1_000, 20)?, funnel(4_500, 99)?),
///         ("desktop", funnel(1_500, 90)?, funnel(1_100, 70)?),
///     ],
///     (6, Rounding::HalfEven),
/// )?;
/// assert_eq!((why.of_effect(Effect::Rate)?, why.of_effect(Effect::Mix)?), (dec!(0.002652), dec!(-0.016473)));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[doc(alias = "simpsons_paradox")]
pub fn explain_segments<K: Clone>(
    segments: &[(K, Funnel, Funnel)],
    precision: impl Into<Precision>,
) -> Result<Contributions<SegmentEffect<K>>, FunnelError> {
    let mut rows = Vec::with_capacity(segments.len());
    for (key, before, after) in segments {
        let first = segments.first().map_or(before, |(_, first, _)| first);
        // Against the first pair alone: what has the same steps as one has them as all.
        first.same_steps(before)?;
        first.same_steps(after)?;
        rows.push(Segment {
            key: key.clone(),
            numerator_before: before.completed().to_decimal(),
            denominator_before: before.entered().to_decimal(),
            numerator_after: after.completed().to_decimal(),
            denominator_after: after.entered().to_decimal(),
        });
    }
    Ok(mix_rate(&rows, precision)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Rounding;

    #[test]
    fn funnels_of_other_steps_are_not_compared() {
        let funnel = |names: [&str; 2], counts| Funnel::new(names.into_iter().zip(counts)).unwrap();
        let (own, other) = (funnel(["a", "b"], [2, 1]), funnel(["a", "c"], [2, 1]));
        let compare =
            |other: &Funnel| own.compare(other, DecompositionMethod::Shapley, (4, Rounding::HalfEven));
        assert!(matches!(compare(&other), Err(FunnelError::OtherSteps { .. })));
        assert!(matches!(compare(&funnel(["a", "b"], [0, 0])), Err(FunnelError::Undefined { .. })));
        assert!(matches!(
            explain_segments(&[(1, own.clone(), other)], (4, Rounding::HalfEven)),
            Err(FunnelError::OtherSteps { .. })
        ));
        assert!(matches!(
            explain_segments::<u8>(&[], (4, Rounding::HalfEven)),
            Err(FunnelError::Decompose(_))
        ));
    }
}
