//! Names of channels as small numbers.

use super::AttributionError;
use crate::error::excerpt;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The number of a channel in a [`Channels`] dictionary; on the wire a whole number.
///
/// A number from another dictionary is refused where it does not exist: [`AttributionError::UnknownId`].
///
/// ```
/// # use marketloop::attribution::ChannelId;
/// let json = r#"7"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ChannelId>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChannelId(u16);

impl ChannelId {
    /// The maximum number of channels in one dictionary.
    pub const LIMIT: usize = 65_535;

    /// The place of the channel in its dictionary, from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    #[cfg(test)]
    pub(super) const fn of(id: u16) -> Self {
        Self(id)
    }
}

/// A dictionary of channel names, numbered from 0 in the order in which they were added.
///
/// A name is any text without control characters; none is reserved. It may be a path of a hierarchy such as
/// `SEM > brand > shoes`, or have a separator of its own such as `google / cpc`.
///
/// # Examples
/// ```
/// use marketloop::attribution::Channels;
///
/// let mut channels = Channels::new(["SEM", "Email"])?;
/// let social = channels.intern("social")?;
/// assert_eq!((social.index(), channels.name(social)), (2, Some("social")));
/// assert_eq!(channels.intern("SEM")?.index(), 0);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::attribution::Channels;
/// let json = r#"["SEM","(start)"]"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Channels>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Channels {
    names: Vec<String>,
    ids: BTreeMap<String, ChannelId>,
}

