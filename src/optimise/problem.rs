//! The question: lines with curves and bounds, groups, an aim.

use super::OptimiseError;
use super::measure::Measure;
use super::minor_units::{main, units};
use super::sum::Sum;
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_variants;
use crate::quantity::{Currency, Money, Unit};
use crate::response::{Curve, ResponseCurve};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Bound, RangeBounds};
use serde::{Deserialize, Serialize};

/// The aim of an optimisation. On the wire `{"response":{"budget":"50000 CNY"}}`.
///
/// # Examples
/// ```
/// use marketloop::optimise::Aim;
/// use marketloop::quantity::Currency;
///
/// let aim: Aim = serde_json::from_str(r#"{"budget":{"target":"12000","currency":"CNY"}}"#)?;
/// assert_eq!(aim, Aim::Budget { target: 12_000.0, currency: Currency::CNY });
/// assert_eq!(aim.to_string(), "the least budget in CNY for a response of 12000");
/// # Ok::<(), serde_json::Error>(())
/// ```
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
        /// The currency of all amounts.
        currency: Currency,
    },
    /// The budget up to which the next unit of money returns at least this much response.
    MarginalReturn {
        /// The least marginal return, in units of response per unit of money.
        at_least: f64,
        /// The currency of all amounts.
        currency: Currency,
    },
}

wire_variants!(Aim {
    "response" => Response { budget },
    "budget" => Budget { target: own, currency },
    "marginal_return" => MarginalReturn { at_least: own, currency },
});

impl Aim {
    /// The currency of all amounts.
    #[must_use]
    pub const fn currency(self) -> Currency {
        match self {
            Self::Response { budget } => budget.currency(),
            Self::Budget { currency, .. } | Self::MarginalReturn { currency, .. } => currency,
        }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Response { budget } => write!(f, "the greatest response to a budget of {budget}"),
            Self::Budget { target, currency } => {
                write!(f, "the least budget in {currency} for a response of {target}")
            }
            Self::MarginalReturn { at_least, currency } => {
                write!(f, "the budget in {currency} whose last unit returns at least {at_least}")
            }
        }
    }
}

/// The maximum work of an optimisation, and the gap at which it may stop. Neither depends on a clock, so the same
/// question has the same answer on every machine.
///
/// ```
/// # use marketloop::optimise::Limits;
/// let json = r#"{"nodes":7,"gap":"1e-9"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Limits>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StatedLimits")]
pub struct Limits {
    nodes: usize,
    #[serde(with = "crate::quantity::wire::own")]
    gap: f64,
}

/// Limits as they are read, not yet checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StatedLimits {
    nodes: usize,
    #[serde(with = "crate::quantity::wire::own")]
    gap: f64,
}

impl Default for StatedLimits {
    fn default() -> Self {
        let Limits { nodes, gap } = Limits::default();
        Self { nodes, gap }
    }
}

impl TryFrom<StatedLimits> for Limits {
    type Error = OptimiseError;

    fn try_from(StatedLimits { nodes, gap }: StatedLimits) -> Result<Self, Self::Error> {
        Self::default().with_nodes(nodes).with_gap(gap)
    }
}

impl Default for Limits {
    /// 20,000 nodes, a relative gap of 1e-9.
    fn default() -> Self {
        Self { nodes: 20_000, gap: 1e-9 }
    }
}

impl Limits {
    /// Sets the maximum number of branch-and-bound nodes. At the limit the best allocation found is returned with its
    /// gap. The first node is always searched.
    #[must_use]
    pub const fn with_nodes(self, nodes: usize) -> Self {
        Self { nodes, ..self }
    }

    /// Sets the relative gap at which an allocation counts as the optimum. A gap below 1e-12 becomes 1e-12, the
    /// precision of the bound itself.
    ///
    /// # Errors
    /// [`OptimiseError::Gap`] for a gap that is no finite number or below 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Limits;
    ///
    /// // One per mille from the optimum is close enough for a first plan.
    /// assert_eq!(Limits::default().with_gap(0.001)?.gap(), 0.001);
    /// assert!(Limits::default().with_gap(f64::NAN).is_err());
    /// # Ok::<(), marketloop::optimise::OptimiseError>(())
    /// ```
    pub fn with_gap(self, gap: f64) -> Result<Self, OptimiseError> {
        if gap.is_finite() && gap >= 0.0 { Ok(Self { gap, ..self }) } else { Err(OptimiseError::Gap { gap }) }
    }

