//! Risks rated by one matrix, with the alerts that announce them, and what to do about each.

use super::model::Exact;
use super::{Rating, Risk, RiskError, RiskMatrix, RiskResponse};
use crate::alert::Alert;
use crate::error::{Lookup, Path, Problems};
use crate::figure::{Cell, Figure, TOTAL, Table, beside};
use crate::quantity::wire::deserialize_fields;
use crate::quantity::{AnyAmount, Money, Ratio, Rounding};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Risks rated by one matrix, with the alerts that announce them.
///
/// # Examples
/// ```
/// use marketloop::quantity::Rounding;
/// use marketloop::risk::RiskRegister;
/// use rust_decimal::dec;
///
/// let register: RiskRegister = serde_json::from_str(
///     r#"{"matrix":{"probability":[{"name":"rare","up_to":"0.5"},{"name":"likely","up_to":"1"}],
///                   "impact":[{"name":"small","up_to":"100"},{"name":"large","up_to":"200"}],
///                   "ratings":[["acceptable","tolerable"],["tolerable","unacceptable"]]},
///         "alerts":[{"id":"traffic","metric":"visitors","rule":"below 80",
///                    "response":{"responsible":"service","steps":[{"action":"answer","within":"15 minutes"}]}}],
///         "risks":[{"id":"throttling","event":"notes are throttled","probability_level":"rare",
///                   "impact_level":"large","responsible":"operations","probability":"0.2",
///                   "impact":{"low":"100 CNY","likely":"150 CNY","high":"200 CNY"},"triggers":["traffic"]}]}"#,
/// )?;
/// let first = &register.ranked(dec!(1), Rounding::HalfEven)?[0];
/// assert_eq!((first.rating.to_string(), first.expected_loss.to_string()), ("tolerable".into(), "30.00 CNY".into()));
/// assert_eq!(first.advice(), "as low as reasonably practicable");
/// assert_eq!(register.announced_by("traffic").len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire<A>", bound(deserialize = "A: AnyAmount + Deserialize<'de>"))]
pub struct RiskRegister<A = Money> {
    matrix: RiskMatrix,
    alerts: Vec<Alert>,
    risks: Vec<Risk<A>>,
    /// The rating of each risk, in their order.
    #[serde(skip_serializing)]
    // Not on the wire: a reader works it out and cannot be told a wrong one.
    ratings: Vec<Rating>,
    /// The indexes of the risks that each alert announces, rising, by the alert's id.
    #[serde(skip_serializing)]
    announced: BTreeMap<String, Vec<usize>>,
}

/// A register as it is read, not checked yet.
struct Wire<A> {
    matrix: RiskMatrix,
    alerts: Vec<Alert>,
    risks: Vec<Risk<A>>,
}

deserialize_fields!("RiskRegister", Wire<A: AnyAmount> { matrix, alerts, risks });

impl<A: AnyAmount> TryFrom<Wire<A>> for RiskRegister<A> {
    type Error = Problems<RiskError>;

    fn try_from(Wire { matrix, alerts, risks }: Wire<A>) -> Result<Self, Self::Error> {
        Self::new(matrix, alerts, risks)
    }
}

/// A risk with its rating, its expected loss, and what the principle of "as low as reasonably practicable" (ALARP)
/// asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(bound(serialize = "A: AnyAmount + Serialize"))]
#[non_exhaustive]
pub struct RankedRisk<'a, A = Money> {
    /// The risk.
    pub risk: &'a Risk<A>,
    /// Its rating in the matrix.
    pub rating: Rating,
    /// Its expected monetary value, missing where probability or impact is not estimated.
    pub expected_loss: Figure<A>,
    /// The response to take: of a tolerable risk the one that saves most beyond its cost, of those whose cost is in
    /// proportion; of an unacceptable one the one that saves most, whatever it costs, or without an estimate the
    /// first. None of an acceptable risk.
    pub response: Option<&'a RiskResponse<A>>,
    /// The expected loss that the response saves, less its cost; missing without an estimate or a response.
    pub net_benefit: Figure<A>,
}

