//! Tasks and relations as a graph, and its schedule by the critical path method.
//!
//! Every relation is brought into one form, `S_s >= S_p + w`, over the starts of predecessor and successor. The
//! outgoing relations of each task stand together (CSR), tasks are numbered in topological order, and a pass
//! forward and one backward give all dates.

use super::relation::Arc;
use super::{PlanError, Relation, cycles};
use crate::figure::Table;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// A network of tasks for the critical path method: durations, and relations without a cycle.
///
/// # Examples
/// ```
/// use marketloop::plan::{Network, Relation};
///
/// // Selection 3 days, shooting 5, editing 4: shooting may start a day before the selection ends.
/// let relations = [
///     (0, 1, Relation::FinishToStart(-1)),
///     (1, 2, Relation::FinishToStart(0)),
/// ];
/// let network = Network::new(&[3, 5, 4], &relations)?;
/// let schedule = network.schedule();
/// assert_eq!(schedule.finish(), 11);
/// assert_eq!(schedule.early_start(1), Some(2));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "CPM")]
#[doc(alias = "critical path")]
#[doc(alias = "关键路径")]
pub struct Network {
    // Indexes of 32 bits: a pass reads half the memory, and the limit of `new` keeps them in range.
    durations: Vec<u32>,
    /// Where the outgoing relations of each task begin; one more than there are tasks.
    begins: Vec<u32>,
    arcs: Vec<Arc>,
    /// The tasks in topological order.
    order: Vec<u32>,
}

impl Serialize for Network {
    /// The durations, and the links `[predecessor, successor, weight]` with `S_s >= S_p + weight` over the starts.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let links =
            |task: usize| self.outgoing(task).iter().map(move |arc| (task, arc.successor, arc.weight));
        let links: Vec<_> = (0..self.len()).flat_map(links).collect();
        let mut fields = serializer.serialize_struct("Network", 2)?;
        fields.serialize_field("durations", &self.durations)?;
        fields.serialize_field("links", &links)?;
        fields.end()
    }
}

impl Network {
    /// The network of tasks with these durations, in whole working days or any other unit, and these relations: each with
    /// the index of the task that is waited for and of the one that waits.
    ///
    /// # Errors
    /// [`PlanError::TooLarge`] beyond 2^30 tasks or relations; [`PlanError::UnknownTask`] with the index of the
    /// relation; [`PlanError::Cycle`] with one closed path and all groups of tasks that wait for each other,
    /// whatever the kinds of relations.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Network, PlanError, Relation};
    ///
    /// let wait = Relation::FinishToStart(0);
    /// let circle = Network::new(&[3, 5], &[(0, 1, wait), (1, 0, wait)]);
    /// assert!(matches!(circle.unwrap_err(), PlanError::Cycle { path, .. } if path == [0, 1, 0]));
    /// ```
    pub fn new(durations: &[u32], relations: &[(u32, u32, Relation)]) -> Result<Self, PlanError> {
        // With 2^30 tasks and relations of at most 2^34 each no sum leaves 64 bits.
        const MAX: usize = 1 << 30;
        let tasks = durations.len();
        if tasks > MAX || relations.len() > MAX {
            return Err(PlanError::TooLarge);
        }
        let unknown = |(before, after, _): &(u32, u32, Relation)| *before.max(after) as usize >= tasks;
        if let Some(index) = relations.iter().position(unknown) {
            return Err(PlanError::UnknownTask { index, tasks });
        }
        let (begins, arcs, waits) = outgoing(durations, relations);
        if let Some(order) = topological(&begins, &arcs, waits) {
            return Ok(Self { durations: durations.to_vec(), begins, arcs, order });
        }
        // Sought only where the order failed: networks without a cycle never pay for the search.
        let (path, groups) = cycles::found(&begins, &arcs);
        Err(PlanError::Cycle { path, groups })
    }

