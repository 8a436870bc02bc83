//! Books of numbers: draws, their limits, their bets. Touches only the rows of one partition's books.
//!
//! A bet is counted in one [`PlayCell`], that of its play and number (or class). What the draw would pay if a number
//! came is summed from the cells that win on it, when it is needed. So a bet writes one cell, and a limit can be moved
//! or a bet cancelled without visiting anything else.

mod check;
mod life;
mod rows;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

pub(crate) use check::{Faults, Placing};
pub(crate) use rows::{BetRow, BookRow, PayoutRow, TallyRow};
use rows::{NumberCell, PlayCell};

use crate::command::Bet;
use crate::game::Game;
use crate::hash::HashKey;
use crate::storage::arena::Arena;
use crate::storage::index::Index;
use crate::storage::lists::{Lists, ListsCut, NONE};
use crate::storage::table::{Table, TableCut};

const BOOK_ROWS: usize = 64;
const CELL_ROWS: usize = 512;
const BET_ROWS: usize = 512;

/// The books of one partition.
pub(crate) struct Books {
    rows: Table<BookRow, BOOK_ROWS>,
    tallies: Table<TallyRow, BOOK_ROWS>,
    payouts: Table<PayoutRow, BOOK_ROWS>,
    plays: Table<PlayCell, CELL_ROWS>,
    numbers: Table<NumberCell, CELL_ROWS>,
    bets: Lists<BetRow, BET_ROWS>,
    index: Index,
    /// (deadline, book): what will have to be done by itself, and when.
    due: BTreeSet<(u64, u32)>,
    count: u32,
    most: u32,
    /// Bets that stand in books without a result.
    open_bets: u64,
}

impl Books {
    pub(crate) fn new(arena: &Arena, name: u32, most: u32) -> Books {
        Books {
            rows: Table::new(arena, name),
            tallies: Table::new(arena, name + 1),
            payouts: Table::new(arena, name + 2),
            plays: Table::new(arena, name + 3),
            numbers: Table::new(arena, name + 4),
            bets: Lists::new(arena, name + 5),
            index: Index::new(arena),
            due: BTreeSet::new(),
            count: 0,
            most,
            open_bets: 0,
        }
    }

    /// The slot of a book.
    #[inline]
    pub(crate) fn find(&self, key: HashKey, book: u32) -> Option<u32> {
        self.index.find(key.owner(book.into()), |slot| self.rows.row(slot).id == book)
    }

    #[inline]
    pub(crate) fn row(&self, slot: u32) -> &BookRow {
        self.rows.row(slot)
    }

    pub(crate) fn tally(&self, slot: u32) -> &TallyRow {
        self.tallies.row(slot)
    }

    pub(crate) fn payout(&self, slot: u32) -> &PayoutRow {
        self.payouts.row(slot)
    }

    #[inline]
    pub(crate) fn bet(&self, slot: u32) -> &BetRow {
        self.bets.row(slot)
    }

    /// The slot of the book that a bet lies in.
    pub(crate) fn book_of(&self, bet: u32) -> u32 {
        self.bets.owner(bet)
    }

    /// Hints that the last bet on the same play and number will be needed soon. The bet need not be sound.
    #[inline]
    pub(crate) fn prefetch_last_bet(&self, game: &Game, slot: u32, bet: &Bet) {
        if let Some(play) = game.place(bet.play)
            && u32::from(bet.number.get()) < game.numbers()
        {
            let cell = self.plays.row(self.rows.row(slot).play_cell(game, play, bet.number.get()));
            if cell.last != 0 {
                self.bets.prefetch(cell.last - 1);
            }
        }
    }

    /// Counts a bet that was checked, and keeps it. Returns its slot.
    #[inline]
    pub(crate) fn place(&mut self, game: &Game, slot: u32, bet: &Bet, of: Placed) -> u32 {
        let book = self.rows.row(slot);
        let play = game.place(bet.play).expect("a checked bet names a play of its game");
        let (number, stake) = (bet.number.get(), bet.stake.get());
        let payout = game.prize(play, number).expect("a checked bet has a prize").payout(stake);
        let cell = book.play_cell(game, play, number);
        let row = BetRow::new(stake, number, play, of);
        let bets = &mut self.bets;
        let at = self.tallies.update(slot, |tally| {
            tally.escrow += stake;
            tally.bets += 1;
            bets.push(&mut tally.list, slot, row)
        });
        let last = self.plays.update(cell, |cell| {
            cell.stake += stake;
            cell.payout += payout;
            cell.bets += 1;
            if cell.first == 0 {
                cell.first = at + 1;
            }
            core::mem::replace(&mut cell.last, at + 1)
        });
        self.open_bets += 1;
        if last != 0 {
            self.bets.update(last - 1, |row| row.next = at);
        }
        at
    }

