//! Books of which no sum can come to its limit within a run: their bets need not be looked at sum by sum.

use alloc::vec;
use alloc::vec::Vec;

/// Books remembered, a power of two. Others with the same place take turns, which costs time and nothing else.
const PLACES: usize = 256;
/// A book's least room is worth a walk over its cells once so many bets of a run have asked for it.
const ASKED_MIN: u32 = 64;

/// The least rooms of books, as they were before a run.
pub(super) struct Quiet {
    books: Vec<Asked>,
}

#[derive(Clone, Copy, Default)]
struct Asked {
    /// Partition and slot.
    book: (u8, u32),
    times: u32,
    room: i64,
}

impl Quiet {
    pub(super) fn new() -> Quiet {
        Quiet { books: vec![Asked::default(); PLACES] }
    }

    /// The least room of a book, or none as long as few have asked.
    #[inline]
    pub(super) fn room(&mut self, home: u8, slot: u32, least: impl FnOnce() -> i64) -> i64 {
        let asked = &mut self.books[(usize::from(home) + slot as usize * 16) % PLACES];
        if asked.book != (home, slot) || asked.times == 0 {
            *asked = Asked { book: (home, slot), times: 0, room: i64::MIN };
        }
        asked.times = asked.times.saturating_add(1);
        if asked.times == ASKED_MIN {
            asked.room = least();
        }
        asked.room
    }
}
