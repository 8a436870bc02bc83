//! What happens in the demo, act by act.
//!
//! Draw 1 takes bets as fast as they are admitted, is closed, settled and paid. Draw 2 takes bets at an offered rate,
//! then as fast as admitted until the node is killed in the middle; it stays open across the kill.

use std::cell::Cell;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use client::Connection;
use loadgen::game::{self, PESO};
use loadgen::id::{IdSequence, unix_ms_now};
use loadgen::load::{self, Load, Ran};
use loadgen::machine::Machine;
use loadgen::prepare;
use loadgen::progress::Progress;
use loadgen::reads;
use loadgen::record::Record;
use loadgen::report::refusals;
use loadgen::resend::{Resent, resend};
use loadgen::traffic;
use loadgen::verify::Verdict;
use loadgen::watch::Watch;
use protocol::query::DrawState;

use super::DemoOptions;
use super::process::NodeProcess;
use super::report::{Report, Restore, Settle};

const GAME: u64 = 1;
/// Their places in the record are one less.
const DRAWS: [u32; 2] = [1, 2];
const FIRST_ACCOUNT: u64 = 1;
const RAMBOLITO_SHARE: f64 = 0.25;
/// The run at the offered rate lasts so long, if it has enough bets.
const OFFERED_SECONDS: u64 = 2;
/// A connection that answers nothing for so long has lost its node.
const PATIENCE: Duration = Duration::from_secs(1);
/// Patience with a node that is meant to live.
const LONG_PATIENCE: Duration = Duration::from_secs(30);
/// Winners must be paid within this time.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Plays all acts.
pub(super) async fn play(options: &DemoOptions, data: &Path) -> Result<Report> {
    let node = NodeProcess::start(data, "node-1.log")?;
    let mut demo = Demo { options, ids: IdSequence::new(unix_ms_now()), record: Record::default(), node };
    demo.prepare().await?;

    // Act 1: as fast as admitted.
    let logged_before = demo.node.metrics()?.get("tote_log_bytes_total")?;
    let fast = demo.pour("betting", &demo.load(0, options.bets, 0)).await?;
    let logged = demo.node.metrics()?.get("tote_log_bytes_total")? - logged_before;
    let fast_tally = demo.record.tally();
    let ledger = reads::ledger(&mut demo.connect().await?).await?;
    let metrics = demo.node.metrics()?;

    // Act 2: the result, and every winner's credit.
    let settle = demo.settle().await?;
    let settled_verdict = demo.verify("verifying draw 1").await?;

    // Act 3: at the offered rate.
    let offered = demo.offered();
    let paced = demo.pour("offering", &demo.load(1, offered, options.rate)).await?;

    // Act 4: a kill under load, and a new start.
    let killed_after = demo.pour_and_kill().await?;
    let tally = demo.record.tally();
    let refusals = refusals(&demo.record);
    let (restore, resent) = demo.restore(data).await?;

    // Act 5: every word kept?
    if let Some(lie) = options.plant_lie {
        lie.plant(&mut demo.record)?;
        eprintln!("planted in the client's record: {lie:?}");
    }
    let verdict = demo.verify("verifying").await?;
    let audit = reads::audit(&mut demo.connect().await?, game::CURRENCY).await?;
    let open_bets = ledger.open_bets.get();
    Ok(Report {
        bets_sent: tally.sent(),
        bets_accepted: tally.accepted,
        bets_refused: tally.refused,
        bets_unanswered: tally.unanswered,
        refusals,
        bets_per_second: fast_tally.accepted as f64 / fast.took.as_secs_f64(),
        latency_us: paced.latency.micros(),
        rate_offered: options.rate,
        open_bets,
        used_bytes_per_open_bet: ledger.used_bytes.get() as f64 / open_bets.max(1) as f64,
        rss_bytes: metrics.get("tote_rss_bytes")? as u64,
        wal_bytes_per_bet: logged / fast_tally.sent().max(1) as f64,
        log_disk: metrics.disk(),
        settle,
        restore,
        killed_after_answers: killed_after,
        resent_tickets: resent.tickets,
        resent_already_known: resent.repeated,
        conserved: audit.conserved == 1 && audit.digest_agrees == 1,
        verified: settled_verdict.is_verified() && verdict.is_verified(),
        reads_verified: settled_verdict.judged + verdict.judged,
        machine: Machine::this(),
        latency: paced.latency,
        verdicts: [settled_verdict, verdict],
    })
}

/// The demo on its way.
struct Demo<'a> {
    options: &'a DemoOptions,
    ids: IdSequence,
    record: Record,
    node: NodeProcess,
}

