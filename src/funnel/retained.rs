//! How many of a group came back: of a cohort, or of all buyers.

use super::counts::percent;
use super::{Events, FunnelError};
use crate::figure::{Cell, Table, from_wire};
use crate::quantity::wire::deserialize_fields;
use crate::quantity::{Count, Ratio};
use core::fmt;
use serde::{Deserialize, Serialize};

/// How many of a group came back: of a cohort, or of all buyers. Groups of different users merge in any order.
///
/// # Examples
/// ```
/// use marketloop::funnel::Retained;
///
/// let july = Retained::new(20, 5)?;
/// assert_eq!((july.rate()?.to_percent(), july.churn_rate()?.to_percent()), ("25%".into(), "75%".into()));
/// assert_eq!(july.merge(&Retained::new(30, 15)?)?.rate()?.to_percent(), "40%");
/// assert_eq!(serde_json::from_str::<Retained>(r#"{"of":20,"retained":5}"#)?, july);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "留存")]
pub struct Retained {
    of: Count,
    retained: Count,
}

from_wire!(Retained);

struct Wire {
    of: Count,
    retained: Count,
}

deserialize_fields!("Retained", Wire { of, retained });

impl TryFrom<Wire> for Retained {
    type Error = FunnelError;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        Self::new(wire.of.value(), wire.retained.value())
    }
}

impl Retained {
    /// A group of `of` users, of whom `retained` came back.
    ///
    /// # Errors
    /// [`FunnelError::MoreRetained`] where more came back than there are.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Retained;
    ///
    /// assert_eq!(Retained::new(20, 5)?.to_string(), "group  users  retained user  rate %\nall       20              5      25\n");
    /// assert_eq!(Retained::new(1, 2).unwrap_err().to_string(), "2 came back, of 1");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub const fn new(of: u64, retained: u64) -> Result<Self, FunnelError> {
        if retained > of {
            return Err(FunnelError::MoreRetained { of, retained });
        }
        Ok(Self { of: Count::new(of), retained: Count::new(retained) })
    }

    /// How many users the group has.
    #[must_use]
    pub const fn of(&self) -> Count {
        self.of
    }

    /// How many came back.
    #[must_use]
    pub const fn retained(&self) -> Count {
        self.retained
    }

    /// The share of the group that came back.
    ///
    /// # Errors
    /// [`FunnelError::EmptyGroup`].
    #[doc(alias = "留存率")]
    pub fn rate(&self) -> Result<Ratio, FunnelError> {
        if self.of == Count::ZERO {
            return Err(FunnelError::EmptyGroup);
        }
        Ok(Ratio::new(self.retained.to_decimal(), self.of.to_decimal())?)
    }

    /// The churn rate: the share of the group that did not come back. For a cohort it is churn only under
    /// [`Retention::OnOrAfter`](super::Retention::OnOrAfter); who stayed away in one period may come back later.
    ///
    /// # Errors
    /// As of [`rate`](Self::rate).
    #[doc(alias = "流失率")]
    pub fn churn_rate(&self) -> Result<Ratio, FunnelError> {
        Ok(Ratio::ONE.minus(self.rate()?)?)
    }

    /// The counts of the users of both. No user may be in both.
    ///
    /// # Errors
    /// [`FunnelError::TooManyUsers`] above 2^64 - 1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::funnel::Retained;
    ///
    /// let both = Retained::new(20, 5)?.merge(&Retained::new(0, 0)?)?;
    /// assert_eq!(both, Retained::new(20, 5)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no more came back than there are, whose sum was checked"
    )]
    pub fn merge(&self, other: &Self) -> Result<Self, FunnelError> {
        let of = self.of.value().checked_add(other.of.value()).ok_or(FunnelError::TooManyUsers)?;
        // No more came back than there are: this sum fits where that one does.
        Self::new(of, self.retained.value() + other.retained.value())
    }

    /// One row: the users of the group, those who came back, and their share.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("group");
        table.push("all", "users", Cell::new(self.of, "user"));
        table.push("all", "retained", Cell::new(self.retained, "user"));
        table.push("all", "rate", percent(self.rate()));
        table
    }
}

impl fmt::Display for Retained {
    /// The [table](Retained::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// How many users of these rows bought, and how many of them more than once; a row with bit 0 is a purchase.
///
/// # Errors
/// [`FunnelError::NotSorted`].
///
/// # Examples
/// ```
/// use marketloop::funnel::{Events, repurchase};
///
/// let events = Events::new(&[1, 1, 2, 3], &[0, 9, 4, 5], &[1, 1, 1, 0])?;
/// let buyers = repurchase(&events)?;
/// assert_eq!((buyers.of().value(), buyers.retained().value()), (2, 1));
/// assert_eq!(buyers.rate()?.to_percent(), "50%");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[doc(alias = "复购率")]
#[expect(clippy::arithmetic_side_effects, reason = "no more users than rows in memory")]
pub fn repurchase(events: &Events<'_>) -> Result<Retained, FunnelError> {
    // No more users than rows in memory: the counts fit.
    let (mut buyers, mut repeat_buyers) = (0, 0);
    events.each_user(|user| {
        // The second purchase decides: further rows of a buyer are not read.
        let purchases = user.masks.iter().filter(|mask| **mask & 1 == 1).take(2).count();
        buyers += u64::from(purchases > 0);
        repeat_buyers += u64::from(purchases > 1);
    })?;
    Retained::new(buyers, repeat_buyers)
}
