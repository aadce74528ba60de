//! The one form in which a result is shown: cells with names, as text, Markdown, CSV or rows of JSON.

use super::look::{Look, MARK, csv_row, grouped, is_number, names_unit, rounded, width};
use super::state::Figure;
use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// What stands in one cell: a value without its unit, the unit, and why it is so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// The value in digits or words; `None` where there is none, and then `why` says why.
    pub value: Option<String>,
    /// The unit: `CNY`, `%`, `click`; `1` of a pure number, which text does not show; empty where nothing is measured.
    pub unit: Cow<'static, str>,
    /// The reason, empty where there is nothing to say.
    pub why: String,
}

impl Cell {
    /// A value in its unit.
    pub fn new(value: impl fmt::Display, unit: impl Into<Cow<'static, str>>) -> Self {
        Self { value: Some(value.to_string()), unit: unit.into(), why: String::new() }
    }

    /// The cell in another unit: a ratio of yuan and orders is a pure number until somebody says so. A cell without a
    /// value keeps none.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Cell;
    /// use marketloop::quantity::Ratio;
    ///
    /// let cost = Cell::from("79/2".parse::<Ratio>()?).with_unit("CNY/order");
    /// assert_eq!((cost.value.as_deref(), cost.unit.as_ref()), (Some("39.5"), "CNY/order"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn with_unit(self, unit: impl Into<Cow<'static, str>>) -> Self {
        if self.value.is_none() { self } else { Self { unit: unit.into(), ..self } }
    }

    /// The cell with its reason.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cell, Table};
    ///
    /// let mut table = Table::new("line");
    /// table.push("SEM", "amount", Cell::new(350, "CNY").because("capped"));
    /// assert_eq!(table.to_string(), "line  amount CNY  why\nSEM          350  capped\n");
    /// ```
    #[must_use]
    pub fn because(mut self, why: impl fmt::Display) -> Self {
        self.why = why.to_string();
        self
    }
}

macro_rules! plain_cells {
    ($($($type:ty),+: $unit:literal);+) => {$($(
        impl From<$type> for Cell {
            fn from(value: $type) -> Self {
                Self::new(value, $unit)
            }
        }
    )+)+};
}

plain_cells!(&str, String: ""; u32, u64, usize, i64, i128, f64: "1");

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::new(if value { "yes" } else { "no" }, "")
    }
}

impl<T: Into<Self>> From<Figure<T>> for Cell {
    fn from(figure: Figure<T>) -> Self {
        match figure {
            Figure::Known(value) => value.into(),
            Figure::Missing(_) | Figure::Undefined(_) => {
                Self { value: None, unit: "".into(), why: figure.map(|_| "").to_string() }
            }
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::default, Into::into)
    }
}

/// A result as cells, each with the name of its row and of its column.
///
/// `Display` aligns text for a terminal, [`markdown`](Self::markdown) for a page; [`csv`](Self::csv) and
/// `Serialize` give one row a cell (name, column, value, unit, why), as spreadsheets and dashboards pivot it.
///
/// # Examples
/// ```
/// use marketloop::figure::{Cell, Table};
///
/// let mut table = Table::new("channel");
/// table.push("SEM", "spend", Cell::new(1200, "CNY"));
/// table.push("SEM", "orders", 30_u64);
/// table.push("短视频", "spend", Cell::new(90, "CNY").because("paused in July"));
/// assert_eq!(
///     table.to_string(),
///     "channel  spend CNY  orders  why\n\
///      SEM           1200      30\n\
///      短视频          90          paused in July\n"
/// );
/// assert!(table.csv().ends_with("短视频,spend,90,CNY,paused in July\n"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    heading: Cow<'static, str>,
    names: Vec<String>,
    places: BTreeMap<String, usize>,
    columns: Vec<Cow<'static, str>>,
    /// Row, column, content; in the order in which they came.
    cells: Vec<(usize, usize, Cell)>,
}

impl Table {
    /// An empty table whose rows are things of this kind: `channel`, `line`.
    pub fn new(heading: impl Into<Cow<'static, str>>) -> Self {
        Self { heading: heading.into(), ..Self::default() }
    }

