//! What the example prints, word for word: the documents' figures, and every refusal with its path.

use crate::golden::attribution_generator::Generator;
use crate::golden::own_copy;
use std::fmt::Write;

#[path = "../../examples/quarter.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod quarter;

#[path = "../../examples/kpi_tree.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod kpi_tree;

#[path = "../../examples/budget.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod budget;

#[path = "../../examples/attribution.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod attribution;

#[path = "../../examples/channels.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod channels;

#[path = "../../examples/funnel.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod funnel;

#[path = "../../examples/health.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod health;

#[path = "../../examples/analyst.rs"]
#[allow(dead_code, reason = "its main is the example's")]
pub(crate) mod analyst;

pub(crate) fn data(name: &str) -> String {
    format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_quarter_prints_the_documents_figures() {
    let report = quarter::run(&data("quarter.json")).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("quarter_report.txt")).unwrap());
}

#[test]
fn three_exports_answer_four_questions() {
    let pinned = std::fs::read_to_string(data("analyst/report.txt")).unwrap();
    assert_eq!(analyst::report().unwrap().to_string(), pinned);
}

#[test]
fn two_quarters_close_the_loop() {
    let (log, report) = quarter::two_quarters(&data("two_quarters.json"), None).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("two_quarters_report.txt")).unwrap());
    // The log alone brings the report back, and itself.
    assert_eq!(quarter::two_quarters(&data("two_quarters.json"), Some(&log)).unwrap(), (log, report));
}

#[test]
fn a_log_that_commands_could_not_have_made_is_refused() {
    let (log, _) = quarter::two_quarters(&data("two_quarters.json"), None).unwrap();
    for (good, broken, refusal) in [
        ("\"amount\": \"40000.00\"", "\"amount\": \"940000.00\"", "the log: [0]: record 7: line SEM has"),
        ("\"sequence\": 7", "\"sequence\": 8", "the log: [0]: record 8 stands where record 7 has to"),
        ("\"amount\": \"41499.51\"", "\"amount\": \"41499.52\"", "are reassigned or returned"),
        ("\"schema\": 2", "\"schema\": 3", "the log: [0][0]: schema 3 is not known, the newest is 2"),
        (
            "\"voids_sign_off\": true",
            "\"voids_sign_off\": false",
            "whether signatures hold does not follow from the cycle",
        ),
        // What nobody measured is a finding: without it the quarter is not acted on.
        (
            "\"unmeasured\": \"the shop does not tell new customers from old ones yet\"",
            "\"actual\": {\"value\": \"1\", \"unit\": \"%\"}",
            "the log: [0]",
        ),
    ] {
        assert!(log.contains(good), "{good}");
        let forged = log.replacen(good, broken, 1);
        let refused =
            quarter::two_quarters(&data("two_quarters.json"), Some(&forged)).unwrap_err().to_string();
        assert!(refused.contains(refusal), "{refused}");
    }
}

