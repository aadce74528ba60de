//! Models side by side.

use super::{AttributionError, AttributionModel, Channels, Credits, PathTable};
use crate::figure::{Cell, Table};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Serialize, Serializer};

/// Several models side by side: the share of each channel in the conversions.
///
/// # Examples
/// ```
/// use marketloop::attribution::{AttributionModel, ModelComparison, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("SEM > Email", ">", Outcome { conversions: 1, nulls: 0, value: 10_00 })?;
/// builder.push_text("Email", ">", Outcome { conversions: 3, nulls: 5, value: 30_00 })?;
/// let paths = builder.build();
/// let models = [AttributionModel::FirstTouch, AttributionModel::LastTouch];
/// let comparison = ModelComparison::of_models(&paths, models)?;
/// assert_eq!(comparison.shares("first touch"), Some(&[0.25, 0.75][..]));
/// assert_eq!(comparison.total_variation("first touch", "last touch"), Some(0.25));
/// assert_eq!(
///     comparison.to_string(),
///     "channel  first touch %  last touch %\n\
///      SEM                 25             0\n\
///      Email               75           100\n"
/// );
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ModelComparison {
    channels: Channels,
    models: Vec<(String, Vec<f64>)>,
}

impl ModelComparison {
    /// Compares credits under names of your own. Credits that do not add up to the total are compared by their
    /// shares in their own sum.
    ///
    /// # Errors
    /// [`AttributionError::DuplicateModel`]; [`AttributionError::OtherChannels`] where the channels are not
    /// those of the first model; [`AttributionError::NegativeCredit`];
    /// [`AttributionError::NothingCredited`] where a model credits no conversion;
    /// [`AttributionError::NotFinite`] beyond the range of floats.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Credits, Model, ModelComparison, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(100_00))?;
    /// let paths = builder.build();
    /// // A survey's answer beside a model: names are free.
    /// let survey = Credits::new(&paths, vec![0.75, 0.25], vec![75_00.0, 25_00.0])?;
    /// let linear = AttributionModel::Linear.credit(&paths)?;
    /// let comparison = ModelComparison::new([("survey", survey), ("linear", linear)])?;
    /// assert_eq!(comparison.total_variation("survey", "linear"), Some(0.25));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<N: Into<String>>(
        models: impl IntoIterator<Item = (N, Credits)>,
    ) -> Result<Self, AttributionError> {
        let mut comparison = Self { channels: Channels::default(), models: Vec::new() };
        for (name, credits) in models {
            let name = name.into();
            if comparison.models.is_empty() {
                comparison.channels = credits.channels().clone();
            }
            if comparison.shares(&name).is_some() {
                return Err(AttributionError::DuplicateModel { name });
            }
            // Shares of other channels, or in another order, would be compared place by place all the same.
            if comparison.channels != *credits.channels() {
                return Err(AttributionError::OtherChannels { name });
            }
            let figures = credits.conversions();
            let what = "conversions";
            if let Some((index, credit)) = figures.iter().copied().enumerate().find(|(_, c)| *c < 0.0) {
                return Err(AttributionError::NegativeCredit { what, index, credit });
            }
            let sum: f64 = figures.iter().sum();
            if sum <= 0.0 {
                return Err(AttributionError::NothingCredited { name });
            }
            if !sum.is_finite() {
                return Err(AttributionError::NotFinite { what, index: 0 });
            }
            comparison.models.push((name, figures.iter().map(|credit| credit / sum).collect()));
        }
        Ok(comparison)
    }

    /// Credits `paths` by each model and compares the results; each has its [name for readers](AttributionModel::title).
    ///
    /// # Errors
    /// As of [`AttributionModel::credit`] and [`Self::new`].
    pub fn of_models(
        paths: &PathTable,
        models: impl IntoIterator<Item = AttributionModel>,
    ) -> Result<Self, AttributionError> {
        let credited = models.into_iter().map(|model| Ok((model.title(), model.credit(paths)?)));
        Self::new(credited.collect::<Result<Vec<_>, AttributionError>>()?)
    }

    /// The channels, in the order of the shares.
    #[must_use]
    pub const fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The names of the models in their order.
    #[must_use]
    pub fn models(&self) -> impl ExactSizeIterator<Item = &str> + '_ {
        self.models.iter().map(|(name, _)| name.as_str())
    }

    /// The share of each channel in the model's credit (sum 1), or `None` for an unknown name.
    #[must_use]
    pub fn shares(&self, model: &str) -> Option<&[f64]> {
        self.models.iter().find(|(name, _)| name == model).map(|(_, shares)| shares.as_slice())
    }

    /// The rank of each channel, 0 for the highest credit, or `None` for an unknown model. Ties rank in the order of
    /// the names.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, ModelComparison, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 3, nulls: 0, value: 30_00 })?;
    /// builder.push_text("Email", ">", Outcome { conversions: 1, nulls: 5, value: 10_00 })?;
    /// let models = [AttributionModel::FirstTouch, AttributionModel::LastTouch];
    /// let comparison = ModelComparison::of_models(&builder.build(), models)?;
    /// assert_eq!(comparison.ranks("first touch"), Some(vec![0, 1]));
    /// assert_eq!(comparison.ranks("last touch"), Some(vec![1, 0]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the indexes are a permutation of those of the shares")]
    pub fn ranks(&self, model: &str) -> Option<Vec<usize>> {
        let shares = self.shares(model)?;
        let mut order: Vec<_> = self.channels.names().zip(shares).enumerate().collect();
        // By name on ties: ranks must not depend on the order of the dictionary.
        order.sort_by(|(_, (a_name, a)), (_, (b_name, b))| b.total_cmp(a).then(a_name.cmp(b_name)));
        let mut ranks = alloc::vec![0; shares.len()];
        for (rank, (index, _)) in order.into_iter().enumerate() {
            ranks[index] = rank;
        }
        Some(ranks)
    }

    /// How far two models disagree: the share of the credit that they give to different channels, 0 to 1, or `None`
    /// for an unknown name.
    ///
    /// # Formula
    /// `TV(p, q) = 1/2 sum |p_c - q_c|`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, ModelComparison, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 3, nulls: 0, value: 30_00 })?;
    /// builder.push_text("Email", ">", Outcome { conversions: 1, nulls: 5, value: 10_00 })?;
    /// let models = [AttributionModel::FirstTouch, AttributionModel::LastTouch];
    /// let comparison = ModelComparison::of_models(&builder.build(), models)?;
    /// // SEM has 3 of the 4 conversions by the first touch, and none by the last.
    /// assert_eq!(comparison.total_variation("first touch", "last touch"), Some(0.75));
    /// assert_eq!(comparison.total_variation("first touch", "linear"), None);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn total_variation(&self, one: &str, other: &str) -> Option<f64> {
        let (one, other) = (self.shares(one)?, self.shares(other)?);
        let apart: f64 = one.iter().zip(other).map(|(p, q)| libm::fabs(p - q)).sum();
        // Rounding of the shares can pass 1 by a digit.
        Some((apart / 2.0).min(1.0))
    }

    /// The two models that disagree most, and by how much; `None` of fewer than two.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, ModelComparison, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome::converted(30_00))?;
    /// let models = ["linear", "first_touch", "last_touch"].map(|text| text.parse::<AttributionModel>().unwrap());
    /// let comparison = ModelComparison::of_models(&builder.build(), models)?;
    /// assert_eq!(comparison.furthest(), Some(("first touch", "last touch", 1.0)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn furthest(&self) -> Option<(&str, &str, f64)> {
        let pairs = self.models().enumerate().flat_map(|(place, one)| {
            self.models().skip(place.saturating_add(1)).map(move |other| (one, other))
        });
        let apart = pairs.filter_map(|(one, other)| Some((one, other, self.total_variation(one, other)?)));
        // Strictly more: of pairs that disagree alike the first stays.
        apart.reduce(|most, pair| if pair.2 > most.2 { pair } else { most })
    }

    /// A row and a column for each model: how far two of them disagree, in per cent of the credit (see
    /// [`Self::total_variation`]).
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, ModelComparison, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 3, nulls: 0, value: 30_00 })?;
    /// builder.push_text("Email", ">", Outcome { conversions: 1, nulls: 5, value: 10_00 })?;
    /// let models = [AttributionModel::FirstTouch, AttributionModel::LastTouch];
    /// let comparison = ModelComparison::of_models(&builder.build(), models)?;
    /// assert_eq!(
    ///     comparison.distances().to_string(),
    ///     "model        first touch %  last touch %\n\
    ///      first touch              0            75\n\
    ///      last touch              75             0\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn distances(&self) -> Table {
        let mut table = Table::new("model");
        for one in self.models() {
            for other in self.models() {
                let apart = self.total_variation(one, other);
                table.push(one, String::from(other), apart.map(|apart| Cell::new(100.0 * apart, "%")));
            }
        }
        table
    }

    /// How many ranks each channel loses from model `one` to model `other`; negative where it gains. `None` for an
    /// unknown name.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, ModelComparison, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email", ">", Outcome { conversions: 3, nulls: 0, value: 30_00 })?;
    /// builder.push_text("Email", ">", Outcome { conversions: 1, nulls: 5, value: 10_00 })?;
    /// let models = [AttributionModel::FirstTouch, AttributionModel::LastTouch];
    /// let comparison = ModelComparison::of_models(&builder.build(), models)?;
    /// // Last touch puts SEM one rank lower and Email one rank higher.
    /// assert_eq!(comparison.rank_differences("first touch", "last touch"), Some(vec![1, -1]));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "ranks are below 2^16")]
    pub fn rank_differences(&self, one: &str, other: &str) -> Option<Vec<isize>> {
        let (one, other) = (self.ranks(one)?, self.ranks(other)?);
        // Ranks are below 2^16, as the numbers of channels are.
        #[expect(clippy::cast_possible_wrap, reason = "ranks are below 2^16")]
        Some(one.into_iter().zip(other).map(|(a, b)| b as isize - a as isize).collect())
    }

    /// A row for each channel, a column of shares for each model.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("channel");
        for (model, shares) in &self.models {
            for (channel, share) in self.channels.names().zip(shares) {
                table.push(channel, model.clone(), Cell::new(100.0 * share, "%"));
            }
        }
        table
    }
}

impl fmt::Display for ModelComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[derive(Serialize)]
struct ModelShares<'a> {
    model: &'a str,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    shares: Vec<f64>,
}

#[derive(Serialize)]
#[serde(rename = "ModelComparison")]
struct ComparisonWire<'a> {
    channels: &'a Channels,
    models: Vec<ModelShares<'a>>,
}

impl Serialize for ModelComparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let models =
            self.models.iter().map(|(model, shares)| ModelShares { model, shares: shares.clone() }).collect();
        ComparisonWire { channels: &self.channels, models }.serialize(serializer)
    }
}
