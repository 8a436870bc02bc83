//! Memory at page boundaries, as direct IO needs it.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::ops::{Deref, DerefMut};
use std::ptr::NonNull;

const PAGE_BYTES: usize = 4096;

/// Zeroed memory whose start and length are multiples of 4096.
pub struct Pages {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: `Pages` owns its memory, as a `Box<[u8]>` does; nothing about it is bound to a thread.
unsafe impl Send for Pages {}

impl Pages {
    /// So many bytes, rounded up to whole pages; at least one page.
    pub fn new(bytes: usize) -> Pages {
        let layout = layout(bytes);
        // SAFETY: the layout has at least one page, so its size is not zero.
        let start = unsafe { alloc_zeroed(layout) };
        let Some(start) = NonNull::new(start) else { handle_alloc_error(layout) };
        Pages { start, bytes: layout.size() }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: `start` came from `alloc_zeroed` with this very layout: `bytes` is already a whole number of pages.
        unsafe { dealloc(self.start.as_ptr(), layout(self.bytes)) }
    }
}

impl Deref for Pages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: `bytes` bytes from `start` on are ours, initialised (zeroed at first) and live as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.bytes) }
    }
}

impl DerefMut for Pages {
    fn deref_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `deref`, and `&mut self` makes the borrow the only one.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.bytes) }
    }
}

/// Frame buffers, and which of them the disk is reading. Both writers own theirs, so that memory that the kernel may
/// still read is never given back.
pub(super) struct Buffers {
    pages: Vec<Pages>,
    is_busy: Vec<bool>,
}

impl Buffers {
    pub(super) fn new(count: usize, bytes: usize) -> Buffers {
        Buffers { pages: (0..count).map(|_| Pages::new(bytes)).collect(), is_busy: vec![false; count] }
    }

    pub(super) fn pages(&self) -> &[Pages] {
        &self.pages
    }

    pub(super) fn get(&self, index: usize) -> &[u8] {
        &self.pages[index]
    }

    pub(super) fn get_mut(&mut self, index: usize) -> &mut [u8] {
        assert!(!self.is_busy[index], "buffer {index} is being written");
        &mut self.pages[index]
    }

    /// Lends the first `bytes` of a buffer to the disk, until `give_back`.
    pub(super) fn lend(&mut self, index: usize, bytes: usize) -> &[u8] {
        assert!(!self.is_busy[index], "buffer {index} is being written");
        self.is_busy[index] = true;
        &self.pages[index][..bytes]
    }

    pub(super) fn give_back(&mut self, index: usize) {
        self.is_busy[index] = false;
    }
}

fn layout(bytes: usize) -> Layout {
    let bytes = bytes.max(1).next_multiple_of(PAGE_BYTES);
    Layout::from_size_align(bytes, PAGE_BYTES).expect("frame buffers are bounded far below isize::MAX")
}
