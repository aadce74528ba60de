//! The wire form of cycles: records of every kind, plans, seeds, and whole logs of every schema that was written.

use super::{pinned, refused, written};
use marketloop::figure::Figure;
use marketloop::pdca::{
    Command, CommandId, CommandKind, Context, Countermeasure, Cycle, CycleId, CyclePlan, DecidedFinding,
    Event, EventRecord, FindingDecision, FindingId, Journal, Lineage, Phase, SCHEMA, Seed, Stage, StageTable,
    TargetOutcome, TargetVerdict, allowed, status,
};
use marketloop::plan::{Progress, Raci, Task, WorkPlan};
use marketloop::quantity::{Money, Share};
use marketloop::review::Finding;
use marketloop::time::{NaiveDate, WorkCalendar, date};
use std::collections::BTreeMap;
use std::fs;

fn on(month: u32, day: u32) -> NaiveDate {
    date(2026, month, day).unwrap()
}

fn yuan(amount: &str) -> Money {
    Money::parse(&format!("{amount} CNY")).unwrap()
}

fn id(text: &str) -> CycleId {
    CycleId::new(text).unwrap()
}

fn finding() -> Finding {
    Finding::new("conversion", "at least 2 %".parse().unwrap(), "1.5 %".parse().unwrap()).unwrap()
}

fn accepted() -> FindingDecision {
    FindingDecision::Accepted { measure: "narrow the audience".into(), owner: "Lin".into(), due: on(10, 31) }
}

fn seed() -> Seed {
    let finding_id = FindingId { cycle: id("2026-Q2"), number: 1 };
    let reached = TargetOutcome {
        target: "at least 2 %".parse().unwrap(),
        actual: Some(Figure::Known("1.5 %".parse().unwrap())),
    };
    let unknown = TargetOutcome {
        target: "at least 500 order".parse().unwrap(),
        actual: Some(Figure::missing("no tracking")),
    };
    let unsaid = TargetOutcome { target: "at most 80 CNY/order, inverse".parse().unwrap(), actual: None };
    let targets = [("conversion", reached), ("orders", unknown), ("cost", unsaid)];
    Seed {
        cycle: id("2026-Q2"),
        period: "2026-Q2".parse().unwrap(),
        open_measures: vec![Countermeasure {
            finding: finding_id,
            metric: "conversion".into(),
            measure: "narrow the audience".into(),
            owner: "Lin".into(),
            due: on(10, 31),
        }],
        targets: targets.map(|(name, target)| (name.to_string(), target)).into(),
        released: [("search".to_string(), yuan("5"))].into(),
        findings: vec![
            DecidedFinding { finding: finding(), decision: Some(accepted()) },
            DecidedFinding {
                finding: finding(),
                decision: Some(FindingDecision::Rejected("too dear".into())),
            },
            DecidedFinding { finding: finding(), decision: None },
        ],
    }
}

const MEASURE: &str = r#"{"measure":"narrow the audience","owner":"Lin","due":"2026-10-31"}"#;
const FINDING: &str =
    r#"{"metric":"conversion","target":"at least 2 %","actual":{"value":"1.5","unit":"%"}}"#;

fn seed_json() -> String {
    [
        r#"{"cycle":"2026-Q2","period":"2026-Q2","open_measures":[{"finding":{"cycle":"2026-Q2","number":1},"#,
        r#""metric":"conversion","measure":"#,
        MEASURE,
        r#"}],"targets":{"conversion":{"target":"at least 2 %","actual":{"measured":{"value":"1.5","unit":"%"}}},"#,
        r#""cost":{"target":"at most 80 CNY/order, inverse"},"#,
        r#""orders":{"target":"at least 500 order","actual":{"unmeasured":"no tracking"}}},"#,
        r#""released":{"search":{"amount":"5.00","currency":"CNY"}},"findings":["#,
        r#"{"finding":"#,
        FINDING,
        r#","decision":{"accepted":"#,
        MEASURE,
        r#"}},{"finding":"#,
        FINDING,
        r#","decision":{"rejected":"too dear"}},{"finding":"#,
        FINDING,
        "}]}",
    ]
    .concat()
}

