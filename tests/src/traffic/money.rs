//! What is done with accounts beside tickets: named movements, transfers, holds, standing, limits, debts.
//!
//! Amounts lie at what is left or one past it; times at an expiry or a nanosecond beside it; references are used again.

use super::{ACCOUNTS, IDLE, PHP, Profile, RICH, Traffic};
use crate::model::{
    AMOUNT_MAX, Act, Ask, BALANCE_MAX, Counted, DAY, HOUR, HoldState, MS, Model, NO_LIMIT, Reference,
    Rolling, SECOND, Status, Window,
};

impl Traffic {
    /// A client's command about money that is no plain deposit or withdrawal.
    pub(super) fn client_money(&mut self, model: &Model) -> Ask {
        let account = self.money_account();
        let available = model.account(account).map_or(100, |seen| seen.available);
        let covered = available + model.account(account).map_or(0, |seen| seen.credit_limit);
        let act = match self.random.below(16) {
            0..=3 => self.movement(model, account, covered),
            4..=7 => {
                let to = self.receiver(account);
                let left = model.account(to).map_or(1, |seen| BALANCE_MAX - seen.available - seen.held);
                let near = self.random.of(&[left, left + 1]);
                let is_near = near <= covered && self.random.one_in(2);
                let amount = if is_near { near.clamp(1, AMOUNT_MAX) } else { self.some_of(covered, 8) };
                Act::Transfer { to, amount }
            }
            8..=10 => Act::PlaceHold { amount: self.some_of(covered, 6), expires_at: self.expiry(model) },
            _ => return self.end_of_hold(model, account),
        };
        Ask::Wallet { account, act }
    }

    /// Some small accounts take a larger part here than with tickets, for they can be emptied and closed.
    fn money_account(&mut self) -> u64 {
        match self.random.below(24) {
            0 if self.profile != Profile::Cramped => 90 + self.random.below(4),
            1..=6 => self.random.of(&IDLE),
            _ => self.any_account(),
        }
    }

    fn receiver(&mut self, payer: u64) -> u64 {
        match self.random.below(16) {
            0 => payer,
            1 => 80,
            2 => ACCOUNTS,
            3..=6 => self.random.of(&IDLE),
            7..=9 if self.profile == Profile::Rich => RICH,
            _ => self.any_account(),
        }
    }

    /// All there is, one more, or a small part of it.
    fn some_of(&mut self, covered: i64, part: u64) -> i64 {
        let amount = match self.random.below(8) {
            0 => covered,
            1 => covered + 1,
            2 => 1,
            _ => 1 + self.random.below(covered.max(0) as u64 / part + 100) as i64,
        };
        amount.clamp(1, AMOUNT_MAX)
    }

    fn movement(&mut self, model: &Model, account: u64, covered: i64) -> Act {
        let known = self.movements.iter().filter(|(owner, _)| *owner == account);
        let known: Vec<Act> = known.map(|(_, act)| act.clone()).collect();
        if !known.is_empty() && self.random.one_in(3) {
            let at = self.random.below(known.len() as u64) as usize;
            return self.again(known[at].clone());
        }
        let now = self.now;
        let (first, last) = ((now - 90 * DAY).div_ceil(MS), (now + 10 * SECOND) / MS);
        let dated_ms = match self.random.below(24) {
            0 => first,
            1 => first - 1,
            2 => last,
            3 => last + 1,
            4 => first + self.random.below(2_000),
            _ => now / MS - self.random.below(20_000),
        };
        // Few numbers, so that accounts share them: they are scoped to the account.
        let among = if self.random.one_in(4) { 6 } else { 10_000 };
        let number = 1 + u128::from(self.random.below(among));
        let by = Reference { number, dated_ms };
        let act = if self.random.one_in(3) {
            Act::WithdrawBy { amount: self.some_of(covered, 10), by }
        } else {
            Act::DepositBy { amount: self.deposit_amount(model, account), by }
        };
        self.movements.push((account, act.clone()));
        act
    }

    /// A movement under a reference that was used, as it was or a little other.
    fn again(&mut self, act: Act) -> Act {
        let changed = |amount: i64| (amount + 1).min(AMOUNT_MAX);
        match (act, self.random.below(6)) {
            (Act::DepositBy { amount, by }, 0) => Act::DepositBy { amount: changed(amount), by },
            (Act::WithdrawBy { amount, by }, 0) => Act::WithdrawBy { amount: changed(amount), by },
            (Act::DepositBy { amount, by }, 1) => Act::WithdrawBy { amount, by },
            (Act::WithdrawBy { amount, by }, 1) => Act::DepositBy { amount, by },
            (Act::DepositBy { amount, by }, 2) => {
                Act::DepositBy { amount, by: Reference { dated_ms: by.dated_ms - 1, ..by } }
            }
            (act, _) => act,
        }
    }

