//! Questions to the optimiser.

use super::almost_valid::{Spoil, spoilt};
use super::{AlmostValid, Curves, curves, strategy};
use crate::error::{ErrorKind, Path};
use crate::optimise::Optimisation;
use crate::quantity::{Currency, Money};
use crate::response::Curve;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::ops::Range;
use proptest::collection::{SizeRange, vec};
use proptest::prelude::{Strategy, any};
use proptest::sample::Index;
use serde_json::{Value, json};

/// Questions that ask for the greatest response of a budget: 1 to 6 lines `l0`, `l1` and so on with curves that compete, and
/// floors and caps between which the budget fits.
///
/// Mean size 3.4 lines; 20 % are edges: one line, a line whose cap is its floor, no bounds at all.
///
/// # Examples
/// ```
/// use marketloop::laws;
/// use marketloop::strategies::{curves, optimisations};
/// use proptest::prelude::*;
///
/// proptest!(ProptestConfig::with_cases(32), |(question in optimisations().with_curves(curves().concave()))| {
///     laws::optimum_keeps_its_bounds(&question, &question.solve().unwrap())?;
/// });
/// ```
pub fn optimisations() -> Optimisations {
    Optimisations {
        lines: (1..7).into(),
        budgets: 100_000..3_000_000,
        curves: curves().around(5_000.0),
        has_groups: false,
        is_infeasible: false,
    }
}

/// How questions to the optimiser are made; see [`optimisations`].
#[derive(Debug, Clone)]
#[must_use = "a strategy does nothing by itself"]
pub struct Optimisations {
    lines: SizeRange,
    budgets: Range<i64>,
    curves: Curves,
    has_groups: bool,
    is_infeasible: bool,
}

/// A line as it is drawn: its curve, floor and cap in percent of an even share, and which of these it has.
type Drawn = (Curve, u8, u8, [bool; 2]);

impl Optimisations {
    /// Questions of so many lines; none counts as one.
    pub fn with_lines(mut self, lines: impl Into<SizeRange>) -> Self {
        self.lines = lines.into();
        self
    }

    /// Budgets in minor units; an empty range counts as its start.
    pub fn with_budgets(mut self, minor: Range<i64>) -> Self {
        self.budgets = minor.start..minor.end.max(minor.start.saturating_add(1));
        self
    }

    /// Lines with such curves, around the spend that was asked of them, or 5,000 CNY.
    pub const fn with_curves(mut self, curves: Curves) -> Self {
        self.curves = curves.around_unless_given(5_000.0);
        self
    }

    /// Groups around the first two lines and around these and the third, which leave room for the budget.
    pub const fn with_groups(mut self) -> Self {
        self.has_groups = true;
        self
    }

    /// Questions without an answer: the floors are above the budget, or the caps below it.
    pub const fn infeasible(mut self) -> Self {
        self.is_infeasible = true;
        self
    }

    /// The JSON of such a question with one fault.
    ///
    /// # Examples
    /// ```
    /// use marketloop::optimise::Optimisation;
    /// use marketloop::strategies::optimisations;
    /// use proptest::prelude::*;
    ///
    /// proptest!(|(case in optimisations().almost_valid())| {
    ///     let refusal = serde_json::from_str::<Optimisation>(case.json()).unwrap_err();
    ///     prop_assert!(refusal.to_string().starts_with(&format!("{}: ", case.path())), "{refusal}");
    /// });
    /// ```
    #[must_use = "a strategy does nothing by itself"]
    pub fn almost_valid(&self) -> impl Strategy<Value = AlmostValid> + use<> {
        spoilt(self.clone(), &SPOILS)
    }

    fn cases(&self) -> impl Strategy<Value = Optimisation> + use<> {
        let Self { has_groups, is_infeasible, .. } = *self;
        let line = (self.curves, 0_u8..=60, 0_u8..=180, any::<[bool; 2]>());
        let bounds = [0_u8..=100, 0..=100];
        (vec(line, self.lines.clone()), self.budgets.clone(), bounds).prop_filter_map(
            "a question",
            move |(mut drawn, budget, group)| {
                if drawn.is_empty() {
                    return None;
                }
                if is_infeasible {
                    // Caps are below a budget only where every line has one.
                    for (.., [_, has_cap]) in &mut drawn {
                        *has_cap = true;
                    }
                }
                question_of(&drawn, budget.into(), is_infeasible, has_groups.then_some(group))
            },
        )
    }
}

strategy!(Optimisations => Optimisation);

