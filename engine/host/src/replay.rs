//! Rebuilds the engine from the log, and holds it to every digest that the log recorded.

use std::collections::VecDeque;

use engine::{Crew, Engine, Mark, Outbox, Tick};
use wal::{FrameHeader, FrameView, ReplayStop};

use crate::fatal::Fatal;
use crate::quarantine::Record;

/// Digests kept until the frame that records them comes: more than ticks can be in flight.
const DIGESTS_KEPT: usize = 128;

/// An engine on its way from nothing to the end of the log.
pub struct Replay<C> {
    engine: Engine,
    crew: C,
    out: Outbox,
    digests: VecDeque<(u64, u64)>,
    /// From which tick to which a build may have run that had applied what is set aside now.
    before_records: Vec<(u64, u64)>,
    /// Ticks applied.
    pub ticks: u64,
    /// Commands applied.
    pub commands: u64,
    /// Recorded digests compared, all equal.
    pub digests_compared: u64,
    /// Recorded digests that were not compared: a command that is set aside now was not when they were made.
    pub digests_passed_over: u64,
}

impl<C: Crew> Replay<C> {
    /// From this engine, which has applied nothing yet, on the shards of this crew.
    pub fn new(engine: Engine, crew: C) -> Replay<C> {
        Replay {
            engine,
            crew,
            out: Outbox::default(),
            digests: VecDeque::with_capacity(DIGESTS_KEPT),
            ticks: 0,
            commands: 0,
            digests_compared: 0,
            before_records: Vec::new(),
            digests_passed_over: 0,
        }
    }

    /// Sets aside what these records say, which have to be all that the log holds.
    pub fn set_aside(&mut self, records: &[Record]) {
        self.engine.set_aside(records.iter().map(|record| record.name));
        self.before_records = records.iter().map(|record| (record.name.tick, record.recorded)).collect();
    }

    /// Has this mark say which tick is being applied.
    pub fn mark_with(&mut self, mark: Mark) {
        self.out.mark = mark;
    }

    /// Applies the next frame of the log.
    ///
    /// # Errors
    /// [`Fatal::DigestDiffers`] or [`Fatal::ApplyVersion`]; the frame is then not applied. [`Fatal::QuarantineMissed`] if
    /// it holds the record of a command that has been applied.
    pub fn frame(&mut self, frame: FrameView<'_>) -> Result<(), ReplayStop> {
        let header = frame.header;
        let tick = header.tick.get();
        check_version(header)?;
        self.compare(header)?;
        self.out.clear();
        let tick_of = Tick { number: tick, time: header.time.get(), commands: frame.commands };
        self.engine.apply_on(&tick_of, &mut self.out, &mut self.crew);
        if let Some(name) = self.engine.missed_quarantine() {
            return Err(ReplayStop::new(Fatal::QuarantineMissed { name, recorded: tick }));
        }
        if self.digests.len() == DIGESTS_KEPT {
            self.digests.pop_front();
        }
        self.digests.push_back((tick, self.engine.digest()));
        self.ticks += 1;
        self.commands += u64::from(header.count.get());
        Ok(())
    }

    /// The engine at the end of the log, and its crew.
    pub fn into_parts(self) -> (Engine, C) {
        (self.engine, self.crew)
    }

    fn compare(&mut self, header: &FrameHeader) -> Result<(), ReplayStop> {
        let (tick, recorded) = (header.applied_tick.get(), header.applied_digest.get());
        let Some(&(_, found)) = self.digests.iter().rev().find(|(kept, _)| *kept == tick) else {
            return Ok(());
        };
        // Written before the record, of a state behind the command: the build that wrote it may have applied it.
        let is_before = |(from, to): &(u64, u64)| *from <= tick && header.tick.get() <= *to;
        if self.before_records.iter().any(is_before) {
            self.digests_passed_over += 1;
            return Ok(());
        }
        if found != recorded {
            return Err(ReplayStop::new(Fatal::DigestDiffers { tick, recorded, found }));
        }
        self.digests_compared += 1;
        Ok(())
    }
}

/// Whether this build runs the version of `apply` that a frame was written under.
pub(crate) fn check_version(header: &FrameHeader) -> Result<(), ReplayStop> {
    let (tick, found) = (header.tick.get(), header.apply_version.get());
    if found == engine::APPLY_VERSION {
        return Ok(());
    }
    Err(ReplayStop::new(Fatal::ApplyVersion { tick, found, runs: engine::APPLY_VERSION }))
}
