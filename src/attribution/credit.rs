//! What a model gives each channel.

use super::outcome::estimated_amount;
use super::{AttributionError, ChannelId, Channels, PathTable, Totals};
use crate::error::Counted;
use crate::figure::{Cell, Interval, TOTAL, Table, beside};
use crate::quantity::{Money, QuantityError, multiply};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A rule that says how much of the conversions and of their value each channel brought.
///
/// The models of the library are [`AttributionModel`](super::AttributionModel); a model of one's own is a type with
/// this trait, or a closure.
///
/// # Examples
/// ```
/// use marketloop::attribution::{AttributionModel, Credits, Model, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
/// let paths = builder.build();
/// let all_to_email = |paths: &PathTable| Credits::new(paths, vec![0.0, 1.0], vec![0.0, 100_00.0]);
/// let models: [&dyn Model; 2] = [&AttributionModel::LastTouch, &all_to_email];
/// assert_eq!(models[0].credit(&paths)?, models[1].credit(&paths)?);
/// # Ok::<(), marketloop::Error>(())
/// ```
pub trait Model {
    /// The credit of each channel of `paths`.
    ///
    /// # Errors
    /// What the model cannot do with these paths.
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError>;
}

impl<F: Fn(&PathTable) -> Result<Credits, AttributionError>> Model for F {
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        self(paths)
    }
}

/// The credit of each channel: conversions and value, as estimates and as exact parts of the totals.
///
/// Credits are [conserving](Self::is_conserving) where those of all channels add up to the total. Where a conversion
/// counts for every channel that took part in it, for example, they are not.
#[derive(Debug, Clone, PartialEq)]
pub struct Credits {
    channels: Channels,
    conversions: Vec<f64>,
    values: Vec<f64>,
    totals: Totals,
    conserving: bool,
}

