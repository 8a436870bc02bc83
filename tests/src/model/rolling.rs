//! Rolling limits: every counted event is kept with its time, and a window is summed by walking them.

use super::money::Account;
use super::{Counted, HOUR, NO_LIMIT, Reason, Refused, Rolling, Window};

/// An event that some limit counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Deposit,
    Stake,
    /// A payout, or the refund of a cancelled ticket.
    Back,
}

impl Window {
    /// Nanoseconds of a bucket, and how many of them count.
    fn buckets(self) -> (u64, u64) {
        match self {
            Window::Day => (HOUR, 24),
            Window::Week => (6 * HOUR, 28),
            Window::Month => (24 * HOUR, 30),
        }
    }

    /// Whether what happened then still counts now: a bucket counts whole until it leaves.
    fn holds(self, then: u64, now: u64) -> bool {
        let (width, count) = self.buckets();
        then / width + count > now / width
    }

    const ALL: [Window; 3] = [Window::Day, Window::Week, Window::Month];
}

impl Account {
    /// An event counts once the account has ever had a limit.
    pub(super) fn count(&mut self, time: u64, event: Event, amount: i128) {
        if !self.limits.is_empty() {
            self.events.push((time, event, amount));
        }
    }

    /// The limit in force: what the commands for it have led to.
    fn limit(&self, of: Rolling, now: u64, delay: u64) -> i64 {
        let mut limit = NO_LIMIT;
        let mut raise: Option<(u64, i64)> = None;
        let acted = |raise: Option<(u64, i64)>, by: u64| raise.filter(|(at, _)| *at <= by);
        for (time, _, asked) in self.limits.iter().filter(|(_, which, _)| *which == of) {
            if let Some((_, raised)) = acted(raise, *time) {
                limit = raised;
            }
            raise = None;
            if *asked <= limit {
                limit = *asked;
            } else {
                raise = Some((*time + delay, *asked));
            }
        }
        acted(raise, now).map_or(limit, |(_, raised)| raised)
    }

    fn sum(&self, of: Rolling, now: u64) -> i128 {
        let counts = |event: Event| match (of.of, event) {
            (Counted::Deposit, Event::Deposit) | (Counted::Stake | Counted::NetLoss, Event::Stake) => 1,
            (Counted::NetLoss, Event::Back) => -1,
            _ => 0,
        };
        let within = self.events.iter().filter(|(then, ..)| of.window.holds(*then, now));
        within.map(|(_, event, amount)| counts(*event) * amount).sum()
    }

    /// What still passes the limits of this kind, the least over the windows; `None`: there is no limit.
    pub(super) fn rolling_room(&self, of: Counted, now: u64, delay: u64) -> Option<i128> {
        let rooms = Window::ALL.into_iter().filter_map(|window| {
            let of = Rolling { of, window };
            let limit = self.limit(of, now, delay);
            (limit != NO_LIMIT).then(|| i128::from(limit) - self.sum(of, now))
        });
        rooms.min().map(|room| room.max(0))
    }

    /// Whether so much more still passes the limits of this kind.
    pub(super) fn check_rolling(
        &self,
        of: Counted,
        amount: i128,
        now: u64,
        delay: u64,
    ) -> Result<(), Refused> {
        let reason = match of {
            Counted::Deposit => Reason::DepositLimitReached,
            Counted::Stake => Reason::StakeLimitOfAccount,
            Counted::NetLoss => Reason::LossLimitReached,
        };
        match self.rolling_room(of, now, delay) {
            Some(room) if amount > room => Err(reason.whole(room)),
            _ => Ok(()),
        }
    }
}
