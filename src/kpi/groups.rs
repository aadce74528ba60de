//! The groups of members that a tree declares, and the sets by which its formulas filter.

use super::KpiError;
use super::function::Aggregate;
use super::name::checked;
use super::node_draft::NodeDraft;
use super::selection::{Only, Selection, Set, selections_text};
use crate::error::{Path, Problems, excerpt};
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// A group of members by name, as it was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: Box<str>,
    pub(super) members: Arc<[Box<str>]>,
}

/// A selection whose groups are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) dimension: Box<str>,
    /// The members that count, or that do not; `None` where all do.
    pub(super) only: Option<(bool, Arc<[Box<str>]>)>,
}

/// All that stands between the brackets of one aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChosenMembers {
    pub(super) chosen: Vec<Chosen>,
    pub(super) text: Box<str>,
}

impl ChosenMembers {
    pub(super) fn is_filtered(&self) -> bool {
        self.chosen.iter().any(|chosen| chosen.only.is_some())
    }
}

/// How a step takes members together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gathering {
    pub(super) aggregate: Aggregate,
    /// The index of what it takes together.
    pub(super) selection: u32,
    pub(super) is_filtered: bool,
}

/// What an aggregate takes together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selected {
    /// The dimensions, by their bits.
    pub(super) mask: u32,
    pub(super) of: ChosenMembers,
}

/// The groups of a tree, while it is built.
pub(super) struct Groups {
    declared: Vec<Group>,
    places: BTreeMap<Box<str>, usize>,
    used: BTreeSet<usize>,
}

impl Groups {
    /// Takes the groups out of the declarations.
    pub(super) fn taken_from(drafts: &mut Vec<NodeDraft>, problems: &mut Problems<KpiError>) -> Self {
        let mut groups = Self { declared: Vec::new(), places: BTreeMap::new(), used: BTreeSet::new() };
        if drafts.iter().all(|draft| draft.members.is_none()) {
            return groups;
        }
        let (nodes, declared): (Vec<NodeDraft>, Vec<NodeDraft>) =
            core::mem::take(drafts).into_iter().partition(|draft| draft.members.is_none());
        let names: BTreeSet<&str> = nodes.iter().map(|node| node.id.as_str()).collect();
        for draft in declared {
            let path = || Path::root().field(&draft.id);
            problems.take(&path(), checked(&draft.id));
            let members = draft.members.iter().flatten().map(|member| member.as_str().into());
            let group = Group { name: draft.id.as_str().into(), members: members.collect() };
            let bare = NodeDraft { members: draft.members.clone(), ..NodeDraft::leaf(draft.id.clone()) };
            if draft != bare {
                problems.push(path(), KpiError::NotANode { id: draft.id.clone() });
            }
            checked_set(&draft.id, &group.members, &path, problems);
            let place = groups.declared.len();
            if names.contains(draft.id.as_str()) || groups.places.insert(group.name.clone(), place).is_some()
            {
                problems.push(path(), KpiError::DuplicateNode { id: draft.id.clone() });
            }
            groups.declared.push(group);
        }
        *drafts = nodes;
        groups
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The selections with the members that they name; `None` where one of them was refused.
    pub(super) fn chosen(
        &mut self,
        selections: &[Selection],
        path: &impl Fn() -> Path,
        problems: &mut Problems<KpiError>,
    ) -> Option<ChosenMembers> {
        let text = selections_text(selections).into_boxed_str();
        let mut chosen = Vec::with_capacity(selections.len());
        let mut is_whole = true;
        for Selection { dimension, only } in selections {
            let only = only.as_ref().map(|Only { is_in, set }| {
                let members = match set {
                    Set::Group(name) => self.group(name, path, problems),
                    Set::Listed(members) => {
                        checked_set(dimension, members, path, problems).then(|| members.as_ref().into())
                    }
                };
                is_whole &= members.is_some();
                (*is_in, members.unwrap_or_else(|| [].into()))
            });
            chosen.push(Chosen { dimension: dimension.clone(), only });
        }
        is_whole.then_some(ChosenMembers { chosen, text })
    }

    fn group(
        &mut self,
        name: &str,
        path: &impl Fn() -> Path,
        problems: &mut Problems<KpiError>,
    ) -> Option<Arc<[Box<str>]>> {
        let Some(place) = self.places.get(name).copied() else {
            problems.push(path(), KpiError::UnknownName { name: excerpt(name) });
            return None;
        };
        self.used.insert(place);
        self.declared.get(place).map(|group| Arc::clone(&group.members))
    }

    /// All groups as they were declared; of those that no formula uses it is told.
    pub(super) fn finish(self, root: &str, complete: bool, problems: &mut Problems<KpiError>) -> Vec<Group> {
        for (place, group) in self.declared.iter().enumerate() {
            if complete && !self.used.contains(&place) {
                let fault =
                    KpiError::Unreachable { id: group.name.as_ref().to_owned(), root: root.to_owned() };
                problems.push(Path::root().field(&group.name), fault);
            }
        }
        self.declared
    }
}

/// Whether a set has members, each once and by a name that can be written.
fn checked_set(
    of: &str,
    members: &[Box<str>],
    path: &impl Fn() -> Path,
    problems: &mut Problems<KpiError>,
) -> bool {
    let before = problems.len();
    if members.is_empty() {
        problems.push(path(), KpiError::NoMembers { of: excerpt(of) });
    }
    let mut seen = BTreeSet::new();
    for member in members {
        problems.take(&path(), checked(member));
        if !seen.insert(member) {
            problems.push(path(), KpiError::GivenTwice { id: String::from(member.as_ref()) });
        }
    }
    problems.len() == before
}
