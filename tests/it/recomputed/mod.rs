//! Every report worked out again from its input files by a second way: whole numbers and fractions of them, and no call of
//! the crate's math.
//!
//! A report is read here as its rows of data ([`Report::for_each_row`]); the files are read as JSON or CSV.

#![allow(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    clippy::maybe_infinite_iter,
    clippy::needless_for_each,
    clippy::needless_pass_by_value,
    clippy::needless_range_loop,
    clippy::similar_names,
    clippy::too_many_lines,
    clippy::type_complexity,
    reason = "a report is worked out from top to bottom, plainly; floats check estimates to a cent"
)]

mod analyst;
mod attribution;
mod budget;
mod channels;
mod documents;
mod funnel;
mod health;
mod kpi_tree;
mod kpi_tree_months;
mod two_quarters;

use marketloop::figure::Report;
use serde_json::Value;

/// A row of a report, as the crate gives it.
#[derive(Debug, Clone)]
struct Row {
    table: String,
    name: String,
    column: String,
    value: Option<String>,
    unit: String,
    why: String,
    source: String,
}

fn rows(report: &Report) -> Vec<Row> {
    let mut rows = Vec::new();
    report.for_each_row(|row| {
        rows.push(Row {
            table: row.table.into(),
            name: row.name.into(),
            column: row.column.into(),
            value: row.value.map(Into::into),
            unit: row.unit.into(),
            why: row.why.into(),
            source: row.source.into(),
        });
    });
    rows
}

/// The rows of a report, and which of them a test has worked out again.
struct Checked {
    rows: Vec<Row>,
    seen: Vec<bool>,
}

impl Checked {
    fn new(report: &Report) -> Self {
        let rows = rows(report);
        Self { seen: vec![false; rows.len()], rows }
    }

    /// The value of a cell in its unit, marked as seen.
    fn cell(&mut self, table: &str, name: &str, column: &str) -> (Option<String>, String) {
        let found =
            self.rows.iter().position(|row| row.table == table && row.name == name && row.column == column);
        let place = found.unwrap_or_else(|| panic!("no cell {table} / {name} / {column}"));
        self.seen[place] = true;
        (self.rows[place].value.clone(), self.rows[place].unit.clone())
    }

    /// A cell is this text in this unit.
    fn text(&mut self, table: &str, name: &str, column: &str, value: &str, unit: &str) {
        let found = self.cell(table, name, column);
        assert_eq!(found, (Some(value.into()), unit.into()), "{table} / {name} / {column}");
    }

    /// A cell is this fraction, rounded half to even to the decimals that the cell shows.
    fn number(&mut self, table: &str, name: &str, column: &str, exact: Fraction, unit: &str) {
        let (value, found) = self.cell(table, name, column);
        let value = value.unwrap_or_else(|| panic!("{table} / {name} / {column}: no value"));
        assert_eq!(found, unit, "{table} / {name} / {column}");
        let digits = value.trim_start_matches('~');
        let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let rounded = exact.rounded(u32::try_from(decimals).unwrap());
        assert_eq!(
            Fraction::parse(digits),
            Fraction::parse(&rounded),
            "{table} / {name} / {column}: {exact:?}"
        );
        // A rounded number says so by its decimals or its sign: one without either is exact.
        assert!(
            decimals > 0 || value.starts_with('~') || exact.d == 1,
            "{table} / {name} / {column}: {exact:?}"
        );
    }

    /// Every number that a table shows was worked out again; what is listed by (table, column) is said to be left out.
    fn all_seen(&self, left_out: &[(&str, &str)]) {
        let left: Vec<String> = self
            .rows
            .iter()
            .zip(&self.seen)
            .filter(|(row, seen)| {
                let out = left_out.contains(&(row.table.as_str(), row.column.as_str()));
                !**seen && !out && row.value.as_deref().is_some_and(is_number)
            })
            .map(|(row, _)| format!("{} / {} / {}", row.table, row.name, row.column))
            .collect();
        assert!(left.is_empty(), "{} figures were not worked out again:\n{}", left.len(), left.join("\n"));
    }
}

