//! Results put before a reader: questions, their answers, the evidence, and where every figure comes from.

use super::look::{Look, MARK, csv_row};
use super::table::Table;
use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use serde::{Serialize, Serializer};

/// Where a figure comes from: a place that can be opened, and what stands there.
///
/// What is worked out from several sources has all of them; it is an illustration as soon as one of them is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Source {
    /// The place: a file and the field in it, a table of a document, a record of a log.
    pub place: Cow<'static, str>,
    /// What stands there, in words.
    pub content: Cow<'static, str>,
    /// Whether the figures are made up to show how it works, and nobody's.
    pub is_illustration: bool,
}

impl Source {
    /// A source of figures that somebody measured, decided or wrote down.
    pub fn new(place: impl Into<Cow<'static, str>>, content: impl Into<Cow<'static, str>>) -> Self {
        Self { place: place.into(), content: content.into(), is_illustration: false }
    }

    /// A source of figures that are made up: a report marks each of them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Evidence, Report, Section, Source, Table};
    ///
    /// let (targets, values) = (Source::new("plan", "targets"), Source::illustration("test.csv", "values"));
    /// let mut table = Table::new("indicator");
    /// table.push("organic share", "target", "50 %");
    /// table.push("organic share", "actual", "46 %");
    /// let evidence = Evidence::new("Lights", table, [&targets]).column("actual", [&values]);
    /// let report = Report::new("Health").section(Section::new("How are we?").evidence(evidence));
    /// assert!(report.to_string().contains("indicator      target  actual*\n"));
    /// ```
    pub fn illustration(place: impl Into<Cow<'static, str>>, content: impl Into<Cow<'static, str>>) -> Self {
        Self { is_illustration: true, ..Self::new(place, content) }
    }
}

/// A table of a report, with the sources of its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    title: String,
    table: Table,
    decimals: Option<usize>,
    sources: Vec<Source>,
    /// What is told of a row, a column or both; the last that fits a cell holds.
    exceptions: Vec<(Option<String>, Option<String>, Vec<Source>)>,
}

impl Evidence {
    /// A table whose figures come from these sources.
    pub fn new<'s>(
        title: impl Into<String>,
        table: impl Into<Table>,
        sources: impl IntoIterator<Item = &'s Source>,
    ) -> Self {
        let (title, table) = (title.into(), table.into());
        Self { title, table, decimals: None, sources: owned(sources), exceptions: Vec::new() }
    }

    /// Shows at most so many decimals, half to even; rows of data keep all of them.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Evidence, Report, Section, Source, Table};
    ///
    /// let mut table = Table::new("channel");
    /// table.push("SEM", "credit", 2.345_f64);
    /// let evidence = Evidence::new("Credit", table, [&Source::new("shop.csv", "orders")]).with_decimals(1);
    /// let report = Report::new("July").section(Section::new("Who brought it?").evidence(evidence));
    /// assert!(report.to_string().contains("SEM         2.3\n"));
    /// assert!(report.csv().contains("Credit,SEM,credit,2.345,"));
    /// ```
    #[must_use]
    pub fn with_decimals(self, decimals: usize) -> Self {
        Self { decimals: Some(decimals), ..self }
    }

    /// Says where the figures of one column come from, if not from where the others do.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Evidence, Source, Table};
    ///
    /// let (plan, shop) = (Source::new("plan.json", "targets"), Source::new("shop.csv", "orders"));
    /// let mut table = Table::new("month");
    /// table.push("July", "target", 40_u64);
    /// table.push("July", "orders", 38_u64);
    /// let evidence = Evidence::new("Orders", table, [&plan]).column("orders", [&shop]);
    /// assert_eq!(evidence.sources_of("July", "orders"), [shop]);
    /// ```
    #[must_use]
    pub fn column<'s>(
        self,
        column: impl Into<String>,
        sources: impl IntoIterator<Item = &'s Source>,
    ) -> Self {
        self.except(None, Some(column.into()), owned(sources))
    }

    /// Says where the figures of one row come from; what is said later holds.
    #[must_use]
    pub fn row<'s>(self, row: impl Into<String>, sources: impl IntoIterator<Item = &'s Source>) -> Self {
        self.except(Some(row.into()), None, owned(sources))
    }

    /// Says where the figure of one row and column comes from; what is said later holds.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Evidence, Source, Table};
    ///
    /// let (plan, guess) = (Source::new("plan.json", "the plan"), Source::illustration("-", "a guess"));
    /// let mut table = Table::new("line");
    /// table.push("SEM", "amount", 400_u64);
    /// table.push("live", "amount", 90_u64);
    /// let evidence = Evidence::new("", table, [&plan]).cell("live", "amount", [&guess]);
    /// assert_eq!(evidence.sources_of("SEM", "amount"), [plan]);
    /// assert_eq!(evidence.sources_of("live", "amount"), [guess]);
    /// ```
    #[must_use]
    pub fn cell<'s>(
        self,
        row: impl Into<String>,
        column: impl Into<String>,
        sources: impl IntoIterator<Item = &'s Source>,
    ) -> Self {
        self.except(Some(row.into()), Some(column.into()), owned(sources))
    }

    fn except(mut self, row: Option<String>, column: Option<String>, sources: Vec<Source>) -> Self {
        self.exceptions.push((row, column, sources));
        self
    }

    /// What the table shows.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The table.
    #[must_use]
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// Where the figure of this row and column comes from.
    #[must_use]
    pub fn sources_of(&self, row: &str, column: &str) -> &[Source] {
        let fits = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
        let last = self.exceptions.iter().rev().find(|own| fits(&own.0, row) && fits(&own.1, column));
        last.map_or(&self.sources, |own| &own.2)
    }

    /// Whether a figure rests on something made up.
    fn is_illustration(&self, row: &str, column: &str) -> bool {
        self.sources_of(row, column).iter().any(|source| source.is_illustration)
    }

    /// Whether all its figures do.
    fn is_all_illustration(&self) -> bool {
        let mut has_values = false;
        let mut values = self.table.cells().filter(|cell| cell.2.value.is_some());
        let all = values.all(|cell| {
            has_values = true;
            self.is_illustration(cell.0, cell.1)
        });
        has_values && all
    }

    /// The title with its mark, and how the table is to be shown.
    fn show(&self, f: impl FnOnce(&str, &Look<'_>)) {
        let all = self.is_all_illustration() && !self.title.is_empty();
        let marked = |row: &str, column: &str| !all && self.is_illustration(row, column);
        let look = Look { decimals: self.decimals, is_grouped: true, marked: Some(&marked) };
        f(if all { MARK } else { "" }, &look);
    }
}

