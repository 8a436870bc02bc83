//! What operators do with those who sell: trees, shares, principals that stand for an account.

use super::{ACCOUNTS, IDLE, PHP, Profile, Traffic, USD};
use crate::model::{Act, Ask, DAY, HOUR, MS, Model, Period, SECOND};

/// Accounts that sell, and bet now and then; the first seven stand below one another at first.
pub(super) const AGENTS: [u64; 9] = [31, 32, 33, 34, 35, 36, 37, 38, 39];
/// Principals that may be made to stand for an account.
pub(super) const SCOPED: [u32; 4] = [4, 5, 6, 7];

impl Traffic {
    /// A command about trees, shares and principals.
    pub(super) fn agents(&mut self, model: &Model) -> Ask {
        let account = self.seller();
        match self.random.below(16) {
            0..=5 => Ask::Wallet { account, act: Act::SetParent { parent: self.parent(account) } },
            6..=11 => Ask::Wallet { account, act: Act::SetCommission(self.period(model)) },
            _ => {
                let account = match self.random.below(12) {
                    0 => 97,
                    1..=3 => 0,
                    4 => account,
                    _ => self.random.of(&AGENTS[..5]),
                };
                Ask::SetPrincipal { principal: self.random.of(&SCOPED), account }
            }
        }
    }

    fn seller(&mut self) -> u64 {
        match self.random.below(24) {
            0 if self.profile != Profile::Cramped => 90 + self.random.below(4),
            0..=4 => self.random.of(&IDLE),
            5..=9 => 1 + self.random.below(ACCOUNTS),
            _ => self.random.of(&AGENTS),
        }
    }

    /// Whom an account is to stand below: somebody who sells, mostly.
    pub(super) fn parent(&mut self, account: u64) -> u64 {
        match self.random.below(20) {
            0 => account,
            1 => 97,
            2 => ACCOUNTS,
            3..=5 => 0,
            6 => self.random.of(&IDLE),
            7 | 8 => 1 + self.random.below(ACCOUNTS),
            // The deep end, where one more is too many.
            9..=12 => self.random.of(&AGENTS[4..7]),
            _ => self.random.of(&AGENTS),
        }
    }

    /// Shares begin and end around now, where draws close, or long ago.
    fn period(&mut self, model: &Model) -> Period {
        let ppm = self.random.of(&[0, 1, 10_000, 55_000, 75_000, 333_333, 999_999, 1_000_000]);
        let now = self.now;
        let closings: Vec<u64> = model.books().map(|(_, book)| book.draw.closes_at).collect();
        let near = match self.random.below(8) {
            _ if closings.is_empty() => now,
            0..=4 => self.random.of(&closings[closings.len().saturating_sub(6)..]),
            _ => now + self.random.below(20 * SECOND),
        };
        let from = match self.random.below(8) {
            0 => near,
            1 => near + 1,
            2 => 0,
            3 => now - 25 * HOUR,
            _ => now.min(near) - self.random.below(4 * SECOND),
        };
        let until = match self.random.below(10) {
            0..=2 => 0,
            3 | 4 => near,
            5 => near + 1,
            6 => now - DAY,
            7 => now - DAY + MS,
            _ => near + self.random.below(4 * SECOND),
        };
        let is_right = until == 0 || until > from;
        Period { ppm, from, until: if is_right { until } else { from + 1 } }
    }

    /// A trunk of seven, players and idle accounts below it, and who gets what at first.
    pub(super) fn sellers(&mut self) -> Vec<Ask> {
        let mut asks = Vec::new();
        for (place, account) in AGENTS.into_iter().enumerate() {
            let parent = if (1..7).contains(&place) { AGENTS[place - 1] } else { 0 };
            asks.push(Ask::OpenAccount { account, currency: PHP, parent });
            asks.push(Ask::Deposit { account, amount: 50_00 + self.random.below(500_00) as i64 });
        }
        for (account, parent) in [(1, 33), (2, 33), (3, 34), (IDLE[0], 35)] {
            asks.push(Ask::Wallet { account, act: Act::SetParent { parent } });
        }
        for (account, ppm) in [(31, 10_000), (33, 55_000)] {
            let act = Act::SetCommission(Period { ppm, from: 0, until: 0 });
            asks.push(Ask::Wallet { account, act });
        }
        asks
    }

    /// An account below one that sells, mostly; its number is new, or one that is there.
    pub(super) fn open_account(&mut self) -> Ask {
        // A number above the first ones is new each time: cramped ledgers are full, others are not.
        let account = match self.random.below(3) {
            0 => 100 + self.random.below(1_000_000),
            1 => self.random.of(&AGENTS),
            _ => 1 + self.random.below(ACCOUNTS),
        };
        let parent = if self.random.one_in(3) { 0 } else { self.parent(account) };
        Ask::OpenAccount { account, currency: if self.random.one_in(12) { USD } else { PHP }, parent }
    }

    /// Other content of the same kind.
    pub(super) fn change_period(&mut self, period: &mut Period) {
        period.ppm = if period.ppm == 0 { 1 } else { period.ppm - 1 };
    }
}
