//! Findings of a review, with causes.

use super::almost_valid::{Spoil, one_of, spoilt};
use super::{AlmostValid, strategy, texts};
use crate::decompose::Contribution;
use crate::error::{ErrorKind, Path};
use crate::quantity::{Quantity, Ratio, Unit};
use crate::review::{A3Report, Finding, ProblemCause};
use crate::target::{ActualValue, LowerRule, Target};
use crate::time::date;
use alloc::format;
use alloc::vec::Vec;
use proptest::bool;
use proptest::collection::{SizeRange, vec};
use proptest::option;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use rust_decimal::Decimal;
use serde_json::json;

/// Findings about one of five metrics against a target of 100, with up to 4 causes: weights of 0 to 4, contributions of
/// either sign or none, causes with and without an amount, of which one may be a leaf that an explanation names too.
///
/// Mean size 2.0 causes; 42 % are edges: no cause, a weight of 0, a value on its target.
///
/// # Examples
/// ```
/// use marketloop::review::by_priority;
/// use marketloop::strategies::findings;
/// use proptest::collection::vec;
/// use proptest::prelude::*;
///
/// proptest!(|(findings in vec(findings(), 0..6))| {
///     let order = by_priority(&findings).unwrap();
///     prop_assert!(order.windows(2).all(|pair| pair[0].product() >= pair[1].product()));
/// });
/// ```
pub fn findings() -> Findings {
    Findings { causes: (0..=4).into(), missing: false, any_targets: false }
}

/// How findings are made; see [`findings`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Findings {
    causes: SizeRange,
    missing: bool,
    any_targets: bool,
}

impl Findings {
    /// Findings of so many causes.
    pub fn with_causes(mut self, causes: impl Into<SizeRange>) -> Self {
        self.causes = causes.into();
        self
    }

    /// Some metrics were not measured, and say why.
    pub fn with_missing(mut self) -> Self {
        self.missing = true;
        self
    }

    /// Targets of every direction: at least 100, at most 100, 80 to 100.
    pub fn with_any_targets(mut self) -> Self {
        self.any_targets = true;
        self
    }

    /// JSON of findings with one fault that [`FindingDraft::check`](crate::review::FindingDraft::check) has to tell.
    ///
    /// # Examples
    /// ```
    /// use marketloop::laws::refuses;
    /// use marketloop::review::FindingDraft;
    /// use marketloop::strategies::findings;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in findings().almost_valid())| {
    ///     refuses(&case, serde_json::from_str::<FindingDraft>(case.json()).unwrap().check())?;
    /// });
    /// ```
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.cases(), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = Finding> + use<> {
        let amount = || prop_oneof![1 => Just(0_i64), 9 => -50_i64..50];
        let cause = (option::weighted(0.7, amount()), any::<bool>(), 1_u8..4);
        let parts = vec(amount(), 0..=2);
        let actual = prop_oneof![1 => Just(100_i64), 9 => -50_i64..150];
        let share = prop_oneof![1 => Just(None), 4 => (-3_i64..3).prop_map(Some)];
        let said = (any::<bool>(), any::<bool>(), any::<bool>());
        let absent = bool::weighted(if self.missing { 0.2 } else { 0.0 });
        let kind = if self.any_targets { 0_u8..3 } else { 0..1 };
        let numbers = (0_u8..5, actual, 0_i64..5, share, absent, kind);
        (numbers, vec(cause, self.causes.clone()), parts, said).prop_filter_map(
            "a finding",
            |((name, actual, weight, share, absent, kind), causes, parts, (measure, owner, review))| {
                let hundred = Decimal::ONE_HUNDRED;
                let target = match kind {
                    0 => Target::at_least(hundred, Unit::ONE),
                    1 => Target::at_most(hundred, LowerRule::Linear, Unit::ONE),
                    _ => Target::between(Decimal::new(80, 0), hundred, LowerRule::Linear, Unit::ONE).ok()?,
                };
                let actual = ActualValue::new(Decimal::from(actual), Unit::ONE);
                let metric = format!("metric {name}");
                let finding = if absent {
                    Finding::unmeasured(metric, target, "no data")
                } else {
                    Finding::new(metric, target, actual)
                };
                let mut finding = finding.ok()?.with_weight(weight.into()).ok()?;
                for (number, (explains, leaf, whys)) in (1_u32..).zip(causes) {
                    let whys = (1..=whys).map(|why| format!("why {number}.{why}"));
                    let cause = ProblemCause::whys(whys).ok()?;
                    let cause = if leaf { cause.with_leaf(format!("leaf {number}")) } else { cause };
                    finding = finding
                        .with_cause(match explains {
                            Some(amount) => cause.with_explains(Quantity::new(amount.into(), Unit::ONE)),
                            None => cause,
                        })
                        .ok()?;
                }
                let explained = (1_u32..).zip(parts).map(|(number, amount)| {
                    Contribution::new(format!("leaf {number}"), &Quantity::new(amount.into(), Unit::ONE))
                });
                finding = finding.with_explained_by(explained.collect::<Vec<_>>()).ok()?;
                if let Some(thirds) = share {
                    finding = finding.with_contribution(Ratio::new(thirds.into(), Decimal::new(3, 0)).ok()?);
                }
                finding = if measure { finding.with_measure("win them back") } else { finding };
                finding = if owner { finding.with_owner("sales") } else { finding };
                if review { finding.with_review_on(date(2026, 8, 1).ok()?).ok() } else { Some(finding) }
            },
        )
    }
}

