//! All the crate's curves in one type, and their form on the wire.

use super::curve::{ResponseCurve, best_of_branches};
use super::given::Given;
use super::{
    Adbudg, Exponential, Hill, HyperbolicTangent, Logarithmic, Logistic, MichaelisMenten, PiecewiseLinear,
    Power, ResponseError,
};
use crate::error::excerpt;
use crate::quantity::wire::{text_on_the_wire, wire_fields};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

macro_rules! families {
    ($($variant:ident $name:literal $summary:literal,)*) => {
        /// A family of response curves: the kind of a [`Curve`] without its parameters.
        ///
        /// ```
        /// # use marketloop::response::Family;
        /// assert_eq!(serde_json::from_str::<Family>(r#""hill""#)?, Family::Hill);
        /// # Ok::<(), serde_json::Error>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Family {
            $(#[doc = $summary] $variant,)*
        }

        impl Family {
            /// Every family.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name of the family on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        /// A response curve of any family of the crate.
        ///
        /// On the wire `{"kind":"hill","a":1000,"k":300,"s":2}`: the kind (`log`, `power`, `michaelis_menten`, `hill`,
        /// `exp`, `tanh`, `logistic`, `adbudg` or `piecewise_linear`) and the parameters of its formula, all and no
        /// other; of a piecewise linear curve `points`, a list of `[spend, response]`.
        ///
        /// # Examples
        /// ```
        /// use marketloop::response::{Curve, Hill, ResponseCurve};
        ///
        /// let curve: Curve = Hill::new(1_000.0, 300.0, 2.0)?.into();
        /// assert_eq!(curve.value(600.0), 800.0);
        /// let json = r#"{"kind":"hill","a":1000,"k":300,"s":2}"#;
        /// assert_eq!(serde_json::from_str::<Curve>(json)?, curve);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(try_from = "Wire", into = "Wire")]
        #[non_exhaustive]
        pub enum Curve {
            $(#[doc = $summary] $variant($variant),)*
            /// Straight pieces between data points.
            PiecewiseLinear(PiecewiseLinear),
        }

        impl Curve {
            /// The family of the curve; `None` for one of straight pieces, which has no parameters.
            #[must_use]
            pub const fn family(&self) -> Option<Family> {
                match self {
                    $(Self::$variant(_) => Some(Family::$variant),)*
                    Self::PiecewiseLinear(_) => None,
                }
            }
        }

        $(impl Serialize for $variant {
            /// As the [`Curve`] of this family.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Curve::from(*self).serialize(serializer)
            }
        })*

        $(impl<'de> Deserialize<'de> for $variant {
            /// From the [`Curve`] of this family; one of another family is refused.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match Curve::deserialize(deserializer)? {
                    Curve::$variant(curve) => Ok(curve),
                    other => Err(other.is_not_of(Family::$variant.name())),
                }
            }
        })*

        impl<'de> Deserialize<'de> for PiecewiseLinear {
            /// From the [`Curve`] of this kind; one of another kind is refused.
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                match Curve::deserialize(deserializer)? {
                    Curve::PiecewiseLinear(curve) => Ok(curve),
                    other => Err(other.is_not_of(PIECEWISE_LINEAR)),
                }
            }
        }

        impl Serialize for PiecewiseLinear {
            /// As the [`Curve`] of this kind.
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Curve::from(self.clone()).serialize(serializer)
            }
        }

        $(impl From<$variant> for Curve {
            fn from(curve: $variant) -> Self {
                Self::$variant(curve)
            }
        })*

        impl From<PiecewiseLinear> for Curve {
            fn from(curve: PiecewiseLinear) -> Self {
                Self::PiecewiseLinear(curve)
            }
        }

        impl ResponseCurve for Curve {
            fn value(&self, spend: f64) -> f64 {
                match self {
                    $(Self::$variant(curve) => curve.value(spend),)*
                    Self::PiecewiseLinear(curve) => curve.value(spend),
                }
            }

            fn marginal(&self, spend: f64) -> f64 {
                match self {
                    $(Self::$variant(curve) => curve.marginal(spend),)*
                    Self::PiecewiseLinear(curve) => curve.marginal(spend),
                }
            }

            fn rise(&self, from: f64, width: f64) -> f64 {
                match self {
                    $(Self::$variant(curve) => curve.rise(from, width),)*
                    Self::PiecewiseLinear(curve) => curve.rise(from, width),
                }
            }

            fn inflection(&self) -> f64 {
                match self {
                    $(Self::$variant(curve) => curve.inflection(),)*
                    Self::PiecewiseLinear(curve) => curve.inflection(),
                }
            }

            fn has_one_inflection(&self) -> bool {
                match self {
                    Self::PiecewiseLinear(curve) => curve.has_one_inflection(),
                    _ => true,
                }
            }

            fn inverse_marginal(&self, marginal: f64) -> f64 {
                match self {
                    $(Self::$variant(curve) => curve.inverse_marginal(marginal),)*
                    Self::PiecewiseLinear(curve) => curve.inverse_marginal(marginal),
                }
            }

            fn inverse_marginal_near(&self, marginal: f64, guess: f64) -> f64 {
                match self {
                    $(Self::$variant(curve) => curve.inverse_marginal_near(marginal, guess),)*
                    Self::PiecewiseLinear(curve) => curve.inverse_marginal_near(marginal, guess),
                }
            }

            fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
                match self {
                    $(Self::$variant(curve) => curve.best_spend(price, from, to),)*
                    Self::PiecewiseLinear(curve) => curve.best_spend(price, from, to),
                }
            }

            fn best_spend_near(&self, price: f64, from: f64, to: f64, guess: f64) -> f64 {
                match self {
                    $(Self::$variant(curve) => best_of_branches(curve, price, from, to, |price| {
                        curve.inverse_marginal_near(price, guess)
                    }),)*
                    Self::PiecewiseLinear(curve) => curve.best_spend(price, from, to),
                }
            }

            fn tangent_from(&self, spend: f64) -> Option<(f64, f64)> {
                match self {
                    $(Self::$variant(curve) => curve.tangent_from(spend),)*
                    Self::PiecewiseLinear(curve) => curve.tangent_from(spend),
                }
            }
        }
    };
}

