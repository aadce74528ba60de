//! What journeys credit the channels with, how sure that is, and how well the model predicts.

use super::Refusal;
use marketloop::attribution::{
    AttributionModel, Journeys, OrderSelection, bootstrap_weights, intervals, resampled,
};
use marketloop::figure::{Cell, Figure, Interval, Table};
use marketloop::quantity::Ratio;
use marketloop::time::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Each how many-th journey is held out to test the model.
const HELD_OUT: u64 = 4;
/// How often journeys are drawn anew for the intervals.
const RESAMPLES: u64 = 200;
/// How much of the resamples lies in an interval.
const LEVEL: f64 = 0.9;

/// The conversions that a Markov chain of order 1 credits each channel with.
pub(super) struct Credit {
    of: BTreeMap<String, (Decimal, Interval<f64>)>,
    /// The days from the first event to the last.
    period: Figure<Interval<NaiveDate>>,
    journeys: u64,
    conversions: u64,
    tested: u64,
    auc: Figure<f64>,
}

impl Credit {
    pub(super) fn of(journeys: &Journeys) -> Result<Self, Refusal> {
        let paths = &journeys.paths;
        let model = AttributionModel::Markov(1);
        let exact = model.credit(paths)?.conversions_exact(2)?;
        let sure = intervals(&resampled(&model, paths, bootstrap_weights(paths.len(), RESAMPLES))?, LEVEL)?;
        let names = paths.channels().names().map(ToString::to_string);
        let of = names.zip(exact.into_iter().zip(sure)).collect();
        let (fitted, held_out) = paths.split_every(HELD_OUT)?;
        let selection = OrderSelection::new(&fitted, &held_out, 1)?;
        let auc = selection.scores().next().map(|(.., auc)| auc.clone());
        let totals = paths.totals();
        Ok(Self {
            of,
            period: journeys.report.period(),
            journeys: totals.journeys,
            conversions: totals.conversions,
            tested: held_out.totals().journeys,
            auc: auc.unwrap_or_else(|| Figure::missing("a model")),
        })
    }

    /// Whether it may say something about money.
    pub(super) fn verdict(&self, least: Ratio) -> String {
        let least = least.to_f64();
        match &self.auc {
            Figure::Known(auc) if *auc <= least => format!(
                "The credit of {} conversions in {} journeys stands beside it and moves nothing: on {} journeys held out its AUC is {auc:.2}, {} ({least:.2}).",
                self.conversions,
                self.journeys,
                self.tested,
                if *auc < least { "worse than a guess" } else { "no better than a guess" }
            ),
            Figure::Known(auc) => format!(
                "The credit of {} conversions in {} journeys stands beside it (AUC {auc:.2} on {} journeys held out): credit says who took part, marginal return what the next yuan brings.",
                self.conversions, self.journeys, self.tested
            ),
            other => format!("The credit stands beside it, untested: {}.", other.as_ref().map(|_| "")),
        }
    }

    /// The credit of a line, beside what it is compared with.
    pub(super) fn cells(&self, table: &mut Table, line: &str) {
        let no = || Cell::default().because("no journey touched it");
        let [credit, low, high] = match self.of.get(line) {
            Some((credit, sure)) => [
                Cell::new(format!("{credit:.2}"), "conversion"),
                Cell::new(format!("{:.2}", sure.low()), "conversion"),
                Cell::new(format!("{:.2}", sure.high()), "conversion"),
            ],
            None => [no(), no(), no()],
        };
        table.push(line, "credit (Markov chain of order 1)", credit);
        table.push(line, "credit from, 90 %", low);
        table.push(line, "credit to, 90 %", high);
    }

    pub(super) fn quality(&self) -> Table {
        let mut table = Table::new("of the model");
        let of_period =
            |end: fn(&Interval<NaiveDate>) -> NaiveDate| self.period.as_ref().map(|own| Cell::from(end(own)));
        table.push("first event on", "figure", of_period(Interval::low));
        table.push("last event on", "figure", of_period(Interval::high));
        table.push("journeys", "figure", Cell::new(self.journeys, "journey"));
        table.push("conversions", "figure", Cell::new(self.conversions, "conversion"));
        table.push("journeys held out", "figure", Cell::new(self.tested, "journey"));
        table.push("resamples behind the intervals", "figure", Cell::new(RESAMPLES, "resample"));
        let auc = self
            .auc
            .as_ref()
            .map(|auc| Cell::new(format!("{auc:.4}"), "1").because("0.5 is chance, 1 is perfect"));
        table.push("AUC on journeys held out", "figure", auc);
        table
    }
}
