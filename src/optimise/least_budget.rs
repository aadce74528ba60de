//! The least budget that reaches a target: bisected over whole minor units, each budget decided by its own proof.
//!
//! The greatest response of a budget does not fall as the budget grows: a unit more fits some line up to the sum of all
//! caps, and no curve falls. So a budget whose bound lies below the target proves itself and all below it short. The dual
//! of the target itself, divided into boxes, was tried and lost: with groups the amounts of a box seldom reach the target,
//! and its bound in money says little where curves are flat.

use super::branch_and_bound::{Found, decide, greatest};
use super::certificate::Proof;
use super::model::{MOST, Model};
use super::{Limits, OptimiseError, Stop};
use crate::response::ResponseCurve;

/// Whether a budget reaches the target.
enum Verdict {
    Reaches,
    Short,
    /// Neither within the work or the rounding that was left.
    Open,
}

/// The search between budgets that are short and one that reaches the target.
struct Bisection<'m, 'a, C> {
    model: &'m Model<'a, C>,
    target: f64,
    limits: Limits,
    /// Nodes of all budgets so far.
    searched: usize,
    best: Option<Found>,
    /// The greatest budget that was shown to be short, and the proof.
    short: i128,
    proof: Proof,
    /// Why a budget was left open.
    stop: Stop,
}

/// The least budget's amounts and proof, after the dual of the whole question found `best` and its bound.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "budgets are amounts of money, below 2^97; nodes are entries of a vector"
)]
pub(super) fn search<C: ResponseCurve>(
    model: &Model<'_, C>,
    target: f64,
    limits: Limits,
    best: Option<Found>,
    proof: Proof,
) -> Result<(Found, Proof, Stop), OptimiseError> {
    let (floor, cap) = model.nodes.last().map_or((0, 0), |whole| (whole.floor, whole.cap));
    // Lines without caps take more together than money holds.
    let cap = cap.min(MOST).max(floor);
    let searched = proof.nodes.len();
    let mut bisection =
        Bisection { model, target, limits, searched, best, short: 0, proof, stop: Stop::Indivisible };
    bisection.start(floor, cap);
    if bisection.best.is_none() {
        match bisection.decide(cap) {
            Verdict::Reaches => {}
            Verdict::Short => {
                let most = greatest(&model.with_budget(cap), limits).unwrap_or(target);
                return Err(OptimiseError::Unreachable { target, most });
            }
            Verdict::Open => return Err(OptimiseError::Undecided { target }),
        }
    }
    bisection.narrow();
    let Bisection { searched, best, short, mut proof, mut stop, .. } = bisection;
    let Some(best) = best else { return Err(OptimiseError::Undecided { target }) };
    let spend: i128 = best.amounts.iter().sum();
    // Budgets are amounts of money, below 2^97: plain arithmetic is far from the end of 128 bits, here and below.
    let left = model.main(spend - short - 1);
    if left <= limits.gap() * model.main(spend) {
        stop = Stop::Proven;
    }
    proof.count(searched);
    Ok((best, proof, stop))
}

