//! The way in and the way out: bounded lock-free queues to the shard, and what answers go to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_queue::ArrayQueue;
use engine::query::Query;
use wal::Waker;

use crate::config::LoopConfig;
use crate::stats::Stats;

/// Where the answers of a connection go. Called on the shard's thread: cheap, and never blocks.
pub trait Outlet: Send + Sync {
    /// Replies to `count` commands of the frame `correlation`, from its `first` on; see [`engine::reply`].
    fn replies(&self, correlation: u64, first: u16, count: u16, replies: &[u8]);
    /// Answers to `count` reads of the frame `correlation`, from its `first` on; see [`engine::query`].
    fn answers(&self, correlation: u64, first: u16, count: u16, answers: &[u8]);
    /// Commands that were not taken: they are not in the log and never will be by this sending.
    fn unavailable(&self, correlation: u64, first: u16, count: u16, why: Unavailable);
    /// No more comes in this turn: pass on what has come.
    fn flush(&self);
}

/// Why commands were not taken, although nothing is wrong with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// The disk has no room for another segment of the log.
    LogFull,
    /// The node is stopping.
    ShuttingDown,
}

/// Commands of one frame, or a run of them: checked, stamped, one behind the other.
pub struct Batch {
    /// Who sent them.
    pub outlet: Arc<dyn Outlet>,
    /// The frame.
    pub correlation: u64,
    /// Place of the first command in the frame.
    pub first: u16,
    /// How many there are, at least one.
    pub count: u16,
    /// Their bytes.
    pub commands: Vec<u8>,
}

/// Reads of one frame.
pub struct Reads {
    /// Who sent them.
    pub outlet: Arc<dyn Outlet>,
    /// The frame.
    pub correlation: u64,
    /// Place of the first read in the frame.
    pub first: u16,
    /// The reads.
    pub queries: Vec<Query>,
}

/// A queue had no room; this is what was to go in.
pub struct Full<T>(pub T);

/// The queues into a shard. Clones share them.
#[derive(Clone)]
pub struct Ingress {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub bets: ArrayQueue<Batch>,
    pub operators: ArrayQueue<Batch>,
    pub reads: ArrayQueue<Reads>,
    pub stats: Stats,
    /// The shard sleeps, or is about to, and wants to be woken.
    is_asleep: AtomicBool,
    is_stopping: AtomicBool,
    waker: Waker,
}

impl Ingress {
    /// Queues of these sizes, to a shard that sleeps on what this waker ends.
    pub fn new(config: &LoopConfig, waker: Waker) -> Ingress {
        let shared = Shared {
            bets: ArrayQueue::new(config.bets_queue),
            operators: ArrayQueue::new(config.operators_queue),
            reads: ArrayQueue::new(config.reads_queue),
            stats: Stats::default(),
            is_asleep: AtomicBool::new(false),
            is_stopping: AtomicBool::new(false),
            waker,
        };
        Ingress { shared: Arc::new(shared) }
    }

    /// Commands of the bets lane.
    ///
    /// # Errors
    /// The batch itself, if the queue is full.
    pub fn bets(&self, batch: Batch) -> Result<(), Full<Batch>> {
        self.shared.bets.push(batch).map_err(Full)?;
        self.shared.wake();
        Ok(())
    }

    /// Commands of the operators' lane.
    ///
    /// # Errors
    /// The batch itself, if the queue is full: hold its sender back.
    pub fn operators(&self, batch: Batch) -> Result<(), Full<Batch>> {
        self.shared.operators.push(batch).map_err(Full)?;
        self.shared.wake();
        Ok(())
    }

    /// Reads.
    ///
    /// # Errors
    /// The reads themselves, if the queue is full.
    pub fn reads(&self, reads: Reads) -> Result<(), Full<Reads>> {
        self.shared.reads.push(reads).map_err(Full)?;
        self.shared.wake();
        Ok(())
    }

    /// Batches that wait: bets, operators' commands, reads.
    pub fn waiting(&self) -> (usize, usize, usize) {
        (self.shared.bets.len(), self.shared.operators.len(), self.shared.reads.len())
    }

    /// What the shard has done.
    pub fn stats(&self) -> &Stats {
        &self.shared.stats
    }

    /// Asks the shard to stop: what is in flight is finished, what waits is answered `ShuttingDown`.
    pub fn stop(&self) {
        self.shared.is_stopping.store(true, Ordering::SeqCst);
        self.shared.waker.wake();
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl Shared {
    pub(crate) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::SeqCst)
    }

    pub(crate) fn has_commands(&self) -> bool {
        !self.bets.is_empty() || !self.operators.is_empty()
    }

    pub(crate) fn has_reads(&self) -> bool {
        !self.reads.is_empty()
    }

    /// Says that the shard is about to sleep; whoever pushes from now on wakes it. Check the queues after this.
    pub(crate) fn fall_asleep(&self) {
        self.is_asleep.store(true, Ordering::SeqCst);
    }

    pub(crate) fn awake(&self) {
        self.is_asleep.store(false, Ordering::SeqCst);
    }

    /// The queue's own push and this load are sequentially consistent with `fall_asleep` and the check after it: one
    /// of the two sides sees the other.
    fn wake(&self) {
        std::sync::atomic::fence(Ordering::SeqCst);
        if self.is_asleep.load(Ordering::SeqCst) && self.is_asleep.swap(false, Ordering::SeqCst) {
            self.waker.wake();
        }
    }
}
