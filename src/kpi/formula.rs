//! The formula of a node, in postfix order: nesting costs no stack, however deep.

use super::KpiError;
use super::function::{Aggregate, Function};
use super::name::{quoted, quoted_family};
use super::selection::{Selection, Set, selections_text};
use crate::quantity::{Quantity, Unit};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::{Add, Div, Mul, Neg, Sub};
use rust_decimal::Decimal;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

/// The maximum depth of nested parentheses.
pub(super) const DEPTH: usize = 64;

/// The formula by which a node is computed from others: `visitors * cvr * aov`.
///
/// Formulas combine by `+`, `-`, `*`, `/`, unary minus and the functions below; a name stands for its node. On the
/// wire a formula is its text.
///
/// | text | value |
/// | --- | --- |
/// | `if(c, a, b)` | `a` where `c` is not 0, else `b`; the other one does not count |
/// | `(a >= b)`, and `<` `<=` `>` `=` `!=`, in parentheses or as an argument | 1 where it holds, else 0 |
/// | `min(a, b, …)`, `max(a, b, …)` | the least, the greatest |
/// | `abs(x)` | `x` without its sign |
/// | `clamp(x, low, high)` | `max(min(x, high), low)` |
/// | `missing_as(x, v)` | `v` where `x` is missing, else `x` |
/// | `undefined_as(x, v)` | `v` where `x` is undefined, else `x` |
/// | `lag(x, 1)`, `lag(x, year)` | `x` one period before, or in the same period of the year before |
/// | `rolling_sum(x, 3)`, `rolling_mean(x, 3)` | over the period and the two before it |
/// | `to_date(x, year)`, and `week`, `month`, `quarter`, `half_year` | the sum since the first period of the year |
/// | `growth(x, 1)`, `growth(x, year)` | `x / lag(x, …) - 1`; undefined from a base of 0 or below |
/// | `sum[channel](x)` | the sum over the members of a dimension that are there in the period |
/// | `sum[channel in paid](x)`, `sum[channel not in {SEM, Social}, city](x)` | the sum over the members of a group, or of the others; missing where none of them is there |
/// | `share[channel](x)` | each member's part of the sum |
/// | `mean[channel](x)`, `min[channel](x)`, `max[channel](x)` | over the members; a mean of rates weighs all alike |
/// | `count[channel](x)` | how many members have a row |
///
/// Brackets directly behind the name of one of these hold dimensions and filters; anywhere else they hold units. A group is
/// declared in the tree, `paid = {SEM, Social}`.
///
/// All values of a function are in one unit, but for the condition, which has none; a bare 0 is in any. A function is
/// missing where an argument that counts is, else undefined where one is: only `missing_as` and `undefined_as`
/// turn a state into a value. What lies before the first period is missing, never 0; a tree that is evaluated for one
/// period alone knows no other, and has one member, of which it knows no name: what a filter takes is missing.
///
/// # Examples
/// ```
/// use marketloop::kpi::Formula;
///
/// let sales = Formula::product(["visitors", "cvr", "aov"]);
/// let margin = (Formula::node("sales") - Formula::node("cost")) / Formula::node("sales");
/// assert_eq!(sales.text()?, "visitors * cvr * aov");
/// assert_eq!(margin.text()?, "(sales - cost) / sales");
/// assert_eq!(Formula::parse("(sales - cost) / sales")?, margin);
/// # Ok::<(), marketloop::kpi::KpiError>(())
/// ```
///
/// ```
/// # use marketloop::kpi::Formula;
/// let json = r#""a + `b c`""#;
/// assert_eq!(serde_json::to_string(&serde_json::from_str::<Formula>(json)?)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Formula {
    tokens: Vec<Token>,
}

impl PartialEq for Formula {
    /// Equal where they are written alike: `sum(a, b)` is `a + b`.
    fn eq(&self, other: &Self) -> bool {
        // What cannot be written is no formula of any tree: it is compared as it was built.
        self.tokens == other.tokens || self.text().is_ok_and(|text| other.text() == Ok(text))
    }
}

impl Eq for Formula {}

