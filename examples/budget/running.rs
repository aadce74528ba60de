//! Where the money stands while it runs, and what it returns.

use super::{Paced, Refusal};
use marketloop::budget::{Tracking, TrueReturn};
use marketloop::figure::{Cell, Evidence, Section, Source, Table};
use marketloop::progress::{EarnedValue, Estimate};
use marketloop::quantity::{Currency, Money, Ratio, Revenue, Rounding};

/// An exact amount in minor units.
fn money(amount: Ratio, currency: Currency) -> Result<Money, Refusal> {
    Ok(Money::rounded(amount.round((2, Rounding::HalfEven))?, currency, Rounding::HalfEven)?)
}

/// Plan against actual, and the forecast.
pub(super) fn tracked(tracking: &Tracking) -> Section {
    let plan = Source::new("budget.json: tracking.lines; the documents, D1 section 2", "the event's amounts");
    let spent = Source::illustration(
        "budget.json: tracking.spending",
        "spent, ordered and expected on the day of the event",
    );
    let total = tracking.total();
    let over =
        tracking.lines().iter().filter(|line| line.forecast_variance() > Money::zero(line.plan().currency()));
    let over = over.map(|line| {
        format!(
            "{}: {} over its plan of {} at the end; the reason is to be found.",
            line.name(),
            line.forecast_variance(),
            line.plan()
        )
    });
    let (actual, forecast, variance) = (total.actual(), total.forecast(), total.forecast_variance());
    Section::new("Does the event keep to its plan?")
        .answer(format!(
            "Spent are {actual} of {}, {} more are ordered; {forecast} are expected at the end, {} than the plan.",
            total.plan(),
            total.committed(),
            if variance.is_negative() {
                format!("{} less", variance.negated())
            } else {
                format!("{variance} more")
            }
        ))
        .answers(over)
        .evidence(Evidence::new("Plan against actual", tracking.table(), [&plan, &spent]).column("plan", [&plan]))
}

/// Whether the money goes as planned, and the rest split anew.
pub(super) fn paced(pacing: &Paced) -> Result<Section, Refusal> {
    let plan = Source::new(
        "budget.json: pacing.plan; the documents, D3 section 2",
        "400,000 in the weights of July, August, September",
    );
    let spent = Source::illustration("budget.json: pacing", "spent and ordered after the periods elapsed");
    let standing = pacing.plan.after(pacing.elapsed, pacing.spent, pacing.committed)?;
    let (index, projected) = (standing.pacing_index().get()?, standing.projected_total().get()?);
    let (expected, elapsed) = (standing.expected_to_date(), pacing.elapsed);
    let mut table = Table::new("period");
    let rest = standing.repaced().get()?;
    for (planned, period) in pacing.plan.plan().iter().zip(1_usize..) {
        let name = format!("period {period}");
        table.push(&name, "planned", *planned);
        let free =
            period.checked_sub(elapsed).and_then(|after| after.checked_sub(1)).and_then(|at| rest.get(at));
        table.push(
            &name,
            "free, by the weights left",
            free.copied().unwrap_or(Money::zero(planned.currency())),
        );
    }
    table.push_sums("total", &["planned", "free, by the weights left"]);
    let after = Evidence::new("Pacing of the quarter's channels", standing.table(), [&plan, &spent]);
    let split = Evidence::new("What is free, by period", table, [&plan, &spent]);
    Ok(Section::new("Does the quarter's money go at the pace planned?")
        .answer(format!(
            "After period {elapsed} of {} {} are spent where {expected} were planned: a pacing index of {index:.2}.",
            pacing.plan.plan().len(), pacing.spent
        ))
        .answer(format!("At this pace {} are needed for {}.",
            money(projected, expected.currency())?,
            pacing.plan.total()))
        .answer(format!("Less what is ordered, {} are free for the periods left.", standing.remaining().get()?))
        .evidence(after.row("expected", [&plan]))
        .evidence(split.column("planned", [&plan])))
}

/// What the money spent has earned of the plan.
pub(super) fn earned(value: &EarnedValue<Money>) -> Result<Section, Refusal> {
    let plan =
        Source::new("budget.json: earned_value.budget_at_completion; the documents, D1", "the event's total");
    let work = Source::illustration(
        "budget.json: earned_value",
        "planned and earned value and actual cost half-way",
    );
    let (cost, schedule) = (value.cost_performance_index().get()?, value.schedule_performance_index().get()?);
    let end = value.estimate_at_completion(Estimate::CostPerformance).get()?;
    let total = value.budget_at_completion();
    Ok(Section::new("What has the money earned of the plan?")
        .answer(format!("Each CNY spent earned {cost:.2} CNY of the planned work, which stands at {schedule:.2} of its schedule."))
        .answer(format!("At this performance the work of {total} costs {}.", money(end, total.currency())?))
        .evidence(Evidence::new("Earned value half-way", value.table(), [&plan, &work]).row("budget at completion (BAC)", [&plan])))
}

/// What the ads return with indirect effects and costs.
pub(super) fn returns(value: &TrueReturn<Revenue>) -> Result<Section, Refusal> {
    let effect = Source::new(
        "the documents, D4 section 13",
        "indirect effects and costs count; brand search rises by 20 %",
    );
    let amounts = Source::illustration("budget.json: true_return", "amounts of revenue and cost");
    let (media, all) = (value.media_return().get()?, value.return_ratio().get()?);
    let (why, currency) = (value.why().get()?, value.costs().currency());
    let mut steps = Table::new("step");
    for step in why.steps() {
        let ratio = step.value.ratio();
        steps.push(
            &step.cause,
            "return (revenue) so far",
            Cell::new(format_args!("{ratio:.4}"), format!("{currency}/{currency}")),
        );
    }
    Ok(Section::new("What do the ads truly return?")
        .answer(format!("On media and direct orders alone {media:.2} of revenue, on all costs with indirect effects {all:.2}."))
        .answer(format!("{} of revenue stand against {}; the basis is revenue, not profit.", value.returns(), value.costs()))
        .evidence(Evidence::new("True return", value.table(), [&amounts, &effect]))
        .evidence(Evidence::new("From the media return to the true one", steps, [&amounts, &effect])))
}
