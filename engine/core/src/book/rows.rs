//! The rows of a book, byte for byte as they lie in pages.

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::Placed;
use crate::command::GAME_PLAYS_MAX;
use crate::game::Game;
use crate::storage::lists::{List, NONE};

/// What an operator sets of a draw. Written rarely.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct BookRow {
    pub id: u32,
    /// Place of its game in the ledger's list.
    pub game: u32,
    pub opens_at: u64,
    pub closes_at: u64,
    pub settles_at: u64,
    pub payout_limit: i64,
    pub stake_limit: [i64; GAME_PLAYS_MAX],
    /// Slots of its first cells: `plays × numbers` play cells, `numbers` number cells.
    pub first_play_cell: u32,
    pub first_number_cell: u32,
    pub currency: u16,
    pub result: u16,
    /// Day (since the Unix epoch) of the planned settlement.
    pub generation: u16,
    pub state: u8,
    pub cancellable: u8,
}

/// What every bet changes.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct TallyRow {
    /// Stakes of standing bets; from the result on, what is still owed to winners.
    pub escrow: i64,
    /// Standing bets.
    pub bets: u64,
    pub list: List,
}

/// How far the payouts are. Written from the result on.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PayoutRow {
    /// Stakes of the bets that stood at the result.
    pub stake: i64,
    pub paid: i64,
    pub winners: u64,
    pub winners_paid: u64,
    /// By play: the next bet of the winning chain, or `NONE`.
    pub next: [u32; GAME_PLAYS_MAX],
}

/// A play on a number or class: what limits look at, and the chain of its bets, the oldest first.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PlayCell {
    pub stake: i64,
    /// What its bets win if they win.
    pub payout: i64,
    /// Override of the stake limit plus one, or 0.
    pub limit: u64,
    /// Slots plus one of its first and last bet, or 0.
    pub first: u32,
    pub last: u32,
    /// Standing bets.
    pub bets: u64,
}

/// A number of a draw.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct NumberCell {
    /// Override of the payout limit plus one, or 0.
    pub limit: u64,
    /// 1: no bet that pays on it is taken.
    pub blocked: u64,
}

/// One bet: 24 bytes.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct BetRow {
    pub stake: i64,
    /// Its ticket, in the partition `ticket_partition`.
    pub ticket: u32,
    /// The next bet of its cell, or `NONE`.
    pub next: u32,
    pub number: u16,
    /// Place of its play in the game's table.
    pub play: u8,
    pub ticket_partition: u8,
    /// Its place in the ticket.
    pub place: u8,
    pub state: u8,
    reserved: [u8; 2],
}

const _: () = assert!(size_of::<BetRow>() == 24);

impl BetRow {
    pub(crate) const STANDING: u8 = 0;
    pub(crate) const CANCELLED: u8 = 1;
    pub(crate) const PAID: u8 = 2;

    pub(super) fn new(stake: i64, number: u16, play: usize, of: Placed) -> BetRow {
        BetRow {
            stake,
            ticket: of.ticket,
            next: NONE,
            number,
            play: play as u8,
            ticket_partition: of.partition,
            place: of.place,
            ..BetRow::new_zeroed()
        }
    }
}

impl BookRow {
    /// The cell that a play on a number is counted in.
    #[inline]
    pub(super) fn play_cell(&self, game: &Game, play: usize, number: u16) -> u32 {
        self.first_play_cell + play as u32 * game.numbers() + u32::from(game.key(play, number))
    }

    #[inline]
    pub(super) fn number_cell(&self, number: u16) -> u32 {
        self.first_number_cell + u32::from(number)
    }
}
