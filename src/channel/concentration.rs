//! How concentrated a total is on few channels, and what remains when one of them fails.

use super::gap::percent;
use super::{ChannelError, Gap};
use crate::figure::{Cell, Table, beside};
use crate::quantity::wire::wire_fields;
use crate::quantity::{QuantityError, Ratio, Share, Unit, add};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The row of all channels.
const ALL: &str = "all";

/// Contributions of channels to one total: traffic, orders, spend.
///
/// # Examples
/// ```
/// use marketloop::channel::Concentration;
/// use marketloop::quantity::{Ratio, Share};
/// use rust_decimal::dec;
///
/// // The documents' matrix: no channel may take more than 40 % of the traffic with it.
/// let traffic = [("feed", dec!(35)), ("search", dec!(25)), ("social", dec!(30)), ("referral", dec!(10))];
/// let traffic = Concentration::new(traffic)?;
/// assert_eq!(traffic.index(), Ratio::new(dec!(0.285), dec!(1))?);
/// assert!(traffic.failures(Share::percent(60)?)?.is_empty());
///
/// // Feed ads need search to catch the demand: half of them goes when search fails.
/// let traffic = traffic.with_dependence(&"feed", &"search", Share::percent(50)?)?;
/// let worst = traffic.failures(Share::percent(60)?)?;
/// assert_eq!(worst[0].to_string(), "search 57.5%, 2.5 percentage points short of 60%");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// As JSON:
/// ```
/// use marketloop::channel::Concentration;
///
/// let json = r#"{"channels":[{"channel":"feed","contribution":"35"},{"channel":"search","contribution":"25"}],
///     "dependences":[{"of":"feed","on":"search","share":"0.5"}]}"#;
/// let traffic: Concentration<String> = serde_json::from_str(json)?;
/// assert_eq!(traffic.remaining_without(&"search".to_string())?, "17.5/60".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire<K>", into = "Wire<K>")]
#[serde(bound(serialize = "K: Serialize + Clone", deserialize = "K: Deserialize<'de> + Ord"))]
#[doc(alias = "HHI")]
#[doc(alias = "集中度")]
pub struct Concentration<K> {
    entries: Vec<(K, Decimal)>,
    total: Decimal,
    index: Ratio,
    /// The entries by their keys.
    sorted: Vec<usize>,
    /// The share that the failure of one entry (first) takes of another one.
    dependences: BTreeMap<(usize, usize), Share>,
}

/// The contributions on the wire, not checked yet.
struct Wire<K> {
    channels: Vec<Part<K>>,
    dependences: Vec<Dependence<K>>,
}

wire_fields!("Concentration", Wire<K> { channels, dependences });

struct Part<K> {
    channel: K,
    contribution: Decimal,
}

wire_fields!(Part<K> { channel, contribution: own });

/// The failure of `on` takes `share` of the contribution of `of`.
struct Dependence<K> {
    of: K,
    on: K,
    share: Share,
}

wire_fields!(Dependence<K> { of, on, share });

impl<K: Ord> Concentration<K> {
    /// The concentration of a total on these channels, with their contributions of 0 or more.
    ///
    /// # Errors
    /// [`ChannelError::NoChannels`]; [`ChannelError::DuplicateChannel`] with both indexes;
    /// [`ChannelError::NegativeContribution`]; [`ChannelError::NoContribution`] where they add up to 0;
    /// [`ChannelError::Quantity`] where sums or squares need more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Concentration;
    ///
    /// let even = Concentration::new([("feed", 5), ("search", 5)])?;
    /// let skewed = Concentration::new([("feed", 9), ("search", 1)])?;
    /// assert_eq!((even.index(), skewed.index()), ("1/2".parse()?, "41/50".parse()?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<D: Into<Decimal>>(entries: impl IntoIterator<Item = (K, D)>) -> Result<Self, ChannelError> {
        let entries: Vec<(K, Decimal)> =
            entries.into_iter().map(|(key, value)| (key, value.into())).collect();
        if entries.is_empty() {
            return Err(ChannelError::NoChannels);
        }
        unique(entries.iter().map(|(key, _)| key))?;
        // An index beside the entries, so that these stay in the order given.
        let mut sorted: Vec<usize> = (0..entries.len()).collect();
        sorted.sort_unstable_by(|left, right| key_of(&entries, *left).cmp(key_of(&entries, *right)));
        for (index, (_, contribution)) in entries.iter().enumerate() {
            // A decimal has a negative 0, too, which is no contribution below 0.
            if contribution.is_sign_negative() && !contribution.is_zero() {
                return Err(ChannelError::NegativeContribution { index, contribution: *contribution });
            }
        }
        let total = entries.iter().try_fold(Decimal::ZERO, |sum, (_, value)| add(sum, *value))?;
        if total.is_zero() {
            return Err(ChannelError::NoContribution);
        }
        let squares = entries.iter().try_fold(Ratio::ZERO, |sum, (_, value)| {
            let share = Ratio::new(*value, total)?;
            sum.plus(share.times(share)?)
        });
        Ok(Self { total, index: squares?, entries, sorted, dependences: BTreeMap::new() })
    }

    /// The index of a channel among the entries.
    #[expect(clippy::indexing_slicing, reason = "a place that the search found")]
    fn place(&self, channel: &K) -> Result<usize, ChannelError> {
        let found = self.sorted.binary_search_by(|place| key_of(&self.entries, *place).cmp(channel));
        found.map(|at| self.sorted[at]).map_err(|_| ChannelError::UnknownChannel)
    }
}