impl<A> RankedRisk<'_, A> {
    /// Whether a tolerable risk stays as it is: every response costs more than is in proportion, or there is none.
    #[doc(alias = "ALARP")]
    #[must_use]
    pub fn is_as_low_as_reasonably_practicable(&self) -> bool {
        self.rating == Rating::Tolerable && self.response.is_none() && !self.needs_estimate()
    }

    /// Whether a response can be weighed only once probability and impact are estimated.
    #[must_use]
    pub fn needs_estimate(&self) -> bool {
        self.rating == Rating::Tolerable && !self.expected_loss.is_known() && !self.risk.responses.is_empty()
    }
}

impl<A: AnyAmount> RankedRisk<'_, A> {
    /// The risks as rows: rating, probability, expected loss, the response to take, its net benefit, and the advice in
    /// words; then the sum of the losses that are estimated, which says whose is not.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Money, Rounding};
    /// use marketloop::risk::{RankedRisk, RiskMatrix, RiskRegister};
    /// use rust_decimal::dec;
    ///
    /// let register = RiskRegister::<Money>::new(RiskMatrix::five_by_five(dec!(100000))?, [], [])?;
    /// let table = RankedRisk::table(&register.ranked(dec!(1), Rounding::HalfEven)?);
    /// assert!(table.names().is_empty());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(ranked: &[Self]) -> Table {
        let mut table = Table::new("risk");
        for one in ranked {
            let id = beside(&one.risk.id, &[TOTAL]);
            let probability = one.risk.probability;
            table.push(&id, "rating", one.rating.to_string());
            table.push(
                &id,
                "probability",
                probability.map_or_else(|| Figure::missing("probability"), Figure::Known),
            );
            table.push(&id, "expected loss", one.expected_loss.as_ref().map(AnyAmount::cell));
            table.push(&id, "response", one.response.map_or("none", |response| response.action.as_str()));
            // Without a response there is nothing whose benefit could be missing.
            let benefit = match one.response {
                Some(_) => one.net_benefit.as_ref().map(AnyAmount::cell).into(),
                None => Cell::default().because("no response"),
            };
            table.push(&id, "net benefit", benefit);
            table.push(&id, "advice", one.advice());
        }
        if let Some(total) = total(&table, ranked) {
            table.push(TOTAL, "expected loss", total);
        }
        table
    }
}

/// The sum of the losses that a table shows.
fn total<A>(table: &Table, ranked: &[RankedRisk<'_, A>]) -> Option<Cell> {
    const LOSS: &str = "expected loss";
    let mut known = Table::new("");
    for (name, _, cell) in table.cells().filter(|cell| cell.1 == LOSS && cell.2.value.is_some()) {
        known.push(name, LOSS, cell.clone());
    }
    if known.names().is_empty() {
        return None;
    }
    known.push_sums("", &[LOSS]);
    let total = known.get("", LOSS)?.clone();
    let open = ranked.iter().filter(|one| !one.expected_loss.is_known());
    let open: Vec<&str> = open.map(|one| one.risk.id.as_str()).collect();
    // A sum of what is known would pass for that of all.
    if open.is_empty() {
        return Some(total);
    }
    Some(total.because(format_args!("without {}, not estimated", open.join(", "))))
}

impl<A: fmt::Display> RankedRisk<'_, A> {
    /// What to do about the risk: `take `reserve`, worth 13,000.00 CNY beyond its cost`, or why nothing is done.
    #[must_use]
    pub fn advice(&self) -> String {
        match (self.rating, self.response, &self.net_benefit) {
            (_, Some(RiskResponse { action, .. }), Figure::Known(benefit)) => {
                alloc::format!("take `{action}`, worth {benefit} beyond its cost")
            }
            (_, Some(RiskResponse { action, .. }), _) => alloc::format!("take `{action}`"),
            (Rating::Acceptable, None, _) => "nothing has to be done".into(),
            (Rating::Tolerable, None, _) if self.needs_estimate() => "to be estimated".into(),
            (Rating::Tolerable, None, _) => "as low as reasonably practicable".into(),
            (Rating::Unacceptable, None, _) => "a response has to be found".into(),
        }
    }
}

impl<A: AnyAmount> fmt::Display for RankedRisk<'_, A> {
    /// The [`table`](Self::table) of this risk alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Self::table(core::slice::from_ref(self)).fmt(f)
    }
}

