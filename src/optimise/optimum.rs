//! The answer: amounts, the bounds that hold them, and the maximum gap to the optimum.

use super::branch_and_bound::DEAR;
use super::certificate::{LEAST, Proof};
use super::measure::Measure;
use super::model::{self, Model, Target};
use super::sum::Sum;
use super::{Aim, Binding, Optimisation, OptimiseError, OptimumLine, Stop};
use crate::error::{Path, Problems};
use crate::figure::{Cause, Figure};
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::response::ResponseCurve;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Index;

/// The multiplier that a price of the solver stands for.
fn multiplier(target: Target, price: f64) -> Figure<f64> {
    // For a target, so high a price says that the floors alone reach it; for a marginal return it is the one asked for.
    if matches!(target, Target::Response(_)) && price >= DEAR {
        Figure::undefined("multiplier", Cause::None("need for money beyond the floors".into()))
    } else {
        Figure::Known(price)
    }
}

/// The amount of one group, with the bound that holds it and its multiplier.
#[derive(Debug, Clone, PartialEq)]
pub struct OptimumGroup {
    name: String,
    amount: Money,
    binding: Binding,
    multiplier: Figure<f64>,
}

impl OptimumGroup {
    /// The group's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The sum of its members' amounts.
    #[must_use]
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// Which bound of the group binds.
    #[must_use]
    pub const fn binding(&self) -> Binding {
        self.binding
    }

    /// The marginal return of the group's own budget: above the multiplier of what is around it where its cap
    /// binds, below where its floor does. Undefined where that of the [`Optimum`] is and no bound of the group binds.
    #[must_use]
    pub fn multiplier(&self) -> Figure<f64> {
        self.multiplier.clone()
    }
}

serialize_fields!(OptimumGroup { name, amount, binding, multiplier });

/// The best amounts, with the bound that proves how good they are.
///
/// On the wire without the proof, which [`verify`](Self::verify) needs: it belongs to the program that solved.
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    lines: Vec<OptimumLine>,
    groups: Vec<OptimumGroup>,
    spend: Money,
    response: f64,
    exact_response: f64,
    multiplier: Figure<f64>,
    bound: f64,
    gap: f64,
    stop: Stop,
    proof: Proof,
    pub(super) aim: Aim,
    pub(super) measure: Measure,
}

