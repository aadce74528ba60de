//! The removal effect: what part of the conversions is lost when a channel is taken out of the chain.

use super::columns::{float, float_value, in_dictionary_order};
use super::transition::MarkovChain;
use super::work::Work;
use super::{AttributionError, Channels, Credits, PathTable, Totals, higher_order, removal};
use crate::figure::{Cause, Cell, Figure, TOTAL, Table, beside};
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

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
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{MarkovChain, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// // C1 > C2 > C3 converts once; C1 alone and C2 > C3 do not.
    /// let mut paths = PathTable::builder(Currency::CNY);
    /// paths.push_text("C1 > C2 > C3", ">", Outcome::converted(100))?;
    /// paths.push_text("C1", ">", Outcome::null())?;
    /// paths.push_text("C2 > C3", ">", Outcome::null())?;
    /// let effects = MarkovChain::new(&paths.build(), 1)?.removal_effects()?;
    /// assert!((effects.conversions()[0] - 0.5).abs() < 1e-15);
    /// assert!((effects.conversions()[1] - 1.0).abs() < 1e-15);
    /// assert!((effects.credited_conversions()[2] - 0.4).abs() < 1e-15);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn removal_effects(&self) -> Result<RemovalEffects, AttributionError> {
        if self.totals.conversions == 0 {
            return Err(AttributionError::NoConversions { journeys: self.totals.journeys });
        }
        let mut work = Work::default();
        let losses = match self.order {
            1 => removal::losses(self, &mut work)?,
            _ => higher_order::losses(self, &mut work)?,
        };
        let journeys = float(self.totals.journeys);
        let rate = float(self.totals.conversions) / journeys;
        let value = float_value(self.total_value) / journeys;
        let credited_conversions =
            shared(losses.iter().map(|loss| loss.conversion), float(self.totals.conversions));
        let credited_values = shared(losses.iter().map(|loss| loss.value), float_value(self.total_value));
        // A channel in every path has an effect of 1, which rounding can pass by a digit.
        let conversions: Vec<f64> = losses.iter().map(|loss| (loss.conversion / rate).min(1.0)).collect();
        let values =
            (self.total_value > 0).then(|| losses.iter().map(|loss| (loss.value / value).min(1.0)).collect());
        let visits = losses.iter().map(|loss| loss.visit.min(1.0)).collect();
        let ordered = |figures: Vec<f64>| in_dictionary_order(&self.ids, figures);
        Ok(RemovalEffects {
            channels: self.channels.clone(),
            conversions: ordered(conversions),
            values: values.map(ordered),
            visits: ordered(visits),
            credited_conversions: ordered(credited_conversions),
            credited_values: ordered(credited_values),
            totals: self.totals,
        })
    }
}

impl MarkovChain {
    /// What the removal effects credit, and their errors. The chain is that of `paths`.
    pub(super) fn credits(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        let effects = self.removal_effects()?;
        let RemovalEffects { credited_conversions, credited_values, .. } = effects;
        Credits::new(paths, credited_conversions, credited_values)
    }
}

/// The removal effects of all channels, in the order of the dictionary.
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "移除效应")]
pub struct RemovalEffects {
    channels: Channels,
    conversions: Vec<f64>,
    values: Option<Vec<f64>>,
    visits: Vec<f64>,
    credited_conversions: Vec<f64>,
    credited_values: Vec<f64>,
    totals: Totals,
}

impl RemovalEffects {
    /// The channels, in the order of the figures.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The share of the conversions that is lost without each channel, 0..=1.
    #[must_use]
    pub fn conversions(&self) -> &[f64] {
        &self.conversions
    }

