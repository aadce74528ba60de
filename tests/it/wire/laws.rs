//! What laws and faulty cases are on the wire: what a test of another language reads.

use super::written;
use marketloop::laws::Broken;
use marketloop::quantity::Share;
use marketloop::strategies::almost_valid;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[test]
fn a_broken_law() {
    written(&Broken::new("grows", "3 follows 4"), r#"{"law":"grows","values":"3 follows 4"}"#);
}

#[test]
fn an_almost_valid_document() {
    let mut runner = TestRunner::deterministic();
    let case = almost_valid(Just(Share::ZERO)).new_tree(&mut runner).unwrap().current();
    written(&case, r#"{"fault":"a value of another form","path":"","code":"syntax","json":"true"}"#);
}
