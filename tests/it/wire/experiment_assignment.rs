//! The wire form of arms by salt and of layers.

use super::{pinned, refused};
use marketloop::experiment::{Assignment, Layer};
use marketloop::quantity::Share;

#[test]
fn an_assignment_is_its_parts_in_their_order() {
    let percent = |percent: i64| Share::percent(percent).unwrap();
    let test = Assignment::new("cover", [("cat", percent(10)), ("dog", percent(10))]).unwrap();
    let test = test.growing("cat", percent(40)).unwrap();
    let json = r#"{"salt":"cover","parts":[{"share":"0.1","of":"cat"},{"share":"0.1","of":"dog"},{"share":"0.3","of":"cat"}]}"#;
    pinned(&test, json);
    refused::<Assignment>(&json.replace("0.3", "0.85"), "parts: the shares add up to 0.05 more than 1");
    refused::<Assignment>(&json.replace("0.3", "0"), "parts[2]: the arm `cat` has a share of 0");
    refused::<Assignment>(&json.replace("cover", ""), "salt: the name of a salt is empty");
    refused::<Assignment>(
        r#"{"salt":"cover","parts":[{"share":"0.1"}]}"#,
        "parts: an assignment has at least one arm",
    );
}

#[test]
fn a_layer_is_its_parts_and_the_arms_of_its_tests() {
    let arms = |salt: &str| Assignment::new(salt, [("a", Share::ONE)]).unwrap();
    let percent = |percent: i64| Share::percent(percent).unwrap();
    let layer = Layer::new("page")
        .and_then(|layer| layer.with_test("title", percent(40), &arms("t")))
        .and_then(|layer| layer.with_test("button", percent(20), &arms("b")))
        .and_then(|layer| layer.without_test("title"))
        .unwrap();
    let json = r#"{"salt":"page","parts":[{"share":"0.4"},{"share":"0.2","of":"button"}],"tests":[["button",{"salt":"b","parts":[{"share":"1","of":"a"}]}]]}"#;
    pinned(&layer, json);
    refused::<Layer>(
        &json.replace(r#"[["button",{"#, r#"[["title",{"#),
        "2 problems\n  tests[0]: there is no test `title` (there is button)\n  tests: there is no test `button`",
    );
    refused::<Layer>(
        &json.replace(r#""salt":"b""#, r#""salt":"page""#),
        "tests[0]: the salt `page` stands twice",
    );
    refused::<Layer>(&json.replace("0.4", "0.9"), "parts: the shares add up to 0.1 more than 1");
}
