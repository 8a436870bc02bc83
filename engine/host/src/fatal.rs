//! Why a node stops or does not start, each with its exit status.

use engine::TickPlace;
use engine::command::CommandName;
use wal::{LogError, ReplayStop};

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
        "tick {tick} was written under version {found} of apply, this build runs version {runs}: start a build whose \
         `tote --version` says `apply {found}`, such as the one that ran here last. A log cannot be carried over to \
         another version yet; nothing was changed"
    )]
    ApplyVersion {
        /// The tick.
        tick: u64,
        /// As written.
        found: u16,
        /// As built.
        runs: u16,
    },
    /// The log sets a command aside, but was replayed without this being known.
    #[error(
        "tick {recorded} sets command {} of tick {} aside, but the note that says so beside the log was missing. It \
         has been put back: start again", .name.index, .name.tick
    )]
    QuarantineMissed {
        /// The command.
        name: CommandName,
        /// The tick that holds the record.
        recorded: u64,
    },
    /// A panic while a tick was applied. The tick is in the log, so that every start comes to it again.
    #[error("apply panicked {}: {}", place_of(*.tick, *.place), remedy(*.tick, *.place, .data))]
    ApplyPanicked {
        /// The tick.
        tick: u64,
        /// Where in it.
        place: TickPlace,
        /// The node's data directory.
        data: String,
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
            Fatal::QuarantineMissed { .. } => 75,
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
            Fatal::ApplyPanicked { .. } => 86,
            Fatal::Log(_) => 74,
        }
    }

    /// The log's trouble, or the reason for which a replay was stopped.
    pub(crate) fn of_log(error: LogError) -> Fatal {
        match error {
            LogError::Replay { tick, source } => match source.0.downcast::<Fatal>() {
                Ok(fatal) => *fatal,
                Err(other) => Fatal::Log(LogError::Replay { tick, source: ReplayStop(other) }),
            },
            other => Fatal::Log(other),
        }
    }
}

fn place_of(tick: u64, place: TickPlace) -> String {
    match place {
        TickPlace::DueWork => format!("in the due work of tick {tick}, before its first command"),
        TickPlace::Command(index) => format!("at command {index} of tick {tick}"),
        TickPlace::From(index) => format!("at one of the commands of tick {tick} from {index} on"),
    }
}

/// What an operator can do about a tick that cannot be applied.
fn remedy(tick: u64, place: TickPlace, data: &str) -> String {
    let command = match place {
        TickPlace::Command(index) => format!(
            "`tote quarantine {data} --tick {tick} --command {index} --by WHO --because WHY` sets the command aside"
        ),
        TickPlace::From(_) => "start with `--shards 1` to be told which command it is".to_owned(),
        TickPlace::DueWork => "no command of this tick is the cause, and none can be named".to_owned(),
    };
    format!(
        "a start of this build ends here every time. Start the build that ran before, if it applies the tick; else \
         {command}. Please report it"
    )
}
