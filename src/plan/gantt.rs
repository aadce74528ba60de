//! A plan as the text of a Gantt chart.
//!
//! Mermaid reads a chart word by word: a line that begins with one of its words is a setting, and `:`, `;`, `#` and `%`
//! end a name wherever they stand. So what is no plain sign is written as the entity of its code point, `#58;`, and so is
//! the first sign of a name that begins like one of the words. Mermaid turns entities back when it draws: every name
//! is shown as it is. A zero-width space ahead of each name would be shorter and would stay in what is shown and copied.

use super::{DatedPlan, DatedTask};
use crate::error::Lookup;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

impl DatedPlan<'_> {
    /// The plan as a Mermaid Gantt chart, a section for each phase.
    #[must_use]
    #[doc(alias = "甘特图")]
    pub fn gantt(&self) -> String {
        chart(self)
    }
}

/// The Mermaid text of a plan.
fn chart(dated: &DatedPlan<'_>) -> String {
    let mut out = String::from("gantt\n");
    // Writing to a text does not fail.
    if !dated.plan().title().is_empty() {
        let _ = writeln!(out, "    title {}", name(dated.plan().title()));
    }
    out.push_str("    dateFormat YYYY-MM-DD\n    inclusiveEndDates\n");
    let phases = || dated.tasks().iter().map(|task| task.task().phase.as_str());
    let lookup = Lookup::of(phases());
    // Phases in the order in which they come first, tasks within a phase in theirs.
    let mut rows: Vec<(Option<usize>, usize, &DatedTask<'_>)> = dated
        .tasks()
        .iter()
        .enumerate()
        .map(|(index, task)| (lookup.position(&task.task().phase), index, task))
        .collect();
    rows.sort_unstable_by_key(|(phase, index, _)| (*phase, *index));
    let mut section = None;
    for (phase, index, task) in rows {
        if section != Some(phase) {
            let phase = &task.task().phase;
            let _ =
                writeln!(out, "    section {}", if phase.is_empty() { "plan".into() } else { name(phase) });
        }
        section = Some(phase);
        let _ = writeln!(out, "    {} :{}", name(&task.task().name), row(index, task));
    }
    out
}

fn row(index: usize, dated: &DatedTask<'_>) -> String {
    let mut tags = String::new();
    let progress = &dated.task().progress;
    if dated.is_critical() {
        tags.push_str("crit, ");
    }
    if progress.finished.is_some() {
        tags.push_str("done, ");
    } else if progress.started.is_some() {
        tags.push_str("active, ");
    }
    match dated.start() {
        // By index: an id of the plan may hold signs that the chart reads as its own.
        Some(start) => alloc::format!("{tags}t{index}, {start}, {}", dated.finish()),
        None => alloc::format!("{tags}milestone, t{index}, {0}, {0}", dated.finish()),
    }
}

/// The words with which a line of a Gantt chart may begin that is no task (Mermaid 11), in any case.
const WORDS: [&str; 18] = [
    "accdescr",
    "acctitle",
    "axisformat",
    "call",
    "click",
    "dateformat",
    "excludes",
    "gantt",
    "href",
    "includes",
    "inclusiveenddates",
    "section",
    "tickinterval",
    "title",
    "todaymarker",
    "topaxis",
    "weekday",
    "weekend",
];

/// A text that Mermaid reads as one name and shows as it is.
fn name(text: &str) -> String {
    let begins =
        |word: &&str| text.get(..word.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(word));
    // Four digits may begin a date.
    let is_word = WORDS.iter().any(begins) || text.starts_with(|c: char| c.is_ascii_digit());
    let last = text.char_indices().next_back().map(|(at, _)| at);
    let mut safe = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let at_an_end = at == 0 || Some(at) == last;
        match c {
            // No chart can hold them, not even as entities.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                safe.push(char::REPLACEMENT_CHARACTER);
            }
            // References to the code points of C1 would be read as those of another code page.
            '\u{80}'..='\u{9f}' => safe.push(c),
            _ if (at == 0 && is_word) || (at_an_end && c.is_whitespace()) || !is_plain(c) => {
                let _ = write!(safe, "#{};", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Whether a sign means nothing to Mermaid. It writes entities as `ﬂ°` and `¶ß` to itself while it reads.
fn is_plain(c: char) -> bool {
    match c {
        ' ' | '!' | '(' | ')' | '*' | '+' | ',' | '-' | '.' | '/' | '=' | '?' | '@' | '\'' | '|' | '_' => {
            true
        }
        // To JavaScript a byte order mark is a blank.
        'ﬂ' | '¶' | '\u{feff}' => false,
        c if c.is_ascii() => c.is_ascii_alphanumeric(),
        c => !c.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Raci, Task, WorkPlan};
    use super::*;
    use crate::time::{WorkCalendar, date};
    use alloc::format;
    use alloc::string::ToString;

    /// What Mermaid shows of a name.
    fn shown(name: &str) -> String {
        let mut parts = name.split('#');
        let mut shown = parts.next().unwrap().to_string();
        for part in parts {
            let (code, rest) = part.split_once(';').unwrap();
            shown.push(char::from_u32(code.parse().unwrap()).unwrap());
            shown.push_str(rest);
        }
        shown
    }

    /// T8: whatever a name begins with or holds, it stands in one line, is no word of Mermaid, and is shown as it is.
    #[test]
    fn every_name_survives() {
        let names = [
            "title tags for SEO",
            "Section A",
            "dateFormat fix",
            "click tracking setup",
            "Gantt review",
            "call list (1)",
            "accDescr { long",
            "todayMarker",
            "weekday monday promo",
            "WEEKEND saturday",
            "includes bundle",
            "href \"x\"",
            "双11：预热;文案#1 50%",
            "a: b; c # d %% e",
            "a, b, c",
            "%%{init}%%",
            "--- front",
            "`code`",
            "done",
            "crit",
            "2026-11-11 live",
            "a\u{2028}b",
            "two\r\nlines",
            " blanks ",
            "tab\there",
            "#58;",
            "ﬂ°°58¶ß",
            "<br/>",
            "&amp;",
            "style a:#b;",
            "é",
            "🎉 11.11",
            "\u{85}",
            "\u{feff}axisFormat",
        ];
        for text in names {
            let name = name(text);
            assert_eq!(shown(&name), text);
            assert!(!name.contains([':', '%', '\n', '\r', '<', '&']), "{name}");
            assert!(!WORDS.iter().any(|word| name.to_lowercase().starts_with(word)), "{name}");
        }
        assert_eq!(name("a\0b\u{1}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(name("Section A"), "#83;ection A");
        assert_eq!(name("KOC：合同 (1/2), 80 %"), "KOC：合同 (1/2), 80 #37;");
    }

    /// L3: 100,000 phases in one chart.
    #[test]
    fn phases_come_in_the_order_of_their_first_tasks_however_many_there_are() {
        let raci = || Raci::new("team", "director");
        let calendar =
            WorkCalendar::monday_to_friday(date(2026, 1, 1).unwrap(), date(2026, 12, 31).unwrap()).unwrap();
        let plan = |phases: &mut dyn Iterator<Item = String>| {
            let tasks = phases
                .enumerate()
                .map(|(at, phase)| Task::new(format!("t{at}"), "n", 1, raci()).with_phase(phase));
            WorkPlan::draft("p", date(2026, 7, 1).unwrap()).with_tasks(tasks).check().unwrap()
        };
        let small = plan(&mut ["b", "a", "b", ""].map(String::from).into_iter());
        let day = "2026-07-01, 2026-07-01";
        assert_eq!(
            small.dated(&calendar).unwrap().gantt(),
            format!(
                "gantt\n    title p\n    dateFormat YYYY-MM-DD\n    inclusiveEndDates\n    section b\n    \
                 n :crit, t0, {day}\n    n :crit, t2, {day}\n    section a\n    n :crit, t1, {day}\n    section plan\n    \
                 n :crit, t3, {day}\n"
            )
        );
        let large = plan(&mut (0..100_000).map(|at| format!("phase {at}")));
        let chart = large.dated(&calendar).unwrap().gantt();
        assert_eq!(chart.lines().count(), 4 + 2 * 100_000);
    }
}
