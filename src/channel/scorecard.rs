//! The figures of one channel, or of several together.

use super::{ChannelError, Metric, ReturnOnAdSpend};
use crate::error::{Path, Problems};
use crate::quantity::{Count, Money, Quantity, QuantityError, Ratio, Rounding, Unit, multiply};
use alloc::format;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The counts and amounts of a channel: impressions, clicks, conversions, spend and revenue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScorecardDraft", into = "ScorecardDraft")]
pub struct Scorecard {
    draft: ScorecardDraft,
}

/// The figures of a channel as they are written down, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardDraft {
    /// How often it was shown.
    pub impressions: Count,
    /// How often it was clicked.
    pub clicks: Count,
    /// How many orders came of it.
    pub conversions: Count,
    /// What was paid for it.
    pub spend: Money,
    /// What it brought in.
    pub revenue: Money,
}

impl ScorecardDraft {
    /// The checked figures.
    ///
    /// # Errors
    /// All problems at once, each at its field: [`ChannelError::NotNested`], [`ChannelError::Negative`],
    /// [`ChannelError::Quantity`] for two currencies.
    pub fn check(self) -> Result<Scorecard, Problems<ChannelError>> {
        let mut problems = Problems::new();
        let mut nested = |inner, inner_count, outer, outer_count| {
            if inner_count > outer_count {
                let error = ChannelError::NotNested { inner, inner_count, outer, outer_count };
                problems.push(Path::root().field(inner), error);
            }
        };
        nested("clicks", self.clicks, "impressions", self.impressions);
        nested("conversions", self.conversions, "clicks", self.clicks);
        for (figure, amount) in [("spend", self.spend), ("revenue", self.revenue)] {
            if amount.is_negative() {
                problems.push(Path::root().field(figure), ChannelError::Negative { figure, amount });
            }
        }
        problems.take(&Path::root().field("revenue"), self.spend.same_currency(self.revenue));
        problems.into_result(Scorecard { draft: self })
    }
}

impl Scorecard {
    /// The figures of a channel of which cost per acquisition and return are given:
    /// spend = cost per acquisition * conversions, revenue = return * spend.
    ///
    /// # Errors
    /// All problems at once: [`ChannelError::NotNested`]; [`ChannelError::Quantity`] where spend or revenue
    /// would have a fraction of a minor unit.
    pub fn from_cost_and_return(
        impressions: Count,
        clicks: Count,
        conversions: Count,
        cost_per_acquisition: Money,
        roas: ReturnOnAdSpend,
    ) -> Result<Self, Problems<ChannelError>> {
        let zero = Money::zero(cost_per_acquisition.currency());
        let amounts = Self::implied(conversions, cost_per_acquisition, roas);
        let (spend, revenue) = amounts.clone().unwrap_or((zero, zero));
        let counted = ScorecardDraft { impressions, clicks, conversions, spend, revenue }.check();
        let mut problems = Problems::new();
        let card = problems.take_all(&Path::root(), counted);
        problems.take(&Path::root().field("cost_per_acquisition"), amounts);
        problems.finish(card)
    }

    fn implied(
        conversions: Count,
        cost_per_acquisition: Money,
        roas: ReturnOnAdSpend,
    ) -> Result<(Money, Money), ChannelError> {
        let currency = cost_per_acquisition.currency();
        let spend = multiply(cost_per_acquisition.amount(), conversions.to_decimal())?;
        let revenue = multiply(spend, roas.value())?;
        Ok((Money::new(spend, currency)?, Money::new(revenue, currency)?))
    }

