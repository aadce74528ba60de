//! A risk and what may be done about it.

use super::{RiskError, ThreePoint};
use crate::figure::Figure;
use crate::quantity::wire::wire_fields;
use crate::quantity::{AnyAmount, Money, Ratio, Rounding, Share};
use alloc::string::String;
use alloc::vec::Vec;

/// A response to a risk: what is done, what it costs, and the residual probability and impact.
///
/// ```
/// # use marketloop::risk::RiskResponse;
/// let json = r#"{
///   "action": "train",
///   "cost": {"amount": "1.00", "currency": "CNY"},
///   "probability": "0",
///   "impact": {
///     "low": {"amount": "1.00", "currency": "CNY"},
///     "likely": {"amount": "2.00", "currency": "CNY"},
///     "high": {"amount": "4.00", "currency": "CNY"}
///   }
/// }"#;
/// let read: RiskResponse = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<RiskResponse>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RiskResponse<A = Money> {
    /// What is done.
    pub action: String,
    /// What it costs.
    pub cost: A,
    /// The residual probability.
    pub probability: Share,
    /// The residual impact.
    pub impact: ThreePoint<A>,
}

wire_fields!(RiskResponse<A: AnyAmount> { action, cost, probability, impact });

/// A risk: what may happen, how likely and how bad it is, who answers for it, and which alerts announce it.
///
/// # Examples
/// ```
/// use marketloop::quantity::{Money, Rounding};
/// use marketloop::risk::Risk;
///
/// let risk: Risk = serde_json::from_str(
///     r#"{"id":"overspending","event":"search costs 30 % more in promotion season",
///         "probability_level":"unlikely","impact_level":"severe","responsible":"digital operations",
///         "probability":"0.3","impact":{"low":"60000 CNY","likely":"80000 CNY","high":"100000 CNY"}}"#,
/// )?;
/// let loss = risk.expected_monetary_value(Rounding::HalfEven)?;
/// assert_eq!(loss.get()?, Money::parse("24000 CNY")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "风险")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Risk<A = Money> {
    /// Its id.
    pub id: String,
    /// What may happen.
    pub event: String,
    /// The level of probability in the matrix.
    pub probability_level: String,
    /// The level of impact in the matrix.
    pub impact_level: String,
    /// Who answers for it.
    pub responsible: String,
    /// The probability, where it is estimated.
    pub probability: Option<Share>,
    /// The impact, where it is estimated.
    pub impact: Option<ThreePoint<A>>,
    /// The ids of the alerts that announce it.
    pub triggers: Vec<String>,
    /// What may be done about it.
    pub responses: Vec<RiskResponse<A>>,
}

wire_fields!(Risk<A: AnyAmount> {
    id,
    event,
    probability_level,
    impact_level,
    responsible,
    probability: optional,
    impact: optional,
    triggers: optional,
    responses: optional,
});

/// Figures of a risk as exact fractions, in terms of the low end of its impact.
pub(super) struct Exact<'a, A> {
    pub(super) like: &'a A,
    pub(super) loss: Ratio,
}

impl<A: AnyAmount> Risk<A> {
    /// The expected monetary value of the loss (EMV), rounded once; missing where probability or impact is not
    /// estimated.
    ///
    /// # Formula
    /// EMV = probability x mean of the three points.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Count, Rounding, Share};
    /// use marketloop::risk::{Risk, ThreePoint};
    ///
    /// let lost_followers = Risk {
    ///     id: "wave".into(),
    ///     event: "wave of negative comments".into(),
    ///     probability_level: "unlikely".into(),
    ///     impact_level: "major".into(),
    ///     responsible: "social".into(),
    ///     probability: Some(Share::percent(30)?),
    ///     impact: Some(ThreePoint::pert(Count::new(100), Count::new(400), Count::new(1_900))?),
    ///     triggers: vec![],
    ///     responses: vec![],
    /// };
    /// let expected = lost_followers.expected_monetary_value(Rounding::HalfEven)?;
    /// assert_eq!(expected.get()?, Count::new(180)); // followers, not money
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "EMV")]
    pub fn expected_monetary_value(&self, rounding: Rounding) -> Result<Figure<A>, RiskError> {
        self.exact()?.try_map(|Exact { like, loss }| Ok(like.rounded(loss, rounding)?))
    }

    /// The expected loss that a response saves, less its cost, rounded once; missing where the risk is not estimated.
    ///
    /// # Formula
    /// net benefit = EMV - residual EMV - cost.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] for two currencies or units, beyond 128 bits, or for a count below 0.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Money, Rounding, Share};
    /// use marketloop::risk::{Risk, RiskResponse, ThreePoint};
    ///
    /// let money = |text| Money::parse(text);
    /// let risk = Risk {
    ///     id: "outage".into(),
    ///     event: "the shop is down".into(),
    ///     probability_level: "unlikely".into(),
    ///     impact_level: "major".into(),
    ///     responsible: "IT".into(),
    ///     probability: Some(Share::percent(40)?),
    ///     impact: Some(ThreePoint::certain(money("10000 CNY")?)?),
    ///     triggers: vec![],
    ///     responses: vec![RiskResponse {
    ///         action: "second server".into(),
    ///         cost: money("1500 CNY")?,
    ///         probability: Share::percent(10)?,
    ///         impact: ThreePoint::certain(money("10000 CNY")?)?,
    ///     }],
    /// };
    /// let benefit = risk.net_benefit(&risk.responses[0], Rounding::HalfEven)?;
    /// assert_eq!(benefit.get()?, money("1500 CNY")?); // 4,000 less 1,000 less the cost
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn net_benefit(
        &self,
        response: &RiskResponse<A>,
        rounding: Rounding,
    ) -> Result<Figure<A>, RiskError> {
        self.exact()?.try_map(|exact| {
            // Rounded once, at the end: the difference of rounded amounts could be off by a minor unit.
            let (saved, cost) = exact.saved(response)?;
            Ok(exact.like.rounded(saved.minus(cost)?, rounding)?)
        })
    }

    pub(super) fn exact(&self) -> Result<Figure<Exact<'_, A>>, RiskError> {
        let Some(impact) = &self.impact else { return Ok(Figure::missing("impact")) };
        // The low end gives the unit in which all else is expressed; it is rounded only when shown.
        let like = impact.low();
        Ok(self.exact_in(like)?.map(|loss| Exact { like, loss }))
    }

    /// The expected loss in terms of the unit of `like`.
    pub(super) fn exact_in(&self, like: &A) -> Result<Figure<Ratio>, RiskError> {
        let Some(probability) = self.probability else { return Ok(Figure::missing("probability")) };
        let Some(impact) = &self.impact else { return Ok(Figure::missing("impact")) };
        expected(probability, impact, like).map(Figure::Known)
    }
}

impl<A: AnyAmount> Exact<'_, A> {
    /// What a response saves of the expected loss, and what it costs.
    pub(super) fn saved(&self, response: &RiskResponse<A>) -> Result<(Ratio, Ratio), RiskError> {
        let left = expected(response.probability, &response.impact, self.like)?;
        Ok((self.loss.minus(left)?, response.cost.exact_in(self.like)?))
    }
}

fn expected<A: AnyAmount>(probability: Share, impact: &ThreePoint<A>, like: &A) -> Result<Ratio, RiskError> {
    Ok(impact.exact_mean_in(like)?.times(Ratio::from(probability.value()))?)
}
