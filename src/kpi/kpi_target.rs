//! A row of targets: a node, a period, the members it is of, and the levels to reach.

use super::panel_row::Field;
use crate::time::Period;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A target of a node, in one period and of the members of its dimensions: a row of [`KpiTargets`](super::KpiTargets).
///
/// On the wire a flat map, as tables and exports have it: `node`, `period`, `target`, `threshold`, `stretch`, `baseline`, and
/// names of dimensions with members; an empty text or null is none. A level may be text with a unit, `"1.2 CNY"`.
///
/// # Examples
/// ```
/// use marketloop::kpi::KpiTarget;
/// use rust_decimal::dec;
///
/// let read: KpiTarget = serde_json::from_str(
///     r#"{"node": "sales", "period": "2026-07", "channel": "SEM", "target": 1000, "threshold": 800, "stretch": 1200, "baseline": 500}"#,
/// )?;
/// let made = KpiTarget::new("sales", dec!(1000))
///     .with_period("2026-07".parse()?)
///     .with_member("channel", "SEM")
///     .with_threshold(dec!(800))
///     .with_stretch(dec!(1200))
///     .with_baseline(dec!(500));
/// assert_eq!(read, made);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// ```
/// # use marketloop::kpi::KpiTarget;
/// let json = r#"{"node":"sales","period":"2026-07","target":"1000","threshold":"800","channel":"SEM"}"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<KpiTarget>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KpiTarget {
    pub(super) node: String,
    pub(super) period: Option<Period>,
    pub(super) members: BTreeMap<String, String>,
    // As they were written: in which unit they are only the tree can tell.
    pub(super) target: String,
    pub(super) threshold: Option<String>,
    pub(super) stretch: Option<String>,
    pub(super) baseline: Option<String>,
}

/// The fields that no dimension can have.
pub(super) const FIELDS: [&str; 6] = [NODE, PERIOD, TARGET, THRESHOLD, STRETCH, BASELINE];
const NODE: &str = "node";
const PERIOD: &str = "period";
pub(super) const TARGET: &str = "target";
pub(super) const THRESHOLD: &str = "threshold";
pub(super) const STRETCH: &str = "stretch";
pub(super) const BASELINE: &str = "baseline";

impl KpiTarget {
    /// The target of a node, in its unit.
    #[must_use]
    pub fn new(node: impl Into<String>, target: impl Into<Decimal>) -> Self {
        Self {
            node: node.into(),
            period: None,
            members: BTreeMap::new(),
            target: text(target),
            threshold: None,
            stretch: None,
            baseline: None,
        }
    }

    /// Says for which period it is.
    #[must_use]
    pub const fn with_period(mut self, period: Period) -> Self {
        self.period = Some(period);
        self
    }

    /// Says of which member of a dimension it is.
    #[must_use]
    pub fn with_member(mut self, dimension: impl Into<String>, member: impl Into<String>) -> Self {
        self.members.insert(dimension.into(), member.into());
        self
    }

    /// Sets what is the least to reach: not better than the target.
    #[must_use]
    pub fn with_threshold(mut self, threshold: impl Into<Decimal>) -> Self {
        self.threshold = Some(text(threshold));
        self
    }

    /// Sets what is more than asked: not worse than the target.
    #[must_use]
    pub fn with_stretch(mut self, stretch: impl Into<Decimal>) -> Self {
        self.stretch = Some(text(stretch));
        self
    }

    /// Sets the value from which the way to the target is measured.
    #[must_use]
    pub fn with_baseline(mut self, baseline: impl Into<Decimal>) -> Self {
        self.baseline = Some(text(baseline));
        self
    }
}

fn text(value: impl Into<Decimal>) -> String {
    value.into().normalize().to_string()
}

impl Serialize for KpiTarget {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { node, period, members, target, threshold, stretch, baseline } = self;
        let mut fields: Vec<(&str, String)> = Vec::new();
        fields.push((NODE, node.clone()));
        fields.extend(period.map(|period| (PERIOD, period.to_string())));
        fields.push((TARGET, target.clone()));
        for (name, level) in [(THRESHOLD, threshold), (STRETCH, stretch), (BASELINE, baseline)] {
            fields.extend(level.iter().map(|level| (name, level.clone())));
        }
        fields.extend(members.iter().map(|(dimension, member)| (dimension.as_str(), member.clone())));
        // A list first: binary formats ask for the length of a map.
        serializer.collect_map(fields)
    }
}

impl<'de> Deserialize<'de> for KpiTarget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfTarget;
        impl<'de> Visitor<'de> for OfTarget {
            type Value = KpiTarget;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of the node, its levels, the period and members")
            }

            // By hand, so that a fault is told at its field.
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<KpiTarget, A::Error> {
                let mut fields: BTreeMap<String, String> = BTreeMap::new();
                let mut seen = BTreeSet::new();
                let mut period = None;
                while let Some(key) = map.next_key::<String>()? {
                    if !seen.insert(key.clone()) {
                        return Err(A::Error::custom(format_args!("duplicate key `{key}`")));
                    }
                    let Field(Some(text)) = map.next_value()? else { continue };
                    if key == PERIOD {
                        period = Some(text.parse().map_err(A::Error::custom)?);
                    } else {
                        fields.insert(key, text);
                    }
                }
                let node = fields.remove(NODE).ok_or_else(|| A::Error::missing_field(NODE))?;
                let target = fields.remove(TARGET).ok_or_else(|| A::Error::missing_field(TARGET))?;
                let [threshold, stretch, baseline] =
                    [THRESHOLD, STRETCH, BASELINE].map(|level| fields.remove(level));
                Ok(KpiTarget { node, period, members: fields, target, threshold, stretch, baseline })
            }
        }
        deserializer.deserialize_map(OfTarget)
    }
}
