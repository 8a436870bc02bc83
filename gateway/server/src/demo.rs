//! The demo: a node of its own, bets over real QUIC, a settled draw, a kill in the middle, and a check of every word.
//!
//! - [`process`]: the node as a child process, and how it is killed.
//! - [`story`]: what happens, act by act.
//! - [`report`]: what came of it, as JSON and as one screen.
//!
//! Deliberately absent: any door to the node but those that every client has, QUIC and the metrics page; and any
//! arithmetic of bets, which is the load generator's own.

mod process;
mod report;
mod story;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use loadgen::verify::Lie;

/// Exit status of a demo that came to no result, so that it is not taken for one that found something wrong (1).
pub const BROKE_OFF: u8 = 2;

/// Shows the whole path on this machine: starts a node, bets, settles, kills it under load, starts it again, and
/// verifies every acknowledged ticket and the money. Exits with 1 if anything is not as it was acknowledged, with 2 if
/// the demo itself broke off.
#[derive(Args, Clone, Debug)]
pub struct DemoOptions {
    /// Bets to send as fast as the node admits them. A run at the offered rate and one that the kill interrupts
    /// follow, with up to half as many each.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1_000..=100_000_000))]
    pub bets: u64,
    /// Bets per second of the run whose latency is reported.
    #[arg(long, default_value_t = 250_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub rate: u64,
    /// Connections.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub connections: u16,
    /// Accounts that bet.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub accounts: u32,
    /// Most tickets in a frame.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub batch: u16,
    /// The node's data directory, which must not exist or be empty; it is kept [default: one of its own, removed at
    /// the end]
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Keep the data directory.
    #[arg(long)]
    pub keep: bool,
    /// Write the result as JSON.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Change the client's record before the last verification, to see that it is found: lost-ticket, doubled-ticket,
    /// over-limit or lost-money.
    #[arg(long, value_name = "KIND")]
    pub plant_lie: Option<Lie>,
}

/// Runs the demo.
///
/// # Errors
/// If the node or the way to it fails. A disagreement is no error: it is on the screen, and the exit code is 1.
pub fn run(options: &DemoOptions) -> Result<ExitCode> {
    let data = Data::of(options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let report = runtime.block_on(story::play(options, &data.directory)).map_err(|error| {
        let logs = data.keep();
        error.context(format!("the demo broke off; the node's data and logs are in {}", logs.display()))
    })?;
    print!("{report}");
    if let Some(path) = &options.report {
        let json = serde_json::to_string_pretty(&report)? + "\n";
        fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if !data.is_removed.get() {
        println!("\nthe node's data are kept in {}", data.directory.display());
    }
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The node's data directory, removed at the end unless it is to be kept.
struct Data {
    directory: PathBuf,
    is_removed: std::cell::Cell<bool>,
}

impl Data {
    fn of(options: &DemoOptions) -> Result<Data> {
        let own = || std::env::temp_dir().join(format!("tote-demo-{}", std::process::id()));
        let directory = options.data.clone().unwrap_or_else(own);
        fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
        let is_empty = fs::read_dir(&directory)?.next().is_none();
        anyhow::ensure!(is_empty, "{} is not empty: the demo starts a new ledger", directory.display());
        let is_removed = (options.data.is_none() && !options.keep).into();
        Ok(Data { directory, is_removed })
    }

    fn keep(&self) -> &Path {
        self.is_removed.set(false);
        &self.directory
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if self.is_removed.get()
            && let Err(error) = fs::remove_dir_all(&self.directory)
        {
            eprintln!("cannot remove {}: {error}", self.directory.display());
        }
    }
}
