//! Which cells of a panel an aggregate takes: those of the members that its filters let through.

use super::frame::{Frame, bits};
use super::graph::Graph;
use super::groups::Selected;
use super::{KpiTree, Panel};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// The bits of the tree's dimensions among those of the panel; 0 for one that the panel has not, where there is one member
/// without a name.
pub(super) fn own_bits(tree: &KpiTree, panel: &Panel) -> Vec<u32> {
    let own = |dimension: &str| {
        let place = panel.dimensions.iter().position(|own| own == dimension)?;
        1_u32.checked_shl(u32::try_from(place).ok()?)
    };
    tree.graph().dimensions.iter().map(|dimension| own(dimension).unwrap_or(0)).collect()
}

/// The bit of a dimension by its name, among those of the panel.
fn own_bit(graph: &Graph, own_bits: &[u32], dimension: &str) -> u32 {
    let place = graph.dimensions.iter().position(|own| **own == *dimension);
    place.and_then(|place| own_bits.get(place)).copied().unwrap_or(0)
}

/// Whether each cell of a frame is taken; `None` where the values are of no named member of a dimension that is filtered.
pub(super) fn taken_cells(
    selected: &Selected,
    panel: &Panel,
    graph: &Graph,
    own_bits: &[u32],
    frame: &Frame,
) -> Option<Vec<bool>> {
    let mut taken = alloc::vec![true; frame.cells.len()];
    for chosen in &selected.of.chosen {
        let Some((is_in, members)) = &chosen.only else { continue };
        let bit = own_bit(graph, own_bits, &chosen.dimension);
        // The place of the dimension among those of the frame.
        let place = bits(frame.mask).position(|own| own == bit)?;
        let known = panel.members.get(bit.trailing_zeros() as usize)?;
        // A member that has no row in any period is in no cell.
        let numbers: BTreeSet<u32> = members
            .iter()
            .filter_map(|member| known.binary_search_by(|own| own.as_str().cmp(member)).ok())
            .filter_map(|number| u32::try_from(number).ok())
            .collect();
        for (taken, cell) in taken.iter_mut().zip(&frame.cells) {
            *taken &= cell.get(place).is_some_and(|member| numbers.contains(member)) == *is_in;
        }
    }
    Some(taken)
}