    /// These limits with the closest gap that the arithmetic has.
    pub(super) const fn with_closest_gap(self) -> Self {
        Self { gap: 0.0, ..self }
    }

    /// The maximum number of nodes.
    #[must_use]
    pub const fn nodes(self) -> usize {
        self.nodes
    }

    /// The relative gap at which the search stops, at least 1e-12.
    #[must_use]
    pub const fn gap(self) -> f64 {
        // Below this the rounding of the sums tells nothing apart.
        if self.gap > 1e-12 { self.gap } else { 1e-12 }
    }
}

/// A line as it was stated.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StatedLine<C> {
    pub(super) name: String,
    pub(super) curve: C,
    pub(super) floor: Option<Money>,
    pub(super) cap: Option<Money>,
}

/// A group as it was stated.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StatedGroup {
    pub(super) name: String,
    pub(super) members: Vec<String>,
    pub(super) floor: Option<Money>,
    pub(super) cap: Option<Money>,
}

/// A question to the optimiser: how much money each line should get.
///
/// `C` is the lines' [`ResponseCurve`]: [`Curve`] for the named families, `Box<dyn ResponseCurve>` or any type
/// of the caller's own through [`Optimisation::draft`].
///
/// # Examples
/// ```
/// use marketloop::optimise::Optimisation;
/// use marketloop::quantity::Money;
/// use marketloop::response::{Hill, Logarithmic};
///
/// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
/// let best = Optimisation::maximise_response(yuan("50000")?)
///     .line("SEM", Logarithmic::new(60_000.0, 10_000.0)?, ..=yuan("30000")?)
///     .line("social", Logarithmic::new(45_000.0, 9_000.0)?, yuan("5000")?..)
///     .line("short video", Hill::new(90_000.0, 14_000.0, 2.5)?, ..)
///     .solve()?;
/// assert_eq!(best.spend(), yuan("50000")?);
/// assert!(best.gap() <= 1e-9);
/// println!("{}", best["short video"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// use marketloop::optimise::Optimisation;
///
/// let json = r#"{
///     "aim": {"response": {"budget": "100 CNY"}},
///     "lines": [
///         {"name": "SEM", "curve": {"kind": "power", "a": 2, "p": 0.5}, "cap": "60 CNY"},
///         {"name": "video", "curve": {"kind": "power", "a": 1, "p": 0.5}}
///     ],
///     "limits": {"nodes": 1000}
/// }"#;
/// let question: Optimisation = serde_json::from_str(json)?;
/// assert_eq!(question.solve()?["SEM"].amount().to_string(), "60.00 CNY");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias("MMM", "marketing mix model", "budget optimisation", "预算", "分配"))]
pub struct Optimisation<C = Curve> {
    pub(super) aim: Aim,
    pub(super) currency: Currency,
    pub(super) lines: Vec<StatedLine<C>>,
    pub(super) groups: Vec<StatedGroup>,
    pub(super) limits: Limits,
    pub(super) measure: Measure,
    pub(super) same: fn(&C, &C) -> bool,
}

impl<C: PartialEq> PartialEq for Optimisation<C> {
    // How curves are compared while they are solved says nothing of the question.
    fn eq(&self, other: &Self) -> bool {
        let Self { aim, currency: _, lines, groups, limits, measure, same: _ } = self;
        (aim, lines, groups, limits, measure)
            == (&other.aim, &other.lines, &other.groups, &other.limits, &other.measure)
    }
}

