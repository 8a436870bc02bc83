//! How far a run has come, for those who watch it: plain counters that the run writes and anyone may read.
//!
//! They are for watching alone. What a run came to is counted from its record, where the last ticket of a connection
//! may have fewer bets than the others; here it counts as whole.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of bets; cloning gives another handle on the same ones.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    sent: AtomicU64,
    accepted: AtomicU64,
    refused: AtomicU64,
}

/// What the counters show; each is read by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Bets handed to the connection.
    pub sent: u64,
    /// Bets accepted.
    pub accepted: u64,
    /// Bets refused.
    pub refused: u64,
}

impl Progress {
    /// Notes that bets were sent.
    pub fn sent(&self, bets: usize) {
        self.0.sent.fetch_add(bets as u64, Ordering::Relaxed);
    }

    /// Notes that bets were answered.
    pub fn answered(&self, accepted: usize, refused: usize) {
        self.0.accepted.fetch_add(accepted as u64, Ordering::Relaxed);
        self.0.refused.fetch_add(refused as u64, Ordering::Relaxed);
    }

    /// What the counters show now.
    pub fn seen(&self) -> Seen {
        Seen {
            sent: self.0.sent.load(Ordering::Relaxed),
            accepted: self.0.accepted.load(Ordering::Relaxed),
            refused: self.0.refused.load(Ordering::Relaxed),
        }
    }
}

impl Seen {
    /// Bets answered.
    pub fn answered(&self) -> u64 {
        self.accepted + self.refused
    }
}
