//! The figures of one channel, or of several together.

use super::implied::{Known, Step};
use super::metric::power_of_ten;
use super::{ChannelError, Figure, Metric, ScorecardDraft};
use crate::quantity::{Count, Currency, Money, Quantity, Ratio, Rounding, Unit};
use alloc::string::String;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The figures of a channel, or of an influencer: impressions, engagements, clicks, visitors, conversions, new
/// customers, spend and revenue, any of which may be unknown; what the given ones imply is filled in.
///
/// On the wire a scorecard is what was given ([`ScorecardDraft`]).
///
/// # Examples
/// ```
/// use marketloop::channel::{Figure, Metric, Scorecard};
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
/// assert_eq!(video.explain(Figure::Revenue).to_string(), "revenue 75,600.00 CNY = return on ad spend x spend");
/// assert_eq!(video.show(Metric::CostPerMille, 2, Rounding::HalfEven)?.to_string(), "131.25 CNY/1000 impression");
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScorecardDraft", into = "ScorecardDraft")]
pub struct Scorecard {
    given: ScorecardDraft,
    figures: Figures,
    known: Known,
    currency: Option<Currency>,
}

/// The figures that are known, given or implied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Figures {
    pub(super) impressions: Option<Count>,
    pub(super) engagements: Option<Count>,
    pub(super) clicks: Option<Count>,
    pub(super) visitors: Option<Count>,
    pub(super) conversions: Option<Count>,
    pub(super) new_customers: Option<Count>,
    pub(super) spend: Option<Money>,
    pub(super) revenue: Option<Money>,
}

impl Figures {
    pub(super) const fn count(&self, figure: Figure) -> Option<Count> {
        match figure {
            Figure::Impressions => self.impressions,
            Figure::Engagements => self.engagements,
            Figure::Clicks => self.clicks,
            Figure::Visitors => self.visitors,
            Figure::Conversions => self.conversions,
            Figure::NewCustomers => self.new_customers,
            Figure::Spend | Figure::Revenue => None,
        }
    }

    pub(super) const fn money(&self, figure: Figure) -> Option<Money> {
        match figure {
            Figure::Spend => self.spend,
            Figure::Revenue => self.revenue,
            _ => None,
        }
    }
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
        known: Known,
        currency: Option<Currency>,
    ) -> Self {
        Self { given, figures, known, currency }
    }

    /// The figures of all channels together. A figure that one of them lacks is unknown in the total.
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

    /// The figures of both together. A figure that one of them lacks is unknown in the sum.
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
        Ok(Self { given, figures, known: Known::of(&ratios, &[])?, currency })
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

    /// Where a figure comes from: given, or the product or quotient of others.
    #[must_use]
    pub const fn explain(&self, figure: Figure) -> FigureReason<'_> {
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
    /// figure that is zero; [`ChannelError::Quantity`] where the fraction needs more than 128 bits.
    pub fn metric(&self, metric: Metric) -> Result<Ratio, ChannelError> {
        let lacks = |figure: &Figure| self.known.figure(*figure).is_none();
        let missing = [metric.denominator(), metric.numerator()].into_iter().find(lacks);
        match (self.known.pair(metric), missing) {
            (Some((_, below)), _) if below.is_zero() => {
                Err(ChannelError::Undefined { metric, missing: metric.denominator() })
            }
            (Some((above, below)), _) => quotient(metric, above, below),
            (None, missing) => {
                let figure = missing.unwrap_or(metric.numerator());
                Err(ChannelError::Missing { metric, figure })
            }
        }
    }

    /// A metric in its own unit, rounded once to `scale` decimals.
    ///
    /// # Errors
    /// Those of [`metric`](Self::metric); [`ChannelError::Quantity`] beyond 28 digits.
    pub fn show(&self, metric: Metric, scale: u32, rounding: Rounding) -> Result<Quantity, ChannelError> {
        let unit = match self.currency {
            Some(currency) => metric.unit(currency)?,
            None => without_currency(metric)?,
        };
        shown(self.metric(metric)?, unit, scale, rounding)
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

/// The quotient of a metric.
pub(super) fn quotient(metric: Metric, above: Ratio, below: Ratio) -> Result<Ratio, ChannelError> {
    let quotient = above.divided_by(below)?;
    Ok(if metric == Metric::NetReturn { quotient.minus(Ratio::ONE)? } else { quotient })
}

/// A ratio in ones as a quantity in `unit`.
pub(super) fn shown(
    value: Ratio,
    unit: Unit,
    scale: u32,
    rounding: Rounding,
) -> Result<Quantity, ChannelError> {
    let in_unit = value.divided_by(power_of_ten(&unit)?)?;
    Ok(Quantity::new(in_unit.round(scale, rounding)?, unit))
}

fn plus(left: &Figures, right: &Figures) -> Result<Figures, ChannelError> {
    let count = |figure: Figure| -> Result<Option<Count>, ChannelError> {
        match (left.count(figure), right.count(figure)) {
            (Some(left), Some(right)) => Ok(Some(left.plus(right)?)),
            _ => Ok(None),
        }
    };
    let money = |figure: Figure| -> Result<Option<Money>, ChannelError> {
        match (left.money(figure), right.money(figure)) {
            (Some(left), Some(right)) => Ok(Some(left.plus(right)?)),
            _ => Ok(None),
        }
    };
    Ok(Figures {
        impressions: count(Figure::Impressions)?,
        engagements: count(Figure::Engagements)?,
        clicks: count(Figure::Clicks)?,
        visitors: count(Figure::Visitors)?,
        conversions: count(Figure::Conversions)?,
        new_customers: count(Figure::NewCustomers)?,
        spend: money(Figure::Spend)?,
        revenue: money(Figure::Revenue)?,
    })
}

/// Where a figure comes from, printed as `spend 10,000.00 CNY = cost per acquisition x conversions`.
#[derive(Debug, Clone, Copy)]
pub struct FigureReason<'a> {
    card: &'a Scorecard,
    figure: Figure,
}

impl FigureReason<'_> {
    /// The metric and the figure from which this one follows; `None` where it was given or is not known.
    #[must_use]
    pub fn source(&self) -> Option<(Metric, Figure)> {
        match self.card.known.figure(self.figure)?.step {
            Step::Start => None,
            Step::Product(metric, from) | Step::Quotient(metric, from) => Some((metric, from)),
        }
    }
}

impl fmt::Display for FigureReason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = &self.card.figures;
        let money = figures.money(self.figure).map(|money| alloc::format!("{money}"));
        let count = || figures.count(self.figure).map(|count| alloc::format!("{count:#}"));
        let value: Option<String> = money.or_else(count);
        let Some(value) = value else { return write!(f, "{} not known", self.figure) };
        write!(f, "{} {value}", self.figure)?;
        match self.card.known.figure(self.figure).map(|node| node.step) {
            Some(Step::Product(metric, from)) => write!(f, " = {metric} x {from}"),
            Some(Step::Quotient(metric, from)) => write!(f, " = {from} / {metric}"),
            Some(Step::Start) | None => f.write_str(" as given"),
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
        assert_eq!(lone.explain(Figure::Clicks).to_string(), "clicks 5,001 as given");
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
