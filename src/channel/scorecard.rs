//! The figures of one channel, or of several together.

use super::figure_step::FigureStep;
use super::figure_value::FigureValue;
use super::figures::Figures;
use super::implied::{Known, Step};
use super::metric::{quotient, shown};
use super::ranges::{Bound, Ranges};
use super::{ChannelError, ChannelFigure, Metric, ScorecardDraft};
use crate::figure::{Cell, Figure, Interval, Table, Why};
use crate::quantity::words::Word;
use crate::quantity::{Count, Currency, Money, Precision, Quantity, Ratio, Rounding, Unit};
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The figures of a channel, or of an influencer: impressions, engagements, clicks, visitors, conversions, new
/// customers, spend and revenue. Any may be unknown; those that the given ones imply are filled in.
///
/// On the wire a scorecard is what was given ([`ScorecardDraft`]).
///
/// # Examples
/// ```
/// use marketloop::channel::{Metric, Scorecard};
/// use marketloop::quantity::Rounding;
///
/// let video = Scorecard::draft()
///     .with_impressions(120_000)
///     .with_clicks(12_000)
///     .with_conversions(450)
///     .with_cost_per_acquisition("35 CNY".parse()?)
///     .with_return_on_ad_spend("1:4.8".parse()?)
///     .check()?;
/// assert_eq!(video.spend().to_string(), "15,750.00 CNY");
/// assert_eq!(video.revenue().to_string(), "75,600.00 CNY");
/// assert_eq!(video.show(Metric::CostPerMille, (2, Rounding::HalfEven))?.to_string(), "131.25 CNY/1000 impression");
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::channel::Scorecard;
/// let json = r#"{
///   "clicks": 5000,
///   "conversions": 200,
///   "spend": {"amount": "10000.00", "currency": "CNY"},
///   "return_on_ad_spend": "1:3.2"
/// }"#;
/// let read: Scorecard = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Scorecard>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScorecardDraft", into = "ScorecardDraft")]
pub struct Scorecard {
    given: ScorecardDraft,
    figures: Figures,
    implied: Implied,
    currency: Option<Currency>,
}

/// The values that follow from the givens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Implied {
    /// From exact metrics: values.
    Exact(Known),
    /// From rounded metrics: the values that a figure can have.
    Rounded(Box<Ranges>),
}

