//! Why a target was missed: a path of whys, a branch of the fishbone, a leaf of the KPI tree.

use super::ReviewError;
use crate::error::{Path, Problems};
use crate::quantity::Quantity;
use crate::quantity::wire::serialize_fields;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A cause as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseDraft {
    /// The answers to one why after the other, from the symptom to the root.
    pub whys: Vec<String>,
    /// The branch of the fishbone diagram: people, method, channel, content.
    #[serde(default)]
    pub branch: Option<String>,
    /// The id of the leaf of the KPI tree through which it acts.
    #[serde(default)]
    pub leaf: Option<String>,
    /// How much of the gap between actual and target it explains, in a unit of the metric; below zero where it
    /// lowered the metric.
    #[serde(default)]
    pub explains: Option<Quantity>,
}

serialize_fields!(CauseDraft { whys, branch: optional, leaf: optional, explains: optional });

/// A cause of a finding.
///
/// # Examples
/// ```
/// use marketloop::review::ProblemCause;
///
/// // Five whys (Ohno, 1988): each answers the one before it.
/// let cause = ProblemCause::whys(["3 notes throttled", "they broke the platform's rules", "nobody was trained in them"])?
///     .with_branch("people")
///     .with_leaf("impressions")
///     .with_explains("-150000 impression".parse()?);
/// assert_eq!(cause.root(), "nobody was trained in them");
/// assert_eq!(cause.to_string(), "3 notes throttled < they broke the platform's rules < nobody was trained in them");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "CauseDraft", into = "CauseDraft")]
pub struct ProblemCause {
    draft: CauseDraft,
}

impl ProblemCause {
    /// A cause in one sentence.
    ///
    /// # Errors
    /// [`ReviewError::NoName`] for an empty one.
    pub fn new(why: impl Into<String>) -> Result<Self, Problems<ReviewError>> {
        Self::whys([why])
    }

    /// A path of whys, from the symptom to the root.
    ///
    /// # Errors
    /// [`ReviewError::NoCause`] without any; [`ReviewError::NoName`] at each empty one.
    pub fn whys(whys: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, Problems<ReviewError>> {
        let whys = whys.into_iter().map(Into::into).collect();
        CauseDraft { whys, ..CauseDraft::default() }.check()
    }

    /// The cause on this branch of the fishbone (Ishikawa, 1968).
    #[must_use]
    pub fn with_branch(mut self, branch: impl Into<String>) -> Self {
        self.draft.branch = Some(branch.into());
        self
    }

    /// The cause acting through this leaf of the KPI tree.
    #[must_use]
    pub fn with_leaf(mut self, leaf: impl Into<String>) -> Self {
        self.draft.leaf = Some(leaf.into());
        self
    }

    /// The cause with the part of the gap that it explains.
    #[must_use]
    pub fn with_explains(mut self, explains: Quantity) -> Self {
        self.draft.explains = Some(explains);
        self
    }

    /// The whys, from the symptom to the root.
    #[must_use]
    pub fn path(&self) -> &[String] {
        &self.draft.whys
    }

    /// The last why.
    #[must_use]
    pub fn root(&self) -> &str {
        self.draft.whys.last().map_or("", String::as_str)
    }

    /// The branch of the fishbone.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.draft.branch.as_deref()
    }

    /// The id of the leaf of the KPI tree.
    #[must_use]
    pub fn leaf(&self) -> Option<&str> {
        self.draft.leaf.as_deref()
    }

    /// How much of the gap it explains.
    #[must_use]
    pub const fn explains(&self) -> Option<&Quantity> {
        self.draft.explains.as_ref()
    }
}

impl core::fmt::Display for ProblemCause {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(&self.draft.whys.join(" < "))
    }
}

impl CauseDraft {
    /// The checked cause.
    ///
    /// # Errors
    /// [`ReviewError::NoCause`] without a why; [`ReviewError::NoName`] at each empty text.
    pub fn check(self) -> Result<ProblemCause, Problems<ReviewError>> {
        let mut problems = Problems::new();
        if self.whys.is_empty() {
            problems.push(Path::root().field("whys"), ReviewError::NoCause);
        }
        for (index, why) in self.whys.iter().enumerate() {
            if why.trim().is_empty() {
                problems.push(Path::root().field("whys").index(index), ReviewError::NoName);
            }
        }
        for (field, text) in [("branch", &self.branch), ("leaf", &self.leaf)] {
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                problems.push(Path::root().field(field), ReviewError::NoName);
            }
        }
        problems.into_result(ProblemCause { draft: self })
    }
}

impl TryFrom<CauseDraft> for ProblemCause {
    type Error = Problems<ReviewError>;

    fn try_from(draft: CauseDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<ProblemCause> for CauseDraft {
    fn from(cause: ProblemCause) -> Self {
        cause.draft
    }
}

/// The causes by branch, in the order of the branches' names; those without a branch come under the empty one.
#[must_use]
pub fn fishbone<'a>(
    causes: impl IntoIterator<Item = &'a ProblemCause>,
) -> BTreeMap<&'a str, Vec<&'a ProblemCause>> {
    let mut branches: BTreeMap<&str, Vec<&ProblemCause>> = BTreeMap::new();
    for cause in causes {
        branches.entry(cause.branch().unwrap_or_default()).or_default().push(cause);
    }
    branches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fishbone_groups_by_branch() {
        let causes = [
            ProblemCause::new("narrow audience").unwrap().with_branch("targeting"),
            ProblemCause::new("slow page").unwrap().with_branch("content"),
            ProblemCause::new("holiday").unwrap(),
            ProblemCause::new("wrong age").unwrap().with_branch("targeting"),
        ];
        let branches = fishbone(&causes);
        assert_eq!(branches.keys().copied().collect::<Vec<_>>(), ["", "content", "targeting"]);
        assert_eq!(branches["targeting"].len(), 2);
    }

    #[test]
    fn a_cause_without_words_is_refused() {
        use alloc::string::ToString;
        let none: [&str; 0] = [];
        assert!(ProblemCause::whys(none).is_err());
        let read = serde_json::from_str::<ProblemCause>(r#"{"whys":["a"," "],"leaf":""}"#).unwrap_err();
        assert!(read.to_string().starts_with("2 problems\n  whys[1]: a name or text is empty\n  leaf: "));
    }
}
