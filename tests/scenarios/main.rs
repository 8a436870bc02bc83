//! The rules as scenarios: each a table that can be read on its own, behind the one door [`tests::table::check`].
//!
//! - `tickets`: what a bet meets on its way in, and what a ticket is.
//! - `limits`: stake and payout limits, defaults and overrides, blocks, room.
//! - `draws`: a draw's life and its refusals; games.
//! - `plays`: lines, groups, positions, levels, and what they press on.
//! - `several`: several winning numbers; rounding and tax; limits of the whole draw.
//! - `settling`: results, payouts over ticks, the house.
//! - `money`: accounts, deposits, withdrawals.
//! - `wallet`: transfers, references, debts, credit, standing, exclusions.
//! - `holds`: placed, posted, voided, expired.
//! - `rolling`: limits of an account over a day, a week, a month.
//! - `ids`: repetition, reuse, windows, floors, marks.
//! - `pages`: reads page by page.
//! - `bounds`: tables that are full.
//! - `pick_3`: another 3-digit table, without a change of code.
//!
//! Deliberately absent: anything about bytes or disks. How the lines are read stands in [`tests::table`].

mod bounds;
mod draws;
mod holds;
mod ids;
mod limits;
mod money;
mod pages;
mod pick_3;
mod plays;
mod rolling;
mod settling;
mod several;
mod tickets;
mod wallet;
