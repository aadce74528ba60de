//! A budget in lines by amount or by percentage.

use super::BudgetError;
use super::amount_cause::{AmountCause, push};
use super::lines::{Line, Lines};
use crate::error::{Counted, Path, Problems};
use crate::figure::{Cause, Figure, TOTAL, Table, Why, beside};
use crate::quantity::wire::wire_fields;
use crate::quantity::{Money, Ratio, Rounding, Share};
use crate::split::{Apportionment, Weights};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A budget: a total and lines that add up to it to the last minor unit.
///
/// ```
/// # use marketloop::budget::Budget;
/// let json = r#"{
///   "name": "event",
///   "total": {"amount": "50000.00", "currency": "CNY"},
///   "lines": [
///     {"name": "content", "percent": "90"},
///     {"name": "contingency", "percent": "8.5", "purpose": "only for failures", "reserve": true},
///     {"name": "travel", "amount": {"amount": "750.00", "currency": "CNY"}}
///   ]
/// }"#;
/// let read: Budget = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Budget>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BudgetDraft", into = "BudgetDraft")]
#[doc(alias = "预算")]
pub struct Budget {
    name: String,
    total: Money,
    lines: Lines,
}

impl Budget {
    /// A draft of a budget, without lines.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    /// use rust_decimal::dec;
    ///
    /// let year = Budget::draft("year", "1000000 CNY".parse()?)
    ///     .percent("SEM", dec!(40))
    ///     .amount("social", "600000 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(year.lines()["SEM"].amount().to_string(), "400,000.00 CNY");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn draft(name: impl Into<String>, total: Money) -> BudgetDraft {
        BudgetDraft { name: name.into(), total, lines: Vec::new() }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The total, which the lines add up to.
    #[must_use]
    pub const fn total(&self) -> Money {
        self.total
    }

    /// The lines in order.
    #[must_use]
    pub const fn lines(&self) -> &Lines {
        &self.lines
    }

    /// The part of the total that a line takes, exactly; undefined where the total is zero.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    ///
    /// let year = Budget::draft("year", "300 CNY".parse()?)
    ///     .amount("SEM", "100 CNY".parse()?)
    ///     .amount("social", "200 CNY".parse()?)
    ///     .check()?;
    /// assert_eq!(year.share(&year.lines()["SEM"]).get()?.to_string(), "1/3");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn share(&self, line: &Line) -> Figure<Ratio> {
        if self.total.is_zero() {
            return Figure::undefined("share of the total", Cause::Zero("total".into()));
        }
        Ratio::new(line.amount.amount(), self.total.amount())
            .map_or_else(|_| Figure::undefined("share of the total", Cause::OutOfRange), Figure::Known)
    }
}

impl Budget {
    /// A row for each line with its amount, how it was set, its share and its purpose, and a row for the total.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    /// use rust_decimal::dec;
    ///
    /// let event = Budget::draft("event", "50000 CNY".parse()?)
    ///     .percent("content", dec!(90))
    ///     .reserve("contingency", dec!(10), "only for failures")
    ///     .check()?;
    /// assert_eq!(
    ///     event.table().to_string(),
    ///     "line         amount CNY  for                         share %  why\n\
    ///      content        45000.00                                   90  90% of 50,000.00 CNY\n\
    ///      contingency     5000.00  reserve, only for failures       10  10% of 50,000.00 CNY\n\
    ///      total          50000.00                                  100\n"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = self.lines.table_beside(&[TOTAL]);
        for line in &self.lines {
            let share = self.share(line).map(|share| share.percent_cell());
            table.push(beside(line.name(), &[TOTAL]), "share", share);
        }
        table.push(TOTAL, "amount", self.total);
        if !self.total.is_zero() {
            table.push(TOTAL, "share", Ratio::ONE.percent_cell());
        }
        table
    }
}

impl fmt::Display for Budget {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// A line of a draft: an amount or a percentage (0 to 100) of the total.
#[derive(Debug, Clone, PartialEq, Eq)]
struct LineDraft {
    name: String,
    percent: Option<Decimal>,
    amount: Option<Money>,
    purpose: Option<String>,
    reserve: bool,
}

wire_fields!(LineDraft {
    name,
    percent: optional(own),
    amount: optional,
    purpose: optional,
    reserve: optional
});

/// A budget, not checked yet: [`Budget::draft`].
///
/// # Examples
/// ```
/// use marketloop::budget::BudgetDraft;
///
/// let draft: BudgetDraft = serde_json::from_str(
///     r#"{"name":"event","total":"50000 CNY","lines":[
///         {"name":"content","percent":90,"purpose":"3 videos"},
///         {"name":"contingency","amount":"5000 CNY","reserve":true}]}"#,
/// )?;
/// assert_eq!(draft.check()?.lines()["content"].amount().to_string(), "45,000.00 CNY");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetDraft {
    name: String,
    total: Money,
    lines: Vec<LineDraft>,
}

