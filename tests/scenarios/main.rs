//! The rules as scenarios: each a table that can be read on its own, behind the one door [`tests::table::check`].
//!
//! - `tickets`: what a bet meets on its way in, and what a ticket is.
//! - `limits`: stake and payout limits, defaults and overrides, blocks, room.
//! - `draws`: a draw's life and its refusals; games.
//! - `settling`: results, payouts over ticks, the house.
//! - `money`: accounts, deposits, withdrawals.
//! - `ids`: repetition, reuse, windows, floors, marks.
//! - `bounds`: tables that are full.
//! - `pick_3`: another 3-digit table, without a change of code.
//!
//! Deliberately absent: anything about bytes or disks. How the lines are read stands in [`tests::table`].

mod bounds;
mod draws;
mod ids;
mod limits;
mod money;
mod pick_3;
mod settling;
mod tickets;
