//! Latencies: recorded in nanoseconds, told in microseconds, drawn for a terminal.

use std::fmt::Write;

use hdrhistogram::Histogram;
use serde::Serialize;

/// The longest latency that is told apart, nanoseconds; longer ones count as this long.
const LONGEST_NS: u64 = 120_000_000_000;
/// Width of the longest bar, in characters.
const BAR: usize = 40;

/// How long answers took, from the time at which their question should have been sent.
#[derive(Clone, Debug)]
pub struct Latency {
    histogram: Histogram<u64>,
}

/// Latencies in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LatencyMicros {
    /// Half of the answers came within this time.
    pub p50: f64,
    /// 90 %.
    pub p90: f64,
    /// 99 %.
    pub p99: f64,
    /// 99.9 %.
    pub p999: f64,
    /// All.
    pub max: f64,
}

impl Default for Latency {
    fn default() -> Latency {
        let histogram = Histogram::new_with_bounds(1, LONGEST_NS, 3);
        Latency { histogram: histogram.expect("the bounds and digits are among those it takes") }
    }
}

impl Latency {
    /// Notes that `count` answers took so long.
    #[inline]
    pub fn record(&mut self, ns: u64, count: u64) {
        self.histogram.saturating_record_n(ns, count);
    }

    /// Adds all that another one noted.
    pub fn add(&mut self, other: &Latency) {
        self.histogram.add(&other.histogram).expect("both have the same bounds");
    }

    /// How many answers were noted.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// The usual quantiles.
    pub fn micros(&self) -> LatencyMicros {
        let at = |quantile| self.histogram.value_at_quantile(quantile) as f64 / 1e3;
        LatencyMicros {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: self.histogram.max() as f64 / 1e3,
        }
    }

    /// A bar for each power of two of milliseconds in which answers fell.
    pub fn drawing(&self) -> String {
        let rows: Vec<(f64, u64)> = self
            .histogram
            .iter_log(1 << 16, 2.0)
            .map(|step| (step.value_iterated_to() as f64 / 1e6, step.count_since_last_iteration()))
            .collect();
        let first = rows.iter().position(|&(_, count)| count > 0).unwrap_or(rows.len());
        let most = rows.iter().map(|&(_, count)| count).max().unwrap_or(0).max(1);
        let mut drawing = String::new();
        for &(to_ms, count) in &rows[first..] {
            let eighths = (count as f64 / most as f64 * (BAR * 8) as f64).round() as usize;
            let partial = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8];
            let bar: String = "█".repeat(eighths / 8) + partial.to_string().as_str();
            let share = count as f64 / self.count().max(1) as f64 * 100.0;
            // Writing to a string cannot fail.
            let _ = writeln!(drawing, "  ≤ {to_ms:>9.3} ms  {bar:<41} {share:>7.3} %");
        }
        drawing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_told_in_microseconds() {
        let mut latency = Latency::default();
        latency.record(1_000_000, 900);
        let mut other = Latency::default();
        other.record(8_000_000, 99);
        other.record(LONGEST_NS * 2, 1);
        latency.add(&other);
        let told = latency.micros();
        let near = |value: f64, expected: f64| (value / expected - 1.0).abs() < 0.002;
        assert!(near(told.p50, 1_000.0) && near(told.p90, 1_000.0) && near(told.p99, 8_000.0), "{told:?}");
        assert!(near(told.max, 120_000_000.0), "{told:?}");
        assert_eq!(latency.count(), 1000);
    }

    #[test]
    fn the_drawing_begins_where_answers_begin_and_its_shares_are_all() {
        let mut latency = Latency::default();
        latency.record(1_000_000, 75);
        latency.record(3_900_000, 25);
        let drawing = latency.drawing();
        let shares: Vec<&str> =
            drawing.lines().map(|line| line.rsplit_once("  ").expect("columns").1.trim()).collect();
        assert_eq!(shares, ["75.000 %", "0.000 %", "25.000 %"], "{drawing}");
    }
}