impl<A: AnyAmount> RiskRegister<A> {
    /// The register of these risks.
    ///
    /// # Errors
    /// All problems at once: [`RiskError::DuplicateId`] of alerts and risks; [`RiskError::NoName`];
    /// [`RiskError::UnknownLevel`]; [`RiskError::UnknownAlert`]; [`RiskError::LevelMismatch`] where an
    /// estimated probability is of another level; [`RiskError::Quantity`] where a response is in another
    /// currency or unit than the impact.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    /// use marketloop::risk::{Risk, RiskMatrix, RiskRegister};
    /// use rust_decimal::dec;
    ///
    /// let risk: Risk = serde_json::from_str(
    ///     r#"{"id":"a","event":"b","probability_level":"seldom","impact_level":"minor","responsible":"c",
    ///         "triggers":["flood"]}"#,
    /// )?;
    /// let refused = RiskRegister::new(RiskMatrix::five_by_five(dec!(100000))?, [], [risk]).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "2 problems\n  risks[0].probability_level: there is no level `seldom`\n  \
    ///      risks[0].triggers[0]: there is no alert `flood`"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(
        matrix: RiskMatrix,
        alerts: impl IntoIterator<Item = Alert>,
        risks: impl IntoIterator<Item = Risk<A>>,
    ) -> Result<Self, Problems<RiskError>> {
        let alerts: Vec<Alert> = alerts.into_iter().collect();
        let risks: Vec<Risk<A>> = risks.into_iter().collect();
        let mut problems = Problems::new();
        check_ids("alerts", alerts.iter().map(|alert| alert.id.as_str()), &mut problems);
        check_ids("risks", risks.iter().map(|risk| risk.id.as_str()), &mut problems);
        let known = Known {
            matrix: &matrix,
            probability: Lookup::of(matrix.probability_levels().map(|(name, _)| name)),
            impact: Lookup::of(matrix.impact_levels().map(|(name, _)| name)),
            alerts: Lookup::of(alerts.iter().map(|alert| alert.id.as_str())),
        };
        let mut ratings = Vec::with_capacity(risks.len());
        for (index, risk) in risks.iter().enumerate() {
            ratings.extend(known.check(risk, &Path::root().field("risks").index(index), &mut problems));
        }
        problems.into_result(())?;
        // A risk without a rating is a problem, so that there are as many as risks.
        debug_assert_eq!(ratings.len(), risks.len());
        // Made once: each alert that fires would else scan all risks.
        let announced = announced(&risks);
        Ok(Self { matrix, alerts, risks, ratings, announced })
    }

    /// The risks with their ratings, expected losses and responses: the highest rating first, within it the largest
    /// expected loss, those without an estimate last, and equal ones by id.
    ///
    /// A response to a tolerable risk is in proportion when its cost is at most `disproportion` times what it saves.
    /// Losses are compared exactly, and rounded only where they are shown.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] for two currencies or units, or beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Rounding;
    /// use marketloop::risk::{Risk, RiskMatrix, RiskRegister};
    /// use rust_decimal::dec;
    ///
    /// let risk: Risk = serde_json::from_str(
    ///     r#"{"id":"overspending","event":"prices rise","probability_level":"unlikely","impact_level":"severe",
    ///         "responsible":"operations","probability":"0.3",
    ///         "impact":{"low":"60000 CNY","likely":"80000 CNY","high":"100000 CNY"},
    ///         "responses":[{"action":"reserve","cost":"5000 CNY","probability":"0.3",
    ///                       "impact":{"low":"20000 CNY","likely":"20000 CNY","high":"20000 CNY"}}]}"#,
    /// )?;
    /// let register = RiskRegister::new(RiskMatrix::five_by_five(dec!(100000))?, [], [risk])?;
    /// let ranked = register.ranked(dec!(1), Rounding::HalfEven)?;
    /// assert_eq!(
    ///     (ranked[0].expected_loss.to_string(), ranked[0].advice()),
    ///     ("24,000.00 CNY".into(), "take `reserve`, worth 13,000.00 CNY beyond its cost".into())
    /// );
    /// // Where cost counts ten times as much, the risk is as low as is reasonably practicable.
    /// assert!(register.ranked(dec!(0.1), Rounding::HalfEven)?[0].is_as_low_as_reasonably_practicable());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "ALARP")]
    pub fn ranked(
        &self,
        disproportion: Decimal,
        rounding: Rounding,
    ) -> Result<Vec<RankedRisk<'_, A>>, RiskError> {
        let mut ranked = Vec::with_capacity(self.risks.len());
        for (risk, rating) in self.risks.iter().zip(&self.ratings) {
            let exact = risk.exact()?;
            // `None` is the least, and reversed the last: without an estimate a risk stands behind.
            let loss = exact.as_ref().map(|exact| exact.loss).known();
            let answer = answer(risk, *rating, &exact, disproportion)?;
            let one = RankedRisk {
                risk,
                rating: *rating,
                expected_loss: exact.as_ref().try_map(|exact| exact.like.rounded(exact.loss, rounding))?,
                response: answer.as_ref().map(|(response, _)| *response),
                net_benefit: match (answer, exact) {
                    (Some((_, Some(net))), Figure::Known(exact)) => {
                        Figure::Known(exact.like.rounded(net, rounding)?)
                    }
                    (None, _) => Figure::missing("response"),
                    (Some(_), exact) => exact.and_then(|_| Figure::missing("estimate")),
                },
            };
            ranked.push((Reverse(*rating), Reverse(loss), one));
        }
        ranked.sort_by(|left, right| {
            (left.0, left.1).cmp(&(right.0, right.1)).then_with(|| left.2.risk.id.cmp(&right.2.risk.id))
        });
        Ok(ranked.into_iter().map(|(_, _, one)| one).collect())
    }

    /// The expected losses of all risks that are estimated, added exactly and rounded once; missing where none is.
    ///
    /// # Errors
    /// [`RiskError::Quantity`] for two currencies or units, or beyond 128 bits.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::{Money, Rounding};
    /// use marketloop::risk::{RiskMatrix, RiskRegister};
    /// use rust_decimal::dec;
    ///
    /// let empty = RiskRegister::<Money>::new(RiskMatrix::five_by_five(dec!(100000))?, [], [])?;
    /// // Nothing estimated is not the same as nothing at stake.
    /// assert_eq!(empty.expected_loss(Rounding::HalfEven)?.to_string(), "missing: estimated risk");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[doc(alias = "EMV")]
    pub fn expected_loss(&self, rounding: Rounding) -> Result<Figure<A>, RiskError> {
        let mut sum: Option<(&A, Ratio)> = None;
        for risk in &self.risks {
            let (Some(_), Some(impact)) = (risk.probability, &risk.impact) else { continue };
            // In terms of the first one's unit: a percentage and a share of one add up.
            let (like, before) = sum.unwrap_or((impact.low(), Ratio::ZERO));
            if let Figure::Known(loss) = risk.exact_in(like)? {
                sum = Some((like, before.plus(loss)?));
            }
        }
        match sum {
            Some((like, sum)) => Ok(Figure::Known(like.rounded(sum, rounding)?)),
            None => Ok(Figure::missing("estimated risk")),
        }
    }
}

