//! The commit log of tote: what it holds has happened, and what it does not hold has not.
//!
//! The log knows ticks and bytes, and has never heard of a bet. A tick is one frame; frames go into segments; each
//! frame carries the hash of the one before. Everything runs on the thread that opened the log:
//!
//! ```text
//!   begin ──▶ push … ──▶ append ──▶ in flight ──▶ reap ──▶ next_durable ──▶ commands ──▶ release
//!     ▲       the commands go straight into the buffer that is written, and are applied from it      │
//!     └──────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//!
//! | where | what |
//! |---|---|
//! | [`frame`] | the bytes of a frame, and what a stranger's bytes are |
//! | `segment` | the bytes of a segment's header |
//! | `log` | [`Log`]: appending, and the durable prefix |
//! | `recovery` | [`open()`]: the chain, the law that tells a torn tail from damage, the new epoch; [`read()`]: only looks |
//! | [`disk`] | [`Disk`] and the disks: io_uring, `pwritev2`, simulated |
//!
//! What holds:
//! - a tick is handed out by [`Log::next_durable`] only when it and every tick before it are safe from a power cut;
//! - after the first append that fails or falls short nothing is appended or promised any more;
//! - [`open()`] hands out every tick that was ever handed out before, or fails; it changes nothing before it has
//!   judged all there is, and never cuts what it cannot prove unacknowledged;
//! - a full disk is told ([`Status::Full`]) while a whole segment is still kept back.
//!
//! Deliberately absent: threads, but for the one that fills segments with zeros ahead of their use and the one that
//! verifies ahead of a replay; clocks; compression and encryption; a retry of a failed write; a repair of damage; the
//! removal of old segments, which needs a verified snapshot to stand behind.

pub mod disk;
mod error;
pub mod frame;
mod log;
mod options;
mod recovery;
mod segment;

pub use disk::{Disk, FileDisk, Preference, Waker};
pub use error::{AppendFault, Evidence, Fault, LogError, ReplayStop};
pub use frame::{FrameHeader, FrameView};
pub use log::{DurableFrame, FrameBuffer, Log, Status};
pub use options::{FRAME_BYTES_LIMIT, FRAMES_IN_FLIGHT_LIMIT, LogOptions};
pub use recovery::{Held, Recovered, TornTail, open, read};
pub use segment::SegmentHeader;
