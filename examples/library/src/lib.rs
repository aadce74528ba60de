//! What a house adds to `marketloop`: a response curve that the library does not have, and a model of attribution by
//! its own rule. The library's solver and tables take both as they take their own.
//!
//! ```
//! use marketloop::optimise::{Aim, Optimisation};
//! use marketloop::quantity::Money;
//! use marketloop::response::{Power, ResponseCurve};
//! use marketloop_library::Reach;
//!
//! let radio = Reach { people: 50_000.0, cost_per_contact: 0.4 };
//! let best = Optimisation::<Box<dyn ResponseCurve>>::draft(Aim::Response { budget: Money::parse("100000 CNY")? })
//!     .line("radio", Box::new(radio) as Box<dyn ResponseCurve>, ..)
//!     .line("print", Box::new(Power::new(90.0, 0.5)?) as Box<dyn ResponseCurve>, ..)
//!     .solve()?;
//! assert!(best["radio"].amount() > best["print"].amount());
//! # Ok::<(), marketloop::Error>(())
//! ```

use marketloop::attribution::{AttributionError, Credits, Model, PathTable};
use marketloop::response::ResponseCurve;

/// Net reach of a medium whose contacts fall on people at random: of `people`, the share that a spend reaches at
/// least once.
///
/// # Formula
/// `people (1 - exp(-spend / (cost_per_contact people)))`
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reach {
    /// How many people can be reached, above 0.
    pub people: f64,
    /// What one contact costs, above 0.
    pub cost_per_contact: f64,
}

impl Reach {
    fn whole(&self) -> f64 {
        self.cost_per_contact * self.people
    }
}

impl ResponseCurve for Reach {
    fn value(&self, spend: f64) -> f64 {
        -self.people * libm::expm1(-spend / self.whole())
    }

    fn marginal(&self, spend: f64) -> f64 {
        libm::exp(-spend / self.whole()) / self.cost_per_contact
    }

    // Concave from the first unit on.
    fn inflection(&self) -> f64 {
        0.0
    }

    // In closed form, where the provided search would do as well.
    fn inverse_marginal(&self, marginal: f64) -> f64 {
        if marginal > 0.0 {
            (-self.whole() * libm::log(marginal * self.cost_per_contact)).max(0.0)
        } else if marginal.is_nan() {
            0.0
        } else {
            f64::INFINITY
        }
    }
}

/// The longest stay: a conversion goes to the channel with the most touches in its path, in equal parts where several
/// have as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MostTouches;

impl Model for MostTouches {
    fn credit(&self, paths: &PathTable) -> Result<Credits, AttributionError> {
        let mut conversions = vec![0.0; paths.channels().len()];
        let mut values = conversions.clone();
        let mut touches = vec![0_u32; conversions.len()];
        for row in paths.rows() {
            touches.fill(0);
            for channel in row.path {
                touches[channel.index()] += 1;
            }
            let most = touches.iter().copied().max().unwrap_or(0);
            let winners = touches.iter().filter(|count| **count == most).count() as f64;
            for (channel, _) in touches.iter().enumerate().filter(|(_, count)| **count == most) {
                conversions[channel] += row.outcome.conversions as f64 / winners;
                values[channel] += row.outcome.value as f64 / winners;
            }
        }
        Credits::new(paths, conversions, values)
    }
}
