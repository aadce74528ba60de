//! What a list contains: the tests of lists, by the texts that they name.

use super::value::listed;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

/// Which of the named texts a list has to contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Wanted {
    Any,
    All,
    None,
}

impl Wanted {
    const fn word(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::All => "all",
            Self::None => "none",
        }
    }
}

/// A test of a list: all its parts hold, as in `contains all ("a", "b") and none ("c")`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Contents {
    parts: Vec<(Wanted, Vec<String>)>,
}

impl Contents {
    pub(super) const fn new() -> Self {
        Self { parts: Vec::new() }
    }

    pub(super) fn of(wanted: Wanted, names: Vec<String>) -> Self {
        Self::new().and(wanted, names)
    }

    /// The test whose lists are also as this part says.
    pub(super) fn and(mut self, wanted: Wanted, names: Vec<String>) -> Self {
        // Any of one is all of it: one form, so that what is written reads back equal.
        let wanted = if wanted == Wanted::Any && names.len() == 1 { Wanted::All } else { wanted };
        self.parts.push((wanted, names));
        self
    }

    /// The named texts.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.parts.iter().flat_map(|(_, names)| names)
    }

    pub(super) fn holds(&self, list: &impl Fn(&str) -> bool) -> bool {
        self.parts.iter().all(|(wanted, names)| {
            let mut found = names.iter().map(|name| list(name));
            match wanted {
                Wanted::Any => found.any(|is_there| is_there),
                Wanted::All => found.all(|is_there| is_there),
                Wanted::None => !found.any(|is_there| is_there),
            }
        })
    }

    /// What keeps a list from passing, and how many texts would have to come or go for it.
    pub(super) fn misses(&self, list: &impl Fn(&str) -> bool) -> (usize, Vec<String>) {
        let mut changes: usize = 0;
        let mut told = Vec::new();
        for (wanted, names) in &self.parts {
            let of = |is_there: bool| {
                let mut named: Vec<&str> = Vec::new();
                for name in names {
                    // Named twice it is lacking once.
                    if list(name) == is_there && !named.contains(&name.as_str()) {
                        named.push(name);
                    }
                }
                named
            };
            let (there, lacking) = (of(true), of(false));
            let (count, words) = match wanted {
                Wanted::Any if there.is_empty() => (1, told_of("one of ", &lacking, "lacking")),
                Wanted::All if !lacking.is_empty() => (lacking.len(), told_of("", &lacking, "lacking")),
                Wanted::None if !there.is_empty() => (there.len(), told_of("", &there, "excluded")),
                _ => continue,
            };
            // Names in memory: fewer than all numbers.
            changes = changes.saturating_add(count);
            told.extend(words);
        }
        (changes, told)
    }

    /// How many texts would have to come or go for a list that passes to fail, and those that let it pass.
    pub(super) fn undone(&self, list: &impl Fn(&str) -> bool) -> (usize, Vec<String>) {
        let least = self.parts.iter().map(|(wanted, names)| {
            let names = names.iter().map(String::as_str);
            match wanted {
                Wanted::None => (1, told_of("one of ", &names.collect::<Vec<_>>(), "lacking")),
                Wanted::Any | Wanted::All => {
                    let there: Vec<&str> = names.filter(|name| list(name)).collect();
                    let count = if *wanted == Wanted::Any { there.len() } else { 1 };
                    (count, told_of("", &there, "excluded"))
                }
            }
        });
        let least = least.min_by_key(|(count, _)| *count);
        least.map_or((1, Vec::new()), |(count, words)| (count, words.into_iter().collect()))
    }
}

/// `"a", "b" are lacking`; of no names nothing.
fn told_of(before: &str, names: &[&str], state: &str) -> Option<String> {
    let (before, verb) = match names {
        [] => return None,
        [_] => ("", "is"),
        _ if before.is_empty() => ("", "are"),
        _ => (before, "is"),
    };
    Some(alloc::format!("{before}{} {verb} {state}", Named(names)))
}

struct Named<'a>(&'a [&'a str]);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        listed(f, self.0.iter().copied())
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("contains ")?;
        for (index, (wanted, names)) in self.parts.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { " and " })?;
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            match (wanted, names.as_slice()) {
                (Wanted::All, [_]) => Named(&names).fmt(f)?,
                _ => write!(f, "{} ({})", wanted.word(), Named(&names))?,
            }
        }
        Ok(())
    }
}

