//! T7: the documents of all drafts, broken in every way of a list, one value at a time: each path that a check tells
//! leads, from the document's root, to a place in the JSON that was read.

use super::places::{broken_at, path_of, places};
use marketloop::budget::{
    AllocationDraft, BudgetDraft, CutsDraft, ReallocationDraft, TrackingDraft, TrueReturnDraft,
};
use marketloop::channel::{ContentMatrixDraft, ScorecardDraft};
use marketloop::decision::DecisionDraft;
use marketloop::error::Problems;
use marketloop::experiment::ExperimentTestDraft;
use marketloop::funnel::FunnelRulesDraft;
use marketloop::goal::CascadeDraft;
use marketloop::health::MatrixDraft;
use marketloop::pdca::CyclePlanDraft;
use marketloop::plan::WorkPlanDraft;
use marketloop::review::FindingDraft;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

/// How many paths of problems were followed in the broken forms of a document.
type Follow = fn(&str) -> usize;

/// Each draft with a sound document.
const DRAFTS: &[(&str, &str, Follow)] = &[
    (
        "AllocationDraft",
        r#"{"total":{"amount":"1000000.00","currency":"CNY"},"rules":[{"id":"contingency","rule":{"reserve":{"size":{"amount":{"percent_of_total":"10"}},"purpose":"only for unforeseeable costs","release":{"unforeseeable":{"causes":["technical failure"]}}}}},{"id":"agency","rule":{"take":{"line":"agency","amount":{"stated":{"amount":"50000.00","currency":"CNY"}}}}},{"id":"events","rule":{"divide":{"amount":{"percent_of_rest":"12.5"},"by":"score","parts":[{"line":"fair","weight":"2"},{"line":"salon","weight":"1"}]}}},{"id":"main","rule":{"divide":{"by":"percent","parts":[{"line":"SEM","weight":"40"},{"line":"social","weight":"40"},{"line":"live","weight":"20"}]}}},{"id":"words","rule":{"divide":{"within":"SEM","by":"return_on_investment","parts":[{"line":"brand","weight":"3.2"},{"line":"generic","weight":"-0.5"}]}}},{"id":"peak","rule":{"reserve":{"line":"CPM peak","size":{"uplift":{"percent":"30","protects":["social"]}},"release":{"uplift":{"metric":"CPM","percent":"30","season":"November"}}}}},{"id":"pilots","rule":{"cap":{"lines":{"group":["live","SEM"]},"amount":{"percent_of_total":"45"}}}},{"id":"least","rule":{"floor":{"lines":{"each":["live"]},"amount":{"stated":{"amount":"10000.00","currency":"CNY"}}}}},{"id":"one fails","rule":{"concentration":{"of":"main","remains":"50"}}},{"id":"quota","rule":{"quota":{"of":"events","groups":[{"percent":"60","lines":["fair"]},{"percent":"40","lines":["salon"]}]}}},{"id":"keep","rule":{"keep":{"line":"unallocated"}}}]}"#,
        |json| follow(json, AllocationDraft::check),
    ),
    (
        "BudgetDraft",
        r#"{"name":"event","total":{"amount":"50000.00","currency":"CNY"},"lines":[{"name":"content","percent":"90"},{"name":"contingency","percent":"8.5","purpose":"only for failures","reserve":true},{"name":"travel","amount":{"amount":"750.00","currency":"CNY"}}]}"#,
        |json| follow(json, BudgetDraft::check),
    ),
    (
        "CascadeDraft",
        r#"{"metric":"sales","period":"2026-Q3","total":{"value":"2","unit":"CNY"},"parts":[["2026-07",{"value":"0.5","unit":"CNY"}],["2026-08",{"value":"0.7","unit":"CNY"}],["2026-09",{"value":"0.8","unit":"CNY"}]],"key_results":[]}"#,
        |json| follow(json, CascadeDraft::check),
    ),
    (
        "ContentMatrixDraft",
        r#"{"platforms":[{"name":"Douyin","core_kpi":"completion rate","target":"at least 60 %"}],"contents":[{"name":"substance","pieces":[4]}],"mix":[["substance","1"]]}"#,
        |json| follow(json, ContentMatrixDraft::check),
    ),
    (
        "CutsDraft",
        r#"{"lines":[{"name":"tools","amount":{"amount":"15.00","currency":"CNY"},"priority":1,"floor":{"amount":"5.00","currency":"CNY"},"marginal_return":"0.8"},{"name":"contingency","amount":{"amount":"5.00","currency":"CNY"},"priority":2,"reserve":true}],"shrink":{"by_share":{"share":"0.5","rounding":"half_even"}},"reserves":"kept","within_priority":"lowest_return_first"}"#,
        |json| follow(json, CutsDraft::check),
    ),
    (
        "CyclePlanDraft",
        r#"{"period":"2026-Q3","signatories":["director"],"targets":{"conversion":"at least 2 %","orders":"at least 500 order"},"total":{"amount":"100.00","currency":"CNY"},"lines":{"search":{"amount":"60.00","currency":"CNY"},"social":{"amount":"40.00","currency":"CNY"}},"stages":[{"stage":"plan","task":"quarter's goals and resources","deliverable":"letter of goal responsibility","owner":"marketing director","due":"10 days after period start"},{"stage":"do","task":"tools, campaigns, tracking","deliverable":"weekly report and dashboard","owner":"digital operations","due":"every Friday"},{"stage":"check","task":"attainment and bottlenecks","deliverable":"health report and list of improvements","owner":"internal audit","due":"30 days after period end"},{"stage":"act","task":"optimisation and reinvestment","deliverable":"iteration plan and training list","owner":"marketing committee","due":"45 days after period end"}],"work":{"title":"work","start":"2026-07-01","tasks":[{"id":"brief","name":"brief","acceptance":"done","raci":{"responsible":["team"],"accountable":["director"]},"workdays":3,"progress":{"done":"0"}}]}}"#,
        |json| follow(json, CyclePlanDraft::check),
    ),
    (
        "ExperimentTestDraft",
        r#"{"name":"page","arms":["old","new"],"shares":["0.6","0.4"],"goal":{"name":"bought","kind":{"proportion":{"of":"bought"}}},"better":"higher","smallest_effect":"0.01","guardrails":[{"metric":{"name":"spent","kind":{"mean":{"of":"spent"}},"decimals":2,"winsorised":[0,200000]},"better":"higher","margin":"0.02","is_relative":true}],"units":4000,"alpha":"0.05","monitoring":{"group_sequential":{"spending":"pocock","sides":"per_side","fractions":["0.5","1"]}},"least_days":7,"most_days":28,"least_units":50,"sample_ratio_alpha":"0.01"}"#,
        |json| follow(json, ExperimentTestDraft::check),
    ),
    (
        "FindingDraft",
        r#"{"metric":"conversion","target":"at least 2 %","actual":{"value":"1.5","unit":"%"},"causes":[{"whys":["audience too narrow"],"branch":"targeting","leaf":"cvr","explains":{"value":"-0.5","unit":"%"}}],"measure":"age 20-40","owner":"operations","review_on":"2026-08-05","weight":"2","contribution":"-3/4"}"#,
        |json| follow(json, FindingDraft::check),
    ),
    (
        "DecisionDraft",
        r#"{"hit_policy":"first","inputs":[{"name":"roi","kind":"number"}],"outputs":[{"name":"reason","kind":"text"}],"rules":[{"when":["< 2"],"then":["\"ROI under 1:2\""]},{"when":["-"],"then":["\"kept\""]}]}"#,
        |json| follow(json, DecisionDraft::check),
    ),
    (
        "FunnelRulesDraft",
        r#"{"steps":[{"name":"visit","events":["page view"]},{"name":"coupon","optional":true,"within":"5 minutes"},{"name":"order"}],"exclusions":[{"events":["refund"],"after":"visit","before":"order"}],"window":null,"matching":"use_once","held_constant":"city"}"#,
        |json| follow(json, FunnelRulesDraft::check),
    ),
    (
        "MatrixDraft",
        r#"{"bands":{"lowest":"red","edges":[{"threshold":{"at":"4/5","side":"above"},"class":"yellow"},{"threshold":{"at":"1","side":"below"},"class":"green"}],"hysteresis":"0"},"dimensions":[{"name":"stickiness","indicators":[{"name":"repurchase rate","target":"at least 25 %","review":"half_year","actual":{"value":"27","unit":"%"}}]}]}"#,
        |json| follow(json, MatrixDraft::check),
    ),
    (
        "ReallocationDraft",
        r#"{"positions":[{"line":"kol","amount":{"amount":"100.00","currency":"CNY"},"locked":{"amount":"10.00","currency":"CNY"},"facts":{"roi":"1.5"}}],"release":{"hit_policy":"first","inputs":[{"name":"roi","kind":"number"}],"outputs":[{"name":"release_percent","kind":"number"},{"name":"reason","kind":"text"}],"rules":[{"when":["< 2"],"then":["100","\"ROI under 1:2\""]}]},"rounding":"floor","recipients":[{"line":"video","weight":"4.8","cap":{"amount":"50.00","currency":"CNY"}}],"return_to":{"owner":"committee"},"added":{"from":"board","amount":{"amount":"5.00","currency":"CNY"},"overspending_percent":"5","guard":"total"}}"#,
        |json| follow(json, ReallocationDraft::check),
    ),
    (
        "ScorecardDraft",
        r#"{"clicks":5000,"conversions":200,"spend":{"amount":"10000.00","currency":"CNY"},"return_on_ad_spend":"1:3.2"}"#,
        |json| follow(json, ScorecardDraft::check),
    ),
    (
        "ScorecardDraft",
        r#"{"click_through_rate":{"value":"10","unit":"%"},"conversion_rate":{"value":"4","unit":"%"},"cost_per_mille":{"value":"200","unit":"CNY"},"cost_per_click":{"value":"2","unit":"CNY/click"},"cost_per_acquisition":{"value":"50","unit":"CNY"},"average_order_value":{"value":"160","unit":"CNY"},"net_return":"220%","metrics_rounded_to":2}"#,
        |json| follow(json, ScorecardDraft::check),
    ),
    (
        "TrackingDraft",
        r#"{"lines":[{"name":"SEM","plan":{"amount":"100.00","currency":"CNY"}},{"name":"social","plan":{"amount":"50.00","currency":"CNY"}}],"spending":[{"line":"social","actual":{"amount":"20.00","currency":"CNY"},"forecast":{"amount":"60.00","currency":"CNY"}}],"unstated_forecast":"at_least_plan"}"#,
        |json| follow(json, TrackingDraft::check),
    ),
    (
        "TrueReturnDraft",
        r#"{"basis":"revenue","returns":[{"name":"orders","kind":"direct","amount":{"amount":"90.00","currency":"CNY"}},{"name":"brand search","kind":"indirect","percent":{"percent":"20","of":{"amount":"350.00","currency":"CNY"},"rounding":"half_even"}}],"costs":[{"name":"feed ads","kind":"media","amount":{"amount":"30.00","currency":"CNY"}}]}"#,
        |json| follow(json, TrueReturnDraft::<marketloop::quantity::Revenue>::check),
    ),
    (
        "WorkPlanDraft",
        r#"{"title":"seeding","start":"2026-07-01","given":["approval"],"tasks":[{"id":"koc","name":"contracts","phase":"prepare","acceptance":"100 signed","raci":{"responsible":["team"],"accountable":["director"],"consulted":["legal"]},"workdays":8,"makes":["data pack"],"not_before":"2026-07-01","finish_by":"2026-07-15","remind":[3],"cost":{"amount":"120000.00","currency":"CNY"},"progress":{"started":"2026-07-01","done":"0.4"}},{"id":"launch","name":"launch","acceptance":"done","raci":{"responsible":["team"],"accountable":["director"]},"workdays":0,"needs":[{"deliverable":"approval","relation":"FS"},{"deliverable":"data pack","relation":"SF-1"}],"progress":{"done":"0"}}]}"#,
        |json| follow(json, WorkPlanDraft::check),
    ),
];

