//! Opening a log.

use crate::disk::Disk;
use crate::error::{LogError, ReplayStop};
use crate::frame::FrameView;
use crate::log::Log;
use crate::options::LogOptions;

/// What was found and done when a log was opened.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Recovered {
    /// The last surviving tick; zero in a fresh log.
    pub tick: u64,
    /// Its time.
    pub time: u64,
    /// Ticks handed out.
    pub ticks: u64,
    /// Commands in them.
    pub commands: u64,
    /// Bytes of the frames that survived, padding included.
    pub bytes: u64,
    /// Segments of the log, those without frames aside.
    pub segments: u64,
    /// The epoch that this run writes.
    pub epoch: u64,
    /// What was cut, if anything.
    pub torn: Option<TornTail>,
}

/// The tail of a log that a power cut left unfinished: nothing in it was ever acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TornTail {
    /// The file in which it began.
    pub file: String,
    /// Where in it.
    pub offset: u64,
    /// The first tick that is not part of the log any more.
    pub tick: u64,
    /// Files that keep what was cut.
    pub kept: Vec<String>,
}

/// Opens a log: replays what survived, judges how it ends, and gets ready to go on.
pub fn open<D: Disk>(
    disk: D,
    options: LogOptions,
    on_tick: &mut dyn FnMut(FrameView<'_>) -> Result<(), ReplayStop>,
) -> Result<(Log<D>, Recovered), LogError> {
    todo!()
}
