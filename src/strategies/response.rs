//! Response curves, and how long spend works.

use super::strategy;
use crate::response::{
    Adbudg, Adstock, CarryOver, Curve, Exponential, Hill, HyperbolicTangent, Kernel, Logarithmic, Logistic,
    MichaelisMenten, Observations, PiecewiseLinear, Power, ResponseCurve, ResponseError,
};
use alloc::format;
use alloc::vec::Vec;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;

/// How many forms there are for each bend: seven concave ones, four convex ones.
const CONCAVE: u8 = 7;
const S_SHAPED: u8 = 4;

/// Response curves of every family and size, and straight pieces of any shape that does not fall.
///
/// Mean size 5.1 figures; 21 % are edges: a Hill curve of shape 1, a piece without any rise, a first piece without one.
///
/// # Examples
/// ```
/// use marketloop::response::ResponseCurve;
/// use marketloop::strategies::curves;
/// use proptest::prelude::*;
///
/// proptest!(|(curve in curves().concave().around(5_000.0), spend in 0.0..20_000.0_f64)| {
///     prop_assert!(curve.marginal(spend) <= curve.marginal(spend / 2.0) * (1.0 + 1e-12));
/// });
/// ```
pub fn curves() -> Curves {
    Curves { bend: Bend::Any, has_pieces: true, around: None }
}

/// How response curves are made; see [`curves`].
#[derive(Debug, Clone, Copy)]
#[must_use = "a strategy does nothing by itself"]
pub struct Curves {
    bend: Bend,
    has_pieces: bool,
    around: Option<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Bend {
    Any,
    Concave,
    SShaped,
}

impl Curves {
    /// Only curves with a formula, no straight pieces.
    pub const fn smooth(mut self) -> Self {
        self.has_pieces = false;
        self
    }

    /// Only curves with a formula that are concave from a spend of 0 on.
    pub const fn concave(mut self) -> Self {
        self.bend = Bend::Concave;
        self.smooth()
    }

    /// Only curves with a formula that are convex at first, and then concave.
    pub const fn s_shaped(mut self) -> Self {
        self.bend = Bend::SShaped;
        self.smooth()
    }

    /// Curves that bend at 0.05 to 2.5 times this spend, with slopes of 0.05 to 20 there: curves that compete with
    /// each other for money. A spend that is not above 0, or above 1e9, counts as 1.
    pub const fn around(mut self, spend: f64) -> Self {
        self.around = Some(if spend > 0.0 && spend <= 1e9 { spend } else { 1.0 });
        self
    }

    #[cfg(feature = "optimise")]
    pub(super) const fn around_unless_given(self, spend: f64) -> Self {
        if self.around.is_some() { self } else { self.around(spend) }
    }

