//! Accounts: what moves their money, and what keeps it from moving.

use super::events::EventKind;
use super::holds::Hold;
use super::reply::narrow;
use super::rolling::Event;
use super::{
    Act, BALANCE_MAX, Counted, DAY, MS, Model, Moved, Period, REFERENCE_AHEAD, Reason, Reference, Refused,
    Rolling, Status,
};

/// How long a reference counts from its date, ns.
const REFERENCE_LIFE: u64 = 90 * DAY;

/// An account, and what happened to it.
#[derive(Clone, Debug)]
pub(super) struct Account {
    pub currency: u16,
    pub available: i128,
    pub owed: i128,
    pub credit_limit: i128,
    pub status: Status,
    pub excluded_until: u64,
    /// Every hold that has not been forgotten.
    pub holds: Vec<Hold>,
    /// Every command that set a limit: when, which, to what.
    pub limits: Vec<(u64, Rolling, i64)>,
    /// What limits count, since the first of them was set.
    pub events: Vec<(u64, Event, i128)>,
    /// The account above it; 0: none.
    pub parent: u64,
    /// What it gets of stakes, and when, in the order set.
    pub periods: Vec<Period>,
    /// Movements that named a reference.
    references: Vec<Named>,
    /// Tickets ever placed.
    pub placed: u32,
}

#[derive(Clone, Copy, Debug)]
struct Named {
    by: Reference,
    is_deposit: bool,
    amount: i128,
}

impl Account {
    pub(super) fn new(currency: u16, parent: u64) -> Account {
        Account {
            currency,
            available: 0,
            owed: 0,
            credit_limit: 0,
            status: Status::Active,
            excluded_until: 0,
            holds: Vec::new(),
            limits: Vec::new(),
            events: Vec::new(),
            parent,
            periods: Vec::new(),
            references: Vec::new(),
            placed: 0,
        }
    }

    /// What comes in repays what is owed first.
    pub(super) fn credit(&mut self, amount: i128) {
        let repaid = self.owed.min(amount);
        self.owed -= repaid;
        self.available += amount - repaid;
    }

    /// Takes what there is, but not below 0; the rest is owed.
    pub(super) fn take(&mut self, amount: i128) {
        let taken = self.available.clamp(0, amount);
        self.available -= taken;
        self.owed += amount - taken;
    }

    pub(super) fn check_debit(&self, amount: i128) -> Result<(), Refused> {
        let most = self.available + self.credit_limit;
        if amount > most { Err(Reason::FundsShort.whole(most.max(0))) } else { Ok(()) }
    }

    fn check_credit(&self, amount: i128) -> Result<(), Refused> {
        let most = i128::from(BALANCE_MAX) - self.available - self.held();
        if amount > most { Err(Reason::BalanceTooLarge.whole(most.max(0))) } else { Ok(()) }
    }

    pub(super) fn check_not_suspended(&self) -> Result<(), Refused> {
        if self.status == Status::Suspended { Err(Reason::AccountSuspended.whole(0)) } else { Ok(()) }
    }

    pub(super) fn check_not_closed(&self) -> Result<(), Refused> {
        if self.status == Status::Closed { Err(Reason::AccountClosed.whole(0)) } else { Ok(()) }
    }

    pub(super) fn check_not_excluded(&self, now: u64) -> Result<(), Refused> {
        if now < self.excluded_until {
            return Err(Reason::AccountExcluded.whole((self.excluded_until / MS).into()));
        }
        Ok(())
    }

    /// Whether this movement is there already, under this reference.
    fn is_repeated(&self, now: u64, moved: Named) -> Result<bool, Refused> {
        let known = |known: &&Named| known.by.number == moved.by.number && known.by.is_alive(now);
        match self.references.iter().find(known) {
            None => Ok(false),
            Some(known) if (known.is_deposit, known.amount) == (moved.is_deposit, moved.amount) => Ok(true),
            Some(_) => Err(Reason::ReferenceReused.whole(0)),
        }
    }
}

impl Reference {
    /// Whether its 90 days have not passed.
    fn is_alive(&self, now: u64) -> bool {
        u128::from(self.dated_ms) * u128::from(MS) + u128::from(REFERENCE_LIFE) >= now.into()
    }

    fn check(&self, now: u64) -> Result<(), Refused> {
        if !self.is_alive(now) {
            return Err(Reason::ReferenceExpired.whole((now - REFERENCE_LIFE).div_ceil(MS).into()));
        }
        let last = (now + REFERENCE_AHEAD) / MS;
        if self.dated_ms > last { Err(Reason::ReferenceAhead.whole(last.into())) } else { Ok(()) }
    }
}

