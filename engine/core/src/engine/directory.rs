//! Where books lie. Every shard reads it; only a command that runs alone, or due work, changes it.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::command::Bet;
use crate::refusal::Refusal;

/// Books found without a search, a power of two.
const NEAR: usize = 256;

/// A book's partition and slot, and the day on which it is planned to settle.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    pub book: u32,
    pub slot: u32,
    pub home: u16,
    pub day: u16,
}

/// All books that are resident, and the numbers of those that have left.
pub(super) struct Directory {
    /// By the lower bits of their numbers: the latest created of those that share them.
    near: [Place; NEAR],
    all: BTreeMap<u32, Place>,
    departed: BTreeSet<u32>,
}

impl Directory {
    pub(super) fn new() -> Directory {
        Directory { near: [Place::default(); NEAR], all: BTreeMap::new(), departed: BTreeSet::new() }
    }

    pub(super) fn add(&mut self, place: Place) {
        self.near[place.book as usize % NEAR] = place;
        self.all.insert(place.book, place);
    }

    /// A book that has left memory.
    pub(super) fn depart(&mut self, book: u32) {
        self.all.remove(&book);
        self.departed.insert(book);
        if let Some(near) = self.find_near(book) {
            self.near[near.book as usize % NEAR] = Place::default();
        }
    }

    /// Where a book lies, if it can be told without a search.
    #[inline]
    pub(super) fn find_near(&self, book: u32) -> Option<Place> {
        Some(self.near[book as usize % NEAR]).filter(|place| place.book == book && book != 0)
    }

    /// Where a book lies.
    #[inline]
    pub(super) fn find(&self, book: u32) -> Option<Place> {
        self.find_near(book).or_else(|| self.all.get(&book).copied())
    }

    /// Why a book is not found.
    #[cold]
    pub(super) fn missing(&self, book: u32) -> Refusal {
        if self.departed.contains(&book) { Refusal::Archived } else { Refusal::DrawUnknown }
    }

    /// Whether a book of this number has left.
    pub(super) fn has_departed(&self, book: u32) -> bool {
        self.departed.contains(&book)
    }

    /// The generation of a ticket with these bets: the latest day on which one of their books is planned to settle.
    #[inline]
    pub(super) fn generation(&self, bets: &[Bet]) -> u16 {
        let day = |bet: &Bet| self.find(bet.book.get()).map_or(0, |place| place.day);
        bets.iter().map(day).max().unwrap_or(0)
    }
}
