//! The best part of many items, by what is to be expected of them and not by what luck made of their figures.

use super::shrunken_items::Posteriors;
use super::{ShrunkenItems, StatsError, finite, probability};
use crate::figure::from_wire;
use crate::quantity::Ratio;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use crate::quantity::words::words;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;

/// What becomes of equal values where a ranking is cut between them.
///
/// ```
/// # use marketloop::stats::CutTies;
/// assert_eq!(serde_json::from_str::<CutTies>(r#""up""#)?, CutTies::Up);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CutTies {
    /// The earlier in the list goes first: always as many are chosen as the share says.
    Rank,
    /// All of them are chosen: no item is left out that is as good as one that is not.
    Up,
    /// None of them is chosen: no item is taken that is as good as one left out.
    Down,
}

words!(CutTies, "rule of ties at a cut", StatsError: Rank = "rank", Up = "up", Down = "down");

impl CutTies {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::Rank, Self::Up, Self::Down];
}

/// The items that are chosen as the best, what is to be expected of them, and how much their own figures promise too much.
///
/// # Examples
/// ```
/// use marketloop::stats::{CutTies, ShrunkenItems};
/// use rust_decimal::dec;
///
/// // The best 20 % of seven titles become templates: two of them.
/// let counts = [(9, 60), (70, 1_000), (31, 600), (24, 800), (90, 1_500), (8, 200), (2, 90)];
/// let titles = ShrunkenItems::of_rates(counts)?;
/// let templates = titles.best_share(dec!(0.2), CutTies::Up)?;
/// assert_eq!(templates.chosen(), [0, 1]);
/// // Their rates, 11 % on average, promise 3.5 points too much.
/// assert_eq!(format!("{:.3} {:.3}", templates.raw(), templates.expected()), "0.110 0.075");
/// // The first is among the true best two with this probability.
/// assert_eq!(format!("{:.2}", templates.probabilities()[0]), "0.86");
/// # Ok::<(), marketloop::stats::StatsError>(())
/// ```
///
/// ```
/// # use marketloop::stats::BestShare;
/// let json = r#"{"chosen":[1],"expected":"0.25","raw":"0.375","probabilities":["0.25","0.75"]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<BestShare>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Wire")]
#[doc(alias = "winners_curse")]
pub struct BestShare {
    // At least one, each once, all with a probability.
    chosen: Vec<usize>,
    expected: f64,
    raw: f64,
    probabilities: Vec<f64>,
}

serialize_fields!(BestShare { chosen, expected: own, raw: own, probabilities: own });
from_wire!(BestShare);

/// The figures on the wire, not checked yet.
struct Wire {
    chosen: Vec<usize>,
    expected: f64,
    raw: f64,
    probabilities: Vec<f64>,
}

deserialize_fields!("BestShare", Wire { chosen, expected: own, raw: own, probabilities: own });

impl TryFrom<Wire> for BestShare {
    type Error = StatsError;

    fn try_from(Wire { chosen, expected, raw, probabilities }: Wire) -> Result<Self, StatsError> {
        finite("expected", expected)?;
        finite("raw", raw)?;
        for value in &probabilities {
            probability("probability", *value)?;
        }
        let mut seen = BTreeSet::new();
        for item in &chosen {
            if !seen.insert(item) || *item >= probabilities.len() {
                let value = super::wide_float(*item as u128);
                let range = "the items that have a probability, each once";
                return Err(StatsError::OutOfRange { name: "chosen item", value, range });
            }
        }
        if chosen.is_empty() {
            return Err(StatsError::TooFewObservations { found: 0, needed: 1 });
        }
        Ok(Self { chosen, expected, raw, probabilities })
    }
}

impl BestShare {
    /// The numbers of the chosen items, the best first.
    #[must_use]
    pub fn chosen(&self) -> &[usize] {
        &self.chosen
    }

    /// What is to be expected of the chosen ones, on average.
    #[must_use]
    pub const fn expected(&self) -> f64 {
        self.expected
    }

    /// What the figures of the chosen ones are on average, as they were.
    #[must_use]
    pub const fn raw(&self) -> f64 {
        self.raw
    }

    /// How much the raw figures of the chosen ones promise more than is to be expected: the winner's curse.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{CutTies, ShrunkenItems};
    /// use rust_decimal::dec;
    ///
    /// let posts = ShrunkenItems::of_rates([(30, 100), (5, 100), (10, 100)])?;
    /// assert!(posts.best_share(dec!(0.2), CutTies::Up)?.overstatement() > 0.0);
    /// # Ok::<(), marketloop::stats::StatsError>(())
    /// ```
    #[must_use]
    pub fn overstatement(&self) -> f64 {
        self.raw - self.expected
    }

    /// The probability of each item, chosen or not, to be truly among as many best ones as the share says.
    #[must_use]
    pub fn probabilities(&self) -> &[f64] {
        &self.probabilities
    }
}

