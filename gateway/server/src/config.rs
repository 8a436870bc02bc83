//! Every bound of a node, with its default, as flags and environment.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::thread::available_parallelism;
use std::time::Duration;

use clap::{Args, ValueEnum};
use host::{HostConfig, LedgerConfig, LoopConfig};
use protocol::frame::FRAME_COMMANDS_MAX;
use wal::{LogOptions, Preference};

/// Runs a node.
#[derive(Args, Clone, Debug)]
pub struct ServeConfig {
    /// Where the log, the certificate and the operator's token lie; made if it does not exist.
    #[arg(long, env = "TOTE_DATA", default_value = "tote-data", value_name = "DIR")]
    pub data: PathBuf,
    /// UDP address for QUIC; port 0 takes any that is free.
    #[arg(long, env = "TOTE_LISTEN", default_value = "127.0.0.1:4600", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Loopback address for /livez, /readyz and /metrics; port 0 takes any that is free.
    #[arg(long, env = "TOTE_HTTP", default_value = "127.0.0.1:4601", value_name = "ADDR")]
    pub http: SocketAddr,
    /// Threads of the edge [default: half of the cores, at least 1]
    #[arg(long, env = "TOTE_WORKERS", value_name = "N")]
    pub workers: Option<usize>,
    /// Threads that apply ticks, at most one for each partition of the ledger; they leave no trace in it.
    #[arg(long, env = "TOTE_SHARDS", default_value_t = 1, value_name = "N")]
    pub shards: usize,
    /// The core that the first shard's thread is pinned to, and the others below it: its number from 0, none, or auto:
    /// the last one where there are more than two.
    #[arg(long, env = "TOTE_CORE", default_value = "auto", value_name = "N|auto|none")]
    pub core: Core,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a comment would become the command's help")]
    pub edge: EdgeConfig,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a comment would become the command's help")]
    pub log: LogConfig,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a comment would become the command's help")]
    pub new_ledger: NewLedgerConfig,
}

/// Bounds of the edge.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Bounds of the edge")]
pub struct EdgeConfig {
    /// Commands and queries that a connection may have unanswered.
    #[arg(long, env = "TOTE_CREDIT_COMMANDS", default_value_t = 16_384, value_name = "N")]
    pub credit_commands: u32,
    /// Frames that a connection may have unanswered.
    #[arg(long, env = "TOTE_CREDIT_FRAMES", default_value_t = 256, value_name = "N")]
    pub credit_frames: u32,
    /// Connections at a time.
    #[arg(long, env = "TOTE_CONNECTIONS_MAX", default_value_t = 1024, value_name = "N")]
    pub connections_max: usize,
    /// How long a client may take to connect and greet.
    #[arg(long, env = "TOTE_HELLO_TIMEOUT_MS", default_value_t = 5000, value_name = "MS")]
    pub hello_timeout_ms: u64,
    /// How long an orderly end waits for clients to take their replies.
    #[arg(long, env = "TOTE_DRAIN_TIMEOUT_MS", default_value_t = 10_000, value_name = "MS")]
    pub drain_timeout_ms: u64,
}

/// The loop and the log.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "The loop and the log")]
pub struct LogConfig {
    /// How the log is written.
    #[arg(long, env = "TOTE_DISK", value_enum, default_value_t = DiskKind::Best)]
    pub disk: DiskKind,
    /// Bytes of a segment file, a multiple of 4096.
    #[arg(long, env = "TOTE_SEGMENT_BYTES", default_value_t = LogOptions::default().segment_bytes, value_name = "BYTES")]
    pub segment_bytes: u64,
    /// Bytes of memory that the ledger's pages are cut from, backed as they come to be used; beyond them bets wait for
    /// first touches.
    #[arg(long, env = "TOTE_MEMORY_BYTES", default_value_t = HostConfig::new("").memory_bytes, value_name = "BYTES")]
    pub memory_bytes: usize,
    /// Ticks in flight to the disk.
    #[arg(long, env = "TOTE_TICKS_IN_FLIGHT", default_value_t = LoopConfig::default().ticks_in_flight, value_name = "N")]
    pub ticks_in_flight: usize,
    /// A tick is cut once its commands fill this many bytes.
    #[arg(long, env = "TOTE_CUT_BYTES", default_value_t = LoopConfig::default().cut_bytes, value_name = "BYTES")]
    pub cut_bytes: usize,
    /// A tick is cut once its oldest command has waited this long.
    #[arg(long, env = "TOTE_CUT_AFTER_US", default_value_t = LoopConfig::default().cut_after.as_micros() as u64, value_name = "US")]
    pub cut_after_us: u64,
    /// Batches of bets that wait for the shard.
    #[arg(long, env = "TOTE_BETS_QUEUE", default_value_t = LoopConfig::default().bets_queue, value_name = "N")]
    pub bets_queue: usize,
    /// Batches of operators' commands that wait for the shard.
    #[arg(long, env = "TOTE_OPERATORS_QUEUE", default_value_t = LoopConfig::default().operators_queue, value_name = "N")]
    pub operators_queue: usize,
    /// Batches of reads that wait for the shard.
    #[arg(long, env = "TOTE_READS_QUEUE", default_value_t = LoopConfig::default().reads_queue, value_name = "N")]
    pub reads_queue: usize,
    /// Reads answered between two ticks.
    #[arg(long, env = "TOTE_READS_PER_TURN", default_value_t = LoopConfig::default().reads_per_turn, value_name = "N")]
    pub reads_per_turn: usize,
}