impl Serialize for Formula {
    /// Its text; a formula that has none is refused.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text().map_err(S::Error::custom)?)
    }
}

/// One step of a formula in postfix order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// The value of a node.
    Node(Box<str>),
    /// The sum of all nodes whose name is this one, a dot and one more word.
    Children(Box<str>),
    /// A number, in its unit.
    Constant(Box<Quantity>),
    /// The sum of the last values, as many as stated.
    Sum(usize),
    /// The product of the last values, as many as stated.
    Product(usize),
    /// The sum of the last two.
    Add,
    /// The last but one less the last.
    Subtract,
    /// The product of the last two.
    Multiply,
    /// The last but one divided by the last.
    Divide,
    /// The last with the opposite sign.
    Negate,
    /// A function of the last values, as many as it takes.
    Call(Function),
    /// What the last is over the members of these dimensions.
    Members(Aggregate, Box<[Selection]>),
}

impl Formula {
    /// The value of the node with this name.
    #[must_use]
    pub fn node(id: &str) -> Self {
        Self { tokens: alloc::vec![Token::Node(id.into())] }
    }

    /// A number without unit.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let net = Formula::node("sales") / Formula::constant(113) * Formula::constant(100);
    /// assert_eq!(net.text()?, "sales / 113 * 100");
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn constant(value: impl Into<Decimal>) -> Self {
        Self::quantity(Quantity::new(value.into(), Unit::ONE))
    }

    /// A number with its unit, as in `visitors + 100 [visitor]`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Formula, KpiTree, NodeDraft};
    ///
    /// let all = Formula::node("visits") + Formula::quantity("100 visit".parse()?);
    /// let tree = KpiTree::new([NodeDraft::computed("all", all), NodeDraft::leaf("visits").with_unit("visit".parse()?)])?;
    /// assert_eq!(tree.to_string(), "all [visit] = visits + 100 [visit]\nvisits [visit]");
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn quantity(quantity: Quantity) -> Self {
        Self { tokens: alloc::vec![Token::Constant(Box::new(quantity))] }
    }

    /// The sum of the terms; a sum without terms is refused when the tree is built.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::Formula;
    ///
    /// let visits = Formula::sum(["search", "social", "direct"]);
    /// assert_eq!(visits.text()?, "search + social + direct");
    /// assert!(Formula::sum([""; 0]).text().is_err());
    /// # Ok::<(), marketloop::kpi::KpiError>(())
    /// ```
    #[must_use]
    pub fn sum<F: Into<Self>>(terms: impl IntoIterator<Item = F>) -> Self {
        Self::joined(terms, Token::Sum)
    }

    /// The product of the factors; a product without factors is refused when the tree is built.
    #[must_use]
    pub fn product<F: Into<Self>>(factors: impl IntoIterator<Item = F>) -> Self {
        Self::joined(factors, Token::Product)
    }

    /// The sum of all nodes named `parent`, a dot and one more word: `sum(visitors.*)`.
    ///
    /// # Examples
    /// ```
    /// use marketloop::kpi::{Formula, KpiTree, NodeDraft};
    ///
    /// // Channels join the sum by their names.
    /// let leaves = ["visits.search", "visits.social"].map(NodeDraft::leaf);
    /// let tree = KpiTree::new([NodeDraft::computed("visits", Formula::sum_of_children("visits"))].into_iter().chain(leaves))?;
    /// assert_eq!(tree.children(tree.root()).len(), 2);
    /// # Ok::<(), marketloop::Error>(())
    /// ```
    #[must_use]
    pub fn sum_of_children(parent: &str) -> Self {
        Self { tokens: alloc::vec![Token::Children(parent.into())] }
    }

