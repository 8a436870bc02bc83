//! Reads as bytes: a fixed 32-byte [`Query`] and an [`AnswerHeader`] with a body that its kind determines.
//!
//! A read runs between ticks and names the tick it shows. It sees every tick acknowledged before it was sent.

mod statement;
mod states;

use zerocopy::little_endian::{I64, U16, U32, U64, U128};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

pub use statement::{MovementKind, StatementLine};

use crate::command::GAME_GROUPS_MAX;

mod agents;

pub use agents::*;

/// What a read asks for. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum QueryKind {
    /// [`AccountView`] of `owner`.
    Account = 1,
    /// [`TicketView`] and its [`BetView`]s: ticket `id` of account `owner`.
    Ticket = 2,
    /// [`DrawView`] of book `owner`, and its winning numbers.
    Draw = 3,
    /// [`RoomView`] of book `owner` for `play` on `number`.
    Room = 4,
    /// [`LedgerView`]: sizes and digest, cheap.
    Ledger = 5,
    /// [`AuditView`]: every row summed from a cut, off the shard. `owner` is the currency.
    Audit = 6,
    /// [`HoldView`]: hold `id` of account `owner`.
    Hold = 7,
    /// [`PageView`] and [`TicketLine`]s: tickets of account `owner`, the newest first; those before ticket `id`, 0: from
    /// the newest. `play` is a [`BetState`], to see only tickets in it; 0: all.
    Tickets = 8,
    /// [`PageView`] and [`DrawLine`]s: the ledger's draws by book number, those above `owner`.
    Draws = 9,
    /// [`PageView`] and [`WinnerLine`]s of book `owner`, by play and number and for each in the order of the bets; those
    /// behind `id`, the `next` of the page before, 0: from the first.
    Winners = 10,
    /// [`PageView`], [`LimitsView`] and [`LimitLine`]s of book `owner`: overrides and blocks from `number` on.
    Limits = 11,
    /// [`PageView`] and [`StatementLine`]s of account `owner`, the newest first: as far back as memory goes without a gap.
    Statement = 12,
    /// [`PageView`] and [`CommissionLine`]s of book `owner`, in the order in which they were posted; those behind `id`, the
    /// `next` of the page before, 0: from the first.
    Commissions = 13,
    /// [`PageView`] and [`PeriodLine`]s: the periods of commission that account `owner` keeps, in the order in which they
    /// were set.
    Periods = 14,
}

/// Most rows of a page.
pub const PAGE_ROWS_MAX: usize = 100;
/// Most tickets that a page of [`QueryKind::Tickets`] looks at.
pub const PAGE_TICKETS_MAX: usize = 1_000;
/// Most bets that a page of tickets or winners looks at; of tickets, the last one is finished.
pub const PAGE_BETS_MAX: usize = 4_096;
/// Most numbers that a page of [`QueryKind::Limits`] looks at.
pub const PAGE_NUMBERS_MAX: u16 = 1_000;

/// Code of an audit that was not begun because another is under way: ask again once that is answered.
pub const AUDIT_BUSY: u16 = 50;

/// A read: 32 bytes. Fields that its kind does not name are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Query {
    /// A [`QueryKind`].
    pub kind: u8,
    /// The play; of [`QueryKind::Tickets`] a state.
    pub play: u8,
    /// The number.
    pub number: U16,
    /// Zero.
    pub reserved: U32,
    /// Account, book or currency.
    pub owner: U64,
    /// The ticket or hold, or where a page goes on.
    pub id: U128,
}

/// The first 16 bytes of every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AnswerHeader {
    /// Bytes of the whole answer, a multiple of 8.
    pub len: U16,
    /// 0; or a refusal (`AccountUnknown`, `Archived`, `TicketUnknown`, `HoldUnknown`, `DrawUnknown`, `PlayUnknown`,
    /// `NumberOutside`, `PlayNotAllowed`, `DrawState`), or a fault of form (`KindUnknown`, `ReservedNotZero`, `FieldOutside`), or [`AUDIT_BUSY`], and then no body.
    pub code: U16,
    /// The [`QueryKind`] asked for.
    pub kind: u8,
    /// Bets that follow a [`TicketView`], or rows of a page.
    pub count: u8,
    /// Zero.
    pub reserved: [u8; 2],
    /// The last tick that the answer shows.
    pub tick: U64,
}

