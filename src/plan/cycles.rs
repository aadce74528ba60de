//! Tasks that wait for each other: one closed path, and all groups.

use super::relation::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// One closed path of a graph with cycles, whose first task stands at its end too, and all groups of tasks of which
/// each waits for each (strongly connected components with a cycle): tasks in ascending order, groups by their first
/// task.
pub(super) fn found(begins: &[u32], arcs: &[Arc]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let groups = components(begins, arcs);
    #[expect(clippy::indexing_slicing, reason = "a graph without a topological order has a cycle")]
    let path = closed_path(&groups[0], begins, arcs);
    (path, groups)
}

#[expect(clippy::indexing_slicing, reason = "`begins` rises and has one entry more than there are tasks")]
#[expect(clippy::arithmetic_side_effects, reason = "an index below the number of tasks")]
fn successors<'a>(task: usize, begins: &[u32], arcs: &'a [Arc]) -> &'a [Arc] {
    &arcs[begins[task] as usize..begins[task + 1] as usize]
}

/// The shortest closed path through the first task of a group, by a search in breadth.
#[expect(
    clippy::indexing_slicing,
    reason = "places in the group, which is not empty and comes back to its first"
)]
#[expect(clippy::arithmetic_side_effects, reason = "below the number of tasks")]
fn closed_path(group: &[usize], begins: &[u32], arcs: &[Arc]) -> Vec<usize> {
    // For each place in the group the one from which it was reached.
    let mut from: Vec<Option<usize>> = vec![None; group.len()];
    let mut queue = vec![0];
    let mut next = 0;
    // Each task of a group leads to each: the first one is reached before the queue ends.
    let mut last = loop {
        if let Some(last) = from[0] {
            break last;
        }
        let place = queue[next];
        next += 1;
        for arc in successors(group[place], begins, arcs) {
            // Groups are sorted: a search keeps the way within one, without a column over all tasks.
            let Ok(successor) = group.binary_search(&(arc.successor as usize)) else { continue };
            if from[successor].is_none() {
                from[successor] = Some(place);
                queue.push(successor);
            }
        }
    };
    let mut path = vec![group[0]];
    while let (true, Some(before)) = (last != 0, from[last]) {
        path.push(group[last]);
        last = before;
    }
    path.push(group[0]);
    path.reverse();
    path
}

/// The strongly connected components with a cycle (Tarjan, 1972), without recursion.
#[expect(
    clippy::indexing_slicing,
    reason = "tasks, and those that relations lead to, are below their number"
)]
#[expect(clippy::arithmetic_side_effects, reason = "`begins` is never empty; counts of tasks and relations")]
fn components(begins: &[u32], arcs: &[Arc]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let tasks = begins.len() - 1;
    let (mut number, mut low) = (vec![UNSEEN; tasks], vec![UNSEEN; tasks]);
    let mut open = vec![false; tasks];
    let (mut stack, mut groups) = (Vec::new(), Vec::new());
    let mut count = 0;
    for root in 0..tasks {
        if number[root] != UNSEEN {
            continue;
        }
        // A task with how many of its relations were followed.
        // A stack on the heap: a chain of a million tasks would overflow that of the machine.
        let mut calls: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((task, followed)) = calls.pop() {
            if number[task] == UNSEEN {
                (number[task], low[task]) = (count, count);
                count += 1;
                stack.push(task);
                open[task] = true;
            }
            if let Some(arc) = successors(task, begins, arcs).get(followed) {
                let successor = arc.successor as usize;
                calls.push((task, followed + 1));
                if number[successor] == UNSEEN {
                    calls.push((successor, 0));
                } else if open[successor] {
                    // Only what is still on the stack: a closed component takes in no more tasks.
                    low[task] = low[task].min(number[successor]);
                }
                continue;
            }
            if let Some((caller, _)) = calls.last() {
                low[*caller] = low[*caller].min(low[task]);
            }
            if low[task] == number[task] {
                let mut group = Vec::new();
                // Down to the task itself, which came on the stack before all that belong to it.
                while let Some(member) = stack.pop() {
                    open[member] = false;
                    group.push(member);
                    if member == task {
                        break;
                    }
                }
                // A task alone is a cycle only where it waits for itself.
                let loops =
                    || successors(task, begins, arcs).iter().any(|arc| arc.successor as usize == task);
                if group.len() > 1 || loops() {
                    group.sort_unstable();
                    groups.push(group);
                }
            }
        }
    }
    groups.sort_unstable();
    groups
}

#[cfg(test)]
mod tests {
    use crate::plan::{Network, PlanError, Relation};
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn refused(tasks: usize, arcs: &[(u32, u32)]) -> (Vec<usize>, Vec<Vec<usize>>) {
        let relation = |(a, b): &(u32, u32)| (*a, *b, Relation::StartToStart(0));
        let relations: Vec<(u32, u32, Relation)> = arcs.iter().map(relation).collect();
        match Network::new(&alloc::vec![1; tasks], &relations).unwrap_err() {
            PlanError::Cycle { path, groups } => (path, groups),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_cycle_is_closed_and_all_groups_are_told() {
        assert_eq!(refused(1, &[(0, 0)]), ([0, 0].into(), [[0].into()].into()));
        let (path, groups) = refused(7, &[(0, 1), (1, 2), (2, 3), (3, 1), (2, 1), (5, 6), (6, 5), (4, 5)]);
        assert_eq!(path, [1, 2, 1]);
        assert_eq!(groups, [Vec::from([1, 2, 3]), Vec::from([5, 6])]);
    }

    #[test]
    fn a_long_cycle_needs_no_deep_stack() {
        let long: Vec<(u32, u32)> = (0..200_000).map(|task| (task, (task + 1) % 200_000)).collect();
        let (path, groups) = refused(200_000, &long);
        assert_eq!((path.len(), groups.len()), (200_001, 1));
        let error = PlanError::Cycle { path: [0, 1, 0].into(), groups: Vec::new() };
        assert_eq!(error.to_string(), "tasks wait for each other: 0 -> 1 -> 0");
    }
}