    /// The share of the value that is lost without each channel, 0..=1; undefined where there is no value.
    #[must_use]
    pub fn values(&self) -> Figure<&[f64]> {
        let none = || Figure::undefined("removal effect on value", Cause::Zero("value".into()));
        self.values.as_deref().map_or_else(none, Figure::Known)
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

    /// One channel after the other.
    fn rows(&self) -> impl Iterator<Item = ChannelEffect<'_>> {
        let credited = self.credited_conversions.iter().zip(&self.credited_values);
        let figures = self.conversions.iter().zip(&self.visits).zip(credited).enumerate();
        self.channels.names().zip(figures).map(|(channel, (index, ((effect, visit), credited)))| {
            let value_effect = self.values.as_ref().and_then(|values| values.get(index)).copied();
            let (credited_conversions, credited_value) = (*credited.0, *credited.1);
            let (effect, visit_probability) = (*effect, *visit);
            ChannelEffect {
                channel,
                visit_probability,
                effect,
                value_effect,
                credited_conversions,
                credited_value_in_minor_units: credited_value,
            }
        })
    }

    /// The channel without which most conversions would be lost, and their share; of several the first.
    #[must_use]
    pub fn most(&self) -> Option<(&str, f64)> {
        let all = self.channels.names().zip(self.conversions.iter().copied());
        all.reduce(|most, own| if own.1 > most.1 { own } else { most })
    }

    /// A row for each channel: how many journeys of the chain reach it, what part of the conversions and of the value is lost
    /// without it, and its credit; and a row of what was credited in all. Effects do not add up: a journey is lost by each
    /// of its channels.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("channel");
        let percent = |part: f64| Cell::new(100.0 * part, "%");
        let (conversions, values) = (self.credited_conversions.clone(), self.credited_values.clone());
        let amounts = Credits::of_totals(self.channels.clone(), conversions, values, self.totals).amounts();
        for (row, amount) in self.rows().zip(amounts) {
            let name = beside(row.channel, &[TOTAL]);
            table.push(&name, "journeys that reach it", percent(row.visit_probability));
            table.push(&name, "removal effect on conversions", percent(row.effect));
            // A column without a figure says why: there was no value to lose.
            let value_effect =
                row.value_effect.map_or_else(|| Cell::from(self.values().map(|_| "")), percent);
            table.push(&name, "removal effect on value", value_effect);
            table.push(&name, "credited conversions", Cell::new(row.credited_conversions, "conversion"));
            table.push(&name, "credited value", amount);
        }
        // As long as anything is lost without some channel the credits add up to the totals.
        if self.conversions.iter().any(|effect| *effect > 0.0) {
            table.push(TOTAL, "credited conversions", Cell::new(self.totals.conversions, "conversion"));
        }
        if self.values.as_ref().is_some_and(|values| values.iter().any(|effect| *effect > 0.0)) {
            table.push(TOTAL, "credited value", self.totals.value);
        }
        table
    }
}

impl fmt::Display for RemovalEffects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
struct ChannelEffect<'a> {
    channel: &'a str,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    visit_probability: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    effect: f64,
    /// None where there is no value.
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    value_effect: Option<f64>,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    credited_conversions: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    credited_value_in_minor_units: f64,
}

impl Serialize for RemovalEffects {
    /// A list of the channels.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.rows())
    }
}

/// `total` in proportion to the losses; 0 where nothing is lost.
fn shared(losses: impl Iterator<Item = f64> + Clone, total: f64) -> Vec<f64> {
    let sum: f64 = losses.clone().sum();
    losses.map(|loss| if sum > 0.0 { loss / sum * total } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Outcome;
    use super::*;
    use crate::quantity::Currency;
    use alloc::string::ToString;

    #[test]
    fn journeys_without_value_say_why_no_value_is_lost() {
        let mut paths = PathTable::builder(Currency::CNY);
        paths.push_text("search > feed", ">", Outcome::converted(0)).unwrap();
        let effects = MarkovChain::new(&paths.build(), 1).unwrap().removal_effects().unwrap();
        let table = effects.table().to_string();
        assert!(table.contains("undefined: value is zero"), "{table}");
    }
}
