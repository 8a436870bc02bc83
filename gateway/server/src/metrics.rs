//! What the node has done, as Prometheus reads it. The shard and the edge keep plain atomics; they are collected when
//! somebody asks.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use host::Ingress;
use metrics::{Unit, counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// A number that many threads add to and any reads.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

/// What the edge counts, since the start of the process.
#[derive(Debug, Default)]
pub struct Counts {
    /// Clients that were welcomed.
    pub connections_welcomed: Count,
    /// Of these, those that have gone.
    pub connections_ended: Count,
    /// Clients that were not welcomed.
    pub connections_refused: Count,
    /// Frames read after the greeting.
    pub frames: Count,
    /// Of these, frames that were not carried out as a whole.
    pub frames_rejected: Count,
    /// Commands answered with a fault of form.
    pub commands_malformed: Count,
    /// Waits for a full queue, each of a millisecond.
    pub queue_waits: Count,
}

/// Renders all of it.
pub struct Collector {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

/// Name, meaning, where to read it.
type Metric<Source> = (&'static str, &'static str, fn(&Source) -> u64);

const SHARD_COUNTERS: [Metric<host::Stats>; 8] = [
    ("tote_ticks_total", "Ticks applied.", |stats| stats.ticks.get()),
    ("tote_commands_total", "Commands applied since the start.", |stats| stats.commands.get()),
    ("tote_accepted_total", "Of these, accepted.", |stats| stats.accepted.get()),
    ("tote_refused_total", "Of these, refused.", |stats| {
        stats.commands.get().saturating_sub(stats.accepted.get())
    }),
    ("tote_reads_total", "Reads answered.", |stats| stats.reads.get()),
    ("tote_runs_total", "Runs of commands that several shards decided together.", |stats| stats.runs.get()),
    ("tote_rounds_total", "Rounds of votes that these took.", |stats| stats.rounds.get()),
    ("tote_decided_in_order_total", "Commands left to one thread after the last round.", |stats| {
        stats.decided_in_order.get()
    }),
];
const SHARD_GAUGES: [Metric<host::Stats>; 9] = [
    ("tote_tick", "Number of the last tick applied.", |stats| stats.tick.get()),
    ("tote_log_frames_in_flight", "Ticks on their way to the disk.", |stats| stats.ticks_in_flight.get()),
    ("tote_log_full", "1: the log is full and bets are refused.", |stats| stats.log_full.get()),
    ("tote_accounts", "Accounts.", |stats| stats.accounts.get()),
    ("tote_tickets", "Resident tickets.", |stats| stats.tickets.get()),
    ("tote_open_bets", "Bets that stand and have no result.", |stats| stats.open_bets.get()),
    ("tote_replayed_commands", "Commands replayed at the start.", |stats| stats.replayed_commands.get()),
    ("tote_replayed_digests", "Recorded digests that the replay reproduced.", |stats| {
        stats.replayed_digests.get()
    }),
    ("tote_replay_microseconds", "Time of the replay.", |stats| stats.replay_us.get()),
];
const EDGE_COUNTERS: [Metric<Counts>; 6] = [
    ("tote_connections_welcomed_total", "Clients welcomed.", |counts| counts.connections_welcomed.get()),
    ("tote_connections_refused_total", "Clients not welcomed.", |counts| counts.connections_refused.get()),
    ("tote_frames_total", "Frames read.", |counts| counts.frames.get()),
    ("tote_frames_rejected_total", "Frames not carried out as a whole.", |counts| {
        counts.frames_rejected.get()
    }),
    ("tote_commands_malformed_total", "Commands with a fault of form.", |counts| {
        counts.commands_malformed.get()
    }),
    ("tote_queue_waits_total", "Waits of a millisecond for a full queue.", |counts| counts.queue_waits.get()),
];

impl Count {
    /// The number.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Adds to it.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }
}

impl Counts {
    /// Clients connected now.
    pub fn connections(&self) -> u64 {
        self.connections_welcomed.get().saturating_sub(self.connections_ended.get())
    }
}

impl Default for Collector {
    fn default() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, describe);
        Collector { recorder, handle }
    }
}

impl Collector {
    /// The text that Prometheus reads. Without an ingress, the node is still recovering.
    pub fn render(&self, ingress: Option<&Ingress>, counts: &Counts) -> String {
        metrics::with_local_recorder(&self.recorder, || {
            for (name, _, read) in EDGE_COUNTERS {
                counter!(name).absolute(read(counts));
            }
            gauge!("tote_connections").set(counts.connections() as f64);
            gauge!("tote_rss_bytes").set(rss_bytes() as f64);
            if let Some(ingress) = ingress {
                collect(ingress);
            }
        });
        self.handle.render()
    }
}

fn collect(ingress: &Ingress) {
    let stats = ingress.stats();
    for (name, _, read) in SHARD_COUNTERS {
        counter!(name).absolute(read(stats));
    }
    for (name, _, read) in SHARD_GAUGES {
        gauge!(name).set(read(stats) as f64);
    }
    counter!("tote_log_bytes_total").absolute(stats.bytes_logged.get());
    gauge!("tote_used_bytes").set(stats.used_bytes.get() as f64);
    gauge!("tote_log_disk", "kind" => stats.disk.get().copied().unwrap_or("unknown")).set(1.0);
    let (bets, operators, reads) = ingress.waiting();
    for (lane, waiting) in [("bets", bets), ("operators", operators), ("reads", reads)] {
        gauge!("tote_queue_batches", "lane" => lane).set(waiting as f64);
    }
}

fn describe() {
    for (name, meaning) in SHARD_COUNTERS.map(|(name, meaning, _)| (name, meaning)) {
        describe_counter!(name, meaning);
    }
    for (name, meaning) in EDGE_COUNTERS.map(|(name, meaning, _)| (name, meaning)) {
        describe_counter!(name, meaning);
    }
    for (name, meaning) in SHARD_GAUGES.map(|(name, meaning, _)| (name, meaning)) {
        describe_gauge!(name, meaning);
    }
    describe_counter!("tote_log_bytes_total", Unit::Bytes, "Bytes handed to the log, without padding.");
    describe_gauge!("tote_used_bytes", Unit::Bytes, "Pages and index tables of the ledger.");
    describe_gauge!("tote_rss_bytes", Unit::Bytes, "Memory of the process that is resident.");
    describe_gauge!("tote_connections", "Clients connected now.");
    describe_gauge!("tote_log_disk", "1 for the way in which the log is written.");
    describe_gauge!("tote_queue_batches", "Batches that wait for the shard, by lane.");
}

/// Resident memory of this process, from /proc; 0 where that cannot be read.
fn rss_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?.trim().parse().ok());
    kib.map_or(0, |kib: u64| kib * 1024)
}
