//! The example of three experiments: its files are the generator's, its report word for word.

use experiment::titles;
use std::fmt::Write;

#[path = "../../examples/experiment.rs"]
#[allow(dead_code, reason = "its main is the example's")]
mod experiment;

fn data(name: &str) -> String {
    format!("{}/examples/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Draws of a seed (`SplitMix64`, G. Steele, D. Lea and C. Flood, 2014).
struct Draws(u64);

impl Draws {
    fn below(&mut self, most: u64) -> u64 {
        self.0 += 1;
        let mut x = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> 32) % most
    }
}

/// Visitors of two pages by day, alike: 5 % buy, 1.2 % complain. The seed is the first of 48 of which a look at a single
/// day speaks for the new page and the end does not.
fn landing() -> String {
    let mut draws = Draws(48 << 32);
    let mut csv = String::from("date,page,visitors,bought,complained\n");
    for day in 0..21 {
        let visitors = 520 + draws.below(240);
        let mut pages = [[0_u64; 3]; 2];
        for _ in 0..visitors {
            let page = &mut pages[usize::from(draws.below(2) == 1)];
            page[0] += 1;
            page[1] += u64::from(draws.below(1_000) < 50);
            page[2] += u64::from(draws.below(1_000) < 12);
        }
        for (name, [visitors, bought, complained]) in ["old page", "new page"].into_iter().zip(pages) {
            writeln!(csv, "2026-08-{:02},{name},{visitors},{bought},{complained}", day + 3).unwrap();
        }
    }
    csv
}

/// The first seed with which a title is known to be the best within 18 batches.
const SEED: u64 = 1;

/// Batches of 1,000 readers, divided as the example would; one title is clicked by 6 %, the others by 5 %.
fn five_titles(seed: u64) -> (String, u32) {
    const TITLES: [&str; 5] = ["price", "question", "number", "story", "deadline"];
    let mut draws = Draws(seed << 32);
    let mut counts = [(0, 0); 5];
    let mut csv = String::from("batch,title,shown,clicked\n");
    for batch in 1..=30 {
        let best = titles::known(&counts).unwrap();
        if batch > 1 && titles::is_over(&best).unwrap() {
            return (csv, batch - 1);
        }
        let shown = titles::next(&best, 1_000).unwrap();
        for (index, (name, shown)) in TITLES.iter().zip(shown).enumerate() {
            let per_mille = if *name == "question" { 60 } else { 50 };
            let clicked = (0..shown).filter(|_| draws.below(1_000) < per_mille).count() as u64;
            counts[index].0 += clicked;
            counts[index].1 += shown;
            writeln!(csv, "{batch},{name},{shown},{clicked}").unwrap();
        }
    }
    (csv, 30)
}

/// Sales of ten cities by week; in three of them a campaign of 15 a week adds 24 from the 17th week on.
fn ten_cities() -> String {
    const CITIES: [(&str, u64); 10] = [
        ("北京", 410),
        ("上海", 430),
        ("广州", 330),
        ("深圳", 350),
        ("成都", 260),
        ("杭州", 240),
        ("武汉", 210),
        ("西安", 190),
        ("南京", 200),
        ("重庆", 230),
    ];
    let mut draws = Draws(3 << 32);
    let weeks: Vec<u64> = (0..24).map(|_| 960 + draws.below(81)).collect();
    let mut csv = String::from("city,week,sales,campaign\n");
    for (city, base) in CITIES {
        let is_treated = ["成都", "武汉", "西安"].contains(&city);
        for (week, common) in (1..).zip(&weeks) {
            let own = 985 + draws.below(31);
            // In tenths of a thousand.
            let mut sales = base * 10 * common * own / 1_000_000;
            let campaign = if is_treated && week > 16 { 15 } else { 0 };
            sales += if campaign > 0 { 240 } else { 0 };
            writeln!(csv, "{city},{week},{}.{},{campaign}", sales / 10, sales % 10).unwrap();
        }
    }
    csv
}

#[test]
fn the_experiments_files_are_the_generators() {
    for (name, made) in [
        ("experiment_landing.csv", landing()),
        ("experiment_titles.csv", five_titles(SEED).0),
        ("experiment_geo.csv", ten_cities()),
    ] {
        assert_eq!(made, std::fs::read_to_string(data(name)).unwrap(), "{name}");
    }
}

#[test]
fn three_experiments_are_reported_word_for_word() {
    let pinned = std::fs::read_to_string(data("experiment_report.txt")).unwrap();
    assert_eq!(experiment::report(&data("")).unwrap().to_string(), pinned);
}

#[test]
fn broken_files_of_experiments_are_refused() {
    let folder = std::env::temp_dir().join(format!("experiment-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["experiment_landing.csv", "experiment_titles.csv", "experiment_geo.csv"] {
        std::fs::copy(data(name), folder.join(name)).unwrap();
    }
    let refused = |name: &str, from: &str, to: &str| {
        let text = std::fs::read_to_string(data(name)).unwrap();
        assert!(text.contains(from), "{from}");
        std::fs::write(folder.join(name), text.replacen(from, to, 1)).unwrap();
        let refused = experiment::report(folder.to_str().unwrap()).unwrap_err().to_string();
        std::fs::write(folder.join(name), text).unwrap();
        refused
    };
    let landing = |from: &str, to: &str| refused("experiment_landing.csv", from, to);
    assert_eq!(landing("2026-08-05,new page", "2026-08-05,newest page"), "new page has no row on 2026-08-05");
    assert!(
        landing("2026-08-05", "2026-08-32")
            .starts_with("experiment_landing.csv: CSV deserialize error: record 5")
    );
    let titles = refused("experiment_titles.csv", "1,price,200,", "1,price,-200,");
    assert!(titles.starts_with("experiment_titles.csv: CSV deserialize error"), "{titles}");
    let geo = refused("experiment_geo.csv", "北京,1,", "北京,one,");
    assert!(geo.starts_with("experiment_geo.csv: CSV deserialize error"), "{geo}");
    std::fs::remove_dir_all(folder).unwrap();
}
