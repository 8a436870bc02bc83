//! `loadgen`: pours tickets into a node, says how it bore them, and checks that it kept every word.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Parser;
use client::{ConnectOptions, Connection};
use loadgen::id::{IdSequence, unix_ms_now};
use loadgen::load::{self, Load};
use loadgen::prepare;
use loadgen::progress::Progress;
use loadgen::reads;
use loadgen::record::Record;
use loadgen::report::{Report, write_verdict};
use loadgen::resend::resend;
use loadgen::verify::Lie;
use loadgen::watch::Watch;

/// Pours bets on one draw of a three-digit game into a running node.
///
/// It defines a game of its own, opens a draw with limits that will be met, opens accounts and deposits, then sends.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// The node's QUIC address.
    #[arg(long, default_value = "127.0.0.1:4600")]
    address: SocketAddr,
    /// The node's data directory, where its certificate and its token are looked for.
    #[arg(long, env = "TOTE_DATA", default_value = "tote-data")]
    data: PathBuf,
    /// The node's certificate (DER), which is pinned [default: certificate.der in the data directory]
    #[arg(long)]
    certificate: Option<PathBuf>,
    /// The file that holds the operator's token [default: operator.token in the data directory]
    #[arg(long)]
    token: Option<PathBuf>,
    /// Bets per second to offer, whatever the answers do; 0: as fast as credit admits.
    #[arg(long, default_value_t = 0)]
    rate: u64,
    /// Bets to send.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    bets: u64,
    /// Connections to spread them over.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    connections: u16,
    /// Accounts that bet.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    accounts: u32,
    /// Share of bets that are rambolito.
    #[arg(long, default_value_t = 0.25, value_parser = share)]
    play_mix: f64,
    /// Bets of a ticket.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    bets_per_ticket: u8,
    /// Most tickets in a frame.
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u16).range(1..=4096))]
    batch: u16,
    /// Deposit into each account, in pesos.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(i64).range(1..=10_000_000_000))]
    deposit: i64,
    /// Give up a connection that owes answers and gives none for so many seconds.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    patience: u64,
    /// Repeats the bets of the run with this seed; ids are new all the same.
    #[arg(long)]
    seed: Option<u64>,
    /// Read everything back and compare it with what was answered; exit with 1 if anything differs.
    #[arg(long)]
    verify: bool,
    /// Change the record before verifying, to see that it is found: lost-ticket, doubled-ticket, over-limit or
    /// lost-money.
    #[arg(long, requires = "verify")]
    plant_lie: Option<Lie>,
    /// Write the result as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Exit status of a run that was not carried to its end, so that it is not taken for one that found something wrong.
const BROKE_OFF: u8 = 2;

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let poured = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(pour(&options)));
    poured.unwrap_or_else(|error| {
        eprintln!("loadgen: {error:#}");
        ExitCode::from(BROKE_OFF)
    })
}

async fn pour(options: &Options) -> Result<ExitCode> {
    let node = node(options)?;
    let mut record = set_up(options, &node).await?;
    let load = Load {
        draw: 0,
        bets: options.bets,
        rate: options.rate,
        bets_per_ticket: options.bets_per_ticket.into(),
        play_mix: options.play_mix,
        batch: options.batch.into(),
        seed: options.seed.unwrap_or_else(unix_ms_now),
        patience: Duration::from_secs(options.patience),
    };
    let mut connections = Vec::new();
    for _ in 0..options.connections {
        connections.push(Connection::connect(&node).await?);
    }
    let progress = Progress::default();
    let watch = Watch::show("betting", options.bets, &progress);
    let ran = load::run(connections, &load, &mut record, &progress).await;
    drop(watch);
    for trouble in &ran.troubles {
        eprintln!("a connection ended early: {trouble}");
    }

    let mut report = Report::new(&load, &ran, options.connections.into(), &record);
    print!("{report}");
    if options.verify {
        report.verified = Some(verify(options, &node, &mut record).await?);
    }
    if let Some(path) = &options.report {
        let json = serde_json::to_string_pretty(&report)? + "\n";
        std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(match report.verified {
        Some(false) => ExitCode::FAILURE,
        _ if !ran.troubles.is_empty() => ExitCode::from(BROKE_OFF),
        _ => ExitCode::SUCCESS,
    })
}

/// The node, as the options and its files tell.
fn node(options: &Options) -> Result<ConnectOptions> {
    let file = |given: &Option<PathBuf>, name| given.clone().unwrap_or_else(|| options.data.join(name));
    let (certificate, token) =
        (file(&options.certificate, "certificate.der"), file(&options.token, "operator.token"));
    let certificate = std::fs::read(&certificate)
        .with_context(|| format!("cannot read the node's certificate {}", certificate.display()))?;
    let token = std::fs::read_to_string(&token)
        .with_context(|| format!("cannot read the operator's token {}", token.display()))?;
    Ok(ConnectOptions::new(options.address, certificate, token.trim().to_owned()))
}

/// Sets up a game, a draw and accounts, all numbered after the time, so that a second run on the same ledger meets
/// none of the first's.
async fn set_up(options: &Options, node: &ConnectOptions) -> Result<Record> {
    let now_ms = unix_ms_now();
    let mut connection = Connection::connect(node).await.context("cannot connect to the node")?;
    let mut ids = IdSequence::new(now_ms);
    prepare::define_game(&mut connection, &mut ids, now_ms).await?;
    let limits = prepare::limits_to_be_met(options.bets, options.play_mix);
    let book = (now_ms % u64::from(u32::MAX)) as u32 + 1;
    let draw = prepare::open_draw(&mut connection, &mut ids, now_ms, book, limits).await?;
    let deposit = options.deposit * loadgen::game::PESO;
    let accounts =
        prepare::open_accounts(&mut connection, &mut ids, now_ms << 20, options.accounts, deposit).await?;
    connection.close().await;
    Ok(Record { accounts, draws: vec![draw], strands: Vec::new() })
}

async fn verify(options: &Options, node: &ConnectOptions, record: &mut Record) -> Result<bool> {
    let mut connection = Connection::connect(node).await.context("cannot connect to verify")?;
    let resent = resend(&mut connection, record).await?;
    if resent.tickets > 0 {
        println!("{} unanswered tickets sent again, {} were known", resent.tickets, resent.repeated);
    }
    if let Some(lie) = options.plant_lie {
        lie.plant(record)?;
        println!("planted in the record: {lie:?}");
    }
    let progress = Progress::default();
    let watch = Watch::show(
        "verifying",
        record.strands.iter().map(|strand| strand.sent.len() as u64).sum(),
        &progress,
    );
    let verdict = reads::verify(connection, record, &progress).await?;
    drop(watch);
    let mut told = String::new();
    write_verdict(&mut told, &verdict)?;
    print!("\n{told}");
    Ok(verdict.is_verified())
}

fn share(text: &str) -> Result<f64> {
    let share: f64 = text.parse().context("a share is a number")?;
    if !(0.0..=1.0).contains(&share) {
        bail!("a share lies between 0 and 1");
    }
    Ok(share)
}
