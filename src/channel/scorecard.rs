//! The figures of one channel, or of several together.

use super::figure_range::{FigureAnswer, FigureValue, ValueRange};
use super::figures::Figures;
use super::implied::{Given, Known, Step, listed};
use super::metric::{quotient, shown};
use super::ranges::{Bound, Ranges};
use super::{ChannelError, ChannelFigure, Metric, ScorecardDraft};
use crate::quantity::{Count, Currency, Money, Quantity, Ratio, Rounding, Unit};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The figures of a channel, or of an influencer: impressions, engagements, clicks, visitors, conversions, new
/// customers, spend and revenue, any of which may be unknown; what the given ones imply is filled in.
///
/// On the wire a scorecard is what was given ([`ScorecardDraft`]).
///
/// # Examples
/// ```
/// use marketloop::channel::{ChannelFigure, Metric, Scorecard};
/// use marketloop::quantity::Rounding;
///
/// let video = Scorecard::draft()
///     .impressions(120_000)
///     .clicks(12_000)
///     .conversions(450)
///     .cost_per_acquisition("35 CNY".parse()?)
///     .return_on_ad_spend("1:4.8".parse()?)
///     .check()?;
/// assert_eq!(video.spend().map(|spend| spend.to_string()), Some("15,750.00 CNY".into()));
/// assert_eq!(video.explain(ChannelFigure::Revenue).to_string(), "revenue 75,600.00 CNY = return on ad spend x spend");
/// assert_eq!(video.show(Metric::CostPerMille, 2, Rounding::HalfEven)?.to_string(), "131.25 CNY/1000 impression");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScorecardDraft", into = "ScorecardDraft")]
pub struct Scorecard {
    given: ScorecardDraft,
    figures: Figures,
    implied: Implied,
    currency: Option<Currency>,
}

/// What follows from what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Implied {
    /// From exact metrics: values.
    Exact(Known),
    /// From rounded metrics: the values that a figure can have.
    Rounded(Box<Ranges>),
}

impl Scorecard {
    /// A scorecard to be filled in.
    #[must_use]
    pub fn draft() -> ScorecardDraft {
        ScorecardDraft::default()
    }

    pub(super) const fn checked(
        given: ScorecardDraft,
        figures: Figures,
        implied: Implied,
        currency: Option<Currency>,
    ) -> Self {
        Self { given, figures, implied, currency }
    }

