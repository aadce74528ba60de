//! The wire form of pacing, earned value and baselines, byte for byte.

use super::{pinned, refused, written};
use marketloop::progress::{EarnedValue, Estimate, Pacing, PlannedValueCurve, Profile};
use marketloop::quantity::{Count, Money, Quantity};
use rust_decimal::dec;

#[test]
fn every_form_is_pinned() {
    pinned(&Profile::even(), r#""even""#);
    pinned(&Profile::front_loaded(dec!(3)).unwrap(), r#"{"front_loaded":"3"}"#);
    pinned(&Profile::seasonal([dec!(1), dec!(1.20)]).unwrap(), r#"{"seasonal":["1","1.2"]}"#);
    pinned(&Profile::custom([dec!(50), dec!(30)]).unwrap(), r#"{"custom":["50","30"]}"#);
    let value = EarnedValue::new(yuan("500"), yuan("250"), yuan("200"), yuan("219.98")).unwrap();
    pinned(
        &value,
        concat!(
            r#"{"budget_at_completion":{"amount":"500.00","currency":"CNY"},"#,
            r#""planned_value":{"amount":"250.00","currency":"CNY"},"#,
            r#""earned_value":{"amount":"200.00","currency":"CNY"},"#,
            r#""actual_cost":{"amount":"219.98","currency":"CNY"},"#,
            r#""committed":{"amount":"0.00","currency":"CNY"}}"#
        ),
    );
    let posts = r#"{"budget_at_completion":8,"planned_value":4,"earned_value":3,"actual_cost":5}"#;
    assert!(serde_json::from_str::<EarnedValue<Count>>(posts).unwrap().cost_variance().is_undefined());
    pinned(&Estimate::<Count>::CostPerformance, r#""cost_performance""#);
    pinned(&Estimate::BottomUp(Count::new(3)), r#"{"bottom_up":3}"#);
    let curve = PlannedValueCurve::new([(dec!(0), Count::new(0)), (dec!(1.5), Count::new(100))]).unwrap();
    pinned(&curve, r#"[["0",0],["1.5",100]]"#);
    let schedule = curve.earned_schedule(&Count::new(50), dec!(1)).unwrap();
    written(&schedule, r#"{"earned":"3/4","actual":"1","planned_duration":"1.5"}"#);
}

fn yuan(text: &str) -> Money {
    Money::parse(&format!("{text} CNY")).unwrap()
}

#[test]
fn a_pacing_is_its_total_profile_and_periods() {
    let profile = Profile::front_loaded(dec!(3)).unwrap();
    let pacing = Pacing::new(yuan("1000"), &profile, 5).unwrap();
    let json =
        r#"{"total":{"amount":"1000.00","currency":"CNY"},"profile":{"front_loaded":"3"},"periods":5}"#;
    pinned(&pacing, json);
    refused::<Pacing<Money>>(&json.replace("1000.00", "-1"), "total: total -1 is negative");
    refused::<Pacing<Money>>(&json.replace(":5}", ":10001}"), "periods: 10001 periods exceed 10000");
    refused::<Pacing<Money>>(&json.replace("periods", "months"), "unknown field `months`");
    let posts = Pacing::new(Count::new(7), &Profile::even(), 2).unwrap();
    let posts = posts.with_plan([Count::new(2), Count::new(5)]).unwrap();
    let json = r#"{"total":7,"profile":"even","periods":2,"plan":[2,5]}"#;
    pinned(&posts, json);
    let error = "plan: the amounts of the periods do not add up to 7";
    refused::<Pacing<Count>>(&json.replace(",5]", ",4]"), error);
    let views = Pacing::new(Quantity::new(dec!(5.5), "view".parse().unwrap()), &Profile::even(), 2).unwrap();
    pinned(&views, r#"{"total":{"value":"5.5","unit":"view"},"profile":"even","periods":2}"#);
    let standing = posts.after(1, Count::new(3), Count::new(1)).unwrap();
    written(
        &standing,
        concat!(
            r#"{"elapsed":1,"expected_to_date":2,"spent":3,"committed":1,"remaining":{"known":3},"#,
            r#""pacing_index":{"known":"3/2"},"projected_total":{"known":"6"}}"#
        ),
    );
    written(
        &standing.against_cap(dec!(50)).unwrap(),
        r#"{"cap":"21/2","spent":"3","projected":{"known":"6"},"unit":"1"}"#,
    );
    let money = Pacing::new(Money::parse("1000 CNY").unwrap(), &Profile::even(), 2).unwrap();
    let yuan = |text: &str| Money::parse(&format!("{text} CNY")).unwrap();
    let check = money.after(1, yuan("540"), yuan("0")).unwrap().against_cap(dec!(5)).unwrap();
    written(&check, r#"{"cap":"1050","spent":"540","projected":{"known":"1080"},"unit":"CNY"}"#);
    assert_eq!(
        check.table().to_string(),
        "figure     amount CNY\nspent             540\ncap              1050\nprojected        1080\n"
    );
    // A figure that does not exist has no unit: the column keeps that of the others.
    let check = money.after(0, yuan("540"), yuan("0")).unwrap().against_cap(dec!(5)).unwrap();
    assert!(check.table().to_string().starts_with("figure     amount CNY  why\n"), "{}", check.table());
}

#[test]
fn bad_values_fail_with_the_constructors_error() {
    let error = |json: &str| serde_json::from_str::<PlannedValueCurve<Count>>(json).unwrap_err().to_string();
    assert!(error("[[0, 5], [1, 4]]").starts_with("[1][1]: cumulative value 4 of point 1 is below 5"));
    assert!(error("[]").contains("at least one of points is needed"));
    let error = serde_json::from_str::<Profile>(r#"{"custom": [0.5, -1]}"#).unwrap_err().to_string();
    assert!(error.starts_with("weight -1 is negative"), "{error}");
}
