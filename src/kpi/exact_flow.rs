//! The exact contributions of the leaves where every method on the way is one of fractions: sums, Shapley
//! values and replacement one after the other.

use super::choice::Choice;
use super::fault::NumberFault;
use super::flow::{Absent, Flows};
use super::graph::{Factor, Graph, Operation, Step};
use super::number::Number;
use crate::decompose::{ContributionMethod, DecompositionMethod};
use alloc::vec::Vec;
use core::cmp::Ordering;
use rust_decimal::Decimal;

/// Products of more factors than these are divided as estimates: their Shapley values cost the cube.
const FACTORS: u32 = 32;

/// Trees of more edges than these are divided as estimates: a fraction for every edge costs some ten times
/// what a float does.
const EDGES: usize = 10_000;

/// How the change of one step is divided in fractions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Weights,
    Shapley,
    Sequential,
    /// By the log mean's limit: the factors that enter from zero, or leave to it, share in equal parts.
    Shares,
    /// By the operand that a choice takes.
    Choice(Choice),
}

impl Way {
    const fn method(self) -> ContributionMethod {
        match self {
            Self::Weights | Self::Choice(_) => ContributionMethod::Weights,
            Self::Shapley => ContributionMethod::Shapley,
            Self::Sequential => ContributionMethod::Sequential,
            Self::Shares => ContributionMethod::LogMean,
        }
    }
}

/// The way of every step, where all of them are fractions: then the exact pass can answer.
///
/// It is asked of the numbers, not only of the method: where a factor changes its sign the log mean gives way to
/// Shapley, and floats of Shapley values leave rounding where factors cancel, `x / x`, that is larger than a change
/// of 0.
pub(super) fn ways(
    graph: &Graph,
    before: &[Number],
    after: &[Number],
    absent: &Absent,
    method_of: &impl Fn(usize) -> DecompositionMethod,
) -> Option<Vec<Way>> {
    if graph.root_edges() > EDGES {
        return None;
    }
    let way = |(index, (_, step)): (usize, (usize, &Step))| {
        if let Some(choice) = graph.choice(step) {
            return Some(Way::Choice(choice));
        }
        if step.operation != Operation::Product || absent.at(graph.inputs.saturating_add(index)) {
            return Some(Way::Weights);
        }
        let way = match method_of(index) {
            DecompositionMethod::LogMean => {
                limit_of_log_mean(graph, step, graph.inputs.saturating_add(index), before, after)
            }
            DecompositionMethod::Shapley => Some(Way::Shapley),
            DecompositionMethod::Sequential => Some(Way::Sequential),
        };
        way.filter(|way| *way == Way::Shares || step.count <= FACTORS)
    };
    graph.steps_of_root().enumerate().map(way).collect()
}

/// What takes the place of a log mean; `None` where nothing does, or signs are in doubt.
#[expect(clippy::indexing_slicing, reason = "both lists have a number for every slot of the tree")]
fn limit_of_log_mean(
    graph: &Graph,
    step: &Step,
    slot: usize,
    before: &[Number],
    after: &[Number],
) -> Option<Way> {
    let signs = |slot: usize| before[slot].sign().zip(after[slot].sign());
    for operand in graph.operands(step) {
        let (a, b) = signs(*operand as usize)?;
        if a != b && a.is_ne() && b.is_ne() {
            return Some(Way::Shapley);
        }
    }
    match signs(slot)? {
        (Ordering::Equal, Ordering::Equal) => {
            // What moves inside a factor that is zero throughout moves by the log mean of the others.
            let idle = |operand: &u32| signs(*operand as usize) == Some((Ordering::Equal, Ordering::Equal));
            (!graph.fraction(step).0.iter().any(idle)).then_some(Way::Shares)
        }
        (Ordering::Equal, _) | (_, Ordering::Equal) => Some(Way::Shares),
        _ => None,
    }
}