    /// The figures of all channels together.
    ///
    /// # Errors
    /// [`ChannelError::NoChannels`]; [`ChannelError::Quantity`] for two currencies or sums out of range.
    pub fn total<'a>(channels: impl IntoIterator<Item = &'a Self>) -> Result<Self, ChannelError> {
        let mut channels = channels.into_iter().copied();
        let first = channels.next().ok_or(ChannelError::NoChannels)?;
        channels.try_fold(first, |sum, next| sum.plus(&next))
    }

    /// The figures of both together.
    ///
    /// # Errors
    /// [`ChannelError::Quantity`] for two currencies or sums out of range.
    pub fn plus(&self, other: &Self) -> Result<Self, ChannelError> {
        let (left, right) = (self.draft, other.draft);
        let sum = ScorecardDraft {
            impressions: left.impressions.plus(right.impressions)?,
            clicks: left.clicks.plus(right.clicks)?,
            conversions: left.conversions.plus(right.conversions)?,
            spend: left.spend.plus(right.spend)?,
            revenue: left.revenue.plus(right.revenue)?,
        };
        // Sums of nested counts are nested, sums of amounts of 0 or more are that: nothing is left to check.
        Ok(Self { draft: sum })
    }

    /// How often it was shown.
    #[must_use]
    pub const fn impressions(&self) -> Count {
        self.draft.impressions
    }

    /// How often it was clicked.
    #[must_use]
    pub const fn clicks(&self) -> Count {
        self.draft.clicks
    }

    /// How many orders came of it.
    #[must_use]
    pub const fn conversions(&self) -> Count {
        self.draft.conversions
    }

    /// What was paid for it.
    #[must_use]
    pub const fn spend(&self) -> Money {
        self.draft.spend
    }

    /// What it brought in.
    #[must_use]
    pub const fn revenue(&self) -> Money {
        self.draft.revenue
    }

    /// The exact value of a metric in the unit without its power of ten: a click-through rate of 10 % is
    /// 1/10, a cost per mille of 200 CNY is 1/5 CNY per impression.
    ///
    /// # Errors
    /// [`ChannelError::Undefined`] with the figure that is zero.
    pub fn metric(&self, metric: Metric) -> Result<Ratio, ChannelError> {
        let (spend, revenue) = (self.spend().amount(), self.revenue().amount());
        let [impressions, clicks, conversions] =
            [self.impressions(), self.clicks(), self.conversions()].map(Count::to_decimal);
        let (numerator, denominator, missing) = match metric {
            Metric::ClickThroughRate => (clicks, impressions, "impressions"),
            Metric::ConversionRate => (conversions, clicks, "clicks"),
            Metric::CostPerMille => (spend, impressions, "impressions"),
            Metric::CostPerClick => (spend, clicks, "clicks"),
            Metric::CostPerAcquisition => (spend, conversions, "conversions"),
            Metric::AverageOrderValue => (revenue, conversions, "conversions"),
            Metric::ReturnOnAdSpend => (revenue, spend, "spend"),
        };
        if denominator.is_zero() {
            return Err(ChannelError::Undefined { metric, missing });
        }
        Ok(Ratio::new(numerator, denominator)?)
    }

    /// A metric in its [unit](Metric::unit), rounded once to `decimals` decimals by the named `rounding`.
    ///
    /// # Errors
    /// [`ChannelError::Undefined`] with the figure that is zero; [`ChannelError::Quantity`] beyond 28 digits.
    pub fn show(&self, metric: Metric, decimals: u32, rounding: Rounding) -> Result<Quantity, ChannelError> {
        let unit = metric.unit(self.spend().currency())?;
        let exact = self.metric(metric)?.divided_by(power_of_ten(&unit)?)?;
        Ok(Quantity::new(exact.round(decimals, rounding)?, unit))
    }
}

/// The power of ten of a unit as a ratio: 1/100 for `%`.
fn power_of_ten(unit: &Unit) -> Result<Ratio, QuantityError> {
    let places = u32::from(unit.power_of_ten().unsigned_abs());
    let inexact = || QuantityError::Inexact { operation: format!("10^{}", unit.power_of_ten()) };
    let power = 10_i128.checked_pow(places).ok_or_else(inexact)?;
    let power = Ratio::from(Decimal::try_from_i128_with_scale(power, 0).map_err(|_| inexact())?);
    if unit.power_of_ten() < 0 { Ratio::ONE.divided_by(power) } else { Ok(power) }
}

impl TryFrom<ScorecardDraft> for Scorecard {
    type Error = Problems<ChannelError>;

