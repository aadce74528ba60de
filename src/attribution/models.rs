//! The models by name: the rules of practice, the removal effect, the Shapley value.

use super::weights::Weighed;
use super::{AttributionError, Credits, MarkovChain, Model, PathTable, Row, TouchCredits};
use super::{counterfactual, shapley, weights};
use crate::error::excerpt;
use crate::quantity::grammar::parse_decimal;
use crate::quantity::wire::text_on_the_wire;
use crate::quantity::{multiply, subtract};
use crate::time::Duration;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use rust_decimal::Decimal;

/// A model of attribution by its name: who gets how much of a conversion.
///
/// | text, also on the wire | who is credited |
/// | --- | --- |
/// | `first_touch`, `last_touch` | the first or the last touch |
/// | `last_non_direct(Direct)` | the last touch of another channel than this one; the last of all where there is none |
/// | `linear` | every touch alike |
/// | `position_based(0.4,0.4)` | these shares to the first and to the last touch, the rest evenly to those between |
/// | `time_decay(168 hours)` | more to later touches: a weight halves with each half-life before the end |
/// | `position_decay(0.5)` | more to later touches: each weighs this part of the one behind it |
/// | `participation` | every channel of the path the whole conversion: the credits do not add up |
/// | `leave_one_touch_out` | touches without which the path converts less often |
/// | `shapley` | every distinct channel of the path alike |
/// | `markov(1)` | channels without which a chain of this order would convert less often |
///
/// Parameters are checked when a text is read and when [`credit`](Self::credit) is asked.
///
/// # Examples
/// ```
/// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("SEM > KOL > Email", ">", Outcome::converted(100_00))?;
/// let paths = builder.build();
/// let model: AttributionModel = "position_based(0.4, 0.4)".parse()?;
/// assert_eq!(model, AttributionModel::U_SHAPED);
/// assert_eq!(model.credit(&paths)?.conversions(), [0.4, 0.2, 0.4]);
/// let stored: AttributionModel = serde_json::from_str(r#""markov(2)""#)?;
/// assert_eq!(stored, AttributionModel::Markov(2));
/// assert!("markov(0)".parse::<AttributionModel>().is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[doc(alias = "归因")]
#[doc(alias = "multi_touch")]
pub enum AttributionModel {
    /// All credit to the first touch.
    #[doc(alias = "first_click")]
    #[doc(alias = "首次触点")]
    FirstTouch,
    /// All credit to the last touch.
    #[doc(alias = "last_click")]
    #[doc(alias = "末次触点")]
    #[doc(alias = "末次点击")]
    LastTouch,
    /// All credit to the last touch of another channel than this one, or to the last touch if there is no other.
    ///
    /// A table without the channel is credited as by [`LastTouch`](Self::LastTouch).
    LastNonDirect(String),
    /// Equal credit to every touch: `1 / L` in a path of `L` touches.
    Linear,
    /// Fixed shares to the first and last touch; the touches between share the rest equally.
    ///
    /// A single touch has all. Of two touches the first has `f / (f + l)` and the last `l / (f + l)`, each half
    /// where both shares are 0. Where no touch has weight all are alike.
    PositionBased {
        /// The share of the first touch, of 0..=1.
        first: Decimal,
        /// The share of the last touch; both together at most 1.
        last: Decimal,
    },
    /// More to the later touches: a weight halves with each of these half-lives between the touch and the journey's
    /// end.
    ///
    /// # Formula
    /// `w_i = 2^(-t_i / h)`, divided by the sum of the journey. A weight below 2^-62 of the journey's largest is 0.
    TimeDecay(Duration),
    /// More to the later touches, by their position: each touch weighs this part, above 0 and at most 1, of the one
    /// behind it.
    ///
    /// # Formula
    /// `w_i = r^(L - 1 - i)` for touch `i` (from 0) of `L`, divided by the sum of the journey.
    PositionDecay(Decimal),
    /// The full conversion to every channel that took part; the credits do not add up to the total.
    ///
    /// Of the touches of one channel its first has the credit.
    Participation,
    /// To the touches without which a path converts less often.
    ///
    /// # Formula
    /// With `p(path) = conversions / journeys` of exactly this path (0 where nobody took it), the touch at `t` of
    /// `path` weighs `max(0, p(path) - p(path without t))`; a path's conversions and value are divided in
    /// proportion, and go to its last touch where nothing weighs anything (Google, Fractribution, 2021).
    LeaveOneTouchOut,
    /// The Shapley value of the game "conversions of the journeys that need no other channels than these".
    ///
    /// # Formula
    /// `v(S) = sum of the conversions of all paths whose channels are in S`, so that
    /// `phi_c = sum over paths with c of conversions / number of distinct channels` (K. Zhao, S. H. Mahboobi,
    /// S. R. Bagheri, 2018). Whole counts are added per channel and number, and divided once.
    #[doc(alias = "沙普利值")]
    Shapley,
    /// The removal effects of a [`MarkovChain`] of this order, 1 to 255, computed exactly and not by simulation.
    ///
    /// # Formula
    /// `RE_c = 1 - P(convert | all states that contain c lead to nothing) / P(convert)`, and channel `c` is
    /// credited `RE_c / sum of all RE` of the conversions (E. Anderl, I. Becker, F. von Wangenheim, J. H. Schumann,
    /// 2016). For the value of conversions the same with the expected value instead of the probability.
    #[doc(alias = "马尔可夫链")]
    Markov(u8),
}