fn plan(total: &str, search: &str) -> CyclePlan {
    let work = WorkPlan::draft("work", on(7, 1));
    let work = work.task(Task::new("brief", "brief", 3, Raci::new("team", "director")));
    CyclePlan::draft("2026-Q3".parse().unwrap(), yuan(total), StageTable::quarterly().unwrap())
        .signed_by("director")
        .target("conversion", "at least 2 %".parse().unwrap())
        .target("orders", "at least 500 order".parse().unwrap())
        .line("search", yuan(search))
        .line("social", yuan("40"))
        .with_work(work)
        .check()
        .unwrap()
}

const PLAN: &str = concat!(
    r#"{"period":"2026-Q3","signatories":["director"],"#,
    r#""targets":{"conversion":"at least 2 %","orders":"at least 500 order"},"#,
    r#""total":{"amount":"100.00","currency":"CNY"},"#,
    r#""lines":{"search":{"amount":"60.00","currency":"CNY"},"social":{"amount":"40.00","currency":"CNY"}},"#,
    r#""stages":[{"stage":"plan","task":"quarter's goals and resources","#,
    r#""deliverable":"letter of goal responsibility","owner":"marketing director","#,
    r#""due":"10 days after period start"},"#,
    r#"{"stage":"do","task":"tools, campaigns, tracking","deliverable":"weekly report and dashboard","#,
    r#""owner":"digital operations","due":"every Friday"},"#,
    r#"{"stage":"check","task":"attainment and bottlenecks","#,
    r#""deliverable":"health report and list of improvements","owner":"internal audit","#,
    r#""due":"30 days after period end"},"#,
    r#"{"stage":"act","task":"optimisation and reinvestment","#,
    r#""deliverable":"iteration plan and training list","owner":"marketing committee","#,
    r#""due":"45 days after period end"}],"#,
    r#""work":{"title":"work","start":"2026-07-01","tasks":[{"id":"brief","name":"brief","acceptance":"done","#,
    r#""raci":{"responsible":["team"],"accountable":["director"]},"workdays":3,"progress":{"done":"0"}}]}}"#,
);

