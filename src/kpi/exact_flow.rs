//! The exact contributions of the leaves where every method on the way is one of fractions: sums, Shapley
//! values and replacement one after the other.

use super::fault::NumberFault;
use super::flow::Flows;
use super::graph::{Factor, Graph, Operation, Step};
use super::number::Number;
use crate::decompose::{ContributionMethod, DecompositionMethod};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Products of more factors than these are divided as estimates: their Shapley values cost the cube.
const FACTORS: u32 = 32;

/// Trees of more edges than these are divided as estimates: a fraction for every edge costs some ten times
/// what a float does.
const EDGES: usize = 10_000;

/// Whether the exact pass can answer.
pub(super) fn is_exact(graph: &Graph, method_of: &impl Fn(usize) -> DecompositionMethod) -> bool {
    graph.operands.len() <= EDGES
        && graph.steps.iter().enumerate().all(|(index, step)| {
            step.operation != Operation::Product
                || (method_of(index) != DecompositionMethod::LogMean && step.count <= FACTORS)
        })
}

/// One pass from the root to the leaves, in exact numbers.
pub(super) fn exact_flows(
    graph: &Graph,
    before: &[Number],
    after: &[Number],
    method_of: &impl Fn(usize) -> DecompositionMethod,
) -> Result<Flows<Number>, NumberFault> {
    let zero = Number::ZERO;
    let at = |numbers: &[Number], slot: u32| numbers.get(slot as usize).unwrap_or(&zero).clone();
    let mut adjoints: Vec<Number> = alloc::vec![Number::ZERO; graph.len()];
    let mut edges = alloc::vec![0.0; graph.operands.len()];
    let mut methods = alloc::vec![ContributionMethod::Weights; graph.steps.len()];
    if let Some(root) = adjoints.get_mut(graph.root as usize) {
        *root = Number::ONE;
    }
    let changes =
        before.iter().zip(after).map(|(a, b)| b.minus(a)).collect::<Result<Vec<Number>, NumberFault>>()?;
    for (index, step) in graph.steps.iter().enumerate().rev() {
        let slot = graph.inputs.saturating_add(index);
        let Some(adjoint) = adjoints.get(slot).cloned() else { continue };
        let method = method_of(index);
        let multipliers = if step.operation == Operation::Product {
            let used = if method == DecompositionMethod::Sequential {
                ContributionMethod::Sequential
            } else {
                ContributionMethod::Shapley
            };
            if let Some(entry) = methods.get_mut(index) {
                *entry = used;
            }
            of_product(graph, step, slot, method, &|slot| (at(before, slot), at(after, slot)))?
        } else {
            of_sum(graph, step, slot)?
        };
        let out = edges.get_mut(step.first as usize..).unwrap_or(&mut []);
        for ((operand, multiplier), edge) in graph.operands(step).iter().zip(multipliers).zip(out) {
            let place = *operand as usize;
            let own = adjoint.times(&multiplier)?;
            *edge = own.to_f64() * changes.get(place).map_or(0.0, Number::to_f64);
            if let Some(entry) = adjoints.get_mut(place) {
                *entry = entry.plus(&own)?;
            }
        }
    }
    let leaves = adjoints.iter().zip(&changes).take(graph.inputs);
    let leaves = leaves.map(|(adjoint, change)| adjoint.times(change)).collect::<Result<_, NumberFault>>()?;
    Ok(Flows { leaves, edges, methods })
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

/// The multipliers of the operands of a product, a divisor as its reciprocal: that of `d` moves by
/// `-1 / (d_0 d_1)` times what `d` moves.
fn of_product(
    graph: &Graph,
    step: &Step,
    slot: usize,
    method: DecompositionMethod,
    at: &impl Fn(u32) -> (Number, Number),
) -> Result<Vec<Number>, NumberFault> {
    let scale = constant(graph.factor(slot))?;
    let (above, below) = graph.fraction(step);
    let mut factors: Vec<(Number, Number)> = above.iter().map(|operand| at(*operand)).collect();
    for operand in below {
        let (a, b) = at(*operand);
        factors.push((Number::ONE.over(&a)?, Number::ONE.over(&b)?));
    }
    let of_factors =
        if method == DecompositionMethod::Sequential { sequential(&factors)? } else { shapley(&factors)? };
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
