//! Networks of tasks, and work plans on a calendar.

use super::{AlmostValid, almost_valid::Spoil, almost_valid::spoilt, strategy};
use crate::error::{ErrorKind, Path};
use crate::plan::{Change, PlannedDates, Progress, Raci, Relation, Task, WorkPlan, WorkPlanDraft};
use crate::quantity::{Currency, Money, Share};
use crate::time::{NaiveDate, WeekMask, Weekday, WorkCalendar, add_days, date};
use alloc::format;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// Which task waits for which, and how.
type Link = (u32, u32, Relation);

/// A link as it is drawn: two numbers that tasks are counted off by, one for the kind, and the lag.
type Drawn = (u16, u16, u8, i32);

/// Networks of 1 to 13 tasks of 0 to 8 workdays, with up to 24 relations of all kinds and no cycle: what
/// [`Network::new`](crate::plan::Network::new) takes.
///
/// Mean size 7.0 tasks; 60 % are edges: one task, no relation, a task of no workdays.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::plan::Network;
/// use marketloop::strategies::networks;
/// use proptest::prelude::*;
///
/// proptest!(|((durations, relations) in networks().with_tasks(1..20))| {
///     let network = Network::new(&durations, &relations).unwrap();
///     let schedule = network.schedule();
///     let starts: Vec<i64> = (0..network.len()).filter_map(|task| schedule.early_start(task)).collect();
///     laws::starts_are_the_earliest(&durations, &relations, &starts)?;
/// });
/// ```
pub fn networks() -> Networks {
    let kinds = [
        Relation::FinishToStart(0),
        Relation::StartToStart(0),
        Relation::FinishToFinish(0),
        Relation::StartToFinish(0),
    ];
    Networks { tasks: (1..14).into(), relations: (0..=24).into(), kinds: kinds.into(), lags: -3..=3 }
}

/// How networks are made; see [`networks`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Networks {
    tasks: SizeRange,
    relations: SizeRange,
    kinds: Vec<Relation>,
    lags: RangeInclusive<i32>,
}

impl Networks {
    /// Networks of so many tasks.
    pub fn with_tasks(mut self, tasks: impl Into<SizeRange>) -> Self {
        self.tasks = tasks.into();
        self
    }

    /// Networks of so many relations; a single task has none.
    pub fn with_relations(mut self, relations: impl Into<SizeRange>) -> Self {
        self.relations = relations.into();
        self
    }

    /// Relations of these kinds only, whatever lags are given here; of all kinds where none is given.
    pub fn with_kinds(mut self, kinds: impl IntoIterator<Item = Relation>) -> Self {
        let kinds: Vec<Relation> = kinds.into_iter().collect();
        self.kinds = if kinds.is_empty() { networks().kinds } else { kinds };
        self
    }

    /// Relations with a lag in this range, in workdays.
    pub fn with_lags(mut self, lags: RangeInclusive<i32>) -> Self {
        self.lags = lags;
        self
    }

    fn cases(&self) -> impl Strategy<Value = (Vec<u32>, Vec<Link>)> + use<> {
        let durations = vec(0_u32..9, self.tasks.clone());
        let options = self.clone();
        (durations, self.drawn()).prop_map(move |(durations, (drawn, backward))| {
            let links = options.links(durations.len(), &drawn, backward);
            (durations, links)
        })
    }

    fn drawn(&self) -> impl Strategy<Value = (Vec<Drawn>, bool)> + use<> {
        let lags = self.lags.clone();
        let drawn = (any::<u16>(), any::<u16>(), any::<u8>(), lags);
        (vec(drawn, self.relations.clone()), any::<bool>())
    }

    /// The links that were drawn, between this many tasks; from lower to higher numbers, or `backward`: no cycle.
    fn links(&self, tasks: usize, drawn: &[Drawn], backward: bool) -> Vec<Link> {
        let tasks = u32::try_from(tasks).unwrap_or(u32::MAX);
        let link = |&(one, step, kind, lag): &Drawn| {
            let one = u32::from(one).checked_rem(tasks)?;
            // From one to any task but itself.
            let others = tasks.checked_sub(1)?;
            let step = u32::from(step).checked_rem(others)?.checked_add(1)?;
            let other = one.checked_add(step)?.checked_rem(tasks)?;
            let (low, high) = (one.min(other), one.max(other));
            let kind = self.kinds.get(usize::from(kind).checked_rem(self.kinds.len())?)?;
            let (before, after) = if backward { (high, low) } else { (low, high) };
            Some((before, after, kind.with_lag(lag)))
        };
        drawn.iter().filter_map(link).collect()
    }
}