    /// The table with these columns in this order, whichever row has the first cell of each.
    #[cfg(feature = "kpi")]
    pub(crate) fn with_columns<C: Into<Cow<'static, str>>>(
        mut self,
        columns: impl IntoIterator<Item = C>,
    ) -> Self {
        self.columns.extend(columns.into_iter().map(Into::into));
        self
    }

    /// Adds the cell of a row and a column, which stand in the order in which they first come.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cell, Table};
    ///
    /// let mut table = Table::new("channel");
    /// table.push("SEM", "clicks", Cell::new(1200, "click"));
    /// table.push("SEM", "orders", Cell::new(30, "order"));
    /// assert_eq!(format!("{table:#}"), "channel  clicks  orders\nSEM       1,200      30\n");
    /// ```
    pub fn push(
        &mut self,
        name: impl fmt::Display,
        column: impl Into<Cow<'static, str>>,
        cell: impl Into<Cell>,
    ) {
        let (name, column) = (name.to_string(), column.into());
        let next = self.names.len();
        let row = *self.places.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            next
        });
        // Columns are few, and a scan keeps them in the order in which they came.
        let place = self.columns.iter().position(|known| *known == column).unwrap_or(self.columns.len());
        if place == self.columns.len() {
            self.columns.push(column);
        }
        self.cells.push((row, place, cell.into()));
    }

    /// Adds a column of another table under a name of its own: the same figure of several results side by side.
    /// Units come with it, and reasons behind the name.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cell, Table};
    ///
    /// let (mut july, mut august) = (Table::new("channel"), Table::new("channel"));
    /// july.push("SEM", "orders", 30_u64);
    /// august.push("SEM", "orders", Cell::from(42_u64).because("new page"));
    /// august.push("SEM", "clicks", 900_u64);
    /// let mut months = Table::new("channel");
    /// months.push_column("July", &july, "orders");
    /// months.push_column("August", &august, "orders");
    /// assert_eq!(
    ///     months.to_string(),
    ///     "channel  July  August  why\n\
    ///      SEM        30      42  August: new page\n"
    /// );
    /// ```
    pub fn push_column(&mut self, name: impl Into<Cow<'static, str>>, other: &Self, column: &str) {
        let name = name.into();
        for (row, _, cell) in other.cells().filter(|cell| cell.1 == column) {
            let mut cell = cell.clone();
            if cell.why == name {
                // Columns that are named by their method: the heading says it.
                cell.why.clear();
            } else if !cell.why.is_empty() {
                // The reasons of a row stand in one column: without the name nobody knows whose they are.
                cell.why = alloc::format!("{name}: {}", cell.why);
            }
            self.push(row, name.clone(), cell);
        }
    }

    /// The names of the rows.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[Cow<'static, str>] {
        &self.columns
    }

    /// Every cell with the names of its row and column.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &str, &Cell)> {
        self.cells.iter().filter_map(|(row, column, cell)| {
            Some((self.names.get(*row)?.as_str(), self.columns.get(*column)?.as_ref(), cell))
        })
    }

    /// The cell of this row and column, the last one that was added.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cell, Table};
    ///
    /// let mut table = Table::new("line");
    /// table.push("SEM", "amount", Cell::new(350, "CNY"));
    /// assert_eq!(table.get("SEM", "amount").map(|cell| cell.unit.as_ref()), Some("CNY"));
    /// assert_eq!(table.get("SEM", "clicks"), None);
    /// ```
    #[must_use]
    pub fn get(&self, name: &str, column: &str) -> Option<&Cell> {
        // Of a cell that was set twice the later one holds, as it does in the grid.
        self.cells().filter(|cell| (cell.0, cell.1) == (name, column)).map(|cell| cell.2).last()
    }

    /// A Markdown table: a row for each name, a column for each column, reasons in the last one.
    #[must_use]
    pub fn markdown(&self) -> String {
        self.markdown_as(&Look::default())
    }

    /// The Markdown table as a report shows it.
    pub(super) fn markdown_as(&self, look: &Look<'_>) -> String {
        let grid = self.grid(look);
        let mut text = String::new();
        for (index, row) in grid.rows.iter().enumerate() {
            for cell in row {
                text.push_str("| ");
                for c in cell.chars() {
                    match c {
                        // A bare bar would end the cell, a line break the row.
                        '|' => text.push_str("\\|"),
                        '\n' | '\r' => text.push(' '),
                        c => text.push(c),
                    }
                }
                text.push(' ');
            }
            text.push_str("|\n");
            if index == 0 {
                for right in &grid.right {
                    text.push_str(if *right { "| ---: " } else { "| --- " });
                }
                text.push_str("|\n");
            }
        }
        text
    }

    /// One row a cell, with the heading `name,column,value,unit,why` (RFC 4180, lines ended by a line feed).
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = String::from("name,column,value,unit,why\n");
        for (name, column, cell) in self.cells() {
            // An empty field is how CSV says that there is no value; `why` has the reason.
            let value = cell.value.as_deref().unwrap_or_default();
            csv_row(&mut text, [name, column, value, &cell.unit, &cell.why]);
        }
        text
    }

    /// Adds a row of sums: of each of these columns that of its values, exact.
    ///
    /// A column in which a value is missing has no sum, and says whose value that is: a sum of what is known is no sum.
    /// So it is with a column of several units, of words, or of numbers whose sum has more than 28 digits. Where a row of
    /// that name is there already, the sums stand in `(name)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Cell, Figure, Table};
    ///
    /// let mut table = Table::new("line");
    /// table.push("SEM", "plan", Cell::new("1200.00", "CNY"));
    /// table.push("SEM", "spent", Cell::new("900.50", "CNY"));
    /// table.push("social", "plan", Cell::new("800.00", "CNY"));
    /// table.push("social", "spent", Figure::<u64>::missing("the invoice"));
    /// table.push_sums("sum", &["plan", "spent"]);
    /// assert_eq!(table.get("sum", "plan").unwrap().value.as_deref(), Some("2000.00"));
    /// assert_eq!(table.get("sum", "spent").unwrap().why, "missing: spent of social");
    /// ```
    pub fn push_sums(&mut self, name: impl fmt::Display, columns: &[&str]) {
        let mut name = name.to_string();
        // A caller's line may be called `sum`: its figures and the sums are not one row.
        while self.places.contains_key(&name) {
            name = alloc::format!("({name})");
        }
        let columns: Vec<(&str, Cell)> =
            columns.iter().map(|column| (*column, self.sum_of(column))).collect();
        for (column, cell) in columns {
            self.push(&name, Cow::Owned(column.into()), cell);
        }
    }

    /// The sum of a column, or why there is none.
    fn sum_of(&self, column: &str) -> Cell {
        let mut sum: Option<(Decimal, &str)> = None;
        for (row, _, cell) in self.cells().filter(|cell| cell.1 == column) {
            let Some(value) = &cell.value else {
                return Figure::<Cell>::missing(alloc::format!("{column} of {row}")).into();
            };
            let (before, unit) = sum.unwrap_or((Decimal::ZERO, &cell.unit));
            let next = Decimal::from_str_exact(value).ok().filter(|_| cell.unit == unit);
            // A sum with fewer decimals than its parts was rounded.
            let exact = |next: Decimal| {
                before.checked_add(next).filter(|sum| sum.scale() == before.scale().max(next.scale()))
            };
            match next.and_then(exact) {
                Some(next) => sum = Some((next, unit)),
                None => {
                    return Cell::default()
                        .because(alloc::format!("no sum: {row} has {value} {}", cell.unit));
                }
            }
        }
        sum.map_or_else(Cell::default, |(sum, unit)| Cell::new(sum, unit.to_string()))
    }

    /// The unit of a column where all its values have the same.
    fn unit_of(&self, column: usize) -> &str {
        // A cell without value has no unit, and must not take that of the others from the heading.
        let mut units = self.cells.iter().filter(|cell| cell.1 == column && cell.2.value.is_some());
        let first = units.next().map_or("", |cell| cell.2.unit.as_ref());
        if units.all(|cell| cell.2.unit == first) { first } else { "" }
    }

    /// The cells as text.
    fn grid(&self, look: &Look<'_>) -> Grid {
        // A column of reasons only where there is one to read.
        let reasons = self.cells.iter().any(|cell| !cell.2.why.is_empty());
        let units: Vec<&str> = (0..self.columns.len()).map(|column| self.unit_of(column)).collect();
        let mut heading = alloc::vec![self.heading.to_string()];
        let mut right = alloc::vec![false];
        let marked = |cell: &(usize, usize, Cell)| {
            let (Some(row), Some(column)) = (self.names.get(cell.0), self.columns.get(cell.1)) else {
                return false;
            };
            cell.2.value.is_some() && look.marked.is_some_and(|marked| marked(row, column))
        };
        // A column whose every value bears the mark bears it once, in its heading.
        let all_marked: Vec<bool> = (0..self.columns.len())
            .map(|column| {
                let mut values = self.cells.iter().filter(|cell| cell.1 == column && cell.2.value.is_some());
                values.clone().next().is_some() && values.all(marked)
            })
            .collect();
        for (index, (column, unit)) in self.columns.iter().zip(&units).enumerate() {
            let mark = if all_marked.get(index) == Some(&true) { MARK } else { "" };
            heading.push(if unit.is_empty() || names_unit(column, unit) {
                alloc::format!("{column}{mark}")
            } else {
                alloc::format!("{column} {unit}{mark}")
            });
            // Numbers line up by their last digit; one word in a column, and it reads from the left.
            let mut values = self.cells.iter().filter(|cell| cell.1 == index);
            right.push(values.all(|cell| cell.2.value.as_deref().is_none_or(is_number)));
        }
        if reasons {
            heading.push("why".into());
            right.push(false);
        }
        let width = heading.len();
        let blank = |name: &String| {
            let mut row = alloc::vec![String::new(); width];
            if let Some(first) = row.first_mut() {
                first.clone_from(name);
            }
            row
        };
        // A column of whole numbers stays one.
        let fractions: Vec<bool> = (0..self.columns.len())
            .map(|column| {
                let values = self.cells.iter().filter(|cell| cell.1 == column);
                values.filter_map(|cell| cell.2.value.as_deref()).any(|value| value.contains('.'))
            })
            .collect();
        let shown = |column: usize, value: &String| {
            let value = match look.decimals {
                Some(decimals) if fractions.get(column) == Some(&true) => rounded(value, decimals),
                _ => value.clone(),
            };
            if look.is_grouped { grouped(&value) } else { value }
        };
        // By row and column, whatever the order in which cells came; of one that came twice the later is seen.
        let mut rows: Vec<Vec<String>> = self.names.iter().map(blank).collect();
        for whole @ (row, column, cell) in &self.cells {
            let Some(row) = rows.get_mut(*row) else { continue };
            if let (Some(place), Some(value)) = (row.get_mut(column.saturating_add(1)), &cell.value) {
                *place = shown(*column, value);
                // A unit that the heading does not say for the whole column stands in the cell.
                if !matches!(cell.unit.as_ref(), "" | "1") && units.get(*column) != Some(&cell.unit.as_ref())
                {
                    let _ = write!(place, " {}", cell.unit);
                }
                if marked(whole) && all_marked.get(*column) == Some(&false) {
                    place.push_str(MARK);
                }
            }
            // Several figures of a row often lack the same thing: it is said once.
            let said = |row: &str| row.split("; ").any(|why| why == cell.why);
            if let (Some(last), false) = (row.last_mut().filter(|row| !said(row)), cell.why.is_empty()) {
                if !last.is_empty() {
                    last.push_str("; ");
                }
                last.push_str(&cell.why);
            }
        }
        rows.insert(0, heading);
        Grid { rows, right }
    }
}

