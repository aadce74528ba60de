//! Fits of several families to the same points, ranked by how well they fit.

use super::observations::Observations;
use super::{Family, Fit, ResponseError, fit};
use alloc::vec::Vec;

/// The difference of the corrected information criterion up to which two fits are as good as each other.
const TIE: f64 = 2.0;

/// The fits of several families to the same points, the best first.
#[derive(Debug, Clone, PartialEq)]
pub struct FitComparison {
    best: Fit,
    others: Vec<Fit>,
    refused: Vec<(Family, ResponseError)>,
}

impl FitComparison {
    /// The fit with the least [`Fit::aicc`].
    #[must_use]
    pub const fn best(&self) -> &Fit {
        &self.best
    }

    /// Every fit, the best first.
    pub fn fits(&self) -> impl Iterator<Item = &Fit> {
        core::iter::once(&self.best).chain(&self.others)
    }

    /// The fits that are as good as the best one, the best first: their [`Fit::aicc`] is within 2 of the least
    /// (Burnham and Anderson 2002). More than one is a tie: beyond the points they differ by the choice of the
    /// family, not by the data.
    pub fn ties(&self) -> impl Iterator<Item = &Fit> {
        let least = self.best.aicc().unwrap_or(f64::NEG_INFINITY);
        self.fits().filter(move |fit| fit.aicc().is_ok_and(|aicc| aicc <= least + TIE))
    }

    /// The families that could not be fitted or compared, and why.
    #[must_use]
    pub fn refused(&self) -> &[(Family, ResponseError)] {
        &self.refused
    }
}

/// The fits of `families` to the observations, ordered by [`Fit::aicc`]; families that tie stay in their order.
///
/// # Errors
/// [`ResponseError::NoFamily`] for none; the error of the first family where none can be fitted and compared.
///
/// # Examples
/// ```
/// use marketloop::response::{Family, Observations, best_of};
///
/// let weeks = [(1.0, 2.0), (2.0, 7.5), (3.0, 15.2), (4.0, 22.9), (5.0, 29.4), (7.0, 38.3), (9.0, 43.0)];
/// let comparison = best_of([Family::MichaelisMenten, Family::Hill], &Observations::new(weeks)?)?;
/// assert_eq!(comparison.best().family(), Family::Hill);
/// assert_eq!(comparison.ties().count(), 1);
/// # Ok::<(), marketloop::response::ResponseError>(())
/// ```
pub fn best_of(
    families: impl IntoIterator<Item = Family>,
    observations: &Observations,
) -> Result<FitComparison, ResponseError> {
    let (mut rated, mut refused) = (Vec::new(), Vec::new());
    for family in families {
        match fit(family, observations).and_then(|fit| fit.aicc().map(|aicc| (aicc, fit))) {
            Ok(fit) => rated.push(fit),
            Err(error) => refused.push((family, error)),
        }
    }
    // Stable: of fits that are equal the family that was named first is the best.
    rated.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut fits = rated.into_iter().map(|(_, fit)| fit);
    match (fits.next(), refused.first()) {
        (Some(best), _) => Ok(FitComparison { best, others: fits.collect(), refused }),
        (None, Some((_, error))) => Err(error.clone()),
        (None, None) => Err(ResponseError::NoFamily),
    }
}