impl Model {
    pub(super) fn act(&mut self, id: u128, account: u64, act: &Act) -> Result<(), Refused> {
        match *act {
            Act::DepositBy { amount, by } => self.deposit(id, account, amount.into(), Some(by)),
            Act::WithdrawBy { amount, by } => self.withdraw(id, account, amount.into(), Some(by)),
            Act::Transfer { to, amount } => self.transfer(id, account, to, amount.into()),
            Act::PlaceHold { amount, expires_at } => self.place_hold(id, account, amount.into(), expires_at),
            Act::PostHold { hold, amount } => self.post_hold(account, hold, amount.into()),
            Act::VoidHold { hold } => self.void_hold(account, hold),
            Act::SetStatus { status } => self.set_status(account, status),
            Act::SetCredit { limit } => self.set_credit(account, limit.into()),
            Act::Exclude { until } => self.exclude(account, until),
            Act::SetLimit { of, limit } => self.limit_account(account, of, limit),
            Act::Claim { amount } => self.claim(id, account, amount.into()),
            Act::WriteOff { amount } => self.write_off(id, account, amount.into()),
            Act::SetParent { parent } => self.set_parent(account, parent),
            Act::SetCommission(period) => self.set_commission(account, period),
        }
    }

    pub(super) fn row(&mut self, account: u64) -> Result<&mut Account, Refused> {
        self.accounts.get_mut(&account).ok_or(Reason::AccountUnknown.whole(0))
    }

    /// The account of a command that takes money from it.
    pub(super) fn account_to_debit(&mut self, account: u64) -> Result<&mut Account, Refused> {
        let row = self.row(account)?;
        row.check_not_suspended()?;
        row.check_not_closed()?;
        Ok(row)
    }

    pub(super) fn account_to_rule(&mut self, account: u64) -> Result<&mut Account, Refused> {
        let row = self.row(account)?;
        row.check_not_closed()?;
        Ok(row)
    }

    pub(super) fn deposit(
        &mut self,
        id: u128,
        account: u64,
        amount: i128,
        by: Option<Reference>,
    ) -> Result<(), Refused> {
        let (time, delay) = (self.time, self.rules.limit_raise_delay);
        let row = self.account_to_rule(account)?;
        row.check_not_excluded(time)?;
        if self.is_there(account, true, amount, by)? {
            return Ok(());
        }
        let row = self.row(account)?;
        row.check_rolling(Counted::Deposit, amount, time, delay)?;
        row.check_credit(amount)?;
        let before = row.balance();
        row.credit(amount);
        row.count(time, Event::Deposit, amount);
        row.references.extend(by.map(|by| Named { by, is_deposit: true, amount }));
        let currency = row.currency;
        *self.cash_in.entry(currency).or_default() += amount;
        self.write_down(account, Moved::Deposit, by.map_or(id, |by| by.number), before);
        Ok(())
    }

    pub(super) fn withdraw(
        &mut self,
        id: u128,
        account: u64,
        amount: i128,
        by: Option<Reference>,
    ) -> Result<(), Refused> {
        self.account_to_debit(account)?;
        if self.is_there(account, false, amount, by)? {
            return Ok(());
        }
        let row = self.row(account)?;
        row.check_debit(amount)?;
        let before = row.balance();
        row.available -= amount;
        row.references.extend(by.map(|by| Named { by, is_deposit: false, amount }));
        let currency = row.currency;
        *self.cash_out.entry(currency).or_default() += amount;
        self.write_down(account, Moved::Withdrawal, by.map_or(id, |by| by.number), before);
        Ok(())
    }

    /// Whether the movement is there already; if not, whether its reference may be used.
    fn is_there(
        &mut self,
        account: u64,
        is_deposit: bool,
        amount: i128,
        by: Option<Reference>,
    ) -> Result<bool, Refused> {
        let Some(by) = by else { return Ok(false) };
        let time = self.time;
        if self.row(account)?.is_repeated(time, Named { by, is_deposit, amount })? {
            return Ok(true);
        }
        by.check(time)?;
        let references = self.accounts.values().flat_map(|account| &account.references);
        let alive = references.filter(|known| known.by.is_alive(time)).count();
        let most = self.rules.references_max;
        self.check_capacity(alive, most).map_err(|_| Reason::ReferencesFull.whole(most.into()))?;
        Ok(false)
    }

