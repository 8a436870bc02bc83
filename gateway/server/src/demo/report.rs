//! What came of the demo, as JSON and as one screen.

use std::collections::BTreeMap;
use std::fmt;

use loadgen::latency::{Latency, LatencyMicros};
use loadgen::machine::Machine;
use loadgen::report::{listed, told, write_latency, write_verdict};
use loadgen::verify::Verdict;
use serde::Serialize;

/// What `--report` writes. Bets are counted over all runs, as heard before the node was started again.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    /// Accepted, refused and unanswered.
    pub bets_sent: u64,
    pub bets_accepted: u64,
    pub bets_refused: u64,
    /// In flight when the node was killed.
    pub bets_unanswered: u64,
    /// Refused bets by reason.
    pub refusals: BTreeMap<String, u64>,
    /// Accepted bets ÷ the time from the first send to the last answer, of the run as fast as admitted.
    pub bets_per_second: f64,
    /// Of the run at the offered rate, from the intended time of each ticket to its answer.
    pub latency_us: LatencyMicros,
    /// That rate.
    pub rate_offered: u64,
    /// After the run as fast as admitted, when no draw had a result; the next three figures are of that moment.
    pub open_bets: u64,
    /// Pages in use and whole index tables, all told, by open bet.
    pub used_bytes_per_open_bet: f64,
    /// Resident memory of the node's process.
    pub rss_bytes: u64,
    /// Commands, frame headers and marks, without the padding to whole blocks, by bet sent.
    pub wal_bytes_per_bet: f64,
    /// How the node wrote its log.
    pub log_disk: String,
    pub settle: Settle,
    pub restore: Restore,
    /// Answers heard in the run under which the node was killed.
    pub killed_after_answers: u64,
    /// Unanswered tickets that were sent again with the same ids.
    pub resent_tickets: u64,
    /// Of these, the node had decided before it was killed.
    pub resent_already_known: u64,
    /// By the node's audit of every row: money is conserved, and the digest summed anew is the one kept.
    pub conserved: bool,
    /// Every ticket, balance, number and draw read back agrees with the answers, before the kill and after.
    pub verified: bool,
    /// Reads that were judged for it.
    pub reads_verified: u64,
    /// What it was measured on: client and node together.
    pub machine: Machine,
    #[serde(skip)]
    pub latency: Latency,
    #[serde(skip)]
    pub verdicts: [Verdict; 2],
}

/// The settled draw.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Settle {
    /// The number drawn: the one that most bets win on.
    pub result: u16,
    pub winners: u64,
    /// Of these, paid.
    pub paid: u64,
    /// From the command to the last credit, seen from the client.
    pub seconds: f64,
}

/// The start after the kill.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Restore {
    /// From exec to the first answer.
    pub seconds: f64,
    /// Open bets that it found.
    pub open_bets: u64,
    /// Commands replayed.
    pub commands: u64,
    /// By the time that recovery and replay took.
    pub commands_per_second: f64,
    /// Digests in the log that the replay was held to. A node that differs in one does not start.
    pub digests_compared: u64,
    /// There were such, and all were reproduced.
    pub digest_matches: bool,
}

impl Report {
    /// Whether everything is as it was acknowledged.
    pub fn is_good(&self) -> bool {
        self.verified
            && self.conserved
            && self.restore.digest_matches
            && self.settle.paid == self.settle.winners
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes >> 20;
        let Report { settle, restore, machine, .. } = self;
        writeln!(
            out,
            "\ntote on {} × {}, client and node together, log by {}",
            machine.cpus, machine.cpu, self.log_disk
        )?;
        writeln!(out, "\nbets")?;
        writeln!(
            out,
            "  rate        {:>13} durable bets/s accepted, one-bet tickets over QUIC",
            told(self.bets_per_second as u64)
        )?;
        writeln!(out, "  sent        {:>13}", told(self.bets_sent))?;
        writeln!(out, "  accepted    {:>13}", told(self.bets_accepted))?;
        writeln!(out, "  refused     {:>13}   {}", told(self.bets_refused), listed(&self.refusals))?;
        writeln!(
            out,
            "  unanswered  {:>13}   in flight when the node was killed; {} of them it had kept",
            told(self.bets_unanswered),
            told(self.resent_already_known)
        )?;
        write_latency(out, self.rate_offered, &self.latency)?;
        writeln!(
            out,
            "\nmemory     {:.1} bytes per open bet in use at {} open bets; {} MiB resident",
            self.used_bytes_per_open_bet,
            told(self.open_bets),
            told(mib(self.rss_bytes))
        )?;
        writeln!(out, "log        {:.1} bytes per bet", self.wal_bytes_per_bet)?;
        writeln!(
            out,
            "settled    {:03} drawn, {} of {} winners paid in {:.1} ms",
            settle.result,
            told(settle.paid),
            told(settle.winners),
            settle.seconds * 1e3
        )?;
        writeln!(
            out,
            "restarted  {:.0} ms from exec to the first answer, {} commands replayed at {}/s, {} digests agree",
            restore.seconds * 1e3,
            told(restore.commands),
            told(restore.commands_per_second as u64),
            told(restore.digests_compared)
        )?;
        let conserved = if self.conserved { "conserved" } else { "NOT CONSERVED" };
        writeln!(out, "money      {conserved}, by the node's audit of every row")?;
        let [settled, last] = &self.verdicts;
        write!(out, "draw 1     ")?;
        write_verdict(out, settled)?;
        write!(out, "all        ")?;
        write_verdict(out, last)
    }
}