impl Optimum {
    /// The answer for these amounts, in the order of the model's lines.
    #[expect(
        clippy::indexing_slicing,
        reason = "a price for each node, the whole's among them; the model's lines are the question's"
    )]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "amounts of money are below 2^97, and 2^31 of them fit"
    )]
    pub(super) fn of<C: ResponseCurve>(
        model: &Model<'_, C>,
        question: &Optimisation<C>,
        spends: &[f64],
        amounts: &[i128],
        prices: &[f64],
        (proof, stop): (Proof, Stop),
    ) -> Result<Self, Problems<OptimiseError>> {
        let mut problems = Problems::new();
        let money = |minor: i128, problems: &mut Problems<OptimiseError>| {
            let money = Money::from_minor(minor, question.currency);
            problems.take(&Path::root().field("lines"), money.map_err(OptimiseError::from))
        };
        let mut response = Sum::default();
        let mut total = 0_i128;
        let mut lines: Vec<(usize, OptimumLine)> = Vec::with_capacity(amounts.len());
        for (((curve, amount), spend), stated) in
            model.curves.iter().zip(amounts).zip(spends).zip(&model.stated)
        {
            let line = &question.lines[*stated];
            let at = model.main(*amount);
            total += *amount;
            let Some(amount) = money(*amount, &mut problems) else { continue };
            let binding = match (line.floor, line.cap) {
                (Some(floor), _) if !floor.is_zero() && *spend <= model.main(floor.minor()) => Binding::Floor,
                (_, Some(cap)) if *spend >= model.main(cap.minor()) => Binding::Cap,
                _ if *spend <= 0.0 => Binding::Zero,
                _ => Binding::Free,
            };
            let mut line = OptimumLine::at(line.name.clone(), amount, at, *curve, binding);
            line.exact = *spend;
            response.add(line.response);
            lines.push((*stated, line));
        }
        lines.sort_unstable_by_key(|(stated, _)| *stated);
        let lines = lines.into_iter().map(|(_, line)| line).collect();
        let spend = money(total, &mut problems);
        let Some(bound) = proof.bound(model) else { return problems.finish(None) };
        let Some(spend) = spend else { return problems.finish(None) };
        let groups = Self::group_sums(model, question, amounts, prices, &mut problems);
        let multiplier = multiplier(model.target, prices[model.whole()]);
        let response = response.total();
        let (bound, gap) = certified(model, bound, response, total, proof.price(0)).map_err(refused)?;
        proof.root_holds(model)?;
        let exact_response = model::response(model, spends);
        problems.into_result(Self {
            lines,
            groups,
            spend,
            response,
            exact_response,
            multiplier,
            bound,
            gap,
            stop,
            proof,
            aim: question.aim,
            measure: question.measure.clone(),
        })
    }

    #[expect(clippy::indexing_slicing, reason = "a sum and a price for each node; a parent is a node")]
    fn group_sums<C: ResponseCurve>(
        model: &Model<'_, C>,
        question: &Optimisation<C>,
        amounts: &[i128],
        prices: &[f64],
        problems: &mut Problems<OptimiseError>,
    ) -> Vec<OptimumGroup> {
        let mut groups: Vec<(usize, OptimumGroup)> = Vec::new();
        for ((place, node), sum) in model.nodes.iter().enumerate().zip(model.sums(amounts)) {
            let Some(stated) = node.stated else { continue };
            let amount = Money::from_minor(sum, question.currency).map_err(OptimiseError::from);
            let path = Path::root().field("groups").index(stated);
            let Some(amount) = problems.take(&path, amount) else { continue };
            let (price, around) = (prices[place], prices[node.parent]);
            let binding = if price > around {
                Binding::Cap
            } else if price < around {
                Binding::Floor
            } else {
                Binding::Free
            };
            let multiplier = multiplier(model.target, price);
            let name = question.groups[stated].name.clone();
            groups.push((stated, OptimumGroup { name, amount, binding, multiplier }));
        }
        groups.sort_unstable_by_key(|(stated, _)| *stated);
        groups.into_iter().map(|(_, group)| group).collect()
    }

    /// The lines in the order in which they were stated.
    #[must_use]
    pub fn lines(&self) -> &[OptimumLine] {
        &self.lines
    }

    /// The groups in the order in which they were stated.
    #[must_use]
    pub fn groups(&self) -> &[OptimumGroup] {
        &self.groups
    }

    /// The line of this name, or `None`.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<&OptimumLine> {
        self.lines.iter().find(|line| line.name == name)
    }

    /// The group of this name, or `None`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::{Binding, Optimisation};
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let best = Optimisation::maximise_response(Money::parse("100 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("KOL", Power::new(1.0, 0.5)?, ..)
    ///     .group("paid", ["SEM"], ..=Money::parse("60 CNY")?)
    ///     .solve()?;
    /// let paid = best.group("paid").expect("a group of the question");
    /// assert_eq!(paid.binding(), Binding::Cap);
    /// assert!(paid.multiplier().get()? > best.multiplier().get()?); // what a unit more would bring inside
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn group(&self, name: &str) -> Option<&OptimumGroup> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The sum of all amounts: exactly the budget, if one was given.
    #[must_use]
    pub const fn spend(&self) -> Money {
        self.spend
    }

    /// The response of all lines to the amounts in whole minor units.
    #[must_use]
    pub const fn response(&self) -> f64 {
        self.response
    }

    /// The response of all lines to the amounts before rounding to whole minor units.
    #[must_use]
    pub const fn exact_response(&self) -> f64 {
        self.exact_response
    }

    /// The price of a unit of money, in units of response, at which
    /// [`bound_at`](super::Optimisation::bound_at) is closest. Where curves are concave the lines' marginal returns meet at
    /// it, and one more unit of budget brings as much. Where the search had to divide S-shaped curves it can be
    /// another price than that of the free lines: what one more unit brings is then their
    /// [`marginal_return`](OptimumLine::marginal_return). Undefined where the floors alone reach a target: the higher the
    /// price, the closer the bound, and none is closest.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::{Currency, Money};
    /// use marketloop::response::Power;
    ///
    /// let least = |target: f64| {
    ///     Optimisation::minimise_budget(target, Currency::CNY)
    ///         .line("SEM", Power::new(2.0, 0.5)?, Money::parse("25 CNY")?..)
    ///         .solve()
    ///         .map_err(marketloop::Error::from)
    /// };
    /// // Of 2 sqrt(x) the next unit at 100 brings 1 / sqrt(100).
    /// assert!((least(20.0)?.multiplier().get()? - 0.1).abs() < 1e-9);
    /// // The floor brings 10 already.
    /// let reason = "undefined: there is no need for money beyond the floors";
    /// assert_eq!(least(8.0)?.multiplier().to_string(), reason);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[doc(alias("shadow price", "Lagrange multiplier", "marginal ROAS"))]
    pub fn multiplier(&self) -> Figure<f64> {
        self.multiplier.clone()
    }

    /// The bound that no allocation can beat: an upper bound of the response, a lower bound of the budget for a target, or an
    /// upper bound of response less its price for a marginal return.
    #[must_use]
    pub const fn bound(&self) -> f64 {
        self.bound
    }

    /// How far the amounts can be from the optimum at most, relative to the greater of bound and result; 0 for
    /// a proven optimum.
    #[must_use]
    pub const fn gap(&self) -> f64 {
        self.gap
    }

    /// Why the search ended: [`Stop::Proven`], or the reason for which the gap is not smaller.
    #[must_use]
    pub const fn stop(&self) -> Stop {
        self.stop
    }

    /// The number of boxes that the search worked on: 1 for concave curves. For the least budget, those of all
    /// budgets that it tried.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.proof.searched()
    }

    /// The gap, recomputed from the proof alone: the boxes of the search, their multipliers, and the sums and bounds of
    /// the amounts. Trusts nothing that the solver reported.
    ///
    /// # Errors
    /// [`OptimiseError::NotProven`] where `question` is not the one that was answered: another sum, an amount
    /// outside its bounds, another response, or a bound that the proof does not show. [`OptimiseError::NotBest`] and
    /// [`OptimiseError::BoundBelow`] where a curve contradicts what it calls its best: then nothing is proven.
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
    /// let best = question.solve()?;
    /// assert!(best.verify(&question)? <= 1e-9);
    /// // The proof belongs to the question.
    /// let other = Optimisation::maximise_response(Money::parse("90 CNY")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .line("video", Power::new(1.0, 0.5)?, ..);
    /// assert!(best.verify(&other).is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn verify<C: ResponseCurve>(
        &self,
        question: &Optimisation<C>,
    ) -> Result<f64, Problems<OptimiseError>> {
        let model = Model::of(question)?;
        let refuse = |path: Path, what: &'static str| {
            let mut problems = Problems::new();
            problems.push(path, OptimiseError::NotProven { what });
            Err(problems)
        };
        let mut amounts: Vec<i128> = Vec::with_capacity(self.lines.len());
        for (curve, ((stated, floor), cap)) in
            model.curves.iter().zip(model.stated.iter().zip(&model.floors).zip(&model.caps))
        {
            let path = Path::root().field("lines").index(*stated);
            let (Some(line), Some(asked)) = (self.lines.get(*stated), question.lines.get(*stated)) else {
                return refuse(path, "the lines");
            };
            let amount = line.amount.minor();
            if line.name != asked.name || line.amount.currency() != question.currency {
                return refuse(path, "the lines");
            }
            if amount < *floor || amount > *cap {
                return refuse(path, "the line's bounds");
            }
            let response = curve.value(model.main(amount));
            if (response - line.response).abs() > 1e-12 * response.abs() {
                return refuse(path, "the line's response");
            }
            amounts.push(amount);
        }
        if self.lines.len() != model.stated.len() {
            return refuse(Path::root().field("lines"), "the lines");
        }
        // Prices are indexed by the groups' nodes: a proof of other groups would be read beyond its end.
        let asked = question.groups.iter().map(|group| group.name.as_str());
        if !self.groups.iter().map(OptimumGroup::name).eq(asked)
            || !self.proof.has_prices_of(model.nodes.len())
        {
            return refuse(Path::root().field("groups"), "the groups");
        }
        let sum: i128 = amounts.iter().sum();
        if sum != self.spend.minor() {
            return refuse(Path::root().field("lines"), "the sum of the lines");
        }
        // The model's bounds are the stated ones or what the members leave of them: amounts within their lines' bounds
        // keep both or neither. The whole is looked at as the aim.
        for (node, sum) in model.nodes.iter().zip(model.sums(&amounts)) {
            let Some(stated) = node.stated else { continue };
            if !(node.floor..=node.cap).contains(&sum) {
                return refuse(Path::root().field("groups").index(stated), "the group's bounds");
            }
        }
        let mut response = Sum::default();
        self.lines.iter().for_each(|line| response.add(line.response));
        let reached = response.total();
        let is_reached = match question.aim {
            Aim::Response { budget } => sum == budget.minor(),
            Aim::Budget { target, .. } => reached >= target,
            Aim::MarginalReturn { .. } => true,
        };
        if !is_reached {
            return refuse(Path::root().field("aim"), "the aim");
        }
        let Some(bound) = self.proof.shown(&model) else {
            return refuse(Path::root(), "the bound");
        };
        let (bound, gap) = certified(&model, bound, reached, sum, self.proof.price(0)).map_err(refused)?;
        self.proof.root_holds(&model)?;
        if (bound - self.bound).abs() > 1e-12 * bound.abs() || (gap - self.gap).abs() > 1e-12 {
            return refuse(Path::root(), "the bound");
        }
        Ok(gap)
    }
}

