//! What a shard has done, as plain atomics that a collector reads. Only the shard writes them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the start of the process, and gauges as of the last look.
#[derive(Debug, Default)]
pub struct Stats {
    /// Ticks applied since the start, without those of the replay.
    pub ticks: Figure,
    /// Commands applied since the start.
    pub commands: Figure,
    /// Of these, accepted.
    pub accepted: Figure,
    /// Bytes of ticks handed to the log: commands and headers, without padding and without marks.
    pub bytes_logged: Figure,
    /// Reads answered.
    pub reads: Figure,
    /// Ticks on their way to the disk.
    pub ticks_in_flight: Figure,
    /// Number of the last tick applied.
    pub tick: Figure,
    /// Digest after it, where the gauges were last taken.
    pub digest: Figure,
    /// Accounts.
    pub accounts: Figure,
    /// Resident tickets.
    pub tickets: Figure,
    /// Bets that stand and have no result.
    pub open_bets: Figure,
    /// Bytes of pages and index tables.
    pub used_bytes: Figure,
    /// Runs of commands that several shards decided together, and the rounds of votes that these took.
    pub runs: Figure,
    /// See `runs`.
    pub rounds: Figure,
    /// Commands that were left to one thread after the last round.
    pub decided_in_order: Figure,
    /// 1: the log is full and bets are refused.
    pub log_full: Figure,
    /// Ticks replayed at the start.
    pub replayed_ticks: Figure,
    /// Commands replayed at the start.
    pub replayed_commands: Figure,
    /// Recorded digests that the replay reproduced.
    pub replayed_digests: Figure,
    /// Time of the replay, microseconds.
    pub replay_us: Figure,
    /// How the log is written.
    pub disk: OnceLock<&'static str>,
    /// Why so.
    pub disk_why: OnceLock<String>,
}

/// A number that one thread writes and any reads.
#[derive(Debug, Default)]
pub struct Figure(AtomicU64);

impl Figure {
    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// One thread writes: a load and a store, no locked instruction.
    pub(crate) fn add(&self, value: u64) {
        self.set(self.get() + value);
    }
}
