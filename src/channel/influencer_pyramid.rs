//! How many influencers of each tier: few stars, more experts, many ordinary people.

use super::{ChannelError, Gap};
use crate::quantity::Count;
use crate::split::{Apportionment, Weights};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Tiers of influencers (KOLs and KOCs) in a fixed proportion, the narrowest tier first.
///
/// # Examples
/// ```
/// use marketloop::channel::InfluencerPyramid;
///
/// let pyramid = InfluencerPyramid::documents()?; // 1 star : 20 vertical : 100 ordinary
/// assert_eq!(pyramid.people(242)?, [2, 40, 200]);
/// let gaps = pyramid.gaps(&[3, 18, 100])?;
/// assert_eq!(gaps.iter().map(|gap| gap.difference()).collect::<Vec<_>>(), [2, -2, 0]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::channel::InfluencerPyramid;
/// let json = r#"[["star",1],["ordinary",100]]"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<InfluencerPyramid<String>>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[doc(alias = "KOL")]
#[doc(alias = "KOC")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<(K, Count)>", into = "Vec<(K, Count)>")]
#[serde(bound(serialize = "K: Serialize + Clone", deserialize = "K: Deserialize<'de> + Ord"))]
#[doc(alias = "关键意见领袖")]
pub struct InfluencerPyramid<K> {
    tiers: Vec<(K, Count)>,
    weights: Weights,
}

impl InfluencerPyramid<&'static str> {
    /// The documents' pyramid: 1 star to 20 vertical influencers to 100 ordinary people.
    ///
    /// # Errors
    /// None; it is checked like any other.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::InfluencerPyramid;
    ///
    /// let pyramid = InfluencerPyramid::documents()?;
    /// assert_eq!(pyramid.tiers().first().map(|(tier, people)| (*tier, people.value())), Some(("star", 1)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn documents() -> Result<Self, ChannelError> {
        Self::new([("star", 1), ("vertical", 20), ("ordinary", 100)])
    }
}

impl<K: Ord> InfluencerPyramid<K> {
    /// A pyramid of these tiers with their proportion of people, at least 1 each.
    ///
    /// # Errors
    /// [`ChannelError::NoChannels`] without a tier; [`ChannelError::DuplicateChannel`];
    /// [`ChannelError::EmptyTier`]; [`ChannelError::NotAPyramid`] where a tier is smaller than the one before.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{ChannelError, InfluencerPyramid};
    ///
    /// let pyramid = InfluencerPyramid::new([("KOL", 1), ("KOC", 9)])?;
    /// assert_eq!(pyramid.people(20)?, [2, 18]);
    /// // Upside down it is no pyramid.
    /// let refused = InfluencerPyramid::new([("KOL", 9), ("KOC", 1)]).unwrap_err();
    /// assert_eq!(refused, ChannelError::NotAPyramid { index: 1 });
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(tiers: impl IntoIterator<Item = (K, u64)>) -> Result<Self, ChannelError> {
        let tiers: Vec<(K, Count)> =
            tiers.into_iter().map(|(key, people)| (key, Count::new(people))).collect();
        super::concentration::unique(tiers.iter().map(|(key, _)| key))?;
        if let Some(index) = tiers.iter().position(|(_, people)| *people == Count::ZERO) {
            return Err(ChannelError::EmptyTier { index });
        }
        // Equal tiers may stand: a tier as wide as the one above it is still no narrower.
        let narrower = |pair: &[(K, Count)]| matches!(pair, [(_, left), (_, right)] if left > right);
        if let Some((index, _)) = (1..).zip(tiers.windows(2)).find(|(_, pair)| narrower(pair)) {
            return Err(ChannelError::NotAPyramid { index });
        }
        let weights = Weights::new(tiers.iter().map(|(_, people)| people.to_decimal()));
        Ok(Self { weights: weights.map_err(|_| ChannelError::NoChannels)?, tiers })
    }
}

impl<K> InfluencerPyramid<K> {
    /// The tiers, the narrowest first.
    #[must_use]
    pub fn tiers(&self) -> &[(K, Count)] {
        &self.tiers
    }

