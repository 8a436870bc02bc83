//! Commands that are set aside: answered [`Refusal::Quarantined`] in their turn, without any other effect.
//!
//! Which they are is known before the first tick: the log is read for their records first. A command that is set aside
//! is not even looked at, and stands alone in its tick, on any number of shards: what comes before it is finished, and
//! deciding starts anew behind it. When the tick that holds its record comes, the record becomes a row of the ledger.
//!
//! Deliberately absent: a way back. What came after a record was decided without the command.

use alloc::vec::Vec;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::{Begun, Call, Engine, Outbox};
use crate::command::{CommandName, QUARANTINES_MAX, Quarantine, command_len};
use crate::crew::Crew;
use crate::refusal::Refusal;
use crate::reply::{Refused, push_refused};
use crate::storage::arena::Arena;
use crate::storage::table::{Table, TableCut};

/// Rows in a page.
const ROWS: usize = 16;
/// The name of the rows in the digest.
const NAME: u32 = 129;

/// A command that was set aside, once its record was applied.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub(super) struct QuarantineRow {
    /// The command's tick.
    tick: u64,
    /// The record's tick.
    recorded: u64,
    /// Hash of the record, who and why included.
    content: u64,
    /// The command's place in its tick.
    index: u32,
    reserved: u32,
}

/// What is set aside, and what is recorded of it by now.
pub(super) struct Quarantines {
    /// Ascending; known before the first tick.
    names: Vec<CommandName>,
    rows: Table<QuarantineRow, ROWS>,
    count: u32,
    /// A command that was applied before its record was known of.
    missed: Option<CommandName>,
}

/// The rows at the time of a cut.
pub(super) type QuarantinesCut = TableCut<QuarantineRow, ROWS>;

impl Quarantines {
    /// Of a ledger that begins now, and has been told of these names.
    pub(super) fn new(arena: &Arena, names: Vec<CommandName>) -> Quarantines {
        Quarantines { names, rows: Table::new(arena, NAME), count: 0, missed: None }
    }

    pub(super) fn digest(&self) -> u64 {
        self.rows.digest()
    }

    pub(super) fn cut(&mut self) -> QuarantinesCut {
        self.rows.cut()
    }

    /// The places of a tick's commands that are set aside, ascending.
    pub(super) fn of_tick(&self, tick: u64) -> Vec<u32> {
        let first = self.names.partition_point(|name| name.tick < tick);
        let of_tick = self.names[first..].iter().take_while(|name| name.tick == tick);
        of_tick.map(|name| name.index).collect()
    }
}

impl Engine {
    /// Sets these commands aside, for the whole life of the ledger.
    ///
    /// # Panics
    /// If a tick was applied before: a fault of the caller.
    pub fn set_aside(&mut self, names: impl IntoIterator<Item = CommandName>) {
        assert_eq!(self.tick, 0, "what is set aside is known before the first tick");
        self.aside.extend(names);
        self.aside.sort_unstable();
        self.aside.dedup();
    }

    /// A command that this ledger has applied although a record says that it is set aside: it was not told in time, and
    /// has to be built anew.
    pub fn missed_quarantine(&self) -> Option<CommandName> {
        self.begun.as_ref()?.quarantines.missed
    }
}

impl Begun {
    /// Runs a tick's commands in pieces, around those that are set aside.
    pub(super) fn run_around<C: Crew>(
        &mut self,
        aside: &[u32],
        commands: &[u8],
        out: &mut Outbox,
        crew: &mut C,
    ) {
        let (mut rest, mut at) = (commands, 0);
        for &index in aside {
            let Some((before, len)) = find(rest, index - at) else { break };
            self.run_piece(&rest[..before], out, crew);
            out.begin_command();
            push_refused(&mut out.replies, 0, self.window.tick, 0, Refused::whole(Refusal::Quarantined, 0));
            (rest, at) = (&rest[before + len..], index + 1);
        }
        self.run_piece(rest, out, crew);
    }

    /// Makes a record a row of the ledger. A second record of the same command changes nothing.
    pub(super) fn record(&mut self, call: &Call<'_>, record: &Quarantine) -> Result<(), Refused> {
        let (name, recorded) = (record.name(), self.window.tick);
        let quarantines = &mut self.quarantines;
        if quarantines.names.binary_search(&name).is_err() {
            // A name that lies ahead was no command yet; one behind has been applied already.
            quarantines.missed = quarantines.missed.or(Some(name).filter(|name| name.tick < recorded));
            return Err(Refused::whole(Refusal::QuarantineMisplaced, 0));
        }
        let is_name = |row: &QuarantineRow| (row.tick, row.index) == (name.tick, name.index);
        if (0..quarantines.count).any(|slot| is_name(quarantines.rows.row(slot))) {
            return Ok(());
        }
        if quarantines.count == QUARANTINES_MAX {
            return Err(Refused::whole(Refusal::CapacityReached, QUARANTINES_MAX.into()));
        }
        if quarantines.count.is_multiple_of(ROWS as u32) {
            quarantines.rows.add_page();
        }
        let CommandName { tick, index } = name;
        let row = QuarantineRow { tick, recorded, content: call.content, index, reserved: 0 };
        quarantines.rows.fill(quarantines.count, row);
        quarantines.count += 1;
        Ok(())
    }

    fn run_piece<C: Crew>(&mut self, commands: &[u8], out: &mut Outbox, crew: &mut C) {
        if (2..=self.partitions.len()).contains(&crew.shards()) {
            self.run_on(commands, out, crew);
        } else {
            self.run_all(commands, out);
        }
    }
}

/// Where the command of this place lies among these, and its length.
fn find(commands: &[u8], index: u32) -> Option<(usize, usize)> {
    let mut at = 0;
    for _ in 0..index {
        at += command_len(&commands[at..])?;
    }
    Some((at, command_len(&commands[at..])?))
}