wire_fields!(BudgetDraft { name, total, lines });

impl BudgetDraft {
    /// Adds a line of `percent` (0 to 100) of the total.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    /// use rust_decimal::dec;
    ///
    /// let halves = Budget::draft("x", "0.05 CNY".parse()?).percent("a", dec!(50)).percent("b", dec!(50)).check()?;
    /// assert_eq!(halves.lines()["a"].to_string(), "a 0.03 CNY: 50% of 0.05 CNY; rounding +0.005");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn percent(self, name: impl Into<String>, percent: Decimal) -> Self {
        self.line(name, Some(percent), None, None)
    }

    /// Adds a line of `percent` (0 to 100) of the total for this purpose.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    /// use rust_decimal::dec;
    ///
    /// let event = Budget::draft("event", "50000 CNY".parse()?)
    ///     .percent_for("content", dec!(100), "3 videos, 5 articles, 3 designs")
    ///     .check()?;
    /// assert_eq!(event.lines()["content"].purpose(), Some("3 videos, 5 articles, 3 designs"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn percent_for(self, name: impl Into<String>, percent: Decimal, purpose: impl Into<String>) -> Self {
        self.line(name, Some(percent), None, Some(purpose.into()))
    }

    /// Adds a line of this amount.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    ///
    /// let short = Budget::draft("x", "100 CNY".parse()?).amount("a", "70 CNY".parse()?).check();
    /// assert_eq!(
    ///     short.unwrap_err().to_string(),
    ///     "lines: the lines take 70% of 100.00 CNY, 30 percentage points (30.00 CNY) under"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn amount(self, name: impl Into<String>, amount: Money) -> Self {
        self.line(name, None, Some(amount), None)
    }

    /// Adds a line of this amount for this purpose.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    ///
    /// let channels = Budget::draft("quarter", "120000 CNY".parse()?)
    ///     .amount_for("Xiaohongshu KOC", "120000 CNY".parse()?, "100 mid-tier KOCs")
    ///     .check()?;
    /// assert_eq!(channels.lines()["Xiaohongshu KOC"].purpose(), Some("100 mid-tier KOCs"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn amount_for(self, name: impl Into<String>, amount: Money, purpose: impl Into<String>) -> Self {
        self.line(name, None, Some(amount), Some(purpose.into()))
    }

    /// Adds a reserve of `percent` (0 to 100) of the total, released only for its purpose.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    /// use rust_decimal::dec;
    ///
    /// let event = Budget::draft("event", "50000 CNY".parse()?)
    ///     .percent("content", dec!(90))
    ///     .reserve("contingency", dec!(10), "only for unforeseeable costs")
    ///     .check()?;
    /// assert!(event.lines()["contingency"].is_reserve());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn reserve(self, name: impl Into<String>, percent: Decimal, purpose: impl Into<String>) -> Self {
        self.percent_for(name, percent, purpose).last_is_reserve(true)
    }

    /// Adds a reserve of this amount, released only for its purpose.
    ///
    /// # Examples
    /// ```
    /// use marketloop::budget::Budget;
    ///
    /// let event = Budget::draft("event", "500 CNY".parse()?)
    ///     .amount("content", "450 CNY".parse()?)
    ///     .reserve_amount("contingency", "50 CNY".parse()?, "technical failure")
    ///     .check()?;
    /// assert!(event.lines()["contingency"].is_reserve());
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn reserve_amount(self, name: impl Into<String>, amount: Money, purpose: impl Into<String>) -> Self {
        self.amount_for(name, amount, purpose).last_is_reserve(true)
    }

    /// The budget's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds a line with the amount of another one, and its purpose.
    pub(super) fn line_as_it_stands(self, line: &Line) -> Self {
        let purpose = line.purpose.clone();
        self.line(&line.name, None, Some(line.amount), purpose).last_is_reserve(line.reserve)
    }

    pub(super) fn last_is_reserve(mut self, reserve: bool) -> Self {
        if let Some(line) = self.lines.last_mut() {
            line.reserve = reserve;
        }
        self
    }

    fn line(
        mut self,
        name: impl Into<String>,
        percent: Option<Decimal>,
        amount: Option<Money>,
        purpose: Option<String>,
    ) -> Self {
        self.lines.push(LineDraft { name: name.into(), percent, amount, purpose, reserve: false });
        self
    }

    /// The checked budget. Stated amounts are kept; percentages divide their part of the total by largest remainder.
    ///
    /// # Errors
    /// All problems at once, each with its path: `lines[2].percent`, `lines[2].amount`, `lines[2].name`,
    /// `lines` for a sum that is not the total.
    pub fn check(self) -> Result<Budget, Problems<BudgetError>> {
        let mut problems = Problems::new();
        let root = Path::root();
        if self.total.is_negative() {
            problems.push(root.field("total"), BudgetError::NegativeTotal { total: self.total });
        }
        if self.lines.is_empty() {
            problems.push(root.field("lines"), BudgetError::NoLines);
        }
        let mut names = BTreeMap::new();
        let mut claims = Vec::with_capacity(self.lines.len());
        for (index, line) in self.lines.iter().enumerate() {
            let path = root.field("lines").index(index);
            let first = *names.entry(line.name.as_str()).or_insert(index);
            if first != index {
                let name = line.name.clone();
                problems.push(path.field("name"), BudgetError::DuplicateLine { name, first });
            }
            claims.extend(self.claim(line, &path, &mut problems));
        }
        if !problems.is_empty() {
            return problems.finish(None);
        }
        let amounts = self.amounts(&claims);
        let Some(amounts) = problems.take(&root.field("lines"), amounts) else {
            return problems.finish(None);
        };
        let lines = self.lines.into_iter().zip(claims).zip(amounts).map(|((line, claim), amount)| {
            let mut why = Why::new(claim.reason, claim.exact);
            push(&mut why, AmountCause::Rounding, Ratio::from(amount.amount()));
            let LineDraft { name, purpose, reserve, .. } = line;
            Line { name, amount, why, parent: None, has_parts: false, reserve, purpose, release: None }
        });
        let lines = Lines(lines.collect());
        problems.into_result(Budget { name: self.name, total: self.total, lines })
    }

    /// The claim of a line, or its problems.
    fn claim(&self, line: &LineDraft, path: &Path, problems: &mut Problems<BudgetError>) -> Option<Claim> {
        match (line.amount, line.percent) {
            (Some(amount), None) => {
                let path = path.field("amount");
                problems.take(&path, amount.same_currency(self.total))?;
                if amount.is_negative() {
                    problems.push(path, BudgetError::NegativeLine { amount });
                    return None;
                }
                let exact = Ratio::from(amount.amount());
                Some(Claim { exact, reason: AmountCause::Stated })
            }
            (None, Some(percent)) => {
                let path = path.field("percent");
                let share = problems.take(&path, Share::percent(percent))?;
                let exact = Ratio::from(self.total.amount()).times(share.value().into());
                let reason = AmountCause::ShareOf { share, total: self.total };
                Some(Claim { exact: problems.take(&path, exact)?, reason })
            }
            (amount, _) => {
                let found = if amount.is_some() { "both" } else { "neither" };
                problems.push(path.clone(), BudgetError::AmountOrPercent { found });
                None
            }
        }
    }

    /// The amounts of the lines: the claims add up to the total, and their fractions of minor units are divided by
    /// largest remainder.
    fn amounts(&self, claims: &[Claim]) -> Result<Vec<Money>, BudgetError> {
        let sum = claims.iter().try_fold(Ratio::ZERO, |sum, claim| sum.plus(claim.exact))?;
        let total = Ratio::from(self.total.amount());
        let taken = if total.is_zero() {
            // Any share of nothing is nothing: the percentages have to make a whole all the same. Amounts beside them
            // are no shares, and must not fill up a whole that the percentages fall short of.
            let shares = claims.iter().filter_map(|claim| match claim.reason {
                AmountCause::ShareOf { share, .. } => Some(share),
                _ => None,
            });
            let mut shares = shares.peekable();
            if shares.peek().is_none() || !sum.is_zero() {
                Ratio::ONE.plus(sum)?
            } else {
                shares.try_fold(Ratio::ZERO, |sum, share| sum.plus(share.value().into()))?
            }
        } else {
            sum.divided_by(total)?
        };
        if taken != Ratio::ONE {
            // Away from 0, as a difference below a minor unit would else read as none.
            let difference =
                sum.minus(total)?.round((self.total.currency().digits(), Rounding::AwayFromZero))?;
            let difference = Money::new(difference, self.total.currency())?;
            return Err(BudgetError::LinesSum { taken: Box::new(taken), difference, total: self.total });
        }
        // No line is below 0: lines that make a total of 0 are 0 each.
        if self.total.is_zero() {
            return Ok(claims.iter().map(|_| self.total).collect());
        }
        // Stated amounts are kept to the cent; only what percentages leave of a minor unit is divided.
        let shared: Vec<&Claim> = claims.iter().filter(|claim| claim.reason != AmountCause::Stated).collect();
        let stated = claims.iter().filter(|claim| claim.reason == AmountCause::Stated);
        let stated: Vec<Money> = stated.map(|claim| self.whole(claim.exact)).collect::<Result<_, _>>()?;
        let rest = self.total.minus(Money::sum(stated, self.total.currency())?)?;
        let weights = shared.iter().map(|claim| match claim.reason {
            AmountCause::ShareOf { share, .. } => share.value(),
            _ => Decimal::ZERO,
        });
        // Without a rest there may be nothing but shares of 0, which are refused as weights.
        let mut parts = if rest.is_zero() {
            alloc::vec![rest; shared.len()].into_iter()
        } else {
            rest.split_weighted(&Weights::new(weights)?, Apportionment::LargestRemainder).into_iter()
        };
        claims
            .iter()
            .map(|claim| match claim.reason {
                AmountCause::ShareOf { total, .. } => {
                    let part = parts.next();
                    debug_assert!(part.is_some(), "a part for each percentage");
                    Ok(part.unwrap_or_else(|| Money::zero(total.currency())))
                }
                _ => self.whole(claim.exact),
            })
            .collect()
    }

    fn whole(&self, exact: Ratio) -> Result<Money, BudgetError> {
        let currency = self.total.currency();
        Ok(Money::new(exact.round((currency.digits(), Rounding::HalfEven))?, currency)?)
    }
}