#[expect(clippy::indexing_slicing, reason = "only places of entries are asked for")]
const fn key_of<K>(entries: &[(K, Decimal)], place: usize) -> &K {
    &entries[place].0
}

/// Checks that no two keys are equal.
pub(super) fn unique<'a, K: Ord + 'a>(keys: impl Iterator<Item = &'a K>) -> Result<(), ChannelError> {
    let mut sorted: Vec<(&K, usize)> = keys.zip(0..).collect();
    sorted.sort();
    let twice = sorted.windows(2).find_map(|pair| match pair {
        [(left, first), (right, second)] if left == right => Some((*first, *second)),
        _ => None,
    });
    match twice {
        Some((first, second)) => Err(ChannelError::DuplicateChannel { first, second }),
        None => Ok(()),
    }
}

impl<K: Ord> Concentration<K> {
    /// Adds a dependence: the failure of `on` also takes `share` of the contribution of `of`. It goes no further:
    /// channels that depend on `of` lose nothing by it.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::OwnDependence`] of a channel on itself.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Concentration;
    /// use marketloop::quantity::Share;
    ///
    /// let traffic = Concentration::new([("feed", 60), ("search", 40)])?;
    /// assert_eq!(traffic.remaining_without(&"search")?.to_percent(), "60%");
    /// // Half of what feed ads bring is caught by search: it goes when search fails.
    /// let traffic = traffic.with_dependence(&"feed", &"search", Share::percent(50)?)?;
    /// assert_eq!(traffic.remaining_without(&"search")?.to_percent(), "30%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_dependence(mut self, of: &K, on: &K, share: Share) -> Result<Self, ChannelError> {
        let (of, on) = (self.place(of)?, self.place(on)?);
        if of == on {
            return Err(ChannelError::OwnDependence { index: of });
        }
        self.dependences.insert((on, of), share);
        Ok(self)
    }

    /// The share of the total that remains when `channel` fails, with all that depends on it.
    ///
    /// # Formula
    /// 1 - (own contribution + sum of dependent contributions times their shares) / total.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::Quantity`] beyond 128 bits.
    pub fn remaining_without(&self, channel: &K) -> Result<Ratio, ChannelError> {
        self.remaining(self.place(channel)?)
    }
}

impl<K> Concentration<K> {
    /// Channels and contributions as given.
    #[must_use]
    pub fn entries(&self) -> &[(K, Decimal)] {
        &self.entries
    }

    /// The Herfindahl-Hirschman index, from 1 / channels (even) to 1 (all in one channel); times 10,000 in
    /// points.
    ///
    /// # Formula
    /// H = sum over channels of (contribution / total)^2 (Hirschman, 1945; Herfindahl, 1950).
    #[must_use]
    #[doc(alias = "HHI")]
    #[doc(alias = "集中度")]
    pub const fn index(&self) -> Ratio {
        self.index
    }

    /// The effective number of channels: how many of equal size would be as concentrated, 1 / H.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] beyond 128 bits.
    pub fn effective_channels(&self) -> Result<Ratio, ChannelError> {
        Ok(Ratio::ONE.divided_by(self.index)?)
    }

