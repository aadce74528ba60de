//! The strategy of texts.

use super::Sample;
use marketloop::laws::Broken;
use marketloop::strategies;

#[test]
fn texts() {
    let texts = Sample { name: "texts", strategy: strategies::texts(), of: "characters" };
    texts.is_valid_and_often_an_edge(
        |text| text.chars().count(),
        |text| text.chars().count() == 1,
        |text| if text.is_empty() { Err(Broken::new("is_a_text", "nothing")) } else { Ok(()) },
    );
    texts.shrinks_to(|text| text.chars().count() > 2, r#""aaa""#);
}
