//! A board of cards in columns, with limits on work in progress as guards (Anderson, 2010), and the times of
//! cards that crossed it.

use super::AgileError;
use crate::error::{Path, Problems};
use crate::plan::TaskState;
use crate::quantity::wire::serialize_fields;
use crate::quantity::{QuantityError, Ratio};
use crate::time::{NaiveDate, Period, TimeError, in_range};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A column of a board, not checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The most cards that it may hold, at least 1; without one, any number.
    #[serde(default)]
    pub limit: Option<u32>,
    /// The ids of its cards in the order in which they came.
    #[serde(default)]
    pub cards: Vec<String>,
}

serialize_fields!(Column { name, limit: optional, cards: optional });

impl Column {
    /// An empty column without a limit.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), limit: None, cards: Vec::new() }
    }

    /// The column, holding at most so many cards.
    #[must_use]
    pub const fn with_limit(mut self, cards: u32) -> Self {
        self.limit = Some(cards);
        self
    }

    /// How many more cards it may take, or `None` without a limit.
    #[must_use]
    pub fn room(&self) -> Option<usize> {
        self.limit.map(|limit| as_count(limit).saturating_sub(self.cards.len()))
    }

    /// What a column that holds so many cards violates.
    fn too_many(&self, cards: usize) -> Option<AgileError> {
        let limit = self.limit.filter(|limit| cards > as_count(*limit))?;
        Some(AgileError::AboveWipLimit { column: self.name.clone(), limit, cards })
    }
}

fn as_count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// What keeps a card out of a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PullGuard {
    /// The board has no such card.
    #[error("there is no card `{card}`")]
    NoSuchCard {
        /// The id as given.
        card: String,
    },
    /// The board has no such column.
    #[error("there is no column `{column}`")]
    NoSuchColumn {
        /// The name as given.
        column: String,
    },
    /// The card is in this column.
    #[error("`{card}` is in `{column}` already")]
    AlreadyThere {
        /// The card.
        card: String,
        /// The column.
        column: String,
    },
    /// A move ahead by more than one column.
    #[error("from `{from}` to `{to}` skips `{skipped}`")]
    SkipsColumn {
        /// Where the card is.
        from: String,
        /// Where it was to go.
        to: String,
        /// The first column between them.
        skipped: String,
    },
    /// The column is full.
    #[error("`{column}` holds {cards} cards, its limit is {limit}")]
    WipLimit {
        /// The column.
        column: String,
        /// The most cards that it may hold.
        limit: u32,
        /// The cards that it holds.
        cards: usize,
    },
}

/// A column with what keeps a card out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnMove<'a> {
    column: &'a str,
    unmet: Vec<PullGuard>,
}

impl<'a> ColumnMove<'a> {
    /// The column's name.
    #[must_use]
    pub const fn column(&self) -> &'a str {
        self.column
    }

    /// All guards that are not met; none where the card may move.
    #[must_use]
    pub fn unmet(&self) -> &[PullGuard] {
        &self.unmet
    }

    /// Whether the card may move there.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.unmet.is_empty()
    }
}

/// Columns in order, and cards that move through them.
///
/// A card moves ahead by one column, or back to any earlier one, wherever there is room. No column ever holds more
/// cards than its limit.
///
/// # Examples
/// ```
/// use marketloop::agile::{Board, PullGuard};
///
/// let mut board = Board::tasks().with_limit("in progress", 1)?;
/// board.add("KOC contracts")?;
/// board.add("landing page")?;
/// assert_eq!(board.pull("KOC contracts", "in progress"), Ok(()));
///
/// let full = PullGuard::WipLimit { column: "in progress".into(), limit: 1, cards: 1 };
/// assert_eq!(board.pull("landing page", "in progress"), Err(vec![full]));
/// let moves = board.allowed("KOC contracts");
/// let open: Vec<&str> = moves.iter().filter(|to| to.is_allowed()).map(|to| to.column()).collect();
/// assert_eq!(open, ["not started", "done"]);
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Column>", into = "Vec<Column>")]
pub struct Board {
    columns: Vec<Column>,
    /// The index of each card's column.
    places: BTreeMap<String, usize>,
}