/// One pass from the root to the leaves, in exact numbers.
#[expect(
    clippy::indexing_slicing,
    reason = "there is a number for every slot, a way for every step of the root, an edge for every operand"
)]
pub(super) fn exact_flows(
    graph: &Graph,
    before: &[Number],
    after: &[Number],
    absent: &Absent,
    ways: &[Way],
) -> Result<Flows<Number>, NumberFault> {
    let mut adjoints: Vec<Number> = alloc::vec![Number::ZERO; graph.len()];
    let mut edges = alloc::vec![0.0; graph.operands.len()];
    let mut switches: Vec<(usize, Number)> = Vec::new();
    adjoints[graph.root as usize] = Number::ONE;
    let changes =
        before.iter().zip(after).map(|(a, b)| b.minus(a)).collect::<Result<Vec<Number>, NumberFault>>()?;
    for ((slot, step), way) in graph.steps_of_root().zip(ways).rev() {
        // A branch that has no value was not taken: nothing runs through it.
        if absent.at(slot) {
            continue;
        }
        // Slots descend from the root: all that use this one have given their share.
        let adjoint = adjoints[slot].clone();
        let at = |slot: u32| (before[slot as usize].clone(), after[slot as usize].clone());
        let multipliers = match way {
            Way::Weights => of_sum(graph, step, slot)?,
            Way::Shares => of_shares(graph, step, &changes[slot], &at)?,
            Way::Shapley => of_product(graph, step, slot, shapley, &at)?,
            Way::Sequential => of_product(graph, step, slot, sequential, &at)?,
            Way::Choice(choice) => {
                let (multipliers, switch) = of_choice(graph, step, *choice, &changes, absent, &at)?;
                // The switch of a condition that nothing asks brings nothing.
                if let Some(followed) = switch.filter(|_| adjoint.sign() != Some(Ordering::Equal)) {
                    switches.push((slot, adjoint.times(&changes[slot].minus(&followed)?)?));
                }
                multipliers
            }
        };
        let out = &mut edges[step.first as usize..];
        for ((operand, multiplier), edge) in graph.operands(step).iter().zip(multipliers).zip(out) {
            let place = *operand as usize;
            let own = adjoint.times(&multiplier)?;
            // A float is enough for an edge: it only says how the whole units of a slot are divided among its users.
            *edge = own.to_f64() * changes[place].to_f64();
            adjoints[place] = adjoints[place].plus(&own)?;
        }
    }
    let leaves = adjoints.iter().zip(&changes).take(graph.inputs);
    let leaves = leaves.map(|(adjoint, change)| adjoint.times(change)).collect::<Result<_, NumberFault>>()?;
    let mut methods: Vec<ContributionMethod> = ways.iter().map(|way| way.method()).collect();
    for (slot, _) in &switches {
        methods[slot.saturating_sub(graph.inputs)] = ContributionMethod::Switch;
    }
    Ok(Flows { leaves, edges, methods, switches })
}

/// The multipliers of a choice, and where it takes another operand at the second time what both give of its change; the rest
/// is the switch's. See [`choice_multipliers`](super::multiplier::choice_multipliers) for the rule.
#[expect(
    clippy::indexing_slicing,
    reason = "there is a change for every slot, and a multiplier for every operand"
)]
fn of_choice(
    graph: &Graph,
    step: &Step,
    choice: Choice,
    changes: &[Number],
    absent: &Absent,
    at: &impl Fn(u32) -> (Number, Number),
) -> Result<(Vec<Number>, Option<Number>), NumberFault> {
    let operands = graph.operands(step);
    let missing = |slot: u32| absent.missing(slot);
    let before =
        taken(operands, choice, &|slot| at(slot).0, &|slot| (absent.times(slot).0, missing(slot).0))?;
    let after = taken(operands, choice, &|slot| at(slot).1, &|slot| (absent.times(slot).1, missing(slot).1))?;
    let mut multipliers = alloc::vec![Number::ZERO; operands.len()];
    match (before, after) {
        (Some(before), Some(after)) if before == after => {
            let (a, b) = at(operands[before]);
            multipliers[before] = if choice == Choice::Absolute
                && changes[operands[before] as usize].sign() != Some(Ordering::Equal)
            {
                size(&b)?.minus(&size(&a)?)?.over(&b.minus(&a)?)?
            } else {
                Number::ONE
            };
            Ok((multipliers, None))
        }
        (Some(before), Some(after))
            if [before, after].iter().all(|place| !absent.at(operands[*place] as usize)) =>
        {
            let half = Number::Decimal(Decimal::new(5, 1));
            let changes = changes[operands[before] as usize].plus(&changes[operands[after] as usize])?;
            multipliers[before] = half.clone();
            multipliers[after] = half.clone();
            Ok((multipliers, Some(half.times(&changes)?)))
        }
        _ => Ok((multipliers, Some(Number::ZERO))),
    }
}