    /// The number of tasks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.durations.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.durations.is_empty()
    }

    /// The durations as given.
    #[must_use]
    pub fn durations(&self) -> &[u32] {
        &self.durations
    }

    /// Schedules the tasks by their relations alone; every task starts at 0 or later.
    #[must_use]
    pub fn schedule(&self) -> Schedule<'_> {
        self.schedule_within(&[], &[])
    }

    /// Schedules the tasks within bounds of their own: `not_before` is the earliest start of each task and `finish_by`
    /// its latest finish, as offsets from the start of the project. A task beyond the end of a column has no bound. A
    /// latest finish that cannot be met gives negative floats. Bounds beyond 2^60 are cut to 2^60.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Network, Relation};
    ///
    /// let network = Network::new(&[3, 5], &[(0, 1, Relation::FinishToStart(0))])?;
    /// // The first task may begin on day 2, the second has to be done by day 9: one day is lacking.
    /// let schedule = network.schedule_within(&[2], &[None, Some(9)]);
    /// assert_eq!((schedule.finish(), schedule.total_float(0)), (10, Some(-1)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "tasks of `order` and `arcs` are below the number of tasks")]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "sums of 2^30 weights of 34 bits, bounds clamped to 61: see `FAR`"
    )]
    pub fn schedule_within(&self, not_before: &[i64], finish_by: &[Option<i64>]) -> Schedule<'_> {
        // So that all dates and floats fit 64 bits. A path has fewer than 2^30 relations of at most 1.5 * 2^32
        // each, in sum less than 1.5 * 2^62. A float is the longest path between a first start and a last finish, and
        // both bounds: with 2^60 for a bound it stays above -2^63.
        const FAR: i64 = 1 << 60;
        let tasks = self.durations.len();
        let mut early = vec![0_i64; tasks];
        for (start, bound) in early.iter_mut().zip(not_before) {
            *start = (*bound).clamp(0, FAR);
        }
        let mut finish = 0;
        // All that a task waits for stands before it: its early start is final when its turn comes.
        for &task in &self.order {
            let task = task as usize;
            let start = early[task];
            finish = finish.max(start + i64::from(self.durations[task]));
            for arc in self.outgoing(task) {
                let successor = arc.successor as usize;
                early[successor] = early[successor].max(start + arc.weight);
            }
        }
        let mut late = vec![0_i64; tasks];
        for &task in self.order.iter().rev() {
            let task = task as usize;
            let imposed = finish_by.get(task).copied().flatten().map(|by| by.clamp(-FAR, FAR));
            // A deadline behind the finish gives no float beyond that of the project.
            let end = imposed.map_or(finish, |by| by.min(finish));
            let mut latest = end - i64::from(self.durations[task]);
            for arc in self.outgoing(task) {
                latest = latest.min(late[arc.successor as usize] - arc.weight);
            }
            late[task] = latest;
        }
        Schedule { network: self, finish, early, late }
    }

    #[inline]
    #[expect(clippy::indexing_slicing, reason = "`begins` rises and has one entry more than there are tasks")]
    #[expect(clippy::arithmetic_side_effects, reason = "an index below the number of tasks")]
    pub(super) fn outgoing(&self, task: usize) -> &[Arc] {
        &self.arcs[self.begins[task] as usize..self.begins[task + 1] as usize]
    }

    /// The tasks in topological order.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }
}

/// The outgoing relations of all tasks, in the order of the tasks and within a task in that of the relations: where
/// they begin, what they are, and for how many each task waits.
#[expect(clippy::indexing_slicing, reason = "tasks of relations were checked to be below their number")]
#[expect(clippy::arithmetic_side_effects, reason = "indexes and counts up to 2^30")]
#[expect(clippy::cast_possible_truncation, reason = "at most 2^30 relations")]
fn outgoing(durations: &[u32], relations: &[(u32, u32, Relation)]) -> (Vec<u32>, Vec<Arc>, Vec<u32>) {
    let tasks = durations.len();
    // Two places ahead: then the first of a task's relations goes where the next task's count stood, and when all
    // are placed, each count has become where the next task begins.
    let mut begins = vec![0_u32; tasks + 2];
    let mut waits = vec![0_u32; tasks];
    for (predecessor, successor, _) in relations {
        begins[*predecessor as usize + 2] += 1;
        waits[*successor as usize] += 1;
    }
    let mut sum = 0;
    for begin in &mut begins {
        sum += *begin;
        *begin = sum;
    }
    let mut arcs = vec![Arc { successor: 0, relation: 0, weight: 0 }; relations.len()];
    for (index, (predecessor, successor, relation)) in relations.iter().enumerate() {
        let (before, after) = (*predecessor as usize, *successor as usize);
        let weight = relation.weight(durations[before], durations[after]);
        let place = &mut begins[before + 1];
        arcs[*place as usize] = Arc { successor: *successor, relation: index as u32, weight };
        *place += 1;
    }
    begins.truncate(tasks + 1);
    (begins, arcs, waits)
}

/// The tasks so that every one comes after those it waits for (Kahn, 1962), or `None` where there is a cycle.
/// `waits` says for how many relations each task waits.
#[expect(clippy::indexing_slicing, reason = "tasks of arcs are below the number of tasks")]
#[expect(clippy::arithmetic_side_effects, reason = "each arc is counted down once")]
#[expect(clippy::cast_possible_truncation, reason = "at most 2^30 tasks")]
fn topological(begins: &[u32], arcs: &[Arc], mut waits: Vec<u32>) -> Option<Vec<u32>> {
    let tasks = waits.len();
    let mut order: Vec<u32> = Vec::with_capacity(tasks);
    order.extend((0..tasks as u32).filter(|task| waits[*task as usize] == 0));
    // The order is its own queue: what stands from `next` on has no wait left and is not taken yet.
    let mut next = 0;
    while let Some(&task) = order.get(next) {
        next += 1;
        let task = task as usize;
        for arc in &arcs[begins[task] as usize..begins[task + 1] as usize] {
            let left = &mut waits[arc.successor as usize];
            *left -= 1;
            if *left == 0 {
                order.push(arc.successor);
            }
        }
    }
    (order.len() == tasks).then_some(order)
}

