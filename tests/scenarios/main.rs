//! The rules as scenarios: each a table that can be read on its own, behind the one door [`tests::table::check`].
//!
//! - `tickets`: what a bet meets on its way in, and what a ticket is.
//! - `limits`: stake and payout limits, defaults and overrides, blocks, room.
//! - `draws`: a draw's life and its refusals; games.
//! - `plays`: lines, groups, positions, levels, and what they press on.
//! - `several`: several winning numbers; rounding and tax; limits of the whole draw.
//! - `seal`: what a draw is closed with.
//! - `settling`: results, payouts over ticks, the house.
//! - `correcting`: a result that takes another's place.
//! - `money`: accounts, deposits, withdrawals.
//! - `wallet`: transfers, references, debts, credit, standing, exclusions.
//! - `holds`: placed, posted, voided, expired.
//! - `rolling`: limits of an account over a day, a week, a month.
//! - `agents`: trees, principals, commission.
//! - `combined`: rules that meet.
//! - `ids`: repetition, reuse, windows, floors, marks.
//! - `statements`: what changes of a balance are called, and where a statement ends.
//! - `events`: what a tick tells beside its replies.
//! - `retention`: what leaves memory, when, and what is said of it.
//! - `pages`: reads page by page.
//! - `bounds`: tables that are full.
//! - `pick_3`: another 3-digit table, without a change of code.
//!
//! Deliberately absent: anything about bytes or disks. How the lines are read stands in [`tests::table`].

mod agents;
mod bounds;
mod combined;
mod correcting;
mod draws;
mod events;
mod holds;
mod ids;
mod limits;
mod money;
mod pages;
mod pick_3;
mod plays;
mod retention;
mod rolling;
mod seal;
mod settling;
mod several;
mod statements;
mod tickets;
mod wallet;
