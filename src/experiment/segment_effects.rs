//! The effect in each segment beside that of the whole: what is the effect, and what is the mix of segments.

use super::arm_part::{ArmPart, Comparison, total};
use super::as_float::float;
use super::{ExperimentError, MetricKind, SegmentedSums};
use crate::figure::{Cause, Cell, Figure, Table, beside};
use crate::quantity::wire::serialize_fields;
use crate::stats::{
    EffectEstimate, MantelHaenszel, PooledEffects, StatsError, TwoProportions, chi_squared_survival,
};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Differences below this part of the figures that they are of are rounding, and have no sign.
const ROUNDING: f64 = 1e-12;
/// Units that a segment was to have for the chi-squared distribution (W. G. Cochran, 1954).
const EXPECTED: f64 = 5.0;

/// The effect of an arm in each segment beside the effect on the whole, and how much of the latter is the mix: that the
/// arms have other shares of the segments (E. H. Simpson, 1951).
///
/// Where arms are assigned by chance, and nobody is lost, the mix is chance and small. A mix that is not says that
/// something went wrong: an arm that was switched on later, or not on every device.
///
/// # Formula
/// With the figure `m` of a segment `s`, the share `p` of the arm `t` (of the control `c`) that lies in it, and its share `w`
/// in both arms together, all of units, or of the sum below a ratio:
///
/// - plain `= sum p_t m_t - sum p_c m_c`, the difference without segments,
/// - within `= sum w (m_t - m_c)`, the stratified one, over segments that both arms have,
/// - mix `= sum (p_t - w) (m_t - M) - (p_c - w) (m_c - M)`, around the control's figure `M`, so that no zero point matters.
///
/// Plain is within plus mix, up to rounding. A segment that one arm does not have is all mix.
///
/// | case | answer |
/// | --- | --- |
/// | a segment without units in one of the two arms | no effect of its own, with the cause; its part of the mix |
/// | one unit of an arm, or no variance | an effect without standard error: no part of the heterogeneity |
/// | a sum below a ratio that is not above 0 | as a segment without units |
/// | no segment that both arms have | [`ExperimentError::Stats`] |
/// | one segment | no reversal, no heterogeneity; a mix of 0 |
///
/// # Examples
/// ```
/// use marketloop::experiment::{ExperimentMetric, ExperimentSums, SegmentEffects, Units};
///
/// // On phones and on desktops the new page sells better; it was shown mostly on phones.
/// let (mut arms, mut bought, mut device) = (Vec::new(), Vec::new(), Vec::new());
/// for (arm, on, orders, units) in [(0, 0, 10, 100), (1, 0, 108, 900), (0, 1, 270, 900), (1, 1, 32, 100)] {
///     for unit in 0..units {
///         arms.push(arm);
///         device.push(on);
///         bought.push(i64::from(unit < orders));
///     }
/// }
/// let units = Units::new(arms).with_column("bought", bought)?.with_segments("device", ["phone", "desktop"], device)?;
/// let by_device = ExperimentSums::by(["old", "new"], [ExperimentMetric::proportion("bought")], &units, "device")?;
/// let effects = SegmentEffects::of(&by_device, "bought", "new")?;
/// assert!(effects.is_reversed());
/// assert_eq!(format!("{:.2} = {:.2} + {:.2}", effects.plain(), effects.within(), effects.mix()), "-0.14 = 0.02 + -0.16");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::{ExperimentMetric, ExperimentSums, SegmentEffects, Units};
/// let units = Units::new(&[0, 1]).with_column("pages", &[1, 3])?.with_segments("city", ["Xi'an"], &[0, 0])?;
/// let by_city = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "city")?;
/// let json = serde_json::to_value(SegmentEffects::of(&by_city, "pages", "new")?)?;
/// assert_eq!((&json["plain"], &json["segments"][0]["units"]), (&"2".into(), &serde_json::json!([1, 1])));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "simpsons_paradox")]
#[doc(alias = "post_stratification")]
#[doc(alias = "辛普森悖论")]
pub struct SegmentEffects {
    property: String,
    metric: String,
    arm: String,
    plain: f64,
    within: f64,
    // By name.
    segments: Vec<Segment>,
    strata: Option<MantelHaenszel>,
}

serialize_fields!(SegmentEffects {
    property,
    metric,
    arm,
    plain: own,
    within: own,
    segments,
    strata: optional
});

#[derive(Debug, Clone, PartialEq)]
struct Segment {
    name: String,
    units: (u64, u64),
    // Of the control and of the arm, in the whole of each.
    shares: (f64, f64),
    weight: f64,
    effect: Figure<f64>,
    standard_error: Figure<f64>,
    mix: f64,
}

serialize_fields!(Segment { name, units: own, shares: own, weight: own, effect, standard_error, mix: own });

