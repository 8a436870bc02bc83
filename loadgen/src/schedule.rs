//! When each ticket should be sent: an open loop, which does not wait for answers.
//!
//! A late ticket keeps its intended time, and its latency counts from there: no coordinated omission, and nothing
//! to correct afterwards.

/// The tickets of one connection in the schedule of a whole run.
///
/// The run's tickets are dealt out in turn: connection `c` of `C` sends tickets `c`, `c + C`, `c + 2C`, …
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Bets per second over all connections; at least 1.
    rate: u64,
    bets_per_ticket: u64,
    connections: u64,
    connection: u64,
}

const SECOND_NS: u128 = 1_000_000_000;

impl Schedule {
    /// The part of `connection` (from 0) in `connections` that offer `rate` bets per second together; `None` at
    /// rate 0, where nothing is scheduled.
    pub fn new(rate: u64, bets_per_ticket: usize, connections: usize, connection: usize) -> Option<Schedule> {
        (rate > 0).then_some(Schedule {
            rate,
            bets_per_ticket: bets_per_ticket as u64,
            connections: connections as u64,
            connection: connection as u64,
        })
    }

    /// When this connection's ticket `own` (from 0) should be sent: nanoseconds since the start of the run.
    #[inline]
    pub fn intended_ns(&self, own: u64) -> u64 {
        let bets_before =
            u128::from(own * self.connections + self.connection) * u128::from(self.bets_per_ticket);
        (bets_before * SECOND_NS / u128::from(self.rate)) as u64
    }

    /// How many tickets this connection should have sent by then.
    pub fn due(&self, elapsed_ns: u64) -> u64 {
        let bets = u128::from(elapsed_ns) * u128::from(self.rate) / SECOND_NS;
        let last = (bets / u128::from(self.bets_per_ticket)) as u64;
        if last < self.connection { 0 } else { (last - self.connection) / self.connections + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_take_turns() {
        let parts = [0, 1, 2].map(|c| Schedule::new(1000, 1, 3, c).expect("a rate"));
        let intended: Vec<u64> =
            (0..2).flat_map(|own| parts.map(|part| part.intended_ns(own) / 1_000_000)).collect();
        assert_eq!(intended, [0, 1, 2, 3, 4, 5]);
        assert_eq!(parts.map(|part| part.due(4_500_000)), [2, 2, 1]);
        assert_eq!(parts.map(|part| part.due(0)), [1, 0, 0]);
    }

    #[test]
    fn what_is_due_is_exactly_what_was_intended_by_then() {
        for (rate, bets_per_ticket) in [(1, 1), (7, 3), (333_333, 1), (1_000_000, 1), (2_500_000, 64)] {
            let part = Schedule::new(rate, bets_per_ticket, 2, 1).expect("a rate");
            for elapsed in [0, 1, 999, 1_000_000, 333_333_333, 2_000_000_000] {
                let due = part.due(elapsed);
                assert!(due == 0 || part.intended_ns(due - 1) <= elapsed);
                // The next one's time is cut down to whole nanoseconds, so it may be this one, but not earlier.
                assert!(part.intended_ns(due) >= elapsed, "{rate} {bets_per_ticket} {elapsed}");
            }
        }
    }

    #[test]
    fn rate_zero_schedules_nothing() {
        assert!(Schedule::new(0, 1, 1, 0).is_none());
    }
}
