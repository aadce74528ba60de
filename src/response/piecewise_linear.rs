//! A curve of straight pieces between data points.

use super::curve::ResponseCurve;
use super::{ResponseError, seen, within};
use alloc::vec::Vec;

/// The maximum number of points of a curve.
const MAX_POINTS: usize = 100_000;

/// A curve through given points: straight between them, level after the last, of any shape that does not fall.
///
/// At a point its marginal response is that of the piece to the right. Its
/// [inverse](ResponseCurve::inverse_marginal) is the end of the last piece that is steep enough, on whichever
/// branch. Its [inflection](ResponseCurve::inflection) is the start of the longest concave end: before it the
/// curve may have any shape, but [`best_spend`](ResponseCurve::best_spend) and
/// [`tangent_from`](ResponseCurve::tangent_from) look at every point and are right for all of them.
///
/// # Examples
/// ```
/// use marketloop::response::{PiecewiseLinear, ResponseCurve};
///
/// let curve = PiecewiseLinear::new([(0.0, 0.0), (100.0, 50.0), (300.0, 90.0)])?;
/// assert_eq!(curve.value(200.0), 70.0);
/// assert_eq!(curve.marginal(100.0), 0.2);
/// assert_eq!(curve.inverse_marginal(0.3), 100.0);
/// let json = r#"{"kind":"piecewise_linear","points":[[0,0],[100,50],[300,90]]}"#;
/// assert_eq!(serde_json::from_str::<PiecewiseLinear>(json)?, curve);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PiecewiseLinear {
    points: Vec<(f64, f64)>,
    /// The start of the longest concave end.
    inflection: f64,
    /// Whether it is convex up to there.
    has_one_inflection: bool,
}

/// The slope from one point to another of a greater spend; of a wall the greatest float.
fn slope((from, low): (f64, f64), (to, high): (f64, f64)) -> f64 {
    ((high - low) / (to - from)).min(f64::MAX)
}

impl PiecewiseLinear {
    /// The curve through `points` of (spend, response): from a spend of 0, spends rising, responses not
    /// falling.
    ///
    /// # Errors
    /// [`ResponseError::TooFewPoints`] below two, [`ResponseError::TooManyPoints`] above 100,000,
    /// [`ResponseError::OutOfRange`] for a figure outside 0..=1e100, [`ResponseError::FirstSpend`],
    /// [`ResponseError::SpendNotAscending`], [`ResponseError::ResponseFalls`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::response::{PiecewiseLinear, ResponseCurve};
    ///
    /// // A planner's table: 50 orders for 100, 80 for 200.
    /// let table = PiecewiseLinear::new([(0.0, 0.0), (100.0, 50.0), (200.0, 80.0)])?;
    /// assert_eq!((table.value(50.0), table.marginal(150.0)), (25.0, 0.3));
    /// # Ok::<(), marketloop::response::ResponseError>(())
    /// ```
    pub fn new(points: impl IntoIterator<Item = (f64, f64)>) -> Result<Self, ResponseError> {
        // One more than may be: enough to refuse a list that is too long, be it without end.
        let points: Vec<_> = points.into_iter().take(MAX_POINTS + 1).collect();
        let found = points.len();
        if found > MAX_POINTS {
            return Err(ResponseError::TooManyPoints { found, limit: MAX_POINTS });
        }
        for (spend, response) in &points {
            within("spend", *spend, 0.0, 1e100, "0..=1e100")?;
            within("response", *response, 0.0, 1e100, "0..=1e100")?;
        }
        match points.first() {
            Some((spend, _)) if *spend > 0.0 => return Err(ResponseError::FirstSpend { spend: *spend }),
            _ if found < 2 => return Err(ResponseError::TooFewPoints { found, needed: 2 }),
            _ => {}
        }
        let pairs = || points.iter().zip(points.iter().skip(1));
        let first = |wrong: fn((f64, f64), (f64, f64)) -> bool| {
            let found = (1..).zip(pairs()).find(|(_, (left, right))| wrong(**left, **right));
            found.map(|(index, _)| index)
        };
        if let Some(index) = first(|left, right| right.0 <= left.0) {
            return Err(ResponseError::SpendNotAscending { index });
        }
        if let Some(index) = first(|left, right| right.1 < left.1) {
            return Err(ResponseError::ResponseFalls { index });
        }
        let (mut inflection, mut last) = (0.0, 0.0);
        for (left, right) in pairs().rev() {
            let slope = slope(*left, *right);
            if slope < last {
                break;
            }
            (inflection, last) = (left.0, slope);
        }
        let slopes =
            pairs().take_while(|(left, _)| left.0 < inflection).map(|(left, right)| slope(*left, *right));
        let has_one_inflection = slopes.is_sorted();
        Ok(Self { points, inflection, has_one_inflection })
    }

