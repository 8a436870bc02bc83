//! The seal of a draw: one hash over the bets that stood when it closed, which its result has to quote.
//!
//! What the draw remembers of its close (bets, stake, the most that a number would have brought) is read from its rows
//! at once. The chain over the bets takes longer: it grows by a bounded number of them per tick. A bet that is taken back
//! meanwhile is in it all the same.

use alloc::vec::Vec;

use zerocopy::little_endian::{I64, U16, U32, U64, U128};
use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes, Unaligned};

use super::{BetRow, Books};
use crate::game::Game;
use crate::query::SealState;
use crate::refusal::Refusal;
use crate::reply::Refused;
use crate::storage::lists::NONE;

/// Bets in a block of the chain.
pub(crate) const SEAL_BLOCK: u32 = 256;
/// What every chain begins with.
const TITLE: [u8; 16] = *b"tote seal 1\0\0\0\0\0";

/// What a draw was when it closed, and how far its seal is.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct SealRow {
    /// The hash of the blocks so far; once all bets are in, the seal.
    chain: [u8; 32],
    /// The bets that stood, and their stakes.
    pub bets: u64,
    pub stake: i64,
    /// The most that the draw would have paid if one number came as the only one and of tier 1.
    pub worst: i64,
    /// Of the bets, those that are in the chain.
    sealed: u64,
    /// Time of the tick of the close: the deadline of what is left.
    closed_at: u64,
    /// The next bet to look at, or `NONE`.
    next: u32,
    /// A [`SealState`].
    pub state: u8,
    reserved: [u8; 3],
}

/// What comes before the first block.
#[derive(IntoBytes, Immutable, Unaligned)]
#[repr(C)]
struct Head {
    title: [u8; 16],
    book: U32,
    reserved: U32,
    closes_at: U64,
}

/// A bet in the chain.
#[derive(IntoBytes, Immutable, Unaligned)]
#[repr(C)]
pub(crate) struct SealedBet {
    pub ticket: U128,
    pub account: U64,
    pub stake: I64,
    pub number: U16,
    /// The code of its play.
    pub play: u8,
    pub place: u8,
    pub reserved: U32,
}

/// What comes behind the last block.
#[derive(IntoBytes, Immutable, Unaligned)]
#[repr(C)]
struct Tail {
    bets: U64,
    stake: I64,
    worst: I64,
}

const _: () = assert!(size_of::<SealedBet>() == 40);

impl SealRow {
    /// The seal; `None` before all bets are in it.
    pub(crate) fn seal(&self) -> Option<[u8; 32]> {
        (self.state == SealState::Sealed as u8).then_some(self.chain)
    }

    /// Ends the chain once all bets are in it. Tells whether they are.
    fn end_if_complete(&mut self) -> bool {
        let is_complete = self.sealed == self.bets;
        if is_complete {
            let tail = Tail { bets: self.bets.into(), stake: self.stake.into(), worst: self.worst.into() };
            self.chain = chained(&self.chain, tail.as_bytes());
            self.state = SealState::Sealed as u8;
        }
        is_complete
    }
}

impl Books {
    pub(crate) fn seal(&self, slot: u32) -> &SealRow {
        self.seals.row(slot)
    }

    /// Remembers what a draw is that closes now, and begins its seal.
    pub(super) fn begin_seal(&mut self, game: &Game, slot: u32, now: u64) {
        let (book, tally) = (self.rows.row(slot), self.tallies.row(slot));
        let payouts =
            (0..game.numbers()).map(|number| self.numbers.row(book.number_cell(number as u16)).payout);
        let head =
            Head { title: TITLE, book: book.id.into(), reserved: 0.into(), closes_at: book.closes_at.into() };
        let mut seal = SealRow {
            chain: *blake3::hash(head.as_bytes()).as_bytes(),
            bets: tally.bets,
            stake: tally.escrow,
            worst: payouts.max().unwrap_or(0),
            closed_at: now,
            next: self.bets.front(&tally.list).unwrap_or(NONE),
            state: SealState::UnderWay as u8,
            ..SealRow::new_zeroed()
        };
        let is_sealed = seal.end_if_complete();
        self.seals.update(slot, |row| *row = seal);
        if is_sealed {
            self.note_sealed(slot);
        }
    }

    /// Takes the bets of the next block out of those that are left, in the order in which they were placed.
    pub(crate) fn next_to_seal(&mut self, slot: u32, block: &mut Vec<BetRow>) {
        block.clear();
        let (seal, list) = (self.seals.row(slot), self.tallies.row(slot).list);
        let count = (seal.bets - seal.sealed).min(SEAL_BLOCK.into()) as usize;
        let mut next = seal.next;
        while block.len() < count {
            assert_ne!(next, NONE, "the bets that stood at the close are among those of the draw");
            let row = self.bets.row(next);
            if row.state != BetRow::CANCELLED {
                block.push(*row);
            }
            next = self.bets.after(&list, next).unwrap_or(NONE);
        }
        self.seals.update(slot, |seal| seal.next = next);
    }

    /// Adds a block to the chain.
    pub(crate) fn seal_block(&mut self, slot: u32, block: &[SealedBet]) {
        let is_sealed = self.seals.update(slot, |seal| {
            seal.chain = chained(&seal.chain, block.as_bytes());
            seal.sealed += block.len() as u64;
            seal.end_if_complete()
        });
        if is_sealed {
            self.note_sealed(slot);
        }
    }

    /// Whether bets of a closed draw are still to be sealed; and since when.
    pub(crate) fn is_sealing(&self, slot: u32) -> Option<u64> {
        let seal = self.seals.row(slot);
        (seal.state == SealState::UnderWay as u8).then_some(seal.closed_at)
    }

    /// Begins to post what has accrued on a draw, once all its bets are sealed.
    pub(crate) fn begin_posting(&mut self, slot: u32) {
        let (seal, book) = (self.seals.row(slot), self.rows.row(slot).id);
        if seal.state == SealState::Sealed as u8 {
            self.commissions.begin(slot, book, seal.closed_at);
        }
    }

    /// Makes a draw due whose bets are not all sealed.
    pub(crate) fn seal_later(&mut self, slot: u32) {
        if let Some(deadline) = self.is_sealing(slot) {
            self.due.insert((deadline, self.rows.row(slot).id));
        }
    }

    /// Leaves the seal of a draw as far as it is.
    pub(super) fn stop_sealing(&mut self, slot: u32) {
        if let Some(deadline) = self.is_sealing(slot) {
            self.due.remove(&(deadline, self.rows.row(slot).id));
        }
    }

    /// Whether this is the seal of a closed draw.
    pub(super) fn check_seal(&self, slot: u32, quoted: &[u8; 32]) -> Result<(), Refused> {
        let row = self.seals.row(slot);
        match row.seal() {
            None => Err(Refused::whole(Refusal::SealPending, row.sealed as i64)),
            Some(seal) if seal != *quoted => Err(Refused::whole(Refusal::SealDiffers, 0)),
            Some(_) => Ok(()),
        }
    }
}

/// The hash of a hash and what follows it.
fn chained(chain: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(chain);
    hasher.update(bytes);
    *hasher.finalize().as_bytes()
}
