//! Memory that pages are cut from: one range, taken at the start, so that its owner can have it touched ahead of use.
//!
//! Whoever runs the engine knows the range ([`Arena::range`]) and how much of it is in use ([`Arena::used`]), and may
//! ask the system to back what comes next before it is written: a first touch costs more than a bet. Beyond the range
//! pages come from the allocator. A page that its table gives back is handed out again, to whichever table asks for one of
//! its size.

use alloc::alloc::{alloc_zeroed, dealloc, handle_alloc_error};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::alloc::Layout;
use core::cell::UnsafeCell;
use core::ptr::NonNull;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A huge page: the range begins at a multiple of this.
const ALIGN: usize = 2 << 20;

/// A range of zeros that is handed out from its beginning to its end. Clones are of the same range.
#[derive(Clone)]
pub struct Arena {
    range: Arc<Range>,
}

struct Range {
    /// What the allocator gave, with `layout`; none for an arena of nothing.
    memory: Option<NonNull<u8>>,
    layout: Layout,
    /// The part of it that is handed out.
    base: usize,
    bytes: usize,
    used: AtomicUsize,
    /// Parts that were given back, by their size, for whoever has set `is_taken`.
    given_back: UnsafeCell<BTreeMap<usize, Vec<NonNull<u8>>>>,
    is_taken: AtomicBool,
}

// SAFETY: the range is handed out in parts that do not overlap, by one atomic counter; it is never read here. What was
// given back is only reached through `with_given_back`, by one thread at a time.
unsafe impl Send for Range {}
// SAFETY: as above.
unsafe impl Sync for Range {}

impl Arena {
    /// A range of so many bytes, rounded up to huge pages; 0 for none. The system backs it as it is touched.
    ///
    /// # Panics
    /// If the size overflows the address space.
    pub fn new(bytes: usize) -> Arena {
        let bytes = bytes.next_multiple_of(ALIGN);
        // Asked for without the alignment and aligned here: for more than a word's alignment some allocators write
        // the zeros themselves, which touches everything.
        let layout = Layout::from_size_align(bytes + ALIGN, 16).expect("an arena fits the address space");
        let memory = (bytes > 0).then(|| {
            // SAFETY: the layout's size is not zero.
            let memory = unsafe { alloc_zeroed(layout) };
            NonNull::new(memory).unwrap_or_else(|| handle_alloc_error(layout))
        });
        let base = memory.map_or(0, |memory| memory.as_ptr().align_offset(ALIGN));
        let (used, is_taken) = (AtomicUsize::new(0), AtomicBool::new(false));
        let given_back = UnsafeCell::new(BTreeMap::new());
        Arena { range: Arc::new(Range { memory, layout, base, bytes, used, given_back, is_taken }) }
    }

    /// Address and bytes of the range.
    pub fn range(&self) -> (usize, usize) {
        (self.range.memory.map_or(0, |memory| memory.as_ptr() as usize + self.range.base), self.range.bytes)
    }

    /// Bytes handed out, from the beginning of the range.
    pub fn used(&self) -> usize {
        self.range.used.load(Ordering::Relaxed).min(self.range.bytes)
    }

    /// Zeroed memory of this layout, and whether it is the arena's: otherwise it is the allocator's.
    pub(super) fn allocate(&self, layout: Layout) -> (NonNull<u8>, bool) {
        let size = part_size(layout);
        let part = self.with_given_back(|parts| parts.get_mut(&size).and_then(Vec::pop));
        if let Some(Some(part)) = part {
            // SAFETY: a part of this size, which was given back and is no one's now.
            unsafe { part.write_bytes(0, size) };
            return (part, true);
        }
        if let Some(memory) = self.range.memory
            && layout.align() <= 64
        {
            let at = self.range.used.fetch_add(size, Ordering::Relaxed);
            if at + size <= self.range.bytes {
                // SAFETY: the part lies in the range, which lies in the allocation; no other call is given it.
                return (unsafe { memory.add(self.range.base + at) }, true);
            }
            self.range.used.fetch_sub(size, Ordering::Relaxed);
        }
        // SAFETY: a page's layout has a size.
        let memory = unsafe { alloc_zeroed(layout) };
        (NonNull::new(memory).unwrap_or_else(|| handle_alloc_error(layout)), false)
    }