#[test]
fn two_broken_quarters_are_refused_with_their_path() {
    let file = std::fs::read_to_string(data("two_quarters.json")).unwrap();
    let directory = std::env::temp_dir().join(format!("two_quarters_{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for name in ["attribution.csv", "funnel.csv", "sales.csv"] {
        std::fs::copy(data(name), directory.join(name)).unwrap();
    }
    let path = directory.join("broken.json");
    for (good, broken, refusal) in [
        (
            "\"2026-09-15\", \"podcast (pilot)\"",
            "\"2026-09-15\", \"radio\"",
            "quarters[0].spend: record spend was refused: there is no line radio",
        ),
        ("\"8000.50 CNY\"", "\"18000.50 CNY\"", "5,200.50 CNY too much"),
        (
            "\"known\": \"27 %\"",
            "\"known\": \"27 CNY\"",
            "quarters[0].actuals: record actual was refused: target repurchase rate:",
        ),
        (
            "\"conversion rate\": \"conversion_rate\"",
            "\"conversion rate\": \"cvr\"",
            "implied.conversion rate: no tree has a node `cvr`",
        ),
        (
            "\"needs\": [{\"deliverable\": \"KOC data pack\"}]",
            "\"needs\": [{\"deliverable\": \"data\"}]",
            "quarters[0]: work.tasks[2].needs[0].deliverable: nobody makes `data`",
        ),
        (
            "\"cycle\": \"2026-Q4\",\n      \"period\": \"2026-Q4\"",
            "\"cycle\": \"2026-Q4\",\n      \"period\": \"2026-Q3\"",
            "quarters[1].allocation: plan was refused: 2026-Q3 does not come after 2026-Q3",
        ),
        ("\"period\": \"2026-Q4\"", "\"period\": \"2026-Q5\"", "quarters[1].period"),
        (
            "\"search_clicks\": {\"value\": 120000, \"unit\": \"click\"}",
            "\"search_clicks\": {\"value\": 120000, \"unit\": \"order\"}",
            "quarters[0].tree_plan",
        ),
        (
            "\"touches\": \"attribution.csv\"",
            "\"touches\": \"funnel.csv\"",
            "quarters[0].touches (funnel.csv): line 1",
        ),
        ("\"sales\": \"sales.csv\"", "\"sales\": \"funnel.csv\"", "sales (funnel.csv): "),
        ("{\"known\": \"28 %\"}", "{\"missing\": \" \"}", "the reason for no value is empty"),
        (
            "\"declined\": {\"online sales\"",
            "\"declined\": {\"sales\"",
            "quarters[1].measures: neither a measure nor a reason for none: online sales",
        ),
        ("\"finance\": \"Zhao Min\"", "\"bank\": \"Zhao Min\"", "people: nobody is finance"),
    ] {
        assert!(file.contains(good), "{good}");
        std::fs::write(&path, file.replacen(good, broken, 1)).unwrap();
        let refused = quarter::two_quarters(path.to_str().unwrap(), None).unwrap_err().to_string();
        assert!(refused.contains(refusal), "{refused}");
    }
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn broken_sales_are_refused_with_their_line() {
    let sales = std::fs::read_to_string(data("sales.csv")).unwrap();
    let directory = std::env::temp_dir().join(format!("broken_sales_{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for name in ["attribution.csv", "funnel.csv", "two_quarters.json"] {
        std::fs::copy(data(name), directory.join(name)).unwrap();
    }
    let row = sales.lines().nth(1).unwrap();
    for (broken, refusal) in [
        ("2026-07,radio,32220,1318,210036.00,", "line 2: there is no channel `radio`"),
        ("2026-07,social,32220,1318,210036.00,", "line 3: social stands in 2026-07 twice"),
        ("2026-07,search,1317,1318,210036.00,", "line 2: more orders than clicks"),
        ("2026-07,search,32220,1318,210036.00,1319", "line 2: more orders than clicks, more new customers"),
        ("2026-07,search,32220,1318,210036.001,", "line 2: 210036.001 is finer than the minor unit of CNY"),
        ("2026-07,search,-1,1318,210036.00,", "invalid digit found in string"),
    ] {
        std::fs::write(directory.join("sales.csv"), sales.replacen(row, broken, 1)).unwrap();
        let path = directory.join("two_quarters.json");
        let refused = quarter::two_quarters(path.to_str().unwrap(), None).unwrap_err().to_string();
        assert!(refused.starts_with("sales (sales.csv): ") && refused.contains(refusal), "{refused}");
    }
    // A channel that sold nothing in a quarter is a gap of the file, not a 0.
    let without: Vec<&str> = sales
        .lines()
        .filter(|line| {
            !line.contains("-07,video") && !line.contains("-08,video") && !line.contains("-09,video")
        })
        .collect();
    std::fs::write(directory.join("sales.csv"), without.join("\n")).unwrap();
    let refused = quarter::two_quarters(directory.join("two_quarters.json").to_str().unwrap(), None);
    assert!(refused.unwrap_err().to_string().contains("there are no sales of video in 2026-Q3"));
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_broken_quarter_is_refused_with_every_path() {
    let refusal = quarter::run(&data("quarter_broken.json")).unwrap_err().to_string();
    assert_eq!(refusal, std::fs::read_to_string(data("quarter_refusal.txt")).unwrap().trim_end());
}

#[test]
fn the_tree_tells_why_sales_moved() {
    let report = kpi_tree::run(&data("kpi_tree.json")).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("kpi_tree_report.txt")).unwrap());
}

#[test]
fn a_table_of_months_alone_is_a_report() {
    let report = kpi_tree::run(&data("kpi_tree.csv")).unwrap();
    let whole = kpi_tree::run(&data("kpi_tree.json")).unwrap();
    assert_eq!(report.sections(), &whole.sections()[7..]);
}

#[test]
fn broken_months_are_refused_with_their_row() {
    let table = std::fs::read_to_string(data("kpi_tree.csv")).unwrap();
    let (titles, rows) = table.split_once('\n').unwrap();
    let first = rows.lines().next().unwrap();
    let refused = |text: &str| kpi_tree::months::sections(text).unwrap_err().to_string();
    for (broken, refusal) in [
        ("2025-01,SEM,many,0.0320,186,62000", "[0].visits: `many` is not a decimal number"),
        ("2025-01,SEM,42000,0.0320 visit,186,62000", "[0].cvr: units differ: visit and order/visit"),
        ("2025-01,SEM,,0.0320,186,62000", "`annual` has no value: visits of SEM in 2025-01 is missing"),
    ] {
        let said = refused(&table.replacen(first, broken, 1));
        assert!(said.contains(refusal), "{said}");
    }
    let twice = refused(&format!("{table}{first}\n"));
    assert!(twice.contains("[130].aov: `aov` is given twice"), "{twice}");
    let said = refused(&table.replacen("2025-01,SEM", "2025-13,SEM", 1));
    assert!(said.contains("(line: 2, ") && said.contains("there is no day 2025-13-1"), "{said}");
    let said = refused(&table.replacen("2026-12,私域", "2026-Q4,私域", 1));
    assert_eq!(said, "[128].period: 2026-Q4 is not one of the periods that follow 2025-01");
    let said = refused(&table.replacen("aov", "basket", 1));
    assert!(said.contains("[0].basket: `basket` is not declared"), "{said}");
    assert!(refused(&table.replacen("period", "month", 1)).ends_with("missing field `period`"));
    assert_eq!(refused(titles), ".: at least one period is needed");
    let year: Vec<&str> = rows.lines().take_while(|row| row.starts_with("2025")).collect();
    assert_eq!(refused(&format!("{titles}\n{}", year.join("\n"))), "a year before needs 24 months");
    let short: Vec<&str> = rows.lines().take_while(|row| !row.starts_with("2026-02")).collect();
    let said = refused(&format!("{titles}\n{}", short.join("\n")));
    assert_eq!(said, "`annual` has no value: sales before 2025-01 is missing");
}

#[test]
fn the_budgets_explain_themselves() {
    let plan = std::fs::read_to_string(data("budget.json")).unwrap();
    let report = budget::report(&plan).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("budget_report.txt")).unwrap());
}

