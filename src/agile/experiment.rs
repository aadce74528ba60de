//! Experiments: what is believed, what it may cost, and what was learnt.

use super::AgileError;
use super::hypothesis::{Conclusion, Experiment};
use super::trial::Trial;
use crate::error::{Path, Problems};
use crate::quantity::wire::wire_variants;
use crate::quantity::{Currency, Money, QuantityError};
use crate::time::NaiveDate;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// One line of an [`ExperimentLog`].
///
/// ```
/// # use marketloop::agile::ExperimentEntry;
/// let json = r#"{
///   "spend": {"experiment": "video", "on": "2026-07-07", "amount": {"amount": "60.00", "currency": "CNY"}}
/// }"#;
/// let read: ExperimentEntry = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<ExperimentEntry>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperimentEntry {
    /// An experiment is started.
    Start(Experiment),
    /// Money is spent.
    Spend {
        /// The experiment's id.
        experiment: String,
        /// The day.
        on: NaiveDate,
        /// The amount, 0 or more.
        amount: Money,
    },
    /// The result is in.
    Result(Conclusion),
    /// The result is corrected; the earlier one stays visible.
    Correction(Conclusion),
}

wire_variants!(ExperimentEntry {
    "start" => Start(_),
    "spend" => Spend { experiment, on: own, amount },
    "result" => Result(_),
    "correction" => Correction(_),
});

/// Experiments with their spends and results, in the order in which they were written down. Nothing is ever removed.
///
/// On the wire it is the list of its entries, which are checked one after the other as if they were appended.
///
/// # Examples
/// ```
/// use marketloop::agile::{AgileError, Conclusion, Experiment, ExperimentLog, ExperimentVerdict};
/// use marketloop::figure::Figure;
/// use marketloop::quantity::Money;
/// use marketloop::time::date;
///
/// let mut log = ExperimentLog::new();
/// log.start(Experiment {
///     id: "video-first".into(),
///     because: "visitors leave before the second paragraph".into(),
///     we_believe: "a video on top".into(),
///     metric: "landing page conversion".into(),
///     expected_change: "0.5 %".parse()?,
///     cost_cap: "20000 CNY".parse()?,
///     begins: date(2026, 7, 6)?,
///     ends: date(2026, 7, 17)?,
/// })?;
/// log.spend("video-first", date(2026, 7, 6)?, "15000 CNY".parse()?)?;
///
/// let refused = log.spend("video-first", date(2026, 7, 8)?, "6000 CNY".parse()?).unwrap_err();
/// assert!(matches!(&refused, AgileError::AboveCostCap { excess, .. } if *excess == Money::parse("1000 CNY")?));
///
/// log.conclude(Conclusion {
///     experiment: "video-first".into(),
///     on: date(2026, 7, 20)?,
///     verdict: ExperimentVerdict::Supported,
///     measured_change: "0.7 %".parse()?,
///     learnt: "the first 3 seconds decide".into(),
/// })?;
/// let trial = log.trial("video-first").unwrap();
/// assert_eq!((trial.left().to_string(), trial.moved_as_expected()), ("5,000.00 CNY".into(), Figure::Known(true)));
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::agile::ExperimentLog;
/// let json = r#"[]"#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<ExperimentLog>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<ExperimentEntry>", into = "Vec<ExperimentEntry>")]
pub struct ExperimentLog {
    entries: Vec<ExperimentEntry>,
    trials: BTreeMap<String, Trial>,
}