/// A question of a report, what answers it, and the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    question: String,
    answers: Vec<String>,
    evidence: Vec<Evidence>,
}

impl Section {
    /// A section that answers this question.
    pub fn new(question: impl Into<String>) -> Self {
        Self { question: question.into(), ..Self::default() }
    }

    /// Adds a sentence of the answer.
    #[must_use]
    pub fn answer(mut self, sentence: impl fmt::Display) -> Self {
        self.answers.push(sentence.to_string());
        self
    }

    /// Adds a sentence for each item.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::Section;
    ///
    /// let late = [("film", 3), ("cut", 1)];
    /// let sentences = late.iter().map(|(task, days)| format!("{task} is {days} workdays late."));
    /// let section = Section::new("What is late?").answers(sentences);
    /// assert_eq!(section.sentences()[0], "film is 3 workdays late.");
    /// ```
    #[must_use]
    pub fn answers(mut self, sentences: impl IntoIterator<Item = impl fmt::Display>) -> Self {
        self.answers.extend(sentences.into_iter().map(|sentence| sentence.to_string()));
        self
    }

    /// Adds a table on which the answer rests.
    #[must_use]
    pub fn evidence(mut self, evidence: Evidence) -> Self {
        self.evidence.push(evidence);
        self
    }

    /// The question.
    #[must_use]
    pub fn question(&self) -> &str {
        &self.question
    }