/// An account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AccountView {
    /// Its id.
    pub account: U64,
    /// Minor units that can be staked or withdrawn; below zero, down to the credit limit, what was drawn on credit.
    pub available: I64,
    /// Minor units earmarked.
    pub held: I64,
    /// Minor units it owes.
    pub owed: I64,
    /// Minor units that it may go below zero.
    pub credit_limit: I64,
    /// Excluded from tickets and deposits until then, nanoseconds since the Unix epoch; 0: it never was.
    pub excluded_until: U64,
    /// ISO 4217 number.
    pub currency: U16,
    /// A [`Standing`](crate::command::Standing).
    pub status: u8,
    /// Zero.
    pub reserved: u8,
    /// Tickets it has placed, those that have left memory too.
    pub tickets: U32,
    /// Its holds that are neither posted nor voided nor released.
    pub holds: U32,
    /// Zero.
    pub reserved_too: U32,
    /// The account that it stands under; 0: none.
    pub parent: U64,
}

/// What has become of a hold. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum HoldState {
    /// The money is held.
    Held = 1,
    /// Posted; the rest was released.
    Posted = 2,
    /// Released by command.
    Voided = 3,
    /// Its time is over; released by then or soon.
    Expired = 4,
}

/// A hold, as long as it is kept: from when it finished, as long as ids are told from repetitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct HoldView {
    /// The id that placed it.
    pub id: U128,
    /// Minor units that it was placed for.
    pub amount: I64,
    /// Of these, posted.
    pub posted: I64,
    /// Nanoseconds since the Unix epoch.
    pub expires_at: U64,
    /// A [`HoldState`].
    pub state: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// What has become of a ticket or a bet. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum BetState {
    /// No result yet.
    Open = 1,
    /// Taken back; the stake was returned.
    Cancelled = 2,
    /// The result does not pay it.
    Lost = 3,
    /// The result pays it; the payout is under way.
    Won = 4,
    /// Paid.
    Paid = 5,
    /// Its draw is void; the stake was returned.
    Refunded = 6,
}

/// A ticket; `count` [`BetView`]s follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct TicketView {
    /// Its id.
    pub id: U128,
    /// Its account.
    pub account: U64,
    /// The tick that accepted it.
    pub accepted: U64,
    /// 0: stands; 1: cancelled.
    pub cancelled: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// A bet of a ticket, its state derived from its book's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct BetView {
    /// Minor units.
    pub stake: I64,
    /// Minor units owed or paid, before tax; the stake of one that was refunded; else 0.
    pub payout: I64,
    /// The draw.
    pub book: U32,
    /// The number.
    pub number: U16,
    /// The play.
    pub play: u8,
    /// A [`BetState`].
    pub state: u8,
}

/// States of a draw. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum DrawState {
    /// Created, takes no bets yet.
    Draft = 1,
    /// Takes bets.
    Open = 2,
    /// Takes no more bets.
    Closed = 3,
    /// Has a result, pays its winners.
    Settling = 4,
    /// All winners are paid.
    Settled = 5,
    /// Takes no bets for now; closes at its cut-off like one that is open.
    Suspended = 6,
    /// Ended without a result, gives the stakes back.
    Voiding = 7,
    /// All stakes were given back.
    Void = 8,
    /// Was settled; has another result, pays what that changes or takes it back.
    Correcting = 9,
}

/// How far the seal of a draw is. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum SealState {
    /// It has not closed.
    NotClosed = 0,
    /// It has closed, and its bets are being hashed. One that is made void meanwhile stays so.
    UnderWay = 1,
    /// All of its bets are in the seal.
    Sealed = 2,
}

