//! Tasks that wait for each other: one closed path, and all groups.

use super::relation::Arc;
use alloc::vec;
use alloc::vec::Vec;

/// One closed path of a graph with cycles, whose first task stands at its end too, and all groups of tasks of which
/// each waits for each (strongly connected components with a cycle): tasks in ascending order, groups by their first
/// task.
pub(super) fn found(begins: &[u32], arcs: &[Arc]) -> (Vec<usize>, Vec<Vec<usize>>) {
    let groups = components(begins, arcs);
    debug_assert!(!groups.is_empty(), "a graph without a topological order has a cycle");
    let path = groups.first().map(|group| closed_path(group, begins, arcs)).unwrap_or_default();
    (path, groups)
}

#[expect(clippy::indexing_slicing, reason = "`begins` rises and has one entry more than there are tasks")]
#[expect(clippy::arithmetic_side_effects, reason = "an index below the number of tasks")]
fn successors<'a>(task: usize, begins: &[u32], arcs: &'a [Arc]) -> &'a [Arc] {
    &arcs[begins[task] as usize..begins[task + 1] as usize]
}

/// The shortest closed path through the first task of a group, by a search in breadth.
fn closed_path(group: &[usize], begins: &[u32], arcs: &[Arc]) -> Vec<usize> {
    let Some(&first) = group.first() else { return Vec::new() };
    // For each task of the group the one from which it was reached.
    let mut from: Vec<Option<usize>> = vec![None; group.len()];
    let mut queue = vec![first];
    let mut next = 0;
    while let Some(&task) = queue.get(next) {
        next = next.saturating_add(1);
        for arc in successors(task, begins, arcs) {
            let successor = arc.successor as usize;
            // Groups are sorted: a search keeps the way within one, without a column over all tasks.
            let Ok(place) = group.binary_search(&successor) else { continue };
            let Some(slot) = from.get_mut(place).filter(|slot| slot.is_none()) else { continue };
            *slot = Some(task);
            if successor == first {
                return walked_back(first, group, &from);
            }
            queue.push(successor);
        }
    }
    Vec::new()
}

fn walked_back(first: usize, group: &[usize], from: &[Option<usize>]) -> Vec<usize> {
    let mut path = vec![first];
    let mut at = first;
    for _ in group {
        let before = group.binary_search(&at).ok().and_then(|place| from.get(place).copied().flatten());
        let Some(before) = before else { break };
        path.push(before);
        if before == first {
            break;
        }
        at = before;
    }
    path.reverse();
    path
}

/// The strongly connected components with a cycle (Tarjan, 1972), without recursion.
fn components(begins: &[u32], arcs: &[Arc]) -> Vec<Vec<usize>> {
    const UNSEEN: usize = usize::MAX;
    let tasks = begins.len().saturating_sub(1);
    let (mut number, mut low) = (vec![UNSEEN; tasks], vec![UNSEEN; tasks]);
    let mut open = vec![false; tasks];
    let (mut stack, mut groups) = (Vec::new(), Vec::new());
    let mut count = 0_usize;
    let read = |column: &[usize], task: usize| column.get(task).copied().unwrap_or(UNSEEN);
    for root in 0..tasks {
        if read(&number, root) != UNSEEN {
            continue;
        }
        // A task with how many of its relations were followed.
        // A stack on the heap: a chain of a million tasks would overflow that of the machine.
        let mut calls: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((task, followed)) = calls.pop() {
            if followed == 0 && read(&number, task) == UNSEEN {
                set(&mut number, task, count);
                set(&mut low, task, count);
                count = count.saturating_add(1);
                stack.push(task);
                set(&mut open, task, true);
            }
            if let Some(arc) = successors(task, begins, arcs).get(followed) {
                let successor = arc.successor as usize;
                calls.push((task, followed.saturating_add(1)));
                if read(&number, successor) == UNSEEN {
                    calls.push((successor, 0));
                } else if open.get(successor).copied().unwrap_or(false) {
                    // Only what is still on the stack: a closed component takes in no more tasks.
                    let lowest = read(&low, task).min(read(&number, successor));
                    set(&mut low, task, lowest);
                }
                continue;
            }
            if let Some((caller, _)) = calls.last() {
                let lowest = read(&low, *caller).min(read(&low, task));
                set(&mut low, *caller, lowest);
            }
            if read(&low, task) == read(&number, task) {
                let begin = stack.iter().rposition(|member| *member == task).unwrap_or_default();
                let mut group = stack.split_off(begin);
                for member in &group {
                    set(&mut open, *member, false);
                }
                // A task alone is a cycle only where it waits for itself.
                let loops = |task: &usize| {
                    successors(*task, begins, arcs).iter().any(|arc| arc.successor as usize == *task)
                };
                if group.len() > 1 || group.iter().any(loops) {
                    group.sort_unstable();
                    groups.push(group);
                }
            }
        }
    }
    groups.sort_unstable();
    groups
}

fn set<T>(column: &mut [T], task: usize, value: T) {
    if let Some(slot) = column.get_mut(task) {
        *slot = value;
    }
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