impl<A> RiskRegister<A> {
    /// The matrix.
    #[must_use]
    pub const fn matrix(&self) -> &RiskMatrix {
        &self.matrix
    }

    /// The alerts as given.
    #[must_use]
    pub fn alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// The risks as given.
    #[must_use]
    pub fn risks(&self) -> &[Risk<A>] {
        &self.risks
    }

    /// The risks as given, one after the other.
    pub fn iter(&self) -> core::slice::Iter<'_, Risk<A>> {
        self.risks.iter()
    }

    /// The risks that an alert announces, in their order; none of an alert that the register does not have.
    ///
    /// # Examples
    /// ```
    /// use marketloop::quantity::Money;
    /// use marketloop::risk::{RiskMatrix, RiskRegister};
    /// use rust_decimal::dec;
    ///
    /// let register = RiskRegister::<Money>::new(RiskMatrix::five_by_five(dec!(100000))?, [], [])?;
    /// assert_eq!(register.announced_by("traffic plunge").len(), 0);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn announced_by<'a>(
        &'a self,
        alert: &str,
    ) -> impl ExactSizeIterator<Item = &'a Risk<A>> + use<'a, A> {
        let indexes = self.announced.get(alert).map_or(&[][..], Vec::as_slice);
        #[expect(clippy::indexing_slicing, reason = "places of risks, which never change")]
        indexes.iter().map(|index| &self.risks[*index])
    }
}