/// A draw; `results` winning numbers follow, 2 bytes each, in order, padded with zeros to a multiple of 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct DrawView {
    /// Its game.
    pub game: U64,
    /// Nanoseconds since the Unix epoch, or 0.
    pub opens_at: U64,
    /// The cut-off, nanoseconds since the Unix epoch (when it closed, once it has).
    pub closes_at: U64,
    /// Stakes of the standing bets, minor units.
    pub stake: I64,
    /// Minor units in escrow.
    pub escrow: I64,
    /// Minor units paid to winners, tax included.
    pub paid: I64,
    /// Standing bets.
    pub bets: U64,
    /// Bets that the result pays.
    pub winners: U64,
    /// Of these, paid.
    pub winners_paid: U64,
    /// Its book.
    pub book: U32,
    /// The game's version.
    pub version: U16,
    /// ISO 4217 number.
    pub currency: U16,
    /// A [`DrawState`].
    pub state: u8,
    /// Winning numbers that follow: 0 before [`DrawState::Settling`].
    pub results: u8,
    /// A [`SealState`].
    pub seal_state: u8,
    /// How often its result was corrected.
    pub corrections: u8,
    /// Zero.
    pub reserved: [u8; 4],
    /// The seal, which its result has to quote; zeros before [`SealState::Sealed`].
    pub seal: [u8; 32],
    /// The bets that stood when it closed, and are in the seal; 0 before.
    pub sealed_bets: U64,
    /// Their stakes, minor units.
    pub sealed_stake: I64,
    /// The most that it would have paid then if one number came as the only one and of tier 1, minor units.
    pub worst_payout: I64,
    /// Commission posted on it, less what was taken back, minor units.
    pub commission: I64,
    /// When it was settled or void and all was done that follows from it, nanoseconds since the Unix epoch; 0 before.
    pub ended_at: U64,
}

/// The stake still acceptable for a play on a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct RoomView {
    /// Minor units; the least over the play's numbers and limits; 0 when one of them is blocked.
    pub room: I64,
    /// Stake taken on this play and number (or class), and on those that share its count, minor units.
    pub stake: I64,
    /// What the draw would pay if this number came as the only one and of tier 1, minor units.
    pub payout: I64,
}

/// The head of a page; `count` rows follow, at most [`PAGE_ROWS_MAX`]. A page may have fewer, or none, and more may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct PageView {
    /// Where the next page goes on, for the field of the query that says so; 0 if there is none.
    pub next: U128,
    /// 1: there is more to look at; 0: this is the last page.
    pub more: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

/// A ticket in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct TicketLine {
    /// Its id.
    pub id: U128,
    /// The tick that accepted it.
    pub accepted: U64,
    /// Of all its bets, minor units.
    pub stake: I64,
    /// The payouts of its bets, minor units: owed or paid, before tax; stakes that were refunded.
    pub payout: I64,
    /// Its bets.
    pub bets: u8,
    /// A [`BetState`]: the first of open, won, paid, lost, refunded and cancelled that one of its bets is in.
    pub state: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

/// A draw in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct DrawLine {
    /// Its game.
    pub game: U64,
    /// The cut-off, nanoseconds since the Unix epoch (when it closed, once it has).
    pub closes_at: U64,
    /// Stakes of the standing bets, minor units.
    pub stake: I64,
    /// Standing bets.
    pub bets: U64,
    /// Its book.
    pub book: U32,
    /// The game's version.
    pub version: U16,
    /// A [`DrawState`].
    pub state: u8,
    /// Zero.
    pub reserved: u8,
}

/// A winning bet in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct WinnerLine {
    /// Its ticket.
    pub ticket: U128,
    /// The account.
    pub account: U64,
    /// Minor units.
    pub stake: I64,
    /// Minor units, before tax.
    pub payout: I64,
    /// The number.
    pub number: U16,
    /// The play.
    pub play: u8,
    /// Its place in the ticket, from 0.
    pub place: u8,
    /// 1: paid; 0: not yet.
    pub paid: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

/// The limits of a draw that name no number. Minor units, or `NO_LIMIT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct LimitsView {
    /// Payout on every number that has no override.
    pub payout_limit: I64,
    /// Stake of the whole draw.
    pub draw_stake_limit: I64,
    /// Payout on any number, also on those with an override.
    pub draw_payout_limit: I64,
    /// Stake on every number that has no override, by the group of the play.
    pub stake_limit: [I64; GAME_GROUPS_MAX],
}

/// What holds for one number of a draw. By number; of one, the block comes first, then the payout, then plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct LimitLine {
    /// Minor units, or `NO_LIMIT`; 0 of a block.
    pub limit: I64,
    /// The number; of a class, or of named positions, the least of those it stands for.
    pub number: U16,
    /// The play: the first of those that share the count; 0 of a payout or block.
    pub play: u8,
    /// A [`LimitScope`](crate::command::LimitScope) of an override; 0: the number is blocked.
    pub scope: u8,
    /// Zero.
    pub reserved: U32,
}

