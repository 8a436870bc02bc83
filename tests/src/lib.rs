//! What the whole-system tests stand on; the tests themselves lie one folder up, a file for each question.
//!
//! - [`model`]: the rules again, plainly and slowly, with none of the engine's code. It is the judge.
//! - [`bridge`]: the one place that knows both, and turns the model's commands into the engine's bytes and back.
//! - [`games`]: game tables as text, and the published ones.
//! - [`pair`]: engine and model side by side, fed one stream and compared reply by reply and view by view.
//! - [`traffic`]: seeded streams of mixed commands that go looking for trouble.
//! - [`table`]: scenarios as text, behind the one door [`table::check`].
//! - [`twins`]: one ledger on several numbers of shards, for tests that say themselves what they expect.
//!
//! Deliberately absent: clocks, threads, files, and randomness that a seed does not fix.

pub mod bridge;
pub mod games;
pub mod model;
pub mod pair;
pub mod table;
pub mod traffic;
pub mod twins;
