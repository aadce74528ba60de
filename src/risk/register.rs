//! Risks: what may happen, what it would cost, what is done about it, and which alerts announce it.

use super::{Rating, RiskError, RiskMatrix};
use crate::alert::Alert;
use crate::error::{Lookup, Path, Problems};
use crate::quantity::wire::serialize_fields;
use crate::quantity::{Currency, Money, QuantityError, Ratio, Rounding, Share};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::cmp::Reverse;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// How the mean of a three-point estimate is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThreePointMean {
    /// (low + 4 likely + high) / 6 (PERT; Malcolm and others, 1959).
    Pert,
    /// (low + likely + high) / 3.
    Triangular,
}

/// An estimate of an amount: low, most likely and high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "ThreePointDraft", into = "ThreePointDraft")]
pub struct ThreePoint {
    draft: ThreePointDraft,
}

/// An estimate as it is written down, not checked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreePointDraft {
    /// The least that is expected.
    pub low: Money,
    /// What is most likely.
    pub likely: Money,
    /// The most that is expected.
    pub high: Money,
}

impl ThreePoint {
    /// The estimate of these amounts.
    ///
    /// # Errors
    /// [`RiskError::ThreePoints`] when they do not rise from 0 or more; [`RiskError::Quantity`] for two
    /// currencies.
    pub fn new(low: Money, likely: Money, high: Money) -> Result<Self, RiskError> {
        low.same_currency(likely).map_err(RiskError::from)?;
        low.same_currency(high).map_err(RiskError::from)?;
        if low.is_negative() || low.minor() > likely.minor() || likely.minor() > high.minor() {
            return Err(RiskError::ThreePoints { low, likely, high });
        }
        Ok(Self { draft: ThreePointDraft { low, likely, high } })
    }

    /// Three times the same amount.
    ///
    /// # Errors
    /// [`RiskError::ThreePoints`] below 0.
    pub fn certain(amount: Money) -> Result<Self, RiskError> {
        Self::new(amount, amount, amount)
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.draft.low.currency()
    }

    /// Low, likely and high.
    #[must_use]
    pub const fn draft(&self) -> &ThreePointDraft {
        &self.draft
    }

    /// The mean, exactly.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] beyond 128 bits.
    pub fn mean(&self, mean: ThreePointMean) -> Result<Ratio, RiskError> {
        let ThreePointDraft { low, likely, high } = self.draft;
        let (weight, parts) = match mean {
            ThreePointMean::Pert => (4, 6),
            ThreePointMean::Triangular => (1, 3),
        };
        let mean = || -> Result<Ratio, QuantityError> {
            let [low, likely, high] = [low, likely, high].map(|money| Ratio::from(money.amount()));
            let sum = likely.times(Ratio::from(Decimal::from(weight)))?.plus(low)?.plus(high)?;
            sum.divided_by(Ratio::from(Decimal::from(parts)))
        };
        mean().map_err(RiskError::from)
    }
}

impl TryFrom<ThreePointDraft> for ThreePoint {
    type Error = RiskError;

    fn try_from(draft: ThreePointDraft) -> Result<Self, Self::Error> {
        Self::new(draft.low, draft.likely, draft.high)
    }
}

impl From<ThreePoint> for ThreePointDraft {
    fn from(points: ThreePoint) -> Self {
        points.draft
    }
}

/// What may be done about a risk, what it costs, and what would be left of the risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskResponse {
    /// What is done.
    pub action: String,
    /// What it costs.
    pub cost: Money,
    /// The probability that is left.
    pub probability: Share,
    /// The impact that is left.
    pub impact: ThreePoint,
}

/// A risk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
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
    #[serde(default)]
    pub probability: Option<Share>,
    /// The impact in money, where it is estimated.
    #[serde(default)]
    pub impact: Option<ThreePoint>,
    /// The ids of the alerts that announce it.
    #[serde(default)]
    pub triggers: Vec<String>,
    /// What may be done about it.
    #[serde(default)]
    pub responses: Vec<RiskResponse>,
}

