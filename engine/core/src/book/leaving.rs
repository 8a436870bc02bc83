//! How books leave memory once they have ended, and slots and pages are taken again.

use zerocopy::FromZeros;

use super::life::DAY_NS;
use super::{BookRow, Books, CorrectionRow, DEPARTED_ROWS, PayoutRow, ResultRow, SealRow, TallyRow};
use crate::game::Game;
use crate::query::DrawState;
use crate::refusal::Refusal;
use crate::reply::Refused;

/// Pages cleared of each kind of row per tick, so that no tick stalls.
const CLEARED_PER_TICK: usize = 2;
/// Most books of a partition that are remembered once they have left.
const DEPARTED_MAX: u32 = 1 << 20;

/// A book, the days on which tickets with bets on it are planned to be over, and when it may leave as far as it goes itself;
/// `None` as long as it has not ended.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    pub slot: u32,
    pub first: u16,
    pub last: u16,
    pub leaves_at: Option<u64>,
}

/// When a day is over, nanoseconds since the Unix epoch.
pub(crate) fn day_end(day: u16) -> u64 {
    (u64::from(day) + 1) * DAY_NS
}

impl Books {
    /// Whether another book can be created.
    pub(super) fn check_capacity(&self) -> Result<(), Refused> {
        let is_full = |count: u32, most: u32| (count >= most).then_some(most);
        match is_full(self.by_number.len() as u32, self.most).or(is_full(self.departed_count, DEPARTED_MAX)) {
            Some(most) => Err(Refused::whole(Refusal::CapacityReached, most.into())),
            None => Ok(()),
        }
    }

    /// A slot for a book, whose rows are all of zeros.
    pub(super) fn take_slot(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            if self.taken.is_multiple_of(super::BOOK_ROWS as u32) {
                self.rows.add_page();
                self.tallies.add_page();
                self.payouts.add_page();
                self.results.add_page();
                self.seals.add_page();
                self.corrections.add_page();
            }
            self.taken += 1;
            self.taken - 1
        })
    }

    /// Enters the last state of a draw, whose end is now unless commission is still to be posted.
    pub(super) fn end(&mut self, slot: u32, state: DrawState, now: u64) {
        self.advance(slot, state);
        let first = self.payouts.row(slot).first_cursor;
        let taken = self.payouts.update(slot, |payout| core::mem::take(&mut payout.cursors_taken));
        self.cursors.give_back(first, taken);
        self.end_if_posted(slot, now);
    }

    /// Ends a settled or void draw once its commission is posted.
    pub(crate) fn end_if_posted(&mut self, slot: u32, now: u64) {
        let is_last = [DrawState::Settled, DrawState::Void].map(|last| last as u8);
        if !is_last.contains(&self.rows.row(slot).state) || self.commissions.is_posting(slot) {
            return;
        }
        self.rows.update(slot, |book| book.ended_at = now);
        let book = self.rows.row(slot);
        // Others may wait for this one on any day of its span, and leave before its last.
        let leaves_at = self.past_at(book).map(|at| at.max(day_end(book.generation)));
        // The end of time never comes.
        let leaves_at = leaves_at.filter(|at| *at != u64::MAX);
        self.leaves_at = self.leaves_at.into_iter().chain(leaves_at).min();
    }

    /// When a book may leave, as far as it goes itself; `None` as long as it has not ended.
    fn past_at(&self, book: &BookRow) -> Option<u64> {
        (book.ended_at != 0).then(|| book.ended_at.saturating_add(self.retention))
    }

    /// Whether a book ended so long ago that it may leave, as far as it goes itself.
    pub(super) fn is_past(&self, book: &BookRow, now: u64) -> bool {
        self.past_at(book).is_some_and(|at| at <= now)
    }

    /// When a book may leave for the first time; it stays if others that its tickets name have not ended by then.
    pub(crate) fn leaves_at(&self) -> Option<u64> {
        self.leaves_at
    }

    pub(crate) fn set_leaves_at(&mut self, at: Option<u64>) {
        self.leaves_at = at;
    }

    /// The spans of all books, in the order of their numbers.
    pub(crate) fn spans(&self) -> impl Iterator<Item = Span> {
        self.by_number.values().map(|&slot| {
            let book = self.rows.row(slot);
            Span { slot, first: book.generation, last: book.last, leaves_at: self.past_at(book) }
        })
    }

    /// Lets a book leave. Returns its number.
    pub(crate) fn retire(&mut self, game: &Game, slot: u32) -> u32 {
        let book = self.rows.update(slot, |row| core::mem::replace(row, BookRow::new_zeroed()));
        let tally = self.tallies.update(slot, |row| core::mem::replace(row, TallyRow::new_zeroed()));
        self.payouts.update(slot, |row| *row = PayoutRow::new_zeroed());
        self.results.update(slot, |row| *row = ResultRow::new_zeroed());
        self.seals.update(slot, |row| *row = SealRow::new_zeroed());
        self.corrections.update(slot, |row| *row = CorrectionRow::new_zeroed());
        self.commissions.retire(slot);
        self.plays.give_back(book.first_play_cell, game.cells());
        self.numbers.give_back(book.first_number_cell, game.numbers());
        self.sums.give_back(book.first_sum, game.sums());
        let bets = self.bets.bury(tally.list);
        self.bets.leave(bets);
        self.by_number.remove(&book.id);
        self.free.push(slot);
        if self.departed_count.is_multiple_of(DEPARTED_ROWS as u32) {
            self.departed.add_page();
        }
        self.departed.fill(self.departed_count, book.id.into());
        self.departed_count += 1;
        book.id
    }

    /// Clears what has left, a bounded part of it.
    pub(crate) fn clear(&mut self) {
        for _ in 0..CLEARED_PER_TICK {
            self.bets.clear_page();
            self.plays.clear_page();
            self.numbers.clear_page();
            self.sums.clear_page();
            self.cursors.clear_page();
            self.commissions.clear_page();
        }
    }
}
