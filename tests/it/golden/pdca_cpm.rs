//! Networks against another implementation, every date, float, driving relation and what-if.

use super::{Golden, files, text};
use marketloop::figure::Figure;
use marketloop::plan::{Change, Network, PlanError, Raci, Relation, Slip, Task, WorkPlan};
use marketloop::time::{NaiveDate, WorkCalendar};
use serde_json::Value;

fn integer(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("no integer: {value}"))
}

struct Case<'a> {
    ids: Vec<&'a str>,
    durations: Vec<u32>,
    relations: Vec<(u32, u32, Relation)>,
}

impl<'a> Case<'a> {
    fn read(case: &'a Value) -> Self {
        let tasks = case["tasks"].as_array().unwrap();
        let ids: Vec<&str> = tasks.iter().map(|task| task[0].as_str().unwrap()).collect();
        let durations = tasks.iter().map(|task| u32::try_from(integer(&task[1])).unwrap()).collect();
        let index =
            |id: &Value| u32::try_from(ids.iter().position(|own| id.as_str() == Some(own)).unwrap()).unwrap();
        let relation = |relation: &Value| {
            let kind: Relation = serde_json::from_value(relation[2].clone()).unwrap();
            let lag = i32::try_from(integer(&relation[3])).unwrap();
            (index(&relation[0]), index(&relation[1]), kind.with_lag(lag))
        };
        let relations = case["relations"].as_array().unwrap().iter().map(relation).collect();
        Self { ids, durations, relations }
    }

    fn index(&self, id: &str) -> usize {
        self.ids.iter().position(|own| *own == id).unwrap()
    }

    /// The same tasks and relations as a plan: each task makes its own id.
    fn plan(&self, start: NaiveDate) -> WorkPlan {
        let tasks = self.ids.iter().zip(&self.durations);
        let mut tasks: Vec<Task> = tasks
            .map(|(id, workdays)| Task::new(*id, *id, *workdays, Raci::new("r", "a")).making(*id))
            .collect();
        for (predecessor, successor, relation) in &self.relations {
            let need = self.ids[*predecessor as usize];
            let task = tasks[*successor as usize].clone();
            tasks[*successor as usize] = task.needing_as(need, *relation);
        }
        WorkPlan::draft("p", start).with_tasks(tasks).check().unwrap()
    }
}