    fn try_from(draft: ScorecardDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Scorecard> for ScorecardDraft {
    fn from(scorecard: Scorecard) -> Self {
        scorecard.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use alloc::vec::Vec;

    fn channel(impressions: u64, clicks: u64, conversions: u64, cost: &str, roas: &str) -> Scorecard {
        let [impressions, clicks, conversions] = [impressions, clicks, conversions].map(Count::new);
        Scorecard::from_cost_and_return(
            impressions,
            clicks,
            conversions,
            cost.parse().unwrap(),
            roas.parse().unwrap(),
        )
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
        let shown: Vec<[alloc::string::String; 9]> = documents()
            .iter()
            .map(|card| {
                let metrics = Metric::ALL
                    .map(|metric| card.show(metric, 4, Rounding::HalfEven).unwrap().value().to_string());
                let [ctr, cvr, cpm, cpc, cpa, aov, roas] = metrics;
                [card.spend().to_string(), card.revenue().to_string(), ctr, cvr, cpm, cpc, cpa, aov, roas]
            })
            .collect();
        assert_eq!(shown[0], ["10,000.00 CNY", "32,000.00 CNY", "10", "4", "200", "2", "50", "160", "3.2"]);
        assert_eq!(
            shown[1],
            ["12,000.00 CNY", "49,200.00 CNY", "10", "3.75", "150", "1.5", "40", "164", "4.1"]
        );
        assert_eq!(
            shown[2],
            ["15,750.00 CNY", "75,600.00 CNY", "10", "3.75", "131.25", "1.3125", "35", "168", "4.8"]
        );
    }

    #[test]
    fn a_total_is_a_sum_over_sums() {
        let all = Scorecard::total(&documents()).unwrap();
        assert_eq!(all.revenue().to_string(), "156,800.00 CNY");
        assert_eq!(all.spend().to_string(), "37,750.00 CNY");
        assert_eq!(all.metric(Metric::ReturnOnAdSpend).unwrap(), "156800/37750".parse().unwrap());
        assert!(matches!(Scorecard::total([]), Err(ChannelError::NoChannels)));
    }

    #[test]
    fn a_metric_over_nothing_says_what_is_missing() {
        let silent = channel(1_000, 0, 0, "50 CNY", "1:2");
        assert!(matches!(
            silent.metric(Metric::ConversionRate),
            Err(ChannelError::Undefined { missing: "clicks", .. })
        ));
        assert!(matches!(
            silent.show(Metric::ReturnOnAdSpend, 2, Rounding::Floor),
            Err(ChannelError::Undefined { missing: "spend", .. })
        ));
    }

    #[test]
    fn figures_that_cannot_be_are_refused() {
        let good = serde_json::to_string(&documents()[0]).unwrap();
        assert_eq!(serde_json::from_str::<Scorecard>(&good).unwrap(), documents()[0]);
        let refused = |json: &str| serde_json::from_str::<Scorecard>(json).unwrap_err().to_string();
        assert!(
            refused(&good.replace("\"clicks\":5000", "\"clicks\":50001"))
                .starts_with("clicks: 50001 clicks exceed 50000 impressions")
        );
        assert!(
            refused(&good.replace("\"10000.00\"", "\"-10000.00\""))
                .starts_with("spend: spend -10,000.00 CNY is below 0")
        );
        let fraction = Scorecard::from_cost_and_return(
            Count::new(9),
            Count::new(3),
            Count::new(1),
            "0.01 CNY".parse().unwrap(),
            "1:0.5".parse().unwrap(),
        );
        assert_eq!(
            fraction.unwrap_err().to_string(),
            "cost_per_acquisition: 0.005 is finer than the minor unit of CNY (2 decimals)"
        );
        let wrong = good
            .replace("\"conversions\":200", "\"conversions\":5001")
            .replace("\"clicks\":5000", "\"clicks\":2");
        assert!(refused(&wrong).starts_with("conversions: 5001 conversions exceed 2 clicks"));
        let wrong =
            wrong.replace("\"impressions\":50000", "\"impressions\":1").replace("\"32000.00\"", "\"-1.00\"");
        assert!(refused(&wrong).starts_with("3 problems\n  clicks: 2 clicks exceed 1 impressions"));
    }
}
