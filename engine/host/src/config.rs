//! Every bound of a node, with its default.

use std::path::PathBuf;
use std::time::Duration;

use engine::Mark;
use engine::command::Genesis;
use wal::{LogOptions, Preference};

use crate::crew::CrewConfig;

/// How long one shard waits awake for the others, where cores suffice: a few times what a step of a small tick takes.
const SPIN: Duration = Duration::from_micros(20);

/// A node.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// Where the log lies.
    pub directory: PathBuf,
    /// The log's bounds.
    pub log: LogOptions,
    /// How the log is written.
    pub disk: Preference,
    /// The loop's bounds.
    pub run: LoopConfig,
    /// What a new ledger begins with. Of one that exists only the log tells.
    pub ledger: LedgerConfig,
    /// Bytes of memory that the ledger's pages are cut from; beyond them it takes more from the system, at the price
    /// of a first touch. They are backed as they come to be used. Default 2 GiB, enough for twenty million bets.
    pub memory_bytes: usize,
    /// Threads that apply ticks, at most as many as the ledger has partitions; a number beyond that counts as 1. How
    /// many there are leaves no trace in the ledger. Default 1.
    pub shards: usize,
    /// The core that the first of them is pinned to, and the others below it; `None` leaves them to the system.
    pub core: Option<usize>,
    /// Says which tick is being applied, also while the log is replayed; keep a clone to read it.
    pub mark: Mark,
}

/// The loop.
#[derive(Clone, Debug)]
pub struct LoopConfig {
    /// Batches of bets that wait for the shard. Default 4096.
    pub bets_queue: usize,
    /// Batches of operators' commands that wait. Default 256.
    pub operators_queue: usize,
    /// Batches of reads that wait. Default 1024.
    pub reads_queue: usize,
    /// A tick is cut once its commands fill this many bytes. Default 16 KiB.
    pub cut_bytes: usize,
    /// A tick is cut once its oldest command has waited this long. Default 300 µs.
    pub cut_after: Duration,
    /// Ticks in flight to the disk. Default 4.
    pub ticks_in_flight: usize,
    /// Reads answered between two ticks. Default 512.
    pub reads_per_turn: usize,
    /// Idle time after which the closing mark is written. Default 2 ms.
    pub mark_after: Duration,
}

/// The parameters of a new ledger. They are state: the first command of the log holds them.
#[derive(Clone, Debug)]
pub struct LedgerConfig {
    /// Partitions, a power of two up to 256. Default 16.
    pub partitions: u16,
    /// How long ids are told from repetitions. Default 24 h.
    pub id_window: Duration,
    /// How far an id's time may lie ahead of the tick's. Default 10 s.
    pub id_ahead: Duration,
    /// Refused ids remembered per partition. Default 65,536.
    pub refused_ids_max: u32,
    /// Winners paid, and agents, per book and tick. Default 4096.
    pub payouts_per_tick: u32,
    /// Bets sealed per book and tick, once it has closed: rounded down to a multiple of 256, at least 256.
    pub sealed_per_tick: u32,
    /// Accounts per partition. Default 4,194,304.
    pub accounts_max: u32,
    /// Resident tickets per partition. Default 33,554,432, which is also the most.
    pub tickets_max: u32,
    /// Resident books per partition; all partitions together at most 8,192. Default 512.
    pub books_max: u32,
    /// After how long a raised limit of an account acts. Default 24 h.
    pub limit_raise_delay: Duration,
    /// Holds kept per partition, those that finished within the id window included. Default 65,536.
    pub holds_max: u32,
    /// Accounts that have ever had a rolling limit, per partition. Default 65,536.
    pub limited_accounts_max: u32,
    /// References of movements kept per partition. Default 1,048,576.
    pub references_max: u32,
    /// Movements kept for statements, per partition. Default 32,768.
    pub movements_max: u32,
    /// How long a draw stays in memory after it has ended, and its tickets with it; at least as long as ids are told from
    /// repetitions. Default 48 h.
    pub retention: Duration,
    /// Accounts that stand under another, in the whole ledger. Default 4,194,304.
    pub tree_accounts_max: u32,
    /// Accounts that have ever had a period of commission, in the whole ledger. Default 65,536.
    pub commission_accounts_max: u32,
}