impl Board {
    /// The board of these columns, with the cards that they hold.
    ///
    /// # Errors
    /// All problems at once, each at its place (`[1].limit`): [`AgileError::TooFewColumns`] with fewer than 2;
    /// [`AgileError::NoName`] and [`AgileError::DuplicateId`] of a column or a card; [`AgileError::ZeroWipLimit`];
    /// [`AgileError::AboveWipLimit`].
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Result<Self, Problems<AgileError>> {
        let columns: Vec<Column> = columns.into_iter().collect();
        let mut problems = Problems::new();
        if columns.len() < 2 {
            problems.push(Path::root(), AgileError::TooFewColumns { columns: columns.len() });
        }
        let (mut names, mut ids) = (BTreeSet::new(), BTreeSet::new());
        for (index, column) in columns.iter().enumerate() {
            let path = Path::root().index(index);
            check_new(&column.name, &mut names, path.field("name"), &mut problems);
            for (at, card) in column.cards.iter().enumerate() {
                check_new(card, &mut ids, path.field("cards").index(at), &mut problems);
            }
            if column.limit == Some(0) {
                let error = AgileError::ZeroWipLimit { column: column.name.clone() };
                problems.push(path.field("limit"), error);
            } else if let Some(error) = column.too_many(column.cards.len()) {
                problems.push(path.field("cards"), error);
            }
        }
        problems.into_result(())?;
        let cards = columns
            .iter()
            .enumerate()
            .flat_map(|(place, column)| column.cards.iter().map(move |card| (card.clone(), place)));
        let places = cards.collect();
        Ok(Self { columns, places })
    }

    /// The empty board of the planning documents' states of a task: not started, in progress, done. No column has a
    /// limit. Delayed is no column: it follows from a date.
    #[must_use]
    pub fn tasks() -> Self {
        let states = [TaskState::NotStarted, TaskState::InProgress, TaskState::Done];
        let columns = states.iter().map(|state| Column::new(state.to_string())).collect();
        Self { columns, places: BTreeMap::new() }
    }

    /// The board with at most so many cards in this column.
    ///
    /// # Errors
    /// [`AgileError::NoSuchColumn`]; [`AgileError::ZeroWipLimit`]; [`AgileError::AboveWipLimit`] where it holds more.
    pub fn with_limit(mut self, column: &str, cards: u32) -> Result<Self, AgileError> {
        let Some(found) = self.columns.iter_mut().find(|found| found.name == column) else {
            return Err(AgileError::NoSuchColumn { column: column.into() });
        };
        if cards == 0 {
            return Err(AgileError::ZeroWipLimit { column: column.into() });
        }
        found.limit = Some(cards);
        match found.too_many(found.cards.len()) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// The columns in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column in which a card is.
    #[must_use]
    pub fn column_of(&self, card: &str) -> Option<&Column> {
        self.columns.get(self.place(card)?)
    }

    /// How many cards are on the board.
    #[must_use]
    pub fn cards(&self) -> usize {
        self.columns.iter().map(|column| column.cards.len()).sum()
    }

    /// Puts a new card into the first column, behind its other cards.
    ///
    /// # Errors
    /// [`AgileError::NoName`]; [`AgileError::DuplicateId`]; [`AgileError::AboveWipLimit`] with the cards that there would
    /// be. The board is then unchanged.
    pub fn add(&mut self, card: impl Into<String>) -> Result<(), AgileError> {
        let card = card.into();
        if card.trim().is_empty() {
            return Err(AgileError::NoName);
        }
        if self.place(&card).is_some() {
            return Err(AgileError::DuplicateId { id: card });
        }
        // There are at least two columns.
        let Some(first) = self.columns.first_mut() else { return Ok(()) };
        if let Some(error) = first.too_many(first.cards.len().saturating_add(1)) {
            return Err(error);
        }
        self.places.insert(card.clone(), 0);
        first.cards.push(card);
        Ok(())
    }

    /// Every column in order, with all guards that keep the card out of it.
    #[must_use]
    pub fn allowed(&self, card: &str) -> Vec<ColumnMove<'_>> {
        let from = self.place(card);
        let columns = self.columns.iter().enumerate();
        columns
            .map(|(to, column)| ColumnMove {
                column: &column.name,
                unmet: self.unmet(card, from, to, column),
            })
            .collect()
    }