    /// The sentences of the answer.
    #[must_use]
    pub fn sentences(&self) -> &[String] {
        &self.answers
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &[Evidence] {
        &self.evidence
    }
}

/// Questions with their answers and evidence, and where every figure comes from: a text to read, a page, or rows of data.
///
/// Digits stand in groups of three. What rests on an [illustration](Source::illustration) bears a `*`: at the figure,
/// at the heading of a column all of which does, or at the title of such a table. The last section lists every source
/// with the sections that use it. [`csv`](Self::csv) and `Serialize` give a row to each sentence and each cell.
///
/// # Examples
/// ```
/// use marketloop::figure::{Cell, Evidence, Report, Section, Source, Table};
///
/// let invoices = Source::new("invoices.csv", "what was paid");
/// let mut spend = Table::new("line");
/// spend.push("SEM", "spent", Cell::new("123000.00", "CNY"));
/// spend.push("social", "spent", Cell::new("95000.00", "CNY"));
/// spend.push_sums("sum", &["spent"]);
///
/// let section = Section::new("What was spent?")
///     .answer("218,000.00 CNY, more than half of it for SEM.")
///     .evidence(Evidence::new("Spend by line", spend, [&invoices]));
/// let report = Report::new("The quarter").section(section);
/// assert_eq!(
///     report.to_string(),
///     "The quarter\n\
///      \n\
///      1. What was spent?\n\
///      \n\
///      218,000.00 CNY, more than half of it for SEM.\n\
///      \n\
///      Spend by line\n\
///      line     spent CNY\n\
///      SEM     123,000.00\n\
///      social   95,000.00\n\
///      sum     218,000.00\n\
///      \n\
///      Where every figure comes from\n\
///      \n\
///      source        content        in section\n\
///      invoices.csv  what was paid           1\n"
/// );
/// assert!(report.csv().ends_with("Spend by line,sum,spent,218000.00,CNY,,invoices.csv,no\n"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[doc(alias("briefing", "bulletin", "报告", "复盘"))]
pub struct Report {
    title: String,
    sections: Vec<Section>,
}

/// A row of a report as data: a sentence, or a cell of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportRow<'a> {
    /// The question of its section.
    pub section: &'a str,
    /// The title of the table; `answer` for a sentence.
    pub table: &'a str,
    /// The name of the row; the number of a sentence.
    pub name: &'a str,
    /// The name of the column; empty for a sentence.
    pub column: &'a str,
    /// The value; `None` where there is none.
    pub value: Option<&'a str>,
    /// Its unit.
    pub unit: &'a str,
    /// Why the value is so, or why there is none.
    pub why: &'a str,
    /// The places it comes from, with ` + ` between them; of a sentence those of its section.
    pub source: &'a str,
    /// Whether it rests on something made up.
    pub is_illustration: bool,
}

impl Report {
    /// A report without sections yet.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), sections: Vec::new() }
    }

    /// Adds the next section.
    #[must_use]
    pub fn section(mut self, section: Section) -> Self {
        self.sections.push(section);
        self
    }

    /// The title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The sections in order.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The table of this title: the first one, in whichever section it stands.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Evidence, Report, Section, Source, Table};
    ///
    /// let mut table = Table::new("line");
    /// table.push("SEM", "orders", 30_u64);
    /// let evidence = Evidence::new("Orders", table, [&Source::new("shop.csv", "orders")]);
    /// let report = Report::new("July").section(Section::new("What was sold?").evidence(evidence));
    /// assert_eq!(report.table("Orders").map(|table| table.names().len()), Some(1));
    /// assert_eq!(report.table("Visits"), None);
    /// ```
    #[must_use]
    pub fn table(&self, title: &str) -> Option<&Table> {
        let mut all = self.sections.iter().flat_map(|section| &section.evidence);
        all.find(|evidence| evidence.title == title).map(Evidence::table)
    }

    /// Calls `f` with every sentence and cell, in the order of the report.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Evidence, Report, Section, Source, Table};
    ///
    /// let mut table = Table::new("channel");
    /// table.push("SEM", "orders", 30_u64);
    /// let evidence = Evidence::new("Orders", table, [&Source::new("shop.csv", "orders")]);
    /// let report = Report::new("July").section(Section::new("What was sold?").evidence(evidence));
    /// let mut counts = 0;
    /// report.for_each_row(|row| counts += usize::from(row.unit == "1"));
    /// assert_eq!(counts, 1); // a pure number: its unit would be `order`
    /// ```
    pub fn for_each_row(&self, mut f: impl FnMut(ReportRow<'_>)) {
        for section in &self.sections {
            let (mut sources, mut is_illustration) = (Vec::new(), false);
            for evidence in &section.evidence {
                for (row, column, _) in evidence.table.cells() {
                    sources.extend(evidence.sources_of(row, column));
                    is_illustration |= evidence.is_illustration(row, column);
                }
            }
            let source = places(sources);
            for (sentence, number) in section.answers.iter().zip(1_u64..) {
                f(ReportRow {
                    section: &section.question,
                    table: "answer",
                    name: &number.to_string(),
                    column: "",
                    value: Some(sentence),
                    unit: "",
                    why: "",
                    source: &source,
                    is_illustration,
                });
            }
            for evidence in &section.evidence {
                for (name, column, cell) in evidence.table.cells() {
                    f(ReportRow {
                        section: &section.question,
                        table: &evidence.title,
                        name,
                        column,
                        value: cell.value.as_deref(),
                        unit: &cell.unit,
                        why: &cell.why,
                        source: &places(evidence.sources_of(name, column)),
                        is_illustration: evidence.is_illustration(name, column),
                    });
                }
            }
        }
    }

    /// A row for every sentence and cell, with the heading
    /// `section,table,name,column,value,unit,why,source,illustration` (RFC 4180, lines ended by a line feed).
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = String::from("section,table,name,column,value,unit,why,source,illustration\n");
        self.for_each_row(|row| {
            let value = row.value.unwrap_or_default();
            let illustration = if row.is_illustration { "yes" } else { "no" };
            let ReportRow { section, table, name, column, unit, why, source, .. } = row;
            csv_row(&mut text, [section, table, name, column, value, unit, why, source, illustration]);
        });
        text
    }

    /// The report as a Markdown page.
    ///
    /// # Examples
    /// ```
    /// use marketloop::figure::{Report, Section};
    ///
    /// let report = Report::new("July").section(Section::new("What was sold?").answer("30 orders."));
    /// assert_eq!(report.markdown(), "# July\n\n## 1. What was sold?\n\n- 30 orders.\n");
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = alloc::format!("# {}\n", self.title);
        for (section, number) in self.sections.iter().zip(1_u64..) {
            let _ = write!(text, "\n## {number}. {}\n\n", section.question);
            for sentence in &section.answers {
                let _ = writeln!(text, "- {sentence}");
            }
            for evidence in &section.evidence {
                evidence.show(|mark, look| {
                    let _ = write!(
                        text,
                        "\n### {}{mark}\n\n{}",
                        evidence.title,
                        evidence.table.markdown_as(look)
                    );
                });
            }
        }
        let sources = self.sources();
        if !sources.names().is_empty() {
            let _ = write!(text, "\n## {SOURCES}\n\n{}", sources.markdown());
        }
        text
    }

    /// Every source in the order in which it is first used, with the sections that use it.
    #[must_use]
    pub fn sources(&self) -> Table {
        let mut used: Vec<(&Source, BTreeSet<usize>)> = Vec::new();
        for (number, section) in self.sections.iter().enumerate() {
            for evidence in &section.evidence {
                for (row, column, _) in evidence.table.cells() {
                    for source in evidence.sources_of(row, column) {
                        // A report has a few sources: a scan keeps their order.
                        match used.iter_mut().find(|known| known.0 == source) {
                            Some((_, sections)) => _ = sections.insert(number),
                            None => used.push((source, BTreeSet::from([number]))),
                        }
                    }
                }
            }
        }
        let mut table = Table::new("source");
        for (source, sections) in used {
            let mark = if source.is_illustration { MARK } else { "" };
            let place = alloc::format!("{}{mark}", source.place);
            let sections: Vec<String> =
                sections.into_iter().map(|number| number.saturating_add(1).to_string()).collect();
            table.push(&place, "content", source.content.as_ref());
            table.push(&place, "in section", sections.join(", "));
        }
        table
    }
}

