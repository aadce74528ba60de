//! A sum that keeps the digits which plain addition loses.

/// A running sum with its lost digits beside it (Neumaier 1974).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sum {
    total: f64,
    lost: f64,
    /// The sum of magnitudes, to bound the rounding.
    size: f64,
}

impl Sum {
    pub(super) fn add(&mut self, term: f64) {
        let next = self.total + term;
        self.lost += if self.total.abs() >= term.abs() {
            (self.total - next) + term
        } else {
            (term - next) + self.total
        };
        self.total = next;
        self.size += term.abs();
    }

    pub(super) fn total(&self) -> f64 {
        self.total + self.lost
    }

    /// What rounding of the terms themselves may have taken away.
    pub(super) fn doubt(&self) -> f64 {
        4.0 * f64::EPSILON * self.size
    }
}