impl Optimisation<Curve> {
    /// Asks how to spend exactly `budget` for the greatest response.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let best = Optimisation::maximise_response(Money::parse("100 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("video", Power::new(1.0, 0.5)?, ..)
    ///     .solve()?;
    /// assert_eq!(best["SEM"].amount(), Money::parse("80 CNY")?);
    /// assert_eq!(best["video"].amount(), Money::parse("20 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn maximise_response(budget: Money) -> Self {
        Self::start(Aim::Response { budget }, same)
    }

    /// Asks for the smallest budget whose response is at least `target`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::{Currency, Money};
    /// use marketloop::response::Power;
    ///
    /// let best = Optimisation::minimise_budget(20.0, Currency::CNY)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .solve()?;
    /// // 2 sqrt(100) = 20.
    /// assert_eq!(best.spend(), Money::parse("100 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn minimise_budget(target: f64, currency: Currency) -> Self {
        Self::start(Aim::Budget { target, currency }, same)
    }

    /// Asks for the budget that spends until the next unit of money returns less than `at_least` units of
    /// response. At 1, with response in money, it is the budget of the greatest profit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::{Currency, Money};
    /// use marketloop::response::Power;
    ///
    /// // Each unit of money has to bring back at least 0.1.
    /// let best = Optimisation::until_marginal_return(0.1, Currency::CNY)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .solve()?;
    /// assert_eq!(best.spend(), Money::parse("100 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn until_marginal_return(at_least: f64, currency: Currency) -> Self {
        Self::start(Aim::MarginalReturn { at_least, currency }, same)
    }
}

pub(super) fn same(left: &Curve, right: &Curve) -> bool {
    left == right
}