/// What stands above the list of sources.
const SOURCES: &str = "Where every figure comes from";

impl fmt::Display for Report {
    /// The text: title, numbered questions with sentences and tables, the sources.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let mut is_illustrated = false;
        self.for_each_row(|row| is_illustrated |= row.is_illustration);
        if is_illustrated {
            writeln!(f, "\n{MARK} an illustration, or worked out from one")?;
        }
        for (section, number) in self.sections.iter().zip(1_u64..) {
            writeln!(f, "\n{number}. {}", section.question)?;
            for (place, sentence) in section.answers.iter().enumerate() {
                writeln!(f, "{}{sentence}", if place == 0 { "\n" } else { "" })?;
            }
            for evidence in &section.evidence {
                let mut text = String::new();
                evidence.show(|mark, look| {
                    if !evidence.title.is_empty() {
                        let _ = writeln!(text, "{}{mark}", evidence.title);
                    }
                    text.push_str(&evidence.table.text_as(look));
                });
                write!(f, "\n{text}")?;
            }
        }
        let sources = self.sources();
        if sources.names().is_empty() {
            return Ok(());
        }
        write!(f, "\n{SOURCES}\n\n{sources}")
    }
}

impl Serialize for Report {
    /// The rows as a list; see [`ReportRow`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Rows borrow their sources from the walk: they are written one by one, and never kept.
        use serde::ser::{Error, SerializeSeq as _};
        // Compact formats want the number of rows first.
        let mut count = 0;
        self.for_each_row(|_| count = usize::saturating_add(count, 1));
        let mut rows = serializer.serialize_seq(Some(count))?;
        let mut failed = None;
        self.for_each_row(|row| {
            if failed.is_none() {
                failed = rows.serialize_element(&row).err();
            }
        });
        match failed {
            Some(error) => Err(S::Error::custom(error)),
            None => rows.end(),
        }
    }
}

fn owned<'s>(sources: impl IntoIterator<Item = &'s Source>) -> Vec<Source> {
    sources.into_iter().cloned().collect()
}

/// The places of sources, each once, in their order.
fn places<'s>(sources: impl IntoIterator<Item = &'s Source>) -> String {
    let mut places: Vec<&str> = Vec::new();
    for source in sources {
        if !places.contains(&source.place.as_ref()) {
            places.push(&source.place);
        }
    }
    places.join(" + ")
}
