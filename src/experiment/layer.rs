//! Tests that exclude each other: no unit is in two of them.

use super::ExperimentError;
use super::assignment::Assignment;
use super::line::{Line, Part, minus};
use super::unit_hash::{Salt, unit_hash};
use crate::error::{Path, Problems};
use crate::quantity::Share;
use crate::quantity::wire::wire_fields;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// Tests that exclude each other, each on its own part of all units: no unit is in two tests of a layer.
///
/// Layers with different salts overlap, and know nothing of each other (D. Tang, A. Agarwal, D. O'Brien and M. Meyer, 2010).
/// Put tests of one thing into one layer: two prices, two forms of one page.
///
/// # Examples
/// ```
/// use marketloop::experiment::{Assignment, Layer};
/// use marketloop::quantity::Share;
///
/// let half = Share::percent(50)?;
/// let halves = |salt: &str| Assignment::new(salt, [("old", half), ("new", half)]);
/// let page = Layer::new("page")?
///     .with_test("title", Share::percent(40)?, &halves("title 1")?)?
///     .with_test("button", Share::percent(30)?, &halves("button 1")?)?;
/// assert_eq!(page.arm_of("user 11"), Some(("title", "old")));
/// assert_eq!(page.arm_of("user 17"), None);
/// assert_eq!(page.free(), Share::percent(30)?);
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::experiment::Layer;
/// let json = r#"{"salt":"page","parts":[{"share":"0.4","of":"title"}],"tests":[["title",{"salt":"title 1","parts":[{"share":"1","of":"old"}]}]]}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Layer>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Layer {
    salt: String,
    /// Of `salt`.
    mixed: Salt,
    line: Line,
    /// In the order of the line's names.
    tests: Vec<Assignment>,
}

/// The tests on the wire, not checked yet.
struct Wire {
    salt: String,
    parts: Vec<Part>,
    tests: Vec<(String, Assignment)>,
}

wire_fields!("Layer", Wire { salt, parts, tests });

impl TryFrom<Wire> for Layer {
    type Error = Problems<ExperimentError>;

    fn try_from(Wire { salt, parts, tests }: Wire) -> Result<Self, Self::Error> {
        let (mut problems, root) = (Problems::new(), Path::root());
        if salt.is_empty() {
            problems.push(root.field("salt"), ExperimentError::EmptyName { what: "salt" });
        }
        let line = Line::of(
            "test",
            &root.field("parts"),
            parts.into_iter().map(Into::into).collect(),
            &mut problems,
        );
        let known: BTreeSet<&str> = line.names().iter().map(String::as_str).collect();
        let mut salts = BTreeSet::from([salt.as_str()]);
        let mut given = alloc::collections::BTreeMap::new();
        for (index, (name, test)) in tests.iter().enumerate() {
            let path = root.field("tests").index(index);
            if !known.contains(name.as_str()) {
                let known = line.names().to_vec();
                problems
                    .push(path.clone(), ExperimentError::Unknown { what: "test", name: name.clone(), known });
            }
            if given.insert(name.as_str(), test).is_some() {
                problems.push(path.clone(), ExperimentError::Duplicate { what: "test", name: name.clone() });
            }
            if !salts.insert(test.salt()) {
                let name = test.salt().to_string();
                problems.push(path, ExperimentError::Duplicate { what: "salt", name });
            }
        }
        let mut own = Vec::with_capacity(line.names().len());
        for name in line.names() {
            match given.get(name.as_str()) {
                Some(test) => own.push((*test).clone()),
                None => problems.push(
                    root.field("tests"),
                    ExperimentError::Unknown {
                        what: "test",
                        name: name.clone(),
                        known: tests.iter().map(|(name, _)| name.clone()).collect(),
                    },
                ),
            }
        }
        problems.into_result(Self { mixed: Salt::of(&salt), salt, line, tests: own })
    }
}

impl From<Layer> for Wire {
    fn from(layer: Layer) -> Self {
        Self {
            parts: layer.line.parts(),
            tests: layer.line.names().iter().cloned().zip(layer.tests).collect(),
            salt: layer.salt,
        }
    }
}

