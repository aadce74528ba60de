//! States, reasons and ranges on the wire; a table as text, page and rows.

use super::{pinned, refused, written};
use marketloop::figure::{
    Cause, Cell, Evidence, Figure, FigureError, Interval, Report, Section, Source, Step, Table, Undefined,
    Why,
};
use marketloop::quantity::{Money, Ratio};
use marketloop::time::{NaiveDate, date};
use rust_decimal::{Decimal, dec};

#[test]
fn a_figure_says_which_of_three_it_is() {
    pinned::<Figure<Ratio>>(&Figure::Known("10/11".parse().unwrap()), r#"{"known":"10/11"}"#);
    pinned::<Figure<f64>>(&Figure::Known(0.1), r#"{"known":"0.1"}"#);
    pinned::<Figure<Decimal>>(&Figure::missing("visits"), r#"{"missing":"visits"}"#);
    pinned::<Figure<Money>>(
        &Figure::undefined("cost per visit", Cause::Zero("visits".into())),
        r#"{"undefined":{"figure":"cost per visit","cause":{"zero":"visits"}}}"#,
    );
    pinned(&Undefined::new("rate", Cause::Imprecise), r#"{"figure":"rate","cause":"imprecise"}"#);
    pinned(&Cause::NotReached("median".into()), r#"{"not_reached":"median"}"#);
    written(&FigureError::NoSteps, r#""no_steps""#);
    refused::<Figure<Decimal>>(r#"{"known":"x"}"#, "");
    refused::<Figure<Decimal>>(r#"{"unknown":"1"}"#, "unknown variant `unknown`");
}

#[test]
fn a_chain_of_reasons_has_a_beginning() {
    let step = |cause: &str, value| Step { cause: String::from(cause), value };
    pinned(&step("set", dec!(14000)), r#"{"cause":"set","value":"14000"}"#);
    let why = Why::new(String::from("period end"), date(2026, 1, 31).unwrap())
        .then("rolled".into(), date(2026, 1, 30).unwrap());
    pinned(&why, r#"[{"cause":"period end","value":"2026-01-31"},{"cause":"rolled","value":"2026-01-30"}]"#);
    assert_eq!(why.to_string(), "period end 2026-01-31; rolled 2026-01-30");
    refused::<Why<String, NaiveDate>>("[]", "a chain of reasons has at least one step");
}

#[test]
fn an_interval_runs_from_low_to_high() {
    pinned(&Interval::new(0.25, 0.5).unwrap(), r#"{"low":"0.25","high":"0.5"}"#);
    pinned(&Interval::new(dec!(-1), dec!(2.5)).unwrap(), r#"{"low":"-1","high":"2.5"}"#);
    refused::<Interval<Decimal>>(
        r#"{"low":"2","high":"1"}"#,
        "the low end 2 is not at or below the high end 1",
    );
    assert!(Interval::new(f64::NAN, 1.0).is_err() && Interval::new(0.0, f64::INFINITY).is_err());
}

#[test]
fn a_table_is_text_a_page_and_rows() {
    let mut table = Table::new("line");
    let amount = |text: &str| Money::parse(text).unwrap();
    table.push("SEM, brand", "amount", amount("1200.50 CNY"));
    table.push("SEM, brand", "return", Cell::from("16/5".parse::<Ratio>().unwrap()));
    table.push("信息流", "amount", Cell::from(amount("90 CNY")).because("capped | \"cap\""));
    table.push("信息流", "return", Figure::<Ratio>::missing("sales"));
    written(&Cell::from(amount("1 CNY")), r#"{"value":"1.00","unit":"CNY","why":""}"#);
    written(
        &table,
        concat!(
            r#"[{"name":"SEM, brand","column":"amount","value":"1200.50","unit":"CNY","why":""},"#,
            r#"{"name":"SEM, brand","column":"return","value":"3.2","unit":"1","why":""},"#,
            r#"{"name":"信息流","column":"amount","value":"90.00","unit":"CNY","why":"capped | \"cap\""},"#,
            r#"{"name":"信息流","column":"return","value":null,"unit":"","why":"missing: sales"}]"#,
        ),
    );
    assert_eq!(
        table.csv(),
        "name,column,value,unit,why\n\"SEM, brand\",amount,1200.50,CNY,\n\"SEM, brand\",return,3.2,1,\n\
         信息流,amount,90.00,CNY,\"capped | \"\"cap\"\"\"\n信息流,return,,,missing: sales\n"
    );
    assert_eq!(
        table.markdown(),
        "| line | amount CNY | return | why |\n| --- | ---: | ---: | --- |\n| SEM, brand | 1200.50 | 3.2 |  |\n\
         | 信息流 | 90.00 |  | capped \\| \"cap\"; missing: sales |\n"
    );
    assert_eq!(
        table.to_string(),
        "line        amount CNY  return  why\nSEM, brand     1200.50     3.2\n\
         信息流           90.00          capped | \"cap\"; missing: sales\n"
    );
    let twice = ["orders", "rate"].map(|column| (column, Figure::<Ratio>::missing("visits")));
    let mut gaps = Table::new("page");
    for (column, figure) in twice {
        gaps.push("home", column, figure);
    }
    assert_eq!(gaps.to_string(), "page  orders  rate  why\nhome                missing: visits\n");
    // A precision is the decimals of the columns that have some; a whole number there gets them too.
    table.push("SEM, brand", "orders", 1200_u64);
    table.push("信息流", "return", Cell::new("2.675", ""));
    assert_eq!(
        format!("{table:.2}"),
        "line        amount CNY  return  orders  why\nSEM, brand     1200.50    3.20    1200\n\
         信息流           90.00    2.68          capped | \"cap\"; missing: sales\n"
    );
    assert_eq!(table.get("信息流", "amount").unwrap().value.as_deref(), Some("90.00"));
    assert_eq!(Table::new("line").to_string(), "line\n");
}

#[test]
fn a_report_is_its_sentences_and_cells() {
    let (plan, guess) = (Source::new("plan.json", "the plan"), Source::illustration("-", "a guess"));
    written(&guess, r#"{"place":"-","content":"a guess","is_illustration":true}"#);
    let mut table = Table::new("line");
    table.push("SEM", "amount", Money::parse("1200.50 CNY").unwrap());
    table.push("live", "amount", Figure::<Money>::missing("the offer"));
    let evidence = Evidence::new("Lines", table, [&plan]).row("live", [&plan, &guess]);
    let report = Report::new("July").section(Section::new("How much?").answer("Much.").evidence(evidence));
    let rows = [
        r#"{"section":"How much?","table":"answer","name":"1","column":"","value":"Much.","unit":"","why":"","source":"plan.json + -","is_illustration":true}"#,
        r#"{"section":"How much?","table":"Lines","name":"SEM","column":"amount","value":"1200.50","unit":"CNY","why":"","source":"plan.json","is_illustration":false}"#,
        r#"{"section":"How much?","table":"Lines","name":"live","column":"amount","value":null,"unit":"","why":"missing: the offer","source":"plan.json + -","is_illustration":true}"#,
    ];
    written(&report, &format!("[{}]", rows.join(",")));
    let mut seen = rows.iter();
    report.for_each_row(|row| written(&row, seen.next().unwrap()));
    assert_eq!(
        report.csv(),
        "section,table,name,column,value,unit,why,source,illustration\n\
         How much?,answer,1,,Much.,,,plan.json + -,yes\n\
         How much?,Lines,SEM,amount,1200.50,CNY,,plan.json,no\n\
         How much?,Lines,live,amount,,,missing: the offer,plan.json + -,yes\n"
    );
    assert_eq!(
        report.markdown(),
        "# July\n\n## 1. How much?\n\n- Much.\n\n### Lines\n\n| line | amount CNY | why |\n| --- | ---: | --- |\n\
         | SEM | 1,200.50 |  |\n| live |  | missing: the offer |\n\n## Where every figure comes from\n\n\
         | source | content | in section |\n| --- | --- | ---: |\n| plan.json | the plan | 1 |\n| -* | a guess | 1 |\n"
    );
    assert_eq!(Report::new("nothing").to_string(), "nothing\n");
}
