//! The removal effect: what part of the conversions is lost when a channel is taken out of the chain.

use super::columns::{Columns, float, float_value, in_dictionary_order};
use super::transition::{MOST_ORDER, MarkovChain};
use super::work::Work;
use super::{AttributionError, Conservation, Credits, Model, PathTable, higher_order, removal};
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
/// use marketloop::attribution::{Markov, Model, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// // C1 > C2 > C3 converts once; C1 alone and C2 > C3 do not.
/// let mut paths = PathTable::builder(Currency::CNY);
/// paths.push_text("C1 > C2 > C3", ">", Outcome::converted(100))?;
/// paths.push_text("C1", ">", Outcome::null())?;
/// paths.push_text("C2 > C3", ">", Outcome::null())?;
/// let paths = paths.build();
/// let effects = Markov::order(1)?.removal_effects(&paths)?;
/// assert!((effects.conversions()[0] - 0.5).abs() < 1e-15);
/// assert!((effects.conversions()[1] - 1.0).abs() < 1e-15);
/// let credits = Markov::order(1)?.credit(&paths)?;
/// assert!((credits.conversions()[2] - 0.4).abs() < 1e-15);
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
    /// [`AttributionError::Overflow`] for more than 2^32 - 1 states or steps; [`AttributionError::TooLarge`] for more
    /// work than [`MarkovChain::removal_effects`] does.
    pub fn removal_effects(&self, paths: &PathTable) -> Result<RemovalEffects, AttributionError> {
        Columns::new(paths).converting_totals()?;
        MarkovChain::new(paths, self.order)?.removal_effects()
    }
}

impl MarkovChain {
    /// The removal effect of each channel.
    ///
    /// Of order 1 the work is the cube of the number of channels where each follows each, and little more than the number
    /// of different steps where each follows a few. Of higher orders it is the number of channels times that of different
    /// steps, times the sweeps (some ten, more where journeys are long).
    ///
    /// # Errors
    /// [`AttributionError::NoConversions`], of which no part can be lost; [`AttributionError::TooLarge`] as soon as it
    /// shows that more than 2^35 multiplications are needed, as of 3,251 channels that all follow each other.
    pub fn removal_effects(&self) -> Result<RemovalEffects, AttributionError> {
        if self.total_conversions == 0 {
            return Err(AttributionError::NoConversions { journeys: self.total_journeys });
        }
        let mut work = Work::default();
        let losses = match self.order {
            1 => removal::losses(self, &mut work)?,
            _ => higher_order::losses(self, &mut work)?,
        };
        let journeys = float(self.total_journeys);
        let rate = float(self.total_conversions) / journeys;
        let value = float_value(self.total_value) / journeys;
        let credited_conversions =
            shared(losses.iter().map(|loss| loss.conversion), float(self.total_conversions));
        let credited_values = shared(losses.iter().map(|loss| loss.value), float_value(self.total_value));
        // A channel in every path has an effect of 1, which rounding can pass by a digit.
        let conversions: Vec<f64> = losses.iter().map(|loss| (loss.conversion / rate).min(1.0)).collect();
        let values =
            (self.total_value > 0).then(|| losses.iter().map(|loss| (loss.value / value).min(1.0)).collect());
        let visits = losses.iter().map(|loss| loss.visit.min(1.0)).collect();
        let ordered = |figures: Vec<f64>| in_dictionary_order(&self.ids, figures);
        Ok(RemovalEffects {
            conversions: ordered(conversions),
            values: values.map(ordered),
            visits: ordered(visits),
            credited_conversions: ordered(credited_conversions),
            credited_values: ordered(credited_values),
        })
    }
}

/// The removal effects of all channels, in the order of the dictionary.
#[derive(Debug, Clone, PartialEq)]
pub struct RemovalEffects {
    conversions: Vec<f64>,
    values: Option<Vec<f64>>,
    visits: Vec<f64>,
    credited_conversions: Vec<f64>,
    credited_values: Vec<f64>,
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
    pub fn credited_conversions(&self) -> &[f64] {
        &self.credited_conversions
    }

    /// The value credited to each channel in minor units; 0 where there is no value.
    #[must_use]
    pub fn credited_values(&self) -> &[f64] {
        &self.credited_values
    }
}

impl Model for Markov {
    /// What the [removal effects](Markov::removal_effects) credit, and their errors.
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        let effects = self.removal_effects(paths)?;
        let RemovalEffects { credited_conversions, credited_values, .. } = effects;
        Credits::new(paths, credited_conversions, credited_values, Conservation::Conserving)
    }
}

/// `total` in proportion to the losses; 0 where nothing is lost.
fn shared(losses: impl Iterator<Item = f64> + Clone, total: f64) -> Vec<f64> {
    let sum: f64 = losses.clone().sum();
    losses.map(|loss| if sum > 0.0 { loss / sum * total } else { 0.0 }).collect()
}
