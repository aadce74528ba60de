//! A board of cards in columns, with limits on work in progress as guards (Anderson, 2010).

use super::AgileError;
use crate::error::{Path, Problems};
use crate::plan::TaskState;
use crate::quantity::wire::wire_fields;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A column as it is written down, not checked yet.
#[derive(Debug)]
struct ColumnRow {
    name: String,
    limit: Option<u32>,
    cards: Vec<String>,
}

wire_fields!("Column", ColumnRow { name, limit: optional, cards: optional });

/// What a column with this limit violates when it holds so many cards.
fn above(column: &str, limit: Option<u32>, cards: usize) -> Option<AgileError> {
    let limit = limit.filter(|limit| cards > as_count(*limit))?;
    Some(AgileError::AboveWipLimit { column: column.into(), limit, cards })
}

fn as_count(limit: u32) -> usize {
    // Where an address has 16 bits no column holds so many cards: the limit then binds nothing.
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// A kanban board: columns in order, and cards that move through them.
///
/// A card moves ahead by one column, or back to any earlier one, wherever there is room. No column ever holds more
/// cards than its limit.
///
/// # Examples
/// ```
/// use marketloop::agile::{AgileError, Board};
///
/// let mut board = Board::tasks().with_limit("in progress", 1)?;
/// board.add("KOC contracts")?;
/// board.add("landing page")?;
/// assert_eq!(board.pull("KOC contracts", "in progress"), Ok(()));
///
/// let refused = board.pull("landing page", "in progress").unwrap_err();
/// assert!(matches!(refused[..], [AgileError::WipLimit { limit: 1, cards: 1, .. }]));
/// let moves = board.allowed("KOC contracts");
/// let open: Vec<&str> = moves.iter().filter(|(_, unmet)| unmet.is_empty()).map(|(column, _)| *column).collect();
/// assert_eq!(open, ["not started", "done"]);
///
/// let read: Board = serde_json::from_str(
///     r#"[{"name":"asked","cards":["landing page"]},{"name":"making","limit":2},{"name":"done"}]"#,
/// )?;
/// assert_eq!(read.column_of("landing page"), Some("asked"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "kanban")]
#[doc(alias = "看板")]
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Vec<ColumnRow>", into = "Vec<ColumnRow>")]
pub struct Board {
    columns: Vec<Lane>,
    /// The index of each column, by name.
    names: BTreeMap<String, usize>,
    /// Where each card is.
    places: BTreeMap<String, Place>,
    /// How often a card came into a column.
    arrivals: u64,
}

/// A column of a board. Its cards stand in the order of their arrival, so that one leaves without a shift of those
/// behind it: a list would make 100,000 moves quadratic.
#[derive(Debug, Clone)]
struct Lane {
    name: String,
    limit: Option<u32>,
    cards: BTreeMap<u64, String>,
}

/// The index of a card's column, and which arrival brought it there.
#[derive(Debug, Clone, Copy)]
struct Place {
    column: usize,
    arrival: u64,
}

impl PartialEq for Board {
    /// Boards are equal where their columns are: how often cards moved before does not matter.
    fn eq(&self, other: &Self) -> bool {
        // Cards by their order alone: two boards number the same arrivals differently.
        let same = |own: &Lane, other: &Lane| {
            own.name == other.name && own.limit == other.limit && own.cards.values().eq(other.cards.values())
        };
        self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(own, other)| same(own, other))
    }
}

impl Eq for Board {}