/// Sizes of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct LedgerView {
    /// The ledger's name.
    pub cluster: U128,
    /// Time of the last tick, nanoseconds since the Unix epoch.
    pub time: U64,
    /// Sum over all rows.
    pub digest: U64,
    /// Accounts.
    pub accounts: U64,
    /// Resident tickets.
    pub tickets: U64,
    /// Bets without a result that stand.
    pub open_bets: U64,
    /// Pages in use and whole index tables, bytes.
    pub used_bytes: U64,
    /// Ids remembered that are not tickets.
    pub remembered_ids: U64,
}

/// The ledger of one currency, summed over every row of one cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct AuditView {
    /// The digest that the engine keeps.
    pub digest: U64,
    /// The digest summed anew from the rows.
    pub digest_of_rows: U64,
    /// Deposits, minor units.
    pub cash_in: I64,
    /// Withdrawals, minor units.
    pub cash_out: I64,
    /// Available and held of all accounts, minor units.
    pub accounts: I64,
    /// Owed by all accounts, minor units.
    pub owed: I64,
    /// Escrow of all books, minor units.
    pub escrow: I64,
    /// All parts of the house, minor units; may be negative.
    pub house: I64,
    /// Tax kept from prizes, minor units.
    pub tax: I64,
    /// What rounding has taken from prizes, minor units; negative if it has added.
    pub rounding: I64,
    /// What was posted to agents, minor units: below zero.
    pub commission: I64,
    /// Stakes of standing bets without a result, summed from the bets, minor units.
    pub open_stake: I64,
    /// 1: accounts − owed + escrow + house + tax + rounding + commission = in − out, `open_stake` is the escrow of the draws without
    /// a result, and what accounts hold is what their holds hold. Nothing is said of credit limits: one that is lowered
    /// leaves balances below it.
    pub conserved: u8,
    /// 1: the two digests agree.
    pub digest_agrees: u8,
    /// Zero.
    pub reserved: [u8; 6],
}

impl QueryKind {
    /// The kind of this number, if there is one.
    pub fn from_code(code: u8) -> Option<QueryKind> {
        Some(match code {
            1 => QueryKind::Account,
            2 => QueryKind::Ticket,
            3 => QueryKind::Draw,
            4 => QueryKind::Room,
            5 => QueryKind::Ledger,
            6 => QueryKind::Audit,
            7 => QueryKind::Hold,
            8 => QueryKind::Tickets,
            9 => QueryKind::Draws,
            10 => QueryKind::Winners,
            11 => QueryKind::Limits,
            12 => QueryKind::Statement,
            13 => QueryKind::Commissions,
            14 => QueryKind::Periods,
            _ => return None,
        })
    }
}

impl Query {
    /// A read of `owner` that names nothing else.
    pub fn of(kind: QueryKind, owner: u64) -> Query {
        Query {
            kind: kind as u8,
            play: 0,
            number: 0.into(),
            reserved: 0.into(),
            owner: owner.into(),
            id: 0.into(),
        }
    }

    /// A read of a ticket.
    pub fn ticket(account: u64, id: u128) -> Query {
        Query { id: id.into(), ..Query::of(QueryKind::Ticket, account) }
    }

    /// A read of a hold.
    pub fn hold(account: u64, id: u128) -> Query {
        Query { id: id.into(), ..Query::of(QueryKind::Hold, account) }
    }

    /// A read of the room for a play on a number.
    pub fn room(book: u32, play: u8, number: u16) -> Query {
        Query { play, number: number.into(), ..Query::of(QueryKind::Room, book.into()) }
    }

    /// A page of tickets before `id` (0: from the newest), in a state (a [`BetState`], 0: in any).
    pub fn tickets(account: u64, id: u128, state: u8) -> Query {
        Query { id: id.into(), play: state, ..Query::of(QueryKind::Tickets, account) }
    }

    /// A page of winners from where a page before ended, 0: from the first.
    pub fn winners(book: u32, next: u128) -> Query {
        Query { id: next.into(), ..Query::of(QueryKind::Winners, book.into()) }
    }

    /// A page of limits from a number on.
    pub fn limits(book: u32, number: u16) -> Query {
        Query { number: number.into(), ..Query::of(QueryKind::Limits, book.into()) }
    }
}
