//! Why a target was missed: a path of whys, a branch of the fishbone, a leaf of the KPI tree.

use super::ReviewError;
use crate::error::{Path, Problems};
use crate::quantity::Quantity;
use crate::quantity::wire::{deserialize_fields, serialize_fields};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::Deserialize;

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
///
/// let read: ProblemCause = serde_json::from_str(r#"{"whys":["audience too narrow"],"branch":"targeting"}"#)?;
/// assert_eq!(read.branch(), Some("targeting"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "Wire")]
pub struct ProblemCause {
    whys: Vec<String>,
    branch: Option<String>,
    leaf: Option<String>,
    explains: Option<Quantity>,
}

serialize_fields!(ProblemCause { whys, branch: optional, leaf: optional, explains: optional });

/// A cause as it is read, not checked yet.
struct Wire {
    whys: Vec<String>,
    branch: Option<String>,
    leaf: Option<String>,
    explains: Option<Quantity>,
}

deserialize_fields!("ProblemCause", Wire { whys, branch: default, leaf: default, explains: default });

impl TryFrom<Wire> for ProblemCause {
    type Error = Problems<ReviewError>;

    fn try_from(Wire { whys, branch, leaf, explains }: Wire) -> Result<Self, Self::Error> {
        Self { whys, branch, leaf, explains }.check()
    }
}

impl ProblemCause {
    /// A cause in one sentence.
    ///
    /// # Errors
    /// [`ReviewError::NoName`] for an empty one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::ProblemCause;
    ///
    /// assert_eq!(ProblemCause::new("audience too narrow")?.root(), "audience too narrow");
    /// assert!(ProblemCause::new(" ").is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(why: impl Into<String>) -> Result<Self, ReviewError> {
        let why = why.into();
        if why.trim().is_empty() {
            return Err(ReviewError::NoName);
        }
        Ok(Self { whys: alloc::vec![why], branch: None, leaf: None, explains: None })
    }

    /// A path of whys, from the symptom to the root.
    ///
    /// # Errors
    /// [`ReviewError::NoCause`] without any; [`ReviewError::NoName`] at each empty one.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::ProblemCause;
    ///
    /// let cause = ProblemCause::whys(["notes throttled", "nobody was trained in the rules"])?;
    /// assert_eq!(cause.root(), "nobody was trained in the rules"); // what a measure has to change
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "5 whys")]
    pub fn whys(whys: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, Problems<ReviewError>> {
        let whys = whys.into_iter().map(Into::into).collect();
        Self { whys, branch: None, leaf: None, explains: None }.check()
    }

    /// Puts the cause on this branch of the fishbone (Ishikawa, 1968): people, method, channel, content. An empty text
    /// is no branch.
    #[must_use]
    pub fn with_branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = said(branch.into());
        self
    }

    /// Names the leaf of the KPI tree through which the cause acts. An empty text is no leaf.
    #[must_use]
    pub fn with_leaf(mut self, leaf: impl Into<String>) -> Self {
        self.leaf = said(leaf.into());
        self
    }

    /// States how much of the gap between actual and target the cause explains, in a unit of the metric; below zero
    /// where it lowered the metric.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{Finding, ProblemCause};
    ///
    /// let narrow = ProblemCause::new("audience too narrow")?.with_explains("-0.4 %".parse()?);
    /// let finding = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?.with_cause(narrow)?;
    /// assert_eq!(finding.unexplained()?.get()?.to_string(), "-0.1 percentage points");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_explains(mut self, explains: Quantity) -> Self {
        self.explains = Some(explains);
        self
    }

    /// The whys, from the symptom to the root.
    #[must_use]
    pub fn path(&self) -> &[String] {
        &self.whys
    }

    /// The root cause: the last why.
    #[must_use]
    #[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "every door asks for a why")]
    pub fn root(&self) -> &str {
        &self.whys[self.whys.len() - 1]
    }

    /// The branch of the fishbone, if one is named.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.branch.as_deref()
    }

    /// The id of the leaf of the KPI tree, if one is named.
    #[must_use]
    pub fn leaf(&self) -> Option<&str> {
        self.leaf.as_deref()
    }

    /// The amount of the gap that the cause explains, if it is stated.
    #[must_use]
    pub const fn explains(&self) -> Option<&Quantity> {
        self.explains.as_ref()
    }
}

impl core::fmt::Display for ProblemCause {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(&self.whys.join(" < "))
    }
}

impl ProblemCause {
    fn check(self) -> Result<Self, Problems<ReviewError>> {
        let mut problems = Problems::new();
        if self.whys.is_empty() {
            problems.push(Path::root().field("whys"), ReviewError::NoCause);
        }
        for (index, why) in self.whys.iter().enumerate() {
            if why.trim().is_empty() {
                problems.push(Path::root().field("whys").index(index), ReviewError::NoName);
            }
        }
        // The unit of `explains` is for the finding to check: a cause does not know its metric.
        // In data an empty text is a mistake and told; from a caller it is none, see `said`.
        for (field, text) in [("branch", &self.branch), ("leaf", &self.leaf)] {
            if text.as_ref().is_some_and(|text| text.trim().is_empty()) {
                problems.push(Path::root().field(field), ReviewError::NoName);
            }
        }
        problems.into_result(self)
    }
}

/// A text that says something.
fn said(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

/// The causes by branch, in the order of the branches' names; those without a branch under the empty name.
///
/// # Examples
/// ```
/// use marketloop::review::{ProblemCause, fishbone};
///
/// let causes = [
///     ProblemCause::new("slow page")?.with_branch("content"),
///     ProblemCause::new("wrong age")?.with_branch("targeting"),
///     ProblemCause::new("narrow interests")?.with_branch("targeting"),
/// ];
/// assert_eq!(fishbone(&causes)["targeting"].len(), 2);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[doc(alias = "Ishikawa")]
#[must_use]
pub fn fishbone<'a>(
    causes: impl IntoIterator<Item = &'a ProblemCause>,
) -> BTreeMap<&'a str, Vec<&'a ProblemCause>> {
    // By whatever branches the causes name: a fixed list would not fit every team's fishbone.
    let mut branches: BTreeMap<&str, Vec<&ProblemCause>> = BTreeMap::new();
    for cause in causes {
        branches.entry(cause.branch().unwrap_or("")).or_default().push(cause);
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
