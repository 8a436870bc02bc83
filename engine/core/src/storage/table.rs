//! Pages whose every write keeps a digest: the sum, over all rows, of a hash of the row's table, slot and bytes.
//!
//! The sum does not depend on the order of writes, so that partitions can be written by any number of threads. A row
//! of zeros adds nothing: that is how a free row looks.

use crate::hash::{row_change, row_hash};
use crate::storage::arena::Arena;
use crate::storage::cpu::prefetch;
use crate::storage::pages::{Pages, PagesCut, Row};

/// Rows of one type, with their digest.
pub(crate) struct Table<T: Row, const ROWS: usize> {
    pages: Pages<T, ROWS>,
    name: u32,
    digest: u64,
}

impl<T: Row, const ROWS: usize> Table<T, ROWS> {
    /// A table without pages. Its `name` keeps equal rows of different tables apart in the digest.
    pub(crate) fn new(arena: &Arena, name: u32) -> Self {
        Table { pages: Pages::new(arena), name, digest: 0 }
    }

    /// The row at `slot`.
    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &T {
        self.pages.row(slot)
    }

    /// Hints that the row at `slot` will be needed soon.
    #[inline]
    pub(crate) fn prefetch(&self, slot: u32) {
        prefetch(self.pages.row(slot));
    }

    /// Changes the row at `slot`.
    #[inline]
    pub(crate) fn update<R>(&mut self, slot: u32, change: impl FnOnce(&mut T) -> R) -> R {
        let row = self.pages.row_mut(slot);
        let before = *row;
        let result = change(row);
        self.digest = self.digest.wrapping_add(row_change(self.name, slot, &before, row));
        result
    }

    /// Writes the row at `slot`, which held zeros.
    #[inline]
    pub(crate) fn fill(&mut self, slot: u32, row: T) {
        *self.pages.row_mut(slot) = row;
        self.digest = self.digest.wrapping_add(row_hash(self.name, slot, &row));
    }

    /// Makes every row of a page one of zeros, and gives its memory back until one is written.
    pub(crate) fn clear_page(&mut self, page: u32) {
        let first = page * ROWS as u32;
        for (slot, row) in (first..).zip(self.pages.page(page)) {
            self.digest = self.digest.wrapping_sub(row_hash(self.name, slot, row));
        }
        self.release_page(page);
    }

    /// Gives back the memory of a page whose rows are all of zeros, until one is written.
    pub(crate) fn release_page(&mut self, page: u32) {
        self.pages.release(page);
    }

    /// Adds a page of zeros and returns its number.
    pub(crate) fn add_page(&mut self) -> u32 {
        self.pages.add()
    }

    /// Pages there are.
    pub(crate) fn pages(&self) -> u32 {
        self.pages.count()
    }

    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        self.pages.bytes()
    }

    /// The sum over all rows.
    pub(crate) fn digest(&self) -> u64 {
        self.digest
    }

    /// The rows as they stand.
    pub(crate) fn cut(&mut self) -> TableCut<T, ROWS> {
        TableCut { pages: self.pages.cut(), name: self.name }
    }
}

/// A table's rows at the time of a cut.
pub(crate) struct TableCut<T: Row, const ROWS: usize> {
    pages: PagesCut<T, ROWS>,
    name: u32,
}

impl<T: Row, const ROWS: usize> TableCut<T, ROWS> {
    /// Every row, those of zeros included.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &T> {
        self.pages.rows().map(|(_, row)| row)
    }

    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        self.pages.rows().fold(0, |sum: u64, (slot, row)| sum.wrapping_add(row_hash(self.name, slot, row)))
    }
}
