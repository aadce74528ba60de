//! Which arm a unit is in: the same one each time, whoever asks.

use super::ExperimentError;
use super::line::{Line, Part, minus};
use super::unit_hash::{Salt, unit_hash};
use crate::error::{Path, Problems};
use crate::quantity::Share;
use crate::quantity::wire::wire_fields;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The arms of a test with their shares of all units, by a salt: each unit has the same arm each time, and nothing has to
/// be stored.
///
/// Tests with different salts know nothing of each other: whoever is in an arm of one is in each arm of the other
/// as often as anybody. Tests that must not meet belong to one [`Layer`](super::Layer).
///
/// An arm that [grows](Self::growing) keeps the units that it has, and so do all others: what it gets more was in no arm.
/// Two arms cannot trade units: a unit that saw one page must not see the other.
///
/// # Formula
/// A unit's place is its hash, mixed with the salt: 64 bits. It is in the part of the line from 0 to 1 in which
/// `place / 2^64` lies, in whole numbers: parts are off by less than one place of 2^64.
///
/// # Examples
/// ```
/// use marketloop::experiment::Assignment;
/// use marketloop::quantity::Share;
///
/// let test = Assignment::new("landing page, July", [("old", Share::percent(5)?), ("new", Share::percent(5)?)])?;
/// assert_eq!(test.arm_of("user 69"), Some("old"));
/// assert_eq!(test.arm_of("user 17"), None); // of a hundred users, ninety are in no arm
///
/// // After a week without harm: half of all users each. Whoever was in an arm stays there.
/// let wide = test.growing("old", Share::percent(50)?)?.growing("new", Share::percent(50)?)?;
/// assert_eq!(wide.arm_of("user 69"), Some("old"));
/// assert_eq!(wide.arm_of("user 17"), Some("new"));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::Assignment;
/// let json = r#"{"salt":"page","parts":[{"share":"0.05","of":"old"},{"share":"0.05","of":"new"},{"share":"0.45","of":"old"}]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Assignment>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
#[doc(alias = "bucket")]
#[doc(alias = "randomisation")]
#[doc(alias = "分流")]
pub struct Assignment {
    salt: String,
    /// Of `salt`.
    mixed: Salt,
    line: Line,
}

/// The parts on the wire, not checked yet.
struct Wire {
    salt: String,
    parts: Vec<Part>,
}

wire_fields!("Assignment", Wire { salt, parts });

impl TryFrom<Wire> for Assignment {
    type Error = Problems<ExperimentError>;

    fn try_from(Wire { salt, parts }: Wire) -> Result<Self, Self::Error> {
        let parts = parts.into_iter().map(Into::into).collect();
        Self::of_parts(salt, parts)
    }
}

impl From<Assignment> for Wire {
    fn from(assignment: Assignment) -> Self {
        Self { parts: assignment.line.parts(), salt: assignment.salt }
    }
}