    /// The number of people of each tier out of `total`, by largest remainder; they add up to the total.
    ///
    /// # Errors
    /// None that a count of 64 bits can cause; the type leaves room.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::InfluencerPyramid;
    ///
    /// // 100 cooperations: what is rounded adds up again.
    /// assert_eq!(InfluencerPyramid::documents()?.people(100)?, [1, 16, 83]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn people(&self, total: u64) -> Result<Vec<u64>, ChannelError> {
        let parts = self.weights.split(total.into(), Apportionment::LargestRemainder);
        parts.into_iter().map(|part| u64::try_from(part).map_err(|_| ChannelError::TooMany)).collect()
    }
}

impl<K: Clone> InfluencerPyramid<K> {
    /// The actual number of people of each tier beside the planned one, of the pyramid with the same total.
    ///
    /// # Errors
    /// [`ChannelError::Length`] for another number of tiers; [`ChannelError::TooMany`] beyond 64 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::InfluencerPyramid;
    ///
    /// let gaps = InfluencerPyramid::documents()?.gaps(&[3, 18, 100])?;
    /// assert_eq!(gaps[0].to_string(), "star 3, 2 more than 1");
    /// assert_eq!(gaps[2].to_string(), "ordinary 100 as planned");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn gaps(&self, actual: &[u64]) -> Result<Vec<Gap<K, Count>>, ChannelError> {
        if actual.len() != self.tiers.len() {
            return Err(ChannelError::Length { expected: self.tiers.len(), actual: actual.len() });
        }
        // Planned for as many people as there are, so that the gaps add up to 0: they tell how the mix
        // is off, not how many people are missing.
        let total = actual.iter().try_fold(0_u64, |sum, people| sum.checked_add(*people));
        let planned = self.people(total.ok_or(ChannelError::TooMany)?)?;
        let pairs = self.tiers.iter().zip(actual).zip(&planned);
        let gap = |((tier, actual), planned): ((&(K, Count), &u64), &u64)| Gap {
            name: tier.0.clone(),
            actual: Count::new(*actual),
            planned: Count::new(*planned),
        };
        Ok(pairs.map(gap).collect())
    }
}

impl<K: Ord> TryFrom<Vec<(K, Count)>> for InfluencerPyramid<K> {
    type Error = ChannelError;

    fn try_from(tiers: Vec<(K, Count)>) -> Result<Self, Self::Error> {
        Self::new(tiers.into_iter().map(|(key, people)| (key, people.value())))
    }
}

impl<K> From<InfluencerPyramid<K>> for Vec<(K, Count)> {
    fn from(pyramid: InfluencerPyramid<K>) -> Self {
        pyramid.tiers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_add_up_whatever_the_total() {
        let pyramid = InfluencerPyramid::documents().unwrap();
        for total in [0, 1, 60, 100, 121, 122, u64::MAX] {
            let people = pyramid.people(total).unwrap();
            assert_eq!(people.iter().map(|people| u128::from(*people)).sum::<u128>(), total.into());
        }
        assert_eq!(pyramid.people(121).unwrap(), [1, 20, 100]);
    }

    #[test]
    fn what_is_no_pyramid_is_refused() {
        let refused =
            |tiers: &[(&'static str, u64)]| InfluencerPyramid::new(tiers.iter().copied()).unwrap_err();
        assert_eq!(refused(&[]), ChannelError::NoChannels);
        assert_eq!(refused(&[("a", 1), ("a", 2)]), ChannelError::DuplicateChannel { first: 0, second: 1 });
        assert_eq!(refused(&[("a", 0), ("b", 2)]), ChannelError::EmptyTier { index: 0 });
        assert_eq!(refused(&[("a", 2), ("b", 1)]), ChannelError::NotAPyramid { index: 1 });
        let pyramid = InfluencerPyramid::documents().unwrap();
        assert_eq!(pyramid.gaps(&[1]), Err(ChannelError::Length { expected: 3, actual: 1 }));
        assert_eq!(pyramid.gaps(&[u64::MAX, 1, 0]), Err(ChannelError::TooMany));
    }
}