serialize_fields!(Risk {
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

impl Risk {
    /// The expected monetary value of the loss in the currency's unit; `None` where probability or impact is
    /// not estimated.
    ///
    /// # Formula
    /// EMV = probability x mean of the three points.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] beyond 128 bits.
    pub fn expected_monetary_value(&self, mean: ThreePointMean) -> Result<Option<Ratio>, RiskError> {
        match self.probability.zip(self.impact) {
            Some((probability, impact)) => expected(probability, &impact, mean).map(Some),
            None => Ok(None),
        }
    }

    /// What a response saves of the expected loss, beyond its cost; `None` where the risk is not estimated.
    ///
    /// # Formula
    /// net benefit = EMV - EMV that is left - cost.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] for two currencies or beyond 128 bits.
    pub fn net_benefit(
        &self,
        response: &RiskResponse,
        mean: ThreePointMean,
    ) -> Result<Option<Ratio>, RiskError> {
        let Some(saved) = self.saved(response, mean)? else { return Ok(None) };
        saved.minus(Ratio::from(response.cost.amount())).map(Some).map_err(RiskError::from)
    }

    fn saved(&self, response: &RiskResponse, mean: ThreePointMean) -> Result<Option<Ratio>, RiskError> {
        let Some(impact) = &self.impact else { return Ok(None) };
        impact.draft.low.same_currency(response.cost).map_err(RiskError::from)?;
        impact.draft.low.same_currency(response.impact.draft.low).map_err(RiskError::from)?;
        let Some(before) = self.expected_monetary_value(mean)? else { return Ok(None) };
        let after = expected(response.probability, &response.impact, mean)?;
        before.minus(after).map(Some).map_err(RiskError::from)
    }
}

fn expected(probability: Share, impact: &ThreePoint, mean: ThreePointMean) -> Result<Ratio, RiskError> {
    let mean = impact.mean(mean)?;
    mean.times(Ratio::from(probability.value())).map_err(RiskError::from)
}

/// A register as it is written down, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskRegisterDraft {
    /// How risks are rated.
    pub matrix: RiskMatrix,
    /// The alerts that announce them.
    pub alerts: Vec<Alert>,
    /// The risks.
    pub risks: Vec<Risk>,
}

/// Risks rated by one matrix, with the alerts that announce them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RiskRegisterDraft", into = "RiskRegisterDraft")]
pub struct RiskRegister {
    draft: RiskRegisterDraft,
    /// The indexes of the risks that each alert announces, rising, by the alert's id.
    announced: BTreeMap<String, Vec<usize>>,
}

/// A risk with its rating and its expected loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankedRisk<'a> {
    /// The risk.
    pub risk: &'a Risk,
    /// Its rating in the matrix.
    pub rating: Rating,
    /// Its expected monetary value, where probability and impact are estimated.
    pub expected_loss: Option<Ratio>,
}

