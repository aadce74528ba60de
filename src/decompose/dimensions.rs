//! Which dimension tells best where a miss comes from.

use super::{Attribution, DecomposeError, ElementAttribution};
use alloc::vec::Vec;
use core::cmp::Ordering;
use serde::{Deserialize, Serialize};

/// The thresholds by which a set of elements counts as an explanation of a miss.
///
/// # Examples
/// ```
/// use marketloop::decompose::RankOptions;
///
/// let json = r#"{"min_element_power":"0.1","min_set_power":"0.8","max_elements":3}"#;
/// let options: RankOptions = serde_json::from_str(json)?;
/// assert_eq!(options, RankOptions::default().with_min_set_power(0.8).unwrap());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RankOptions {
    #[serde(with = "crate::quantity::wire::own")]
    min_element_power: f64,
    #[serde(with = "crate::quantity::wire::own")]
    min_set_power: f64,
    max_elements: usize,
}

impl Default for RankOptions {
    /// Elements that explain a tenth each and two thirds together, at most three of them: thresholds of the
    /// order that the paper uses.
    fn default() -> Self {
        Self { min_element_power: 0.1, min_set_power: 0.67, max_elements: 3 }
    }
}

impl RankOptions {
    /// Sets the minimum share of the miss that each element has to explain, 0 to 1.
    ///
    /// # Errors
    /// [`DecomposeError::NotFinite`] for a threshold that is no number.
    pub fn with_min_element_power(mut self, share: f64) -> Result<Self, DecomposeError> {
        self.min_element_power = finite(share)?;
        Ok(self)
    }

    /// Sets the minimum share of the miss that the elements of a set have to explain together.
    ///
    /// # Errors
    /// [`DecomposeError::NotFinite`] for a threshold that is no number.
    pub fn with_min_set_power(mut self, share: f64) -> Result<Self, DecomposeError> {
        self.min_set_power = finite(share)?;
        Ok(self)
    }

    /// Sets the maximum number of elements in a set.
    ///
    /// # Examples
    /// ```
    /// use marketloop::decompose::RankOptions;
    ///
    /// // One element has to explain nine tenths of a miss.
    /// let strict = RankOptions::default().with_min_set_power(0.9)?.with_max_elements(1);
    /// assert_ne!(strict, RankOptions::default());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_max_elements(mut self, max: usize) -> Self {
        self.max_elements = max;
        self
    }
}

fn finite(share: f64) -> Result<f64, DecomposeError> {
    if share.is_finite() { Ok(share) } else { Err(DecomposeError::NotFinite { index: 0, value: share }) }
}

/// The dimensions in which few elements explain the miss, each with those elements, the most surprising first, at
/// ties in the order given; dimensions in which no set of elements explains enough are left out.
///
/// Of each dimension the elements are taken by falling surprise, where each explains enough, until they explain
/// enough together (Adtributor: R. Bhagwan et al., 2014; provisional: the definitions follow the reference
/// numbers of this project, not a reading of the paper itself).
///
/// # Examples
/// ```
/// use marketloop::decompose::{Element, RankOptions, adtributor, rank_dimensions};
///
/// let element = |key, forecast: i64, actual: i64| Element { key, forecast: forecast.into(), actual: actual.into() };
/// let channel = adtributor(&[element("search", 50, 24), element("social", 20, 21), element("video", 30, 25)])?;
/// let device = adtributor(&[element("phone", 60, 42), element("desktop", 40, 28)])?;
/// let ranked = rank_dimensions([("device", channel.clone()), ("channel", channel), ("both alike", device)], RankOptions::default());
/// let (dimension, best) = &ranked[0];
/// assert_eq!((*dimension, best.elements()[0].key), ("device", "search"));
/// assert!(best.explanatory_power() > 0.86);
/// // Two thirds of the miss lie in phones, but nothing about their share is surprising.
/// assert!(ranked[2].1.surprise() < 1e-12);
/// # Ok::<(), marketloop::decompose::DecomposeError>(())
/// ```
pub fn rank_dimensions<D, K: Clone>(
    dimensions: impl IntoIterator<Item = (D, Attribution<K>)>,
    options: RankOptions,
) -> Vec<(D, Attribution<K>)> {
    let mut ranked: Vec<_> = dimensions
        .into_iter()
        .filter_map(|(dimension, attribution)| Some((dimension, explaining(&attribution, options)?)))
        .collect();
    ranked.sort_by(|a, b| falling(a.1.surprise(), b.1.surprise()));
    ranked
}

fn explaining<K: Clone>(attribution: &Attribution<K>, options: RankOptions) -> Option<Attribution<K>> {
    let mut candidates: Vec<&ElementAttribution<K>> = attribution
        .elements()
        .iter()
        .filter(|element| element.explanatory_power >= options.min_element_power)
        .collect();
    candidates.sort_by(|a, b| falling(a.surprise, b.surprise));
    let (mut elements, mut explanatory_power) = (Vec::new(), 0.0);
    // The most surprising first, and no further than needed: a smaller set would explain too little, and of a larger one
    // nobody knows where to look first.
    for element in candidates.into_iter().take(options.max_elements) {
        elements.push(element.clone());
        explanatory_power += element.explanatory_power;
        if explanatory_power >= options.min_set_power {
            return Some(Attribution::of(elements));
        }
    }
    None
}

fn falling(left: f64, right: f64) -> Ordering {
    right.total_cmp(&left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decompose::{Element, adtributor};
    use rust_decimal::Decimal;

    fn attribution(rows: &[(&'static str, i64, i64)]) -> Attribution<&'static str> {
        let element = |(key, forecast, actual): &(&'static str, i64, i64)| Element {
            key: *key,
            forecast: Decimal::from(*forecast),
            actual: Decimal::from(*actual),
        };
        adtributor(&rows.iter().map(element).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_miss_spread_over_many_elements_explains_nothing() {
        let rows = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|key| (key, 10, 9));
        let spread = attribution(&rows);
        assert!(rank_dimensions([("spread", spread.clone())], RankOptions::default()).is_empty());
        let all = RankOptions::default().with_max_elements(8);
        assert_eq!(rank_dimensions([("spread", spread)], all).len(), 1);
        assert!(RankOptions::default().with_min_set_power(f64::NAN).is_err());
    }

    #[test]
    fn the_order_follows_surprise_not_power() {
        let calm = attribution(&[("x", 90, 45), ("y", 10, 5)]);
        let sharp = attribution(&[("x", 50, 1), ("y", 50, 49)]);
        let ranked = rank_dimensions([("calm", calm), ("sharp", sharp)], RankOptions::default());
        assert_eq!(ranked.iter().map(|(dimension, _)| *dimension).collect::<Vec<_>>(), ["sharp", "calm"]);
    }
}
