//! Rows of one type that come and go: a place that a row leaves is taken by the next one.

use alloc::vec::Vec;

use crate::storage::arena::Arena;
use crate::storage::pages::Row;
use crate::storage::table::{Table, TableCut};

/// Rows, and the places that are free.
pub(crate) struct Slab<T: Row, const ROWS: usize> {
    rows: Table<T, ROWS>,
    /// Places once taken and left, of which the last is taken first.
    free: Vec<u32>,
    /// Places ever taken.
    taken: u32,
}

impl<T: Row, const ROWS: usize> Slab<T, ROWS> {
    /// No rows. Names as in [`Table::new`].
    pub(crate) fn new(arena: &Arena, name: u32) -> Self {
        Slab { rows: Table::new(arena, name), free: Vec::new(), taken: 0 }
    }

    /// Rows there are.
    pub(crate) fn count(&self) -> u32 {
        self.taken - self.free.len() as u32
    }

    /// Adds a row and returns its slot.
    pub(crate) fn add(&mut self, row: T) -> u32 {
        let slot = self.free.pop().unwrap_or_else(|| {
            if self.taken.is_multiple_of(ROWS as u32) {
                self.rows.add_page();
            }
            self.taken += 1;
            self.taken - 1
        });
        self.rows.fill(slot, row);
        slot
    }

    /// Removes the row at `slot`, which is there.
    pub(crate) fn remove(&mut self, slot: u32) -> T {
        let row = self.rows.update(slot, |row| core::mem::replace(row, T::new_zeroed()));
        self.free.push(slot);
        row
    }

    /// The row at `slot`.
    pub(crate) fn row(&self, slot: u32) -> &T {
        self.rows.row(slot)
    }

    /// Hints that the row at `slot` will be needed soon.
    pub(crate) fn prefetch(&self, slot: u32) {
        self.rows.prefetch(slot);
    }

    /// Changes the row at `slot`.
    pub(crate) fn update<R>(&mut self, slot: u32, change: impl FnOnce(&mut T) -> R) -> R {
        self.rows.update(slot, change)
    }

    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.bytes() + self.free.capacity() * size_of::<u32>()
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
    fn a_place_that_is_left_is_taken_again() {
        let mut slab = Slab::<u64, 4>::new(&Arena::new(0), 1);
        let slots = [1, 2, 3, 4, 5].map(|value| slab.add(value));
        assert_eq!((slots, slab.count()), ([0, 1, 2, 3, 4], 5));
        assert_eq!((slab.remove(1), slab.remove(3), slab.count()), (2, 4, 3));
        assert_eq!((slab.add(6), slab.add(7), slab.add(8)), (3, 1, 5));
        assert_eq!((*slab.row(3), *slab.row(1), *slab.row(5), slab.count()), (6, 7, 8, 6));
        assert_eq!(slab.digest(), slab.cut().digest());
    }
}