fn check_network(case: &Case<'_>, out: &Value, name: &str) {
    let network = Network::new(&case.durations, &case.relations).unwrap();
    let schedule = network.schedule();
    assert_eq!(schedule.finish(), integer(&out["project_finish"]), "{name}: finish");
    for row in out["rows"].as_array().unwrap() {
        let task = case.index(row[0].as_str().unwrap());
        let actual = [
            schedule.early_start(task),
            schedule.early_finish(task),
            schedule.late_start(task),
            schedule.late_finish(task),
            schedule.total_float(task),
            schedule.free_float(task),
        ];
        let expected: Vec<Option<i64>> = (1..7).map(|column| Some(integer(&row[column]))).collect();
        assert_eq!(actual.to_vec(), expected, "{name}: {row}");
    }
    let mut critical: Vec<&str> = schedule.critical().map(|task| case.ids[task]).collect();
    let mut expected: Vec<&str> =
        out["critical"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    critical.sort_unstable();
    expected.sort_unstable();
    assert_eq!(critical, expected, "{name}: critical");
    let driving: Vec<usize> = serde_json::from_value(out["driving_relation_indices"].clone()).unwrap();
    assert_eq!(schedule.driving_relations(), driving, "{name}: driving relations");
    if let Some(count) = out["n_critical_paths"].as_u64() {
        let paths = schedule.critical_paths(10_000);
        let counted = schedule.critical_path_count();
        assert_eq!(counted, Figure::Known(count.into()), "{name}: critical paths");
        assert_eq!(paths.len() as u64, count.min(10_000), "{name}: listed paths");
    }
}

/// The calendar that a case names: Monday to Friday, or the days of mainland China that the file lists.
fn calendar(case: &Value, golden: &Golden) -> WorkCalendar {
    let (first, last) = ("2020-01-01".parse().unwrap(), "2030-12-31".parse().unwrap());
    match text(case, "calendar") {
        "Mon-Fri" => WorkCalendar::monday_to_friday(first, last).unwrap(),
        "CN" => super::time::china(),
        other => panic!("{}: calendar {other}", golden.file),
    }
}

fn check_dates(case: &Case<'_>, json: &Value, golden: &Golden, name: &str) {
    let date = |value: &Value| value.as_str().map(|text| text.parse::<NaiveDate>().unwrap());
    let plan = case.plan(date(&json["start"]).unwrap());
    let calendar = calendar(json, golden);
    let dated = plan.dated(&calendar).unwrap_or_else(|problems| panic!("{name}: {problems}"));
    for row in json["dated"].as_array().unwrap() {
        let task = &dated[row[0].as_str().unwrap()];
        // Of a milestone the late start is undefined; it is missing of no task.
        assert!(!task.late_start().is_missing(), "{name}: {row}");
        let late = [task.late_start().known(), task.late_finish().known()];
        let actual = [task.start(), Some(task.finish()), late[0], late[1]];
        let expected: Vec<Option<NaiveDate>> = (1..5).map(|column| date(&row[column])).collect();
        assert_eq!(actual.to_vec(), expected, "{name}: {row}");
    }
}

fn check_what_ifs(case: &Case<'_>, json: &Value, name: &str) {
    let start = "2025-01-06".parse().unwrap();
    let plan = case.plan(start);
    let calendar = WorkCalendar::monday_to_friday(start, "2045-12-31".parse().unwrap()).unwrap();
    let dated = plan.dated(&calendar).unwrap();
    for what_if in json["what_if"].as_array().unwrap() {
        let (task, delay) = (text(what_if, "task"), u32::try_from(integer(&what_if["delay"])).unwrap());
        let impact = dated.what_if([(task, Change::Longer(delay))]).unwrap();
        assert_eq!(impact.finish.1, integer(&what_if["project_finish"]), "{name}: {what_if}");
        assert_eq!(impact.delay(), integer(&what_if["project_delta"]), "{name}: {what_if}");
        let shifted =
            impact.moved.iter().filter(|slip| !matches!(slip, Slip::Moved { start: 0, .. })).count();
        assert_eq!(shifted as u64, what_if["shifted_starts"].as_u64().unwrap(), "{name}: {what_if}");
        let float = dated.schedule().total_float(case.index(task)).unwrap();
        assert_eq!(float, integer(&what_if["total_float_before"]), "{name}: {what_if}");
    }
}

#[test]
fn networks_are_scheduled_as_in_the_file() {
    for golden in files("pdca_cpm") {
        let (mut dated, mut what_ifs) = (0, 0);
        for json in golden.list("cases") {
            let (case, name) = (Case::read(json), text(json, "name"));
            check_network(&case, &json["out"], name);
            if !json["dated"].is_null() {
                check_dates(&case, json, &golden, name);
                dated += 1;
            }
            if !json["what_if"].is_null() {
                check_what_ifs(&case, json, name);
                what_ifs += 1;
            }
        }
        println!("{}: {dated} cases with dates, {what_ifs} with what-ifs", golden.file);
        golden.checked(golden.list("cases").len());
    }
}

#[test]
fn a_longer_task_may_shorten_the_project() {
    for golden in files("pdca_cpm") {
        let Some(rows) = golden.json["reverse_criticality"]["rows"].as_array() else { continue };
        for row in rows {
            let duration = u32::try_from(integer(&row[0])).unwrap();
            let relations = [(0, 1, Relation::FinishToFinish(0)), (1, 2, Relation::StartToStart(0))];
            let network = Network::new(&[5, duration, 6], &relations).unwrap();
            assert_eq!(network.schedule().finish(), integer(&row[1]), "{row}");
        }
        golden.checked(rows.len());
    }
}

#[test]
fn a_cycle_comes_back_closed_with_all_groups() {
    for golden in files("pdca_cpm") {
        let Some(cases) = golden.json["cycles"]["cases"].as_array() else { continue };
        for json in cases {
            let case = Case::read(json);
            let Err(PlanError::Cycle { path, groups }) = Network::new(&case.durations, &case.relations)
            else {
                panic!("{json}: not refused");
            };
            let named =
                |tasks: &[usize]| tasks.iter().map(|task| case.ids[*task].to_string()).collect::<Vec<_>>();
            let mut groups: Vec<Vec<String>> = groups.iter().map(|group| named(group)).collect();
            let mut expected: Vec<Vec<String>> =
                serde_json::from_value(json["sccs_with_cycle"].clone()).unwrap();
            groups.iter_mut().chain(&mut expected).for_each(|group| group.sort());
            groups.sort();
            expected.sort();
            assert_eq!(groups, expected, "{json}");
            // One of the file's simple cycles, from whichever task it starts.
            let path = named(&path);
            assert_eq!(path.first(), path.last(), "{json}");
            let open = &path[1..];
            let turned = |cycle: &Vec<String>| {
                (0..cycle.len()).any(|by| {
                    let mut turned = cycle.clone();
                    turned.rotate_left(by);
                    turned == open
                })
            };
            let simple: Vec<Vec<String>> = serde_json::from_value(json["simple_cycles"].clone()).unwrap();
            assert!(simple.iter().any(turned), "{json}: {path:?}");
        }
        golden.checked(cases.len());
    }
}