families! {
    Logarithmic "log" "`a ln(1 + x / k)`",
    Power "power" "`a x^p`",
    MichaelisMenten "michaelis_menten" "`a x / (k + x)`",
    Hill "hill" "`a x^s / (k^s + x^s)`",
    Exponential "exp" "`a (1 - e^(-x / k))`",
    HyperbolicTangent "tanh" "`a tanh(x / k)`",
    Logistic "logistic" "`a (1 / (1 + e^(-r (x - m))) - 1 / (1 + e^(r m)))`",
    Adbudg "adbudg" "`b + (a - b) x^c / (d + x^c)`",
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl core::str::FromStr for Family {
    type Err = ResponseError;

    /// The family of this [`name`](Self::name).
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let family = Self::ALL.iter().find(|family| family.name() == name);
        family.copied().ok_or_else(|| ResponseError::UnknownKind { kind: excerpt(name) })
    }
}

text_on_the_wire!(Family, "a family of curves such as `hill`");

/// The name of piecewise linear curves on the wire.
const PIECEWISE_LINEAR: &str = "piecewise_linear";

impl Curve {
    fn is_not_of<E: serde::de::Error>(&self, expected: &'static str) -> E {
        let found = self.family().map_or(PIECEWISE_LINEAR, Family::name);
        E::custom(ResponseError::OtherKind { found, expected })
    }
}

/// A curve as it is written down: a kind and the parameters of its formula, not yet checked.
#[derive(Default)]
struct Wire {
    kind: String,
    a: Option<f64>,
    b: Option<f64>,
    c: Option<f64>,
    d: Option<f64>,
    k: Option<f64>,
    m: Option<f64>,
    p: Option<f64>,
    r: Option<f64>,
    s: Option<f64>,
    points: Option<Vec<(f64, f64)>>,
}