/// The place of the operand that a choice takes, as [`Graph::taken`] says it of floats.
fn taken(
    operands: &[u32],
    choice: Choice,
    value: &impl Fn(u32) -> Number,
    state: &impl Fn(u32) -> (bool, bool),
) -> Result<Option<usize>, NumberFault> {
    Ok(match (choice, operands) {
        (Choice::Compare(_), _) | (_, []) => None,
        _ if choice.counts() => None,
        (Choice::Absolute | Choice::Over(_) | Choice::Members(_), _) => Some(0),
        (Choice::If, [condition, ..]) => {
            let holds = value(*condition).sign().ok_or(NumberFault::Imprecise)?.is_ne();
            Some(if holds { 1 } else { 2 })
        }
        (Choice::MissingAs, [first, ..]) => Some(usize::from(state(*first).1)),
        (Choice::UndefinedAs, [first, ..]) => {
            let (is_absent, is_missing) = state(*first);
            Some(usize::from(is_absent && !is_missing))
        }
        (Choice::Minimum | Choice::Maximum, [first, rest @ ..]) => {
            let wanted = if choice == Choice::Minimum { Ordering::Less } else { Ordering::Greater };
            let (mut place, mut kept) = (0, value(*first));
            for (operand, next) in rest.iter().zip(1_usize..) {
                let other = value(*operand);
                if other.minus(&kept)?.sign().ok_or(NumberFault::Imprecise)? == wanted {
                    (place, kept) = (next, other);
                }
            }
            Some(place)
        }
    })
}

fn size(number: &Number) -> Result<Number, NumberFault> {
    let is_negative = number.sign().ok_or(NumberFault::Imprecise)?.is_lt();
    Ok(if is_negative { number.negated() } else { number.clone() })
}

/// The multipliers of a product of which at least one value is zero: `dy / (n dx)` of the `n` factors that enter
/// from zero, or leave to it, and 0 of the others.
fn of_shares(
    graph: &Graph,
    step: &Step,
    change: &Number,
    at: &impl Fn(u32) -> (Number, Number),
) -> Result<Vec<Number>, NumberFault> {
    let zero = |number: &Number| number.sign() == Some(Ordering::Equal);
    let (above, below) = graph.fraction(step);
    let mut multipliers = alloc::vec![Number::ZERO; above.len().saturating_add(below.len())];
    let moves = above.iter().map(|operand| {
        let (a, b) = at(*operand);
        Ok(if zero(&a) == zero(&b) { None } else { Some(b.minus(&a)?) })
    });
    let moves = moves.collect::<Result<Vec<Option<Number>>, NumberFault>>()?;
    let count = moves.iter().flatten().count();
    if zero(change) || count == 0 {
        return Ok(multipliers);
    }
    // In equal parts, whatever each is worth: the convention of `log_mean_contributions`.
    let share = change.over(&Number::Decimal(Decimal::from(count)))?;
    for (multiplier, moved) in multipliers.iter_mut().zip(&moves) {
        if let Some(moved) = moved {
            *multiplier = share.over(moved)?;
        }
    }
    Ok(multipliers)
}

fn constant(factor: Factor) -> Result<Number, NumberFault> {
    Number::Decimal(factor.factor).over(&Number::Decimal(factor.divisor))
}

fn of_sum(graph: &Graph, step: &Step, slot: usize) -> Result<Vec<Number>, NumberFault> {
    let scale = constant(graph.factor(slot))?;
    let weights = match step.operation {
        Operation::WeightedSum => graph.exact_weights(step).1,
        _ => &[],
    };
    (0..step.count as usize)
        .map(|place| match weights.get(place) {
            Some(weight) if *weight != Decimal::ONE => scale.times(&Number::Decimal(*weight)),
            _ => Ok(scale.clone()),
        })
        .collect()
}

/// The multipliers of factors, of their values at the two times.
type Divided = fn(&[(Number, Number)]) -> Result<Vec<Number>, NumberFault>;

