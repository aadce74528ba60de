//! Scores and lights of many entities at once, on columns.

use super::column_edges::{Edges, Interval};
use super::column_level::{BLOCK, ScoreLevel, Weight, is_plain, keep, mask};
use super::column_scores::{ColumnScores, LIGHTS_OF_BYTE, codes};
use super::column_shape::{Shape, clip, part_of, range};
use super::{HealthError, Matrix, MissingPolicy, Normaliser, Scoring, ValueColumn};
use crate::error::within;
use crate::target::{Bands, Light, LowerRule};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// Half of the last decimal to which a score is rounded before it meets an edge.
const EDGE: f64 = 5e-13;
/// How many indicators' lights one word of an entity's tally holds, two bits for each.
const LIGHTS_OF_WORD: usize = 24;
/// Above the lights a tally counts the indicators that have a score.
const ONE_COVERED: u64 = 1 << 48;
/// The maximum number of indicators: the coverage of an entity has 16 bits.
const MAX_INDICATORS: u64 = 0xFFFF;
/// The lowest bit of the last light of a word.
const LAST_BIT: u64 = ONE_COVERED / 4;

/// How one column becomes scores and lights.
struct Plan<'a> {
    numbers: &'a [i64],
    scale: u32,
    weight: Weight,
    normaliser: &'a Normaliser,
    shape: Shape,
    edges: Edges,
    /// The lowest bit of this column's light in its word of the tally.
    bit: u64,
}

impl Matrix {
    /// The scores, the lights and the coverage of many entities, from a column of values for each indicator in
    /// the order of [`readings`](Self::readings). The values themselves of this matrix do not matter.
    ///
    /// Lights of indicators are exact. Scores are floats; within 5e-13 of an edge they are on it. Shards of
    /// entities may be scored apart.
    ///
    /// # Errors
    /// [`HealthError::LengthMismatch`] for another number of columns than indicators, or columns of different
    /// lengths; [`HealthError::TooLarge`] for more than 65,535 indicators; [`HealthError::Quantity`] where an edge needs
    /// more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Matrix, ValueColumn};
    /// use marketloop::target::Light;
    ///
    /// let stores = Matrix::marketing()?;
    /// let columns: Vec<ValueColumn> = (0..8)
    ///     .map(|_| ValueColumn::of(0, [40, 60, ValueColumn::MISSING]))
    ///     .collect::<Result<_, _>>()?;
    /// let found = stores.score_columns(&columns)?;
    /// assert_eq!(found.light(0, 0).get()?, Light::Yellow);
    /// assert_eq!(found.score(1).get()?, 0.96875);
    /// assert_eq!(found.score(2).to_string(), "missing: value of entity 2");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn score_columns(&self, columns: &[ValueColumn]) -> Result<ColumnScores, HealthError> {
        let plans = self.plans(columns)?;
        let entities = columns.first().map_or(0, ValueColumn::len);
        let mut found = ColumnScores {
            scores: Vec::with_capacity(entities),
            score_lights: Vec::with_capacity(entities),
            lights: columns.chunks(LIGHTS_OF_BYTE).map(|_| Vec::with_capacity(entities)).collect(),
            covered: Vec::with_capacity(entities),
            indicators: columns.len(),
            table: codes(self.bands()),
            score_table: codes(self.score_bands()),
        };
        let mut work = Work::new(self);
        // Block by block, all columns: the sums of a block stay in the first cache while its columns pass by.
        for from in (0..entities).step_by(BLOCK) {
            #[expect(
                clippy::arithmetic_side_effects,
                reason = "`from` is the place of a value of eight bytes"
            )]
            let to = entities.min(from + BLOCK);
            work.block(self, &plans, from, to, &mut found)?;
        }
        Ok(found)
    }

    fn plans<'a>(&'a self, columns: &'a [ValueColumn]) -> Result<Vec<Plan<'a>>, HealthError> {
        let expected = self.readings().count();
        if columns.len() != expected {
            return Err(HealthError::LengthMismatch { what: "columns", expected, found: columns.len() });
        }
        // What is counted in 16 bits must not come round to 0.
        within("indicators", u64::try_from(expected).ok(), MAX_INDICATORS)?;
        let entities = columns.first().map_or(0, ValueColumn::len);
        if let Some(other) = columns.iter().find(|column| column.len() != entities) {
            let found = other.len();
            return Err(HealthError::LengthMismatch {
                what: "values of a column",
                expected: entities,
                found,
            });
        }
        let bits = (0..2 * LIGHTS_OF_WORD).step_by(2).map(|shift| 1_u64 << shift).cycle();
        let plan = |((reading, column), bit): ((super::Reading<'a>, &'a ValueColumn), u64)| {
            let indicator = reading.indicator();
            let edges = Edges::new(&indicator.target, self.bands(), column.scale())?;
            let shape = Shape::new(reading.normaliser(), &indicator.target, column.scale())?;
            Ok(Plan {
                numbers: column.numbers(),
                scale: column.scale(),
                weight: indicator.weight.into(),
                normaliser: reading.normaliser(),
                shape,
                edges,
                bit,
            })
        };
        self.readings().zip(columns).zip(bits).map(plan).collect()
    }
}

