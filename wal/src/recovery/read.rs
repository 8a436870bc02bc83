//! Reading a log through without opening it: for those who have to know what it holds before they go on with it.

use super::{chain, survey};
use crate::disk::Disk;
use crate::error::{LogError, ReplayStop};
use crate::frame::FrameView;
use crate::options::LogOptions;

/// What a log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Number of the last surviving tick; zero in a fresh log.
    pub tick: u64,
    /// Its time, in nanoseconds since 1970.
    pub time: u64,
    /// Ticks handed out.
    pub ticks: u64,
    /// Commands in them.
    pub commands: u64,
    /// The last tick applied, and the digest after it, as the last frame has them.
    pub applied: (u64, u64),
    /// The options to open the log with so that its last segment is gone on with.
    pub options: LogOptions,
}

/// Reads a log and judges how it ends. Every surviving tick is handed to `on_tick`, in order and verified, as
/// [`super::open`] does; but nothing is changed, not even a torn tail.
pub fn read<D: Disk>(
    disk: &mut D,
    on_tick: &mut dyn FnMut(FrameView<'_>) -> Result<(), ReplayStop>,
) -> Result<Held, LogError> {
    let sequences = disk.segments().map_err(|source| LogError::Disk {
        action: "list the directory of",
        file: disk.file(1),
        source,
    })?;
    let segments = survey::survey(disk, &sequences, None)?;
    let (end, _) = chain::replay(disk.reader(), &segments, 0, on_tick)?;
    let mut options = LogOptions::default();
    if let Some(last) = segments.get(end.last_segment) {
        let measures = last.header.measures();
        options.cluster = Some(measures.cluster);
        options.segment_bytes = measures.segment_bytes;
        options.frame_bytes_max = measures.frame_bytes_max as usize;
        options.frames_in_flight_max = measures.frames_in_flight_max as usize;
    }
    Ok(Held {
        tick: end.head.tick,
        time: end.head.time,
        ticks: end.ticks,
        commands: end.commands,
        applied: end.head.applied,
        options,
    })
}
