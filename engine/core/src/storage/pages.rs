//! Rows of one type in pages of `ROWS` rows, from which a cut can be taken in the time of copying the page table.
//!
//! Each page bears the epoch in which it was made or last copied. A cut begins a new epoch; the first write to a page
//! after it copies the page, so that the cut keeps reading the old one while the owner goes on. Replaced pages are
//! freed once no cut is alive.
//!
//! A page whose rows are over can be released: it keeps its number and reads as zeros, and its memory goes back to the arena
//! until it is written again.

use alloc::alloc::dealloc;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::ptr::NonNull;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::storage::arena::Arena;

/// What can lie in a page: plain bytes without padding, for which all zeros is a value.
pub(crate) trait Row: Copy + FromBytes + IntoBytes + Immutable + Send + Sync + 'static {}

impl<T: Copy + FromBytes + IntoBytes + Immutable + Send + Sync + 'static> Row for T {}

/// Rows that can be written, by the one thread that owns them.
pub(crate) struct Pages<T: Row, const ROWS: usize> {
    pages: Vec<Page<T>>,
    epoch: u32,
    arena: Arena,
    /// Stands for every page that was released; never written.
    zeros: Option<NonNull<T>>,
    released: usize,
    /// Replaced pages that a cut may still read.
    retired: Vec<NonNull<T>>,
    /// Replaced pages that no one reads.
    spare: Vec<NonNull<T>>,
    /// Shared with every cut: unique again when none is alive.
    cuts: Arc<()>,
}

/// The rows as they stood at the end of an epoch. Readable from any thread.
pub(crate) struct PagesCut<T: Row, const ROWS: usize> {
    pages: Vec<Page<T>>,
    _alive: Arc<()>,
    _arena: Arena,
}

#[derive(Clone, Copy)]
struct Page<T> {
    rows: NonNull<T>,
    epoch: u32,
}

/// As epoch of a page: it was released. No cut begins this one.
const RELEASED: u32 = u32::MAX;

// SAFETY: the pages are owned by this value, and `T` may be sent.
unsafe impl<T: Row, const ROWS: usize> Send for Pages<T, ROWS> {}
// SAFETY: shared access only reads rows, and `T` may be shared.
unsafe impl<T: Row, const ROWS: usize> Sync for Pages<T, ROWS> {}
// SAFETY: a cut only reads pages that no one writes any more (their epoch has ended), and keeps them alive.
unsafe impl<T: Row, const ROWS: usize> Send for PagesCut<T, ROWS> {}
// SAFETY: as above; reading needs no exclusive access.
unsafe impl<T: Row, const ROWS: usize> Sync for PagesCut<T, ROWS> {}

impl<T: Row, const ROWS: usize> Pages<T, ROWS> {
    const LAYOUT: Layout = match Layout::array::<T>(ROWS) {
        Ok(layout) => layout,
        Err(_) => panic!("a page's size overflows"),
    };
    const SHIFT: u32 = {
        assert!(ROWS.is_power_of_two() && size_of::<T>() > 0, "a page holds a power of two of rows");
        assert!(align_of::<T>() <= 64, "what the arena hands out anew is aligned to a cache line");
        ROWS.trailing_zeros()
    };

    /// No pages yet; they will be cut from this arena.
    pub(crate) fn new(arena: &Arena) -> Self {
        Pages {
            pages: Vec::new(),
            epoch: 0,
            arena: arena.clone(),
            zeros: None,
            released: 0,
            retired: Vec::new(),
            spare: Vec::new(),
            cuts: Arc::new(()),
        }
    }

    /// Pages there are.
    pub(crate) fn count(&self) -> u32 {
        self.pages.len() as u32
    }

    /// Bytes in pages that are in use, the page table included.
    pub(crate) fn bytes(&self) -> usize {
        (self.pages.len() - self.released) * Self::LAYOUT.size() + self.pages.len() * size_of::<Page<T>>()
    }

    /// Adds a page of zeros and returns its number.
    pub(crate) fn add(&mut self) -> u32 {
        let rows = match self.spare.pop() {
            Some(rows) => {
                // SAFETY: a spare page holds ROWS rows that no one reads; all zeros is a value of every row type.
                unsafe { rows.write_bytes(0, ROWS) };
                rows
            }
            None => self.arena.allocate(Self::LAYOUT).0.cast(),
        };
        self.pages.push(Page { rows, epoch: self.epoch });
        self.count() - 1
    }

