//! The chains of tasks that set the end of the project.

use super::Schedule;
use crate::figure::{Cause, Figure};
use alloc::vec;
use alloc::vec::Vec;

/// The critical tasks as a graph: from each the critical ones that it drives.
struct Chains {
    next: Vec<Vec<usize>>,
    /// The tasks that no critical one drives.
    firsts: Vec<usize>,
}

impl Schedule<'_> {
    /// Lists up to `cap` critical paths, each from its first task to its last, in the order of the tasks.
    ///
    /// A path is a chain of critical tasks joined by driving relations. It begins with a task that no critical task
    /// drives and ends with one that drives no critical task. Two relations between the same tasks are one link.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Figure;
    /// use marketloop::plan::{Network, Relation};
    ///
    /// let link = |before, after| (before, after, Relation::FinishToStart(0));
    /// let network = Network::new(&[3, 1, 5, 2], &[link(0, 2), link(1, 2), link(2, 3)])?;
    /// let schedule = network.schedule();
    /// assert_eq!(schedule.critical_paths(10), [[0, 2, 3]]);
    /// assert_eq!(schedule.critical_path_count(), Figure::Known(1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn critical_paths(&self, cap: usize) -> Vec<Vec<usize>> {
        let Chains { next, firsts } = self.chains();
        let mut paths = Vec::new();
        for first in firsts {
            list(first, &next, cap, &mut paths);
        }
        paths
    }

    /// The number of critical paths, which may be far more than can be listed; undefined beyond 128 bits.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "tasks of the network's order and links are below their number"
    )]
    pub fn critical_path_count(&self) -> Figure<u128> {
        let Chains { next, firsts } = self.chains();
        // From the last task back: the paths from a task are those from all that it drives.
        let mut from: Vec<Option<u128>> = vec![Some(0); next.len()];
        let sum = |tasks: &[usize], from: &[Option<u128>]| {
            tasks.iter().try_fold(0_u128, |sum, task| sum.checked_add(from[*task]?))
        };
        for task in self.network().order().iter().rev().map(|task| *task as usize) {
            if self.is_critical(task) {
                from[task] = if next[task].is_empty() { Some(1) } else { sum(&next[task], &from) };
            }
        }
        match sum(&firsts, &from) {
            Some(count) => Figure::Known(count),
            None => Figure::undefined("number of critical paths", Cause::OutOfRange),
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "critical tasks and their successors are below the number of tasks"
    )]
    fn chains(&self) -> Chains {
        let tasks = self.network().len();
        let links = |task: usize| -> Vec<usize> {
            let mut next: Vec<usize> = self.driving(task).map(|arc| arc.successor as usize).collect();
            next.retain(|successor| self.is_critical(*successor));
            next.sort_unstable();
            next.dedup();
            next
        };
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); tasks];
        let mut driven = vec![false; tasks];
        for task in self.critical() {
            let links = links(task);
            for successor in &links {
                driven[*successor] = true;
            }
            next[task] = links;
        }
        let firsts = self.critical().filter(|task| !driven[*task]).collect();
        Chains { next, firsts }
    }
}

/// The paths from `first`, in depth and without recursion, until there are `cap`.
#[expect(clippy::indexing_slicing, reason = "links lead to tasks, each of which has a place in `next`")]
#[expect(clippy::arithmetic_side_effects, reason = "at most the number of links")]
fn list(first: usize, next: &[Vec<usize>], cap: usize, paths: &mut Vec<Vec<usize>>) {
    let mut path = vec![first];
    // For each task of the path how many of its links were followed.
    let mut followed = vec![0_usize];
    while let (Some(task), Some(at)) = (path.last().copied(), followed.last_mut()) {
        // Paths can double with every task: the cap is asked before each step, not at the end.
        if paths.len() >= cap {
            return;
        }
        let links = &next[task];
        if links.is_empty() {
            paths.push(path.clone());
        }
        if let Some(successor) = links.get(*at) {
            *at += 1;
            path.push(*successor);
            followed.push(0);
        } else {
            path.pop();
            followed.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::figure::Figure;
    use crate::plan::{Network, Relation};
    use alloc::vec::Vec;

    #[test]
    fn paths_are_counted_beyond_what_is_listed() {
        // Ladders of two: 2^n paths through n rungs.
        let rungs = 40_u32;
        let mut relations = Vec::new();
        for rung in 0..rungs {
            for side in [1, 2] {
                relations.push((3 * rung, 3 * rung + side, Relation::FinishToStart(0)));
                relations.push((3 * rung + side, 3 * rung + 3, Relation::FinishToStart(0)));
            }
        }
        let network = Network::new(&alloc::vec![1; 3 * 40 + 1], &relations).unwrap();
        let schedule = network.schedule();
        let paths = schedule.critical_paths(3);
        assert_eq!(schedule.critical_path_count(), Figure::Known(1 << 40));
        assert_eq!(paths.len(), 3);
        assert_eq!(paths[0][..4], [0, 1, 3, 4]);
        let many = Network::new(&[1, 1], &[]).unwrap();
        assert_eq!(many.schedule().critical_paths(9), [[0], [1]]);
    }
}
