//! Open-loop load for tote over QUIC, and a verification from the client's own record of answers.
//!
//! [`prepare`] sets up a game, a draw and accounts; [`load`] pours tickets in, made from [`traffic`] by a
//! [`schedule`], and keeps a [`record`] of what was sent and answered; [`resend`] settles what stayed unanswered;
//! [`verify`] judges the ledger by the record, with the questions that [`reads`] asks. [`latency`] counts from when a
//! ticket should have been sent, so a stall of the node shows in every ticket that it held up. The binary `loadgen`
//! runs these one after the other; the demo of tote kills the node between them.
//!
//! Deliberately absent: any trust in the node's own figures, any retry inside a run, and the engine's arithmetic: what
//! a number pays is computed anew in [`game`].
#![forbid(unsafe_code)]

pub mod chance;
pub mod flight;
pub mod game;
pub mod id;
pub mod latency;
pub mod load;
pub mod machine;
pub mod prepare;
pub mod progress;
pub mod pulse;
pub mod reads;
pub mod record;
pub mod report;
pub mod resend;
pub mod schedule;
pub mod traffic;
pub mod trouble;
pub mod verify;
pub mod watch;