/// What a new ledger begins with. Of one that exists, only its log tells.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "A new ledger (one that exists keeps its own)")]
pub struct NewLedgerConfig {
    /// Partitions, a power of two up to 256.
    #[arg(long, env = "TOTE_PARTITIONS", default_value_t = LedgerConfig::default().partitions, value_name = "N")]
    pub partitions: u16,
    /// Accounts per partition.
    #[arg(long, env = "TOTE_ACCOUNTS_MAX", default_value_t = LedgerConfig::default().accounts_max, value_name = "N")]
    pub accounts_max: u32,
    /// Resident tickets per partition.
    #[arg(long, env = "TOTE_TICKETS_MAX", default_value_t = LedgerConfig::default().tickets_max, value_name = "N")]
    pub tickets_max: u32,
    /// Resident draws per partition.
    #[arg(long, env = "TOTE_BOOKS_MAX", default_value_t = LedgerConfig::default().books_max, value_name = "N")]
    pub books_max: u32,
    /// Winners paid, and agents, per draw and tick.
    #[arg(long, env = "TOTE_PAYOUTS_PER_TICK", default_value_t = LedgerConfig::default().payouts_per_tick, value_name = "N")]
    pub payouts_per_tick: u32,
    /// Bets sealed per draw and tick, once it has closed; a multiple of 256.
    #[arg(long, env = "TOTE_SEALED_PER_TICK", default_value_t = LedgerConfig::default().sealed_per_tick, value_name = "N")]
    pub sealed_per_tick: u32,
    /// Refused ids remembered per partition.
    #[arg(long, env = "TOTE_REFUSED_IDS_MAX", default_value_t = LedgerConfig::default().refused_ids_max, value_name = "N")]
    pub refused_ids_max: u32,
    /// Hours until a raised limit of an account acts.
    #[arg(long, env = "TOTE_LIMIT_RAISE_HOURS", default_value_t = LedgerConfig::default().limit_raise_delay.as_secs() as u32 / 3600, value_name = "N")]
    pub limit_raise_hours: u32,
    /// Holds kept per partition.
    #[arg(long, env = "TOTE_HOLDS_MAX", default_value_t = LedgerConfig::default().holds_max, value_name = "N")]
    pub holds_max: u32,
    /// Accounts with rolling limits per partition.
    #[arg(long, env = "TOTE_LIMITED_ACCOUNTS_MAX", default_value_t = LedgerConfig::default().limited_accounts_max, value_name = "N")]
    pub limited_accounts_max: u32,
    /// References of movements kept per partition.
    #[arg(long, env = "TOTE_REFERENCES_MAX", default_value_t = LedgerConfig::default().references_max, value_name = "N")]
    pub references_max: u32,
    /// Movements kept for statements per partition.
    #[arg(long, env = "TOTE_MOVEMENTS_MAX", default_value_t = LedgerConfig::default().movements_max, value_name = "N")]
    pub movements_max: u32,
    /// Hours for which a draw stays in memory after it has ended, and its tickets with it: at least those of the id window.
    #[arg(long, env = "TOTE_RETENTION_HOURS", default_value_t = 48, value_name = "HOURS")]
    pub retention_hours: u32,
    /// Accounts that stand under another, in the whole ledger.
    #[arg(long, env = "TOTE_TREE_ACCOUNTS_MAX", default_value_t = LedgerConfig::default().tree_accounts_max, value_name = "N")]
    pub tree_accounts_max: u32,
    /// Accounts that ever had a period of commission, in the whole ledger.
    #[arg(long, env = "TOTE_COMMISSION_ACCOUNTS_MAX", default_value_t = LedgerConfig::default().commission_accounts_max, value_name = "N")]
    pub commission_accounts_max: u32,
}