impl Scorecard {
    /// A draft without figures.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Scorecard;
    ///
    /// let card = Scorecard::draft().with_clicks(50).with_cost_per_click("2 CNY".parse()?).check()?;
    /// assert_eq!(card.spend().to_string(), "100.00 CNY");
    /// // What was given twice has to agree.
    /// let refused = Scorecard::draft().with_clicks(50).with_spend("90 CNY".parse()?).with_cost_per_click("2 CNY".parse()?);
    /// assert!(refused.check().is_err());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
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
    ///     Ok(Scorecard::draft().with_spend(spend.parse()?).with_clicks(clicks).check()?)
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
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Scorecard;
    ///
    /// let east = Scorecard::draft().with_clicks(30).with_spend("60 CNY".parse()?).check()?;
    /// let west = Scorecard::draft().with_clicks(20).check()?;
    /// let both = east.plus(&west)?;
    /// // The spend of one is not known: nor is that of both.
    /// assert_eq!((both.clicks().to_string(), both.spend().to_string()), ("50".into(), "missing: spend".into()));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn plus(&self, other: &Self) -> Result<Self, ChannelError> {
        Self::of_figures(plus(&self.figures, &other.figures)?)
    }

    /// Sums of figures that were checked: nested counts are nested and amounts are 0 or more.
    fn of_figures(figures: Figures) -> Result<Self, ChannelError> {
        // From the figures alone: metrics of two channels do not add up, so that none that was given is kept.
        let given = ScorecardDraft::of_figures(figures);
        let ratios = given.ratios();
        let currency = figures.spend.or(figures.revenue).map(|money| money.currency());
        Ok(Self { given, figures, implied: Implied::Exact(Known::of(&ratios, &[])?), currency })
    }

    /// The impressions: how often the channel was shown.
    #[must_use]
    #[doc(alias = "PV")]
    #[doc(alias = "曝光")]
    #[doc(alias = "浏览量")]
    pub fn impressions(&self) -> Figure<Count> {
        known(ChannelFigure::Impressions, self.figures.impressions)
    }

    /// The engagements: likes, comments and shares.
    #[must_use]
    pub fn engagements(&self) -> Figure<Count> {
        known(ChannelFigure::Engagements, self.figures.engagements)
    }

    /// The clicks.
    #[must_use]
    pub fn clicks(&self) -> Figure<Count> {
        known(ChannelFigure::Clicks, self.figures.clicks)
    }

    /// The unique visitors of the site or shop.
    #[must_use]
    #[doc(alias = "UV")]
    #[doc(alias = "访客数")]
    pub fn visitors(&self) -> Figure<Count> {
        known(ChannelFigure::Visitors, self.figures.visitors)
    }

    /// The conversions: orders.
    #[must_use]
    pub fn conversions(&self) -> Figure<Count> {
        known(ChannelFigure::Conversions, self.figures.conversions)
    }

    /// The new customers: orders that were a customer's first.
    #[must_use]
    pub fn new_customers(&self) -> Figure<Count> {
        known(ChannelFigure::NewCustomers, self.figures.new_customers)
    }

    /// The amount paid for the channel.
    #[must_use]
    pub fn spend(&self) -> Figure<Money> {
        known(ChannelFigure::Spend, self.figures.spend)
    }

    /// The amount of the orders.
    #[must_use]
    #[doc(alias = "GMV")]
    #[doc(alias = "成交总额")]
    pub fn revenue(&self) -> Figure<Money> {
        known(ChannelFigure::Revenue, self.figures.revenue)
    }

    /// The value of a figure, if it was given or only one value agrees with the givens; else it is missing.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{ChannelFigure, Scorecard};
    ///
    /// let card = Scorecard::draft().with_spend("100 CNY".parse()?).with_cost_per_click("2 CNY".parse()?).check()?;
    /// assert_eq!(card.figure(ChannelFigure::Clicks).to_string(), "50");
    /// assert_eq!(card.figure(ChannelFigure::Revenue).to_string(), "missing: revenue");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn figure(&self, figure: ChannelFigure) -> Figure<Quantity> {
        known(figure, self.figures.value(figure).map(Quantity::from))
    }

    /// The lowest and the highest value of a figure that agree with the givens; one value where it is known.
    ///
    /// Without [`metrics_rounded_to`](ScorecardDraft::with_metrics_rounded_to) a figure is known or missing. With
    /// it, a figure is known where only one whole number of things or of minor units agrees with all figures and
    /// metrics that were given; else it has a range, whose ends are the tightest (a metric that was rounded to
    /// `d` decimals lies within half a unit of the last, both ends included). A figure that was not given and
    /// stands in no given metric is missing.
    ///
    /// A metric shown above 0 has a denominator above 0; one shown as 0 implies only a quotient from 0 to half a unit,
    /// or a denominator of 0.
    ///
    /// Givens that nearly refute one another can need many rounds of narrowing: past 10,000 rounds the ends are implied
    /// by the givens, but may not be the tightest.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{ChannelFigure, Scorecard};
    ///
    /// let shown = Scorecard::draft()
    ///     .with_clicks(47_542)
    ///     .with_conversion_rate("0.00 %".parse()?)
    ///     .with_metrics_rounded_to(2);
    /// let alone = shown.clone().check()?;
    /// assert_eq!(alone.figure_range(ChannelFigure::Conversions).to_string(), "0..2");
    /// let with_costs =
    ///     shown.with_cost_per_acquisition("61.28 USD".parse()?).with_spend("122.56 USD".parse()?).check()?;
    /// assert_eq!(with_costs.figure(ChannelFigure::Conversions).to_string(), "2");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn figure_range(&self, figure: ChannelFigure) -> Figure<Interval<Quantity>> {
        let ends = self.ends(figure).and_then(|(low, high)| Interval::new(low.into(), high.into()).ok());
        known(figure, ends)
    }

    /// The ends of [`figure_range`](Self::figure_range), in the type of the figure.
    fn ends(&self, figure: ChannelFigure) -> Option<(FigureValue, FigureValue)> {
        if let Some(value) = self.figures.value(figure) {
            return Some((value, value));
        }
        let Implied::Rounded(ranges) = &self.implied else { return None };
        let value = |bound: Bound| FigureValue::of(figure, bound.value, self.currency).ok();
        let span = ranges.span(figure)?;
        Some((value(span.lowest)?, value(span.highest?)?))
    }

    /// The steps by which a figure follows from the givens. With rounded metrics they are the lowest and the highest
    /// value that it can have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{ChannelFigure, Scorecard};
    ///
    /// let shown = Scorecard::draft().with_impressions(1_000_000).with_click_through_rate("1.23 %".parse()?);
    /// assert_eq!(
    ///     format!("{:#}", shown.clone().check()?.explain(ChannelFigure::Clicks)),
    ///     "given impressions 1,000,000; times click-through rate makes clicks 12,300"
    /// );
    /// assert_eq!(
    ///     format!("{:#}", shown.with_metrics_rounded_to(2).check()?.explain(ChannelFigure::Clicks)),
    ///     "clicks by impressions and click-through rate, at least 12,250; \
    ///      by impressions and click-through rate, at most 12,350"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn explain(&self, figure: ChannelFigure) -> Figure<Why<FigureStep, Quantity>> {
        let why = self.ends(figure).and_then(|(low, high)| match &self.implied {
            Implied::Rounded(ranges) if ranges.is_given(figure) => {
                Some(Why::new(FigureStep::Given(figure), low.into()))
            }
            Implied::Rounded(ranges) => bounds(figure, (low, high), ranges),
            Implied::Exact(implied) => self.steps(&implied.chain(figure)),
        });
        known(figure, why)
    }

    /// The steps with the value of each figure; all figures on the way to one that is known are known.
    fn steps(&self, chain: &[(ChannelFigure, Step)]) -> Option<Why<FigureStep, Quantity>> {
        let mut steps = chain.iter().map(|&(figure, step)| {
            let cause = match step {
                Step::Start => FigureStep::Given(figure),
                Step::Product(metric, _) => FigureStep::Times { metric, figure },
                Step::Quotient(metric, _) => FigureStep::DividedBy { metric, figure },
            };
            Some((cause, self.figures.value(figure)?.into()))
        });
        let (cause, value) = steps.next()??;
        let mut why = Why::new(cause, value);
        for step in steps {
            let (cause, value) = step?;
            why.push(cause, value);
        }
        Some(why)
    }

    /// A row for each figure with a value or a range and for each metric that exists; implied figures have the steps
    /// that made them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::Scorecard;
    ///
    /// let card = Scorecard::draft().with_clicks(50).with_cost_per_click("2 CNY".parse()?).check()?;
    /// assert_eq!(
    ///     card.to_string(),
    ///     "figure        value  why\n\
    ///      clicks     50 click\n\
    ///      spend    100.00 CNY  given clicks 50; times cost per click makes spend 100 CNY\n\
    ///      CPC     2 CNY/click\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("figure");
        for figure in ChannelFigure::ALL {
            let Some((low, high)) = self.ends(figure) else { continue };
            let why = self.explain(figure).known();
            let implied = why.filter(|why| !matches!(why.last().cause, FigureStep::Given(_)));
            let reason = implied.map_or_else(String::new, |why| alloc::format!("{why:#}"));
            if low == high {
                table.push(figure, "value", low.cell(figure).because(reason));
            } else {
                table.push(figure, "lowest", low.cell(figure));
                table.push(figure, "highest", high.cell(figure).because(reason));
            }
        }
        for metric in Metric::ALL {
            let name = metric.column();
            match self.show(metric, (SHOWN_DECIMALS, Rounding::HalfEven)) {
                Ok(_) => table.push(name, "value", self.metric_cell(metric)),
                Err(ChannelError::Missing { .. }) => {}
                Err(error) => table.push(name, "value", Cell::default().because(error)),
            }
        }
        table
    }

    /// The exact value of a metric in the unit without its power of ten: a click-through rate of 10 % is
    /// 1/10, a cost per mille of 200 CNY is 1/5 CNY per impression.
    ///
    /// A metric can be known where its figures are not: CPC and CTR give CPM.
    ///
    /// # Formula
    /// [`Metric::numerator`] / [`Metric::denominator`]; for the net return less 1.
    ///
    /// # Errors
    /// [`ChannelError::Missing`] with the figure that is not known; [`ChannelError::Undefined`] with the
    /// figure that is zero; [`ChannelError::OnlyARange`] where rounded metrics leave several values;
    /// [`ChannelError::Quantity`] where the fraction needs more than 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Metric, Scorecard};
    ///
    /// let card = Scorecard::draft().with_clicks(3).with_spend("10 CNY".parse()?).check()?;
    /// assert_eq!(card.metric(Metric::CostPerClick)?, "10/3".parse()?); // exact: no rounded quotient is carried on
    /// let error = card.metric(Metric::ConversionRate).unwrap_err();
    /// assert_eq!(error.to_string(), "conversion rate is not known: conversions is missing");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn metric(&self, metric: Metric) -> Result<Ratio, ChannelError> {
        let range = self.metric_range(metric)?;
        let (lowest, highest) = (range.low(), range.high());
        if lowest == highest { Ok(lowest) } else { Err(ChannelError::OnlyARange { metric, lowest, highest }) }
    }

    /// The lowest and the highest value of a metric that the givens allow, in the unit without its power of ten. Both
    /// are equal where the metric is known.
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
    ///     .with_click_through_rate("10 %".parse()?)
    ///     .with_cost_per_click("2 CNY".parse()?)
    ///     .with_metrics_rounded_to(0)
    ///     .check()?;
    /// // From 9.5 % of 1.50 CNY to 10.5 % of 2.50 CNY.
    /// assert_eq!(shown.metric_range(Metric::CostPerMille)?.to_string(), "57/400..21/80");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn metric_range(&self, metric: Metric) -> Result<Interval<Ratio>, ChannelError> {
        let lacks = |figure: &ChannelFigure| match &self.implied {
            Implied::Exact(known) => known.figure(*figure).is_none(),
            Implied::Rounded(_) => self.ends(*figure).is_none(),
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
        Ok(Interval::new(lowest, highest)?)
    }

    /// A metric in its own unit, rounded once to `precision`. A range whose ends round to the same number is that
    /// number; a metric that was given rounded to as many decimals is the given value.
    ///
    /// # Errors
    /// Those of [`metric`](Self::metric); [`ChannelError::Quantity`] beyond 28 digits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::channel::{Metric, Scorecard};
    /// use marketloop::quantity::Rounding;
    ///
    /// let card = Scorecard::draft().with_clicks(3).with_spend("10 CNY".parse()?).check()?;
    /// let cost = card.show(Metric::CostPerClick, (2, Rounding::HalfEven))?;
    /// assert_eq!(cost.to_string(), "3.33 CNY/click");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn show(&self, metric: Metric, precision: impl Into<Precision>) -> Result<Quantity, ChannelError> {
        let Precision { scale, rounding } = precision.into();
        let unit = match self.currency {
            Some(currency) => metric.unit(currency)?,
            None => without_currency(metric)?,
        };
        let range = self.metric_range(metric)?;
        let (lowest, highest) = (range.low(), range.high());
        let show = |value| shown(value, unit.clone(), scale, rounding);
        let least = show(lowest)?;
        // Both ends may show alike: at this precision the metric is certain.
        if lowest == highest || least == show(highest)? {
            return Ok(least);
        }
        match &self.implied {
            // Asked for the decimals of the export, the answer is what the export said.
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

/// The decimals of metrics in a table.
const SHOWN_DECIMALS: u32 = 4;

fn known<T>(figure: ChannelFigure, value: Option<T>) -> Figure<T> {
    value.map_or_else(|| Figure::missing(figure.shown()), Figure::Known)
}

/// The two ends of a figure, each with the givens that imply it.
fn bounds(
    figure: ChannelFigure,
    (low, high): (FigureValue, FigureValue),
    ranges: &Ranges,
) -> Option<Why<FigureStep, Quantity>> {
    let span = ranges.span(figure)?;
    let lowest = FigureStep::AtLeast { figure, by: span.lowest.by.list() };
    let highest = FigureStep::AtMost { figure, by: span.highest?.by.list() };
    Some(Why::new(lowest, low.into()).then(highest, high.into()))
}

/// The sum of the known figures of both; a figure that one of them lacks is unknown in the sum.
fn plus(left: &Figures, right: &Figures) -> Result<Figures, ChannelError> {
    // Kept outside: the closure says whether a figure is there, and has no place for an error.
    let mut sums = Ok(());
    let both = |figure| match (left.value(figure)?, right.value(figure)?) {
        (FigureValue::Count(left), FigureValue::Count(right)) => {
            Some(left.plus(right).map(FigureValue::Count))
        }
        (FigureValue::Money(left), FigureValue::Money(right)) => {
            Some(left.plus(right).map(FigureValue::Money))
        }
        // A figure is a count or an amount by what it is.
        _ => None,
    };
    let figures = Figures::from_values(|figure| match both(figure)? {
        Ok(sum) => Some(sum),
        Err(error) => {
            sums = Err(error);
            None
        }
    });
    sums.map(|()| figures).map_err(ChannelError::from)
}

impl fmt::Display for Scorecard {
    /// The [table](Scorecard::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
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
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn channel(impressions: u64, clicks: u64, conversions: u64, cost: &str, roas: &str) -> Scorecard {
        Scorecard::draft()
            .with_impressions(impressions)
            .with_clicks(clicks)
            .with_conversions(conversions)
            .with_cost_per_acquisition(cost.parse().unwrap())
            .with_return_on_ad_spend(roas.parse().unwrap())
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
            let money = [card.spend(), card.revenue()].map(|money| money.to_string());
            let metrics =
                metrics.map(|metric| card.show(metric, (4, Rounding::HalfEven)).unwrap().value().to_string());
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
        assert_eq!(all.revenue(), Figure::Known("156800 CNY".parse().unwrap()));
        assert_eq!(all.spend(), Figure::Known("37750 CNY".parse().unwrap()));
        assert_eq!(all.metric(Metric::ReturnOnAdSpend).unwrap(), "156800/37750".parse().unwrap());
        assert!(matches!(Scorecard::total([]), Err(ChannelError::NoChannels)));
        let lone = documents()[0].plus(&Scorecard::draft().with_clicks(1).check().unwrap()).unwrap();
        assert_eq!(
            (lone.clicks(), lone.spend()),
            (Figure::Known(Count::new(5_001)), Figure::missing("spend"))
        );
        assert_eq!(lone.explain(ChannelFigure::Clicks).to_string(), "given clicks 5001");
        let most = Scorecard::draft().with_clicks(u64::MAX).check().unwrap();
        assert!(matches!(most.plus(&most), Err(ChannelError::Quantity(_))));
        let yen = Scorecard::draft().with_spend("1 JPY".parse().unwrap()).check().unwrap();
        assert!(yen.plus(&documents()[0]).is_err());
    }

    #[test]
    fn a_metric_over_nothing_says_what_is_zero() {
        let silent = channel(1_000, 0, 0, "50 CNY", "1:2");
        let undefined = |metric| silent.show(metric, (2, Rounding::Floor)).unwrap_err().to_string();
        assert_eq!(undefined(Metric::ConversionRate), "conversion rate is undefined: clicks is 0");
        assert_eq!(undefined(Metric::ReturnOnAdSpend), "return on ad spend is undefined: spend is 0");
        assert_eq!(
            undefined(Metric::CustomerAcquisitionCost),
            "customer acquisition cost is not known: new customers is missing"
        );
    }
}
