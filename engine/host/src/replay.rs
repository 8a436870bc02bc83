//! Rebuilds the engine from the log, and holds it to every digest that the log recorded.

use std::collections::VecDeque;

use engine::{Engine, Outbox, Tick};
use wal::{FrameView, ReplayStop};

use crate::fatal::Fatal;

/// Digests kept until the frame that records them comes: more than ticks can be in flight.
const DIGESTS_KEPT: usize = 128;

/// An engine on its way from nothing to the end of the log.
pub struct Replay {
    engine: Engine,
    out: Outbox,
    digests: VecDeque<(u64, u64)>,
    /// Ticks applied.
    pub ticks: u64,
    /// Commands applied.
    pub commands: u64,
    /// Recorded digests compared, all equal.
    pub digests_compared: u64,
}

impl Default for Replay {
    fn default() -> Self {
        Replay::new()
    }
}

impl Replay {
    /// From the empty ledger.
    pub fn new() -> Replay {
        Replay::from(Engine::new())
    }

    /// From this engine, which has applied nothing yet.
    pub fn from(engine: Engine) -> Replay {
        Replay {
            engine,
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
        self.engine
            .apply(&Tick { number: tick, time: header.time.get(), commands: frame.commands }, &mut self.out);
        if self.digests.len() == DIGESTS_KEPT {
            self.digests.pop_front();
        }
        self.digests.push_back((tick, self.engine.digest()));
        self.ticks += 1;
        self.commands += u64::from(header.count.get());
        Ok(())
    }

    /// The engine at the end of the log.
    pub fn into_engine(self) -> Engine {
        self.engine
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