/// The exact claim of a line, with its reason.
struct Claim {
    exact: Ratio,
    reason: AmountCause,
}

/// A part of the whole as a percentage with all its decimals, or with four and a `~` where they do not end.
pub(super) fn exact_percent(part: &Ratio) -> String {
    format!("{}%", points(part))
}

/// The difference between a part and the whole: `10 percentage points (5,000.00 CNY) over`.
pub(super) fn off(taken: &Ratio, difference: Money) -> String {
    let points = taken.minus(Ratio::ONE).map_or_else(|_| String::new(), |off| points(&off));
    let (amount, side) = if points.starts_with('-') || difference.is_negative() {
        (difference.negated(), "under")
    } else {
        (difference, "over")
    };
    let points = points.replace('-', "");
    format!("{} ({amount}) {side}", Counted(points, "percentage point"))
}

fn points(part: &Ratio) -> String {
    let Ok(percent) = part.times(Decimal::ONE_HUNDRED.into()) else { return part.to_string() };
    match percent.to_decimal() {
        Some(exact) => exact.to_string(),
        None => percent
            .round((4, Rounding::HalfEven))
            .map_or_else(|_| percent.to_string(), |near| format!("~{near}")),
    }
}

impl TryFrom<BudgetDraft> for Budget {
    type Error = Problems<BudgetError>;

