//! The state of an adstock from period to period.

use super::ResponseError;
use super::adstock::{Adstock, checked_spend};
use crate::quantity::wire::wire_fields;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The state of an adstock between two periods: the recent spends that still have an effect.
///
/// Going through the periods one by one gives bit for bit what [`Adstock::apply`] gives at once.
///
/// # Examples
/// ```
/// use marketloop::response::{Adstock, CarryOver, Kernel};
///
/// let adstock = Adstock::new(Kernel::geometric(0.5)?, 3)?;
/// let mut state = adstock.carry_over();
/// assert_eq!(state.advance(100.0)?, 100.0);
/// // If nothing more is spent, this still works in the next two periods.
/// assert_eq!(state.outstanding(), [50.0, 25.0]);
/// assert_eq!(state.advance(40.0)?, 90.0);
/// let json = r#"{"adstock":{"kind":"geometric","alpha":0.5,"lags":3},"latest":[40,100]}"#;
/// assert_eq!(serde_json::from_str::<CarryOver>(json)?, state);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[doc(alias("adstock", "广告延续效应"))]
pub struct CarryOver {
    adstock: Adstock,
    /// The spends that still have an effect, the latest first; at most one fewer than the lags.
    latest: VecDeque<f64>,
}

impl CarryOver {
    /// The adstock by which spends are carried over.
    #[must_use]
    pub const fn adstock(&self) -> &Adstock {
        &self.adstock
    }

    /// Moves to the next period, in which `spend` is spent, and returns its effective spend.
    ///
    /// # Errors
    /// [`ResponseError::OutOfRange`] for a spend outside 0..=1e150; the state is then as before.
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{Adstock, Kernel};
    ///
    /// let adstock = Adstock::new(Kernel::geometric(0.5)?, 3)?;
    /// let mut state = adstock.carry_over();
    /// let weekly = [state.advance(100.0)?, state.advance(0.0)?, state.advance(40.0)?];
    /// assert_eq!(adstock.apply(&[100.0, 0.0, 40.0])?, weekly);
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    #[expect(clippy::arithmetic_side_effects, reason = "an adstock has a lag at least")]
    pub fn advance(&mut self, spend: f64) -> Result<f64, ResponseError> {
        self.latest.push_front(checked_spend(spend)?);
        let working = self.adstock.working(self.latest.iter());
        // The oldest spend leaves with the last lag: the state never grows.
        self.latest.truncate(self.adstock.lags() - 1);
        Ok(working)
    }

    /// The effective spend of each following period if nothing more were spent, up to the last one that can have any.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a place of the weights")]
    pub fn outstanding(&self) -> Vec<f64> {
        let weights = self.adstock.weights();
        let later = (1..weights.len()).map(|first| &weights[first..]);
        later.map(|rest| rest.iter().zip(&self.latest).map(|(weight, spend)| weight * spend).sum()).collect()
    }
}

impl Adstock {
    /// The state before the first period, to go through the periods one by one.
    #[must_use]
    pub fn carry_over(&self) -> CarryOver {
        CarryOver { adstock: self.clone(), latest: VecDeque::new() }
    }
}

/// A carry-over as it is written down, not yet checked.
struct Wire {
    adstock: Adstock,
    latest: Vec<f64>,
}

wire_fields!("CarryOver", Wire { adstock, latest: own });

impl Wire {
    #[expect(clippy::arithmetic_side_effects, reason = "an adstock has a lag at least")]
    fn check(self) -> Result<CarryOver, ResponseError> {
        let (found, limit) = (self.latest.len(), self.adstock.lags() - 1);
        if found > limit {
            return Err(ResponseError::TooMuchHistory { found, limit });
        }
        let latest = self.latest.into_iter().map(checked_spend).collect::<Result<_, _>>()?;
        Ok(CarryOver { adstock: self.adstock, latest })
    }
}

impl TryFrom<Wire> for CarryOver {
    type Error = ResponseError;

    fn try_from(draft: Wire) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<CarryOver> for Wire {
    fn from(state: CarryOver) -> Self {
        Self { adstock: state.adstock, latest: state.latest.into() }
    }
}
