//! Classes by threshold, with a stated side of each edge.

use super::TargetError;
use crate::error::repeated;
use crate::quantity::wire::wire_fields;
use crate::quantity::words::words;
use crate::quantity::{QuantityError, Ratio};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A traffic light.
///
/// ```
/// # use marketloop::target::Light;
/// assert_eq!(serde_json::from_str::<Light>(r#""red""#)?, Light::Red);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[doc(alias = "红黄绿灯")]
pub enum Light {
    /// Act now.
    Red,
    /// Watch.
    Yellow,
    /// On target.
    Green,
}

words!(Light, "light", TargetError: Red = "red", Yellow = "yellow", Green = "green");

crate::figure::from_wire!(Light);

impl From<Light> for crate::figure::Cell {
    fn from(light: Light) -> Self {
        Self::new(light, "")
    }
}

/// The class that the threshold itself belongs to, as on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Side {
    Above,
    Below,
}

words!(Side, "side of an edge": Above = "above", Below = "below");

/// A value above which another class starts, and whether that class has the value itself: the difference between
/// `>=` and `>`, which a plan has to state.
///
/// # Examples
/// ```
/// use marketloop::target::Threshold;
/// use rust_decimal::dec;
///
/// // "Above 20 % acquisition cost is red" leaves 20 % itself yellow.
/// assert!(!Threshold::above(dec!(0.2)).is_passed_by(dec!(0.2)));
/// assert!(Threshold::at_or_above(dec!(0.2)).is_passed_by(dec!(0.2)));
///
/// let read: Threshold = serde_json::from_str(r#"{"at":"0.2","side":"below"}"#)?;
/// assert_eq!(read, Threshold::above(dec!(0.2)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Threshold {
    at: Ratio,
    side: Side,
}

wire_fields!(Threshold { at, side });

impl Threshold {
    /// The class above starts with `at` itself: `>=`.
    #[must_use]
    pub fn at_or_above(at: impl Into<Ratio>) -> Self {
        Self { at: at.into(), side: Side::Above }
    }

    /// The class above starts beyond `at`: `>`.
    #[must_use]
    pub fn above(at: impl Into<Ratio>) -> Self {
        Self { at: at.into(), side: Side::Below }
    }

    /// The value of the threshold.
    #[must_use]
    pub const fn at(&self) -> Ratio {
        self.at
    }

    /// Whether the class above has [`at`](Self::at) itself (`>=`), and not only what lies beyond it (`>`).
    #[must_use]
    pub const fn is_included(&self) -> bool {
        matches!(self.side, Side::Above)
    }

    /// Whether `value` belongs to the class above.
    #[must_use]
    pub fn is_passed_by(&self, value: impl Into<Ratio>) -> bool {
        let value = value.into();
        value > self.at || (value == self.at && self.is_included())
    }
}

impl fmt::Display for Threshold {
    /// `>= 4/5`, or `> 4/5` where the class above starts beyond it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_included() { ">=" } else { ">" };
        f.pad(&alloc::format!("{sign} {}", super::shown(self.at)))
    }
}

/// Classes in rising order with the edges between them, and optionally a margin against flicker.
///
/// # Examples
/// ```
/// use marketloop::quantity::Ratio;
/// use marketloop::target::{Bands, Light, Threshold};
/// use rust_decimal::dec;
///
/// let lights = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
/// assert_eq!(*lights.classify(Ratio::from(dec!(0.8))), Light::Yellow);
///
/// // With a margin of 0.05 a green light stays green down to 0.95 and a yellow one yellow up to 1.05.
/// let calm = lights.with_hysteresis(dec!(0.05))?;
/// assert_eq!(*calm.classify_after(&Light::Green, Ratio::from(dec!(0.96))), Light::Green);
/// assert_eq!(*calm.classify_after(&Light::Yellow, Ratio::from(dec!(1.04))), Light::Yellow);
/// # Ok::<(), marketloop::target::TargetError>(())
/// ```
///
/// ```
/// # use marketloop::target::Bands;
/// # use marketloop::target::Light;
/// let json = r#"{
///   "lowest": "red",
///   "edges": [
///     {"threshold": {"at": "4/5", "side": "above"}, "class": "yellow"},
///     {"threshold": {"at": "1", "side": "below"}, "class": "green"}
///   ],
///   "hysteresis": "1/20"
/// }"#;
/// let read: Bands<Light> = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Bands<Light>>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    try_from = "Draft<C>",
    into = "Draft<C>",
    bound(serialize = "C: Serialize + Clone", deserialize = "C: Deserialize<'de> + Ord")
)]
#[doc(alias = "RAG")]
pub struct Bands<C> {
    lowest: C,
    edges: Vec<(Threshold, C)>,
    margin: Ratio,
}