    /// The points of (spend, response), in the order of their spends.
    #[must_use]
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The last point at or before `spend` and the one after it.
    fn around(&self, spend: f64) -> [Option<(f64, f64)>; 2] {
        let after = self.points.partition_point(|point| point.0 <= spend);
        let before = after.checked_sub(1).and_then(|index| self.points.get(index));
        [before.copied(), self.points.get(after).copied()]
    }
}

impl ResponseCurve for PiecewiseLinear {
    fn value(&self, spend: f64) -> f64 {
        let spend = seen(spend);
        match self.around(spend) {
            [Some(left), Some(right)] => {
                left.1 + (right.1 - left.1) * ((spend - left.0) / (right.0 - left.0))
            }
            [Some(end), None] | [None, Some(end)] => end.1,
            [None, None] => 0.0,
        }
    }

    fn marginal(&self, spend: f64) -> f64 {
        match self.around(seen(spend)) {
            [Some(left), Some(right)] => slope(left, right),
            _ => 0.0,
        }
    }

    fn rise(&self, from: f64, width: f64) -> f64 {
        let width = if width.is_nan() { 0.0 } else { width };
        let (from, to) = (seen(from), seen(from + width));
        match self.around(from) {
            // Within one piece the slope says it with all its digits.
            [Some(left), Some(right)] if from < to && to <= right.0 => {
                (right.1 - left.1) * (width / (right.0 - left.0))
            }
            _ => self.value(to) - self.value(from),
        }
    }

    fn inflection(&self) -> f64 {
        self.inflection
    }

    fn has_one_inflection(&self) -> bool {
        self.has_one_inflection
    }

    fn inverse_marginal(&self, marginal: f64) -> f64 {
        if marginal <= 0.0 {
            return f64::INFINITY;
        }
        let pairs = self.points.iter().zip(self.points.iter().skip(1));
        let steep = pairs.rev().find(|(left, right)| slope(**left, **right) >= marginal);
        steep.map_or(0.0, |(_, right)| right.0)
    }

    fn best_spend(&self, price: f64, from: f64, to: f64) -> f64 {
        if to <= from || from.is_nan() || to.is_nan() {
            return from;
        }
        // A straight piece is best at one of its ends. What is gained is told from `from`, so that a tie
        // leaves the smaller spend.
        let inner = self.points.iter().map(|point| point.0).filter(|spend| from < *spend && *spend < to);
        let base = self.value(from);
        let mut best = (from, 0.0);
        for spend in inner.chain([to]) {
            let gain = self.value(spend) - base - price * (spend - from);
            if gain > best.1 {
                best = (spend, gain);
            }
        }
        best.0
    }

    fn tangent_from(&self, spend: f64) -> Option<(f64, f64)> {
        let from = seen(spend);
        if from >= self.inflection {
            return None;
        }
        let start = (from, self.value(from));
        let later = self.points.iter().filter(|point| point.0 > from);
        let mut best: Option<(f64, f64)> = None;
        for point in later {
            let slope = slope(start, *point);
            // Of pieces in one line the last: the line touches the curve up to there.
            if best.is_none_or(|(_, steepest)| slope >= steepest) {
                best = Some((point.0, slope));
            }
        }
        best.filter(|(_, slope)| *slope > 0.0)
    }
}
