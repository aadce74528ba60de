//! Arms of units: kept when a share grows, of the share that was asked for, and nothing to do with those of another salt.

use marketloop::experiment::{Assignment, ExperimentError, Layer, unit_hash};
use marketloop::laws;
use marketloop::quantity::Share;
use marketloop::strategies::{assignments, layers};
use proptest::prelude::*;

fn percent(percent: i64) -> Share {
    Share::percent(percent).unwrap()
}

fn test(salt: &str, arms: &[(&str, i64)]) -> Assignment {
    Assignment::new(salt, arms.iter().map(|(arm, share)| (*arm, percent(*share)))).unwrap()
}

const UNITS: u64 = 100_000;

/// Ids as they come: running numbers, numbers with a step and a sign of their kind, UUIDs of one second, Chinese names.
fn ids() -> [(&'static str, Vec<String>); 5] {
    const FAMILY: [&str; 10] = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴"];
    const GIVEN: [&str; 100] = [
        "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "兰",
        "霞", "平", "刚", "桂", "英", "华", "玉", "萍", "红", "玲", "芬", "燕", "彩", "春", "菊", "勤", "珍",
        "贞", "莉", "洁", "梅", "琳", "素", "云", "莲", "真", "环", "雪", "荣", "爱", "妹", "香", "月", "莺",
        "媛", "瑞", "凡", "佳", "嘉", "琼", "桃", "文", "辉", "力", "健", "世", "广", "志", "义", "兴", "良",
        "海", "山", "仁", "波", "宁", "贵", "福", "生", "龙", "元", "全", "国", "胜", "学", "祥", "才", "发",
        "武", "新", "利", "清", "飞", "彬", "富", "顺", "信", "子", "昌", "成", "康", "星", "光",
    ];
    let of = |id: fn(u64) -> String| (0..UNITS).map(id).collect();
    [
        ("running numbers", of(|id| id.to_string())),
        ("numbers of a table in eight shards", of(|id| format!("usr_{:08}", id * 8 + 3))),
        (
            "UUIDs of one second",
            of(|id| format!("6ba7b810-9dad-11d1-{:04x}-{:012x}", id % 4096, id * 0x1_0001)),
        ),
        ("device ids that end alike", of(|id| format!("{id:x}:00:00:00:00:00:00:01"))),
        (
            "names",
            of(|id| {
                let at = |digit: u64, of: &[&'static str]| of[usize::try_from(digit).unwrap() % of.len()];
                [at(id, &FAMILY), at(id / 10, &GIVEN), at(id / 1000, &GIVEN)].concat()
            }),
        ),
    ]
}

/// Of 100,000 units each arm has its share within 4.5 standard errors, whatever the ids are like; so it is where callers
/// hand over running numbers for hashes.
#[test]
fn shares_are_met_within_four_and_a_half_standard_errors() {
    let shares = [50, 30, 10, 1];
    for salt in ["landing page", "cover", "1", "2"] {
        let test = test(salt, &[("a", shares[0]), ("b", shares[1]), ("c", shares[2]), ("d", shares[3])]);
        let check = |kind: &str, arms: &mut dyn Iterator<Item = Option<u32>>| {
            let mut counts = [0_u32; 4];
            arms.flatten().for_each(|arm| counts[arm as usize] += 1);
            for (count, share) in counts.iter().zip(shares) {
                let (n, p) = (100_000.0, f64::from(u32::try_from(share).unwrap()) / 100.0);
                let errors = (f64::from(*count) - n * p) / (n * p * (1.0 - p)).sqrt();
                assert!(
                    errors.abs() < 4.5,
                    "{kind}, {salt}: {count} of {share} %, {errors:.1} standard errors"
                );
            }
        };
        for (kind, ids) in ids() {
            check(kind, &mut ids.iter().map(|id| test.index_of_hash(unit_hash(id))));
        }
        check("raw numbers", &mut (0..UNITS).map(|id| test.index_of_hash(id)));
        check("raw numbers with a step", &mut (0..UNITS).map(|id| test.index_of_hash(id << 40)));
    }
}

/// All pairs of 24 salts that differ in a digit, on ids of each kind: no pair knows of another, and the p-values of
/// all are as even as those of chance.
#[test]
fn salts_know_nothing_of_each_other() {
    for (kind, ids) in ids() {
        let hashes: Vec<u64> = ids.iter().step_by(5).map(unit_hash).collect();
        let columns: Vec<Vec<u32>> = (0..24)
            .map(|salt| {
                let test = test(&salt.to_string(), &[("a", 50), ("b", 25), ("c", 25)]);
                hashes.iter().map(|hash| test.index_of_hash(*hash).unwrap()).collect()
            })
            .collect();
        let mut below = [0_u32; 2];
        for (at, first) in columns.iter().enumerate() {
            for second in &columns[..at] {
                if let Err(broken) = laws::arms_are_independent(first, second) {
                    panic!("{kind}: {broken}");
                }
                let mut cells = [[0.0_f64; 3]; 3];
                for (one, other) in first.iter().zip(second) {
                    cells[*one as usize][*other as usize] += 1.0;
                }
                let sum = |of: &dyn Fn(usize) -> f64| (0..3).map(of).sum::<f64>();
                let mut squares = 0.0;
                for one in 0..3 {
                    for other in 0..3 {
                        let (row, column) = (sum(&|c| cells[one][c]), sum(&|r| cells[r][other]));
                        let expected = row * column / 20_000.0;
                        squares += (cells[one][other] - expected).powi(2) / expected;
                    }
                }
                let p = marketloop::stats::chi_squared_survival(squares, 4.0).unwrap();
                below[0] += u32::from(p < 0.5);
                below[1] += u32::from(p < 0.05);
            }
        }
        // Of 276 pairs: 138 and 13.8 by chance, with standard deviations of 8.3 and 3.6.
        assert!((100..=176).contains(&below[0]) && below[1] <= 31, "{kind}: {below:?}");
    }
}

/// Buckets of ten: a hundred salts on the same ids, each column's chi-squared on nine degrees.
#[test]
fn places_are_even_for_every_salt() {
    let arms: Vec<String> = (0..10).map(|arm| arm.to_string()).collect();
    for (kind, ids) in ids() {
        let hashes: Vec<u64> = ids.iter().step_by(5).map(unit_hash).collect();
        let mut small = 0;
        for salt in 0..100 {
            let test = Assignment::new(salt.to_string(), arms.iter().map(|arm| (arm, percent(10)))).unwrap();
            let mut counts = [0_u32; 10];
            for hash in &hashes {
                counts[test.index_of_hash(*hash).unwrap() as usize] += 1;
            }
            let squares: f64 = counts.iter().map(|count| (f64::from(*count) - 2000.0).powi(2) / 2000.0).sum();
            let p = marketloop::stats::chi_squared_survival(squares, 9.0).unwrap();
            assert!(p > 1e-6, "{kind}, salt {salt}: {counts:?}");
            small += u32::from(p < 0.05);
        }
        // Five of a hundred by chance, with a standard deviation of 2.2.
        assert!(small <= 15, "{kind}: {small} of 100 below 0.05");
    }
}

proptest! {
    #[test]
    fn units_stay_when_arms_grow_one_after_the_other(
        test in assignments(), to in 0_u32..=100, at in any::<prop::sample::Index>(), salt in any::<u32>()
    ) {
        let hashes: Vec<u64> = (0..200).map(|unit| u64::from(salt) * 1000 + unit).collect();
        let arm = &test.arms()[at.index(test.arms().len())];
        let more = test.free().value() * rust_decimal::Decimal::new(to.into(), 2);
        let to = Share::new(test.share(arm).unwrap().value() + more.trunc_with_scale(12)).unwrap();
        let grown = test.growing(arm, to).unwrap();
        prop_assert_eq!(grown.share(arm).unwrap(), to);
        laws::assigned_units_stay(|unit| test.arm_of_hash(unit), |unit| grown.arm_of_hash(unit), &hashes)?;
        let all: Vec<Share> = grown.arms().iter().map(|arm| grown.share(arm).unwrap()).chain([grown.free()]).collect();
        prop_assert_eq!(all.iter().map(|share| share.value()).sum::<rust_decimal::Decimal>(), rust_decimal::Decimal::ONE);
    }

    #[test]
    fn units_stay_and_tests_exclude_each_other_in_a_layer(layer in layers(), salt in any::<u32>()) {
        let hashes: Vec<u64> = (0..200).map(|unit| u64::from(salt) * 1000 + unit).collect();
        laws::tests_exclude_each_other(&layer, |test, unit| layer.test_of_hash(unit) == Some(test), &hashes)?;
        let arms = test("the next test's", &[("a", 50), ("b", 50)]);
        if layer.free() > Share::ZERO {
            let next = layer.with_test("next", layer.free(), &arms).unwrap();
            prop_assert_eq!(next.free(), Share::ZERO);
            laws::tests_exclude_each_other(&next, |test, unit| next.test_of_hash(unit) == Some(test), &hashes)?;
            laws::assigned_units_stay(|unit| layer.arm_of_hash(unit), |unit| next.arm_of_hash(unit), &hashes)?;
            prop_assert_eq!(next.without_test("next").unwrap().free(), layer.free());
        } else {
            let refused = layer.with_test("next", percent(10), &arms).unwrap_err();
            prop_assert_eq!(refused, ExperimentError::SharesAboveOne { over: rust_decimal::dec!(0.1) });
        }
    }

    #[test]
    fn shares_are_met_by_any_test(test in assignments()) {
        let mut counts = vec![0_u64; test.arms().len()];
        (0..2_000).filter_map(|unit| test.index_of_hash(unit)).for_each(|arm| counts[arm as usize] += 1);
        let share = |arm: &String| test.share(arm).unwrap().to_string().trim_end_matches('%').parse::<f64>().unwrap() / 100.0;
        let shares: Vec<f64> = test.arms().iter().map(share).collect();
        laws::shares_are_met(&shares, &counts, 2_000)?;
    }
}

#[test]
fn a_test_in_a_layer_divides_its_units_evenly() {
    let layer = Layer::new("page").unwrap();
    let layer = layer.with_test("title", percent(50), &test("title", &[("old", 50), ("new", 50)])).unwrap();
    let layer = layer.with_test("button", percent(20), &test("button", &[("old", 10), ("new", 90)])).unwrap();
    let mut counts = [0_u64; 4];
    for unit in 0..UNITS {
        match layer.arm_of_hash(unit) {
            Some(("title", "old")) => counts[0] += 1,
            Some(("title", _)) => counts[1] += 1,
            Some((_, "old")) => counts[2] += 1,
            Some(_) => counts[3] += 1,
            None => {}
        }
    }
    laws::shares_are_met(&[0.25, 0.25, 0.02, 0.18], &counts, UNITS).unwrap();
}

#[test]
fn what_is_no_test_is_refused() {
    let refused = |salt: &str, arms: &[(&str, i64)]| {
        let arms = arms.iter().map(|(arm, share)| (*arm, percent(*share)));
        Assignment::new(salt, arms).unwrap_err().to_string()
    };
    assert_eq!(refused("", &[("a", 50)]), "salt: the name of a salt is empty");
    assert_eq!(refused("x", &[]), "parts: an assignment has at least one arm");
    assert_eq!(refused("x", &[("a", 50), ("a", 20)]), "parts: the arm `a` stands twice");
    assert_eq!(
        refused("x", &[("a", 0), (" ", 20)]),
        "2 problems\n  parts[0]: the arm `a` has a share of 0\n  parts[1]: the name of a arm is empty"
    );
    let cats = test("cats", &[("a", 50)]);
    assert!(cats.share("b").is_err() && cats.growing("b", percent(1)).is_err());
    let falls = ExperimentError::ShareFalls { name: "a".into(), from: percent(50), to: percent(40) };
    assert_eq!(cats.growing("a", percent(40)).unwrap_err(), falls);

    let layer = Layer::new("page").unwrap();
    // Arms by the layer's own salt would be parts of the layer.
    assert!(layer.with_test("a", percent(5), &test("page", &[("a", 50)])).is_err());
    assert!(
        layer.with_test("", percent(5), &cats).is_err() && layer.with_test("a", percent(0), &cats).is_err()
    );
    let layer = layer.with_test("a", percent(5), &cats).unwrap();
    assert!(layer.with_test("b", percent(5), &cats).is_err());
    assert!(layer.with_test("a", percent(5), &test("dogs", &[("a", 50)])).is_err());
    assert!(
        layer.without_test("b").is_err()
            && layer.growing("b", percent(9)).is_err()
            && Layer::new("").is_err()
    );
    assert!(layer.growing("a", percent(4)).is_err());
}
