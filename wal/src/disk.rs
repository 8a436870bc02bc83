//! What the log asks of a disk, and the disks that there are.
//!
//! [`FileDisk`] is the real one: files in a directory under a lock, written through io_uring or, where that is
//! refused, with `pwritev2`. [`sim::SimDisk`] is the disk of tests and of the simulator: in memory, it remembers what
//! was written and what a power cut leaves.
//!
//! Deliberately absent: a write without its durability spelled out, a sync that is retried, a clock, and any thread
//! but the one that fills segments with zeros ahead of their use.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use crate::segment::SegmentHeader;

mod aligned;
mod blank;
mod blocking;
mod directory;
mod event;
mod file;
#[cfg(test)]
mod sandbox;
pub mod sim;
mod uring;

pub use aligned::Pages;
pub use directory::FileReader;
pub use file::{FileDisk, Preference};

/// When a write has to be safe from a power cut. There is no default: who writes says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Before its completion is reported.
    OnCompletion,
    /// At the next [`Disk::sync`] of the file.
    AtSync,
}

/// A write of the first `bytes` of a frame buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// Which buffer; it must not change until the write has completed.
    pub buffer: usize,
    /// How many of its bytes, a multiple of the block.
    pub bytes: usize,
    /// The segment to write to.
    pub segment: u64,
    /// Where in its file, a multiple of the block.
    pub offset: u64,
    /// When it has to be safe.
    pub durability: Durability,
}

/// The end of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The buffer that was written, and is the log's again.
    pub buffer: usize,
    /// Bytes written, or the system's error number.
    pub result: Result<usize, i32>,
}

/// How far a segment file that is made in the background has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// None was asked for.
    Idle,
    /// It is being made.
    Making,
    /// It exists: named, full of zeros, durable.
    Ready,
    /// The last attempt failed with this error number; the disk goes on trying.
    Failed(i32),
}

/// Files in the making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// The segment after the one being written.
    pub next: Progress,
    /// The segment kept back for operator commands and due work.
    pub reserve: Progress,
}

/// Where the log keeps its segments. One thread makes it and uses it; only its [`Waker`]s and [`Disk::Reader`]s
/// leave that thread.
pub trait Disk {
    /// Reads segments on another thread.
    type Reader: Reader;

    /// How frames are written, for logs and metrics: `io_uring`, `pwritev2`, ….
    fn name(&self) -> &'static str;
    /// Why they are written so, as a sentence for the operator.
    fn why(&self) -> &str;
    /// Logical block: writes begin and end at multiples of it. A power of two from 512 to 4096.
    fn block_bytes(&self) -> usize;

    /// Makes the frame buffers: `count` of `bytes` each. Called once, before the first write.
    fn allocate(&mut self, count: usize, bytes: usize) -> io::Result<()>;
    /// A frame buffer.
    fn buffer(&self, index: usize) -> &[u8];
    /// A frame buffer to be filled. Panics while it is being written.
    fn buffer_mut(&mut self, index: usize) -> &mut [u8];

    /// Begins a write. What becomes of it is told by [`Disk::reap`], even if it was refused at once.
    fn write(&mut self, write: Write);
    /// Hands out the writes that have ended, in the order of their ends; never blocks.
    fn reap(&mut self, each: &mut dyn FnMut(Completion));
    /// Blocks until a write ends, a waker wakes, or the timeout passes; may return early.
    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()>;
    /// Ends a [`Disk::wait`] from any thread.
    fn waker(&self) -> Waker;

    /// Sequence numbers of the segments that exist, ascending.
    fn segments(&mut self) -> io::Result<Vec<u64>>;
    /// The segment's file, as an operator would look for it.
    fn file(&self, segment: u64) -> String;
    /// A reader for another thread.
    fn reader(&self) -> Self::Reader;
    /// Makes everything written to the segment safe from a power cut.
    fn sync(&mut self, segment: u64) -> io::Result<()>;
    /// Keeps bytes in a file of their own, durably, under this name or a free one like it; returns the file.
    fn keep_aside(&mut self, name: &str, bytes: &[u8]) -> io::Result<String>;
    /// Overwrites `from..to` of a segment with zeros, durably.
    fn zero(&mut self, segment: u64, from: u64, to: u64) -> io::Result<()>;
    /// Removes a segment, durably.
    fn remove(&mut self, segment: u64) -> io::Result<()>;

    /// Makes a segment in the background. A request that is not fulfilled yet is replaced.
    fn prepare(&mut self, header: &SegmentHeader);
    /// Makes the reserve in the background, if there is none of this size.
    fn prepare_reserve(&mut self, segment_bytes: u64);
    /// How far both have come; never blocks.
    fn preparation(&self) -> Preparation;
    /// Blocks until the next segment is no longer [`Progress::Making`].
    fn wait_prepared(&mut self);
    /// Turns the reserve into this segment, durably.
    fn spend_reserve(&mut self, header: &SegmentHeader) -> io::Result<()>;
}

/// Reads segments, on the thread that verifies ahead of a replay.
pub trait Reader: Send {
    /// Bytes of a segment's file.
    fn bytes(&mut self, segment: u64) -> io::Result<u64>;
    /// Fills `into` from `offset` on. Its length, its place in memory (see [`Pages`]) and `offset` are multiples of
    /// 4096, and all of it lies within the file.
    fn read(&mut self, segment: u64, offset: u64, into: &mut [u8]) -> io::Result<()>;
}

/// Ends a wait of the log's thread from any other. Clones are cheap.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// A waker that does this.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Waker {
        Waker(Arc::new(wake))
    }

    /// Ends the wait that is under way, or the next one. Costs a system call: wake only a thread that sleeps.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Waker")
    }
}