    /// The figures of all channels together. A figure that one of them lacks, or of which one has only a range,
    /// is unknown in the total.
    ///
    /// # Errors
    /// [`ChannelError::NoChannels`]; [`ChannelError::Quantity`] for two currencies or sums out of range.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Metric, Scorecard};
    ///
    /// let cost = |spend: &str, clicks| -> Result<Scorecard, marketloop::Error> {
    ///     Ok(Scorecard::draft().spend(spend.parse()?).clicks(clicks).check()?)
    /// };
    /// let all = Scorecard::total([&cost("100 CNY", 10)?, &cost("900 CNY", 30)?])?;
    /// assert_eq!(all.metric(Metric::CostPerClick)?.to_string(), "25"); // not the mean of 10 and 30
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn total<'a>(channels: impl IntoIterator<Item = &'a Self>) -> Result<Self, ChannelError> {
        let mut channels = channels.into_iter();
        let first = channels.next().ok_or(ChannelError::NoChannels)?;
        let sum = channels.try_fold(first.figures, |sum, next| plus(&sum, &next.figures))?;
        Self::of_figures(sum)
    }

    /// The figures of both together. A figure that one of them lacks, or of which one has only a range, is
    /// unknown in the sum.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for two currencies or sums out of range.
    pub fn plus(&self, other: &Self) -> Result<Self, ChannelError> {
        Self::of_figures(plus(&self.figures, &other.figures)?)
    }

    /// Sums of figures that were checked: nested counts are nested and amounts are 0 or more.
    fn of_figures(figures: Figures) -> Result<Self, ChannelError> {
        let given = ScorecardDraft::of_figures(figures);
        let ratios = given.ratios();
        let currency = figures.spend.or(figures.revenue).map(|money| money.currency());
        Ok(Self { given, figures, implied: Implied::Exact(Known::of(&ratios, &[])?), currency })
    }

    /// How often it was shown.
    #[must_use]
    pub const fn impressions(&self) -> Option<Count> {
        self.figures.impressions
    }

    /// How often it was liked, commented on or shared.
    #[must_use]
    pub const fn engagements(&self) -> Option<Count> {
        self.figures.engagements
    }

    /// How often it was clicked.
    #[must_use]
    pub const fn clicks(&self) -> Option<Count> {
        self.figures.clicks
    }

    /// How many people it brought to the site or shop.
    #[must_use]
    pub const fn visitors(&self) -> Option<Count> {
        self.figures.visitors
    }

    /// How many orders came of it.
    #[must_use]
    pub const fn conversions(&self) -> Option<Count> {
        self.figures.conversions
    }

    /// How many of the orders were a customer's first.
    #[must_use]
    pub const fn new_customers(&self) -> Option<Count> {
        self.figures.new_customers
    }

    /// What was paid for it.
    #[must_use]
    pub const fn spend(&self) -> Option<Money> {
        self.figures.spend
    }

    /// What it brought in.
    #[must_use]
    pub const fn revenue(&self) -> Option<Money> {
        self.figures.revenue
    }

    /// What is known of a figure: its value, or the lowest and the highest that agree with what was given.
    ///
    /// Without [`metrics_rounded_to`](ScorecardDraft::metrics_rounded_to) a figure is known or unknown. With it,
    /// a figure is known where only one whole number of things or of minor units agrees with all figures and
    /// metrics that were given; else it has a range, whose ends are the tightest (a metric that was rounded to
    /// `d` decimals lies within half a unit of the last, both ends included). A figure that was not given and
    /// stands in no given metric is unknown.
    ///
    /// A metric shown above 0 was divided by something; shown as 0, it implies no more than a quotient from 0 to
    /// half a unit, or one of nothing.
    ///
    /// Givens that nearly refute one another can need many rounds of narrowing: past 10,000 the ends are
    /// implied by what was given, but may not be the tightest.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{ChannelFigure, Scorecard};
    ///
    /// let shown = Scorecard::draft()
    ///     .clicks(47_542)
    ///     .conversion_rate("0.00 %".parse()?)
    ///     .metrics_rounded_to(2);
    /// let alone = shown.clone().check()?;
    /// assert_eq!(alone.figure(ChannelFigure::Conversions).to_string(), "0 to 2");
    /// let with_costs =
    ///     shown.cost_per_acquisition("61.28 USD".parse()?).spend("122.56 USD".parse()?).check()?;
    /// assert_eq!(with_costs.figure(ChannelFigure::Conversions).to_string(), "2");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn figure(&self, figure: ChannelFigure) -> FigureAnswer {
        let count = self.figures.count(figure).map(FigureValue::Count);
        if let Some(value) = count.or_else(|| self.figures.money(figure).map(FigureValue::Money)) {
            return FigureAnswer::Known(value);
        }
        let Implied::Rounded(ranges) = &self.implied else { return FigureAnswer::Unknown };
        let value = |bound: Bound| FigureValue::of(figure, bound.value, self.currency).ok();
        let range = || {
            let span = ranges.span(figure)?;
            ValueRange::new(value(span.lowest)?, value(span.highest?)?).ok()
        };
        range().map_or(FigureAnswer::Unknown, FigureAnswer::Range)
    }

    /// Where a figure comes from: given, the product or quotient of others, or bounded by them.
    #[must_use]
    pub const fn explain(&self, figure: ChannelFigure) -> FigureReason<'_> {
        FigureReason { card: self, figure }
    }

    /// The exact value of a metric in the unit without its power of ten: a click-through rate of 10 % is
    /// 1/10, a cost per mille of 200 CNY is 1/5 CNY per impression.
    ///
    /// A metric can be known where its figures are not: CPC and CTR give CPM.
    ///
    /// # Formula
    /// [`Metric::numerator`] / [`Metric::denominator`]; of the net return less 1.
    ///
    /// # Errors
    /// [`ChannelError::Missing`] with the figure that is not known; [`ChannelError::Undefined`] with the
    /// figure that is zero; [`ChannelError::OnlyARange`] where rounded metrics leave several values;
    /// [`ChannelError::Quantity`] where the fraction needs more than 128 bits.
    pub fn metric(&self, metric: Metric) -> Result<Ratio, ChannelError> {
        let range = self.metric_range(metric)?;
        let (lowest, highest) = (*range.lowest(), *range.highest());
        if lowest == highest { Ok(lowest) } else { Err(ChannelError::OnlyARange { metric, lowest, highest }) }
    }

    /// The lowest and the highest value of a metric that what was given allows, in the unit without its power
    /// of ten. Both are one value where the metric is known.
    ///
    /// The true value is never outside. Unlike those of a figure, the ends need not be reached: they follow from
    /// the ranges of the two figures and from the quotients of other metrics, each taken on its own.
    ///
    /// # Errors
    /// [`ChannelError::Missing`] where nothing sets a highest value; [`ChannelError::Undefined`] with the figure
    /// that is zero; [`ChannelError::Quantity`] where a fraction needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Metric, Scorecard};
    ///
    /// let shown = Scorecard::draft()
    ///     .click_through_rate("10 %".parse()?)
    ///     .cost_per_click("2 CNY".parse()?)
    ///     .metrics_rounded_to(0)
    ///     .check()?;
    /// // From 9.5 % of 1.50 CNY to 10.5 % of 2.50 CNY.
    /// assert_eq!(shown.metric_range(Metric::CostPerMille)?.to_string(), "57/400 to 21/80");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn metric_range(&self, metric: Metric) -> Result<ValueRange<Ratio>, ChannelError> {
        let lacks = |figure: &ChannelFigure| match &self.implied {
            Implied::Exact(known) => known.figure(*figure).is_none(),
            Implied::Rounded(_) => matches!(self.figure(*figure), FigureAnswer::Unknown),
        };
        let missing = [metric.denominator(), metric.numerator()].into_iter().find(lacks);
        let undefined = ChannelError::Undefined { metric, missing: metric.denominator() };
        let ends = match &self.implied {
            Implied::Exact(known) => match known.pair(metric) {
                Some((_, below)) if below.is_zero() => return Err(undefined),
                Some((above, below)) => Some((above.divided_by(below)?, None)),
                None => None,
            },
            Implied::Rounded(ranges) => match ranges.span(metric.denominator()).and_then(|span| span.highest)
            {
                Some(below) if below.value == 0 => return Err(undefined),
                _ => ranges.quotients(metric).map(|(lowest, highest)| (lowest, Some(highest))),
            },
        };
        let missing = ChannelError::Missing { metric, figure: missing.unwrap_or(metric.numerator()) };
        let (lowest, highest) = ends.ok_or(missing)?;
        let (lowest, highest) = (quotient(metric, lowest)?, quotient(metric, highest.unwrap_or(lowest))?);
        ValueRange::new(lowest, highest)
    }

    /// A metric in its own unit, rounded once to `scale` decimals. A range of which both ends round to the same
    /// number is that number; a metric that was given rounded to `scale` decimals is what was given.
    ///
    /// # Errors
    /// Those of [`metric`](Self::metric); [`ChannelError::Quantity`] beyond 28 digits.
    pub fn show(&self, metric: Metric, scale: u32, rounding: Rounding) -> Result<Quantity, ChannelError> {
        let unit = match self.currency {
            Some(currency) => metric.unit(currency)?,
            None => without_currency(metric)?,
        };
        let range = self.metric_range(metric)?;
        let (lowest, highest) = (*range.lowest(), *range.highest());
        let show = |value| shown(value, unit.clone(), scale, rounding);
        let least = show(lowest)?;
        if lowest == highest || least == show(highest)? {
            return Ok(least);
        }
        match &self.implied {
            Implied::Rounded(ranges) if self.given.metrics_rounded_to == Some(scale) => {
                ranges.written(metric).map(|value| show(quotient(metric, value)?))
            }
            _ => None,
        }
        .unwrap_or(Err(ChannelError::OnlyARange { metric, lowest, highest }))
    }
}