    fn cases(&self) -> impl Strategy<Value = Curve> + use<> {
        let Self { bend, has_pieces, around } = *self;
        let forms = match bend {
            Bend::Any => 0..CONCAVE.saturating_add(S_SHAPED),
            Bend::Concave => 0..CONCAVE,
            Bend::SShaped => CONCAVE..CONCAVE.saturating_add(S_SHAPED),
        };
        // Powers shrink to 0 and digits to 1, so that what remains has short numbers.
        let number = || (1_u16..1_000, -5_i8..4);
        let smooth = (forms, number(), number(), 1_u16..=100).prop_map(move |(form, height, width, bend)| {
            let part = f64::from(bend) / 100.0;
            let (a, k) = match around {
                None => (decimal(height), decimal(width)),
                Some(spend) => {
                    let k = spend * f64::from(width.0.div_ceil(4).saturating_add(4)) / 100.0;
                    (k * f64::from(height.0.saturating_mul(2).saturating_add(3)) / 100.0, k)
                }
            };
            form_of(form, a, k, part)
        });
        let steps = vec((1_u16..100, prop_oneof![1 => Just(0_u16), 3 => 0_u16..100]), 1..12);
        let pieces = (0_u16..50, steps).prop_map(move |(base, steps)| pieces_of(base, &steps, around));
        prop_oneof![4 => smooth, u32::from(has_pieces) => pieces].prop_filter_map("a curve", Result::ok)
    }
}

strategy!(Curves => Curve);

/// `(15, -1)` is 1.5, the float nearest to it.
fn decimal((digits, power): (u16, i8)) -> f64 {
    format!("{digits}e{power}").parse().unwrap_or(1.0)
}

/// A curve of height `a` that bends at `k`; `part` of 0.01 to 1 says how.
fn form_of(form: u8, a: f64, k: f64, part: f64) -> Result<Curve, ResponseError> {
    Ok(match form {
        0 => Hill::new(a, k, 1.0)?.into(),
        1 => MichaelisMenten::new(a, k)?.into(),
        2 => Exponential::new(a, k)?.into(),
        3 => HyperbolicTangent::new(a, k)?.into(),
        4 => Logarithmic::new(a, k)?.into(),
        5 => Hill::new(a, k, 0.1 + 0.9 * part)?.into(),
        6 => Power::new(a / libm::pow(k, part), 0.01 + 0.98 * part)?.into(),
        7 => Hill::new(a, k, 1.0 + 9.0 * part)?.into(),
        8 => Logistic::new(a, k, 20.0 * part / k)?.into(),
        9 => Adbudg::new(a, 0.0, 1.0 + 3.0 * part, libm::pow(k, 1.0 + 3.0 * part))?.into(),
        _ => {
            let shape = 1.0 + 3.0 * part;
            Adbudg::new(a, a * part * 0.5, shape, libm::pow(k, shape))?.into()
        }
    })
}

/// Straight pieces over `steps` of width and rise, from `base` on.
fn pieces_of(base: u16, steps: &[(u16, u16)], around: Option<f64>) -> Result<Curve, ResponseError> {
    // Some six steps of fifty, so that the pieces reach a little beyond the spend that is asked for.
    let scale = around.map_or(1.0, |spend| spend / 200.0);
    let (mut spend, mut response) = (0.0, f64::from(base) * scale);
    let mut points = Vec::from([(spend, response)]);
    for (width, rise) in steps {
        spend += f64::from(*width) * scale;
        response += f64::from(*rise) * scale;
        points.push((spend, response));
    }
    Ok(PiecewiseLinear::new(points)?.into())
}

/// Kernels of every form: how much of a spend works in which period after it.
///
/// Mean size 2.1 figures; 18 % are edges: a retention of 0 or of 1, a weight of 0, a delay of 0.
///
/// # Examples
/// ```
/// use marketloop::strategies::kernels;
/// use proptest::prelude::*;
///
/// proptest!(|(kernel in kernels())| {
///     prop_assert!(kernel.weights(12).unwrap().iter().all(|weight| *weight >= 0.0));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn kernels() -> impl Strategy<Value = Kernel> + Clone {
    let part = || prop_oneof![1 => Just(0_u16), 1 => Just(100_u16), 8 => 0_u16..=100];
    let hundredths = |number: u16| f64::from(number) / 100.0;
    prop_oneof![
        part().prop_map(move |alpha| Kernel::geometric(hundredths(alpha))),
        (part(), part()).prop_map(move |(alpha, theta)| {
            Kernel::delayed(hundredths(alpha).max(0.01), 5.0 * hundredths(theta))
        }),
        part().prop_map(move |alpha| Kernel::binomial(hundredths(alpha).max(0.01))),
        (1_u16..200, 1_u16..25).prop_map(|(scale, shape)| {
            Kernel::weibull_cdf(f64::from(scale) / 10.0, f64::from(shape) / 5.0)
        }),
        (1_u16..200, 1_u16..25).prop_map(|(scale, shape)| {
            Kernel::weibull_pdf(f64::from(scale) / 10.0, f64::from(shape) / 5.0)
        }),
        vec(prop_oneof![1 => Just(0_u16), 4 => 0_u16..1_000], 0..8).prop_map(|more| {
            let weights = core::iter::once(1_u16).chain(more);
            Kernel::custom(weights.map(|weight| f64::from(weight) / 100.0).collect::<Vec<_>>())
        }),
    ]
    .prop_filter_map("a kernel", Result::ok)
}

