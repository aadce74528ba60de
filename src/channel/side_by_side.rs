//! Channels side by side in one table, with the totals of all of them.

use super::{ChannelError, ChannelFigure, Metric, Scorecard};
use crate::figure::{Cell, Figure, Table, beside, distinct};
use crate::quantity::Rounding;
use crate::quantity::words::Word;
use alloc::borrow::Cow;
use alloc::vec::Vec;

/// The row of all channels.
const ALL: &str = "all";

/// The decimals of metrics.
const SHOWN_DECIMALS: u32 = 4;

impl Scorecard {
    /// A row for each channel with its figures and with these metrics, and a row for all of them: sums of the figures, and
    /// metrics as sums over sums (never means of the channels' metrics). Returns are on revenue, as their columns say.
    ///
    /// # Errors
    /// Those of [`total`](Self::total).
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Metric, Scorecard};
    ///
    /// let search = Scorecard::draft().with_clicks(100).with_spend("200 CNY".parse()?).check()?;
    /// let social = Scorecard::draft().with_clicks(300).with_spend("300 CNY".parse()?).check()?;
    /// let table = Scorecard::side_by_side([("search", &search), ("social", &social)], &[Metric::CostPerClick])?;
    /// assert_eq!(
    ///     table.to_string(),
    ///     "channel  clicks  spend CNY  CPC CNY/click\n\
    ///      search      100     200.00              2\n\
    ///      social      300     300.00              1\n\
    ///      all         400     500.00           1.25\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn side_by_side<'a>(
        channels: impl IntoIterator<Item = (&'a str, &'a Self)>,
        metrics: &[Metric],
    ) -> Result<Table, ChannelError> {
        let (names, cards): (Vec<&str>, Vec<&Self>) = channels.into_iter().unzip();
        let total = Self::total(cards.iter().copied())?;
        let mut table = Table::new("channel");
        let names = distinct(names);
        let names = names.iter().map(|name| beside(name, &[ALL])).chain([Cow::Borrowed(ALL)]);
        let rows: Vec<(Cow<'_, str>, &Self)> = names.zip(cards.into_iter().chain([&total])).collect();
        for figure in ChannelFigure::ALL {
            // A column for what at least one of them has.
            if rows.iter().any(|(_, card)| !card.figure_range(figure).is_missing()) {
                for (name, card) in &rows {
                    table.push(name, figure.shown(), card.cell(figure));
                }
            }
        }
        for metric in metrics {
            let column = metric.column();
            for (name, card) in &rows {
                table.push(name, column, card.metric_cell(*metric));
            }
        }
        Ok(table)
    }

    fn cell(&self, figure: ChannelFigure) -> Figure<Cell> {
        match figure {
            ChannelFigure::Spend => self.spend().map(Cell::from),
            ChannelFigure::Revenue => self.revenue().map(Cell::from),
            _ => self.figure(figure).map(|count| Cell::new(count.value(), figure.one())),
        }
    }

    pub(super) fn metric_cell(&self, metric: Metric) -> Cell {
        match (self.show(metric, (SHOWN_DECIMALS, Rounding::HalfEven)), self.spend()) {
            // A return is a pure number, of money on money: its unit says of which.
            (Ok(shown), Figure::Known(spend)) if metric == Metric::ReturnOnAdSpend => {
                let currency = spend.currency();
                Cell::new(shown.value(), alloc::format!("{currency}/{currency}"))
            }
            (Ok(shown), _) => Cell::from(&shown),
            (Err(error), _) => Cell::default().because(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn what_one_channel_lacks_is_told_and_in_no_total() {
        let full = Scorecard::draft().with_clicks(9).with_spend("3 CNY".parse().unwrap()).check().unwrap();
        let bare = Scorecard::draft().with_clicks(1).check().unwrap();
        let cards = [("all", &full), ("all", &bare)];
        let table = Scorecard::side_by_side(cards, &[Metric::CostPerClick, Metric::ReturnOnAdSpend]).unwrap();
        assert_eq!(table.names(), ["\"all\"", "all (2)", "all"]);
        let columns: Vec<&str> = table.columns().iter().map(AsRef::as_ref).collect();
        assert_eq!(columns, vec!["clicks", "spend", "CPC", "return on ad spend (revenue)"]);
        let cell = |name, column| table.get(name, column).unwrap().clone();
        assert_eq!(cell("\"all\"", "CPC").value.as_deref(), Some("0.3333"));
        assert_eq!(cell("all (2)", "spend").why, "missing: spend");
        assert_eq!((cell("all", "clicks").value.as_deref(), cell("all", "spend").value), (Some("10"), None));
        assert!(cell("all", "CPC").why.contains("not known"));
    }
}
