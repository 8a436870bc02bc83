//! Setting a logged command aside by its name, (tick, place in the tick), while the node is stopped.
//!
//! The record is a command like any other: it is appended to the log behind everything else, through the recovery that
//! every start runs, and no frame that exists is touched. What is set aside has to be known before the first tick is
//! replayed, for the command may be one that cannot be replayed at all; so the log has to be read once more before. A
//! *note*, a file beside the segments, says that this is worth while. It is made before the record, and is no source:
//! the log alone tells what is set aside, and a note that got lost is put back by whoever misses it.
//!
//! Deliberately absent: a way to lift a quarantine, and a way to set aside what no client sent.

use std::fs;
use std::io;
use std::path::Path;

use engine::command::{
    Body, COMMAND_BYTES_MAX, Command, CommandName, Commands, Kind, QUARANTINES_MAX, command_len, parse,
};
use wal::{Disk, FileDisk, FrameView, Held, LogError, LogOptions, Preference, ReplayStop};

use crate::fatal::Fatal;
use crate::replay::check_version;

/// What the name of every note begins with.
const NOTE: &str = "quarantine-tick-";

/// A quarantine, as the log holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The command that is set aside.
    pub name: CommandName,
    /// The tick that holds the record.
    pub recorded: u64,
    /// Time of that tick, nanoseconds since the Unix epoch.
    pub time: u64,
    /// Who set it aside.
    pub who: String,
    /// Why.
    pub why: String,
}

/// A command of the log, for those who are to judge whether it is the one they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: CommandName,
    /// What it asks for.
    pub kind: Kind,
    /// Account, game or book, by kind.
    pub owner: u64,
    /// Its id, a UUIDv7.
    pub id: u128,
    /// The principal.
    pub actor: u32,
    /// Commands in its tick.
    pub of: u32,
    /// Ticks behind its own.
    pub ticks_behind: u64,
}

/// What became of a request to set a command aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is set aside by this record, from now on.
    Recorded(Target, Record),
    /// It was set aside before, by this record; nothing was added to the log.
    Known(Target, Record),
}

