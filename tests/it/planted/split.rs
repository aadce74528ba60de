//! Wrong splits.

use super::caught;
use marketloop::laws::splits_add_up;
use marketloop::quantity::{Mix, Money, Rounding};
use marketloop::strategies::{mixes, money};

fn right((year, mix): &(Money, Mix<String>)) -> Vec<Money> {
    year.split(mix).unwrap().into_iter().map(|(_, part)| part).collect()
}

#[test]
fn each_part_rounded_for_itself() {
    caught(
        "each part rounded for itself",
        (money(), mixes()),
        |case| splits_add_up(&case.0, &right(case)),
        |(year, mix)| {
            let parts: Vec<Money> =
                mix.iter().map(|(_, share)| year.times(share.value(), Rounding::HalfEven).unwrap()).collect();
            splits_add_up(year, &parts)
        },
    );
}
