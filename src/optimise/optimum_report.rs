//! The answer as a table and on the wire.

use super::minor_units::{main, units};
use super::{Aim, Optimum, OptimumGroup, OptimumLine, Stop};
use crate::figure::{Cell, Figure, TOTAL, Table, label};
use crate::quantity::Money;
use alloc::string::{String, ToString};
use serde::{Serialize, Serializer};

impl Optimum {
    /// A row for each line, each group and the total: amount, response, marginal return, and the bound that holds the
    /// amount. Of the total the marginal return is the [`multiplier`](Self::multiplier); where the search had to
    /// divide S-shaped curves the next unit of money need not bring that, and there is none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::quantity::Money;
    /// use marketloop::response::Power;
    ///
    /// let yuan = |text: &str| Money::parse(&format!("{text} CNY"));
    /// let best = Optimisation::maximise_response(yuan("100")?)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..=yuan("36")?)
    ///     .line("video", Power::new(1.0, 0.5)?, ..)
    ///     .with_response("orders", "order".parse()?)
    ///     .solve()?;
    /// assert_eq!(
    ///     best.table().to_string(),
    ///     "line   amount CNY  response (orders) order  marginal return (orders) order/CNY  binding bound  why\n\
    ///      SEM         36.00                  12.0000                              0.1667  cap\n\
    ///      video       64.00                   8.0000                              0.0625  none\n\
    ///      total      100.00                  20.0000                              0.0625                 \
    ///      proven: no other division of 100.00 CNY brings more than 0.0000000001 % more\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        const GROUP: &str = " (group)";
        let (mut table, measure, currency) = (Table::new("line"), &self.measure, self.spend().currency());
        let (response, marginal) = (measure.column("response"), measure.column("marginal return"));
        for line in self.lines() {
            let name = label(line.name(), line.name() == TOTAL || line.name().ends_with(GROUP));
            table.push(&name, "amount", line.amount());
            table.push(&name, response.clone(), measure.response(line.response()));
            table.push(&name, marginal.clone(), measure.marginal(line.marginal_return(), currency));
            table.push(&name, "binding bound", line.binding().to_string());
        }
        for group in self.groups() {
            let name = alloc::format!("{}{GROUP}", group.name());
            table.push(&name, "amount", group.amount());
            table.push(&name, marginal.clone(), measure.marginal(group.multiplier(), currency));
            table.push(&name, "binding bound", group.binding().to_string());
        }
        table.push(TOTAL, "amount", Cell::from(self.spend()).because(self.proof_in_words()));
        table.push(TOTAL, response, measure.response(self.response()));
        if self.nodes() == 1 {
            table.push(TOTAL, marginal, measure.marginal(self.multiplier(), currency));
        }
        table
    }

    /// What was proven, as a sentence: by how much another answer could be better at most, or why that is not less.
    /// The figure is rounded up.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::{Limits, Optimisation};
    /// use marketloop::quantity::{Currency, Money};
    /// use marketloop::response::{Logistic, Power};
    ///
    /// let hasty = Optimisation::maximise_response(Money::parse("90 CNY")?)
    ///     .line("a", Logistic::new(80.0, 40.0, 0.2)?, ..)
    ///     .line("b", Logistic::new(70.0, 30.0, 0.2)?, ..)
    ///     .line("c", Logistic::new(60.0, 35.0, 0.2)?, ..)
    ///     .with_limits(Limits::default().with_nodes(1))
    ///     .solve()?;
    /// let told = hasty.proof_in_words();
    /// assert!(told.starts_with("stopped at the limit of nodes: no other division of 90.00 CNY brings more than "));
    ///
    /// let least = Optimisation::minimise_budget(20.0, Currency::CNY)
    ///     .line("SEM", Power::new(2.0, 0.5)?, ..)
    ///     .solve()?;
    /// assert_eq!(least.proof_in_words(), "proven: no budget below 100.00 CNY reaches a response of 20");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn proof_in_words(&self) -> String {
        let (stop, spend) = (self.stop(), self.spend());
        let more = |reached: f64| {
            let more = self.bound() - reached;
            if more <= 0.0 {
                "more".into()
            } else if reached > 0.0 {
                alloc::format!("more than {} % more", rounded_up(100.0 * more / reached))
            } else {
                alloc::format!("more than {}", self.bound())
            }
        };
        match self.aim {
            Aim::Response { .. } => {
                alloc::format!("{stop}: no other division of {spend} brings {}", more(self.response()))
            }
            Aim::Budget { target, currency } => {
                let bound = self.bound();
                let digits = (0..currency.digits()).count();
                alloc::format!(
                    "{stop}: no budget below {bound:.digits$} {currency} reaches a response of {target}"
                )
            }
            Aim::MarginalReturn { at_least, currency } => {
                let reached = self.response() - at_least * main(spend.minor(), units(currency));
                alloc::format!(
                    "{stop}: at {at_least} for each {currency} spent no other division leaves {}",
                    more(reached)
                )
            }
        }
    }
}

/// A number above 0, rounded up to the first digit that shows.
fn rounded_up(number: f64) -> String {
    let mut scale = 10.0;
    for decimals in 1..10_usize {
        if number * scale >= 1.0 {
            return alloc::format!("{:.decimals$}", libm::ceil(number * scale) / scale);
        }
        scale *= 10.0;
    }
    alloc::format!("{:.10}", libm::ceil(number * scale) / scale)
}

impl Serialize for Optimum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        OptimumWire {
            lines: self.lines(),
            groups: self.groups(),
            spend: self.spend(),
            response: self.response(),
            exact_response: self.exact_response(),
            multiplier: self.multiplier(),
            bound: self.bound(),
            gap: self.gap(),
            stop: self.stop(),
            nodes: self.nodes(),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename = "Optimum")]
struct OptimumWire<'a> {
    lines: &'a [OptimumLine],
    groups: &'a [OptimumGroup],
    spend: Money,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    response: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    exact_response: f64,
    multiplier: Figure<f64>,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    bound: f64,
    #[serde(serialize_with = "crate::quantity::wire::own::serialize")]
    gap: f64,
    stop: Stop,
    nodes: usize,
}
