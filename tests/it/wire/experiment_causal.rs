//! Effects without randomisation, as they are written.

use super::written;
use marketloop::experiment::{DifferenceInDifferences, SyntheticControl, TimeBasedRegression};

#[test]
fn effects_say_why_an_error_is_none() {
    let lift = DifferenceInDifferences::of(&[[4.0, 10.0], [7.0, 14.0]], &[[5.0, 7.0]], 1).unwrap();
    written(
        &lift,
        concat!(
            r#"{"treated":["5.5","12"],"control":["5","7"],"relative":{"known":"0.6"},"#,
            r#""welch":{"value":"4.5","#,
            r#""standard_error":{"undefined":{"figure":"standard error","cause":{"none":"second unit in each arm"}}}},"#,
            r#""pooled":{"value":"4.5","standard_error":{"known":"0.8660254037844386"},"degrees":"1"},"#,
            r#""control_error":{"undefined":{"figure":"standard error","cause":{"none":"second control unit"}}},"#,
            r#""slope_difference":{"undefined":{"figure":"slope difference","#,
            r#""cause":{"none":"second period before the start"}}},"unit_periods":2}"#,
        ),
    );
}

#[test]
fn a_regression_is_written_with_its_path() {
    let lift = TimeBasedRegression::of(&[1.0, 2.0, 3.0, 4.0], &[2.0, 4.0, 6.0, 9.0], 3).unwrap();
    written(lift.cumulative(), r#"{"value":"1","standard_error":{"known":"0"},"degrees":"1"}"#);
    written(
        &lift,
        concat!(
            r#"{"intercept":"0","slope":"2","sigma":{"known":"0"},"counterfactual":["8"],"effects":["1"],"relative":{"known":"0.125"},"#,
            r#""cumulative":{"value":"1","standard_error":{"known":"0"},"degrees":"1"},"#,
            r#""path":[{"value":"1","standard_error":{"known":"0"},"degrees":"1"}]}"#,
        ),
    );
}

#[test]
fn a_synthetic_control_is_written_with_its_weights() {
    let control = SyntheticControl::of(&[4.0, 7.0], &[[3.0, 5.0]], 1).unwrap();
    written(
        &control,
        concat!(
            r#"{"pre":1,"weights":{"known":["1"]},"synthetic":["3","5"],"gap":["1","2"],"error_before":"1","#,
            r#""error_after":"2","ratio":{"known":"2"},"effect":"2","excess":"0"}"#,
        ),
    );
}
