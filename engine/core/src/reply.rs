//! Replies as bytes: what became of a command.
//!
//! A 24-byte [`ReplyHeader`] and `count` values of 8 bytes, little-endian. Of an accepted ticket the values are the
//! room left for the same play on the same number of each bet, in order; of a refusal there is one value, what would
//! have been acceptable (see [`crate::refusal`]); otherwise there is none. A one-bet answer is 32 bytes.

use alloc::vec::Vec;

use zerocopy::little_endian::{I64, U16, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::command::Fault;
use crate::refusal::{ACCEPTED, Refusal};

/// In `flags`: the id was seen before with the same content, and this is what became of it then.
pub const REPEATED: u8 = 1;
/// In `bet`: the reply concerns the whole command.
pub const NO_BET: u8 = 255;

/// The first 24 bytes of every reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
pub struct ReplyHeader {
    /// Bytes of the whole reply, a multiple of 8.
    pub len: U16,
    /// 0: accepted; below 100 a fault of form; from 100 a [`Refusal`].
    pub code: U16,
    /// [`REPEATED`] or 0.
    pub flags: u8,
    /// The bet a refusal concerns, from 0, or [`NO_BET`].
    pub bet: u8,
    /// Values that follow.
    pub count: u8,
    /// Zero.
    pub reserved: u8,
    /// The tick that decided it (of the first time, when repeated); 0 for a fault of form.
    pub tick: U64,
    /// The account's available balance after it, minor units (today's, when repeated); 0 where there is no account.
    pub available: I64,
}

/// A reply read from bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// The first 24 bytes.
    pub header: &'a ReplyHeader,
    /// Rooms, or what would have been acceptable.
    pub values: &'a [I64],
}

/// A command refused by the state it met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Refusal,
    /// The bet it concerns, from 0, or [`NO_BET`].
    pub bet: u8,
    /// What would have been right; see [`Refusal`].
    pub acceptable: i64,
}

impl Refused {
    /// A refusal of the whole command.
    pub fn whole(reason: Refusal, acceptable: i64) -> Refused {
        Refused { reason, bet: NO_BET, acceptable }
    }
}

impl<'a> Reply<'a> {
    /// Reads the first reply of `bytes` and what follows it; `None` if they do not hold a whole one.
    pub fn split(bytes: &'a [u8]) -> Option<(Reply<'a>, &'a [u8])> {
        let (header, rest) = ReplyHeader::ref_from_prefix(bytes).ok()?;
        let (values, rest) = <[I64]>::ref_from_prefix_with_elems(rest, usize::from(header.count)).ok()?;
        let len = size_of::<ReplyHeader>() + size_of_val(values);
        (usize::from(header.len.get()) == len).then_some((Reply { header, values }, rest))
    }

    /// Whether the command was carried out, now or the first time.
    pub fn is_accepted(&self) -> bool {
        self.header.code.get() == ACCEPTED
    }

    /// Whether the id had been seen before.
    pub fn is_repeated(&self) -> bool {
        self.header.flags & REPEATED != 0
    }

    /// The refusal, if it is one.
    pub fn refused(&self) -> Option<Refused> {
        let reason = Refusal::from_code(self.header.code.get())?;
        Some(Refused {
            reason,
            bet: self.header.bet,
            acceptable: self.values.first().map_or(0, |value| value.get()),
        })
    }
}

/// Appends the reply to an accepted command.
pub fn push_accepted(out: &mut Vec<u8>, flags: u8, tick: u64, available: i64, rooms: &[I64]) {
    push(out, ACCEPTED, flags, NO_BET, tick, available, rooms);
}

/// Appends the reply to a refused command.
pub fn push_refused(out: &mut Vec<u8>, flags: u8, tick: u64, available: i64, refused: Refused) {
    push(out, refused.reason as u16, flags, refused.bet, tick, available, &[refused.acceptable.into()]);
}

/// Appends the reply to a command whose form is wrong.
pub fn push_fault(out: &mut Vec<u8>, fault: &Fault) {
    let bet = fault.bet.unwrap_or(NO_BET);
    push(out, fault.reason as u16, 0, bet, 0, 0, &[fault.acceptable.into()]);
}

fn push(out: &mut Vec<u8>, code: u16, flags: u8, bet: u8, tick: u64, available: i64, values: &[I64]) {
    let header = ReplyHeader {
        len: ((size_of::<ReplyHeader>() + size_of_val(values)) as u16).into(),
        code: code.into(),
        flags,
        bet,
        count: values.len() as u8,
        reserved: 0,
        tick: tick.into(),
        available: available.into(),
    };
    out.extend_from_slice(header.as_bytes());
    out.extend_from_slice(values.as_bytes());
}
