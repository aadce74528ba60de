//! A landing page looked at every day: what whoever peeks would have done, beside what holds at every look.

use super::Refusal;
use marketloop::experiment::{
    ExperimentDecision, ExperimentMetric, ExperimentRecord, ExperimentSums, ExperimentTest,
    ExperimentTestDraft, Guardrail, Monitoring,
};
use marketloop::figure::{Evidence, Section, Source};
use marketloop::stats::PairedMoments;
use marketloop::target::Better;
use marketloop::time::NaiveDate;
use serde::Deserialize;

const ARMS: [&str; 2] = ["old page", "new page"];
const UNITS: u64 = 14_000;
const DAYS: u32 = 21;

/// What the visitors of one page did on one day.
#[derive(Deserialize)]
pub(crate) struct Row {
    date: NaiveDate,
    page: String,
    visitors: u32,
    bought: u32,
    complained: u32,
}

/// The test as it was written down before the first visitor; only when it is read differs below.
fn test() -> ExperimentTestDraft {
    let complaints = Guardrail::new(ExperimentMetric::proportion("complained"), Better::Lower, 0.01);
    ExperimentTest::draft("landing page", ARMS, ExperimentMetric::proportion("bought"), UNITS)
        .with_smallest_effect(0.01)
        .guardrail(complaints)
        .with_least_days(7)
        .with_most_days(DAYS)
}

/// The sums of a day.
fn day(rows: &[Row], date: NaiveDate) -> Result<ExperimentSums, Refusal> {
    let counted = |of: fn(&Row) -> u32| {
        let arm = |page: &&str| {
            let row = rows.iter().find(|row| row.date == date && row.page == *page);
            let row = row.ok_or_else(|| format!("{page} has no row on {date}"))?;
            let yes = of(row);
            Ok(PairedMoments::from_sums(row.visitors.into(), (0, yes.into()), (0, yes.into()), 0)?)
        };
        ARMS.iter().map(arm).collect::<Result<Vec<_>, Refusal>>()
    };
    let metrics = [
        (ExperimentMetric::proportion("bought"), counted(|row| row.bought)?),
        (ExperimentMetric::proportion("complained"), counted(|row| row.complained)?),
    ];
    Ok(ExperimentSums::from_moments(ARMS, metrics)?)
}

/// The record of a test whose looks come on every `every`th day, to its end.
fn run(test: ExperimentTestDraft, rows: &[Row], every: u32) -> Result<ExperimentRecord, Refusal> {
    let mut dates: Vec<NaiveDate> = rows.iter().map(|row| row.date).collect();
    dates.sort_unstable();
    dates.dedup();
    let mut record = test.check()?.begin(*dates.first().ok_or("no days")?);
    let mut so_far: Option<ExperimentSums> = None;
    for (number, date) in (1_u32..).zip(dates) {
        let own = day(rows, date)?;
        let sums = so_far.map_or(Ok(own.clone()), |so_far| so_far.merge(&own))?;
        if number.checked_rem(every) == Some(0) {
            let decision = record.look(date, sums.clone())?;
            if decision.is_final() {
                break;
            }
        }
        so_far = Some(sums);
    }
    Ok(record)
}

pub(crate) fn sections(rows: &[Row]) -> Result<Vec<Section>, Refusal> {
    let daily = run(test().with_monitoring(Monitoring::AlwaysValid), rows, 1)?;
    let weekly = run(test().with_monitoring(Monitoring::equal_looks(3)), rows, 7)?;
    let source = Source::illustration(
        "experiment_landing.csv",
        "visitors, buyers and complaints by day, from a generator",
    );

    let peeked = daily.decisions().map(ExperimentDecision::reading).find(|reading| {
        let goal = reading.readings.iter().find(|own| own.is_goal);
        goal.and_then(|goal| goal.one_look_p_value).is_some_and(|p| p < 0.05)
    });
    let peeked = peeked.map_or_else(
        || "No single look had a p below 0.05.".to_string(),
        |reading| {
            format!(
                "Whoever stops at the first p below 0.05 would have decided on {}, day {}.",
                reading.date, reading.day
            )
        },
    );
    let last = |record: &ExperimentRecord| record.last().map(ToString::to_string).ok_or("no looks");
    let errs =
        "Twenty-one such looks at a page that changes nothing show a p below 0.05 in about one test of four.";
    let looked = Section::new("What did looking at the page every day say?")
        .answer(format!("Valid at every look: {}.", last(&daily)?))
        .answer(peeked)
        .answer(errs)
        .answer("Differences are shares of visitors: 0.01 is one percentage point, one buyer more of a hundred visitors.")
        .evidence(Evidence::new(
            "Every day: share of visitors who buy, new page less old, with the interval that holds at all looks, and the p of one look",
            daily.table(),
            [&source],
        ));

    let reading = weekly.last().ok_or("no looks")?.reading();
    let decided = Section::new("What does the plan with three weekly looks decide?")
        .answer(format!("{}.", last(&weekly)?))
        .answer(format!("Read as {}.", reading.promise()))
        .evidence(Evidence::new(
            "Every week: share of visitors who buy, new page less old",
            weekly.table(),
            [&source],
        ))
        .evidence(Evidence::new("The last look: shares of visitors", reading.table(), [&source]));
    Ok(vec![looked, decided])
}
