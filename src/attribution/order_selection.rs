//! Which order of a chain predicts journeys best that it has not seen.

use super::columns::float;
use super::smoothing::{SmoothedChain, transitions};
use super::{AttributionError, Outcome, PathTable, Row, Totals};
use crate::figure::{Cause, Cell, Figure, Table, to_wire};
use crate::quantity::wire::serialize_fields;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// How well a chain of one order predicts journeys that it was not fitted to.
#[derive(Debug, Clone, PartialEq)]
struct OrderScore {
    order: usize,
    log_likelihood: f64,
    auc: Figure<f64>,
}

serialize_fields!(OrderScore { order, log_likelihood: own, auc });

/// The order that was chosen, and why.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OrderChoice {
    /// The order: the lowest that is behind the best by at most the tolerance.
    pub order: usize,
    /// The order of the best score; the lower one of equals.
    pub best: usize,
    /// By how much the score of the chosen order is below the best.
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    pub behind: f64,
    /// One standard error of that difference: what would be put down to chance.
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    pub tolerance: f64,
}

/// The scores of the orders of a chain on journeys that it was not fitted to.
///
/// A chain of a higher order fits the journeys it was made of better, always; only others show whether it knows
/// more. Every order predicts the same steps, so that the scores can be compared. What was not seen in the first
/// table does not make a score infinite: a context that it lacks backs off to shorter ones.
///
/// # Formula
/// With `c(h, x)` how often step `x` followed the context `h` (the last touches, or the start and all touches so
/// far), `c(h)` how often any did, `d(h)` how many different ones did, and `h'` the context without its first
/// touch: `P(x | h) = (c(h, x) + d(h) P(x | h')) / (c(h) + d(h))` (I. H. Witten, T. C. Bell, 1991). A context that
/// never came up, or as often as `h'`, has the probabilities of `h'`. The empty context backs off to
/// `1 / (channels of both tables + 2)`.
///
/// The chance of a conversion is `P(conversion | h) / (P(conversion | h) + P(null | h))` behind the last touch.
///
/// # Examples
/// ```
/// use marketloop::attribution::{OrderSelection, Outcome, PathTable};
/// use marketloop::quantity::Currency;
///
/// // Email converts behind social, and never behind SEM: the last touch alone does not tell.
/// let mut builder = PathTable::builder(Currency::CNY);
/// builder.push_text("social > Email", ">", Outcome { conversions: 60, nulls: 40, value: 0 })?;
/// builder.push_text("SEM > Email", ">", Outcome { conversions: 0, nulls: 100, value: 0 })?;
/// let (fitted, held_out) = builder.build().split_every(4)?;
/// let selection = OrderSelection::new(&fitted, &held_out, 3)?;
/// assert_eq!(selection.by_likelihood().order, 2);
/// assert_eq!(selection.by_auc().get()?.order, 2);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OrderSelection {
    scores: Vec<OrderScore>,
    by_likelihood: OrderChoice,
    by_auc: Figure<OrderChoice>,
    held_out: Totals,
}

to_wire!(OrderChoice);

