//! What is to be optimised: lines with curves and bounds, groups, an aim.

use super::model::Model;
use super::{OptimiseError, Optimum, branch_and_bound};
use crate::error::Problems;
use crate::quantity::{Currency, Money};
use crate::response::{Curve, ResponseCurve};
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::{Bound, RangeBounds};

/// What is asked of the lines.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Aim {
    /// The greatest response that exactly this budget buys.
    Response {
        /// The budget, all of which is spent.
        budget: Money,
    },
    /// The least budget whose response is at least the target.
    Budget {
        /// The target, in units of response.
        target: f64,
    },
    /// The budget up to which the next unit of money returns at least this much response.
    MarginalReturn {
        /// The least marginal return, in units of response per unit of money.
        at_least: f64,
    },
}

/// How much work an optimisation may do, and how close is close enough. Neither depends on a clock, so the same
/// question has the same answer on every machine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    nodes: usize,
    gap: f64,
}

impl Default for Limits {
    /// 20,000 nodes, a relative gap of 1e-9.
    fn default() -> Self {
        Self { nodes: 20_000, gap: 1e-9 }
    }
}

impl Limits {
    /// These limits with at most `nodes` nodes of branch and bound. At the limit the best allocation found comes
    /// back with its gap. The first node is always worked on.
    #[must_use]
    pub const fn with_nodes(self, nodes: usize) -> Self {
        Self { nodes, ..self }
    }

    /// These limits with the relative gap at which an allocation counts as the optimum. Below 1e-12 it is taken
    /// as 1e-12: the arithmetic of the bound itself is not finer.
    #[must_use]
    pub const fn with_gap(self, gap: f64) -> Self {
        Self { gap: if gap > 1e-12 { gap } else { 1e-12 }, ..self }
    }

    /// The most nodes.
    #[must_use]
    pub const fn nodes(self) -> usize {
        self.nodes
    }

    /// The relative gap that is close enough.
    #[must_use]
    pub const fn gap(self) -> f64 {
        self.gap
    }
}

/// A line as it was stated.
#[derive(Debug, Clone)]
pub(super) struct StatedLine<C> {
    pub(super) name: String,
    pub(super) curve: C,
    pub(super) floor: Option<Money>,
    pub(super) cap: Option<Money>,
}

/// A group as it was stated.
#[derive(Debug, Clone)]
pub(super) struct StatedGroup {
    pub(super) name: String,
    pub(super) members: Vec<String>,
    pub(super) floor: Option<Money>,
    pub(super) cap: Option<Money>,
}

/// A question to the optimiser: which amounts for which lines.
///
/// `C` is the lines' [`ResponseCurve`]: [`Curve`] for the named families, `Box<dyn ResponseCurve>` or any type
/// of the caller's own through [`Optimise::of`].
///
/// # Examples
/// ```
/// use marketloop::optimise::Optimise;
/// use marketloop::quantity::Money;
/// use marketloop::response::{Hill, Logarithmic};
///
/// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
/// let best = Optimise::response(yuan("50000")?)
///     .line("SEM", Logarithmic::new(60_000.0, 10_000.0)?, ..=yuan("30000")?)
///     .line("social", Logarithmic::new(45_000.0, 9_000.0)?, yuan("5000")?..)
///     .line("short video", Hill::new(90_000.0, 14_000.0, 2.5)?, ..)
///     .solve()?;
/// assert_eq!(best.spend(), yuan("50000")?);
/// assert!(best.gap() <= 1e-9);
/// println!("{}", best["short video"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Optimise<C = Curve> {
    pub(super) aim: Aim,
    pub(super) currency: Currency,
    pub(super) lines: Vec<StatedLine<C>>,
    pub(super) groups: Vec<StatedGroup>,
    pub(super) limits: Limits,
    pub(super) same: fn(&C, &C) -> bool,
}

impl Optimise<Curve> {
    /// Asks for the greatest response that `budget` buys. All of the budget is spent, on lines of the named
    /// curves.
    #[must_use]
    pub const fn response(budget: Money) -> Self {
        Self::start(Aim::Response { budget }, budget.currency(), same)
    }

    /// Asks for the least budget whose response is at least `target`.
    #[must_use]
    pub const fn budget(target: f64, currency: Currency) -> Self {
        Self::start(Aim::Budget { target }, currency, same)
    }

    /// Asks for the budget that spends until the next unit of money returns less than `at_least` units of
    /// response. At 1, with response in money, it is the budget of the greatest profit.
    #[must_use]
    pub const fn until_marginal_return(at_least: f64, currency: Currency) -> Self {
        Self::start(Aim::MarginalReturn { at_least }, currency, same)
    }
}

fn same(left: &Curve, right: &Curve) -> bool {
    left == right
}