impl Board {
    /// The empty board of these columns, without limits.
    ///
    /// # Errors
    /// All problems at once, each at its place (`[1].name`): [`AgileError::TooFewColumns`] with fewer than 2;
    /// [`AgileError::NoName`] and [`AgileError::DuplicateId`] of a column.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let board = Board::new(["asked", "making", "checking", "done"])?.with_limit("making", 2)?;
    /// assert_eq!(board.columns().collect::<Vec<_>>(), ["asked", "making", "checking", "done"]);
    /// assert_eq!(Board::new(["all"]).unwrap_err().to_string(), ".: 1 column, a board has at least 2");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn new(columns: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, Problems<AgileError>> {
        let row = |name| ColumnRow { name, limit: None, cards: Vec::new() };
        Self::try_from(columns.into_iter().map(|name| row(name.into())).collect::<Vec<_>>())
    }

    /// The checked board of these columns, with the cards that they hold.
    fn of(columns: Vec<ColumnRow>) -> Result<Self, Problems<AgileError>> {
        let mut problems = Problems::new();
        // In a single column no card could ever move.
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
            // Any card would also exceed a limit of 0: one fault, told once.
            if column.limit == Some(0) {
                let error = AgileError::ZeroWipLimit { column: column.name.clone() };
                problems.push(path.field("limit"), error);
            } else if let Some(error) = above(&column.name, column.limit, column.cards.len()) {
                problems.push(path.field("cards"), error);
            }
        }
        // Built only when all is right: from here on columns are indexed without a look.
        problems.into_result(())?;
        let mut board =
            Self { columns: Vec::new(), names: BTreeMap::new(), places: BTreeMap::new(), arrivals: 0 };
        for (index, ColumnRow { name, limit, cards }) in columns.into_iter().enumerate() {
            board.names.insert(name.clone(), index);
            board.columns.push(Lane { name, limit, cards: BTreeMap::new() });
            for card in cards {
                board.put(card, index);
            }
        }
        Ok(board)
    }

    /// An empty board with the columns `not started`, `in progress` and `done`, without limits. Delayed is no column: it
    /// follows from a date.
    #[must_use]
    pub fn tasks() -> Self {
        // Not through the door of `new`: three known names break no rule, and callers get no error to handle.
        let states = [TaskState::NotStarted, TaskState::InProgress, TaskState::Done];
        let name = |state: &TaskState| state.to_string();
        Self {
            columns: states
                .iter()
                .map(|state| Lane { name: name(state), limit: None, cards: BTreeMap::new() })
                .collect(),
            names: states.iter().enumerate().map(|(index, state)| (name(state), index)).collect(),
            places: BTreeMap::new(),
            arrivals: 0,
        }
    }

    /// Limits the cards in a column (its limit on work in progress).
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let mut board = Board::tasks().with_limit("not started", 1)?;
    /// board.add("contracts")?;
    /// assert!(board.add("landing page").is_err()); // finish something first
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`AgileError::NoSuchColumn`]; [`AgileError::ZeroWipLimit`]; [`AgileError::AboveWipLimit`] where it holds more.
    #[doc(alias = "WIP")]
    pub fn with_limit(mut self, column: &str, cards: u32) -> Result<Self, AgileError> {
        let Some(&index) = self.names.get(column) else {
            return Err(AgileError::NoSuchColumn { column: column.into() });
        };
        if cards == 0 {
            return Err(AgileError::ZeroWipLimit { column: column.into() });
        }
        #[expect(clippy::indexing_slicing, reason = "`names` has the indexes of the columns")]
        let found = &mut self.columns[index];
        // Set before it is asked: with an error the board is dropped, so that none is left above its limit.
        found.limit = Some(cards);
        match above(&found.name, found.limit, found.cards.len()) {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }

    /// The names of the columns in order.
    #[must_use]
    pub fn columns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The maximum number of cards in a column; `None` without a limit, or without such a column.
    #[must_use]
    pub fn limit(&self, column: &str) -> Option<u32> {
        self.lane(column)?.limit
    }

    /// The cards in a column in the order in which they came; none where there is no such column.
    pub fn cards_in(&self, column: &str) -> impl Iterator<Item = &str> {
        self.lane(column).into_iter().flat_map(|lane| lane.cards.values()).map(String::as_str)
    }

    /// How many more cards a column may take; `None` without a limit, or without such a column.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let board = Board::tasks().with_limit("in progress", 3)?.with_card("in progress", "landing page")?;
    /// assert_eq!((board.room("in progress"), board.room("done")), (Some(2), None));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn room(&self, column: &str) -> Option<usize> {
        let lane = self.lane(column)?;
        #[expect(clippy::arithmetic_side_effects, reason = "no column holds more cards than its limit")]
        lane.limit.map(|limit| as_count(limit) - lane.cards.len())
    }

    #[expect(clippy::indexing_slicing, reason = "`names` has the indexes of the columns")]
    fn lane(&self, column: &str) -> Option<&Lane> {
        Some(&self.columns[*self.names.get(column)?])
    }

    /// The name of the column in which a card is.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let mut board = Board::tasks();
    /// board.add("contracts")?;
    /// assert_eq!(board.column_of("contracts"), Some("not started"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "every place on the board is one of its columns")]
    pub fn column_of(&self, card: &str) -> Option<&str> {
        Some(&self.columns[self.place(card)?].name)
    }

    /// How many cards are on the board.
    #[must_use]
    pub fn cards(&self) -> usize {
        self.places.len()
    }

    /// Puts a new card into the first column, behind its other cards.
    ///
    /// # Errors
    /// [`AgileError::NoName`]; [`AgileError::DuplicateId`]; [`AgileError::AboveWipLimit`] with the cards that there would
    /// be. The board is then unchanged.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let mut board = Board::tasks();
    /// board.add("contracts")?;
    /// assert_eq!(board.add("contracts").unwrap_err().to_string(), "`contracts` stands twice");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn add(&mut self, card: impl Into<String>) -> Result<(), AgileError> {
        self.add_to(0, card.into())
    }

    /// Adds a card to any column, behind its other cards: to set up a board on which work is in progress.
    ///
    /// # Errors
    /// [`AgileError::NoSuchColumn`]; those of [`add`](Self::add).
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let board = Board::tasks().with_card("in progress", "landing page")?.with_card("done", "KOC contracts")?;
    /// assert_eq!(board.column_of("landing page"), Some("in progress"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    pub fn with_card(mut self, column: &str, card: impl Into<String>) -> Result<Self, AgileError> {
        let Some(index) = self.names.get(column).copied() else {
            return Err(AgileError::NoSuchColumn { column: column.into() });
        };
        self.add_to(index, card.into())?;
        Ok(self)
    }

    #[expect(clippy::indexing_slicing, reason = "0, of at least two columns, or an index that `names` holds")]
    #[expect(clippy::arithmetic_side_effects, reason = "cards in memory")]
    fn add_to(&mut self, column: usize, card: String) -> Result<(), AgileError> {
        if card.trim().is_empty() {
            return Err(AgileError::NoName);
        }
        if self.places.contains_key(&card) {
            return Err(AgileError::DuplicateId { id: card });
        }
        let lane = &self.columns[column];
        if let Some(error) = above(&lane.name, lane.limit, lane.cards.len() + 1) {
            return Err(error);
        }
        self.put(card, column);
        Ok(())
    }

    /// Puts a card into a column, behind its other cards; it leaves the one in which it was.
    #[expect(
        clippy::indexing_slicing,
        reason = "columns stay, so that every place on the board is one of them"
    )]
    #[expect(clippy::arithmetic_side_effects, reason = "2^64 moves are never made")]
    fn put(&mut self, card: String, column: usize) {
        // Arrivals are never counted down: two cards of a column cannot have the same one.
        let arrival = self.arrivals;
        self.arrivals += 1;
        if let Some(before) = self.places.insert(card.clone(), Place { column, arrival }) {
            self.columns[before.column].cards.remove(&before.arrival);
        }
        self.columns[column].cards.insert(arrival, card);
    }

    /// Every column in order, with the reasons why the card may not move into it; an empty list means that it may.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let mut board = Board::tasks();
    /// board.add("contracts")?;
    /// let (column, unmet) = &board.allowed("contracts")[2];
    /// assert_eq!((*column, unmet[0].to_string().as_str()), ("done", "from `not started` to `done` skips `in progress`"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn allowed(&self, card: &str) -> Vec<(&str, Vec<AgileError>)> {
        let from = self.place(card);
        let columns = self.columns.iter().enumerate();
        columns.map(|(to, column)| (column.name.as_str(), self.unmet(card, from, to, column))).collect()
    }

    /// Moves a card into a column, behind its other cards. It moves exactly where [`allowed`](Self::allowed) says so.
    ///
    /// # Examples
    /// ```
    /// use marketloop::agile::Board;
    ///
    /// let mut board = Board::tasks();
    /// board.add("contracts")?;
    /// let refused = board.pull("contracts", "done").unwrap_err();
    /// assert_eq!(refused[0].to_string(), "from `not started` to `done` skips `in progress`");
    /// board.pull("contracts", "in progress").unwrap();
    /// assert_eq!(board.column_of("contracts"), Some("in progress"));
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    ///
    /// # Errors
    /// All guards that are not met, the board being unchanged: those of [`allowed`](Self::allowed), and
    /// [`AgileError::NoSuchColumn`].
    pub fn pull(&mut self, card: &str, to: &str) -> Result<(), Vec<AgileError>> {
        let from = self.place(card);
        let Some(&place) = self.names.get(to) else {
            // A wrong column does not hide a wrong card: all that is unmet is told at once.
            let no_card = from.is_none().then(|| AgileError::NoSuchCard { card: card.into() });
            let no_column = AgileError::NoSuchColumn { column: to.into() };
            return Err(no_card.into_iter().chain([no_column]).collect());
        };
        #[expect(clippy::indexing_slicing, reason = "`names` has the indexes of the columns")]
        let unmet = self.unmet(card, from, place, &self.columns[place]);
        if !unmet.is_empty() {
            return Err(unmet);
        }
        self.put(card.into(), place);
        Ok(())
    }

    /// The index of the column in which a card is.
    fn place(&self, card: &str) -> Option<usize> {
        self.places.get(card).map(|place| place.column)
    }

    /// What keeps a card out of a column; nothing where it may move there.
    #[expect(clippy::indexing_slicing, reason = "every place on the board is one of its columns")]
    #[expect(clippy::arithmetic_side_effects, reason = "below the number of columns")]
    fn unmet(&self, card: &str, from: Option<usize>, to: usize, column: &Lane) -> Vec<AgileError> {
        let mut unmet = Vec::new();
        let name = || column.name.clone();
        match from {
            None => unmet.push(AgileError::NoSuchCard { card: card.into() }),
            Some(from) if from == to => {
                // A full column is no obstacle to a card that stands in it.
                return alloc::vec![AgileError::AlreadyThere { card: card.into(), column: name() }];
            }
            Some(from) => {
                // Empty to the next column; `None` on the way back, where the range is reversed.
                let between = self.columns.get(from + 1..to).and_then(<[Lane]>::first);
                if let Some(skipped) = between {
                    let (from, skipped) = (self.columns[from].name.clone(), skipped.name.clone());
                    unmet.push(AgileError::SkipsColumn { from, to: name(), skipped });
                }
            }
        }
        let cards = column.cards.len();
        if let Some(limit) = column.limit.filter(|limit| cards >= as_count(*limit)) {
            unmet.push(AgileError::WipLimit { column: name(), limit, cards });
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

impl TryFrom<Vec<ColumnRow>> for Board {
    type Error = Problems<AgileError>;

    fn try_from(columns: Vec<ColumnRow>) -> Result<Self, Self::Error> {
        Self::of(columns)
    }
}

impl From<Board> for Vec<ColumnRow> {
    fn from(board: Board) -> Self {
        let cards = |lane: BTreeMap<u64, String>| lane.into_values().collect();
        let column = |Lane { name, limit, cards: own }: Lane| ColumnRow { name, limit, cards: cards(own) };
        board.columns.into_iter().map(column).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn limited() -> Board {
        let board = Board::new(["asked", "making", "checking", "done"]).unwrap();
        board.with_limit("making", 1).unwrap().with_limit("checking", 1).unwrap()
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
            assert_eq!(column == "making", card == 7);
        }
        assert_eq!(Board::of(Vec::from(board.clone())).unwrap(), board);
    }

    /// L3: 100,000 cards move ahead, from the middle of a column of 100,000, and back: a list from which each is
    /// taken would shift five billion.
    #[test]
    fn a_move_is_one_look() {
        let (cards, columns) = (100_000_usize, 1_000);
        let names: Vec<String> = (0..columns).map(|column| alloc::format!("column {column}")).collect();
        let mut board = Board::new(names.iter().cloned()).unwrap();
        let name = |card: usize| alloc::format!("{card}");
        (0..cards).for_each(|card| board.add(name(card)).unwrap());
        // The later half first, so that half a column stands behind every card that leaves it.
        let order = (cards / 2..cards).chain(0..cards / 2);
        let moved: Vec<String> = order.map(name).collect();
        for to in [1, 2, 0] {
            for card in &moved {
                board.pull(card, &names[to]).unwrap();
            }
        }
        assert!(board.cards_in(&names[0]).eq(moved.iter().map(String::as_str)));
        assert_eq!((board.cards(), board.cards_in(&names[1]).count()), (cards, 0));
        assert_eq!(Board::of(board.clone().into()).unwrap(), board);
        board.pull("7", &names[1]).unwrap();
        assert_eq!(board.cards_in(&names[0]).count(), cards - 1);
    }

    #[test]
    fn a_card_moves_by_one_ahead_or_to_any_column_back() {
        let mut board = limited();
        board.add("a").unwrap();
        let refused = board.pull("a", "checking").unwrap_err();
        assert_eq!(refused[0].to_string(), "from `asked` to `checking` skips `making`");
        for to in ["making", "checking", "done"] {
            board.pull("a", to).unwrap();
            assert_eq!(board.column_of("a"), Some(to));
        }
        assert!(board.allowed("a")[..3].iter().all(|(_, unmet)| unmet.is_empty()));
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
            ["from `asked` to `checking` skips `making`", "`checking` holds 1 card, its limit is 1"]
        );
        assert_eq!(
            board.pull("x", "checking").unwrap_err(),
            [
                AgileError::NoSuchCard { card: "x".into() },
                AgileError::WipLimit { column: "checking".into(), limit: 1, cards: 1 }
            ]
        );
        assert_eq!(
            board.pull("x", "y").unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["there is no card `x`", "there is no column `y`"]
        );
        assert_eq!(board.pull("a", "y").unwrap_err().len(), 1);
        assert_eq!(board, before);
        assert_eq!((board.room("checking"), board.room("asked")), (Some(0), None));
        assert_eq!((board.limit("checking"), board.limit("asked"), board.limit("y")), (Some(1), None, None));
    }

    #[test]
    fn a_board_tells_all_its_problems() {
        let row = |name: &str, limit, cards: &[&str]| {
            let cards = cards.iter().map(|card| String::from(*card)).collect();
            ColumnRow { name: name.into(), limit, cards }
        };
        let rows = vec![row("a", Some(0), &["x", " "]), row("a", Some(1), &["x", "y"]), row("", None, &[])];
        let refused = Board::of(rows).unwrap_err().to_string();
        assert_eq!(
            refused,
            "6 problems\n  [0].cards[1]: a name or text is empty\n  [0].limit: the limit of `a` is 0, at least 1 is \
             needed\n  [1].name: `a` stands twice\n  [1].cards[0]: `x` stands twice\n  [1].cards: `a` holds 2 \
             cards, its limit is 1\n  [2].name: a name or text is empty"
        );
        let refused = Board::new([""; 0]).unwrap_err().to_string();
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
}