/// What is in work for one block of entities.
struct Work {
    /// The codes of the lights of up to 24 columns, and how many of these have a score.
    tally: [u64; BLOCK],
    covered: [u16; BLOCK],
    /// The scores of its values, 0 where there is none.
    scores: [f64; BLOCK],
    /// 1 where there is a score, else 0.
    present: [f64; BLOCK],
    dimension: ScoreLevel,
    whole: ScoreLevel,
    dimension_weights: Vec<Weight>,
    score_edges: [f64; 2],
}

impl Work {
    fn new(matrix: &Matrix) -> Self {
        let zeros = [0.0; BLOCK];
        Self {
            tally: [0; BLOCK],
            covered: [0; BLOCK],
            scores: zeros,
            present: zeros,
            dimension: ScoreLevel::new(),
            whole: ScoreLevel::new(),
            dimension_weights: matrix.dimensions().iter().map(|dimension| dimension.weight.into()).collect(),
            score_edges: score_edges(matrix.score_bands()),
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a column has a number for each entity, a dimension its weight, a block at most `BLOCK` entities"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "`from <= to`")]
    fn block(
        &mut self,
        matrix: &Matrix,
        plans: &[Plan<'_>],
        from: usize,
        to: usize,
        found: &mut ColumnScores,
    ) -> Result<(), HealthError> {
        let scoring = matrix.scoring();
        let count = to - from;
        let mut words = found.lights.chunks_mut(LIGHTS_OF_WORD / LIGHTS_OF_BYTE);
        let mut plans = plans.iter();
        self.covered.fill(0);
        self.whole.clear(&scoring.dimension_aggregation, scoring.missing);
        for (position, dimension) in matrix.dimensions().iter().enumerate() {
            self.dimension.clear(&scoring.indicator_aggregation, scoring.missing);
            for plan in plans.by_ref().take(dimension.indicators.len()) {
                // A word holds the lights of 24 columns: emptied before the first, taken apart behind the last.
                if plan.bit == 1 {
                    self.tally.fill(0);
                }
                plan.score(&plan.numbers[from..to], scoring, self)?;
                if plan.bit == LAST_BIT
                    && let Some(columns) = words.next()
                {
                    self.unpack(count, columns);
                }
            }
            self.add_dimension(scoring, self.dimension_weights[position], count)?;
        }
        if let Some(rest) = words.next() {
            self.unpack(count, rest);
        }
        let parts = (&mut self.scores, &mut self.present);
        self.whole.finish(&scoring.dimension_aggregation, scoring.missing, count, parts)?;
        let scores = &self.scores[..count];
        found.scores.extend_from_slice(scores);
        found.covered.extend_from_slice(&self.covered[..count]);
        let edges = self.score_edges;
        found.score_lights.extend(scores.iter().zip(&self.present).map(|(score, present)| {
            let passed = edges.iter().map(|edge| u8::from(*score >= *edge)).fold(1, u8::wrapping_add);
            if *present > 0.5 { passed } else { 0 }
        }));
        Ok(())
    }

    /// The tally of each entity, and the score of a column and its presence.
    fn parts(&mut self) -> impl Iterator<Item = (&mut u64, (&mut f64, &mut f64))> {
        self.tally.iter_mut().zip(self.scores.iter_mut().zip(&mut self.present))
    }

    /// The tally of each entity, and the sums of the dimension in work.
    fn sums(&mut self) -> impl Iterator<Item = (&mut u64, (&mut f64, &mut f64))> {
        self.tally.iter_mut().zip(self.dimension.sums())
    }

    /// Adds the scores of the dimension in work to the sums of the whole.
    fn add_dimension(&mut self, scoring: &Scoring, weight: Weight, count: usize) -> Result<(), HealthError> {
        let (inner, outer) = (&scoring.indicator_aggregation, &scoring.dimension_aggregation);
        let normaliser = &scoring.dimension_normaliser;
        let unchanged = *normaliser == Normaliser::UNCHANGED;
        if weight.0.is_zero() {
            return Ok(());
        }
        // Plain means go from sums to sums: the scores of the dimension are not written down in between.
        if unchanged && is_plain(inner, scoring.missing) && is_plain(outer, scoring.missing) {
            self.whole.add_means(&self.dimension, weight, scoring.missing);
            return Ok(());
        }
        self.dimension.finish(inner, scoring.missing, count, (&mut self.scores, &mut self.present))?;
        if !unchanged {
            for (score, present) in self.scores.iter_mut().zip(&self.present) {
                *score = present * normaliser.estimate(*score);
            }
        }
        self.whole.add(outer, (&self.scores, &self.present), weight, scoring.missing);
        Ok(())
    }

    /// Takes the tally of a block apart, into the columns of four lights each.
    #[expect(clippy::cast_possible_truncation, reason = "a byte of a word, and a number of indicators")]
    #[expect(clippy::indexing_slicing, reason = "a block has at most `BLOCK` entities")]
    fn unpack(&mut self, count: usize, columns: &mut [Vec<u8>]) {
        for (column, shift) in columns.iter_mut().zip((0..).step_by(8)) {
            let mut four = [0_u8; BLOCK];
            for (four, tally) in four.iter_mut().zip(&self.tally) {
                *four = (*tally >> shift) as u8;
            }
            column.extend_from_slice(&four[..count]);
        }
        for (covered, tally) in self.covered.iter_mut().zip(&self.tally) {
            *covered = covered.wrapping_add((*tally / ONE_COVERED) as u16);
        }
    }
}

/// From where a float score passes each edge; infinity for an edge that there is not.
fn score_edges(bands: &Bands<Light>) -> [f64; 2] {
    let mut edges = [f64::INFINITY; 2];
    for (slot, (threshold, _)) in edges.iter_mut().zip(bands.edges()) {
        let at = threshold.at().to_f64();
        *slot = if threshold.is_included() { at - EDGE } else { libm::nextafter(at + EDGE, f64::INFINITY) };
    }
    edges
}

/// The whole number of at most 15 digits as a float; a missing value becomes one below all others.
///
/// The bits of a number added to those of 1.5 * 2^52 are that float's last bits. Unlike a conversion this is
/// done for several numbers at once on every machine.
const fn to_float(number: i64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    f64::from_bits(number.cast_unsigned().wrapping_add(SHIFT.to_bits())) - SHIFT
}

impl Plan<'_> {
    /// Tells the tally the lights of these values of the column, and the dimension in work their scores.
    fn score(&self, numbers: &[i64], scoring: &Scoring, work: &mut Work) -> Result<(), HealthError> {
        let block = (numbers, scoring);
        match self.shape {
            Shape::Line { from, span } => {
                let part = part_of(span);
                self.each(block, work, |x| clip((x - from) * part));
            }
            Shape::Unclipped { from, span } => self.each(block, work, |x| (x - from) / span),
            // Over 0 it is infinite, and clipped to 1 as the limit is.
            Shape::Inverse { most } => self.each(block, work, |x| clip(most / if x > 0.0 { x } else { 0.0 })),
            Shape::Range { low, part_of, high, above: LowerRule::Linear } => {
                self.each(block, work, |x| range(x, (low, part_of), high, 2.0 - x / high));
            }
            Shape::Range { low, part_of, high, above: LowerRule::Inverse } => {
                self.each(block, work, |x| range(x, (low, part_of), high, high / x));
            }
            Shape::Met(met) => self.each(block, work, |x| keep(1.0, is_within(x, met))),
            Shape::Other => {
                self.light(numbers, work.parts(), |_| 0.0, put_part);
                for ((score, number), present) in work.scores.iter_mut().zip(numbers).zip(&work.present) {
                    if *present > 0.5 {
                        let value = Decimal::from_i128_with_scale((*number).into(), self.scale);
                        *score = self.normaliser.score(value.into())?.to_f64();
                    }
                }
                self.add(scoring, work);
            }
        }
        Ok(())
    }

    fn each(&self, (numbers, scoring): (&[i64], &Scoring), work: &mut Work, score: impl Fn(f64) -> f64) {
        if is_plain(&scoring.indicator_aggregation, scoring.missing) {
            let zero = scoring.missing == MissingPolicy::Zero;
            let weight = self.weight.1;
            self.light(numbers, work.sums(), score, |(sum, weights), score, scored| {
                *sum += weight * score;
                *weights += keep(weight, scored | zero);
            });
        } else {
            self.light(numbers, work.parts(), score, put_part);
            self.add(scoring, work);
        }
    }

    /// Adds the scores of this column to the sums of the dimension in work.
    fn add(&self, scoring: &Scoring, work: &mut Work) {
        if !self.weight.0.is_zero() {
            let parts = (&work.scores, &work.present);
            work.dimension.add(&scoring.indicator_aggregation, parts, self.weight, scoring.missing);
        }
    }

    /// One pass over a block of a column, by the cheapest tests of where a value lies.
    fn light<'a, Out>(
        &self,
        numbers: &[i64],
        outs: impl Iterator<Item = (&'a mut u64, Out)>,
        score: impl Fn(f64) -> f64,
        put: impl Fn(Out, f64, bool),
    ) {
        let (bit, edges) = (self.bit, self.edges.passed);
        let empty = |(low, high): Interval| low > high;
        let (least, greatest) = super::column_edges::ALL;
        // A missing value is below all others: whatever was measured has a light and a score.
        let code = |measured: bool, first: bool, second: bool| {
            let lit = bit.wrapping_add(ONE_COVERED);
            mask(measured) & lit.wrapping_add(mask(first) & bit).wrapping_add(mask(second) & bit)
        };
        if edges.iter().all(|edge| empty(*edge) || edge.1 >= greatest) {
            // More is better: from a value on.
            let [first, second] = edges.map(|edge| if empty(edge) { f64::INFINITY } else { edge.0 });
            let tests = |x| (code(x >= least, x >= first, x >= second), x >= least);
            sweep(numbers, outs, score, tests, put);
        } else if edges.iter().all(|edge| empty(*edge) || edge.0 <= least) {
            // Less is better: up to a value.
            let [first, second] = edges.map(|edge| if empty(edge) { f64::NEG_INFINITY } else { edge.1 });
            let tests = |x| (code(x >= least, x <= first, x <= second), x >= least);
            sweep(numbers, outs, score, tests, put);
        } else {
            let [first, second] = edges;
            let tests = |x| (code(x >= least, is_within(x, first), is_within(x, second)), x >= least);
            sweep(numbers, outs, score, tests, put);
        }
    }
}

#[expect(clippy::needless_bitwise_bool, reason = "no branch: the loop runs on vectors")]
fn is_within(x: f64, (low, high): Interval) -> bool {
    (x >= low) & (x <= high)
}

/// One pass over a block of a column. `tests` says what a value adds to the tally, and whether it is scored.
#[inline]
fn sweep<'a, Out>(
    numbers: &[i64],
    outs: impl Iterator<Item = (&'a mut u64, Out)>,
    score: impl Fn(f64) -> f64,
    tests: impl Fn(f64) -> (u64, bool),
    put: impl Fn(Out, f64, bool),
) {
    for (number, (tally, out)) in numbers.iter().zip(outs) {
        let value = to_float(*number);
        let (counted, scored) = tests(value);
        *tally = tally.wrapping_add(counted);
        put(out, keep(score(value), scored), scored);
    }
}

/// Keeps the score of a value apart, and whether it has one.
fn put_part((score, present): (&mut f64, &mut f64), value: f64, scored: bool) {
    *score = value;
    *present = keep(1.0, scored);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Dimension, Indicator};
    use crate::target::{Better, Threshold};
    use crate::time::Grain;
    use rust_decimal::dec;

    fn matrix(indicators: Vec<Indicator>) -> Matrix {
        let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)));
        Matrix::new(bands.unwrap(), [Dimension::new("d", indicators)]).unwrap()
    }

    /// The end of such a target parts 1 from 0: an end rounded as a float gave the wrong one of both.
    #[test]
    fn a_target_that_is_only_met_or_missed_is_so_in_a_column() {
        for target in [
            "at least -0.3",
            "at least -0.30000000000000000001",
            "at least -0.29999999999999999999",
            "at most -1.1, linear",
            "between -0.3 and 5, linear",
            "between -0.3 and 0.1, inverse",
            "between -1.1 and -0.3, linear",
        ] {
            for number in [-12, -11, -10, -4, -3, -2, 0] {
                let value = Decimal::new(number, 1);
                let indicator = Indicator::new("i", target.parse().unwrap(), Grain::Month);
                let template = matrix(alloc::vec![indicator.clone()]);
                let measured =
                    Indicator { actual: Some(alloc::format!("{value}").parse().unwrap()), ..indicator };
                let exact = matrix(alloc::vec![measured]).assess().unwrap().score().known().unwrap().to_f64();
                let columns = [ValueColumn::of(1, [number]).unwrap()];
                let found = template.score_columns(&columns).unwrap().score(0).known().unwrap();
                assert!((found - exact).abs() < 1e-12, "{target}: {value} scores {found}, not {exact}");
            }
        }
    }

    /// Ends that lie close together far from 0: their difference as floats is mostly rounding.
    #[test]
    fn close_ends_far_from_zero_keep_their_digits() {
        for (worst, best) in [
            (dec!(1000000000000.1), dec!(1000000000000.2)),
            (dec!(1000000000000.2), dec!(1000000000000.1)),
            (dec!(1000000000000.1500000001), dec!(1000000000000.15)),
        ] {
            // So does a mean far from 0 with a small deviation.
            for normaliser in [
                Normaliser::goalposts(worst, best).unwrap(),
                Normaliser::standard_score(Better::Lower, worst, dec!(0.001)).unwrap(),
            ] {
                let indicator = Indicator::new("i", "at least 1".parse().unwrap(), Grain::Month);
                let template = matrix(alloc::vec![indicator.with_normaliser(normaliser.clone())]);
                for cents in [9, 10, 12, 15, 16, 20, 21] {
                    let number = 100_000_000_000_000 + cents;
                    let exact = normaliser.score(Decimal::new(number, 2).into()).unwrap().to_f64();
                    let columns = [ValueColumn::of(2, [number]).unwrap()];
                    let found = template.score_columns(&columns).unwrap().score(0).known().unwrap();
                    let off = (found - exact).abs() / exact.abs().max(1.0);
                    assert!(off < 1e-12, "{normaliser}: {number} scores {found}, not {exact}");
                }
            }
        }
    }

    /// The coverage is counted in 16 bits.
    #[test]
    fn more_indicators_than_the_coverage_counts_are_refused() {
        let indicators = (0..65_536).map(|index| {
            Indicator::new(alloc::format!("{index}"), "at least 1".parse().unwrap(), Grain::Month)
        });
        let columns = alloc::vec![ValueColumn::of(0, [1]).unwrap(); 65_536];
        let found = matrix(indicators.collect()).score_columns(&columns).map(|found| found.covered(0));
        assert!(matches!(found, Err(HealthError::TooLarge(_))), "{found:?}");
    }
}
