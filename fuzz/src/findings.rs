//! What was found: kind and place, with the shortest input.
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What was found: kind and place, with the first input.
pub static FINDINGS: Mutex<BTreeMap<String, (u64, String)>> = Mutex::new(BTreeMap::new());

pub static CURRENT: Mutex<String> = Mutex::new(String::new());

pub fn found(what: String) {
    let input = CURRENT.lock().unwrap().clone();
    let mut all = FINDINGS.lock().unwrap();
    let entry = all.entry(what.clone()).or_insert_with(|| {
        let short: String = input.chars().take(1500).collect();
        eprintln!("FOUND {what}\n      {short}");
        (0, input.clone())
    });
    entry.0 += 1;
    // The shortest input is kept.
    if input.len() < entry.1.len() {
        entry.1 = input
    }
}

#[macro_export]
macro_rules! ensure {
    ($cond:expr, $($t:tt)*) => { if !($cond) { $crate::findings::found(format!("{}:{} {}", file!(), line!(), format!($($t)*))) } };
}

#[macro_export]
macro_rules! finite {
    ($x:expr) => {{
        let x: f64 = $x;
        if !x.is_finite() {
            $crate::findings::found(format!("{}:{} not finite: {} = {}", file!(), line!(), stringify!($x), x))
        }
    }};
}