impl ShrunkenItems {
    /// The items with the largest values: of `k` items `ceil(k share)`, in exact decimals, so that 20 % of seven are two and
    /// of five one.
    ///
    /// # Formula
    /// An item's probability is `integral f_i P(fewer than m others are larger)` over its posterior density `f_i`, where `m`
    /// are to be chosen and the posteriors are independent: over the panels of [`BetaArms::best`](super::BetaArms::best), with an
    /// error below 1e-8. The probabilities add up to `m`.
    ///
    /// # Errors
    /// [`StatsError::NoVariance`] where the items differ by no more than by chance, and nothing tells which is better, and
    /// where [`CutTies::Down`] leaves none; [`StatsError::OutOfRange`] unless `0 < share <= 1`; [`StatsError::NoConvergence`],
    /// which no items are known to cause.
    ///
    /// # Examples
    /// ```
    /// use marketloop::stats::{CutTies, ShrunkenItems, StatsError};
    /// use rust_decimal::dec;
    ///
    /// // 12 % is the most, and means nothing.
    /// let alike = ShrunkenItems::of_rates([(9, 100), (12, 100), (10, 100)])?;
    /// let refused = alike.best_share(dec!(0.2), CutTies::Up);
    /// assert!(matches!(refused, Err(StatsError::NoVariance { .. })));
    /// # Ok::<(), StatsError>(())
    /// ```
    pub fn best_share(&self, share: Decimal, ties: CutTies) -> Result<BestShare, StatsError> {
        let refused = StatsError::OutOfRange {
            name: "share",
            value: Ratio::from(share).to_f64(),
            range: "0..=1, 0 excluded",
        };
        let (values, raw) = (self.values(), self.raw());
        let cut = Decimal::from(values.len()).checked_mul(share).and_then(|cut| cut.ceil().to_usize());
        let cut =
            cut.filter(|cut| (1..=values.len()).contains(cut) && share <= Decimal::ONE).ok_or(refused)?;
        let probabilities = match self.posteriors()? {
            Some(Posteriors::Rates(arms)) => arms.among(cut)?,
            Some(Posteriors::Means(arms)) => arms.among(cut)?,
            None => return Err(StatsError::NoVariance { name: "shrunken values" }),
        };
        let mut ranked: Vec<(usize, f64, f64)> =
            values.into_iter().zip(raw).enumerate().map(|(at, (value, raw))| (at, value, raw)).collect();
        // Stable: equal values stay in the order of the items.
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        let last = cut.checked_sub(1).and_then(|last| ranked.get(last)).map_or(f64::MAX, |item| item.1);
        let above = |item: &&(usize, f64, f64)| item.1 > last;
        let as_good = |item: &&(usize, f64, f64)| item.1 >= last;
        let count = match ties {
            CutTies::Up => ranked.iter().take_while(as_good).count(),
            // A group that ends at the cut is not cut.
            CutTies::Down if ranked.iter().take_while(as_good).count() > cut => {
                ranked.iter().take_while(above).count()
            }
            CutTies::Rank | CutTies::Down => cut,
        };
        ranked.truncate(count);
        if ranked.is_empty() {
            return Err(StatsError::NoVariance { name: "best values" });
        }
        let many = super::wide_float(ranked.len() as u128);
        let mean = |of: fn(&(usize, f64, f64)) -> f64| ranked.iter().map(|item| of(item) / many).sum::<f64>();
        Ok(BestShare {
            expected: mean(|item| item.1),
            raw: mean(|item| item.2),
            chosen: ranked.iter().map(|item| item.0).collect(),
            probabilities,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use rust_decimal::dec;

    #[test]
    fn a_cut_is_exact_and_ties_go_by_their_rule() {
        let of = |counts: &[(u64, u64)], share, ties| {
            ShrunkenItems::of_rates(counts.iter().copied()).unwrap().best_share(share, ties)
        };
        let chosen = |counts: &[(u64, u64)], share, ties| of(counts, share, ties).unwrap().chosen().to_vec();
        let seven = [(5, 100), (40, 100), (9, 100), (30, 100), (9, 100), (2, 100), (1, 100)];
        assert_eq!(chosen(&seven, dec!(0.2), CutTies::Rank), [1, 3]);
        assert_eq!(chosen(&seven[..5], dec!(0.2), CutTies::Rank), [1]);
        // Three of seven: the third and the fourth are equal.
        assert_eq!(chosen(&seven, dec!(0.4), CutTies::Rank), [1, 3, 2]);
        assert_eq!(chosen(&seven, dec!(0.4), CutTies::Up), [1, 3, 2, 4]);
        assert_eq!(chosen(&seven, dec!(0.4), CutTies::Down), [1, 3]);
        // Four of seven: nothing is cut.
        assert_eq!(chosen(&seven, dec!(0.5), CutTies::Down), [1, 3, 2, 4]);
        let twins = [(40, 100), (40, 100), (1, 100), (2, 100)];
        assert!(matches!(of(&twins, dec!(0.2), CutTies::Down), Err(StatsError::NoVariance { .. })));
        let all = of(&twins, dec!(1), CutTies::Rank).unwrap();
        assert_eq!((all.chosen().len(), all.probabilities()), (4, &[1.0; 4][..]));
        for share in [dec!(0), dec!(-0.1), dec!(1.01), Decimal::MAX] {
            assert!(matches!(of(&seven, share, CutTies::Up), Err(StatsError::OutOfRange { .. })), "{share}");
        }
    }

    #[test]
    fn the_best_one_has_the_probabilities_of_the_best_arm() {
        let counts = vec![(5, 100), (40, 160), (9, 100), (30, 90), (9, 70), (2, 110)];
        let items = ShrunkenItems::of_rates(counts).unwrap();
        let Some(Posteriors::Rates(arms)) = items.posteriors().unwrap() else { panic!("a spread") };
        let (best, among) = (arms.best().unwrap(), arms.among(1).unwrap());
        for (one, other) in best.probabilities().iter().zip(&among) {
            assert!((one - other).abs() < 1e-10, "{one} {other}");
        }
        // Not among the best five is the worst, and the worst is the best turned round.
        let turned = super::super::BetaArms::new(
            (arms.prior().1, arms.prior().0),
            arms.arms().iter().map(|(s, n)| (n - s, *n)),
        );
        let worst = turned.unwrap().best().unwrap();
        for (one, other) in worst.probabilities().iter().zip(arms.among(5).unwrap()) {
            assert!((one + other - 1.0).abs() < 1e-10, "{one} {other}");
        }
    }
}
