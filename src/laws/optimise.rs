//! What an optimum owes to its question.

use super::{Broken, hold};
use crate::optimise::{Aim, Optimisation, Optimum};
use crate::quantity::Money;
use crate::response::ResponseCurve;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// An optimum names every line of its question once and in order, gives each an amount within its floor and cap, and spends
/// exactly the budget where the question has one.
///
/// # Errors
/// [`Broken`], with the line and its bound, or with the sum and the budget.
///
/// # Examples
/// ```
/// use marketloop::laws::optimum_keeps_its_bounds;
/// use marketloop::strategies::optimisations;
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(32), |(question in optimisations().with_groups())| {
///     optimum_keeps_its_bounds(&question, &question.solve().unwrap())?;
/// });
/// ```
pub fn optimum_keeps_its_bounds<C: ResponseCurve>(
    question: &Optimisation<C>,
    best: &Optimum,
) -> Result<(), Broken> {
    let amounts = best.lines().iter().map(|line| (line.name(), line.amount()));
    amounts_keep_the_bounds(question, amounts)
}

/// Amounts of any source keep the bounds of a question: every line once and in order, within its floor and cap, and the budget
/// spent exactly where the question has one. Groups are not looked at.
///
/// # Errors
/// [`Broken`], with the line and its bound, or with the sum and the budget.
///
/// # Examples
/// ```
/// use marketloop::laws::amounts_keep_the_bounds;
/// use marketloop::optimise::Optimisation;
/// use marketloop::quantity::Money;
/// use marketloop::response::Power;
///
/// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
/// let question = Optimisation::maximise_response(yuan("100")?)
///     .line("SEM", Power::new(2.0, 0.5)?, ..=yuan("60")?)
///     .line("video", Power::new(1.0, 0.5)?, ..);
/// // A solver of your own that forgot the cap.
/// let broken = amounts_keep_the_bounds(&question, [("SEM", yuan("80")?), ("video", yuan("20")?)]).unwrap_err();
/// assert_eq!(broken.values(), "`SEM` gets 80.00 CNY, above its cap of 60.00 CNY");
/// # Ok::<(), marketloop::Error>(())
/// ```
pub fn amounts_keep_the_bounds<'n, C: ResponseCurve>(
    question: &Optimisation<C>,
    amounts: impl IntoIterator<Item = (&'n str, Money)>,
) -> Result<(), Broken> {
    const LAW: &str = "amounts_keep_the_bounds";
    let mut amounts = amounts.into_iter();
    let currency = match question.aim() {
        Aim::Response { budget } => budget.currency(),
        Aim::Budget { currency, .. } | Aim::MarginalReturn { currency, .. } => currency,
    };
    let mut sum = Money::zero(currency);
    for (name, floor, cap) in question.bounds() {
        let Some((found, amount)) = amounts.next() else {
            return Err(Broken::new(LAW, format_args!("`{name}` has no amount")));
        };
        hold(LAW, found == name, || format!("`{found}` stands where `{name}` is due"))?;
        let floor = floor.unwrap_or(Money::zero(currency));
        hold(LAW, amount >= floor, || format!("`{name}` gets {amount}, below its floor of {floor}"))?;
        if let Some(cap) = cap {
            hold(LAW, amount <= cap, || format!("`{name}` gets {amount}, above its cap of {cap}"))?;
        }
        sum = sum.plus(amount).map_err(|error| Broken::new(LAW, error))?;
    }
    hold(LAW, amounts.next().is_none(), || "an amount is of no line".to_string())?;
    match question.aim() {
        Aim::Response { budget } => {
            hold(LAW, sum == budget, || format!("the amounts add up to {sum}, not to the budget of {budget}"))
        }
        Aim::Budget { .. } | Aim::MarginalReturn { .. } => Ok(()),
    }
}

/// No other amounts within the bounds of a question for the greatest response bring more than the bound of its optimum, nor
/// more than the optimum itself by more than its gap.
///
/// `other` are the amounts in the order of the lines; they have to be within the bounds, or the law says nothing.
///
/// # Errors
/// [`Broken`], with both responses and the bound; also where a line has no amount.
///
/// # Examples
/// ```
/// use marketloop::laws::bound_is_not_beaten;
/// use marketloop::optimise::Optimisation;
/// use marketloop::quantity::Money;
/// use marketloop::response::Power;
///
/// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
/// let question = Optimisation::maximise_response(yuan("100")?)
///     .line("SEM", Power::new(2.0, 0.5)?, ..)
///     .line("video", Power::new(1.0, 0.5)?, ..);
/// bound_is_not_beaten(&question, &question.solve()?, [yuan("50")?, yuan("50")?])?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn bound_is_not_beaten<C: ResponseCurve>(
    question: &Optimisation<C>,
    best: &Optimum,
    other: impl IntoIterator<Item = Money>,
) -> Result<(), Broken> {
    const LAW: &str = "bound_is_not_beaten";
    let other: Vec<Money> = other.into_iter().collect();
    let lines = question.curves().count();
    hold(LAW, lines == other.len(), || format!("{lines} lines, and {} amounts", other.len()))?;
    let amounts = question.curves().map(|(name, _)| name).zip(other);
    let response = question.response_of(amounts).map_err(|error| Broken::new(LAW, error))?;
    let most = best.bound().min(best.response() * (1.0 + best.gap().max(1e-9)));
    hold(LAW, response <= most * (1.0 + 1e-13), || {
        format!(
            "{response} is brought by other amounts, {} at the optimum, at most {}",
            best.response(),
            best.bound()
        )
    })
}