#[test]
fn a_broken_budget_is_refused_with_its_path() {
    let plan = std::fs::read_to_string(data("budget.json")).unwrap();
    for (good, broken, refusal) in [
        (
            r#"{ "name": "SEM", "percent": 40 }"#,
            r#"{ "name": "SEM", "percent": 45 }"#,
            "budgets[0]: lines: the lines take 105% of 1,000,000.00 CNY, 5 percentage points (50,000.00 CNY) over",
        ),
        (
            r#""lines": { "group": ["live (pilot)""#,
            r#""lines": { "group": ["radio (pilot)""#,
            "ruled[2].plan: rules[3].rule.cap.lines.group[0]: no rule sets the line `radio (pilot)`",
        ),
        (
            r#""remains": 60"#,
            r#""remains": 90"#,
            "ruled[2].plan: rules: rule `60 % remain if one fails` cannot hold: 258,200.00 CNY short",
        ),
        (
            r#""locked": "40000 CNY""#,
            r#""locked": "140000 CNY""#,
            "review: positions[0].locked: 140,000.00 CNY has to stay in a line of 120,000.00 CNY",
        ),
        (
            r#""floor": "10000 CNY""#,
            r#""floor": "16000 CNY""#,
            "cuts: lines[1].floor: 16,000.00 CNY has to stay in a line of 15,000.00 CNY",
        ),
        (r#""s": 4.82"#, r#""s": -1"#, "contest.question.lines[0].curve: s -1 is outside 0.001..=1000"),
        (r#""basis": "revenue""#, r#""basis": "profit""#, "true_return: basis: the returns are profit"),
        (r#""spent": "110000 CNY""#, r#""spent": "110000 USD""#, "pacing: CNY and USD are different"),
        (
            r#""actual_cost": "22000 CNY""#,
            r#""actual_cost": "0 CNY""#,
            "earned_value: cost performance index is undefined",
        ),
        ("[4000, 900]", "[-4000, 900]", "weeks: spend -4000 is outside 0..=1e150"),
        (
            r#""local": { "search""#,
            r#""local": { "radio""#,
            "contest: [1]: `radio` is neither a line nor a group",
        ),
    ] {
        assert_eq!(plan.matches(good).count(), 1, "{good}");
        let refused = budget::report(&plan.replace(good, broken)).unwrap_err().to_string();
        assert!(refused.starts_with(refusal), "{refused}");
    }
}

#[test]
fn the_trap_of_the_budgets_is_the_golden_one() {
    let read = |path: String| -> serde_json::Value {
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let golden = read(format!("{}/tests/golden/budget_s_shaped.json", env!("CARGO_MANIFEST_DIR")));
    let trap = golden["cases"].as_array().unwrap().iter().find(|case| case["name"] == "trap_4ch").unwrap();
    let contest = &read(data("budget.json"))["contest"];
    let local = &trap["peers"]["slsqp_pymc_marketing_settings"]["allocation"];
    let lines = contest["question"]["lines"].as_array().unwrap();
    assert_eq!(lines.len(), trap["channels"].as_array().unwrap().len());
    for (index, line) in lines.iter().enumerate() {
        let (ours, theirs) = (&line["curve"], &trap["channels"][index]["curve"]);
        assert_eq!(ours["kind"], theirs["kind"]);
        for parameter in ["a", "k", "m", "r", "s"] {
            let theirs = theirs[parameter].as_str().map(|text| text.parse::<f64>().unwrap());
            assert_eq!(ours[parameter].as_f64(), theirs, "{line} {parameter}");
        }
        let amount = contest["local"][line["name"].as_str().unwrap()].as_str().unwrap_or("0 CNY");
        assert_eq!(amount.trim_end_matches(" CNY").parse().ok(), local[index].as_f64(), "{line}");
    }
}

/// The events of the first 300 journeys of the seeded generator with 12 channels, with the documents' channels,
/// a price of each paid touch, and an end between 1 July and the end of September (minutes from 1 April).
fn generated_events() -> String {
    const CHANNELS: [(&str, u64); 12] = [
        ("SEM", 420),
        ("social", 260),
        ("Douyin feed", 350),
        ("Xiaohongshu KOC", 380),
        ("WeCom private message", 0),
        ("short video", 300),
        ("referral", 500),
        ("KOL", 640),
        ("content platforms", 180),
        ("trade fair", 560),
        ("trade media", 450),
        ("Direct", 0),
    ];
    let generator = own_copy("attribution_generator.json").json;
    let seed = generator["seed"].as_u64().unwrap();
    let mut csv = String::from("event,user,minute,channel,amount\n");
    let yuan = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
    for (user, journey) in (0_u64..300).zip(Generator::read(&generator, seed, 12).journeys(300)) {
        let end = 131_040 + user * 443 % 132_480;
        for (touch, before) in journey.touches.iter().zip(&journey.minutes) {
            let minute = end - u64::from(*before);
            let (name, price) = CHANNELS[usize::try_from(*touch).unwrap()];
            let price = if price == 0 { String::new() } else { yuan(price + minute % (price / 4)) };
            writeln!(csv, "touch,{user},{minute},{name},{price}").unwrap();
        }
        if let Some(cents) = journey.cents {
            writeln!(csv, "conversion,{user},{end},,{}", yuan(cents.unsigned_abs())).unwrap();
        }
    }
    csv
}

#[test]
fn the_events_are_the_generators() {
    assert_eq!(generated_events(), std::fs::read_to_string(data("attribution.csv")).unwrap());
}

#[test]
fn the_models_stand_side_by_side() {
    let events = std::fs::read_to_string(data("attribution.csv")).unwrap();
    let report = attribution::report(&events).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("attribution_report.txt")).unwrap());
}

#[test]
fn broken_events_are_refused_with_their_line() {
    let titles = "event,user,minute,channel,amount\n";
    let sound = "touch,1,5,SEM,1.20\nconversion,1,9,,80\n";
    let refused = |text: String| attribution::report(&text).unwrap_err().to_string();
    for (row, refusal) in [
        ("touch,1,5,,1", "the name at 1 is empty"),
        ("touch,1,5,SEM,-1", "an amount is below 0"),
        ("touch,1,5,SEM,0.005", "0.005 is finer than the minor unit of CNY (2 decimals)"),
        ("touch,1,5,SEM,dear", "`dear` is not an ISO 4217 currency code"),
        ("conversion,1,5,,", "a conversion without a value"),
        ("visit,1,5,SEM,", "`visit` is neither touch nor conversion"),
    ] {
        assert_eq!(refused(format!("{titles}{sound}{row}\n")), format!("line 4: {refusal}"));
    }
    // What is no row at all is refused by the reader of CSV, with its line too.
    for (row, refusal) in [
        ("touch,1,5,SEM", "found record with 4 fields, but the previous record has 5 fields"),
        ("touch,x,5,SEM,1", "field 1: invalid digit found in string"),
        ("touch,1,-5,SEM,1", "field 2: invalid digit found in string"),
        ("touch,1,18446744073709551615,SEM,1", "field 2: number too large to fit in target type"),
    ] {
        let said = refused(format!("{titles}{sound}{row}\n"));
        assert!(said.contains("(line: 4, ") && said.ends_with(refusal), "{said}");
    }
    assert!(refused(titles.replace("minute", "hour") + sound).ends_with("missing field `minute`"));
    // Sound rows without a journey to learn from are refused by the part that needs it.
    assert_eq!(refused(titles.into()), "there are no paths");
}

/// The events of 600 users in July and August, in minutes; all choices are draws of `SplitMix64`.
fn generated_funnel() -> String {
    const CHANNELS: [&str; 3] = ["search", "social", "short video"];
    const END: u64 = 62 * 1_440;
    let mixed = |n: u64| {
        let mut x = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        x ^ (x >> 31)
    };
    let mut csv = String::from("user,minute,channel,event\n");
    for user in 0..600 {
        let draw = |k: u64| mixed(64 * user + k + 1) >> 32;
        let start = draw(1) % END;
        let august = start >= 31 * 1_440;
        let shares = if august { [15, 45] } else { [30, 65] };
        let channel = match draw(2) % 100 {
            low if low < shares[0] => 0,
            low if low < shares[1] => 1,
            _ => 2,
        };
        let mut events = vec![(start, channel, "impression")];
        if draw(3) % 100 < 25 {
            let other = (channel + 1 + usize::from(draw(5) % 2 == 1)) % 3;
            events.push((start + draw(4) % 2_880, other, "impression"));
        }
        let mut minute = start + 1 + draw(6) % 600;
        if draw(7) % 100 < [60, 45, 38][channel] {
            events.push((minute, channel, "click"));
            minute += 1 + draw(8) % 1_440;
            if draw(9) % 100 < if august { 62 } else { 55 } {
                events.push((minute, channel, "registration"));
                minute += 1 + draw(10) % 4_320;
                if draw(11) % 100 < if august { 36 } else { 45 } {
                    events.push((minute, channel, "payment"));
                }
                for visit in 0..3 {
                    if draw(20 + 2 * visit) % 100 >= 55 {
                        break;
                    }
                    minute += 1_440 + draw(21 + 2 * visit) % (12 * 1_440);
                    events.push((
                        minute,
                        channel,
                        if draw(30 + visit) % 100 < 30 { "payment" } else { "visit" },
                    ));
                }
            }
        }
        events.retain(|(minute, ..)| *minute < END);
        events.sort_by_key(|(minute, ..)| *minute);
        for (minute, channel, event) in events {
            writeln!(csv, "{user},{minute},{},{event}", CHANNELS[channel]).unwrap();
        }
    }
    csv
}

#[test]
fn the_funnels_events_are_the_generators() {
    assert_eq!(generated_funnel(), std::fs::read_to_string(data("funnel.csv")).unwrap());
}

#[test]
fn the_funnel_says_where_users_are_lost() {
    let events = std::fs::read_to_string(data("funnel.csv")).unwrap();
    let report = funnel::report(&events).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("funnel_report.txt")).unwrap());
}