impl Assignment {
    /// The arms in this order, each with its share of all units. What the shares leave of 1 is in no arm.
    ///
    /// A salt is for one test: with the salt of an earlier one, the same units would be together again. One arm alone is
    /// a roll-out in steps.
    ///
    /// # Errors
    /// All problems at once: [`ExperimentError::EmptyName`] of the salt or an arm; [`ExperimentError::Duplicate`];
    /// [`ExperimentError::NoPart`] of a share of 0; [`ExperimentError::SharesAboveOne`] with how much is too much;
    /// [`ExperimentError::NoArms`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Assignment;
    /// use marketloop::quantity::Share;
    ///
    /// let refused = Assignment::new("cover", [("a", Share::percent(60)?), ("b", Share::percent(50)?)]).unwrap_err();
    /// assert_eq!(refused.to_string(), "parts: the shares add up to 0.1 more than 1");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new<N: Into<String>>(
        salt: impl Into<String>,
        arms: impl IntoIterator<Item = (N, Share)>,
    ) -> Result<Self, Problems<ExperimentError>> {
        let parts: Vec<_> = arms.into_iter().map(|(arm, share)| (Some(arm.into()), share)).collect();
        let given = parts.len();
        let made = Self::of_parts(salt.into(), parts)?;
        let mut problems = Problems::new();
        if made.arms().len() < given {
            let names: Vec<String> = made.line.owned().cloned().collect();
            problems.take(&Path::root().field("parts"), super::check_names("arm", &names));
        }
        problems.into_result(made)
    }

    fn of_parts(
        salt: String,
        parts: Vec<(Option<String>, Share)>,
    ) -> Result<Self, Problems<ExperimentError>> {
        let (mut problems, root) = (Problems::new(), Path::root());
        if salt.is_empty() {
            problems.push(root.field("salt"), ExperimentError::EmptyName { what: "salt" });
        }
        let line = Line::of("arm", &root.field("parts"), parts, &mut problems);
        if line.names().is_empty() {
            problems.push(root.field("parts"), ExperimentError::NoArms);
        }
        problems.into_result(Self { mixed: Salt::of(&salt), salt, line })
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// The names of the arms.
    #[must_use]
    pub fn arms(&self) -> &[String] {
        self.line.names()
    }

    /// The share of all units that an arm has.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Assignment;
    /// use marketloop::quantity::Share;
    ///
    /// let test = Assignment::new("cover", [("a", Share::percent(60)?), ("b", Share::percent(30)?)])?;
    /// assert_eq!((test.share("b")?, test.free()), (Share::percent(30)?, Share::percent(10)?));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn share(&self, arm: &str) -> Result<Share, ExperimentError> {
        if self.arms().iter().any(|own| own == arm) {
            return Ok(self.line.share(arm));
        }
        Err(ExperimentError::Unknown { what: "arm", name: arm.to_string(), known: self.arms().to_vec() })
    }

    /// The share of all units that are in no arm.
    #[must_use]
    pub fn free(&self) -> Share {
        self.line.free()
    }

    /// The arm of a unit by its bytes or text; `None` where it is in none.
    ///
    /// It is that of its [`unit_hash`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Assignment;
    /// use marketloop::quantity::Share;
    ///
    /// let test = Assignment::new("cover", [("cat", Share::percent(50)?), ("dog", Share::percent(50)?)])?;
    /// assert_eq!(["王芳", "李娜", "张伟"].map(|user| test.arm_of(user)), [Some("cat"), Some("cat"), Some("dog")]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn arm_of(&self, unit: impl AsRef<[u8]>) -> Option<&str> {
        self.arm_of_hash(unit_hash(unit))
    }

    /// The arm of a unit by a hash of the caller's, or any number that only this unit has.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, unit_hash};
    /// use marketloop::quantity::Share;
    ///
    /// let test = Assignment::new("cover", [("cat", Share::percent(50)?), ("dog", Share::percent(50)?)])?;
    /// assert_eq!(test.arm_of_hash(unit_hash("王芳")), test.arm_of("王芳"));
    /// // Running numbers of users are spread too.
    /// assert_eq!([1, 2, 3, 4].map(|id| test.arm_of_hash(id)), [Some("cat"), Some("dog"), Some("dog"), Some("dog")]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn arm_of_hash(&self, hash: u64) -> Option<&str> {
        let arm = self.index_of_hash(hash)?;
        self.arms().get(arm as usize).map(String::as_str)
    }

    /// The arm of a unit by its index in [`arms`](Self::arms), by a hash as in [`arm_of_hash`](Self::arm_of_hash).
    ///
    /// For columns: nothing is allocated.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Assignment;
    /// use marketloop::quantity::Share;
    ///
    /// let test = Assignment::new("cover", [("cat", Share::percent(50)?), ("dog", Share::percent(40)?)])?;
    /// let hashes: [u64; 4] = [1, 2, 3, 7];
    /// let arms: Vec<Option<u32>> = hashes.iter().map(|hash| test.index_of_hash(*hash)).collect();
    /// assert_eq!(arms, [Some(0), Some(1), Some(1), None]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn index_of_hash(&self, hash: u64) -> Option<u32> {
        self.line.owner(self.mixed.place(hash))
    }

    /// The test with a larger share for an arm. Every unit that is in an arm stays there.
    ///
    /// Let all arms of a test grow at once and in proportion: an arm whose units came later than the others' has other
    /// units.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::ShareFalls`] of a smaller share;
    /// [`ExperimentError::SharesAboveOne`] where less is free.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::Assignment;
    /// use marketloop::quantity::Share;
    ///
    /// let test = Assignment::new("cover", [("cat", Share::percent(50)?), ("dog", Share::percent(40)?)])?;
    /// assert_eq!(test.growing("dog", Share::percent(50)?)?.free(), Share::ZERO);
    /// assert!(test.growing("dog", Share::percent(60)?).is_err());
    /// assert!(test.growing("dog", Share::percent(20)?).is_err()); // its units would go elsewhere
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn growing(&self, arm: &str, to: Share) -> Result<Self, ExperimentError> {
        let from = self.share(arm)?;
        if to < from {
            return Err(ExperimentError::ShareFalls { name: arm.to_string(), from, to });
        }
        let parts = self.line.taken(arm, minus(to, from))?;
        Ok(Self { line: Line::of_valid("arm", parts), ..self.clone() })
    }
}
