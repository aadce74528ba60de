//! The content on each platform, and the core KPI of each platform.

use super::{ChannelError, Gap};
use crate::error::{Lookup, Path, Problems};
use crate::figure::{Cell, Table, beside};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Count, Mix, Ratio};
use crate::target::{Achievement, ActualValue, Target};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// Pieces of content by kind and platform; each platform has its core KPI, the kinds may have a planned mix.
///
/// # Examples
/// ```
/// use marketloop::channel::ContentMatrix;
/// use marketloop::quantity::Mix;
///
/// let golden = Mix::from_percents([("substance".into(), 70), ("benefits".into(), 20), ("advertising".into(), 10)])?;
/// let matrix = ContentMatrix::draft()
///     .platform("Xiaohongshu", "engagement rate", "at least 5 %".parse()?)
///     .platform("Douyin", "completion rate", "at least 60 %".parse()?)
///     .content("substance", [10, 4])
///     .content("benefits", [2, 2])
///     .content("advertising", [0, 2])
///     .with_mix(golden)
///     .check()?;
/// assert_eq!(matrix.pieces_of_platform("Douyin").map(|pieces| pieces.value()), Some(8));
/// let advertising = &matrix.drift()?[2];
/// assert_eq!(advertising.difference()?.to_percent(), "0%"); // 2 of 20 pieces, as planned
/// assert_eq!(matrix.achievement("Douyin", &"48 %".parse()?)?.to_string(), "80%");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::channel::ContentMatrix;
/// let json = r#"{
///   "platforms": [{"name": "Douyin", "core_kpi": "completion rate", "target": "at least 60 %"}],
///   "contents": [{"name": "substance", "pieces": [4]}],
///   "mix": [["substance", "1"]]
/// }"#;
/// let read: ContentMatrix = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ContentMatrix>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ContentMatrixDraft", into = "ContentMatrixDraft")]
pub struct ContentMatrix {
    draft: ContentMatrixDraft,
    all: Count,
}

/// A platform with its core KPI and the target for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Platform {
    name: String,
    core_kpi: String,
    target: Target,
}

wire_fields!(Platform { name, core_kpi, target });

/// A kind of content with its pieces on each platform.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ContentRow {
    /// The kind.
    name: String,
    /// Its pieces on each platform, in their order.
    pieces: Vec<Count>,
}

wire_fields!(ContentRow { name, pieces });

/// The platforms, kinds and pieces of a [`ContentMatrix`], not checked yet.
///
/// ```
/// # use marketloop::channel::ContentMatrixDraft;
/// let json = r#"{
///   "platforms": [{"name": "Douyin", "core_kpi": "completion rate", "target": "at least 60 %"}],
///   "contents": [{"name": "substance", "pieces": [4]}],
///   "mix": [["substance", "1"]]
/// }"#;
/// let read: ContentMatrixDraft = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ContentMatrixDraft>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContentMatrixDraft {
    platforms: Vec<Platform>,
    contents: Vec<ContentRow>,
    mix: Option<Mix<String>>,
}

wire_fields!(ContentMatrixDraft { platforms, contents, mix: optional });

impl ContentMatrixDraft {
    /// Adds a platform with its core KPI, the one that counts most there, and the target for it.
    #[must_use]
    pub fn platform(mut self, name: impl Into<String>, core_kpi: impl Into<String>, target: Target) -> Self {
        self.platforms.push(Platform { name: name.into(), core_kpi: core_kpi.into(), target });
        self
    }

    /// Adds a kind of content with its pieces on each platform, in their order.
    #[must_use]
    pub fn content(mut self, name: impl Into<String>, pieces: impl IntoIterator<Item = u64>) -> Self {
        let pieces = pieces.into_iter().map(Count::new).collect();
        self.contents.push(ContentRow { name: name.into(), pieces });
        self
    }

    /// Sets the planned mix of the kinds.
    #[must_use]
    pub fn with_mix(self, mix: Mix<String>) -> Self {
        Self { mix: Some(mix), ..self }
    }

