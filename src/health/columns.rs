//! Scores and lights of many entities at once, on columns.

use super::column_edges::{Edges, Interval};
use super::normaliser::{Kind, float};
use super::{Aggregation, Direction, HealthError, Matrix, MissingPolicy, Normaliser, Score, ValueColumn};
use crate::target::{Bands, EdgeSide, Goal, Light, LowerRule, Target};
use alloc::vec::Vec;
use rust_decimal::Decimal;

/// How many entities are scored at a time: what is in work stays in the first cache.
const BLOCK: usize = 256;
/// Half of the last decimal to which a score is rounded before it meets an edge.
const EDGE: f64 = 5e-13;

/// The scores and lights of many entities by one matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnScores {
    scores: Vec<f64>,
    score_lights: Vec<u8>,
    lights: Vec<Vec<u8>>,
    covered: Vec<u16>,
    table: [Option<Light>; 4],
    score_table: [Option<Light>; 4],
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

    /// The score of an entity; `None` where values are missing and the policy says so.
    #[must_use]
    pub fn score(&self, entity: usize) -> Option<f64> {
        let lit = self.score_lights.get(entity).is_some_and(|code| *code > 0);
        self.scores.get(entity).copied().filter(|_| lit)
    }

    /// The scores of all entities, 0 where there is none.
    #[must_use]
    pub fn scores(&self) -> &[f64] {
        &self.scores
    }

    /// The light of an entity's score.
    #[must_use]
    pub fn score_light(&self, entity: usize) -> Option<Light> {
        self.score_lights.get(entity).and_then(|code| light(self.score_table, *code))
    }

    /// The light of one of the matrix's indicators for an entity.
    #[must_use]
    pub fn light(&self, indicator: usize, entity: usize) -> Option<Light> {
        self.lights.get(indicator)?.get(entity).and_then(|code| light(self.table, *code))
    }

    /// How many indicators of an entity have a score.
    #[must_use]
    pub fn covered(&self, entity: usize) -> Option<u16> {
        self.covered.get(entity).copied()
    }
}

fn light(table: [Option<Light>; 4], code: u8) -> Option<Light> {
    table.get(usize::from(code)).copied().flatten()
}

/// A light's code is 0 for none, else 1 more than the edges that were passed.
fn codes(bands: &Bands<Light>) -> [Option<Light>; 4] {
    let mut table = [None; 4];
    let classes = core::iter::once(bands.lowest()).chain(bands.edges().iter().map(|edge| &edge.class));
    for (slot, class) in table.iter_mut().skip(1).zip(classes) {
        *slot = Some(*class);
    }
    table
}

/// How one column becomes scores and lights.
struct Plan<'a> {
    numbers: &'a [i64],
    scale: u32,
    weight: Decimal,
    normaliser: &'a Normaliser,
    shape: Shape,
    scored: Interval,
    edges: Edges,
}