/// What the shard's thread is pinned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// This core.
    Number(usize),
    /// The last core, unless there are only two: there the edge, the clients and the system's own threads need both,
    /// and a shard that cannot move aside waits for them.
    Auto,
    /// None: the system moves the thread about.
    None,
}

impl FromStr for Core {
    type Err = String;

    fn from_str(text: &str) -> Result<Core, String> {
        match text {
            "auto" => Ok(Core::Auto),
            "none" => Ok(Core::None),
            number => match number.parse() {
                Ok(number) => Ok(Core::Number(number)),
                Err(_) => Err("right would be the number of a core, `auto` or `none`".into()),
            },
        }
    }
}

/// How the log is written.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum DiskKind {
    /// io_uring where it works, else pwritev2.
    Best,
    /// io_uring, or the node does not start.
    #[value(name = "io_uring")]
    Uring,
    /// pwritev2.
    Pwritev2,
}

/// A configuration that contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting} is {value}; right would be {right}")]
pub struct ConfigFault {
    /// The flag.
    pub setting: &'static str,
    /// What it is.
    pub value: String,
    /// What would be right.
    pub right: String,
}

impl ServeConfig {
    /// Checks what the types of the flags cannot say.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), ConfigFault> {
        let fault =
            |setting, value: String, right: &str| Err(ConfigFault { setting, value, right: right.into() });
        if !self.http.ip().is_loopback() {
            return fault(
                "--http",
                self.http.to_string(),
                "a loopback address: nobody is asked who they are there",
            );
        }
        if (self.edge.credit_commands as usize) < FRAME_COMMANDS_MAX {
            let right = format!("{FRAME_COMMANDS_MAX} or more, so that every frame fits it");
            return fault("--credit-commands", self.edge.credit_commands.to_string(), &right);
        }
        for (setting, value) in [
            ("--credit-frames", self.edge.credit_frames as usize),
            ("--connections-max", self.edge.connections_max),
            ("--workers", self.workers()),
        ] {
            if value == 0 {
                return fault(setting, "0".into(), "1 or more");
            }
        }
        Ok(())
    }

    /// Threads of the edge. The shard and, on one machine, the clients need the other cores.
    pub fn workers(&self) -> usize {
        self.workers.unwrap_or_else(|| (available_parallelism().map_or(1, |cores| cores.get()) / 2).max(1))
    }

    /// What the node below is told.
    pub fn host(&self) -> HostConfig {
        let mut host = HostConfig::new(self.data.join("log"));
        host.shards = self.shards;
        host.core = match self.core {
            Core::Number(number) => Some(number),
            Core::Auto => available_parallelism().ok().map(|cores| cores.get() - 1).filter(|last| *last > 1),
            Core::None => None,
        };
        host.log.segment_bytes = self.log.segment_bytes;
        host.memory_bytes = self.log.memory_bytes;
        host.disk = match self.log.disk {
            DiskKind::Best => Preference::Best,
            DiskKind::Uring => Preference::Uring,
            DiskKind::Pwritev2 => Preference::Blocking,
        };
        host.run.ticks_in_flight = self.log.ticks_in_flight;
        host.run.cut_bytes = self.log.cut_bytes;
        host.run.cut_after = Duration::from_micros(self.log.cut_after_us);
        host.run.bets_queue = self.log.bets_queue;
        host.run.operators_queue = self.log.operators_queue;
        host.run.reads_queue = self.log.reads_queue;
        host.run.reads_per_turn = self.log.reads_per_turn;
        host.ledger.partitions = self.new_ledger.partitions;
        host.ledger.accounts_max = self.new_ledger.accounts_max;
        host.ledger.tickets_max = self.new_ledger.tickets_max;
        host.ledger.books_max = self.new_ledger.books_max;
        host.ledger.payouts_per_tick = self.new_ledger.payouts_per_tick;
        host.ledger.sealed_per_tick = self.new_ledger.sealed_per_tick;
        host.ledger.refused_ids_max = self.new_ledger.refused_ids_max;
        let hours = u64::from(self.new_ledger.limit_raise_hours);
        host.ledger.limit_raise_delay = Duration::from_secs(hours * 3600);
        host.ledger.holds_max = self.new_ledger.holds_max;
        host.ledger.limited_accounts_max = self.new_ledger.limited_accounts_max;
        host.ledger.references_max = self.new_ledger.references_max;
        host.ledger.movements_max = self.new_ledger.movements_max;
        host.ledger.retention = Duration::from_secs(u64::from(self.new_ledger.retention_hours) * 3600);
        host.ledger.tree_accounts_max = self.new_ledger.tree_accounts_max;
        host.ledger.commission_accounts_max = self.new_ledger.commission_accounts_max;
        host
    }
}
