//! Books of numbers: draws, their limits, their bets. Touches only the rows of one partition's books.
//!
//! A bet is counted in one [`PlayCell`], that of its play and number (or class), and what it would win is added to the
//! [`NumberCell`] of every number that it presses on. So a check reads what it needs where it lies, a bet writes few
//! rows, and a limit can be moved or a bet cancelled without visiting anything else. What only the result needs, the
//! sums for other tiers and levels, lies apart from both.

mod check;
mod correct;
mod leaving;
mod life;
mod news;
mod pages;
mod rows;
mod seal;
mod settle;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

pub(crate) use check::{Faults, Placing};
use correct::CorrectionRow;
pub(crate) use leaving::{Span, day_end};
use news::News;
pub(crate) use rows::{BetRow, BookRow, PayoutRow, ResultRow, TallyRow};
use rows::{Cursor, NumberCell, PlayCell, SumRow};
pub(crate) use seal::{SEAL_BLOCK, SealRow, SealedBet};
pub(crate) use settle::{Given, Outcome, Payout};

use crate::command::{Bet, Genesis};
use crate::commission::{Commissions, CommissionsCut};
use crate::game::{Game, GamePlay, Prizes, Ratio};
use crate::query::DrawState;
use crate::storage::arena::Arena;
use crate::storage::lists::{Lists, ListsCut, NONE};
use crate::storage::runs::Runs;
use crate::storage::table::{Table, TableCut};

const BOOK_ROWS: usize = 64;
const CELL_ROWS: usize = 512;
const BET_ROWS: usize = 512;
const CURSOR_ROWS: usize = 64;
const DEPARTED_ROWS: usize = 512;

/// The books of one partition.
pub(crate) struct Books {
    rows: Table<BookRow, BOOK_ROWS>,
    tallies: Table<TallyRow, BOOK_ROWS>,
    payouts: Table<PayoutRow, BOOK_ROWS>,
    plays: Runs<PlayCell, CELL_ROWS>,
    numbers: Runs<NumberCell, CELL_ROWS>,
    bets: Lists<BetRow, BET_ROWS>,
    results: Table<ResultRow, BOOK_ROWS>,
    sums: Runs<SumRow, CELL_ROWS>,
    cursors: Runs<Cursor, CURSOR_ROWS>,
    seals: Table<SealRow, BOOK_ROWS>,
    corrections: Table<CorrectionRow, BOOK_ROWS>,
    pub commissions: Commissions,
    /// The numbers of books that have left memory.
    departed: Table<u64, DEPARTED_ROWS>,
    departed_count: u32,
    /// (deadline, book): what will have to be done by itself, and when.
    due: BTreeSet<(u64, u32)>,
    /// The slots of books, by their numbers: follows from the rows.
    by_number: BTreeMap<u32, u32>,
    /// Slots ever taken, and those of books that have left.
    taken: u32,
    free: Vec<u32>,
    most: u32,
    /// How long a book that has ended stays, ns, and the first time at which one may leave.
    retention: u64,
    leaves_at: Option<u64>,
    /// Bets that stand in books without a result.
    open_bets: u64,
    /// What is to be told of the command at hand; empty between commands.
    news: Vec<News>,
}

impl Books {
    /// No books. Their tables take the names from `name` and from `further` on.
    pub(crate) fn new(arena: &Arena, name: u32, further: u32, genesis: &Genesis) -> Books {
        Books {
            rows: Table::new(arena, name),
            tallies: Table::new(arena, name + 1),
            payouts: Table::new(arena, name + 2),
            plays: Runs::new(arena, name + 3),
            numbers: Runs::new(arena, name + 4),
            // The links of the list take the name after it.
            bets: Lists::new(arena, name + 5),
            results: Table::new(arena, name + 7),
            sums: Runs::new(arena, name + 8),
            cursors: Runs::new(arena, name + 9),
            seals: Table::new(arena, further),
            corrections: Table::new(arena, further + 1),
            departed: Table::new(arena, further + 2),
            commissions: Commissions::new(arena, further + 3),
            departed_count: 0,
            due: BTreeSet::new(),
            by_number: BTreeMap::new(),
            taken: 0,
            free: Vec::new(),
            most: genesis.books_max.get(),
            // As long as ids are told from repetitions, tickets have to be there.
            retention: genesis
                .retention_ns
                .get()
                .max(genesis.id_window_ns.get().saturating_add(genesis.id_ahead_ns.get())),
            leaves_at: None,
            open_bets: 0,
            news: Vec::new(),
        }
    }

    /// The slot of a book.
    pub(crate) fn find(&self, book: u32) -> Option<u32> {
        self.by_number.get(&book).copied()
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

    pub(crate) fn result(&self, slot: u32) -> &ResultRow {
        self.results.row(slot)
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
            let play = &game.plays()[play];
            let spot = game.spot(play, bet.number.get());
            let cell = self.plays.row(self.rows.row(slot).play_cell(game, play, spot));
            if cell.last != 0 {
                self.bets.prefetch(cell.last - 1);
            }
        }
    }

