//! The wire form of plans, byte for byte.

use super::{pinned, refused, written};
use marketloop::plan::{
    Change, EarningRule, Network, PlannedDates, Progress, Raci, Relation, Slip, Task, TaskState, WorkPlan,
};
use marketloop::quantity::Share;
use marketloop::time::{WorkCalendar, date};

fn plan() -> WorkPlan {
    let raci = Raci { consulted: vec!["legal".into()], ..Raci::new("team", "director") };
    let first = date(2026, 7, 1).unwrap();
    let koc = Task::new("koc", "contracts", 8, raci)
        .with_phase("prepare")
        .with_acceptance("100 signed")
        .making("data pack")
        .with_not_before(first)
        .with_finish_by(date(2026, 7, 15).unwrap())
        .with_reminder(3)
        .with_cost("120000 CNY".parse().unwrap())
        .with_progress(Progress::started(first, Share::percent(40).unwrap()));
    let launch = Task::new("launch", "launch", 0, Raci::new("team", "director"))
        .needing("approval")
        .needing_as("data pack", Relation::StartToFinish(-1));
    WorkPlan::draft("seeding", first).given("approval").task(koc).task(launch).check().unwrap()
}

#[test]
fn a_plan_is_what_was_written_down() {
    let json = [
        r#"{"title":"seeding","start":"2026-07-01","given":["approval"],"tasks":["#,
        r#"{"id":"koc","name":"contracts","phase":"prepare","acceptance":"100 signed","#,
        r#""raci":{"responsible":["team"],"accountable":["director"],"consulted":["legal"]},"workdays":8,"#,
        r#""makes":["data pack"],"not_before":"2026-07-01","finish_by":"2026-07-15","remind":[3],"#,
        r#""cost":{"amount":"120000.00","currency":"CNY"},"progress":{"started":"2026-07-01","done":"0.4"}},"#,
        r#"{"id":"launch","name":"launch","acceptance":"done","#,
        r#""raci":{"responsible":["team"],"accountable":["director"]},"workdays":0,"#,
        r#""needs":[{"deliverable":"approval","relation":"FS"},"#,
        r#"{"deliverable":"data pack","relation":"SF-1"}],"progress":{"done":"0"}}]}"#,
    ]
    .concat();
    pinned(&plan(), &json);
    refused::<WorkPlan>(
        &json.replace(
            r#""makes":["data pack"]"#,
            r#""makes":["data pack","approval"],"needs":[{"deliverable":"x"}]"#,
        ),
        "2 problems\n  tasks[0].makes[1]: `approval` is made twice\n  tasks[0].needs[0].deliverable: nobody makes `x`",
    );
    refused::<WorkPlan>(
        &json.replace(r#""accountable":["director"],"#, r#""accountable":["a","b"],"#),
        "tasks[0].raci.accountable: 2 are",
    );
    refused::<WorkPlan>(
        &json.replace(r#""responsible":["team"]"#, r#""responsible":[]"#),
        "2 problems\n  tasks[0].raci.responsible",
    );
    refused::<WorkPlan>(&json.replace("launch\",\"name", "koc\",\"name"), "tasks[1].id: `koc` stands twice");
    refused::<WorkPlan>(
        &json.replace(r#""done":"0.4""#, r#""done":"1""#),
        "tasks[0].progress: the progress cannot be",
    );
    refused::<WorkPlan>(
        &json.replace(
            r#""makes":["data pack"]"#,
            r#""makes":["data pack"],"needs":[{"deliverable":"data pack"}]"#,
        ),
        "tasks: tasks wait for each other: koc -> koc",
    );
    refused::<WorkPlan>(&json.replace("2026-07-15", "2026-7-15"), "`2026-7-15` is not a date");
}

#[test]
fn a_baseline_is_its_dates() {
    let calendar =
        WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2026, 12, 31).unwrap()).unwrap();
    let plan = plan();
    let baseline = plan.dated(&calendar).unwrap().baseline(date(2026, 7, 1).unwrap()).unwrap();
    pinned(
        &baseline,
        concat!(
            r#"{"taken_on":"2026-07-01","tasks":{"koc":{"start":"2026-07-01","finish":"2026-07-10"},"#,
            r#""launch":{"finish":"2026-07-01"}}}"#
        ),
    );
    refused::<PlannedDates>(r#"{"taken_on":"2026-07-01","tasks":{"a":{}}}"#, "missing field `finish`");
    pinned(&TaskState::InProgress, r#""in_progress""#);
    pinned(&Change::Longer(2), r#"{"longer":2}"#);
    pinned(&Relation::FinishToFinish(0), r#""FF""#);
    pinned(&EarningRule::FiftyFifty, r#""fifty_fifty""#);
}

#[test]
fn a_network_and_its_schedule_are_written() {
    let relation = (0, 1, Relation::FinishToStart(-1));
    pinned(&relation, r#"[0,1,"FS-1"]"#);
    let network = Network::new(&[3, 5], &[relation]).unwrap();
    written(&network, r#"{"durations":[3,5],"links":[[0,1,2]]}"#);
    let json = [
        r#"{"finish":7,"tasks":["#,
        r#"{"early_start":0,"early_finish":3,"late_start":0,"late_finish":3,"total_float":0,"free_float":0},"#,
        r#"{"early_start":2,"early_finish":7,"late_start":2,"late_finish":7,"total_float":0,"free_float":0}]}"#,
    ];
    written(&network.schedule(), &json.concat());
    assert_eq!(network.schedule().to_string().lines().count(), 3);
}

#[test]
fn what_a_dated_plan_answers_is_written() {
    let first = date(2026, 7, 1).unwrap();
    let calendar = WorkCalendar::monday_to_friday(first, date(2026, 7, 31).unwrap()).unwrap();
    let plan = plan();
    let dated = plan.dated(&calendar).unwrap();
    let json = [
        r#"{"finish":"2026-07-10","tasks":[{"id":"koc","start":"2026-07-01","finish":"2026-07-10","#,
        r#""late_start":{"known":"2026-07-01"},"late_finish":{"known":"2026-07-10"},"#,
        r#""total_float":{"known":0},"free_float":0,"is_critical":true},"#,
        r#"{"id":"launch","finish":"2026-07-01","#,
        r#""late_start":{"undefined":{"figure":"late start","cause":{"none":"workday of a milestone"}}},"#,
        r#""late_finish":{"known":"2026-07-10"},"total_float":{"known":8},"free_float":8,"is_critical":false}]}"#,
    ];
    written(&dated, &json.concat());
    let task = json.concat();
    let (_, task) = task.split_once(r#""tasks":["#).unwrap();
    let (koc, _) = task.split_once(r#",{"id":"launch""#).unwrap();
    written(&dated["koc"], koc);
    let status = dated.status(date(2026, 7, 3).unwrap(), None).unwrap();
    written(
        &status[0],
        r#"["koc",{"state":"in_progress","done":"2/5","late":0,"tasks":1,"delayed":0,"workdays":8}]"#,
    );
    written(
        &dated.reminders(first, date(2026, 7, 31).unwrap()),
        r#"[{"id":"koc","on":{"known":"2026-07-10"},"due":"2026-07-15","workdays_ahead":3}]"#,
    );
    let impact = dated.what_if([("koc", Change::Longer(4))]).unwrap();
    let json = [
        r#"{"finish":[8,12],"moved":[{"moved":{"id":"koc","start":0,"finish":4}}],"critical":["koc"],"#,
        r#""newly_critical":[],"broken":[["koc","2026-07-15"]]}"#,
    ];
    written(&impact, &json.concat());
    assert!(impact.to_string().contains("finish moves by"), "{impact}");
    let baseline = dated.baseline(first).unwrap();
    let slips = dated.slips(&baseline).unwrap();
    written(&slips[1], r#"{"moved":{"id":"launch","start":0,"finish":0}}"#);
    assert_eq!(Slip::table(&slips).names(), ["koc", "launch"]);
}