    /// Moves a card into a column, behind its other cards. It moves exactly where [`allowed`](Self::allowed) says so.
    ///
    /// # Errors
    /// All guards that are not met, the board being unchanged: those of [`allowed`](Self::allowed), and
    /// [`PullGuard::NoSuchColumn`].
    pub fn pull(&mut self, card: &str, to: &str) -> Result<(), Vec<PullGuard>> {
        let from = self.place(card);
        let found = self.columns.iter().enumerate().find(|(_, column)| column.name == to);
        let Some((place, column)) = found else {
            let no_card = from.is_none().then(|| PullGuard::NoSuchCard { card: card.into() });
            let no_column = PullGuard::NoSuchColumn { column: to.into() };
            return Err(no_card.into_iter().chain([no_column]).collect());
        };
        let unmet = self.unmet(card, from, place, column);
        if !unmet.is_empty() {
            return Err(unmet);
        }
        for (index, column) in self.columns.iter_mut().enumerate() {
            if Some(index) == from {
                column.cards.retain(|other| other != card);
            } else if index == place {
                column.cards.push(card.into());
            }
        }
        if let Some(column) = self.places.get_mut(card) {
            *column = place;
        }
        Ok(())
    }

    /// The index of the column in which a card is.
    fn place(&self, card: &str) -> Option<usize> {
        self.places.get(card).copied()
    }

    fn unmet(&self, card: &str, from: Option<usize>, to: usize, column: &Column) -> Vec<PullGuard> {
        let mut unmet = Vec::new();
        let name = || column.name.clone();
        match from {
            None => unmet.push(PullGuard::NoSuchCard { card: card.into() }),
            Some(from) if from == to => {
                return alloc::vec![PullGuard::AlreadyThere { card: card.into(), column: name() }];
            }
            Some(from) => {
                let between = self.columns.get(from.saturating_add(1)..to).and_then(<[Column]>::first);
                if let (Some(skipped), Some(from)) = (between, self.columns.get(from)) {
                    let (from, skipped) = (from.name.clone(), skipped.name.clone());
                    unmet.push(PullGuard::SkipsColumn { from, to: name(), skipped });
                }
            }
        }
        let cards = column.cards.len();
        if let Some(limit) = column.limit.filter(|limit| cards >= as_count(*limit)) {
            unmet.push(PullGuard::WipLimit { column: name(), limit, cards });
        }
        unmet
    }
}

/// A name that is not empty and not taken.
fn check_new<'a>(
    name: &'a str,
    taken: &mut BTreeSet<&'a str>,
    path: Path,
    problems: &mut Problems<AgileError>,
) {
    if name.trim().is_empty() {
        problems.push(path, AgileError::NoName);
    } else if !taken.insert(name) {
        problems.push(path, AgileError::DuplicateId { id: name.into() });
    }
}

impl TryFrom<Vec<Column>> for Board {
    type Error = Problems<AgileError>;

    fn try_from(columns: Vec<Column>) -> Result<Self, Self::Error> {
        Self::new(columns)
    }
}

impl From<Board> for Vec<Column> {
    fn from(board: Board) -> Self {
        board.columns
    }
}

/// The days on which a card was asked for, begun and done.
///
/// A time counts both its first and its last day (Vacanti, 2015): what is begun and done on one day took 1 day.
///
/// # Examples
/// ```
/// use marketloop::agile::CardTimes;
/// use marketloop::time::date;
///
/// let card = CardTimes::new(date(2026, 7, 1)?, date(2026, 7, 6)?, date(2026, 7, 8)?)?;
/// assert_eq!((card.lead_time(), card.cycle_time()), (8, 3));
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "CardTimesDraft", into = "CardTimesDraft")]
pub struct CardTimes {
    asked: NaiveDate,
    started: NaiveDate,
    finished: NaiveDate,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardTimesDraft {
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    asked: NaiveDate,
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    started: NaiveDate,
    #[serde(deserialize_with = "crate::time::wire_date::deserialize")]
    finished: NaiveDate,
}

impl CardTimes {
    /// The times of a card that was asked for, begun and done on these days.
    ///
    /// # Errors
    /// [`TimeError::Reversed`] as [`AgileError::Time`] where it was begun before it was asked for, or done before it
    /// was begun; [`TimeError::YearOutOfRange`].
    pub fn new(asked: NaiveDate, started: NaiveDate, finished: NaiveDate) -> Result<Self, AgileError> {
        for date in [asked, started, finished] {
            in_range(date)?;
        }
        for (start, end) in [(asked, started), (started, finished)] {
            if end < start {
                return Err(TimeError::Reversed { start, end }.into());
            }
        }
        Ok(Self { asked, started, finished })
    }

