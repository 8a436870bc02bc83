//! Money: movements, transfers, holds, and what operators set of an account.
//!
//! Each check reads one account, each effect writes one account's partition. A transfer has two owners: both are asked,
//! then both are written.

use super::{Begun, Call};
use crate::account::{Cause, Movable};
use crate::book::Faults;
use crate::command::{Body, HoldPlace, Lane, Movement, Standing, Transfer};
use crate::event::Event;
use crate::hash::account_partition;
use crate::query::MovementKind;
use crate::refusal::Refusal;
use crate::reply::Refused;

/// An account's partition and slot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub home: usize,
    pub slot: u32,
}

impl Begun {
    /// Carries out a command whose owner is an account, and that is about its money.
    pub(super) fn move_money(&mut self, call: &Call<'_>) -> Result<(), Refused> {
        let at = self.account_of(call).ok_or(Refused::whole(Refusal::AccountUnknown, 0))?;
        let now = self.window.now;
        match call.command.body {
            Body::Deposit(movement) => return self.deposit(at, call.id, movement),
            Body::Withdraw(movement) => return self.withdraw(at, call.id, movement),
            Body::Transfer(transfer) => return self.transfer(at, call, transfer),
            Body::HoldPlace(place) => return self.hold(at, call.id, place),
            Body::HoldPost(post) => {
                let accounts = &mut self.partitions[at.home].accounts;
                let amount = post.amount.get();
                let hold = accounts.check_finish(at.slot, post.hold.get(), amount, now)?;
                let posted = accounts.post_hold(at.slot, hold, amount, now);
                self.partitions[at.home].pay_out(at.slot, posted);
                return Ok(());
            }
            _ => {}
        }
        let accounts = &mut self.partitions[at.home].accounts;
        match call.command.body {
            Body::HoldVoid(void) => {
                let hold = accounts.check_finish(at.slot, void.hold.get(), 0, now)?;
                accounts.void_hold(at.slot, hold, now);
            }
            Body::AccountStatus(set) => {
                let Some(status) = Standing::from_code(set.status) else { return Ok(()) };
                accounts.check_status(at.slot, status)?;
                accounts.set_status(at.slot, status);
            }
            Body::AccountCredit(set) => {
                accounts.check_not_closed(at.slot)?;
                accounts.set_credit(at.slot, set.limit.get());
            }
            Body::AccountExclude(exclude) => {
                let until = exclude.until.get();
                accounts.check_exclude(at.slot, until, now)?;
                accounts.exclude(at.slot, until);
            }
            Body::AccountLimit(set) => {
                accounts.check_limit(at.slot)?;
                accounts.set_limit(at.slot, set, now);
            }
            Body::OwedAdd(add) => {
                let amount = add.amount.get();
                accounts.check_claim(at.slot, amount)?;
                accounts.claim(at.slot, amount, Cause::new(MovementKind::OwedAdded, call.id));
                self.give_house(at, amount);
            }
            Body::OwedWriteOff(write_off) => {
                let amount = write_off.amount.get();
                accounts.check_write_off(at.slot, amount)?;
                accounts.write_off(at.slot, amount, Cause::new(MovementKind::OwedWrittenOff, call.id));
                self.give_house(at, -amount);
            }
            _ => unreachable!("the other kinds are carried out elsewhere"),
        }
        Ok(())
    }

    fn deposit(&mut self, at: At, id: u128, movement: &Movement) -> Result<(), Refused> {
        let partition = &mut self.partitions[at.home];
        if partition.accounts.check_deposit(at.slot, movement, self.window.now)? == Movable::Made {
            return Ok(());
        }
        partition.deposit(at.slot, movement, id, self.window.now);
        Ok(())
    }

    fn withdraw(&mut self, at: At, id: u128, movement: &Movement) -> Result<(), Refused> {
        let partition = &mut self.partitions[at.home];
        if partition.accounts.check_withdraw(at.slot, movement, self.window.now)? == Movable::Made {
            return Ok(());
        }
        partition.withdraw(at.slot, movement, id);
        Ok(())
    }

    fn transfer(&mut self, at: At, call: &Call<'_>, transfer: &Transfer) -> Result<(), Refused> {
        let (to, amount) = (transfer.to.get(), transfer.amount.get());
        let payer = &self.partitions[at.home].accounts;
        let mut faults = Faults::default();
        faults.note(payer.check_pay(at.slot, amount));
        if to == call.scope.owner {
            faults.add(Refused::whole(Refusal::TransferSelf, 0));
            return faults.none_or_first();
        }
        let currency = payer.row(at.slot).currency;
        let receiver = self.find_account(to);
        match receiver {
            None => faults.add(Refused::whole(Refusal::ReceiverUnknown, 0)),
            Some(receiver) => {
                let accounts = &self.partitions[receiver.home].accounts;
                faults.note(accounts.check_receive(receiver.slot, currency, amount));
            }
        }
        faults.none_or_first()?;
        let cause = |kind| Cause::new(kind, call.id);
        self.partitions[at.home].accounts.debit(at.slot, amount, cause(MovementKind::TransferOut));
        if let Some(receiver) = receiver {
            let accounts = &mut self.partitions[receiver.home].accounts;
            accounts.credit(receiver.slot, amount, cause(MovementKind::TransferIn));
            self.events.push(Event::received(call.id, accounts.balance(receiver.slot, amount)));
        }
        Ok(())
    }

    fn hold(&mut self, at: At, id: u128, place: &HoldPlace) -> Result<(), Refused> {
        let (amount, expires_at) = (place.amount.get(), place.expires_at.get());
        let accounts = &mut self.partitions[at.home].accounts;
        accounts.check_hold(at.slot, amount, expires_at, self.window.now)?;
        accounts.hold(at.slot, id, amount, expires_at);
        Ok(())
    }

    /// Releases the holds that are due by `until`, in the order of (deadline, account), as many as the tick may.
    pub(super) fn release_holds(&mut self, until: u64) {
        loop {
            let due = |(home, partition): (usize, &crate::partition::Partition)| {
                partition.accounts.due_in_tick().map(|(deadline, account)| (deadline, account, home))
            };
            let first = self.partitions.iter().enumerate().filter_map(due).min();
            match first {
                Some((deadline, _, home)) if deadline <= until => {
                    self.events.extend(self.partitions[home].accounts.expire_first_hold());
                }
                _ => break,
            }
        }
    }

    /// The available balance to show in the reply to a command that came without an account of its scope: one that it
    /// opened, or that an operator named.
    #[cold]
    pub(super) fn available_of(&self, call: &Call<'_>) -> i64 {
        let is_account =
            matches!(call.command.body, Body::AccountOpen(_)) || call.command.kind().is_about_account();
        let at = if is_account { self.find_account(call.command.header.owner.get()) } else { None };
        at.map_or(0, |at| self.partitions[at.home].accounts.row(at.slot).available)
    }

    fn account_of(&self, call: &Call<'_>) -> Option<At> {
        match call.scope.lane {
            Lane::Bets => call.account.map(|slot| At { home: call.home, slot }),
            Lane::Operators => self.find_account(call.command.header.owner.get()),
        }
    }

    pub(super) fn find_account(&self, account: u64) -> Option<At> {
        let home = account_partition(account, self.partitions.len());
        Some(At { home, slot: self.partitions[home].accounts.find(self.key, account)? })
    }

    fn give_house(&mut self, at: At, amount: i64) {
        let partition = &mut self.partitions[at.home];
        let currency = partition.accounts.row(at.slot).currency;
        partition.post(currency, |part| part.house += i128::from(amount));
    }
}
