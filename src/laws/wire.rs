//! What is written is read back, what is printed is parsed, what is counted in shards is counted.

use super::{Broken, hold};
use crate::Error;
use crate::strategies::AlmostValid;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt::{Debug, Display};
use core::str::FromStr;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What is written as JSON is read back equal, and written alike again.
///
/// # Errors
/// [`Broken`], with the JSON and what was read of it.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_back_what_it_writes;
/// use marketloop::strategies::targets;
/// use proptest::prelude::*;
///
/// proptest!(|(target in targets())| reads_back_what_it_writes(&target)?);
/// ```
pub fn reads_back_what_it_writes<T>(value: &T) -> Result<(), Broken>
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    const LAW: &str = "reads_back_what_it_writes";
    let written = |value: &T| {
        serde_json::to_string(value)
            .map_err(|error| Broken::new(LAW, format_args!("{value:?} is not written: {error}")))
    };
    let json = written(value)?;
    let again: T = serde_json::from_str(&json)
        .map_err(|error| Broken::new(LAW, format_args!("{json} is refused: {error}")))?;
    hold(LAW, again == *value, || format!("{json} is read as {again:?}, and was {value:?}"))?;
    let second = written(&again)?;
    hold(LAW, second == json, || format!("{json} is written again as {second}"))
}

/// What is printed is parsed, and printed alike again.
///
/// # Errors
/// [`Broken`], with the text and what was read of it.
///
/// # Examples
/// ```
/// use marketloop::laws::reads_its_own_text;
/// use marketloop::strategies::deadlines;
/// use proptest::prelude::*;
///
/// proptest!(|(deadline in deadlines())| reads_its_own_text(&deadline)?);
/// ```
pub fn reads_its_own_text<T>(value: &T) -> Result<(), Broken>
where
    T: Display + FromStr + PartialEq + Debug,
    T::Err: Debug,
{
    const LAW: &str = "reads_its_own_text";
    let text = value.to_string();
    let again: T =
        text.parse().map_err(|error| Broken::new(LAW, format_args!("{text:?} is refused: {error:?}")))?;
    hold(LAW, again == *value, || format!("{text:?} is read as {again:?}, and was {value:?}"))?;
    let second = again.to_string();
    hold(LAW, second == text, || format!("{text:?} is printed again as {second:?}"))
}

/// Merging partial states is associative: shards may be joined in any grouping. One answer for all states keeps the law:
/// whether a state is lost shows where the whole is counted at once.
///
/// # Errors
/// [`Broken`], with both results.
///
/// # Examples
/// ```
/// use marketloop::laws::merge_is_associative;
///
/// assert!(merge_is_associative(|a: f64, b: f64| a + b, &1e300, &-1e300, &1.0).is_err());
/// assert!(merge_is_associative(|a: u32, b: u32| a.max(b), &1, &2, &3).is_ok());
/// ```
pub fn merge_is_associative<T: Clone + PartialEq + Debug>(
    merge: impl Fn(T, T) -> T,
    a: &T,
    b: &T,
    c: &T,
) -> Result<(), Broken> {
    let left = merge(merge(a.clone(), b.clone()), c.clone());
    let right = merge(a.clone(), merge(b.clone(), c.clone()));
    hold("merge_is_associative", left == right, || {
        format!("of {a:?}, {b:?} and {c:?} the first two merged before are {left:?}, the last two {right:?}")
    })
}

/// Merging partial states is commutative: the order of the shards does not matter. One answer for all states keeps the
/// law.
///
/// # Errors
/// [`Broken`], with both results.
///
/// # Examples
/// ```
/// use marketloop::laws::merge_is_commutative;
///
/// assert!(merge_is_commutative(|a: u32, b: u32| a.saturating_sub(b), &1, &2).is_err());
/// ```
pub fn merge_is_commutative<T: Clone + PartialEq + Debug>(
    merge: impl Fn(T, T) -> T,
    a: &T,
    b: &T,
) -> Result<(), Broken> {
    let (one, other) = (merge(a.clone(), b.clone()), merge(b.clone(), a.clone()));
    hold("merge_is_commutative", one == other, || {
        format!("{a:?} and {b:?} are {one:?}, the other way round {other:?}")
    })
}

/// What has one fault is refused with just that: one problem, at its path and with its code.
///
/// # Errors
/// [`Broken`], with the fault, what was told of it, and the JSON.
///
/// # Examples
/// ```
/// use marketloop::laws::refuses;
/// use marketloop::quantity::QuantityError;
/// use marketloop::strategies::{almost_valid, shares};
/// use proptest::prelude::*;
///
/// // A reader that takes anything is caught.
/// proptest!(|(case in almost_valid(shares()))| {
///     prop_assert!(refuses(&case, Ok::<_, QuantityError>("anything")).is_err());
/// });
/// ```
pub fn refuses<T: Debug>(case: &AlmostValid, answer: Result<T, impl Into<Error>>) -> Result<(), Broken> {
    const LAW: &str = "refuses";
    let (fault, json) = (case.fault(), case.json());
    let error = match answer {
        Ok(value) => return Err(Broken::new(LAW, format_args!("{fault}: read as {value:?}; {json}"))),
        Err(error) => error.into(),
    };
    let problems = error.problems();
    let mut told = problems.iter().map(|problem| (&problem.path, problem.code()));
    let just_that = told.next() == Some((case.path(), case.code())) && told.next().is_none();
    hold(LAW, just_that, || {
        format!("{fault}: `{}` at `{}` was expected, and told was {error}; {json}", case.code(), case.path())
    })
}

/// A value of another form is refused by its reader, which names the place: a reader such as `serde_path_to_error`
/// gives the path beside the error.
///
/// # Errors
/// [`Broken`], with the fault, the path that was told, and the JSON.
///
/// # Examples
/// ```
/// use marketloop::laws::refuses_form;
/// use marketloop::quantity::Money;
/// use marketloop::strategies::{almost_valid, money};
/// use proptest::prelude::*;
///
/// proptest!(|(case in almost_valid(money()))| {
///     let mut reader = serde_json::Deserializer::from_str(case.json());
///     let read: Result<Money, _> = serde_path_to_error::deserialize(&mut reader);
///     refuses_form(&case, read.map_err(|error| error.path().to_string()))?;
/// });
/// ```
pub fn refuses_form<T: Debug>(case: &AlmostValid, answer: Result<T, String>) -> Result<(), Broken> {
    const LAW: &str = "refuses_form";
    let (fault, json) = (case.fault(), case.json());
    match answer {
        Ok(value) => Err(Broken::new(LAW, format_args!("{fault}: read as {value:?}; {json}"))),
        Err(told) => {
            // The root is `.` there, and as printed here; keys that are no names stand without brackets and quotes there.
            let expected = case.path().to_string();
            let plain = expected.replace("[\"", ".").replace("\"]", "");
            let plain = plain.strip_prefix('.').filter(|rest| !rest.is_empty()).unwrap_or(&plain);
            hold(LAW, told == expected || told == plain, || {
                format!("{fault}: at `{expected}`, and told was `{told}`; {json}")
            })
        }
    }
}