/// A number of tenths.
const fn tenths(count: u32) -> Decimal {
    Decimal::from_parts(count, 0, 0, false, 1)
}

impl AttributionModel {
    /// 40 % to the first touch, 20 % between, 40 % to the last.
    pub const U_SHAPED: Self = Self::PositionBased { first: tenths(4), last: tenths(4) };
    /// 20 % to the first touch, 20 % between, 60 % to the last.
    pub const J_SHAPED: Self = Self::PositionBased { first: tenths(2), last: tenths(6) };
    /// 60 % to the first touch, 20 % between, 20 % to the last.
    pub const INVERSE_J_SHAPED: Self = Self::PositionBased { first: tenths(6), last: tenths(2) };

    /// The name for readers, in the field's terms; [`Display`](fmt::Display) is the text that is stored and read.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::AttributionModel;
    ///
    /// assert_eq!(AttributionModel::U_SHAPED.title(), "position-based 40/20/40");
    /// assert_eq!("time_decay(7 days)".parse::<AttributionModel>()?.title(), "time decay, half-life 168 hours");
    /// assert_eq!(AttributionModel::Markov(1).title(), "Markov chain of order 1");
    /// assert_eq!(AttributionModel::LeaveOneTouchOut.title(), "leave-one-out");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::FirstTouch => "first touch".into(),
            Self::LastTouch => "last touch".into(),
            Self::LastNonDirect(direct) => format!("last touch other than {direct}"),
            Self::Linear => "linear".into(),
            Self::PositionBased { first, last } => {
                let percent = |share: &Decimal| multiply(*share, Decimal::ONE_HUNDRED).ok();
                let shares = percent(first).zip(percent(last));
                let between = shares.and_then(|(first, last)| {
                    let between = subtract(subtract(Decimal::ONE_HUNDRED, first).ok()?, last).ok()?;
                    Some(format!("{}/{}/{}", first.normalize(), between.normalize(), last.normalize()))
                });
                // Shares of more digits than a decimal holds a hundred times of.
                let between = between.unwrap_or_else(|| format!("{first} first, {last} last"));
                format!("position-based {between}")
            }
            Self::TimeDecay(half_life) => format!("time decay, half-life {half_life}"),
            Self::PositionDecay(ratio) => format!("decay by position, ratio {}", ratio.normalize()),
            Self::Participation => "participation".into(),
            Self::LeaveOneTouchOut => "leave-one-out".into(),
            Self::Shapley => "Shapley value".into(),
            Self::Markov(order) => format!("Markov chain of order {order}"),
        }
    }

    /// The credit of each channel of `paths`.
    ///
    /// # Errors
    /// [`AttributionError::Parameter`] and [`AttributionError::Order`] for a parameter out of its range;
    /// [`AttributionError::MissingTimes`] of [`TimeDecay`](Self::TimeDecay) in a table without times; of
    /// [`Markov`](Self::Markov) those of [`MarkovChain::new`] and [`MarkovChain::removal_effects`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// // A > B converts 3 of 4 times, A 1 of 4 times, nobody took B alone.
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("A > B", ">", Outcome { conversions: 3, nulls: 1, value: 30 })?;
    /// builder.push_text("A", ">", Outcome { conversions: 1, nulls: 3, value: 10 })?;
    /// let paths = builder.build();
    /// assert_eq!(AttributionModel::LastTouch.credit(&paths)?.conversions(), [1.0, 3.0]);
    /// assert_eq!(AttributionModel::Shapley.credit(&paths)?.conversions(), [2.5, 1.5]);
    /// // Without A 0.75 less, without B 0.5 less.
    /// let left_out = AttributionModel::LeaveOneTouchOut.credit(&paths)?;
    /// assert!((left_out.conversions()[0] - 2.8).abs() < 1e-15);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        // Its fields are public: nothing has checked them before.
        self.check()?;
        // Each arm has its own copy of the kernel: no journey is divided through a pointer.
        match self {
            Self::FirstTouch => Credits::by_weights(paths, weights::always(weights::first_touch)),
            Self::LastTouch => Credits::by_weights(paths, weights::always(weights::last_touch)),
            Self::LastNonDirect(direct) => {
                Credits::by_weights(paths, weights::last_non_direct(paths.channels().id(direct)))
            }
            Self::Linear => Credits::by_weights(paths, weights::always(weights::linear)),
            Self::PositionBased { first, last } => {
                Credits::by_weights(paths, weights::position_based(*first, *last)?)
            }
            Self::TimeDecay(half_life) => Credits::by_weights(paths, weights::time_decay(*half_life)),
            Self::PositionDecay(ratio) => Credits::by_weights(paths, weights::position_decay(*ratio)?),
            Self::Participation => Credits::by_shares(paths, weights::always(weights::participation)),
            Self::LeaveOneTouchOut => counterfactual::leave_one_touch_out(paths),
            Self::Shapley => shapley::simplified_credits(paths),
            Self::Markov(order) => MarkovChain::new(paths, usize::from(*order))?.credits(paths),
        }
    }

    /// What each touch of one row is given.
    ///
    /// # Errors
    /// [`AttributionError::UnknownRow`]; [`AttributionError::NotByTouch`] of [`Self::LeaveOneTouchOut`],
    /// [`Self::Shapley`] and [`Self::Markov`], which ask all journeys; as of [`Self::credit`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{AttributionModel, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > Email > SEM", ">", Outcome::converted(100_00))?;
    /// let credits = AttributionModel::U_SHAPED.touch_credits(&builder.build(), 0)?;
    /// assert_eq!(credits.shares, [0.4, 0.2, 0.4]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn touch_credits(&self, paths: &PathTable, row: usize) -> Result<TouchCredits, AttributionError> {
        self.check()?;
        // For one row a call through a pointer is cheaper than a copy of the kernel for each model.
        let by = |weigh: &mut dyn FnMut(usize, &Row<'_>, &mut Vec<f64>) -> Weighed| {
            TouchCredits::divided(paths, row, *self != Self::Participation, weigh)
        };
        match self {
            Self::FirstTouch => by(&mut weights::always(weights::first_touch)),
            Self::LastTouch => by(&mut weights::always(weights::last_touch)),
            Self::LastNonDirect(direct) => by(&mut weights::last_non_direct(paths.channels().id(direct))),
            Self::Linear => by(&mut weights::always(weights::linear)),
            Self::PositionBased { first, last } => by(&mut weights::position_based(*first, *last)?),
            Self::TimeDecay(half_life) => by(&mut weights::time_decay(*half_life)),
            Self::PositionDecay(ratio) => by(&mut weights::position_decay(*ratio)?),
            Self::Participation => by(&mut weights::always(weights::participation)),
            Self::LeaveOneTouchOut | Self::Shapley | Self::Markov(_) => {
                Err(AttributionError::NotByTouch { model: self.clone() })
            }
        }
    }

    fn check(&self) -> Result<(), AttributionError> {
        let share = |name: &'static str, value: Decimal, least_in: bool| {
            let above = if least_in { value >= Decimal::ZERO } else { value > Decimal::ZERO };
            if above && value <= Decimal::ONE {
                Ok(())
            } else {
                Err(AttributionError::Parameter { name, value })
            }
        };
        match self {
            Self::LastNonDirect(direct) => super::channels::check_name(direct, 0),
            Self::PositionBased { first, last } => {
                share("the share of the first touch", *first, true)?;
                share("the share of the last touch", *last, true)?;
                share("the share of the first and the last touch", crate::quantity::add(*first, *last)?, true)
            }
            Self::TimeDecay(half_life) if *half_life == Duration::ZERO => {
                Err(AttributionError::Parameter { name: "the half-life", value: Decimal::ZERO })
            }
            Self::PositionDecay(ratio) => share("the ratio", *ratio, false),
            Self::Markov(order) => super::transition::checked_order(usize::from(*order)).map(drop),
            _ => Ok(()),
        }
    }
}

