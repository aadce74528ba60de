//! The uncertainty of the root from samples of its leaves.

use super::columns::Columns;
use super::node::NodeId;
use super::{Inputs, KpiError, KpiTree};
use crate::figure::{Cause, Figure, Table};
use crate::quantity::wire::serialize_fields;
use crate::stats::{QuantileMethod, mean, sorted_quantile, variance};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The number of samples that go through the tree at once.
const BATCH: usize = 64;

/// The distribution of the root over the samples of the leaves.
///
/// On the wire the mean, the variance, the shares by leaf, and the sorted roots, of which quantiles are read.
#[derive(Debug, Clone, PartialEq)]
pub struct Uncertainty {
    mean: f64,
    variance: f64,
    shares: Vec<(String, Figure<f64>)>,
    roots: Vec<f64>,
}

serialize_fields!(Uncertainty { mean: own, variance: own, shares, roots: own });

impl KpiTree {
    /// The distribution of the root when some leaves are drawn from the caller's samples (row by row: the
    /// first sample of each leaf belongs together), and the share of its variance that each leaf has alone.
    ///
    /// # Formula
    /// The share of leaf `i` is `Var(root with only leaf i drawn, the others at the means of their samples) /
    /// Var(root)`. For independent leaves and a root that is linear in each of them this is the first-order index of
    /// I. M. Sobol (1993); the rest up to 1 is joint effect. For leaves that are correlated the shares can add up to
    /// more or less than 1.
    ///
    /// # Errors
    /// [`KpiError::GivenTwice`]; [`KpiError::Length`] for samples of different lengths, or fewer than two; [`KpiError::NoValue`] where
    /// the root has no value for a sample; [`KpiError::NotInRange`], [`KpiError::NotALeaf`],
    /// [`KpiError::OtherTree`]; [`KpiError::Stats`] where moments leave the range of a float.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::stats::QuantileMethod;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("total = a + b\n a, b")?;
    /// let now = tree.inputs([("a", dec!(10)), ("b", dec!(20))])?;
    /// let (a, b) = (tree.find("a").unwrap(), tree.find("b").unwrap());
    /// let spread = tree.uncertainty(&now, &[(a, &[9.0, 9.0, 11.0, 11.0]), (b, &[18.0, 22.0, 18.0, 22.0])])?;
    /// assert_eq!(spread.quantile(0.5, QuantileMethod::Linear)?, 30.0);
    /// let shares: Vec<_> = spread.shares().iter().map(|(leaf, share)| format!("{leaf} {share:.3}")).collect();
    /// assert_eq!(shares, ["a 0.200", "b 0.800"]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn uncertainty(
        &self,
        inputs: &Inputs,
        samples: &[(NodeId, &[f64])],
    ) -> Result<Uncertainty, KpiError> {
        let count = samples.first().map_or(0, |(_, sample)| sample.len());
        if let Some((_, other)) = samples.iter().find(|(_, sample)| sample.len() != count) {
            return Err(KpiError::Length { what: "samples", expected: count, actual: other.len() });
        }
        if count < 2 {
            return Err(KpiError::Length { what: "samples", expected: 2, actual: count });
        }
        self.each_once(samples.iter().map(|(leaf, _)| leaf))?;
        let mut columns = self.columns(BATCH)?;
        for column in 0..BATCH {
            columns.set_inputs(column, inputs)?;
        }
        let all: Vec<usize> = (0..samples.len()).collect();
        let mut roots = run(&mut columns, samples, &all, count)?;
        let (mean_of_root, variance_of_root) = (mean(&roots)?, variance(&roots)?);
        // Sorted once: every quantile is a look-up then.
        roots.sort_unstable_by(f64::total_cmp);
        // From here on all leaves stand at their means; each in turn is drawn alone and put back.
        for (leaf, sample) in samples {
            columns.set_row(*leaf, &[mean(sample)?; BATCH])?;
        }
        let mut shares = Vec::with_capacity(samples.len());
        for (index, (leaf, sample)) in samples.iter().enumerate() {
            // What leaves do only together is in no share: the shares need not add up to 1.
            let alone = variance(&run(&mut columns, samples, &[index], count)?)?;
            let share = if variance_of_root > 0.0 {
                Figure::Known(alone / variance_of_root)
            } else {
                Figure::undefined("share of variance", Cause::Zero("variance".into()))
            };
            shares.push((self.id_of(*leaf), share));
            columns.set_row(*leaf, &[mean(sample)?; BATCH])?;
        }
        Ok(Uncertainty { mean: mean_of_root, variance: variance_of_root, shares, roots })
    }
}

/// The root for each sample of the drawn leaves, the others as they are.
#[expect(clippy::indexing_slicing, reason = "what is drawn are samples, each of `count` draws")]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "draws are entries of a vector, and a batch fewer than 65"
)]
fn run(
    columns: &mut Columns<'_>,
    samples: &[(NodeId, &[f64])],
    drawn: &[usize],
    count: usize,
) -> Result<Vec<f64>, KpiError> {
    let tree = columns.tree();
    let mut roots = Vec::with_capacity(count);
    // A batch at a time: the memory of the columns does not grow with the draws.
    for start in (0..count).step_by(BATCH) {
        let filled = (count - start).min(BATCH);
        for (leaf, sample) in drawn.iter().map(|index| samples[*index]) {
            for (column, value) in sample[start..start + filled].iter().enumerate() {
                columns.set(leaf, column, *value)?;
            }
        }
        columns.update();
        // Columns past the last draw still hold the batch before.
        for column in 0..filled {
            roots.push(tree.needed(tree.root(), columns.root(column))?);
        }
    }
    Ok(roots)
}

impl Uncertainty {
    /// The `p` quantile of the root, in its unit.
    ///
    /// # Errors
    /// [`KpiError::Stats`] for `p` outside 0..=1.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::stats::QuantileMethod;
    ///
    /// let tree = KpiTree::parse("sales = visitors * 2\n visitors")?;
    /// let drawn = [90.0, 100.0, 130.0];
    /// let spread = tree.uncertainty(&tree.no_inputs(), &[(tree.find("visitors").unwrap(), &drawn)])?;
    /// assert_eq!(spread.quantile(0.5, QuantileMethod::Linear)?, 200.0); // as likely more as less
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn quantile(&self, p: f64, method: QuantileMethod) -> Result<f64, KpiError> {
        Ok(sorted_quantile(&self.roots, p, method)?)
    }

    /// The mean of the root, in its unit.
    #[must_use]
    pub const fn mean(&self) -> f64 {
        self.mean
    }

    /// The sample variance of the root, in the square of its unit.
    #[must_use]
    pub const fn variance(&self) -> f64 {
        self.variance
    }

    /// The share of the variance that each leaf has alone, in the order given; undefined where the root does not
    /// vary.
    #[must_use]
    pub fn shares(&self) -> &[(String, Figure<f64>)] {
        &self.shares
    }

    /// A row for each leaf that was drawn: the share of the variance that it has alone.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("leaf");
        for (leaf, share) in &self.shares {
            table.push(leaf, "share of variance", share.clone());
        }
        table
    }
}

impl fmt::Display for Uncertainty {
    /// The [table](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}