    /// What a deposit brings; near a rolling limit where there is one, near the highest balance on a rich account.
    pub(super) fn deposit_amount(&mut self, model: &Model, account: u64) -> i64 {
        let seen = model.account(account).ok();
        let left = seen.as_ref().map_or(1, |seen| BALANCE_MAX - seen.available - seen.held);
        if self.profile == Profile::Rich && left < AMOUNT_MAX {
            return self.random.of(&[left, left + 1, left - 1, 10_000_00]).clamp(1, AMOUNT_MAX);
        }
        let room = model.rolling_room(account, Counted::Deposit);
        let owed = seen.map_or(0, |seen| seen.owed);
        let amount = match self.random.below(6) {
            0 => room.unwrap_or(50_00),
            1 => room.map_or(50_00, |room| room + 1),
            2 => owed + self.random.below(3) as i64 - 1,
            _ => 1 + self.random.below(500_00) as i64,
        };
        amount.clamp(1, AMOUNT_MAX)
    }

    /// When holds expire: soon, never within reach, at once, or when others do.
    fn expiry(&mut self, model: &Model) -> u64 {
        let lives = [1, MS, SECOND, SECOND, 4 * SECOND, 30 * SECOND, 2 * HOUR, 100 * DAY];
        match self.random.below(12) {
            0 => self.now,
            1 => self.now - self.random.below(SECOND),
            2 => model.next_due().map_or(self.now + 1, |due| due.max(self.now + 1)),
            3 => u64::MAX,
            _ => self.now + self.random.of(&lives),
        }
    }

    fn end_of_hold(&mut self, model: &Model, account: u64) -> Ask {
        let holds: Vec<(u64, u128)> = model.holds().collect();
        let standing = |(account, id): &&(u64, u128)| {
            model.hold(*account, *id).is_ok_and(|seen| seen.state == HoldState::Held)
        };
        let alive: Vec<(u64, u128)> = holds.iter().filter(standing).copied().collect();
        let (mut owner, hold) = match self.random.below(16) {
            0 => (account, self.id()),
            1 if !self.placed_holds.is_empty() => self.random.of(&self.placed_holds),
            2..=5 if !holds.is_empty() => self.random.of(&holds),
            _ if !alive.is_empty() => self.random.of(&alive),
            _ => (account, self.id()),
        };
        if self.random.one_in(20) {
            owner = account;
        }
        let held = model.hold(owner, hold).map_or(10, |seen| seen.amount);
        let act = match self.random.below(10) {
            0..=3 => Act::VoidHold { hold },
            4 => Act::PostHold { hold, amount: 0 },
            5 => Act::PostHold { hold, amount: held },
            6 | 7 => Act::PostHold { hold, amount: (held + 1).min(AMOUNT_MAX) },
            8 => Act::PostHold { hold, amount: 1 },
            _ => Act::PostHold { hold, amount: 1 + self.random.below(held as u64) as i64 },
        };
        Ask::Wallet { account: owner, act }
    }

    /// What operators do with accounts.
    pub(super) fn operator_money(&mut self, model: &Model) -> Ask {
        let account = self.money_account();
        if self.random.one_in(2) && model.accounts().any(|account| is_suspended(model, account)) {
            return self.status(model, account);
        }
        let seen = model.account(account).ok();
        let act = match self.random.below(24) {
            0..=5 => return self.status(model, account),
            6..=9 => self.credit_limit(seen.as_ref().map_or(0, |seen| seen.available)),
            10..=12 => {
                let until_of = |account| model.account(account).map_or(0, |seen| seen.excluded_until);
                let excluded = model.accounts().find(|account| until_of(*account) > self.now);
                let account = excluded.filter(|_| !self.random.one_in(3)).unwrap_or(account);
                return Ask::Wallet { account, act: self.exclusion(until_of(account)) };
            }
            13..=17 => self.rolling_limit(model, account),
            18..=20 => {
                let available = seen.as_ref().map_or(0, |seen| seen.available);
                Act::Claim { amount: self.some_of(available, 12) }
            }
            _ => {
                let owing: Vec<u64> = model
                    .accounts()
                    .filter(|account| model.account(*account).is_ok_and(|seen| seen.owed > 0))
                    .collect();
                let account =
                    if owing.is_empty() || self.random.one_in(4) { account } else { self.random.of(&owing) };
                let owed = model.account(account).map_or(0, |seen| seen.owed);
                let amount = self.random.of(&[owed, owed, owed + 1, 1, owed / 2]).clamp(1, AMOUNT_MAX);
                return Ask::Wallet { account, act: Act::WriteOff { amount } };
            }
        };
        Ask::Wallet { account, act }
    }