/// A threshold and the class above it, by name on the wire.
struct Edge<C> {
    threshold: Threshold,
    class: C,
}

wire_fields!(Edge<C> { threshold, class });

struct Draft<C> {
    lowest: C,
    edges: Vec<Edge<C>>,
    hysteresis: Ratio,
}

wire_fields!(Draft<C> { lowest, edges, hysteresis: or(no_margin) });

const fn no_margin() -> Ratio {
    Ratio::ZERO
}

impl<C: Ord> TryFrom<Draft<C>> for Bands<C> {
    type Error = TargetError;

    fn try_from(draft: Draft<C>) -> Result<Self, Self::Error> {
        let edges = draft.edges.into_iter().map(|Edge { threshold, class }| (threshold, class));
        Self::new(draft.lowest, edges)?.with_margin(draft.hysteresis)
    }
}

impl<C> From<Bands<C>> for Draft<C> {
    fn from(bands: Bands<C>) -> Self {
        let edges = bands.edges.into_iter().map(|(threshold, class)| Edge { threshold, class });
        Self { lowest: bands.lowest, edges: edges.collect(), hysteresis: bands.margin }
    }
}

impl Bands<Light> {
    /// Red below `yellow`, yellow from there, green from `green`.
    ///
    /// # Errors
    /// [`TargetError::EdgesNotRising`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let lights = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// assert_eq!(lights.classify("96%".parse()?), &Light::Yellow);
    /// assert_eq!(lights.classify("79.99%".parse()?), &Light::Red);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn lights(yellow: Threshold, green: Threshold) -> Result<Self, TargetError> {
        Self::new(Light::Red, [(yellow, Light::Yellow), (green, Light::Green)])
    }

    /// Checks that each light is better than the one below it, as a health matrix needs.
    ///
    /// # Errors
    /// [`TargetError::LightsNotRising`] for lights that go from green toward red.
    pub fn rising(self) -> Result<Self, TargetError> {
        let mut before = self.lowest;
        for (index, (_, light)) in self.edges.iter().enumerate() {
            if *light <= before {
                return Err(TargetError::LightsNotRising { index, light: *light, before });
            }
            before = *light;
        }
        Ok(self)
    }
}

impl<C: Ord> Bands<C> {
    /// The class `lowest` below the first edge and, from each threshold on, the class that stands with it.
    ///
    /// # Errors
    /// [`TargetError::NoEdges`]; [`TargetError::EdgesNotRising`]; [`TargetError::DuplicateClass`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{Bands, Threshold};
    /// use rust_decimal::dec;
    ///
    /// // Tiers by orders a year.
    /// let [two, ten] = [dec!(2), dec!(10)].map(Threshold::at_or_above);
    /// let tiers = Bands::new("C", [(two, "B"), (ten, "A")])?;
    /// assert_eq!(tiers.classify(dec!(12).into()), &"A");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(lowest: C, edges: impl IntoIterator<Item = (Threshold, C)>) -> Result<Self, TargetError> {
        let edges: Vec<(Threshold, C)> = edges.into_iter().collect();
        if edges.is_empty() {
            return Err(TargetError::NoEdges);
        }
        for (index, pair) in edges.windows(2).enumerate() {
            if let [(before, _), (edge, _)] = pair
                && edge.at <= before.at
            {
                let (at, before) = (Box::new(edge.at), Box::new(before.at));
                // The later of two edges is the one that is told: those before it are in order.
                return Err(TargetError::EdgesNotRising { index: index.saturating_add(1), at, before });
            }
        }
        // The lowest class has place 0, the class of an edge the edge's place and 1.
        let classes = core::iter::once(&lowest).chain(edges.iter().map(|(_, class)| class));
        if let Some((first, second)) = repeated(classes) {
            // The second of two is not the lowest class, so that its place is at least 1.
            let second = second.saturating_sub(1);
            return Err(TargetError::DuplicateClass { first: first.checked_sub(1), second });
        }
        Ok(Self { lowest, edges, margin: Ratio::ZERO })
    }
}

impl<C> Bands<C> {
    /// Sets a margin on both sides of each edge, so that a light does not flicker: see
    /// [`classify_after`](Self::classify_after).
    ///
    /// # Errors
    /// [`TargetError::NegativeMargin`]; [`TargetError::Margin`] above half the distance of two edges.
    pub fn with_hysteresis(self, margin: Decimal) -> Result<Self, TargetError> {
        self.with_margin(margin.into())
    }