    /// The row at `slot`.
    ///
    /// # Panics
    /// Outside the pages.
    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &T {
        let page = &self.pages[(slot >> Self::SHIFT) as usize];
        // SAFETY: the page holds ROWS initialised rows and the masked place lies below ROWS. Writes need `&mut self`.
        unsafe { page.rows.add(slot as usize & (ROWS - 1)).as_ref() }
    }

    /// The row at `slot`, for writing; copies its page first if a cut may still read it.
    ///
    /// # Panics
    /// Outside the pages.
    #[inline]
    pub(crate) fn row_mut(&mut self, slot: u32) -> &mut T {
        let number = (slot >> Self::SHIFT) as usize;
        if self.pages[number].epoch != self.epoch {
            self.renew(number);
        }
        // SAFETY: the page bears the current epoch, so it was made after the last cut and no cut has its address;
        // `&mut self` excludes every other access. The masked place lies below ROWS.
        unsafe { self.pages[number].rows.add(slot as usize & (ROWS - 1)).as_mut() }
    }

    /// The rows of page `number`.
    ///
    /// # Panics
    /// Outside the pages.
    #[inline]
    pub(crate) fn page(&self, number: u32) -> &[T; ROWS] {
        // SAFETY: the page holds ROWS initialised rows. Writes need `&mut self`.
        unsafe { self.pages[number as usize].rows.cast().as_ref() }
    }

    /// The rows of page `number`, for writing; copied first if a cut may still read them.
    ///
    /// # Panics
    /// Outside the pages.
    #[inline]
    pub(crate) fn page_mut(&mut self, number: u32) -> &mut [T; ROWS] {
        if self.pages[number as usize].epoch != self.epoch {
            self.renew(number as usize);
        }
        // SAFETY: as in `row_mut`; the page holds ROWS initialised rows.
        unsafe { self.pages[number as usize].rows.cast().as_mut() }
    }

    /// Makes all rows of page `number` zeros and gives its memory back.
    ///
    /// # Panics
    /// Outside the pages.
    pub(crate) fn release(&mut self, number: u32) {
        let page = self.pages[number as usize];
        if page.epoch == RELEASED {
            return;
        }
        let zeros = *self.zeros.get_or_insert_with(|| self.arena.allocate(Self::LAYOUT).0.cast());
        self.pages[number as usize] = Page { rows: zeros, epoch: RELEASED };
        self.released += 1;
        if page.epoch != self.epoch {
            self.retired.push(page.rows);
            self.free_retired();
        } else if !self.arena.owns(page.rows.cast()) {
            // SAFETY: the allocator's, with this layout; the page was made after the last cut, so no one has its address.
            unsafe { dealloc(page.rows.as_ptr().cast(), Self::LAYOUT) };
        } else if !self.arena.give_back(page.rows.cast(), Self::LAYOUT) {
            self.spare.push(page.rows);
        }
    }

    /// Ends the epoch: what is written from now on is not seen by the cut.
    pub(crate) fn cut(&mut self) -> PagesCut<T, ROWS> {
        self.free_retired();
        self.epoch = self
            .epoch
            .checked_add(1)
            .filter(|epoch| *epoch != RELEASED)
            .expect("fewer than 2^32 - 1 cuts in a process's life");
        PagesCut { pages: self.pages.clone(), _alive: Arc::clone(&self.cuts), _arena: self.arena.clone() }
    }

    #[cold]
    fn renew(&mut self, number: usize) {
        let rows = self.spare.pop().unwrap_or_else(|| self.arena.allocate(Self::LAYOUT).0.cast());
        let old = self.pages[number].rows;
        // SAFETY: both point to ROWS rows in different allocations; the old page is only read, by us and by cuts.
        unsafe { rows.copy_from_nonoverlapping(old, ROWS) };
        let before = core::mem::replace(&mut self.pages[number], Page { rows, epoch: self.epoch });
        if before.epoch == RELEASED {
            self.released -= 1;
            return;
        }
        self.retired.push(old);
        self.free_retired();
    }

    /// Makes replaced pages spare if no cut is alive. `Arc::get_mut` also makes the cuts' last reads happen before.
    fn free_retired(&mut self) {
        if Arc::get_mut(&mut self.cuts).is_some() {
            self.spare.append(&mut self.retired);
        }
    }
}