impl OrderSelection {
    /// The scores on `held_out` of chains of the orders 1 to `max_order` that are fitted to `fitted`. The order of
    /// the journeys changes nothing.
    ///
    /// # Errors
    /// [`AttributionError::Order`] for an order outside 1..=255; [`AttributionError::NoPaths`] where one of the
    /// tables is empty; [`AttributionError::Overflow`] for more contexts or steps than can be counted.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{OrderSelection, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("social > Email", ">", Outcome { conversions: 6, nulls: 4, value: 0 })?;
    /// let (fitted, held_out) = builder.build().split_every(2)?;
    /// let selection = OrderSelection::new(&fitted, &held_out, 2)?;
    /// assert_eq!(selection.scores().map(|(order, ..)| order).collect::<Vec<_>>(), [1, 2]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(
        clippy::indexing_slicing,
        reason = "there is a sum for each order, and the order is 1 or more: checked with the chain"
    )]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "logarithms of floats times counts of 63 bits, in 2^-40: far from 128 bits"
    )]
    pub fn new(fitted: &PathTable, held_out: &PathTable, max_order: usize) -> Result<Self, AttributionError> {
        let chain = SmoothedChain::new(fitted, max_order)?;
        if held_out.is_empty() {
            return Err(AttributionError::NoPaths);
        }
        let beyond = AttributionError::Overflow { what: "a sum of log-likelihoods" };
        let steps = transitions(held_out).ok_or_else(|| beyond.clone())?;
        let sums = summed(&chain, held_out, max_order, |logs, order| logs[order])?;
        let best =
            sums.iter().enumerate().fold(0, |best, (at, sum)| if *sum > sums[best] { at } else { best });
        // A second pass: the spread is that against the best order, which the first one tells.
        let squares = summed(&chain, held_out, max_order, |logs, order| {
            let square =
                |end: usize| (logs[best][end] - logs[order][end]) * (logs[best][end] - logs[order][end]);
            [square(0), square(1)]
        })?;
        let journeys = float(held_out.totals().journeys);
        let per_step = |sum: i128| whole(sum) / float(steps);
        let highest = sums[best];
        let choices = (1_usize..).zip(sums.iter().zip(squares)).map(|(order, (sum, square))| {
            // Sums of what fits 128 bits with room: checked when they were made.
            let behind = highest - *sum;
            // The variance of the sum of independent differences, from their spread around their mean.
            let spread = (whole(square) - whole(behind) * whole(behind) / journeys).max(0.0);
            // One journey alone has no spread to divide by its degrees of freedom.
            let error = libm::sqrt(spread * journeys / (journeys - 1.0).max(1.0));
            let (behind, tolerance) = (per_step(behind), error / float(steps));
            OrderChoice { order, best: best + 1, behind, tolerance }
        });
        // The lowest order that the data cannot tell from the best: a longer memory must pay for itself.
        let first = choices.clone().find(|choice| choice.behind <= choice.tolerance);
        let by_likelihood = first.ok_or(beyond)?;
        let mut scores = Vec::with_capacity(max_order);
        for (order, sum) in (1..).zip(&sums) {
            let auc = area(&chain, held_out, order);
            scores.push(OrderScore { order, log_likelihood: per_step(*sum), auc });
        }
        let by_auc = chosen_by_auc(&scores, held_out);
        Ok(Self { scores, by_likelihood, by_auc, held_out: held_out.totals() })
    }

    /// The journeys that the scores are about. Of a few that converted an AUC says little.
    #[must_use]
    pub const fn held_out(&self) -> Totals {
        self.held_out
    }

    /// For each order from 1: the order, its log-likelihood and its AUC.
    ///
    /// The log-likelihood is the mean logarithm (base e) of the probability of a step: of a touch, or of the journey's
    /// end. The AUC is the probability that the chain gives a higher chance to a journey that converted than to one that
    /// did not; a tie (to 1e-12) is half. 0.5 is a guess; it is undefined where all journeys convert or none does.
    #[must_use]
    pub fn scores(&self) -> impl ExactSizeIterator<Item = (usize, f64, &Figure<f64>)> + '_ {
        self.scores.iter().map(|score| (score.order, score.log_likelihood, &score.auc))
    }

    /// The lowest order whose log-likelihood is within one standard error of the best (the rule of L. Breiman,
    /// J. H. Friedman, R. A. Olshen, C. J. Stone, 1984), by step. The error is that of the difference between
    /// the two orders, journey by journey.
    #[must_use]
    pub const fn by_likelihood(&self) -> OrderChoice {
        self.by_likelihood
    }

    /// The lowest order whose AUC is within one standard error of the best; undefined where there is no AUC.
    ///
    /// # Formula
    /// `SE^2 = (A (1 - A) + (p - 1)(A / (2 - A) - A^2) + (n - 1)(2 A^2 / (1 + A) - A^2)) / (p n)` of the best AUC
    /// `A`, with `p` journeys that convert and `n` that do not (J. A. Hanley, B. J. `McNeil`, 1982).
    #[must_use]
    pub fn by_auc(&self) -> Figure<OrderChoice> {
        self.by_auc.clone()
    }

    /// What the AUC of the best order says, in a sentence: how many journeys it is about, and whether it is better than a guess.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{OrderSelection, Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("social", ">", Outcome { conversions: 60, nulls: 40, value: 0 })?;
    /// builder.push_text("SEM", ">", Outcome { conversions: 0, nulls: 100, value: 0 })?;
    /// let (fitted, held_out) = builder.build().split_every(4)?;
    /// assert_eq!(
    ///     OrderSelection::new(&fitted, &held_out, 1)?.quality(),
    ///     "on 50 held-out journeys, 15 of which converted, the AUC of order 1 is 0.86 (standard error 0.07): better than a guess"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn quality(&self) -> String {
        let Totals { journeys, conversions, .. } = self.held_out;
        let sample = format!("on {journeys} held-out journeys, {conversions} of which converted,");
        let Some((auc, OrderChoice { best, tolerance, .. })) = self.best_auc() else {
            return format!("{sample} there is no AUC: it takes some of both kinds");
        };
        let than = match self.beats_a_guess() {
            Figure::Known(true) => "better than a guess",
            _ if auc < 0.5 => "worse than a guess, which has 0.5",
            _ => "not told from a guess, which has 0.5",
        };
        format!("{sample} the AUC of order {best} is {auc:.2} (standard error {tolerance:.2}): {than}")
    }

    /// Whether the best AUC is more than two standard errors above that of a guess, 0.5; undefined where there is no AUC.
    ///
    /// Credits of a chain that does not beat a guess tell what happened, and not who converts: no budget is moved by them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{OrderSelection, Outcome, PathTable};
    /// use marketloop::figure::Figure;
    /// use marketloop::quantity::Currency;
    ///
    /// // Whoever converted came through social, and so did who did not.
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("social", ">", Outcome { conversions: 60, nulls: 40, value: 0 })?;
    /// let (fitted, held_out) = builder.build().split_every(4)?;
    /// assert_eq!(OrderSelection::new(&fitted, &held_out, 1)?.beats_a_guess(), Figure::Known(false));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn beats_a_guess(&self) -> Figure<bool> {
        let best = self.by_auc.as_ref().map(|_| ());
        // Two standard errors: what one sample in twenty shows by chance.
        best.map(|()| self.best_auc().is_some_and(|(auc, choice)| auc - 2.0 * choice.tolerance > 0.5))
    }

    /// The AUC of the best order, and the choice by it.
    fn best_auc(&self) -> Option<(f64, OrderChoice)> {
        let choice = self.by_auc.clone().known()?;
        let score = self.scores.iter().find(|score| score.order == choice.best)?;
        Some((score.auc.clone().known()?, choice))
    }

    /// A row for each order, with the number of journeys that were held out; at the chosen one, why it is, and at an AUC
    /// below 0.5 that it is worse than a guess.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("order");
        for score in &self.scores {
            let cell = |value: Cell, choice: Option<&OrderChoice>| match choice {
                Some(choice) if choice.order == score.order => value.because(choice),
                _ => value,
            };
            let by_auc = self.by_auc.as_ref().known();
            let log_likelihood = cell(Cell::new(score.log_likelihood, "1"), Some(&self.by_likelihood));
            table.push(score.order, "log-likelihood of a step", log_likelihood);
            let mut auc = cell(score.auc.clone().map(|auc| Cell::new(auc, "1")).into(), by_auc);
            // That an order is the best of those worse than a guess is no merit.
            if score.auc.as_ref().known().is_some_and(|auc| *auc < 0.5) {
                auc = auc.because("an AUC below 0.5 is worse than a guess");
            }
            table.push(score.order, "AUC", auc);
            table.push(score.order, "held-out journeys", Cell::new(self.held_out.journeys, "journey"));
            table.push(score.order, "of them converted", Cell::new(self.held_out.conversions, "journey"));
        }
        table
    }
}

