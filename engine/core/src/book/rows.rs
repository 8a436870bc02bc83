//! The rows of a book, byte for byte as they lie in pages.

use zerocopy::{FromBytes, FromZeros, Immutable, IntoBytes};

use super::Placed;
use super::check::limit_or;
use crate::command::{GAME_GROUPS_MAX, RESULTS_MAX};
use crate::game::{Game, GamePlay, Spot};
use crate::query::DrawState;
use crate::refusal::Refusal;
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
    pub draw_stake_limit: i64,
    pub draw_payout_limit: i64,
    /// By group.
    pub stake_limit: [i64; GAME_GROUPS_MAX],
    /// Slots of its first cells, of plays and of numbers, and of its first further sum.
    pub first_play_cell: u32,
    pub first_number_cell: u32,
    pub first_sum: u32,
    pub currency: u16,
    /// Day (since the Unix epoch) of the planned settlement, and the latest generation of tickets with bets here.
    pub generation: u16,
    pub last: u16,
    pub state: u8,
    pub cancellable: u8,
    pub confirmed: u8,
    /// How often its result was corrected.
    pub corrections: u8,
    pub(super) reserved: [u8; 2],
    /// Time of the tick in which all was done that follows from its end; 0 before.
    pub ended_at: u64,
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

/// The winning numbers. Of a draw that is closed: those given by the first of two principals.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct ResultRow {
    pub number: [u16; RESULTS_MAX],
    pub count: u32,
    /// The principal who gave them.
    pub actor: u32,
}

/// How far payouts or refunds are. Written from the result, or the end without one, on.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PayoutRow {
    /// Stakes of the bets that stood at the result.
    pub stake: i64,
    pub paid: i64,
    pub winners: u64,
    pub winners_paid: u64,
    /// Slot of the first of the cursors on the winning cells, and how many are left.
    pub first_cursor: u32,
    pub cursors: u32,
    /// Of a void draw: the next bet to look at, or `NONE`.
    pub refund: u32,
    /// Cursors there were at first; 0 once their pages were given back.
    pub cursors_taken: u32,
}

/// A winning cell that still has bets to pay. The cursors of a draw form a heap: each comes before those at twice its
/// place plus one and plus two.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct Cursor {
    /// Where the bet comes among those of the draw.
    pub order: u64,
    pub bet: u32,
    pub reserved: u32,
}

/// A play on a number or class: what limits look at, and the chain of its bets, the oldest first.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct PlayCell {
    pub stake: i64,
    /// What its bets win from a winning number of tier 1 that they meet at level 1.
    pub payout: i64,
    /// Override of the stake limit plus one, or 0. Holds in the first of the plays that are counted together.
    pub limit: u64,
    /// Slots plus one of its first and last bet, or 0.
    pub first: u32,
    pub last: u32,
    /// Standing bets.
    pub bets: u64,
}

/// What the bets of a [`PlayCell`] win from a winning number of another tier, or that they meet at another level.
///
/// Wider than what it is a sum of: no limit looks at it before the result does.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct SumRow {
    pub payout: i128,
}

/// A number of a draw.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(crate) struct NumberCell {
    /// What the draw would pay if it came as the only winning number and of tier 1.
    pub payout: i64,
    /// Override of the payout limit plus one, or 0.
    pub limit: u64,
    /// 1: no bet that meets it is taken.
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
    /// How often the result was corrected by its last visit.
    pub paid_in: u8,
    reserved: u8,
}

const _: () = assert!(size_of::<BetRow>() == 24);

impl BetRow {
    pub(crate) const STANDING: u8 = 0;
    pub(crate) const CANCELLED: u8 = 1;
    pub(crate) const PAID: u8 = 2;
    pub(crate) const REFUNDED: u8 = 3;
    /// Cancelled by an operator after the close: it is in the seal.
    pub(crate) const VOIDED: u8 = 4;

    /// Whether it was taken back, by its client or an operator.
    pub(crate) fn is_taken_back(&self) -> bool {
        self.state == BetRow::CANCELLED || self.state == BetRow::VOIDED
    }

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

impl NumberCell {
    /// What may be paid if its number comes: under its own limit and under the draw's.
    #[inline]
    pub(super) fn payout_limit(&self, book: &BookRow) -> i64 {
        limit_or(self.limit, book.payout_limit).min(book.draw_payout_limit)
    }

    /// What is left of that, a block apart; below zero where a limit was moved below what is there.
    #[inline]
    pub(super) fn payout_left(&self, book: &BookRow) -> i64 {
        self.payout_limit(book).saturating_sub(self.payout)
    }
}

impl ResultRow {
    pub(super) const NONE: ResultRow = ResultRow { number: [0; RESULTS_MAX], count: 0, actor: 0 };

    /// The winning numbers, in order.
    pub(crate) fn numbers(&self) -> &[u16] {
        &self.number[..self.count as usize]
    }
}

impl BookRow {
    /// Whether it has a result that holds.
    #[inline]
    pub(crate) fn has_result(&self) -> bool {
        const WITH: [u8; 3] =
            [DrawState::Settling as u8, DrawState::Settled as u8, DrawState::Correcting as u8];
        WITH.contains(&self.state)
    }

    /// Whether its bets wait for a result: its limits can be moved and its tickets voided.
    #[inline]
    pub(crate) fn is_undecided(&self) -> bool {
        self.state <= DrawState::Closed as u8 || self.state == DrawState::Suspended as u8
    }

    /// Whether money of its bets is under way, and until then nothing else can be asked of it.
    pub(super) fn check_not_busy(&self) -> Result<(), (Refusal, i64)> {
        const BUSY: [u8; 3] =
            [DrawState::Settling as u8, DrawState::Correcting as u8, DrawState::Voiding as u8];
        if BUSY.contains(&self.state) { Err((Refusal::DrawSettling, self.state.into())) } else { Ok(()) }
    }

    /// Whether a bet of it that wins was paid what the result that holds says.
    pub(crate) fn has_paid(&self, bet: &BetRow) -> bool {
        bet.state == BetRow::PAID && bet.paid_in == self.corrections
    }

    /// The cell that a play on a number is counted in.
    #[inline]
    pub(super) fn play_cell(&self, game: &Game, play: &GamePlay, spot: &Spot) -> u32 {
        self.first_play_cell + game.cell(play, spot)
    }

    #[inline]
    pub(super) fn number_cell(&self, number: u16) -> u32 {
        self.first_number_cell + u32::from(number)
    }
}
