//! Causes that act through leaves of a KPI tree.

use super::{Finding, ProblemCause, ReviewError};
use crate::error::{Lookup, Path, Problems};
use crate::kpi::Explanation;
use crate::quantity::{Ratio, add};
use alloc::collections::BTreeSet;
use rust_decimal::Decimal;

impl Finding {
    /// Sets the contribution from a KPI tree: the share of the root's change that runs through the leaves of the
    /// causes. A leaf that several causes name counts once.
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
    /// use marketloop::review::{ProblemCause, Finding};
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visitors = search + social\n search, social")?;
    /// let plan = tree.inputs([("search", dec!(500)), ("social", dec!(300))])?;
    /// let fact = tree.inputs([("search", dec!(480)), ("social", dec!(240))])?;
    /// let finding = Finding::new("visitors", "at least 800".parse()?, "720".parse()?)?
    ///     .with_cause(ProblemCause::new("3 notes throttled")?.with_leaf("social"))?
    ///     .with_contribution_of(&tree.explain(&plan, &fact)?)?;
    /// assert_eq!(finding.contribution().map(|share| share.to_percent()), Some("75%".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_contribution_of(self, why: &Explanation) -> Result<Self, Problems<ReviewError>> {
        let mut problems = Problems::new();
        let (mut through, mut seen) = (Decimal::ZERO, BTreeSet::new());
        let leaves = why.leaves().parts();
        let known = Lookup::of(leaves.iter().map(|part| part.key.as_str()));
        for (index, cause) in self.causes().iter().enumerate() {
            let Some(leaf) = cause.leaf() else { continue };
            let path = Path::root().field("causes").index(index).field("leaf");
            match known.position(leaf).and_then(|at| leaves.get(at)) {
                None => problems.push(path, ReviewError::UnknownLeaf { leaf: leaf.into() }),
                Some(part) if seen.insert(leaf) => {
                    let sum = add(through, part.value).map_err(super::beyond_digits);
                    // On with the old sum: the causes behind it are still checked.
                    through = problems.take(&path, sum).unwrap_or(through);
                }
                Some(_) => {}
            }
        }
        // Asked first: the quotient would tell of a division by 0, not of a root that did not change.
        let share = if why.total().is_zero() {
            Err(ReviewError::NoChange)
        } else {
            Ratio::new(through, why.total()).map_err(super::beyond_digits)
        };
        let share = problems.take(&Path::root().field("contribution"), share);
        problems.finish(share.map(|share| self.with_contribution(share)))
    }

    /// Explains the gap by the leaves of the metric's own KPI tree. Leaves that contributed nothing are left out. An
    /// explanation from the planned to the actual figures leaves no rest.
    ///
    /// # Errors
    /// [`ReviewError::Target`] where the root's unit is not the finding's.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::KpiTree;
    /// use marketloop::review::Finding;
    /// use rust_decimal::dec;
    ///
    /// let tree = KpiTree::parse("visitors = search + social\n search, social")?;
    /// let plan = tree.inputs([("search", dec!(500)), ("social", dec!(300))])?;
    /// let fact = tree.inputs([("search", dec!(480)), ("social", dec!(240))])?;
    /// let finding = Finding::new("visitors", "at least 800".parse()?, "720".parse()?)?;
    /// assert!(finding.unexplained()?.is_missing());
    /// let finding = finding.with_explanation(&tree.explain(&plan, &fact)?)?;
    /// let social = &finding.explained_by()[1];
    /// assert_eq!(social.to_string(), "social  -60  (weights)");
    /// assert_eq!(finding.unexplained()?.to_string(), "0");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_explanation(self, why: &Explanation) -> Result<Self, Problems<ReviewError>> {
        self.with_explained_by(why.leaves().iter().filter(|part| !part.value.is_zero()).cloned())
    }

    /// The causes that name a leaf, each with the leaf.
    pub fn linked_causes(&self) -> impl Iterator<Item = (&ProblemCause, &str)> {
        self.causes().iter().filter_map(|cause| Some((cause, cause.leaf()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kpi::KpiTree;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use rust_decimal::dec;

    #[test]
    fn leaves_are_those_of_the_tree_and_count_once() {
        let tree = KpiTree::parse("visitors = search + social\n search, social").unwrap();
        let inputs = |search| tree.inputs([("search", search), ("social", dec!(300))]).unwrap();
        let cause = |leaf: &str| ProblemCause::new("why").unwrap().with_leaf(leaf);
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
        // L3: causes of many leaves, each found once.
        let names: Vec<String> = (0..20_000).map(|n| alloc::format!("leaf_{n}")).collect();
        let wide = KpiTree::parse(&alloc::format!("visitors = {}\n {}", names.join(" + "), names.join(", ")));
        let wide = wide.unwrap();
        let all = |value| wide.inputs(names.iter().map(|name| (name.as_str(), value))).unwrap();
        let why_wide = wide.explain(&all(dec!(1)), &all(dec!(2))).unwrap();
        let many = names.iter().fold(finding.clone(), |one, leaf| one.with_cause(cause(leaf)).unwrap());
        let linked = many.with_contribution_of(&why_wide).unwrap();
        assert_eq!(linked.contribution(), Some(Ratio::ONE));
        let stranger = finding.with_cause(cause("visitors")).unwrap().with_contribution_of(&why).unwrap_err();
        assert_eq!(stranger.to_string(), "causes[0].leaf: the tree has no leaf `visitors`");
    }
}
