//! The chains of tasks that set the end of the project.

use super::Schedule;
use alloc::vec;
use alloc::vec::Vec;

/// The critical paths of a schedule: how many there are, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriticalPaths {
    count: Option<u128>,
    paths: Vec<Vec<usize>>,
}

impl CriticalPaths {
    /// How many there are; `None` beyond 128 bits.
    #[must_use]
    pub const fn count(&self) -> Option<u128> {
        self.count
    }

    /// The paths, up to the cap, each from its first task to its last.
    #[must_use]
    pub fn paths(&self) -> &[Vec<usize>] {
        &self.paths
    }
}

impl Schedule<'_> {
    /// The chains of critical tasks joined by driving relations, from a task that no critical one drives to one
    /// that drives no critical one; listed up to `cap`, in the order of the tasks. Two relations between the
    /// same tasks are one link.
    #[must_use]
    pub fn critical_paths(&self, cap: usize) -> CriticalPaths {
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
                if let Some(flag) = driven.get_mut(*successor) {
                    *flag = true;
                }
            }
            if let Some(slot) = next.get_mut(task) {
                *slot = links;
            }
        }
        // From the last task back: the paths from a task are those from all that it drives.
        let mut from: Vec<Option<u128>> = vec![Some(0); tasks];
        for task in self.network().order().iter().rev().map(|task| *task as usize) {
            if !self.is_critical(task) {
                continue;
            }
            let links = next.get(task).map(Vec::as_slice).unwrap_or_default();
            let sum = links
                .iter()
                .try_fold(0_u128, |sum, successor| sum.checked_add(from.get(*successor).copied().flatten()?));
            if let Some(slot) = from.get_mut(task) {
                *slot = if links.is_empty() { Some(1) } else { sum };
            }
        }
        let is_first = |task: &usize| !driven.get(*task).copied().unwrap_or(true);
        let firsts: Vec<usize> = self.critical().filter(is_first).collect();
        let count =
            firsts.iter().try_fold(0_u128, |sum, task| sum.checked_add(from.get(*task).copied().flatten()?));
        let mut paths = Vec::new();
        for first in firsts {
            list(first, &next, cap, &mut paths);
        }
        CriticalPaths { count, paths }
    }
}

/// The paths from `first`, in depth and without recursion, until there are `cap`.
fn list(first: usize, next: &[Vec<usize>], cap: usize, paths: &mut Vec<Vec<usize>>) {
    let mut path = vec![first];
    // For each task of the path how many of its links were followed.
    let mut followed = vec![0_usize];
    while let (Some(task), Some(at)) = (path.last().copied(), followed.last_mut()) {
        if paths.len() >= cap {
            return;
        }
        let links = next.get(task).map(Vec::as_slice).unwrap_or_default();
        if links.is_empty() {
            paths.push(path.clone());
        }
        if let Some(successor) = links.get(*at) {
            *at = at.saturating_add(1);
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
    use crate::plan::{Network, Relation, RelationKind};
    use alloc::vec::Vec;

    #[test]
    fn paths_are_counted_beyond_what_is_listed() {
        // Ladders of two: 2^n paths through n rungs.
        let rungs = 40_u32;
        let mut relations = Vec::new();
        for rung in 0..rungs {
            for side in [1, 2] {
                relations.push(Relation::new(3 * rung, 3 * rung + side, RelationKind::FinishToStart));
                relations.push(Relation::new(3 * rung + side, 3 * rung + 3, RelationKind::FinishToStart));
            }
        }
        let network = Network::new(&alloc::vec![1; 3 * 40 + 1], &relations).unwrap();
        let paths = network.schedule().critical_paths(3);
        assert_eq!(paths.count(), Some(1 << 40));
        assert_eq!(paths.paths().len(), 3);
        assert_eq!(paths.paths()[0][..4], [0, 1, 3, 4]);
        let many = Network::new(&[1, 1], &[]).unwrap();
        assert_eq!(many.schedule().critical_paths(9).paths(), [[0], [1]]);
    }
}