    /// The checked matrix.
    ///
    /// # Errors
    /// All problems at once: [`ChannelError::NoChannels`] without platforms or contents;
    /// [`ChannelError::DuplicateName`]; [`ChannelError::Length`] at a row of another length;
    /// [`ChannelError::NotInMix`], [`ChannelError::NotInMatrix`] where the mix has other kinds;
    /// [`ChannelError::TooMany`] beyond 64 bits.
    pub fn check(self) -> Result<ContentMatrix, Problems<ChannelError>> {
        let mut problems = Problems::new();
        let names = |names: Vec<&str>, field: &str, problems: &mut Problems<ChannelError>| {
            let path = Path::root().field(field);
            if names.is_empty() {
                problems.push(path.clone(), ChannelError::NoChannels);
            }
            for (first, index) in Lookup::of(names.iter().copied()).repeats() {
                let name = names.get(first).map_or_else(String::new, |name| (*name).into());
                problems.push(path.index(index).field("name"), ChannelError::DuplicateName { name });
            }
        };
        names(
            self.platforms.iter().map(|platform| platform.name.as_str()).collect(),
            "platforms",
            &mut problems,
        );
        let kinds: Vec<&str> = self.contents.iter().map(|row| row.name.as_str()).collect();
        names(kinds.clone(), "contents", &mut problems);
        for (index, row) in self.contents.iter().enumerate() {
            if row.pieces.len() != self.platforms.len() {
                let error = ChannelError::Length { expected: self.platforms.len(), actual: row.pieces.len() };
                problems.push(Path::root().field("contents").index(index).field("pieces"), error);
            }
        }
        if let Some(mix) = &self.mix {
            // Both ways, as shares of two different wholes cannot be compared.
            let in_mix = Lookup::of(mix.iter().map(|(name, _)| name.as_str()));
            let in_matrix = Lookup::of(kinds.iter().copied());
            for (index, name) in kinds.iter().enumerate() {
                if in_mix.position(name).is_none() {
                    let error = ChannelError::NotInMix { name: (*name).into() };
                    problems.push(Path::root().field("contents").index(index).field("name"), error);
                }
            }
            for (index, (name, _)) in mix.iter().enumerate() {
                if in_matrix.position(name).is_none() {
                    let error = ChannelError::NotInMatrix { name: name.clone() };
                    problems.push(Path::root().field("mix").index(index), error);
                }
            }
        }
        let all = sum(self.contents.iter().flat_map(|row| row.pieces.iter().copied()));
        // A sum that was refused is a problem, and a matrix with one is not handed out: the 0 is never seen.
        let all = problems.take(&Path::root().field("contents"), all).unwrap_or_default();
        problems.into_result(ContentMatrix { draft: self, all })
    }
}

fn sum(counts: impl Iterator<Item = Count>) -> Result<Count, ChannelError> {
    let mut counts = counts;
    counts.try_fold(Count::ZERO, Count::plus).map_err(|_| ChannelError::TooMany)
}

