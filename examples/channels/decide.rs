//! What to do: how much hangs on one channel, and the action for each.

use super::{Channel, File, Refusal};
use marketloop::channel::{ActionTable, Concentration, Metric, Scorecard, change_from_baseline};
use marketloop::figure::{Cell, Evidence, Section, Source, Table};

const BASE: &str =
    "The base is what all brought before one failed; what others would catch of it is not known.";

/// What remains when a channel fails, against the rule.
pub(super) fn failure(file: &File, documents: &Source) -> Result<Section, Refusal> {
    let rule =
        Source::new("channels.json: remain_without_one; the documents, D4, matrix cases", "the rule of 60 %");
    let conversions =
        file.channels.iter().map(|row| Ok((&row.name, row.card.conversions().get()?.to_decimal())));
    let all = Concentration::new(conversions.collect::<Result<Vec<_>, Refusal>>()?)?;
    let (required, failures) = (file.remain_without_one, all.failures(file.remain_without_one)?);
    let told = failures.iter().map(|failure| format!("Without {failure}: the rule is broken."));
    let kept = failures.is_empty().then(|| format!("Whichever fails, at least {required} remain."));
    let table = all.table_against(required, &"conversion".parse()?);
    Ok(Section::new("What remains when one channel fails?")
        .answers(told.chain(kept))
        .answer(format!(
            "To keep the rule no channel may bring more than {} of all conversions.",
            required.complement()
        ))
        .answer(BASE)
        .evidence(Evidence::new("What remains without each channel", table, [documents, &rule])))
}

/// The action for each channel, with its rule.
pub(super) fn decisions(file: &File, total: &Scorecard, documents: &Source) -> Result<Section, Refusal> {
    let rules = Source::new("the documents, D0, D1 and D4", "rules 1, 2 and 5, and the direction of 3 and 4");
    let edges = Source::illustration("ActionTable::documents", "that 10 % worse is worse");
    let active =
        Source::illustration("channels.json: channels[].activity, baseline", "active users of two quarters");
    let customers = Source::illustration("channels.json: channels[].customer, value_per_cost", "LTV : CAC");
    let advice =
        Source::new("channels.json: channels[].advice; the documents, D1", "what the documents advise");
    let (actions, mut rows, mut activity) = (ActionTable::documents()?, Vec::new(), Table::new("channel"));
    for row in &file.channels {
        let change = change_from_baseline(row.activity, row.baseline)?;
        rows.push((&row.name, row.kind.as_str(), &row.card, Some(change)));
        activity.push(&row.name, "active users", Cell::new(row.activity.value(), "user"));
        activity.push(&row.name, "baseline", Cell::new(row.baseline.value(), "user"));
        activity.push(&row.name, "change", change.percent_cell());
    }
    let (mut table, mut told) = (actions.decisions(rows, total)?, Vec::new());
    for Channel { name, card, customer, advice, .. } in &file.channels {
        let cell = |column| table.get(name, column).cloned().unwrap_or_default();
        let (action, Cell { value, why, .. }) = (cell("action").value.unwrap_or_default(), cell("rule"));
        told.push(format!("{name}: {action}, by {}: {why}.", value.unwrap_or_default()));
        let ratio = customer.per_cost(card.metric(Metric::CostPerAcquisition)?).get()?;
        let is_worth = action == "cut" && ratio >= file.value_per_cost;
        told.extend(is_worth.then(|| {
            format!("Before that: {name} has LTV : CAC {ratio:.2}, which the rule does not look at.")
        }));
        table.push(name, "LTV : CAC", Cell::new(format_args!("{ratio:.2}"), "CNY/CNY"));
        table.push(name, "the documents' advice", advice.as_str());
    }
    let decided = Evidence::new("Decisions", table, [documents, &rules, &edges, &active]);
    Ok(Section::new("What is to be done with each channel, and by which rule?")
        .answers(told)
        .evidence(
            decided.column("the documents' advice", [&advice]).column("LTV : CAC", [documents, &customers]),
        )
        .evidence(
            Evidence::new("The rules: the first that matches answers", actions.rules_table(), [&rules])
                .row("rule 4 of 5", [&rules, &edges]),
        )
        .evidence(Evidence::new("Activity against the baseline", activity, [&active])))
}