    /// The formula as text, which [`KpiTree::parse`](super::KpiTree::parse) reads.
    ///
    /// # Errors
    /// [`KpiError::TooDeep`] where more than 64 parentheses stand in each other;
    /// [`KpiError::NoOperands`] for a sum or product of nothing.
    pub fn text(&self) -> Result<String, KpiError> {
        let mut stack: Vec<Text> = Vec::new();
        for token in &self.tokens {
            match token {
                Token::Node(id) => stack.push(Text::atom(quoted(id))),
                Token::Children(parent) => stack.push(Text::atom(quoted_family(parent))),
                Token::Constant(quantity) => stack.push(Text::constant(quantity)),
                Token::Sum(count) | Token::Product(count) => {
                    let join = if matches!(token, Token::Sum(_)) { Text::plus } else { Text::times };
                    let first = stack.len().checked_sub(*count).ok_or(KpiError::NoOperands)?;
                    let operands = stack.split_off(first);
                    let text = operands.into_iter().try_fold(None, |whole: Option<Text>, operand| {
                        Ok::<_, KpiError>(Some(match whole {
                            Some(whole) => join(whole, operand)?,
                            None => operand,
                        }))
                    })?;
                    stack.push(text.ok_or(KpiError::NoOperands)?);
                }
                Token::Negate => {
                    let operand = stack.pop().ok_or(KpiError::NoOperands)?;
                    stack.push(operand.negated()?);
                }
                Token::Members(aggregate, of) => {
                    let value = stack.pop().ok_or(KpiError::NoOperands)?;
                    stack.push(
                        Text {
                            written: format!(
                                "{}[{}]({})",
                                aggregate.name(),
                                selections_text(of),
                                value.written
                            ),
                            number: None,
                            level: Level::Atom,
                            depth: value.depth,
                        }
                        .deeper()?,
                    );
                }
                Token::Call(function) => {
                    let first = stack.len().checked_sub(function.arity()).ok_or(KpiError::NoOperands)?;
                    let arguments = stack.split_off(first);
                    stack.push(Text::call(*function, arguments)?);
                }
                Token::Add | Token::Subtract | Token::Multiply | Token::Divide => {
                    let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else {
                        return Err(KpiError::NoOperands);
                    };
                    stack.push(match token {
                        Token::Add => left.plus(right)?,
                        Token::Subtract => left.joined(" - ", right, Level::Sum, Level::Product)?,
                        Token::Multiply => left.times(right)?,
                        _ => left.joined(" / ", right, Level::Product, Level::Atom)?,
                    });
                }
            }
        }
        // A comparison is read within parentheses or as an argument: behind a `=` it would pass for a declaration.
        let whole = stack.pop().ok_or(KpiError::NoOperands)?.at_least(Level::Sum)?;
        Ok(whole.written)
    }

    pub(super) fn of_tokens(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The groups by which it filters.
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        let selections = self.tokens.iter().flat_map(|token| match token {
            Token::Members(_, of) => of.iter(),
            _ => [].iter(),
        });
        selections.filter_map(|selection| match &selection.only.as_ref()?.set {
            Set::Group(name) => Some(name.as_ref()),
            Set::Listed(_) => None,
        })
    }

    fn joined<F: Into<Self>>(operands: impl IntoIterator<Item = F>, token: fn(usize) -> Token) -> Self {
        let mut tokens = Vec::new();
        let mut count: usize = 0;
        for operand in operands {
            tokens.extend(operand.into().tokens);
            count = count.saturating_add(1);
        }
        tokens.push(token(count));
        Self { tokens }
    }

    fn with(mut self, other: Self, token: Token) -> Self {
        // A sum of sums stays nested here: the steps of the tree flatten it, and the text keeps how it was written.
        self.tokens.extend(other.tokens);
        self.tokens.push(token);
        self
    }
}

impl From<&str> for Formula {
    fn from(id: &str) -> Self {
        Self::node(id)
    }
}

impl From<&String> for Formula {
    fn from(id: &String) -> Self {
        Self::node(id)
    }
}

impl From<String> for Formula {
    fn from(id: String) -> Self {
        Self { tokens: alloc::vec![Token::Node(id.into())] }
    }
}

impl From<Decimal> for Formula {
    fn from(value: Decimal) -> Self {
        Self::constant(value)
    }
}

impl Add for Formula {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.with(other, Token::Add)
    }
}

impl Sub for Formula {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.with(other, Token::Subtract)
    }
}

impl Mul for Formula {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        self.with(other, Token::Multiply)
    }
}

impl Div for Formula {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        self.with(other, Token::Divide)
    }
}

