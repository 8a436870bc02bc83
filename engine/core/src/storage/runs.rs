//! Rows in runs of pages: a run is taken whole, lies in pages one behind the other, and is given back whole.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use crate::storage::arena::Arena;
use crate::storage::pages::Row;
use crate::storage::table::{Table, TableCut};

/// Rows, and the runs of pages that are free.
pub(crate) struct Runs<T: Row, const ROWS: usize> {
    rows: Table<T, ROWS>,
    /// First pages of free runs, by how many pages they have. Games come again and so do their sizes: runs are neither
    /// split nor joined.
    free: BTreeMap<u32, Vec<u32>>,
    /// Runs given back that are not all cleared yet.
    leaving: VecDeque<Leaving>,
}

struct Leaving {
    first: u32,
    pages: u32,
    cleared: u32,
}

impl<T: Row, const ROWS: usize> Runs<T, ROWS> {
    /// No rows. Names as in [`Table::new`].
    pub(crate) fn new(arena: &Arena, name: u32) -> Self {
        Runs { rows: Table::new(arena, name), free: BTreeMap::new(), leaving: VecDeque::new() }
    }

    /// Takes a run for so many rows, all of zeros; returns the slot of the first.
    pub(crate) fn take(&mut self, rows: u32) -> u32 {
        let pages = rows.div_ceil(ROWS as u32);
        let free = self.free.get_mut(&pages).and_then(Vec::pop);
        let first = free.unwrap_or_else(|| {
            let first = self.rows.pages();
            (0..pages).for_each(|_| _ = self.rows.add_page());
            first
        });
        first * ROWS as u32
    }

    /// Gives back a run that was taken for so many rows: nothing names them any more.
    pub(crate) fn give_back(&mut self, first: u32, rows: u32) {
        let (first, pages) = (first / ROWS as u32, rows.div_ceil(ROWS as u32));
        if pages > 0 {
            self.leaving.push_back(Leaving { first, pages, cleared: 0 });
        }
    }

    /// Clears one page of what was given back; false if there is none.
    pub(crate) fn clear_page(&mut self) -> bool {
        let Some(run) = self.leaving.front_mut() else { return false };
        self.rows.clear_page(run.first + run.cleared);
        run.cleared += 1;
        if run.cleared == run.pages {
            self.free.entry(run.pages).or_default().push(run.first);
            self.leaving.pop_front();
        }
        true
    }

    /// The row at `slot`.
    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &T {
        self.rows.row(slot)
    }

    /// Changes the row at `slot`.
    #[inline]
    pub(crate) fn update<R>(&mut self, slot: u32, change: impl FnOnce(&mut T) -> R) -> R {
        self.rows.update(slot, change)
    }

    /// Writes the row at `slot`, which held zeros.
    #[inline]
    pub(crate) fn fill(&mut self, slot: u32, row: T) {
        self.rows.fill(slot, row);
    }

    /// Bytes in use, those of free runs included.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.bytes()
    }

    /// The sum over all rows.
    pub(crate) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    /// The rows as they stand, those of zeros included.
    pub(crate) fn cut(&mut self) -> TableCut<T, ROWS> {
        self.rows.cut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_was_given_back_is_taken_again_once_it_is_cleared() {
        let mut runs = Runs::<u64, 4>::new(&Arena::new(0), 1);
        let (long, short) = (runs.take(9), runs.take(3));
        assert_eq!((long, short, runs.take(0)), (0, 12, 16));
        for slot in long..long + 9 {
            runs.fill(slot, 7);
        }
        runs.fill(short, 8);
        runs.give_back(long, 9);
        runs.give_back(16, 0);
        assert!(runs.clear_page() && runs.clear_page());
        assert_eq!(runs.take(12), 16, "a run is not taken before it is cleared");
        assert!(runs.clear_page() && !runs.clear_page());
        assert_eq!((runs.take(5), runs.take(10)), (28, long));
        assert!((long..long + 12).all(|slot| *runs.row(slot) == 0));
        assert_eq!((*runs.row(short), runs.digest()), (8, runs.cut().digest()));
    }
}
