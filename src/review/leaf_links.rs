//! Causes that act through leaves of a KPI tree.

use super::{Cause, Finding, ReviewError};
use crate::error::{Path, Problems};
use crate::kpi::Explanation;
use crate::quantity::{Ratio, add};
use alloc::collections::BTreeSet;
use rust_decimal::Decimal;

impl Finding {
    /// The finding with the share of the root's change that runs through the leaves of its causes; a leaf that
    /// several causes name counts once.
    ///
    /// # Formula
    /// Sum of the contributions of the leaves / change of the root.
    ///
    /// # Errors
    /// [`ReviewError::UnknownLeaf`] at each cause whose leaf the tree does not have;
    /// [`ReviewError::NoChange`] where the root did not change; [`ReviewError::Target`] beyond 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::review::{Cause, Finding};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visitors = search + social\n search, social")?;
    /// let plan = tree.inputs([("search", dec!(500)), ("social", dec!(300))])?;
    /// let fact = tree.inputs([("search", dec!(480)), ("social", dec!(240))])?;
    /// let finding = Finding::new("visitors", "at least 800".parse()?, "720".parse()?)?
    ///     .with_cause(Cause::new("3 notes throttled")?.with_leaf("social"))?
    ///     .with_contribution_of(&tree.explain(&plan, &fact)?)?;
    /// assert_eq!(finding.contribution().map(|share| share.to_percent()), Some("75%".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_contribution_of(self, why: &Explanation<'_>) -> Result<Self, Problems<ReviewError>> {
        let mut problems = Problems::new();
        let (mut through, mut seen) = (Decimal::ZERO, BTreeSet::new());
        for (index, cause) in self.causes().iter().enumerate() {
            let Some(leaf) = cause.leaf() else { continue };
            let path = Path::root().field("causes").index(index).field("leaf");
            match why.leaves().find(|part| part.id == leaf) {
                None => problems.push(path, ReviewError::UnknownLeaf { leaf: leaf.into() }),
                Some(part) if seen.insert(leaf) => {
                    let sum = add(through, part.contribution).map_err(super::beyond_digits);
                    through = problems.take(&path, sum).unwrap_or(through);
                }
                Some(_) => {}
            }
        }
        let share = if why.total().is_zero() {
            Err(ReviewError::NoChange)
        } else {
            Ratio::new(through, why.total()).map_err(super::beyond_digits)
        };
        let share = problems.take(&Path::root().field("contribution"), share);
        problems.finish(share.map(|share| self.with_contribution(share)))
    }

    /// The causes that name a leaf.
    pub fn linked_causes(&self) -> impl Iterator<Item = (&Cause, &str)> {
        self.causes().iter().filter_map(|cause| Some((cause, cause.leaf()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::KpiTree;
    use alloc::string::ToString;
    use rust_decimal::dec;

    #[test]
    fn leaves_are_those_of_the_tree_and_count_once() {
        let tree = KpiTree::parse("visitors = search + social\n search, social").unwrap();
        let inputs = |search| tree.inputs([("search", search), ("social", dec!(300))]).unwrap();
        let cause = |leaf: &str| Cause::new("why").unwrap().with_leaf(leaf);
        let finding =
            Finding::new("visitors", "at least 800".parse().unwrap(), "720".parse().unwrap()).unwrap();
        let twice = finding.clone().with_cause(cause("search")).unwrap().with_cause(cause("search")).unwrap();
        let (before, after) = (inputs(dec!(500)), inputs(dec!(420)));
        let why = tree.explain(&before, &after).unwrap();
        let linked = twice.clone().with_contribution_of(&why).unwrap();
        assert_eq!(linked.contribution(), Some(Ratio::ONE));
        assert_eq!(linked.linked_causes().count(), 2);
        let still = tree.explain(&before, &before).unwrap();
        let refused = twice.with_contribution_of(&still).unwrap_err().to_string();
        assert_eq!(refused, "contribution: the root did not change");
        let stranger = finding.with_cause(cause("visitors")).unwrap().with_contribution_of(&why).unwrap_err();
        assert_eq!(stranger.to_string(), "causes[0].leaf: the tree has no leaf `visitors`");
    }
}