/// Why a command cannot be set aside.
#[derive(Debug, thiserror::Error)]
pub enum QuarantineError {
    /// The log cannot be opened, read or written.
    #[error(transparent)]
    Fatal(#[from] Fatal),
    /// There is no log.
    #[error("{0} holds no log: name the data directory of a node")]
    NoLog(String),
    /// No such tick.
    #[error("there is no tick {tick}: the log holds ticks 1 to {last}")]
    TickUnknown {
        /// As asked for.
        tick: u64,
        /// The last there is.
        last: u64,
    },
    /// No such command in the tick.
    #[error("tick {tick} has no command {index}: it has {count}, counted from 0")]
    CommandUnknown {
        /// The tick.
        tick: u64,
        /// As asked for.
        index: u32,
        /// Commands in the tick.
        count: u32,
    },
    /// A command that the node itself made.
    #[error("command {index} of tick {tick} is of kind {kind:?}: the node's own cannot be set aside")]
    NodesOwn {
        /// The tick.
        tick: u64,
        /// Its place in the tick.
        index: u32,
        /// What it is.
        kind: Kind,
    },
    /// As many are set aside as may be.
    #[error("{0} commands are set aside, which is the most that a ledger can have")]
    Full(u32),
    /// Who or why cannot be recorded.
    #[error("who must be 1 to 64 bytes of text and why 1 to 256, without control characters")]
    Text,
}

impl QuarantineError {
    /// The exit status that stands for it; docs/operations.md lists them.
    pub fn exit_status(&self) -> u8 {
        match self {
            QuarantineError::Fatal(fatal) => fatal.exit_status(),
            QuarantineError::NoLog(_) => 66,
            QuarantineError::Text => 64,
            QuarantineError::TickUnknown { .. }
            | QuarantineError::CommandUnknown { .. }
            | QuarantineError::NodesOwn { .. }
            | QuarantineError::Full(_) => 65,
        }
    }
}

impl From<LogError> for QuarantineError {
    fn from(error: LogError) -> Self {
        QuarantineError::Fatal(Fatal::of_log(error))
    }
}

/// What the log in this directory sets aside, in the order of the records. The log is locked meanwhile.
///
/// # Errors
/// Why it cannot be read.
pub fn list(directory: &Path) -> Result<Vec<Record>, QuarantineError> {
    Ok(Search::through(&mut open(directory)?, None)?.records)
}

/// The command of this name in the log in this directory, and the record that sets it aside, if there is one.
///
/// # Errors
/// Why it could not be set aside.
pub fn find(directory: &Path, name: CommandName) -> Result<(Target, Option<Record>), QuarantineError> {
    let search = Search::through(&mut open(directory)?, Some(name))?;
    Ok((search.target(name)?, search.record(name).cloned()))
}

/// Sets the command of this name aside. `now` is the time, nanoseconds since the Unix epoch.
///
/// # Errors
/// Why not; then nothing was changed, unless the error is of the disk itself.
pub fn set_aside(
    directory: &Path,
    name: CommandName,
    (who, why): (&str, &str),
    now: u64,
) -> Result<Outcome, QuarantineError> {
    let mut disk = open(directory)?;
    let search = Search::through(&mut disk, Some(name))?;
    let target = search.target(name)?;
    if let Some(record) = search.record(name) {
        note(&mut disk, directory, name)?;
        return Ok(Outcome::Known(target, record.clone()));
    }
    if search.records.len() >= QUARANTINES_MAX as usize {
        return Err(QuarantineError::Full(QUARANTINES_MAX));
    }
    let (tick, time) = (search.held.tick + 1, now.max(search.held.time + 1));
    if who.len() + why.len() > COMMAND_BYTES_MAX {
        return Err(QuarantineError::Text);
    }
    let mut commands = Commands::new();
    commands.quarantine(id_of(tick, time), name, who, why);
    if parse(commands.as_bytes(), None).is_err() {
        return Err(QuarantineError::Text);
    }
    note(&mut disk, directory, name)?;
    append(disk, &search.held, commands.as_bytes(), (tick, time))?;
    let record = Record { name, recorded: tick, time, who: who.to_owned(), why: why.to_owned() };
    Ok(Outcome::Recorded(target, record))
}

/// A UUIDv7 of the tick's time that no other record has.
fn id_of(tick: u64, time: u64) -> u128 {
    u128::from(time / 1_000_000) << 80 | 7 << 76 | 0b10 << 62 | u128::from(tick & (u64::MAX >> 2))
}

/// Appends one tick, with the recovery of every start before it and a closing mark behind it.
fn append(
    disk: FileDisk,
    held: &Held,
    command: &[u8],
    (tick, time): (u64, u64),
) -> Result<(), QuarantineError> {
    let options = LogOptions { apply_version: engine::APPLY_VERSION, ..held.options.clone() };
    let (mut log, _) = wal::open(disk, options, &mut |_| Ok(()))?;
    let fits = log.begin().is_some_and(|mut frame| frame.push(command));
    assert!(fits, "a log that was just opened has an empty frame, and a record fits it");
    // No ledger was built here: what was applied last is told as the last frame tells it.
    log.append(tick, time, held.applied)?;
    while log.in_flight() > 0 {
        log.wait(None)?;
        log.reap()?;
    }
    if let Some(frame) = log.next_durable() {
        log.release(frame);
    }
    log.close_mark(held.applied)?;
    while log.in_flight() > 0 {
        log.wait(None)?;
        log.reap()?;
    }
    Ok(())
}

/// Opens a directory that holds a log; one that does not is left as it is.
fn open(directory: &Path) -> Result<FileDisk, QuarantineError> {
    let holds = |name: io::Result<fs::DirEntry>| {
        name.is_ok_and(|entry| entry.path().extension().is_some_and(|extension| extension == "log"))
    };
    if !fs::read_dir(directory).is_ok_and(|mut names| names.any(holds)) {
        return Err(QuarantineError::NoLog(directory.display().to_string()));
    }
    Ok(FileDisk::open(directory, Preference::Best)?)
}

/// What the log is known to set aside before it is replayed: nothing, unless there is a note.
pub(crate) fn known(disk: &mut FileDisk, directory: &Path) -> Result<Vec<Record>, Fatal> {
    let is_note = |name: io::Result<fs::DirEntry>| {
        name.is_ok_and(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(NOTE)))
    };
    let names = fs::read_dir(directory).map_err(|source| LogError::Disk {
        action: "list the directory",
        file: directory.display().to_string(),
        source,
    })?;
    if !names.into_iter().any(is_note) {
        return Ok(Vec::new());
    }
    tracing::info!("a note says that commands are set aside: reading the log for their records first");
    Ok(Search::through(disk, None).map_err(Fatal::of_log)?.records)
}

