//! What can keep a load from being prepared, run or verified. A refused bet is none: that is an outcome.

use client::ClientError;
use protocol::Code;
use protocol::error::ErrorCode;
use thiserror::Error;

use crate::record::Misheard;

/// Trouble with the node or the way to it.
#[derive(Debug, Error)]
pub enum Trouble {
    /// The connection cannot be had, or is lost.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A command that had to succeed did not.
    #[error("the node would not {what}: {}; acceptable: {acceptable}", Code::of(*code))]
    Refused {
        /// What was to be done.
        what: &'static str,
        /// The code of the reply or answer.
        code: u16,
        /// What would have been right.
        acceptable: i64,
    },
    /// A whole frame was turned away.
    #[error("the node rejected a frame: {code:?}, right would be {right}: {text}")]
    Rejected {
        /// Why.
        code: ErrorCode,
        /// What would have been right.
        right: u64,
        /// For a person to read.
        text: String,
    },
    /// An answer that cannot be one.
    #[error(transparent)]
    Misheard(#[from] Misheard),
    /// An answer to nothing that was asked, or one that cannot be read.
    #[error("the node sent {0}")]
    Unexpected(&'static str),
    /// Nothing came for too long.
    #[error("no answer within {0:?}, though {1} are owed")]
    Silent(std::time::Duration, usize),
}