strategy!(Networks => (Vec<u32>, Vec<Link>));

/// Work plans of such [`networks`] that begin in 2026, each with a calendar of 2020 to 2045 that dates it.
///
/// Mean size 6.8 tasks; 67 % are edges: one task, no relation, a milestone, a start on a day off.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::work_plans;
/// use proptest::prelude::*;
///
/// proptest!(|((plan, calendar) in work_plans().with_dates())| {
///     for task in plan.dated(&calendar).unwrap().tasks() {
///         if let Some(start) = task.start() {
///             laws::dates_follow_the_workdays(&calendar, start, task.finish(), task.task().workdays)?;
///         }
///     }
/// });
/// ```
pub fn work_plans() -> WorkPlans {
    WorkPlans { network: networks(), dates: false, costs: false, progress: false }
}

/// How work plans are made; see [`work_plans`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct WorkPlans {
    network: Networks,
    dates: bool,
    costs: bool,
    progress: bool,
}

/// A task as it is drawn: its workdays, its first and last date, its cost, and its progress.
type DrawnTask = (u32, (Option<i64>, Option<i64>), i128, (u8, i64, i64, u32), (bool, bool));

impl WorkPlans {
    /// Plans of such networks.
    pub fn with_network(mut self, network: Networks) -> Self {
        self.network = network;
        self
    }

    /// Tasks that may not begin before a date, and tasks with a deadline, also one that is missed.
    pub const fn with_dates(mut self) -> Self {
        self.dates = true;
        self
    }

    /// Every task has a cost, also of 0.
    pub const fn with_costs(mut self) -> Self {
        self.costs = true;
        self
    }

    /// Tasks that are begun or done.
    pub const fn with_progress(mut self) -> Self {
        self.progress = true;
        self
    }

    /// The JSON of a plan's draft with one fault.
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.cases().prop_map(|(plan, _)| WorkPlanDraft::from(plan)), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = (WorkPlan, WorkCalendar)> + use<> {
        let offset = |most: i64| prop_oneof![3 => Just(None), 1 => (0..most).prop_map(Some)];
        let progress = (0_u8..6, 0_i64..40, 0_i64..40, 0_u32..100);
        let flags = (proptest::bool::weighted(0.2), proptest::bool::weighted(0.2));
        let cost = prop_oneof![1 => Just(0_i128), 7 => 0_i128..10_000_000];
        let task = (0_u32..9, (offset(40), offset(60)), cost, progress, flags);
        let tasks = vec(task, self.network.tasks.clone());
        let options = self.clone();
        (tasks, self.network.drawn(), 0_i64..365, calendars()).prop_filter_map(
            "a work plan",
            move |(tasks, (drawn, backward), start, calendar)| {
                let start = add_days(date(2026, 1, 1).ok()?, start).ok()?;
                let links = options.network.links(tasks.len(), &drawn, backward);
                let mut made = Vec::new();
                for (index, task) in tasks.iter().enumerate() {
                    made.push(options.task(index, task, start)?);
                }
                for (before, after, relation) in links {
                    let needs = &mut made.get_mut(usize::try_from(after).ok()?)?.needs;
                    needs.push((format!("d{before}"), relation));
                }
                let plan = WorkPlan::draft("plan", start).given("brief").with_tasks(made).check().ok()?;
                Some((plan, calendar))
            },
        )
    }

