//! Rows in lists of pages: each list owns its pages, rows are added at its end, and leave at its front or never.
//!
//! A draw's bets, a generation's tickets and the queues of remembered ids are such lists, so that what is over leaves
//! memory by the page. A page that a list gives back is taken by the next one that grows.
//!
//! A whole list is *buried* at once: nothing can be found in it from then on. Its pages are cleared later, one at a time,
//! when nothing names their rows any more.

use alloc::vec::Vec;

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use crate::storage::arena::Arena;
use crate::storage::pages::Row;
use crate::storage::table::{Table, TableCut};

/// Stands for "no page" and "no row".
pub(crate) const NONE: u32 = u32::MAX;

/// As [`Link::named`] of a page: it is in no list, for it is free, or its list was buried.
const NO_ONES: u32 = 0;

/// A list's place in its pool. Lies in the row of whoever owns it.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct List {
    /// First and last page, or [`NONE`].
    first: u32,
    last: u32,
    /// Rows gone from the first page.
    gone: u32,
    /// Rows taken in the last page.
    taken: u32,
}

#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Link {
    /// The owner of its list plus one: owner 0 has pages, too, and a page without a list is no one's.
    named: u32,
    next: u32,
    /// How many pages the list had taken before this one.
    ordinal: u64,
}

/// Lists of rows in common pages.
pub(crate) struct Lists<T: Row, const ROWS: usize> {
    rows: Table<T, ROWS>,
    links: Table<Link, 512>,
    free: Vec<u32>,
    /// Buried pages that are to be cleared.
    leaving: Vec<u32>,
}

impl List {
    pub(crate) const EMPTY: List = List { first: NONE, last: NONE, gone: 0, taken: 0 };
}

impl<T: Row, const ROWS: usize> Lists<T, ROWS> {
    /// Pages without a list. Names as in [`Table::new`]; the links take the name after.
    pub(crate) fn new(arena: &Arena, name: u32) -> Self {
        let (rows, links) = (Table::new(arena, name), Table::new(arena, name + 1));
        Lists { rows, links, free: Vec::new(), leaving: Vec::new() }
    }

    /// Adds a row at the end of `list`, whose owner is `owner`.
    #[inline]
    pub(crate) fn push(&mut self, list: &mut List, owner: u32, row: T) -> u32 {
        self.reserve(list, owner, 1);
        let slot = self.next(list);
        list.taken += 1;
        self.rows.fill(slot, row);
        slot
    }

    /// Makes the next `count` rows of `list` lie one behind the other, leaving rows of zeros where they would not.
    #[inline]
    pub(crate) fn reserve(&mut self, list: &mut List, owner: u32, count: u32) {
        assert!(count as usize <= ROWS, "a run fits a page");
        if list.last == NONE || list.taken + count > ROWS as u32 {
            self.grow(list, owner);
        }
    }

    /// The slot that the next row of `list` will lie at, once room is reserved.
    #[inline]
    pub(crate) fn next(&self, list: &List) -> u32 {
        list.last * ROWS as u32 + list.taken
    }

    /// The first row of `list`, if there is one.
    pub(crate) fn front(&self, list: &List) -> Option<u32> {
        let is_empty = list.first == NONE || (list.first == list.last && list.gone == list.taken);
        (!is_empty).then(|| list.first * ROWS as u32 + list.gone)
    }

    /// The row of `list` behind the one at `slot`, if there is one. For lists that do not use [`Lists::reserve`].
    pub(crate) fn after(&self, list: &List, slot: u32) -> Option<u32> {
        let (page, behind) = (slot / ROWS as u32, slot + 1);
        if page == list.last {
            return (behind < list.last * ROWS as u32 + list.taken).then_some(behind);
        }
        if !behind.is_multiple_of(ROWS as u32) {
            return Some(behind);
        }
        Some(self.links.row(page).next * ROWS as u32)
    }

    /// Where the row at `slot` comes among all that its list has ever had.
    pub(crate) fn order(&self, slot: u32) -> u64 {
        self.links.row(slot / ROWS as u32).ordinal * ROWS as u64 + u64::from(slot % ROWS as u32)
    }

    /// Removes the first row of `list`, which has one. Lists that use [`Lists::reserve`] are not popped.
    pub(crate) fn pop_front(&mut self, list: &mut List) -> T {
        let slot = self.front(list).expect("only a list with rows is popped");
        let row = self.rows.update(slot, |row| core::mem::replace(row, T::new_zeroed()));
        list.gone += 1;
        self.give_back_front(list);
        row
    }

    /// Ends a list: none of its rows is part of it any more. Returns its pages, for [`Lists::leave`].
    pub(crate) fn bury(&mut self, list: List) -> Vec<u32> {
        let mut pages = Vec::new();
        let mut page = list.first;
        while page != NONE {
            pages.push(page);
            page = self.links.update(page, |link| {
                link.named = NO_ONES;
                link.next
            });
        }
        pages
    }