impl Model for AttributionModel {
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        // The inherent method.
        Self::credit(self, paths)
    }
}

impl Credits {
    /// The credits of a W-shaped model: first touch, a milestone such as the creation of the lead, and last touch
    /// 30 % each; 10 % to the others.
    ///
    /// `milestone` is given the index of a row and the row, and answers the index of the milestone's touch. Without
    /// one, or where it is the first or the last touch, the weights of what is there are in proportion. Without other
    /// touches the 10 % likewise.
    ///
    /// # Errors
    /// [`AttributionError::Milestone`] beyond the end of the path.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Credits, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM > form > Email > KOL", ">", Outcome::converted(100_00))?;
    /// let paths = builder.build();
    /// let form = paths.channels().id("form");
    /// let credits = Credits::w_shaped(&paths, |_, row| row.path.iter().position(|touch| Some(*touch) == form))?;
    /// assert_eq!(credits.conversions(), [0.3, 0.3, 0.1, 0.3]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn w_shaped(
        paths: &PathTable,
        milestone: impl FnMut(usize, &Row<'_>) -> Option<usize>,
    ) -> Result<Self, AttributionError> {
        Self::by_weights(paths, weights::w_shaped(milestone))
    }
}

impl fmt::Display for AttributionModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FirstTouch => f.write_str("first_touch"),
            Self::LastTouch => f.write_str("last_touch"),
            Self::LastNonDirect(direct) => write!(f, "last_non_direct({direct})"),
            Self::Linear => f.write_str("linear"),
            Self::PositionBased { first, last } => {
                write!(f, "position_based({},{})", first.normalize(), last.normalize())
            }
            Self::TimeDecay(half_life) => write!(f, "time_decay({half_life})"),
            Self::PositionDecay(ratio) => write!(f, "position_decay({})", ratio.normalize()),
            Self::Participation => f.write_str("participation"),
            Self::LeaveOneTouchOut => f.write_str("leave_one_touch_out"),
            Self::Shapley => f.write_str("shapley"),
            Self::Markov(order) => write!(f, "markov({order})"),
        }
    }
}

