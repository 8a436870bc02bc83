//! The pure core of tote: `(state', replies) = apply(state, tick)`.
//!
//! Nothing here reads a clock, randomness, a float, a file or the node's configuration; the crate is `no_std`, so
//! that most of it does not even compile. Time is the tick's. What the engine may do is fixed by the commands it is
//! given, and its rows lie in pages, from which a cut can be taken at any tick boundary. Beside the pages, and outside the
//! digest, lie the heads of lists, counts, free pages and deadlines.
//!
//! Deliberately absent: IO, threads, logging, ids or numbers made here.
#![no_std]

extern crate alloc;

mod account;
mod agents;
mod book;
pub mod command;
mod commission;
mod crew;
mod engine;
pub mod event;
mod game;
mod hash;
mod ids;
mod partition;
pub mod query;
pub mod refusal;
pub mod reply;
mod storage;

pub use crew::{Alone, Crew};
pub use engine::{APPLY_VERSION, Cut, Deciding, Engine, GAMES_MAX, Mark, Outbox, Tick, TickPlace};
pub use game::GAME_NUMBERS_MAX;
pub use storage::arena::Arena;