impl ExperimentLog {
    /// A log without entries.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: Vec::new(), trials: BTreeMap::new() }
    }

    /// The log of these entries, appended one after the other.
    ///
    /// # Errors
    /// The problems of all entries at once, each at its place (`[3].spend.amount`); what is wrong is left out when the
    /// entries after it are checked.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::ExperimentLog;
    ///
    /// let log: ExperimentLog = serde_json::from_str(
    ///     r#"[{"start":{"id":"video","because":"few stay","we_believe":"a video on top","metric":"conversion",
    ///          "expected_change":"0.5 %","cost_cap":"100 CNY","begins":"2026-07-06","ends":"2026-07-17"}}]"#,
    /// )?;
    /// assert_eq!(ExperimentLog::replay(log.entries().to_vec())?, log);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn replay(entries: impl IntoIterator<Item = ExperimentEntry>) -> Result<Self, Problems<AgileError>> {
        let mut log = Self::new();
        let mut problems = Problems::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let path = Path::root().index(index).field(match entry {
                ExperimentEntry::Start(_) => "start",
                ExperimentEntry::Spend { .. } => "spend",
                ExperimentEntry::Result(_) => "result",
                ExperimentEntry::Correction(_) => "correction",
            });
            problems.take_all(&path, log.append(entry));
        }
        problems.into_result(log)
    }

    /// Starts an experiment.
    ///
    /// # Errors
    /// All problems at once, each at its field: [`AgileError::DuplicateId`]; [`AgileError::NoName`];
    /// [`AgileError::NoExpectedChange`]; [`AgileError::NegativeAmount`] of the cap; [`TimeError::Reversed`](crate::time::TimeError::Reversed) as
    /// [`AgileError::Time`].
    pub fn start(&mut self, experiment: Experiment) -> Result<(), Problems<AgileError>> {
        self.append(ExperimentEntry::Start(experiment))
    }

    /// Notes money that is spent on an experiment.
    ///
    /// # Errors
    /// [`AgileError::NoSuchExperiment`]; [`AgileError::Concluded`] where there is a result; [`AgileError::TooEarly`]
    /// before its first day; [`AgileError::NegativeAmount`]; [`AgileError::AboveCostCap`] with the excess;
    /// [`QuantityError::CurrencyMismatch`] as [`AgileError::Quantity`]. The log is then unchanged.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::ExperimentLog;
    /// use marketloop::time::date;
    ///
    /// let mut log: ExperimentLog = serde_json::from_str(
    ///     r#"[{"start":{"id":"video","because":"few stay","we_believe":"a video on top","metric":"conversion",
    ///          "expected_change":"0.5 %","cost_cap":"100 CNY","begins":"2026-07-06","ends":"2026-07-17"}}]"#,
    /// )?;
    /// log.spend("video", date(2026, 7, 6)?, "60 CNY".parse()?)?;
    /// let refused = log.spend("video", date(2026, 7, 7)?, "50 CNY".parse()?).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "the spend exceeds the 40.00 CNY that are left for `video` by 10.00 CNY"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn spend(&mut self, experiment: &str, on: NaiveDate, amount: Money) -> Result<(), AgileError> {
        self.append_spend(experiment.into(), on, amount).map_err(|(_, error)| error)
    }

    /// Notes the result of an experiment. After it nothing is spent.
    ///
    /// # Errors
    /// [`AgileError::NoSuchExperiment`]; [`AgileError::Concluded`] where there is a result, which is corrected instead;
    /// [`AgileError::TooEarly`] before the last spend; [`QuantityError::UnitMismatch`] as [`AgileError::Quantity`];
    /// [`AgileError::NoName`] where nothing was learnt. The log is then unchanged.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::{Conclusion, ExperimentLog, ExperimentVerdict};
    /// use marketloop::time::date;
    ///
    /// let mut log: ExperimentLog = serde_json::from_str(
    ///     r#"[{"start":{"id":"video","because":"few stay","we_believe":"a video on top","metric":"conversion",
    ///          "expected_change":"0.5 %","cost_cap":"100 CNY","begins":"2026-07-06","ends":"2026-07-17"}}]"#,
    /// )?;
    /// let result = Conclusion {
    ///     experiment: "video".into(),
    ///     on: date(2026, 7, 20)?,
    ///     verdict: ExperimentVerdict::Supported,
    ///     measured_change: "0.7 %".parse()?,
    ///     learnt: "the first 3 seconds decide".into(),
    /// };
    /// log.conclude(result)?;
    /// // What is concluded spends no more.
    /// assert!(log.spend("video", date(2026, 7, 21)?, "1 CNY".parse()?).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn conclude(&mut self, conclusion: Conclusion) -> Result<(), Problems<AgileError>> {
        self.append(ExperimentEntry::Result(conclusion))
    }

    /// Corrects the result of an experiment. The earlier results stay in [`Trial::conclusions`].
    ///
    /// # Errors
    /// [`AgileError::NoSuchExperiment`]; [`AgileError::NotConcluded`] where there is no result; [`AgileError::TooEarly`]
    /// before the result; those of a result. The log is then unchanged.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::{Conclusion, ExperimentLog, ExperimentVerdict};
    /// use marketloop::time::date;
    ///
    /// let mut log: ExperimentLog = serde_json::from_str(
    ///     r#"[{"start":{"id":"video","because":"few stay","we_believe":"a video on top","metric":"conversion",
    ///          "expected_change":"0.5 %","cost_cap":"100 CNY","begins":"2026-07-06","ends":"2026-07-17"}}]"#,
    /// )?;
    /// let result = Conclusion {
    ///     experiment: "video".into(),
    ///     on: date(2026, 7, 20)?,
    ///     verdict: ExperimentVerdict::Supported,
    ///     measured_change: "0.7 %".parse()?,
    ///     learnt: "the first 3 seconds decide".into(),
    /// };
    /// log.conclude(result.clone())?;
    /// log.correct(Conclusion { verdict: ExperimentVerdict::Inconclusive, ..result })?;
    /// assert_eq!(log.trial("video").map(|trial| trial.conclusions().len()), Some(2)); // both stay visible
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn correct(&mut self, conclusion: Conclusion) -> Result<(), Problems<AgileError>> {
        self.append(ExperimentEntry::Correction(conclusion))
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// Those of [`start`](Self::start), [`spend`](Self::spend), [`conclude`](Self::conclude) and
    /// [`correct`](Self::correct), each at its field. The log is then unchanged.
    pub fn append(&mut self, entry: ExperimentEntry) -> Result<(), Problems<AgileError>> {
        let mut problems = Problems::new();
        let root = Path::root();
        match &entry {
            ExperimentEntry::Start(experiment) => {
                experiment.check(&mut problems);
                if self.trials.contains_key(&experiment.id) {
                    problems.push(root.field("id"), AgileError::DuplicateId { id: experiment.id.clone() });
                }
                // With any fault in it nothing is started: a trial is made of sound experiments only.
                if problems.is_empty() {
                    self.trials.insert(experiment.id.clone(), Trial::new(experiment.clone()));
                }
            }
            ExperimentEntry::Spend { experiment, on, amount } => {
                if let Err((field, error)) = self.append_spend(experiment.clone(), *on, *amount) {
                    problems.push(root.field(field), error);
                }
                // `append_spend` has kept the entry: to go on would keep it twice.
                return problems.into_result(());
            }
            ExperimentEntry::Result(conclusion) | ExperimentEntry::Correction(conclusion) => {
                let first = matches!(entry, ExperimentEntry::Result(_));
                let trial = self.running(&conclusion.experiment).and_then(|trial| {
                    if first {
                        trial.still_open()?;
                    } else if trial.conclusions().is_empty() {
                        let experiment = conclusion.experiment.clone();
                        return Err(AgileError::NotConcluded { experiment });
                    }
                    Ok(trial)
                });
                if let Some(trial) = problems.take(&root.field("experiment"), trial) {
                    trial.conclude(conclusion, &mut problems);
                }
            }
        }
        // The log of what was refused stays as it was: an entry is kept once all that it says was taken in.
        problems.into_result(()).map(|()| self.entries.push(entry))
    }

    fn append_spend(
        &mut self,
        experiment: String,
        on: NaiveDate,
        amount: Money,
    ) -> Result<(), (&'static str, AgileError)> {
        let trial = self.running(&experiment).map_err(|error| ("experiment", error))?;
        trial.spend(on, amount)?;
        self.entries.push(ExperimentEntry::Spend { experiment, on, amount });
        Ok(())
    }

    fn running(&mut self, experiment: &str) -> Result<&mut Trial, AgileError> {
        let none = || AgileError::NoSuchExperiment { experiment: experiment.into() };
        self.trials.get_mut(experiment).ok_or_else(none)
    }

    /// The entries in the order in which they were appended.
    #[must_use]
    pub fn entries(&self) -> &[ExperimentEntry] {
        &self.entries
    }

    /// The experiment of this id, with its money and results.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::ExperimentLog;
    ///
    /// let log: ExperimentLog = serde_json::from_str(
    ///     r#"[{"start":{"id":"video","because":"few stay","we_believe":"a video on top","metric":"conversion",
    ///          "expected_change":"0.5 %","cost_cap":"100 CNY","begins":"2026-07-06","ends":"2026-07-17"}}]"#,
    /// )?;
    /// assert_eq!(log.trial("video").map(|trial| trial.left().to_string()), Some("100.00 CNY".into()));
    /// assert!(log.trial("radio").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trial(&self, experiment: &str) -> Option<&Trial> {
        self.trials.get(experiment)
    }

    /// All experiments in the order of their ids.
    pub fn trials(&self) -> impl Iterator<Item = &Trial> {
        self.trials.values()
    }

    /// What was spent on all experiments, a sum for each currency of a cap.
    ///
    /// # Errors
    /// [`QuantityError::TooMuchMoney`].
    pub fn spent(&self) -> Result<BTreeMap<Currency, Money>, QuantityError> {
        self.sums(Trial::spent)
    }

    /// What was not spent on all experiments, a sum for each currency of a cap: with [`spent`](Self::spent) it is the sum
    /// of the caps.
    ///
    /// # Errors
    /// [`QuantityError::TooMuchMoney`].
    pub fn left(&self) -> Result<BTreeMap<Currency, Money>, QuantityError> {
        self.sums(Trial::left)
    }

    fn sums(&self, amount: impl Fn(&Trial) -> Money) -> Result<BTreeMap<Currency, Money>, QuantityError> {
        // No rate between currencies is known here: each has a sum of its own.
        let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
        for amount in self.trials.values().map(amount) {
            let sum = sums.entry(amount.currency()).or_insert_with(|| Money::zero(amount.currency()));
            *sum = sum.plus(amount)?;
        }
        Ok(sums)
    }
}