/// The document without one field or element, or with a value of another type, of nobody or of too much at `place`.
fn more_broken(tree: &Value, place: &str) -> Vec<Value> {
    let mut all = broken_at(tree, place);
    let instead =
        [json!(true), json!(null), json!(-7), json!("nobody"), json!([]), json!([1]), json!({}), json!("-7")];
    all.extend(instead.into_iter().filter_map(|value| {
        let mut tree = tree.clone();
        *tree.pointer_mut(place)? = value;
        Some(tree)
    }));
    let (parent, key) = place.rsplit_once('/').unwrap_or_default();
    let mut less = tree.clone();
    if let Some(Value::Object(fields)) = less.pointer_mut(parent)
        && fields.remove(key).is_some()
    {
        all.push(less.clone());
    }
    if let (Some(Value::Array(list)), Ok(index)) = (less.pointer_mut(parent), key.parse::<usize>()) {
        let again = list.remove(index);
        all.push(less.clone());
        if let Some(Value::Array(list)) = less.pointer_mut(parent) {
            list.extend([again.clone(), again]);
            all.push(less);
        }
    }
    all
}

/// Whether the steps lead to a value, or to a field that an object of the document lacks and the draft knows.
fn leads<D: DeserializeOwned>(document: &Value, steps: &[String]) -> bool {
    let step = |pointer: String, step: &String| pointer + "/" + &step.replace('~', "~0").replace('/', "~1");
    let pointer = |steps: &[String]| steps.iter().fold(String::new(), step);
    if document.pointer(&pointer(steps)).is_some() {
        return true;
    }
    let Some((field, above)) = steps.split_last() else { return true };
    let mut filled = document.clone();
    let Some(Value::Object(fields)) = filled.pointer_mut(&pointer(above)) else { return false };
    fields.insert(field.clone(), Value::Null);
    // A reader that knows the field takes nothing for it, or says that nothing is of the wrong type.
    match serde_json::from_str::<D>(&filled.to_string()) {
        Ok(_) => true,
        Err(error) => error.to_string().starts_with("invalid type: null"),
    }
}