/// The shape of a score over the whole numbers of a column.
enum Shape {
    /// `[(x - from) / span]`.
    Line { from: f64, span: f64 },
    /// `(x - from) / span`.
    Unclipped { from: f64, span: f64 },
    /// `[most / x]`.
    Inverse { most: f64 },
    /// 1 between, a line below, one of both above.
    Range { low: f64, high: f64, above: LowerRule },
    /// Whatever the normaliser says.
    Other,
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
    /// lengths; [`HealthError::Quantity`] where an edge needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::health::{Dimension, Indicator, Matrix, ReviewCycle, ValueColumn};
    /// use marketloop::target::Light;
    ///
    /// let stores = Matrix::marketing()?;
    /// let columns: Vec<ValueColumn> = (0..8)
    ///     .map(|_| ValueColumn::of(0, [40, 60, ValueColumn::MISSING]))
    ///     .collect::<Result<_, _>>()?;
    /// let found = stores.score_columns(&columns)?;
    /// assert_eq!(found.light(0, 0), Some(Light::Yellow));
    /// assert_eq!((found.score(1), found.score(2)), (Some(0.96875), None));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn score_columns(&self, columns: &[ValueColumn]) -> Result<ColumnScores, HealthError> {
        let plans = self.plans(columns)?;
        let entities = columns.first().map_or(0, ValueColumn::len);
        let mut found = ColumnScores {
            scores: Vec::with_capacity(entities),
            score_lights: Vec::with_capacity(entities),
            lights: columns.iter().map(|_| Vec::with_capacity(entities)).collect(),
            covered: Vec::with_capacity(entities),
            table: codes(self.bands()),
            score_table: codes(self.score_bands()),
        };
        let mut work = Work::new();
        let mut from = 0_usize;
        while from < entities {
            let to = from.saturating_add(BLOCK).min(entities);
            work.block(self, &plans, from, to, &mut found)?;
            from = to;
        }
        Ok(found)
    }

    fn plans<'a>(&'a self, columns: &'a [ValueColumn]) -> Result<Vec<Plan<'a>>, HealthError> {
        let expected = self.readings().count();
        if columns.len() != expected {
            return Err(HealthError::LengthMismatch { what: "columns", expected, found: columns.len() });
        }
        let entities = columns.first().map_or(0, ValueColumn::len);
        if let Some(other) = columns.iter().find(|column| column.len() != entities) {
            let found = other.len();
            return Err(HealthError::LengthMismatch {
                what: "values of a column",
                expected: entities,
                found,
            });
        }
        let plan = |(reading, column): (super::Reading<'a>, &'a ValueColumn)| {
            let indicator = reading.indicator();
            let edges = Edges::new(&indicator.target, self.bands(), column.scale())?;
            let shape = Shape::new(reading.normaliser(), &indicator.target, column.scale());
            Ok(Plan {
                numbers: column.numbers(),
                scale: column.scale(),
                weight: indicator.weight,
                normaliser: reading.normaliser(),
                shape,
                scored: if reading.normaliser().needs_target() {
                    edges.lit
                } else {
                    super::column_edges::ALL
                },
                edges,
            })
        };
        self.readings().zip(columns).map(plan).collect()
    }
}

impl Shape {
    fn new(normaliser: &Normaliser, target: &Target, scale: u32) -> Self {
        let unit = float(Decimal::from_i128_with_scale(1, scale));
        let line = |from: Decimal, to: Decimal| {
            let (from, to) = (float(from) / unit, float(to) / unit);
            Self::Line { from, span: to - from }
        };
        match &normaliser.0 {
            Kind::TargetRatio => match target.goal() {
                Goal::AtLeast(least) => line(Decimal::ZERO, least),
                Goal::AtMost(most, LowerRule::Inverse) => Self::Inverse { most: float(most) / unit },
                Goal::AtMost(most, LowerRule::Linear) => {
                    let most = float(most) / unit;
                    Self::Line { from: 2.0 * most, span: -most }
                }
                Goal::Between { low, high, above } => {
                    Self::Range { low: float(low) / unit, high: float(high) / unit, above }
                }
            },
            Kind::Unchanged => Self::Unclipped { from: 0.0, span: 1.0 / unit },
            Kind::Goalposts { worst, best } => line(*worst, *best),
            Kind::MinMax { better: Direction::More, least, greatest } => line(*least, *greatest),
            Kind::MinMax { better: Direction::Less, least, greatest } => line(*greatest, *least),
            Kind::StandardScore { better, mean, deviation } => {
                let deviation = float(*deviation) / unit;
                let span = if *better == Direction::More { deviation } else { -deviation };
                Self::Unclipped { from: float(*mean) / unit, span }
            }
            Kind::Percentile { .. } | Kind::Logistic { .. } | Kind::PiecewiseLinear { .. } => Self::Other,
        }
    }
}

/// What is in work for one block of entities.
struct Work {
    /// The codes of the lights of a column.
    codes: [u64; BLOCK],
    /// The scores of its values, 0 where there is none.
    scores: [f64; BLOCK],
    /// 1 where there is a score, else 0.
    present: [f64; BLOCK],
    dimension: Level,
    whole: Level,
}

/// The sums of a level: of weighted terms, of their weights, and how many parts of weight are missing.
struct Level {
    terms: [f64; BLOCK],
    weights: [f64; BLOCK],
    missing: [f64; BLOCK],
    /// For an aggregation by ranks: all parts of each entity.
    parts: Vec<Vec<(Decimal, f64)>>,
}

