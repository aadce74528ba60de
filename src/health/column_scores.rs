//! The scores and lights of many entities, packed into columns.

use crate::figure::Figure;
use crate::quantity::words::Word;
use crate::target::{Bands, Light};
use alloc::format;
use alloc::vec::Vec;
use serde::{Serialize, Serializer};

/// How many lights of two bits fit into a byte.
pub(super) const LIGHTS_OF_BYTE: usize = 4;

/// The scores and lights of many entities by one matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnScores {
    pub(super) scores: Vec<f64>,
    pub(super) score_lights: Vec<u8>,
    /// A column for every four indicators: two bits each, the first lowest.
    pub(super) lights: Vec<Vec<u8>>,
    pub(super) covered: Vec<u16>,
    pub(super) indicators: usize,
    pub(super) table: [Option<Light>; 4],
    pub(super) score_table: [Option<Light>; 4],
}

impl ColumnScores {
    /// The number of entities.
    #[must_use]
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// Whether there are no entities.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    /// The score of an entity; missing where values are missing and the policy says so, and beyond the last entity.
    #[must_use]
    pub fn score(&self, entity: usize) -> Figure<f64> {
        let lit = self.score_lights.get(entity).is_some_and(|code| *code > 0);
        let score = self.scores.get(entity).filter(|_| lit);
        score.map_or_else(|| missing(entity), |score| Figure::Known(*score))
    }

    /// The scores of all entities, 0 where there is none.
    #[must_use]
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// The light of an entity's score; missing as the [`score`](Self::score) is.
    #[must_use]
    pub fn score_light(&self, entity: usize) -> Figure<Light> {
        let found = self.score_lights.get(entity).and_then(|code| light(self.score_table, *code));
        found.map_or_else(|| missing(entity), Figure::Known)
    }

    /// The light of one of the matrix's indicators for an entity; missing where it was not measured, and beyond the
    /// last indicator or entity.
    #[must_use]
    pub fn light(&self, indicator: usize, entity: usize) -> Figure<Light> {
        self.light_of(indicator, entity).map_or_else(|| missing(entity), Figure::Known)
    }

    fn light_of(&self, indicator: usize, entity: usize) -> Option<Light> {
        let four = *self.lights.get(indicator.checked_div(LIGHTS_OF_BYTE)?)?.get(entity)?;
        let codes = [four & 3, four >> 2 & 3, four >> 4 & 3, four >> 6];
        light(self.table, *codes.get(indicator.checked_rem(LIGHTS_OF_BYTE)?)?)
    }

    /// How many indicators of an entity have a score.
    #[must_use]
    pub fn covered(&self, entity: usize) -> Option<u16> {
        self.covered.get(entity).copied()
    }
}

/// The form on the wire: a column of scores, one of lights for the scores and for each indicator, and how many
/// indicators of each entity have a score.
#[derive(Serialize)]
#[serde(rename = "ColumnScores")]
struct Written<'a> {
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    scores: &'a [f64],
    score_lights: Vec<&'static str>,
    lights: Vec<Vec<&'static str>>,
    covered: &'a [u16],
}

/// The word of a light on the wire; not every format has a word for nothing in a list.
fn word(light: Option<Light>) -> &'static str {
    light.map_or("missing", Word::word)
}

impl Serialize for ColumnScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entities = 0..self.len();
        let lights =
            |indicator| entities.clone().map(|entity| word(self.light_of(indicator, entity))).collect();
        let of_score = |code: &u8| word(light(self.score_table, *code));
        Written {
            scores: &self.scores,
            score_lights: self.score_lights.iter().map(of_score).collect(),
            lights: (0..self.indicators).map(lights).collect(),
            covered: &self.covered,
        }
        .serialize(serializer)
    }
}

fn missing<T>(entity: usize) -> Figure<T> {
    Figure::missing(format!("value of entity {entity}"))
}

fn light(table: [Option<Light>; 4], code: u8) -> Option<Light> {
    table.get(usize::from(code)).copied().flatten()
}

/// A light's code is 0 for none, else 1 more than the edges that were passed.
pub(super) fn codes(bands: &Bands<Light>) -> [Option<Light>; 4] {
    let mut table = [None; 4];
    let classes = core::iter::once(bands.lowest()).chain(bands.edges().iter().map(|(_, class)| class));
    for (slot, class) in table.iter_mut().skip(1).zip(classes) {
        *slot = Some(*class);
    }
    table
}
