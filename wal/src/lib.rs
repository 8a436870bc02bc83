//! The commit log of tote: what is in it has happened, what is not in it has not.

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
pub use options::LogOptions;
pub use recovery::{Recovered, TornTail, open};
pub use segment::SegmentHeader;
