//! A journal as evidence: its records in order, and every version of the plan with who signed it and when.

use super::{Event, EventRecord, FindingDecision, FindingId, Journal};
use crate::error::Counted;
use crate::figure::{Cell, Figure, Table};
use crate::quantity::Money;
use crate::quantity::wire::serialize_fields;
use crate::time::NaiveDate;
use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A version of a cycle's plan: what it grants, who wrote it and why, and the signatures it got.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanVersion {
    /// Its number, from 1.
    pub number: u32,
    /// The number of its record in the log.
    pub record: u64,
    /// The day.
    pub on: NaiveDate,
    /// Who wrote it.
    pub by: String,
    /// The money that it grants.
    pub total: Money,
    /// Why it replaced the version before; `None` of the first.
    pub reason: Option<String>,
    /// The signatures: each role with its person and day. A version that changed neither total nor targets keeps those of the one before.
    pub signed: Vec<(String, (String, NaiveDate))>,
    /// The roles that have to sign and have not.
    pub unsigned: Vec<String>,
}

serialize_fields!(PlanVersion {
    number,
    record: own,
    on: own,
    by,
    total: own,
    reason: optional,
    signed: own,
    unsigned: optional,
});

impl PlanVersion {
    /// The versions as rows: day, amount, author, signatures, reason.
    #[must_use]
    pub fn table(versions: &[Self]) -> Table {
        let mut table = Table::new("version");
        for one in versions {
            let signed = one.signed.iter().map(|(role, (by, on))| format!("{role} {by} on {on}"));
            let signed: Vec<String> = signed.collect();
            table.push(one.number, "record", Cell::new(one.record, "record"));
            table.push(one.number, "on", one.on);
            table.push(one.number, "amount", one.total);
            table.push(one.number, "written by", one.by.as_str());
            table.push(
                one.number,
                "signed by",
                if signed.is_empty() {
                    Cell::default().because("nobody yet")
                } else {
                    signed.join(", ").into()
                },
            );
            if !one.unsigned.is_empty() {
                table.push(one.number, "not signed by", one.unsigned.join(", "));
            }
            table.push(one.number, "because", one.reason.as_deref().unwrap_or("the first plan"));
        }
        table
    }
}

impl Journal {
    /// Every version of the plan in order, with its signatures.
    ///
    /// # Examples
    /// ```
    /// use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// use marketloop::quantity::Money;
    /// use marketloop::time::date;
    ///
    /// let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// let money = Money::parse("50000 CNY")?;
    /// let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    ///     .signed_by("director")
    ///     .target("repurchase rate", "at least 25 %".parse()?)
    ///     .line("search", money)
    ///     .check()?;
    /// let on = date(2026, 7, 1)?;
    /// let context = |id, expected, by: &str| Ok::<_, marketloop::Error>(
    ///     Context { command: CommandId::new(id)?, expected, by: by.into(), on });
    /// quarter.handle(&Command::Plan(Box::new(plan)), &context("plan", 0, "Lin")?)?;
    /// assert_eq!(quarter.plan_versions()[0].unsigned, ["director"]);
    /// quarter.handle(&Command::SignOff { role: "director".into() }, &context("sign", 1, "Zhao")?)?;
    /// assert_eq!(quarter.plan_versions()[0].signed, [("director".into(), ("Zhao".into(), on))]);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn plan_versions(&self) -> Vec<PlanVersion> {
        let mut versions: Vec<PlanVersion> = Vec::new();
        for record in self.records() {
            let (plan, reason, voids) = match &record.event {
                Event::Planned(plan) => (plan, None, true),
                Event::Replanned { plan, reason, voids_sign_off } => {
                    (plan, Some(reason.clone()), *voids_sign_off)
                }
                Event::SignedOff { role } => {
                    if let Some(last) = versions.last_mut() {
                        last.signed.push((role.clone(), (record.by.clone(), record.on)));
                        last.unsigned.retain(|own| own != role);
                    }
                    continue;
                }
                _ => continue,
            };
            let signed = match versions.last() {
                Some(before) if !voids => before.signed.clone(),
                _ => Vec::new(),
            };
            let unsigned = plan.signatories().iter().filter(|role| signed.iter().all(|own| own.0 != **role));
            versions.push(PlanVersion {
                // A log has fewer records than a version counter holds.
                number: u32::try_from(versions.len()).unwrap_or(u32::MAX).saturating_add(1),
                record: record.sequence,
                on: record.on,
                by: record.by.clone(),
                total: plan.total(),
                reason,
                unsigned: unsigned.cloned().collect(),
                signed,
            });
        }
        versions
    }

    /// The records in order: day, person, what happened, to what, and the amount where there is one.
    ///
    /// # Examples
    /// ```
    /// # use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, StageTable};
    /// # use marketloop::quantity::Money;
    /// # use marketloop::time::date;
    /// # let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
    /// # let money = Money::parse("50000 CNY")?;
    /// # let plan = CyclePlan::draft("2026-Q3".parse()?, money, StageTable::quarterly()?)
    /// #     .signed_by("director")
    /// #     .target("repurchase rate", "at least 25 %".parse()?)
    /// #     .line("search", money)
    /// #     .check()?;
    /// # let context = Context { command: CommandId::new("plan")?, expected: 0, by: "Lin".into(), on: date(2026, 7, 1)? };
    /// # quarter.handle(&Command::Plan(Box::new(plan)), &context)?;
    /// let log = quarter.table();
    /// assert_eq!(log.get("1", "what").and_then(|cell| cell.value.as_deref()), Some("planned"));
    /// assert_eq!(log.get("1", "amount").and_then(|cell| cell.value.as_deref()), Some("50000.00"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("record");
        let mut found = 0_u32;
        let told: Vec<(&EventRecord, Told)> = self
            .records()
            .iter()
            .map(|record| {
                found = found.saturating_add(u32::from(matches!(record.event, Event::Found(_))));
                (record, told(record, found))
            })
            .collect();
        // Column by column: not every record has an amount, and columns stand in the order in which they come.
        for (record, told) in &told {
            table.push(record.sequence, "on", record.on);
            table.push(record.sequence, "by", record.by.as_str());
            table.push(record.sequence, "what", told.what);
            table.push(record.sequence, "about", told.about.as_str());
        }
        for (record, told) in &told {
            if let Some(amount) = told.amount {
                table.push(record.sequence, "amount", amount);
            }
        }
        for (record, told) in told {
            if !told.why.is_empty() {
                table.push(record.sequence, "in words", told.why);
            }
        }
        table
    }
}