impl<'a, A> IntoIterator for &'a RiskRegister<A> {
    type Item = &'a Risk<A>;
    type IntoIter = core::slice::Iter<'a, Risk<A>>;

    fn into_iter(self) -> Self::IntoIter {
        self.risks.iter()
    }
}

/// The response to take, with what it saves beyond its cost where that is known.
type Answer<'a, A> = Option<(&'a RiskResponse<A>, Option<Ratio>)>;

fn answer<'a, A: AnyAmount>(
    risk: &'a Risk<A>,
    rating: Rating,
    exact: &Figure<Exact<'_, A>>,
    disproportion: Decimal,
) -> Result<Answer<'a, A>, RiskError> {
    if rating == Rating::Acceptable {
        return Ok(None);
    }
    let Figure::Known(exact) = exact else {
        // What is unacceptable has to go, also before it is estimated; what is tolerable is weighed first.
        let first = risk.responses.first().filter(|_| rating == Rating::Unacceptable);
        return Ok(first.map(|response| (response, None)));
    };
    // What is compared, what the response saves beyond its cost, and the response.
    let mut best: Option<(Ratio, Ratio, &RiskResponse<A>)> = None;
    for response in &risk.responses {
        let (saved, cost) = exact.saved(response)?;
        let limit = saved.times(Ratio::from(disproportion))?;
        let net = saved.minus(cost)?;
        // Where nothing is saved the limit is 0: only a response that costs nothing is in proportion.
        let unacceptable = rating == Rating::Unacceptable;
        // What is unacceptable is to be reduced whatever it costs; what is tolerable has to be worth it.
        let worth = if unacceptable { saved } else { net };
        // Strictly more: of equal responses the one given first stays.
        if (unacceptable || cost <= limit) && best.is_none_or(|(most, ..)| worth > most) {
            best = Some((worth, net, response));
        }
    }
    Ok(best.map(|(_, net, response)| (response, Some(net))))
}

fn announced<A>(risks: &[Risk<A>]) -> BTreeMap<String, Vec<usize>> {
    let mut announced: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, risk) in risks.iter().enumerate() {
        for trigger in &risk.triggers {
            let risks = announced.entry(trigger.clone()).or_default();
            // A risk may name an alert twice; as indexes rise, the last one tells.
            if risks.last() != Some(&index) {
                risks.push(index);
            }
        }
    }
    announced
}

fn check_ids<'a>(field: &str, ids: impl Iterator<Item = &'a str>, problems: &mut Problems<RiskError>) {
    let ids: Vec<&str> = ids.collect();
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

/// What a risk may refer to.
struct Known<'a> {
    matrix: &'a RiskMatrix,
    probability: Lookup<'a, str>,
    impact: Lookup<'a, str>,
    alerts: Lookup<'a, str>,
}

impl Known<'_> {
    /// The rating of a risk whose levels are in the matrix; every fault of the risk is noted.
    fn check<A: AnyAmount>(
        &self,
        risk: &Risk<A>,
        path: &Path,
        problems: &mut Problems<RiskError>,
    ) -> Option<Rating> {
        if risk.responsible.trim().is_empty() {
            problems.push(path.field("responsible"), RiskError::NoName);
        }
        let levels = [
            ("probability_level", &self.probability, &risk.probability_level),
            ("impact_level", &self.impact, &risk.impact_level),
        ];
        let mut found = [None; 2];
        for (found, (field, levels, name)) in found.iter_mut().zip(levels) {
            *found = levels.position(name);
            if found.is_none() {
                problems.push(path.field(field), RiskError::UnknownLevel { name: name.clone() });
            }
        }
        let level = risk.probability.map(|probability| self.matrix.level_of(probability));
        if let Some(level) = level.filter(|level| *level != risk.probability_level) {
            problems.push(path.field("probability"), RiskError::LevelMismatch { level: level.into() });
        }
        for (at, trigger) in risk.triggers.iter().enumerate() {
            if self.alerts.position(trigger).is_none() {
                let error = RiskError::UnknownAlert { id: trigger.clone() };
                problems.push(path.field("triggers").index(at), error);
            }
        }
        for (at, response) in risk.responses.iter().enumerate() {
            // Without an estimate, the response's own impact says in which unit its cost has to be.
            let like = risk.impact.as_ref().map_or(response.impact.low(), |impact| impact.low());
            let path = path.field("responses").index(at);
            for (field, amount) in [("cost", &response.cost), ("impact", response.impact.low())] {
                problems.take(&path.field(field), amount.exact_in(like));
            }
        }
        Some(self.matrix.cell(found[0]?, found[1]?))
    }
}