#[test]
fn a_broken_event_is_refused_with_its_line() {
    let events = std::fs::read_to_string(data("funnel.csv")).unwrap();
    let line = events.lines().nth(1).unwrap().to_string();
    let refused = |broken: &str| funnel::report(&events.replacen(&line, broken, 1)).unwrap_err().to_string();
    assert_eq!(refused("0,1,radio,click"), "line 2: there is no such channel");
    assert_eq!(refused("0,1,search,tap"), "line 2: there is no such event");
    assert_eq!(refused("0,89280,search,click"), "line 2: the minute is not in July or August");
    for (row, refusal) in [
        ("0,1,search", "found record with 3 fields, but the previous record has 4 fields"),
        ("0,one,search,click", "field 1: invalid digit found in string"),
        ("-1,1,search,click", "field 0: invalid digit found in string"),
    ] {
        let said = refused(row);
        assert!(said.contains("(line: 2, ") && said.ends_with(refusal), "{said}");
    }
    let titles = events.replacen("user,minute", "user,hour", 1);
    assert!(funnel::report(&titles).unwrap_err().to_string().ends_with("missing field `minute`"));
}

#[test]
fn the_channels_lead_to_decisions() {
    let channels = std::fs::read_to_string(data("channels.json")).unwrap();
    let report = channels::report(&channels).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("channels_report.txt")).unwrap());
}