    /// The index from 0 (even) to 1 (all in one channel): (H - 1/n) / (1 - 1/n), 1 for a single channel.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] beyond 128 bits.
    pub fn normalised_index(&self) -> Result<Ratio, ChannelError> {
        // One channel is as concentrated as can be, and the even share of one leaves nothing to divide by.
        if self.entries.len() == 1 {
            return Ok(Ratio::ONE);
        }
        let even = Ratio::new(Decimal::ONE, self.entries.len().into())?;
        Ok(self.index.minus(even)?.divided_by(Ratio::ONE.minus(even)?)?)
    }

    /// An entry's share of the total.
    #[expect(clippy::indexing_slicing, reason = "only indexes of entries are asked for")]
    fn share(&self, index: usize) -> Result<Ratio, QuantityError> {
        Ratio::new(self.entries[index].1, self.total)
    }

    fn remaining(&self, index: usize) -> Result<Ratio, ChannelError> {
        let mut remains = Ratio::ONE.minus(self.share(index)?)?;
        // The key begins with the channel that fails, so that what depends on it is one range.
        for ((_, of), part) in self.dependences.range((index, 0)..=(index, usize::MAX)) {
            remains = remains.minus(self.share(*of)?.times(Ratio::from(part.value()))?)?;
        }
        Ok(remains)
    }
}

impl<K: Clone> Concentration<K> {
    /// The channels whose failure leaves less than `required` of the total, the worst first, each with the share that
    /// is left and the required one.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Concentration;
    /// use marketloop::quantity::Share;
    ///
    /// // When one channel fails, at least 60 % of the traffic has to remain.
    /// let traffic = Concentration::new([("feed", 45), ("search", 35), ("social", 20)])?;
    /// let failures = traffic.failures(Share::percent(60)?)?;
    /// assert_eq!(failures.len(), 1);
    /// assert_eq!(failures[0].to_string(), "feed 55%, 5 percentage points short of 60%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn failures(&self, required: Share) -> Result<Vec<Gap<K, Ratio>>, ChannelError> {
        let mut failures = Vec::new();
        for (index, (channel, _)) in self.entries.iter().enumerate() {
            let (actual, planned) = (self.remaining(index)?, Ratio::from(required.value()));
            if actual < planned {
                failures.push(Gap { name: channel.clone(), actual, planned });
            }
        }
        failures.sort_by_key(|failure| failure.actual);
        Ok(failures)
    }
}

impl<K: fmt::Display> Concentration<K> {
    /// Each channel with its share of the total, and with what remains of the total when it fails.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Concentration;
    ///
    /// let traffic = Concentration::new([("feed", 3), ("search", 1)])?;
    /// assert_eq!(
    ///     traffic.table().to_string(),
    ///     "channel  contribution  share %  remains without it %\n\
    ///      feed                3       75                    25\n\
    ///      search              1       25                    75\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("channel");
        for (index, (channel, contribution)) in self.entries.iter().enumerate() {
            table.push(channel, "contribution", Cell::new(contribution, "1"));
            table.push(channel, "share", percent(self.share(index).map_err(ChannelError::from)));
            table.push(channel, "remains without it", percent(self.remaining(index)));
        }
        table
    }

    /// What the rule "when one channel fails, at least `required` of the total remain" makes of each channel:
    /// contribution in its `unit`, share, what remains without it, the margin over the rule, and whether it is kept.
    /// The base is the total before a channel fails, in the row `all`: the others are taken to bring what they brought.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Concentration;
    /// use marketloop::quantity::Share;
    ///
    /// let orders = Concentration::new([("feed", 45), ("search", 35), ("social", 20)])?;
    /// assert_eq!(
    ///     orders.table_against(Share::percent(60)?, &"order".parse()?).to_string(),
    ///     "channel  contribution order  share %  remains without it %  margin percentage points  rule kept\n\
    ///      feed                     45       45                    55                        -5  no\n\
    ///      search                   35       35                    65                         5  yes\n\
    ///      social                   20       20                    80                        20  yes\n\
    ///      all                     100      100\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table_against(&self, required: Share, unit: &Unit) -> Table {
        let mut table = Table::new("channel");
        let unit = unit.to_string();
        let required = Ratio::from(required.value());
        for (index, (channel, contribution)) in self.entries.iter().enumerate() {
            let name = channel.to_string();
            let name = beside(&name, &[ALL]);
            table.push(&name, "contribution", Cell::new(contribution, unit.clone()));
            table.push(&name, "share", percent(self.share(index).map_err(ChannelError::from)));
            let remaining = self.remaining(index);
            table.push(&name, "remains without it", percent(remaining.clone()));
            let margin = remaining.clone().and_then(|left| Ok(left.minus(required)?));
            let points = percent(margin);
            let unit =
                if points.value.is_some() { Unit::PERCENTAGE_POINTS.to_string() } else { String::new() };
            table.push(&name, "margin", Cell { unit: unit.into(), ..points });
            let kept = remaining
                .map_or_else(|error| Cell::default().because(error), |left| Cell::from(left >= required));
            table.push(&name, "rule kept", kept);
        }
        table.push(ALL, "contribution", Cell::new(self.total, unit));
        table.push(ALL, "share", Cell::new(100, "%"));
        table
    }
}

