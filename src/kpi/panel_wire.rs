//! How each step over a panel reads its operands: in the same period by member, in other periods, or over members.

use super::KpiError;
use super::choice::Choice;
use super::frame::{Frame, NOWHERE};
use super::function::OverTime;
use super::graph::Step;
use super::groups::Gathering;
use super::panel_axis::Axis;
use super::panel_filter::{own_bits, taken_cells};
use super::panel_places::Places;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// From the cells of one frame to those of a coarser one, and back in compressed rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Map {
    /// The coarser cell of each cell; [`NOWHERE`] where there is none.
    pub(super) to: Box<[u32]>,
    first: Box<[u32]>,
    from: Box<[u32]>,
    /// The first chunk of the cells within each coarser one; last their number.
    chunks: Box<[u32]>,
    /// Whether it can be told which members are taken; not so by a filter where values are of no member by name.
    pub(super) is_told: bool,
}

/// The members that are added up at a time: sums of sums, so that one changed member costs no sum over all.
pub(super) const CHUNK: u32 = 32;

impl Map {
    /// By a counting sort, so that the cells within one keep their order.
    #[expect(clippy::indexing_slicing, reason = "places are counted before they are filled")]
    #[expect(clippy::arithmetic_side_effects, reason = "counts of cells, of which there are at most 2^25")]
    fn new(to: Vec<u32>, coarse: usize) -> Self {
        let mut first = alloc::vec![0_u32; coarse + 1];
        let known = |cell: &&u32| (**cell as usize) < coarse;
        for cell in to.iter().filter(known) {
            first[*cell as usize + 1] += 1;
        }
        let mut sum = 0;
        for count in &mut first {
            sum += *count;
            *count = sum;
        }
        let mut next = first.clone();
        let mut from = alloc::vec![0; sum as usize];
        for (own, cell) in (0_u32..).zip(&to).filter(|(_, cell)| known(cell)) {
            from[next[*cell as usize] as usize] = own;
            next[*cell as usize] += 1;
        }
        let counts = first.windows(2).map(|pair| (pair[1] - pair[0]).div_ceil(CHUNK));
        let chunks = core::iter::once(0).chain(counts.scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        }));
        let chunks = chunks.collect();
        Self { to: to.into(), first: first.into(), from: from.into(), chunks, is_told: true }
    }

    /// The cells that lie within a coarser one.
    pub(super) fn within(&self, coarse: usize) -> &[u32] {
        let range = |place: usize| self.first.get(place).map(|first| *first as usize);
        let (Some(first), Some(end)) = (range(coarse), coarse.checked_add(1).and_then(range)) else {
            return &[];
        };
        self.from.get(first..end).unwrap_or(&[])
    }
}

impl Map {
    /// Whether every cell lies within one.
    pub(super) const fn is_total(&self) -> bool {
        self.from.len() == self.to.len()
    }

    /// The first chunk of the cells within a coarser one, and the number of all chunks.
    pub(super) fn chunks(&self, coarse: usize) -> (usize, usize) {
        let first = self.chunks.get(coarse).map_or(0, |first| *first as usize);
        (first, self.chunks.last().map_or(0, |all| *all as usize))
    }
}

/// How a step reads its operands.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wire {
    /// In the same period: for each operand the map onto its cells, where these are not the step's own.
    Same(Vec<Option<Arc<Map>>>),
    /// In other periods of the same cell: for each period the one looked back to, or the first of the span; [`NOWHERE`]
    /// before the first of all.
    Over(OverTime, Box<[u32]>),
    /// Over the cells within its own that are taken.
    Members(Arc<Map>, Gathering),
}

/// The wires of all steps.
///
/// # Errors
/// [`KpiError::NoPartOf`] where periods are no parts of the span of a `to_date`.
pub(super) fn wires(places: &Places<'_>) -> Result<Vec<Wire>, KpiError> {
    let graph = places.tree.graph();
    let axis = Axis::new(places.panel);
    let mut maps = Maps { places, made: BTreeMap::new() };
    let mut wires = Vec::with_capacity(graph.steps.len());
    for (step, slot) in graph.steps.iter().zip(graph.first_step()..) {
        wires.push(wire(&mut maps, &axis, step, slot)?);
    }
    Ok(wires)
}