/// A record in words.
struct Told {
    what: &'static str,
    about: String,
    amount: Option<Money>,
    why: String,
}

/// What a record says; `found` is the number of findings up to it.
fn told(record: &EventRecord, found: u32) -> Told {
    let none = String::new;
    let cycle = || record.cycle.to_string();
    let id = |number: u32| FindingId { cycle: record.cycle.clone(), number }.to_string();
    let (what, about, amount, why) = match &record.event {
        Event::Inherited { seed, provisional } => {
            let why = if *provisional { "provisional" } else { "final" };
            ("inherited", seed.cycle.to_string(), None, why.to_owned())
        }
        Event::Planned(plan) => ("planned", plan.period().to_string(), Some(plan.total()), none()),
        Event::SignedOff { role } => ("signed", role.clone(), None, none()),
        Event::Started => ("started", cycle(), None, none()),
        Event::Spent { line, amount, on } => ("spent", line.clone(), Some(*amount), format!("on {on}")),
        Event::Progressed { task, progress } => {
            let done = match progress.finished {
                Some(on) => format!("done on {on}"),
                None => format!("{} done", progress.done),
            };
            ("progress reported", task.clone(), None, done)
        }
        Event::ActualRecorded { target, actual } => ("measured", target.clone(), None, shown(actual)),
        Event::Replanned { plan, reason, voids_sign_off } => {
            let void = if *voids_sign_off { "; signatures are void" } else { "" };
            ("replanned", plan.period().to_string(), Some(plan.total()), format!("{reason}{void}"))
        }
        Event::CheckBegun => ("check begun", cycle(), None, none()),
        Event::Found(finding) => ("found", id(found), None, format!("on target {}", finding.metric())),
        Event::ActBegun => ("act begun", cycle(), None, none()),
        Event::Decided { finding, decision } => {
            let why = match decision {
                FindingDecision::Accepted { measure, owner, due } => {
                    format!("{measure}; {owner}, until {due}")
                }
                FindingDecision::Rejected(reason) => format!("no measure: {reason}"),
            };
            ("decided", id(*finding), None, why)
        }
        Event::CountermeasureDone { finding } => ("measure done", finding.to_string(), None, none()),
        Event::Released { from, reassigned, returned } => {
            let list = |lines: &alloc::collections::BTreeMap<String, Money>| {
                let lines: Vec<String> =
                    lines.iter().map(|(line, amount)| format!("{line} {amount}")).collect();
                if lines.is_empty() { "nothing".to_owned() } else { lines.join(", ") }
            };
            let why =
                format!("{}; to the next cycle: {}; returned: {returned}", list(from), list(reassigned));
            ("released", Counted(from.len(), "line").to_string(), None, why)
        }
        Event::Closed { .. } => ("closed", cycle(), None, none()),
        Event::Amended { target, actual, reason } => {
            ("amended", target.clone(), None, format!("{}: {reason}", shown(actual)))
        }
        Event::Cancelled { reason, returned } => ("cancelled", cycle(), *returned, reason.clone()),
        Event::Postponed { stage, until, reason } => {
            ("postponed", stage.to_string(), None, format!("until {until}: {reason}"))
        }
        Event::ParentConfirmed { seed, .. } => ("parent confirmed", seed.cycle.to_string(), None, none()),
    };
    Told { what, about, amount, why }
}

fn shown(actual: &Figure<crate::target::ActualValue>) -> String {
    match actual {
        Figure::Known(actual) => format!("at {actual:#}"),
        unknown => unknown.to_string(),
    }
}
