//! What clients and gateway say to each other over QUIC, as bytes.
//!
//! Both ways a stream carries [`frame`]s back to back: 16 bytes of header, then a body that the kind determines.
//! [`handshake`] opens a connection, [`pieces`] carry what became of commands and reads, [`error`] says what is wrong
//! with a frame and what would be right, and [`splitter`] finds the frames in a stream. The commands, queries,
//! replies and answers inside are the engine's own bytes, re-exported here, so that a client needs this crate alone.
//! `docs/protocol.md` draws every field.
//!
//! Deliberately absent: IO, QUIC, TLS, any waiting.
#![forbid(unsafe_code)]

pub use engine::{GAME_NUMBERS_MAX, command, query, refusal, reply};

mod code;
pub mod error;
pub mod frame;
pub mod handshake;
pub mod pieces;
pub mod splitter;
pub mod unavailable;

pub use code::Code;

/// The application protocol that both sides name in the TLS handshake (ALPN).
pub const ALPN: &[u8] = b"tote/1";
/// The version that [`handshake::Hello`] asks for and [`handshake::Welcome`] confirms.
pub const VERSION: u16 = 1;