    /// Takes a standing bet back out of its book. Returns its stake.
    pub(crate) fn cancel(&mut self, games: &[Game], bet: u32) -> i64 {
        let slot = self.book_of(bet);
        let row = self.bets.update(bet, |row| {
            row.state = BetRow::CANCELLED;
            *row
        });
        let book = self.rows.row(slot);
        let game = &games[book.game as usize];
        let play = usize::from(row.play);
        let payout = game.prize(play, row.number).expect("a bet has a prize").payout(row.stake);
        self.plays.update(book.play_cell(game, play, row.number), |cell| {
            cell.stake -= row.stake;
            cell.payout -= payout;
            cell.bets -= 1;
        });
        self.tallies.update(slot, |tally| {
            tally.escrow -= row.stake;
            tally.bets -= 1;
        });
        self.open_bets -= 1;
        row.stake
    }

    /// Bets that stand in books without a result.
    pub(crate) fn open_bets(&self) -> u64 {
        self.open_bets
    }

    pub(crate) fn bytes(&self) -> usize {
        self.rows.bytes()
            + self.tallies.bytes()
            + self.payouts.bytes()
            + self.plays.bytes()
            + self.numbers.bytes()
            + self.bets.bytes()
            + self.index.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        [
            self.rows.digest(),
            self.tallies.digest(),
            self.payouts.digest(),
            self.plays.digest(),
            self.numbers.digest(),
            self.bets.digest(),
        ]
        .iter()
        .fold(0, |sum, digest| sum.wrapping_add(*digest))
    }

    pub(crate) fn cut(&mut self) -> BooksCut {
        BooksCut {
            rows: self.rows.cut(),
            tallies: self.tallies.cut(),
            payouts: self.payouts.cut(),
            plays: self.plays.cut(),
            numbers: self.numbers.cut(),
            bets: self.bets.cut(),
        }
    }
}

/// Whose bet it is: the ticket, its partition, and the bet's place in it.
#[derive(Clone, Copy)]
pub(crate) struct Placed {
    pub ticket: u32,
    pub partition: u8,
    pub place: u8,
}

/// The books of a partition at the time of a cut.
pub(crate) struct BooksCut {
    rows: TableCut<BookRow, BOOK_ROWS>,
    tallies: TableCut<TallyRow, BOOK_ROWS>,
    payouts: TableCut<PayoutRow, BOOK_ROWS>,
    plays: TableCut<PlayCell, CELL_ROWS>,
    numbers: TableCut<NumberCell, CELL_ROWS>,
    bets: ListsCut<BetRow, BET_ROWS>,
}

impl BooksCut {
    /// Each book with its tally.
    pub(crate) fn books(&self) -> impl Iterator<Item = (&BookRow, &TallyRow)> {
        self.rows.rows().zip(self.tallies.rows()).filter(|(book, _)| book.id != 0)
    }

    /// Stakes of bets that stand, by the slot of their book.
    pub(crate) fn standing_stakes(&self) -> Vec<i128> {
        let mut stakes = Vec::new();
        for (owner, row) in self.bets.rows_with_owners() {
            if row.state == BetRow::STANDING && row.stake != 0 {
                if stakes.len() <= owner as usize {
                    stakes.resize(owner as usize + 1, 0);
                }
                stakes[owner as usize] += i128::from(row.stake);
            }
        }
        stakes
    }

    /// The digest, summed anew.
    pub(crate) fn digest(&self) -> u64 {
        [
            self.rows.digest(),
            self.tallies.digest(),
            self.payouts.digest(),
            self.plays.digest(),
            self.numbers.digest(),
            self.bets.digest(),
        ]
        .iter()
        .fold(0, |sum, digest| sum.wrapping_add(*digest))
    }
}

const _: () = assert!(NONE == u32::MAX, "a bet's `next` is NONE at the end of its chain");