/// What the principle of "as low as reasonably practicable" asks of a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarp<'a> {
    /// Nothing: it is acceptable.
    Acceptable,
    /// To take this response, the one that saves most beyond its cost of those whose cost is in proportion.
    Reduce(&'a RiskResponse),
    /// Nothing further: it is tolerable, and every response costs more than is in proportion, or there is none.
    AsLowAsReasonablyPracticable,
    /// To take this risk out of the unacceptable region, with this response if there is one.
    Unacceptable(Option<&'a RiskResponse>),
    /// An estimate of probability and impact, without which a response cannot be weighed.
    NotEstimated,
}

impl RiskRegister {
    /// The matrix.
    #[must_use]
    pub const fn matrix(&self) -> &RiskMatrix {
        &self.draft.matrix
    }

    /// The alerts as given.
    #[must_use]
    pub fn alerts(&self) -> &[Alert] {
        &self.draft.alerts
    }

    /// The risks as given.
    #[must_use]
    pub fn risks(&self) -> &[Risk] {
        &self.draft.risks
    }

    /// The rating of a risk of this register.
    #[must_use]
    pub fn rating(&self, risk: &Risk) -> Option<Rating> {
        self.draft.matrix.rating(&risk.probability_level, &risk.impact_level)
    }

    /// The risks that an alert announces, in their order; none of an alert that the register does not have.
    pub fn announced_by<'a>(&'a self, alert: &str) -> impl ExactSizeIterator<Item = &'a Risk> + use<'a> {
        let indexes = self.announced.get(alert).map(Vec::as_slice).unwrap_or_default();
        #[expect(clippy::indexing_slicing, reason = "places of risks, which never change")]
        indexes.iter().map(|index| &self.draft.risks[*index])
    }

    /// The risks with their ratings and expected losses: the highest rating first, within it the largest
    /// expected loss, those without an estimate last, and equal ones by id.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] beyond 128 bits.
    pub fn ranked(&self, mean: ThreePointMean) -> Result<Vec<RankedRisk<'_>>, RiskError> {
        let mut ranked = Vec::with_capacity(self.draft.risks.len());
        for risk in &self.draft.risks {
            // Levels were checked against the matrix.
            let rating = self.rating(risk).unwrap_or(Rating::Unacceptable);
            let expected_loss = risk.expected_monetary_value(mean)?;
            ranked.push(RankedRisk { risk, rating, expected_loss });
        }
        let order = |ranked: &RankedRisk<'_>| (Reverse(ranked.rating), Reverse(ranked.expected_loss));
        ranked.sort_by(|left, right| {
            order(left).cmp(&order(right)).then_with(|| left.risk.id.cmp(&right.risk.id))
        });
        Ok(ranked)
    }

    /// What to do about a risk: a response is in proportion when its cost is at most `disproportion` times
    /// what it saves.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] for two currencies or beyond 128 bits.
    pub fn alarp<'a>(
        &self,
        risk: &'a Risk,
        disproportion: Decimal,
        mean: ThreePointMean,
    ) -> Result<Alarp<'a>, RiskError> {
        let rating = self.rating(risk).unwrap_or(Rating::Unacceptable);
        if rating == Rating::Acceptable {
            return Ok(Alarp::Acceptable);
        }
        let mut best: Option<(Ratio, &RiskResponse)> = None;
        for response in &risk.responses {
            let Some(saved) = risk.saved(response, mean)? else {
                return Ok(if rating == Rating::Unacceptable {
                    Alarp::Unacceptable(Some(response))
                } else {
                    Alarp::NotEstimated
                });
            };
            let cost = Ratio::from(response.cost.amount());
            let limit = saved.times(Ratio::from(disproportion)).map_err(RiskError::from)?;
            let net = saved.minus(cost).map_err(RiskError::from)?;
            let in_proportion = cost <= limit || rating == Rating::Unacceptable;
            if in_proportion && best.is_none_or(|(most, _)| net > most) {
                best = Some((net, response));
            }
        }
        let best = best.map(|(_, response)| response);
        Ok(match (rating, best) {
            (Rating::Unacceptable, best) => Alarp::Unacceptable(best),
            (_, Some(best)) => Alarp::Reduce(best),
            (_, None) => Alarp::AsLowAsReasonablyPracticable,
        })
    }

    /// The expected losses of all risks that are estimated, in one currency, rounded once.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] for another currency or beyond 128 bits.
    pub fn expected_loss(
        &self,
        currency: Currency,
        mean: ThreePointMean,
        rounding: Rounding,
    ) -> Result<Money, RiskError> {
        let mut sum = Ratio::ZERO;
        for risk in &self.draft.risks {
            let Some(loss) = risk.expected_monetary_value(mean)? else { continue };
            if let Some(impact) = &risk.impact {
                Money::zero(currency).same_currency(impact.draft.low).map_err(RiskError::from)?;
            }
            sum = sum.plus(loss).map_err(RiskError::from)?;
        }
        let amount = sum.round(currency.digits(), rounding).map_err(RiskError::from)?;
        Money::new(amount, currency).map_err(RiskError::from)
    }
}

/// The names that a risk may use.
struct Known<'a> {
    probability: Lookup<'a, str>,
    impact: Lookup<'a, str>,
    alerts: Lookup<'a, str>,
}