    /// Takes back what [`Arena::allocate`] gave for this layout out of the range, and what no one reads or writes any more.
    /// False if another thread is at it: then it stays with the caller.
    #[must_use]
    pub(super) fn give_back(&self, memory: NonNull<u8>, layout: Layout) -> bool {
        let size = part_size(layout);
        self.with_given_back(|parts| parts.entry(size).or_default().push(memory)).is_some()
    }

    /// Does something with the parts that were given back; nothing if another thread is at it, for none waits here.
    fn with_given_back<R>(&self, act: impl FnOnce(&mut BTreeMap<usize, Vec<NonNull<u8>>>) -> R) -> Option<R> {
        if self.range.is_taken.swap(true, Ordering::Acquire) {
            return None;
        }
        // SAFETY: whoever finds `is_taken` unset and sets it is the only one here until it unsets it.
        let done = act(unsafe { &mut *self.range.given_back.get() });
        self.range.is_taken.store(false, Ordering::Release);
        Some(done)
    }

    /// Whether memory lies in the range, which frees it as a whole.
    pub(super) fn owns(&self, memory: NonNull<u8>) -> bool {
        let (base, bytes) = self.range();
        (base..base + bytes).contains(&(memory.as_ptr() as usize))
    }
}

/// A multiple of a cache line keeps every part aligned to it; no row asks for more.
fn part_size(layout: Layout) -> usize {
    layout.size().next_multiple_of(64)
}

impl Drop for Range {
    fn drop(&mut self) {
        if let Some(memory) = self.memory {
            // SAFETY: allocated with this layout in `new`; every page's table holds a clone, so none is left.
            unsafe { dealloc(memory.as_ptr(), self.layout) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_given_back_is_handed_out_again_as_zeros() {
        let arena = Arena::new(1);
        let layout = Layout::from_size_align(4096, 16).expect("a layout");
        let (part, _) = arena.allocate(layout);
        // SAFETY: 4096 bytes of ours.
        unsafe { part.write_bytes(7, 4096) };
        assert!(arena.give_back(part, layout));
        let (other, _) = arena.allocate(Layout::from_size_align(64, 16).expect("a layout"));
        let (again, is_ours) = arena.allocate(layout);
        assert!(other != part && again == part && is_ours);
        // SAFETY: 4096 bytes of ours.
        assert!(unsafe { core::slice::from_raw_parts(again.as_ptr(), 4096) }.iter().all(|byte| *byte == 0));
        assert_eq!(arena.used(), 4096 + 64);
    }

    #[test]
    fn parts_do_not_overlap_and_what_does_not_fit_comes_from_the_allocator() {
        let arena = Arena::new(1);
        assert_eq!(arena.range().1, ALIGN);
        let layout = Layout::from_size_align(ALIGN / 2 - 64, 16).expect("a layout");
        let (first, is_first_ours) = arena.allocate(layout);
        let (second, is_second_ours) = arena.allocate(layout);
        let (third, is_third_ours) = arena.allocate(layout);
        assert_eq!([is_first_ours, is_second_ours, is_third_ours], [true, true, false]);
        assert_eq!(second.as_ptr() as usize - first.as_ptr() as usize, layout.size());
        assert_eq!([first, second, third].map(|memory| arena.owns(memory)), [true, true, false]);
        assert_eq!(arena.used(), 2 * layout.size());
        // SAFETY: the third came from the allocator, with this layout.
        unsafe { dealloc(third.as_ptr(), layout) };
    }
}
