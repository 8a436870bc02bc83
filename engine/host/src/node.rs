//! A node: the shard's pinned thread around the driver, from recovery to an orderly end.

use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use engine::command::{
    AGENT_ROWS_MAX, Commands, LEDGER_BOOKS_MAX, PARTITION_ACCOUNTS_MAX, PARTITION_TICKETS_MAX,
};
use engine::{Arena, Engine};
use wal::{Disk, FileDisk, LogError, Recovered};

use crate::config::HostConfig;
use crate::crew::Crew;
use crate::driver::{AUDITS_MAX, AuditJob, Driver, Next, Now};
use crate::fatal::Fatal;
use crate::ingress::Ingress;
use crate::memory::Backing;
use crate::quarantine::{self, Record};
use crate::replay::Replay;

/// Most partitions that a ledger can have.
const PARTITIONS_MAX: u16 = 256;

/// A running node.
pub struct Node {
    ingress: Ingress,
    started: Started,
    shard: JoinHandle<Result<(), Fatal>>,
}

/// What a start found and did.
#[derive(Clone, Debug)]
pub struct Started {
    /// The ledger's name.
    pub cluster: u128,
    /// What the log held.
    pub recovered: Recovered,
    /// Commands replayed.
    pub commands: u64,
    /// Recorded digests that the replay reproduced.
    pub digests_compared: u64,
    /// Recorded digests that were made before a quarantine, and not compared.
    pub digests_passed_over: u64,
    /// What is set aside.
    pub quarantines: Vec<Record>,
    /// Time from the start of recovery to its end, microseconds.
    pub replay_us: u64,
    /// How the log is written, and why so.
    pub disk: (&'static str, String),
}

/// Random numbers for a new ledger, taken from outside: this crate has no source of randomness.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    /// The ledger's name.
    pub cluster: u128,
    /// The key of its hashes.
    pub hash_key: [u64; 2],
}

impl Node {
    /// Recovers the ledger in the directory, or begins a new one with `seed`, and starts its shard.
    ///
    /// # Errors
    /// Why the node cannot answer honestly; see [`Fatal`].
    pub fn start(config: HostConfig, seed: Seed) -> Result<Node, Fatal> {
        let (report, reported) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name("shard-0".to_owned());
        let shard = thread.spawn(move || run(config, seed, &report)).map_err(Fatal::Thread)?;
        match reported.recv() {
            Ok((ingress, started)) => Ok(Node { ingress, started, shard }),
            // The thread ended before it had anything to report: its result says why.
            Err(mpsc::RecvError) => match shard.join() {
                Ok(Err(fatal)) => Err(fatal),
                Ok(Ok(())) => unreachable!("a shard reports before it ends well"),
                Err(panic) => std::panic::resume_unwind(panic),
            },
        }
    }

    /// The way in.
    pub fn ingress(&self) -> &Ingress {
        &self.ingress
    }

    /// What the start found.
    pub fn started(&self) -> &Started {
        &self.started
    }

