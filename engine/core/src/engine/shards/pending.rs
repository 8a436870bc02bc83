//! What the earlier commands of a run have done, or may yet do, to the sums that a check looks at.
//!
//! Deciding writes nothing. A command that is decided counts exactly; one that is not widens the range in which the sum
//! may lie: the least, had all that take from it taken and none given, and the most, the other way round.

use alloc::vec;
use alloc::vec::Vec;

/// The change of one sum by the commands before.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pending {
    /// By those that are decided.
    exact: i64,
    /// At the least and at the most by those that are not: not above, and not below, 0.
    least: i64,
    most: i64,
}

impl Pending {
    /// The least and the most that a sum of `now` may have become. A range beyond 64 bits ends there: it is a bound.
    #[inline]
    pub(crate) fn range(&self, now: i64) -> (i64, i64) {
        let exact = now.saturating_add(self.exact);
        (exact.saturating_add(self.least), exact.saturating_add(self.most))
    }

    /// Counts a change that is certain, or one that may come.
    #[inline]
    pub(crate) fn add(&mut self, change: i64, is_certain: bool) {
        let of = match (is_certain, change < 0) {
            (true, _) => &mut self.exact,
            (false, true) => &mut self.least,
            (false, false) => &mut self.most,
        };
        *of = of.saturating_add(change);
    }
}

/// Pending changes by the name of their sum. Kept and cleared, so that its memory is reused.
#[derive(Default)]
pub(crate) struct Changes {
    /// A power of two of places, found by linear probing; at most half of them are taken.
    places: Vec<Change>,
    count: usize,
    /// Places of another age are free.
    age: u32,
}

#[derive(Clone, Copy, Default)]
struct Change {
    name: u64,
    age: u32,
    pending: Pending,
}

const PLACES_MIN: usize = 256;

impl Changes {
    /// Forgets them all.
    pub(crate) fn clear(&mut self) {
        if self.places.is_empty() || self.age == u32::MAX {
            self.places = vec![Change::default(); PLACES_MIN.max(self.places.len())];
            self.age = 0;
        }
        self.count = 0;
        self.age += 1;
    }

    /// The change of the sum of this name; none yet is one of nothing.
    #[inline]
    pub(crate) fn of(&self, name: u64) -> Pending {
        let change = &self.places[self.find(name)];
        if change.age == self.age { change.pending } else { Pending::default() }
    }

    /// Counts a change of the sum of this name.
    #[inline]
    pub(crate) fn add(&mut self, name: u64, change: i64, is_certain: bool) {
        let mut at = self.find(name);
        if self.places[at].age != self.age {
            if (self.count + 1) * 2 > self.places.len() {
                self.grow();
                at = self.find(name);
            }
            self.places[at] = Change { name, age: self.age, pending: Pending::default() };
            self.count += 1;
        }
        self.places[at].pending.add(change, is_certain);
    }

    /// The place of a name, or the free place that it would take.
    #[inline]
    fn find(&self, name: u64) -> usize {
        let mask = self.places.len() - 1;
        let mut at = (name.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.places[at].age == self.age && self.places[at].name != name {
            at = (at + 1) & mask;
        }
        at
    }

    #[cold]
    fn grow(&mut self) {
        let doubled = vec![Change::default(); self.places.len() * 2];
        let old = core::mem::replace(&mut self.places, doubled);
        for change in old.into_iter().filter(|change| change.age == self.age) {
            let at = self.find(change.name);
            self.places[at] = change;
        }
    }
}

/// Names that were seen in a run. Kept and cleared, so that its memory is reused.
#[derive(Default)]
pub(crate) struct Names {
    /// A power of two of places, found by linear probing; 0 is free.
    places: Vec<u64>,
    count: usize,
}

impl Names {
    /// Forgets them all, and makes room for so many.
    pub(crate) fn clear(&mut self, most: usize) {
        self.count = 0;
        self.places.clear();
        self.places.resize((2 * most).next_power_of_two().max(4), 0);
    }

    /// Whether a name, which is not 0, is new, and there is room for it.
    #[inline]
    pub(crate) fn insert(&mut self, name: u64) -> bool {
        let mask = self.places.len() - 1;
        let mut at = (name.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & mask;
        while self.places[at] != 0 {
            if self.places[at] == name {
                return false;
            }
            at = (at + 1) & mask;
        }
        self.places[at] = name;
        self.count += 1;
        self.count <= self.places.len() / 4 * 3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_changes_move_a_sum_and_others_widen_it() {
        let mut pending = Pending::default();
        pending.add(-30, true);
        pending.add(-20, false);
        pending.add(5, false);
        assert_eq!(pending.range(100), (50, 75));
        pending.add(i64::MAX, false);
        assert_eq!(pending.range(100), (50, i64::MAX));
    }

    #[test]
    fn a_name_is_new_once_and_as_long_as_there_is_room() {
        let mut names = Names::default();
        for _ in 0..2 {
            names.clear(1_000);
            assert!((1..=1_000).all(|name| names.insert(name << 20)));
            assert!((1..=1_000).all(|name| !names.insert(name << 20)));
        }
        names.clear(3);
        assert_eq!((1..=7).map(|name| u32::from(names.insert(name))).sum::<u32>(), 6);
    }

    #[test]
    fn names_are_told_apart_and_forgotten_together() {
        let mut changes = Changes::default();
        for round in 1..4 {
            changes.clear();
            for name in 0..5_000u64 {
                changes.add(name << 20, round, true);
            }
            for name in 0..5_000u64 {
                assert_eq!(changes.of(name << 20).range(0), (round, round));
                assert_eq!(changes.of((name << 20) + 1).range(7), (7, 7));
            }
        }
    }
}