fn refused(error: OptimiseError) -> Problems<OptimiseError> {
    let mut problems = Problems::new();
    problems.push(Path::root(), error);
    problems
}

/// By how much a bound may lie below what was reached by the rounding of both, relative to their terms.
const ROUNDING: f64 = 1e-11;

/// The bound and the relative gap to what was reached. A bound beyond that is an error, but for rounding: it would "prove"
/// whatever a wrong curve says.
fn certified<C: ResponseCurve>(
    model: &Model<'_, C>,
    bound: f64,
    response: f64,
    spend: i128,
    multiplier: f64,
) -> Result<(f64, f64), OptimiseError> {
    let cost = model.main(spend);
    // Both so that more is better, and the size of the terms that make them.
    let (bound, reached, size) = match model.target {
        Target::Spend(_) => (bound, response, response.abs()),
        Target::Response(_) => (-bound, -cost, cost),
        Target::Price(price) => (bound, response - price * cost, response.abs() + price * cost),
    };
    // A budget is rounded up to whole minor units, which is worth one of them.
    let unit = if matches!(model.target, Target::Response(_)) { 1.0 / model.units } else { 0.0 };
    if !(bound.is_finite() && reached.is_finite()) {
        return Err(OptimiseError::NoBound { multiplier });
    }
    if bound < reached - ROUNDING * size - unit {
        let (bound, reached) = match model.target {
            Target::Response(_) => (-bound, -reached),
            _ => (bound, reached),
        };
        return Err(OptimiseError::BoundBelow { bound, reached });
    }
    let bound = bound.max(reached);
    let size = bound.abs().max(reached.abs());
    let gap = if size > LEAST { (bound - reached) / size } else { 0.0 };
    Ok(match model.target {
        Target::Response(_) => (-bound, gap),
        _ => (bound, gap),
    })
}

impl Index<&str> for Optimum {
    type Output = OptimumLine;

    /// The line of this name.
    ///
    /// # Panics
    /// When there is no such line, as the maps of the standard library; [`Optimum::line`] does not panic.
    #[expect(clippy::panic, reason = "the contract of Index, as for the maps of the standard library")]
    fn index(&self, name: &str) -> &OptimumLine {
        self.line(name).unwrap_or_else(|| panic!("the optimum has no line {name:?}"))
    }
}

impl fmt::Display for Optimum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        let Self { spend, response, multiplier, gap, .. } = self;
        write!(f, "{spend} for a response of {response:.2}")?;
        // Where boxes were divided the multiplier is that of the envelopes, which a next unit need not follow.
        if let (1, Figure::Known(price)) = (self.nodes(), multiplier) {
            write!(f, "; a unit more brings {price:.4}")?;
        }
        write!(f, "; gap at most {gap:.1e}")?;
        if self.stop == Stop::Proven { Ok(()) } else { write!(f, ", {}", self.stop) }
    }
}
