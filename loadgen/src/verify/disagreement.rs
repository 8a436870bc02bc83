//! Where the ledger and the client's record differ.

use std::fmt;

use thiserror::Error;

use crate::record::Limit;

/// One difference; money in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Disagreement {
    /// An acknowledged ticket cannot be read.
    #[error("ticket {} was acknowledged and is gone: reading it gives {code}", Name(*account, *id))]
    TicketLost {
        /// Its account.
        account: u64,
        /// Its id.
        id: u128,
        /// The code of the answer.
        code: u16,
    },
    /// An acknowledged ticket stands, but not as it was sent and answered.
    #[error("ticket {}: its {what} is recorded as {recorded} and reads {read}", Name(*account, *id))]
    TicketDiffers {
        /// Its account.
        account: u64,
        /// Its id.
        id: u128,
        /// The field.
        what: &'static str,
        /// What the record says.
        recorded: i128,
        /// What was read.
        read: i128,
    },
    /// A ticket that was refused, or not taken, can be read.
    #[error("ticket {} was refused with {code} and stands all the same", Name(*account, *id))]
    RefusedStands {
        /// Its account.
        account: u64,
        /// Its id.
        id: u128,
        /// The code that refused it.
        code: u16,
    },
    /// A limit refused a bet that would have fitted, by the answer's own word, or where there is no limit.
    #[error("ticket {} was refused a stake of {stake} although {acceptable} was acceptable", Name(*account, *id))]
    RefusedInVain {
        /// Its account.
        account: u64,
        /// Its id.
        id: u128,
        /// The stake of the bet it was refused for.
        stake: i64,
        /// What would have been acceptable.
        acceptable: i64,
    },
    /// Tickets without an answer, which were not sent again: nothing can be said of their money.
    #[error("{tickets} tickets are still unanswered: send them again before verifying")]
    Unanswered {
        /// How many.
        tickets: u64,
    },
    /// An account's balance.
    #[error("account {account}: {what} should be {recorded} and reads {read}")]
    AccountDiffers {
        /// Its id.
        account: u64,
        /// The field.
        what: &'static str,
        /// Deposits − accepted stakes + payouts, by the record.
        recorded: i64,
        /// What was read.
        read: i64,
    },
    /// A number of a draw.
    #[error("draw {book}, play {play} on {number:03}: {what} should be {recorded} and reads {read}")]
    NumberDiffers {
        /// The draw's book.
        book: u32,
        /// The play.
        play: u8,
        /// The number.
        number: u16,
        /// The field.
        what: &'static str,
        /// By the record.
        recorded: i64,
        /// What was read.
        read: i64,
    },
    /// More was acknowledged on a number than its limit allows.
    #[error("draw {book}: the limit {limit:?} was broken, {taken} was acknowledged")]
    OverLimit {
        /// The draw's book.
        book: u32,
        /// The limit.
        limit: Limit,
        /// Stake or payout by the record.
        taken: i64,
    },
    /// A total of a draw.
    #[error("draw {book}: its {what} should be {recorded} and reads {read}")]
    DrawDiffers {
        /// Its book.
        book: u32,
        /// The field.
        what: &'static str,
        /// By the record.
        recorded: i64,
        /// What was read.
        read: i64,
    },
    /// A read was answered with a refusal or with something else.
    #[error("question {place} was not answered: code {code}")]
    NotAnswered {
        /// The place of the question.
        place: usize,
        /// The code of the answer.
        code: u16,
    },
}

/// A ticket in words: its account and its id as a UUID.
struct Name(u64, u128);

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.1;
        let (a, b, c, d) = (id >> 96, id >> 80 & 0xffff, id >> 64 & 0xffff, id >> 48 & 0xffff);
        write!(out, "{a:08x}-{b:04x}-{c:04x}-{d:04x}-{:012x} of account {}", id & 0xffff_ffff_ffff, self.0)
    }
}
