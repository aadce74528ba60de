//! What a channel answers to spend, and the best division of a budget by such curves.

use super::{Contest, Refusal, Weeks};
use marketloop::figure::{Cell, Evidence, Section, Source, Table};
use marketloop::quantity::{Currency, Money, Rounding};
use marketloop::response::{Family, Observations, ResponseCurve, best_of};
use rust_decimal::Decimal;

/// An estimate with so many decimals, in the style of all amounts.
fn yuan(amount: f64, decimals: u32) -> Result<Money, Refusal> {
    let amount = Decimal::try_from(amount).map_err(|error| error.to_string())?.round_dp(decimals);
    Ok(Money::rounded(amount, Currency::CNY, Rounding::HalfEven)?)
}

/// The curve that the weeks show, with and without what earlier weeks left.
pub(super) fn weeks(weeks: &Weeks) -> Result<Section, Refusal> {
    let source =
        Source::illustration("budget.json: weeks", "spend and gross margin of each week, and the carry-over");
    let (spends, margins): (Vec<f64>, Vec<f64>) = weeks.points.iter().copied().unzip();
    let working = weeks.adstock.apply(&spends)?;
    let best = |spends: &[f64]| {
        let points = spends.iter().copied().zip(margins.iter().copied());
        best_of(Family::ALL.iter().copied(), &Observations::new(points)?)
    };
    let (alone, carried) = (best(&spends)?, best(&working)?);
    let (curve, error) = (carried.best().curve(), yuan(carried.best().root_mean_square(), 0)?);
    let money = |amount: f64| Cell::new(format_args!("{amount:.2}"), "CNY");
    let mut table = Table::new("week");
    for ((spend, margin), (working, week)) in weeks.points.iter().zip(working.iter().zip(1_u8..)) {
        let name = format!("week {week}");
        table.push(&name, "spend", money(*spend));
        table.push(&name, "at work", money(*working));
        table.push(&name, "gross margin", money(*margin));
        table.push(&name, "gross margin by the curve", money(curve.value(*working)));
    }
    table.push_sums("total", &["spend", "at work", "gross margin", "gross margin by the curve"]);
    let Weeks { channel, from, to, points, .. } = weeks;
    let (rising, worth) = (yuan(curve.inflection(), 0)?, yuan(curve.inverse_marginal(1.0), 0)?);
    Ok(Section::new(format!("How does {channel} answer to spend?"))
        .answer(format!("By {} weeks, {from} to {to}: up to {rising} at work in a week each CNY more brings more than the last.", points.len()))
        .answer(format!("Above {worth} at work in a week the next CNY brings less than 1 CNY of gross margin."))
        .answer(format!(
            "The curve with carry-over misses a week by {error}, without it by {}: {} and {} fit best.",
            yuan(alone.best().root_mean_square(), 0)?, carried.best().family(), alone.best().family()
        ))
        .evidence(Evidence::new("Weeks and the curve", table, [&source]).with_decimals(0))
        .evidence(Evidence::new("Best fit with carry-over", carried.best().table_in("CNY", "CNY"), [&source]).with_decimals(4))
        .evidence(Evidence::new("Best fit to the spend of the week alone", alone.best().table_in("CNY", "CNY"), [&source]).with_decimals(4)))
}

/// The global optimum beside what a local optimiser found, with the proof.
pub(super) fn contest(Contest { question, local }: &Contest) -> Result<Section, Refusal> {
    let curves = Source::illustration(
        "budget.json: contest.question; tests/golden/budget_s_shaped.json, trap_4ch",
        "four S-shaped curves",
    );
    let slsqp =
        Source::illustration("budget.json: contest.local", "scipy's SLSQP, started from equal amounts");
    let best = question.solve()?;
    let better = question.improve(local.iter().map(|(name, amount)| (name.as_str(), *amount)), &best)?;
    let gap = 100.0 * best.verify(question)?;
    let (spend, response, before) =
        (best.spend(), yuan(better.response(), 2)?, yuan(better.response_before(), 2)?);
    let lost = 100.0 * better.gain() / better.response();
    Ok(Section::new("Which division of a budget is best where curves are S-shaped?")
        .answer(format!("{spend} bring {response} of gross margin at the optimum, {before} by the local optimiser."))
        .answer(format!("It loses {lost:.1} %, and moving {} would gain {}.", better.moved()?, yuan(better.gain(), 2)?))
        .answer("It stops where the next CNY brings the same in each line with money, and does not see that a slow start rises later.")
        .answer(format!("It is {}; worked out again, the gap is {gap:.7} %.", best.proof_in_words()))
        .evidence(Evidence::new("The local optimiser's division beside the optimum", better.table(), [&curves]).with_decimals(2).column("amount now", [&slsqp])))
}