/// All cells as text, the heading first, and which columns stand to the right.
struct Grid {
    rows: Vec<Vec<String>>,
    right: Vec<bool>,
}

impl fmt::Display for Table {
    /// Columns side by side, numbers to the right, two blanks between them; no blanks at the end of a line. A
    /// precision is the decimals of the columns that have some, half to even: `{table:.2}`. `{table:#}` puts digits
    /// into groups of three, as `{:#}` of a quantity does.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text_as(&Look { decimals: f.precision(), is_grouped: f.alternate(), marked: None }))
    }
}

impl Table {
    /// The aligned text as a report shows it.
    pub(super) fn text_as(&self, look: &Look<'_>) -> String {
        let Grid { rows, right } = self.grid(look);
        let mut text = String::new();
        let mut widths = alloc::vec![0; right.len()];
        for row in &rows {
            for (most, cell) in widths.iter_mut().zip(row) {
                *most = width(cell).max(*most);
            }
        }
        for row in &rows {
            let mut line = String::new();
            for ((cell, right), most) in row.iter().zip(&right).zip(&widths) {
                // `most` is the widest cell of the column, this one among them: nothing is cut at 0.
                let blanks = " ".repeat(most.saturating_sub(width(cell)));
                let (before, after) = if *right { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
                line.push_str(before);
                line.push_str(cell);
                line.push_str(after);
                line.push_str("  ");
            }
            // No blanks at the end: tests and diffs compare these lines.
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

/// A row of tidy data.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    column: &'a str,
    value: Option<&'a str>,
    unit: &'a str,
    why: &'a str,
}

impl Serialize for Table {
    /// The cells as a list of `{"name", "column", "value", "unit", "why"}`; a value that is not there is null.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows: Vec<Row<'_>> = self
            .cells()
            .map(|(name, column, cell)| Row {
                name,
                column,
                value: cell.value.as_deref(),
                unit: &cell.unit,
                why: &cell.why,
            })
            .collect();
        serializer.collect_seq(rows)
    }
}