    /// Whoever is suspended soon is not any more; only small accounts are closed, for that is final.
    fn status(&mut self, model: &Model, account: u64) -> Ask {
        let set = |account, status| Ask::Wallet { account, act: Act::SetStatus { status } };
        let is_closed =
            |account: &&u64| model.account(**account).is_ok_and(|seen| seen.status == Status::Closed);
        if let Some(suspended) = model.accounts().find(|account| is_suspended(model, *account))
            && !self.random.one_in(4)
        {
            return set(suspended, Status::Active);
        }
        let closed = IDLE.iter().filter(is_closed).count();
        match self.random.below(8) {
            0..=2 => set(account, Status::Suspended),
            3 => set(account, Status::Active),
            4 if !is_empty(model, account) => set(account, Status::Closed),
            _ => {
                let idle = self.random.of(&IDLE);
                // One stays open to the end, so that every stream has both.
                let may_close = !is_empty(model, idle) || closed < IDLE.len() - 1;
                set(idle, if may_close { Status::Closed } else { Status::Active })
            }
        }
    }

    fn credit_limit(&mut self, available: i64) -> Act {
        let limit = match self.random.below(8) {
            0 | 1 => 0,
            2 => available.saturating_neg().max(0),
            3 => available.saturating_neg().max(1) - 1,
            4 if self.random.one_in(8) => BALANCE_MAX,
            _ => self.random.below(300_00) as i64,
        };
        Act::SetCredit { limit }
    }

    fn exclusion(&mut self, until: u64) -> Act {
        let until = match self.random.below(10) {
            0 => until,
            1 => until + 1,
            2..=4 => until.saturating_sub(1),
            5 => self.now,
            6 => self.now + 1,
            _ => self.now + self.random.below(2 * SECOND),
        };
        Act::Exclude { until }
    }

    fn rolling_limit(&mut self, model: &Model, account: u64) -> Act {
        let of = self.random.of(&[Counted::Deposit, Counted::Stake, Counted::NetLoss]);
        let window = self.random.of(&[Window::Day, Window::Week, Window::Month]);
        let room = model.rolling_room(account, of).unwrap_or(0);
        let limit = match self.random.below(10) {
            0 | 1 => NO_LIMIT,
            2 if self.random.one_in(4) => 0,
            3 => room,
            4 => 20_00 + self.random.below(100_00) as i64,
            5 if self.profile == Profile::High => AMOUNT_MAX * (1 + self.random.below(4) as i64),
            _ => 500_00 + self.random.below(2_000_00) as i64,
        };
        Act::SetLimit { of: Rolling { of, window }, limit: limit.clamp(0, NO_LIMIT) }
    }

    /// Long steps of time, seldom: to where buckets begin, or past everything that is kept for a while.
    pub(super) fn leap(&mut self, last: u64) -> u64 {
        let width = self.random.of(&[HOUR, 6 * HOUR, 24 * HOUR]);
        let next = (last / width + 1) * width;
        match self.random.below(10) {
            0..=2 => next,
            3 => next - 1,
            4 => last + 23 * HOUR,
            5 => next + 23 * width,
            6 => last + 7 * DAY - self.random.below(12) * HOUR,
            7 => last + 30 * DAY - self.random.below(40) * HOUR,
            8 => last + 90 * DAY - 10 * SECOND,
            _ => last + 91 * DAY,
        }
    }

    /// Small accounts that come to nothing, and can be closed.
    pub(super) fn idle_accounts(&self) -> impl Iterator<Item = Ask> + use<> {
        IDLE.into_iter().map(|account| Ask::OpenAccount { account, currency: PHP, parent: 0 })
    }

    /// Keeps what was just sent in mind, to come back to it.
    pub(super) fn note_money(&mut self, id: u128, ask: &Ask) {
        if let Ask::Wallet { account, act: Act::PlaceHold { .. } } = ask {
            self.placed_holds.push((*account, id));
        }
    }

    /// Other content of the same kind.
    pub(super) fn change_act(&mut self, act: &mut Act) {
        match act {
            Act::DepositBy { amount, .. }
            | Act::WithdrawBy { amount, .. }
            | Act::Transfer { amount, .. }
            | Act::PlaceHold { amount, .. }
            | Act::Claim { amount }
            | Act::WriteOff { amount } => *amount = (*amount + 1).min(AMOUNT_MAX),
            Act::PostHold { amount, .. } => *amount = if *amount == 0 { 1 } else { *amount - 1 },
            Act::VoidHold { hold } => *hold ^= 1,
            Act::SetStatus { status } => {
                *status = if *status == Status::Active { Status::Suspended } else { Status::Active };
            }
            Act::SetCredit { limit } | Act::SetLimit { limit, .. } => *limit = (*limit - 1).max(0),
            Act::Exclude { until } => *until ^= 1,
            Act::SetParent { parent } => *parent ^= 1,
            Act::SetCommission(period) => self.change_period(period),
        }
    }
}

fn is_suspended(model: &Model, account: u64) -> bool {
    model.account(account).is_ok_and(|seen| seen.status == Status::Suspended)
}

fn is_empty(model: &Model, account: u64) -> bool {
    model.account(account).is_ok_and(|seen| (seen.available, seen.held, seen.owed) == (0, 0, 0))
}