    fn with_margin(self, margin: Ratio) -> Result<Self, TargetError> {
        if margin.is_negative() {
            return Err(TargetError::NegativeMargin { margin: Box::new(margin) });
        }
        // Wider than half the distance, and the margins of two edges would overlap: no class would be held between.
        let two = Ratio::whole(2);
        let mut limit: Option<Ratio> = None;
        for pair in self.edges.windows(2) {
            if let [(before, _), (edge, _)] = pair {
                let distance = edge.at.minus(before.at)?.divided_by(two)?;
                limit = Some(limit.map_or(distance, |limit| limit.min(distance)));
            }
        }
        match limit {
            Some(limit) if margin > limit => {
                Err(TargetError::Margin { margin: Box::new(margin), limit: Box::new(limit) })
            }
            _ => Ok(Self { margin, ..self }),
        }
    }

    /// The class of `value`, whatever it was before.
    #[must_use]
    pub fn classify(&self, value: Ratio) -> &C {
        // From above: the highest threshold that is passed decides.
        let passed = self.edges.iter().rev().find(|(threshold, _)| threshold.is_passed_by(value));
        passed.map_or(&self.lowest, |(_, class)| class)
    }

    /// The class below the first edge.
    #[must_use]
    pub const fn lowest(&self) -> &C {
        &self.lowest
    }

    /// The class above the last edge.
    #[must_use]
    pub fn highest(&self) -> &C {
        self.edges.last().map_or(&self.lowest, |(_, class)| class)
    }

    /// The thresholds in rising order, each with the class above it.
    #[must_use]
    pub fn edges(&self) -> &[(Threshold, C)] {
        &self.edges
    }

    /// The margin on both sides of each edge.
    #[must_use]
    pub const fn hysteresis(&self) -> Ratio {
        self.margin
    }
}

impl<C: PartialEq> Bands<C> {
    /// The class of `value` after the class `previous`: an edge is crossed upward only beyond its upper
    /// margin and downward only beyond its lower one; several edges may be crossed at once.
    ///
    /// A `previous` that is none of the classes has no say.
    ///
    /// # Examples
    /// ```
    /// use marketloop::target::{Bands, Light, Threshold};
    /// use rust_decimal::dec;
    ///
    /// let lights = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::at_or_above(dec!(1)))?;
    /// let calm = lights.with_hysteresis(dec!(0.05))?;
    /// // At 98 % a green light stays green, and a yellow one does not become it.
    /// assert_eq!(calm.classify_after(&Light::Green, "98%".parse()?), &Light::Green);
    /// assert_eq!(calm.classify_after(&Light::Yellow, "98%".parse()?), &Light::Yellow);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn classify_after(&self, previous: &C, value: Ratio) -> &C {
        let level = |class: &C| self.edges.iter().position(|(_, other)| other == class);
        let held = match level(previous) {
            Some(level) => level.saturating_add(1),
            None if *previous == self.lowest => 0,
            // A class of other bands, as after they were changed: the value alone decides.
            None => return self.classify(value),
        };
        let mut class = &self.lowest;
        for (index, (threshold, above)) in self.edges.iter().enumerate() {
            // Edges below the previous class are held down to their lower margin, the others must be taken.
            let margin = if index < held { self.margin.negated() } else { self.margin };
            // An edge too long to be shifted is asked without its margin: the class is right but for the flicker.
            let crossed = threshold.at.plus(margin).map_or_else(
                |_: QuantityError| threshold.is_passed_by(value),
                |at| Threshold { at, ..*threshold }.is_passed_by(value),
            );
            if crossed {
                class = above;
            }
        }
        class
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rust_decimal::dec;

    fn at(value: Decimal) -> Ratio {
        value.into()
    }

    /// L3: 80,000 edges took 19 s by a scan per class. A scan of these would be 3.2 billion steps.
    #[test]
    fn many_edges_are_checked_without_a_scan_per_class() {
        let edges = |last: u32| {
            let edge = |class: u32| (Threshold::at_or_above(Decimal::from(class)), class);
            let again = (edge(80_000).0, last);
            (1..80_000).map(edge).chain([again])
        };
        assert!(Bands::new(0, edges(80_000)).is_ok());
        assert!(matches!(
            Bands::new(0, edges(79_000)),
            Err(TargetError::DuplicateClass { first: Some(78_999), second: 79_999 })
        ));
        assert!(matches!(
            Bands::new(0, edges(0)),
            Err(TargetError::DuplicateClass { first: None, second: 79_999 })
        ));
    }

