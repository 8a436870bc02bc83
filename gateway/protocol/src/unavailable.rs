//! Why a command was not taken, although nothing is wrong with it: it never reached the log, and may be sent again.

use bytes::BufMut;
use zerocopy::IntoBytes;

use crate::reply::{NO_BET, ReplyHeader};

/// Codes of replies to commands that were not taken. Numbers are durable, between [`crate::refusal::Malformed`] and
/// [`crate::refusal::Refusal`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
pub enum Unavailable {
    /// The queue was full, and waiting was not possible.
    Busy = 50,
    /// The log cannot grow; reads and operators' commands go on.
    LogFull = 51,
    /// The node is stopping.
    ShuttingDown = 52,
}

impl Unavailable {
    /// The reason of this number, if there is one.
    pub fn from_code(code: u16) -> Option<Unavailable> {
        Some(match code {
            50 => Unavailable::Busy,
            51 => Unavailable::LogFull,
            52 => Unavailable::ShuttingDown,
            _ => return None,
        })
    }
}

/// Appends the reply to a command that was not taken.
pub fn push_unavailable(out: &mut impl BufMut, reason: Unavailable) {
    let header = ReplyHeader {
        len: (size_of::<ReplyHeader>() as u16).into(),
        code: (reason as u16).into(),
        flags: 0,
        bet: NO_BET,
        count: 0,
        reserved: 0,
        tick: 0.into(),
        available: 0.into(),
    };
    out.put_slice(header.as_bytes());
}
