//! A cycle with the log that it is made of.

use super::{Command, Context, Cycle, CycleId, EventRecord, PdcaError, decide, replay};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A cycle with its log. Commands add records, and no record ever changes.
///
/// On the wire it is the list of its records.
///
/// # Examples
/// ```
/// use marketloop::pdca::{Command, CommandId, Context, CycleId, CyclePlan, Journal, Phase, StageTable};
/// use marketloop::quantity::Money;
/// use marketloop::time::date;
///
/// let mut quarter = Journal::new(CycleId::new("2026-Q3")?);
/// let by = |command: &str, expected| -> Result<Context, marketloop::Error> {
///     Ok(Context { command: CommandId::new(command)?, expected, by: "Lin".into(), on: date(2026, 7, 1)? })
/// };
/// let plan = CyclePlan::draft("2026-Q3".parse()?, Money::parse("50000 CNY")?, StageTable::quarterly()?)
///     .signed_by("marketing director")
///     .target("repurchase rate", "at least 25 %".parse()?)
///     .line("search", Money::parse("50000 CNY")?)
///     .check()?;
/// quarter.handle(&Command::Plan(Box::new(plan)), &by("plan", 0)?)?;
///
/// // Nobody has signed yet; and a command that was carried out changes nothing when it comes again.
/// let refused = quarter.handle(&Command::Start, &by("start", 1)?).unwrap_err();
/// assert_eq!(refused.to_string(), "start was refused: marketing director has not signed");
/// quarter.handle(&Command::SignOff { role: "marketing director".into() }, &by("sign", 1)?)?;
/// quarter.handle(&Command::SignOff { role: "marketing director".into() }, &by("sign", 1)?)?;
/// quarter.handle(&Command::Start, &by("start", 2)?)?;
/// assert_eq!((quarter.cycle().phase(), quarter.cycle().version()), (Phase::Doing, 3));
///
/// assert_eq!(marketloop::pdca::replay(quarter.records())?, *quarter.cycle());
/// # Ok::<(), marketloop::Error>(())
/// ```
///
/// ```
/// # use marketloop::pdca::Journal;
/// let json = r#"[
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 1,
///     "command": "c-1",
///     "by": "Lin",
///     "on": "2026-07-01",
///     "event": {
///       "inherited": {
///         "seed": {
///           "cycle": "2026-Q2",
///           "period": "2026-Q2",
///           "open_measures": [
///             {
///               "finding": {"cycle": "2026-Q2", "number": 1},
///               "metric": "conversion",
///               "measure": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}
///             }
///           ],
///           "targets": {
///             "conversion": {"target": "at least 2 %", "actual": {"measured": {"value": "1.5", "unit": "%"}}},
///             "cost": {"target": "at most 80 CNY/order, inverse"},
///             "orders": {"target": "at least 500 order", "actual": {"unmeasured": "no tracking"}}
///           },
///           "released": {"search": {"amount": "5.00", "currency": "CNY"}},
///           "findings": []
///         },
///         "provisional": true
///       }
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 2,
///     "command": "c-2",
///     "by": "Lin",
///     "on": "2026-07-01",
///     "event": {
///       "planned": {
///         "period": "2026-Q3",
///         "signatories": ["director"],
///         "targets": {"conversion": "at least 2 %", "orders": "at least 500 order"},
///         "total": {"amount": "100.00", "currency": "CNY"},
///         "lines": {
///           "search": {"amount": "60.00", "currency": "CNY"},
///           "social": {"amount": "40.00", "currency": "CNY"}
///         },
///         "stages": [
///           {
///             "stage": "plan",
///             "task": "quarter's goals and resources",
///             "deliverable": "letter of goal responsibility",
///             "owner": "marketing director",
///             "due": "10 days after period start"
///           },
///           {
///             "stage": "do",
///             "task": "tools, campaigns, tracking",
///             "deliverable": "weekly report and dashboard",
///             "owner": "digital operations",
///             "due": "every Friday"
///           },
///           {
///             "stage": "check",
///             "task": "attainment and bottlenecks",
///             "deliverable": "health report and list of improvements",
///             "owner": "internal audit",
///             "due": "30 days after period end"
///           },
///           {
///             "stage": "act",
///             "task": "optimisation and reinvestment",
///             "deliverable": "iteration plan and training list",
///             "owner": "marketing committee",
///             "due": "45 days after period end"
///           }
///         ],
///         "work": {
///           "title": "work",
///           "start": "2026-07-01",
///           "tasks": [
///             {
///               "id": "brief",
///               "name": "brief",
///               "acceptance": "done",
///               "raci": {"responsible": ["team"], "accountable": ["director"]},
///               "workdays": 3,
///               "progress": {"done": "0"}
///             }
///           ]
///         }
///       }
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 3,
///     "command": "c-3",
///     "by": "Lin",
///     "on": "2026-07-02",
///     "event": {"signed_off": {"role": "director"}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 4,
///     "command": "c-4",
///     "by": "Lin",
///     "on": "2026-07-03",
///     "event": "started"
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 5,
///     "command": "c-5",
///     "by": "Lin",
///     "on": "2026-07-10",
///     "event": {"spent": {"line": "search", "amount": {"amount": "12.34", "currency": "CNY"}, "on": "2026-07-09"}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 6,
///     "command": "c-6",
///     "by": "Lin",
///     "on": "2026-07-10",
///     "event": {
///       "progressed": {"task": "brief", "progress": {"started": "2026-07-03", "finished": "2026-07-07", "done": "1"}}
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 7,
///     "command": "c-7",
///     "by": "Lin",
///     "on": "2026-07-20",
///     "event": {
///       "parent_confirmed": {
///         "seed": {
///           "cycle": "2026-Q2",
///           "period": "2026-Q2",
///           "open_measures": [
///             {
///               "finding": {"cycle": "2026-Q2", "number": 1},
///               "metric": "conversion",
///               "measure": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}
///             }
///           ],
///           "targets": {
///             "conversion": {"target": "at least 2 %", "actual": {"measured": {"value": "1.5", "unit": "%"}}},
///             "cost": {"target": "at most 80 CNY/order, inverse"},
///             "orders": {"target": "at least 500 order", "actual": {"unmeasured": "no tracking"}}
///           },
///           "released": {"search": {"amount": "5.00", "currency": "CNY"}},
///           "findings": [
///             {
///               "finding": {
///                 "metric": "conversion",
///                 "target": "at least 2 %",
///                 "actual": {"value": "1.5", "unit": "%"}
///               },
///               "decision": {"accepted": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}}
///             },
///             {
///               "finding": {
///                 "metric": "conversion",
///                 "target": "at least 2 %",
///                 "actual": {"value": "1.5", "unit": "%"}
///               },
///               "decision": {"rejected": "too dear"}
///             },
///             {
///               "finding": {
///                 "metric": "conversion",
///                 "target": "at least 2 %",
///                 "actual": {"value": "1.5", "unit": "%"}
///               }
///             }
///           ]
///         },
///         "amended": true
///       }
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 8,
///     "command": "c-8",
///     "by": "Lin",
///     "on": "2026-07-21",
///     "event": {
///       "replanned": {
///         "plan": {
///           "period": "2026-Q3",
///           "signatories": ["director"],
///           "targets": {"conversion": "at least 2 %", "orders": "at least 500 order"},
///           "total": {"amount": "90.00", "currency": "CNY"},
///           "lines": {
///             "search": {"amount": "50.00", "currency": "CNY"},
///             "social": {"amount": "40.00", "currency": "CNY"}
///           },
///           "stages": [
///             {
///               "stage": "plan",
///               "task": "quarter's goals and resources",
///               "deliverable": "letter of goal responsibility",
///               "owner": "marketing director",
///               "due": "10 days after period start"
///             },
///             {
///               "stage": "do",
///               "task": "tools, campaigns, tracking",
///               "deliverable": "weekly report and dashboard",
///               "owner": "digital operations",
///               "due": "every Friday"
///             },
///             {
///               "stage": "check",
///               "task": "attainment and bottlenecks",
///               "deliverable": "health report and list of improvements",
///               "owner": "internal audit",
///               "due": "30 days after period end"
///             },
///             {
///               "stage": "act",
///               "task": "optimisation and reinvestment",
///               "deliverable": "iteration plan and training list",
///               "owner": "marketing committee",
///               "due": "45 days after period end"
///             }
///           ],
///           "work": {
///             "title": "work",
///             "start": "2026-07-01",
///             "tasks": [
///               {
///                 "id": "brief",
///                 "name": "brief",
///                 "acceptance": "done",
///                 "raci": {"responsible": ["team"], "accountable": ["director"]},
///                 "workdays": 3,
///                 "progress": {"done": "0"}
///               }
///             ]
///           }
///         },
///         "reason": "the season came early",
///         "voids_sign_off": true
///       }
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 9,
///     "command": "c-9",
///     "by": "Lin",
///     "on": "2026-07-22",
///     "event": {"signed_off": {"role": "director"}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 10,
///     "command": "c-10",
///     "by": "Lin",
///     "on": "2026-07-23",
///     "event": {"due_waived": {"stage": "do", "until": "2026-10-09", "reason": "holidays"}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 11,
///     "command": "c-11",
///     "by": "Lin",
///     "on": "2026-08-01",
///     "event": {"measure_done": {"finding": {"cycle": "2026-Q2", "number": 1}}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 12,
///     "command": "c-12",
///     "by": "Lin",
///     "on": "2026-09-01",
///     "event": {"spent": {"line": "social", "amount": {"amount": "40.00", "currency": "CNY"}, "on": "2026-08-31"}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 13,
///     "command": "c-13",
///     "by": "Lin",
///     "on": "2026-10-08",
///     "event": {"measured": {"target": "conversion", "actual": {"measured": {"value": "1.5", "unit": "%"}}}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 14,
///     "command": "c-14",
///     "by": "Lin",
///     "on": "2026-10-08",
///     "event": {"measured": {"target": "orders", "actual": {"unmeasured": "no tracking"}}}
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 15,
///     "command": "c-15",
///     "by": "Lin",
///     "on": "2026-10-09",
///     "event": "check_begun"
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 16,
///     "command": "c-16",
///     "by": "Lin",
///     "on": "2026-10-12",
///     "event": {
///       "found": {"metric": "conversion", "target": "at least 2 %", "actual": {"value": "1.5", "unit": "%"}}
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 17,
///     "command": "c-17",
///     "by": "Lin",
///     "on": "2026-10-20",
///     "event": "act_begun"
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 18,
///     "command": "c-18",
///     "by": "Lin",
///     "on": "2026-10-21",
///     "event": {
///       "decided": {
///         "finding": 1,
///         "decision": {"accepted": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}}
///       }
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 19,
///     "command": "c-19",
///     "by": "Lin",
///     "on": "2026-10-22",
///     "event": {
///       "released": {
///         "from": {"search": {"amount": "37.66", "currency": "CNY"}},
///         "reassigned": {"video": {"amount": "30.00", "currency": "CNY"}},
///         "returned": {"amount": "7.66", "currency": "CNY"}
///       }
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 20,
///     "command": "c-20",
///     "by": "Lin",
///     "on": "2026-10-23",
///     "event": {
///       "closed": {
///         "seed": {
///           "cycle": "2026-Q3",
///           "period": "2026-Q3",
///           "open_measures": [
///             {
///               "finding": {"cycle": "2026-Q3", "number": 1},
///               "metric": "conversion",
///               "measure": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}
///             }
///           ],
///           "targets": {
///             "conversion": {"target": "at least 2 %", "actual": {"measured": {"value": "1.5", "unit": "%"}}},
///             "orders": {"target": "at least 500 order", "actual": {"unmeasured": "no tracking"}}
///           },
///           "released": {"video": {"amount": "30.00", "currency": "CNY"}},
///           "findings": [
///             {
///               "finding": {
///                 "metric": "conversion",
///                 "target": "at least 2 %",
///                 "actual": {"value": "1.5", "unit": "%"}
///               },
///               "decision": {"accepted": {"measure": "narrow the audience", "owner": "Lin", "due": "2026-10-31"}}
///             }
///           ]
///         }
///       }
///     }
///   },
///   {
///     "schema": 2,
///     "cycle": "2026-Q3",
///     "sequence": 21,
///     "command": "c-21",
///     "by": "Lin",
///     "on": "2026-11-02",
///     "event": {
///       "amended": {
///         "target": "orders",
///         "actual": {"measured": {"value": "510", "unit": "order"}},
///         "reason": "the shop's own count"
///       }
///     }
///   }
/// ]"#;
/// let read: Journal = serde_json::from_str(json)?;
/// assert_eq!(serde_json::from_str::<Journal>(&serde_json::to_string(&read)?)?, read);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<EventRecord>", into = "Vec<EventRecord>")]
pub struct Journal {
    cycle: Cycle,
    records: Vec<EventRecord>,
}