/// The unit of a metric of figures that have no currency.
fn without_currency(metric: Metric) -> Result<Unit, ChannelError> {
    match metric.per() {
        // No metric in money is known without an amount of money.
        Some(_) => Err(ChannelError::Missing { metric, figure: metric.numerator() }),
        None => Ok(metric.unit(Currency::CNY)?),
    }
}

fn plus(left: &Figures, right: &Figures) -> Result<Figures, ChannelError> {
    let count = |figure: ChannelFigure| -> Result<Option<Count>, ChannelError> {
        match (left.count(figure), right.count(figure)) {
            (Some(left), Some(right)) => Ok(Some(left.plus(right)?)),
            _ => Ok(None),
        }
    };
    let money = |figure: ChannelFigure| -> Result<Option<Money>, ChannelError> {
        match (left.money(figure), right.money(figure)) {
            (Some(left), Some(right)) => Ok(Some(left.plus(right)?)),
            _ => Ok(None),
        }
    };
    Ok(Figures {
        impressions: count(ChannelFigure::Impressions)?,
        engagements: count(ChannelFigure::Engagements)?,
        clicks: count(ChannelFigure::Clicks)?,
        visitors: count(ChannelFigure::Visitors)?,
        conversions: count(ChannelFigure::Conversions)?,
        new_customers: count(ChannelFigure::NewCustomers)?,
        spend: money(ChannelFigure::Spend)?,
        revenue: money(ChannelFigure::Revenue)?,
    })
}

