//! Five titles: readers go to the two that may be the best, until one is (top two; D. Russo, 2020).

use super::Refusal;
use marketloop::figure::{Cell, Evidence, Section, Source, Table};
use marketloop::rust_decimal::dec;
use marketloop::stats::{BestArm, BestArmVerdict, BetaArms, whole_visits};
use serde::Deserialize;

/// The least probability to be the best with which the test stops, and the largest expected loss.
const LEAST: f64 = 0.95;
const MOST_LOSS: f64 = 0.001;

/// How often a title was shown in one batch, and clicked.
#[derive(Deserialize)]
pub(crate) struct Row {
    batch: u32,
    title: String,
    shown: u64,
    clicked: u64,
}

/// What is known after the batches so far.
pub(crate) fn known(counts: &[(u64, u64)]) -> Result<BestArm, Refusal> {
    Ok(BetaArms::new((1.0, 1.0), counts.iter().copied())?.best()?)
}

/// How the next batch is divided: most of it between the leader and who may still be better, each title with a share of 4 % at
/// least. In proportion to the probability to be the best (Thompson) the others get too few to be told apart soon.
pub(crate) fn next(best: &BestArm, readers: u64) -> Result<Vec<u64>, Refusal> {
    Ok(whole_visits(readers, &best.top_two_shares(dec!(0.04))?)?)
}

/// Whether a title is known to be the best well enough.
pub(crate) fn is_over(best: &BestArm) -> Result<bool, Refusal> {
    Ok(BestArmVerdict::of(best, LEAST, MOST_LOSS)? == BestArmVerdict::Stop)
}

pub(crate) fn section(rows: &[Row]) -> Result<Section, Refusal> {
    let source =
        Source::illustration("experiment_titles.csv", "batches of readers by title, from a generator");
    let mut titles: Vec<&str> = Vec::new();
    for row in rows {
        if !titles.contains(&row.title.as_str()) {
            titles.push(&row.title);
        }
    }
    let mut counts = vec![(0_u64, 0_u64); titles.len()];
    let mut table = Table::new("batch");
    let mut ended = None;
    for batch in rows.chunk_by(|one, next| one.batch == next.batch) {
        for row in batch {
            let own =
                titles.iter().position(|title| *title == row.title).and_then(|index| counts.get_mut(index));
            let own = own.ok_or("a title without a place")?;
            *own = (own.0.saturating_add(row.clicked), own.1.saturating_add(row.shown));
        }
        let best = known(&counts)?;
        let number = batch.first().ok_or("an empty batch")?.batch;
        let readers: u64 = counts.iter().map(|(_, shown)| shown).sum();
        table.push(number, "readers so far", Cell::new(readers, "reader"));
        for (title, probability) in titles.iter().zip(best.probabilities()) {
            table.push(number, (*title).to_string(), Cell::new(format!("{probability:.3}"), "1"));
        }
        if ended.is_none() && is_over(&best)? {
            ended = Some((number, readers, best));
        }
    }
    let told = match &ended {
        Some((batch, readers, best)) => {
            let (arm, losses) = (best.arm(), best.expected_losses());
            let title = titles.get(arm).ok_or("no title")?;
            let (probability, loss) =
                (best.probabilities().get(arm).ok_or("no title")?, losses.get(arm).ok_or("no title")?);
            format!(
                "After batch {batch}, {readers} readers, `{title}` is the best with probability {probability:.3}; choosing it is expected to lose {loss:.5} clicks a reader."
            )
        }
        None => format!("No title is the best with probability {LEAST} yet."),
    };
    let best = known(&counts)?;
    let step = next(&best, 1_000)?;
    let step: Vec<String> =
        titles.iter().zip(&step).map(|(title, visits)| format!("{title} {visits}")).collect();
    let shares: Vec<f64> = BetaArms::new((1.0, 1.0), counts.iter().copied())?.means();
    let mut rates = Table::new("title");
    for ((title, (clicked, shown)), mean) in titles.iter().zip(&counts).zip(&shares) {
        rates.push(*title, "shown", Cell::new(shown, "reader"));
        rates.push(*title, "clicked", Cell::new(clicked, "reader"));
        rates.push(*title, "expected rate", Cell::new(format!("{mean:.4}"), "1"));
    }
    Ok(Section::new("Which of five titles?")
        .answer(told)
        .answer(format!("Of the next 1,000 readers: {}. Each title keeps 4 % at least.", step.join(", ")))
        .evidence(Evidence::new("Probability to be the best, by batch", table, [&source]))
        .evidence(Evidence::new("Titles", rates, [&source])))
}