impl Journal {
    /// The journal of a cycle in which nothing has happened yet.
    #[must_use]
    pub const fn new(id: CycleId) -> Self {
        Self { cycle: Cycle::new(id), records: Vec::new() }
    }

    /// Replays stored records and keeps them with the cycle that they make.
    ///
    /// # Errors
    /// Those of [`replay`].
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
    /// // A stored log makes the same journal again.
    /// let records = quarter.records().to_vec();
    /// assert_eq!(Journal::of(records)?, quarter);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn of(records: Vec<EventRecord>) -> Result<Self, PdcaError> {
        // Replayed before they are kept: no journal holds records that make no cycle.
        Ok(Self { cycle: replay(&records)?, records })
    }

    /// The cycle as it stands.
    #[must_use]
    pub const fn cycle(&self) -> &Cycle {
        &self.cycle
    }

    /// All records, in order.
    #[must_use]
    pub fn records(&self) -> &[EventRecord] {
        &self.records
    }

    /// Carries out a command and returns the new records: none if the same command was carried out before under its id.
    ///
    /// # Errors
    /// Those of [`decide`]; then nothing has changed.
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
    /// // The same command again, as after a broken connection, changes nothing.
    /// let plan = quarter.cycle().plan().cloned().unwrap();
    /// assert!(quarter.handle(&Command::Plan(Box::new(plan)), &context)?.is_empty());
    /// // Somebody who saw an older version is told so.
    /// let late = Context { command: CommandId::new("start")?, ..context };
    /// assert_eq!(
    ///     quarter.handle(&Command::Start, &late).unwrap_err().to_string(),
    ///     "the cycle is in version 1, the command was meant for 0"
    /// );
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[expect(clippy::indexing_slicing, reason = "as many records as before, and the new ones behind them")]
    pub fn handle(&mut self, command: &Command, context: &Context) -> Result<&[EventRecord], PdcaError> {
        let events = decide(&self.cycle, command, context)?;
        let before = self.records.len();
        // The events were decided against this very cycle, so that `evolve`, which would ask all guards again, is not
        // needed to take them in.
        for event in events {
            let record = EventRecord {
                cycle: self.cycle.id().clone(),
                sequence: self.cycle.next(),
                command: context.command.clone(),
                by: context.by.clone(),
                on: context.on,
                event,
            };
            let is_new = self.cycle.handle(&record.command, &record.event);
            // `decide` would have answered a known id with no event.
            debug_assert!(is_new, "{} was carried out before", record.command);
            self.cycle.apply(&record);
            self.records.push(record);
        }
        Ok(&self.records[before..])
    }
}

impl TryFrom<Vec<EventRecord>> for Journal {
    type Error = PdcaError;

    fn try_from(records: Vec<EventRecord>) -> Result<Self, Self::Error> {
        Self::of(records)
    }
}

impl From<Journal> for Vec<EventRecord> {
    fn from(journal: Journal) -> Self {
        journal.records
    }
}
