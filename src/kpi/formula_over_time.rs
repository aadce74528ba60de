//! Formulas that take values of other periods.

use super::formula::Formula;
use super::function::{Function, OverTime, Shift, Span};

impl Formula {
    /// The value so many periods before, `lag(x, 1)`; missing before the first period. At least 1: 0 is refused by the tree.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let gain = Formula::node("fans") - Formula::node("fans").lag(1);
    /// assert_eq!(gain.text()?, "fans - lag(fans, 1)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn lag(self, periods: u32) -> Self {
        self.over(OverTime::Lag(Shift::Periods(periods)))
    }

    /// The value of the same period of the year before, `lag(x, year)`: the same month, quarter or ISO week,
    /// of a retail year the same week, month or quarter of the one before. Week 53 has none in a year of 52; the 52 weeks before are
    /// `lag(x, 52)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let more = Formula::node("sales") - Formula::node("sales").lag_year();
    /// assert_eq!(more.text()?, "sales - lag(sales, year)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn lag_year(self) -> Self {
        self.over(OverTime::Lag(Shift::Year))
    }

    /// The sum over the period and those before it, `periods` in all.
    #[must_use]
    pub fn rolling_sum(self, periods: u32) -> Self {
        self.over(OverTime::RollingSum(periods))
    }

    /// The mean over the period and those before it, `periods` in all.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let smooth = Formula::node("orders").rolling_mean(3) / Formula::node("visits").rolling_mean(3);
    /// assert_eq!(smooth.text()?, "rolling_mean(orders, 3) / rolling_mean(visits, 3)");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn rolling_mean(self, periods: u32) -> Self {
        self.over(OverTime::RollingMean(periods))
    }

    /// The sum since the first period of the quarter, `to_date(x, quarter)`.
    #[must_use]
    pub fn quarter_to_date(self) -> Self {
        self.over(OverTime::ToDate(Span::Quarter))
    }

    /// The sum since the first period of the year, `to_date(x, year)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let so_far = Formula::node("sales").year_to_date() / Formula::node("goal");
    /// assert_eq!(so_far.text()?, "to_date(sales, year) / goal");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn year_to_date(self) -> Self {
        self.over(OverTime::ToDate(Span::Year))
    }

    /// `x / lag(x, periods) - 1`; undefined from a base of 0 or below.
    #[must_use]
    pub fn growth(self, periods: u32) -> Self {
        self.over(OverTime::Growth(Shift::Periods(periods)))
    }

    /// The growth on the same period of the year before, `growth(x, year)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// assert_eq!(Formula::node("sales").growth_on_year(), Formula::parse("growth(sales, year)")?);
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn growth_on_year(self) -> Self {
        self.over(OverTime::Growth(Shift::Year))
    }

    fn over(self, over: OverTime) -> Self {
        Self::call(Function::Over(over), [self])
    }
}