impl TryFrom<Vec<ExperimentEntry>> for ExperimentLog {
    type Error = Problems<AgileError>;

    fn try_from(entries: Vec<ExperimentEntry>) -> Result<Self, Self::Error> {
        Self::replay(entries)
    }
}

impl From<ExperimentLog> for Vec<ExperimentEntry> {
    fn from(log: ExperimentLog) -> Self {
        log.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agile::ExperimentVerdict;
    use crate::figure::Figure;
    use crate::time::TimeError;
    use crate::time::date;
    use alloc::string::ToString;

    fn day(day: u32) -> NaiveDate {
        date(2026, 7, day).unwrap()
    }

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    fn experiment(id: &str, cap: &str) -> Experiment {
        Experiment {
            id: id.into(),
            because: "few stay".into(),
            we_believe: "a video".into(),
            metric: "conversion".into(),
            expected_change: "0.5 %".parse().unwrap(),
            cost_cap: money(cap),
            begins: day(6),
            ends: day(17),
        }
    }

    fn conclusion(on: u32, verdict: ExperimentVerdict, measured: &str) -> Conclusion {
        Conclusion {
            experiment: "a".into(),
            on: day(on),
            verdict,
            measured_change: measured.parse().unwrap(),
            learnt: "the start decides".into(),
        }
    }

    /// R3: no date enters a log that the log on the wire cannot hold.
    #[test]
    fn every_date_of_a_log_is_checked() {
        let far = NaiveDate::MAX;
        let paths = |refused: Result<(), Problems<AgileError>>| -> Vec<String> {
            refused.unwrap_err().iter().map(|problem| problem.path.to_string()).collect()
        };
        let endless = Experiment { begins: far, ends: far, ..experiment("a", "100 CNY") };
        assert_eq!(paths(ExperimentLog::new().start(endless)), ["begins", "ends"]);
        let mut log = log();
        let error = AgileError::Time(TimeError::YearOutOfRange { date: far });
        assert_eq!(log.spend("a", far, money("1 CNY")), Err(error));
        let late = Conclusion { on: far, ..conclusion(17, ExperimentVerdict::Supported, "0.7 %") };
        assert_eq!(paths(log.conclude(late)), ["on"]);
    }

    fn log() -> ExperimentLog {
        let mut log = ExperimentLog::new();
        log.start(experiment("a", "100 CNY")).unwrap();
        log
    }

    #[test]
    fn the_cap_is_reached_and_never_passed() {
        let mut log = log();
        log.spend("a", day(6), money("60 CNY")).unwrap();
        let before = log.clone();
        let refused = log.spend("a", day(7), money("40.01 CNY")).unwrap_err();
        assert_eq!(refused.to_string(), "the spend exceeds the 40.00 CNY that are left for `a` by 0.01 CNY");
        assert_eq!(log, before);
        log.spend("a", day(30), money("40 CNY")).unwrap();
        let trial = log.trial("a").unwrap();
        assert_eq!((trial.spent(), trial.left()), (money("100 CNY"), money("0 CNY")));
        log.spend("a", day(30), money("0 CNY")).unwrap();
        assert!(matches!(log.spend("a", day(30), money("0.01 CNY")), Err(AgileError::AboveCostCap { .. })));
    }

    #[test]
    fn every_bad_spend_is_refused() {
        let mut log = log();
        let mut refused = |id: &str, on, amount: &str| log.spend(id, day(on), money(amount)).unwrap_err();
        assert_eq!(refused("b", 6, "1 CNY").to_string(), "there is no experiment `b`");
        assert_eq!(
            refused("a", 5, "1 CNY").to_string(),
            "2026-07-05 is before 2026-07-06, the earliest date for this entry of `a`"
        );
        assert_eq!(refused("a", 6, "-1 CNY").to_string(), "-1.00 CNY is below 0");
        assert_eq!(refused("a", 6, "1 USD").to_string(), "CNY and USD are different currencies");
        assert_eq!(log.entries().len(), 1);
    }

    #[test]
    fn a_result_ends_the_spending_and_is_corrected_in_sight() {
        let mut log = log();
        log.spend("a", day(8), money("60 CNY")).unwrap();
        let early = log.conclude(conclusion(7, ExperimentVerdict::Supported, "0.6 %")).unwrap_err();
        assert!(early.to_string().starts_with("on: 2026-07-07 is before 2026-07-08"));
        let none = log.correct(conclusion(9, ExperimentVerdict::Supported, "0.6 %")).unwrap_err();
        assert_eq!(none.to_string(), "experiment: `a` has no result to correct");
        assert_eq!(log.left().unwrap()[&Currency::CNY], money("40 CNY"));
        // 0.006 is 0.6 %.
        log.conclude(conclusion(9, ExperimentVerdict::Supported, "0.006")).unwrap();
        assert_eq!(log.trial("a").unwrap().moved_as_expected(), Figure::Known(true));
        let spend = log.spend("a", day(9), money("1 CNY"));
        assert_eq!(spend, Err(AgileError::Concluded { experiment: "a".into(), on: day(9) }));
        let second = log.conclude(conclusion(10, ExperimentVerdict::Refuted, "0.1 %")).unwrap_err();
        assert_eq!(second.to_string(), "experiment: `a` has a result since 2026-07-09; it can be corrected");
        log.correct(conclusion(12, ExperimentVerdict::Refuted, "0.1 %")).unwrap();
        let early = log.correct(conclusion(11, ExperimentVerdict::Supported, "0.6 %")).unwrap_err();
        assert!(early.to_string().starts_with("on: 2026-07-11 is before 2026-07-12"));
        let trial = log.trial("a").unwrap();
        let verdicts: Vec<_> = trial.conclusions().iter().map(|one| one.verdict.to_string()).collect();
        assert_eq!(verdicts, ["supported", "refuted"]);
        assert_eq!(
            (trial.conclusion().unwrap().on, trial.moved_as_expected()),
            (day(12), Figure::Known(false))
        );
        assert_eq!(log.left().unwrap()[&Currency::CNY], trial.left());
        assert_eq!(ExperimentLog::replay(log.entries().to_vec()), Ok(log));
    }

    #[test]
    fn a_bad_result_tells_all_its_problems() {
        let mut log = log();
        let mut bad = conclusion(1, ExperimentVerdict::Inconclusive, "1 CNY");
        bad.learnt = " ".into();
        let refused = log.conclude(bad).unwrap_err().to_string();
        assert_eq!(
            refused,
            "3 problems\n  on: 2026-07-01 is before 2026-07-06, the earliest date for this entry of `a`\n  \
             measured_change: units differ: CNY and %\n  learnt: a name or text is empty"
        );
        assert_eq!(log.entries().len(), 1);
        assert!(log.trial("a").unwrap().moved_as_expected().is_missing());
    }

    #[test]
    fn a_bad_experiment_tells_all_its_problems() {
        let mut log = log();
        let bad = Experiment {
            because: String::new(),
            we_believe: " ".into(),
            metric: String::new(),
            expected_change: "0 %".parse().unwrap(),
            ends: day(5),
            ..experiment("a", "-1 CNY")
        };
        let refused = log.start(bad).unwrap_err().to_string();
        assert_eq!(
            refused,
            "7 problems\n  because: a name or text is empty\n  we_believe: a name or text is empty\n  metric: a name \
             or text is empty\n  expected_change: the expected change of `` is 0\n  cost_cap: -1.00 CNY is below \
             0\n  ends: 2026-07-05 is before 2026-07-06\n  id: `a` stands twice"
        );
        assert_eq!(log.trials().count(), 1);
        assert!(log.start(experiment("", "1 CNY")).is_err());
    }

    #[test]
    fn a_fall_is_expected_downward() {
        let mut log = ExperimentLog::new();
        let fall = Experiment { expected_change: "-2 %".parse().unwrap(), ..experiment("a", "0 CNY") };
        log.start(fall).unwrap();
        log.conclude(conclusion(9, ExperimentVerdict::Supported, "-2 %")).unwrap();
        assert_eq!(log.trial("a").unwrap().moved_as_expected(), Figure::Known(true));
        log.correct(conclusion(9, ExperimentVerdict::Inconclusive, "-1.99 %")).unwrap();
        assert_eq!(log.trial("a").unwrap().moved_as_expected(), Figure::Known(false));
    }

    #[test]
    fn sums_are_by_currency_and_may_be_too_large() {
        let most = "792281625142643375935439503.35 CNY";
        let mut log = ExperimentLog::new();
        log.start(experiment("a", most)).unwrap();
        log.start(experiment("b", "5 USD")).unwrap();
        log.spend("a", day(6), money(most)).unwrap();
        log.spend("b", day(6), money("2 USD")).unwrap();
        let usd = Currency::new("USD").unwrap();
        assert_eq!(log.spent().unwrap()[&usd], money("2 USD"));
        assert_eq!(log.left().unwrap()[&usd], money("3 USD"));
        assert_eq!(log.spent().unwrap()[&Currency::CNY], money(most));
        log.start(experiment("c", "1 CNY")).unwrap();
        log.spend("c", day(6), money("1 CNY")).unwrap();
        assert!(matches!(log.spent(), Err(QuantityError::TooMuchMoney { .. })));
    }
}