impl SegmentEffects {
    /// The effects of an arm on a metric, by the segments of these sums.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::IsControl`]; [`ExperimentError::NotAMean`] of a quantile;
    /// [`ExperimentError::Stats`] without a segment that both arms have, and of a sum below a ratio that is not above 0 in an
    /// arm.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, SegmentEffects, Units};
    ///
    /// let units = Units::new(&[0, 1, 0, 1])
    ///     .with_column("pages", &[2, 3, 5, 9])?
    ///     .with_segments("city", ["Beijing", "Xi'an"], &[0, 0, 1, 1])?;
    /// let by_city = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "city")?;
    /// let effects = SegmentEffects::of(&by_city, "pages", "new")?;
    /// assert_eq!((effects.plain(), effects.within(), effects.mix()), (2.5, 2.5, 0.0));
    /// assert_eq!(effects.effect("Xi'an").and_then(|effect| effect.known()), Some(4.0));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of(segments: &SegmentedSums, metric: &str, arm: &str) -> Result<Self, ExperimentError> {
        let whole = total(segments)?;
        let compared = Comparison::new(&whole, metric, arm)?;
        let (control, treated) = compared.of(&whole)?;
        if control.weight <= 0.0 || treated.weight <= 0.0 {
            return Err(StatsError::ZeroSum { name: "x" }.into());
        }
        let mut parts = Vec::with_capacity(segments.iter().len());
        for (name, sums) in segments.iter() {
            parts.push((name, compared.of(sums)?));
        }
        let comparable = |part: &(ArmPart, ArmPart)| part.0.sample.is_known() && part.1.sample.is_known();
        let weights: f64 = (parts.iter().filter(|(_, part)| comparable(part)))
            .map(|(_, part)| part.0.weight + part.1.weight)
            .sum();
        if weights <= 0.0 {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 }.into());
        }
        let middle = control.sum / control.weight;
        // What a part of an arm adds to its figure, seen from the control's.
        let off = |part: &ArmPart, whole: &ArmPart| (part.sum - middle * part.weight) / whole.weight;
        let mut within = 0.0;
        let mut found = Vec::with_capacity(parts.len());
        for (name, part) in parts {
            let (own_control, own) = &part;
            let shares = (own_control.weight / control.weight, own.weight / treated.weight);
            let weight = if comparable(&part) { (own_control.weight + own.weight) / weights } else { 0.0 };
            let effect = own_control.sample.clone().zip(own.sample.clone());
            let mix = match &effect {
                Figure::Known((control, own)) => {
                    within += weight * (own.mean() - control.mean());
                    (shares.1 - weight) * (own.mean() - middle)
                        - (shares.0 - weight) * (control.mean() - middle)
                }
                _ => off(own, &treated) - off(own_control, &control),
            };
            found.push(Segment {
                name: name.to_string(),
                units: (own_control.units, own.units),
                shares,
                weight,
                standard_error: effect.clone().and_then(|(control, own)| {
                    error_of(control.variance(), own.variance(), (control.count(), own.count()))
                }),
                effect: effect.map(|(control, own)| own.mean() - control.mean()),
                mix,
            });
        }
        let plain = treated.sum / treated.weight - middle;
        for value in [plain, within].into_iter().chain(found.iter().map(|segment| segment.mix)) {
            if !value.is_finite() {
                return Err(StatsError::Overflow { function: "the effect of segments" }.into());
            }
        }
        let index = whole.metric(metric)?;
        let is_share = matches!(
            whole.metrics().get(index).map(super::ExperimentMetric::kind),
            Some(MetricKind::Proportion { .. })
        );
        let strata = if is_share { Some(strata(segments, metric, arm)?) } else { None };
        let (property, metric, arm) = (segments.property().to_string(), metric.to_string(), arm.to_string());
        Ok(Self { property, metric, arm, plain, within, segments: found, strata })
    }

    /// The difference of the arm from the control without regard to segments.
    #[must_use]
    pub const fn plain(&self) -> f64 {
        self.plain
    }

    /// The difference within segments: each by its share in both arms together.
    #[must_use]
    pub const fn within(&self) -> f64 {
        self.within
    }

    /// What of [`plain`](Self::plain) is not [`within`](Self::within): other shares of the segments in the two arms.
    #[must_use]
    pub fn mix(&self) -> f64 {
        self.segments.iter().map(|segment| segment.mix).sum()
    }

    /// The segments by what each adds to the [`mix`](Self::mix), the largest part first: those that cause a reversal.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, SegmentEffects, Units};
    ///
    /// // The new page had two of three readers from Xi'an, who read more anyway.
    /// let units = Units::new(&[0, 0, 0, 1, 1, 1])
    ///     .with_column("pages", &[2, 2, 9, 2, 9, 9])?
    ///     .with_segments("city", ["Beijing", "Xi'an"], &[0, 0, 1, 0, 1, 1])?;
    /// let by_city = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "city")?;
    /// let effects = SegmentEffects::of(&by_city, "pages", "new")?;
    /// assert_eq!(effects.mix_by_segment().first().map(|(name, _)| *name), Some("Xi'an"));
    /// assert!(effects.within().abs() < 1e-12 && (effects.mix() - effects.plain()).abs() < 1e-12);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn mix_by_segment(&self) -> Vec<(&str, f64)> {
        let mut parts: Vec<(&str, f64)> =
            self.segments.iter().map(|segment| (segment.name.as_str(), segment.mix)).collect();
        parts.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        parts
    }

    /// The difference in a segment, or why there is none; `None` for a name that is no segment.
    #[must_use]
    pub fn effect(&self, segment: &str) -> Option<Figure<f64>> {
        self.segments.iter().find(|own| own.name == segment).map(|own| own.effect.clone())
    }

    /// The shares of the control and of the arm that lie in a segment: of units, or of the sum below a ratio.
    #[must_use]
    pub fn shares(&self, segment: &str) -> Option<(f64, f64)> {
        self.segments.iter().find(|own| own.name == segment).map(|own| own.shares)
    }

    /// Whether every segment's effect has the other sign than the whole: Simpson's paradox. At least two segments; effects
    /// that are 0 but for rounding have no sign.
    #[must_use]
    pub fn is_reversed(&self) -> bool {
        let Some(sign) = self.sign(self.plain) else { return false };
        self.effects().count() > 1 && self.effects().all(|effect| self.sign(effect) == Some(!sign))
    }

    fn effects(&self) -> impl Iterator<Item = f64> + '_ {
        self.segments.iter().filter_map(|segment| segment.effect.clone().known())
    }

    /// Whether a difference is above 0; neither if it is 0 but for rounding.
    fn sign(&self, difference: f64) -> Option<bool> {
        let size = self.effects().fold(self.plain.abs(), |size, effect| size.max(effect.abs()));
        (difference.abs() > ROUNDING * size).then_some(difference > 0.0)
    }

    /// The difference [within](Self::within) segments with its standard error, the segments' shares taken as known.
    ///
    /// # Formula
    /// `sqrt(sum w^2 (s_t^2/n_t + s_c^2/n_c))`.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] where a segment has no standard error, or none varies.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, SegmentEffects, Units};
    ///
    /// let units = Units::new(&[0, 0, 1, 1]).with_column("pages", &[2, 4, 5, 9])?.with_segments("city", ["Xi'an"], &[0; 4])?;
    /// let by_city = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "city")?;
    /// let within = SegmentEffects::of(&by_city, "pages", "new")?.within_estimate()?;
    /// assert!((within.standard_error().clone().get()? - 5.0_f64.sqrt()).abs() < 1e-15);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn within_estimate(&self) -> Result<EffectEstimate, ExperimentError> {
        let mut variance = 0.0;
        for segment in self.segments.iter().filter(|segment| segment.effect.is_known()) {
            let needs_more = || StatsError::TooFewObservations { found: 1, needed: 2 };
            // Without variance a segment adds none.
            let error = match &segment.standard_error {
                Figure::Known(error) => *error,
                _ if segment.units.0 > 1 && segment.units.1 > 1 => 0.0,
                _ => return Err(needs_more().into()),
            };
            variance += segment.weight * error * (segment.weight * error);
        }
        if variance <= 0.0 {
            return Err(StatsError::NoVariance { name: "observations" }.into());
        }
        Ok(EffectEstimate::new(self.within, libm::sqrt(variance))?)
    }

    /// The effects of the segments that have a standard error, each by its precision: whether they differ by more than
    /// chance (an interaction), and their mean.
    ///
    /// # Errors
    /// [`ExperimentError::Stats`] where no segment has a standard error.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{ExperimentMetric, ExperimentSums, SegmentEffects, Units};
    ///
    /// let units = Units::new(&[0, 0, 1, 1, 0, 0, 1, 1])
    ///     .with_column("pages", &[2, 4, 5, 9, 5, 7, 1, 1])?
    ///     .with_segments("city", ["Beijing", "Xi'an"], &[0, 0, 0, 0, 1, 1, 1, 1])?;
    /// let by_city = ExperimentSums::by(["old", "new"], [ExperimentMetric::mean("pages")], &units, "city")?;
    /// let effects = SegmentEffects::of(&by_city, "pages", "new")?;
    /// assert!(effects.heterogeneity()?.p_value()? < 0.001);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "interaction")]
    pub fn heterogeneity(&self) -> Result<PooledEffects, ExperimentError> {
        let both = |segment: &Segment| segment.effect.clone().zip(segment.standard_error.clone()).known();
        let effects = self.segments.iter().filter_map(both);
        let effects: Vec<EffectEstimate> =
            effects.map(|(effect, error)| EffectEstimate::new(effect, error)).collect::<Result<_, _>>()?;
        Ok(PooledEffects::of(effects)?)
    }

    /// The strata of a proportion: one difference, odds ratio and test over segments that both arms have; `None` of another
    /// metric.
    #[must_use]
    pub const fn strata(&self) -> Option<&MantelHaenszel> {
        self.strata.as_ref()
    }

    /// The probability of arms that are as differently made of segments, if chance alone assigned them.
    ///
    /// # Formula
    /// Pearson's chi-squared of the table of segments and two arms, with one less degrees of freedom than segments. Segments of
    /// fewer than 5 expected units in an arm count as one.
    #[must_use]
    pub fn composition_p_value(&self) -> Figure<f64> {
        let none = |cause| Figure::undefined("p of the segments' shares", cause);
        let counts = |segment: &Segment| (float(segment.units.0), float(segment.units.1));
        let (control, arm) =
            (self.segments.iter().map(counts)).fold((0.0, 0.0), |all, own| (all.0 + own.0, all.1 + own.1));
        let all = control + arm;
        let expected = |own: (f64, f64)| ((own.0 + own.1) * (control / all), (own.0 + own.1) * (arm / all));
        let is_small = |own: (f64, f64)| expected(own).0.min(expected(own).1) < EXPECTED;
        let (mut statistic, mut cells, mut rest) = (0.0, 0_u32, (0.0, 0.0));
        let mut add = |own: (f64, f64)| {
            let (of_control, of_arm) = expected(own);
            let off = own.0 - of_control;
            statistic += off * off / of_control + off * off / of_arm;
            cells = cells.saturating_add(1);
        };
        for own in self.segments.iter().map(counts) {
            if is_small(own) { rest = (rest.0 + own.0, rest.1 + own.1) } else { add(own) }
        }
        if !is_small(rest) {
            add(rest);
        }
        if cells < 2 {
            return none(Cause::None("second segment of 5 expected units".into()));
        }
        match chi_squared_survival(statistic, f64::from(cells.saturating_sub(1))) {
            Ok(p) => Figure::Known(p),
            Err(_) => none(Cause::OutOfRange),
        }
    }

    /// The property of the segments.
    #[must_use]
    pub fn property(&self) -> &str {
        &self.property
    }

    /// The metric.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// The arm that is compared with the control.
    #[must_use]
    pub fn arm(&self) -> &str {
        &self.arm
    }

    /// A row for each segment: units, shares, effect and part of the mix; then the whole.
    #[must_use]
    pub fn table(&self) -> Table {
        const WHOLE: &str = "whole";
        let mut table = Table::new("segment");
        for segment in &self.segments {
            let name = beside(&segment.name, &[WHOLE]);
            table.push(&name, "units of the control", Cell::new(segment.units.0, "unit"));
            table.push(&name, "units of the arm", Cell::new(segment.units.1, "unit"));
            table.push(&name, "share of the control", segment.shares.0);
            table.push(&name, "share of the arm", segment.shares.1);
            table.push(&name, "effect", segment.effect.clone());
            table.push(&name, "standard error", segment.standard_error.clone());
            table.push(&name, "mix", segment.mix);
        }
        table.push(
            WHOLE,
            "effect",
            Cell::from(self.plain).because(alloc::format!("{} within segments", self.within)),
        );
        table.push(WHOLE, "mix", self.mix());
        table
    }
}

/// The standard error of a difference of two means, by the variance of each from unit to unit.
pub(super) fn error_of(first: Option<f64>, second: Option<f64>, (one, other): (u64, u64)) -> Figure<f64> {
    let none = |cause| Figure::undefined("standard error", cause);
    match first.zip(second) {
        None => none(Cause::None("second unit of an arm".into())),
        Some((first, second)) => {
            let error = libm::sqrt(first / float(one) + second / float(other));
            if error > 0.0 { Figure::Known(error) } else { none(Cause::Zero("variance".into())) }
        }
    }
}

fn strata(segments: &SegmentedSums, metric: &str, arm: &str) -> Result<MantelHaenszel, ExperimentError> {
    let mut strata: Vec<TwoProportions> = Vec::new();
    for (_, sums) in segments.iter() {
        let control = sums.arms().first().map_or(Ok(0), |control| sums.units(control))?;
        if control > 0 && sums.units(arm)? > 0 {
            strata.push(sums.rates_beside_control(metric, arm)?);
        }
    }
    Ok(MantelHaenszel::of(strata)?)
}