#[test]
fn a_broken_channel_is_refused_with_its_path() {
    let channels = std::fs::read_to_string(data("channels.json")).unwrap();
    let refused = |good: &str, broken: &str| {
        channels::report(&channels.replacen(good, broken, 1)).unwrap_err().to_string()
    };
    for (good, broken, refusal) in [
        (
            r#""conversions": 200"#,
            r#""conversions": 5001"#,
            "channels[0].card: 2 problems\n  conversions: 5001 conversions exceed 5000 clicks",
        ),
        ("1:4.1", "2:4.1", "channels[1].card.return_on_ad_spend: `2:4.1` is not a return such as 1:3.2"),
        (
            "40 CNY",
            "0.00005 CNY",
            "channels[1].card: 2 problems\n  spend: the metrics imply spend of 3/200, which is not whole at 2 decimals\n  \
             revenue: the metrics imply revenue of 123/2000, which is not whole at 2 decimals",
        ),
    ] {
        let said = refused(good, broken);
        assert!(said.starts_with(refusal), "{said}");
    }
}

#[test]
fn the_health_leads_to_findings_alerts_and_risks() {
    let quarter = std::fs::read_to_string(data("health.json")).unwrap();
    let report = health::report(&quarter).unwrap();
    assert_eq!(report.to_string(), std::fs::read_to_string(data("health_report.txt")).unwrap());
}