    fn try_from(draft: BudgetDraft) -> Result<Self, Self::Error> {
        draft.check()
    }
}

impl From<Budget> for BudgetDraft {
    fn from(budget: Budget) -> Self {
        let lines = budget.lines.0.into_iter().map(|line| {
            let (percent, amount) = match line.why.steps().next().map(|step| &step.cause) {
                // A share times 100 has two decimals less: it is always exact.
                Some(AmountCause::ShareOf { share, .. }) => {
                    let percent = crate::quantity::multiply(share.value(), Decimal::ONE_HUNDRED);
                    debug_assert!(percent.is_ok(), "{share} has no percentage");
                    (percent.ok().map(|percent| percent.normalize()), None)
                }
                _ => (None, Some(line.amount)),
            };
            LineDraft { name: line.name, percent, amount, purpose: line.purpose, reserve: line.reserve }
        });
        Self { name: budget.name, total: budget.total, lines: lines.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    fn yuan(text: &str) -> Money {
        Money::parse(&alloc::format!("{text} CNY")).unwrap()
    }

    #[test]
    fn percentages_of_odd_cents_add_up() {
        let thirds =
            Budget::draft("odd", yuan("0.05")).percent("a", dec!(50)).percent("b", dec!(50)).check().unwrap();
        assert_eq!(thirds.lines()["a"].amount(), yuan("0.03"));
        assert_eq!(thirds.lines()["b"].amount(), yuan("0.02"));
        assert_eq!(thirds.lines()["a"].exact(), "1/40".parse().unwrap());
        assert_eq!(thirds.lines()["a"].explain(), "50% of 0.05 CNY; rounding +0.005");
        assert_eq!(thirds.lines()["b"].explain(), "50% of 0.05 CNY; rounding -0.005");
        let mixed =
            Budget::draft("mixed", yuan("10.01")).amount("a", yuan("5.00")).percent("b", dec!(50)).check();
        let mixed = mixed.unwrap_err().to_string();
        assert_eq!(
            mixed,
            "lines: the lines take ~99.9500% of 10.01 CNY, ~0.0500 percentage points (0.01 CNY) under"
        );
        let nothing =
            Budget::draft("nothing", yuan("0")).percent("a", dec!(50)).percent("b", dec!(50)).check();
        assert!(nothing.unwrap().lines()["b"].amount().is_zero());
        let short = Budget::draft("nothing", yuan("0")).percent("a", dec!(40)).percent("b", dec!(30)).check();
        let short = short.unwrap_err().to_string();
        assert_eq!(short, "lines: the lines take 70% of 0.00 CNY, 30 percentage points (0.00 CNY) under");
        // An amount is no share: 0.50 and half of nothing do not make a whole of nothing.
        let more = Budget::draft("nothing", yuan("0")).amount("a", yuan("0.50")).percent("b", dec!(50));
        assert_eq!(
            more.check().unwrap_err().to_string(),
            "lines: the lines take 150% of 0.00 CNY, 50 percentage points (0.50 CNY) over"
        );
        let thirds = ["a", "b", "c"]
            .into_iter()
            .fold(Budget::draft("x", yuan("1000000")), |draft, name| draft.percent(name, dec!(33.333)));
        let thirds = thirds.check().unwrap_err().to_string();
        assert_eq!(
            thirds,
            "lines: the lines take 99.999% of 1,000,000.00 CNY, 0.001 percentage points (10.00 CNY) under"
        );
    }

    #[test]
    fn all_problems_of_the_lines_are_told() {
        let mut draft = Budget::draft("x", yuan("100")).percent("a", dec!(140)).amount("a", yuan("-1"));
        draft.lines.push(LineDraft {
            name: "c".into(),
            percent: None,
            amount: None,
            purpose: None,
            reserve: false,
        });
        draft.lines.push(LineDraft {
            amount: Some("5 JPY".parse().unwrap()),
            name: "d".into(),
            ..draft.lines[2].clone()
        });
        assert_eq!(
            draft.check().unwrap_err().to_string(),
            "5 problems\n  lines[0].percent: share 1.4 is outside 0..=1\n  lines[1].name: `a` is the name of line 0 already\n  \
             lines[1].amount: the amount -1.00 CNY is below 0\n  \
             lines[2]: a line has either an amount or a percentage, this one has neither\n  \
             lines[3].amount: JPY and CNY are different currencies"
        );
        assert!(Budget::draft("x", yuan("-1")).check().is_err());
    }

    #[test]
    fn the_wire_form_is_the_draft() {
        let json = r#"{"name":"quarter","total":"400000 CNY","lines":[{"name":"a","amount":"120000 CNY"},{"name":"b","percent":70,"purpose":"p","reserve":true}]}"#;
        let budget: Budget = serde_json::from_str(json).unwrap();
        assert_eq!(budget.lines()["b"].amount(), yuan("280000"));
        let written = serde_json::to_string(&budget).unwrap();
        assert_eq!(serde_json::from_str::<Budget>(&written).unwrap(), budget);
        let short = json.replace("70", "69");
        let refused = serde_json::from_str::<Budget>(&short).unwrap_err().to_string();
        assert!(
            refused.starts_with(
                "lines: the lines take 99% of 400,000.00 CNY, 1 percentage point (4,000.00 CNY) under"
            ),
            "{refused}"
        );
    }
}