    fn task(&self, index: usize, drawn: &DrawnTask, start: NaiveDate) -> Option<Task> {
        let (workdays, (not_before, finish_by), cost, progress, (needs_brief, reminds)) = *drawn;
        let mut raci = Raci::new("team", "director");
        let mut task = Task::new(format!("t{index}"), "task", workdays, Raci::default());
        if needs_brief {
            task = task.needing("brief");
            raci.consulted.push("legal".into());
        }
        if reminds {
            task = task.with_reminder(0).with_reminder(workdays);
        }
        let day = |days: Option<i64>| days.and_then(|days| add_days(start, days).ok());
        if self.dates {
            (task.not_before, task.finish_by) = (day(not_before), day(finish_by));
        }
        if self.costs {
            task.cost = Some(Money::from_minor(cost, Currency::CNY).ok()?);
        }
        if self.progress {
            let (state, begun, lasted, done) = progress;
            let started = add_days(start, begun).ok()?;
            task.progress = match state {
                0..=2 => Progress::default(),
                3 | 4 => Progress::started(started, Share::percent(done).ok()?),
                _ => Progress::finished(started, add_days(started, lasted).ok()?),
            };
        }
        task.raci = raci;
        Some(task.making(format!("d{index}")))
    }
}

strategy!(WorkPlans => (WorkPlan, WorkCalendar));

/// Baselines of such [`work_plans`], taken on the day of their start. The tasks of all plans have the same ids, so that any
/// plan compares with any baseline.
///
/// Mean size 6.8 tasks; 56 % are edges: one task, a milestone.
///
/// # Examples
/// ```
/// use marketloop::plan::Slip;
/// use marketloop::strategies::{baselines, work_plans};
/// use proptest::prelude::*;
///
/// proptest!(|((plan, calendar) in work_plans(), baseline in baselines())| {
///     let slips = plan.dated(&calendar).unwrap().slips(&baseline).unwrap();
///     let ids: Vec<&str> = plan.tasks().iter().map(|task| task.id.as_str()).collect();
///     prop_assert!(slips.iter().take(ids.len()).map(Slip::id).eq(ids));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn baselines() -> impl Strategy<Value = PlannedDates> + Clone {
    work_plans().with_dates().prop_filter_map("a baseline", |(plan, calendar)| {
        plan.dated(&calendar).ok()?.baseline(plan.start()).ok()
    })
}

/// Changes of a task of up to 40 workdays, to try on a plan.
///
/// Mean size 1.7 digits; 15 % are edges: no workdays.
///
/// # Examples
/// ```
/// use marketloop::plan::Change;
/// use marketloop::strategies::{task_changes, work_plans};
/// use proptest::prelude::*;
///
/// proptest!(|((plan, calendar) in work_plans(), change in task_changes())| {
///     let first = plan.tasks()[0].id.as_str();
///     let impact = plan.dated(&calendar).unwrap().what_if([(first, change)]).unwrap();
///     // What starts later brings no finish forward.
///     prop_assert!(impact.delay() >= 0 || !matches!(change, Change::Delay(_)));
/// });
/// ```
#[must_use = "a strategy does nothing by itself"]
pub fn task_changes() -> impl Strategy<Value = Change> + Clone {
    let workdays = prop_oneof![1 => Just(0_u32), 7 => 0_u32..=40];
    let kind = select(&[Change::Workdays as fn(u32) -> Change, Change::Longer, Change::Delay][..]);
    (kind, workdays).prop_map(|(kind, workdays)| kind(workdays))
}

/// Calendars that date any plan of 2026: weeks of 5 or 6 workdays, with some holidays and make-up days in that year.
pub(super) fn calendars() -> impl Strategy<Value = WorkCalendar> + Clone {
    let week = |first: Weekday, days: usize| {
        WeekMask::new(core::iter::successors(Some(first), |day| Some(day.succ())).take(days))
    };
    let weeks = [WeekMask::MONDAY_TO_FRIDAY, week(Weekday::Mon, 6), week(Weekday::Sun, 5)];
    let dates = || vec(0_i64..400, 0..6);
    (select(weeks.to_vec()), dates(), dates()).prop_filter_map("a calendar", |(week, holidays, makeup)| {
        let new_year = date(2026, 1, 1).ok()?;
        let day = |days: &i64| add_days(new_year, *days).ok();
        let makeup = makeup.iter().filter(|day| !holidays.contains(day)).filter_map(day);
        let (first, last) = (date(2020, 1, 1).ok()?, date(2045, 12, 31).ok()?);
        let (holidays, makeup) =
            (holidays.iter().filter_map(day).collect::<Vec<_>>(), makeup.collect::<Vec<_>>());
        WorkCalendar::new(first, last, week, holidays, makeup).ok()
    })
}