    /// The day on which it was asked for.
    #[must_use]
    pub const fn asked(&self) -> NaiveDate {
        self.asked
    }

    /// The day on which it was begun.
    #[must_use]
    pub const fn started(&self) -> NaiveDate {
        self.started
    }

    /// The day on which it was done.
    #[must_use]
    pub const fn finished(&self) -> NaiveDate {
        self.finished
    }

    /// The days from being asked for to being done, both counted.
    #[must_use]
    pub fn lead_time(&self) -> u32 {
        days(self.asked, self.finished)
    }

    /// The days from being begun to being done, both counted.
    #[must_use]
    pub fn cycle_time(&self) -> u32 {
        days(self.started, self.finished)
    }
}

/// The days from `first` to `last`, both counted; 0 where `last` is the earlier one.
fn days(first: NaiveDate, last: NaiveDate) -> u32 {
    u32::try_from(last.signed_duration_since(first).num_days().saturating_add(1)).unwrap_or(0)
}

impl TryFrom<CardTimesDraft> for CardTimes {
    type Error = AgileError;

    fn try_from(draft: CardTimesDraft) -> Result<Self, Self::Error> {
        Self::new(draft.asked, draft.started, draft.finished)
    }
}

impl From<CardTimes> for CardTimesDraft {
    fn from(CardTimes { asked, started, finished }: CardTimes) -> Self {
        Self { asked, started, finished }
    }
}

/// How work flowed in a period: cards in progress, cards done a day, and days a card.
///
/// # Formula
/// `L = lambda * W` (Little, 1961): the average number of cards in progress is the number done a day times the average
/// cycle time. It holds to the last digit where every card was begun and done within the period; by how much it does
/// not is [`littles_gap`](Self::littles_gap).
///
/// # Examples
/// ```
/// use marketloop::agile::{CardTimes, Flow};
/// use marketloop::time::date;
///
/// let card = |from, to| CardTimes::new(date(2026, 7, from)?, date(2026, 7, from)?, date(2026, 7, to)?);
/// let flow = Flow::over(&"2026-07".parse()?, &[card(1, 10)?, card(6, 20)?, card(13, 31)?]);
/// assert_eq!(flow.work_in_progress()?.to_string(), "44/31");
/// assert_eq!(flow.throughput()?.to_string(), "3/31");
/// assert_eq!(flow.cycle_time()?.to_string(), "44/3");
/// assert!(flow.littles_gap()?.is_zero());
/// # Ok::<(), marketloop::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    period: Period,
    finished: u64,
    cycle_days: u64,
    days_in_progress: u64,
}

impl Flow {
    /// The flow of these cards in a period.
    #[must_use]
    pub fn over(period: &Period, cards: &[CardTimes]) -> Self {
        let mut flow = Self { period: *period, finished: 0, cycle_days: 0, days_in_progress: 0 };
        for card in cards {
            let within = days(card.started.max(period.start()), card.finished.min(period.end()));
            flow.days_in_progress = flow.days_in_progress.saturating_add(within.into());
            if period.contains(card.finished) {
                flow.finished = flow.finished.saturating_add(1);
                flow.cycle_days = flow.cycle_days.saturating_add(card.cycle_time().into());
            }
        }
        flow
    }

    /// The period.
    #[must_use]
    pub const fn period(&self) -> &Period {
        &self.period
    }

