//! Running a load: one sender and one hearer per connection, all on the caller's thread.
//!
//! A sender follows its [`Schedule`], or at rate 0 sends as fast as credit admits, and makes ids, bets and bytes as it
//! goes; a hearer notes every answer in the record. A connection that is lost, or silent for too long, ends its
//! strand of the run: what it had sent stays in the record, unanswered.

mod hearing;
mod sending;

use std::cell::RefCell;
use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use client::Connection;
use protocol::command::TICKET_BETS_MAX;
use tokio::task::{JoinSet, LocalSet};

use crate::chance::Stream;
use crate::flight::Flight;
use crate::id::{Ids, unix_ms_now};
use crate::latency::Latency;
use crate::progress::Progress;
use crate::pulse::Pulse;
use crate::record::{Record, Strand};
use crate::schedule::Schedule;
use crate::traffic::Traffic;
use crate::trouble::Trouble;
use hearing::Hearing;
use sending::Sending;

/// How often an open loop looks what it owes.
const PULSE: Duration = Duration::from_micros(250);

/// What to send.
#[derive(Clone, Debug)]
pub struct Load {
    /// The place in the record of the draw to bet on.
    pub draw: usize,
    /// Bets over all connections.
    pub bets: u64,
    /// Bets per second over all connections; 0: as fast as credit admits.
    pub rate: u64,
    /// Bets of each ticket but the last of a connection; 1 to 64.
    pub bets_per_ticket: usize,
    /// Share of bets that are rambolito, 0 to 1.
    pub play_mix: f64,
    /// Most tickets in a frame.
    pub batch: usize,
    /// Makes the run repeatable, ids apart from their time.
    pub seed: u64,
    /// A connection that owes answers and gives none for so long is given up.
    pub patience: Duration,
}

/// What a run came to, apart from the record.
#[derive(Debug)]
pub struct Ran {
    /// From the first send to the last answer.
    pub took: Duration,
    /// From the time each ticket should have been sent; at rate 0, from when its batch was begun.
    pub latency: Latency,
    /// Why connections ended early; empty if everything sent was answered.
    pub troubles: Vec<Trouble>,
}

/// What one connection's part came to.
struct Done {
    strand: Strand,
    latency: Latency,
    /// Since the start of the run; `None` if nothing was sent.
    first_send: Option<Duration>,
    /// Since the start of the run; `None` if nothing was answered.
    last_answer: Option<Duration>,
    trouble: Option<Trouble>,
}

/// Runs a load over these connections and adds what was sent and heard to the record.
///
/// # Panics
/// If the draw is not in the record, or no account is, or a ticket would have no bets or too many.
pub async fn run(connections: Vec<Connection>, load: &Load, record: &mut Record, progress: &Progress) -> Ran {
    assert!((1..=TICKET_BETS_MAX).contains(&load.bets_per_ticket), "a ticket has 1 to 64 bets");
    let accounts = u32::try_from(record.accounts.deposits.len()).expect("accounts are counted in 32 bits");
    assert!(accounts > 0, "somebody must bet");
    let count = connections.len();
    let mut seeds = Stream::new(load.seed);
    let strands: Vec<Strand> = (0..count)
        .map(|place| {
            // Ids of two runs of one seed must differ, even within one millisecond.
            let ids = Ids::new(seeds.word() ^ u64::from(std::process::id()) ^ (unix_ms_now() << 20));
            let tickets = share(load.bets, count, place).div_ceil(load.bets_per_ticket as u64);
            Strand::with_room(load.draw, ids, unix_ms_now(), tickets as usize, load.bets_per_ticket)
        })
        .collect();

    let clock = Clock::started();
    let pulse = (load.rate > 0).then(|| Pulse::every(PULSE));
    let local = LocalSet::new();
    let mut running = JoinSet::new();
    for (place, (connection, strand)) in connections.into_iter().zip(strands).enumerate() {
        let (sender, receiver) = connection.split();
        let flight = Rc::new(RefCell::new(Flight::default()));
        let schedule = Schedule::new(load.rate, load.bets_per_ticket, count, place);
        let sending = Sending {
            sender,
            batch: load.batch,
            bets_per_ticket: load.bets_per_ticket,
            bets_left: share(load.bets, count, place),
            book: record.draws[load.draw].book,
            accounts_from: record.accounts.first,
            pace: schedule.zip(pulse.clone()),
            traffic: Traffic::new(seeds.word(), accounts, load.play_mix),
            clock,
            first_send: None,
            flight: Rc::clone(&flight),
            progress: progress.clone(),
        };
        let hearing = Hearing {
            receiver,
            bets_per_ticket: load.bets_per_ticket,
            schedule,
            clock,
            patience: load.patience,
            latency: Latency::default(),
            last_answer: None,
            flight,
            progress: progress.clone(),
        };
        running.spawn_local_on(run_strand(sending, hearing, strand), &local);
    }
    let done = local.run_until(running.join_all()).await;
    gather(done, record)
}

async fn run_strand(mut sending: Sending, mut hearing: Hearing, strand: Strand) -> Done {
    let Strand { draw, mut sent, mut heard } = strand;
    let trouble = {
        let mut sends = pin!(sending.send_all(&mut sent));
        let mut hears = pin!(hearing.hear_all(&mut heard));
        let mut is_sending = true;
        loop {
            tokio::select! {
                // A sender with nothing to do says so before its hearer would wait for the first answer.
                biased;
                ended = &mut sends, if is_sending => match ended {
                    Ok(()) => is_sending = false,
                    Err(trouble) => break Some(trouble),
                },
                ended = &mut hears => break ended.err(),
            }
        }
    };
    Done {
        strand: Strand { draw, sent, heard },
        latency: hearing.latency,
        first_send: sending.first_send,
        last_answer: hearing.last_answer,
        trouble,
    }
}

fn gather(done: Vec<Done>, record: &mut Record) -> Ran {
    let first_send = done.iter().filter_map(|done| done.first_send).min().unwrap_or_default();
    let last_answer = done.iter().filter_map(|done| done.last_answer).max().unwrap_or_default();
    let took = last_answer.saturating_sub(first_send);
    let mut ran = Ran { took, latency: Latency::default(), troubles: Vec::new() };
    for done in done {
        ran.latency.add(&done.latency);
        ran.troubles.extend(done.trouble);
        record.strands.push(done.strand);
    }
    ran
}

/// The bets of the connection at `place` of `count`.
fn share(bets: u64, count: usize, place: usize) -> u64 {
    bets / count as u64 + u64::from((place as u64) < bets % count as u64)
}

/// The time since a run began, and the date it began at.
#[derive(Clone, Copy, Debug)]
struct Clock {
    start: Instant,
    start_unix_ms: u64,
}

impl Clock {
    fn started() -> Clock {
        Clock { start: Instant::now(), start_unix_ms: unix_ms_now() }
    }

    fn elapsed_ns(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }

    /// Milliseconds since the Unix epoch, from the date of the start and the time since.
    fn unix_ms(&self, elapsed_ns: u64) -> u64 {
        self.start_unix_ms + elapsed_ns / 1_000_000
    }
}
