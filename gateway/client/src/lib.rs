//! A client of tote over QUIC.
//!
//! [`Connection::connect`] greets a node whose certificate is known beforehand. From there [`Connection::call`] and
//! [`Connection::read`] ask and wait, for operators and tests, and [`Connection::split`] gives the two halves that a
//! gateway pipelines through: many frames under way, credit waited for, replies in pieces as they come. [`game_file`] turns
//! a table that people write into the command that defines a game. [`new_id`] names a command.
//! `gateway/client/examples/draw.rs` is a draw from its creation to its end.
//!
//! Deliberately absent: a verifier that accepts anything, and any retry. A command's own id makes sending it again
//! safe, and only the caller knows whether it still wants to.
#![forbid(unsafe_code)]

mod connection;
mod error;
pub mod game_file;
mod halves;
mod id;
mod owned;
pub mod transport;

pub use connection::{ConnectOptions, Connection};
pub use error::ClientError;
pub use halves::{Incoming, Receiver, Sender};
pub use id::new_id;
pub use owned::{OwnedAnswer, OwnedReply};
pub use protocol;