/// An exact fraction in lowest terms, its denominator above 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fraction {
    n: i128,
    d: i128,
}

impl Fraction {
    fn new(n: i128, d: i128) -> Self {
        assert_ne!(d, 0);
        let (mut a, mut b) = (n.unsigned_abs(), d.unsigned_abs());
        while b > 0 {
            (a, b) = (b, a % b);
        }
        let divisor = i128::try_from(a.max(1)).unwrap() * d.signum();
        Self { n: n / divisor, d: d / divisor }
    }

    fn whole(n: i128) -> Self {
        Self::new(n, 1)
    }

    /// A decimal such as `-12.50`.
    fn parse(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits: i128 =
            format!("{whole}{fraction}").parse().unwrap_or_else(|_| panic!("no number: {text}"));
        Self::new(digits, 10_i128.pow(u32::try_from(fraction.len()).unwrap()))
    }

    /// A number of JSON, or the number at the front of a text such as `120000 CNY`.
    fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::parse(&text.split(' ').next().unwrap().replace(',', "")),
            other => Self::parse(&other.to_string()),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self::new(self.n * other.d + other.n * self.d, self.d * other.d)
    }

    fn minus(self, other: Self) -> Self {
        self.plus(Self::new(-other.n, other.d))
    }

    fn times(self, other: Self) -> Self {
        Self::new(self.n * other.n, self.d * other.d)
    }

    fn over(self, other: Self) -> Self {
        Self::new(self.n * other.d, self.d * other.n)
    }

    fn percent(self) -> Self {
        self.times(Self::whole(100))
    }

    fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::whole(0), Self::plus)
    }

    /// With so many decimals, half to even.
    fn rounded(self, decimals: u32) -> String {
        let scaled = self.times(Self::whole(10_i128.pow(decimals)));
        let (floor, rest) = (scaled.n.div_euclid(scaled.d), scaled.n.rem_euclid(scaled.d));
        let up = match (2 * rest).cmp(&scaled.d) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => floor.rem_euclid(2),
            std::cmp::Ordering::Greater => 1,
        };
        let (sign, digits) = (if floor + up < 0 { "-" } else { "" }, (floor + up).unsigned_abs());
        if decimals == 0 {
            return format!("{sign}{digits}");
        }
        let width = usize::try_from(decimals).unwrap() + 1;
        let digits = format!("{digits:0width$}");
        let (whole, fraction) = digits.split_at(digits.len() - width + 1);
        format!("{sign}{whole}.{fraction}")
    }
}

#[test]
fn fractions_round_half_to_even() {
    for (n, d, decimals, text) in
        [(1, 3, 2, "0.33"), (-1, 8, 2, "-0.12"), (3, 8, 2, "0.38"), (5, 2, 0, "2"), (-7, 1, 1, "-7.0")]
    {
        assert_eq!(Fraction::new(n, d).rounded(decimals), text);
    }
    assert_eq!(Fraction::parse("-0.50"), Fraction::new(-1, 2));
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['~', '-', '+']);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Every number of a report has a unit, every row a source, and every missing value a reason.
fn every_figure_has_its_unit_and_source(report: &Report) {
    let rows = rows(report);
    assert!(rows.iter().any(|row| row.value.as_deref().is_some_and(is_number)));
    let mut faults = Vec::new();
    for row in rows {
        let Row { table, name, column, value, unit, why, source } = row;
        let fault = match &value {
            Some(value) if is_number(value) && unit.is_empty() => "no unit",
            None if why.is_empty() => "no value and no reason",
            _ if source.is_empty() => "no source",
            _ => continue,
        };
        faults.push(format!("{table} / {name} / {column}: {fault}"));
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Every section has an answer, and evidence with a title.
fn every_question_is_answered(report: &Report) {
    for section in report.sections() {
        assert!(section.question().ends_with('?'), "{}", section.question());
        assert!(!section.sentences().is_empty(), "{}", section.question());
        assert!(!section.tables().is_empty(), "{}", section.question());
        for evidence in section.tables() {
            assert!(!evidence.title().is_empty(), "{}", section.question());
        }
    }
}