impl RiskRegisterDraft {
    /// The checked register.
    ///
    /// # Errors
    /// All problems at once: [`RiskError::DuplicateId`] of alerts and risks; [`RiskError::NoName`];
    /// [`RiskError::UnknownLevel`]; [`RiskError::UnknownAlert`]; [`RiskError::LevelMismatch`] where an
    /// estimated probability is of another level; [`RiskError::Quantity`] where a response is in another
    /// currency than the impact.
    pub fn check(self) -> Result<RiskRegister, Problems<RiskError>> {
        let mut problems = Problems::new();
        let ids = [
            ("alerts", self.alerts.iter().map(|alert| alert.id.as_str()).collect::<Vec<_>>()),
            ("risks", self.risks.iter().map(|risk| risk.id.as_str()).collect()),
        ];
        for (field, ids) in &ids {
            let repeats = Lookup::of(ids.iter().copied()).repeats();
            let mut repeats = repeats.into_iter().map(|(_, again)| again).peekable();
            for (index, id) in ids.iter().enumerate() {
                let path = Path::root().field(field).index(index).field("id");
                if id.trim().is_empty() {
                    problems.push(path.clone(), RiskError::NoName);
                }
                if repeats.next_if_eq(&index).is_some() {
                    problems.push(path, RiskError::DuplicateId { id: (*id).into() });
                }
            }
        }
        let names = |levels: &'_ [super::RiskLevel]| -> Vec<String> {
            levels.iter().map(|level| level.name.clone()).collect()
        };
        let levels = [names(self.matrix.probability()), names(self.matrix.impact())];
        let [probability, impact] =
            levels.each_ref().map(|names| Lookup::of(names.iter().map(String::as_str)));
        let alerts = Lookup::of(self.alerts.iter().map(|alert| alert.id.as_str()));
        let known = Known { probability, impact, alerts };
        for (index, risk) in self.risks.iter().enumerate() {
            self.check_risk(risk, &Path::root().field("risks").index(index), &known, &mut problems);
        }
        problems.into_result(())?;
        let mut announced: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, risk) in self.risks.iter().enumerate() {
            for trigger in &risk.triggers {
                let risks = announced.entry(trigger.clone()).or_default();
                if risks.last() != Some(&index) {
                    risks.push(index);
                }
            }
        }
        Ok(RiskRegister { draft: self, announced })
    }

    fn check_risk(&self, risk: &Risk, path: &Path, known: &Known<'_>, problems: &mut Problems<RiskError>) {
        if risk.responsible.trim().is_empty() {
            problems.push(path.field("responsible"), RiskError::NoName);
        }
        let levels = [
            ("probability_level", &known.probability, &risk.probability_level),
            ("impact_level", &known.impact, &risk.impact_level),
        ];
        for (field, levels, name) in levels {
            if levels.position(name).is_none() {
                problems.push(path.field(field), RiskError::UnknownLevel { name: name.clone() });
            }
        }
        let level = risk.probability.and_then(|probability| self.matrix.level_of(probability));
        if let Some(level) = level.filter(|level| level.name != risk.probability_level) {
            let error = RiskError::LevelMismatch { level: level.name.clone() };
            problems.push(path.field("probability"), error);
        }
        for (at, trigger) in risk.triggers.iter().enumerate() {
            if known.alerts.position(trigger).is_none() {
                let error = RiskError::UnknownAlert { id: trigger.clone() };
                problems.push(path.field("triggers").index(at), error);
            }
        }
        for (at, response) in risk.responses.iter().enumerate() {
            let currency = risk.impact.map_or(response.impact.currency(), |impact| impact.currency());
            let zero = Money::zero(currency);
            let path = path.field("responses").index(at);
            for (field, amount) in [("cost", response.cost), ("impact", response.impact.draft.low)] {
                problems.take(&path.field(field), zero.same_currency(amount).map_err(RiskError::from));
            }
        }
    }
}

impl TryFrom<RiskRegisterDraft> for RiskRegister {
    type Error = Problems<RiskError>;

