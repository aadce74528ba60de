//! The rules by which practice divides a conversion among touches.

use super::{AttributionError, ChannelId, Conservation, TouchModel, Touched};
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroU32;

/// All to the first touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FirstTouch;

/// All to the last touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LastTouch;

/// All to the last touch of a channel other than this one; all to the last touch where there is no other.
///
/// A table without the channel is credited as by [`LastTouch`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastNonDirect {
    direct: String,
}

/// The same to every touch: `1 / L` of a path of `L` touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Linear;

/// Fixed weights to the first touch, to the last, and to those between, which share theirs evenly.
///
/// A single touch has all. Of two touches the first has `f / (f + l)` and the last `l / (f + l)`, each half
/// where both weights are 0. Where no touch has weight all are alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionBased {
    first: f64,
    middle: f64,
    last: f64,
}

/// First touch, a milestone such as the creation of the lead, and last touch 30 % each; 10 % to the others.
///
/// The milestone of each journey comes from the caller, as the index of its touch; without one, or where it is
/// the first or the last touch, the weights of what is there are in proportion. Without other touches the 10 %
/// likewise.
#[derive(Debug, Clone, Copy)]
pub struct WShaped<F> {
    milestone: F,
}

/// More to the later touches: the weight of a touch `t` before the end of the journey halves with each half-life.
///
/// # Formula
/// `w_i = 2^(-t_i / h)`, divided by the sum of the journey. A weight below 2^-62 of the journey's largest is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeDecay {
    half_life: NonZeroU32,
}

/// More to the later touches, by their position: each touch weighs `ratio` times the one behind it.
///
/// # Formula
/// `w_i = r^(L - 1 - i)` for touch `i` (from 0) of `L`, divided by the sum of the journey.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PositionDecay {
    ratio: f64,
}

/// The full conversion to every channel that took part; the credits do not add up to the total.
///
/// Of the touches of one channel its first has the credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Participation;

/// Weights of the caller's own for each touch.
///
/// # Examples
/// ```
/// use marketloop::attribution::{Custom, Model, Outcome, PathTable, TouchPosition};
/// use marketloop::quantity::Currency;
///
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
/// let double_first = Custom::new(|touch: &TouchPosition<'_>| if touch.position == 0 { 3.0 } else { 1.0 });
/// assert_eq!(double_first.credit(&builder.build())?.conversions(), [0.75, 0.25]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Custom<F> {
    weight: F,
}

/// One touch, as [`Custom`] weights see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TouchPosition<'a> {
    /// The index of the touch in its path, from 0.
    pub position: usize,
    /// How many touches the path has.
    pub length: usize,
    /// The channel.
    pub channel: ChannelId,
    /// The name of the channel.
    pub name: &'a str,
    /// How many seconds the touch lies before the end of the journey, if the table has times.
    pub seconds_before_end: Option<u32>,
}

impl LastNonDirect {
    /// The rule that passes over the channel of this name.
    #[must_use]
    pub fn new(direct: impl Into<String>) -> Self {
        Self { direct: direct.into() }
    }
}

impl PositionBased {
    /// The rule of these weights.
    ///
    /// # Errors
    /// [`AttributionError::Parameter`] for a weight that is not a number of 0 or more, or for a sum that is not
    /// a number above 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::PositionBased;
    ///
    /// assert_eq!(PositionBased::new(0.4, 0.2, 0.4)?, PositionBased::u());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(first: f64, middle: f64, last: f64) -> Result<Self, AttributionError> {
        for (name, value) in [("first", first), ("middle", middle), ("last", last)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(AttributionError::Parameter { name, value });
            }
        }
        let value = first + middle + last;
        if !(value > 0.0 && value.is_finite()) {
            return Err(AttributionError::Parameter { name: "the sum of the weights", value });
        }
        Ok(Self { first, middle, last })
    }

    /// 40 % to the first touch, 20 % between, 40 % to the last.
    #[must_use]
    pub const fn u() -> Self {
        Self { first: 0.4, middle: 0.2, last: 0.4 }
    }

    /// 20 % to the first touch, 20 % between, 60 % to the last.
    #[must_use]
    pub const fn j() -> Self {
        Self { first: 0.2, middle: 0.2, last: 0.6 }
    }

    /// 60 % to the first touch, 20 % between, 20 % to the last.
    #[must_use]
    pub const fn inverse_j() -> Self {
        Self { first: 0.6, middle: 0.2, last: 0.2 }
    }
}

impl<F: Fn(&Touched<'_>) -> Option<usize>> WShaped<F> {
    /// The rule with the milestones that `milestone` says.
    #[must_use]
    pub const fn new(milestone: F) -> Self {
        Self { milestone }
    }
}

impl TimeDecay {
    /// The rule with a half-life of so many seconds.
    ///
    /// # Errors
    /// [`AttributionError::Parameter`] for 0.
    pub fn by_half_life(seconds: u32) -> Result<Self, AttributionError> {
        let parameter = AttributionError::Parameter { name: "the half-life", value: 0.0 };
        NonZeroU32::new(seconds).map(|half_life| Self { half_life }).ok_or(parameter)
    }
}