/// The contents that say which lists are in `set`: list `i` contains the names whose bits are set in `i`.
///
/// A set is split at its last name: what both halves have needs no word of the name, what one half alone has does. Each
/// of the tests so found is then widened as far as it stays within the set.
pub(super) fn covering(names: &[String], set: &[bool]) -> Vec<Contents> {
    let mut cubes = cubes(set, names.len());
    // Widening is for readers, and its price is the product: a set that needs this many tests is not read by people.
    if cubes.len() <= 32 {
        for cube in &mut cubes {
            *cube = widened(*cube, names.len(), set);
        }
    }
    cubes.sort_unstable();
    cubes.dedup();
    let of_bits = |bits: usize| -> Vec<String> {
        let with = names.iter().enumerate().filter(|(place, _)| bits & bit(*place) != 0);
        with.map(|(_, name)| name.clone()).collect()
    };
    // What asks for one text each is one test of any of them.
    let (single, others): (Vec<Cube>, Vec<Cube>) =
        cubes.into_iter().partition(|cube| cube.without == 0 && cube.with.is_power_of_two());
    let any = single.iter().fold(0, |any, cube| any | cube.with);
    let mut contents = Vec::new();
    if any != 0 {
        contents.push(Contents::of(Wanted::Any, of_bits(any)));
    }
    contents.extend(others.into_iter().map(|Cube { with, without }| {
        let mut test = Contents::new();
        if with != 0 {
            test = test.and(Wanted::All, of_bits(with));
        }
        if without != 0 || with == 0 {
            test = test.and(Wanted::None, of_bits(without));
        }
        test
    }));
    contents
}

/// The lists that contain the names of one set of bits and none of those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cube {
    with: usize,
    without: usize,
}

/// The bit of a name, 0 beyond the bits there are: names are fewer.
fn bit(place: usize) -> usize {
    u32::try_from(place).ok().and_then(|place| 1_usize.checked_shl(place)).unwrap_or(0)
}

fn cubes(set: &[bool], names: usize) -> Vec<Cube> {
    if !set.contains(&true) {
        return Vec::new();
    }
    let (Some(last), true) = (names.checked_sub(1), set.contains(&false)) else {
        return vec![Cube { with: 0, without: 0 }];
    };
    let (lacking, there) = set.split_at(set.len() / 2);
    let paired = |keep: fn(bool, bool) -> bool| -> Vec<bool> {
        lacking.iter().zip(there).map(|(lacking, there)| keep(*lacking, *there)).collect()
    };
    let mut all = cubes(&paired(|lacking, there| lacking && there), last);
    let with = cubes(&paired(|lacking, there| there && !lacking), last);
    all.extend(with.into_iter().map(|cube| Cube { with: cube.with | bit(last), ..cube }));
    let without = cubes(&paired(|lacking, there| lacking && !there), last);
    all.extend(without.into_iter().map(|cube| Cube { without: cube.without | bit(last), ..cube }));
    all
}

fn widened(mut cube: Cube, names: usize, set: &[bool]) -> Cube {
    for place in 0..names {
        let wider = Cube { with: cube.with & !bit(place), without: cube.without & !bit(place) };
        let within = |(list, member): (usize, &bool)| {
            *member || list & wider.with != wider.with || list & wider.without != 0
        };
        if set.iter().enumerate().all(within) {
            cube = wider;
        }
    }
    cube
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn names(count: usize) -> Vec<String> {
        ["a", "b", "c", "d"].iter().take(count).map(ToString::to_string).collect()
    }

    #[test]
    fn every_set_of_lists_is_covered_and_no_more() {
        for count in 0..=4_usize {
            let lists = 1_usize << count;
            let names = names(count);
            for bits in 0..1_usize << lists.min(12) {
                let set: Vec<bool> = (0..lists).map(|list| bits >> list & 1 == 1).collect();
                let tests = covering(&names, &set);
                for (list, member) in set.iter().enumerate() {
                    let contains = |name: &str| {
                        names.iter().position(|it| it == name).is_some_and(|at| list >> at & 1 == 1)
                    };
                    let covered = tests.iter().any(|test| test.holds(&contains));
                    assert_eq!(covered, *member, "{list} of {set:?}");
                }
            }
        }
    }

    #[test]
    fn covers_read_as_people_write() {
        let told = |member: fn(usize) -> bool| {
            let set: Vec<bool> = (0..8).map(member).collect();
            covering(&names(3), &set).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(told(|list| list & 3 != 0), r#"contains any ("a", "b")"#);
        assert_eq!(told(|list| list & 3 == 3), r#"contains all ("a", "b")"#);
        assert_eq!(told(|list| list % 4 == 0), r#"contains none ("a", "b")"#);
        assert_eq!(told(|list| list & 5 == 1), r#"contains "a" and none ("c")"#);
    }
}