/// The dates of all tasks of a network, as offsets from the start of the project; finishes are exclusive: a task
/// of 3 days that starts at 2 finishes at 5.
///
/// # Formula
/// Early dates are the longest paths from the start; late dates the longest paths back from the finish of the
/// project, or from a task's own latest finish. Total float = late start - early start. Free float is the least
/// slack of an outgoing relation at early dates, at most the finish of the project less the early finish
/// (Kelley and Walker, 1959).
///
/// On the wire the finish and the dates of each task, as in [`table`](Self::table).
#[derive(Debug, Clone)]
pub struct Schedule<'a> {
    network: &'a Network,
    finish: i64,
    early: Vec<i64>,
    late: Vec<i64>,
}

/// The dates of one task on the wire.
#[derive(serde::Serialize)]
#[serde(rename = "ScheduledTask")]
pub(super) struct Row {
    pub(super) early_start: i64,
    pub(super) early_finish: i64,
    pub(super) late_start: i64,
    pub(super) late_finish: i64,
    pub(super) total_float: i64,
    pub(super) free_float: i64,
}

impl Serialize for Schedule<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Schedule", 2)?;
        fields.serialize_field("finish", &self.finish)?;
        fields.serialize_field("tasks", &self.rows().collect::<Vec<_>>())?;
        fields.end()
    }
}