impl Layer {
    /// A layer without tests. Its salt is for it alone.
    ///
    /// # Errors
    /// [`ExperimentError::EmptyName`].
    ///
    /// # Examples
    /// ```
    /// # use marketloop::experiment::Layer;
    /// # use marketloop::quantity::Share;
    /// assert_eq!(Layer::new("prices")?.free(), Share::ONE);
    /// # Ok::<(), marketloop::experiment::ExperimentError>(())
    /// ```
    pub fn new(salt: impl Into<String>) -> Result<Self, ExperimentError> {
        let salt = salt.into();
        if salt.is_empty() {
            return Err(ExperimentError::EmptyName { what: "salt" });
        }
        let line = Line::of_valid("test", Vec::new());
        Ok(Self { mixed: Salt::of(&salt), salt, line, tests: Vec::new() })
    }

    /// The layer with one more test on `share` of all units, of what is free. `arms` divide the units of the test.
    ///
    /// Its salt must be none of the layer's: units would be divided as they were before.
    ///
    /// # Errors
    /// [`ExperimentError::EmptyName`]; [`ExperimentError::Duplicate`] test or salt; [`ExperimentError::NoPart`] of a
    /// share of 0; [`ExperimentError::SharesAboveOne`] with how much is too much.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, Layer};
    /// use marketloop::quantity::Share;
    ///
    /// let half = Share::percent(50)?;
    /// let halves = |salt: &str| Assignment::new(salt, [("a", half), ("b", half)]);
    /// let layer = Layer::new("prices")?.with_test("coffee", Share::percent(70)?, &halves("coffee")?)?;
    /// let refused = layer.with_test("tea", Share::percent(50)?, &halves("tea")?).unwrap_err();
    /// assert_eq!(refused.to_string(), "the shares add up to 0.2 more than 1");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_test(
        &self,
        name: impl Into<String>,
        share: Share,
        arms: &Assignment,
    ) -> Result<Self, ExperimentError> {
        let name = name.into();
        if name.trim().is_empty() {
            return Err(ExperimentError::EmptyName { what: "test" });
        }
        if self.line.names().contains(&name) {
            return Err(ExperimentError::Duplicate { what: "test", name });
        }
        if share == Share::ZERO {
            return Err(ExperimentError::NoPart { what: "test", name });
        }
        if arms.salt() == self.salt || self.tests.iter().any(|test| test.salt() == arms.salt()) {
            return Err(ExperimentError::Duplicate { what: "salt", name: arms.salt().to_string() });
        }
        let line = Line::of_valid("test", self.line.taken(&name, share)?);
        Ok(self.on(line, |own| if own == name { Some(arms) } else { self.test(own) }))
    }

    /// The layer without a test, whose units are free for the next one.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, Layer};
    /// use marketloop::quantity::Share;
    ///
    /// let arms = Assignment::new("coffee", [("a", Share::percent(50)?), ("b", Share::percent(50)?)])?;
    /// let layer = Layer::new("prices")?.with_test("coffee", Share::percent(70)?, &arms)?;
    /// assert_eq!(layer.without_test("coffee")?, Layer::new("prices")?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn without_test(&self, name: &str) -> Result<Self, ExperimentError> {
        self.share(name)?;
        Ok(self.on(Line::of_valid("test", self.line.freed(name)), |own| self.test(own)))
    }

    /// The layer with a larger share for a test. Every unit of a test stays in it, in its arm.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`]; [`ExperimentError::ShareFalls`] of a smaller share;
    /// [`ExperimentError::SharesAboveOne`] where less is free.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, Layer};
    /// use marketloop::quantity::Share;
    ///
    /// let arms = Assignment::new("coffee", [("a", Share::percent(50)?), ("b", Share::percent(50)?)])?;
    /// let layer = Layer::new("prices")?.with_test("coffee", Share::percent(10)?, &arms)?;
    /// assert_eq!(layer.growing("coffee", Share::percent(80)?)?.share("coffee")?, Share::percent(80)?);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn growing(&self, name: &str, to: Share) -> Result<Self, ExperimentError> {
        let from = self.share(name)?;
        if to < from {
            return Err(ExperimentError::ShareFalls { name: name.to_string(), from, to });
        }
        let line = Line::of_valid("test", self.line.taken(name, minus(to, from))?);
        Ok(self.on(line, |own| self.test(own)))
    }

    /// The same layer on another line, whose order of tests may be another one.
    fn on<'t>(&self, line: Line, test: impl Fn(&str) -> Option<&'t Assignment>) -> Self {
        let tests: Vec<Assignment> = line.names().iter().filter_map(|name| test(name)).cloned().collect();
        debug_assert_eq!(tests.len(), line.names().len(), "each test has its arms");
        Self { salt: self.salt.clone(), mixed: self.mixed, line, tests }
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// The names of the tests.
    #[must_use]
    pub fn tests(&self) -> &[String] {
        self.line.names()
    }

    /// The arms of a test.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::experiment::Layer;
    /// assert!(Layer::new("prices")?.test("coffee").is_none());
    /// # Ok::<(), marketloop::experiment::ExperimentError>(())
    /// ```
    #[must_use]
    pub fn test(&self, name: &str) -> Option<&Assignment> {
        let index = self.tests().iter().position(|own| own == name)?;
        self.tests.get(index)
    }

    /// The share of all units that a test has, in whichever arm.
    ///
    /// # Errors
    /// [`ExperimentError::Unknown`].
    ///
    /// # Examples
    /// ```
    /// # use marketloop::experiment::Layer;
    /// assert!(Layer::new("prices")?.share("coffee").is_err());
    /// # Ok::<(), marketloop::experiment::ExperimentError>(())
    /// ```
    pub fn share(&self, name: &str) -> Result<Share, ExperimentError> {
        if self.tests().iter().any(|own| own == name) {
            return Ok(self.line.share(name));
        }
        Err(ExperimentError::Unknown { what: "test", name: name.to_string(), known: self.tests().to_vec() })
    }

    /// The share of all units that no test has.
    #[must_use]
    pub fn free(&self) -> Share {
        self.line.free()
    }

    /// The test and the arm of a unit by its bytes or text; `None` where it is in no test, or in no arm of its test.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::experiment::Layer;
    /// assert_eq!(Layer::new("prices")?.arm_of("user 17"), None);
    /// # Ok::<(), marketloop::experiment::ExperimentError>(())
    /// ```
    #[must_use]
    pub fn arm_of(&self, unit: impl AsRef<[u8]>) -> Option<(&str, &str)> {
        self.arm_of_hash(unit_hash(unit))
    }

    /// The test and the arm of a unit by a hash, as [`Assignment::arm_of_hash`] takes it.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, Layer};
    /// use marketloop::quantity::Share;
    ///
    /// let all = Assignment::new("coffee", [("a", Share::ONE)])?;
    /// let layer = Layer::new("prices")?.with_test("coffee", Share::percent(50)?, &all)?;
    /// assert_eq!([3, 4, 5].map(|id| layer.arm_of_hash(id)), [Some(("coffee", "a")), None, None]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn arm_of_hash(&self, hash: u64) -> Option<(&str, &str)> {
        let test = self.index_of(hash)?;
        let arm = self.tests.get(test)?.arm_of_hash(hash)?;
        Some((self.tests().get(test)?.as_str(), arm))
    }

    /// The test of a unit by a hash, whether it is in an arm of it or not.
    ///
    /// # Examples
    /// ```
    /// use marketloop::experiment::{Assignment, Layer};
    /// use marketloop::quantity::Share;
    ///
    /// let few = Assignment::new("coffee", [("a", Share::percent(1)?)])?;
    /// let layer = Layer::new("prices")?.with_test("coffee", Share::percent(50)?, &few)?;
    /// assert_eq!((layer.test_of_hash(1), layer.arm_of_hash(1)), (Some("coffee"), None));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn test_of_hash(&self, hash: u64) -> Option<&str> {
        self.tests().get(self.index_of(hash)?).map(String::as_str)
    }

    fn index_of(&self, hash: u64) -> Option<usize> {
        self.line.owner(self.mixed.place(hash)).map(|test| test as usize)
    }
}
