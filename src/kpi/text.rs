//! Reads a tree's text: one declaration per line, `id [unit] {attributes} = formula`.

use super::KpiError;
use super::formula::{DEPTH, Formula, Token, opposite};
use super::function::{Aggregate, Comparison, Function, OverTime};
use super::lexeme::{Lexeme, Place, lexemes};
use super::node::{DIRECTIONS, NodeKind};
use super::node_draft::NodeDraft;
use super::selection::{listed, selections};
use crate::error::{Path, Problems};
use crate::quantity::grammar::{folded, strip_words, trim};
use crate::quantity::words::words;
use crate::quantity::{Quantity, Unit};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Deserializer};

/// The declarations of the text, and all faults of its syntax.
pub(super) fn parse(text: &str) -> (Vec<NodeDraft>, Problems<KpiError>) {
    let (words, faults) = lexemes(text);
    let mut problems = Problems::new();
    for fault in faults {
        problems.push(Path::root(), fault);
    }
    let mut parser = Parser { words: &words, at: 0, depth: 0 };
    let mut nodes: Vec<NodeDraft> = Vec::new();
    while parser.at < words.len() {
        // What was declared before a fault counts, so that its uses are not unknown.
        if let Err(fault) = parser.declaration(&mut nodes) {
            let (id, fault) = *fault;
            problems.push(id.map_or_else(Path::root, |id| Path::root().field(&id)), fault);
            parser.skip_to_end();
        }
    }
    (nodes, problems)
}

// Here and not beside the type: the error names the kind, and two files may not need each other.
words!(NodeKind, "kind of metric", KpiError:
    Flow = "flow",
    Stock = "stock" / "stock" / "closing stock",
    OpeningStock = "opening_stock" / "opening stock",
    AverageStock = "average_stock" / "average stock",
    Ratio = "ratio",
    Growth = "growth",
    Unique = "unique",
);

impl Formula {
    /// The formula of a text, as it stands behind the `=` of a node: the inverse of [`text`](Self::text).
    ///
    /// # Errors
    /// [`KpiError::Syntax`] with its place, [`KpiError::TooDeep`], [`KpiError::Quantity`].
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let margin = Formula::parse("(sales - cost) / sales")?;
    /// assert_eq!(margin, (Formula::node("sales") - Formula::node("cost")) / Formula::node("sales"));
    /// let refused = Formula::parse("sales cost").unwrap_err();
    /// assert!(refused.to_string().starts_with("line 1, column 7: expected an operator"));
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, KpiError> {
        let (words, faults) = lexemes(text);
        if let Some(fault) = faults.into_iter().next() {
            return Err(fault);
        }
        let mut parser = Parser { words: &words, at: 0, depth: 0 };
        let mut tokens = Vec::new();
        parser.sum(&mut tokens)?;
        if parser.peek() == Some(&Lexeme::End) {
            parser.advance();
        }
        if parser.at < words.len() {
            return Err(parser.refuse("an operator or the end of the formula"));
        }
        Ok(Self::of_tokens(tokens))
    }
}

impl<'de> Deserialize<'de> for Formula {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

struct Parser<'a> {
    words: &'a [(Lexeme, Place)],
    at: usize,
    depth: usize,
}