impl Work {
    fn new() -> Self {
        let zeros = [0.0; BLOCK];
        let (dimension, whole) = (Level::new(), Level::new());
        Self { codes: [0; BLOCK], scores: zeros, present: zeros, dimension, whole }
    }

    fn block(
        &mut self,
        matrix: &Matrix,
        plans: &[Plan<'_>],
        from: usize,
        to: usize,
        found: &mut ColumnScores,
    ) -> Result<(), HealthError> {
        let scoring = matrix.scoring();
        let count = to.saturating_sub(from);
        let mut covered = [0.0; BLOCK];
        let mut plans = plans.iter().zip(&mut found.lights);
        self.whole.clear(&scoring.dimensions.aggregation);
        for dimension in matrix.dimensions() {
            self.dimension.clear(&scoring.indicators.aggregation);
            for (plan, lights) in plans.by_ref().take(dimension.indicators.len()) {
                let numbers = plan.numbers.get(from..to).unwrap_or_default();
                plan.score(numbers, self)?;
                lights.extend(self.codes.iter().take(count).map(|code| code.to_le_bytes()[0]));
                for (covered, present) in covered.iter_mut().zip(&self.present) {
                    *covered += present;
                }
                if !plan.weight.is_zero() {
                    let parts = (&self.scores, &self.present);
                    self.dimension.add(&scoring.indicators.aggregation, parts, plan.weight, scoring.missing);
                }
            }
            self.dimension.finish(
                &scoring.indicators.aggregation,
                scoring.missing,
                count,
                (&mut self.scores, &mut self.present),
            )?;
            if !dimension.weight.is_zero() {
                if scoring.dimensions.normaliser != Normaliser::UNCHANGED {
                    for (score, present) in self.scores.iter_mut().zip(&self.present) {
                        *score = present * scoring.dimensions.normaliser.estimate(*score);
                    }
                }
                let parts = (&self.scores, &self.present);
                self.whole.add(&scoring.dimensions.aggregation, parts, dimension.weight, scoring.missing);
            }
        }
        let parts = (&mut self.scores, &mut self.present);
        self.whole.finish(&scoring.dimensions.aggregation, scoring.missing, count, parts)?;
        let scores = self.scores.get(..count).unwrap_or_default();
        found.scores.extend_from_slice(scores);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number of indicators"
        )]
        found.covered.extend(covered.iter().take(count).map(|covered: &f64| *covered as u16));
        let edges = score_edges(matrix.score_bands());
        found.score_lights.extend(scores.iter().zip(&self.present).map(|(score, present)| {
            let passed = edges.iter().map(|edge| u8::from(*score >= *edge)).fold(1, u8::wrapping_add);
            if *present > 0.5 { passed } else { 0 }
        }));
        Ok(())
    }
}