    #[test]
    fn the_edge_belongs_to_its_stated_side() {
        let bands = Bands::lights(Threshold::above(dec!(0.8)), Threshold::at_or_above(dec!(1))).unwrap();
        let tiny = dec!(0.0000000000000000000000000001);
        assert_eq!(*bands.classify(at(dec!(0.8))), Light::Red);
        assert_eq!(*bands.classify(at(dec!(0.8) + tiny)), Light::Yellow);
        assert_eq!(*bands.classify(at(dec!(1) - tiny)), Light::Yellow);
        assert_eq!(*bands.classify(at(dec!(1))), Light::Green);
    }

    #[test]
    fn bands_that_do_not_rise_are_refused() {
        let lights =
            |yellow, green| Bands::lights(Threshold::at_or_above(yellow), Threshold::at_or_above(green));
        assert!(matches!(lights(dec!(1), dec!(1)), Err(TargetError::EdgesNotRising { index: 1, .. })));
        assert_eq!(Bands::new(1, []), Err(TargetError::NoEdges));
        let bands = lights(dec!(0.5), dec!(0.75)).unwrap();
        assert!(bands.clone().with_hysteresis(dec!(-0.1)).is_err());
        assert!(bands.clone().with_hysteresis(dec!(0.126)).is_err());
        assert!(bands.with_hysteresis(dec!(0.125)).is_ok());
    }

    #[test]
    fn every_class_stands_once_and_lights_rise() {
        fn edge<C>(at: Decimal, class: C) -> (Threshold, C) {
            (Threshold::at_or_above(at), class)
        }
        let twice = Bands::new("low", [edge(dec!(1), "high"), edge(dec!(2), "low")]).unwrap_err();
        assert_eq!(twice, TargetError::DuplicateClass { first: None, second: 1 });
        assert_eq!(twice.to_string(), "edge 1 repeats the lowest class");
        let twice = Bands::new(1, [edge(dec!(1), 2), edge(dec!(2), 3), edge(dec!(3), 2)]).unwrap_err();
        assert_eq!(twice.to_string(), "edge 2 repeats the class of edge 0");
        assert!(Bands::new("b", [edge(dec!(1), "a")]).is_ok());
        let lights = Bands::new(Light::Red, [edge(dec!(1), Light::Green), edge(dec!(2), Light::Yellow)]);
        assert_eq!(
            lights.unwrap().rising().unwrap_err().to_string(),
            "edge 1 takes green down to yellow: lights rise from red over yellow to green"
        );
        assert!(Bands::new(Light::Yellow, [edge(dec!(1), Light::Green)]).unwrap().rising().is_ok());
        let json = |lowest: &str, class: &str| {
            alloc::format!(
                r#"{{"lowest":"{lowest}","edges":[{{"threshold":{{"at":"1","side":"above"}},"class":"{class}"}}]}}"#
            )
        };
        assert!(serde_json::from_str::<Bands<Light>>(&json("red", "green")).is_ok());
        assert!(serde_json::from_str::<Bands<Light>>(&json("red", "red")).is_err());
    }

    #[test]
    fn a_margin_below_zero_is_only_that() {
        let one = Bands::new(0, [(Threshold::at_or_above(dec!(1)), 1)]).unwrap();
        assert_eq!(
            one.clone().with_hysteresis(dec!(-0.5)).unwrap_err().to_string(),
            "hysteresis margin -1/2 is below 0"
        );
        assert!(one.with_hysteresis(dec!(5)).is_ok());
    }

    #[test]
    fn a_margin_holds_the_class_that_was() {
        let bands =
            Bands::lights(Threshold::at_or_above(dec!(0.5)), Threshold::at_or_above(dec!(0.75))).unwrap();
        let bands = bands.with_hysteresis(dec!(0.05)).unwrap();
        let steps = [
            (dec!(0.54), Light::Red),
            (dec!(0.55), Light::Yellow),
            (dec!(0.45), Light::Yellow),
            (dec!(0.449), Light::Red),
            (dec!(0.9), Light::Green),
            (dec!(0.7), Light::Green),
            (dec!(0.1), Light::Red),
        ];
        let mut light = Light::Red;
        for (value, expected) in steps {
            light = *bands.classify_after(&light, at(value));
            assert_eq!(light, expected, "{value}");
        }
    }
}