    fn transfer(&mut self, id: u128, account: u64, to: u64, amount: i128) -> Result<(), Refused> {
        self.row(account)?;
        let receiver = self.accounts.get(&to).cloned().ok_or(Reason::ReceiverUnknown.whole(0))?;
        let payer = self.account_to_debit(account)?;
        receiver.check_not_closed().map_err(|_| Reason::ReceiverClosed.whole(0))?;
        if to == account {
            return Err(Reason::TransferSelf.whole(0));
        }
        if receiver.currency != payer.currency {
            return Err(Reason::CurrencyMismatch.whole(receiver.currency.into()));
        }
        payer.check_debit(amount)?;
        receiver.check_credit(amount)?;
        let (before, receiver_before) = (payer.balance(), receiver.balance());
        payer.available -= amount;
        self.row(to)?.credit(amount);
        self.write_down(account, Moved::TransferOut, id, before);
        self.write_down(to, Moved::TransferIn, id, receiver_before);
        self.tell_of(EventKind::Received, to, id, amount);
        Ok(())
    }

    fn set_status(&mut self, account: u64, status: Status) -> Result<(), Refused> {
        let row = self.account_to_rule(account)?;
        if status == Status::Closed && (row.available, row.held(), row.owed) != (0, 0, 0) {
            return Err(Reason::AccountNotEmpty.whole(row.available));
        }
        row.status = status;
        Ok(())
    }

    fn set_credit(&mut self, account: u64, limit: i128) -> Result<(), Refused> {
        self.account_to_rule(account)?.credit_limit = limit;
        Ok(())
    }

    fn exclude(&mut self, account: u64, until: u64) -> Result<(), Refused> {
        let time = self.time;
        let row = self.account_to_rule(account)?;
        if time < row.excluded_until && until < row.excluded_until {
            return Err(Reason::ExclusionShorter.whole((row.excluded_until / MS).into()));
        }
        row.excluded_until = until;
        Ok(())
    }

    fn limit_account(&mut self, account: u64, of: Rolling, limit: i64) -> Result<(), Refused> {
        let time = self.time;
        if self.account_to_rule(account)?.limits.is_empty() {
            let limited = self.accounts.values().filter(|account| !account.limits.is_empty()).count();
            self.check_capacity(limited, self.rules.limited_accounts_max)?;
        }
        self.row(account)?.limits.push((time, of, limit));
        Ok(())
    }

    fn claim(&mut self, id: u128, account: u64, amount: i128) -> Result<(), Refused> {
        let row = self.account_to_rule(account)?;
        let most = i128::from(BALANCE_MAX) - row.owed + row.available.max(0);
        if amount > most {
            return Err(Reason::BalanceTooLarge.whole(most.max(0)));
        }
        let before = row.balance();
        row.take(amount);
        let currency = row.currency;
        *self.house.entry(currency).or_default() += amount;
        self.write_down(account, Moved::OwedAdded, id, before);
        Ok(())
    }

    fn write_off(&mut self, id: u128, account: u64, amount: i128) -> Result<(), Refused> {
        let row = self.row(account)?;
        if amount > row.owed {
            return Err(Reason::OwedLess.whole(row.owed));
        }
        let before = row.balance();
        row.owed -= amount;
        let currency = row.currency;
        *self.house.entry(currency).or_default() -= amount;
        self.write_down(account, Moved::OwedWrittenOff, id, before);
        Ok(())
    }

    /// What still passes an account's rolling limits of this kind; `None`: it has none.
    pub fn rolling_room(&self, account: u64, of: Counted) -> Option<i64> {
        let room = self.accounts.get(&account)?.rolling_room(of, self.time, self.rules.limit_raise_delay)?;
        Some(narrow(room))
    }

    /// What a bet brings back, won or taken back; below zero, what a corrected result takes.
    pub(super) fn bring_back(&mut self, account: u64, ticket: u128, amount: i128, kind: Moved) {
        let time = self.time;
        let before = self.balance(account);
        let row = self.accounts.get_mut(&account).expect("whoever holds a bet has an account");
        if amount < 0 {
            row.take(-amount)
        } else {
            row.credit(amount)
        }
        row.count(time, Event::Back, amount);
        self.write_down(account, kind, ticket, before);
    }

    /// Takes a ticket's stake.
    pub(super) fn stake(&mut self, account: u64, ticket: u128, amount: i128) {
        let time = self.time;
        let before = self.balance(account);
        let row = self.accounts.get_mut(&account).expect("the account was checked");
        row.available -= amount;
        row.placed += 1;
        row.count(time, Event::Stake, amount);
        self.write_down(account, Moved::Stake, ticket, before);
    }

    /// What an account says against a ticket of this stake.
    pub(super) fn faults_of_account(&self, account: &Account, stake: i128) -> Vec<Refused> {
        let (time, delay) = (self.time, self.rules.limit_raise_delay);
        let checks = [
            account.check_not_suspended(),
            account.check_not_closed(),
            account.check_not_excluded(time),
            account.check_rolling(Counted::Stake, stake, time, delay),
            account.check_rolling(Counted::NetLoss, stake, time, delay),
            account.check_debit(stake),
        ];
        checks.into_iter().filter_map(Result::err).collect()
    }
}