/// Adstocks: any kernel over 2 to 19 periods, normalised or as it is.
///
/// Mean size 9.8 periods; 18 % are edges: only the period of the spend works, two periods.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{adstocks, spend_series};
/// use proptest::prelude::*;
///
/// proptest!(|(adstock in adstocks(), spends in spend_series(), delay in 0..5_usize)| {
///     laws::carry_over_is_time_invariant(|spends| adstock.apply(spends).unwrap(), &spends, delay)?;
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn adstocks() -> impl Strategy<Value = Adstock> + Clone {
    let lags = prop_oneof![1 => Just(2_usize), 9 => 2_usize..20];
    (kernels(), lags, any::<bool>()).prop_filter_map(
        "a kernel with a weight",
        |(kernel, lags, is_normalised)| {
            let adstock = Adstock::new(kernel, lags).ok()?;
            Some(if is_normalised { adstock.normalised() } else { adstock })
        },
    )
}

/// The states of such [`adstocks`] after some periods, many of them without a spend: what a service keeps from one period to
/// the next.
///
/// Mean size 9.1 periods ahead; 29 % are edges: nothing outstanding, one period ahead.
///
/// # Examples
/// ```
/// use marketloop::strategies::carry_overs;
/// use proptest::prelude::*;
///
/// proptest!(|(mut state in carry_overs())| {
///     let next = state.outstanding().first().copied();
///     let effective = state.advance(0.0).unwrap();
///     prop_assert!(next.is_none_or(|next| (next - effective).abs() <= 1e-9 * next));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn carry_overs() -> impl Strategy<Value = CarryOver> + Clone {
    (adstocks(), spend_series()).prop_filter_map("a state", |(adstock, spends)| {
        let mut state = adstock.carry_over();
        spends.into_iter().try_for_each(|spend| state.advance(spend).map(drop)).ok()?;
        Some(state)
    })
}

/// What was spent period by period, in major units: up to 39 periods, many of them without a spend.
///
/// Mean size 18.0 periods; 13 % are edges: no period, one, or nothing spent in any.
///
/// # Examples
/// ```
/// use marketloop::strategies::spend_series;
/// use proptest::prelude::*;
///
/// proptest!(|(spends in spend_series())| prop_assert!(spends.iter().all(|spend| *spend >= 0.0)));
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn spend_series() -> impl Strategy<Value = Vec<f64>> + Clone {
    let spend =
        prop_oneof![1 => Just(0.0), 2 => (0_u32..1_000_000).prop_map(|cents| f64::from(cents) / 100.0)];
    let some = vec(spend, 0..40);
    prop_oneof![
        1 => (0_usize..3).prop_map(|periods| core::iter::repeat_n(0.0, periods).collect()),
        9 => some
    ]
}

/// What was observed of spends and responses: 2 to 15 points around a curve that bends at about 100, each up to a tenth off,
/// of weight 1 or of several weights.
///
/// Mean size 8.6 points; 76 % are edges: two points, two points of one spend, a spend of 0.
///
/// # Examples
/// ```
/// use marketloop::response::{Family, fit};
/// use marketloop::strategies::observations;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(16), |(seen in observations())| {
///     if let Ok(found) = fit(Family::Logarithmic, &seen) {
///         prop_assert!(found.r_squared() <= 1.0);
///     }
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn observations() -> impl Strategy<Value = Observations> + Clone {
    let spend = prop_oneof![1 => Just(0_u16), 9 => 0_u16..60];
    let weight = prop_oneof![3 => Just(1_u8), 1 => 1_u8..9];
    let points = vec((spend, -100_i16..=100, weight), 2..16);
    (curves().smooth().around(100.0), points).prop_filter_map("observations", |(curve, mut drawn)| {
        // Two different spends at least, so that there is something to be seen.
        let (first, ..) = *drawn.first()?;
        if drawn.iter().all(|(spend, ..)| *spend == first) {
            drawn.last_mut()?.0 = first.saturating_add(1);
        }
        let at = |(spend, off, _): &(u16, i16, u8)| {
            let spend = f64::from(*spend) * 5.0;
            (spend, (1.0 + curve.value(spend)) * (1.0 + f64::from(*off) / 1_000.0))
        };
        let weights: Vec<f64> = drawn.iter().map(|(.., weight)| f64::from(*weight)).collect();
        Observations::new(drawn.iter().map(at)).ok()?.with_weights(weights).ok()
    })
}