/// The multipliers of the operands of a product, a divisor as its reciprocal: that of `d` moves by
/// `-1 / (d_0 d_1)` times what `d` moves.
fn of_product(
    graph: &Graph,
    step: &Step,
    slot: usize,
    divided: Divided,
    at: &impl Fn(u32) -> (Number, Number),
) -> Result<Vec<Number>, NumberFault> {
    let scale = constant(graph.factor(slot))?;
    let (above, below) = graph.fraction(step);
    let mut factors: Vec<(Number, Number)> = above.iter().map(|operand| at(*operand)).collect();
    for operand in below {
        let (a, b) = at(*operand);
        factors.push((Number::ONE.over(&a)?, Number::ONE.over(&b)?));
    }
    // A divisor is a factor, its reciprocal: one rule for both, and the chain rule brings it back below.
    let of_factors = divided(&factors)?;
    let multipliers = of_factors.iter().zip(&factors).enumerate().map(|(place, (multiplier, (a, b)))| {
        let multiplier = scale.times(multiplier)?;
        if place < above.len() { Ok(multiplier) } else { Ok(multiplier.times(a)?.times(b)?.negated()) }
    });
    multipliers.collect()
}

/// The factors before each one at their new value, those after it at the old.
fn sequential(factors: &[(Number, Number)]) -> Result<Vec<Number>, NumberFault> {
    let mut trailing: Vec<Number> = Vec::with_capacity(factors.len());
    let mut product = Number::ONE;
    for (before, _) in factors.iter().rev() {
        trailing.push(product.clone());
        product = product.times(before)?;
    }
    let mut leading = Number::ONE;
    let mut multipliers = Vec::with_capacity(factors.len());
    for ((_, after), trailing) in factors.iter().zip(trailing.iter().rev()) {
        multipliers.push(leading.times(trailing)?);
        leading = leading.times(after)?;
    }
    Ok(multipliers)
}

/// `sum over k of k! (n-1-k)! / n! e_k`, with `e_k` the sum over all sets of `k` other factors at their new
/// value, the rest at the old.
fn shapley(factors: &[(Number, Number)]) -> Result<Vec<Number>, NumberFault> {
    // Of two factors the mean of the other before and after, as it is in most formulas, without the sums over sets.
    if let [(a, b), (c, d)] = factors {
        let half = Number::Decimal(Decimal::new(5, 1));
        return Ok(alloc::vec![c.plus(d)?.times(&half)?, a.plus(b)?.times(&half)?]);
    }
    // k! (n-1-k)! / n! = 1 / (n * binomial(n-1, k)).
    let mut weights: Vec<Number> = Vec::with_capacity(factors.len());
    let count = |value: usize| Number::Decimal(Decimal::from(value));
    let mut weight = Number::ONE.over(&count(factors.len()))?;
    for k in 1..=factors.len() {
        weights.push(weight.clone());
        if k < factors.len() {
            weight = weight.times(&count(k))?.over(&count(factors.len().saturating_sub(k)))?;
        }
    }
    let mut multipliers = Vec::with_capacity(factors.len());
    for left_out in 0..factors.len() {
        // The sums over sets of each size, factor by factor: no set is ever listed.
        let mut sums: Vec<Number> = alloc::vec![Number::ONE];
        for (_, (before, after)) in factors.iter().enumerate().filter(|(index, _)| *index != left_out) {
            let mut carried = Number::ZERO;
            for sum in &mut sums {
                let next = sum.times(before)?.plus(&carried)?;
                carried = sum.times(after)?;
                *sum = next;
            }
            sums.push(carried);
        }
        let mut multiplier = Number::ZERO;
        for (sum, weight) in sums.iter().zip(&weights) {
            multiplier = multiplier.plus(&sum.times(weight)?)?;
        }
        multipliers.push(multiplier);
    }
    Ok(multipliers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn shapley_of_three_is_the_mean_over_the_six_orders() {
        let number = |value: Decimal| Number::Decimal(value);
        let factors =
            [(dec!(2), dec!(3)), (dec!(5), dec!(4)), (dec!(1), dec!(7))].map(|(a, b)| (number(a), number(b)));
        // (2 * 5*1 + 4*1 + 5*7 + 2 * 4*7) / 6
        assert_eq!(shapley(&factors).unwrap()[0], number(dec!(105)).over(&number(dec!(6))).unwrap());
    }
}
