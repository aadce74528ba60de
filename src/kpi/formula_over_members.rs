//! Formulas that take values of several members.

use super::formula::{Formula, Token};
use super::function::Aggregate;
use super::selection::Selection;

impl Formula {
    /// The sum over the members of these dimensions that are there in the period: `sum[channel](visits * cvr)`.
    ///
    /// Each dimension stands as it does between the brackets of a text, and may be filtered: `channel in paid`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let sales = Formula::product(["visits", "cvr", "aov"]).sum_over(["channel"]);
    /// assert_eq!(sales.text()?, "sum[channel](visits * cvr * aov)");
    /// let paid = Formula::node("spend").sum_over(["channel in paid", "city not in {Beijing}"]);
    /// assert_eq!(paid.text()?, "sum[channel in paid, city not in {Beijing}](spend)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn sum_over<D: AsRef<str>>(self, dimensions: impl IntoIterator<Item = D>) -> Self {
        self.over_members(Aggregate::Sum, dimensions)
    }

    /// Each member's part of the sum over these dimensions, from 0 to 1: `share[channel](sales)` is
    /// `sales / sum[channel](sales)`. It still varies by them, and takes no filter; of a sum of 0 it is undefined.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{KpiTree, Panel, PanelRow};
    ///
    /// let tree = KpiTree::parse("share [%] = share[channel](sales)\n sales [CNY]")?;
    /// let rows: Vec<PanelRow> = serde_json::from_str(r#"[
    ///     {"period": "2026-07", "channel": "SEM", "sales": 30},
    ///     {"period": "2026-07", "channel": "live", "sales": 10}
    /// ]"#)?;
    /// let panel = Panel::new(&tree, ["channel"], rows)?;
    /// let share = tree.evaluate_panel(&panel)?.value("share", "2026-07".parse()?, [("channel", "SEM")])?;
    /// assert_eq!(share.to_string(), "75");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn share_over<D: AsRef<str>>(self, dimensions: impl IntoIterator<Item = D>) -> Self {
        self.over_members(Aggregate::Share, dimensions)
    }

    /// The mean over the members of these dimensions that are there, each weighed alike: the mean of rates is not the rate of
    /// all, for which a formula divides two sums. Missing where no member is there.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let gap = Formula::node("cvr") - Formula::node("cvr").mean_over(["channel"]);
    /// assert_eq!(gap.text()?, "cvr - mean[channel](cvr)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn mean_over<D: AsRef<str>>(self, dimensions: impl IntoIterator<Item = D>) -> Self {
        self.over_members(Aggregate::Mean, dimensions)
    }

    /// The least value of the members of these dimensions that are there; missing where none is.
    #[must_use]
    pub fn min_over<D: AsRef<str>>(self, dimensions: impl IntoIterator<Item = D>) -> Self {
        self.over_members(Aggregate::Minimum, dimensions)
    }

    /// The greatest value of the members of these dimensions that are there; missing where none is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let best = Formula::node("roas").max_over(["channel in paid"]);
    /// assert_eq!(best.text()?, "max[channel in paid](roas)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn max_over<D: AsRef<str>>(self, dimensions: impl IntoIterator<Item = D>) -> Self {
        self.over_members(Aggregate::Maximum, dimensions)
    }

    /// How many members of these dimensions have a row in the period, be the value known or not.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let each = Formula::node("total") / Formula::node("sales").count_over(["channel"]);
    /// assert_eq!(each.text()?, "total / count[channel](sales)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn count_over<D: AsRef<str>>(self, dimensions: impl IntoIterator<Item = D>) -> Self {
        self.over_members(Aggregate::Count, dimensions)
    }

    fn over_members<D: AsRef<str>>(self, aggregate: Aggregate, of: impl IntoIterator<Item = D>) -> Self {
        let of = of.into_iter().map(|dimension| Selection::read(dimension.as_ref())).collect();
        let mut tokens = self.tokens().to_vec();
        tokens.push(Token::Members(aggregate, of));
        Self::of_tokens(tokens)
    }
}
