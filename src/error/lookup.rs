//! Names of a list: which are repeated, and where one stands, without a scan per question.
//!
//! Every door that takes a list of named things asks here. A scan per name is quadratic, and a list from
//! outside may have 100,000 names. Sorted references cost `n log n` comparisons and one word a name, need no
//! hasher (a hash without a seed can be attacked, a seed is not ours to draw), and answer in an order that
//! depends on nothing but the names.

use alloc::vec::Vec;

/// The places of the names of a list, found by binary search.
///
/// Of a repeated name the first place is found.
#[derive(Debug, Clone)]
pub(crate) struct Lookup<'a, K: ?Sized> {
    /// Names with their places, by name and then by place.
    sorted: Vec<(&'a K, usize)>,
}

impl<'a, K: Ord + ?Sized> Lookup<'a, K> {
    /// The names of a list in its order.
    pub(crate) fn of(names: impl IntoIterator<Item = &'a K>) -> Self {
        let mut sorted: Vec<(&K, usize)> =
            names.into_iter().enumerate().map(|(place, name)| (name, place)).collect();
        // By name and then by place, so that the first of equal names is the first of the list, unstable as the sort is.
        sorted.sort_unstable();
        Self { sorted }
    }

    /// Where `name` stands first in the list.
    pub(crate) fn position(&self, name: &K) -> Option<usize> {
        let at = self.sorted.partition_point(|(known, _)| *known < name);
        self.sorted.get(at).filter(|(known, _)| *known == name).map(|(_, place)| *place)
    }

    /// Each name that stands in the list again, as (its first place, the place that repeats it), in the order
    /// of the second.
    pub(crate) fn repeats(&self) -> Vec<(usize, usize)> {
        let mut first = 0;
        let mut found = Vec::new();
        let mut last: Option<&K> = None;
        for &(name, place) in &self.sorted {
            if last == Some(name) {
                found.push((first, place));
            } else {
                (first, last) = (place, Some(name));
            }
        }
        found.sort_unstable_by_key(|(_, second)| *second);
        found
    }
}

/// The first name that repeats an earlier one, as (the earlier place, its place).
pub(crate) fn repeated<'a, K: Ord + ?Sized + 'a>(
    names: impl IntoIterator<Item = &'a K>,
) -> Option<(usize, usize)> {
    Lookup::of(names).repeats().first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_told_in_the_order_of_the_list() {
        let names = ["b", "a", "c", "a", "b", "a"];
        assert_eq!(Lookup::of(names).repeats(), [(1, 3), (0, 4), (1, 5)]);
        assert_eq!(repeated(names), Some((1, 3)));
        assert_eq!(repeated(["a", "b"]), None);
        assert_eq!(repeated([""; 0]), None);
    }

    #[test]
    fn the_first_of_equal_names_is_found() {
        let lookup = Lookup::of(["b", "a", "b"]);
        assert_eq!(
            (lookup.position("b"), lookup.position("a"), lookup.position("c")),
            (Some(0), Some(1), None)
        );
    }
}