impl fmt::Display for Schedule<'_> {
    /// The [`table`](Self::table).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl<'a> Schedule<'a> {
    /// The dates and floats of all tasks, a row for each by its index.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Network, Relation};
    ///
    /// let network = Network::new(&[3, 5], &[(0, 1, Relation::FinishToStart(0))])?;
    /// let table = network.schedule().table();
    /// assert_eq!(table.get("1", "early finish").and_then(|cell| cell.value.as_deref()), Some("8"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn table(&self) -> Table {
        let mut table = Table::new("task");
        for (task, row) in self.rows().enumerate() {
            table.push(task, "early start", row.early_start);
            table.push(task, "early finish", row.early_finish);
            table.push(task, "late start", row.late_start);
            table.push(task, "late finish", row.late_finish);
            table.push(task, "total float", row.total_float);
            table.push(task, "free float", row.free_float);
        }
        table
    }

    fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        (0..self.early.len()).map(|task| self.row(task))
    }

    /// The dates of a task of the network.
    #[expect(clippy::indexing_slicing, reason = "a task of the network has a place in each column")]
    #[expect(clippy::arithmetic_side_effects, reason = "dates and floats fit 64 bits: see `FAR`")]
    pub(super) fn row(&self, task: usize) -> Row {
        let (early, late) = (self.early[task], self.late[task]);
        let duration = i64::from(self.network.durations[task]);
        // A task that drives nothing may slip up to the finish of the project.
        let mut slack = self.finish - early - duration;
        for arc in self.network.outgoing(task) {
            slack = slack.min(self.early[arc.successor as usize] - early - arc.weight);
        }
        Row {
            early_start: early,
            early_finish: early + duration,
            late_start: late,
            late_finish: late + duration,
            total_float: late - early,
            free_float: slack,
        }
    }

    /// The early start and finish of a task of the network.
    #[expect(clippy::indexing_slicing, reason = "a task of the network has a place in each column")]
    #[expect(clippy::arithmetic_side_effects, reason = "dates fit 64 bits: see `FAR`")]
    pub(super) fn early(&self, task: usize) -> (i64, i64) {
        let start = self.early[task];
        (start, start + i64::from(self.network.durations[task]))
    }

    /// The task, if the network has it.
    fn known(&self, task: usize) -> Option<usize> {
        Some(task).filter(|task| *task < self.early.len())
    }

    /// The network.
    #[must_use]
    pub const fn network(&self) -> &'a Network {
        self.network
    }

    /// When the last task finishes.
    #[must_use]
    pub const fn finish(&self) -> i64 {
        self.finish
    }

    /// The early start of a task by its index; `None` if the network has no such task.
    #[must_use]
    pub fn early_start(&self, task: usize) -> Option<i64> {
        self.early.get(task).copied()
    }

    /// The early finish of a task.
    #[must_use]
    pub fn early_finish(&self, task: usize) -> Option<i64> {
        self.known(task).map(|task| self.early(task).1)
    }

    /// The late start of a task.
    #[must_use]
    pub fn late_start(&self, task: usize) -> Option<i64> {
        self.late.get(task).copied()
    }

    /// The late finish of a task.
    #[must_use]
    pub fn late_finish(&self, task: usize) -> Option<i64> {
        #[expect(clippy::arithmetic_side_effects, reason = "dates fit 64 bits: see `FAR`")]
        Some(self.late_start(task)? + i64::from(*self.network.durations.get(task)?))
    }

    /// The total float: how long a task can slip without moving the end of the project; negative if a latest finish is
    /// missed.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::Network;
    ///
    /// let network = Network::new(&[3, 5], &[])?; // two tasks side by side
    /// assert_eq!((network.schedule().total_float(0), network.schedule().total_float(1)), (Some(2), Some(0)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn total_float(&self, task: usize) -> Option<i64> {
        #[expect(clippy::arithmetic_side_effects, reason = "floats fit 64 bits: see `FAR`")]
        Some(self.late_start(task)? - self.early_start(task)?)
    }

    /// The free float: how long a task can slip without moving any other task.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::{Network, Relation};
    ///
    /// let wait = Relation::FinishToStart(0);
    /// let network = Network::new(&[1, 1, 5], &[(0, 1, wait)])?;
    /// let schedule = network.schedule();
    /// // Task 0 can slip by 3 days without moving the end, but not by one without moving task 1.
    /// assert_eq!((schedule.total_float(0), schedule.free_float(0)), (Some(3), Some(0)));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn free_float(&self, task: usize) -> Option<i64> {
        self.known(task).map(|task| self.row(task).free_float)
    }

    /// Whether a task has no float.
    ///
    /// # Examples
    /// ```
    /// use marketloop::plan::Network;
    ///
    /// let network = Network::new(&[3, 5], &[])?;
    /// assert!(!network.schedule().is_critical(0) && network.schedule().is_critical(1));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn is_critical(&self, task: usize) -> bool {
        // Below 0 too: where a deadline is missed there is less than no float.
        self.total_float(task).is_some_and(|float| float <= 0)
    }

    /// The indexes of the tasks without float.
    pub fn critical(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.early.len()).filter(|task| self.is_critical(*task))
    }

    /// The indexes of the relations that set the early start of their successor, in their order.
    #[must_use]
    pub fn driving_relations(&self) -> Vec<usize> {
        let mut driving: Vec<usize> = Vec::new();
        for task in 0..self.early.len() {
            driving.extend(self.driving(task).map(|arc| arc.relation as usize));
        }
        driving.sort_unstable();
        driving
    }

    /// The outgoing relations of a task that drive their successors.
    #[expect(clippy::indexing_slicing, reason = "tasks of the network, to which its relations lead too")]
    #[expect(clippy::arithmetic_side_effects, reason = "dates fit 64 bits: see `FAR`")]
    pub(super) fn driving(&self, task: usize) -> impl Iterator<Item = &'a Arc> + '_ {
        let start = self.early[task];
        let arcs = self.network.outgoing(task).iter();
        arcs.filter(move |arc| start + arc.weight == self.early[arc.successor as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Relation::{FinishToFinish, FinishToStart, StartToFinish, StartToStart};

    #[test]
    fn each_kind_waits_for_its_end() {
        for (relation, start) in
            [(FinishToStart(1), 5), (StartToStart(1), 1), (FinishToFinish(1), 2), (StartToFinish(1), 0)]
        {
            let network = Network::new(&[4, 3], &[(0, 1, relation)]).unwrap();
            assert_eq!(network.schedule().early_start(1), Some(start), "{relation}");
        }
    }

    #[test]
    fn a_last_finish_that_is_missed_makes_floats_negative() {
        let network = Network::new(&[3, 2, 1], &[(0, 1, FinishToStart(0))]).unwrap();
        let schedule = network.schedule_within(&[0, 0, 2], &[None, Some(4)]);
        let floats: Vec<_> = (0..3).map(|task| schedule.total_float(task)).collect();
        assert_eq!(floats, [Some(-1), Some(-1), Some(2)]);
        assert_eq!(schedule.critical().collect::<Vec<_>>(), [0, 1]);
        assert_eq!((schedule.early_start(2), schedule.early_start(3)), (Some(2), None));
        let far = network.schedule_within(&[i64::MAX, i64::MIN], &[Some(i64::MIN), Some(i64::MAX)]);
        assert!(far.total_float(0) < Some(0));
    }

    #[test]
    fn nothing_is_a_network_and_strangers_are_refused() {
        let empty = Network::new(&[], &[]).unwrap();
        assert_eq!((empty.len(), empty.schedule().finish()), (0, 0));
        let stranger = Network::new(&[1], &[(0, 1, FinishToStart(0))]);
        assert_eq!(stranger.unwrap_err(), PlanError::UnknownTask { index: 0, tasks: 1 });
    }
}