    /// Counts a bet that was checked, and keeps it. Returns its slot.
    #[inline]
    pub(crate) fn place(&mut self, game: &Game, slot: u32, bet: &Bet, of: Placed) -> u32 {
        let place = game.place(bet.play).expect("a checked bet names a play of its game");
        let (number, stake) = (bet.number.get(), bet.stake.get());
        let play = &game.plays()[place];
        let prizes = game.prizes(play, number).expect("a checked bet has prizes");
        let payout = self.press(game, slot, play, prizes, number, |ratio| ratio.payout(stake));
        let cell = self.rows.row(slot).play_cell(game, play, game.spot(play, number));
        let row = BetRow::new(stake, number, place, of);
        if of.generation > self.rows.row(slot).last {
            self.rows.update(slot, |book| book.last = of.generation);
        }
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

    /// Takes a standing bet back whose ticket is cancelled. Returns its stake.
    pub(crate) fn cancel(&mut self, games: &[Game], bet: u32) -> i64 {
        let is_closed = self.rows.row(self.book_of(bet)).state == DrawState::Closed as u8;
        self.take_back(games, bet, if is_closed { BetRow::VOIDED } else { BetRow::CANCELLED })
    }

    /// Takes a standing bet back out of its book, into a state in which it stands no more. Returns its stake.
    fn take_back(&mut self, games: &[Game], bet: u32, state: u8) -> i64 {
        let slot = self.book_of(bet);
        let row = self.bets.update(bet, |row| {
            row.state = state;
            *row
        });
        let (number, stake) = (row.number, row.stake);
        let game = &games[self.rows.row(slot).game as usize];
        let play = &game.plays()[usize::from(row.play)];
        let prizes = game.prizes(play, number).expect("a bet has prizes");
        let payout = self.press(game, slot, play, prizes, number, |ratio| -ratio.payout(stake));
        let cell = self.rows.row(slot).play_cell(game, play, game.spot(play, number));
        self.plays.update(cell, |cell| {
            cell.stake -= stake;
            cell.payout += payout;
            cell.bets -= 1;
        });
        self.tallies.update(slot, |tally| {
            tally.escrow -= stake;
            tally.bets -= 1;
        });
        self.open_bets -= 1;
        if self.rows.row(slot).is_undecided() {
            self.note_moved(game, slot, [(row.play, number, -stake)].into_iter());
        }
        stake
    }

    /// Adds what a bet wins to every sum that it is in, but for that of its own cell, which is returned.
    #[inline]
    fn press(
        &mut self,
        game: &Game,
        slot: u32,
        play: &GamePlay,
        prizes: &Prizes,
        number: u16,
        wins: impl Fn(&Ratio) -> i64,
    ) -> i64 {
        let book = self.rows.row(slot);
        let mut first = 0;
        let numbers = &mut self.numbers;
        let mut add = |met: &[u16], payout: i64| {
            for &number in met {
                numbers.update(book.number_cell(number), |cell| cell.payout += payout);
            }
        };
        if let Some(ratio) = prizes.first() {
            first = wins(ratio);
            add(game.met(play, game.spot(play, number)), first);
        }
        for (ratio, level) in prizes.lower() {
            let (before, behind) = game.met_at(play, number, level as u8 + 1);
            let payout = wins(ratio);
            add(before, payout);
            add(behind, payout);
        }
        if !play.slots.is_empty() {
            let sum = book.first_sum + game.first_sum(play, game.spot(play, number));
            for (place, &(tier, level)) in play.slots.iter().enumerate() {
                if let Some(ratio) = prizes.at(tier, level) {
                    let payout = i128::from(wins(ratio));
                    self.sums.update(sum + place as u32, |sum| sum.payout += payout);
                }
            }
        }
        first
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
            + self.results.bytes()
            + self.sums.bytes()
            + self.cursors.bytes()
            + self.seals.bytes()
            + self.corrections.bytes()
            + self.commissions.bytes()
            + self.departed.bytes()
    }

    pub(crate) fn digest(&self) -> u64 {
        [
            self.rows.digest(),
            self.tallies.digest(),
            self.payouts.digest(),
            self.plays.digest(),
            self.numbers.digest(),
            self.bets.digest(),
            self.results.digest(),
            self.sums.digest(),
            self.cursors.digest(),
            self.seals.digest(),
            self.corrections.digest(),
            self.departed.digest(),
            self.commissions.digest(),
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
            results: self.results.cut(),
            sums: self.sums.cut(),
            cursors: self.cursors.cut(),
            seals: self.seals.cut(),
            corrections: self.corrections.cut(),
            departed: self.departed.cut(),
            commissions: self.commissions.cut(),
        }
    }
}

/// Whose bet it is: the ticket, its generation and partition, and the bet's place in it.
#[derive(Clone, Copy)]
pub(crate) struct Placed {
    pub ticket: u32,
    pub generation: u16,
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
    results: TableCut<ResultRow, BOOK_ROWS>,
    sums: TableCut<SumRow, CELL_ROWS>,
    cursors: TableCut<Cursor, CURSOR_ROWS>,
    seals: TableCut<SealRow, BOOK_ROWS>,
    corrections: TableCut<CorrectionRow, BOOK_ROWS>,
    departed: TableCut<u64, DEPARTED_ROWS>,
    commissions: CommissionsCut,
}

impl BooksCut {
    /// Each book with its slot and its tally.
    pub(crate) fn books(&self) -> impl Iterator<Item = (usize, &BookRow, &TallyRow)> {
        let rows = self.rows.rows().zip(self.tallies.rows()).enumerate();
        rows.map(|(slot, (book, tally))| (slot, book, tally)).filter(|(_, book, _)| book.id != 0)
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
            self.results.digest(),
            self.sums.digest(),
            self.cursors.digest(),
            self.seals.digest(),
            self.corrections.digest(),
            self.departed.digest(),
            self.commissions.digest(),
        ]
        .iter()
        .fold(0, |sum, digest| sum.wrapping_add(*digest))
    }
}

const _: () = assert!(NONE == u32::MAX, "a bet's `next` is NONE at the end of its chain");