/// The tasks of a draft, and the place of one of them.
fn task_of(json: &mut Value, place: Index) -> Option<(&mut Value, Path)> {
    let tasks = json.get_mut("tasks")?.as_array_mut()?;
    let at = place.index(tasks.len());
    Some((tasks.get_mut(at)?, Path::root().field("tasks").index(at)))
}

/// Adds to a list of a task, which may be left out where it is empty; the place of what was added.
fn push(task: &mut Value, list: &str, value: Value) -> Option<usize> {
    let list = task.as_object_mut()?.entry(list).or_insert_with(|| json!([])).as_array_mut()?;
    list.push(value);
    list.len().checked_sub(1)
}

const SPOILS: [Spoil; 10] = [
    Spoil {
        fault: "a plan without tasks",
        kind: ErrorKind::Empty,
        at: |json, _| {
            *json.get_mut("tasks")? = json!([]);
            Some(Path::root().field("tasks"))
        },
    },
    Spoil {
        fault: "a task whose name is blank",
        kind: ErrorKind::Empty,
        at: |json, place| {
            let (task, path) = task_of(json, place)?;
            *task.get_mut("name")? = json!(" ");
            Some(path.field("name"))
        },
    },
    Spoil {
        fault: "an id that stands twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let tasks = json.get_mut("tasks")?.as_array_mut()?;
            let (first, others) = tasks.split_first_mut()?;
            if others.is_empty() {
                return None;
            }
            let at = place.index(others.len());
            *others.get_mut(at)?.get_mut("id")? = first.get("id")?.clone();
            Some(Path::root().field("tasks").index(at.checked_add(1)?).field("id"))
        },
    },
    Spoil {
        fault: "nobody is responsible",
        kind: ErrorKind::Empty,
        at: |json, place| {
            let (task, path) = task_of(json, place)?;
            *task.pointer_mut("/raci/responsible")? = json!([]);
            Some(path.field("raci").field("responsible"))
        },
    },
    Spoil {
        fault: "two are accountable",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (task, path) = task_of(json, place)?;
            *task.pointer_mut("/raci/accountable")? = json!(["director", "agency"]);
            Some(path.field("raci").field("accountable"))
        },
    },
    Spoil {
        fault: "a need that nobody makes",
        kind: ErrorKind::NotFound,
        at: |json, place| {
            let (task, path) = task_of(json, place)?;
            let at = push(task, "needs", json!({ "deliverable": "approval" }))?;
            Some(path.field("needs").index(at).field("deliverable"))
        },
    },
    Spoil {
        fault: "a deliverable that is made twice",
        kind: ErrorKind::Duplicate,
        at: |json, place| {
            let (task, path) = task_of(json, place)?;
            // By the same task: made by another one it could also close a circle.
            let again = task.pointer("/makes/0")?.clone();
            let at = push(task, "makes", again)?;
            Some(path.field("makes").index(at))
        },
    },
    Spoil {
        fault: "a task that waits for itself",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (task, _) = task_of(json, place)?;
            let own = task.pointer("/makes/0")?.clone();
            push(task, "needs", json!({ "deliverable": own }))?;
            Some(Path::root().field("tasks"))
        },
    },
    Spoil {
        fault: "a cost below 0",
        kind: ErrorKind::OutOfRange,
        at: |json, place| {
            let (task, path) = task_of(json, place)?;
            let cost = json!({ "amount": "-0.01", "currency": "CNY" });
            task.as_object_mut()?.insert("cost".into(), cost);
            Some(path.field("cost"))
        },
    },
    Spoil {
        fault: "something done without a start",
        kind: ErrorKind::Conflict,
        at: |json, place| {
            let (task, path) = task_of(json, place)?;
            task.as_object_mut()?.insert("progress".into(), json!({ "done": "0.5" }));
            Some(path.field("progress"))
        },
    },
];
