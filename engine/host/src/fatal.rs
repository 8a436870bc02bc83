//! Why a node stops or does not start, each with its exit status.

use wal::LogError;

/// A reason to end the process. A panic would take one thread and leave the rest answering; these take all.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The log cannot be opened or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A replay did not reproduce a digest that the log recorded.
    #[error(
        "replay of tick {tick} gives digest {found:016x}, the log recorded {recorded:016x}: \
         this build or this machine computes another ledger; nothing was written"
    )]
    DigestDiffers {
        /// The tick.
        tick: u64,
        /// As recorded when it was applied.
        recorded: u64,
        /// As replayed.
        found: u64,
    },
    /// The log was written under a version of `apply` that this build does not run.
    #[error(
        "tick {tick} was applied by version {found}, this build runs version {runs}: start the build that wrote it"
    )]
    ApplyVersion {
        /// The tick.
        tick: u64,
        /// As written.
        found: u16,
        /// As built.
        runs: u16,
    },
    /// The configuration contradicts itself.
    #[error("{setting} is {value}; right would be {right}")]
    Config {
        /// The setting.
        setting: &'static str,
        /// What it is.
        value: u64,
        /// What would be right.
        right: &'static str,
    },
    /// One of the node's threads could not be started.
    #[error("cannot start a thread of the node")]
    Thread(#[source] std::io::Error),
}

impl Fatal {
    /// The exit status that stands for it; docs/operations.md lists them.
    pub fn exit_status(&self) -> u8 {
        match self {
            Fatal::Config { .. } | Fatal::Log(LogError::Option { .. } | LogError::ClusterMissing) => 64,
            Fatal::Thread(_) => 71,
            Fatal::DigestDiffers { .. } => 80,
            Fatal::ApplyVersion { .. } | Fatal::Log(LogError::FormatNewer { .. }) => 81,
            Fatal::Log(
                LogError::Damage { .. }
                | LogError::LogMissing { .. }
                | LogError::SegmentHeader { .. }
                | LogError::SegmentMissing { .. }
                | LogError::SegmentMisplaced { .. }
                | LogError::SegmentDoubled { .. }
                | LogError::SegmentSize { .. },
            ) => 82,
            Fatal::Log(LogError::ClusterForeign { .. }) => 83,
            Fatal::Log(LogError::Append(_)) => 84,
            Fatal::Log(LogError::Exhausted { .. }) => 85,
            Fatal::Log(_) => 74,
        }
    }
}