wire_fields!(
    "Curve",
    Wire {
        kind,
        a: optional(own),
        b: optional(own),
        c: optional(own),
        d: optional(own),
        k: optional(own),
        m: optional(own),
        p: optional(own),
        r: optional(own),
        s: optional(own),
        points: optional(own)
    }
);

impl Wire {
    fn check(self) -> Result<Curve, ResponseError> {
        let family = Family::ALL.iter().find(|family| family.name() == self.kind);
        let kind = match family {
            Some(family) => family.name(),
            None if self.kind == PIECEWISE_LINEAR => PIECEWISE_LINEAR,
            None => return Err(ResponseError::UnknownKind { kind: excerpt(&self.kind) }),
        };
        let mut given = Given {
            kind,
            slots: [
                ("a", self.a),
                ("b", self.b),
                ("c", self.c),
                ("d", self.d),
                ("k", self.k),
                ("m", self.m),
                ("p", self.p),
                ("r", self.r),
                ("s", self.s),
            ],
        };
        let mut points = Given { kind, slots: [("points", self.points)] };
        let mut take = |name| given.take(name);
        let curve: Result<Curve, _> = match family {
            Some(Family::Logarithmic) => Logarithmic::new(take("a")?, take("k")?).map(Into::into),
            Some(Family::Power) => Power::new(take("a")?, take("p")?).map(Into::into),
            Some(Family::MichaelisMenten) => MichaelisMenten::new(take("a")?, take("k")?).map(Into::into),
            Some(Family::Hill) => Hill::new(take("a")?, take("k")?, take("s")?).map(Into::into),
            Some(Family::Exponential) => Exponential::new(take("a")?, take("k")?).map(Into::into),
            Some(Family::HyperbolicTangent) => HyperbolicTangent::new(take("a")?, take("k")?).map(Into::into),
            Some(Family::Logistic) => Logistic::new(take("a")?, take("m")?, take("r")?).map(Into::into),
            Some(Family::Adbudg) => {
                Adbudg::new(take("a")?, take("b")?, take("c")?, take("d")?).map(Into::into)
            }
            None => PiecewiseLinear::new(points.take("points")?).map(Into::into),
        };
        // A parameter that the family does not have was meant for another family: it is not passed over.
        given.nothing_left()?;
        points.nothing_left()?;
        curve
    }
}

impl TryFrom<Wire> for Curve {
    type Error = ResponseError;

    fn try_from(draft: Wire) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Curve> for Wire {
    fn from(curve: Curve) -> Self {
        let draft =
            |family: Family, a: f64| Self { kind: family.name().into(), a: Some(a), ..Self::default() };
        match curve {
            Curve::Logarithmic(curve) => {
                Self { k: Some(curve.scale()), ..draft(Family::Logarithmic, curve.coefficient()) }
            }
            Curve::Power(curve) => {
                Self { p: Some(curve.elasticity()), ..draft(Family::Power, curve.coefficient()) }
            }
            Curve::MichaelisMenten(curve) => Self {
                k: Some(curve.half_saturation()),
                ..draft(Family::MichaelisMenten, curve.max_response())
            },
            Curve::Hill(curve) => Self {
                k: Some(curve.half_saturation()),
                s: Some(curve.shape()),
                ..draft(Family::Hill, curve.max_response())
            },
            Curve::Exponential(curve) => {
                Self { k: Some(curve.scale()), ..draft(Family::Exponential, curve.max_response()) }
            }
            Curve::HyperbolicTangent(curve) => {
                Self { k: Some(curve.scale()), ..draft(Family::HyperbolicTangent, curve.max_response()) }
            }
            Curve::Logistic(curve) => Self {
                m: Some(curve.midpoint()),
                r: Some(curve.rate()),
                ..draft(Family::Logistic, curve.height())
            },
            Curve::Adbudg(curve) => Self {
                b: Some(curve.min_response()),
                c: Some(curve.shape()),
                d: Some(curve.scale()),
                ..draft(Family::Adbudg, curve.max_response())
            },
            Curve::PiecewiseLinear(curve) => Self {
                kind: PIECEWISE_LINEAR.into(),
                points: Some(curve.points().to_vec()),
                ..Self::default()
            },
        }
    }
}
