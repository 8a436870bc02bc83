//! The result of a run: JSON for machines, a screen for people.

use std::collections::BTreeMap;
use std::fmt;

use indicatif::HumanCount;
use protocol::refusal::{ACCEPTED, Malformed, Refusal};
use protocol::unavailable::Unavailable;
use serde::Serialize;

use crate::latency::{Latency, LatencyMicros};
use crate::load::{Load, Ran};
use crate::machine::Machine;
use crate::record::{Record, Tally, UNANSWERED};
use crate::verify::Verdict;

/// What `--report` writes.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Bets handed to the connections: accepted, refused and unanswered.
    pub bets_sent: u64,
    /// Bets whose acceptance was heard.
    pub bets_accepted: u64,
    /// Bets whose refusal was heard.
    pub bets_refused: u64,
    /// Bets of which nothing was heard before the run ended.
    pub bets_unanswered: u64,
    /// Refused bets by reason.
    pub refusals: BTreeMap<String, u64>,
    /// Accepted bets ÷ the time from the first send to the last answer.
    pub bets_per_second: f64,
    /// That time.
    pub seconds: f64,
    /// What the schedule offered; 0: as fast as credit admitted.
    pub rate_offered: u64,
    /// From the intended time of each ticket to its answer; at rate 0, from when its batch was begun.
    pub latency_us: LatencyMicros,
    /// Connections.
    pub connections: usize,
    /// Accounts.
    pub accounts: usize,
    /// Bets of a ticket.
    pub bets_per_ticket: usize,
    /// Whether the ledger holds what the answers said; absent if that was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
    /// What it was measured on.
    pub machine: Machine,
    #[serde(skip)]
    latency: Latency,
}

impl Report {
    /// Puts the result of one run together; the record holds that run alone.
    pub fn new(load: &Load, ran: &Ran, connections: usize, record: &Record) -> Report {
        let Tally { accepted, refused, unanswered } = record.tally();
        let seconds = ran.took.as_secs_f64();
        Report {
            bets_sent: accepted + refused + unanswered,
            bets_accepted: accepted,
            bets_refused: refused,
            bets_unanswered: unanswered,
            refusals: refusals(record),
            bets_per_second: if seconds > 0.0 { accepted as f64 / seconds } else { 0.0 },
            seconds,
            rate_offered: load.rate,
            latency_us: ran.latency.micros(),
            connections,
            accounts: record.accounts.deposits.len(),
            bets_per_ticket: load.bets_per_ticket,
            verified: None,
            machine: Machine::this(),
            latency: ran.latency.clone(),
        }
    }
}

/// Refused bets by the name of the reason.
pub fn refusals(record: &Record) -> BTreeMap<String, u64> {
    let mut refusals = BTreeMap::new();
    for ticket in record.tickets() {
        let code = ticket.outcome.code;
        if code != ACCEPTED && code != UNANSWERED {
            *refusals.entry(code_name(code)).or_default() += ticket.wagers.len() as u64;
        }
    }
    refusals
}

fn code_name(code: u16) -> String {
    let refusal = Refusal::from_code(code).map(|reason| format!("{reason:?}"));
    let unavailable = || Unavailable::from_code(code).map(|reason| format!("{reason:?}"));
    let malformed = || Malformed::from_code(code).map(|reason| format!("{reason:?}"));
    refusal.or_else(unavailable).or_else(malformed).unwrap_or_else(|| format!("code {code}"))
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "\n{} bets in {:.3} s", HumanCount(self.bets_sent), self.seconds)?;
        writeln!(
            out,
            "  accepted    {:>13}   {}/s",
            told(self.bets_accepted),
            told(self.bets_per_second as u64)
        )?;
        writeln!(out, "  refused     {:>13}   {}", told(self.bets_refused), listed(&self.refusals))?;
        writeln!(out, "  unanswered  {:>13}", told(self.bets_unanswered))?;
        write_latency(out, self.rate_offered, &self.latency)
    }
}

/// A number with its thousands apart.
pub fn told(number: u64) -> String {
    HumanCount(number).to_string()
}

/// Reasons and their counts, in one line.
pub fn listed(refusals: &BTreeMap<String, u64>) -> String {
    let listed: Vec<String> =
        refusals.iter().map(|(reason, count)| format!("{reason} {}", told(*count))).collect();
    listed.join(", ")
}

/// Writes the latency's quantiles and its drawing.
///
/// # Errors
/// As the writer has them.
pub fn write_latency(out: &mut impl fmt::Write, rate: u64, latency: &Latency) -> fmt::Result {
    let LatencyMicros { p50, p90, p99, p999, max } = latency.micros();
    let (p50, p90, p99, p999, max) = (p50 / 1e3, p90 / 1e3, p99 / 1e3, p999 / 1e3, max / 1e3);
    match rate {
        0 => writeln!(out, "\nlatency as fast as credit admits, from when a batch was begun")?,
        rate => writeln!(out, "\nlatency at {} bets/s offered, from the intended time of each", told(rate))?,
    }
    writeln!(out, "  p50 {p50:.2}   p90 {p90:.2}   p99 {p99:.2}   p99.9 {p999:.2}   max {max:.2} ms")?;
    out.write_str(&latency.drawing())
}

/// A verdict in words: one line, or the first disagreements.
pub fn write_verdict(out: &mut impl fmt::Write, verdict: &Verdict) -> fmt::Result {
    if verdict.is_verified() {
        return writeln!(out, "verified: {} reads agree with what was answered", told(verdict.judged));
    }
    writeln!(
        out,
        "NOT VERIFIED: {} disagreements in {} reads",
        told(verdict.disagreements),
        told(verdict.judged)
    )?;
    for disagreement in &verdict.first {
        writeln!(out, "  {disagreement}")?;
    }
    if verdict.disagreements > verdict.first.len() as u64 {
        writeln!(out, "  …")?;
    }
    Ok(())
}
