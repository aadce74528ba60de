//! What a model gives each channel.

use super::{AttributionError, ChannelId, Channels, PathTable, Totals};
use crate::quantity::Money;
use crate::split::{Method, Weights};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// A rule that says how much of the conversions and of their value each channel brought.
pub trait Model {
    /// The credit of each channel of `paths`.
    ///
    /// # Errors
    /// What the model cannot do with these paths.
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError>;
}

/// Whether the credits of all channels add up to the total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Conservation {
    /// They add up to the total.
    Conserving,
    /// They do not: a conversion counts for every channel that took part in it, for example.
    NotConserving,
}

/// The credit of each channel: conversions and value, as estimates and as exact parts of the totals.
#[derive(Debug, Clone, PartialEq)]
pub struct Credits {
    channels: Channels,
    conversions: Vec<f64>,
    values: Vec<f64>,
    totals: Totals,
    conservation: Conservation,
}

impl Credits {
    /// The credits of a model of one's own: conversions and value (minor units) of each channel of `paths`.
    ///
    /// # Errors
    /// [`AttributionError::Length`], [`AttributionError::NotFinite`].
    pub fn new(
        paths: &PathTable,
        conversions: Vec<f64>,
        values: Vec<f64>,
        conservation: Conservation,
    ) -> Result<Self, AttributionError> {
        for (what, figures) in [("conversions", &conversions), ("value", &values)] {
            let (expected, actual) = (paths.channels().len(), figures.len());
            if actual != expected {
                return Err(AttributionError::Length { expected, actual });
            }
            if let Some(index) = figures.iter().position(|figure| !figure.is_finite()) {
                return Err(AttributionError::NotFinite { what, index });
            }
        }
        let (channels, totals) = (paths.channels().clone(), paths.totals());
        Ok(Self { channels, conversions, values, totals, conservation })
    }

    /// The channels, in the order of the figures.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// What was to be credited.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.totals
    }

    /// Whether the credits add up to the total.
    #[must_use]
    pub const fn conservation(&self) -> Conservation {
        self.conservation
    }

    /// The conversions of each channel.
    #[must_use]
    pub fn conversions(&self) -> &[f64] {
        &self.conversions
    }

    /// The value of each channel in minor units.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The conversions of one channel.
    #[must_use]
    pub fn conversions_of(&self, channel: ChannelId) -> Option<f64> {
        self.conversions.get(channel.index()).copied()
    }

    /// The value of one channel in minor units.
    #[must_use]
    pub fn value_of(&self, channel: ChannelId) -> Option<f64> {
        self.values.get(channel.index()).copied()
    }

    /// The conversions of each channel with so many decimals; they add up to the total exactly (largest
    /// remainder, ties to the smaller name).
    ///
    /// # Errors
    /// [`AttributionError::NotConserving`], [`AttributionError::NegativeCredit`];
    /// [`AttributionError::Quantity`] where the total with its decimals exceeds 28 digits.
    pub fn conversions_exact(&self, decimals: u32) -> Result<Vec<Decimal>, AttributionError> {
        let total = crate::quantity::multiply(
            Decimal::from(self.totals.conversions),
            Decimal::from(10_u64.saturating_pow(decimals.min(19))),
        )?;
        let parts = self.parts("conversions", &self.conversions, total.mantissa())?;
        let decimal = |part: i128| Decimal::try_from_i128_with_scale(part, decimals.min(19));
        Ok(parts.into_iter().map(|part| decimal(part).unwrap_or_default().normalize()).collect())
    }

    /// The value of each channel in whole minor units; they add up to the total exactly (largest remainder,
    /// ties to the smaller name).
    ///
    /// # Errors
    /// [`AttributionError::NotConserving`], [`AttributionError::NegativeCredit`].
    pub fn values_exact(&self) -> Result<Vec<Money>, AttributionError> {
        let parts = self.parts("value", &self.values, self.totals.value.minor())?;
        let currency = self.totals.value.currency();
        parts.into_iter().map(|part| Ok(Money::from_minor(part, currency)?)).collect()
    }

    fn parts(&self, what: &'static str, credits: &[f64], total: i128) -> Result<Vec<i128>, AttributionError> {
        if self.conservation != Conservation::Conserving {
            return Err(AttributionError::NotConserving);
        }
        if let Some((index, credit)) = credits.iter().copied().enumerate().find(|(_, credit)| *credit < 0.0) {
            return Err(AttributionError::NegativeCredit { what, index, credit });
        }
        let largest = credits.iter().copied().fold(0.0_f64, f64::max);
        if total == 0 || largest <= 0.0 {
            return Ok(alloc::vec![0; credits.len()]);
        }
        let names: Vec<&str> = self.channels.names().collect();
        let weights = Weights::new(credits.iter().map(|credit| fixed_point(*credit / largest)))?;
        Ok(weights.split_with_ties(total, Method::LargestRemainder, &names)?)
    }
}

/// The share 1 in fixed point: whole 2^-62.
pub(super) const ONE: u64 = 1 << 62;

/// A share of 0..=1 as a whole number of 2^-62.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=2^62 fits")]
fn fixed_point(share: f64) -> u64 {
    libm::ldexp(share, 62) as u64
}

/// A sum of shares in 2^-62 as the nearest float.
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is wanted")]
pub(super) fn from_fixed_point(sum: u128) -> f64 {
    libm::ldexp(sum as f64, -62)
}