    fn try_from(draft: RiskRegisterDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<RiskRegister> for RiskRegisterDraft {
    fn from(register: RiskRegister) -> Self {
        register.draft
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{AlertRule, ResponsePlan};
    use alloc::string::ToString;
    use alloc::vec;
    use rust_decimal::dec;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn overspending() -> Risk {
        Risk {
            id: "overspending".into(),
            event: "search costs 30 % more in promotion season".into(),
            probability_level: "unlikely".into(),
            impact_level: "severe".into(),
            responsible: "digital operations".into(),
            probability: Some(Share::percent(30).unwrap()),
            impact: Some(
                ThreePoint::new(money("60000 CNY"), money("80000 CNY"), money("100000 CNY")).unwrap(),
            ),
            triggers: vec!["spend".into()],
            responses: vec![
                RiskResponse {
                    action: "elastic reserve".into(),
                    cost: money("5000 CNY"),
                    probability: Share::percent(30).unwrap(),
                    impact: ThreePoint::certain(money("20000 CNY")).unwrap(),
                },
                RiskResponse {
                    action: "buy nothing".into(),
                    cost: money("60000 CNY"),
                    probability: Share::ZERO,
                    impact: ThreePoint::certain(money("0 CNY")).unwrap(),
                },
            ],
        }
    }

    fn register(risks: Vec<Risk>) -> RiskRegisterDraft {
        let alert = Alert {
            id: "spend".into(),
            metric: "spend to plan".into(),
            rule: AlertRule::above(dec!(1.1), dec!(1)).unwrap(),
            response: ResponsePlan::complaint("finance").unwrap(),
        };
        RiskRegisterDraft {
            matrix: RiskMatrix::five_by_five(dec!(100000)).unwrap(),
            alerts: vec![alert],
            risks,
        }
    }

    #[test]
    fn expected_values_and_benefits_are_exact() {
        let risk = overspending();
        let [pert, triangular] = [ThreePointMean::Pert, ThreePointMean::Triangular];
        assert_eq!(risk.expected_monetary_value(pert).unwrap(), Some(Ratio::from(dec!(24000))));
        assert_eq!(risk.net_benefit(&risk.responses[0], pert).unwrap(), Some(Ratio::from(dec!(13000))));
        let third = ThreePoint::new(money("0 CNY"), money("0 CNY"), money("0.01 CNY")).unwrap();
        assert_eq!(third.mean(triangular).unwrap(), "1/300".parse().unwrap());
        let register = register(vec![risk.clone()]).check().unwrap();
        assert_eq!(register.ranked(pert).unwrap()[0].rating, Rating::Tolerable);
        assert_eq!(register.alarp(&risk, dec!(1), pert).unwrap(), Alarp::Reduce(&risk.responses[0]));
        let none = Alarp::AsLowAsReasonablyPracticable;
        assert_eq!(register.alarp(&risk, dec!(0.1), pert).unwrap(), none);
        let loss = register.expected_loss(Currency::CNY, pert, Rounding::HalfEven).unwrap();
        assert_eq!(loss, money("24000 CNY"));
        assert!(register.expected_loss(Currency::JPY, pert, Rounding::HalfEven).is_err());
        assert_eq!((register.announced_by("spend").len(), register.announced_by("none").len()), (1, 0));
        let triggers = vec![String::from("spend"), "spend".into()];
        let twice = Risk { triggers, ..risk.clone() };
        assert_eq!(self::register(vec![twice]).check().unwrap().announced_by("spend").len(), 1);
        let guess = Risk { probability: None, ..risk };
        assert_eq!(guess.expected_monetary_value(pert).unwrap(), None);
        assert_eq!(register.alarp(&guess, dec!(1), pert).unwrap(), Alarp::NotEstimated);
    }

    /// L3: 100,000 risks, each with an alert of its own.
    #[test]
    fn alerts_are_found_however_many_there_are() {
        let many = 100_000;
        let mut draft = register(Vec::new());
        let alert = draft.alerts.remove(0);
        let name = |n: u32| alloc::format!("a{n}");
        draft.alerts = (0..many).map(|n| Alert { id: name(n), ..alert.clone() }).collect();
        let risk = Risk { responses: Vec::new(), ..overspending() };
        let of = |n: u32| Risk { id: name(n), triggers: vec![name(many - 1 - n)], ..risk.clone() };
        draft.risks = (0..many).map(of).collect();
        let all = draft.clone().check().unwrap();
        // A scan of all risks per alert would be ten billion looks.
        for n in 0..many {
            let ids = all.announced_by(&name(many - 1 - n)).map(|risk| risk.id.as_str());
            assert!(ids.eq([name(n).as_str()]), "{n}");
        }
        draft.risks[7].triggers[0] = "none".into();
        draft.risks[9].id = name(8);
        assert_eq!(
            draft.check().unwrap_err().to_string(),
            "2 problems\n  risks[9].id: `a8` stands twice\n  risks[7].triggers[0]: there is no alert `none`"
        );
    }

    #[test]
    fn a_register_tells_all_faults() {
        let bad = Risk {
            probability_level: "often".into(),
            responsible: String::new(),
            triggers: vec!["flood".into()],
            ..overspending()
        };
        let refused = register(vec![overspending(), bad]).check().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "5 problems\n  risks[1].id: `overspending` stands twice\n  \
             risks[1].responsible: a name or text is empty\n  \
             risks[1].probability_level: there is no level `often`\n  \
             risks[1].probability: the probability is of the level `unlikely`\n  \
             risks[1].triggers[0]: there is no alert `flood`"
        );
        assert!(ThreePoint::new(money("2 CNY"), money("1 CNY"), money("3 CNY")).is_err());
        assert!(ThreePoint::new(money("1 CNY"), money("1 JPY"), money("3 CNY")).is_err());
        let yen = RiskResponse { cost: money("1 JPY"), ..overspending().responses[0].clone() };
        let mixed = register(vec![Risk { responses: vec![yen], ..overspending() }]);
        assert!(mixed.check().unwrap_err().to_string().starts_with("risks[0].responses[0].cost: "));
    }
}
