//! The strategies of facts.

use super::Sample;
use marketloop::laws;
use marketloop::strategies;

#[test]
fn mixes() {
    let mixes = Sample { name: "mixes", strategy: strategies::mixes(), of: "entries" };
    mixes.is_valid_and_often_an_edge(
        marketloop::quantity::Mix::len,
        |mix| {
            let mut shares: Vec<_> = mix.iter().map(|(_, share)| share).collect();
            shares.sort_unstable();
            mix.len() == 1 || shares[0].value().is_zero() || shares.windows(2).any(|pair| pair[0] == pair[1])
        },
        laws::reads_back_what_it_writes,
    );
    mixes.shrinks_to(
        |mix| mix.len() > 1,
        r#"Mix { entries: [("line 1", Share(0)), ("line 2", Share(1))], numerators: [0, 1], denominator: 1 }"#,
    );
    mixes.shrinks_to_text(
        |mix| mix.len() > 2,
        |mix| serde_json::to_string(mix).unwrap(),
        r#"[["line 1","0"],["line 2","0"],["line 3","1"]]"#,
    );
}
