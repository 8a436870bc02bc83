//! The binary `tote`.
#![forbid(unsafe_code)]

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::{Parser, Subcommand};
use gateway::config::ServeConfig;
use gateway::demo::{self, DemoOptions};
use gateway::game::{self, GameOptions};
use gateway::quarantine::{self, QuarantineOptions};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What tells whether this build goes on with a log.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let (package, apply, format) = (env!("CARGO_PKG_VERSION"), host::APPLY_VERSION, wal::frame::FORMAT);
    format!("{package} (apply {apply}, log format {format})")
});

/// An in-memory betting core.
#[derive(Parser)]
#[command(name = "tote", version = VERSION.as_str())]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs a node until SIGTERM or SIGINT.
    Serve(Box<ServeConfig>),
    Demo(Box<DemoOptions>),
    Game(GameOptions),
    Quarantine(QuarantineOptions),
}

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("TOTE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let is_seen = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_seen).init();
    match Cli::parse().command {
        Command::Serve(config) => match gateway::serve::serve(*config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let status = error.exit_status();
                tracing::error!(status, "{:#}", anyhow::Error::new(error));
                ExitCode::from(status)
            }
        },
        Command::Demo(options) => demo::run(&options).unwrap_or_else(|error| {
            tracing::error!("{error:#}");
            ExitCode::from(demo::BROKE_OFF)
        }),
        Command::Game(options) => game::run(&options),
        Command::Quarantine(options) => quarantine::run(&options),
    }
}