/// Where a figure comes from, printed as `spend 10,000.00 CNY = cost per acquisition x conversions`, or, from
/// rounded metrics, as `clicks 12,250 to 12,350, by impressions and click-through rate`.
#[derive(Debug, Clone, Copy)]
pub struct FigureReason<'a> {
    card: &'a Scorecard,
    figure: ChannelFigure,
}

impl FigureReason<'_> {
    /// The exact metric and the figure from which this one follows; `None` where it was given, is not known, or
    /// follows from rounded metrics.
    #[must_use]
    pub fn source(&self) -> Option<(Metric, ChannelFigure)> {
        let Implied::Exact(known) = &self.card.implied else { return None };
        match known.figure(self.figure)?.step {
            Step::Start => None,
            Step::Product(metric, from) | Step::Quotient(metric, from) => Some((metric, from)),
        }
    }

    /// The given figures and metrics by which it is no lower; empty where that is only because no figure is
    /// below 0, or where it is not known.
    #[must_use]
    pub fn lowest_by(&self) -> Vec<Given> {
        match &self.card.implied {
            Implied::Exact(known) => {
                known.figure(self.figure).map_or_else(Vec::new, |_| known.way(self.figure))
            }
            Implied::Rounded(ranges) => {
                ranges.span(self.figure).map_or_else(Vec::new, |span| span.lowest.by.list())
            }
        }
    }

    /// The given figures and metrics by which it is no higher; empty where it is not known.
    #[must_use]
    pub fn highest_by(&self) -> Vec<Given> {
        match &self.card.implied {
            Implied::Exact(_) => self.lowest_by(),
            Implied::Rounded(ranges) => {
                let highest = ranges.span(self.figure).and_then(|span| span.highest);
                highest.map_or_else(Vec::new, |highest| highest.by.list())
            }
        }
    }

    fn bounded(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lowest, highest) = (self.lowest_by(), self.highest_by());
        if lowest == highest {
            f.write_str(", by ")?;
            return listed(f, &lowest);
        }
        if let Some(range) = self.card.figure(self.figure).range().filter(|_| !lowest.is_empty()) {
            write!(f, ", at least {} by ", range.lowest())?;
            listed(f, &lowest)?;
        }
        if let Some(range) = self.card.figure(self.figure).range() {
            write!(f, ", at most {} by ", range.highest())?;
            listed(f, &highest)?;
        }
        Ok(())
    }
}

impl fmt::Display for FigureReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = self.card.figure(self.figure);
        write!(f, "{} {answer}", self.figure)?;
        match &self.card.implied {
            _ if answer == FigureAnswer::Unknown => Ok(()),
            Implied::Exact(known) => match known.figure(self.figure).map(|node| node.step) {
                Some(Step::Product(metric, from)) => write!(f, " = {metric} x {from}"),
                Some(Step::Quotient(metric, from)) => write!(f, " = {from} / {metric}"),
                Some(Step::Start) | None => f.write_str(" as given"),
            },
            Implied::Rounded(ranges) if ranges.is_given(self.figure) => f.write_str(" as given"),
            Implied::Rounded(_) => self.bounded(f),
        }
    }
}