impl<T: Row, const ROWS: usize> Drop for Pages<T, ROWS> {
    fn drop(&mut self) {
        if Arc::get_mut(&mut self.cuts).is_none() {
            // A cut outlives its owner, and keeps the arena alive itself: pages from elsewhere stay for good, which
            // costs memory once, at the end of a process's life.
            return;
        }
        let pages = self.pages.drain(..).filter(|page| page.epoch != RELEASED).map(|page| page.rows);
        let others = self.retired.drain(..).chain(self.spare.drain(..)).chain(self.zeros.take());
        for rows in pages.chain(others) {
            if !self.arena.owns(rows.cast()) {
                // SAFETY: the allocator's, with this layout; no cut is alive and the owner is going.
                unsafe { dealloc(rows.as_ptr().cast(), Self::LAYOUT) };
            }
        }
    }
}

impl<T: Row, const ROWS: usize> PagesCut<T, ROWS> {
    /// Every row of every page in use, with its slot.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u32, &T)> {
        self.pages.iter().enumerate().flat_map(|(number, page)| {
            // SAFETY: the page holds ROWS initialised rows, is written no more, and lives as long as `self`.
            let rows = unsafe { core::slice::from_raw_parts(page.rows.as_ptr(), ROWS) };
            rows.iter().enumerate().map(move |(place, row)| ((number * ROWS + place) as u32, row))
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    #[test]
    fn a_cut_keeps_what_was_there() {
        let mut pages = Pages::<u64, 4>::new(&Arena::new(0));
        pages.add();
        pages.add();
        for slot in 0..8 {
            *pages.row_mut(slot) = u64::from(slot);
        }
        let cut = pages.cut();
        *pages.row_mut(1) = 100;
        let later = pages.cut();
        *pages.row_mut(1) = 200;
        *pages.row_mut(7) = 700;
        let read = |cut: &PagesCut<u64, 4>| cut.rows().map(|(_, row)| *row).collect::<Vec<_>>();
        assert_eq!(read(&cut), vec![0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(read(&later), vec![0, 100, 2, 3, 4, 5, 6, 7]);
        assert_eq!((*pages.row(1), *pages.row(7), *pages.row(0)), (200, 700, 0));
        assert_eq!((pages.retired.len(), pages.spare.len()), (3, 0));
        drop(cut);
        drop(later);
        pages.cut();
        assert_eq!((pages.retired.len(), pages.spare.len()), (0, 3));
        pages.add();
        assert_eq!(*pages.row(8), 0, "a page that is used again begins with zeros");
    }

    #[test]
    fn a_released_page_reads_as_zeros_and_is_written_again() {
        for arena in [Arena::new(0), Arena::new(1)] {
            let mut pages = Pages::<u64, 4>::new(&arena);
            let mut others = Pages::<u64, 4>::new(&arena);
            pages.add();
            pages.add();
            (0..8).for_each(|slot| *pages.row_mut(slot) = 7);
            let bytes = pages.bytes();
            pages.release(0);
            pages.release(0);
            assert_eq!(bytes - pages.bytes(), 32);
            others.add();
            *others.row_mut(0) = 9;
            assert_eq!([0, 3, 4].map(|slot| *pages.row(slot)), [0, 0, 7]);
            let cut = pages.cut();
            pages.release(1);
            *pages.row_mut(2) = 5;
            assert_eq!(pages.bytes() + 32, bytes);
            assert_eq!([0, 2, 7].map(|slot| *pages.row(slot)), [0, 5, 0]);
            assert_eq!(cut.rows().map(|(_, row)| *row).collect::<Vec<_>>(), vec![0, 0, 0, 0, 7, 7, 7, 7]);
            assert_eq!(*others.row(0), 9);
        }
    }

    #[test]
    fn a_cut_is_read_on_another_thread_while_the_owner_writes_and_after_it_is_gone() {
        extern crate std;
        let mut pages = Pages::<u64, 4>::new(&Arena::new(0));
        pages.add();
        let cut = pages.cut();
        let reader = std::thread::spawn(move || {
            let sums = (0..100).map(|_| cut.rows().map(|(_, row)| *row).sum::<u64>()).collect::<Vec<_>>();
            (cut, sums)
        });
        for value in 1..100 {
            *pages.row_mut(value as u32 % 4) = value;
        }
        let (cut, sums) = reader.join().expect("the reader ends");
        assert_eq!(sums, vec![0; 100]);
        drop(pages);
        assert_eq!(cut.rows().count(), 4);
    }
}