#[test]
fn a_plan_is_what_was_written_down() {
    pinned(&plan("100", "60"), PLAN);
    refused::<CyclePlan>(
        &PLAN.replace("60.00", "60.01"),
        "lines: the lines add up to 100.01 CNY, 0.01 CNY from the total of 100.00 CNY",
    );
    refused::<CyclePlan>(
        &PLAN.replace(r#"["director"],"targets""#, r#"["director","director"],"targets""#),
        "signatories[1]: director stands twice among those who sign",
    );
    refused::<CyclePlan>(
        &PLAN
            .replace(r#"["director"],"targets""#, r#"[],"targets""#)
            .replace(r#""workdays":3"#, r#""workdays":3,"needs":[{"deliverable":"x"}]"#),
        "2 problems\n  signatories: nobody has to sign the plan\n  work.tasks[0].needs[0].deliverable: nobody makes `x`",
    );
    refused::<CyclePlan>(
        &PLAN.replace(r#"{"stage":"do""#, r#"{"stage":"plan""#),
        "2 problems\n  .: plan has 2 rows, each stage has one\n  .: do has 0 rows, each stage has one",
    );
    refused::<CyclePlan>(&PLAN.replace(r#""period""#, r#""budget":1,"period""#), "unknown field `budget`");
}

#[test]
fn a_seed_is_what_the_next_cycle_begins_with() {
    pinned(&seed(), &seed_json());
    refused::<Seed>(&seed_json().replace(r#""number":1"#, r#""number":-1"#), "invalid value");
    refused::<Seed>(&seed_json().replacen("2026-Q2", " ", 1), "a cycle's id is empty");
    refused::<Seed>(&seed_json().replacen("2026-10-31", "2026-10-32", 1), "there is no day 2026-10-32");
    refused::<Seed>(
        &seed_json().replace(FINDING, &FINDING.replace(r#""unit":"%""#, r#""unit":"day""#)),
        "actual: units differ: day and %",
    );
}

/// A record of this event, and its JSON.
fn record(event: Event) -> EventRecord {
    let command = CommandId::new("c-7").unwrap();
    EventRecord { cycle: id("2026-Q3"), sequence: 7, command, by: "Lin".into(), on: on(7, 8), event }
}

fn record_json(schema: u32, event: &str) -> String {
    format!(
        r#"{{"schema":{schema},"cycle":"2026-Q3","sequence":7,"command":"c-7","by":"Lin","on":"2026-07-08","event":{event}}}"#
    )
}

#[test]
fn a_record_of_every_kind_is_pinned() {
    let reason = || "why".to_string();
    let seed = || Box::new(seed());
    let plan = || Box::new(plan("100", "60"));
    let json = seed_json();
    let release = Event::Released {
        from: [("search".to_string(), yuan("5"))].into(),
        reassigned: [("video".to_string(), yuan("4"))].into(),
        returned: yuan("1"),
    };
    let amendment = Event::Amended {
        target: "conversion".into(),
        actual: Figure::Known("1.6 %".parse().unwrap()),
        reason: reason(),
    };
    let half = Progress::started(on(7, 2), Share::percent(50).unwrap());
    let money = |amount: &str| format!(r#"{{"amount":"{amount}","currency":"CNY"}}"#);
    let (one, four, five) = (money("1.00"), money("4.00"), money("5.00"));
    let records = [
        (
            Event::Inherited { seed: seed(), provisional: true },
            format!(r#"{{"inherited":{{"seed":{json},"provisional":true}}}}"#),
        ),
        (Event::Planned(plan()), format!(r#"{{"planned":{PLAN}}}"#)),
        (Event::SignedOff { role: "director".into() }, r#"{"signed_off":{"role":"director"}}"#.into()),
        (Event::Started, r#""started""#.into()),
        (
            Event::Spent { line: "search".into(), amount: yuan("5"), on: on(7, 6) },
            format!(r#"{{"spent":{{"line":"search","amount":{five},"on":"2026-07-06"}}}}"#),
        ),
        (
            Event::Progressed { task: "brief".into(), progress: half },
            r#"{"progressed":{"task":"brief","progress":{"started":"2026-07-02","done":"0.5"}}}"#.into(),
        ),
        (
            Event::ActualRecorded { target: "orders".into(), actual: Figure::missing(reason()) },
            r#"{"measured":{"target":"orders","actual":{"unmeasured":"why"}}}"#.into(),
        ),
        (
            Event::Replanned { plan: plan(), reason: reason(), voids_sign_off: false },
            format!(r#"{{"replanned":{{"plan":{PLAN},"reason":"why","voids_sign_off":false}}}}"#),
        ),
        (Event::CheckBegun, r#""check_begun""#.into()),
        (Event::Found(Box::new(finding())), format!(r#"{{"found":{FINDING}}}"#)),
        (Event::ActBegun, r#""act_begun""#.into()),
        (
            Event::Decided { finding: 1, decision: accepted() },
            format!(r#"{{"decided":{{"finding":1,"decision":{{"accepted":{MEASURE}}}}}}}"#),
        ),
        (
            Event::CountermeasureDone { finding: FindingId { cycle: id("2026-Q2"), number: 1 } },
            r#"{"measure_done":{"finding":{"cycle":"2026-Q2","number":1}}}"#.into(),
        ),
        (
            release,
            format!(
                r#"{{"released":{{"from":{{"search":{five}}},"reassigned":{{"video":{four}}},"returned":{one}}}}}"#
            ),
        ),
        (Event::Closed { seed: seed() }, format!(r#"{{"closed":{{"seed":{json}}}}}"#)),
        (
            amendment,
            concat!(
                r#"{"amended":{"target":"conversion","actual":{"measured":{"value":"1.6","unit":"%"}},"#,
                r#""reason":"why"}}"#
            )
            .into(),
        ),
        (
            Event::Cancelled { reason: reason(), returned: Some(yuan("5")) },
            format!(r#"{{"cancelled":{{"reason":"why","returned":{five}}}}}"#),
        ),
        (Event::Cancelled { reason: reason(), returned: None }, r#"{"cancelled":{"reason":"why"}}"#.into()),
        (
            Event::Postponed { stage: Stage::Do, until: on(10, 9), reason: reason() },
            r#"{"due_waived":{"stage":"do","until":"2026-10-09","reason":"why"}}"#.into(),
        ),
        (
            Event::ParentConfirmed { seed: seed(), amended: true },
            format!(r#"{{"parent_confirmed":{{"seed":{json},"amended":true}}}}"#),
        ),
    ];
    let mut kinds: Vec<_> = records.iter().map(|(event, _)| event.kind()).collect();
    kinds.dedup();
    kinds.sort_unstable();
    assert_eq!(kinds, marketloop::pdca::CommandKind::ALL);
    for (event, json) in records {
        pinned(&record(event.clone()), &record_json(SCHEMA, &json));
        pinned(&event, &json);
    }
}

#[test]
fn a_command_of_every_kind_reads_back() {
    let money = yuan("5");
    let reason = || "why".to_string();
    let finding_id = FindingId { cycle: id("2026-Q2"), number: 1 };
    let release = Command::Release { from: BTreeMap::new(), reassigned: BTreeMap::new(), returned: money };
    let amount = r#"{"amount":"5.00","currency":"CNY"}"#;
    let unknown = Figure::missing(reason());
    let amendment = Command::Amend { target: "orders".into(), actual: unknown.clone(), reason: reason() };
    let json = seed_json();
    let commands = [
        (
            Command::Inherit { seed: Box::new(seed()), provisional: true },
            format!(r#"{{"inherit":{{"seed":{json},"provisional":true}}}}"#),
        ),
        (Command::Plan(Box::new(plan("100", "60"))), format!(r#"{{"plan":{PLAN}}}"#)),
        (Command::SignOff { role: "director".into() }, r#"{"sign_off":{"role":"director"}}"#.into()),
        (Command::Start, r#""start""#.into()),
        (
            Command::RecordSpend { line: "search".into(), amount: money, on: on(7, 6) },
            format!(r#"{{"record_spend":{{"line":"search","amount":{amount},"on":"2026-07-06"}}}}"#),
        ),
        (
            Command::ReportProgress { task: "brief".into(), progress: Progress::default() },
            r#"{"report_progress":{"task":"brief","progress":{"done":"0"}}}"#.into(),
        ),
        (
            Command::RecordActual { target: "orders".into(), actual: unknown },
            r#"{"record_actual":{"target":"orders","actual":{"unmeasured":"why"}}}"#.into(),
        ),
        (
            Command::Replan { plan: Box::new(plan("100", "60")), reason: reason() },
            format!(r#"{{"replan":{{"plan":{PLAN},"reason":"why"}}}}"#),
        ),
        (Command::BeginCheck, r#""begin_check""#.into()),
        (Command::RecordFinding(Box::new(finding())), format!(r#"{{"record_finding":{FINDING}}}"#)),
        (Command::BeginAct, r#""begin_act""#.into()),
        (
            Command::DecideFinding { finding: 1, decision: accepted() },
            format!(r#"{{"decide_finding":{{"finding":1,"decision":{{"accepted":{MEASURE}}}}}}}"#),
        ),
        (
            Command::CompleteCountermeasure { finding: finding_id },
            r#"{"complete_countermeasure":{"finding":{"cycle":"2026-Q2","number":1}}}"#.into(),
        ),
        (release, format!(r#"{{"release":{{"from":{{}},"returned":{amount}}}}}"#)),
        (Command::Close, r#""close""#.into()),
        (amendment, r#"{"amend":{"target":"orders","actual":{"unmeasured":"why"},"reason":"why"}}"#.into()),
        (Command::Cancel { reason: reason() }, r#"{"cancel":{"reason":"why"}}"#.into()),
        (
            Command::Postpone { stage: Stage::Do, until: on(10, 9), reason: reason() },
            r#"{"postpone":{"stage":"do","until":"2026-10-09","reason":"why"}}"#.into(),
        ),
        (
            Command::ConfirmParent { seed: Box::new(seed()) },
            format!(r#"{{"confirm_parent":{{"seed":{json}}}}}"#),
        ),
    ];
    assert_eq!(commands.each_ref().map(|(command, _)| command.kind()), CommandKind::ALL);
    for (command, json) in commands {
        pinned(&command, &json);
        let kind = serde_json::to_string(&command.kind()).unwrap();
        assert!(json.contains(&kind), "{kind}");
        pinned(&command.kind(), &kind);
    }
    refused::<Command>(
        r#"{"record_spend":{"line":"search","amount":"5 CNY","on":"2026-7-6"}}"#,
        "`2026-7-6` is not a date",
    );
    refused::<Command>(r#"{"cancel":{"reason":"why","by":"Lin"}}"#, "unknown field `by`");
    let context =
        Context { command: CommandId::new("c-1").unwrap(), expected: 3, by: "Lin".into(), on: on(7, 1) };
    pinned(&context, r#"{"command":"c-1","expected":3,"by":"Lin","on":"2026-07-01"}"#);
}

#[test]
fn what_a_cycle_answers_is_written() {
    let draft = Cycle::new(id("2026-Q3"));
    written(&draft, r#"{"id":"2026-Q3","version":0,"phase":"draft"}"#);
    let free = allowed(&draft);
    written(&free[&CommandKind::Start], r#"[{"phase":{"command":"start","phase":"draft"}}]"#);
    assert!(serde_json::to_string(&free).unwrap().contains(r#""sign_off":[{"phase":"#));
    let journal = story();
    let cycle = serde_json::to_value(journal.cycle()).unwrap();
    assert_eq!(cycle["phase"], "closed");
    assert_eq!(cycle["open_measures"].as_array().unwrap().len(), 1);
    assert_eq!(cycle["postponements"][0]["event"]["due_waived"]["stage"], "do");
    assert_eq!(cycle["done_on"]["plan"], "2026-07-02");
    super::every_format::writes(journal.cycle());
    let calendar = WorkCalendar::monday_to_friday(on(7, 1), date(2027, 1, 31).unwrap()).unwrap();
    let status = status(journal.cycle(), on(12, 1), &calendar).unwrap();
    super::every_format::writes(&status);
    let done = [
        r#"{"stage":"do","due":[{"cause":"period start","value":"2026-07-01"},"#,
        r#"{"cause":"occurrence 13","value":"2026-09-25"},{"cause":"period end","value":"2026-09-30"},"#,
        r#"{"cause":"postponed by Lin on 2026-07-23: holidays","value":"2026-10-09"}],"#,
        r#""done_on":{"known":"2026-09-30"},"late":0}"#,
    ];
    let json = serde_json::to_string(&status).unwrap();
    assert!(json.contains(&done.concat()), "{json}");
    assert!(status.to_string().contains("overdue by 31 d"), "{status}");
    written(
        &status.each_task[0],
        concat!(
            r#"{"id":"brief","name":"brief","responsible":["team"],"accountable":["director"],"finish":"2026-07-03","#,
            r#""done_on":{"known":"2026-07-07"},"status":{"state":"done","done":"1","late":2,"tasks":1,"#,
            r#""delayed":0,"workdays":3}}"#,
        ),
    );
    assert!(status.open_tasks().next().is_none() && status.late_tasks().count() == 1);
    let versions = journal.plan_versions();
    written(
        &versions[0],
        concat!(
            r#"{"number":1,"record":2,"on":"2026-07-01","by":"Lin","total":{"amount":"100.00","currency":"CNY"},"#,
            r#""signed":[["director",["Lin","2026-07-02"]]]}"#,
        ),
    );
    let lineage = Lineage::new([journal.cycle()]).unwrap();
    written(
        &lineage,
        &[
            r#"[{"id":{"cycle":"2026-Q3","number":1},"finding":"#,
            FINDING,
            r#","decision":{"accepted":"#,
            MEASURE,
            r#"},"done_on":{"missing":"end of the countermeasure"},"period":"2026-Q3","#,
            r#""targets":{"2026-Q3":{"target":"at least 2 %","actual":{"measured":{"value":"1.5","unit":"%"}}}},"#,
            r#""verdict":{"missing":"a later value of the target"}}]"#,
        ]
        .concat(),
    );
    pinned(&TargetVerdict::StillMet, r#""still_met""#);
    pinned(&Phase::Doing, r#""doing""#);
    pinned(&Stage::Check, r#""check""#);
    pinned(&CommandKind::SignOff, r#""sign_off""#);
}

#[test]
fn a_finding_on_what_nobody_measured_has_its_reason() {
    let unmeasured =
        Finding::unmeasured("conversion", "at least 2 %".parse().unwrap(), "no tracking").unwrap();
    pinned(&unmeasured, r#"{"metric":"conversion","target":"at least 2 %","unmeasured":"no tracking"}"#);
    for (json, refusal) in [
        (
            r#"{"metric":"conversion","target":"at least 2 %"}"#,
            "actual: neither an actual value nor why there is none",
        ),
        (
            r#"{"metric":"conversion","target":"at least 2 %","actual":"1 %","unmeasured":"no tracking"}"#,
            "unmeasured: an actual value, and why there is none",
        ),
        (
            r#"{"metric":"conversion","target":"at least 2 %","unmeasured":" "}"#,
            "unmeasured: a name or text is empty",
        ),
    ] {
        refused::<Finding>(json, refusal);
    }
    // It has no gap, is neither met nor missed, and comes as far up as one of which nothing is reached.
    assert_eq!(unmeasured.gap().unwrap_err().to_string(), "not measured: no tracking");
    assert_eq!(unmeasured.is_met().unwrap_err().to_string(), "not measured: no tracking");
    let low =
        Finding::new("orders", "at least 2 order".parse().unwrap(), "1 order".parse().unwrap()).unwrap();
    let all = [low, unmeasured];
    let order: Vec<&str> =
        marketloop::review::by_priority(&all).unwrap().iter().map(|own| own.finding().metric()).collect();
    assert_eq!(order, ["conversion", "orders"]);
}

#[test]
fn a_record_of_no_schema_or_not_of_its_own_is_refused() {
    let started = r#""started""#;
    refused::<EventRecord>(&record_json(0, started), "schema 0 is not known, the newest is 2");
    refused::<EventRecord>(&record_json(3, started), "schema 3 is not known, the newest is 2");
    let spent = |on: &str| {
        format!(r#"{{"spent":{{"line":"search","amount":{{"amount":"5.00","currency":"CNY"}}{on}}}}}"#)
    };
    let (without, with) = (spent(""), spent(r#","on":"2026-07-06""#));
    refused::<EventRecord>(&record_json(2, &without), "`spent.on` is missing, schema 2 has it");
    refused::<EventRecord>(&record_json(1, &with), "schema 1 has no `spent.on`");
    // Of schema 1 it was spent on the day on which that was recorded.
    let lifted: EventRecord = serde_json::from_str(&record_json(1, &without)).unwrap();
    assert_eq!(lifted, record(Event::Spent { line: "search".into(), amount: yuan("5"), on: on(7, 8) }));
    let json = record_json(SCHEMA, started);
    refused::<EventRecord>(&json.replace("2026-07-08", "2026-7-8"), "`2026-7-8` is not a date");
    refused::<EventRecord>(&json.replace("c-7", " "), "a command's id is empty");
    refused::<EventRecord>(&json.replace(r#""2026-Q3""#, r#""""#), "a cycle's id is empty");
    refused::<EventRecord>(&json.replace(r#""by""#, r#""from":"x","by""#), "unknown field `from`");
    refused::<EventRecord>(&json.replace(started, r#""begun""#), "unknown variant `begun`");
    refused::<EventRecord>(&json.replace(r#""schema":2,"#, ""), "missing field `schema`");
    let role = record_json(SCHEMA, r#"{"signed_off":{"role":"director","for":"Wu"}}"#);
    refused::<EventRecord>(&role, "unknown field `for`");
}

/// A cycle that does all that a cycle can up to its end, and one correction; it spends on the day before it tells.
fn story() -> Journal {
    story_with_spends(on(7, 9), on(8, 31))
}

fn story_with_spends(first: NaiveDate, second: NaiveDate) -> Journal {
    let mut journal = Journal::new(id("2026-Q3"));
    let mut tell = |day: NaiveDate, command: Command| {
        let version = journal.cycle().version();
        let context = Context {
            command: CommandId::new(format!("c-{}", version + 1)).unwrap(),
            expected: version,
            by: "Lin".into(),
            on: day,
        };
        journal.handle(&command, &context).unwrap();
    };
    let sign = || Command::SignOff { role: "director".into() };
    let reason = || "the season came early".to_string();
    let provisional = Seed { findings: Vec::new(), ..seed() };
    tell(on(7, 1), Command::Inherit { seed: Box::new(provisional), provisional: true });
    tell(on(7, 1), Command::Plan(Box::new(plan("100", "60"))));
    tell(on(7, 2), sign());
    tell(on(7, 3), Command::Start);
    tell(on(7, 10), Command::RecordSpend { line: "search".into(), amount: yuan("12.34"), on: first });
    let progress = Progress::finished(on(7, 3), on(7, 7));
    tell(on(7, 10), Command::ReportProgress { task: "brief".into(), progress });
    tell(on(7, 20), Command::ConfirmParent { seed: Box::new(seed()) });
    tell(on(7, 21), Command::Replan { plan: Box::new(plan("90", "50")), reason: reason() });
    tell(on(7, 22), sign());
    let until = on(10, 9);
    tell(on(7, 23), Command::Postpone { stage: Stage::Do, until, reason: "holidays".into() });
    let finding_id = FindingId { cycle: id("2026-Q2"), number: 1 };
    tell(on(8, 1), Command::CompleteCountermeasure { finding: finding_id });
    tell(on(9, 1), Command::RecordSpend { line: "social".into(), amount: yuan("40"), on: second });
    let actual = Figure::Known("1.5 %".parse().unwrap());
    tell(on(10, 8), Command::RecordActual { target: "conversion".into(), actual });
    let actual = Figure::missing("no tracking");
    tell(on(10, 8), Command::RecordActual { target: "orders".into(), actual });
    tell(on(10, 9), Command::BeginCheck);
    tell(on(10, 12), Command::RecordFinding(Box::new(finding())));
    tell(on(10, 20), Command::BeginAct);
    tell(on(10, 21), Command::DecideFinding { finding: 1, decision: accepted() });
    let release = Command::Release {
        from: BTreeMap::from([("search".to_string(), yuan("37.66"))]),
        reassigned: BTreeMap::from([("video".to_string(), yuan("30"))]),
        returned: yuan("7.66"),
    };
    tell(on(10, 22), release);
    tell(on(10, 23), Command::Close);
    let actual = Figure::Known("510 order".parse().unwrap());
    let reason = "the shop's own count".into();
    let amendment = Command::Amend { target: "orders".into(), actual, reason };
    tell(on(11, 2), amendment);
    journal
}

fn fixture(schema: u32) -> String {
    let path = format!("{}/tests/fixtures/pdca_log_schema_{schema}.json", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{path}: {error}; store a log before SCHEMA is raised"))
}

fn pretty(journal: &Journal) -> String {
    serde_json::to_string_pretty(journal).unwrap() + "\n"
}

#[test]
fn a_journal_is_its_records() {
    let journal = story();
    super::pinned(&journal, &serde_json::to_string(journal.records()).unwrap());
}

#[test]
fn there_is_a_stored_log_of_every_schema() {
    for schema in 1..=SCHEMA {
        let records: Vec<serde_json::Value> = serde_json::from_str(&fixture(schema)).unwrap();
        assert!(
            records.iter().all(|record| record["schema"] == schema),
            "a record is not of schema {schema}"
        );
        let journal: Journal = serde_json::from_str(&fixture(schema)).unwrap();
        assert_eq!(journal.records().len(), records.len());
        assert_eq!(journal.cycle().phase(), Phase::Closed);
        // All of them tell the same story; in the first, money is spent on the day on which that is recorded.
        let told = if schema == 1 { story_with_spends(on(7, 10), on(9, 1)) } else { story() };
        assert_eq!(journal.cycle(), told.cycle(), "schema {schema}");
    }
}

#[test]
fn a_stored_log_is_lifted_to_the_schema_that_is_written() {
    for schema in 1..=SCHEMA {
        let journal: Journal = serde_json::from_str(&fixture(schema)).unwrap();
        let lifted = pretty(&journal);
        let again: Journal = serde_json::from_str(&lifted).unwrap();
        assert_eq!(again, journal);
        assert_eq!(pretty(&again), lifted);
        assert_eq!(lifted == fixture(schema), schema == SCHEMA);
    }
    let spent = |journal: &Journal| -> Vec<NaiveDate> {
        let on = |record: &EventRecord| match record.event {
            Event::Spent { on, .. } => Some(on),
            _ => None,
        };
        journal.records().iter().filter_map(on).collect()
    };
    assert_eq!(spent(&serde_json::from_str(&fixture(1)).unwrap()), [on(7, 10), on(9, 1)]);
    assert_eq!(spent(&serde_json::from_str(&fixture(2)).unwrap()), [on(7, 9), on(8, 31)]);
}

#[test]
fn the_newest_stored_log_is_exactly_what_is_written() {
    assert_eq!(pretty(&story()), fixture(SCHEMA));
}

#[test]
fn a_log_that_does_not_follow_is_refused() {
    refused::<Journal>("[]", "a log has at least one record");
    let log = serde_json::to_string(&story()).unwrap();
    let changed = |from: &str, to: &str| {
        let changed = log.replacen(from, to, 1);
        assert_ne!(changed, log, "{from}");
        changed
    };
    refused::<Journal>(
        &changed(r#""sequence":9,"#, r#""sequence":10,"#),
        "record 10 stands where record 9 has to",
    );
    refused::<Journal>(
        &changed(r#""command":"c-9""#, r#""command":"c-8""#),
        "record 9 is of command c-8, which was carried out before",
    );
    refused::<Journal>(
        &changed(r#""cycle":"2026-Q3","sequence":9,"#, r#""cycle":"2026-Q4","sequence":9,"#),
        "record 9 is of 2026-Q4, the log of 2026-Q3",
    );
    refused::<Journal>(
        &changed(r#""12.34""#, r#""62.34""#),
        "record 5: line search has 60.00 CNY left, 62.34 CNY is 2.34 CNY too much",
    );
    refused::<Journal>(
        &changed(r#""voids_sign_off":true"#, r#""voids_sign_off":false"#),
        "record 8: whether signatures hold does not follow from the cycle",
    );
    refused::<Journal>(
        &changed(r#""amended":true"#, r#""amended":false"#),
        "record 7: whether the seed differs does not follow from the cycle",
    );
    // The seed hands on other money than was released.
    let (before, after) = log.rsplit_once(r#""released":{"video":{"amount":"30.00""#).unwrap();
    let forged = format!(r#"{before}"released":{{"video":{{"amount":"31.00"{after}"#);
    refused::<Journal>(&forged, "record 20: the seed does not follow from the cycle");

    let mut cancelled = Journal::of(story().records()[..5].to_vec()).unwrap();
    let context =
        Context { command: CommandId::new("c-6").unwrap(), expected: 5, by: "Lin".into(), on: on(8, 1) };
    cancelled.handle(&Command::Cancel { reason: "withdrawn".into() }, &context).unwrap();
    let log = serde_json::to_string(&cancelled).unwrap();
    let returned = r#""returned":{"amount":"87.66","currency":"CNY"}"#;
    assert!(log.contains(returned));
    for forged in ["", r#","returned":{"amount":"87.65","currency":"CNY"}"#] {
        let forged = log.replace(&format!(",{returned}"), forged);
        refused::<Journal>(&forged, "record 6: the money returned does not follow from the cycle");
    }
}