fn follow<D, T, E>(json: &str, check: impl Fn(D) -> Result<T, Problems<E>>) -> usize
where
    D: DeserializeOwned,
    E: Display + Debug,
{
    let name = type_name::<D>();
    let sound: Value = serde_json::from_str(json).unwrap();
    let problems = check(serde_json::from_str(json).unwrap()).err();
    assert!(problems.is_none(), "{name}: {problems:?}");
    let (mut followed, mut astray) = (0, BTreeMap::new());
    for place in places(&sound) {
        for broken in more_broken(&sound, &place) {
            let text = broken.to_string();
            // What is no draft at all has no paths of its own.
            let Ok(draft) = serde_json::from_str::<D>(&text) else { continue };
            let Err(problems) = check(draft).map(drop) else { continue };
            for problem in &problems {
                let path = problem.path.as_str();
                let steps = path_of(&format!("{path}: "));
                let leads = path.is_empty() || steps.is_some_and(|steps| leads::<D>(&broken, &steps));
                if leads {
                    followed += 1;
                } else {
                    astray.insert(path.to_owned(), format!("{problem} in {text}"));
                }
            }
        }
    }
    assert!(astray.is_empty(), "{name}: paths that lead nowhere: {astray:#?}");
    followed
}

/// T7.
#[test]
fn every_path_of_every_draft_leads_into_what_was_read() {
    // Each in a thread of its own, so that all that fail are told at once.
    let runs: Vec<_> =
        DRAFTS.iter().map(|(_, json, follow)| std::thread::spawn(move || follow(json))).collect();
    for ((name, ..), run) in DRAFTS.iter().zip(runs) {
        let followed = run.join().unwrap_or(0);
        assert!(followed >= 3, "{name}: only {followed} paths");
    }
}

/// T7: every draft of the library that tells problems with paths stands in the list above.
#[test]
fn every_draft_with_a_check_is_broken_here() {
    let mut seen = 0;
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for block in source.split("\nimpl ").skip(1) {
                let Some((name, rest)) = block.split_once("Draft {\n") else { continue };
                let body = rest.split("\n}\n").next().unwrap_or_default();
                let tells = body.split("pub fn ").skip(1).any(|method| {
                    let head = method.split('{').next().unwrap_or_default();
                    head.contains("self) -> Result<") && head.contains("Problems<") && !head.contains("&self")
                });
                let read = source.contains("Deserialize");
                if tells && read && !name.is_empty() && name.chars().all(char::is_alphanumeric) {
                    seen += 1;
                    let name = format!("{name}Draft");
                    assert!(DRAFTS.iter().any(|(own, ..)| *own == name), "{name} of {}", path.display());
                }
            }
        }
    }
    // That the reader of sources still finds drafts. Types that no draft stands before are broken where they are
    // pinned (`places::lead_to_their_place`).
    assert!(seen >= 10, "{seen}");
}
