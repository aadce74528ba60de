//! Which of several independent estimates are truly among the largest: over the panels of [`super::arm_integral`].

use super::StatsError;
use super::arm_integral::{Posterior, Rule, panels};
use alloc::vec;
use alloc::vec::Vec;

/// The probability of each arm to be one of the `best` largest, of which there is at least one.
#[expect(
    clippy::indexing_slicing,
    reason = "a member's number is that of its arm; every list has one place for each"
)]
pub(super) fn among<P: Posterior>(arms: &[P], best: usize) -> Result<Vec<f64>, StatsError> {
    if best >= arms.len() {
        return Ok(vec![1.0; arms.len()]);
    }
    let rule = Rule::new();
    let supports: Vec<(f64, f64)> = arms.iter().map(Posterior::support).collect();
    let start = supports.iter().fold(f64::MAX, |start, (low, _)| start.min(*low));
    let panels = panels(arms, &supports, start, &rule)?;
    let mut above: Vec<f64> = vec![0.0; arms.len()];
    for member in panels.iter().flat_map(|panel| &panel.members) {
        above[member.arm] += member.mass;
    }
    let mut probabilities = vec![0.0; arms.len()];
    let (mut uppers, mut counts) = (Vec::new(), Vec::new());
    for panel in &panels {
        // Those that lie wholly beyond the panel are larger than all in it.
        let waiting = supports.iter().filter(|(low, _)| *low > panel.places[0].t).count();
        if let Some(room) = best.checked_sub(waiting).filter(|room| *room > 0) {
            for (node, ((_, weight), up_to)) in rule.nodes.iter().zip(&rule.up_to).enumerate() {
                uppers.clear();
                for member in &panel.members {
                    let part: f64 =
                        up_to.iter().zip(&member.density).map(|(weight, density)| weight * density).sum();
                    uppers.push((above[member.arm] - panel.half * part).clamp(0.0, 1.0));
                }
                count_above(&uppers, &mut counts);
                for (member, upper) in panel.members.iter().zip(&uppers) {
                    let density = panel.half * weight * member.density[node];
                    probabilities[member.arm] += density * fewer_without(&counts, *upper, room);
                }
            }
        }
        for member in &panel.members {
            above[member.arm] -= member.mass;
        }
    }
    let sum: f64 = probabilities.iter().sum();
    let expected = super::wide_float(best as u128);
    if (sum - expected).abs() > 1e-8 * expected {
        return Err(StatsError::NoConvergence {
            function: "the probability to be among the best",
            iterations: 1,
        });
    }
    Ok(probabilities.into_iter().map(|probability| (probability * (expected / sum)).min(1.0)).collect())
}

/// The probabilities that none, one, two and so on of independent events come true.
fn count_above(events: &[f64], counts: &mut Vec<f64>) {
    counts.clear();
    counts.push(1.0);
    for event in events {
        counts.push(0.0);
        let mut before = 0.0;
        for count in counts.iter_mut() {
            let here = *count;
            *count = here * (1.0 - event) + before * event;
            before = here;
        }
    }
}

/// The probability that fewer than `room` of the events other than `event` come true: it is taken out of the counts from
/// the end at which it divides by the larger of its two probabilities, so that errors do not grow.
fn fewer_without(counts: &[f64], event: f64, room: usize) -> f64 {
    let (mut sum, mut other) = (0.0, 0.0);
    if event <= 0.5 {
        for count in counts.iter().take(room) {
            other = (count - event * other) / (1.0 - event);
            sum += other;
        }
        return sum.clamp(0.0, 1.0);
    }
    // The last count needs the event, and as many others as there are.
    for count in counts.iter().skip(room.saturating_add(1)).rev() {
        other = (count - (1.0 - event) * other) / event;
        sum += other;
    }
    (1.0 - sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_taken_out_of_the_counts() {
        let events = [0.1, 0.5, 0.9, 0.3, 1.0, 0.0, 0.7];
        let mut counts = Vec::new();
        count_above(&events, &mut counts);
        assert!((counts.iter().sum::<f64>() - 1.0).abs() < 1e-15);
        for (at, event) in events.into_iter().enumerate() {
            let others: Vec<f64> =
                events.into_iter().enumerate().filter(|one| one.0 != at).map(|one| one.1).collect();
            let mut alone = Vec::new();
            count_above(&others, &mut alone);
            for room in 0..=7 {
                let expected: f64 = alone.iter().take(room).sum();
                let found = fewer_without(&counts, event, room);
                assert!((found - expected).abs() < 1e-14, "{event} {room}: {found} {expected}");
            }
        }
    }
}