strategy!(Findings => Finding);

/// A3 pages of such [`findings`], also of targets of every direction and of metrics that were not measured, each with any
/// text as its background.
///
/// Mean size 3.7 lines of causes; 25 % are edges: no line, one, nothing measured.
///
/// # Examples
/// ```
/// use marketloop::strategies::a3_reports;
/// use proptest::prelude::*;
///
/// proptest!(|(page in a3_reports())| {
///     // A part that is not known says so.
///     prop_assert!(![&page.title, &page.owner, &page.current_condition, &page.goal].iter().any(|part| part.is_empty()));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn a3_reports() -> impl Strategy<Value = A3Report> + Clone {
    (findings().with_missing().with_any_targets(), texts())
        .prop_map(|(finding, background)| A3Report::of(&finding, background))
}

const SPOILS: [Spoil; 7] = [
    Spoil {
        fault: "a metric without a name",
        kind: ErrorKind::Empty,
        at: |json, _| {
            *json.get_mut("metric")? = json!(" ");
            Some(Path::root().field("metric"))
        },
    },
    Spoil {
        fault: "a weight below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, _| {
            json["weight"] = json!("-0.5");
            Some(Path::root().field("weight"))
        },
    },
    Spoil {
        fault: "neither a value nor why there is none",
        kind: ErrorKind::Empty,
        at: |json, _| {
            json.as_object_mut()?.remove("actual")?;
            Some(Path::root().field("actual"))
        },
    },
    Spoil {
        fault: "a value, and why there is none",
        kind: ErrorKind::Conflict,
        at: |json, _| {
            json.get("actual")?;
            json["unmeasured"] = json!("no data");
            Some(Path::root().field("unmeasured"))
        },
    },
    Spoil {
        fault: "a value in another unit than its target",
        kind: ErrorKind::Mismatch,
        at: |json, _| {
            *json.get_mut("actual")? = json!({"value": "3", "unit": "order"});
            Some(Path::root().field("actual"))
        },
    },
    Spoil {
        fault: "a cause that explains another unit",
        kind: ErrorKind::Mismatch,
        at: |json, place| {
            let (cause, index) = one_of(json.get_mut("causes")?.as_array_mut()?, place)?;
            cause["explains"] = json!({"value": "3", "unit": "order"});
            Some(Path::root().field("causes").index(index).field("explains"))
        },
    },
    Spoil {
        fault: "a leaf that explains twice",
        kind: ErrorKind::Duplicate,
        at: |json, _| {
            let parts = json.get_mut("explained_by")?.as_array_mut()?;
            let (first, count) = (parts.first()?.clone(), parts.len());
            parts.push(first);
            Some(Path::root().field("explained_by").index(count).field("key"))
        },
    },
];