impl<C: ResponseCurve> Optimise<C> {
    /// The question of this `aim` for lines of curves of the caller's own type.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::{Aim, Optimise};
    /// use marketloop::quantity::Money;
    /// use marketloop::response::{Power, ResponseCurve};
    ///
    /// let budget = Money::parse("100 CNY")?;
    /// let best = Optimise::<Box<dyn ResponseCurve>>::of(Aim::Response { budget }, budget.currency())
    ///     .line("a", Box::new(Power::new(2.0, 0.5)?) as Box<dyn ResponseCurve>, ..)
    ///     .line("b", Box::new(Power::new(1.0, 0.5)?) as Box<dyn ResponseCurve>, ..)
    ///     .solve()?;
    /// assert_eq!(best["a"].amount(), Money::parse("80 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn of(aim: Aim, currency: Currency) -> Self {
        Self::start(aim, currency, |_, _| false)
    }

    const fn start(aim: Aim, currency: Currency, same: fn(&C, &C) -> bool) -> Self {
        let limits = Limits { nodes: 20_000, gap: 1e-9 };
        Self { aim, currency, lines: Vec::new(), groups: Vec::new(), limits, same }
    }

    /// The question with a line of this curve whose amount stays `within` these bounds: `floor..=cap`, `floor..`,
    /// `..=cap` or `..`; an excluded bound is a minor unit away.
    #[must_use]
    pub fn line(
        mut self,
        name: impl Into<String>,
        curve: impl Into<C>,
        within: impl RangeBounds<Money>,
    ) -> Self {
        let (floor, cap) = bounds(&within);
        self.lines.push(StatedLine { name: name.into(), curve: curve.into(), floor, cap });
        self
    }

    /// The question with a group of lines or groups whose sum stays `within` these bounds. A line or a group is
    /// in one group at most.
    #[must_use]
    pub fn group<M: Into<String>>(
        mut self,
        name: impl Into<String>,
        members: impl IntoIterator<Item = M>,
        within: impl RangeBounds<Money>,
    ) -> Self {
        let (floor, cap) = bounds(&within);
        let members = members.into_iter().map(Into::into).collect();
        self.groups.push(StatedGroup { name: name.into(), members, floor, cap });
        self
    }

    /// The question with these limits of work and gap.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// What is asked.
    #[must_use]
    pub const fn aim(&self) -> Aim {
        self.aim
    }

    /// The optimal amounts in whole minor units, with their bound and its proof.
    ///
    /// Concave curves: water-filling, every line up to the same marginal response (the multiplier), the bounds
    /// of lines and groups kept; the whole minor units are the optimum among all whole minor units (Fox 1966).
    /// Other curves: branch and bound on upper concave envelopes, to the *global* optimum within the gap of
    /// [`Limits`].
    ///
    /// # Errors
    /// All faults of the question at once, each with its path (`lines[2].cap`); [`OptimiseError::FloorsAbove`]
    /// and [`OptimiseError::CapsBelow`] when the bounds leave no amounts, [`OptimiseError::Unreachable`] when no
    /// amounts reach the target, [`OptimiseError::NotACurve`] when a curve of the caller's gives a figure that
    /// is none.
    pub fn solve(&self) -> Result<Optimum, Problems<OptimiseError>> {
        let model = Model::of(self)?;
        branch_and_bound::solve(&model, self)
    }

    /// An upper bound of the response of *any* amounts within the bounds, from a multiplier alone (Everett
    /// 1963): `D(m) = Σ max over x of (f(x) - m x) + m B`, the multipliers of groups at their best. Every
    /// `m >= 0` gives a bound; at the optimum's multiplier it is the least. For the aim of the least budget it is a
    /// lower bound of the budget, `(target - Σ max (f(x) - m x)) / m`; for a marginal return, the bound of
    /// response less `m` times spend.
    ///
    /// # Errors
    /// As [`solve`](Self::solve), and [`OptimiseError::Multiplier`] for one that is no number or below 0 (0 too
    /// for the least budget).
    pub fn bound_at(&self, multiplier: f64) -> Result<f64, Problems<OptimiseError>> {
        let model = Model::of(self)?;
        branch_and_bound::bound_at(&model, multiplier)
    }
}

/// The bounds in minor units; an excluded one is a minor unit away.
fn bounds(within: &impl RangeBounds<Money>) -> (Option<Money>, Option<Money>) {
    let step = |money: &Money, by: i128| {
        Money::from_minor(money.minor().saturating_add(by), money.currency()).unwrap_or(*money)
    };
    let floor = match within.start_bound() {
        Bound::Included(floor) => Some(*floor),
        Bound::Excluded(floor) => Some(step(floor, 1)),
        Bound::Unbounded => None,
    };
    let cap = match within.end_bound() {
        Bound::Included(cap) => Some(*cap),
        Bound::Excluded(cap) => Some(step(cap, -1)),
        Bound::Unbounded => None,
    };
    (floor, cap)
}