/// Makes the note that has the log read before it is replayed, unless it is there.
pub(crate) fn note(disk: &mut impl Disk, directory: &Path, name: CommandName) -> Result<(), Fatal> {
    let file = format!("{NOTE}{}-command-{}", name.tick, name.index);
    if directory.join(&file).exists() {
        return Ok(());
    }
    let text =
        "The log here sets a command aside, and is read for it before it is replayed. Keep this file.\n";
    let kept = disk.keep_aside(&file, text.as_bytes());
    kept.map(|_| ()).map_err(|source| {
        Fatal::Log(LogError::Disk { action: "keep a note in", file: directory.display().to_string(), source })
    })
}

/// What is looked for in a log, and what was found.
struct Search {
    wanted: Option<CommandName>,
    /// Each command's first record.
    records: Vec<Record>,
    /// Kind, owner, id and actor of the command wanted.
    found: Option<(Kind, u64, u128, u32)>,
    /// Commands in its tick.
    of: u32,
    held: Held,
}

impl Search {
    fn through(disk: &mut impl Disk, wanted: Option<CommandName>) -> Result<Search, LogError> {
        let (mut records, mut found, mut of) = (Vec::new(), None, 0);
        let held = wal::read(disk, &mut |frame| {
            check_version(frame.header)?;
            let tick = frame.header.tick.get();
            let wanted = wanted.filter(|name| name.tick == tick);
            if wanted.is_some() {
                of = frame.header.count.get();
            }
            each_command(frame.commands, |index, bytes| {
                // Kinds are told apart by one byte; only what is wanted is looked at further.
                let is_wanted = wanted.is_some_and(|name| name.index == index);
                if !is_wanted && bytes[2] != Kind::Quarantine as u8 {
                    return;
                }
                let Ok(command) = parse(bytes, None) else { return };
                let header = command.header;
                if is_wanted {
                    let (owner, id) = (header.owner.get(), header.id.get());
                    found = Some((command.kind(), owner, id, header.actor.get()));
                }
                note_record(&frame, &command, &mut records);
            });
            Ok::<(), ReplayStop>(())
        })?;
        Ok(Search { wanted, records, found, of, held })
    }

    /// The command that was looked for, if it may be set aside.
    fn target(&self, name: CommandName) -> Result<Target, QuarantineError> {
        assert_eq!(self.wanted, Some(name), "it was looked for");
        let CommandName { tick, index } = name;
        if !(1..=self.held.tick).contains(&tick) {
            return Err(QuarantineError::TickUnknown { tick, last: self.held.tick });
        }
        let unknown = QuarantineError::CommandUnknown { tick, index, count: self.of };
        let (kind, owner, id, actor) = self.found.ok_or(unknown)?;
        if kind.lane().is_none() {
            return Err(QuarantineError::NodesOwn { tick, index, kind });
        }
        Ok(Target { name, kind, owner, id, actor, of: self.of, ticks_behind: self.held.tick - tick })
    }

    fn record(&self, name: CommandName) -> Option<&Record> {
        self.records.iter().find(|record| record.name == name)
    }
}

/// Calls `each` with the place and the bytes of every command, up to the first whose length cannot be believed.
fn each_command(commands: &[u8], mut each: impl FnMut(u32, &[u8])) {
    let mut rest = commands;
    for index in 0.. {
        let Some(len) = command_len(rest) else { return };
        let (command, behind) = rest.split_at(len);
        each(index, command);
        rest = behind;
    }
}

/// Keeps a record of a command before it, unless there is one already.
fn note_record(frame: &FrameView<'_>, command: &Command<'_>, records: &mut Vec<Record>) {
    let Body::Quarantine(head, behind) = command.body else { return };
    let (name, recorded) = (head.name(), frame.header.tick.get());
    let is_known = records.iter().any(|record| record.name == name);
    if let Some((who, why)) = head.texts(behind)
        && name.tick < recorded
        && !is_known
    {
        let (who, why) = (who.to_owned(), why.to_owned());
        records.push(Record { name, recorded, time: frame.header.time.get(), who, why });
    }
}
