//! The removal effect: what part of the conversions is lost when a channel is taken out of the chain.

use super::columns::{Columns, float, float_value};
use super::transition::{MOST_ORDER, MarkovChain};
use super::{AttributionError, higher_order, removal};
use alloc::vec::Vec;

/// Attribution by the removal effects of a Markov chain of some order, computed exactly, not by simulation.
///
/// # Formula
/// `RE_c = 1 - P(convert | all states that contain c lead to nothing) / P(convert)`, and channel `c` is
/// credited `RE_c / sum of all RE` of the conversions (E. Anderl, I. Becker, F. von Wangenheim, J. H. Schumann,
/// 2016). For the value of conversions the same with the expected value instead of the probability.
///
/// # Examples
/// ```
/// use marketloop::attribution::{Columns, Markov};
///
/// // C1 > C2 > C3 converts once; C1 alone and C2 > C3 do not.
/// let columns =
///     Columns::new(3, &[0, 3, 4, 6], &[0, 1, 2, 0, 1, 2], &[1, 0, 0], &[0, 1, 1], &[100, 0, 0])?;
/// let effects = Markov::order(1)?.removal_effects(&columns)?;
/// assert!((effects.conversions()[0] - 0.5).abs() < 1e-15);
/// assert!((effects.conversions()[1] - 1.0).abs() < 1e-15);
/// assert!((effects.credited_conversions()[2] - 0.4).abs() < 1e-15);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Markov {
    order: usize,
}

impl Markov {
    /// Chains whose states are the last `order` touches.
    ///
    /// # Errors
    /// [`AttributionError::Order`] for an order outside 1..=255.
    pub const fn order(order: usize) -> Result<Self, AttributionError> {
        if order == 0 || order > MOST_ORDER {
            return Err(AttributionError::Order { order, most: MOST_ORDER });
        }
        Ok(Self { order })
    }

    /// The removal effect of each channel.
    ///
    /// # Errors
    /// [`AttributionError::NoPaths`]; [`AttributionError::NoConversions`], of which no part can be lost;
    /// [`AttributionError::Overflow`] for more than 2^32 - 1 states or steps.
    pub fn removal_effects(&self, columns: &Columns<'_>) -> Result<RemovalEffects, AttributionError> {
        columns.converting_totals()?;
        MarkovChain::new(columns, self.order)?.removal_effects()
    }
}

impl MarkovChain {
    /// The removal effect of each channel.
    ///
    /// # Errors
    /// [`AttributionError::NoConversions`], of which no part can be lost.
    pub fn removal_effects(&self) -> Result<RemovalEffects, AttributionError> {
        if self.total_conversions == 0 {
            return Err(AttributionError::NoConversions { journeys: self.total_journeys });
        }
        let small = self.order == 1 && self.states() <= removal::MOST_STATES;
        let losses = if small { removal::losses(self) } else { higher_order::losses(self)? };
        let journeys = float(self.total_journeys);
        let rate = float(self.total_conversions) / journeys;
        let value = float_value(self.total_value) / journeys;
        // A channel in every path has an effect of 1, which rounding can pass by a digit.
        let conversions = losses.iter().map(|loss| (loss.conversion / rate).min(1.0)).collect();
        let values =
            (self.total_value > 0).then(|| losses.iter().map(|loss| (loss.value / value).min(1.0)).collect());
        let visits = losses.iter().map(|loss| loss.visit.min(1.0)).collect();
        let (total_conversions, total_value) = (self.total_conversions, self.total_value);
        Ok(RemovalEffects { conversions, values, visits, total_conversions, total_value })
    }
}

/// The removal effects of all channels, in the order of their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct RemovalEffects {
    conversions: Vec<f64>,
    values: Option<Vec<f64>>,
    visits: Vec<f64>,
    total_conversions: u64,
    total_value: i64,
}

impl RemovalEffects {
    /// The share of the conversions that is lost without each channel, 0..=1.
    #[must_use]
    pub fn conversions(&self) -> &[f64] {
        &self.conversions
    }

    /// The share of the value that is lost without each channel, 0..=1; `None` where there is no value.
    #[must_use]
    pub fn values(&self) -> Option<&[f64]> {
        self.values.as_deref()
    }

    /// The probability that a journey of the chain reaches each channel.
    #[must_use]
    pub fn visit_probabilities(&self) -> &[f64] {
        &self.visits
    }

    /// The conversions credited to each channel: its share of the sum of all effects.
    #[must_use]
    pub fn credited_conversions(&self) -> Vec<f64> {
        shared(&self.conversions, float(self.total_conversions))
    }

    /// The value credited to each channel in minor units; 0 where there is no value.
    #[must_use]
    pub fn credited_values(&self) -> Vec<f64> {
        match &self.values {
            Some(values) => shared(values, float_value(self.total_value)),
            None => alloc::vec![0.0; self.conversions.len()],
        }
    }
}

/// `total` in proportion to effects of which at least one is above 0.
fn shared(effects: &[f64], total: f64) -> Vec<f64> {
    let sum: f64 = effects.iter().sum();
    effects.iter().map(|effect| effect / sum * total).collect()
}
