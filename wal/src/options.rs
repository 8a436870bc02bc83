//! What a log is opened with, and the bounds that these figures must keep.

use crate::error::LogError;
use crate::segment::SEGMENT_HEADER_BYTES;

/// Most frames that may be in flight.
pub const FRAMES_IN_FLIGHT_LIMIT: usize = 64;
/// Longest frame that may be asked for.
pub const FRAME_BYTES_LIMIT: usize = 64 << 20;

/// What a log is opened with. Figures may differ from run to run: a segment keeps those it was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogOptions {
    /// The log's identity. Needed for a fresh directory; of an existing one it must be the identity, if given.
    pub cluster: Option<u128>,
    /// Written into every frame: the version of `apply` that this node runs.
    pub apply_version: u16,
    /// Bytes of a segment file, a multiple of 4096; the disk holds three more than the data fill: the one being
    /// written, the next, and the reserve. Default 64 MiB.
    pub segment_bytes: u64,
    /// Longest frame, header and padding included, a multiple of 4096. Default 1 MiB.
    pub frame_bytes_max: usize,
    /// K: most frames in flight, which is also the number of frame buffers. Default 8.
    pub frames_in_flight_max: usize,
    /// All ticks to this one are known from elsewhere (a snapshot's manifest, the archive) to have been durable, so
    /// that a log that ends before it is damaged. Default 0: nothing is known.
    pub known_durable_to: u64,
}

impl Default for LogOptions {
    fn default() -> LogOptions {
        LogOptions {
            cluster: None,
            apply_version: 1,
            segment_bytes: 64 << 20,
            frame_bytes_max: 1 << 20,
            frames_in_flight_max: 8,
            known_durable_to: 0,
        }
    }
}

impl LogOptions {
    pub(crate) fn check(&self) -> Result<(), LogError> {
        let page = SEGMENT_HEADER_BYTES;
        if !(1..=FRAMES_IN_FLIGHT_LIMIT).contains(&self.frames_in_flight_max) {
            return Err(LogError::Option {
                option: "frames_in_flight_max",
                value: self.frames_in_flight_max as u64,
                right: "1 to 64",
            });
        }
        if !self.frame_bytes_max.is_multiple_of(page)
            || !(page..=FRAME_BYTES_LIMIT).contains(&self.frame_bytes_max)
        {
            return Err(LogError::Option {
                option: "frame_bytes_max",
                value: self.frame_bytes_max as u64,
                right: "a multiple of 4096 up to 64 MiB",
            });
        }
        if !self.segment_bytes.is_multiple_of(page as u64)
            || self.segment_bytes < (page + self.frame_bytes_max) as u64
        {
            return Err(LogError::Option {
                option: "segment_bytes",
                value: self.segment_bytes,
                right: "a multiple of 4096 that holds a header of 4096 bytes and one longest frame",
            });
        }
        Ok(())
    }
}