/// From where a float score passes each edge; infinity for an edge that there is not.
fn score_edges(bands: &Bands<Light>) -> [f64; 2] {
    let mut edges = [f64::INFINITY; 2];
    for (slot, edge) in edges.iter_mut().zip(bands.edges()) {
        let at = edge.threshold.at.to_f64();
        *slot = if edge.threshold.side == EdgeSide::Above {
            at - EDGE
        } else {
            libm::nextafter(at + EDGE, f64::INFINITY)
        };
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

/// 1 for true, without a branch.
const fn flag(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

impl Plan<'_> {
    /// The lights, scores and presence of these values of the column.
    fn score(&self, numbers: &[i64], work: &mut Work) -> Result<(), HealthError> {
        match self.shape {
            Shape::Line { from, span } => self.each(numbers, work, |x| ((x - from) / span).clamp(0.0, 1.0)),
            Shape::Unclipped { from, span } => self.each(numbers, work, |x| (x - from) / span),
            Shape::Inverse { most } => self.each(numbers, work, |x| (most / x.max(0.5)).clamp(0.0, 1.0)),
            Shape::Range { low, high, above } => self.each(numbers, work, |x| {
                let ratio = if x < low {
                    x / low
                } else if x <= high {
                    1.0
                } else if above == LowerRule::Linear {
                    2.0 - x / high
                } else {
                    high / x
                };
                // A quotient with 0 stands only where there is no score, and is taken for none there.
                if ratio.is_nan() { 0.0 } else { ratio.clamp(0.0, 1.0) }
            }),
            Shape::Other => {
                self.each(numbers, work, |_| 0.0);
                for ((score, number), present) in work.scores.iter_mut().zip(numbers).zip(&work.present) {
                    if *present > 0.5 {
                        let value = Decimal::from_i128_with_scale((*number).into(), self.scale);
                        *score = self.normaliser.score(value.into())?.to_f64();
                    }
                }
            }
        }
        Ok(())
    }

    fn each(&self, numbers: &[i64], work: &mut Work, score: impl Fn(f64) -> f64) {
        let (lit, [first, second]) = (self.edges.lit, self.edges.passed);
        let everything = super::column_edges::ALL.1;
        let rising = [lit, self.scored].iter().all(|(_, high)| *high >= everything)
            && [first, second].iter().all(|(low, high)| low > high || *high >= everything);
        if rising && self.scored.0.total_cmp(&lit.0).is_eq() {
            // More is better: three thresholds, each not below the one before it, say all.
            let at = [lit.0, first.0, second.0];
            sweep(numbers, work, score, |x| {
                let lit = x >= at[0];
                let passed = u64::from(x >= at[1]).wrapping_add((x >= at[2]).into());
                // Without a light no edge counts: a threshold at or below 0 lies where nothing is defined.
                let code = u64::from(lit).wrapping_mul(passed.wrapping_add(1));
                (code, lit)
            });
        } else {
            let scored = self.scored;
            #[expect(clippy::needless_bitwise_bool, reason = "no branch: the loop runs on vectors")]
            let within = |x: f64, (low, high): Interval| (x >= low) & (x <= high);
            sweep(numbers, work, score, |x| {
                let passed = u64::from(within(x, first)).wrapping_add(within(x, second).into());
                (u64::from(within(x, lit)).wrapping_mul(passed.wrapping_add(1)), within(x, scored))
            });
        }
    }
}

/// One pass over a block of a column: the code of each value's light, its score, and whether it has one.
#[inline]
fn sweep(numbers: &[i64], work: &mut Work, score: impl Fn(f64) -> f64, light: impl Fn(f64) -> (u64, bool)) {
    let outs = work.codes.iter_mut().zip(&mut work.scores).zip(&mut work.present);
    for (number, ((code, out), present)) in numbers.iter().zip(outs) {
        let value = to_float(*number);
        let (light, scored) = light(value);
        *code = light;
        *out = if scored { score(value) } else { 0.0 };
        *present = flag(scored);
    }
}

impl Level {
    fn new() -> Self {
        let zeros = [0.0; BLOCK];
        Self { terms: zeros, weights: zeros, missing: zeros, parts: Vec::new() }
    }

    fn clear(&mut self, aggregation: &Aggregation) {
        let start = if *aggregation == Aggregation::WeakestLink { f64::INFINITY } else { 0.0 };
        self.terms.fill(start);
        self.weights.fill(0.0);
        self.missing.fill(0.0);
        self.parts.iter_mut().for_each(Vec::clear);
    }

    fn add(
        &mut self,
        aggregation: &Aggregation,
        (scores, present): (&[f64; BLOCK], &[f64; BLOCK]),
        exact_weight: Decimal,
        missing: MissingPolicy,
    ) {
        let weight = float(exact_weight);
        // A missing part has the score 0: where it counts as that, it is a part like the others.
        match missing {
            MissingPolicy::Skip => {
                for (weights, present) in self.weights.iter_mut().zip(present) {
                    *weights += weight * present;
                }
            }
            MissingPolicy::Zero => self.weights.iter_mut().for_each(|weights| *weights += weight),
            MissingPolicy::Propagate => {
                for ((missing, weights), present) in
                    self.missing.iter_mut().zip(&mut self.weights).zip(present)
                {
                    *missing += 1.0 - present;
                    *weights += weight;
                }
            }
        }
        let zero = missing == MissingPolicy::Zero;
        let cells = self.terms.iter_mut().zip(scores).zip(present);
        match aggregation {
            Aggregation::Arithmetic => {
                for ((sum, score), _) in cells {
                    *sum += weight * score;
                }
            }
            Aggregation::WeakestLink => {
                for ((least, score), present) in cells {
                    *least = if zero || *present > 0.5 { least.min(*score) } else { *least };
                }
            }
            Aggregation::Geometric => add_terms(cells, zero, |score| weight * libm::log(score)),
            Aggregation::Harmonic => add_terms(cells, zero, |score| weight / score),
            Aggregation::Power(exponent) => {
                let exponent = float(*exponent);
                add_terms(cells, zero, |score| weight * libm::pow(score, exponent));
            }
            Aggregation::OrderedWeighted(_) => {
                self.parts.resize_with(BLOCK, Vec::new);
                for ((parts, score), present) in self.parts.iter_mut().zip(scores).zip(present) {
                    if zero || *present > 0.5 {
                        parts.push((exact_weight, *score));
                    }
                }
            }
        }
    }

    /// The scores of the level, 0 where there is none, and 1 where there is one.
    fn finish(
        &mut self,
        aggregation: &Aggregation,
        missing: MissingPolicy,
        count: usize,
        (scores, present): (&mut [f64; BLOCK], &mut [f64; BLOCK]),
    ) -> Result<(), HealthError> {
        for (present, weights) in present.iter_mut().zip(&self.weights) {
            *present = flag(*weights > 0.0);
        }
        if missing == MissingPolicy::Propagate {
            for (present, missing) in present.iter_mut().zip(&self.missing) {
                *present *= flag(*missing < 0.5);
            }
        }
        let cells = scores.iter_mut().zip(&self.terms).zip(&self.weights).zip(present.iter()).take(count);
        match aggregation {
            Aggregation::Arithmetic => {
                for (((score, terms), weights), present) in cells {
                    // Without weight there are no terms: 0 over the least weight is 0.
                    *score = present * (terms / weights.max(f64::MIN_POSITIVE));
                }
            }
            Aggregation::WeakestLink => finish_terms(cells, |least, _| least),
            Aggregation::Geometric => finish_terms(cells, |terms, weights| libm::exp(terms / weights)),
            Aggregation::Harmonic => finish_terms(cells, |terms, weights| weights / terms),
            Aggregation::Power(exponent) => {
                let inverse = 1.0 / float(*exponent);
                finish_terms(cells, |terms, weights| libm::pow(terms / weights, inverse));
            }
            Aggregation::OrderedWeighted(_) => {
                let cells = scores.iter_mut().zip(&self.parts).zip(present.iter()).take(count);
                for ((score, parts), present) in cells {
                    *score = if *present > 0.5 { by_rank(aggregation, parts)? } else { 0.0 };
                }
            }
        }
        Ok(())
    }
}

/// Adds the term of each part that counts.
fn add_terms<'a>(
    cells: impl Iterator<Item = ((&'a mut f64, &'a f64), &'a f64)>,
    zero: bool,
    term: impl Fn(f64) -> f64,
) {
    for ((sum, score), present) in cells {
        if zero || *present > 0.5 {
            *sum += term(*score);
        }
    }
}

/// The score of each entity from its sums, where it has one.
fn finish_terms<'a>(
    cells: impl Iterator<Item = (((&'a mut f64, &'a f64), &'a f64), &'a f64)>,
    score_of: impl Fn(f64, f64) -> f64,
) {
    for (((score, terms), weights), present) in cells {
        *score = if *present > 0.5 { score_of(*terms, *weights) } else { 0.0 };
    }
}

/// The aggregation by ranks of one entity's parts.
fn by_rank(aggregation: &Aggregation, parts: &[(Decimal, f64)]) -> Result<f64, HealthError> {
    let undefined = || HealthError::Undefined { what: "the score of an entity" };
    let parts: Option<Vec<(Decimal, Score)>> =
        parts.iter().map(|(weight, score)| Some((*weight, Score::estimate(*score)?))).collect();
    Ok(aggregation.aggregate(&parts.ok_or_else(undefined)?)?.to_f64())
}
