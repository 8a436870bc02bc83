//! Events as bytes: what a tick has changed that no reply tells, for those who watch.
//!
//! They stand in [`Outbox::events`](crate::Outbox), those of the due work first, then by command; of each of these in the
//! order of (kind, owner, play, number, id), and where all of that is equal as they came about. Derived from the state,
//! and no part of it: whoever applies the same ticks has the same events.

use alloc::vec::Vec;

use zerocopy::little_endian::{I64, U16, U32, U64, U128};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

/// In `command`: the tick's due work, and no command of it.
pub const DUE_WORK: u32 = u32::MAX;

/// What an event tells. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EventKind {
    /// A draw has entered a state. Value: the [`DrawState`](crate::query::DrawState).
    DrawState = 1,
    /// A draw is sealed. Value: bets, extra: their stakes.
    Sealed = 2,
    /// The stake left on a number or class is less than the least of a bet. Play: the first of those that are counted
    /// together; number: the least of those that are. Value: what is left.
    StakeReached = 3,
    /// It no longer is.
    StakeLifted = 4,
    /// The payout left on a number is less than the least of a bet. Value: what is left, 0 of one that is blocked.
    PayoutReached = 5,
    /// It no longer is.
    PayoutLifted = 6,
    /// The stake left in the whole draw is less than the least of a bet. Value: what is left.
    DrawStakeReached = 7,
    /// It no longer is.
    DrawStakeLifted = 8,
    /// A bet was paid. Id: the ticket; value: what the account got, net of tax; extra: the balance after it.
    Paid = 9,
    /// A bet's stake was given back, for its draw is void. As [`EventKind::Paid`].
    Refunded = 10,
    /// Another result has changed what a bet was paid. As [`EventKind::Paid`]; the value may be negative.
    Corrected = 11,
    /// A hold was released, for its time is over. Id: the hold; value: its amount; extra: the balance after it.
    HoldExpired = 12,
    /// Commission was posted, or taken back where the value is negative. Id: the book; extra: the balance after it.
    Commission = 13,
    /// A transfer came in. Id: that of the command; value: the amount; extra: the balance after it.
    Received = 14,
    /// A draw has left memory.
    Archived = 15,
}

/// One event: 48 bytes. Fields that its kind does not name are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct Event {
    /// An [`EventKind`].
    pub kind: u8,
    /// The play's code.
    pub play: u8,
    /// The number.
    pub number: U16,
    /// Place of the command in its tick, from 0, or [`DUE_WORK`].
    pub command: U32,
    /// The book, or the account.
    pub owner: U64,
    /// The ticket, hold, command or book.
    pub id: U128,
    /// By kind.
    pub value: I64,
    /// By kind.
    pub extra: I64,
}

const _: () = assert!(size_of::<Event>() == 48);

impl Event {
    /// An event of a kind that says nothing else of its owner yet.
    fn new(kind: EventKind, owner: u64) -> Event {
        Event {
            kind: kind as u8,
            play: 0,
            number: 0.into(),
            command: DUE_WORK.into(),
            owner: owner.into(),
            id: 0.into(),
            value: 0.into(),
            extra: 0.into(),
        }
    }

    /// A draw has entered a state.
    pub fn draw_state(book: u32, state: u8) -> Event {
        Event { value: i64::from(state).into(), ..Event::new(EventKind::DrawState, book.into()) }
    }

    /// A draw is sealed, with so many bets of so much stake.
    pub fn sealed(book: u32, bets: u64, stake: i64) -> Event {
        let bets = i64::try_from(bets).unwrap_or(i64::MAX);
        Event { value: bets.into(), extra: stake.into(), ..Event::new(EventKind::Sealed, book.into()) }
    }

    /// A limit was reached or lifted: one of the kinds that say so.
    pub fn limit(kind: EventKind, book: u32, play: u8, number: u16, left: i64) -> Event {
        Event { play, number: number.into(), value: left.into(), ..Event::new(kind, book.into()) }
    }

    /// An account's balance was changed by a bet: [`EventKind::Paid`], [`EventKind::Refunded`] or
    /// [`EventKind::Corrected`].
    pub fn bet(kind: EventKind, ticket: u128, play: u8, number: u16, balance: Balance) -> Event {
        Event { play, number: number.into(), ..Event::balance(kind, ticket, balance) }
    }

    /// A hold was released, for its time is over.
    pub fn hold_expired(hold: u128, balance: Balance) -> Event {
        Event::balance(EventKind::HoldExpired, hold, balance)
    }

    /// Commission of a draw was posted or taken back.
    pub fn commission(book: u32, balance: Balance) -> Event {
        Event::balance(EventKind::Commission, book.into(), balance)
    }

    /// A transfer came in, by the command of this id.
    pub fn received(id: u128, balance: Balance) -> Event {
        Event::balance(EventKind::Received, id, balance)
    }

    /// A draw has left memory.
    pub fn archived(book: u32) -> Event {
        Event::new(EventKind::Archived, book.into())
    }

    fn balance(kind: EventKind, id: u128, balance: Balance) -> Event {
        let Balance { account, amount, available } = balance;
        Event { id: id.into(), value: amount.into(), extra: available.into(), ..Event::new(kind, account) }
    }

    /// What events of one command, or of the due work, are ordered by.
    fn order(&self) -> (u8, u64, u8, u16, u128) {
        (self.kind, self.owner.get(), self.play, self.number.get(), self.id.get())
    }
}

/// What changed an account's balance, and the available balance after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Balance {
    pub account: u64,
    pub amount: i64,
    pub available: i64,
}

impl EventKind {
    /// The kind of this number, if there is one.
    pub fn from_code(code: u8) -> Option<EventKind> {
        Some(match code {
            1 => EventKind::DrawState,
            2 => EventKind::Sealed,
            3 => EventKind::StakeReached,
            4 => EventKind::StakeLifted,
            5 => EventKind::PayoutReached,
            6 => EventKind::PayoutLifted,
            7 => EventKind::DrawStakeReached,
            8 => EventKind::DrawStakeLifted,
            9 => EventKind::Paid,
            10 => EventKind::Refunded,
            11 => EventKind::Corrected,
            12 => EventKind::HoldExpired,
            13 => EventKind::Commission,
            14 => EventKind::Received,
            15 => EventKind::Archived,
            _ => return None,
        })
    }
}

/// Appends what was told of one command, or of the due work, in order, and forgets it.
pub(crate) fn push_events(out: &mut Vec<u8>, told: &mut Vec<Event>, command: u32) {
    told.sort_by_key(Event::order);
    for mut event in told.drain(..) {
        event.command = command.into();
        out.extend_from_slice(event.as_bytes());
    }
}

/// As [`push_events`], of commands that each event names, counted from the one at `first`.
pub(crate) fn push_events_of(out: &mut Vec<u8>, mut told: Vec<Event>, first: u32) {
    told.sort_by_key(|event| (event.command.get(), event.order()));
    for mut event in told {
        event.command = (first + event.command.get()).into();
        out.extend_from_slice(event.as_bytes());
    }
}
