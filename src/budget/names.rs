//! Names of lines, unique in a list.

use super::BudgetError;
use crate::error::{Path, Problems};
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;

/// The index of each name. A repeated name is reported at the field `field` of its element of `list`.
pub(super) fn indexed<'a>(
    names: impl IntoIterator<Item = &'a str>,
    list: &Path,
    field: &str,
    problems: &mut Problems<BudgetError>,
) -> BTreeMap<&'a str, usize> {
    let mut indexed = BTreeMap::new();
    for (index, name) in names.into_iter().enumerate() {
        // The first keeps the place, so that the second is the one that is told.
        match indexed.entry(name) {
            Entry::Vacant(free) => {
                free.insert(index);
            }
            Entry::Occupied(taken) => {
                let error = BudgetError::DuplicateLine { name: name.into(), first: *taken.get() };
                problems.push(list.index(index).field(field), error);
            }
        }
    }
    indexed
}