    /// Whether the row at `slot` lies in no list: it was buried.
    #[inline]
    pub(crate) fn is_buried(&self, slot: u32) -> bool {
        self.links.row(slot / ROWS as u32).named == NO_ONES
    }

    /// Lets buried pages go whose rows nothing names any more.
    pub(crate) fn leave(&mut self, mut pages: Vec<u32>) {
        self.leaving.append(&mut pages);
    }

    /// Clears one page that was let go; false if there is none.
    pub(crate) fn clear_page(&mut self) -> bool {
        let Some(page) = self.leaving.pop() else { return false };
        self.rows.clear_page(page);
        self.links.update(page, |link| *link = Link::new_zeroed());
        self.free.push(page);
        true
    }

    /// The row at `slot`.
    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &T {
        self.rows.row(slot)
    }

    /// Hints that the row at `slot` will be needed soon.
    #[inline]
    pub(crate) fn prefetch(&self, slot: u32) {
        self.rows.prefetch(slot);
    }

    /// The owner of the list that the row at `slot` lies in; [`NONE`] of a row that lies in none.
    pub(crate) fn owner(&self, slot: u32) -> u32 {
        self.links.row(slot / ROWS as u32).named.wrapping_sub(1)
    }

    /// Whether a row of `list`, whose owner is `owner`, lies at `slot`, which may be any. For lists that are not popped.
    pub(crate) fn holds(&self, list: &List, owner: u32, slot: u32) -> bool {
        let (page, place) = (slot / ROWS as u32, slot % ROWS as u32);
        list.last != NONE
            && page < self.rows.pages()
            && self.links.row(page).named == owner + 1
            && (page != list.last || place < list.taken)
    }

    /// Changes the row at `slot`.
    #[inline]
    pub(crate) fn update<R>(&mut self, slot: u32, change: impl FnOnce(&mut T) -> R) -> R {
        self.rows.update(slot, change)
    }

    /// Bytes in use.
    pub(crate) fn bytes(&self) -> usize {
        let pages = self.free.capacity() + self.leaving.capacity();
        self.rows.bytes() + self.links.bytes() + pages * size_of::<u32>()
    }

    /// The sum over all rows.
    pub(crate) fn digest(&self) -> u64 {
        self.rows.digest().wrapping_add(self.links.digest())
    }

    /// The rows as they stand.
    pub(crate) fn cut(&mut self) -> ListsCut<T, ROWS> {
        ListsCut { rows: self.rows.cut(), links: self.links.cut() }
    }

    #[cold]
    fn grow(&mut self, list: &mut List, owner: u32) {
        let page = self.free.pop().unwrap_or_else(|| self.rows.add_page());
        while self.links.pages() * 512 <= page {
            self.links.add_page();
        }
        let mut ordinal = 0;
        if list.last == NONE {
            list.first = page;
        } else {
            ordinal = self.links.update(list.last, |link| {
                link.next = page;
                link.ordinal + 1
            });
        }
        self.links.fill(page, Link { named: owner + 1, next: NONE, ordinal });
        (list.last, list.taken) = (page, 0);
        self.give_back_front(list);
    }

    /// Frees the first page once all its rows are gone, unless rows may still be added to it.
    fn give_back_front(&mut self, list: &mut List) {
        if list.gone == ROWS as u32 && list.first != list.last {
            let page = list.first;
            list.first = self.links.update(page, |link| core::mem::replace(link, Link::new_zeroed())).next;
            list.gone = 0;
            self.rows.release_page(page);
            self.free.push(page);
        }
    }
}

/// The rows of all lists at the time of a cut.
pub(crate) struct ListsCut<T: Row, const ROWS: usize> {
    rows: TableCut<T, ROWS>,
    links: TableCut<Link, 512>,
}