impl FromStr for AttributionModel {
    type Err = AttributionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || AttributionError::UnknownModel { text: excerpt(text) };
        let (name, given) = match text.trim().split_once('(') {
            Some((name, rest)) => (name.trim_end(), Some(rest.strip_suffix(')').ok_or_else(unknown)?)),
            None => (text.trim(), None),
        };
        let model = match (name, given) {
            ("first_touch", None) => Self::FirstTouch,
            ("last_touch", None) => Self::LastTouch,
            ("last_non_direct", Some(direct)) => Self::LastNonDirect(direct.into()),
            ("linear", None) => Self::Linear,
            ("participation", None) => Self::Participation,
            ("leave_one_touch_out", None) => Self::LeaveOneTouchOut,
            ("shapley", None) => Self::Shapley,
            ("position_based", Some(shares)) => {
                let (first, last) = shares.split_once(',').ok_or_else(unknown)?;
                Self::PositionBased { first: parse_decimal(first)?, last: parse_decimal(last)? }
            }
            ("time_decay", Some(half_life)) => Self::TimeDecay(half_life.parse().map_err(|_| unknown())?),
            ("position_decay", Some(ratio)) => Self::PositionDecay(parse_decimal(ratio)?),
            ("markov", Some(order)) => {
                let order = order.trim().parse::<usize>().map_err(|_| unknown())?;
                Self::Markov(super::transition::checked_order(order)?)
            }
            _ => return Err(unknown()),
        };
        model.check()?;
        Ok(model)
    }
}

text_on_the_wire!(AttributionModel, "a model such as `last_touch` or `markov(2)`");