impl<C: ResponseCurve> Optimisation<C> {
    /// Asks a question with this `aim`, for curves of your own type.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::{Aim, Optimisation};
    /// use marketloop::quantity::Money;
    /// use marketloop::response::{Power, ResponseCurve};
    ///
    /// let budget = Money::parse("100 CNY")?;
    /// let best = Optimisation::<Box<dyn ResponseCurve>>::draft(Aim::Response { budget })
    ///     .line("a", Box::new(Power::new(2.0, 0.5)?) as Box<dyn ResponseCurve>, ..)
    ///     .line("b", Box::new(Power::new(1.0, 0.5)?) as Box<dyn ResponseCurve>, ..)
    ///     .solve()?;
    /// assert_eq!(best["a"].amount(), Money::parse("80 CNY")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn draft(aim: Aim) -> Self {
        // Nothing is known of a caller's curves: none is taken for the twin of another.
        Self::start(aim, |_, _| false)
    }

    pub(super) const fn start(aim: Aim, same: fn(&C, &C) -> bool) -> Self {
        // The defaults a second time, as a const function cannot ask the trait for them.
        let limits = Limits { nodes: 20_000, gap: 1e-9 };
        Self {
            aim,
            currency: aim.currency(),
            lines: Vec::new(),
            groups: Vec::new(),
            limits,
            measure: Measure::NONE,
            same,
        }
    }

    /// Adds a line with its curve and the bounds of its amount: `floor..=cap`, `floor..`, `..=cap` or `..`. An
    /// excluded bound is a minor unit away.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let yuan = |amount| Money::parse(&format!("{amount} CNY"));
    /// let best = Optimisation::maximise_response(yuan(100)?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..=yuan(60)?)
    ///     .line("video", Power::new(1.0, 0.5)?, yuan(10)?..)
    ///     .solve()?;
    /// // The cap of SEM leaves the rest to video.
    /// assert_eq!(best["video"].amount(), yuan(40)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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

    /// Adds a group of lines or groups with the bounds of their sum. A line or a group can be in one group at most.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let yuan = |amount| Money::parse(&format!("{amount} CNY"));
    /// let best = Optimisation::maximise_response(yuan(100)?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("feed", Power::new(2.0, 0.5)?, ..)
    ///     .line("KOL", Power::new(1.0, 0.5)?, ..)
    ///     .group("paid media", ["SEM", "feed"], ..=yuan(60)?)
    ///     .solve()?;
    /// assert_eq!((best["SEM"].amount(), best["KOL"].amount()), (yuan(30)?, yuan(40)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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

    /// Sets the limits of work and gap.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::{Limits, Optimisation, Stop};
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Logistic;
    ///
    /// // A first answer at once: one box, whose gap says how far it can be from the optimum.
    /// let hasty = Optimisation::maximise_response(Money::parse("90 CNY")?)
    ///     .line("a", Logistic::new(80.0, 40.0, 0.2)?, ..)
    ///     .line("b", Logistic::new(70.0, 30.0, 0.2)?, ..)
    ///     .line("c", Logistic::new(60.0, 35.0, 0.2)?, ..)
    ///     .with_limits(Limits::default().with_nodes(1))
    ///     .solve()?;
    /// assert_eq!(hasty.stop(), Stop::Nodes);
    /// assert!(hasty.gap() > 1e-9);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Names what the curves' responses are, and their unit, for tables: without it they are plain numbers of nobody knows
    /// what. Curves know numbers alone; all of a question must have the same unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let best = Optimisation::maximise_response(Money::parse("100 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .with_response("revenue", "CNY".parse()?)
    ///     .solve()?;
    /// let table = best.table().to_string();
    /// assert!(table.contains("response (revenue) CNY  marginal return (revenue) CNY/CNY"), "{table}");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_response(mut self, name: impl Into<String>, unit: Unit) -> Self {
        self.measure = Measure { name: name.into(), unit };
        self
    }

    /// The lines in order, by name and curve.
    #[must_use]
    pub fn curves(&self) -> impl ExactSizeIterator<Item = (&str, &C)> {
        self.lines.iter().map(|line| (line.name.as_str(), &line.curve))
    }

    /// The bounds of the lines in order: name, floor and cap, as they were stated.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
    /// let question = Optimisation::maximise_response(yuan("100")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..=yuan("60")?);
    /// assert_eq!(question.bounds().next(), Some(("SEM", None, Some(yuan("60")?))));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn bounds(&self) -> impl ExactSizeIterator<Item = (&str, Option<Money>, Option<Money>)> {
        self.lines.iter().map(|line| (line.name.as_str(), line.floor, line.cap))
    }

    /// The aim: what is maximised or minimised.
    #[must_use]
    pub const fn aim(&self) -> Aim {
        self.aim
    }

    /// The response to any amounts by line name, such as last year's allocation. A line that is not named gets 0. Bounds
    /// and budget are not checked.
    ///
    /// # Errors
    /// [`OptimiseError::UnknownMember`] for a name that no line has, [`OptimiseError::Currency`],
    /// [`OptimiseError::NegativeBound`] for a negative amount; each at its place in the list.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let question = Optimisation::maximise_response(Money::parse("100 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("video", Power::new(1.0, 0.5)?, ..);
    /// let half = Money::parse("50 CNY")?;
    /// let even = question.response_of([("SEM", half), ("video", half)])?;
    /// // What the even split of last year gives away.
    /// assert!(question.solve()?.response() - even > 1.0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn response_of<'n>(
        &self,
        amounts: impl IntoIterator<Item = (&'n str, Money)>,
    ) -> Result<f64, Problems<OptimiseError>> {
        let mut problems = Problems::new();
        let mut spends: Vec<f64> = self.lines.iter().map(|_| 0.0).collect();
        for (place, (name, amount)) in amounts.into_iter().enumerate() {
            let path = Path::root().index(place);
            let line = self.lines.iter().zip(&mut spends).find(|(line, _)| line.name == name);
            match line {
                None => problems.push(path, OptimiseError::UnknownMember { name: name.into() }),
                Some(_) if amount.currency() != self.currency => {
                    let (expected, found) = (self.currency, amount.currency());
                    problems.push(path, OptimiseError::Currency { expected, found });
                }
                Some(_) if amount.is_negative() => {
                    problems.push(path, OptimiseError::NegativeBound { bound: amount });
                }
                Some((_, spend)) => *spend += main(amount.minor(), units(self.currency)),
            }
        }
        let mut response = Sum::default();
        for (line, spend) in self.lines.iter().zip(spends) {
            response.add(line.curve.value(spend));
        }
        problems.into_result(response.total())
    }
}

/// The bounds in minor units; an excluded one is a minor unit away.
fn bounds(within: &impl RangeBounds<Money>) -> (Option<Money>, Option<Money>) {
    #[expect(clippy::arithmetic_side_effects, reason = "an amount of money has 96 bits")]
    let step = |money: &Money, by: i128| {
        // At the end of what money holds there is no next amount: the bound stays, which no budget comes near.
        Money::from_minor(money.minor() + by, money.currency()).unwrap_or(*money)
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