impl fmt::Display for OrderSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl fmt::Display for OrderChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { order, best, behind, tolerance } = self;
        if *best == 1 {
            return write!(f, "order 1 is the best");
        }
        if order == best {
            return write!(f, "order {order} is the best, and no lower one is within a standard error of it");
        }
        write!(f, "order {order} is behind order {best} by {behind:.6}, a standard error is {tolerance:.6}")
    }
}

/// Sums over all journeys of a figure of those that convert and of those that do not, by order, in 2^-40: whole
/// numbers, so that the order of the rows changes nothing.
fn summed(
    chain: &SmoothedChain<'_>,
    paths: &PathTable,
    most: usize,
    figures: impl Fn(&[[f64; 2]], usize) -> [f64; 2],
) -> Result<Vec<i128>, AttributionError> {
    let beyond = AttributionError::Overflow { what: "a sum of log-likelihoods" };
    let mut reader = chain.reader(paths);
    let (mut logs, mut sums) = (Vec::new(), alloc::vec![0_i128; most]);
    for row in paths.rows() {
        reader.log_likelihoods(row.path, &mut logs);
        for (order, sum) in sums.iter_mut().enumerate() {
            let [conversion, null] = figures(&logs, order);
            for (figure, count) in [(conversion, row.outcome.conversions), (null, row.outcome.nulls)] {
                // In fixed point: a sum of integers is the same for every order of the rows.
                let part = fixed(figure).checked_mul(count.into());
                *sum = part.and_then(|part| sum.checked_add(part)).ok_or_else(|| beyond.clone())?;
            }
        }
    }
    Ok(sums)
}