impl ContentMatrix {
    /// A draft without platforms and contents.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::ContentMatrix;
    ///
    /// let matrix = ContentMatrix::draft()
    ///     .platform("Douyin", "completion rate", "at least 60 %".parse()?)
    ///     .platform("Weibo", "shares", "at least 100".parse()?)
    ///     .content("benefits", [2, 3])
    ///     .check()?;
    /// assert_eq!(matrix.pieces("benefits", "Weibo").map(|pieces| pieces.value()), Some(3));
    /// // A row has a number for each platform.
    /// let short = ContentMatrix::draft().platform("Douyin", "likes", "at least 9".parse()?).content("benefits", []);
    /// assert!(short.check().is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn draft() -> ContentMatrixDraft {
        ContentMatrixDraft::default()
    }

    /// The names of the platforms, in the order given.
    #[must_use]
    pub fn platforms(&self) -> impl ExactSizeIterator<Item = &str> {
        self.draft.platforms.iter().map(|platform| platform.name.as_str())
    }

    /// The kinds of content, in the order given.
    #[must_use]
    pub fn kinds(&self) -> impl ExactSizeIterator<Item = &str> {
        self.draft.contents.iter().map(|row| row.name.as_str())
    }

    /// The core KPI of a platform and its target.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::ContentMatrix;
    ///
    /// let matrix = ContentMatrix::draft()
    ///     .platform("Douyin", "completion rate", "at least 60 %".parse()?)
    ///     .content("benefits", [2])
    ///     .check()?;
    /// let (kpi, target) = matrix.core_kpi("Douyin").expect("a platform of the matrix");
    /// assert_eq!((kpi, target.to_string()), ("completion rate", "at least 60 %".into()));
    /// assert!(matrix.core_kpi("Weibo").is_none());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn core_kpi(&self, platform: &str) -> Option<(&str, &Target)> {
        let platform = self.draft.platforms.iter().find(|own| own.name == platform)?;
        Some((&platform.core_kpi, &platform.target))
    }

    /// The number of all pieces.
    #[must_use]
    pub const fn all(&self) -> Count {
        self.all
    }

    /// The number of pieces of one kind on one platform.
    #[must_use]
    pub fn pieces(&self, content: &str, platform: &str) -> Option<Count> {
        let column = self.draft.platforms.iter().position(|own| own.name == platform)?;
        self.draft.contents.iter().find(|row| row.name == content)?.pieces.get(column).copied()
    }

    /// All pieces of one kind.
    #[must_use]
    pub fn pieces_of_content(&self, content: &str) -> Option<Count> {
        let row = self.draft.contents.iter().find(|row| row.name == content)?;
        // A part of a sum that was checked.
        sum(row.pieces.iter().copied()).ok()
    }

    /// All pieces on one platform.
    #[must_use]
    pub fn pieces_of_platform(&self, platform: &str) -> Option<Count> {
        let column = self.draft.platforms.iter().position(|own| own.name == platform)?;
        sum(self.draft.contents.iter().filter_map(|row| row.pieces.get(column).copied())).ok()
    }

    /// How far a platform's core KPI got, or only whether it met its target where the attainment is undefined.
    ///
    /// # Errors
    /// [`ChannelError::UnknownChannel`]; [`ChannelError::Target`] for another unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::ContentMatrix;
    ///
    /// let matrix = ContentMatrix::draft()
    ///     .platform("Douyin", "completion rate", "at least 60 %".parse()?)
    ///     .content("benefits", [2])
    ///     .check()?;
    /// assert_eq!(matrix.achievement("Douyin", &"48 %".parse()?)?.to_string(), "80%");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn achievement(&self, platform: &str, actual: &ActualValue) -> Result<Achievement, ChannelError> {
        let platform = self.draft.platforms.iter().find(|own| own.name == platform);
        Ok(platform.ok_or(ChannelError::UnknownChannel)?.target.achievement_of(actual)?)
    }

    /// Each kind's share of all pieces beside its share in the mix; empty without a mix.
    ///
    /// # Errors
    /// [`ChannelError::NoContribution`] where there are no pieces.
    pub fn drift(&self) -> Result<Vec<Gap<&str, Ratio>>, ChannelError> {
        let Some(mix) = &self.draft.mix else { return Ok(Vec::new()) };
        // Of no pieces at all every kind would be short of its whole share, which says nothing about the mix.
        if self.all == Count::ZERO {
            return Err(ChannelError::NoContribution);
        }
        let gap = |row: &'_ ContentRow| -> Result<(Ratio, Ratio), ChannelError> {
            let pieces = sum(row.pieces.iter().copied())?;
            let actual = Ratio::new(pieces.to_decimal(), self.all.to_decimal())?;
            // The check found every kind in the mix.
            let planned = mix.share(row.name.as_str()).ok_or(ChannelError::NoContribution)?;
            Ok((actual, Ratio::from(planned.value())))
        };
        let rows = self.draft.contents.iter();
        rows.map(|row| gap(row).map(|(actual, planned)| Gap { name: row.name.as_str(), actual, planned }))
            .collect()
    }

    /// The pieces of each kind on each platform, and their sums.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::ContentMatrix;
    ///
    /// let matrix = ContentMatrix::draft()
    ///     .platform("Douyin", "completion rate", "at least 60 %".parse()?)
    ///     .platform("Weibo", "shares", "at least 100".parse()?)
    ///     .content("benefits", [2, 3])
    ///     .check()?;
    /// assert_eq!(
    ///     matrix.table().to_string(),
    ///     "kind      Douyin  Weibo  all\n\
    ///      benefits       2      3    5\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        const ALL: &str = "all";
        let mut table = Table::new("kind");
        for row in &self.draft.contents {
            for (platform, pieces) in self.draft.platforms.iter().zip(&row.pieces) {
                table.push(&row.name, beside(&platform.name, &[ALL]).into_owned(), *pieces);
            }
            let all = sum(row.pieces.iter().copied());
            let all = all.map_or_else(|error| Cell::default().because(error), Cell::from);
            table.push(&row.name, ALL, all);
        }
        table
    }
}