impl PositionDecay {
    /// The rule with this ratio of a touch's weight to that of the next.
    ///
    /// # Errors
    /// [`AttributionError::Parameter`] for a ratio that is not above 0 and at most 1.
    pub fn new(ratio: f64) -> Result<Self, AttributionError> {
        if ratio > 0.0 && ratio <= 1.0 {
            Ok(Self { ratio })
        } else {
            Err(AttributionError::Parameter { name: "the ratio", value: ratio })
        }
    }
}

impl<F: Fn(&TouchPosition<'_>) -> f64> Custom<F> {
    /// The rule of these weights: finite, 0 or more, and not all 0 in a path that converts.
    #[must_use]
    pub const fn new(weight: F) -> Self {
        Self { weight }
    }
}

/// Weight 1 at one place of `length`.
fn only(place: usize, length: usize, weights: &mut Vec<f64>) {
    weights.extend((0..length).map(|touch| if touch == place { 1.0 } else { 0.0 }));
}

impl TouchModel for FirstTouch {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        only(0, touched.row.path.len(), weights);
        Ok(())
    }
}

impl TouchModel for LastTouch {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        let length = touched.row.path.len();
        only(length.saturating_sub(1), length, weights);
        Ok(())
    }
}

impl TouchModel for LastNonDirect {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        let (path, direct) = (touched.row.path, touched.channels.id(&self.direct));
        let place = path.iter().rposition(|channel| Some(*channel) != direct);
        only(place.unwrap_or(path.len().saturating_sub(1)), path.len(), weights);
        Ok(())
    }
}

impl TouchModel for Linear {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        weights.extend(touched.row.path.iter().map(|_| 1.0));
        Ok(())
    }
}

impl TouchModel for PositionBased {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        let length = touched.row.path.len();
        let end = length.saturating_sub(1);
        let each = self.middle / count(length.saturating_sub(2)).max(1.0);
        let weight = |touch| match touch {
            0 => self.first,
            _ if touch == end => self.last,
            _ => each,
        };
        weights.extend((0..length).map(weight));
        even_if_none(weights);
        Ok(())
    }
}

impl<F: Fn(&Touched<'_>) -> Option<usize>> TouchModel for WShaped<F> {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        let length = touched.row.path.len();
        let end = length.saturating_sub(1);
        let milestone = (self.milestone)(touched);
        if let Some(touch) = milestone.filter(|touch| *touch >= length) {
            return Err(AttributionError::Milestone { row: touched.index, touch, length });
        }
        let marked = |touch| touch == 0 || touch == end || Some(touch) == milestone;
        let others = (0..length).filter(|touch| !marked(*touch)).count();
        let each = 0.1 / count(others).max(1.0);
        weights.extend((0..length).map(|touch| if marked(touch) { 0.3 } else { each }));
        Ok(())
    }
}

impl TouchModel for TimeDecay {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        let missing = AttributionError::MissingTimes { row: touched.index };
        let seconds = touched.row.seconds_before_end.ok_or(missing)?;
        // Only the ratios of the weights count: measured from the last touch, none but small ones vanish.
        let end = seconds.last().copied().unwrap_or_default();
        let half_life = f64::from(self.half_life.get());
        let weight = |at: &u32| libm::exp2(-f64::from(at.saturating_sub(end)) / half_life);
        weights.extend(seconds.iter().map(weight));
        Ok(())
    }
}

impl TouchModel for PositionDecay {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        let mut weight = 1.0;
        for _ in touched.row.path {
            weights.push(weight);
            weight *= self.ratio;
        }
        weights.reverse();
        Ok(())
    }
}

impl TouchModel for Participation {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        /// Paths up to this length are searched, longer ones have a set.
        const SHORT: usize = 16;
        let path = touched.row.path;
        let flag = |new| if new { 1.0 } else { 0.0 };
        if path.len() <= SHORT {
            let new = |(touch, id)| !path.iter().take(touch).any(|before| before == id);
            weights.extend(path.iter().enumerate().map(|touch| flag(new(touch))));
        } else {
            let mut seen = BTreeSet::new();
            weights.extend(path.iter().map(|id| flag(seen.insert(*id))));
        }
        Ok(())
    }

    fn conservation(&self) -> Conservation {
        Conservation::NotConserving
    }
}

impl<F: Fn(&TouchPosition<'_>) -> f64> TouchModel for Custom<F> {
    fn weigh(&self, touched: &Touched<'_>, weights: &mut Vec<f64>) -> Result<(), AttributionError> {
        let Touched { channels, row, .. } = touched;
        let touch = |(position, channel): (usize, &ChannelId)| TouchPosition {
            position,
            length: row.path.len(),
            channel: *channel,
            name: channels.name(*channel).unwrap_or_default(),
            seconds_before_end: row.seconds_before_end.and_then(|seconds| seconds.get(position)).copied(),
        };
        weights.extend(row.path.iter().enumerate().map(|at| (self.weight)(&touch(at))));
        Ok(())
    }
}

fn even_if_none(weights: &mut [f64]) {
    if weights.iter().all(|weight| *weight <= 0.0) {
        weights.fill(1.0);
    }
}

/// A length of a path, below 2^32.
fn count(length: usize) -> f64 {
    u32::try_from(length).map_or(f64::from(u32::MAX), f64::from)
}