impl Credits {
    /// The credits of your own model: conversions and value (in minor units) of each channel of `paths`. They should
    /// add up to the totals; if not, use [`not_conserving`](Self::not_conserving).
    ///
    /// # Errors
    /// [`AttributionError::Length`], [`AttributionError::NotFinite`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionError, Credits, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
    /// let paths = builder.build();
    /// let survey = Credits::new(&paths, vec![0.75, 0.25], vec![75_00.0, 25_00.0])?;
    /// assert_eq!(survey.values_exact()?[0].to_string(), "75.00 CNY");
    /// let short = Credits::new(&paths, vec![1.0], vec![100_00.0]);
    /// assert_eq!(short, Err(AttributionError::Length { expected: 2, actual: 1 }));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(paths: &PathTable, conversions: Vec<f64>, values: Vec<f64>) -> Result<Self, AttributionError> {
        Self::of(paths, conversions, values, true)
    }

    /// The credits of your own model, where they need not add up to the totals.
    ///
    /// # Errors
    /// As of [`Credits::new`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionError, Credits, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
    /// let paths = builder.build();
    /// let assists = Credits::not_conserving(&paths, vec![1.0, 1.0], vec![100_00.0, 100_00.0])?;
    /// // Credits that do not add up are no parts of the total.
    /// assert_eq!(assists.conversions_exact(0), Err(AttributionError::NotConserving));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn not_conserving(
        paths: &PathTable,
        conversions: Vec<f64>,
        values: Vec<f64>,
    ) -> Result<Self, AttributionError> {
        Self::of(paths, conversions, values, false)
    }

    pub(super) fn of(
        paths: &PathTable,
        conversions: Vec<f64>,
        values: Vec<f64>,
        conserving: bool,
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
        Ok(Self { channels, conversions, values, totals, conserving })
    }

    /// The channels, in the order of the figures.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The totals of the path table: what there was to credit.
    #[must_use]
    pub const fn totals(&self) -> Totals {
        self.totals
    }

    /// Whether the credits add up to the total.
    #[must_use]
    pub const fn is_conserving(&self) -> bool {
        self.conserving
    }

    /// A row for each channel, in the order of their numbers, and one for what they add up to where they do.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 3, nulls: 0, value: 90_00 })?;
    /// assert_eq!(
    ///     AttributionModel::Linear.credit(&builder.build())?.to_string(),
    ///     "channel  conversions  value CNY\n\
    ///      SEM              1.5      45.00\n\
    ///      Email            1.5      45.00\n\
    ///      total              3      90.00\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("channel");
        let figures = self.conversions.iter().zip(self.amounts());
        for (name, (conversions, value)) in self.channels.names().zip(figures) {
            let name = beside(name, &[TOTAL]);
            table.push(&name, "conversions", Cell::new(conversions, "conversion"));
            table.push(&name, "value", value);
        }
        // The totals themselves: a sum of floats would miss them by a digit.
        if self.conserving {
            table.push(TOTAL, "conversions", Cell::new(self.totals.conversions, "conversion"));
            table.push(TOTAL, "value", self.totals.value);
        }
        table
    }

    /// The value of each channel as tables show it: to the minor unit, as everywhere, where the values are parts of the total.
    pub(super) fn amounts(&self) -> Vec<Cell> {
        let currency = self.totals.value.currency();
        match self.values_exact() {
            Ok(amounts) => amounts.into_iter().map(Cell::from).collect(),
            Err(_) => self.values.iter().map(|value| estimated_amount(*value, currency)).collect(),
        }
    }

    /// Credits that were worked out from the journeys of these totals, and add up to them.
    pub(super) const fn of_totals(
        channels: Channels,
        conversions: Vec<f64>,
        values: Vec<f64>,
        totals: Totals,
    ) -> Self {
        Self { channels, conversions, values, totals, conserving: true }
    }

    /// The channel with the most conversions, and how many; of several the first, `None` without a channel.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
    /// assert_eq!(AttributionModel::LastTouch.credit(&builder.build())?.most(), Some(("Email", 1.0)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn most(&self) -> Option<(&str, f64)> {
        let all = self.channels.names().zip(self.conversions.iter().copied());
        all.reduce(|most, own| if own.1 > most.1 { own } else { most })
    }

    /// The conversions of each channel between the ends of its interval, as [`intervals`](super::intervals) gives them.
    ///
    /// # Errors
    /// [`AttributionError::Length`] for another number of intervals than channels.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable, intervals, resampled};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM", ">", Outcome::converted(10_00))?;
    /// builder.push_text("Email", ">", Outcome::converted(20_00))?;
    /// let (paths, model) = (builder.build(), AttributionModel::LastTouch);
    /// let sure = intervals(&resampled(&model, &paths, [[1, 1], [2, 0], [0, 2]])?, 1.0)?;
    /// let table = model.credit(&paths)?.table_between(&sure)?;
    /// assert_eq!(table.get("SEM", "to").unwrap().value.as_deref(), Some("2"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn table_between(&self, intervals: &[Interval<f64>]) -> Result<Table, AttributionError> {
        let (expected, actual) = (self.conversions.len(), intervals.len());
        if actual != expected {
            return Err(AttributionError::Length { expected, actual });
        }
        let mut table = Table::new("channel");
        for (name, (conversions, range)) in self.channels.names().zip(self.conversions.iter().zip(intervals))
        {
            for (column, value) in
                [("from", range.low()), ("conversions", *conversions), ("to", range.high())]
            {
                table.push(name, column, Cell::new(value, "conversion"));
            }
        }
        Ok(table)
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

    /// The conversions credited to one channel, or `None` for a number that the dictionary does not have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
    /// let paths = builder.build();
    /// let email = paths.channels().id("Email").unwrap();
    /// assert_eq!(AttributionModel::LastTouch.credit(&paths)?.conversions_of(email), Some(1.0));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn conversions_of(&self, channel: ChannelId) -> Option<f64> {
        self.conversions.get(channel.index()).copied()
    }

    /// The value credited to one channel in minor units, or `None` for a number that the dictionary does not have.
    #[must_use]
    pub fn value_of(&self, channel: ChannelId) -> Option<f64> {
        self.values.get(channel.index()).copied()
    }

    /// The conversions of each channel, rounded to `decimals` so that they still add up to exactly the total (largest
    /// remainder; ties go to the smaller name).
    ///
    /// # Errors
    /// [`AttributionError::NotConserving`], [`AttributionError::NegativeCredit`];
    /// [`AttributionError::Quantity`] where the total with its decimals exceeds 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    /// use rust_decimal::dec;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("Email > KOL > SEM", ">", Outcome::converted(100_00))?;
    /// let thirds = AttributionModel::Linear.credit(&builder.build())?.conversions_exact(2)?;
    /// assert_eq!(thirds, [dec!(0.34), dec!(0.33), dec!(0.33)]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn conversions_exact(&self, decimals: u32) -> Result<Vec<Decimal>, AttributionError> {
        // 10^19 is the largest power of ten in a `u64`.
        let decimals = decimals.min(19);
        self.require_parts("conversions", &self.conversions)?;
        let total = scaled(self.totals.conversions.into(), decimals)?;
        let parts = self.divided(&self.conversions, total)?;
        let decimal = |part: i128| {
            let decimal = Decimal::try_from_i128_with_scale(part, decimals);
            let operation =
                || alloc::format!("{} of {}", Counted(part, "unit"), Counted(decimals, "decimal"));
            Ok(decimal.map_err(|_| QuantityError::Inexact { operation: operation() })?.normalize())
        };
        parts.into_iter().map(decimal).collect()
    }

    /// The value of each channel in whole minor units, rounded so that the sum is exactly the total (largest remainder;
    /// ties go to the smaller name).
    ///
    /// # Errors
    /// [`AttributionError::NotConserving`], [`AttributionError::NegativeCredit`].
    pub fn values_exact(&self) -> Result<Vec<Money>, AttributionError> {
        self.require_parts("value", &self.values)?;
        let parts = self.divided(&self.values, self.totals.value.minor())?;
        let currency = self.totals.value.currency();
        parts.into_iter().map(|part| Ok(Money::from_minor(part, currency)?)).collect()
    }

    /// Conversions rounded to `decimals` and values to minor units, each on its own: the sums may differ.
    pub(super) fn rounded(&self, decimals: u32) -> Result<(Vec<Decimal>, Vec<Money>), AttributionError> {
        let decimals = decimals.min(19);
        let currency = self.totals.value.currency();
        let conversions = self.conversions.iter().map(|credit| {
            let units = nearest(*credit * libm::exp10(f64::from(decimals)));
            let decimal = units.and_then(|units| Decimal::try_from_i128_with_scale(units, decimals).ok());
            let operation = || alloc::format!("{credit} with {}", Counted(decimals, "decimal"));
            Ok(decimal.ok_or_else(|| QuantityError::Inexact { operation: operation() })?.normalize())
        });
        let values = self.values.iter().map(|credit| {
            let operation = || alloc::format!("{credit} in whole minor units");
            let units = nearest(*credit).ok_or_else(|| QuantityError::Inexact { operation: operation() })?;
            Ok(Money::from_minor(units, currency)?)
        });
        Ok((
            conversions.collect::<Result<_, AttributionError>>()?,
            values.collect::<Result<_, AttributionError>>()?,
        ))
    }

    /// Credits that can be parts of a total: conserving, and none below 0.
    pub(super) fn require_parts(&self, what: &'static str, credits: &[f64]) -> Result<(), AttributionError> {
        if !self.conserving {
            return Err(AttributionError::NotConserving);
        }
        // A part below 0 cannot be split off a total.
        match credits.iter().copied().enumerate().find(|(_, credit)| *credit < 0.0) {
            Some((index, credit)) => Err(AttributionError::NegativeCredit { what, index, credit }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
#[serde(rename = "Credits")]
struct CreditsWire<'a> {
    totals: Totals,
    conserving: bool,
    channels: Vec<ChannelCredit<'a>>,
}

#[derive(Serialize)]
struct ChannelCredit<'a> {
    channel: &'a str,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    conversions: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    value_in_minor_units: f64,
}

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let figures = self.conversions.iter().zip(&self.values);
        let of = |(channel, (conversions, value)): (_, (&f64, &f64))| ChannelCredit {
            channel,
            conversions: *conversions,
            value_in_minor_units: *value,
        };
        let channels = self.channels.names().zip(figures).map(of).collect();
        CreditsWire { totals: self.totals, conserving: self.conserving, channels }.serialize(serializer)
    }
}

/// `value * 10^decimals` as a whole number; `value` has no more decimals.
pub(super) fn scaled(value: Decimal, decimals: u32) -> Result<i128, AttributionError> {
    debug_assert!(decimals <= 19, "10^19 is the largest power of ten in a `u64`");
    let factor = Decimal::from(10_u64.pow(decimals.min(19)));
    Ok(multiply(value, factor)?.normalize().trunc().mantissa())
}

/// The nearest whole number, if it is below 2^96.
#[expect(clippy::cast_possible_truncation, reason = "the magnitude is below 2^96")]
fn nearest(value: f64) -> Option<i128> {
    (libm::fabs(value) < 79_228_162_514_264_337_593_543_950_336.0).then(|| libm::round(value) as i128)
}

/// The share 1 in fixed point: whole 2^-62.
pub(super) const ONE: u64 = 1 << 62;

/// A share of 0..=1 as a whole number of 2^-62.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=2^62 fits")]
pub(super) fn fixed_point(share: f64) -> u64 {
    libm::ldexp(share, 62) as u64
}

/// A sum of shares in 2^-62 as the nearest float.
#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is wanted")]
pub(super) fn from_fixed_point(sum: u128) -> f64 {
    libm::ldexp(sum as f64, -62)
}
