//! On which side of a night a milestone stands.
//!
//! An offset is a moment: the evening of one workday and the morning of the next. Tasks need no choice, since they
//! begin in the morning and end in the evening. A milestone has one moment only, and stands in the evening of the work
//! that it waits for; where it waits for a date alone, on that date.

use super::{Schedule, Task, WorkPlan};
use crate::time::NaiveDate;
use alloc::vec::Vec;

/// The morning of a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Morning {
    /// It waits for this date alone, which may be a day off ahead of the workday.
    Of(NaiveDate),
    /// It comes so many workdays after such a milestone: on the workday behind the moment.
    Workday,
}

/// The milestones that stand in a morning, by the index of the task; `not_before` has the offsets of the dates
/// before which tasks may not begin.
#[expect(
    clippy::indexing_slicing,
    reason = "tasks of the plan, of its network and of its bounds are the same"
)]
pub(super) fn mornings(plan: &WorkPlan, schedule: &Schedule<'_>, not_before: &[i64]) -> Vec<Option<Morning>> {
    let network = schedule.network();
    let start = |index: usize| schedule.early(index).0;
    // At the start of the plan both sides are its first workday.
    let is_milestone = |index: usize| network.durations()[index] == 0 && start(index) > 0;
    let own = |(index, task): (usize, &Task)| {
        let sets = is_milestone(index) && not_before[index] == start(index);
        task.not_before.filter(|_| sets).map(Morning::Of)
    };
    let mut mornings: Vec<Option<Morning>> = plan.tasks().iter().enumerate().map(own).collect();
    // What a milestone waits for is known before the milestone.
    for &task in network.order() {
        let index = task as usize;
        let Some(own) = mornings[index] else { continue };
        for arc in schedule.driving(index).filter(|arc| is_milestone(arc.successor as usize)) {
            let handed_on = if arc.weight == 0 { own } else { Morning::Workday };
            let slot = &mut mornings[arc.successor as usize];
            // The later moment wins: a workday behind a date comes after any date that is handed on.
            *slot = (*slot).max(Some(handed_on));
        }
    }
    mornings
}

#[cfg(test)]
mod tests {
    use super::super::{DatedPlan, Progress, Raci, Relation, TaskState};
    use super::*;
    use crate::time::{WorkCalendar, date};
    use alloc::string::String;

    fn on(month: u32, day: u32) -> NaiveDate {
        date(2026, month, day).unwrap()
    }

    fn autumn() -> WorkCalendar {
        WorkCalendar::monday_to_friday(on(10, 1), on(12, 31)).unwrap()
    }

    fn task(id: &str, workdays: u32) -> Task {
        Task::new(id, id, workdays, Raci::new("team", "director")).making(id)
    }

    fn plan(tasks: impl IntoIterator<Item = Task>) -> WorkPlan {
        WorkPlan::draft("double 11", on(11, 2)).with_tasks(tasks).check().unwrap()
    }

    fn reached(dated: &DatedPlan<'_>, id: &str) -> String {
        let task = &dated[id];
        let late = task.late_finish();
        alloc::format!("{} {} {}", task.finish(), late, task.total_float())
    }

    /// N12: a milestone that may not be before a date is dated on it, and its deadline is compared with that.
    #[test]
    fn a_milestone_that_waits_for_a_date_is_reached_on_it() {
        let live = || task("live", 0).with_not_before(on(11, 11));
        let plan = |by| plan([live().with_finish_by(by), task("watch", 1).needing("live")]);
        let calendar = autumn();
        let late = plan(on(11, 10));
        let dated = late.dated(&calendar).unwrap();
        assert_eq!((dated["live"].finish(), dated["watch"].start()), (on(11, 11), Some(on(11, 11))));
        assert_eq!(dated["live"].missed(), Some(on(11, 10)));
        assert_eq!(reached(&dated, "live"), "2026-11-11 2026-11-10 -1");
        let evening = dated.status_of(&dated["live"], on(11, 10), None).unwrap();
        assert_eq!((evening.state, evening.late), (TaskState::NotStarted, 0));
        let done = late.with_progress([("live", Progress::finished(on(11, 11), on(11, 11)))]).unwrap();
        let dated = done.dated(&calendar).unwrap();
        let evening = dated.status_of(&dated["live"], on(11, 11), None).unwrap();
        assert_eq!((evening.state, evening.late), (TaskState::Done, 0));
        // On the day itself it is in time.
        let in_time = plan(on(11, 11));
        let dated = in_time.dated(&calendar).unwrap();
        assert_eq!(dated["live"].missed(), None);
        assert_eq!(reached(&dated, "live"), "2026-11-11 2026-11-11 0");
    }

    /// N12: milestones that wait for such a one.
    #[test]
    fn a_milestone_is_not_reached_before_the_one_it_waits_for() {
        let live = || task("live", 0).with_not_before(on(11, 11));
        let chain = plan([
            live(),
            task("told", 0).needing("live"),
            task("week", 0).needing_as("live", Relation::FinishToStart(5)),
            task("film", 3).needing("live"),
            task("done", 0).needing("film"),
            task("end", 8).needing("film"),
        ]);
        let calendar = autumn();
        let dated = chain.dated(&calendar).unwrap();
        let all = ["live", "told", "week", "done"].map(|id| dated[id].finish());
        assert_eq!(all, [on(11, 11), on(11, 11), on(11, 18), on(11, 13)]);
        // Nothing is later than the end of the plan.
        assert_eq!(dated.finish(), on(11, 25));
        assert_eq!(reached(&dated, "told"), "2026-11-11 2026-11-25 11");
        assert_eq!(reached(&dated, "done"), "2026-11-13 2026-11-25 8");
        // What is finished on the evening before sets an evening, a longer wait than the date nothing else.
        let ahead = plan([task("prepare", 9), live().needing("prepare")]);
        assert_eq!(ahead.dated(&calendar).unwrap()["live"].finish(), on(11, 12));
    }

    #[test]
    fn a_milestone_may_be_reached_on_a_day_off() {
        let saturday = plan([
            task("ready", 5),
            task("live", 0).needing("ready").with_not_before(on(11, 7)).with_finish_by(on(11, 8)),
            task("watch", 1).needing("live"),
        ]);
        let calendar = autumn();
        let dated = saturday.dated(&calendar).unwrap();
        assert_eq!((dated["live"].missed(), dated["watch"].start()), (None, Some(on(11, 9))));
        assert_eq!(reached(&dated, "live"), "2026-11-07 2026-11-07 0");
        // As the last thing of a plan it is the plan's end.
        let last = plan([task("ready", 5), task("live", 0).needing("ready").with_not_before(on(11, 7))]);
        assert_eq!(last.dated(&calendar).unwrap().finish(), on(11, 7));
    }
}