    /// The number of cards that were done in the period.
    #[must_use]
    pub const fn finished(&self) -> u64 {
        self.finished
    }

    /// The average number of cards in progress on a day of the period.
    ///
    /// # Errors
    /// None but those of [`Ratio::new`].
    pub fn work_in_progress(&self) -> Result<Ratio, AgileError> {
        self.per_day(self.days_in_progress)
    }

    /// The number of cards done per day of the period.
    ///
    /// # Errors
    /// None but those of [`Ratio::new`].
    pub fn throughput(&self) -> Result<Ratio, AgileError> {
        self.per_day(self.finished)
    }

    /// The average cycle time in days of the cards that were done in the period.
    ///
    /// # Errors
    /// [`AgileError::NothingFinished`] where there is none.
    pub fn cycle_time(&self) -> Result<Ratio, AgileError> {
        Ratio::new(self.cycle_days.into(), self.finished.into()).map_err(|error| match error {
            QuantityError::DivisionByZero { .. } => AgileError::NothingFinished { figure: "cycle time" },
            error => error.into(),
        })
    }

    /// `L - lambda * W` in cards: above 0 where cards are in progress that were not done in the period, below 0
    /// where those done began before it.
    ///
    /// # Errors
    /// [`AgileError::NothingFinished`]; [`QuantityError::Inexact`] as [`AgileError::Quantity`].
    pub fn littles_gap(&self) -> Result<Ratio, AgileError> {
        let by_law = self.throughput()?.times(self.cycle_time()?)?;
        Ok(self.work_in_progress()?.minus(by_law)?)
    }