impl<K: fmt::Display> fmt::Display for Concentration<K> {
    /// The [table](Concentration::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl<K: Ord> TryFrom<Wire<K>> for Concentration<K> {
    type Error = ChannelError;

    fn try_from(wire: Wire<K>) -> Result<Self, Self::Error> {
        let entries = wire.channels.into_iter().map(|part| (part.channel, part.contribution));
        wire.dependences.into_iter().try_fold(Self::new(entries)?, |all, Dependence { of, on, share }| {
            all.with_dependence(&of, &on, share)
        })
    }
}

impl<K: Clone> From<Concentration<K>> for Wire<K> {
    #[expect(clippy::indexing_slicing, reason = "dependences are between entries")]
    fn from(all: Concentration<K>) -> Self {
        let channel = |index: usize| all.entries[index].0.clone();
        let dependences = all.dependences.iter().map(|(&(on, of), &share)| Dependence {
            of: channel(of),
            on: channel(on),
            share,
        });
        let dependences = dependences.collect();
        let part = |(channel, contribution)| Part { channel, contribution };
        Self { dependences, channels: all.entries.into_iter().map(part).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn even_and_single_channels_are_the_ends_of_the_index() {
        let even = Concentration::new([("a", 1), ("b", 1), ("c", 1)]).unwrap();
        assert_eq!(even.index(), "1/3".parse().unwrap());
        assert_eq!(even.normalised_index().unwrap(), Ratio::ZERO);
        assert_eq!(even.effective_channels().unwrap(), Ratio::from(dec!(3)));
        let single = Concentration::new([("a", 7)]).unwrap();
        assert_eq!((single.index(), single.normalised_index().unwrap()), (Ratio::ONE, Ratio::ONE));
        assert_eq!(single.remaining_without(&"a").unwrap(), Ratio::ZERO);
        assert_eq!(single.entries(), [("a", dec!(7))]);
        let skewed = Concentration::new([("a", 9), ("b", 1), ("c", 0)]).unwrap();
        assert_eq!(skewed.index(), "0.82".parse().unwrap());
        assert_eq!(skewed.failures(Share::percent(60).unwrap()).unwrap().len(), 1);
    }

    #[test]
    fn bad_contributions_are_refused() {
        let refused =
            |entries: &[(&'static str, Decimal)]| Concentration::new(entries.iter().copied()).unwrap_err();
        assert_eq!(refused(&[]), ChannelError::NoChannels);
        assert_eq!(
            refused(&[("a", dec!(1)), ("b", dec!(2)), ("a", dec!(3))]),
            ChannelError::DuplicateChannel { first: 0, second: 2 }
        );
        assert_eq!(refused(&[("a", dec!(0))]), ChannelError::NoContribution);
        assert!(matches!(refused(&[("a", dec!(-1))]), ChannelError::NegativeContribution { index: 0, .. }));
        let two = Concentration::new([("a", 1), ("b", 1)]).unwrap();
        assert_eq!(two.remaining_without(&"c"), Err(ChannelError::UnknownChannel));
        let own = two.clone().with_dependence(&"a", &"a", Share::ONE);
        assert_eq!(own.unwrap_err(), ChannelError::OwnDependence { index: 0 });
        let again = two
            .with_dependence(&"a", &"b", Share::ONE)
            .unwrap()
            .with_dependence(&"a", &"b", Share::ZERO)
            .unwrap();
        assert_eq!(again.remaining_without(&"b").unwrap(), "1/2".parse().unwrap());
    }
}