#[test]
fn a_broken_quarter_of_health_is_refused_with_its_path() {
    let quarter = std::fs::read_to_string(data("health.json")).unwrap();
    for (good, broken, refusal) in [
        (r#""organic share", "44 %""#, r#""organic share", "44 CNY""#, "months[0]: units differ: CNY and %"),
        (
            r#""organic share", "44 %""#,
            r#""organic sharing", "44 %""#,
            "months[0]: there is no indicator `organic sharing`",
        ),
        ("clear at 90", "clear at 70", "alert.rule: the clear threshold 70 lies on the bad side"),
        (
            r#""within": "24 hours""#,
            r#""within": "24 moons""#,
            "alert.response.steps[1].within: `24 moons` is not a duration",
        ),
        (r#""actual": "9 %""#, r#""actual": "9 CNY""#, "findings[0]: actual: units differ: CNY and %"),
        (
            r#""probability_level": "rare""#,
            r#""probability_level": "seldom""#,
            "risks[2].probability_level: there is no level `seldom`",
        ),
        (
            r#""probability": "0.3""#,
            r#""probability": "0.7""#,
            "risks[1].probability: the probability is of the level `likely`",
        ),
        (
            r#""2026-09-17T08:00:00Z""#,
            r#""2026-09-17 08:00""#,
            "samples[0][0]: `2026-09-17 08:00` is not a timestamp",
        ),
    ] {
        assert_eq!(quarter.matches(good).count(), 1, "{good}");
        let refused = health::report(&quarter.replace(good, broken)).unwrap_err().to_string();
        assert!(refused.starts_with(refusal), "{refused}");
    }
}

/// How many lines of a program count: those that are not blank, no comment, no `use`, no `const` or `static`, and no
/// `print!` or `eprint!` of any kind. Of an item or a call on several lines all of them are left out.
fn counted_lines(program: &str) -> usize {
    let (mut counted, mut until) = (0, None);
    for line in program.lines().map(str::trim) {
        if let Some(end) = until {
            // The last line of a `use` or a `const` ends with `;`, that of a call in a `match` with `,`.
            if line.ends_with(';') || (end == ')' && line.ends_with("),")) {
                until = None;
            }
            continue;
        }
        let starts = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
        let item = starts(&["use ", "pub use ", "const ", "static "]);
        let call = starts(&["print!", "println!", "eprint!", "eprintln!"]);
        if (item && !line.ends_with(';')) || (call && !line.ends_with(");") && !line.ends_with("),")) {
            until = Some(if item { ';' } else { ')' });
        }
        counted += usize::from(!(line.is_empty() || line.starts_with("//") || item || call));
    }
    counted
}

#[test]
fn a_program_is_short() {
    // Results print themselves: what a program adds is glue, and what glue repeats belongs into the crate.
    const LIMIT: usize = 150;
    let sample = "//! Doc.\nuse a::{\n    b,\n};\n\nconst A: u8 = 1;\nfn main() {\n    println!(\n        \"\"\n    );\n}\n";
    assert_eq!(counted_lines(sample), 2);
    let folder = format!("{}/examples", env!("CARGO_MANIFEST_DIR"));
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // The quarter is a whole planning tool, in several files.
        if path.extension().is_some_and(|own| own == "rs") && name != "quarter.rs" {
            programs.push((counted_lines(&std::fs::read_to_string(&path).unwrap()), name));
        }
    }
    assert!(programs.len() >= 7, "{programs:?}");
    programs.retain(|(counted, _)| *counted >= LIMIT);
    assert!(programs.is_empty(), "programs of {LIMIT} counted lines or more: {programs:?}");
}