impl HostConfig {
    /// The defaults, on this directory.
    pub fn new(directory: impl Into<PathBuf>) -> HostConfig {
        HostConfig {
            directory: directory.into(),
            log: LogOptions { apply_version: engine::APPLY_VERSION, ..LogOptions::default() },
            disk: Preference::Best,
            run: LoopConfig::default(),
            ledger: LedgerConfig::default(),
            memory_bytes: 2 << 30,
            shards: 1,
            core: None,
            mark: Mark::default(),
        }
    }
}

impl HostConfig {
    /// The threads of the shards. They wait awake for each other only where at least one core is left for others.
    pub fn crew(&self) -> CrewConfig {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let spin = if self.shards < cores { SPIN } else { Duration::ZERO };
        let below = |core: usize| (0..self.shards).filter_map(|place| core.checked_sub(place)).collect();
        CrewConfig { shards: self.shards, spin, cores: self.core.map(below).unwrap_or_default() }
    }
}

impl Default for LoopConfig {
    fn default() -> Self {
        LoopConfig {
            bets_queue: 4096,
            operators_queue: 256,
            reads_queue: 1024,
            cut_bytes: 16 << 10,
            cut_after: Duration::from_micros(300),
            ticks_in_flight: 4,
            reads_per_turn: 512,
            mark_after: Duration::from_millis(2),
        }
    }
}

impl Default for LedgerConfig {
    fn default() -> Self {
        LedgerConfig {
            partitions: 16,
            id_window: Duration::from_secs(24 * 60 * 60),
            id_ahead: Duration::from_secs(10),
            refused_ids_max: 65_536,
            payouts_per_tick: 4096,
            sealed_per_tick: 32_768,
            accounts_max: 4 << 20,
            tickets_max: 32 << 20,
            books_max: 512,
            limit_raise_delay: Duration::from_secs(24 * 60 * 60),
            holds_max: 65_536,
            limited_accounts_max: 65_536,
            references_max: 1 << 20,
            movements_max: 32_768,
            retention: Duration::from_secs(48 * 60 * 60),
            tree_accounts_max: 4 << 20,
            commission_accounts_max: 65_536,
        }
    }
}

impl LedgerConfig {
    /// The first command of a ledger of this name, whose hashes have this key.
    pub fn genesis(&self, cluster: u128, hash_key: [u64; 2]) -> Genesis {
        Genesis {
            cluster: cluster.into(),
            hash_key: hash_key.map(Into::into),
            id_window_ns: (self.id_window.as_nanos() as u64).into(),
            id_ahead_ns: (self.id_ahead.as_nanos() as u64).into(),
            refused_ids_max: self.refused_ids_max.into(),
            payouts_per_tick: self.payouts_per_tick.into(),
            accounts_max: self.accounts_max.into(),
            tickets_max: self.tickets_max.into(),
            books_max: self.books_max.into(),
            partitions: self.partitions.into(),
            reserved: [0; 2],
            limit_raise_delay_ns: (self.limit_raise_delay.as_nanos() as u64).into(),
            holds_max: self.holds_max.into(),
            limited_accounts_max: self.limited_accounts_max.into(),
            references_max: self.references_max.into(),
            sealed_per_tick: self.sealed_per_tick.into(),
            movements_max: self.movements_max.into(),
            reserved_too: 0.into(),
            retention_ns: (self.retention.as_nanos() as u64).into(),
            tree_accounts_max: self.tree_accounts_max.into(),
            commission_accounts_max: self.commission_accounts_max.into(),
        }
    }
}
