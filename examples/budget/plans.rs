//! Budgets as stated and by rules, and what a review or a cut makes of them.

use super::{File, Refusal, Ruled};
use marketloop::budget::{Cuts, Reallocation};
use marketloop::figure::{Evidence, Section, Source, Table};
use marketloop::quantity::Money;

const UNRELATED: &str = "The documents do not say how the three relate: neither the event nor the quarter's channels is a line \
    of the year.";

/// The documents' budgets.
pub(super) fn stated(file: &File) -> Section {
    let mut section = Section::new("Which budgets do the documents state, and how do they relate?");
    for (budget, place) in file.budgets.iter().zip(0_usize..) {
        let (name, total, lines) = (budget.name(), budget.total(), budget.lines().len());
        section = section.answer(format!("{name}: {total} in {lines} lines."));
        let source = documents(
            format!("budget.json: budgets[{place}]; the documents"),
            PLACES.get(place).copied().unwrap_or("stated without a place"),
        );
        section = section.evidence(Evidence::new(format!("As stated: {name}"), budget.table(), [&source]));
    }
    section.answer(UNRELATED)
}

const PLACES: [&str; 3] = [
    "D0 section 3: the year's shares",
    "D1 section 2: the event's shares, purposes and contingency",
    "D3 template 1: amounts, people and periods of the channels",
];

fn documents(place: impl Into<String>, content: &'static str) -> Source {
    Source::new(place.into(), content)
}

/// What a share that rises does to the rest, and how it can be mended.
pub(super) fn what_if(file: &File) -> Result<Section, Refusal> {
    let asked =
        documents("budget.json: what_if; the documents, D1 section 2", "tool testing may rise to 40 %");
    let event = documents("budget.json: budgets[1]; the documents, D1 section 2", "the event as stated");
    let mended = Source::illustration("budget.json: ruled[0]", "one way to mend it: the contingency first");
    let mut section = Section::new("What if tool testing rises to 40 %?");
    for draft in &file.what_if {
        section = section.answer(match draft.clone().check() {
            Ok(budget) => format!("It fits: the lines add up to {}.", budget.total()),
            Err(refusal) => {
                let told: Vec<String> = refusal.iter().map(|problem| problem.error.to_string()).collect();
                format!(
                    "It is refused as it stands: {}. The documents do not say which line gives way.",
                    told.join("; ")
                )
            }
        });
    }
    let (Some(stated), Some(Ruled { name, remark, plan })) = (file.budgets.get(1), file.ruled.first()) else {
        return Err("the event and its plan by rules are needed".into());
    };
    let mut table = Table::new("line");
    for line in stated.lines() {
        let (now, then) = (
            line.amount(),
            plan.get(line.name())
                .map_or(Money::zero(line.amount().currency()), marketloop::budget::Line::amount),
        );
        table.push(line.name(), "as stated", now);
        table.push(line.name(), "for conversion", then);
        table.push(line.name(), "difference", then.minus(now)?);
    }
    table.push_sums("total", &["as stated", "for conversion", "difference"]);
    let compared = Evidence::new("The event as stated and for conversion", table, [&event, &asked, &mended]);
    let tools = plan.get("tool testing").map(marketloop::budget::Line::explain).unwrap_or_default();
    Ok(section
        .answer(format!("It can be mended as {name}. {remark}"))
        .answer(format!(
            "Tool testing then is 40 % of what the contingency leaves, not of the total: {tools}."
        ))
        .evidence(compared.column("as stated", [&event]))
        .evidence(Evidence::new(format!("By rules: {name}"), plan.table(), [&event, &asked, &mended])))
}

/// Totals by rules, each with its reasons, and its bounds with their base.
pub(super) fn ruled(file: &File) -> Result<Section, Refusal> {
    let mut section = Section::new("What do the documents' rules make of a total?");
    let rules = documents(
        "the documents, D4 section 13 and D1",
        "5-3-2, 60 % remain, elastic reserve, pilots of at most 10 %",
    );
    let totals = Source::illustration(
        "budget.json: ruled[1..]",
        "totals, the mix of the season, the contingency of 8 %",
    );
    for Ruled { name, remark, plan } in file.ruled.iter().skip(1) {
        let check = plan.check_rules([], plan.total())?;
        let reserves = plan
            .leaves()
            .filter(|line| line.is_reserve())
            .map(|line| format!("{} for `{}`", line.amount(), line.name()));
        let reserves: Vec<String> = reserves.collect();
        let reserves = if reserves.is_empty() {
            "no reserve".into()
        } else {
            format!("in reserve {}", reserves.join(" and "))
        };
        section = section.answer(format!(
            "{name}: {} in {} lines, {reserves}. {remark}",
            plan.total(),
            plan.leaves().count()
        ));
        let table = Evidence::new(format!("By rules: {name}"), plan.table(), [&rules, &totals]);
        section = section.evidence(table);
        if !check.bounds().is_empty() {
            let kept = if check.is_kept() { "all kept" } else { "not all kept" };
            section = section.answer(format!(
                "Its {} bounds are {kept}; the table shows the base of each.",
                check.bounds().len()
            ));
            section =
                section.evidence(Evidence::new(format!("Bounds: {name}"), check.table(), [&rules, &totals]));
        }
    }
    Ok(section)
}

/// What a review moves, from where to where, and what nobody can take.
pub(super) fn review(review: &Reallocation) -> Section {
    let stated = documents(
        "budget.json: review.positions[].amount; the documents, D3 template 1",
        "amounts of the channels",
    );
    let rules = documents(
        "budget.json: review.release; the documents, D4",
        "KOL under 1:2, activity over 20 % under the baseline",
    );
    let facts = Source::illustration(
        "budget.json: review",
        "returns (revenue), activity, locked amounts, recipients and caps",
    );
    let each = review.releases().map(|line| {
        let (name, gives, old) = (line.name(), line.released(), line.old());
        format!("{name} releases {gives} of {old}: {}.", line.reason().unwrap_or_default())
    });
    let (released, reassigned, returned) = (review.released(), review.reassigned(), review.returned());
    let back = review.moves().iter().find(|step| step.is_return).map(|step| {
        format!(
            "{returned} that no line can take within its cap go back to the {}, whose signature they need.",
            step.to.name()
        )
    });
    Section::new("What does the review move, and where does the rest go?")
        .answers(each)
        .answer(format!(
            "Of {released} released {reassigned} go to other lines, by their return and up to their caps."
        ))
        .answers(back)
        .evidence(
            Evidence::new("Lines before and after the review", review.table(), [&stated, &rules, &facts])
                .column("before", [&stated]),
        )
        .evidence(Evidence::new("Where each amount went", review.moves_table(), [&stated, &rules, &facts]))
}

/// What goes first when the budget shrinks.
pub(super) fn cuts(cuts: &Cuts) -> Section {
    let stated = documents(
        "budget.json: cuts; the documents, D1",
        "the event's amounts, and a budget that shrinks by 50 %",
    );
    let order = Source::illustration("budget.json: cuts.lines", "priorities and floors");
    let steps =
        cuts.cuts().iter().map(|cut| format!("{}: {} less, {}.", cut.line(), cut.amount(), cut.explain()));
    Section::new("What goes first when the budget shrinks by half?")
        .answer(format!("Of {} go {}, in this order; {} are left.", cuts.total(), cuts.amount(), cuts.left()))
        .answers(steps)
        .evidence(
            Evidence::new("Cuts by priority", cuts.table(), [&stated, &order]).column("before", [&stated]),
        )
}