impl<T: Row, const ROWS: usize> ListsCut<T, ROWS> {
    /// Every row of every list, with the list's owner.
    pub(crate) fn rows_with_owners(&self) -> impl Iterator<Item = (u32, &T)> {
        let names = self.links.rows().flat_map(|link| core::iter::repeat_n(link.named, ROWS));
        names.zip(self.rows.rows()).filter_map(|(named, row)| Some((named.checked_sub(1)?, row)))
    }

    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        self.rows.digest().wrapping_add(self.links.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_share_pages_one_after_the_other() {
        let mut lists = Lists::<u64, 4>::new(&Arena::new(0), 1);
        let (mut a, mut b) = (List::EMPTY, List::EMPTY);
        for value in 1..=10 {
            lists.push(&mut a, 1, value);
        }
        assert_eq!(lists.push(&mut b, 2, 100), 12);
        assert_eq!((lists.owner(0), lists.owner(12)), (1, 2));
        assert_eq!((lists.order(9), lists.order(12)), (9, 0));
        for value in 1..=9 {
            assert_eq!(lists.pop_front(&mut a), value);
        }
        for value in 11..=20 {
            lists.push(&mut a, 1, value);
        }
        assert_eq!(lists.rows.pages(), 4, "pages given back were taken again");
        for value in 10..=20 {
            assert_eq!(lists.pop_front(&mut a), value);
        }
        assert_eq!(lists.front(&a), None);
        assert_eq!(*lists.row(12), 100);
        assert_eq!(lists.digest(), lists.cut().digest());
    }

    #[test]
    fn a_list_that_ran_dry_goes_on() {
        let mut lists = Lists::<u64, 4>::new(&Arena::new(0), 1);
        let mut list = List::EMPTY;
        for round in 0..9u64 {
            for value in 1..=4 {
                lists.push(&mut list, 1, round * 4 + value);
            }
            for value in 1..=4 {
                assert_eq!(lists.pop_front(&mut list), round * 4 + value);
            }
            assert_eq!(lists.front(&list), None);
        }
        assert_eq!(lists.rows.pages(), 2);
    }

    #[test]
    fn rows_are_walked_and_ordered_whatever_pages_they_lie_in() {
        let mut lists = Lists::<u64, 4>::new(&Arena::new(0), 1);
        let (mut gone, mut list) = (List::EMPTY, List::EMPTY);
        for value in 1..=9 {
            lists.push(&mut gone, 1, value);
        }
        lists.push(&mut list, 2, 1);
        assert_eq!([(); 8].map(|()| lists.pop_front(&mut gone)), [1, 2, 3, 4, 5, 6, 7, 8]);
        for value in 2..=12 {
            lists.push(&mut list, 2, value);
        }
        let mut slots = Vec::new();
        let mut next = lists.front(&list);
        while let Some(slot) = next {
            slots.push(slot);
            next = lists.after(&list, slot);
        }
        assert!(!slots.is_sorted(), "pages given back were taken again, in another order");
        assert!(slots.iter().map(|slot| *lists.row(*slot)).eq(1..=12));
        assert!(slots.iter().map(|slot| lists.order(*slot)).eq(0..12));
    }

    #[test]
    fn a_buried_list_leaves_by_the_page() {
        let mut lists = Lists::<u64, 4>::new(&Arena::new(0), 1);
        let (mut gone, mut kept) = (List::EMPTY, List::EMPTY);
        for value in 1..=9 {
            lists.push(&mut gone, 7, value);
        }
        lists.push(&mut kept, 8, 100);
        let before = lists.digest();
        let pages = lists.bury(gone);
        assert_eq!(pages, [0, 1, 2]);
        assert!(lists.is_buried(8) && !lists.is_buried(12));
        assert_eq!(lists.cut().rows_with_owners().filter(|(_, row)| **row != 0).count(), 1);
        assert!(!lists.clear_page(), "no page goes as long as its rows are named");
        lists.leave(pages);
        while lists.clear_page() {}
        assert_eq!(lists.digest(), lists.cut().digest());
        assert_ne!(lists.digest(), before);
        let mut next = List::EMPTY;
        for value in 1..=12 {
            lists.push(&mut next, 9, value);
        }
        assert_eq!(lists.rows.pages(), 4, "cleared pages were taken again");
        assert_eq!(*lists.row(12), 100);
    }

    #[test]
    fn a_run_lies_in_one_page() {
        let mut lists = Lists::<u64, 4>::new(&Arena::new(0), 1);
        let mut list = List::EMPTY;
        lists.push(&mut list, 1, 1);
        lists.push(&mut list, 1, 2);
        lists.reserve(&mut list, 1, 3);
        let slots = [(); 3].map(|()| lists.push(&mut list, 1, 9));
        assert_eq!(slots, [4, 5, 6]);
    }

    #[test]
    fn a_page_without_a_list_is_no_ones() {
        let mut lists = Lists::<u64, 4>::new(&Arena::new(0), 1);
        let (mut gone, mut kept) = (List::EMPTY, List::EMPTY);
        (1..=5).for_each(|value| _ = lists.push(&mut gone, 3, value));
        lists.push(&mut kept, 0, 100);
        let pages = lists.bury(gone);
        lists.leave(pages);
        for _ in 0..3 {
            assert!((0..8).all(|slot| lists.is_buried(slot) && !lists.holds(&kept, 0, slot)));
            assert_eq!(lists.cut().rows_with_owners().map(|(owner, _)| owner).sum::<u32>(), 0);
            assert!(lists.holds(&kept, 0, 8) && !lists.holds(&kept, 0, 9) && !lists.holds(&kept, 1, 8));
            lists.clear_page();
        }
    }
}
