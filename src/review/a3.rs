//! A problem on one page.

use super::{Finding, ReviewError};
use crate::figure::{Figure, Table};
use crate::quantity::Quantity;
use crate::target::Achievement;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::Serialize;

/// The A3 report of a finding as a value: background, current condition, goal, root causes, countermeasures
/// and follow-up, in their usual order (Sobek and Smalley, 2008). A part that is not known says so.
///
/// # Examples
/// ```
/// use marketloop::review::{A3Report, Finding};
///
/// let finding = Finding::new("conversion rate", "at least 2 %".parse()?, "1.5 %".parse()?)?
///     .with_measure("age 20-40 and interest tags").with_owner("digital operations");
/// let page = A3Report::of(&finding, "third quarter, product A");
/// assert_eq!(page.current_condition, "1.5 %, attainment 75%");
/// assert_eq!(page.root_causes, ["cause not quantified"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[doc(alias = "A3")]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct A3Report {
    /// The metric.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it matters, as given.
    pub background: String,
    /// The actual value with its attainment.
    pub current_condition: String,
    /// The target.
    pub goal: String,
    /// The causes as paths of whys with what they explain, the contributions to the gap, and its unexplained share.
    pub root_causes: Vec<String>,
    /// The measure.
    pub countermeasures: String,
    /// The day of the next look, or `not set`.
    pub follow_up: String,
}

impl A3Report {
    /// Writes the report of `finding`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::review::{A3Report, Finding};
    ///
    /// let finding = Finding::new("sales", "at least 1000 CNY".parse()?, "920 CNY".parse()?)?;
    /// let page = A3Report::of(&finding, "spring sale");
    /// assert_eq!(page.follow_up, "not set"); // what is not known says so
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn of(finding: &Finding, background: impl Into<String>) -> Self {
        let attainment = match finding.achievement() {
            Ok(found @ Achievement::Attained(_)) => format!("attainment {found}"),
            Ok(found @ Achievement::Undefined { .. }) => format!("target {found}"),
            // A page returns no error: it shows what could not be worked out.
            Err(why) => why.to_string(),
        };
        let mut root_causes: Vec<String> = finding
            .causes()
            .iter()
            .map(|cause| match cause.explains() {
                // An explained part of a gap is a difference: of percentages, percentage points.
                Some(explains) => {
                    format!("{cause}: {:#}", Quantity::difference(explains.value(), explains.unit()))
                }
                None => cause.to_string(),
            })
            .collect();
        let parts = finding.explained_by().iter();
        root_causes.extend(parts.map(|part| format!("{}: {:#}", part.key, part.quantity())));
        root_causes.extend(match finding.unexplained_share() {
            // A rest of 0 is no line of the page.
            Ok(Figure::Known(share)) if share.is_zero() => None,
            Ok(Figure::Known(share)) => Some(format!("unexplained: {}", share.to_percent())),
            Ok(Figure::Missing(_)) => Some("cause not quantified".to_string()),
            // Where there is no gap, nothing of it is left to explain.
            // So it is where there is no actual, and so no gap.
            Ok(Figure::Undefined(_)) | Err(ReviewError::NotMeasured { .. }) => None,
            Err(why) => Some(why.to_string()),
        });
        let or = |text: Option<&str>, none: &str| text.map_or_else(|| none.to_string(), String::from);
        Self {
            title: finding.metric().to_string(),
            owner: or(finding.owner(), "nobody yet"),
            background: background.into(),
            current_condition: match finding.actual() {
                Figure::Known(actual) => format!("{actual:#}, {attainment}"),
                _ => attainment,
            },
            goal: format!("{:#}", finding.target()),
            root_causes,
            countermeasures: or(finding.measure(), "none yet"),
            follow_up: finding.review_on().map_or_else(|| "not set".to_string(), |date| date.to_string()),
        }
    }
}

impl A3Report {
    /// The report as rows: each heading with its text.
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new(self.title.clone());
        table.push("owner", "text", self.owner.as_str());
        table.push("background", "text", self.background.as_str());
        table.push("current condition", "text", self.current_condition.as_str());
        table.push("goal", "text", self.goal.as_str());
        for (number, cause) in (1..).zip(&self.root_causes) {
            table.push(format!("cause {number}"), "text", cause.as_str());
        }
        table.push("countermeasures", "text", self.countermeasures.as_str());
        table.push("follow-up", "text", self.follow_up.as_str());
        table
    }
}

impl fmt::Display for A3Report {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::ProblemCause;

    #[test]
    fn the_page_of_the_documents_finding() {
        let cause = ProblemCause::new("3 notes throttled for violations").unwrap();
        let cause = cause.with_explains("-200000 impression".parse().unwrap());
        let finding = Finding::new(
            "impressions",
            "at least 5000000 impression".parse().unwrap(),
            "4800000 impression".parse().unwrap(),
        );
        let finding = finding.unwrap().with_cause(cause).unwrap().with_measure("compliance training");
        let page = A3Report::of(&finding, "Xiaohongshu seeding");
        assert_eq!(
            page.to_string(),
            "impressions        text\n\
             owner              nobody yet\n\
             background         Xiaohongshu seeding\n\
             current condition  4,800,000 impression, attainment 96%\n\
             goal               at least 5,000,000 impression\n\
             cause 1            3 notes throttled for violations: -200,000 impression\n\
             countermeasures    compliance training\n\
             follow-up          not set\n"
        );
    }
}