#[cfg(test)]
mod tests {
    use super::super::ThreePoint;
    use super::*;
    use crate::alert::{AlertRule, ResponsePlan};
    use crate::quantity::Share;
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
                ThreePoint::pert(money("60000 CNY"), money("80000 CNY"), money("100000 CNY")).unwrap(),
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

    fn register(risks: Vec<Risk>) -> Result<RiskRegister, Problems<RiskError>> {
        let alert = Alert {
            id: "spend".into(),
            metric: "spend to plan".into(),
            rule: AlertRule::above(dec!(1.1), dec!(1)).unwrap(),
            response: ResponsePlan::complaint("finance").unwrap(),
        };
        RiskRegister::new(RiskMatrix::five_by_five(dec!(100000)).unwrap(), [alert], risks)
    }

    #[test]
    fn expected_values_and_benefits_are_exact() {
        let (risk, even) = (overspending(), Rounding::HalfEven);
        assert_eq!(risk.expected_monetary_value(even).unwrap(), Figure::Known(money("24000 CNY")));
        assert_eq!(risk.net_benefit(&risk.responses[0], even).unwrap(), Figure::Known(money("13000 CNY")));
        let register = register(vec![risk.clone()]).unwrap();
        let ranked = register.ranked(dec!(1), even).unwrap();
        assert_eq!((ranked[0].rating, ranked[0].response), (Rating::Tolerable, Some(&risk.responses[0])));
        assert_eq!(ranked[0].net_benefit, Figure::Known(money("13000 CNY")));
        assert!(register.ranked(dec!(0.1), even).unwrap()[0].is_as_low_as_reasonably_practicable());
        assert_eq!(register.expected_loss(even).unwrap(), Figure::Known(money("24000 CNY")));
        assert_eq!((register.announced_by("spend").len(), register.announced_by("none").len()), (1, 0));
        let triggers = vec![String::from("spend"), "spend".into()];
        let twice = Risk { triggers, ..risk.clone() };
        assert_eq!(self::register(vec![twice]).unwrap().announced_by("spend").len(), 1);
        let guess = Risk { probability: None, ..risk.clone() };
        assert_eq!(guess.expected_monetary_value(even).unwrap(), Figure::missing("probability"));
        let guessed = self::register(vec![guess.clone()]).unwrap();
        let ranked = guessed.ranked(dec!(1), even).unwrap();
        assert!(ranked[0].needs_estimate() && ranked[0].response.is_none());
        assert_eq!(ranked[0].advice(), "to be estimated");
        assert!(ranked[0].expected_loss.is_missing());
        assert!(guessed.expected_loss(even).unwrap().is_missing());
        // Two currencies do not add up.
        let yen = ThreePoint::certain(money("1 JPY")).unwrap();
        let yen = Risk { id: "yen".into(), impact: Some(yen), responses: Vec::new(), ..risk };
        let mixed = self::register(vec![overspending(), yen]).unwrap();
        assert!(mixed.expected_loss(even).is_err());
    }

