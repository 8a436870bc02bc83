//! What can be wrong with a log or its disk, each with the place and with what would be right.

use std::error::Error;
use std::io;

/// Why a log cannot be opened, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A figure in the options is out of its bounds.
    #[error("log option {option} is {value}; right would be {right}")]
    Option {
        /// Name of the field.
        option: &'static str,
        /// Its value.
        value: u64,
        /// What would be right.
        right: &'static str,
    },
    /// Another process has the log open.
    #[error(
        "{file} is locked: another node has this log open; stop it, or give this one a directory of its own"
    )]
    Locked {
        /// The lock file.
        file: String,
    },
    /// A fresh directory, and nobody says which log it is to hold.
    #[error("the log is empty and no cluster was given: name the cluster that it is to belong to")]
    ClusterMissing,
    /// The log belongs to another cluster.
    #[error(
        "{file} at {offset} belongs to cluster {found:032x}, not to {expected:032x}: this is another node's log"
    )]
    ClusterForeign {
        /// The file.
        file: String,
        /// Where in it.
        offset: u64,
        /// The cluster that it names.
        found: u128,
        /// The cluster that was asked for, or that the earlier segments name.
        expected: u128,
    },
    /// The log was written by a later build.
    #[error("{file} at {offset} has format {found}, this build reads up to {known}: start the newer build")]
    FormatNewer {
        /// The file.
        file: String,
        /// Where in it.
        offset: u64,
        /// Its format.
        found: u16,
        /// The newest that this build reads.
        known: u16,
    },
    /// There is no log, though one is known of.
    #[error(
        "the log is empty, though all ticks to {durable_to} are known to have been durable: put its files back"
    )]
    LogMissing {
        /// The last tick known to have been durable.
        durable_to: u64,
    },
    /// A segment in the middle of the log, or the first one, is not there.
    #[error("{file} is missing, though the log goes on behind it: put it back from a copy or the archive")]
    SegmentMissing {
        /// The file that should exist.
        file: String,
    },
    /// A segment's header says that it belongs elsewhere in the log.
    #[error(
        "{file} holds segment {holds}: files were swapped or copied; name each by the segment that it holds"
    )]
    SegmentMisplaced {
        /// The file.
        file: String,
        /// The sequence number in its header.
        holds: u64,
    },
    /// Two files hold the same segment.
    #[error(
        "{file} and {other} both hold segment {sequence}: keep the right one aside from the log and remove the other"
    )]
    SegmentDoubled {
        /// A file under another segment's name.
        file: String,
        /// The file that bears the segment's own name.
        other: String,
        /// The sequence number in both headers.
        sequence: u64,
    },
    /// A segment is shorter or longer than its header says.
    #[error("{file} has {found} bytes, its header says {expected}: put it back from a copy or the archive")]
    SegmentSize {
        /// The file.
        file: String,
        /// Bytes of the file.
        found: u64,
        /// Bytes by its header.
        expected: u64,
    },
    /// A segment's header does not hold.
    #[error("the header of {file} is damaged: put the file back from a copy or the archive")]
    SegmentHeader {
        /// The file.
        file: String,
    },
    /// Ticks that may have been acknowledged cannot be read any more.
    #[error(
        "{file} is damaged at {offset}: tick {tick} cannot be read, and it was more than a write cut short \
         ({evidence}). Nothing was changed. Keep the directory (`cp -a`), then put the file back from a copy or the \
         archive; `xxd -s {offset} -l 512 {file}` shows what is there"
    )]
    Damage {
        /// The file.
        file: String,
        /// Where its first bad frame begins.
        offset: u64,
        /// The first tick that is lost.
        tick: u64,
        /// How it is known to be damage.
        evidence: Evidence,
    },
    /// The caller stopped the replay.
    #[error("replay stopped at tick {tick}")]
    Replay {
        /// The tick that was refused.
        tick: u64,
        /// The caller's reason.
        source: ReplayStop,
    },
    /// The disk refused something other than an append.
    #[error("cannot {action} {file}")]
    Disk {
        /// What was tried.
        action: &'static str,
        /// The file.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// An append failed. Nothing is known about the disk any more: retrying would lie, so the log is closed for ever.
    #[error(transparent)]
    Append(#[from] AppendFault),
    /// Current segment, next and reserve are used up.
    #[error(
        "no room for tick {tick}, and the reserve segment is used up: free space on the disk and start again"
    )]
    Exhausted {
        /// The tick that found no room.
        tick: u64,
        /// Why no segment could be made.
        source: io::Error,
    },
}

/// An append that the disk did not carry out in full.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("append of tick {tick} to {file} at {offset} failed: {fault}; the log is closed, restart the node")]
pub struct AppendFault {
    /// The file.
    pub file: String,
    /// Where the frame begins.
    pub offset: u64,
    /// The frame's tick.
    pub tick: u64,
    /// What happened.
    pub fault: Fault,
}

/// How an append failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The system refused it.
    #[error("{}", io::Error::from_raw_os_error(*.0))]
    Refused(i32),
    /// Fewer bytes were written than asked for.
    #[error("{written} of {expected} bytes were written")]
    Short {
        /// Bytes written.
        written: usize,
        /// Bytes asked for.
        expected: usize,
    },
}

/// How a bad frame is known to be damage rather than a torn tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Evidence {
    /// A later frame says that the tick was durable.
    #[error(
        "segment {segment} at {offset} holds tick {tick} and says that all ticks to {durable_to} were durable"
    )]
    WasDurable {
        /// Sequence number of the segment that holds the later frame.
        segment: u64,
        /// Where it begins.
        offset: u64,
        /// Its tick.
        tick: u64,
        /// What it says.
        durable_to: u64,
    },
    /// A later frame lies further on than frames can be in flight.
    #[error(
        "segment {segment} at {offset} holds tick {tick}, and at most {in_flight_max} frames are ever in flight"
    )]
    TooFarAhead {
        /// Sequence number of the segment that holds the later frame.
        segment: u64,
        /// Where it begins.
        offset: u64,
        /// Its tick.
        tick: u64,
        /// K of the segment of the bad frame.
        in_flight_max: u64,
    },
    /// The frame is there from end to end, and wrong.
    #[error("no sector of it is missing, as one would be after a write cut short")]
    NotCutShort,
    /// A snapshot or the archive says that the tick was durable.
    #[error("all ticks to {durable_to} are known to have been durable")]
    KnownElsewhere {
        /// The last tick known to have been durable.
        durable_to: u64,
    },
}

/// Why a caller stops a replay: a digest that differs, a version of `apply` that it does not run.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ReplayStop(#[from] pub Box<dyn Error + Send + Sync>);

impl ReplayStop {
    /// Stops for this reason.
    pub fn new(reason: impl Into<Box<dyn Error + Send + Sync>>) -> ReplayStop {
        ReplayStop(reason.into())
    }
}
