//! The edge of tote: bytes in, checked commands to the core, replies out.
//!
//! - [`config`]: every bound, with its default, as flags and environment.
//! - [`identity`]: certificate and token, made at the first start.
//! - [`quic`]: who may connect; [`greeting`]: how a connection begins; [`stream`]: the way in; [`outlet`]: the way
//!   back; [`check`]: one pass over a frame's commands; [`credit`]: what a connection may have unanswered.
//! - [`http`] and [`metrics`]: whether the node lives, is ready, and what it has done.
//! - [`demo`]: a node of its own, bet on, killed and verified.
//! - [`quarantine`]: commands of the log shown and set aside while the node is stopped; [`last_words`]: what is said of
//!   a panic that calls for it.
//! - [`serve`]: all of it together, from the first byte of configuration to an orderly end.
//!
//! Deliberately absent: betting rules (they are the engine's), any allocation or message per command, and a verifier
//! that accepts anything.
#![forbid(unsafe_code)]

pub mod check;
pub mod config;
pub mod credit;
pub mod demo;
pub mod game;
pub mod greeting;
pub mod http;
pub mod identity;
pub mod last_words;
pub mod metrics;
pub mod outlet;
pub mod quarantine;
pub mod quic;
pub mod serve;
pub mod stream;