impl fmt::Display for ContentMatrix {
    /// The [table](ContentMatrix::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl TryFrom<ContentMatrixDraft> for ContentMatrix {
    type Error = Problems<ChannelError>;

    fn try_from(draft: ContentMatrixDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<ContentMatrix> for ContentMatrixDraft {
    fn from(matrix: ContentMatrix) -> Self {
        matrix.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn on(draft: ContentMatrixDraft, name: &str) -> ContentMatrixDraft {
        draft.platform(name, "engagement rate", "at least 5 %".parse().unwrap())
    }

    #[test]
    fn drifts_add_up_to_nothing() {
        let mix = Mix::from_percents([("a".into(), 70), ("b".into(), 30)]).unwrap();
        let matrix = on(on(ContentMatrix::draft(), "x"), "y");
        let matrix = matrix.content("a", [1, 1]).content("b", [0, 1]).with_mix(mix).check().unwrap();
        let drift = matrix.drift().unwrap();
        let sum = drift.iter().try_fold(Ratio::ZERO, |sum, kind| sum.plus(kind.difference().unwrap()));
        assert_eq!(sum.unwrap(), Ratio::ZERO);
        assert_eq!(drift[0].difference().unwrap(), "-1/30".parse().unwrap());
        assert_eq!(matrix.pieces("b", "x"), Some(Count::ZERO));
        assert_eq!((matrix.pieces("b", "z"), matrix.pieces_of_content("a")), (None, Some(Count::new(2))));
        assert!(matrix.achievement("x", &"5 CNY".parse().unwrap()).is_err());
        assert_eq!(matrix.achievement("z", &"5 %".parse().unwrap()), Err(ChannelError::UnknownChannel));
    }

    #[test]
    fn all_faults_come_at_once() {
        let mix = Mix::from_percents([("a".into(), 70), ("c".into(), 30)]).unwrap();
        let draft = on(on(ContentMatrix::draft(), "x"), "x");
        let draft = draft.content("a", [1]).content("b", [u64::MAX, 1]).with_mix(mix);
        let refused = draft.check().unwrap_err();
        let paths: Vec<String> = refused.iter().map(|problem| problem.path.to_string()).collect();
        assert_eq!(
            paths,
            ["platforms[1].name", "contents[0].pieces", "contents[1].name", "mix[1]", "contents"]
        );
        assert_eq!(ContentMatrix::draft().check().unwrap_err().len(), 2);
        let none = on(ContentMatrix::draft(), "x").content("a", [0]);
        let none = none.with_mix(Mix::from_percents([("a".into(), 100)]).unwrap()).check().unwrap();
        assert_eq!(none.drift(), Err(ChannelError::NoContribution));
    }
}