impl From<Scorecard> for ScorecardDraft {
    fn from(card: Scorecard) -> Self {
        card.given
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    fn channel(impressions: u64, clicks: u64, conversions: u64, cost: &str, roas: &str) -> Scorecard {
        Scorecard::draft()
            .impressions(impressions)
            .clicks(clicks)
            .conversions(conversions)
            .cost_per_acquisition(cost.parse().unwrap())
            .return_on_ad_spend(roas.parse().unwrap())
            .check()
            .unwrap()
    }

    fn documents() -> [Scorecard; 3] {
        [
            channel(50_000, 5_000, 200, "50 CNY", "1:3.2"),
            channel(80_000, 8_000, 300, "40 CNY", "1:4.1"),
            channel(120_000, 12_000, 450, "35 CNY", "1:4.8"),
        ]
    }

    #[test]
    fn the_documents_table_comes_out_to_the_last_digit() {
        let metrics = [
            Metric::ClickThroughRate,
            Metric::ConversionRate,
            Metric::CostPerMille,
            Metric::CostPerClick,
            Metric::CostPerAcquisition,
            Metric::AverageOrderValue,
            Metric::ReturnOnAdSpend,
            Metric::NetReturn,
        ];
        let shown = documents().map(|card| {
            let money = [card.spend(), card.revenue()].map(|money| money.unwrap().to_string());
            let metrics =
                metrics.map(|metric| card.show(metric, 4, Rounding::HalfEven).unwrap().value().to_string());
            money.into_iter().chain(metrics).collect::<Vec<String>>().join(" | ")
        });
        assert_eq!(
            shown,
            [
                "10,000.00 CNY | 32,000.00 CNY | 10 | 4 | 200 | 2 | 50 | 160 | 3.2 | 220",
                "12,000.00 CNY | 49,200.00 CNY | 10 | 3.75 | 150 | 1.5 | 40 | 164 | 4.1 | 310",
                "15,750.00 CNY | 75,600.00 CNY | 10 | 3.75 | 131.25 | 1.3125 | 35 | 168 | 4.8 | 380",
            ]
        );
    }

    #[test]
    fn a_total_is_a_sum_over_sums() {
        let all = Scorecard::total(&documents()).unwrap();
        assert_eq!(all.revenue(), Some("156800 CNY".parse().unwrap()));
        assert_eq!(all.spend(), Some("37750 CNY".parse().unwrap()));
        assert_eq!(all.metric(Metric::ReturnOnAdSpend).unwrap(), "156800/37750".parse().unwrap());
        assert!(matches!(Scorecard::total([]), Err(ChannelError::NoChannels)));
        let lone = documents()[0].plus(&Scorecard::draft().clicks(1).check().unwrap()).unwrap();
        assert_eq!((lone.clicks(), lone.spend()), (Some(Count::new(5_001)), None));
        assert_eq!(lone.explain(ChannelFigure::Clicks).to_string(), "clicks 5,001 as given");
        let most = Scorecard::draft().clicks(u64::MAX).check().unwrap();
        assert!(matches!(most.plus(&most), Err(ChannelError::Quantity(_))));
        let yen = Scorecard::draft().spend("1 JPY".parse().unwrap()).check().unwrap();
        assert!(yen.plus(&documents()[0]).is_err());
    }

    #[test]
    fn a_metric_over_nothing_says_what_is_zero() {
        let silent = channel(1_000, 0, 0, "50 CNY", "1:2");
        let undefined = |metric| silent.show(metric, 2, Rounding::Floor).unwrap_err().to_string();
        assert_eq!(undefined(Metric::ConversionRate), "conversion rate is undefined: clicks is 0");
        assert_eq!(undefined(Metric::ReturnOnAdSpend), "return on ad spend is undefined: spend is 0");
        assert_eq!(
            undefined(Metric::CustomerAcquisitionCost),
            "customer acquisition cost is not known: new customers is missing"
        );
    }
}