impl Neg for Formula {
    type Output = Self;

    fn neg(mut self) -> Self {
        // A negative number is one token, as it is when it is read.
        if let [Token::Constant(number)] = self.tokens.as_mut_slice() {
            **number = opposite(number);
        } else {
            self.tokens.push(Token::Negate);
        }
        self
    }
}

/// How tightly a text holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Comparison,
    Sum,
    Product,
    Atom,
}

/// The number with the other sign.
pub(super) fn opposite(number: &Quantity) -> Quantity {
    let mut value = number.value();
    value.set_sign_negative(value.is_sign_positive());
    // This takes the sign of a zero.
    Quantity::new(value, number.unit().clone())
}

struct Text {
    written: String,
    /// The number, where the text is one and nothing else.
    number: Option<Quantity>,
    level: Level,
    depth: usize,
}

impl Text {
    fn atom(text: String) -> Self {
        Self { written: text, number: None, level: Level::Atom, depth: 0 }
    }

    fn constant(quantity: &Quantity) -> Self {
        let number = quantity.value().to_string();
        let level = if number.starts_with('-') { Level::Sum } else { Level::Atom };
        let text =
            if *quantity.unit() == Unit::ONE { number } else { format!("{number} [{}]", quantity.unit()) };
        Self { written: text, number: Some(quantity.clone()), level, depth: 0 }
    }

    /// A minus is read with the atom behind it: `-a * b` is `(-a) * b`.
    fn negated(self) -> Result<Self, KpiError> {
        if let Some(number) = &self.number {
            return Ok(Self::constant(&opposite(number)));
        }
        let operand = self.at_least(Level::Atom)?;
        let written = format!("-{}", operand.written);
        Ok(Self { written, number: None, level: Level::Sum, depth: operand.depth })
    }

    /// A comparison with its sign between its sides, any other function with its arguments in parentheses.
    fn call(function: Function, arguments: Vec<Self>) -> Result<Self, KpiError> {
        if matches!(function, Function::Compare(_)) {
            let mut sides = arguments.into_iter();
            let (Some(left), Some(right)) = (sides.next(), sides.next()) else {
                return Err(KpiError::NoOperands);
            };
            let operator = format!(" {} ", function.name());
            let (left, right) = (left.at_least(Level::Sum)?, right.at_least(Level::Sum)?);
            return left.joined(&operator, right, Level::Comparison, Level::Comparison);
        }
        let mut written = format!("{}(", function.name());
        let mut depth: usize = 0;
        for (place, argument) in arguments.into_iter().enumerate() {
            if place > 0 {
                written.push_str(", ");
            }
            written.push_str(&argument.written);
            depth = depth.max(argument.depth);
        }
        if let Function::Over(over) = function {
            written.push_str(", ");
            written.push_str(&over.argument());
        }
        written.push(')');
        Self { written, number: None, level: Level::Atom, depth }.deeper()
    }

    fn plus(self, right: Self) -> Result<Self, KpiError> {
        self.joined(" + ", right, Level::Sum, Level::Sum)
    }

    fn times(self, right: Self) -> Result<Self, KpiError> {
        self.joined(" * ", right, Level::Product, Level::Product)
    }

    fn joined(self, operator: &str, right: Self, level: Level, of_right: Level) -> Result<Self, KpiError> {
        let mut left = self.at_least(level)?;
        let right = right.at_least(of_right)?;
        left.written.push_str(operator);
        left.written.push_str(&right.written);
        let depth = left.depth.max(right.depth);
        Ok(Self { written: left.written, number: None, level, depth })
    }

    fn at_least(self, level: Level) -> Result<Self, KpiError> {
        if self.level >= level {
            return Ok(self);
        }
        Self { written: format!("({})", self.written), number: None, level: Level::Atom, depth: self.depth }
            .deeper()
    }

    /// Within one pair of parentheses more: at most as many as the parser reads, so that what is written can be read back.
    fn deeper(mut self) -> Result<Self, KpiError> {
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEPTH { Err(KpiError::TooDeep { limit: DEPTH }) } else { Ok(self) }
    }
}