/// The node and its fault.
type Fault = Box<(Option<String>, KpiError)>;

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.words.get(self.at).map(|(lexeme, _)| lexeme)
    }

    #[expect(clippy::arithmetic_side_effects, reason = "one word further, at most one beyond the last")]
    fn advance(&mut self) {
        self.at += 1;
    }

    /// Steps over the symbol if it is next.
    fn takes(&mut self, symbol: char) -> bool {
        let is_next = self.peek() == Some(&Lexeme::Symbol(symbol));
        if is_next {
            self.advance();
        }
        is_next
    }

    fn skip_to_end(&mut self) {
        // One fault a declaration, and on behind it: all declarations are told at once.
        self.depth = 0;
        while self.peek().is_some_and(|lexeme| *lexeme != Lexeme::End) {
            self.advance();
        }
        self.advance();
    }

    fn refuse(&self, expected: &'static str) -> KpiError {
        let last = self.words.last().map_or(Place::START, |(_, place)| *place);
        let (found, place) = match self.words.get(self.at) {
            None | Some((Lexeme::End, _)) => {
                ("the end of the line".to_owned(), self.words.get(self.at).map_or(last, |word| word.1))
            }
            Some((lexeme, place)) => {
                let text = match lexeme {
                    Lexeme::Name(text) | Lexeme::Number(text, ..) => text.clone(),
                    Lexeme::Unit(text) => format!("[{text}]"),
                    Lexeme::Attributes(text) => format!("{{{text}}}"),
                    Lexeme::Symbol(symbol) => format!("{symbol}"),
                    Lexeme::End => String::new(),
                };
                (text, *place)
            }
        };
        place.refuse(expected, &found)
    }

    #[expect(clippy::indexing_slicing, reason = "the last node is the one that was pushed here")]
    fn declaration(&mut self, nodes: &mut Vec<NodeDraft>) -> Result<(), Fault> {
        let mut one = true;
        let last = loop {
            let Some(Lexeme::Name(id)) = self.peek() else {
                return Err(Box::new((None, self.refuse("the name of a node"))));
            };
            let id = id.clone();
            self.advance();
            let last = nodes.len();
            // Pushed before its attributes are read: a node with a fault is declared all the same.
            nodes.push(NodeDraft::leaf(id.clone()));
            self.attributes(&mut nodes[last]).map_err(|fault| Box::new((Some(id), fault)))?;
            if !self.takes(',') {
                break last;
            }
            one = false;
        };
        let id = Some(nodes[last].id.clone());
        // Of a list of names no formula could say which one it is of.
        let is_bare = nodes[last] == NodeDraft::leaf(nodes[last].id.clone());
        if one && self.takes('=') {
            if is_bare && let Some(Lexeme::Attributes(members)) = self.peek() {
                nodes[last].members = Some(listed(members).into_iter().map(String::from).collect());
                self.advance();
            } else {
                let mut tokens = Vec::new();
                self.sum(&mut tokens).map_err(|fault| Box::new((id.clone(), fault)))?;
                nodes[last].formula = Some(Formula::of_tokens(tokens));
            }
        }
        match self.peek() {
            None | Some(Lexeme::End) => {
                self.advance();
                Ok(())
            }
            Some(_) => {
                let expected = if nodes[last].members.is_some() {
                    "the end of the line"
                } else if nodes[last].formula.is_some() {
                    "an operator or the end of the line"
                } else if one {
                    "a unit, attributes, `=`, `,` or the end of the line"
                } else {
                    "a unit, attributes, `,` or the end of the line"
                };
                Err(Box::new((id, self.refuse(expected))))
            }
        }
    }

    fn attributes(&mut self, draft: &mut NodeDraft) -> Result<(), KpiError> {
        if let Some(Lexeme::Unit(text)) = self.peek() {
            draft.unit = Some(text.parse::<Unit>()?);
            self.advance();
        }
        if let Some(Lexeme::Attributes(text)) = self.peek() {
            for word in text.split(|c| folded(c) == ',').map(trim) {
                if let Ok(kind) = word.parse() {
                    draft.kind = Some(kind);
                } else if let Some((better, _)) = DIRECTIONS.iter().find(|(_, name)| *name == word) {
                    draft.better = *better;
                } else if let Some(owner) = strip_words(word, "owner") {
                    draft.owner = Some(owner.to_owned());
                } else {
                    return Err(self.refuse("a kind, a direction or `owner` and a name"));
                }
            }
            self.advance();
        }
        Ok(())
    }

    fn sum(&mut self, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        self.product(tokens)?;
        loop {
            let token = match self.peek() {
                Some(Lexeme::Symbol('+')) => Token::Add,
                Some(Lexeme::Symbol('-')) => Token::Subtract,
                _ => return Ok(()),
            };
            self.advance();
            self.product(tokens)?;
            tokens.push(token);
        }
    }

    fn product(&mut self, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        self.signed(tokens)?;
        loop {
            let token = match self.peek() {
                Some(Lexeme::Symbol('*')) => Token::Multiply,
                Some(Lexeme::Symbol('/')) => Token::Divide,
                _ => return Ok(()),
            };
            self.advance();
            self.signed(tokens)?;
            tokens.push(token);
        }
    }

    fn signed(&mut self, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        let mut negative = false;
        while self.takes('-') {
            negative = !negative;
        }
        let start = tokens.len();
        self.atom(tokens)?;
        if negative {
            // A negative number is one token, so that it is written as it was read.
            if let Some([Token::Constant(quantity)]) = tokens.get_mut(start..) {
                **quantity = opposite(quantity);
            } else {
                tokens.push(Token::Negate);
            }
        }
        Ok(())
    }

    fn atom(&mut self, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        match self.peek().cloned() {
            Some(Lexeme::Number(_, number, places)) => {
                self.advance();
                // A per mille is a tenth of a per cent, in which it is kept; a number without sign has no places to shift.
                let value = number.value(places.saturating_sub(2))?;
                let unit = match self.peek() {
                    _ if places > 0 => Unit::PERCENT,
                    Some(Lexeme::Unit(text)) => {
                        let unit = text.parse()?;
                        self.advance();
                        unit
                    }
                    _ => Unit::ONE,
                };
                tokens.push(Token::Constant(Box::new(Quantity::new(value, unit))));
                Ok(())
            }
            Some(Lexeme::Name(name)) => {
                self.advance();
                // `sum(` is the function; a node of that name stands between backquotes or alone.
                if name == "sum" && self.takes('(') {
                    return self.within(|parser| parser.terms(tokens));
                }
                // Brackets directly behind the name of an aggregate: dimensions and filters, no unit.
                if let Some(aggregate) = Aggregate::named(&name)
                    && let Some([(Lexeme::Unit(of), _), (Lexeme::Symbol('('), _), ..]) =
                        self.words.get(self.at..)
                {
                    let of = selections(of);
                    (0..2).for_each(|_| self.advance());
                    self.within(|parser| parser.comparison(tokens))?;
                    tokens.push(Token::Members(aggregate, of));
                    return Ok(());
                }
                if let Some(over) = OverTime::named(&name)
                    && self.takes('(')
                {
                    return self.within(|parser| parser.over_time(over, tokens));
                }
                if let Some(function) = Function::named(&name)
                    && self.takes('(')
                {
                    return self.within(|parser| parser.arguments(function, tokens));
                }
                tokens.push(Token::Node(name.into()));
                Ok(())
            }
            Some(Lexeme::Symbol('(')) => {
                self.advance();
                self.within(|parser| parser.comparison(tokens))
            }
            _ => Err(self.refuse("a name, a number or `(`")),
        }
    }

    /// The part within parentheses, whose opening one is read.
    fn within(&mut self, read: impl FnOnce(&mut Self) -> Result<(), KpiError>) -> Result<(), KpiError> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH {
            return Err(KpiError::TooDeep { limit: DEPTH });
        }
        read(self)?;
        self.depth = self.depth.saturating_sub(1);
        if self.takes(')') { Ok(()) } else { Err(self.refuse("an operator or `)`")) }
    }

    /// A value or a comparison of two, as it stands within parentheses.
    fn comparison(&mut self, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        self.sum(tokens)?;
        for (comparison, mark, _) in Comparison::ALL {
            if self.takes(mark) {
                self.sum(tokens)?;
                tokens.push(Token::Call(Function::Compare(comparison)));
                break;
            }
        }
        Ok(())
    }

    /// The value and how many periods of it, or which.
    fn over_time(&mut self, over: OverTime, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        self.comparison(tokens)?;
        if !self.takes(',') {
            return Err(self.refuse("an operator or `,`"));
        }
        let over = match self.peek() {
            Some(Lexeme::Name(text) | Lexeme::Number(text, _, 0)) => over.with(text),
            _ => None,
        }
        .ok_or_else(|| self.refuse(over.expected()))?;
        self.advance();
        tokens.push(Token::Call(Function::Over(over)));
        Ok(())
    }

    fn arguments(&mut self, function: Function, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        let mut count: usize = 1;
        self.comparison(tokens)?;
        while self.takes(',') {
            self.comparison(tokens)?;
            count = count.saturating_add(1);
        }
        let function = function.of(count).ok_or_else(|| KpiError::Arguments {
            function: function.name(),
            expected: function.arity(),
            actual: count,
        })?;
        tokens.push(Token::Call(function));
        Ok(())
    }

    /// The terms of `sum(a, b, c)` or the family of `sum(parent.*)`.
    fn terms(&mut self, tokens: &mut Vec<Token>) -> Result<(), KpiError> {
        // Three words, not one: a name never ends in a dot, so that `v.*` is the name, the dot and the star.
        if let Some([(Lexeme::Name(parent), _), (Lexeme::Symbol('.'), _), (Lexeme::Symbol('*'), _), ..]) =
            self.words.get(self.at..)
        {
            tokens.push(Token::Children(parent.as_str().into()));
            (0..3).for_each(|_| self.advance());
            return Ok(());
        }
        for count in 1_usize.. {
            self.sum(tokens)?;
            if !self.takes(',') {
                tokens.push(Token::Sum(count));
                break;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::kpi::{KpiError, KpiTree};
    use alloc::format;
    use alloc::string::ToString;

    fn formula(text: &str) -> alloc::string::String {
        let tree = KpiTree::parse(&format!("y = {text}\na, b, c")).unwrap();
        tree.node(tree.root()).unwrap().formula().unwrap().to_string()
    }

    #[test]
    fn formulas_keep_their_meaning_in_the_fewest_parentheses() {
        for (text, canonical) in [
            ("a+b*c", "a + b * c"),
            ("((a + b)) * c", "(a + b) * c"),
            ("a - (b - c)", "a - (b - c)"),
            ("a - (b + c)", "a - (b + c)"),
            ("a + (b - c)", "a + b - c"),
            ("a / (b * c)", "a / (b * c)"),
            ("a / b / c", "a / b / c"),
            ("a * (b / c)", "a * b / c"),
            ("-a * b - -c", "(-a) * b - (-c)"),
            ("- -2 * a + b / c", "2 * a + b / c"),
            ("a ×\n b ÷ c", "a * b / c"),
            ("sum(a, b * c, -1)", "a + b * c + -1"),
            ("a\n + b\n - c", "a + b - c"),
        ] {
            assert_eq!(formula(&text.replace("y =", "")).replace('\n', " "), canonical, "{text}");
            assert_eq!(formula(canonical), canonical);
        }
    }

    #[test]
    fn a_fault_has_its_place() {
        for (text, place) in [
            ("a = b +", "line 1, column 8: expected a name, a number or `(`, found `the end of the line`"),
            ("a = (b", "line 1, column 7: expected an operator or `)`, found `the end of the line`"),
            (
                "a b",
                "line 1, column 3: expected a unit, attributes, `=`, `,` or the end of the line, found `b`",
            ),
            ("a = b c", "line 1, column 7: expected an operator or the end of the line, found `c`"),
            ("3 = a", "line 1, column 1: expected the name of a node, found `3`"),
            ("a [x", "line 1, column 3: expected a closing bracket on the same line, found `[`"),
            (
                "a {tall}",
                "line 1, column 3: expected a kind, a direction or `owner` and a name, found `{tall}`",
            ),
            ("a = b ? c", "line 1, column 7: expected a name, a number or an operator, found `?`"),
        ] {
            let problems = KpiTree::parse(text).unwrap_err().to_string();
            assert!(problems.contains(place), "{text}: {problems}");
        }
        assert!(KpiTree::parse("a [2 x]").unwrap_err().to_string().contains("`2 x` is not a unit"));
    }

    #[test]
    fn depth_is_limited_but_length_is_not() {
        let deep = |depth| format!("y = {}a{}\na", "(".repeat(depth), ")".repeat(depth));
        assert!(KpiTree::parse(&deep(64)).is_ok());
        let refused = KpiTree::parse(&deep(100_000)).unwrap_err();
        assert_eq!(refused.iter().next().unwrap().error, KpiError::TooDeep { limit: 64 });
        let long = format!("y = a{}\na", " - a".repeat(100_000));
        assert!(KpiTree::parse(&long).is_ok());
        let minus = format!("y = {}a\na", "-".repeat(100_000));
        assert!(KpiTree::parse(&minus).is_ok());
    }
}