impl Demo<'_> {
    async fn connect(&self) -> Result<Connection> {
        Connection::connect(&self.node.options).await.context("cannot connect to the node")
    }

    /// Bets of the run at the offered rate.
    fn offered(&self) -> u64 {
        (self.options.rate * OFFERED_SECONDS).min(self.options.bets / 2)
    }

    fn load(&self, draw: usize, bets: u64, rate: u64) -> Load {
        Load {
            draw,
            bets,
            rate,
            bets_per_ticket: 1,
            play_mix: RAMBOLITO_SHARE,
            batch: self.options.batch.into(),
            seed: self.record.strands.len() as u64,
            patience: LONG_PATIENCE,
        }
    }

    /// A game, two draws with limits that will be met, and accounts with more money than they will stake.
    async fn prepare(&mut self) -> Result<()> {
        let mut connection = self.connect().await?;
        prepare::define_game(&mut connection, &mut self.ids, GAME).await?;
        let bets = [self.options.bets, self.offered() + self.options.bets / 2];
        for (book, bets) in DRAWS.into_iter().zip(bets) {
            let limits = prepare::limits_to_be_met(bets, RAMBOLITO_SHARE);
            let draw = prepare::open_draw(&mut connection, &mut self.ids, GAME, book, limits).await?;
            self.record.draws.push(draw);
        }
        let staked = bets.iter().sum::<u64>() as f64 * traffic::stake_mean();
        let deposit = (staked / f64::from(self.options.accounts)) as i64 * 4 + 10_000 * PESO;
        let accounts = self.options.accounts;
        self.record.accounts =
            prepare::open_accounts(&mut connection, &mut self.ids, FIRST_ACCOUNT, accounts, deposit).await?;
        connection.close().await;
        Ok(())
    }

    /// Runs a load to its end.
    async fn pour(&mut self, title: &'static str, load: &Load) -> Result<Ran> {
        let mut connections = Vec::new();
        for _ in 0..self.options.connections {
            connections.push(self.connect().await?);
        }
        let progress = Progress::default();
        let _watch = Watch::show(title, load.bets, &progress);
        let mut ran = load::run(connections, load, &mut self.record, &progress).await;
        match ran.troubles.pop() {
            None => Ok(ran),
            Some(trouble) => Err(trouble).context("a connection ended in the middle of a run"),
        }
    }

    /// Closes draw 1, gives the result that most bets win on, and waits until all winners are paid.
    async fn settle(&mut self) -> Result<Settle> {
        let winners = self.record.winners(0);
        let (result, _) = (0..).zip(&winners).max_by_key(|(_, winners)| **winners).context("no numbers")?;
        let mut connection = self.connect().await?;
        let begun = Instant::now();
        prepare::settle(&mut connection, &mut self.ids, DRAWS[0], result).await?;
        let view = loop {
            let view = reads::draw(&mut connection, DRAWS[0]).await?;
            if view.state == DrawState::Settled as u8 {
                break view;
            }
            ensure!(begun.elapsed() < SETTLE_TIMEOUT, "draw 1 is not settled after {SETTLE_TIMEOUT:?}");
        };
        let seconds = begun.elapsed().as_secs_f64();
        self.record.draws[0].result = Some(result);
        Ok(Settle { result, winners: view.winners.get(), paid: view.winners_paid.get(), seconds })
    }

    /// Asks the node about everything in the record.
    async fn verify(&self, title: &'static str) -> Result<Verdict> {
        let progress = Progress::default();
        let tickets = self.record.strands.iter().map(|strand| strand.sent.len() as u64).sum();
        let _watch = Watch::show(title, tickets, &progress);
        Ok(reads::verify(self.connect().await?, &self.record, &progress).await?)
    }

    /// Runs a load on draw 2 and kills the node once half of it is answered. Gives the answers heard by then.
    async fn pour_and_kill(&mut self) -> Result<u64> {
        let load = Load { patience: PATIENCE, ..self.load(1, self.options.bets / 2, 0) };
        let mut connections = Vec::new();
        for _ in 0..self.options.connections {
            connections.push(self.connect().await?);
        }
        let progress = Progress::default();
        let _watch = Watch::show("betting, to be killed", load.bets, &progress);
        let is_over = Cell::new(false);
        let (node, record) = (&mut self.node, &mut self.record);
        let running = async {
            load::run(connections, &load, record, &progress).await;
            is_over.set(true);
        };
        let killing = async {
            while progress.seen().answered() < load.bets / 2 && !is_over.get() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let answered = progress.seen().answered();
            node.kill().map(|()| answered)
        };
        // The run ends by itself: its connections hear nothing any more.
        let ((), killed) = tokio::join!(running, killing);
        killed
    }

    /// Starts the node again, takes the time to its first answer, and sends again what stayed unanswered.
    async fn restore(&mut self, data: &Path) -> Result<(Restore, Resent)> {
        let begun = Instant::now();
        self.node = NodeProcess::start(data, "node-2.log")?;
        let mut connection = self.connect().await?;
        let ledger = reads::ledger(&mut connection).await?;
        let seconds = begun.elapsed().as_secs_f64();
        let metrics = self.node.metrics()?;
        let commands = metrics.get("tote_replayed_commands")?;
        let digests = metrics.get("tote_replayed_digests")?;
        let replay_seconds = metrics.get("tote_replay_microseconds")? / 1e6;
        let restore = Restore {
            seconds,
            open_bets: ledger.open_bets.get(),
            commands: commands as u64,
            commands_per_second: commands / replay_seconds,
            digests_compared: digests as u64,
            digest_matches: digests > 0.0,
        };
        let resent = resend(&mut connection, &mut self.record).await?;
        connection.close().await;
        Ok((restore, resent))
    }
}
