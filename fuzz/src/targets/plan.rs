//! Networks and work plans.
use super::*;

pub fn register(out: &mut Vec<Probe>) {
    use marketloop::plan::*;
    json!(out, WorkPlan, |v, c| use_plan(&v, &mut c.random));
    json!(out, WorkPlanDraft, |v, c| if let Ok(p) = v.check() {
        use_plan(&p, &mut c.random)
    });
    json!(out, Task);
    json!(out, Raci);
    json!(out, Progress, |v, _c| {
        let _ = v.is_sound();
    });
    json!(out, Relation);
    json!(out, Change);
    json!(out, PlannedDates, |v, _c| {
        let _ = (v.taken_on(), v.get("koc"));
    });
}

pub fn use_plan(v: &marketloop::plan::WorkPlan, r: &mut Random) {
    use marketloop::plan::*;
    let s = v.network().schedule();
    let _ = (s.finish(), s.critical().count(), s.driving_relations().len(), s.critical_path_count());
    for i in 0..v.network().len() + 1 {
        let _ = (s.total_float(i), s.free_float(i), s.is_critical(i), s.late_start(i));
    }
    for cal in [
        calendar(r),
        WorkCalendar::monday_to_friday(date(2020, 1, 1).unwrap(), date(2040, 12, 31).unwrap()).unwrap(),
    ] {
        let _ = v.schedule(&cal).is_ok();
        if let Ok(d) = v.dated(&cal) {
            let _ = d.finish();
            if v.tasks().len() < 20 {
                let g = d.gantt();
                ensure!(g.len() < 1 << 20, "gantt of {} bytes", g.len());
            }
            for t in d.tasks() {
                let _ = (
                    t.start(),
                    t.late_start(),
                    t.late_finish(),
                    t.total_float(),
                    t.is_critical(),
                    t.missed(),
                );
            }
            let on = day(r);
            if let Ok(st) = d.status(on, None) {
                let _ = TaskStatus::roll_up(st.iter().map(|(_, s)| s)).is_ok();
            }
            if let Ok(b) = d.baseline(on) {
                round_trip(&b);
                let _ = (
                    d.slips(&b).map(|x| x.len()),
                    d.status(on, Some(&b)).is_ok(),
                    d.reminders(on, day(r)).len(),
                    d.critical_paths(5).len(),
                    d.missed().count(),
                );
            }
            let _ = d.earned_value(on, money(r)).map(|x| format!("{x:?}"));
            if let Some(t) = v.tasks().first() {
                for c in [Change::Workdays(r.u32()), Change::Longer(r.u32()), Change::Delay(r.u32())] {
                    if let Ok(i) = d.what_if([(t.id.as_str(), c)]) {
                        let _ = i.delay();
                    }
                }
                let id = t.id.clone();
                let _ = v.clone().changed(&id, |t| t.workdays = u32::MAX).is_ok();
                let _ = v
                    .clone()
                    .with_progress([(id.as_str(), Progress::started(on, share(r)))])
                    .map(|p| round_trip(&p));
            }
        }
    }
}
