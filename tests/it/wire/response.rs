//! The wire form of curves and adstock, byte for byte.

use super::{pinned, refused, written};
use marketloop::response::{
    Adbudg, Adstock, CarryOver, Curve, Exponential, Family, Hill, HyperbolicTangent, Kernel, Logarithmic,
    Logistic, MichaelisMenten, Observations, PiecewiseLinear, Power, ResponseError, best_of,
};
use serde::Serialize;
use std::fmt::Debug;

/// A curve of one family writes what the curve of any family writes.
fn curve(curve: impl Into<Curve> + Serialize + Debug, json: &str) {
    written(&curve, json);
    pinned(&curve.into(), json);
}

#[test]
fn fits_are_written() {
    let line = Observations::new([(1.0, 2.0), (2.0, 4.0), (4.0, 8.0)]).unwrap();
    let found = marketloop::response::fit(Family::Power, &line).unwrap();
    let json = serde_json::to_value(&found).unwrap();
    written(&found, &serde_json::to_string(&found).unwrap());
    assert_eq!(json["curve"]["kind"], "power");
    assert_eq!(json["parameters"][1]["name"], "p");
    assert_eq!(json["least_squares"]["undefined"]["figure"], "least squares");
    assert!(json["aicc"]["missing"].as_str().unwrap().starts_with("3 points of at least"));
    let weeks = [(1.0, 2.0), (2.0, 7.5), (3.0, 15.2), (4.0, 22.9), (5.0, 29.4), (7.0, 38.3), (9.0, 43.0)];
    let observations = Observations::new(weeks).unwrap();
    let comparison = best_of([Family::MichaelisMenten, Family::Hill], &observations).unwrap();
    let json = serde_json::to_value(&comparison).unwrap();
    written(&comparison, &serde_json::to_string(&comparison).unwrap());
    assert_eq!(json["fits"][0]["curve"]["kind"], "hill");
    assert_eq!(json["fits"][1]["curve"]["kind"], "michaelis_menten");
    assert_eq!(json["refused"].as_array().unwrap().len(), 0);
    assert!(comparison.to_string().starts_with("family"));
}

