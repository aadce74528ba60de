//! What is refused leaves no trace, and what is repeated no second one.

use super::{Broken, hold};
use alloc::format;
use core::fmt::Debug;

/// What is refused changes nothing: where `act` answers an error, the state is as it was. What is not refused may change
/// all or nothing.
///
/// # Errors
/// [`Broken`], with the error and both states.
///
/// # Examples
/// ```
/// use marketloop::laws::a_refusal_changes_nothing;
///
/// // A till that takes the money first and asks then.
/// let mut till = 3;
/// let pay = |till: &mut i32| {
///     *till -= 5;
///     if *till < 0 { Err("too little") } else { Ok(()) }
/// };
/// assert_eq!(
///     a_refusal_changes_nothing(&mut till, pay).unwrap_err().to_string(),
///     "a_refusal_changes_nothing: refused with \"too little\", 3 became -2"
/// );
/// ```
pub fn a_refusal_changes_nothing<T: Clone + PartialEq + Debug, R, E: Debug>(
    state: &mut T,
    act: impl FnOnce(&mut T) -> Result<R, E>,
) -> Result<(), Broken> {
    let before = state.clone();
    match act(state).map(drop) {
        Ok(()) => Ok(()),
        Err(error) => hold("a_refusal_changes_nothing", *state == before, || {
            format!("refused with {error:?}, {before:?} became {state:?}")
        }),
    }
}

/// What is repeated changes nothing more: after `act` a second time the state is as it was after the first. What does
/// nothing the first time keeps the law.
///
/// # Errors
/// [`Broken`], with both states.
///
/// # Examples
/// ```
/// use marketloop::laws::a_repeat_changes_nothing;
///
/// assert!(a_repeat_changes_nothing(&mut 7, |light: &mut i32| *light = 1).is_ok());
/// assert_eq!(
///     a_repeat_changes_nothing(&mut 7, |count: &mut i32| *count += 1).unwrap_err().to_string(),
///     "a_repeat_changes_nothing: 8 became 9"
/// );
/// ```
pub fn a_repeat_changes_nothing<T: Clone + PartialEq + Debug>(
    state: &mut T,
    act: impl Fn(&mut T),
) -> Result<(), Broken> {
    act(state);
    let before = state.clone();
    act(state);
    hold("a_repeat_changes_nothing", *state == before, || format!("{before:?} became {state:?}"))
}
