//! Giving each step a row of its own among the rows of one time.

use alloc::vec::Vec;

/// A row of its own for each of the steps, in their order, or `None` where there are too few: an augmenting path
/// for each step (H. W. Kuhn, 1955). A row is its number and the mask of the steps that it matches.
pub(super) fn distinct_rows(steps: &[u32], rows: &[(usize, u32)]) -> Option<Vec<usize>> {
    let mut taken: Vec<Option<usize>> = alloc::vec![None; rows.len()];
    for place in 0..steps.len() {
        let mut seen = alloc::vec![false; rows.len()];
        if !place_step(place, steps, rows, &mut taken, &mut seen) {
            return None;
        }
    }
    let row_of = |place: usize| {
        let mut taken = taken.iter().zip(rows);
        taken.find(|(own, _)| **own == Some(place)).map(|(_, (row, _))| *row)
    };
    (0..steps.len()).map(row_of).collect()
}

/// Gives the step at `place` a row, moving other steps to other rows where needed. No deeper than there are steps.
#[expect(clippy::indexing_slicing, reason = "a place is one of a step; each row has an entry in both lists")]
fn place_step(
    place: usize,
    steps: &[u32],
    rows: &[(usize, u32)],
    taken: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for (at, (_, mask)) in rows.iter().enumerate() {
        if !has(*mask, steps[place]) || seen[at] {
            continue;
        }
        // A row is asked once in a search: who could not move from it before cannot now.
        seen[at] = true;
        if taken[at].is_none_or(|other| place_step(other, steps, rows, taken, seen)) {
            taken[at] = Some(place);
            return true;
        }
    }
    false
}

/// Whether a mask has the bit of this step.
pub(super) fn has(mask: u32, step: u32) -> bool {
    // A 33rd condition has no bit: a shift by 32 would be one by 0.
    mask.checked_shr(step).is_some_and(|rest| rest & 1 == 1)
}

/// The rows of one time that can matter: for each step the first rows that match it, as many as there are steps.
///
/// A step that has as many rows as there are steps finds a free one whatever the others take, so that leaving out
/// the rest changes no answer.
#[expect(clippy::arithmetic_side_effects, reason = "a count below that of the steps")]
pub(super) fn enough_rows(
    rows: impl Iterator<Item = (usize, u32)>,
    steps: u32,
    kept: &mut Vec<(usize, u32)>,
) {
    kept.clear();
    let mut counts = [0_u32; 32];
    for (row, mask) in rows {
        let mut needed = false;
        for (step, count) in (0..steps).zip(&mut counts) {
            // Steps are at most 32, so that a time of a thousand rows is matched as one of at most 32 times 32.
            if has(mask, step) && *count < steps {
                needed = true;
                *count += 1;
            }
        }
        if needed {
            kept.push((row, mask));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_moves_over_for_another() {
        let rows = [(7, 0b011), (8, 0b001), (9, 0b110)];
        assert_eq!(distinct_rows(&[0, 1, 2], &rows), Some(alloc::vec![8, 7, 9]));
        assert_eq!(distinct_rows(&[2, 1, 0], &rows), Some(alloc::vec![9, 7, 8]));
        assert_eq!(distinct_rows(&[0, 1], &[(1, 0b11)]), None);
        assert_eq!(distinct_rows(&[], &[]), Some(Vec::new()));
    }

    #[test]
    fn rows_beyond_what_steps_need_are_left_out() {
        let mut kept = Vec::new();
        enough_rows((0..9).map(|row| (row, if row < 5 { 0b01 } else { 0b11 })), 2, &mut kept);
        assert_eq!(kept, [(0, 0b01), (1, 0b01), (5, 0b11), (6, 0b11)]);
    }
}