#[expect(clippy::arithmetic_side_effects, reason = "amounts have 64 bits, and their sums some more")]
fn question_of(
    drawn: &[Drawn],
    budget: i128,
    is_infeasible: bool,
    group: Option<[u8; 2]>,
) -> Option<Optimisation> {
    let money = |minor: i128| Money::from_minor(minor, Currency::CNY).ok();
    let share = budget / i128::try_from(drawn.len()).ok()?;
    let bounds: Vec<(i128, i128)> = drawn
        .iter()
        .map(|(_, floor, cap, [has_floor, has_cap])| {
            let floor = if *has_floor { share * i128::from(*floor) / 100 } else { 0 };
            // Seven tenths at least, so that few questions have no room.
            let cap = if *has_cap { share * (70 + i128::from(*cap)) / 100 } else { budget };
            (floor, cap.max(floor))
        })
        .collect();
    let (floors, caps) =
        bounds.iter().fold((0, 0), |(floors, caps), (floor, cap)| (floors + floor, caps + cap));
    let budget = match (is_infeasible, floors) {
        (false, _) => budget.min(caps),
        (true, 0) => caps + 1 + budget / 10,
        (true, _) => floors - 1,
    };
    let mut question = Optimisation::maximise_response(money(budget)?);
    for (index, ((curve, _, _, has), (floor, cap))) in drawn.iter().zip(&bounds).enumerate() {
        let (name, floor, cap) = (format!("l{index}"), money(*floor)?, money(*cap)?);
        question = match has {
            [false, false] => question.line(name, curve.clone(), ..),
            [true, false] => question.line(name, curve.clone(), floor..),
            [false, true] => question.line(name, curve.clone(), ..=cap),
            [true, true] => question.line(name, curve.clone(), floor..=cap),
        };
    }
    let (Some(group), [(floor_a, cap_a), (floor_b, cap_b), (floor_c, cap_c), rest @ ..]) =
        (group, bounds.as_slice())
    else {
        return Some(question);
    };
    // What the others need at least and can take at most decides what the groups may ask for.
    let rest = rest.iter().fold((0, 0), |(least, most), (floor, cap)| (least + floor, most + cap));
    let (floor, cap) = (floor_a + floor_b, (cap_a + cap_b).min(budget.max(0)));
    let at = |percent: u8| floor + (cap - floor) * i128::from(percent) / 100;
    let [one, other] = group.map(at);
    let low = one.min(other).min(budget - rest.0 - floor_c);
    let high = one.max(other).max(budget - rest.1 - cap_c).max(low);
    let outer = (budget * 3 / 4).max(budget - rest.1).max(low + floor_c);
    Some(question.group("inner", ["l0", "l1"], money(low)?..=money(high)?).group(
        "outer",
        ["inner", "l2"],
        ..=money(outer)?,
    ))
}

const SPOILS: [Spoil; 6] = [
    Spoil { fault: "a line named twice", kind: ErrorKind::Duplicate, at: line_twice },
    Spoil { fault: "no lines", kind: ErrorKind::Empty, at: no_lines },
    Spoil { fault: "a floor below 0", kind: ErrorKind::OutOfRange, at: negative_floor },
    Spoil { fault: "a cap in another currency", kind: ErrorKind::Mismatch, at: other_currency },
    Spoil { fault: "a group of nobody", kind: ErrorKind::NotFound, at: unknown_member },
    Spoil { fault: "a budget below 0", kind: ErrorKind::OutOfRange, at: negative_budget },
];

fn lines(json: &mut Value) -> Option<&mut Vec<Value>> {
    json.get_mut("lines")?.as_array_mut().filter(|lines| !lines.is_empty())
}

/// The path of a field of one of the lines, and that line.
fn one_line<'a>(json: &'a mut Value, place: Index, field: &str) -> Option<(Path, &'a mut Value)> {
    let lines = lines(json)?;
    let index = place.index(lines.len());
    Some((Path::root().field("lines").index(index).field(field), lines.get_mut(index)?))
}

fn line_twice(json: &mut Value, place: Index) -> Option<Path> {
    let lines = lines(json)?;
    let again = place.get(lines).clone();
    let name = again.get("name")?.clone();
    // A line without bounds, so that the sums of bounds stay as they are.
    lines.push(json!({ "name": name, "curve": again.get("curve")? }));
    Some(Path::root().field("lines").index(lines.len().saturating_sub(1)).field("name"))
}

fn no_lines(json: &mut Value, _: Index) -> Option<Path> {
    if json.get("groups").is_some() {
        return None;
    }
    *json.get_mut("lines")? = json!([]);
    Some(Path::root().field("lines"))
}

fn negative_floor(json: &mut Value, place: Index) -> Option<Path> {
    let (path, line) = one_line(json, place, "floor")?;
    line.as_object_mut()?.insert("floor".to_string(), json!("-1 CNY"));
    Some(path)
}

fn other_currency(json: &mut Value, place: Index) -> Option<Path> {
    let (path, line) = one_line(json, place, "cap")?;
    line.as_object_mut()?.insert("cap".to_string(), json!("9 EUR"));
    Some(path)
}

fn unknown_member(json: &mut Value, _: Index) -> Option<Path> {
    if json.get("groups").is_some() {
        return None;
    }
    let group = json!([{ "name": "of nobody", "members": ["nobody"] }]);
    json.as_object_mut()?.insert("groups".to_string(), group);
    Some(Path::root().field("groups").index(0).field("members").index(0))
}

fn negative_budget(json: &mut Value, _: Index) -> Option<Path> {
    *json.pointer_mut("/aim/response/budget")? = json!("-5 CNY");
    Some(Path::root().field("aim"))
}