    /// Waits for the shard to end: after [`Ingress::stop`], or because it cannot go on.
    ///
    /// # Errors
    /// Why it could not go on.
    pub fn join(self) -> Result<(), Fatal> {
        self.shard.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// The shard's thread.
fn run(config: HostConfig, seed: Seed, report: &mpsc::SyncSender<(Ingress, Started)>) -> Result<(), Fatal> {
    check(&config)?;
    let clock = Clock::new();
    let arena = Arena::new(config.memory_bytes);
    let _backing = Backing::start(arena.clone()).map_err(Fatal::Thread)?;
    let (mut driver, ingress, started) = recover(&config, seed, &clock, arena)?;
    let (audits, audits_to_do) = mpsc::sync_channel::<AuditJob>(AUDITS_MAX);
    let auditor = std::thread::Builder::new().name("audit".to_owned());
    auditor.spawn(move || audits_to_do.into_iter().for_each(AuditJob::run)).map_err(Fatal::Thread)?;
    // Only now: threads inherit the core of the one that starts them, and those above are to have their own.
    if let Some(id) = config.core
        && !core_affinity::set_for_current(core_affinity::CoreId { id })
    {
        tracing::warn!(core = id, "the shard's thread could not be pinned");
    }
    // Nobody may be waiting any more; then the queues close with the caller.
    let _ = report.send((ingress, started));
    loop {
        let next = driver.turn(clock.now())?;
        for audit in driver.take_audits() {
            audits.send(audit).expect("the auditor lives as long as its queue");
        }
        match next {
            Next::Again => {}
            Next::Sleep(timeout) => driver.sleep(timeout)?,
            Next::Stopped => return Ok(()),
        }
    }
}

/// Rebuilds the engine from its log, or begins a new ledger.
fn recover(
    config: &HostConfig,
    seed: Seed,
    clock: &Clock,
    arena: Arena,
) -> Result<(Driver<FileDisk, Crew>, Ingress, Started), Fatal> {
    let begun = Instant::now();
    let mut disk = FileDisk::open(&config.directory, config.disk)?;
    let crew = Crew::start(&config.crew()).map_err(Fatal::Thread)?;
    let mut replay = Replay::new(Engine::within(arena), crew);
    let quarantines = quarantine::known(&mut disk, &config.directory)?;
    replay.set_aside(&quarantines);
    replay.mark_with(config.mark.clone());
    let mut options = config.log.clone();
    if options.cluster.is_none() && is_empty(&mut disk, config)? {
        options.cluster = Some(seed.cluster);
    }
    let (log, recovered) = match wal::open(disk, options, &mut |frame| replay.frame(frame)) {
        Err(error) => return Err(missed(config, Fatal::of_log(error))),
        Ok(opened) => opened,
    };
    let started = Started {
        cluster: log.cluster(),
        commands: replay.commands,
        digests_compared: replay.digests_compared,
        digests_passed_over: replay.digests_passed_over,
        quarantines,
        replay_us: begun.elapsed().as_micros() as u64,
        disk: (log.disk_name(), log.disk().why().to_owned()),
        recovered,
    };
    tell(&started);
    let is_new = started.recovered.tick == 0;
    let (engine, crew) = replay.into_parts();
    let (mut driver, ingress) = Driver::new(engine, log, crew, config.run.clone());
    driver.mark_with(config.mark.clone());
    if is_new {
        let mut commands = Commands::new();
        commands.genesis(&config.ledger.genesis(started.cluster, seed.hash_key));
        driver.begin(commands.as_bytes(), clock.now())?;
    }
    let stats = ingress.stats();
    stats.tick.set(driver.engine().tick());
    stats.replayed_ticks.set(started.recovered.ticks);
    stats.replayed_commands.set(started.commands);
    stats.replayed_digests.set(started.digests_compared);
    stats.replay_us.set(started.replay_us);
    let _ = (stats.disk.set(started.disk.0), stats.disk_why.set(started.disk.1.clone()));
    Ok((driver, ingress, started))
}

/// Puts the note of a quarantine back that a replay has missed.
fn missed(config: &HostConfig, fatal: Fatal) -> Fatal {
    let Fatal::QuarantineMissed { name, .. } = fatal else { return fatal };
    let noted = FileDisk::open(&config.directory, config.disk)
        .map_err(Fatal::from)
        .and_then(|mut disk| quarantine::note(&mut disk, &config.directory, name));
    noted.err().unwrap_or(fatal)
}

/// Tells what an operator should know of a start.
fn tell(started: &Started) {
    if let Some(torn) = &started.recovered.torn {
        tracing::warn!(
            file = torn.file,
            offset = torn.offset,
            tick = torn.tick,
            kept = torn.kept.join(", "),
            "the log ended in a write cut short; nothing of it was ever answered, and it was kept aside"
        );
    }
    for Record { name, recorded, who, why, .. } in &started.quarantines {
        let (tick, command) = (name.tick, name.index);
        tracing::warn!(tick, command, recorded, who, why, "a command is set aside");
    }
    if started.digests_passed_over > 0 {
        let (passed_over, compared) = (started.digests_passed_over, started.digests_compared);
        tracing::warn!(
            passed_over,
            compared,
            "digests recorded between a command that is set aside and its record were not compared"
        );
    }
}

/// Whether the directory holds no log yet.
fn is_empty(disk: &mut FileDisk, config: &HostConfig) -> Result<bool, Fatal> {
    let segments = disk.segments().map_err(|source| LogError::Disk {
        action: "list the segments in",
        file: config.directory.display().to_string(),
        source,
    })?;
    Ok(segments.is_empty())
}

fn check(config: &HostConfig) -> Result<(), Fatal> {
    let in_flight = config.run.ticks_in_flight;
    // One buffer is being filled while the others are in flight.
    if in_flight == 0 || in_flight >= config.log.frames_in_flight_max {
        return Err(Fatal::Config {
            setting: "ticks_in_flight",
            value: in_flight as u64,
            right: "1 or more, and below frames_in_flight_max",
        });
    }
    if !(1..=usize::from(PARTITIONS_MAX)).contains(&config.shards) {
        let right = "1 or more, and at most the partitions of the ledger";
        return Err(Fatal::Config { setting: "shards", value: config.shards as u64, right });
    }
    if !config.ledger.partitions.is_power_of_two() || config.ledger.partitions > PARTITIONS_MAX {
        return Err(Fatal::Config {
            setting: "partitions",
            value: config.ledger.partitions.into(),
            right: "a power of two up to 256",
        });
    }
    let books_max = LEDGER_BOOKS_MAX as u32 / u32::from(config.ledger.partitions);
    for (setting, value, most) in [
        ("tickets_max", config.ledger.tickets_max, PARTITION_TICKETS_MAX),
        ("accounts_max", config.ledger.accounts_max, PARTITION_ACCOUNTS_MAX),
        ("books_max", config.ledger.books_max, books_max),
        ("payouts_per_tick", config.ledger.payouts_per_tick, u32::MAX),
        ("sealed_per_tick", config.ledger.sealed_per_tick, u32::MAX),
        ("tree_accounts_max", config.ledger.tree_accounts_max, AGENT_ROWS_MAX),
        ("commission_accounts_max", config.ledger.commission_accounts_max, AGENT_ROWS_MAX),
        ("refused_ids_max", config.ledger.refused_ids_max, u32::MAX),
    ] {
        if value == 0 || value > most {
            let right = "1 or more, and at most what a partition's slots can number: see the docs";
            return Err(Fatal::Config { setting, value: value.into(), right });
        }
    }
    for (setting, value) in [
        ("bets_queue", config.run.bets_queue),
        ("operators_queue", config.run.operators_queue),
        ("reads_queue", config.run.reads_queue),
        ("reads_per_turn", config.run.reads_per_turn),
    ] {
        if value == 0 {
            return Err(Fatal::Config { setting, value: 0, right: "1 or more" });
        }
    }
    Ok(())
}

/// The machine's clocks.
struct Clock {
    origin: Instant,
}

impl Clock {
    fn new() -> Clock {
        Clock { origin: Instant::now() }
    }

    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now { wall_ns: wall.as_nanos() as u64, monotonic_ns: self.origin.elapsed().as_nanos() as u64 }
    }
}