/// Chances that are this close tie.
const TIE: f64 = 1e-12;

/// The area under the curve of true against false predictions, by ranks: pairs in the right order, ties half.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "all counts together have 63 bits: twice the product of two parts of them fits"
)]
fn area(chain: &SmoothedChain<'_>, paths: &PathTable, order: usize) -> Figure<f64> {
    let mut reader = chain.reader(paths);
    let mut chances: Vec<(f64, u64, u64)> = paths
        .rows()
        .map(|row| (reader.conversion(row.path, order), row.outcome.conversions, row.outcome.nulls))
        .collect();
    chances.sort_unstable_by(|(one, ..), (other, ..)| one.total_cmp(other));
    // Equal chances may come from different sums.
    let ties = chances.chunk_by(|(one, ..), (other, ..)| other - one <= TIE);
    // All counts together have 63 bits: twice the product of two parts of them fits.
    let (mut converted, mut nulls, mut twice) = (0_u128, 0_u128, 0_u128);
    for tie in ties {
        let sum =
            |count: fn(&(f64, u64, u64)) -> u64| tie.iter().map(|row| u128::from(count(row))).sum::<u128>();
        let (right, wrong) = (sum(|row| row.1), sum(|row| row.2));
        // Ties count half a pair: twice the sum stays whole.
        twice += right * (2 * nulls + wrong);
        (converted, nulls) = (converted + right, nulls + wrong);
    }
    let pairs = converted * nulls;
    if pairs > 0 {
        return Figure::Known(wide(twice) / 2.0 / wide(pairs));
    }
    let none = if converted == 0 { "journey that converts" } else { "journey that does not convert" };
    Figure::undefined("AUC", Cause::None(none.into()))
}

fn chosen_by_auc(scores: &[OrderScore], paths: &PathTable) -> Figure<OrderChoice> {
    // One table has pairs or has none, whatever the order.
    let areas: Figure<Vec<(usize, f64)>> = scores.iter().fold(Figure::Known(Vec::new()), |areas, score| {
        areas.zip(score.auc.clone()).map(|(mut areas, area)| {
            areas.push((score.order, area));
            areas
        })
    });
    areas.and_then(|areas| {
        let none = || Figure::undefined("AUC", Cause::None("order".into()));
        lowest_by_auc(&areas, paths).map_or_else(none, Figure::Known)
    })
}

