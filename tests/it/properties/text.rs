//! Laws of texts: what is printed is read, whatever was built, and a precision is a number of decimals.

use marketloop::decision::CellTest;
use marketloop::funnel::{Pattern, WindowFunnelModes};
use marketloop::kpi::{Formula, KpiTree, NodeDraft};
use marketloop::quantity::{
    Count, Currency, Money, Profit, Quantity, Ratio, Return, Revenue, Rounding, Share, Unit, round,
};
use marketloop::strategies;
use marketloop::target::Target;
use marketloop::time::{Deadline, Duration, Period, Timestamp, WeekMask};
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::fmt::{Debug, Display};
use std::str::FromStr;

fn reads_back<T: FromStr<Err: Debug> + Display + PartialEq + Debug>(value: &T) {
    let text = value.to_string();
    match text.parse::<T>() {
        Ok(read) => assert_eq!(&read, value, "{text:?}"),
        Err(error) => panic!("{text:?}: {error:?}"),
    }
}

/// The nodes of the formulas.
const NAMES: [&str; 6] = ["a", "b", "c", "sum", "x 1", "渠道１"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// T4: a minus in any position, by builder or by text, reads back as the same tree of the same values.
    #[test]
    fn every_formula_that_can_be_built_reads_back(formula in strategies::formulas(&NAMES)) {
        let root = NodeDraft::computed("y", Formula::sum([formula].into_iter().chain(NAMES.map(Formula::node))));
        let leaves = NAMES.map(NodeDraft::leaf);
        let built = KpiTree::new([root].into_iter().chain(leaves));
        // A division by a number 0 is no tree.
        prop_assume!(built.is_ok());
        let tree: KpiTree = built.unwrap();
        let read: KpiTree = tree.to_string().parse().unwrap();
        prop_assert_eq!(&read, &tree);
        prop_assert_eq!(read.to_string(), tree.to_string());
        let values = NAMES.into_iter().zip([3, 5, 7, 11, 13, 17].map(Decimal::from));
        let value = |tree: &KpiTree| {
            let inputs = tree.inputs(values.clone()).unwrap();
            tree.evaluate(&inputs).map(|values| format!("{:?}", values.root())).map_err(|error| error.kind())
        };
        prop_assert_eq!(value(&read), value(&tree), "{}", tree);
    }

    /// T4: whatever a cell can be built of, it reads back.
    #[test]
    fn every_cell_that_can_be_built_reads_back(cell in strategies::cell_tests(), value in strategies::cell_values()) {
        reads_back(&cell);
        reads_back(&value);
    }

    /// T4, T2: every type with a text reads its own text, in groups too.
    #[test]
    fn what_is_printed_is_read(
        money in strategies::money(),
        quantity in strategies::quantities(),
        odd in (strategies::decimals(), strategies::decimals(), strategies::odd_units()),
        ratio in strategies::ratios(),
        count in any::<u64>(),
        share in strategies::shares(),
    ) {
        reads_back(&money);
        reads_back(&quantity);
        reads_back(&ratio);
        reads_back(&share);
        reads_back(&Count::new(count));
        reads_back(&money.currency());
        let (low, high, unit) = odd;
        reads_back(&unit);
        reads_back(&Quantity::new(low, unit.clone()));
        for target in [
            Target::at_least(low, unit.clone()),
            Target::at_most(low, marketloop::target::LowerRule::Inverse, unit.clone()),
            Target::between(low.min(high), low.max(high), marketloop::target::LowerRule::Linear, unit).unwrap(),
        ] {
            reads_back(&target);
            prop_assert_eq!(format!("{target:#}").parse::<Target>().unwrap(), target);
        }
        prop_assert_eq!(format!("{quantity:#}").parse::<Quantity>().unwrap(), quantity);
        prop_assert_eq!(format!("{:#}", Count::new(count)).parse::<Count>().unwrap(), Count::new(count));
        prop_assert_eq!(format!("{ratio:#}").parse::<Ratio>().unwrap(), ratio);
        prop_assert_eq!(format!("{money:030}").parse::<Money>().unwrap(), money);
        prop_assert_eq!(format!("{money:+}").parse::<Money>().unwrap(), money);
        prop_assert_eq!(format!("{money:^40}").parse::<Money>().unwrap(), money);
        reads_back(&Return::<Revenue>::new(low.into()));
        reads_back(&Return::<Profit>::new(ratio));
    }

    /// T4 for times.
    #[test]
    fn times_read_back(
        period in strategies::periods(),
        deadline in strategies::deadlines(),
        mask in strategies::week_masks(),
        seconds in any::<u64>(),
        at in -62_135_596_800_i64..253_402_300_800,
        modes in 0_u8..32,
    ) {
        reads_back(&period);
        reads_back(&deadline);
        reads_back(&mask);
        reads_back(&Duration::from_seconds(seconds));
        reads_back(&Timestamp::from_unix(at).unwrap());
        let names = ["strict_order", "allow_reentry", "strict_deduplication", "strict_once", "strict_increase"];
        let text: Vec<&str> = names.into_iter().enumerate().filter(|(bit, _)| modes >> bit & 1 == 1).map(|(_, name)| name).collect();
        if let Ok(modes) = text.join("+").parse::<WindowFunnelModes>() { reads_back(&modes); }
    }

    #[test]
    fn patterns_read_back(text in "(\\(\\?[1-9]\\)|\\.|\\.\\*|\\(\\?t(<|<=|>|>=|==)[0-9]{1,9}\\)\\(\\?[1-9]\\)){1,6}") {
        if let Ok(pattern) = text.parse::<Pattern>() { reads_back(&pattern); }
    }

    /// T3: every text reads alike with its marks, digits and blanks in full width.
    #[test]
    fn full_width_reads_alike(money in strategies::money(), period in strategies::periods(), deadline in strategies::deadlines(), target in strategies::targets(), number in strategies::decimals()) {
        let wide = |text: String| -> String {
            let full = |c: char| match c {
                ' ' => '\u{3000}',
                '0'..='9' | '%' | '/' | '[' | ']' | '(' | ')' | ',' | ':' | '-' | '+' | '.' | '<' | '>' | '=' => char::from_u32(c as u32 + 0xFEE0).unwrap(),
                c => c,
            };
            format!("\u{FEFF}{}\u{A0}", text.chars().map(full).collect::<String>())
        };
        // A name keeps its digits: `m2` is not `m２`.
        let marks = |text: String| -> String {
            text.replace(' ', "\u{3000}").replace('%', "％").replace('/', "／").replace(',', "，").replace('^', "＾")
        };
        prop_assert_eq!(wide(money.to_string()).parse::<Money>().unwrap(), money);
        prop_assert_eq!(wide(period.to_string()).parse::<Period>().unwrap(), period);
        prop_assert_eq!(wide(deadline.to_string()).parse::<Deadline>().unwrap(), deadline);
        prop_assert_eq!(marks(target.to_string()).parse::<Target>().unwrap(), target);
        let cell = CellTest::at_most(number).with_value(number);
        prop_assert_eq!(wide(cell.to_string()).parse::<CellTest>().unwrap(), cell);
    }

    /// T1: `{:.n}` is the value rounded half to even with exactly n decimals; no width and no precision cuts.
    #[test]
    fn a_precision_is_the_rounded_value(
        value in strategies::decimals(),
        money in strategies::money(),
        share in strategies::shares(),
        ratio in strategies::ratios(),
        decimals in 0_usize..34,
        width in 0_usize..60,
    ) {
        let scale = u32::try_from(decimals).unwrap().min(28);
        let same = |shown: &str, value: Decimal| {
            let shown = shown.replace(',', "");
            let (_, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
            assert_eq!(fraction.len(), decimals, "{shown}");
            let plain = if decimals > 28 { &shown[..shown.len() - (decimals - 28)] } else { &shown };
            let rounded = round(value, (scale, Rounding::HalfEven));
            // A text of more digits than a decimal has is compared by its end alone.
            if let Ok(plain) = plain.parse::<Quantity>() { assert_eq!(plain.value(), rounded.normalize(), "{shown}"); }
        };
        let number = format!("{:.decimals$}", Quantity::new(value, Unit::ONE));
        same(&number, value);
        same(format!("{money:.decimals$}").strip_suffix(&format!(" {}", money.currency())).unwrap(), money.amount());
        same(format!("{share:.decimals$}").strip_suffix('%').unwrap(), Decimal::ONE_HUNDRED * share.value());
        if decimals <= 28 && let Ok(rounded) = ratio.round((scale, Rounding::HalfEven)) {
            same(&format!("{ratio:.decimals$}"), rounded);
        }
        let padded = format!("{:>width$.decimals$}", Quantity::new(value, Unit::ONE));
        prop_assert_eq!(padded.trim_start(), &number);
        prop_assert!(padded.chars().count() >= width);
    }
}

#[test]
fn currencies_read_back() {
    for code in ["CNY", "JPY", "KWD", "CLF"] {
        reads_back(&code.parse::<Currency>().unwrap());
        reads_back(&Share::percent(40).unwrap());
    }
    reads_back(&WeekMask::MONDAY_TO_FRIDAY);
}