fn wire(maps: &mut Maps<'_>, axis: &Axis<'_>, step: &Step, slot: u32) -> Result<Wire, KpiError> {
    let places = maps.places;
    let (tree, own) = (places.tree, places.mask(slot));
    let operands = tree.graph().operands(step);
    let fine = operands.first().map_or(own, |operand| places.mask(*operand));
    match tree.graph().choice(step) {
        Some(Choice::Over(over)) => {
            let looks_back_to = |period: usize| {
                let to = match over {
                    OverTime::Lag(shift) | OverTime::Growth(shift) => axis.back(period, shift),
                    OverTime::RollingSum(count) | OverTime::RollingMean(count) => {
                        period.checked_sub((count as usize).saturating_sub(1))
                    }
                    OverTime::ToDate(span) => {
                        axis.since(period, span).map_err(|period| KpiError::NoPartOf {
                            node: tree.id_of(tree.node_of(slot as usize)),
                            span: span.name(),
                            period,
                        })?
                    }
                };
                Ok(to.and_then(|to| u32::try_from(to).ok()).unwrap_or(NOWHERE))
            };
            let all = (0..axis.periods.len()).map(looks_back_to).collect::<Result<_, KpiError>>()?;
            Ok(Wire::Over(over, all))
        }
        Some(Choice::Members(gathering)) if gathering.is_filtered => {
            Ok(Wire::Members(maps.filtered(gathering, fine, own), gathering))
        }
        Some(Choice::Members(gathering)) if fine != own => {
            Ok(Wire::Members(maps.between(fine, own), gathering))
        }
        _ => {
            let map = |operand: &u32| {
                let of = places.mask(*operand);
                (of != own).then(|| maps.between(own, of))
            };
            Ok(Wire::Same(operands.iter().map(map).collect()))
        }
    }
}

/// The maps between frames, each made once.
struct Maps<'p> {
    places: &'p Places<'p>,
    made: BTreeMap<(u32, u32), Arc<Map>>,
}

impl Maps<'_> {
    /// The map of those cells alone that a filter takes.
    fn filtered(&self, gathering: Gathering, fine: u32, coarse: u32) -> Arc<Map> {
        let Places { tree, panel, frames, .. } = self.places;
        let (Some(fine), Some(coarse)) = (frames.get(&fine), frames.get(&coarse)) else {
            return Arc::new(Map::new(Vec::new(), 0));
        };
        let graph = tree.graph();
        let taken = taken_cells(graph.selection(gathering), panel, graph, &own_bits(tree, panel), fine);
        let mut to = fine.within(coarse);
        for (place, to) in to.iter_mut().enumerate() {
            if !taken.as_ref().and_then(|taken| taken.get(place)).is_some_and(|taken| *taken) {
                *to = NOWHERE;
            }
        }
        // Of values that are of no named member none can be told to be in a set, nor to be in none.
        Arc::new(Map { is_told: taken.is_some(), ..Map::new(to, coarse.cells.len()) })
    }

    fn between(&mut self, fine: u32, coarse: u32) -> Arc<Map> {
        let frame = |mask: u32| self.places.frames.get(&mask);
        let made = || match (frame(fine), frame(coarse)) {
            (Some(fine), Some(coarse)) => Map::new(fine.within(coarse), coarse.cells.len()),
            // Every mask has its frame: there is no cell without one.
            _ => Map::new(Vec::new(), 0),
        };
        Arc::clone(self.made.entry((fine, coarse)).or_insert_with(|| Arc::new(made())))
    }
}

/// Which cells of a frame are there, period by period; `None` where all are.
pub(super) fn gaps(frame: &Frame, periods: usize) -> Option<Box<[bool]>> {
    let there = |period: usize| (0..frame.cells.len()).map(move |cell| frame.is_there(cell, period));
    let all: Box<[bool]> = (0..periods).flat_map(there).collect();
    all.contains(&false).then_some(all)
}