fn lowest_by_auc(areas: &[(usize, f64)], paths: &PathTable) -> Option<OrderChoice> {
    let areas = areas.iter().copied();
    let best = areas.clone().reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let (totals, area) = (paths.totals(), best.1);
    let (converted, nulls) = (float(totals.conversions), float(totals.nulls));
    // From the area and both counts alone, so that rows are not compared in pairs again.
    let squared = area * area;
    let two_converted = area / (2.0 - area) - squared;
    let two_nulls = 2.0 * squared / (1.0 + area) - squared;
    let sum = area * (1.0 - area) + (converted - 1.0) * two_converted + (nulls - 1.0) * two_nulls;
    let tolerance = libm::sqrt(sum.max(0.0) / (converted * nulls));
    let choices =
        areas.map(|(order, own)| OrderChoice { order, best: best.0, behind: area - own, tolerance });
    choices.into_iter().find(|choice| choice.behind <= choice.tolerance)
}

impl PathTable {
    /// Splits the journeys into a table to fit and a table to test: every `nth` journey is held out.
    ///
    /// Conversions are counted for themselves and nulls for themselves, in the order of the rows, so that both
    /// tables have their part of each. Of the value of a row a held-out conversion has its share, rounded down.
    /// Nothing is lost: both tables together have the totals of this one.
    ///
    /// # Errors
    /// [`AttributionError::Nth`] for 0 and 1, which would leave nothing; [`AttributionError::TooManyChannels`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::attribution::{Outcome, PathTable};
    /// use marketloop::quantity::Currency;
    ///
    /// let mut builder = PathTable::builder(Currency::CNY);
    /// builder.push_text("SEM", ">", Outcome { conversions: 5, nulls: 10, value: 100 })?;
    /// let (fitted, held_out) = builder.build().split_every(5)?;
    /// let outcome = |paths: &PathTable| paths.row(0).map(|row| row.outcome);
    /// assert_eq!(outcome(&fitted), Some(Outcome { conversions: 4, nulls: 8, value: 80 }));
    /// assert_eq!(outcome(&held_out), Some(Outcome { conversions: 1, nulls: 2, value: 20 }));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "parts of a table whose totals fit; `nth` is 2 or more"
    )]
    pub fn split_every(&self, nth: u64) -> Result<(Self, Self), AttributionError> {
        if nth < 2 {
            return Err(AttributionError::Nth { nth });
        }
        let builder = Self::builder(self.currency()).with_channels(self.channels())?;
        let (mut rest, mut held) = (builder.clone(), builder);
        let (mut converted, mut not) = (0_u64, 0_u64);
        // How many of the next `count` are an nth, after so many before.
        let among = |before: &mut u64, count: u64| {
            // The sums of a table fit: checked when it was filled.
            let after = *before + count;
            let nths = after / nth - *before / nth;
            *before = after;
            nths
        };
        for row in self.rows() {
            let Outcome { conversions, nulls, value } = row.outcome;
            let out = (among(&mut converted, conversions), among(&mut not, nulls));
            // A row without conversions is worth nothing, and of the others no part is worth more than the whole.
            #[expect(clippy::cast_possible_truncation, reason = "at most the value, which has 64 bits")]
            let share = (i128::from(value) * i128::from(out.0) / i128::from(conversions.max(1))) as i64;
            let held_out = Outcome { conversions: out.0, nulls: out.1, value: share };
            let kept =
                Outcome { conversions: conversions - out.0, nulls: nulls - out.1, value: value - share };
            for (builder, outcome) in [(&mut rest, kept), (&mut held, held_out)] {
                // A table takes no row without journeys.
                if outcome.conversions > 0 || outcome.nulls > 0 {
                    builder.push_row(&Row { outcome, ..row })?;
                }
            }
        }
        Ok((rest.build(), held.build()))
    }
}

/// In whole 2^-40; what is beyond stays at the end of the range.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond the range saturates")]
fn fixed(figure: f64) -> i128 {
    libm::round(libm::ldexp(figure, 40)) as i128
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is wanted")]
fn whole(sum: i128) -> f64 {
    libm::ldexp(sum as f64, -40)
}

#[expect(clippy::cast_precision_loss, reason = "the nearest float is what is wanted")]
const fn wide(count: u128) -> f64 {
    count as f64
}