impl Channels {
    /// A dictionary that numbers these names in their order.
    ///
    /// # Errors
    /// [`AttributionError::EmptyName`], [`AttributionError::ControlCharacter`],
    /// [`AttributionError::DuplicateChannel`], [`AttributionError::TooManyChannels`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionError, Channels};
    ///
    /// assert_eq!(Channels::new(["SEM", "Email"])?.len(), 2);
    /// let twice = Channels::new(["SEM", "SEM"]);
    /// assert_eq!(twice, Err(AttributionError::DuplicateChannel { name: "SEM".into() }));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Result<Self, AttributionError> {
        let mut channels = Self::default();
        for (index, name) in names.into_iter().enumerate() {
            let name = name.into();
            check_name(&name, index)?;
            if channels.ids.contains_key(&name) {
                return Err(AttributionError::DuplicateChannel { name });
            }
            channels.intern(&name)?;
        }
        Ok(channels)
    }

    /// The number of the channel `name`. A new name is added.
    ///
    /// # Errors
    /// [`AttributionError::EmptyName`], [`AttributionError::ControlCharacter`],
    /// [`AttributionError::TooManyChannels`].
    pub fn intern(&mut self, name: &str) -> Result<ChannelId, AttributionError> {
        if let Some(id) = self.ids.get(name) {
            return Ok(*id);
        }
        let index = self.names.len();
        check_name(name, index)?;
        // One number is kept free: the keys of paths hold ranks from 1 on in 16 bits, as their 0 is the end of a path.
        let id = u16::try_from(index).ok().filter(|_| index < ChannelId::LIMIT).map(ChannelId);
        let id = id.ok_or(AttributionError::TooManyChannels { limit: ChannelId::LIMIT })?;
        self.names.push(name.into());
        self.ids.insert(name.into(), id);
        Ok(id)
    }

    /// The number of the channel `name`, or `None` if the dictionary does not have it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::Channels;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// assert_eq!(channels.id("Email"), channels.at(1));
    /// // Names are compared letter by letter.
    /// assert_eq!(channels.id("email"), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn id(&self, name: &str) -> Option<ChannelId> {
        self.ids.get(name).copied()
    }

    /// The channel with this index, or `None` beyond the last one.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<ChannelId> {
        u16::try_from(index).ok().filter(|_| index < self.names.len()).map(ChannelId)
    }

    /// The name of the channel; `None` for a number of another, longer dictionary.
    #[must_use]
    pub fn name(&self, id: ChannelId) -> Option<&str> {
        self.names.get(id.index()).map(String::as_str)
    }

    /// A path as text: its channel names joined by `separator`. A number that the dictionary does not have is left
    /// out.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::Channels;
    ///
    /// let channels = Channels::new(["SEM", "Email"])?;
    /// let path: Vec<_> = ["Email", "SEM", "Email"].iter().filter_map(|name| channels.id(name)).collect();
    /// assert_eq!(channels.path_text(&path, " > "), "Email > SEM > Email");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn path_text(&self, path: &[ChannelId], separator: &str) -> String {
        let names: Vec<&str> = path.iter().filter_map(|id| self.name(*id)).collect();
        names.join(separator)
    }

    /// The names in the order of their numbers.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> + Clone + '_ {
        self.names.iter().map(String::as_str)
    }

    /// The numbers of all channels, ascending.
    pub fn ids(&self) -> impl Iterator<Item = ChannelId> + '_ {
        (0..=u16::MAX).map(ChannelId).take(self.names.len())
    }

    /// How many channels there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no channel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Adds the channels of `other`, and returns the number that each of them has here, in the order of `other`.
    ///
    /// # Errors
    /// [`AttributionError::TooManyChannels`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::Channels;
    ///
    /// let mut channels = Channels::new(["SEM", "Email"])?;
    /// let here = channels.merge(&Channels::new(["KOL", "SEM"])?)?;
    /// // KOL is new and number 2; SEM was number 0 already.
    /// assert_eq!(here.iter().map(|id| id.index()).collect::<Vec<_>>(), [2, 0]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Self) -> Result<Vec<ChannelId>, AttributionError> {
        other.names().map(|name| self.intern(name)).collect()
    }

    /// The place of each channel in the alphabetical (byte) order of the names, by its number.
    #[expect(clippy::indexing_slicing, reason = "each name has a number below their count")]
    pub(super) fn ranks(&self) -> Vec<u16> {
        let mut ranks = alloc::vec![0; self.names.len()];
        for (id, rank) in self.by_name().zip(0_u16..) {
            ranks[id.index()] = rank;
        }
        ranks
    }

    /// The channels in the alphabetical (byte) order of their names.
    pub(super) fn by_name(&self) -> impl ExactSizeIterator<Item = ChannelId> + '_ {
        // The map iterates in the order of its keys.
        self.ids.values().copied()
    }

    /// A dictionary of the same names sorted by bytes, and the new number of each channel.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "each name has a number below their count")]
    pub fn sorted(&self) -> (Self, Vec<ChannelId>) {
        let mut sorted = Self::default();
        let mut remap = alloc::vec![ChannelId(0); self.names.len()];
        // The map iterates in the order of the names, which are as many as before.
        for ((name, old), new) in self.ids.iter().zip((0..=u16::MAX).map(ChannelId)) {
            sorted.names.push(name.clone());
            sorted.ids.insert(name.clone(), new);
            remap[old.index()] = new;
        }
        (sorted, remap)
    }

    /// Merges channels whose names share the first `levels` segments, split at `separator`, and says which number
    /// each channel has there. A name with fewer segments stays as it is.
    ///
    /// # Errors
    /// [`AttributionError::EmptyName`] for a level 0 or an empty part; [`AttributionError::EmptySeparator`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::Channels;
    ///
    /// let keywords = Channels::new(["SEM / brand / shoes", "SEM / generic", "Email"])?;
    /// let (channels, of) = keywords.rolled_up(" / ", 1)?;
    /// assert_eq!(channels.names().collect::<Vec<_>>(), ["SEM", "Email"]);
    /// assert_eq!(of.iter().map(|id| id.index()).collect::<Vec<_>>(), [0, 0, 1]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn rolled_up(
        &self,
        separator: &str,
        levels: usize,
    ) -> Result<(Self, Vec<ChannelId>), AttributionError> {
        if separator.is_empty() {
            return Err(AttributionError::EmptySeparator);
        }
        let mut upper = Self::default();
        let remap = self.names().enumerate().map(|(index, name)| {
            upper.intern(upper_part(name, separator, levels)).map_err(|error| match error {
                AttributionError::EmptyName { .. } => AttributionError::EmptyName { index },
                error => error,
            })
        });
        let remap = remap.collect::<Result<_, _>>()?;
        Ok((upper, remap))
    }
}

/// Whether this may be the name of a channel.
pub(super) fn check_name(name: &str, index: usize) -> Result<(), AttributionError> {
    if name.is_empty() {
        return Err(AttributionError::EmptyName { index });
    }
    if name.contains(char::is_control) {
        return Err(AttributionError::ControlCharacter { name: excerpt(name) });
    }
    Ok(())
}

/// The first `levels` parts of a name that `separator` divides into parts; empty for 0.
pub(super) fn upper_part<'a>(name: &'a str, separator: &str, levels: usize) -> &'a str {
    let Some(last) = levels.checked_sub(1) else { return "" };
    let end = name.match_indices(separator).nth(last).map(|(at, _)| at);
    end.and_then(|end| name.get(..end)).unwrap_or(name).trim()
}

impl TryFrom<Vec<String>> for Channels {
    type Error = AttributionError;

    fn try_from(names: Vec<String>) -> Result<Self, Self::Error> {
        Self::new(names)
    }
}

impl From<Channels> for Vec<String> {
    fn from(channels: Channels) -> Self {
        channels.names
    }
}
