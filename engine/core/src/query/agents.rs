//! What reads about agents show.

use zerocopy::little_endian::{I64, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{Query, QueryKind};

/// What an account was paid of what an agent sold in a draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct CommissionLine {
    /// The selling agent: the account that bet, or the nearest above it that has ever had a period of commission.
    pub agent: U64,
    /// The account that was paid: the agent or one above it.
    pub account: U64,
    /// What the agent sold: the stakes that stood when the draw closed, minor units.
    pub stake: I64,
    /// What the account was paid, minor units.
    pub amount: I64,
    /// The share that this is, in parts per million, rounded down to the minor unit.
    pub ppm: U32,
    /// 1: taken back, for the draw is void.
    pub reversed: u8,
    /// Zero.
    pub reserved: [u8; 3],
}

/// A period of commission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct PeriodLine {
    /// Of draws that close from then on, nanoseconds since the Unix epoch.
    pub from: U64,
    /// Of draws that close before then, nanoseconds since the Unix epoch; 0: for ever.
    pub until: U64,
    /// Parts per million of the stakes.
    pub ppm: U32,
    /// Zero.
    pub reserved: U32,
}

impl Query {
    /// A page of commissions of a draw from where a page before ended, 0: from the first.
    pub fn commissions(book: u32, next: u128) -> Query {
        Query { id: next.into(), ..Query::of(QueryKind::Commissions, book.into()) }
    }

    /// The periods of commission of an account.
    pub fn periods(account: u64) -> Query {
        Query::of(QueryKind::Periods, account)
    }
}
