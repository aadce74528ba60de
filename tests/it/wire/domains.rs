//! The wire form of the domains' types, byte for byte, and what they refuse.

use super::{pinned, refused, written};
use marketloop::budget::Budget;
use marketloop::channel::{
    Action, ActionTable, ChannelFigure, CoOccurrence, Concentration, ContentMatrix, InfluencerPyramid,
    LifetimeValue, Metric, Quadrant, Quadrants, Scorecard,
};
use marketloop::figure::{Figure, Interval};
use marketloop::goal::{
    Cascade, GoalStatement, Growth, GrowthReading, MetricRecord, RatioCascade, RatioSpread,
};
use marketloop::health::{Dimension, Indicator, Matrix};
use marketloop::pdca::{Stage, StageTable};
use marketloop::quantity::{Mix, Quantity, Share};
use marketloop::target::{Bands, Threshold};
use marketloop::time::Grain;
use rust_decimal::dec;

#[test]
fn a_cascade_is_its_parts() {
    let parts = [("2026-07", "0.5 CNY"), ("2026-08", "0.7 CNY"), ("2026-09", "0.8 CNY")];
    let parts = parts.map(|(period, part)| (period.parse().unwrap(), part.parse().unwrap()));
    let cascade =
        Cascade::explicit("sales", "2026-Q3".parse().unwrap(), "2 CNY".parse().unwrap(), parts).unwrap();
    let json = concat!(
        r#"{"metric":"sales","period":"2026-Q3","total":{"value":"2","unit":"CNY"},"#,
        r#""parts":[["2026-07",{"value":"0.5","unit":"CNY"}],["2026-08",{"value":"0.7","unit":"CNY"}],"#,
        r#"["2026-09",{"value":"0.8","unit":"CNY"}]],"key_results":[]}"#
    );
    pinned(&cascade, json);
    refused::<Cascade>(
        &json.replace("0.8", "0.9"),
        "parts: the parts add up to 2.1 CNY, 0.1 CNY off the total of 2 CNY",
    );
    refused::<Cascade>(&json.replace("2026-08", "2026-09"), "2 problems");
    let late = GoalStatement {
        metric: "m".into(),
        target: Some("at least 1".parse().unwrap()),
        period: Some("2026-10".parse().unwrap()),
        ..GoalStatement::default()
    };
    let row = r#"{"metric":"m","target":"at least 1","period":"2026-10"}"#;
    pinned(&late, row);
    let late = json.replace("[]", &format!("[{row}]"));
    refused::<Cascade>(&late, "key_results[0].period: 2026-10 is not within 2026-Q3");
    let bare = json.replace("[]", r#"[{"metric":"m"}]"#);
    refused::<Cascade>(
        &bare,
        "2 problems\n  key_results[0].target: measurable: no target\n  key_results[0].period",
    );
}

#[test]
fn a_goal_and_what_is_known_of_its_metric_are_plain_records() {
    let goal = GoalStatement {
        metric: "repurchase rate".into(),
        target: Some("at least 15 %".parse().unwrap()),
        period: Some("2026-08".parse().unwrap()),
        ..GoalStatement::default()
    };
    pinned(&goal, r#"{"metric":"repurchase rate","target":"at least 15 %","period":"2026-08"}"#);
    refused::<GoalStatement>(r#"{"metric":"m","target":"15 %"}"#, "`15 %` is not a target");
    let known = MetricRecord {
        name: "repurchase rate".into(),
        unit: "%".parse().unwrap(),
        history: vec!["12 %".parse().unwrap()],
        benchmark: None,
    };
    pinned(&known, r#"{"name":"repurchase rate","unit":"%","history":[{"value":"12","unit":"%"}]}"#);
    let ratios = RatioCascade::spread([(1, 4), (1, 2)], dec!(0.5), RatioSpread::Proportional).unwrap();
    written(
        &ratios,
        r#"{"spread":"proportional","target":"0.5","last":"1/3","ratios":["0.375","0.75"],"shift":"1.5"}"#,
    );
    let growth = Growth::percent(dec!(100)).unwrap();
    pinned(&growth, r#""1""#);
    refused::<Growth>(r#""-1""#, "growth -1 is outside -1 (not in it) to 1000");
    written(
        &growth.stock_linear(dec!(10), 2).unwrap(),
        r#"{"growth":"1","reading":"stock_linear","start":"10","levels":["15","20"],"goal":"20","step":"5"}"#,
    );
    pinned(&RatioSpread::LogitShift, r#""logit_shift""#);
    for spread in [RatioSpread::Proportional, RatioSpread::Additive, RatioSpread::LogitShift] {
        let on_wire = serde_json::to_value(spread).unwrap();
        assert_eq!(on_wire.as_str().unwrap().parse(), Ok(spread));
        assert_eq!(spread.to_string().parse(), Ok(spread));
    }
    assert_eq!(" flow_same_rate".parse(), Ok(GrowthReading::FlowSameRate));
    assert_eq!(
        "summer".parse::<GrowthReading>().unwrap_err().to_string(),
        "`summer` is no reading of a growth: stock_compounding, stock_linear, stock_seasonal, stock_with_churn, flow_same_rate, flow_steady_from_last, flow_seasonal_trend"
    );
    pinned(&GrowthReading::FlowSteadyFromLast, r#""flow_steady_from_last""#);
}

#[test]
fn a_goal_against_what_came_is_written() {
    let part = |month: &str, amount: &str| (month.parse().unwrap(), amount.parse().unwrap());
    let parts = [part("2026-05", "3 order"), part("2026-06", "5 order")];
    let parts = [part("2026-04", "2 order")].into_iter().chain(parts);
    let goal =
        Cascade::explicit("orders", "2026-Q2".parse().unwrap(), "10 order".parse().unwrap(), parts).unwrap();
    let april = ("2026-04".parse().unwrap(), Figure::Known("4 order".parse().unwrap()));
    let progress = goal.against([april]).unwrap();
    let first = r#"{"period":"2026-04","target":{"value":"2","unit":"order"},"actual":{"known":{"value":"4","unit":"order"}},"attainment":{"known":"2"},"target_to_date":{"value":"2","unit":"order"},"actual_to_date":{"known":{"value":"4","unit":"order"}}}"#;
    written(&progress.parts()[0], first);
    let rest = [("2026-05", "3", "5", "9/4"), ("2026-06", "5", "10", "15/4")].map(|(month, target, sum, needed)| {
        format!(
            r#"{{"period":"{month}","target":{{"value":"{target}","unit":"order"}},"actual":{{"missing":"orders of {month}"}},"attainment":{{"missing":"orders of {month}"}},"target_to_date":{{"value":"{sum}","unit":"order"}},"actual_to_date":{{"missing":"orders of {month}"}},"needed":{{"known":"{needed}"}}}}"#
        )
    });
    let head = r#"{"metric":"orders","total":{"value":"10","unit":"order"},"attained":{"known":{"value":"4","unit":"order"}},"to_go":{"known":{"value":"6","unit":"order"}},"attainment":{"known":"2/5"},"needed_pace":{"known":"3/4"}"#;
    written(&progress, &format!(r#"{head},"parts":[{first},{}]}}"#, rest.join(",")));
}

#[test]
fn a_budget_is_its_draft() {
    let budget = Budget::draft("event", "50000 CNY".parse().unwrap())
        .percent("content", dec!(90))
        .reserve("contingency", dec!(8.5), "only for failures")
        .amount("travel", "750 CNY".parse().unwrap())
        .check()
        .unwrap();
    let json = concat!(
        r#"{"name":"event","total":{"amount":"50000.00","currency":"CNY"},"lines":["#,
        r#"{"name":"content","percent":"90"},"#,
        r#"{"name":"contingency","percent":"8.5","purpose":"only for failures","reserve":true},"#,
        r#"{"name":"travel","amount":{"amount":"750.00","currency":"CNY"}}]}"#
    );
    pinned(&budget, json);
    refused::<Budget>(
        &json.replace("8.5", "9"),
        "lines: the lines take 100.5% of 50,000.00 CNY, 0.5 percentage points (250.00 CNY) over",
    );
    refused::<Budget>(
        &json.replace("travel", "content"),
        "lines[2].name: `content` is the name of line 0 already",
    );
    refused::<Budget>(
        r#"{"name":"x","total":"1 CNY","lines":[]}"#,
        "lines: a budget needs at least one line",
    );
}

#[test]
fn a_scorecard_is_what_was_given() {
    let card = Scorecard::draft()
        .with_clicks(5_000)
        .with_conversions(200)
        .with_spend("10000 CNY".parse().unwrap())
        .with_return_on_ad_spend("1:3.2".parse().unwrap());
    let json = concat!(
        r#"{"clicks":5000,"conversions":200,"spend":{"amount":"10000.00","currency":"CNY"},"#,
        r#""return_on_ad_spend":"1:3.2"}"#
    );
    pinned(&card.check().unwrap(), json);
    let all = Scorecard::draft()
        .with_click_through_rate("10 %".parse().unwrap())
        .with_conversion_rate("4 %".parse().unwrap())
        .with_cost_per_mille("200 CNY".parse().unwrap())
        .with_cost_per_click("2 CNY/click".parse().unwrap())
        .with_cost_per_acquisition("50 CNY".parse().unwrap())
        .with_average_order_value("160 CNY".parse().unwrap())
        .with_net_return("220%".parse().unwrap())
        .with_metrics_rounded_to(2);
    let written = concat!(
        r#"{"click_through_rate":{"value":"10","unit":"%"},"conversion_rate":{"value":"4","unit":"%"},"#,
        r#""cost_per_mille":{"value":"200","unit":"CNY"},"cost_per_click":{"value":"2","unit":"CNY/click"},"#,
        r#""cost_per_acquisition":{"value":"50","unit":"CNY"},"#,
        r#""average_order_value":{"value":"160","unit":"CNY"},"net_return":"220%","metrics_rounded_to":2}"#
    );
    pinned(&all.check().unwrap(), written);
    refused::<Scorecard>(
        &json.replace("\"conversions\":200", "\"conversions\":5001"),
        "conversions: 5001 conversions exceed 5000 clicks",
    );
    refused::<Scorecard>(
        &json.replace("\"return_on", "\"revenue\":{\"amount\":\"1\",\"currency\":\"JPY\"},\"return_on"),
        "revenue: CNY and JPY are different currencies",
    );
    refused::<Scorecard>(r#"{"reach":1}"#, "unknown field `reach`");
    refused::<Scorecard>(r#"{"return_on_ad_spend":"3.2:1"}"#, "`3.2:1` is not a return such as 1:3.2");
    refused::<Scorecard>(r#"{"return_on_ad_spend":-1}"#, "return_on_ad_spend: a return of -1 is below 0");
    refused::<Scorecard>(r#"{"net_return":"-101%"}"#, "net_return: a return of -1/100 is below 0");
    pinned(&Metric::ReturnOnAdSpend, r#""return_on_ad_spend""#);
    pinned(&ChannelFigure::NewCustomers, r#""new_customers""#);
}

#[test]
fn the_channel_matrix_is_its_drafts() {
    pinned(&Action::Boost, r#""boost""#);
    pinned(&Quadrant::HighValueLowCost, r#""high_value_low_cost""#);
    let quadrants = Quadrants::new("40 CNY".parse().unwrap(), "150 CNY".parse().unwrap()).unwrap();
    let json = r#"{"cost":{"amount":"40.00","currency":"CNY"},"value":{"amount":"150.00","currency":"CNY"}}"#;
    pinned(&quadrants, json);
    refused::<Quadrants>(&json.replace("40.00", "-40.00"), "-40.00 CNY is below 0");
    let [margin, stay] = [50, 60].map(|percent| Share::percent(percent).unwrap());
    let (value, orders) = ("160 CNY".parse().unwrap(), "3/2".parse().unwrap());
    let customer = LifetimeValue::new(value, margin, orders, stay, Grain::Quarter).unwrap();
    let json = r#"{"order_value":{"amount":"160.00","currency":"CNY"},"gross_margin":"0.5","orders":"3/2","retention":"0.6","period":"quarter"}"#;
    pinned(&customer, json);
    let whole = json.replace('}', "").replace("CNY\"", "CNY\"}") + r#","discount":"0.02","horizon":8}"#;
    pinned(&customer.with_discount(Share::percent(2).unwrap()).with_horizon(8), &whole);
    refused::<LifetimeValue>(&json.replace("3/2", "-1"), "-1 orders in a period are below 0");
    refused::<LifetimeValue>(&json.replace("160.00", "-1.00"), "-1.00 CNY is below 0");
    let reach =
        CoOccurrence::from_rows(["b".to_string(), "a".to_string()], [(1, 0), (1, 1), (2, 1)]).unwrap();
    pinned(&reach, r#"{"channels":["a","b"],"all":2,"counts":[[2,1],[1]]}"#);
    refused::<CoOccurrence<String>>(
        r#"{"channels":["a","b"],"all":2,"counts":[[2,2],[1]]}"#,
        "the counts of channels 0 and 1 cannot be",
    );
    let pyramid = InfluencerPyramid::new([("star".to_string(), 1), ("ordinary".to_string(), 100)]).unwrap();
    pinned(&pyramid, r#"[["star",1],["ordinary",100]]"#);
    refused::<InfluencerPyramid<String>>(
        r#"[["star",2],["ordinary",1]]"#,
        "tier 1 is smaller than the tier before it",
    );
    let content = ContentMatrix::draft()
        .platform("Douyin", "completion rate", "at least 60 %".parse().unwrap())
        .content("substance", [4])
        .with_mix(Mix::from_percents([("substance".into(), 100)]).unwrap())
        .check()
        .unwrap();
    let json = concat!(
        r#"{"platforms":[{"name":"Douyin","core_kpi":"completion rate","target":"at least 60 %"}],"#,
        r#""contents":[{"name":"substance","pieces":[4]}],"mix":[["substance","1"]]}"#
    );
    pinned(&content, json);
    refused::<ContentMatrix>(&json.replace("[4]", "[4,5]"), "contents[0].pieces: 2 figures, 1 needed");
    let table = serde_json::to_string(&ActionTable::documents().unwrap()).unwrap();
    pinned(&ActionTable::documents().unwrap(), &table);
    refused::<ActionTable>(&table.replace("cut", "sell"), "rules[3].then[0]: `sell` is no action");
}

#[test]
fn a_health_matrix_is_its_draft() {
    let bands = Bands::lights(Threshold::at_or_above(dec!(0.8)), Threshold::above(dec!(1))).unwrap();
    let rate = Indicator::new("repurchase rate", "at least 25 %".parse().unwrap(), Grain::HalfYear);
    let rate = rate.with_actual("27 %".parse().unwrap()).unwrap();
    let matrix = Matrix::new(bands, [Dimension::new("stickiness", [rate])]).unwrap();
    let json = concat!(
        r#"{"bands":{"lowest":"red","edges":[{"threshold":{"at":"4/5","side":"above"},"class":"yellow"},"#,
        r#"{"threshold":{"at":"1","side":"below"},"class":"green"}],"hysteresis":"0"},"dimensions":["#,
        r#"{"name":"stickiness","indicators":[{"name":"repurchase rate","target":"at least 25 %","#,
        r#""review":"half_year","actual":{"value":"27","unit":"%"}}]}]}"#
    );
    pinned(&matrix, json);
    let path = "dimensions[0].indicators[0].actual: units differ: CNY and %";
    refused::<Matrix>(&json.replace(r#""unit":"%""#, r#""unit":"CNY""#), path);
    refused::<Matrix>(&json.replace("4/5", "6/5"), "edge 1 at 1 is not above the edge before it at 6/5");
}

#[test]
fn what_is_known_of_a_channel_is_figures_intervals_and_their_steps() {
    let shown = Scorecard::draft()
        .with_impressions(1_000)
        .with_click_through_rate("1.2 %".parse().unwrap())
        .with_cost_per_click("2 CNY".parse().unwrap());
    let exact = shown.clone().check().unwrap();
    pinned(&exact.figure(ChannelFigure::Clicks), r#"{"known":{"value":"12","unit":"1"}}"#);
    pinned(&exact.figure(ChannelFigure::Revenue), r#"{"missing":"revenue"}"#);
    pinned(
        &exact.explain(ChannelFigure::Spend),
        concat!(
            r#"{"known":[{"cause":{"given":"impressions"},"value":{"value":"1000","unit":"1"}},"#,
            r#"{"cause":{"times":{"metric":"click_through_rate","figure":"clicks"}},"#,
            r#""value":{"value":"12","unit":"1"}},"#,
            r#"{"cause":{"times":{"metric":"cost_per_click","figure":"spend"}},"#,
            r#""value":{"value":"24","unit":"CNY"}}]}"#
        ),
    );
    let rounded = shown.with_metrics_rounded_to(1).check().unwrap();
    let range = r#"{"known":{"low":{"value":"12","unit":"1"},"high":{"value":"12","unit":"1"}}}"#;
    pinned(&rounded.figure_range(ChannelFigure::Clicks), range);
    refused::<Figure<Interval<Quantity>>>(
        &range.replace(r#""high":{"value":"12""#, r#""high":{"value":"11""#),
        "the low end 12 is not at or below the high end 11",
    );
    pinned(
        &rounded.explain(ChannelFigure::Clicks).map(|why| why.last().cause.clone()).get().unwrap(),
        r#"{"at_most":{"figure":"clicks","by":[{"figure":"impressions"},{"metric":"click_through_rate"}]}}"#,
    );
    let quadrants = Quadrants::new("40 CNY".parse().unwrap(), "150 CNY".parse().unwrap()).unwrap();
    let placed = quadrants.place("35".parse().unwrap(), "168 CNY".parse().unwrap()).unwrap();
    pinned(&placed, r#""high_value_low_cost""#);
}

#[test]
fn what_hangs_on_few_channels_is_data() {
    let traffic =
        Concentration::new([("feed".to_string(), dec!(3.5)), ("search".to_string(), dec!(1))]).unwrap();
    let (feed, search) = ("feed".to_string(), "search".to_string());
    let traffic = traffic.with_dependence(&feed, &search, Share::percent(50).unwrap()).unwrap();
    let json = concat!(
        r#"{"channels":[{"channel":"feed","contribution":"3.5"},{"channel":"search","contribution":"1"}],"#,
        r#""dependences":[{"of":"feed","on":"search","share":"0.5"}]}"#
    );
    pinned(&traffic, json);
    refused::<Concentration<String>>(&json.replace("3.5", "-3.5"), "contribution 0 is -3.5, below 0");
    refused::<Concentration<String>>(
        &json.replace(r#""on":"search""#, r#""on":"tv""#),
        "there is no such channel",
    );
    let short = traffic.failures(Share::percent(30).unwrap()).unwrap();
    written(&short, r#"[{"name":"feed","actual":"2/9","planned":"3/10"}]"#);
    for metric in Metric::ALL {
        assert_eq!(metric.to_string().parse(), Ok(metric));
    }
    for figure in ChannelFigure::ALL {
        assert_eq!(figure.to_string().parse(), Ok(figure));
    }
    for quadrant in Quadrant::ALL {
        assert_eq!(quadrant.to_string().parse(), Ok(quadrant));
    }
    for action in Action::ALL {
        assert_eq!(action.to_string().parse(), Ok(action));
    }
}

#[test]
fn a_stage_table_is_its_rows() {
    let due = "every Friday".parse().unwrap();
    let table = Stage::ALL.into_iter().fold(StageTable::quarterly().unwrap(), |table, stage| {
        table.with_task(stage, "t").with_deliverable(stage, "d").with_owner(stage, "o").with_due(stage, due)
    });
    let row = |stage: &str| {
        format!(r#"{{"stage":"{stage}","task":"t","deliverable":"d","owner":"o","due":"every Friday"}}"#)
    };
    let json = format!("[{}]", ["plan", "do", "check", "act"].map(row).join(","));
    pinned(&table, &json);
    refused::<StageTable>(&json.replace("act", "do"), "2 problems\n  .: do has 2 rows");
    refused::<StageTable>("[]", "4 problems\n  .: plan has 0 rows, each stage has one");
}
