//! Statements: the lines that tell how an account's balances came about.

use zerocopy::little_endian::{I64, U64, U128};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{Query, QueryKind};

/// What changed an account's balances. Numbers are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum MovementKind {
    /// A ticket was placed. Subject: the ticket.
    Stake = 1,
    /// A ticket was cancelled or voided. Subject: the ticket.
    Returned = 2,
    /// A bet won; net of tax. Subject: the ticket.
    Payout = 3,
    /// A bet's draw is void. Subject: the ticket.
    Refund = 4,
    /// A bet's draw has another result. Subject: the ticket.
    Correction = 5,
    /// Money came in. Subject: the reference, or the command's id without one.
    Deposit = 6,
    /// Money went out. Subject: the reference, or the command's id without one.
    Withdrawal = 7,
    /// Money went to another account. Subject: the command's id.
    TransferOut = 8,
    /// Money came from another account. Subject: the command's id.
    TransferIn = 9,
    /// A hold was placed. Subject: the hold.
    HoldPlaced = 10,
    /// A hold was posted; the amount is what was released. Subject: the hold.
    HoldPosted = 11,
    /// A hold was voided, or its time is over. Subject: the hold.
    HoldReleased = 12,
    /// Money was claimed. Subject: the command's id.
    OwedAdded = 13,
    /// What is owed was forgiven. Subject: the command's id.
    OwedWrittenOff = 14,
    /// Commission of a draw. Subject: the book.
    Commission = 15,
}

/// A line of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct StatementLine {
    /// What it is about, by its kind.
    pub subject: U128,
    /// The available balance after it, minor units.
    pub available: I64,
    /// What it added to the available balance, minor units; negative if it took from it.
    pub amount: I64,
    /// What it added to what is owed, minor units; negative if it was repaid or forgiven.
    pub owed: I64,
    /// The tick that it happened in.
    pub tick: U64,
    /// A [`MovementKind`].
    pub kind: u8,
    /// Zero.
    pub reserved: [u8; 7],
}

impl MovementKind {
    /// The kind of this number, if there is one.
    pub fn from_code(code: u8) -> Option<MovementKind> {
        Some(match code {
            1 => MovementKind::Stake,
            2 => MovementKind::Returned,
            3 => MovementKind::Payout,
            4 => MovementKind::Refund,
            5 => MovementKind::Correction,
            6 => MovementKind::Deposit,
            7 => MovementKind::Withdrawal,
            8 => MovementKind::TransferOut,
            9 => MovementKind::TransferIn,
            10 => MovementKind::HoldPlaced,
            11 => MovementKind::HoldPosted,
            12 => MovementKind::HoldReleased,
            13 => MovementKind::OwedAdded,
            14 => MovementKind::OwedWrittenOff,
            15 => MovementKind::Commission,
            _ => return None,
        })
    }
}

impl Query {
    /// A read of an account's statement.
    pub fn statement(account: u64) -> Query {
        Query::of(QueryKind::Statement, account)
    }
}