#[test]
fn a_kernel_is_its_kind_and_its_parameters() {
    pinned(&Kernel::geometric(0.5).unwrap(), r#"{"kind":"geometric","alpha":"0.5"}"#);
    pinned(&Kernel::weibull_pdf(3.0, 1.5).unwrap(), r#"{"kind":"weibull_pdf","scale":"3","shape":"1.5"}"#);
    pinned(&Kernel::custom([1.0, 0.25]).unwrap(), r#"{"kind":"custom","weights":["1","0.25"]}"#);
    refused::<Kernel>(r#"{"kind":"geometric","alpha":1.5}"#, "alpha 1.5 is outside 0..=1");
    refused::<Kernel>(
        r#"{"kind":"custom"}"#,
        &ResponseError::MissingParameter { kind: "custom", name: "weights" },
    );
    refused::<Kernel>(r#"{"kind":"geometric","alpha":0.5,"lags":6}"#, "unknown field `lags`");
}

#[test]
fn observations_are_points_and_their_weights() {
    let points = Observations::new([(100.0, 20.0), (400.0, 40.5)]).unwrap();
    pinned(&points, r#"{"points":[["100","20"],["400","40.5"]]}"#);
    let json = r#"{"points":[["100","20"],["400","40.5"]],"weights":["1","4"]}"#;
    pinned(&points.with_weights([1.0, 4.0]).unwrap(), json);
    let error = ResponseError::WeightCount { weights: 1, points: 2 };
    refused::<Observations>(&json.replace(r#","4"]"#, "]"), &error);
    refused::<Observations>(&json.replace("400", "-400"), "spend -400 is outside 0..=1e100");
    let error = ResponseError::NoVariation { what: "spend", count: 2 };
    refused::<Observations>(&json.replace("400", "100"), &error);
}

#[test]
fn a_curve_of_one_family_reads_no_other() {
    let json = r#"{"kind":"hill","a":"230","k":"520","s":"2.25"}"#;
    pinned(&Hill::new(230.0, 520.0, 2.25).unwrap(), json);
    let error = ResponseError::OtherKind { found: "hill", expected: "log" };
    refused::<Logarithmic>(json, &error);
    let error = ResponseError::OtherKind { found: "hill", expected: "piecewise_linear" };
    refused::<PiecewiseLinear>(json, &error);
}

#[test]
fn a_curve_is_its_kind_and_its_parameters() {
    curve(Logarithmic::new(80.5, 150.0).unwrap(), r#"{"kind":"log","a":"80.5","k":"150"}"#);
    curve(Power::new(6.0, 0.45).unwrap(), r#"{"kind":"power","a":"6","p":"0.45"}"#);
    curve(MichaelisMenten::new(240.0, 420.0).unwrap(), r#"{"kind":"michaelis_menten","a":"240","k":"420"}"#);
    curve(Hill::new(230.0, 520.0, 2.25).unwrap(), r#"{"kind":"hill","a":"230","k":"520","s":"2.25"}"#);
    curve(Exponential::new(210.0, 480.0).unwrap(), r#"{"kind":"exp","a":"210","k":"480"}"#);
    curve(HyperbolicTangent::new(200.0, 700.0).unwrap(), r#"{"kind":"tanh","a":"200","k":"700"}"#);
    curve(
        Logistic::new(220.0, 640.0, 0.006).unwrap(),
        r#"{"kind":"logistic","a":"220","m":"640","r":"0.006"}"#,
    );
    let json = r#"{"kind":"adbudg","a":"250","b":"30","c":"1.8","d":"150000"}"#;
    curve(Adbudg::new(250.0, 30.0, 1.8, 1.5e5).unwrap(), json);
    let json = r#"{"kind":"piecewise_linear","points":[["0","1"],["100","50"]]}"#;
    curve(PiecewiseLinear::new([(0.0, 1.0), (100.0, 50.0)]).unwrap(), json);
    // Numbers are read too.
    let read: Curve = serde_json::from_str(r#"{"s":2,"k":300,"a":1000,"kind":"hill"}"#).unwrap();
    assert_eq!(read, Hill::new(1000.0, 300.0, 2.0).unwrap().into());
}

#[test]
fn a_curve_goes_through_its_constructor() {
    let cases: [(&str, ResponseError); 12] = [
        (r#"{"kind":"hull","a":1}"#, ResponseError::UnknownKind { kind: "hull".into() }),
        (r#"{"kind":"hill","a":1,"k":2}"#, ResponseError::MissingParameter { kind: "hill", name: "s" }),
        (r#"{"kind":"exp","k":2}"#, ResponseError::MissingParameter { kind: "exp", name: "a" }),
        (
            r#"{"kind":"exp","a":1,"k":2,"s":1}"#,
            ResponseError::SuperfluousParameter { kind: "exp", name: "s" },
        ),
        (
            r#"{"kind":"tanh","a":1,"k":2,"points":[]}"#,
            ResponseError::SuperfluousParameter { kind: "tanh", name: "points" },
        ),
        (
            r#"{"kind":"piecewise_linear","a":1,"points":[[0,0],[1,1]]}"#,
            ResponseError::SuperfluousParameter { kind: "piecewise_linear", name: "a" },
        ),
        (
            r#"{"kind":"piecewise_linear"}"#,
            ResponseError::MissingParameter { kind: "piecewise_linear", name: "points" },
        ),
        (r#"{"kind":"piecewise_linear","points":[[1,0],[2,1]]}"#, ResponseError::FirstSpend { spend: 1.0 }),
        (
            r#"{"kind":"piecewise_linear","points":[[0,0],[0,1]]}"#,
            ResponseError::SpendNotAscending { index: 1 },
        ),
        (r#"{"kind":"piecewise_linear","points":[[0,2],[3,1]]}"#, ResponseError::ResponseFalls { index: 1 }),
        (r#"{"kind":"adbudg","a":1,"b":2,"c":1,"d":1}"#, ResponseError::NoRise { least: 2.0, most: 1.0 }),
        (
            r#"{"kind":"power","a":1,"p":1.5}"#,
            ResponseError::OutOfRange { name: "p", value: 1.5, range: "0.001..=1" },
        ),
    ];
    for (json, error) in cases {
        refused::<Curve>(json, &error);
    }
    refused::<Curve>(r#"{"kind":"exp","a":1,"k":2,"x":1}"#, "unknown field `x`");
    refused::<Curve>(r#"{"kind":"exp","a":"one","k":2}"#, "`one` is not a finite number");
    refused::<Curve>(r#"{"kind":"exp","a":"inf","k":2}"#, "`inf` is not a finite number");
    refused::<Curve>(r#"{"kind":"exp","a":1e999,"k":2}"#, "number out of range");
    refused::<Curve>(r#"{"kind":"exp","a":0,"k":2}"#, "a 0 is outside 1e-100..=1e100");
    refused::<Curve>(r#"{"a":0,"k":2}"#, "missing field `kind`");
}

#[test]
fn an_adstock_is_its_kernel_its_lags_and_its_normalisation() {
    let raw = |kernel: Result<Kernel, ResponseError>| Adstock::new(kernel.unwrap(), 6).unwrap();
    let one = |kernel| raw(kernel).normalised();
    let json = r#"{"kind":"geometric","alpha":"0.5","lags":6,"normalisation":"raw"}"#;
    pinned(&raw(Kernel::geometric(0.5)), json);
    let json = r#"{"kind":"delayed","alpha":"0.6","theta":"2","lags":6,"normalisation":"sum_to_one"}"#;
    pinned(&one(Kernel::delayed(0.6, 2.0)), json);
    let json = r#"{"kind":"binomial","alpha":"0.5","lags":6,"normalisation":"sum_to_one"}"#;
    pinned(&one(Kernel::binomial(0.5)), json);
    let json = r#"{"kind":"weibull_cdf","scale":"3","shape":"1.5","lags":6,"normalisation":"raw"}"#;
    pinned(&raw(Kernel::weibull_cdf(3.0, 1.5)), json);
    let json = r#"{"kind":"weibull_pdf","scale":"3","shape":"1.5","lags":6,"normalisation":"raw"}"#;
    pinned(&raw(Kernel::weibull_pdf(3.0, 1.5)), json);
    let json = r#"{"kind":"custom","weights":["1","0.25"],"lags":6,"normalisation":"raw"}"#;
    pinned(&raw(Kernel::custom([1.0, 0.25])), json);
    let read: Adstock = serde_json::from_str(r#"{"kind":"geometric","alpha":0,"lags":1}"#).unwrap();
    assert_eq!(read.weights(), [1.0]);

    let cases: [(&str, ResponseError); 7] = [
        (r#"{"kind":"linear","lags":6}"#, ResponseError::UnknownKind { kind: "linear".into() }),
        (
            r#"{"kind":"custom","lags":6}"#,
            ResponseError::MissingParameter { kind: "custom", name: "weights" },
        ),
        (
            r#"{"kind":"geometric","alpha":0.5,"theta":1,"lags":6}"#,
            ResponseError::SuperfluousParameter { kind: "geometric", name: "theta" },
        ),
        (r#"{"kind":"geometric","alpha":0.5,"lags":0}"#, ResponseError::Lags { lags: 0, limit: 10_000 }),
        (
            r#"{"kind":"geometric","alpha":0.5,"lags":10001}"#,
            ResponseError::Lags { lags: 10_001, limit: 10_000 },
        ),
        (r#"{"kind":"custom","weights":[0],"lags":6}"#, ResponseError::NoWeight { lags: 6 }),
        // The density of one lag has no range to be scaled by.
        (r#"{"kind":"weibull_pdf","scale":3,"shape":1.5,"lags":1}"#, ResponseError::NoWeight { lags: 1 }),
    ];
    for (json, error) in cases {
        refused::<Adstock>(json, &error);
    }
    refused::<Adstock>(r#"{"kind":"geometric","alpha":1.5,"lags":6}"#, "alpha 1.5 is outside 0..=1");
    refused::<Adstock>(r#"{"kind":"geometric","alpha":0.5}"#, "missing field `lags`");
    refused::<Adstock>(
        r#"{"kind":"geometric","alpha":0.5,"lags":6,"normalisation":"half"}"#,
        "`half` is not a known kind",
    );
}

#[test]
fn a_carry_over_is_its_adstock_and_what_still_works() {
    let adstock = Adstock::new(Kernel::geometric(0.5).unwrap(), 3).unwrap();
    let mut state = adstock.carry_over();
    for spend in [10.0, 20.0, 30.5] {
        state.advance(spend).unwrap();
    }
    let json = concat!(
        r#"{"adstock":{"kind":"geometric","alpha":"0.5","lags":3,"normalisation":"raw"},"#,
        r#""latest":["30.5","20"]}"#
    );
    pinned(&state, json);
    let error = ResponseError::TooMuchHistory { found: 3, limit: 2 };
    refused::<CarryOver>(&json.replace("\"20\"]", "20,10]"), &error);
    refused::<CarryOver>(&json.replace("\"20\"]", "-20.0]"), "spend -20 is outside 0..=1e150");
}
