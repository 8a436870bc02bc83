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
//! - A result whose prizes come to more than the highest limit is refused (`CapacityReached`): such a draw can be
//!   called off.
//! - A refunded bet stands no more: it counts in no limit, and not among the draw's bets.
//! - A draw that is called off without a standing bet is void at once, and one that had not closed closes then.
//! - A suspended draw can be closed by command, like an open one.
//! - What an operator cancels and a cancel has marked already is `TicketCancelled`.
//! - A draw whose escrow has passed the highest limit takes no more bets (`CapacityReached`, of that bet).
//! - Credits other than deposits and transfers (payouts, refunds) are not held to the highest balance; a deposit into
//!   an account above it hears that nothing more can be added. What is set aside is part of the balance.
//! - Taking back a ticket brings a refund, which a closed account gets, too.
//! - A movement that is there already is found after the account's state was looked at, and before everything else:
//!   its date is no part of it. Only accepted movements leave their reference.
//! - An exclusion that has passed is in force no more: a later one may be as short as it likes.
//! - What is owed has the same highest as a balance: a claim that would pass it hears what can still be claimed.
//! - What leaves a hold goes back where it came from, and repays nothing.
//! - Holds of one account that expire at one time are let go by their ids.
//! - That a draw is created tells nothing; that a limit is reached is told also where no bet can be, for it has one.
//! - What comes in is told in full, also what of it repays a debt; a statement tells the two apart.
//! - A draw that has outlived a ticket counts its bets as before, and shows those that won no more.
//! - A rolling limit counts from the command that set the account's first one; of what lies before, only the refunds
//!   and payouts that come later count.
//! - What a correction visits are the bets that either result meets, those taken back included; it ends when all of them
//!   have had their turn, also where none of them stands.
//! - A correction that waits for a second principal is looked at like the result was: the bounds on what is paid, and on
//!   how often, are those of the one who confirms it.
//! - A draw that is called off before it closed was closed with nothing, and one that was being sealed stays so.
//! - What is posted of a draw falls due when the draw closed, a turn a tick, and before what else is due of it then.
//! - A tick takes back commission or gives back stakes of a draw, not both.
//! - Commission is rounded down for each line, and makes one also where the account that gets it is the one that bet.
//! - An id that a cancel has marked is answered before its principal is looked at: a ticket cancelled ahead of itself.
//!
//! Deliberately absent: the engine's types, its layouts, its hashing. The number of partitions matters only where a
//! bound is counted per partition, and those bounds are kept here only for ledgers of one partition.

mod agents;
mod book;
mod command;
mod commission;
mod correct;
mod due;
mod events;
mod game;
mod holds;
mod ledger;
mod life;
mod limits;
mod memory;
mod money;
mod pages;
mod reply;
mod retention;
mod rolling;
mod seal;
mod statement;
mod table;
mod ticket;
mod views;
mod wallet;

pub use agents::AGENT_DEPTH_MAX;
pub use book::{Book, State};
pub use command::{Ask, Bet, Cell, Command, Draw, Game, Limit, Parameters, Play, Scope};
pub use commission::CommissionLine;
pub use events::{Event, EventKind};
pub use game::{digits, highest, is_in_class, level, lines, orders};
pub use holds::{HoldSeen, HoldState};
pub use ledger::Model;
pub use pages::{DrawLine, LimitLine, Page, TicketLine, WinnerLine};
pub use reply::{Reason, Refused, Reply};
pub use statement::{Moved, Statement, StatementLine};
pub use ticket::Ticket;
pub use views::{AccountSeen, AuditSeen, BetSeen, BetState, DrawSeen, LedgerSeen, RoomSeen, TicketSeen};
pub use wallet::{Act, Counted, Period, Reference, Rolling, Status, Window};

/// Highest amount of one movement and of one stake, minor units.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// Highest balance that a deposit may lead to, minor units.
pub const BALANCE_MAX: i64 = 1_000_000_000_000_000;
/// A limit that is none, and the most that any room can be, minor units.
pub const NO_LIMIT: i64 = 1_000_000_000_000_000;
/// Highest prize per unit of stake.
pub const PRIZE_RATIO_MAX: u64 = 1_000_000;
/// Most winning numbers of a draw.
pub const RESULTS_MAX: usize = 32;
/// Nanoseconds of a millisecond.
pub const MS: u64 = 1_000_000;
/// Nanoseconds of a second.
pub const SECOND: u64 = 1_000_000_000;
/// Nanoseconds of an hour.
pub const HOUR: u64 = 3_600 * SECOND;
/// Nanoseconds of a day.
pub const DAY: u64 = 24 * HOUR;
/// How far ahead of the tick a reference may be dated, ns.
pub const REFERENCE_AHEAD: u64 = 10 * SECOND;
