//! Rebuilds the engine from the log, and holds it to every digest that the log recorded.

use std::collections::VecDeque;

use engine::{Crew, Engine, Outbox, Tick};
use wal::{FrameView, ReplayStop};

use crate::fatal::Fatal;

/// Digests kept until the frame that records them comes: more than ticks can be in flight.
const DIGESTS_KEPT: usize = 128;

/// An engine on its way from nothing to the end of the log.
pub struct Replay<C> {
    engine: Engine,
    crew: C,
    out: Outbox,
    digests: VecDeque<(u64, u64)>,
    /// Ticks applied.
    pub ticks: u64,
    /// Commands applied.
    pub commands: u64,
    /// Recorded digests compared, all equal.
    pub digests_compared: u64,
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
        }
    }

    /// Applies the next frame of the log.
    ///
    /// # Errors
    /// [`Fatal::DigestDiffers`] or [`Fatal::ApplyVersion`]; the frame is then not applied.
    pub fn frame(&mut self, frame: FrameView<'_>) -> Result<(), ReplayStop> {
        let header = frame.header;
        let tick = header.tick.get();
        let version = header.apply_version.get();
        if version != engine::APPLY_VERSION {
            let fatal = Fatal::ApplyVersion { tick, found: version, runs: engine::APPLY_VERSION };
            return Err(ReplayStop::new(fatal));
        }
        self.compare(header.applied_tick.get(), header.applied_digest.get())?;
        self.out.clear();
        let tick_of = Tick { number: tick, time: header.time.get(), commands: frame.commands };
        self.engine.apply_on(&tick_of, &mut self.out, &mut self.crew);
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

    fn compare(&mut self, tick: u64, recorded: u64) -> Result<(), ReplayStop> {
        let Some(&(_, found)) = self.digests.iter().rev().find(|(kept, _)| *kept == tick) else {
            return Ok(());
        };
        if found != recorded {
            return Err(ReplayStop::new(Fatal::DigestDiffers { tick, recorded, found }));
        }
        self.digests_compared += 1;
        Ok(())
    }
}
