//! The rules of the ledger, said a second time: plain maps, wide integers, everything derived anew when asked.
//!
//! A tick does its due work and then its commands, one at a time, in index order. Nothing is kept that can be
//! summed from the bets: exposure, stakes, rooms and winners are looked up by walking them. That makes it slow and
//! easy to read against the rules, which is all it is for.
//!
//! Where the rules leave something open, this model decides so:
//! - The ids of accounts and of principals are apart, also where their numbers are equal.
//! - An accepted command that is not a ticket is remembered like a refused one for as long as its id could still
//!   come back (window and lead), but outside the ring: only refusals and marks are counted there. A ticket's id
//!   is remembered as long as its row.
//! - A cancel whose ticket is known and cancelled hears `TicketCancelled` whatever its draws do; so does a cancel
//!   of an id that another cancel has marked already.
//! - A cancel that names its own id hears `TicketUnknown`: that id is no ticket's.
//! - A bet that the result meets has won, also when its payout is floored to nothing.
//! - The bound on payouts counts the bets looked at, in the order of the bets: one that was taken back and would
//!   have won uses up its turn. So the work of a tick is bounded, whatever was cancelled.
//! - A draw whose escrow has passed the highest limit takes no more bets (`CapacityReached`, of that bet).
//! - Credits other than deposits (payouts, refunds) are not held to the highest balance; a deposit into an account
//!   above it hears that nothing more can be added.
//!
//! Deliberately absent: the engine's types, its layouts, its hashing. The number of partitions matters only where a
//! bound is counted per partition, and those bounds are kept here only for ledgers of one partition.

mod book;
mod command;
mod game;
mod ledger;
mod memory;
mod reply;
mod ticket;
mod views;

pub use book::{Book, State};
pub use command::{Ask, Bet, Cell, Command, Draw, Game, Limit, Parameters, Play, Scope};
pub use game::{digits, highest, is_in_class, orders};
pub use ledger::Model;
pub use reply::{Reason, Refused, Reply};
pub use ticket::Ticket;
pub use views::{AccountSeen, AuditSeen, BetSeen, BetState, DrawSeen, LedgerSeen, RoomSeen, TicketSeen};

/// Highest amount of one movement and of one stake, minor units.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// Highest balance that a deposit may lead to, minor units.
pub const BALANCE_MAX: i64 = 1_000_000_000_000_000;
/// A limit that is none, and the most that any room can be, minor units.
pub const NO_LIMIT: i64 = 1_000_000_000_000_000;
/// Highest prize per unit of stake.
pub const PRIZE_RATIO_MAX: u64 = 1_000_000;
/// Nanoseconds of a millisecond.
pub const MS: u64 = 1_000_000;
/// Nanoseconds of a second.
pub const SECOND: u64 = 1_000_000_000;