impl<C: ResponseCurve> Bisection<'_, '_, C> {
    /// Starts from what the dual of the whole question and the floors prove too small.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "budgets are amounts of money, below 2^97; nodes are entries of a vector"
    )]
    fn start(&mut self, floor: i128, cap: i128) {
        let bound = self.proof.noted().map_or(0.0, |(bound, _)| bound) * self.model.units;
        #[expect(clippy::cast_possible_truncation, reason = "a cast saturates; it is clamped to the bounds")]
        let least = libm::round(bound) as i128;
        if least <= floor {
            self.proof.set_short(floor - 1);
        }
        let spend = self.best.as_ref().map_or(cap, |best| best.amounts.iter().sum());
        self.short = least.max(floor).min(spend) - 1;
    }

    /// Whether this budget reaches the target.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "budgets are amounts of money, below 2^97; nodes are entries of a vector"
    )]
    fn decide(&mut self, budget: i128) -> Verdict {
        let model = self.model.with_budget(budget);
        // The last budget may take more nodes than were left: it gets one then, as any search does.
        let left = self.limits.nodes().saturating_sub(self.searched).max(1);
        // As close as the bound's arithmetic allows: a gap in response is another one in money.
        let (found, mut proof, stop) =
            decide(&model, self.limits.with_nodes(left).with_closest_gap(), self.target);
        self.searched += proof.nodes.len();
        if let Some(found) = found.filter(|found| found.worth >= self.target) {
            self.best = Some(found);
            return Verdict::Reaches;
        }
        if proof.noted().is_some_and(|(bound, _)| bound < self.target) {
            proof.set_short(budget);
            // The boxes are worked out once more, as whoever verifies the optimum will: a bound within its rounding of
            // the target may lie on its other side then, and proves nothing.
            if proof.shown(self.model).is_some() {
                (self.short, self.proof) = (budget, proof);
                return Verdict::Short;
            }
        }
        self.stop = if stop == Stop::Proven { Stop::Indivisible } else { stop };
        Verdict::Open
    }

    const fn is_spent(&self) -> bool {
        self.searched >= self.limits.nodes()
    }

    /// Narrows from both sides: from what is short in growing steps, for the dual's bound is often close, then in halves.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "budgets are amounts of money, below 2^97; nodes are entries of a vector"
    )]
    fn narrow(&mut self) {
        let mut high: i128 = self.best.as_ref().map_or(0, |best| best.amounts.iter().sum());
        let (mut low, mut step, mut open) = (self.short, 1_i128, None);
        while high - low > 1 {
            if self.is_spent() {
                self.stop = Stop::Nodes;
                return;
            }
            let half = (high - low) / 2;
            let budget = low + step.min(half).max(1);
            match self.decide(budget) {
                Verdict::Reaches => (high, step) = (budget, i128::MAX),
                Verdict::Short => low = budget,
                Verdict::Open => {
                    low = budget;
                    open = open.or(Some(budget));
                }
            }
            // Saturates once a budget reached the target: from there on halves are the smaller step.
            step = step.saturating_mul(4).max(low / 4_096);
        }
        // Below a budget that was left open a smaller one may still be shown to be short.
        let Some(mut open) = open else { return };
        while open - self.short > 1 && !self.is_spent() {
            let budget = self.short + (open - self.short) / 2;
            if !matches!(self.decide(budget), Verdict::Short) {
                open = budget;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::optimise::{Limits, Optimisation, OptimiseError, Stop};
    use crate::quantity::Money;
    use crate::response::Logistic;

    fn question(target: f64) -> Optimisation {
        let currency = Money::parse("0 CNY").unwrap().currency();
        Optimisation::minimise_budget(target, currency)
            .line("a", Logistic::new(80.0, 40.0, 0.2).unwrap(), ..)
            .line("b", Logistic::new(70.0, 30.0, 0.2).unwrap(), ..)
            .line("c", Logistic::new(60.0, 35.0, 0.2).unwrap(), ..)
    }

    /// N4: lines without caps.
    #[test]
    fn a_minor_unit_less_is_short() {
        for target in [1.0, 65.0, 100.0, 140.0, 209.0] {
            let found = question(target).solve().unwrap();
            assert_eq!(found.stop(), Stop::Proven);
            assert!(found.response() >= target && found.gap() <= 1e-9);
            assert!(found.verify(&question(target)).is_ok());
            let less = Money::from_minor(found.spend().minor() - 1, found.spend().currency()).unwrap();
            let lines = question(target).lines;
            let mut spent = Optimisation::maximise_response(less);
            spent.lines = lines;
            assert!(spent.solve().unwrap().bound() < target, "{less} for {target}");
        }
    }

    /// N4: the caps of groups, not those of lines, decide what is out of reach.
    #[test]
    fn out_of_reach_is_what_the_groups_leave_out_of_reach() {
        let cap = Money::parse("80 CNY").unwrap();
        let most = |target: f64| question(target).group("all", ["a", "b", "c"], ..=cap).solve();
        let greatest = match most(200.0).unwrap_err().iter().next().map(|problem| problem.error.clone()) {
            Some(OptimiseError::Unreachable { most, .. }) => most,
            error => panic!("{error:?}"),
        };
        assert!(most(greatest * (1.0 - 1e-9)).unwrap().spend() <= cap);
        assert!(most(greatest * (1.0 + 1e-6)).is_err());
    }

    #[test]
    fn the_limit_of_nodes_is_told() {
        let hasty = question(140.0).with_limits(Limits::default().with_nodes(12)).solve().unwrap();
        assert!(hasty.response() >= 140.0 && hasty.stop() != Stop::Proven && hasty.gap() > 0.0);
        assert!(hasty.verify(&question(140.0)).is_ok());
    }
}