    fn per_day(&self, amount: u64) -> Result<Ratio, AgileError> {
        Ok(Ratio::new(amount.into(), Decimal::from(self.period.days()))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::date;
    use alloc::vec;

    fn limited() -> Board {
        let columns = [
            Column::new("asked"),
            Column::new("making").with_limit(1),
            Column::new("checking").with_limit(1),
            Column::new("done"),
        ];
        Board::new(columns).unwrap()
    }

    /// L3: 100,000 cards, each known to the board by its id.
    #[test]
    fn a_card_is_found_however_many_there_are() {
        let mut board = limited();
        for card in 0..100_000 {
            board.add(alloc::format!("card {card}")).unwrap();
        }
        assert_eq!(board.cards(), 100_000);
        assert!(board.add("card 7").is_err());
        board.pull("card 7", "making").unwrap();
        for card in 0..100_000 {
            let column = board.column_of(&alloc::format!("card {card}")).unwrap();
            assert_eq!(column.name == "making", card == 7);
        }
        assert_eq!(Board::new(Vec::from(board.clone())).unwrap(), board);
    }

    /// R3: times that read back.
    #[test]
    fn every_date_of_a_card_is_checked() {
        let (sound, far) = (date(2026, 7, 1).unwrap(), NaiveDate::MAX);
        assert!(
            CardTimes::new(sound, sound, far).is_err()
                && CardTimes::new(NaiveDate::MIN, sound, sound).is_err()
        );
        let refused = CardTimes::new(far, far, far);
        assert_eq!(refused, Err(AgileError::Time(TimeError::YearOutOfRange { date: far })));
    }

    #[test]
    fn a_card_moves_by_one_ahead_or_to_any_column_back() {
        let mut board = limited();
        board.add("a").unwrap();
        let refused = board.pull("a", "checking").unwrap_err();
        assert_eq!(refused[0].to_string(), "from `asked` to `checking` skips `making`");
        for to in ["making", "checking", "done"] {
            board.pull("a", to).unwrap();
            assert_eq!(board.column_of("a").unwrap().name, to);
        }
        assert!(board.allowed("a")[..3].iter().all(ColumnMove::is_allowed));
        board.pull("a", "asked").unwrap();
        assert_eq!(board.cards(), 1);
        let refused = board.pull("a", "asked").unwrap_err();
        assert_eq!(refused[0].to_string(), "`a` is in `asked` already");
    }

    #[test]
    fn all_unmet_guards_are_told() {
        let mut board = limited();
        for card in ["a", "b"] {
            board.add(card).unwrap();
        }
        board.pull("a", "making").unwrap();
        board.pull("a", "checking").unwrap();
        let before = board.clone();
        let refused: Vec<_> =
            board.pull("b", "checking").unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            refused,
            ["from `asked` to `checking` skips `making`", "`checking` holds 1 cards, its limit is 1"]
        );
        assert_eq!(
            board.pull("x", "checking").unwrap_err(),
            [
                PullGuard::NoSuchCard { card: "x".into() },
                PullGuard::WipLimit { column: "checking".into(), limit: 1, cards: 1 }
            ]
        );
        assert_eq!(
            board.pull("x", "y").unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["there is no card `x`", "there is no column `y`"]
        );
        assert_eq!(board.pull("a", "y").unwrap_err().len(), 1);
        assert_eq!(board, before);
        assert_eq!(board.columns()[2].room(), Some(0));
        assert_eq!(board.columns()[0].room(), None);
    }

    #[test]
    fn a_board_tells_all_its_problems() {
        let mut first = Column::new("a").with_limit(0);
        first.cards = vec!["x".into(), " ".into()];
        let mut second = Column::new("a").with_limit(1);
        second.cards = vec!["x".into(), "y".into()];
        let refused = Board::new([first, second, Column::new("")]).unwrap_err().to_string();
        assert_eq!(
            refused,
            "6 problems\n  [0].cards[1]: a name or text is empty\n  [0].limit: the limit of `a` is 0, at least 1 is \
             needed\n  [1].name: `a` stands twice\n  [1].cards[0]: `x` stands twice\n  [1].cards: `a` holds 2 \
             cards, its limit is 1\n  [2].name: a name or text is empty"
        );
        let refused = Board::new([]).unwrap_err().to_string();
        assert_eq!(refused, ".: 0 columns, a board has at least 2");
    }

    #[test]
    fn the_first_column_has_a_limit_too() {
        let mut board = Board::tasks().with_limit("not started", 1).unwrap();
        board.add("a").unwrap();
        let full = AgileError::AboveWipLimit { column: "not started".into(), limit: 1, cards: 2 };
        assert_eq!(board.add("b"), Err(full));
        assert_eq!(board.add("a"), Err(AgileError::DuplicateId { id: "a".into() }));
        assert_eq!(board.add(" "), Err(AgileError::NoName));
        assert_eq!(board.cards(), 1);
        assert!(matches!(board.clone().with_limit("x", 1), Err(AgileError::NoSuchColumn { .. })));
        assert!(matches!(board.clone().with_limit("done", 0), Err(AgileError::ZeroWipLimit { .. })));
        let mut wide = board.with_limit("not started", 2).unwrap();
        wide.add("b").unwrap();
        assert!(matches!(wide.with_limit("not started", 1), Err(AgileError::AboveWipLimit { cards: 2, .. })));
    }

    #[test]
    fn a_cut_period_leaves_a_gap_in_littles_law() {
        let day = |day| date(2026, 7, day).unwrap();
        let card = CardTimes::new(day(1), day(1), day(10)).unwrap();
        assert_eq!((card.lead_time(), card.cycle_time()), (10, 10));
        let second_half = Period::custom(day(6), day(10)).unwrap();
        let flow = Flow::over(&second_half, &[card]);
        assert_eq!(flow.work_in_progress().unwrap(), Ratio::ONE);
        assert_eq!(flow.littles_gap().unwrap().to_string(), "-1");
        let first_half = Flow::over(&Period::custom(day(1), day(5)).unwrap(), &[card]);
        assert_eq!(first_half.cycle_time(), Err(AgileError::NothingFinished { figure: "cycle time" }));
        assert_eq!((first_half.finished(), first_half.period().days()), (0, 5));
        let outside = Flow::over(&Period::custom(day(11), day(20)).unwrap(), &[card]);
        assert!(outside.work_in_progress().unwrap().is_zero());
        for (asked, started, finished) in [(2, 1, 3), (1, 3, 2)] {
            let refused = CardTimes::new(day(asked), day(started), day(finished));
            assert!(matches!(refused, Err(AgileError::Time(TimeError::Reversed { .. }))));
        }
    }
}
