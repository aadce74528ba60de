//! The wire form of questions to the optimiser.

use super::{pinned, refused, written};
use marketloop::optimise::{Aim, Binding, Limits, Optimisation, OptimiseError, Stop};
use marketloop::quantity::{Currency, Money};
use marketloop::response::{Hill, Logarithmic, Power};

const QUESTION: &str = r#"{"aim":{"response":{"budget":{"amount":"50000.00","currency":"CNY"}}},"lines":[{"name":"SEM","curve":{"kind":"log","a":"60000","k":"10000"},"cap":{"amount":"30000.00","currency":"CNY"}},{"name":"video","curve":{"kind":"hill","a":"90000","k":"14000","s":"2.5"},"floor":{"amount":"1000.00","currency":"CNY"}}],"groups":[{"name":"paid","members":["SEM","video"],"floor":{"amount":"5.00","currency":"CNY"}}],"limits":{"nodes":20000,"gap":"1e-9"}}"#;

fn yuan(text: &str) -> Money {
    Money::parse(&format!("{text} CNY")).unwrap()
}

#[test]
fn a_question_is_its_draft() {
    let question = Optimisation::maximise_response(yuan("50000"))
        .line("SEM", Logarithmic::new(60_000.0, 10_000.0).unwrap(), ..=yuan("30000"))
        .line("video", Hill::new(90_000.0, 14_000.0, 2.5).unwrap(), yuan("1000")..)
        .group("paid", ["SEM", "video"], yuan("5")..);
    pinned(&question, QUESTION);
    let read: Optimisation = serde_json::from_str(QUESTION).unwrap();
    assert_eq!(read.solve().unwrap(), question.solve().unwrap());
    pinned(
        &Aim::Budget { target: 12.5, currency: Currency::CNY },
        r#"{"budget":{"target":"12.5","currency":"CNY"}}"#,
    );
    pinned(
        &Aim::MarginalReturn { at_least: 1.0, currency: Currency::CNY },
        r#"{"marginal_return":{"at_least":"1","currency":"CNY"}}"#,
    );
    pinned(&Limits::default().with_nodes(7), r#"{"nodes":7,"gap":"1e-9"}"#);
    assert_eq!(serde_json::from_str::<Limits>("{}").unwrap(), Limits::default());
    // However close a gap is written down, the arithmetic does not promise a closer one.
    assert!(serde_json::from_str::<Limits>(r#"{"gap":0}"#).unwrap().gap() > 0.0);
    refused::<Limits>(r#"{"gap":-1}"#, "the gap -1 is no finite number from 0 up");
    refused::<Limits>(r#"{"gap":"NaN"}"#, "`NaN` is not a finite number");
    refused::<Limits>(r#"{"gaps":1}"#, "unknown field `gaps`");
    // T5: a gap that has no form on the wire is none.
    for gap in [f64::NAN, f64::INFINITY, -1e-300] {
        assert!(matches!(Limits::default().with_gap(gap), Err(OptimiseError::Gap { .. })), "{gap}");
    }
    assert!(Limits::default().with_gap(1e-6).is_ok_and(|limits| serde_json::to_string(&limits).is_ok()));
}

#[test]
fn an_optimum_is_written() {
    let question = Optimisation::maximise_response(yuan("100"))
        .line("a", Power::new(2.0, 0.5).unwrap(), ..)
        .line("b", Power::new(1.0, 0.5).unwrap(), ..=yuan("0"))
        .group("all", ["a", "b"], ..);
    let best = question.solve().unwrap();
    let json = concat!(
        r#"{"lines":[{"name":"a","amount":{"amount":"100.00","currency":"CNY"},"exact":"100","response":"20","#,
        r#""marginal_return":{"known":"0.1"},"binding":"free"},"#,
        r#"{"name":"b","amount":{"amount":"0.00","currency":"CNY"},"exact":"0","response":"0","#,
        r#""marginal_return":{"undefined":{"figure":"marginal return","cause":"out_of_range"}},"binding":"cap"}],"#,
        r#""groups":[{"name":"all","amount":{"amount":"100.00","currency":"CNY"},"binding":"free","multiplier":{"known":"0"}}],"#,
        r#""spend":{"amount":"100.00","currency":"CNY"},"response":"20","exact_response":"20","multiplier":{"known":"0"},"#,
        r#""bound":"20.000000000000018","gap":"8.881784197001244e-16","stop":"proven","nodes":1}"#
    );
    written(&best, json);
    // A floor that reaches the target: no multiplier, and no great number in its place.
    let reached = Optimisation::minimise_budget(8.0, Currency::CNY)
        .line("a", Power::new(2.0, 0.5).unwrap(), yuan("25")..)
        .group("all", ["a"], ..)
        .solve()
        .unwrap();
    let none = r#"{"undefined":{"figure":"multiplier","cause":{"none":"need for money beyond the floors"}}}"#;
    let json = [
        r#"{"lines":[{"name":"a","amount":{"amount":"25.00","currency":"CNY"},"exact":"25","response":"10","#,
        r#""marginal_return":{"known":"0.2"},"binding":"floor"}],"#,
        r#""groups":[{"name":"all","amount":{"amount":"25.00","currency":"CNY"},"binding":"free","multiplier":"#,
        none,
        r#"}],"spend":{"amount":"25.00","currency":"CNY"},"response":"10","exact_response":"10","multiplier":"#,
        none,
        r#","bound":"25","gap":"0","stop":"proven","nodes":1}"#,
    ];
    written(&reached, &json.concat());
    pinned(&[Binding::Free, Binding::Zero, Binding::Floor, Binding::Cap], r#"["free","zero","floor","cap"]"#);
    assert_eq!("cap".parse(), Ok(Binding::Cap));
    assert_eq!(
        "Top".parse::<Binding>().unwrap_err().to_string(),
        "`Top` is no binding limit: free, zero, floor, cap"
    );
}

#[test]
fn an_improvement_is_written() {
    let question = Optimisation::maximise_response(yuan("100"))
        .line("a", Power::new(2.0, 0.5).unwrap(), ..=yuan("64"))
        .with_response("orders", "order".parse().unwrap());
    let asked = question.clone().line("b", Power::new(1.0, 0.5).unwrap(), ..);
    pinned(&asked.aim(), r#"{"response":{"budget":{"amount":"100.00","currency":"CNY"}}}"#);
    let json = serde_json::to_string(&asked).unwrap();
    assert!(json.ends_with(r#","response":"orders","response_unit":"order"}"#), "{json}");
    pinned(&asked, &json);
    let better = asked.improve([("a", yuan("100"))], &asked.solve().unwrap()).unwrap();
    let json = serde_json::to_string(&better).unwrap();
    written(&better, &json);
    let rest = [
        r#""spent":{"amount":"100.00","currency":"CNY"},"spend":{"amount":"100.00","currency":"CNY"},"bound":"22"#,
        r#""outside":["above its cap of 64.00 CNY",""],"told":"proven: "#,
        r#""measure":{"name":"orders","unit":"order"}}"#,
    ];
    for part in rest {
        assert!(json.contains(part), "{json}");
    }
    assert!(json.starts_with(
        r#"{"before":[{"name":"a","amount":{"amount":"100.00","currency":"CNY"},"exact":"100""#
    ));
}

#[test]
fn a_stop_is_its_name() {
    pinned(&Stop::Proven, r#""proven""#);
    pinned(&Stop::NoProgress, r#""no_progress""#);
}

#[test]
fn a_question_goes_through_its_check() {
    let broken = |from: &str, to: &str| QUESTION.replace(from, to);
    refused::<Optimisation>(
        &broken("\"1000.00\"", "\"60000.00\""),
        "lines: the floors take 60,000.00 CNY: 10,000.00 CNY over the budget",
    );
    refused::<Optimisation>(
        &broken("[\"SEM\",\"video\"]", "[\"SEM\",\"TV\"]"),
        "groups[0].members[1]: `TV` is neither a line nor a group",
    );
    refused::<Optimisation>(
        &broken("\"name\":\"video\"", "\"name\":\"SEM\""),
        "2 problems\n  lines[1].name: `SEM` is the name of another line or group already\n  groups[0].members[1]: `video` is neither",
    );
    refused::<Optimisation>(&broken("\"s\":\"2.5\"", "\"s\":-2.5"), "s -2.5 is outside 0.001..=1000");
    refused::<Optimisation>(&broken("\"limits\"", "\"limit\""), "unknown field `limit`");
    refused::<Optimisation>(
        &broken("\"50000.00\",\"currency\":\"CNY\"", "\"50000\",\"currency\":\"JPY\""),
        "3 problems",
    );
    refused::<Aim>(r#"{"profit":{}}"#, "unknown variant `profit`");
}