    #[test]
    fn an_unacceptable_risk_takes_a_response_whatever_it_costs() {
        let unacceptable = |responses| Risk {
            probability_level: "almost certain".into(),
            probability: Some(Share::percent(90).unwrap()),
            responses,
            ..overspending()
        };
        let dear = RiskResponse { cost: money("500000 CNY"), ..overspending().responses[0].clone() };
        let both = register(vec![unacceptable(vec![dear])]).unwrap();
        let ranked = both.ranked(dec!(1), Rounding::HalfEven).unwrap();
        assert_eq!(
            (ranked[0].rating, ranked[0].expected_loss.to_string(), ranked[0].advice()),
            (
                Rating::Unacceptable,
                "72,000.00 CNY".to_string(),
                "take `elastic reserve`, worth -434,000.00 CNY beyond its cost".to_string()
            )
        );
        // The one that saves most, though the other leaves more beyond its cost.
        let halved = RiskResponse {
            action: "half a reserve".into(),
            cost: money("1000 CNY"),
            probability: Share::percent(45).unwrap(),
            ..overspending().responses[0].clone()
        };
        let two = [halved, RiskResponse { cost: money("500000 CNY"), ..overspending().responses[0].clone() }];
        let both = register(vec![unacceptable(two.to_vec())]).unwrap();
        let ranked = both.ranked(dec!(1), Rounding::HalfEven).unwrap();
        assert_eq!(ranked[0].response.map(|response| response.action.as_str()), Some("elastic reserve"));
        let none = register(vec![unacceptable(Vec::new())]).unwrap();
        let ranked = none.ranked(dec!(1), Rounding::HalfEven).unwrap();
        assert_eq!(ranked[0].advice(), "a response has to be found");
        assert_eq!(ranked[0].to_string(), RankedRisk::table(&ranked).to_string());
        assert_eq!(
            RankedRisk::table(&ranked).csv().lines().nth(3),
            Some("overspending,expected loss,72000.00,CNY,")
        );
        // The sum of what is estimated says what it leaves out; a risk may be called as it is.
        let bare = Risk { id: TOTAL.into(), probability: None, ..overspending() };
        let some = register(vec![unacceptable(Vec::new()), bare]).unwrap();
        let table = RankedRisk::table(&some.ranked(dec!(1), Rounding::HalfEven).unwrap());
        let total = table.get(TOTAL, "expected loss").unwrap();
        assert_eq!(total.value.as_deref(), Some("72000.00"));
        assert_eq!(total.why, "without total, not estimated");
        assert_eq!(table.get("\"total\"", "rating").unwrap().value.as_deref(), Some("tolerable"));
    }

    /// L3: 100,000 risks, each with an alert of its own.
    #[test]
    fn alerts_are_found_however_many_there_are() {
        let many = 100_000;
        let first = register(Vec::new()).unwrap();
        let name = |n: u32| alloc::format!("a{n}");
        let alerts: Vec<Alert> =
            (0..many).map(|n| Alert { id: name(n), ..first.alerts()[0].clone() }).collect();
        let risk = Risk { responses: Vec::new(), ..overspending() };
        let of = |n: u32| Risk { id: name(n), triggers: vec![name(many - 1 - n)], ..risk.clone() };
        let mut risks: Vec<Risk> = (0..many).map(of).collect();
        let all = RiskRegister::new(first.matrix().clone(), alerts.clone(), risks.clone()).unwrap();
        // A scan of all risks per alert would be ten billion looks.
        for n in 0..many {
            let ids = all.announced_by(&name(many - 1 - n)).map(|risk| risk.id.as_str());
            assert!(ids.eq([name(n).as_str()]), "{n}");
        }
        risks[7].triggers[0] = "none".into();
        risks[9].id = name(8);
        assert_eq!(
            RiskRegister::new(first.matrix().clone(), alerts, risks).unwrap_err().to_string(),
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
        let refused = register(vec![overspending(), bad]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "5 problems\n  risks[1].id: `overspending` stands twice\n  \
             risks[1].responsible: a name or text is empty\n  \
             risks[1].probability_level: there is no level `often`\n  \
             risks[1].probability: the probability is of the level `unlikely`\n  \
             risks[1].triggers[0]: there is no alert `flood`"
        );
        assert!(ThreePoint::pert(money("2 CNY"), money("1 CNY"), money("3 CNY")).is_err());
        assert!(ThreePoint::pert(money("1 CNY"), money("1 JPY"), money("3 CNY")).is_err());
        let yen = RiskResponse { cost: money("1 JPY"), ..overspending().responses[0].clone() };
        let mixed = register(vec![Risk { responses: vec![yen], ..overspending() }]);
        assert!(mixed.unwrap_err().to_string().starts_with("risks[0].responses[0].cost: "));
    }
}
