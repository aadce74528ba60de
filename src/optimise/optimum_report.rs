//! The answer as a table and on the wire.

use super::{Binding, Optimum, OptimumGroup, OptimumLine, Stop};
use crate::figure::{Cell, Figure, Table, label};
use crate::quantity::Money;
use alloc::string::ToString;
use serde::{Serialize, Serializer};

impl Optimum {
    /// A row for each line, each group and the whole; the last column says which bound holds an amount.
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
    ///     .solve()?;
    /// assert_eq!(
    ///     best.table().to_string(),
    ///     "line   amount CNY  response  next unit returns  why\n\
    ///      SEM         36.00   12.0000             0.1667  cap\n\
    ///      video       64.00    8.0000             0.0625\n\
    ///      all        100.00   20.0000             0.0625  proven\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        const ALL: &str = "all";
        const GROUP: &str = " (group)";
        let mut table = Table::new("line");
        let money = |money: Money| Cell::new(money.amount(), money.currency().to_string());
        let short = |figure: f64| Cell::new(format_args!("{figure:.4}"), "");
        let held = |cell: Cell, binding: Binding| match binding {
            Binding::Free => cell,
            binding => cell.because(binding),
        };
        for line in self.lines() {
            let name = label(line.name(), line.name() == ALL || line.name().ends_with(GROUP));
            table.push(&name, "amount", held(money(line.amount()), line.binding()));
            table.push(&name, "response", short(line.response()));
            table.push(&name, "next unit returns", line.marginal_return().map(short));
        }
        for group in self.groups() {
            let name = alloc::format!("{}{GROUP}", group.name());
            table.push(&name, "amount", held(money(group.amount()), group.binding()));
            table.push(&name, "next unit returns", group.multiplier().map(short));
        }
        table.push(ALL, "amount", money(self.spend()).because(self.stop()));
        table.push(ALL, "response", short(self.response()));
        table.push(ALL, "next unit returns", self.multiplier().map(short));
        table
    }
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
